//! The lived time: the time that an installation has lived through, stored in the database as
//! evidence against a wrong clock.
//!
//! While servers run, the lived time advances with the clocks, but by at most three seconds for
//! each second that servers run. So a clock that is briefly ahead can't push the lived time far
//! ahead. An example: the lived time is Monday noon, and a server starts with a clock that shows
//! next year. An hour later the lived time is at most Monday 15:00, and nothing of this week is
//! deleted. Deletion by age relies on the lived time (`core/retention.rs`).
//!
//! The row is also used as a probe: an update of it shows whether the database accepts writes.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use uuid::Uuid;

use super::{Connection, Db, TimedTable};
use crate::values::time::Time;

/// The stored evidence about the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lived {
    /// The lived time: the installation has lived through every time before it.
    pub until: Time,
    /// Conversions of clicks before this time may have been deleted.
    pub forgotten_before: Time,
    /// Clicks before this time may have been deleted.
    pub clicks_deleted_before: Time,
}

const READ: &str = "SELECT lived_up_to, forgotten_before, clicks_deleted_before FROM lived_time WHERE id = 1";
const PROBE: &str = "UPDATE lived_time SET probes = probes + 1 WHERE id = 1";

impl Db {
    /// Reads the lived time.
    ///
    /// The first start, which finds no lived time, stores the time of the newest row of `tables`,
    /// but at most `now`: later rows may come from a wrong clock. Without rows it stores `now`.
    pub async fn lived(&self, now: Time, tables: &[TimedTable]) -> Result<Lived, DbErr> {
        let lived = read(self.reader(), READ).await?;
        if lived.until.micros() > 0 {
            return Ok(lived);
        }
        let mut newest = None;
        for table in tables {
            newest = newest.max(self.newest(*table).await?);
        }
        let first = newest.map_or(now, |newest| newest.min(now));
        self.advance_lived(|stored| Lived { until: stored.until.max(first), ..stored }).await
    }

    async fn newest(&self, table: TimedTable) -> Result<Option<Time>, DbErr> {
        self.first_by_id(table, "DESC").await
    }

    /// The time of the oldest row of a table.
    pub async fn oldest(&self, table: TimedTable) -> Result<Option<Time>, DbErr> {
        self.first_by_id(table, "ASC").await
    }

    async fn first_by_id(&self, table: TimedTable, order: &str) -> Result<Option<Time>, DbErr> {
        let TimedTable { name, id, time_of, .. } = table;
        let query = format!("SELECT {id} AS id FROM {name} ORDER BY {id} {order} LIMIT 1");
        let row = self.reader().query_one_raw(Statement::from_string(self.backend(), query)).await?;
        let id: Option<Uuid> = row.map(|row| row.try_get("", "id")).transpose()?;
        Ok(id.map(time_of))
    }

    /// Updates the stored evidence. `advance` maps the old value to the new one, while a lock keeps
    /// other servers from doing the same.
    pub async fn advance_lived(&self, advance: impl FnOnce(Lived) -> Lived) -> Result<Lived, DbErr> {
        let txn = self.begin().await?;
        let lock = if self.backend() == DbBackend::Sqlite { "" } else { " FOR UPDATE" };
        let lived = advance(read(&txn, &format!("{READ}{lock}")).await?);
        write(&txn, lived).await?;
        txn.commit().await?;
        Ok(lived)
    }

    /// The time of the database's own clock; `None` on SQLite, which has this machine's clock.
    pub async fn time(&self) -> Result<Option<Time>, DbErr> {
        let query = match self.backend() {
            DbBackend::Postgres => "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint AS now",
            DbBackend::MySql => "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED) AS now",
            _ => return Ok(None),
        };
        let row = self.reader().query_one_raw(Statement::from_string(self.backend(), query)).await?;
        Ok(row.map(|row| row.try_get("", "now")).transpose()?.map(Time::from_micros))
    }

    /// Returns whether the database answers and accepts writes. Returns false if a write was
    /// refused since the previous call of this function. If the last write was refused before that
    /// call, a probe must succeed.
    pub async fn serves(&self) -> bool {
        let refused = self.writes.were_refused();
        self.reader().execute_unprepared("SELECT 1").await.is_ok()
            && (!self.writes.are_refused() || self.probe().await.is_ok())
            && !refused
    }

    async fn probe(&self) -> Result<(), DbErr> {
        let txn = self.begin().await?;
        txn.execute_unprepared(PROBE).await?;
        txn.commit().await
    }
}

/// Reads the lived time as it is stored.
pub async fn stored(db: &impl ConnectionTrait) -> Result<Lived, DbErr> {
    read(db, READ).await
}

async fn read(db: &impl ConnectionTrait, query: &str) -> Result<Lived, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), query)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the row of lived_time".to_owned()))?;
    let time = |row: &QueryResult, name| row.try_get("", name).map(Time::from_micros);
    Ok(Lived {
        until: time(&row, "lived_up_to")?,
        forgotten_before: time(&row, "forgotten_before")?,
        clicks_deleted_before: time(&row, "clicks_deleted_before")?,
    })
}

async fn write(txn: &Connection, lived: Lived) -> Result<(), DbErr> {
    let Lived { until, forgotten_before, clicks_deleted_before } = lived;
    let (until, forgotten_before) = (until.micros(), forgotten_before.micros());
    let clicks_deleted_before = clicks_deleted_before.micros();
    let update = format!(
        "UPDATE lived_time SET lived_up_to = {until}, forgotten_before = {forgotten_before}, \
         clicks_deleted_before = {clicks_deleted_before} WHERE id = 1"
    );
    txn.execute_unprepared(&update).await.map(|_| ())
}
