//! A conversion as a row of text: typed, imported or exported.

use clap::Args;
use prost::Message as _;
use std::collections::BTreeMap;

use s2s_sdk::{
    amount::Currency,
    click_id,
    parameter::is_trimmed,
    v1::{ConversionStatus, CustomParam, DecimalSeparator, NewConversion, new_conversion::Commission},
};

use super::{
    codes::{Code, Terms},
    columns::Columns,
    order,
    titles::Field,
    worth::{self, Worth},
};
use crate::{
    cells::{escaped, from_csv, unescaped},
    time::{When, Zone},
};

/// Longest part of a cell that a sentence repeats, in characters.
const SHOWN_CHARS_MAX: usize = 64;
/// Prefix of a conversion's id.
const CONVERSION_ID_PREFIX: &str = "conv_";

/// The fields of a conversion, as texts.
#[derive(Args, Clone, Debug, Default)]
pub struct Row {
    /// Id or name of the conversion code.
    #[arg(long = "code", value_name = "CODE")]
    pub conversion_code_id: String,
    /// Click id.
    #[arg(long = "click", value_name = "CLICK_ID")]
    pub click_id: String,
    /// The merchant's order id.
    #[arg(long = "transaction", value_name = "ID", default_value = "")]
    pub transaction_id: String,
    /// Value of the sale, for example 19.99; 0 if the conversion has no value.
    #[arg(long, allow_hyphen_values = true)]
    pub value: String,
    /// Currency of value and commission. Default: the currency of the code.
    #[arg(long, default_value = "")]
    pub currency: String,
    /// Commission owed.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    pub commission: String,
    /// Commission owed, as a percent of the value.
    #[arg(long, default_value = "", conflicts_with = "commission")]
    pub commission_percent: String,
    /// Status: `pending`, `approved` or `declined`. Default: the default status of the code.
    #[arg(long, default_value = "")]
    pub status: String,
    /// Time of the conversion, for example `2026-11-24`, `2026-11-24 14:05`,
    /// `2026-11-24T14:05:00Z`, `yesterday`. A date alone means the time of that day nearest to the
    /// click. Default: now.
    #[arg(long = "time", value_name = "TIME", default_value = "")]
    pub conversion_time: String,
    /// The merchant's own parameters, `k=v` separated by `;`.
    #[arg(long = "params", value_name = "K=V;…", default_value = "")]
    pub custom_params: String,
    /// The row's id column; in an exported row, the conversion's id.
    #[arg(skip)]
    pub id: String,
    #[arg(skip)]
    pub units: Units,
}

/// The currencies that the titles of a file's amounts name, as `Commission (EUR)` does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Units {
    pub value: Option<Currency>,
    pub commission: Option<Currency>,
}

/// The place in which a row was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    File,
    /// The options of the command line.
    Options,
}

/// Settings and lookups that decide the meaning of a row.
pub struct Rules<'a> {
    pub source: Source,
    /// Separator of the decimals in amounts that can be read in two ways.
    pub separator: DecimalSeparator,
    pub zone: &'a Zone,
    /// Finds a conversion code's terms.
    pub find: &'a mut dyn FnMut(&str) -> Code,
}

/// A row that was understood.
#[derive(Debug)]
pub struct Read {
    pub conversion: NewConversion,
    /// The sentence with which the row's order number would be refused if the row were not
    /// exported. An exported row may have such an order number if its conversion was recorded with
    /// it.
    pub order_doubt: Option<String>,
    /// The time as a text that does not depend on the form in which the row has the time.
    canonical_time: String,
}

impl Read {
    /// Returns whether the row has a currency or status of its own. Its code has defaults for both.
    pub fn names_defaults(&self) -> bool {
        !self.currency().is_empty() || self.conversion.status() != ConversionStatus::Unspecified
    }

    fn currency(&self) -> &str {
        self.conversion.value.as_ref().map_or("", |value| &value.currency_code)
    }

    /// The content of the row. Rows that mean the same have the same content, however written. With
    /// `terms`, a currency or status equal to the code's default counts as absent.
    pub fn content(&self, terms: Option<Terms>) -> Vec<u8> {
        let mut conversion = NewConversion { conversion_time: None, ..self.conversion.clone() };
        if let Some(Terms { currency, status, .. }) = terms {
            if currency.is_some_and(|currency| currency.to_string() == self.currency()) {
                if let Some(value) = &mut conversion.value {
                    value.currency_code.clear();
                }
                if let Some(Commission::CommissionAmount(amount)) = &mut conversion.commission {
                    amount.currency_code.clear();
                }
            }
            if conversion.status() == status {
                conversion.set_status(ConversionStatus::Unspecified);
            }
        }
        let mut content = conversion.encode_to_vec();
        content.extend(self.canonical_time.bytes());
        content
    }
}

impl Row {
    /// Reads a row of a file.
    pub fn read(columns: &Columns, cells: &[String]) -> Result<Self, String> {
        let fields = &columns.fields;
        let mut row = Self { units: columns.units, ..Self::default() };
        for (field, cell) in fields.iter().zip(cells) {
            if let Some(field) = field {
                if cell.contains(char::REPLACEMENT_CHARACTER) {
                    let title = field.title();
                    return Err(format!(
                        "{title} `{}` has a broken character; save the file as UTF-8",
                        excerpt(cell)
                    ));
                }
                from_csv(cell).as_ref().clone_into(field.of(&mut row));
            }
        }
        // An empty cell in a column of commissions is a mistake, not a commission of 0.
        let has_column = |wanted| fields.contains(&Some(wanted));
        let is_empty = |cell: &str| cell.trim_matches(is_trimmed).is_empty();
        if (has_column(Field::Commission) || has_column(Field::Percent))
            && is_empty(&row.commission)
            && is_empty(&row.commission_percent)
        {
            return Err("commission is missing; write 0 if there is none".to_owned());
        }
        if !is_empty(&row.id) && row.exported().is_none() {
            return Err(format!(
                "id `{}` is no id of a conversion, which begins with `{CONVERSION_ID_PREFIX}`; if it is the \
                 order number, name the column `transaction_id`; if not, give --ignore-column id",
                excerpt(&row.id)
            ));
        }
        Ok(row)
    }

    /// The id of the exported conversion; `None` if the row was not exported.
    pub fn exported(&self) -> Option<&str> {
        Some(self.id.trim_matches(is_trimmed)).filter(|id| id.starts_with(CONVERSION_ID_PREFIX))
    }

    /// Converts the row to a conversion to record. The error says which field is wrong.
    pub fn conversion(self, rules: &mut Rules<'_>) -> Result<Read, String> {
        let Worth { value, commission } = worth::read(&self, rules.separator, rules.find)?;
        let status = match self.status.trim_matches(is_trimmed).to_ascii_lowercase().as_str() {
            "" => ConversionStatus::Unspecified,
            "pending" => ConversionStatus::Pending,
            "approved" => ConversionStatus::Approved,
            "declined" => ConversionStatus::Declined,
            other => {
                return Err(format!("status `{}`: must be pending, approved or declined", excerpt(other)));
            }
        };
        let click_id = self.click_id.trim_matches(is_trimmed);
        let click_id = click_id::normalise(click_id).unwrap_or_else(|| click_id.to_owned());
        let (conversion_time, canonical_time) = match self.conversion_time.trim_matches(is_trimmed) {
            "" => (None, String::new()),
            text => {
                let wrong = |error| format!("conversion_time `{}`: {error}", excerpt(text));
                let when: When = text.parse().map_err(wrong)?;
                let time = rules.zone.closest(when, click_id::time(&click_id)).map_err(wrong)?;
                // The server's clock decides what `now` means, not the clock of this machine.
                (Some(time).filter(|_| when != When::Now), rules.zone.canonical(when))
            }
        };
        let (transaction_id, order_doubt) = match order::read(&self.transaction_id, rules.source) {
            Ok(order) => (order, None),
            // If the server has recorded this text as an order number, it is one, whatever it looks
            // like.
            Err(doubt) if self.exported().is_some() => {
                (self.transaction_id.trim_matches(is_trimmed).to_owned(), Some(doubt))
            }
            Err(doubt) => return Err(doubt),
        };
        let conversion = NewConversion {
            value: Some(value),
            commission,
            status: status.into(),
            custom_params: params(&self.custom_params),
            conversion_time,
            conversion_code_id: self.conversion_code_id.trim_matches(is_trimmed).to_ascii_uppercase(),
            click_id,
            transaction_id,
        };
        Ok(Read { conversion, order_doubt, canonical_time })
    }
}

/// The part of a cell that a sentence repeats.
pub fn excerpt(cell: &str) -> String {
    cell.chars().take(SHOWN_CHARS_MAX).collect()
}

/// Reads parameters as [`custom_params`] writes them.
fn params(text: &str) -> Vec<CustomParam> {
    let pairs = text.split(';').filter(|pair| !pair.is_empty());
    let split = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or(("", pair));
        CustomParam { key: unescaped(key).into_owned(), value: unescaped(value).into_owned() }
    };
    pairs.map(split).collect()
}

/// Writes parameters as in a postback: `k=v` separated by `;`. A separator within a name or a value
/// is escaped as in `\u{3b}`, because names and values that came over gRPC may contain separators.
pub fn custom_params(params: &[CustomParam]) -> String {
    let pairs = params.iter().map(|CustomParam { key, value }| pair(key, value));
    pairs.collect::<Vec<_>>().join(";")
}

/// Sub ids in the same form.
pub fn sub_ids(sub_ids: &BTreeMap<String, String>) -> String {
    sub_ids.iter().map(|(name, value)| pair(name, value)).collect::<Vec<_>>().join(";")
}

fn pair(key: &str, value: &str) -> String {
    match (key, value) {
        ("", "") => "=".to_owned(),
        ("", value) => escaped(value, &[';', '=']),
        (key, value) => format!("{}={}", escaped(key, &[';', '=']), escaped(value, &[';'])),
    }
}

#[cfg(test)]
mod tests {
    use s2s_sdk::v1::{DedupePolicy, Money};

    use super::*;
    use crate::time::parse_zone;

    const CLICK: &str = "04mwvf873p1cb9ykym1628xsyna5wmkrpzd560pb";

    fn read(titles: &[&str], cells: &[&str]) -> Result<Read, String> {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let columns = Columns::read(own(titles), &[])?;
        let zone = Zone::new(Some(parse_zone("UTC").unwrap()));
        let mut rules = Rules {
            source: Source::File,
            separator: DecimalSeparator::Auto,
            zone: &zone,
            find: &mut |_| Code::Unreadable,
        };
        Row::read(&columns, &own(cells))?.conversion(&mut rules)
    }

    #[test]
    fn rows_become_conversions() {
        let titles = [
            "click_id",
            "conversion_code_id",
            "value",
            "currency",
            "commission_percent",
            "status",
            "conversion_time",
            "custom_params",
            "transaction_id",
            "id",
        ];
        let cells =
            ["c", " code ", "19,99", "EUR", "10", "Pending", "2026-11-24", "a=1;b", "'=1+1", "conv_x"];
        let conversion = read(&titles, &cells).unwrap().conversion;
        let expected = NewConversion {
            conversion_code_id: "CODE".to_owned(),
            click_id: "c".to_owned(),
            transaction_id: "=1+1".to_owned(),
            value: Some(Money { currency_code: "EUR".to_owned(), micros: 19_990_000 }),
            commission: Some(Commission::CommissionPercentMicros(10_000_000)),
            status: ConversionStatus::Pending.into(),
            custom_params: vec![
                CustomParam { key: "a".to_owned(), value: "1".to_owned() },
                CustomParam { key: String::new(), value: "b".to_owned() },
            ],
            conversion_time: Some("2026-11-24T00:00:00Z".parse().unwrap()),
        };
        assert_eq!(conversion, expected);
        assert_eq!(custom_params(&conversion.custom_params), "a=1;b");
    }

    #[test]
    fn a_date_alone_never_contradicts_its_click() {
        let titles = ["code", "click", "value", "time"];
        let at = |text: &str| Some(text.parse().unwrap());
        // The time of the click is 17:09:25.41 UTC.
        for (time, expected) in [
            ("2026-11-23", at("2026-11-23T17:09:25.41Z")),
            ("23.11.2026 17:09", at("2026-11-23T17:09:25.41Z")),
            ("2026-11-24", at("2026-11-24T00:00:00Z")),
            ("2026-11-23T17:09:30Z", at("2026-11-23T17:09:30Z")),
            ("now", None),
            ("", None),
        ] {
            let read = read(&titles, &["C", CLICK, "1", time]).unwrap();
            assert_eq!(read.conversion.conversion_time, expected, "{time}");
        }
    }

    #[test]
    fn the_content_is_the_same_however_it_is_written() {
        let titles = ["code", "click", "value", "currency", "status", "time"];
        let content = |cells: [&str; 6]| read(&titles, &cells).unwrap().content(None);
        let first = content(["C", CLICK, "7", "EUR", "approved", "2026-11-24 14:05"]);
        for same in [
            ["c", CLICK, "7.00", "eur", "Approved", "24.11.2026 14:05"],
            [" C", &CLICK.to_uppercase(), "7,0", "EUR", "approved", "2026-11-24T14:05:00"],
            ["C", &format!("\"{CLICK}\""), "7 €", "", "approved", "2026-11-24 2:05 pm"],
            [
                "\u{201c}C\u{201d}",
                &format!("\u{feff}\u{201c}{CLICK}\u{200b}\u{a0}"),
                "7",
                "EUR",
                "approved",
                "\u{feff}2026-11-24 14:05",
            ],
        ] {
            assert_eq!(content(same), first, "{same:?}");
        }
        for other in [
            ["C", CLICK, "7.01", "EUR", "approved", "2026-11-24 14:05"],
            ["C", CLICK, "7", "USD", "approved", "2026-11-24 14:05"],
            ["C", CLICK, "7", "EUR", "pending", "2026-11-24 14:05"],
            ["C", CLICK, "7", "EUR", "approved", "2026-11-25 14:05"],
            ["D", CLICK, "7", "EUR", "approved", "2026-11-24 14:05"],
        ] {
            assert_ne!(content(other), first, "{other:?}");
        }
    }

    #[test]
    fn naming_a_default_of_the_code_makes_no_difference() {
        let titles = ["code", "click", "value", "commission", "currency", "status"];
        let terms = Terms {
            currency: Some("EUR".parse().unwrap()),
            separator: DecimalSeparator::Auto,
            dedupe: DedupePolicy::Every,
            status: ConversionStatus::Pending,
        };
        let own = |currency, status| read(&titles, &["C", CLICK, "7", "1", currency, status]).unwrap();
        let bare = own("", "");
        assert!(!bare.names_defaults());
        for (currency, status, is_same) in [
            ("EUR", "", true),
            ("", "pending", true),
            ("eur", "Pending", true),
            ("USD", "", false),
            ("EUR", "approved", false),
        ] {
            let read = own(currency, status);
            assert!(read.names_defaults());
            assert_eq!(
                read.content(Some(terms)) == bare.content(Some(terms)),
                is_same,
                "{currency} {status}"
            );
            assert_ne!(read.content(None), bare.content(None));
        }
        assert_eq!(bare.content(Some(terms)), bare.content(None));
    }

    #[test]
    fn parameters_are_read_as_they_are_written() {
        for (pairs, text) in [
            (&[][..], ""),
            (&[("a", "1"), ("", "b")], "a=1;b"),
            (&[("a", "x=y")], "a=x=y"),
            (&[("a", "x;y=z"), ("c", "")], r"a=x\u{3b}y=z;c="),
            (&[("a=b;", "c")], r"a\u{3d}b\u{3b}=c"),
            (&[("", "x=y"), ("", ""), ("", "z")], r"x\u{3d}y;=;z"),
            (&[("path", r"C:\users\x"), ("u", r"\u{3b}")], r"path=C:\users\x;u=\u{5c}u{3b}"),
        ] {
            let own = |(key, value): &(&str, &str)| CustomParam {
                key: (*key).to_owned(),
                value: (*value).to_owned(),
            };
            let pairs: Vec<CustomParam> = pairs.iter().map(own).collect();
            assert_eq!(custom_params(&pairs), text);
            assert_eq!(params(text), pairs);
        }
    }

    #[test]
    fn the_error_names_the_wrong_field() {
        let titles = ["conversion_code_id", "click_id", "value", "commission", "status", "conversion_time"];
        for (cells, expected) in [
            (["C", "c", "1.500", "0", "", ""], "value `1.500` can be read in two ways"),
            (["C", "c", "", "0", "", ""], "value ``"),
            (["C", "c", "1", "", "", ""], "commission is missing; write 0 if there is none"),
            (["C", "c", "1", " \"\" ", "", ""], "commission is missing; write 0 if there is none"),
            (["C", "c", "1", "x", "", ""], "commission `x`"),
            (["C", "c", "1", "0", "paid", ""], "status `paid`"),
            (["C", "c", "1", "0", "", "01/02/2026"], "conversion_time `01/02/2026`: day and month"),
            (["C", "c\u{fffd}", "1", "0", "", ""], "click_id `c\u{fffd}` has a broken character"),
        ] {
            let error = read(&titles, &cells).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        let both = ["code", "click", "value", "commission", "Commission %"];
        assert!(
            read(&both, &["C", "c", "1", "", "5"]).is_ok() && read(&both, &["C", "c", "1", "", ""]).is_err()
        );
        assert!(read(&["code", "click", "value", "comperc"], &["C", "c", "1", ""]).is_err());
        assert!(read(&["code", "click", "value"], &["C", "c", "1"]).is_ok());
        let titles = ["id", "conversion_code_id", "click_id", "value"];
        for (id, is_right) in [("conv_1", true), (" ", true), ("1001", false), ("row_1", false)] {
            let read = read(&titles, &[id, "C", "c", "1"]);
            assert_eq!(read.is_ok(), is_right, "{id}");
            if let Err(sentence) = read {
                assert!(sentence.contains("name the column `transaction_id`"), "{sentence}");
            }
        }
    }
}
