//! Partners: those who are owed a share of the conversions of their tracking links.
//!
//! A partner is a row of the merchant's account, and no account of its own. A link has at most one
//! partner, which never changes. Each conversion has a copy of its link's partner and share, so that a
//! later change of the link changes no recorded conversion.
//!
//! Absent on purpose: deletion, because conversions name their partner for good; and rates, offers
//! and contracts, because postbacks say what the commission is.

pub mod grpc;
mod share;
mod store;

use std::collections::{HashMap, HashSet};

use s2s_sdk::v1::ErrorReason;
use sea_orm::ConnectionTrait;

use self::store::Written;
pub use self::{
    share::{Share, StoredShare},
    store::Model as Partner,
};
use crate::{
    core::{App, scan::scan},
    db::{Connection, commit_or_rollback},
    error::{Error, Result},
    page::{Page, PageRequest},
    values::{
        external_id::ExternalId,
        id::{AccountId, PartnerId, RequestKey},
    },
};

/// Longest text about the payee, in bytes.
const PAYEE_BYTES_MAX: usize = 1_000;
/// Maximum number of days for which payouts are held, or after which conversions are approved.
const DAYS_MAX: i16 = 400;
/// Length of the list's sort key, in bytes. The key is the id, which begins with its time.
const LIST_KEY_BYTES: usize = 16;

/// A validated change of one field of a partner.
pub type Edit = Box<dyn FnOnce(&mut Partner) + Send>;

/// A partner to be created.
pub struct Create {
    pub edits: Vec<Edit>,
    pub request: RequestKey,
    pub validate_only: bool,
}

pub async fn create(app: &App, account_id: AccountId, create: Create) -> Result<Partner> {
    let Create { edits, request, validate_only } = create;
    let now = app.now();
    let mut partner = Partner {
        id: PartnerId(app.random.id(now)),
        account_id,
        name: String::new(),
        external_id: None,
        payee: String::new(),
        minimum_payout: None,
        payout_currency: None,
        hold_days: 0,
        approve_after_days: 0,
        archived_at: None,
        request_id: request.id,
        request_digest: request.digest,
        created_at: now,
        updated_at: now,
    };
    for edit in edits {
        edit(&mut partner);
    }
    let external_id = partner.external_id.clone();
    match store::insert(&app.db, partner, validate_only).await? {
        Written::Stored(partner) => Ok(*partner),
        Written::ExternalIdTaken => Err(taken(external_id.as_ref())),
    }
}

pub async fn get(app: &App, account: AccountId, id: PartnerId) -> Result<Partner> {
    let found = store::find(app.db.reader(), account, id).await?;
    found.ok_or_else(|| Error::not_found("partner", &id))
}

/// Returns the names of those of the partners that belong to the account.
pub async fn names(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: HashSet<PartnerId>,
) -> Result<HashMap<PartnerId, String>> {
    Ok(store::names(db, account, ids).await?)
}

/// Returns the partner, locked until the transaction ends.
pub async fn lock(txn: &Connection, account: AccountId, id: PartnerId) -> Result<Partner> {
    let found = store::find_to_update(txn, account, id).await?;
    found.ok_or_else(|| Error::not_found("partner", &id))
}

pub async fn list(
    app: &App,
    account: AccountId,
    show_archived: bool,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Partner, LIST_KEY_BYTES>> {
    let rows = scan(app, account, async |db| store::list(db, account, show_archived, page).await).await?;
    Ok(page.cut(rows, None, |partner| partner.id.0.into_bytes()))
}

pub async fn update(
    app: &App,
    account: AccountId,
    id: PartnerId,
    edits: Vec<Edit>,
    validate_only: bool,
) -> Result<Partner> {
    let txn = app.db.begin().await?;
    let mut partner = lock(&txn, account, id).await?;
    let before = partner.clone();
    for edit in edits {
        edit(&mut partner);
    }
    if partner == before {
        txn.rollback().await?;
        return Ok(partner);
    }
    partner.updated_at = app.now();
    let external_id = partner.external_id.clone();
    match store::update(&txn, partner).await? {
        Written::Stored(partner) => {
            commit_or_rollback(txn, !validate_only).await?;
            Ok(*partner)
        }
        Written::ExternalIdTaken => Err(taken(external_id.as_ref())),
    }
}

/// A partner whose pending conversions are approved by themselves.
pub struct Approving {
    pub id: PartnerId,
    pub account_id: AccountId,
    pub after_days: i16,
}

/// Lists the partners of all accounts whose pending conversions are approved by themselves.
pub async fn approving(app: &App) -> Result<Vec<Approving>> {
    let rows = store::approving(app.db.scanner()).await?.into_iter();
    Ok(rows.map(|(id, account_id, after_days)| Approving { id, account_id, after_days }).collect())
}

fn taken(external_id: Option<&ExternalId>) -> Error {
    let text = external_id.map(ExternalId::as_str).unwrap_or_default();
    let message =
        format!("another partner of this account has the external id `{text}`; give this one another");
    Error::new(ErrorReason::ExternalIdTaken, message).at_field("partner.external_id")
}

/// Parses a partner's id. A malformed id gives the same error as an unknown one.
pub fn parse_id(text: &str) -> Result<PartnerId> {
    text.parse().map_err(|_| Error::not_found("partner", text))
}
