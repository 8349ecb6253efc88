//! The columns of the table `conversion` that adjustments change.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, Value};

use super::super::{
    Conversion, ConversionId,
    store::{Column, Entity},
};
use crate::db::{Connection, find_by_keys, write_columns};

/// The primary key, in whose order rows are locked.
const KEY: [Column; 3] = [Column::ClickId, Column::CodeId, Column::DedupeKey];

/// Finds conversions by their ids, and locks them until the transaction ends.
pub async fn lock(
    txn: &impl ConnectionTrait,
    mut ids: Vec<ConversionId>,
) -> Result<HashMap<ConversionId, Conversion>, DbErr> {
    // Sorted, so that all servers lock the rows in the same order and can't deadlock.
    ids.sort_unstable_by_key(|id| (id.click, id.serial));
    ids.dedup();
    let values: Vec<[Value; 2]> = ids.iter().map(|id| [id.click.into(), id.serial.into()]).collect();
    let rows = find_by_keys::<Entity, 2>(txn, [Column::ClickId, Column::Serial], &values, Some(&KEY)).await?;
    Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
}

/// Writes the standing of conversions, which are locked in this transaction. The keys of their new
/// adjustments, which contain the numbers, see to it that nobody else changes them.
pub async fn stand(txn: &Connection, rows: &[&Conversion]) -> Result<(), DbErr> {
    const SET: [Column; 4] =
        [Column::Adjustments, Column::CurrentStatus, Column::CurrentValue, Column::CurrentCommission];
    write_columns::<Entity>(txn, rows, &KEY, &SET).await
}
