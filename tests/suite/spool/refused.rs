//! An edge whose core refuses it: the log reports this once, for people, and health gives the
//! cause.

use std::{fs, path::Path, process::Stdio};

use s2s_sdk::v1::{ApiKeyScope, RevokeApiKeyRequest};
use s2s_tests::{Server, command, eventually, http};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Child,
};

/// An edge whose log is a file.
pub struct LoggedEdge {
    _child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl LoggedEdge {
    async fn start(core: &str, key: &str) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), core, key).await
    }

    /// Starts an edge whose spool is `spool` in this folder.
    pub async fn start_in(folder: tempfile::TempDir, core: &str, key: &str) -> Self {
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut command = command(folder.path());
        command.args(["--listen", "127.0.0.1:0", "--role", "edge", "--core", core, "--spool", "spool"]);
        command.env("S2S_CORE_KEY", key).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.next_line().await.unwrap().unwrap();
        let url = said.split_whitespace().last().unwrap().to_owned();
        Self { _child: child, url, folder }
    }

    async fn cause(&self) -> Option<String> {
        let health = http().get(format!("{}/healthz", self.url)).send().await.unwrap();
        let health: serde_json::Value = health.json().await.unwrap();
        health["core_cause"].as_str().map(str::to_owned)
    }

    /// The number of log lines with this text.
    pub fn said(&self, text: &str) -> usize {
        let log = fs::read_to_string(Path::new(self.folder.path()).join("log")).unwrap();
        log.lines().filter(|line| line.contains(text)).count()
    }
}

const REFUSES: &str = "THE CORE REFUSES THIS EDGE";

#[tokio::test]
async fn an_edge_that_is_refused_says_so_once() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let (key, text) = core.api_key("", &[ApiKeyScope::Edge]).await;
    let edge = LoggedEdge::start(&core.url, &text).await;
    let link = core.link(&[&core.code("Sale").await]).await;
    let visit = async || {
        let answer = http().get(format!("{}/{}", edge.url, link.slug)).send().await.unwrap();
        assert_eq!(answer.status(), 302);
    };
    visit().await;
    eventually(async || edge.cause().await.is_none().then_some(())).await;

    // The log does not report a core that is only down as a refusal.
    core.kill().await;
    visit().await;
    eventually(async || edge.cause().await).await;
    eventually(async || (edge.said("the core accepts nothing from the spool") == 1).then_some(())).await;
    assert_eq!(edge.said(REFUSES), 0);
    core.restart_in_place().await;
    eventually(async || edge.cause().await.is_none().then_some(())).await;

    // The edge notices the revoked key without any traffic, too.
    let request = RevokeApiKeyRequest { api_key_id: key.id, ..Default::default() };
    core.client().api_keys().revoke(request).await.unwrap();
    let cause = eventually(async || edge.cause().await).await;
    assert!(cause.contains("API_KEY_INVALID"), "{cause}");
    assert_eq!(edge.said(REFUSES), 1);
    for _ in 0..8 {
        visit().await;
    }
    eventually(async || {
        let health = http().get(format!("{}/healthz", edge.url)).send().await.unwrap();
        let health: serde_json::Value = health.json().await.unwrap();
        (health["spool"]["standing_seconds"].as_u64() > Some(1)).then_some(())
    })
    .await;
    assert_eq!(edge.said(REFUSES), 1);
}
