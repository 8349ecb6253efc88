//! Every route, every layer and their order.
//!
//! One port serves gRPC, gRPC-web, calls in JSON and plain HTTP (`plain`). A gRPC call passes these
//! layers, from the outermost to the innermost: panics become answers; CORS (outside gRPC-web, which would
//! refuse a preflight); a sentence for refusals of gRPC-web; the mark of calls in JSON; gRPC-web;
//! the gate; the service. A test keeps this order in the code.
//!
//! The gate is one layer, because each layer costs every call a few allocations. Its steps, in
//! order:
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

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use futures::{FutureExt as _, future::BoxFuture};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use s2s_sdk::v1::{DESCRIPTOR, ErrorReason};
use tonic::{Code, Status, service::Routes};
use tonic_web::GrpcWebLayer;
use tower::{
    ServiceBuilder, ServiceExt as _,
    layer::util::Identity,
    util::{Either, MapResponseLayer, option_layer},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowHeaders, AllowOrigin, CorsLayer},
};

use super::{
    answers::{finished, grpc_failure},
    gate::{Admission, CallAuth, InFlight, Rate, authenticate},
    health::Health,
    json,
    limits::{CALL_TIMEOUT_MAX, OPEN_MESSAGE_BYTES_MAX},
    plain::Plain,
};
use crate::{
    api::calls,
    config::{Config, CorsOrigin, Role},
    core::api_key::ApiKeyId,
    edge::{self, Edge},
    error::{Error, Result},
};

/// Margin between an answer and the caller's deadline, so that the answer still arrives.
const DEADLINE_MARGIN: Duration = Duration::from_millis(5);

/// The routes of a port. Clones share them.
#[derive(Clone)]
pub struct Router {
    /// The services, and every path that may belong to one.
    services: axum::Router,
    /// All other paths. `None`: `services` has these, too.
    plain: Option<Arc<Plain>>,
}

impl Router {
    /// The routes of a port that has nothing but these.
    pub fn of(services: axum::Router) -> Self {
        Self { services, plain: None }
    }

    /// Answers a request.
    pub fn answer(&self, request: Request) -> BoxFuture<'static, Response> {
        let path = request.uri().path();
        match &self.plain {
            // Without a walk through the layers, because visits and postbacks are frequent.
            Some(plain) if !SERVICES.iter().any(|begin| path.starts_with(begin)) => {
                plain.clone().answer(request).map(finished).boxed()
            }
            _ => {
                let answered = self.services.clone().oneshot(request);
                answered.map(|Ok(response)| finished(response)).boxed()
            }
        }
    }
}

/// The beginnings of the paths of all services.
const SERVICES: [&str; 2] = [calls::PACKAGES, "/grpc."];

/// All routes of the main port. `core`: the routes of the core, and the authentication of its
/// callers; `None` if there is no core, or if it has not started yet.
pub fn router(
    core: Option<(Routes, CallAuth)>,
    health_routes: Routes,
    edge: Option<Arc<Edge>>,
    health: Health,
    config: &Config,
) -> Result<Router> {
    let admission = Admission {
        load: InFlight::new(config.requests_max),
        rate: config.rate_per_address.map(|rate| Arc::new(Rate::per_second(rate))),
    };
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTOR)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // Lets tools show the details of an error.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let open = health_routes
        .add_service(
            reflection()
                .build_v1()
                .map_err(|error| Error::internal(&error))?
                .max_decoding_message_size(OPEN_MESSAGE_BYTES_MAX),
        )
        .add_service(
            reflection()
                .build_v1alpha()
                .map_err(|error| Error::internal(&error))?
                .max_decoding_message_size(OPEN_MESSAGE_BYTES_MAX),
        )
        .into_axum_router()
        .reset_fallback();
    let is_to_come = core.is_none() && config.edge.role == Role::All;
    let core = core.map(|(core, auth)| (core.into_axum_router().reset_fallback(), auth));
    let (core, auth) = core.unwrap_or_else(|| (axum::Router::new(), CallAuth::NoCore));
    let rate_per_key = config.rate_per_key.map(Rate::per_second);
    let gate = Arc::new(Gate { admission: admission.clone(), auth, rate_per_key });
    let grpc = core.merge(open).route_layer(
        ServiceBuilder::new()
            .layer(CatchPanicLayer::custom(grpc_panic))
            .layer(cors(config))
            .layer(MapResponseLayer::new(explain_refusal))
            .map_request(json::mark)
            .layer(GrpcWebLayer::new())
            .map_request(|request: http::Request<tonic::body::Body>| request.map(Body::new))
            .layer(middleware::from_fn_with_state(gate, gate_of_grpc)),
    );
    let plain = Arc::new(Plain { admission, is_to_come, edge, health });
    let others = plain.clone();
    let services = axum::Router::new().fallback(move |request| others.answer(request)).merge(grpc);
    Ok(Router { services, plain: Some(plain) })
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

/// The checks that every gRPC call passes.
struct Gate {
    admission: Admission,
    auth: CallAuth,
    rate_per_key: Option<Rate<ApiKeyId>>,
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

async fn gate_of_grpc(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let is_json = json::is_marked(&request);
    let response = with_reason(admitted(&gate, request, next).await);
    if is_json { json::failure(response) } else { response }
}

async fn admitted(gate: &Gate, request: Request, next: Next) -> Response {
    let (request, in_flight) = match gate.admission.admit(request).await {
        Ok(admitted) => admitted,
        Err((_, error)) => return grpc_failure(error),
    };
    let limit = time_limit(request.headers());
    let asked = authenticate(&gate.auth, gate.rate_per_key.as_ref(), request, next);
    let response = tokio::time::timeout(limit, asked).await;
    drop(in_flight);
    response.unwrap_or_else(|_| {
        let message = "the deadline passed before there was an answer; a repeated write counts once";
        grpc_failure(Error::new(ErrorReason::DeadlineExceeded, message))
    })
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

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn grpc_panic(panic: Box<dyn Any + Send>) -> http::Response<Body> {
    grpc_failure(Error::of_panic(&*panic))
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
}
