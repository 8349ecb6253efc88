//! The body of a postback: turns the bytes as they came into pairs of names and values.
//!
//! The reader finds out from the bytes whether a body is a form, JSON or multipart, because content
//! types are too often wrong. The content type has one effect: a body that it calls JSON is refused
//! if it is not JSON and has no parameter of ours.

#[cfg(any(test, fuzzing))]
mod check;

use std::{borrow::Cow, io::Read as _};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use s2s_sdk::v1::{ErrorReason, Note};

use super::{json, multipart};
use crate::{
    error::{Error, Result},
    values::{
        limits::BODY_BYTES_MAX,
        query::{Names, Pair, Part, Place, Text, decode},
    },
};

#[cfg(fuzzing)]
pub use check::check_body;

/// Maximum number of encodings that are undone, one after the other.
const ENCODINGS_MAX: usize = 3;
const UTF_8_BOM: &[u8] = b"\xEF\xBB\xBF";
const GZIP_MAGIC: &[u8] = &[0x1F, 0x8B];
/// The first byte of zlib data, which HTTP calls deflate.
const ZLIB_METHOD: u8 = 0x78;
/// The beginning of a JSON object whose bytes are percent-encoded.
const ENCODED_OBJECT: &[u8] = b"%7B";
/// Bodies without parameters.
const NOTHING: [&[u8]; 5] = [b"", b"null", b"{}", b"[]", b"\"\""];

/// A body without its encodings.
pub struct Plain<'a> {
    /// The decoded bytes. Decompression stops one byte after `BODY_BYTES_MAX`.
    pub bytes: Cow<'a, [u8]>,
    /// The encodings that were undone, outermost first.
    pub encodings: Vec<&'static str>,
    /// True if the bytes are more than a postback may have.
    pub is_too_long: bool,
}

impl<'a> Plain<'a> {
    /// Undoes the encodings that a body's bytes show: gzip, deflate, UTF-16, a byte order mark, and
    /// percent-encoding of a whole JSON object.
    pub fn of(body: &'a [u8]) -> Self {
        let (mut bytes, mut encodings) = (Cow::Borrowed(body), Vec::new());
        while let Some((name, decoded)) = undone(&bytes).filter(|_| encodings.len() < ENCODINGS_MAX) {
            encodings.push(name);
            bytes = Cow::Owned(decoded);
        }
        let is_too_long = bytes.len() > BODY_BYTES_MAX;
        Self { bytes, encodings, is_too_long }
    }
}

/// Reads a unit of UTF-16, in one of the two byte orders.
type Unit = fn([u8; 2]) -> u16;

/// Undoes the outermost encoding. Returns its name, and the bytes within.
fn undone(bytes: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    if bytes.starts_with(GZIP_MAGIC) {
        return inflated(MultiGzDecoder::new(bytes)).map(|plain| ("gzip", plain));
    }
    if let Some(plain) = bytes.strip_prefix(UTF_8_BOM) {
        return Some(("a byte order mark", plain.to_vec()));
    }
    let (little, big): (Unit, Unit) = (u16::from_le_bytes, u16::from_be_bytes);
    let utf_16 = match bytes {
        [0xFF, 0xFE, text @ ..] => Some((text, little)),
        [0xFE, 0xFF, text @ ..] => Some((text, big)),
        [b'{', 0, ..] => Some((bytes, little)),
        [0, b'{', ..] => Some((bytes, big)),
        _ => None,
    };
    if let Some((text, unit)) = utf_16 {
        let units = text.as_chunks().0.iter().map(|pair| unit(*pair));
        let plain: String = char::decode_utf16(units).map(|one| one.unwrap_or('\u{FFFD}')).collect();
        return Some(("UTF-16", plain.into_bytes()));
    }
    let head = bytes.get(..ENCODED_OBJECT.len());
    if head.is_some_and(|head| head.eq_ignore_ascii_case(ENCODED_OBJECT)) {
        let (plain, broken) = decode(bytes.strip_suffix(b"=").unwrap_or(bytes));
        return (!broken && json::read(&plain).is_ok()).then_some(("percent-encoding", plain));
    }
    let deflated = if bytes.first() == Some(&ZLIB_METHOD) { inflated(ZlibDecoder::new(bytes)) } else { None };
    // Some senders omit the zlib header, so nothing marks their data as compressed.
    let raw = || (!is_text(bytes)).then(|| inflated(DeflateDecoder::new(bytes))).flatten();
    deflated.or_else(raw).filter(|plain| is_text(plain)).map(|plain| ("deflate", plain))
}

/// Decompresses at most one byte more than a body may have. `None`: the data is broken or empty.
fn inflated(decoder: impl std::io::Read) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let max = u64::try_from(BODY_BYTES_MAX + 1).unwrap_or(u64::MAX);
    decoder.take(max).read_to_end(&mut plain).ok().filter(|length| *length > 0)?;
    Some(plain)
}

/// Returns whether bytes look like text: they have no control characters except tabs and line ends.
fn is_text(bytes: &[u8]) -> bool {
    !bytes.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace())
}

/// The form of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `a=1&b=2`, also with only one pair, or with none.
    #[default]
    Pairs,
    Json,
    Multipart,
}

/// Returns whether a plain body is read as JSON.
pub fn is_json(content_type: &str, body: &[u8]) -> bool {
    json(content_type, body).is_some_and(|members| members.is_ok())
}

/// Reads a body that looks like JSON, or that its content type calls JSON.
fn json(content_type: &str, body: &[u8]) -> Option<Result<Vec<json::Member>>> {
    let text = body.trim_ascii();
    let says_json = content_type.to_ascii_lowercase().contains("json");
    (says_json || text.starts_with(b"{") || text.starts_with(b"[")).then(|| json::read(body))
}

/// Reads the pairs of a plain body.
pub fn read(content_type: &str, body: &[u8], notes: &mut Vec<Note>) -> Result<(Form, Vec<Pair>)> {
    let text = body.trim_ascii();
    if NOTHING.contains(&text) {
        return Ok((Form::Pairs, Vec::new()));
    }
    // Without a field, the body is a text that only looks like multipart.
    if let Some(pairs) = multipart::read(body).filter(|pairs| !pairs.is_empty()) {
        return Ok((Form::Multipart, pairs));
    }
    let refusal = match json(content_type, body) {
        Some(Ok(members)) => return Ok((Form::Json, members.into_iter().map(Pair::from).collect())),
        Some(Err(error)) => Some(error),
        None if is_text(text) => None,
        None => {
            let message = "the body is neither a form nor JSON; send it as plain text, or compressed with gzip or \
                           deflate";
            Some(Error::new(ErrorReason::ParameterMalformed, message))
        }
    };
    let (mut pairs, mut repairs) = (Vec::new(), Vec::new());
    Text { part: Part::Body, whole: body, names: Names::POSTBACK }.split(body, &mut pairs, &mut repairs);
    let is_ours = |pair: &Pair| std::str::from_utf8(&pair.name).is_ok_and(Names::POSTBACK.is_known);
    match refusal {
        Some(error) if !pairs.iter().any(is_ours) => Err(error),
        _ => {
            notes.append(&mut repairs);
            Ok((Form::Pairs, pairs))
        }
    }
}

impl From<json::Member> for Pair {
    fn from(member: json::Member) -> Self {
        let part = if member.quoted { Part::Body } else { Part::Bare };
        Self {
            name: member.name.into_bytes(),
            value: member.value.into_bytes(),
            broken: false,
            cut_off: false,
            nested: member.nested,
            begins: member.bytes.start,
            place: Place { part, bytes: member.bytes },
        }
    }
}

#[cfg(test)]
mod tests;
