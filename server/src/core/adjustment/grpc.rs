//! `AdjustmentService`: translation between its messages and commands.

use std::{collections::HashMap, sync::Arc};

use futures::future::join_all;
use prost::Message as _;
use s2s_sdk::v1::{
    self, AdjustmentKind, BatchCreateAdjustmentsRequest, BatchCreateAdjustmentsResponse,
    CreateAdjustmentRequest, CreateAdjustmentResponse, CreateAdjustmentResult, ListAdjustmentsRequest,
    ListAdjustmentsResponse, Money, NewAdjustment,
    adjustment_service_server::{AdjustmentService, AdjustmentServiceServer},
    create_adjustment_result::Result as ItemResult,
    new_adjustment::{Change as WireChange, Target as WireTarget},
};
use tonic::{Request, Response, Status};

use super::{
    Adjusted, Adjustment, Change, ExternalId, Filter, Kind, LIST_KEY_BYTES, REMARK_BYTES_MAX, Target,
};
use crate::{
    api,
    core::{
        App,
        click::CLOCK_SKEW_MAX,
        conversion::{ConversionId, TransactionId},
        turn::Turn,
    },
    error::{self, Error, Result, Violations},
    page::{ANSWER_BYTES_MAX, PageRequest, fit},
    values::{
        conversion_status::ConversionStatus,
        id::AccountId,
        money::{Amount, Currency, parse_money},
        time::Time,
    },
};

/// Maximum number of items in one batch.
const ADJUSTMENTS_OF_BATCH_MAX: usize = 1_000;

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> AdjustmentServiceServer<Service> {
    AdjustmentServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl AdjustmentService for Service {
    async fn create_adjustment(
        &self,
        request: Request<CreateAdjustmentRequest>,
    ) -> Result<Response<CreateAdjustmentResponse>, Status> {
        let account = api::account(&request);
        let item = Item::parse(request.into_inner(), self.0.now())?;
        let target = (item.target.clone(), item.request.external_id.clone());
        let found = super::find_targets(&self.0, account, &[target]).await?;
        let id = found.into_iter().next().unwrap_or_else(|| Err(Error::internal("a target is lost")))?;
        Ok(Response::new(item.adjust(&self.0, account, id).await?.into()))
    }

    async fn batch_create_adjustments(
        &self,
        request: Request<BatchCreateAdjustmentsRequest>,
    ) -> Result<Response<BatchCreateAdjustmentsResponse>, Status> {
        let account = api::account(&request);
        let requests = request.into_inner().requests;
        if !(1..=ADJUSTMENTS_OF_BATCH_MAX).contains(&requests.len()) {
            let mut violations = Violations::default();
            violations.add("requests", format!("must have 1 to {ADJUSTMENTS_OF_BATCH_MAX} entries"));
            return Err(violations.into_error().into());
        }
        let results = batch(&self.0, account, requests).await?;
        let mut results: Vec<_> = results.into_iter().map(result).collect();
        fit(&mut results, ANSWER_BYTES_MAX, shorten);
        Ok(Response::new(BatchCreateAdjustmentsResponse { results }))
    }

    async fn list_adjustments(
        &self,
        request: Request<ListAdjustmentsRequest>,
    ) -> Result<Response<ListAdjustmentsResponse>, Status> {
        let account = api::account(&request);
        let (filter, page) = parse_list(account, request.into_inner())?;
        let adjustments = super::list(&self.0, account, &filter, &page).await?;
        let (adjustments, next_page_token) = adjustments.into_messages(Into::into);
        Ok(Response::new(ListAdjustmentsResponse { adjustments, next_page_token }))
    }
}

/// Adjusts conversions, all of them together, and each of them by its items in their order.
async fn batch(
    app: &App,
    account: AccountId,
    requests: Vec<CreateAdjustmentRequest>,
) -> Result<Vec<Result<Adjusted>>> {
    let (now, mut turn, mut results) = (app.now(), Turn::begin(), Vec::with_capacity(requests.len()));
    let (mut items, mut targets) = (Vec::with_capacity(requests.len()), Vec::with_capacity(requests.len()));
    for (at, request) in requests.into_iter().enumerate() {
        match Item::parse(request, now) {
            Ok(item) => {
                targets.push((item.target.clone(), item.request.external_id.clone()));
                items.push((at, item));
            }
            Err(error) => results.push((at, Err(error))),
        }
        turn.share().await;
    }
    let found = super::find_targets(app, account, &targets).await?;
    let mut of_conversions: HashMap<ConversionId, Vec<(usize, Item)>> = HashMap::new();
    for ((at, item), found) in items.into_iter().zip(found) {
        match found {
            Ok(id) => of_conversions.entry(id).or_default().push((at, item)),
            Err(error) => results.push((at, Err(error))),
        }
    }
    let adjusted = of_conversions.into_iter().map(|(id, items)| adjust_one(app, account, id, items));
    results.extend(join_all(adjusted).await.into_iter().flatten());
    results.sort_unstable_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Adjusts a conversion by items, each with its place in a batch. Those that follow one another and are
/// all to be recorded, or all to be checked, are done together.
async fn adjust_one(
    app: &App,
    account: AccountId,
    id: ConversionId,
    items: Vec<(usize, Item)>,
) -> Vec<(usize, Result<Adjusted>)> {
    let (mut results, mut items) = (Vec::with_capacity(items.len()), items.into_iter().peekable());
    while let Some((first, item)) = items.next() {
        if item.validate_only {
            results.push((first, item.adjust(app, account, id).await));
            continue;
        }
        let (mut places, mut requests) = (vec![first], vec![item.request]);
        while let Some((place, item)) = items.next_if(|(_, item)| !item.validate_only) {
            places.push(place);
            requests.push(item.request);
        }
        match super::adjust_by_all(app, account, id, requests).await {
            Ok(all) => results.extend(places.into_iter().zip(all)),
            Err(error) => {
                let same = || Err(Error::new(error.reason(), error.message()));
                results.extend(places.into_iter().map(|place| (place, same())));
            }
        }
    }
    results
}

/// One request of a batch.
struct Item {
    target: Target,
    request: super::Request,
    validate_only: bool,
}

impl Item {
    fn parse(request: CreateAdjustmentRequest, now: Time) -> Result<Self> {
        let CreateAdjustmentRequest { adjustment, validate_only } = request;
        let mut violations = Violations::default();
        let Some(adjustment) = adjustment else {
            violations.add("adjustment", "is mandatory");
            return Err(violations.into_error());
        };
        let NewAdjustment { target, change, external_id, remark, effective_time } = adjustment;
        let target = violations.check("adjustment.target", parse_target(target));
        let external_id = violations.check("adjustment.external_id", ExternalId::parse(&external_id));
        let mut currencies = Vec::new();
        let change = parse_change(&mut violations, change, &mut currencies);
        let remark = violations.check("adjustment.remark", parse_remark(remark));
        let effective = effective_time.as_ref().map(|time| parse_time(time, now)).transpose();
        let effective_at = violations.check("adjustment.effective_time", effective);
        let needs_id = matches!(change, Some(Change::Refund { .. } | Change::Restate { .. }));
        if needs_id && external_id == Some(None) {
            let description =
                "is mandatory for `refund` and `restate`: without it, a repetition could count twice";
            violations.add("adjustment.external_id", description);
        }
        match (target, change, external_id, remark, effective_at) {
            (Some(target), Some(change), Some(external_id), Some(remark), Some(effective_at))
                if violations.is_empty() =>
            {
                let request = super::Request { change, currencies, external_id, remark, effective_at };
                Ok(Self { target, request, validate_only })
            }
            _ => Err(violations.into_error()),
        }
    }

    async fn adjust(self, app: &App, account: AccountId, id: ConversionId) -> Result<Adjusted> {
        if self.validate_only {
            return super::preview(app, account, id, self.request).await;
        }
        super::adjust(app, account, id, self.request).await
    }
}

fn parse_target(target: Option<WireTarget>) -> Result<Target, String> {
    match target {
        None => Err("is mandatory: `conversion_id` or `order`".to_owned()),
        Some(WireTarget::ConversionId(id)) => {
            let id = id.parse().map_err(|_| "`conversion_id` is not the id of a conversion".to_owned())?;
            Ok(Target::Conversion(id))
        }
        Some(WireTarget::Order(order)) => {
            let transaction_id = TransactionId::sought(&order.transaction_id);
            if transaction_id.as_str().is_empty() {
                return Err("`order` needs a `transaction_id`".to_owned());
            }
            let code = (!order.conversion_code_id.is_empty()).then(|| order.conversion_code_id.parse());
            let code = code.transpose().map_err(|error| format!("`conversion_code_id` {error}"))?;
            Ok(Target::Order(transaction_id, code))
        }
    }
}

/// Parses a change. Adds the currencies that its amounts name to `currencies`.
fn parse_change(
    violations: &mut Violations,
    change: Option<WireChange>,
    currencies: &mut Vec<Currency>,
) -> Option<Change> {
    let mut amount = |violations: &mut Violations, field: &str, money: Option<Money>| {
        let parsed = money.map(|money| parse_money(&money)).transpose();
        let parsed = violations.check(&format!("adjustment.{field}"), parsed)?;
        currencies.extend(parsed.and_then(|(_, currency)| currency));
        Some(parsed.map(|(amount, _)| amount))
    };
    match change {
        None => {
            let description = "is mandatory: `approve`, `decline`, `refund`, `restate` or `reverse`";
            violations.add("adjustment.change", description);
            None
        }
        Some(WireChange::Approve(_)) => Some(Change::Approve),
        Some(WireChange::Decline(_)) => Some(Change::Decline),
        Some(WireChange::Reverse(_)) => Some(Change::Reverse),
        Some(WireChange::Refund(refund)) => {
            let paid_back = amount(violations, "refund.amount", refund.amount)?;
            let Some(amount) = paid_back.filter(|amount| *amount > Amount::ZERO) else {
                violations.add("adjustment.refund.amount", "is mandatory, and must be more than 0");
                return None;
            };
            Some(Change::Refund { amount, keep_commission: refund.keep_commission })
        }
        Some(WireChange::Restate(restatement)) => {
            let value = amount(violations, "restate.value", restatement.value);
            let commission = amount(violations, "restate.commission", restatement.commission);
            let status = ConversionStatus::parse(restatement.status).and_then(|status| match status {
                Some(ConversionStatus::Declined) => Err("can't be declined; use `decline`".to_owned()),
                status => Ok(status),
            });
            let status = violations.check("adjustment.restate.status", status);
            let (value, commission, status) = (value?, commission?, status?);
            if value.is_none() && commission.is_none() && status.is_none() {
                violations.add("adjustment.restate", "must have a value, a commission or a status");
                return None;
            }
            Some(Change::Restate { value, commission, status })
        }
    }
}

fn parse_remark(remark: String) -> Result<String, String> {
    if remark.len() <= REMARK_BYTES_MAX && !remark.contains('\0') {
        return Ok(remark);
    }
    Err(format!("must have at most {REMARK_BYTES_MAX} bytes, without NUL"))
}

fn parse_time(time: &prost_types::Timestamp, now: Time) -> Result<Time, String> {
    let time = Time::from_proto(time)?;
    if time > now.plus(CLOCK_SKEW_MAX) {
        return Err("must not be in the future".to_owned());
    }
    Ok(time)
}

fn parse_list(
    account: AccountId,
    request: ListAdjustmentsRequest,
) -> Result<(Filter, PageRequest<LIST_KEY_BYTES>)> {
    let wire = request.filter.unwrap_or_default();
    let key = wire.encode_to_vec();
    let mut violations = Violations::default();
    let conversion = (!wire.conversion_id.is_empty()).then(|| wire.conversion_id.parse()).transpose();
    let conversion = conversion.map_err(|_| "is not the id of a conversion".to_owned());
    let time = |time: Option<prost_types::Timestamp>| time.as_ref().map(Time::from_proto).transpose();
    let filter = Filter {
        conversion: violations.check("filter.conversion_id", conversion).flatten(),
        start: violations.check("filter.start_time", time(wire.start_time)).flatten(),
        end: violations.check("filter.end_time", time(wire.end_time)).flatten(),
    };
    if !violations.is_empty() {
        return Err(violations.into_error());
    }
    let page =
        PageRequest::parse("ListAdjustments", account, request.page_size, &request.page_token, &[&key])?;
    Ok((filter, page))
}

fn result(result: Result<Adjusted>) -> CreateAdjustmentResult {
    let result = match result {
        Ok(adjusted) => ItemResult::Response(adjusted.into()),
        Err(error) => ItemResult::Error(error.into()),
    };
    CreateAdjustmentResult { result: Some(result) }
}

/// Shortens a result: removes the remark, and cuts the texts of an error.
fn shorten(result: &mut CreateAdjustmentResult) {
    match &mut result.result {
        Some(ItemResult::Response(response)) => {
            response.adjustment.iter_mut().for_each(|adjustment| adjustment.remark.clear());
        }
        Some(ItemResult::Error(status)) => error::shorten(status),
        None => {}
    }
}

impl From<Adjusted> for CreateAdjustmentResponse {
    fn from(adjusted: Adjusted) -> Self {
        let Adjusted { verdict, line } = adjusted;
        Self { adjustment: Some(line.into()), verdict: verdict.into() }
    }
}

impl From<Kind> for AdjustmentKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Approve => Self::Approve,
            Kind::Decline => Self::Decline,
            Kind::Refund => Self::Refund,
            Kind::Restate => Self::Restate,
            Kind::Reverse => Self::Reverse,
        }
    }
}

impl From<Adjustment> for v1::Adjustment {
    fn from(line: Adjustment) -> Self {
        Self {
            conversion_id: line.conversion_id().to_string(),
            number: line.number.into(),
            kind: AdjustmentKind::from(line.kind).into(),
            before: Some(line.before().to_proto(line.currency)),
            after: Some(line.after().to_proto(line.currency)),
            value_delta: Some(line.value_delta.to_proto(line.currency)),
            commission_delta: Some(line.commission_delta.to_proto(line.currency)),
            external_id: line.external_id.as_ref().map(ExternalId::as_str).unwrap_or_default().to_owned(),
            remark: line.remark,
            effective_time: Some(line.effective_at.to_proto()),
            create_time: Some(line.created_at.to_proto()),
        }
    }
}
