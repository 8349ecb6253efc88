//! The ids of conversions.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::{
    error::{Error, Result},
    values::{
        click_id::ClickId,
        id::{base32, from_base32},
    },
};

/// The id of a conversion: its click id, and a number that is unique among that click's
/// conversions. The primary key finds all conversions of a click, so the number needs no index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConversionId {
    pub click: ClickId,
    pub serial: i64,
}

const ID_PREFIX: &str = "conv_";

impl ConversionId {
    /// The number of a conversion of this click; `None` for another click's conversion.
    pub fn serial_of(self, click: ClickId) -> Option<i64> {
        (self.click == click).then_some(self.serial)
    }
}

impl fmt::Display for ConversionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.click.0.as_bytes().as_slice(), &self.serial.to_be_bytes()].concat();
        write!(f, "{ID_PREFIX}{}", base32(&bytes))
    }
}

impl FromStr for ConversionId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bytes: Option<[u8; 24]> = text.strip_prefix(ID_PREFIX).and_then(from_base32);
        let halves = bytes.as_ref().and_then(|bytes| {
            let (click, serial) = bytes.split_first_chunk::<16>()?;
            Some((ClickId(Uuid::from_bytes(*click)), i64::from_be_bytes(serial.try_into().ok()?)))
        });
        let (click, serial) = halves.ok_or_else(|| Error::not_found("conversion", text))?;
        Ok(Self { click, serial })
    }
}
