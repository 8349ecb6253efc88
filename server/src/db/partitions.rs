//! PostgreSQL only: the partitions by time of the growing tables, one for each month.
//!
//! Writers and readers are never locked out. A partition is created as a separate table and then
//! attached; it is detached concurrently before it is dropped. Attaching and detaching take only
//! SHARE UPDATE EXCLUSIVE on the table. A default partition would forbid both steps in this form,
//! so there is none. Instead the first partition begins with the lowest id, and the last one ends
//! months ahead.
//!
//! An id from a wrong clock may lie beyond the last partition. Before such a row is written,
//! `core::age::make_room` makes partitions up to its time. A row without a partition is refused as
//! in an outage (`errors`).
//!
//! Several servers may try to change the partitions at once; the server with the lock does the
//! work. The next pass continues interrupted work.

use std::fmt;

use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime};
use sea_orm::{
    ConnectionTrait as _, Database, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait as _,
};
use uuid::Uuid;

use super::{Db, PoolKind, options, postgres};
use crate::values::time::Time;

/// Maximum number of partitions made at once. If more months are missing, the first new partition
/// covers several months.
const MONTHS_MAX: u32 = 48;
/// Marks a partition that is being dropped. A partition that an operator detached to keep it has no
/// mark, and is left alone.
const DOOMED: &str = "s2s: older than what is kept";

/// A table that can be partitioned by time, because the ids of its rows begin with a time.
#[derive(Clone, Copy)]
pub struct TimedTable {
    pub name: &'static str,
    /// The column of the id.
    pub id: &'static str,
    /// Returns the lowest id of a time.
    pub first_id: fn(Time) -> Uuid,
    /// Returns the time at the beginning of an id.
    pub time_of: fn(Uuid) -> Time,
}

impl Db {
    /// Makes the missing partitions up to the month of `until`. Returns the time up to which
    /// partitions exist afterwards; `None` if the database has no partitions, or while another
    /// server has the lock.
    pub async fn make_partitions(&self, until: Time, tables: &[TimedTable]) -> Result<Option<Time>, DbErr> {
        let Some(session) = self.partition_session().await? else { return Ok(None) };
        let mut room = None;
        for table in tables {
            let last = make(&session, until, *table).await?;
            room = Some(room.map_or(last, |room: Time| room.min(last)));
        }
        end(session).await?;
        Ok(room)
    }

    /// Returns whether this database has partitioned tables.
    pub fn has_partitions(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// Drops the partitions whose ids are all below the given id; `None` keeps all partitions.
    ///
    /// Returns for each table the id below which rows must still be deleted one by one. On
    /// PostgreSQL such rows are in the first partition only, elsewhere in the whole table. While
    /// another server has the lock, every id is `None`.
    pub async fn drop_partitions<const N: usize>(
        &self,
        tables: [(TimedTable, Option<Uuid>); N],
    ) -> Result<[Option<Uuid>; N], DbErr> {
        if !self.has_partitions() {
            return Ok(tables.map(|(_, below)| below));
        }
        let mut left = [None; N];
        let Some(session) = self.partition_session().await? else { return Ok(left) };
        for ((table, below), left) in tables.into_iter().zip(&mut left) {
            *left = drop_below(&session, table, below).await?;
        }
        end(session).await?;
        Ok(left)
    }

    /// Opens a session that holds the lock. `None` if another session holds it, or if the database
    /// is not PostgreSQL.
    async fn partition_session(&self) -> Result<Option<DatabaseConnection>, DbErr> {
        if !self.has_partitions() {
            return Ok(None);
        }
        let session =
            Database::connect(options(DbBackend::Postgres, &self.url, PoolKind::Partitions, &self.place))
                .await?;
        let lock = Statement::from_string(DbBackend::Postgres, postgres::TRY_MIGRATION_LOCK);
        let row = session.query_one_raw(lock).await?;
        if row.map(|row| row.try_get("", "locked")).transpose()? == Some(true) {
            return Ok(Some(session));
        }
        session.close().await?;
        Ok(None)
    }
}

/// Ends a session that holds the lock. A session that failed is closed without this call, which
/// frees the lock too.
async fn end(session: DatabaseConnection) -> Result<(), DbErr> {
    session.execute_unprepared(postgres::MIGRATION_UNLOCK).await?;
    session.close().await
}

/// Makes the missing partitions of a table. Returns the end of the last partition.
async fn make(session: &DatabaseConnection, until: Time, table: TimedTable) -> Result<Time, DbErr> {
    let mut last = partitions(session, table).await?.last().map_or(Uuid::nil(), |last| last.to);
    for (month, from, to) in ahead(last, until, table) {
        attach(session, table, &format!("{}_{month}", table.name), from, to).await?;
        last = to;
    }
    Ok((table.time_of)(last))
}

/// Drops the partitions that can be dropped whole. Returns the id below which the remaining rows
/// must be deleted one by one.
///
/// After a partition is detached, rows of its time have no partition until a new first partition is
/// attached, which ends where the next one begins. Until then, such rows are refused as in an
/// outage.
async fn drop_below(
    session: &DatabaseConnection,
    table: TimedTable,
    below: Option<Uuid>,
) -> Result<Option<Uuid>, DbErr> {
    let known = partitions(session, table).await?;
    let (interrupted, known): (Vec<Partition>, Vec<Partition>) =
        known.into_iter().partition(|partition| partition.detaching);
    for Partition { name, .. } in interrupted {
        let finish = format!("ALTER TABLE {} DETACH PARTITION {name} FINALIZE", table.name);
        session.execute_unprepared(&finish).await?;
    }
    if let Some(below) = below {
        for Partition { name, .. } in expired(&known, below) {
            let rows = count(session, name).await?;
            session.execute_unprepared(&format!("COMMENT ON TABLE {name} IS '{DOOMED}'")).await?;
            let detach = format!("ALTER TABLE {} DETACH PARTITION {name} CONCURRENTLY", table.name);
            session.execute_unprepared(&detach).await?;
            tracing::warn!(name, rows, "a partition is older than its retention and is dropped");
        }
        for name in doomed(session, table).await? {
            session.execute_unprepared(&format!("DROP TABLE {name}")).await?;
        }
    }
    let known = partitions(session, table).await?;
    let Some(first) = known.first() else { return Ok(None) };
    let end = if first.from.is_nil() {
        first.to
    } else {
        attach(session, table, &format!("{}_before", table.name), Uuid::nil(), first.from).await?;
        first.from
    };
    Ok(below.map(|below| below.min(end)))
}

/// A partition. Its ids are `from` or higher, and lower than `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Partition {
    name: String,
    from: Uuid,
    to: Uuid,
    /// The detachment was interrupted.
    detaching: bool,
}

/// The partitions of a table, oldest first.
async fn partitions(session: &DatabaseConnection, table: TimedTable) -> Result<Vec<Partition>, DbErr> {
    let query = format!(
        "SELECT c.oid::regclass::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds, \
         i.inhdetachpending AS detaching FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
         WHERE i.inhparent = '{}'::regclass",
        table.name
    );
    let mut partitions = Vec::new();
    for row in session.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await? {
        let (name, bounds): (String, String) = (row.try_get("", "name")?, row.try_get("", "bounds")?);
        let (from, to) = read_bounds(&bounds)
            .ok_or_else(|| DbErr::Custom(format!("{name} has unexpected bounds: {bounds}")))?;
        partitions.push(Partition { name, from, to, detaching: row.try_get("", "detaching")? });
    }
    partitions.sort_by_key(|partition| partition.from);
    Ok(partitions)
}

async fn count(session: &DatabaseConnection, table: &str) -> Result<i64, DbErr> {
    let query = Statement::from_string(DbBackend::Postgres, format!("SELECT count(*) AS rows FROM {table}"));
    let row = session.query_one_raw(query).await?;
    row.map_or(Ok(0), |row| row.try_get("", "rows"))
}

/// Tables that were detached to be dropped.
async fn doomed(session: &DatabaseConnection, table: TimedTable) -> Result<Vec<String>, DbErr> {
    let query = format!(
        "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND NOT relispartition \
         AND relname LIKE '{}\\_%' AND obj_description(oid, 'pg_class') = '{DOOMED}'",
        table.name
    );
    let rows = session.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

/// Makes a partition. A nil `from` means from the lowest id on.
async fn attach(
    session: &DatabaseConnection,
    table: TimedTable,
    name: &str,
    from: Uuid,
    to: Uuid,
) -> Result<(), DbErr> {
    let from = if from.is_nil() { "MINVALUE".to_owned() } else { format!("'{from}'") };
    let table = table.name;
    let txn = session.begin().await?;
    txn.execute_unprepared(&format!("CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")).await?;
    let attach = format!("ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ('{to}')");
    txn.execute_unprepared(&attach).await?;
    txn.commit().await
}

/// Reads `FOR VALUES FROM (MINVALUE) TO ('…')`. `None` for bounds of another kind.
fn read_bounds(text: &str) -> Option<(Uuid, Uuid)> {
    let (from, to) = text.strip_prefix("FOR VALUES FROM (")?.strip_suffix(')')?.split_once(") TO (")?;
    let id = |bound: &str| Uuid::try_parse(bound.trim_matches('\'')).ok();
    let from = if from == "MINVALUE" { Uuid::nil() } else { id(from)? };
    let to = if to == "MAXVALUE" { Uuid::max() } else { id(to)? };
    Some((from, to))
}

/// The missing partitions from `last`, the end of the existing ones, up to the month of `until`.
/// For each: its month, its first id, and the first id after it.
fn ahead(last: Uuid, until: Time, table: TimedTable) -> Vec<(Month, Uuid, Uuid)> {
    let mut from = last;
    let mut missing = Vec::new();
    for months in (0..MONTHS_MAX).rev() {
        let month = Month::of(until).minus(months);
        let to = (table.first_id)(month.plus(1).start());
        if to > from {
            missing.push((month, from, to));
            from = to;
        }
    }
    missing
}

/// The partitions that hold only ids less than `below`. The first partition, which begins with the
/// lowest id, stays for late rows unless the next partition expires too.
fn expired(partitions: &[Partition], below: Uuid) -> &[Partition] {
    let count = partitions.iter().take_while(|partition| partition.to <= below).count();
    match partitions.get(..count).unwrap_or_default() {
        [first] if first.from.is_nil() => &[],
        expired => expired,
    }
}

/// A month of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month(NaiveDate);

impl Month {
    pub fn of(time: Time) -> Self {
        let date = DateTime::from_timestamp_micros(time.micros()).unwrap_or_default().date_naive();
        Self(date.with_day(1).unwrap_or(date))
    }

    /// The month that is `months` months earlier.
    pub fn minus(self, months: u32) -> Self {
        Self(self.0.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN))
    }

    /// The month that is `months` months later.
    pub fn plus(self, months: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
    }

    pub fn start(self) -> Time {
        Time::from_micros(self.0.and_time(NaiveTime::MIN).and_utc().timestamp_micros())
    }
}

/// Writes the month as in the names of partitions: `2026_11`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{:02}", self.0.year(), self.0.month())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::id::{first_id, id_time};

    const TABLE: TimedTable = TimedTable { name: "t", id: "id", first_id, time_of: id_time };

    /// 24 November 2026, 15:00 UTC.
    const NOW: Time = Time::from_micros(1_795_532_400_000_000);

    fn first(month: u32) -> Uuid {
        first_id(Month(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()).plus(month - 1).start())
    }

    fn partition(from: u32, to: u32) -> Partition {
        let from = if from == 0 { Uuid::nil() } else { first(from) };
        Partition { name: format!("t_{to}"), from, to: first(to), detaching: false }
    }

    #[test]
    fn months_are_of_the_calendar() {
        let month = Month::of(NOW);
        assert_eq!(month.to_string(), "2026_11");
        assert_eq!(month.start().seconds(), 1_793_491_200);
        assert_eq!(
            (month.plus(2).to_string(), month.plus(2).start().seconds()),
            ("2027_01".to_owned(), 1_798_761_600)
        );
    }

    #[test]
    fn what_is_missing_ahead_is_made_without_a_hole() {
        let until = Month::of(NOW).plus(3).start();
        let check = |last: Uuid, expected: &[(&str, Uuid, Uuid)]| {
            let missing = ahead(last, until, TABLE);
            let missing: Vec<(String, Uuid, Uuid)> =
                missing.into_iter().map(|(month, from, to)| (month.to_string(), from, to)).collect();
            let expected: Vec<_> =
                expected.iter().map(|(name, from, to)| ((*name).to_owned(), *from, *to)).collect();
            assert_eq!(missing, expected, "{last}");
        };
        let rest = [("2027_01", first(13), first(14)), ("2027_02", first(14), first(15))];
        check(first(13), &rest);
        check(first(14), &rest[1..]);
        check(first(15), &[]);
        check(Uuid::max(), &[]);
        // After a pause, each month still gets its own partition.
        let paused = [("2026_11", first(11), first(12)), ("2026_12", first(12), first(13))];
        check(first(11), &[&paused[..], &rest].concat());
        // An end within a month, which the server never makes.
        let within = Uuid::from_u128(first(14).as_u128() + 1);
        check(within, &[("2027_02", within, first(15))]);
    }

    #[test]
    fn at_most_48_partitions_are_made_at_once() {
        let missing = ahead(Uuid::nil(), NOW, TABLE);
        assert_eq!(missing.len(), 48);
        assert_eq!(
            missing.first().map(|(month, from, _)| (month.to_string(), *from)),
            Some(("2022_12".to_owned(), Uuid::nil()))
        );
        assert_eq!(
            missing.last().map(|(month, _, to)| (month.to_string(), *to)),
            Some(("2026_11".to_owned(), first(12)))
        );
    }

    #[test]
    fn only_whole_partitions_expire_and_the_first_never_alone() {
        let all = [partition(0, 3), partition(3, 4), partition(4, 5), partition(5, 6)];
        for (below, expected) in [
            (first(2), &all[..0]),
            (first(3), &all[..0]),
            (Uuid::from_u128(first(4).as_u128() - 1), &all[..0]),
            (first(4), &all[..2]),
            (Uuid::from_u128(first(5).as_u128() + 1), &all[..3]),
            (Uuid::max(), &all[..]),
        ] {
            assert_eq!(expired(&all, below), expected, "{below}");
        }
        // The first partition was detached, and then the pass was interrupted.
        assert_eq!(expired(&all[1..], first(4)), &all[1..2]);
    }

    #[test]
    fn bounds_are_read_as_postgresql_writes_them() {
        let (low, high) = (Uuid::from_u128(1 << 88), Uuid::from_u128(2 << 88));
        for (text, bounds) in [
            (format!("FOR VALUES FROM ('{low}') TO ('{high}')"), Some((low, high))),
            (format!("FOR VALUES FROM (MINVALUE) TO ('{high}')"), Some((Uuid::nil(), high))),
            (format!("FOR VALUES FROM ('{low}') TO (MAXVALUE)"), Some((low, Uuid::max()))),
            ("DEFAULT".to_owned(), None),
            ("FOR VALUES WITH (modulus 2, remainder 0)".to_owned(), None),
        ] {
            assert_eq!(read_bounds(&text), bounds, "{text}");
        }
    }
}
