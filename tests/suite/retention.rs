//! The retention of rows, and PostgreSQL's partitions by time. Callers must not notice the
//! partitions.
//!
//! The tests report old clicks and conversions with old times. They make postbacks older in the
//! table.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt as _, TryStreamExt as _, future::join_all, stream};
use s2s_sdk::{
    Client, Code,
    v1::{
        Click, Conversion, ConversionCode, ConversionVerdict, ErrorReason, ListClicksRequest,
        ListConversionsRequest, ListPostbacksRequest, NewConversion, Postback, PostbackVerdict,
        RecordClickRequest, RecordConversionRequest, TrackingLink,
    },
};
use s2s_tests::{Server, database, eventually, request};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement,
    TransactionTrait as _, TryGetable,
};

use crate::{moved, report};

const DAY: i64 = 86_400;
/// The number of clicks older than a month. More than the 1,000 rows that one statement deletes, so
/// several deletions are needed.
const OLD_CLICKS: usize = 1_100;
/// Clicks are kept for 30 days, and postbacks for 7 days. Conversions are kept for 100 days after
/// the longest attribution window, which ends 400 days after the click. Then deletion waits for 1
/// day of grace.
const LIMITS: [&str; 8] = [
    "--retain-clicks-days",
    "30",
    "--retain-conversions-days",
    "100",
    "--retain-postbacks-days",
    "7",
    "--retain-pause-seconds",
    "0",
];
/// A table that is partitioned by its ids, which begin with a time.
struct PartitionedTable {
    name: &'static str,
    /// The column of the id.
    id: &'static str,
    ids_per_second: u128,
}

const TABLES: [PartitionedTable; 3] = [
    PartitionedTable { name: "click", id: "click_id", ids_per_second: 100 << 88 },
    PartitionedTable { name: "conversion", id: "click_id", ids_per_second: 100 << 88 },
    PartitionedTable { name: "postback", id: "id", ids_per_second: 1_000 << 80 },
];

struct Past {
    code: ConversionCode,
    link: TrackingLink,
}

impl Past {
    async fn create(server: &Server) -> Self {
        let code = server.code("Sale").await;
        let link = server.link(&[&code]).await;
        Self { code, link }
    }

    fn now(&self) -> i64 {
        self.link.create_time.unwrap().seconds
    }

    /// Records a click from some days ago.
    async fn click(&self, client: &Client, days: i64) -> String {
        let request = RecordClickRequest {
            tracking_link_id: self.link.id.clone(),
            click_time: moved(self.link.create_time, -days * DAY),
            ..Default::default()
        };
        client.clicks().record(request).await.unwrap().click.unwrap().id
    }

    /// A conversion right after its click, some days ago.
    fn conversion(&self, click_id: &str, days: i64) -> RecordConversionRequest {
        request::conversion(NewConversion {
            transaction_id: format!("{days} days"),
            conversion_time: moved(self.link.create_time, 1 - days * DAY),
            ..report(&self.code, click_id)
        })
    }

    async fn click_and_conversion(&self, client: &Client, days: i64) -> String {
        let click_id = self.click(client, days).await;
        client.conversions().record(self.conversion(&click_id, days)).await.unwrap();
        click_id
    }

    /// Sends a postback, and makes its row older by some days.
    async fn postback(&self, server: &Server, query: &str, days: i64) {
        let query = format!("id={}&val=1&com=0&{query}&oid=postback-{days}", self.code.id);
        let id = server.postback(&query).await.field("postback_id");
        let postback = crate::replay::get(server, &id).await;
        let received = postback.raw.unwrap().receive_time.unwrap();
        let seconds = received.seconds - days * DAY;
        let first = u128::try_from(seconds).unwrap() * (1_000 << 80);
        let micros = received.seconds * 1_000_000 + i64::from(received.nanos / 1_000);
        let age = format!(
            "UPDATE postback SET id = {}, arrived_at = {} WHERE arrived_at = {micros}",
            literal(server, first),
            seconds * 1_000_000
        );
        database::execute(&server.database_url, &age).await;
    }
}

fn is_postgres(server: &Server) -> bool {
    server.database_url.starts_with("postgres")
}

/// An id as an SQL literal.
fn literal(server: &Server, id: u128) -> String {
    if is_postgres(server) { format!("'{id:032x}'") } else { format!("x'{id:032x}'") }
}

/// All rows of the tables.
#[derive(Debug, PartialEq)]
struct Rows {
    clicks: Vec<Click>,
    conversions: Vec<Conversion>,
    postbacks: Vec<Postback>,
}

async fn rows(server: &Server, past: &Past) -> Rows {
    let client = server.client();
    let clicks =
        ListClicksRequest { tracking_link_id: past.link.id.clone(), page_size: 700, ..Default::default() };
    let conversions = ListConversionsRequest { page_size: 3, ..Default::default() };
    let postbacks = ListPostbacksRequest { page_size: 2, ..Default::default() };
    Rows {
        clicks: client.clicks().list(clicks).try_collect().await.unwrap(),
        conversions: client.conversions().list(conversions).try_collect().await.unwrap(),
        postbacks: client.postbacks().list(postbacks).try_collect().await.unwrap(),
    }
}

/// The ages of the rows of each table, in days.
fn ages(rows: &Rows, past: &Past) -> [BTreeSet<i64>; 3] {
    let days = |seconds: i64| (past.now() - seconds + DAY / 2).div_euclid(DAY);
    let received = |postback: &Postback| postback.raw.as_ref().unwrap().receive_time.unwrap();
    [
        rows.clicks.iter().map(|click| days(click.click_time.unwrap().seconds)).collect(),
        rows.conversions.iter().map(|one| days(one.conversion_time.unwrap().seconds)).collect(),
        rows.postbacks.iter().map(|one| days(received(one).seconds)).collect(),
    ]
}

#[tokio::test]
async fn what_is_older_than_its_limit_goes_and_nothing_else() {
    let server = Server::start().await;
    let (past, client) = (Past::create(&server).await, server.client().with_timeout(Duration::from_mins(1)));
    let mut clicks = Vec::new();
    for days in [0, 29, 33, 498, 504, 900] {
        clicks.push((days, past.click_and_conversion(&client, days).await));
    }
    join_all((0..OLD_CLICKS).map(|_| past.click(&client, 33))).await;
    for days in [0, 6, 9, 300] {
        past.postback(&server, &format!("clickId={}", clicks[0].1), days).await;
    }
    past.postback(&server, "clickId=garbage", 7).await;
    past.postback(&server, "clickId=garbage", 10).await;
    let before = rows(&server, &past).await;
    assert_eq!((before.clicks.len(), before.postbacks.len()), (OLD_CLICKS + 6, 6));
    assert!(before.postbacks.iter().any(|postback| postback.verdict() == PostbackVerdict::Held));

    // Two servers delete at the same time.
    let other = Server::start_beside_with(&server, &LIMITS).await;
    let another = Server::start_beside_with(&server, &LIMITS).await;
    let kept = [[0, 29].as_slice(), &[0, 29, 33, 498], &[0, 6, 7]].map(|ages| ages.iter().copied().collect());
    eventually(async || (ages(&rows(&server, &past).await, &past) == kept).then_some(())).await;
    let after = rows(&server, &past).await;
    // The conversions of the four counted postbacks belong to today's click.
    assert_eq!(
        (after.clicks.len(), after.conversions.len(), after.postbacks.len()),
        (2, 4 + 4, 3),
        "a later pass deletes nothing else"
    );
    assert!(after.clicks.iter().all(|click| before.clicks.contains(click)));
    assert!(after.conversions.iter().all(|one| before.conversions.contains(one)));
    assert!(after.postbacks.iter().all(|one| before.postbacks.contains(one)));

    for (days, click_id) in &clicks {
        let again = other.client().conversions().record(past.conversion(click_id, *days)).await;
        match again {
            // The row of the click may be gone: the signed click id is enough.
            Ok(again) => assert_eq!((again.verdict(), *days < 500), (ConversionVerdict::Duplicate, true)),
            Err(error) => {
                assert_eq!(
                    (error.code(), error.reason()),
                    (Code::FailedPrecondition, ErrorReason::ClickTooOld)
                );
                assert!(*days > 500 && error.message().contains("--retain-conversions-days"), "{error}");
            }
        }
    }
    // Once conversions are deleted, reports for their clicks stay refused, even by a server that is
    // set to keep conversions for longer.
    drop((other, another));
    let more = ["--retain-conversions-days", "3000", "--retain-pause-seconds", "0"];
    for flags in [&more[..], &[]] {
        let later = Server::start_beside_with(&server, flags).await;
        for (days, click_id) in clicks.iter().filter(|(days, _)| *days > 500) {
            let again = later.client().conversions().record(past.conversion(click_id, *days)).await;
            assert_eq!(again.unwrap_err().reason(), ErrorReason::ClickTooOld, "{days}");
            let query = format!("clickId={click_id}&id={}&val=1&com=0", past.code.id);
            crate::replay::hold(&later, &query, "CLICK_TOO_OLD").await;
        }
    }
}

async fn connect(server: &Server) -> DatabaseConnection {
    let mut options = ConnectOptions::new(&server.database_url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// The values of the column `v` in the result of a query.
async fn values<T: TryGetable>(db: &DatabaseConnection, query: &str) -> Vec<T> {
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "v").unwrap()).collect()
}

/// The names of a table's partitions, without any that is being detached.
async fn partitions(db: &DatabaseConnection, table: &str) -> BTreeSet<String> {
    let query = format!(
        "SELECT inhrelid::regclass::text AS v FROM pg_inherits WHERE inhparent = '{table}'::regclass \
         AND NOT inhdetachpending"
    );
    values(db, &query).await.into_iter().collect()
}

/// Replaces all partitions of each table by three, and keeps the rows. The first partition ends 900
/// days ago, the second 600 days ago, and the third in 40 days.
async fn cut_in_the_past(db: &DatabaseConnection, past: &Past) {
    for PartitionedTable { name: table, id, ids_per_second } in TABLES {
        let bound = |days: i64| u128::try_from(past.now() - days * DAY).unwrap() * ids_per_second;
        let (early, late) = (format!("'{:032x}'", bound(900)), format!("'{:032x}'", bound(600)));
        let last = format!("'{:032x}'", bound(-40));
        for partition in partitions(db, table).await {
            db.execute_unprepared(&format!("ALTER TABLE {table} DETACH PARTITION {partition}"))
                .await
                .unwrap();
            let was = format!("ALTER TABLE {partition} RENAME TO was_{partition}");
            db.execute_unprepared(&was).await.unwrap();
        }
        for (name, from, to) in
            [("before", "MINVALUE", &early), ("middle", early.as_str(), &late), ("now", late.as_str(), &last)]
        {
            let name = format!("{table}_{name}");
            let make = format!(
                "CREATE TABLE {name} (LIKE {table} INCLUDING ALL); \
                 ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to})"
            );
            db.execute_unprepared(&make).await.unwrap();
        }
        let back = format!(
            "INSERT INTO {table} SELECT * FROM was_{table}_before ORDER BY {id}; DROP TABLE was_{table}_before"
        );
        db.execute_unprepared(&back).await.unwrap();
    }
}

/// The statements that wait for a table's lock, except `ALTER TABLE`: attaching and detaching a
/// partition may wait.
const WAITING: &str = "SELECT query AS v FROM pg_stat_activity WHERE datname = current_database() \
     AND wait_event_type = 'Lock' AND wait_event = 'relation' AND query NOT LIKE 'ALTER TABLE%'";
const DETACHING: &str = "SELECT inhrelid::regclass::text AS v FROM pg_inherits WHERE inhdetachpending";

/// Checks that one partition covers everything up to 600 days ago, and that the partition of the
/// present still exists.
async fn check_bounds(db: &DatabaseConnection, past: &Past) {
    for PartitionedTable { name: table, ids_per_second, .. } in TABLES {
        let names = partitions(db, table).await;
        let standing = [format!("{table}_before"), format!("{table}_now")];
        assert!(standing.iter().all(|name| names.contains(name)), "{names:?}");
        let bound = format!(
            "SELECT pg_get_expr(relpartbound, oid) AS v FROM pg_class WHERE oid = '{table}_before'::regclass"
        );
        let id = u128::try_from(past.now() - 600 * DAY).unwrap() * ids_per_second;
        let first: String = values(db, &bound).await.remove(0);
        assert_eq!(first.replace('-', ""), format!("FOR VALUES FROM (MINVALUE) TO ('{id:032x}')"));
    }
}

#[tokio::test]
async fn partitions_come_and_go_and_no_writer_waits() {
    let server = Server::start().await;
    if !is_postgres(&server) {
        return;
    }
    let (past, client) = (Past::create(&server).await, server.client());
    let ages_before = [0, 100, 700, 1_000];
    let mut clicks = Vec::new();
    for days in ages_before {
        clicks.push(past.click_and_conversion(&client, days).await);
        past.postback(&server, &format!("clickId={}", clicks[0]), days).await;
    }
    let db = connect(&server).await;
    cut_in_the_past(&db, &past).await;
    assert_eq!(ages(&rows(&server, &past).await, &past)[0], BTreeSet::from(ages_before));

    // A long read blocks every lock that would keep writers out.
    let reader = connect(&server).await;
    let reading = reader.begin().await.unwrap();
    for PartitionedTable { name: table, .. } in TABLES {
        reading.execute_unprepared(&format!("SELECT count(*) FROM {table}")).await.unwrap();
    }
    let one = Server::start_beside_with(&server, &LIMITS).await;
    let two = Server::start_beside_with(&server, &LIMITS).await;
    let (ones, twos) = (one.client(), two.client());
    let mut recorded = 0;
    let mut write_until = async |state: State| {
        // Writes until three rounds have ended in that state.
        let mut rounds_left = 3;
        while rounds_left > 0 {
            let numbers = recorded..recorded + 60;
            let write = async |number: usize| {
                let client = [&client, &ones, &twos][number % 3];
                let click_id = past.click(client, 0).await;
                let conversion = NewConversion {
                    transaction_id: format!("order-{number}"),
                    ..report(&past.code, &click_id)
                };
                client.conversions().record(request::conversion(conversion)).await.unwrap();
                let query = format!("clickId={click_id}&id={}&val=1&com=0&oid={number}", past.code.id);
                let answer = server.postback(&query).await;
                assert_eq!(answer.status, 200, "{answer:?}");
            };
            stream::iter(numbers.clone()).map(write).buffer_unordered(16).collect::<Vec<_>>().await;
            recorded = numbers.end;
            assert_eq!(values::<String>(&db, WAITING).await, Vec::<String>::new());
            rounds_left -= usize::from(state.is_reached(&db).await);
        }
    };
    // Future partitions are created during the long read. Old partitions are dropped only after it.
    write_until(State::AheadAndDetaching).await;
    reading.rollback().await.unwrap();
    write_until(State::Dropped).await;

    check_bounds(&db, &past).await;
    let after = rows(&server, &past).await;
    // The rows of 100 days ago are left, because their partition also holds today's rows.
    let [clicks_left, conversions_left, postbacks_left] = ages(&after, &past);
    let kept = BTreeSet::from([0, 100]);
    assert_eq!((clicks_left, postbacks_left), (kept.clone(), kept));
    assert_eq!(conversions_left, BTreeSet::from([0, 100]));
    assert_eq!(after.clicks.len(), recorded + 2);
    assert_eq!(after.conversions.len(), recorded * 2 + 2 + 4);
    assert_eq!(after.postbacks.len(), recorded + 2);
    // Clicks as old as the deleted ones still find a partition.
    past.click(&client, 700).await;
}

/// States of the database to wait for.
#[derive(Clone, Copy)]
enum State {
    AheadAndDetaching,
    Dropped,
}

impl State {
    async fn is_reached(self, db: &DatabaseConnection) -> bool {
        let mut reached = match self {
            Self::AheadAndDetaching => !values::<String>(db, DETACHING).await.is_empty(),
            Self::Dropped => {
                let gone = "SELECT relname::text AS v FROM pg_class WHERE relkind = 'r' AND relname LIKE '%\\_middle'";
                values::<String>(db, gone).await.is_empty()
            }
        };
        for PartitionedTable { name: table, .. } in TABLES {
            let names = partitions(db, table).await;
            reached &= match self {
                Self::AheadAndDetaching => names.iter().filter(|name| name.contains("_20")).count() >= 2,
                Self::Dropped => names.contains(&format!("{table}_before")),
            };
        }
        reached
    }
}

/// The id of the file of a table.
async fn file_of(db: &DatabaseConnection, table: &str) -> Vec<i64> {
    values(db, &format!("SELECT pg_relation_filenode('{table}')::bigint AS v")).await
}

#[tokio::test]
async fn tables_of_earlier_versions_become_partitioned_with_what_they_hold() {
    let mut server = Server::start().await;
    if !is_postgres(&server) {
        return;
    }
    let (past, client) = (Past::create(&server).await, server.client());
    let mut clicks = Vec::new();
    for days in [0, 30, 800] {
        clicks.push(past.click_and_conversion(&client, days).await);
        past.postback(&server, &format!("clickId={}", clicks[0]), days).await;
    }
    past.postback(&server, "clickId=garbage", 1).await;
    let before = rows(&server, &past).await;
    server.terminate().await;
    assert!(server.ended().await.success());

    let db = connect(&server).await;
    let indexes = "SELECT indexdef AS v FROM pg_indexes WHERE tablename IN ('click', 'conversion', 'postback') \
                   ORDER BY 1";
    let indexes_before: Vec<String> = values(&db, indexes).await;
    let mut files = Vec::new();
    for PartitionedTable { name: table, id, .. } in TABLES {
        // Makes the table one of an earlier version, with the remains of an interrupted migration.
        let names = format!("SELECT indexname::text AS v FROM pg_indexes WHERE tablename = '{table}_before'");
        let names: Vec<String> = values(&db, &names).await;
        assert!(partitions(&db, table).await.len() >= 3, "months ahead");
        db.execute_unprepared(&format!("ALTER TABLE {table} DETACH PARTITION {table}_before")).await.unwrap();
        db.execute_unprepared(&format!("DROP TABLE {table}; ALTER TABLE {table}_before RENAME TO {table}"))
            .await
            .unwrap();
        for name in names {
            let before = match name.strip_suffix("_before") {
                Some(own) => format!("ALTER INDEX {name} RENAME TO {own}"),
                // A later migration creates this index.
                None => format!("DROP INDEX {name}"),
            };
            db.execute_unprepared(&before).await.unwrap();
        }
        let interrupted =
            format!("ALTER TABLE {table} ADD CONSTRAINT {table}_bound CHECK ({id} IS NOT NULL) NOT VALID");
        db.execute_unprepared(&interrupted).await.unwrap();
        files.push(file_of(&db, table).await);
    }
    let plain: Vec<String> = values(&db, indexes).await;
    let later = ["click_text", "ix_postback_click_id", "ix_conversion_transaction", "ix_conversion_status"];
    let older = indexes_before.iter().filter(|one| later.iter().all(|name| !one.contains(name)));
    assert_eq!(plain, older.map(|one| one.replace(" ON ONLY ", " ON ")).collect::<Vec<_>>());
    let held = "CREATE INDEX ix_postback_held_click ON postback (account_id, click_text) WHERE verdict = 5";
    db.execute_unprepared(held).await.unwrap();
    let undone = ["m0005", "m0008", "m0020", "m0021", "m0025"];
    let undone = format!("substr(version, 1, 5) IN ('{}')", undone.join("', '"));
    db.execute_unprepared(&format!("DELETE FROM seaql_migrations WHERE {undone}")).await.unwrap();

    server.restart().await;
    assert_eq!(rows(&server, &past).await, before);
    assert_eq!(values::<String>(&db, indexes).await, indexes_before);
    for (PartitionedTable { name: table, .. }, file) in TABLES.into_iter().zip(files) {
        assert_eq!(file_of(&db, &format!("{table}_before")).await, file, "{table} was copied");
    }
    let checks =
        "SELECT conname::text AS v FROM pg_constraint WHERE contype = 'c' AND conname LIKE '%\\_bound'";
    assert_eq!(values::<String>(&db, checks).await, Vec::<String>::new());
    let client = server.client();
    for (click_id, days) in clicks.iter().zip([0, 30, 800]) {
        let again = client.conversions().record(past.conversion(click_id, days)).await.unwrap();
        assert_eq!(again.verdict(), ConversionVerdict::Duplicate, "{days}");
    }
    past.click_and_conversion(&client, 1).await;
    server.kill().await;
    server.restart().await;
    assert_eq!(rows(&server, &past).await.conversions.len(), before.conversions.len() + 1);
}

#[tokio::test]
async fn what_has_no_partition_is_an_outage_and_loses_nothing() {
    let server = Server::start().await;
    if !is_postgres(&server) {
        return;
    }
    let past = Past::create(&server).await;
    let click_id = server.click(&past.link).await;
    let db = connect(&server).await;
    let bound: String = values(
        &db,
        "SELECT substring(pg_get_expr(relpartbound, oid) from 'TO .*') AS v FROM pg_class \
         WHERE oid = 'conversion_before'::regclass",
    )
    .await
    .remove(0);
    db.execute_unprepared("ALTER TABLE conversion DETACH PARTITION conversion_before").await.unwrap();
    let client = s2s_tests::administrator(&server.url).retries(0).build().unwrap();
    let request = past.conversion(&click_id, 0);
    let error = client.conversions().record(request.clone()).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Unavailable, ErrorReason::Unavailable));
    let query = format!("clickId={click_id}&id={}&val=1&com=0&oid=1", past.code.id);
    let answer = server.postback(&query).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{answer:?}");

    let attach = format!(
        "ALTER TABLE conversion ATTACH PARTITION conversion_before FOR VALUES FROM (MINVALUE) {bound}"
    );
    db.execute_unprepared(&attach).await.unwrap();
    assert_eq!(client.conversions().record(request).await.unwrap().verdict(), ConversionVerdict::Recorded);
    assert_eq!(server.postback(&query).await.field("verdict"), "RECORDED");
}
