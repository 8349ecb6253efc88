//! Tests of the checks of senders, without a server.

use s2s_sdk::postback::sign;

use super::*;
use crate::{
    core::{
        conversion_code::{AllowedAddresses, ConversionCodeId, Secret},
        postback::reader::{self, Overrides},
    },
    values::{
        id::{AccountId, Random, RequestKey},
        time::{Span, Time},
    },
};

const NOW: Time = Time::from_micros(1_763_900_000_000_000);
const SECONDS: u64 = 1_763_900_000;

fn postback(method: &str, target: &str, body: &str) -> Postback {
    let form = "application/x-www-form-urlencoded";
    let request = reader::request(method, target.as_bytes().to_owned(), form, body.as_bytes().to_owned());
    Postback { received_at: NOW, ..request }
}

/// A code whose checks are off, with two secrets. The former secret is valid for another minute.
fn code() -> ConversionCode {
    let request = RequestKey { id: None, digest: Vec::new() };
    let id = ConversionCodeId(uuid::Uuid::nil());
    let random = Random::system();
    ConversionCode {
        secret: Secret::new(&random),
        former_secret: Secret::new(&random),
        former_secret_expires_at: Some(NOW.plus(Span::from_seconds(60))),
        allowed_addresses: AllowedAddresses::parse(&["203.0.113.0/24".to_owned()]).unwrap(),
        ..ConversionCode::new(id, AccountId::DEFAULT, request, NOW)
    }
}

fn sender(address: &str, secure: bool) -> Sender {
    Sender {
        address: address.parse().ok(),
        over_https: secure,
        from_browser: false,
        queued: false,
        judged_at: NOW,
    }
}

fn checked(code: &ConversionCode, postback: &Postback, sender: Option<&Sender>) -> Checked {
    let parameters = reader::read(postback, &Overrides::default()).parameters;
    check(code, postback, &parameters, sender)
}

/// Returns the reason for which a postback is refused.
fn refused(code: &ConversionCode, postback: &Postback, who: &Sender) -> Option<ErrorReason> {
    checked(code, postback, Some(who)).refusal.map(|error| error.reason())
}

#[test]
fn a_secret_must_be_one_of_the_two() {
    use ErrorReason::SecretRefused;
    let code = ConversionCode { secret_check: CheckMode::Enforce, ..code() };
    let (secret, former) = (code.secret.reveal(), code.former_secret.reveal());
    let late = ConversionCode { former_secret_expires_at: Some(NOW), ..code.clone() };
    for (code, query, expected) in [
        (&code, format!("sec={secret}"), None),
        (&code, format!("val=1&SEC={secret}"), None),
        (&code, format!("sec={former}"), None),
        (&late, format!("sec={former}"), Some(SecretRefused)),
        (&code, String::new(), Some(SecretRefused)),
        (&code, "sec=".to_owned(), Some(SecretRefused)),
        (&code, "sec={sec}".to_owned(), Some(SecretRefused)),
        (&code, format!("sec={}", secret.to_uppercase()), Some(SecretRefused)),
        (&code, format!("sec={}", secret.split_at(1).1), Some(SecretRefused)),
        (&code, format!("sec={secret}{former}"), Some(SecretRefused)),
    ] {
        let postback = postback("GET", &format!("/s2s?{query}"), "");
        assert_eq!(refused(code, &postback, &sender("", false)), expected, "{query}");
    }
    let none = ConversionCode { secret: Secret::default(), former_secret_expires_at: None, ..code };
    assert_eq!(refused(&none, &postback("GET", "/s2s?sec=", ""), &sender("", false)), Some(SecretRefused));
}

#[test]
fn a_signature_must_match_the_call_and_be_recent() {
    use ErrorReason::{SignatureRefused, TimestampRefused};
    let code = ConversionCode { signature_check: CheckMode::Enforce, ..code() };
    let (secret, former) = (code.secret.reveal(), code.former_secret.reveal());
    let signed = |url: &str, body: &str, secret, seconds| sign(url, body.as_bytes(), secret, seconds);
    let good = signed("/s2s?clickId=a&val=1", "", secret, SECONDS);
    let (before, given) = good.split_at(good.len() - SIGNATURE_DIGITS);
    let upper = format!("{before}{}", given.to_uppercase());
    let post = signed("/s2s?x=1", "val=1", secret, SECONDS);
    let bare = |query: &str| format!("/s2s?{query}&sig={}", signature(query.as_bytes(), b"", secret));
    for (method, target, body, expected) in [
        ("GET", good.clone(), "", None),
        ("GET", upper, "", None),
        ("GET", signed("/s2s?val=1", "", former, SECONDS), "", None),
        ("GET", good.clone(), "a GET has no body", None),
        ("POST", post.clone(), "val=1", None),
        ("POST", signed("/s2s", "val=1", secret, SECONDS), "val=1", None),
        ("POST", post.clone(), "val=2", Some(SignatureRefused)),
        ("POST", post.clone(), "", Some(SignatureRefused)),
        ("POST", good.clone(), "val=1", Some(SignatureRefused)),
        ("GET", "/s2s?clickId=a&val=1".to_owned(), "", Some(SignatureRefused)),
        ("GET", good.replace("val=1", "val=2"), "", Some(SignatureRefused)),
        ("GET", good.replace("val=1", "val=%31"), "", Some(SignatureRefused)),
        ("GET", format!("{good}&val=1"), "", Some(SignatureRefused)),
        ("GET", format!("{good}&sig={given}"), "", Some(SignatureRefused)),
        ("GET", good.replace("/s2s?", "/s2s?com=9&"), "", Some(SignatureRefused)),
        ("GET", good.split_at(good.len() - 1).0.to_owned(), "", Some(SignatureRefused)),
        ("GET", good.replace("&sig=", "&SIG="), "", Some(SignatureRefused)),
        ("GET", signed("/s2s?val=1", "", "another secret", SECONDS), "", Some(SignatureRefused)),
        ("GET", signed("/s2s?val=1", "", secret, SECONDS - 300), "", None),
        ("GET", signed("/s2s?val=1", "", secret, SECONDS + 300), "", None),
        ("GET", signed("/s2s?val=1", "", secret, SECONDS - 301), "", Some(TimestampRefused)),
        ("GET", signed("/s2s?val=1", "", secret, SECONDS + 301), "", Some(TimestampRefused)),
        ("GET", signed("/s2s?val=1", "", secret, u64::MAX), "", Some(TimestampRefused)),
        ("GET", bare("val=1"), "", Some(TimestampRefused)),
        ("GET", bare("ts=now"), "", Some(TimestampRefused)),
    ] {
        let postback = postback(method, &target, body);
        assert_eq!(refused(&code, &postback, &sender("", false)), expected, "{method} {target} {body}");
    }
    // The first of these marks begins the query, and with it the signed bytes.
    for mark in ["&", ";", "%3f", "%3F", "%26", "%3B"] {
        let old = signed("/s2s?clickId=a&val=1", "", secret, SECONDS - 7_200);
        let target = old.replace("/s2s?", &format!("/s2s{mark}oid=new&ts={SECONDS}&u=http://a?"));
        let who = refused(&code, &postback("GET", &target, ""), &sender("", false));
        assert_eq!(who, Some(SignatureRefused), "{target}");
    }
    let right = checked(&code, &postback("GET", &good, ""), None).signature.unwrap();
    assert_eq!(right, given.as_bytes());
}

#[test]
fn an_address_must_be_allowed_and_http_may_be_refused() {
    use ErrorReason::{AddressRefused, HttpsRequired};
    let (enforce, off) = (CheckMode::Enforce, CheckMode::Off);
    for (address_check, https_check, who, expected) in [
        (enforce, off, sender("203.0.113.9", false), None),
        (enforce, off, sender("::ffff:203.0.113.9", false), None),
        (enforce, off, sender("203.0.114.9", true), Some(AddressRefused)),
        (enforce, off, sender("", true), Some(AddressRefused)),
        (off, enforce, sender("", true), None),
        (off, enforce, sender("203.0.113.9", false), Some(HttpsRequired)),
        (enforce, enforce, sender("203.0.114.9", false), Some(AddressRefused)),
        (off, off, sender("", false), None),
    ] {
        let code = ConversionCode { address_check, https_check, ..code() };
        assert_eq!(refused(&code, &postback("GET", "/s2s", ""), &who), expected, "{who:?}");
        assert_eq!(checked(&code, &postback("GET", "/s2s", ""), None).refusal.map(|e| e.reason()), None);
    }
}

#[test]
fn a_failed_check_that_is_not_enforced_is_noted() {
    let claim = CheckMode::Report;
    let all = ConversionCode {
        secret_check: claim,
        signature_check: claim,
        address_check: claim,
        https_check: claim,
        ..code()
    };
    let nobody = sender("", false);
    let found = checked(&all, &postback("GET", "/s2s", ""), Some(&nobody));
    assert!(found.refusal.is_none() && found.signature.is_none());
    assert_eq!(found.notes.len(), 4);
    assert!(found.notes.iter().all(|note| note.code() == NoteCode::CheckNotPassed));
    let right = sign(&format!("/s2s?sec={}", all.secret.reveal()), b"", all.secret.reveal(), SECONDS);
    let found = checked(&all, &postback("GET", &right, ""), Some(&sender("203.0.113.1", true)));
    assert_eq!(
        (found.notes.len(), found.sentence().as_str()),
        (0, "passed: secret, signature, address, HTTPS")
    );
}

#[test]
fn all_checks_are_applied_and_a_correct_signature_is_known_in_every_mode() {
    let code = code();
    let (secret, former) = (code.secret.reveal(), code.former_secret.reveal());
    let with = |check| ConversionCode { signature_check: check, ..code.clone() };
    let late = sign("/s2s?val=1", b"", secret, SECONDS - 301);
    let wrong = format!("/s2s?val=1&sig={}", "0".repeat(SIGNATURE_DIGITS));
    for mode in [CheckMode::Off, CheckMode::Report, CheckMode::Enforce] {
        for (target, right, of_now) in [
            (sign("/s2s?val=1", b"", secret, SECONDS), true, true),
            (sign("/s2s?val=1", b"", former, SECONDS), true, true),
            (late.clone(), true, false),
            (wrong.clone(), false, false),
            (format!("{wrong}&val=2"), false, false),
            ("/s2s?val=1".to_owned(), false, false),
        ] {
            let found = checked(&with(mode), &postback("GET", &target, ""), Some(&sender("", true)));
            let mut proof = Proof::default();
            proof.add(Check::Https);
            if of_now {
                proof.add(Check::Signature);
            }
            if right {
                proof.add_signature();
            }
            assert_eq!((found.signature.is_some(), found.proof), (right, proof), "{mode:?} {target}");
            let told = (found.refusal.is_some(), found.notes.len(), found.passed.len());
            let expected = match (mode, of_now) {
                (CheckMode::Off, _) => (false, 0, 0),
                (_, true) => (false, 0, 1),
                (CheckMode::Report, false) => (false, 1, 0),
                (CheckMode::Enforce, false) => (true, 0, 0),
            };
            assert_eq!(told, expected, "{mode:?} {target}");
        }
    }
}

#[test]
fn a_signature_is_recent_even_if_the_clock_of_an_edge_was_wrong() {
    for (arrived, judged, ts, passes) in [
        (0, 0, -300, true),
        (0, 0, -301, false),
        (0, 0, 300, true),
        (0, 0, 301, false),
        // The postback waited in a spool.
        (0, 7_200, -301, false),
        (0, 7_200, 10, true),
        // The edge's clock was behind, or ahead.
        (-3_600, 100, 90, true),
        (-3_600, 100, 401, false),
        (86_400, 100, 90, true),
        (86_400, 100, -300, false),
        (86_400, 100, 86_400, false),
    ] {
        let at = |of: i64| Time::from_micros((NOW.seconds() + of) * 1_000_000);
        let target = format!("/s2s?ts={}", NOW.seconds() + ts);
        let postback = Postback { received_at: at(arrived), ..postback("GET", &target, "") };
        let parameters = reader::read(&postback, &Overrides::default()).parameters;
        assert_eq!(of_now(&postback, &parameters, at(judged)).is_ok(), passes, "{arrived} {judged} {ts}");
    }
}

#[test]
fn a_check_that_anybody_passes_proves_no_sender() {
    use CheckMode::{Enforce, Off, Report};
    for (modes, allowed, expected) in [
        ([Off, Off, Off, Off], "203.0.113.7", false),
        ([Report, Report, Report, Enforce], "203.0.113.7", false),
        ([Enforce, Off, Off, Off], "0.0.0.0/0", true),
        ([Off, Enforce, Off, Off], "0.0.0.0/0", true),
        ([Off, Off, Enforce, Enforce], "203.0.113.7", true),
        ([Off, Off, Enforce, Enforce], "0.0.0.0/0", false),
        ([Off, Off, Enforce, Off], "::/0", false),
    ] {
        let [secret_check, signature_check, address_check, https_check] = modes;
        let allowed_addresses = AllowedAddresses::parse(&[allowed.to_owned()]).unwrap();
        let checks = ConversionCode { secret_check, signature_check, address_check, https_check, ..code() };
        let code = ConversionCode { allowed_addresses, ..checks };
        assert_eq!(has_proof(&code), expected, "{modes:?} {allowed}");
    }
}
