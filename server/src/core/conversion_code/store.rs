//! The table `conversion_code`.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, SqlErr, entity::prelude::*,
};

use super::{
    AllowedAddresses, CheckMode, ConversionCodeId, DecimalSeparator, DedupePolicy, LIST_KEY_BYTES, ReplyMode,
    Secret, TransactionScope, UpdatePolicy,
};
use crate::{
    api::Tenant,
    core::preset::PresetId,
    db::{Db, commit_or_rollback},
    error::{Error, Result},
    page::PageRequest,
    values::{
        conversion_status::ConversionStatus,
        id::AccountId,
        money::Currency,
        time::{Span, Time},
    },
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversion_code")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversionCodeId,
    pub account_id: AccountId,
    pub name: String,
    pub default_currency: Currency,
    pub attribution_window: Span,
    pub dedupe_policy: DedupePolicy,
    pub reply_mode: ReplyMode,
    pub reply_text: String,
    pub preset_id: PresetId,
    pub secret_check: CheckMode,
    pub signature_check: CheckMode,
    pub address_check: CheckMode,
    pub https_check: CheckMode,
    pub allowed_addresses: AllowedAddresses,
    pub secret: Secret,
    pub former_secret: Secret,
    pub former_secret_expires_at: Option<Time>,
    pub secret_request_id: Option<Vec<u8>>,
    pub archived: bool,
    pub archived_at: Option<Time>,
    /// Status of conversions that are reported without a status.
    pub default_status: ConversionStatus,
    pub decimal_separator: DecimalSeparator,
    pub update_policy: UpdatePolicy,
    pub transaction_scope: TransactionScope,
    pub request_id: Option<Vec<u8>>,
    pub request_digest: Vec<u8>,
    pub created_at: Time,
    pub updated_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Inserts the code. A repeated request returns the code that its first attempt created; a
/// different request with the same request id is an error. With `validate_only`, runs the
/// statements and rolls back.
pub async fn insert(db: &Db, code: Model, validate_only: bool) -> Result<Model> {
    let txn = db.begin().await?;
    match Entity::insert(code.clone().into_active_model()).exec_without_returning(&txn).await {
        Ok(_) => {
            commit_or_rollback(txn, !validate_only).await?;
            Ok(code)
        }
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            txn.rollback().await?;
            let first = Entity::find()
                .filter(Column::AccountId.eq(code.account_id))
                .filter(Column::RequestId.eq(code.request_id))
                .one(db.reader())
                .await?;
            match first {
                Some(first) if first.request_digest == code.request_digest => Ok(first),
                Some(_) => Err(Error::request_id_reused()),
                None => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn find(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    id: ConversionCodeId,
) -> Result<Option<Model>, DbErr> {
    let found = Entity::find_by_id(id).one(db).await?;
    Ok(found.filter(|code| tenant.sees(code.account_id)))
}

/// Returns the ids for which a code exists, in any account, each with its account.
pub async fn existing(
    db: &impl ConnectionTrait,
    ids: HashSet<ConversionCodeId>,
) -> Result<HashMap<ConversionCodeId, AccountId>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = Entity::find().select_only().columns([Column::Id, Column::AccountId]);
    let found = found.filter(Column::Id.is_in(ids));
    Ok(found.into_tuple().all(db).await?.into_iter().collect())
}

/// Returns the longest attribution window of all codes; `None` if there is no code.
pub async fn longest_window(db: &impl ConnectionTrait) -> Result<Option<Span>, DbErr> {
    let longest = Entity::find().select_only().column_as(Column::AttributionWindow.max(), "longest");
    Ok(longest.into_tuple().one(db).await?.flatten())
}

/// Returns the names of those of the codes that belong to the account.
pub async fn names(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: HashSet<ConversionCodeId>,
) -> Result<HashMap<ConversionCodeId, String>, DbErr> {
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
    id: ConversionCodeId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account)).lock_exclusive().one(txn).await
}

pub async fn update(txn: &impl ConnectionTrait, code: Model) -> Result<()> {
    code.into_active_model().reset_all().update(txn).await?;
    Ok(())
}

/// Lists codes, newest first. Reads one row more than the page holds, to see if another page
/// follows.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    show_archived: bool,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account));
    if !show_archived {
        query = query.filter(Column::Archived.eq(false));
    }
    if let Some(after) = page.after {
        let (time, id) = read_list_key(after)?;
        // The alternatives below imply this condition, but only this condition is a range that an
        // index can seek.
        query = query.filter(Column::CreatedAt.lte(time)).filter(
            Condition::any()
                .add(Column::CreatedAt.lt(time))
                .add(Condition::all().add(Column::CreatedAt.eq(time)).add(Column::Id.lt(id))),
        );
    }
    let newest_first = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    Ok(newest_first.limit(page.rows_to_read()).all(db).await?)
}

/// The key that the list is sorted by.
pub fn list_key(code: &Model) -> [u8; LIST_KEY_BYTES] {
    let mut key = [0; LIST_KEY_BYTES];
    let bytes = code.created_at.micros().to_be_bytes().into_iter().chain(code.id.0.into_bytes());
    key.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
    key
}

fn read_list_key(key: [u8; LIST_KEY_BYTES]) -> Result<(Time, ConversionCodeId)> {
    let (time, id) = key.split_first_chunk().ok_or_else(|| Error::internal("page key"))?;
    let id = Uuid::from_slice(id).map_err(|error| Error::internal(&error))?;
    Ok((Time::from_micros(i64::from_be_bytes(*time)), ConversionCodeId(id)))
}
