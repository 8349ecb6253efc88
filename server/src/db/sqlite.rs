//! What is SQLite's own.

use std::time::Duration;

use sea_orm::{
    ConnectOptions,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use super::{LOCK_TIMEOUT, Role, STATEMENTS_CACHED_MAX};

/// What the connection that writes keeps of the file in memory; by default 2 MiB, too little for the indexes.
const WRITER_CACHE_KIB: u32 = 32 * 1_024;
/// Pages of 4 KiB in the log before the connection that writes works it into the file itself, since `CHECKPOINT` does not
/// keep up. By default 1,000, so that busy pages are written again and again.
const CHECKPOINT_PAGES: u32 = 16_384;

/// Works as much of the log into the file as can be done beside others. Once that is all of it, the log begins anew.
pub const CHECKPOINT: &str = "PRAGMA wal_checkpoint(PASSIVE)";
pub const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(100);

pub fn set(options: &mut ConnectOptions, role: Role) {
    options.map_sqlx_sqlite_opts(move |options| {
        let options = if role == Role::Reader {
            options
        } else {
            // What is negative counts KiB.
            options
                .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
                .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        };
        options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_TIMEOUT)
            .statement_cache_capacity(STATEMENTS_CACHED_MAX)
    });
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
