//! Requests in work, and who is turned away when there are too many.
//!
//! One count for all, and for each class the count from which on it is turned away: first what can wait,
//! then the storing of clicks (their visitors are sent on all the same), conversions last. A request is in work
//! from when it has come whole until its answer begins; so whoever sends slowly fills nothing.

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

/// What a request is for, as far as it matters when not all can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Set-up, lists, previews: it can be asked again, and nothing is lost.
    Other,
    /// A visitor. Never turned away; beyond the limit, the click is not stored.
    Visit,
    /// A conversion, or several.
    Conversion,
    /// Whether we are there. Never turned away.
    Health,
}

/// The requests in work.
pub struct Load {
    in_work: AtomicUsize,
    max: usize,
}

impl Load {
    /// At most `max` in work, but for what is never turned away.
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { in_work: AtomicUsize::new(0), max })
    }

    /// Whether there is room for a further request of that class; of a visit, for its click.
    pub fn has_room(&self, class: Class) -> bool {
        let limit = match class {
            Class::Other => self.max / 2,
            Class::Visit => self.max / 4 * 3,
            Class::Conversion => self.max,
            Class::Health => return true,
        };
        self.in_work.load(Ordering::Relaxed) < limit
    }

    /// Counts a request from the end of its body, until the second value is dropped.
    pub fn count(self: &Arc<Self>, body: Body) -> (Body, Counted) {
        let work = Arc::new(Work { load: self.clone(), stage: AtomicU8::new(COMING) });
        if body.is_end_stream() {
            work.begin();
            return (body, Counted(work));
        }
        (Body::new(Watched { body, work: work.clone() }), Counted(work))
    }
}

/// Stages of a request.
const COMING: u8 = 0;
const IN_WORK: u8 = 1;
const OVER: u8 = 2;

struct Work {
    load: Arc<Load>,
    stage: AtomicU8,
}

impl Work {
    fn begin(&self) {
        let begun = self.stage.compare_exchange(COMING, IN_WORK, Ordering::Relaxed, Ordering::Relaxed);
        if begun.is_ok() {
            self.load.in_work.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A request that is counted, or will be.
pub struct Counted(Arc<Work>);

impl Drop for Counted {
    fn drop(&mut self) {
        if self.0.stage.swap(OVER, Ordering::Relaxed) == IN_WORK {
            self.0.load.in_work.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// A body whose end is seen.
struct Watched {
    body: Body,
    work: Arc<Work>,
}

impl HttpBody for Watched {
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

    fn rooms(load: &Load) -> [bool; 4] {
        [Class::Other, Class::Visit, Class::Conversion, Class::Health].map(|class| load.has_room(class))
    }

    #[test]
    fn conversions_are_turned_away_last() {
        let load = Load::new(8);
        let mut counted = Vec::new();
        for in_work in 0..10 {
            assert_eq!(rooms(&load), [in_work < 4, in_work < 6, in_work < 8, true], "{in_work}");
            counted.push(load.count(Body::empty()).1);
        }
        counted.clear();
        assert_eq!(rooms(&load), [true; 4]);
    }

    #[tokio::test]
    async fn a_request_counts_once_it_has_come_whole() {
        let load = Load::new(2);
        let slow = Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"a"))]));
        let (mut slow, counted) = load.count(slow);
        assert!(slow.frame().await.is_some());
        assert!(load.has_room(Class::Other), "it has not ended");
        assert!(slow.frame().await.is_none());
        assert!(!load.has_room(Class::Other));
        drop(counted);
        assert!(load.has_room(Class::Other));

        let (whole, counted) = load.count(Body::from("a"));
        assert_eq!(whole.collect().await.unwrap().to_bytes(), "a");
        assert!(!load.has_room(Class::Other));
        drop(counted);

        // Given up before it came whole: nothing is left of it.
        let (body, counted) = load.count(Body::from("a"));
        drop(counted);
        drop(body.collect().await);
        assert!(load.has_room(Class::Other));
    }
}
