//! The answers that the port itself sends, without a service, and the header that every answer
//! gets.

use axum::{body::Body, response::Response};
use http::{HeaderValue, header};
use tonic::Status;

use crate::error::Error;

/// An error as a gRPC answer.
pub fn grpc_failure(error: Error) -> Response {
    Status::from(error).into_http()
}

/// Completes every answer of the port, whatever its source. Stops browsers from guessing the
/// content type.
pub fn finished(mut response: http::Response<Body>) -> http::Response<Body> {
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
