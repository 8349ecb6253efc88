//! The outcomes for conversions that count.

use s2s_sdk::v1::{ErrorReason, Note, NoteCode};

use super::{Conversion, ConversionId, note};
use crate::{
    core::conversion_code::UpdatePolicy,
    error::{Error, Result},
};

/// What became of a conversion that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is new.
    Recorded,
    /// It was recorded before.
    Duplicate,
    /// It was recorded before, and is adjusted now.
    Updated,
}

/// The outcome for a conversion that counts.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The conversion; if it was recorded before, the conversion that was recorded then.
    pub conversion: Conversion,
    pub verdict: Verdict,
    pub notes: Vec<Note>,
}

impl Recorded {
    /// Compares a conversion with the earlier conversion of the same key, if there is one.
    pub fn new(conversion: Conversion, earlier: Option<Conversion>, policy: UpdatePolicy) -> Result<Self> {
        let Counted { verdict, notes, .. } = Counted::new(&conversion, earlier.as_ref(), policy)?;
        Ok(Self { conversion: earlier.unwrap_or(conversion), verdict, notes })
    }

    /// The outcome for a duplicate of a conversion.
    pub fn again(conversion: Conversion, notes: Vec<Note>) -> Self {
        Self { conversion, verdict: Verdict::Duplicate, notes }
    }

    /// The outcome for a conversion that is adjusted.
    pub fn updated(conversion: Conversion) -> Self {
        Self { conversion, verdict: Verdict::Updated, notes: Vec::new() }
    }
}

/// `Recorded` with the id in place of the conversion.
#[derive(Debug)]
pub struct Counted {
    pub id: ConversionId,
    pub verdict: Verdict,
    pub notes: Vec<Note>,
}

impl Counted {
    /// The outcome for a conversion that was not recorded before.
    pub fn first(conversion: &Conversion) -> Self {
        Self { id: conversion.id(), verdict: Verdict::Recorded, notes: Vec::new() }
    }

    /// The outcome for a duplicate of a conversion.
    pub fn again(first: &Conversion, notes: Vec<Note>) -> Self {
        Self { id: first.id(), verdict: Verdict::Duplicate, notes }
    }

    /// The outcome for a conversion that is adjusted.
    pub fn updated(first: &Conversion) -> Self {
        Self { id: first.id(), verdict: Verdict::Updated, notes: Vec::new() }
    }

    /// Compares a conversion with the earlier conversion of the same key, if there is one. Without
    /// updates, it is compared with what was recorded; with updates, it says what stands.
    pub fn new(conversion: &Conversion, earlier: Option<&Conversion>, policy: UpdatePolicy) -> Result<Self> {
        let Some(first) = earlier else { return Ok(Self::first(conversion)) };
        if first.click_id != conversion.click_id {
            return Err(order_of_another_click(first));
        }
        if policy != UpdatePolicy::None {
            return Ok(Self::again(first, Vec::new()));
        }
        let worth = |row: &Conversion| (row.currency, row.value, row.commission);
        if worth(first) != worth(conversion) {
            return Err(conflict(conversion, first));
        }
        let mut notes = Vec::new();
        if first.status != conversion.status {
            let message =
                "the conversion is recorded already, and keeps the status that it was recorded with";
            notes.push(note(NoteCode::StatusNotChanged, "status", message));
        }
        Ok(Self::again(first, notes))
    }
}

impl From<Recorded> for Counted {
    fn from(recorded: Recorded) -> Self {
        let Recorded { conversion, verdict, notes } = recorded;
        Self { id: conversion.id(), verdict, notes }
    }
}

impl Conversion {
    /// The conversion by its identity, for a sentence.
    pub fn description(&self) -> String {
        match self.transaction_id() {
            "" => "a conversion of this click and code without a transaction id (`oid`)".to_owned(),
            id => format!("the transaction id `{id}` of this click and code"),
        }
    }
}

fn order_of_another_click(first: &Conversion) -> Error {
    let message = format!(
        "the order id `{}` is recorded for this code with another click, as the conversion `{}`, and the code's \
         transaction_scope counts an order once, whatever its click; send another sale with another order id",
        first.transaction_id(),
        first.id(),
    );
    Error::new(ErrorReason::OrderOfAnotherClick, message).with("conversion_id", &first.id())
}

fn conflict(conversion: &Conversion, first: &Conversion) -> Error {
    let worth = |row: &Conversion| {
        let (value, commission) = (row.value.to_proto(row.currency), row.commission.to_proto(row.currency));
        format!("value {value} and commission {commission}")
    };
    let message = format!(
        "{} is recorded already, with {}, not {}; a recorded conversion never changes; send the same amounts, \
         or another transaction id for another sale",
        conversion.description(),
        worth(first),
        worth(conversion),
    );
    Error::new(ErrorReason::TransactionConflict, message).with("conversion_id", &first.id())
}
