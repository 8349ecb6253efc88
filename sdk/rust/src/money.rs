//! Converts decimal text to exact money and back.
//!
//! There is no float, exponent, rounding or thousands separator: text that is not exactly an amount
//! in millionths is an error. The currency is taken unchanged; the server checks it.

use std::{error::Error, fmt};

use crate::{
    amount::{Currency, FRACTION_DIGITS_USUAL},
    v1::Money,
};

/// Number of fraction digits of an amount in millionths.
const FRACTION_DIGITS: usize = 6;
const MICROS_PER_UNIT: u64 = 1_000_000;

/// The reasons for which a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MoneyError {
    /// The text is not an optional sign, digits, and at most one point with digits after it.
    Malformed,
    /// The text has more than six fraction digits, and those after the sixth are not all zeros.
    TooPrecise,
    /// The amount in millionths doesn't fit an `i64`.
    OutOfRange,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "an amount must be digits with at most one decimal point, such as 19.99",
            Self::TooPrecise => "an amount can have at most six fraction digits",
            Self::OutOfRange => "the amount is out of range",
        })
    }
}

impl Error for MoneyError {}

impl Money {
    /// Reads an exact amount, such as `19.99`, `-3` or `0.000001`. A negative amount takes money
    /// back.
    ///
    /// The server refuses amounts beyond ±10^18 millionths. It also refuses a negative value or
    /// commission in a conversion to record.
    ///
    /// `currency_code` is an ISO 4217 code, such as `EUR`; empty means the currency of the
    /// conversion code.
    pub fn from_decimal(text: &str, currency_code: impl Into<String>) -> Result<Self, MoneyError> {
        let (sign, number) = match text.strip_prefix('-') {
            Some(number) => (-1, number),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits_only = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits_only(whole) || !digits_only(fraction) {
            return Err(MoneyError::Malformed);
        }
        if fraction.bytes().skip(FRACTION_DIGITS).any(|byte| byte != b'0') {
            return Err(MoneyError::TooPrecise);
        }
        let micros_digits =
            whole.bytes().chain(fraction.bytes().chain(std::iter::repeat(b'0')).take(FRACTION_DIGITS));
        // Each digit is added with the sign, because `i64::MIN` has no positive counterpart.
        let micros = micros_digits
            .map(|byte| sign * i64::from(byte - b'0'))
            .try_fold(0_i64, |micros, digit| micros.checked_mul(10)?.checked_add(digit))
            .ok_or(MoneyError::OutOfRange)?;
        Ok(Self { currency_code: currency_code.into(), micros })
    }

    /// Returns the amount without its currency, such as `19.99`, `100` or `-0.5`;
    /// [`Self::from_decimal`] reads it back.
    #[must_use]
    pub fn to_decimal(&self) -> String {
        self.decimal(0)
    }

    /// Returns the amount without its currency, with at least the fraction digits of the currency,
    /// such as `19.90`. Without a known currency, it has at least two.
    #[must_use]
    pub fn to_padded_decimal(&self) -> String {
        let currency = self.currency_code.parse::<Currency>();
        self.decimal(currency.map_or(FRACTION_DIGITS_USUAL, Currency::fraction_digits))
    }

    /// Returns the amount with `digits_min` fraction digits, or more if the amount needs more.
    fn decimal(&self, digits_min: usize) -> String {
        let sign = if self.micros < 0 { "-" } else { "" };
        let micros = self.micros.unsigned_abs();
        let (whole, fraction) = (micros / MICROS_PER_UNIT, micros % MICROS_PER_UNIT);
        let fraction = format!("{fraction:0FRACTION_DIGITS$}");
        let fraction = format!("{:0<digits_min$}", fraction.trim_end_matches('0'));
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// Writes the amount for people, with as many fraction digits as the currency has: `19.90 EUR`,
/// `500 JPY`. Writes more digits if the amount has them, and never rounds. Without a known
/// currency, writes at least two.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_padded_decimal())?;
        if self.currency_code.is_empty() { Ok(()) } else { write!(f, " {}", self.currency_code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_decimals() {
        use MoneyError::{Malformed, OutOfRange, TooPrecise};
        for (text, expected) in [
            ("0", Ok(0)),
            ("-0", Ok(0)),
            ("100", Ok(100_000_000)),
            ("19.99", Ok(19_990_000)),
            ("+19.99", Ok(19_990_000)),
            ("-19.99", Ok(-19_990_000)),
            ("-0.5", Ok(-500_000)),
            ("007.10", Ok(7_100_000)),
            ("0.000001", Ok(1)),
            ("-0.000001", Ok(-1)),
            ("-007.10", Ok(-7_100_000)),
            ("-0.0", Ok(0)),
            ("1000000000000", Ok(1_000_000_000_000_000_000)),
            ("-1000000000000", Ok(-1_000_000_000_000_000_000)),
            ("-1000000000000.000000", Ok(-1_000_000_000_000_000_000)),
            ("999999999999.999999", Ok(999_999_999_999_999_999)),
            ("-999999999999.999999", Ok(-999_999_999_999_999_999)),
            ("1.23456700000", Ok(1_234_567)),
            ("00000000000000000000000001", Ok(1_000_000)),
            ("9223372036854.775807", Ok(i64::MAX)),
            ("9223372036854.7758070", Ok(i64::MAX)),
            ("-9223372036854.775808", Ok(i64::MIN)),
            ("9223372036854.775808", Err(OutOfRange)),
            ("-9223372036854.775809", Err(OutOfRange)),
            ("99999999999999999999999999", Err(OutOfRange)),
            ("1.2345678", Err(TooPrecise)),
            ("0.00000000000001", Err(TooPrecise)),
            ("-0.0000001", Err(TooPrecise)),
            ("", Err(Malformed)),
            ("-", Err(Malformed)),
            ("-.", Err(Malformed)),
            ("-.5", Err(Malformed)),
            ("-5.", Err(Malformed)),
            ("-+5", Err(Malformed)),
            ("- 5", Err(Malformed)),
            ("5-", Err(Malformed)),
            ("5.-1", Err(Malformed)),
            ("−5", Err(Malformed)),
            (".", Err(Malformed)),
            (".5", Err(Malformed)),
            ("5.", Err(Malformed)),
            ("+-5", Err(Malformed)),
            ("--5", Err(Malformed)),
            ("1.2.3", Err(Malformed)),
            ("1,5", Err(Malformed)),
            ("1 000", Err(Malformed)),
            (" 1", Err(Malformed)),
            ("1\n", Err(Malformed)),
            ("1e3", Err(Malformed)),
            ("0x10", Err(Malformed)),
            ("NaN", Err(Malformed)),
            ("€5", Err(Malformed)),
            ("١", Err(Malformed)),
            ("1.0000000x", Err(Malformed)),
        ] {
            assert_eq!(Money::from_decimal(text, "EUR").map(|money| money.micros), expected, "{text:?}");
        }
    }

    #[test]
    fn writes_decimals_and_reads_them_back() {
        for (micros, expected) in [
            (0, "0"),
            (1, "0.000001"),
            (-1, "-0.000001"),
            (500_000, "0.5"),
            (-500_000, "-0.5"),
            (19_990_000, "19.99"),
            (-19_990_000, "-19.99"),
            (100_000_000, "100"),
            (1_234_567, "1.234567"),
            (10_000_010, "10.00001"),
            (-10_000_010, "-10.00001"),
            (-100_000_000, "-100"),
            (1_000_000_000_000_000_000, "1000000000000"),
            (-1_000_000_000_000_000_000, "-1000000000000"),
            (999_999_999_999_999_999, "999999999999.999999"),
            (-999_999_999_999_999_999, "-999999999999.999999"),
            (i64::MAX, "9223372036854.775807"),
            (i64::MIN, "-9223372036854.775808"),
        ] {
            let money = Money { currency_code: "EUR".to_owned(), micros };
            assert_eq!(money.to_decimal(), expected);
            assert_eq!(Money::from_decimal(expected, "EUR"), Ok(money));
        }
    }

    #[test]
    fn displays_the_digits_of_the_currency() {
        for (decimal, currency_code, expected) in [
            ("19.9", "EUR", "19.90 EUR"),
            ("19.999", "EUR", "19.999 EUR"),
            ("0", "EUR", "0.00 EUR"),
            ("-0.5", "EUR", "-0.50 EUR"),
            ("500", "JPY", "500 JPY"),
            ("500.5", "JPY", "500.5 JPY"),
            ("1.5", "KWD", "1.500 KWD"),
            ("0.000001", "KWD", "0.000001 KWD"),
            ("5", "", "5.00"),
            ("5.125", "???", "5.125 ???"),
            ("-9223372036854.775808", "USD", "-9223372036854.775808 USD"),
        ] {
            let money = Money::from_decimal(decimal, currency_code).unwrap();
            assert_eq!(money.to_string(), expected);
        }
    }
}
