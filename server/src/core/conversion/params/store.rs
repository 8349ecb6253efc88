//! The custom parameters in the table `conversion`.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    entity::prelude::*,
};

use crate::{
    core::{
        conversion::{
            CustomParams, DedupeKey,
            store::{Column, Entity, of_click},
        },
        conversion_code::ConversionCodeId,
    },
    error::Result,
    values::{click_id::ClickId, id::AccountId},
};

/// Maximum number of conversions that are looked up in one query for their custom parameters.
pub const TOLD_MAX: usize = 10_000;

/// Finds conversions of a click that have custom parameters, at most `TOLD_MAX`. Returns their keys
/// without the click id.
pub async fn with_params(
    db: &impl ConnectionTrait,
    account: AccountId,
    click: ClickId,
) -> Result<Vec<(ConversionCodeId, DedupeKey)>> {
    let told = of_click(account, click).filter(Column::CustomParams.ne(CustomParams::default()));
    let keys = told.select_only().columns([Column::CodeId, Column::DedupeKey]);
    Ok(keys.limit(u64::try_from(TOLD_MAX).unwrap_or(u64::MAX)).into_tuple().all(db).await?)
}

/// Erases the custom parameters of these conversions of a click.
pub async fn erase(
    txn: &impl ConnectionTrait,
    click: ClickId,
    keys: &[(ConversionCodeId, DedupeKey)],
) -> Result<()> {
    let any = keys.iter().fold(Condition::any(), |any, (code, key)| {
        any.add(Condition::all().add(Column::CodeId.eq(*code)).add(Column::DedupeKey.eq(key.clone())))
    });
    Entity::update_many()
        .col_expr(Column::CustomParams, Expr::value(CustomParams::default()))
        .filter(Column::ClickId.eq(click))
        .filter(any)
        .exec(txn)
        .await?;
    Ok(())
}
