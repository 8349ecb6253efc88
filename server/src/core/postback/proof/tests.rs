//! Tests of the use of proofs by a replay, without a server.

use s2s_sdk::postback::sign;

use super::*;
use crate::{
    core::{
        conversion::note,
        conversion_code::{ConversionCodeId, Secret},
        postback::{Notes, reader},
    },
    values::{
        id::{AccountId, Random, RequestKey},
        time::Time,
    },
};

const NOW: Time = Time::from_micros(1_763_900_000_000_000);
const SECONDS: u64 = 1_763_900_000;

fn code() -> ConversionCode {
    let request = RequestKey { id: None, digest: Vec::new() };
    let id = ConversionCodeId(uuid::Uuid::nil());
    let secret = Secret::new(&Random::system());
    ConversionCode { secret, ..ConversionCode::new(id, AccountId::DEFAULT, request, NOW) }
}

/// A held postback that names the code.
fn held(code: &ConversionCode, target: &str, checks_passed: Option<Proof>) -> Postback {
    let request = reader::request("GET", target.as_bytes().to_owned(), "", Vec::new());
    Postback { received_at: NOW, code_text: code.id.to_string(), checks_passed, ..request }
}

fn proof(checks: &[Check], signed: bool) -> Proof {
    let mut proof = Proof::default();
    for check in checks {
        proof.add(*check);
    }
    if signed {
        proof.add_signature();
    }
    proof
}

#[test]
fn a_replay_requires_that_the_checks_enforced_now_were_passed_then() {
    use CheckMode::{Enforce, Off, Report};
    use ErrorReason::{
        AddressRefused, AttributionWindowPassed, HttpsRequired, SecretRefused, SignatureRefused,
        TimestampRefused,
    };
    let none = proof(&[], false);
    for (modes, passed, reason, expected) in [
        ([Off, Off, Off, Off], none, AttributionWindowPassed, None),
        ([Report, Report, Report, Report], none, SecretRefused, None),
        ([Enforce, Off, Off, Off], none, AttributionWindowPassed, Some(SecretRefused)),
        ([Enforce, Off, Off, Off], proof(&[Check::Secret], false), AttributionWindowPassed, None),
        (
            [Off, Enforce, Off, Off],
            proof(&[Check::Secret], false),
            AttributionWindowPassed,
            Some(SignatureRefused),
        ),
        ([Off, Enforce, Off, Off], proof(&[], true), AttributionWindowPassed, Some(TimestampRefused)),
        ([Off, Enforce, Off, Off], none, TimestampRefused, Some(TimestampRefused)),
        ([Off, Enforce, Off, Off], proof(&[Check::Signature], true), AttributionWindowPassed, None),
        (
            [Off, Off, Enforce, Off],
            proof(&[Check::Https], false),
            AttributionWindowPassed,
            Some(AddressRefused),
        ),
        ([Off, Off, Enforce, Off], proof(&[Check::Address], false), AttributionWindowPassed, None),
        (
            [Off, Off, Off, Enforce],
            proof(&[Check::Address], false),
            AttributionWindowPassed,
            Some(HttpsRequired),
        ),
        ([Off, Off, Off, Enforce], proof(&[Check::Https], false), AttributionWindowPassed, None),
        // The reason for which the postback is held is repeated while the check with this reason
        // fails.
        ([Enforce, Off, Off, Enforce], none, HttpsRequired, Some(HttpsRequired)),
        ([Enforce, Off, Off, Off], none, HttpsRequired, Some(SecretRefused)),
        (
            [Enforce, Off, Off, Enforce],
            proof(&[Check::Secret], false),
            AttributionWindowPassed,
            Some(HttpsRequired),
        ),
    ] {
        let [secret_check, signature_check, address_check, https_check] = modes;
        let code = ConversionCode { secret_check, signature_check, address_check, https_check, ..code() };
        let held = Postback { reason: Some(Reason(reason)), ..held(&code, "/s2s", Some(passed)) };
        let found = unproven(&code, &held).map(|error| error.reason());
        assert_eq!(found, expected, "{modes:?} {passed:?} {reason:?}");
        // A postback that came for another code has proved nothing to this code.
        let other = Postback { code_text: "another".to_owned(), ..held };
        assert_eq!(unproven(&code, &other).is_some(), modes.contains(&Enforce), "{modes:?}");
    }
}

#[test]
fn a_postback_from_before_proofs_were_stored_is_judged_by_its_notes() {
    let code = ConversionCode { secret_check: CheckMode::Enforce, ..code() };
    for (authenticated, note_code, expected) in [
        (true, None, false),
        (true, Some(NoteCode::Trimmed), false),
        (true, Some(NoteCode::CheckNotPassed), true),
        (false, None, true),
    ] {
        let notes = Notes::new(note_code.map(|code| note(code, "", "a note")).into_iter().collect());
        let held = Postback { notes, authenticated, ..held(&code, "/s2s", None) };
        assert_eq!(unproven(&code, &held).is_some(), expected, "{authenticated} {note_code:?}");
    }
}

#[test]
fn a_replay_uses_only_a_correct_or_uncheckable_signature() {
    let code = code();
    let right = sign("/s2s?val=1", b"", code.secret.reveal(), SECONDS);
    let (before, digits) = right.split_at(right.len() - 64);
    let upper = format!("{before}{}", digits.to_uppercase());
    // The redaction of `sec` has changed the signed bytes.
    let blotted = right.replace("val=1", "sec=*");
    let zeros = format!("/s2s?val=1&sig={}", "0".repeat(64));
    let (signed, unsigned) = (Some(proof(&[], true)), Some(Proof::default()));
    let changed = |unchecked: i16| Some(Proof(CHANGED | unchecked));
    for (target, checks_passed, signature_check, expected) in [
        (&right, signed, CheckMode::Off, true),
        (&upper, signed, CheckMode::Enforce, true),
        (&blotted, signed, CheckMode::Report, true),
        // The postback came before its code was known.
        (&right, unsigned, CheckMode::Off, true),
        (&upper, unsigned, CheckMode::Off, true),
        (&blotted, unsigned, CheckMode::Enforce, false),
        (&zeros, unsigned, CheckMode::Enforce, false),
        // The signature was checked for this code when the postback came, and was wrong.
        (&blotted, changed(0), CheckMode::Off, false),
        (&blotted, changed(UNCHECKED), CheckMode::Off, true),
        (&blotted, changed(UNCHECKED), CheckMode::Enforce, true),
        (&blotted, Some(Proof(UNCHECKED)), CheckMode::Off, false),
        (&zeros, None, CheckMode::Report, false),
        (&blotted, None, CheckMode::Off, false),
        (&blotted, None, CheckMode::Enforce, true),
    ] {
        let code = ConversionCode { signature_check, ..code.clone() };
        let held = held(&code, target, checks_passed);
        let found = signature_of(&code, &held);
        assert_eq!(found, expected.then(|| digits.as_bytes().to_vec()), "{target} {checks_passed:?}");
    }
}

#[test]
fn a_change_of_signed_bytes_is_noted_unless_the_signature_is_known_to_be_right() {
    let code = code();
    let right = sign("/s2s?val=1&sec=x", b"", code.secret.reveal(), SECONDS);
    let (zeros, unsigned) = (right.replace("sec=x", "sec=y"), "/s2s?val=1&sec=x".to_owned());
    let blot = |postback: &mut Postback| {
        let at = postback.target.windows(4).position(|window| window == b"sec=").unwrap();
        postback.target[at + 4] = b'*';
    };
    for (target, before, is_blotted, is_noted) in [
        (&right, Some(Proof(UNCHECKED)), true, true),
        (&zeros, Some(Proof::default()), true, true),
        (&right, Some(Proof(UNCHECKED)), false, false),
        (&right, Some(Proof(SIGNED)), true, false),
        (&unsigned, Some(Proof(UNCHECKED)), true, false),
        (&right, None, true, false),
    ] {
        let mut postback = held(&code, target, before);
        postback.change(|postback| {
            if is_blotted {
                blot(postback);
            }
        });
        let added = if is_noted { CHANGED } else { 0 };
        assert_eq!(postback.checks_passed, before.map(|Proof(bits)| Proof(bits | added)), "{target}");
    }
    // A body is signed only with POST.
    for (method, is_noted) in [("POST", true), ("GET", false)] {
        let target = sign("/s2s", b"zip", code.secret.reveal(), SECONDS).into_bytes();
        let request = reader::request(method, target, "", b"zip".to_vec());
        let mut postback = Postback { checks_passed: Some(Proof(UNCHECKED)), ..request };
        postback.change(|postback| postback.body = b"plain".to_vec());
        assert_eq!(postback.checks_passed.unwrap().is_changed(), is_noted, "{method}");
    }
}

#[test]
fn calls_with_the_same_unchecked_signature_are_told_apart_by_what_is_stored() {
    let code = code();
    let digits = "0".repeat(64);
    let held = |value: u8, bits: i16| {
        held(&code, &format!("/s2s?val={value}&sec=*&sig={digits}"), Some(Proof(bits)))
    };
    let open = CHANGED | UNCHECKED;
    for (one, first, is_another) in [
        (held(1, open), held(1, open), false),
        (held(1, open), held(2, open), true),
        // A signature that is known to be right belongs to one call alone.
        (held(1, open), held(2, SIGNED), false),
        (held(1, UNCHECKED), held(2, open), false),
    ] {
        assert_eq!(one.is_another_call(&first), is_another, "{one:?} {first:?}");
    }
    let erased = Notes::new(vec![note(NoteCode::VisitorErased, "", "")]);
    let erased = Postback { notes: erased, ..held(2, open) };
    assert!(!held(1, open).is_another_call(&erased) && !erased.is_another_call(&held(1, open)));
}
