//! The database: connections, durable settings, migration at start.
//!
//! SQLite only, so far. One connection writes and begins each transaction immediate (a deferred one
//! that reads and then writes fails at once under load); a pool of its own reads.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait as _;

use crate::migration::Migrator;

/// Connections that read.
const READERS_MAX: u32 = 4;
/// How long a statement waits for another process's lock on the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements that stay prepared on a connection.
const STATEMENTS_CACHED_MAX: usize = 256;

/// Rows in one statement, at most; within the number of values that every database takes.
const STATEMENT_ROWS_MAX: usize = 512;

/// Cuts rows into runs for one statement each. Only powers of two occur, so that a table needs few
/// statements, which stay prepared.
pub fn statement_runs<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = rows.len().min(STATEMENT_ROWS_MAX);
        let run = rows.get(..(length + 1).next_power_of_two() / 2)?;
        rows = rows.get(run.len()..)?;
        (!run.is_empty()).then_some(run)
    })
}

/// Declares how a type that serde knows is kept in a text column, as JSON. Used with
/// `#[sea_orm(value_type = "String")]`.
macro_rules! json_text {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&serde_json::to_string(self).map_err(|_| std::fmt::Error)?)
            }
        }

        impl std::str::FromStr for $name {
            type Err = serde_json::Error;

            fn from_str(text: &str) -> Result<Self, serde_json::Error> {
                serde_json::from_str(text)
            }
        }
    };
}
pub(crate) use json_text;

/// The database, open and migrated.
#[derive(Clone)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Db {
    /// Opens the database at `url`, creating the file where there is none, and brings its schema up
    /// to date.
    pub async fn open(url: &str) -> Result<Self, DbErr> {
        let writer = Database::connect(options(url, 1)).await?;
        Migrator::up(&writer, None).await?;
        let reader = Database::connect(options(url, READERS_MAX)).await?;
        Ok(Self { reader, writer })
    }

    /// For reading alone.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// A transaction that may write. It waits for the one before it to end.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.writer
            .begin_with_options(TransactionOptions {
                isolation_level: None,
                access_mode: None,
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            })
            .await
    }

    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// Ends a transaction: its writes are kept, or only the database's opinion of them was wanted.
pub async fn end(txn: DatabaseTransaction, keep: bool) -> Result<(), DbErr> {
    if keep { txn.commit().await } else { txn.rollback().await }
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY_TIMEOUT)
                .statement_cache_capacity(STATEMENTS_CACHED_MAX)
        });
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_powers_of_two_and_lose_nothing() {
        for (rows, runs) in
            [(0, vec![]), (1, vec![1]), (7, vec![4, 2, 1]), (1_000, vec![512, 256, 128, 64, 32, 8])]
        {
            let rows: Vec<usize> = (0..rows).collect();
            assert_eq!(statement_runs(&rows).map(<[usize]>::len).collect::<Vec<_>>(), runs);
            assert_eq!(statement_runs(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        }
    }
}
