//! The spool: what the core can't take now is written to files of the edge's own, and handed over once it can.
//!
//! A record is the very call that the core did not answer, so there is one way in: `writer` makes it durable, `drain`
//! makes the call. Records are in segments, files that are appended to by one process and deleted once the core
//! has answered all of them; see `record` for what damage does and `segment` for the files.
//!
//! Absent on purpose: anything in memory that grows with the backlog; and any way to drop a record but the core's
//! answer. What can't be read or taken is put aside, and said so.

mod concurrency_limit;
mod drain;
mod file;
mod order;
mod record;
mod writer;

use std::{
    collections::VecDeque,
    fs::{self, File},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use tokio::sync::{Notify, mpsc, oneshot};

use self::{file::Name, order::Lanes, writer::Waiting};
use crate::{
    config::SpoolSettings,
    error::StartError,
    values::{
        id::Random,
        time::{Clock, Span, Time},
    },
};

pub use self::{
    drain::Drain,
    file::replace,
    order::lane,
    record::{Content, Key, Piece, Pieces, Record, frame},
    writer::Writer,
};

/// Records that may wait to be written.
const WAITING_MAX: usize = 4_096;

/// Why a record was not kept; nothing of it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Quota or disk are full, or more records wait than the disk can take.
    Full,
    /// The disk does not do what it is asked to.
    Failed,
}

/// Keeps records. The spool ends when the last of its holders is gone.
#[derive(Clone)]
pub struct Spool {
    waiting: mpsc::Sender<Waiting>,
    state: Arc<State>,
}

/// A file that records are in.
#[derive(Clone, Copy, Debug)]
struct Segment {
    name: Name,
    /// Where what is durable, or to be believed, ends.
    end: u64,
    /// Nothing is appended any more.
    sealed: bool,
}

/// What writer and drain share.
pub struct State {
    settings: SpoolSettings,
    /// The oldest first. The writer appends at the back, the drain takes from the front.
    segments: Mutex<VecDeque<Segment>>,
    /// Something has been appended, or refused.
    appended: Notify,
    lanes: Lanes,
    /// The records of former processes are counted, and in their lanes.
    counted: AtomicBool,
    records: AtomicU64,
    /// Arrival of the record that is drained next, in micros; 0 where there is none.
    oldest: AtomicI64,
    sync_failures: AtomicU64,
    put_aside: AtomicU64,
    /// Since when the core has taken nothing of what waits, in micros; 0 where it takes it.
    standing_since: AtomicI64,
    /// The last write was refused.
    refusing: AtomicBool,
    clock: Clock,
    /// Held for as long as the process lives.
    _lock: File,
}

/// How a spool is, for those who look after it.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// What former processes have left is among the records.
    pub counted: bool,
    pub records: u64,
    pub bytes: u64,
    pub oldest_age: Span,
    pub sync_failures: u64,
    /// Records and damaged files that wait for a person.
    pub put_aside: u64,
    /// It took nothing when it was last asked.
    pub refusing: bool,
    /// How long the core has taken nothing of what waits.
    pub standing: Span,
}

fn taken(folder: &Path) -> StartError {
    let folder = folder.display();
    let message =
        format!("another server has the spool in {folder}; give this one a folder of its own with --spool");
    StartError::failure("SPOOL_TAKEN", message)
}

fn unusable(folder: &Path, error: &io::Error) -> StartError {
    let folder = folder.display();
    let message = format!(
        "can't use the spool in {folder}: {error}; mend it, name another folder with --spool, or do without \
         (--spool=off)"
    );
    StartError::failure("SPOOL_FAILED", message)
}

/// Opens the spool, with what former processes have left in it. `Writer` and `Drain` are to be run.
pub fn open(settings: SpoolSettings, clock: Clock, random: Random) -> Result<(Spool, Writer), StartError> {
    let failed = |error| unusable(&settings.folder, &error);
    // For the owner alone: what is in it was sent by visitors and merchants, and may be secret.
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&settings.folder).map_err(failed)?;
    let lock = File::options().write(true).create(true).truncate(false).open(settings.folder.join("lock"));
    let lock = lock.map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Err(taken(&settings.folder)),
        Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
    }
    let left = file::list(&settings.folder).map_err(failed)?;
    let next = left.last().map_or(1, |(name, _)| name.number + 1);
    let segments = left.into_iter().map(|(name, end)| Segment { name, end, sealed: true }).collect();
    let state = Arc::new(State {
        settings,
        segments: Mutex::new(segments),
        appended: Notify::new(),
        lanes: Lanes::default(),
        counted: AtomicBool::new(false),
        records: AtomicU64::new(0),
        oldest: AtomicI64::new(0),
        sync_failures: AtomicU64::new(0),
        put_aside: AtomicU64::new(0),
        standing_since: AtomicI64::new(0),
        refusing: AtomicBool::new(false),
        clock,
        _lock: lock,
    });
    let (waiting, queue) = mpsc::channel(WAITING_MAX);
    let writer = Writer::new(state.clone(), queue, next, random);
    Ok((Spool { waiting, state }, writer))
}

impl Spool {
    /// Keeps a record; returns once it is durable. `lane`: of a postback.
    pub async fn keep(&self, record: &Record, lane: Option<u16>) -> Result<(), Refusal> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { arrived_at: record.arrived_at, body: record.body(), lane, answer };
        self.state.lanes.enter(lane);
        if self.waiting.try_send(waiting).is_err() {
            self.state.lanes.leave(lane);
            return Err(Refusal::Full);
        }
        answered.await.unwrap_or(Err(Refusal::Failed))
    }

    /// Whether a postback of this lane must wait behind others.
    pub fn is_behind(&self, lane: Option<u16>) -> bool {
        !self.state.counted.load(Ordering::Acquire) || self.state.lanes.is_waiting(lane)
    }

    pub fn folder(&self) -> &Path {
        &self.state.settings.folder
    }

    pub fn state(&self) -> Arc<State> {
        self.state.clone()
    }
}

impl State {
    fn segments(&self) -> MutexGuard<'_, VecDeque<Segment>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The core takes something, or nothing waits.
    fn goes_on(&self) {
        self.standing_since.store(0, Ordering::Release);
    }

    /// The core takes nothing. Whether it did when this was last asked.
    fn stands(&self) -> bool {
        let (now, order) = (self.clock.now().micros(), Ordering::AcqRel);
        self.standing_since.compare_exchange(0, now, order, Ordering::Acquire).is_ok()
    }

    fn drained_one(&self) {
        // What could not be read when it was counted was not counted.
        let (order, fetch) = (Ordering::AcqRel, Ordering::Acquire);
        let _ = self.records.fetch_update(order, fetch, |records| records.checked_sub(1));
    }

    fn bytes(&self) -> u64 {
        self.segments().iter().map(|segment| segment.end).sum()
    }

    pub fn status(&self) -> Status {
        let oldest = self.oldest.load(Ordering::Acquire);
        let standing_since = self.standing_since.load(Ordering::Acquire);
        let now = self.clock.now();
        let age = |since: i64| now.since(if since == 0 { now } else { Time::from_micros(since) });
        Status {
            // First: what is counted later is not missed.
            counted: self.counted.load(Ordering::Acquire),
            records: self.records.load(Ordering::Acquire),
            bytes: self.bytes(),
            oldest_age: age(oldest),
            standing: age(standing_since),
            sync_failures: self.sync_failures.load(Ordering::Acquire),
            put_aside: self.put_aside.load(Ordering::Acquire),
            refusing: self.refusing.load(Ordering::Acquire),
        }
    }
}
