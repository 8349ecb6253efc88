//! Steps that lead to a verdict, as sentences for people. The functions are pure.

use s2s_sdk::v1::{ErrorReason, Money, Step, StepKind, StepOutcome};

use super::Facts;
use crate::{
    core::{
        conversion::{self, check_code, check_link},
        conversion_code::DedupePolicy,
        postback::{proof::is_of_sender, refund::Refund, update::Report},
    },
    error::{Error, Result, reason_text},
};

/// The steps of every explanation.
const KINDS: [StepKind; 9] = [
    StepKind::Parameters,
    StepKind::ConversionCode,
    StepKind::Authentication,
    StepKind::ClickId,
    StepKind::TrackingLink,
    StepKind::Attribution,
    StepKind::Commission,
    StepKind::Dedupe,
    StepKind::Verdict,
];

/// Returns the steps to the verdict. Reports each fault that the facts show, not only the fault
/// that decided the verdict.
pub fn steps(facts: &Facts) -> Vec<Step> {
    let refusal = facts.outcome.as_ref().err();
    let mut steps = Vec::with_capacity(KINDS.len());
    for kind in KINDS {
        let came = match refusal.filter(|refusal| kind_of(refusal.reason()) == kind) {
            Some(refusal) => Some(Err(refusal.message().to_owned())),
            None => sentence(kind, facts),
        };
        steps.push(step(kind, came));
    }
    steps
}

/// Builds a step from its result. `None` means that the step was not reached.
pub fn step(kind: StepKind, came: Option<Result<String, String>>) -> Step {
    let (outcome, message) = match came {
        Some(Ok(message)) => (StepOutcome::Passed, message),
        Some(Err(message)) => (StepOutcome::Failed, message),
        None => (StepOutcome::NotReached, String::new()),
    };
    Step { kind: kind.into(), outcome: outcome.into(), message }
}

/// Returns the step at which a postback is held for a reason.
fn kind_of(reason: ErrorReason) -> StepKind {
    match reason {
        ErrorReason::ConversionCodeUnknown | ErrorReason::ConversionCodeArchived => StepKind::ConversionCode,
        ErrorReason::ClickIdInvalid | ErrorReason::ClickIdKeyEnded => StepKind::ClickId,
        ErrorReason::CodeNotOnLink | ErrorReason::TrackingLinkArchived | ErrorReason::TrackingLinkUnknown => {
            StepKind::TrackingLink
        }
        ErrorReason::AttributionWindowPassed
        | ErrorReason::ClickTooOld
        | ErrorReason::ClickLaterThanConversion => StepKind::Attribution,
        ErrorReason::TransactionConflict
        | ErrorReason::OrderOfAnotherClick
        | ErrorReason::ApprovalAfterDecline
        | ErrorReason::RefundIdMissing
        | ErrorReason::RefundTooLarge
        | ErrorReason::ConversionNotRecorded
        | ErrorReason::UpdatesOff
        | ErrorReason::AdjustmentConflict
        | ErrorReason::AdjustmentsUsedUp => StepKind::Dedupe,
        reason if is_of_sender(reason) => StepKind::Authentication,
        _ => StepKind::Parameters,
    }
}

fn sentence(kind: StepKind, facts: &Facts) -> Option<Result<String, String>> {
    let told = |came: Result<String>| came.map_err(|error| error.message().to_owned());
    match kind {
        StepKind::Parameters => Some(Ok(parameters(facts))),
        StepKind::ConversionCode => facts.code.as_ref().map(|code| match code {
            Ok(code) => {
                let checked = unless_counted(facts, || check_code(code, facts.judged_at));
                told(checked.map(|()| format!("`{}`, `{}`", code.name, code.id)))
            }
            Err(error) => Err(error.message().to_owned()),
        }),
        StepKind::Authentication => facts.authentication.clone().map(Ok),
        StepKind::ClickId => match &facts.click {
            Some(Ok(_)) => Some(Ok("genuine: it was minted here".to_owned())),
            Some(Err(error)) => Some(Err(error.message().to_owned())),
            None => facts.test.then(|| Ok("a click id for tests".to_owned())),
        },
        StepKind::TrackingLink => facts.link.as_ref().map(|link| match (link, &facts.code) {
            (Ok(link), Some(Ok(code))) => {
                let clicked_at = match &facts.click {
                    Some(Ok(click)) => click.id.time(),
                    _ => facts.judged_at,
                };
                let checked = unless_counted(facts, || check_link(code, link, clicked_at));
                told(checked.map(|()| format!("`{}` has the conversion code", link.slug)))
            }
            (Ok(link), _) => Ok(format!("`{}`", link.slug)),
            (Err(error), _) => Err(error.message().to_owned()),
        }),
        StepKind::Attribution => {
            let (judged, code) = (facts.judged.as_ref()?, facts.code.as_ref()?.as_ref().ok()?);
            let after = judged.conversion.converted_at.since(judged.conversion.click_id.time());
            Some(Ok(format!("{after} after the click, within the window of {}", code.attribution_window)))
        }
        StepKind::Commission => facts.judged.as_ref().map(|judged| Ok(commission(judged))),
        StepKind::Dedupe => dedupe(facts).map(Ok),
        _ => Some(verdict(facts)),
    }
}

/// Checks the set-up, unless the conversion counts: for such a conversion, the set-up does not
/// matter.
fn unless_counted(facts: &Facts, check: impl FnOnce() -> Result<()>) -> Result<()> {
    if facts.judged.is_some() { Ok(()) } else { check() }
}

fn parameters(facts: &Facts) -> String {
    let all = format!("{} parameters, including all mandatory ones", facts.parameters);
    match facts.repairs {
        0 => all,
        1 => format!("{all}; see the note"),
        number => format!("{all}; see the {number} notes"),
    }
}

fn commission(Report { conversion: judged, refund, .. }: &Report) -> String {
    match refund {
        Some(Refund { amount: Some(amount), .. }) => {
            let amount = amount.to_proto(judged.currency);
            return format!("a refund of {amount}: the commission shrinks with the value of the sale");
        }
        Some(Refund { amount: None, .. }) => {
            return "a refund of the whole sale: no commission is left".to_owned();
        }
        None => {}
    }
    let value = judged.value.to_proto(judged.currency);
    let commission = judged.commission.to_proto(judged.currency);
    match judged.commission_percent {
        Some(percent) => {
            let percent = Money { micros: percent.micros(), ..Money::default() }.to_decimal();
            format!("{percent} % of {value} is {commission}")
        }
        None => format!("{commission} as sent, for a value of {value}"),
    }
}

fn dedupe(facts: &Facts) -> Option<String> {
    let recorded = facts.outcome.as_ref().ok()?.as_ref()?;
    let code = facts.code.as_ref()?.as_ref().ok()?;
    Some(match recorded.conversion.transaction_id() {
        _ if recorded.verdict != conversion::Verdict::Recorded => {
            format!("recorded before, as `{}`", recorded.conversion.id())
        }
        "" if code.dedupe_policy == DedupePolicy::Every => {
            "without a transaction id (`oid`): this code counts every call".to_owned()
        }
        "" => "without a transaction id (`oid`): this click counts once for this code".to_owned(),
        id => format!("the first conversion with the transaction id `{id}`"),
    })
}

fn verdict(facts: &Facts) -> Result<String, String> {
    match &facts.outcome {
        Err(error) => Err(held(error)),
        Ok(_) if facts.test => Ok("a test without a fault: nothing is recorded".to_owned()),
        Ok(recorded) => Ok(match recorded.as_ref().map(|recorded| recorded.verdict) {
            Some(conversion::Verdict::Duplicate) => "a duplicate: it counts once",
            Some(conversion::Verdict::Updated) => "it adjusts the conversion that was recorded before",
            Some(conversion::Verdict::Recorded) | None => "it counts",
        }
        .to_owned()),
    }
}

fn held(error: &Error) -> String {
    format!("held for {}", reason_text(error.reason()))
}
