//! Properties of the front (see `front`) that must hold for every input. The fuzzer and a test
//! check them.

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::body::HttpBody as _;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Collected, Empty};
use hyper::{
    body::{Bytes, Incoming},
    rt::{Read, Write},
    server::conn::http1,
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    front::{Front, SharedTurn, lock},
    head::{PASSED_BYTES_MAX, Refusal, percent_encoded},
};
use crate::net::{limits::PATIENCE, stop::OnSocket};

/// A connection on which bytes arrive in pieces, and are followed by the end of the connection.
struct Pieces {
    bytes: Vec<u8>,
    size: usize,
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let length = self.size.min(buffer.remaining()).min(self.bytes.len());
        let piece: Vec<u8> = self.bytes.drain(..length).collect();
        buffer.put_slice(&piece);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl OnSocket for Pieces {
    fn has_unread(&self) -> bool {
        false
    }
}

/// A request that hyper delivered.
#[derive(Debug, PartialEq, Eq)]
struct Delivered {
    method: String,
    /// The target, percent-encoded.
    target: String,
    /// Number of headers.
    headers: usize,
    /// `None`: the body broke off or was malformed.
    body: Option<Bytes>,
    is_last: bool,
}

/// The requests that hyper delivers on a connection, and whether it refuses the rest.
async fn delivered(io: impl Read + Write + Unpin, turn: &SharedTurn) -> (Vec<Delivered>, bool) {
    let all = Mutex::new(Vec::new());
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        let body_bytes = request.body().size_hint().exact();
        let raw = lock(turn).deliver(body_bytes);
        let uri = request.uri().to_string();
        let mut delivered = Delivered {
            method: request.method().to_string(),
            target: percent_encoded(raw.as_deref().unwrap_or(uri.as_bytes())),
            headers: request.headers().len(),
            body: None,
            is_last: body_bytes.is_none(),
        };
        let all = &all;
        async move {
            delivered.body = request.into_body().collect().await.ok().map(Collected::to_bytes);
            let mut response = Response::new(Empty::<Bytes>::new());
            if delivered.is_last {
                response.headers_mut().insert("connection", http::HeaderValue::from_static("close"));
            }
            all.lock().unwrap_or_else(PoisonError::into_inner).push(delivered);
            Ok::<_, Infallible>(response)
        }
    });
    let mut builder = http1::Builder::new();
    builder.half_close(true).max_buf_size(PASSED_BYTES_MAX);
    let ended = builder.serve_connection(io, service).await;
    let all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    (all, ended.is_err_and(|error| error.is_parse()))
}

/// Checks that the front loses and changes nothing: through it, hyper delivers the requests that it
/// would deliver without the front. The front may end the connection earlier only at a body whose
/// announced length is malformed, contradictory or too small, or after a body of unknown length.
/// Checks also that hyper refuses nothing that the front passes on. The front may repair requests
/// that hyper alone would refuse, so more requests are no fault.
///
/// The first byte is the size of the pieces in which the other bytes arrive.
pub fn check_front(bytes: &[u8]) {
    let (size, bytes) = bytes.split_first().unwrap_or((&1, &[]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    assert!(runtime.is_ok(), "there is no runtime");
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        let pieces = |size: u8| Pieces { bytes: bytes.to_vec(), size: usize::from(size).max(1) };
        let (plain, _) = delivered(TokioIo::new(pieces(255)), &SharedTurn::default()).await;
        let turn = SharedTurn::default();
        let (fronted, is_refused) = delivered(Front::new(pieces(*size), turn.clone(), PATIENCE), &turn).await;
        assert!(!is_refused, "hyper refuses what the front passes on");
        let refused = lock(&turn).refused.take().map(|refused| refused.refusal);
        let is_longer = lock(&turn).is_longer;
        for (index, plain) in plain.iter().enumerate() {
            // The front breaks off a body that is longer than announced, and ends the connection.
            if is_longer && index + 1 >= fronted.len() {
                assert!(fronted.get(index).is_none_or(|last| last.body.is_none()), "{fronted:?}");
                break;
            }
            let Some(fronted) = fronted.get(index) else {
                let ends = index > 0 && fronted.get(index - 1).is_some_and(|before| before.is_last);
                assert!(ends || refused == Some(Refusal::Length), "{plain:?} is lost: {refused:?}");
                break;
            };
            // hyper adds the path `/` to an absolute URI without a path.
            let target = |text: &str| text.replace("/?", "?");
            let is_same = plain.method == fronted.method
                && target(&fronted.target).starts_with(&target(&plain.target))
                && plain.body == fronted.body
                && plain.headers == fronted.headers;
            assert!(is_same, "{plain:?} becomes {fronted:?}");
        }
    });
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Pieces of requests, to be put together at random.
    const PIECES: [&str; 40] = [
        "GET ",
        "POST ",
        "HEAD ",
        "/s2s?a=b",
        "/",
        "?a=<b>",
        " ",
        "#",
        "\"",
        "{x}",
        " HTTP/1.1",
        " HTTP/1.0",
        "\r\n",
        "\r\n",
        "\r\n\r\n",
        "\n",
        "\r",
        "\t",
        "Host: x\r\n",
        "a: b\r\n",
        "a b: c\r\n",
        "no colon\r\n",
        " folded\r\n",
        "Content-Length: 5\r\n",
        "Content-Length: 0\r\n",
        "Content-Length : 5\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Expect: 100-continue\r\n",
        "Connection: close\r\n",
        "Connection: keep-alive\r\n",
        "Upgrade: h2c\r\n",
        "hello",
        "5\r\nhello\r\n0\r\n\r\n",
        "0\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET /s2s?a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /s2s HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        "\u{e9}",
    ];

    #[test]
    fn the_corpus_is_neither_lost_nor_invented() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/read_http1");
        let files: Vec<_> = std::fs::read_dir(corpus).unwrap().collect();
        assert!(files.len() > 100, "{}", files.len());
        for file in files {
            check_front(&std::fs::read(file.unwrap().path()).unwrap());
        }
    }

    #[test]
    fn random_requests_are_neither_lost_nor_invented() {
        // A generator with a fixed seed, so that a failure is the same each time.
        let mut state = 1_u64;
        let mut below = |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % bound
        };
        for _ in 0..20_000 {
            let mut bytes = vec![u8::try_from(below(40)).unwrap()];
            for _ in 0..below(16) {
                bytes.extend_from_slice(PIECES[below(PIECES.len())].as_bytes());
            }
            check_front(&bytes);
        }
    }
}
