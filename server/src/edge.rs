//! The edge: HTTP in, gRPC out. It reaches the core only through the generated clients and
//! services, and never opens a database, so it can run anywhere.
//!
//! Absent on purpose: any parsing of a postback. The core reads the raw bytes, so that rules change
//! in one place.

mod client_kind;
mod core_client;
mod core_health;
mod http;
mod keys;
mod known_links;
mod link_cache;
mod link_list;
mod loops;
mod page;
mod postback;
mod record_seals;
mod redirect;
#[cfg(test)]
pub mod simulated;
mod snapshot;
mod spool;
#[cfg(test)]
mod task_sizes;

use std::{net::IpAddr, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use s2s_sdk::v1::ErrorReason;
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::Status;

use self::{
    core_client::{CoreClient, CoreFailure, classify},
    core_health::{Cause, CoreHealth},
    keys::Keys,
    known_links::KnownLinks,
    link_cache::Links,
    record_seals::RecordKeys,
    snapshot::Snapshot,
    spool::{Drain, Record, Spool, SpoolError, UnsealedSpool, Writer},
};
use crate::{
    api::edge_v1::{ListClickIdKeysRequest, ListClickIdKeysResponse, edge_service_client::EdgeServiceClient},
    clock::{Reference, Watch},
    config::{Pages, SpoolSettings},
    error::{Error, Result, StartError},
    values::{
        id::Random,
        seal::Seal,
        time::{Clock, Span, Time},
    },
};

pub use self::core_client::{CoreTransport, not_started};
pub use self::http::{Purpose, failure, handle, is_postback, no_edge, purpose, refuse, with_retry_after};
pub use self::snapshot::has_run;
pub use self::spool::{Status as SpoolStatus, copy as spool_copy};

/// Maximum number of clicks that are delivered at the same time. A further click goes to the spool
/// at once, or is lost if there is no spool.
const CLICKS_UNDER_WAY_MAX: usize = 10_000;
/// Time limit for reading the click id keys and the core's time.
const KEYS_BUDGET: Duration = Duration::from_secs(5);
/// The edge uses the core's time in an answer only if the call took less than this span: the time
/// in a slower answer is too imprecise. Half the duration of the call is added to the time.
const CLOCK_ANSWER_MAX: Span = Span::from_seconds(2);
/// Time limit for the core's answer to a call that the spool refused.
const LAST_BUDGET: Duration = Duration::from_secs(10);
/// Longest wait of a spooled record before health reports that the server is spooling.
const DRAINED_WITHIN: Span = Span::from_seconds(1);
/// Cause of a call that the core did not answer within its budget.
const NO_ANSWER: &str = "no answer of the core in time";

/// The request target as received. Set only if the URI of the request differs from it.
#[derive(Clone)]
pub struct RawTarget(pub Bytes);

/// The address of the sender of a request, as far as it is known; see `net/client_address.rs`.
#[derive(Clone, Copy)]
pub struct Client(pub IpAddr);

/// Marks a request that arrived over TLS.
#[derive(Clone, Copy)]
pub struct OverTls;

/// Marks a visit that arrived while too many requests were in progress. Its click skips the core.
#[derive(Clone, Copy)]
pub struct Overload;

/// The spool of an edge that is about to start.
pub struct OpenSpool {
    spool: UnsealedSpool,
    writer: Writer,
    snapshot: Snapshot,
    /// The seal of the snapshot.
    seal: Seal,
    adopts: bool,
}

impl OpenSpool {
    /// Locks the folder of the spool, and reads the snapshot in it.
    pub fn open(settings: &SpoolSettings, clock: Clock, random: Random) -> Result<Self, StartError> {
        let now = clock.now();
        let (spool, writer) = spool::open(settings, clock, random)?;
        let snapshot = Snapshot::read(&spool.folder(), &settings.seal, settings.known_bytes_max, now);
        Ok(Self { spool, writer, snapshot, seal: settings.seal.clone(), adopts: settings.adopts })
    }

    /// Returns whether an edge with this spool can start without its core. It can if its snapshot
    /// holds click id keys, because the spool keeps the calls that the core can't answer.
    pub fn can_begin_alone(&self) -> bool {
        !self.snapshot.click_id_keys.click_id_keys.is_empty()
    }
}

/// A running edge.
pub struct Edge {
    calls: CoreClient,
    core_health: Arc<CoreHealth>,
    spool: Option<Spool>,
    links: Links,
    click_id_keys: Arc<Keys>,
    clock: Clock,
    random: Random,
    tasks: TaskTracker,
    clicks_under_way: Semaphore,
    pages: Pages,
    /// A client of a core in another process. `None` for a core in this process, because it has the
    /// same clock.
    far_core: Option<EdgeServiceClient<CoreTransport>>,
}

impl Edge {
    /// Starts the edge. Gets the click id keys from the core or, if that fails, from the snapshot.
    /// `tasks` runs the spool, and the work that continues after a visitor was redirected.
    ///
    /// `known_bytes_max`: the budget of the links that an edge without a spool knows, in bytes.
    ///
    /// Fails with `CORE_AWAY` if the core does not answer and the snapshot holds no keys.
    pub async fn start(
        core: CoreTransport,
        spool: Option<OpenSpool>,
        known_bytes_max: u64,
        watch: &Watch,
        random: Random,
        tasks: &TaskTracker,
        stopping: &CancellationToken,
    ) -> Result<Self, StartError> {
        let clock = watch.clock();
        let client = EdgeServiceClient::new(core.clone());
        let far_core = core.is_elsewhere().then(|| client.clone());
        let (calls, core_health) = (CoreClient::new(core), Arc::new(CoreHealth::default()));
        let keys = match ask_keys(client.clone(), &clock).await {
            Ok((keys, core_time)) => {
                if far_core.is_some() {
                    watch.look(core_time.map(Reference::Core));
                }
                keys
            }
            Err(status) => {
                note_refusal(&core_health, &clock, &status);
                keys_without_core(spool.as_ref(), &status)?
            }
        };
        let click_id_keys = Arc::new(Keys::new(keys.clone())?);
        tasks.spawn(click_id_keys.clone().follow(client.clone(), clock.clone(), stopping.clone()));
        let of_file = spool.as_ref().map(|spool| spool.snapshot.links.clone());
        let known = of_file.unwrap_or_else(|| Arc::new(KnownLinks::new(known_bytes_max)));
        tasks.spawn(link_list::follow(client.clone(), known.clone(), clock.clone(), stopping.clone()));
        let spool = spool.map(|OpenSpool { spool, writer, snapshot, seal, adopts }| {
            let (recorded, former) = (&snapshot.click_id_keys, &snapshot.former_keys);
            let record_keys = RecordKeys::new(&keys, recorded, former, adopts);
            let folder = spool.folder();
            let spool = spool.seal(record_keys.seals());
            let drain = Drain::new(&spool, calls.clone(), core_health.clone(), random.clone());
            let (runtime, until) = (tokio::runtime::Handle::current(), stopping.clone());
            let of_writer = runtime.clone();
            tasks.spawn_blocking(move || writer.run(&of_writer));
            tasks.spawn_blocking(move || drain.run(&runtime, &until));
            let keys = click_id_keys.clone();
            let writer = snapshot.writer(folder, seal, keys, record_keys, random.clone());
            tasks.spawn(writer.persist(clock.clone(), stopping.clone()));
            spool
        });
        Ok(Self {
            calls,
            core_health,
            spool,
            links: Links::new(client, known),
            click_id_keys,
            clock,
            random,
            tasks: tasks.clone(),
            clicks_under_way: Semaphore::new(CLICKS_UNDER_WAY_MAX),
            pages: Pages::default(),
            far_core,
        })
    }

    /// Sets the pages for people who followed an address that leads nowhere.
    pub fn with_pages(self, pages: Pages) -> Self {
        Self { pages, ..self }
    }

    /// The time by the clock of a core in another process; `None` if it is unknown.
    ///
    /// Notices a core that refuses this edge, before a visitor or a merchant does.
    pub async fn core_time(&self) -> Option<Time> {
        match ask_keys(self.far_core.clone()?, &self.clock).await {
            Ok((_, time)) => {
                // While records wait, the drain notes the core's health.
                if self.health().is_drained() {
                    self.core_health.note_success();
                }
                time
            }
            Err(status) => {
                note_refusal(&self.core_health, &self.clock, &status);
                None
            }
        }
    }

    /// The facts about the edge that health reports.
    pub fn health(&self) -> EdgeHealth {
        let spool = self.spool.as_ref().map(Spool::state);
        EdgeHealth { spool, core_health: self.core_health.clone(), clock: self.clock.clone() }
    }

    /// Makes `call`. If the core fails or does not answer within `budget`, spools `record`, which
    /// holds the same call. If the spool refuses the record, returns the core's failure; if the
    /// core has not answered yet, waits up to `LAST_BUDGET` for its answer. Without a spool there is
    /// no `record`, and `budget` does not limit the call.
    ///
    /// `at_once`: spools the record without making the call first, if there is a spool.
    async fn call_or_spool<T>(
        &self,
        budget: Duration,
        call: impl Future<Output = Result<T, Status>>,
        record: Option<Record>,
        queue: Option<u16>,
        at_once: bool,
    ) -> Delivery<T> {
        let mut call = pin!(call);
        let mut failure = None;
        if !at_once || self.spool.is_none() {
            let answer = match self.spool {
                Some(_) => timeout(budget, &mut call).await.ok(),
                None => Some(call.as_mut().await),
            };
            match answer {
                Some(Ok(answer)) => {
                    self.core_health.note_success();
                    return Delivery::Answered(answer);
                }
                Some(Err(status)) => match classify(&status) {
                    CoreFailure::Rejected => {
                        self.core_health.note_success();
                        return Delivery::Rejected(status);
                    }
                    // The core is up, but the call is spooled: the fault may pass or be fixed, and
                    // most senders send only once.
                    CoreFailure::Fault => {
                        self.core_health.note_success();
                        failure = Some(status);
                    }
                    CoreFailure::Unreachable => {
                        self.core_health.note_failure(self.clock.now(), Cause::of(&status));
                        failure = Some(status);
                    }
                },
                None => self.core_health.note_failure(self.clock.now(), Cause::passing(NO_ANSWER)),
            }
        }
        let (Some(spool), Some(record)) = (&self.spool, record) else {
            return Delivery::Rejected(failure.unwrap_or_else(|| not_started().into()));
        };
        match (spool.append(&record, queue).await, failure) {
            (Ok(()), _) => Delivery::Spooled,
            (Err(_), Some(status)) => Delivery::Rejected(status),
            // The call was not made yet, and would overtake those that wait.
            (Err(SpoolError::QueueFull), None) if at_once => {
                let message = "too many postbacks of this click wait to be stored; send it again later";
                Delivery::Rejected(Error::new(ErrorReason::Unavailable, message).into())
            }
            // The call still waits for its answer, or was not made yet (`at_once`).
            (Err(_), None) => match timeout(LAST_BUDGET, call).await {
                Ok(Ok(answer)) => Delivery::Answered(answer),
                Ok(Err(status)) => Delivery::Rejected(status),
                Err(_) => Delivery::Rejected(Error::unavailable("neither core nor spool accepted it").into()),
            },
        }
    }

    /// Returns whether calls skip the core, because it is known to be down.
    pub fn core_is_down(&self) -> bool {
        self.spool.is_some() && self.core_health.is_down(self.clock.now())
    }

    /// Returns whether the core may be down. If so, work that does not need an answer of the core
    /// does not wait for one.
    fn core_is_suspect(&self) -> bool {
        self.spool.is_some() && self.core_health.is_suspect()
    }
}

/// Notes a failure that does not pass without a person. Ignores any other failure, because it may
/// concern this call alone.
fn note_refusal(core_health: &CoreHealth, clock: &Clock, status: &Status) {
    let cause = Cause::of(status);
    if cause.is_lasting {
        core_health.note_failure(clock.now(), cause);
    }
}

/// The click id keys of the snapshot, for a start without the core. `status`: the failure of the
/// call to the core.
fn keys_without_core(
    spool: Option<&OpenSpool>,
    status: &Status,
) -> Result<ListClickIdKeysResponse, StartError> {
    if let Some(OpenSpool { snapshot, .. }) = spool.filter(|spool| spool.can_begin_alone()) {
        let message = "the core is down; the edge uses its snapshot";
        tracing::warn!(links = snapshot.links.count(), cause = status.message(), message);
        return Ok(snapshot.click_id_keys.clone());
    }
    let message = "an edge must reach the core once before it can start without it";
    let message = format!("{message}: {}", status.message());
    Err(StartError::failure("CORE_AWAY", message))
}

/// The click id keys, and the time by the core's clock. The time is `None` if the answer took too
/// long to be precise.
async fn ask_keys(
    mut core: EdgeServiceClient<CoreTransport>,
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
enum Delivery<T> {
    Answered(T),
    /// The core refused the call, or neither the core nor the spool accepted it.
    Rejected(Status),
    /// The record is durable, and the core will get it.
    Spooled,
}

/// The parts of the edge that `health` reads.
#[derive(Clone)]
pub struct EdgeHealth {
    spool: Option<Arc<spool::State>>,
    core_health: Arc<CoreHealth>,
    clock: Clock,
}

impl EdgeHealth {
    pub fn spool(&self) -> Option<spool::Status> {
        self.spool.as_ref().map(|spool| spool.status())
    }

    pub fn is_down(&self) -> bool {
        self.core_health.is_down(self.clock.now())
    }

    /// The reason why the core accepts no calls; `None` while it accepts them. A single slow call
    /// is no reason.
    pub fn core_cause(&self) -> Option<String> {
        let cause = self.core_health.cause().filter(|cause| cause.is_lasting || self.is_down());
        cause.map(|cause| cause.text)
    }

    /// Returns whether the spool accepts the calls that the core can't answer.
    pub fn keeps(&self) -> bool {
        self.spool().is_some_and(|spool| !spool.refusing)
    }

    /// Returns whether no record waits longer than a normal delivery takes.
    pub fn is_drained(&self) -> bool {
        // A record whose time of arrival is in the future has no age. So the time for which the
        // core has accepted no record (`standing`) counts too.
        let waits = |spool: &spool::Status| spool.oldest_age.max(spool.standing) >= DRAINED_WITHIN;
        self.spool().is_none_or(|spool| spool.counted && !waits(&spool))
    }
}

/// Returns the answer of `call`; `None` if it fails or exceeds `budget`.
async fn within<T>(budget: Duration, call: impl Future<Output = Option<T>>) -> Option<T> {
    timeout(budget, call).await.ok().flatten()
}
