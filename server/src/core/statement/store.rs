//! The table `statement`.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, SqlErr, entity::prelude::*,
    sea_query::Expr,
};

use super::{LIST_KEY_BYTES, State};
use crate::{
    core::conversion_code::ConversionCodeId,
    db::{Connection, Db, commit_or_rollback},
    error::{Error, Result},
    page::PageRequest,
    values::{
        id::{AccountId, StatementId},
        time::Time,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StatementId,
    pub account_id: AccountId,
    /// Unique in its account; `None` if the statement is deleted, and its rows are still to go.
    pub identity: Option<Vec<u8>>,
    pub code_id: ConversionCodeId,
    pub name: String,
    /// SHA-256.
    pub file_digest: Vec<u8>,
    pub starts_at: Time,
    pub ends_at: Time,
    pub zone: String,
    /// The number of rows of the network, and of rows that are only ours.
    pub row_count: i32,
    pub our_count: i32,
    pub state: State,
    /// How far the present state has come: the key of the last conversion or postback that was
    /// compared; empty before the first.
    pub position: Vec<u8>,
    /// The number of rows that were compared again.
    pub resolutions: i64,
    pub created_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Inserts a statement. Returns the one with the same identity, if there is one. With `validate_only`,
/// runs the statements and rolls back.
pub async fn insert(db: &Db, statement: Model, validate_only: bool) -> Result<Model> {
    let txn = db.begin().await?;
    match Entity::insert(statement.clone().into_active_model()).exec_without_returning(&txn).await {
        Ok(_) => {
            commit_or_rollback(txn, !validate_only).await?;
            Ok(statement)
        }
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            txn.rollback().await?;
            let same = Entity::find()
                .filter(Column::AccountId.eq(statement.account_id))
                .filter(Column::Identity.eq(statement.identity));
            let same = same.one(db.reader()).await?;
            same.ok_or_else(|| Error::unavailable("a statement was deleted at the same time"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Finds a statement, even if it is deleted.
pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: StatementId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await
}

/// Locks the row until the transaction ends. Returns whether it is still as it was read.
pub async fn lock(txn: &Connection, read: &Model) -> Result<bool, DbErr> {
    let found = Entity::find_by_id(read.id).lock_exclusive().one(txn).await?;
    Ok(found.as_ref() == Some(read))
}

pub async fn update(txn: &impl ConnectionTrait, statement: &Model) -> Result<(), DbErr> {
    statement.clone().into_active_model().reset_all().update(txn).await.map(drop)
}

/// Lists statements, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Vec<Model>, DbErr> {
    let mut query =
        Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Identity.is_not_null());
    if let Some(after) = page.after {
        query = query.filter(Column::Id.lt(StatementId(Uuid::from_bytes(after))));
    }
    query.order_by_desc(Column::Id).limit(page.rows_to_read()).all(db).await
}

/// Marks a statement as deleted.
pub async fn forget(db: &Db, id: StatementId) -> Result<(), DbErr> {
    forget_these(db, Condition::all().add(Column::Id.eq(id))).await
}

/// Marks the statements before this id as deleted.
pub async fn forget_before(db: &Db, id: StatementId) -> Result<(), DbErr> {
    let old = Condition::all().add(Column::Id.lt(id)).add(Column::Identity.is_not_null());
    if Entity::find().filter(old.clone()).one(db.reader()).await?.is_none() {
        return Ok(());
    }
    forget_these(db, old).await
}

async fn forget_these(db: &Db, these: Condition) -> Result<(), DbErr> {
    let txn = db.begin().await?;
    let no_identity = Expr::value(None::<Vec<u8>>);
    Entity::update_many().col_expr(Column::Identity, no_identity).filter(these).exec(&txn).await?;
    txn.commit().await
}

/// Finds a deleted statement.
pub async fn deleted(db: &impl ConnectionTrait) -> Result<Option<StatementId>, DbErr> {
    let deleted = Entity::find().filter(Column::Identity.is_null()).select_only().column(Column::Id);
    deleted.limit(1).into_tuple().one(db).await
}

/// Deletes the row of a deleted statement, whose rows are gone.
pub async fn delete(db: &Db, id: StatementId) -> Result<(), DbErr> {
    let txn = db.begin().await?;
    Entity::delete_by_id(id).filter(Column::Identity.is_null()).exec(&txn).await?;
    txn.commit().await
}
