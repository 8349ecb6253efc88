//! Exact money: integers in millionths, with one rounding rule (half away from zero). No floats.
//! The SDK reads and writes decimal text: its module `amount` reads it, its type `Money` writes it.

use std::{fmt, str::FromStr};

use s2s_sdk::{amount, v1::Money};
use sea_orm::DeriveValueType;

/// Largest amount, one million million units, in millionths of a unit.
pub const AMOUNT_MICROS_MAX: i64 = 1_000_000_000_000_000_000;
/// 100 %, in millionths of a percent.
pub const PERCENT_MICROS_MAX: i64 = 100_000_000;

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
        // A percent is at most 100, so the result is at most the amount.
        Self(amount::percent_of(self.0, percent.0))
    }

    /// The rest of the amount without `other`; `None` if `other` is larger.
    pub fn minus(self, other: Self) -> Option<Self> {
        Self::from_micros(self.0.saturating_sub(other.0))
    }

    /// The share of the amount that `part` has of `whole`, rounded to a millionth, half away from
    /// zero. `part` is at most `whole`, so the result is at most the amount.
    pub fn share(self, part: Self, whole: Self) -> Self {
        let [amount, part, whole] = [self, part.min(whole), whole].map(|one| i128::from(one.0));
        // The largest product of two amounts has 120 bits.
        let rounded = (2 * amount * part + whole).checked_div(2 * whole).unwrap_or_default();
        Self(i64::try_from(rounded).unwrap_or(self.0).min(self.0))
    }

    /// The change that makes this amount of `before`.
    pub fn change_from(self, before: Self) -> AmountChange {
        // Both amounts are at least 0, so the difference has room.
        AmountChange(self.0.saturating_sub(before.0))
    }

    pub fn to_proto(self, currency: Currency) -> Money {
        Money { currency_code: currency.to_string(), micros: self.0 }
    }
}

/// A difference of two amounts, in millionths of their currency's unit. May be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveValueType)]
pub struct AmountChange(i64);

impl AmountChange {
    /// Makes a change. `None` if its size is over the limit of amounts.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (-AMOUNT_MICROS_MAX..=AMOUNT_MICROS_MAX).contains(&micros).then_some(Self(micros))
    }

    pub fn micros(self) -> i64 {
        self.0
    }

    /// The amount before this change led to `after`; `None` if there is no such amount.
    pub fn undone(self, after: Amount) -> Option<Amount> {
        Amount::from_micros(after.0.saturating_sub(self.0))
    }

    pub fn to_proto(self, currency: Currency) -> Money {
        Money { currency_code: currency.to_string(), micros: self.0 }
    }
}

/// Parses an amount that is not negative and, if one is given, its currency. The error completes a
/// sentence that begins with the name of the field.
pub fn parse_money(money: &Money) -> Result<(Amount, Option<Currency>), String> {
    let amount = Amount::from_micros(money.micros).ok_or("must be 0 to 1,000,000,000,000,000,000 micros")?;
    let currency = (!money.currency_code.is_empty()).then(|| money.currency_code.parse());
    let currency = currency.transpose().map_err(|error| format!("currency_code {error}"))?;
    Ok((amount, currency))
}

/// A percentage from 0 to `PERCENT_MICROS_MAX`, in millionths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Percent(i64);

impl Percent {
    /// 100 %.
    pub const ALL: Self = Self(PERCENT_MICROS_MAX);

    /// Makes a percentage. `None` if `micros` is negative or over 100 %.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (0..=PERCENT_MICROS_MAX).contains(&micros).then_some(Self(micros))
    }

    pub fn micros(self) -> i64 {
        self.0
    }
}

/// An ISO 4217 currency that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Currency(amount::Currency);

impl Currency {
    pub const USD: Self = Self(amount::Currency::USD);

    /// The smallest amount that can be paid, in millionths: a cent, for most currencies.
    pub fn smallest_micros(self) -> i64 {
        match self.0.fraction_digits() {
            0 => 1_000_000,
            3 => 1_000,
            _ => 10_000,
        }
    }
}

impl From<amount::Currency> for Currency {
    fn from(currency: amount::Currency) -> Self {
        Self(currency)
    }
}

impl From<Currency> for amount::Currency {
    fn from(currency: Currency) -> Self {
        currency.0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Currency {
    type Err = amount::UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, amount::UnknownCurrency> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_smallest_amount_has_the_digits_of_the_currency() {
        for (code, smallest) in [("EUR", 10_000), ("JPY", 1_000_000), ("KWD", 1_000), ("TND", 1_000)] {
            assert_eq!(code.parse::<Currency>().unwrap().smallest_micros(), smallest, "{code}");
        }
    }

    #[test]
    fn shares_and_changes_are_exact() {
        let amount = |micros| Amount::from_micros(micros).unwrap();
        for (whole, part, of, share) in [
            (100, 50, 10, 5),
            (100, 25, 10, 3),
            (100, 24, 10, 2),
            (100, 100, 10, 10),
            (100, 0, 10, 0),
            (0, 0, 10, 0),
            (3, 1, 1, 0),
            (3, 2, 1, 1),
            (AMOUNT_MICROS_MAX, AMOUNT_MICROS_MAX - 1, AMOUNT_MICROS_MAX, AMOUNT_MICROS_MAX - 1),
        ] {
            let found = amount(of).share(amount(part), amount(whole));
            assert_eq!(found, amount(share), "{part} of {whole}, {of}");
        }
        assert_eq!(amount(5).minus(amount(5)), Some(Amount::ZERO));
        assert_eq!(amount(5).minus(amount(6)), None);
        for (before, after, change) in [(0, AMOUNT_MICROS_MAX, AMOUNT_MICROS_MAX), (7, 0, -7), (1, 1, 0)] {
            let found = amount(after).change_from(amount(before));
            assert_eq!((found.0, found.undone(amount(after))), (change, Some(amount(before))));
        }
    }
}
