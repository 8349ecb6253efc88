//! Delivers the spooled records to the core, by the same calls as live traffic.
//!
//! Records are delivered in order within each order queue, and many queues at a time. The
//! checkpoint advances over the oldest records, up to the first one that the core has not answered.
//! So after a crash no call is left out, but a call may be repeated; it counts once. The drain has
//! a thread of its own, because it reads and writes files.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, stream};
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Content, Piece, Pieces, Record, Spool, SpoolFile, State,
    concurrency_limit::ConcurrencyLimit,
    file::{self, ASIDE, Appender, Checkpoint, DAMAGED, Name},
    order_queue,
    record::{RECORD_BYTES_MAX, frame},
};
use crate::{
    edge::{
        core_client::{CoreClient, CoreFailure, classify},
        core_health::CoreHealth,
    },
    values::id::Random,
};

/// Batch size while the core fails on a record. If other records of the batch succeed, that record
/// is at fault.
const BESIDE_A_FAULT: usize = 256;
/// Concurrent deliveries while the core fails on a record. More than one, because a failing
/// delivery mostly pauses.
const AT_ONCE_BESIDE_A_FAULT: usize = 16;
/// Time limit of one delivery.
const CALL_BUDGET: Duration = Duration::from_secs(10);
/// Number of attempts for a record that the core fails on, and the pause between them.
const FAULT_TRIES_MAX: usize = 5;
const FAULT_PAUSE: Duration = Duration::from_millis(500);
/// Pause before asking the core again; doubled each time, up to the maximum.
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);

pub struct Drain {
    state: Arc<State>,
    calls: CoreClient,
    core_health: Arc<CoreHealth>,
    random: Random,
    checkpoint: Checkpoint,
    /// The files of earlier processes.
    left: Vec<SpoolFile>,
    reading: Option<FileCursor>,
    pace: ConcurrencyLimit,
    aside: Option<Appender>,
}

/// The part of a file that is in memory.
struct FileCursor {
    name: Name,
    /// Offset of `bytes` in the file.
    from: u64,
    bytes: Vec<u8>,
    /// Offset in `bytes` up to which they are drained.
    at: usize,
    damaged: bool,
}

impl FileCursor {
    fn offset(&self) -> u64 {
        self.from.saturating_add(u64::try_from(self.at).unwrap_or(u64::MAX))
    }

    /// Offset in the file at which the part ends.
    fn end(&self) -> u64 {
        self.from.saturating_add(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }
}

/// An entry to be drained.
struct Entry {
    /// Its end in `FileCursor::bytes`.
    end: usize,
    what: EntryKind,
}

#[expect(clippy::large_enum_variant, reason = "nearly all are calls")]
enum EntryKind {
    Call(Record),
    /// A record of a later version, or with unreadable contents.
    Unknown(Vec<u8>),
    Damage,
    Torn,
}

/// The outcome of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The core has answered, or the entry needed no call.
    Done,
    /// The core has judged the record, and will never accept it.
    Refused,
    Fault,
    Open,
}

impl Drain {
    pub fn new(spool: &Spool, calls: CoreClient, core_health: Arc<CoreHealth>, random: Random) -> Self {
        let state = spool.state();
        let checkpoint = Checkpoint::of(&state.settings.folder);
        let left = state.files().iter().copied().collect();
        let (reading, pace, aside) = (None, ConcurrencyLimit::default(), None);
        Self { state, calls, core_health, random, checkpoint, left, reading, pace, aside }
    }

    /// Runs until `stopping`. The drain must be created before the writer runs, because `new` lists
    /// the files of earlier processes.
    pub fn run(mut self, runtime: &Handle, stopping: &CancellationToken) {
        self.count_backlog();
        let (mut pause, mut batch_max, mut at_once) = (PAUSE_MIN, self.pace.batch(), self.pace.limit());
        while !stopping.is_cancelled() {
            let went_on = match self.next(batch_max) {
                Ok(items) if items.is_empty() => {
                    self.core_health.note_success();
                    self.state.goes_on();
                    runtime.block_on(stopping.run_until_cancelled(self.state.appended.notified()));
                    true
                }
                Ok(items) => {
                    let handed = stopping.run_until_cancelled(self.deliver(&items, at_once));
                    let Some(outcomes) = runtime.block_on(handed) else { break };
                    // If the core does not answer, only one record is tried.
                    (batch_max, at_once) = if outcomes.contains(&Outcome::Open) {
                        self.pace.reset();
                        (1, 1)
                    } else if outcomes.contains(&Outcome::Fault) {
                        (BESIDE_A_FAULT, AT_ONCE_BESIDE_A_FAULT)
                    } else {
                        (self.pace.batch(), self.pace.limit())
                    };
                    self.advance(&items, &outcomes)
                }
                Err(error) => {
                    tracing::error!(%error, "could not read a file of the spool");
                    false
                }
            };
            if went_on {
                pause = PAUSE_MIN;
            } else {
                runtime.block_on(stopping.run_until_cancelled(sleep(pause)));
                pause = PAUSE_MAX.min(pause * 2);
            }
        }
    }

    /// Counts the records of earlier processes, and enters them into their order queues.
    fn count_backlog(&mut self) {
        let mut found = 0_u64;
        for file in std::mem::take(&mut self.left) {
            let from = self.checkpoint.read(file.name);
            // A read error is reported when the drain reaches the file.
            let bytes = self.read(file, from).unwrap_or_default();
            for (_, piece) in Pieces::new(file.name.key, &bytes, 0) {
                let Piece::Body(body) = piece else { continue };
                found += 1;
                self.state.order_queues.enter(Record::read(body).and_then(|record| record.queue()));
            }
        }
        self.state.records.fetch_add(found, Ordering::AcqRel);
        self.state.counted.store(true, Ordering::Release);
        if found > 0 {
            tracing::warn!(records = found, "the spool holds records of an earlier process");
        }
    }

    fn read(&self, file: SpoolFile, from: u64) -> io::Result<Vec<u8>> {
        file::read(&file.name.path(&self.state.settings.folder), from, file.end)
    }

    /// The next entries, at most `max`; none if everything is drained.
    fn next(&mut self, max: usize) -> io::Result<Vec<Entry>> {
        loop {
            let Some(file) = self.state.files().front().copied() else {
                self.state.oldest.store(0, Ordering::Release);
                return Ok(Vec::new());
            };
            let mut reading = match self.reading.take() {
                Some(reading) if reading.name == file.name => reading,
                _ => {
                    let from = self.checkpoint.read(file.name);
                    FileCursor { name: file.name, from, bytes: Vec::new(), at: 0, damaged: false }
                }
            };
            // Reads on even if unfinished entries remain: later ones show whether the core or a
            // record is at fault.
            if reading.end() < file.end && reading.items(max).len() < max {
                let from = reading.offset();
                match self.read(file, from) {
                    Ok(bytes) if !bytes.is_empty() => {
                        (reading.from, reading.bytes, reading.at) = (from, bytes, 0);
                    }
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {
                        let name = file.name.text();
                        tracing::error!(name, "A FILE OF THE SPOOL WAS REMOVED OR TRUNCATED");
                        (reading.from, reading.bytes, reading.at) = (file.end, Vec::new(), 0);
                    }
                }
            }
            let reading = self.reading.insert(reading);
            let items = reading.items(max);
            if let Some(Entry { what: EntryKind::Call(record), .. }) = items.first() {
                self.state.oldest.store(record.arrived_at.micros(), Ordering::Release);
                self.pace.set_backlog_age(self.state.clock.now().since(record.arrived_at));
            }
            if !items.is_empty() {
                return Ok(items);
            }
            if !file.sealed {
                self.state.oldest.store(0, Ordering::Release);
                return Ok(items);
            }
            self.finish(file)?;
        }
    }

    /// Deletes a drained file; renames a damaged one, which is kept for people.
    fn finish(&mut self, file: SpoolFile) -> io::Result<()> {
        let folder = &self.state.settings.folder;
        if self.reading.take().is_some_and(|reading| reading.damaged) {
            file.name.rename(folder, DAMAGED)?;
            self.state.put_aside.fetch_add(1, Ordering::AcqRel);
        } else {
            match std::fs::remove_file(file.name.path(folder)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.state.files().pop_front();
        Ok(())
    }

    async fn deliver(&mut self, items: &[Entry], at_once: usize) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(items.len());
        let mut order_queues: HashMap<u16, usize> = HashMap::new();
        let mut queues: Vec<Vec<(usize, &Record)>> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let EntryKind::Call(record) = &item.what else {
                outcomes.push(Outcome::Done);
                continue;
            };
            outcomes.push(Outcome::Open);
            let queue = match record.queue() {
                Some(queue) => *order_queues.entry(queue).or_insert(queues.len()),
                None => queues.len(),
            };
            match queues.get_mut(queue) {
                Some(queue) => queue.push((index, record)),
                None => queues.push(vec![(index, record)]),
            }
        }
        let (calls, away) = (&self.calls, &AtomicBool::new(false));
        let cause = &OnceLock::new();
        let filled = queues.len() >= at_once;
        let queues = stream::iter(queues).map(|queue| async move {
            let mut came = Vec::with_capacity(queue.len());
            for (index, record) in queue {
                // After one unanswered call, no other is tried.
                if away.load(Ordering::Relaxed) {
                    break;
                }
                let begun = Instant::now();
                let outcome = call(calls, record, cause).await;
                came.push((index, outcome, begun.elapsed()));
                if outcome == Outcome::Open {
                    away.store(true, Ordering::Relaxed);
                }
            }
            came
        });
        let came: Vec<_> = queues.buffer_unordered(at_once).concat().await;
        for (index, outcome, _) in &came {
            if let Some(slot) = outcomes.get_mut(*index) {
                *slot = *outcome;
            }
        }
        // Logged once, and again only after progress in between.
        if let Some(cause) = cause.get()
            && outcomes.first().is_some_and(|first| *first == Outcome::Open)
            && self.state.stands()
        {
            tracing::warn!(cause, "the core takes nothing from the spool; the server retries until it does");
        }
        // Failures may be faster than answers, and would spoil the measurement.
        if let Ok(calls @ 1..) = u32::try_from(came.len())
            && at_once == self.pace.limit()
            && outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done | Outcome::Refused))
        {
            let all: Duration = came.iter().map(|(_, _, took)| took).sum();
            self.pace.record(all / calls, filled);
        }
        outcomes
    }

    /// Advances over finished entries, up to the first unfinished one. Returns whether all were
    /// finished.
    fn advance(&mut self, items: &[Entry], outcomes: &[Outcome]) -> bool {
        // If the core fails on all records, the core is at fault, not a record.
        let calls = items.iter().zip(outcomes).filter(|(item, _)| matches!(item.what, EntryKind::Call(_)));
        let answers = calls.clone().any(|(_, outcome)| matches!(outcome, Outcome::Done | Outcome::Refused));
        if answers {
            self.core_health.note_success();
        } else if calls.count() > 0 {
            self.core_health.note_failure(self.state.clock.now());
        }
        let mut passed = 0;
        for (item, outcome) in items.iter().zip(outcomes) {
            let over = match (outcome, &item.what) {
                (Outcome::Done, EntryKind::Unknown(body)) => {
                    self.put_aside(body, "its version is later than ours, or its contents are unreadable")
                }
                (Outcome::Done, _) => true,
                (Outcome::Refused, EntryKind::Call(record)) => {
                    self.put_aside(&record.body(), "the core refused it")
                }
                (Outcome::Fault, EntryKind::Call(record)) if answers => {
                    self.put_aside(&record.body(), "the core fails on it")
                }
                (Outcome::Open | Outcome::Fault | Outcome::Refused, _) => false,
            };
            if !over {
                break;
            }
            self.consume(item);
            passed += 1;
        }
        if passed > 0 {
            self.state.goes_on();
        }
        if let Some(reading) = &self.reading
            && passed > 0
            && let Err(error) = self.checkpoint.write(reading.name, reading.offset())
        {
            tracing::warn!(%error, "could not write the checkpoint of the spool");
        }
        passed == items.len()
    }

    fn consume(&mut self, item: &Entry) {
        let Some(reading) = &mut self.reading else { return };
        let bytes = item.end.saturating_sub(reading.at);
        let (file, offset) = (reading.name.text(), reading.offset());
        reading.at = item.end;
        match &item.what {
            EntryKind::Call(record) => {
                self.state.order_queues.leave(record.queue());
                self.state.drained_one();
            }
            EntryKind::Unknown(_) => self.state.drained_one(),
            EntryKind::Damage => {
                reading.damaged = true;
                tracing::error!(
                    file,
                    offset,
                    bytes,
                    "THE SPOOL IS DAMAGED: the bytes here are lost; the file is kept"
                );
            }
            EntryKind::Torn => {
                tracing::warn!(file, offset, bytes, "a crash interrupted the last write to the spool");
            }
        }
    }

    /// Writes a record to a file for people, because the core can't take it. `false`: the write
    /// failed, so the record stays in the spool.
    fn put_aside(&mut self, body: &[u8], why: &str) -> bool {
        let folder = &self.state.settings.folder;
        let written = (|| {
            let mut file = match self.aside.take() {
                Some(file) => file,
                None => Appender::create(folder, Name::new(0, &self.random), Some(ASIDE))?,
            };
            let mut bytes = Vec::with_capacity(RECORD_BYTES_MAX);
            frame(file.name.key, body, &mut bytes);
            file.append(&bytes).map_err(|fault| match fault {
                file::Fault::Write(error) | file::Fault::Sync(error) => error,
            })?;
            Ok::<_, io::Error>(file)
        })();
        match written {
            Ok(file) => {
                self.state.put_aside.fetch_add(1, Ordering::AcqRel);
                tracing::error!(file = file.name.text(), why, "A RECORD OF THE SPOOL WAS PUT ASIDE");
                self.aside = Some(file);
                true
            }
            Err(error) => {
                tracing::error!(%error, "could not put aside a record of the spool");
                false
            }
        }
    }
}

/// Makes the call of a record. `cause`: filled with the reason why the core takes nothing, unless
/// it is filled already.
async fn call(calls: &CoreClient, record: &Record, cause: &OnceLock<String>) -> Outcome {
    for tries in 1.. {
        let answered = async {
            match &record.content {
                Content::Click(click) => calls.click(click.clone()).await,
                Content::Postback(postback) => calls.postback(postback.clone()).await.map(|_| ()),
                // Not calls: they occur only in snapshots.
                Content::ClickIdKeys(_) | Content::Link(_) => Ok(()),
            }
        };
        match timeout(CALL_BUDGET, answered).await {
            Ok(Ok(())) => return Outcome::Done,
            Err(_) => {
                let _ = cause.set("no answer in time".to_owned());
                return Outcome::Open;
            }
            Ok(Err(status)) => match classify(&status) {
                CoreFailure::Rejected => {
                    tracing::error!(
                        of = record.named(),
                        reason = status.message(),
                        "the core refused a spooled record"
                    );
                    return Outcome::Refused;
                }
                CoreFailure::Unreachable => {
                    let _ = cause.set(status.message().to_owned());
                    return Outcome::Open;
                }
                CoreFailure::Fault if tries == FAULT_TRIES_MAX => return Outcome::Fault,
                CoreFailure::Fault => sleep(FAULT_PAUSE).await,
            },
        }
    }
    Outcome::Open
}

impl Record {
    fn queue(&self) -> Option<u16> {
        match &self.content {
            Content::Postback(postback) => order_queue(postback),
            _ => None,
        }
    }

    /// The id of the link or of the postback, for the log.
    fn named(&self) -> &str {
        match &self.content {
            Content::Click(click) => &click.tracking_link_id,
            Content::Postback(postback) => &postback.postback_id,
            Content::ClickIdKeys(_) | Content::Link(_) => "",
        }
    }
}

impl FileCursor {
    fn items(&self, max: usize) -> Vec<Entry> {
        let mut items = Vec::new();
        for (end, piece) in Pieces::new(self.name.key, &self.bytes, self.at).take(max) {
            let what = match piece {
                Piece::Body(body) => match Record::read(body) {
                    Some(record) => EntryKind::Call(record),
                    None => EntryKind::Unknown(body.to_vec()),
                },
                Piece::Damage => EntryKind::Damage,
                Piece::Torn => EntryKind::Torn,
            };
            items.push(Entry { end, what });
        }
        items
    }
}
