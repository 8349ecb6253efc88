//! The text of a file, in whatever encoding a spreadsheet has saved it.
//!
//! The encoding is recognised by a byte order mark, or else by the zero bytes of UTF-16. Any other
//! file is UTF-8 if its first letter outside ASCII is valid UTF-8, and windows-1252 if not. This
//! rule needs no reading ahead, so files of any length are read in bounded memory. A broken letter
//! becomes U+FFFD.

use std::{
    io::{self, Read},
    sync::{Arc, OnceLock},
};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::output::say;

/// Number of bytes that are read at a time.
const CHUNK_BYTES: usize = 16 * 1_024;
/// Length of the longest byte order mark.
const MARK_BYTES: usize = 3;

/// Reads a file in any of these encodings, and returns UTF-8.
pub struct Text<R> {
    input: R,
    /// Bytes that were read, but not decoded yet.
    raw: Vec<u8>,
    decoded: Vec<u8>,
    /// Number of decoded bytes that the reader has taken.
    taken: usize,
    /// `None` while all bytes so far are ASCII.
    decoder: Option<Decoder>,
    has_begun: bool,
    has_ended: bool,
    /// True if the file has a byte order mark or another encoding than UTF-8; not set while all
    /// bytes so far are ASCII.
    is_marked: Arc<OnceLock<bool>>,
}

impl<R: Read> Text<R> {
    pub fn new(input: R) -> Self {
        let (raw, decoded) = (Vec::new(), Vec::new());
        let is_marked = Arc::default();
        Self { input, raw, decoded, taken: 0, decoder: None, has_begun: false, has_ended: false, is_marked }
    }

    /// A cell that is set once it is known whether the file has a byte order mark or another
    /// encoding than UTF-8.
    pub fn is_marked(&self) -> Arc<OnceLock<bool>> {
        self.is_marked.clone()
    }

    /// Reads and decodes one more chunk.
    fn fill(&mut self) -> io::Result<()> {
        self.read_chunk()?;
        while !self.has_begun && self.raw.len() < MARK_BYTES && !self.has_ended {
            self.read_chunk()?;
        }
        if !self.has_begun {
            self.has_begun = true;
            self.begin();
        }
        self.decoded.clear();
        self.taken = 0;
        if self.decoder.is_none() {
            self.pass_ascii();
        }
        self.decode();
        Ok(())
    }

    fn read_chunk(&mut self) -> io::Result<()> {
        let limit = u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX);
        let mut chunk = Vec::new();
        self.has_ended = self.input.by_ref().take(limit).read_to_end(&mut chunk)? < CHUNK_BYTES;
        self.raw.append(&mut chunk);
        Ok(())
    }

    /// Finds the encoding by the first bytes.
    fn begin(&mut self) {
        let (encoding, mark) = match (Encoding::for_bom(&self.raw), self.raw.as_slice()) {
            (Some(found), _) => found,
            (None, [first, 0, ..]) if *first != 0 => (UTF_16LE, 0),
            (None, [0, second, ..]) if *second != 0 => (UTF_16BE, 0),
            _ => return,
        };
        self.raw.drain(..mark);
        _ = self.is_marked.set(true);
        self.decoder = Some(encoding.new_decoder_without_bom_handling());
    }

    /// Passes ASCII bytes on. Chooses the encoding at the first byte outside ASCII.
    fn pass_ascii(&mut self) {
        let ascii = self.raw.iter().position(|byte| !byte.is_ascii()).unwrap_or(self.raw.len());
        let encoding = match str::from_utf8(self.raw.get(ascii..).unwrap_or_default()) {
            Ok("") => None,
            // The rest of the letter comes with the next chunk.
            Err(error) if error.valid_up_to() == 0 && error.error_len().is_none() && !self.has_ended => None,
            Err(error) if error.valid_up_to() == 0 => {
                // The fuzzer reads too many files to print a line for each.
                if !cfg!(fuzzing) {
                    say("the file is not UTF-8, and is read as windows-1252");
                }
                Some(WINDOWS_1252)
            }
            Ok(_) | Err(_) => Some(UTF_8),
        };
        if let Some(encoding) = encoding {
            _ = self.is_marked.set(encoding != UTF_8);
        }
        self.decoder = encoding.map(Encoding::new_decoder_without_bom_handling);
        self.decoded.extend(self.raw.drain(..ascii));
    }

    fn decode(&mut self) {
        let Some(decoder) = &mut self.decoder else { return };
        let mut text = String::new();
        text.reserve(decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or_default());
        // The text has enough capacity, so all bytes are decoded.
        _ = decoder.decode_to_string(&self.raw, &mut text, self.has_ended);
        self.raw.clear();
        self.decoded.extend(text.bytes());
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.decoded.len() {
            if self.has_ended && self.raw.is_empty() && self.has_begun {
                return Ok(0);
            }
            self.fill()?;
        }
        let mut rest = self.decoded.get(self.taken..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.taken += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns few bytes at a time, as a pipe may.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }

    fn read(bytes: &[u8]) -> String {
        let mut texts = [1, 3, 7, usize::MAX].map(|most| {
            let mut text = String::new();
            Text::new(Trickle(bytes, most)).read_to_string(&mut text).unwrap();
            text
        });
        texts.sort();
        assert_eq!(texts[0], texts[3]);
        texts[0].clone()
    }

    #[test]
    fn encodings_are_recognised() {
        let utf_16 =
            |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let long = "a;b\n".repeat(10_000);
        for (bytes, expected) in [
            (b"a;b".to_vec(), "a;b"),
            (b"".to_vec(), ""),
            ("Größe;1 €".into(), "Größe;1 €"),
            ("\u{feff}Größe".into(), "Größe"),
            (utf_16("\u{feff}Größe🙂", u16::to_le_bytes), "Größe🙂"),
            (utf_16("\u{feff}Größe🙂", u16::to_be_bytes), "Größe🙂"),
            (utf_16("click_id;ö", u16::to_le_bytes), "click_id;ö"),
            (utf_16("click_id;ö", u16::to_be_bytes), "click_id;ö"),
            (b"Gr\xf6\xdfe;1 \x80".to_vec(), "Größe;1 €"),
            (b"d\xe9j\xe0".to_vec(), "déjà"),
            ([long.as_bytes(), b"\xfc"].concat(), &format!("{long}ü")),
            ([long.as_bytes(), "ü".as_bytes()].concat(), &format!("{long}ü")),
            // After a letter in UTF-8, a byte that is not UTF-8 is a fault.
            (b"\xc3\xbc;\xfc;".to_vec(), "ü;\u{fffd};"),
        ] {
            assert_eq!(read(&bytes), expected);
        }
    }

    #[test]
    fn plain_files_are_told_from_others() {
        for (bytes, expected) in [
            (&b"a;b"[..], None),
            ("\u{fc}".as_bytes(), Some(false)),
            ("\u{feff}a".as_bytes(), Some(true)),
            (b"a\0;\0", Some(true)),
            (b"a;\xfc", Some(true)),
        ] {
            let mut text = Text::new(bytes);
            let is_marked = text.is_marked();
            text.read_to_string(&mut String::new()).unwrap();
            assert_eq!(is_marked.get().copied(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_letter_may_lie_across_chunks() {
        for before in CHUNK_BYTES - 3..=CHUNK_BYTES {
            let text = format!("{}€;ü", "a".repeat(before));
            assert_eq!(read(text.as_bytes()), text);
            let bytes = [&vec![b'a'; before][..], b"\xfc"].concat();
            assert!(read(&bytes).ends_with("aü"));
        }
    }
}
