//! Adds the column that tells whether an edge passed a postback on. Earlier postbacks count as
//! passed on by an edge, because nothing tells their callers apart.

use sea_orm_migration::{prelude::*, schema::boolean};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0019_postbacks_of_edges"
    }
}

const TABLE: &str = "postback";
const COLUMN: &str = "from_edge";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the column if the server died before it recorded the migration.
        if manager.has_column(TABLE, COLUMN).await? {
            return Ok(());
        }
        let column = boolean(COLUMN).default(true).take();
        manager.alter_table(Table::alter().table(TABLE).add_column(column).take()).await
    }
}
