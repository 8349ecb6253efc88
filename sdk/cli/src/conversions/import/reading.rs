//! The thread that turns the rows of a file into requests.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{self, Read},
    sync::Arc,
};

use s2s_sdk::v1::{DecimalSeparator, DedupePolicy, RecordConversionRequest};
use sha2::{Digest as _, Sha256};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc::Sender},
};

use super::{
    length::check_cells,
    records::{Record, Records},
};
use crate::{
    conversions::{
        codes::{Code, Codes},
        columns::Columns,
        row,
        titles::Field,
    },
    failure::Failure,
    time::Zone,
};

/// Length of a request id before hexadecimal encoding: half a SHA-256, in bytes.
const REQUEST_ID_BYTES: usize = 16;
/// Maximum number of rows without an order id that are told apart in one file.
pub const DIFFERENT_ROWS_MAX: usize = 2_000_000;

/// A row that was read. If it was sent, it waits for its answer.
pub struct Row {
    pub number: u64,
    pub cells: Vec<String>,
    pub fate: Fate,
    /// In a dry run, text that distinguishes a row without an order id from other rows with the
    /// same click. `None` for any other row, and if the code's dedupe policy is not known.
    pub identity: Option<String>,
    /// The part of `ROWS_BYTES_MAX` that the row uses; freed for later rows when the row is
    /// dropped.
    _room: Option<OwnedSemaphorePermit>,
}

/// Fate of a row before the server answers.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    Sent,
    /// The row was exported, and its conversion is recorded here.
    RecordedBefore {
        has_other_status: bool,
    },
    Unsent(Unsent),
}

/// The reason for which a row was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    pub reason: String,
    pub sentence: String,
}

impl Unsent {
    pub fn new(reason: &str, sentence: impl Into<String>) -> Self {
        Self { reason: reason.to_owned(), sentence: sentence.into() }
    }

    pub fn unreadable(sentence: String) -> Self {
        Self::new("ROW_UNREADABLE", sentence)
    }

    fn no_order_id(sentence: &str) -> Self {
        let cure = "give the row a transaction_id, or import with --each-row-counts";
        Self::new("ORDER_ID_MISSING", format!("{sentence}; {cure}"))
    }

    /// The name of a code could not be looked up.
    fn of_name(failure: Failure) -> Self {
        match failure {
            Failure::Found(sentence) => Self::new("CODE_NAME_AMBIGUOUS", sentence),
            _ => Self::no_answer(),
        }
    }

    fn no_answer() -> Self {
        let sentence = "the settings of the conversion code could not be read; import the file again: nothing counts \
                        twice";
        Self::new("UNAVAILABLE", sentence)
    }
}

/// A row with its request.
pub struct Prepared {
    pub row: Row,
    /// `None` if the row is not sent.
    pub request: Option<RecordConversionRequest>,
    /// `None` if the row was not exported.
    pub exported: Option<Exported>,
}

/// The conversion that an exported row names.
pub struct Exported {
    pub conversion_id: String,
    /// The sentence with which the row fails unless the conversion has the row's order id.
    pub order_doubt: Option<String>,
}

/// Settings by which rows are read.
pub struct Rules {
    pub separator: DecimalSeparator,
    pub zone: Arc<Zone>,
    pub codes: Codes,
    pub each_row_counts: bool,
    pub dry_run: bool,
}

/// A row that can be sent.
struct Sendable {
    request: RecordConversionRequest,
    exported: Option<Exported>,
    identity: Option<String>,
}

/// Turns records into requests.
pub struct Reading {
    columns: Columns,
    rules: Rules,
    /// Sends each row on, in order.
    rows: Sender<Prepared>,
    room: Arc<Semaphore>,
    runtime: Handle,
    /// Number of occurrences of each row without an order id, by a digest of its content.
    occurrences: HashMap<u64, u32>,
}

impl Reading {
    /// Must be called in a runtime.
    pub fn new(columns: Columns, rules: Rules, rows: Sender<Prepared>, room: Arc<Semaphore>) -> Self {
        let (runtime, occurrences) = (Handle::current(), HashMap::new());
        Self { columns, rules, rows, room, runtime, occurrences }
    }

    /// Passes all rows on, until the file ends or the receiver is dropped. A second line of titles
    /// is an error, because the cells below it would be read by the first titles.
    pub fn run<R: Read>(&mut self, records: &mut Records<R>) -> io::Result<()> {
        while let Some(record) = records.read()? {
            let cells = record.cells.as_deref().unwrap_or_default();
            if self.columns.repeats(cells) {
                continue;
            }
            if self.columns.is_title_line(cells) {
                let sentence = format!(
                    "row {} names columns again, in another way than the first line; nothing from there on was \
                     imported: put these rows into a file of their own",
                    record.row
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, sentence));
            }
            if self.pass_on(record).is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Passes a row and its request on. Returns `None` if the receiver was dropped.
    fn pass_on(&mut self, record: Record) -> Option<()> {
        let read = match &record.cells {
            Ok(cells) => {
                let is_split = check_quotes(&self.columns, cells, &record.quoted).map_err(Unsent::unreadable);
                is_split.and_then(|()| self.request(cells))
            }
            Err(broken) => Err(Unsent::new(broken.reason(), broken.sentence())),
        };
        let cells = record.cells.unwrap_or_default();
        let size = cells.iter().map(String::len).sum::<usize>();
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let room = self.runtime.block_on(self.room.clone().acquire_many_owned(size)).ok();
        let (fate, read) = match read {
            Ok(read) => (Fate::Sent, Some(read)),
            Err(unsent) => (Fate::Unsent(unsent), None),
        };
        let (request, exported, identity) = match read {
            Some(Sendable { request, exported, identity }) => (Some(request), exported, identity),
            None => (None, None, None),
        };
        let row = Row { number: record.row, cells, fate, identity, _room: room };
        self.rows.blocking_send(Prepared { row, request, exported }).ok()
    }

    fn request(&mut self, cells: &[String]) -> Result<Sendable, Unsent> {
        check_length(&self.columns, cells).map_err(Unsent::unreadable)?;
        let mut row = row::Row::read(&self.columns, cells).map_err(Unsent::unreadable)?;
        row.conversion_code_id = self.rules.codes.id(&row.conversion_code_id).map_err(Unsent::of_name)?;
        let conversion_id = row.exported().map(str::to_owned);
        let Rules { separator, zone, codes, dry_run, .. } = &mut self.rules;
        let (separator, validate_only, source) = (*separator, *dry_run, row::Source::File);
        let mut rules = row::Rules { source, separator, zone, find: &mut |id| codes.find(id) };
        let read = row.conversion(&mut rules).map_err(Unsent::unreadable)?;
        let has_order = !read.conversion.transaction_id.is_empty();
        let request_id = match &conversion_id {
            _ if has_order => request_id(&read.content(None), 1),
            // Made from the exported id alone, so that the conversion counts once even if it stands
            // in several files.
            Some(id) => request_id(id.as_bytes(), 0),
            None => self.own_id(&read)?,
        };
        let identity = if validate_only && !has_order { self.identity(&read, &request_id) } else { None };
        let exported = conversion_id
            .map(|conversion_id| Exported { conversion_id, order_doubt: read.order_doubt.clone() });
        let request = RecordConversionRequest { request_id, validate_only, ..read.conversion.into() };
        Ok(Sendable { request, exported, identity })
    }

    /// Makes the request id of a row without an order id from the row's content. Fails if the
    /// content is not enough: the code counts every conversion, and `--each-row-counts` is not
    /// given. Fails also if a setting of the code is needed and not known, or if the file has too
    /// many different rows.
    fn own_id(&mut self, read: &row::Read) -> Result<String, Unsent> {
        let code = &read.conversion.conversion_code_id;
        if !self.rules.each_row_counts {
            return match self.rules.codes.find(code) {
                Code::Known(terms) if terms.dedupe == DedupePolicy::Every => Err(Unsent::no_order_id(
                    "each conversion of this code counts, and the row has no order id by which it would be known again",
                )),
                Code::Barred => Err(Unsent::no_order_id(
                    "the row has no order id, and this API key can't read whether its code counts each conversion",
                )),
                Code::Unreadable => Err(Unsent::no_answer()),
                Code::Known(_) | Code::Missing => Ok(request_id(&read.content(None), 1)),
            };
        }
        let terms = if read.names_defaults() {
            match self.rules.codes.find(code) {
                Code::Known(terms) => Some(terms),
                Code::Missing | Code::Barred => None,
                Code::Unreadable => return Err(Unsent::no_answer()),
            }
        } else {
            None
        };
        let content = read.content(terms);
        let key = digest(&content);
        if self.occurrences.len() >= DIFFERENT_ROWS_MAX && !self.occurrences.contains_key(&key) {
            return Err(Unsent::new(
                "ORDER_ID_MISSING",
                format!(
                    "the file has more than {DIFFERENT_ROWS_MAX} rows without an order id; give the row a transaction_id"
                ),
            ));
        }
        let occurrence = self.occurrences.entry(key).or_default();
        *occurrence += 1;
        Ok(request_id(&content, *occurrence))
    }

    /// Text that distinguishes the row from other rows with the same click; empty if the code
    /// counts one conversion per click. `None` if the code's dedupe policy is not known.
    fn identity(&mut self, read: &row::Read, request_id: &str) -> Option<String> {
        match self.rules.codes.find(&read.conversion.conversion_code_id) {
            Code::Known(terms) if terms.dedupe == DedupePolicy::Every => Some(request_id.to_owned()),
            Code::Known(_) => Some(String::new()),
            Code::Missing | Code::Barred | Code::Unreadable => None,
        }
    }
}

/// The first bytes of a hash, to tell many texts apart in little memory.
pub fn digest(content: &[u8]) -> u64 {
    let digest = Sha256::digest(content);
    digest.iter().take(size_of::<u64>()).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// Checks the number of cells of a row.
pub fn check_length(columns: &Columns, cells: &[String]) -> Result<(), String> {
    let is_read = |at: usize| columns.fields.get(at).is_some_and(Option::is_some);
    check_cells(cells, &columns.titles, is_read)
}

/// Checks that no cell begins with a quote after a blank. In CSV, such a quote is an ordinary
/// character, so a separator after it has split the cell.
///
/// Such a cell may also be written within quotes: by an import, into its file of failed rows, or by
/// an export, as a custom parameter. Then it is a fault only if its own quote is not closed, and
/// never in a column of parameters.
fn check_quotes(columns: &Columns, cells: &[String], quoted: &[bool]) -> Result<(), String> {
    let is_wrong = |(place, cell): &(usize, &String)| {
        let text = cell.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
        let is_closed = text.len() > 1 && text.trim_end().ends_with('"');
        let is_param = columns.fields.get(*place) == Some(&Some(Field::Params));
        let is_quoted = quoted.get(*place) == Some(&true);
        text.len() < cell.len() && text.starts_with('"') && !(is_quoted && (is_closed || is_param))
    };
    match cells.iter().enumerate().find(is_wrong) {
        None => Ok(()),
        Some((place, _)) => Err(format!(
            "cell {} begins with a blank and a quote; remove the blank, so that the quotes hold the cell together",
            place + 1
        )),
    }
}

/// Makes a request id that is the same for the same occurrence of the same content.
fn request_id(content: &[u8], occurrence: u32) -> String {
    let mut digest = Sha256::new();
    digest.update(occurrence.to_be_bytes());
    digest.update(content);
    digest.finalize().iter().take(REQUEST_ID_BYTES).fold(String::new(), |mut text, byte| {
        // Writing to a `String` never fails.
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_may_lack_unread_cells_but_not_have_extra_cells() {
        let own = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let columns = Columns::read(own(&["code", "click_id", "value", "", "remark"]), &[]).unwrap();
        for (cells, is_right) in [
            (&["C", "c", "1", "", ""][..], true),
            (&["C", "c", "1", "x", ""], true),
            (&["C", "c", "1"], true),
            (&["C", "c", "1", "", "", ""], false),
            (&["C", "c", "1", "", "", " ", ""], false),
            (&["C", "c", "1", "", "", "x"], false),
            (&["C", "c"], false),
        ] {
            assert_eq!(check_length(&columns, &own(cells)).is_ok(), is_right, "{cells:?}");
        }
        // A spreadsheet ends its title line with blank titles.
        let columns = Columns::read(own(&["", "code", "click_id", "value", "", " "]), &[]).unwrap();
        for (cells, is_right) in [
            (&["7", "C", "c", "1", "", ""][..], true),
            (&["7", "C", "c", "1", "", " "], true),
            (&["7", "C", "c", "1"], true),
            (&["7", "C", "c", "19", "99", ""], false),
            (&["7", "C", "c", "19", "", "99"], false),
            (&["7", "C", "c", "1", "", "", ""], false),
        ] {
            assert_eq!(check_length(&columns, &own(cells)).is_ok(), is_right, "{cells:?}");
        }
    }

    #[test]
    fn a_quote_after_a_blank_is_a_fault() {
        let titles = ["code", "click_id", "value", "params"].map(str::to_owned).to_vec();
        let columns = Columns::read(titles, &[]).unwrap();
        for (cells, quoted, is_right) in [
            (["C", "c", " \"19", "99\""], [false; 4], false),
            (["C", "\u{a0}\"c\"", "19", ""], [false; 4], false),
            (["C", "c", "\"19\"", ""], [false; 4], true),
            (["C", "c", " 19", ""], [true; 4], true),
            (["C", "c", " \"19\"", ""], [true; 4], true),
            // The file of failed rows has the parts of the cell in quotes of their own.
            (["C", "c", " \"19", "99\""], [true; 4], false),
            (["C", "c", "19", " \"x"], [true; 4], true),
            (["C", "c", "19", " \"x"], [false; 4], false),
        ] {
            let cells = cells.map(str::to_owned);
            assert_eq!(check_quotes(&columns, &cells, &quoted).is_ok(), is_right, "{cells:?} {quoted:?}");
        }
    }

    #[test]
    fn request_ids_tell_contents_and_occurrences_apart() {
        let ids = [request_id(b"a", 1), request_id(b"a", 2), request_id(b"b", 1)];
        assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2]);
        assert_eq!(ids[0], request_id(b"a", 1));
        assert_eq!(ids[0].len(), 2 * REQUEST_ID_BYTES);
    }
}
