//! Indexes that find held postbacks quickly, and the time of their automatic match.
//!
//! The indexes contain only held rows, so counted postbacks cost nothing. MariaDB has no partial
//! indexes, so its indexes contain all rows.

use sea_orm_migration::{prelude::*, schema::big_integer_null, sea_orm::DbBackend};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_held_postbacks"
    }
}

/// The stored value of `Verdict::Held`.
const HELD: i16 = 5;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter().table("postback").add_column(big_integer_null("match_at")).to_owned();
        manager.alter_table(table).await?;
        let held = Expr::col("verdict").eq(HELD);
        index(manager, "ix_postback_held_id", &["account_id", "verdict", "id"], held.clone()).await?;
        index(manager, "ix_postback_held_click", &["account_id", "click_text"], held).await?;
        index(manager, "ix_postback_match_at", &["match_at"], Expr::col("match_at").is_not_null()).await
    }
}

async fn index(
    manager: &SchemaManager<'_>,
    name: &str,
    columns: &[&'static str],
    of: SimpleExpr,
) -> Result<(), DbErr> {
    let mut index = Index::create().name(name).table("postback").to_owned();
    for column in columns {
        index.col(*column);
    }
    if manager.get_database_backend() != DbBackend::MySql {
        index.and_where(of);
    }
    manager.create_index(index).await
}
