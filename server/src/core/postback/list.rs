//! Lists of postbacks, newest first.

mod store;

use super::{Postback, Reason, Verdict};
use crate::{
    core::{App, scan::scan},
    error::Result,
    page::{Page, PageRequest},
    values::{id::AccountId, time::Time},
};

/// Longest text that a list is filtered by, in bytes.
pub const TEXT_BYTES_MAX: usize = 200;
/// Length of the list's sort key, in bytes. The key is the id, which begins with its time.
pub const LIST_KEY_BYTES: usize = 16;

/// Filter of a list. All given conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub verdict: Option<Verdict>,
    pub reason: Option<Reason>,
    pub code_text: Option<String>,
    pub start: Option<Time>,
    pub end: Option<Time>,
    /// Text that target or body must contain.
    pub text: Option<String>,
}

/// Lists postbacks, newest first.
pub async fn list(
    app: &App,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Postback, LIST_KEY_BYTES>> {
    scan(app, account, async |db| store::list(db, account, filter, page).await).await
}
