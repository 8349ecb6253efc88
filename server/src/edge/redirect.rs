//! `GET /{slug}`: redirects the visitor and records the click.
//!
//! A redirect waits for the core only briefly, and is sent whatever the core answers.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, header, request::Parts};
use moka::future::Cache;
use s2s_sdk::v1::{
    self, ErrorReason, RecordClickRequest, RedirectKind, ResolveSlugRequest, ResolveSlugResponse,
    TrackingLinkState, tracking_link_service_client::TrackingLinkServiceClient,
};
use tonic::Code;
use url::form_urlencoded;

use super::{
    CoreTransport, Edge, Outcome, Overload, client_kind, failure, header_text,
    spool::{Content, Record},
    within,
};
use crate::{
    error::Error,
    values::{
        click_id::LinkKey,
        destination::{Destination, Filling, SUB_IDS, sub_id_index},
        id::AccountId,
        limits::{QUERY_BYTES_MAX, REFERRER_BYTES_MAX, USER_AGENT_BYTES_MAX},
        sub_ids::{SUB_ID_CHARS_MAX, SubIds},
        text::cut,
        time::Time,
    },
};

/// Time limit for the core to record a click. After it, the click goes to the spool.
const CLICK_BUDGET: Duration = Duration::from_millis(25);
/// Time limit for the spool to take a click that the core did not record. The visitor waits for
/// both limits at most.
const SPOOL_BUDGET: Duration = Duration::from_millis(25);
/// Ending of the click ids that always go through the spool: 1 in 1,024, so that the path is
/// exercised before an outage needs it. Only clicks: a merchant would see `QUEUED`.
const SPOOLED_END: &str = "00";
/// Longest wait of a visitor for an update of a link that the edge knows.
const REFRESH_BUDGET: Duration = Duration::from_millis(25);
/// Longest wait of a visitor for a link that the edge does not know.
const LOOKUP_BUDGET: Duration = Duration::from_secs(5);
/// Maximum age of a cached link while the core answers.
const LINK_AGE_MAX: Duration = Duration::from_secs(1);
/// Maximum number of cached links.
const LINKS_MAX: u64 = 100_000;

/// The edge's copy of a link.
#[derive(PartialEq)]
struct Link {
    id: String,
    slug: String,
    account: AccountId,
    key: LinkKey,
    destination: Destination,
    fallback: Destination,
    status: StatusCode,
    pass_through: bool,
    expires_at: Option<Time>,
    archived: bool,
}

impl Link {
    /// Reads a link; `None` if this edge does not understand the core's answer.
    fn from_proto(response: ResolveSlugResponse) -> Option<Self> {
        let link = response.tracking_link?;
        let expires_at = link.expire_time.as_ref().map(Time::from_proto).transpose().ok()?;
        Some(Self {
            account: response.account_id.parse().ok()?,
            key: LinkKey::from_bits(response.link_key),
            destination: link.destination.parse().ok()?,
            status: match link.redirect_kind() {
                RedirectKind::Unspecified | RedirectKind::Found => StatusCode::FOUND,
                RedirectKind::SeeOther => StatusCode::SEE_OTHER,
                RedirectKind::Temporary => StatusCode::TEMPORARY_REDIRECT,
            },
            pass_through: link.query_pass_through,
            expires_at,
            archived: link.state() == TrackingLinkState::Archived,
            fallback: link.fallback_destination.parse().unwrap_or_default(),
            id: link.id,
            slug: link.slug,
        })
    }

    /// The link as the core sent it, as far as an edge needs it.
    fn to_proto(&self) -> ResolveSlugResponse {
        let mut link = v1::TrackingLink {
            id: self.id.clone(),
            slug: self.slug.clone(),
            destination: self.destination.to_string(),
            query_pass_through: self.pass_through,
            expire_time: self.expires_at.map(Time::to_proto),
            fallback_destination: self.fallback.to_string(),
            ..Default::default()
        };
        link.set_redirect_kind(match self.status {
            StatusCode::SEE_OTHER => RedirectKind::SeeOther,
            StatusCode::TEMPORARY_REDIRECT => RedirectKind::Temporary,
            _ => RedirectKind::Found,
        });
        link.set_state(if self.archived { TrackingLinkState::Archived } else { TrackingLinkState::Active });
        let account_id = self.account.to_string();
        ResolveSlugResponse { tracking_link: Some(link), account_id, link_key: self.key.bits() }
    }

    /// The current destination of visitors; `None` if the link has ended without a fallback.
    fn leads_to(&self, now: Time) -> Option<&Destination> {
        let over = self.archived || self.expires_at.is_some_and(|expires_at| now >= expires_at);
        if over { (!self.fallback.is_none()).then_some(&self.fallback) } else { Some(&self.destination) }
    }
}

/// The cause of a missing link.
enum NoLink {
    Unknown,
    NoAnswer,
}

/// The links that the edge knows: fresh ones, and the last good answers for when the core is down.
pub struct Links {
    core: TrackingLinkServiceClient<CoreTransport>,
    fresh: Cache<String, Arc<Link>>,
    last_good: Cache<String, Arc<Link>>,
    /// The last good answers have changed since the last `take_changed`.
    changed: AtomicBool,
}

impl Links {
    /// Builds the cache. `known`: links that the core sent before this start.
    pub async fn new(
        core: TrackingLinkServiceClient<CoreTransport>,
        known: Vec<ResolveSlugResponse>,
    ) -> Self {
        let cache = || Cache::builder().max_capacity(LINKS_MAX);
        let (fresh, last_good) = (cache().time_to_live(LINK_AGE_MAX).build(), cache().build());
        for link in known.into_iter().filter_map(Link::from_proto) {
            last_good.insert(link.slug.clone(), Arc::new(link)).await;
        }
        Self { core, fresh, last_good, changed: AtomicBool::new(false) }
    }

    /// The last good answers.
    pub fn all(&self) -> impl Iterator<Item = ResolveSlugResponse> {
        self.last_good.iter().map(|(_, link)| link.to_proto())
    }

    /// Returns whether the last good answers have changed since the previous call.
    pub fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::Relaxed)
    }

    /// Finds a link. `in_doubt`: the core may not answer, so a cached link is good enough.
    async fn get(&self, slug: &str, in_doubt: bool) -> Result<Arc<Link>, NoLink> {
        let slug = slug.to_ascii_lowercase();
        if let Some(link) = self.fresh.get(&slug).await {
            return Ok(link);
        }
        let known = self.last_good.get(&slug).await;
        if let Some(link) = known.as_ref().filter(|_| in_doubt) {
            return Ok(link.clone());
        }
        let budget = if known.is_some() { REFRESH_BUDGET } else { LOOKUP_BUDGET };
        // On the heap: the future of a call is large.
        let asked = Box::pin(self.fresh.try_get_with_by_ref(&slug, self.ask(&slug)));
        match tokio::time::timeout(budget, asked).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(code)) if *code == Code::NotFound => {
                self.last_good.invalidate(&slug).await;
                self.changed.store(true, Ordering::Relaxed);
                Err(NoLink::Unknown)
            }
            _ => known.ok_or(NoLink::NoAnswer),
        }
    }

    async fn ask(&self, slug: &str) -> Result<Arc<Link>, Code> {
        let request = ResolveSlugRequest { slug: slug.to_owned() };
        let response = self.core.clone().resolve_slug(request).await.map_err(|status| status.code())?;
        let link = Link::from_proto(response.into_inner()).map(Arc::new).ok_or(Code::Internal)?;
        if self.last_good.get(slug).await.is_none_or(|known| known != link) {
            self.changed.store(true, Ordering::Relaxed);
            self.last_good.insert(slug.to_owned(), link.clone()).await;
        }
        Ok(link)
    }
}

/// Answers a visitor.
pub async fn handle(edge: &Arc<Edge>, client: IpAddr, request: &Parts) -> Response {
    let slug = request.uri.path().trim_matches('/');
    let link = match edge.links.get(slug, edge.core_is_in_doubt()).await {
        Ok(link) => link,
        Err(NoLink::Unknown) => {
            let message = "there is no tracking link here";
            return failure(StatusCode::NOT_FOUND, ErrorReason::ResourceNotFound, message);
        }
        Err(NoLink::NoAnswer) => {
            let message = "the tracking link can't be looked up right now; try again";
            return failure(StatusCode::SERVICE_UNAVAILABLE, ErrorReason::Unavailable, message);
        }
    };
    let now = edge.clock.now();
    let Some(destination) = link.leads_to(now) else {
        let message = "this tracking link has ended";
        return failure(StatusCode::GONE, ErrorReason::TrackingLinkArchived, message);
    };
    let query = request.uri.query().unwrap_or_default();
    let sub_ids = sub_ids(query);
    let click_id = edge.click_id_keys.mint(now, link.key, edge.random.bytes());
    let click_id = edge.click_id_keys.write(click_id, link.account);
    let location = destination.fill(&Filling {
        click_id: &click_id,
        sub_ids: &sub_ids.0,
        slug: &link.slug,
        timestamp: now.seconds(),
        pass_through: if link.pass_through { query } else { "" },
    });
    if counts(&request.method, &request.headers) {
        let click = click(&link, click_id, sub_ids, query, &request.headers, client);
        record(edge, click, now, request.extensions.get::<Overload>().is_some()).await;
    }
    (link.status, [(header::LOCATION, location.as_str()), (header::CACHE_CONTROL, "no-store")])
        .into_response()
}

/// Returns whether the request is a visitor's own, not a link checker's or a prefetch.
fn counts(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::GET && !client_kind::looks_ahead(headers)
}

fn sub_ids(query: &str) -> SubIds {
    let mut sub_ids: [String; SUB_IDS] = Default::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let slot = sub_id_index(&name.to_ascii_lowercase()).and_then(|index| sub_ids.get_mut(index));
        // The first of several values for a sub id counts.
        if let Some(slot) = slot.filter(|slot| slot.is_empty()) {
            *slot = value.chars().filter(|character| *character != '\0').take(SUB_ID_CHARS_MAX).collect();
        }
    }
    SubIds(sub_ids)
}

fn click(
    link: &Link,
    click_id: String,
    sub_ids: SubIds,
    query: &str,
    headers: &HeaderMap,
    client: IpAddr,
) -> RecordClickRequest {
    RecordClickRequest {
        tracking_link_id: link.id.clone(),
        click_id,
        sub_ids: Some(v1::SubIds::from(sub_ids)),
        query: cut(query.to_owned(), QUERY_BYTES_MAX),
        referrer: cut(header_text(headers, header::REFERER), REFERRER_BYTES_MAX),
        user_agent: cut(header_text(headers, header::USER_AGENT), USER_AGENT_BYTES_MAX),
        address: client.to_string(),
        ..Default::default()
    }
}

/// Records the click. Returns once it is durable or the budgets are spent. The recording then
/// continues alone, and a stop waits for it.
///
/// `overload`: the core is busy, so the click goes to the spool, or is lost if there is none.
async fn record(edge: &Arc<Edge>, click: RecordClickRequest, now: Time, overload: bool) {
    let recorded = edge.tasks.spawn(deliver(edge.clone(), click, now, overload));
    within(CLICK_BUDGET + SPOOL_BUDGET, async { recorded.await.ok() }).await;
}

async fn deliver(edge: Arc<Edge>, click: RecordClickRequest, now: Time, overload: bool) {
    let permit = edge.clicks_under_way.try_acquire();
    let lost =
        |cause: &str| tracing::error!(tracking_link_id = click.tracking_link_id, cause, "click not recorded");
    if edge.spool.is_none() && (overload || permit.is_err()) {
        return lost("too many requests in progress");
    }
    let to_spool =
        overload || permit.is_err() || click.click_id.ends_with(SPOOLED_END) || edge.core_is_in_doubt();
    let record = Record { arrived_at: now, content: Content::Click(click.clone()) };
    let call = async {
        match permit {
            Ok(_) => edge.calls.click(click.clone()).await,
            Err(_) => Err(Error::new(ErrorReason::Overloaded, "too many clicks are in progress").into()),
        }
    };
    if let Outcome::Refused(status) = edge.ask_or_keep(CLICK_BUDGET, call, record, None, to_spool).await {
        lost(status.message());
    }
}
