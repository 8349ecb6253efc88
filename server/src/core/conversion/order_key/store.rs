//! The table `order_key`.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, DeriveValueType, EntityTrait as _, QueryFilter as _,
    TryFromU64, entity::prelude::*,
};

use super::Order;
use crate::{
    core::conversion_code::ConversionCodeId,
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
    pub fn new(hash: [u8; 16]) -> Self {
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

/// Inserts orders with their clicks. Returns whether all were new.
pub async fn insert(txn: &Connection, orders: impl Iterator<Item = (Order, ClickId)>) -> Result<bool, DbErr> {
    let row = |((code_id, order_hash), click_id)| Model { code_id, order_hash, click_id };
    let rows: Vec<Model> = orders.map(row).collect();
    if rows.is_empty() {
        return Ok(true);
    }
    insert_new::<Entity>(txn, &rows.iter().collect::<Vec<_>>(), &[Column::CodeId, Column::OrderHash]).await
}

/// Finds the clicks of orders, and maybe of others.
pub async fn clicks(db: &impl ConnectionTrait, orders: &[Order]) -> Result<HashMap<Order, ClickId>, DbErr> {
    let mut found = HashMap::with_capacity(orders.len());
    for run in statement_runs(orders) {
        let rows = Entity::find()
            .filter(Column::CodeId.is_in(run.iter().map(|(code, _)| *code)))
            .filter(Column::OrderHash.is_in(run.iter().map(|(_, hash)| *hash)));
        let rows = rows.all(db).await?;
        found.extend(rows.into_iter().map(|row| ((row.code_id, row.order_hash), row.click_id)));
    }
    Ok(found)
}

/// Deletes an order, if it has this click.
pub async fn delete(txn: &impl ConnectionTrait, (code, hash): Order, click: ClickId) -> Result<(), DbErr> {
    let order = Entity::delete_many()
        .filter(Column::CodeId.eq(code))
        .filter(Column::OrderHash.eq(hash))
        .filter(Column::ClickId.eq(click));
    order.exec(txn).await?;
    Ok(())
}

/// Deletes a batch of the orders whose click id is less than `below`. Returns the number deleted, and
/// true if more may be left.
pub async fn delete_some(db: &Db, below: Uuid) -> Result<(u64, bool)> {
    Ok(db.delete_some::<Entity>(Column::ClickId, below).await?)
}
