//! Totals of clicks and conversions: they are the sums of the rows, whatever happens to the servers
//! that fold the journal into them.

use std::sync::atomic::Ordering;

use s2s_sdk::v1::{EraseVisitorRequest, RecordClickRequest};
pub use s2s_tests::check_totals;
use s2s_tests::{
    Server, command,
    database::{self, kind, tally},
    end_of, eventually,
};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};

use crate::{load::Load, moved};

/// The number of sales between two kills, and while totals can't be written.
const SALES: usize = 150;
const DAY: i64 = 86_400;

/// Checks the totals, by the server and without it.
async fn agree(server: &Server) {
    assert_eq!(check_totals(server).await, (Some(0), String::new()));
    tally::check(&server.database_url).await.unwrap();
    assert_eq!(check_totals(server).await, (Some(0), String::new()));
}

async fn execute(server: &Server, statement: &str) {
    database::execute(&server.database_url, statement).await;
}

/// A number that a query finds, as `number`.
async fn number(server: &Server, query: &str) -> u64 {
    database::number(&server.database_url, query).await
}

#[tokio::test]
async fn totals_are_the_sums_of_the_rows_after_kills() {
    let mut server = Server::start_with(&["--spool", "spool"]).await;
    let load = Load::new(&server, &server).await;
    for _ in 0..3 {
        let senders = load.begin();
        load.more(&load.counted, SALES).await;
        // The totals agree at every moment, with what of the journal is not folded.
        assert_eq!(check_totals(&server).await, (Some(0), String::new()));
        // Nobody waits for the answers that the kill prevents.
        drop(senders);
        server.kill().await;
        assert_eq!(check_totals(&server).await, (Some(0), String::new()));
        server.restart_in_place().await;
    }
    server.drained().await;
    load.check(&server).await;
    agree(&server).await;
    // Sales that are sent again are no new ones.
    load.send_all_again(&server).await;
    agree(&server).await;
}

#[tokio::test]
async fn servers_that_fold_the_same_lanes_count_nothing_twice() {
    let server = Server::start().await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(Server::start_beside(&server).await);
    }
    let load = Load::new(&server, &server).await;
    let senders = load.begin();
    for _ in 0..3 {
        load.more(&load.counted, SALES).await;
        // All servers try to fold the same rows again, and only one may. A server that has lost a
        // lane leaves it for a while, so new servers take part.
        for other in &mut others {
            other.kill().await;
            other.restart().await;
        }
    }
    load.end(senders).await;
    agree(&server).await;
}

#[tokio::test]
async fn erasure_changes_no_total() {
    let server = Server::start().await;
    let (client, code) = (server.client(), server.code("Sale").await);
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let query = format!("clickId={click}&id={}&val=12.5&com=1&oid=1&name=mallory", code.id);
    assert_eq!(server.postback(&query).await.status, 200);
    // A click that comes only after its visitor was erased counts once as well.
    let request = RecordClickRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    let minted = RecordClickRequest { validate_only: true, ..request.clone() };
    let late = client.clicks().record(minted).await.unwrap().click.unwrap().id;
    agree(&server).await;
    for click_id in [&click, &late, &click, &late] {
        let erase = EraseVisitorRequest { click_id: click_id.clone(), ..Default::default() };
        client.clicks().erase_visitor(erase).await.unwrap();
    }
    client.clicks().record(RecordClickRequest { click_id: late, ..request }).await.unwrap();
    agree(&server).await;
    assert_eq!(number(&server, "SELECT clicks AS number FROM tally").await, 2);
}

#[tokio::test]
async fn a_fold_that_fails_stops_no_write_and_catches_up() {
    let server = Server::start().await;
    let load = Load::new(&server, &server).await;
    let senders = load.begin();
    load.more(&load.counted, SALES).await;
    for (broken, mended) in
        [("tally", "tally_away"), ("conversion_tally", "tally_away")].map(|(table, away)| {
            let rename = |from, to| format!("ALTER TABLE {from} RENAME TO {to}");
            (rename(table, away), rename(away, table))
        })
    {
        execute(&server, &broken).await;
        let refused = load.refused.load(Ordering::Relaxed);
        load.more(&load.counted, SALES).await;
        assert_eq!(load.refused.load(Ordering::Relaxed), refused);
        assert_eq!(server.health().await["status"], "serving");
        assert!(number(&server, UNFOLDED).await > 0);
        execute(&server, &mended).await;
    }
    load.end(senders).await;
    agree(&server).await;
}

/// Counts the rows of the journal that are not folded.
const UNFOLDED: &str =
    "SELECT COUNT(*) AS number FROM journal JOIN lane ON lane.id = lane AND seq > folded_seq";

#[tokio::test]
async fn a_fold_that_waits_for_a_lock_stops_no_write() {
    // A lock of SQLite is for the whole database.
    if kind() == "sqlite" {
        return;
    }
    let server = Server::start().await;
    let load = Load::new(&server, &server).await;
    let mut options = ConnectOptions::new(&server.database_url);
    options.max_connections(1).sqlx_logging(false);
    let locks = Database::connect(options).await.unwrap();
    let (lock, unlock) = match kind() {
        "postgres" => ("BEGIN; LOCK TABLE tally IN ACCESS EXCLUSIVE MODE", "ROLLBACK"),
        _ => ("LOCK TABLES tally WRITE", "UNLOCK TABLES"),
    };
    locks.execute_unprepared(lock).await.unwrap();
    let senders = load.begin();
    // The fold gives up waiting after five seconds, and tries again.
    let begun = std::time::Instant::now();
    while begun.elapsed().as_secs() < 8 {
        load.more(&load.counted, 20).await;
        assert_eq!(server.health().await["status"], "serving");
    }
    assert_eq!(load.refused.load(Ordering::Relaxed), 0);
    load.end(senders).await;
    locks.execute_unprepared(unlock).await.unwrap();
    locks.close().await.unwrap();
    agree(&server).await;
}

/// Deletes at once what is older than a day and the day of grace.
const SHORT: [&str; 4] = ["--retain-clicks-days", "1", "--retain-pause-seconds", "0"];

#[tokio::test]
async fn retention_deletes_no_row_that_is_not_folded_and_changes_no_total() {
    let mut server = Server::start().await;
    let link = server.link(&[]).await;
    let client = server.client();
    for days in [0, 0, 5, 5, 5, 40] {
        let click_time = moved(link.create_time, -days * DAY);
        let click =
            RecordClickRequest { tracking_link_id: link.id.clone(), click_time, ..Default::default() };
        client.clicks().record(click).await.unwrap();
    }
    // No fold of the last click succeeds, and the journal is older than it is ever kept.
    execute(&server, "ALTER TABLE tally RENAME TO tally_away").await;
    server.click(&link).await;
    server.kill().await;
    execute(&server, "UPDATE journal SET at = at - 864000000000").await;
    execute(&server, "UPDATE lane SET opened_at = opened_at - 864000000000").await;
    let unfolded = number(&server, UNFOLDED).await;
    assert!(unfolded > 0);
    // A server starts only if it can write totals. So these rows are of a kind that it does not know.
    let (unknown, known) = match kind() {
        "postgres" => (r"'\x6300'::bytea || entries", "substr(entries, 3)"),
        "mariadb" => ("CONCAT(x'6300', entries)", "SUBSTR(entries, 3)"),
        _ => ("CAST(x'6300' || entries AS BLOB)", "substr(entries, 3)"),
    };
    execute(&server, &format!("UPDATE journal SET entries = {unknown} WHERE LENGTH(entries) > 0")).await;
    execute(&server, "ALTER TABLE tally_away RENAME TO tally").await;
    let _later = Server::start_beside_with(&server, &SHORT).await;
    // The pass that deletes the old clicks comes before the deletion in the journal ends; the lane
    // that nobody uses is closed with one more row.
    let clicks = "SELECT COUNT(*) AS number FROM click";
    eventually(async || (number(&server, clicks).await == 3).then_some(())).await;
    eventually(async || (number(&server, UNFOLDED).await == unfolded + 1).then_some(())).await;
    let lanes = "SELECT COUNT(*) AS number FROM lane WHERE closed_seq IS NOT NULL";
    assert!(number(&server, lanes).await > 0);
    execute(&server, &format!("UPDATE journal SET entries = {known} WHERE LENGTH(entries) > 0")).await;
    eventually(async || (number(&server, UNFOLDED).await == 0).then_some(())).await;
    let whole = if kind() == "mariadb" { "SIGNED" } else { "BIGINT" };
    let total = format!("SELECT CAST(SUM(clicks) AS {whole}) AS number FROM tally");
    assert_eq!(number(&server, &total).await, 7);
    // What is left can still be compared, and what is gone was more than nothing.
    assert_eq!(check_totals(&server).await, (Some(0), String::new()));
    execute(&server, "UPDATE tally SET clicks = clicks + 1").await;
    let (code, message) = check_totals(&server).await;
    assert!(code == Some(1) && message.contains("totals differ from the rows"), "{message}");
}

#[tokio::test]
async fn a_wrong_total_is_found() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    for sale in 0..3 {
        let query = format!("clickId={}&id={}&val=12.5&com=1&oid={sale}", server.click(&link).await, code.id);
        assert_eq!(server.postback(&query).await.status, 200);
    }
    agree(&server).await;
    for (table, wrong, right) in [
        ("tally", "clicks = clicks + 1", "clicks = clicks - 1"),
        ("tally", "bots = bots + 1", "bots = bots - 1"),
        ("tally", "quarter = quarter + 1", "quarter = quarter - 1"),
        ("conversion_tally", "value_micros = value_micros - 1", "value_micros = value_micros + 1"),
        ("conversion_tally", "currency = 'XXX'", "currency = 'USD'"),
        ("conversion_tally", "status = 3", "status = 2"),
        ("conversion_tally", "commission_thousands = 1", "commission_thousands = 0"),
    ] {
        execute(&server, &format!("UPDATE {table} SET {wrong}")).await;
        let (exit, message) = check_totals(&server).await;
        assert_eq!(exit, Some(1), "{wrong}");
        assert!(message.contains(&link.id) && message.contains("reason: TOTALS_WRONG"), "{wrong}: {message}");
        assert!(message.contains("with the 3 stored clicks and 3 stored conversions"), "{wrong}: {message}");
        assert!(message.contains("the rows have") && message.contains("undo that"), "{wrong}: {message}");
        tally::check(&server.database_url).await.expect_err(wrong);
        execute(&server, &format!("UPDATE {table} SET {right}")).await;
        agree(&server).await;
    }
}

#[tokio::test]
async fn totals_of_a_database_that_is_not_there_are_not_checked() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path());
    command.args(["check-totals", "--database-url", "sqlite:absent.db"]);
    let (status, message) = end_of(command).await;
    assert!(status.code() == Some(1) && message.contains("reason: DATABASE_FAILED"), "{message}");
    assert!(!folder.path().join("absent.db").exists());
}

#[tokio::test]
async fn a_check_says_what_it_compared_or_why_it_can_not() {
    let server = Server::start().await;
    server.click(&server.link(&[]).await).await;
    let run = async |flags: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = command(folder.path());
        command.args(["check-totals", "--database-url", &server.database_url]).args(flags);
        let output = command.output().await.unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), out, err)
    };
    let (code, out, err) = run(&[]).await;
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(
        out.starts_with("compared the totals of all links with the 1 stored clicks and 0 stored"),
        "{out}"
    );
    assert!(out.ends_with(": they agree\n"), "{out}");
    let (code, out, err) = run(&["--role", "edge"]).await;
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert!(err.contains("an edge has none") && err.contains("reason: INVALID_SETTING"), "{err}");
    for table in ["tally", "conversion_tally"] {
        execute(&server, &format!("ALTER TABLE {table} RENAME TO away")).await;
        let (code, _, err) = run(&[]).await;
        assert_eq!(code, Some(1), "{err}");
        assert!(err.contains(&format!("can't read the table `{table}`")), "{err}");
        assert!(err.contains("check --database-url") && err.contains("reason: DATABASE_FAILED"), "{err}");
        execute(&server, &format!("ALTER TABLE away RENAME TO {table}")).await;
    }
}
