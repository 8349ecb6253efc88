//! The table `partner_entry`.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QuerySelect as _, SqlErr, entity::prelude::*,
};

use crate::values::{
    id::{AccountId, EntryId, PartnerId},
    money::{AmountChange, Currency},
    time::Time,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partner_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EntryId,
    pub account_id: AccountId,
    pub partner_id: PartnerId,
    pub currency: Currency,
    pub amount: AmountChange,
    pub note: String,
    pub created_at: Time,
    pub request_id: Option<Vec<u8>>,
    pub request_digest: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The outcome of an insertion.
pub enum Inserted {
    New,
    /// An earlier entry has the request id. The transaction must be rolled back.
    RequestIdInUse,
}

pub async fn insert(txn: &impl ConnectionTrait, entry: &Model) -> Result<Inserted, DbErr> {
    match Entity::insert(entry.clone().into_active_model()).exec_without_returning(txn).await {
        Ok(_) => Ok(Inserted::New),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Ok(Inserted::RequestIdInUse)
        }
        Err(error) => Err(error),
    }
}

/// Finds the entry that was created with the same request id.
pub async fn of_request(db: &impl ConnectionTrait, entry: &Model) -> Result<Option<Model>, DbErr> {
    let same = Entity::find().filter(Column::AccountId.eq(entry.account_id));
    same.filter(Column::RequestId.eq(entry.request_id.clone())).one(db).await
}

/// Reads the amounts of all entries of a partner.
pub async fn amounts(
    db: &impl ConnectionTrait,
    partner: PartnerId,
) -> Result<Vec<(Currency, AmountChange)>, DbErr> {
    let all = Entity::find().filter(Column::PartnerId.eq(partner)).select_only();
    all.columns([Column::Currency, Column::Amount]).into_tuple().all(db).await
}

pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().all(db).await
}

/// Reads the notes of entries.
pub async fn notes(db: &impl ConnectionTrait, ids: Vec<EntryId>) -> Result<HashMap<EntryId, String>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let these = Entity::find().filter(Column::Id.is_in(ids)).select_only();
    let rows: Vec<(EntryId, String)> = these.columns([Column::Id, Column::Note]).into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}
