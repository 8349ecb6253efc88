//! The rehearsal of writes: at the start, each kind of write is made with two rows, in a transaction
//! that is rolled back. A database that can't take the statements is found before anything is
//! accepted.
//!
//! Batches join the writes of several kinds. So all statements run in one transaction, with rows of
//! the journal, as in a commit. Nothing stays: neither rows nor the lane.

use sea_orm::{ConnectionTrait as _, DbErr, EntityTrait as _};

use super::Write;
use crate::{
    db::{
        Connection, Db, Insertion,
        journal::{self, Entries, RowKind, fold::Behind, lane::Lane},
    },
    values::{id::Random, time::Time},
};

/// A kind of write with rows for its rehearsal.
pub trait Rehearsed: Write {
    /// Makes batches of two rows, to be written one after the other. All keys are new, unless a row
    /// changes one of an earlier batch. Together the batches need all statements of this kind of
    /// write.
    fn samples(random: &Random, now: Time) -> Vec<[Self; 2]>;
}

/// An open transaction in which writes are rehearsed.
pub struct Rehearsal {
    txn: Connection,
    lane: Lane,
    random: Random,
    now: Time,
    /// The rows of the journal.
    told: Vec<journal::Model>,
}

impl Rehearsal {
    /// Begins a transaction, and opens a lane in it.
    pub async fn begin(db: &Db, random: Random, now: Time) -> Result<Self, DbErr> {
        // Health shows the errors of writes that somebody waits for.
        let txn = db.begin_aside().await?;
        let lane = Lane::open_rehearsed(&txn, &random, now).await?;
        Ok(Self { txn, lane, random, now, told: Vec::new() })
    }

    /// Writes samples of a kind: as rows whose keys are all new, with and without a transaction of
    /// their own, then as rows whose keys may be known, when they are, and when they are not.
    pub async fn write<W: Rehearsed>(&mut self) -> Result<(), DbErr> {
        let mut samples = Vec::new();
        for alone in [true, false] {
            samples = W::samples(&self.random, self.now);
            for rows in &samples {
                let mut insertion = Insertion::new(self.txn.get_database_backend());
                if let Some(outcomes) = W::insert_all(rows, &mut insertion)? {
                    self.tell(rows, &outcomes, insertion, alone).await?;
                }
            }
        }
        for rows in samples.iter().chain(&W::samples(&self.random, self.now)) {
            let outcomes = W::write(rows, &self.txn).await?;
            self.tell(rows, &outcomes, Insertion::new(self.txn.get_database_backend()), false).await?;
        }
        Ok(())
    }

    /// Executes an insertion, with the row of the journal that tells of these rows. `alone`: by the
    /// statements of an insertion that is its own transaction.
    async fn tell<W: Write>(
        &mut self,
        rows: &[W],
        outcomes: &[W::Outcome],
        mut insertion: Insertion,
        alone: bool,
    ) -> Result<(), DbErr> {
        let mut entries = Entries::default();
        rows.iter().zip(outcomes).for_each(|(row, outcome)| row.enter(outcome, &mut entries));
        let row = self.lane.row(RowKind::Batch, self.now, entries);
        insertion.add::<journal::Entity>(&[&row])?;
        if alone {
            insertion.rehearse_alone(&self.txn).await?;
        } else {
            insertion.execute(&self.txn).await?;
        }
        self.lane.advance(self.now);
        self.told.push(row);
        Ok(())
    }

    pub fn transaction(&self) -> &Connection {
        &self.txn
    }

    /// The rows of the journal so far, in order.
    pub fn told(&self) -> &[journal::Model] {
        &self.told
    }

    /// The lane, none of whose rows is folded.
    pub fn behind(&self) -> Option<Behind> {
        self.told.first().map(|first| Behind { lane: first.lane, folded_seq: 0 })
    }

    /// Rolls everything back, and checks that it is gone.
    pub async fn end(self, db: &Db) -> Result<(), DbErr> {
        let Some(first) = self.told.into_iter().next() else { return self.txn.rollback().await };
        self.txn.rollback().await?;
        let stored = journal::Entity::find_by_id((first.lane, first.seq)).one(db.reader()).await?;
        match stored {
            Some(_) => Err(DbErr::Custom("rows that were rolled back are stored".to_owned())),
            None => Ok(()),
        }
    }
}
