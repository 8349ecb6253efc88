//! Adds the time at which a click id key ends, and the request id of the rotation that made it.
//! Earlier keys have no end.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, var_binary_null},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0016_click_id_keys"
    }
}

const TABLE: &str = "click_id_key";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("ends_at", big_integer_null("ends_at").take()),
            ("request_id", var_binary_null("request_id", 64).take()),
        ];
        for (name, column) in columns {
            // MariaDB keeps the column if the server died before it recorded the migration.
            if !manager.has_column(TABLE, name).await? {
                manager.alter_table(Table::alter().table(TABLE).add_column(column).take()).await?;
            }
        }
        Ok(())
    }
}
