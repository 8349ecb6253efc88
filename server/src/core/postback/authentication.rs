//! Checks that a postback comes from a sender that its conversion code allows: secret, signature,
//! address, HTTPS. The functions are pure.
//!
//! Every check is applied once, when the postback arrives, even if the code has turned it off. A
//! replay does not apply the checks again: the secret and the whole address are not stored, and the
//! signature has become too old. A replay uses the results from the arrival (`proof`).

use std::net::IpAddr;

use s2s_sdk::{
    postback::signature,
    v1::{ErrorReason, Note, NoteCode},
};
use subtle::ConstantTimeEq as _;

use super::{Postback, Proof, reader::KnownParam, reader::Parameter};
use crate::{
    core::{
        conversion::note,
        conversion_code::{CheckMode, ConversionCode},
    },
    error::{Error, Result},
    values::{
        target::Target,
        time::{Span, Time},
    },
};

/// Longest time by which the signing may be before the arrival or after the judgement, in seconds.
const SIGNATURE_SECONDS_MAX: i64 = 300;
/// Mark between the signed bytes and the signature. Nothing may follow the signature, because bytes
/// after it are not signed.
const SIGNATURE_MARK: &[u8] = b"&sig=";
/// Length of a signature, in hexadecimal digits.
const SIGNATURE_DIGITS: usize = 64;

/// The edge's observations of a postback's sender, and the time of the judgement.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    /// The whole address. `Postback` has only the address as it is stored.
    pub address: Option<IpAddr>,
    /// True if the postback came over HTTPS.
    pub over_https: bool,
    pub from_browser: bool,
    /// True if the sender was told that the postback is kept.
    pub queued: bool,
    /// Time at which the core judges the postback, by the core's clock.
    pub judged_at: Time,
}

/// A check of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Secret,
    Signature,
    Address,
    Https,
}

impl Check {
    pub const ALL: [Self; 4] = [Self::Secret, Self::Signature, Self::Address, Self::Https];

    fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Signature => "signature",
            Self::Address => "address",
            Self::Https => "HTTPS",
        }
    }

    pub fn mode(self, code: &ConversionCode) -> CheckMode {
        match self {
            Self::Secret => code.secret_check,
            Self::Signature => code.signature_check,
            Self::Address => code.address_check,
            Self::Https => code.https_check,
        }
    }

    /// Returns whether passing the check proves who the sender is. Anybody can call over HTTPS.
    /// Anybody can also call from an allowed address, if every address is allowed.
    fn proves(self, code: &ConversionCode) -> bool {
        match self {
            Self::Secret | Self::Signature => true,
            Self::Address => !code.allowed_addresses.is_everywhere(),
            Self::Https => false,
        }
    }
}

/// The cause of a check that is not passed.
#[derive(Clone, Copy)]
pub enum Failure {
    SecretMissing,
    SecretWrong,
    SignatureMissing,
    SignatureCut,
    SignatureWrong,
    SignatureStale,
    Address,
    Http,
}

impl Failure {
    fn error(self) -> Error {
        let error =
            |reason, parameter, message: &str| Error::new(reason, message).with("parameter", parameter);
        let (secret, signature) = (ErrorReason::SecretRefused, ErrorReason::SignatureRefused);
        match self {
            Self::SecretMissing => {
                let message =
                    "`sec` is missing; add `&sec=` and the conversion code's secret to the postback URL";
                error(secret, "sec", message)
            }
            Self::SecretWrong => {
                let message = "`sec` is not a valid secret of the conversion code; send the present one";
                error(secret, "sec", message)
            }
            Self::SignatureMissing => {
                let message = "the signature is missing; sign the query and put `&sig=` at its end";
                error(signature, "sig", message)
            }
            Self::SignatureCut => {
                let message = "the URL must end with `&sig=` and 64 hexadecimal digits; anything after them is not \
                               signed";
                error(signature, "sig", message)
            }
            Self::SignatureWrong => {
                let message = "the signature does not match the call; sign the query byte for byte as it is sent, \
                               with the conversion code's secret";
                error(signature, "sig", message)
            }
            Self::SignatureStale => {
                let message = format!(
                    "`ts` must be the time of signing in seconds since 1970 UTC, at most {SIGNATURE_SECONDS_MAX} \
                     seconds off; check the sender's clock, and sign again for each call"
                );
                error(ErrorReason::TimestampRefused, "ts", &message)
            }
            Self::Address => {
                // The message omits the address, which callers may see only as it is stored.
                let message = "the conversion code does not allow the sender's address; if it is the merchant's, \
                               add it to allowed_addresses";
                Error::new(ErrorReason::AddressRefused, message)
            }
            Self::Http => {
                let message = "the conversion code accepts HTTPS postbacks only; call the `https://` URL";
                Error::new(ErrorReason::HttpsRequired, message)
            }
        }
    }
}

/// The results of a code's checks.
#[derive(Debug, Default)]
pub struct Checked {
    /// The error of the first enforced check that is not passed. With this error, the postback does
    /// not count.
    pub refusal: Option<Error>,
    /// Notes on the failed checks that are reported, but not enforced.
    pub notes: Vec<Note>,
    /// The checks that are on and passed.
    pub passed: Vec<&'static str>,
    /// All checks that are passed, including checks that are off. A replay uses them, because other
    /// checks may be on at the time of the replay.
    pub proof: Proof,
    /// The signature if it is correct, regardless of its time and of the mode of the check.
    /// Postbacks with the same signature count once.
    pub signature: Option<Vec<u8>>,
}

/// Returns whether the code enforces a check that proves the sender, so that a sender who is not
/// refused is no stranger.
pub fn has_proof(code: &ConversionCode) -> bool {
    Check::ALL.into_iter().any(|check| check.mode(code) == CheckMode::Enforce && check.proves(code))
}

/// Applies all checks. Their modes decide the effect of a failure. `sender` is `None` for the
/// explanation of a URL that nobody has sent: the checks of address and HTTPS are then omitted.
pub fn check(
    code: &ConversionCode,
    postback: &Postback,
    parameters: &[Parameter],
    sender: Option<&Sender>,
) -> Checked {
    let mut checked = Checked::default();
    checked.enter(code, Check::Secret, secret(code, postback, parameters));
    let signature = right_signature(code, postback);
    let of_now = signature.as_ref().map_err(|failure| *failure).and_then(|_| {
        of_now(postback, parameters, sender.map_or(postback.received_at, |sender| sender.judged_at))
    });
    checked.enter(code, Check::Signature, of_now);
    checked.signature = signature.ok();
    if checked.signature.is_some() {
        checked.proof.add_signature();
    }
    if let Some(sender) = sender {
        checked.enter(code, Check::Address, address(code, sender));
        checked.enter(code, Check::Https, if sender.over_https { Ok(()) } else { Err(Failure::Http) });
    }
    checked
}

impl Checked {
    /// The results for a postback whose code is unknown.
    pub fn none() -> Self {
        let mut checked = Self::default();
        checked.proof.set_unchecked();
        checked
    }

    fn enter(&mut self, code: &ConversionCode, check: Check, came: Result<(), Failure>) {
        match (came, check.mode(code)) {
            (Ok(()), mode) => {
                self.proof.add(check);
                if mode != CheckMode::Off {
                    self.passed.push(check.name());
                }
            }
            (Err(_), CheckMode::Off) => {}
            (Err(failure), CheckMode::Enforce) => {
                self.refusal.get_or_insert_with(|| failure.error());
            }
            (Err(failure), CheckMode::Report) => {
                let message =
                    format!("not passed, and not enforced when it came: {}", failure.error().message());
                self.notes.push(note(NoteCode::CheckNotPassed, "", message));
            }
        }
    }

    /// Summary of the results, for people.
    pub fn sentence(&self) -> String {
        match (self.passed.as_slice(), self.notes.len()) {
            ([], 0) => "the conversion code does not check the sender".to_owned(),
            ([], _) => "not passed, and not enforced; see the notes".to_owned(),
            (passed, 0) => format!("passed: {}", passed.join(", ")),
            (passed, _) => format!("passed: {}; see the notes for others", passed.join(", ")),
        }
    }
}

fn value(parameters: &[Parameter], known: KnownParam) -> Option<&str> {
    let found = parameters.iter().find(|parameter| parameter.known == Some(known));
    found.map(|parameter| parameter.value.as_str())
}

fn secret(code: &ConversionCode, postback: &Postback, parameters: &[Parameter]) -> Result<(), Failure> {
    let text = value(parameters, KnownParam::Sec).ok_or(Failure::SecretMissing)?;
    let is_right = code.secrets(postback.received_at).any(|secret| secret.is(text));
    if is_right { Ok(()) } else { Err(Failure::SecretWrong) }
}

/// Splits a target's query into the signed bytes and the signature. The reader reads the same
/// query, so everything that it reads before the mark is signed.
fn split(target: &[u8]) -> Option<(&[u8], &[u8])> {
    let query = Target::split(target).query;
    let at = query.windows(SIGNATURE_MARK.len()).rposition(|window| window == SIGNATURE_MARK)?;
    Some((query.get(..at)?, query.get(at + SIGNATURE_MARK.len()..)?))
}

/// Returns whether the bytes have the form of a signature. Nothing is computed for other bytes.
fn is_signature(bytes: &[u8]) -> bool {
    bytes.len() == SIGNATURE_DIGITS && bytes.iter().all(u8::is_ascii_hexdigit)
}

fn signed_body(postback: &Postback) -> &[u8] {
    if postback.method.eq_ignore_ascii_case("POST") { &postback.body } else { &[] }
}

/// Returns the signature of the call, in lower case, if it is correct. The time of signing does not
/// matter.
pub fn right_signature(code: &ConversionCode, postback: &Postback) -> Result<Vec<u8>, Failure> {
    let (before, given) = split(&postback.target).ok_or(Failure::SignatureMissing)?;
    if !is_signature(given) {
        return Err(Failure::SignatureCut);
    }
    let given = given.to_ascii_lowercase();
    let body = signed_body(postback);
    let is_right = |secret: &str| bool::from(signature(before, body, secret).as_bytes().ct_eq(&given));
    let known = code.secrets(postback.received_at).any(|secret| is_right(secret.reveal()));
    if known { Ok(given) } else { Err(Failure::SignatureWrong) }
}

/// Returns the bytes that a signature of the call covers: of the target and of the body. `None` if
/// the call does not end in a well-formed signature.
pub fn signed_bytes(postback: &Postback) -> Option<(Vec<u8>, Vec<u8>)> {
    let (before, given) = split(&postback.target)?;
    is_signature(given).then(|| (before.to_vec(), signed_body(postback).to_vec()))
}

/// Returns the signature at the end of a target, in lower case. The erasure of a visitor leaves the
/// signature there.
pub fn last_signature(target: &[u8]) -> Option<Vec<u8>> {
    let last = target.last_chunk::<SIGNATURE_DIGITS>().filter(|last| is_signature(last.as_slice()))?;
    Some(last.to_ascii_lowercase())
}

/// Checks that the time of signing lies between arrival and judgement, or at most
/// `SIGNATURE_SECONDS_MAX` outside that period. Arrival and judgement are far apart if the edge's
/// clock was wrong, or if the postback waited in a spool.
fn of_now(postback: &Postback, parameters: &[Parameter], judged_at: Time) -> Result<(), Failure> {
    let seconds = value(parameters, KnownParam::Ts).and_then(|text| text.parse::<i64>().ok());
    let (arrived_at, max) = (postback.received_at.min(judged_at), Span::from_seconds(SIGNATURE_SECONDS_MAX));
    let between = arrived_at.minus(max).seconds()..=judged_at.max(arrived_at).plus(max).seconds();
    if seconds.is_some_and(|seconds| between.contains(&seconds)) {
        Ok(())
    } else {
        Err(Failure::SignatureStale)
    }
}

fn address(code: &ConversionCode, sender: &Sender) -> Result<(), Failure> {
    let is_allowed = sender.address.is_some_and(|address| code.allowed_addresses.contains(address));
    if is_allowed { Ok(()) } else { Err(Failure::Address) }
}

#[cfg(test)]
mod tests;
