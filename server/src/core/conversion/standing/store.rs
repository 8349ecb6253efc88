//! The columns of the table `conversion` that adjustments change.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ModelTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
};

use super::super::{
    Conversion, ConversionId,
    store::{Column, Entity},
};
use crate::db::{statement_runs, update_text};

/// Finds conversions by their ids, and maybe others, and locks them until the transaction ends.
pub async fn lock(
    txn: &impl ConnectionTrait,
    mut ids: Vec<ConversionId>,
) -> Result<HashMap<ConversionId, Conversion>, DbErr> {
    // Sorted, so that all servers lock the rows in the same order and can't deadlock.
    ids.sort_unstable_by_key(|id| (id.click, id.serial));
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for run in statement_runs(&ids) {
        let rows = Entity::find()
            .filter(Column::ClickId.is_in(run.iter().map(|id| id.click)))
            .filter(Column::Serial.is_in(run.iter().map(|id| id.serial)))
            .order_by_asc(Column::ClickId)
            .order_by_asc(Column::CodeId)
            .order_by_asc(Column::DedupeKey)
            .lock_exclusive();
        found.extend(rows.all(txn).await?.into_iter().map(|row| (row.id(), row)));
    }
    Ok(found)
}

/// Writes the standing of conversions, each with the number of adjustments that it had before.
///
/// # Errors
///
/// `RecordNotUpdated` if one has another number of adjustments, or is deleted.
pub async fn stand(
    txn: &impl ConnectionTrait,
    rows: impl Iterator<Item = (&Conversion, i16)>,
) -> Result<(), DbErr> {
    const NUMBER: Column = Column::Adjustments;
    const SET: [Column; 4] = [NUMBER, Column::CurrentStatus, Column::CurrentValue, Column::CurrentCommission];
    const KEY: [Column; 3] = [Column::ClickId, Column::CodeId, Column::DedupeKey];
    let backend = txn.get_database_backend();
    let [first, later] = [(&[][..], &[NUMBER][..]), (&[NUMBER], &[])]
        .map(|(same, null)| update_text::<Entity>(backend, &SET, &[&KEY[..], same].concat(), null));
    for (row, before) in rows {
        let values = SET.into_iter().chain(KEY).map(|column| row.get(column));
        let values = values.chain((before > 0).then(|| before.into()));
        let text = if before > 0 { &later } else { &first };
        let written = txn.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
        if written.rows_affected() != 1 {
            return Err(DbErr::RecordNotUpdated);
        }
    }
    Ok(())
}
