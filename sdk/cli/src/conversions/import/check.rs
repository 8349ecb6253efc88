//! Checks properties that hold for the import of any file, for the tests and for the fuzzer in
//! `server/fuzz`.

use std::{fmt::Write as _, io::Read};

use s2s_sdk::v1::{ConversionStatus, DecimalSeparator, DedupePolicy, Money, new_conversion::Commission};

use super::{
    reading::check_length,
    records::{Record, Records, SEPARATORS},
    text::Text,
};
use crate::{
    cells::{decimal, from_csv, to_csv},
    conversions::{
        codes::{Code, Terms},
        columns::Columns,
        row::{self, Row},
        titles::Field,
    },
    time::{Zone, parse_zone},
};

/// Reads value and commission from the texts of `val`, `com`, `comperc` and `cur`, for a code with
/// this separator and this currency.
pub type Judge<'a> = &'a dyn Fn([&str; 4], DecimalSeparator, &str) -> Result<(Money, Commission), String>;

/// Number of bytes that a slow input returns at a time.
const TRICKLE_BYTES: usize = 3;

/// Reads a file made of these bytes as an import does, and asserts the properties of its rows.
/// `judge` reads amounts as postbacks do.
///
/// The first byte selects the settings of the conversion code. The rest is the file.
pub fn check_file(bytes: &[u8], judge: Option<Judge<'_>>) {
    let (first, file) = bytes.split_first().unwrap_or((&b'E', &[]));
    let (separator, currency) = match first {
        b'P' => (DecimalSeparator::Point, "USD"),
        b'C' => (DecimalSeparator::Comma, "EUR"),
        b'K' => (DecimalSeparator::Auto, "KWD"),
        b'D' => (DecimalSeparator::Auto, "CAD"),
        _ => (DecimalSeparator::Auto, "EUR"),
    };
    let records = records(file);
    assert_eq!(records, self::records(Trickle(file)), "read slowly");
    let mut text = String::new();
    assert!(Text::new(file).read_to_string(&mut text).is_ok());
    check_numbers(&records, &text);
    check_whole(&records, &text);
    for separator in SEPARATORS {
        check_written(&records, separator);
    }
    let Some((titles, rows)) = records.split_first() else { return };
    let columns = match Columns::read(titles.cells.clone().unwrap_or_default(), &[]) {
        Ok(columns) => columns,
        Err(sentence) => return assert!(!sentence.is_empty()),
    };
    let of_code = Settings { separator, currency, judge };
    for cells in rows.iter().filter_map(|record| record.cells.as_ref().ok()) {
        match read(&columns, cells, &of_code) {
            Ok((read, exported)) => of_code.check_again(&read, exported),
            Err(sentence) => assert!(!sentence.is_empty()),
        }
        if let Ok(row) = Row::read(&columns, cells) {
            of_code.check_worth(&row);
        }
    }
}

/// Returns few bytes at a time, as a pipe may.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = TRICKLE_BYTES.min(buffer.len());
        self.0.read(buffer.get_mut(..most).unwrap_or_default())
    }
}

fn records(input: impl Read) -> Vec<Record> {
    let mut all = Vec::new();
    let Ok(mut records) = Records::open(input) else { return all };
    while let Ok(Some(record)) = records.read() {
        all.push(record);
    }
    all
}

/// Asserts that the numbers of rows rise and that, in a file without quotes, each row has the text
/// of the line with the row's number.
fn check_numbers(records: &[Record], text: &str) {
    assert!(records.is_sorted_by(|one, next| one.row < next.row), "{records:?}");
    let names_separator = text.to_ascii_lowercase().contains("sep=");
    if names_separator || text.contains('"') {
        return;
    }
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut numbers = (1..).zip(lines.split('\n'));
    for record in records {
        let Ok(cells) = &record.cells else { continue };
        let line = numbers.find(|(number, _)| *number == record.row).map(|(_, line)| line);
        let letters = |text: &str| text.chars().filter(|letter| !is_mark(*letter)).collect::<String>();
        let (read, there) = (letters(&cells.concat()), letters(line.unwrap_or_default()));
        assert_eq!(read, there, "row {} of {text:?}", record.row);
    }
}

/// Asserts that the rows contain every letter of the file except its marks, unless a row is broken.
fn check_whole(records: &[Record], text: &str) {
    let is_broken = records.iter().any(|record| record.cells.is_err());
    if is_broken || text.to_ascii_lowercase().contains("sep=") {
        return;
    }
    let letters = |text: &str| text.chars().filter(|letter| !is_mark(*letter)).collect::<String>();
    let cells = records.iter().filter_map(|record| record.cells.as_ref().ok()).flatten();
    let read = cells.map(|cell| letters(cell)).collect::<String>();
    assert_eq!(read, letters(text), "{text:?}");
}

/// Returns whether a letter may be a separator, a quote, white space, or a byte order mark.
fn is_mark(letter: char) -> bool {
    letter.is_whitespace() || ",;|\"\u{FEFF}".contains(letter)
}

/// Asserts that a file of failed rows reads back to the same rows.
fn check_written(records: &[Record], separator: u8) {
    let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(separator).from_writer(Vec::new());
    let whole = records.iter().filter_map(|record| record.cells.as_ref().ok());
    let whole: Vec<Vec<String>> =
        whole.map(|cells| cells.iter().map(|cell| from_csv(cell).into_owned()).collect()).collect();
    let titles = ["click_id", "conversion_code_id", "value"].map(str::to_owned).to_vec();
    for cells in [titles].iter().chain(&whole) {
        // A first cell is added, because an empty row would be skipped when it is read.
        let cells = std::iter::once("1".to_owned()).chain(cells.iter().map(|cell| to_csv(cell)));
        assert!(writer.write_record(cells).is_ok());
    }
    let written = writer.into_inner().unwrap_or_default();
    let again = self::records(written.as_slice()).into_iter().skip(1).map(|record| {
        let cells = record.cells.unwrap_or_default();
        cells.iter().skip(1).map(|cell| from_csv(cell).into_owned()).collect::<Vec<_>>()
    });
    assert_eq!(again.collect::<Vec<_>>(), whole, "{}", String::from_utf8_lossy(&written));
}

/// Reads a row, and the id of its conversion if it was exported.
fn read(
    columns: &Columns,
    cells: &[String],
    of_code: &Settings<'_>,
) -> Result<(row::Read, Option<String>), String> {
    check_length(columns, cells)?;
    let row = Row::read(columns, cells)?;
    let exported = row.exported().map(str::to_owned);
    Ok((of_code.conversion(row)?, exported))
}

/// The settings of the conversion code of every row.
struct Settings<'a> {
    separator: DecimalSeparator,
    currency: &'static str,
    judge: Option<Judge<'a>>,
}

impl Settings<'_> {
    fn conversion(&self, row: Row) -> Result<row::Read, String> {
        let zone = Zone::new(parse_zone("UTC").ok());
        let terms = Terms {
            currency: self.currency.parse().ok(),
            separator: self.separator,
            dedupe: DedupePolicy::Every,
            status: ConversionStatus::Approved,
        };
        let find = &mut |_: &str| Code::Known(terms);
        row.conversion(&mut row::Rules {
            source: row::Source::File,
            separator: DecimalSeparator::Auto,
            zone: &zone,
            find,
        })
    }

    /// Asserts that a conversion, written as a row, reads back to the same conversion.
    fn check_again(&self, read: &row::Read, exported: Option<String>) {
        let conversion = &read.conversion;
        let (mut row, value) = (Row::default(), conversion.value.clone().unwrap_or_default());
        // Writes at least six decimals, so that the point can't be taken for a separator of
        // thousands.
        let amount = |micros: i64| {
            let mut text = decimal(micros);
            let point = text.find('.').unwrap_or_else(|| {
                text.push('.');
                text.len() - 1
            });
            while text.len() - point <= 6 {
                text.push('0');
            }
            text
        };
        let mut set = |field: Field, text: String| _ = field.of(&mut row).write_str(&text);
        set(Field::Code, conversion.conversion_code_id.clone());
        set(Field::Click, conversion.click_id.clone());
        set(Field::Transaction, conversion.transaction_id.clone());
        set(Field::Value, amount(value.micros));
        set(Field::Currency, value.currency_code);
        match &conversion.commission {
            Some(Commission::CommissionAmount(money)) => set(Field::Commission, amount(money.micros)),
            Some(Commission::CommissionPercentMicros(micros)) => set(Field::Percent, decimal(*micros)),
            None => {}
        }
        let status = conversion.status().as_str_name().to_ascii_lowercase();
        let status = status.trim_start_matches("conversion_status_").replace("unspecified", "");
        set(Field::Status, status);
        set(Field::Id, exported.unwrap_or_default());
        set(Field::Params, row::custom_params(&conversion.custom_params));
        set(Field::Time, conversion.conversion_time.as_ref().map(ToString::to_string).unwrap_or_default());
        let again = self.conversion(row);
        let is_same = again.as_ref().is_ok_and(|again| again.conversion == *conversion);
        assert!(is_same, "{conversion:?} became {again:?}");
    }

    /// Asserts that the amounts of a row are read like the amounts of a postback.
    fn check_worth(&self, row: &Row) {
        let Some(judge) = self.judge else { return };
        let Row { value, commission, commission_percent: percent, currency, .. } = row;
        // An exported row may have both a percentage and the amount that results from it. In the
        // file the percentage counts; in a postback the amount would count.
        let is_both = !percent.is_empty() && !commission.is_empty();
        // The reader of postbacks also decodes a text that was percent-encoded twice. The texts of
        // a file are not encoded.
        let is_encoded = [value, commission, currency, percent]
            .iter()
            .any(|text| text.trim_end_matches(|letter: char| !letter.is_ascii_digit()).contains('%'));
        if is_both || is_encoded {
            return;
        }
        let com = if commission.is_empty() && percent.is_empty() { "0" } else { commission };
        let judged = judge([value, com, percent, currency], self.separator, self.currency);
        let amounts_only = Row {
            value: value.clone(),
            commission: commission.clone(),
            commission_percent: percent.clone(),
            currency: currency.clone(),
            ..Row::default()
        };
        match (self.conversion(amounts_only).map(|read| read.conversion), judged) {
            (Ok(read), judged) => {
                let value = read.value.unwrap_or_default();
                let currency_code = value.currency_code.clone();
                let zero = Commission::CommissionAmount(Money { micros: 0, currency_code });
                let read = (value, read.commission.unwrap_or(zero));
                assert_eq!(judged.as_ref(), Ok(&read), "{row:?}");
            }
            (Err(sentence), judged) => {
                assert!(judged.is_err(), "{row:?}: {sentence}, and as a postback {judged:?}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn odd_rows_are_read_as_they_are_written() {
        for file in [
            "id,conversion_code_id,click_id,value,oid\nconv_1,C,c,12.3450,null\nconv_2,C,c,1,1.2E+15\n",
            "id;clickId;val;oid;params\nC;c;1;a\\u{3b}b;\"a=x\\u{5c}u{3b}y=z;=;b\"\n",
            "code|click_id|value|commission|\nC|c|19|99|\nC|c|1||\nC|c|1|2|x\n",
            "code\tclick_id\tvalue\nC\tc\t\"a|b;c,d\te\"\nC\tc\t1,5\n",
        ] {
            for first in ["E", "C", "P", "K"] {
                check_file(format!("{first}{file}").as_bytes(), None);
            }
        }
    }

    #[test]
    fn the_corpus_is_read_row_by_row() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/fuzz/corpus/read_csv");
        let files: Vec<_> = fs::read_dir(corpus).unwrap().collect();
        assert!(files.len() > 20, "{}", files.len());
        for file in files {
            check_file(&fs::read(file.unwrap().path()).unwrap(), None);
        }
    }
}
