//! Two tables: the held postbacks of strangers with the bytes that they take, and the networks from
//! which postbacks of a code have counted. A stranger is a sender that has proved nothing.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string_len, uuid},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0017_strangers"
    }
}

const STRANGERS: &str = "stranger_postback";
const BY_NETWORK: &str = "ix_stranger_postback_network_postback_id";
const SENDERS: &str = "known_sender";
/// Longest text of a network, in characters: an IPv6 address with the length of its prefix.
const NETWORK_CHARS: u32 = 43;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let strangers = Table::create()
            .table(STRANGERS)
            .if_not_exists()
            .col(uuid("postback_id").primary_key())
            .col(string_len("network", NETWORK_CHARS))
            .col(big_integer("bytes"))
            .to_owned();
        manager.create_table(strangers).await?;
        // MariaDB keeps the index if the server died before it recorded the migration.
        if !manager.has_index(STRANGERS, BY_NETWORK).await? {
            let index = Index::create()
                .name(BY_NETWORK)
                .table(STRANGERS)
                .col("network")
                .col("postback_id")
                .to_owned();
            manager.create_index(index).await?;
        }
        let senders = Table::create()
            .table(SENDERS)
            .if_not_exists()
            .col(uuid("conversion_code_id"))
            .col(string_len("network", NETWORK_CHARS))
            .col(big_integer("counted_at"))
            .primary_key(Index::create().col("conversion_code_id").col("network"))
            .to_owned();
        manager.create_table(senders).await
    }
}
