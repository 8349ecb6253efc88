//! The reader of queries and forms, both of links and of postbacks. It splits them into pairs, and
//! repairs separators that mails, pages and proxies have changed.
//!
//! Each pair has the place in the request from which its value was read, because a redaction must
//! find exactly these bytes.

#[cfg(any(test, fuzzing))]
mod check;
mod entities;
mod names;

use std::ops::Range;

use memchr::memchr2;
use s2s_sdk::{
    parameter::trim,
    url_macros,
    v1::{Note, NoteCode},
};

pub use self::names::{Names, without_index};
use super::text::excerpt;
#[cfg(fuzzing)]
pub use check::check_query;

/// Bound on the length of a known name, in bytes. The search for the end of a name stops there, so
/// that the reader's time grows only linearly with the text.
const NAME_BYTES_MAX: usize = 32;

/// Minimum number of known names after separators such as `;` for a query to be split at them, if
/// its first value may be any text.
const KNOWN_MIN: usize = 3;

/// Marks that stand for `&`, each with the message of its note: a second `?`, and `&` as JSON
/// escapes it.
const HIDDEN_SEPARATORS: [(&[u8], &str); 3] = [
    (b"?", "a second `?` separated two parameters"),
    (b"\\u0026", "`\\u0026` separated two parameters"),
    (b"%5Cu0026", "`\\u0026` separated two parameters"),
];
/// The text that follows the `&` if HTML has escaped it (such as `&amp;`), also percent-encoded.
const ESCAPED_AMPERSANDS: [&[u8]; 8] =
    [b"amp;", b"amp%3B", b"#38;", b"#038;", b"#x26;", b"%2338;", b"%23038;", b"%23x26;"];

/// A name and a value, decoded once.
#[derive(Clone)]
pub struct Pair {
    pub name: Vec<u8>,
    pub value: Vec<u8>,
    /// True if an escape lacked its two digits.
    pub broken: bool,
    /// True if the value was cut at an `&` of its own, which its sender did not encode.
    pub cut_off: bool,
    /// True if the value is a list or an object of JSON.
    pub nested: bool,
    pub place: Place,
    pub begins: usize,
}

/// A place in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub part: Part,
    pub bytes: Range<usize>,
}

/// The part of a request that a place is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Target,
    Body,
    /// A value in a JSON body that is not a text in quotes.
    Bare,
}

/// A part of a request that is split.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    pub part: Part,
    /// The whole part, as it came.
    pub whole: &'a [u8],
    pub names: Names,
}

impl Text<'_> {
    /// Splits `query`, which is a piece of `whole`, into pairs.
    pub fn split(self, query: &[u8], pairs: &mut Vec<Pair>, notes: &mut Vec<Note>) {
        let Self { part, whole, names } = self;
        Splitter { part, whole, names, origins: None, pairs, notes }.split(query);
    }
}

struct Splitter<'a> {
    part: Part,
    /// The bytes that contain everything to be split.
    whole: &'a [u8],
    names: Names,
    /// Offset in the request at which each byte of `whole` begins, followed by the end of the last
    /// byte. `None` if `whole` is as it came, and was not decoded.
    origins: Option<&'a [usize]>,
    pairs: &'a mut Vec<Pair>,
    notes: &'a mut Vec<Note>,
}

impl Splitter<'_> {
    fn split(&mut self, query: &[u8]) {
        let separator = if self.separates(b';', query) {
            self.repaired(NoteCode::SeparatorRepaired, "the parameters were separated by `;`");
            b';'
        } else if self.separates(b'\n', query) {
            self.repaired(NoteCode::SeparatorRepaired, "the parameters were separated by line ends");
            b'\n'
        } else {
            b'&'
        };
        for piece in query.split(|byte| *byte == separator) {
            if piece.len() == query.len() && self.split_encoded(piece) {
                return;
            }
            let mut rest = piece;
            while let Some((before, after, message)) = self.hidden_separator(rest) {
                self.repaired(NoteCode::SeparatorRepaired, message);
                self.split_piece(before);
                rest = after;
            }
            self.split_piece(rest);
        }
    }

    fn repaired(&mut self, code: NoteCode, message: &str) {
        self.note(code, String::new(), message.to_owned());
    }

    fn note(&mut self, code: NoteCode, parameter: String, message: String) {
        self.notes.push(Note { code: code.into(), parameter, message });
    }

    /// Returns the range of the request that a part of `whole` came from.
    fn origin(&self, part: &[u8]) -> Range<usize> {
        let start = offset_in(self.whole, part);
        let origin = |at: usize| self.origins.map_or(at, |all| all.get(at).copied().unwrap_or_default());
        origin(start)..origin(start + part.len())
    }

    /// Splits the piece between two separators. The piece is one pair; or several, if HTML or a
    /// second encoding has hidden the separators between them; or empty.
    fn split_piece(&mut self, piece: &[u8]) {
        let mut piece = piece;
        while let Some(rest) = behind_ampersand(piece) {
            self.repaired(NoteCode::HtmlRepaired, "`&` was escaped as `&amp;`");
            piece = rest;
        }
        if piece.is_empty() {
            return;
        }
        let Some((name, raw)) = split_at(piece, b'=') else {
            return self.split_bare(piece);
        };
        let mut begins = self.origin(name).start;
        let (mut name, _) = decode(name);
        if let Some(whole) = entities::rejoined(&name, self.names.is_known) {
            let shown = excerpt(&whole);
            let message = format!("HTML had escaped the beginning of `&{shown}=`");
            self.note(NoteCode::HtmlRepaired, shown, message);
            name = whole.into_bytes();
        }
        // The decoded value may contain further parameters, if HTML has turned the beginning of a
        // name into a character (see `entities`). `rest` is the part of the value that is still to
        // be searched for them, and `left` is that part before decoding.
        let (value, broken) = decode(raw);
        if !entities::may_split(&value) {
            return self.push_decoded(name, (value, broken), raw, begins);
        }
        let (mut rest, mut left) = (value.as_slice(), raw);
        while let Some((before, next, after)) = entities::split(rest, self.names.is_known) {
            let (ours, _) = cut_encoded(left, before.len());
            let (_, behind) = cut_encoded(left, rest.len() - after.len());
            self.push(name, ours, begins);
            let shown = excerpt(&next);
            let message = format!("HTML had eaten the beginning of `&{shown}=`");
            self.note(NoteCode::HtmlRepaired, shown, message);
            (name, begins) = (next.into_bytes(), self.origin(behind).start);
            (rest, left) = (after, behind);
        }
        self.push(name, left, begins);
    }

    /// Adds a pair. The pair is broken only if an escape in its own bytes is broken. If escapes of
    /// other pairs counted, the redaction of one pair could change how another pair is read.
    fn push(&mut self, name: Vec<u8>, raw: &[u8], begins: usize) {
        self.push_decoded(name, decode(raw), raw, begins);
    }

    fn push_decoded(&mut self, name: Vec<u8>, decoded: (Vec<u8>, bool), raw: &[u8], begins: usize) {
        let (value, broken) = decoded;
        let place = Place { part: self.part, bytes: self.origin(raw) };
        let mut pair = Pair { name, value, broken, cut_off: false, nested: false, place, begins };
        if broken {
            pair.take_literally(raw);
        }
        self.pairs.push(pair);
    }

    /// Splits a piece without `=`: a name alone, or parameters that were encoded as a whole.
    fn split_bare(&mut self, piece: &[u8]) {
        let (decoded, broken) = decode(piece);
        if self.begins_with_known_name(&decoded) && self.split_encoded(piece) {
            return;
        }
        if let Some(before) = self.pairs.last_mut() {
            let (name, rest) = (String::from_utf8_lossy(&before.name), String::from_utf8_lossy(&decoded));
            let value = String::from_utf8_lossy(&before.value);
            // No value begins with an `&`, so a blank value is not cut off.
            let is_blank = trim(&value).is_empty();
            before.cut_off |= !is_blank && (self.names.is_rest)(&name, &rest);
        }
        let origin = self.origin(piece);
        let place = Place { part: self.part, bytes: origin.end..origin.end };
        let (value, begins) = (Vec::new(), origin.start);
        let (cut_off, nested) = (false, false);
        self.pairs.push(Pair { name: decoded, value, broken, cut_off, nested, place, begins });
    }

    /// Splits parameters that were percent-encoded as a whole, together with their `=` and `&`.
    /// Returns false if the piece has none.
    fn split_encoded(&mut self, piece: &[u8]) -> bool {
        if self.origins.is_some() || piece.contains(&b'=') {
            return false;
        }
        let (decoded, _) = decode(piece);
        if !decoded.contains(&b'=') {
            return false;
        }
        self.repaired(NoteCode::DecodedTwice, "parameters were percent-encoded as a whole");
        let origins = origins(piece, self.origin(piece).start);
        let (part, names, whole, origins) = (self.part, self.names, &*decoded, Some(&*origins));
        let (pairs, notes) = (&mut *self.pairs, &mut *self.notes);
        Splitter { part, whole, names, origins, pairs, notes }.split(&decoded);
        true
    }

    /// Returns whether `mark` separates parameters: there is no `&`, and a known name follows a
    /// mark. If the first value may be any text, at least `KNOWN_MIN` known names must follow
    /// marks, because fewer may belong to the text.
    fn separates(&self, mark: u8, query: &[u8]) -> bool {
        if query.contains(&b'&') {
            return false;
        }
        let mut pieces = query.split(|byte| *byte == mark);
        let first = pieces.next().unwrap_or_default();
        let mut known = pieces.filter(|piece| self.begins_with_known_name(piece));
        known.next().is_some_and(|next| self.may_end(first, next) || known.count() + 1 >= KNOWN_MIN)
    }

    fn begins_with_known_name(&self, piece: &[u8]) -> bool {
        name_of(piece).is_some_and(self.names.is_known)
    }

    /// Splits a piece at a mark that stands for `&`, if a known name follows the mark. Returns the
    /// two parts, and the message of the note.
    fn hidden_separator<'b>(&self, piece: &'b [u8]) -> Option<(&'b [u8], &'b [u8], &'static str)> {
        let may_begin = |(_, byte): &(usize, &u8)| matches!(byte, b'?' | b'\\' | b'%');
        let mut places = piece.iter().enumerate().filter(may_begin);
        places.find_map(|(at, _)| {
            let (before, rest) = piece.split_at_checked(at)?;
            let begins = |(mark, _): &&(&[u8], _)| starts_with(rest, mark);
            let (mark, message) = HIDDEN_SEPARATORS.iter().find(begins)?;
            let after = rest.get(mark.len()..)?;
            let is_split = self.begins_with_known_name(after) && self.may_end(before, after);
            is_split.then_some((before, after, *message))
        })
    }

    /// Returns whether the parameter in `piece` may end at a mark, if the text after that mark is
    /// `next`.
    fn may_end(&self, piece: &[u8], next: &[u8]) -> bool {
        let name = split_at(piece, b'=').map(|(name, _)| decode(name).0);
        let next = name_of(next).unwrap_or_default();
        name.is_none_or(|name| (self.names.may_end)(&String::from_utf8_lossy(&name), next))
            && !has_address(&decode(piece).0)
    }
}

/// The name at the beginning of a piece, before its `=`; `None` if the piece has no `=`, or if the
/// name is longer than known names.
fn name_of(piece: &[u8]) -> Option<&str> {
    let end = piece.iter().take(NAME_BYTES_MAX).position(|byte| *byte == b'=')?;
    std::str::from_utf8(piece.get(..end)?).ok()
}

impl Pair {
    /// Mends a value whose `%` is meant literally, in a macro such as `%x%`. `raw` is the value
    /// before decoding: decoding may have read a macro's first letters as the digits of an escape.
    fn take_literally(&mut self, raw: &[u8]) {
        if std::str::from_utf8(raw).is_ok_and(url_macros::is_macro) {
            self.value = raw.to_vec();
            self.broken = false;
        }
    }
}

fn starts_with(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
}

/// Drops the rest of an escaped `&` from the beginning of a piece; `None` if there is none.
fn behind_ampersand(piece: &[u8]) -> Option<&[u8]> {
    let escaped = ESCAPED_AMPERSANDS.iter().find(|escaped| starts_with(piece, escaped))?;
    piece.get(escaped.len()..)
}

fn has_address(text: &[u8]) -> bool {
    text.windows(3).any(|three| three == b"://")
}

fn split_at(bytes: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == mark)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// Returns the offset of `part` in `whole`. The part is a slice of the whole.
pub fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// Decodes percent-encoding, and `+` as a blank. The flag is true if an escape lacked its two
/// digits.
pub fn decode(bytes: &[u8]) -> (Vec<u8>, bool) {
    if memchr2(b'%', b'+', bytes).is_none() {
        return (bytes.to_vec(), false);
    }
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut any_broken = false;
    for (byte, _, broken) in Decoding(bytes) {
        decoded.push(byte);
        any_broken |= broken;
    }
    (decoded, any_broken)
}

/// Splits encoded bytes at the end of their first `decoded` decoded bytes.
fn cut_encoded(bytes: &[u8], decoded: usize) -> (&[u8], &[u8]) {
    let length = Decoding(bytes).take(decoded).map(|(_, length, _)| length).sum();
    bytes.split_at_checked(length).unwrap_or((bytes, &[]))
}

/// Returns, for each decoded byte, the offset at which its encoded bytes begin. The first offset is
/// `start`; the additional last one is the end of the bytes.
fn origins(bytes: &[u8], start: usize) -> Vec<usize> {
    let ends = Decoding(bytes).scan(start, |end, (_, length, _)| {
        *end += length;
        Some(*end)
    });
    std::iter::once(start).chain(ends).collect()
}

/// Decoder of the remaining bytes. Yields each decoded byte, the number of encoded bytes that it
/// came from, and true if it is a `%` without two digits.
struct Decoding<'a>(&'a [u8]);

impl Iterator for Decoding<'_> {
    type Item = (u8, usize, bool);

    fn next(&mut self) -> Option<(u8, usize, bool)> {
        let (byte, length, broken) = match self.0 {
            [] => return None,
            [b'+', ..] => (b' ', 1, false),
            [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (hex(*high) << 4 | hex(*low), 3, false)
            }
            [b'%', ..] => (b'%', 1, true),
            [byte, ..] => (*byte, 1, false),
        };
        self.0 = self.0.get(length..).unwrap_or_default();
        Some((byte, length, broken))
    }
}

pub fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}
