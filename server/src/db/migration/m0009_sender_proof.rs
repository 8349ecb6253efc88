//! Adds a column with the checks of the sender that a postback passed on arrival, in every mode.
//! Earlier postbacks have NULL; `core/postback/proof.rs` interprets it.

use sea_orm_migration::{prelude::*, schema::small_integer_null};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0009_sender_proof"
    }
}

const TABLE: &str = "postback";
const COLUMN: &str = "checks_passed";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the column if the server died before it recorded the migration.
        if manager.has_column(TABLE, COLUMN).await? {
            return Ok(());
        }
        let add = Table::alter().table(TABLE).add_column(small_integer_null(COLUMN)).take();
        manager.alter_table(add).await
    }
}
