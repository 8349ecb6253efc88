//! A row of a statement gets a column for the time at which our conversion was recorded. The keys of rows
//! now begin with it, so that keys of rows that follow each other are near each other. The keys of older
//! statements do not, so these statements are deleted: nobody has published a version that makes them.

use sea_orm_migration::{prelude::*, schema::big_integer_null};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0031_statement_places"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // MariaDB keeps the column if the server died before it recorded the migration.
        if !manager.has_column("statement_row", "our_recorded_at").await? {
            let column = big_integer_null("our_recorded_at").take();
            let table = Table::alter().table("statement_row").add_column(column).take();
            manager.alter_table(table).await?;
        }
        // Retention deletes the rows of statements without an identity.
        let forget = "UPDATE statement SET identity = NULL WHERE row_count > 0";
        manager.get_connection().execute_unprepared(forget).await.map(drop)
    }
}
