//! The time that an installation has lived through, in one row; see `db/lived`.
//!
//! The migration can run again after an interruption, because MariaDB does not roll back changes of
//! tables.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, small_integer},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0010_lived_time"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("lived_time")
            .if_not_exists()
            .col(small_integer("id").primary_key())
            .col(big_integer("lived_until"))
            .col(big_integer("forgotten_before"))
            .col(big_integer("probes"))
            .to_owned();
        manager.create_table(table).await?;
        let row = "INSERT INTO lived_time (id, lived_until, forgotten_before, probes) \
                   SELECT 1, 0, 0, 0 FROM (SELECT 1 AS one) AS ones WHERE NOT EXISTS (SELECT 1 FROM lived_time)";
        manager.get_connection().execute_unprepared(row).await?;
        Ok(())
    }
}
