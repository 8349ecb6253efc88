//! Properties of every body, for the tests and for the fuzzer in `server/fuzz`.

use std::io::Write as _;

use flate2::{
    Compression,
    write::{GzEncoder, ZlibEncoder},
};
use s2s_sdk::v1::{Note, NoteCode};
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::{
    super::{
        Parameter,
        check::{check_refusal, request},
        parameters::{self, Meaning},
    },
    *,
};

/// The boundary of the multipart bodies that the check writes.
const BOUNDARY: &str = "--b";
/// Longest text that one byte may become, in bytes.
const BYTES_PER_BYTE_MAX: usize = 3;

/// Reads a body made of these bytes, and asserts the properties of the reading.
///
/// The first byte selects the content type. The second byte selects the encoding in which the body
/// is read once more. The rest is the body.
pub fn check_body(bytes: &[u8]) {
    let (head, body) = bytes.split_at_checked(2).unwrap_or((b"F-", bytes));
    let content_type = match head.first() {
        Some(b'F') => "application/x-www-form-urlencoded",
        Some(b'J') => "application/json; charset=utf-8",
        Some(b'M') => "multipart/form-data; boundary=x",
        _ => "",
    };
    let plain = Plain::of(body);
    let longest = if plain.encodings.is_empty() { body.len() } else { BYTES_PER_BYTE_MAX * BODY_BYTES_MAX };
    assert!(plain.encodings.len() <= ENCODINGS_MAX && plain.bytes.len() <= longest.max(body.len() * 2));
    assert_eq!(plain.is_too_long, plain.bytes.len() > BODY_BYTES_MAX);
    if plain.encodings.len() == ENCODINGS_MAX || plain.is_too_long {
        return;
    }
    assert!(undone(&plain.bytes).is_none(), "{:?} is still encoded after {:?}", plain.bytes, plain.encodings);
    check_encoded(head.last().copied(), &plain.bytes);
    let mut notes = Vec::new();
    match read(content_type, &plain.bytes, &mut notes) {
        Ok((form, pairs)) => {
            check_places(form, &pairs, &plain.bytes);
            check_said_otherwise(content_type, form, &pairs, &plain.bytes);
        }
        Err(error) => check_refusal(&error),
    }
}

/// Asserts that a plain body is the same after it was encoded and decoded.
fn check_encoded(how: Option<u8>, plain: &[u8]) {
    let text = std::str::from_utf8(plain).ok();
    let utf_16 = |unit: fn(u16) -> [u8; 2]| {
        text.map(|text| "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect())
    };
    let (name, encoded): (_, Option<Vec<u8>>) = match how {
        Some(b'g') => ("gzip", gzip(plain)),
        Some(b'z') => ("deflate", zlib(plain).filter(|_| is_text(plain))),
        Some(b'b') => ("a byte order mark", Some([UTF_8_BOM, plain].concat())),
        Some(b'l') => ("UTF-16", utf_16(u16::to_le_bytes)),
        Some(b'B') => ("UTF-16", utf_16(u16::to_be_bytes)),
        Some(b'p') => {
            let is_object = plain.starts_with(b"{") && json::read(plain).is_ok();
            let escaped = plain.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
            ("percent-encoding", is_object.then(|| escaped.into_bytes()))
        }
        _ => return,
    };
    let Some(encoded) = encoded.filter(|_| !plain.is_empty()) else { return };
    let again = Plain::of(&encoded);
    assert_eq!((&*again.bytes, again.encodings.as_slice()), (plain, [name].as_slice()));
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

fn zlib(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// Asserts that the value of each pair is the text at its place in the body, and that the places
/// are in order.
fn check_places(form: Form, pairs: &[Pair], body: &[u8]) {
    let mut behind = 0;
    for pair in pairs {
        let place = pair.place.bytes.clone();
        let is_in_order = behind <= pair.begins && pair.begins <= place.start && place.start <= place.end;
        assert!(is_in_order && place.end <= body.len(), "{place:?} of {body:?}");
        let text = body.get(place.clone()).unwrap_or_default();
        let (once, _) = decode(text);
        let is_said = match (form, pair.place.part) {
            (Form::Multipart, _) => text == pair.value,
            (Form::Pairs, _) => [text, &once, &decode(&once).0].contains(&pair.value.as_slice()),
            (Form::Json, Part::Bare) => says_bare(text, pair),
            (Form::Json, _) => {
                let quoted = [b"\"", text, b"\""].concat();
                serde_json::from_slice::<String>(&quoted).is_ok_and(|text| text.as_bytes() == pair.value)
            }
        };
        assert!(is_said, "{:?} at {place:?} of {body:?}", pair.value);
        behind = place.end;
    }
    assert!(form == Form::Pairs || pairs.iter().all(|pair| !pair.broken && !pair.cut_off));
}

/// Returns whether an unquoted value in JSON has the digits and the sign of its pair's value.
fn says_bare(text: &[u8], pair: &Pair) -> bool {
    let digits = |text: &[u8]| text.iter().copied().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    match text {
        b"null" => pair.value.is_empty(),
        _ if pair.nested => text == pair.value,
        _ => digits(text) == digits(&pair.value) && (text.starts_with(b"-") == pair.value.starts_with(b"-")),
    }
}

/// Asserts that a query, an object and a multipart body of the same pairs are read like the body.
fn check_said_otherwise(content_type: &str, form: Form, pairs: &[Pair], body: &[u8]) {
    // A broken value can't be written properly.
    if pairs.is_empty() || pairs.iter().any(|pair| pair.broken || pair.cut_off) {
        return;
    }
    let postback = request("POST", b"/s2s".to_vec(), content_type, body.to_vec());
    let (expected, ..) = parameters::read(&postback, &mut Vec::new());
    // The point of a JSON number separates decimals. As a text, the same number may be ambiguous.
    let is_number_alone = |one: &Parameter| {
        let known = one.known.filter(|_| one.place.part == Part::Bare);
        known.is_some_and(|known| Meaning::of(known, &one.value) != one.meaning)
    };
    if expected.iter().any(is_number_alone) {
        return;
    }
    let same = |kind: &str, read: Vec<Parameter>| {
        let facts = |all: &[Parameter]| {
            let of =
                |one: &Parameter| (one.name.clone(), one.value.clone(), one.known, one.meaning, one.broken);
            all.iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(facts(&expected), facts(&read), "{} as {kind}", String::from_utf8_lossy(body));
    };

    let target = [b"/s2s?", query(pairs).as_bytes()].concat();
    let mut notes = Vec::new();
    let text = Text { part: Part::Target, whole: &target, names: Names::POSTBACK };
    text.split(target.get(b"/s2s?".len()..).unwrap_or_default(), &mut Vec::new(), &mut notes);
    if notes.is_empty() {
        let postback = request("GET", target, "", Vec::new());
        same("a query", parameters::read(&postback, &mut Vec::new()).0);
    } else {
        // JSON and multipart may contain text that a query can't, because the reader would take it
        // for damage by HTML.
        let is_eaten = |note: &Note| note.code() == NoteCode::HtmlRepaired;
        // In pairs, `&para;m` without `=` is a name. The query has `=` after each name.
        let may_differ = form != Form::Pairs || pairs.iter().any(|pair| pair.value.is_empty());
        assert!(may_differ && notes.iter().all(is_eaten), "{form:?} {notes:?}");
    }
    if let Some(object) = object(pairs) {
        let postback = request("POST", b"/s2s".to_vec(), content_type, object);
        same("an object", parameters::read(&postback, &mut Vec::new()).0);
    }
    if let Some(multipart) = multipart(pairs) {
        let postback = request("POST", b"/s2s".to_vec(), content_type, multipart);
        same("multipart", parameters::read(&postback, &mut Vec::new()).0);
    }
}

fn query(pairs: &[Pair]) -> String {
    let encode = |bytes: &[u8]| byte_serialize(bytes).collect::<String>();
    let pairs = pairs.iter().map(|pair| format!("{}={}", encode(&pair.name), encode(&pair.value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Writes an object. `None`: JSON can't express bytes that are not UTF-8.
fn object(pairs: &[Pair]) -> Option<Vec<u8>> {
    let text = |bytes: &[u8]| Some(Value::String(String::from_utf8(bytes.to_vec()).ok()?).to_string());
    let members = pairs.iter().map(|pair| Some(format!("{}:{}", text(&pair.name)?, text(&pair.value)?)));
    Some(format!("{{{}}}", members.collect::<Option<Vec<_>>>()?.join(",")).into_bytes())
}

/// Writes a multipart body. `None`: a name would need an escape, or a line of a value begins with
/// `BOUNDARY`.
fn multipart(pairs: &[Pair]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    for Pair { name, value, .. } in pairs {
        let name =
            std::str::from_utf8(name).ok().filter(|name| !name.contains(['"', '\r', '\n', '\\', '%']))?;
        if value.split(|byte| *byte == b'\n').any(|line| line.starts_with(BOUNDARY.as_bytes())) {
            return None;
        }
        let head = format!("{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), value, b"\r\n"].concat());
    }
    body.extend(format!("{BOUNDARY}--\r\n").into_bytes());
    // Raw deflate has no mark, so the reader tries to inflate any bytes that are not text.
    is_text(&body).then_some(body)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn the_corpus_says_the_same_in_every_form() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/read_body");
        let files: Vec<_> = fs::read_dir(corpus).unwrap().collect();
        assert!(files.len() > 20, "{}", files.len());
        for file in files {
            check_body(&fs::read(file.unwrap().path()).unwrap());
        }
    }
}
