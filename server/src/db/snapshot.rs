//! The whole database as it is at one moment, to read while servers write.

use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, TransactionTrait as _,
};

use super::{Db, Lived, lived, sqlite};
use crate::config::{SecretUrl, backend};

/// Time limit for the connection. The pool's own limits for idle and old connections do not apply to
/// a connection that is in use.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Begins a transaction that reads the state of its first query throughout.
async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        // Each transaction of SQLite does so.
        return db.begin().await;
    }
    let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
    db.begin_with_config(Some(isolation), Some(access)).await
}

impl Db {
    /// Begins a transaction that reads the state of its first query throughout, on a connection for
    /// scans.
    pub async fn begin_scan(&self) -> Result<DatabaseTransaction, DbErr> {
        begin(self.scanner.pool()).await
    }
}

/// The pool of a reader. In unit tests, a reader is more than its pool.
#[cfg(not(test))]
trait Pool {
    fn pool(&self) -> &DatabaseConnection;
}

#[cfg(not(test))]
impl Pool for DatabaseConnection {
    fn pool(&self) -> &DatabaseConnection {
        self
    }
}

/// A transaction that reads.
pub struct Snapshot {
    pub txn: DatabaseTransaction,
    db: DatabaseConnection,
}

impl Snapshot {
    /// Takes a snapshot of an existing database. Neither creates it nor changes its schema.
    pub async fn take(url: &SecretUrl) -> Result<Self, DbErr> {
        let kind = backend(url.reveal()).ok_or_else(|| DbErr::Custom("its kind is unknown".to_owned()))?;
        let mut options = ConnectOptions::new(url.reveal().replacen("mariadb:", "mysql:", 1));
        options.max_connections(1).acquire_timeout(CONNECT_TIMEOUT).sqlx_logging(false);
        if kind == DbBackend::Sqlite {
            sqlite::set_for_copy(&mut options);
        }
        let db = Database::connect(options).await?;
        Ok(Self { txn: begin(&db).await?, db })
    }

    /// The evidence about the time that is stored.
    pub async fn lived(&self) -> Result<Lived, DbErr> {
        lived::stored(&self.txn).await
    }

    /// Tries whether a table can be read.
    pub async fn try_table(&self, table: &str) -> Result<(), DbErr> {
        self.txn.execute_unprepared(&format!("SELECT 1 FROM {table} WHERE 1 = 0")).await.map(drop)
    }

    pub async fn end(self) -> Result<(), DbErr> {
        self.txn.rollback().await?;
        self.db.close().await
    }
}
