//! The specifics of SQLite.

use std::{io, time::Duration};

use sea_orm::{
    ConnectOptions,
    sqlx::{
        self,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    LOCK_TIMEOUT, PoolKind, STATEMENTS_CACHED_MAX,
    place::{DISPLACED, Place},
};

/// Page cache of the writing connection, in KiB. The default of 2 MiB is too little for the
/// indexes.
const WRITER_CACHE_KIB: u32 = 32 * 1_024;
/// Length of the log, in pages of 4 KiB, from which the writing connection itself checkpoints the
/// log. The log gets so long only if `CHECKPOINT` has not kept up. The default of 1,000 would write
/// busy pages again and again.
const CHECKPOINT_PAGES: u32 = 16_384;

/// Checkpoints as much of the log as is possible beside other connections. After a complete
/// checkpoint the log starts over.
pub const CHECKPOINT: &str = "PRAGMA wal_checkpoint(PASSIVE)";
pub const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(100);

/// Longest wait of a statement for a lock. None in unit tests: the simulation decides who waits.
const LOCK_PATIENCE: Duration = if cfg!(test) { Duration::ZERO } else { LOCK_TIMEOUT };

pub fn set(options: &mut ConnectOptions, kind: PoolKind, place: &Place) {
    let is_of_file = place.is_of_file();
    options.map_sqlx_sqlite_opts(move |options| {
        let options = if matches!(kind, PoolKind::Reader | PoolKind::Scanner) {
            options
        } else {
            // A negative size counts KiB.
            options
                .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
                .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        };
        options
            // A file that disappears while the server runs must not be replaced by an empty one.
            .create_if_missing(!is_of_file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_PATIENCE)
            .statement_cache_capacity(STATEMENTS_CACHED_MAX)
    });
    // Without this check, a new connection could open another file that is now at the path.
    let place = place.clone();
    options.map_sqlx_sqlite_pool_opts(move |options| {
        let place = place.clone();
        options.after_connect(move |_, _| {
            let is_in_place = place.look();
            let gone = || sqlx::Error::Io(io::Error::other(DISPLACED));
            Box::pin(async move { if is_in_place { Ok(()) } else { Err(gone()) } })
        })
    });
}

/// Opens an existing file as it is, to copy it.
pub fn set_for_copy(options: &mut ConnectOptions) {
    options.map_sqlx_sqlite_opts(|options| options.create_if_missing(false).busy_timeout(LOCK_TIMEOUT));
}

/// Reads the settings that durability depends on, as they are for our connection.
pub const SETTINGS: &str = "SELECT 'journal_mode' AS name, journal_mode AS value FROM pragma_journal_mode \
     UNION ALL SELECT 'synchronous', CAST(synchronous AS TEXT) FROM pragma_synchronous";

/// A safe value for a lossy setting; `None` if the current value loses nothing.
pub fn cure(name: &str, value: &str) -> Option<&'static str> {
    match name {
        "journal_mode" => matches!(value, "off" | "memory").then_some("wal"),
        // 2 is FULL, 3 EXTRA.
        _ => (!matches!(value, "2" | "3")).then_some("FULL"),
    }
}
