//! Adds a column to `conversion_code`: whether an order id counts once per click or once per code. And
//! a table: the clicks of the orders that count once per code, whose key decides between two servers.
//! Codes that exist already keep their behaviour: once per click.

use sea_orm_migration::{
    prelude::*,
    schema::{small_integer, uuid},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0027_transaction_scope"
    }
}

/// `TransactionScope::PerClick`.
const PER_CLICK: i16 = 1;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let orders = Table::create()
            .table("order_key")
            .if_not_exists()
            .col(uuid("code_id"))
            .col(uuid("order_hash"))
            .col(uuid("click_id"))
            .primary_key(Index::create().col("code_id").col("order_hash"))
            .to_owned();
        manager.create_table(orders).await?;
        // MariaDB keeps index and column if the server died before it recorded the migration.
        if !manager.has_index("order_key", "ix_order_key_click").await? {
            let by_click =
                Index::create().name("ix_order_key_click").table("order_key").col("click_id").take();
            manager.create_index(by_click).await?;
        }
        if manager.has_column("conversion_code", "transaction_scope").await? {
            return Ok(());
        }
        let scope = small_integer("transaction_scope").default(PER_CLICK).take();
        manager.alter_table(Table::alter().table("conversion_code").add_column(scope).take()).await
    }
}
