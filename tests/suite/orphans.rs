//! Postbacks that arrive before the code, link or click that they name.
//!
//! Later, the tests copy the missing rows from the database of another server.

use s2s_sdk::v1::{
    ErrorReason, ExplainClickRequest, GetPostbackRequest, ListConversionsRequest, Postback, PostbackVerdict,
};
use s2s_tests::{Server, database, eventually};
use sea_orm::{ConnectionTrait as _, Database};

use crate::replay::{get, hold};

/// Two servers of one installation, each with its own copy of the database. New rows are created on
/// the second server, and the first lacks them.
struct Apart {
    /// Has the same click id keys as `second`. Has no code, link or click until `bring` copies it.
    first: Server,
    second: Server,
}

impl Apart {
    async fn start() -> Self {
        let mut first = Server::start().await;
        first.terminate().await;
        assert!(first.ended().await.success());
        let mut second = Server::start().await;
        second.terminate().await;
        assert!(second.ended().await.success());
        std::fs::copy(first.folder().join("s2s.db"), second.folder().join("s2s.db")).unwrap();
        first.restart().await;
        second.restart().await;
        Self { first, second }
    }

    /// Starts with a postback that the first server holds because its code is unknown there. Then
    /// kills the first server, and copies the code and the link. Returns the postback's id.
    async fn with_waiting() -> (Self, String) {
        let mut apart = Self::start().await;
        let code = apart.second.code("Sale").await;
        let link = apart.second.link(&[&code]).await;
        let click = apart.second.click(&link).await;
        let query = format!("clickId={click}&id={}&val=5&com=1", code.id);
        let id = hold(&apart.first, &query, "CONVERSION_CODE_UNKNOWN").await;
        apart.first.kill().await;
        apart.bring(&["conversion_code", "tracking_link"]).await;
        (apart, id)
    }

    /// Copies all rows of these tables from the second database to the first.
    async fn bring(&self, tables: &[&str]) {
        let path = |server: &Server| server.folder().join("s2s.db").display().to_string();
        let db = Database::connect(format!("sqlite:{}", path(&self.first))).await.unwrap();
        let attach = format!("ATTACH '{}' AS other", path(&self.second));
        let copies =
            tables.iter().map(|table| format!("INSERT INTO main.{table} SELECT * FROM other.{table}"));
        for statement in std::iter::once(attach).chain(copies) {
            db.execute_unprepared(&statement).await.unwrap();
        }
        db.close().await.unwrap();
    }

    async fn matched(&self, id: &str) -> Postback {
        eventually(async || {
            let request = GetPostbackRequest { postback_id: id.to_owned() };
            let postback = self.first.client().postbacks().get(request).await.unwrap().postback.unwrap();
            (postback.verdict() != PostbackVerdict::Held).then_some(postback)
        })
        .await
    }
}

#[tokio::test]
async fn a_postback_before_its_code_and_link_is_matched_automatically() {
    // SQLite only, because rows are copied from file to file. The tested code is the same with
    // every database.
    if !database::is_a_file() {
        return;
    }
    let apart = Apart::start().await;
    let (code, first) = (apart.second.code("Sale").await, &apart.first);
    let link = apart.second.link(&[&code]).await;
    let click = apart.second.click(&link).await;
    let query = format!("clickId={click}&id={}&val=5&com=1", code.id);
    let id = hold(first, &query, "CONVERSION_CODE_UNKNOWN").await;
    assert!(get(first, &id).await.next_match_time.is_some());
    let forged = format!("clickId={click}&id={:032X}&val=5&com=1", 1);
    let stranger = hold(first, &forged, "CONVERSION_CODE_UNKNOWN").await;

    // The code arrives, then the link. After the code, the postback is held for another reason.
    // After the link, the postback counts.
    apart.bring(&["conversion_code"]).await;
    eventually(async || (get(first, &id).await.reason() == ErrorReason::TrackingLinkUnknown).then_some(()))
        .await;
    let again = hold(first, &format!("{query}&oid=2"), "TRACKING_LINK_UNKNOWN").await;
    apart.bring(&["tracking_link"]).await;
    let matched = apart.matched(&id).await;
    assert_eq!((matched.verdict(), matched.next_match_time), (PostbackVerdict::Recorded, None));
    assert!(matched.replay_time.is_some());
    apart.matched(&again).await;

    // The row of the click has not arrived yet. The conversions count without that row.
    let client = first.client();
    let told = client.clicks().explain(ExplainClickRequest { click_id: click.clone() }).await.unwrap();
    assert_eq!((told.click, told.conversions.len()), (None, 2));
    apart.bring(&["click"]).await;
    let told = client.clicks().explain(ExplainClickRequest { click_id: click.clone() }).await.unwrap();
    assert_eq!(told.click.unwrap().id, click);

    let conversions =
        client.conversions().list_page(ListConversionsRequest::default()).await.unwrap().conversions;
    assert_eq!(conversions.len(), 2);
    let arrived = matched.raw.unwrap().receive_time;
    assert!(conversions.iter().any(|one| one.id == matched.conversion_id && one.conversion_time == arrived));
    assert_eq!(first.postback(&query).await.field("verdict"), "DUPLICATE");
    let stranger = get(first, &stranger).await;
    assert_eq!((stranger.verdict(), stranger.next_match_time.is_some()), (PostbackVerdict::Held, true));
}

/// Fills the database with copies of its only postback. The copies have been due for matching for
/// longer than any other postback. `changes` is the SQL that sets the columns in which the copies
/// differ from the original.
async fn flood(server: &Server, changes: &str) {
    let copies = format!(
        "\
        CREATE TABLE flood AS WITH RECURSIVE numbers(n) AS \
            (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 41000) \
            SELECT postback.*, n FROM postback, numbers; \
        UPDATE flood SET id = unhex(printf('%010x00000000ff%012x', n, n)), match_at = 1, {changes}; \
        ALTER TABLE flood DROP COLUMN n; \
        INSERT INTO postback SELECT * FROM flood; \
        DROP TABLE flood;"
    );
    database::execute(&server.database_url, &copies).await;
}

#[tokio::test]
async fn many_waiting_postbacks_of_one_account_do_not_delay_others() {
    check_not_delayed_by("account_id = unhex(printf('%032x', 2))").await;
}

/// The installation's own account keeps both kinds: postbacks that came with its keys, and
/// postbacks that edges have passed on, whichever account they are for.
#[tokio::test]
async fn many_waiting_postbacks_that_came_with_a_key_do_not_delay_those_of_edges() {
    check_not_delayed_by("from_edge = 0, code_id = unhex(printf('%032X', 1))").await;
}

async fn check_not_delayed_by(changes: &str) {
    // SQLite only, as above.
    if !database::is_a_file() {
        return;
    }
    let (mut apart, id) = Apart::with_waiting().await;
    flood(&apart.first, changes).await;
    apart.first.restart().await;
    assert_eq!(apart.matched(&id).await.verdict(), PostbackVerdict::Recorded);
    let not_looked_at = "SELECT COUNT(*) AS number FROM postback WHERE match_at = 1";
    // If the copies did not take turns with other postbacks, the server would look at nearly all of
    // the copies first.
    assert!(database::number(&apart.first.database_url, not_looked_at).await > 10_000);
}

#[tokio::test]
async fn what_waits_is_matched_after_a_restart() {
    // SQLite only, because rows are copied from file to file. The tested code is the same with
    // every database.
    if !database::is_a_file() {
        return;
    }
    let (mut apart, id) = Apart::with_waiting().await;
    apart.first.restart().await;
    assert_eq!(apart.matched(&id).await.verdict(), PostbackVerdict::Recorded);
}
