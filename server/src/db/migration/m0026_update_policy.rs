//! Adds a column to `conversion_code`: what a later postback of a recorded conversion may change.
//! Codes that exist already keep their behaviour: nothing.

use sea_orm_migration::{prelude::*, schema::small_integer};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0026_update_policy"
    }
}

/// `UpdatePolicy::None`.
const NONE: i16 = 1;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the column if the server died before it recorded the migration.
        if manager.has_column("conversion_code", "update_policy").await? {
            return Ok(());
        }
        let policy = small_integer("update_policy").default(NONE).take();
        manager.alter_table(Table::alter().table("conversion_code").add_column(policy).take()).await
    }
}
