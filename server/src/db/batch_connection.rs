//! Connections that write: transactions that are begun and ended by plain statements, and the connection that batches keep.
//!
//! A transaction is never left to the driver's own count of it. After a COMMIT that has failed, SQLite has rolled back by
//! itself, and the driver still believes that it is in a transaction: its next one would be a savepoint inside of
//! nothing, or of one that nobody ends. So a connection goes back to its pool only where it is known to be in no
//! transaction; after an end that has failed it is closed.
//!
//! A pool asks the database about each connection that is given back, which takes as long as the statement of a lone
//! write, and then hands out another one. So batches keep PostgreSQL's and MariaDB's. SQLite's only connection that
//! writes is shared, and goes back to its pool after each batch.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sqlx::{self, AssertSqlSafe, Executor as _, MySql, Postgres, Sqlite, pool::PoolConnection, query::Query},
};
use sea_query_sqlx::SqlxValues;
use tokio::{sync::Mutex, time::Instant};

use super::{Db, is_contention, is_outage};

/// A connection that was not used for so long goes back to the pool, which knows what becomes of connections in time.
const UNUSED_MAX: Duration = Duration::from_secs(10);

const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// Whether writes succeed. Clones are of the same.
#[derive(Clone, Default)]
pub struct Writes(Arc<Noted>);

#[derive(Default)]
struct Noted {
    /// The last write was refused.
    refused: AtomicBool,
    /// One was since this was last asked.
    lately: AtomicBool,
}

impl Writes {
    /// Whether the database took nothing when it was last written to.
    pub fn are_refused(&self) -> bool {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// Whether a write was refused since this was last asked: where there is hardly any room, small ones succeed.
    pub fn were_refused(&self) -> bool {
        self.0.lately.swap(false, Ordering::Relaxed)
    }

    fn note(&self, refused: bool) {
        // Most find it so; a store would be felt by all processors.
        if self.0.refused.load(Ordering::Relaxed) != refused {
            self.0.refused.store(refused, Ordering::Relaxed);
        }
        if refused {
            self.0.lately.store(true, Ordering::Relaxed);
        }
    }
}

/// A connection that writes, on loan from its pool; in a transaction or not. Dropped in a transaction, it rolls back.
pub struct Connection {
    /// `None` only while it is dropped.
    driver: Mutex<Option<Driver>>,
    backend: DbBackend,
    writes: Writes,
    /// Set before BEGIN is sent, and taken back once an end has succeeded.
    in_transaction: AtomicBool,
    /// A statement has not been answered yet. It stays so where whoever waited for the answer has gone away.
    asking: AtomicBool,
    /// Nobody knows what it would do next.
    broken: AtomicBool,
    used: Instant,
}

enum Driver {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    MySql(PoolConnection<MySql>),
}

/// What is done with a connection, of whichever kind.
macro_rules! on {
    ($driver:expr, $connection:ident => $work:expr) => {
        match $driver {
            Driver::Sqlite($connection) => $work,
            Driver::Postgres($connection) => $work,
            Driver::MySql($connection) => $work,
        }
    };
}

impl Driver {
    fn close_on_drop(&mut self) {
        on!(self, connection => connection.close_on_drop());
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        on!(self, connection => connection.execute(AssertSqlSafe(sql)).await.map(|_| ()))
    }
}

impl Connection {
    /// The next free one of the pool.
    pub(super) async fn take(pool: &DatabaseConnection, writes: Writes) -> Result<Self, DbErr> {
        let backend = pool.get_database_backend();
        let driver = match backend {
            DbBackend::Postgres => pool.get_postgres_connection_pool().acquire().await.map(Driver::Postgres),
            DbBackend::MySql => pool.get_mysql_connection_pool().acquire().await.map(Driver::MySql),
            _ => pool.get_sqlite_connection_pool().acquire().await.map(Driver::Sqlite),
        };
        let driver = driver.map_err(|error| {
            writes.note(true);
            DbErr::Conn(RuntimeErr::SqlxError(error.into()))
        })?;
        Ok(Self {
            driver: Mutex::new(Some(driver)),
            backend,
            writes,
            in_transaction: AtomicBool::new(false),
            asking: AtomicBool::new(false),
            broken: AtomicBool::new(false),
            used: Instant::now(),
        })
    }

    /// Begins a transaction. On SQLite one that may write, since a deferred one that reads and then writes fails at once
    /// under load; and inside of another it is an error.
    pub(super) async fn begin(&self) -> Result<(), DbErr> {
        self.in_transaction.store(true, Ordering::Relaxed);
        let begin = if self.backend == DbBackend::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        self.execute_unprepared(begin).await?;
        Ok(())
    }

    /// Ends the transaction with all that was written in it, which is durable then.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.end(COMMIT).await
    }

    /// Ends the transaction with nothing of it.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.end(ROLLBACK).await
    }

    /// Where that fails, nobody knows how it ended.
    async fn end(&self, statement: &str) -> Result<(), DbErr> {
        let ended = self.execute_unprepared(statement).await;
        self.broken.fetch_or(ended.is_err(), Ordering::Relaxed);
        self.in_transaction.fetch_and(ended.is_err(), Ordering::Relaxed);
        ended.map(|_| ())
    }

    /// Else each statement is a transaction by itself.
    pub fn is_in_transaction(&self) -> bool {
        self.in_transaction.load(Ordering::Relaxed)
    }

    /// Whether it can be used on as if it were new.
    fn is_usable(&self) -> bool {
        !self.is_in_transaction() && self.is_known() && self.used.elapsed() < UNUSED_MAX
    }

    /// Whether it is known what it would do next.
    fn is_known(&self) -> bool {
        !self.broken.load(Ordering::Relaxed) && !self.asking.load(Ordering::Relaxed)
    }

    fn begin_to_ask(&self) {
        self.asking.store(true, Ordering::Relaxed);
    }

    /// Takes note of an answer, and of an error after which the connection is not to be used again.
    fn note<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, DbErr> {
        self.asking.store(false, Ordering::Relaxed);
        result.inspect(|_| self.writes.note(false)).map_err(|error| {
            let from_database = matches!(error, sqlx::Error::Database(_));
            let error = DbErr::Exec(RuntimeErr::SqlxError(error.into()));
            if !from_database || is_outage(&error) && !is_contention(&error) {
                self.broken.store(true, Ordering::Relaxed);
                self.writes.note(true);
            }
            error
        })
    }
}

impl Drop for Connection {
    #[expect(clippy::disallowed_methods, reason = "at a stop, the end of the connection rolls back as well")]
    fn drop(&mut self) {
        let (known, in_transaction) = (self.is_known(), self.is_in_transaction());
        let Some(mut driver) = self.driver.get_mut().take() else { return };
        if !known {
            // The next to use it would find itself in our transaction, or read an answer that was ours.
            driver.close_on_drop();
        } else if in_transaction {
            // So most calls end that are refused in the middle.
            tokio::spawn(async move {
                if driver.execute(ROLLBACK).await.is_err() {
                    driver.close_on_drop();
                }
            });
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut driver = self.driver.lock().await;
        self.begin_to_ask();
        Ok(on!(driver.as_mut().ok_or_else(gone)?, connection => {
            self.note(connection.execute(query(statement)).await)?.into()
        }))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut driver = self.driver.lock().await;
        self.begin_to_ask();
        Ok(on!(driver.as_mut().ok_or_else(gone)?, connection => {
            self.note(connection.execute(AssertSqlSafe(sql)).await)?.into()
        }))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut driver = self.driver.lock().await;
        self.begin_to_ask();
        Ok(on!(driver.as_mut().ok_or_else(gone)?, connection => {
            let rows = self.note(connection.fetch_all(query(statement)).await)?;
            rows.into_iter().map(QueryResult::from).collect()
        }))
    }
}

fn gone() -> DbErr {
    DbErr::Custom("the connection is gone".to_owned())
}

/// The values move: a batch has many.
fn query<D>(statement: Statement) -> Query<'static, D, SqlxValues>
where
    D: sqlx::Database,
    SqlxValues: sqlx::IntoArguments<D>,
{
    let values = statement.values.unwrap_or_else(|| sea_orm::Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

/// Writes one batch after the other.
pub struct Session {
    db: Db,
    kept: Option<Connection>,
}

impl Session {
    pub fn new(db: Db) -> Self {
        Self { db, kept: None }
    }

    pub fn backend(&self) -> DbBackend {
        self.db.backend()
    }

    /// For a statement that is a transaction by itself.
    pub async fn connection(&mut self) -> Result<&Connection, DbErr> {
        if let Some(connection) = &mut self.kept
            && connection.is_usable()
        {
            connection.used = Instant::now();
        } else {
            // First the old one: the pool may have no other.
            self.kept = None;
            self.kept = Some(self.db.connection().await?);
        }
        self.kept.as_ref().ok_or_else(gone)
    }

    /// Begins a transaction, which `commit` or `roll_back` end.
    pub async fn begin(&mut self) -> Result<&Connection, DbErr> {
        let connection = self.connection().await?;
        connection.begin().await?;
        Ok(connection)
    }

    /// After a failure nothing of it is kept, or nobody knows.
    pub async fn commit(&mut self) -> Result<(), DbErr> {
        match &self.kept {
            Some(connection) => connection.end(COMMIT).await,
            None => Err(gone()),
        }
    }

    /// Where the end itself fails, the connection is closed, and nothing of the transaction is kept either.
    pub async fn roll_back(&mut self) {
        if let Some(connection) = &self.kept
            && let Err(error) = connection.end(ROLLBACK).await
        {
            tracing::debug!(%error, "a transaction could not be rolled back");
        }
    }

    /// Between batches, gives back a connection that others wait for, and one that is of no use any more.
    pub fn rest(&mut self) {
        let keeps = self.backend() != DbBackend::Sqlite;
        self.kept = self.kept.take().filter(|connection| keeps && connection.is_usable());
    }
}
