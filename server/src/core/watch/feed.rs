//! The feed: the one task of a server that follows the journal while somebody watches.
//!
//! The commits of this server wake it. Those of other servers are found every `LOOK_INTERVAL`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use s2s_sdk::v1::ErrorReason;
use sea_orm::DbErr;
use tokio::{
    sync::{Notify, mpsc},
    task::yield_now,
    time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Accounts, HEARTBEAT,
    positions::{Place, Positions},
};
use crate::{
    core::journal,
    db::{
        Db,
        group_commit::Committer,
        journal::{self as table, Damaged, Entries, EntryKind, RowKind},
    },
    error::{Error, Result},
    values::id::AccountId,
};

/// Interval at which the feed looks for the commits of other servers.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// Shortest time between two looks. Each look costs some queries, so commits in quick succession
/// share one.
const LOOK_PAUSE: Duration = Duration::from_millis(15);
/// Number of rows of a lane that are read at once. Few in unit tests, because the simulation writes
/// few rows.
const ROWS: u64 = if cfg!(test) { 2 } else { 64 };
/// Maximum number of rows that wait for a watcher. A watcher that has more reads the journal itself.
const WAITING_MAX: usize = if cfg!(test) { 4 } else { 128 };
/// Maximum number of streams on this server, and of each account.
const WATCHERS_MAX: usize = 1_000;
const WATCHERS_OF_ACCOUNT_MAX: usize = 100;
/// Longest time in which no watcher reads because the server is busy with writes, and longest time
/// that a watcher then waits for its turn. At its limit a server shows events later, and takes as many
/// writes as before.
const WRITERS_FIRST: Duration = Duration::from_millis(100);
const TURN_PATIENCE: Duration = Duration::from_secs(5);
/// Interval between looks at whether the server is still busy.
const WRITERS_LOOK_INTERVAL: Duration = Duration::from_millis(5);
/// Maximum number of watchers that wait for the feed to begin.
const JOINING_MAX: usize = 64;

/// News for a watcher. The first is always `Passed`, with the place from which the feed tells.
pub enum Told {
    /// The entries of a row that are of the watcher's kinds and accounts.
    Row { lane: i64, seq: i64, entries: Arc<[Entry]> },
    /// Whatever is before this place was told, or is not for the watcher.
    Passed(Arc<Positions>),
}

/// An entry, with its number in its row.
#[derive(Clone)]
pub struct Entry {
    pub number: u32,
    pub bytes: Arc<[u8]>,
}

/// Kinds of entries.
type Kinds = &'static [EntryKind];

/// Returns the entries of a row that are of some kinds and of these accounts.
///
/// # Errors
///
/// The row is cut, or one of its entries has no account.
pub fn entries(row: &table::Model, kinds: Kinds, accounts: Accounts) -> Result<Vec<Entry>, Damaged> {
    let mut own = Vec::new();
    for (entry, number) in Entries::read(&row.entries).zip(0..) {
        let (one, bytes) = entry?;
        if kinds.contains(&one) && accounts.have(journal::account(one, bytes).ok_or(Damaged)?) {
            own.push(Entry { number, bytes: bytes.into() });
        }
    }
    Ok(own)
}

/// A watcher that begins to listen.
struct Listener {
    kinds: Kinds,
    accounts: Accounts,
    told: mpsc::Sender<Told>,
}

/// The entry to the feed.
pub struct Feed {
    joining: mpsc::Sender<Listener>,
    streams: Arc<Mutex<HashMap<AccountId, usize>>>,
    /// The turn of the watchers that want to read while the server is busy with writes.
    turn: tokio::sync::Mutex<()>,
}

impl Feed {
    /// Creates the feed and the task that does its work, until `stopping`. `committed` tells of the
    /// commits of this server.
    pub fn new(
        db: Db,
        committed: Arc<Notify>,
        stopping: CancellationToken,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (joining, listeners) = mpsc::channel(JOINING_MAX);
        let feed = Self { joining, streams: Arc::default(), turn: tokio::sync::Mutex::default() };
        (feed, run(db, committed, listeners, stopping))
    }

    /// Waits for the turn of a watcher that wants to read from the database. While the server is busy
    /// with writes, all watchers together have ten turns in a second. A watcher that has waited for
    /// `TURN_PATIENCE` waits no longer: however many there are, none is forgotten.
    pub async fn turn(&self, commit: &Committer) {
        if !commit.is_busy() {
            return;
        }
        let turn = async {
            let _turn = self.turn.lock().await;
            let end = Instant::now() + WRITERS_FIRST;
            while commit.is_busy() && Instant::now() < end {
                sleep(WRITERS_LOOK_INTERVAL).await;
            }
        };
        // Without a turn, the watcher reads as well.
        let _ = timeout(TURN_PATIENCE, turn).await;
    }

    /// Listens to the feed. The feed drops a listener that does not keep up.
    pub async fn listen(&self, kinds: Kinds, accounts: Accounts) -> Result<mpsc::Receiver<Told>> {
        let (told, news) = mpsc::channel(WAITING_MAX);
        let joined = self.joining.send(Listener { kinds, accounts, told }).await;
        joined.map_err(|_| Error::new(ErrorReason::Unavailable, "the server is stopping"))?;
        Ok(news)
    }

    /// Counts a stream of an account until the guard is dropped.
    ///
    /// # Errors
    ///
    /// `OVERLOADED` if the account or the server has too many.
    pub fn count(&self, account: AccountId) -> Result<Counted> {
        let mut streams = lock(&self.streams);
        let (all, own) =
            (streams.values().sum::<usize>(), streams.get(&account).copied().unwrap_or_default());
        if all >= WATCHERS_MAX || own >= WATCHERS_OF_ACCOUNT_MAX {
            let message = "as many streams are open as the server allows; close one, or try again later";
            return Err(Error::new(ErrorReason::Overloaded, message));
        }
        streams.insert(account, own + 1);
        Ok(Counted { account, streams: self.streams.clone() })
    }
}

/// An open stream.
pub struct Counted {
    account: AccountId,
    streams: Arc<Mutex<HashMap<AccountId, usize>>>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut streams = lock(&self.streams);
        if let Some(own) = streams.get_mut(&self.account) {
            *own -= 1;
        }
        streams.retain(|_, own| *own > 0);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn run(
    db: Db,
    committed: Arc<Notify>,
    mut joining: mpsc::Receiver<Listener>,
    stopping: CancellationToken,
) {
    while let Some(Some(first)) = stopping.run_until_cancelled(joining.recv()).await {
        // Without a place, the first listener is dropped, so its stream ends with an error.
        match db.journal_ends().await {
            Ok(ends) => {
                let mut round = Round { db: &db, positions: ends.into(), listeners: HashMap::new() };
                round.add(first);
                let work = round.run(&committed, &mut joining);
                if stopping.run_until_cancelled(work).await.is_none() {
                    return;
                }
            }
            Err(error) => tracing::debug!(%error, "nobody can watch now"),
        }
    }
}

/// The time in which somebody listens.
struct Round<'a> {
    db: &'a Db,
    /// The place up to which the listeners were told.
    positions: Positions,
    listeners: HashMap<(Kinds, Accounts), Vec<mpsc::Sender<Told>>>,
}

impl Round<'_> {
    async fn run(&mut self, committed: &Notify, joining: &mut mpsc::Receiver<Listener>) {
        let mut heartbeats = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = Instant::now();
        let mut next = last;
        while !self.listeners.is_empty() {
            tokio::select! {
                biased;
                Some(listener) = joining.recv() => self.add(listener),
                _ = heartbeats.tick() => {
                    if let Err(error) = self.forget_closed().await {
                        tracing::debug!(%error, "the lanes can't be read now");
                    }
                    self.pass();
                }
                () = committed.notified(), if next > last + LOOK_PAUSE => next = last + LOOK_PAUSE,
                () = sleep_until(next) => {
                    if let Err(error) = self.look().await {
                        tracing::debug!(%error, "the journal can't be read now");
                    }
                    last = Instant::now();
                    next = last + LOOK_INTERVAL;
                    self.forget_gone();
                }
            }
        }
    }

    fn add(&mut self, listener: Listener) {
        let Listener { kinds, accounts, told } = listener;
        if told.try_send(Told::Passed(Arc::new(self.positions.clone()))).is_ok() {
            self.listeners.entry((kinds, accounts)).or_default().push(told);
        }
    }

    /// Tells all listeners the place.
    fn pass(&mut self) {
        let place = Arc::new(self.positions.clone());
        for listeners in self.listeners.values_mut() {
            listeners.retain(|told| told.try_send(Told::Passed(place.clone())).is_ok());
        }
        self.forget_gone();
    }

    fn forget_gone(&mut self) {
        self.listeners.retain(|_, listeners| {
            listeners.retain(|told| !told.is_closed());
            !listeners.is_empty()
        });
    }

    /// Forgets lanes that are closed before this place. A database may lose a commit that it has
    /// already shown: MariaDB without a binary log shows a commit before it is flushed.
    async fn forget_closed(&mut self) -> Result<(), DbErr> {
        let Some((first, _)) = self.positions.lanes.first_key_value() else { return Ok(()) };
        for (lane, last) in self.db.closed_lanes_from(*first).await? {
            if self.positions.of(lane).is_some_and(|place| place.seq > last) {
                self.positions.lanes.remove(&lane);
            }
        }
        Ok(())
    }

    /// Tells what was committed since the last look.
    async fn look(&mut self) -> Result<(), DbErr> {
        if let Some(newest) = self.db.lanes_from(self.positions.newest.id + 1).await?.last() {
            self.positions.learn(*newest);
            // So that a token names the newest lane of all that it has a place in.
            self.pass();
        }
        let lanes: Vec<i64> = self.positions.lanes.keys().copied().collect();
        for lane in lanes {
            while let Some(Place { seq, .. }) = self.positions.of(lane) {
                let rows = table::rows(self.db.reader(), lane, seq, ROWS).await?;
                for row in &rows {
                    self.tell(row);
                }
                if u64::try_from(rows.len()).is_ok_and(|read| read < ROWS) {
                    break;
                }
                // Lets the listeners take what they were told.
                yield_now().await;
            }
        }
        self.positions.lanes.retain(|_, place| *place != Place::END);
        Ok(())
    }

    fn tell(&mut self, row: &table::Model) {
        let table::Model { lane, seq, kind, .. } = *row;
        let place = if kind == RowKind::Closed { Place::END } else { Place::row(seq + 1) };
        self.positions.lanes.insert(lane, place);
        for ((kinds, accounts), listeners) in &mut self.listeners {
            let Ok(entries) = entries(row, kinds, *accounts) else {
                // They read the row themselves, and then end with an error.
                listeners.clear();
                continue;
            };
            let entries: Arc<[Entry]> = entries.into();
            if !entries.is_empty() {
                listeners
                    .retain(|told| told.try_send(Told::Row { lane, seq, entries: entries.clone() }).is_ok());
            }
        }
    }
}
