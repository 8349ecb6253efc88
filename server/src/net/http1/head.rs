//! Heads of HTTP/1 requests: passes on heads that hyper accepts, repairs heads that hyper would
//! refuse, and refuses heads that two readers could understand differently.
//!
//! Merchants' systems send raw spaces, quotes, `<insert>`, control bytes and Latin-1 in the request
//! line, and malformed header lines. hyper answers such a head with an empty 400 before any
//! handler sees it, and the postback would be lost.
//!
//! Absent on purpose: a search for the end of a body. hyper alone finds it. This module only
//! refuses heads that announce the end in a malformed or contradictory way.

use bytes::{Buf as _, Bytes, BytesMut};
use http::{Method, Uri};
use memchr::memchr;

use crate::net::limits::{HTTP1_HEAD_BYTES_MAX, HTTP1_HEADERS_MAX};

/// Longest line that is read completely, in bytes. A longer target is cut, a longer header line is
/// dropped.
const LINE_BYTES_MAX: usize = 16 * 1_024;
/// Maximum number of lines of a head. Bounds the work on lines that are dropped.
const LINES_MAX: usize = 1_024;
/// Number of bytes that are read at the end of a line longer than `LINE_BYTES_MAX`. They contain
/// the version and the line break.
const TAIL_BYTES: usize = 32;
/// Maximum total size of the header lines that are passed on, in bytes. Further lines are dropped.
const HEADERS_BYTES_MAX: usize = 64 * 1_024;
/// Largest head that is passed on, in bytes. Percent-encoding at most triples the target.
pub const PASSED_BYTES_MAX: usize = 4 * LINE_BYTES_MAX + HEADERS_BYTES_MAX;
/// Headers that decide about the end of the request, its answer, or its connection. A broken line
/// with one of these names is not dropped: the request is refused.
const DECISIVE: [&[u8]; 6] =
    [b"content-length", b"transfer-encoding", b"connection", b"upgrade", b"host", b"expect"];

/// A head that hyper accepts.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    pub bytes: Bytes,
    /// The target as it arrived, at most `LINE_BYTES_MAX` bytes. Absent if `bytes` contain it
    /// unchanged.
    pub raw_target: Option<Bytes>,
}

/// A refused request. Its connection ends, because the start of the next request is unknown.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub refusal: Refusal,
    pub method: Method,
    /// The target, `/` if it could not be read.
    pub target: Uri,
}

/// Causes of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The first line is not the first line of a request.
    NotHttp,
    /// The sender closed the connection, or fell silent, before the end of the head.
    Incomplete,
    /// The head is longer than `HTTP1_HEAD_BYTES_MAX`, or has more lines than `LINES_MAX`.
    TooLarge,
    /// A line with the name of a decisive header is broken.
    BrokenHeader,
    /// The headers announce the end of the body in a way that is malformed or contradictory.
    Length,
}

/// State of reading a head.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    /// More bytes are needed.
    Begun,
    Done(Head),
}

/// Reads the heads of a connection, one after the other.
#[derive(Default)]
pub struct HeadReader {
    /// Number of bytes that were searched for the end of a head in vain.
    searched: usize,
    lines: Lines,
}

impl HeadReader {
    /// Returns whether a head has begun. Empty lines before it do not count.
    pub fn has_begun(&self, bytes: &[u8]) -> bool {
        self.lines.has_begun() || blank_bytes(bytes) < bytes.len()
    }

    /// Takes a head from the start of `bytes`, and leaves the bytes after it.
    pub fn read(&mut self, bytes: &mut BytesMut) -> Result<Reading, Refused> {
        if !self.lines.has_begun() {
            let blank = blank_bytes(bytes);
            bytes.advance(blank);
            let end = end_of_head(bytes, self.searched.saturating_sub(blank));
            let fits = end.filter(|end| *end <= LINE_BYTES_MAX);
            if let Some(end) = fits.filter(|end| bytes.get(..*end).is_some_and(is_accepted)) {
                self.searched = 0;
                return Ok(Reading::Done(Head { bytes: bytes.split_to(end).freeze(), raw_target: None }));
            }
            if end.is_none() && bytes.len() <= LINE_BYTES_MAX {
                self.searched = bytes.len();
                return Ok(Reading::Begun);
            }
            self.searched = 0;
        }
        match self.lines.read(bytes) {
            Ok(true) => Ok(Reading::Done(std::mem::take(&mut self.lines).into_head())),
            Ok(false) => Ok(Reading::Begun),
            Err(refusal) => Err(std::mem::take(&mut self.lines).refused(refusal)),
        }
    }

    /// Refuses a head that is not complete.
    pub fn refuse_incomplete(&mut self, bytes: &mut BytesMut) -> Refused {
        let mut lines = std::mem::take(&mut self.lines);
        if !lines.has_begun() {
            // Reads the path, because the form of the refusal depends on it. An error here does not
            // matter: the request is refused anyway.
            let _ = lines.read(bytes);
            let _ = lines.request_line(&Line { begin: bytes, end: b" HTTP/1.1" });
        }
        lines.refused(Refusal::Incomplete)
    }
}

/// Number of bytes at the start that are empty lines.
fn blank_bytes(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// The offset after the empty line of a head. A line ends with LF, or with CR and LF.
fn end_of_head(bytes: &[u8], searched: usize) -> Option<usize> {
    let mut from = searched.saturating_sub(2);
    loop {
        let after = from + memchr(b'\n', bytes.get(from..)?)? + 1;
        match bytes.get(after..)? {
            [b'\n', ..] => return Some(after + 1),
            [b'\r', b'\n', ..] => return Some(after + 2),
            _ => from = after,
        }
    }
}

/// Returns whether a token, such as a method or the name of a header, may contain the byte.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

/// Returns whether hyper accepts the byte both in a path and in a query.
const fn is_of_target(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'#' | b'<' | b'>' | b'^' | b'`')
}

/// Returns whether the value of a header may contain the byte.
const fn is_of_value(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

/// Returns whether a test holds for all bytes. Unlike `all` of an iterator, tests them in groups:
/// nearly every text passes, so it does not pay to stop early.
fn all(bytes: &[u8], is_good: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |good, byte| good & is_good(*byte))
}

/// Returns whether hyper accepts a complete head as it is.
fn is_accepted(head: &[u8]) -> bool {
    let mut framing = Framing::default();
    let mut lines = lines(head).map(without_break);
    let Some(first) = lines.next().and_then(RequestLine::read) else { return false };
    framing.is_http_1_0 = first.version.ends_with(b"0");
    let mut count = 0;
    first.target.starts_with(b"/")
        && all(first.target, is_of_target)
        && lines.take_while(|line| !line.is_empty()).all(|line| {
            count += 1;
            header(line).is_some_and(|(name, value)| framing.add(name, value).is_ok())
        })
        && count <= HTTP1_HEADERS_MAX
}

/// The lines of a text, with their line breaks.
fn lines(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let length = memchr(b'\n', text).map_or(text.len(), |at| at + 1);
        let (line, rest) = text.split_at_checked(length).filter(|_| length > 0)?;
        text = rest;
        Some(line)
    })
}

/// A line without the LF, or CR and LF, at its end.
fn without_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The name and the trimmed value of a valid header line.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = line.split_at_checked(memchr(b':', line)?)?;
    let value = value.get(1..)?;
    let valid = !name.is_empty() && all(name, is_token) && all(value, is_of_value);
    valid.then(|| (name, value.trim_ascii()))
}

/// Returns whether a broken line could be meant as a decisive header, or be understood as one by
/// another reader. Compares the text before the colon, and the text before the first blank, with
/// the names of decisive headers. Leaves out the bytes that no name may contain.
fn may_be_decisive(line: &[u8]) -> bool {
    let before_colon = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let word = line.trim_ascii_start().split(u8::is_ascii_whitespace).next().unwrap_or_default();
    [before_colon, word].into_iter().any(|text| {
        let name =
            || text.iter().copied().filter(|byte| is_token(*byte)).map(|byte| byte.to_ascii_lowercase());
        DECISIVE.iter().any(|decisive| name().eq(decisive.iter().copied()))
    })
}

fn is_decisive(name: &[u8]) -> bool {
    DECISIVE.iter().any(|decisive| name.eq_ignore_ascii_case(decisive))
}

/// The announced length of the body. Serves only to find malformed and contradictory announcements.
#[derive(Default)]
struct Framing {
    is_http_1_0: bool,
    length: Option<u64>,
    is_chunked: bool,
}

impl Framing {
    fn add(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refusal> {
        let is_fine = if name.eq_ignore_ascii_case(b"content-length") {
            let digits =
                std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            // hyper reserves the largest values for itself.
            let length = digits.and_then(|text| text.parse().ok()).filter(|length| *length < u64::MAX / 2);
            let is_same = self.length.is_none_or(|other| length == Some(other));
            self.length = length;
            length.is_some() && is_same && !self.is_chunked
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let is_first = !std::mem::replace(&mut self.is_chunked, true);
            is_first && value.eq_ignore_ascii_case(b"chunked") && !self.is_http_1_0 && self.length.is_none()
        } else {
            true
        };
        if is_fine { Ok(()) } else { Err(Refusal::Length) }
    }
}

/// The parts of a request line.
struct RequestLine<'a> {
    method: &'a [u8],
    target: &'a [u8],
    version: &'a [u8],
}

impl<'a> RequestLine<'a> {
    /// Reads a line without its line break. The method ends at the first space. The target ends
    /// before the version, and may contain any bytes.
    fn read(line: &'a [u8]) -> Option<Self> {
        let (method, rest) = line.split_at_checked(memchr(b' ', line)?)?;
        let (rest, version) = rest.split_at_checked(rest.len().checked_sub(VERSION_BYTES)?)?;
        let version = version.strip_prefix(b" ")?;
        let valid = matches!(version, b"HTTP/1.1" | b"HTTP/1.0")
            && !method.is_empty()
            && method.iter().copied().all(is_token);
        valid.then_some(Self { method, target: rest.get(1..).unwrap_or_default(), version })
    }
}

/// Length of a version and the space before it.
const VERSION_BYTES: usize = b" HTTP/1.1".len();

/// A line without its line break. If the line is longer than `LINE_BYTES_MAX`, the middle of it is
/// left out.
struct Line<'a> {
    begin: &'a [u8],
    /// Empty if `begin` is the whole line.
    end: &'a [u8],
}

/// Reads and repairs a head, line by line.
#[derive(Default)]
struct Lines {
    /// Total size of the lines read, in bytes.
    read_bytes: usize,
    /// Number of the lines read.
    line_count: usize,
    /// Beginning of a line that is longer than `LINE_BYTES_MAX`.
    begin: Option<BytesMut>,
    method: Method,
    target: Option<Uri>,
    raw_target: Option<Bytes>,
    /// The request line, ready to be passed on. Empty until it was read.
    passed: Vec<u8>,
    headers: Vec<u8>,
    headers_count: usize,
    /// The previous line is a decisive header.
    after_decisive: bool,
    framing: Framing,
}

impl Lines {
    const fn has_begun(&self) -> bool {
        self.read_bytes > 0
    }

    /// Takes complete lines from `bytes`. Returns whether the head is complete.
    fn read(&mut self, bytes: &mut BytesMut) -> Result<bool, Refusal> {
        while let Some(at) = memchr(b'\n', bytes) {
            let end = bytes.split_to(at + 1);
            self.count(end.len())?;
            self.line_count += 1;
            if self.line_count > LINES_MAX {
                return Err(Refusal::TooLarge);
            }
            let end = without_break(&end);
            let begin = self.begin.take();
            let line = match &begin {
                Some(begin) => Line { begin, end },
                None => Line { begin: end, end: b"" },
            };
            if self.passed.is_empty() {
                self.request_line(&line)?;
            } else if line.begin.is_empty() {
                return Ok(true);
            } else {
                self.header_line(&line)?;
            }
        }
        if let Some(excess) = bytes.len().checked_sub(LINE_BYTES_MAX + TAIL_BYTES) {
            let begin = bytes.split_to(LINE_BYTES_MAX + excess);
            self.count(begin.len())?;
            self.begin.get_or_insert(begin);
        }
        Ok(false)
    }

    fn count(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.read_bytes += bytes;
        if self.read_bytes > HTTP1_HEAD_BYTES_MAX { Err(Refusal::TooLarge) } else { Ok(()) }
    }

    fn request_line(&mut self, line: &Line) -> Result<(), Refusal> {
        let whole = [line.begin, line.end].concat();
        let first = RequestLine::read(whole.trim_ascii_end()).ok_or(Refusal::NotHttp)?;
        self.method = Method::from_bytes(first.method).map_err(|_| Refusal::NotHttp)?;
        let raw = first.target.trim_ascii();
        let raw = raw.get(..LINE_BYTES_MAX).unwrap_or(raw);
        // A host can't contain an escaped `#`. A raw `#` begins a fragment, which hyper drops.
        let host = raw.split(|byte| *byte == b'#').next().unwrap_or_default();
        let read = |raw| {
            let encoded = percent_encoded(raw);
            Uri::try_from(&encoded).ok().map(|target| (raw, encoded, target))
        };
        let (raw, encoded, target) = read(raw).or_else(|| read(host)).ok_or(Refusal::NotHttp)?;
        self.target = Some(target);
        self.raw_target = (raw != encoded.as_bytes()).then(|| Bytes::copy_from_slice(raw));
        self.framing.is_http_1_0 = first.version.ends_with(b"0");
        self.passed = [first.method, b" ", encoded.as_bytes(), b" ", first.version, b"\r\n"].concat();
        Ok(())
    }

    fn header_line(&mut self, line: &Line) -> Result<(), Refusal> {
        let is_folded = matches!(line.begin.first(), Some(b' ' | b'\t'));
        if std::mem::take(&mut self.after_decisive) && is_folded {
            return Err(Refusal::BrokenHeader);
        }
        let fits = line.end.is_empty()
            && line.begin.len() <= LINE_BYTES_MAX
            && self.headers_count < HTTP1_HEADERS_MAX
            && self.headers.len() + line.begin.len() < HEADERS_BYTES_MAX;
        match header(line.begin).filter(|_| fits) {
            Some((name, value)) => {
                self.framing.add(name, value)?;
                self.after_decisive = is_decisive(name);
                self.headers_count += 1;
                self.headers.extend_from_slice(line.begin);
                self.headers.extend_from_slice(b"\r\n");
                Ok(())
            }
            None if may_be_decisive(line.begin) => Err(Refusal::BrokenHeader),
            None => Ok(()),
        }
    }

    fn into_head(mut self) -> Head {
        self.passed.append(&mut self.headers);
        self.passed.extend_from_slice(b"\r\n");
        Head { bytes: self.passed.into(), raw_target: self.raw_target }
    }

    fn refused(self, refusal: Refusal) -> Refused {
        Refused { refusal, method: self.method, target: self.target.unwrap_or_default() }
    }
}

/// A target in which the bytes that hyper does not accept are escaped.
pub fn percent_encoded(target: &[u8]) -> String {
    let mut text = String::with_capacity(target.len());
    for byte in target {
        if is_of_target(*byte) {
            text.push(char::from(*byte));
        } else {
            let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
            text.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    text
}

#[cfg(test)]
mod tests;
