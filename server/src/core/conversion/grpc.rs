//! `ConversionService`: translation between its messages and commands.

use std::sync::Arc;

use futures::{
    StreamExt as _,
    future::{self, join_all},
    stream::{self, BoxStream},
};
use s2s_sdk::v1::{
    self, BatchRecordConversionsRequest, BatchRecordConversionsResponse, BatchRecordConversionsResult,
    ConversionStatus, CustomParam, ErrorReason, GetConversionRequest, GetConversionResponse,
    ListConversionsRequest, ListConversionsResponse, Money, RecordConversionRequest,
    RecordConversionResponse, StreamRecordConversionsRequest, StreamRecordConversionsResponse, Verdict,
    batch_record_conversions_result::Result as ItemResult,
    conversion_service_server::{ConversionService, ConversionServiceServer},
    record_conversion_request::Commission as WireCommission,
};
use tonic::{Request, Response, Streaming};

use super::{
    CUSTOM_PARAM_KEY_BYTES_MAX, CUSTOM_PARAM_VALUE_BYTES_MAX, CUSTOM_PARAMS_MAX, Commission, Conversion,
    ConversionClaim, CustomParams, Filter, Happened, Recorded, Status, TRANSACTION_ID_BYTES_MAX,
};
use crate::{
    api::{self, Tenant},
    core::App,
    error::{Error, Result, Violations},
    page::PageRequest,
    values::{
        click_id::SignedClickId,
        id::{AccountId, request_id_bytes},
        money::{Amount, Currency, Percent},
        time::Time,
    },
};

/// Maximum number of items in one batch.
const BATCH_ITEMS_MAX: usize = 1_000;
/// Maximum number of items of one stream that are in progress.
const STREAM_ITEMS_MAX: usize = 1_000;

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> ConversionServiceServer<Service> {
    ConversionServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl ConversionService for Service {
    async fn record_conversion(
        &self,
        request: Request<RecordConversionRequest>,
    ) -> Result<Response<RecordConversionResponse>, tonic::Status> {
        let tenant = api::tenant(&request);
        Ok(Response::new(record(&self.0, tenant, request.into_inner()).await?))
    }

    async fn batch_record_conversions(
        &self,
        request: Request<BatchRecordConversionsRequest>,
    ) -> Result<Response<BatchRecordConversionsResponse>, tonic::Status> {
        let tenant = api::tenant(&request);
        let requests = parse_batch(request.into_inner())?;
        let results = join_all(requests.into_iter().map(|one| record(&self.0, tenant, one))).await;
        let results = results.into_iter().map(item).collect();
        Ok(Response::new(BatchRecordConversionsResponse { results }))
    }

    type StreamRecordConversionsStream =
        BoxStream<'static, Result<StreamRecordConversionsResponse, tonic::Status>>;

    async fn stream_record_conversions(
        &self,
        request: Request<Streaming<StreamRecordConversionsRequest>>,
    ) -> Result<Response<Self::StreamRecordConversionsStream>, tonic::Status> {
        let tenant = api::tenant(&request);
        Ok(Response::new(record_all(self.0.clone(), tenant, request.into_inner())))
    }

    async fn get_conversion(
        &self,
        request: Request<GetConversionRequest>,
    ) -> Result<Response<GetConversionResponse>, tonic::Status> {
        let account = api::account(&request);
        let conversion = super::get(&self.0, account, request.get_ref().id.parse()?).await?;
        Ok(Response::new(GetConversionResponse { conversion: Some(conversion.into_proto(&self.0)) }))
    }

    async fn list_conversions(
        &self,
        request: Request<ListConversionsRequest>,
    ) -> Result<Response<ListConversionsResponse>, tonic::Status> {
        let account = api::account(&request);
        let (filter, page) = parse_list(&self.0, account, request.get_ref())?;
        let (conversions, next_page_token) = super::list(&self.0, account, &filter, &page).await?;
        let conversions = conversions.into_iter().map(|one| one.into_proto(&self.0)).collect();
        Ok(Response::new(ListConversionsResponse { conversions, next_page_token }))
    }
}

async fn record(
    app: &App,
    tenant: Tenant,
    request: RecordConversionRequest,
) -> Result<RecordConversionResponse> {
    let validate_only = request.validate_only;
    let conversion = super::evaluate(app, tenant, parse_claim(request)?).await?;
    if validate_only {
        let recorded = super::preview(app, conversion).await?;
        return Ok(RecordConversionResponse { verdict: Verdict::Test.into(), ..recorded.into_proto(app) });
    }
    Ok(super::record(app, conversion).await?.into_proto(app))
}

/// Records the items of a stream. The stream of results ends after the result of the last request.
/// If the server stops first, it takes no more requests: the results of the requests taken so far
/// follow, and then an error.
fn record_all(
    app: Arc<App>,
    tenant: Tenant,
    requests: Streaming<StreamRecordConversionsRequest>,
) -> BoxStream<'static, Result<StreamRecordConversionsResponse, tonic::Status>> {
    let stopping = app.stopping.clone();
    let results = requests.take_until(stopping.clone().cancelled_owned()).map(move |request| {
        let app = app.clone();
        async move {
            let request = request.map_err(|status| Error::from_tonic(&status).map_or(status, Into::into))?;
            let result = item(record(&app, tenant, request.request.unwrap_or_default()).await);
            Ok(StreamRecordConversionsResponse { result: Some(result) })
        }
    });
    let stopped = stream::once(async move {
        let message = "the server is stopping; send the items that have no result again";
        let error = || Error::new(ErrorReason::Unavailable, message).into();
        stopping.is_cancelled().then(|| Err(error()))
    });
    results.buffered(STREAM_ITEMS_MAX).chain(stopped.filter_map(future::ready)).boxed()
}

fn item(result: Result<RecordConversionResponse>) -> BatchRecordConversionsResult {
    let result = match result {
        Ok(response) => ItemResult::Response(response),
        Err(error) => ItemResult::Error(error.into()),
    };
    BatchRecordConversionsResult { result: Some(result) }
}

fn parse_batch(request: BatchRecordConversionsRequest) -> Result<Vec<RecordConversionRequest>> {
    if (1..=BATCH_ITEMS_MAX).contains(&request.requests.len()) {
        return Ok(request.requests);
    }
    let mut violations = Violations::default();
    violations.add("requests", format!("must be 1 to {BATCH_ITEMS_MAX}"));
    Err(violations.into_error())
}

fn parse_claim(request: RecordConversionRequest) -> Result<ConversionClaim> {
    let mut violations = Violations::default();
    let code = violations
        .check("conversion_code_id", mandatory(request.conversion_code_id).and_then(|id| id.parse()));
    let click_id = violations.check("click_id", mandatory(request.click_id));
    let transaction_id = violations.check("transaction_id", parse_transaction_id(request.transaction_id));
    let value = request.value.ok_or_else(|| "is mandatory; 0 if the sale has no value".to_owned());
    let value = violations.check("value", value.and_then(|value| parse_money(&value)));
    let commission = match request.commission {
        None => Some((Commission::Amount(Amount::ZERO), None)),
        Some(WireCommission::CommissionAmount(money)) => violations
            .check("commission_amount", parse_money(&money))
            .map(|(amount, currency)| (Commission::Amount(amount), currency)),
        Some(WireCommission::CommissionPercentMicros(micros)) => {
            let percent = Percent::from_micros(micros).ok_or_else(|| "must be 0 to 100,000,000".to_owned());
            let percent = violations.check("commission_percent_micros", percent);
            percent.map(|percent| (Commission::Percent(percent), None))
        }
    };
    let status = violations.check("status", parse_status(request.status));
    let custom_params = violations.check("custom_params", parse_custom_params(request.custom_params));
    let time = request.conversion_time.as_ref().map(Time::from_proto).transpose();
    let converted_at = violations.check("conversion_time", time);
    let request_id = violations.check("request_id", request_id_bytes(&request.request_id));
    if let (Some((_, Some(value))), Some((_, Some(commission)))) = (&value, &commission)
        && value != commission
    {
        let message =
            format!("value is in {value} and commission in {commission}; send both in one currency");
        return Err(Error::new(ErrorReason::CurrencyInvalid, message));
    }
    match (code, click_id, transaction_id, value, commission, status, custom_params, converted_at, request_id)
    {
        (
            Some(code),
            Some(click_id),
            Some(transaction_id),
            Some((value, currency)),
            Some((commission, commission_currency)),
            Some(status),
            Some(custom_params),
            Some(converted_at),
            Some(request_id),
        ) => Ok(ConversionClaim {
            code,
            click_id,
            transaction_id,
            value,
            currency: currency.or(commission_currency),
            commission,
            status,
            status_word: String::new(),
            custom_params,
            happened: converted_at.map_or(Happened::Now, Happened::At),
            request_id,
        }),
        _ => Err(violations.into_error()),
    }
}

fn mandatory(text: String) -> Result<String, String> {
    if text.is_empty() { Err("is mandatory".to_owned()) } else { Ok(text) }
}

/// Parses an amount and, if one is given, its currency.
fn parse_money(money: &Money) -> Result<(Amount, Option<Currency>), String> {
    let amount = Amount::from_micros(money.micros).ok_or("must be 0 to 1,000,000,000,000,000,000 micros")?;
    if money.currency_code.is_empty() {
        return Ok((amount, None));
    }
    let currency = money.currency_code.parse().map_err(|error| format!("currency_code {error}"))?;
    Ok((amount, Some(currency)))
}

/// Refuses a transaction id that a database might not store unchanged. Also used for postbacks.
pub fn parse_transaction_id(text: String) -> Result<String, String> {
    if text.len() > TRANSACTION_ID_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(format!("must be at most {TRANSACTION_ID_BYTES_MAX} bytes, without control characters"));
    }
    Ok(text)
}

fn parse_status(number: i32) -> Result<Status, String> {
    match ConversionStatus::try_from(number) {
        Ok(ConversionStatus::Unspecified | ConversionStatus::Approved) => Ok(Status::Approved),
        Ok(ConversionStatus::Pending) => Ok(Status::Pending),
        Ok(ConversionStatus::Declined) => Ok(Status::Declined),
        Ok(ConversionStatus::Reversed) => Err("a conversion can't begin reversed".to_owned()),
        Err(_) => Err("is not a value of ConversionStatus".to_owned()),
    }
}

fn parse_custom_params(params: Vec<CustomParam>) -> Result<CustomParams, String> {
    let fits = |param: &CustomParam| {
        param.key.len() <= CUSTOM_PARAM_KEY_BYTES_MAX && param.value.len() <= CUSTOM_PARAM_VALUE_BYTES_MAX
    };
    if params.len() > CUSTOM_PARAMS_MAX || !params.iter().all(fits) {
        return Err(format!(
            "must be at most {CUSTOM_PARAMS_MAX}, with keys of at most {CUSTOM_PARAM_KEY_BYTES_MAX} bytes and \
             values of at most {CUSTOM_PARAM_VALUE_BYTES_MAX}"
        ));
    }
    if params.iter().any(|param| param.key.contains('\0') || param.value.contains('\0')) {
        return Err("must contain no NUL".to_owned());
    }
    Ok(CustomParams(params.into_iter().map(|param| (param.key, param.value)).collect()))
}

fn parse_list(
    app: &App,
    account: AccountId,
    request: &ListConversionsRequest,
) -> Result<(Filter, PageRequest<{ super::LIST_KEY_BYTES }>)> {
    let mut violations = Violations::default();
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let code = given(&request.conversion_code_id).map(|text| text.parse()).transpose();
    let link = given(&request.tracking_link_id).map(|text| text.parse()).transpose();
    let click = given(&request.click_id).map(|text| {
        let signed =
            app.click_id_keys.read(&text, account).ok_or("is not a click id of this account".to_owned());
        signed.map(|signed| signed.id)
    });
    let filter = Filter {
        code: violations.check("conversion_code_id", code).flatten(),
        link: violations.check("tracking_link_id", link).flatten(),
        click: violations.check("click_id", click.transpose()).flatten(),
        start: violations
            .check("start_time", request.start_time.as_ref().map(Time::from_proto).transpose())
            .flatten(),
        end: violations
            .check("end_time", request.end_time.as_ref().map(Time::from_proto).transpose())
            .flatten(),
    };
    if !violations.is_empty() {
        return Err(violations.into_error());
    }
    let time = |time: Option<Time>| time.map_or(-1, Time::micros).to_be_bytes();
    let texts = [&request.conversion_code_id, &request.tracking_link_id, &request.click_id];
    let [code, link, click] = texts.map(String::as_bytes);
    let parts: [&[u8]; 5] = [code, link, click, &time(filter.start), &time(filter.end)];
    let page =
        PageRequest::parse("ListConversions", account, request.page_size, &request.page_token, &parts)?;
    Ok((filter, page))
}

impl Recorded {
    fn into_proto(self, app: &App) -> RecordConversionResponse {
        let verdict = if self.duplicate { Verdict::Duplicate } else { Verdict::Recorded };
        RecordConversionResponse {
            conversion: Some(self.conversion.into_proto(app)),
            verdict: verdict.into(),
            notes: self.notes,
        }
    }
}

impl Conversion {
    pub fn into_proto(self, app: &App) -> v1::Conversion {
        let status = match self.status {
            Status::Pending => ConversionStatus::Pending,
            Status::Approved => ConversionStatus::Approved,
            Status::Declined => ConversionStatus::Declined,
            Status::Reversed => ConversionStatus::Reversed,
        };
        let signed = SignedClickId { key_id: self.key_id, id: self.click_id };
        v1::Conversion {
            id: self.id().to_string(),
            conversion_code_id: self.code_id.to_string(),
            tracking_link_id: self.link_id.to_string(),
            click_id: app.click_id_keys.write(signed, self.account_id),
            transaction_id: self.transaction_id().to_owned(),
            value: Some(self.value.to_proto(self.currency)),
            commission: Some(self.commission.to_proto(self.currency)),
            commission_percent_micros: self.commission_percent.map_or(0, Percent::micros),
            status: status.into(),
            custom_params: self
                .custom_params
                .0
                .into_iter()
                .map(|(key, value)| CustomParam { key, value })
                .collect(),
            conversion_time: Some(self.converted_at.to_proto()),
            create_time: Some(self.created_at.to_proto()),
            click_time: Some(self.click_id.time().to_proto()),
            status_word: self.status_word,
        }
    }
}
