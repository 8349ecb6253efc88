//! Requests in progress, and the order in which they are refused when there are too many.
//!
//! One counter covers all requests. Each priority has a count from which its requests are refused,
//! except that health checks are never refused. Requests that can wait are refused first, then the
//! clicks of visits (the visitors are still redirected). Conversions, postbacks and the call
//! `RecordClick` are refused last. A request is in progress from its complete arrival until its
//! answer begins, so slow senders use no capacity.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use s2s_sdk::v1::ErrorReason;
use tonic::Status;

use crate::{
    api::Priority,
    error::Error,
    net::arrival::{Arrival, Messages},
};

/// The requests in progress.
pub struct InFlight {
    in_flight: AtomicUsize,
    max: usize,
}

impl InFlight {
    /// Allows at most `max` requests in progress. Only visits and health checks, which are never
    /// refused, may exceed it.
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { in_flight: AtomicUsize::new(0), max })
    }

    /// Returns whether another request of this priority may be in progress; for a visit, whether
    /// its click may be.
    pub fn has_room(&self, class: Priority) -> bool {
        let limit = match class {
            Priority::Other => self.max / 2,
            Priority::Visit => self.max / 4 * 3,
            Priority::Conversion => self.max,
            Priority::Health => return true,
        };
        self.in_flight.load(Ordering::Relaxed) < limit
    }

    /// Counts a request from the end of its body until the guard is dropped. Until the end of its
    /// body, charges the bytes of the body to `arrival`.
    ///
    /// `messages`: the messages of a gRPC call. `None`: every byte of the body is charged.
    pub fn count(
        self: &Arc<Self>,
        body: Body,
        arrival: Option<Arrival>,
        messages: Option<Messages>,
    ) -> (Body, InFlightGuard) {
        let work = Arc::new(Work { load: self.clone(), arrival, stage: AtomicU8::new(COMING) });
        if body.is_end_stream() {
            work.begin();
            return (body, InFlightGuard(work));
        }
        let counted = CountedBody { body, work: work.clone(), messages, held: 0 };
        (Body::new(counted), InFlightGuard(work))
    }
}

/// Stages of a request.
const COMING: u8 = 0;
const IN_WORK: u8 = 1;
const OVER: u8 = 2;

struct Work {
    load: Arc<InFlight>,
    arrival: Option<Arrival>,
    stage: AtomicU8,
}

impl Work {
    fn begin(&self) {
        let begun = self.stage.compare_exchange(COMING, IN_WORK, Ordering::Relaxed, Ordering::Relaxed);
        if begun.is_ok() {
            self.load.in_flight.fetch_add(1, Ordering::Relaxed);
            if let Some(arrival) = &self.arrival {
                arrival.note_whole();
            }
        }
    }
}

/// A request that is counted, or will be once it has arrived.
pub struct InFlightGuard(Arc<Work>);

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        if self.0.stage.swap(OVER, Ordering::Relaxed) == IN_WORK {
            self.0.load.in_flight.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(arrival) = &self.0.arrival {
            arrival.note_answered();
        }
    }
}

/// The refusal of a request, or of the rest of its body, because its sender has too many unfinished
/// requests.
pub fn no_room() -> Error {
    let message = "too many requests of this sender are on their way at once; send again later";
    Error::new(ErrorReason::Overloaded, message)
}

/// A body that reports its end, and charges its bytes.
struct CountedBody {
    body: Body,
    work: Arc<Work>,
    /// The messages of a gRPC call; `None` for any other request.
    messages: Option<Messages>,
    /// Number of bytes that these messages hold.
    held: usize,
}

impl CountedBody {
    /// Charges bytes that have arrived. Returns false if a limit would be exceeded.
    fn account(&mut self, bytes: &[u8]) -> bool {
        let Some(arrival) = &self.work.arrival else { return true };
        let Some(messages) = &mut self.messages else { return arrival.charge(bytes.len()) };
        let before = std::mem::replace(&mut self.held, messages.follow(bytes));
        match self.held.checked_sub(before) {
            Some(more) if !arrival.charge(more) => {
                self.held = before;
                false
            }
            Some(_) => true,
            None => {
                arrival.release(before - self.held);
                true
            }
        }
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        let bytes = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref().cloned());
        if bytes.is_some_and(|bytes| !self.account(&bytes)) {
            return Poll::Ready(Some(Err(axum::Error::new(Status::from(no_room())))));
        }
        if frame.is_none() || self.body.is_end_stream() {
            self.work.begin();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body_util::BodyExt as _;

    use super::*;

    fn rooms(load: &InFlight) -> [bool; 4] {
        [Priority::Other, Priority::Visit, Priority::Conversion, Priority::Health]
            .map(|class| load.has_room(class))
    }

    #[test]
    fn conversions_are_refused_last() {
        let load = InFlight::new(8);
        let mut counted = Vec::new();
        for in_flight in 0..10 {
            assert_eq!(rooms(&load), [in_flight < 4, in_flight < 6, in_flight < 8, true], "{in_flight}");
            counted.push(load.count(Body::empty(), None, None).1);
        }
        counted.clear();
        assert_eq!(rooms(&load), [true; 4]);
    }

    #[tokio::test]
    async fn a_request_counts_once_it_has_arrived_completely() {
        let load = InFlight::new(2);
        let slow = Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"a"))]));
        let (mut slow, counted) = load.count(slow, None, None);
        assert!(slow.frame().await.is_some());
        assert!(load.has_room(Priority::Other), "a request that has not arrived completely does not count");
        assert!(slow.frame().await.is_none());
        assert!(!load.has_room(Priority::Other));
        drop(counted);
        assert!(load.has_room(Priority::Other));

        let (whole, counted) = load.count(Body::from("a"), None, None);
        assert_eq!(whole.collect().await.unwrap().to_bytes(), "a");
        assert!(!load.has_room(Priority::Other));
        drop(counted);

        // A request that is dropped before it has arrived is not counted afterwards.
        let (body, counted) = load.count(Body::from("a"), None, None);
        drop(counted);
        drop(body.collect().await);
        assert!(load.has_room(Priority::Other));
    }
}
