//! Exact money: integers in millionths, read from decimal text, with one rounding rule (half away
//! from zero). No floats. This module only reads decimal text; `Money` of the SDK writes it.

use std::{fmt, str::FromStr};

use s2s_sdk::v1::Money;
use sea_orm::DeriveValueType;

/// Largest amount, one million million units, in millionths of a unit.
pub const AMOUNT_MICROS_MAX: i64 = 1_000_000_000_000_000_000;
/// 100 %, in millionths of a percent.
pub const PERCENT_MICROS_MAX: i64 = 100_000_000;
/// Longest text of an amount, in bytes: more than any amount needs. Longer texts are refused
/// unread.
const AMOUNT_BYTES_MAX: usize = 64;

const MICROS_PER_UNIT: i128 = 1_000_000;
const FRACTION_DIGITS: usize = 6;

/// An amount of money from 0 to `AMOUNT_MICROS_MAX`, in millionths of its currency's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveValueType)]
pub struct Amount(i64);

impl Amount {
    pub const ZERO: Self = Self(0);

    /// Makes an amount. `None` if `micros` is negative or over the limit.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (0..=AMOUNT_MICROS_MAX).contains(&micros).then_some(Self(micros))
    }

    pub fn micros(self) -> i64 {
        self.0
    }

    /// The given percentage of the amount, rounded to a millionth, half away from zero.
    pub fn percent(self, percent: Percent) -> Self {
        let whole = MICROS_PER_UNIT * 100;
        let product = i128::from(self.0) * i128::from(percent.0);
        // A percent is at most 100, so the result is at most the amount.
        Self(i64::try_from((product + whole / 2) / whole).unwrap_or(AMOUNT_MICROS_MAX))
    }

    pub fn to_proto(self, currency: Currency) -> Money {
        Money { currency_code: currency.to_string(), micros: self.0 }
    }
}

/// A percentage from 0 to `PERCENT_MICROS_MAX`, in millionths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Percent(i64);

impl Percent {
    /// Makes a percentage. `None` if `micros` is negative or over 100 %.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (0..=PERCENT_MICROS_MAX).contains(&micros).then_some(Self(micros))
    }

    pub fn micros(self) -> i64 {
        self.0
    }
}

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
    Malformed,
    /// The text can be read in two ways.
    Ambiguous,
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

/// An ISO 4217 currency that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    pub const USD: Self = Self(*b"USD");

    /// Returns whether amounts of the currency are written with three decimals.
    pub fn has_three_decimals(self) -> bool {
        matches!(&self.0, b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or_default())
    }
}

/// The text is not an ISO 4217 currency in use.
#[derive(Debug)]
pub struct UnknownCurrency;

impl fmt::Display for UnknownCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be an ISO 4217 code of three letters, for example `EUR`")
    }
}

impl std::error::Error for UnknownCurrency {}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    /// Reads a currency code in upper or lower case.
    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let code: [u8; 3] = text.to_ascii_uppercase().into_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let (all, _) = CURRENCIES.as_bytes().as_chunks();
        let found = all.binary_search_by(|[a, b, c, _]| [*a, *b, *c].cmp(&code));
        found.map(|_| Self(code)).map_err(|_| UnknownCurrency)
    }
}

/// The ISO 4217 currencies in use: list one, without the codes for funds and for testing. Sorted,
/// four bytes for each code.
const CURRENCIES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS \
    GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW \
    KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD \
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD \
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED \
    VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ";

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

    #[test]
    fn percents_round_half_away_from_zero() {
        let percent = |value, percent| {
            Amount::from_micros(value).unwrap().percent(Percent::from_micros(percent).unwrap()).micros()
        };
        assert_eq!(percent(1_000_000_000, 10_000_000), 100_000_000);
        assert_eq!(percent(5, 10_000_000), 1);
        assert_eq!(percent(4, 10_000_000), 0);
        assert_eq!(percent(AMOUNT_MICROS_MAX, PERCENT_MICROS_MAX), AMOUNT_MICROS_MAX);
        assert_eq!(percent(0, PERCENT_MICROS_MAX), 0);
    }

    #[test]
    fn currencies_are_those_of_iso_4217() {
        let (all, rest) = CURRENCIES.as_bytes().as_chunks::<4>();
        assert!(all.is_sorted() && all.iter().all(|code| code[3] == b' ') && rest.is_empty());
        assert_eq!("eur".parse::<Currency>().unwrap().to_string(), "EUR");
        for text in ["", "EU", "EURO", "XXX", "€", "AAA"] {
            assert!(text.parse::<Currency>().is_err(), "{text}");
        }
    }
}
