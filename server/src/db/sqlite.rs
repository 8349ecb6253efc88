//! What is SQLite's own.

use sea_orm::{
    ConnectOptions,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use super::{LOCK_TIMEOUT, Role, STATEMENTS_CACHED_MAX};

/// Connections that read; one writes.
const READERS_MAX: u32 = 4;

/// Returns how many connections there may be.
pub fn set(options: &mut ConnectOptions, role: Role) -> u32 {
    options.map_sqlx_sqlite_opts(|options| {
        options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_TIMEOUT)
            .statement_cache_capacity(STATEMENTS_CACHED_MAX)
    });
    if role == Role::Reader { READERS_MAX } else { 1 }
}

/// The settings of our connection that its durability depends on.
pub const SETTINGS: &str = "SELECT 'journal_mode' AS name, journal_mode AS value FROM pragma_journal_mode \
     UNION ALL SELECT 'synchronous', CAST(synchronous AS TEXT) FROM pragma_synchronous";

/// What a lossy setting should be instead; `None` where it loses nothing.
pub fn cure(name: &str, value: &str) -> Option<&'static str> {
    match name {
        "journal_mode" => matches!(value, "off" | "memory").then_some("wal"),
        // 2 is FULL, 3 EXTRA.
        _ => (!matches!(value, "2" | "3")).then_some("FULL"),
    }
}
