//! The form of the answers that no service gives.

use axum::{
    body::{Body, HttpBody as _},
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use s2s_sdk::v1::ErrorReason;
use tonic::Status;

use crate::{edge, error::Error};

/// An error as a gRPC answer.
pub fn grpc_failure(error: Error) -> Response {
    Status::from(error).into_http()
}

/// Completes every answer of the port, whatever its source. Forbids browsers to guess the content
/// type. Gives an empty 400, 414 or 431 a body, so that an empty refusal can only be hyper's own
/// (see `http1`).
pub fn finished(response: http::Response<Body>) -> http::Response<Body> {
    let refusal = matches!(
        response.status(),
        StatusCode::BAD_REQUEST | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    let mut response = if refusal && response.body().is_end_stream() { not_http() } else { response };
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The answer to a request that is not a gRPC call and matches no route.
pub fn not_http() -> http::Response<Body> {
    let message = "this is not a request that this server understands";
    edge::failure(StatusCode::BAD_REQUEST, ErrorReason::ParameterMalformed, message)
}
