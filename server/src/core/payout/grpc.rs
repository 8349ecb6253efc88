//! `PayoutService`: translation between its messages and commands.

use std::sync::Arc;

use s2s_sdk::v1::{
    self, CancelPayoutRequest, CancelPayoutResponse, CreatePartnerEntryRequest, CreatePartnerEntryResponse,
    CreatePayoutRequest, CreatePayoutResponse, GetPartnerBalanceRequest, GetPartnerBalanceResponse,
    GetPayoutRequest, GetPayoutResponse, ListPartnerLinesRequest, ListPartnerLinesResponse,
    ListPayoutsRequest, ListPayoutsResponse, MarkPayoutPaidRequest, MarkPayoutPaidResponse, Money,
    PartnerEntry, PayoutState,
    payout_service_server::{PayoutService, PayoutServiceServer},
};
use tonic::{Request, Response, Status};

use super::{
    Create, End, NOTE_BYTES_MAX, Payout, REFERENCE_BYTES_MAX, balance, entry, entry::Entry, lines, parse_id,
};
use crate::{
    api::{self, Caller},
    core::{App, click::CLOCK_SKEW_MAX, partner},
    error::{Result, Violations},
    page::PageRequest,
    values::{
        id::RequestKey,
        money::{Amount, AmountChange, Currency, parse_money},
        time::Time,
    },
};

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> PayoutServiceServer<Service> {
    PayoutServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl PayoutService for Service {
    async fn get_partner_balance(
        &self,
        request: Request<GetPartnerBalanceRequest>,
    ) -> Result<Response<GetPartnerBalanceResponse>, Status> {
        let caller = Caller::of(&request);
        let partner = caller.partner(&request.get_ref().partner_id)?;
        let balances = balance::get(&self.0, caller.account, partner).await?;
        Ok(Response::new(GetPartnerBalanceResponse { balances }))
    }

    async fn list_partner_lines(
        &self,
        request: Request<ListPartnerLinesRequest>,
    ) -> Result<Response<ListPartnerLinesResponse>, Status> {
        let caller = Caller::of(&request);
        Ok(Response::new(lines::list(&self.0, caller, request.get_ref()).await?))
    }

    async fn create_partner_entry(
        &self,
        request: Request<CreatePartnerEntryRequest>,
    ) -> Result<Response<CreatePartnerEntryResponse>, Status> {
        let account = api::account(&request);
        let entry = entry::create(&self.0, account, parse_entry(request.into_inner())?).await?;
        Ok(Response::new(CreatePartnerEntryResponse { entry: Some(entry.into()) }))
    }

    async fn create_payout(
        &self,
        request: Request<CreatePayoutRequest>,
    ) -> Result<Response<CreatePayoutResponse>, Status> {
        let account = api::account(&request);
        let payout = super::create(&self.0, account, parse_create(request.into_inner())?).await?;
        Ok(Response::new(CreatePayoutResponse { payout: Some(payout.into()) }))
    }

    async fn get_payout(
        &self,
        request: Request<GetPayoutRequest>,
    ) -> Result<Response<GetPayoutResponse>, Status> {
        let caller = Caller::of(&request);
        let id = parse_id(&request.get_ref().payout_id)?;
        let payout = super::get(&self.0, caller.account, caller.partner, id).await?;
        Ok(Response::new(GetPayoutResponse { payout: Some(payout.into()) }))
    }

    async fn list_payouts(
        &self,
        request: Request<ListPayoutsRequest>,
    ) -> Result<Response<ListPayoutsResponse>, Status> {
        let caller = Caller::of(&request);
        let ListPayoutsRequest { page_size, page_token, partner_id } = request.into_inner();
        let of_one = caller.partner.is_some() || !partner_id.is_empty();
        let partner = of_one.then(|| caller.partner(&partner_id)).transpose()?;
        let filter = partner.map(|partner| partner.0.into_bytes().to_vec()).unwrap_or_default();
        let page = PageRequest::parse("ListPayouts", caller.account, page_size, &page_token, &[&filter])?;
        let page = super::list(&self.0, caller.account, partner, &page).await?;
        let (payouts, next_page_token) = page.into_messages(v1::Payout::from);
        Ok(Response::new(ListPayoutsResponse { payouts, next_page_token }))
    }

    async fn mark_payout_paid(
        &self,
        request: Request<MarkPayoutPaidRequest>,
    ) -> Result<Response<MarkPayoutPaidResponse>, Status> {
        let account = api::account(&request);
        let MarkPayoutPaidRequest { payout_id, reference, paid_time, validate_only } = request.into_inner();
        let (id, mut violations) = (parse_id(&payout_id)?, Violations::default());
        let reference = violations.check("reference", parse_text(&reference, REFERENCE_BYTES_MAX));
        let at = violations.check("paid_time", paid_time.as_ref().map(Time::from_proto).transpose());
        if at.flatten().is_some_and(|at| at > self.0.now().plus(CLOCK_SKEW_MAX)) {
            violations.add("paid_time", "must not be in the future");
        }
        let (Some(reference), Some(at)) = (reference, at.filter(|_| violations.is_empty())) else {
            return Err(violations.into_error().into());
        };
        let end = End::Paid { reference, at };
        let payout = super::end(&self.0, account, id, end, validate_only).await?;
        Ok(Response::new(MarkPayoutPaidResponse { payout: Some(payout.into()) }))
    }

    async fn cancel_payout(
        &self,
        request: Request<CancelPayoutRequest>,
    ) -> Result<Response<CancelPayoutResponse>, Status> {
        let account = api::account(&request);
        let CancelPayoutRequest { payout_id, validate_only } = request.into_inner();
        let id = parse_id(&payout_id)?;
        let payout = super::end(&self.0, account, id, End::Canceled, validate_only).await?;
        Ok(Response::new(CancelPayoutResponse { payout: Some(payout.into()) }))
    }
}

fn parse_create(mut request: CreatePayoutRequest) -> Result<Create> {
    let mut violations = Violations::default();
    // A dry run must have the digest of the real request, so `validate_only` is not part of it.
    let validate_only = std::mem::take(&mut request.validate_only);
    let key = violations.check("request_id", RequestKey::parse(&request.request_id, &request));
    let partner = partner::parse_id(&request.partner_id)?;
    let currency = violations.check("currency_code", parse_currency(&request.currency_code));
    let cutoff = request.cutoff_time.as_ref().map(Time::from_proto).transpose();
    let cutoff = violations.check("cutoff_time", cutoff);
    let expected = request.expected_total.as_ref();
    let expected = expected.map(|money| parse_expected(money, currency.flatten())).transpose();
    let expected = violations.check("expected_total", expected);
    if expected == Some(None) && !validate_only {
        violations.add(
            "expected_total",
            "is mandatory: look at the payout with `validate_only`, and send its total",
        );
    }
    match (key, currency, cutoff, expected) {
        (Some(request), Some(currency), Some(cutoff), Some(expected)) if violations.is_empty() => {
            // The currency of the total is that of the payout, if that is not named.
            let (expected, expected_in) = expected.unzip();
            let currency = currency.or(expected_in.flatten());
            Ok(Create { partner, currency, cutoff, expected, request, validate_only })
        }
        _ => Err(violations.into_error()),
    }
}

fn parse_currency(code: &str) -> Result<Option<Currency>, String> {
    let currency = (!code.is_empty()).then(|| code.parse());
    currency.transpose().map_err(|error: s2s_sdk::amount::UnknownCurrency| error.to_string())
}

fn parse_expected(money: &Money, payout: Option<Currency>) -> Result<(Amount, Option<Currency>), String> {
    let (amount, currency) = parse_money(money)?;
    match (payout, currency) {
        (Some(payout), Some(own)) if payout != own => {
            Err("must be in the currency of the payout, `currency_code`".to_owned())
        }
        _ => Ok((amount, currency)),
    }
}

fn parse_entry(mut request: CreatePartnerEntryRequest) -> Result<entry::Create> {
    let mut violations = Violations::default();
    // A dry run must have the digest of the real request, so `validate_only` is not part of it.
    let validate_only = std::mem::take(&mut request.validate_only);
    let key = violations.check("request_id", RequestKey::parse(&request.request_id, &request));
    let PartnerEntry { partner_id, amount, note, .. } = request.entry.unwrap_or_default();
    let partner = partner::parse_id(&partner_id)?;
    let amount = violations.check("entry.amount", parse_change(&amount.unwrap_or_default()));
    let note = violations.check("entry.note", parse_text(&note, NOTE_BYTES_MAX));
    match (key, amount, note) {
        (Some(request), Some((amount, currency)), Some(note)) if violations.is_empty() => {
            Ok(entry::Create { partner, amount, currency, note, request, validate_only })
        }
        _ => Err(violations.into_error()),
    }
}

/// Parses an amount that may be negative, but not 0, with its currency.
fn parse_change(money: &Money) -> Result<(AmountChange, Currency), String> {
    let change = AmountChange::from_micros(money.micros).filter(|change| change.micros() != 0);
    let change =
        change.ok_or("must be -1,000,000,000,000,000,000 to 1,000,000,000,000,000,000 micros, and not 0")?;
    let currency = parse_currency(&money.currency_code).map_err(|error| format!("currency_code {error}"))?;
    Ok((change, currency.ok_or("must have a currency_code")?))
}

fn parse_text(text: &str, bytes_max: usize) -> Result<String, String> {
    if (1..=bytes_max).contains(&text.len()) && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(format!("must have 1 to {bytes_max} bytes, without NUL"))
}

impl From<Payout> for v1::Payout {
    fn from(payout: Payout) -> Self {
        let state = match (payout.paid_at, payout.canceled_at) {
            (Some(_), _) => PayoutState::Paid,
            (None, Some(_)) => PayoutState::Canceled,
            (None, None) => PayoutState::Open,
        };
        Self {
            // A dry run creates no payout.
            id: if payout.id.0.is_nil() { String::new() } else { payout.id.to_string() },
            partner_id: payout.partner_id.to_string(),
            total: Some(payout.total.to_proto(payout.currency)),
            line_count: payout.line_count,
            cutoff_time: Some(payout.cutoff_at.to_proto()),
            state: state.into(),
            reference: payout.reference,
            create_time: Some(payout.created_at.to_proto()),
            paid_time: payout.paid_at.map(Time::to_proto),
            cancel_time: payout.canceled_at.map(Time::to_proto),
        }
    }
}

impl From<Entry> for PartnerEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            partner_id: entry.partner_id.to_string(),
            amount: Some(entry.amount.to_proto(entry.currency)),
            note: entry.note,
            create_time: Some(entry.created_at.to_proto()),
        }
    }
}
