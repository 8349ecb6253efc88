//! Removal of secrets from a postback before any of it is stored. The functions are pure. Target
//! and body keep their lengths, except an encoded body, which is stored decoded.
//!
//! Values that the reader reads as `sec` are blotted out in the very bytes that they were read
//! from, so that everything else is read as before. Bytes that the reader does not understand are
//! searched for anything that looks like `sec`, as far as a search can recognise it. A code's own
//! secrets are removed everywhere, in any usual encoding.

use std::{borrow::Cow, ops::Range};

use s2s_sdk::v1::NoteCode;

use super::{
    Postback,
    reader::{self, Form, KnownParam, ParsedPostback, Plain, is_post, path_ends},
};
use crate::{
    core::conversion_code::ConversionCode,
    values::query::{Part, Place, hex},
};

/// Replacement for each byte of a secret.
const BLOT: u8 = b'*';
/// Replacement for each byte of an unquoted JSON value that is too short to be put in quotes.
const DIGIT: u8 = b'1';
/// Maximum number of levels that are searched. The first level is the text as it came; each further
/// level is the decoded form of the level before.
const LEVELS_MAX: usize = 4;
const NAME: &[u8] = b"sec";

/// Blots out the values of `sec`, and the code's secrets. Returns true if target or body had a
/// secret outside the values of `sec`: notes and messages of the reading may then repeat it.
pub fn redact(postback: &mut Postback, reading: &ParsedPostback, code: Option<&ConversionCode>) -> bool {
    let mut places: Vec<Place> = Vec::new();
    let mut loose = vec![Place { part: Part::Target, bytes: 0..path_ends(&postback.target) }];
    if is_post(postback) {
        // The parameters are found in the decoded body.
        let Plain { bytes, is_too_long, .. } = Plain::of(&postback.body);
        postback.cut |= is_too_long;
        if let Cow::Owned(decoded) = bytes {
            postback.body = decoded;
        }
    }
    let has_no_body = !reading.parameters.iter().any(|parameter| parameter.place.part != Part::Target);
    if has_no_body {
        loose.push(Place { part: Part::Body, bytes: 0..postback.body.len() });
    }
    for parameter in &reading.parameters {
        let place = parameter.place.clone();
        match parameter.known {
            // An empty value has nothing to blot out.
            Some(KnownParam::Sec) if !parameter.value.is_empty() => places.push(place),
            None => loose.push(Place { bytes: parameter.begins..place.bytes.end, ..place }),
            Some(_) => {}
        }
    }
    for Place { part, bytes } in places {
        match part {
            Part::Target => blot(&mut postback.target, bytes),
            Part::Body => blot(&mut postback.body, bytes),
            Part::Bare => blot_bare(&mut postback.body, bytes),
        };
    }

    let mut others = false;
    let is_ignored = reading.notes.iter().any(|note| note.code() == NoteCode::BodyIgnored);
    let counts_without_body = is_post(postback) && (is_ignored || has_no_body && reading.claim.is_ok());
    for Place { part, bytes } in loose {
        let whole = if part == Part::Target { &mut postback.target } else { &mut postback.body };
        let found = find(whole.get(bytes.clone()).unwrap_or_default(), named_values);
        // Nothing of this body was read, but without its secret it might be.
        if counts_without_body && part == Part::Body && !found.is_empty() {
            others |= blot(whole, bytes);
            continue;
        }
        for range in found {
            others |= blot_loosely(whole, bytes.start + range.start..bytes.start + range.end);
        }
    }
    let secrets = code.into_iter().flat_map(|code| [&code.secret, &code.former_secret]);
    for secret in secrets.filter(|secret| !secret.is_none()) {
        let secret = secret.reveal().as_bytes();
        for bytes in [&mut postback.target, &mut postback.body] {
            for range in find(bytes, |text| spellings(text, secret)) {
                others |= blot(bytes, range);
            }
        }
        for text in [&mut postback.content_type, &mut postback.user_agent] {
            let found = find(text.as_bytes(), |text| spellings(text, secret));
            if !found.is_empty() {
                let mut bytes = std::mem::take(text).into_bytes();
                for range in found {
                    blot(&mut bytes, range);
                }
                *text = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
    }
    keep_form(postback, reading);
    others
}

/// Blots out the first byte of a body that was read as a form, because it only looked like JSON, if
/// it has become JSON without its secrets.
fn keep_form(postback: &mut Postback, reading: &ParsedPostback) {
    let has_pairs = reading.parameters.iter().any(|parameter| parameter.place.part == Part::Body);
    let Postback { content_type, body, .. } = postback;
    if reading.form == Form::Pairs && has_pairs && reader::is_json(content_type, body) {
        let first = body.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        blot(body, first..first + 1);
    }
}

/// Blots out a range, but keeps line ends: a body with fewer lines could become multipart. Returns
/// true unless the range was blotted out before.
fn blot(bytes: &mut [u8], range: Range<usize>) -> bool {
    let found = bytes.get_mut(range).unwrap_or_default();
    let mut any = false;
    for byte in found.iter_mut().filter(|byte| !matches!(**byte, BLOT | b'\r' | b'\n')) {
        *byte = BLOT;
        any = true;
    }
    any
}

/// Turns a JSON value without quotes into a text or, if it is too short for quotes, into a number.
/// The body stays JSON.
fn blot_bare(bytes: &mut [u8], range: Range<usize>) -> bool {
    match bytes.get_mut(range).unwrap_or_default() {
        [first, between @ .., last] if !between.is_empty() => {
            (*first, *last) = (b'"', b'"');
            between.fill(BLOT);
        }
        short => short.fill(DIGIT),
    }
    true
}

/// Blots out a range, but keeps each `=`, encoded or not. Without the `=`, the rest would be read
/// as another parameter.
fn blot_loosely(bytes: &mut [u8], range: Range<usize>) -> bool {
    let mut rest = bytes.get_mut(range).unwrap_or_default();
    let mut any = false;
    while let Some(first) = rest.first() {
        let kept = match rest {
            [b'%', b'3', b'D' | b'd', ..] => 3,
            _ => usize::from(*first == b'='),
        };
        if kept == 0 {
            any |= blot(rest, 0..1);
        }
        rest = rest.get_mut(kept.max(1)..).unwrap_or_default();
    }
    any
}

/// Searches a text, and its repeated decodings. Returns the ranges of the matches in the original
/// text.
fn find(text: &[u8], look: impl Fn(&[u8]) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut found = look(text);
    let (mut bytes, mut origins) = (text.to_vec(), Vec::new());
    for _ in 1..LEVELS_MAX {
        if !bytes.iter().any(|byte| matches!(byte, b'%' | b'\\')) {
            break;
        }
        (bytes, origins) = unescaped(&bytes, &origins);
        let origin = |at: usize| origins.get(at).copied().unwrap_or(text.len());
        found.extend(look(&bytes).into_iter().map(|range| origin(range.start)..origin(range.end)));
    }
    found
}

/// Removes one level of URL or JSON encoding. `origins` are the offsets in the original text that
/// the bytes came from; empty if nothing was decoded yet. Returns the decoded bytes, and their
/// origins.
fn unescaped(bytes: &[u8], origins: &[usize]) -> (Vec<u8>, Vec<usize>) {
    let (mut text, mut from) = (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len() + 1));
    let (mut at, mut rest) = (0, bytes);
    while let [first, ..] = rest {
        let digits = |digits: &[u8]| {
            let all = digits.iter().all(u8::is_ascii_hexdigit);
            let [.., high, low] = digits else { return None };
            all.then(|| hex(*high) << 4 | hex(*low))
        };
        let (byte, length) = match rest {
            [b'%', high, low, ..] => digits(&[*high, *low]).map_or((b'%', 1), |byte| (byte, 3)),
            [b'\\', b'u', b'0', b'0', high, low, ..] => {
                digits(&[*high, *low]).map_or((b'\\', 1), |byte| (byte, 6))
            }
            [b'\\', escaped @ (b'\\' | b'"' | b'/'), ..] => (*escaped, 2),
            _ => (*first, 1),
        };
        text.push(byte);
        from.push(origins.get(at).copied().unwrap_or(at));
        at += length;
        rest = rest.get(length..).unwrap_or_default();
    }
    from.push(origins.get(at).copied().unwrap_or(at));
    (text, from)
}

/// Returns the ranges in which a secret is written: as it is, in upper or lower case, or as
/// hexadecimal digits.
fn spellings(text: &[u8], secret: &[u8]) -> Vec<Range<usize>> {
    let plain = text.windows(secret.len()).enumerate();
    let plain = plain.filter(|(_, window)| window.eq_ignore_ascii_case(secret));
    let spells = |window: &[u8]| {
        window.chunks(2).zip(secret).all(|(digits, byte)| match digits {
            [high, low] => {
                high.is_ascii_hexdigit() && low.is_ascii_hexdigit() && hex(*high) << 4 | hex(*low) == *byte
            }
            _ => false,
        })
    };
    let digits = text.windows(2 * secret.len()).enumerate().filter(|(_, window)| spells(window));
    plain.chain(digits).map(|(at, window)| at..at + window.len()).collect()
}

/// Returns the ranges of the values named `sec` in a query, a form, JSON, or a similar text.
fn named_values(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let is_name = |window: &[u8]| window.eq_ignore_ascii_case(NAME);
        let Some(name) = rest.windows(NAME.len()).position(is_name) else { break };
        let begins = text.get(..at + name).and_then(<[u8]>::last).is_none_or(|byte| !is_name_byte(*byte));
        at += name + NAME.len();
        let value = text.get(at..).and_then(value).filter(|_| begins);
        if let Some(value) = value {
            found.push(at + value.start..at + value.end);
            at += value.end;
        }
    }
    found
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
}

/// Returns the range of the value in the bytes after a name.
fn value(behind: &[u8]) -> Option<Range<usize>> {
    let is_around = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`".contains(byte) || !byte.is_ascii();
    let mark = behind.iter().position(|byte| !is_around(byte))?;
    let from = |at: usize| behind.get(at..).unwrap_or_default();
    let until = |start: usize, ends: &[u8]| {
        let length = from(start).iter().position(|byte| ends.contains(byte));
        start..length.map_or(behind.len(), |length| start + length)
    };
    match behind.get(mark)? {
        b'=' => Some(until(mark + 1, b"&;")),
        b':' => {
            let start =
                mark + 1 + from(mark + 1).iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            Some(match behind.get(start) {
                Some(quote @ (b'"' | b'\'')) => start + 1..end_of_text(behind, start + 1, *quote),
                _ => until(start, b",}&;"),
            })
        }
        _ => None,
    }
}

/// Returns the end of a text in quotes. A quote after a backslash is a part of the text.
fn end_of_text(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut escaped = false;
    let end = bytes.get(start..).unwrap_or_default().iter().position(|byte| {
        let ends = *byte == quote && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(bytes.len(), |end| start + end)
}

#[cfg(test)]
mod tests;
