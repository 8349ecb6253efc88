//! Clicks. Their ids are minted without the database, and nearly always verified without it. Their
//! rows are written in groups.
//!
//! Absent on purpose: a counter of clicks beside the rows, which every click would have to lock.

mod device;
pub mod grpc;
mod store;
mod visitor;

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
};

use s2s_sdk::v1::{ClickFlag, ErrorReason};
use sea_orm::{ConnectionTrait, DeriveValueType};
use uuid::Uuid;

use self::{
    device::{Agent, Device},
    visitor::{Traits, Visitor},
};
pub use self::{
    store::{Insert, find_these, of_link, of_links},
    visitor::{VisitorKeys, delete_old_keys as delete_old_visitor_keys},
};
use crate::{
    api::Tenant,
    core::{
        App, age,
        scan::scan,
        tracking_link::{self, TrackingLink, TrackingLinkId},
    },
    db::Connection,
    error::{Error, Result, Violations},
    page::{Page, PageRequest},
    values::click_id::{ClickId, KeyId, Rounds, SignedClickId, UnverifiedClickId},
    values::sub_ids::SubIds,
    values::{
        country::Country,
        destination::Filling,
        id::AccountId,
        time::{Span, Time},
    },
};

/// Longest time by which another machine's clock may be ahead of this machine's.
pub const CLOCK_SKEW_MAX: Span = Span::from_seconds(5);
/// Length of the list's sort key, in bytes. The key is the click id, which begins with its time.
pub const LIST_KEY_BYTES: usize = 16;

/// A click, with its visitor's data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "a conversion's `click_id` is the same id")]
pub struct Click {
    pub click_id: ClickId,
    pub key_id: KeyId,
    pub account_id: AccountId,
    pub link_id: TrackingLinkId,
    pub sub_ids: SubIds,
    pub query: String,
    pub referrer: String,
    pub user_agent: String,
    /// The visitor's address as it is stored: whole, truncated or empty.
    pub address: String,
    /// The country of the whole address.
    pub country: Country,
    pub device: Device,
    /// Never shown.
    visitor: Option<Visitor>,
    pub flags: ClickFlags,
}

/// The visitor's data, as the caller reports it. Query, referrer and user agent are cut to their
/// limits.
#[derive(Clone, Debug)]
pub struct Visit {
    pub sub_ids: SubIds,
    pub query: String,
    pub referrer: String,
    pub user_agent: String,
    pub address: Option<IpAddr>,
    pub flags: ClickFlags,
}

/// The flags of a click, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DeriveValueType)]
pub struct ClickFlags(i16);

impl ClickFlags {
    /// Each flag with its bit in the database.
    const BITS: [(ClickFlag, i16); 4] =
        [(ClickFlag::Bot, 1), (ClickFlag::Prefetch, 2), (ClickFlag::Preview, 4), (ClickFlag::SubIdCut, 8)];

    /// Reads the flags of a message. Ignores flags that this server does not know.
    pub fn from_proto(flags: &[i32]) -> Self {
        let bits = Self::BITS.into_iter().filter(|(flag, _)| flags.contains(&i32::from(*flag)));
        Self(bits.fold(0, |all, (_, bit)| all | bit))
    }

    pub fn to_proto(self) -> Vec<i32> {
        let bits = Self::BITS.into_iter().filter(|(_, bit)| self.0 & bit != 0);
        bits.map(|(flag, _)| flag.into()).collect()
    }

    /// The bits as bytes, most significant first, for the filter of a page token.
    pub fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }

    /// Reads the bits from bytes, as `to_bytes` returns them.
    pub fn from_bytes(bytes: [u8; 2]) -> Self {
        Self(i16::from_be_bytes(bytes))
    }

    /// The kind under which totals count the click.
    pub fn kind(self) -> ClickKind {
        let kinds = [(ClickFlag::Preview, ClickKind::Preview), (ClickFlag::Prefetch, ClickKind::Prefetch)];
        let kinds = kinds.into_iter().chain([(ClickFlag::Bot, ClickKind::Bot)]);
        let mut kinds = kinds.filter(|(flag, _)| self.has(*flag)).map(|(_, kind)| kind);
        kinds.next().unwrap_or(ClickKind::Visit)
    }

    fn has(self, flag: ClickFlag) -> bool {
        Self::BITS.into_iter().any(|(one, bit)| one == flag && self.0 & bit != 0)
    }

    fn with_bot(self, is_bot: bool) -> Self {
        if is_bot { Self(self.0 | 1) } else { self }
    }
}

/// The kind of a click in totals. Programs that fetch previews and prefetches are often known robots
/// as well, but robots are told apart by a list that changes. So only other clicks count as a
/// robot's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClickKind {
    Visit,
    Bot,
    Prefetch,
    Preview,
}

/// Origin of a click's id.
#[derive(Clone, Debug)]
pub enum Minting {
    /// The text of an id that an edge has minted.
    Done(String),
    /// Minted here, with the given time or, without one, with the present time.
    Ours { time: Option<Time>, request_id: Option<Vec<u8>> },
}

/// A recorded click, and the URL to redirect the visitor to. The URL is `None` if an edge minted
/// the id, because the edge knows the URL.
pub struct Recorded {
    pub click: Click,
    pub redirect_url: Option<String>,
}

/// Records a click on a link. A repeated click id returns the first click. With `validate_only`,
/// nothing is stored.
pub async fn record(
    app: &App,
    tenant: Tenant,
    link: TrackingLinkId,
    minting: Minting,
    visit: Visit,
    validate_only: bool,
) -> Result<Recorded> {
    let (link, signed, redirect_url) = match minting {
        Minting::Done(text) => {
            let (link, signed) = minted(app, tenant, link, &text).await?;
            (link, signed, None)
        }
        Minting::Ours { time, request_id } => {
            let link = Arc::new(tracking_link::get(app, tenant, link).await?);
            let signed = mint(app, &link, time, request_id.as_deref())?;
            let redirect_url = redirect_url(app, &link, signed, &visit);
            (link, signed, Some(redirect_url))
        }
    };
    let agent = Agent::of(&visit.user_agent);
    let visitor = match &app.visitor_keys {
        Some(keys) if !validate_only => {
            let (account, user_agent) = (link.account_id, &visit.user_agent);
            let traits = Traits { account, address: visit.address, user_agent };
            keys.hash(traits, signed.id.time(), app.now()).await?
        }
        _ => None,
    };
    let click = Click {
        click_id: signed.id,
        key_id: signed.key_id,
        account_id: link.account_id,
        link_id: link.id,
        flags: visit.flags.with_bot(agent.is_bot),
        sub_ids: visit.sub_ids,
        query: visit.query,
        referrer: visit.referrer,
        user_agent: visit.user_agent,
        address: app.store_addresses.text(visit.address),
        // The whole address is known only here.
        country: if app.store_country { app.geo.country(visit.address) } else { Country::NONE },
        device: agent.device,
        visitor,
    };
    let click = if validate_only { click } else { insert(app, click).await? };
    Ok(Recorded { click, redirect_url })
}

/// Verifies a click id that an edge has minted, and finds its link. Uses the cache of links: a
/// query for each click would be a noticeable load.
async fn minted(
    app: &App,
    tenant: Tenant,
    id: TrackingLinkId,
    text: &str,
) -> Result<(Arc<TrackingLink>, SignedClickId)> {
    let click_id = UnverifiedClickId::read(text).ok_or_else(Error::click_id_invalid)?;
    let link = tracking_link::find(app, tenant, click_id.link_key()).await?;
    let link = link.filter(|link| link.id == id).ok_or_else(Error::click_id_invalid)?;
    let signed = app.click_id_keys.verify(click_id, link.account_id).await?;
    let signed = signed.ok_or_else(Error::click_id_invalid)?;
    // An edge is believed even if the key with which it minted the id has ended: the edge may have
    // been cut off from its core.
    if tenant != Tenant::All
        && let Some(error) = unproven(app, link.account_id, signed).await?
    {
        return Err(error);
    }
    age::make_room_for_new(app, signed.id.time()).await?;
    Ok((link, signed))
}

fn mint(
    app: &App,
    link: &TrackingLink,
    time: Option<Time>,
    request_id: Option<&[u8]>,
) -> Result<SignedClickId> {
    let now = app.now();
    if link.archived {
        let message = format!("the tracking link `{}` is archived", link.id);
        return Err(Error::new(ErrorReason::TrackingLinkArchived, message));
    }
    if time.is_some_and(|time| time > now.plus(CLOCK_SKEW_MAX)) {
        let mut violations = Violations::default();
        violations.add("click_time", "must not be in the future");
        return Err(violations.into_error());
    }
    // The same link, time and request id give the same click id, so that the call is safe to
    // repeat.
    let random = request_id.map_or_else(
        || app.random.bytes(),
        |request_id| {
            let mut bytes = [0; 6];
            blake3::Hasher::new().update(request_id).finalize_xof().fill(&mut bytes);
            bytes
        },
    );
    Ok(app.click_id_keys.present().mint(time.unwrap_or(now), link.link_key, Rounds::NONE, random))
}

/// Inserts the click, unless an earlier click has its id. Returns the click that is stored under
/// the id, once that click is durable.
async fn insert(app: &App, click: Click) -> Result<Click> {
    let (Insert(click), earlier) = app.commit.write(Insert(click)).await?;
    Ok(earlier.unwrap_or(click))
}

fn redirect_url(app: &App, link: &TrackingLink, signed: SignedClickId, visit: &Visit) -> String {
    link.destination.fill(&Filling {
        click_id: &app.click_id_keys.write(signed, link.account_id),
        sub_ids: &visit.sub_ids.0,
        slug: &link.slug.to_string(),
        timestamp: signed.id.time().seconds(),
        pass_through: if link.query_pass_through { &visit.query } else { "" },
    })
}

pub async fn get(app: &App, account: AccountId, text: &str) -> Result<Click> {
    let unknown = || Error::not_found("click", text);
    let signed = app.click_id_keys.read(text, account).await?.ok_or_else(unknown)?;
    find(app, account, signed.id).await?.ok_or_else(unknown)
}

/// Returns an error if the key of a genuine click id has ended and the click is not stored: a
/// thief of the key may have made the id.
pub async fn unproven(app: &App, account: AccountId, signed: SignedClickId) -> Result<Option<Error>> {
    if !app.click_id_keys.has_ended(signed.key_id, app.now())
        || find(app, account, signed.id).await?.is_some()
    {
        return Ok(None);
    }
    let message = "the key that signed the click id was replaced, and the click is not stored here, so the id may be \
                   forged; if the click still arrives from an edge's spool, the postback is matched automatically \
                   for 7 days, and after that by a replay";
    Ok(Some(Error::new(ErrorReason::ClickIdKeyEnded, message).with("parameter", "clickId")))
}

/// Returns the ids whose clicks are stored, in any account.
pub async fn existing(app: &App, ids: HashSet<ClickId>) -> Result<HashSet<ClickId>> {
    Ok(store::existing(app.db.scanner(), ids).await?)
}

/// The sub ids of those of these clicks that are stored.
pub async fn sub_ids(
    db: &impl ConnectionTrait,
    clicks: impl Iterator<Item = ClickId>,
) -> Result<HashMap<ClickId, SubIds>> {
    let clicks: HashSet<ClickId> = clicks.collect();
    let found = find_these(db, &clicks.into_iter().collect::<Vec<_>>()).await?;
    Ok(found.into_iter().map(|click| (click.click_id, click.sub_ids)).collect())
}

/// Finds the row of the click, if it exists.
pub async fn find(app: &App, account: AccountId, id: ClickId) -> Result<Option<Click>> {
    store::find(app.db.reader(), account, id).await
}

/// Stores the click without its visitor's data, unless it is stored. The first row of an id stays,
/// so a click that is recorded late can't add the data. The click counts now, as it would have when
/// it comes.
pub async fn record_blank(
    app: &App,
    account: AccountId,
    signed: SignedClickId,
    link: &TrackingLink,
) -> Result<()> {
    // Known keys slow down the batches of group commit, so they are not tried in vain.
    if find(app, account, signed.id).await?.is_none() {
        insert(app, blank(account, signed, link.id)).await?;
    }
    Ok(())
}

/// Erases the visitor's data from a click, in an open transaction. Returns the click as it is stored
/// afterwards; `None` if it is not stored.
pub async fn erase(txn: &Connection, account: AccountId, signed: SignedClickId) -> Result<Option<Click>> {
    store::erase(txn, account, signed.id).await
}

/// Returns the click as `erase` would return it after `record_blank`, and writes nothing.
pub async fn preview_erasure(
    app: &App,
    account: AccountId,
    signed: SignedClickId,
    link: Option<&TrackingLink>,
) -> Result<Option<Click>> {
    Ok(match find(app, account, signed.id).await? {
        Some(Click { key_id, link_id, flags, .. }) => {
            Some(Click { key_id, flags, ..blank(account, signed, link_id) })
        }
        None => link.map(|link| blank(account, signed, link.id)),
    })
}

/// A click without its visitor's data.
fn blank(account: AccountId, signed: SignedClickId, link: TrackingLinkId) -> Click {
    Click {
        click_id: signed.id,
        key_id: signed.key_id,
        account_id: account,
        link_id: link,
        sub_ids: SubIds::default(),
        query: String::new(),
        referrer: String::new(),
        user_agent: String::new(),
        address: String::new(),
        country: Country::NONE,
        device: Device::default(),
        visitor: None,
        flags: ClickFlags::default(),
    }
}

/// Reads clicks of all accounts whose ids are in a range, lowest first, at most `limit`: id, account,
/// link, flags.
pub async fn in_order(
    db: &impl ConnectionTrait,
    from: Uuid,
    below: Uuid,
    limit: u64,
) -> Result<Vec<(ClickId, AccountId, TrackingLinkId, ClickFlags)>> {
    Ok(store::in_order(db, from, below, limit).await?)
}

/// Lists the clicks of one link that have none of the flags in `without`, newest first.
pub async fn list(
    app: &App,
    account: AccountId,
    link: TrackingLinkId,
    without: ClickFlags,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Click, LIST_KEY_BYTES>> {
    tracking_link::get(app, Tenant::Account(account), link).await?;
    let clicks = scan(app, account, async |db| store::list(db, account, link, without, page).await).await?;
    if let Some(newest) = clicks.rows().map(|click| click.key_id).max() {
        app.click_id_keys.learn(newest).await?;
    }
    Ok(clicks)
}

/// Deletes a batch of the clicks whose id is less than `below`. Returns the number deleted, and
/// true if more may be left.
pub async fn delete_some(app: &App, below: Uuid) -> Result<(u64, bool)> {
    Ok(app.db.delete_some::<store::Entity>(store::Column::ClickId, below).await?)
}

impl Error {
    /// Builds the error for a wrong click id. Forged, mistyped and foreign ids all get this error,
    /// so that outsiders can't tell them apart.
    pub fn click_id_invalid() -> Self {
        let message = "the click id was not minted here, or was cut or changed on its way; pass it on exactly as \
                       it came in the destination URL";
        Self::new(ErrorReason::ClickIdInvalid, message).with("parameter", "clickId")
    }
}
