//! The table `payout`.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, SqlErr, entity::prelude::*,
};

use super::LIST_KEY_BYTES;
use crate::{
    error::{Error, Result},
    page::PageRequest,
    values::{
        id::{AccountId, PartnerId, PayoutId, RequestKey},
        money::{Amount, Currency},
        time::Time,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PayoutId,
    pub account_id: AccountId,
    pub partner_id: PartnerId,
    pub currency: Currency,
    pub cutoff_at: Time,
    pub total: Amount,
    pub line_count: i64,
    /// How it was paid; empty until then.
    pub reference: String,
    pub created_at: Time,
    pub paid_at: Option<Time>,
    pub canceled_at: Option<Time>,
    pub request_id: Option<Vec<u8>>,
    pub request_digest: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the payout that an earlier call with this request id has created.
pub async fn of_request(
    db: &impl ConnectionTrait,
    account: AccountId,
    request: &RequestKey,
) -> Result<Option<Model>, DbErr> {
    let Some(id) = &request.id else { return Ok(None) };
    let same = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::RequestId.eq(id.clone()));
    same.one(db).await
}

/// Inserts a payout. A request id that is in use for a payout to another partner is an error.
pub async fn insert(txn: &impl ConnectionTrait, payout: Model) -> Result<Model> {
    match Entity::insert(payout.clone().into_active_model()).exec_without_returning(txn).await {
        Ok(_) => Ok(payout),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Err(Error::request_id_reused())
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: PayoutId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await
}

/// Returns the row, locked until the transaction ends.
pub async fn find_to_update(
    txn: &impl ConnectionTrait,
    account: AccountId,
    id: PayoutId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account)).lock_exclusive().one(txn).await
}

pub async fn update(txn: &impl ConnectionTrait, payout: &Model) -> Result<(), DbErr> {
    payout.clone().into_active_model().reset_all().update(txn).await.map(drop)
}

/// Lists payouts, newest first. Reads one row more than the page holds, to see if another page follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    partner: Option<PartnerId>,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account));
    if let Some(partner) = partner {
        query = query.filter(Column::PartnerId.eq(partner));
    }
    if let Some(after) = page.after {
        query = query.filter(Column::Id.lt(PayoutId(Uuid::from_bytes(after))));
    }
    query.order_by_desc(Column::Id).limit(page.rows_to_read()).all(db).await
}

/// Reads all payouts, of all accounts.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().all(db).await
}

/// A payout of a partner that is not canceled.
pub struct Sum {
    pub currency: Currency,
    pub total: Amount,
    pub is_paid: bool,
}

/// Finds all payouts of a partner that are not canceled.
pub async fn sums(db: &impl ConnectionTrait, partner: PartnerId) -> Result<Vec<Sum>, DbErr> {
    let standing = Entity::find().filter(Column::PartnerId.eq(partner)).filter(Column::CanceledAt.is_null());
    let columns = [Column::Currency, Column::Total, Column::PaidAt];
    let rows: Vec<(Currency, Amount, Option<Time>)> =
        standing.select_only().columns(columns).into_tuple().all(db).await?;
    let sum = |(currency, total, paid_at): (_, _, Option<Time>)| Sum {
        currency,
        total,
        is_paid: paid_at.is_some(),
    };
    Ok(rows.into_iter().map(sum).collect())
}
