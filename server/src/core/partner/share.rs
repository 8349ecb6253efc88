//! The share of a conversion that its partner is owed.

use s2s_sdk::v1::{PartnerShare, ShareBasis};
use sea_orm::DeriveValueType;

use crate::values::{
    conversion_status::ConversionStatus,
    money::{Amount, Percent},
};

/// What a share is a percent of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Basis {
    Commission,
    Value,
}

/// A percent of the commission or of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    basis: Basis,
    percent: Percent,
}

/// A share as the database has it: the millionths of a percent of the commission or, with `VALUE`
/// added, of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveValueType)]
pub struct StoredShare(i64);

/// The mark of a share of the value; larger than all percents.
const VALUE: i64 = 1_000_000_000;

impl From<Share> for StoredShare {
    fn from(share: Share) -> Self {
        let mark = match share.basis {
            Basis::Commission => 0,
            Basis::Value => VALUE,
        };
        Self(share.percent.micros().saturating_add(mark))
    }
}

impl StoredShare {
    /// `None` if no server has written it.
    pub fn share(self) -> Option<Share> {
        let (basis, micros) = match self.0.checked_sub(VALUE) {
            Some(micros) if micros >= 0 => (Basis::Value, micros),
            _ => (Basis::Commission, self.0),
        };
        Percent::from_micros(micros).map(|percent| Share { basis, percent })
    }
}

impl Share {
    /// All of the commission.
    pub const COMMISSION: Self = Self { basis: Basis::Commission, percent: Percent::ALL };

    /// The error completes a sentence that begins with the name of the field.
    pub fn from_proto(share: PartnerShare) -> Result<Self, String> {
        let basis = match ShareBasis::try_from(share.basis) {
            Ok(ShareBasis::Unspecified | ShareBasis::Commission) => Basis::Commission,
            Ok(ShareBasis::Value) => Basis::Value,
            Err(_) => return Err("has a basis that is not a value of ShareBasis".to_owned()),
        };
        let percent = Percent::from_micros(share.percent_micros)
            .ok_or_else(|| "must have a percent of 0 to 100,000,000 micros".to_owned())?;
        Ok(Self { basis, percent })
    }

    pub fn to_proto(self) -> PartnerShare {
        let basis = match self.basis {
            Basis::Commission => ShareBasis::Commission,
            Basis::Value => ShareBasis::Value,
        };
        PartnerShare { basis: basis.into(), percent_micros: self.percent.micros() }
    }

    /// The part of a conversion's worth that is owed. Nothing is owed for a declined conversion.
    ///
    /// Depends only on how the conversion stands, so that the parts that adjustments take back add up
    /// to what was owed, whatever was rounded.
    pub fn owed(self, status: ConversionStatus, value: Amount, commission: Amount) -> Amount {
        match (status, self.basis) {
            (ConversionStatus::Declined, _) => Amount::ZERO,
            (_, Basis::Commission) => commission.percent(self.percent),
            (_, Basis::Value) => value.percent(self.percent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(basis: ShareBasis, percent_micros: i64) -> Result<Share, String> {
        Share::from_proto(PartnerShare { basis: basis.into(), percent_micros })
    }

    #[test]
    fn a_share_is_read_as_it_was_stored() {
        for basis in [ShareBasis::Commission, ShareBasis::Value] {
            for percent in [0, 1, 12_345_678, 100_000_000] {
                let share = share(basis, percent).unwrap();
                assert_eq!(StoredShare::from(share).share(), Some(share));
                assert_eq!(share.to_proto().percent_micros, percent);
            }
        }
        for stored in [-1, 100_000_001, VALUE - 1, VALUE + 100_000_001, i64::MIN, i64::MAX] {
            assert_eq!(StoredShare(stored).share(), None, "{stored}");
        }
        assert!(share(ShareBasis::Value, 100_000_001).is_err() && share(ShareBasis::Value, -1).is_err());
        assert_eq!(share(ShareBasis::Unspecified, 100_000_000), Ok(Share::COMMISSION));
        assert!(Share::from_proto(PartnerShare { basis: 3, percent_micros: 1 }).is_err());
    }

    #[test]
    fn a_share_is_rounded_and_declined_conversions_owe_nothing() {
        use ConversionStatus::{Approved, Declined, Pending};
        use ShareBasis::{Commission, Value};
        for (basis, percent, status, value, commission, owed) in [
            (Commission, 100_000_000, Approved, 20_000_000, 3_000_000, 3_000_000),
            (Commission, 80_000_000, Approved, 20_000_000, 3_000_001, 2_400_001),
            (Commission, 80_000_000, Pending, 20_000_000, 3_000_000, 2_400_000),
            (Commission, 50_000_000, Approved, 20_000_000, 1, 1),
            (Value, 10_000_000, Approved, 20_000_000, 3_000_000, 2_000_000),
            (Value, 10_000_000, Declined, 20_000_000, 0, 0),
            (Commission, 100_000_000, Declined, 20_000_000, 3_000_000, 0),
            (Value, 0, Approved, 20_000_000, 3_000_000, 0),
            (Value, 100_000_000, Approved, i64::pow(10, 18), 0, i64::pow(10, 18)),
        ] {
            let [value, commission, owed] =
                [value, commission, owed].map(|one| Amount::from_micros(one).unwrap());
            let share = share(basis, percent).unwrap();
            assert_eq!(share.owed(status, value, commission), owed, "{basis:?} {percent} {status:?}");
        }
    }
}
