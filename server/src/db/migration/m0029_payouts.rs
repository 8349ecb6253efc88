//! Three tables: payouts to partners, entries by hand in their ledgers, and the sums of the lines of each
//! partner. A line of the ledger gets columns for the time from which it is due, and for its payout. The
//! lines that are there get their time, and their sums are added up: the ledger is as young as its
//! feature, so that few rows are rewritten.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, string_len, text, uuid, uuid_null, var_binary, var_binary_null},
    sea_orm::DbBackend,
};

/// The number of millionths in a thousand units.
const THOUSAND_MICROS: u32 = 1_000_000_000;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0029_payouts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, big_integer_null("due_at")).await?;
        add(manager, uuid_null("payout_id")).await?;
        let columns = ["partner_id", "payout_id", "due_at", "click_id", "serial", "number"];
        create(manager, "partner_line", "ix_partner_line_payout", &columns, false).await?;
        payouts(manager).await?;
        entries(manager).await?;
        tally(manager).await?;
        fill(manager).await
    }
}

async fn payouts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let payouts = Table::create()
        .table("payout")
        .if_not_exists()
        .col(uuid("id").primary_key())
        .col(uuid("account_id"))
        .col(uuid("partner_id"))
        .col(string_len("currency", 3))
        .col(big_integer("cutoff_at"))
        .col(big_integer("total"))
        .col(big_integer("line_count"))
        .col(text("reference"))
        .col(big_integer("created_at"))
        .col(big_integer_null("paid_at"))
        .col(big_integer_null("canceled_at"))
        .col(var_binary_null("request_id", 64))
        .col(var_binary("request_digest", 16))
        .to_owned();
    manager.create_table(payouts).await?;
    create(manager, "payout", "ix_payout_account", &["account_id", "id"], false).await?;
    create(manager, "payout", "ix_payout_partner", &["partner_id", "id"], false).await?;
    create(manager, "payout", "uq_payout_request_id", &["account_id", "request_id"], true).await
}

async fn entries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let entries = Table::create()
        .table("partner_entry")
        .if_not_exists()
        .col(uuid("id").primary_key())
        .col(uuid("account_id"))
        .col(uuid("partner_id"))
        .col(string_len("currency", 3))
        .col(big_integer("amount"))
        .col(text("note"))
        .col(big_integer("created_at"))
        .col(var_binary_null("request_id", 64))
        .col(var_binary("request_digest", 16))
        .to_owned();
    manager.create_table(entries).await?;
    create(manager, "partner_entry", "ix_partner_entry_partner", &["partner_id", "id"], false).await?;
    let key = ["account_id", "request_id"];
    create(manager, "partner_entry", "uq_partner_entry_request_id", &key, true).await
}

/// The table is read by its primary key alone. On SQLite, such a table needs no separate index of its
/// key.
async fn tally(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut tally = Table::create()
        .table("partner_tally")
        .if_not_exists()
        .col(uuid("account_id"))
        .col(uuid("partner_id"))
        .col(string_len("currency", 3))
        .col(big_integer("pending_thousands"))
        .col(big_integer("pending_micros"))
        .col(big_integer("approved_thousands"))
        .col(big_integer("approved_micros"))
        .primary_key(Index::create().col("partner_id").col("currency"))
        .to_owned();
    if manager.get_database_backend() == DbBackend::Sqlite {
        tally.extra("WITHOUT ROWID");
    }
    manager.create_table(tally).await
}

/// Begins anew if an earlier attempt broke off: MariaDB keeps what it has done.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let operator = if manager.get_database_backend() == DbBackend::MySql { "DIV" } else { "/" };
    let sums = ["pending_delta", "approved_delta"]
        .map(|delta| format!("SUM({delta} {operator} {THOUSAND_MICROS}), SUM({delta} % {THOUSAND_MICROS})"));
    let due = "UPDATE partner_line SET due_at = effective_at WHERE approved_delta <> 0 AND due_at IS NULL";
    let filled = format!(
        "INSERT INTO partner_tally (account_id, partner_id, currency, pending_thousands, pending_micros, \
         approved_thousands, approved_micros) SELECT account_id, partner_id, currency, {} FROM partner_line \
         GROUP BY account_id, partner_id, currency",
        sums.join(", ")
    );
    for statement in [due, "DELETE FROM partner_tally", &filled] {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

// MariaDB keeps index and column if the server died before it recorded the migration.

async fn create(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
    columns: &[&'static str],
    unique: bool,
) -> Result<(), DbErr> {
    if manager.has_index(table, name).await? {
        return Ok(());
    }
    let mut index = Index::create().name(name).table(table).take();
    if unique {
        index.unique();
    }
    manager.create_index(columns.iter().fold(index, |mut index, column| index.col(*column).take())).await
}

async fn add(manager: &SchemaManager<'_>, mut column: ColumnDef) -> Result<(), DbErr> {
    if manager.has_column("partner_line", column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table("partner_line").add_column(column.take()).take()).await
}
