//! The texts of API keys get a column that marks those of sessions of the console. It is null in older
//! rows, which are no sessions.

use sea_orm_migration::{prelude::*, schema::boolean_null};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0032_sessions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the column if the server died before it recorded the migration.
        if manager.has_column("api_key_text", "is_session").await? {
            return Ok(());
        }
        let column = boolean_null("is_session").take();
        manager.alter_table(Table::alter().table("api_key_text").add_column(column).take()).await
    }
}
