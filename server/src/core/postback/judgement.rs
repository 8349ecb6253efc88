//! The steps from an arriving or stored postback to its row: reading, removing secrets, judging,
//! writing. First arrivals, replays and explanations share them.

use std::sync::Arc;

use s2s_sdk::v1::{ErrorReason, NoteCode};

use crate::{
    api::Tenant,
    core::{
        App,
        click::CLOCK_SKEW_MAX,
        conversion::{self, Happened, note},
        conversion_code::{self, ConversionCode},
    },
    error::{Error, Result},
};

use super::{
    Notes, Postback, Verdict, differences, matching,
    reader::{Named, Overrides, ParsedPostback, Terms, Test},
    redaction, store,
    update::{self, Report},
};

/// Reads a postback. Returns the reading, and the code that the postback or an override names, if
/// that code is known.
pub(super) async fn read(
    app: &App,
    tenant: Tenant,
    postback: &Postback,
    overrides: &Overrides,
) -> Result<(ParsedPostback, Option<Arc<ConversionCode>>)> {
    let named = Named::read(postback);
    let code = match overrides.code.or(named.code()) {
        Some(id) => conversion_code::find_known(app, tenant, id).await?,
        None => None,
    };
    let reading = named.claim(overrides, Terms::of(code.as_deref()));
    Ok((reading, code))
}

/// Removes the secrets from a postback. If there were secrets outside the values of `sec`, reads
/// the remaining bytes again: the reading must match the bytes that are stored, and no note or
/// message may repeat a secret.
pub(super) async fn redacted(
    app: &App,
    tenant: Tenant,
    postback: &mut Postback,
    reading: ParsedPostback,
    code: Option<&ConversionCode>,
) -> Result<ParsedPostback> {
    if !postback.change(|postback| redaction::redact(postback, &reading, code)) {
        return Ok(reading);
    }
    let (mut again, _) = read(app, tenant, postback, &Overrides::default()).await?;
    // The body is decoded by now, so the second reading lacks the notes on its decoding.
    let of_decoding = reading.notes.iter().filter(|note| note.code() == NoteCode::BodyDecoded);
    again.notes.extend(of_decoding.cloned());
    // The checks that were applied are those of the code in the first reading, so the second
    // reading must not name another code. A postback that could not be read must not become
    // readable.
    let as_before = match (&reading.claim, &again.claim) {
        (_, Err(_)) => true,
        (Ok(_), Ok(_)) => reading.code == again.code,
        (Err(_), Ok(_)) => false,
    };
    if !as_before {
        let reason = reading.claim.map_or_else(|error| error.reason(), |_| ErrorReason::ParameterMalformed);
        let message =
            "with the secret removed, the postback would read differently; send the secret as `sec` only";
        (again.test, again.claim) = (reading.test, Err(Error::new(reason, message)));
    }
    Ok(again)
}

/// Enters a reading into its postback, and judges the postback for the code that it names. The
/// inner `Err` means that the postback does not count; the outer `Err` means that there is no
/// verdict yet. Postbacks with the same `identity`, such as a signature, count once. A postback
/// without an `identity` is identified by its own id.
pub(super) async fn judge(
    app: &App,
    code: Option<&ConversionCode>,
    postback: &mut Postback,
    reading: ParsedPostback,
    identity: Option<Vec<u8>>,
) -> Result<Result<Report>> {
    let received_at = postback.received_at;
    postback.notes = Notes::new(reading.notes);
    postback.code_text = reading.code_text;
    postback.click_text = reading.click_text;
    let judged = async {
        let mut claim = reading.claim?;
        claim.happened = Happened::Arrived(received_at);
        claim.request_id = Some(identity.unwrap_or_else(|| postback.id.0.as_bytes().to_vec()));
        let code = code.ok_or_else(|| conversion_code::unknown(claim.code))?;
        let conversion = conversion::evaluate(app, code, claim).await?;
        Ok(Report::new(conversion, reading.refund, code))
    };
    let judged = split_retryable(judged.await)?;
    if let Ok(Report { conversion, .. }) = &judged
        && conversion.converted_at.ahead_of(received_at).size() > CLOCK_SKEW_MAX
    {
        let message =
            "the clocks of our servers disagree, so the conversion has the time of its click, or of now";
        postback.notes.append(vec![note(NoteCode::TimeCorrected, "", message)]);
    }
    Ok(judged)
}

/// Writes a postback with its judgement. `matched` means that the postback is matched automatically
/// if it is held. Returns the postback as stored; `None` if it was to be replayed, but is deleted.
pub(super) async fn write(
    app: &App,
    mut postback: Postback,
    judged: Result<Report>,
    matched: bool,
    mode: store::Mode,
) -> Result<Option<Postback>> {
    let report = match judged {
        Ok(report) => Some(Arc::new(report)),
        Err(error) => {
            postback.apply_outcome(Err(error));
            let next = matching::next_match(postback.reason, postback.received_at, app.now());
            postback.match_at = next.filter(|_| matched);
            None
        }
    };
    let written = app.commit.write(store::PostbackWrite { postback, report, matched, mode }).await?;
    let (store::PostbackWrite { postback: sent, report, .. }, Some(stored)) = written else {
        return Ok(None);
    };
    let mut stored = stored.postback;
    // A sender who reuses the id of another postback learns nothing about that postback.
    if mode == store::Mode::Insert && !sent.is_again(&stored) {
        return Err(Error::request_id_reused().at_field("postback.postback_id"));
    }
    if stored.verdict == Verdict::Duplicate && report.is_some_and(|report| report.refund.is_none()) {
        Box::pin(differences::tell(app, &mut stored)).await; // boxed, because few are duplicates
    }
    Ok(Some(stored))
}

/// The outcome that a postback would have.
pub struct DryRun {
    /// The report as judged, before it is compared with recorded conversions. `None` if the
    /// judgement was an error, or if the postback has a test click id.
    pub judged: Option<Report>,
    /// The conversion that would be recorded, or that was recorded before; `None` for a test click
    /// id.
    pub outcome: Result<Option<conversion::Recorded>>,
}

/// Judges a reading for the code that it names, without recording anything.
pub(super) async fn rehearse(
    app: &App,
    code: Option<&ConversionCode>,
    reading: ParsedPostback,
) -> Result<DryRun> {
    let test_click = reading.test == Some(Test::ClickId);
    let judged = async {
        let claim = reading.claim?;
        let code = code.ok_or_else(|| conversion_code::unknown(claim.code))?;
        if test_click {
            return Ok(None);
        }
        let conversion = conversion::evaluate(app, code, claim).await?;
        Ok(Some(Report::new(conversion, reading.refund, code)))
    };
    let judged = split_retryable(judged.await)?;
    let outcome = match &judged {
        Ok(Some(report)) => Box::pin(update::preview(app, report.clone())).await.map(Some),
        Ok(None) => Ok(None),
        Err(_) => return Ok(DryRun { judged: None, outcome: judged.map(|_| None) }),
    };
    Ok(DryRun { judged: judged.ok().flatten(), outcome: split_retryable(outcome)? })
}

/// Separates a verdict on the postback (inner) from a failure that says nothing about it (outer).
pub(super) fn split_retryable<T>(outcome: Result<T>) -> Result<Result<T>> {
    match outcome {
        Err(error) if !error.is_permanent() => Err(error),
        outcome => Ok(outcome),
    }
}
