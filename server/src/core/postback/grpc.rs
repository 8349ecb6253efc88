//! `PostbackService`: translation between its messages and commands.

use std::{net::IpAddr, sync::Arc};

use prost::Message as _;
use prost_types::Timestamp;
use s2s_sdk::v1::{
    self, EraseVisitorRequest, EraseVisitorResponse, ExplainClickRequest, ExplainClickResponse,
    ExplainPostbackRequest, ExplainPostbackResponse, GetPostbackRequest, GetPostbackResponse, HeldFilter,
    ListPostbacksRequest, ListPostbacksResponse, RawPostback, ReadParameter, ReceivePostbackRequest,
    ReceivePostbackResponse, ReplayOverrides, ReplayPostbacksRequest, ReplayPostbacksResponse,
    SelfTestRequest, SelfTestResponse,
    postback_service_server::{PostbackService, PostbackServiceServer},
};
use tonic::{Request, Response, Status};

use super::{
    ClickHistory, Comma, Erased, Explanation, Filter, LIST_KEY_BYTES, Overrides, Parameter, Postback,
    REPLAY_MAX, Raw, Reason, Received, Replay, SelfTest, Sender, TEXT_BYTES_MAX, Verdict, reader::KnownParam,
};
use crate::{
    api,
    core::{
        App,
        conversion_code::{ConversionCode, ConversionCodeId},
        tracking_link::{self, TrackingLinkId},
    },
    error::{self, Error, Result, Violations},
    page::PageRequest,
    values::id::PostbackId,
    values::limits::BODY_BYTES_MAX,
    values::limits::TARGET_BYTES_MAX,
    values::{id::AccountId, limits::USER_AGENT_BYTES_MAX, money::Amount, text::truncate, time::Time},
};

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
    async fn receive_postback(
        &self,
        request: Request<ReceivePostbackRequest>,
    ) -> Result<Response<ReceivePostbackResponse>, Status> {
        let request = request.into_inner();
        let (id, raw, sender) = parse_receive(request, &self.0)?;
        Ok(Response::new(super::receive(&self.0, id, raw, sender).await?.into()))
    }

    async fn list_postbacks(
        &self,
        request: Request<ListPostbacksRequest>,
    ) -> Result<Response<ListPostbacksResponse>, Status> {
        let account = api::account(&request);
        let (filter, page) = parse_list(account, request.into_inner())?;
        let (postbacks, next_page_token) = super::list(&self.0, account, &filter, &page).await?;
        let postbacks = postbacks.into_iter().map(Into::into).collect();
        Ok(Response::new(ListPostbacksResponse { postbacks, next_page_token }))
    }

    async fn get_postback(
        &self,
        request: Request<GetPostbackRequest>,
    ) -> Result<Response<GetPostbackResponse>, Status> {
        let account = api::account(&request);
        let postback = super::get(&self.0, account, parse_id(&request.get_ref().id)?).await?;
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
        let postbacks = postbacks.into_iter().map(Into::into).collect();
        Ok(Response::new(ReplayPostbacksResponse { postbacks, next_page_token }))
    }

    async fn explain_postback(
        &self,
        request: Request<ExplainPostbackRequest>,
    ) -> Result<Response<ExplainPostbackResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let explanation = match parse_stored(&request)? {
            None => super::explain(&self.0, account, request.target).await?,
            Some(id) => super::explain_stored(&self.0, account, id).await?,
        };
        Ok(Response::new(explanation.into_proto(&self.0)))
    }

    async fn explain_click(
        &self,
        request: Request<ExplainClickRequest>,
    ) -> Result<Response<ExplainClickResponse>, Status> {
        let account = api::account(&request);
        let history = super::explain_click(&self.0, account, &request.get_ref().click_id).await?;
        Ok(Response::new(history.into_proto(&self.0)))
    }

    async fn self_test(
        &self,
        request: Request<SelfTestRequest>,
    ) -> Result<Response<SelfTestResponse>, Status> {
        let account = api::account(&request);
        let (code, link) = parse_self_test(request.get_ref())?;
        let test = super::self_test(&self.0, account, code, link).await?;
        Ok(Response::new(test.into_proto(&self.0)))
    }

    async fn erase_visitor(
        &self,
        request: Request<EraseVisitorRequest>,
    ) -> Result<Response<EraseVisitorResponse>, Status> {
        let account = api::account(&request);
        let EraseVisitorRequest { click_id, validate_only } = request.into_inner();
        let erased = super::erase_visitor(&self.0, account, &click_id, validate_only).await?;
        Ok(Response::new(erased.into_proto(&self.0)))
    }
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
    let which = match (request.filter, request.ids.len()) {
        (None, 1..=REPLAY_MAX) => {
            Which::Ids(request.ids.iter().map(|text| parse_id(text)).collect::<Result<_>>()?)
        }
        (Some(filter), 0) => {
            let key = filter.encode_to_vec();
            let filter = parse_filter("filter.", filter, &mut violations);
            let page =
                PageRequest::parse("ReplayPostbacks", account, REPLAY_ROWS, &request.page_token, &[&key])?;
            Which::Held(filter, page)
        }
        _ => {
            violations.add("ids", format!("must be 1 to {REPLAY_MAX}, or none with a filter"));
            return Err(violations.into_error());
        }
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
    let comma = match v1::CommaMeaning::try_from(overrides.comma) {
        Ok(v1::CommaMeaning::Unspecified) => Ok(None),
        Ok(v1::CommaMeaning::DecimalPoint) => Ok(Some(Comma::DecimalPoint)),
        Ok(v1::CommaMeaning::Thousands) => Ok(Some(Comma::Thousands)),
        Err(_) => Err("is not a value of CommaMeaning".to_owned()),
    };
    let code = (!overrides.conversion_code_id.is_empty()).then(|| overrides.conversion_code_id.parse());
    Overrides {
        value,
        commission,
        comma: violations.check("overrides.comma", comma).flatten(),
        code: violations.check("overrides.conversion_code_id", code.transpose()).flatten(),
    }
}

/// Parses the id of the stored postback to explain; `None` if a target is to be explained.
fn parse_stored(request: &ExplainPostbackRequest) -> Result<Option<PostbackId>> {
    match (request.target.is_empty(), request.postback_id.as_str()) {
        (_, "") => Ok(None),
        (true, id) => parse_id(id).map(Some),
        (false, _) => {
            let mut violations = Violations::default();
            violations.add("postback_id", "can't be combined with target");
            Err(violations.into_error())
        }
    }
}

fn parse_self_test(request: &SelfTestRequest) -> Result<(ConversionCodeId, Option<TrackingLinkId>)> {
    let code = request.conversion_code_id.as_str();
    let code = code.parse().map_err(|_| Error::not_found("conversion code", code))?;
    let link = request.tracking_link_id.as_str();
    Ok((code, (!link.is_empty()).then(|| tracking_link::parse_id(link)).transpose()?))
}

fn parse_receive(request: ReceivePostbackRequest, app: &App) -> Result<(PostbackId, Raw, Sender)> {
    let mut violations = Violations::default();
    let id = violations.check("postback_id", request.postback_id.parse::<PostbackId>());
    let mut raw = request.raw.unwrap_or_default();
    let received_at = raw.receive_time.as_ref().map_or_else(|| Ok(app.now()), Time::from_proto);
    let received_at = violations.check("raw.receive_time", received_at);
    let (Some(id), Some(received_at)) = (id, received_at) else { return Err(violations.into_error()) };
    let address = raw.address.parse::<IpAddr>().ok();
    let judged_at = app.now();
    let sender = Sender { address, secure: request.secure, from_browser: request.from_browser, judged_at };
    let too_large = raw.target.len() > TARGET_BYTES_MAX || raw.body.len() > BODY_BYTES_MAX;
    raw.target.truncate(TARGET_BYTES_MAX);
    raw.body.truncate(BODY_BYTES_MAX);
    let raw = Raw {
        method: truncate(raw.method, METHOD_BYTES_MAX),
        target: raw.target,
        content_type: truncate(raw.content_type, CONTENT_TYPE_BYTES_MAX),
        body: raw.body,
        address: app.store_addresses.text(address),
        user_agent: truncate(raw.user_agent, USER_AGENT_BYTES_MAX),
        received_at,
        cut: too_large,
    };
    Ok((id, raw, sender))
}

fn parse_list(
    account: AccountId,
    request: ListPostbacksRequest,
) -> Result<(Filter, PageRequest<LIST_KEY_BYTES>)> {
    let mut violations = Violations::default();
    let verdict = violations.check("verdict", parse_verdict(request.verdict)).flatten();
    let filter = HeldFilter {
        reason: request.reason,
        conversion_code_id: request.conversion_code_id,
        start_time: request.start_time,
        end_time: request.end_time,
        text: request.text,
    };
    let key = filter.encode_to_vec();
    let filter = parse_filter("", filter, &mut violations);
    if !violations.is_empty() {
        return Err(violations.into_error());
    }
    let parts: [&[u8]; 2] = [&request.verdict.to_be_bytes(), &key];
    let page = PageRequest::parse("ListPostbacks", account, request.page_size, &request.page_token, &parts)?;
    Ok((Filter { verdict, ..filter }, page))
}

/// Parses a filter. `path` is the prefix of the field names in violations.
fn parse_filter(path: &str, filter: HeldFilter, violations: &mut Violations) -> Filter {
    let field = |name: &str| format!("{path}{name}");
    let reason =
        v1::ErrorReason::try_from(filter.reason).map_err(|_| "is not a value of ErrorReason".to_owned());
    let reason = violations.check(&field("reason"), reason);
    let time = |time: Option<Timestamp>| time.as_ref().map(Time::from_proto).transpose();
    let start = violations.check(&field("start_time"), time(filter.start_time)).flatten();
    let end = violations.check(&field("end_time"), time(filter.end_time)).flatten();
    if filter.text.len() > TEXT_BYTES_MAX {
        violations.add(&field("text"), format!("must be at most {TEXT_BYTES_MAX} bytes"));
    }
    let code = filter.conversion_code_id.to_uppercase();
    Filter {
        verdict: None,
        reason: reason.filter(|reason| *reason != v1::ErrorReason::Unspecified).map(Reason),
        code_text: (!code.is_empty()).then_some(code),
        start,
        end,
        text: (!filter.text.is_empty()).then_some(filter.text),
    }
}

fn parse_verdict(number: i32) -> Result<Option<Verdict>, String> {
    match v1::Verdict::try_from(number) {
        Ok(v1::Verdict::Unspecified) => Ok(None),
        Ok(v1::Verdict::Recorded) => Ok(Some(Verdict::Recorded)),
        Ok(v1::Verdict::Duplicate) => Ok(Some(Verdict::Duplicate)),
        Ok(v1::Verdict::Held) => Ok(Some(Verdict::Held)),
        Ok(v1::Verdict::Queued | v1::Verdict::Test) => Err("is not a stored verdict".to_owned()),
        Err(_) => Err("is not a value of Verdict".to_owned()),
    }
}

impl From<Received> for ReceivePostbackResponse {
    fn from(received: Received) -> Self {
        match received {
            Received::Stored { postback, reply } => {
                let grpc_code = postback.reason.map_or(0, |Reason(reason)| error::code(reason).into());
                let postback = v1::Postback { raw: None, ..postback.into() };
                Self { postback: Some(postback), reply, grpc_code }
            }
            Received::Test { outcome, mut notes, reply } => {
                let mut postback = v1::Postback::default();
                postback.set_verdict(v1::Verdict::Test);
                let grpc_code = match outcome {
                    Ok(recorded) => {
                        notes.extend(recorded.into_iter().flat_map(|recorded| recorded.notes));
                        0
                    }
                    Err(error) => {
                        postback.set_reason(error.reason());
                        error.message().clone_into(&mut postback.message);
                        error.code().into()
                    }
                };
                postback.notes = notes;
                Self { postback: Some(postback), reply, grpc_code }
            }
        }
    }
}

impl From<Postback> for v1::Postback {
    fn from(postback: Postback) -> Self {
        let verdict = match postback.verdict {
            Verdict::Recorded => v1::Verdict::Recorded,
            Verdict::Duplicate => v1::Verdict::Duplicate,
            Verdict::Held => v1::Verdict::Held,
        };
        Self {
            id: postback.id.to_string(),
            raw: Some(RawPostback {
                method: postback.method,
                target: postback.target,
                content_type: postback.content_type,
                body: postback.body,
                address: postback.address,
                user_agent: postback.user_agent,
                receive_time: Some(postback.received_at.to_proto()),
            }),
            verdict: verdict.into(),
            reason: postback.reason.map_or(0, |Reason(reason)| reason.into()),
            message: postback.message,
            notes: postback.notes.to_proto(),
            conversion_code_id: postback.code_text,
            click_id: postback.click_text,
            conversion_id: postback.conversion_id,
            replay_time: postback.replayed_at.map(Time::to_proto),
            next_match_time: postback.match_at.map(Time::to_proto),
        }
    }
}

impl Explanation {
    fn into_proto(self, app: &App) -> ExplainPostbackResponse {
        let mut response = ExplainPostbackResponse {
            parameters: self.parameters.into_iter().map(Into::into).collect(),
            notes: self.notes,
            steps: self.steps,
            conversion_code: self.code.map(|code| ConversionCode::clone(&code).into()),
            tracking_link: self.link.map(|link| link.to_proto(&app.public_url)),
            click: self.click.map(|click| click.into_proto(app)),
            postback: self.postback.map(Into::into),
            ..Default::default()
        };
        match self.outcome {
            Ok(recorded) => {
                let duplicate = recorded.as_ref().is_some_and(|recorded| recorded.duplicate);
                let verdict = if duplicate { v1::Verdict::Duplicate } else { v1::Verdict::Recorded };
                response.set_verdict(if self.test { v1::Verdict::Test } else { verdict });
                response.conversion = recorded.map(|recorded| recorded.conversion.into_proto(app));
            }
            Err(error) => {
                response.set_verdict(v1::Verdict::Held);
                response.set_reason(error.reason());
                error.message().clone_into(&mut response.message);
            }
        }
        response
    }
}

impl ClickHistory {
    fn into_proto(self, app: &App) -> ExplainClickResponse {
        ExplainClickResponse {
            click_time: Some(self.clicked_at.to_proto()),
            click: self.click.map(|click| click.into_proto(app)),
            tracking_link: self.link.map(|link| link.to_proto(&app.public_url)),
            conversions: self.conversions.into_iter().map(|one| one.into_proto(app)).collect(),
            held_postbacks: self.held.into_iter().map(Into::into).collect(),
            message: self.message,
        }
    }
}

impl Erased {
    fn into_proto(self, app: &App) -> EraseVisitorResponse {
        EraseVisitorResponse {
            click: self.click.map(|click| click.into_proto(app)),
            conversion_count: self.conversions.try_into().unwrap_or(i64::MAX),
            postback_count: self.postbacks.try_into().unwrap_or(i64::MAX),
        }
    }
}

impl SelfTest {
    fn into_proto(self, app: &App) -> SelfTestResponse {
        let mut response = SelfTestResponse {
            steps: self.steps,
            redirect_url: self.redirect_url,
            postback_url: self.postback_url,
            ..Default::default()
        };
        match self.outcome {
            Ok(recorded) => {
                response.passed = true;
                response.conversion = recorded.map(|recorded| recorded.conversion.into_proto(app));
            }
            Err(error) => response.set_reason(error.reason()),
        }
        response
    }
}

impl From<Parameter> for ReadParameter {
    fn from(parameter: Parameter) -> Self {
        let is_secret = parameter.known == Some(KnownParam::Sec);
        Self {
            name: parameter.name,
            value: if is_secret { "(not shown)".to_owned() } else { parameter.value },
            canonical_name: parameter.known.map_or("", |known| known.name()).to_owned(),
        }
    }
}
