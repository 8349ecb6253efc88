//! Two tables: the partners who are owed a share of conversions, and the lines that say what they are
//! owed. Tracking links get columns for their partner and its share, and so do conversions, which copy
//! them from their link. An API key gets a column for the partner that it belongs to. No row is rewritten: without a partner, these columns are null, and there are
//! no lines.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, small_integer, string_len, string_len_null, text, uuid, uuid_null,
        var_binary, var_binary_null,
    },
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0028_partners"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let partners = Table::create()
            .table("partner")
            .if_not_exists()
            .col(uuid("id").primary_key())
            .col(uuid("account_id"))
            .col(string_len("name", 100))
            .col(var_binary_null("external_id", 64))
            .col(text("payee"))
            .col(big_integer_null("minimum_payout"))
            .col(string_len_null("payout_currency", 3))
            .col(small_integer("hold_days"))
            .col(small_integer("approve_after_days"))
            .col(big_integer_null("archived_at"))
            .col(var_binary_null("request_id", 64))
            .col(var_binary("request_digest", 16))
            .col(big_integer("created_at"))
            .col(big_integer("updated_at"))
            .to_owned();
        manager.create_table(partners).await?;
        let index = |name, columns: &[&'static str]| index("partner", name, columns);
        create(manager, "partner", index("ix_partner_account", &["account_id", "id"])).await?;
        for (name, column) in
            [("uq_partner_external_id", "external_id"), ("uq_partner_request_id", "request_id")]
        {
            create(manager, "partner", index(name, &["account_id", column]).unique().take()).await?;
        }
        lines(manager).await?;
        add(manager, "api_key", uuid_null("partner_id")).await?;
        for table in ["tracking_link", "conversion"] {
            add(manager, table, uuid_null("partner_id")).await?;
            add(manager, table, big_integer_null("partner_share")).await?;
        }
        Ok(())
    }
}

async fn lines(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let lines = Table::create()
        .table("partner_line")
        .if_not_exists()
        .col(uuid("click_id"))
        .col(big_integer("serial"))
        .col(small_integer("number"))
        .col(uuid("account_id"))
        .col(uuid("partner_id"))
        .col(string_len("currency", 3))
        .col(big_integer("pending_delta"))
        .col(big_integer("approved_delta"))
        .col(big_integer("effective_at"))
        .col(big_integer("created_at"))
        .col(big_integer_null("waiting_since"))
        .primary_key(Index::create().col("click_id").col("serial").col("number"))
        .to_owned();
    manager.create_table(lines).await?;
    let index = |name, columns: &[&'static str]| index("partner_line", name, columns);
    let columns = ["partner_id", "created_at", "click_id", "serial", "number"];
    create(manager, "partner_line", index("ix_partner_line_partner", &columns)).await?;
    let columns = ["partner_id", "waiting_since"];
    create(manager, "partner_line", index("ix_partner_line_waiting", &columns)).await
}

fn index(table: &'static str, name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let index = Index::create().name(name).table(table).take();
    columns.iter().fold(index, |mut index, column| index.col(*column).take())
}

// MariaDB keeps index and column if the server died before it recorded the migration.

async fn create(
    manager: &SchemaManager<'_>,
    table: &'static str,
    index: IndexCreateStatement,
) -> Result<(), DbErr> {
    let name = index.get_index_spec().get_name().unwrap_or_default();
    if manager.has_index(table, name).await? {
        return Ok(());
    }
    manager.create_index(index).await
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, mut column: ColumnDef) -> Result<(), DbErr> {
    if manager.has_column(table, column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table(table).add_column(column.take()).take()).await
}
