//! Counts and reports the outcomes of the rows.

use std::{
    fs::File,
    io::{self, IsTerminal as _},
    path::Path,
};

use s2s_sdk::{
    Error,
    v1::{ConversionVerdict, RecordConversionResult},
};

use super::reading::Row;
use crate::{
    cells::{from_csv, plain, to_csv},
    conversions::columns::Columns,
    failure::Failure,
    output::own_file,
};

/// Number of failed rows that are shown one by one; the others are only in the file.
const FAILURES_SHOWN: u64 = 10;
/// Interval between progress messages, in rows.
const PROGRESS_ROWS: u64 = 1_000;

/// Counts the outcomes of the rows so far.
pub struct Tally {
    recorded: u64,
    duplicates: u64,
    passed: u64,
    failed: u64,
    file: Option<csv::Writer<File>>,
    /// Number of cells at the beginning of a row that an earlier import wrote there.
    own_cells: usize,
    has_terminal: bool,
}

/// Titles of the cells that are written before a failed row.
const OWN_TITLES: [&str; 3] = ["row", "reason", "message"];

impl Tally {
    pub fn new(columns: &Columns, failed: Option<&Path>) -> Result<Self, Failure> {
        let own_cells =
            if columns.titles.starts_with(&OWN_TITLES.map(str::to_owned)) { OWN_TITLES.len() } else { 0 };
        let file = match failed {
            None => None,
            Some(path) => {
                let file = own_file(path).map_err(|error| Failure::file(&path.display(), error))?;
                let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
                let titles = columns.titles.iter().skip(own_cells).map(|title| to_csv(title));
                writer.write_record(OWN_TITLES.map(str::to_owned).into_iter().chain(titles))?;
                Some(writer)
            }
        };
        let has_terminal = io::stderr().is_terminal();
        Ok(Self { recorded: 0, duplicates: 0, passed: 0, failed: 0, file, own_cells, has_terminal })
    }

    pub fn answered(&mut self, row: &Row, answer: Option<RecordConversionResult>) -> Result<(), Failure> {
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

    pub fn fail(&mut self, row: &Row, reason: &str, sentence: &str) -> Result<(), Failure> {
        self.failed += 1;
        if self.failed <= FAILURES_SHOWN {
            let reason = plain(reason);
            eprintln!("s2s: row {}: {reason}: {}", row.number, plain(sentence));
        }
        if let Some(file) = &mut self.file {
            let own = row.cells.iter().skip(self.own_cells).map(|cell| to_csv(&from_csv(cell)));
            let said = [row.number.to_string(), to_csv(reason), to_csv(sentence)];
            file.write_record(said.into_iter().chain(own))?;
        }
        Ok(())
    }

    pub fn progress(&self) {
        let rows = self.recorded + self.duplicates + self.passed + self.failed;
        if rows.is_multiple_of(PROGRESS_ROWS) {
            // On a terminal, each line replaces the previous one.
            let over = if self.has_terminal && rows > PROGRESS_ROWS { "\u{1b}[1A\u{1b}[2K" } else { "" };
            eprintln!("{over}s2s: {rows} rows, {} failed", self.failed);
        }
    }

    pub fn sum(&self) -> String {
        let Self { recorded, duplicates, passed, failed, .. } = self;
        let passed = if *passed > 0 { format!("{passed} would be recorded, ") } else { String::new() };
        format!("{passed}{recorded} recorded, {duplicates} were recorded before, {failed} failed")
    }

    pub fn end(mut self) -> Result<(), Failure> {
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
