//! The tallies: totals of clicks and conversions by quarter hour, and the numbers up to which the
//! journal is in them.
//!
//! A sum of amounts is in two columns, whole thousands and the rest in millionths, because ten of
//! the largest amounts would exceed a column of 64 bits.
//!
//! Rows from before the journal (m0022) are added up here, once. Nobody can write meanwhile: older
//! servers can't, and newer ones wait for the migration.

mod backfill;

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer, small_integer, string_len, uuid},
    sea_orm::DbBackend,
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0023_tallies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "lane", "folded_seq").await?;
        add(manager, "lived_time", "clicks_deleted_before").await?;
        let clicks = Table::create()
            .table("tally")
            .if_not_exists()
            .col(uuid("account_id"))
            .col(uuid("link_id"))
            .col(integer("quarter"))
            .col(big_integer("clicks"))
            .col(big_integer("bots"))
            .col(big_integer("prefetches"))
            .col(big_integer("previews"))
            .primary_key(Index::create().col("link_id").col("quarter"))
            .to_owned();
        create(manager, clicks).await?;
        // There are no partners yet, so `partner_id` is always the nil id. A later version needs no
        // other key, which SQLite could not change.
        let key = ["link_id", "code_id", "partner_id", "currency", "status", "basis", "quarter"];
        let conversions = Table::create()
            .table("conversion_tally")
            .if_not_exists()
            .col(uuid("account_id"))
            .col(uuid("link_id"))
            .col(uuid("code_id"))
            .col(uuid("partner_id"))
            .col(string_len("currency", 3))
            .col(small_integer("status"))
            .col(small_integer("basis"))
            .col(integer("quarter"))
            .col(big_integer("conversions"))
            .col(big_integer("value_thousands"))
            .col(big_integer("value_micros"))
            .col(big_integer("commission_thousands"))
            .col(big_integer("commission_micros"))
            .primary_key(
                &mut key.into_iter().fold(Index::create(), |mut index, column| index.col(column).take()),
            )
            .to_owned();
        create(manager, conversions).await?;
        backfill::fill(manager).await
    }
}

/// Creates a table that is read by its primary key alone. On SQLite, such a table needs no separate
/// index of its key.
async fn create(manager: &SchemaManager<'_>, mut table: TableCreateStatement) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    manager.create_table(table).await
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: &'static str) -> Result<(), DbErr> {
    // MariaDB keeps the column if the server died before it recorded the migration.
    if manager.has_column(table, column).await? {
        return Ok(());
    }
    let column = big_integer(column).default(0).take();
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}
