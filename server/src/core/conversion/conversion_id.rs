//! The ids of conversions.

use std::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use uuid::Uuid;

use crate::{
    error::{Error, Result},
    values::{
        click_id::ClickId,
        id::{from_base32, write_id},
    },
};

/// The id of a conversion: its click id, and a number that is unique among that click's
/// conversions. The primary key begins with the click id, and a click has few conversions, so one
/// of them is found by its number without an index on the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversionId {
    pub click: ClickId,
    pub serial: i64,
}

impl Hash for ConversionId {
    /// The number alone, because it is random. If a caller makes ids up, a batch has few of them.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.serial.hash(state);
    }
}

const ID_PREFIX: &str = "conv_";
/// Length of an id without its prefix, in bytes: the click id and the number.
const ID_BYTES: usize = 16 + 8;

impl ConversionId {
    /// The number of a conversion of this click; `None` for another click's conversion.
    pub fn serial_of(self, click: ClickId) -> Option<i64> {
        (self.click == click).then_some(self.serial)
    }
}

impl fmt::Display for ConversionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; ID_BYTES];
        let parts = self.click.0.into_bytes().into_iter().chain(self.serial.to_be_bytes());
        bytes.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
        write_id(f, ID_PREFIX, &bytes)
    }
}

impl FromStr for ConversionId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bytes: Option<[u8; ID_BYTES]> = text.strip_prefix(ID_PREFIX).and_then(from_base32);
        let halves = bytes.as_ref().and_then(|bytes| {
            let (click, serial) = bytes.split_first_chunk::<16>()?;
            Some((ClickId(Uuid::from_bytes(*click)), i64::from_be_bytes(serial.try_into().ok()?)))
        });
        let (click, serial) = halves.ok_or_else(|| Error::not_found("conversion", text))?;
        Ok(Self { click, serial })
    }
}
