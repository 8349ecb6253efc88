//! Adds API keys. Adds request ids to accounts: they identify a repeated request to create an
//! account.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, small_integer, string_len, uuid, var_binary, var_binary_null},
    sea_orm::DbBackend,
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_api_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            var_binary_null("request_id", 64),
            var_binary_null("request_digest", 16),
            big_integer("updated_at").default(0).take(),
        ] {
            manager.alter_table(Table::alter().table("account").add_column(column).take()).await?;
        }
        index(manager, "account", &["request_id"], true).await?;

        let keys = Table::create()
            .table("api_key")
            .col(uuid("id").primary_key())
            .col(uuid("account_id"))
            .col(string_len("name", 100))
            .col(small_integer("scopes"))
            .col(big_integer_null("expires_at"))
            .col(big_integer_null("revoked_at"))
            .col(big_integer_null("rotated_at"))
            .col(big_integer_null("last_used_at"))
            .col(var_binary_null("request_id", 64))
            .col(var_binary("request_digest", 16))
            .col(big_integer("created_at"))
            .to_owned();
        manager.create_table(keys).await?;
        index(manager, "api_key", &["account_id", "id"], false).await?;
        index(manager, "api_key", &["account_id", "request_id"], true).await?;
        if manager.get_database_backend() == DbBackend::MySql {
            // See m0004: a table takes MariaDB's default character set, which may be Latin-1.
            let utf8 = "ALTER TABLE api_key CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
            manager.get_connection().execute_unprepared(utf8).await?;
        }

        let texts = Table::create()
            .table("api_key_text")
            .col(var_binary("hash", 32).primary_key())
            .col(uuid("api_key_id"))
            .col(big_integer_null("expires_at"))
            .col(big_integer("created_at"))
            .to_owned();
        manager.create_table(texts).await?;
        index(manager, "api_key_text", &["api_key_id"], false).await
    }
}

async fn index(
    manager: &SchemaManager<'_>,
    table: &str,
    columns: &[&'static str],
    unique: bool,
) -> Result<(), DbErr> {
    let name = format!("{}_{table}_{}", if unique { "uq" } else { "ix" }, columns.join("_"));
    let mut index = Index::create().name(name).table(Alias::new(table)).to_owned();
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    manager.create_index(index).await
}
