//! Whether a postback comes from whom its conversion code allows: secret, signature, address, HTTPS. Pure.
//!
//! Judged once, when the postback arrives. A replay does not judge again: what would prove the sender is not
//! kept, and the time of a signature has passed. It goes by what was found then (`unproven`).

use std::net::IpAddr;

use s2s_sdk::{
    postback::signature,
    v1::{ErrorReason, Note, NoteCode},
};
use subtle::ConstantTimeEq as _;

use super::{Postback, Raw, Reason, reader::Known, reader::Parameter};
use crate::{
    conversion::note,
    conversion_code::{CheckMode, ConversionCode},
    error::{Error, Result},
};

/// How far the time of a signature may be from its arrival, in seconds.
const SIGNATURE_SECONDS_MAX: u64 = 300;
/// What stands between what is signed and the signature. Nothing may follow that, for it would not be signed.
const SIGNATURE_MARK: &[u8] = b"&sig=";
/// Hexadecimal digits of a signature.
const SIGNATURE_DIGITS: usize = 64;
/// What stands in the place of each byte of a secret.
const BLOT: u8 = b'*';

/// What the edge saw of whoever sent a postback.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    /// Whole; it is not stored.
    pub address: Option<IpAddr>,
    /// Over HTTPS.
    pub secure: bool,
    pub from_browser: bool,
}

/// What the checks of a code came to.
#[derive(Debug, Default)]
pub struct Checked {
    /// Why it does not count: the first check that is enforced and not passed.
    pub refusal: Option<Error>,
    /// The checks that are not passed and are reported alone.
    pub notes: Vec<Note>,
    /// The checks that are passed.
    pub passed: Vec<&'static str>,
    /// The signature, where it is right: the same one counts once.
    pub signature: Option<Vec<u8>>,
}

/// Checks what is on. `sender`: `None` where a URL is explained that nobody has sent.
pub fn check(code: &ConversionCode, raw: &Raw, parameters: &[Parameter], sender: Option<&Sender>) -> Checked {
    let mut checked = Checked::default();
    checked.enter(code.secret_check, "secret", || secret(code, raw, parameters));
    let mut signature = None;
    checked.enter(code.signature_check, "signature", || {
        signature = Some(signed(code, raw, parameters)?);
        Ok(())
    });
    checked.signature = signature;
    if let Some(sender) = sender {
        checked.enter(code.address_check, "address", || address(code, sender));
        checked.enter(code.https_check, "HTTPS", || https(*sender));
    }
    checked
}

impl Checked {
    fn enter(&mut self, mode: CheckMode, name: &'static str, check: impl FnOnce() -> Result<()>) {
        if mode == CheckMode::Off {
            return;
        }
        match check() {
            Ok(()) => self.passed.push(name),
            Err(error) if mode == CheckMode::Enforce => {
                self.refusal.get_or_insert(error);
            }
            Err(error) => {
                let message = format!("it counts, since this is not enforced: {}", error.message());
                self.notes.push(note(NoteCode::CheckNotPassed, "", message));
            }
        }
    }

    /// What was found, for people.
    pub fn sentence(&self) -> String {
        match (self.passed.as_slice(), self.notes.len()) {
            ([], 0) => "nothing that the conversion code checks of a sender".to_owned(),
            ([], _) => "not passed, and not enforced; see the notes".to_owned(),
            (passed, 0) => format!("passed: {}", passed.join(", ")),
            (passed, _) => format!("passed: {}; for others see the notes", passed.join(", ")),
        }
    }
}

fn value(parameters: &[Parameter], known: Known) -> Option<&str> {
    let found = parameters.iter().find(|parameter| parameter.known == Some(known));
    found.map(|parameter| parameter.value.as_str())
}

fn secret(code: &ConversionCode, raw: &Raw, parameters: &[Parameter]) -> Result<()> {
    let message = match value(parameters, Known::Sec) {
        Some(text) if code.secrets(raw.received_at).any(|secret| secret.is(text)) => return Ok(()),
        Some(_) => {
            "`sec` is no secret of the conversion code, or one that has ended; send the one it has now"
        }
        None => "`sec` is missing; add `&sec=` and the conversion code's secret to the postback URL",
    };
    Err(Error::new(ErrorReason::SecretRefused, message).with("parameter", "sec"))
}

/// What is signed, and what stands for the signature.
fn split(target: &[u8]) -> Option<(&[u8], &[u8])> {
    let query = target.get(target.iter().position(|byte| *byte == b'?')? + 1..)?;
    let at = query.windows(SIGNATURE_MARK.len()).rposition(|window| window == SIGNATURE_MARK)?;
    Some((query.get(..at)?, query.get(at + SIGNATURE_MARK.len()..)?))
}

/// The signature of a held postback, if it had to be right when it came: the same one counts once.
pub fn signature_of(code: &ConversionCode, held: &Postback) -> Option<Vec<u8>> {
    let was_right = held.authenticated && code.signature_check == CheckMode::Enforce;
    let (_, given) = split(&held.target).filter(|_| was_right)?;
    Some(given.to_ascii_lowercase())
}

/// The signature, where it is right and of now.
fn signed(code: &ConversionCode, raw: &Raw, parameters: &[Parameter]) -> Result<Vec<u8>> {
    let refused = |message: &str| Error::new(ErrorReason::SignatureRefused, message).with("parameter", "sig");
    let Some((before, given)) = split(&raw.target) else {
        return Err(refused("the signature is missing; sign the query and put `&sig=` at its end"));
    };
    if given.len() != SIGNATURE_DIGITS || !given.iter().all(u8::is_ascii_hexdigit) {
        return Err(refused(
            "the URL must end with `&sig=` and 64 hexadecimal digits; what stands behind them is not signed",
        ));
    }
    let given = given.to_ascii_lowercase();
    let body = if raw.method.eq_ignore_ascii_case("POST") { raw.body.as_slice() } else { &[] };
    let is_right = |secret: &str| bool::from(signature(before, body, secret).as_bytes().ct_eq(&given));
    if !code.secrets(raw.received_at).any(|secret| is_right(secret.reveal())) {
        return Err(refused(
            "the signature is not that of what was sent; sign the query byte for byte as it is sent, with the \
             conversion code's secret",
        ));
    }
    let seconds = value(parameters, Known::Ts).and_then(|text| text.parse::<i64>().ok());
    if seconds.is_none_or(|seconds| raw.received_at.seconds().abs_diff(seconds) > SIGNATURE_SECONDS_MAX) {
        let message = format!(
            "`ts` must be the time of signing in seconds since 1970 UTC, at most {SIGNATURE_SECONDS_MAX} seconds off; \
             check the sender's clock, and sign again for each call"
        );
        return Err(Error::new(ErrorReason::TimestampRefused, message).with("parameter", "ts"));
    }
    Ok(given)
}

fn address(code: &ConversionCode, sender: &Sender) -> Result<()> {
    if sender.address.is_some_and(|address| code.allowed_addresses.contains(address)) {
        return Ok(());
    }
    // Whoever asks may see the address only as it is stored.
    let message = "the sender's address is none that the conversion code allows; if it is the merchant's, add it to \
                   allowed_addresses";
    Err(Error::new(ErrorReason::AddressRefused, message))
}

fn https(sender: Sender) -> Result<()> {
    if sender.secure {
        return Ok(());
    }
    let message = "the conversion code takes postbacks over HTTPS alone; call the `https://` URL";
    Err(Error::new(ErrorReason::HttpsRequired, message))
}

/// Why a held postback does not count for a code when it is replayed: the code enforces a check, and the
/// postback did not pass it, or came for another code, or before the code was known.
pub fn unproven(code: &ConversionCode, held: &Postback) -> Option<Error> {
    if !code.enforces_checks() || (held.authenticated && held.code_text == code.id.to_string()) {
        return None;
    }
    let checks = [
        (code.secret_check, ErrorReason::SecretRefused),
        (code.signature_check, ErrorReason::SignatureRefused),
        (code.address_check, ErrorReason::AddressRefused),
        (code.https_check, ErrorReason::HttpsRequired),
    ];
    let found = held.reason.map(|Reason(reason)| reason).filter(|reason| is_of_sender(*reason));
    let first = checks.into_iter().find(|(mode, _)| *mode == CheckMode::Enforce).map(|(_, reason)| reason);
    let message = "it is not proved who sent it, and a replay can't check that; if the sale is real, replay it with \
                   trust_sender";
    found.or(first).map(|reason| Error::new(reason, message))
}

/// Whether a postback that is held for this reason did not pass a check of its sender.
pub fn is_of_sender(reason: ErrorReason) -> bool {
    matches!(
        reason,
        ErrorReason::SecretRefused
            | ErrorReason::SignatureRefused
            | ErrorReason::TimestampRefused
            | ErrorReason::AddressRefused
            | ErrorReason::HttpsRequired
    )
}

/// Blots out what came as `sec`, and the code's secrets wherever they stand; lengths stay.
pub fn redact(raw: &mut Raw, code: Option<&ConversionCode>) {
    for bytes in [&mut raw.target, &mut raw.body] {
        blot_parameter(bytes);
        for secret in code.into_iter().flat_map(|code| [&code.secret, &code.former_secret]) {
            blot_text(bytes, secret.reveal().as_bytes());
        }
    }
}

/// The value of `sec`, in a query, a form or JSON.
fn blot_parameter(bytes: &mut [u8]) {
    const NAME: &[u8] = b"sec";
    let mut blotting: Option<&[u8]> = None;
    let mut at = 0;
    while let Some((before, rest)) = bytes.split_at_mut_checked(at) {
        let Some(first) = rest.first().copied() else { return };
        match blotting {
            Some(ends) if ends.contains(&first) => blotting = None,
            Some(_) => rest.iter_mut().take(1).for_each(|byte| *byte = BLOT),
            None => {
                let begins = before.last().is_none_or(|byte| b"?&;\"".contains(byte));
                let named = rest.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
                let behind = rest.get(NAME.len()..).unwrap_or_default();
                let quoted = behind.strip_prefix(b"\"").unwrap_or(behind).trim_ascii_start();
                let value = match quoted.split_first() {
                    _ if !begins || !named => None,
                    Some((b'=', value)) => Some((value, &b"&;"[..])),
                    Some((b':', value)) => {
                        let value = value.trim_ascii_start();
                        let text = value.strip_prefix(b"\"");
                        Some(text.map_or((value, &b",}"[..]), |text| (text, &b"\""[..])))
                    }
                    _ => None,
                };
                if let Some((value, ends)) = value {
                    at += rest.len() - value.len();
                    blotting = Some(ends);
                    continue;
                }
            }
        }
        at += 1;
    }
}

fn blot_text(bytes: &mut [u8], text: &[u8]) {
    if text.is_empty() {
        return;
    }
    let mut rest = bytes;
    while let Some(at) = rest.windows(text.len()).position(|window| window == text) {
        let Some((found, behind)) = rest.get_mut(at..).and_then(|rest| rest.split_at_mut_checked(text.len()))
        else {
            return;
        };
        found.fill(BLOT);
        rest = behind;
    }
}

#[cfg(test)]
mod tests;
