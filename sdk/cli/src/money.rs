//! Amounts as people write them in options and in files of adjustments.
//!
//! Absent on purpose: guesses. `1.500` can be read in two ways, and is refused.

use s2s_sdk::{
    amount::{self, Currency, NotDecimal},
    v1::{DecimalSeparator, Money},
};

/// Reads an amount, such as `19.99`, `19,99` or `-3`. `currency` is its code, or empty for the currency of
/// what it changes.
pub fn read(text: &str, currency: &str) -> Result<Money, String> {
    let refused = |why: &str| Err(format!("`{text}` {why}"));
    let (text, currency) = (text.trim(), currency.trim().to_ascii_uppercase());
    let expected: Option<Currency> = currency.parse().ok();
    let separator = match amount::read(text, DecimalSeparator::Auto) {
        Err(NotDecimal::Ambiguous) => amount::by_currency(text, expected),
        _ => DecimalSeparator::Auto,
    };
    let read = match amount::read(text, separator) {
        Ok(read) => read,
        Err(NotDecimal::Malformed) => return refused("is no amount; write it as 19.99"),
        Err(NotDecimal::Ambiguous) => {
            return refused("can be read in two ways; write two decimals, as in 1500.00 or 1.50");
        }
        Err(NotDecimal::TooLong) => return refused("is out of range"),
    };
    if read.decimal.rounded {
        return refused("has more than six decimals");
    }
    let named = read.currency.map(|named| named.meant(expected).map(|named| named.to_string()));
    let currency_code = match named {
        None => currency,
        Some(Some(named)) if currency.is_empty() || named == currency => named,
        Some(_) => return refused("is in another currency than the one that is given"),
    };
    match i64::try_from(read.decimal.micros) {
        Ok(micros) => Ok(Money { currency_code, micros }),
        Err(_) => refused("is out of range"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_one_meaning_or_none() {
        for (text, currency, expected) in [
            ("19.99", "", Ok((19_990_000, ""))),
            (" 19,99 ", "eur", Ok((19_990_000, "EUR"))),
            ("-3", "EUR", Ok((-3_000_000, "EUR"))),
            ("0.000001", "", Ok((1, ""))),
            ("1.234,56", "", Ok((1_234_560_000, ""))),
            ("5 EUR", "", Ok((5_000_000, "EUR"))),
            ("$5", "CAD", Ok((5_000_000, "CAD"))),
            ("1.500", "KWD", Ok((1_500_000, "KWD"))),
            ("1.500", "JPY", Ok((1_500_000_000, "JPY"))),
            ("1.500", "EUR", Err("two ways")),
            ("1,500", "", Err("two ways")),
            ("5 EUR", "USD", Err("another currency")),
            ("0.0000001", "", Err("six decimals")),
            ("1e3", "", Err("no amount")),
            ("", "", Err("no amount")),
            ("99999999999999", "", Err("out of range")),
        ] {
            let money = read(text, currency);
            match (money, expected) {
                (Ok(Money { micros, currency_code }), Ok((expected, code))) => {
                    assert_eq!((micros, currency_code.as_str()), (expected, code), "{text} {currency}");
                }
                (Err(said), Err(part)) => assert!(said.contains(part), "{text} {currency}: {said}"),
                (read, _) => panic!("{text} {currency}: {read:?}"),
            }
        }
    }
}
