//! MariaDB only: texts in UTF-8, compared byte by byte, and long enough.
//!
//! Tables of MariaDB take its default character set, which may be Latin-1, and a `TEXT` column
//! holds at most 64 KiB. PostgreSQL and SQLite need no change.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_mysql_texts"
    }
}

const TABLES: [&str; 6] = ["account", "conversion_code", "tracking_link", "click", "conversion", "postback"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::MySql {
            return Ok(());
        }
        let db = manager.get_connection();
        for table in TABLES {
            let utf8 = format!("ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
            db.execute_unprepared(&utf8).await?;
        }
        let long = "ALTER TABLE conversion MODIFY custom_params MEDIUMTEXT NOT NULL";
        db.execute_unprepared(long).await?;
        Ok(())
    }
}
