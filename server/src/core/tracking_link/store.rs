//! The table `tracking_link`.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set, SqlErr,
    entity::prelude::*,
};

use super::{CHANGE_KEY_BYTES, CodeIds, LIST_KEY_BYTES, RedirectKind, Slug, Tags, TrackingLinkId};
use crate::{
    api::Tenant,
    core::{conversion_code::ConversionCodeId, partner::StoredShare},
    db::{Db, commit_or_rollback},
    error::{Error, Result},
    page::PageRequest,
    values::click_id::LinkKey,
    values::destination::Destination,
    values::{
        id::{AccountId, PartnerId},
        time::Time,
    },
};

/// Length of a time in a sort key, in bytes.
const TIME_BYTES: usize = CHANGE_KEY_BYTES - LIST_KEY_BYTES;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tracking_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TrackingLinkId,
    pub account_id: AccountId,
    pub slug: Slug,
    pub link_key: LinkKey,
    pub destination: Destination,
    pub conversion_code_ids: CodeIds,
    pub tags: Tags,
    pub redirect_kind: RedirectKind,
    pub query_pass_through: bool,
    pub expires_at: Option<Time>,
    pub fallback_destination: Destination,
    /// Set once.
    pub partner_id: Option<PartnerId>,
    /// `None` for all of the commission.
    pub partner_share: Option<StoredShare>,
    pub archived: bool,
    pub archived_at: Option<Time>,
    pub request_id: Option<Vec<u8>>,
    pub request_digest: Vec<u8>,
    pub created_at: Time,
    pub updated_at: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The outcome of an insert.
pub enum Inserted {
    /// The link; for a repeated request, the link that the first request created.
    Stored(Box<Model>),
    SlugTaken,
    KeyTaken,
}

/// Inserts the link. A different request with the same request id is an error. With
/// `validate_only`, runs the statements and rolls back.
pub async fn insert(db: &Db, link: Model, validate_only: bool) -> Result<Inserted> {
    let txn = db.begin().await?;
    let has_slug = take_slug(&txn, link.account_id, &link.slug, None).await?;
    if has_slug {
        let inserted = Entity::insert(link.clone().into_active_model()).exec_without_returning(&txn).await;
        let Err(error) = inserted else {
            commit_or_rollback(txn, !validate_only).await?;
            return Ok(Inserted::Stored(Box::new(link)));
        };
        if !matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            return Err(error.into());
        }
    }
    txn.rollback().await?;
    if link.request_id.is_some() {
        let same_request = Entity::find()
            .filter(Column::AccountId.eq(link.account_id))
            .filter(Column::RequestId.eq(link.request_id));
        match same_request.one(db.reader()).await? {
            Some(first) if first.request_digest == link.request_digest => {
                return Ok(Inserted::Stored(Box::new(first)));
            }
            Some(_) => return Err(Error::request_id_reused()),
            None => {}
        }
    }
    match find_by_slug(db.reader(), link.slug).await? {
        None if has_slug => Ok(Inserted::KeyTaken),
        Some(_) | None => Ok(Inserted::SlugTaken),
    }
}

/// Takes a slug for a link of the account, in an open transaction, and frees the link's `former`
/// slug for the account. If an archived link of the account has the slug, that link loses it.
/// Returns false if any other link has the slug, or if another account had it before.
///
/// A freed slug stays the account's own. Otherwise another account could take the slug, and get the
/// visitors of everything that was published with the slug.
pub async fn take_slug(
    txn: &impl ConnectionTrait,
    account: AccountId,
    slug: &Slug,
    former: Option<&Slug>,
) -> Result<bool, DbErr> {
    let owner = Entity::find().filter(Column::Slug.eq(slug.clone())).lock_exclusive().one(txn).await?;
    match owner {
        Some(link) if link.account_id == account && link.archived => {
            let lost = ActiveModel { slug: Set(Slug::lost_by(link.id)), ..link.into_active_model() };
            lost.update(txn).await?;
        }
        Some(_) => return Ok(false),
        None => {}
    }
    if let Some(freed) = freed_slug::Entity::find_by_id(slug.clone()).one(txn).await? {
        if freed.account_id != account {
            return Ok(false);
        }
        freed.delete(txn).await?;
    }
    if let Some(former) = former.filter(|former| !former.is_lost()) {
        let freed = freed_slug::Model { slug: former.clone(), account_id: account };
        freed_slug::Entity::insert(freed.into_active_model()).exec_without_returning(txn).await?;
    }
    Ok(true)
}

/// Slugs that no link has any more, each with the account that may use it again.
mod freed_slug {
    use super::{AccountId, Slug};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "freed_slug")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub slug: Slug,
        pub account_id: AccountId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: TrackingLinkId) -> Result<Option<Model>> {
    let found = Entity::find_by_id(id).one(db).await?;
    Ok(found.filter(|link| tenant.sees(link.account_id)))
}

/// Finds a link of any account: a slug is public.
pub async fn find_by_slug(db: &impl ConnectionTrait, slug: Slug) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Slug.eq(slug)).one(db).await?)
}

/// Finds a link of any account: the caller checks the click id that the key comes from.
pub async fn find_by_key(db: &impl ConnectionTrait, key: LinkKey) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::LinkKey.eq(key)).one(db).await
}

/// Returns the keys for which a link exists, in any account.
pub async fn existing(db: &impl ConnectionTrait, keys: HashSet<LinkKey>) -> Result<HashSet<LinkKey>, DbErr> {
    if keys.is_empty() {
        return Ok(keys);
    }
    let found = Entity::find().select_only().column(Column::LinkKey).filter(Column::LinkKey.is_in(keys));
    Ok(found.into_tuple().all(db).await?.into_iter().collect())
}

/// What reports say of a link, or group it by.
#[derive(Clone, Debug)]
pub struct Facts {
    pub id: TrackingLinkId,
    pub slug: Slug,
    pub partner_id: Option<PartnerId>,
    pub tags: Tags,
}

/// Reads the facts of the account's links in the order of their ids, from the one after `after`, at most
/// `limit`.
pub async fn facts(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: Option<TrackingLinkId>,
    limit: u64,
) -> Result<Vec<Facts>, DbErr> {
    let links = Entity::find().filter(Column::AccountId.eq(account));
    let links = links.filter(Condition::all().add_option(after.map(|after| Column::Id.gt(after))));
    let columns = [Column::Id, Column::Slug, Column::PartnerId, Column::Tags];
    let rows = links.order_by_asc(Column::Id).select_only().columns(columns).limit(limit).into_tuple();
    let rows: Vec<(TrackingLinkId, Slug, Option<PartnerId>, Tags)> = rows.all(db).await?;
    let facts = |(id, slug, partner_id, tags)| Facts { id, slug, partner_id, tags };
    Ok(rows.into_iter().map(facts).collect())
}

/// Returns the row, locked until the transaction ends: the second of two concurrent updates sees
/// the result of the first.
pub async fn find_to_update(
    txn: &impl ConnectionTrait,
    account: AccountId,
    id: TrackingLinkId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account)).lock_exclusive().one(txn).await
}

pub async fn update(txn: &impl ConnectionTrait, link: Model) -> Result<()> {
    link.into_active_model().reset_all().update(txn).await?;
    Ok(())
}

/// Finds the newest link that has the code and is neither archived nor expired. Reads all links of
/// the account: no table maps codes to links, because only the test of a set-up needs this search.
pub async fn newest_with_code(
    db: &impl ConnectionTrait,
    account: AccountId,
    code: ConversionCodeId,
    now: Time,
) -> Result<Option<Model>> {
    let lasting = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now));
    let with_code = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Archived.eq(false))
        .filter(lasting)
        .filter(Column::ConversionCodeIds.contains(code.0.hyphenated().to_string()));
    Ok(with_code.order_by_desc(Column::Id).one(db).await?)
}

/// Lists the links of all accounts that changed at or after `since`, in the order of their last
/// change. Reads one row more than the page holds, to see if another page follows.
pub async fn list_changed(
    db: &impl ConnectionTrait,
    since: Option<Time>,
    page: &PageRequest<CHANGE_KEY_BYTES>,
) -> Result<Vec<Model>> {
    let mut query = Entity::find();
    if let Some(since) = since {
        query = query.filter(Column::UpdatedAt.gte(since));
    }
    if let Some((updated_at, id)) = page.after.map(read_change_key) {
        // A separate condition on `updated_at` bounds the range of the index on every database.
        let later = Condition::any().add(Column::UpdatedAt.gt(updated_at)).add(Column::Id.gt(id));
        query = query.filter(Column::UpdatedAt.gte(updated_at)).filter(later);
    }
    let rows = query.order_by_asc(Column::UpdatedAt).order_by_asc(Column::Id).limit(page.rows_to_read());
    Ok(rows.all(db).await?)
}

/// The sort key of a list by changes: the time of the last change, and the id.
pub fn change_key(link: &Model) -> [u8; CHANGE_KEY_BYTES] {
    let mut key = [0; CHANGE_KEY_BYTES];
    let (time, id) = key.split_at_mut(TIME_BYTES);
    time.copy_from_slice(&link.updated_at.micros().to_be_bytes());
    id.copy_from_slice(link.id.0.as_bytes());
    key
}

fn read_change_key(key: [u8; CHANGE_KEY_BYTES]) -> (Time, TrackingLinkId) {
    let mut time = [0; TIME_BYTES];
    let mut id = [0; LIST_KEY_BYTES];
    time.iter_mut().chain(&mut id).zip(key).for_each(|(to, from)| *to = from);
    (Time::from_micros(i64::from_be_bytes(time)), TrackingLinkId(Uuid::from_bytes(id)))
}

/// Lists links, newest first. Reads one row more than the page holds, to see if another page
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
        query = query.filter(Column::Id.lt(TrackingLinkId(Uuid::from_bytes(after))));
    }
    Ok(query.order_by_desc(Column::Id).limit(page.rows_to_read()).all(db).await?)
}
