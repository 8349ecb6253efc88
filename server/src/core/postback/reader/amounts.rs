//! Amounts as people and shops write them, read as plain decimals: `1.234,56`, `$10`, `10 EUR`.
//!
//! An amount is repaired only if one meaning is left. `1,500` has two meanings, and is refused.

use crate::values::money::{Currency, Decimal, NotDecimal};

/// An amount as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    pub decimal: Decimal,
    /// The currency in the text.
    pub currency: Option<Currency>,
    /// True if a comma was the decimal point.
    pub comma: bool,
    /// True if thousands separators were dropped.
    pub grouped: bool,
}

/// Currency signs. A sign that several currencies share stands for one of them: `$` is USD.
const SIGNS: [(&str, [u8; 3]); 14] = [
    ("US$", *b"USD"),
    ("A$", *b"AUD"),
    ("C$", *b"CAD"),
    ("R$", *b"BRL"),
    ("$", *b"USD"),
    ("€", *b"EUR"),
    ("£", *b"GBP"),
    ("¥", *b"JPY"),
    ("₹", *b"INR"),
    ("₽", *b"RUB"),
    ("₴", *b"UAH"),
    ("₺", *b"TRY"),
    ("₩", *b"KRW"),
    ("zł", *b"PLN"),
];

/// The reading of an ambiguous comma, as in `1,500`. Such a comma has one to three digits before it,
/// of which the first is not 0, and three digits after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comma {
    DecimalPoint,
    Thousands,
}

/// Reads an amount. `ambiguous_comma` is the meaning of an ambiguous comma, from somebody who knows
/// the sender. Without it, an amount with such a comma is an error.
pub fn read(text: &str, ambiguous_comma: Option<Comma>) -> Result<Read, NotDecimal> {
    let (number, currency) = split_currency(text);
    let (digits, comma, grouped) = plain(number, ambiguous_comma)?;
    Ok(Read { decimal: digits.parse()?, currency, comma, grouped })
}

/// Splits a currency's sign or code off either end.
fn split_currency(text: &str) -> (&str, Option<Currency>) {
    for (sign, code) in SIGNS {
        let Some(number) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) else { continue };
        if let Ok(currency) = std::str::from_utf8(&code).unwrap_or_default().parse() {
            return (number.trim(), Some(currency));
        }
    }
    let ends = [text.split_at_checked(3), text.len().checked_sub(3).and_then(|at| text.split_at_checked(at))];
    if let [Some((first, after)), Some((before, last))] = ends {
        let letters = |code: &str| code.bytes().all(|byte| byte.is_ascii_alphabetic());
        for (code, number) in [(first, after), (last, before)] {
            if letters(code)
                && let Ok(currency) = code.parse()
            {
                return (number.trim(), Some(currency));
            }
        }
    }
    (text, None)
}

/// Returns digits with at most one point, true if a comma was the decimal point, and true if
/// thousands separators were dropped.
fn plain(number: &str, ambiguous_comma: Option<Comma>) -> Result<(String, bool, bool), NotDecimal> {
    let count = |separator| number.matches(separator).count();
    let (whole, fraction, comma) = match (count(','), count('.')) {
        (0, 0 | 1) => return Ok((number.to_owned(), false, false)),
        // At least two separators of one kind: `1,234,567` and `1.234.567` have no fraction.
        (2.., 0) | (0, 2..) => (number, "", false),
        (1, 0) => {
            let (whole, fraction) = number.split_once(',').ok_or(NotDecimal::Malformed)?;
            // One to three digits, a comma and three digits may mean thousands, unless the number begins
            // with 0.
            let digits = whole.trim_start_matches(['+', '-']);
            if fraction.len() == 3 && (1..=3).contains(&digits.len()) && !digits.starts_with('0') {
                match ambiguous_comma {
                    None => return Err(NotDecimal::Ambiguous),
                    Some(Comma::DecimalPoint) => {}
                    Some(Comma::Thousands) => return Ok((format!("{whole}{fraction}"), false, true)),
                }
            }
            return Ok((format!("{whole}.{fraction}"), true, false));
        }
        // Both kinds: the last separator is the point, and must be the only one of its kind.
        (commas, points) => {
            let (at, comma) = match (number.rfind(','), number.rfind('.')) {
                (Some(comma), Some(point)) if comma > point && commas == 1 => (comma, true),
                (Some(comma), Some(point)) if point > comma && points == 1 => (point, false),
                _ => return Err(NotDecimal::Malformed),
            };
            let (whole, fraction) = number.split_at_checked(at).ok_or(NotDecimal::Malformed)?;
            (whole, fraction.trim_start_matches([',', '.']), comma)
        }
    };
    let digits = whole.trim_start_matches(['+', '-']);
    let mut groups = digits.split([',', '.']);
    let first = groups.next().unwrap_or_default();
    if !(1..=3).contains(&first.len()) || !groups.all(|group| group.len() == 3) {
        return Err(NotDecimal::Malformed);
    }
    let whole: String = whole.chars().filter(|character| !matches!(character, ',' | '.')).collect();
    let digits = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
    Ok((digits, comma, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_with_one_meaning_are_read() {
        for (text, micros, currency, comma, grouped) in [
            ("19.99", 19_990_000, None, false, false),
            ("1,50", 1_500_000, None, true, false),
            ("1,5", 1_500_000, None, true, false),
            ("0,500", 500_000, None, true, false),
            ("1234,567", 1_234_567_000, None, true, false),
            ("1,2345", 1_234_500, None, true, false),
            ("-0,5", -500_000, None, true, false),
            ("1.234,56", 1_234_560_000, None, true, true),
            ("1,234.56", 1_234_560_000, None, false, true),
            ("1,234,567", 1_234_567_000_000, None, false, true),
            ("1.234.567", 1_234_567_000_000, None, false, true),
            ("1.234.567,8", 1_234_567_800_000, None, true, true),
            ("$10", 10_000_000, Some("USD"), false, false),
            ("10 €", 10_000_000, Some("EUR"), false, false),
            ("USD 10", 10_000_000, Some("USD"), false, false),
            ("10.5eur", 10_500_000, Some("EUR"), false, false),
            ("R$ 1.234,50", 1_234_500_000, Some("BRL"), true, true),
        ] {
            let read = read(text, None).unwrap();
            assert_eq!(read.decimal.micros, micros, "{text}");
            assert_eq!(read.currency.map(|currency| currency.to_string()).as_deref(), currency, "{text}");
            assert_eq!((read.comma, read.grouped), (comma, grouped), "{text}");
        }
    }

    #[test]
    fn amounts_without_one_meaning_are_refused() {
        use NotDecimal::{Ambiguous, Malformed};
        for (text, why) in [
            ("1,500", Ambiguous),
            ("12,345", Ambiguous),
            ("$1,500", Ambiguous),
            ("1,50,0", Malformed),
            ("1.23,456.7", Malformed),
            ("1,234.56.7", Malformed),
            ("12345,678.9", Malformed),
            ("1e3", Malformed),
            ("NaN", Malformed),
            ("Infinity", Malformed),
            ("0x10", Malformed),
            ("1_000", Malformed),
            ("１", Malformed),
            ("EUR", Malformed),
            ("$", Malformed),
            ("10 USD EUR", Malformed),
            (",", Malformed),
            (",,", Malformed),
        ] {
            assert_eq!(read(text, None), Err(why), "{text}");
        }
    }

    #[test]
    fn an_override_settles_an_ambiguous_comma() {
        for (text, comma, micros) in [
            ("1,500", Comma::DecimalPoint, 1_500_000),
            ("1,500", Comma::Thousands, 1_500_000_000),
            ("$12,345", Comma::Thousands, 12_345_000_000),
            ("1,50", Comma::Thousands, 1_500_000),
            ("1.234,56", Comma::Thousands, 1_234_560_000),
            ("19.99", Comma::DecimalPoint, 19_990_000),
        ] {
            assert_eq!(read(text, Some(comma)).unwrap().decimal.micros, micros, "{text} {comma:?}");
        }
    }
}
