//! `StatementService`: translation between its messages and commands.

use std::sync::Arc;

use s2s_sdk::v1::{
    self, AddStatementRowsRequest, AddStatementRowsResponse, CompareStatementRequest,
    CompareStatementResponse, ConversionStanding, CreateStatementRequest, CreateStatementResponse,
    DeleteStatementRequest, DeleteStatementResponse, ErrorReason, GetStatementRequest, GetStatementResponse,
    ListStatementRowsRequest, ListStatementRowsResponse, ListStatementsRequest, ListStatementsResponse,
    Money, NewStatementRow, ResolveStatementRowResult, ResolveStatementRowsRequest,
    ResolveStatementRowsResponse, StatementState, StatementTotal,
    resolve_statement_row_result::Result as RowResult,
    statement_service_server::{StatementService, StatementServiceServer},
};
use tonic::{Request, Response, Status};

use super::{
    ADDED_ROWS_MAX, CLICK_TEXT_BYTES_MAX, Create, NOTE_BYTES_MAX, RESOLVED_ROWS_MAX, State, Statement,
    ZONE_BYTES_MAX, add,
    compare::Outcome,
    get, ours, parse_id,
    resolve::{self, Resolution},
    row::{self, Action, Row, Side, Theirs, Total},
};
use crate::{
    api::{self, Tenant},
    core::{
        App,
        conversion::{ConversionId, TransactionId},
        conversion_code::{self, ConversionCode},
        postback::{Reason, status_after},
        scan::scan,
    },
    error::{self, Error, Result, Violations},
    page::{ANSWER_BYTES_MAX, PageRequest, fit},
    values::{
        conversion_status::ConversionStatus,
        money::{AmountChange, Currency},
        text::{parse_name, trim},
        time::Time,
    },
};

/// Number of hexadecimal digits of a SHA-256.
const SHA256_DIGITS: usize = 64;

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> StatementServiceServer<Service> {
    StatementServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl StatementService for Service {
    async fn create_statement(
        &self,
        request: Request<CreateStatementRequest>,
    ) -> Result<Response<CreateStatementResponse>, Status> {
        let account = api::account(&request);
        let statement = super::create(&self.0, account, parse_create(request.into_inner())?).await?;
        Ok(Response::new(CreateStatementResponse { statement: Some(statement.into()) }))
    }

    async fn add_statement_rows(
        &self,
        request: Request<AddStatementRowsRequest>,
    ) -> Result<Response<AddStatementRowsResponse>, Status> {
        let account = api::account(&request);
        let AddStatementRowsRequest { statement_id, first_number, rows } = request.into_inner();
        let statement = get(&self.0, account, parse_id(&statement_id)?).await?;
        let code = conversion_code::find(&self.0, Tenant::Account(account), statement.code_id).await?;
        let rows = parse_rows(rows, &code)?;
        let statement = add::add(&self.0, account, statement.id, first_number, rows).await?;
        Ok(Response::new(AddStatementRowsResponse { statement: Some(statement.into()) }))
    }

    async fn compare_statement(
        &self,
        request: Request<CompareStatementRequest>,
    ) -> Result<Response<CompareStatementResponse>, Status> {
        let account = api::account(&request);
        let id = parse_id(&request.get_ref().statement_id)?;
        let statement = ours::compare(&self.0, account, id).await?;
        Ok(Response::new(CompareStatementResponse { statement: Some(statement.into()) }))
    }

    async fn get_statement(
        &self,
        request: Request<GetStatementRequest>,
    ) -> Result<Response<GetStatementResponse>, Status> {
        let account = api::account(&request);
        let id = parse_id(&request.get_ref().statement_id)?;
        let (statement, totals) = super::totals(&self.0, account, id).await?;
        let totals = totals.iter().map(total).collect::<Result<_>>()?;
        Ok(Response::new(GetStatementResponse { statement: Some(statement.into()), totals }))
    }

    async fn list_statements(
        &self,
        request: Request<ListStatementsRequest>,
    ) -> Result<Response<ListStatementsResponse>, Status> {
        let account = api::account(&request);
        let ListStatementsRequest { page_size, page_token } = request.get_ref();
        let page = PageRequest::parse("ListStatements", account, *page_size, page_token, &[])?;
        let page = super::list(&self.0, account, &page).await?;
        let (statements, next_page_token) = page.into_messages(v1::Statement::from);
        Ok(Response::new(ListStatementsResponse { statements, next_page_token }))
    }

    async fn list_statement_rows(
        &self,
        request: Request<ListStatementRowsRequest>,
    ) -> Result<Response<ListStatementRowsResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let outcome = Outcome::parse(request.result).map_err(|error| at_field("result", error))?;
        let statement = get(&self.0, account, parse_id(&request.statement_id)?).await?;
        let filter: [&[u8]; 3] =
            [statement.id.0.as_bytes(), &request.result.to_be_bytes(), &[u8::from(request.open)]];
        let (size, token) = (request.page_size, request.page_token.as_str());
        let page = PageRequest::parse("ListStatementRows", account, size, token, &filter)?;
        let rows = scan(&self.0, account, async |db| {
            row::list(db, statement.id, outcome, request.open, &page).await
        });
        let (rows, next_page_token) = rows.await?.into_messages(v1::StatementRow::from);
        Ok(Response::new(ListStatementRowsResponse { rows, next_page_token }))
    }

    async fn resolve_statement_rows(
        &self,
        request: Request<ResolveStatementRowsRequest>,
    ) -> Result<Response<ResolveStatementRowsResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let id = parse_id(&request.statement_id)?;
        let (numbers, resolution) = parse_resolution(request)?;
        let results = resolve::resolve(&self.0, account, id, &numbers, &resolution).await?;
        let mut results: Vec<_> = results.into_iter().map(result).collect();
        fit(&mut results, ANSWER_BYTES_MAX, shorten);
        Ok(Response::new(ResolveStatementRowsResponse { results }))
    }

    async fn delete_statement(
        &self,
        request: Request<DeleteStatementRequest>,
    ) -> Result<Response<DeleteStatementResponse>, Status> {
        let account = api::account(&request);
        let DeleteStatementRequest { statement_id, validate_only } = request.into_inner();
        let statement = super::delete(&self.0, account, parse_id(&statement_id)?, validate_only).await?;
        Ok(Response::new(DeleteStatementResponse { statement: Some(statement.into()) }))
    }
}

fn at_field(field: &str, error: impl std::fmt::Display) -> Error {
    Error::new(ErrorReason::FieldInvalid, format!("{field} {error}")).at_field(field)
}

fn parse_create(request: CreateStatementRequest) -> Result<Create> {
    let CreateStatementRequest { statement, validate_only } = request;
    let statement = statement.unwrap_or_default();
    let mut violations = Violations::default();
    let code = violations.check("statement.conversion_code_id", statement.conversion_code_id.parse());
    let name = violations.check("statement.name", parse_name(&statement.name));
    let file_digest = violations.check("statement.file_sha256", parse_digest(&statement.file_sha256));
    let time = |time: &Option<prost_types::Timestamp>| match time {
        Some(time) => Time::from_proto(time),
        None => Err("is mandatory".to_owned()),
    };
    let start = violations.check("statement.start_time", time(&statement.start_time));
    let end = violations.check("statement.end_time", time(&statement.end_time));
    if start.zip(end).is_some_and(|(start, end)| end <= start) {
        violations.add("statement.end_time", "must be later than `start_time`");
    }
    let zone = violations.check("statement.time_zone", parse_zone(statement.time_zone));
    match (code, name, file_digest, start, end, zone) {
        (Some(code), Some(name), Some(file_digest), Some(start), Some(end), Some(zone))
            if violations.is_empty() =>
        {
            Ok(Create { code, name, file_digest, start, end, zone, validate_only })
        }
        _ => Err(violations.into_error()),
    }
}

fn parse_digest(text: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("must be {SHA256_DIGITS} hexadecimal digits, the SHA-256 of the file");
    if text.len() != SHA256_DIGITS || !text.is_ascii() {
        return Err(wrong());
    }
    let pairs = text.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair, 16).map_err(|_| wrong())).collect()
}

fn parse_zone(zone: String) -> Result<String, String> {
    if (1..=ZONE_BYTES_MAX).contains(&zone.len()) && zone.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(zone);
    }
    Err(format!(
        "must be the name of a time zone, such as `Europe/Berlin`, of at most {ZONE_BYTES_MAX} bytes"
    ))
}

fn parse_rows(rows: Vec<NewStatementRow>, code: &ConversionCode) -> Result<Vec<Theirs>> {
    let mut violations = Violations::default();
    if !(1..=ADDED_ROWS_MAX).contains(&rows.len()) {
        violations.add("rows", format!("must have 1 to {ADDED_ROWS_MAX} entries"));
        return Err(violations.into_error());
    }
    let rows = rows.into_iter().enumerate().map_while(|(at, row)| {
        let row = (!violations.is_full()).then(|| parse_row(&row, at, code, &mut violations))?;
        Some(row)
    });
    let rows: Vec<Option<Theirs>> = rows.collect();
    match rows.into_iter().collect() {
        Some(rows) if violations.is_empty() => Ok(rows),
        _ => Err(violations.into_error()),
    }
}

fn parse_row(
    row: &NewStatementRow,
    at: usize,
    code: &ConversionCode,
    violations: &mut Violations,
) -> Option<Theirs> {
    let field = |name: &str| format!("rows[{at}].{name}");
    let transaction_id =
        violations.check(&field("transaction_id"), TransactionId::parse(&row.transaction_id));
    let click_text = violations.check(&field("click_id"), parse_click(&row.click_id));
    let value = violations.check(&field("value"), row.value.as_ref().map(parse_amount).transpose());
    let commission = row.commission.as_ref().map(parse_amount).transpose();
    let commission = violations.check(&field("commission"), commission);
    let status =
        status_after(&row.status, code.preset_id.preset()).map_err(|error| error.message().to_owned());
    let status = violations.check(&field("status"), status);
    let at = violations.check(&field("time"), row.time.as_ref().map(Time::from_proto).transpose());
    let (transaction_id, click_text) = (transaction_id?, click_text?);
    let (value, value_currency) = value?.unzip();
    let (commission, commission_currency) = commission?.unzip();
    let (value_currency, commission_currency) = (value_currency.flatten(), commission_currency.flatten());
    if transaction_id.as_str().is_empty() && click_text.is_empty() {
        violations.add(
            &field("transaction_id"),
            "or `click_id` is mandatory: a sale without a name can't be found",
        );
    }
    if value_currency.zip(commission_currency).is_some_and(|(value, commission)| value != commission) {
        violations.add(&field("commission"), "must be in the currency of the value");
    }
    let currency = value_currency.or(commission_currency).unwrap_or(code.default_currency);
    Some(Theirs { transaction_id, click_text, currency, value, commission, status: status?, at: at? })
}

fn parse_click(text: &str) -> Result<String, String> {
    let text = trim(text);
    if text.len() <= CLICK_TEXT_BYTES_MAX && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(format!("must have at most {CLICK_TEXT_BYTES_MAX} bytes, without control characters"))
}

fn parse_amount(money: &Money) -> Result<(AmountChange, Option<Currency>), String> {
    let amount = AmountChange::from_micros(money.micros);
    let amount = amount.ok_or("must be -1,000,000,000,000,000,000 to 1,000,000,000,000,000,000 micros")?;
    let currency = (!money.currency_code.is_empty()).then(|| money.currency_code.parse());
    let currency = currency.transpose();
    let currency =
        currency.map_err(|error: s2s_sdk::amount::UnknownCurrency| format!("currency_code {error}"))?;
    Ok((amount, currency))
}

fn parse_resolution(request: ResolveStatementRowsRequest) -> Result<(Vec<i32>, Resolution)> {
    let ResolveStatementRowsRequest { numbers, action, note, validate_only, .. } = request;
    let mut violations = Violations::default();
    if !(1..=RESOLVED_ROWS_MAX).contains(&numbers.len()) {
        violations.add("numbers", format!("must have 1 to {RESOLVED_ROWS_MAX} entries"));
    }
    // A number that no statement has gives the same error as one that this statement does not have.
    let numbers = numbers.into_iter().map(|number| i32::try_from(number).unwrap_or_default()).collect();
    let action = violations.check("action", Action::parse(action));
    if note.len() > NOTE_BYTES_MAX || note.contains('\0') {
        violations.add("note", format!("must have at most {NOTE_BYTES_MAX} bytes, without NUL"));
    }
    if action == Some(Action::Note) && note.trim().is_empty() {
        violations.add("note", "is mandatory: say why the difference is left as it is");
    }
    match action {
        Some(action) if violations.is_empty() => Ok((numbers, Resolution { action, note, validate_only })),
        _ => Err(violations.into_error()),
    }
}

fn result(result: Result<Row>) -> ResolveStatementRowResult {
    let result = match result {
        Ok(row) => RowResult::Row(row.into()),
        Err(error) => RowResult::Error(error.into()),
    };
    ResolveStatementRowResult { result: Some(result) }
}

/// Shortens a result: removes the note, and cuts the texts of an error.
fn shorten(result: &mut ResolveStatementRowResult) {
    match &mut result.result {
        Some(RowResult::Row(row)) => row.note.clear(),
        Some(RowResult::Error(status)) => error::shorten(status),
        None => {}
    }
}

impl From<Statement> for v1::Statement {
    fn from(statement: Statement) -> Self {
        let state = match statement.state {
            State::Open => StatementState::Open,
            State::Conversions | State::Postbacks => StatementState::Comparing,
            State::Complete => StatementState::Complete,
        };
        let digits = statement.file_digest.iter().map(|byte| format!("{byte:02x}"));
        Self {
            id: statement.id.to_string(),
            conversion_code_id: statement.code_id.to_string(),
            name: statement.name,
            file_sha256: digits.collect(),
            start_time: Some(statement.starts_at.to_proto()),
            end_time: Some(statement.ends_at.to_proto()),
            time_zone: statement.zone,
            row_count: statement.row_count.into(),
            state: state.into(),
            create_time: Some(statement.created_at.to_proto()),
        }
    }
}

impl From<Row> for v1::StatementRow {
    fn from(row: Row) -> Self {
        let conversion: Option<ConversionId> = row.conversion_id();
        let standing = |status: Option<ConversionStatus>, value, commission| ConversionStanding {
            status: status.map(ConversionStatus::to_proto).unwrap_or_default().into(),
            value,
            commission,
        };
        let theirs = row.their_currency.map(|currency| {
            let money = |amount: Option<AmountChange>| amount.map(|amount| amount.to_proto(currency));
            standing(row.their_status, money(row.their_value), money(row.their_commission))
        });
        let ours = row.our_currency.map(|currency| {
            let [value, commission] =
                [row.our_value, row.our_commission].map(|amount| amount.map(|one| one.to_proto(currency)));
            standing(row.our_status, value, commission)
        });
        Self {
            number: row.number.into(),
            result: row.outcome.to_proto().into(),
            transaction_id: row.transaction_id,
            click_id: row.click_text,
            theirs,
            their_time: row.their_at.map(Time::to_proto),
            conversion_id: conversion.map(|id| id.to_string()).unwrap_or_default(),
            ours,
            postback_id: row.postback_id.map(|id| id.to_string()).unwrap_or_default(),
            reason: row.reason.map(|Reason(reason)| reason).unwrap_or_default().into(),
            action: row.action.map(Action::to_proto).unwrap_or_default().into(),
            note: row.note,
            resolve_time: row.resolved_at.map(Time::to_proto),
        }
    }
}

fn total(total: &Total) -> Result<StatementTotal> {
    let Total { outcome, currency, theirs, ours, open } = *total;
    let money = |sum: i128| {
        let micros = i64::try_from(sum);
        let micros = micros.map_err(|_| Error::sum_too_large("the statement", &currency))?;
        Ok::<_, Error>(Some(Money { currency_code: currency.to_string(), micros }))
    };
    let [their, our] = [theirs, ours].map(|Side { value, commission, .. }| (money(value), money(commission)));
    Ok(StatementTotal {
        result: outcome.to_proto().into(),
        currency_code: currency.to_string(),
        their_count: theirs.rows,
        our_count: ours.rows,
        open_count: open,
        their_value: their.0?,
        their_commission: their.1?,
        our_value: our.0?,
        our_commission: our.1?,
    })
}
