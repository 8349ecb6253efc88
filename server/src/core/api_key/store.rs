//! The tables `api_key` and `api_key_text`: keys, and the hashes of their texts.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, SqlErr,
    entity::prelude::*,
};

use super::{ApiKeyId, LIST_KEY_BYTES};
use crate::{
    api::{Scopes, Tenant},
    db::{Db, commit_or_rollback},
    error::{Error, Result},
    page::PageRequest,
    values::api_key_text::KeyHash,
    values::{
        id::{AccountId, PartnerId},
        time::Time,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    pub account_id: AccountId,
    pub name: String,
    pub scopes: Scopes,
    /// The partner of a key with the scope `partner`.
    pub partner_id: Option<PartnerId>,
    pub expires_at: Option<Time>,
    pub revoked_at: Option<Time>,
    pub rotated_at: Option<Time>,
    pub last_used_at: Option<Time>,
    pub request_id: Option<Vec<u8>>,
    pub request_digest: Vec<u8>,
    pub created_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

mod text {
    use super::{ApiKeyId, KeyHash, Time};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_key_text")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: KeyHash,
        pub api_key_id: ApiKeyId,
        /// Set if a rotation has replaced the text, or if it is that of a session.
        pub expires_at: Option<Time>,
        /// The text is that of a session of the console. `None` in older rows.
        pub is_session: Option<bool>,
        pub created_at: Time,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The key that has a text, and the expiry of that text.
#[derive(Clone)]
pub struct Found {
    pub key: Model,
    pub text_expires_at: Option<Time>,
    /// The times of a session, if the text is that of one.
    pub session: Option<SessionTimes>,
}

/// The begin of a session, and its end unless it is extended.
#[derive(Clone, Copy)]
pub struct SessionTimes {
    pub begun_at: Time,
    pub ends_at: Time,
}

/// Inserts the key with its first text. Returns the key, and true if it is new. A repeated request
/// returns the key that its first attempt created; a different request with the same request id is
/// an error. With `validate_only`, runs the statements and rolls back.
pub async fn insert(db: &Db, key: Model, hash: KeyHash, validate_only: bool) -> Result<(Model, bool)> {
    let txn = db.begin().await?;
    match Entity::insert(key.clone().into_active_model()).exec_without_returning(&txn).await {
        Ok(_) => {
            add_text(&txn, key.id, hash, key.created_at).await?;
            commit_or_rollback(txn, !validate_only).await?;
            Ok((key, true))
        }
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            txn.rollback().await?;
            let first = Entity::find()
                .filter(Column::AccountId.eq(key.account_id))
                .filter(Column::RequestId.eq(key.request_id))
                .one(db.reader())
                .await?;
            match first {
                Some(first) if first.request_digest == key.request_digest => Ok((first, false)),
                Some(_) => Err(Error::request_id_reused()),
                None => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn add_text(txn: &impl ConnectionTrait, id: ApiKeyId, hash: KeyHash, now: Time) -> Result<()> {
    let text = text::Model { hash, api_key_id: id, expires_at: None, is_session: None, created_at: now };
    text::Entity::insert(text.into_active_model()).exec_without_returning(txn).await?;
    Ok(())
}

/// Ends the texts of a key at `at`, unless they end sooner. Deletes texts that ended before `now`.
/// Returns the number of texts that are still valid after `now`, without sessions.
pub async fn end_texts(txn: &impl ConnectionTrait, id: ApiKeyId, now: Time, at: Time) -> Result<u64> {
    let later = Condition::any().add(text::Column::ExpiresAt.is_null()).add(text::Column::ExpiresAt.gt(at));
    text::Entity::update_many()
        .col_expr(text::Column::ExpiresAt, Expr::value(at))
        .filter(text::Column::ApiKeyId.eq(id))
        .filter(later)
        .exec(txn)
        .await?;
    delete_ended(txn, id, now).await?;
    let good = Condition::all().add(text::Column::ExpiresAt.gt(now)).add(text::Column::IsSession.is_null());
    Ok(text::Entity::find().filter(text::Column::ApiKeyId.eq(id)).filter(good).count(txn).await?)
}

/// Deletes texts of a key that ended before `now`.
pub async fn delete_ended(txn: &impl ConnectionTrait, id: ApiKeyId, now: Time) -> Result<()> {
    text::Entity::delete_many()
        .filter(text::Column::ApiKeyId.eq(id))
        .filter(text::Column::ExpiresAt.lt(now))
        .exec(txn)
        .await?;
    Ok(())
}

/// Adds the text of a session.
pub async fn add_session(
    txn: &impl ConnectionTrait,
    id: ApiKeyId,
    hash: KeyHash,
    now: Time,
    expires_at: Time,
) -> Result<()> {
    let (expires_at, is_session) = (Some(expires_at), Some(true));
    let text = text::Model { hash, api_key_id: id, expires_at, is_session, created_at: now };
    text::Entity::insert(text.into_active_model()).exec_without_returning(txn).await?;
    Ok(())
}

/// Moves the end of the session with this text, unless it has ended before `now`.
pub async fn move_end(db: &Db, hash: KeyHash, now: Time, at: Time) -> Result<()> {
    let txn = db.begin().await?;
    text::Entity::update_many()
        .col_expr(text::Column::ExpiresAt, Expr::value(at))
        .filter(text::Column::Hash.eq(hash))
        .filter(text::Column::IsSession.eq(true))
        .filter(text::Column::ExpiresAt.gt(now))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

/// Finds the oldest key of an account that has these scopes and is neither revoked nor expired.
pub async fn oldest(
    db: &impl ConnectionTrait,
    account: AccountId,
    scopes: Scopes,
    now: Time,
) -> Result<Option<Model>> {
    let unexpired = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now));
    let good = Entity::find().filter(Column::RevokedAt.is_null()).filter(unexpired);
    let good = good.filter(Column::AccountId.eq(account)).filter(Column::Scopes.eq(scopes));
    Ok(good.order_by_asc(Column::Id).one(db).await?)
}

/// Finds keys of any account. The text of a key is a secret, so the query needs no account.
pub async fn find_by_hashes(
    db: &impl ConnectionTrait,
    hashes: Vec<KeyHash>,
) -> Result<HashMap<KeyHash, Found>, DbErr> {
    let texts = text::Entity::find().filter(text::Column::Hash.is_in(hashes)).all(db).await?;
    if texts.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = texts.iter().map(|text| text.api_key_id);
    let keys = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    let keys: HashMap<ApiKeyId, Model> = keys.into_iter().map(|key| (key.id, key)).collect();
    let found = texts.into_iter().filter_map(|text| {
        let key = keys.get(&text.api_key_id)?.clone();
        let text_expires_at = text.expires_at;
        let session = text_expires_at.filter(|_| text.is_session == Some(true));
        let session = session.map(|ends_at| SessionTimes { begun_at: text.created_at, ends_at });
        Some((text.hash, Found { key, text_expires_at, session }))
    });
    Ok(found.collect())
}

pub async fn is_empty(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(Entity::find().one(db).await?.is_none())
}

pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: ApiKeyId) -> Result<Option<Model>> {
    let found = Entity::find_by_id(id).one(db).await?;
    Ok(found.filter(|key| tenant.sees(key.account_id)))
}

/// Returns the row, locked until the transaction ends: the second of two concurrent updates sees
/// the result of the first.
pub async fn find_to_update(
    txn: &impl ConnectionTrait,
    tenant: Tenant,
    id: ApiKeyId,
) -> Result<Option<Model>, DbErr> {
    let found = Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    Ok(found.filter(|key| tenant.sees(key.account_id)))
}

pub async fn update(txn: &impl ConnectionTrait, key: Model) -> Result<()> {
    key.into_active_model().reset_all().update(txn).await?;
    Ok(())
}

/// Lists keys, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    show_revoked: bool,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account));
    if !show_revoked {
        query = query.filter(Column::RevokedAt.is_null());
    }
    if let Some(after) = page.after {
        query = query.filter(Column::Id.lt(ApiKeyId(Uuid::from_bytes(after))));
    }
    Ok(query.order_by_desc(Column::Id).limit(page.rows_to_read()).all(db).await?)
}

/// Sets the time of last use of the keys, unless a later one is stored.
pub async fn used(db: &Db, ids: Vec<ApiKeyId>, now: Time) -> Result<()> {
    let txn = db.begin().await?;
    let earlier = Condition::any().add(Column::LastUsedAt.is_null()).add(Column::LastUsedAt.lt(now));
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .filter(Column::Id.is_in(ids))
        .filter(earlier)
        .exec(&txn)
        .await?;
    Ok(txn.commit().await?)
}
