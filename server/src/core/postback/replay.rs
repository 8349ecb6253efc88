//! Held postbacks read again: when somebody asks for it, after the cause was mended; and by itself, where
//! the conversion code or tracking link that a postback names was not known here yet.
//!
//! Absent on purpose: matching by itself of what was held for any other cause. Whoever mends a set-up
//! decides what it is to count.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use s2s_sdk::v1::{ErrorReason, NoteCode};
use tokio_util::sync::CancellationToken;

use super::{
    Filter, LIST_KEY_BYTES, Overrides, Postback, Reason, Verdict, account_of, get, judge, list, named, proof,
    read, settled, store, write,
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

/// How often it is asked what is due to be matched.
const MATCH_INTERVAL: Duration = Duration::from_secs(1);
/// Postbacks that are matched at once: a bound of the work, whatever strangers send.
const MATCHES_MAX: u64 = 100;
/// How long after its arrival a postback is matched by itself. Until then it is looked at again whenever
/// its age has doubled, and every hour at least.
const MATCHED_FOR: Span = Span::from_seconds(7 * 86_400);
const MATCH_WAIT_MIN: Span = Span::from_seconds(1);
pub const MATCH_WAIT_MAX: Span = Span::from_seconds(3_600);

/// How postbacks are replayed.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    pub overrides: Overrides,
    /// Count also what did not pass the checks of its sender.
    pub trust_sender: bool,
    /// Say what would become of them, and write nothing.
    pub validate_only: bool,
}

/// Replays these postbacks. One that is not held any more is returned as it is.
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

/// Replays a page of what is held and passes the filter, newest first.
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

/// A code that the caller names must be the account's own.
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
    let raw = held.raw();
    let mut reading = read(app, Tenant::All, &raw, &how.overrides).await?;
    let code = named(app, Tenant::All, &reading).await?;
    let mut unproven = code.as_ref().and_then(|code| proof::unproven(code, &held));
    if how.trust_sender && unproven.take().is_some() {
        let message = "the replay vouches for its sender";
        reading.notes.push(note(NoteCode::Overridden, "", message));
    }
    reading.notes.extend(held.check_notes().chain(held.erasure()));
    let account = account_of(code.as_deref());
    let signature = code.and_then(|code| proof::signature_of(&code, &held, &raw));
    let (mut postback, judged) = judge(app, held.id, raw, reading, account, signature).await?;
    let judged = unproven.map_or(judged, Err);
    postback.authenticated = held.authenticated;
    postback.checks_passed = held.checks_passed;
    postback.replayed_at = Some(app.now());
    if how.validate_only {
        let outcome = match judged {
            Ok(conversion) => settled(conversion::preview(app, conversion).await)?,
            Err(error) => Err(error),
        };
        postback.conclude(outcome);
        return Ok(postback);
    }
    write(app, postback, judged, store::Mode::Update).await
}

/// When a postback that has just been held is to be looked at again by itself.
pub fn next_match(held: &Postback, now: Time) -> Option<Time> {
    let Reason(reason) = held.reason?;
    let waits = matches!(reason, ErrorReason::UnknownConversionCode | ErrorReason::TrackingLinkUnknown);
    let age = now.since(held.received_at);
    (waits && age < MATCHED_FOR).then(|| now.plus(age.clamp(MATCH_WAIT_MIN, MATCH_WAIT_MAX)))
}

/// Matches held postbacks by itself until `stopping`, or until the app is gone.
pub async fn keep_matching(app: Weak<App>, stopping: CancellationToken) {
    while stopping.run_until_cancelled(tokio::time::sleep(MATCH_INTERVAL)).await.is_some() {
        let Some(app) = app.upgrade() else { return };
        // A failure says nothing of the postbacks; they are due still.
        if let Err(error) = match_due(&app).await {
            tracing::warn!(%error, "held postbacks could not be matched");
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
            // It must not keep those behind it waiting.
            Err(error) => {
                tracing::warn!(postback = %held.id, %error, "a held postback could not be matched");
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

/// Whether what it waits for has come. Then it is replayed.
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
    use crate::{core::postback::reader, values::id::Random};

    const ARRIVED: Time = Time::from_micros(1_763_900_000_000_000);

    fn held(reason: ErrorReason) -> Postback {
        let raw = super::super::Raw {
            method: "GET".to_owned(),
            target: b"/s2s".to_vec(),
            content_type: String::new(),
            body: Vec::new(),
            address: String::new(),
            user_agent: String::new(),
            received_at: ARRIVED,
            cut: false,
        };
        let reading = reader::read(&raw, &Overrides::default());
        let id = PostbackId(Random::system().id(ARRIVED));
        let postback = Postback::new(id, AccountId::DEFAULT, raw, &reading);
        Postback { reason: Some(Reason(reason)), ..postback }
    }

    #[test]
    fn what_may_come_by_itself_is_looked_at_ever_more_seldom() {
        let held = held(ErrorReason::UnknownConversionCode);
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
    fn nothing_else_is_matched_by_itself() {
        for reason in (1..1_000).filter_map(|number| ErrorReason::try_from(number).ok()) {
            let expected =
                matches!(reason, ErrorReason::UnknownConversionCode | ErrorReason::TrackingLinkUnknown);
            assert_eq!(next_match(&held(reason), ARRIVED).is_some(), expected, "{reason:?}");
        }
    }
}
