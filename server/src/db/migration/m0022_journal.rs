//! Two tables: the journal, in which each commit tells what it wrote, and its lanes.
//!
//! A server of an older version writes nothing into the journal, so its rows would be in no total and
//! no stream. That is why one column of each table gets another name: the inserts of older servers
//! name it, and fail from now on. No row is rewritten. An edge keeps what its core can't insert in
//! its spool. An older server that still runs deletes no rows either, because it can't read the lived
//! time.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, blob, custom, small_integer},
    sea_orm::DbBackend,
};

/// The columns that get another name: table, former name, present name.
const RENAMED: [(&str, &str, &str); 4] = [
    ("click", "key_id", "click_key"),
    ("conversion", "key_id", "click_key"),
    ("postback", "received_at", "arrived_at"),
    ("lived_time", "lived_until", "lived_up_to"),
];

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0022_journal"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let lanes = Table::create()
            .table("lane")
            .if_not_exists()
            .col(big_integer("id").primary_key())
            .col(big_integer("opened_at"))
            .col(big_integer_null("closed_seq"))
            .to_owned();
        manager.create_table(lanes).await?;
        // A `BLOB` of MariaDB would be too short for a large commit.
        let entries = if manager.get_database_backend() == DbBackend::MySql {
            custom("entries", "mediumblob").not_null().take()
        } else {
            blob("entries")
        };
        let journal = Table::create()
            .table("journal")
            .if_not_exists()
            .col(big_integer("lane"))
            .col(big_integer("seq"))
            .col(small_integer("kind"))
            .col(big_integer("at"))
            .col(entries)
            .primary_key(Index::create().col("lane").col("seq"))
            .to_owned();
        manager.create_table(journal).await?;
        for (table, former, present) in RENAMED {
            // MariaDB keeps the new name if the server died before it recorded the migration.
            if !manager.has_column(table, present).await? {
                let renamed = Table::alter().table(table).rename_column(former, present).take();
                manager.alter_table(renamed).await?;
            }
        }
        Ok(())
    }
}
