//! `PostbackService`: its messages to commands and back.

use std::{net::IpAddr, sync::Arc};

use s2s_sdk::v1::{
    self, ExplainPostbackRequest, ExplainPostbackResponse, GetPostbackRequest, GetPostbackResponse,
    ListPostbacksRequest, ListPostbacksResponse, RawPostback, ReadParameter, ReceivePostbackRequest,
    ReceivePostbackResponse, ReplayPostbacksRequest, ReplayPostbacksResponse,
    postback_service_server::{PostbackService, PostbackServiceServer},
};
use tonic::{Request, Response, Status};

use super::{
    BODY_BYTES_MAX, Filter, LIST_KEY_BYTES, Parameter, Postback, PostbackId, REPLAY_MAX, Raw, Reason,
    Received, TARGET_BYTES_MAX, Verdict,
};
use crate::{
    app::App,
    auth,
    click::{USER_AGENT_BYTES_MAX, shortened},
    error::{self, Error, Result, Violations},
    page::PageRequest,
    text::cut,
    time::Time,
};

/// Longest method and content type, in bytes; what is longer is cut.
const METHOD_BYTES_MAX: usize = 16;
const CONTENT_TYPE_BYTES_MAX: usize = 255;

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> PostbackServiceServer<Service> {
    PostbackServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl PostbackService for Service {
    async fn receive_postback(
        &self,
        request: Request<ReceivePostbackRequest>,
    ) -> Result<Response<ReceivePostbackResponse>, Status> {
        auth::edge_only(&request)?;
        let (id, raw) = parse_receive(request.into_inner(), self.0.now())?;
        Ok(Response::new(super::receive(&self.0, id, raw).await?.into()))
    }

    async fn list_postbacks(
        &self,
        request: Request<ListPostbacksRequest>,
    ) -> Result<Response<ListPostbacksResponse>, Status> {
        let account = auth::account(&request);
        let (filter, page) = parse_list(request.get_ref())?;
        let (postbacks, next_page_token) = super::list(&self.0, account, &filter, &page).await?;
        let postbacks = postbacks.into_iter().map(Into::into).collect();
        Ok(Response::new(ListPostbacksResponse { postbacks, next_page_token }))
    }

    async fn get_postback(
        &self,
        request: Request<GetPostbackRequest>,
    ) -> Result<Response<GetPostbackResponse>, Status> {
        let account = auth::account(&request);
        let postback = super::get(&self.0, account, parse_id(&request.get_ref().id)?).await?;
        Ok(Response::new(GetPostbackResponse { postback: Some(postback.into()) }))
    }

    async fn replay_postbacks(
        &self,
        request: Request<ReplayPostbacksRequest>,
    ) -> Result<Response<ReplayPostbacksResponse>, Status> {
        let account = auth::account(&request);
        let request = request.into_inner();
        let ids = parse_ids(&request.ids)?;
        let postbacks = super::replay(&self.0, account, &ids, request.validate_only).await?;
        let postbacks = postbacks.into_iter().map(Into::into).collect();
        Ok(Response::new(ReplayPostbacksResponse { postbacks }))
    }

    async fn explain_postback(
        &self,
        request: Request<ExplainPostbackRequest>,
    ) -> Result<Response<ExplainPostbackResponse>, Status> {
        let account = auth::account(&request);
        let explained = super::explain(&self.0, account, request.into_inner().target).await?;
        let mut response = ExplainPostbackResponse {
            parameters: explained.parameters.into_iter().map(Into::into).collect(),
            notes: explained.notes,
            ..Default::default()
        };
        match explained.outcome {
            Ok(rehearsed) => {
                let duplicate = rehearsed.as_ref().is_some_and(|recorded| recorded.duplicate);
                let verdict = if duplicate { v1::Verdict::Duplicate } else { v1::Verdict::Recorded };
                response.set_verdict(if explained.test { v1::Verdict::Test } else { verdict });
                if let Some(recorded) = rehearsed {
                    response.notes.extend(recorded.notes);
                    response.conversion = Some(recorded.conversion.into_proto(&self.0));
                }
            }
            Err(error) => {
                response.set_verdict(v1::Verdict::Held);
                response.set_reason(error.reason());
                error.message().clone_into(&mut response.message);
            }
        }
        Ok(Response::new(response))
    }
}

/// An id that can't be one is as unknown as any other.
fn parse_id(text: &str) -> Result<PostbackId> {
    text.parse().map_err(|_| Error::not_found("postback", text))
}

fn parse_ids(texts: &[String]) -> Result<Vec<PostbackId>> {
    if (1..=REPLAY_MAX).contains(&texts.len()) {
        return texts.iter().map(|text| parse_id(text)).collect();
    }
    let mut violations = Violations::default();
    violations.add("ids", format!("must be 1 to {REPLAY_MAX}"));
    Err(violations.into_error())
}

fn parse_receive(request: ReceivePostbackRequest, now: Time) -> Result<(PostbackId, Raw)> {
    let mut violations = Violations::default();
    let id = violations.check("postback_id", request.postback_id.parse::<PostbackId>());
    let mut raw = request.raw.unwrap_or_default();
    let received_at = raw.receive_time.as_ref().map_or(Ok(now), Time::from_proto);
    let received_at = violations.check("raw.receive_time", received_at);
    let (Some(id), Some(received_at)) = (id, received_at) else { return Err(violations.into_error()) };
    let too_large = raw.target.len() > TARGET_BYTES_MAX || raw.body.len() > BODY_BYTES_MAX;
    raw.target.truncate(TARGET_BYTES_MAX);
    raw.body.truncate(BODY_BYTES_MAX);
    let raw = Raw {
        method: cut(raw.method, METHOD_BYTES_MAX),
        target: raw.target,
        content_type: cut(raw.content_type, CONTENT_TYPE_BYTES_MAX),
        body: raw.body,
        address: raw.address.parse::<IpAddr>().map(shortened).unwrap_or_default(),
        user_agent: cut(raw.user_agent, USER_AGENT_BYTES_MAX),
        received_at,
        cut: too_large,
    };
    Ok((id, raw))
}

fn parse_list(request: &ListPostbacksRequest) -> Result<(Filter, PageRequest<LIST_KEY_BYTES>)> {
    let mut violations = Violations::default();
    let verdict = violations.check("verdict", parse_verdict(request.verdict));
    let reason =
        v1::ErrorReason::try_from(request.reason).map_err(|_| "is not a value of ErrorReason".to_owned());
    let reason = violations.check("reason", reason);
    let (Some(verdict), Some(reason)) = (verdict, reason) else { return Err(violations.into_error()) };
    let parts: [&[u8]; 4] = [
        b"postbacks",
        &request.verdict.to_be_bytes(),
        &request.reason.to_be_bytes(),
        request.conversion_code_id.as_bytes(),
    ];
    let page = PageRequest::parse(request.page_size, &request.page_token, &parts)?;
    let reason = (reason != v1::ErrorReason::Unspecified).then_some(Reason(reason));
    let code_text =
        (!request.conversion_code_id.is_empty()).then(|| request.conversion_code_id.to_uppercase());
    Ok((Filter { verdict, reason, code_text }, page))
}

fn parse_verdict(number: i32) -> Result<Option<Verdict>, String> {
    match v1::Verdict::try_from(number) {
        Ok(v1::Verdict::Unspecified) => Ok(None),
        Ok(v1::Verdict::Recorded) => Ok(Some(Verdict::Recorded)),
        Ok(v1::Verdict::Duplicate) => Ok(Some(Verdict::Duplicate)),
        Ok(v1::Verdict::Held) => Ok(Some(Verdict::Held)),
        Ok(v1::Verdict::Queued | v1::Verdict::Test) => Err("is of no stored postback".to_owned()),
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
        }
    }
}

impl From<Parameter> for ReadParameter {
    fn from(parameter: Parameter) -> Self {
        Self {
            name: parameter.name,
            value: parameter.value,
            canonical_name: parameter.known.map_or("", |known| known.name()).to_owned(),
        }
    }
}
