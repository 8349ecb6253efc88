//! Repetitions of a conversion: postbacks that report a recorded conversion again. For each click,
//! a server stores a limited number of repetitions from edges in each minute. Further repetitions
//! are answered as duplicates, but are not stored. Otherwise anybody could send a recorded sale
//! again until the disk is full. A repetition with other amounts is in conflict with the
//! conversion, and is held.

use s2s_sdk::v1::{ErrorReason, Note, NoteCode, ReplySetting};

use super::{Received, split_retryable, update};
use crate::{
    core::{
        App,
        conversion::{self, Conversion, Verdict, note},
        conversion_code::UpdatePolicy,
    },
    error::{Error, Result},
};

/// The outcome of [`look_up`].
#[expect(clippy::large_enum_variant, reason = "a box would cost the usual outcome an allocation")]
pub enum Again {
    /// The conversion is recorded already, and this repetition of it is not stored.
    Repetition(Box<conversion::Recorded>),
    Judged(Result<Conversion>),
}

/// Looks up whether a conversion is recorded already, before it is written. The look-up is made
/// only if no more repetitions of the click may be stored in this minute.
pub async fn look_up(app: &App, conversion: Conversion, policy: UpdatePolicy) -> Result<Again> {
    if !app.shedding.has_repetitions_enough(conversion.click_id) {
        return Ok(Again::Judged(Ok(conversion)));
    }
    let preview = Box::pin(update::preview(app, conversion.clone(), policy)).await;
    Ok(match split_retryable(preview)? {
        Ok(recorded) if recorded.verdict == Verdict::Duplicate => Again::Repetition(Box::new(recorded)),
        Ok(_) => Again::Judged(Ok(conversion)),
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
pub const CONFLICT_WITHOUT_AMOUNTS: &str = "a conversion with this identity is recorded already, with other amounts; \
                                        explain the postback with an API key to see them";

/// Returns the error for a sender who has proved nothing: a conflict without the recorded amounts.
pub fn without_amounts(error: Error) -> Error {
    if error.reason() != ErrorReason::TransactionConflict {
        return error;
    }
    Error::new(ErrorReason::TransactionConflict, CONFLICT_WITHOUT_AMOUNTS)
}
