//! The specifics of PostgreSQL.

use sea_orm::ConnectOptions;

use super::{LOCK_TIMEOUT, PoolKind, STATEMENT_TIMEOUT, STATEMENTS_CACHED_MAX};

/// Takes the lock that is held during a migration. Answers 1. The number is arbitrary.
pub const MIGRATION_LOCK: &str = "SELECT 1::bigint FROM pg_advisory_lock(7326921885)";
/// Tries to take the lock of migrations, to make and drop partitions. Does not wait.
pub const TRY_MIGRATION_LOCK: &str = "SELECT pg_try_advisory_lock(7326921885) AS locked";
/// Releases the lock before its session is closed. A closed session may hold the lock for a moment
/// longer, and the next server would not get it.
pub const MIGRATION_UNLOCK: &str = "SELECT pg_advisory_unlock(7326921885)";

/// Sets the options that depend on the purpose of a connection.
pub fn set(options: &mut ConnectOptions, kind: PoolKind) {
    options.map_sqlx_postgres_opts(move |options| {
        let mut options =
            options.application_name("s2s-server").statement_cache_capacity(STATEMENTS_CACHED_MAX);
        let lock = ("lock_timeout", LOCK_TIMEOUT.as_millis().to_string());
        // A migration may take long, and waits for the migration of another server.
        if kind == PoolKind::Migration {
            return options;
        }
        // No caller waits for partitions, and a large one takes long to drop.
        if kind == PoolKind::Partitions {
            return options.options([lock]);
        }
        if matches!(kind, PoolKind::Writer { .. }) {
            // Without this setting, each execution of an insert makes a new plan, with all the rows
            // in it.
            options = options.options([("plan_cache_mode", "force_generic_plan")]);
            // A writer finds rows by their keys. Without statistics, as in a new partition, PostgreSQL
            // takes a table to be small, and would read all of it for a batch of keys.
            options = options
                .options(["enable_seqscan", "enable_hashjoin", "enable_mergejoin"].map(|way| (way, "off")));
        }
        options.options([
            lock,
            ("statement_timeout", kind.statement_timeout().as_millis().to_string()),
            ("idle_in_transaction_session_timeout", STATEMENT_TIMEOUT.as_millis().to_string()),
        ])
    });
}

/// Reads the settings that durability depends on, as they are for our connections.
pub const SETTINGS: &str = "SELECT name, setting AS value FROM pg_settings \
     WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name";

/// A safe value for a lossy setting; `None` if the current value loses nothing.
pub fn cure(_name: &str, value: &str) -> Option<&'static str> {
    // All other values of `synchronous_commit` wait at least for the local disk.
    (value == "off").then_some("on")
}
