//! Automatic matching: counts a held postback once the conversion code, tracking link or click that
//! it waits for is known here, and a refund once its sale is recorded.
//!
//! Strangers can send any number of postbacks with invented codes, links and clicks. So a search
//! looks at many postbacks at once: it makes one query for all their codes, one for all their links,
//! one for all their clicks and one for all their sales. It replays only the postbacks whose code,
//! link, click or sale is known by now.
//!
//! Absent on purpose: postbacks held for any other cause. The person who mends a set-up also
//! decides which postbacks count.

mod store;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Weak},
    time::Duration,
};

use s2s_sdk::v1::ErrorReason;
use tokio_util::sync::CancellationToken;

use super::{
    Reason,
    replay::{Replay, replay_one, tenant_of},
    store as postbacks,
};
use crate::{
    core::{
        App, click, conversion,
        conversion_code::{self, ConversionCodeId},
        tracking_link,
    },
    error::Result,
    values::{
        click_id::{ClickId, LinkKey},
        id::{AccountId, PostbackId},
        time::{Span, Time},
    },
};

use store::Due;

/// Interval between searches for postbacks that are due.
const MATCH_INTERVAL: Duration = Duration::from_secs(1);
/// Maximum number of postbacks that one search looks at.
const LOOKED_AT_MAX: u64 = 5_000;
/// Maximum number of postbacks that are replayed after one search.
const MATCHES_MAX: usize = 100;
/// Period after a postback's arrival in which it is matched automatically. During this time it is
/// tried again whenever its age has doubled, and at least every hour.
const MATCHED_FOR: Span = Span::from_seconds(7 * 86_400);
const MATCH_WAIT_MIN: Span = Span::from_seconds(1);
const MATCH_WAIT_MAX: Span = Span::from_seconds(3_600);

/// The reasons to hold a postback for something that may still arrive.
const WAITS: [ErrorReason; 4] = [
    ErrorReason::ConversionCodeUnknown,
    ErrorReason::TrackingLinkUnknown,
    ErrorReason::ClickIdKeyEnded,
    ErrorReason::ConversionNotRecorded,
];

/// Returns the time of the next match of a postback that is held for this reason. `None` if it is
/// never, or no longer, matched automatically.
///
/// Waits are whole seconds, so that one statement sets the time of all postbacks of about the same
/// age.
pub fn next_match(reason: Option<Reason>, received_at: Time, now: Time) -> Option<Time> {
    let Reason(reason) = reason?;
    let waits = WAITS.contains(&reason);
    let age = now.since(received_at);
    let wait = Span::from_seconds(age.clamp(MATCH_WAIT_MIN, MATCH_WAIT_MAX).seconds());
    (waits && age < MATCHED_FOR).then(|| now.plus(wait))
}

/// Matches held postbacks automatically until `stopping`, or until the app is gone.
pub async fn run_auto_match(app: Weak<App>, stopping: CancellationToken) {
    while stopping.run_until_cancelled(tokio::time::sleep(MATCH_INTERVAL)).await.is_some() {
        let Some(app) = app.upgrade() else { return };
        // A failure says nothing about the postbacks; they are still due.
        if let Err(error) = match_due(&app).await {
            tracing::warn!(%error, "could not match held postbacks");
        }
    }
}

async fn match_due(app: &Arc<App>) -> Result<()> {
    let due = store::due(app.db.scanner(), app.now(), LOOKED_AT_MAX).await?;
    let known = Known::of(app, &due).await?;
    let (come, mut postponed): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|due| known.has(due));
    // Postbacks beyond the maximum stay due.
    for due in come.into_iter().take(MATCHES_MAX) {
        match match_one(app, &due).await {
            Ok(true) => {}
            Ok(false) => postponed.push(due),
            // A failure must not keep the postbacks after this one waiting.
            Err(error) => {
                tracing::warn!(postback = %due.id, %error, "could not match a held postback");
                postponed.push(due);
            }
        }
    }
    let mut times: BTreeMap<Option<Time>, Vec<PostbackId>> = BTreeMap::new();
    for due in postponed {
        times.entry(next_match(due.reason, due.received_at, app.now())).or_default().push(due.id);
    }
    if times.is_empty() {
        return Ok(());
    }
    let txn = app.db.begin().await?;
    postbacks::lock(&txn, times.values().flatten().copied().collect()).await?;
    for (time, ids) in times {
        store::postpone(&txn, ids, time).await?;
    }
    Ok(txn.commit().await?)
}

/// The codes, links, clicks and sales that due postbacks wait for, and that are known here by now.
struct Known {
    codes: HashMap<ConversionCodeId, AccountId>,
    links: HashSet<LinkKey>,
    clicks: HashSet<ClickId>,
    /// Clicks with conversions. One of them may be the sale that a refund waits for.
    converted: HashSet<ClickId>,
}

impl Known {
    async fn of(app: &App, due: &[Due]) -> Result<Self> {
        let codes: HashSet<_> = due.iter().filter_map(unknown_code).collect();
        let links: HashSet<_> = due.iter().filter_map(unknown_link).collect();
        let clicks: HashSet<_> = due.iter().filter_map(missing_click).collect();
        Ok(Self {
            codes: conversion_code::existing(app, codes).await?,
            links: tracking_link::existing(app, links).await?,
            clicks: click::existing(app, clicks).await?,
            converted: conversion::converted(app, due.iter().filter_map(unrecorded_sale).collect()).await?,
        })
    }

    /// Returns whether the code is known, and the postback may count for it. If the code is another
    /// account's, a replay would fail, and would only take the place of another postback in this
    /// search.
    fn sees(&self, due: &Due, code: ConversionCodeId) -> bool {
        self.codes.get(&code).is_some_and(|account| tenant_of(due.account_id, due.from_edge).sees(*account))
    }

    fn has(&self, due: &Due) -> bool {
        unknown_code(due).is_some_and(|code| self.sees(due, code))
            || unknown_link(due).is_some_and(|link| self.links.contains(&link))
            || missing_click(due).is_some_and(|click| self.clicks.contains(&click))
            || unrecorded_sale(due).is_some_and(|click| self.converted.contains(&click))
    }
}

/// The code for which a postback waits.
fn unknown_code(due: &Due) -> Option<ConversionCodeId> {
    let waits = due.reason == Some(Reason(ErrorReason::ConversionCodeUnknown));
    due.code().filter(|_| waits)
}

/// The link for which a postback waits.
fn unknown_link(due: &Due) -> Option<LinkKey> {
    let waits = due.reason == Some(Reason(ErrorReason::TrackingLinkUnknown));
    due.click().filter(|_| waits).map(ClickId::link_key)
}

/// The click for which a postback waits.
fn missing_click(due: &Due) -> Option<ClickId> {
    let waits = due.reason == Some(Reason(ErrorReason::ClickIdKeyEnded));
    due.click().filter(|_| waits)
}

/// The click of the sale for which a refund waits.
fn unrecorded_sale(due: &Due) -> Option<ClickId> {
    let waits = due.reason == Some(Reason(ErrorReason::ConversionNotRecorded));
    due.click().filter(|_| waits)
}

/// Replays a postback if it would now count, or be held for another reason. Returns true if it was
/// replayed, or is deleted.
async fn match_one(app: &App, due: &Due) -> Result<bool> {
    let Some(held) = postbacks::find_any(app.db.reader(), due.id).await? else { return Ok(true) };
    let rehearsal = Replay { validate_only: true, ..Replay::default() };
    let rehearsed = replay_one(app, held.clone(), &rehearsal).await?;
    let come = rehearsed.is_some_and(|rehearsed| rehearsed.reason != held.reason);
    if come {
        replay_one(app, held, &Replay::default()).await?;
    }
    Ok(come)
}

#[cfg(test)]
mod tests {
    use super::*;
    const ARRIVED: Time = Time::from_micros(1_763_900_000_000_000);

    #[test]
    fn automatic_matches_become_ever_rarer() {
        let reason = Some(Reason(ErrorReason::ConversionCodeUnknown));
        for (age, wait) in [
            (0, Some(1)),
            (1, Some(1)),
            (10, Some(10)),
            (3_600, Some(3_600)),
            (86_400, Some(3_600)),
            (7 * 86_400 - 1, Some(3_600)),
            (7 * 86_400, None),
        ] {
            let now = ARRIVED.plus(Span::from_seconds(age));
            assert_eq!(
                next_match(reason, ARRIVED, now),
                wait.map(|wait| now.plus(Span::from_seconds(wait))),
                "{age}"
            );
        }
    }

    #[test]
    fn only_postbacks_that_wait_are_matched_automatically() {
        for reason in (1..1_000).filter_map(|number| ErrorReason::try_from(number).ok()) {
            let due = next_match(Some(Reason(reason)), ARRIVED, ARRIVED);
            assert_eq!(due.is_some(), WAITS.contains(&reason), "{reason:?}");
        }
    }
}
