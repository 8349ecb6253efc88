//! Conversions: translation between messages and commands.

use std::collections::{BTreeMap, HashMap};

use prost::Message as _;
use prost_types::Timestamp;
use s2s_sdk::v1::{
    self, ConversionFilter, ConversionTime, ConversionVerdict, CustomParam, GetConversionRequest,
    GetConversionResponse, ListConversionsRequest, ListConversionsResponse, NewConversion,
    RecordConversionResponse, new_conversion::Commission as WireCommission,
};
use tonic::Request;

use super::{
    Commission, Conversion, ConversionClaim, CustomParams, DedupeKey, Filter, Happened, Recorded, TimeKind,
    TransactionId, Verdict,
};
use crate::{
    api::{self, Tenant},
    core::{App, click, conversion_code},
    error::{Result, Violations},
    page::PageRequest,
    values::{
        click_id::{ClickId, SignedClickId, UnverifiedClickId},
        conversion_status::ConversionStatus,
        id::{AccountId, request_id_bytes},
        money::{Amount, Percent, parse_money},
        sub_ids::SubIds,
        time::Time,
    },
};

/// `ConversionService.RecordConversion` for a conversion. With `validate_only`, nothing is
/// recorded.
pub async fn record(
    app: &App,
    tenant: Tenant,
    conversion: NewConversion,
    request_id: &str,
    validate_only: bool,
) -> Result<RecordConversionResponse> {
    let claim = parse_claim(conversion, request_id)?;
    let code = conversion_code::find(app, tenant, claim.code).await?;
    let conversion = super::evaluate(app, &code, claim).await?;
    if validate_only {
        let recorded = super::preview(app, conversion, code.transaction_scope).await?;
        return Ok(RecordConversionResponse {
            verdict: ConversionVerdict::Test.into(),
            ..recorded.into_proto(app)
        });
    }
    Ok(super::record(app, conversion, code.transaction_scope).await?.into_proto(app))
}

/// `ConversionService.GetConversion`.
pub async fn get_conversion(
    app: &App,
    request: Request<GetConversionRequest>,
) -> Result<GetConversionResponse> {
    let account = api::account(&request);
    let conversion = super::get(app, account, request.get_ref().conversion_id.parse()?).await?;
    let sub_ids = click::sub_ids(app.db.reader(), [conversion.click_id].into_iter()).await?;
    Ok(GetConversionResponse { conversion: Some(conversion.into_proto_with(app, &sub_ids)) })
}

/// `ConversionService.ListConversions`.
pub async fn list_conversions(
    app: &App,
    request: Request<ListConversionsRequest>,
) -> Result<ListConversionsResponse> {
    let account = api::account(&request);
    let request = request.into_inner();
    let click_id = request.filter.as_ref().map(|filter| filter.click_id.as_str()).unwrap_or_default();
    let click = app.click_id_keys.read(click_id, account).await?;
    let (filter, page) = parse_list(account, click, request)?;
    let conversions = super::list(app, account, &filter, &page).await?;
    let clicks = conversions.rows().map(|conversion| conversion.click_id);
    let sub_ids = click::sub_ids(app.db.reader(), clicks).await?;
    let (conversions, next_page_token) = conversions.into_messages(|one| one.into_proto_with(app, &sub_ids));
    Ok(ListConversionsResponse { conversions, next_page_token })
}

fn parse_claim(request: NewConversion, request_id: &str) -> Result<ConversionClaim> {
    let mut violations = Violations::default();
    let code = violations
        .check("conversion_code_id", mandatory(request.conversion_code_id).and_then(|id| id.parse()));
    let click_id = mandatory(request.click_id).map(|text| UnverifiedClickId::read(&text));
    let click_id = violations.check("click_id", click_id);
    let transaction_id = violations.check("transaction_id", TransactionId::parse(&request.transaction_id));
    let value = request.value.ok_or_else(|| "is mandatory; send 0 if the sale has no value".to_owned());
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
    let status = violations.check("status", ConversionStatus::parse(request.status));
    let custom_params = request.custom_params.into_iter().map(|param| (param.key, param.value)).collect();
    let custom_params = violations.check("custom_params", CustomParams::parse(custom_params));
    let time = request.conversion_time.as_ref().map(Time::from_proto).transpose();
    let converted_at = violations.check("conversion_time", time);
    let request_id = violations.check("request_id", request_id_bytes(request_id));
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
            currency,
            commission,
            commission_currency,
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

/// Parses a request for a list. `click` is the click whose id the filter names, if that id is
/// genuine.
fn parse_list(
    account: AccountId,
    click: Option<SignedClickId>,
    request: ListConversionsRequest,
) -> Result<(Filter, PageRequest<{ super::LIST_KEY_BYTES }>)> {
    let wire = request.filter.unwrap_or_default();
    let key = wire.encode_to_vec();
    let filter = parse_filter(click, wire)?;
    let page =
        PageRequest::parse("ListConversions", account, request.page_size, &request.page_token, &[&key])?;
    Ok((filter, page))
}

pub fn parse_filter(click: Option<SignedClickId>, filter: ConversionFilter) -> Result<Filter> {
    let mut violations = Violations::default();
    let given = |text: String| (!text.is_empty()).then_some(text);
    let code = given(filter.conversion_code_id).map(|text| text.parse()).transpose();
    let link = given(filter.tracking_link_id).map(|text| text.parse()).transpose();
    let partner = given(filter.partner_id).map(|text| text.parse()).transpose();
    let click = given(filter.click_id).map(|_| {
        let signed = click.ok_or("is not a click id of this account".to_owned());
        signed.map(|signed| signed.id)
    });
    let time = match ConversionTime::try_from(filter.time) {
        Ok(ConversionTime::Unspecified | ConversionTime::Create) => Ok(TimeKind::Created),
        Ok(ConversionTime::Conversion) => Ok(TimeKind::Converted),
        Ok(ConversionTime::Click) => Ok(TimeKind::Clicked),
        Err(_) => Err("is not a value of ConversionTime".to_owned()),
    };
    let moment = |time: Option<Timestamp>| time.as_ref().map(Time::from_proto).transpose();
    let transaction = TransactionId::sought(&filter.transaction_id);
    if transaction.as_str().is_empty() && !filter.transaction_id.is_empty() {
        violations
            .add("filter.transaction_id", "names no order; omit it to list the conversions of all orders");
    }
    let status = ConversionStatus::parse(filter.status);
    let recorded_status = ConversionStatus::parse(filter.recorded_status);
    let parsed = Filter {
        code: violations.check("filter.conversion_code_id", code).flatten(),
        link: violations.check("filter.tracking_link_id", link).flatten(),
        partner: violations.check("filter.partner_id", partner).flatten(),
        click: violations.check("filter.click_id", click.transpose()).flatten(),
        transaction: (!transaction.as_str().is_empty()).then(|| DedupeKey::of_transaction(&transaction)),
        status: violations.check("filter.status", status).flatten(),
        recorded_status: violations.check("filter.recorded_status", recorded_status).flatten(),
        time: violations.check("filter.time", time).unwrap_or_default(),
        start: violations.check("filter.start_time", moment(filter.start_time)).flatten(),
        end: violations.check("filter.end_time", moment(filter.end_time)).flatten(),
    };
    if violations.is_empty() { Ok(parsed) } else { Err(violations.into_error()) }
}

impl Recorded {
    pub fn verdict(&self) -> ConversionVerdict {
        match self.verdict {
            Verdict::Recorded => ConversionVerdict::Recorded,
            Verdict::Duplicate => ConversionVerdict::Duplicate,
            Verdict::Updated => ConversionVerdict::Updated,
        }
    }

    fn into_proto(self, app: &App) -> RecordConversionResponse {
        RecordConversionResponse {
            conversion_id: self.conversion.id().to_string(),
            verdict: self.verdict().into(),
            conversion: Some(self.conversion.into_proto(app)),
            notes: self.notes,
            ..Default::default()
        }
    }
}

impl Conversion {
    /// The message, with the sub ids of the conversion's click.
    pub fn into_proto_with(self, app: &App, sub_ids: &HashMap<ClickId, SubIds>) -> v1::Conversion {
        let sub_ids = sub_ids.get(&self.click_id).cloned().unwrap_or_default().into_proto();
        v1::Conversion { sub_ids, ..self.into_proto(app) }
    }

    pub fn into_proto(self, app: &App) -> v1::Conversion {
        let signed = SignedClickId { key_id: self.key_id, id: self.click_id };
        let current = self.standing().to_proto(self.currency);
        let adjustment_count = self.adjustment_count().into();
        let owed = self.owed().map(|owed| owed.to_proto(self.currency));
        v1::Conversion {
            id: self.id().to_string(),
            conversion_code_id: self.code_id.to_string(),
            tracking_link_id: self.link_id.to_string(),
            click_id: app.click_id_keys.write(signed, self.account_id),
            transaction_id: self.transaction_id().to_owned(),
            value: Some(self.value.to_proto(self.currency)),
            commission: Some(self.commission.to_proto(self.currency)),
            commission_percent_micros: self.commission_percent.map(Percent::micros),
            status: self.status.to_proto().into(),
            custom_params: self
                .custom_params
                .into_pairs()
                .into_iter()
                .map(|(key, value)| CustomParam { key, value })
                .collect(),
            conversion_time: Some(self.converted_at.to_proto()),
            create_time: Some(self.created_at.to_proto()),
            click_time: Some(self.click_id.time().to_proto()),
            status_word: self.status_word,
            current: Some(current),
            adjustment_count,
            partner_id: self.partner_id.map(|id| id.to_string()).unwrap_or_default(),
            owed,
            sub_ids: BTreeMap::new(),
        }
    }
}
