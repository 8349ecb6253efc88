//! Asks the core for links that have changed, so that the edge also knows links that nobody has
//! followed at this edge.
//!
//! A link whose change was committed late, or stamped by another core's clock, may be missing from
//! an answer. So each list begins some seconds (`OVERLAP`) before the time at which the previous
//! list was begun. Once an hour the edge reads all links. If a known link is missing there, the
//! core has lost it.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use super::{
    CoreTransport,
    core_client::{CoreFailure, classify},
    known_links::{KnownLinks, NEVER},
    link_cache::Link,
};
use crate::{
    api::edge_v1::{ListLinksRequest, ListLinksResponse, edge_service_client::EdgeServiceClient},
    error::Error,
    values::time::{Clock, Span, Time},
};

/// Interval at which the edge asks for changed links.
const ASK_INTERVAL: Duration = Duration::from_secs(2);
/// Interval between two passes over all links.
const PASS_INTERVAL: Duration = Duration::from_hours(1);
/// Span by which a list overlaps the previous one: it begins with the changes made this long before
/// the previous list's first page was read.
const OVERLAP: Span = Span::from_seconds(10);
/// Time limit for a page.
const PAGE_BUDGET: Duration = Duration::from_secs(10);
/// Number of links in a page.
const PAGE_LINKS: i32 = 500;

/// A list of links that is being read.
struct List {
    /// Lists the links that changed at this time or later; `None` in a pass over all links.
    since: Option<Time>,
    /// The token of the next page.
    token: String,
    /// The core's time at the first page.
    read_at: Option<Time>,
}

impl List {
    fn new(since: Option<Time>) -> Self {
        Self { since, token: String::new(), read_at: None }
    }

    /// Reads the remaining pages into `known`. After an error, another call continues the list.
    async fn read(
        &mut self,
        core: &EdgeServiceClient<CoreTransport>,
        known: &KnownLinks,
        clock: &Clock,
    ) -> Result<(), Status> {
        if self.since.is_none() && self.token.is_empty() {
            known.begin_pass();
        }
        loop {
            let request = ListLinksRequest {
                min_update_time: self.since.map(Time::to_proto),
                page_size: PAGE_LINKS,
                page_token: self.token.clone(),
            };
            let page = ask(core.clone(), request).await?;
            let now = clock.now();
            for link in page.links.into_iter().filter_map(Link::from_proto) {
                known.learn(&link, NEVER, now);
            }
            let read_at = page.read_time.and_then(|time| Time::from_proto(&time).ok());
            self.read_at = self.read_at.or(read_at);
            if page.next_page_token.is_empty() {
                break;
            }
            self.token = page.next_page_token;
        }
        if self.since.is_none() {
            known.end_pass();
        }
        Ok(())
    }
}

async fn ask(
    mut core: EdgeServiceClient<CoreTransport>,
    request: ListLinksRequest,
) -> Result<ListLinksResponse, Status> {
    let answer = timeout(PAGE_BUDGET, core.list_links(request)).await;
    Ok(answer.unwrap_or_else(|_| Err(Error::unavailable("no answer in time").into()))?.into_inner())
}

/// Asks the core for changed links until `stopping`.
pub async fn follow(
    core: EdgeServiceClient<CoreTransport>,
    known: Arc<KnownLinks>,
    clock: Clock,
    stopping: CancellationToken,
) {
    let mut list = List::new(None);
    let (mut last_pass, mut told) = (None, false);
    loop {
        let Some(read) = stopping.run_until_cancelled(list.read(&core, &known, &clock)).await else { return };
        match read {
            Ok(()) => {
                if list.since.is_none() {
                    last_pass = Some(Instant::now());
                }
                let is_due = last_pass.is_none_or(|pass: Instant| pass.elapsed() >= PASS_INTERVAL);
                let since = list.read_at.map(|time| time.minus(OVERLAP)).filter(|_| !is_due);
                (list, told) = (List::new(since), false);
            }
            // A core of another version may not understand the page token. Begins a list of all
            // links.
            Err(status) if status.code() == Code::InvalidArgument => list = List::new(None),
            // The health service and the drain of the spool report a core that does not answer.
            // They don't notice a core whose version lacks this call.
            Err(status) => {
                let is_away = classify(&status) == CoreFailure::Unreachable;
                if !told && (!is_away || status.code() == Code::Unimplemented) {
                    tracing::warn!(cause = status.message(), "the core does not list its links");
                    told = true;
                }
            }
        }
        if stopping.run_until_cancelled(sleep(ASK_INTERVAL)).await.is_none() {
            return;
        }
    }
}
