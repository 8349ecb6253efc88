//! Every route, every layer and their order, and the loop that serves connections.
//!
//! One port takes gRPC, gRPC-web and plain HTTP. The order of layers, from outside in: panics become
//! answers; CORS (outside gRPC-web, which would refuse a preflight); gRPC-web; the deadline; the API key (within
//! the deadline, since it may have to be looked up; not for health and reflection); the service.

mod http1;
mod keys;

use std::{any::Any, convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, HttpBody as _},
    extract::{ConnectInfo, Request},
    middleware::{self, Next},
    response::Response,
};
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use s2s_sdk::v1::{DESCRIPTOR, ErrorReason};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, service::Routes};
use tonic_web::GrpcWebLayer;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowHeaders, AllowOrigin, CorsLayer},
};

use crate::{
    account, api_key,
    app::App,
    click, conversion, conversion_code,
    edge::{self, Edge},
    error::{Error, Result},
    postback, preset, tracking_link,
};

pub use keys::Door;

/// Connections that may be open.
const CONNECTIONS_MAX: usize = 10_000;
/// How long a connection may take to send its first byte.
const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request's headers may take.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest request line and headers over HTTP/1, in bytes.
const HEADER_BYTES_MAX: usize = 64 * 1_024;
/// Streams that one connection may have open.
const STREAMS_MAX: u32 = 1_024;
/// Streams that a peer may reset before its connection is closed (CVE-2023-44487).
const RESETS_MAX: usize = 1_024;
/// How often an idle HTTP/2 connection is asked whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_mins(1);
/// Longest that a gRPC call may take.
const CALL_TIMEOUT_MAX: Duration = Duration::from_mins(1);
/// How much earlier than the caller we give up, so that the caller hears our answer.
const DEADLINE_MARGIN: Duration = Duration::from_millis(5);

/// The services of the core.
pub fn core(app: &Arc<App>) -> Routes {
    Routes::new(account::grpc::service(app.clone()))
        .add_service(api_key::grpc::service(app.clone()))
        .add_service(preset::grpc::service())
        .add_service(conversion_code::grpc::service(app.clone()))
        .add_service(tracking_link::grpc::service(app.clone()))
        .add_service(click::grpc::service(app.clone()))
        .add_service(conversion::grpc::service(app.clone()))
        .add_service(postback::grpc::service(app.clone()))
}

/// Everything the port answers.
pub fn router(core: Routes, door: Door, health: Routes, edge: Edge) -> Result<Router> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTOR)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // So that tools can show the details of an error.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let open = health
        .add_service(reflection().build_v1().map_err(|error| Error::internal(&error))?)
        .add_service(reflection().build_v1alpha().map_err(|error| Error::internal(&error))?)
        .into_axum_router()
        .reset_fallback();
    let asked =
        core.into_axum_router().reset_fallback().route_layer(middleware::from_fn_with_state(door, keys::ask));
    let grpc = asked.merge(open).route_layer(
        ServiceBuilder::new()
            .layer(CatchPanicLayer::custom(grpc_panic))
            .layer(cors())
            .layer(GrpcWebLayer::new())
            .map_request(|request: http::Request<tonic::body::Body>| request.map(Body::new))
            .layer(middleware::from_fn(deadline))
            .layer(middleware::from_fn(with_reason)),
    );
    let http = Router::new()
        .fallback(edge::handle)
        .with_state(Arc::new(edge))
        .layer(middleware::from_fn(no_such_service))
        .layer(CatchPanicLayer::custom(http_panic));
    Ok(http.merge(grpc))
}

/// Any page may call with gRPC-web: no cookie or other ambient right is honoured here.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods([Method::POST])
        // By name: `*` does not cover `authorization`.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(
            ["grpc-status", "grpc-message", "grpc-status-details-bin"].map(HeaderName::from_static),
        )
        .max_age(Duration::from_hours(1))
}

/// Answers `DEADLINE_EXCEEDED` when the caller's `grpc-timeout` is about to pass.
async fn deadline(request: Request, next: Next) -> Response {
    let limit = grpc_timeout(request.headers()).unwrap_or(CALL_TIMEOUT_MAX).min(CALL_TIMEOUT_MAX);
    let limit = limit.saturating_sub(DEADLINE_MARGIN.min(limit / 4));
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        let message = "the deadline passed before there was an answer; a repeated write counts once";
        grpc_failure(Error::new(ErrorReason::DeadlineExceeded, message))
    })
}

/// Gives a reason to what the gRPC library itself refuses: a request that is too large, or no message.
async fn with_reason(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = Status::from_header_map(response.headers());
    let bare = status.filter(|status| status.code() != Code::Ok && status.details().is_empty());
    bare.as_ref().and_then(Error::of_library).map_or(response, grpc_failure)
}

/// A gRPC call to a service that is not there.
async fn no_such_service(request: Request, next: Next) -> Response {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    if content_type.is_some_and(|text| text.as_bytes().starts_with(b"application/grpc")) {
        return grpc_failure(Error::new(ErrorReason::UnknownMethod, "this server has no such service"));
    }
    next.run(request).await
}

/// `grpc-timeout`: up to eight digits and a unit.
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

fn grpc_failure(error: Error) -> Response {
    Status::from(error).into_http()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn grpc_panic(panic: Box<dyn Any + Send>) -> http::Response<Body> {
    grpc_failure(Error::internal(&panic_text(&*panic)))
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn http_panic(panic: Box<dyn Any + Send>) -> http::Response<Body> {
    let status = Status::from(Error::internal(&panic_text(&*panic)));
    edge::failure(StatusCode::INTERNAL_SERVER_ERROR, ErrorReason::Internal, status.message())
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", text.unwrap_or("without a message"))
}

/// Serves until `stop`, then answers what it has accepted, for `drain` at the most.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>, drain: Duration) {
    let stopping = CancellationToken::new();
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            (accepted, place) = accepted => match accepted {
                Ok((stream, peer)) => (stream, peer, place),
                Err(error) => {
                    // Out of file descriptors, mostly: others must close before more can be accepted.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let (router, stopping) = (router.clone(), stopping.clone());
        connections.spawn(async move {
            connection(stream, peer, router, stopping).await;
            drop(place);
        });
    }
    drop(listener);
    tracing::info!(connections = connections.len(), "stopping");
    stopping.cancel();
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(drain, all_ended).await.is_err() {
        tracing::warn!("some connections did not end in time and were cut");
        connections.shutdown().await;
    }
}

/// Serves one connection to its end; once `stopping`, to the end of what is under way.
async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stopping: CancellationToken) {
    let answer = move |mut request: http::Request<Body>| -> BoxFuture<'static, http::Response<Body>> {
        request.extensions_mut().insert(ConnectInfo(peer));
        let answered = router.clone().oneshot(request);
        Box::pin(async move {
            let Ok(response) = answered.await;
            never_empty(response)
        })
    };
    let spoken = tokio::select! {
        spoken = tokio::time::timeout(FIRST_BYTE_TIMEOUT, spoken(&stream)) => spoken,
        () = stopping.cancelled() => return,
    };
    match spoken {
        Ok(Ok(_)) if stream.set_nodelay(true).is_err() => {}
        Ok(Ok(Spoken::Http1)) => http1::serve(stream, answer, stopping.cancelled()).await,
        Ok(Ok(Spoken::Http2)) => http2(stream, answer, stopping.cancelled()).await,
        Ok(Err(_)) | Err(_) => {}
    }
}

/// What a client speaks.
enum Spoken {
    Http1,
    Http2,
}

/// Waits for the first bytes and looks at them: HTTP/2 begins with `PRI `, which no HTTP/1 request does.
async fn spoken(stream: &TcpStream) -> io::Result<Spoken> {
    const PREFACE: &[u8] = b"PRI ";
    loop {
        let mut first = [0; PREFACE.len()];
        let length = stream.peek(&mut first).await?;
        match first.get(..length) {
            Some([]) | None => return Err(io::ErrorKind::UnexpectedEof.into()),
            Some(PREFACE) => return Ok(Spoken::Http2),
            Some(begin) if !PREFACE.starts_with(begin) => return Ok(Spoken::Http1),
            // `P` may become either; a peek does not wait for more.
            Some(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

async fn http2(stream: TcpStream, answer: impl http1::Answer, stop: impl Future<Output = ()>) {
    let service = service_fn(|request: http::Request<Incoming>| {
        let answered = answer(request.map(Body::new));
        async move { Ok::<_, Infallible>(answered.await) }
    });
    let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_local_error_reset_streams(RESETS_MAX)
        .keep_alive_interval(KEEP_ALIVE)
        .max_header_list_size(u32::try_from(HEADER_BYTES_MAX).unwrap_or(u32::MAX));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Every refusal has a body, so that an empty one can only be hyper's own (see `http1`).
fn never_empty(response: http::Response<Body>) -> http::Response<Body> {
    let refusal = matches!(
        response.status(),
        StatusCode::BAD_REQUEST | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    if refusal && response.body().is_end_stream() { not_http() } else { response }
}

/// The answer to what is neither gRPC nor a request that any route takes.
fn not_http() -> http::Response<Body> {
    let message = "this is not a request that this server understands";
    edge::failure(StatusCode::BAD_REQUEST, ErrorReason::ParameterMalformed, message)
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
                http::HeaderValue::from_bytes(text.as_bytes()).unwrap(),
            )]);
            assert_eq!(grpc_timeout(&headers), expected, "{text}");
        }
    }
}
