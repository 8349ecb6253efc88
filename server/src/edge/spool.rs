//! The spool: files in which the edge keeps the calls that the core can't answer now. The edge
//! delivers these calls once the core can answer.
//!
//! A record is the exact call that the core did not answer, so the core needs no second way to
//! receive it. `writer` makes records durable, and `drain` makes their calls. Only the process that
//! created a file appends to it. The file is deleted once the core has answered all its records.
//! The module `record` describes the handling of damage, and `file` the files;
//! docs/internals/spool-format.md describes both.
//!
//! Absent on purpose: memory for each waiting record, because the backlog may be large; and any way
//! to drop a record except the core's answer. A record that can't be read or delivered is put aside
//! in a file for people, and logged.

mod acknowledged;
mod aside;
mod concurrency_limit;
pub mod copy;
mod cursor;
mod drain;
mod file;
mod folder;
mod order;
mod record;
mod writer;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::timeout,
};

use self::{
    file::{Name, SEGMENT},
    order::OrderQueues,
    writer::PendingRecord,
};
use super::record_seals::RecordSeals;
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
    file::Numbers,
    folder::Folder,
    order::order_queue,
    record::{Content, KEY_BYTES, Key, Piece, Pieces, RECORD_BYTES_MAX, Record, as_call, frame, frame_bytes},
    writer::Writer,
};

/// Maximum number of records that wait to be written.
const WAITING_MAX: usize = 4_096;
/// Free space that the spool leaves on its disk, in bytes: the database may need it more.
const FREE_BYTES_MIN: u64 = 64 * 1_024 * 1_024;
/// Interval at which the folder is checked while nothing is written.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// The cause of a refused record. No part of the record is kept.
///
/// Callers treat both causes the same way: they wait for the core's answer, or refuse the call.
/// Operators find the details in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpoolError {
    /// The spool has no room now, but may have room later: the quota or the disk is full, a write
    /// failed, or `WAITING_MAX` records wait. Also the cause if the writer ended before the record was
    /// queued.
    Full,
    /// Too many postbacks wait in the record's order queue. The record must not overtake them.
    QueueFull,
    /// A fault: an fsync or a new file failed, the folder was removed or replaced, the record is
    /// too long, or the writer ended while the record waited.
    Failed,
}

/// Appends records. The writer ends once all clones of the spool are dropped.
#[derive(Clone)]
pub struct Spool {
    waiting: mpsc::Sender<PendingRecord>,
    state: Arc<State>,
    seals: Arc<RecordSeals>,
}

/// A spool that does not have the seals of its records yet.
pub struct UnsealedSpool {
    waiting: mpsc::Sender<PendingRecord>,
    state: Arc<State>,
}

impl UnsealedSpool {
    pub fn folder(&self) -> Arc<Folder> {
        self.state.folder.clone()
    }

    /// Sets the seals of the records.
    pub fn seal(self, seals: Arc<RecordSeals>) -> Spool {
        Spool { waiting: self.waiting, state: self.state, seals }
    }
}

/// A file of records.
#[derive(Clone, Copy, Debug)]
struct SpoolFile {
    name: Name,
    /// End of the part that the drain reads, in bytes: the durable and trusted part, or the whole
    /// file if an earlier process left it.
    end: u64,
    /// End of the part that is known to have been durable, in bytes; 0 if it is unknown.
    durable: u64,
    /// No more records are appended.
    sealed: bool,
}

/// The state that writer and drain share.
pub struct State {
    folder: Arc<Folder>,
    /// Maximum size of the files, in bytes.
    bytes_max: u64,
    /// The files, oldest first. The writer appends at the back, the drain takes from the front.
    files: Mutex<VecDeque<SpoolFile>>,
    /// Notified after every append, and after every refusal.
    appended: Notify,
    order_queues: OrderQueues,
    /// The records of earlier processes are counted, and are in their order queues.
    counted: AtomicBool,
    records: AtomicU64,
    /// Arrival of the record that is drained next, in microseconds; 0 if there is none.
    oldest: AtomicI64,
    sync_failures: AtomicU64,
    put_aside: AtomicU64,
    lost: AtomicU64,
    /// Start of the time in which the core accepts no waiting record, in microseconds; 0 while it
    /// accepts them.
    standing_since: AtomicI64,
    /// The last write failed for another cause than a lack of room.
    refusing: AtomicBool,
    /// The last record was refused because there was no room.
    full: AtomicBool,
    /// The folder at the path is not the one that this process has locked.
    displaced: AtomicBool,
    clock: Clock,
}

/// The condition of the spool, for operators.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// `records` includes the records of earlier processes.
    pub counted: bool,
    pub records: u64,
    pub bytes: u64,
    pub oldest_age: Span,
    pub sync_failures: u64,
    /// Number of records put aside, and of damaged files. Each of them needs a person.
    pub put_aside: u64,
    /// Acknowledged records that are missing in the files.
    pub lost: u64,
    /// The last write was refused, or the next one would be.
    pub refusing: bool,
    /// Time for which the core has accepted no waiting record.
    pub standing: Span,
}

/// Opens the spool, with the records of earlier processes. The caller runs `Writer` and `Drain`.
pub fn open(
    settings: &SpoolSettings,
    clock: Clock,
    random: Random,
) -> Result<(UnsealedSpool, Writer), StartError> {
    let folder = Folder::open(&settings.folder)?;
    if folder.length(copy::RESTORING).is_ok() {
        return Err(folder.half_restored());
    }
    let left = file::list(&folder, SEGMENT).map_err(|error| folder.unusable(&error))?;
    let next = left.last().map_or(1, |name| name.number + 1);
    let files = left.into_iter().map(|name| SpoolFile::left(&folder, name)).collect();
    let state = Arc::new(State {
        folder: Arc::new(folder),
        bytes_max: settings.bytes_max,
        files: Mutex::new(files),
        appended: Notify::new(),
        order_queues: OrderQueues::default(),
        counted: AtomicBool::new(false),
        records: AtomicU64::new(0),
        oldest: AtomicI64::new(0),
        sync_failures: AtomicU64::new(0),
        put_aside: AtomicU64::new(0),
        lost: AtomicU64::new(0),
        standing_since: AtomicI64::new(0),
        refusing: AtomicBool::new(false),
        full: AtomicBool::new(false),
        displaced: AtomicBool::new(false),
        clock,
    });
    let (waiting, queue) = mpsc::channel(WAITING_MAX);
    let writer = Writer::new(state.clone(), queue, next, random);
    Ok((UnsealedSpool { waiting, state }, writer))
}

impl Spool {
    /// Appends a record. Returns once it is durable. `queue`: the order queue of a postback.
    pub async fn append(&self, record: &Record, queue: Option<u16>) -> Result<(), SpoolError> {
        let (answer, answered) = oneshot::channel();
        let (arrived_at, id) = (record.arrived_at, record.id().to_owned());
        let seals = self.seals.present();
        let waiting =
            PendingRecord { arrived_at, id, body: record.body(seals.own()), _seals: seals, queue, answer };
        if !self.state.order_queues.try_enter(queue) {
            return Err(SpoolError::QueueFull);
        }
        if self.waiting.try_send(waiting).is_err() {
            self.state.order_queues.leave(queue);
            return Err(SpoolError::Full);
        }
        answered.await.unwrap_or(Err(SpoolError::Failed))
    }

    /// Returns whether a postback of this order queue must wait for earlier ones.
    pub fn must_wait(&self, queue: Option<u16>) -> bool {
        !self.state.counted.load(Ordering::Acquire) || self.state.order_queues.is_waiting(queue)
    }

    pub fn state(&self) -> Arc<State> {
        self.state.clone()
    }
}

impl SpoolFile {
    /// A file that an earlier process has left.
    fn left(folder: &Folder, name: Name) -> Self {
        let durable = acknowledged::durable_end(folder, name);
        let length = folder.length(&name.text()).unwrap_or_default();
        Self { name, end: length.max(durable), durable, sealed: true }
    }
}

impl State {
    /// Waits until a record is appended or refused, and meanwhile checks the folder.
    async fn wait_for_records(&self) {
        while timeout(LOOK_INTERVAL, self.appended.notified()).await.is_err() {
            self.look_at_folder();
        }
    }

    /// Returns whether the folder at the path is still the one that this process has locked.
    fn look_at_folder(&self) -> bool {
        let is_in_place = self.folder.is_in_place();
        if self.displaced.swap(!is_in_place, Ordering::AcqRel) == is_in_place {
            let folder = self.folder.path().display();
            if is_in_place {
                self.refusing.store(false, Ordering::Release);
                tracing::warn!(%folder, "the folder of the spool is back in its place");
            } else {
                tracing::error!(
                    %folder,
                    "THE FOLDER OF THE SPOOL WAS REMOVED OR REPLACED, so the spool accepts no records: move it back, \
                     or restart the server"
                );
            }
        }
        is_in_place
    }

    /// Checks that the spool has room for this number of further bytes. The error names the cause.
    fn check_room(&self, bytes: usize) -> Result<(), &'static str> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.bytes().saturating_add(bytes) > self.bytes_max {
            return Err("the spool has reached its limit (--spool-mebibytes-max)");
        }
        // If the free space is unknown, the write itself will show whether it suffices.
        if self.folder.free_bytes().is_some_and(|free| free < FREE_BYTES_MIN.saturating_add(bytes)) {
            return Err("the disk of the spool is nearly full");
        }
        Ok(())
    }

    /// Returns whether the next record would be refused, as far as can be known without writing it.
    fn is_refusing(&self) -> bool {
        let is_full = || self.full.load(Ordering::Acquire) && self.check_room(RECORD_BYTES_MAX).is_err();
        self.refusing.load(Ordering::Acquire) || self.displaced.load(Ordering::Acquire) || is_full()
    }

    /// Notes the records that were lost between two offsets of a file.
    fn note_damage(&self, name: Name, from: u64, to: u64) {
        let file = name.text();
        let mut lost = acknowledged::between(&self.folder, name, from, to);
        if lost.is_empty() {
            // The list of the file's records is missing, or has no line for these bytes.
            lost.push(format!("bytes {from} to {to}"));
        }
        match acknowledged::note_lost(&self.folder, name, &lost) {
            Ok(new) => {
                self.lost.fetch_add(u64::try_from(new).unwrap_or_default(), Ordering::AcqRel);
            }
            Err(error) => tracing::error!(file, %error, "could not note what is lost of the spool"),
        }
        aside::tell_lost(&file, &lost, "THE SPOOL IS DAMAGED");
    }

    fn files(&self) -> MutexGuard<'_, VecDeque<SpoolFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the core accepts records, or that none waits.
    fn goes_on(&self) {
        self.standing_since.store(0, Ordering::Release);
    }

    /// Notes that the core accepts no record. Returns whether this is the first time since
    /// `goes_on`.
    fn stands(&self) -> bool {
        let (now, order) = (self.clock.now().micros(), Ordering::AcqRel);
        self.standing_since.compare_exchange(0, now, order, Ordering::Acquire).is_ok()
    }

    fn drained_one(&self) {
        // The counter may be 0: records that could not be read during the count were not counted.
        let (order, fetch) = (Ordering::AcqRel, Ordering::Acquire);
        let _ = self.records.fetch_update(order, fetch, |records| records.checked_sub(1));
    }

    fn bytes(&self) -> u64 {
        self.files().iter().map(|file| file.end).sum()
    }

    pub fn status(&self) -> Status {
        let oldest = self.oldest.load(Ordering::Acquire);
        let standing_since = self.standing_since.load(Ordering::Acquire);
        let now = self.clock.now();
        let age = |since: i64| now.since(if since == 0 { now } else { Time::from_micros(since) });
        Status {
            // Read first: if it is `true`, `records` includes the records of earlier processes.
            counted: self.counted.load(Ordering::Acquire),
            records: self.records.load(Ordering::Acquire),
            bytes: self.bytes(),
            oldest_age: age(oldest),
            standing: age(standing_since),
            sync_failures: self.sync_failures.load(Ordering::Acquire),
            put_aside: self.put_aside.load(Ordering::Acquire),
            lost: self.lost.load(Ordering::Acquire),
            refusing: self.is_refusing(),
        }
    }
}
