//! What is PostgreSQL's own.

use sea_orm::ConnectOptions;

use super::{LOCK_TIMEOUT, Role, STATEMENT_TIMEOUT, STATEMENTS_CACHED_MAX};

/// Held while the schema is brought up to date; answers 1. Its number is ours by chance.
pub const MIGRATION_LOCK: &str = "SELECT 1::bigint FROM pg_advisory_lock(7326921885)";
/// The same, held while partitions are made and dropped; does not wait.
pub const TRY_MIGRATION_LOCK: &str = "SELECT pg_try_advisory_lock(7326921885) AS locked";
/// A session that is closed may hold it for a moment longer, and who comes then would not get it.
pub const MIGRATION_UNLOCK: &str = "SELECT pg_advisory_unlock(7326921885)";

/// Returns how many connections there may be.
pub fn set(options: &mut ConnectOptions, role: Role) {
    options.map_sqlx_postgres_opts(move |options| {
        let mut options =
            options.application_name("s2s-server").statement_cache_capacity(STATEMENTS_CACHED_MAX);
        let lock = ("lock_timeout", LOCK_TIMEOUT.as_millis().to_string());
        // A migration may take long, and waits for another server's.
        if role == Role::Migration {
            return options;
        }
        // Nobody waits for it, and a large partition takes long to drop.
        if role == Role::Partitions {
            return options.options([lock]);
        }
        if matches!(role, Role::Writer { .. }) {
            // Else the plan of an insert is made anew at each execution, with all the rows in it.
            options = options.options([("plan_cache_mode", "force_generic_plan")]);
        }
        options.options([
            lock,
            ("statement_timeout", STATEMENT_TIMEOUT.as_millis().to_string()),
            ("idle_in_transaction_session_timeout", STATEMENT_TIMEOUT.as_millis().to_string()),
        ])
    });
}

/// The settings that durability depends on, as they are for our connections.
pub const SETTINGS: &str = "SELECT name, setting AS value FROM pg_settings \
     WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name";

/// What a lossy setting should be instead; `None` where it loses nothing.
pub fn cure(_name: &str, value: &str) -> Option<&'static str> {
    // All other values of `synchronous_commit` wait for our own disk at least.
    (value == "off").then_some("on")
}
