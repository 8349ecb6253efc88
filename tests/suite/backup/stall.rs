//! A database whose writes wait, while it can be read and copied.

use s2s_tests::database::kind;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbErr};

pub struct Stall(DatabaseConnection);

async fn execute(db: &DatabaseConnection, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}

impl Stall {
    /// Takes locks that make writes of clicks, conversions and postbacks wait.
    pub async fn begin(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        let locks: &[&str] = match kind() {
            "sqlite" => &["PRAGMA busy_timeout = 30000", "BEGIN IMMEDIATE"],
            "postgres" => &["BEGIN", "LOCK TABLE click, conversion, postback IN SHARE ROW EXCLUSIVE MODE"],
            _ => &["LOCK TABLES click READ, conversion READ, postback READ"],
        };
        // The tables are locked one after the other, and a write may hold the next table's lock.
        // PostgreSQL then ends one of the two transactions.
        while let Err(failed) = execute(&db, locks).await {
            assert!(failed.to_string().contains("deadlock detected"), "{failed}");
            execute(&db, &["ROLLBACK"]).await.unwrap();
        }
        Self(db)
    }

    pub async fn end(self) {
        let unlock = if kind() == "mariadb" { "UNLOCK TABLES" } else { "ROLLBACK" };
        self.0.execute_unprepared(unlock).await.unwrap();
        self.0.close().await.unwrap();
    }
}
