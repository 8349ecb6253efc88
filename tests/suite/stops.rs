//! A graceful stop: every client that has sent a request, or is about to, gets an answer. Each test
//! has many connections, because chance decides the order of events in the server.

use std::time::{Duration, Instant};

use futures::future::join_all;
use s2s_tests::{Server, eventually};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::tls::Authority;

/// Number of connections. A test may send at most five requests on each: a server holds 60
/// postbacks like `REQUEST` in a minute, and sheds the others.
const CONNECTIONS: usize = 12;
const REQUEST: &[u8] = b"GET /s2s HTTP/1.1\r\nHost: s2s\r\n\r\n";
/// The end of every answer.
const ANSWER_END: &str = "\"notes\":[]}";

trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

type Streams = Vec<Box<dyn Stream>>;

fn address(server: &Server) -> &str {
    server.url.split_once("://").unwrap().1
}

/// Connections without a request yet.
async fn fresh(server: &Server) -> Streams {
    let all = join_all((0..CONNECTIONS).map(|_| TcpStream::connect(address(server)))).await;
    all.into_iter().map(|stream| -> Box<dyn Stream> { Box::new(stream.unwrap()) }).collect()
}

/// Sends a request on each connection and reads the answer. The connections stay open.
async fn kept(mut streams: Streams) -> Streams {
    send(&mut streams, REQUEST).await;
    for stream in &mut streams {
        let mut answer = String::new();
        while !answer.ends_with(ANSWER_END) {
            let mut bytes = [0; 1_024];
            let length = stream.read(&mut bytes).await.unwrap();
            assert!(length > 0, "{answer}");
            answer.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
        }
        assert!(!answer.contains("connection: close"), "{answer}");
    }
    streams
}

/// Connections over TLS, kept alive.
async fn kept_over_tls(authority: &Authority, server: &Server) -> Streams {
    let mut streams = Streams::new();
    for _ in 0..CONNECTIONS {
        streams.push(Box::new(authority.connect(server, &["http/1.1"]).await));
    }
    kept(streams).await
}

async fn send(streams: &mut Streams, bytes: &[u8]) {
    for stream in streams {
        stream.write_all(bytes).await.unwrap();
        stream.flush().await.unwrap();
    }
}

/// Checks that each request is answered, with `connection: close`, and that each connection ends
/// without a reset.
async fn check_answered(streams: Streams) {
    for mut stream in streams {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400") && answer.ends_with(ANSWER_END), "{answer:?}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

/// Asks the server to stop, and waits until it accepts no new connections.
async fn begin_stop(server: &Server) {
    server.terminate().await;
    eventually(async || TcpStream::connect(address(server)).await.is_err().then_some(())).await;
}

#[tokio::test]
async fn requests_that_have_come_are_answered() {
    let authority = Authority::new();
    for over_tls in [false, true] {
        let mut server = if over_tls { authority.start(&[]).await } else { Server::start().await };
        let mut streams = if over_tls {
            kept_over_tls(&authority, &server).await
        } else {
            let mut streams = kept(fresh(&server).await).await;
            streams.extend(fresh(&server).await);
            streams
        };
        server.freeze().await;
        send(&mut streams, REQUEST).await;
        server.terminate().await;
        server.thaw().await;
        check_answered(streams).await;
        assert!(server.ended().await.success());
    }
}

#[tokio::test]
async fn requests_right_after_the_stop_signal_are_answered() {
    let authority = Authority::new();
    for over_tls in [false, true] {
        let mut server = if over_tls { authority.start(&[]).await } else { Server::start().await };
        let mut streams = if over_tls {
            kept_over_tls(&authority, &server).await
        } else {
            kept(fresh(&server).await).await
        };
        begin_stop(&server).await;
        send(&mut streams, REQUEST).await;
        check_answered(streams).await;
        assert!(server.ended().await.success());
    }
}

#[tokio::test]
async fn first_requests_right_after_the_stop_signal_are_answered() {
    let mut server = Server::start().await;
    let mut streams = fresh(&server).await;
    begin_stop(&server).await;
    send(&mut streams, REQUEST).await;
    check_answered(streams).await;
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn requests_that_have_arrived_in_part_may_be_completed() {
    let mut server = Server::start().await;
    let mut streams = kept(fresh(&server).await).await;
    streams.extend(fresh(&server).await);
    let mut idle = TcpStream::connect(address(&server)).await.unwrap();
    let (begin, end) = REQUEST.split_at(7);
    send(&mut streams, begin).await;
    begin_stop(&server).await;
    // Waits until the server has closed the idle connection.
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
    send(&mut streams, end).await;
    check_answered(streams).await;
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn connections_that_wait_to_be_accepted_are_answered() {
    let mut server = Server::start().await;
    server.freeze().await;
    let mut streams = fresh(&server).await;
    send(&mut streams, REQUEST).await;
    server.terminate().await;
    server.thaw().await;
    check_answered(streams).await;
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn waiting_connections_are_answered_by_this_server_or_the_next() {
    let mut server = Server::start().await;
    server.restart_on_a_socket().await;
    for _ in 0..3 {
        let mut streams = kept(fresh(&server).await).await;
        server.freeze().await;
        streams.extend(fresh(&server).await);
        send(&mut streams, REQUEST).await;
        server.terminate().await;
        server.thaw().await;
        // The late clients connect either before or after the first server stops listening.
        let mut late = fresh(&server).await;
        send(&mut late, b"GET /s2s HTTP/1.1\r\nHost: s2s\r\nConnection: close\r\n\r\n").await;
        assert!(server.ended().await.success());
        server.restart_in_place().await;
        check_answered(streams).await;
        check_answered(late).await;
    }
}

#[tokio::test]
async fn idle_connections_are_closed_soon_and_not_broken() {
    let mut server = Server::start().await;
    let mut streams = kept(fresh(&server).await).await;
    streams.extend(fresh(&server).await);
    begin_stop(&server).await;
    let stopping = Instant::now();
    for stream in &mut streams {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty(), "{rest:?}");
    }
    assert!(server.ended().await.success());
    assert!(stopping.elapsed() < Duration::from_secs(5), "{:?}", stopping.elapsed());
}

#[tokio::test]
async fn calls_over_http_2_that_have_come_are_answered() {
    let mut server = Server::start().await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let url = format!("{}/s2s", server.url);
    client.get(&url).send().await.unwrap().text().await.unwrap();
    server.freeze().await;
    let ask = async || client.get(&url).send().await.unwrap().text().await.unwrap();
    let stop = async {
        server.terminate().await;
        server.thaw().await;
    };
    let (answers, ()) = tokio::join!(join_all((0..CONNECTIONS).map(|_| ask())), stop);
    assert!(answers.iter().all(|answer| answer.ends_with(ANSWER_END)), "{answers:?}");
    assert!(server.ended().await.success());
}
