//! The database of a test: an SQLite file, or a new database on the server of `S2S_TESTS_DATABASE`.

pub mod breakable;
pub mod journal;
pub mod server;
pub mod tally;

use std::{path::Path, time::Duration};

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};

/// The variable with the URL of a database on a server, such as
/// `postgres://s2s@127.0.0.1:5433/postgres`. New databases are made on the same server. If the
/// variable is not set, the tests use SQLite.
pub const VARIABLE: &str = "S2S_TESTS_DATABASE";

/// The URL in the variable; `None` for SQLite.
#[expect(clippy::disallowed_methods, reason = "the tests' one variable")]
fn server() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|url| !url.is_empty())
}

/// True for SQLite. Tests that read the database's file or limit its size run on SQLite alone.
pub fn is_a_file() -> bool {
    server().is_none()
}

/// The kind of the tests' database: `sqlite`, `postgres` or `mariadb`.
pub fn kind() -> &'static str {
    match server() {
        None => "sqlite",
        Some(url) if url.starts_with("postgres") => "postgres",
        Some(_) => "mariadb",
    }
}

/// The URL of a new, empty database.
pub async fn fresh(folder: &Path) -> String {
    match server() {
        Some(server) => fresh_on(&server, folder).await,
        None => file(folder),
    }
}

/// The URL of a database in a file of that folder.
pub fn file(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("s2s.db").display())
}

/// Creates an empty database on a server, named after the folder. Returns its URL.
pub async fn fresh_on(server: &str, folder: &Path) -> String {
    let name: String = folder.file_name().unwrap().to_str().unwrap().to_lowercase();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("s2s_{name}");
    execute(server, &format!("CREATE DATABASE {name}")).await;
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{name}")
}

/// Executes a statement on a database.
pub async fn execute(url: &str, statement: &str) {
    let db = connect(url).await;
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

/// Returns whether an SQLite file can be written within a second.
pub async fn is_writable(url: &str) -> bool {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|options| options.busy_timeout(Duration::from_secs(1)));
    let db = Database::connect(options).await.unwrap();
    let is_writable = db.execute_unprepared("BEGIN IMMEDIATE").await.is_ok();
    db.close().await.unwrap();
    is_writable
}

/// The bytes that an SQLite or PostgreSQL database takes on the disk, without PostgreSQL's log.
pub async fn bytes(url: &str) -> u64 {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let files = ["", "-wal", "-shm"].map(|end| std::fs::metadata(format!("{file}{end}")));
        return files.into_iter().flatten().map(|metadata| metadata.len()).sum();
    }
    number(url, "SELECT pg_database_size(current_database()) AS number").await
}

/// Returns the column `number` of the only row that a query finds.
pub async fn number(url: &str, query: &str) -> u64 {
    let db = connect(url).await;
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), query)).await;
    let number: i64 = row.unwrap().unwrap().try_get("", "number").unwrap();
    db.close().await.unwrap();
    u64::try_from(number).unwrap()
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}
