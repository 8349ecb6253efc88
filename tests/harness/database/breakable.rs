//! A database that can be taken away and given back: a server that is killed, or an SQLite file
//! that is locked, so that writes hang.

use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};

use super::{file, fresh_on, kind, server::DatabaseServer};

pub struct Breakable {
    /// The URL of an empty database.
    pub url: String,
    server: Option<DatabaseServer>,
    lock: Option<DatabaseConnection>,
}

impl Breakable {
    /// Starts a database of the tests' kind. SQLite puts its file into `folder`.
    pub async fn start(folder: &Path) -> Self {
        Self::start_kind(kind(), folder).await
    }

    /// Starts a `sqlite`, `postgres` or `mariadb` database. SQLite puts its file into `folder`.
    pub async fn start_kind(kind: &str, folder: &Path) -> Self {
        if kind == "sqlite" {
            return Self { url: file(folder), server: None, lock: None };
        }
        let server = DatabaseServer::start(kind).await;
        Self { url: fresh_on(&server.url, folder).await, server: Some(server), lock: None }
    }

    pub async fn take_away(&mut self) {
        if let Some(server) = &mut self.server {
            server.kill();
            return;
        }
        let mut options = ConnectOptions::new(&self.url);
        options.max_connections(1).sqlx_logging(false);
        let lock = Database::connect(options).await.unwrap();
        lock.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
        self.lock = Some(lock);
    }

    pub async fn give_back(&mut self) {
        if let Some(server) = &mut self.server {
            server.restart().await;
        }
        if let Some(lock) = self.lock.take() {
            lock.execute_unprepared("ROLLBACK").await.unwrap();
            lock.close().await.unwrap();
        }
    }
}
