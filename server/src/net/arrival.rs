//! A request as its connection sees it. Until the request has arrived whole, the bytes that the
//! server holds for it are charged to its connection and its origin. After that, the request is
//! work in progress until it is answered.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, AtomicUsize, Ordering},
    },
};

use super::{
    limits::{
        MESSAGE_BYTES_MAX, Origin, UNFINISHED_BYTES_MAX, UNFINISHED_CONNECTION_BYTES_MAX,
        UNFINISHED_ORIGIN_BYTES_MAX, UNFINISHED_REQUEST_BYTES, UNFINISHED_WITH_KEY_BYTES_MAX,
    },
    slots::Standing,
};

/// The bytes of all unfinished requests of a port.
#[derive(Default)]
pub struct Ledger {
    in_all: AtomicUsize,
    by_origin: Mutex<HashMap<Origin, usize>>,
}

impl Ledger {
    /// Adds bytes of an origin. Returns false, and adds none, if a limit would be exceeded.
    fn add(&self, origin: Option<Origin>, origin_max: usize, bytes: usize) -> bool {
        if self.in_all.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > UNFINISHED_BYTES_MAX {
            self.in_all.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        let Some(origin) = origin else { return true };
        let mut by_origin = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        let held = by_origin.entry(origin).or_default();
        let fits = held.saturating_add(bytes) <= origin_max;
        if fits {
            *held += bytes;
        } else {
            if *held == 0 {
                by_origin.remove(&origin);
            }
            self.in_all.fetch_sub(bytes, Ordering::Relaxed);
        }
        fits
    }

    fn remove(&self, origin: Option<Origin>, bytes: usize) {
        self.in_all.fetch_sub(bytes, Ordering::Relaxed);
        let Some(origin) = origin else { return };
        let mut by_origin = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut held) = by_origin.entry(origin) {
            match held.get().checked_sub(bytes) {
                None | Some(0) => drop(held.remove()),
                Some(left) => *held.get_mut() = left,
            }
        }
    }
}

/// The bytes of the unfinished requests of one connection.
pub struct Account {
    ledger: Arc<Ledger>,
    /// The client that the limits count; `None` for a proxy, because it connects for many clients.
    origin: Option<Origin>,
    bytes: AtomicUsize,
    standing: Arc<Standing>,
}

impl Account {
    pub fn new(ledger: Arc<Ledger>, origin: Option<Origin>, standing: Arc<Standing>) -> Arc<Self> {
        Arc::new(Self { ledger, origin, bytes: AtomicUsize::new(0), standing })
    }

    /// Begins a request; `None` if the connection is closing, so that nothing more is served on it.
    pub fn request(self: &Arc<Self>) -> Option<Arrival> {
        let request =
            Request { account: self.clone(), charged: AtomicUsize::new(0), stage: AtomicU8::new(ARRIVING) };
        self.standing.arrived().then(|| Arrival(Arc::new(request)))
    }

    fn add(&self, bytes: usize) -> bool {
        let is_known = self.origin.is_none() || self.standing.has_shown_key();
        let (own_max, origin_max) = if is_known {
            (UNFINISHED_WITH_KEY_BYTES_MAX, usize::MAX)
        } else {
            (UNFINISHED_CONNECTION_BYTES_MAX, UNFINISHED_ORIGIN_BYTES_MAX)
        };
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = before.saturating_add(bytes) <= own_max && self.ledger.add(self.origin, origin_max, bytes);
        if !fits {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        fits
    }

    fn remove(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.ledger.remove(self.origin, bytes);
    }
}

/// Stages of a request.
const ARRIVING: u8 = 0;
const IN_WORK: u8 = 1;
const OVER: u8 = 2;

/// A request of a connection. Clones stand for the same request.
#[derive(Clone)]
pub struct Arrival(Arc<Request>);

struct Request {
    account: Arc<Account>,
    charged: AtomicUsize,
    stage: AtomicU8,
}

impl Arrival {
    /// Charges a request whose body is still to come. Returns false if a limit would be exceeded.
    pub fn charge_head(&self, headers: &http::HeaderMap) -> bool {
        let headers = headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        self.charge(headers.sum::<usize>() + UNFINISHED_REQUEST_BYTES)
    }

    /// Charges bytes of the body. Returns false if a limit would be exceeded.
    pub fn charge(&self, bytes: usize) -> bool {
        let fits = self.0.account.add(bytes);
        if fits {
            self.0.charged.fetch_add(bytes, Ordering::Relaxed);
        }
        fits
    }

    /// Releases charged bytes that the server no longer holds.
    pub fn release(&self, bytes: usize) {
        self.0.charged.fetch_sub(bytes, Ordering::Relaxed);
        self.0.account.remove(bytes);
    }

    /// Notes that the request has arrived whole.
    pub fn note_whole(&self) {
        self.0.settle();
        self.0.begin_work();
    }

    /// Notes that the request has a valid API key. Such a request is work in progress even before
    /// it has arrived whole.
    pub fn show_key(&self) {
        self.0.account.standing.show_key();
        self.0.begin_work();
    }

    /// Adds one piece of work in progress to the connection. It ends when the returned value is
    /// dropped.
    pub fn hold(&self) -> Held {
        self.0.account.standing.begin_work();
        Held(self.0.account.standing.clone())
    }

    /// Notes that the request has been answered.
    pub fn note_answered(&self) {
        self.0.end();
    }
}

/// Work on a connection, such as an answer that is being sent.
pub struct Held(Arc<Standing>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.end_work();
    }
}

impl Request {
    fn begin_work(&self) {
        let begun = self.stage.compare_exchange(ARRIVING, IN_WORK, Ordering::Relaxed, Ordering::Relaxed);
        if begun.is_ok() {
            self.account.standing.begin_work();
        }
    }

    fn settle(&self) {
        let charged = self.charged.swap(0, Ordering::Relaxed);
        if charged > 0 {
            self.account.remove(charged);
        }
    }

    fn end(&self) {
        if self.stage.swap(OVER, Ordering::Relaxed) == IN_WORK {
            self.account.standing.end_work();
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.settle();
        self.end();
    }
}

/// Follows the messages of a gRPC call. The library reserves memory for a whole message once the
/// length of the message has arrived, so the message counts in full from that moment.
#[derive(Default)]
pub struct Messages {
    /// The call takes a stream of messages. Each message is held only until it is complete.
    is_stream: bool,
    head: [u8; 5],
    head_bytes: usize,
    /// Bytes of the message that are to come.
    left: usize,
    /// Size of the message in progress.
    begun: usize,
    /// Size of the complete messages that are still held.
    complete: usize,
}

impl Messages {
    pub fn new(is_stream: bool) -> Self {
        Self { is_stream, ..Self::default() }
    }

    /// Follows bytes that arrived. Returns the number of bytes that are held afterwards.
    pub fn follow(&mut self, mut bytes: &[u8]) -> usize {
        while !bytes.is_empty() {
            let missing = if self.left > 0 { self.left } else { self.head.len() - self.head_bytes };
            let (taken, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
            bytes = rest;
            if self.left > 0 {
                self.left -= taken.len();
            } else {
                let place = self.head.get_mut(self.head_bytes..self.head_bytes + taken.len());
                place.unwrap_or_default().copy_from_slice(taken);
                self.head_bytes += taken.len();
                if self.head_bytes < self.head.len() {
                    break;
                }
                let [_, length @ ..] = self.head;
                self.left = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
                self.head_bytes = 0;
                self.begun = self.head.len() + self.left.min(MESSAGE_BYTES_MAX);
            }
            if self.left == 0 {
                let begun = std::mem::take(&mut self.begun);
                self.complete += if self.is_stream { 0 } else { begun };
            }
        }
        self.complete + self.begun + self.head_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(ledger: &Arc<Ledger>, last: Option<u8>) -> Arc<Account> {
        let origin = last.map(|last| Origin::of([192, 0, 2, last].into()));
        Account::new(ledger.clone(), origin, Arc::new(Standing::new()))
    }

    fn charged(account: &Arc<Account>, bytes: usize) -> Option<Arrival> {
        let request = account.request().unwrap();
        request.charge(bytes).then_some(request)
    }

    #[test]
    fn unfinished_requests_are_bounded_for_a_connection_an_origin_and_all() {
        const OWN: usize = UNFINISHED_CONNECTION_BYTES_MAX;
        let ledger = Arc::new(Ledger::default());
        let one = account(&ledger, Some(1));
        let held = charged(&one, OWN).unwrap();
        assert!(charged(&one, 1).is_none(), "one connection");
        held.note_whole();
        assert!(charged(&one, OWN).is_some(), "a whole request is no longer unfinished");
        one.standing.show_key();
        assert!(charged(&one, UNFINISHED_WITH_KEY_BYTES_MAX).is_some());
        assert!(charged(&one, UNFINISHED_WITH_KEY_BYTES_MAX + 1).is_none());

        let fill = |last: u8, count: usize| -> Vec<Arrival> {
            (0..count).map_while(|_| charged(&account(&ledger, Some(last)), OWN)).collect()
        };
        let count = UNFINISHED_ORIGIN_BYTES_MAX / OWN;
        let most = fill(1, count + 1);
        assert_eq!(most.len(), count, "one origin");
        assert_eq!(fill(2, 1).len(), 1, "another origin");
        assert!(charged(&account(&ledger, None), UNFINISHED_WITH_KEY_BYTES_MAX).is_some(), "a proxy");
        let all: Vec<_> = (2..200).flat_map(|last| fill(last, count)).collect();
        assert_eq!(all.len() + most.len(), UNFINISHED_BYTES_MAX / OWN, "in all");
        drop((all, most, held));
        assert_eq!(ledger.in_all.load(Ordering::Relaxed), 0);
        assert!(ledger.by_origin.lock().unwrap().is_empty(), "an origin without bytes is forgotten");
    }

    #[test]
    fn messages_are_followed_however_they_are_cut() {
        let message = |length: u8| [&[0, 0, 0, 0, length], vec![7; length.into()].as_slice()].concat();
        let bytes = [message(3), message(0), message(9)].concat();
        for (is_stream, held_at) in [
            (true, [(0, 0), (4, 4), (5, 8), (7, 8), (8, 0), (9, 1), (13, 0), (18, 14), (26, 14), (27, 0)]),
            (false, [(0, 0), (4, 4), (5, 8), (7, 8), (8, 8), (9, 9), (13, 13), (18, 27), (26, 27), (27, 27)]),
        ] {
            for size in 1..=bytes.len() {
                let (mut messages, mut at) = (Messages::new(is_stream), 0);
                for piece in bytes.chunks(size) {
                    at += piece.len();
                    let held = messages.follow(piece);
                    let known = held_at.iter().find(|(after, _)| *after == at);
                    assert!(known.is_none_or(|(_, expected)| held == *expected), "{size} {at}: {held}");
                }
            }
        }
        let mut messages = Messages::new(false);
        assert_eq!(
            messages.follow(&[0, 0xff, 0xff, 0xff, 0xff]),
            5 + MESSAGE_BYTES_MAX,
            "a message that is too long counts as one of the maximum size"
        );
    }
}
