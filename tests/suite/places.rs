//! Connections that the server closes to admit new ones, when `--connections-max` connections are
//! open.

use std::time::Duration;

use futures::StreamExt as _;
use s2s_sdk::v1::{NewConversion, RecordConversionRequest};
use s2s_tests::{
    Server, eventually, request,
    wire::{END_HEADERS, PREFACE, SETTINGS, ask, call_head, connect_from, frame, source},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};

use crate::report;

const SOON: Duration = Duration::from_secs(10);

/// Opens a stream of a service that needs no key, and waits for its first answer, which contains
/// `expected`. Returns `None` if the server has closed the connection.
async fn open_stream(server: &Server, from: u8, kind: &Kind) -> Option<TcpStream> {
    let Kind { path, message, flags, expected, .. } = kind;
    let mut stream = connect_from(server, source(from)).await;
    let head = frame(1, END_HEADERS, 1, &call_head(path));
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    let data = frame(0, *flags, 1, &[&[0], length.as_slice(), message].concat());
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[]), &head, &data].concat()).await.ok()?;
    let mut answer = Vec::new();
    while !answer.windows(expected.len()).any(|some| some == *expected) {
        let length = timeout(SOON, stream.read_buf(&mut answer)).await.unwrap().ok()?;
        (length > 0).then_some(())?;
    }
    Some(stream)
}

/// A kind of stream that anybody may open.
struct Kind {
    name: &'static str,
    path: &'static str,
    message: &'static [u8],
    /// The flags of the message's frame: 1 if the request ends with it.
    flags: u8,
    expected: &'static [u8],
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "a watch of health",
        path: "/grpc.health.v1.Health/Watch",
        message: b"",
        flags: 1,
        expected: &[0, 0, 0, 0, 2, 8, 1],
    },
    Kind {
        name: "reflection",
        path: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        // The request for the list of services.
        message: &[0x3a, 1, b'*'],
        flags: 0,
        expected: b"grpc.health.v1.Health",
    },
];

async fn asked(server: &Server, from: u8) -> TcpStream {
    let mut stream = connect_from(server, source(from)).await;
    assert!(ask(&mut stream).await.is_some());
    stream
}

#[tokio::test]
async fn an_idle_connection_of_the_address_with_most_gives_way() {
    const PLACES: usize = 12;
    let server = Server::start_with(&["--connections-max", "12"]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    // Work in progress: a stream of conversions that waits for its next item.
    let (sender, receiver) = mpsc::channel::<RecordConversionRequest>(1);
    let items =
        futures::stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    let client = server.client();
    let sale = |number: usize| {
        let transaction_id = number.to_string();
        request::conversion(NewConversion { transaction_id, ..report(&code, &click) })
    };
    sender.send(sale(0)).await.unwrap();
    let mut answers = client.conversions().stream_record(items).await.unwrap();
    answers.next().await.unwrap().unwrap();

    let kinds = std::iter::once(None).chain(KINDS.iter().map(Some));
    for (number, kind) in (1..).zip(kinds) {
        let name = kind.map_or("one request", |kind| kind.name);
        let mut idle = Vec::new();
        for index in 0..PLACES {
            // Connections from three addresses occupy all places.
            let from = u8::try_from(20 + index % 3).unwrap();
            idle.push(match kind {
                None => eventually(async || connect_once(&server, from).await).await,
                Some(kind) => eventually(async || open_stream(&server, from, kind).await).await,
            });
        }
        for from in 40..60 {
            eventually(async || connect_once(&server, from).await).await;
        }
        sender.send(sale(number)).await.unwrap();
        let answer = timeout(SOON, answers.next()).await.unwrap();
        answer.expect(name).unwrap().into_result().unwrap();
    }
}

/// A connection that has got an answer; `None` if the server has closed it.
async fn connect_once(server: &Server, from: u8) -> Option<TcpStream> {
    let mut stream = connect_from(server, source(from)).await;
    ask(&mut stream).await.map(|_| stream)
}

/// An address with many connections can't displace the connections of an address with fewer.
#[tokio::test]
async fn an_address_with_many_connections_displaces_no_other() {
    let server = Server::start_with(&["--connections-max", "6"]).await;
    let mut calm = asked(&server, 30).await;
    for _ in 0..20 {
        eventually(async || connect_once(&server, 31).await).await;
    }
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(eventually(async || connect_once(&server, 31).await).await);
    }
    assert!(ask(&mut calm).await.is_some(), "an address with one connection keeps it");
}
