//! The rows of a network's file.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use s2s_sdk::{
    parameter::{is_trimmed, trim},
    v1::{DecimalSeparator, NewStatementRow},
};
use sha2::{Digest as _, Sha256};

use super::columns::{Columns, Field, Named, known};
use crate::{
    cells::from_csv,
    conversions::{
        codes::Code,
        import::{Records, check_cells},
        row::{Row, Units, excerpt},
        worth,
    },
    failure::Failure,
    time::{When, Zone},
};

const READ_BYTES: usize = 64 * 1_024;

/// By what the rows of a file are read.
pub struct Rules<'a> {
    pub code_id: String,
    /// What is known of the conversion code.
    pub code: Code,
    pub separator: DecimalSeparator,
    pub zone: &'a Zone,
    /// The status of rows that state none.
    pub status: &'a str,
}

/// A row as it was read.
pub enum Read {
    Row(Box<NewStatementRow>),
    /// The row names neither an order nor a click, as a line of totals does.
    Nameless,
    /// The row can't be read; the sentence says why.
    Fault(String),
}

/// The rows of a file, one by one, with the numbers that a spreadsheet gives them.
pub struct Rows {
    records: Records<File>,
    columns: Columns,
    pub titles: Vec<String>,
}

impl Rows {
    pub fn open(path: &Path, named: &[Named], preset: &[Named]) -> Result<Self, Failure> {
        let failure = |error| Failure::file(&path.display(), error);
        let is_named = |title: &String| named.iter().chain(preset).any(|named| named.is(title));
        let known = |titles: &[String]| known(titles) + titles.iter().filter(|title| is_named(title)).count();
        let mut records = Records::open_for(File::open(path).map_err(failure)?, known).map_err(failure)?;
        let titles =
            records.read().map_err(failure)?.and_then(|titles| titles.cells.ok()).unwrap_or_default();
        let columns = Columns::read(&titles, named, preset);
        let columns = columns.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
        Ok(Self { records, columns, titles })
    }

    /// Says which columns are read.
    pub fn said(&self) -> String {
        self.columns.said(&self.titles)
    }

    /// Reads the next row.
    pub fn next(&mut self, rules: &Rules<'_>) -> io::Result<Option<(u64, Read)>> {
        let Some(record) = self.records.read()? else { return Ok(None) };
        let read = match record.cells {
            Err(broken) => Read::Fault(broken.sentence()),
            Ok(cells) => check_cells(&cells, &self.titles, |at| self.columns.reads(at))
                .and_then(|()| self.row(&cells, rules))
                .unwrap_or_else(Read::Fault),
        };
        Ok(Some((record.row, read)))
    }

    fn row(&self, cells: &[String], rules: &Rules<'_>) -> Result<Read, String> {
        let cell = |field| {
            let cell = self.columns.cell(field, cells);
            if cell.contains(char::REPLACEMENT_CHARACTER) {
                return Err(format!(
                    "{} `{}` has a broken character; save the file as UTF-8",
                    field.name(),
                    excerpt(cell)
                ));
            }
            Ok(from_csv(cell).trim_matches(is_trimmed).to_owned())
        };
        let (transaction_id, click_id) = (cell(Field::Order)?, cell(Field::Click)?);
        if transaction_id.is_empty() && click_id.is_empty() {
            return Ok(Read::Nameless);
        }
        let [value, commission] = self.columns.units;
        let row = Row {
            conversion_code_id: rules.code_id.clone(),
            value: cell(Field::Value)?,
            commission: cell(Field::Commission)?,
            currency: cell(Field::Currency)?,
            units: Units { value, commission },
            ..Row::default()
        };
        let [value, commission] = worth::stated(&row, rules.separator, &mut |_| rules.code)?;
        let status = cell(Field::Status)?;
        let status = if status.is_empty() { rules.status.to_owned() } else { status };
        let time = match cell(Field::Time)?.as_str() {
            "" => None,
            text => {
                let when: Result<When, String> = text.parse();
                let time = when.and_then(|when| rules.zone.start(when));
                Some(time.map_err(|error| format!("time `{}`: {error}", excerpt(text)))?)
            }
        };
        Ok(Read::Row(Box::new(NewStatementRow { transaction_id, click_id, value, commission, status, time })))
    }
}

/// The SHA-256 of a file, in hexadecimal digits.
pub fn digest(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), vec![0; READ_BYTES]);
    loop {
        let read = file.read(&mut bytes)?;
        if read == 0 {
            break;
        }
        hash.update(bytes.get(..read).unwrap_or_default());
    }
    let mut digits = String::new();
    for byte in hash.finalize() {
        // Writing to a `String` never fails.
        _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}

/// The name of a file, for people.
pub fn name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    trim(&name).chars().filter(|letter| !letter.is_control()).take(NAME_CHARS_MAX).collect()
}

/// Longest name of a statement, in characters.
const NAME_CHARS_MAX: usize = 100;
