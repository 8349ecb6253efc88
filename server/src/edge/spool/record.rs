//! Records, and their frames in a file. Whole records are found even after damage. This module does
//! no I/O.
//!
//! A frame is a mark (8 bytes), the length of the body (4) and the checksum of the body (16). The
//! body is the version (1), the kind (1), the time of arrival (8), a proof (32) and the call to the
//! core in protobuf. The proof is made with a secret from outside the folder, so that somebody who
//! can only write to the folder can't make a record. Mark and checksum are made with the file's own
//! key, so that no text that a stranger sends can pass for a record.

use prost::Message as _;
use s2s_sdk::v1::{
    RawPostback, RecordClickRequest, RecordConversionRequest, record_conversion_request::Report,
};

use crate::{
    api::edge_v1::{ListClickIdKeysResponse, ResolveSlugRequest, ResolveSlugResponse},
    values::{
        seal::{PROOF_BYTES, Seal, Seals},
        time::Time,
    },
};

/// Longest record, in bytes; larger than any that an edge makes.
pub const RECORD_BYTES_MAX: usize = 128 * 1_024;
pub const KEY_BYTES: usize = 16;

const MARK_BYTES: usize = 8;
const LENGTH_BYTES: usize = 4;
const CHECKSUM_BYTES: usize = 16;
const HEAD_BYTES: usize = MARK_BYTES + LENGTH_BYTES + CHECKSUM_BYTES;
/// Version of new records. A record of a later version is put aside for a later server.
const VERSION: u8 = 3;
/// Version of records without a proof. Such records count only if the operator vouches for them
/// (`--spool-adopt`).
const VERSION_WITHOUT_PROOF: u8 = 2;

/// Longest id of an unproven record in the log, in bytes; longer than any id of ours.
const STATED_ID_BYTES_MAX: usize = 64;

const CLICK: u8 = 1;
const POSTBACK: u8 = 2;
const CLICK_ID_KEYS: u8 = 3;
const LINK: u8 = 4;
const NO_LINK: u8 = 5;
const FORMER_KEYS: u8 = 6;

/// The contents of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A click that the core has not answered yet.
    Click(RecordClickRequest),
    /// A postback that the core has not answered yet.
    Postback(RawPostback),
    /// The click id keys that the core sent last, for use while the core is down.
    ClickIdKeys(ListClickIdKeysResponse),
    /// A link as the core last described it, for use while the core is down.
    Link(ResolveSlugResponse),
    /// A slug for which the edge has no link any more. Earlier records of the slug no longer count.
    NoLink(ResolveSlugRequest),
    /// Click id keys that the core no longer has. Proofs of records may have been made with them.
    FormerKeys(ListClickIdKeysResponse),
}

/// The call that passes a postback to the core.
pub fn as_call(postback: RawPostback) -> RecordConversionRequest {
    RecordConversionRequest { report: Some(Report::Postback(postback)), ..Default::default() }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub arrived_at: Time,
    pub content: Content,
}

/// The key of one file. It is random, so that no file accepts the records of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub [u8; KEY_BYTES]);

impl Key {
    fn digest<const N: usize>(self, use_: u8, bytes: &[u8]) -> [u8; N] {
        let mut digest = [0; N];
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0).update(&[use_]).update(bytes).finalize_xof().fill(&mut digest);
        digest
    }

    fn mark(self) -> [u8; MARK_BYTES] {
        self.digest(b'm', &[])
    }

    fn checksum(self, body: &[u8]) -> [u8; CHECKSUM_BYTES] {
        self.digest(b'c', body)
    }
}

/// The reason why a record can't be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// A version or kind that this server does not know, or an unreadable call.
    Unknown,
    /// Nothing proves that a server of this installation wrote the record.
    Unproven,
}

impl Unread {
    pub fn text(&self) -> &'static str {
        match self {
            Self::Unknown => "its version is not ours, or its contents are unreadable",
            Self::Unproven => {
                "nothing proves that this installation wrote it; if you trust it, see --spool-adopt"
            }
        }
    }
}

impl Record {
    /// The body: version, kind, time, proof and call.
    pub fn body(&self, seal: &Seal) -> Vec<u8> {
        let (kind, call) = match &self.content {
            Content::Click(call) => (CLICK, call.encode_to_vec()),
            Content::Postback(call) => (POSTBACK, as_call(call.clone()).encode_to_vec()),
            Content::ClickIdKeys(keys) => (CLICK_ID_KEYS, keys.encode_to_vec()),
            Content::Link(link) => (LINK, link.encode_to_vec()),
            Content::NoLink(slug) => (NO_LINK, slug.encode_to_vec()),
            Content::FormerKeys(keys) => (FORMER_KEYS, keys.encode_to_vec()),
        };
        let micros = self.arrived_at.micros().to_be_bytes();
        let proof = seal.prove(&[&[kind], &micros, &call]);
        [&[VERSION, kind], micros.as_slice(), &proof, &call].concat()
    }

    /// Reads a body, and checks its proof.
    pub fn read(body: &[u8], seals: &Seals) -> Result<Self, Unread> {
        let Parts { kind, micros, proof, call } = Parts::of(body).ok_or(Unread::Unknown)?;
        if !seals.accept(proof, &[&[kind], micros, call]) {
            return Err(Unread::Unproven);
        }
        let content = Content::read(kind, call).ok_or(Unread::Unknown)?;
        Ok(Self { arrived_at: Time::from_micros(i64::from_be_bytes(*micros)), content })
    }
}

/// The parts of a body of a known version.
struct Parts<'a> {
    kind: u8,
    micros: &'a [u8; 8],
    proof: Option<[u8; PROOF_BYTES]>,
    call: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(body: &'a [u8]) -> Option<Self> {
        let (&[version, kind], rest) = body.split_first_chunk::<2>()?;
        let (micros, rest) = rest.split_first_chunk::<8>()?;
        let (proof, call) = match version {
            VERSION => {
                let (proof, call) = rest.split_first_chunk::<PROOF_BYTES>()?;
                (Some(*proof), call)
            }
            VERSION_WITHOUT_PROOF => (None, rest),
            _ => return None,
        };
        Some(Self { kind, micros, proof, call })
    }
}

/// Returns the id that an unproven record states, for the log. Anybody who can write to the folder
/// may have made the record, so a text that does not look like an id is replaced by an empty text.
pub fn stated_id(body: &[u8]) -> String {
    let content = Parts::of(body).and_then(|parts| Content::read(parts.kind, parts.call));
    let id = content.as_ref().map_or("", Content::id);
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain && id.len() <= STATED_ID_BYTES_MAX { id.to_owned() } else { String::new() }
}

impl Content {
    /// The id of the click or of the postback.
    pub fn id(&self) -> &str {
        match self {
            Self::Click(click) => &click.click_id,
            Self::Postback(postback) => &postback.postback_id,
            Self::ClickIdKeys(_) | Self::Link(_) | Self::NoLink(_) | Self::FormerKeys(_) => "",
        }
    }

    fn read(kind: u8, call: &[u8]) -> Option<Self> {
        Some(match kind {
            CLICK => Self::Click(RecordClickRequest::decode(call).ok()?),
            POSTBACK => match RecordConversionRequest::decode(call).ok()?.report? {
                Report::Postback(postback) => Self::Postback(postback),
                Report::Conversion(_) => return None,
            },
            CLICK_ID_KEYS => Self::ClickIdKeys(ListClickIdKeysResponse::decode(call).ok()?),
            LINK => Self::Link(ResolveSlugResponse::decode(call).ok()?),
            NO_LINK => Self::NoLink(ResolveSlugRequest::decode(call).ok()?),
            FORMER_KEYS => Self::FormerKeys(ListClickIdKeysResponse::decode(call).ok()?),
            _ => return None,
        })
    }
}

/// Appends a frame around `body`.
pub fn frame(key: Key, body: &[u8], frames: &mut Vec<u8>) {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    frames.extend(key.mark());
    frames.extend(length.to_be_bytes());
    frames.extend(key.checksum(body));
    frames.extend(body);
}

/// Length of the frame around a body of `body` bytes, in bytes.
pub fn frame_bytes(body: usize) -> usize {
    HEAD_BYTES + body
}

/// A part of a file: a record, or bytes that are no record.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The body of a whole record.
    Body(&'a [u8]),
    /// Bytes that were durable once, and are no record.
    Damage,
    /// The end of a write that a crash interrupted. No caller was told that its record is safe.
    Torn,
}

/// The pieces of a file, in order, each with the offset of its end.
pub struct Pieces<'a> {
    key: Key,
    mark: [u8; MARK_BYTES],
    bytes: &'a [u8],
    at: usize,
    /// Offset up to which the bytes are known to have been durable.
    durable: usize,
}

impl<'a> Pieces<'a> {
    /// Reads from an offset at which a piece begins.
    pub fn new(key: Key, bytes: &'a [u8], at: usize) -> Self {
        Self { key, mark: key.mark(), bytes, at, durable: 0 }
    }

    /// Sets the offset up to which the bytes are known to have been durable. Missing bytes before
    /// it are damage, never a torn write.
    #[must_use]
    pub fn durable(mut self, durable: usize) -> Self {
        self.durable = durable;
        self
    }

    /// The body of the record at `at`.
    fn body(&self, at: usize) -> Result<&'a [u8], NoRecord> {
        let head = self.bytes.get(at..).and_then(|rest| rest.split_first_chunk::<HEAD_BYTES>());
        let (head, rest) = head.ok_or(NoRecord::CutOff)?;
        let (mark, head) = head.split_first_chunk::<MARK_BYTES>().ok_or(NoRecord::NoMark)?;
        let (length, checksum) = head.split_first_chunk::<LENGTH_BYTES>().ok_or(NoRecord::NoMark)?;
        if *mark != self.mark {
            return Err(NoRecord::NoMark);
        }
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let body = rest.get(..length).filter(|_| length <= RECORD_BYTES_MAX).ok_or(NoRecord::CutOff)?;
        if self.key.checksum(body) == checksum { Ok(body) } else { Err(NoRecord::Wrong) }
    }

    /// The offset of the next whole record at or after `at`.
    fn next_record(&self, at: usize) -> Option<usize> {
        let marks = self.bytes.get(at..)?.windows(MARK_BYTES).enumerate();
        let candidates = marks.filter(|(_, window)| *window == self.mark).map(|(index, _)| at + index);
        candidates.into_iter().find(|candidate| self.body(*candidate).is_ok())
    }
}

/// The reason why no record begins at an offset.
#[derive(PartialEq, Eq)]
enum NoRecord {
    CutOff,
    NoMark,
    /// The record has its full length, but not the contents that were written.
    Wrong,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (usize, Piece<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let piece = match self.body(self.at) {
            Ok(body) => {
                self.at += frame_bytes(body.len());
                Piece::Body(body)
            }
            Err(why) => {
                let was_durable = self.at < self.durable;
                let next = self.next_record(self.at + 1);
                self.at = next.unwrap_or(self.bytes.len());
                let is_torn = next.is_none() && why != NoRecord::Wrong && !was_durable;
                if is_torn { Piece::Torn } else { Piece::Damage }
            }
        };
        Some((self.at, piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key([7; KEY_BYTES]);

    fn file(bodies: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for body in bodies {
            frame(KEY, body.as_bytes(), &mut bytes);
        }
        bytes
    }

    fn found(bytes: &[u8]) -> Vec<&str> {
        found_durable(bytes, 0)
    }

    /// The pieces of a file: bodies, `!` for damage, `~` for a torn end.
    fn found_durable(bytes: &[u8], durable: usize) -> Vec<&str> {
        let pieces: Vec<_> = Pieces::new(KEY, bytes, 0).durable(durable).collect();
        assert_eq!(pieces.last().map_or(0, |(end, _)| *end), bytes.len(), "every byte belongs to a piece");
        let text = |piece| match piece {
            Piece::Body(body) => std::str::from_utf8(body).unwrap(),
            Piece::Damage => "!",
            Piece::Torn => "~",
        };
        pieces.into_iter().map(|(_, piece)| text(piece)).collect()
    }

    #[test]
    fn whole_records_are_found_around_every_kind_of_damage() {
        let bodies = ["one", "two", "three"];
        let whole = file(&bodies);
        let second = frame_bytes(3);
        let last = second * 2;
        let changed = |at: usize, byte: u8| {
            let mut bytes = whole.clone();
            bytes[at] ^= byte;
            bytes
        };
        let without = |from: usize, to: usize| [&whole[..from], &whole[to..]].concat();
        let blank = |from: usize, to: usize| {
            let mut bytes = whole.clone();
            bytes[from..to].fill(0);
            bytes
        };
        for (what, bytes, expected) in [
            ("whole", whole.clone(), &["one", "two", "three"][..]),
            ("nothing", Vec::new(), &[]),
            ("a flipped bit in a body", changed(second + HEAD_BYTES, 1), &["one", "!", "three"]),
            ("in a mark", changed(second, 1), &["one", "!", "three"]),
            ("in a length", changed(second + MARK_BYTES + 3, 1), &["one", "!", "three"]),
            ("in the highest byte of a length", changed(second + MARK_BYTES, 128), &["one", "!", "three"]),
            ("in a checksum", changed(second + HEAD_BYTES - 1, 1), &["one", "!", "three"]),
            ("in the last body", changed(whole.len() - 1, 1), &["one", "two", "!"]),
            ("the beginning is gone", whole[1..].to_vec(), &["!", "two", "three"]),
            ("a byte is gone", without(second + 9, second + 10), &["one", "!", "three"]),
            ("two records are zeros", blank(second, whole.len()), &["one", "~"]),
            ("a page of zeros between", blank(second, last), &["one", "!", "three"]),
            ("the last write was interrupted", whole[..whole.len() - 1].to_vec(), &["one", "two", "~"]),
            ("in its head", whole[..last + 5].to_vec(), &["one", "two", "~"]),
            ("after its head", whole[..last + HEAD_BYTES].to_vec(), &["one", "two", "~"]),
            ("garbage at the end", [&whole[..], b"xyz"].concat(), &["one", "two", "three", "~"]),
        ] {
            assert_eq!(found(&bytes), expected, "{what}");
        }
    }

    #[test]
    fn what_was_durable_is_never_torn() {
        let whole = file(&["one", "two"]);
        let second = frame_bytes(3);
        let padded = |length: usize| {
            let mut bytes = whole[..length].to_vec();
            bytes.resize(whole.len(), 0);
            bytes
        };
        for (what, bytes, durable, expected) in [
            ("cut within a durable record", padded(second + 9), whole.len(), &["one", "!"][..]),
            ("cut at its beginning", padded(second), whole.len(), &["one", "!"]),
            ("nothing is left", padded(0), whole.len(), &["!"]),
            ("cut within a record that was not durable", whole[..second + 9].to_vec(), second, &["one", "~"]),
            ("cut after its head", whole[..second + HEAD_BYTES].to_vec(), second, &["one", "~"]),
        ] {
            assert_eq!(found_durable(&bytes, durable), expected, "{what}");
        }
    }

    #[test]
    fn no_record_can_be_hidden_in_another() {
        let mut inner = Vec::new();
        frame(Key([8; KEY_BYTES]), b"forged", &mut inner);
        let mut bytes = Vec::new();
        frame(KEY, &inner, &mut bytes);
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        frame(KEY, b"behind", &mut bytes);
        assert_eq!(found(&bytes), ["!", "behind"]);
    }

    #[test]
    fn a_file_cut_anywhere_gives_its_whole_records_and_no_other() {
        let whole = file(&["one", "two", "three"]);
        for length in 0..=whole.len() {
            let records = found(&whole[..length]).into_iter().filter(|text| text.len() > 1).count();
            let ends = [frame_bytes(3), frame_bytes(3) * 2, whole.len()];
            assert_eq!(records, ends.iter().filter(|end| **end <= length).count(), "{length}");
        }
    }

    #[test]
    fn records_come_back_and_those_of_later_versions_are_told_apart() {
        let click = RecordClickRequest { click_id: "abc".to_owned(), ..Default::default() };
        let postback = RawPostback { postback_id: "pb_1".to_owned(), ..Default::default() };
        for content in [Content::Click(click), Content::Postback(postback)] {
            let record = Record { arrived_at: Time::from_micros(1_763_900_000_000_000), content };
            let seal = Seal::derive("test", b"secret");
            let seals = |adopts| Seals::new(seal.clone(), Vec::new(), adopts);
            let body = record.body(&seal);
            assert_eq!(Record::read(&body, &seals(false)), Ok(record.clone()));
            let mut later = body.clone();
            later[0] = 99;
            assert_eq!(Record::read(&later, &seals(true)), Err(Unread::Unknown));
            for changed in [1, 9, 10, body.len() - 1] {
                let mut forged = body.clone();
                forged[changed] ^= 1;
                assert_eq!(Record::read(&forged, &seals(false)), Err(Unread::Unproven), "{changed}");
            }
            assert_eq!(Record::read(&body[..9], &seals(false)), Err(Unread::Unknown));
            let other = Seal::derive("test", b"other");
            assert_eq!(Record::read(&record.body(&other), &seals(false)), Err(Unread::Unproven));
            // The form of older servers.
            let older = [&[VERSION_WITHOUT_PROOF], &body[1..10], &body[10 + PROOF_BYTES..]].concat();
            assert_eq!(Record::read(&older, &seals(false)), Err(Unread::Unproven));
            assert_eq!(Record::read(&older, &seals(true)), Ok(record.clone()));
            for body in [record.body(&other), older] {
                assert_eq!(stated_id(&body), record.content.id());
            }
            assert_eq!((stated_id(&later), stated_id(&body[..9])), Default::default());
        }
        for text in ["pb_1\u{1b}[2J", "pb 1", &"1".repeat(STATED_ID_BYTES_MAX + 1)] {
            let postback = RawPostback { postback_id: text.to_owned(), ..Default::default() };
            let record = Record { arrived_at: Time::from_micros(0), content: Content::Postback(postback) };
            assert_eq!(stated_id(&record.body(&Seal::derive("test", b"other"))), "", "{text}");
        }
    }
}
