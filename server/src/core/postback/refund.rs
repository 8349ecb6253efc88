//! Refunds that postbacks report, and what they change. Pure: no I/O, no clock.
//!
//! A postback reports a refund if its status means a reversal, or if it has the id of a refund
//! (`rid`). The id makes a retry the same refund, and so the change follows from the postback alone.
//! Without an id, only the whole sale can be refunded: a retry of that changes nothing more.

use s2s_sdk::v1::ErrorReason;

use crate::{
    core::{adjustment::Change, conversion::Conversion},
    error::{Error, Result},
    values::{conversion_status::ConversionStatus::Declined, external_id::ExternalId, money::Amount},
};

/// A refund of a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The stated amount, more than 0. `None` for all that is left.
    pub amount: Option<Amount>,
    pub id: Option<ExternalId>,
}

impl Refund {
    /// Returns the change of a recorded conversion. `None` if there is nothing left to change.
    pub fn change(&self, now: &Conversion) -> Result<Option<Change>> {
        let stands = now.standing();
        match (self.amount, &self.id) {
            (_, None) if stands.status == Declined => Ok(None),
            // Some senders state the value of the sale, and others what is left of it.
            (Some(amount), None) if [now.value, stands.value].contains(&amount) => Ok(Some(Change::Reverse)),
            (Some(amount), None) if amount < stands.value => Err(id_missing(now)),
            (Some(amount), _) => Ok(Some(Change::Refund { amount, keep_commission: false })),
            (None, _) => Ok(Some(Change::Reverse)),
        }
    }
}

fn id_missing(now: &Conversion) -> Error {
    let message = "the postback refunds a part of the sale, and a retry of it could not be told from another refund; \
                   send an id of the refund as `rid`, or, for the whole sale, its whole value or no `val`";
    Error::new(ErrorReason::RefundIdMissing, message).with("conversion_id", &now.id())
}

/// The error of a refund whose sale is not recorded.
pub fn not_recorded(sale: &Conversion) -> Error {
    let what = match sale.transaction_id() {
        "" => "the postback has no order id (`oid`), and no conversion without one".to_owned(),
        order => format!("no conversion with the order id `{order}`"),
    };
    let message = format!(
        "{what} is recorded for this click and code, so there is nothing to refund yet; the refund is counted once the \
         sale is there, for 7 days; if this is a sale, send it without `rid` and with another status"
    );
    Error::new(ErrorReason::ConversionNotRecorded, message)
}

/// The error of a refund for a code that takes no updates.
pub fn updates_off(now: &Conversion) -> Error {
    let message = "the postback refunds a sale, and the code's update_policy is NONE; set the update_policy and replay, \
                   or refund the conversion with an adjustment";
    Error::new(ErrorReason::UpdatesOff, message).with("conversion_id", &now.id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::conversion::{Standing, sample},
        values::{
            conversion_status::ConversionStatus::{Approved, Pending},
            external_id::ExternalId,
            id::Random,
            time::Time,
        },
    };

    #[test]
    fn a_refund_of_a_part_needs_an_id() {
        use ErrorReason::RefundIdMissing;
        let amount = |units: i64| Amount::from_micros(units * 1_000_000).unwrap();
        let of = |units| Ok(Some(Change::Refund { amount: amount(units), keep_commission: false }));
        // The sale was recorded with 10.
        let cases = [
            (Approved, 10, Some(4), true, of(4)),
            (Approved, 10, Some(10), true, of(10)),
            (Approved, 10, Some(12), true, of(12)),
            (Declined, 10, Some(4), true, of(4)),
            (Approved, 10, None, true, Ok(Some(Change::Reverse))),
            (Declined, 0, None, true, Ok(Some(Change::Reverse))),
            (Pending, 10, None, false, Ok(Some(Change::Reverse))),
            (Approved, 6, Some(10), false, Ok(Some(Change::Reverse))),
            (Approved, 6, Some(6), false, Ok(Some(Change::Reverse))),
            (Approved, 6, Some(4), false, Err(RefundIdMissing)),
            (Approved, 6, Some(7), false, of(7)),
            (Declined, 10, None, false, Ok(None)),
            (Declined, 0, Some(4), false, Ok(None)),
        ];
        for (status, value, stated, has_id, expected) in cases {
            let mut now = sample(&Random::system(), Time::from_micros(0));
            (now.value, now.commission) = (amount(10), amount(1));
            now.set_standing(Standing { status, value: amount(value), commission: amount(1) }, 1);
            let id = ExternalId::parse(if has_id { "refund-1" } else { "" }).unwrap();
            let refund = Refund { amount: stated.map(amount), id };
            let found = refund.change(&now).map_err(|error| error.reason());
            assert_eq!(found, expected, "{refund:?} of {value} {status:?}");
        }
    }
}
