//! Conversions: their attribution, their worth (value and commission), and the rule that each
//! counts once.
//!
//! `evaluate` loads the facts, `build` makes the conversion, and `check` judges it by the set-up.
//! If the conversion is recorded already, it counts even if `check` refuses it now. The unique
//! index of the table (click id, code, dedupe key) alone decides whether a conversion is a
//! duplicate. Before the insert, a query looks for an earlier conversion in three cases only: a new
//! conversion would be refused, the click's conversions were repeated very often in the last minute
//! (`postback/repetitions.rs`), or a replay can't check a signature (`postback/replay.rs`).
//!
//! Absent on purpose: changing the worth or the identity of a recorded conversion. Whatever comes
//! later is an adjustment, and the conversion only tells what the adjustments have led to
//! (`standing`).

mod brief;
mod claim;
mod conversion_id;
pub mod grpc;
mod named;
pub mod of_partner;
mod order_key;
mod outcome;
mod owed;
mod params;
mod samples;
mod standing;
mod store;
pub mod watch;
mod write;

use std::{collections::HashSet, sync::Arc};

use s2s_sdk::v1::{ErrorReason, Note, NoteCode};
use sea_orm::{ConnectionTrait, DbErr, DeriveValueType, TryFromU64};

use crate::{
    api::Tenant,
    core::{
        App, age,
        click::{self, CLOCK_SKEW_MAX},
        conversion_code::{
            self, ConversionCode, ConversionCodeId, DedupePolicy, TransactionScope, UpdatePolicy,
        },
        scan::scan,
        tracking_link::{self, TrackingLink, TrackingLinkId},
    },
    error::{Error, Result, Violations},
    page::{Page, PageRequest},
    values::{
        click_id::{ClickId, SignedClickId},
        conversion_status::ConversionStatus,
        id::{AccountId, PartnerId},
        time::{Span, Time},
    },
};

pub use brief::{Brief, list_briefs, oldest_first};
#[cfg(any(test, fuzzing))]
pub use claim::{
    CUSTOM_PARAM_KEY_BYTES_MAX, CUSTOM_PARAM_VALUE_BYTES_MAX, CUSTOM_PARAMS_MAX, TRANSACTION_ID_BYTES_MAX,
};
pub use claim::{Commission, ConversionClaim, CustomParams, Happened, TransactionId};
pub use conversion_id::ConversionId;
pub use named::{all_of_clicks, of_clicks, of_order, of_orders};
pub use order_key::delete_some as delete_some_orders;
pub use outcome::{Counted, Recorded, Verdict};
pub use params::erase;
pub use samples::sample;
pub use standing::{Standing, lock, stand};
pub use store::{Model as Conversion, New, add_to, find_same, insert};
pub use write::{Insert, enter};

/// Longest time from a click to its conversion. Deletion compares the click's time, so this time is
/// added to the retention of conversions.
const WINDOW_MAX: Span = Span::from_seconds(conversion_code::WINDOW_SECONDS_MAX);

/// Length of the list's sort key, in bytes: time of recording, click id, serial.
pub const LIST_KEY_BYTES: usize = 32;

/// The identity of a conversion within its click and code: two claims with the same key report the
/// same conversion. Binary, compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct DedupeKey(Vec<u8>);

// SeaORM requires this trait of every part of a primary key. No part here is a number made by the
// database.
impl TryFromU64 for DedupeKey {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("DedupeKey"))
    }
}

impl DedupeKey {
    const TRANSACTION: u8 = b't';
    const ONE_PER_CLICK: u8 = b'1';
    const REQUEST: u8 = b'r';
    const SERIAL: u8 = b's';

    /// Uses the transaction id if there is one, or else follows the code's policy.
    fn new(
        transaction_id: &TransactionId,
        policy: DedupePolicy,
        request_id: Option<&[u8]>,
        serial: i64,
    ) -> Self {
        let serial = serial.to_be_bytes();
        let (kind, rest): (u8, &[u8]) = match (policy, request_id) {
            _ if !transaction_id.as_str().is_empty() => return Self::of_transaction(transaction_id),
            (DedupePolicy::OnePerClick, _) => (Self::ONE_PER_CLICK, &[]),
            (DedupePolicy::Every, Some(request_id)) => (Self::REQUEST, request_id),
            (DedupePolicy::Every, None) => (Self::SERIAL, &serial),
        };
        Self([&[kind], rest].concat())
    }

    /// The key of every conversion with this transaction id, whatever its click and code.
    fn of_transaction(id: &TransactionId) -> Self {
        Self([&[Self::TRANSACTION], id.as_str().as_bytes()].concat())
    }

    /// The transaction id; empty if none was sent.
    fn transaction_id(&self) -> &str {
        match self.0.split_first() {
            Some((&Self::TRANSACTION, id)) => std::str::from_utf8(id).unwrap_or_default(),
            _ => "",
        }
    }
}

/// Verifies the click id, loads the link, and judges a claim for its code. `Ok` is a conversion
/// that counts, or a duplicate of a recorded one.
pub async fn evaluate(app: &App, code: &ConversionCode, claim: ConversionClaim) -> Result<Conversion> {
    let click_id = claim.click_id.ok_or_else(Error::click_id_invalid)?;
    let click = app.click_id_keys.verify(click_id, code.account_id).await?;
    let click = click.ok_or_else(Error::click_id_invalid)?;
    let unproven = click::unproven(app, code.account_id, click).await?;
    check_known(click.id, forgotten_before(app))?;
    age::make_room(app, click.id.time()).await?;
    let link = match (find_link(app, code.account_id, click).await, unproven.as_ref()) {
        (Err(error), Some(_)) if error.is_permanent() => return Err(unproven.unwrap_or(error)),
        (link, _) => link?,
    };
    let serial = i64::from_be_bytes(app.random.bytes()) & i64::MAX;
    let (happened, now) = (claim.happened, app.now());
    let conversion = build(claim, code, click, &link, serial, now)?;
    let checked = unproven.map_or_else(|| check(happened, &conversion, code, &link, now), Err);
    match checked {
        // A recorded conversion counts, however the set-up has changed since.
        Err(_) if find_same(app.db.reader(), &conversion).await?.is_some() => Ok(conversion),
        checked => checked.map(|()| conversion),
    }
}

/// Conversions of clicks before this time are not kept when the deletion time (`age`) is `until`.
/// `None` if all conversions are kept. The longest attribution window is added to the retention, so
/// that even a conversion at the end of that window is kept for its full retention.
pub fn not_kept_before(app: &App, until: Time) -> Option<Time> {
    app.retention.conversions.map(|kept| until.minus(kept).minus(WINDOW_MAX))
}

/// Conversions of clicks before this time may have been deleted, so further conversions of these
/// clicks can't count any more. This time is the later of two limits: that of the present
/// retention, and that of the deletions so far.
fn forgotten_before(app: &App) -> Time {
    let set = not_kept_before(app, app.age.until());
    set.map_or_else(|| app.age.forgotten_before(), |set| set.max(app.age.forgotten_before()))
}

/// Returns an error if an earlier conversion of the click may have been deleted: this conversion
/// might then be counted twice.
fn check_known(click: ClickId, forgotten_before: Time) -> Result<()> {
    if click.time() < forgotten_before {
        let message = "the click is older than the conversions kept here, so it is no longer known whether this \
                       was counted before; if no conversion of that time was deleted yet, lengthen `--retain-conversions-days`, \
                       then replay the postback or report the conversion again";
        return Err(Error::new(ErrorReason::ClickTooOld, message));
    }
    Ok(())
}

/// Deletes a batch of the conversions whose click id is less than `below`. Returns the number
/// deleted, and true if more may be left.
pub async fn delete_some(app: &App, below: uuid::Uuid) -> Result<(u64, bool)> {
    Ok(app.db.delete_some::<store::Entity>(store::Column::ClickId, below).await?)
}

/// Takes back a conversion that was written in this transaction. `id` is the text of its id.
pub async fn take_back(txn: &impl ConnectionTrait, id: &str) -> Result<(), DbErr> {
    let id = id.parse().map_err(|_| DbErr::Custom("a conversion without an id".to_owned()))?;
    store::take_back(txn, id).await
}

/// Finds the tracking link of a genuine click.
pub async fn find_link(app: &App, account: AccountId, click: SignedClickId) -> Result<Arc<TrackingLink>> {
    let link = tracking_link::find(app, Tenant::Account(account), click.id.link_key()).await?;
    link.ok_or_else(|| {
        let message = "the click id is genuine, but its tracking link is not known here; once it is known, a held \
                       postback is matched automatically for 7 days, later by a replay; repeat any other call";
        Error::new(ErrorReason::TrackingLinkUnknown, message)
    })
}

/// Returns an error if nothing counts for the code at this time. An archived code counts reports
/// that arrived before it was archived.
pub fn check_code(code: &ConversionCode, at: Time) -> Result<()> {
    if code.archived_since().is_some_and(|since| since <= at) {
        let message = format!(
            "the conversion code `{}` is archived; unarchive it and replay, or use an active one",
            code.id
        );
        return Err(Error::new(ErrorReason::ConversionCodeArchived, message));
    }
    Ok(())
}

/// Returns an error if clicks of this time on the link don't count for the code. Archiving a link
/// ends its traffic, but clicks from before the archiving still count.
pub fn check_link(code: &ConversionCode, link: &TrackingLink, clicked_at: Time) -> Result<()> {
    if link.archived_since().is_some_and(|since| since <= clicked_at) {
        let message = format!(
            "the click came after the tracking link `{}` was archived; unarchive it and replay, or use an active one",
            link.id
        );
        return Err(Error::new(ErrorReason::TrackingLinkArchived, message));
    }
    if !link.conversion_code_ids.contains(code.id) {
        let message = format!(
            "the click came over the tracking link `{}`, which does not have the conversion code `{}`; add the \
             code to the link, then replay the postback or report the conversion again",
            link.id, code.id
        );
        return Err(Error::new(ErrorReason::CodeNotOnLink, message).with("tracking_link_id", &link.id));
    }
    Ok(())
}

/// Returns an error if the code, the link or the times keep the conversion from counting.
fn check(
    happened: Happened,
    conversion: &Conversion,
    code: &ConversionCode,
    link: &TrackingLink,
    now: Time,
) -> Result<()> {
    let (clicked_at, converted_at) = (conversion.click_id.time(), conversion.converted_at);
    check_code(code, happened.judged_at(now))?;
    check_link(code, link, clicked_at)?;
    if matches!(happened, Happened::At(_)) && converted_at > now.plus(CLOCK_SKEW_MAX) {
        let mut violations = Violations::default();
        violations.add("conversion_time", "must not be in the future");
        return Err(violations.into_error());
    }
    if clicked_at > converted_at.plus(CLOCK_SKEW_MAX) {
        let message = "the conversion is said to have happened before its click; check the sender's clock";
        return Err(Error::new(ErrorReason::ClickLaterThanConversion, message));
    }
    if converted_at > clicked_at.plus(code.attribution_window) {
        let message = "the click is older than the attribution window of the conversion code; lengthen the window, \
                       then replay the postback or report the conversion again";
        return Err(Error::new(ErrorReason::AttributionWindowPassed, message));
    }
    Ok(())
}

/// Makes the conversion that is claimed, with its worth and its identity.
fn build(
    claim: ConversionClaim,
    code: &ConversionCode,
    click: SignedClickId,
    link: &TrackingLink,
    serial: i64,
    now: Time,
) -> Result<Conversion> {
    let currency = claim.currency.unwrap_or(code.default_currency);
    if let Some(other) = claim.commission_currency.filter(|other| *other != currency) {
        let message =
            format!("the value is in {currency}, and the commission in {other}; send both in one currency");
        return Err(Error::new(ErrorReason::CurrencyInvalid, message));
    }
    let (commission, commission_percent) = match claim.commission {
        Commission::Amount(amount) => (amount, None),
        Commission::Percent(percent) => (claim.value.percent(percent), Some(percent)),
    };
    let request_id = claim.request_id.as_deref();
    Ok(Conversion {
        click_id: click.id,
        code_id: code.id,
        dedupe_key: DedupeKey::new(&claim.transaction_id, code.dedupe_policy, request_id, serial),
        serial,
        key_id: click.key_id,
        account_id: code.account_id,
        link_id: link.id,
        partner_id: link.partner_id,
        partner_share: link.partner_id.map(|_| link.share().into()),
        currency,
        value: claim.value,
        commission,
        commission_percent,
        status: claim.status.unwrap_or(code.default_status),
        status_word: claim.status_word,
        custom_params: claim.custom_params,
        converted_at: claim.happened.time(click.id.time(), now),
        created_at: now,
        adjustments: None,
        current_status: None,
        current_value: None,
        current_commission: None,
    })
}

/// Records a conversion that counts. Returns once it is durable.
pub async fn record(app: &App, row: Conversion, scope: TransactionScope) -> Result<Recorded> {
    let (Insert { row, .. }, earlier) = app.commit.write(Insert { row, scope }).await?;
    Recorded::new(row, earlier, UpdatePolicy::None)
}

/// Returns the answer that `record` would give, and records nothing.
pub async fn preview(app: &App, row: Conversion, scope: TransactionScope) -> Result<Recorded> {
    let earlier = earlier(app, New { row: &row, scope, locks: false }).await?;
    Recorded::new(row, earlier, UpdatePolicy::None)
}

/// Finds the recorded conversion of which this one would be a duplicate.
pub async fn earlier(app: &App, new: New<'_>) -> Result<Option<Conversion>> {
    Ok(match find_same(app.db.reader(), new.row).await? {
        Some(same) => Some(same),
        None => order_key::find(app.db.reader(), new).await?,
    })
}

/// Reads conversions of all accounts in the order of their keys, from the one after `after`, at most
/// `limit`.
pub async fn in_order(
    db: &impl ConnectionTrait,
    after: Option<&Conversion>,
    limit: u64,
) -> Result<Vec<Conversion>> {
    Ok(store::in_order(db, after, limit).await?)
}

/// Returns those of the clicks that have conversions, in any account.
pub async fn converted(app: &App, clicks: HashSet<ClickId>) -> Result<HashSet<ClickId>> {
    Ok(store::converted(app.db.scanner(), clicks).await?)
}

/// Counts the conversions of a click.
pub async fn count(app: &App, account: AccountId, click: ClickId) -> Result<u64> {
    scan(app, account, async |db| store::count(db, account, click).await).await
}

pub async fn get(app: &App, account: AccountId, id: ConversionId) -> Result<Conversion> {
    let found = store::find(app.db.reader(), account, id).await?;
    let found = found.ok_or_else(|| Error::not_found("conversion", &id))?;
    app.click_id_keys.learn(found.key_id).await?;
    Ok(found)
}

/// Filter of a list. All given conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub code: Option<ConversionCodeId>,
    pub link: Option<TrackingLinkId>,
    pub partner: Option<PartnerId>,
    pub click: Option<ClickId>,
    pub transaction: Option<DedupeKey>,
    /// The present status. `recorded_status` is the status at the time of recording.
    pub status: Option<ConversionStatus>,
    pub recorded_status: Option<ConversionStatus>,
    /// The time that `start` and `end` are compared with.
    pub time: TimeKind,
    pub start: Option<Time>,
    pub end: Option<Time>,
}

/// The times of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeKind {
    #[default]
    Created,
    Converted,
    Clicked,
}

/// Lists conversions, newest first.
pub async fn list(
    app: &App,
    account: AccountId,
    filter: &Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
) -> Result<Page<Conversion, LIST_KEY_BYTES>> {
    let found = scan(app, account, async |db| store::list(db, account, filter, page).await).await?;
    if let Some(newest) = found.rows().map(|conversion| conversion.key_id).max() {
        app.click_id_keys.learn(newest).await?;
    }
    Ok(found)
}

impl Conversion {
    pub fn id(&self) -> ConversionId {
        ConversionId { click: self.click_id, serial: self.serial }
    }

    pub fn transaction_id(&self) -> &str {
        self.dedupe_key.transaction_id()
    }

    /// Replaces the request id, if it is the identity of this conversion.
    pub fn identify_by(&mut self, request_id: &[u8]) {
        if self.dedupe_key.0.first() == Some(&DedupeKey::REQUEST) {
            self.dedupe_key = DedupeKey([&[DedupeKey::REQUEST], request_id].concat());
        }
    }
}

pub fn note(code: NoteCode, parameter: &str, message: impl Into<String>) -> Note {
    Note { code: code.into(), parameter: parameter.to_owned(), message: message.into() }
}

#[cfg(test)]
mod tests;
