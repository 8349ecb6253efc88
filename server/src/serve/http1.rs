//! HTTP/1 connections, and the requests on them that hyper refuses.
//!
//! Merchants' systems send raw blanks, quotes, `<insert>`, control bytes and Latin-1 in the request line.
//! hyper answers those with an empty 400 before any handler sees them, and the postback would be lost. So
//! the last bytes read are kept; when hyper gives up, its empty answer is withheld, the request is read
//! again leniently, its target is percent-encoded where it must be, and the same router answers it. The
//! connection then ends, since nobody can say where a next request would begin.

use std::{
    convert::Infallible,
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::BodyExt as _;
use hyper::{
    rt::{Read, ReadBufCursor, Write},
    server::conn::http1,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{HEADER_BYTES_MAX, HEADER_TIMEOUT};
use crate::edge::RawTarget;

/// Bytes of a connection that are kept to read a refused request again.
const KEPT_BYTES_MAX: usize = 16 * 1_024;
/// Header lines that hyper takes.
const HEADERS_MAX: usize = 100;
/// How long the rest of a refused request may take to come.
const REST_TIMEOUT: Duration = Duration::from_secs(2);

/// What answers a request.
pub trait Answer: Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static {}

impl<F: Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static> Answer for F {}

/// Serves a connection to its end; after `stop`, to the end of the request under way.
pub async fn serve(stream: TcpStream, answer: impl Answer, stop: impl Future<Output = ()>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let io = Watched { io: TokioIo::new(stream), seen: seen.clone(), refused: false };
    let service = hyper::service::service_fn(|mut request: Request<hyper::body::Incoming>| {
        if let Some(raw) = lock(&seen).fragment_of(&request) {
            request.extensions_mut().insert(RawTarget(raw));
        }
        let answered = answer(request.map(Body::new));
        Box::pin(async move { Ok::<_, Infallible>(answered.await) })
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(HEADER_BYTES_MAX);
    let mut connection = builder.serve_connection(io, service);
    let mut stop = pin!(stop);
    let mut stopping = false;
    let ended = std::future::poll_fn(|context| {
        if !stopping && stop.as_mut().poll(context).is_ready() {
            stopping = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        connection.poll_without_shutdown(context)
    });
    let error = ended.await.err();
    let parts = connection.into_parts();
    let mut stream = parts.io.io.into_inner();
    match error {
        Some(error) if error.is_parse() && parts.io.refused => {
            let head = refused_head(&lock(&seen).bytes, &parts.read_buf).to_vec();
            if let Err(error) = answer_refused(&mut stream, head, &answer).await {
                tracing::debug!(%error, "a refused request could not be answered");
            }
        }
        Some(error) => tracing::debug!(%error, "a connection ended badly"),
        None => {}
    }
    // The other side may have gone already.
    let _ = stream.shutdown().await;
}

/// Where the request that hyper refused begins. `rest`: what hyper has not consumed of the bytes `seen`.
///
/// What its parser refuses stays; where the parser was content and the target was no URI, the head is
/// consumed. The lines of a body look like anything, so they are never searched for what stays.
fn refused_head<'a>(seen: &'a [u8], rest: &'a [u8]) -> &'a [u8] {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    if httparse::Request::new(&mut headers).parse(rest).is_err() {
        return rest;
    }
    let before = seen.len().checked_sub(rest.len()).and_then(|length| seen.get(..length));
    before.and_then(last_request_line).unwrap_or_default()
}

/// The bytes from the last line on that looks like a request's first.
fn last_request_line(bytes: &[u8]) -> Option<&[u8]> {
    let starts = std::iter::once(0)
        .chain(bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1));
    let lines = starts.filter_map(|start| bytes.get(start..));
    lines.rev().find(|line| RequestLine::read(line).is_some_and(|line| line.has_version))
}

/// A request's first line, read leniently.
struct RequestLine<'a> {
    method: Method,
    target: &'a [u8],
    has_version: bool,
}

impl<'a> RequestLine<'a> {
    fn read(head: &'a [u8]) -> Option<Self> {
        let line = head.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
        let end = line.iter().position(|byte| *byte == b' ')?;
        let (method, target) = line.split_at_checked(end)?;
        let method = Method::from_bytes(method).ok()?;
        let target = target.trim_ascii();
        let version = target.len().checked_sub(9).and_then(|at| target.split_at_checked(at));
        let (target, has_version) = match version {
            Some((target, b" HTTP/1.1" | b" HTTP/1.0")) => (target, true),
            _ => (target, false),
        };
        Some(Self { method, target, has_version })
    }
}

/// Reads the rest of a refused request, and answers it.
async fn answer_refused(stream: &mut TcpStream, mut head: Vec<u8>, answer: &impl Answer) -> io::Result<()> {
    let rest = async {
        while missing_bytes(&head) > 0 && stream.read_buf(&mut head).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    // What has come by then must do.
    let _ = tokio::time::timeout(REST_TIMEOUT, rest).await;
    let response = match request(&head) {
        Some(request) => answer(request).await,
        None => super::not_http(),
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
    text.extend_from_slice(&body);
    stream.write_all(&text).await
}

/// How many bytes of a request are still to come, as far as its beginning tells; no more than are kept.
fn missing_bytes(request: &[u8]) -> usize {
    let left = KEPT_BYTES_MAX.saturating_sub(request.len());
    let Some((head, body)) = split_head(request) else { return left.min(1) };
    let lengths = header_lines(head).filter(|(name, _)| name == header::CONTENT_LENGTH);
    let length = lengths.filter_map(|(_, value)| value.to_str().ok()?.parse::<usize>().ok()).last();
    length.unwrap_or_default().saturating_sub(body.len()).min(left)
}

/// A head and the bytes behind its blank line; `None` where that has not come yet.
fn split_head(request: &[u8]) -> Option<(&[u8], &[u8])> {
    let ends = [b"\r\n\r\n".as_slice(), b"\n\n"].map(|end| {
        let at = request.windows(end.len()).position(|window| window == end)?;
        Some(at + end.len())
    });
    let at = ends.into_iter().flatten().min()?;
    request.split_at_checked(at)
}

/// The header lines of a head that can be read.
fn header_lines(head: &[u8]) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    head.split(|byte| *byte == b'\n').skip(1).filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let name = HeaderName::from_bytes(name.trim_ascii()).ok()?;
        Some((name, HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?))
    })
}

/// The request in these bytes, with a target that is a URI, and the raw one beside it.
fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let (head, body) = split_head(bytes).unwrap_or((bytes, &[]));
    let line = RequestLine::read(head)?;
    let mut request = Request::new(Body::from(body.to_vec()));
    *request.method_mut() = line.method;
    *request.uri_mut() = Uri::try_from(percent_encoded(line.target)).ok()?;
    request.extensions_mut().insert(RawTarget(Bytes::copy_from_slice(line.target)));
    request.headers_mut().extend(header_lines(head));
    Some(request)
}

/// The target with every byte escaped that may not stand in one.
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

/// The last bytes read on a connection.
#[derive(Default)]
struct Seen {
    bytes: Vec<u8>,
    /// There was a `#` among them.
    hash: bool,
}

impl Seen {
    fn add(&mut self, bytes: &[u8]) {
        self.hash |= bytes.contains(&b'#');
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > 2 * KEPT_BYTES_MAX {
            let surplus = self.bytes.len() - KEPT_BYTES_MAX;
            self.bytes.drain(..surplus);
        }
    }

    /// The whole target of a request that came with a raw `#`: a URI keeps nothing behind it, though
    /// there may be a macro such as `#S1#`, and all that follows.
    fn fragment_of<B>(&self, request: &Request<B>) -> Option<Bytes> {
        if !self.hash {
            return None;
        }
        let start = format!("{} {}", request.method(), request.uri());
        let lines = self.bytes.rsplit(|byte| *byte == b'\n');
        let line = lines.filter_map(RequestLine::read).find(|line| {
            let whole = [line.method.as_str().as_bytes(), b" ", line.target].concat();
            let behind = whole.strip_prefix(start.as_bytes());
            behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(b"#"))
        })?;
        line.target.contains(&b'#').then(|| Bytes::copy_from_slice(line.target))
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection whose last bytes are seen, and on which hyper's own empty refusals are not sent.
struct Watched {
    io: TokioIo<TcpStream>,
    seen: Arc<Mutex<Seen>>,
    refused: bool,
}

impl Read for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [0; 4_096];
        let length = buffer.remaining().min(bytes.len());
        let mut read = hyper::rt::ReadBuf::new(bytes.get_mut(..length).unwrap_or_default());
        std::task::ready!(Pin::new(&mut self.io).poll_read(context, read.unfilled()))?;
        buffer.put_slice(read.filled());
        lock(&self.seen).add(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl Write for Watched {
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

/// Where in what is about to be sent hyper's own refusal begins: a last, empty answer. No handler of ours
/// answers like that; `super::never_empty` sees to it.
fn refusal(bytes: &[u8]) -> Option<usize> {
    // A refusal is short, and a long answer is not searched.
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
    fn the_refused_request_is_found() {
        let good = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
        let bad_uri = "GET /s2s?a=<x> HTTP/1.1\r\nHost: x\r\n\r\n";
        let bad_line = "GET /s2s?a=b c=d HTTP/1.1\r\nHost: x\r\n\r\n";
        let in_a_body = format!("POST /s2s HTTP/1.1\r\n\r\n\n{bad_uri}");
        for (seen, rest, head) in [
            (bad_uri.to_owned(), "", bad_uri),
            (format!("{good}{bad_uri}"), "", bad_uri),
            (format!("{good}{bad_uri}{good}"), good, bad_uri),
            (bad_line.to_owned(), bad_line, bad_line),
            (format!("{good}{bad_line}"), bad_line, bad_line),
            (format!("{in_a_body}{bad_line}"), bad_line, bad_line),
            ("nonsense".to_owned(), "", ""),
        ] {
            let found = refused_head(seen.as_bytes(), rest.as_bytes());
            assert!(found.starts_with(head.as_bytes()), "{seen:?}: {:?}", String::from_utf8_lossy(found));
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
        let request = |uri: &str| Request::get(uri).body(()).unwrap();
        seen.add(b"GET /s2s?a=1 HTTP/1.1\r\n\r\n");
        assert_eq!(seen.fragment_of(&request("/s2s?a=1")), None);
        seen.add(b"GET /s2s?a=#S1#&b=2 HTTP/1.1\r\n\r\n");
        assert_eq!(seen.fragment_of(&request("/s2s?a=")).as_deref(), Some(b"/s2s?a=#S1#&b=2".as_slice()));
        assert_eq!(seen.fragment_of(&request("/s2s?a=1")), None);
        seen.add(b"GET /s2s?a= HTTP/1.1\r\n\r\n");
        assert_eq!(seen.fragment_of(&request("/s2s?a=")), None, "the last one came without");
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
