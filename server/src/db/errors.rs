//! The meaning of database errors: an outage, contention, a known key or a missing partition.

use sea_orm::{
    DbErr, RuntimeErr, SqlErr,
    sqlx::{Error as Sqlx, error::DatabaseError, mysql::MySqlDatabaseError, sqlite::SqliteError},
};

use crate::error::Error;

/// Returns whether the database can't serve now, so that the error says nothing about the request.
pub fn is_outage(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        error => match sqlx_error(error) {
            Some(Sqlx::Io(_) | Sqlx::PoolTimedOut | Sqlx::PoolClosed | Sqlx::WorkerCrashed) => true,
            Some(Sqlx::Database(cause)) => says(&**cause, &SQLITE_OUTAGES, &POSTGRES_OUTAGES, &MYSQL_OUTAGES),
            _ => false,
        },
    }
}

/// Returns whether two transactions locked the same rows in different orders, and this one lost.
pub fn is_contention(error: &DbErr) -> bool {
    match sqlx_error(error) {
        Some(Sqlx::Database(cause)) => says(&**cause, &[], &["40001", "40P01"], &[1_213]),
        _ => false,
    }
}

/// Returns whether a row was refused because its key is already known.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Returns whether PostgreSQL has no partition for a row: its time is beyond the last partition, or
/// in one that is being dropped. The error code stands for any failed check, but no table has a
/// check of its own.
pub fn is_without_partition(error: &DbErr) -> bool {
    match sqlx_error(error) {
        Some(Sqlx::Database(cause)) => says(&**cause, &[], &["23514"], &[]),
        _ => false,
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_outage(&error) || is_without_partition(&error) {
            Self::unavailable(&error)
        } else {
            Self::internal(&error)
        }
    }
}

fn sqlx_error(error: &DbErr) -> Option<&Sqlx> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause),
        _ => None,
    }
}

/// SQLite's primary codes: busy, locked, out of memory, I/O error, full, can't open.
const SQLITE_OUTAGES: [u32; 6] = [5, 6, 7, 10, 13, 14];
/// PostgreSQL's classes and codes: connection, resources, operator intervention (also a statement's
/// time limit), system; serialization, deadlock, lock not available; read only.
const POSTGRES_OUTAGES: [&str; 8] = ["08", "53", "57", "58", "40001", "40P01", "55P03", "25006"];
/// MariaDB's numbers: disk full, memory, connections, shutdown, table full, communication, too many
/// connections of a user, lock timeout, deadlock, read only, interrupted, a statement's time limit.
const MYSQL_OUTAGES: [u16; 17] = [
    1_021, 1_037, 1_038, 1_040, 1_041, 1_053, 1_114, 1_158, 1_159, 1_160, 1_161, 1_203, 1_205, 1_213, 1_290,
    1_317, 1_969,
];

/// Returns whether the error is in the lists: SQLite's primary codes, prefixes of PostgreSQL's
/// codes, MariaDB's numbers.
fn says(error: &dyn DatabaseError, sqlite: &[u32], postgres: &[&str], mysql: &[u16]) -> bool {
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return mysql.contains(&error.number());
    }
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<SqliteError>().is_some() {
        return code.parse::<u32>().is_ok_and(|code| sqlite.contains(&(code & 0xff)));
    }
    postgres.iter().any(|class| code.starts_with(class))
}
