//! `GET /{slug}`: redirects the visitor and records the click.
//!
//! The redirect of a link that the edge knows waits for the core only briefly, and is sent whatever
//! the core answers to the click.

use std::{borrow::Cow, net::IpAddr, sync::Arc, time::Duration};

use axum::response::{IntoResponse as _, Response};
use futures::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode, header, request::Parts, uri::PathAndQuery};
use s2s_sdk::v1::{ClickFlag, ErrorReason, RecordClickRequest};
use url::form_urlencoded;

use super::{
    Delivery, Edge, Overload, client_kind, failure,
    http::{has_own_names, header_text},
    link_cache::{Link, NoLink},
    loops::{self, ROUNDS_MAX},
    spool::{Content, Record},
    within,
};
use crate::{
    error::Error,
    values::{
        address::address_text,
        click_id::Rounds,
        destination::{Filling, SUB_IDS, sub_id_index},
        limits::{QUERY_BYTES_MAX, REFERRER_BYTES_MAX, USER_AGENT_BYTES_MAX},
        query::{Names, Pair, Part, Text},
        sub_ids::SubIds,
        target::Target,
        text::truncate,
        time::Time,
    },
};

/// Time limit for the core to record a click. After it, the click goes to the spool.
pub(super) const CLICK_BUDGET: Duration = Duration::from_millis(25);
/// Further time that a visitor waits for the spool to store a click. The spool itself has no time
/// limit.
///
/// For the click, a visitor waits at most for the sum of both limits. Before that, the look-up of
/// the link takes up to 25 ms if the edge knows the link, and up to 5 s if it does not
/// (`link_cache`).
const SPOOL_BUDGET: Duration = Duration::from_millis(25);
/// Ending of the click ids whose clicks always go through the spool: 1 in 1,024, so that the spool
/// is exercised before an outage needs it. No postback is spooled for this purpose, because its
/// sender would get `QUEUED` without need.
const SPOOLED_END: &str = "00";

/// Answers a visitor.
pub async fn handle(edge: &Arc<Edge>, client: IpAddr, request: &Parts) -> Response {
    let target = request.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let target = Target::split(target.as_bytes());
    let link = match edge.links.get(&target.name(), edge.clock.now(), edge.core_is_suspect()).await {
        Ok(link) => link,
        Err(NoLink::Unknown) => {
            let message = if has_own_names(target.query) {
                "there is no tracking link here; postbacks go to `/s2s`"
            } else {
                "there is no tracking link here"
            };
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
    let (query, sub_ids, rounds) = parameters(target.query, now);
    if rounds > Rounds::new(ROUNDS_MAX) {
        let message = "the destination of this tracking link leads back to a tracking link, again and again";
        return failure(StatusCode::LOOP_DETECTED, ErrorReason::RedirectLoop, message);
    }
    let keys = edge.click_id_keys.present();
    let click_id = keys.write(keys.mint(now, link.key, rounds, edge.random.bytes()), link.account);
    let location = destination.fill(&Filling {
        click_id: &click_id,
        sub_ids: &sub_ids.0,
        slug: &link.slug,
        timestamp: now.seconds(),
        pass_through: if link.pass_through { &query } else { "" },
    });
    // A HEAD comes from a link checker, so it makes no click.
    if request.method == Method::GET {
        let click = click(&link, click_id, sub_ids, target.query, &request.headers, client);
        record(edge, click, now, request.extensions.get::<Overload>().is_some()).await;
    }
    (link.status, [(header::LOCATION, location.as_str()), (header::CACHE_CONTROL, "no-store")])
        .into_response()
}

/// Reads a visitor's query. Returns the query as it is passed on, the sub ids, and the rounds that
/// the visitor has made.
fn parameters(query: &[u8], now: Time) -> (Cow<'_, str>, SubIds, Rounds) {
    let (mut pairs, mut repairs) = (Vec::new(), Vec::new());
    Text { part: Part::Target, whole: query, names: Names::LINK }.split(query, &mut pairs, &mut repairs);
    let mut sub_ids: [String; SUB_IDS] = Default::default();
    for Pair { name, value, .. } in &pairs {
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let slot = sub_id_index(&name).and_then(|index| sub_ids.get_mut(index));
        // If a sub id has several values, the first one that is not empty counts.
        if let Some(slot) = slot.filter(|slot| slot.is_empty()) {
            *slot = String::from_utf8_lossy(value).replace('\0', "");
        }
    }
    let rounds = loops::rounds(pairs.iter().map(|pair| &*pair.value), now);
    let text = String::from_utf8_lossy(query);
    // A repaired query is passed on as it was meant, and any other as it came.
    let query = if repairs.is_empty() { text } else { Cow::Owned(rewritten(&pairs)) };
    (query, SubIds(sub_ids), rounds)
}

fn rewritten(pairs: &[Pair]) -> String {
    let encode = |bytes: &[u8]| form_urlencoded::byte_serialize(bytes).collect::<String>();
    let pairs = pairs.iter().map(|pair| format!("{}={}", encode(&pair.name), encode(&pair.value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn click(
    link: &Link,
    click_id: String,
    sub_ids: SubIds,
    query: &[u8],
    headers: &HeaderMap,
    client: IpAddr,
) -> RecordClickRequest {
    let (sub_ids, is_cut) = sub_ids.cut();
    let flags = [
        (client_kind::looks_ahead(headers), ClickFlag::Prefetch),
        (client_kind::is_previewer(headers), ClickFlag::Preview),
        (is_cut, ClickFlag::SubIdCut),
    ];
    RecordClickRequest {
        tracking_link_id: link.id.clone(),
        click_id,
        sub_ids: sub_ids.into_proto(),
        query: truncate(String::from_utf8_lossy(query).into_owned(), QUERY_BYTES_MAX),
        referrer: truncate(header_text(headers, header::REFERER), REFERRER_BYTES_MAX),
        user_agent: truncate(header_text(headers, header::USER_AGENT), USER_AGENT_BYTES_MAX),
        address: address_text(client),
        flags: flags.into_iter().filter(|(is, _)| *is).map(|(_, flag)| flag.into()).collect(),
        ..Default::default()
    }
}

/// Records the click. Returns once the click is durable or the budgets are spent. If they are
/// spent first, the recording continues in a background task, and a stop of the server waits for
/// that task.
///
/// `overload`: too many requests are in progress, so the click goes to the spool, or is lost if
/// there is no spool.
async fn record(edge: &Arc<Edge>, click: RecordClickRequest, now: Time, overload: bool) {
    let recorded = edge.tasks.spawn(deliver(edge.clone(), click, now, overload));
    within(CLICK_BUDGET + SPOOL_BUDGET, async { recorded.await.ok() }).await;
}

/// On the heap, because the future of a task is moved several times.
pub(super) fn deliver(
    edge: Arc<Edge>,
    click: RecordClickRequest,
    now: Time,
    overload: bool,
) -> BoxFuture<'static, ()> {
    Box::pin(record_or_spool(edge, click, now, overload))
}

async fn record_or_spool(edge: Arc<Edge>, click: RecordClickRequest, now: Time, overload: bool) {
    let permit = edge.clicks_under_way.try_acquire();
    let link_id = click.tracking_link_id.clone();
    let lost = |cause: &str| tracing::error!(tracking_link_id = link_id, cause, "click not recorded");
    if edge.spool.is_none() && (overload || permit.is_err()) {
        return lost("too many requests in progress");
    }
    let to_spool =
        overload || permit.is_err() || click.click_id.ends_with(SPOOLED_END) || edge.core_is_suspect();
    let record = || Record { arrived_at: now, content: Content::Click(click.clone()) };
    let record = edge.spool.is_some().then(record);
    // On the heap: the future of a call is large.
    let call = Box::pin(async {
        match permit {
            Ok(_) => edge.calls.click(click).await,
            Err(_) => Err(Error::new(ErrorReason::Overloaded, "too many clicks are in progress").into()),
        }
    });
    if let Delivery::Rejected(status) = edge.call_or_spool(CLICK_BUDGET, call, record, None, to_spool).await {
        lost(status.message());
    }
}
