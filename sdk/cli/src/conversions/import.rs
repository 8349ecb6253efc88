//! `s2s conversions import`: sends a file of any length over one stream, in bounded memory.
//!
//! Unreadable rows and rows that the server refuses are treated alike: counted, shown, and written
//! to the file of failed rows. A row without a transaction id gets a request id made from its
//! position and its cells, so that importing the same file again counts nothing twice.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, IsTerminal as _, Read},
    path::Path,
    thread,
};

use csv::StringRecord;
use futures::{StreamExt as _, stream};
use s2s_sdk::{
    Client, Error,
    v1::{ConversionVerdict, RecordConversionRequest, RecordConversionResult},
};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::{Sender, channel};

use super::row::{self, Column, columns};
use crate::{
    cells::{from_csv, plain, to_csv},
    failure::Failure,
    output::own_file,
};

/// Maximum number of rows that are read but not yet answered. More than the server takes at a time,
/// so that it never waits for this program.
const ROWS_MAX: usize = 4_000;
/// Maximum number of requests that wait to be sent.
const REQUESTS_MAX: usize = 64;
/// Number of failed rows that are shown one by one; the others are only in the file.
const FAILURES_SHOWN: u64 = 10;
/// Interval between progress messages, in rows.
const PROGRESS_ROWS: u64 = 1_000;
/// Length of a request id before hexadecimal encoding: half a SHA-256, in bytes.
const REQUEST_ID_BYTES: usize = 16;

/// A row that was read. It waits for its answer, unless it was not sent.
struct Row {
    line: u64,
    record: StringRecord,
    /// The reason if the row was not sent.
    unreadable: Option<String>,
}

pub async fn run(client: &Client, file: &Path, failed: Option<&Path>, dry_run: bool) -> Result<(), Failure> {
    let input: Box<dyn Read + Send> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).map_err(|error| Failure::file(&file.display(), error))?)
    };
    if failed
        .is_some_and(|failed| fs::canonicalize(failed).ok() == fs::canonicalize(file).ok() && failed.exists())
    {
        return Err(Failure::Usage("the file for failed rows can't be the imported file".to_owned()));
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let titles = reader.headers().map_err(|error| Failure::file(&file.display(), error.into()))?.clone();
    let columns = columns(&titles).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    let mut tally = Tally::new(&titles, failed)?;

    let (rows, mut pending) = channel(ROWS_MAX);
    let (send, requests) = channel(REQUESTS_MAX);
    let reading = Reading { titles: titles.len(), columns, rows, send, dry_run };
    // Reading blocks, so it has its own thread, which ends with the file or once the receiver is
    // dropped.
    thread::spawn(move || reader.into_records().try_for_each(|record| reading.pass_on(record)));
    let requests = stream::unfold(requests, async |mut requests| Some((requests.recv().await?, requests)));
    let mut answers = client.stream_record_conversions(requests).await?;
    while let Some(row) = pending.recv().await {
        match &row.unreadable {
            Some(sentence) => tally.fail(&row, "ROW_UNREADABLE", sentence)?,
            None => match answers.next().await.transpose() {
                Ok(answer) => tally.answered(&row, answer)?,
                Err(error) => {
                    eprintln!("s2s: until then: {}", tally.sum());
                    return Err(error.into());
                }
            },
        }
        tally.progress();
    }
    tally.end()
}

/// Turns records into requests.
struct Reading {
    titles: usize,
    columns: Vec<Option<Column>>,
    /// Receives each row, in order, before its request is sent.
    rows: Sender<Row>,
    send: Sender<RecordConversionRequest>,
    dry_run: bool,
}

impl Reading {
    /// Passes a row and its request on. `None`: the receiver was dropped.
    fn pass_on(&self, record: csv::Result<StringRecord>) -> Option<()> {
        let (record, request) = match record {
            Ok(record) => {
                let request = self.request(&record);
                (record, request)
            }
            Err(error) => (StringRecord::new(), Err(error.to_string())),
        };
        let line = record.position().map_or(0, csv::Position::line);
        let unreadable = request.as_ref().err().cloned();
        self.rows.blocking_send(Row { line, record, unreadable }).ok()?;
        match request {
            Ok(request) => self.send.blocking_send(request).ok(),
            Err(_) => Some(()),
        }
    }

    fn request(&self, record: &StringRecord) -> Result<RecordConversionRequest, String> {
        if record.len() != self.titles {
            return Err(format!("the row has {} cells, and the first line {}", record.len(), self.titles));
        }
        let conversion = row::Row::read(&self.columns, record).conversion()?;
        Ok(RecordConversionRequest {
            request_id: request_id(record),
            validate_only: self.dry_run,
            ..conversion.into()
        })
    }
}

/// Makes a request id that is the same for the same row at the same position.
fn request_id(record: &StringRecord) -> String {
    let mut digest = Sha256::new();
    digest.update(record.position().map_or(0, csv::Position::line).to_be_bytes());
    for cell in record {
        digest.update(cell.len().to_be_bytes());
        digest.update(cell);
    }
    digest.finalize().iter().take(REQUEST_ID_BYTES).fold(String::new(), |mut text, byte| {
        // Writing to a `String` never fails.
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// Counts the outcomes of the rows so far.
struct Tally {
    recorded: u64,
    duplicates: u64,
    passed: u64,
    failed: u64,
    file: Option<csv::Writer<File>>,
    has_terminal: bool,
}

impl Tally {
    fn new(titles: &StringRecord, failed: Option<&Path>) -> Result<Self, Failure> {
        let file = match failed {
            None => None,
            Some(path) => {
                let file = own_file(path).map_err(|error| Failure::file(&path.display(), error))?;
                let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
                writer.write_record(["row", "reason", "message"].into_iter().chain(titles))?;
                Some(writer)
            }
        };
        let has_terminal = io::stderr().is_terminal();
        Ok(Self { recorded: 0, duplicates: 0, passed: 0, failed: 0, file, has_terminal })
    }

    fn answered(&mut self, row: &Row, answer: Option<RecordConversionResult>) -> Result<(), Failure> {
        match answer.map(RecordConversionResult::into_result) {
            Some(Ok(response)) => match response.verdict() {
                ConversionVerdict::Duplicate => self.duplicates += 1,
                ConversionVerdict::Test => self.passed += 1,
                _ => self.recorded += 1,
            },
            Some(Err(error)) => self.fail(row, error.reason_text(), &sentence(&error))?,
            None => {
                let sentence = "the server gave no answer; import the file again: nothing counts twice";
                self.fail(row, "UNAVAILABLE", sentence)?;
            }
        }
        Ok(())
    }

    fn fail(&mut self, row: &Row, reason: &str, sentence: &str) -> Result<(), Failure> {
        self.failed += 1;
        if self.failed <= FAILURES_SHOWN {
            eprintln!("s2s: row {}: {}: {}", row.line, plain(reason), plain(sentence));
        }
        if let Some(file) = &mut self.file {
            let own = row.record.iter().map(|cell| to_csv(&from_csv(cell)));
            let said = [row.line.to_string(), to_csv(reason), to_csv(sentence)];
            file.write_record(said.into_iter().chain(own))?;
        }
        Ok(())
    }

    fn progress(&self) {
        let rows = self.recorded + self.duplicates + self.passed + self.failed;
        if rows.is_multiple_of(PROGRESS_ROWS) {
            // On a terminal, each line replaces the previous one.
            let over = if self.has_terminal && rows > PROGRESS_ROWS { "\u{1b}[1A\u{1b}[2K" } else { "" };
            eprintln!("{over}s2s: {rows} rows, {} failed", self.failed);
        }
    }

    fn sum(&self) -> String {
        let Self { recorded, duplicates, passed, failed, .. } = self;
        let passed = if *passed > 0 { format!("{passed} would be recorded, ") } else { String::new() };
        format!("{passed}{recorded} recorded, {duplicates} were recorded before, {failed} failed")
    }

    fn end(mut self) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        if self.failed > 0 {
            return Err(Failure::RowsFailed(self.sum()));
        }
        eprintln!("s2s: {}", self.sum());
        Ok(())
    }
}

fn sentence(error: &Error) -> String {
    let fields = error.field_violations().iter().map(|one| format!("{} {}", one.field, one.description));
    let fields: Vec<String> = fields.collect();
    if fields.is_empty() { error.message().to_owned() } else { fields.join("; ") }
}
