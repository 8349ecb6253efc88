//! Adds the decimal separator to conversion codes. Existing codes with a preset are set to `POINT`,
//! because networks write a decimal point.

use sea_orm_migration::{prelude::*, schema::small_integer};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0013_decimal_separator"
    }
}

const TABLE: &str = "conversion_code";
const COLUMN: &str = "decimal_separator";
/// Stored values of `DecimalSeparator`.
const AUTO: i16 = 1;
const POINT: i16 = 2;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB can't roll back `ALTER TABLE`. If this program died before it recorded the
        // migration, the column exists already.
        if !manager.has_column(TABLE, COLUMN).await? {
            let column = small_integer(COLUMN).default(AUTO).take();
            manager.alter_table(Table::alter().table(TABLE).add_column(column).take()).await?;
        }
        let of_networks = Query::update()
            .table(TABLE)
            .value(COLUMN, POINT)
            .and_where(Expr::col("preset_id").ne(""))
            .and_where(Expr::col(COLUMN).eq(AUTO))
            .take();
        manager.execute(of_networks).await
    }
}
