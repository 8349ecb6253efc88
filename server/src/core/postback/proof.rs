//! Proofs of a postback's sender: found when the postback arrives, and used by replays. The
//! functions are pure.
//!
//! A check may be turned on after a postback arrived, so every check is applied at arrival, even if
//! it is off. A postback that arrived before the server stored proofs has no proof. It counts as
//! having passed every check if it is `authenticated` and no note reports a failed check: it has
//! then passed the checks that were on for its code.
//!
//! A signature covers the bytes as they came. If the server removes a secret, decodes a body or
//! erases a visitor, it stores other bytes, and a replay can't check the signature any more. The
//! result from the arrival then decides. But the signature may not have been checked at arrival, or
//! only for another code than that of the replay. Then nobody can tell whether it is correct, but
//! it still identifies its call.

use s2s_sdk::v1::{ErrorReason, Note, NoteCode};
use sea_orm::DeriveValueType;

use super::{
    Postback, Reason,
    authentication::{Check, last_signature, right_signature, signed_bytes},
};
use crate::{
    core::conversion_code::{CheckMode, ConversionCode},
    error::Error,
};

/// One bit for each check that was passed; one bit for a correct signature, whatever its time of
/// signing; and two bits that show whether a signature can still be checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DeriveValueType)]
pub struct Proof(i16);

/// Bit of a correct signature. `Check::Signature` is passed only if the time of signing is right,
/// too.
const SIGNED: i16 = 1 << 4;
/// Bit of a signature that was not found correct, and whose signed bytes are not stored as they
/// came.
const CHANGED: i16 = 1 << 5;
/// Bit of a postback whose code was unknown when it came, so that nothing was checked.
const UNCHECKED: i16 = 1 << 6;

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

    pub fn set_unchecked(&mut self) {
        self.0 |= UNCHECKED;
    }

    fn has(self, check: Check) -> bool {
        self.0 & Self::bit(check) != 0
    }

    fn is_signed(self) -> bool {
        self.0 & SIGNED != 0
    }

    fn is_changed(self) -> bool {
        self.0 & CHANGED != 0
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

    /// Changes the stored bytes. If a signature covers the changed bytes, and was not found correct
    /// before, the proof then says that the signature can't be checked any more.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Self) -> T) -> T {
        let is_open = self.checks_passed.is_some_and(|proof| !proof.is_signed());
        let before = if is_open { signed_bytes(self) } else { None };
        let changed = change(self);
        if let Some(proof) = &self.checks_passed
            && before.is_some_and(|before| signed_bytes(self) != Some(before))
        {
            self.checks_passed = Some(Proof(proof.0 | CHANGED));
        }
        changed
    }

    /// Returns whether this is certainly another call than `first`, although both end in the same
    /// signature. At least one of the two signatures is then wrong. An erasure makes the bytes
    /// incomparable.
    pub fn is_another_call(&self, first: &Self) -> bool {
        let is_comparable = |postback: &Self| {
            postback.checks_passed.is_some_and(Proof::is_changed) && postback.erasure().is_none()
        };
        is_comparable(self)
            && is_comparable(first)
            && (&self.target, &self.body) != (&first.target, &first.body)
    }

    fn has_passed(&self, check: Check) -> bool {
        self.checks_passed.map_or_else(|| self.passed_unproven(), |proof| proof.has(check))
    }
}

/// Returns the signature of a held postback, if it is correct or can't be checked any more.
/// Postbacks with the same signature count once, whatever the code requires now.
pub fn signature_of(code: &ConversionCode, held: &Postback) -> Option<Vec<u8>> {
    let was_right = match held.checks_passed {
        Some(proof) => proof.is_signed(),
        None => code.signature_check == CheckMode::Enforce && held.passed_unproven(),
    };
    let kept = last_signature(&held.target).filter(|_| was_right);
    // If the signature was not found correct at arrival, it is checked now: the code may have been
    // unknown at arrival, or a replay may count the postback for another code.
    let kept = kept.or_else(|| right_signature(code, held).ok());
    kept.or_else(|| last_signature(&held.target).filter(|_| is_uncheckable(code, held)))
}

/// Returns true if it can't be determined any more whether the signature of a held postback is
/// correct for a code.
pub fn is_uncheckable(code: &ConversionCode, held: &Postback) -> bool {
    let was_checked = |proof: Proof| proof.0 & UNCHECKED == 0 && held.code_text == code.id.to_string();
    held.checks_passed.is_some_and(|proof| proof.is_changed() && !was_checked(proof))
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
    let message = "the sender is not proved, and a replay can't check the sender; if the sale is real, replay the \
                   postback with trust_sender";
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
