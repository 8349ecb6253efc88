//! The columns of a file, by their titles.

use s2s_sdk::parameter::is_trimmed;

use super::{
    row::Units,
    titles::{Field, Meaning, Title, hints_at_field},
};

/// Columns without which no row can be recorded.
const REQUIRED: [Field; 3] = [Field::Code, Field::Click, Field::Value];
/// Maximum number of columns that a message names.
const UNREAD_NAMED_MAX: usize = 20;
/// Number of known titles that make a row a line of titles.
const TITLES_MIN: usize = 2;
/// Longest cell that may be a known title, in bytes.
const TITLE_BYTES_MAX: usize = 128;
/// Longest part of a title that is shown, in characters.
const TITLE_CHARS_MAX: usize = 64;

/// Returns the number of titles that name a field.
pub fn known(titles: &[String]) -> usize {
    let names_field =
        |title: &&String| matches!(Title::read(title).meaning, Meaning::Field(_) | Meaning::Tid);
    titles.iter().filter(names_field).count()
}

/// The columns of a file.
#[derive(Debug)]
pub struct Columns {
    pub titles: Vec<String>,
    /// The field of each column; `None` for a column that is not read.
    pub fields: Vec<Option<Field>>,
    /// The titles of the columns that are not read, except those that exports and files of failed
    /// rows have.
    unread: Vec<String>,
    /// The currencies in the titles of the amounts.
    pub units: Units,
    /// True if an import wrote the file, for the rows that failed.
    pub is_of_failed_rows: bool,
}

impl Columns {
    /// Reads the titles of a file. `ignored` are the titles of columns that are not to be read.
    pub fn read(titles: Vec<String>, ignored: &[String]) -> Result<Self, String> {
        let mut read: Vec<Title> = titles.iter().map(|title| Title::read(title)).collect();
        if read.iter().any(|title| title.meaning == Meaning::Test) {
            return Err(
                "the first line names a column `test`, and a file's tests would count; remove them, and the \
                        column"
                    .to_owned(),
            );
        }
        ignore(&titles, &mut read, ignored)?;
        let has = |field| read.iter().any(|title| title.meaning == Meaning::Field(field));
        let field = |title: &Title| match title.meaning {
            Meaning::Field(field) => Some(field),
            Meaning::Id if !has(Field::Code) => Some(Field::Code),
            Meaning::Id => Some(Field::Id),
            Meaning::Tid if !has(Field::Click) => Some(Field::Click),
            Meaning::Tid => Some(Field::Transaction),
            _ => None,
        };
        let fields: Vec<Option<Field>> = read.iter().map(field).collect();
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
        check_foreign(&titles, &read)?;
        let unit = |wanted| {
            let place = fields.iter().position(|field| *field == Some(wanted));
            place.and_then(|place| read.get(place)).and_then(|title| title.unit)
        };
        let units = Units { value: unit(Field::Value), commission: unit(Field::Commission) };
        let is_of_failed_rows =
            ["row", "reason", "message"].into_iter().all(|own| titles.iter().any(|title| title == own));
        let is_read = |title: &Title| title.meaning != Meaning::Unknown;
        let unread = titles.iter().zip(&read).filter(|(_, read)| !is_read(read));
        let unread = unread.map(|(title, _)| shown(title)).collect();
        Ok(Self { titles, fields, unread, units, is_of_failed_rows })
    }

    /// Names the columns that are not read, so that a column with a misspelt title is not lost
    /// silently.
    pub fn unread(&self) -> Option<String> {
        (!self.unread.is_empty()).then(|| format!("columns that are not read: {}", several(&self.unread)))
    }

    /// Returns whether a row repeats the first line. Such a row is harmless, so it can be skipped.
    pub fn repeats(&self, cells: &[String]) -> bool {
        let filled = |all: &[String]| all.iter().rposition(|cell| !trimmed(cell).is_empty());
        filled(cells) == filled(&self.titles)
            && cells.iter().zip(&self.titles).all(|(cell, title)| trimmed(cell) == trimmed(title))
    }

    /// Returns whether a row is a line of titles. The rows below such a line are of another file,
    /// and their cells have other meanings. A row with an amount as its value is no such line,
    /// unless a line of titles was appended to the row, because the row did not end with a line
    /// feed.
    pub fn is_title_line(&self, cells: &[String]) -> bool {
        let place = self.fields.iter().position(|field| *field == Some(Field::Value));
        let value = place.and_then(|place| cells.get(place)).map_or("", String::as_str);
        let is_title = |cell: &str| cell.len() <= TITLE_BYTES_MAX && Title::read(cell).is_known();
        let has_value = value.contains(|letter: char| letter.is_ascii_digit()) && !is_title(value);
        if has_value && cells.len() <= self.titles.len() {
            return false;
        }
        cells.iter().filter(|cell| is_title(cell)).count() >= TITLES_MIN
    }
}

fn trimmed(cell: &str) -> &str {
    cell.trim_matches(is_trimmed)
}

/// Marks the columns that the caller does not want as ignored.
fn ignore(titles: &[String], read: &mut [Title], ignored: &[String]) -> Result<(), String> {
    let folded = |title: &str| title.trim_matches(is_trimmed).to_lowercase();
    for name in ignored {
        let mut columns =
            titles.iter().zip(&mut *read).filter(|(title, _)| folded(title) == folded(name)).peekable();
        if columns.peek().is_none() {
            return Err(format!("the first line names no column {} to ignore", shown(name)));
        }
        columns.for_each(|(_, title)| *title = Title { meaning: Meaning::Unread, unit: None });
    }
    Ok(())
}

/// Refuses a column that is not read although its title has the word of a field. The values in the
/// column would be missing from the recorded conversions, and could not be added later.
fn check_foreign(titles: &[String], read: &[Title]) -> Result<(), String> {
    let foreign = titles.iter().zip(read).filter(|(_, read)| read.meaning == Meaning::Unknown);
    let foreign = foreign.map(|(title, _)| title).filter(|title| hints_at_field(title));
    let foreign: Vec<String> = foreign.map(|title| shown(title)).collect();
    if foreign.is_empty() {
        return Ok(());
    }
    let options = foreign.iter().take(UNREAD_NAMED_MAX);
    let options: Vec<String> =
        options.map(|title| format!("--ignore-column '{}'", title.trim_matches('`'))).collect();
    Err(format!(
        "columns whose titles have the word of a field, but are not known: {}; give each the title of its field, such \
         as `transaction_id`, `commission`, `currency` or `status`, or ignore it with {}",
        several(&foreign),
        options.join(" ")
    ))
}

/// Joins the titles that a message names.
pub fn several(titles: &[String]) -> String {
    let named = titles.iter().take(UNREAD_NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
    let more = if titles.len() > UNREAD_NAMED_MAX { " and others" } else { "" };
    format!("{named}{more}")
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

pub fn shown(title: &str) -> String {
    format!("`{}`", title.trim().chars().take(TITLE_CHARS_MAX).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(titles: &[&str]) -> Result<Columns, String> {
        Columns::read(own(titles), &[])
    }

    fn own(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
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
    #[test]
    fn a_column_that_may_be_meant_is_named_or_ignored() {
        let titles = own(&["code", "cid", "value", "Commission (net)", "Order Date", "Remark"]);
        let error = Columns::read(titles.clone(), &[]).unwrap_err();
        for said in
            ["`Commission (net)`, `Order Date`;", "--ignore-column 'Commission (net)' --ignore-column 'Order"]
        {
            assert!(error.contains(said), "{error}");
        }
        let error = Columns::read(titles.clone(), &own(&["order date"])).unwrap_err();
        assert!(error.contains("known: `Commission (net)`;"), "{error}");
        let read = Columns::read(titles.clone(), &own(&["order date", " Commission (net)"])).unwrap();
        assert_eq!(read.unread().as_deref(), Some("columns that are not read: `Remark`"));
        let error = Columns::read(titles, &own(&["order dates"])).unwrap_err();
        assert!(error.contains("no column `order dates` to ignore"), "{error}");
        // One of two columns for a field can be ignored.
        let titles = own(&["code", "cid", "value", "amount", "Commission (EUR)"]);
        let read = Columns::read(titles.clone(), &own(&["amount"])).unwrap();
        assert_eq!(read.fields.get(2..4), Some(&[Some(Field::Value), None][..]));
        assert_eq!(read.units.commission.map(|unit| unit.to_string()).as_deref(), Some("EUR"));
        assert!(Columns::read(titles, &own(&["value", "amount"])).unwrap_err().contains("no column `value`"));
    }

    #[test]
    fn a_line_of_titles_is_no_row() {
        let columns = read(&["code", "click_id", "value", "order", "remark", ""]).unwrap();
        for (cells, is_same, is_titles) in [
            (&["code", "click_id", "value", "order", "remark"][..], true, true),
            (&["\u{feff}code", " click_id", "value", "order", "remark", "", ""], true, true),
            (&["code", "click_id", "order", "value", "remark"], false, true),
            (&["Commission", "Amount", "id", "clickId"], false, true),
            (&["x", "click_id", "t202txid", "y"], false, true),
            (&["C", "c", "19", "order", "status"], false, false),
            (&["C", "c", "19", "o-1", "status"], false, false),
            // The file above does not end with a line feed.
            (&["C", "c", "19", "o-1", "goodcode", "click_id", "value"], false, true),
            (&["C", "c", "", "o-1", "status"], false, false),
            (&["C", "c", "19", "o-1", "good"], false, false),
        ] {
            let cells = own(cells);
            assert_eq!(columns.repeats(&cells), is_same, "{cells:?}");
            assert_eq!(columns.is_title_line(&cells), is_titles, "{cells:?}");
        }
    }
}
