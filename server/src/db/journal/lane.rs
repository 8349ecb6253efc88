//! The table `lane`: the sequences of commits in the journal.

use sea_orm::{
    ActiveModelTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use super::{Entries, RowKind};
use crate::{
    db::{Connection, Db, is_unique_violation},
    values::{
        id::Random,
        time::{Span, Time},
    },
};

/// Maximum number of attempts at a number that other servers take at the same time.
const OPENINGS_MAX: u32 = 16;
/// Maximum number of lanes that one pass closes, and of rows that one statement deletes. Few in unit
/// tests, because the simulation writes few rows.
const PASS_MAX: u64 = if cfg!(test) { 3 } else { 256 };

/// Time without a commit after which a session leaves its lane.
const STALE_AFTER: Span = Span::from_seconds(1_800);
/// Time without a commit after which a lane is closed.
pub const CLOSED_AFTER: Span = Span::from_seconds(3_600);

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lane")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub opened_at: Time,
    /// The number of the row that closes the lane; `None` while the lane is open.
    pub closed_seq: Option<i64>,
    /// The number of the last row that is in the tallies.
    pub folded_seq: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The opening of a lane. It identifies the lane: if a restored database gives the number again, it
/// does so at another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    pub id: i64,
    pub opened_at: Time,
}

impl Opening {
    /// Before all lanes.
    pub const NONE: Self = Self { id: 0, opened_at: Time::from_micros(0) };
}

/// A lane under which a session writes.
#[derive(Debug)]
pub struct Lane {
    id: i64,
    /// The number of the next commit.
    next: i64,
    /// Time of the last commit, or of the opening.
    used_at: Time,
}

/// What became of a commit that got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Written,
    /// Not written, and never written later.
    NotWritten,
}

impl Lane {
    /// Opens a lane, with the number after the highest.
    pub async fn open(db: &impl ConnectionTrait, now: Time) -> Result<Self, DbErr> {
        let mut tries = 0;
        loop {
            let highest = Entity::find().select_only().column(Column::Id).order_by_desc(Column::Id);
            let highest: Option<i64> = highest.into_tuple().one(db).await?;
            let id = highest.unwrap_or_default() + 1;
            match Self::insert(db, id, now).await {
                Err(error) if is_unique_violation(&error) && tries < OPENINGS_MAX => tries += 1,
                result => return result,
            }
        }
    }

    /// Opens a lane for a rehearsal, in a transaction that is rolled back. Its number is negative and
    /// random, so no other server meets it, nor waits for it.
    pub async fn open_rehearsed(txn: &Connection, random: &Random, now: Time) -> Result<Self, DbErr> {
        Self::insert(txn, !(i64::from_be_bytes(random.bytes()) & i64::MAX), now).await
    }

    async fn insert(db: &impl ConnectionTrait, id: i64, now: Time) -> Result<Self, DbErr> {
        let row = Model { id, opened_at: now, closed_seq: None, folded_seq: 0 }.into_active_model();
        Entity::insert(row).exec_without_returning(db).await?;
        Ok(Self { id, next: 1, used_at: now })
    }

    /// The journal's row of the next commit.
    pub fn row(&self, kind: RowKind, at: Time, entries: Entries) -> super::Model {
        super::Model { lane: self.id, seq: self.next, kind, at, entries: entries.into_bytes() }
    }

    /// Moves on to the number after the next commit, whose fate is known at `now`.
    pub fn advance(&mut self, now: Time) {
        (self.next, self.used_at) = (self.next + 1, now);
    }

    /// Returns whether others may have closed the lane, and even have deleted it.
    pub fn is_stale(&self, now: Time) -> bool {
        now.since(self.used_at) >= STALE_AFTER
    }

    /// Finds out what became of the commit with the journal's row `row`, which got no answer. Makes
    /// sure that it never succeeds later. If another connection still holds the number, waits until
    /// that connection's transaction ends, or until the database gives up waiting.
    pub async fn settle(
        &self,
        db: &impl ConnectionTrait,
        row: &super::Model,
        now: Time,
    ) -> Result<Fate, DbErr> {
        let void = self.row(RowKind::Void, now, Entries::default()).into_active_model();
        match super::Entity::insert(void).exec_without_returning(db).await {
            Ok(_) => return Ok(Fate::NotWritten),
            Err(error) if !is_unique_violation(&error) => return Err(error),
            Err(_) => {}
        }
        let taken = super::Entity::find_by_id((row.lane, row.seq)).one(db).await?;
        let taken = taken.ok_or_else(|| DbErr::RecordNotFound("journal".to_owned()))?;
        if taken.kind == RowKind::Batch && taken != *row {
            // Cannot happen as long as `may_have_committed` is right.
            tracing::error!(lane = row.lane, seq = row.seq, "A COMMIT THAT SEEMED REFUSED HAS SUCCEEDED");
        }
        // Otherwise the number is taken by an earlier attempt to settle, or by the closing row.
        Ok(if taken == *row { Fate::Written } else { Fate::NotWritten })
    }
}

impl Db {
    /// Closes lanes without a commit since `before`. Their sessions have ended, or open another lane
    /// for their next commit.
    pub async fn close_idle_lanes(&self, before: Time, now: Time) -> Result<(), DbErr> {
        let open = Entity::find().filter(Column::ClosedSeq.is_null()).filter(Column::OpenedAt.lt(before));
        for lane in open.order_by_asc(Column::Id).limit(PASS_MAX).all(self.reader()).await? {
            let rows = super::Entity::find().filter(super::Column::Lane.eq(lane.id)).select_only();
            let columns = rows.columns([super::Column::Seq, super::Column::At, super::Column::Kind]);
            let last = columns.order_by_desc(super::Column::Seq).into_tuple::<(i64, Time, RowKind)>();
            let last = last.one(self.reader()).await?;
            // Another server may have closed the lane meanwhile. By this server's clock, that may seem
            // long ago.
            if last.is_some_and(|(_, at, kind)| at >= before || kind == RowKind::Closed) {
                continue;
            }
            let next = last.map_or(1, |(seq, ..)| seq + 1);
            let closing = Lane { id: lane.id, next, used_at: now };
            let closing = closing.row(RowKind::Closed, now, Entries::default()).into_active_model();
            let mut closed = Model { closed_seq: Some(next), ..lane }.into_active_model();
            closed.reset(Column::ClosedSeq);
            let txn = self.begin().await?;
            match super::Entity::insert(closing).exec_without_returning(&txn).await {
                Ok(_) => {}
                // The session has written meanwhile, or another server has closed the lane.
                Err(error) if is_unique_violation(&error) => {
                    txn.rollback().await?;
                    continue;
                }
                Err(error) => return Err(error),
            }
            closed.update(&txn).await?;
            txn.commit().await?;
        }
        Ok(())
    }

    /// Deletes some of the journal's rows from before `before`, and closed lanes without rows. Rows
    /// that are not in the tallies yet stay, and so does the newest lane, so that no number is used
    /// again. A lane was the newest until the next one was opened, and stays for as long as rows from
    /// then do: a resume token names the newest lane of its time. Returns whether more may be left.
    pub async fn delete_old_journal(&self, before: Time) -> Result<bool, DbErr> {
        let lanes = Entity::find().order_by_asc(Column::Id).all(self.reader()).await?;
        let next_openings = lanes.iter().skip(1).map(|lane| Some(lane.opened_at)).chain([None]);
        let followed: Vec<bool> = next_openings.map(|at| at.is_some_and(|at| at < before)).collect();
        let mut more = false;
        for (Model { id, closed_seq, folded_seq, .. }, is_followed) in lanes.into_iter().zip(followed) {
            let of_lane = super::Entity::find().filter(super::Column::Lane.eq(id));
            let columns = of_lane.select_only().columns([super::Column::Seq, super::Column::At]);
            let first = columns.order_by_asc(super::Column::Seq).limit(PASS_MAX);
            let first: Vec<(i64, Time)> = first.into_tuple().all(self.reader()).await?;
            let is_full = u64::try_from(first.len()).is_ok_and(|rows| rows == PASS_MAX);
            // The last row of an open lane stays, so that the lane is closed behind it.
            let deletable = first.len().saturating_sub(usize::from(closed_seq.is_none()));
            let is_old = |(seq, at): &&(i64, Time)| *at < before && *seq <= folded_seq;
            let old = first.iter().take(deletable).take_while(is_old).count();
            more |= old == deletable && is_full;
            let is_over = closed_seq.is_some() && old == first.len() && !is_full && is_followed;
            let last = old.checked_sub(1).and_then(|last| first.get(last));
            if last.is_none() && !is_over {
                continue;
            }
            let txn = self.begin().await?;
            if let Some((last, _)) = last {
                let rows = super::Entity::delete_many().filter(super::Column::Lane.eq(id));
                rows.filter(super::Column::Seq.lte(*last)).exec(&txn).await?;
            }
            if is_over {
                Entity::delete_by_id(id).exec(&txn).await?;
            }
            txn.commit().await?;
        }
        Ok(more)
    }
}
