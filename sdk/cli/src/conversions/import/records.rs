//! The rows of a CSV file, as spreadsheets write them, in bounded memory.
//!
//! The separator is taken from a line such as `sep=;`, or recognised from the title line. Rows are
//! numbered as a spreadsheet numbers them, so empty rows have numbers, but are not returned. For a
//! row that is too long or has broken quotes, a fault is returned.

use std::{
    io::{self, BufRead, BufReader, Chain, Cursor, Read},
    sync::{Arc, OnceLock},
};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{quotes::Quotes, text::Text};
use crate::conversions::columns::known;

/// Longest row, in bytes, without separators. Even a row with as many custom parameters as a
/// conversion can have is shorter.
const ROW_BYTES_MAX: usize = 256 * 1_024;
/// Maximum number of cells of a row.
pub const CELLS_MAX: usize = 1_024;
/// Maximum number of bytes of the title line from which the separator is recognised.
const TITLE_LINE_BYTES_MAX: usize = 64 * 1_024;
/// Separators that are recognised. If several of them yield the same number of known titles, the
/// first one in this list is used.
pub const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// The start of a line that tells a spreadsheet the separator of the file, such as `sep=;`.
const SEPARATOR_LINE: &str = "sep=";

/// A row, numbered and split into cells.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Number of the row in a spreadsheet, from 1.
    pub row: u64,
    pub cells: Result<Vec<String>, Broken>,
    /// For each cell, whether it is written in quotes.
    pub quoted: Vec<bool>,
}

/// The fault of a row that can't be split into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    TooLong,
    /// The file ends in a quoted cell, which may have swallowed other rows.
    QuoteNotClosed,
    /// A quoted cell has `\"`, where CSV has `""`.
    Backslashes,
}

impl Broken {
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "ROW_TOO_LONG",
            Self::QuoteNotClosed | Self::Backslashes => "ROW_UNREADABLE",
        }
    }

    pub fn sentence(self) -> String {
        let kibibytes = ROW_BYTES_MAX / 1_024;
        match self {
            Self::TooLong => {
                format!("the row has more than {kibibytes} KiB or {CELLS_MAX} cells; is a quote not closed?")
            }
            Self::QuoteNotClosed => {
                "the row begins a quote that is not closed, so the rest of the file was read as one cell"
                    .to_owned()
            }
            Self::Backslashes => {
                "the row has `\\\"` in a quoted cell; CSV needs `\"\"` there; the row can't be split into cells"
                    .to_owned()
            }
        }
    }
}

/// The form in which a file was written.
#[derive(Clone)]
pub struct Form {
    pub separator: u8,
    is_marked: Arc<OnceLock<bool>>,
}

impl Form {
    /// Returns whether a file in this form needs a byte order mark. A spreadsheet would misread its
    /// UTF-8 without one. While only ASCII has been read, a separator other than `,` is taken for a
    /// sign of a spreadsheet.
    pub fn needs_mark(&self) -> bool {
        self.is_marked.get().copied().unwrap_or(self.separator != b',')
    }
}

/// The rows of a file, one by one.
pub struct Records<R> {
    form: Form,
    separator: u8,
    input: Chain<Cursor<Vec<u8>>, BufReader<Text<R>>>,
    parser: Reader,
    /// Number of the row that was read last.
    row: u64,
    /// True if the last byte was a carriage return: a line feed after it ends the same row.
    after_return: bool,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl<R: Read> Records<R> {
    /// Opens a file of conversions, and recognises its separator.
    pub fn open(input: R) -> io::Result<Self> {
        Self::open_for(input, known)
    }

    /// Opens a file, and recognises its separator by the number of titles that are known.
    pub fn open_for(input: R, known: impl Fn(&[String]) -> usize) -> io::Result<Self> {
        let text = Text::new(input);
        let is_marked = text.is_marked();
        let mut input = BufReader::new(text);
        let mut row = 0;
        let mut separator = None;
        let first = loop {
            let line = line(&mut input)?;
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_matches(['\r', '\n']);
            if line.is_empty() {
                break line;
            } else if let Some(named) = named_separator(text) {
                // Spreadsheets do not show this line, so it has no number.
                separator = Some(named);
            } else if text
                .trim_matches(|letter: char| letter.is_whitespace() || ",;|\"".contains(letter))
                .is_empty()
            {
                row += 1;
            } else {
                break line;
            }
        };
        let separator = separator.unwrap_or_else(|| recognised(&first, known));
        // The file of failed rows gets a separator that an import recognises.
        let own = Some(separator).filter(|own| SEPARATORS.contains(own)).unwrap_or(b',');
        Ok(Self {
            form: Form { separator: own, is_marked },
            input: Cursor::new(first).chain(input),
            separator,
            parser: ReaderBuilder::new().delimiter(separator).build(),
            row,
            after_return: false,
            text: vec![0; ROW_BYTES_MAX],
            ends: vec![0; CELLS_MAX],
        })
    }

    pub fn form(&self) -> Form {
        self.form.clone()
    }

    /// Reads the next row that is not empty.
    pub fn read(&mut self) -> io::Result<Option<Record>> {
        loop {
            let Some(record) = self.read_any()? else { return Ok(None) };
            let is_empty = |cells: &Vec<String>| cells.iter().all(|cell| cell.trim().is_empty());
            if !record.cells.as_ref().is_ok_and(is_empty) {
                return Ok(Some(record));
            }
        }
    }

    fn read_any(&mut self) -> io::Result<Option<Record>> {
        self.skip_empty_lines()?;
        let (mut length, mut cells, mut quotes) = (0, 0, Quotes::default());
        let mut broken = None;
        loop {
            let input = self.input.fill_buf()?;
            let (text, ends) = (self.text.get_mut(length..), self.ends.get_mut(cells..));
            let (result, read, written, ended) =
                self.parser.read_record(input, text.unwrap_or_default(), ends.unwrap_or_default());
            if let Some(last) = read.checked_sub(1).and_then(|last| input.get(last)) {
                self.after_return = *last == b'\r';
            }
            let has_ended = input.is_empty();
            input.iter().take(read).for_each(|byte| quotes.follow(*byte, self.separator));
            self.input.consume(read);
            (length, cells) = (length + written, cells + ended);
            match result {
                ReadRecordResult::InputEmpty => (),
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (length, cells, broken) = (0, 0, Some(Broken::TooLong));
                }
                ReadRecordResult::Record => {
                    if has_ended && quotes.is_open() {
                        broken = broken.or(Some(Broken::QuoteNotClosed));
                    } else if quotes.has_backslashes() {
                        broken = broken.or(Some(Broken::Backslashes));
                    }
                    break;
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
        self.row += 1;
        let cells = broken.map_or_else(|| Ok(self.cells(cells)), Err);
        Ok(Some(Record { row: self.row, cells, quoted: quotes.quoted() }))
    }

    fn cells(&self, cells: usize) -> Vec<String> {
        let mut start = 0;
        let ends = self.ends.iter().take(cells);
        ends.map(|end| {
            let cell = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            String::from_utf8_lossy(cell).into_owned()
        })
        .collect()
    }

    /// Skips empty lines, which the parser would not report, and counts them.
    fn skip_empty_lines(&mut self) -> io::Result<()> {
        loop {
            match self.input.fill_buf()?.first() {
                Some(b'\n') if self.after_return => self.after_return = false,
                Some(b'\n') => self.row += 1,
                Some(b'\r') => {
                    self.row += 1;
                    self.after_return = true;
                }
                _ => return Ok(()),
            }
            self.input.consume(1);
        }
    }
}

/// Reads a line, including its line feed or carriage return; of a longer line, only the first
/// `TITLE_LINE_BYTES_MAX` bytes. Returns no bytes at the end of the file.
fn line(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') && line.len() <= TITLE_LINE_BYTES_MAX {
        let after_return = line.last() == Some(&b'\r');
        match input.fill_buf()?.first().copied() {
            Some(byte) if !after_return || byte == b'\n' => {
                line.push(byte);
                input.consume(1);
            }
            _ => break,
        }
    }
    Ok(line)
}

/// Reads a line such as `sep=;`.
fn named_separator(line: &str) -> Option<u8> {
    let line = line.trim_matches('"');
    let (name, separator) = line.split_at_checked(SEPARATOR_LINE.len())?;
    match separator.as_bytes() {
        [separator] if name.eq_ignore_ascii_case(SEPARATOR_LINE) => Some(*separator),
        _ => None,
    }
}

/// Returns the separator that yields the largest number of known titles.
fn recognised(line: &[u8], known: impl Fn(&[String]) -> usize) -> u8 {
    let number = |separator: u8| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(line);
        let titles = reader.records().next().and_then(Result::ok).unwrap_or_default();
        known(&titles.iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let [first, rest @ ..] = SEPARATORS;
    let best = rest.into_iter().map(|separator| (separator, number(separator)));
    best.fold((first, number(first)), |best, other| if other.1 > best.1 { other } else { best }).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &[u8]) -> Vec<(u64, Option<String>)> {
        let mut records = Records::open(file).unwrap();
        let mut all = Vec::new();
        while let Some(Record { row, cells, .. }) = records.read().unwrap() {
            all.push((row, cells.ok().map(|cells| cells.join("/"))));
        }
        all
    }

    #[test]
    fn separators_are_recognised() {
        for file in [
            "click_id,value,x y\n1,2,\"3\"\n",
            "click_id;value;x y\n1;2;3\n",
            "click_id\tvalue\tx y\n1\t2\t3\n",
            "click_id|value|x y\n1|2|3\n",
            "\u{feff}click_id;value;x y\r\n1;2;3\r\n",
            "sep=;\r\nclick_id;value;x y\r\n1;2;3",
            "SEP=|\nclick_id|value|x y\n1|2|3",
            "\"click_id\";\"value\";\"x y\"\r1;2;3\r",
        ] {
            let expected =
                [(1, "click_id/value/x y"), (2, "1/2/3")].map(|(row, cells)| (row, Some(cells.to_owned())));
            assert_eq!(read(file.as_bytes()), expected, "{file:?}");
        }
        assert_eq!(read(b"a b,c\n")[0].1.as_deref(), Some("a b/c"));
        assert_eq!(read(b""), []);
    }

    #[test]
    fn rows_are_numbered_as_in_a_spreadsheet() {
        for end in ["\n", "\r\n", "\r"] {
            let lines = ["", ";;", "value;click_id", "", "1;2", ";", "", "\"3\n\n4\";5", "6;7", ""];
            let rows: Vec<(u64, String)> = read(lines.join(end).as_bytes())
                .into_iter()
                .map(|(row, cells)| (row, cells.unwrap()))
                .collect();
            let expected = [(3, "value/click_id"), (5, "1/2"), (8, "3\n\n4/5"), (9, "6/7")];
            assert_eq!(rows, expected.map(|(row, cells)| (row, cells.to_owned())), "{end:?}");
        }
    }

    #[test]
    fn a_row_that_is_too_long_is_a_fault() {
        let long = "x".repeat(10_000_000);
        let many = ",".repeat(CELLS_MAX + 1);
        let fits = "y".repeat(ROW_BYTES_MAX - 10);
        let file = format!("value,click_id\n1,{long}\n2,b\n3,\"{long}\n{long}\"\r\n4,{many}\n5,{fits}\n");
        let rows: Vec<(u64, Option<usize>)> = read(file.as_bytes())
            .into_iter()
            .map(|(row, cells)| (row, cells.map(|cells| cells.len())))
            .collect();
        let last = (6, Some(fits.len() + 2));
        assert_eq!(rows, [(1, Some(14)), (2, None), (3, Some(3)), (4, None), (5, None), last]);
    }

    #[test]
    fn a_row_with_backslashes_before_its_quotes_is_broken() {
        let file = "a,value\n\"A \\\"1\\\"\",2\n\"x\"\"y\",3\n";
        let mut records = Records::open(file.as_bytes()).unwrap();
        let broken = std::iter::from_fn(|| records.read().unwrap()).map(|record| record.cells.err());
        assert_eq!(broken.collect::<Vec<_>>(), [None, Some(Broken::Backslashes), None]);
    }

    #[test]
    fn a_quote_that_is_not_closed_spoils_its_row() {
        for (file, is_whole) in [
            ("a,value\n1,\"x\"\n", true),
            ("a,value\n1,\"x\"", true),
            ("a,value\n1,\"x\"\"\"\n", true),
            ("a,value\n1,5\" screen\n", true),
            ("a,value\n1,5\" screen", true),
            ("a,value\n1,\"x\n2,y\n", false),
            ("a,value\n1,\"x", false),
        ] {
            let mut records = Records::open(file.as_bytes()).unwrap();
            records.read().unwrap();
            let cells = records.read().unwrap().unwrap().cells;
            assert_eq!(cells.err(), (!is_whole).then_some(Broken::QuoteNotClosed), "{file}");
        }
    }
}
