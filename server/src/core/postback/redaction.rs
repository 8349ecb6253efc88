//! Blotting secrets out of what came, before any of it is stored. Pure; lengths stay.
//!
//! What the reader reads as `sec` goes by the very bytes that it was read from, so that all else is read as before.
//! What the reader does not understand is searched for whatever looks like `sec`, as far as that can be told. A
//! code's own secrets go wherever they stand, in whatever encoding.

use std::ops::Range;

use super::{
    Raw,
    reader::{Known, Part, Place, Reading, hex, is_json, is_post, of_target, path_ends},
};
use crate::core::conversion_code::ConversionCode;

/// What stands in the place of each byte of a secret.
const BLOT: u8 = b'*';
/// A digit that does so where there is no room for quotes.
const DIGIT: u8 = b'1';
/// How often one encoding is looked for inside another.
const LEVELS_MAX: usize = 4;
const NAME: &[u8] = b"sec";

/// Blots out what came as `sec`, and the code's secrets. Returns whether there were any but in the values of `sec`:
/// then whatever was made of the reading may repeat them.
pub fn redact(raw: &mut Raw, reading: &Reading, code: Option<&ConversionCode>) -> bool {
    // A body that can't be read leaves nothing of the reading.
    let unread = reading.parameters.is_empty();
    let of_target = if unread { of_target(raw) } else { Vec::new() };
    let parameters = if unread { &of_target } else { &reading.parameters };
    let mut places: Vec<Place> = Vec::new();
    let mut loose = vec![Place { part: Part::Target, bytes: 0..path_ends(&raw.target) }];
    if !is_post(raw) || (unread && is_json(raw)) {
        loose.push(Place { part: Part::Body, bytes: 0..raw.body.len() });
    }
    for parameter in parameters {
        let place = parameter.place.clone();
        match parameter.known {
            // In what is empty is nothing to be blotted.
            Some(Known::Sec) if !parameter.value.is_empty() => places.push(place),
            None => loose.push(Place { bytes: parameter.begins..place.bytes.end, ..place }),
            Some(_) => {}
        }
    }
    for Place { part, bytes } in places {
        match part {
            Part::Target => blot(&mut raw.target, bytes),
            Part::Body => blot(&mut raw.body, bytes),
            Part::Bare => blot_bare(&mut raw.body, bytes),
        };
    }

    let mut others = false;
    for Place { part, bytes } in loose {
        let whole = if part == Part::Target { &mut raw.target } else { &mut raw.body };
        let found = find(whole.get(bytes.clone()).unwrap_or_default(), named_values);
        for range in found {
            others |= blot_loosely(whole, bytes.start + range.start..bytes.start + range.end);
        }
    }
    let secrets = code.into_iter().flat_map(|code| [&code.secret, &code.former_secret]);
    for secret in secrets.filter(|secret| !secret.is_none()) {
        let secret = secret.reveal().as_bytes();
        for bytes in [&mut raw.target, &mut raw.body] {
            for range in find(bytes, |text| spellings(text, secret)) {
                others |= blot(bytes, range);
            }
        }
        for text in [&mut raw.content_type, &mut raw.user_agent] {
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
    others
}

/// Returns whether anything stood there.
fn blot(bytes: &mut [u8], range: Range<usize>) -> bool {
    let found = bytes.get_mut(range).unwrap_or_default();
    let any = found.iter().any(|byte| *byte != BLOT);
    found.fill(BLOT);
    any
}

/// Something of JSON without quotes becomes a text, or a number where that has no room: it stays JSON.
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

/// Leaves each `=`, encoded or not: without it, the rest would be another parameter.
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

/// Looks for something in a text, and in what it becomes when it is decoded, again and again. Returns where in the
/// text it stands.
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

/// Takes one encoding away, of URLs or JSON. `origins`: where each byte came from; empty where all are as they came.
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

/// Where a secret stands: as it is, in any case, or as hexadecimal digits.
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

/// Where the values stand of what is named `sec` in a query, a form, JSON, or something like them.
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

/// Where the value stands in what follows a name.
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

/// Where a text in quotes ends. A quote behind a backslash is a part of it.
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
