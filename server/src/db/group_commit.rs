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

use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use futures::future::BoxFuture;
use sea_orm::{DbBackend, DbErr};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::{
    db::{Connection, Db, Session, is_contention, is_outage, is_unique_violation},
    error::{Error, Result},
};
use s2s_sdk::v1::ErrorReason;

/// Maximum number of waiting writes. One more is refused with `OVERLOADED`.
const WAITING_MAX: usize = 16_384;
/// Maximum number of attempts at a batch that conflicts with another batch, of this or another
/// server.
const CONTENTION_TRIES_MAX: usize = 5;
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

    /// Returns whether one statement writes all rows if none of their keys is known.
    ///
    /// Such a statement needs no transaction, which saves two round trips. A known key may then be
    /// an error; after it, the rows are written again in a transaction.
    fn is_one_statement(_rows: &[Self], _backend: DbBackend) -> bool {
        false
    }

    /// Writes all rows, either in an open transaction or with one statement outside a transaction.
    /// Returns one outcome for each row, in order. Outcomes that don't match the rows fail the
    /// batch.
    ///
    /// An error means that no row is written, or that the outcome is unknown. Unless the error is
    /// an outage, the rows are then tried in smaller batches.
    fn write(
        rows: &[Self],
        db: &Connection,
    ) -> impl Future<Output = Result<Vec<Self::Outcome>, DbErr>> + Send;

    /// Returns whether an outcome may be that of this row, as far as can be told from the outcome.
    /// A caller must never get the outcome of another caller's row.
    fn owns(&self, outcome: &Self::Outcome) -> bool;
}

/// The entry to group commit: takes writes, and answers them once they are durable.
#[derive(Clone)]
pub struct Committer {
    waiting: mpsc::Sender<Box<dyn PendingWrite>>,
}

impl Committer {
    /// Creates a committer and the task that does its work. The task ends after the last clone of
    /// the committer is dropped and all waiting writes are written. `batch_max` is the maximum
    /// number of writes in one commit.
    pub fn new(db: Db, batch_max: usize) -> (Self, impl Future<Output = ()> + Send) {
        let (waiting, queue) = mpsc::channel(WAITING_MAX);
        (Self { waiting }, run(db, batch_max, queue))
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

async fn run(db: Db, batch_max: usize, mut queue: mpsc::Receiver<Box<dyn PendingWrite>>) {
    let batches_max = db.batches_max();
    let writer = Arc::new(Writer { conflict_batches_left: AtomicU32::new(0) });
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
            // The session used last: its connection is the likeliest to be usable.
            let session = idle.pop().unwrap_or_else(|| Session::new(db.clone()));
            let begun = under_way.spawn(async move { writer.commit(parts(batch), session).await });
            sizes.insert(begun.id(), size);
        }
    }
    if !taken.is_empty() {
        let session = idle.pop().unwrap_or_else(|| Session::new(db));
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

/// Groups the writes by kind, each in order of arrival.
fn parts(batch: Vec<Box<dyn PendingWrite>>) -> Vec<Box<dyn Batch>> {
    let mut parts: Vec<Box<dyn Batch>> = Vec::new();
    for mut one in batch {
        match parts.iter_mut().find(|part| part.kind() == one.kind()) {
            Some(part) => part.add(one.as_mut()),
            None => parts.push(one.begin_batch()),
        }
    }
    parts
}

/// The end of an attempt.
enum Attempt {
    Committed,
    /// Rolled back, because a caller had gone.
    Withdrawn,
}

/// The writer of batches.
struct Writer {
    /// Batches left in which known keys are expected.
    conflict_batches_left: AtomicU32,
}

impl Writer {
    /// Commits the writes in one transaction, or in ever smaller ones to isolate a row at fault.
    async fn commit(&self, parts: Vec<Box<dyn Batch>>, mut session: Session) -> Session {
        let mut batches = vec![parts];
        while let Some(mut parts) = batches.pop() {
            match self.attempt(&mut parts, &mut session).await {
                Ok(()) => parts.into_iter().for_each(Batch::answer),
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
    /// another transaction locks the same rows in another order.
    async fn attempt(&self, parts: &mut Vec<Box<dyn Batch>>, session: &mut Session) -> Result<(), DbErr> {
        let (mut tries, mut withdrawals) = (1, 0);
        loop {
            for part in &mut *parts {
                part.drop_abandoned();
            }
            parts.retain(|part| !part.is_empty());
            if parts.is_empty() {
                return Ok(());
            }
            match self.attempt_once(parts, session, withdrawals < WITHDRAWALS_MAX).await {
                Err(error) if is_contention(&error) && tries < CONTENTION_TRIES_MAX => tries += 1,
                Ok(Attempt::Withdrawn) => withdrawals += 1,
                result => return result.map(|_| ()),
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
        if let [part] = parts
            && part.is_one_statement(session.backend())
            && !self.expects_conflicts()
        {
            match part.write(session.connection().await?).await {
                Err(error) if is_unique_violation(&error) => {
                    self.conflict_batches_left.store(BATCHES_AFTER_CONFLICT, Ordering::Relaxed);
                }
                result => return result.map(|()| Attempt::Committed),
            }
        }
        let txn = session.begin().await?;
        for part in parts.iter_mut() {
            if let Err(error) = part.write(txn).await {
                session.roll_back().await;
                return Err(error);
            }
        }
        // The last moment at which it is certain that a row is not written.
        if may_withdraw && parts.iter().any(|part| part.is_abandoned()) {
            session.roll_back().await;
            return Ok(Attempt::Withdrawn);
        }
        session.commit().await.map(|()| Attempt::Committed)
    }

    fn expects_conflicts(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        self.conflict_batches_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }
}

/// A waiting write of any kind.
trait PendingWrite: Send {
    fn kind(&self) -> TypeId;
    /// Moves this write into a new batch of its kind.
    fn begin_batch(&mut self) -> Box<dyn Batch>;
    fn as_any(&mut self) -> &mut dyn Any;
}

/// A waiting write of one kind; `None` once it is in a batch.
type TypedWrite<W> = Option<(W, Sender<W>)>;
type Sender<W> = oneshot::Sender<Result<(W, <W as Write>::Outcome)>>;

impl<W: Write> PendingWrite for TypedWrite<W> {
    fn kind(&self) -> TypeId {
        TypeId::of::<W>()
    }

    fn begin_batch(&mut self) -> Box<dyn Batch> {
        let (rows, senders) = self.take().into_iter().unzip();
        Box::new(TypedBatch::<W> { rows, outcomes: Vec::new(), senders })
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// The writes of one kind in a batch.
trait Batch: Send {
    fn kind(&self) -> TypeId;
    /// Adds a write of the same kind.
    fn add(&mut self, one: &mut dyn PendingWrite);
    /// Drops the rows whose callers have gone. Nothing was promised to them.
    fn drop_abandoned(&mut self);
    /// Returns whether the caller of a row has gone.
    fn is_abandoned(&self) -> bool;
    fn is_empty(&self) -> bool;
    /// Splits off the later half; `None` if there is only one write.
    fn split_half(&mut self) -> Option<Box<dyn Batch>>;
    fn is_one_statement(&self, backend: DbBackend) -> bool;
    fn write<'a>(&'a mut self, db: &'a Connection) -> BoxFuture<'a, Result<(), DbErr>>;
    /// Sends each caller the outcome of its row.
    fn answer(self: Box<Self>);
    /// Sends all callers the error.
    fn refuse(self: Box<Self>, error: &DbErr);
}

struct TypedBatch<W: Write> {
    rows: Vec<W>,
    outcomes: Vec<W::Outcome>,
    senders: Vec<Sender<W>>,
}

impl<W: Write> Batch for TypedBatch<W> {
    fn kind(&self) -> TypeId {
        TypeId::of::<W>()
    }

    fn add(&mut self, one: &mut dyn PendingWrite) {
        if let Some((row, sender)) = one.as_any().downcast_mut::<TypedWrite<W>>().and_then(Option::take) {
            self.rows.push(row);
            self.senders.push(sender);
        }
    }

    fn drop_abandoned(&mut self) {
        if self.is_abandoned() {
            let pairs = self.rows.drain(..).zip(self.senders.drain(..));
            (self.rows, self.senders) = pairs.filter(|(_, sender)| !sender.is_closed()).unzip();
        }
    }

    fn is_abandoned(&self) -> bool {
        self.senders.iter().any(Sender::<W>::is_closed)
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn split_half(&mut self) -> Option<Box<dyn Batch>> {
        let half = self.rows.len() / 2;
        (half > 0).then(|| -> Box<dyn Batch> {
            let (rows, senders) = (self.rows.split_off(half), self.senders.split_off(half));
            Box::new(Self { rows, outcomes: Vec::new(), senders })
        })
    }

    fn is_one_statement(&self, backend: DbBackend) -> bool {
        W::is_one_statement(&self.rows, backend)
    }

    fn write<'a>(&'a mut self, db: &'a Connection) -> BoxFuture<'a, Result<(), DbErr>> {
        Box::pin(async move {
            self.outcomes = W::write(&self.rows, db).await?;
            let mut pairs = self.rows.iter().zip(&self.outcomes);
            if self.outcomes.len() == self.rows.len() && pairs.all(|(row, outcome)| row.owns(outcome)) {
                return Ok(());
            }
            Err(DbErr::Custom(format!("{} got the outcomes of other rows", type_name::<W>())))
        })
    }

    fn answer(self: Box<Self>) {
        for ((sender, row), outcome) in self.senders.into_iter().zip(self.rows).zip(self.outcomes) {
            // A caller that has gone away needs no answer.
            let _ = sender.send(Ok((row, outcome)));
        }
    }

    fn refuse(self: Box<Self>, error: &DbErr) {
        for sender in self.senders {
            let _ = sender.send(Err(Error::from(error.clone())));
        }
    }
}

#[cfg(test)]
mod tests;
