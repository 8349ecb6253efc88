//! Repetitions of a conversion: postbacks that report a recorded conversion again. For each click,
//! a server stores a limited number of repetitions from edges in each minute. Further repetitions
//! are answered as duplicates, but are not stored. Otherwise anybody could send a recorded sale
//! again until the disk is full. A repetition with other amounts is in conflict with the
//! conversion, and is held.

use s2s_sdk::v1::{ErrorReason, Note, NoteCode, ReplySetting};

use super::{
    Received, split_retryable,
    update::{self, Report},
};
use crate::{
    core::{
        App,
        conversion::{self, Verdict, note},
    },
    error::{Error, Result},
};

/// The outcome of [`look_up`].
#[expect(clippy::large_enum_variant, reason = "a box would cost the usual outcome an allocation")]
pub enum Again {
    /// The conversion is recorded already, and this repetition of it is not stored.
    Repetition(Box<conversion::Recorded>),
    Judged(Result<Report>),
}

/// Looks up whether a conversion is recorded already, before it is written. The look-up is made
/// only if no more repetitions of the click may be stored in this minute.
pub async fn look_up(app: &App, report: Report) -> Result<Again> {
    if !app.shedding.has_repetitions_enough(report.conversion.click_id) {
        return Ok(Again::Judged(Ok(report)));
    }
    let preview = Box::pin(update::preview(app, report.clone())).await;
    Ok(match split_retryable(preview)? {
        Ok(recorded) if recorded.verdict == Verdict::Duplicate => Again::Repetition(Box::new(recorded)),
        Ok(_) => Again::Judged(Ok(report)),
        // If the postback is shed, its sender gets this message, which must not name the recorded
        // amounts.
        Err(conflict) => Again::Judged(Err(without_amounts(conflict))),
    })
}

/// The answer to a repetition that is not stored.
pub fn answer(recorded: conversion::Recorded, mut notes: Vec<Note>, reply: Option<ReplySetting>) -> Received {
    notes.extend(recorded.notes);
    let message = "the sale was sent so often in the last minute that this repetition is not listed";
    notes.push(note(NoteCode::RepetitionNotListed, "", message));
    Received::Repetition { conversion_id: recorded.conversion.id().to_string(), notes, reply }
}

/// The message about a conflict for a sender who has proved nothing. Anybody can send the same sale
/// again, or a test, and must not learn the recorded amounts.
const CONFLICT_WITHOUT_AMOUNTS: &str = "a conversion with this identity is recorded already, with other amounts; \
                                        explain the postback with an API key to see them";

/// The message about a refund for a sender who has proved nothing.
const REFUND_WITHOUT_AMOUNTS: &str = "the refund is larger than what is left of the sale; explain the postback with an \
                                      API key to see the amount";

/// The message about an order of another click for a sender who has proved nothing.
const ORDER_WITHOUT_CLICK: &str = "the order id is recorded for this code with another click, and counts once; explain the \
                                   postback with an API key to see the conversion";

/// The message for a sender who has proved nothing. `None` if the message for this reason names no
/// amounts, and no other click.
pub fn message_without_amounts(reason: ErrorReason) -> Option<&'static str> {
    match reason {
        ErrorReason::TransactionConflict => Some(CONFLICT_WITHOUT_AMOUNTS),
        ErrorReason::RefundTooLarge => Some(REFUND_WITHOUT_AMOUNTS),
        ErrorReason::OrderOfAnotherClick => Some(ORDER_WITHOUT_CLICK),
        _ => None,
    }
}

/// Returns the error for a sender who has proved nothing: without the recorded amounts.
pub fn without_amounts(error: Error) -> Error {
    let reason = error.reason();
    message_without_amounts(reason).map_or(error, |message| Error::new(reason, message))
}
