//! PostgreSQL only: the growing tables become partitioned by time.
//!
//! Existing rows stay in place and become the first partition, from the lowest id to the start of a
//! month. Nothing is copied. Each table is read once, to prove that no row is beyond that
//! bound; other servers can write meanwhile (SHARE UPDATE EXCLUSIVE). Only then is the table locked
//! against everything (ACCESS EXCLUSIVE), for the moment of the renames. That lock waits for long
//! reads, and all other queries wait in line after it. So no dump should run meanwhile.
//!
//! Each table is changed separately. If the server dies in between, the next start continues.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager,
    sea_orm::{ConnectionTrait as _, DbBackend, DbErr, QueryResult, Statement},
};
use uuid::Uuid;

use crate::{
    db::Month,
    values::time::{Span, Time},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_partitions"
    }
}

/// A table whose id begins with a time, in units of `unit_micros`, above `bits_below` other bits.
struct Hot {
    table: &'static str,
    id: &'static str,
    unit_micros: i64,
    bits_below: u32,
}

const TABLES: [Hot; 3] = [
    Hot { table: "click", id: "click_id", unit_micros: 10_000, bits_below: 88 },
    Hot { table: "conversion", id: "click_id", unit_micros: 10_000, bits_below: 88 },
    Hot { table: "postback", id: "id", unit_micros: 1_000, bits_below: 80 },
];

/// Shortest time until the bound. Exceeds the duration of the migration, because other servers keep
/// writing.
const HEADROOM: Span = Span::from_days(1);

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Turns the transaction off: the proof of the bound must not be in the transaction that locks.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        for hot in &TABLES {
            let plain = format!(
                "SELECT relname AS name, relkind::text AS definition FROM pg_class \
                 WHERE oid = '{}'::regclass AND relkind = 'r'",
                hot.table
            );
            if !definitions(manager, plain).await?.is_empty() {
                partition(manager, hot).await?;
            }
        }
        Ok(())
    }
}

async fn partition(manager: &SchemaManager<'_>, hot: &Hot) -> Result<(), DbErr> {
    let Hot { table, id, .. } = hot;
    let bound = hot.bound(manager).await?;
    let db = manager.get_connection();
    for prove in [
        format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_bound"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {table}_bound CHECK ({id} < '{bound}') NOT VALID"),
        format!("ALTER TABLE {table} VALIDATE CONSTRAINT {table}_bound"),
    ] {
        db.execute_unprepared(&prove).await?;
    }

    let key = format!(
        "SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint \
         WHERE conrelid = '{table}'::regclass AND contype = 'p'"
    );
    let indexes = format!(
        "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index \
         WHERE indrelid = '{table}'::regclass AND NOT indisprimary"
    );
    let (keys, indexes) = (definitions(manager, key).await?, definitions(manager, indexes).await?);
    let mut change = vec![format!("ALTER TABLE {table} RENAME TO {table}_before")];
    let names = keys.iter().chain(&indexes).map(|(name, _)| name);
    change.extend(names.map(|name| format!("ALTER INDEX {name} RENAME TO {name}_before")));
    change.push(format!(
        "CREATE TABLE {table} (LIKE {table}_before INCLUDING ALL EXCLUDING CONSTRAINTS EXCLUDING INDEXES) \
         PARTITION BY RANGE ({id})"
    ));
    // The existing indexes become parts of the new table's indexes; none is built.
    change.extend(keys.iter().map(|(name, key)| format!("ALTER TABLE {table} ADD CONSTRAINT {name} {key}")));
    change.extend(indexes.into_iter().map(|(_, definition)| definition));
    change.push(format!(
        "ALTER TABLE {table} ATTACH PARTITION {table}_before FOR VALUES FROM (MINVALUE) TO ('{bound}')"
    ));
    change.push(format!("ALTER TABLE {table}_before DROP CONSTRAINT {table}_bound"));
    let locked = manager.begin().await?;
    for statement in change {
        locked.get_connection().execute_unprepared(&statement).await?;
    }
    locked.commit().await
}

impl Hot {
    /// The first id of a month that is far enough ahead, and beyond every row.
    async fn bound(&self, manager: &SchemaManager<'_>) -> Result<Uuid, DbErr> {
        let Self { table, id, unit_micros, bits_below } = self;
        let query = format!(
            "SELECT (extract(epoch FROM now()) * 1000000)::bigint AS now, \
             (SELECT {id} FROM {table} ORDER BY {id} DESC LIMIT 1) AS last"
        );
        let row = query_one(manager, query).await?;
        let (now, last): (i64, Option<Uuid>) = (row.try_get("", "now")?, row.try_get("", "last")?);
        let last = last.map_or(0, |last| last.as_u128() >> bits_below);
        let last = i64::try_from(last).unwrap_or(i64::MAX).saturating_mul(*unit_micros);
        let month = Month::of(Time::from_micros(now.max(last)).plus(HEADROOM)).plus(1);
        let units = u128::try_from(month.start().micros() / unit_micros).unwrap_or_default();
        Ok(Uuid::from_u128(units << bits_below))
    }
}

async fn query_one(manager: &SchemaManager<'_>, query: String) -> Result<QueryResult, DbErr> {
    let row =
        manager.get_connection().query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("a row of what is in the table".to_owned()))
}

/// The names and definitions that a query of the catalogue finds.
async fn definitions(manager: &SchemaManager<'_>, query: String) -> Result<Vec<(String, String)>, DbErr> {
    let rows =
        manager.get_connection().query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "name")?, row.try_get("", "definition")?))).collect()
}
