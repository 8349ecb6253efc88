//! Every route, every layer and their order, and the loop that serves connections.
//!
//! One port takes gRPC, gRPC-web and plain HTTP. The order of layers, from outside in: panics become
//! answers; CORS (outside gRPC-web, which would refuse a preflight); gRPC-web; the deadline; the service.

use std::{any::Any, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    middleware::{self, Next},
    response::Response,
};
use http::{HeaderMap, HeaderName, Method};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use s2s_sdk::v1::{DESCRIPTOR, ErrorReason};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};
use tonic::{Status, service::Routes};
use tonic_web::GrpcWebLayer;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowHeaders, AllowOrigin, CorsLayer},
};

use crate::{
    app::App,
    click, conversion, conversion_code,
    edge::{self, Edge},
    error::{Error, Result},
    postback, tracking_link,
};

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
    Routes::new(conversion_code::grpc::service(app.clone()))
        .add_service(tracking_link::grpc::service(app.clone()))
        .add_service(click::grpc::service(app.clone()))
        .add_service(conversion::grpc::service(app.clone()))
        .add_service(postback::grpc::service(app.clone()))
}

/// Everything the port answers.
pub fn router(core: Routes, health: Routes, edge: Edge) -> Result<Router> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTOR)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // So that tools can show the details of an error.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let services: Router = core
        .add_service(reflection().build_v1().map_err(|error| Error::internal(&error))?)
        .add_service(reflection().build_v1alpha().map_err(|error| Error::internal(&error))?)
        .into_axum_router()
        .merge(health.into_axum_router().reset_fallback());
    let grpc = services.reset_fallback().route_layer(
        ServiceBuilder::new()
            .layer(CatchPanicLayer::custom(grpc_panic))
            .layer(cors())
            .layer(GrpcWebLayer::new())
            .map_request(|request: http::Request<tonic::body::Body>| request.map(axum::body::Body::new))
            .layer(middleware::from_fn(deadline)),
    );
    let http = Router::new()
        .fallback(edge::handle)
        .with_state(Arc::new(edge))
        .layer(CatchPanicLayer::custom(http_panic));
    Ok(http.merge(grpc))
}

/// Any page may call with gRPC-web: no cookie or other ambient right is honoured here.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods([Method::POST])
        .allow_headers(AllowHeaders::any())
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
fn grpc_panic(panic: Box<dyn Any + Send>) -> http::Response<axum::body::Body> {
    grpc_failure(Error::internal(&panic_text(&*panic)))
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn http_panic(panic: Box<dyn Any + Send>) -> http::Response<axum::body::Body> {
    let status = Status::from(Error::internal(&panic_text(&*panic)));
    edge::failure(http::StatusCode::INTERNAL_SERVER_ERROR, ErrorReason::Internal, status.message())
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", text.unwrap_or("without a message"))
}

/// Serves until `stop`, then answers what it has accepted, for `drain` at the most.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>, drain: Duration) {
    let graceful = GracefulShutdown::new();
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
        let (watcher, router) = (graceful.watcher(), router.clone());
        connections.spawn(async move {
            let sent = tokio::time::timeout(FIRST_BYTE_TIMEOUT, stream.peek(&mut [0])).await;
            if !matches!(sent, Ok(Ok(1..))) || stream.set_nodelay(true).is_err() {
                return;
            }
            let service = tower::util::MapRequestLayer::new(move |mut request: http::Request<_>| {
                request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
                request
            });
            let service = TowerToHyperService::new(ServiceBuilder::new().layer(service).service(router));
            let builder = builder();
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(error, "a connection ended badly");
            }
            drop(place);
        });
    }
    drop(listener);
    tracing::info!(connections = connections.len(), "stopping");
    let all_ended = async {
        graceful.shutdown().await;
        while connections.join_next().await.is_some() {}
    };
    if tokio::time::timeout(drain, all_ended).await.is_err() {
        tracing::warn!("some connections did not end in time and were cut");
        connections.shutdown().await;
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_local_error_reset_streams(RESETS_MAX)
        .keep_alive_interval(KEEP_ALIVE)
        .max_header_list_size(u32::try_from(HEADER_BYTES_MAX).unwrap_or(u32::MAX));
    builder
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
