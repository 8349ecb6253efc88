//! Limits on held postbacks: how many a stranger can make this server keep.
//!
//! A postback that counts is never limited, nor is one that came with an API key. For any other, the
//! first of these that has room admits it:
//! 1. A check of the sender that its code enforces, passed; or a network from which a postback of the
//!    code has counted lately: there is always room.
//! 2. A genuine click id: some in each minute for each click.
//! 3. A known code: more in each minute for each code. Who fails a check that the code enforces has
//!    neither this room nor that of a click: visitors know both.
//! 4. Its network alone: some in each minute for each network, and a number for all networks
//!    together, which they share evenly.
//!
//! One whose sender was told that it is kept is never shed. If none has room for it, it is a stranger's
//! without room.
//!
//! So a flood that names a code leaves their room to all networks that send little. What has no room
//! is shed: nothing is stored, and its sender is told when to send it again.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use s2s_sdk::v1::ErrorReason;

use super::{Postback, Sender, authentication, known_senders};
use crate::{
    api::Tenant,
    core::{
        App, click,
        conversion_code::{ConversionCode, ConversionCodeId},
        tracking_link,
    },
    error::{Error, Result, reason_text},
    values::{
        address::Network,
        click_id::{ClickId, UnverifiedClickId},
    },
};

/// Numbers of postbacks that one server holds in a minute: of one click, of one code without a click,
/// of one network without either, and of all such networks together.
const HELD_OF_CLICK_MAX: u32 = 60;
const HELD_OF_CODE_MAX: u32 = 6_000;
const HELD_OF_NETWORK_MAX: u32 = 60;
const HELD_OF_STRANGERS_MAX: u32 = 6_000;
const WINDOW: Duration = Duration::from_mins(1);
/// Maximum number of clicks or codes that are counted, and the idle time after which a count is
/// dropped.
const COUNTED_MAX: u64 = 100_000;
const IDLE_MAX: Duration = Duration::from_mins(2);
/// Maximum number of networks that are counted in a minute. It is more than the postbacks that are
/// held, so that those of which none is held are known, too.
const NETWORKS_MAX: usize = 20_000;

/// The room of a postback that is held.
#[derive(Debug)]
pub enum Room {
    /// Something speaks for the postback.
    Known,
    /// Nothing does.
    Stranger {
        network: Network,
        /// The number of postbacks of the network that were shed since the last held one.
        shed_before: u64,
    },
}

/// The numbers of postbacks that this server has shed, and that it has dropped to make room for
/// others. Clones share the counts.
#[derive(Clone, Default)]
pub struct ShedCounts(Arc<Counts>);

#[derive(Default)]
struct Counts {
    shed: AtomicU64,
    dropped: AtomicU64,
}

impl ShedCounts {
    fn note_shed(&self) {
        self.0.shed.fetch_add(1, Ordering::Relaxed);
    }

    pub fn note_dropped(&self, rows: u64) {
        self.0.dropped.fetch_add(rows, Ordering::Relaxed);
    }

    /// Postbacks that were refused with `SHED`.
    pub fn shed(&self) -> u64 {
        self.0.shed.load(Ordering::Relaxed)
    }

    /// Held postbacks of strangers that were deleted to make room.
    pub fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }
}

/// The counts of the present minute.
pub struct Shedding {
    clicks: Windows<ClickId>,
    codes: Windows<ConversionCodeId>,
    strangers: Mutex<Strangers>,
    pub counts: ShedCounts,
}

impl Shedding {
    pub fn new(counts: ShedCounts) -> Self {
        let strangers = Mutex::default();
        Self { clicks: Windows::default(), codes: Windows::default(), strangers, counts }
    }

    /// Takes room of the click or of the code. Returns whether there was some.
    async fn has_room(&self, click: Option<ClickId>, code: Option<ConversionCodeId>, now: Instant) -> bool {
        if let Some(click) = click
            && self.clicks.admit(click, HELD_OF_CLICK_MAX, now).await
        {
            return true;
        }
        match code {
            Some(code) => self.codes.admit(code, HELD_OF_CODE_MAX, now).await,
            None => false,
        }
    }

    /// Takes room of the network alone. `Err` is the time until there may be some.
    fn admit_stranger(&self, network: Network, now: Instant) -> Result<Room, Duration> {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let admitted = strangers.admit(network, now);
        admitted
            .map(|shed_before| Room::Stranger { network, shed_before })
            .inspect_err(|_| self.counts.note_shed())
    }
}

/// Decides whether a postback is held that does not count for the cause `held_for`. `Err` means that
/// it is shed. `code` is the code that it names, if that is known.
pub async fn admit(
    app: &App,
    tenant: Tenant,
    postback: &Postback,
    sender: &Sender,
    code: Option<&ConversionCode>,
    held_for: &Error,
) -> Result<Room> {
    // The owner of an API key has limits of its own, and was asked who it is.
    if tenant != Tenant::All {
        return Ok(Room::Known);
    }
    let passed = code.filter(|_| postback.authenticated);
    if passed.is_some_and(authentication::is_enforced) {
        return Ok(Room::Known);
    }
    let now = Instant::now();
    if code.is_none() || passed.is_some() {
        let click = genuine_click(app, code, &postback.click_text).await?;
        if app.shedding.has_room(click, passed.map(|code| code.id), now).await {
            return Ok(Room::Known);
        }
    }
    let network = Network::of(sender.address);
    if let Some(code) = code
        && known_senders::is_known(app, code.id, network).await?
    {
        return Ok(Room::Known);
    }
    // Its sender was told that it is kept. Its bytes have a bound all the same: strangers could have
    // a busy server queue what they like.
    if sender.queued {
        return Ok(Room::Stranger { network, shed_before: 0 });
    }
    app.shedding.admit_stranger(network, now).map_err(|wait| shed(wait, held_for))
}

fn shed(wait: Duration, held_for: &Error) -> Error {
    let seconds = wait.as_secs() + 1;
    let message = format!(
        "more such postbacks came than are kept, so nothing of this one is stored; send it again in {seconds} s. It \
         would be held, for {}: {}",
        reason_text(held_for.reason()),
        held_for.message()
    );
    Error::new(ErrorReason::Shed, message).after(Duration::from_secs(seconds))
}

/// Returns the click of a text that is a genuine click id: one of ours, whose key has not ended or
/// whose click is stored.
async fn genuine_click(app: &App, code: Option<&ConversionCode>, text: &str) -> Result<Option<ClickId>> {
    let Some(read) = UnverifiedClickId::read(text) else { return Ok(None) };
    let account = match code {
        Some(code) => Some(code.account_id),
        None => tracking_link::find(app, Tenant::All, read.link_key()).await?.map(|link| link.account_id),
    };
    let Some(account) = account else { return Ok(None) };
    let Some(click) = app.click_id_keys.verify(read, account).await? else { return Ok(None) };
    let unproven = click::unproven(app, account, click).await?;
    Ok(unproven.is_none().then_some(click.id))
}

/// The counts of the present minute, each by a key.
struct Windows<K>(moka::future::Cache<K, Arc<Mutex<Window>>>);

impl<K: Hash + Eq + Send + Sync + 'static> Default for Windows<K> {
    fn default() -> Self {
        Self(moka::future::Cache::builder().max_capacity(COUNTED_MAX).time_to_idle(IDLE_MAX).build())
    }
}

impl<K: Hash + Eq + Send + Sync + 'static> Windows<K> {
    async fn admit(&self, key: K, max: u32, now: Instant) -> bool {
        let new = async { Arc::new(Mutex::new(Window { begins: now, held: 0 })) };
        let window = self.0.get_with(key, new).await;
        window.lock().unwrap_or_else(PoisonError::into_inner).admit(max, now)
    }
}

struct Window {
    begins: Instant,
    held: u32,
}

impl Window {
    fn admit(&mut self, max: u32, now: Instant) -> bool {
        if now.saturating_duration_since(self.begins) >= WINDOW {
            (self.begins, self.held) = (now, 0);
        }
        let has_room = self.held < max;
        self.held += u32::from(has_room);
        has_room
    }
}

/// The counts of networks without any evidence.
#[derive(Default)]
struct Strangers {
    /// The first postback of the present minute.
    begins: Option<Instant>,
    held: u32,
    networks: HashMap<Network, Share>,
    /// The counts of the minute before.
    before: HashMap<Network, Share>,
}

#[derive(Clone, Copy, Default)]
struct Share {
    held: u32,
    shed: u64,
}

impl Strangers {
    /// Admits a postback of the network. `Ok` is the number of its postbacks that were shed since the
    /// last one that was admitted; `Err` is the rest of the minute.
    fn admit(&mut self, network: Network, now: Instant) -> Result<u64, Duration> {
        let end = self.begins.map(|begins| begins + WINDOW).filter(|end| *end > now);
        let end = end.unwrap_or_else(|| {
            self.before = std::mem::take(&mut self.networks);
            (self.begins, self.held) = (Some(now), 0);
            self.tell();
            now + WINDOW
        });
        let left = end.duration_since(now);
        // The networks of the minute before are expected again, so that the first ones of a minute do
        // not take the room of the others.
        let expected = self.networks.len().max(self.before.len()).max(1);
        let share = HELD_OF_STRANGERS_MAX / u32::try_from(expected).unwrap_or(u32::MAX);
        let share = share.clamp(1, HELD_OF_NETWORK_MAX);
        let is_counted = self.networks.len() < NETWORKS_MAX || self.networks.contains_key(&network);
        if !is_counted {
            return Err(left);
        }
        let own = self.networks.entry(network).or_default();
        if own.held >= share || self.held >= HELD_OF_STRANGERS_MAX {
            own.shed += 1;
            return Err(left);
        }
        own.held += 1;
        self.held += 1;
        let before = self.before.get_mut(&network).map(|before| std::mem::take(&mut before.shed));
        Ok(before.unwrap_or_default() + std::mem::take(&mut own.shed))
    }

    /// Tells the operator what was shed in the minute that is over.
    fn tell(&self) {
        let shed: u64 = self.before.values().map(|share| share.shed).sum();
        let busiest = self.before.iter().max_by_key(|(_, share)| share.shed);
        if let Some((network, share)) = busiest.filter(|(_, share)| share.shed > 0) {
            let networks = self.before.values().filter(|share| share.shed > 0).count();
            let of_it = share.shed;
            tracing::warn!(shed, networks, busiest = %network, of_it, "postbacks of strangers were shed");
        }
    }
}

#[cfg(test)]
mod tests;
