//! The rules of adjustments: from a conversion's standing and a change to the standing after it.
//! Pure: no I/O, no clock.

use crate::{
    core::conversion::Standing,
    values::{
        conversion_status::ConversionStatus::{self, Approved, Declined, Pending},
        money::{Amount, Percent},
    },
};

/// A change of a conversion. Amounts are in the currency of the conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Approve,
    Decline,
    Refund {
        /// More than 0.
        amount: Amount,
        keep_commission: bool,
    },
    /// At least one of the fields is set.
    Restate {
        value: Option<Amount>,
        commission: Option<Amount>,
        /// Pending or approved.
        status: Option<ConversionStatus>,
    },
    Reverse,
}

/// The cause why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A refund is larger than what is left.
    RefundTooLarge,
    /// The conversion is declined, and the change does not say what it is to be worth.
    Declined,
}

/// Returns the standing after a change, which may be the standing before it. `percent` is the
/// percent of the value with which the commission was recorded, if it was.
pub fn decide(change: &Change, before: Standing, percent: Option<Percent>) -> Result<Standing, Refusal> {
    match *change {
        Change::Approve => match before.status {
            Pending | Approved => Ok(Standing { status: Approved, ..before }),
            Declined => Err(Refusal::Declined),
        },
        Change::Decline => Ok(match before.status {
            Pending | Approved => Standing { status: Declined, commission: Amount::ZERO, ..before },
            Declined => before,
        }),
        Change::Refund { amount, keep_commission } => {
            let value = before.value.minus(amount).ok_or(Refusal::RefundTooLarge)?;
            let commission =
                if keep_commission { before.commission } else { commission_of(value, before, percent) };
            Ok(Standing { value, commission, ..before })
        }
        Change::Restate { value, commission, status } => {
            if before.status == Declined && (status.is_none() || commission.is_none()) {
                return Err(Refusal::Declined);
            }
            let value = value.unwrap_or(before.value);
            let at_percent = percent.filter(|percent| before.value.percent(*percent) == before.commission);
            let usual = at_percent.map_or(before.commission, |percent| value.percent(percent));
            let (commission, status) = (commission.unwrap_or(usual), status.unwrap_or(before.status));
            Ok(Standing { status, value, commission })
        }
        Change::Reverse => Ok(Standing { status: Declined, value: Amount::ZERO, commission: Amount::ZERO }),
    }
}

/// The commission once the value is only `value`. By its percent if it stands at that percent of the
/// present value; a commission that was stated or kept otherwise shrinks in proportion to the value.
/// Of no value, there is no commission.
fn commission_of(value: Amount, before: Standing, percent: Option<Percent>) -> Amount {
    match percent.filter(|percent| before.value.percent(*percent) == before.commission) {
        Some(percent) => value.percent(percent),
        None => before.commission.share(value, before.value),
    }
}

#[cfg(test)]
mod lives;
#[cfg(test)]
mod tests;
