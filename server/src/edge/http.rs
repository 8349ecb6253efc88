//! The edge's HTTP requests: their purpose, their handler, and the form of a refusal.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header, uri::PathAndQuery};
use s2s_sdk::v1::ErrorReason;

use url::form_urlencoded;

use super::{Client, Edge, client_kind, page, postback, redirect};
use crate::{
    error::{Error, RETRY_AFTER, http_status, reason_text},
    values::target::Target,
};

/// The address of a sender that the port did not note. It notes every sender.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Answers every HTTP request that is neither a call of the API nor a health check.
pub async fn handle(edge: &Arc<Edge>, request: axum::extract::Request) -> Response {
    let Client(client) = request.extensions().get().copied().unwrap_or(Client(UNKNOWN));
    if is_postback(request.uri()) {
        return match request.method() {
            &Method::GET | &Method::POST => postback::handle(edge, client, request).await,
            // A HEAD by a link checker must not record a conversion, and its answer must not
            // confirm one.
            method => not_allowed(method, "GET, POST", ""),
        };
    }
    match request.method() {
        &Method::GET | &Method::HEAD => {
            let (parts, _) = request.into_parts();
            let answer = redirect::handle(edge, client, &parts).await;
            let is_home = parts.uri.path() == "/";
            if page::wants(&parts.headers) { edge.pages.instead_of(answer, is_home) } else { answer }
        }
        method => not_allowed(method, "GET, HEAD", "; postbacks go to `/s2s`"),
    }
}

/// Answers the requests of `handle` on a server without an edge.
pub fn no_edge(request: &axum::extract::Request) -> Response {
    let message = "this server accepts only calls of the API; send visitors and postbacks to an edge";
    refuse(request, &Error::new(ErrorReason::ResourceNotFound, message))
}

/// The purpose of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Postback,
    Visit,
    /// A preview, a prefetch, the check of a link, or a method that is not allowed. Nothing is lost
    /// if such a request gets no answer.
    Look,
}

/// The purpose of an HTTP request.
pub fn purpose(request: &axum::extract::Request) -> Purpose {
    let (method, headers) = (request.method(), request.headers());
    let postback = is_postback(request.uri());
    if client_kind::looks_ahead(headers) || client_kind::is_previewer(headers) {
        return Purpose::Look;
    }
    match *method {
        Method::GET | Method::POST if postback => Purpose::Postback,
        Method::GET => Purpose::Visit,
        _ => Purpose::Look,
    }
}

/// The answer to a request that is refused before it is read.
pub fn refuse(request: &axum::extract::Request, error: &Error) -> Response {
    let (status, reason) = (http_status(error.code()), error.reason());
    if is_postback(request.uri()) {
        postback::refused(status, reason_text(reason), error.message())
    } else {
        failure(status, reason, error.message())
    }
}

/// Returns whether an address is a postback URL. Also recognises careless copies of one
/// (`/s2s&clickId=…`, `/s2s%3FclickId=…`, `/s2s.`, `/?clickId=…&id=…`).
pub fn is_postback(uri: &Uri) -> bool {
    let text = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let target = Target::split(text.as_bytes());
    match &*target.name() {
        "" => has_own_names(target.query),
        name => name.eq_ignore_ascii_case("s2s"),
    }
}

/// Returns whether a query has the parameters that every postback URL of this server has.
pub fn has_own_names(query: &[u8]) -> bool {
    let names = || form_urlencoded::parse(query).map(|(name, _)| name);
    let has = |own: &str| names().any(|name| name.eq_ignore_ascii_case(own));
    has("clickId") && has("id")
}

/// `elsewhere`: the end of the message, such as the URL for other methods; may be empty.
fn not_allowed(method: &Method, methods: &'static str, elsewhere: &str) -> Response {
    // Methods are case-sensitive: `get` is not `GET`.
    let capitals = if method.as_str().chars().any(char::is_lowercase) { " in capital letters" } else { "" };
    let message = format!("this URL accepts only {methods}{capitals}{elsewhere}");
    let body = serde_json::json!({"reason": "METHOD_NOT_ALLOWED", "message": message});
    let headers = [(header::ALLOW, methods), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::METHOD_NOT_ALLOWED, headers, Json(body)).into_response()
}

/// A failure as HTTP: status, reason and sentence.
pub fn failure(status: StatusCode, reason: ErrorReason, message: &str) -> Response {
    let body = serde_json::json!({"reason": reason_text(reason), "message": message});
    let response = (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
    with_retry_after(response, RETRY_AFTER)
}

/// Adds `Retry-After` to answers for which a later attempt may help.
pub fn with_retry_after(mut response: Response, delay: Duration) -> Response {
    if matches!(response.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, delay.as_secs().into());
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
        for (target, postback) in [
            ("/s2s", true),
            ("/S2S/", true),
            ("/s2s&clickId=a&id=b", true),
            ("/s2s;clickId=a", true),
            ("/s2s%3FclickId=a", true),
            ("/s2s%26clickId=a", true),
            ("/s2s%20?clickId=a", true),
            ("//s2s?clickId=a", true),
            ("/s2s.", true),
            ("/s2s)", true),
            ("/?clickId=a&id=b", true),
            ("/?CLICKID=a&id=", true),
            ("/?clickId=a", false),
            ("/?id=a", false),
            ("/summer?clickId=a&id=b", false),
            ("/s2sx", false),
            ("/s2s.v1.NothingService/Get", false),
            ("/s2", false),
            ("/", false),
            ("/summer", false),
        ] {
            assert_eq!(is_postback(&target.parse().unwrap()), postback, "{target}");
        }
    }
}
