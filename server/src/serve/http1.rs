//! HTTP/1 connections, and the requests on them that hyper refuses.
//!
//! Merchants' systems send raw blanks, quotes, `<insert>`, control bytes and Latin-1 in the request line.
//! hyper answers those with an empty 400 before any handler sees them, and the postback would be lost. So
//! the last bytes read are kept; when hyper gives up, its empty answer is withheld, the request is read
//! again leniently, its target is percent-encoded where it must be, and the same router answers it. The
//! connection then ends, since nobody can say where a next request would begin.

use std::{
    io,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    rt::{Read, ReadBufCursor, Write},
    server::conn::http1,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{io::AsyncReadExt as _, io::AsyncWriteExt as _, net::TcpStream};

use super::{HEADER_BYTES_MAX, HEADER_TIMEOUT};
use crate::edge::RawTarget;

/// Bytes of a connection that are kept to read a refused request again.
const KEPT_BYTES_MAX: usize = 16 * 1_024;
/// How long the rest of a refused request may take to come.
const REST_TIMEOUT: Duration = Duration::from_secs(2);

/// What answers a request.
pub trait Answer: Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static {}

impl<F: Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static> Answer for F {}

/// Serves a connection to its end; after `stop`, to the end of the request under way.
pub async fn serve(stream: TcpStream, answer: impl Answer, stop: impl Future<Output = ()>) {
    let io = Kept { io: TokioIo::new(stream), last: Vec::new(), refused: false };
    let service = hyper::service::service_fn(|request: Request<hyper::body::Incoming>| {
        let answered = answer(request.map(Body::new));
        Box::pin(async move { Ok::<_, std::convert::Infallible>(answered.await) })
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
    let (mut stream, kept) = (parts.io.io.into_inner(), parts.io.last);
    match error {
        Some(error) if error.is_parse() && parts.io.refused => {
            let head = refused_head(&kept, &parts.read_buf).to_vec();
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

/// Where the request that hyper refused begins. `rest`: what hyper has not consumed of `kept`.
///
/// hyper consumes a whole head before it finds that the target is no URI; any other fault it finds before.
fn refused_head<'a>(kept: &'a [u8], rest: &'a [u8]) -> &'a [u8] {
    let consumed =
        kept.len().checked_sub(rest.len()).and_then(|length| kept.get(..length)).unwrap_or_default();
    let last_head = last_request_line(consumed);
    let target_is_wrong = last_head.is_some_and(|head| {
        let line = RequestLine::read(head);
        line.is_some_and(|line| Uri::try_from(line.target).is_err())
    });
    match last_head {
        Some(head) if target_is_wrong || rest.is_empty() => head,
        _ => rest,
    }
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

/// Reads the rest of a refused head, and answers it.
async fn answer_refused(stream: &mut TcpStream, mut head: Vec<u8>, answer: &impl Answer) -> io::Result<()> {
    let rest = async {
        while !ends(&head) && head.len() < KEPT_BYTES_MAX && stream.read_buf(&mut head).await? > 0 {}
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

fn ends(head: &[u8]) -> bool {
    head.windows(2).any(|end| end == b"\n\n") || head.windows(4).any(|end| end == b"\r\n\r\n")
}

/// The request of a head, with a target that is a URI, and the raw one beside it.
fn request(head: &[u8]) -> Option<Request<Body>> {
    let line = RequestLine::read(head)?;
    let raw = Bytes::copy_from_slice(line.target);
    let mut request = Request::new(Body::from_stream(futures::stream::empty::<Result<Bytes, io::Error>>()));
    if line.method == Method::POST {
        let end = head.windows(4).position(|end| end == b"\r\n\r\n").and_then(|at| head.get(at + 4..));
        *request.body_mut() = Body::new(Full::from(end.unwrap_or_default().to_vec()));
    }
    *request.method_mut() = line.method;
    *request.uri_mut() = Uri::try_from(percent_encoded(line.target)).ok()?;
    request.extensions_mut().insert(RawTarget(raw));
    for line in head.split(|byte| *byte == b'\n').skip(1).take_while(|line| !line.trim_ascii().is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':').and_then(|at| line.split_at_checked(at));
        let pair = colon.and_then(|(name, value)| {
            let name = HeaderName::from_bytes(name.trim_ascii()).ok()?;
            let value = value.get(1..)?.trim_ascii();
            Some((name, HeaderValue::from_bytes(value).ok()?))
        });
        request.headers_mut().extend(pair);
    }
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

/// A connection whose last bytes are kept, and on which hyper's own empty refusals are not sent.
struct Kept {
    io: TokioIo<TcpStream>,
    last: Vec<u8>,
    refused: bool,
}

impl Read for Kept {
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
        self.last.extend_from_slice(read.filled());
        if self.last.len() > 2 * KEPT_BYTES_MAX {
            let surplus = self.last.len() - KEPT_BYTES_MAX;
            self.last.drain(..surplus);
        }
        Poll::Ready(Ok(()))
    }
}

impl Write for Kept {
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
        for (kept, rest, head) in [
            (bad_uri.to_owned(), "", bad_uri.to_owned()),
            (format!("{good}{bad_uri}"), "", bad_uri.to_owned()),
            (format!("{good}{bad_uri}{good}"), good, bad_uri.to_owned()),
            (bad_line.to_owned(), bad_line, bad_line.to_owned()),
            (format!("{good}{bad_line}"), bad_line, bad_line.to_owned()),
        ] {
            let found = refused_head(kept.as_bytes(), rest.as_bytes());
            assert!(found.starts_with(head.as_bytes()), "{kept:?}: {:?}", String::from_utf8_lossy(found));
        }
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
