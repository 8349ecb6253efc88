//! Proofs of a postback's sender: found at the postback's arrival, used by replays. Pure.
//!
//! A check may be turned on after a postback arrived, so every check is applied at arrival, even if
//! it is off. A postback that arrived before the server stored proofs has no proof. It counts as
//! having passed every check if it passed the checks that were on for its code: it is
//! `authenticated`, and no note reports a failed check.

use s2s_sdk::v1::{ErrorReason, Note, NoteCode};
use sea_orm::DeriveValueType;

use super::{
    Postback, Reason,
    authentication::{Check, last_signature, right_signature},
};
use crate::{
    core::conversion_code::{CheckMode, ConversionCode},
    error::Error,
};

/// A bit for each check that was passed, and a bit for a correct signature, whatever the time of
/// signing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DeriveValueType)]
pub struct Proof(i16);

/// Bit of a correct signature. `Check::Signature` is passed only if the time of signing is right,
/// too.
const SIGNED: i16 = 1 << 4;

impl Proof {
    fn bit(check: Check) -> i16 {
        match check {
            Check::Secret => 1,
            Check::Signature => 1 << 1,
            Check::Address => 1 << 2,
            Check::Https => 1 << 3,
        }
    }

    pub fn add(&mut self, check: Check) {
        self.0 |= Self::bit(check);
    }

    pub fn add_signature(&mut self) {
        self.0 |= SIGNED;
    }

    fn has(self, check: Check) -> bool {
        self.0 & Self::bit(check) != 0
    }

    fn is_signed(self) -> bool {
        self.0 & SIGNED != 0
    }
}

impl Postback {
    /// Returns the notes on the checks that were not passed at arrival. A replay copies these
    /// notes, because it can't repeat the checks.
    pub fn check_notes(&self) -> impl Iterator<Item = Note> {
        self.notes.to_proto().into_iter().filter(|note| note.code() == NoteCode::CheckNotPassed)
    }

    /// Returns whether a postback without a proof passed the checks that its code had on at
    /// arrival.
    fn passed_unproven(&self) -> bool {
        self.authenticated && self.check_notes().next().is_none()
    }

    fn has_passed(&self, check: Check) -> bool {
        self.checks_passed.map_or_else(|| self.passed_unproven(), |proof| proof.has(check))
    }
}

/// Returns the signature of a held postback, if it is correct. Postbacks with the same signature
/// count once, whatever the code requires now.
pub fn signature_of(code: &ConversionCode, held: &Postback) -> Option<Vec<u8>> {
    let was_right = match held.checks_passed {
        Some(proof) => proof.is_signed(),
        None => code.signature_check == CheckMode::Enforce && held.passed_unproven(),
    };
    let kept = last_signature(&held.target).filter(|_| was_right);
    // If the signature was not found correct at arrival, it is checked now: the code may have been
    // unknown at arrival, or a replay may count the postback for another code.
    kept.or_else(|| right_signature(code, held).ok())
}

/// Returns an error if a replay can't count a held postback for a code, because the code enforces a
/// check that the postback has not passed. A postback that came for another code, or before its
/// code was known, has passed none of the code's checks.
pub fn unproven(code: &ConversionCode, held: &Postback) -> Option<Error> {
    let for_it = held.code_text == code.id.to_string();
    let mut failed = Check::ALL
        .into_iter()
        .filter(|check| check.mode(code) == CheckMode::Enforce && !(for_it && held.has_passed(*check)));
    let first = failed.next()?;
    // Prefers the reason for which the postback is held, if the check with that reason still fails.
    let told = held.reason.map(|Reason(reason)| reason);
    let is_told = |check: &Check| told.and_then(check_of) == Some(*check);
    let found = Some(first).filter(is_told).or_else(|| failed.find(is_told));
    let is_signed = for_it && held.checks_passed.is_some_and(Proof::is_signed);
    let reason = match (found.and(told), first) {
        (Some(told), _) => told,
        (None, Check::Secret) => ErrorReason::SecretRefused,
        (None, Check::Signature) if is_signed => ErrorReason::TimestampRefused,
        (None, Check::Signature) => ErrorReason::SignatureRefused,
        (None, Check::Address) => ErrorReason::AddressRefused,
        (None, Check::Https) => ErrorReason::HttpsRequired,
    };
    let message = "the sender is not proved, and a replay can't check that; if the sale is real, replay it with \
                   trust_sender";
    Some(Error::new(reason, message))
}

/// Returns the check whose failure has this reason.
fn check_of(reason: ErrorReason) -> Option<Check> {
    match reason {
        ErrorReason::SecretRefused => Some(Check::Secret),
        ErrorReason::SignatureRefused | ErrorReason::TimestampRefused => Some(Check::Signature),
        ErrorReason::AddressRefused => Some(Check::Address),
        ErrorReason::HttpsRequired => Some(Check::Https),
        _ => None,
    }
}

/// Returns whether this is the reason of a failed check of the sender.
pub fn is_of_sender(reason: ErrorReason) -> bool {
    check_of(reason).is_some()
}

#[cfg(test)]
mod tests;
