//! `GET` and `POST /s2s`: hands a postback to the core as it came, and answers with its verdict.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use s2s_sdk::v1::{
    ErrorReason, RawPostback, ReceivePostbackRequest, ReceivePostbackResponse, ReplyMode, Verdict,
};
use serde::Serialize;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{Edge, OverTls, RawTarget, caller, header_text, with_retry_after};
use crate::{
    error::{self, http_status, reason_text},
    postback::{BODY_BYTES_MAX, PostbackId, TARGET_BYTES_MAX},
};

/// How long a sender waits for the core.
const CORE_BUDGET: Duration = Duration::from_secs(10);
/// How long a sender may take to send its body.
const BODY_BUDGET: Duration = Duration::from_secs(10);

const VERDICT_HEADER: HeaderName = HeaderName::from_static("s2s-verdict");
const REASON_HEADER: HeaderName = HeaderName::from_static("s2s-reason");

/// The body of an answer.
#[derive(Serialize)]
struct Answer {
    /// `RECORDED`, `DUPLICATE`, `TEST`, `HELD`; or not even kept: `REFUSED`, send it again; `IGNORED`, don't.
    verdict: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: String,
    message: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    postback_id: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    conversion_id: String,
    notes: Vec<AnswerNote>,
}

#[derive(Serialize)]
struct AnswerNote {
    code: &'static str,
    parameter: String,
    message: String,
}

pub async fn handle(edge: &Arc<Edge>, client: IpAddr, request: axum::extract::Request) -> Response {
    let now = edge.clock.now();
    let (parts, body) = request.into_parts();
    if caller::looks_ahead(&parts.headers) || caller::is_previewer(&parts.headers) {
        return ignored();
    }
    let mut target = match parts.extensions.get::<RawTarget>() {
        Some(RawTarget(raw)) => raw.to_vec(),
        None => parts.uri.path_and_query().map(|uri| uri.as_str().as_bytes().to_vec()).unwrap_or_default(),
    };
    target.truncate(TARGET_BYTES_MAX + 1);
    let Ok(Some(body)) = tokio::time::timeout(BODY_BUDGET, read_body(body)).await else {
        return refused(
            StatusCode::BAD_REQUEST,
            "PARAMETER_MALFORMED",
            "the body did not arrive whole; send it again",
        );
    };
    let raw = RawPostback {
        method: parts.method.to_string(),
        target,
        content_type: header_text(&parts.headers, header::CONTENT_TYPE),
        body,
        address: client.to_string(),
        user_agent: header_text(&parts.headers, header::USER_AGENT),
        receive_time: Some(now.to_proto()),
    };
    let postback_id = PostbackId(edge.random.id(now)).to_string();
    let from_browser = caller::is_browser(&parts.headers);
    let secure = parts.extensions.get::<OverTls>().is_some();
    let request = ReceivePostbackRequest { raw: Some(raw), postback_id, from_browser, secure };
    let mut core = edge.postbacks.clone();
    // A task of its own: a sender that hangs up does not undo what it has sent.
    let answered = edge.tasks.spawn(async move { core.receive_postback(request).await });
    match tokio::time::timeout(CORE_BUDGET, answered).await {
        Ok(Ok(Ok(response))) => counted_or_held(response.into_inner()),
        Ok(Ok(Err(status))) => {
            let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
            refused(http_status(status.code()), &reason, status.message())
        }
        Ok(Err(_)) | Err(_) => {
            let message = "the service did not answer in time; send it again";
            refused(StatusCode::SERVICE_UNAVAILABLE, reason_text(ErrorReason::Unavailable), message)
        }
    }
}

/// As much of the body as the core keeps, and one byte more where there is more. `None`: it broke off.
async fn read_body(mut body: Body) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while bytes.len() <= BODY_BYTES_MAX {
        match body.frame().await {
            None => break,
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    bytes.extend_from_slice(data);
                }
            }
            Some(Err(_)) => return None,
        }
    }
    bytes.truncate(BODY_BYTES_MAX + 1);
    Some(bytes)
}

fn counted_or_held(response: ReceivePostbackResponse) -> Response {
    let postback = response.postback.unwrap_or_default();
    let verdict = postback.verdict().as_str_name().trim_start_matches("VERDICT_");
    let reason = match postback.reason() {
        ErrorReason::Unspecified => String::new(),
        reason => reason_text(reason).to_owned(),
    };
    let message = match postback.verdict() {
        Verdict::Recorded => "the conversion is recorded".to_owned(),
        Verdict::Duplicate => "the conversion was recorded before; it counts once".to_owned(),
        Verdict::Test if reason.is_empty() => "the conversion would be recorded; this was a test".to_owned(),
        _ => postback.message,
    };
    let notes = postback.notes.into_iter().map(|note| AnswerNote {
        code: note.code().as_str_name().trim_start_matches("NOTE_CODE_"),
        parameter: note.parameter,
        message: note.message,
    });
    let answer = Answer {
        verdict,
        reason,
        message,
        postback_id: postback.id,
        conversion_id: postback.conversion_id,
        notes: notes.collect(),
    };
    let by_verdict = http_status(Code::from_i32(response.grpc_code));
    let reply = response.reply.unwrap_or_default();
    match reply.mode() {
        ReplyMode::AlwaysOk => answer.into_response(StatusCode::OK),
        ReplyMode::FixedText => {
            let (status, headers) = (StatusCode::OK, answer.headers());
            (status, headers, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], reply.text)
                .into_response()
        }
        ReplyMode::Unspecified | ReplyMode::ByVerdict => answer.into_response(by_verdict),
    }
}

/// A postback that was not even kept, and should be sent again.
pub fn refused(status: StatusCode, reason: &str, message: &str) -> Response {
    with_retry_after(not_kept("REFUSED", status, reason, message))
}

/// What only looked at a postback URL: no postback at all.
fn ignored() -> Response {
    let reason = ErrorReason::PreviewCall;
    let message = "a preview of a link or a prefetch counts as nothing, and nothing of it is kept; the merchant's \
                   server must call this URL itself";
    not_kept("IGNORED", http_status(error::code(reason)), reason_text(reason), message)
}

fn not_kept(verdict: &'static str, status: StatusCode, reason: &str, message: &str) -> Response {
    let answer = Answer {
        verdict,
        reason: reason.to_owned(),
        message: message.to_owned(),
        postback_id: String::new(),
        conversion_id: String::new(),
        notes: Vec::new(),
    };
    answer.into_response(status)
}

impl Answer {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(VERDICT_HEADER, HeaderValue::from_static(self.verdict));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(reason) = HeaderValue::from_str(&self.reason).ok().filter(|reason| !reason.is_empty()) {
            headers.insert(REASON_HEADER, reason);
        }
        headers
    }

    fn into_response(self, status: StatusCode) -> Response {
        (status, self.headers(), Json(self)).into_response()
    }
}
