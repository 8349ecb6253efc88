//! The ledger: a line for each conversion that has a partner, for each of its adjustments, and for each
//! entry by hand. A line says by how much it changes what the partner is owed, in two buckets: what
//! waits for the merchant's decision, and what is approved. The amounts of a line never change, so the
//! balance of a partner is their sum.
//!
//! A line is written in the transaction of its conversion, adjustment or entry. Only conversions with
//! a partner have lines, so the ledger costs other conversions nothing. The journal tells of the lines
//! of conversions, so that `tally` has their sums; entries are few.
//!
//! A line of an approved amount is due from the time of its sale, and once the partner's `hold_days`
//! are over. A payout claims the lines that are due; a line is in at most one payout.

mod store;

pub use self::store::{
    Due, LINES_KEY_BYTES, Line, Sum, Which, add_to, claim, claimed, conversions, due, in_order, insert,
    let_go, lines, of_clicks, of_entries, of_payouts, settle, take_back, waiting,
};
use crate::{
    core::{journal, tracking_link::TrackingLinkId},
    db::journal::Entries,
    values::{
        click_id::ClickId,
        conversion_status::ConversionStatus,
        money::{Amount, AmountChange},
    },
};

/// The number of the line of an entry by hand, which has the entry's id in place of a click's.
pub const NUMBER_OF_ENTRY: i16 = -1;

/// What a partner is owed for a conversion at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    pub status: ConversionStatus,
    pub amount: Amount,
}

impl Owed {
    /// Nothing, as before the conversion.
    pub const NOTHING: Self = Self { status: ConversionStatus::Declined, amount: Amount::ZERO };

    fn in_bucket(self, bucket: ConversionStatus) -> Amount {
        if self.status == bucket { self.amount } else { Amount::ZERO }
    }

    /// The changes of the two buckets, pending and approved.
    pub fn changes_from(self, before: Self) -> [AmountChange; 2] {
        [ConversionStatus::Pending, ConversionStatus::Approved]
            .map(|bucket| self.in_bucket(bucket).change_from(before.in_bucket(bucket)))
    }
}

impl Line {
    /// Returns whether a conversion or its adjustment made the line, and no entry by hand.
    pub fn is_of_conversion(&self) -> bool {
        self.number != NUMBER_OF_ENTRY
    }
}

/// Enters a line in the journal: all that sums need, because the row may be deleted before somebody
/// counts it.
pub fn enter(line: &Line, of_link: TrackingLinkId, entries: &mut Entries) {
    let currency = line.currency.to_string();
    let bytes = [
        &line.click_id.0.as_bytes()[..],
        &line.serial.to_be_bytes(),
        &line.number.to_be_bytes(),
        line.partner_id.0.as_bytes(),
        line.account_id.0.as_bytes(),
        of_link.0.as_bytes(),
        currency.as_bytes(),
        &line.pending_delta.micros().to_be_bytes(),
        &line.approved_delta.micros().to_be_bytes(),
        &line.due_at.unwrap_or(line.effective_at).micros().to_be_bytes(),
        &line.created_at.micros().to_be_bytes(),
    ];
    entries.add(journal::LINE, &bytes.concat());
}

/// The conversion of a line: its click and its serial.
pub type Key = (ClickId, i64);

/// Length of the sort key of a list of conversions, in bytes: time of recording, click id, serial.
pub const LIST_KEY_BYTES: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::money::Currency;

    #[test]
    fn a_line_moves_what_is_owed_between_two_buckets() {
        use ConversionStatus::{Approved, Declined, Pending};
        for ((from, before), (to, after), pending, approved) in [
            ((Declined, 0), (Pending, 5), 5, 0),
            ((Declined, 0), (Approved, 5), 0, 5),
            ((Pending, 5), (Approved, 5), -5, 5),
            ((Pending, 5), (Approved, 7), -5, 7),
            ((Pending, 5), (Declined, 0), -5, 0),
            ((Approved, 5), (Approved, 3), 0, -2),
            ((Approved, 5), (Pending, 5), 5, -5),
            ((Approved, 5), (Declined, 0), 0, -5),
        ] {
            let owed = |status, micros| Owed { status, amount: Amount::from_micros(micros).unwrap() };
            let changes = owed(to, after).changes_from(owed(from, before));
            assert_eq!(
                changes.map(|change| change.to_proto(Currency::USD).micros),
                [pending, approved],
                "{from:?} {to:?}"
            );
        }
    }
}
