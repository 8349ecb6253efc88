//! Value, commission and their currency, read from a row as the server reads them from a postback.

mod stated;

use s2s_sdk::{
    amount::{self, Currency, NamedCurrency, NotDecimal},
    parameter::{trim, without_punctuation},
    v1::{DecimalSeparator, Money, new_conversion::Commission},
};

use super::{
    codes::{Code, Terms},
    row::{Row, excerpt},
};
use crate::cells::decimal;

pub use self::stated::stated;

/// Largest amount that the server accepts, in millionths.
const AMOUNT_MICROS_MAX: i64 = 1_000_000_000_000_000_000;
/// Largest percentage that the server accepts, in millionths.
const PERCENT_MICROS_MAX: i64 = 100_000_000;

/// The worth of a conversion: its value and its commission.
#[derive(Debug, PartialEq, Eq)]
pub struct Worth {
    pub value: Money,
    pub commission: Option<Commission>,
}

/// Reads the worth of a row. `separator` is the separator of decimals in an amount that can be read
/// in two ways. If it is `Auto`, the conversion code, the other amount of the row, or the currency
/// decides.
pub fn read(
    row: &Row,
    separator: DecimalSeparator,
    find: &mut dyn FnMut(&str) -> Code,
) -> Result<Worth, String> {
    let [value, commission, percent] =
        [&row.value, &row.commission, &row.commission_percent].map(|cell| trim(cell));
    let given = currency(trim(&row.currency))?;
    let mut known = Known { given, separator, code: trim(&row.conversion_code_id), find, found: None };
    let value = known.amount("value", value, commission)?;
    let currency = value.currency.or(given);
    known.given = currency;
    known.check_unit("value", row.units.value)?;
    let of_percent = |micros| Commission::CommissionPercentMicros(micros);
    let of_amount = |micros| Commission::CommissionAmount(money(micros, currency));
    let percent = Some(percent).filter(|text| !text.is_empty()).map(read_percent).transpose()?;
    let value_micros = in_range("value", value.micros, AMOUNT_MICROS_MAX, "0 to 1,000,000,000,000")?;
    let amount = match commission {
        "" => None,
        text => {
            let read = known.commission(text, trim(&row.value), currency)?;
            known.check_unit("commission", row.units.commission)?;
            Some(in_range("commission", read, AMOUNT_MICROS_MAX, "0 to 1,000,000,000,000")?)
        }
    };
    let commission = match (percent, amount) {
        // An exported conversion has both: the percent and the resulting amount.
        (Some(percent), Some(amount)) if amount == amount::percent_of(value_micros, percent) => {
            Some(of_percent(percent))
        }
        // As in a postback, the percent counts beside an amount only if the amount is 0.
        (Some(percent), None | Some(0)) => Some(of_percent(percent)),
        (_, amount) => amount.map(of_amount),
    };
    Ok(Worth { value: money(value_micros, currency), commission })
}

/// Reads the currency of a row; `None` if it names none.
fn currency(code: &str) -> Result<Option<Currency>, String> {
    if code.is_empty() {
        return Ok(None);
    }
    let read = code.parse().or_else(|_| without_punctuation(code).parse());
    read.map(Some).map_err(|error| format!("currency `{}`: {error}", excerpt(code)))
}

fn money(micros: i64, currency: Option<Currency>) -> Money {
    Money { micros, currency_code: currency.map(|currency| currency.to_string()).unwrap_or_default() }
}

/// An amount, and the currency that its own text names.
struct Stated {
    micros: i64,
    currency: Option<Currency>,
}

/// The facts by which the amounts of a row are read.
struct Known<'a> {
    /// The currency that the row names.
    given: Option<Currency>,
    separator: DecimalSeparator,
    code: &'a str,
    find: &'a mut dyn FnMut(&str) -> Code,
    /// The result of looking up the code; `None` until its settings are needed.
    found: Option<Code>,
}

impl Known<'_> {
    fn terms(&mut self) -> Option<Terms> {
        match self.found.get_or_insert_with(|| (self.find)(self.code)) {
            Code::Known(terms) => Some(*terms),
            Code::Missing | Code::Barred | Code::Unreadable => None,
        }
    }

    fn amount(&mut self, name: &str, text: &str, other: &str) -> Result<Stated, String> {
        // Punctuation after an amount comes from the text that it was copied from.
        let (text, read) = match amount::read(text, DecimalSeparator::Auto) {
            Err(NotDecimal::Malformed) => {
                let bare = without_punctuation(text);
                (bare, amount::read(bare, DecimalSeparator::Auto))
            }
            read => (text, read),
        };
        let read = match read {
            Err(NotDecimal::Ambiguous) => {
                let settled = self.settled(text, other).map_err(|why| why.sentence(name, text, other))?;
                amount::read(text, settled)
            }
            read => read,
        };
        let read = read.map_err(|why| refused(name, text, why))?;
        let currency = read.currency.map(|named| self.meant(name, text, named)).transpose()?;
        check_currency(name, currency, self.given)?;
        let micros = i64::try_from(read.decimal.micros);
        Ok(Stated { micros: micros.map_err(|_| refused(name, text, NotDecimal::TooLong))?, currency })
    }

    /// Reads a commission, in millionths. `currency` is the row's, if the row names a currency.
    fn commission(&mut self, text: &str, value: &str, currency: Option<Currency>) -> Result<i64, String> {
        let commission = self.amount("commission", text, value)?;
        let expected = match commission.currency {
            Some(_) => currency.or_else(|| self.terms()?.currency),
            None => None,
        };
        check_currency("commission", commission.currency, expected)?;
        Ok(commission.micros)
    }

    /// The separator of decimals in an amount that can be read in two ways; `Auto` if nothing
    /// settles it. An error if the setting and the other amount contradict each other.
    fn settled(&mut self, text: &str, other: &str) -> Result<DecimalSeparator, Contradiction> {
        let is_known = |separator: &DecimalSeparator| {
            matches!(separator, DecimalSeparator::Point | DecimalSeparator::Comma)
        };
        let option = Some(self.separator).filter(is_known);
        let is_option = option.is_some();
        let set = option.or_else(|| self.terms().map(|terms| terms.separator).filter(is_known));
        let shown = amount::read(other, DecimalSeparator::Auto).ok().map(|read| read.separator);
        match (set, shown.filter(is_known)) {
            (Some(set), Some(shown)) if set != shown => Err(Contradiction { set, is_option }),
            (Some(settled), _) | (None, Some(settled)) => Ok(settled),
            (None, None) => Ok(amount::by_currency(text, self.given.or_else(|| self.terms()?.currency))),
        }
    }

    /// Checks the currency in the title of an amount against the currency of the row or its code.
    /// `given` is the currency of the row at this point.
    fn check_unit(&mut self, name: &str, unit: Option<Currency>) -> Result<(), String> {
        let Some(unit) = unit else { return Ok(()) };
        let expected = match self.given {
            None => self.terms().and_then(|terms| terms.currency),
            given => given,
        };
        match (expected, self.found) {
            (Some(expected), _) if expected == unit => Ok(()),
            (Some(expected), _) => Err(format!(
                "{name} is in {unit} by the title of its column, and in {expected} by the row or its code; correct the \
                 title, or name the currency in a column `currency`"
            )),
            // The server will answer that there is no such code.
            (None, Some(Code::Missing)) => Ok(()),
            (None, _) => Err(format!(
                "{name} is in {unit} by the title of its column, and the currency of the code could not be read; name \
                 the currency in a column `currency`"
            )),
        }
    }

    /// The currency that an amount names. A sign that several currencies share is an error unless
    /// the row or its code names a currency.
    fn meant(&mut self, name: &str, text: &str, named: NamedCurrency) -> Result<Currency, String> {
        let expected = match named {
            NamedCurrency::Sign(sign) if sign.only().is_none() => {
                let expected = self.given.or_else(|| self.terms()?.currency);
                expected.ok_or_else(|| {
                    format!(
                        "{name} `{}`: several currencies have this sign; name one as `currency`",
                        excerpt(text)
                    )
                })?;
                expected
            }
            _ => None,
        };
        named.meant(expected).ok_or_else(|| refused(name, text, NotDecimal::Malformed))
    }
}

/// A setting of the separator of decimals that the other amount of the row contradicts.
struct Contradiction {
    set: DecimalSeparator,
    /// True if the setting is an option of this program; false if it is the conversion code's.
    is_option: bool,
}

impl Contradiction {
    fn sentence(&self, name: &str, text: &str, other: &str) -> String {
        let setting = if self.is_option { "--decimal-separator" } else { "the code's decimal_separator" };
        let (set, shown) = match self.set {
            DecimalSeparator::Comma => ("comma", "point"),
            _ => ("point", "comma"),
        };
        format!(
            "{name} `{}` can be read in two ways: {setting} is {set}, and the decimals of `{}` are after a {shown}; \
             write two decimals, or correct the setting",
            excerpt(text),
            excerpt(other)
        )
    }
}

fn check_currency(name: &str, named: Option<Currency>, expected: Option<Currency>) -> Result<(), String> {
    match (named, expected) {
        (Some(named), Some(expected)) if named != expected => {
            Err(format!("{name} is in {named}, and the rest is in {expected}; write one currency"))
        }
        _ => Ok(()),
    }
}

fn read_percent(text: &str) -> Result<i64, String> {
    let read = amount::read_percent(text).or_else(|_| amount::read_percent(without_punctuation(text)));
    let read = read.ok().filter(|read| read.currency.is_none());
    let micros = read.and_then(|read| i64::try_from(read.decimal.micros).ok());
    let micros = micros
        .ok_or_else(|| format!("commission_percent `{}`: write a percentage such as 12.5", excerpt(text)))?;
    in_range("commission_percent", micros, PERCENT_MICROS_MAX, "0 to 100")
}

/// Refuses an amount that the server would refuse, in words for people.
fn in_range(name: &str, micros: i64, max: i64, range: &str) -> Result<i64, String> {
    let shown = || format!("{name} is {}; it must be {range}", decimal(micros));
    (0..=max).contains(&micros).then_some(micros).ok_or_else(shown)
}

fn refused(name: &str, text: &str, why: NotDecimal) -> String {
    let is_percentage = name == "commission" && amount::is_percentage(text);
    let text = excerpt(text);
    match why {
        NotDecimal::Malformed if is_percentage => {
            format!("{name} `{text}`: a percentage; write it as commission_percent")
        }
        NotDecimal::Malformed => format!("{name} `{text}`: not an amount; write it as 19.99 or 1.234,56"),
        NotDecimal::Ambiguous => format!(
            "{name} `{text}` can be read in two ways; give --decimal-separator comma or point, or write two decimals"
        ),
        NotDecimal::TooLong => format!("{name} `{text}`: the amount is out of range"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use s2s_sdk::v1::{ConversionStatus, DedupePolicy};

    use crate::conversions::row::Units;

    use DecimalSeparator::{Auto, Comma, Point};

    fn row(value: &str, currency: &str, commission: &str) -> Row {
        let [value, currency, commission] = [value, currency, commission].map(str::to_owned);
        Row { value, currency, commission, ..Row::default() }
    }

    fn known(currency: &str, separator: DecimalSeparator) -> Code {
        let currency = Some(currency.parse().unwrap());
        Code::Known(Terms {
            currency,
            separator,
            dedupe: DedupePolicy::Every,
            status: ConversionStatus::Approved,
        })
    }

    fn worth(row: &Row, separator: DecimalSeparator, code: Code) -> Result<(String, String), String> {
        let worth = read(row, separator, &mut |_| code)?;
        let commission = match worth.commission {
            None => String::new(),
            Some(Commission::CommissionAmount(amount)) => amount.to_string(),
            Some(Commission::CommissionPercentMicros(micros)) => format!("{micros} micros"),
        };
        Ok((worth.value.to_string(), commission))
    }

    #[test]
    fn amounts_are_read_as_in_postbacks() {
        for (value, currency, commission, expected) in [
            ("19.99", "", "", ("19.99", "")),
            ("7", "eur", "0,5", ("7.00 EUR", "0.50 EUR")),
            ("7,00", "EUR", "", ("7.00 EUR", "")),
            ("19.99.", "EUR", "0,5)", ("19.99 EUR", "0.50 EUR")),
            ("1.500)", "KWD", "", ("1.500 KWD", "")),
            ("1.234,56", "EUR", "1,5", ("1234.56 EUR", "1.50 EUR")),
            ("1,234.56", "", "", ("1234.56", "")),
            ("1 234,56 €", "", "2", ("1234.56 EUR", "2.00 EUR")),
            ("10 USD", "", "1 USD", ("10.00 USD", "1.00 USD")),
            ("$10", "CAD", "", ("10.00 CAD", "")),
            ("\u{a0}'12\u{2019}345.5'", "CHF", "", ("12345.50 CHF", "")),
            // The other amount settles the separator, or the currency does.
            ("1.500", "EUR", "0,5", ("1500.00 EUR", "0.50 EUR")),
            ("0.5", "EUR", "1.500", ("0.50 EUR", "1.50 EUR")),
            ("1.500", "KWD", "", ("1.500 KWD", "")),
            ("1,500", "TND", "", ("1.500 TND", "")),
            ("1,500", "JPY", "1.000", ("1500 JPY", "1000 JPY")),
            ("\u{a5}1,500", "JPY", "", ("1500 JPY", "")),
            ("1.500", "JPY", "0.5", ("1.5 JPY", "0.5 JPY")),
            ("12\u{202f}345,60\u{a0}EUR", "", "", ("12345.60 EUR", "")),
            ("1\u{2019}234.50 CHF", "", "", ("1234.50 CHF", "")),
            ("10", "EUR.", "", ("10.00 EUR", "")),
        ] {
            let read = worth(&row(value, currency, commission), Auto, Code::Missing);
            assert_eq!(read, Ok((expected.0.to_owned(), expected.1.to_owned())), "{value}");
        }
    }

    #[test]
    fn a_percent_beside_an_amount_counts_if_they_agree() {
        for (percent, commission, expected) in [
            ("12,5 %", "", "12500000 micros"),
            ("12.5%.", "0", "12500000 micros"),
            // An export has both a percentage and the amount that results from it.
            ("12.5", "2.49875", "12500000 micros"),
            ("12.5", "2.5", "2.50 EUR"),
            ("0", "2.5", "2.50 EUR"),
        ] {
            let row = Row { commission_percent: percent.to_owned(), ..row("19.99", "EUR", commission) };
            assert_eq!(worth(&row, Auto, Code::Missing).unwrap().1, expected, "{percent} {commission}");
        }
        let row = Row { commission_percent: "5".to_owned(), ..row("1", "", "x") };
        assert!(worth(&row, Auto, Code::Missing).unwrap_err().starts_with("commission `x`"));
    }

    #[test]
    fn amounts_are_read_as_they_are_exported() {
        for text in ["12", "1.5", "12.34", "12.345", "0.125", "1.2345", "100.23456", "999.999999"] {
            for (separator, currency) in [(Comma, "EUR"), (Point, "EUR"), (Auto, "EUR"), (Auto, "KWD")] {
                let money = Money::from_decimal(text, currency).unwrap();
                let cell = crate::cells::amount(Some(&money));
                let row = row(&cell, currency, &cell);
                let read = worth(&row, Auto, known(currency, separator)).unwrap();
                assert_eq!(read, (money.to_string(), money.to_string()), "{cell} {separator:?} {currency}");
            }
        }
    }

    #[test]
    fn what_the_option_and_the_code_settle() {
        for (value, separator, code, expected) in [
            ("1.500", Comma, Code::Missing, "1500.00"),
            ("1.500", Point, Code::Missing, "1.50"),
            ("1,500", Point, known("EUR", Comma), "1500.00"),
            ("1,500", Auto, known("EUR", Comma), "1.50"),
            ("1.500", Auto, known("EUR", Comma), "1500.00"),
            ("1.500", Auto, known("KWD", Auto), "1.50"),
            ("1.500", Auto, known("CLP", Auto), "1500.00"),
            ("1.500", Auto, known("JPY", Point), "1.50"),
            ("1.500", Point, known("JPY", Auto), "1.50"),
            ("$5", Auto, known("CAD", Auto), "5.00 CAD"),
            ("$5", Auto, known("EUR", Auto), "5.00 USD"),
        ] {
            assert_eq!(worth(&row(value, "", ""), separator, code).unwrap().0, expected, "{value}");
        }
    }

    #[test]
    fn a_setting_that_the_other_amount_contradicts_settles_nothing() {
        let (option, code_says) = ("--decimal-separator is ", "the code's decimal_separator is comma");
        for (value, commission, separator, code, said) in [
            (
                "12.35",
                "1.235",
                Comma,
                Code::Missing,
                "--decimal-separator is comma, and the decimals of `12.35`",
            ),
            ("12.35", "1.235", Auto, known("EUR", Comma), code_says),
            (
                "1.200,50",
                "1.235",
                Point,
                Code::Missing,
                "is point, and the decimals of `1.200,50` are after a comma",
            ),
            ("1,000", "1,50", Point, Code::Missing, option),
            ("1.500", "0.5", Auto, known("EUR", Comma), code_says),
        ] {
            let error = worth(&row(value, "", commission), separator, code).unwrap_err();
            assert!(error.contains("can be read in two ways"), "{value} {commission}: {error}");
            assert!(
                error.contains(said) && !error.contains("give --decimal"),
                "{value} {commission}: {error}"
            );
        }
    }

    #[test]
    fn a_currency_in_a_title_agrees_with_the_row_and_its_code() {
        let eur = "EUR".parse().ok();
        for (value, currency, code, expected) in [
            ("7", "", known("EUR", Auto), Ok("7.00")),
            ("7", "EUR", known("USD", Auto), Ok("7.00 EUR")),
            ("7 €", "", known("USD", Auto), Ok("7.00 EUR")),
            ("7", "", Code::Missing, Ok("7.00")),
            ("7", "", known("USD", Auto), Err("in EUR by the title of its column, and in USD")),
            ("7", "USD", known("EUR", Auto), Err("in EUR by the title of its column, and in USD")),
            ("7 USD", "", known("EUR", Auto), Err("in EUR by the title of its column, and in USD")),
            ("7", "", Code::Barred, Err("could not be read")),
            ("7", "", Code::Unreadable, Err("could not be read")),
        ] {
            for units in [
                Units { value: eur, commission: None },
                Units { value: None, commission: eur },
                Units { value: eur, commission: eur },
            ] {
                let row = Row { units, ..row(value, currency, "1") };
                match (worth(&row, Auto, code), expected) {
                    (Ok((read, _)), Ok(expected)) => assert_eq!(read, expected),
                    (Err(error), Err(said)) => assert!(error.contains(said), "{error}"),
                    (read, _) => panic!("{value} {currency} {code:?}: {read:?}"),
                }
            }
        }
        // Without a commission, the title of its column says nothing.
        let units = Units { value: None, commission: "USD".parse().ok() };
        let row = Row { units, ..row("7", "EUR", "") };
        assert!(worth(&row, Auto, Code::Missing).is_ok());
    }

    #[test]
    fn amounts_without_one_meaning_are_refused() {
        for (value, currency, commission, said) in [
            ("1.500", "EUR", "", "value `1.500` can be read in two ways; give --decimal-separator"),
            ("12,345", "", "1", "value `12,345` can be read in two ways"),
            ("1,500", "KWD", "", "value `1,500` can be read in two ways"),
            ("1.500", "TND", "", "value `1.500` can be read in two ways"),
            ("10", "", "10 %", "commission `10 %`: a percentage; write it as commission_percent"),
            ("1.500", "EUR", "5.", "value `1.500` can be read in two ways"),
            ("1.5", "", "$2.000", "commission `$2.000`: several currencies"),
            ("$10", "", "", "value `$10`: several currencies have this sign"),
            ("1.2.3", "", "", "value `1.2.3`: not an amount"),
            ("", "", "", "value ``: not an amount"),
            ("1e3", "", "", "not an amount"),
            ("99999999999999999999", "", "", "out of range"),
            ("-5", "", "", "value is -5; it must be 0 to 1,000,000,000,000"),
            ("1000000000000.01", "", "", "it must be 0 to 1,000,000,000,000"),
            ("1", "", "-0.5", "commission is -0.5; it must be"),
            ("10 EUR", "USD", "", "value is in EUR, and the rest is in USD"),
            ("10 EUR", "", "1 USD", "commission is in USD, and the rest is in EUR"),
            ("10", "EURO", "", "currency `EURO`: must be an ISO 4217 code"),
        ] {
            let error = worth(&row(value, currency, commission), Auto, Code::Unreadable).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
