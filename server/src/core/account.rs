//! Accounts: the parties that share one installation.
//!
//! Absent on purpose: deletion, because the commissions that an account recorded stay owed; and a
//! call that shows an administrator another account's codes, links or conversions. They can only be
//! read with a key of that account.

pub mod grpc;
mod store;

use crate::{
    api::Tenant,
    core::App,
    error::{Error, Result},
    page::{Page, PageRequest},
    values::id::{AccountId, RequestKey},
};

pub use store::Model as Account;

/// Length of the list's sort key, in bytes. The key is the id, which begins with its time.
pub const LIST_KEY_BYTES: usize = 16;

pub async fn create(app: &App, name: String, request: RequestKey, validate_only: bool) -> Result<Account> {
    let now = app.now();
    let account = Account {
        id: AccountId(app.random.id(now)),
        name,
        request_id: request.id,
        request_digest: Some(request.digest),
        created_at: now,
        updated_at: now,
    };
    store::insert(&app.db, account, validate_only).await
}

pub async fn get(app: &App, tenant: Tenant, id: AccountId) -> Result<Account> {
    let found = store::find(app.db.reader(), tenant, id).await?;
    found.ok_or_else(|| Error::not_found("account", &id))
}

/// Lists all accounts, for administrators.
pub async fn list(app: &App, page: &PageRequest<LIST_KEY_BYTES>) -> Result<Page<Account, LIST_KEY_BYTES>> {
    let rows = store::list(app.db.reader(), page).await?;
    Ok(page.cut(rows, None, |account| account.id.0.into_bytes()))
}

pub async fn rename(app: &App, id: AccountId, name: String, validate_only: bool) -> Result<Account> {
    let txn = app.db.begin().await?;
    let found = store::find_to_update(&txn, id).await?;
    let mut account = found.ok_or_else(|| Error::not_found("account", &id))?;
    let same = account.name == name;
    account.name = name;
    if validate_only || same {
        txn.rollback().await?;
        return Ok(account);
    }
    account.updated_at = app.now();
    store::update(&txn, account.clone()).await?;
    txn.commit().await?;
    Ok(account)
}

/// Parses an account's id. A malformed id gives the same error as an unknown one.
pub fn parse_id(text: &str) -> Result<AccountId> {
    text.parse().map_err(|_| Error::not_found("account", text))
}
