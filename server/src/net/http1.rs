//! HTTP/1 connections, and the requests on them that hyper refuses.
//!
//! Merchants' systems send raw spaces, quotes, `<insert>`, control bytes and Latin-1 in the request
//! line. hyper answers such requests with an empty 400 before any handler sees them, and the
//! postback would be lost. So the server keeps the bytes that it reads until hyper delivers their
//! request. When hyper gives up, its empty answer is withheld. The request is read again leniently,
//! its target is percent-encoded where necessary, and the same router answers it. The connection
//! then ends, because the start of the next request is unknown.

use std::{
    convert::Infallible,
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::BodyExt as _;
use hyper::{
    rt::{Read, ReadBufCursor, Write},
    server::conn::http1,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::{
    answers::{finished, not_http},
    limits::{HTTP1_HEAD_BYTES_MAX, HTTP1_HEADERS_MAX, PATIENCE},
    stop::{LAST_LINGER_TIMEOUT, OnSocket, QUIET},
};
use crate::edge::RawTarget;

/// Maximum length of a refused request that the server waits for, and of a target that it routes,
/// in bytes.
const KEPT_BYTES_MAX: usize = 16 * 1_024;
/// Time limit for the rest of a refused request.
const REST_TIMEOUT: Duration = Duration::from_secs(2);
/// Time for which a peer may continue to send after its last answer.
pub const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// A function that answers a request.
pub trait Answer: Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static {}

impl<F: Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static> Answer for F {}

/// A connection, plain or over TLS.
pub trait Stream: AsyncRead + AsyncWrite + OnSocket + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + OnSocket + Unpin + Send + 'static> Stream for S {}

/// Serves a connection to its end. After `stop`, serves the request that is in progress, or that
/// arrives within `QUIET`.
pub async fn serve(stream: impl Stream, answer: impl Answer, stop: impl Future<Output = ()>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let io = RecordedIo { io: TokioIo::new(stream), seen: seen.clone(), refused: false };
    let service = hyper::service::service_fn(|mut request: Request<hyper::body::Incoming>| {
        if let Some(raw) = lock(&seen).hand_over(&request) {
            request.extensions_mut().insert(RawTarget(raw));
        }
        // The end of a body of unknown length is not tracked here. So the start of the next request
        // would be unknown, and the connection closes instead.
        let ends = request.body().size_hint().exact().is_none();
        let answered = answer(request.map(Body::new));
        let seen = seen.clone();
        Box::pin(async move {
            let mut response = answered.await;
            if ends || lock(&seen).stopping {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        })
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_headers(HTTP1_HEADERS_MAX)
        .max_buf_size(HTTP1_HEAD_BYTES_MAX);
    let mut connection = builder.serve_connection(io, service);
    let mut quiet = pin!(async {
        stop.await;
        lock(&seen).stopping = true;
        tokio::time::sleep(QUIET).await;
    });
    let (mut was_quiet, mut looked) = (false, false);
    let ended = std::future::poll_fn(|context| {
        was_quiet = was_quiet || quiet.as_mut().poll(context).is_ready();
        let polled = connection.poll_without_shutdown(context);
        if polled.is_ready() || !was_quiet || looked {
            return polled;
        }
        looked = true;
        // hyper has just read everything available. A shutdown would drop a request that has begun.
        // The answer to that request announces the close.
        if lock(&seen).request_begins() {
            return Poll::Pending;
        }
        Pin::new(&mut connection).graceful_shutdown();
        connection.poll_without_shutdown(context)
    });
    let error = ended.await.err();
    let parts = connection.into_parts();
    let mut stream = parts.io.io.into_inner();
    match error {
        Some(error) if error.is_parse() && parts.io.refused => {
            let refused = lock(&seen).bytes.trim_ascii_start().to_vec();
            if let Err(error) = answer_refused(&mut stream, refused, &answer).await {
                tracing::debug!(%error, "a refused request could not be answered");
            }
        }
        Some(error) => tracing::debug!(%error, "a connection ended badly"),
        None => {}
    }
    // The peer may be gone.
    let _ = stream.shutdown().await;
    let stopping = lock(&seen).stopping;
    linger(&mut stream, if stopping { LAST_LINGER_TIMEOUT } else { LINGER_TIMEOUT }).await;
}

/// Reads the bytes that the peer still sends. An earlier close would destroy the last answer on its
/// way (RFC 9112, section 9.6).
pub async fn linger(stream: &mut impl Stream, at_most: Duration) {
    let mut bytes = [0; 4_096];
    let rest = async { while stream.read(&mut bytes).await.is_ok_and(|length| length > 0) {} };
    // A peer that sends for longer than `at_most` is not waiting for an answer.
    let _ = tokio::time::timeout(at_most, rest).await;
}

/// The first line of a request, read leniently.
struct RequestLine<'a> {
    method: Method,
    target: &'a [u8],
}

impl<'a> RequestLine<'a> {
    fn read(head: &'a [u8]) -> Option<Self> {
        let line = head.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
        let end = line.iter().position(|byte| *byte == b' ')?;
        let (method, target) = line.split_at_checked(end)?;
        let method = Method::from_bytes(method).ok()?;
        let target = target.trim_ascii();
        let version = target.len().checked_sub(9).and_then(|at| target.split_at_checked(at));
        let target = match version {
            Some((target, b" HTTP/1.1" | b" HTTP/1.0")) => target,
            _ => target,
        };
        Some(Self { method, target })
    }
}

/// Reads the rest of a refused request, and answers it.
async fn answer_refused(stream: &mut impl Stream, mut head: Vec<u8>, answer: &impl Answer) -> io::Result<()> {
    let rest = async {
        while missing_bytes(&head) > 0 && stream.read_buf(&mut head).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    // After the time limit, continues with the bytes that have arrived.
    let _ = tokio::time::timeout(REST_TIMEOUT, rest).await;
    let request = request(&head);
    let bodiless = request.as_ref().is_some_and(|request| request.method() == Method::HEAD);
    let response = match request {
        Some(request) => answer(request).await,
        None => finished(not_http()),
    };
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let mut text = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
    for (name, value) in &parts.headers {
        if *name != header::CONTENT_LENGTH && *name != header::CONNECTION {
            text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
    }
    text.extend(format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len()).into_bytes());
    if !bodiless {
        text.extend_from_slice(&body);
    }
    stream.write_all(&text).await
}

/// The number of bytes missing from a request, as far as its beginning tells. Limited to the bytes
/// that are kept.
fn missing_bytes(request: &[u8]) -> usize {
    let left = KEPT_BYTES_MAX.saturating_sub(request.len());
    let Some((head, body)) = split_head(request) else { return left.min(1) };
    content_length(head).unwrap_or_default().saturating_sub(body.len()).min(left)
}

fn content_length(head: &[u8]) -> Option<usize> {
    let lengths = header_lines(head).filter(|(name, _)| name == header::CONTENT_LENGTH);
    lengths.filter_map(|(_, value)| value.to_str().ok()?.parse().ok()).last()
}

/// A head, and the bytes after its blank line; `None` if that line has not arrived.
fn split_head(request: &[u8]) -> Option<(&[u8], &[u8])> {
    let ends = [b"\r\n\r\n".as_slice(), b"\n\n"].map(|end| {
        let at = request.windows(end.len()).position(|window| window == end)?;
        Some(at + end.len())
    });
    let at = ends.into_iter().flatten().min()?;
    request.split_at_checked(at)
}

/// The readable header lines of a head.
fn header_lines(head: &[u8]) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    head.split(|byte| *byte == b'\n').skip(1).filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let name = HeaderName::from_bytes(name.trim_ascii()).ok()?;
        Some((name, HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?))
    })
}

/// The request at the start of these bytes. Its target is a valid URI, and the raw target is kept
/// beside it.
fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let (head, behind) = split_head(bytes).unwrap_or((bytes, &[]));
    let line = RequestLine::read(head)?;
    // Bytes after the body are the next request, which is not answered.
    let body = content_length(head).map_or(&[][..], |length| behind.get(..length).unwrap_or(behind));
    let mut request = Request::new(Body::from(body.to_vec()));
    *request.method_mut() = line.method;
    // Encoding at most triples these bytes, so the result is not too long for a URI.
    let begin = line.target.get(..KEPT_BYTES_MAX).unwrap_or(line.target);
    *request.uri_mut() = Uri::try_from(percent_encoded(begin)).ok()?;
    request.extensions_mut().insert(RawTarget(Bytes::copy_from_slice(line.target)));
    request.headers_mut().extend(header_lines(head));
    Some(request)
}

/// The target, with every byte escaped that a target must not contain.
fn percent_encoded(target: &[u8]) -> String {
    let mut text = String::with_capacity(target.len());
    for byte in target {
        if byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(byte) {
            text.push(char::from(*byte));
        } else {
            let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
            text.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    text
}

/// Bytes that were read on a connection and that hyper has not delivered. They begin with the first
/// line of a request.
#[derive(Default)]
struct Seen {
    bytes: Vec<u8>,
    /// Bytes of the previous request's body that are still to come; `u64::MAX` if unknown.
    body_bytes_left: u64,
    /// The server is stopping.
    stopping: bool,
    /// The server is stopping, and the socket holds bytes that were not read.
    unread: bool,
}

impl Seen {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.drop_body();
    }

    /// Returns whether a next request has begun when the server stops. Blank lines before it do not
    /// count.
    fn request_begins(&self) -> bool {
        self.unread || !self.bytes.trim_ascii_start().is_empty()
    }

    fn drop_body(&mut self) {
        let come = usize::try_from(self.body_bytes_left).unwrap_or(usize::MAX).min(self.bytes.len());
        self.bytes.drain(..come);
        self.body_bytes_left -= u64::try_from(come).unwrap_or_default();
    }

    /// Removes a delivered request. Returns its complete target if that contains a raw `#`. A `Uri`
    /// drops everything from the `#` on, even if the `#` begins a macro such as `#S1#`.
    fn hand_over(&mut self, request: &Request<impl HttpBody>) -> Option<Bytes> {
        let mut headers = [httparse::EMPTY_HEADER; HTTP1_HEADERS_MAX];
        let mut parsed = httparse::Request::new(&mut headers);
        // hyper parsed the same bytes before, so the result is the same.
        let Ok(httparse::Status::Complete(length)) = parsed.parse(&self.bytes) else { return None };
        let target = parsed.path.filter(|path| path.contains('#'));
        let target = target.map(|path| Bytes::copy_from_slice(path.as_bytes()));
        self.bytes.drain(..length);
        self.body_bytes_left = request.body().size_hint().exact().unwrap_or(u64::MAX);
        self.drop_body();
        target
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection that records the bytes it reads, and withholds hyper's own empty refusals.
struct RecordedIo<S> {
    io: TokioIo<S>,
    seen: Arc<Mutex<Seen>>,
    refused: bool,
}

impl<S: Stream> Read for RecordedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [0; 4_096];
        let length = buffer.remaining().min(bytes.len());
        let mut read = hyper::rt::ReadBuf::new(bytes.get_mut(..length).unwrap_or_default());
        let polled = Pin::new(&mut self.io).poll_read(context, read.unfilled());
        let mut seen = lock(&self.seen);
        seen.unread = seen.stopping && polled.is_pending() && self.io.inner().has_unread();
        std::task::ready!(polled)?;
        buffer.put_slice(read.filled());
        seen.add(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl<S: Stream> Write for RecordedIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match refusal(bytes) {
            Some(0) => {
                self.refused = true;
                Poll::Ready(Ok(bytes.len()))
            }
            at => {
                let before = at.and_then(|at| bytes.get(..at)).unwrap_or(bytes);
                Pin::new(&mut self.io).poll_write(context, before)
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

/// Offset of hyper's own refusal in the outgoing bytes. That refusal is an empty answer at their
/// end. No handler gives such an answer: `answers::finished` ensures that.
fn refusal(bytes: &[u8]) -> Option<usize> {
    // A refusal is short, so only the end of long output is searched.
    const REFUSAL_BYTES_MAX: usize = 256;
    const REFUSALS: [&[u8]; 3] = [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"HTTP/1.1 414 URI Too Long\r\n",
        b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
    ];
    let skipped = bytes.len().saturating_sub(REFUSAL_BYTES_MAX);
    let end = bytes.get(skipped..)?;
    let last = skipped + end.windows(9).rposition(|start| start == b"HTTP/1.1 ")?;
    let answer = bytes.get(last..)?;
    let refused = REFUSALS.iter().any(|refusal| answer.starts_with(refusal));
    let empty = answer.windows(19).any(|line| line.eq_ignore_ascii_case(b"content-length: 0\r\n"));
    (refused && empty && answer.ends_with(b"\r\n\r\n")).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_lines_are_read_leniently() {
        for (head, method, target) in [
            ("GET /s2s?a=b HTTP/1.1\r\n", "GET", "/s2s?a=b"),
            ("GET /s2s?a=b c HTTP/1.0\r\nHost: x\r\n", "GET", "/s2s?a=b c"),
            ("GET /s2s?a=<x>\r\n", "GET", "/s2s?a=<x>"),
            ("POST  /s2s HTTP/1.1\n", "POST", "/s2s"),
        ] {
            let line = RequestLine::read(head.as_bytes()).unwrap();
            assert_eq!((line.method.as_str(), line.target), (method, target.as_bytes()));
        }
        assert!(RequestLine::read(b"").is_none());
        assert!(RequestLine::read(b"\x16\x03\x01 x").is_none());
    }

    #[test]
    fn delivered_requests_are_forgotten() {
        let mut seen = Seen::default();
        let post = Request::post("/s2s").body(Body::from("abc\nG")).unwrap();
        seen.add(b"POST /s2s HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
        assert_eq!(seen.hand_over(&post), None);
        assert_eq!(seen.bytes, b"");
        seen.add(b"c\n");
        seen.add(b"GGET /s2s?a=<b> HTTP/1.1\r\n\r\n");
        assert_eq!(seen.bytes, b"GET /s2s?a=<b> HTTP/1.1\r\n\r\n", "a body ends without a line break");
    }

    #[test]
    fn a_refused_request_ends_where_its_body_ends() {
        for (bytes, body) in [
            ("GET /s2s?a b HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", 0),
            ("POST /s2s?a b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /", 3),
            ("POST /s2s?a b HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", 3),
        ] {
            let request = request(bytes.as_bytes()).unwrap();
            let length = request.body().size_hint().exact();
            assert_eq!(length, Some(body), "{bytes}");
        }
    }

    #[test]
    fn the_rest_of_a_request_is_waited_for() {
        for (request, missing) in [
            ("GET /s2s?a b", 1),
            ("GET /s2s?a b HTTP/1.1\r\nHost: x\r\n\r\n", 0),
            ("POST /s2s?a b HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", 3),
            ("POST /s2s?a b HTTP/1.1\ncontent-length: 2\n\nab", 0),
            ("POST /s2s?a b HTTP/1.1\r\nContent-Length: x\r\n\r\n", 0),
        ] {
            assert_eq!(missing_bytes(request.as_bytes()), missing, "{request}");
        }
        assert!(missing_bytes(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n") < KEPT_BYTES_MAX);
    }

    #[test]
    fn a_raw_hash_is_not_lost() {
        let mut seen = Seen::default();
        let request = Request::get("/s2s?a=").body(Body::empty()).unwrap();
        // Pipelined requests that differ only after the `#`.
        for target in ["/s2s?a=#S1#&b=2", "/s2s?a=", "/s2s?a=#2"] {
            seen.add(format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        }
        let targets = [(); 3].map(|()| seen.hand_over(&request));
        let targets = targets.map(|target| target.map(|target| target.to_vec()));
        assert_eq!(targets, [Some(b"/s2s?a=#S1#&b=2".to_vec()), None, Some(b"/s2s?a=#2".to_vec())]);
    }

    #[test]
    fn only_empty_refusals_are_withheld() {
        let refused = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let ours =
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        let fine = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(refusal(refused), Some(0));
        assert_eq!(refusal(&[fine.as_slice(), refused].concat()), Some(fine.len()));
        for other in [ours.as_slice(), fine, b"", b"HTTP/1.1 400"] {
            assert_eq!(refusal(other), None);
        }
    }

    #[test]
    fn targets_become_uris() {
        for (target, uri) in [
            (b"/s2s?a=<b> \"c\"".as_slice(), "/s2s?a=%3cb%3e%20%22c%22"),
            (b"/s2s?a=\xB6m\x01", "/s2s?a=%b6m%01"),
            (b"/s2s?a=%zz", "/s2s?a=%zz"),
        ] {
            assert_eq!(percent_encoded(target), uri);
            assert!(Uri::try_from(percent_encoded(target)).is_ok());
        }
    }
}
