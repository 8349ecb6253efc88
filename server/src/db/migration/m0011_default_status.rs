//! Adds the default status of a conversion code, and renames reasons of held postbacks. Earlier
//! codes approve conversions that come without a status, as they did before.

use sea_orm_migration::{prelude::*, schema::small_integer};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_default_status"
    }
}

const TABLE: &str = "conversion_code";
const COLUMN: &str = "default_status";
/// The stored value of `ConversionStatus::Approved`.
const APPROVED: i16 = 2;
/// Reasons before and after.
const RENAMED: [(&str, &str); 3] = [
    ("UNKNOWN_CONVERSION_CODE", "CONVERSION_CODE_UNKNOWN"),
    ("MISSING_PARAMETER", "PARAMETER_MISSING"),
    ("CLICK_EXPIRED", "ATTRIBUTION_WINDOW_PASSED"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the column if the server died before it recorded the migration.
        if !manager.has_column(TABLE, COLUMN).await? {
            let column = small_integer(COLUMN).default(APPROVED).take();
            manager.alter_table(Table::alter().table(TABLE).add_column(column).take()).await?;
        }
        for (before, after) in RENAMED {
            let rename = Query::update()
                .table("postback")
                .value("reason", after)
                .and_where(Expr::col("reason").eq(before))
                .take();
            manager.execute(rename).await?;
        }
        Ok(())
    }
}
