//! Adds the column that tells whether a postback was cut to the limits. For earlier postbacks, the
//! column is filled from the reason for which they are held.

use sea_orm_migration::{prelude::*, schema::boolean};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0012_cut_postbacks"
    }
}

const TABLE: &str = "postback";
const COLUMN: &str = "cut";
const REASON_OF_CUT: &str = "REQUEST_TOO_LARGE";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the column if the server died before it recorded the migration.
        if !manager.has_column(TABLE, COLUMN).await? {
            let column = boolean(COLUMN).default(false).take();
            manager.alter_table(Table::alter().table(TABLE).add_column(column).take()).await?;
        }
        let told = Query::update()
            .table(TABLE)
            .value(COLUMN, true)
            .and_where(Expr::col("reason").eq(REASON_OF_CUT))
            .take();
        manager.execute(told).await
    }
}
