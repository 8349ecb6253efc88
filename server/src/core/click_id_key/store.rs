//! The table `click_id_key`.

use std::fmt;

use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
    sea_query::{Expr, OnConflict},
};

use crate::{
    db::{Connection, Db},
    values::{
        click_id::{KeyId, SECRET_BYTES},
        id::Random,
        time::Time,
    },
};

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "click_id_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_id: KeyId,
    pub secret: Vec<u8>,
    pub created_at: Time,
    pub ends_at: Option<Time>,
    /// The request id of the rotation that made the key.
    pub request_id: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredKey({:?})", self.key_id)
    }
}

impl Model {
    /// Makes a key with a random secret.
    pub fn new(key_id: KeyId, random: &Random, now: Time) -> Self {
        let secret = random.bytes::<SECRET_BYTES>().to_vec();
        Self { key_id, secret, created_at: now, ends_at: None, request_id: None }
    }
}

/// Returns all keys, newest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_desc(Column::KeyId).all(db).await
}

/// Returns all keys, newest first. If there are none, stores `first`, unless another server was
/// quicker.
pub async fn all_or_first(db: &Db, first: Model) -> Result<Vec<Model>, DbErr> {
    let txn = db.begin().await?;
    let mut rows = all(&txn).await?;
    if rows.is_empty() {
        let present = OnConflict::column(Column::KeyId).do_nothing_on([Column::KeyId]).to_owned();
        Entity::insert(first.into_active_model()).on_conflict(present).exec_without_returning(&txn).await?;
        rows = all(&txn).await?;
    }
    txn.commit().await?;
    Ok(rows)
}

/// Returns all keys, newest first. Another rotation waits until the transaction ends.
pub async fn all_to_update(txn: &Connection) -> Result<Vec<Model>, DbErr> {
    // Every rotation locks the oldest key first, and reads the keys afterwards. So the second of
    // two concurrent rotations sees the key that the first has made.
    Entity::find().order_by_asc(Column::KeyId).limit(1).lock_exclusive().all(txn).await?;
    all(txn).await
}

/// Lets all keys end at this time, unless they end sooner.
pub async fn end(txn: &Connection, at: Time) -> Result<(), DbErr> {
    let later = Condition::any().add(Column::EndsAt.is_null()).add(Column::EndsAt.gt(at));
    Entity::update_many().col_expr(Column::EndsAt, Expr::value(at)).filter(later).exec(txn).await?;
    Ok(())
}

pub async fn insert(txn: &Connection, key: Model) -> Result<(), DbErr> {
    Entity::insert(key.into_active_model()).exec_without_returning(txn).await?;
    Ok(())
}
