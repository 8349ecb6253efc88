//! The merchant's decision about a conversion.

use s2s_sdk::v1;
use sea_orm::{DeriveActiveEnum, EnumIter};

/// A status, as it is stored and judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum ConversionStatus {
    #[sea_orm(num_value = 1)]
    Pending,
    #[sea_orm(num_value = 2)]
    Approved,
    #[sea_orm(num_value = 3)]
    Declined,
}

impl ConversionStatus {
    /// Parses the number of a message's field; `None` if it is unspecified.
    pub fn parse(number: i32) -> Result<Option<Self>, String> {
        match v1::ConversionStatus::try_from(number) {
            Ok(v1::ConversionStatus::Unspecified) => Ok(None),
            Ok(v1::ConversionStatus::Pending) => Ok(Some(Self::Pending)),
            Ok(v1::ConversionStatus::Approved) => Ok(Some(Self::Approved)),
            Ok(v1::ConversionStatus::Declined) => Ok(Some(Self::Declined)),
            Err(_) => Err("is not a value of ConversionStatus".to_owned()),
        }
    }

    pub fn to_proto(self) -> v1::ConversionStatus {
        match self {
            Self::Pending => v1::ConversionStatus::Pending,
            Self::Approved => v1::ConversionStatus::Approved,
            Self::Declined => v1::ConversionStatus::Declined,
        }
    }
}
