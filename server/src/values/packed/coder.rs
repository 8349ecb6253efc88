//! The code of packed texts: a static dictionary.
//!
//! A byte below 0x80 stands for itself, so a text without phrases keeps its form. The other bytes
//! stand for a phrase of the list in `phrases.txt`, alone or with the byte after them; for a
//! number; for a reference, which is a text that the row has in another place; or for a run of
//! bytes from 0x80.
//!
//! Stored rows contain the places of phrases in the list. So the list only ever grows at its end,
//! and the meaning of a byte never changes.

use std::sync::LazyLock;

use memchr::memchr_iter;

/// The list: a phrase between quotes on each line. All phrases are ASCII, have at least two bytes
/// and differ from each other.
const LIST: &str = include_str!("phrases.txt");

/// The first byte that stands for a phrase.
const FIRST: u8 = 0x80;
/// Number of phrases that one byte stands for: the first ones of the list.
const ONE_BYTE_PHRASES: usize = 104;
/// The first byte of the pairs of bytes that stand for the other phrases.
const FIRST_LEAD: u8 = 0xe8;
/// The bytes before a number. The first of them precedes a number of `NUMBER_BYTES_MIN` bytes, and
/// the last a number of 8 bytes.
const FIRST_NUMBER: u8 = 0xf5;
const LAST_NUMBER: u8 = 0xfb;
/// The bytes that stand for the two references.
const REFERENCES: [u8; 2] = [0xfd, 0xfe];
/// Precedes a run of bytes from 0x80. The byte after it is the length of the run.
const RUN: u8 = 0xff;

/// Number of phrases for which there are codes.
const PHRASES_MAX: usize = ONE_BYTE_PHRASES + 256 * (0xf5 - 0xe8);
const NUMBER_BYTES_MIN: usize = 2;
/// Length of a phrase's key, in bytes.
const KEY_BYTES: usize = 8;
/// Lengths of the numbers that are written in binary, in digits. A shorter number is not worth it,
/// and a longer one may not fit into 64 bits.
const DIGITS_MIN: usize = 4;
const DIGITS_MAX: usize = 18;

static PHRASES: LazyLock<Phrases> = LazyLock::new(Phrases::read);

/// A phrase in the order of its bytes.
struct Phrase {
    text: &'static [u8],
    /// The first eight bytes.
    key: u64,
    /// The place in the list.
    number: usize,
    /// The place, in the sorted phrases, of the longest other phrase with which this one begins.
    shorter: Option<usize>,
}

impl Phrase {
    /// Returns whether a text with this key begins with the phrase.
    #[inline]
    fn begins(&self, text: &[u8], key: u64) -> bool {
        let unused = 8 * KEY_BYTES.saturating_sub(self.text.len());
        (self.key ^ key) >> unused == 0 && (self.text.len() <= KEY_BYTES || text.starts_with(self.text))
    }
}

/// The first eight bytes of a text as a number, which sorts as the bytes do. Bytes that are lacking
/// count as 0.
#[inline]
fn key(text: &[u8]) -> u64 {
    let bytes = text.first_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; KEY_BYTES];
        bytes.iter_mut().zip(text).for_each(|(byte, own)| *byte = *own);
        bytes
    });
    u64::from_be_bytes(bytes)
}

/// The list, in the forms for coding and decoding.
struct Phrases {
    list: Vec<&'static [u8]>,
    sorted: Vec<Phrase>,
    /// For each pair of ASCII bytes, the number of sorted phrases before the first one that begins
    /// with this or a greater pair.
    starts: Vec<u16>,
}

impl Phrases {
    fn read() -> Self {
        let unquoted = |line: &'static str| line.strip_prefix('"')?.strip_suffix('"');
        let list: Vec<&[u8]> = LIST.lines().filter_map(unquoted).map(str::as_bytes).collect();
        let mut sorted: Vec<Phrase> = (0..)
            .zip(list.iter().take(PHRASES_MAX))
            .map(|(number, text)| Phrase { text, key: key(text), number, shorter: None })
            .collect();
        sorted.sort_unstable_by_key(|phrase| phrase.text);
        let mut open: Vec<(usize, &[u8])> = Vec::new();
        for (place, phrase) in sorted.iter_mut().enumerate() {
            while open.pop_if(|(_, text)| !phrase.text.starts_with(text)).is_some() {}
            phrase.shorter = open.last().map(|(place, _)| *place);
            open.push((place, phrase.text));
        }
        let pair_of = |phrase: &Phrase| phrase.text.first_chunk().and_then(|two| pair(*two));
        let before =
            |pair: usize| sorted.partition_point(|phrase| pair_of(phrase).is_some_and(|of| of < pair));
        let starts = (0..=128 * 128).map(|pair| u16::try_from(before(pair)).unwrap_or(u16::MAX)).collect();
        Self { list, sorted, starts }
    }

    /// The longest phrase with which the text begins.
    #[inline]
    fn longest(&self, text: &[u8]) -> Option<&Phrase> {
        let pair = pair(*text.first_chunk()?)?;
        let [start, end] = self.starts.get(pair..)?.first_chunk()?.map(usize::from);
        if start == end {
            return None;
        }
        // The keys decide nearly always, and cost a fraction of comparing texts.
        let own = key(text);
        let is_before = |phrase: &Phrase| phrase.key < own || phrase.key == own && phrase.text <= text;
        let before = self.sorted.get(start..end)?.partition_point(is_before);
        // All phrases with which the text begins are `last`, or shorter forms of it.
        let mut last = self.sorted.get((start + before).checked_sub(1).filter(|last| *last >= start)?)?;
        while !last.begins(text, own) {
            last = self.sorted.get(last.shorter?)?;
        }
        Some(last)
    }
}

/// The number of a pair of ASCII bytes.
fn pair(bytes: [u8; 2]) -> Option<usize> {
    let [first, second] = bytes;
    bytes.is_ascii().then(|| usize::from(first) * 128 + usize::from(second))
}

/// Appends the code of a text. A part that equals a reference takes one byte.
pub fn encode(text: &[u8], references: [&[u8]; 2], coded: &mut Vec<u8>) {
    let [(first, first_code), (second, second_code)] = [0, 1].map(|at: usize| {
        (references.get(at).copied().unwrap_or_default(), REFERENCES.get(at).copied().unwrap_or_default())
    });
    around(text, first, first_code, coded, |text, coded| {
        around(text, second, second_code, coded, encode_plain);
    });
}

/// Appends `code` for each place of a reference, and what `encode` makes of the text between.
fn around(
    text: &[u8],
    reference: &[u8],
    code: u8,
    coded: &mut Vec<u8>,
    encode: impl Fn(&[u8], &mut Vec<u8>),
) {
    let mut rest = text;
    while let Some(at) = find(rest, reference) {
        encode(rest.get(..at).unwrap_or_default(), coded);
        coded.push(code);
        rest = rest.get(at + reference.len()..).unwrap_or_default();
    }
    encode(rest, coded);
}

/// The first place of a reference. References are few and short, so preparing a faster search would
/// cost more than it saves.
fn find(text: &[u8], reference: &[u8]) -> Option<usize> {
    let last = text.len().checked_sub(reference.len())?;
    let begins = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(reference));
    memchr_iter(*reference.first()?, text.get(..=last)?).find(begins)
}

fn encode_plain(text: &[u8], coded: &mut Vec<u8>) {
    let phrases: &Phrases = &PHRASES;
    let mut rest = text;
    while let Some(first) = rest.first() {
        let digits = if matches!(first, b'1'..=b'9') { digits(rest) } else { 0 };
        let taken = match phrases.longest(rest) {
            Some(phrase) if phrase.text.len() >= digits || digits < DIGITS_MIN => {
                push_phrase(phrase.number, coded);
                phrase.text.len()
            }
            _ if digits >= DIGITS_MIN => push_number(rest.get(..digits).unwrap_or_default(), coded),
            _ if first.is_ascii() => {
                coded.push(*first);
                1
            }
            _ => push_run(rest, coded),
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
}

/// The number of digits with which a text begins, up to `DIGITS_MAX`.
fn digits(text: &[u8]) -> usize {
    text.iter().take(DIGITS_MAX).take_while(|byte| byte.is_ascii_digit()).count()
}

fn push_phrase(number: usize, coded: &mut Vec<u8>) {
    let byte = |value: usize| u8::try_from(value).unwrap_or(u8::MAX);
    match number.checked_sub(ONE_BYTE_PHRASES) {
        None => coded.push(FIRST + byte(number)),
        Some(number) => coded.extend([FIRST_LEAD + byte(number / 256), byte(number % 256)]),
    }
}

/// Appends a number without leading zeros. Returns the number of its digits.
fn push_number(digits: &[u8], coded: &mut Vec<u8>) -> usize {
    let value = digits.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
    let bytes = value.to_be_bytes();
    let zeros = bytes.iter().take(bytes.len() - NUMBER_BYTES_MIN).take_while(|byte| **byte == 0).count();
    coded.push(LAST_NUMBER - u8::try_from(zeros).unwrap_or_default());
    coded.extend(bytes.iter().skip(zeros));
    digits.len()
}

/// Appends the bytes from 0x80 with which a text begins, up to the longest run. Returns their
/// number.
fn push_run(text: &[u8], coded: &mut Vec<u8>) -> usize {
    let run = text.iter().take(usize::from(u8::MAX)).take_while(|byte| !byte.is_ascii()).count();
    coded.extend([RUN, u8::try_from(run).unwrap_or(u8::MAX)]);
    coded.extend(text.iter().take(run));
    run
}

/// The text of a code. `None` if the code is not one that `encode` writes.
pub fn decode(coded: &[u8], references: [&[u8]; 2]) -> Option<Vec<u8>> {
    let phrases: &Phrases = &PHRASES;
    let mut text = Vec::with_capacity(coded.len() * 4);
    let mut rest = coded;
    loop {
        let (plain, behind) = rest.split_at_checked(plain_length(rest))?;
        text.extend_from_slice(plain);
        let Some((first, behind)) = behind.split_first() else { return Some(text) };
        rest = behind;
        match *first {
            byte @ FIRST..FIRST_LEAD => {
                text.extend_from_slice(phrases.list.get(usize::from(byte - FIRST))?);
            }
            byte @ FIRST_LEAD..FIRST_NUMBER => {
                let (second, behind) = rest.split_first()?;
                rest = behind;
                let number = usize::from(byte - FIRST_LEAD) * 256 + usize::from(*second);
                text.extend_from_slice(phrases.list.get(ONE_BYTE_PHRASES + number)?);
            }
            byte @ FIRST_NUMBER..=LAST_NUMBER => {
                let (number, behind) =
                    rest.split_at_checked(usize::from(byte - FIRST_NUMBER) + NUMBER_BYTES_MIN)?;
                rest = behind;
                let value = number.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
                text.extend_from_slice(value.to_string().as_bytes());
            }
            RUN => {
                let (length, behind) = rest.split_first()?;
                let (run, behind) = behind.split_at_checked(usize::from(*length))?;
                rest = behind;
                text.extend_from_slice(run);
            }
            byte => {
                let place = REFERENCES.iter().position(|code| *code == byte)?;
                text.extend_from_slice(references.get(place)?);
            }
        }
    }
}

/// The number of bytes with which a code begins that stand for themselves. Looks at eight bytes at
/// once: a long text may have few phrases, and a search decodes many texts.
fn plain_length(code: &[u8]) -> usize {
    const HIGHEST_BITS: u64 = 0x8080_8080_8080_8080;
    let (words, _) = code.as_chunks();
    let plain = words.iter().take_while(|word| u64::from_ne_bytes(**word) & HIGHEST_BITS == 0).count();
    let rest = code.get(plain * 8..).unwrap_or_default();
    plain * 8 + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

#[cfg(test)]
mod tests;
