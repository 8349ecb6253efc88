//! The history of a simulation: what was committed, in its order, as triggers of the database note
//! it (`history.sql`), and what must be true of it at any time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, QueryResult, Statement,
};
use uuid::Uuid;

use super::watchers::Watcher;
use crate::{
    config::SecretUrl,
    core::{Positions, conversion::ConversionId, tally},
    db::{
        journal::{Entries, EntryKind},
        snapshot::Snapshot,
    },
};

/// The tables and triggers.
pub const TABLES: &str = include_str!("history.sql");

/// The kind of an entry of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    Click,
    Conversion,
    Postback,
}

/// The name of a row, as the triggers write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    pub fn of_click(id: Uuid) -> Self {
        Self(format!("click {:X}", id.simple()))
    }

    pub fn of_postback(id: Uuid) -> Self {
        Self(format!("postback {:X}", id.simple()))
    }

    /// The conversion with an id of the API.
    pub fn of_shown(id: &str) -> Self {
        let id: ConversionId = id.parse().unwrap();
        Self::of_conversion(id.click.0, id.serial)
    }

    fn of_conversion(click: Uuid, serial: i64) -> Self {
        Self(format!("conversion {:X} {serial}", click.simple()))
    }
}

/// An entry of the journal. The layouts are read here once more, apart from the code that is tested.
struct Entry {
    kind: EventKind,
    key: Key,
    lane: i64,
    seq: i64,
    rank: i64,
    value_micros: i128,
}

fn number(bytes: &[u8], at: usize) -> i64 {
    i64::from_be_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn id(bytes: &[u8]) -> Uuid {
    Uuid::from_slice(&bytes[..16]).unwrap()
}

/// What was committed.
pub struct History {
    db: DatabaseConnection,
    url: String,
    rank: i64,
    row: i64,
    entries: Vec<Entry>,
    entered: HashMap<Key, usize>,
    rows: HashSet<Key>,
    gone: HashSet<Key>,
}

impl History {
    pub async fn open(url: String) -> Self {
        let mut options = ConnectOptions::new(url.clone());
        options.max_connections(1).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|options| options.busy_timeout(std::time::Duration::ZERO));
        let db = Database::connect(options).await.unwrap();
        Self {
            db,
            url,
            rank: 0,
            row: 0,
            entries: Vec::new(),
            entered: HashMap::new(),
            rows: HashSet::new(),
            gone: HashSet::new(),
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns whether no transaction writes.
    pub async fn is_free(&self) -> bool {
        let is_free = self.db.execute_unprepared("BEGIN IMMEDIATE").await.is_ok();
        if is_free {
            self.db.execute_unprepared("ROLLBACK").await.unwrap();
        }
        is_free
    }

    async fn all(&self, sql: String) -> Vec<QueryResult> {
        self.db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap()
    }

    /// Writes a fault of a history, to test the checks.
    pub async fn doctor(&self, sql: &str) {
        self.db.execute_unprepared(sql).await.unwrap();
    }

    /// The rank of the last commit.
    pub async fn last_rank(&self) -> i64 {
        let rows = self.all("SELECT COALESCE(MAX(rank), 0) AS n FROM sim_journal".to_owned()).await;
        rows[0].try_get("", "n").unwrap()
    }

    /// Returns the first fault that the triggers have noted.
    pub async fn check_faults(&self) -> Result<(), String> {
        let faults = self.all("SELECT what FROM sim_fault LIMIT 1".to_owned()).await;
        faults.first().map_or(Ok(()), |fault| Err(fault.try_get("", "what").unwrap()))
    }

    /// Reads what was committed since the last call, and checks what must always be true.
    pub async fn check(&mut self) -> Result<(), String> {
        self.check_faults().await?;
        let sql = format!(
            "SELECT rank, lane, seq, entries FROM sim_journal WHERE rank > {} ORDER BY rank",
            self.rank
        );
        for row in self.all(sql).await {
            let (rank, lane, seq): (i64, i64, i64) = (
                row.try_get("", "rank").unwrap(),
                row.try_get("", "lane").unwrap(),
                row.try_get("", "seq").unwrap(),
            );
            self.rank = rank;
            for entry in Entries::read(&row.try_get::<Vec<u8>>("", "entries").unwrap()) {
                let (kind, bytes) = entry.unwrap();
                let (kind, key, value_micros) = match kind {
                    EntryKind(1) => (EventKind::Click, Key::of_click(id(bytes)), 0),
                    EntryKind(2) => {
                        let key = Key::of_conversion(id(bytes), number(bytes, 32));
                        (EventKind::Conversion, key, number(bytes, 75).into())
                    }
                    EntryKind(3) => (EventKind::Postback, Key::of_postback(id(bytes)), 0),
                    EntryKind(other) => return Err(format!("an entry of kind {other}")),
                };
                if self.entered.insert(key.clone(), self.entries.len()).is_some() {
                    return Err(format!("the journal tells of {key:?} twice"));
                }
                self.entries.push(Entry { kind, key, lane, seq, rank, value_micros });
            }
        }
        for row in self.all(format!("SELECT number, key FROM sim_row WHERE number > {}", self.row)).await {
            self.row = row.try_get("", "number").unwrap();
            self.rows.insert(Key(row.try_get("", "key").unwrap()));
        }
        for row in self.all("SELECT key FROM sim_row WHERE is_deleted = 1".to_owned()).await {
            self.gone.insert(Key(row.try_get("", "key").unwrap()));
        }
        if let Some(key) = self.rows.iter().find(|key| !self.entered.contains_key(*key)) {
            return Err(format!("the journal does not tell of {key:?}"));
        }
        if let Some(key) = self.entered.keys().find(|key| !self.rows.contains(*key)) {
            return Err(format!("the journal tells of {key:?}, which is not stored"));
        }
        self.check_sums().await
    }

    /// Checks that the totals are the sums of what is folded.
    async fn check_sums(&self) -> Result<(), String> {
        let mut folded = BTreeMap::new();
        for row in self.all("SELECT id, folded_seq FROM lane".to_owned()).await {
            folded
                .insert(row.try_get::<i64>("", "id").unwrap(), row.try_get::<i64>("", "folded_seq").unwrap());
        }
        // A lane that is gone was folded: a trigger checks that.
        let is_folded = |entry: &&Entry| folded.get(&entry.lane).is_none_or(|last| entry.seq <= *last);
        let of = |kind| self.entries.iter().filter(is_folded).filter(move |entry| entry.kind == kind);
        let clicks = of(EventKind::Click).count();
        let found = self.all("SELECT COALESCE(SUM(clicks), 0) AS n FROM tally".to_owned()).await;
        let found: i64 = found[0].try_get("", "n").unwrap();
        if usize::try_from(found) != Ok(clicks) {
            return Err(format!("{clicks} clicks are folded, but the totals have {found}"));
        }
        let conversions = of(EventKind::Conversion).count();
        let value: i128 = of(EventKind::Conversion).map(|entry| entry.value_micros).sum();
        let sql = "SELECT b.basis, COALESCE(SUM(conversions), 0) AS n, COALESCE(SUM(value_thousands), 0) AS k, \
                   COALESCE(SUM(value_micros), 0) AS m FROM (SELECT 1 AS basis UNION SELECT 2 UNION SELECT 3) b \
                   LEFT JOIN conversion_tally t ON t.basis = b.basis GROUP BY b.basis";
        for row in self.all(sql.to_owned()).await {
            let get = |name| row.try_get::<i64>("", name).unwrap();
            let total = i128::from(get("k")) * 1_000_000_000 + i128::from(get("m"));
            if usize::try_from(get("n")) != Ok(conversions) || total != value {
                let found = (get("basis"), get("n"), total);
                return Err(format!(
                    "{conversions} conversions of {value} are folded, the totals have {found:?}"
                ));
            }
        }
        Ok(())
    }

    /// Checks that the totals and what is not folded are the sums of the rows, as the server does.
    pub async fn check_totals(&self) -> Result<(), String> {
        let Ok(url) = self.url.parse::<SecretUrl>();
        let snapshot = Snapshot::take(&url).await.unwrap();
        let comparison = tally::check::check(&snapshot).await.map_err(|error| error.to_string())?;
        snapshot.end().await.unwrap();
        if comparison.differing > 0 { Err(format!("totals differ: {:?}", comparison.shown)) } else { Ok(()) }
    }

    pub fn has(&self, key: &Key) -> bool {
        self.rows.contains(key)
    }

    /// The rank of the commit that the journal tells of a row in; `None` if it tells of none.
    pub fn rank(&self, key: &Key) -> Option<i64> {
        self.entered.get(key).map(|at| self.entries[*at].rank)
    }

    pub async fn is_folded(&self) -> bool {
        let sql = "SELECT 1 FROM lane WHERE folded_seq < (SELECT MAX(seq) FROM journal WHERE journal.lane = lane.id)";
        self.all(sql.to_owned()).await.is_empty()
    }

    /// Checks that a watcher was told rightly that its token is too old.
    pub async fn check_too_old(&self, token: &str) -> Result<(), String> {
        let positions = Positions::read(token).map_err(|error| error.to_string())?;
        for row in self.all("SELECT lane, seq FROM sim_journal WHERE is_deleted = 1".to_owned()).await {
            let (lane, seq): (i64, i64) = (row.try_get("", "lane").unwrap(), row.try_get("", "seq").unwrap());
            if positions.of(lane).is_some_and(|place| place.seq <= seq) {
                return Ok(());
            }
        }
        Err("a token is said to be too old, but nothing behind it was deleted".to_owned())
    }

    /// Checks what a watcher has seen. `is_over`: it must have seen everything.
    pub fn check_watcher(&self, watcher: &Watcher, is_over: bool) -> Result<(), String> {
        let seen = watcher.seen();
        if let Some(fault) = &seen.fault {
            return Err(fault.clone());
        }
        let mut places = BTreeMap::new();
        for key in &seen.keys {
            let Some(entry) = self.entered.get(key).map(|at| (*at, &self.entries[*at])) else {
                return Err(format!("a watcher saw {key:?}, which was not committed"));
            };
            let (at, Entry { lane, kind, .. }) = entry;
            if *kind != watcher.kind {
                return Err(format!("a watcher of {:?} saw {key:?}", watcher.kind));
            }
            if places.insert(*lane, at).is_some_and(|before| before > at) {
                return Err(format!("a watcher saw {key:?} too late"));
            }
        }
        let Some(from) = watcher.from.filter(|_| is_over) else { return Ok(()) };
        let own = || self.entries.iter().filter(|entry| entry.kind == watcher.kind && !seen.has(&entry.key));
        let missed: BTreeSet<&Key> =
            own().filter(|entry| entry.rank > from).map(|entry| &entry.key).collect();
        let gone = own().filter(|entry| self.gone.contains(&entry.key)).count();
        if let Some(key) = missed.iter().find(|key| !self.gone.contains(**key)) {
            return Err(format!("a watcher has not seen {key:?}"));
        }
        let gaps = usize::try_from(seen.gaps).unwrap();
        if gaps < missed.len() || gaps > gone {
            let missed = missed.len();
            return Err(format!(
                "a watcher was told of {gaps} deleted events, but missed {missed} of {gone}"
            ));
        }
        Ok(())
    }
}
