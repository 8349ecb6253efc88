//! The edge: HTTP in, gRPC out. It reaches the core only through the generated clients and
//! services, and never opens a database, so it can run anywhere.
//!
//! Absent on purpose: any parsing of a postback. The core reads the raw bytes, so that rules change
//! in one place.

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

/// Maximum number of clicks still on their way to the core after their visitors were redirected.
const CLICKS_UNDER_WAY_MAX: usize = 10_000;
/// Time limit for reading the click id keys and the core's time.
const KEYS_BUDGET: Duration = Duration::from_secs(5);
/// Longest call that tells the core's time. Half its duration is added to that time.
const CLOCK_ANSWER_MAX: Span = Span::from_seconds(2);
/// Time limit for the core's answer to a call that the spool refused.
const LAST_BUDGET: Duration = Duration::from_secs(10);
/// Age of the oldest spooled record from which health reports that the server is spooling.
const DRAINED_WITHIN: Span = Span::from_seconds(1);

/// The request target as received, set if it had to be encoded for routing.
#[derive(Clone)]
pub struct RawTarget(pub Bytes);

/// The address of the sender of a request, as far as it is known; see `net/client_address.rs`.
#[derive(Clone, Copy)]
pub struct Client(pub IpAddr);

/// Marks a request that arrived over TLS.
#[derive(Clone, Copy)]
pub struct OverTls;

/// Marks a visit whose click the core has no room for.
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
    /// A client of a core in another process, which has a clock of its own.
    far_core: Option<ClickServiceClient<CoreTransport>>,
}

impl Edge {
    /// Returns whether an edge with this spool can start without its core: its snapshot holds click
    /// id keys, and the spool accepts what the core can't.
    pub fn can_begin_alone(spool: Option<&SpoolSettings>) -> bool {
        let known = spool.map(|settings| snapshot::read(&snapshot::path(&settings.folder)));
        known.is_some_and(|known| !known.click_id_keys.click_id_keys.is_empty())
    }

    /// Opens the spool. Gets from the core the keys with which the edge mints click ids, or reads
    /// them from the snapshot. `tasks` runs the work that continues after a visitor was redirected.
    ///
    /// Fails with `CORE_AWAY` if the core does not answer and the snapshot holds no keys.
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
                let message = "an edge must reach the core once before it can start without it";
                let message = format!("{message}: {}", status.message());
                return Err(StartError::failure("CORE_AWAY", message));
            }
            Err(status) => {
                let message = "the core is down; the edge uses its snapshot";
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

    /// The time by the clock of a core in another process; `None` if it is unknown.
    pub async fn core_time(&self) -> Option<Time> {
        ask_keys(self.far_core.clone()?, &self.clock).await.ok()?.1
    }

    /// The facts about the edge that health reports.
    pub fn health(&self) -> EdgeHealth {
        let spool = self.spool.as_ref().map(Spool::state);
        EdgeHealth { spool, reach: self.reach.clone(), clock: self.clock.clone() }
    }

    /// Makes `call`. If it is not answered within `budget`, spools `record`, the same call.
    ///
    /// `at_once`: spools it without making the call.
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
                    // The core is up. The fault may pass or get fixed, and most senders send only
                    // once.
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
            // The core may still answer, or has not received the call yet.
            (Err(_), None) => match timeout(LAST_BUDGET, call).await {
                Ok(Ok(answer)) => Outcome::Answered(answer),
                Ok(Err(status)) => Outcome::Refused(status),
                Err(_) => Outcome::Refused(Error::unavailable("neither core nor spool accepted it").into()),
            },
        }
    }

    /// Returns whether calls skip the core, because it is known to be down.
    pub fn core_is_away(&self) -> bool {
        self.spool.is_some() && self.reach.is_away(self.clock.now())
    }

    /// Returns whether the core may be down. Work that does not need its answer does not wait for
    /// it.
    fn core_is_in_doubt(&self) -> bool {
        self.spool.is_some() && self.reach.is_in_doubt()
    }
}

/// The click id keys, and the time by the core's clock; `None` if the answer took too long to be
/// precise.
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

/// The outcome of a call.
enum Outcome<T> {
    Answered(T),
    /// The core refused it, or neither the core nor the spool accepted it.
    Refused(Status),
    /// The record is durable, and the core will get it.
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

/// The parts of the edge that `health` reads.
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

    /// Returns whether the spool accepts what the core can't.
    pub fn keeps(&self) -> bool {
        self.spool().is_some_and(|spool| !spool.refusing)
    }

    /// Returns whether no record waits longer than a normal delivery takes.
    pub fn is_drained(&self) -> bool {
        // A record with a future time has no age, but may wait for long.
        let waits = |spool: &spool::Status| spool.oldest_age.max(spool.standing) >= DRAINED_WITHIN;
        self.spool().is_none_or(|spool| spool.counted && !waits(&spool))
    }
}

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
            // A HEAD by a link checker must neither record a conversion nor be told that one is
            // safe.
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
fn with_retry_after(mut response: Response) -> Response {
    if matches!(response.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER.as_secs().into());
    }
    response
}

fn header_text(headers: &HeaderMap, name: HeaderName) -> String {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
}

/// Returns the answer of `call`; `None` if it fails or exceeds `budget`.
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
