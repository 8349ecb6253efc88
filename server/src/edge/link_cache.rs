//! The edge's fresh copies of links. When the core is down, visitors get the links of
//! `known_links`.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use moka::future::Cache;
use s2s_sdk::v1::{self, RedirectKind, TrackingLinkState};
use tonic::Code;

use super::{CoreTransport, known_links::KnownLinks};
use crate::{
    api::edge_v1::{ResolveSlugRequest, ResolveSlugResponse, edge_service_client::EdgeServiceClient},
    values::{click_id::LinkKey, destination::Destination, id::AccountId, time::Time},
};

/// Longest wait of a visitor for an update of a link that the edge knows.
const REFRESH_BUDGET: Duration = Duration::from_millis(25);
/// Longest wait of a visitor for a link that the edge does not know.
const LOOKUP_BUDGET: Duration = Duration::from_secs(5);
/// Maximum age of a cached link while the core answers.
const LINK_AGE_MAX: Duration = Duration::from_secs(1);
/// Maximum number of fresh links.
const LINKS_MAX: u64 = 100_000;

/// The edge's copy of a link.
#[derive(PartialEq)]
pub struct Link {
    pub id: String,
    pub slug: String,
    pub account: AccountId,
    pub key: LinkKey,
    pub destination: Destination,
    pub fallback: Destination,
    pub status: StatusCode,
    pub pass_through: bool,
    pub expires_at: Option<Time>,
    pub archived: bool,
    pub updated_at: Time,
}

impl Link {
    /// Reads a link; `None` if this edge does not understand the core's answer.
    pub fn from_proto(response: ResolveSlugResponse) -> Option<Self> {
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
            updated_at: Time::from_proto(&link.update_time.unwrap_or_default()).ok()?,
            archived: link.state() == TrackingLinkState::Archived,
            fallback: link.fallback_destination.parse().unwrap_or_default(),
            id: link.id,
            slug: link.slug,
        })
    }

    /// The link as a message, with the fields that an edge needs.
    pub fn to_proto(&self) -> ResolveSlugResponse {
        let mut link = v1::TrackingLink {
            id: self.id.clone(),
            slug: self.slug.clone(),
            destination: self.destination.to_string(),
            query_pass_through: self.pass_through,
            expire_time: self.expires_at.map(Time::to_proto),
            fallback_destination: self.fallback.to_string(),
            update_time: Some(self.updated_at.to_proto()),
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
    pub fn leads_to(&self, now: Time) -> Option<&Destination> {
        let over = self.archived || self.expires_at.is_some_and(|expires_at| now >= expires_at);
        if over { (!self.fallback.is_none()).then_some(&self.fallback) } else { Some(&self.destination) }
    }
}

/// The cause of a missing link.
pub enum NoLink {
    Unknown,
    NoAnswer,
}

/// The fresh links, and the links that the edge knows.
pub struct Links {
    core: EdgeServiceClient<CoreTransport>,
    fresh: Cache<String, Arc<Link>>,
    known: Arc<KnownLinks>,
}

impl Links {
    pub fn new(core: EdgeServiceClient<CoreTransport>, known: Arc<KnownLinks>) -> Self {
        let fresh = Cache::builder().max_capacity(LINKS_MAX).time_to_live(LINK_AGE_MAX).build();
        Self { core, fresh, known }
    }

    /// Finds a link that a visitor follows. `in_doubt`: the core may not answer, so a link that the
    /// edge knows is good enough.
    pub async fn get(&self, slug: &str, now: Time, in_doubt: bool) -> Result<Arc<Link>, NoLink> {
        let slug = slug.to_ascii_lowercase();
        if let Some(link) = self.fresh.get(&slug).await {
            return Ok(link);
        }
        let known = self.known.follow(&slug, now).map(Arc::new);
        if let Some(link) = known.as_ref().filter(|_| in_doubt) {
            return Ok(link.clone());
        }
        let budget = if known.is_some() { REFRESH_BUDGET } else { LOOKUP_BUDGET };
        // On the heap: the future of a call is large.
        let asked = Box::pin(self.fresh.try_get_with_by_ref(&slug, self.ask(&slug, now)));
        match tokio::time::timeout(budget, asked).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(code)) if *code == Code::NotFound => {
                self.known.forget(&slug);
                Err(NoLink::Unknown)
            }
            _ => known.ok_or(NoLink::NoAnswer),
        }
    }

    async fn ask(&self, slug: &str, now: Time) -> Result<Arc<Link>, Code> {
        let request = ResolveSlugRequest { slug: slug.to_owned() };
        let response = self.core.clone().resolve_slug(request).await.map_err(|status| status.code())?;
        let link = Link::from_proto(response.into_inner()).map(Arc::new).ok_or(Code::Internal)?;
        self.known.learn(&link, now, now);
        Ok(link)
    }
}
