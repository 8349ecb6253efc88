//! Replay of held postbacks: on request, after the cause was mended; and automatically, if the
//! conversion code or tracking link that a postback names was not known here yet.
//!
//! Absent on purpose: automatic matching of postbacks held for any other cause. The person who
//! mends a set-up also decides which postbacks count.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use s2s_sdk::v1::{ErrorReason, NoteCode};
use tokio_util::sync::CancellationToken;

use super::{
    Filter, LIST_KEY_BYTES, Overrides, Postback, Reason, Verdict, get, judge, list, proof, read,
    split_retryable, store, write,
};
use crate::{
    api::Tenant,
    core::{
        App,
        conversion::{self, note},
        conversion_code,
    },
    error::Result,
    page::PageRequest,
    values::id::PostbackId,
    values::{
        id::AccountId,
        time::{Span, Time},
    },
};

/// Interval between searches for postbacks that are due to be matched.
const MATCH_INTERVAL: Duration = Duration::from_secs(1);
/// Maximum number of postbacks that are matched after one search. Bounds the work, whatever
/// strangers send.
const MATCHES_MAX: u64 = 100;
/// Time after its arrival for which a postback is matched automatically. During this time it is
/// tried again whenever its age has doubled, and at least every hour.
const MATCHED_FOR: Span = Span::from_seconds(7 * 86_400);
const MATCH_WAIT_MIN: Span = Span::from_seconds(1);
pub const MATCH_WAIT_MAX: Span = Span::from_seconds(3_600);

/// Instructions for a replay.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    pub overrides: Overrides,
    /// Counts postbacks that did not pass the checks of their sender, too.
    pub trust_sender: bool,
    /// Returns the verdicts that the postbacks would get, and writes nothing.
    pub validate_only: bool,
}

/// Replays these postbacks. A postback that is no longer held is returned as it is.
pub async fn replay(
    app: &App,
    account: AccountId,
    ids: &[PostbackId],
    how: &Replay,
) -> Result<Vec<Postback>> {
    check(app, account, how).await?;
    let mut postbacks = Vec::with_capacity(ids.len());
    for id in ids {
        let postback = get(app, account, *id).await?;
        postbacks.push(replay_one(app, postback, how).await?);
    }
    Ok(postbacks)
}

/// Replays a page of the held postbacks that pass the filter, newest first.
pub async fn replay_held(
    app: &App,
    account: AccountId,
    filter: Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
    how: &Replay,
) -> Result<(Vec<Postback>, String)> {
    check(app, account, how).await?;
    let held = Filter { verdict: Some(Verdict::Held), ..filter };
    let (held, next_page_token) = list(app, account, &held, page).await?;
    let mut postbacks = Vec::with_capacity(held.len());
    for postback in held {
        postbacks.push(replay_one(app, postback, how).await?);
    }
    Ok((postbacks, next_page_token))
}

/// Checks that a code named by the caller is the account's own.
async fn check(app: &App, account: AccountId, how: &Replay) -> Result<()> {
    if let Some(code) = how.overrides.code {
        conversion_code::find(app, Tenant::Account(account), code).await?;
    }
    Ok(())
}

async fn replay_one(app: &App, held: Postback, how: &Replay) -> Result<Postback> {
    if held.verdict != Verdict::Held {
        return Ok(held);
    }
    let (mut reading, code) = read(app, tenant_of(&held), &held, &how.overrides).await?;
    let code = code.as_deref();
    let mut unproven = code.and_then(|code| proof::unproven(code, &held));
    if how.trust_sender && unproven.take().is_some() {
        let message = "the replay vouches for its sender";
        reading.notes.push(note(NoteCode::Overridden, "", message));
    }
    reading.notes.extend(held.check_notes().chain(held.erasure()));
    let signature = code.and_then(|code| proof::signature_of(code, &held));
    let mut postback = held;
    // A postback whose code is not known stays where it is.
    postback.account_id = code.map_or(postback.account_id, |code| code.account_id);
    postback.replayed_at = Some(app.now());
    postback.match_at = None;
    let judged = judge(app, code, &mut postback, reading, signature).await?;
    let judged = unproven.map_or(judged, Err);
    if how.validate_only {
        let outcome = match judged {
            Ok(conversion) => split_retryable(conversion::preview(app, conversion).await)?.map(Into::into),
            Err(error) => Err(error),
        };
        postback.apply_outcome(outcome);
        return Ok(postback);
    }
    write(app, postback, judged, store::Mode::Update).await
}

/// The codes for which a held postback may count. The installation's own account also keeps what
/// edges handed on for codes that were not known, of any account.
fn tenant_of(held: &Postback) -> Tenant {
    if held.account_id == AccountId::DEFAULT { Tenant::All } else { Tenant::Account(held.account_id) }
}

/// Returns the time of the next automatic match of a held postback. `None` if it is never, or no
/// longer, matched automatically.
pub fn next_match(held: &Postback, now: Time) -> Option<Time> {
    let Reason(reason) = held.reason?;
    let waits = matches!(reason, ErrorReason::ConversionCodeUnknown | ErrorReason::TrackingLinkUnknown);
    let age = now.since(held.received_at);
    (waits && age < MATCHED_FOR).then(|| now.plus(age.clamp(MATCH_WAIT_MIN, MATCH_WAIT_MAX)))
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
    let due = store::due(app.db.reader(), app.now(), MATCHES_MAX).await?;
    let mut postponed = Vec::new();
    for held in due {
        match match_one(app, &held).await {
            Ok(true) => {}
            Ok(false) => postponed.push(held),
            // A failure must not keep the postbacks after this one waiting.
            Err(error) => {
                tracing::warn!(postback = %held.id, %error, "could not match a held postback");
                postponed.push(held);
            }
        }
    }
    if postponed.is_empty() {
        return Ok(());
    }
    let txn = app.db.begin().await?;
    for held in postponed {
        store::postpone(&txn, held.id, next_match(&held, app.now())).await?;
    }
    Ok(txn.commit().await?)
}

/// Replays a held postback if its code or link is known by now. Returns whether it was replayed.
async fn match_one(app: &App, held: &Postback) -> Result<bool> {
    let rehearsal = Replay { validate_only: true, ..Replay::default() };
    let come = replay_one(app, held.clone(), &rehearsal).await?.reason != held.reason;
    if come {
        replay_one(app, held.clone(), &Replay::default()).await?;
    }
    Ok(come)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::id::Random;

    const ARRIVED: Time = Time::from_micros(1_763_900_000_000_000);

    fn held(reason: ErrorReason) -> Postback {
        let id = PostbackId(Random::system().id(ARRIVED));
        let postback = Postback::arrived(id, AccountId::DEFAULT, ARRIVED);
        Postback { reason: Some(Reason(reason)), ..postback }
    }

    #[test]
    fn automatic_matches_become_ever_rarer() {
        let held = held(ErrorReason::ConversionCodeUnknown);
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
            assert_eq!(next_match(&held, now), wait.map(|wait| now.plus(Span::from_seconds(wait))), "{age}");
        }
    }

    #[test]
    fn nothing_else_is_matched_automatically() {
        for reason in (1..1_000).filter_map(|number| ErrorReason::try_from(number).ok()) {
            let expected =
                matches!(reason, ErrorReason::ConversionCodeUnknown | ErrorReason::TrackingLinkUnknown);
            assert_eq!(next_match(&held(reason), ARRIVED).is_some(), expected, "{reason:?}");
        }
    }
}
