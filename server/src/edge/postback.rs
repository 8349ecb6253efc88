//! `GET` and `POST /s2s`: passes a postback to the core unchanged, and answers with its verdict.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    response::{IntoResponse as _, Response},
};
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use s2s_sdk::v1::{
    ConversionVerdict, ErrorReason, Note, PostbackVerdict, RawPostback, ReplyMode, ReplySetting,
};
use serde::Serialize;
use tokio::time::timeout;
use tonic_types::StatusExt as _;

use super::{
    Delivery, Edge, OverTls, RawTarget, client_kind,
    core_client::{Judged, for_sender},
    http::{header_text, with_retry_after},
    spool::{self, Content, Record},
};
use crate::{
    error::{self, RETRY_AFTER, bare_name, http_status, reason_text},
    values::{
        address::address_text,
        id::PostbackId,
        limits::{BODY_BYTES_MAX, TARGET_BYTES_MAX},
        text::truncate,
        time::Time,
    },
};

/// Time limit for the core's answer. After it, the postback goes to the spool.
const CORE_BUDGET: Duration = Duration::from_millis(150);
/// Longest wait for an answer. Only a slow, full or disabled spool makes a sender wait so long.
const SENDER_BUDGET: Duration = Duration::from_secs(10);
/// Time limit for the body of a request.
const BODY_BUDGET: Duration = Duration::from_secs(8);

/// Longest header that the edge passes on, in bytes. The core keeps less.
const HEADER_BYTES_MAX: usize = 1_024;

const VERDICT_HEADER: HeaderName = HeaderName::from_static("s2s-verdict");
const REASON_HEADER: HeaderName = HeaderName::from_static("s2s-reason");

/// The body of an answer.
#[derive(Serialize)]
struct Answer {
    /// `RECORDED`, `DUPLICATE`, `HELD` or `QUEUED` for a postback that is kept. A repetition with
    /// the note `REPETITION_NOT_LISTED` gets one of these verdicts too, but is not kept. `TEST` for
    /// a test, which is not kept. `REFUSED` for a postback that is not kept, and must be sent
    /// again. If no answer came in time, such a postback was withdrawn; it may be kept even so, if
    /// its commit had already begun. `IGNORED` for a call that is no postback.
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
    if client_kind::looks_ahead(&parts.headers) || client_kind::is_previewer(&parts.headers) {
        return ignored();
    }
    let mut target = match parts.extensions.get::<RawTarget>() {
        Some(RawTarget(raw)) => raw.to_vec(),
        None => parts.uri.path_and_query().map(|uri| uri.as_str().as_bytes().to_vec()).unwrap_or_default(),
    };
    target.truncate(TARGET_BYTES_MAX + 1);
    let Ok(Some(body)) = timeout(BODY_BUDGET, read_body(body)).await else {
        return refused(
            StatusCode::BAD_REQUEST,
            "PARAMETER_MALFORMED",
            "the body broke off, is longer than its Content-Length in bytes, or its chunks are malformed; send it \
             whole",
        );
    };
    let raw = RawPostback {
        method: parts.method.as_str().to_owned(),
        target,
        content_type: truncate(header_text(&parts.headers, header::CONTENT_TYPE), HEADER_BYTES_MAX),
        body,
        user_agent: truncate(header_text(&parts.headers, header::USER_AGENT), HEADER_BYTES_MAX),
        from_browser: client_kind::is_browser(&parts.headers),
        sender_address: address_text(client),
        receive_time: Some(now.to_proto()),
        over_https: parts.extensions.get::<OverTls>().is_some(),
        postback_id: PostbackId(edge.random.id(now)).to_string(),
        queued: false,
    };
    let postback_id = raw.postback_id.clone();
    // A separate task, so that a sender that hangs up does not cancel its postback.
    let mut delivered = edge.tasks.spawn(deliver(edge.clone(), raw, now));
    let delivery = if let Ok(delivery) = timeout(SENDER_BUDGET, &mut delivered).await {
        delivery
    } else {
        // Withdraws the postback before the answer, which asks the sender to send it again.
        delivered.abort();
        delivered.await
    };
    match delivery {
        Ok(Delivery::Answered(judged)) => answer(judged),
        Ok(Delivery::Spooled) => queued(postback_id),
        Ok(Delivery::Rejected(status)) => {
            let delay = error::retry_delay(&status).unwrap_or(RETRY_AFTER);
            let (status, reason, message) = for_sender(&status);
            with_retry_after(not_kept("REFUSED", status, &reason, &message), delay)
        }
        Err(_) => {
            let message = "the service did not answer in time; send it again";
            refused(StatusCode::SERVICE_UNAVAILABLE, reason_text(ErrorReason::Unavailable), message)
        }
    }
}

/// Delivers a postback to the core. The postback goes to the spool at once if the core is down, or
/// if earlier postbacks of its order queue wait there. Otherwise it goes to the spool only if the
/// core fails or does not answer in time. The postbacks of a click share an order queue, so that
/// they reach the core in their order: the core records the first one, and later ones may be
/// duplicates of it.
///
/// On the heap, because the future of a task is moved several times.
pub(super) fn deliver(
    edge: Arc<Edge>,
    postback: RawPostback,
    now: Time,
) -> BoxFuture<'static, Delivery<Judged>> {
    Box::pin(record_or_spool(edge, postback, now))
}

async fn record_or_spool(edge: Arc<Edge>, postback: RawPostback, now: Time) -> Delivery<Judged> {
    let queue = edge.spool.as_ref().and_then(|_| spool::order_queue(&postback));
    let is_behind = edge.spool.as_ref().is_some_and(|spool| spool.must_wait(queue));
    let to_spool = is_behind || edge.core_is_down();
    let record = || Record { arrived_at: now, content: Content::Postback(postback.clone()) };
    let record = edge.spool.is_some().then(record);
    // On the heap: the future of a call is large.
    let call = Box::pin(edge.calls.postback(postback));
    edge.call_or_spool(CORE_BUDGET, call, record, queue, to_spool).await
}

/// Reads as much of the body as the core keeps, and one byte more if the body is longer, so that
/// the core notices it. `None`: the body broke off.
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

/// The answer to a postback that the core has judged, in the form of its `ReplySetting`.
fn answer(judged: Judged) -> Response {
    let (answer, by_verdict, reply) = match judged {
        Judged::Counted(response) => {
            let message = match response.verdict() {
                ConversionVerdict::Duplicate => "the conversion was recorded before; it counts once",
                ConversionVerdict::Updated => "the conversion was recorded before, and is adjusted",
                ConversionVerdict::Test => "the conversion would be recorded; this was a test",
                ConversionVerdict::Recorded | ConversionVerdict::Unspecified => "the conversion is recorded",
            };
            let answer = Answer {
                verdict: bare_name(response.verdict().as_str_name(), "CONVERSION_VERDICT_"),
                reason: String::new(),
                message: message.to_owned(),
                postback_id: response.postback_id,
                conversion_id: response.conversion_id,
                notes: notes(response.notes),
            };
            (answer, StatusCode::OK, response.reply)
        }
        Judged::Failed(failure, status) => {
            let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
            let answer = Answer {
                verdict: bare_name(PostbackVerdict::as_str_name(&failure.verdict()), "POSTBACK_VERDICT_"),
                reason: reason.clone(),
                message: status.message().to_owned(),
                postback_id: failure.postback_id,
                conversion_id: String::new(),
                notes: notes(failure.notes),
            };
            (answer, status_of(&reason, status.code()), failure.reply)
        }
    };
    let ReplySetting { mode, text } = reply.unwrap_or_default();
    match ReplyMode::try_from(mode) {
        Ok(ReplyMode::AlwaysOk) => answer.into_response(StatusCode::OK),
        Ok(ReplyMode::FixedText) => {
            let (status, headers) = (StatusCode::OK, answer.headers());
            (status, headers, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        }
        // A later core may know more modes.
        Ok(ReplyMode::Unspecified | ReplyMode::ByVerdict) | Err(_) => answer.into_response(by_verdict),
    }
}

/// The HTTP status of a reason; that of the gRPC code if a later core knows the reason.
fn status_of(reason: &str, code: tonic::Code) -> StatusCode {
    let known = ErrorReason::from_str_name(&format!("ERROR_REASON_{reason}"));
    let status = known.and_then(|reason| StatusCode::from_u16(reason.http_status()).ok());
    status.unwrap_or_else(|| http_status(code))
}

fn notes(notes: Vec<Note>) -> Vec<AnswerNote> {
    let note = |note: Note| AnswerNote {
        code: bare_name(note.code().as_str_name(), "NOTE_CODE_"),
        parameter: note.parameter,
        message: note.message,
    };
    notes.into_iter().map(note).collect()
}

/// The answer to a postback that is safe in the spool, without a verdict yet.
fn queued(postback_id: String) -> Response {
    let message = "the postback is kept safely and will be judged as of now; do not send it again".to_owned();
    let (verdict, reason) = ("QUEUED", String::new());
    let answer =
        Answer { verdict, reason, message, postback_id, conversion_id: String::new(), notes: Vec::new() };
    answer.into_response(StatusCode::ACCEPTED)
}

/// The answer to a postback that was not kept, and must be sent again.
pub fn refused(status: StatusCode, reason: &str, message: &str) -> Response {
    with_retry_after(not_kept("REFUSED", status, reason, message), RETRY_AFTER)
}

/// The answer to a preview or prefetch of a postback URL, which is no postback.
fn ignored() -> Response {
    let reason = ErrorReason::PreviewCall;
    let message = "a link preview or a prefetch is no postback, and is not kept; the merchant's \
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
