//! Explanations: the verdict that a postback would get, and why; and the history of a click.
//! Records nothing.

mod setup_test;
mod steps;

use std::sync::Arc;

use s2s_sdk::v1::{Note, Step};

use super::{
    DryRun, Overrides, Parameter, ParsedPostback, Postback, Verdict, authentication, get, of_click, proof,
    read, reader, redacted, rehearse, update::Report,
};
use crate::{
    api::Tenant,
    core::{
        App, click,
        conversion::{self, Conversion, Happened, Recorded},
        conversion_code::{self, ConversionCode, TransactionScope, UpdatePolicy},
        scan::scan,
        tracking_link::{self, TrackingLink},
    },
    error::{Error, Result, reason_text},
    page::PageRequest,
    values::id::PostbackId,
    values::limits::TARGET_BYTES_MAX,
    values::{click_id::SignedClickId, id::AccountId, time::Time},
};

pub use setup_test::{SetupTest, test_setup};

/// Maximum number of conversions, and of held postbacks, in the explanation of a click.
const SHOWN_MAX: i32 = 50;

/// The reading of a postback, and the verdict that it would get.
pub struct Explanation {
    pub parameters: Vec<Parameter>,
    pub notes: Vec<Note>,
    pub test: bool,
    /// The conversion that would be recorded, or that was recorded; `None` for a test click id.
    pub outcome: Result<Option<Recorded>>,
    pub steps: Vec<Step>,
    pub code: Option<Arc<ConversionCode>>,
    pub link: Option<Arc<TrackingLink>>,
    pub click: Option<click::Click>,
    /// The stored postback that is explained; `None` if a URL is explained.
    pub postback: Option<Postback>,
}

/// Explains a request target as if it came now.
pub async fn explain(app: &App, account: AccountId, mut target: Vec<u8>) -> Result<Explanation> {
    let cut = target.len() > TARGET_BYTES_MAX;
    target.truncate(TARGET_BYTES_MAX);
    let now = app.now();
    let arrived = Postback::arrived(PostbackId(app.random.id(now)), account, now);
    let mut postback = Postback { method: "GET".to_owned(), target, cut, ..arrived };
    let tenant = Tenant::Account(account);
    let (reading, code) = read(app, tenant, &postback, &Overrides::default()).await?;
    let named = code.as_deref();
    let checked = named.map(|code| authentication::check(code, &postback, &reading.parameters, None));
    let mut reading = redacted(app, tenant, &mut postback, reading, named).await?;
    if let Ok(claim) = &mut reading.claim {
        claim.request_id = checked.as_ref().and_then(|checked| checked.signature.clone());
    }
    let mut notes = reading.notes.clone();
    let (mut facts, parameters) = gather(app, account, reading, code).await?;
    if let Some(checked) = checked {
        facts.authentication = Some(checked.sentence());
        notes.extend(checked.notes);
        facts.refuse(checked.refusal);
    }
    apply_outcome(app, account, facts, parameters, notes).await
}

/// Explains a stored postback: its verdict or, if it is held, the verdict that it would get now.
pub async fn explain_stored(app: &App, account: AccountId, id: PostbackId) -> Result<Explanation> {
    let postback = get(app, account, id).await?;
    let (mut reading, code) = read(app, Tenant::Account(account), &postback, &Overrides::default()).await?;
    if let Ok(claim) = &mut reading.claim {
        let signature = code.as_ref().and_then(|code| proof::signature_of(code, &postback));
        claim.happened = Happened::Arrived(postback.received_at);
        claim.request_id = Some(signature.unwrap_or_else(|| id.0.as_bytes().to_vec()));
    }
    let (mut notes, refund) = (reading.notes.clone(), reading.refund.clone());
    let (mut facts, parameters) = gather(app, account, reading, code.clone()).await?;
    if let Some(code) = code.filter(|_| postback.verdict == Verdict::Held) {
        facts.authentication = Some("it passed every check that the code enforces now".to_owned());
        facts.refuse(proof::unproven(&code, &postback));
    }
    if postback.verdict != Verdict::Held {
        facts.authentication = Some("it counted".to_owned());
        // The verdict of a postback that counted stays, whatever has changed since.
        let conversion = conversion::get(app, account, postback.conversion_id.parse()?).await?;
        let verdict = match postback.verdict {
            Verdict::Duplicate => conversion::Verdict::Duplicate,
            Verdict::Updated => conversion::Verdict::Updated,
            Verdict::Recorded | Verdict::Held => conversion::Verdict::Recorded,
        };
        notes = postback.notes.to_proto();
        let (policy, scope) = (UpdatePolicy::None, TransactionScope::PerClick);
        facts.judged = Some(Report { conversion: conversion.clone(), refund, policy, scope });
        facts.outcome = Ok(Some(Recorded { conversion, verdict, notes: Vec::new() }));
    }
    let explanation = apply_outcome(app, account, facts, parameters, notes).await?;
    Ok(Explanation { postback: Some(postback), ..explanation })
}

/// The facts that a postback's verdict follows from.
struct Facts {
    /// The time for which the set-up is checked.
    judged_at: Time,
    parameters: usize,
    repairs: usize,
    test: bool,
    /// The code that the postback names; `None` if it names no well-formed code.
    code: Option<Result<Arc<ConversionCode>>>,
    click: Option<Result<SignedClickId>>,
    link: Option<Result<Arc<TrackingLink>>>,
    /// Summary of the checks of the sender; `None` if the code is unknown.
    authentication: Option<String>,
    /// The report as judged, before it is compared with recorded conversions.
    judged: Option<Report>,
    outcome: Result<Option<Recorded>>,
}

impl Facts {
    /// Replaces the outcome by a refusal of the sender, if there is one: the refusal takes
    /// precedence over any other reason to hold the postback.
    fn refuse(&mut self, refusal: Option<Error>) {
        if let Some(refusal) = refusal {
            self.outcome = Err(refusal);
        }
    }
}

/// Looks up everything that a postback names, even if its parameters are faulty.
async fn gather(
    app: &App,
    account: AccountId,
    reading: ParsedPostback,
    code: Option<Arc<ConversionCode>>,
) -> Result<(Facts, Vec<Parameter>)> {
    let judged_at =
        reading.claim.as_ref().map_or_else(|_| app.now(), |claim| claim.happened.judged_at(app.now()));
    let named = reading.code;
    let (test, repairs, parameters) =
        (reading.test.is_some(), reading.notes.len(), reading.parameters.clone());
    let names_click =
        !reading.click_text.is_empty() && reading.test.is_none_or(|test| test != reader::Test::ClickId);
    let click_text = reading.click_text.clone();
    let DryRun { judged, outcome } = rehearse(app, code.as_deref(), reading).await?;
    let click =
        if names_click { Some(find_click(app, account, &click_text, judged.is_some()).await?) } else { None };
    let link = match &click {
        Some(Ok(click)) => Some(super::split_retryable(conversion::find_link(app, account, *click).await)?),
        _ => None,
    };
    let code = named.map(|id| code.ok_or_else(|| conversion_code::unknown(id)));
    let authentication = None;
    let count = parameters.len();
    let facts = Facts {
        judged_at,
        parameters: count,
        repairs,
        test,
        code,
        click,
        link,
        authentication,
        judged,
        outcome,
    };
    Ok((facts, parameters))
}

/// Reads a click id. The inner error says why the id does not count. `counts` is true if the
/// postback's conversion counts; its click id then needs no further proof.
async fn find_click(
    app: &App,
    account: AccountId,
    text: &str,
    counts: bool,
) -> Result<Result<SignedClickId>> {
    let Some(click) = app.click_id_keys.read(text, account).await? else {
        return Ok(Err(Error::click_id_invalid()));
    };
    let unproven = if counts { None } else { click::unproven(app, account, click).await? };
    Ok(unproven.map_or(Ok(click), Err))
}

async fn apply_outcome(
    app: &App,
    account: AccountId,
    facts: Facts,
    parameters: Vec<Parameter>,
    mut notes: Vec<Note>,
) -> Result<Explanation> {
    let steps = steps::steps(&facts);
    let click = match facts.click {
        Some(Ok(click)) => click::find(app, account, click.id).await?,
        _ => None,
    };
    if let Ok(Some(recorded)) = &facts.outcome {
        notes.extend(recorded.notes.iter().cloned());
    }
    Ok(Explanation {
        parameters,
        notes,
        test: facts.test,
        outcome: facts.outcome,
        steps,
        code: facts.code.and_then(Result::ok),
        link: facts.link.and_then(Result::ok),
        click,
        postback: None,
    })
}

/// The history of a click.
pub struct ClickHistory {
    pub clicked_at: Time,
    /// `None` while the click's row does not exist.
    pub click: Option<click::Click>,
    pub link: Option<Arc<TrackingLink>>,
    /// Newest first, like `held`.
    pub conversions: Vec<Conversion>,
    pub held: Vec<Postback>,
    pub message: String,
}

/// Returns the history of a click. A click id of another account gives the same error as an unknown
/// one.
pub async fn explain_click(app: &App, account: AccountId, text: &str) -> Result<ClickHistory> {
    let signed = app.click_id_keys.read(text, account).await?;
    let signed = signed.ok_or_else(|| Error::not_found("click", text))?;
    let link = tracking_link::find(app, Tenant::Account(account), signed.id.link_key()).await?;
    let click = click::find(app, account, signed.id).await?;
    let filter = conversion::Filter { click: Some(signed.id), ..conversion::Filter::default() };
    let page = PageRequest::parse("ExplainClick", account, SHOWN_MAX, "", &[])?;
    let (conversions, _) = conversion::list(app, account, &filter, &page).await?.into_rows();
    let text = app.click_id_keys.write(signed, account);
    let limit = SHOWN_MAX.unsigned_abs().into();
    let held = scan(app, account, async |db| of_click::held(db, account, &text, limit).await).await?;
    let mut message = history(&conversions, &held);
    if let Some(unproven) = click::unproven(app, account, signed).await? {
        message = format!("{message}; {}: {}", reason_text(unproven.reason()), unproven.message());
    }
    Ok(ClickHistory { clicked_at: signed.id.time(), click, link, conversions, held, message })
}

fn history(conversions: &[Conversion], held: &[Postback]) -> String {
    let counted = match conversions.len() {
        0 => "no conversion is recorded for this click".to_owned(),
        1 => "1 conversion is recorded for this click".to_owned(),
        number => format!("{number} conversions are recorded for this click"),
    };
    match held.first() {
        Some(newest) => {
            let reason = newest.reason.map_or_else(String::new, |reason| reason.to_string());
            let (id, why) = (newest.id, &newest.message);
            let named = match held.len() {
                1 => "1 held postback names it,".to_owned(),
                number => format!("{number} held postbacks name it, the newest"),
            };
            format!("{counted}; {named} `{id}` for {reason}: {why}")
        }
        None if conversions.is_empty() => {
            format!(
                "{counted}, and no held postback names it: the merchant has not called the postback URL with \
                 this click id; `TestSetup` tries the set-up"
            )
        }
        None => counted,
    }
}
