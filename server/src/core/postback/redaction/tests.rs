//! Tests of the removal of secrets, without a server.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::*;
use crate::{
    core::{
        conversion_code::{ConversionCode, ConversionCodeId, Secret},
        postback::reader::{self, Overrides},
    },
    values::{
        id::{AccountId, Random, RequestKey},
        time::Time,
    },
};

const NOW: Time = Time::from_micros(1_763_900_000_000_000);
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

fn code() -> ConversionCode {
    let request = RequestKey { id: None, digest: Vec::new() };
    let random = Random::system();
    ConversionCode {
        secret: Secret::new(&random),
        former_secret: Secret::new(&random),
        ..ConversionCode::new(ConversionCodeId(uuid::Uuid::nil()), AccountId::DEFAULT, request, NOW)
    }
}

fn postback(method: &str, target: &str, content_type: &str, body: &str) -> Postback {
    reader::request(method, target.as_bytes().to_owned(), content_type, body.as_bytes().to_owned())
}

/// Returns target and body as they are stored, and true if anything outside the values of `sec` was
/// blotted out.
fn redacted(mut postback: Postback, code: Option<&ConversionCode>) -> (String, String, bool) {
    let reading = reader::read(&postback, &Overrides::default());
    let others = redact(&mut postback, &reading, code);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(postback.target), text(postback.body), others)
}

#[test]
fn only_values_read_as_sec_are_blotted_out() {
    for (query, expected) in [
        ("?val=1&sec=abc&com=2", "?val=1&sec=***&com=2"),
        ("?SEC=abc&Sec=de", "?SEC=***&Sec=**"),
        ("?s%65c=abc&val=1", "?s%65c=***&val=1"),
        ("?%73%65%63=%61bc", "?%73%65%63=*****"),
        ("?%20sec=abc&val=1", "?%20sec=***&val=1"),
        ("?+sec+=abc", "?+sec+=***"),
        ("?%22sec%22=abc&%E2%80%8Bsec=de", "?%22sec%22=***&%E2%80%8Bsec=**"),
        ("?val=1;sec=abc;com=2", "?val=1;sec=***;com=2"),
        ("?val=1;%73ec=abc;com=2", "?val=1;%73ec=***;com=2"),
        ("?val=1?sec=abc&com=2", "?val=1?sec=***&com=2"),
        ("?sec=abc?val=1&com=2", "?sec=***?val=1&com=2"),
        ("?sec=&val=1&amp;sec=ab", "?sec=&val=1&amp;sec=**"),
        ("&clickId=a&sec=abc", "&clickId=a&sec=***"),
        ("?clickId%3Da%26sec%3Dabc%26val%3D1", "?clickId%3Da%26sec%3D***%26val%3D1"),
        ("?x=y&clickId%3Da%26s%65c%3Da%2562%26val%3D1", "?x=y&clickId%3Da%26s%65c%3D******%26val%3D1"),
        ("?sec=a%C2%B6m=x&val=1", "?sec=*%C2%B6m=x&val=1"),
        ("?sec=%%C2%B6m=x&val=1", "?sec=*%C2%B6m=x&val=1"),
        ("?sec=%2561bc&sec=%", "?sec=*******&sec=*"),
        ("?sec=a=b;c&val=1", "?sec=*****&val=1"),
        ("?second=abc&usec=abc&sec&val=sec", "?second=abc&usec=abc&sec&val=sec"),
        ("?param=sec%3Dabc&oid=sec=abc", "?param=sec%3Dabc&oid=sec=abc"),
        ("?sec", "?sec"),
        ("", ""),
    ] {
        let target = format!("/s2s{query}");
        let found = redacted(postback("GET", &target, "", ""), None);
        assert_eq!(found, (format!("/s2s{expected}"), String::new(), false), "{query}");
        if let (Some(form), Some(expected)) = (query.strip_prefix('?'), expected.strip_prefix('?')) {
            let found = redacted(postback("POST", &target, FORM, form), None);
            assert_eq!(found.1, expected, "{query}");
        }
    }
}

#[test]
fn json_stays_json() {
    for (body, expected) in [
        (r#"{"sec" : "a,b", "val": 1}"#, r#"{"sec" : "***", "val": 1}"#),
        (r#"{"s\u0065c":"a\"b","val":1}"#, r#"{"s\u0065c":"****","val":1}"#),
        (r#"{" SEC ":"\u0061","sec":"b"}"#, r#"{" SEC ":"******","sec":"*"}"#),
        (r#"{"sec":12345,"sec":3,"sec":true,"val":5}"#, r#"{"sec":"***","sec":1,"sec":"**","val":5}"#),
        (r#"{"sec":null,"sec":"","sec":12}"#, r#"{"sec":null,"sec":"","sec":11}"#),
    ] {
        for content_type in [JSON, ""] {
            let (target, found, others) = redacted(postback("POST", "/s2s?sec=x", content_type, body), None);
            assert_eq!((target.as_str(), found.as_str(), others), ("/s2s?sec=*", expected, false));
            assert!(serde_json::from_str::<serde_json::Value>(&found).is_ok(), "{found}");
        }
    }
}

#[test]
fn unread_bytes_are_searched_for_anything_like_sec() {
    for (method, target, content_type, body, expected) in [
        ("GET", "/s2s?sec=x", "", "val=1&sec=abc", ("/s2s?sec=*", "val=1&sec=***")),
        (
            "POST",
            "/s2s?s%65c=x",
            JSON,
            r#"{"sec":"abc","val":1"#,
            ("/s2s?s%65c=*", r#"{"sec":"***","val":1"#),
        ),
        ("POST", "/s2s", JSON, r#"{"a":{"s\u0065c":"abc"}}"#, ("/s2s", r#"{"a":{"s\u0065c":"***"}}"#)),
        ("POST", "/s2s", JSON, r"{'sec':'abc','val':1}", ("/s2s", r"{'sec':'***','val':1}")),
        (
            "GET",
            "/s2s?data={%22sec%22:%22abc%22}&val=1",
            "",
            "",
            ("/s2s?data={%22sec%22:%22***%22}&val=1", ""),
        ),
        ("GET", "/s2s?val%253D1%2526sec%253Dabc", "", "", ("/s2s?val%253D1%2526sec%253D***", "")),
    ] {
        let found = redacted(postback(method, target, content_type, body), None);
        assert_eq!(
            (found.0.as_str(), found.1.as_str(), found.2),
            (expected.0, expected.1, true),
            "{target} {body}"
        );
    }
}

#[test]
fn a_codes_own_secrets_are_removed_everywhere() {
    let code = code();
    let encoded = |text: &str, how: fn(u8) -> String| text.bytes().map(how).collect::<String>();
    for secret in [code.secret.reveal(), code.former_secret.reveal()] {
        for spelling in [
            secret.to_owned(),
            secret.to_uppercase(),
            encoded(secret, |byte| format!("%{byte:02x}")),
            encoded(secret, |byte| format!("%{byte:02X}")),
            encoded(secret, |byte| format!("%25{byte:02x}")),
            encoded(secret, |byte| format!("%25{byte:02X}")),
            encoded(secret, |byte| format!("%{byte:02x}")).replace("%6", "%256"),
            encoded(secret, |byte| format!("{byte:02x}")),
            encoded(secret, |byte| format!("{byte:02X}")),
        ] {
            let stars = "*".repeat(spelling.len());
            for text in
                ["?oid=$&val=1", "?param=a%3D$&val=1", "?x$=1", "?data=%7B%22k%22:%22$%22%7D", "?val=1&$"]
            {
                let target = format!("/s2s{}", text.replace('$', &spelling));
                let expected = format!("/s2s{}", text.replace('$', &stars));
                let found = redacted(postback("GET", &target, "", ""), Some(&code));
                assert_eq!(found, (expected, String::new(), true));
            }
        }
        let spelling = encoded(secret, |byte| format!("\\u{byte:04x}"));
        let mixed = encoded(secret, |byte| format!("%5Cu{byte:04X}"));
        for spelling in [secret.to_owned(), spelling, mixed] {
            let body = format!(r#"{{"token":"{spelling}","val":1}}"#);
            let expected = format!(r#"{{"token":"{}","val":1}}"#, "*".repeat(spelling.len()));
            assert_eq!(redacted(postback("POST", "/s2s", JSON, &body), Some(&code)).1, expected);
        }
        let mut postback = postback("GET", &format!("/s2s?sec={secret}"), &format!("text/{secret}"), "");
        postback.user_agent = format!("shop {secret}é");
        let reading = reader::read(&postback, &Overrides::default());
        assert!(!redact(&mut postback, &reading, Some(&code)), "the URL has the secret only as `sec`");
        let stars = "*".repeat(secret.len());
        assert_eq!(
            (postback.content_type, postback.user_agent),
            (format!("text/{stars}"), format!("shop {stars}é"))
        );
    }
}

#[test]
fn a_secret_is_found_in_a_body_of_any_form() {
    let gzip = |body: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let field =
        |sec: &str| format!("--X\r\nContent-Disposition: form-data; name=\"Sec\"\r\n\r\n{sec}\r\n--X--");
    for (content_type, body, expected) in [
        (JSON, r#"{"sec":"a\"c","val":[1]}"#, r#"{"sec":"****","val":[1]}"#.to_owned()),
        (JSON, "val=1&sec=abc", "val=1&sec=***".to_owned()),
        (FORM, r#"{"sec":"abc","val":"1"}"#, r#"{"sec":"***","val":"1"}"#.to_owned()),
        ("text/plain", r#"{"sec":12}"#, r#"{"sec":11}"#.to_owned()),
        ("text/plain", "val=1\nsec=abc\ncom=0", "val=1\nsec=***\ncom=0".to_owned()),
        ("", &field("a&b=c"), field("*****")),
    ] {
        let mut plain = postback("POST", "/s2s", content_type, body);
        let mut encoded = Postback { body: gzip(body), ..plain.clone() };
        for postback in [&mut plain, &mut encoded] {
            let reading = reader::read(postback, &Overrides::default());
            assert!(!redact(postback, &reading, None), "{body}");
            assert_eq!(String::from_utf8_lossy(&postback.body), expected, "{body}");
        }
    }
}

#[test]
fn an_ignored_body_stays_ignored() {
    let target = "/s2s?clickId=a&id=6B1F0A3C9D5E4F7081A2B3C4D5E6F708&val=1&com=0";
    for body in [
        "[\u{1}&test=no\u{1}&x\"sec\":\"i$=k&0p",
        "{\"a\":[&val=2&\"sec\":\"i&x=1",
        "<x>&val=3&sec=i</x>&",
        // Multipart without a field.
        "--2000&sec=i\nx&sec=i: 1\n&val=2",
    ] {
        let (_, found, _) = redacted(postback("POST", target, JSON, body), None);
        let again = reader::read(&postback("POST", target, JSON, &found), &Overrides::default());
        let first = reader::read(&postback("POST", target, JSON, body), &Overrides::default());
        assert_eq!(format!("{:?}", first.claim), format!("{:?}", again.claim), "{body} became {found}");
        assert!(!found.contains('i'), "{found}");
    }
}

#[test]
fn a_body_keeps_its_lines() {
    // If the line ends were blotted out, too, the line with the `:` would be the second one, and
    // the body multipart.
    let body = "--x\n\nval=1&data={\"sec\":\"a\n\nb: \n\"}&com=0";
    let (_, found, _) = redacted(postback("POST", "/s2s", "", body), None);
    assert_eq!(found.lines().count(), body.lines().count(), "{found}");
    assert!(!found.contains("a\n") && found.contains("com=0"), "{found}");
}

#[test]
fn json_that_is_not_read_stays() {
    let complete = format!("/s2s?clickId=a&id={}&val=1&com=0", "6B1F0A3C9D5E4F7081A2B3C4D5E6F708");
    for (target, body) in [("/s2s", "{}"), ("/s2s?sec=a", "[]"), (&*complete, r#"{"shop":{"a":1}}"#)] {
        let (_, found, _) = redacted(postback("POST", target, JSON, body), None);
        assert_eq!(found, body, "{target}");
    }
}

#[test]
fn a_form_does_not_become_json() {
    for (content_type, body, expected) in [
        ("", "{\"a\":1,\"sec%3D\u{1}\":\"x&id=7\":1}", "*\"a\":1,\"sec%3D*****&id=7\":1}"),
        (JSON, " [{\"a\":\"sec=\u{1}&val=7\"}]", " *{\"a\":\"sec=*&val=7\"}]"),
        ("", "{\"a%26sec%3D\":1\u{1}:\"0%26b\":true}", "*\"a%26sec%3D*******%26b\":true}"),
        // It isn't JSON without its secret, either.
        ("", "{\"a\":1,\"sec%3D\u{1}\":\"x&id=7\":1", "{\"a\":1,\"sec%3D*****&id=7\":1"),
    ] {
        let (_, found, _) = redacted(postback("POST", "/s2s", content_type, body), None);
        assert_eq!(found, expected, "{body}");
        let [first, again] = [body, &found]
            .map(|body| reader::read(&postback("POST", "/s2s", content_type, body), &Overrides::default()));
        assert_eq!(first.parameters.len(), again.parameters.len(), "{body} became {found}");
    }
}
