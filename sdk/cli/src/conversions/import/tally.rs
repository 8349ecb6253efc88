//! Counts and reports the outcomes of the rows.

use std::{
    collections::{HashMap, hash_map::Entry},
    io::{self, IsTerminal as _},
};

use s2s_sdk::{
    Error,
    v1::{ConversionVerdict, NoteCode, RecordConversionResponse, RecordConversionResult},
};

use super::{
    failed::FailedRows,
    reading::{DIFFERENT_ROWS_MAX, Fate, Row, digest},
};
use crate::{
    cells::plain,
    failure::Failure,
    output::{say, say_behind},
};

/// Maximum number of failed rows that are shown. The file of failed rows has all of them.
const FAILURES_SHOWN: u64 = 10;
/// Interval between progress messages, in rows.
const PROGRESS_ROWS: u64 = 1_000;

/// Counts the outcomes of the rows so far.
pub struct Tally {
    recorded: u64,
    duplicates: u64,
    failed: u64,
    /// Rows that were recorded before with another status.
    other_status: u64,
    rehearsal: Rehearsal,
    file: Option<FailedRows>,
    has_terminal: bool,
}

/// The outcomes of a dry run. The server records nothing in a dry run, so this program itself finds
/// the rows that repeat an earlier row of the file.
#[derive(Default)]
struct Rehearsal {
    passed: u64,
    /// Number of rows that repeat an earlier row of the file.
    repeated: u64,
    /// A digest of value and commission of each conversion so far, by a digest that identifies the
    /// conversion.
    worths: HashMap<u64, u64>,
    /// True if the dry run could not tell for some row whether the row is a duplicate.
    is_unsure: bool,
}

/// The outcome of a row in a dry run.
#[derive(Debug, PartialEq, Eq)]
enum Rehearsed {
    Passed,
    Repeated,
    /// An earlier row is the same conversion, with other amounts.
    Conflict,
}

impl Tally {
    pub fn new(file: Option<FailedRows>) -> Self {
        let (rehearsal, has_terminal) = (Rehearsal::default(), io::stderr().is_terminal());
        Self { recorded: 0, duplicates: 0, failed: 0, other_status: 0, rehearsal, file, has_terminal }
    }

    /// Counts a row that was not sent.
    pub fn unsent(&mut self, row: &Row) -> Result<(), Failure> {
        match &row.fate {
            Fate::Sent => Ok(()),
            Fate::RecordedBefore { has_other_status } => {
                self.duplicates += 1;
                self.other_status += u64::from(*has_other_status);
                Ok(())
            }
            Fate::Unsent(unsent) => self.fail(row, &unsent.reason, &unsent.sentence),
        }
    }

    pub fn answered(&mut self, row: &Row, answer: Option<RecordConversionResult>) -> Result<(), Failure> {
        match answer.map(RecordConversionResult::into_result) {
            Some(Ok(response)) => {
                let is_other = |note: &s2s_sdk::v1::Note| note.code() == NoteCode::StatusNotChanged;
                self.other_status += u64::from(response.notes.iter().any(is_other));
                match response.verdict() {
                    ConversionVerdict::Duplicate => self.duplicates += 1,
                    ConversionVerdict::Test => return self.rehearsed(row, &response),
                    _ => self.recorded += 1,
                }
                Ok(())
            }
            Some(Err(error)) => self.fail(row, error.reason_text(), &sentence(&error)),
            None => {
                let sentence = "the server gave no answer; import the file again: nothing counts twice";
                self.fail(row, "UNAVAILABLE", sentence)
            }
        }
    }

    fn rehearsed(&mut self, row: &Row, response: &RecordConversionResponse) -> Result<(), Failure> {
        match self.rehearsal.add(row.identity.as_deref(), response) {
            Rehearsed::Passed => self.rehearsal.passed += 1,
            Rehearsed::Repeated => self.rehearsal.repeated += 1,
            Rehearsed::Conflict => {
                let sentence = "an earlier row of the file is the same conversion, with other amounts";
                return self.fail(row, "TRANSACTION_CONFLICT", sentence);
            }
        }
        Ok(())
    }

    /// Notes that a dry run could not tell which rows were recorded before.
    pub fn set_unsure(&mut self) {
        self.rehearsal.is_unsure = true;
    }

    fn fail(&mut self, row: &Row, reason: &str, sentence: &str) -> Result<(), Failure> {
        self.failed += 1;
        if self.failed <= FAILURES_SHOWN {
            let reason = plain(reason);
            say(&format!("row {}: {reason}: {}", row.number, plain(sentence)));
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write(row.number, reason, sentence, &row.cells))
    }

    pub fn progress(&self) {
        let Self { recorded, duplicates, failed, rehearsal, .. } = self;
        let rows = recorded + duplicates + failed + rehearsal.passed + rehearsal.repeated;
        if rows.is_multiple_of(PROGRESS_ROWS) {
            // On a terminal, each line replaces the previous one.
            let over = if self.has_terminal && rows > PROGRESS_ROWS { "\u{1b}[1A\u{1b}[2K" } else { "" };
            say_behind(over, &format!("{rows} rows, {failed} failed"));
        }
    }

    pub fn sum(&self) -> String {
        let Self { recorded, duplicates, failed, rehearsal, .. } = self;
        let rehearsed = match (rehearsal.passed, rehearsal.is_unsure) {
            (0, _) => String::new(),
            (passed, false) => format!("{passed} would be recorded, "),
            (passed, true) => format!("{passed} would be accepted, as new or as recorded before, "),
        };
        let repeated = match rehearsal.repeated {
            0 => String::new(),
            repeated => format!("{repeated} repeat an earlier row, "),
        };
        format!(
            "{rehearsed}{repeated}{recorded} recorded, {duplicates} were recorded before, {failed} failed"
        )
    }

    pub fn end(mut self) -> Result<(), Failure> {
        if let Some(Err(error)) = self.file.take().map(FailedRows::end) {
            say(&format!("until then: {}", self.sum()));
            return Err(error);
        }
        let (rows, verb) = if self.other_status == 1 { ("row", "has") } else { ("rows", "have") };
        if self.other_status > 0 {
            let number = self.other_status;
            say(&format!("{number} {rows} {verb} another status than what is recorded; it was not changed"));
        }
        if self.failed > 0 {
            return Err(Failure::RowsFailed(self.sum()));
        }
        say(&self.sum());
        Ok(())
    }
}

impl Rehearsal {
    /// Compares a row with the rows before it. `identity` is the `identity` of the [`Row`].
    fn add(&mut self, identity: Option<&str>, response: &RecordConversionResponse) -> Rehearsed {
        let Some(one) = &response.conversion else { return Rehearsed::Passed };
        let identity = match (one.transaction_id.as_str(), identity) {
            ("", None) => {
                self.is_unsure = true;
                return Rehearsed::Passed;
            }
            ("", Some(identity)) => format!("r{identity}"),
            (order, _) => format!("t{order}"),
        };
        let key = digest([one.conversion_code_id.as_str(), &one.click_id, &identity].join(" ").as_bytes());
        let worth = digest(format!("{:?} {:?}", one.value, one.commission).as_bytes());
        let is_full = self.worths.len() >= DIFFERENT_ROWS_MAX;
        match self.worths.entry(key) {
            Entry::Occupied(first) if *first.get() == worth => Rehearsed::Repeated,
            Entry::Occupied(_) => Rehearsed::Conflict,
            Entry::Vacant(_) if is_full => {
                self.is_unsure = true;
                Rehearsed::Passed
            }
            Entry::Vacant(place) => {
                place.insert(worth);
                Rehearsed::Passed
            }
        }
    }
}

pub fn sentence(error: &Error) -> String {
    let fields = error.field_violations().iter().map(|one| format!("{} {}", one.field, one.description));
    let fields: Vec<String> = fields.collect();
    if fields.is_empty() { error.message().to_owned() } else { fields.join("; ") }
}

#[cfg(test)]
mod tests {
    use s2s_sdk::v1::{Conversion, Money};

    use super::*;

    #[test]
    fn a_rehearsal_knows_the_rows_before() {
        let mut rehearsal = Rehearsal::default();
        for (order, identity, value, expected) in [
            ("o-1", None, 1, Rehearsed::Passed),
            ("o-1", None, 1, Rehearsed::Repeated),
            ("o-1", Some("x"), 2, Rehearsed::Conflict),
            ("o-2", None, 2, Rehearsed::Passed),
            ("", Some("a"), 1, Rehearsed::Passed),
            ("", Some("a"), 1, Rehearsed::Repeated),
            ("", Some("b"), 1, Rehearsed::Passed),
        ] {
            let money = Money { micros: value, ..Default::default() };
            let transaction_id = order.to_owned();
            let conversion = Conversion { transaction_id, value: Some(money), ..Default::default() };
            let response = RecordConversionResponse { conversion: Some(conversion), ..Default::default() };
            assert_eq!(rehearsal.add(identity, &response), expected, "{order} {identity:?} {value}");
        }
        assert!(!rehearsal.is_unsure);
        let response =
            RecordConversionResponse { conversion: Some(Conversion::default()), ..Default::default() };
        assert_eq!(rehearsal.add(None, &response), Rehearsed::Passed);
        assert!(rehearsal.is_unsure);
    }
}
