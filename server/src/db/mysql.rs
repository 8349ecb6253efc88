//! The specifics of MariaDB. MySQL speaks the same protocol, but is untested.

use sea_orm::{
    ConnectOptions,
    sqlx::{Executor as _, mysql::MySqlConnection},
};

use super::{LOCK_TIMEOUT, PoolKind, STATEMENT_TIMEOUT, STATEMENTS_CACHED_MAX};

/// Takes the lock that is held during a migration. Answers 1 once it is held, and something else
/// after 600 seconds.
pub const MIGRATION_LOCK: &str = "SELECT CAST(GET_LOCK('s2s_migration', 600) AS SIGNED)";

pub fn set(options: &mut ConnectOptions, kind: PoolKind) {
    options.map_sqlx_mysql_opts(|options| {
        options.charset("utf8mb4").statement_cache_capacity(STATEMENTS_CACHED_MAX)
    });
    options.map_sqlx_mysql_pool_opts(move |options| {
        options.after_connect(move |connection, _| Box::pin(set_session(connection, kind)))
    });
}

/// Sets up a session. Without strict mode, MariaDB cuts off values that are too long. With READ
/// COMMITTED, a transaction that meets the row of another transaction can read that row once it is
/// committed; by default, its snapshot may be older than the row.
async fn set_session(connection: &mut MySqlConnection, kind: PoolKind) -> Result<(), sea_orm::sqlx::Error> {
    connection.execute("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'").await?;
    connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
    if kind != PoolKind::Migration {
        let (lock, statement) = (LOCK_TIMEOUT.as_secs(), kind.statement_timeout().as_secs());
        // An open transaction without statements belongs to a client that is gone. The numbers that
        // its row of the journal holds would be locked until the end of its connection.
        let idle = STATEMENT_TIMEOUT.as_secs();
        let limits = format!(
            "SET SESSION innodb_lock_wait_timeout = {lock} \
             /*M! , max_statement_time = {statement}, idle_transaction_timeout = {idle} */"
        );
        connection.execute(sea_orm::sqlx::AssertSqlSafe(limits)).await?;
    }
    Ok(())
}

/// Reads the settings that durability depends on, as they are for our connections. Without a binary
/// log, `sync_binlog` has no effect.
pub const SETTINGS: &str = "SELECT 'innodb_doublewrite' AS name, CAST(@@innodb_doublewrite AS CHAR) AS value \
     UNION ALL SELECT 'innodb_flush_log_at_trx_commit', CAST(@@innodb_flush_log_at_trx_commit AS CHAR) \
     UNION ALL SELECT 'sql_mode', CAST(@@sql_mode AS CHAR) \
     UNION ALL SELECT 'sync_binlog', CAST(@@sync_binlog AS CHAR) WHERE @@log_bin = 1";

/// A safe value for a lossy setting; `None` if the current value loses nothing.
pub fn cure(name: &str, value: &str) -> Option<&'static str> {
    match name {
        "innodb_doublewrite" => matches!(value, "OFF" | "0").then_some("ON"),
        "sql_mode" => (!value.contains("STRICT_ALL_TABLES")).then_some("STRICT_ALL_TABLES"),
        _ => (value != "1").then_some("1"),
    }
}
