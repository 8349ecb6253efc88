//! The comparison of payouts and of entries by hand with the lines of the ledger, for
//! `s2s-server check-totals`.

use std::collections::HashMap;

use super::{entry, store};
use crate::{
    core::{
        ledger,
        tally::check::{Comparison, decimal},
    },
    db::snapshot::Snapshot,
    error::Result,
};

/// Compares the total of each payout with its lines, and each entry with its line.
pub async fn check(snapshot: &Snapshot, comparison: &mut Comparison) -> Result<()> {
    let mut claimed = ledger::of_payouts(&snapshot.txn).await?;
    for payout in store::all(&snapshot.txn).await? {
        let sum = claimed.remove(&payout.id).unwrap_or_default();
        let is_whole = match payout.canceled_at {
            Some(_) => sum.lines == 0,
            None => (sum.lines, sum.micros) == (payout.line_count, payout.total.micros().into()),
        };
        if !is_whole {
            comparison.note(|| {
                format!(
                    "the payout {} of {} in {} lines has {} lines with {}",
                    payout.id,
                    decimal(payout.total.micros().into()),
                    payout.line_count,
                    sum.lines,
                    decimal(sum.micros)
                )
            });
        }
    }
    for (id, sum) in claimed {
        comparison.note(|| format!("{} lines are in {id}, which does not exist", sum.lines));
    }
    check_entries(snapshot, comparison).await
}

async fn check_entries(snapshot: &Snapshot, comparison: &mut Comparison) -> Result<()> {
    let lines = ledger::of_entries(&snapshot.txn).await?.into_iter();
    let mut lines: HashMap<_, _> = lines.map(|line| (entry::id(&line), line)).collect();
    for entry in entry::all(&snapshot.txn).await? {
        let line = lines.remove(&entry.id);
        let is_whole = line.is_some_and(|line| {
            let amounts = (line.partner_id, line.currency, line.approved_delta);
            amounts == (entry.partner_id, entry.currency, entry.amount)
        });
        if !is_whole {
            comparison.note(|| format!("the entry {} is not as its line", entry.id));
        }
    }
    for id in lines.into_keys() {
        comparison.note(|| format!("a line is of {id}, which does not exist"));
    }
    Ok(())
}
