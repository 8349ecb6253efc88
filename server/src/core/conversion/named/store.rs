//! Queries for conversions by order ids and clicks.

use std::slice;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect,
    sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt as _},
};

use super::super::{
    Brief, ConversionId, DedupeKey, TransactionId,
    store::{Column, Entity, of_transaction, of_transactions},
};
use crate::{
    core::conversion_code::ConversionCodeId,
    values::{click_id::ClickId, id::AccountId},
};

/// Maximum number of conversions with an order id that are looked at, in all accounts.
const OF_ORDER_MAX: u64 = 1_000;
/// Maximum number of names in one query.
const NAMES_PER_QUERY: usize = 256;
/// Maximum number of conversions that one query for several names reads. If there are more, each name
/// has a query of its own.
const OF_NAMES_MAX: u64 = 4_096;
/// Maximum number of conversions with one name, for such queries.
const OF_NAME_MAX: u64 = 64;

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

/// Finds the conversions of a code that have these order ids. Of an order id with very many
/// conversions, some are left out.
pub async fn of_orders(
    db: &impl ConnectionTrait,
    code: ConversionCodeId,
    orders: &[TransactionId],
) -> Result<Vec<Brief>, DbErr> {
    let of = |orders: &[TransactionId]| of_transactions(db, orders.iter().map(DedupeKey::of_transaction));
    of_names(db, (code, orders), of, "ix_conversion_transaction").await
}

/// Finds the conversions of a code that have these clicks. Of a click with very many conversions,
/// some are left out.
pub async fn of_clicks(
    db: &impl ConnectionTrait,
    code: ConversionCodeId,
    clicks: &[ClickId],
) -> Result<Vec<Brief>, DbErr> {
    let of = |clicks: &[ClickId]| Condition::all().add(Column::ClickId.is_in(clicks.iter().copied()));
    of_names(db, (code, clicks), of, "PRIMARY").await
}

/// Finds all conversions of these clicks.
pub async fn all_of_clicks(db: &impl ConnectionTrait, clicks: &[ClickId]) -> Result<Vec<Brief>, DbErr> {
    let mut found = Vec::new();
    for some in clicks.chunks(NAMES_PER_QUERY) {
        let mut rows = Entity::find().filter(Column::ClickId.is_in(repeated(some)));
        QuerySelect::query(&mut rows).force_index("PRIMARY", IndexHintScope::All);
        found.extend(rows.into_partial_model::<Brief>().all(db).await?);
    }
    Ok(found)
}

/// As many names as the next power of two, by repetition: so few different statements occur, each of which
/// is prepared.
fn repeated<T: Clone>(names: &[T]) -> Vec<T> {
    names.iter().cycle().take(names.len().next_power_of_two()).cloned().collect()
}

/// Finds the conversions of a code that meet the condition of these names. MariaDB uses this index: of many
/// names, it would estimate the rows by statistics, and might rather read the whole table.
async fn of_names<T: Clone>(
    db: &impl ConnectionTrait,
    (code, names): (ConversionCodeId, &[T]),
    condition: impl Fn(&[T]) -> Condition,
    index: &'static str,
) -> Result<Vec<Brief>, DbErr> {
    let rows = async |names: &[T], limit: u64| {
        let mut rows = Entity::find().filter(condition(names)).filter(Column::CodeId.eq(code));
        QuerySelect::query(&mut rows).force_index(index, IndexHintScope::All);
        rows.limit(limit).into_partial_model().all(db).await
    };
    let mut found = Vec::with_capacity(names.len());
    for some in names.chunks(NAMES_PER_QUERY) {
        let together = rows(&repeated(some), OF_NAMES_MAX).await?;
        if u64::try_from(together.len()).is_ok_and(|rows| rows < OF_NAMES_MAX) {
            found.extend(together);
            continue;
        }
        for name in some {
            found.extend(rows(slice::from_ref(name), OF_NAME_MAX).await?);
        }
    }
    Ok(found)
}
