//! Amounts as people and shops write them, read as plain decimals: `1.234,56`, `$10`, `10 EUR`.
//!
//! An amount is read only if it has one meaning. `1.500` and `1,500` have two meanings. They are
//! refused unless the caller knows which separator of decimals the sender uses.

mod currency;
mod decimal;

pub(crate) use currency::FRACTION_DIGITS_USUAL;
pub use currency::{Currency, UnknownCurrency};
pub use decimal::{Decimal, NotDecimal};

use std::borrow::Cow;

use crate::v1::DecimalSeparator;

/// An amount as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The number.
    pub decimal: Decimal,
    /// The currency that the text names; `None` if it names none.
    pub currency: Option<NamedCurrency>,
    /// The separator of decimals as the text shows it: `Point` for `1.5` and `1,234,567`, `Auto` if
    /// the text does not show it.
    pub separator: DecimalSeparator,
    /// True if a comma separated the decimals.
    pub comma: bool,
    /// True if thousands separators were dropped.
    pub grouped: bool,
}

/// A currency as an amount names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedCurrency {
    /// By its code, such as `EUR`.
    Code(Currency),
    /// By a sign, such as `$`.
    Sign(Sign),
}

/// A currency sign, as its index in `SIGNS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign(usize);

/// Signs, each with the currencies that use it. The first currency is meant if nothing else is
/// known. A sign that ends with another sign comes before that sign: `CA$` before `A$`.
const SIGNS: [(&str, &str); 27] = [
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("AU$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("MX$", "MXN"),
    ("NT$", "TWD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("R$", "BRL"),
    ("S$", "SGD"),
    (
        "$",
        "USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP UYU BBD BSD BMD BND BZD CVE DOP FJD GYD JMD KYD LRD NAD SBD SRD \
         TTD XCD",
    ),
    ("€", "EUR"),
    ("£", "GBP EGP FKP GIP LBP SDG SHP SSP SYP"),
    ("¥", "JPY CNY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₺", "TRY"),
    ("₩", "KRW KPW"),
    ("₪", "ILS"),
    ("₫", "VND"),
    ("₱", "PHP"),
    ("฿", "THB"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("Rp", "IDR"),
];

impl Sign {
    fn entry(self) -> (&'static str, &'static str) {
        SIGNS.get(self.0).copied().unwrap_or_default()
    }

    /// The sign itself.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.entry().0
    }

    fn currencies(self) -> impl Iterator<Item = Currency> {
        self.entry().1.split_whitespace().filter_map(|code| code.parse().ok())
    }

    /// Returns whether the currency uses the sign.
    #[must_use]
    pub fn is_of(self, currency: Currency) -> bool {
        self.currencies().any(|own| own == currency)
    }

    /// The currency that uses the sign, if there is only one.
    #[must_use]
    pub fn only(self) -> Option<Currency> {
        let mut all = self.currencies();
        all.next().filter(|_| all.next().is_none())
    }

    /// The currency that is meant if nothing else is known.
    #[must_use]
    pub fn usual(self) -> Option<Currency> {
        self.currencies().next()
    }
}

impl NamedCurrency {
    /// The currency that is meant. A sign means the expected currency if that currency uses the
    /// sign, or else the sign's usual currency.
    #[must_use]
    pub fn meant(self, expected: Option<Currency>) -> Option<Currency> {
        match self {
            Self::Code(currency) => Some(currency),
            Self::Sign(sign) => expected.filter(|expected| sign.is_of(*expected)).or_else(|| sign.usual()),
        }
    }
}

/// Returns the separator of decimals in an amount that can be read in two ways, if the amount's
/// currency settles it, or else `Auto`. `expected` is the amount's currency if the text names none.
///
/// In a currency without decimals, the text's only mark separates thousands. In a currency with
/// three decimals, the mark separates decimals if the currency's countries write it so. The other
/// mark keeps two meanings: people there separate thousands with it, but foreign programs separate
/// decimals with it.
#[must_use]
pub fn by_currency(text: &str, expected: Option<Currency>) -> DecimalSeparator {
    let (point, comma) = (DecimalSeparator::Point, DecimalSeparator::Comma);
    let named = read(text, point).ok().and_then(|read| read.currency);
    let currency = named.map_or(expected, |named| named.meant(expected));
    let (mark, other) = if text.contains(',') { (comma, point) } else { (point, comma) };
    match currency {
        Some(currency) if currency.has_no_decimals() => other,
        Some(currency) if currency.three_decimals_after() == Some(mark) => mark,
        _ => DecimalSeparator::Auto,
    }
}

/// Returns whether a text is a percentage, such as `10%`.
#[must_use]
pub fn is_percentage(text: &str) -> bool {
    text.ends_with('%') && read_percent(text).is_ok_and(|read| read.currency.is_none())
}

/// Reads a percentage, with or without a percent sign. A single comma or point always separates
/// decimals: if the comma of `1,500` separated thousands, the percentage would be over 100.
pub fn read_percent(text: &str) -> Result<Read, NotDecimal> {
    let number = without_percent_sign(text);
    match read(number, DecimalSeparator::Auto) {
        Err(NotDecimal::Ambiguous) if number.contains(',') => read(number, DecimalSeparator::Comma),
        Err(NotDecimal::Ambiguous) => read(number, DecimalSeparator::Point),
        settled => settled,
    }
}

/// A percentage of an amount, rounded to a millionth, half away from zero. The amount is in
/// millionths of its unit, and the percentage in millionths of a percent.
#[must_use]
pub fn percent_of(micros: i64, percent_micros: i64) -> i64 {
    let whole = 100_000_000;
    let product = i128::from(micros) * i128::from(percent_micros);
    let rounded = (product + whole / 2 * product.signum()) / whole;
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

/// Drops the percent sign after a number.
#[must_use]
pub fn without_percent_sign(text: &str) -> &str {
    text.strip_suffix('%').unwrap_or(text).trim_end()
}

/// Reads an amount. `separator` is the separator of decimals in an amount that can be read in two
/// ways. If `separator` is `Auto` or unspecified, such an amount is an error.
pub fn read(text: &str, separator: DecimalSeparator) -> Result<Read, NotDecimal> {
    let (number, currency) = split_currency(text);
    let Plain { digits, shown, comma, grouped } = plain(number, separator)?;
    Ok(Read { decimal: digits.parse()?, currency, separator: shown, comma, grouped })
}

/// Length of a currency's code, in bytes.
const CODE_BYTES: usize = 3;

/// Splits a currency's sign or code off either end.
fn split_currency(text: &str) -> (&str, Option<NamedCurrency>) {
    let is_digit = |end: Option<&u8>| end.is_some_and(u8::is_ascii_digit);
    // No sign and no code has a digit. Nearly every amount has one at both ends.
    if is_digit(text.as_bytes().first()) && is_digit(text.as_bytes().last()) {
        return (text, None);
    }
    for (index, (sign, _)) in SIGNS.iter().enumerate() {
        if let Some(number) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return (number.trim(), Some(NamedCurrency::Sign(Sign(index))));
        }
    }
    // If one end is not a code, the other end may be one.
    let first = text.split_at_checked(CODE_BYTES);
    let last = text.len().checked_sub(CODE_BYTES).and_then(|at| text.split_at_checked(at));
    for (code, number) in [first, last.map(|(before, code)| (code, before))].into_iter().flatten() {
        if code.bytes().all(|byte| byte.is_ascii_alphabetic())
            && let Ok(currency) = code.parse()
        {
            return (number.trim(), Some(NamedCurrency::Code(currency)));
        }
    }
    (text, None)
}

/// A number as plain digits.
struct Plain<'a> {
    /// Digits with at most one point.
    digits: Cow<'a, str>,
    /// The separator of decimals as the number shows it.
    shown: DecimalSeparator,
    /// True if a comma separated the decimals.
    comma: bool,
    /// True if thousands separators were dropped.
    grouped: bool,
}

/// Characters that separate thousands, and never decimals: blanks and apostrophes.
const GROUPING: [char; 6] = [' ', '\u{A0}', '\u{202F}', '\u{2009}', '\'', '\u{2019}'];

fn plain(number: &str, separator: DecimalSeparator) -> Result<Plain<'_>, NotDecimal> {
    let count = |separator| number.bytes().filter(|byte| *byte == separator).count();
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.'));
    let grouping = GROUPING.into_iter().find(|character| !is_plain && number.contains(*character));
    let (whole, fraction, shown) = match (count(b','), count(b'.'), grouping) {
        (0, 0, None) => {
            let (digits, shown) = (number.into(), DecimalSeparator::Auto);
            return Ok(Plain { digits, shown, comma: false, grouped: false });
        }
        // `1 234 567` has no fraction.
        (0, 0, Some(_)) => (number, "", DecimalSeparator::Auto),
        // At least two separators of one kind: `1,234,567` and `1.234.567` have no fraction.
        (2.., 0, None) => (number, "", DecimalSeparator::Point),
        (0, 2.., None) => (number, "", DecimalSeparator::Comma),
        (1, 0, None) => return single(number, ',', DecimalSeparator::Comma, separator),
        (0, 1, None) => return single(number, '.', DecimalSeparator::Point, separator),
        // Several kinds of separators: the last one separates the decimals, and must occur only
        // once.
        (commas, points, _) => {
            let (at, shown) = match (number.rfind(','), number.rfind('.')) {
                (comma, point) if comma > point && commas == 1 => (comma, DecimalSeparator::Comma),
                (comma, point) if point > comma && points == 1 => (point, DecimalSeparator::Point),
                _ => return Err(NotDecimal::Malformed),
            };
            let (whole, fraction) =
                at.and_then(|at| number.split_at_checked(at)).ok_or(NotDecimal::Malformed)?;
            (whole, fraction.trim_start_matches([',', '.']), shown)
        }
    };
    let whole = ungrouped(whole).ok_or(NotDecimal::Malformed)?;
    let comma = shown == DecimalSeparator::Comma && !fraction.is_empty();
    let digits = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
    Ok(Plain { digits: digits.into(), shown, comma, grouped: true })
}

/// Reads a number with one separator, `mark`, which may separate decimals or thousands. `kind` is
/// the `DecimalSeparator` of `mark`: `Comma` for a comma, `Point` for a point.
fn single(
    number: &str,
    mark: char,
    kind: DecimalSeparator,
    separator: DecimalSeparator,
) -> Result<Plain<'_>, NotDecimal> {
    let (whole, fraction) = number.split_once(mark).ok_or(NotDecimal::Malformed)?;
    // The mark may separate thousands if one to three digits stand before it and three after it,
    // unless the number begins with 0.
    let before = whole.trim_start_matches(['+', '-']);
    let is_ambiguous = fraction.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
    let comma = mark == ',';
    if !is_ambiguous || separator == kind {
        // A mark at the end may be punctuation, so it does not show the separator.
        let shown = if is_ambiguous || fraction.is_empty() { DecimalSeparator::Auto } else { kind };
        let digits = if comma { number.replacen(mark, ".", 1).into() } else { number.into() };
        return Ok(Plain { digits, shown, comma, grouped: false });
    }
    if matches!(separator, DecimalSeparator::Auto | DecimalSeparator::Unspecified) {
        // A text that is no number in either way is malformed, not ambiguous.
        format!("{whole}{fraction}").parse::<Decimal>()?;
        return Err(NotDecimal::Ambiguous);
    }
    let (digits, shown) = (format!("{whole}{fraction}"), DecimalSeparator::Auto);
    Ok(Plain { digits: digits.into(), shown, comma: false, grouped: true })
}

/// Drops the separators of thousands. Returns `None` if the digits are not grouped properly. The
/// digits are grouped properly if each group after the first has three digits. In the Indian style,
/// the last group has three digits, the groups between the first and the last have two, and no mark
/// is a point.
fn ungrouped(whole: &str) -> Option<String> {
    let is_mark = |character: char| matches!(character, ',' | '.') || GROUPING.contains(&character);
    let digits = whole.trim_start_matches(['+', '-']);
    let groups: Vec<&str> = digits.split(is_mark).collect();
    let marks: Vec<char> = digits.chars().filter(|character| is_mark(*character)).collect();
    let (first, rest) = groups.split_first()?;
    let thousands = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    let is_indian_mark = |mark: &char| *mark != '.';
    let indian = marks.iter().all(is_indian_mark)
        && rest.split_last().is_some_and(|(last, middle)| {
            (1..=2).contains(&first.len()) && last.len() == 3 && middle.iter().all(|group| group.len() == 2)
        });
    let one_kind = marks.windows(2).all(|two| two.first() == two.last());
    ((thousands || indian) && one_kind)
        .then(|| whole.chars().filter(|character| !is_mark(*character)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    use DecimalSeparator::{Auto, Comma, Point};

    #[test]
    fn amounts_with_one_meaning_are_read() {
        for (text, micros, currency, shown, comma, grouped) in [
            ("19", 19_000_000, "", Auto, false, false),
            ("19.99", 19_990_000, "", Point, false, false),
            ("1,50", 1_500_000, "", Comma, true, false),
            ("1,5", 1_500_000, "", Comma, true, false),
            ("0,500", 500_000, "", Comma, true, false),
            ("0.500", 500_000, "", Point, false, false),
            (".500", 500_000, "", Point, false, false),
            ("1.50", 1_500_000, "", Point, false, false),
            ("5.", 5_000_000, "", Auto, false, false),
            ("1.5000", 1_500_000, "", Point, false, false),
            ("1234,567", 1_234_567_000, "", Comma, true, false),
            ("1234.567", 1_234_567_000, "", Point, false, false),
            ("1,2345", 1_234_500, "", Comma, true, false),
            ("-0,5", -500_000, "", Comma, true, false),
            ("1.234,56", 1_234_560_000, "", Comma, true, true),
            ("1,234.56", 1_234_560_000, "", Point, false, true),
            ("1,234,567", 1_234_567_000_000, "", Point, false, true),
            ("1.234.567", 1_234_567_000_000, "", Comma, false, true),
            ("1.234.567,8", 1_234_567_800_000, "", Comma, true, true),
            ("1 234,56", 1_234_560_000, "", Comma, true, true),
            ("1\u{A0}234,567", 1_234_567_000, "", Comma, true, true),
            ("1 234", 1_234_000_000, "", Auto, false, true),
            ("1'234.56", 1_234_560_000, "", Point, false, true),
            ("1\u{2019}234\u{2019}567", 1_234_567_000_000, "", Auto, false, true),
            ("1,23,456.00", 123_456_000_000, "", Point, false, true),
            ("12,34,567", 1_234_567_000_000, "", Point, false, true),
            ("$10", 10_000_000, "$", Auto, false, false),
            ("CA$10", 10_000_000, "CA$", Auto, false, false),
            ("10 €", 10_000_000, "€", Auto, false, false),
            ("USD 10", 10_000_000, "USD", Auto, false, false),
            ("10.5eur", 10_500_000, "EUR", Point, false, false),
            ("R$ 1.234,50", 1_234_500_000, "R$", Comma, true, true),
            ("₹1,23,456.00", 123_456_000_000, "₹", Point, false, true),
            ("Rp 150.000,00", 150_000_000_000, "Rp", Comma, true, true),
            ("10\u{A0}EUR", 10_000_000, "EUR", Auto, false, false),
            ("10\u{202F}EUR", 10_000_000, "EUR", Auto, false, false),
            ("10\u{2009}EUR", 10_000_000, "EUR", Auto, false, false),
            ("EUR\u{A0}10", 10_000_000, "EUR", Auto, false, false),
            ("EUR\u{202F}5", 5_000_000, "EUR", Auto, false, false),
            ("1\u{A0}234,56 EUR", 1_234_560_000, "EUR", Comma, true, true),
            ("1\u{202F}234,56\u{A0}EUR", 1_234_560_000, "EUR", Comma, true, true),
            ("12\u{202F}345,60\u{202F}EUR", 12_345_600_000, "EUR", Comma, true, true),
            ("1\u{2009}234.56 CHF", 1_234_560_000, "CHF", Point, false, true),
            ("1\u{2019}234.50 CHF", 1_234_500_000, "CHF", Point, false, true),
        ] {
            let read = read(text, Auto).unwrap();
            let named = match read.currency {
                None => String::new(),
                Some(NamedCurrency::Code(code)) => code.to_string(),
                Some(NamedCurrency::Sign(sign)) => sign.text().to_owned(),
            };
            assert_eq!((read.decimal.micros, named.as_str()), (micros, currency), "{text}");
            assert_eq!((read.separator, read.comma, read.grouped), (shown, comma, grouped), "{text}");
        }
    }

    #[test]
    fn amounts_without_one_meaning_are_refused() {
        use NotDecimal::{Ambiguous, Malformed};
        for (text, why) in [
            ("1,500", Ambiguous),
            ("1.500", Ambiguous),
            ("-1.500", Ambiguous),
            ("12,345", Ambiguous),
            ("999.999", Ambiguous),
            ("$1,500", Ambiguous),
            ("1.500 JPY", Ambiguous),
            ("Rp 150.000", Ambiguous),
            ("a.500", Malformed),
            ("1,50x", Malformed),
            ("1,50,0", Malformed),
            ("1.23,456.7", Malformed),
            ("1,234.56.7", Malformed),
            ("1.234,567,890", Malformed),
            ("12345,678.9", Malformed),
            ("1 23", Malformed),
            ("1 234'567", Malformed),
            ("1 234,567.8", Malformed),
            ("1e3", Malformed),
            ("NaN", Malformed),
            ("Infinity", Malformed),
            ("0x10", Malformed),
            ("1_000", Malformed),
            ("1.23.456", Malformed),
            ("１", Malformed),
            ("EUR", Malformed),
            ("$", Malformed),
            ("10 USD EUR", Malformed),
            (",", Malformed),
            (",,", Malformed),
            (".", Malformed),
        ] {
            assert_eq!(read(text, Auto), Err(why), "{text}");
        }
    }

    #[test]
    fn a_separator_settles_ambiguous_amounts_and_no_others() {
        for (text, separator, micros) in [
            ("1,500", Comma, 1_500_000),
            ("1,500", Point, 1_500_000_000),
            ("1.500", Comma, 1_500_000_000),
            ("1.500", Point, 1_500_000),
            ("$12,345", Point, 12_345_000_000),
            ("-1.500", Comma, -1_500_000_000),
            ("1,50", Point, 1_500_000),
            ("1.234,56", Point, 1_234_560_000),
            ("19.99", Comma, 19_990_000),
        ] {
            assert_eq!(read(text, separator).unwrap().decimal.micros, micros, "{text} {separator:?}");
        }
    }

    #[test]
    fn currencies_settle_ambiguous_amounts() {
        let expected = |code: &str| code.parse().ok();
        for (text, currency, separator) in [
            ("1,500", "JPY", Point),
            ("1.500", "JPY", Comma),
            ("\u{A5}1,500", "JPY", Point),
            ("\u{20A9}10,000", "", Point),
            ("10.000\u{20AB}", "", Comma),
            ("1.500 CLP", "EUR", Comma),
            ("$1.500", "CLP", Comma),
            ("$1.500", "CAD", Auto),
            ("\u{A5}1,500", "CNY", Auto),
            ("1.500 EUR", "JPY", Auto),
            ("1.500", "KWD", Point),
            ("1,500", "KWD", Auto),
            ("1,500", "TND", Comma),
            ("1.500", "TND", Auto),
            ("1,500 LYD", "EUR", Comma),
            ("1.500", "IDR", Auto),
            ("1.500", "", Auto),
        ] {
            assert_eq!(by_currency(text, expected(currency)), separator, "{text} {currency}");
        }
    }

    #[test]
    fn percentages_have_a_percent_sign() {
        for (text, is) in [("10%", true), ("12,5 %", true), ("10", false), ("%", false), ("10 EUR%", false)] {
            assert_eq!(is_percentage(text), is, "{text}");
        }
    }

    #[test]
    fn signs_are_of_currencies_that_exist() {
        for (index, (text, codes)) in SIGNS.into_iter().enumerate() {
            assert_eq!(Sign(index).currencies().count(), codes.split_whitespace().count(), "{text}");
            // If a sign ends with another sign, the other sign comes later.
            let hidden = SIGNS.iter().take(index).find(|(longer, _)| text.ends_with(longer));
            assert_eq!(hidden, None, "{text}");
        }
    }
}
