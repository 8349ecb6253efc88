//! `s2s statements import`: reads the whole file before anything is sent, so that a file that can't be
//! read leaves nothing behind. Then it sends the rows, and has our side compared with them. An import
//! that broke off goes on where it was.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use s2s_sdk::{
    Client,
    prost_types::Timestamp,
    v1::{
        AddStatementRowsRequest, CompareStatementRequest, CreateStatementRequest, DecimalSeparator,
        DeleteStatementRequest, ErrorReason, GetConversionCodeRequest, GetPresetRequest, NewStatementRow,
        Statement, StatementState,
    },
};

use super::{
    columns::Named,
    file::{Read, Rows, Rules, digest, name},
};
use crate::{
    args::given_id,
    cells::plain,
    codes::Separator,
    conversions::codes::Codes,
    failure::Failure,
    names,
    output::say,
    time::{When, Zone},
};

/// Number of rows in one call.
const BATCH_ROWS: usize = 1_000;
/// Maximum number of rows that can't be read that are shown.
const FAULTS_SHOWN: u64 = 10;
const MONTHS_PER_YEAR: i8 = 12;

#[derive(Args)]
pub struct Options {
    /// The network's CSV file. Its first line names the columns. Titles such as `Order ID`,
    /// `Commission`, `Status` and `Date` are understood; --column names others.
    file: PathBuf,
    /// Id or name of the conversion code for which the network's sales count.
    #[arg(long, value_name = "CODE", value_parser = given_id)]
    code: String,
    /// Month that the statement covers, for example `2026-10`, in the time zone of --time-zone.
    #[arg(long, value_name = "YYYY-MM", value_parser = parse_month, required_unless_present = "since")]
    month: Option<Date>,
    /// Beginning of the period that the statement covers, in place of a month.
    #[arg(long, value_name = "TIME", conflicts_with = "month", requires = "until")]
    since: Option<When>,
    /// End of the period, exclusive.
    #[arg(long, value_name = "TIME", requires = "since")]
    until: Option<When>,
    /// Title of the column of a field: `order`, `click`, `value`, `commission`, `currency`, `status` or
    /// `time`. Can be given several times. Example: `--column "order=Network Ref"`.
    #[arg(long = "column", value_name = "FIELD=TITLE")]
    columns: Vec<Named>,
    /// Status of the rows that state none. Without it, their status is not compared.
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// Separator of the decimals in amounts that can be read in two ways, such as `1.500`. Default: the
    /// separator of the conversion code.
    #[arg(long, value_enum, default_value_t = Separator::Auto)]
    decimal_separator: Separator,
}

/// The status of rows that state none.
#[derive(Clone, Copy, ValueEnum)]
pub enum Status {
    Pending,
    Approved,
    Declined,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
        }
    }
}

/// Compares a file. Returns the id of its statement.
pub async fn run(client: &Client, options: Options, zone: &Zone) -> Result<String, Failure> {
    let path = options.file.as_path();
    let Some(time_zone) = zone.named() else {
        let sentence =
            "name the time zone of the network with --time-zone: which sales are of a month depends on it";
        return Err(Failure::Usage(sentence.to_owned()));
    };
    let [start_time, end_time] = options.period(zone)?;
    let code_id = names::code(&options.code, client).await?;
    let code = Codes::new(client).find(&code_id);
    let preset = preset(client, &code_id).await?;
    let rules = Rules {
        code_id: code_id.clone(),
        code,
        separator: DecimalSeparator::from(options.decimal_separator),
        zone,
        status: options.status.map_or("", Status::word),
    };
    let columns = [&options.columns[..], &preset[..]];
    check(path, columns, &rules)?;
    let statement = Statement {
        conversion_code_id: code_id,
        name: name(path),
        file_sha256: digest(path).map_err(|error| Failure::file(&path.display(), error))?,
        start_time: Some(start_time),
        end_time: Some(end_time),
        time_zone: time_zone.to_owned(),
        ..Default::default()
    };
    let request = CreateStatementRequest { statement: Some(statement), validate_only: false };
    let statement = client.statements().create(request).await?.statement.unwrap_or_default();
    say(&format!("the statement is {}", statement.id));
    if statement.state() == StatementState::Complete {
        say("this file was compared before; `s2s statements delete` makes it possible to compare it anew");
        return Ok(statement.id);
    }
    if statement.state() == StatementState::Open {
        let sent = send(client, &statement, path, columns, &rules).await;
        if let Err(failure) = sent {
            return Err(take_back(client, &statement, failure).await);
        }
    }
    compare(client, statement.id).await
}

/// The columns that the preset of a code names.
async fn preset(client: &Client, code_id: &str) -> Result<Vec<Named>, Failure> {
    let request = GetConversionCodeRequest { conversion_code_id: code_id.to_owned() };
    let code = client.conversion_codes().get(request).await?.conversion_code.unwrap_or_default();
    if code.preset_id.is_empty() {
        return Ok(Vec::new());
    }
    let preset = client.presets().get(GetPresetRequest { preset_id: code.preset_id }).await?.preset;
    let form = preset.and_then(|preset| preset.statement);
    Ok(form.as_ref().map(Named::of_preset).unwrap_or_default())
}

impl Options {
    fn period(&self, zone: &Zone) -> Result<[Timestamp; 2], Failure> {
        let (since, until) = match (self.month, self.since, self.until) {
            (Some(first), ..) => (Some(When::Day(first)), next_month(first).map(When::Day)),
            (None, since, until) => (since, until),
        };
        match (zone.option(since)?, zone.option(until)?) {
            (Some(start), Some(end)) => Ok([start, end]),
            _ => Err(Failure::Usage("name the period with --month, or with --since and --until".to_owned())),
        }
    }
}

/// Reads the first day of a month.
fn parse_month(text: &str) -> Result<Date, String> {
    let wrong = || "write a month as 2026-10".to_owned();
    let (year, month) = text.trim().split_once('-').ok_or_else(wrong)?;
    let month: i8 = month.parse().map_err(|_| wrong())?;
    let year = year.parse().ok().filter(|year| (2000..=9999).contains(year)).ok_or_else(wrong)?;
    Date::new(year, month, 1).map_err(|_| wrong())
}

fn next_month(first: Date) -> Option<Date> {
    let (year, month) = (first.year(), first.month());
    if month == MONTHS_PER_YEAR { Date::new(year + 1, 1, 1).ok() } else { Date::new(year, month + 1, 1).ok() }
}

/// Reads the whole file. Fails if a row can't be read.
fn check(path: &Path, [named, preset]: [&[Named]; 2], rules: &Rules<'_>) -> Result<(), Failure> {
    let failure = |error| Failure::file(&path.display(), error);
    let mut rows = Rows::open(path, named, preset)?;
    say(&plain(&rows.said()));
    let (mut faults, mut nameless, mut last_nameless, mut read) = (0, 0_u64, 0, 0_u64);
    while let Some((number, row)) = rows.next(rules).map_err(failure)? {
        match row {
            Read::Row(_) => read += 1,
            Read::Nameless => (nameless, last_nameless) = (nameless + 1, number),
            Read::Fault(sentence) => {
                faults += 1;
                if faults <= FAULTS_SHOWN {
                    say(&format!("row {number}: {}", plain(&sentence)));
                }
            }
        }
    }
    if faults > 0 {
        return Err(Failure::Found(format!("{faults} rows can't be read, so nothing was sent")));
    }
    if read == 0 {
        return Err(Failure::Found("the file has no rows with an order id or a click id".to_owned()));
    }
    if nameless > 0 {
        say(&format!(
            "{nameless} rows without an order id and a click id are left out, such as row {last_nameless}"
        ));
    }
    Ok(())
}

/// Sends the rows that the statement does not have yet.
async fn send(
    client: &Client,
    statement: &Statement,
    path: &Path,
    [named, preset]: [&[Named]; 2],
    rules: &Rules<'_>,
) -> Result<(), Failure> {
    let mut rows = Rows::open(path, named, preset)?;
    let mut batch =
        Batch { client, statement_id: &statement.id, number: 1, rows: Vec::new(), lines: Vec::new() };
    while let Some((line, row)) = rows.next(rules).map_err(|error| Failure::file(&path.display(), error))? {
        let Read::Row(row) = row else { continue };
        if batch.number <= statement.row_count {
            batch.number += 1;
            continue;
        }
        batch.rows.push(*row);
        batch.lines.push(line);
        if batch.rows.len() >= BATCH_ROWS {
            batch.send().await?;
        }
    }
    batch.send().await
}

/// Rows to be sent.
struct Batch<'a> {
    client: &'a Client,
    statement_id: &'a str,
    /// The number of the first row.
    number: i64,
    rows: Vec<NewStatementRow>,
    /// The number of each row in a spreadsheet.
    lines: Vec<u64>,
}

impl Batch<'_> {
    async fn send(&mut self) -> Result<(), Failure> {
        let (rows, lines) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.lines));
        if rows.is_empty() {
            return Ok(());
        }
        let first_number = self.number;
        self.number += i64::try_from(rows.len()).unwrap_or_default();
        let request =
            AddStatementRowsRequest { statement_id: self.statement_id.to_owned(), first_number, rows };
        let Err(error) = self.client.statements().add_statement_rows(request).await else { return Ok(()) };
        for violation in error.field_violations() {
            let place = violation.field.strip_prefix("rows[").and_then(|rest| rest.split_once("]."));
            let line = place.and_then(|(at, field)| Some((lines.get(at.parse::<usize>().ok()?)?, field)));
            if let Some((line, field)) = line {
                say(&format!("row {line}: {field} {}", plain(&violation.description)));
            }
        }
        Err(error.into())
    }
}

/// Deletes the statement of a file that the server refuses, so that the mended file is all there is.
async fn take_back(client: &Client, statement: &Statement, failure: Failure) -> Failure {
    let is_refused = matches!(&failure, Failure::Call(error) if error.reason() == ErrorReason::FieldInvalid);
    if is_refused && statement.row_count == 0 {
        let request = DeleteStatementRequest { statement_id: statement.id.clone(), ..Default::default() };
        if client.statements().delete(request).await.is_ok() {
            say("the statement was deleted again; mend the file, or name other columns, and import it again");
        }
    }
    failure
}

/// Has our side compared. Returns the id of the statement.
async fn compare(client: &Client, statement_id: String) -> Result<String, Failure> {
    loop {
        let request = CompareStatementRequest { statement_id: statement_id.clone() };
        let statement = client.statements().compare(request).await?.statement.unwrap_or_default();
        if statement.state() == StatementState::Complete {
            return Ok(statement_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_a_beginning_and_an_end() {
        for (text, expected) in [
            ("2026-10", Some(("2026-10-01", "2026-11-01"))),
            (" 2026-12 ", Some(("2026-12-01", "2027-01-01"))),
            ("2028-02", Some(("2028-02-01", "2028-03-01"))),
            ("2026-13", None),
            ("2026", None),
            ("26-10", None),
            ("2026-10-01", None),
        ] {
            let month = parse_month(text).ok();
            let period = month.map(|first| (first.to_string(), next_month(first).unwrap().to_string()));
            let expected = expected.map(|(first, next)| (first.to_owned(), next.to_owned()));
            assert_eq!(period, expected, "{text}");
        }
    }
}
