//! All tables of the first version.
//!
//! Permanent invariants: the hot tables `click`, `conversion` and `postback` have no foreign keys.
//! Every unique index of `click` and `conversion`, primary keys included, contains the click id.
//! Rows carry the ids to which they were attributed. Keys that are compared byte by byte are binary
//! columns. Money and time are 64-bit integers.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, blob, boolean, small_integer, string_len, string_len_null, text, uuid,
        var_binary, var_binary_null,
    },
};

use crate::values::id::AccountId;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        accounts(manager).await?;
        conversion_codes(manager).await?;
        tracking_links(manager).await?;
        clicks(manager).await?;
        conversions(manager).await?;
        postbacks(manager).await
    }
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("account")
        .col(uuid("id").primary_key())
        .col(string_len("name", 100))
        .col(big_integer("created_at"))
        .to_owned();
    manager.create_table(table).await?;
    let default = Query::insert()
        .into_table("account")
        .columns(["id", "name", "created_at"])
        .values_panic([AccountId::DEFAULT.0.into(), "default".into(), 0_i64.into()])
        .to_owned();
    manager.execute(default).await?;
    Ok(())
}

async fn conversion_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("conversion_code")
        .col(uuid("id").primary_key())
        .col(uuid("account_id"))
        .col(string_len("name", 100))
        .col(string_len("default_currency", 3))
        .col(big_integer("attribution_window"))
        .col(small_integer("dedupe_policy"))
        .col(small_integer("reply_mode"))
        .col(string_len("reply_text", 200))
        .col(boolean("archived"))
        .col(var_binary_null("request_id", 64))
        .col(var_binary("request_digest", 16))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "conversion_code", &["account_id", "created_at", "id"], false).await?;
    index(manager, "conversion_code", &["account_id", "request_id"], true).await
}

async fn tracking_links(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("tracking_link")
        .col(uuid("id").primary_key())
        .col(uuid("account_id"))
        .col(var_binary("slug", 64))
        .col(big_integer("link_key"))
        .col(string_len("destination", 2_048))
        .col(text("conversion_code_ids"))
        .col(text("tags"))
        .col(small_integer("redirect_kind"))
        .col(boolean("query_pass_through"))
        .col(big_integer_null("expires_at"))
        .col(string_len("fallback_destination", 2_048))
        .col(boolean("archived"))
        .col(var_binary_null("request_id", 64))
        .col(var_binary("request_digest", 16))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "tracking_link", &["slug"], true).await?;
    index(manager, "tracking_link", &["link_key"], true).await?;
    index(manager, "tracking_link", &["account_id", "id"], false).await?;
    index(manager, "tracking_link", &["account_id", "request_id"], true).await
}

async fn clicks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let keys = Table::create()
        .table("click_id_key")
        .col(small_integer("key_id").primary_key())
        .col(var_binary("secret", 32))
        .col(big_integer("created_at"))
        .to_owned();
    manager.create_table(keys).await?;
    let table = Table::create()
        .table("click")
        .col(uuid("click_id").primary_key())
        .col(small_integer("key_id"))
        .col(uuid("account_id"))
        .col(uuid("link_id"))
        .col(text("sub_ids"))
        .col(text("query"))
        .col(text("referrer"))
        .col(text("user_agent"))
        .col(string_len("address", 45))
        .col(boolean("bot"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "click", &["link_id", "click_id"], false).await
}

async fn conversions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("conversion")
        .col(uuid("click_id"))
        .col(uuid("code_id"))
        .col(var_binary("dedupe_key", 256))
        .col(big_integer("serial"))
        .col(small_integer("key_id"))
        .col(uuid("account_id"))
        .col(uuid("link_id"))
        .col(string_len("currency", 3))
        .col(big_integer("value"))
        .col(big_integer("commission"))
        .col(big_integer_null("commission_percent"))
        .col(small_integer("status"))
        .col(text("custom_params"))
        .col(big_integer("converted_at"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col("click_id").col("code_id").col("dedupe_key"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "conversion", &["account_id", "created_at", "click_id", "serial"], false).await
}

async fn postbacks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("postback")
        .col(uuid("id").primary_key())
        .col(uuid("account_id"))
        .col(string_len("method", 16))
        .col(blob("target"))
        .col(string_len("content_type", 255))
        .col(blob("body"))
        .col(string_len("address", 45))
        .col(text("user_agent"))
        .col(big_integer("received_at"))
        .col(small_integer("verdict"))
        .col(string_len_null("reason", 64))
        .col(text("message"))
        .col(text("notes"))
        .col(string_len("code_text", 64))
        .col(string_len("click_text", 64))
        .col(string_len("conversion_id", 64))
        .col(big_integer_null("replayed_at"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "postback", &["account_id", "id"], false).await
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
