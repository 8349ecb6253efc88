//! An index that lists links in the order of their last change, for edges that ask for changed
//! links.

use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0018_changed_links"
    }
}

const TABLE: &str = "tracking_link";
const INDEX: &str = "ix_tracking_link_updated_at_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the index if the server died before it recorded the migration.
        if manager.has_index(TABLE, INDEX).await? {
            return Ok(());
        }
        let index = Index::create().name(INDEX).table(TABLE).col("updated_at").col("id").take();
        manager.create_index(index).await
    }
}
