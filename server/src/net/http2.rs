//! HTTP/2 connections, with limits that the library lacks: on slow frames, on floods of frames
//! without contents, on connections without requests, and on answers that the client does not take
//! (see `taking`).

mod sent;
mod taking;
mod whole;

use std::{
    convert::Infallible,
    io,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Body;
use http::Request;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep, sleep_until},
};

use super::{
    http1::{Answer, Stream},
    limits::{
        CONNECTION_WINDOW_BYTES, EMPTY_FRAMES_MAX, HTTP2_HEADER_BYTES_MAX, IDLE_MAX, KEEP_ALIVE,
        OUR_RESETS_MAX, PATIENCE, RESETS_MAX, STREAM_WINDOW_BYTES, STREAMS_MAX, UNTAKEN_MAX,
    },
};

pub use sent::ClientErrors;
use sent::Sent;
use taking::Waiting;
use whole::Whole;

/// Serves a connection to its end. After `stop`, serves the requests in progress. The first frame
/// must be complete by `beginning_ends`. A connection without requests ends after the longer of
/// `keep_alive` and `IDLE_MAX`, and at the latest after twice that time.
pub async fn serve(
    stream: impl Stream,
    beginning_ends: Instant,
    keep_alive: Duration,
    answer: impl Answer,
    stop: impl Future<Output = ()>,
    refusals: ClientErrors,
) {
    let (requests, waiting) = (Arc::new(AtomicU64::new(0)), Waiting::default());
    let service = service_fn(|request: Request<Incoming>| {
        requests.fetch_add(1, Ordering::Relaxed);
        let (answered, waiting) = (answer(request.map(|body| Body::new(Whole(body)))), waiting.clone());
        async move { Ok::<_, Infallible>(waiting.follow(answered.await)) }
    });
    let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_local_error_reset_streams(OUR_RESETS_MAX)
        .keep_alive_interval(KEEP_ALIVE)
        .max_header_list_size(HTTP2_HEADER_BYTES_MAX);
    let stream = Paced::new(stream, beginning_ends, PATIENCE, refusals, waiting.clone());
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = async { tokio::select! { () = stop => {}, () = idle(&requests, keep_alive.max(IDLE_MAX)) => {} } } => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Returns once no request has arrived for at least `idle_max`, and at most twice that.
async fn idle(requests: &AtomicU64, idle_max: Duration) {
    let mut before = None;
    loop {
        let now = Some(requests.load(Ordering::Relaxed));
        if now == before {
            return;
        }
        before = now;
        sleep(idle_max).await;
    }
}

/// A connection whose frames are followed as they arrive and as they are sent.
struct Paced<S> {
    stream: S,
    frames: Frames,
    /// Time limit for a frame, from its first byte.
    patience: Duration,
    /// Deadline of the frame in progress.
    limit: Option<Pin<Box<Sleep>>>,
    sent: Sent,
    waiting: Waiting,
    /// The time of the next check for answers that are not taken.
    look: Option<Pin<Box<Sleep>>>,
}

/// Interval between checks of the answers that have begun.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

impl<S> Paced<S> {
    fn new(
        stream: S,
        beginning_ends: Instant,
        patience: Duration,
        refusals: ClientErrors,
        waiting: Waiting,
    ) -> Self {
        let limit = Some(Box::pin(sleep_until(beginning_ends)));
        let (frames, sent) = (Frames::default(), Sent::new(refusals));
        Self { stream, frames, patience, limit, sent, waiting, look: None }
    }

    /// Wakes the connection at the time of the next check, if an answer has begun.
    fn arm(&mut self, context: &mut Context<'_>) {
        if self.look.is_none() && !self.sent.taking.is_empty() {
            let look = self.look.insert(Box::pin(sleep(LOOK_INTERVAL)));
            let _ = look.as_mut().poll(context);
        }
    }

    /// Ready once the client has not taken an answer for too long.
    fn poll_untaken(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while !self.sent.taking.is_empty() {
            let look = self.look.get_or_insert_with(|| Box::pin(sleep(LOOK_INTERVAL)));
            ready!(look.as_mut().poll(context));
            self.look = None;
            if self.sent.taking.is_stuck(&self.waiting, UNTAKEN_MAX, Instant::now()) {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(Ok(())) => {
                let read = buffer.filled().get(before..).unwrap_or_default();
                if self.frames.read(read) {
                    // The awaited frame has arrived.
                    self.limit = None;
                }
                for stream in std::mem::take(&mut self.frames.resets_of) {
                    self.sent.taking.ended(stream);
                }
                let flooded = self.frames.flooded;
                Poll::Ready(if flooded { Err(io::ErrorKind::InvalidData.into()) } else { Ok(()) })
            }
            Poll::Pending if self.frames.within() => {
                let patience = self.patience;
                let limit = self.limit.get_or_insert_with(|| Box::pin(sleep(patience)));
                limit.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => self.poll_untaken(context).map(|()| Err(io::ErrorKind::TimedOut.into())),
            ready @ Poll::Ready(_) => ready,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.sent.follow(bytes.get(..written).unwrap_or_default());
        self.arm(context);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, slices))?;
        let mut left = written;
        for slice in slices {
            let sent = left.min(slice.len());
            self.sent.follow(slice.get(..sent).unwrap_or_default());
            left -= sent;
        }
        self.arm(context);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Length of the bytes that begin every HTTP/2 connection (RFC 9113, section 3.4).
const PREFACE_BYTES: usize = 24;
const HEAD_BYTES: usize = 9;

/// The frames in the bytes that a client sends. Only the heads of the frames are parsed.
struct Frames {
    head: [u8; HEAD_BYTES],
    head_bytes: usize,
    /// Missing bytes of the preface or of a frame's payload.
    skip: usize,
    /// A frame has begun. Before the first one, a connection must not pause.
    begun: bool,
    /// The next frame continues a header block.
    headers_open: bool,
    resets: Allowance,
    empty: Allowance,
    /// Streams that the client has reset, until the caller of `read` takes them.
    resets_of: Vec<u32>,
    /// More frames of one kind arrived than an honest peer sends.
    flooded: bool,
}

impl Default for Frames {
    fn default() -> Self {
        Self {
            head: [0; HEAD_BYTES],
            head_bytes: 0,
            skip: PREFACE_BYTES,
            begun: false,
            headers_open: false,
            resets: Allowance::new(RESETS_MAX),
            empty: Allowance::new(EMPTY_FRAMES_MAX),
            resets_of: Vec::new(),
            flooded: false,
        }
    }
}

impl Frames {
    /// Follows the bytes that arrived. Returns whether a frame ended.
    fn read(&mut self, mut bytes: &[u8]) -> bool {
        let mut ended = false;
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = bytes.get(skipped..).unwrap_or_default();
            if self.skip > 0 {
                break;
            }
            ended |= self.begun && skipped > 0 && self.head_bytes == 0;
            let wanted = (HEAD_BYTES - self.head_bytes).min(bytes.len());
            let (head, rest) = bytes.split_at_checked(wanted).unwrap_or_default();
            let place = self.head.get_mut(self.head_bytes..self.head_bytes + wanted);
            place.unwrap_or_default().copy_from_slice(head);
            self.head_bytes += wanted;
            bytes = rest;
            if self.head_bytes == HEAD_BYTES {
                self.head_bytes = 0;
                self.frame();
                ended |= self.skip == 0;
            }
        }
        ended
    }

    /// Checks a frame by its head.
    fn frame(&mut self) {
        const DATA: u8 = 0;
        const HEADERS: u8 = 1;
        const RST_STREAM: u8 = 3;
        const PUSH_PROMISE: u8 = 5;
        const GOAWAY: u8 = 7;
        const WINDOW_UPDATE: u8 = 8;
        const CONTINUATION: u8 = 9;
        const END_STREAM: u8 = 1;
        const END_HEADERS: u8 = 4;
        let [high, middle, low, kind, flags, stream @ ..] = self.head;
        let length = u32::from_be_bytes([0, high, middle, low]);
        self.skip = usize::try_from(length).unwrap_or(usize::MAX);
        self.begun = true;
        self.headers_open = matches!(kind, HEADERS | CONTINUATION) && flags & END_HEADERS == 0;
        if kind == RST_STREAM {
            self.resets_of.push(u32::from_be_bytes(stream));
        }
        self.flooded |= match kind {
            DATA => length == 0 && flags & END_STREAM == 0 && !self.empty.spend(),
            RST_STREAM => !self.resets.spend(),
            HEADERS | PUSH_PROMISE | GOAWAY | WINDOW_UPDATE => false,
            _ => !self.empty.spend(),
        };
    }

    /// Returns whether the start of the connection, a frame or a header block is not complete yet.
    fn within(&self) -> bool {
        self.skip > 0 || self.head_bytes > 0 || !self.begun || self.headers_open
    }
}

/// A number of frames that may arrive at once, and again each second. The first refill is
/// immediate.
struct Allowance {
    max: u32,
    left: u32,
    filled: Option<Instant>,
}

impl Allowance {
    fn new(max: u32) -> Self {
        Self { max, left: max, filled: None }
    }

    /// Spends one frame of the allowance. Returns whether any was left. Reads the clock only if
    /// none seems left.
    fn spend(&mut self) -> bool {
        if self.left == 0 {
            let now = Instant::now();
            if self.filled.is_some_and(|filled| now.duration_since(filled) < Duration::from_secs(1)) {
                return false;
            }
            (self.left, self.filled) = (self.max, Some(now));
        }
        self.left -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [length.as_slice(), &[kind, flags, 0, 0, 0, 1], payload].concat()
    }

    #[test]
    fn frames_are_followed_however_they_are_cut() {
        let bytes = [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            frame(4, 0, &[]),
            frame(1, 4, b"headers"),
            frame(0, 0, &[7; 300]),
            frame(0, 1, &[]),
        ]
        .concat();
        let boundaries: Vec<usize> = [24 + 9, 16, 309, 9]
            .iter()
            .scan(0, |end, length| {
                *end += length;
                Some(*end)
            })
            .collect();
        for size in 1..bytes.len() {
            let (mut frames, mut end) = (Frames::default(), 0);
            for piece in bytes.chunks(size) {
                let ended = frames.read(piece);
                let passed = boundaries.iter().filter(|at| **at > end && **at <= end + piece.len()).count();
                end += piece.len();
                assert_eq!(ended, passed > 0, "{size} {end}");
                assert_eq!(frames.within(), !boundaries.contains(&end), "{size} {end}");
            }
        }
    }

    #[test]
    fn an_open_header_block_is_not_whole() {
        let mut frames = Frames::default();
        frames.read(&[[0; PREFACE_BYTES].as_slice(), &frame(4, 0, &[]), &frame(1, 0, b"a")].concat());
        assert!(frames.within());
        frames.read(&frame(9, 4, b"b"));
        assert!(!frames.within());
    }

    #[test]
    fn floods_are_seen_by_their_frames() {
        let (resets, empty, never) = (Some(RESETS_MAX), Some(EMPTY_FRAMES_MAX), None);
        for (kind, flags, payload, max) in [
            (3, 0, &[0; 4][..], resets),
            (6, 0, &[0; 8], empty),
            (4, 0, &[], empty),
            (2, 0, &[0; 5], empty),
            (9, 0, b"x", empty),
            (0, 0, &[], empty),
            (77, 0, &[], empty),
            (0, 1, &[], never),
            (0, 0, b"x", never),
            (1, 4, b"x", never),
            (8, 0, &[0; 4], never),
        ] {
            let mut frames = Frames { skip: 0, ..Frames::default() };
            let one = frame(kind, flags, payload);
            for _ in 0..max.unwrap_or(100_000) {
                frames.read(&one);
            }
            // The first allowance passes. So does its immediate refill. One more frame is a flood.
            assert!(max.is_none() || !frames.flooded, "{kind}");
            for _ in 0..=max.unwrap_or_default() {
                frames.read(&one);
            }
            assert_eq!(frames.flooded, max.is_some(), "{kind}");
        }
    }

    #[tokio::test]
    async fn a_frame_that_does_not_end_is_an_error() {
        for (bytes, patient) in [
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), false),
            ([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(4, 0, &[])].concat(), true),
            ([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(4, 0, &[]), &[0]].concat(), false),
        ] {
            let (near, mut far) = tokio::io::duplex(1_024);
            tokio::io::AsyncWriteExt::write_all(&mut far, &bytes).await.unwrap();
            let patience = Duration::from_millis(20);
            let mut paced = Paced::new(
                near,
                Instant::now() + patience,
                patience,
                ClientErrors::default(),
                Waiting::default(),
            );
            let mut read = vec![0; bytes.len()];
            paced.read_exact(&mut read).await.unwrap();
            let next = tokio::time::timeout(Duration::from_millis(500), paced.read_u8()).await;
            let error = next.ok().map(|read| read.unwrap_err().kind());
            assert_eq!(error, (!patient).then_some(io::ErrorKind::TimedOut));
        }
    }
}
