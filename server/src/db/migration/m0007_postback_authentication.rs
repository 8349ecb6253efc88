//! How senders of postbacks prove themselves: the checks and secrets of a conversion code; and whether a
//! postback passed its code's checks. Those that came before were not checked, and pass.

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

/// `CheckMode::Off`, as it stands in the columns.
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

/// One column in each statement: SQLite takes no more.
async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}
