//! The file of an SQLite database is moved away or replaced while its server runs. This is an
//! outage like any other: nothing that was acknowledged is lost, and no empty database takes its
//! place.

use std::{
    fs,
    path::{Path, PathBuf},
};

use s2s_tests::{Server, database, eventually, run_to_end};

use crate::spool::traffic::Traffic;

/// The number of queued postbacks in each outage.
const QUEUED: usize = 24;
/// The error that the server logs once for each time that the file disappears.
const ERROR: &str = "THE FILE OF THE DATABASE WAS MOVED";
/// Endings of the database's files, in an order in which they can be put back.
const FILES: [&str; 3] = ["-wal", "-shm", ""];

/// A server with its database in a folder of its own. The file is moved to the folder `away` there.
struct Stage {
    server: Server,
    traffic: Traffic,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("away")).unwrap();
        let url = database::file(folder.path());
        let flags = ["--spool", "spool", "--database-url", &url];
        let mut server = Server::start_logged(&flags, Vec::new()).await;
        server.database_url.clone_from(&url);
        let traffic = Traffic::begin(&server, &server).await;
        Self { server, traffic, folder }
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("s2s.db")
    }

    fn move_away(&self) {
        let (from, to) = (self.folder.path(), self.folder.path().join("away"));
        for end in FILES.iter().rev() {
            move_file(from, &to, end);
        }
    }

    fn move_back(&self) {
        let (from, to) = (self.folder.path().join("away"), self.folder.path());
        for end in FILES {
            move_file(&from, to, end);
        }
    }

    fn errors(&self) -> usize {
        self.server.log().matches(ERROR).count()
    }

    /// Lets visitors come and buy while the file is away.
    async fn sell_in_the_outage(&mut self) {
        self.traffic.until_queued(&self.server, QUEUED).await;
        eventually(async || {
            let health = self.server.health().await;
            (health["status"] == "degraded: spooling" && health["core_cause"].is_string()).then_some(())
        })
        .await;
    }

    async fn sell_live(&mut self) {
        self.server.drained().await;
        self.traffic.until_live(&self.server).await;
        self.server.drained().await;
    }
}

/// Moves a file of the database, if it is there.
fn move_file(from: &Path, to: &Path, end: &str) {
    let name = format!("s2s.db{end}");
    let (from, to) = (from.join(&name), to.join(&name));
    if from.exists() {
        fs::rename(from, to).unwrap();
    }
}

#[tokio::test]
async fn a_database_file_that_is_moved_away_or_replaced_is_an_outage() {
    if !database::is_a_file() {
        return;
    }
    let mut stage = Stage::start().await;
    for (round, replacement) in [None, Some("another"), Some(""), None].into_iter().enumerate() {
        stage.sell_live().await;
        stage.move_away();
        if let Some(replacement) = replacement {
            fs::write(stage.place(), replacement).unwrap();
        }
        stage.sell_in_the_outage().await;
        assert_eq!(stage.errors(), round + 1, "{replacement:?}");
        assert_eq!(fs::read_to_string(stage.place()).ok().as_deref(), replacement);
        stage.move_back();
    }
    stage.sell_live().await;
    stage.server.terminate().await;
    assert!(stage.server.ended().await.success());
    stage.server.restart().await;
    stage.sell_live().await;
    stage.traffic.check(&stage.server).await;
}

#[tokio::test]
async fn a_server_without_its_database_file_starts_from_its_spool_and_makes_no_other() {
    if !database::is_a_file() {
        return;
    }
    let mut stage = Stage::start().await;
    for round in 0..3 {
        stage.sell_live().await;
        stage.move_away();
        stage.sell_in_the_outage().await;
        for _ in 0..2 {
            if round == 0 {
                stage.server.terminate().await;
                assert!(stage.server.ended().await.success());
            } else {
                stage.server.kill().await;
            }
            stage.server.restart().await;
            stage.sell_in_the_outage().await;
            assert!(!stage.place().exists());
        }
        stage.move_back();
    }
    stage.sell_live().await;
    stage.traffic.check(&stage.server).await;
}

#[tokio::test]
async fn a_core_alone_refuses_writes_while_its_database_file_is_away() {
    if !database::is_a_file() {
        return;
    }
    let core = Server::start_with(&["--role", "core"]).await;
    let sale = core.code("Sale").await;
    let (place, away) = (core.folder().join("s2s.db"), core.folder().join("away"));
    let link = core.link(&[&sale]).await;
    for _ in 0..3 {
        core.click(&link).await;
        fs::rename(&place, &away).unwrap();
        let client = s2s_tests::administrator(&core.url).retries(0).build().unwrap();
        let request =
            s2s_sdk::v1::RecordClickRequest { tracking_link_id: link.id.clone(), ..Default::default() };
        let refused = client.clicks().record(request).await.unwrap_err();
        assert_eq!(refused.code(), s2s_sdk::Code::Unavailable);
        assert!(!place.exists());
        fs::rename(&away, &place).unwrap();
    }
    core.click(&link).await;
}

#[tokio::test]
async fn a_start_without_the_database_file_says_how_to_begin_anew() {
    if !database::is_a_file() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("spool")).unwrap();
    let begin = ["--listen", "127.0.0.1:0", "--database-url", "sqlite:s2s.db", "--role", "all"];
    fs::write(folder.path().join("spool/known"), "").unwrap();
    let (status, output) = run_to_end(folder.path(), &begin, &[("S2S_SPOOL", "spool")]).await;
    assert!(!status.success());
    for part in
        ["DATABASE_FAILED", "has run before", "put the file back", "move the folder of the spool away"]
    {
        assert!(output.contains(part), "{part}: {output}");
    }
    assert!(!folder.path().join("s2s.db").exists());
}
