//! The table `account`.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, SqlErr, entity::prelude::*,
};

use super::LIST_KEY_BYTES;
use crate::{
    api::Tenant,
    db::{Db, commit_or_rollback},
    error::{Error, Result},
    page::PageRequest,
    values::{id::AccountId, time::Time},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    pub name: String,
    pub request_id: Option<Vec<u8>>,
    /// `None` for the installation's own account, which no request created.
    pub request_digest: Option<Vec<u8>>,
    pub created_at: Time,
    pub updated_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Inserts the account. A repeated request returns the account that its first attempt created; a
/// different request with the same request id is an error. With `validate_only`, runs the
/// statements and rolls back.
pub async fn insert(db: &Db, account: Model, validate_only: bool) -> Result<Model> {
    let txn = db.begin().await?;
    match Entity::insert(account.clone().into_active_model()).exec_without_returning(&txn).await {
        Ok(_) => {
            commit_or_rollback(txn, !validate_only).await?;
            Ok(account)
        }
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            txn.rollback().await?;
            let first =
                Entity::find().filter(Column::RequestId.eq(account.request_id)).one(db.reader()).await?;
            match first {
                Some(first) if first.request_digest == account.request_digest => Ok(first),
                Some(_) => Err(Error::request_id_reused()),
                None => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: AccountId) -> Result<Option<Model>> {
    let found = Entity::find_by_id(id).one(db).await?;
    Ok(found.filter(|account| tenant.sees(account.id)))
}

/// Returns the row, locked until the transaction ends: the second of two concurrent updates sees
/// the result of the first.
pub async fn find_to_update(txn: &impl ConnectionTrait, id: AccountId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(txn).await
}

pub async fn update(txn: &impl ConnectionTrait, account: Model) -> Result<()> {
    account.into_active_model().reset_all().update(txn).await?;
    Ok(())
}

/// Lists accounts, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(db: &impl ConnectionTrait, page: &PageRequest<LIST_KEY_BYTES>) -> Result<Vec<Model>> {
    let mut query = Entity::find();
    if let Some(after) = page.after {
        query = query.filter(Column::Id.lt(AccountId(Uuid::from_bytes(after))));
    }
    Ok(query.order_by_desc(Column::Id).limit(page.rows_to_read()).all(db).await?)
}
