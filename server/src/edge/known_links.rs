//! The links that this edge knows, as the core last described them. They serve visitors while the
//! core is down.
//!
//! The links fit in a budget of bytes. If they exceed it, the account whose links take the most
//! bytes loses a link. So a large account can't push out the links of a smaller one. An account
//! loses its links in this order: links that led nowhere when the edge took them in; links that
//! nobody has followed at this edge, the oldest change first; other links, the least recently
//! followed first.
//!
//! A link that leads nowhere is kept as long as the budget allows, so that the edge can tell its
//! visitors so without the core. But such a link is not taken in if it is new to the edge and
//! nobody has followed it.
//!
//! Each link is kept as an encoded message. It is decoded when a visitor follows it, because most
//! links are never followed between two changes.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use prost::Message as _;

use super::link_cache::Link;
use crate::{
    api::edge_v1::ResolveSlugResponse,
    values::{
        click_id::LinkKey,
        id::AccountId,
        time::{Span, Time},
    },
};

/// Memory that a link takes besides its slug and its message, in bytes. A link takes less space in
/// the snapshot file.
const LINK_BYTES: usize = 352;
/// After a visit of a link is noted, its further visits are not noted for this span. A longer span
/// makes the order of links coarser. A shorter span makes the file grow faster.
const FOLLOWED_FOR: Span = Span::from_seconds(600);
/// The value of `followed_at` for a link that nobody has followed.
pub const NEVER: Time = Time::from_micros(0);

/// The place of a link in the order in which its account loses links: the time of its last noted
/// visit, the time of its last change, its key. Both times are `NEVER` if the link has ended
/// (`Entry::has_ended`).
type Rank = (Time, Time, u64);

struct Entry {
    account: AccountId,
    key: LinkKey,
    message: Arc<[u8]>,
    followed_at: Time,
    rank: Rank,
    /// The link led nowhere when the edge last took it in, from the core or from the file.
    has_ended: bool,
    /// The value of `Known::pass` when the edge last took in the link.
    pass: u64,
    /// The file has a record of the slug, or is about to get one.
    is_in_file: bool,
}

/// A link as the file keeps it.
pub struct Kept {
    pub followed_at: Time,
    pub message: Arc<[u8]>,
}

/// The changes that the file does not have yet.
#[derive(Default)]
pub struct Changes {
    /// Slugs that have a record in the file, but no link at the edge any more.
    pub gone: Vec<Arc<str>>,
    pub links: Vec<Kept>,
}

#[derive(Default)]
struct Known {
    bytes_max: usize,
    /// The used part of the budget, in bytes.
    bytes: usize,
    message_bytes: usize,
    by_slug: HashMap<Arc<str>, Entry>,
    slugs: HashMap<LinkKey, Arc<str>>,
    /// The slugs, ordered by account and rank. An account loses its first link first.
    order: BTreeMap<(AccountId, Rank), Arc<str>>,
    /// The part of the budget that each account uses, in bytes.
    sizes: HashMap<AccountId, usize>,
    /// The accounts, ordered by the bytes of the budget that they use.
    by_size: BTreeSet<(usize, AccountId)>,
    pass: u64,
    has_dropped: bool,
    changed: HashSet<Arc<str>>,
    gone: HashSet<Arc<str>>,
}

#[derive(Default)]
pub struct KnownLinks(Mutex<Known>);

impl KnownLinks {
    /// `bytes_max`: the budget, in bytes.
    pub fn new(bytes_max: u64) -> Self {
        let bytes_max = usize::try_from(bytes_max).unwrap_or(usize::MAX);
        Self(Mutex::new(Known { bytes_max, ..Known::default() }))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn count(&self) -> usize {
        self.known().by_slug.len()
    }

    /// Takes in a link as the core describes it. `followed_at`: the time of the last visit that
    /// the edge knows of; `NEVER` if it knows of none.
    pub fn learn(&self, link: &Link, followed_at: Time, now: Time) {
        let dropped_of = {
            let mut known = self.known();
            let had_dropped = known.has_dropped;
            let dropped_of = known.learn(link, followed_at, now);
            dropped_of.filter(|_| !had_dropped).map(|account| (account, known.by_slug.len()))
        };
        if let Some((account, links)) = dropped_of {
            let message = "not all links fit in --links-known-mebibytes: visitors of the links left out are \
                           redirected only while the core answers";
            tracing::warn!(links, %account, message);
        }
    }

    /// Takes in a link from the file.
    pub fn restore(&self, link: &Link, followed_at: Time, now: Time) {
        self.learn(link, followed_at, now);
        let mut known = self.known();
        known.changed.clear();
        known.gone.remove(link.slug.as_str());
        if let Some(entry) = known.by_slug.get_mut(link.slug.as_str()) {
            entry.is_in_file = true;
        }
    }

    /// Takes in a record from the file which says that the edge has no link with the slug any more.
    pub fn restore_gone(&self, slug: &str) {
        let mut known = self.known();
        known.remove(slug);
        known.gone.remove(slug);
    }

    /// Returns the link that a visitor follows. Notes the visit, unless a visit was noted lately or
    /// the link has ended.
    pub fn follow(&self, slug: &str, now: Time) -> Option<Link> {
        let message = {
            let mut known = self.known();
            let (slug, entry) = known.by_slug.get_key_value(slug)?;
            let (slug, message) = (slug.clone(), entry.message.clone());
            let is_noted = entry.followed_at.plus(FOLLOWED_FOR) > now;
            // A link that has ended keeps its rank, so that its account loses it first.
            if !is_noted && !entry.has_ended {
                known.note(&slug, now);
            }
            message
        };
        Link::from_proto(ResolveSlugResponse::decode(&*message).ok()?)
    }

    /// Forgets a slug that the core does not know. Returns whether the edge knew a link with this
    /// slug.
    pub fn forget(&self, slug: &str) -> bool {
        self.known().remove(slug)
    }

    /// Begins a pass over all links of the core.
    pub fn begin_pass(&self) {
        self.known().pass += 1;
    }

    /// Ends a pass: forgets the links that the core did not send. The core has lost these links,
    /// for example because a backup was restored.
    pub fn end_pass(&self) {
        let mut known = self.known();
        let pass = known.pass;
        let lost = known.by_slug.iter().filter(|(_, entry)| entry.pass < pass);
        for slug in lost.map(|(slug, _)| slug.clone()).collect::<Vec<_>>() {
            known.remove(&slug);
        }
    }

    /// Takes what has changed since the last call of `take_changes` or `take_all`.
    pub fn take_changes(&self) -> Changes {
        let mut known = self.known();
        let gone = std::mem::take(&mut known.gone).into_iter().collect();
        let changed = std::mem::take(&mut known.changed);
        let links = changed.iter().filter_map(|slug| known.by_slug.get_mut(slug).map(Entry::kept));
        Changes { gone, links: links.collect() }
    }

    /// Takes all links, for a new file.
    pub fn take_all(&self) -> Vec<Kept> {
        let mut known = self.known();
        (known.gone, known.changed) = (HashSet::new(), HashSet::new());
        known.by_slug.values_mut().map(Entry::kept).collect()
    }

    /// Returns whether the file has records of links that the edge does not know any more.
    pub fn has_gone(&self) -> bool {
        !self.known().gone.is_empty()
    }

    /// The number of links, and the size of their messages in bytes.
    pub fn size(&self) -> (usize, usize) {
        let known = self.known();
        (known.by_slug.len(), known.message_bytes)
    }
}

impl Entry {
    fn kept(&mut self) -> Kept {
        self.is_in_file = true;
        Kept { followed_at: self.followed_at, message: self.message.clone() }
    }
}

impl Known {
    /// Takes in a link. Returns the account of the link that was dropped last to keep the budget;
    /// `None` if no link was dropped.
    fn learn(&mut self, link: &Link, followed_at: Time, now: Time) -> Option<AccountId> {
        if let Some(former) = self.slugs.get(&link.key).filter(|former| ***former != *link.slug).cloned() {
            self.remove(&former);
        }
        // The core sends a link without its slug if another link has taken the slug.
        if link.slug.is_empty() {
            return None;
        }
        let slug: Arc<str> = link.slug.as_str().into();
        let has_ended = link.leads_to(now).is_none();
        let message: Arc<[u8]> = link.to_proto().encode_to_vec().into();
        let own = self.by_slug.get(&slug).filter(|entry| entry.key == link.key);
        if own.is_none() && has_ended && followed_at == NEVER {
            self.remove(&slug);
            return None;
        }
        let before = own.map_or(NEVER, |entry| entry.followed_at);
        let is_noted = before != NEVER && before.plus(FOLLOWED_FOR) > followed_at;
        let followed_at = if is_noted { before } else { before.max(followed_at) };
        let key = link.key.bits();
        let rank = if has_ended { (NEVER, NEVER, key) } else { (followed_at, link.updated_at, key) };
        let (is_same, pass) = (own.is_some_and(|own| own.message == message && own.rank == rank), self.pass);
        if is_same {
            self.by_slug.get_mut(&slug).into_iter().for_each(|entry| entry.pass = pass);
            return None;
        }
        self.remove(&slug);
        let is_in_file = self.gone.remove(&slug);
        let account = link.account;
        self.resize(account, |size| size + bytes(&slug, &message));
        self.message_bytes += message.len();
        self.order.insert((account, rank), slug.clone());
        self.slugs.insert(link.key, slug.clone());
        self.changed.insert(slug.clone());
        let entry = Entry { account, key: link.key, message, followed_at, rank, has_ended, pass, is_in_file };
        self.by_slug.insert(slug, entry);
        self.drop_excess()
    }

    /// Drops links until the rest fit in the budget. Returns the account of the last dropped link.
    fn drop_excess(&mut self) -> Option<AccountId> {
        let mut dropped_of = None;
        while self.bytes > self.bytes_max
            && let Some((_, account)) = self.by_size.last().copied()
            && let Some((_, first)) = self.order.range((account, (NEVER, NEVER, 0))..).next()
        {
            let first = first.clone();
            self.remove(&first);
            self.has_dropped = true;
            dropped_of = Some(account);
        }
        dropped_of
    }

    /// Changes the part of the budget that an account uses.
    fn resize(&mut self, account: AccountId, change: impl FnOnce(usize) -> usize) {
        let before = self.sizes.remove(&account).unwrap_or_default();
        let after = change(before);
        self.by_size.remove(&(before, account));
        self.bytes = self.bytes - before + after;
        if after > 0 {
            self.sizes.insert(account, after);
            self.by_size.insert((after, account));
        }
    }

    /// Notes that a visitor follows the link now.
    fn note(&mut self, slug: &Arc<str>, now: Time) {
        let Some(entry) = self.by_slug.get_mut(slug) else { return };
        self.order.remove(&(entry.account, entry.rank));
        (entry.followed_at, entry.rank.0) = (now, now);
        self.order.insert((entry.account, entry.rank), slug.clone());
        self.changed.insert(slug.clone());
    }

    fn remove(&mut self, slug: &str) -> bool {
        let Some((slug, entry)) = self.by_slug.remove_entry(slug) else { return false };
        self.resize(entry.account, |size| size - bytes(&slug, &entry.message));
        self.message_bytes -= entry.message.len();
        self.order.remove(&(entry.account, entry.rank));
        self.slugs.remove(&entry.key);
        self.changed.remove(&slug);
        if entry.is_in_file {
            self.gone.insert(slug);
        }
        true
    }
}

/// The part of the budget that a link uses, in bytes.
fn bytes(slug: &str, message: &[u8]) -> usize {
    slug.len() + message.len() + LINK_BYTES
}

#[cfg(test)]
mod tests;
