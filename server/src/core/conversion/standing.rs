//! The standing of a conversion: the status, value and commission that adjustments change.
//!
//! A conversion's own columns stay as they were recorded. Its present standing is in columns of its
//! own, which are empty until the first adjustment. They repeat what the adjustments say, so that no
//! list has to read them.

mod store;

use s2s_sdk::v1::ConversionStanding;

use super::Conversion;
use crate::values::{
    conversion_status::ConversionStatus,
    money::{Amount, Currency},
};

pub use self::store::{lock, stand};

/// Status and worth of a conversion at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub status: ConversionStatus,
    pub value: Amount,
    pub commission: Amount,
}

impl Standing {
    pub fn to_proto(self, currency: Currency) -> ConversionStanding {
        ConversionStanding {
            status: self.status.to_proto().into(),
            value: Some(self.value.to_proto(currency)),
            commission: Some(self.commission.to_proto(currency)),
        }
    }
}

impl Conversion {
    /// The standing with which it was recorded.
    pub fn recorded(&self) -> Standing {
        Standing { status: self.status, value: self.value, commission: self.commission }
    }

    /// The present standing.
    pub fn standing(&self) -> Standing {
        Standing {
            status: self.current_status.unwrap_or(self.status),
            value: self.current_value.unwrap_or(self.value),
            commission: self.current_commission.unwrap_or(self.commission),
        }
    }

    /// The number of adjustments.
    pub fn adjustment_count(&self) -> i16 {
        self.adjustments.unwrap_or_default()
    }

    /// Sets the standing after the adjustment with this number. A status that is the recorded one is
    /// not repeated: an index has it, and PostgreSQL would write the entries of all indexes anew.
    pub fn set_standing(&mut self, standing: Standing, number: i16) {
        self.adjustments = Some(number);
        self.current_status = (standing.status != self.status).then_some(standing.status);
        self.current_value = Some(standing.value);
        self.current_commission = Some(standing.commission);
    }
}
