//! The rehearsal of writes at the start: a database that can't take them is named, one that can't
//! serve now is not, and nothing of a rehearsal stays.

use futures::future::join_all;
use s2s_tests::{
    Server,
    database::{self, journal, kind, tally},
    run_to_end,
};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};

use crate::{config::exit_code, load::Load};

/// The tables that a rehearsal writes, and those that it reads.
const TABLES: [&str; 9] = [
    "click",
    "conversion",
    "postback",
    "stranger_postback",
    "journal",
    "lane",
    "tally",
    "conversion_tally",
    "click_id_key",
];
/// The number of servers that start at the same time.
const SERVERS: usize = 4;
/// The number of sales while servers start.
const SALES: usize = 100;

/// Starts another server on the database, which must refuse to start. Returns its message.
async fn refusal(server: &Server, url: &str) -> String {
    let arguments = ["--listen", "127.0.0.1:0", "--database-url", url];
    let (status, output) = run_to_end(server.folder(), &arguments, &[]).await;
    assert_eq!(status.code(), Some(exit_code("DATABASE_UNFIT")), "{output}");
    assert!(
        output.contains("reason: DATABASE_UNFIT") && output.contains("can't take the writes of"),
        "{output}"
    );
    output
}

async fn counts(server: &Server) -> Vec<u64> {
    let mut counts = Vec::new();
    for table in TABLES {
        let count = format!("SELECT COUNT(*) AS number FROM {table}");
        counts.push(database::number(&server.database_url, &count).await);
    }
    counts
}

/// Statements that make inserts of conversions fail, and one that undoes them.
fn refuse_conversions() -> (Vec<&'static str>, &'static str) {
    match kind() {
        "sqlite" => (
            vec![
                "CREATE TRIGGER refuse BEFORE INSERT ON conversion BEGIN SELECT RAISE(ABORT, 'not today'); END",
            ],
            "DROP TRIGGER refuse",
        ),
        "postgres" => (
            vec![
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                 'BEGIN RAISE EXCEPTION ''not today''; END'",
                "CREATE TRIGGER refuse BEFORE INSERT ON conversion FOR EACH ROW EXECUTE FUNCTION refuse()",
            ],
            "DROP TRIGGER refuse ON conversion",
        ),
        _ => (
            vec![
                "CREATE TRIGGER refuse BEFORE INSERT ON conversion FOR EACH ROW \
                 SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'",
            ],
            "DROP TRIGGER refuse",
        ),
    }
}

#[tokio::test]
async fn a_write_that_the_database_can_not_take_stops_the_start() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let sale = format!("clickId={click}&id={}&val=12.5&com=1&oid=1", code.id);
    assert_eq!(server.postback(&sale).await.status, 200);
    let url = server.database_url.clone();
    // Once all is folded, the server itself writes nothing more.
    tally::check(&url).await.unwrap();
    let before = counts(&server).await;
    for (table, column, named) in [
        ("click", "flags", "clicks"),
        ("conversion", "status_word", "conversions"),
        ("postback", "from_edge", "postbacks"),
        ("stranger_postback", "bytes", "the sizes of held postbacks"),
        ("journal", "entries", "clicks"),
        ("lane", "opened_at", "the journal"),
        ("tally", "previews", "totals"),
        ("conversion_tally", "value_micros", "totals"),
        ("lane", "folded_seq", ""),
    ] {
        let rename = |from: &str, to: &str| format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}");
        database::execute(&url, &rename(column, "away")).await;
        let message = refusal(&server, &url).await;
        assert!(message.contains(&format!("the writes of {named}")), "{table}.{column}: {message}");
        assert!(message.contains(column), "{table}.{column}: {message}");
        database::execute(&url, &rename("away", column)).await;
    }
    let (refuse, allow) = refuse_conversions();
    for statement in refuse {
        database::execute(&url, statement).await;
    }
    let message = refusal(&server, &url).await;
    assert!(message.contains("the writes of conversions") && message.contains("not today"), "{message}");
    database::execute(&url, allow).await;
    if kind() == "mariadb" {
        database::execute(&url, "ALTER TABLE journal ENGINE = MyISAM").await;
        let message = refusal(&server, &url).await;
        assert!(message.contains("the journal: ") && message.contains("rolled back"), "{message}");
        database::execute(&url, "DELETE FROM journal WHERE lane NOT IN (SELECT id FROM lane)").await;
        database::execute(&url, "ALTER TABLE journal ENGINE = InnoDB").await;
    }
    // Nothing of what was refused is left, and the database is as good as before.
    assert_eq!(counts(&server).await, before);
    let other = Server::start_beside(&server).await;
    assert_eq!(counts(&server).await, before);
    let sale = format!("clickId={click}&id={}&val=12.5&com=1&oid=2", code.id);
    assert_eq!(other.postback(&sale).await.status, 200);
    journal::check(&url).await.unwrap();
    tally::check(&url).await.unwrap();
}

#[tokio::test]
async fn a_right_that_is_missing_stops_the_start() {
    if kind() == "sqlite" {
        return;
    }
    let server = Server::start().await;
    let (base, name) = server.database_url.rsplit_once('/').unwrap();
    let user = format!("narrow_{name}");
    let mut grants = Vec::new();
    if kind() == "postgres" {
        grants.push(format!("CREATE ROLE {user} LOGIN"));
        grants.push(format!("GRANT CREATE ON SCHEMA public TO {user}"));
        grants.push(format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}"));
        grants.push(format!("REVOKE INSERT ON conversion FROM {user}"));
    } else {
        grants.push(format!("CREATE USER {user}@'%'"));
        grants.push(format!("GRANT SELECT, UPDATE, DELETE, CREATE, ALTER ON {name}.* TO {user}@'%'"));
        let tables = TABLES.into_iter().filter(|table| *table != "conversion");
        grants.extend(tables.map(|table| format!("GRANT INSERT ON {name}.{table} TO {user}@'%'")));
    }
    for grant in grants {
        database::execute(&server.database_url, &grant).await;
    }
    let url = format!("{}/{name}", base.replace("//s2s@", &format!("//{user}@")));
    let message = refusal(&server, &url).await;
    assert!(message.contains("the writes of conversions"), "{message}");
    let grant = match kind() {
        "postgres" => format!("GRANT INSERT ON conversion TO {user}"),
        _ => format!("GRANT INSERT ON {name}.* TO {user}@'%'"),
    };
    database::execute(&server.database_url, &grant).await;
    let other = Server::start_at(url).await;
    other.code("Sale").await;
    drop(other);
    if kind() == "postgres" {
        database::execute(&server.database_url, &format!("DROP OWNED BY {user}")).await;
        database::execute(&server.database_url, &format!("DROP ROLE {user}")).await;
    }
}

#[tokio::test]
async fn rehearsals_leave_nothing_and_disturb_nobody() {
    let mut server = Server::start().await;
    let nothing = counts(&server).await;
    let written = TABLES.iter().zip(&nothing).filter(|(_, count)| **count > 0);
    // The first start makes the first key.
    assert_eq!(written.map(|(table, _)| *table).collect::<Vec<_>>(), ["click_id_key"]);
    server.kill().await;
    server.restart_in_place().await;
    assert_eq!(counts(&server).await, nothing);
    let load = Load::new(&server, &server).await;
    let senders = load.begin();
    for _ in 0..3 {
        let started = join_all((0..SERVERS).map(|_| Server::start_beside(&server)));
        let (others, ()) = tokio::join!(started, load.more(&load.counted, SALES));
        assert_eq!(others.len(), SERVERS);
    }
    load.end(senders).await;
    load.check(&server).await;
    journal::check(&server.database_url).await.unwrap();
    tally::check(&server.database_url).await.unwrap();
}

#[tokio::test]
async fn a_database_that_can_not_serve_now_is_not_refused() {
    // A lock of SQLite is for the whole database, and the start ends before the rehearsal.
    if kind() == "sqlite" {
        return;
    }
    let server = Server::start().await;
    let mut options = ConnectOptions::new(&server.database_url);
    options.max_connections(1).sqlx_logging(false);
    let locks = Database::connect(options).await.unwrap();
    let (lock, unlock) = match kind() {
        "postgres" => ("BEGIN; LOCK TABLE stranger_postback IN ACCESS EXCLUSIVE MODE", "ROLLBACK"),
        _ => ("LOCK TABLES stranger_postback WRITE", "UNLOCK TABLES"),
    };
    locks.execute_unprepared(lock).await.unwrap();
    // The rehearsal waits for the lock for five seconds. Then the server starts without it.
    let other = Server::start_beside(&server).await;
    let code = other.code("Sale").await;
    let click = other.click(&other.link(&[&code]).await).await;
    let sale = format!("clickId={click}&id={}&val=12.5&com=1&oid=1", code.id);
    assert_eq!(other.postback(&sale).await.status, 200);
    locks.execute_unprepared(unlock).await.unwrap();
    locks.close().await.unwrap();
}
