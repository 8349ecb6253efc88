//! The database alone: rows of conversions in a table like the server's own, written without a
//! server.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::SystemTime,
};

use s2s_tests::database::execute;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement, Value,
    prelude::Uuid,
};

use crate::{Result, load::Caller, orders::Spread};

/// Number of rows in a statement of `many_rows`.
const STATEMENT_ROWS: usize = 1_000;
const COLUMNS: [&str; 16] = [
    "click_id",
    "code_id",
    "dedupe_key",
    "serial",
    "click_key",
    "account_id",
    "link_id",
    "currency",
    "value",
    "commission",
    "commission_percent",
    "status",
    "status_word",
    "custom_params",
    "converted_at",
    "created_at",
];

/// Number of clicks that `fill` inserts.
const FILLED_CLICKS: u64 = 10_000_000;
/// Number of conversions that `fill` inserts.
const FILLED_CONVERSIONS: u64 = 1_000_000;
/// Time between two clicks that `fill` inserts, in ticks of 10 ms. All clicks together span 30
/// days.
const FILLED_TICKS: u64 = 26;

/// The SQL of one kind of database for `fill`.
struct Dialect {
    /// Builds the SQL of a click id from the SQL of its time, in ticks of 10 ms. In the id, a
    /// number that identifies the link follows the time.
    id: fn(&str) -> String,
    link: &'static str,
    dedupe_key: &'static str,
    /// Builds the SQL of a table of the numbers `n`, from 1 to the argument.
    numbers: fn(u64) -> String,
}

/// Fills the tables with clicks and conversions of the last 30 days, in the order of their time.
/// These rows belong to an account of their own.
pub async fn fill(url: &str) -> Result<()> {
    let db = connect(url).await?;
    let backend = db.get_database_backend();
    let ticks = SystemTime::UNIX_EPOCH.elapsed()?.as_millis() / 10;
    let first = ticks - u128::from(FILLED_CLICKS * FILLED_TICKS);
    let Dialect { id, link, dedupe_key, numbers } = match backend {
        DbBackend::Postgres => Dialect {
            id: |tick| {
                format!(
                    "(lpad(to_hex({tick}), 10, '0') || '00000000ff' || substr(md5(n::text), 1, 12))::uuid"
                )
            },
            link: "'00000000-0000-0000-0000-0000000000ff'::uuid",
            dedupe_key: "convert_to('t' || n, 'UTF8')",
            numbers: |count| format!("generate_series(1::bigint, {count}) AS numbers(n)"),
        },
        DbBackend::MySql => Dialect {
            id: |tick| {
                format!("unhex(concat(lpad(hex({tick}), 10, '0'), '00000000ff', substr(md5(n), 1, 12)))")
            },
            link: "unhex('000000000000000000000000000000ff')",
            dedupe_key: "concat('t', n)",
            numbers: |count| format!("(SELECT seq AS n FROM seq_1_to_{count}) AS numbers"),
        },
        _ => Dialect {
            id: |tick| {
                format!("unhex(printf('%010x00000000ff%012x', {tick}, abs(random()) % 281474976710656))")
            },
            link: "unhex('000000000000000000000000000000ff')",
            dedupe_key: "CAST('t' || n AS BLOB)",
            numbers: |count| {
                format!(
                    "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
                     SELECT n FROM numbers) AS numbers"
                )
            },
        },
    };
    let micros = first * 10_000;
    let clicks = format!(
        "INSERT INTO click (click_id, click_key, account_id, link_id, sub_ids, query, referrer, user_agent, address, flags) \
         SELECT {}, 1, {link}, {link}, '[]', 'sub1=newsletter', 'https://blog.example/post', \
         'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', '192.0.2.0', 0 FROM {}",
        id(&format!("{first} + n * {FILLED_TICKS}")),
        numbers(FILLED_CLICKS),
    );
    let step = FILLED_TICKS * FILLED_CLICKS / FILLED_CONVERSIONS;
    let conversions = format!(
        "INSERT INTO conversion ({}) SELECT {}, {link}, {dedupe_key}, n, 1, {link}, {link}, 'USD', 19990000, 500000, \
         NULL, 2, '', '[]', {micros} + n * {} , {micros} + n * {} FROM {}",
        COLUMNS.join(","),
        id(&format!("{first} + n * {step}")),
        step * 10_000,
        step * 10_000,
        numbers(FILLED_CONVERSIONS),
    );
    for statement in [clicks, conversions] {
        db.execute_unprepared(&statement).await?;
    }
    if backend == DbBackend::Postgres {
        db.execute_unprepared("VACUUM ANALYZE click").await?;
        db.execute_unprepared("VACUUM ANALYZE conversion").await?;
        db.execute_unprepared("CHECKPOINT").await?;
    }
    Ok(())
}

/// A table like `conversion`, with its indexes.
pub struct Table {
    url: String,
    rows: Arc<Rows>,
}

impl Table {
    /// Creates the table. Its rows get the clicks that `spread` gives to the orders.
    pub async fn create(url: &str, spread: Spread) -> Result<Self> {
        let db = connect(url).await?;
        let statements = match db.get_database_backend() {
            DbBackend::Postgres => vec!["CREATE TABLE bare (LIKE conversion INCLUDING ALL)".to_owned()],
            DbBackend::MySql => vec!["CREATE TABLE bare LIKE conversion".to_owned()],
            _ => {
                let query = "SELECT sql FROM sqlite_master WHERE tbl_name = 'conversion' AND sql IS NOT NULL \
                             ORDER BY type DESC";
                let found = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, query)).await?;
                let found: std::result::Result<Vec<String>, _> =
                    found.iter().map(|row| row.try_get("", "sql")).collect();
                // Some names are quoted, and some are not.
                let renamed = |sql: String| {
                    let sql = sql.replace("conversion\"", "bare\"").replace(" ON conversion ", " ON bare ");
                    sql.replace("\"ix_", "\"bare_").replace(" ix_", " bare_")
                };
                found?.into_iter().map(renamed).collect()
            }
        };
        for statement in statements {
            execute(url, &statement).await;
        }
        Ok(Self { url: url.to_owned(), rows: Arc::new(Rows { spread, taken: AtomicI64::new(0) }) })
    }

    /// A caller with its own connection that writes one row in a transaction.
    pub async fn one_row(&self) -> Result<Insert> {
        self.caller(1).await
    }

    /// A caller with its own connection that writes many rows in one statement.
    pub async fn many_rows(&self) -> Result<Insert> {
        self.caller(STATEMENT_ROWS).await
    }

    async fn caller(&self, rows: usize) -> Result<Insert> {
        let db = connect(&self.url).await?;
        let backend = db.get_database_backend();
        let mut parameter = 0;
        let mut placeholder = || {
            parameter += 1;
            if backend == DbBackend::Postgres { format!("${parameter}") } else { "?".to_owned() }
        };
        let mut row = || format!("({})", COLUMNS.map(|_| placeholder()).join(","));
        let values: Vec<String> = (0..rows).map(|_| row()).collect();
        let sql = format!("INSERT INTO bare ({}) VALUES {}", COLUMNS.join(","), values.join(","));
        Ok(Insert { db, sql, count: rows, rows: self.rows.clone() })
    }
}

pub async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).min_connections(1).sqlx_logging(false).test_before_acquire(false);
    let db = Database::connect(options).await?;
    if db.get_database_backend() == DbBackend::Sqlite {
        // Sets durability and cache as on the server's own connection.
        db.execute_unprepared(
            "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -32768",
        )
        .await?;
    }
    Ok(db)
}

/// A caller that inserts rows.
pub struct Insert {
    db: DatabaseConnection,
    sql: String,
    count: usize,
    rows: Arc<Rows>,
}

impl Caller for Insert {
    async fn call(&mut self) -> Result<u64> {
        let values = (0..self.count).flat_map(|_| self.rows.next());
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), &self.sql, values);
        let inserted = self.db.execute_raw(statement).await?.rows_affected();
        if usize::try_from(inserted)? == self.count {
            Ok(inserted)
        } else {
            Err("rows were not inserted".into())
        }
    }
}

/// The source of rows: the rows that the server would write for the orders of this benchmark.
struct Rows {
    spread: Spread,
    taken: AtomicI64,
}

impl Rows {
    fn next(&self) -> [Value; COLUMNS.len()] {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let click = u128::from(self.spread.click(number.unsigned_abs()));
        let click = Uuid::from_u128((0x0199_u128 << 112) | click);
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_micros();
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let dedupe_key = format!("t{number}").into_bytes();
        [
            click.into(),
            Uuid::from_u128(7).into(),
            dedupe_key.into(),
            number.wrapping_mul(0x5851_F42D_4C95_7F2D).into(),
            1_i16.into(),
            Uuid::from_u128(1).into(),
            Uuid::from_u128(9).into(),
            "USD".into(),
            19_990_000_i64.into(),
            500_000_i64.into(),
            Value::BigInt(None),
            2_i16.into(),
            "".into(),
            "[]".into(),
            now.into(),
            now.into(),
        ]
    }
}
