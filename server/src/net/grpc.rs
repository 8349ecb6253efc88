//! gRPC calls, in all their forms.
//!
//! A call of gRPC itself passes three steps: panics become answers; the gate; the service. A call
//! in another form, from a web page or in JSON, passes more layers before the gate (`layers`).
//!
//! The gate has these steps, in order:
//!
//! - admission (inside gRPC-web, so that a page can read a refusal; before everything that costs
//!   work),
//! - the deadline,
//! - the origin of the page that calls (only on a server without API keys; not for health and
//!   reflection),
//! - the API key (within the deadline, because it may need a lookup; not for health and
//!   reflection),
//! - the rate of that key (after the key, so that nobody spends another caller's rate),
//! - the scopes of that key.

use std::{any::Any, convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{body::Body, extract::Request, response::Response};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use s2s_sdk::v1::ErrorReason;
use tonic::{Code, Status};
use tonic_web::GrpcWebLayer;
use tower::{
    ServiceBuilder,
    layer::util::Identity,
    service_fn,
    util::{BoxCloneSyncService, Either, MapResponseLayer, option_layer},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowHeaders, AllowOrigin, CorsLayer},
};

use super::{
    answers::grpc_failure,
    gate::{Admission, CallAuth, Rate, authenticate},
    json,
    limits::CALL_TIMEOUT_MAX,
};
use crate::{
    api::{Routes, calls},
    config::{Config, CorsOrigin},
    core::api_key::ApiKeyId,
    edge,
    error::Error,
};

/// Margin between an answer and the caller's deadline, so that the answer still arrives.
const DEADLINE_MARGIN: Duration = Duration::from_millis(5);
const CONTENT_TYPE: &str = "application/grpc";

/// The services of the port and their gate.
pub struct Grpc {
    pub routes: Routes,
    pub admission: Admission,
    pub auth: CallAuth,
    pub rate_per_key: Option<Rate<ApiKeyId>>,
}

/// A service that answers calls in every form.
pub type Layered = BoxCloneSyncService<Request, Response, Infallible>;

impl Grpc {
    /// Answers a call of gRPC.
    pub async fn answer(self: Arc<Self>, request: Request) -> Response {
        let answered = AssertUnwindSafe(self.gate(request)).catch_unwind().await;
        answered.unwrap_or_else(|panic| grpc_failure(Error::of_panic(&*panic)))
    }

    /// The layers of calls in other forms, from the outermost to the innermost: panics become
    /// answers; CORS (outside gRPC-web, which would refuse a preflight); a sentence for refusals of
    /// gRPC-web; the mark of calls in JSON; gRPC-web; the gate and the service. A test keeps this
    /// order in the code.
    pub fn layers(self: &Arc<Self>, config: &Config) -> Layered {
        let grpc = self.clone();
        let gate = service_fn(move |request| {
            let grpc = grpc.clone();
            async move { Ok::<_, Infallible>(grpc.gate(request).await) }
        });
        let layered = ServiceBuilder::new()
            .map_response(|response: http::Response<_>| response.map(Body::new))
            .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| {
                grpc_failure(Error::of_panic(&*panic))
            }))
            .layer(cors(config))
            .layer(MapResponseLayer::new(explain_refusal))
            .map_request(json::mark)
            .layer(GrpcWebLayer::new())
            .map_request(|request: http::Request<tonic::body::Body>| request.map(Body::new))
            .service(gate);
        BoxCloneSyncService::new(layered)
    }

    async fn gate(&self, request: Request) -> Response {
        let is_json = json::is_marked(&request);
        let response = with_reason(self.admitted(request).await);
        if is_json { json::failure(response) } else { response }
    }

    async fn admitted(&self, request: Request) -> Response {
        let call = calls::find(request.uri().path());
        let (request, in_flight) = match self.admission.admit(request, call).await {
            Ok(admitted) => admitted,
            Err((_, error)) => return grpc_failure(error),
        };
        let limit = time_limit(request.headers());
        let asked = authenticate(&self.auth, self.rate_per_key.as_ref(), call, request, &self.routes);
        let response = tokio::time::timeout(limit, asked).await;
        drop(in_flight);
        response.unwrap_or_else(|_| {
            let message = "the deadline passed before there was an answer; a repeated write counts once";
            grpc_failure(Error::new(ErrorReason::DeadlineExceeded, message))
        })
    }
}

/// Returns whether a request is a call of gRPC itself. A call with an origin comes from a web page,
/// and needs CORS.
pub fn is_native<B>(request: &http::Request<B>) -> bool {
    let headers = request.headers();
    let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let encoding = content_type.strip_prefix(CONTENT_TYPE.as_bytes());
    request.version() == Version::HTTP_2
        && request.method() == Method::POST
        && matches!(encoding, Some([] | [b'+', ..]))
        && !headers.contains_key(header::ORIGIN)
}

type Tidy<B> = fn(http::Response<B>) -> http::Response<B>;
type Cors<B> = Either<(MapResponseLayer<Tidy<B>>, CorsLayer), Identity>;

/// Lets web pages call with gRPC-web. A page gets no rights from a cookie or from its visitor's
/// network, because every call needs an API key. Without API keys, everybody who reaches the port
/// may call, so CORS is off.
fn cors<B>(config: &Config) -> Cors<B> {
    if config.no_auth {
        return option_layer(None);
    }
    let listed: Option<Vec<HeaderValue>> = config
        .cors_origins
        .iter()
        .map(|origin| match origin {
            CorsOrigin::Any => None,
            CorsOrigin::One(origin) => Some(origin.clone()),
        })
        .collect();
    let layer = CorsLayer::new()
        .allow_origin(listed.map_or_else(AllowOrigin::any, AllowOrigin::list))
        .allow_methods([Method::POST])
        // Mirrored, because `*` does not cover `authorization`.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(
            ["grpc-status", "grpc-message", "grpc-status-details-bin", "retry-after"]
                .map(HeaderName::from_static),
        )
        .max_age(Duration::from_hours(1));
    let tidy: Tidy<B> = without_idle_cors;
    option_layer(Some((MapResponseLayer::new(tidy), layer)))
}

/// Removes all CORS headers from an answer that allows no origin. The layer sends most of them even
/// to an origin that may not call.
fn without_idle_cors<B>(mut response: http::Response<B>) -> http::Response<B> {
    let headers = response.headers_mut();
    if !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        for name in [
            header::ACCESS_CONTROL_ALLOW_METHODS,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            header::ACCESS_CONTROL_MAX_AGE,
        ] {
            headers.remove(name);
        }
    }
    response
}

/// Explains the refusal of a request that is no call, such as a GET: the layer of gRPC-web refuses
/// it with an empty answer.
fn explain_refusal(response: http::Response<tonic::body::Body>) -> Response {
    let is_explained = response.headers().contains_key(header::CONTENT_TYPE);
    if response.status() != StatusCode::BAD_REQUEST || is_explained {
        return response.map(Body::new);
    }
    let message = "methods are called by POST, in JSON (`content-type: application/json`), gRPC or gRPC-Web \
                   (`application/grpc`); postbacks go to `/s2s`";
    edge::failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorReason::ParameterMalformed, message)
}

/// Time limit of a call, up to its answer; of a stream, up to its first answer. The limit ends
/// shortly before the caller gives up. It is at most `CALL_TIMEOUT_MAX`.
fn time_limit(headers: &HeaderMap) -> Duration {
    let stated = grpc_timeout(headers).or_else(|| json::timeout(headers));
    let limit = stated.unwrap_or(CALL_TIMEOUT_MAX).min(CALL_TIMEOUT_MAX);
    limit.saturating_sub(DEADLINE_MARGIN.min(limit / 4))
}

/// Adds a reason to refusals of the gRPC library: an oversized request, or a malformed message.
fn with_reason(response: Response) -> Response {
    let status = Status::from_header_map(response.headers());
    let bare = status.filter(|status| status.code() != Code::Ok && status.details().is_empty());
    bare.as_ref().and_then(Error::from_tonic).map_or(response, grpc_failure)
}

/// The `grpc-timeout` header: up to eight digits and a unit.
fn grpc_timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    match unit {
        "H" => Some(Duration::from_secs(number.saturating_mul(3_600))),
        "M" => Some(Duration::from_secs(number.saturating_mul(60))),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_read_in_all_units() {
        for (text, expected) in [
            ("1H", Some(Duration::from_hours(1))),
            ("2M", Some(Duration::from_mins(2))),
            ("3S", Some(Duration::from_secs(3))),
            ("4m", Some(Duration::from_millis(4))),
            ("5u", Some(Duration::from_micros(5))),
            ("6n", Some(Duration::from_nanos(6))),
            ("", None),
            ("1", None),
            ("S", None),
            ("1s", None),
            ("-1S", None),
            ("123456789S", None),
            ("1é", None),
        ] {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static("grpc-timeout"),
                HeaderValue::from_bytes(text.as_bytes()).unwrap(),
            )]);
            assert_eq!(grpc_timeout(&headers), expected, "{text}");
        }
    }

    #[test]
    fn only_calls_of_grpc_itself_skip_the_layers_of_web_pages() {
        let native = |version, method: &str, content_type: &str, origin: bool| {
            let mut request = http::Request::builder().version(version).method(method);
            request = request.header(header::CONTENT_TYPE, content_type);
            if origin {
                request = request.header(header::ORIGIN, "https://shop.example");
            }
            is_native(&request.body(()).unwrap())
        };
        for (content_type, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("application/grpc-web", false),
            ("application/grpc-web+proto", false),
            ("application/grpc-web-text", false),
            ("application/grpc; charset=utf-8", false),
            ("application/json", false),
            ("", false),
        ] {
            assert_eq!(native(Version::HTTP_2, "POST", content_type, false), expected, "{content_type}");
        }
        assert!(!native(Version::HTTP_2, "POST", "application/grpc", true), "a page");
        assert!(!native(Version::HTTP_2, "OPTIONS", "application/grpc", false), "a preflight");
        assert!(!native(Version::HTTP_11, "POST", "application/grpc", false), "no call");
    }
}
