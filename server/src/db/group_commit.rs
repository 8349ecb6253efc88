//! Group commit: many waiting writes, one transaction, answers after COMMIT.
//!
//! One task takes the waiting writes, has them written in one transaction, and answers after
//! COMMIT. Meanwhile the next batch gathers. There is no timer, so a lone write is not delayed.
//!
//! Each batch has a fixed cost for the database. So before a batch begins, calls that have arrived
//! and only wait for a processor get the chance to join it. If the database takes several
//! transactions at once, another batch begins as soon as it is as large as the average batch in
//! progress.
//!
//! A row that the database refuses is found by halving the batch. Only its caller gets the error.
//!
//! This module knows no table: each slice implements `Write` for its kind of rows. See
//! docs/internals/group-commit.md.

mod batch;
pub mod rehearsal;

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sea_orm::{DbBackend, DbErr, RuntimeErr};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinSet,
    time::Instant,
};

use self::batch::{Batch, PendingWrite};
use crate::{
    db::{
        Connection, Db, Ending, Insertion, Session, is_contention, is_outage, is_unique_violation,
        journal::Entries,
    },
    error::{Error, Result},
    values::time::Clock,
};
use s2s_sdk::v1::ErrorReason;

/// Number of writes in a commit from which on the server counts as busy, and the time for which it
/// does so.
const BUSY_MIN: usize = 16;
const BUSY_FOR: Duration = Duration::from_millis(50);
/// Maximum number of waiting writes. One more is refused with `OVERLOADED`.
const WAITING_MAX: usize = 16_384;
/// Maximum number of attempts at a batch that conflicts with another batch, of this or another
/// server, or whose commit is lost.
const TRIES_MAX: usize = 5;
/// Maximum number of attempts at a batch whose lane others close each time.
const CLOSED_LANES_MAX: usize = 16;
/// Maximum number of times that a batch is rolled back because a caller has gone. Callers that come
/// and go must not keep the other callers of their batch waiting.
const WITHDRAWALS_MAX: u32 = 1;

/// Maximum number of yields before a batch begins, so that ready tasks can join it. The yields end
/// early if no task joins.
const TURNS_MAX: usize = 2;

/// Number of batches that use a transaction from the start, after a batch has met known keys.
/// Retries come in bursts.
const BATCHES_AFTER_CONFLICT: u32 = 64;

/// A kind of write.
pub trait Write: Sized + Send + Sync + 'static {
    /// The outcome of a row once it is durable.
    type Outcome: Send + 'static;

    /// Adds all rows to an insertion, as if all their keys were new. Returns one outcome for each
    /// row, in order, as it is if that is true. `None` if the rows must be written by `write`.
    ///
    /// Nearly all keys are new, so this is tried first. On PostgreSQL it saves two round trips,
    /// because one statement needs no transaction. A known key is an error; after it, the rows are
    /// written by `write`.
    fn insert_all(_rows: &[Self], _into: &mut Insertion) -> Result<Option<Vec<Self::Outcome>>, DbErr> {
        Ok(None)
    }

    /// Writes all rows in an open transaction. Returns one outcome for each row, in order. Outcomes
    /// that don't match the rows fail the batch.
    ///
    /// An error means that no row is written. Unless the error is an outage, the rows are then
    /// tried in smaller batches.
    fn write(
        rows: &[Self],
        txn: &Connection,
    ) -> impl Future<Output = Result<Vec<Self::Outcome>, DbErr>> + Send;

    /// Adds to the journal what the write of this row has changed.
    fn enter(&self, outcome: &Self::Outcome, entries: &mut Entries);

    /// Returns whether an outcome may be that of this row, as far as can be told from the outcome.
    /// A caller must never get the outcome of another caller's row.
    fn owns(&self, outcome: &Self::Outcome) -> bool;
}

/// The entry to group commit: takes writes, and answers them once they are durable.
#[derive(Clone)]
pub struct Committer {
    waiting: mpsc::Sender<Box<dyn PendingWrite>>,
    committed: Arc<Notify>,
    /// The last time at which a commit of many writes began.
    busy_at: Arc<Mutex<Option<Instant>>>,
}

impl Committer {
    /// Creates a committer and the task that does its work. The task ends after the last clone of
    /// the committer is dropped and all waiting writes are written. `batch_max` is the maximum
    /// number of writes in one commit.
    pub fn new(db: Db, clock: Clock, batch_max: usize) -> (Self, impl Future<Output = ()> + Send) {
        let (waiting, queue) = mpsc::channel(WAITING_MAX);
        let (committed, busy_at) = (Arc::<Notify>::default(), Arc::<Mutex<Option<Instant>>>::default());
        let work = run(db, clock, batch_max, queue, committed.clone(), busy_at.clone());
        (Self { waiting, committed, busy_at }, work)
    }

    /// Returns whether many writes are in progress at once, or were a moment ago. A server at its
    /// limit is busy between two commits, too: then it answers, and reads the next requests.
    pub fn is_busy(&self) -> bool {
        let at = *self.busy_at.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < BUSY_FOR)
    }

    /// Is notified after each commit. For one task, which need not be there.
    pub fn committed(&self) -> Arc<Notify> {
        self.committed.clone()
    }

    /// Writes `row`. Returns the row with its outcome, once the row is durable. If the caller goes
    /// away before the commit has begun, the row is usually not written: see `WITHDRAWALS_MAX`.
    pub async fn write<W: Write>(&self, row: W) -> Result<(W, W::Outcome)> {
        let (answer, answered) = oneshot::channel();
        self.waiting.try_send(Box::new(Some((row, answer)))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::new(
                ErrorReason::Overloaded,
                "more writes are waiting than the server holds; retry later",
            ),
            mpsc::error::TrySendError::Closed(_) => Error::unavailable("the committer has stopped"),
        })?;
        answered.await.map_err(|_| Error::unavailable("the committer dropped the write"))?
    }
}

async fn run(
    db: Db,
    clock: Clock,
    batch_max: usize,
    mut queue: mpsc::Receiver<Box<dyn PendingWrite>>,
    committed: Arc<Notify>,
    busy_at: Arc<Mutex<Option<Instant>>>,
) {
    let batches_max = db.batches_max();
    let new_session = || Session::new(db.clone(), clock.clone());
    let writer = Arc::new(Writer { conflict_batches_left: AtomicU32::new(0), committed });
    let mut idle: Vec<Session> = Vec::new();
    // The batches in progress, and the number of writes in each.
    let (mut under_way, mut sizes) = (JoinSet::new(), HashMap::new());
    let mut taken = Vec::with_capacity(batch_max);
    loop {
        let room = batch_max - taken.len();
        tokio::select! {
            biased;
            Some(ended) = under_way.join_next_with_id(), if !under_way.is_empty() => {
                // A batch that panicked has dropped its senders, so its callers get an error.
                let (id, session) = match ended {
                    Ok((id, session)) => (id, Some(session)),
                    Err(error) => (error.id(), None),
                };
                sizes.remove(&id);
                idle.extend(session);
            }
            came = queue.recv_many(&mut taken, room), if room > 0 => {
                if came == 0 {
                    break;
                }
                gather(&mut queue, &mut taken, batch_max).await;
            }
        }
        while under_way.len() < batches_max
            && !taken.is_empty()
            && taken.len() * under_way.len() >= sizes.values().sum()
        {
            let batch = std::mem::replace(&mut taken, Vec::with_capacity(batch_max));
            let (size, writer) = (batch.len(), writer.clone());
            if size >= BUSY_MIN {
                *busy_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            }
            // The session used last: its connection is the likeliest to be usable.
            let session = idle.pop().unwrap_or_else(new_session);
            let begun = under_way.spawn(async move { writer.commit(parts(batch), session).await });
            sizes.insert(begun.id(), size);
        }
    }
    if !taken.is_empty() {
        let session = idle.pop().unwrap_or_else(new_session);
        under_way.spawn(async move { writer.commit(parts(taken), session).await });
    }
    while under_way.join_next().await.is_some() {}
}

/// Lets ready tasks run, and takes their writes.
async fn gather(
    queue: &mut mpsc::Receiver<Box<dyn PendingWrite>>,
    taken: &mut Vec<Box<dyn PendingWrite>>,
    batch_max: usize,
) {
    for _ in 0..TURNS_MAX {
        if taken.len() >= batch_max {
            break;
        }
        let before = taken.len();
        tokio::task::yield_now().await;
        while taken.len() < batch_max
            && let Ok(one) = queue.try_recv()
        {
            taken.push(one);
        }
        if taken.len() == before {
            break;
        }
    }
}

/// Groups the writes by kind, each in order of arrival. The kinds come in one order, so that few
/// statements occur, and they stay prepared.
fn parts(batch: Vec<Box<dyn PendingWrite>>) -> Vec<Box<dyn Batch>> {
    let mut parts: Vec<Box<dyn Batch>> = Vec::new();
    for mut one in batch {
        match parts.iter_mut().find(|part| part.kind() == one.kind()) {
            Some(part) => part.add(one.as_mut()),
            None => parts.push(one.begin_batch()),
        }
    }
    parts.sort_unstable_by_key(|part| part.kind());
    parts
}

/// The end of an attempt.
enum Attempt {
    Committed,
    /// Rolled back, because a caller had gone.
    Withdrawn,
    /// Certainly not written, for a cause that may be gone by now.
    Lost(DbErr),
}

impl From<Ending> for Attempt {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Committed => Self::Committed,
            Ending::Lost(error) => Self::Lost(error),
        }
    }
}

/// The writer of batches.
struct Writer {
    /// Batches left in which known keys are expected.
    conflict_batches_left: AtomicU32,
    committed: Arc<Notify>,
}

impl Writer {
    /// Commits the writes in one transaction, or in ever smaller ones to isolate a row at fault.
    async fn commit(&self, parts: Vec<Box<dyn Batch>>, mut session: Session) -> Session {
        let mut batches = vec![parts];
        while let Some(mut parts) = batches.pop() {
            match self.attempt(&mut parts, &mut session).await {
                Ok(()) => {
                    parts.into_iter().for_each(Batch::answer);
                    self.committed.notify_one();
                }
                // An outage says nothing about the rows, so a smaller batch would not help.
                Err(error) if is_outage(&error) => parts.into_iter().for_each(|part| part.refuse(&error)),
                Err(error) => {
                    let split = if let [part] = parts.as_mut_slice() {
                        part.split_half().map(|half| vec![half])
                    } else {
                        Some(parts.split_off(parts.len() / 2))
                    };
                    match split {
                        Some(half) => batches.extend([half, parts]),
                        None => parts.into_iter().for_each(|part| part.refuse(&error)),
                    }
                }
            }
        }
        session.rest();
        session
    }

    /// Attempts a batch, without the rows whose callers have gone. Repeats the attempt while
    /// another transaction locks the same rows in another order, and after a commit that was lost.
    async fn attempt(&self, parts: &mut Vec<Box<dyn Batch>>, session: &mut Session) -> Result<(), DbErr> {
        let (mut tries, mut closed_lanes, mut withdrawals) = (1, 0, 0);
        loop {
            for part in &mut *parts {
                part.drop_abandoned();
            }
            parts.retain(|part| !part.is_empty());
            if parts.is_empty() {
                return Ok(());
            }
            match self.attempt_once(parts, session, withdrawals < WITHDRAWALS_MAX).await {
                Err(error) if is_contention(&error) && tries < TRIES_MAX => tries += 1,
                Ok(Attempt::Lost(error)) if is_unique_violation(&error) => {
                    closed_lanes += 1;
                    if closed_lanes < CLOSED_LANES_MAX {
                        continue;
                    }
                    // This says nothing about the rows.
                    let cause = format!("the commit was lost again and again, at last by: {error}");
                    return Err(DbErr::Conn(RuntimeErr::Internal(cause)));
                }
                Ok(Attempt::Lost(_)) if tries < TRIES_MAX => tries += 1,
                Ok(Attempt::Lost(error)) | Err(error) => return Err(error),
                Ok(Attempt::Withdrawn) => withdrawals += 1,
                Ok(Attempt::Committed) => return Ok(()),
            }
        }
    }

    /// Writes and commits the rows once. `may_withdraw`: rolls back if a caller has gone meanwhile.
    async fn attempt_once(
        &self,
        parts: &mut [Box<dyn Batch>],
        session: &mut Session,
        may_withdraw: bool,
    ) -> Result<Attempt, DbErr> {
        if !self.expects_conflicts()
            && let Some(insertion) = insertion(parts, session.backend())?
        {
            match self.insert(insertion, parts, session, may_withdraw).await {
                Err(error) if is_unique_violation(&error) => {
                    self.conflict_batches_left.store(BATCHES_AFTER_CONFLICT, Ordering::Relaxed);
                }
                result => return result,
            }
        }
        let txn = session.begin().await?;
        for part in parts.iter_mut() {
            if let Err(error) = part.write(txn).await {
                session.roll_back().await;
                return Err(error);
            }
        }
        finish(parts, session, may_withdraw).await
    }

    /// Inserts the rows, all of whose keys are to be new, and commits.
    async fn insert(
        &self,
        insertion: Insertion,
        parts: &mut [Box<dyn Batch>],
        session: &mut Session,
        may_withdraw: bool,
    ) -> Result<Attempt, DbErr> {
        if insertion.stands_alone() {
            return session.insert(insertion, entries(parts)).await.map(Attempt::from);
        }
        let txn = session.begin().await?;
        if let Err(error) = insertion.execute(txn).await {
            session.roll_back().await;
            return Err(error);
        }
        finish(parts, session, may_withdraw).await
    }

    fn expects_conflicts(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        self.conflict_batches_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }
}

/// Commits the open transaction, or rolls it back if a caller has gone.
async fn finish(
    parts: &mut [Box<dyn Batch>],
    session: &mut Session,
    may_withdraw: bool,
) -> Result<Attempt, DbErr> {
    // The last moment at which it is certain that a row is not written.
    if may_withdraw && parts.iter().any(|part| part.is_abandoned()) {
        session.roll_back().await;
        return Ok(Attempt::Withdrawn);
    }
    session.commit(entries(parts)).await.map(Attempt::from)
}

/// The insertion of all rows as new ones. `None` if some rows can't be inserted so.
fn insertion(parts: &mut [Box<dyn Batch>], backend: DbBackend) -> Result<Option<Insertion>, DbErr> {
    let mut insertion = Insertion::new(backend);
    for part in parts {
        if !part.insert_all(&mut insertion)? {
            return Ok(None);
        }
    }
    Ok(Some(insertion))
}

/// What the journal tells of the written rows.
fn entries(parts: &[Box<dyn Batch>]) -> Entries {
    let mut entries = Entries::default();
    for part in parts {
        part.enter(&mut entries);
    }
    entries
}

#[cfg(test)]
mod tests;
