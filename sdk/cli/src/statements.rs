//! `s2s statements`: compares the statements of networks with our conversions.

mod columns;
mod file;
mod import;
mod resolve;

use clap::{Subcommand, ValueEnum};
use futures::{StreamExt as _, stream};
use s2s_sdk::{
    Client,
    v1::{
        ConversionStanding, DeleteStatementRequest, GetStatementRequest, ListStatementRowsRequest,
        ListStatementsRequest, Money, Statement, StatementResult, StatementRow, StatementTotal,
    },
};

use crate::{
    args::Limit,
    cells::{amount, time, word},
    failure::Failure,
    output::{Column, Output, Record},
    time::Zone,
};

#[derive(Subcommand)]
pub enum Action {
    /// Compares a network's CSV file with our conversions of a period, and shows the totals.
    /// Importing the same file again shows them again.
    Import(Box<import::Options>),
    /// Lists statements, newest first.
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Shows the totals of a statement.
    Show {
        /// Id of the statement.
        id: String,
    },
    /// Lists the rows of a statement, in the order of the file; the rows that are only ours come last.
    Rows {
        /// Id of the statement.
        id: String,
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        limit: Limit,
    },
    /// Does something about rows that differ, and compares them again.
    Resolve(resolve::Options),
    /// Deletes a statement, but no conversion. Then its file can be compared anew.
    Delete {
        /// Id of the statement.
        id: String,
    },
}

/// Rows to choose.
#[derive(clap::Args)]
pub struct Which {
    /// Only rows with this result.
    #[arg(long, value_enum)]
    result: Option<OnlyResult>,
    /// Only differences about which nothing was done.
    #[arg(long)]
    open: bool,
}

impl Which {
    fn request(&self, statement_id: String) -> ListStatementRowsRequest {
        let result = self.result.map(StatementResult::from).unwrap_or_default().into();
        ListStatementRowsRequest { statement_id, result, open: self.open, ..Default::default() }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum OnlyResult {
    Twice,
    OnlyTheirs,
    OutsidePeriod,
    CurrencyDiffers,
    StatusDiffers,
    AmountDiffers,
    Matched,
    OnlyOurs,
}

impl From<OnlyResult> for StatementResult {
    fn from(result: OnlyResult) -> Self {
        match result {
            OnlyResult::Twice => Self::Twice,
            OnlyResult::OnlyTheirs => Self::OnlyTheirs,
            OnlyResult::OutsidePeriod => Self::OutsidePeriod,
            OnlyResult::CurrencyDiffers => Self::CurrencyDiffers,
            OnlyResult::StatusDiffers => Self::StatusDiffers,
            OnlyResult::AmountDiffers => Self::AmountDiffers,
            OnlyResult::Matched => Self::Matched,
            OnlyResult::OnlyOurs => Self::OnlyOurs,
        }
    }
}

impl Record for Statement {
    const MESSAGE: &'static str = "Statement";
    const NARROW: usize = 5;
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |one| one.id.clone()),
        ("name", |one| one.name.clone()),
        ("row_count", |one| one.row_count.to_string()),
        ("state", |one| word(one.state().as_str_name(), "STATEMENT_STATE_")),
        ("create_time", |one| time(one.create_time.as_ref())),
        ("conversion_code_id", |one| one.conversion_code_id.clone()),
        ("start_time", |one| time(one.start_time.as_ref())),
        ("end_time", |one| time(one.end_time.as_ref())),
        ("time_zone", |one| one.time_zone.clone()),
        ("file_sha256", |one| one.file_sha256.clone()),
    ];
}

impl Record for StatementTotal {
    const MESSAGE: &'static str = "StatementTotal";
    const NARROW: usize = 9;
    const COLUMNS: &'static [Column<Self>] = &[
        ("result", |one| word(one.result().as_str_name(), "STATEMENT_RESULT_")),
        ("currency", |one| one.currency_code.clone()),
        ("their_count", |one| one.their_count.to_string()),
        ("our_count", |one| one.our_count.to_string()),
        ("open_count", |one| one.open_count.to_string()),
        ("their_value", |one| amount(one.their_value.as_ref())),
        ("our_value", |one| amount(one.our_value.as_ref())),
        ("their_commission", |one| amount(one.their_commission.as_ref())),
        ("our_commission", |one| amount(one.our_commission.as_ref())),
    ];
}

impl Record for StatementRow {
    const MESSAGE: &'static str = "StatementRow";
    const NARROW: usize = 10;
    const COLUMNS: &'static [Column<Self>] = &[
        ("number", |row| row.number.to_string()),
        ("result", |row| word(row.result().as_str_name(), "STATEMENT_RESULT_")),
        ("transaction_id", |row| row.transaction_id.clone()),
        ("their_value", |row| amount(value(row.theirs.as_ref()))),
        ("our_value", |row| amount(value(row.ours.as_ref()))),
        ("their_commission", |row| amount(commission(row.theirs.as_ref()))),
        ("our_commission", |row| amount(commission(row.ours.as_ref()))),
        ("their_status", |row| status(row.theirs.as_ref())),
        ("our_status", |row| status(row.ours.as_ref())),
        ("reason", |row| reason(row)),
        ("their_currency", |row| currency(row.theirs.as_ref())),
        ("our_currency", |row| currency(row.ours.as_ref())),
        ("click_id", |row| row.click_id.clone()),
        ("their_time", |row| time(row.their_time.as_ref())),
        ("conversion_id", |row| row.conversion_id.clone()),
        ("postback_id", |row| row.postback_id.clone()),
        ("action", |row| word(row.action().as_str_name(), "STATEMENT_ACTION_")),
        ("note", |row| row.note.clone()),
        ("resolve_time", |row| time(row.resolve_time.as_ref())),
    ];
}

fn value(side: Option<&ConversionStanding>) -> Option<&Money> {
    side?.value.as_ref()
}

fn commission(side: Option<&ConversionStanding>) -> Option<&Money> {
    side?.commission.as_ref()
}

fn status(side: Option<&ConversionStanding>) -> String {
    side.map(|side| word(side.status().as_str_name(), "CONVERSION_STATUS_")).unwrap_or_default()
}

fn currency(side: Option<&ConversionStanding>) -> String {
    let money = value(side).or_else(|| commission(side));
    crate::cells::currency(money)
}

fn reason(row: &StatementRow) -> String {
    match row.result() {
        StatementResult::OnlyTheirs if row.postback_id.is_empty() => "NEVER_CAME".to_owned(),
        _ => word(row.reason().as_str_name(), "ERROR_REASON_"),
    }
}

pub async fn run(action: Action, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    match action {
        Action::Import(options) => {
            let id = import::run(client, *options, zone).await?;
            show(id, client, output).await
        }
        Action::List { limit } => {
            output.list(client.statements().list(ListStatementsRequest::default()), limit.limit).await
        }
        Action::Show { id } => show(id, client, output).await,
        Action::Rows { id, which, limit } => {
            output.list(client.statements().list_statement_rows(which.request(id)), limit.limit).await
        }
        Action::Resolve(options) => resolve::run(client, options).await,
        Action::Delete { id } => {
            let request = DeleteStatementRequest { statement_id: id, ..Default::default() };
            output.show(client.statements().delete(request).await?.statement.as_ref())
        }
    }
}

/// Shows the totals of a statement.
async fn show(statement_id: String, client: &Client, output: &Output) -> Result<(), Failure> {
    let found = client.statements().get(GetStatementRequest { statement_id }).await?;
    output.list(stream::iter(found.totals.into_iter().map(Ok)).boxed(), 0).await
}
