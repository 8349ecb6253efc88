//! What reports say of links, or group them by.

use sea_orm::{ConnectionTrait, DbErr};

use super::store;
pub use super::store::Facts;
use crate::values::id::AccountId;

/// Number of links in one query.
const PAGE_ROWS: u64 = 10_000;

/// Reads the facts of all links of the account, archived ones as well.
pub async fn all(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Facts>, DbErr> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store::facts(db, account, after, PAGE_ROWS).await?;
        after = page.last().map(|last| last.id);
        all.extend(page);
        if after.is_none() {
            return Ok(all);
        }
    }
}
