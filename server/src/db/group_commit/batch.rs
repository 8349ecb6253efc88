//! The waiting writes, and the writes of one kind in a batch. Their kinds are known only here; the
//! rest of group commit handles writes of any kind.

use std::any::{Any, TypeId, type_name};

use futures::future::BoxFuture;
use sea_orm::DbErr;
use tokio::sync::oneshot;

use super::Write;
use crate::{
    db::{Connection, Insertion, journal::Entries},
    error::{Error, Result},
};

/// A waiting write of any kind.
pub(super) trait PendingWrite: Send {
    fn kind(&self) -> TypeId;
    /// Moves this write into a new batch of its kind.
    fn begin_batch(&mut self) -> Box<dyn Batch>;
    fn as_any(&mut self) -> &mut dyn Any;
}

/// A waiting write of one kind; `None` once it is in a batch.
pub(super) type TypedWrite<W> = Option<(W, Sender<W>)>;
pub(super) type Sender<W> = oneshot::Sender<Result<(W, <W as Write>::Outcome)>>;

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
pub(super) trait Batch: Send {
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
    /// Adds all rows to an insertion. Returns false if they can't be inserted so.
    fn insert_all(&mut self, into: &mut Insertion) -> Result<bool, DbErr>;
    fn write<'a>(&'a mut self, txn: &'a Connection) -> BoxFuture<'a, Result<(), DbErr>>;
    /// Adds to the journal what the writes have changed.
    fn enter(&self, entries: &mut Entries);
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

impl<W: Write> TypedBatch<W> {
    /// Checks that each row has an outcome of its own.
    fn check(&self) -> Result<(), DbErr> {
        let mut pairs = self.rows.iter().zip(&self.outcomes);
        if self.outcomes.len() == self.rows.len() && pairs.all(|(row, outcome)| row.owns(outcome)) {
            return Ok(());
        }
        Err(DbErr::Custom(format!("{} got the outcomes of other rows", type_name::<W>())))
    }
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

    fn insert_all(&mut self, into: &mut Insertion) -> Result<bool, DbErr> {
        let Some(outcomes) = W::insert_all(&self.rows, into)? else { return Ok(false) };
        self.outcomes = outcomes;
        self.check()?;
        Ok(true)
    }

    fn write<'a>(&'a mut self, txn: &'a Connection) -> BoxFuture<'a, Result<(), DbErr>> {
        Box::pin(async move {
            self.outcomes = W::write(&self.rows, txn).await?;
            self.check()
        })
    }

    fn enter(&self, entries: &mut Entries) {
        for (row, outcome) in self.rows.iter().zip(&self.outcomes) {
            row.enter(outcome, entries);
        }
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
