//! HTTP/1 connections.
//!
//! The HTTP library hyper reads each connection through a layer of this server, the front. The
//! front repairs the malformed heads that merchants' systems send, and passes on only complete
//! heads. If it can't repair a head, the server answers with an error of its usual form, and the
//! connection ends.

use std::{
    convert::Infallible,
    io,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use axum::body::{Body, HttpBody as _};
use futures::future::BoxFuture;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::BodyExt as _;
use hyper::server::conn::http1;
use s2s_sdk::v1::ErrorReason;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

#[cfg(any(test, fuzzing))]
mod check;
mod front;
mod head;

#[cfg(fuzzing)]
pub use check::check_front;

use self::{
    front::{Front, SharedTurn, lock},
    head::{PASSED_BYTES_MAX, Refusal, Refused},
};
use super::{
    answers::finished,
    stop::{LAST_LINGER_TIMEOUT, OnSocket, QUIET},
};
use crate::{
    edge::{self, RawTarget},
    error::Error,
};

/// Time for which the server still reads what a peer sends after the last answer.
pub const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// A function that answers a request.
pub trait Answer: Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static {}

impl<F: Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static> Answer for F {}

/// A connection, plain or over TLS.
pub trait Stream: AsyncRead + AsyncWrite + OnSocket + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + OnSocket + Unpin + Send + 'static> Stream for S {}

/// Serves a connection to its end. After `stop`, serves the request that is in progress, or that
/// arrives within `QUIET`. `keep_alive`: the time for which the connection may wait for another
/// request.
pub async fn serve(
    stream: impl Stream,
    keep_alive: Duration,
    answer: impl Answer,
    stop: impl Future<Output = ()>,
) {
    let turn = SharedTurn::default();
    let service = hyper::service::service_fn(|mut request: Request<hyper::body::Incoming>| {
        let body_bytes = request.body().size_hint().exact();
        if let Some(raw) = lock(&turn).deliver(body_bytes) {
            request.extensions_mut().insert(RawTarget(raw));
        }
        let answered = answer(request.map(Body::new));
        let turn = turn.clone();
        Box::pin(async move {
            let mut response = answered.await;
            // The front does not find the end of a body of unknown length, so no request can follow
            // it.
            if body_bytes.is_none() || lock(&turn).stopping {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        })
    });
    // A sender that has closed its direction of the connection still waits for its answer. hyper's
    // own limit of headers is `HTTP1_HEADERS_MAX`. If the limit is set, hyper allocates room for so
    // many headers for each request.
    let mut connection = http1::Builder::new()
        .half_close(true)
        .max_buf_size(PASSED_BYTES_MAX)
        .serve_connection(Front::new(stream, turn.clone(), keep_alive), service);
    let mut quiet = pin!(async {
        stop.await;
        lock(&turn).stopping = true;
        tokio::time::sleep(QUIET).await;
    });
    let (mut was_quiet, mut looked) = (false, false);
    let ended = std::future::poll_fn(|context| {
        was_quiet = was_quiet || quiet.as_mut().poll(context).is_ready();
        let polled = Pin::new(&mut connection).poll(context);
        if polled.is_ready() || !was_quiet || looked {
            return polled;
        }
        looked = true;
        // hyper has just read everything available. A shutdown would drop a request that has begun.
        // The answer to that request announces the close.
        if lock(&turn).has_begun {
            return Poll::Pending;
        }
        Pin::new(&mut connection).graceful_shutdown();
        Pin::new(&mut connection).poll(context)
    });
    let ended = ended.await;
    let mut stream = connection.into_parts().io.into_inner();
    let (refused, stopping) = {
        let mut turn = lock(&turn);
        (turn.refused.take(), turn.stopping)
    };
    let answered = match (ended, refused) {
        (Ok(()), Some(refused)) => answer_refused(&mut stream, &refused).await,
        (ended, _) => ended.map_err(io::Error::other),
    };
    if let Err(error) = answered {
        tracing::debug!(%error, "a connection ended badly");
    }
    // The peer may be gone.
    let _ = stream.shutdown().await;
    linger(&mut stream, if stopping { LAST_LINGER_TIMEOUT } else { LINGER_TIMEOUT }).await;
}

/// Reads and discards what the peer still sends. Closing at once would destroy the last answer on
/// its way (RFC 9112, section 9.6).
pub async fn linger(stream: &mut impl Stream, at_most: Duration) {
    let mut bytes = [0; 4_096];
    let rest = async { while stream.read(&mut bytes).await.is_ok_and(|length| length > 0) {} };
    // A peer that still sends after `at_most` is not waiting for an answer.
    let _ = tokio::time::timeout(at_most, rest).await;
}

/// Writes the answer to a request that the front refused.
async fn answer_refused(stream: &mut impl Stream, refused: &Refused) -> io::Result<()> {
    let (parts, body) = finished(refusal(refused)).into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let mut text = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
    for (name, value) in &parts.headers {
        if *name != header::CONTENT_LENGTH {
            text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
    }
    text.extend(format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len()).into_bytes());
    if refused.method != Method::HEAD {
        text.extend_from_slice(&body);
    }
    stream.write_all(&text).await
}

fn refusal(refused: &Refused) -> Response<Body> {
    let (reason, message) = match refused.refusal {
        Refusal::NotHttp => (
            ErrorReason::ParameterMalformed,
            "this is not an HTTP request: its first line is not a method, a target and HTTP/1.0 or HTTP/1.1",
        ),
        Refusal::Incomplete => {
            (ErrorReason::ParameterMalformed, "the request did not arrive completely; send it again")
        }
        Refusal::TooLarge => (
            ErrorReason::RequestTooLarge,
            "the request line and the headers are over the limit of 256 KiB or 1,024 lines; send less",
        ),
        Refusal::BrokenHeader => (
            ErrorReason::ParameterMalformed,
            "a line of Host, Connection, Upgrade, Expect, Content-Length or Transfer-Encoding is broken, \
             or follows too many others; send it as `Name: value`",
        ),
        Refusal::Length => (
            ErrorReason::ParameterMalformed,
            "the length of the body is malformed or contradictory; send one Content-Length, \
             or `Transfer-Encoding: chunked` over HTTP/1.1",
        ),
    };
    let mut request = Request::new(Body::empty());
    request.uri_mut().clone_from(&refused.target);
    edge::refuse(&request, &Error::new(reason, message))
}
