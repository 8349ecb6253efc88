//! The edge's HTTP requests: their purpose, their handler, and the form of a refusal.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Extension, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use s2s_sdk::v1::ErrorReason;

use super::{Client, Edge, client_kind, postback, redirect};
use crate::error::{Error, RETRY_AFTER, http_status, reason_text};

/// Answers every HTTP request that is not gRPC.
pub async fn handle(
    State(edge): State<Arc<Edge>>,
    Extension(Client(client)): Extension<Client>,
    request: axum::extract::Request,
) -> Response {
    let path = request.uri().path().trim_matches('/');
    if is_postback(path) {
        return match *request.method() {
            Method::GET | Method::POST => postback::handle(&edge, client, request).await,
            // A HEAD by a link checker must not record a conversion, and its answer must not
            // confirm one.
            _ => not_allowed("GET, POST"),
        };
    }
    match *request.method() {
        Method::GET | Method::HEAD => redirect::handle(&edge, client, &request.into_parts().0).await,
        _ => not_allowed("GET, HEAD"),
    }
}

/// Answers every HTTP request that is not gRPC, on a server without an edge.
pub async fn no_edge(request: axum::extract::Request) -> Response {
    let message = "this server accepts only gRPC calls; send visitors and postbacks to an edge";
    refuse(&request, &Error::new(ErrorReason::ResourceNotFound, message))
}

/// The purpose of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Postback,
    Visit,
    /// A preview, a prefetch or the check of a link. Nothing is lost if it gets no answer.
    Look,
}

/// The purpose of an HTTP request.
pub fn purpose(request: &axum::extract::Request) -> Purpose {
    let (method, headers) = (request.method(), request.headers());
    let postback = is_postback(request.uri().path().trim_matches('/'));
    if client_kind::looks_ahead(headers) || client_kind::is_previewer(headers) {
        return Purpose::Look;
    }
    match *method {
        Method::GET | Method::POST if postback => Purpose::Postback,
        Method::GET => Purpose::Visit,
        _ => Purpose::Look,
    }
}

/// The answer to a request that was refused unread.
pub fn refuse(request: &axum::extract::Request, error: &Error) -> Response {
    let (status, reason) = (http_status(error.code()), error.reason());
    if is_postback(request.uri().path().trim_matches('/')) {
        postback::refused(status, reason_text(reason), error.message())
    } else {
        failure(status, reason, error.message())
    }
}

/// Returns whether a path, without the slashes around it, belongs to the postback URL. Accepts any
/// case, and the trailing characters of sloppy copies (`/s2s&clickId=…`, `/s2s.`).
pub fn is_postback(path: &str) -> bool {
    let behind = path.split_at_checked(3).filter(|(name, _)| name.eq_ignore_ascii_case("s2s"));
    let punctuation = |text: &str| text.chars().all(|character| ".,)".contains(character));
    behind.is_some_and(|(_, behind)| behind.starts_with(['&', ';']) || punctuation(behind))
}

fn not_allowed(methods: &'static str) -> Response {
    let message = format!("this URL accepts only {methods}");
    let body = serde_json::json!({"reason": "METHOD_NOT_ALLOWED", "message": message});
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, methods)], Json(body)).into_response()
}

/// A failure as HTTP: status, reason and sentence.
pub fn failure(status: StatusCode, reason: ErrorReason, message: &str) -> Response {
    let body = serde_json::json!({"reason": reason_text(reason), "message": message});
    let response = (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
    with_retry_after(response)
}

/// Adds `Retry-After` to answers for which a later attempt may help.
pub fn with_retry_after(mut response: Response) -> Response {
    if matches!(response.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER.as_secs().into());
    }
    response
}

pub fn header_text(headers: &HeaderMap, name: HeaderName) -> String {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_copies_of_the_postback_url_are_understood() {
        for (path, postback) in [
            ("s2s", true),
            ("S2S", true),
            ("s2s&clickId=a&id=b", true),
            ("s2s;clickId=a", true),
            ("s2s.", true),
            ("s2s)", true),
            ("s2sx", false),
            ("s2s.v1.NothingService/Get", false),
            ("s2", false),
            ("", false),
            ("summer", false),
        ] {
            assert_eq!(is_postback(path), postback, "{path}");
        }
    }
}
