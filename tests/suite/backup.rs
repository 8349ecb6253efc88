//! Backups of running servers, and their restore: everything acknowledged before a backup began is
//! in the backup, and counts once.

mod refused;
pub mod stall;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use s2s_tests::{
    Server, binary, command, command_on,
    database::{self, kind},
    disk::{SmallDisk, WaitingDisk},
    end_of, eventually, prepare,
};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    load::{Load, PATIENCE},
    spool::traffic::Traffic,
};

use stall::Stall;

/// The number of backups of one server under load.
const BACKUPS: usize = 4;
/// The number of visitors during each outage. Their clicks and sales wait in the spool.
const DETAINED: usize = 40;
/// The next outage begins when fewer than this number of records wait.
const NEARLY_DRAINED: u64 = 20;
/// The number of visitors whose clicks and sales wait in the spool of an edge.
const VISITORS: usize = 24;

/// Makes a backup of a server, or restores one. Returns the exit status and standard error.
async fn run(settings: &[&str], task: &[&str]) -> (ExitStatus, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path());
    command.args(settings).args(task);
    end_of(command).await
}

async fn succeed(settings: &[&str], task: &[&str]) {
    let (status, output) = run(settings, task).await;
    assert!(status.success(), "{task:?}: {output}");
}

/// A place for a copy, and for the database and spool that are restored from the copy.
pub struct Place {
    folder: TempDir,
    database_url: String,
}

impl Place {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = database::fresh(folder.path()).await;
        Self { folder, database_url }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Copies the database and the spool of a server.
    pub async fn back_up(&self, server: &Server) {
        self.back_up_with(server, &server.spool()).await;
    }

    /// Copies the database of a server, and the server's spool in the folder `spool`.
    async fn back_up_with(&self, server: &Server, spool: &Path) {
        let settings = ["--database-url", &server.database_url, "--spool", spool.to_str().unwrap()];
        succeed(&settings, &["backup", "--to", &self.path("copy")]).await;
    }

    /// Restores the copy, and starts a server on it.
    pub async fn restore(&self) -> Server {
        let spool = self.path("spool");
        let settings = ["--database-url", &self.database_url, "--spool", &spool];
        succeed(&settings, &["restore", "--from", &self.path("copy")]).await;
        Server::start_at_with(self.database_url.clone(), &["--spool", &spool]).await
    }

    /// The number of bytes of the copy's segments.
    fn spooled_bytes(&self) -> u64 {
        segments_bytes(Path::new(&self.path("copy/spool")))
    }
}

/// The number of bytes of a spool's segments.
fn segments_bytes(spool: &Path) -> u64 {
    let files = fs::read_dir(spool).unwrap().map(|file| file.unwrap());
    let segments = files.filter(|file| file.path().extension().is_some_and(|end| end == "spool"));
    // A segment may be deleted meanwhile.
    segments.filter_map(|file| file.metadata().ok()).map(|found| found.len()).sum()
}

async fn records(server: &Server) -> u64 {
    server.health().await["spool"]["records"].as_u64().unwrap_or_default()
}

/// Makes the database hang and resume, again and again, so that the spool fills and drains. Each
/// write that fails on the full disk ends a segment, so that the drain deletes that segment.
async fn outages(server: &Server, load: &Load, disk: &SmallDisk) {
    loop {
        let stall = Stall::begin(&server.database_url).await;
        load.visitors(DETAINED).await;
        disk.fill();
        load.visitors(1).await;
        disk.make_room();
        stall.end().await;
        eventually(async || (records(server).await < NEARLY_DRAINED).then_some(())).await;
    }
}

#[tokio::test]
async fn what_was_acknowledged_before_a_backup_is_in_it_and_counts_once() {
    // A spool leaves 64 MiB of its disk free, so it can use 16 MiB of this disk.
    let disk = SmallDisk::mount(80 * 1_024);
    let mut server = Server::start_with(&["--spool", disk.path()]).await;
    let load = Load::new(&server, &server).await;
    let senders = load.begin();
    let mut copies = Vec::new();
    let back_up = async {
        for number in 0..BACKUPS {
            load.more(&load.counted, 100 + 37 * number).await;
            // Some records wait in the spool, and drain while the copy is made.
            eventually(async || (records(&server).await > 0).then_some(())).await;
            let (place, acknowledged) = (Place::new().await, load.ledger());
            place.back_up_with(&server, Path::new(disk.path())).await;
            copies.push((place, acknowledged));
        }
    };
    tokio::select! {
        () = back_up => {}
        () = outages(&server, &load, &disk) => {}
    }
    load.end(senders).await;
    server.terminate().await;
    assert!(server.ended().await.success());

    let spooled: Vec<u64> = copies.iter().map(|(place, _)| place.spooled_bytes()).collect();
    assert!(spooled.iter().any(|bytes| *bytes > 0), "no copy was made while records waited");
    println!("bytes of the spools' copies: {spooled:?}");
    for (place, acknowledged) in &copies {
        let restored = place.restore().await;
        restored.drained_within(PATIENCE).await;
        load.check_ledger(&restored, acknowledged).await;
        let health = restored.health().await;
        let kept = (&health["spool"]["lost"], &health["spool"]["put_aside"]);
        assert_eq!(kept, (&0.into(), &0.into()), "{health}");
        // The restored server accepts new sales.
        assert!(load.sell(&restored, &load.visit_of(&restored).await).await.status < 300);
    }
}

/// A backup must copy the spool before the database. In this test, all records move from the spool
/// to the database after the first of the two copies and before the second one.
#[tokio::test]
async fn what_drains_between_the_parts_of_a_backup_is_in_it() {
    let mut server = Server::start_with(&["--spool", "spool"]).await;
    let mut traffic = Traffic::begin(&server, &server).await;
    let stall = Stall::begin(&server.database_url).await;
    traffic.until_queued(&server, VISITORS).await;
    // The segments of an earlier process are deleted once they are drained.
    server.kill().await;
    server.restart().await;
    let (place, disk) = (Place::new().await, WaitingDisk::build());
    let mut backup = command(server.folder());
    backup.args(["backup", "--to", &place.path("copy"), "--database-url", &server.database_url]);
    backup.args(["--spool", "spool"]).envs(disk.variables());
    let backup = end_of(backup);
    let drain = async {
        eventually(async || disk.is_waited_for().then_some(())).await;
        stall.end().await;
        server.drained().await;
        eventually(async || (segments_bytes(&server.spool()) == 0).then_some(())).await;
        disk.go_on();
    };
    let ((status, output), ()) = tokio::join!(backup, drain);
    assert!(status.success(), "{output}");
    let restored = place.restore().await;
    restored.drained().await;
    traffic.check_conversions(&restored).await;
}

#[tokio::test]
async fn a_server_that_is_down_is_copied_with_what_its_spool_holds() {
    let mut server = Server::start_with(&["--spool", "spool"]).await;
    let mut traffic = Traffic::begin(&server, &server).await;
    let stall = Stall::begin(&server.database_url).await;
    traffic.until_queued(&server, VISITORS).await;
    server.kill().await;
    stall.end().await;
    let place = Place::new().await;
    place.back_up(&server).await;
    // The same state can be copied any number of times.
    let again = Place::new().await;
    again.back_up(&server).await;
    for place in [place, again] {
        let restored = place.restore().await;
        restored.drained().await;
        traffic.check_conversions(&restored).await;
    }
}

#[tokio::test]
async fn what_an_edge_holds_is_delivered_after_the_restore() {
    copy_edge_and_core(false).await;
}

#[tokio::test]
async fn what_is_in_the_copies_of_an_edge_and_of_its_core_counts_once() {
    copy_edge_and_core(true).await;
}

/// Copies an edge, then its core. If `drains`, the edge delivers its whole spool between the
/// copies.
async fn copy_edge_and_core(drains: bool) {
    let core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[]).await;
    let mut traffic = Traffic::begin(&core, &edge).await;
    traffic.until_live(&edge).await;
    edge.drained().await;
    core.freeze().await;
    traffic.round(&edge, VISITORS).await;
    let all = u64::try_from(2 * VISITORS).unwrap();
    eventually(async || (records(&edge).await >= all).then_some(())).await;

    let (of_edge, of_core) = (Place::new().await, Place::new().await);
    let spool = edge.spool();
    let settings = ["--role", "edge", "--spool", spool.to_str().unwrap()];
    succeed(&settings, &["backup", "--to", &of_edge.path("copy")]).await;
    assert!(of_edge.spooled_bytes() > 0);
    if drains {
        core.thaw().await;
        edge.drained().await;
    }
    let settings = ["--role", "core", "--database-url", &core.database_url];
    succeed(&settings, &["backup", "--to", &of_core.path("copy")]).await;
    drop((edge, core));

    let settings = ["--role", "core", "--database-url", &of_core.database_url];
    succeed(&settings, &["restore", "--from", &of_core.path("copy")]).await;
    let spool = of_edge.path("spool");
    let settings = ["--role", "edge", "--spool", &spool];
    succeed(&settings, &["restore", "--from", &of_edge.path("copy")]).await;
    let core = Server::start_at_with(of_core.database_url.clone(), &["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[("S2S_SPOOL", &spool)]).await;
    edge.drained().await;
    traffic.check(&core).await;
    let health = edge.health().await;
    assert_eq!(health["spool"]["put_aside"], 0, "{health}");
}

#[tokio::test]
async fn a_full_disk_leaves_no_copy_and_the_next_backup_succeeds() {
    let server = Server::start_with(&["--spool", "spool"]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    server.click(&link).await;
    eventually(async || server.spool().join("known").exists().then_some(())).await;
    let disk = SmallDisk::mount(64 * 1_024);
    let (copy, seen) = (disk.inside().join("copy"), Path::new(disk.path()).join("copy"));
    let spool = server.spool();
    let settings = ["--database-url", &server.database_url, "--spool", spool.to_str().unwrap()];
    let task = ["backup", "--to", copy.to_str().unwrap()];
    let on_disk = |settings: &[&str], task: &[&str]| {
        let mut command = command_on(&disk.namespace(), server.folder());
        command.args(settings).args(task);
        command
    };
    disk.fill();
    for _ in 0..3 {
        let (status, output) = end_of(on_disk(&settings, &task)).await;
        assert_eq!(status.code(), Some(1), "{output}");
        assert!(output.contains("reason: BACKUP_FAILED") && output.contains("copy"), "{output}");
        let says = ["No space left", "disk is full"].iter().any(|cause| output.contains(cause));
        assert!(says, "{output}");
        assert!(!seen.exists(), "nothing of the copy is kept");
    }
    disk.make_room();
    let (status, output) = end_of(on_disk(&settings, &task)).await;
    assert!(status.success(), "{output}");
    let place = Place::new().await;
    // A restore to a full disk leaves no files either.
    let to = format!("{}/spool", disk.path());
    let settings = ["--database-url", &place.database_url, "--spool", &to];
    let task = ["restore", "--from", seen.to_str().unwrap()];
    disk.fill();
    for _ in 0..3 {
        let (status, output) = run(&settings, &task).await;
        assert!(!status.success() && output.contains("No space left"), "{output}");
        assert!(output.contains("reason: SPOOL_FAILED"), "{output}");
    }
    disk.make_room();
    succeed(&settings, &task).await;
    let restored = Server::start_at_with(place.database_url.clone(), &["--spool", &to]).await;
    restored.link(&[&code]).await;
}

#[tokio::test]
async fn a_copy_is_for_its_owner_alone() {
    let server = Server::start_with(&["--spool", "spool"]).await;
    server.code("Sale").await;
    eventually(async || server.spool().join("known").exists().then_some(())).await;
    let place = Place::new().await;
    // If other users may enter the empty folder, the backup takes that permission away.
    fs::create_dir(place.path("copy")).unwrap();
    fs::set_permissions(place.path("copy"), fs::Permissions::from_mode(0o777)).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 0; exec \"$0\" \"$@\""]).arg(binary());
    shell.args(["backup", "--to", &place.path("copy"), "--database-url", &server.database_url]);
    shell.args(["--spool", server.spool().to_str().unwrap()]);
    let mut command = prepare(shell, place.folder.path());
    let output = command.stdout(Stdio::piped()).output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("copied: "));
    for (path, mode) in [
        ("", 0o40_700),
        ("spool", 0o40_700),
        ("spool/known", 0o100_600),
        ("database", 0o100_600),
        ("manifest.json", 0o100_600),
    ] {
        let found = fs::metadata(PathBuf::from(place.path("copy")).join(path)).unwrap();
        assert_eq!(found.permissions().mode(), mode, "{path}");
    }
    let text = fs::read_to_string(place.path("copy/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest["database"], kind());
    let restored = place.restore().await;
    restored.drained().await;
    if database::is_a_file() {
        let mode = fs::metadata(place.path("s2s.db")).unwrap().permissions().mode();
        assert_eq!(mode, 0o100_600);
    }
}

/// MariaDB only, because the other databases ask for no password in the tests.
#[tokio::test]
async fn a_password_reaches_the_programs_and_nobody_else() {
    if kind() != "mariadb" {
        return;
    }
    let server = Server::start_with(&["--spool", "spool"]).await;
    let code = server.code("Sale").await;
    let place = Place::new().await;
    let name = place.database_url.rsplit_once('/').unwrap().1;
    let grant = format!("GRANT ALL ON *.* TO {name}@'%' IDENTIFIED BY 'g/h e&+%=ü'");
    database::execute(&server.database_url, &grant).await;
    let as_user = |url: &str| url.replacen("s2s@", &format!("{name}:g%2Fh%20e&+%25=%C3%BC@"), 1);
    let (from, to) = (as_user(&server.database_url), as_user(&place.database_url));
    let (spool, copy, restored) = (server.spool(), place.path("copy"), place.path("spool"));
    let backup = ["backup", "--to", &copy];
    succeed(&["--database-url", &from, "--spool", spool.to_str().unwrap()], &backup).await;
    succeed(&["--database-url", &to, "--spool", &restored], &["restore", "--from", &copy]).await;
    let wrong = from.replacen("%C3%BC@", "geheim@", 1);
    let backup = ["backup", "--to", &place.path("other")];
    let (status, output) = run(&["--database-url", &wrong, "--spool=off"], &backup).await;
    assert!(!status.success() && output.contains("Access denied"), "{output}");
    assert!(!output.contains("geheim"), "{output}");
    Server::start_at(place.database_url.clone()).await.link(&[&code]).await;
}
