//! An index that finds conversions by their transaction id.
//!
//! A conversion's dedupe key holds the transaction id, if one came, after the letter `t`. The index
//! contains only those conversions, so a conversion without a transaction id costs nothing. MariaDB
//! has no partial indexes, so its index contains all rows.
//!
//! On PostgreSQL, no conversion can be written while the index is built, which takes a few seconds
//! for each million conversions.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0020_order_index"
    }
}

const TABLE: &str = "conversion";
const INDEX: &str = "ix_conversion_transaction";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the index if the server died before it recorded the migration.
        if manager.has_index(TABLE, INDEX).await? {
            return Ok(());
        }
        let mut index = Index::create().name(INDEX).table(TABLE).col("dedupe_key").to_owned();
        // `core/conversion/store.rs` repeats these conditions.
        match manager.get_database_backend() {
            DbBackend::Postgres => index.and_where(Expr::cust("dedupe_key >= 't' AND dedupe_key < 'u'")),
            DbBackend::MySql => &mut index,
            _ => index.and_where(Expr::cust("dedupe_key >= x'74' AND dedupe_key < x'75'")),
        };
        manager.create_index(index).await
    }
}
