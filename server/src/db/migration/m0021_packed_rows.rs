//! Adds the columns in which new rows of `click` and `postback` hold their texts in a short form.
//!
//! No row is rewritten. Rows from older versions keep their texts in a column for each text, and
//! their `packed` is empty. On SQLite and PostgreSQL, no postback can be written while the index of
//! the older postbacks is built anew, which takes a few seconds for each million of them.
//!
//! A server of an older version can't read the new rows: it sees clicks and postbacks without
//! texts. So do not run older servers on the same database afterwards.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, blob, custom, uuid_null},
    sea_orm::DbBackend,
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0021_packed_rows"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "click", packed(manager)).await?;
        add(manager, "postback", packed(manager)).await?;
        add(manager, "postback", uuid_null("code_id")).await?;
        add(manager, "postback", uuid_null("click_id")).await?;
        add(manager, "postback", big_integer_null("conversion_serial")).await?;
        indexes(manager).await
    }
}

/// The index of new rows by their clicks. The index of older rows keeps only these rows. MariaDB
/// has no partial indexes, so its indexes contain all rows.
async fn indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut new = Index::create().name("ix_postback_click_id").table("postback").col("click_id").to_owned();
    if manager.get_database_backend() == DbBackend::MySql {
        return create(manager, new).await;
    }
    create(manager, new.and_where(Expr::col("click_id").is_not_null()).take()).await?;
    let older = Index::create()
        .name("ix_postback_click_text")
        .table("postback")
        .col("account_id")
        .col("click_text")
        .and_where(Expr::col("click_text").ne(""))
        .take();
    create(manager, older).await?;
    let all = Index::drop().name("ix_postback_click").table("postback").if_exists().to_owned();
    manager.drop_index(all).await
}

async fn create(manager: &SchemaManager<'_>, index: IndexCreateStatement) -> Result<(), DbErr> {
    let name = index.get_index_spec().get_name().unwrap_or_default();
    if manager.has_index("postback", name).await? {
        return Ok(());
    }
    manager.create_index(index).await
}

/// The packed texts. A `BLOB` of MariaDB would be too short for the longest of them.
fn packed(manager: &SchemaManager<'_>) -> ColumnDef {
    let name = "packed";
    let mut column = if manager.get_database_backend() == DbBackend::MySql {
        custom(name, "mediumblob")
    } else {
        blob(name)
    };
    column.default(Vec::<u8>::new()).take()
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    // MariaDB keeps the column if the server died before it recorded the migration.
    if manager.has_column(table, column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}
