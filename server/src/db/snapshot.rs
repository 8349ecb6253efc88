//! The whole database as it is at one moment, to read while servers write.

use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, TransactionTrait as _,
};

use super::{Lived, lived, sqlite};
use crate::config::{SecretUrl, backend};

/// Time limit for the connection. The pool's own limits for idle and old connections do not apply to
/// a connection that is in use.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

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
        // A transaction of SQLite always reads the state of its first query.
        let txn = if kind == DbBackend::Sqlite {
            db.begin().await?
        } else {
            let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
            db.begin_with_config(Some(isolation), Some(access)).await?
        };
        Ok(Self { txn, db })
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
