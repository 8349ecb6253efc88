//! An index that finds all postbacks of a click, not only held ones, because a visitor must be
//! erased from all of them.
//!
//! MariaDB's index contains all rows already. On the other databases, no postback can be written
//! while the new index is built, which takes a few seconds for each million postbacks.

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
