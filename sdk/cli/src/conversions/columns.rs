//! The columns of a file, by their titles. A title may be any name that the field has in postbacks,
//! in upper or lower case, with blanks, hyphens or underscores between its words.

use s2s_sdk::parameter::{KnownParam, is_trimmed, rank};

use super::row::Row;

/// Columns of exported and of failed rows that are not read.
const OWN_UNREAD: [&str; 7] =
    ["tracking_link_id", "click_time", "create_time", "status_word", "row", "reason", "message"];
/// Columns without which no row can be recorded.
const REQUIRED: [Field; 3] = [Field::Code, Field::Click, Field::Value];
/// Maximum number of columns that a message names.
const UNREAD_NAMED_MAX: usize = 20;
/// Longest part of a title that is shown, in characters.
const TITLE_CHARS_MAX: usize = 64;

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
const TITLES: [(&str, Field); 20] = [
    ("conversioncodeid", Field::Code),
    ("conversioncode", Field::Code),
    ("code", Field::Code),
    ("click", Field::Click),
    ("transaction", Field::Transaction),
    ("commissionpercent", Field::Percent),
    ("commissionpercentage", Field::Percent),
    ("commissioninpercent", Field::Percent),
    ("commissionrate", Field::Percent),
    ("compercent", Field::Percent),
    ("commissionamount", Field::Commission),
    ("currencycode", Field::Currency),
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
enum Meaning {
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

impl Meaning {
    fn of(title: &str) -> Self {
        let title = title.trim_matches(is_trimmed).to_ascii_lowercase();
        let is_mark = |letter: char| letter.is_whitespace() || matches!(letter, '_' | '-');
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
            Some(KnownParam::Sec | KnownParam::Ts | KnownParam::Sig) | None => Self::Unknown,
        }
    }
}

/// Returns the number of titles that name a field.
pub fn known(titles: &[String]) -> usize {
    titles.iter().filter(|title| matches!(Meaning::of(title), Meaning::Field(_) | Meaning::Tid)).count()
}

/// The columns of a file.
#[derive(Debug)]
pub struct Columns {
    pub titles: Vec<String>,
    /// The field of each column; `None` for a column that is not read.
    pub fields: Vec<Option<Field>>,
    /// True if an import wrote the file, for the rows that failed.
    pub is_of_failed_rows: bool,
}

impl Columns {
    pub fn read(titles: Vec<String>) -> Result<Self, String> {
        let meanings: Vec<Meaning> = titles.iter().map(|title| Meaning::of(title)).collect();
        if meanings.contains(&Meaning::Test) {
            return Err(
                "the first line names a column `test`, and a file's tests would count; remove them, and the \
                        column"
                    .to_owned(),
            );
        }
        let has = |field| meanings.contains(&Meaning::Field(field));
        let field = |meaning: &Meaning| match meaning {
            Meaning::Field(field) => Some(*field),
            Meaning::Id if !has(Field::Code) => Some(Field::Code),
            Meaning::Id => Some(Field::Id),
            Meaning::Tid if !has(Field::Click) => Some(Field::Click),
            Meaning::Tid => Some(Field::Transaction),
            _ => None,
        };
        let fields: Vec<Option<Field>> = meanings.iter().map(field).collect();
        let named = |wanted| {
            let both = titles.iter().zip(&fields).filter(move |(_, field)| **field == Some(wanted));
            both.map(|(title, _)| shown(title))
        };
        for field in fields.iter().flatten() {
            let all: Vec<String> = named(*field).collect();
            if all.len() > 1 {
                let (all, title) = (all.join(" and "), field.title());
                return Err(format!(
                    "the first line names the column `{title}` more than once: {all}; rename or remove all but one"
                ));
            }
        }
        if let Some(missing) = REQUIRED.into_iter().find(|field| named(*field).next().is_none()) {
            return Err(missing_column(missing, &titles));
        }
        let is_of_failed_rows =
            ["row", "reason", "message"].into_iter().all(|own| titles.iter().any(|title| title == own));
        Ok(Self { titles, fields, is_of_failed_rows })
    }

    /// Number of columns up to the last one that has a title.
    pub fn titled(&self) -> usize {
        let blank = |title: &&String| Meaning::of(title) == Meaning::Blank;
        self.titles.len() - self.titles.iter().rev().take_while(blank).count()
    }

    /// Names the columns that are not read, so that a column with a misspelt title is not lost
    /// silently. Omits unread columns of exports and of failed rows.
    pub fn unread(&self) -> Option<String> {
        let unread = self.titles.iter().zip(&self.fields);
        let is_foreign = |title: &str| matches!(Meaning::of(title), Meaning::Unknown);
        let unread: Vec<String> = unread
            .filter(|(title, field)| field.is_none() && is_foreign(title))
            .map(|(title, _)| shown(title))
            .collect();
        let named = unread.iter().take(UNREAD_NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
        let more = if unread.len() > UNREAD_NAMED_MAX { " and others" } else { "" };
        (!unread.is_empty()).then(|| format!("columns that are not read: {named}{more}"))
    }
}

/// The first bytes of files that are no CSV, each with the kind of file and the cure.
const NO_CSV: [(&str, &str); 3] = [
    ("PK\u{3}\u{4}", "it is a workbook of a spreadsheet, or a ZIP file; save it as CSV"),
    ("%PDF", "it is a PDF; ask for the CSV"),
    ("\u{1f}\u{2039}", "it is compressed; unpack it first"),
];

fn missing_column(missing: Field, titles: &[String]) -> String {
    let first = titles.first().map_or("", String::as_str);
    if let Some((_, cure)) = NO_CSV.iter().find(|(begin, _)| first.starts_with(begin)) {
        return format!("not a CSV file: {cure}");
    }
    let names: Vec<String> = titles.iter().take(UNREAD_NAMED_MAX).map(|title| shown(title)).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    format!(
        "the first line names no column `{}`, but {names}; it must name `conversion_code_id`, `click_id` and `value`, \
         separated by `,`, `;`, `|` or tabs",
        missing.title(),
    )
}

fn shown(title: &str) -> String {
    format!("`{}`", title.trim().chars().take(TITLE_CHARS_MAX).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(titles: &[&str]) -> Result<Columns, String> {
        Columns::read(titles.iter().map(|title| (*title).to_owned()).collect())
    }

    #[test]
    fn titles_are_known_by_many_names() {
        use Field::{
            Click, Code, Commission, Currency, Id, Params, Percent, Status, Time, Transaction, Value,
        };
        for (titles, expected) in [
            (&["conversion_code_id", "click_id", "value"][..], &[Some(Code), Some(Click), Some(Value)][..]),
            (&["id", "clickId", "val", "oid"], &[Some(Code), Some(Click), Some(Value), Some(Transaction)]),
            (
                &["Code", "Sub ID", "Amount", "Order ID"],
                &[Some(Code), Some(Click), Some(Value), Some(Transaction)],
            ),
            (
                &["CONVERSION CODE ID", " click-id ", "\u{feff}Value", "cur"],
                &[Some(Code), Some(Click), Some(Value), Some(Currency)],
            ),
            (
                &["code", "cid", "val", "payout", "status"],
                &[Some(Code), Some(Click), Some(Value), Some(Commission), Some(Status)],
            ),
            (
                &["code", "cid", "val", "com perc", "Date"],
                &[Some(Code), Some(Click), Some(Value), Some(Percent), Some(Time)],
            ),
            (&["code", "cid", "val", "Commission %"], &[Some(Code), Some(Click), Some(Value), Some(Percent)]),
            (
                &["code", "cid", "val", "Commission (%)", "commission"],
                &[Some(Code), Some(Click), Some(Value), Some(Percent), Some(Commission)],
            ),
            (
                &["code", "cid", "val", "Commission percent"],
                &[Some(Code), Some(Click), Some(Value), Some(Percent)],
            ),
            (
                &["code", "cid", "val", "Commission Rate"],
                &[Some(Code), Some(Click), Some(Value), Some(Percent)],
            ),
            (
                &["code", "cid", "val", "params", ""],
                &[Some(Code), Some(Click), Some(Value), Some(Params), None],
            ),
            // `tid` is the click id of some networks and the order number of others.
            (&["code", "tid", "val", "order"], &[Some(Code), Some(Click), Some(Value), Some(Transaction)]),
            (&["code", "click", "val", "tid"], &[Some(Code), Some(Click), Some(Value), Some(Transaction)]),
            // In an export, `id` is the id of the conversion.
            (
                &["id", "conversion_code_id", "click_id", "value"],
                &[Some(Id), Some(Code), Some(Click), Some(Value)],
            ),
        ] {
            assert_eq!(read(titles).unwrap().fields, expected, "{titles:?}");
        }
    }

    #[test]
    fn columns_that_mislead_are_named() {
        for (titles, said) in [
            (
                &["code", "click_id", "value", "click_id"][..],
                "`click_id` more than once: `click_id` and `click_id`",
            ),
            (&["code", "click_id", "value", "Sub ID"], "`click_id` and `Sub ID`"),
            (&["code", "cid", "value", "val", "amount"], "`value` and `val` and `amount`"),
            (&["code", "cid", "value", "order_id", "transaction_id"], "`order_id` and `transaction_id`"),
            (&["code", "cid", "value", "time", "date"], "`time` and `date`"),
            (&["code", "cid", "vlaue"], "no column `value`, but `code`, `cid`, `vlaue`"),
            (&["a b c"], "no column `conversion_code_id`"),
            (&["PK\u{3}\u{4}\u{14}"], "save it as CSV"),
            (&["\u{1f}\u{2039}\u{8}"], "unpack it first"),
            (&["code", "cid", "value", "Test"], "column `test`"),
        ] {
            let error = read(titles).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let columns = read(&["code", "cid", "value", "vlaue", "", "row", "sig"]).unwrap();
        assert_eq!(columns.unread().as_deref(), Some("columns that are not read: `vlaue`, `sig`"));
        let failed = read(&["row", "reason", "message", "code", "cid", "value"]).unwrap();
        assert!(failed.is_of_failed_rows && failed.unread().is_none());
    }
}
