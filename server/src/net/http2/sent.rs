//! Reads the frames that the server sends, to count the errors of clients and to follow the
//! answers.
//!
//! A request whose pseudo-headers are malformed, such as a `:path` with a raw blank, is refused by
//! the HTTP/2 library before the server can read or keep any part of it. Only the count shows that
//! such a request arrived.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::time::Instant;

use super::{HEAD_BYTES, taking::Taking};

/// The number of streams and connections that the server ended because of an error of the client.
/// Clones share the number.
#[derive(Clone, Debug, Default)]
pub struct ClientErrors(Arc<AtomicU64>);

impl ClientErrors {
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
/// Error codes that mean no error of the client (RFC 9113, section 7): no error, internal error,
/// refused stream, cancelled.
const HARMLESS: [u32; 4] = [0, 2, 7, 8];
/// Maximum number of bytes that are kept of a frame. For GOAWAY, these are its head, the last
/// stream id and the error code.
const LONGEST_BYTES: usize = HEAD_BYTES + 8;

/// Follows the bytes that the server sends on one connection.
pub struct Sent {
    /// The beginning of the frame in progress, as far as it matters.
    beginning: [u8; LONGEST_BYTES],
    have: usize,
    /// Number of payload bytes of the previous frame that are still to come.
    skip: usize,
    refusals: ClientErrors,
    pub taking: Taking,
}

impl Sent {
    pub fn new(refusals: ClientErrors) -> Self {
        Self { beginning: [0; LONGEST_BYTES], have: 0, skip: 0, refusals, taking: Taking::default() }
    }

    /// Follows bytes that were sent.
    pub fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = bytes.get(skipped..).unwrap_or_default();
            let missing = (self.wanted() - self.have).min(bytes.len());
            let (taken, rest) = bytes.split_at_checked(missing).unwrap_or_default();
            let place = self.beginning.get_mut(self.have..self.have + missing);
            place.unwrap_or_default().copy_from_slice(taken);
            self.have += missing;
            bytes = rest;
            // The kind of the frame decides whether more of it matters.
            if self.have >= HEAD_BYTES && self.have == self.wanted() {
                self.frame();
            }
        }
    }

    /// The number of bytes of the frame that matter.
    fn wanted(&self) -> usize {
        match self.beginning {
            [_, _, _, RST_STREAM, ..] if self.have >= HEAD_BYTES => HEAD_BYTES + 4,
            [_, _, _, GOAWAY, ..] if self.have >= HEAD_BYTES => HEAD_BYTES + 8,
            _ => HEAD_BYTES,
        }
    }

    fn frame(&mut self) {
        let [high, middle, low, kind, flags, first, second, third, last, ..] = self.beginning;
        let stream = u32::from_be_bytes([first, second, third, last]);
        match kind {
            DATA | HEADERS if flags & END_STREAM == 0 => self.taking.sent(stream, Instant::now()),
            DATA | HEADERS | RST_STREAM => self.taking.ended(stream),
            _ => {}
        }
        let length = usize::try_from(u32::from_be_bytes([0, high, middle, low])).unwrap_or(usize::MAX);
        self.skip = length.saturating_sub(self.have - HEAD_BYTES);
        let of_error = self.beginning.get(HEAD_BYTES..self.have).unwrap_or_default();
        if let Some(code) = of_error.last_chunk::<4>()
            && !HARMLESS.contains(&u32::from_be_bytes(*code))
        {
            self.refusals.0.fetch_add(1, Ordering::Relaxed);
        }
        self.have = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [length.as_slice(), &[kind, 0, 0, 0, 0, 1], payload].concat()
    }

    #[test]
    fn errors_are_counted_however_their_frames_are_cut() {
        let bytes = [
            frame(4, &[]),
            frame(1, b"headers"),
            // Protocol error.
            frame(RST_STREAM, &[0, 0, 0, 1]),
            frame(RST_STREAM, &[0, 0, 0, 0]),
            frame(0, &[RST_STREAM; 300]),
            frame(RST_STREAM, &[0, 0, 0, 8]),
            frame(GOAWAY, &[0, 0, 0, 1, 0, 0, 0, 0]),
            // Compression error, with a text.
            frame(GOAWAY, &[0, 0, 0, 1, 0, 0, 0, 9, b'h', b'm']),
            frame(6, &[0; 8]),
        ]
        .concat();
        for size in 1..=bytes.len() {
            let refusals = ClientErrors::default();
            let mut sent = Sent::new(refusals.clone());
            for piece in bytes.chunks(size) {
                sent.follow(piece);
            }
            assert_eq!(refusals.count(), 2, "{size}");
            assert_eq!((sent.have, sent.skip), (0, 0), "{size}");
        }
    }
}
