//! What a postback proved of its sender when it came, and what a replay makes of that. Pure.
//!
//! A check may be turned on after a postback came, so each was tried then, on or off. What came before that was
//! kept has no proof: it is taken to have passed what its code had on, if nothing says otherwise.

use s2s_sdk::v1::{ErrorReason, Note, NoteCode};
use sea_orm::DeriveValueType;

use super::{
    Postback, Raw, Reason,
    authentication::{Check, last_signature, right_signature},
};
use crate::{
    core::conversion_code::{CheckMode, ConversionCode},
    error::Error,
};

/// A bit for each check that was passed, and one more for a signature that is right, of whatever time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DeriveValueType)]
pub struct Proof(i16);

/// The signature is right; the check of it is passed only where its time is right, too.
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
    /// The notes on what it did not pass when it came: no replay finds that out again.
    pub fn check_notes(&self) -> impl Iterator<Item = Note> {
        self.notes.to_proto().into_iter().filter(|note| note.code() == NoteCode::CheckNotPassed)
    }

    /// Whether it passed what its code had on when it came, of one that has no proof.
    fn passed_unproven(&self) -> bool {
        self.authenticated && self.check_notes().next().is_none()
    }

    fn has_passed(&self, check: Check) -> bool {
        self.checks_passed.map_or_else(|| self.passed_unproven(), |proof| proof.has(check))
    }
}

/// The signature of a held postback, if it is right: the same one counts once, whatever the code asks for now.
pub fn signature_of(code: &ConversionCode, held: &Postback, raw: &Raw) -> Option<Vec<u8>> {
    let was_right = match held.checks_passed {
        Some(proof) => proof.is_signed(),
        None => code.signature_check == CheckMode::Enforce && held.passed_unproven(),
    };
    let kept = last_signature(&held.target).filter(|_| was_right);
    // Its code was not known when it came, or another counts it now.
    kept.or_else(|| right_signature(code, raw).ok())
}

/// Why a held postback does not count for a code when it is replayed: the code enforces a check, and the
/// postback did not pass it, or came for another code, or before the code was known.
pub fn unproven(code: &ConversionCode, held: &Postback) -> Option<Error> {
    let for_it = held.code_text == code.id.to_string();
    let mut failed = Check::ALL
        .into_iter()
        .filter(|check| check.mode(code) == CheckMode::Enforce && !(for_it && held.has_passed(*check)));
    let first = failed.next()?;
    // What was told when it came, if that is still so.
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
    let message = "it is not proved who sent it, and a replay can't check that; if the sale is real, replay it with \
                   trust_sender";
    Some(Error::new(reason, message))
}

/// The check that a postback did not pass which is held for this reason.
fn check_of(reason: ErrorReason) -> Option<Check> {
    match reason {
        ErrorReason::SecretRefused => Some(Check::Secret),
        ErrorReason::SignatureRefused | ErrorReason::TimestampRefused => Some(Check::Signature),
        ErrorReason::AddressRefused => Some(Check::Address),
        ErrorReason::HttpsRequired => Some(Check::Https),
        _ => None,
    }
}

/// Whether a postback that is held for this reason did not pass a check of its sender.
pub fn is_of_sender(reason: ErrorReason) -> bool {
    check_of(reason).is_some()
}

#[cfg(test)]
mod tests;
