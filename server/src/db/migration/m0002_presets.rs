//! The preset of a conversion code, and the status word of a conversion as received.

use sea_orm_migration::{prelude::*, schema::string_len};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_presets"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("conversion_code", "preset_id"), ("conversion", "status_word")] {
            let column = string_len(column, 64).default("").take();
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        Ok(())
    }
}
