//! The kind of a database, by its URL.

use sea_orm::DbBackend;

/// The kind of database that a URL names.
pub fn backend(url: &str) -> Option<DbBackend> {
    let (scheme, _) = url.split_once(':')?;
    match scheme {
        "sqlite" => Some(DbBackend::Sqlite),
        "postgres" | "postgresql" => Some(DbBackend::Postgres),
        "mysql" | "mariadb" => Some(DbBackend::MySql),
        _ => None,
    }
}
