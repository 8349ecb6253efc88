//! Postbacks: translation between messages and commands.

mod answers;

use std::{net::IpAddr, sync::Arc};

use prost::Message as _;
use prost_types::Timestamp;
use s2s_sdk::v1::{
    self, EraseVisitorRequest, EraseVisitorResponse, ExplainClickRequest, ExplainClickResponse,
    ExplainPostbackRequest, ExplainPostbackResponse, GetPostbackRequest, GetPostbackResponse,
    ListPostbacksRequest, ListPostbacksResponse, PostbackFilter, PostbackIds, PostbackVerdict, RawPostback,
    RecordConversionResponse, ReplayOverrides, ReplayPostbacksRequest, ReplayPostbacksResponse,
    TestSetupRequest, TestSetupResponse, WatchPostbacksRequest,
    explain_postback_request::Postback as Explained,
    postback_service_server::{PostbackService, PostbackServiceServer},
    replay_postbacks_request::Postbacks as Replayed,
};
use tonic::{Request, Response, Status};

use super::{
    Filter, LIST_KEY_BYTES, Overrides, Postback, REPLAY_MAX, Reason, Replay, Sender, Source, TEXT_BYTES_MAX,
    Verdict, watch,
};
use crate::{
    api::{self, Caller},
    core::{
        App,
        conversion_code::{ConversionCodeId, DecimalSeparator},
        tracking_link::{self, TrackingLinkId},
    },
    error::{Error, Result, Violations},
    page::{ANSWER_BYTES_MAX, PageRequest, fit},
    values::{
        id::{AccountId, PostbackId, id_time, request_id_bytes},
        limits::{BODY_BYTES_MAX, TARGET_BYTES_MAX, USER_AGENT_BYTES_MAX},
        money::Amount,
        text::truncate,
        time::{Span, Time},
    },
};

/// Longest time between the time in a postback's id and its arrival: an edge sets both at once.
const ID_SKEW_MAX: Span = Span::from_seconds(1);
/// Longest method and content type, in bytes. Longer ones are cut.
const METHOD_BYTES_MAX: usize = 16;
const CONTENT_TYPE_BYTES_MAX: usize = 255;
/// Maximum number of postbacks in one replay by filter.
const REPLAY_ROWS: i32 = 100;

pub struct Service(pub Arc<App>);

pub fn service(app: Arc<App>) -> PostbackServiceServer<Service> {
    PostbackServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl PostbackService for Service {
    async fn list_postbacks(
        &self,
        request: Request<ListPostbacksRequest>,
    ) -> Result<Response<ListPostbacksResponse>, Status> {
        let account = api::account(&request);
        let (filter, page) = parse_list(account, request.into_inner())?;
        let postbacks = super::list(&self.0, account, &filter, &page).await?;
        let (postbacks, next_page_token) = postbacks.into_messages(Into::into);
        Ok(Response::new(ListPostbacksResponse { postbacks, next_page_token }))
    }

    async fn get_postback(
        &self,
        request: Request<GetPostbackRequest>,
    ) -> Result<Response<GetPostbackResponse>, Status> {
        let account = api::account(&request);
        let postback = super::get(&self.0, account, parse_id(&request.get_ref().postback_id)?).await?;
        Ok(Response::new(GetPostbackResponse { postback: Some(postback.into()) }))
    }

    async fn replay_postbacks(
        &self,
        request: Request<ReplayPostbacksRequest>,
    ) -> Result<Response<ReplayPostbacksResponse>, Status> {
        let account = api::account(&request);
        let (which, how) = parse_replay(account, request.into_inner())?;
        let (postbacks, next_page_token) = match which {
            Which::Ids(ids) => (super::replay(&self.0, account, &ids, &how).await?, String::new()),
            Which::Held(filter, page) => super::replay_held(&self.0, account, filter, &page, &how).await?,
        };
        let mut postbacks: Vec<_> = postbacks.into_iter().map(Into::into).collect();
        fit(&mut postbacks, ANSWER_BYTES_MAX, answers::shorten);
        Ok(Response::new(ReplayPostbacksResponse { postbacks, next_page_token }))
    }

    type WatchPostbacksStream = watch::Watched;

    async fn watch_postbacks(
        &self,
        request: Request<WatchPostbacksRequest>,
    ) -> Result<Response<watch::Watched>, Status> {
        Ok(Response::new(watch::watch_postbacks(&self.0, request)?))
    }

    async fn explain_postback(
        &self,
        request: Request<ExplainPostbackRequest>,
    ) -> Result<Response<ExplainPostbackResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let explanation = match request.postback {
            Some(Explained::Target(target)) => super::explain(&self.0, account, target).await?,
            Some(Explained::PostbackId(id)) => {
                super::explain_stored(&self.0, account, parse_id(&id)?).await?
            }
            None => return Err(missing("postback", "`target` or `postback_id`").into()),
        };
        Ok(Response::new(explanation.into_proto(&self.0)))
    }
}

/// `ConversionService.RecordConversion` for a postback.
pub async fn receive(
    app: &App,
    caller: Caller,
    raw: RawPostback,
    request_id: &str,
) -> Result<RecordConversionResponse> {
    let (postback, sender, source) = parse_receive(app, caller, raw, request_id)?;
    super::receive(app, postback, sender, source).await?.into_response()
}

/// `ClickService.ExplainClick`.
pub async fn explain_click(app: &App, request: Request<ExplainClickRequest>) -> Result<ExplainClickResponse> {
    let account = api::account(&request);
    let history = super::explain_click(app, account, &request.get_ref().click_id).await?;
    Ok(history.into_proto(app))
}

/// `ConversionCodeService.TestSetup`.
pub async fn test_setup(app: &App, request: Request<TestSetupRequest>) -> Result<TestSetupResponse> {
    let account = api::account(&request);
    let (code, link) = parse_test_setup(request.get_ref())?;
    Ok(super::test_setup(app, account, code, link).await?.into_proto(app))
}

/// `ClickService.EraseVisitor`.
pub async fn erase_visitor(app: &App, request: Request<EraseVisitorRequest>) -> Result<EraseVisitorResponse> {
    let account = api::account(&request);
    let EraseVisitorRequest { click_id, validate_only } = request.into_inner();
    let erased = super::erase_visitor(app, account, &click_id, validate_only).await?;
    Ok(erased.into_proto(app))
}

/// The error of a request that sets no field of a mandatory `oneof`.
fn missing(field: &str, choices: &str) -> Error {
    let mut violations = Violations::default();
    violations.add(field, format!("is mandatory: {choices}"));
    violations.into_error()
}

/// Parses a postback's id. A malformed id gives the same error as an unknown one.
fn parse_id(text: &str) -> Result<PostbackId> {
    text.parse().map_err(|_| Error::not_found("postback", text))
}

/// Selection of the postbacks to replay.
enum Which {
    Ids(Vec<PostbackId>),
    Held(Filter, PageRequest<LIST_KEY_BYTES>),
}

fn parse_replay(account: AccountId, request: ReplayPostbacksRequest) -> Result<(Which, Replay)> {
    let mut violations = Violations::default();
    let overrides = request.overrides.unwrap_or_default();
    let trust_sender = overrides.trust_sender;
    let overrides = parse_overrides(&overrides, &mut violations);
    let which = match request.postbacks {
        Some(Replayed::Ids(PostbackIds { ids })) if (1..=REPLAY_MAX).contains(&ids.len()) => {
            Which::Ids(ids.iter().map(|text| parse_id(text)).collect::<Result<_>>()?)
        }
        Some(Replayed::Ids(_)) => {
            violations.add("ids", format!("must have 1 to {REPLAY_MAX} entries"));
            return Err(violations.into_error());
        }
        Some(Replayed::Filter(filter)) => {
            let key = filter.encode_to_vec();
            let filter = parse_filter(filter, &mut violations);
            if filter.verdict.is_some_and(|verdict| verdict != Verdict::Held) {
                violations.add("filter.verdict", "must be unspecified or POSTBACK_VERDICT_HELD");
            }
            let page =
                PageRequest::parse("ReplayPostbacks", account, REPLAY_ROWS, &request.page_token, &[&key])?;
            Which::Held(filter, page)
        }
        None => return Err(missing("postbacks", "`ids` or `filter`")),
    };
    let how = Replay { overrides, trust_sender, validate_only: request.validate_only };
    if violations.is_empty() { Ok((which, how)) } else { Err(violations.into_error()) }
}

fn parse_overrides(overrides: &ReplayOverrides, violations: &mut Violations) -> Overrides {
    let mut amount = |field: &str, micros: Option<i64>| {
        let amount = micros.map(|micros| {
            Amount::from_micros(micros)
                .ok_or_else(|| "must be 0 to 1,000,000,000,000,000,000 micros".to_owned())
        });
        violations.check(&format!("overrides.{field}"), amount.transpose()).flatten()
    };
    let value = amount("value_micros_where_missing", overrides.value_micros_where_missing);
    let commission = amount("commission_micros_where_missing", overrides.commission_micros_where_missing);
    let separator = DecimalSeparator::parse(overrides.decimal_separator);
    let code = (!overrides.conversion_code_id.is_empty()).then(|| overrides.conversion_code_id.parse());
    Overrides {
        value,
        commission,
        separator: violations
            .check("overrides.decimal_separator", separator)
            .flatten()
            .map(DecimalSeparator::to_proto),
        code: violations.check("overrides.conversion_code_id", code.transpose()).flatten(),
    }
}

fn parse_test_setup(request: &TestSetupRequest) -> Result<(ConversionCodeId, Option<TrackingLinkId>)> {
    let code = request.conversion_code_id.as_str();
    let code = code.parse().map_err(|_| Error::not_found("conversion code", code))?;
    let link = request.tracking_link_id.as_str();
    Ok((code, (!link.is_empty()).then(|| tracking_link::parse_id(link)).transpose()?))
}

/// Parses a postback that a caller passes on. Only an edge is believed about the sender's address,
/// HTTPS, the time of arrival, the id, and an earlier answer to the sender (`queued`).
fn parse_receive(
    app: &App,
    caller: Caller,
    mut raw: RawPostback,
    request_id: &str,
) -> Result<(Postback, Sender, Source)> {
    let mut violations = Violations::default();
    let judged_at = app.now();
    if !caller.is_edge() {
        raw.postback_id = PostbackId(app.random.id(judged_at)).to_string();
        (raw.receive_time, raw.sender_address, raw.over_https) = (None, String::new(), false);
        raw.queued = false;
    }
    let request_id = if caller.is_edge() { "" } else { request_id };
    let request_id = violations.check("request_id", request_id_bytes(request_id));
    let id = violations.check("postback.postback_id", raw.postback_id.parse::<PostbackId>());
    let received_at = raw.receive_time.as_ref().map_or(Ok(judged_at), Time::from_proto);
    let received_at = violations.check("postback.receive_time", received_at);
    if !matches!(raw.method.as_str(), "GET" | "POST") {
        violations.add("postback.method", "must be `GET` or `POST`: no other method makes a postback");
    }
    if raw.target.is_empty() {
        violations.add("postback.target", "is mandatory: the path and query of the request");
    }
    if !violations.is_empty() {
        return Err(violations.into_error());
    }
    let (Some(id), Some(received_at), Some(request_id)) = (id, received_at, request_id) else {
        return Err(violations.into_error());
    };
    if received_at.ahead_of(id_time(id.0)).size() > ID_SKEW_MAX {
        violations
            .add("postback.postback_id", "must have the time of `receive_time`: an edge makes both at once");
        return Err(violations.into_error());
    }
    let address = raw.sender_address.parse::<IpAddr>().ok();
    let RawPostback { over_https, from_browser, queued, .. } = raw;
    let sender = Sender { address, over_https, from_browser, queued, judged_at };
    let source = Source { tenant: caller.sees(), request_id };
    let cut = raw.target.len() > TARGET_BYTES_MAX || raw.body.len() > BODY_BYTES_MAX;
    raw.target.truncate(TARGET_BYTES_MAX);
    raw.body.truncate(BODY_BYTES_MAX);
    let postback = Postback {
        method: truncate(raw.method, METHOD_BYTES_MAX),
        target: raw.target,
        content_type: truncate(raw.content_type, CONTENT_TYPE_BYTES_MAX),
        body: raw.body,
        address: app.store_addresses.text(address),
        user_agent: truncate(raw.user_agent, USER_AGENT_BYTES_MAX),
        cut,
        from_edge: caller.is_edge(),
        ..Postback::arrived(id, caller.account, received_at)
    };
    Ok((postback, sender, source))
}

fn parse_list(
    account: AccountId,
    request: ListPostbacksRequest,
) -> Result<(Filter, PageRequest<LIST_KEY_BYTES>)> {
    let mut violations = Violations::default();
    let wire = request.filter.unwrap_or_default();
    let key = wire.encode_to_vec();
    let filter = parse_filter(wire, &mut violations);
    if !violations.is_empty() {
        return Err(violations.into_error());
    }
    let page = PageRequest::parse("ListPostbacks", account, request.page_size, &request.page_token, &[&key])?;
    Ok((filter, page))
}

pub fn parse_filter(filter: PostbackFilter, violations: &mut Violations) -> Filter {
    let verdict = violations.check("filter.verdict", parse_verdict(filter.verdict)).flatten();
    let reason =
        v1::ErrorReason::try_from(filter.reason).map_err(|_| "is not a value of ErrorReason".to_owned());
    let reason = violations.check("filter.reason", reason);
    let time = |time: Option<Timestamp>| time.as_ref().map(Time::from_proto).transpose();
    let start = violations.check("filter.start_time", time(filter.start_time)).flatten();
    let end = violations.check("filter.end_time", time(filter.end_time)).flatten();
    if filter.text.len() > TEXT_BYTES_MAX {
        violations.add("filter.text", format!("must have at most {TEXT_BYTES_MAX} bytes"));
    }
    let code = filter.conversion_code_id.to_uppercase();
    Filter {
        verdict,
        reason: reason.filter(|reason| *reason != v1::ErrorReason::Unspecified).map(Reason),
        code_text: (!code.is_empty()).then_some(code),
        start,
        end,
        text: (!filter.text.is_empty()).then_some(filter.text),
    }
}

fn parse_verdict(number: i32) -> Result<Option<Verdict>, String> {
    match PostbackVerdict::try_from(number) {
        Ok(PostbackVerdict::Unspecified) => Ok(None),
        Ok(PostbackVerdict::Recorded) => Ok(Some(Verdict::Recorded)),
        Ok(PostbackVerdict::Duplicate) => Ok(Some(Verdict::Duplicate)),
        Ok(PostbackVerdict::Updated) => Ok(Some(Verdict::Updated)),
        Ok(PostbackVerdict::Held) => Ok(Some(Verdict::Held)),
        Ok(PostbackVerdict::Test) => Err("is not a stored verdict".to_owned()),
        Err(_) => Err("is not a value of PostbackVerdict".to_owned()),
    }
}
