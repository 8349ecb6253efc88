//! `s2s adjust`: adjusts conversions from a CSV file, in batches.
//!
//! A refund and a restatement need an external id, so that a file can be sent again: what was
//! recorded before is a duplicate. The other kinds change nothing the second time.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use s2s_sdk::{
    Client,
    v1::{
        AdjustmentVerdict, Approval, BatchCreateAdjustmentsRequest, ConversionStatus,
        CreateAdjustmentRequest, CreateAdjustmentResult, Decline, Money, NewAdjustment, OrderTarget, Refund,
        Restatement, Reversal,
        new_adjustment::{Change, Target},
    },
};

use crate::{
    cells::{from_csv, plain},
    conversions::import::{FailedRows, Records, check_cells, sentence},
    failure::Failure,
    money, names,
    output::say,
};

/// Number of rows in one call.
const BATCH_ROWS: usize = 1_000;
/// Maximum number of failed rows that are shown. The file of failed rows has all of them.
const FAILURES_SHOWN: u64 = 10;

/// The titles of the columns.
const TITLES: [&str; 11] = [
    "kind",
    "conversion_id",
    "transaction_id",
    "conversion_code_id",
    "external_id",
    "amount",
    "value",
    "commission",
    "currency",
    "status",
    "remark",
];
const KEEP_COMMISSION: &str = "keep_commission";
/// The titles that the file of failed rows adds.
const OF_FAILED_ROWS: [&str; 3] = ["row", "reason", "message"];

#[derive(Args)]
pub struct Options {
    /// CSV file; `-` is standard input. Its first line names the columns: `kind` (`approve`,
    /// `decline`, `refund`, `restate` or `reverse`); `conversion_id`, or `transaction_id` (the order
    /// id) and optionally `conversion_code_id`; `external_id`; `amount` and `keep_commission`
    /// (`true`) of a refund; `value`, `commission` and `status` of a restatement; `currency` and
    /// `remark`.
    file: PathBuf,
    /// File for the rows that failed, each with its reason. The file can be sent once its rows are
    /// corrected.
    #[arg(long, value_name = "FILE")]
    failed: Option<PathBuf>,
    /// Only check; record nothing.
    #[arg(long)]
    dry_run: bool,
}

/// A row that waits for its answer.
struct Sent {
    number: u64,
    cells: Vec<String>,
}

/// Numbers of the rows by their outcomes.
#[derive(Default)]
struct Outcomes {
    recorded: u64,
    duplicates: u64,
    unchanged: u64,
    failed: u64,
}

/// The sending of a file.
struct Sending<'a> {
    client: &'a Client,
    titles: Vec<String>,
    failed: Option<FailedRows>,
    dry_run: bool,
    outcomes: Outcomes,
    rows: Vec<Sent>,
    requests: Vec<CreateAdjustmentRequest>,
}

pub async fn run(client: &Client, options: Options) -> Result<(), Failure> {
    let Options { file, failed, dry_run } = options;
    if let Some(failed) = &failed {
        crate::conversions::import::check_failed(failed, &file)?;
    }
    let failure = |error| Failure::file(&file.display(), error);
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(&file).map_err(failure)?)
    };
    let mut records = Records::open_for(input, known).map_err(failure)?;
    let titles = records.read().map_err(failure)?.and_then(|titles| titles.cells.ok()).unwrap_or_default();
    let titles: Vec<String> = titles.iter().map(|title| title.trim().to_ascii_lowercase()).collect();
    check_titles(&titles).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    let failed = failed.map(|path| FailedRows::create(&path, &titles, records.form())).transpose()?;
    let (rows, requests, outcomes) = (Vec::new(), Vec::new(), Outcomes::default());
    let mut sending = Sending { client, titles, failed, dry_run, outcomes, rows, requests };
    let sent = sending.send_all(&mut records, &file).await;
    if sent.is_err() {
        say(&format!("until then: {}", sending.outcomes.sum(dry_run)));
    }
    sent.and_then(|()| sending.end())
}

/// Returns the number of known titles.
fn known(titles: &[String]) -> usize {
    titles.iter().filter(|title| is_known(title.trim())).count()
}

fn is_known(title: &str) -> bool {
    let mut known = TITLES.iter().chain(&OF_FAILED_ROWS).chain(&[KEEP_COMMISSION]);
    known.any(|known| known.eq_ignore_ascii_case(title))
}

fn check_titles(titles: &[String]) -> Result<(), String> {
    // A spreadsheet may end its title line with blank titles.
    if let Some(other) = titles.iter().find(|title| !title.is_empty() && !is_known(title)) {
        let known = TITLES.join(", ");
        return Err(format!("the column `{other}` is not known; the columns are {known}, {KEEP_COMMISSION}"));
    }
    let twice =
        titles.iter().enumerate().find(|(at, title)| titles.iter().take(*at).any(|one| one == *title));
    if let Some((_, title)) = twice.filter(|(_, title)| !title.is_empty()) {
        return Err(format!("the column `{title}` is there twice"));
    }
    let has = |wanted: &str| titles.iter().any(|title| title == wanted);
    if !has("kind") || !(has("conversion_id") || has("transaction_id")) {
        return Err("the file needs the columns `kind`, and `conversion_id` or `transaction_id`".to_owned());
    }
    Ok(())
}

impl Sending<'_> {
    async fn send_all<R: Read>(&mut self, records: &mut Records<R>, file: &Path) -> Result<(), Failure> {
        while let Some(record) = records.read().map_err(|error| Failure::file(&file.display(), error))? {
            let number = record.row;
            match record.cells {
                Err(broken) => self.fail(number, broken.reason(), &broken.sentence(), &[])?,
                Ok(cells) => {
                    let row = Cells { titles: &self.titles, cells: &cells };
                    let is_read = |at: usize| self.titles.get(at).is_some_and(|title| !title.is_empty());
                    let request = match check_cells(&cells, &self.titles, is_read) {
                        Ok(()) => row.request(self.client).await?,
                        Err(sentence) => Err(sentence),
                    };
                    match request {
                        Ok(adjustment) => {
                            let adjustment = Some(adjustment);
                            let validate_only = self.dry_run;
                            self.requests.push(CreateAdjustmentRequest { adjustment, validate_only });
                            self.rows.push(Sent { number, cells });
                        }
                        Err(sentence) => self.fail(number, "ROW_INVALID", &sentence, &cells)?,
                    }
                }
            }
            if self.requests.len() >= BATCH_ROWS {
                self.send().await?;
            }
        }
        self.send().await
    }

    /// Sends the rows that wait. A call that gets no answer is sent again by the client, and counts
    /// once.
    async fn send(&mut self) -> Result<(), Failure> {
        let (rows, requests) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.requests));
        if requests.is_empty() {
            return Ok(());
        }
        let answer =
            self.client.adjustments().batch_create(BatchCreateAdjustmentsRequest { requests }).await?;
        let mut results = answer.results.into_iter().map(CreateAdjustmentResult::into_result);
        for Sent { number, cells } in rows {
            match results.next() {
                Some(Ok(response)) => match response.verdict() {
                    AdjustmentVerdict::Duplicate => self.outcomes.duplicates += 1,
                    AdjustmentVerdict::Unchanged => self.outcomes.unchanged += 1,
                    _ => self.outcomes.recorded += 1,
                },
                Some(Err(error)) => self.fail(number, error.reason_text(), &sentence(&error), &cells)?,
                None => {
                    let sentence = "the server gave no result; send the file again: nothing counts twice";
                    self.fail(number, "UNAVAILABLE", sentence, &cells)?;
                }
            }
        }
        Ok(())
    }

    fn fail(&mut self, number: u64, reason: &str, sentence: &str, cells: &[String]) -> Result<(), Failure> {
        self.outcomes.failed += 1;
        if self.outcomes.failed <= FAILURES_SHOWN {
            say(&format!("row {number}: {} [{}]", plain(sentence), plain(reason)));
        } else if self.outcomes.failed == FAILURES_SHOWN + 1 && self.failed.is_none() {
            say("more rows failed; --failed FILE writes all of them to a file");
        }
        match &mut self.failed {
            Some(file) => file.write(number, reason, sentence, cells),
            None => Ok(()),
        }
    }

    fn end(self) -> Result<(), Failure> {
        self.failed.map(FailedRows::end).transpose()?;
        let sum = self.outcomes.sum(self.dry_run);
        if self.outcomes.failed > 0 {
            return Err(Failure::RowsFailed(sum));
        }
        say(&sum);
        Ok(())
    }
}

impl Outcomes {
    fn sum(&self, dry_run: bool) -> String {
        let Self { recorded, duplicates, unchanged, failed } = self;
        let done = if dry_run { "would be recorded" } else { "recorded" };
        format!(
            "{recorded} {done}, {duplicates} recorded before, {unchanged} without a change, {failed} failed"
        )
    }
}

/// The cells of a row.
struct Cells<'a> {
    titles: &'a [String],
    cells: &'a [String],
}

impl Cells<'_> {
    /// The cell of a column, without the blanks around it; empty if there is no such column.
    fn cell(&self, title: &str) -> String {
        let mut cells = self.titles.iter().zip(self.cells);
        let found = cells.find(|(own, _)| *own == title).map(|(_, cell)| from_csv(cell).trim().to_owned());
        found.unwrap_or_default()
    }

    fn money(&self, title: &str) -> Result<Option<Money>, String> {
        let text = self.cell(title);
        let read = (!text.is_empty()).then(|| money::read(&text, &self.cell("currency")));
        read.transpose().map_err(|error| format!("`{title}`: {error}"))
    }

    /// Reads the row. The inner error says why it can't be read.
    async fn request(&self, client: &Client) -> Result<Result<NewAdjustment, String>, Failure> {
        let (conversion_id, transaction_id) = (self.cell("conversion_id"), self.cell("transaction_id"));
        let code = Some(self.cell("conversion_code_id")).filter(|code| !code.is_empty());
        let target = if !conversion_id.is_empty() {
            Target::ConversionId(conversion_id)
        } else if transaction_id.is_empty() {
            return Ok(Err("the row names no conversion and no order".to_owned()));
        } else {
            let conversion_code_id = names::code_option(code, client).await?.unwrap_or_default();
            Target::Order(OrderTarget { transaction_id, conversion_code_id })
        };
        Ok(self.change().map(|change| NewAdjustment {
            target: Some(target),
            change: Some(change),
            external_id: self.cell("external_id"),
            remark: self.cell("remark"),
            effective_time: None,
        }))
    }

    fn change(&self) -> Result<Change, String> {
        let status = match self.cell("status").to_ascii_lowercase().as_str() {
            "" => ConversionStatus::Unspecified,
            "pending" => ConversionStatus::Pending,
            "approved" => ConversionStatus::Approved,
            other => return Err(format!("`status`: `{other}` is neither `pending` nor `approved`")),
        };
        let keep_commission = match self.cell(KEEP_COMMISSION).to_ascii_lowercase().as_str() {
            "" | "false" | "no" | "0" => false,
            "true" | "yes" | "1" => true,
            other => return Err(format!("`{KEEP_COMMISSION}`: `{other}` is neither `true` nor `false`")),
        };
        match self.cell("kind").to_ascii_lowercase().as_str() {
            "approve" => Ok(Change::Approve(Approval {})),
            "decline" => Ok(Change::Decline(Decline {})),
            "reverse" => Ok(Change::Reverse(Reversal {})),
            "refund" => Ok(Change::Refund(Refund { amount: self.money("amount")?, keep_commission })),
            "restate" => {
                let (value, commission) = (self.money("value")?, self.money("commission")?);
                Ok(Change::Restate(Restatement { value, commission, status: status.into() }))
            }
            other => Err(format!(
                "`kind`: `{other}` is not `approve`, `decline`, `refund`, `restate` or `reverse`"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_changes() {
        let titles = ["kind", "amount", "value", "commission", "currency", "status", "keep_commission"];
        let titles = titles.map(str::to_owned);
        let money = |micros| Some(Money { micros, currency_code: "EUR".to_owned() });
        let refund =
            |micros, keep_commission| Ok(Change::Refund(Refund { amount: money(micros), keep_commission }));
        for (row, expected) in [
            ("approve,,,,,,", Ok(Change::Approve(Approval {}))),
            (" Decline ,,,,,,", Ok(Change::Decline(Decline {}))),
            ("REVERSE", Ok(Change::Reverse(Reversal {}))),
            ("refund,1.5,,,EUR,,", refund(1_500_000, false)),
            ("refund,1.5,,,EUR,,yes", refund(1_500_000, true)),
            (
                "restate,,2,0.1,EUR,Approved,",
                Ok(Change::Restate(Restatement {
                    value: money(2_000_000),
                    commission: money(100_000),
                    status: ConversionStatus::Approved.into(),
                })),
            ),
            ("refund,1.5,,,EUR,,perhaps", Err("keep_commission")),
            ("refund,\"1,5\",,,EUR,,", refund(1_500_000, false)),
            ("refund,1.500,,,EUR,,", Err("amount")),
            ("restate,,1e3,,EUR,,", Err("value")),
            ("restate,,,,EUR,declined,", Err("status")),
            ("pay,,,,,,", Err("kind")),
        ] {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
            let cells = reader.records().next().unwrap().unwrap();
            let cells: Vec<String> = cells.iter().map(str::to_owned).collect();
            let read = Cells { titles: &titles, cells: &cells }.change();
            match expected {
                Ok(expected) => assert_eq!(read, Ok(expected), "{row}"),
                Err(title) => assert!(read.unwrap_err().starts_with(&format!("`{title}`")), "{row}"),
            }
        }
    }

    #[test]
    fn titles_are_checked() {
        for (titles, is_right) in [
            ("kind,conversion_id", true),
            ("kind,transaction_id,amount,external_id", true),
            ("row,reason,message,kind,conversion_id", true),
            ("conversion_id", false),
            ("kind,amount", false),
            ("kind,conversion_id,colour", false),
            ("kind,conversion_id,amount,amount", false),
            ("kind,conversion_id,,", true),
        ] {
            let titles: Vec<String> = titles.split(',').map(str::to_owned).collect();
            assert_eq!(check_titles(&titles).is_ok(), is_right, "{titles:?}");
        }
    }
}
