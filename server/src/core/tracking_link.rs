//! Tracking links: the URLs that visitors click, and the destinations that they lead to.
//!
//! Absent on purpose: permanent redirects, because a browser that remembers one does not call this
//! server at its next visit, so that no click id is minted; and deletion, because conversions name
//! their link for good.

pub mod facts;
pub mod grpc;
mod lint;
mod store;

use std::{collections::HashSet, fmt, str::FromStr, sync::Arc};

use s2s_sdk::v1::{ErrorReason, SetupWarning};
use sea_orm::{DbErr, DeriveActiveEnum, DeriveValueType, EnumIter, TryFromU64};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::{
    api::Tenant,
    core::{
        App,
        conversion_code::{self, ConversionCodeId},
        partner::{self, Share, StoredShare},
        preset::Preset,
        row_cache::{RowCache, cached},
        scan::scan,
    },
    db::commit_or_rollback,
    error::{Error, Result, Violations},
    page::{Page, PageRequest},
    values::click_id::LinkKey,
    values::destination::Destination,
    values::{
        id::{AccountId, Random, RequestKey, prefixed_id},
        json_text::json_text,
        time::Time,
    },
};

pub use store::Model as TrackingLink;

/// Longest slug, in bytes.
pub const SLUG_BYTES_MAX: usize = 64;
/// Maximum number of conversion codes on one link.
pub const CODES_MAX: usize = 50;
/// Maximum number of tags on one link, and the longest tag, in characters.
pub const TAGS_MAX: usize = 20;
pub const TAG_CHARS_MAX: usize = 50;
/// Length of the list's sort key, in bytes. The key is the id, which begins with its time.
pub const LIST_KEY_BYTES: usize = 16;
/// Length of the sort key of a list by changes, in bytes: a time, followed by the id.
const CHANGE_KEY_BYTES: usize = 8 + LIST_KEY_BYTES;

/// Number of random bytes in a generated slug. They make eight characters.
const SLUG_RANDOM_BYTES: usize = 5;
/// Paths that are not slugs.
const SLUGS_RESERVED: [&str; 3] = ["s2s", "healthz", "console"];
/// Maximum number of attempts to generate a slug and link key that are not taken.
const ATTEMPTS_MAX: usize = 5;

prefixed_id!(
    /// The id of a tracking link.
    TrackingLinkId,
    "link_"
);

/// The path of a link: `a-z`, `0-9`, `-`, `_`, beginning with a letter or digit. Binary in the
/// database, because a text key might treat different slugs as equal.
///
/// If another link has taken the slug of an archived link, the archived link has a mark in place of
/// the slug. No path can equal the mark.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveValueType)]
pub struct Slug(Vec<u8>);

// SeaORM requires this trait of every primary key, and a freed slug is the primary key of its row.
impl TryFromU64 for Slug {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("Slug"))
    }
}

impl Slug {
    fn random(random: &Random) -> Self {
        Self(crate::values::id::base32(&random.bytes::<SLUG_RANDOM_BYTES>()).into_bytes())
    }

    /// The mark of a link that has lost its slug.
    fn lost_by(id: TrackingLinkId) -> Self {
        Self([b"~", id.0.as_bytes().as_slice()].concat())
    }

    fn is_lost(&self) -> bool {
        self.0.first() == Some(&b'~')
    }

    /// Parses a slug as a visitor wrote it, in upper or lower case; `None` if the text can't be a
    /// slug.
    pub fn from_path(text: &str) -> Option<Self> {
        text.to_ascii_lowercase().parse().ok()
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slug = if self.is_lost() { "" } else { std::str::from_utf8(&self.0).unwrap_or_default() };
        f.write_str(slug)
    }
}

impl FromStr for Slug {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = (1..=SLUG_BYTES_MAX).contains(&text.len())
            && text.bytes().next().is_some_and(letters)
            && text.bytes().all(|byte| letters(byte) || matches!(byte, b'-' | b'_'));
        if !fits {
            return Err(format!(
                "must be 1 to {SLUG_BYTES_MAX} of `a-z`, `0-9`, `-`, `_`, beginning with a letter or digit"
            ));
        }
        if SLUGS_RESERVED.contains(&text) {
            return Err(format!("`{text}` is one of the server's own paths"));
        }
        Ok(Self(text.as_bytes().to_vec()))
    }
}

/// The HTTP status of the redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum RedirectKind {
    #[sea_orm(num_value = 302)]
    Found,
    #[sea_orm(num_value = 303)]
    SeeOther,
    #[sea_orm(num_value = 307)]
    Temporary,
}

/// The codes of a link, in the given order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct CodeIds(Vec<Uuid>);
json_text!(CodeIds);

impl CodeIds {
    pub fn new(ids: impl IntoIterator<Item = ConversionCodeId>) -> Self {
        Self(ids.into_iter().map(|id| id.0).collect())
    }

    pub fn contains(&self, id: ConversionCodeId) -> bool {
        self.0.contains(&id.0)
    }

    pub fn iter(&self) -> impl Iterator<Item = ConversionCodeId> {
        self.0.iter().copied().map(ConversionCodeId)
    }
}

/// Words to find a link by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Tags(pub Vec<String>);
json_text!(Tags);

/// A validated change of one field of a link.
pub type Edit = Box<dyn FnOnce(&mut TrackingLink) + Send>;

/// Cache of links by their keys.
pub type Cache = RowCache<LinkKey, TrackingLink>;

/// A link to be created.
pub struct Create {
    /// True if an edit sets the slug.
    pub has_slug: bool,
    pub edits: Vec<Edit>,
    /// Preset of the network that the destination belongs to, if the caller names one.
    pub preset: Option<&'static Preset>,
    pub request: RequestKey,
    pub validate_only: bool,
}

pub async fn create(
    app: &App,
    account: AccountId,
    create: Create,
) -> Result<(TrackingLink, Vec<SetupWarning>)> {
    let Create { has_slug, edits, preset, request, validate_only } = create;
    let now = app.now();
    let mut link = TrackingLink {
        id: TrackingLinkId(app.random.id(now)),
        account_id: account,
        slug: Slug::random(&app.random),
        link_key: LinkKey::random(&app.random),
        destination: Destination::default(),
        conversion_code_ids: CodeIds::default(),
        tags: Tags::default(),
        redirect_kind: RedirectKind::Found,
        query_pass_through: false,
        expires_at: None,
        fallback_destination: Destination::default(),
        partner_id: None,
        partner_share: None,
        archived: false,
        archived_at: None,
        request_id: request.id,
        request_digest: request.digest,
        created_at: now,
        updated_at: now,
    };
    for edit in edits {
        edit(&mut link);
    }
    preset.map_or(Ok(()), |preset| link.add_click_id(preset))?;
    let mut presets = presets(app, account, &link.conversion_code_ids).await?;
    presets.extend(preset);
    link.check()?;
    link.check_hosts([&app.public_url, &app.local_url])?;
    check_partner(app, &link, None).await?;
    for _ in 0..ATTEMPTS_MAX {
        match store::insert(&app.db, link.clone(), validate_only).await? {
            store::Inserted::Stored(stored) => {
                app.links.invalidate(&stored.link_key).await;
                let warnings = lint::warnings(&stored, &presets, &app.public_url);
                return Ok((*stored, warnings));
            }
            store::Inserted::SlugTaken if has_slug => {
                return Err(slug_taken(&link.slug));
            }
            store::Inserted::SlugTaken => link.slug = Slug::random(&app.random),
            store::Inserted::KeyTaken => link.link_key = LinkKey::random(&app.random),
        }
    }
    Err(Error::internal("every slug and link key tried was taken"))
}

/// Reads the link from the database, not from the cache.
pub async fn get(app: &App, tenant: Tenant, id: TrackingLinkId) -> Result<TrackingLink> {
    let found = store::find(app.db.reader(), tenant, id).await?;
    found.ok_or_else(|| Error::not_found("tracking link", &id))
}

/// Finds the link that has a slug, in any account. For edges.
pub async fn resolve(app: &App, slug: &str) -> Result<TrackingLink> {
    let unknown = || Error::not_found("tracking link with the slug", slug);
    let slug = Slug::from_path(slug).ok_or_else(unknown)?;
    store::find_by_slug(app.db.reader(), slug).await?.ok_or_else(unknown)
}

/// Finds the link of a click id by the link key in it. The row is at most `CACHE_AGE_MAX` old.
pub async fn find(app: &App, tenant: Tenant, key: LinkKey) -> Result<Option<Arc<TrackingLink>>> {
    let found = cached(&app.links, key, || store::find_by_key(app.db.reader(), key)).await?;
    Ok(found.filter(|link| tenant.sees(link.account_id)))
}

/// Returns the link keys for which a link exists, in any account.
pub async fn existing(app: &App, keys: HashSet<LinkKey>) -> Result<HashSet<LinkKey>> {
    Ok(store::existing(app.db.scanner(), keys).await?)
}

/// Finds the newest link that has the code, and that is neither archived nor expired.
pub async fn newest_with_code(
    app: &App,
    account: AccountId,
    code: ConversionCodeId,
) -> Result<Option<TrackingLink>> {
    scan(app, account, async |db| store::newest_with_code(db, account, code, app.now()).await).await
}

pub async fn list(
    app: &App,
    account: AccountId,
    show_archived: bool,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<TrackingLink, LIST_KEY_BYTES>> {
    let rows = scan(app, account, async |db| store::list(db, account, show_archived, page).await).await?;
    Ok(page.cut(rows, None, |link| link.id.0.into_bytes()))
}

/// Lists the links of all accounts in the order of their last change, for edges.
///
/// Does not run as a scan, which would have to wait for other scans: an index yields each page
/// quickly.
pub async fn list_changed(
    app: &App,
    since: Option<Time>,
    page: &PageRequest<CHANGE_KEY_BYTES>,
) -> Result<Page<TrackingLink, CHANGE_KEY_BYTES>> {
    let rows = store::list_changed(app.db.scanner(), since, page).await?;
    Ok(page.cut(rows, None, store::change_key))
}

pub async fn update(
    app: &App,
    account: AccountId,
    id: TrackingLinkId,
    edits: Vec<Edit>,
    validate_only: bool,
) -> Result<(TrackingLink, Vec<SetupWarning>)> {
    let txn = app.db.begin().await?;
    let found = store::find_to_update(&txn, account, id).await?;
    let mut link = found.ok_or_else(|| Error::not_found("tracking link", &id))?;
    let before = link.clone();
    for edit in edits {
        edit(&mut link);
    }
    let presets = presets(app, account, &link.conversion_code_ids).await?;
    link.check()?;
    check_partner(app, &link, Some(&before)).await?;
    let leads_to = |link: &TrackingLink| (link.destination.clone(), link.fallback_destination.clone());
    // Unchanged destinations are not checked. So a link can still be archived if its destination
    // has become a URL of this server through a change of the public URL.
    if leads_to(&link) != leads_to(&before) {
        link.check_hosts([&app.public_url, &app.local_url])?;
    }
    if !link.archived && link.slug.is_lost() {
        let message = "another link has taken this link's slug since this link was archived; give this link another \
                       slug first, with UpdateTrackingLink";
        return Err(Error::new(ErrorReason::SlugTaken, message).at_field("tracking_link.slug"));
    }
    let warnings = lint::warnings(&link, &presets, &app.public_url);
    if link == before {
        txn.rollback().await?;
        return Ok((link, warnings));
    }
    let now = app.now();
    link.archived_at = link.archived.then(|| before.archived_since().unwrap_or(now));
    link.updated_at = now;
    if link.slug != before.slug && !store::take_slug(&txn, account, &link.slug, Some(&before.slug)).await? {
        return Err(slug_taken(&link.slug));
    }
    store::update(&txn, link.clone()).await?;
    commit_or_rollback(txn, !validate_only).await?;
    app.links.invalidate(&link.link_key).await;
    Ok((link, warnings))
}

fn slug_taken(slug: &Slug) -> Error {
    let message = format!("the slug `{slug}` is taken; choose another");
    Error::new(ErrorReason::SlugTaken, message).at_field("tracking_link.slug")
}

impl TrackingLink {
    /// The time since which the link is archived; `None` if it is not. If an earlier version of the
    /// server archived the link, only the time of its last change is known.
    pub fn archived_since(&self) -> Option<Time> {
        self.archived.then(|| self.archived_at.unwrap_or(self.updated_at))
    }

    /// Adds the click id to a destination without one, as the parameter in which the network takes
    /// it.
    fn add_click_id(&mut self, preset: &Preset) -> Result<()> {
        if self.destination.carries_click_id() {
            return Ok(());
        }
        let mut violations = Violations::default();
        match &preset.click_id_parameter {
            Some(name) => {
                let added = self.destination.with_click_id(name);
                if let Some(added) = violations.check("tracking_link.destination", added) {
                    self.destination = added;
                }
            }
            None => violations.add(
                "preset_id",
                format!(
                    "the name under which the links of {} take the click id is not known; write \
                     `name=[s2sidentifier]` into the destination, with the name that it documents",
                    preset.name
                ),
            ),
        }
        if violations.is_empty() { Ok(()) } else { Err(violations.into_error()) }
    }
}

/// Returns the presets of the codes. All codes must be the account's own.
async fn presets(app: &App, account: AccountId, codes: &CodeIds) -> Result<Vec<&'static Preset>> {
    let mut presets = Vec::new();
    for id in codes.iter() {
        let code = conversion_code::find(app, Tenant::Account(account), id).await?;
        presets.extend(code.preset_id.preset());
    }
    Ok(presets)
}

/// Refuses another partner than the link had `before`, and a new partner that is archived or not the
/// account's own.
async fn check_partner(app: &App, link: &TrackingLink, before: Option<&TrackingLink>) -> Result<()> {
    let had = before.and_then(|before| before.partner_id);
    if link.partner_id == had {
        return Ok(());
    }
    let refused = |message: &str| {
        let mut violations = Violations::default();
        violations.add("tracking_link.partner_id", message);
        violations.into_error()
    };
    if had.is_some() {
        return Err(refused("never changes once it is set; make another link for another partner"));
    }
    let Some(id) = link.partner_id else { return Ok(()) };
    if partner::get(app, link.account_id, id).await?.archived_at.is_some() {
        return Err(refused("is an archived partner; unarchive it, or name another"));
    }
    Ok(())
}

impl TrackingLink {
    /// The share of the link's partner.
    pub fn share(&self) -> Share {
        self.partner_share.and_then(StoredShare::share).unwrap_or(Share::COMMISSION)
    }

    /// Checks the rules between the fields of a link.
    fn check(&self) -> Result<()> {
        if self.partner_share.is_some() && self.partner_id.is_none() {
            let mut violations = Violations::default();
            violations.add("tracking_link.partner_share", "needs a partner_id: nobody gets this share");
            return Err(violations.into_error());
        }
        if self.conversion_code_ids.0.is_empty() || self.destination.carries_click_id() {
            return Ok(());
        }
        let message = "a link with a conversion code must have `[s2sidentifier]` in the path or query of its \
                       destination, or no click id reaches the merchant; add for example `?s1=[s2sidentifier]`";
        Err(Error::new(ErrorReason::ClickIdMacroMissing, message).at_field("tracking_link.destination"))
    }

    /// Refuses a link that leads to this server, because it could lead to itself. Refuses a
    /// destination that has its scheme twice, such as `https://https://shop.example`: it leads to
    /// no server.
    fn check_hosts(&self, own_urls: [&Url; 2]) -> Result<()> {
        let mut violations = Violations::default();
        for (field, destination) in
            [("destination", &self.destination), ("fallback_destination", &self.fallback_destination)]
        {
            if own_urls.into_iter().any(|own| destination.is_at(own)) {
                let message = "leads to this server itself; give the merchant's URL";
                violations.add(&format!("tracking_link.{field}"), message);
            }
            if destination.repeats_scheme() {
                violations.add(&format!("tracking_link.{field}"), "has `https://` twice; write it once");
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(violations.into_error()) }
    }

    /// The URL to publish.
    pub fn url(&self, public_url: &Url) -> String {
        format!("{public_url}{}", self.slug)
    }
}

/// Parses a link's id. A malformed id gives the same error as an unknown one.
pub fn parse_id(text: &str) -> Result<TrackingLinkId> {
    text.parse().map_err(|_| Error::not_found("tracking link", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_have_one_form() {
        for (text, ok) in [
            ("a", true),
            ("summer-sale_2", true),
            ("0x", true),
            (&"a".repeat(64), true),
            (&"a".repeat(65), false),
            ("", false),
            ("-a", false),
            ("_a", false),
            ("A", false),
            ("a b", false),
            ("a/b", false),
            ("ä", false),
            ("s2s", false),
            ("healthz", false),
            ("console", false),
        ] {
            assert_eq!(text.parse::<Slug>().is_ok(), ok, "{text}");
        }
        assert_eq!(Slug::from_path("Summer").unwrap().to_string(), "summer");
    }

    #[test]
    fn link_keys_have_40_bits() {
        assert_eq!(LinkKey::from_bits(u64::MAX).bits(), (1 << 40) - 1);
        assert!(LinkKey::random(&Random::system()).bits() < 1 << 40);
    }
}
