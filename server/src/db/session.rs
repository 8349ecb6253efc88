//! The sessions of group commit: a connection that is kept from batch to batch, and the lane of the
//! journal under which its batches are written.

use std::time::Duration;

use sea_orm::{DbBackend, DbErr};
use tokio::time::{sleep, timeout};

use super::{
    Connection, Db, Insertion,
    batch_connection::{ROLLBACK, gone},
    is_unique_violation,
    journal::{
        self, Entries, RowKind,
        lane::{Fate, Lane},
    },
    may_have_committed,
};
use crate::values::time::Clock;

/// Longest time in which a session finds out what became of a commit that got no answer.
const SETTLE_BUDGET: Duration = Duration::from_secs(3);
/// Pause between two attempts at that.
const SETTLE_PAUSE: Duration = Duration::from_millis(50);

/// The end of a commit.
pub enum Ending {
    Committed,
    /// Not written, and never written later. The batch may be tried again.
    Lost(DbErr),
}

/// The connection and the lane of a sequence of batches.
pub struct Session {
    db: Db,
    clock: Clock,
    kept: Option<Connection>,
    lane: Option<Lane>,
}

impl Session {
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, kept: None, lane: None }
    }

    pub fn backend(&self) -> DbBackend {
        self.db.backend()
    }

    /// A connection in no transaction, and a lane.
    async fn prepare(&mut self) -> Result<(&Connection, &Lane), DbErr> {
        if let Some(connection) = &mut self.kept
            && connection.is_usable()
        {
            connection.use_again();
        } else {
            // Releases the old connection first: the pool may be exhausted.
            self.kept = None;
            self.kept = Some(self.db.connection().await?);
        }
        let (connection, now) = (self.kept.as_ref().ok_or_else(gone)?, self.clock.now());
        if self.lane.as_ref().is_none_or(|lane| lane.is_stale(now)) {
            self.lane = Some(Lane::open(connection, now).await?);
        }
        Ok((connection, self.lane.as_ref().ok_or_else(gone)?))
    }

    /// Begins a transaction, which `commit` or `roll_back` ends.
    pub async fn begin(&mut self) -> Result<&Connection, DbErr> {
        let (connection, _) = self.prepare().await?;
        connection.begin().await?;
        Ok(connection)
    }

    /// Inserts rows with their row of the journal, in a transaction of their own. For rows that
    /// `Insertion::stands_alone`. An error means that no row is written, or that this is unknown.
    pub async fn insert(&mut self, mut insertion: Insertion, entries: Entries) -> Result<Ending, DbErr> {
        let now = self.clock.now();
        let (connection, lane) = self.prepare().await?;
        let row = lane.row(RowKind::Batch, now, entries);
        insertion.add::<journal::Entity>(&[&row])?;
        let inserted = insertion.execute_alone(connection).await;
        if connection.is_in_transaction() {
            self.roll_back().await;
        }
        self.conclude(inserted, &row).await
    }

    /// Writes the row of the journal and commits the transaction. An error means that no row is
    /// written, or that this is unknown.
    pub async fn commit(&mut self, entries: Entries) -> Result<Ending, DbErr> {
        let now = self.clock.now();
        // The lane may have become too old since the transaction began.
        self.lane = self.lane.take().filter(|lane| !lane.is_stale(now));
        let (Some(connection), Some(lane)) = (&self.kept, &self.lane) else {
            self.roll_back().await;
            return Ok(Ending::Lost(gone()));
        };
        let row = lane.row(RowKind::Batch, now, entries);
        let mut insertion = Insertion::new(self.db.backend());
        insertion.add::<journal::Entity>(&[&row])?;
        let committed = match insertion.execute_last(connection).await {
            Ok(commit) => connection.end(&commit).await,
            Err(error) => {
                self.roll_back().await;
                return self.refused(error);
            }
        };
        match committed {
            Err(error) if is_unique_violation(&error) => self.refused(error),
            committed => self.conclude(committed, &row).await,
        }
    }

    /// The end of a commit whose row of the journal was refused.
    fn refused(&mut self, error: DbErr) -> Result<Ending, DbErr> {
        if !is_unique_violation(&error) {
            return Err(error);
        }
        // Somebody has closed the lane.
        self.lane = None;
        Ok(Ending::Lost(error))
    }

    /// Moves the lane on, or finds out what became of a commit that got no answer. `row`: the row of
    /// the journal.
    async fn conclude(&mut self, ended: Result<(), DbErr>, row: &journal::Model) -> Result<Ending, DbErr> {
        let Err(error) = ended else {
            let now = self.clock.now();
            self.lane.iter_mut().for_each(|lane| lane.advance(now));
            return Ok(Ending::Committed);
        };
        if !may_have_committed(&error) {
            return Err(error);
        }
        // Whatever comes next goes into another lane. While the fate of this number is unknown, it
        // must not be used again, and afterwards a new lane is the simplest.
        let lane = self.lane.take();
        let settled = timeout(SETTLE_BUDGET, self.settle(lane, row)).await;
        let Ok(fate) = settled else {
            // The commit may still succeed.
            self.lane = None;
            return Err(error);
        };
        tracing::info!(?fate, %error, "a commit got no answer, but its fate is known now");
        Ok(if fate == Fate::Written { Ending::Committed } else { Ending::Lost(error) })
    }

    /// Tries on other connections until the fate of the commit is known, and another lane is open.
    ///
    /// On MariaDB without a binary log, a commit is visible before it is on disk. The opening of
    /// another lane is a later commit: once it is on disk, so is the one in question, and callers
    /// may be told of it.
    async fn settle(&mut self, lane: Option<Lane>, row: &journal::Model) -> Fate {
        let mut known = None;
        loop {
            // The old connection first: on SQLite it is the only one that writes.
            self.kept = None;
            if let Some(lane) = &lane
                && let Ok(connection) = self.db.connection().await
            {
                let settled = async {
                    let fate = match known {
                        Some(fate) => fate,
                        None => lane.settle(&connection, row, self.clock.now()).await?,
                    };
                    known = Some(fate);
                    Ok::<_, DbErr>((fate, Lane::open(&connection, self.clock.now()).await?))
                };
                let settled = settled.await;
                self.kept = Some(connection);
                match settled {
                    Ok((fate, lane)) => {
                        self.lane = Some(lane);
                        return fate;
                    }
                    Err(error) => tracing::debug!(%error, "the fate of a commit is still unknown"),
                }
            }
            sleep(SETTLE_PAUSE).await;
        }
    }

    /// Rolls the transaction back. If that fails, the connection is closed, which has the same
    /// effect.
    pub async fn roll_back(&mut self) {
        if let Some(connection) = &self.kept
            && let Err(error) = connection.end(ROLLBACK).await
        {
            tracing::debug!(%error, "could not roll back a transaction");
        }
    }

    /// Returns the connection to its pool between batches if others need it (SQLite) or if it is no
    /// longer usable.
    pub fn rest(&mut self) {
        let keeps = self.backend() != DbBackend::Sqlite;
        self.kept = self.kept.take().filter(|connection| keeps && connection.is_usable());
    }
}
