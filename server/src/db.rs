//! The database: connections, durable settings, migration at start, and where the three kinds differ.
//!
//! SQLite: one connection writes and begins each transaction immediate (a deferred one that reads and
//! then writes fails at once under load); a pool of its own reads. PostgreSQL and MariaDB: a pool that
//! writes and one that reads, so that neither waits for the other.

mod batch_connection;
mod bulk_insert;
mod errors;
pub mod group_commit;
mod lived;
mod migration;
mod mysql;
mod partitions;
mod postgres;
mod sqlite;

use std::{fmt, sync::Arc, time::Duration};

use sea_orm::{
    ColumnTrait, Condition, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr,
    EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement, Value,
    sea_query::{Expr, IntoColumnRef, SimpleExpr},
};
use sea_orm_migration::MigratorTrait as _;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::migration::Migrator;

use batch_connection::Writes;
pub use batch_connection::{Connection, Session};
pub use bulk_insert::{Insertion, insert_new, is_one_statement, statement_runs};
pub use errors::{is_contention, is_known_key, is_outage};
pub use lived::Lived;
pub use partitions::{Month, TimedTable};

/// How long a call waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a statement may take, and how long it waits for another's lock.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that read.
const READERS_MAX: u32 = 8;
/// Connections that write what is in no batch, such as a replay or a deletion.
const OTHER_WRITERS_MAX: u32 = 2;
/// Statements that stay prepared on a connection.
const STATEMENTS_CACHED_MAX: usize = 256;

/// Rows that are deleted at once, about: few enough that no writer waits long for it.
const DELETED_ROWS_MAX: usize = 1_000;

/// The database, open and migrated.
#[derive(Clone)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    writes: Writes,
    url: Arc<str>,
    batches_max: u16,
}

impl Db {
    /// Opens the database at `url`, checks that its commits are durable, and brings its schema up to
    /// date. `allow_lossy`: settings that may lose what was acknowledged, and are accepted all the same.
    /// `batches_max`: how many batches are written at the same time; SQLite writes one.
    pub async fn open(
        backend: Option<DbBackend>,
        url: &str,
        allow_lossy: &[String],
        batches_max: u16,
    ) -> Result<Self, Unusable> {
        let backend = backend.ok_or_else(|| DbErr::Custom("it is of no known kind".to_owned()))?;
        let batches_max = if backend == DbBackend::Sqlite { 1 } else { batches_max };
        let role = Role::Writer { connections: u32::from(batches_max) + OTHER_WRITERS_MAX };
        let writer = Database::connect(options(backend, url, role)).await?;
        // First, so that nothing is made in a database that is refused.
        let lossy = lossy(&writer).await?;
        if let Some(setting) = lossy.into_iter().find(|setting| !allow_lossy.contains(&setting.name)) {
            return Err(Unusable::Lossy(setting));
        }
        migrate(backend, url).await?;
        let reader = Database::connect(options(backend, url, Role::Reader)).await?;
        Ok(Self { reader, writer, writes: Writes::default(), url: url.into(), batches_max })
    }

    fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// For reading alone.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// A connection that writes, the next free one. On SQLite there is but one.
    async fn connection(&self) -> Result<Connection, DbErr> {
        Connection::take(&self.writer, self.writes.clone()).await
    }

    /// A transaction that may write. On SQLite it waits for the one before it to end.
    pub async fn begin(&self) -> Result<Connection, DbErr> {
        let connection = self.connection().await?;
        connection.begin().await?;
        Ok(connection)
    }

    /// On SQLite, works what is in its log into the file, until `stopping`. The connection that writes would stand still
    /// for that, and all that waits with it.
    pub async fn keep_log_short(self, stopping: CancellationToken) {
        if self.backend() != DbBackend::Sqlite {
            return;
        }
        while stopping.run_until_cancelled(sleep(sqlite::CHECKPOINT_INTERVAL)).await.is_some() {
            if let Err(error) = self.reader.execute_unprepared(sqlite::CHECKPOINT).await {
                tracing::debug!(%error, "the log of the database could not be worked into its file");
            }
        }
    }

    /// How many batches are written at the same time.
    pub fn batches_max(&self) -> usize {
        usize::from(self.batches_max)
    }

    /// Deletes some of the rows whose id is `below`, the lowest ids first. Returns how many, and whether more are left.
    pub async fn delete_some<E: EntityTrait>(
        &self,
        id: E::Column,
        below: Uuid,
    ) -> Result<(u64, bool), DbErr> {
        let lowest = E::find().select_only().column(id).filter(id.lt(below)).order_by_asc(id);
        let limit = u64::try_from(DELETED_ROWS_MAX).unwrap_or(u64::MAX);
        let lowest: Vec<Uuid> = lowest.limit(limit).into_tuple().all(&self.reader).await?;
        let Some(last) = lowest.last() else { return Ok((0, false)) };
        let txn = self.begin().await?;
        let deleted = E::delete_many().filter(id.lte(*last)).exec(&txn).await?;
        txn.commit().await?;
        Ok((deleted.rows_affected, lowest.len() == DELETED_ROWS_MAX))
    }

    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// Why a database can't be used.
#[derive(Debug)]
pub enum Unusable {
    Failed(DbErr),
    Lossy(Setting),
}

/// A setting of the database that may lose what was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub value: String,
    /// A value that loses nothing.
    pub cure: &'static str,
}

impl Unusable {
    /// Whether it may be usable later, without anybody changing a setting.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Failed(error) if is_outage(error))
    }

    /// For machines.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Failed(_) => "DATABASE_FAILED",
            Self::Lossy(_) => "DATABASE_LOSSY",
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Lossy(Setting { name, value, cure }) => write!(
                f,
                "its setting {name} is `{value}`, so that a crash may lose what was acknowledged; set it to `{cure}`, \
                 or accept the loss with --allow-lossy={name}"
            ),
        }
    }
}

impl From<DbErr> for Unusable {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer {
        connections: u32,
    },
    Reader,
    /// One connection, so that a lock of its session is held throughout.
    Migration,
    /// The same, for partitions.
    Partitions,
}

fn options(backend: DbBackend, url: &str, role: Role) -> ConnectOptions {
    // SeaORM knows no scheme of MariaDB's own.
    let mut options = ConnectOptions::new(url.replacen("mariadb:", "mysql:", 1));
    options
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false);
    match backend {
        DbBackend::Postgres => postgres::set(&mut options, role),
        DbBackend::MySql => mysql::set(&mut options, role),
        _ => sqlite::set(&mut options, role),
    }
    options.max_connections(match role {
        Role::Reader => READERS_MAX,
        // One that waits for another would be told that the database is locked.
        Role::Writer { .. } if backend == DbBackend::Sqlite => 1,
        Role::Writer { connections } => connections,
        Role::Migration | Role::Partitions => 1,
    });
    options
}

/// Brings the schema up to date. Servers that start at the same time do so one after the other.
async fn migrate(backend: DbBackend, url: &str) -> Result<(), DbErr> {
    let db = Database::connect(options(backend, url, Role::Migration)).await?;
    let lock = match backend {
        DbBackend::Postgres => Some(postgres::MIGRATION_LOCK),
        DbBackend::MySql => Some(mysql::MIGRATION_LOCK),
        _ => None,
    };
    if let Some(lock) = lock {
        let answer = db.query_one_raw(Statement::from_string(backend, lock)).await?;
        let locked = answer.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
        // MariaDB's waits no longer than it is told to.
        if locked != Some(1) {
            return Err(DbErr::Custom("another server has been migrating it for too long".to_owned()));
        }
    }
    // Whole or not at all: a disk may be full in the middle. After a failure the connection is gone with `db`.
    let is_one = backend == DbBackend::Sqlite;
    if is_one {
        db.execute_unprepared("BEGIN IMMEDIATE").await?;
    }
    Migrator::up(&db, None).await?;
    if is_one {
        db.execute_unprepared("COMMIT").await?;
    }
    if backend == DbBackend::Postgres {
        db.execute_unprepared(postgres::MIGRATION_UNLOCK).await?;
    }
    // Elsewhere, and after a failure, the lock ends with its session.
    db.close().await
}

/// What a setting of some value should be instead; `None` where it loses nothing.
type Judge = fn(&str, &str) -> Option<&'static str>;

/// The settings of the database that may lose what was acknowledged.
async fn lossy(db: &DatabaseConnection) -> Result<Vec<Setting>, DbErr> {
    let backend = db.get_database_backend();
    let (query, judge): (&str, Judge) = match backend {
        DbBackend::Postgres => (postgres::SETTINGS, postgres::cure),
        DbBackend::MySql => (mysql::SETTINGS, mysql::cure),
        _ => (sqlite::SETTINGS, sqlite::cure),
    };
    let mut lossy = Vec::new();
    for row in db.query_all_raw(Statement::from_string(backend, query)).await? {
        let (name, value): (String, String) = (row.try_get("", "name")?, row.try_get("", "value")?);
        if let Some(cure) = judge(&name, &value) {
            lossy.push(Setting { name, value, cure });
        }
    }
    Ok(lossy)
}

/// Whether a column, the first of an index, has the value, said so that the rest of a page is sought in that index.
/// MariaDB reads all rows of an equal value, from the end, however far the page is; of a range of one value it reads
/// the page alone, where the rows are sorted by that column first. PostgreSQL and SQLite do so by themselves.
pub fn is_in_index<C: ColumnTrait>(
    db: &impl ConnectionTrait,
    column: C,
    value: impl Into<Value>,
) -> Condition {
    let value = value.into();
    match db.get_database_backend() {
        DbBackend::MySql => Condition::all().add(column.gte(value.clone())).add(column.lte(value)),
        _ => Condition::all().add(column.eq(value)),
    }
}

/// Whether the bytes of a column contain `text`.
pub fn contains_bytes(db: &impl ConnectionTrait, column: impl IntoColumnRef, text: &str) -> SimpleExpr {
    let (column, text) = (Expr::col(column), Expr::val(text.as_bytes()));
    match db.get_database_backend() {
        DbBackend::Postgres => Expr::cust_with_exprs("POSITION($1 IN $2) > 0", [text, column]),
        DbBackend::MySql => Expr::cust_with_exprs("INSTR(?, ?) > 0", [column, text]),
        _ => Expr::cust_with_exprs("instr(?, ?) > 0", [column, text]),
    }
}

/// Ends a transaction: its writes are kept, or only the database's opinion of them was wanted.
pub async fn end(txn: Connection, keep: bool) -> Result<(), DbErr> {
    if keep { txn.commit().await } else { txn.rollback().await }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lossy_settings_are_known() {
        let rows: [(Judge, &str, &str, Option<&str>); 20] = [
            (postgres::cure, "fsync", "on", None),
            (postgres::cure, "fsync", "off", Some("on")),
            (postgres::cure, "full_page_writes", "off", Some("on")),
            (postgres::cure, "synchronous_commit", "off", Some("on")),
            (postgres::cure, "synchronous_commit", "local", None),
            (postgres::cure, "synchronous_commit", "remote_apply", None),
            (mysql::cure, "innodb_flush_log_at_trx_commit", "1", None),
            (mysql::cure, "innodb_flush_log_at_trx_commit", "2", Some("1")),
            (mysql::cure, "innodb_flush_log_at_trx_commit", "0", Some("1")),
            (mysql::cure, "innodb_doublewrite", "OFF", Some("ON")),
            (mysql::cure, "innodb_doublewrite", "ON", None),
            (mysql::cure, "sync_binlog", "0", Some("1")),
            (mysql::cure, "sync_binlog", "1", None),
            (mysql::cure, "sql_mode", "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION", None),
            (mysql::cure, "sql_mode", "", Some("STRICT_ALL_TABLES")),
            (sqlite::cure, "journal_mode", "wal", None),
            (sqlite::cure, "journal_mode", "memory", Some("wal")),
            (sqlite::cure, "journal_mode", "off", Some("wal")),
            (sqlite::cure, "synchronous", "2", None),
            (sqlite::cure, "synchronous", "1", Some("FULL")),
        ];
        for (judge, name, value, cure) in rows {
            assert_eq!(judge(name, value), cure, "{name}={value}");
        }
    }
}
