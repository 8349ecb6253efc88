//! The meaning of a column's title. A title may be any name that the field has in postbacks, in
//! upper or lower case, with blanks, points, hyphens or underscores between its words.

use s2s_sdk::{
    amount::{self, Currency, NamedCurrency},
    parameter::{KnownParam, is_trimmed, rank},
    v1::DecimalSeparator,
};

use super::row::Row;

/// Columns of exported and of failed rows that are not read.
const OWN_UNREAD: [&str; 11] = [
    "tracking_link_id",
    "click_time",
    "create_time",
    "status_word",
    "current_status",
    "current_value",
    "current_commission",
    "adjustment_count",
    "row",
    "reason",
    "message",
];
/// A field of a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Code,
    Click,
    Transaction,
    Value,
    Currency,
    Commission,
    Percent,
    Status,
    Time,
    Params,
    /// The id of an exported conversion.
    Id,
}

/// Titles that are not parameter names in postbacks. They are written without the marks between
/// their words.
const TITLES: [(&str, Field); 28] = [
    ("conversioncodeid", Field::Code),
    ("conversioncode", Field::Code),
    ("code", Field::Code),
    ("click", Field::Click),
    ("transaction", Field::Transaction),
    ("orderno", Field::Transaction),
    ("ordernr", Field::Transaction),
    ("ordernum", Field::Transaction),
    ("order#", Field::Transaction),
    ("commissionpercent", Field::Percent),
    ("commissionpercentage", Field::Percent),
    ("commissioninpercent", Field::Percent),
    ("commissionrate", Field::Percent),
    ("compercent", Field::Percent),
    ("commissionamount", Field::Commission),
    ("currencycode", Field::Currency),
    ("curr", Field::Currency),
    ("währung", Field::Currency),
    ("waehrung", Field::Currency),
    ("devise", Field::Currency),
    ("conversiontime", Field::Time),
    ("conversiondate", Field::Time),
    ("time", Field::Time),
    ("date", Field::Time),
    ("datetime", Field::Time),
    ("timestamp", Field::Time),
    ("customparams", Field::Params),
    ("params", Field::Params),
];

impl Field {
    /// The title in exports.
    pub fn title(self) -> &'static str {
        match self {
            Self::Code => "conversion_code_id",
            Self::Click => "click_id",
            Self::Transaction => "transaction_id",
            Self::Value => "value",
            Self::Currency => "currency",
            Self::Commission => "commission",
            Self::Percent => "commission_percent",
            Self::Status => "status",
            Self::Time => "conversion_time",
            Self::Params => "custom_params",
            Self::Id => "id",
        }
    }

    pub fn of(self, row: &mut Row) -> &mut String {
        match self {
            Self::Code => &mut row.conversion_code_id,
            Self::Click => &mut row.click_id,
            Self::Transaction => &mut row.transaction_id,
            Self::Value => &mut row.value,
            Self::Currency => &mut row.currency,
            Self::Commission => &mut row.commission,
            Self::Percent => &mut row.commission_percent,
            Self::Status => &mut row.status,
            Self::Time => &mut row.conversion_time,
            Self::Params => &mut row.custom_params,
            Self::Id => &mut row.id,
        }
    }
}

/// The meaning of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Field(Field),
    /// `id`: the id of the conversion in exports, of the conversion code in postbacks.
    Id,
    /// `tid`: the click id of some networks, the order number of others.
    Tid,
    Test,
    /// A column of exports or of failed rows that is not read.
    Unread,
    Blank,
    Unknown,
}

/// Words of the fields. An unknown title with one of these words may name a field in a way that
/// nobody has foreseen.
const FIELD_WORDS: [&str; 19] = [
    "commission",
    "provision",
    "payout",
    "transaction",
    "order",
    "bestell",
    "auftrag",
    "commande",
    "value",
    "amount",
    "betrag",
    "montant",
    "currency",
    "währung",
    "waehrung",
    "status",
    "statut",
    "click",
    "klick",
];
/// Words of the fields that also occur within other words, such as `code` in `postcode`. They count
/// only as whole words.
const WHOLE_FIELD_WORDS: [&str; 7] = ["code", "wert", "valeur", "state", "etat", "état", "clic"];

/// A title as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Title {
    pub meaning: Meaning,
    /// The currency in the title of an amount, as in `Commission (EUR)`.
    pub unit: Option<Currency>,
}

impl Title {
    pub fn read(title: &str) -> Self {
        let bare = Self { meaning: Meaning::of(title), unit: None };
        match (bare.meaning, split_unit(title)) {
            (Meaning::Unknown, Some((name, unit))) => match Meaning::of(name) {
                meaning @ Meaning::Field(Field::Value | Field::Commission) => {
                    Self { meaning, unit: Some(unit) }
                }
                _ => bare,
            },
            _ => bare,
        }
    }

    /// Returns whether the title is known, so that a line of such cells may be a line of titles.
    pub fn is_known(self) -> bool {
        !matches!(self.meaning, Meaning::Unknown | Meaning::Blank)
    }
}

/// Splits a currency off the end of a title: `Commission (EUR)`, `Commission EUR`, `Value in €`.
fn split_unit(title: &str) -> Option<(&str, Currency)> {
    let title = title.trim_matches(is_trimmed).trim_end_matches([')', ']']);
    let is_mark = |letter: char| letter.is_whitespace() || "([_-./,".contains(letter);
    let (name, unit) = title.rsplit_once(is_mark)?;
    if unit.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let unit = match amount::read(&format!("1{unit}"), DecimalSeparator::Auto).ok()?.currency? {
        NamedCurrency::Code(currency) => currency,
        NamedCurrency::Sign(sign) => sign.only()?,
    };
    let name = name.trim_end_matches(is_mark);
    Some((name.strip_suffix(" in").unwrap_or(name), unit))
}

/// Returns whether a title that is not known has the word of a field.
pub fn hints_at_field(title: &str) -> bool {
    let lower = title.to_lowercase();
    // The words of `CouponCode` are told apart by its capitals.
    let mut words = String::new();
    for letter in title.chars() {
        if letter.is_uppercase() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    let is_whole = |text: &str| {
        let mut all = text.split(|letter: char| !letter.is_alphanumeric());
        all.any(|word| WHOLE_FIELD_WORDS.contains(&word))
    };
    FIELD_WORDS.iter().any(|word| lower.contains(word)) || is_whole(&lower) || is_whole(&words)
}

impl Meaning {
    fn of(title: &str) -> Self {
        let title = title.trim_matches(is_trimmed).to_lowercase();
        let is_mark = |letter: char| letter.is_whitespace() || matches!(letter, '_' | '-' | '.');
        let underscored = title.replace(is_mark, "_");
        let squeezed = title.replace(is_mark, "");
        // `Commission (%)` is the percentage.
        let squeezed = if squeezed.contains('%') {
            squeezed.replace(['(', ')', '[', ']'], "").replace('%', "percent")
        } else {
            squeezed
        };
        match squeezed.as_str() {
            "" => return Self::Blank,
            "tid" => return Self::Tid,
            _ if OWN_UNREAD.contains(&underscored.as_str()) => return Self::Unread,
            _ => (),
        }
        if let Some((_, field)) = TITLES.iter().find(|(own, _)| *own == squeezed) {
            return Self::Field(*field);
        }
        match rank(&underscored).or_else(|| rank(&squeezed)).map(|(_, known)| known) {
            Some(KnownParam::ClickId) => Self::Field(Field::Click),
            Some(KnownParam::Id) => Self::Id,
            Some(KnownParam::Val) => Self::Field(Field::Value),
            Some(KnownParam::Com) => Self::Field(Field::Commission),
            Some(KnownParam::Comperc) => Self::Field(Field::Percent),
            Some(KnownParam::Param) => Self::Field(Field::Params),
            Some(KnownParam::Oid) => Self::Field(Field::Transaction),
            Some(KnownParam::Cur) => Self::Field(Field::Currency),
            Some(KnownParam::Status) => Self::Field(Field::Status),
            Some(KnownParam::Test) => Self::Test,
            Some(KnownParam::Rid | KnownParam::Sec | KnownParam::Ts | KnownParam::Sig) | None => {
                Self::Unknown
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_numbers_of_orders_are_understood() {
        let (value, commission) = (Meaning::Field(Field::Value), Meaning::Field(Field::Commission));
        for (title, meaning, unit) in [
            ("Commission (EUR)", commission, "EUR"),
            ("Commission EUR", commission, "EUR"),
            ("commission_eur", commission, "EUR"),
            ("Commission [USD]", commission, "USD"),
            ("Commission (€)", commission, "EUR"),
            ("Payout in EUR", commission, "EUR"),
            ("Amount, CHF", value, "CHF"),
            ("Value(EUR)", value, "EUR"),
            ("Commission", commission, ""),
            ("Commission (%)", Meaning::Field(Field::Percent), ""),
            // Several currencies have this sign.
            ("Commission ($)", Meaning::Unknown, ""),
            ("Commission (net)", Meaning::Unknown, ""),
            ("Commission 1 EUR", Meaning::Unknown, ""),
            ("Currency EUR", Meaning::Unknown, ""),
            ("Order No", Meaning::Field(Field::Transaction), ""),
            ("Order No.", Meaning::Field(Field::Transaction), ""),
            ("Order Nr.", Meaning::Field(Field::Transaction), ""),
            ("Order #", Meaning::Field(Field::Transaction), ""),
            ("order.id", Meaning::Field(Field::Transaction), ""),
            ("WÄHRUNG", Meaning::Field(Field::Currency), ""),
            ("Curr", Meaning::Field(Field::Currency), ""),
            ("", Meaning::Blank, ""),
        ] {
            let read = Title::read(title);
            let named = read.unit.map(|unit| unit.to_string()).unwrap_or_default();
            assert_eq!((read.meaning, named.as_str()), (meaning, unit), "{title}");
        }
    }

    #[test]
    fn words_of_fields_are_found_in_titles() {
        for title in [
            "Commission (net)",
            "Netto-Provision",
            "Payout ($)",
            "Order Date",
            "Bestellnummer",
            "Sale Amount incl. VAT",
            "currency symbol",
            "Status 2",
            "State",
            "Click Time",
            "Coupon Code",
            "CouponCode",
            "coupon_code",
        ] {
            assert!(hints_at_field(title), "{title}");
        }
        for title in ["Remark", "Bemerkung", "Postcode", "Estate", "Country", "Date of sale", "vlaue", ""] {
            assert!(!hints_at_field(title), "{title}");
        }
    }
}
