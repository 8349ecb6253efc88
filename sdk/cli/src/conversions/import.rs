//! `s2s conversions import`: sends a file of any length over one stream, in bounded memory.
//!
//! A row that can't be read and a row that the server refuses are treated the same: each is
//! counted, and written to the file of failed rows if the caller names one. The first ten are
//! shown.
//!
//! A row without an order id gets a request id made from its content. So importing the row again
//! counts nothing twice, wherever the row stands and however it is written. Equal rows get the same
//! request id, so only one of them would count. If the code counts every conversion, rows without
//! an order id are therefore refused unless the caller gives `--each-row-counts`.
//!
//! An exported row names its conversion, which is looked up first. If the conversion is recorded,
//! the row is never recorded as another sale: a row whose order id a spreadsheet has changed fails.

#[cfg(any(test, fuzzing))]
mod check;
mod failed;
mod known;
mod length;
mod quotes;
mod reading;
mod records;
mod tally;
mod text;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use clap::Args;
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use s2s_sdk::{
    Client, Error,
    v1::{DecimalSeparator, RecordConversionRequest, RecordConversionResult},
};
use tokio::sync::{
    Semaphore,
    mpsc::{Receiver, Sender, channel},
};

#[cfg(fuzzing)]
pub use self::check::check_file;
pub use self::{failed::FailedRows, length::check_cells, records::Records, tally::sentence};
use self::{
    known::{LOOKUPS_MAX, Lookup},
    reading::{Fate, Prepared, Reading, Row, Rules},
    tally::Tally,
};
use super::{codes::Codes, columns::Columns};
use crate::{cells::plain, codes::Separator, failure::Failure, output::say, time::Zone};

/// Maximum number of rows that are read but not yet answered. Larger than the number that the
/// server accepts at a time, so that the server never waits for this program.
const ROWS_MAX: usize = 4_000;
/// Maximum size of the rows that are read but not yet answered, in bytes.
const ROWS_BYTES_MAX: usize = 32 * 1_024 * 1_024;
/// Maximum number of rows that wait to be looked up or sent.
const REQUESTS_MAX: usize = 64;

type Answers = BoxStream<'static, Result<RecordConversionResult, Error>>;

#[derive(Args)]
pub struct Options {
    /// CSV file to import; `-` is standard input. Its first line names the columns:
    /// `conversion_code_id`, `click_id` and `value`, and optionally `transaction_id`, `currency`,
    /// `commission`, `commission_percent`, `status`, `conversion_time`, `custom_params` (`k=v`
    /// separated by `;`). The names of these fields in postbacks are understood as well.
    file: PathBuf,
    /// File for the rows that failed, each with its reason. The file can be imported once its rows
    /// are corrected.
    #[arg(long, value_name = "FILE")]
    failed: Option<PathBuf>,
    /// Separator of the decimals in amounts that can be read in two ways, such as `1.500`. Default:
    /// the separator of the conversion code.
    #[arg(long, value_enum, default_value_t = Separator::Auto)]
    decimal_separator: Separator,
    /// Count each of several equal rows that have no order id. Rows are equal if they mean the
    /// same click, code, amounts, status, time and parameters. If the file is imported again, the
    /// first of several equal rows is taken for the same sale as before, the second row for the
    /// same sale as the second row before, and so on.
    #[arg(long)]
    each_row_counts: bool,
    /// Title of a column that is not to be read; can be given several times.
    #[arg(long = "ignore-column", value_name = "TITLE")]
    ignored: Vec<String>,
    /// Only check; record nothing.
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(client: &Client, options: Options, zone: &Arc<Zone>) -> Result<(), Failure> {
    let Options { file, failed, decimal_separator, each_row_counts, ignored, dry_run } = options;
    if let Some(failed) = &failed {
        check_failed(failed, &file)?;
    }
    let (mut records, columns) = open(&file, &ignored)?;
    if each_row_counts && columns.is_of_failed_rows {
        return Err(Failure::Usage(
            "with --each-row-counts, correct the rows in the first file and import all of it again: equal rows are \
             told apart by their order in that file"
                .to_owned(),
        ));
    }
    if let Some(unread) = columns.unread() {
        say(&plain(&unread));
    }
    let failed = failed.map(|path| FailedRows::create(&path, &columns.titles, records.form())).transpose()?;
    let mut tally = Tally::new(failed);

    let (send, prepared) = channel(REQUESTS_MAX);
    let rules = Rules {
        separator: DecimalSeparator::from(decimal_separator),
        zone: zone.clone(),
        codes: Codes::new(client),
        each_row_counts,
        dry_run,
    };
    let mut reading = Reading::new(columns, rules, send, Arc::new(Semaphore::new(ROWS_BYTES_MAX)));
    // Reading blocks, so it has its own thread, which ends with the file or once the receiver is
    // dropped.
    let reader = thread::spawn(move || reading.run(&mut records));
    let counted = count(client, prepared, dry_run, &mut tally).await;
    zone.say();
    // The thread has dropped its sender, so the thread has ended or is about to end.
    let read = counted.and_then(|()| match reader.join() {
        Ok(Err(error)) => Err(Failure::file(&file.display(), error)),
        _ => Ok(()),
    });
    if read.is_err() {
        say(&format!("until then: {}", tally.sum()));
    }
    read.and_then(|()| tally.end())
}

/// Refuses two names for the file of failed rows: `-`, because it would name a file and not
/// standard output, and the name of the imported file, because that file would be overwritten.
pub fn check_failed(failed: &Path, file: &Path) -> Result<(), Failure> {
    if failed == Path::new("-") {
        return Err(Failure::Usage("name a file for the rows that fail; `-` is none".to_owned()));
    }
    if failed.exists() && fs::canonicalize(failed).ok() == fs::canonicalize(file).ok() {
        return Err(Failure::Usage("the file for failed rows can't be the imported file".to_owned()));
    }
    Ok(())
}

/// Sends the rows, and counts their outcomes in the order of the file.
async fn count(
    client: &Client,
    prepared: Receiver<Prepared>,
    dry_run: bool,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let lookup = Lookup::new(client);
    let (rows, mut pending) = channel(ROWS_MAX);
    let settling = lookup.clone();
    let settled = received(prepared).map(move |one| settling.clone().settle(one)).buffered(LOOKUPS_MAX);
    let requests = settled.filter_map(move |one| pass_on(rows.clone(), one));
    let answers = client.conversions().stream_record(requests).await?;
    let mut answers = if dry_run { rehearsed(answers, lookup.clone()) } else { answers };
    while let Some(row) = pending.recv().await {
        match &row.fate {
            Fate::Sent => {
                let answer = answers.next().await.transpose()?;
                if dry_run && lookup.is_barred() {
                    tally.set_unsure();
                }
                tally.answered(&row, answer)?;
            }
            Fate::RecordedBefore { .. } | Fate::Unsent(_) => tally.unsent(&row)?,
        }
        tally.progress();
    }
    Ok(())
}

fn received(rows: Receiver<Prepared>) -> impl futures::Stream<Item = Prepared> + Send {
    stream::unfold(rows, async |mut rows| Some((rows.recv().await?, rows)))
}

/// Adds a row to the rows that wait for answers, before its request is sent.
async fn pass_on(rows: Sender<Row>, prepared: Prepared) -> Option<RecordConversionRequest> {
    let Prepared { row, request, .. } = prepared;
    rows.send(row).await.ok()?;
    request
}

/// The answers of a dry run, in which duplicates of recorded conversions are marked.
fn rehearsed(answers: Answers, lookup: Lookup) -> Answers {
    let mark = move |answer: Result<RecordConversionResult, Error>| {
        let lookup = lookup.clone();
        async move { Ok(lookup.rehearsed(answer?).await) }
    };
    answers.map(mark).buffered(LOOKUPS_MAX).boxed()
}

/// Opens the file and reads its titles.
fn open(file: &Path, ignored: &[String]) -> Result<(Records<Box<dyn Read + Send>>, Columns), Failure> {
    let failure = |error| Failure::file(&file.display(), error);
    let input: Box<dyn Read + Send> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).map_err(failure)?)
    };
    let mut records = Records::open(input).map_err(failure)?;
    let titles = records.read().map_err(failure)?.and_then(|titles| titles.cells.ok()).unwrap_or_default();
    let columns = Columns::read(titles, ignored);
    Ok((records, columns.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?))
}
