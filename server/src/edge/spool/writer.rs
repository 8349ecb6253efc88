//! Makes records durable: all waiting records share one write and one fsync.
//!
//! The writer runs on its own thread, because it waits for the disk.

use std::{
    collections::VecDeque,
    sync::{Arc, MutexGuard, atomic::Ordering},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};

use super::{
    SpoolError, SpoolFile, State,
    acknowledged::{Acknowledged, Line},
    file::{Appender, Fault, Name, SEGMENT},
    record::{RECORD_BYTES_MAX, frame, frame_bytes},
};
use crate::values::{id::Random, seal::Seals, time::Time};

/// Maximum length of a file, in bytes. Drained records are deleted file by file.
pub const SEGMENT_BYTES_MAX: u64 = 4 * 1_024 * 1_024;
/// Length at which a batch is full, in bytes. A batch shares one fsync.
const BATCH_BYTES_MAX: usize = 1_024 * 1_024;
/// Time after which a file gets no more records, or after which a drained file is ended although no
/// record comes. Only an ended file is deleted, and it holds visitors' data.
const FILE_AGE_MAX: Duration = Duration::from_mins(1);
const REST_AFTER: Duration = Duration::from_secs(10);
/// Minimum interval between log messages about failed writes.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// A record on its way to the disk.
pub struct PendingRecord {
    pub arrived_at: Time,
    /// Id of the click or postback.
    pub id: String,
    pub body: Vec<u8>,
    /// The seals with which the body was made. Held until the record is written.
    pub _seals: Arc<Seals>,
    pub queue: Option<u16>,
    pub answer: oneshot::Sender<Result<(), SpoolError>>,
}

pub struct Writer {
    state: Arc<State>,
    queue: mpsc::Receiver<PendingRecord>,
    next: u64,
    random: Random,
    file: Option<Segment>,
    told: Option<Instant>,
}

/// The file that records are appended to, and the list of its records.
struct Segment {
    records: Appender,
    acknowledged: Acknowledged,
    begun: Instant,
}

impl Writer {
    pub fn new(state: Arc<State>, queue: mpsc::Receiver<PendingRecord>, next: u64, random: Random) -> Self {
        Self { state, queue, next, random, file: None, told: None }
    }

    /// Runs until all clones of the spool are dropped. It blocks, so it needs its own thread.
    pub fn run(self, runtime: &Handle) {
        runtime.block_on(self.work());
    }

    /// `run` as a future. It blocks, because it writes files.
    pub async fn work(mut self) {
        while let Some(first) = self.next_record().await {
            let mut bytes = frame_bytes(first.body.len());
            let mut batch = vec![first];
            while bytes < BATCH_BYTES_MAX {
                let Ok(one) = self.queue.try_recv() else { break };
                bytes += frame_bytes(one.body.len());
                batch.push(one);
            }
            // Leaves out the records of callers that have gone. Such a caller got no answer, so
            // nothing was promised.
            batch.retain(|one| {
                let awaited = !one.answer.is_closed();
                if !awaited {
                    self.state.order_queues.leave(one.queue);
                }
                awaited
            });
            if !batch.is_empty() {
                self.write(batch);
            }
        }
    }

    /// The next record; `None` once all clones of the spool are dropped. Ends a drained file while none
    /// comes.
    async fn next_record(&mut self) -> Option<PendingRecord> {
        while self.file.is_some() {
            if let Ok(next) = timeout(REST_AFTER, self.queue.recv()).await {
                return next;
            }
            if self.state.records.load(Ordering::Acquire) == 0 {
                self.seal();
                // Wakes the drain, which deletes the file.
                self.state.appended.notify_one();
            }
        }
        self.queue.recv().await
    }

    fn write(&mut self, batch: Vec<PendingRecord>) {
        let written = self.append(&batch);
        let is_full = self.state.full.load(Ordering::Acquire);
        self.state.refusing.store(written.is_err() && !is_full, Ordering::Release);
        for one in batch {
            if written.is_err() {
                self.state.order_queues.leave(one.queue);
            }
            // A caller that has gone needs no answer.
            let _ = one.answer.send(written);
        }
        // Wakes the drain, after a refusal too. The drain deletes a file that the refusal sealed.
        // If no record waits, the drain marks the core as up, so that calls go to the core
        // instead of the spool.
        self.state.appended.notify_one();
    }

    fn append(&mut self, batch: &[PendingRecord]) -> Result<(), SpoolError> {
        let bytes: usize = batch.iter().map(|one| frame_bytes(one.body.len())).sum();
        if batch.iter().any(|one| one.body.len() > RECORD_BYTES_MAX) {
            self.tell("a record is too long to be read again");
            return Err(SpoolError::Failed);
        }
        if let Err(refusal) = self.check_room(bytes) {
            // Ends the file, so that the drain can delete it once it is drained.
            self.seal();
            return Err(refusal);
        }
        let length = u64::try_from(bytes).unwrap_or(u64::MAX);
        let is_full = |file: &Segment| file.records.end.saturating_add(length) > SEGMENT_BYTES_MAX;
        let is_old = |file: &Segment| file.begun.elapsed() >= FILE_AGE_MAX;
        // Records in a file that somebody has removed would be lost.
        if self.file.as_ref().is_some_and(|file| is_full(file) || is_old(file) || file.records.is_removed()) {
            self.seal();
        }
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.begin()?,
        };
        let mut frames = Vec::with_capacity(bytes);
        for one in batch {
            frame(file.records.name.key, &one.body, &mut frames);
        }
        let begin = file.records.end;
        match file.records.append(&frames) {
            Ok(()) => {
                file.acknowledged.append(file.records.name, &lines(batch, begin));
                self.note_durable(batch, &file.records);
                self.file = Some(file);
                Ok(())
            }
            Err(fault) => {
                self.distrust(&file.records, &fault);
                Err(match fault {
                    Fault::Write(_) => SpoolError::Full,
                    Fault::Sync(_) => SpoolError::Failed,
                })
            }
        }
    }

    fn note_durable(&self, batch: &[PendingRecord], file: &Appender) {
        let count = u64::try_from(batch.len()).unwrap_or_default();
        self.state.records.fetch_add(count, Ordering::AcqRel);
        if let Some(first) = batch.first() {
            let (order, micros) = (Ordering::AcqRel, first.arrived_at.micros());
            // If no other record waits, the first one of this batch is the oldest.
            let _ = self.state.oldest.compare_exchange(0, micros, order, Ordering::Acquire);
        }
        self.update(file.name, |known| (known.end, known.durable) = (file.end, file.end));
    }

    fn check_room(&mut self, bytes: usize) -> Result<(), SpoolError> {
        // Records in any other folder would be lost: the next server reads the folder at the path.
        if !self.state.look_at_folder() {
            return Err(SpoolError::Failed);
        }
        let room = self.state.check_room(bytes);
        self.state.full.store(room.is_err(), Ordering::Release);
        room.map_err(|cause| {
            self.tell(cause);
            SpoolError::Full
        })
    }

    fn begin(&mut self) -> Result<Segment, SpoolError> {
        let name = Name::new(self.next, &self.random);
        let folder = &self.state.folder;
        match Appender::create(folder, name, SEGMENT) {
            Ok(records) => {
                let acknowledged = Acknowledged::create(folder, name);
                self.next += 1;
                self.files().push_back(SpoolFile { name, end: 0, durable: 0, sealed: false });
                Ok(Segment { records, acknowledged, begun: Instant::now() })
            }
            Err(error) => {
                // The file may exist despite the error.
                let _ = folder.remove(&name.text());
                self.tell(&format!("can't create a spool file: {error}"));
                Err(SpoolError::Failed)
            }
        }
    }

    fn files(&self) -> MutexGuard<'_, VecDeque<SpoolFile>> {
        self.state.files()
    }

    fn update(&self, name: Name, change: impl FnOnce(&mut SpoolFile)) {
        // Always found: the file is not sealed yet, and the drain removes only sealed files.
        if let Some(file) = self.files().iter_mut().rev().find(|file| file.name == name) {
            change(file);
        }
    }

    /// Ends the file: no more records are appended to it.
    fn seal(&mut self) {
        if let Some(file) = self.file.take() {
            file.acknowledged.finish();
            self.update(file.records.name, |known| known.sealed = true);
        }
    }

    /// Cuts a file back to its durable end after a failed write, and ends it: no more records are
    /// appended to it. The drain still delivers its durable records.
    fn distrust(&mut self, file: &Appender, fault: &Fault) {
        let cut = file.cut().and_then(|()| self.state.folder.sync());
        self.update(file.name, |known| known.sealed = true);
        match fault {
            Fault::Write(error) => self.tell(&format!("a write failed: {error}")),
            Fault::Sync(error) => {
                self.state.sync_failures.fetch_add(1, Ordering::AcqRel);
                self.tell(&format!("fsync failed, and {} is no longer trusted: {error}", file.name.text()));
            }
        }
        if let Err(error) = cut {
            tracing::error!(file = file.name.text(), %error, "could not cut off the refused records");
        }
    }

    fn tell(&mut self, cause: &str) {
        if self.told.is_none_or(|told| told.elapsed() > LOG_INTERVAL) {
            self.told = Some(Instant::now());
            tracing::error!(cause, "THE SPOOL ACCEPTS NO RECORDS");
        }
    }
}

/// The lines of a batch whose first record begins at `begin`.
fn lines(batch: &[PendingRecord], begin: u64) -> Vec<Line> {
    let mut end = begin;
    let line = |one: &PendingRecord| {
        end += u64::try_from(frame_bytes(one.body.len())).unwrap_or_default();
        Line { end, id: one.id.clone() }
    };
    batch.iter().map(line).collect()
}
