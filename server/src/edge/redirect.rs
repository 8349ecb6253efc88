//! `GET /{slug}`: sends the visitor on, and records the click.
//!
//! A redirect waits for the core a short while at the most, and goes out whatever the core says.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, header, request::Parts};
use moka::future::Cache;
use s2s_sdk::v1::{
    self, ErrorReason, RecordClickRequest, RedirectKind, ResolveSlugRequest, ResolveSlugResponse,
    TrackingLinkState, tracking_link_service_client::TrackingLinkServiceClient,
};
use tonic::Code;
use url::form_urlencoded;

use super::{Core, Edge, Overload, caller, failure, header_text, within};
use crate::{
    click::{QUERY_BYTES_MAX, SUB_ID_CHARS_MAX, SubIds},
    id::AccountId,
    text::cut,
    time::Time,
    tracking_link::{Destination, Filling, LinkKey, SUB_IDS, sub_id_index},
};

/// How long a visitor waits until the click is durable, before being sent on all the same.
const CLICK_BUDGET: Duration = Duration::from_millis(25);
/// How long a visitor waits for news of a link that the edge knows already.
const REFRESH_BUDGET: Duration = Duration::from_millis(25);
/// How long a visitor waits for a link that the edge has never seen.
const LOOKUP_BUDGET: Duration = Duration::from_secs(5);
/// Oldest that a link may be while the core answers.
const LINK_AGE_MAX: Duration = Duration::from_secs(1);
/// Links that an edge remembers.
const LINKS_MAX: u64 = 100_000;

/// What the edge knows of a link.
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
    /// `None` where the core says something that this edge does not understand.
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

    /// Where visitors go now; `None` where the link leads nowhere any more.
    fn leads_to(&self, now: Time) -> Option<&Destination> {
        let over = self.archived || self.expires_at.is_some_and(|expires_at| now >= expires_at);
        if over { (!self.fallback.is_none()).then_some(&self.fallback) } else { Some(&self.destination) }
    }
}

/// Why there is no link.
enum NoLink {
    Unknown,
    NoAnswer,
}

/// The links that the edge knows: fresh ones, and the last good answer for when the core is away.
pub struct Links {
    core: TrackingLinkServiceClient<Core>,
    fresh: Cache<String, Arc<Link>>,
    last_good: Cache<String, Arc<Link>>,
}

impl Links {
    pub fn new(core: TrackingLinkServiceClient<Core>) -> Self {
        let cache = || Cache::builder().max_capacity(LINKS_MAX);
        Self { core, fresh: cache().time_to_live(LINK_AGE_MAX).build(), last_good: cache().build() }
    }

    async fn get(&self, slug: &str) -> Result<Arc<Link>, NoLink> {
        let slug = slug.to_ascii_lowercase();
        if let Some(link) = self.fresh.get(&slug).await {
            return Ok(link);
        }
        let known = self.last_good.get(&slug).await;
        let budget = if known.is_some() { REFRESH_BUDGET } else { LOOKUP_BUDGET };
        // On the heap, since a call's future is large.
        let asked = Box::pin(self.fresh.try_get_with_by_ref(&slug, self.ask(&slug)));
        match tokio::time::timeout(budget, asked).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(code)) if *code == Code::NotFound => {
                self.last_good.invalidate(&slug).await;
                Err(NoLink::Unknown)
            }
            _ => known.ok_or(NoLink::NoAnswer),
        }
    }

    async fn ask(&self, slug: &str) -> Result<Arc<Link>, Code> {
        let request = ResolveSlugRequest { slug: slug.to_owned() };
        let response = self.core.clone().resolve_slug(request).await.map_err(|status| status.code())?;
        let link = Link::from_proto(response.into_inner()).map(Arc::new).ok_or(Code::Internal)?;
        self.last_good.insert(slug.to_owned(), link.clone()).await;
        Ok(link)
    }
}

/// Answers a visitor.
pub async fn handle(edge: &Arc<Edge>, client: IpAddr, request: &Parts) -> Response {
    let slug = request.uri.path().trim_matches('/');
    let link = match edge.links.get(slug).await {
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
    if request.extensions.get::<Overload>().is_some() {
        tracing::error!(tracking_link_id = link.id, "click not recorded: too many requests in work");
    } else if counts(&request.method, &request.headers) {
        let click = click(&link, click_id, sub_ids, query, &request.headers, client);
        record(edge, click).await;
    }
    (link.status, [(header::LOCATION, location.as_str()), (header::CACHE_CONTROL, "no-store")])
        .into_response()
}

/// Whether the request is a visitor's own: no link checker's, and no browser's that only looks ahead.
fn counts(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::GET && !caller::looks_ahead(headers)
}

fn sub_ids(query: &str) -> SubIds {
    let mut sub_ids: [String; SUB_IDS] = Default::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let slot = sub_id_index(&name.to_ascii_lowercase()).and_then(|index| sub_ids.get_mut(index));
        // Where a sub id comes twice, the first one counts.
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
        referrer: header_text(headers, header::REFERER),
        user_agent: header_text(headers, header::USER_AGENT),
        address: client.to_string(),
        ..Default::default()
    }
}

/// Hands the click to the core. Returns once it is durable or the budget is spent; it then goes on by
/// itself, and a stop waits for it.
async fn record(edge: &Arc<Edge>, click: RecordClickRequest) {
    let Ok(permit) = edge.clicks_under_way.clone().try_acquire_owned() else {
        tracing::error!(tracking_link_id = click.tracking_link_id, "click not recorded: too many under way");
        return;
    };
    let mut core = edge.clicks.clone();
    let recorded = edge.tasks.spawn(async move {
        let link = click.tracking_link_id.clone();
        if let Err(status) = core.record_click(click).await {
            tracing::error!(tracking_link_id = link, code = ?status.code(), "click not recorded");
        }
        drop(permit);
    });
    within(CLICK_BUDGET, async { recorded.await.ok() }).await;
}
