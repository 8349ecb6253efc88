//! Finding held postbacks quickly, and matching them by themselves.
//!
//! The indexes hold rows that are held alone, so that what was counted costs nothing.

use sea_orm_migration::{prelude::*, schema::big_integer_null};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_held_postbacks"
    }
}

/// `Verdict::Held`, as it stands in the column.
const HELD: i16 = 5;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter().table("postback").add_column(big_integer_null("match_at")).to_owned();
        manager.alter_table(table).await?;
        for columns in [["account_id", "id"], ["account_id", "click_text"]] {
            let mut index = Index::create()
                .name(format!("ix_postback_held_{}", columns.join("_")))
                .table("postback")
                .and_where(Expr::col("verdict").eq(HELD))
                .to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        let waiting = Index::create()
            .name("ix_postback_match_at")
            .table("postback")
            .col("match_at")
            .and_where(Expr::col("match_at").is_not_null())
            .to_owned();
        manager.create_index(waiting).await
    }
}
