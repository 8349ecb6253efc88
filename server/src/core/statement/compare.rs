//! The comparison of a row of the network with our conversion. Pure.

use s2s_sdk::v1::StatementResult;
use sea_orm::{DeriveActiveEnum, EnumIter};

use super::row::{Ours, Theirs};
use crate::values::conversion_status::ConversionStatus;

/// The result of a comparison. The numbers are those of `StatementResult`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum Outcome {
    #[sea_orm(num_value = 1)]
    Twice,
    #[sea_orm(num_value = 2)]
    OnlyTheirs,
    #[sea_orm(num_value = 3)]
    OutsidePeriod,
    #[sea_orm(num_value = 4)]
    CurrencyDiffers,
    #[sea_orm(num_value = 5)]
    StatusDiffers,
    #[sea_orm(num_value = 6)]
    AmountDiffers,
    #[sea_orm(num_value = 7)]
    Matched,
    #[sea_orm(num_value = 8)]
    OnlyOurs,
}

impl Outcome {
    /// Parses the number of a message's field; `None` if it is unspecified.
    pub fn parse(number: i32) -> Result<Option<Self>, String> {
        let found = StatementResult::try_from(number);
        let found = found.map_err(|_| "is not a value of StatementResult".to_owned())?;
        Ok(match found {
            StatementResult::Unspecified => None,
            StatementResult::Twice => Some(Self::Twice),
            StatementResult::OnlyTheirs => Some(Self::OnlyTheirs),
            StatementResult::OutsidePeriod => Some(Self::OutsidePeriod),
            StatementResult::CurrencyDiffers => Some(Self::CurrencyDiffers),
            StatementResult::StatusDiffers => Some(Self::StatusDiffers),
            StatementResult::AmountDiffers => Some(Self::AmountDiffers),
            StatementResult::Matched => Some(Self::Matched),
            StatementResult::OnlyOurs => Some(Self::OnlyOurs),
        })
    }

    pub fn to_proto(self) -> StatementResult {
        match self {
            Self::Twice => StatementResult::Twice,
            Self::OnlyTheirs => StatementResult::OnlyTheirs,
            Self::OutsidePeriod => StatementResult::OutsidePeriod,
            Self::CurrencyDiffers => StatementResult::CurrencyDiffers,
            Self::StatusDiffers => StatementResult::StatusDiffers,
            Self::AmountDiffers => StatementResult::AmountDiffers,
            Self::Matched => StatementResult::Matched,
            Self::OnlyOurs => StatementResult::OnlyOurs,
        }
    }
}

/// Compares both sides of one sale. What the network does not state is not compared.
pub fn compare(theirs: &Theirs, ours: &Ours, is_inside: bool) -> Outcome {
    let has_amounts = theirs.value.is_some() || theirs.commission.is_some();
    let is_declined = theirs.status == Some(ConversionStatus::Declined);
    if !is_inside {
        Outcome::OutsidePeriod
    } else if has_amounts && theirs.currency != ours.currency {
        Outcome::CurrencyDiffers
    } else if theirs.status.is_some_and(|status| status != ours.status) {
        Outcome::StatusDiffers
    } else if !is_declined && !have_same_amounts(theirs, ours) {
        Outcome::AmountDiffers
    } else {
        Outcome::Matched
    }
}

/// Returns whether all amounts that the network states are ours, in whole cents or what the currency
/// has in place of them: networks state no smaller ones.
pub fn have_same_amounts(theirs: &Theirs, ours: &Ours) -> bool {
    let cent = ours.currency.smallest_micros();
    let pairs = [(theirs.value, ours.value), (theirs.commission, ours.commission)];
    pairs.into_iter().all(|(theirs, ours)| {
        theirs.is_none_or(|theirs| rounded(theirs.micros(), cent) == rounded(ours.micros(), cent))
    })
}

/// The number of cents nearest to an amount; of two, the one farther from 0.
fn rounded(micros: i64, cent: i64) -> i64 {
    let half = (cent / 2).saturating_mul(micros.signum());
    micros.saturating_add(half).checked_div(cent).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::conversion::TransactionId,
        values::money::{Amount, AmountChange, Currency},
    };

    use ConversionStatus::{Approved, Declined, Pending};

    #[test]
    fn both_sides_of_a_sale_are_compared() {
        for (currency, value, commission, status, is_inside, expected) in [
            ("USD", Some(20_000_000), Some(2_345_678), Some(Approved), true, Outcome::Matched),
            ("USD", None, None, None, true, Outcome::Matched),
            // 2.345678 is 2.35 in cents.
            ("USD", None, Some(2_350_000), None, true, Outcome::Matched),
            ("USD", None, Some(2_340_000), None, true, Outcome::AmountDiffers),
            ("USD", None, Some(-2_350_000), None, true, Outcome::AmountDiffers),
            ("USD", Some(20_004_999), None, None, true, Outcome::Matched),
            ("USD", Some(20_005_000), None, None, true, Outcome::AmountDiffers),
            ("USD", Some(1), None, Some(Pending), true, Outcome::StatusDiffers),
            ("USD", None, None, Some(Declined), true, Outcome::StatusDiffers),
            ("EUR", Some(1), None, Some(Pending), true, Outcome::CurrencyDiffers),
            // Without amounts, there is no currency.
            ("EUR", None, None, Some(Approved), true, Outcome::Matched),
            ("EUR", Some(1), None, Some(Pending), false, Outcome::OutsidePeriod),
        ] {
            let theirs = Theirs {
                transaction_id: TransactionId::default(),
                click_text: String::new(),
                currency: currency.parse().unwrap(),
                value: value.and_then(AmountChange::from_micros),
                commission: commission.and_then(AmountChange::from_micros),
                status,
                at: None,
            };
            let amount = |micros| Amount::from_micros(micros).unwrap();
            let (value, commission) = (amount(20_000_000), amount(2_345_678));
            let ours = Ours { currency: Currency::USD, value, commission, status: Approved };
            assert_eq!(compare(&theirs, &ours, is_inside), expected, "{theirs:?}");
            let declined = Ours { status: Declined, commission: Amount::ZERO, ..ours };
            let theirs = Theirs { status: Some(Declined), currency: Currency::USD, ..theirs };
            let expected = if is_inside { Outcome::Matched } else { Outcome::OutsidePeriod };
            assert_eq!(compare(&theirs, &declined, is_inside), expected, "{theirs:?}");
        }
    }

    #[test]
    fn amounts_are_rounded_to_what_can_be_paid() {
        for (micros, cent, expected) in [
            (0, 10_000, 0),
            (4_999, 10_000, 0),
            (5_000, 10_000, 1),
            (-4_999, 10_000, 0),
            (-5_000, 10_000, -1),
            (1_500_000, 1_000_000, 2),
            (i64::MAX, 10_000, 922_337_203_685_477),
        ] {
            assert_eq!(rounded(micros, cent), expected, "{micros}");
        }
    }
}
