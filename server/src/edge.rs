//! The edge: HTTP in, gRPC out. It reaches the core only through the generated clients and services, and no
//! database at all, so it can stand anywhere.
//!
//! Absent on purpose: any reading of a postback. The core reads the raw bytes, so that rules change in
//! one place.

mod client_kind;
mod core_client;
mod core_health;
mod postback;
mod redirect;
mod snapshot;
mod spool;

use std::{net::IpAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Extension, State},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use s2s_sdk::v1::{
    ErrorReason, ListClickIdKeysRequest, ListClickIdKeysResponse, click_service_client::ClickServiceClient,
    tracking_link_service_client::TrackingLinkServiceClient,
};
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::Status;

use self::{
    core_client::{CoreClient, Failed, failed},
    core_health::Reach,
    spool::{Drain, Record, Spool},
};
use crate::{
    clock::{Reference, Watch},
    config::SpoolSettings,
    error::{Error, RETRY_AFTER, Result, StartError, http_status, reason_text},
    values::{
        click_id::{ClickIdKey, ClickIdKeys, KeyId},
        id::Random,
        time::{Clock, Span, Time},
    },
};

pub use self::core_client::{CoreTransport, not_started};

/// Clicks that may still be on their way to the core after their visitors were sent on.
const CLICKS_UNDER_WAY_MAX: usize = 10_000;
/// How long the core may take to say the click id keys at the start.
const KEYS_BUDGET: Duration = Duration::from_secs(5);
/// How long an answer may take that tells the core's time, which is half of that old then.
const CLOCK_ANSWER_MAX: Span = Span::from_seconds(2);
/// How long the core may take for what the spool has refused.
const LAST_BUDGET: Duration = Duration::from_secs(10);
/// How old a record in the spool may be before the server is said to be spooling.
const DRAINED_WITHIN: Span = Span::from_seconds(1);

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
    calls: CoreClient,
    reach: Arc<Reach>,
    spool: Option<Spool>,
    links: Arc<redirect::Links>,
    click_id_keys: ClickIdKeys,
    clock: Clock,
    random: Random,
    tasks: TaskTracker,
    clicks_under_way: Semaphore,
    /// A core that is elsewhere, and so has a clock of its own.
    far_core: Option<ClickServiceClient<CoreTransport>>,
}

impl Edge {
    /// Whether an edge with this spool can begin without its core: by what it knew before, and since the spool takes
    /// what the core does not.
    pub fn can_begin_alone(spool: Option<&SpoolSettings>) -> bool {
        let known = spool.map(|settings| snapshot::read(&snapshot::path(&settings.folder)));
        known.is_some_and(|known| !known.click_id_keys.click_id_keys.is_empty())
    }

    /// Opens the spool, and asks the core for what the edge needs to mint click ids by itself, or reads what it
    /// said last. `tasks` runs what goes on after a visitor was sent on.
    pub async fn start(
        core: CoreTransport,
        spool: Option<SpoolSettings>,
        watch: &Watch,
        random: Random,
        tasks: &TaskTracker,
        stopping: &CancellationToken,
    ) -> Result<Self, StartError> {
        let clock = watch.clock();
        let spool = spool.map(|settings| spool::open(settings, clock.clone(), random.clone())).transpose()?;
        let known_at = spool.as_ref().map(|(spool, _)| snapshot::path(spool.folder()));
        let known = known_at.as_deref().map(snapshot::read).unwrap_or_default();
        let clicks = ClickServiceClient::new(core.clone());
        let far_core = core.is_elsewhere().then(|| clicks.clone());
        let keys = match ask_keys(clicks, &clock).await {
            Ok((keys, core_time)) => {
                if far_core.is_some() {
                    watch.look(core_time.map(Reference::Core));
                }
                keys
            }
            Err(status) if known.click_id_keys.click_id_keys.is_empty() => {
                let message = "an edge must reach the core once before it can do without";
                let message = format!("{message}: {}", status.message());
                return Err(StartError::failure("CORE_AWAY", message));
            }
            Err(status) => {
                let message = "the core is away; the edge goes by what it knew";
                tracing::warn!(links = known.links.len(), cause = status.message(), message);
                known.click_id_keys
            }
        };
        let links =
            Arc::new(redirect::Links::new(TrackingLinkServiceClient::new(core.clone()), known.links).await);
        let (calls, reach) = (CoreClient::new(core), Arc::new(Reach::default()));
        let click_id_keys = click_id_keys(keys.clone())?;
        let spool = spool.map(|(spool, writer)| {
            let drain = Drain::new(&spool, calls.clone(), reach.clone(), random.clone());
            let (runtime, stopping) = (tokio::runtime::Handle::current(), stopping.clone());
            tasks.spawn_blocking(move || writer.run());
            tasks.spawn_blocking(move || drain.run(&runtime, &stopping));
            spool
        });
        if let Some(path) = known_at {
            let kept =
                snapshot::keep(path, keys, links.clone(), clock.clone(), random.clone(), stopping.clone());
            tasks.spawn(kept);
        }
        Ok(Self {
            calls,
            reach,
            spool,
            links,
            click_id_keys,
            clock,
            random,
            tasks: tasks.clone(),
            clicks_under_way: Semaphore::new(CLICKS_UNDER_WAY_MAX),
            far_core,
        })
    }

    /// The time by the clock of a core that is elsewhere; `None` where it can't be told.
    pub async fn core_time(&self) -> Option<Time> {
        ask_keys(self.far_core.clone()?, &self.clock).await.ok()?.1
    }

    /// What is known of the edge's health.
    pub fn health(&self) -> EdgeHealth {
        let spool = self.spool.as_ref().map(Spool::state);
        EdgeHealth { spool, reach: self.reach.clone(), clock: self.clock.clone() }
    }

    /// What the core answers to `call`, or that `record`, the same call, is in the spool, where it is not answered
    /// within `budget`. `at_once`: it is not even asked.
    async fn ask_or_keep<T>(
        &self,
        budget: Duration,
        call: impl Future<Output = Result<T, Status>>,
        record: Record,
        lane: Option<u16>,
        at_once: bool,
    ) -> Outcome<T> {
        let mut call = pin!(call);
        let mut failure = None;
        if !at_once || self.spool.is_none() {
            let answer = match self.spool {
                Some(_) => timeout(budget, &mut call).await.ok(),
                None => Some(call.as_mut().await),
            };
            match answer {
                Some(Ok(answer)) => {
                    self.reach.answered();
                    return Outcome::Answered(answer);
                }
                Some(Err(status)) => match failed(&status) {
                    Failed::Refused => {
                        self.reach.answered();
                        return Outcome::Refused(status);
                    }
                    // The core is there. Its fault may pass or be mended, and most senders send but once.
                    Failed::Fault => {
                        self.reach.answered();
                        failure = Some(status);
                    }
                    Failed::Away => {
                        self.reach.failed(self.clock.now());
                        failure = Some(status);
                    }
                },
                None => self.reach.failed(self.clock.now()),
            }
        }
        let Some(spool) = &self.spool else {
            return Outcome::Refused(failure.unwrap_or_else(|| not_started().into()));
        };
        match (spool.keep(&record, lane).await, failure) {
            (Ok(()), _) => Outcome::Kept,
            (Err(_), Some(status)) => Outcome::Refused(status),
            // The core may answer yet, or did not hear of it.
            (Err(_), None) => match timeout(LAST_BUDGET, call).await {
                Ok(Ok(answer)) => Outcome::Answered(answer),
                Ok(Err(status)) => Outcome::Refused(status),
                Err(_) => Outcome::Refused(Error::unavailable("neither core nor spool took it").into()),
            },
        }
    }

    /// Whether nothing need be asked of the core, since it is known not to answer.
    pub fn core_is_away(&self) -> bool {
        self.spool.is_some() && self.reach.is_away(self.clock.now())
    }

    /// Whether the core may be away. What is as good without its answer does not wait for it.
    fn core_is_in_doubt(&self) -> bool {
        self.spool.is_some() && self.reach.is_in_doubt()
    }
}

/// The click id keys, and the time by the core's clock; `None` where the answer took too long to tell.
async fn ask_keys(
    mut core: ClickServiceClient<CoreTransport>,
    clock: &Clock,
) -> Result<(ListClickIdKeysResponse, Option<Time>), Status> {
    let asked = clock.now();
    let answer = timeout(KEYS_BUDGET, core.list_click_id_keys(ListClickIdKeysRequest {})).await;
    let answer = answer.unwrap_or_else(|_| Err(Error::unavailable("no answer in time").into()))?;
    let took = clock.now().since(asked);
    let mut keys = answer.into_inner();
    let core_time = keys.core_time.take().and_then(|time| Time::from_proto(&time).ok());
    Ok((keys, core_time.filter(|_| took < CLOCK_ANSWER_MAX).map(|time| time.plus(took.half()))))
}

/// What became of a call.
enum Outcome<T> {
    Answered(T),
    /// By the core, or since neither core nor spool took it.
    Refused(Status),
    /// It is durable, and the core will hear of it.
    Kept,
}

fn click_id_keys(keys: ListClickIdKeysResponse) -> Result<ClickIdKeys> {
    let mut keys = keys.click_id_keys.into_iter().map(|key| {
        let secret =
            key.secret.try_into().map_err(|_| Error::internal("a click id key has the wrong length"))?;
        Ok(ClickIdKey { key_id: KeyId::new(u8::try_from(key.key_id).unwrap_or_default()), secret })
    });
    let first = keys.next().ok_or_else(|| Error::internal("the core has no click id key"))??;
    Ok(ClickIdKeys::new(first, keys.collect::<Result<_>>()?))
}

/// How the edge is, for `health`.
#[derive(Clone)]
pub struct EdgeHealth {
    spool: Option<Arc<spool::State>>,
    reach: Arc<Reach>,
    clock: Clock,
}

impl EdgeHealth {
    pub fn spool(&self) -> Option<spool::Status> {
        self.spool.as_ref().map(|spool| spool.status())
    }

    pub fn is_away(&self) -> bool {
        self.reach.is_away(self.clock.now())
    }

    /// Whether the spool takes what the core does not.
    pub fn keeps(&self) -> bool {
        self.spool().is_some_and(|spool| !spool.refusing)
    }

    /// Whether nothing waits for longer than it takes to be handed over.
    pub fn is_drained(&self) -> bool {
        // What has a time in the future has no age, and may wait all the same.
        let waits = |spool: &spool::Status| spool.oldest_age.max(spool.standing) >= DRAINED_WITHIN;
        self.spool().is_none_or(|spool| spool.counted && !waits(&spool))
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
            Method::GET | Method::POST => postback::handle(&edge, client, request).await,
            // A link checker's HEAD must neither record a conversion nor hear that one is safe.
            _ => not_allowed("GET, POST"),
        };
    }
    match *request.method() {
        Method::GET | Method::HEAD => redirect::handle(&edge, client, &request.into_parts().0).await,
        _ => not_allowed("GET, HEAD"),
    }
}

/// Everything over HTTP that is not gRPC, where there is no edge.
pub async fn no_edge(request: axum::extract::Request) -> Response {
    let message = "this server takes calls over gRPC alone; visitors and postbacks go to an edge";
    refuse(&request, &Error::new(ErrorReason::ResourceNotFound, message))
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
    if client_kind::looks_ahead(headers) || client_kind::is_previewer(headers) {
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
        postback::refused(status, reason_text(reason), error.message())
    } else {
        failure(status, reason, error.message())
    }
}

/// Whether a path, without slashes around it, is the postback URL's: in any case, and with what sloppy
/// copies leave behind it (`/s2s&clickId=…`, `/s2s.`).
pub fn is_postback(path: &str) -> bool {
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
    timeout(budget, call).await.ok().flatten()
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
