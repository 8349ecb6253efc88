//! Adds the times at which codes and links were archived, and the slugs that no link has any more.
//! Codes and links that were archived before have no such time.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, uuid, var_binary},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0015_archive_times"
    }
}

const COLUMN: &str = "archived_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["conversion_code", "tracking_link"] {
            // MariaDB keeps the column if the server died before it recorded the migration.
            if !manager.has_column(table, COLUMN).await? {
                let column = big_integer_null(COLUMN).take();
                manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
            }
        }
        let slugs = Table::create()
            .table("freed_slug")
            .if_not_exists()
            .col(var_binary("slug", 64).primary_key())
            .col(uuid("account_id"))
            .take();
        manager.create_table(slugs).await
    }
}
