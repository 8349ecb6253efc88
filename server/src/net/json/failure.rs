//! Failures in JSON, as the Connect protocol writes them: code, message, details.

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use http::StatusCode;
use prost::Message as _;
use prost_reflect::DynamicMessage;
use serde::Serialize;
use serde_json::value::RawValue;
use tonic::{Code, Status};

use super::{POOL, json, written};
use crate::{
    edge::with_retry_after,
    error::{RETRY_AFTER, retry_delay},
};

#[derive(Serialize)]
struct Failure<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<Detail>,
}

#[derive(Serialize)]
struct Detail {
    /// Name of the message, such as `google.rpc.ErrorInfo`.
    #[serde(rename = "type")]
    message_type: String,
    /// The message in binary, in base64 without padding.
    value: String,
    /// The message in JSON, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    debug: Option<Box<RawValue>>,
}

/// A status of gRPC in JSON.
pub fn answer(status: &Status) -> Response {
    let all = tonic_types::Status::decode(status.details()).unwrap_or_default();
    let details = all.details.into_iter().map(detail).collect();
    let (http, code) = names(status.code());
    let failure = Failure { code, message: status.message(), details };
    let response = json(http, serde_json::to_vec(&failure).unwrap_or_default().into());
    with_retry_after(response, retry_delay(status).unwrap_or(RETRY_AFTER))
}

fn detail(any: prost_types::Any) -> Detail {
    let message_type = any.type_url.rsplit('/').next().unwrap_or_default().to_owned();
    let message = POOL.get_message_by_name(&message_type);
    let message = message.and_then(|message| DynamicMessage::decode(message, any.value.as_slice()).ok());
    let debug = message.and_then(|message| written(&message).ok());
    let debug = debug.and_then(|json| serde_json::from_slice(&json).ok());
    Detail { message_type, value: STANDARD_NO_PAD.encode(any.value), debug }
}

/// The HTTP status of a code, and its name in the Connect protocol.
fn names(code: Code) -> (StatusCode, &'static str) {
    match code {
        Code::Ok => (StatusCode::OK, ""),
        Code::Cancelled => (StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST), "canceled"),
        Code::Unknown => (StatusCode::INTERNAL_SERVER_ERROR, "unknown"),
        Code::InvalidArgument => (StatusCode::BAD_REQUEST, "invalid_argument"),
        Code::DeadlineExceeded => (StatusCode::GATEWAY_TIMEOUT, "deadline_exceeded"),
        Code::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        Code::AlreadyExists => (StatusCode::CONFLICT, "already_exists"),
        Code::PermissionDenied => (StatusCode::FORBIDDEN, "permission_denied"),
        Code::ResourceExhausted => (StatusCode::TOO_MANY_REQUESTS, "resource_exhausted"),
        Code::FailedPrecondition => (StatusCode::BAD_REQUEST, "failed_precondition"),
        Code::Aborted => (StatusCode::CONFLICT, "aborted"),
        Code::OutOfRange => (StatusCode::BAD_REQUEST, "out_of_range"),
        Code::Unimplemented => (StatusCode::NOT_IMPLEMENTED, "unimplemented"),
        Code::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        Code::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Code::DataLoss => (StatusCode::INTERNAL_SERVER_ERROR, "data_loss"),
        Code::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
    }
}
