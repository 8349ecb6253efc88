//! The erasure of custom parameters.

mod store;

use crate::{
    core::{
        App,
        scan::{scan, write_part},
    },
    error::Result,
    values::{click_id::ClickId, id::AccountId},
};

/// Erases the custom parameters of a click's conversions: they may identify the visitor. The other
/// fields stay: they record money, or serve to recognise duplicates. `rows_max` is the maximum
/// number of rows in one transaction. Returns the number of the click's conversions.
pub async fn erase(app: &App, account: AccountId, click: ClickId, rows_max: usize) -> Result<u64> {
    loop {
        let told = scan(app, account, async |db| store::with_params(db, account, click).await).await?;
        for some in told.chunks(rows_max) {
            write_part(app, account, async |txn| store::erase(txn, click, some).await).await?;
        }
        if told.len() < store::TOLD_MAX {
            return super::count(app, account, click).await;
        }
    }
}
