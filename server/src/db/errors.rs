//! The meaning of database errors: an outage, contention, a known key or a missing partition.

use sea_orm::{
    DbErr, RuntimeErr, SqlErr,
    sqlx::{
        Error as Sqlx,
        error::DatabaseError,
        mysql::MySqlDatabaseError,
        postgres::{PgDatabaseError, PgSeverity},
        sqlite::SqliteError,
    },
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

/// Returns whether a commit that ended with this error may have succeeded, or may still succeed. Only
/// what the database certainly refused has not: an error that nobody has thought of counts as
/// unknown, and the session then finds out.
pub fn may_have_committed(error: &DbErr) -> bool {
    let Some(Sqlx::Database(cause)) = sqlx_error(error) else { return true };
    // After a fatal error of PostgreSQL, the connection ends. The commit may be complete by then.
    let is_fatal = cause.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| {
        !matches!(error.severity(), PgSeverity::Error) || error.code() == COMPLETION_UNKNOWN
    });
    is_fatal || !says(&**cause, &SQLITE_REFUSALS, &POSTGRES_REFUSALS, &MYSQL_REFUSALS)
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

/// SQLite's primary codes after which a transaction is not committed: error of a statement, busy,
/// locked, interrupted, full, constraint, type, misuse, range.
const SQLITE_REFUSALS: [u32; 9] = [1, 5, 6, 9, 13, 19, 20, 21, 25];
/// PostgreSQL's classes and codes after which a transaction is not committed: not supported, number of
/// rows, data, constraint, state of the transaction, rolled back, names and rights, resources, limits
/// of a program, state of an object, cancelled, raised by a trigger.
const POSTGRES_REFUSALS: [&str; 13] =
    ["0A", "21", "22", "23", "25", "2D", "40", "42", "53", "54", "55", "57014", "P0"];
/// PostgreSQL's code, in a class of refusals, of a commit whose end is unknown.
const COMPLETION_UNKNOWN: &str = "40003";
/// MariaDB's numbers after which a transaction is not committed: unknown names, known keys, syntax,
/// missing and wrong values, lock timeout, deadlock, raised by a trigger.
const MYSQL_REFUSALS: [u16; 13] =
    [1_022, 1_048, 1_054, 1_062, 1_064, 1_146, 1_205, 1_213, 1_264, 1_364, 1_366, 1_406, 1_644];

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
