//! Commits that fail again and again: on a full disk, and on a disk whose fsync fails. Everything
//! acknowledged before, during and long after the failures must be stored.
//!
//! The disk that fails holds the SQLite file, or the data of the database server.

use std::sync::{Arc, atomic::Ordering};

use s2s_tests::{
    Server,
    database::{file, fresh_on, journal, kind, server::DatabaseServer},
    disk::{FailingDisk, SmallDisk},
    eventually, eventually_within,
};

use tempfile::TempDir;

use crate::load::{Load, PATIENCE};

/// The number of times that the disk fails and is mended.
const ROUNDS: usize = 6;
/// The number of failed requests that a failing disk must cause, both before and after health
/// reports the failure.
const FELT: usize = 20;
/// The number of good requests before each failure, and after the disk is mended.
const SERVED: usize = 60;
/// The number of rounds in which lanes are closed under their sessions, and of lanes in each.
const CLOSING_ROUNDS: usize = 3;
const CLOSED_LANES: u64 = 40;
/// The size of the disk of an SQLite file, in KiB. A fast machine stores megabytes of load in each
/// round. If the load itself filled the disk, `mend` could free no space.
const SQLITE_KIBIBYTES: u32 = 256 * 1_024;
/// The size of the disk of a database server, in KiB. A new MariaDB takes 200 MiB.
const SERVER_KIBIBYTES: u32 = 1_024 * 1_024;

enum Disk {
    Small(SmallDisk),
    Failing(FailingDisk),
}

impl Disk {
    fn fail(&self) {
        match self {
            Self::Small(disk) => disk.fill(),
            Self::Failing(disk) => disk.fail(),
        }
    }

    fn mend(&self) {
        match self {
            Self::Small(disk) => disk.make_room(),
            Self::Failing(disk) => disk.mend(),
        }
    }
}

/// A server, and the disk of its database.
struct Scene {
    server: Server,
    load: Arc<Load>,
    /// Declared before `disk`, so that it is dropped first.
    database: Option<DatabaseServer>,
    disk: Disk,
    /// The folder of an SQLite file.
    _folder: TempDir,
}

impl Scene {
    async fn start(disk: Disk, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = match (kind(), &disk) {
            ("sqlite", _) => None,
            (kind, Disk::Small(disk)) => Some(DatabaseServer::start_on(kind, disk).await),
            (kind, Disk::Failing(disk)) => Some(DatabaseServer::start_in(kind, &disk.variables()).await),
        };
        let server = match (&database, &disk) {
            (Some(database), _) => {
                let url = fresh_on(&database.url, folder.path()).await;
                Server::start_at_in(url, flags, &[]).await
            }
            // The spool is on another disk than the database.
            (None, Disk::Small(disk)) => Server::start_on_disk(disk, flags).await,
            (None, Disk::Failing(disk)) => {
                let variables = [&disk.variables()[..], &[("FSYNC_FAILS_OF", "-wal")]].concat();
                Server::start_at_in(file(folder.path()), flags, &variables).await
            }
        };
        let load = Load::new(&server, &server).await;
        Self { server, load, database, disk, _folder: folder }
    }

    async fn is_served(&mut self) {
        if let Some(database) = &mut self.database {
            database.revive().await;
        }
        let serves = async || (self.server.health().await["status"] == "serving").then_some(());
        eventually_within(PATIENCE, serves).await;
    }

    /// Kills or stops the server, and starts it again.
    async fn restart(&mut self, kill: bool) {
        if kill {
            self.server.kill().await;
        } else {
            self.server.terminate().await;
            assert!(self.server.ended().await.success());
        }
        self.server.restart_in_place().await;
        self.is_served().await;
    }

    async fn check(&self) {
        if !self.server.health().await["spool"].is_null() {
            self.server.drained_within(PATIENCE).await;
        }
        self.load.check(&self.server).await;
    }

    /// Lets the disk fail until many requests have failed, then mends it.
    async fn suffer(&mut self) {
        let senders = self.load.begin();
        self.load.more(&self.load.counted, SERVED).await;
        self.disk.fail();
        self.load.more(&self.load.refused, FELT).await;
        eventually(async || (self.server.health().await["status"] != "serving").then_some(())).await;
        self.load.more(&self.load.refused, FELT).await;
        self.disk.mend();
        self.is_served().await;
        self.load.more(&self.load.counted, SERVED).await;
        self.load.end(senders).await;
    }
}

async fn fails_again_and_again(disk: Disk, flags: &[&str]) {
    let mut scene = Scene::start(disk, flags).await;
    for round in 0..ROUNDS {
        scene.suffer().await;
        scene.check().await;
        scene.restart(round % 2 == 0).await;
        scene.check().await;
    }
    scene.load.send_all_again(&scene.server).await;
    scene.check().await;
}

fn small() -> Disk {
    Disk::Small(match kind() {
        "sqlite" => SmallDisk::mount(SQLITE_KIBIBYTES),
        _ => SmallDisk::mount_for_database(SERVER_KIBIBYTES),
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_again_and_again_costs_nothing() {
    // With other databases, the test with a spool is enough: a server without a spool meets the
    // same failures.
    if kind() == "sqlite" {
        fails_again_and_again(small(), &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_again_and_again_costs_nothing_that_is_in_the_spool() {
    fails_again_and_again(small(), &["--spool", "spool"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_log_that_can_not_be_synced_for_a_while_costs_nothing() {
    fails_again_and_again(Disk::Failing(FailingDisk::build()), &[]).await;
}

/// On MariaDB, the text that ends a transaction then fails in its first statement, so that its COMMIT
/// is not run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_that_others_close_again_and_again_cost_nothing() {
    let mut server = Server::start().await;
    let load = Load::new(&server, &server).await;
    for _ in 0..CLOSING_ROUNDS {
        let senders = load.begin();
        for _ in 0..CLOSED_LANES {
            journal::close_lanes(&server.database_url, 1).await;
            load.more(&load.counted, 1).await;
        }
        assert_eq!(load.refused.load(Ordering::Relaxed), 0);
        // So fast that a session may find each of its lanes closed. Then the callers have to try again.
        journal::close_lanes(&server.database_url, CLOSED_LANES).await;
        load.more(&load.counted, SERVED).await;
        load.end(senders).await;
        load.refused.store(0, Ordering::Relaxed);
        load.check(&server).await;
        journal::check(&server.database_url).await.unwrap();
        server.kill().await;
        server.restart_in_place().await;
    }
    load.send_all_again(&server).await;
    load.check(&server).await;
}

/// Two failures in the life of a process, with many good commits between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_commits_that_fail_far_apart_cost_nothing() {
    let mut scene = Scene::start(Disk::Failing(FailingDisk::build()), &[]).await;
    for _ in 0..2 {
        let senders = scene.load.begin();
        scene.load.more(&scene.load.counted, 4 * SERVED).await;
        let before = scene.load.refused.load(Ordering::Relaxed);
        // The fsync that failed may not have been that of a commit. In that case no request is
        // refused, and another fsync has to fail.
        while scene.load.refused.load(Ordering::Relaxed) == before {
            let Disk::Failing(disk) = &scene.disk else { panic!("the disk is a failing one") };
            disk.fail_once();
            eventually(async || disk.has_failed().then_some(())).await;
            scene.is_served().await;
        }
        scene.load.more(&scene.load.counted, 4 * SERVED).await;
        scene.load.end(senders).await;
        scene.check().await;
    }
    scene.restart(false).await;
    scene.check().await;
    let senders = scene.load.begin();
    scene.load.more(&scene.load.counted, SERVED).await;
    scene.load.end(senders).await;
    scene.restart(true).await;
    scene.check().await;
    scene.load.send_all_again(&scene.server).await;
    scene.check().await;
}
