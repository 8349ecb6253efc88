//! What batches are written with: a connection that is kept from one batch to the next.
//!
//! A pool asks the database about each connection that is given back, which takes as long as the statement of a lone
//! write, and then hands out another one. So PostgreSQL's and MariaDB's are kept here. SQLite's only connection that
//! writes is shared, and goes back to its pool each time.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement,
    sqlx::{self, AssertSqlSafe, Executor as _, MySql, Postgres, pool::PoolConnection, query::Query},
};
use sea_query_sqlx::SqlxValues;
use tokio::{sync::Mutex, time::Instant};

use super::{Db, is_contention, is_outage};

/// One that was not used for so long goes back to the pool, which knows what becomes of connections in time.
const UNUSED_MAX: Duration = Duration::from_secs(10);

/// Writes one batch after the other.
pub struct Session {
    db: Db,
    dedicated: Option<Dedicated>,
}

/// A connection that was taken out of its pool.
pub struct Dedicated {
    connection: Mutex<Connection>,
    backend: DbBackend,
    in_transaction: bool,
    /// Nobody knows what it would do next.
    broken: AtomicBool,
    used: Instant,
}

enum Connection {
    Postgres(PoolConnection<Postgres>),
    MySql(PoolConnection<MySql>),
}

/// Whatever runs statements: a connection, or an open transaction.
pub enum Executor<'a> {
    Pooled(DatabaseExecutor<'a>),
    Dedicated(&'a Dedicated),
}

/// An open transaction. If it is dropped, nothing of it is kept.
pub enum Transaction<'a> {
    Pooled(DatabaseTransaction),
    Dedicated(&'a mut Dedicated),
}

impl Session {
    pub fn new(db: Db) -> Self {
        Self { db, dedicated: None }
    }

    pub fn backend(&self) -> DbBackend {
        self.db.backend()
    }

    /// For a statement that is a transaction by itself.
    pub async fn executor(&mut self) -> Result<Executor<'_>, DbErr> {
        self.take_connection().await?;
        Ok(match &self.dedicated {
            Some(connection) => Executor::Dedicated(connection),
            None => Executor::Pooled(self.db.writer().into()),
        })
    }

    pub async fn begin(&mut self) -> Result<Transaction<'_>, DbErr> {
        self.take_connection().await?;
        Ok(match &mut self.dedicated {
            Some(connection) => {
                // First: whoever goes away meanwhile leaves it so.
                connection.in_transaction = true;
                connection.execute_unprepared("BEGIN").await?;
                Transaction::Dedicated(connection)
            }
            None => Transaction::Pooled(self.db.begin().await?),
        })
    }

    async fn take_connection(&mut self) -> Result<(), DbErr> {
        if let Some(connection) = self.dedicated.as_mut().filter(|connection| connection.is_usable()) {
            connection.used = Instant::now();
        } else {
            // First the old one: the pool may have no other.
            self.dedicated = None;
            self.dedicated = Dedicated::take(self.db.writer(), self.backend()).await?;
        }
        Ok(())
    }
}

impl Dedicated {
    /// `None` where none is to be kept.
    async fn take(pool: &DatabaseConnection, backend: DbBackend) -> Result<Option<Self>, DbErr> {
        let connection = match backend {
            DbBackend::Postgres => {
                pool.get_postgres_connection_pool().acquire().await.map(Connection::Postgres)
            }
            DbBackend::MySql => pool.get_mysql_connection_pool().acquire().await.map(Connection::MySql),
            _ => return Ok(None),
        };
        let connection = connection.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        let (connection, broken) = (Mutex::new(connection), AtomicBool::new(false));
        Ok(Some(Self { connection, backend, in_transaction: false, broken, used: Instant::now() }))
    }

    fn is_usable(&self) -> bool {
        !self.in_transaction && !self.broken.load(Ordering::Relaxed) && self.used.elapsed() < UNUSED_MAX
    }

    /// Takes note of an error after which the connection is not to be used again.
    fn note<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, DbErr> {
        result.map_err(|error| {
            let from_database = matches!(error, sqlx::Error::Database(_));
            let error = DbErr::Exec(RuntimeErr::SqlxError(error.into()));
            if !from_database || is_outage(&error) && !is_contention(&error) {
                self.broken.store(true, Ordering::Relaxed);
            }
            error
        })
    }
}

impl Drop for Dedicated {
    fn drop(&mut self) {
        // The next to use it would find itself in our transaction, or read an answer that was ours.
        if self.in_transaction || *self.broken.get_mut() {
            match self.connection.get_mut() {
                Connection::Postgres(connection) => connection.close_on_drop(),
                Connection::MySql(connection) => connection.close_on_drop(),
            }
        }
    }
}

impl Transaction<'_> {
    /// For what is to be in it.
    pub fn executor(&self) -> Executor<'_> {
        match self {
            Self::Pooled(transaction) => Executor::Pooled(transaction.into()),
            Self::Dedicated(connection) => Executor::Dedicated(connection),
        }
    }

    pub async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Pooled(transaction) => transaction.commit().await,
            Self::Dedicated(connection) => connection.end("COMMIT").await,
        }
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        match self {
            Self::Pooled(transaction) => transaction.rollback().await,
            Self::Dedicated(connection) => connection.end("ROLLBACK").await,
        }
    }
}

impl Dedicated {
    /// Ends its transaction. Where that fails, nobody knows how it ended.
    async fn end(&mut self, statement: &str) -> Result<(), DbErr> {
        self.execute_unprepared(statement).await?;
        self.in_transaction = false;
        Ok(())
    }
}

impl Executor<'_> {
    /// Else each statement is a transaction by itself.
    pub fn is_in_transaction(&self) -> bool {
        match self {
            Self::Pooled(executor) => matches!(executor, DatabaseExecutor::Transaction(_)),
            Self::Dedicated(connection) => connection.in_transaction,
        }
    }
}

impl<'a> From<&'a DatabaseTransaction> for Executor<'a> {
    fn from(transaction: &'a DatabaseTransaction) -> Self {
        Self::Pooled(transaction.into())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Executor<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Pooled(executor) => executor.get_database_backend(),
            Self::Dedicated(connection) => connection.backend,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Pooled(executor) => executor.execute_raw(statement).await,
            Self::Dedicated(connection) => connection.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Pooled(executor) => executor.execute_unprepared(sql).await,
            Self::Dedicated(connection) => connection.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Pooled(executor) => executor.query_one_raw(statement).await,
            Self::Dedicated(connection) => connection.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Pooled(executor) => executor.query_all_raw(statement).await,
            Self::Dedicated(connection) => connection.query_all_raw(statement).await,
        }
    }
}

/// What is done with a connection, of either kind.
macro_rules! on {
    ($self:ident, $connection:ident => $work:expr) => {
        match &mut *$self.connection.lock().await {
            Connection::Postgres($connection) => $self.note($work.await)?.into(),
            Connection::MySql($connection) => $self.note($work.await)?.into(),
        }
    };
}

#[async_trait::async_trait]
impl ConnectionTrait for Dedicated {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        Ok(on!(self, connection => connection.execute(query(statement))))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        Ok(on!(self, connection => connection.execute(AssertSqlSafe(sql))))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        Ok(match &mut *self.connection.lock().await {
            Connection::Postgres(connection) => {
                let rows = self.note(connection.fetch_all(query(statement)).await)?;
                rows.into_iter().map(QueryResult::from).collect()
            }
            Connection::MySql(connection) => {
                let rows = self.note(connection.fetch_all(query(statement)).await)?;
                rows.into_iter().map(QueryResult::from).collect()
            }
        })
    }
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
