//! The comparison of the sums of partners with the lines of their ledger, and of the lines with what the
//! conversions say that is owed.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use super::{Comparison, Differing, PAGE_ROWS, decimal, pairs, store};
use crate::{
    core::{
        conversion::Conversion,
        ledger,
        tally::sums::{PartnerCell, PartnerSum, Sums},
    },
    db::snapshot::Snapshot,
    error::Result,
    values::id::AccountId,
};

/// Compares the sums of all partners with their lines.
pub async fn check(
    snapshot: &Snapshot,
    unfolded: BTreeMap<PartnerCell, (AccountId, PartnerSum)>,
    comparison: &mut Comparison,
) -> Result<()> {
    let (mut lines, mut last) = (Sums::default(), None);
    loop {
        let page = ledger::in_order(&snapshot.txn, last, PAGE_ROWS).await?;
        for line in page.iter().filter(|line| line.is_of_conversion()) {
            lines.add_line(line);
        }
        comparison.lines = comparison.lines.saturating_add(page.len());
        last = page.last().map(|line| (line.click_id, line.serial, line.number));
        if last.is_none() {
            break;
        }
    }
    let mut totals = store::read_partners(&snapshot.txn).await?;
    for (cell, (account, more)) in unfolded {
        totals.add_owed(cell, account, more);
    }
    for (cell, (lines, total)) in pairs(&lines.partners, &totals.partners) {
        if lines != total {
            comparison.note(|| format!("lines of {}: {}", Owed(cell), Differing(lines, total)));
        }
    }
    Ok(())
}

/// Compares what conversions say that is owed, with the sums of their lines.
pub async fn check_conversions(
    snapshot: &Snapshot,
    page: &[Conversion],
    comparison: &mut Comparison,
) -> Result<()> {
    let owing = || page.iter().filter(|row| row.partner_id.is_some());
    let (Some(first), Some(last)) = (owing().next(), owing().next_back()) else { return Ok(()) };
    let mut sums = HashMap::<ledger::Key, PartnerSum>::new();
    for line in ledger::of_clicks(&snapshot.txn, first.click_id, last.click_id).await? {
        sums.entry((line.click_id, line.serial)).or_default().add(PartnerSum::of(&line));
    }
    for row in owing() {
        let lines = sums.get(&(row.click_id, row.serial)).copied().unwrap_or_default();
        let stands = row.line_if_new().map(|line| PartnerSum::of(&line)).unwrap_or_default();
        if lines != stands {
            comparison.note(|| {
                format!("the conversion {} is owed as {stands}, but its lines add up to {lines}", row.id())
            });
        }
    }
    Ok(())
}

/// The partner and the currency of a sum.
struct Owed<'a>(&'a PartnerCell);

impl fmt::Display for Owed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let currency: String = self.0.currency.iter().copied().map(char::from).collect();
        write!(f, "{}, {currency}", self.0.partner)
    }
}

impl fmt::Display for PartnerSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} pending and {} approved", decimal(self.pending), decimal(self.approved))
    }
}
