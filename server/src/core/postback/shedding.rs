//! Limits on held postbacks: how many a stranger can make this server keep.
//!
//! A postback that counts is never limited, nor is a postback that came with an API key. Any other
//! postback needs room: a limit per minute that is not reached yet. One of these facts can give a
//! postback room:
//! 1. It passed a check that its code enforces and that proves the sender, or a postback of the
//!    same code from the same network has counted lately: there is always room.
//! 2. It has a genuine click id: each click has room for `HELD_OF_CLICK_MAX` postbacks.
//! 3. It names a known code: each code has room for `HELD_OF_CODE_MAX` more. A postback that fails
//!    a check that the code enforces gets no room by facts 2 and 3, because visitors know click id
//!    and code.
//! 4. It got no room by facts 1 to 3: its network has room for a few postbacks. All networks
//!    together have a limit, too, which they share evenly (`shares`).
//!
//! So a flood that names a code takes no room from networks that send little. A postback without
//! room is shed: nothing is stored, and its sender is told when to send it again. The exception is
//! a postback whose sender was told that it is kept: it is held even without room.
//!
//! Repetitions of a conversion have a limit as well: see `repetitions`.

mod shares;

use std::{
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::FutureExt as _;
use s2s_sdk::v1::ErrorReason;

use self::shares::Strangers;
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

/// Maximum numbers of postbacks that one server holds in a minute: of one click, and of one code.
/// The postbacks that have room by their click do not use the room of their code. `shares` has the
/// limits of networks.
const HELD_OF_CLICK_MAX: u32 = 60;
const HELD_OF_CODE_MAX: u32 = 6_000;
/// Maximum number of postbacks stored in a minute that repeat a conversion of one click.
const REPETITIONS_OF_CLICK_MAX: u32 = 60;
const WINDOW: Duration = Duration::from_mins(1);
/// Maximum number of clicks, or of codes, that are counted at the same time.
const COUNTED_MAX: u64 = 100_000;
/// Idle time after which a count is dropped.
const IDLE_MAX: Duration = Duration::from_mins(2);

/// The kind of room that a held postback has.
#[derive(Debug)]
pub enum Room {
    /// Room without a limit: the caller has an API key, or the sender is proved or known.
    Known,
    /// Anybody may have sent the postback, so it counts towards the bound of bytes (`strangers`).
    Bounded {
        network: Network,
        /// The number of postbacks of the network that were shed since the last held one.
        shed_before: u64,
    },
}

/// The number of postbacks that this server has shed, and the number that it has deleted to keep
/// the bound of bytes. Clones share the counts.
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

    /// Held postbacks of strangers that were deleted to keep the bound of bytes.
    pub fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }
}

/// The counts of the present minute.
pub struct Shedding {
    clicks: Windows<ClickId>,
    codes: Windows<ConversionCodeId>,
    repetitions: Windows<ClickId>,
    strangers: Mutex<Strangers>,
    pub counts: ShedCounts,
}

impl Shedding {
    pub fn new(counts: ShedCounts) -> Self {
        Self {
            clicks: Windows::default(),
            codes: Windows::default(),
            repetitions: Windows::default(),
            strangers: Mutex::default(),
            counts,
        }
    }

    /// Counts a stored postback that repeats a conversion of the click.
    pub async fn count_repetition(&self, click: ClickId) {
        self.repetitions.admit(click, REPETITIONS_OF_CLICK_MAX, Instant::now()).await;
    }

    /// Returns whether the maximum number of repetitions of the click's conversions was stored in
    /// this minute, so that no more are stored.
    pub fn has_repetitions_enough(&self, click: ClickId) -> bool {
        self.repetitions.is_full(&click, REPETITIONS_OF_CLICK_MAX, Instant::now())
    }

    /// Takes room of the click or, if the click has none left, of the code. Returns whether there
    /// was room.
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

    /// Takes room of the network. `Err` is the time until the network may have room again.
    fn admit_stranger(&self, network: Network, now: Instant) -> Result<Room, Duration> {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let admitted = strangers.admit(network, now);
        admitted
            .map(|shed_before| Room::Bounded { network, shed_before })
            .inspect_err(|_| self.counts.note_shed())
    }
}

/// Decides whether a postback that does not count is held or shed. `Err` means that it is shed.
/// `held_for` is the cause for which it does not count. `code` is the code that it names, if that
/// code is known.
pub async fn admit(
    app: &App,
    tenant: Tenant,
    postback: &Postback,
    sender: &Sender,
    code: Option<&ConversionCode>,
    held_for: &Error,
) -> Result<Room> {
    // A caller with an API key is no stranger, and has limits of its own.
    if tenant != Tenant::All {
        return Ok(Room::Known);
    }
    let passed = code.filter(|_| postback.authenticated);
    if passed.is_some_and(authentication::has_proof) {
        return Ok(Room::Known);
    }
    let (now, network) = (Instant::now(), Network::of(sender.address));
    if let Some(code) = code
        && known_senders::is_known(app, code.id, network).await?
    {
        return Ok(Room::Known);
    }
    if code.is_none() || passed.is_some() {
        let click = genuine_click(app, code, &postback.click_text).await?;
        if app.shedding.has_room(click, passed.map(|code| code.id), now).await {
            // Every visitor knows click id and code, so a stranger may have sent the postback. Its
            // bytes count towards the bound.
            return Ok(Room::Bounded { network, shed_before: 0 });
        }
    }
    // The sender was told that the postback is kept. Its bytes count towards the bound anyway,
    // because strangers can make a busy server queue any number of postbacks.
    if sender.queued {
        return Ok(Room::Bounded { network, shed_before: 0 });
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

/// Returns the click of a text that is a genuine click id: one that this installation minted, and
/// whose key has not ended or whose click is stored.
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

/// The counts of the present minute, one for each key.
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

    fn is_full(&self, key: &K, max: u32, now: Instant) -> bool {
        let window = self.0.get(key).now_or_never().flatten();
        window.is_some_and(|window| {
            let window = window.lock().unwrap_or_else(PoisonError::into_inner);
            window.held >= max && now.saturating_duration_since(window.begins) < WINDOW
        })
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

#[cfg(test)]
mod tests;
