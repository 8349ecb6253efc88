//! The ledger: a line for each conversion that has a partner, and for each of its adjustments. A line
//! says by how much it changes what the partner is owed, in two buckets: what waits for the merchant's
//! decision, and what is approved. Lines never change, so the balance of a partner is their sum.
//!
//! A line is written in the transaction of its conversion or adjustment. Only conversions with a
//! partner have lines, so the ledger costs other conversions nothing.

mod store;

pub use self::store::{Line, add_to, conversions, insert, settle, take_back, waiting};
use crate::values::{
    click_id::ClickId,
    conversion_status::ConversionStatus,
    money::{Amount, AmountChange},
};

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
