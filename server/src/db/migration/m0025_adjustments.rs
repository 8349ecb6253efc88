//! A table: the adjustments of conversions. The conversion's row gets columns for the number of its
//! adjustments and for its standing after the last of them. No row is rewritten: without adjustments,
//! these columns are null.
//!
//! An index finds the conversions by their present status. On SQLite and PostgreSQL, it leaves out
//! approved conversions, so that most conversions cost nothing; a list of approved ones walks the
//! index of all. MariaDB has no partial indexes, and an index of all conversions would cost every
//! sale an entry, so it has none, and its lists walk the index of all as well.
//!
//! On PostgreSQL, no conversion can be written while the index is built, which takes a few seconds
//! for each million conversions.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, small_integer, small_integer_null, string_len, text, uuid,
        var_binary_null,
    },
    sea_orm::DbBackend,
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0025_adjustments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let adjustments = Table::create()
            .table("adjustment")
            .if_not_exists()
            .col(uuid("click_id"))
            .col(big_integer("serial"))
            .col(small_integer("number"))
            .col(uuid("account_id"))
            .col(small_integer("kind"))
            .col(small_integer("status_before"))
            .col(small_integer("status_after"))
            .col(string_len("currency", 3))
            .col(big_integer("value_delta"))
            .col(big_integer("value_after"))
            .col(big_integer("commission_delta"))
            .col(big_integer("commission_after"))
            .col(var_binary_null("external_id", 64))
            .col(big_integer("content"))
            .col(text("remark"))
            .col(big_integer("effective_at"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("click_id").col("serial").col("number"))
            .to_owned();
        manager.create_table(adjustments).await?;
        let columns = ["click_id", "serial", "external_id"];
        create(manager, index("uq_adjustment_external_id", &columns).unique().take()).await?;
        let columns = ["account_id", "created_at", "click_id", "serial", "number"];
        create(manager, index("ix_adjustment_account", &columns)).await?;
        add(manager, small_integer_null("adjustments")).await?;
        add(manager, small_integer_null("current_status")).await?;
        add(manager, big_integer_null("current_value")).await?;
        add(manager, big_integer_null("current_commission")).await?;
        if manager.get_database_backend() == DbBackend::MySql {
            return Ok(());
        }
        if manager.has_index("conversion", "ix_conversion_status").await? {
            return Ok(());
        }
        // `core/conversion/store.rs` repeats the expression and the condition. SeaQuery has no indexes
        // of expressions.
        let index = "CREATE INDEX ix_conversion_status ON conversion \
                     (account_id, (COALESCE(current_status, status)), created_at, click_id, serial) \
                     WHERE COALESCE(current_status, status) <> 2";
        manager.get_connection().execute_unprepared(index).await.map(|_| ())
    }
}

fn index(name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let index = Index::create().name(name).table("adjustment").take();
    columns.iter().fold(index, |mut index, column| index.col(*column).take())
}

async fn create(manager: &SchemaManager<'_>, index: IndexCreateStatement) -> Result<(), DbErr> {
    // MariaDB keeps the index if the server died before it recorded the migration.
    let name = index.get_index_spec().get_name().unwrap_or_default();
    if manager.has_index("adjustment", name).await? {
        return Ok(());
    }
    manager.create_index(index).await
}

async fn add(manager: &SchemaManager<'_>, mut column: ColumnDef) -> Result<(), DbErr> {
    // MariaDB keeps the column if the server died before it recorded the migration.
    if manager.has_column("conversion", column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table("conversion").add_column(column.take()).take()).await
}
