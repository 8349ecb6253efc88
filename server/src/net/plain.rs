//! Plain HTTP: health, the console, visits and postbacks.
//!
//! Each request passes these steps: panics become answers; calls of unknown services are refused;
//! admission; the handler.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use s2s_sdk::v1::ErrorReason;
use tonic::Status;

use super::{
    answers::grpc_failure,
    console,
    gate::{Admission, CallAuth},
    health::Health,
    json,
};
use crate::{
    api::calls,
    edge::{self, Edge},
    error::Error,
};

/// The routes of plain HTTP.
pub struct Plain {
    pub admission: Admission,
    /// The core has not started yet.
    pub is_to_come: bool,
    pub auth: CallAuth,
    pub edge: Option<Arc<Edge>>,
    pub health: Health,
}

impl Plain {
    /// Answers a request that is no call of a service of this server.
    pub async fn answer(self: Arc<Self>, request: Request) -> Response {
        let is_head = request.method() == Method::HEAD;
        let answered = AssertUnwindSafe(self.serve(request)).catch_unwind().await;
        let response = answered.unwrap_or_else(|panic| of_panic(&*panic));
        if is_head { head_of(response) } else { response }
    }

    async fn serve(&self, request: Request) -> Response {
        if let Some(refusal) = self.refused_call(&request) {
            return refusal;
        }
        match self.admission.admit(request, None).await {
            Ok((request, in_flight)) => {
                let response = self.route(request).await;
                drop(in_flight);
                response
            }
            Err((request, error)) => edge::refuse(&request, &error),
        }
    }

    async fn route(&self, request: Request) -> Response {
        match &self.edge {
            _ if request.uri().path() == "/healthz" => match *request.method() {
                Method::GET | Method::HEAD => self.health.answer(),
                _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET,HEAD")]).into_response(),
            },
            _ if console::has(request.uri().path()) && self.is_to_come => {
                console::failure(edge::not_started())
            }
            _ if console::has(request.uri().path()) => console::answer(&self.auth, request).await,
            Some(edge) => edge::handle(edge, request).await,
            None => edge::no_edge(&request),
        }
    }

    /// The refusal of a call of a service that this server does not have.
    fn refused_call(&self, request: &Request) -> Option<Response> {
        if !is_method(request.uri()) {
            return None;
        }
        let is_json = json::is_json(request.headers()) && request.uri().path().starts_with(calls::PACKAGES);
        if !is_json && !is_grpc(request.headers()) {
            return None;
        }
        let error = if self.is_to_come {
            edge::not_started()
        } else {
            Error::new(ErrorReason::MethodUnknown, "this server has no such service")
        };
        let response = grpc_failure(error);
        Some(if is_json { json::failure(response) } else { response })
    }
}

/// The answer to a HEAD: without its body, but with the length of the body.
fn head_of(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().entry(header::CONTENT_LENGTH).or_insert(HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
    response
}

fn is_grpc(headers: &HeaderMap) -> bool {
    const BEGIN: &[u8] = b"application/grpc";
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|text| text.as_bytes().get(..BEGIN.len()));
    content_type.is_some_and(|begin| begin.eq_ignore_ascii_case(BEGIN))
}

/// Returns whether a path can belong to a method: it consists of a service and a method. A
/// request of a merchant or visitor is read by its path, whatever content type it claims.
fn is_method(uri: &Uri) -> bool {
    let mut segments = uri.path().strip_prefix('/').unwrap_or_default().split('/');
    let named = |segment: Option<&str>| segment.is_some_and(|segment| !segment.is_empty());
    let two = named(segments.next()) && named(segments.next()) && segments.next().is_none();
    two && !edge::is_postback(uri)
}

fn of_panic(panic: &(dyn Any + Send)) -> Response {
    let status = Status::from(Error::of_panic(panic));
    edge::failure(StatusCode::INTERNAL_SERVER_ERROR, ErrorReason::Internal, status.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_methods_are_answered_as_calls() {
        for (path, expected) in [
            ("/s2s.v1.ClickService/GetClick", true),
            ("/grpc.health.v1.Health/Check", true),
            ("/Greeter/SayHello", true),
            ("/s2s", false),
            ("/S2S/", false),
            ("/s2s&x=a/b", false),
            ("/summer", false),
            ("/healthz", false),
            ("/", false),
            ("//x", false),
            ("/x/", false),
            ("/a/b/c", false),
            ("", false),
        ] {
            assert_eq!(is_method(&path.parse().unwrap_or_default()), expected, "{path}");
        }
    }

    #[test]
    fn calls_are_known_by_their_content_type() {
        for (text, expected) in [
            ("application/grpc", true),
            ("Application/gRPC-Web+proto; charset=utf-8", true),
            ("application/json", false),
            ("application", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(text))]);
            assert_eq!(is_grpc(&headers), expected, "{text}");
        }
    }
}
