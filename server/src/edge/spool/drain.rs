//! Delivers the spooled records to the core, by the same calls as live traffic.
//!
//! The records of one order queue (see `order`), usually the postbacks of one click, are delivered
//! one after the other, as they arrived. Different queues are delivered at the same time. The
//! checkpoint advances over the oldest records, up to the first one that the core has not answered.
//! So after a crash no call is left out, but a call may be repeated; it counts once. The drain runs
//! on its own thread, because it reads and writes files.

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
use s2s_sdk::v1::RawPostback;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Content, Record, Spool, SpoolFile, State, acknowledged,
    aside::{self, Aside},
    concurrency_limit::ConcurrencyLimit,
    cursor::{self, Entry, EntryKind, FileCursor},
    file::{Checkpoint, DAMAGED},
    record::stated_id,
};
use crate::{
    edge::{
        NO_ANSWER,
        core_client::{CoreClient, CoreFailure, classify},
        core_health::{Cause, CoreHealth},
        record_seals::RecordSeals,
    },
    values::id::Random,
};

/// Batch size while the core fails on a record. If other records of the batch succeed, that record
/// is at fault.
const BESIDE_A_FAULT: usize = 256;
/// Concurrent deliveries while the core fails on a record. More than one, because a failing
/// delivery spends most of its time in pauses.
const AT_ONCE_BESIDE_A_FAULT: usize = 16;
/// Time limit of one attempt.
const CALL_BUDGET: Duration = Duration::from_secs(10);
/// Number of attempts for a record that the core fails on.
const FAULT_TRIES_MAX: usize = 5;
/// Pause between these attempts.
const FAULT_PAUSE: Duration = Duration::from_millis(500);
/// First pause before the core is asked again. Each further pause is twice as long as the one
/// before, up to `PAUSE_MAX`.
const PAUSE_MIN: Duration = Duration::from_millis(20);
/// Longest pause before the core is asked again.
const PAUSE_MAX: Duration = Duration::from_secs(1);

pub struct Drain {
    state: Arc<State>,
    seals: Arc<RecordSeals>,
    calls: CoreClient,
    core_health: Arc<CoreHealth>,
    /// The files of earlier processes.
    left: Vec<SpoolFile>,
    reading: Option<FileCursor>,
    pace: ConcurrencyLimit,
    /// When anything began to wait; `None` if nothing waits.
    waiting_since: Option<Instant>,
    aside: Aside,
    /// Why the core did not answer in the last batch; `None` if it answered.
    cause: Option<Cause>,
    /// A read error has been reported, and no file was read since.
    told: bool,
}

/// The outcome of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The core has accepted the record, or the entry needed no call.
    Done,
    /// The core has judged the record, and will never accept it.
    Refused,
    /// The core has failed on the record in every attempt.
    Fault,
    /// The core has not answered, or was not asked.
    Open,
}

impl Drain {
    pub fn new(spool: &Spool, calls: CoreClient, core_health: Arc<CoreHealth>, random: Random) -> Self {
        let (state, seals) = (spool.state(), spool.seals.clone());
        let left = state.files().iter().copied().collect();
        let (reading, pace, aside) = (None, ConcurrencyLimit::default(), Aside::new(random));
        let waiting_since = None;
        Self {
            state,
            seals,
            calls,
            core_health,
            left,
            reading,
            pace,
            waiting_since,
            aside,
            cause: None,
            told: false,
        }
    }

    /// Runs until `stopping`. The drain must be created before the writer runs, because `new` lists
    /// the files of earlier processes.
    pub fn run(self, runtime: &Handle, stopping: &CancellationToken) {
        runtime.block_on(self.work(stopping));
    }

    /// `run` as a future. It blocks, because it reads and writes files.
    pub async fn work(mut self, stopping: &CancellationToken) {
        self.count_backlog();
        let (mut pause, mut batch_max, mut at_once) = (PAUSE_MIN, self.pace.batch(), self.pace.limit());
        while !stopping.is_cancelled() {
            self.state.look_at_folder();
            let went_on = match self.next(batch_max) {
                Ok(items) if items.is_empty() => {
                    self.core_health.note_idle();
                    self.state.goes_on();
                    self.waiting_since = None;
                    stopping.run_until_cancelled(self.state.wait_for_records()).await;
                    true
                }
                Ok(items) => {
                    let handed = stopping.run_until_cancelled(self.deliver(&items, at_once));
                    let Some(outcomes) = handed.await else { break };
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
                    if !std::mem::replace(&mut self.told, true) {
                        tracing::error!(%error, "could not read a file of the spool; the server retries until it can");
                    }
                    false
                }
            };
            if went_on {
                pause = PAUSE_MIN;
            } else {
                stopping.run_until_cancelled(sleep(pause)).await;
                pause = PAUSE_MAX.min(pause * 2);
            }
        }
    }

    /// Counts what earlier processes have left.
    fn count_backlog(&mut self) {
        aside::count_earlier(&self.state);
        let left = std::mem::take(&mut self.left);
        let seals = self.seals.present();
        let found: u64 = left.into_iter().map(|file| cursor::count(&self.state, &seals, file)).sum();
        self.state.records.fetch_add(found, Ordering::AcqRel);
        self.state.counted.store(true, Ordering::Release);
        if found > 0 {
            tracing::warn!(records = found, "the spool holds records of an earlier process");
        }
    }

    /// The next entries, at most `max`; none if everything is drained.
    fn next(&mut self, max: usize) -> io::Result<Vec<Entry>> {
        let seals = self.seals.present();
        loop {
            let Some(file) = self.state.files().front().copied() else {
                self.state.oldest.store(0, Ordering::Release);
                return Ok(Vec::new());
            };
            let reading = self.reading.take().filter(|reading| reading.name == file.name);
            let reading = reading.unwrap_or_else(|| FileCursor::begin(&self.state.folder, file));
            // Kept even if the read fails: the checkpoint, which may be older, would let the drain
            // deliver records again that have left their order queues.
            let reading = self.reading.insert(reading);
            // Reads on even if unfinished entries remain: later entries show whether the core or a
            // record is at fault.
            if reading.end() < file.end && reading.entries(max, &seals).len() < max {
                reading.read_on(&self.state, file)?;
                self.told = false;
            }
            let items = reading.entries(max, &seals);
            if let Some(Entry { what: EntryKind::Call(record), .. }) = items.first() {
                self.state.oldest.store(record.arrived_at.micros(), Ordering::Release);
                let waiting_for = self.waiting_since.get_or_insert_with(Instant::now).elapsed();
                self.pace.set_backlog_age(self.state.clock.now().since(record.arrived_at), waiting_for);
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
        let (folder, name) = (&self.state.folder, file.name);
        let was_damaged = self.reading.take().is_some_and(|reading| reading.damaged);
        let is_there = folder.length(&name.text()).is_ok();
        // An earlier process may have found the damage.
        if is_there && (was_damaged || acknowledged::has_lost(folder, name)) {
            folder.rename(&name.text(), &name.with(DAMAGED))?;
            self.state.put_aside.fetch_add(1, Ordering::AcqRel);
        } else {
            // Removes the list of acknowledged records before the file. If a crash left only the
            // list, it would look as if somebody had removed the file.
            folder.remove(&name.with(acknowledged::ACKNOWLEDGED))?;
            if is_there {
                folder.remove(&name.text())?;
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
        // Logs the cause once, and again only if the core has accepted a record, or none waited, in
        // between.
        self.cause = cause.get().cloned();
        if let Some(cause) = &self.cause
            && outcomes.first().is_some_and(|first| *first == Outcome::Open)
            && self.state.stands()
            && !cause.is_lasting
        {
            let Cause { text: cause, detail, .. } = cause;
            tracing::warn!(
                cause,
                detail,
                "the core accepts nothing from the spool; the server retries until it does"
            );
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
            let cause = self.cause.clone().unwrap_or_else(|| Cause::passing("the core fails"));
            self.core_health.note_failure(self.state.clock.now(), cause);
        }
        let seals = self.seals.present();
        let mut passed = 0;
        for (item, outcome) in items.iter().zip(outcomes) {
            let over = match (outcome, &item.what) {
                (Outcome::Done, EntryKind::Unknown(body, why)) => {
                    self.aside.put(&self.state, body, &stated_id(body), why.text())
                }
                (Outcome::Done, _) => true,
                (Outcome::Refused, EntryKind::Call(record)) => {
                    self.aside.put(&self.state, &record.body(seals.own()), record.id(), "the core refused it")
                }
                (Outcome::Fault, EntryKind::Call(record)) if answers => self.aside.put(
                    &self.state,
                    &record.body(seals.own()),
                    record.id(),
                    "the core fails on it",
                ),
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
            && let Err(error) = Checkpoint::write(&self.state.folder, reading.name, reading.offset())
        {
            tracing::warn!(%error, "could not write the checkpoint of the spool");
        }
        passed == items.len()
    }

    fn consume(&mut self, item: &Entry) {
        let Some(reading) = &mut self.reading else { return };
        let bytes = item.end.saturating_sub(reading.at);
        let (name, offset) = (reading.name, reading.offset());
        reading.at = item.end;
        match &item.what {
            EntryKind::Call(record) => {
                self.state.order_queues.leave(record.queue());
                self.state.drained_one();
            }
            EntryKind::Unknown(..) => self.state.drained_one(),
            EntryKind::Damage => {
                reading.damaged = true;
                let end = reading.offset();
                self.state.note_damage(name, offset, end);
            }
            EntryKind::Torn => {
                let file = name.text();
                tracing::warn!(file, offset, bytes, "a crash interrupted the last write to the spool");
            }
        }
    }
}

/// Makes the call of a record. `cause`: filled with the reason why the core accepts nothing, unless
/// it is filled already.
async fn call(calls: &CoreClient, record: &Record, cause: &OnceLock<Cause>) -> Outcome {
    for tries in 1.. {
        let answered = async {
            match &record.content {
                Content::Click(click) => calls.click(click.clone()).await,
                // The sender of a spooled postback was answered `QUEUED`.
                Content::Postback(postback) => {
                    let postback = RawPostback { queued: true, ..postback.clone() };
                    calls.postback(postback).await.map(|_| ())
                }
                // Not calls: they occur only in snapshots.
                Content::ClickIdKeys(_) | Content::Link(_) | Content::NoLink(_) | Content::FormerKeys(_) => {
                    Ok(())
                }
            }
        };
        match timeout(CALL_BUDGET, answered).await {
            Ok(Ok(())) => return Outcome::Done,
            Err(_) => {
                let _ = cause.set(Cause::passing(NO_ANSWER));
                return Outcome::Open;
            }
            Ok(Err(status)) => match classify(&status) {
                CoreFailure::Rejected => {
                    tracing::error!(
                        of = record.id(),
                        reason = status.message(),
                        "the core refused a spooled record"
                    );
                    return Outcome::Refused;
                }
                CoreFailure::Unreachable => {
                    let _ = cause.set(Cause::of(&status));
                    return Outcome::Open;
                }
                CoreFailure::Fault if tries == FAULT_TRIES_MAX => return Outcome::Fault,
                CoreFailure::Fault => sleep(FAULT_PAUSE).await,
            },
        }
    }
    Outcome::Open
}
