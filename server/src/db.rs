//! The database: connections, the check that its settings are durable, the migration at the start,
//! and the differences between the three kinds.
//!
//! SQLite has one connection that writes. The writer begins each transaction as IMMEDIATE, because
//! a DEFERRED transaction that reads and then writes fails at once under load. PostgreSQL and
//! MariaDB have a pool of connections that write. Every database has two more pools, one for reads
//! and one for scans, so that readers and writers do not wait for each other's connections.

mod batch_connection;
mod bulk_insert;
mod by_key;
pub mod copy;
mod errors;
pub mod group_commit;
pub mod journal;
mod lived;
mod migration;
mod mysql;
mod partitions;
mod place;
mod postgres;
mod range;
#[cfg(test)]
pub mod seam;
mod session;
pub mod snapshot;
mod sqlite;

use std::{fmt, io, sync::Arc, time::Duration};

use sea_orm::{
    ColumnTrait, Condition, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr,
    EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _, RuntimeErr, Statement, Value,
    sea_query::{Expr, SimpleExpr},
};
use sea_orm_migration::MigratorTrait as _;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{migration::Migrator, place::Place};
use crate::config::SecretUrl;

pub use batch_connection::Connection;
use batch_connection::Writes;
pub use bulk_insert::{Grouped, Insertion, add_up, insert_new, statement_runs, write_columns};
pub use by_key::{find_among, find_by_keys, find_within};
pub use errors::{is_contention, is_outage, is_unique_violation, is_without_partition, may_have_committed};
pub use lived::Lived;
pub use partitions::{Month, TimedTable};
pub use range::Range;
use session::{Ending, Session};

/// Longest wait of a call for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest run of a statement.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait of a statement for the lock of another statement.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum number of connections for scans: lists and searches that may read many rows.
pub const SCANNERS_MAX: u32 = 3;
/// Longest run of a statement of a scan.
pub const SCAN_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum number of connections that read.
const READERS_MAX: u32 = 8;
/// Maximum number of connections for writes outside batches, such as a replay, a deletion or a fold.
const OTHER_WRITERS_MAX: u32 = 3;
/// Maximum number of prepared statements per connection.
const STATEMENTS_CACHED_MAX: usize = 256;
/// Interval between checks that an SQLite file is still at its path. Each write checks it, too.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// Approximate number of rows in one deletion: few enough that no writer waits long for it.
const DELETED_ROWS_MAX: usize = 1_000;

/// The database, open and migrated.
#[derive(Clone)]
pub struct Db {
    reader: Reader,
    scanner: Reader,
    writer: DatabaseConnection,
    writes: Writes,
    place: Place,
    url: Arc<str>,
    batches_max: u16,
    #[cfg(test)]
    gate: seam::Gate,
}

/// A pool of connections that read.
#[cfg(not(test))]
pub type Reader = DatabaseConnection;
#[cfg(test)]
pub type Reader = seam::Reader;

impl Db {
    /// Opens the database at `url`, checks that its commits are durable, and brings its schema up
    /// to date.
    ///
    /// `allow_lossy` names settings that are accepted although they may lose acknowledged data.
    /// `batches_max` is the number of batches written at the same time; SQLite writes one. If the
    /// file of an SQLite database is missing, creates it.
    pub async fn open(
        backend: Option<DbBackend>,
        url: &str,
        allow_lossy: &[String],
        batches_max: u16,
    ) -> Result<Self, Unusable> {
        let backend = backend.ok_or_else(|| DbErr::Custom("its kind is unknown".to_owned()))?;
        let batches_max = if backend == DbBackend::Sqlite { 1 } else { batches_max };
        let kind = PoolKind::Writer { connections: u32::from(batches_max) + OTHER_WRITERS_MAX };
        let place = if backend == DbBackend::Sqlite { sqlite_place(url)? } else { Place::default() };
        let writer = Database::connect(options(backend, url, kind, &place)).await?;
        place.note_open().map_err(|error| failed_file(&error))?;
        // Checked first, so that nothing is created in a refused database.
        let lossy = lossy(&writer).await?;
        if let Some(setting) = lossy.into_iter().find(|setting| !allow_lossy.contains(&setting.name)) {
            return Err(Unusable::Lossy(setting));
        }
        migrate(backend, url, &place).await?;
        let reader = Database::connect(options(backend, url, PoolKind::Reader, &place)).await?;
        let scanner = Database::connect(options(backend, url, PoolKind::Scanner, &place)).await?;
        #[cfg(test)]
        let (reader, scanner) = (reader.into(), scanner.into());
        Ok(Self {
            reader,
            scanner,
            writer,
            writes: Writes::default(),
            place,
            url: url.into(),
            batches_max,
            #[cfg(test)]
            gate: seam::Gate::default(),
        })
    }

    fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// The pool for reading.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The pool for lists and searches that may read many rows.
    pub fn scanner(&self) -> &Reader {
        &self.scanner
    }

    /// The next free connection that writes. SQLite has only one.
    async fn connection(&self) -> Result<Connection, DbErr> {
        Connection::take(self, self.writes.clone()).await
    }

    /// Begins a transaction that may write. On SQLite it first waits for the previous one to end.
    pub async fn begin(&self) -> Result<Connection, DbErr> {
        let connection = self.connection().await?;
        connection.begin().await?;
        Ok(connection)
    }

    /// Begins a transaction of a task that nobody waits for. Its errors say nothing about the writes
    /// of callers, so health does not show them.
    pub async fn begin_aside(&self) -> Result<Connection, DbErr> {
        let connection = Connection::take(self, Writes::default()).await?;
        connection.begin().await?;
        Ok(connection)
    }

    /// Checkpoints SQLite's log into the database file, until `stopping`. Without this task, the
    /// writing connection would do it, and every waiting write would stall meanwhile.
    pub async fn checkpoint_loop(self, stopping: CancellationToken) {
        if self.backend() != DbBackend::Sqlite {
            return;
        }
        while stopping.run_until_cancelled(sleep(sqlite::CHECKPOINT_INTERVAL)).await.is_some() {
            if let Err(error) = self.reader.execute_unprepared(sqlite::CHECKPOINT).await {
                tracing::debug!(%error, "could not checkpoint the log of the database");
            }
        }
    }

    /// Checks until `stopping` that an SQLite file is still at its path. So the log reports a file
    /// that was moved or removed even if nothing is written.
    pub async fn place_loop(self, stopping: CancellationToken) {
        while self.place.is_of_file() && stopping.run_until_cancelled(sleep(LOOK_INTERVAL)).await.is_some() {
            self.place.look();
        }
    }

    /// Maximum number of batches written at the same time.
    pub fn batches_max(&self) -> usize {
        usize::from(self.batches_max)
    }

    /// Deletes some of the rows whose id is less than `below`, lowest ids first. Returns their
    /// number, and whether more may be left.
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
        self.scanner.close().await?;
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// The fault of a database that can't be used.
#[derive(Debug)]
pub enum Unusable {
    Failed(DbErr),
    Lossy(Setting),
    /// A newer server has migrated it. The name of a migration that this server does not know.
    Newer(String),
}

/// A setting of the database that may lose acknowledged data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub value: String,
    /// A value that loses nothing.
    pub cure: &'static str,
}

impl Unusable {
    /// Returns whether the fault may pass without a changed setting.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Failed(error) if is_outage(error))
    }

    /// The reason, for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Failed(_) => "DATABASE_FAILED",
            Self::Lossy(_) => "DATABASE_LOSSY",
            Self::Newer(_) => "DATABASE_NEWER",
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Lossy(Setting { name, value, cure }) => write!(
                f,
                "its setting {name} is `{value}`, so a crash may lose acknowledged data; set it to `{cure}`, or \
                 accept the loss with --allow-lossy={name}"
            ),
            Self::Newer(migration) => {
                write!(f, "a newer version of the server has migrated it: this version has no {migration}")
            }
        }
    }
}

impl From<DbErr> for Unusable {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

/// The purpose of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PoolKind {
    Writer {
        connections: u32,
    },
    Reader,
    Scanner,
    /// Migrates, on one connection, so that its session holds the lock throughout.
    Migration,
    /// Makes and drops partitions, on one connection for the same reason.
    Partitions,
}

impl PoolKind {
    /// Longest run of a statement.
    fn statement_timeout(self) -> Duration {
        if self == Self::Scanner { SCAN_TIMEOUT } else { STATEMENT_TIMEOUT }
    }
}

/// The place of an SQLite file that is about to be opened.
fn sqlite_place(url: &str) -> Result<Place, DbErr> {
    let Ok(url) = url.parse::<SecretUrl>();
    url.opened_file().map_or_else(
        || Ok(Place::default()),
        |file| Place::prepare(file.into()).map_err(|error| failed_file(&error)),
    )
}

fn failed_file(error: &io::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(error.to_string()))
}

fn options(backend: DbBackend, url: &str, kind: PoolKind, place: &Place) -> ConnectOptions {
    // SeaORM does not know the scheme `mariadb:`.
    let mut options = ConnectOptions::new(url.replacen("mariadb:", "mysql:", 1));
    options
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false);
    match backend {
        DbBackend::Postgres => postgres::set(&mut options, kind),
        DbBackend::MySql => mysql::set(&mut options, kind),
        _ => sqlite::set(&mut options, kind, place),
    }
    options.max_connections(match kind {
        PoolKind::Reader => READERS_MAX,
        PoolKind::Scanner => SCANNERS_MAX,
        // A second writer would fail because the database is locked.
        PoolKind::Writer { .. } if backend == DbBackend::Sqlite => 1,
        PoolKind::Writer { connections } => connections,
        PoolKind::Migration | PoolKind::Partitions => 1,
    });
    options
}

/// Brings the schema up to date. Servers that start at the same time take turns.
async fn migrate(backend: DbBackend, url: &str, place: &Place) -> Result<(), Unusable> {
    let db = Database::connect(options(backend, url, PoolKind::Migration, place)).await?;
    let lock = match backend {
        DbBackend::Postgres => Some(postgres::MIGRATION_LOCK),
        DbBackend::MySql => Some(mysql::MIGRATION_LOCK),
        _ => None,
    };
    if let Some(lock) = lock {
        let answer = db.query_one_raw(Statement::from_string(backend, lock)).await?;
        let locked = answer.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
        // MariaDB's lock has a time limit.
        if locked != Some(1) {
            let cause = "another server has been migrating it for too long";
            return Err(DbErr::Custom(cause.to_owned()).into());
        }
    }
    // On SQLite, all migrations take effect or none, because the disk may fill up midway. After a
    // failure, `db` is dropped, which rolls the transaction back.
    let is_one = backend == DbBackend::Sqlite;
    if is_one {
        db.execute_unprepared("BEGIN IMMEDIATE").await?;
    }
    let known = Migrator::migrations();
    for applied in Migrator::get_migration_models(&db).await? {
        if !known.iter().any(|migration| migration.name() == applied.version) {
            return Err(Unusable::Newer(applied.version));
        }
    }
    let migrations = Migrator::get_pending_migrations(&db).await?.len();
    Migrator::up(&db, None).await?;
    if is_one {
        db.execute_unprepared("COMMIT").await?;
    }
    if migrations > 0 {
        tracing::info!(migrations, "the database's schema was brought up to date");
    }
    if backend == DbBackend::Postgres {
        db.execute_unprepared(postgres::MIGRATION_UNLOCK).await?;
    }
    // On MariaDB, and after a failure, the lock ends with its session.
    Ok(db.close().await?)
}

/// Judges a setting by name and value. Returns a value that loses nothing; `None` if the current
/// value already loses nothing.
type Judge = fn(&str, &str) -> Option<&'static str>;

/// The settings of the database that may lose acknowledged data.
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

/// Tests whether `column`, the first column of an index, equals `value`. The test has a form that
/// makes the database read only the rows of the requested page of a list from that index.
///
/// With a test for equality, MariaDB begins at the end of the rows with that value, and reads all
/// rows up to the page. With a test for a range that contains only this value, and rows sorted by
/// `column` first, MariaDB reads only the page. PostgreSQL and SQLite do so in either case.
pub fn eq_indexed<C: ColumnTrait>(
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

/// Tests whether `column` equals `value`. The test has a form that keeps the database from using an
/// index that begins with `column`: another condition is to find the rows.
///
/// With a plain test, SQLite, which has no statistics, uses any index that also sorts the rows.
/// PostgreSQL and MariaDB compare the costs of both indexes. On MariaDB, an index can sort rows
/// only by columns that follow columns tested for equality.
pub fn eq_unindexed<C: ColumnTrait>(
    db: &impl ConnectionTrait,
    column: C,
    value: impl Into<Value>,
) -> Condition {
    match db.get_database_backend() {
        DbBackend::Sqlite => {
            let test = [Expr::col((column.entity_name(), column)), Expr::val(value)];
            Condition::all().add(Expr::cust_with_exprs("+? = ?", test))
        }
        _ => eq_indexed(db, column, value),
    }
}

/// A column to sort by, in a form that keeps SQLite from using an index for the order: the
/// conditions are to find the rows. The other databases compare the costs of both ways.
pub fn sort_unindexed<C: ColumnTrait>(db: &impl ConnectionTrait, column: C) -> SimpleExpr {
    let column = Expr::col((column.entity_name(), column));
    match db.get_database_backend() {
        DbBackend::Sqlite => Expr::cust_with_exprs("+?", [column]),
        _ => column,
    }
}

/// The sum of whole numbers as a whole number; 0 without rows. Without the cast,
/// PostgreSQL and MariaDB return a decimal number.
pub fn sum(db: &impl ConnectionTrait, numbers: SimpleExpr) -> SimpleExpr {
    let form = match db.get_database_backend() {
        DbBackend::Postgres => "CAST(COALESCE(SUM($1), 0) AS BIGINT)",
        DbBackend::MySql => "CAST(COALESCE(SUM(?), 0) AS SIGNED)",
        _ => "COALESCE(SUM(?), 0)",
    };
    Expr::cust_with_exprs(form, [numbers])
}

/// Ends a transaction. Commits if `keep`. Otherwise rolls back, because the caller wanted only the
/// outcome of the writes.
pub async fn commit_or_rollback(txn: Connection, keep: bool) -> Result<(), DbErr> {
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
