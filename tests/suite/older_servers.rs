//! Databases from before the journal: servers of that time can't write once the database is
//! migrated, and the rows of that time are in the totals.

use s2s_sdk::v1::{
    ConversionCode, ConversionStatus, Money, NewConversion, RecordClickRequest, TrackingLink,
    new_conversion::Commission,
};
use s2s_tests::{
    Server,
    database::{self, journal, tally},
    request,
};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DbBackend, Statement, Value, prelude::Uuid};

use crate::{config::check_refused, moved, report, totals::check_totals};

#[tokio::test]
async fn a_server_does_not_start_on_the_database_of_a_newer_one() {
    let mut server = Server::start().await;
    server.terminate().await;
    assert!(server.ended().await.success());
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_of_a_newer_server', 1)";
    database::execute(&server.database_url, newer).await;
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--database-url", &server.database_url];
    check_refused(folder.path(), &arguments, &[], "m9999_of_a_newer_server", "DATABASE_NEWER").await;
}

/// The columns that have another name since: table, former name, present name.
const RENAMED: [(&str, &str, &str); 4] = [
    ("click", "key_id", "click_key"),
    ("conversion", "key_id", "click_key"),
    ("postback", "received_at", "arrived_at"),
    ("lived_time", "lived_until", "lived_up_to"),
];
/// The largest amount, in millionths. Ten of them exceed 64 bits.
const LARGEST_MICROS: i64 = 1_000_000_000_000_000_000;
const DAY: i64 = 86_400;
/// The flags of some clicks: a robot's, a prefetch, a preview, one whose sub ids are cut, and several.
const FLAGS: [i16; 8] = [1, 2, 4, 8, 3, 6, 7, 15];

/// An insert of an older server: table, columns with parameters, and columns that are literals.
type Insert = (&'static str, Vec<(&'static str, Value)>, &'static [(&'static str, &'static str)]);

/// The inserts of the last servers without a journal, and of the last ones without packed rows.
fn inserts() -> [Insert; 4] {
    let id = |number: u128| Value::from(Uuid::from_u128(number));
    let text = |text: &str| Value::from(text.to_owned());
    let bytes = |bytes: &[u8]| Value::from(bytes.to_vec());
    let click = |number| {
        vec![("click_id", id(number)), ("key_id", 1_i16.into()), ("account_id", id(1)), ("link_id", id(2))]
    };
    let empty_texts =
        &[("sub_ids", "''"), ("query", "''"), ("referrer", "''"), ("user_agent", "''"), ("address", "''")];
    let former = [("query", "a=1"), ("referrer", ""), ("user_agent", "curl/8.0"), ("address", "203.0.113.0")];
    let former = [("sub_ids", "[]")].into_iter().chain(former).map(|(column, value)| (column, text(value)));
    let flags = [("flags", 0_i16.into())];
    let packed_click = click(1).into_iter().chain(flags.clone()).chain([("packed", bytes(&[1, 0]))]);
    let conversion = vec![
        ("click_id", id(1)),
        ("code_id", id(3)),
        ("dedupe_key", bytes(b"t1")),
        ("serial", 1_i64.into()),
        ("key_id", 1_i16.into()),
        ("account_id", id(1)),
        ("link_id", id(2)),
        ("currency", text("USD")),
        ("value", 5_i64.into()),
        ("commission", 1_i64.into()),
        ("status", 2_i16.into()),
        ("converted_at", 1_i64.into()),
        ("created_at", 1_i64.into()),
    ];
    let postback = vec![
        ("id", id(1)),
        ("account_id", id(1)),
        ("received_at", 1_i64.into()),
        ("verdict", 1_i16.into()),
        ("authenticated", true.into()),
        ("checks_passed", 1_i16.into()),
        ("from_edge", true.into()),
        ("packed", bytes(&[1, 0])),
        ("code_id", id(3)),
        ("click_id", id(1)),
        ("conversion_serial", 1_i64.into()),
    ];
    let usually_empty = &[("commission_percent", "NULL"), ("status_word", "''"), ("custom_params", "'[]'")];
    let of_postback = &[
        ("cut", "FALSE"),
        ("reason", "NULL"),
        ("code_text", "''"),
        ("click_text", "''"),
        ("conversion_id", "''"),
        ("replayed_at", "NULL"),
        ("match_at", "NULL"),
        ("method", "''"),
        ("target", "''"),
        ("content_type", "''"),
        ("body", "''"),
        ("address", "''"),
        ("user_agent", "''"),
        ("message", "''"),
        ("notes", "''"),
    ];
    [
        ("click", packed_click.collect(), empty_texts),
        ("click", click(2).into_iter().chain(former).chain(flags).collect(), &[]),
        ("conversion", conversion, usually_empty),
        ("postback", postback, of_postback),
    ]
}

/// The text of an insert as those servers sent it, with its values.
fn statement(backend: DbBackend, (table, filled, literals): &Insert) -> Statement {
    let quote = if backend == DbBackend::MySql { "`" } else { "\"" };
    let quoted = |name: &str| format!("{quote}{name}{quote}");
    let names: Vec<String> = filled
        .iter()
        .map(|(name, _)| *name)
        .chain(literals.iter().map(|(name, _)| *name))
        .map(quoted)
        .collect();
    let parameter =
        |number: usize| if backend == DbBackend::Postgres { format!("${number}") } else { "?".to_owned() };
    let parameters: Vec<String> = (1..=filled.len()).map(parameter).collect();
    let literals: Vec<String> = literals.iter().map(|(_, literal)| format!(",{literal}")).collect();
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({}{})",
        quoted(table),
        names.join(","),
        parameters.join(","),
        literals.concat()
    );
    Statement::from_sql_and_values(backend, sql, filled.iter().map(|(_, value)| value.clone()))
}

#[tokio::test]
async fn servers_from_before_the_journal_can_write_nothing() {
    let server = Server::start().await;
    let mut options = ConnectOptions::new(&server.database_url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await.unwrap();
    let backend = db.get_database_backend();
    let lived = "SELECT lived_until, forgotten_before FROM lived_time WHERE id = 1";
    for insert in inserts() {
        let refused = db.execute_raw(statement(backend, &insert)).await.unwrap_err().to_string();
        assert!(refused.contains("key_id") || refused.contains("received_at"), "{}: {refused}", insert.0);
    }
    assert!(db.execute_unprepared(lived).await.unwrap_err().to_string().contains("lived_until"));
    for (table, former, present) in RENAMED {
        let rename = format!("ALTER TABLE {table} RENAME COLUMN {present} TO {former}");
        db.execute_unprepared(&rename).await.unwrap();
    }
    // Only the names are in the way: before, these inserts succeeded.
    for insert in inserts() {
        assert_eq!(db.execute_raw(statement(backend, &insert)).await.unwrap().rows_affected(), 1);
    }
    db.execute_unprepared(lived).await.unwrap();
    db.close().await.unwrap();
}

/// Takes the tables and columns of the migrations away, and forgets that they were done.
async fn undo_migrations(url: &str) {
    let mut statements: Vec<String> = ["journal", "lane", "tally", "conversion_tally"]
        .map(|table| format!("DROP TABLE {table}"))
        .into_iter()
        .collect();
    for (table, former, present) in RENAMED {
        statements.push(format!("ALTER TABLE {table} RENAME COLUMN {present} TO {former}"));
    }
    statements.push("ALTER TABLE lived_time DROP COLUMN clicks_deleted_before".to_owned());
    let forget = "DELETE FROM seaql_migrations WHERE version LIKE '%_journal' OR version LIKE '%_tallies'";
    statements.push(forget.to_owned());
    for statement in statements {
        database::execute(url, &statement).await;
    }
}

async fn clicks(server: &Server, link: &TrackingLink) -> Vec<String> {
    let client = server.client();
    let mut ids = Vec::new();
    for days in [0, 0, 1, 1, 20] {
        for agent in ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "curl/8.0"] {
            let click = RecordClickRequest {
                tracking_link_id: link.id.clone(),
                click_time: moved(link.create_time, -days * DAY),
                user_agent: agent.to_owned(),
                ..Default::default()
            };
            ids.push(client.clicks().record(click).await.unwrap().click.unwrap().id);
        }
    }
    ids
}

async fn sell(server: &Server, code: &ConversionCode, clicks: &[String], first: usize) {
    let amounts = [0, 1, 999_999_999, 1_000_000_000, 12_500_000, LARGEST_MICROS];
    let statuses = [ConversionStatus::Approved, ConversionStatus::Pending, ConversionStatus::Declined];
    for (number, click) in clicks.iter().cycle().take(4 * clicks.len()).enumerate() {
        let money = |micros| {
            let currency_code = if number % 7 == 0 { "EUR" } else { "USD" }.to_owned();
            Money { micros, currency_code }
        };
        let conversion = NewConversion {
            transaction_id: (first + number).to_string(),
            value: Some(money(if number % 2 == 0 {
                LARGEST_MICROS
            } else {
                amounts[number % amounts.len()]
            })),
            status: statuses[number / 11 % 3].into(),
            commission: Some(Commission::CommissionAmount(money(amounts[(number + 1) % amounts.len()]))),
            ..report(code, click)
        };
        server.client().conversions().record(request::conversion(conversion)).await.unwrap();
    }
}

async fn agree(server: &Server) -> String {
    assert_eq!(check_totals(server).await, (Some(0), String::new()));
    tally::check(&server.database_url).await.unwrap()
}

#[tokio::test]
async fn rows_from_before_the_journal_are_in_the_totals() {
    let mut server = Server::start().await;
    let codes = [server.code("Sale").await, server.code("Lead").await];
    let links = [server.link(&[&codes[0], &codes[1]]).await, server.link(&[&codes[1]]).await];
    let mut first = 0;
    for round in 0..2 {
        for link in &links {
            let clicks = clicks(&server, link).await;
            for code in codes.iter().filter(|code| link.conversion_code_ids.contains(&code.id)) {
                sell(&server, code, &clicks, first).await;
                first += 100;
            }
        }
        let before = agree(&server).await;
        server.terminate().await;
        assert!(server.ended().await.success());
        if round == 0 {
            undo_migrations(&server.database_url).await;
            for (place, flags) in FLAGS.iter().enumerate() {
                let click =
                    format!("SELECT click_id AS id FROM click ORDER BY click_id LIMIT 1 OFFSET {place}");
                let one = format!("(SELECT id FROM ({click}) AS one)");
                let update = format!("UPDATE click SET flags = {flags} WHERE click_id = {one}");
                database::execute(&server.database_url, &update).await;
            }
        }
        server.restart().await;
        // Of rows from before nothing is folded, and the totals are the same as before.
        assert_eq!(agree(&server).await, before);
    }
    // What was written since is in the journal, and in the totals on top of the older rows.
    let journal = journal::check(&server.database_url).await.unwrap_err();
    assert!(journal.contains("not in the journal"), "{journal}");
    database::execute(&server.database_url, "UPDATE tally SET clicks = clicks + 1").await;
    assert_eq!(check_totals(&server).await.0, Some(1));
}
