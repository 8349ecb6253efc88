//! Postbacks that are deleted while they are replayed. Every other call of the same group commit
//! gets the answer to its own postback.

use futures::future::join_all;
use s2s_sdk::{
    Client, Code,
    v1::{
        ConversionCode, ErrorReason, ListConversionsRequest, ListPostbacksRequest, Postback, PostbackFilter,
        RawPostback,
    },
};
use s2s_tests::{Server, database::kind, request};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};

use crate::fixture::other_account;

/// The number of times that postbacks are deleted while they are replayed.
const ROUNDS: usize = 4;
/// Held postbacks of one round.
const HELD: usize = 3;
/// Sales that are sent during one replay.
const SALES: usize = 30;
/// Calls that the server answers before the deletion is committed. Meanwhile the replay reads its
/// postbacks.
const MEANWHILE: usize = 20;

/// A transaction that has deleted all held postbacks, and has not been committed yet.
struct Deletion(DatabaseConnection);

impl Deletion {
    async fn begin(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        let begin: &[&str] = match kind() {
            "sqlite" => &["PRAGMA busy_timeout = 30000", "BEGIN IMMEDIATE"],
            _ => &["BEGIN"],
        };
        for statement in begin.iter().chain(&["DELETE FROM postback WHERE verdict = 5"]) {
            db.execute_unprepared(statement).await.unwrap();
        }
        Self(db)
    }

    async fn commit(self) {
        self.0.execute_unprepared("COMMIT").await.unwrap();
        self.0.close().await.unwrap();
    }
}

/// Another account with a code, and with held postbacks that name this code.
struct Other {
    client: Client,
    code: ConversionCode,
}

impl Other {
    async fn start(server: &Server) -> Self {
        let (client, code) = other_account(server).await;
        Self { client, code }
    }

    async fn hold(&self) -> Vec<String> {
        for number in 0..HELD {
            let target = format!("/s2s?clickId=x&id={}&val=1&com=0&n={number}", self.code.id);
            let raw =
                RawPostback { method: "GET".to_owned(), target: target.into_bytes(), ..Default::default() };
            let error = self.client.conversions().record(request::postback(raw)).await.unwrap_err();
            assert_eq!(error.reason(), ErrorReason::ClickIdInvalid, "{error}");
        }
        let held =
            self.client.postbacks().list_page(ListPostbacksRequest::default()).await.unwrap().postbacks;
        held.into_iter().map(|postback| postback.id).collect()
    }

    /// Replays the postbacks by their ids, or all held postbacks.
    async fn replay(&self, ids: Option<Vec<String>>) -> Result<Vec<Postback>, s2s_sdk::Error> {
        let all = || request::replay_all(PostbackFilter::default());
        let request = ids.map_or_else(all, request::replay);
        Ok(self.client.postbacks().replay_page(request).await?.postbacks)
    }
}

async fn counted(server: &Server) -> usize {
    let request = ListConversionsRequest { page_size: 1_000, ..Default::default() };
    server.client().conversions().list_page(request).await.unwrap().conversions.len()
}

#[tokio::test]
async fn a_replay_of_a_deleted_postback_changes_no_other_answer() {
    let mut server = Server::start().await;
    let other = Other::start(&server).await;
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let mut expected = 0;
    for round in 0..ROUNDS {
        let ids = other.hold().await;
        assert_eq!(ids.len(), HELD);
        let by_ids = round % 2 == 0;
        let deletion = Deletion::begin(&server.database_url).await;
        let sales = (0..SALES).map(|number| {
            let query = format!("clickId={click}&id={}&val=1&com=0&oid={round}-{number}", code.id);
            let server = &server;
            async move { server.postback(&query).await }
        });
        let replay = other.replay(by_ids.then_some(ids));
        let committed = async {
            for _ in 0..MEANWHILE {
                server.health().await;
            }
            deletion.commit().await;
        };
        let (answers, replayed, ()) = tokio::join!(join_all(sales), replay, committed);
        for answer in answers {
            assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "RECORDED"), "{answer:?}");
        }
        match replayed {
            Ok(postbacks) => assert!(!by_ids && postbacks.is_empty(), "{postbacks:?}"),
            Err(error) => assert!(by_ids && error.code() == Code::NotFound, "{error}"),
        }
        expected += SALES;
        assert_eq!(counted(&server).await, expected);
    }
    server.kill().await;
    server.restart_in_place().await;
    assert_eq!(counted(&server).await, expected);
}
