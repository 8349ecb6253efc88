use std::io::Write as _;

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use s2s_sdk::v1::NoteCode;

use super::super::{
    Overrides, ParsedPostback,
    check::{grows_in_proportion, read, request},
};
use super::*;

const CODE: &str = "0192aaaaaaaa7aaa8aaaaaaaaaaaaaaa";

fn compressed(bytes: &[u8]) -> [Vec<u8>; 3] {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    zlib.write_all(bytes).unwrap();
    raw.write_all(bytes).unwrap();
    [gzip.finish().unwrap(), zlib.finish().unwrap(), raw.finish().unwrap()]
}

fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn post(target: &str, content_type: &str, body: &[u8]) -> ParsedPostback {
    let postback = request("POST", target.as_bytes().to_vec(), content_type, body.to_vec());
    read(&postback, &Overrides::default())
}

fn codes(reading: &ParsedPostback) -> Vec<NoteCode> {
    reading.notes.iter().map(Note::code).collect()
}

#[test]
fn encodings_are_undone() {
    let form = format!("clickId=abc&id={CODE}&val=1&com=0");
    let json = format!(r#"{{"clickId":"abc","id":"{CODE}","val":1,"com":0}}"#);
    let with_bom = |text: &str| [UTF_8_BOM, text.as_bytes()].concat();
    let mut bodies = vec![
        with_bom(&form),
        with_bom(&json),
        utf_16(&format!("\u{FEFF}{json}"), u16::to_le_bytes),
        utf_16(&format!("\u{FEFF}{form}"), u16::to_be_bytes),
        utf_16(&json, u16::to_le_bytes),
        utf_16(&json, u16::to_be_bytes),
        json.replace('{', "%7B").replace('}', "%7d").into_bytes(),
        format!("{}=", json.replace('{', "%7b").replace('"', "%22")).into_bytes(),
    ];
    bodies.extend(compressed(form.as_bytes()));
    bodies.extend(compressed(json.as_bytes()));
    bodies.extend(compressed(&with_bom(&json)));
    for body in bodies {
        for content_type in ["", "application/json", "application/x-www-form-urlencoded", "text/plain"] {
            let reading = post("/s2s", content_type, &body);
            let claim = reading.claim.as_ref();
            assert!(claim.is_ok_and(|claim| claim.value.micros() == 1_000_000), "{body:?}: {reading:?}");
            assert!(codes(&reading).contains(&NoteCode::BodyDecoded), "{body:?}: {reading:?}");
        }
    }
}

#[test]
fn the_bytes_say_what_a_body_is() {
    let form = format!("clickId=abc&id={CODE}&val=1&com=0");
    let lines = form.replace('&', "\r\n");
    let json = format!(r#"{{"clickId":"abc","id":"{CODE}","val":1,"com":0}}"#);
    let field = |(name, value): (&str, &str)| {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let fields = [("clickId", "abc"), ("id", CODE), ("val", "1"), ("com", "0")].map(field).concat();
    let multipart = format!("{fields}--X--\r\n");
    let list = format!("[{json}]");
    for body in [&form, &lines, &json, &multipart, &list] {
        for content_type in [
            "",
            "application/json",
            "application/x-www-form-urlencoded",
            "text/plain;charset=utf-8",
            "application/octet-stream",
            "multipart/form-data; boundary=other",
        ] {
            let claim = post("/s2s", content_type, body.as_bytes()).claim;
            assert!(claim.is_ok_and(|claim| claim.value.micros() == 1_000_000), "{content_type}: {body}");
        }
    }
}

#[test]
fn a_complete_query_counts_whatever_the_body_is() {
    use NoteCode as N;
    let target = format!("/s2s?clickId=abc&id={CODE}&val=1&com=0&param=a");
    for (content_type, body, notes) in [
        ("application/json", "", vec![]),
        ("application/json", "null", vec![]),
        ("application/json", "{}", vec![]),
        ("application/json", " [] ", vec![]),
        ("application/json", "{", vec![N::BodyIgnored]),
        ("application/json", "<sale/>", vec![N::BodyIgnored]),
        ("application/json", r#"{"event":"order.paid","status":"ok"}"#, vec![N::BodyIgnored]),
        ("application/json", r#"{"id":9988,"amount":"7.00"}"#, vec![N::BodyIgnored]),
        ("application/json", r#"{"data":{"val":7}}"#, vec![N::BodyIgnored]),
        ("application/octet-stream", "\u{1}\u{2}\u{3}", vec![N::BodyIgnored]),
        ("", "val=7", vec![N::BodyIgnored]),
        ("", "<sale/>", vec![N::UnknownParameter]),
        ("", "val=1", vec![N::Repeated]),
        ("application/json", r#"{"oid":"A1"}"#, vec![]),
        // Another system's JSON may contain the order number.
        ("application/json", r#"{"order_id":"A1","ok":true}"#, vec![N::Alias, N::UnknownParameter]),
        (
            "application/json",
            r#"{"oid":"A1","items":[1],"status":"paid","currency":{"code":"USD"},"sig":"x"}"#,
            vec![N::UnknownParameter, N::UnknownParameter, N::UnknownParameter, N::UnknownParameter],
        ),
        (
            "application/json",
            r#"{"oid":"A1","val":"1.00","ok":true}"#,
            vec![N::Repeated, N::UnknownParameter],
        ),
        // Another system's `id` and `amount` are not ours, and do not contradict the URL.
        (
            "application/json",
            r#"{"id":8209,"order_number":"A1","currency":"USD","amount":"9.99","val":null}"#,
            vec![N::UnknownParameter, N::UnknownParameter, N::UnknownParameter, N::Alias, N::Alias],
        ),
        ("", "id=77&order_id=A1&val=x", vec![N::UnknownParameter, N::UnknownParameter, N::Alias]),
        ("", "cid=shop-7&oid=A1", vec![N::UnknownParameter]),
        // A `;` or a line break before a single name of ours belongs to the value before it, if
        // that is the value of `param` or of an unknown name.
        ("", "param=color=red;test=1", vec![]),
        ("", "comment=great;status=declined", vec![N::UnknownParameter]),
        ("", "comment=one\nstatus=declined", vec![N::UnknownParameter]),
        ("", "oid=A1&param=b", vec![]),
        ("", "val=1.00&oid=A1&x=y", vec![N::Repeated, N::UnknownParameter]),
    ] {
        let reading = post(&target, content_type, body.as_bytes());
        assert_eq!(codes(&reading), notes, "{body}: {reading:?}");
        let claim = reading.claim.unwrap();
        assert_eq!(claim.value.micros(), 1_000_000, "{body}");
        let oid = if body.contains("A1") { "A1" } else { "" };
        assert_eq!(claim.transaction_id.as_str(), oid);
    }
}

#[test]
fn what_is_nested_is_noted_and_left_alone() {
    let members = format!(r#""clickId":"abc","id":"{CODE}","val":1,"com":0"#);
    for nested in [r#""items":[{"val":7}]"#, r#""data":{"id":"x","sec":"y"}"#, r#""meta":[]"#] {
        let reading = post("/s2s", "application/json", format!("{{{members},{nested}}}").as_bytes());
        assert_eq!(codes(&reading), [NoteCode::UnknownParameter], "{nested}");
        assert!(reading.notes[0].message.contains("holds a list or an object"));
        assert_eq!(reading.claim.unwrap().value.micros(), 1_000_000);
    }
    // A nested order is no transaction id: its text may differ at each sending.
    for (nested, order) in [
        (r#""order":{"id":7,"at":"17:05"}"#, ""),
        (r#""order":{"id":7},"tid":"T1""#, "T1"),
        (r#""order":[1,2],"oid":"L1""#, "L1"),
        (r#""param":["a=1","b=2"]"#, ""),
    ] {
        let reading = post("/s2s", "application/json", format!("{{{members},{nested}}}").as_bytes());
        let claim = reading.claim.unwrap();
        assert_eq!(
            (claim.transaction_id.as_str(), claim.custom_params.pairs().len()),
            (order, 0),
            "{nested}"
        );
    }
    for own in [r#""oid":["L1"]"#, r#""oid":{"id":7}"#] {
        let reading = post("/s2s", "application/json", format!("{{{members},{own}}}").as_bytes());
        assert_eq!(reading.claim.unwrap_err().reason(), ErrorReason::ParameterMalformed, "{own}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_cure() {
    let unread = |body: &[u8]| post(&format!("/s2s?id={CODE}"), "", body);
    for body in [&b"\x1F\x8B\x08broken"[..], b"\x28\xB5\x2F\xFD\x04\x00", b"\x00\x01\x02"] {
        let reading = unread(body);
        assert_eq!(reading.code_text, CODE.to_uppercase(), "{body:?}");
        let error = reading.claim.unwrap_err();
        assert_eq!(error.reason(), ErrorReason::ParameterMalformed);
        assert!(error.message().contains("gzip"), "{}", error.message());
    }
    // A decompression bomb is not unpacked beyond the limit.
    let zeros = compressed(&vec![b'0'; 100 * BODY_BYTES_MAX]);
    for body in zeros {
        assert_eq!(unread(&body).claim.unwrap_err().reason(), ErrorReason::RequestTooLarge);
        assert!(Plain::of(&body).bytes.len() <= BODY_BYTES_MAX + 1);
    }
}

#[test]
fn time_grows_in_proportion_to_the_body() {
    let multipart = "--X\r\nContent-Disposition: form-data; name=\"";
    for (before, piece) in [
        ("[", "[1],"),
        ("{", "\"a\":{},"),
        ("{\"a\":\"", "\\u0000"),
        ("", "%7B"),
        ("", "\n--X"),
        (multipart, "\\\";"),
        ("--X\r\na:b\r\n\r\n", "\n--X\r\na:b\r\n\r\n"),
        ("--X\r\na:b\r\n\r\n", "\n--"),
    ] {
        let read = |bytes: usize| {
            let body = format!("{before}{}", piece.repeat(bytes / piece.len()));
            _ = super::read("", &Plain::of(body.as_bytes()).bytes, &mut Vec::new());
        };
        assert!(grows_in_proportion(read), "{before}{piece}");
    }
}

#[test]
fn a_contradiction_beside_the_only_order_number_is_refused() {
    let target = format!("/s2s?clickId=abc&id={CODE}&val=1&com=0");
    let claim = |target: &str, body: &str| {
        let content_type = if body.starts_with('{') { "application/json" } else { "" };
        post(target, content_type, body.as_bytes()).claim
    };
    let other = format!("id={}&oid=A1", CODE.replace('a', "b"));
    for body in ["val=2&oid=A1", r#"{"val":2,"oid":"A1"}"#, "com=5&order_id=A1", &other] {
        let error = claim(&target, body).unwrap_err();
        assert_eq!(error.reason(), ErrorReason::ParameterRepeated, "{body}");
        let order = claim(&format!("{target}&oid=A2"), body).unwrap().transaction_id;
        assert_eq!(order.as_str(), "A2", "{body}");
    }
    for (status, refused) in [("cancelled", true), ("Refunded", true), ("paid", false), ("pending", false)] {
        let body = format!(r#"{{"order_number":"A1","status":"{status}","id":7}}"#);
        assert_eq!(claim(&target, &body).unwrap().status_word == status, refused || status == "pending");
    }
}
