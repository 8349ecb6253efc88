//! Orders that count once for a code, whatever their click. The table `order_key` has the click of each
//! of them; its key decides if two servers record the same order at the same time.
//!
//! Conversions from before the code counted its orders once have no rows in the table. So a new order
//! is also looked up among the conversions.

mod store;

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr};

use self::store::OrderHash;
use super::{
    Conversion, DedupeKey,
    store::{New, find_same, first_click},
};
use crate::{
    core::conversion_code::{ConversionCodeId, TransactionScope},
    db::Connection,
    values::click_id::ClickId,
};

pub use self::store::delete_some;

/// An order of a code.
type Order = (ConversionCodeId, OrderHash);

fn hash(key: &DedupeKey) -> OrderHash {
    let mut hash = [0; 16];
    blake3::Hasher::new().update(&key.0).finalize_xof().fill(&mut hash);
    OrderHash::new(hash)
}

impl New<'_> {
    /// The order, if it counts once for its code.
    fn order(&self) -> Option<Order> {
        let counts = self.scope == TransactionScope::PerCode && !self.row.transaction_id().is_empty();
        counts.then(|| (self.row.code_id, hash(&self.row.dedupe_key)))
    }
}

/// Returns, for each new conversion, the conversion of its order that has another click, if there is
/// one. Keeps the orders that are new for the clicks of these conversions.
pub async fn claim(db: &Connection, rows: &[New<'_>]) -> Result<Vec<Option<Conversion>>, DbErr> {
    let orders: Vec<Option<Order>> = rows.iter().map(New::order).collect();
    let once: Vec<Order> = orders.iter().copied().flatten().collect();
    if once.is_empty() {
        return Ok(vec![None; rows.len()]);
    }
    let mut clicks = store::clicks(db, &once).await?;
    // Sorted, so that two servers lock the same orders in the same sequence.
    let mut new = BTreeMap::new();
    for (New { row, .. }, order) in rows.iter().zip(&orders) {
        let Some(order) = order.filter(|order| !clicks.contains_key(order)) else { continue };
        let earlier = first_click(db, row).await?;
        if earlier.is_none() {
            new.insert(order, row.click_id);
        }
        clicks.insert(order, earlier.unwrap_or(row.click_id));
    }
    if !store::insert(db, new.into_iter()).await? {
        // Another server has recorded one of the orders meanwhile.
        clicks.extend(store::clicks(db, &once).await?);
    }
    let mut others = Vec::with_capacity(rows.len());
    for (New { row, .. }, order) in rows.iter().zip(&orders) {
        let click = order.and_then(|order| clicks.get(&order)).filter(|click| **click != row.click_id);
        others.push(match click {
            Some(click) => of_other_click(db, rows, row, *click).await?,
            None => None,
        });
    }
    Ok(others)
}

/// Finds the conversion of the order of `row` that has this click, in the database or among `rows`.
/// `None` if `row` is recorded as well: both were recorded while orders counted per click, and stay
/// what they are.
async fn of_other_click(
    db: &Connection,
    rows: &[New<'_>],
    row: &Conversion,
    click: ClickId,
) -> Result<Option<Conversion>, DbErr> {
    if find_same(db, row).await?.is_some() {
        return Ok(None);
    }
    let is_other = |other: &Conversion| {
        (other.click_id, other.code_id, &other.dedupe_key) == (click, row.code_id, &row.dedupe_key)
    };
    match rows.iter().map(|new| new.row).find(|row| is_other(row)) {
        Some(other) => Ok(Some(other.clone())),
        None => find_same(db, &Conversion { click_id: click, ..row.clone() }).await,
    }
}

/// Finds the conversion of the same order that has another click, if the order counts once for its
/// code.
pub async fn find(db: &impl ConnectionTrait, new: New<'_>) -> Result<Option<Conversion>, DbErr> {
    let Some(order) = new.order() else { return Ok(None) };
    let click = match store::clicks(db, &[order]).await?.remove(&order) {
        Some(click) => Some(click),
        None => first_click(db, new.row).await?,
    };
    match click.filter(|click| *click != new.row.click_id) {
        Some(click_id) => find_same(db, &Conversion { click_id, ..new.row.clone() }).await,
        None => Ok(None),
    }
}

/// Lets an order go whose conversion was taken back in the same transaction.
pub async fn let_go(txn: &impl ConnectionTrait, row: &Conversion) -> Result<(), DbErr> {
    store::delete(txn, (row.code_id, hash(&row.dedupe_key)), row.click_id).await
}
