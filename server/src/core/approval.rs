//! Approval by itself: pending conversions of a partner are approved once they are as old as the
//! partner's `approve_after_days` says.
//!
//! The age is measured with the deletion time (`age`), which no wrong clock advances, because an
//! approval that comes too early pays for a sale that may be taken back. Servers may look at the same
//! conversion at the same time: the second approval changes nothing.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::{
    core::{
        App,
        adjustment::{self, Change, Request},
        conversion::ConversionId,
        ledger, partner,
    },
    error::Result,
    values::time::Span,
};

/// Interval between two passes.
const INTERVAL: Duration = Duration::from_mins(1);
/// Maximum number of conversions that are approved together.
const APPROVED_TOGETHER: u64 = 100;
/// Pause between two groups, so that other transactions can write.
const PAUSE: Duration = Duration::from_millis(50);

/// Approves conversions until `stopping`, or until the app is gone.
pub async fn run(app: Weak<App>, stopping: CancellationToken) {
    let mut pause = Duration::ZERO;
    while stopping.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = INTERVAL;
        let Some(app) = app.upgrade() else { return };
        // The next pass does the remaining work.
        if let Some(Err(error)) = stopping.run_until_cancelled(pass(&app)).await {
            tracing::warn!(%error, "could not approve conversions by themselves");
        }
    }
}

/// Approves all conversions that are due. If one can't be approved now, the other ones of its group are,
/// and the next pass goes on with its partner.
async fn pass(app: &Arc<App>) -> Result<()> {
    for approving in partner::approving(app).await? {
        let until = app.age.until().minus(Span::from_days(approving.after_days.into()));
        loop {
            let due = ledger::waiting(app.db.scanner(), approving.id, until, APPROVED_TOGETHER).await?;
            if due.is_empty() {
                break;
            }
            let approvals = due.iter().map(|(click, serial)| {
                let request = Request {
                    change: Change::Approve,
                    currencies: Vec::new(),
                    external_id: None,
                    remark: format!("approved by itself after {} days", approving.after_days),
                    effective_at: None,
                };
                let id = ConversionId { click: *click, serial: *serial };
                adjustment::adjust(app, approving.account_id, id, request)
            });
            let (mut settled, mut failure) = (Vec::with_capacity(due.len()), None);
            for (key, approved) in due.iter().zip(join_all(approvals).await) {
                match approved {
                    Err(error) if !error.is_permanent() => failure = Some(error),
                    // After a permanent error, the merchant has decided meanwhile, or the conversion is
                    // deleted.
                    _ => settled.push(*key),
                }
            }
            if !settled.is_empty() {
                let txn = app.db.begin().await?;
                ledger::settle(&txn, &settled).await?;
                txn.commit().await?;
            }
            if let Some(error) = failure {
                tracing::warn!(%error, partner = %approving.id, "could not approve a conversion by itself");
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}
