//! `s2s statements resolve`: does something about rows that differ.

use clap::{Args, ValueEnum};
use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{ListStatementRowsRequest, ResolveStatementRowsRequest, StatementAction, StatementResult},
};

use super::OnlyResult;
use crate::{cells::plain, failure::Failure, output::say};

/// Number of rows in one call.
const BATCH_ROWS: usize = 100;
/// Number of rows in one answer of a list.
const PAGE_SIZE: i32 = 1_000;
/// Maximum number of failed rows that are shown.
const FAILURES_SHOWN: u64 = 10;

#[derive(Args)]
pub struct Options {
    /// Id of the statement.
    id: String,
    /// What to do: `replay` the held postback, `adjust` our conversion to what the network states,
    /// `record` a sale that is only theirs, leave a `note`, or only `compare` again.
    #[arg(value_enum)]
    action: Action,
    /// Number of a row; can be given several times.
    #[arg(long = "row", value_name = "NUMBER", required_unless_present = "result")]
    rows: Vec<i64>,
    /// All rows with this result about which nothing was done.
    #[arg(long, value_enum, conflicts_with = "rows")]
    result: Option<OnlyResult>,
    /// Note for people; mandatory for `note`.
    #[arg(long, value_name = "TEXT", required_if_eq("action", "note"))]
    note: Option<String>,
    /// Only check; change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Action {
    Compare,
    Replay,
    Adjust,
    Record,
    Note,
}

impl From<Action> for StatementAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Compare => Self::Compare,
            Action::Replay => Self::Replay,
            Action::Adjust => Self::Adjust,
            Action::Record => Self::Record,
            Action::Note => Self::Note,
        }
    }
}

pub async fn run(client: &Client, options: Options) -> Result<(), Failure> {
    let Options { id, action, rows, result, note, dry_run } = options;
    let numbers = match result {
        Some(result) => open(client, &id, result).await?,
        None => rows,
    };
    let (mut done, mut matched, mut failed) = (0_u64, 0_u64, 0_u64);
    for some in numbers.chunks(BATCH_ROWS) {
        let request = ResolveStatementRowsRequest {
            statement_id: id.clone(),
            numbers: some.to_vec(),
            action: StatementAction::from(action).into(),
            note: note.clone().unwrap_or_default(),
            validate_only: dry_run,
        };
        let results = client.statements().resolve_statement_rows(request).await?.results;
        for (number, result) in some.iter().zip(results) {
            match result.into_result() {
                Ok(row) => {
                    done += 1;
                    matched += u64::from(row.result() == StatementResult::Matched);
                }
                Err(error) => {
                    failed += 1;
                    if failed <= FAILURES_SHOWN {
                        say(&format!("row {number}: {}", plain(&error.to_string())));
                    }
                }
            }
        }
    }
    let what = if dry_run { "would be done".to_owned() } else { format!("done, {matched} match now") };
    let sum = format!("rows: {done} {what}, {failed} failed");
    if failed > 0 {
        return Err(Failure::RowsFailed(sum));
    }
    say(&sum);
    Ok(())
}

/// The numbers of the rows with a result about which nothing was done.
async fn open(client: &Client, id: &str, result: OnlyResult) -> Result<Vec<i64>, Failure> {
    let request = ListStatementRowsRequest {
        statement_id: id.to_owned(),
        result: StatementResult::from(result).into(),
        open: true,
        page_size: PAGE_SIZE,
        ..Default::default()
    };
    let rows = client.statements().list_statement_rows(request).map_ok(|row| row.number);
    Ok(rows.try_collect().await?)
}
