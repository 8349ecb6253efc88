//! Clocks that jump while retention is on: the clock of a server, of an edge or of the database, at
//! a start and under load.
//!
//! Nothing acknowledged is lost or counted twice. Nothing is deleted too early. Each jump that the
//! server can notice is reported.

use std::sync::{Arc, atomic::Ordering};

use futures::TryStreamExt as _;
use s2s_sdk::v1::{
    ErrorReason, GetClickRequest, ListPostbacksRequest, Note, NoteCode, PostbackFilter, PostbackVerdict,
};
use s2s_tests::{
    Server,
    clock::WrongClock,
    database::{file, fresh, fresh_on, kind, server::DatabaseServer},
    eventually, request, run_to_end,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::load::{Load, PATIENCE};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const JUMPS: [i64; 4] = [-HOUR, HOUR, 200 * DAY, 600 * DAY];
/// Retention periods that are shorter than the jumps of 200 and 600 days. There is no pause after a
/// start, so only the comparison of clocks keeps rows from being deleted.
const LIMITS: [&str; 8] = [
    "--retain-clicks-days",
    "30",
    "--retain-conversions-days",
    "30",
    "--retain-postbacks-days",
    "7",
    "--retain-pause-seconds",
    "0",
];
/// The number of visitors before and after each jump.
const SERVED: usize = 40;

/// A server, an edge or a database with a wrong clock, and the servers around it.
struct Scene {
    clock: WrongClock,
    core: Server,
    edge: Option<Server>,
    load: Arc<Load>,
    _database: Option<DatabaseServer>,
    _folder: TempDir,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Server,
    Edge,
    Database,
}

impl Scene {
    async fn start(whose: Whose) -> Self {
        let (clock, folder) = (WrongClock::build(), tempfile::tempdir().unwrap());
        let variables = clock.variables();
        let database = match whose {
            Whose::Database => Some(DatabaseServer::start_in(kind(), &variables).await),
            Whose::Server | Whose::Edge => None,
        };
        let url = match &database {
            Some(database) => fresh_on(&database.url, folder.path()).await,
            None => fresh(folder.path()).await,
        };
        let flags = [&LIMITS[..], &["--spool", "spool"]].concat();
        let (core, edge) = match whose {
            Whose::Server => (Server::start_at_in(url, &flags, &variables).await, None),
            Whose::Database => (Server::start_at_in(url, &flags, &[]).await, None),
            Whose::Edge => {
                let core = Server::start_at_in(url, &[&LIMITS[..], &["--role", "core"]].concat(), &[]).await;
                let edge = Server::start_edge(&core, &variables).await;
                (core, Some(edge))
            }
        };
        let load = Load::new(&core, edge.as_ref().unwrap_or(&core)).await;
        edge.as_ref().unwrap_or(&core).knows(load.slug()).await;
        Self { clock, core, edge, load, _database: database, _folder: folder }
    }

    /// The server for visits and postbacks: the edge if there is one, otherwise the core.
    fn front(&self) -> &Server {
        self.edge.as_ref().unwrap_or(&self.core)
    }

    async fn restart(&mut self) {
        let front = self.edge.as_mut().unwrap_or(&mut self.core);
        front.terminate().await;
        assert!(front.ended().await.success());
        front.restart_in_place().await;
    }

    /// Waits until `says` accepts the report on the clocks in health.
    async fn told(&self, says: impl Fn(&Value) -> bool) {
        eventually(async || says(&self.front().health().await["clock"]).then_some(())).await;
    }

    /// Checks that the spool is empty, that everything acknowledged is there, and that nothing is
    /// held.
    async fn check(&self) {
        self.front().drained_within(PATIENCE).await;
        self.load.check(&self.core).await;
        let held = PostbackFilter { verdict: PostbackVerdict::Held.into(), ..Default::default() };
        let held =
            self.core.client().postbacks().list_page(request::postbacks(held)).await.unwrap().postbacks;
        assert_eq!(held, []);
    }

    /// Replays the postbacks that are held because a wrong clock made their click too old. All of
    /// them count. Returns their number. Among them are sales that were answered `QUEUED` on a busy
    /// machine.
    async fn replay_held(&self) -> usize {
        self.front().drained_within(PATIENCE).await;
        let reason = ErrorReason::AttributionWindowPassed.into();
        let replay = request::replay_all(PostbackFilter { reason, ..Default::default() });
        let mut replayed = 0;
        loop {
            let page = self.core.client().postbacks().replay_page(replay.clone()).await.unwrap().postbacks;
            if page.is_empty() {
                return replayed;
            }
            for postback in page {
                assert_eq!(postback.verdict(), PostbackVerdict::Recorded, "{postback:?}");
                replayed += 1;
            }
        }
    }
}

/// Lets the clock jump under load, and then jump back.
async fn jumps_under_load(whose: Whose) {
    let scene = Scene::start(whose).await;
    let senders = scene.load.begin();
    for seconds in JUMPS {
        scene.load.more(&scene.load.counted, SERVED).await;
        scene.clock.set(seconds);
        scene.told(|clock| clock["wrong"] == true).await;
        scene.load.more(&scene.load.counted, SERVED).await;
        scene.clock.set(0);
        scene.told(|clock| clock["wrong"] == false).await;
    }
    scene.load.more(&scene.load.counted, SERVED).await;
    scene.load.end(senders).await;
    scene.check().await;
    assert_eq!(scene.load.held.load(Ordering::Relaxed), 0);
    scene.load.send_all_again(scene.front()).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_servers_clock_that_jumps_under_load_changes_nothing() {
    jumps_under_load(Whose::Server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edges_clock_that_jumps_under_load_changes_nothing() {
    jumps_under_load(Whose::Edge).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_databases_clock_that_jumps_under_load_changes_nothing() {
    // An SQLite file has no clock of its own.
    if kind() != "sqlite" {
        jumps_under_load(Whose::Database).await;
    }
}

/// Restarts the server or edge while a clock is wrong, and again after that clock is set right.
async fn jumps_at_the_start(whose: Whose) {
    let mut scene = Scene::start(whose).await;
    let mut replayed = 0;
    for seconds in JUMPS {
        let senders = scene.load.begin();
        scene.load.more(&scene.load.counted, SERVED).await;
        scene.load.end(senders).await;
        scene.clock.set(seconds);
        scene.restart().await;
        // An edge gets the time from its core. With SQLite, a clock that is an hour ahead is not
        // noticed, because the server can't know how long the file was closed.
        let is_told = whose != Whose::Edge && (kind() != "sqlite" || seconds != HOUR);
        if is_told {
            scene.told(|clock| clock["wrong"] == true).await;
        }
        let senders = scene.load.begin();
        scene.load.more(&scene.load.counted, SERVED).await;
        scene.load.end(senders).await;
        scene.clock.set(0);
        scene.restart().await;
        scene.told(|clock| clock["wrong"] == false).await;
        replayed += scene.replay_held().await;
        scene.check().await;
    }
    assert!(replayed >= scene.load.held.load(Ordering::Relaxed));
    scene.load.send_all_again(scene.front()).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_with_a_wrong_clock_loses_nothing() {
    jumps_at_the_start(Whose::Server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edge_that_starts_with_a_wrong_clock_loses_nothing() {
    jumps_at_the_start(Whose::Edge).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_on_a_database_with_a_wrong_clock_loses_nothing() {
    if kind() != "sqlite" {
        jumps_at_the_start(Whose::Database).await;
    }
}

/// A wrong clock at the first start on a database has no lasting effect: sales count as soon as the
/// clock is right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_start_with_a_wrong_clock_refuses_nothing_later() {
    if kind() != "sqlite" {
        return;
    }
    for seconds in [200 * DAY, 600 * DAY, 3 * 365 * DAY] {
        let (clock, folder) = (WrongClock::build(), tempfile::tempdir().unwrap());
        clock.set(seconds);
        let mut server = Server::start_at_in(file(folder.path()), &LIMITS, &clock.variables()).await;
        let load = Load::new(&server, &server).await;
        passes(&mut server, &load).await;
        server.kill().await;
        clock.set(0);
        server.restart_in_place().await;
        let load = Load::new(&server, &server).await;
        assert_eq!(load.visitors(SERVED).await, SERVED);
        passes(&mut server, &load).await;
        assert_eq!(load.visitors(SERVED).await, SERVED);
        load.check(&server).await;
    }
}

/// Restarts the server, and waits until its retention has deleted an old click.
async fn passes(server: &mut Server, load: &Load) {
    let old = load.old_click(server).await;
    server.kill().await;
    server.restart_in_place().await;
    is_gone(server, &old).await;
}

async fn is_gone(server: &Server, click_id: &str) {
    let client = server.client();
    let request = || GetClickRequest { click_id: click_id.to_owned() };
    eventually(async || client.clicks().get(request()).await.is_err().then_some(())).await;
}

/// Rows that a wrong clock stamped don't confirm that clock, even if the server seems to have been
/// stopped for long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_of_a_wrong_clock_does_not_vouch_for_it() {
    if kind() != "sqlite" {
        return;
    }
    let (clock, folder) = (WrongClock::build(), tempfile::tempdir().unwrap());
    // The pause is longer than this part of the test, so the retention deletes nothing yet.
    let paused = ["--retain-clicks-days", "30", "--retain-pause-seconds", "3600"];
    let mut server = Server::start_at_in(file(folder.path()), &paused, &clock.variables()).await;
    let load = Load::new(&server, &server).await;
    assert_eq!(load.visitors(SERVED).await, SERVED);
    let old = load.old_click(&server).await;
    for _ in 0..3 {
        server.kill().await;
        clock.set(600 * DAY);
        server.restart_in_place().await;
        load.visit().await;
        let health = server.health().await;
        assert_eq!(health["clock"]["wrong"], true, "{health}");
    }
    let url = server.database_url.clone();
    drop(server);
    let server = Server::start_at_in(url, &LIMITS, &clock.variables()).await;
    is_gone(&server, &old).await;
    load.check(&server).await;
}

/// An edge that starts with a wrong clock while its core is down makes click ids with the wrong
/// time. All of them count.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_any_time_count_and_hold_up_nobody() {
    let mut scene = Scene::start(Whose::Edge).await;
    for seconds in JUMPS {
        scene.core.kill().await;
        scene.clock.set(seconds);
        scene.restart().await;
        let sent = scene.load.visitors(SERVED).await;
        assert!(sent > 0, "sales were queued");
        scene.core.restart_in_place().await;
        scene.clock.set(0);
        scene.check().await;
    }
    let health = scene.front().health().await;
    assert_eq!(health["spool"]["put_aside"], 0, "{health}");
    scene.load.send_all_again(scene.front()).await;
    scene.check().await;
    let all =
        scene.core.client().postbacks().list(ListPostbacksRequest { page_size: 1_000, ..Default::default() });
    let all: Vec<_> = all.try_collect().await.unwrap();
    let corrected = |note: &Note| note.code() == NoteCode::TimeCorrected;
    assert!(all.iter().any(|postback| postback.notes.iter().any(corrected)));
}

/// Tests an id whose time is so wrong that no correct clock can have set it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_another_age_is_put_aside_and_holds_up_nobody() {
    let mut scene = Scene::start(Whose::Edge).await;
    scene.core.kill().await;
    scene.clock.set(1_500 * DAY);
    scene.restart().await;
    let click_id = scene.load.visit().await;
    let queued = scene.load.sell(scene.front(), &click_id).await;
    assert_eq!((queued.status, queued.field("verdict").as_str()), (202, "QUEUED"), "{queued:?}");
    eventually(async || {
        let standing = scene.front().health().await["spool"]["standing_seconds"].clone();
        (standing.as_u64().unwrap() > 0).then_some(())
    })
    .await;
    scene.core.restart_in_place().await;
    eventually(async || (scene.front().health().await["spool"]["put_aside"] == 2).then_some(())).await;
    // By now the core has given the edge the right time.
    scene.clock.set(0);
    scene.told(|clock| clock["jumps"] != 0 && clock["wrong"] == false).await;
    assert!(scene.load.visitors(SERVED).await > 0);
    scene.check().await;
    let held = scene.load.sell(scene.front(), &click_id).await;
    let found = (held.status, held.field("verdict"), held.field("reason"));
    assert_eq!(found, (422, "HELD".to_owned(), "CLOCK_WRONG".to_owned()), "{held:?}");
    let stored =
        scene.core.client().postbacks().list_page(ListPostbacksRequest::default()).await.unwrap().postbacks;
    assert_eq!(stored[0].reason(), ErrorReason::ClockWrong);
}

#[tokio::test]
async fn a_server_whose_clock_is_not_the_databases_does_not_start() {
    if kind() == "sqlite" {
        return;
    }
    let (clock, folder) = (WrongClock::build(), tempfile::tempdir().unwrap());
    let url = fresh(folder.path()).await;
    for seconds in JUMPS {
        clock.set(seconds);
        let flags = ["--listen", "127.0.0.1:0", "--database-url", &url];
        let (status, output) = run_to_end(folder.path(), &flags, &clock.variables()).await;
        assert!(!status.success() && output.contains("reason: CLOCK_WRONG"), "{output}");
    }
    clock.set(30);
    drop(Server::start_at_in(url, &[], &clock.variables()).await);
}
