//! Decimal numbers as exact millionths, rounded half away from zero. No floats.

use std::str::FromStr;

/// Longest text of an amount, in bytes: more than any amount needs. Longer texts are refused
/// unread.
const AMOUNT_BYTES_MAX: usize = 64;
const FRACTION_DIGITS: usize = 6;

/// A decimal number that was read from text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The number in millionths, not yet checked against a limit.
    pub micros: i128,
    /// The text had a digit other than 0 after its sixth fraction digit.
    pub rounded: bool,
    /// The text was unusual but unambiguous: it had a sign, or no digit on one side of the point.
    pub unusual: bool,
}

/// The fault of a text that is not a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDecimal {
    /// The text is not an optional sign, digits, and at most one point.
    Malformed,
    /// The text can be read in two ways.
    Ambiguous,
    /// The text or the number is too long.
    TooLong,
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// Reads an optional sign, then digits with at most one point. `-0` is zero.
    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        if text.len() > AMOUNT_BYTES_MAX {
            return Err(NotDecimal::TooLong);
        }
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            all => (false, all),
        };
        let signed = digits.len() != text.len();
        let mut halves = digits.splitn(2, |byte| *byte == b'.');
        let whole = halves.next().unwrap_or_default();
        let fraction = halves.next();
        let all = || whole.iter().chain(fraction.unwrap_or_default());
        if all().next().is_none() {
            return Err(NotDecimal::Malformed);
        }
        if !all().all(u8::is_ascii_digit) {
            return Err(NotDecimal::Malformed);
        }
        let fraction_digits = fraction.unwrap_or_default();
        let kept = fraction_digits.iter().chain(std::iter::repeat(&b'0')).take(FRACTION_DIGITS);
        let mut micros = whole
            .iter()
            .chain(kept)
            .try_fold(0_i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')));
        let cut = fraction_digits.get(FRACTION_DIGITS..).unwrap_or_default();
        if cut.first().is_some_and(|digit| *digit >= b'5') {
            micros = micros.and_then(|sum| sum.checked_add(1));
        }
        let micros = micros.ok_or(NotDecimal::TooLong)?;
        Ok(Self {
            micros: if negative { -micros } else { micros },
            rounded: cut.iter().any(|digit| *digit != b'0'),
            unusual: signed || whole.is_empty() || fraction.is_some_and(<[u8]>::is_empty),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let table: &[(&str, i128, bool, bool)] = &[
            ("0", 0, false, false),
            ("1", 1_000_000, false, false),
            ("19.99", 19_990_000, false, false),
            ("0.000001", 1, false, false),
            ("19.990000000000002", 19_990_000, true, false),
            ("0.0000005", 1, true, false),
            ("0.0000004", 0, true, false),
            ("-0.0000005", -1, true, true),
            ("1.000000000", 1_000_000, false, false),
            ("+1.5", 1_500_000, false, true),
            (".5", 500_000, false, true),
            ("5.", 5_000_000, false, true),
            ("-0", 0, false, true),
            ("-5", -5_000_000, false, true),
            ("99999999999999999999", 99_999_999_999_999_999_999_000_000, false, false),
        ];
        for (text, micros, rounded, unusual) in table {
            let expected = Decimal { micros: *micros, rounded: *rounded, unusual: *unusual };
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn malformed_decimals_are_refused() {
        use NotDecimal::{Malformed, TooLong};
        let long = "9".repeat(400);
        let wide = "9".repeat(60);
        for (text, why) in [
            ("", Malformed),
            (".", Malformed),
            ("-", Malformed),
            ("1e3", Malformed),
            ("NaN", Malformed),
            ("Infinity", Malformed),
            ("0x10", Malformed),
            ("1_000", Malformed),
            ("１", Malformed),
            ("1.2.3", Malformed),
            ("--1", Malformed),
            ("1 0", Malformed),
            ("1,500", Malformed),
            (long.as_str(), TooLong),
            (wide.as_str(), TooLong),
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(why), "{text}");
        }
    }
}
