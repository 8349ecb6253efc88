//! What the database does by itself: rows of conversions, in a table like the server's own beside it, without
//! any server of ours in between.

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

use crate::{Result, load::Caller};

/// Rows of one statement, where there are many.
const STATEMENT_ROWS: usize = 1_000;
/// Clicks over which the rows are spread.
const CLICKS: u128 = 1_000;
const COLUMNS: [&str; 16] = [
    "click_id",
    "code_id",
    "dedupe_key",
    "serial",
    "key_id",
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

/// A table like `conversion`, with its indexes.
pub struct Table {
    url: String,
    rows: Arc<Rows>,
}

impl Table {
    pub async fn create(url: &str) -> Result<Self> {
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
                found?
                    .into_iter()
                    .map(|sql| sql.replace("conversion\"", "bare\"").replace("\"ix_", "\"bare_"))
                    .collect()
            }
        };
        for statement in statements {
            execute(url, &statement).await;
        }
        Ok(Self { url: url.to_owned(), rows: Arc::default() })
    }

    /// A caller with a connection of its own that writes one row in a transaction.
    pub async fn one_row(&self) -> Result<Insert> {
        self.caller(1).await
    }

    /// The same with many rows in one statement.
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

async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).min_connections(1).sqlx_logging(false).test_before_acquire(false);
    let db = Database::connect(options).await?;
    if db.get_database_backend() == DbBackend::Sqlite {
        // As durable as the server's own connection, and with its cache.
        db.execute_unprepared(
            "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -32768",
        )
        .await?;
    }
    Ok(db)
}

/// Inserts rows.
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

/// Rows like those that the server writes for the orders of this benchmark.
#[derive(Default)]
struct Rows {
    taken: AtomicI64,
}

impl Rows {
    fn next(&self) -> [Value; COLUMNS.len()] {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let click = Uuid::from_u128((0x0199_u128 << 112) | (u128::from(number.unsigned_abs()) % CLICKS));
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
