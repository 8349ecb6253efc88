//! Answers that the client does not take, which means that it does not let the server send them. In
//! HTTP/2 each answer has its own flow-control window. If the client does not open the window of an
//! answer, that answer waits, and the operating system does not notice.
//!
//! The frames tell which answers have begun but not ended, and when each answer last sent a frame.
//! An answer that sends no frames may also wait for this server, such as a stream that has no
//! result at the moment. If more answers send no frames than wait for this server, the client does
//! not take at least one of them.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use http::Response;
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

/// Allowance for the time from the last frame of an answer until the answer counts as waiting for
/// this server.
const LATE_MAX: Duration = Duration::from_secs(5);

/// The answers of a connection that have begun and not ended, with the time of their last frame.
#[derive(Default)]
pub struct Taking(HashMap<u32, Instant>);

impl Taking {
    /// Notes that a frame was sent that does not end its answer.
    pub fn sent(&mut self, stream: u32, now: Instant) {
        self.0.insert(stream, now);
    }

    /// Notes that an answer has ended, or that either side has reset its stream.
    pub fn ended(&mut self, stream: u32) {
        self.0.remove(&stream);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether an answer has sent no frame for `untaken_max`, although it does not wait for
    /// this server.
    pub fn is_stuck(&self, waiting: &Waiting, untaken_max: Duration, now: Instant) -> bool {
        let before =
            |at_least: Duration| move |since: &&Instant| now.saturating_duration_since(**since) >= at_least;
        let still = self.0.values().filter(before(untaken_max + LATE_MAX)).count();
        still > 0 && still > waiting.lock().since.values().filter(before(untaken_max)).count()
    }
}

/// The answers of a connection that wait for this server. Clones share them.
#[derive(Clone, Default)]
pub struct Waiting(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    next: u64,
    /// The start of each wait, by the number of the wait.
    since: HashMap<u64, Instant>,
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the body of an answer.
    pub fn follow(&self, answer: Response<Body>) -> Response<Body> {
        if answer.body().is_end_stream() {
            return answer;
        }
        answer.map(|body| Body::new(Followed { body, waiting: self.clone(), number: None }))
    }
}

/// A body that counts as waiting while it has nothing to send.
struct Followed {
    body: Body,
    waiting: Waiting,
    /// The number of the present wait; `None` while the body does not wait.
    number: Option<u64>,
}

impl Followed {
    fn wait(&mut self) {
        if self.number.is_none() {
            let mut state = self.waiting.lock();
            let number = state.next;
            state.next += 1;
            state.since.insert(number, Instant::now());
            drop(state);
            self.number = Some(number);
        }
    }

    fn go_on(&mut self) {
        if let Some(number) = self.number.take() {
            self.waiting.lock().since.remove(&number);
        }
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.go_on();
    }
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_pending() {
            self.wait();
        } else {
            self.go_on();
        }
        polled
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
    use futures::StreamExt as _;
    use http_body_util::BodyExt as _;

    use super::*;

    const MAX: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn an_answer_that_nobody_takes_is_stuck_and_one_that_has_nothing_to_send_is_not() {
        let (mut taking, waiting, begins) = (Taking::default(), Waiting::default(), Instant::now());
        let at = |seconds| begins + Duration::from_secs(seconds);
        let stream = futures::stream::pending::<Result<Bytes, std::io::Error>>().boxed();
        let mut idle = waiting.follow(Response::new(Body::from_stream(stream))).into_body();
        // The first answer waits for this server, and a second one, added below, for the client.
        taking.sent(1, at(0));
        assert!(futures::poll!(idle.frame()).is_pending());
        assert!(!taking.is_stuck(&waiting, MAX, at(1_000)));
        taking.sent(3, at(1_000));
        assert!(!taking.is_stuck(&waiting, MAX, at(1_034)));
        assert!(taking.is_stuck(&waiting, MAX, at(1_035)));
        // The second answer sends a frame, then sends none for a time, and ends.
        taking.sent(3, at(1_035));
        assert!(!taking.is_stuck(&waiting, MAX, at(1_040)));
        assert!(taking.is_stuck(&waiting, MAX, at(1_070)));
        taking.ended(3);
        assert!(!taking.is_stuck(&waiting, MAX, at(1_070)));
        // The first answer no longer waits for this server, but sends no frame.
        drop(idle);
        assert!(taking.is_stuck(&waiting, MAX, at(1_070)));
        taking.ended(1);
        assert!(taking.is_empty() && !taking.is_stuck(&waiting, MAX, at(1_070)));
    }
}
