//! Makes records durable: all waiting records share one write and one fsync.
//!
//! The writer has a thread of its own, because it waits for the disk.

use std::{
    collections::VecDeque,
    sync::{Arc, MutexGuard, atomic::Ordering},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use super::{
    SpoolError, SpoolFile, State,
    file::{Appender, Fault, Name, sync_folder},
    record::{RECORD_BYTES_MAX, frame, frame_bytes},
};
use crate::values::{id::Random, time::Time};

/// Maximum length of a file, in bytes. Drained records are deleted file by file.
const SEGMENT_BYTES_MAX: usize = 4 * 1_024 * 1_024;
/// Length at which a batch is full, in bytes. A batch shares one fsync.
const BATCH_BYTES_MAX: usize = 1_024 * 1_024;
/// Free space that the spool leaves on its disk, in bytes: the database may need it more.
const FREE_BYTES_MIN: u64 = 64 * 1_024 * 1_024;
/// Minimum interval between log messages about failed writes.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// A record on its way to the disk.
pub struct PendingRecord {
    pub arrived_at: Time,
    pub body: Vec<u8>,
    pub queue: Option<u16>,
    pub answer: oneshot::Sender<Result<(), SpoolError>>,
}

pub struct Writer {
    state: Arc<State>,
    queue: mpsc::Receiver<PendingRecord>,
    next: u64,
    random: Random,
    file: Option<Appender>,
    told: Option<Instant>,
}

impl Writer {
    pub fn new(state: Arc<State>, queue: mpsc::Receiver<PendingRecord>, next: u64, random: Random) -> Self {
        Self { state, queue, next, random, file: None, told: None }
    }

    /// Runs until the last holder of the spool is dropped. It blocks, so it needs a thread of its
    /// own.
    pub fn run(mut self) {
        while let Some(first) = self.queue.blocking_recv() {
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

    fn write(&mut self, batch: Vec<PendingRecord>) {
        let written = self.append(&batch);
        self.state.refusing.store(written.is_err(), Ordering::Release);
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
            // Seals the file, so that the drain can delete it.
            self.seal();
            return Err(refusal);
        }
        let length = u64::try_from(bytes).unwrap_or(u64::MAX);
        let segment_max = u64::try_from(SEGMENT_BYTES_MAX).unwrap_or(u64::MAX);
        if self.file.as_ref().is_some_and(|file| file.end.saturating_add(length) > segment_max) {
            self.seal();
        }
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.begin()?,
        };
        let mut frames = Vec::with_capacity(bytes);
        for one in batch {
            frame(file.name.key, &one.body, &mut frames);
        }
        match file.append(&frames) {
            Ok(()) => {
                let count = u64::try_from(batch.len()).unwrap_or_default();
                self.state.records.fetch_add(count, Ordering::AcqRel);
                if let Some(first) = batch.first() {
                    let (order, micros) = (Ordering::AcqRel, first.arrived_at.micros());
                    // If no other record waits, the first one of this batch is the oldest.
                    let _ = self.state.oldest.compare_exchange(0, micros, order, Ordering::Acquire);
                }
                self.update(file.name, |known| known.end = file.end);
                self.file = Some(file);
                Ok(())
            }
            Err(fault) => {
                self.distrust(&file, &fault);
                Err(match fault {
                    Fault::Write(_) => SpoolError::Full,
                    Fault::Sync(_) => SpoolError::Failed,
                })
            }
        }
    }

    fn check_room(&mut self, bytes: usize) -> Result<(), SpoolError> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.state.bytes().saturating_add(bytes) > self.state.settings.bytes_max {
            self.tell("the spool has reached its limit (--spool-mebibytes-max)");
            return Err(SpoolError::Full);
        }
        // If the free space is unknown, the write itself will show whether it suffices.
        let free = rustix::fs::statvfs(&self.state.settings.folder);
        if free.is_ok_and(|free| free.f_bavail.saturating_mul(free.f_frsize) < FREE_BYTES_MIN + bytes) {
            self.tell("the disk of the spool is nearly full");
            return Err(SpoolError::Full);
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<Appender, SpoolError> {
        let name = Name::new(self.next, &self.random);
        match Appender::create(&self.state.settings.folder, name, None) {
            Ok(file) => {
                self.next += 1;
                self.files().push_back(SpoolFile { name, end: 0, sealed: false });
                Ok(file)
            }
            Err(error) => {
                // The file may exist despite the error.
                let _ = std::fs::remove_file(name.path(&self.state.settings.folder));
                self.tell(&format!("can't create a spool file: {error}"));
                Err(SpoolError::Failed)
            }
        }
    }

    fn files(&self) -> MutexGuard<'_, VecDeque<SpoolFile>> {
        self.state.files()
    }

    fn update(&self, name: Name, change: impl FnOnce(&mut SpoolFile)) {
        // Always found: the file is not sealed yet, and the drain removes only sealed ones.
        if let Some(file) = self.files().iter_mut().rev().find(|file| file.name == name) {
            change(file);
        }
    }

    fn seal(&mut self) {
        if let Some(file) = self.file.take() {
            self.update(file.name, |known| known.sealed = true);
        }
    }

    /// Seals a file after a failed write. It is never written or synced again. The drain still
    /// delivers its durable records.
    fn distrust(&mut self, file: &Appender, fault: &Fault) {
        let cut = file.cut().and_then(|()| sync_folder(&self.state.settings.folder));
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
