//! A conversion as a caller reports it, and the parts that it is parsed into.

use s2s_sdk::parameter::is_no_order;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

use crate::{
    core::conversion_code::ConversionCodeId,
    values::{
        click_id::UnverifiedClickId,
        conversion_status::ConversionStatus,
        json_text::json_text,
        money::{Amount, Currency, Percent},
        text::trim,
        time::Time,
    },
};

/// Longest transaction id, in bytes.
pub const TRANSACTION_ID_BYTES_MAX: usize = 255;
/// Maximum number of custom parameters of a conversion, and the longest key and value, in bytes.
pub const CUSTOM_PARAMS_MAX: usize = 64;
pub const CUSTOM_PARAM_KEY_BYTES_MAX: usize = 255;
pub const CUSTOM_PARAM_VALUE_BYTES_MAX: usize = 2_048;

/// A conversion as a caller reports it. Each field is well-formed; nothing else is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionClaim {
    pub code: ConversionCodeId,
    /// The click id, not verified yet. `None` if the text that came is not a click id.
    pub click_id: Option<UnverifiedClickId>,
    pub transaction_id: TransactionId,
    pub value: Amount,
    /// The currency of the value; `None` for the code's default currency.
    pub currency: Option<Currency>,
    pub commission: Commission,
    /// The currency that was stated with the commission, if any. It must be the currency of the
    /// value.
    pub commission_currency: Option<Currency>,
    /// `None` for the code's default status.
    pub status: Option<ConversionStatus>,
    /// The sender's word for the status; empty if none came.
    pub status_word: String,
    pub custom_params: CustomParams,
    pub happened: Happened,
    pub request_id: Option<Vec<u8>>,
}

/// The sender's id of a sale. Empty if none was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionId(String);

impl TransactionId {
    /// Trims blanks, quotes and invisible characters, so that one order always has the same id.
    /// Refuses a text that a database might not store unchanged. Refuses a word for "no order
    /// number", because different sales with this word would count as duplicates. The error
    /// completes a sentence that begins with the name of the field.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Self(text) = Self::sought(text);
        if is_no_order(&text) {
            return Err(format!("is `{text}`, which is no order number; omit it if there is none"));
        }
        if text.len() > TRANSACTION_ID_BYTES_MAX || text.chars().any(char::is_control) {
            let bytes = TRANSACTION_ID_BYTES_MAX;
            return Err(format!("must have at most {bytes} bytes, without control characters"));
        }
        Ok(Self(text))
    }

    /// Returns a transaction id to search for: trimmed, but not checked.
    pub fn sought(text: &str) -> Self {
        Self(trim(text).to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The merchant's own parameters, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct CustomParams(Vec<(String, String)>);
json_text!(CustomParams);

impl CustomParams {
    /// Refuses parameters that are too large, or that a database might not store unchanged. The
    /// error completes a sentence that begins with the name of the field.
    pub fn parse(params: Vec<(String, String)>) -> Result<Self, String> {
        let fits = |(key, value): &(String, String)| {
            key.len() <= CUSTOM_PARAM_KEY_BYTES_MAX
                && value.len() <= CUSTOM_PARAM_VALUE_BYTES_MAX
                && !key.contains('\0')
                && !value.contains('\0')
        };
        if params.len() <= CUSTOM_PARAMS_MAX && params.iter().all(fits) {
            return Ok(Self(params));
        }
        Err(format!(
            "must have at most {CUSTOM_PARAMS_MAX} pairs, with names of at most {CUSTOM_PARAM_KEY_BYTES_MAX} bytes and \
             values of at most {CUSTOM_PARAM_VALUE_BYTES_MAX}, without NUL"
        ))
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}

/// The commission, as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commission {
    Amount(Amount),
    Percent(Percent),
}

/// The time of a conversion, by its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// Stated by the sender.
    At(Time),
    /// Arrival at an edge, by the edge's clock.
    Arrived(Time),
    Now,
}

impl Happened {
    /// The time for which the set-up is checked: the arrival if it is known, or else now.
    pub fn judged_at(self, now: Time) -> Time {
        match self {
            Self::Arrived(time) => time.min(now),
            Self::At(_) | Self::Now => now,
        }
    }

    /// The time of the conversion. It is stored, and `check` in `conversion.rs` compares it with
    /// the attribution window. A time that the sender stated is used unchanged, though it may be
    /// wrong. Any other time is at most now and at least the time of the click. If the click is
    /// later than now, the time of the click is used: the clocks of edge and core may differ, and
    /// that is not the sender's fault.
    pub fn time(self, click: Time, now: Time) -> Time {
        match self {
            Self::At(time) => time,
            Self::Arrived(time) => time.min(now).max(click),
            Self::Now => now.max(click),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transaction_ids_are_trimmed_or_refused() {
        let longest = "x".repeat(TRANSACTION_ID_BYTES_MAX);
        for (text, is_right) in [
            ("", true),
            ("Ö-1", true),
            (longest.as_str(), true),
            (&format!("{longest}x"), false),
            ("a\nb", false),
            ("a\0", false),
        ] {
            let parsed = TransactionId::parse(text);
            assert_eq!(parsed.as_ref().map(TransactionId::as_str).ok(), is_right.then_some(text), "{text:?}");
        }
        for dress in ["sp2", " sp2 ", "\"sp2\"", "\u{FEFF}sp2\r\n", "\u{2018}sp2\u{2019}"] {
            assert_eq!(TransactionId::parse(dress).unwrap().as_str(), "sp2", "{dress:?}");
        }
    }

    #[test]
    fn custom_params_have_limits() {
        let pair = |key: usize, value: usize| ("k".repeat(key), "v".repeat(value));
        let (key, value) = (CUSTOM_PARAM_KEY_BYTES_MAX, CUSTOM_PARAM_VALUE_BYTES_MAX);
        for (params, is_right) in [
            (vec![pair(0, 0); CUSTOM_PARAMS_MAX], true),
            (vec![pair(0, 0); CUSTOM_PARAMS_MAX + 1], false),
            (vec![pair(key, value)], true),
            (vec![pair(key + 1, value)], false),
            (vec![pair(key, value + 1)], false),
            (vec![("a\0".to_owned(), String::new())], false),
            (vec![(String::new(), "\0".to_owned())], false),
        ] {
            assert_eq!(CustomParams::parse(params.clone()).is_ok(), is_right, "{params:?}");
        }
    }
}
