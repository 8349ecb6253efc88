//! Proof of a postback's sender: the checks and secrets of a conversion code, and a mark on
//! postbacks that passed the checks of their code. Earlier postbacks were not checked and count as
//! passed.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, boolean, small_integer, string_len, var_binary_null},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_postback_authentication"
    }
}

/// The stored value of `CheckMode::Off`.
const OFF: i16 = 1;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let checks = ["secret_check", "signature_check", "address_check", "https_check"];
        let checks = checks.map(|name| small_integer(name).default(OFF).take());
        let texts = [("allowed_addresses", 2_048), ("secret", 64), ("former_secret", 64)];
        let texts = texts.map(|(name, length)| string_len(name, length).default("").take());
        let others = [big_integer_null("former_secret_expires_at"), var_binary_null("secret_request_id", 64)];
        for column in checks.into_iter().chain(texts).chain(others) {
            add(manager, "conversion_code", column).await?;
        }
        add(manager, "postback", boolean("authenticated").default(true).take()).await
    }
}

/// Adds one column. SQLite adds no more than one in a statement.
async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}
