//! The columns of the table `conversion` that adjustments change.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::super::{
    Conversion, ConversionId, DedupeKey, TransactionId,
    store::{Column, Entity, of_transaction},
};
use crate::{
    core::conversion_code::ConversionCodeId,
    db::statement_runs,
    values::{click_id::ClickId, id::AccountId},
};

/// Maximum number of conversions with an order id that are looked at, in all accounts.
const OF_ORDER_MAX: u64 = 1_000;

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

/// Writes the standing of a conversion that had this number of adjustments before.
///
/// # Errors
///
/// `RecordNotUpdated` if it has another number of adjustments, or is deleted.
pub async fn stand(txn: &impl ConnectionTrait, row: &Conversion, before: i16) -> Result<(), DbErr> {
    let same_number = match before {
        0 => Column::Adjustments.is_null(),
        number => Column::Adjustments.eq(number),
    };
    let this = Condition::all()
        .add(Column::ClickId.eq(row.click_id))
        .add(Column::CodeId.eq(row.code_id))
        .add(Column::DedupeKey.eq(row.dedupe_key.clone()));
    let written = Entity::update_many()
        .col_expr(Column::Adjustments, Expr::value(row.adjustments))
        .col_expr(Column::CurrentStatus, Expr::value(row.current_status))
        .col_expr(Column::CurrentValue, Expr::value(row.current_value))
        .col_expr(Column::CurrentCommission, Expr::value(row.current_commission))
        .filter(this)
        .filter(same_number)
        .exec(txn)
        .await?;
    if written.rows_affected == 1 { Ok(()) } else { Err(DbErr::RecordNotUpdated) }
}

/// Finds the conversions of an order of an account, of one code or of all. `None` if the order id has
/// so many conversions in all accounts that they are not looked at.
pub async fn of_order(
    db: &impl ConnectionTrait,
    account: AccountId,
    order: &TransactionId,
    code: Option<ConversionCodeId>,
) -> Result<Option<Vec<ConversionId>>, DbErr> {
    let columns = [Column::AccountId, Column::CodeId, Column::ClickId, Column::Serial];
    let found = Entity::find().filter(of_transaction(db, DedupeKey::of_transaction(order)));
    let found = found.select_only().columns(columns).limit(OF_ORDER_MAX + 1).into_tuple();
    let found: Vec<(AccountId, ConversionCodeId, ClickId, i64)> = found.all(db).await?;
    if u64::try_from(found.len()).is_ok_and(|rows| rows > OF_ORDER_MAX) {
        return Ok(None);
    }
    let own =
        found.into_iter().filter(|(of, with, ..)| *of == account && code.is_none_or(|code| code == *with));
    Ok(Some(own.map(|(_, _, click, serial)| ConversionId { click, serial }).collect()))
}
