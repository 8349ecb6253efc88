//! Three tables: statements of networks, their rows, and the keys by which rows are found. On MariaDB, the
//! tables with texts of people get UTF-8, compared byte by byte, as older tables have (`m0004_mysql_texts`):
//! they had the default of the database, which may be Latin-1.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, integer, small_integer, small_integer_null, string, string_len,
        string_len_null, text, uuid, uuid_null, var_binary, var_binary_null,
    },
    sea_orm::DbBackend,
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0030_statements"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        statements(manager).await?;
        rows(manager).await?;
        keys(manager).await?;
        texts(manager).await
    }
}

const WITH_TEXTS: [&str; 6] =
    ["adjustment", "partner", "partner_entry", "payout", "statement", "statement_row"];

async fn texts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::MySql {
        return Ok(());
    }
    for table in WITH_TEXTS {
        let utf8 = format!("ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        manager.get_connection().execute_unprepared(&utf8).await?;
    }
    Ok(())
}

async fn statements(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let statements = Table::create()
        .table("statement")
        .if_not_exists()
        .col(uuid("id").primary_key())
        .col(uuid("account_id"))
        .col(var_binary_null("identity", 16))
        .col(uuid("code_id"))
        .col(string_len("name", 100))
        .col(var_binary("file_digest", 32))
        .col(big_integer("starts_at"))
        .col(big_integer("ends_at"))
        .col(string_len("zone", 64))
        .col(integer("row_count"))
        .col(integer("our_count"))
        .col(small_integer("state"))
        .col(var_binary("position", 32))
        .col(big_integer("resolutions"))
        .col(big_integer("created_at"))
        .to_owned();
    manager.create_table(statements).await?;
    create(manager, "statement", "ix_statement_account", &["account_id", "id"], false).await?;
    create(manager, "statement", "uq_statement_identity", &["account_id", "identity"], true).await?;
    // Deleted statements have no identity.
    create(manager, "statement", "ix_statement_identity", &["identity"], false).await
}

async fn rows(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let rows = Table::create()
        .table("statement_row")
        .if_not_exists()
        .col(uuid("statement_id"))
        .col(integer("number"))
        .col(small_integer("outcome"))
        .col(string("transaction_id"))
        .col(string("click_text"))
        .col(string_len_null("their_currency", 3))
        .col(big_integer_null("their_value"))
        .col(big_integer_null("their_commission"))
        .col(small_integer_null("their_status"))
        .col(big_integer_null("their_at"))
        .col(uuid_null("click_id"))
        .col(big_integer_null("serial"))
        .col(string_len_null("our_currency", 3))
        .col(big_integer_null("our_value"))
        .col(big_integer_null("our_commission"))
        .col(small_integer_null("our_status"))
        .col(uuid_null("postback_id"))
        .col(string_len_null("reason", 64))
        .col(small_integer_null("action"))
        .col(text("note"))
        .col(big_integer_null("resolved_at"))
        .primary_key(Index::create().col("statement_id").col("number"))
        .to_owned();
    manager.create_table(rows).await?;
    let columns = ["statement_id", "outcome", "number"];
    create(manager, "statement_row", "ix_statement_row_outcome", &columns, false).await
}

/// The table is read by its primary key alone. On SQLite, such a table needs no separate index of its
/// key.
async fn keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut keys = Table::create()
        .table("statement_key")
        .if_not_exists()
        .col(uuid("statement_id"))
        .col(uuid("name"))
        .col(integer("number"))
        .primary_key(Index::create().col("statement_id").col("name").col("number"))
        .to_owned();
    if manager.get_database_backend() == DbBackend::Sqlite {
        keys.extra("WITHOUT ROWID");
    }
    manager.create_table(keys).await
}

// MariaDB keeps the table if the server died before it recorded the migration.

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
