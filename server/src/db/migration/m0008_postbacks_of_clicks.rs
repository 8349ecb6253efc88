//! Finding all postbacks that name a click, not held ones alone: a visitor is erased from all of them.
//!
//! MariaDB's index holds all rows already. Elsewhere postbacks can't be written while the new one is built, some
//! seconds for each million of them.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_postbacks_of_clicks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::MySql {
            return Ok(());
        }
        let (all, held) = ("ix_postback_click", "ix_postback_held_click");
        let all = Index::create().name(all).table("postback").col("account_id").col("click_text").to_owned();
        manager.create_index(all).await?;
        manager.drop_index(Index::drop().name(held).table("postback").to_owned()).await
    }
}
