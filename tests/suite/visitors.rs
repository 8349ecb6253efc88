//! The hash of a click's visitor, which no call shows. The tests read it from the table.

use s2s_sdk::v1::{EraseVisitorRequest, RecordClickRequest, TrackingLink};
use s2s_tests::{Server, database, eventually};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};

use crate::moved;

const DAY: i64 = 86_400;

/// The database of a server.
struct Rows(DatabaseConnection);

impl Rows {
    async fn of(server: &Server) -> Self {
        Self(Database::connect(&server.database_url).await.unwrap())
    }

    async fn query<T: sea_orm::TryGetable>(&self, query: &str, column: &str) -> Vec<T> {
        let statement = Statement::from_string(self.0.get_database_backend(), query);
        let rows = self.0.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", column).unwrap()).collect()
    }

    /// The hashes of all clicks, in the order of their times.
    async fn hashes(&self) -> Vec<Option<[u8; 8]>> {
        let packed: Vec<Vec<u8>> = self.query("SELECT packed FROM click ORDER BY click_id", "packed").await;
        packed.iter().map(|packed| hash(packed)).collect()
    }

    /// The days that have a key.
    async fn days(&self) -> Vec<i64> {
        self.query("SELECT day FROM visitor_key ORDER BY day", "day").await
    }
}

/// The hash in a packed click: after the layout and three numbers there is 1 and the hash, or else 0
/// or the end.
fn hash(packed: &[u8]) -> Option<[u8; 8]> {
    let mut rest = &packed[1..];
    for _ in 0..3 {
        let length = rest.iter().position(|byte| byte & 128 == 0).map_or(0, |last| last + 1);
        rest = &rest[length..];
    }
    match rest {
        [1, hash @ ..] => Some(hash[..8].try_into().unwrap()),
        _ => None,
    }
}

/// Records the click of a visitor, `ago` seconds before the link was created.
async fn click(server: &Server, link: &TrackingLink, address: &str, user_agent: &str, ago: i64) -> String {
    let request = RecordClickRequest {
        tracking_link_id: link.id.clone(),
        address: address.to_owned(),
        user_agent: user_agent.to_owned(),
        click_time: moved(link.create_time, -ago),
        ..Default::default()
    };
    server.client().clicks().record(request).await.unwrap().click.unwrap().id
}

#[tokio::test]
async fn a_visitor_has_one_hash_a_day_on_all_servers() {
    let server = Server::start().await;
    let other = Server::start_beside(&server).await;
    let (link, rows) = (server.link(&[]).await, Rows::of(&server).await);
    let created = link.create_time.unwrap().seconds;
    let today = created / DAY;
    // One second apart, because their times order the clicks, and all on the day of the link, which
    // may have begun a moment ago.
    let ago = |click: i64| (created % DAY).min(10) - click;
    // Both servers make the first key at the same time.
    let (first, _) = tokio::join!(
        click(&server, &link, "203.0.113.7", "agent/1", ago(0)),
        click(&other, &link, "203.0.113.7", "agent/1", ago(1)),
    );
    click(&other, &link, "203.0.113.8", "agent/1", ago(2)).await;
    click(&server, &link, "203.0.113.7", "agent/2", ago(3)).await;
    click(&server, &link, "", "agent/1", ago(4)).await;
    let hashes = rows.hashes().await;
    let [Some(one), Some(again), Some(neighbour), Some(browser), None] = hashes[..] else {
        panic!("{hashes:?}");
    };
    assert_eq!(one, again);
    assert!(one != neighbour && one != browser && neighbour != browser);
    assert_eq!(rows.days().await, [today]);

    // After a restart, a visitor is still the same.
    let mut server = server;
    server.kill().await;
    server.restart_in_place().await;
    click(&server, &link, "203.0.113.7", "agent/1", ago(5)).await;
    assert_eq!(rows.hashes().await.iter().filter(|hash| **hash == Some(one)).count(), 3);

    let erase = EraseVisitorRequest { click_id: first, ..Default::default() };
    server.client().clicks().erase_visitor(erase).await.unwrap();
    assert_eq!(rows.hashes().await.iter().filter(|hash| **hash == Some(one)).count(), 2);
}

#[tokio::test]
async fn keys_of_earlier_days_are_deleted_and_their_clicks_get_no_hash() {
    let server = Server::start_with(&["--retain-pause-seconds", "0"]).await;
    let (link, rows) = (server.link(&[]).await, Rows::of(&server).await);
    let today = link.create_time.unwrap().seconds / DAY;
    click(&server, &link, "203.0.113.7", "agent/1", 2 * DAY).await;
    click(&server, &link, "203.0.113.7", "agent/1", DAY).await;
    click(&server, &link, "203.0.113.7", "agent/1", 0).await;
    let hashes = rows.hashes().await;
    let [None, Some(yesterday), Some(now)] = hashes[..] else { panic!("{hashes:?}") };
    assert_ne!(yesterday, now);
    assert_eq!(rows.days().await, [today - 1, today]);
    // The key of a day that is over stands for what a server finds two days later.
    let make_older = format!("UPDATE visitor_key SET day = {} WHERE day = {}", today - 2, today - 1);
    database::execute(&server.database_url, &make_older).await;
    let mut server = server;
    server.kill().await;
    server.restart_in_place().await;
    eventually(async || (rows.days().await == [today]).then_some(())).await;
}

#[tokio::test]
async fn an_operator_can_do_without() {
    let server = Server::start_with(&["--store-visitor-hash", "off"]).await;
    let (link, rows) = (server.link(&[]).await, Rows::of(&server).await);
    click(&server, &link, "203.0.113.7", "agent/1", 0).await;
    assert_eq!((rows.hashes().await, rows.days().await), (vec![None], vec![]));
}
