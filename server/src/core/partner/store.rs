//! The table `partner`.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, SqlErr, entity::prelude::*,
};

use super::{ExternalId, LIST_KEY_BYTES};
use crate::{
    db::{Db, commit_or_rollback},
    error::{Error, Result},
    page::PageRequest,
    values::{
        id::{AccountId, PartnerId},
        money::{Amount, Currency},
        time::Time,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partner")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartnerId,
    pub account_id: AccountId,
    pub name: String,
    pub external_id: Option<ExternalId>,
    pub payee: String,
    /// `None` together with its currency.
    pub minimum_payout: Option<Amount>,
    pub payout_currency: Option<Currency>,
    pub hold_days: i16,
    /// 0 if pending conversions are never approved by themselves.
    pub approve_after_days: i16,
    pub archived_at: Option<Time>,
    pub request_id: Option<Vec<u8>>,
    pub request_digest: Vec<u8>,
    pub created_at: Time,
    pub updated_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The outcome of a write.
pub enum Written {
    /// The partner; for a repeated request, the partner that the first request created.
    Stored(Box<Model>),
    ExternalIdTaken,
}

/// Inserts the partner. A different request with the same request id is an error. With
/// `validate_only`, runs the statements and rolls back.
pub async fn insert(db: &Db, partner: Model, validate_only: bool) -> Result<Written> {
    let txn = db.begin().await?;
    let inserted = Entity::insert(partner.clone().into_active_model()).exec_without_returning(&txn).await;
    let Err(error) = inserted else {
        commit_or_rollback(txn, !validate_only).await?;
        return Ok(Written::Stored(Box::new(partner)));
    };
    txn.rollback().await?;
    if !is_taken(&error) {
        return Err(error.into());
    }
    if partner.request_id.is_none() {
        return Ok(Written::ExternalIdTaken);
    }
    let same_request = Entity::find()
        .filter(Column::AccountId.eq(partner.account_id))
        .filter(Column::RequestId.eq(partner.request_id));
    match same_request.one(db.reader()).await? {
        Some(first) if first.request_digest == partner.request_digest => Ok(Written::Stored(Box::new(first))),
        Some(_) => Err(Error::request_id_reused()),
        None => Ok(Written::ExternalIdTaken),
    }
}

fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: PartnerId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await
}

/// Returns the names of those of the partners that belong to the account.
pub async fn names(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: HashSet<PartnerId>,
) -> Result<HashMap<PartnerId, String>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let named = Entity::find().filter(Column::Id.is_in(ids)).filter(Column::AccountId.eq(account));
    let named = named.select_only().columns([Column::Id, Column::Name]).into_tuple();
    Ok(named.all(db).await?.into_iter().collect())
}

/// Returns the row, locked until the transaction ends: the second of two concurrent updates sees
/// the result of the first.
pub async fn find_to_update(
    txn: &impl ConnectionTrait,
    account: AccountId,
    id: PartnerId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account)).lock_exclusive().one(txn).await
}

pub async fn update(txn: &impl ConnectionTrait, partner: Model) -> Result<Written> {
    match partner.clone().into_active_model().reset_all().update(txn).await {
        Ok(_) => Ok(Written::Stored(Box::new(partner))),
        Err(error) if is_taken(&error) => Ok(Written::ExternalIdTaken),
        Err(error) => Err(error.into()),
    }
}

/// Lists the partners of all accounts whose pending conversions are approved by themselves, each with
/// its account and the number of days.
pub async fn approving(db: &impl ConnectionTrait) -> Result<Vec<(PartnerId, AccountId, i16)>, DbErr> {
    let approving = Entity::find().filter(Column::ApproveAfterDays.gt(0_i16)).select_only();
    let columns = [Column::Id, Column::AccountId, Column::ApproveAfterDays];
    approving.columns(columns).into_tuple().all(db).await
}

/// Lists partners, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    show_archived: bool,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account));
    if !show_archived {
        query = query.filter(Column::ArchivedAt.is_null());
    }
    if let Some(after) = page.after {
        query = query.filter(Column::Id.lt(PartnerId(Uuid::from_bytes(after))));
    }
    Ok(query.order_by_desc(Column::Id).limit(page.rows_to_read()).all(db).await?)
}
