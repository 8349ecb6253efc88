//! A table: the keys that make the hashes of visitors, one for each UTC day. They are deleted after
//! two days.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, var_binary},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0024_visitor_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Table::create()
            .table("visitor_key")
            .if_not_exists()
            .col(big_integer("day").primary_key())
            .col(var_binary("secret", 32))
            .to_owned();
        manager.create_table(keys).await
    }
}
