//! Connections that write: their transactions are begun and ended by plain statements, and batches
//! keep their connection.
//!
//! The driver's own transaction count is not trusted. After a failed COMMIT, SQLite has rolled back
//! automatically, but the driver still believes that it is in a transaction. The driver's next
//! transaction would be a savepoint, inside no transaction or inside a transaction that nobody
//! ends. So a connection returns to its pool only if it is known to be in no transaction. If the
//! end of a transaction fails, its connection is closed.
//!
//! A pool pings each connection that is returned, which takes as long as the statement of a lone
//! write. So batches keep their connection to PostgreSQL or MariaDB. SQLite's only writing
//! connection is shared, and returns to its pool after each batch.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sqlx::{self, AssertSqlSafe, Executor as _, MySql, Postgres, Sqlite, pool::PoolConnection, query::Query},
};
use sea_query_sqlx::SqlxValues;
use tokio::{sync::Mutex, time::Instant};

#[cfg(test)]
use super::seam::{Gate, Turn};
use super::{Db, Place, is_contention, is_outage};

/// Idle limit of a kept connection. If a connection was idle for longer, the next batch gives it
/// back to the pool, which manages its lifetime, and takes another.
const UNUSED_MAX: Duration = Duration::from_secs(10);

pub(super) const COMMIT: &str = "COMMIT";
pub(super) const ROLLBACK: &str = "ROLLBACK";

/// The outcome of recent writes. Clones share state.
#[derive(Clone, Default)]
pub struct Writes(Arc<Noted>);

#[derive(Default)]
struct Noted {
    /// The last write was refused.
    refused: AtomicBool,
    /// A write was refused since this flag was last read.
    lately: AtomicBool,
}

impl Writes {
    /// Returns whether the database refused the last write.
    pub fn are_refused(&self) -> bool {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// Returns whether a write was refused since the last call. The last write alone proves little:
    /// on a disk that is almost full, small writes succeed.
    pub fn were_refused(&self) -> bool {
        self.0.lately.swap(false, Ordering::Relaxed)
    }

    fn note(&self, refused: bool) {
        // Usually unchanged: an unconditional store would slow down all processors.
        if self.0.refused.load(Ordering::Relaxed) != refused {
            self.0.refused.store(refused, Ordering::Relaxed);
        }
        if refused {
            self.0.lately.store(true, Ordering::Relaxed);
        }
    }
}

/// A connection that writes, on loan from its pool, in a transaction or not. Rolls back if dropped
/// in a transaction.
pub struct Connection {
    /// The driver's connection; `None` only during the drop.
    driver: Slot,
    backend: DbBackend,
    writes: Writes,
    place: Place,
    /// Set before BEGIN is sent, and cleared once COMMIT or ROLLBACK has succeeded.
    in_transaction: AtomicBool,
    /// A statement awaits its answer. Stays set if the caller goes away meanwhile.
    asking: AtomicBool,
    /// The state of the connection is unknown.
    broken: AtomicBool,
    used: Instant,
    #[cfg(test)]
    gate: Gate,
    #[cfg(test)]
    _turn: Turn,
}

#[cfg(not(test))]
type Slot = Mutex<Option<Driver>>;
/// In unit tests, the simulation takes the drivers of a server that it kills.
#[cfg(test)]
pub(super) type Slot = Arc<Mutex<Option<Driver>>>;

pub(super) enum Driver {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    MySql(PoolConnection<MySql>),
}

/// Evaluates an expression with a connection of any kind.
macro_rules! on {
    ($driver:expr, $connection:ident => $work:expr) => {
        match $driver {
            Driver::Sqlite($connection) => $work,
            Driver::Postgres($connection) => $work,
            Driver::MySql($connection) => $work,
        }
    };
}

/// Sends a statement to the driver of a connection, and notes the answer.
macro_rules! ask {
    ($self:expr, $sql:expr, $connection:ident => $work:expr) => {{
        $self.begin_to_ask();
        #[cfg(test)]
        let passage = $self.gate.pass($sql, $self.is_in_transaction()).await;
        let mut driver = $self.driver.lock().await;
        #[cfg(test)]
        if let Some(refused) = passage.refuse(&mut driver) {
            return $self.note(Err(refused));
        }
        let answer = on!(driver.as_mut().ok_or_else(gone)?, $connection => $work);
        drop(driver);
        #[cfg(test)]
        let answer = passage.answer(answer).await;
        $self.note(answer)
    }};
}

impl Driver {
    fn close_on_drop(&mut self) {
        on!(self, connection => connection.close_on_drop());
    }

    #[cfg(test)]
    pub(super) async fn close(self) {
        let _ = on!(self, connection => connection.close().await);
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        on!(self, connection => connection.execute(AssertSqlSafe(sql)).await.map(|_| ()))
    }
}

impl Connection {
    /// Takes the next free connection from the pool.
    pub(super) async fn take(db: &Db, writes: Writes) -> Result<Self, DbErr> {
        let (pool, place) = (&db.writer, db.place.clone());
        place.check().inspect_err(|_| writes.note(true))?;
        let backend = pool.get_database_backend();
        #[cfg(test)]
        let turn = db.gate.turn().await?;
        let driver = match backend {
            DbBackend::Postgres => pool.get_postgres_connection_pool().acquire().await.map(Driver::Postgres),
            DbBackend::MySql => pool.get_mysql_connection_pool().acquire().await.map(Driver::MySql),
            _ => pool.get_sqlite_connection_pool().acquire().await.map(Driver::Sqlite),
        };
        let driver = driver.map_err(|error| {
            writes.note(true);
            DbErr::Conn(RuntimeErr::SqlxError(error.into()))
        })?;
        let driver = Mutex::new(Some(driver));
        #[cfg(test)]
        let driver = db.gate.note(driver);
        Ok(Self {
            driver,
            backend,
            writes,
            place,
            in_transaction: AtomicBool::new(false),
            asking: AtomicBool::new(false),
            broken: AtomicBool::new(false),
            used: Instant::now(),
            #[cfg(test)]
            gate: db.gate.clone(),
            #[cfg(test)]
            _turn: turn.taken(),
        })
    }

    /// Begins a transaction. Fails on SQLite inside another transaction.
    ///
    /// On SQLite the transaction is IMMEDIATE: a DEFERRED one that reads and then writes fails at
    /// once under load.
    pub(super) async fn begin(&self) -> Result<(), DbErr> {
        self.in_transaction.store(true, Ordering::Relaxed);
        let begin = if self.backend == DbBackend::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        self.execute_unprepared(begin).await?;
        Ok(())
    }

    /// Executes a text that is a whole transaction. After an error, the transaction may still be open.
    pub(super) async fn transact(&self, text: &str) -> Result<(), DbErr> {
        self.in_transaction.store(true, Ordering::Relaxed);
        self.execute_unprepared(text).await?;
        self.in_transaction.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Commits the transaction. Its writes are then durable.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.end(COMMIT).await
    }

    /// Rolls the transaction back.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.end(ROLLBACK).await
    }

    /// Ends the transaction. If that fails, the outcome is unknown.
    pub(super) async fn end(&self, statement: &str) -> Result<(), DbErr> {
        let ended = self.execute_unprepared(statement).await;
        self.broken.fetch_or(ended.is_err(), Ordering::Relaxed);
        self.in_transaction.fetch_and(ended.is_err(), Ordering::Relaxed);
        ended?;
        // The next start would not find a file that has left its place, nor the writes in it.
        if statement == COMMIT { self.place.check() } else { Ok(()) }
    }

    /// Notes that the connection is used again after a pause.
    pub(super) fn use_again(&mut self) {
        self.used = Instant::now();
    }

    /// Returns whether a transaction is open. Otherwise each statement is its own transaction.
    pub fn is_in_transaction(&self) -> bool {
        self.in_transaction.load(Ordering::Relaxed)
    }

    /// Returns whether the connection is as good as a new one.
    pub(super) fn is_usable(&self) -> bool {
        !self.is_in_transaction() && self.is_known() && self.used.elapsed() < UNUSED_MAX
    }

    /// Returns whether the state of the connection is known.
    fn is_known(&self) -> bool {
        !self.broken.load(Ordering::Relaxed) && !self.asking.load(Ordering::Relaxed)
    }

    fn begin_to_ask(&self) {
        self.asking.store(true, Ordering::Relaxed);
    }

    /// Records an answer, and any error after which the connection must not be used again.
    fn note<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, DbErr> {
        self.asking.store(false, Ordering::Relaxed);
        // A write outside a transaction may have gone into a file that has left its place.
        if !self.is_in_transaction() {
            self.place.check().inspect_err(|_| self.writes.note(true))?;
        }
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
        // Nobody else waits for the lock: the connection is dropped.
        let Some(mut driver) = self.driver.try_lock().ok().and_then(|mut driver| driver.take()) else {
            return;
        };
        #[cfg(test)]
        let busy = self.gate.busy();
        if !known {
            // The next user of the connection could be in this caller's transaction, or read this
            // caller's answer.
            driver.close_on_drop();
            #[cfg(test)]
            busy.until_closed(driver);
        } else if in_transaction {
            // The usual end of a call that is refused midway.
            tokio::spawn(async move {
                #[cfg(test)]
                let _busy = busy;
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
        ask!(self, &statement.sql, connection => {
            connection.execute(query(statement)).await.map(ExecResult::from)
        })
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        ask!(self, sql, connection => {
            connection.execute(AssertSqlSafe(sql)).await.map(ExecResult::from)
        })
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        ask!(self, &statement.sql, connection => {
            let rows = connection.fetch_all(query(statement)).await;
            rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
        })
    }
}

pub(super) fn gone() -> DbErr {
    DbErr::Custom("the connection is gone".to_owned())
}

/// Builds a query. Moves the values instead of cloning them: a batch has many.
fn query<D>(statement: Statement) -> Query<'static, D, SqlxValues>
where
    D: sqlx::Database,
    SqlxValues: sqlx::IntoArguments<D>,
{
    let values = statement.values.unwrap_or_else(|| sea_orm::Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}
