//! Replay of held postbacks: on request, once the cause is mended, or automatically by `matching`.

use s2s_sdk::v1::NoteCode;

use super::{
    Filter, LIST_KEY_BYTES, Overrides, Postback, Verdict, get, judge, list, of_click, proof, read,
    split_retryable, store, update, write,
};
use crate::{
    api::Tenant,
    core::{
        App,
        conversion::{self, Conversion, note},
        conversion_code,
        turn::Turn,
    },
    error::{Error, Result},
    page::PageRequest,
    values::id::AccountId,
    values::id::PostbackId,
};

/// Instructions for a replay.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    pub overrides: Overrides,
    /// Also counts postbacks that did not pass the checks of their sender.
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
    let mut turn = Turn::begin();
    for id in ids {
        let postback = get(app, account, *id).await?;
        let replayed = replay_one(app, postback, how).await?;
        postbacks.push(replayed.ok_or_else(|| Error::not_found("postback", id))?);
        turn.share().await;
    }
    Ok(postbacks)
}

/// Replays a page of the held postbacks that pass the filter, newest first. A postback that is
/// deleted meanwhile is left out.
pub async fn replay_held(
    app: &App,
    account: AccountId,
    filter: Filter,
    page: &PageRequest<LIST_KEY_BYTES>,
    how: &Replay,
) -> Result<(Vec<Postback>, String)> {
    check(app, account, how).await?;
    let held = Filter { verdict: Some(Verdict::Held), ..filter };
    let (held, next_page_token) = list(app, account, &held, page).await?.into_rows();
    let mut postbacks = Vec::with_capacity(held.len());
    let mut turn = Turn::begin();
    for postback in held {
        postbacks.extend(replay_one(app, postback, how).await?);
        turn.share().await;
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

/// Replays a postback. Returns `None` if it is deleted by now.
pub async fn replay_one(app: &App, held: Postback, how: &Replay) -> Result<Option<Postback>> {
    if held.verdict != Verdict::Held {
        return Ok(Some(held));
    }
    let tenant = tenant_of(held.account_id, held.from_edge);
    let (mut reading, code) = read(app, tenant, &held, &how.overrides).await?;
    let code = code.as_deref();
    let mut unproven = code.and_then(|code| proof::unproven(code, &held));
    if how.trust_sender && unproven.take().is_some() {
        let message = "the replay vouches for its sender";
        reading.notes.push(note(NoteCode::Overridden, "", message));
    }
    reading.notes.extend(held.check_notes().chain(held.erasure()));
    let signature = code.and_then(|code| proof::signature_of(code, &held));
    let is_uncheckable = code.is_some_and(|code| proof::is_uncheckable(code, &held));
    let mut postback = held;
    // A postback whose code is not known stays with its account.
    postback.account_id = code.map_or(postback.account_id, |code| code.account_id);
    postback.replayed_at = Some(app.now());
    postback.match_at = None;
    let mut judged = judge(app, code, &mut postback, reading, signature).await?;
    if let Ok(report) = &mut judged
        && is_uncheckable
    {
        tell_apart(app, &postback, &mut report.conversion).await?;
    }
    let judged = unproven.map_or(judged, Err);
    if how.validate_only {
        let outcome = match judged {
            Ok(report) => split_retryable(update::preview(app, report).await)?.map(Into::into),
            Err(error) => Err(error),
        };
        postback.apply_outcome(outcome);
        return Ok(Some(postback));
    }
    write(app, postback, judged, true, store::Mode::Update).await
}

/// Identifies a conversion by its postback's id instead of its signature, if another call with the
/// same signature has counted. The signature can't be checked any more, and a sender may end all
/// its calls with the same wrong signature.
async fn tell_apart(app: &App, postback: &Postback, conversion: &mut Conversion) -> Result<()> {
    let Some(earlier) = conversion::find_same(app.db.reader(), conversion).await? else { return Ok(()) };
    let duplicate = Postback { conversion_id: earlier.id().to_string(), ..postback.clone() };
    let first = of_click::counted(app.db.reader(), &duplicate).await?;
    if first.is_some_and(|first| postback.is_another_call(&first)) {
        conversion.identify_by(postback.id.0.as_bytes());
    }
    Ok(())
}

/// Returns the accounts for which a held postback of an account may count. The installation's own
/// account also keeps the postbacks that edges passed on for unknown codes, which may belong to any
/// account. A postback that a caller reported with an API key stays in the account of that key.
pub fn tenant_of(account: AccountId, from_edge: bool) -> Tenant {
    if from_edge && account == AccountId::DEFAULT { Tenant::All } else { Tenant::Account(account) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_edges_postback_in_the_installations_account_may_count_for_any_account() {
        let (own, other) = (AccountId::DEFAULT, AccountId(uuid::Uuid::from_u128(2)));
        for (account, from_edge, expected) in [
            (own, true, Tenant::All),
            (own, false, Tenant::Account(own)),
            (other, true, Tenant::Account(other)),
            (other, false, Tenant::Account(other)),
        ] {
            assert_eq!(tenant_of(account, from_edge), expected, "{account} {from_edge}");
        }
    }
}
