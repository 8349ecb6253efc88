//! Reading the journal behind a place.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{Column, Entity, Model, Opening, RowKind, lane};
use crate::{db::Db, values::time::Time};

/// The end of the journal at some time.
#[derive(Debug)]
pub struct Ends {
    /// The highest lane.
    pub newest: Opening,
    /// The open lanes, each with the number of its next row.
    pub open: Vec<(i64, i64)>,
}

impl Db {
    /// Finds the end of the journal. A commit that succeeds meanwhile may or may not be before it.
    pub async fn journal_ends(&self) -> Result<Ends, DbErr> {
        let newest = self.lanes_from(0).await?.last().copied().unwrap_or(Opening::NONE);
        let lanes = lane::Entity::find().select_only().column(lane::Column::Id);
        let lanes = lanes.filter(lane::Column::ClosedSeq.is_null()).filter(lane::Column::Id.lte(newest.id));
        let mut open = Vec::new();
        for id in lanes.into_tuple::<i64>().all(self.reader()).await? {
            let last = Entity::find().filter(Column::Lane.eq(id)).select_only();
            let last = last.columns([Column::Seq, Column::Kind]).order_by_desc(Column::Seq);
            match last.into_tuple::<(i64, RowKind)>().one(self.reader()).await? {
                Some((_, RowKind::Closed)) => {}
                Some((seq, _)) => open.push((id, seq + 1)),
                None => open.push((id, 1)),
            }
        }
        Ok(Ends { newest, open })
    }

    /// Returns the lane with the number `lane` and those with higher numbers, in order.
    pub async fn lanes_from(&self, lane: i64) -> Result<Vec<Opening>, DbErr> {
        let lanes = lane::Entity::find().select_only().columns([lane::Column::Id, lane::Column::OpenedAt]);
        let from = lanes.filter(lane::Column::Id.gte(lane)).order_by_asc(lane::Column::Id);
        let lanes: Vec<(i64, Time)> = from.into_tuple().all(self.reader()).await?;
        Ok(lanes.into_iter().map(|(id, opened_at)| Opening { id, opened_at }).collect())
    }

    /// Returns the closed lanes among the lane with the number `lane` and those with higher numbers,
    /// each with the number of its last row.
    pub async fn closed_lanes_from(&self, lane: i64) -> Result<Vec<(i64, i64)>, DbErr> {
        let lanes = lane::Entity::find().select_only().columns([lane::Column::Id, lane::Column::ClosedSeq]);
        let closed = lanes.filter(lane::Column::Id.gte(lane)).filter(lane::Column::ClosedSeq.is_not_null());
        closed.into_tuple().all(self.reader()).await
    }

    /// Returns the number of the last row of a lane; `None` if the lane is open, or not there.
    pub async fn closed_seq(&self, lane: i64) -> Result<Option<i64>, DbErr> {
        let found = lane::Entity::find_by_id(lane).one(self.reader()).await?;
        Ok(found.and_then(|lane| lane.closed_seq))
    }
}

/// Returns the rows of a lane from the number `from` on, at most `rows`, in order. The first of them
/// has a higher number if older rows were deleted.
pub async fn rows(db: &impl ConnectionTrait, lane: i64, from: i64, rows: u64) -> Result<Vec<Model>, DbErr> {
    let behind = Entity::find().filter(Column::Lane.eq(lane)).filter(Column::Seq.gte(from));
    behind.order_by_asc(Column::Seq).limit(rows).all(db).await
}
