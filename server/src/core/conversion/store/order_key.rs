//! Orders that count once for a code, whatever their click. The table `order_key` has the click of each
//! of them; its key decides if two servers record the same order at the same time.
//!
//! Conversions from before the code counted its orders once have no rows in the table. So a new order
//! is also looked up among the conversions.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, DeriveValueType, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, TryFromU64, entity::prelude::*,
};
use uuid::Uuid;

use super::{
    DedupeKey,
    store::{self, Model as Conversion, New},
};
use crate::{
    core::conversion_code::{ConversionCodeId, TransactionScope},
    db::{Connection, Db, Grouped, insert_new, statement_runs},
    error::Result,
    values::click_id::ClickId,
};

/// A hash of a transaction id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct OrderHash(Uuid);

impl TryFromU64 for OrderHash {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("OrderHash"))
    }
}

impl OrderHash {
    fn of(key: &DedupeKey) -> Self {
        let mut hash = [0; 16];
        blake3::Hasher::new().update(&key.0).finalize_xof().fill(&mut hash);
        Self(Uuid::from_bytes(hash))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_id: ConversionCodeId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_hash: OrderHash,
    pub click_id: ClickId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Grouped for Entity {
    const USUALLY_EMPTY: &[Column] = &[];
}

/// An order of a code.
type Order = (ConversionCodeId, OrderHash);

impl New<'_> {
    /// The order, if it counts once for its code.
    fn order(&self) -> Option<Order> {
        let counts = self.scope == TransactionScope::PerCode && !self.row.transaction_id().is_empty();
        counts.then(|| (self.row.code_id, OrderHash::of(&self.row.dedupe_key)))
    }
}

/// Returns, for each new conversion, the conversion of its order that has another click, if there is
/// one. Keeps the orders that are new for the clicks of these conversions.
pub async fn claim(db: &Connection, rows: &[New<'_>]) -> Result<Vec<Option<Conversion>>, DbErr> {
    let orders: Vec<Option<Order>> = rows.iter().map(New::order).collect();
    if orders.iter().all(Option::is_none) {
        return Ok(vec![None; rows.len()]);
    }
    let mut clicks = known_clicks(db, &orders).await?;
    // Sorted, so that two servers lock the same orders in the same sequence.
    let mut new = BTreeMap::new();
    for (New { row, .. }, order) in rows.iter().zip(&orders) {
        let Some(order) = order.filter(|order| !clicks.contains_key(order)) else { continue };
        let earlier = first_click(db, row).await?;
        if earlier.is_none() {
            new.insert(order, Model { code_id: order.0, order_hash: order.1, click_id: row.click_id });
        }
        clicks.insert(order, earlier.unwrap_or(row.click_id));
    }
    let new: Vec<&Model> = new.values().collect();
    if !new.is_empty() && !insert_new::<Entity>(db, &new, &[Column::CodeId, Column::OrderHash]).await? {
        return Err(DbErr::Custom("an order was recorded at the same time".to_owned()));
    }
    let mut others = Vec::with_capacity(rows.len());
    for (New { row, .. }, order) in rows.iter().zip(&orders) {
        let click = order.and_then(|order| clicks.get(&order)).filter(|click| **click != row.click_id);
        others.push(match click {
            None => None,
            Some(click) => {
                let of_click = |other: &&New| {
                    (other.row.click_id, other.row.code_id) == (*click, row.code_id)
                        && other.row.dedupe_key == row.dedupe_key
                };
                match rows.iter().find(of_click) {
                    Some(other) => Some(other.row.clone()),
                    None => with_click(db, row, *click).await?,
                }
            }
        });
    }
    Ok(others)
}

/// Finds the conversion of the same order that has another click, if the order counts once for its
/// code.
pub async fn find(db: &impl ConnectionTrait, new: New<'_>) -> Result<Option<Conversion>, DbErr> {
    let Some(order) = new.order() else { return Ok(None) };
    let known = known_clicks(db, &[Some(order)]).await?.remove(&order);
    let click = match known {
        Some(click) => Some(click),
        None => first_click(db, new.row).await?,
    };
    match click.filter(|click| *click != new.row.click_id) {
        Some(click) => with_click(db, new.row, click).await,
        None => Ok(None),
    }
}

/// The conversion with the code and the order of `row`, and with this click.
async fn with_click(
    db: &impl ConnectionTrait,
    row: &Conversion,
    click: ClickId,
) -> Result<Option<Conversion>, DbErr> {
    store::find_same(db, &Conversion { click_id: click, ..row.clone() }).await
}

/// The clicks that the table has for orders.
async fn known_clicks(
    db: &impl ConnectionTrait,
    orders: &[Option<Order>],
) -> Result<HashMap<Order, ClickId>, DbErr> {
    let orders: Vec<Order> = orders.iter().copied().flatten().collect();
    let mut found = HashMap::with_capacity(orders.len());
    for run in statement_runs(&orders) {
        let rows = Entity::find()
            .filter(Column::CodeId.is_in(run.iter().map(|(code, _)| *code)))
            .filter(Column::OrderHash.is_in(run.iter().map(|(_, hash)| *hash)));
        let rows = rows.all(db).await?;
        found.extend(rows.into_iter().map(|row| ((row.code_id, row.order_hash), row.click_id)));
    }
    Ok(found)
}

/// The click of the earliest conversion with the code and the order of `row`.
async fn first_click(db: &impl ConnectionTrait, row: &Conversion) -> Result<Option<ClickId>, DbErr> {
    let same = store::Entity::find()
        .filter(store::of_transaction(db, row.dedupe_key.clone()))
        .filter(store::Column::CodeId.eq(row.code_id));
    let first = same.order_by_asc(store::Column::CreatedAt).select_only().column(store::Column::ClickId);
    first.limit(1).into_tuple().one(db).await
}

/// Lets an order go whose conversion was taken back in the same transaction.
pub async fn let_go(txn: &impl ConnectionTrait, row: &Conversion) -> Result<(), DbErr> {
    let order = Entity::delete_many()
        .filter(Column::CodeId.eq(row.code_id))
        .filter(Column::OrderHash.eq(OrderHash::of(&row.dedupe_key)))
        .filter(Column::ClickId.eq(row.click_id));
    order.exec(txn).await?;
    Ok(())
}

/// Deletes a batch of the orders whose click id is less than `below`. Returns the number deleted, and
/// true if more may be left.
pub async fn delete_some(db: &Db, below: Uuid) -> Result<(u64, bool)> {
    Ok(db.delete_some::<Entity>(Column::ClickId, below).await?)
}
