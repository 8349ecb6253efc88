//! The fold of the journal: rows are read in the order of their lanes, and each is counted once.
//!
//! Whoever counts rows moves the lane's `folded_seq` in the same transaction, from the number that
//! was there before. If somebody else has moved it meanwhile, the transaction is rolled back. So a
//! commit that got no answer does no harm: the lane tells what became of it. Any server may count
//! the rows of any lane.

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
    entity::prelude::*,
};

use super::{Column, Entity, Model, lane};
use crate::db::Connection;

/// Finds the lanes with rows after `folded_seq`. Looks at the last row of each lane, which the
/// primary key finds.
const BEHIND: &str = "SELECT id, folded_seq FROM lane \
     WHERE (closed_seq IS NULL OR folded_seq < closed_seq) \
     AND folded_seq < (SELECT MAX(seq) FROM journal WHERE journal.lane = lane.id) ORDER BY id";

/// A lane with rows that are not counted yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    pub lane: i64,
    /// The number of the last row that is counted.
    pub folded_seq: i64,
}

/// Finds the lanes with rows that are not counted yet, lowest id first.
pub async fn lanes_behind(db: &impl ConnectionTrait) -> Result<Vec<Behind>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), BEHIND)).await?;
    let read = |row: &QueryResult| {
        Ok(Behind { lane: row.try_get("", "id")?, folded_seq: row.try_get("", "folded_seq")? })
    };
    rows.iter().map(read).collect()
}

impl Behind {
    /// Reads the next rows, at most `limit`. They follow one another without a gap.
    pub async fn next_rows(self, db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
        let next = Entity::find().filter(Column::Lane.eq(self.lane)).filter(Column::Seq.gt(self.folded_seq));
        let mut rows = next.order_by_asc(Column::Seq).limit(limit).all(db).await?;
        // A row after a gap would mean that a row is counted never.
        let dense =
            rows.iter().zip(self.folded_seq.saturating_add(1)..).take_while(|(row, seq)| row.seq == *seq);
        let dense = dense.count();
        if dense < rows.len() {
            tracing::error!(lane = self.lane, after = self.folded_seq, "ROWS OF THE JOURNAL ARE MISSING");
            rows.truncate(dense);
        }
        Ok(rows)
    }

    /// Notes in an open transaction that the rows up to `seq` are counted. Returns false if the rows
    /// are not the lane's next ones any more: the transaction must then be rolled back.
    pub async fn advance(self, txn: &Connection, seq: i64) -> Result<bool, DbErr> {
        let moved = lane::Entity::update_many()
            .col_expr(lane::Column::FoldedSeq, Expr::value(seq))
            .filter(lane::Column::Id.eq(self.lane))
            .filter(lane::Column::FoldedSeq.eq(self.folded_seq));
        Ok(moved.exec(txn).await?.rows_affected == 1)
    }
}
