//! Tests of the reader, without a server.

use std::{
    fs,
    path::{Path, PathBuf},
};

use s2s_sdk::v1::NoteCode;

use super::{
    check::{check_reading, grows_in_proportion, request},
    *,
};
use crate::{
    core::{conversion::Commission, postback::redaction::redact},
    values::money::Percent,
};

const CODE: &str = "6B1F0A3C9D5E4F7081A2B3C4D5E6F708";

fn postback(method: &str, target: &[u8], content_type: &str, body: &str) -> Postback {
    request(method, target.to_owned(), content_type, body.as_bytes().to_vec())
}

/// Reads a postback as live traffic is read.
fn read(postback: &Postback) -> ParsedPostback {
    check::read(postback, &Overrides::default())
}

/// Reads a `GET` with this query.
fn get(query: &str) -> ParsedPostback {
    read(&postback("GET", format!("/s2s?{query}").as_bytes(), "", ""))
}

fn with_defaults(query: &str) -> ParsedPostback {
    get(&format!("clickId=abc&id={CODE}&{query}"))
}

fn codes(reading: &ParsedPostback) -> Vec<NoteCode> {
    reading.notes.iter().map(Note::code).collect()
}

#[test]
fn a_plain_postback_is_read_to_the_digit() {
    let reading = with_defaults("val=1&com=0.5&param=myCustomParam%3Dxyz&oid=o-1&cur=eur&status=Pending");
    let claim = reading.claim.unwrap();
    assert_eq!((claim.click_id, claim.transaction_id.as_str()), (None, "o-1"));
    assert_eq!(claim.value.micros(), 1_000_000);
    assert_eq!(claim.commission, Commission::Amount(Amount::from_micros(500_000).unwrap()));
    assert_eq!(claim.custom_params.pairs(), [("myCustomParam".to_owned(), "xyz".to_owned())]);
    // The meaning of the status word is settled later.
    assert_eq!((claim.currency, claim.status_word.as_str()), ("EUR".parse().ok(), "Pending"));
    assert_eq!((reading.notes.len(), reading.test), (0, None));
    assert_eq!((reading.code_text.as_str(), reading.click_text.as_str()), (CODE, "abc"));
}

#[test]
fn refusals_name_the_reason() {
    use ErrorReason as E;
    let long = "9".repeat(400);
    for (query, reason) in [
        ("", E::ParameterMissing),
        // Text after an `&` that was not encoded.
        (&format!("clickId=abc&id={CODE}&val=1&apos;234.50&com=0"), E::ParameterMalformed),
        (&format!("clickId=abc&id={CODE}&val=1&#8239;234,50&com=0"), E::ParameterMalformed),
        (&format!("clickId=abc&id={CODE}&val=10&euro;&com=0"), E::ParameterMalformed),
        (&format!("clickId=abc&id={CODE}&val=1&com=0&oid=H&M-1"), E::ParameterMalformed),
        (&format!("clickId=abc&id={CODE}&val=1&com=0&oid=A&amp;B"), E::ParameterMalformed),
        // An order number with another parameter in it.
        (&format!("clickId=abc&id={CODE}&val=1&com=0&oid=5;cur=USD"), E::ParameterMalformed),
        (&format!("clickId=abc&id={CODE}&val=1&com=0&oid=/orders/5?test=1"), E::ParameterMalformed),
        (&format!("clickId=abc&id={CODE}&val=1&com=0&oid=5?utm_source=x"), E::ParameterMalformed),
        ("clickId=abc", E::ParameterMissing),
        (&format!("clickId=abc&id={CODE}"), E::ParameterMissing),
        (&format!("clickId=abc&id={CODE}&val=1"), E::ParameterMissing),
        (&format!("clickId=&id={CODE}&val=1&com=0"), E::ParameterMissing),
        ("clickId={clickid}&id=x&val=1&com=0", E::MacroNotReplaced),
        ("clickId=%23S1%23&id=x&val=1&com=0", E::MacroNotReplaced),
        ("clickId=%TRACKER%&id=x&val=1&com=0", E::MacroNotReplaced),
        ("clickId=%%AD_ID%%&id=x&val=1&com=0", E::MacroNotReplaced),
        (&format!("clickId=a&id={CODE}&val={{payout}}&com=0"), E::MacroNotReplaced),
        (&format!("clickId=a&id={CODE}&val=1&com=0&oid=[order_id]"), E::MacroNotReplaced),
        (&format!("clickId=a&id={CODE}&val=1&com=0&oid=None"), E::ParameterMalformed),
        (&format!("clickId=a&id={CODE}&val=1&com=0&order=-"), E::ParameterMalformed),
        (&format!("clickId=a&id={CODE}&val=1.500&com=5."), E::AmountAmbiguous),
        ("clickId=a&clickId=b&id=x&val=1&com=0", E::ParameterRepeated),
        ("clickId=a%zz&id=x&val=1&com=0", E::ParameterMalformed),
        ("clickId=a%ff&id=x&val=1&com=0", E::ParameterMalformed),
        ("clickId=a%00b&id=x&val=1&com=0", E::ParameterMalformed),
        ("clickId=a&id=x&val=1&com=0", E::ConversionCodeUnknown),
        (&format!("clickId=a&id={CODE}&val=1e3&com=0"), E::AmountMalformed),
        (&format!("clickId=a&id={CODE}&val=NaN&com=0"), E::AmountMalformed),
        (&format!("clickId=a&id={CODE}&val=1,500&com=0"), E::AmountAmbiguous),
        (&format!("clickId=a&id={CODE}&val=-5&com=0"), E::AmountOutOfRange),
        (&format!("clickId=a&id={CODE}&val={long}&com=0"), E::AmountOutOfRange),
        (&format!("clickId=a&id={CODE}&val=99999999999999999999&com=0"), E::AmountOutOfRange),
        (&format!("clickId=a&id={CODE}&val=1&com=0&comperc=101"), E::AmountOutOfRange),
        (&format!("clickId=a&id={CODE}&val=1&com=0&comperc=101%"), E::AmountOutOfRange),
        (&format!("clickId=a&id={CODE}&val=1&com=0&comperc=%z1"), E::ParameterMalformed),
        (&format!("clickId=a&id={CODE}&val=1&com=0&comperc=10&5x"), E::ParameterMalformed),
        (&format!("clickId=a&id={CODE}&val=1%&com=0"), E::ParameterMalformed),
        (&format!("clickId=a&id={CODE}&val=1&com=0&cur=EURO"), E::CurrencyInvalid),
        (&format!("clickId=a&id={CODE}&val=1&com=0&status={{status}}"), E::MacroNotReplaced),
        (&format!("clickId=a&id={CODE}&val=1&com=0&status=%zz"), E::ParameterMalformed),
        (&format!("clickId=a&id={CODE}&val=1&com=0&status=new&status=hold"), E::ParameterRepeated),
        (&format!("clickId=a&id={CODE}&val=1&com=0&oid={long}"), E::ParameterMalformed),
        (&format!("clickId=a&id={CODE}&val=1&com=0&param={}", "a;".repeat(65)), E::ParameterMalformed),
        (&"a=1&".repeat(65), E::RequestTooLarge),
        ("clickId=", E::FragmentCutOff),
        (&format!("id={CODE}&val=1&com="), E::FragmentCutOff),
        (&format!("clickId=a&id={CODE}&val=10+EUR&com=1+USD"), E::CurrencyInvalid),
        (&format!("clickId=a&id={CODE}&val=10+EUR&com=0&cur=USD"), E::CurrencyInvalid),
        (&format!("clickId=a&id={CODE}&val=1&com=0&comperc=10+EUR"), E::AmountMalformed),
    ] {
        let error = get(query).claim.unwrap_err();
        assert_eq!(error.reason(), reason, "{query}: {}", error.message());
    }
}

#[test]
fn repairs_are_noted() {
    use NoteCode as N;
    for (query, notes) in [
        ("val=1&com=0", vec![]),
        ("VAL=1&Com=0", vec![]),
        ("amount=1&payout=0", vec![N::Alias, N::Alias]),
        ("val=%221%22&com=%0A0", vec![N::Trimmed, N::Trimmed]),
        ("val=+1&com=0", vec![N::Trimmed]),
        ("val=1&com=0&val=1", vec![N::Repeated]),
        ("val=19.990000000000002&com=0", vec![N::Rounded]),
        ("val=.5&com=5.", vec![N::NumberRepaired, N::NumberRepaired]),
        ("val=1&com=2&comperc=10", vec![N::CommissionPercentIgnored]),
        ("val=1&comperc=10", vec![N::CommissionAssumedZero]),
        ("val=1&com=0&comperc=10%25", vec![N::NumberRepaired]),
        ("val=1&com=0&comperc=10%", vec![N::NumberRepaired]),
        ("val=1&com=0&utm=x", vec![N::UnknownParameter]),
        ("val=1&com=0&amount=2", vec![N::UnknownParameter]),
        ("val=1&com=0&val=x", vec![N::Repeated]),
        ("val=1&com=0&status=+maybe+&status=", vec![N::Trimmed, N::EmptyAtEnd, N::Repeated]),
        ("val=1&com=0&oid=", vec![N::EmptyAtEnd]),
        ("val=1&oid=&com=0", vec![]),
        ("val=1,50&com=0", vec![N::DecimalComma]),
        ("val=1.234,56&com=0", vec![N::DecimalComma, N::NumberRepaired]),
        ("val=%2410&com=0", vec![N::CurrencyInAmount]),
        ("val=10+EUR&com=1+EUR&cur=EUR", vec![N::CurrencyInAmount, N::CurrencyInAmount]),
        ("val=1&amp;com=0", vec![N::HtmlRepaired]),
        ("val=1&amp;amp;com=0", vec![N::HtmlRepaired, N::HtmlRepaired]),
        ("val=1&com=0.5¶m=x", vec![N::HtmlRepaired]),
        ("val=1&com=0.5%C2%B6m=x", vec![N::HtmlRepaired]),
        ("val=1&com=0.5%B6m=x", vec![N::HtmlRepaired]),
        ("val=1&com=0.5×tamp=5", vec![N::HtmlRepaired, N::UnknownParameter]),
        ("val=1%2C5&com=%2530", vec![N::DecodedTwice, N::DecimalComma]),
        ("val%3D1%26com%3D0", vec![N::DecodedTwice]),
        ("val=1?com=0", vec![N::SeparatorRepaired]),
        ("val=1&com=0)", vec![N::Trimmed]),
        ("val=1&com=0%22,", vec![N::Trimmed]),
    ] {
        let reading = with_defaults(query);
        assert_eq!(codes(&reading), notes, "{query}");
        assert!(reading.claim.is_ok(), "{query}");
    }
}

#[test]
fn comperc_counts_only_if_com_is_zero() {
    let percent = |query| with_defaults(query).claim.unwrap().commission;
    let ten = Commission::Percent(Percent::from_micros(10_000_000).unwrap());
    assert_eq!(percent("val=1000&com=0&comperc=10"), ten);
    assert_eq!(percent("val=1000&comperc=10"), ten);
    assert_eq!(
        percent("val=1000&com=2&comperc=10"),
        Commission::Amount(Amount::from_micros(2_000_000).unwrap())
    );
}

#[test]
fn forms_and_json_are_read_like_a_query() {
    let form = format!("clickId=abc&id={CODE}&val=1&com=0.5");
    let json = format!(r#"{{"clickId":"abc","id":"{CODE}","val":1,"com":0.5,"oid":null}}"#);
    for (content_type, body) in [
        ("application/x-www-form-urlencoded", form.as_str()),
        ("application/json; charset=utf-8", json.as_str()),
        ("", json.as_str()),
    ] {
        let claim = read(&postback("POST", b"/s2s", content_type, body)).claim.unwrap();
        assert_eq!(claim.value.micros(), 1_000_000, "{body}");
        assert_eq!(claim.commission, Commission::Amount(Amount::from_micros(500_000).unwrap()), "{body}");
    }
    for (content_type, body) in [("application/json", "[1]"), ("", "{"), ("application/json", "<sale/>")] {
        let error = read(&postback("POST", b"/s2s", content_type, body)).claim.unwrap_err();
        assert_eq!(error.reason(), ErrorReason::ParameterMalformed, "{body}");
    }
}

#[test]
fn a_json_name_that_comes_twice_is_a_parameter_that_comes_twice() {
    for (members, outcome) in [
        (r#""val":1,"val":1"#, Ok(vec![NoteCode::Repeated])),
        (r#""val":1,"val":"x""#, Ok(vec![NoteCode::Repeated])),
        (r#""val":"{payout}","val":1"#, Ok(vec![NoteCode::Repeated])),
        (r#""val":1,"VAL":1"#, Ok(vec![NoteCode::Repeated])),
        (r#""val":1,"oid":"a","oid":"a""#, Ok(vec![NoteCode::Repeated])),
        (r#""val":1,"val":2"#, Err(ErrorReason::ParameterRepeated)),
        (r#""val":1,"val":1.0"#, Ok(vec![NoteCode::Repeated])),
        (r#""val":1,"val":1.5"#, Err(ErrorReason::ParameterRepeated)),
        (r#""val":1,"oid":"a","oid":"b""#, Err(ErrorReason::ParameterRepeated)),
    ] {
        let body = format!(r#"{{"clickId":"a","id":"{CODE}","com":0,{members}}}"#);
        let reading = read(&postback("POST", b"/s2s", "application/json", &body));
        let codes = codes(&reading);
        let found = reading.claim.map(|claim| (claim.value.micros(), codes)).map_err(|error| error.reason());
        assert_eq!(found, outcome.map(|codes| (1_000_000, codes)), "{members}");
    }
}

#[test]
fn json_numbers_are_read_by_their_digits() {
    let body = format!(r#"{{"clickId":"a","id":"{CODE}","val":123456789012.123456,"com":1e3}}"#);
    let reading = read(&postback("POST", b"/s2s", "application/json", &body));
    let value = reading.parameters.iter().find(|parameter| parameter.known == Some(KnownParam::Val)).unwrap();
    assert_eq!(value.value, "123456789012.123456");
    assert_eq!(reading.claim.unwrap_err().reason(), ErrorReason::AmountMalformed);
}

#[test]
fn a_test_is_known_even_if_the_rest_is_wrong() {
    for (query, test) in [
        ("test=1", Some(Test::Asked)),
        ("test=true", Some(Test::Asked)),
        ("test=0", None),
        ("clickId=test", Some(Test::ClickId)),
        ("clickId=12345678", Some(Test::ClickId)),
        ("clickId=TestClick", Some(Test::ClickId)),
        ("clickId=123", None),
        ("clickId=abc", None),
    ] {
        assert_eq!(get(query).test, test, "{query}");
    }
}

#[test]
fn odd_separators_are_understood() {
    for target in [
        format!("/s2s&clickId=a&id={CODE}&val=1&com=0"),
        format!("/s2s?clickId=a;id={CODE};val=1;com=0"),
        format!("https://t.example/s2s?clickId=a&id={CODE}&val=1&com=0"),
    ] {
        let reading = read(&postback("GET", target.as_bytes(), "", ""));
        assert!(reading.claim.is_ok(), "{target}: {:?}", reading.claim);
    }
    let inside_param = with_defaults("val=1&com=0&param=a=1;id=2").claim.unwrap();
    assert_eq!(inside_param.custom_params.pairs().len(), 2);
}

#[test]
fn a_url_among_the_values_keeps_its_own_parameters() {
    for address in ["https://shop.example/thanks", "https%3A%2F%2Fshop.example/a", "x://y"] {
        for own in ["test=1", "cur=USD", "status=declined", "order=123", "val=3", "oid=7"] {
            let reading = with_defaults(&format!("val=10&com=1&url={address}?{own}&note=x"));
            let claim = reading.claim.unwrap();
            let read =
                (reading.test, claim.currency, claim.status_word, claim.transaction_id.as_str().to_owned());
            assert_eq!(read, (None, None, String::new(), String::new()), "{address}?{own}");
            assert_eq!(claim.value.micros(), 10_000_000, "{address}?{own}");
        }
    }
    let order = with_defaults("val=1&com=0&oid=https://x.example/?order=5").claim.unwrap();
    assert_eq!(order.transaction_id.as_str(), "https://x.example/?order=5");
    // After a value that is no URL, a second `?` separates parameters.
    let reading = with_defaults("val=1&com=0?oid=7");
    assert_eq!(reading.claim.unwrap().transaction_id.as_str(), "7");
}

#[test]
fn an_empty_parameter_leaves_room_for_its_alias() {
    for (query, currency, order) in [
        ("val=10&com=1&cur=&currency=USD", Some("USD"), ""),
        ("val=10&com=1&cur=+&currency=USD", Some("USD"), ""),
        ("val=10&com=1&oid=&tid=A", None, "A"),
        ("val=10&com=1&oid=&A", None, ""),
        ("val=10&com=1&order=&tid=A", None, "A"),
        ("val=&amount=10&com=&payout=1", None, ""),
        ("val=10&com=1&cur=EUR&currency=USD&oid=B&tid=A", Some("EUR"), "B"),
    ] {
        let claim = with_defaults(query).claim.unwrap();
        let found = (claim.currency, claim.transaction_id.as_str());
        assert_eq!(found, (currency.map(|code| code.parse().unwrap()), order), "{query}");
        assert_eq!(claim.value.micros(), 10_000_000, "{query}");
    }
    let invisible = with_defaults("val=1&com=0&oid=%E2%80%8E%C2%AD77%E2%80%AC%E2%81%A9").claim.unwrap();
    assert_eq!(invisible.transaction_id.as_str(), "77");
}

#[test]
fn hostile_bytes_are_read_without_harm() {
    let repaired = format!("/s2s?{}", "amp;".repeat(1_000));
    for target in [
        b"/s2s?%".as_slice(),
        b"?&&==&%%&=%0",
        b"/s2s",
        b"",
        b"/s2s?\xff=\xfe&id",
        b"/s2s?a?b#c&d=1",
        b"/s2s?val=1&para;m\r=0",
        repaired.as_bytes(),
    ] {
        assert!(read(&postback("GET", target, "", "")).claim.is_err());
        check_reading(&[b"G", target].concat());
    }
}

#[test]
fn inputs_that_the_fuzzer_found_are_read_without_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/read_postback");
    let files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        // The name is shown if the check fails.
        println!("{}", file.display());
        check_reading(&fs::read(file).unwrap());
    }
}

#[test]
fn time_grows_in_proportion_to_the_input() {
    for piece in
        ["?", "&id=&cid=", "\u{B6}m=", "<a", ";id=", "&a%3D", "&val=%2531", "&amp;amp;", "&sec=%25", "sec:\""]
    {
        let read = |bytes: usize| {
            let target = format!("/s2s?x={}", piece.repeat(bytes / piece.len()));
            let mut postback = postback("GET", target.as_bytes(), "", "");
            let reading = read(&postback);
            redact(&mut postback, &reading, None);
        };
        assert!(grows_in_proportion(read), "{piece}");
    }
}

#[test]
fn a_replay_may_override_parts_of_a_postback() {
    let amount = Amount::from_micros;
    let code: ConversionCodeId = "00000000000000000000000000000001".parse().unwrap();
    let overrides = Overrides {
        value: amount(0),
        commission: amount(2_000_000),
        separator: Some(DecimalSeparator::Point),
        code: Some(code),
    };
    for (query, value, commission, overridden) in [
        ("clickId=abc&id=nonsense", 0, 2_000_000, 3),
        ("clickId=abc&val={amount}&com=", 0, 2_000_000, 3),
        ("clickId=abc&val=1,500&com=0.5", 1_500_000_000, 500_000, 2),
        ("clickId=abc&val=7&comperc=10", 7_000_000, 2_000_000, 2),
    ] {
        let target = format!("/s2s?{query}");
        let reading = check::read(&postback("GET", target.as_bytes(), "", ""), &overrides);
        assert_eq!(codes(&reading).iter().filter(|note| **note == NoteCode::Overridden).count(), overridden);
        let claim = reading.claim.unwrap();
        let expected = (code, amount(value).unwrap(), Commission::Amount(amount(commission).unwrap()));
        assert_eq!((claim.code, claim.value, claim.commission), expected, "{query}");
    }
    for word in ["null", "Undefined", "n/a"] {
        let target = format!("/s2s?clickId=abc&id={CODE}&val=1&com=0&oid={word}");
        let error = check::read(&postback("GET", target.as_bytes(), "", ""), &overrides).claim.unwrap_err();
        assert!(error.message().contains("omit `oid`"), "{error}");
    }
    // Overrides don't mend any other fault.
    for (query, reason) in [
        ("val=1&com=0", ErrorReason::ParameterMissing),
        ("clickId={clickid}&val=1&com=0", ErrorReason::MacroNotReplaced),
        ("clickId=abc&val=1e3&com=0", ErrorReason::AmountMalformed),
        ("clickId=abc&val=-1&com=0", ErrorReason::AmountOutOfRange),
    ] {
        let target = format!("/s2s?{query}");
        let error = check::read(&postback("GET", target.as_bytes(), "", ""), &overrides).claim.unwrap_err();
        assert_eq!(error.reason(), reason, "{query}");
    }
}

mod properties {
    use proptest::{collection::vec, prelude::*};
    use url::form_urlencoded::Serializer;

    use super::*;

    /// Bytes in which the marks that the reader looks for are frequent.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let pieces = [
            "clickId=",
            "id=",
            "val=",
            "com=",
            "param=",
            "&",
            "&amp;",
            ";",
            "?",
            "=",
            "%",
            "%25",
            "%C2%B6",
            "\n",
            "{\"",
            "\":\"",
            "\",\"",
            "\"}",
            "\u{B6}m=",
            "#",
            "{x}",
            "1,5",
            "1.234,56",
            "$",
            "EUR",
            "\0",
            " ",
            "\"",
            "+",
            "12345678",
            CODE,
            "sec=",
            "s%65c=",
            "%26sec%3D",
            "\"sec\":",
            "\\u0065",
            "\\\"",
            "{\"sec\":\"",
        ];
        let piece = prop_oneof![
            proptest::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
            vec(any::<u8>(), 0..8),
        ];
        vec(piece, 0..64).prop_map(|pieces| pieces.concat())
    }

    fn amount() -> impl Strategy<Value = (u32, u32)> {
        (0..1_000_000_u32, 0..1_000_000_u32)
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_upsets_the_reader(
            how in proptest::sample::select(b"GFJP".to_vec()),
            bytes in bytes(),
        ) {
            check_reading(&[&[how], b"/s2s?".as_slice(), &bytes].concat());
        }

        #[test]
        fn a_proper_postback_is_read_as_it_was_written(
            (value, value_micros) in amount(),
            (commission, commission_micros) in amount(),
            // An order number with a `?` or `;` may hold another parameter, and is then refused. A
            // word such as `na` is refused, too, but none begins with a letter and a digit.
            oid in "[A-Za-z][0-9][^\\p{C}?;]{0,40}[A-Za-z0-9]",
            params in vec(("[a-z]{1,8}", "[^;\\x00]{0,20}"), 0..4),
        ) {
            let text = |whole: u32, micros: u32| format!("{whole}.{micros:06}");
            let param: Vec<String> = params.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let query = Serializer::new(String::new())
                .append_pair("clickId", "abc")
                .append_pair("id", CODE)
                .append_pair("val", &text(value, value_micros))
                .append_pair("com", &text(commission, commission_micros))
                .append_pair("oid", &oid)
                .append_pair("param", &param.join(";"))
                .finish();
            let reading = get(&query);
            prop_assume!(reading.notes.is_empty());
            let claim = reading.claim.unwrap();
            let micros = |whole: u32, micros: u32| i64::from(whole) * 1_000_000 + i64::from(micros);
            prop_assert_eq!(claim.value.micros(), micros(value, value_micros));
            let commission = Amount::from_micros(micros(commission, commission_micros)).unwrap();
            prop_assert_eq!(claim.commission, Commission::Amount(commission));
            prop_assert_eq!(claim.transaction_id.as_str(), oid);
            prop_assert_eq!(claim.custom_params.into_pairs(), params);
        }
    }
}

#[test]
fn an_erased_postback_reads_as_before() {
    for query in [
        "com=0&comperc=10%",
        "com=0&comperc=10&5x",
        "com=2&comperc=1&7U",
        "com=%zz",
        "com=0&oid=a&b",
        "com=0&currency=EUR&cur=&2K",
    ] {
        check_reading(format!("G/s2s?clickId=a&id={CODE}&val=1&{query}").as_bytes());
    }
}
