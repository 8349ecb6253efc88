//! PostgreSQL only: the growing tables become partitioned by time.
//!
//! Existing rows stay in place and become the first partition. It extends from the lowest id to a
//! bound, the start of a month. Nothing is copied.
//!
//! Each table gets a constraint with the bound. Then the table is read once, to prove that no row
//! is beyond the bound. Other servers can write during this read (SHARE UPDATE EXCLUSIVE). Then the
//! partitioned table takes the table's place.
//!
//! The table is locked against everything (ACCESS EXCLUSIVE) only briefly: for the constraint
//! before the read, and for the renames after it. Such a lock waits for long reads, and all other
//! queries wait in line after it. So no dump should run during the migration.
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

/// A table whose ids begin with a time, in units of `unit_micros`. `bits_below` other bits follow.
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

/// Minimum time from now to the bound. The migration must end within it: other servers keep writing
/// rows, and a row beyond the bound would be refused.
const HEADROOM: Span = Span::from_days(1);

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Turns the transaction off. In one transaction, the table would stay locked while it is read.
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
    // The existing indexes become parts of the new table's indexes, so no index is built.
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
    /// The first possible id of a month. The month begins more than `HEADROOM` after now, and more
    /// than `HEADROOM` after the time in the last id.
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
    row.ok_or_else(|| DbErr::RecordNotFound("the query for the last id returned no row".to_owned()))
}

/// The names and definitions that a query of the catalogue finds.
async fn definitions(manager: &SchemaManager<'_>, query: String) -> Result<Vec<(String, String)>, DbErr> {
    let rows =
        manager.get_connection().query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "name")?, row.try_get("", "definition")?))).collect()
}
