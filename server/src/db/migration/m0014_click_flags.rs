//! Replaces the column that marks the clicks of robots by a column of flags.

use sea_orm_migration::{prelude::*, schema::small_integer};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0014_click_flags"
    }
}

const TABLE: &str = "click";
const FORMER: &str = "bot";
const COLUMN: &str = "flags";
/// The stored flag of robots.
const BOT: i16 = 1;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps what was done if the server died before it recorded the migration.
        if !manager.has_column(TABLE, COLUMN).await? {
            let column = small_integer(COLUMN).default(0).take();
            manager.alter_table(Table::alter().table(TABLE).add_column(column).take()).await?;
        }
        if !manager.has_column(TABLE, FORMER).await? {
            return Ok(());
        }
        let of_robots =
            Query::update().table(TABLE).value(COLUMN, BOT).and_where(Expr::col(FORMER).eq(true)).take();
        manager.execute(of_robots).await?;
        manager.alter_table(Table::alter().table(TABLE).drop_column(FORMER).take()).await
    }
}
