//! Requests in progress, and the order in which they are refused when there are too many.
//!
//! One counter covers all requests. Each priority has a count from which its requests are refused.
//! Requests that can wait are refused first, then the recording of clicks (their visitors are still
//! redirected), and conversions last. A request is in progress from its complete arrival until its
//! answer begins, so slow senders take no capacity.

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

use crate::api::Priority;

/// The requests in progress.
pub struct InFlight {
    in_flight: AtomicUsize,
    max: usize,
}

impl InFlight {
    /// Allows at most `max` requests in progress, except those that are never refused.
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { in_flight: AtomicUsize::new(0), max })
    }

    /// Returns whether there is room for another request of this priority; for a visit, room for
    /// its click.
    pub fn has_room(&self, class: Priority) -> bool {
        let limit = match class {
            Priority::Other => self.max / 2,
            Priority::Visit => self.max / 4 * 3,
            Priority::Conversion => self.max,
            Priority::Health => return true,
        };
        self.in_flight.load(Ordering::Relaxed) < limit
    }

    /// Counts a request from the end of its body until the guard is dropped.
    pub fn count(self: &Arc<Self>, body: Body) -> (Body, InFlightGuard) {
        let work = Arc::new(Work { load: self.clone(), stage: AtomicU8::new(COMING) });
        if body.is_end_stream() {
            work.begin();
            return (body, InFlightGuard(work));
        }
        (Body::new(CountedBody { body, work: work.clone() }), InFlightGuard(work))
    }
}

/// Stages of a request.
const COMING: u8 = 0;
const IN_WORK: u8 = 1;
const OVER: u8 = 2;

struct Work {
    load: Arc<InFlight>,
    stage: AtomicU8,
}

impl Work {
    fn begin(&self) {
        let begun = self.stage.compare_exchange(COMING, IN_WORK, Ordering::Relaxed, Ordering::Relaxed);
        if begun.is_ok() {
            self.load.in_flight.fetch_add(1, Ordering::Relaxed);
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
    }
}

/// A body that reports its end.
struct CountedBody {
    body: Body,
    work: Arc<Work>,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
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
    fn conversions_are_turned_away_last() {
        let load = InFlight::new(8);
        let mut counted = Vec::new();
        for in_flight in 0..10 {
            assert_eq!(rooms(&load), [in_flight < 4, in_flight < 6, in_flight < 8, true], "{in_flight}");
            counted.push(load.count(Body::empty()).1);
        }
        counted.clear();
        assert_eq!(rooms(&load), [true; 4]);
    }

    #[tokio::test]
    async fn a_request_counts_once_it_has_come_whole() {
        let load = InFlight::new(2);
        let slow = Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"a"))]));
        let (mut slow, counted) = load.count(slow);
        assert!(slow.frame().await.is_some());
        assert!(load.has_room(Priority::Other), "it has not ended");
        assert!(slow.frame().await.is_none());
        assert!(!load.has_room(Priority::Other));
        drop(counted);
        assert!(load.has_room(Priority::Other));

        let (whole, counted) = load.count(Body::from("a"));
        assert_eq!(whole.collect().await.unwrap().to_bytes(), "a");
        assert!(!load.has_room(Priority::Other));
        drop(counted);

        // A request that is dropped before it has arrived is not counted afterwards.
        let (body, counted) = load.count(Body::from("a"));
        drop(counted);
        drop(body.collect().await);
        assert!(load.has_room(Priority::Other));
    }
}
