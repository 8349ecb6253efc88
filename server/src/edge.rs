//! The edge: HTTP in, gRPC client out. It reaches the core only through the generated client, and no
//! database at all, so it can stand anywhere.
//!
//! Absent on purpose: any reading of a postback. The core reads the raw bytes, so that rules change in
//! one place.

mod caller;
mod redirect;
mod s2s;

use std::{
    convert::Infallible,
    net::IpAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Json,
    extract::{Extension, State},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use s2s_sdk::v1::{
    ErrorReason, ListClickIdKeysRequest, click_service_client::ClickServiceClient,
    postback_service_client::PostbackServiceClient, tracking_link_service_client::TrackingLinkServiceClient,
};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;
use tower::Service;

use crate::{
    auth::Caller,
    click::{ClickIdKey, ClickIdKeys, KeyId},
    error::{Error, RETRY_AFTER, Result, http_status, reason_text},
    id::Random,
    time::Clock,
};

/// Clicks that may still be on their way to the core after their visitors were sent on.
const CLICKS_UNDER_WAY_MAX: usize = 10_000;

/// The core in the same process: its services, called without a socket.
#[derive(Clone)]
pub struct Core(Routes);

impl Core {
    pub fn new(routes: Routes) -> Self {
        Self(routes.prepare())
    }
}

impl Service<Request<tonic::body::Body>> for Core {
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = <Routes as Service<Request<tonic::body::Body>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<tonic::body::Body>>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, mut request: Request<tonic::body::Body>) -> Self::Future {
        // Only this transport says so, and nothing from the network passes through it.
        request.extensions_mut().insert(Caller::EDGE);
        self.0.call(request)
    }
}

/// The request target as it came, where it had to be encoded to be routed.
#[derive(Clone)]
pub struct RawTarget(pub Bytes);

/// Who sent a request, as far as can be known; see `serve/client_address.rs`.
#[derive(Clone, Copy)]
pub struct Client(pub IpAddr);

/// Of a request that came over TLS.
#[derive(Clone, Copy)]
pub struct OverTls;

/// Of a visit for whose click there is no room now.
#[derive(Clone, Copy)]
pub struct Overload;

/// A running edge.
pub struct Edge {
    clicks: ClickServiceClient<Core>,
    postbacks: PostbackServiceClient<Core>,
    links: redirect::Links,
    click_id_keys: ClickIdKeys,
    clock: Clock,
    random: Random,
    tasks: TaskTracker,
    clicks_under_way: Arc<Semaphore>,
}

impl Edge {
    /// Fetches from the core what the edge needs to mint click ids by itself. `tasks` runs what goes on
    /// after a visitor was sent on.
    pub async fn start(core: Core, clock: Clock, random: Random, tasks: TaskTracker) -> Result<Self> {
        let mut clicks = ClickServiceClient::new(core.clone());
        let keys = clicks
            .list_click_id_keys(ListClickIdKeysRequest {})
            .await
            .map_err(|error| Error::internal(&error))?;
        let mut keys = keys.into_inner().click_id_keys.into_iter().map(|key| {
            let secret =
                key.secret.try_into().map_err(|_| Error::internal("a click id key has the wrong length"))?;
            Ok(ClickIdKey { key_id: KeyId::new(u8::try_from(key.key_id).unwrap_or_default()), secret })
        });
        let first = keys.next().ok_or_else(|| Error::internal("the core has no click id key"))??;
        let click_id_keys = ClickIdKeys::new(first, keys.collect::<Result<_>>()?);
        Ok(Self {
            clicks,
            postbacks: PostbackServiceClient::new(core.clone()),
            links: redirect::Links::new(TrackingLinkServiceClient::new(core)),
            click_id_keys,
            clock,
            random,
            tasks,
            clicks_under_way: Arc::new(Semaphore::new(CLICKS_UNDER_WAY_MAX)),
        })
    }
}

/// Everything over HTTP that is not gRPC.
pub async fn handle(
    State(edge): State<Arc<Edge>>,
    Extension(Client(client)): Extension<Client>,
    request: axum::extract::Request,
) -> Response {
    let path = request.uri().path().trim_matches('/');
    if is_postback(path) {
        return match *request.method() {
            Method::GET | Method::POST => s2s::handle(&edge, client, request).await,
            // A link checker's HEAD must neither record a conversion nor hear that one is safe.
            _ => not_allowed("GET, POST"),
        };
    }
    match *request.method() {
        Method::GET if path == "healthz" => Json(serving()).into_response(),
        Method::GET | Method::HEAD => redirect::handle(&edge, client, &request.into_parts().0).await,
        _ => not_allowed("GET, HEAD"),
    }
}

/// What `GET /healthz` answers.
pub fn serving() -> serde_json::Value {
    serde_json::json!({"status": "serving"})
}

/// What a request is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Postback,
    Visit,
    /// A preview, a prefetch, a check of a link: nothing is lost if it is not answered.
    Look,
}

/// What a request over HTTP is for.
pub fn purpose(request: &axum::extract::Request) -> Purpose {
    let (method, headers) = (request.method(), request.headers());
    let postback = is_postback(request.uri().path().trim_matches('/'));
    if caller::looks_ahead(headers) || caller::is_previewer(headers) {
        return Purpose::Look;
    }
    match *method {
        Method::GET | Method::POST if postback => Purpose::Postback,
        Method::GET => Purpose::Visit,
        _ => Purpose::Look,
    }
}

/// The answer to a request that was not even looked at.
pub fn refuse(request: &axum::extract::Request, error: &Error) -> Response {
    let (status, reason) = (http_status(error.code()), error.reason());
    if is_postback(request.uri().path().trim_matches('/')) {
        s2s::refused(status, reason_text(reason), error.message())
    } else {
        failure(status, reason, error.message())
    }
}

/// Whether a path, without slashes around it, is the postback URL's: in any case, and with what sloppy
/// copies leave behind it (`/s2s&clickId=…`, `/s2s.`).
fn is_postback(path: &str) -> bool {
    let behind = path.split_at_checked(3).filter(|(name, _)| name.eq_ignore_ascii_case("s2s"));
    let punctuation = |text: &str| text.chars().all(|character| ".,)".contains(character));
    behind.is_some_and(|(_, behind)| behind.starts_with(['&', ';']) || punctuation(behind))
}

fn not_allowed(methods: &'static str) -> Response {
    let message = format!("this URL takes {methods} only");
    let body = serde_json::json!({"reason": "METHOD_NOT_ALLOWED", "message": message});
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, methods)], Json(body)).into_response()
}

/// A failure as HTTP: its status, reason and sentence.
pub fn failure(status: StatusCode, reason: ErrorReason, message: &str) -> Response {
    let body = serde_json::json!({"reason": reason_text(reason), "message": message});
    let response = (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
    with_retry_after(response)
}

/// Says when to come again, where that may help.
fn with_retry_after(mut response: Response) -> Response {
    if matches!(response.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER.as_secs().into());
    }
    response
}

fn header_text(headers: &HeaderMap, name: HeaderName) -> String {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
}

/// What `call` answers within `budget`; `None` where it takes longer or fails.
async fn within<T>(budget: Duration, call: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::time::timeout(budget, call).await.ok().flatten()
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
