//! The columns of the table `conversion` that adjustments change.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder,
    QuerySelect as _, Value,
};

use super::super::{
    Conversion, ConversionId,
    store::{Column, Entity},
};
use crate::db::{Connection, find_by_keys, statement_runs, write_columns};

/// The primary key, in whose order rows are locked.
const KEY: [Column; 3] = [Column::ClickId, Column::CodeId, Column::DedupeKey];

/// Finds conversions by their ids, and maybe others, and locks them until the transaction ends.
pub async fn lock(
    txn: &impl ConnectionTrait,
    mut ids: Vec<ConversionId>,
) -> Result<HashMap<ConversionId, Conversion>, DbErr> {
    // Sorted, so that all servers lock the rows in the same order and can't deadlock.
    ids.sort_unstable_by_key(|id| (id.click, id.serial));
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    if txn.get_database_backend() == DbBackend::Postgres {
        let values: Vec<[Value; 2]> = ids.iter().map(|id| [id.click.into(), id.serial.into()]).collect();
        let columns = [Column::ClickId, Column::Serial];
        let rows = find_by_keys::<Entity, 2>(txn, columns, &values, Some(&KEY)).await?;
        found.extend(rows.into_iter().map(|row| (row.id(), row)));
        return Ok(found);
    }
    for run in statement_runs(&ids) {
        let rows = Entity::find()
            .filter(Column::ClickId.is_in(run.iter().map(|id| id.click)))
            .filter(Column::Serial.is_in(run.iter().map(|id| id.serial)));
        let rows = KEY.into_iter().fold(rows, QueryOrder::order_by_asc).lock_exclusive();
        found.extend(rows.all(txn).await?.into_iter().map(|row| (row.id(), row)));
    }
    Ok(found)
}

/// Writes the standing of conversions, which are locked in this transaction. The keys of their new
/// adjustments, which contain the numbers, see to it that nobody else changes them.
pub async fn stand(txn: &Connection, rows: &[&Conversion]) -> Result<(), DbErr> {
    const SET: [Column; 4] =
        [Column::Adjustments, Column::CurrentStatus, Column::CurrentValue, Column::CurrentCommission];
    write_columns::<Entity>(txn, rows, &KEY, &SET).await
}
