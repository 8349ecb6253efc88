//! Requests count only if they are complete. A request that breaks off is refused, wherever it
//! breaks off, however its sender leaves, and over every transport: plain, behind a proxy header,
//! or over TLS.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use futures::{StreamExt as _, stream};
use s2s_sdk::v1::{
    GetConversionRequest, GetConversionResponse, ListClicksRequest, ListClicksResponse, ListPostbacksRequest,
    ListPostbacksResponse, PostbackFilter, PostbackVerdict,
};
use s2s_tests::{
    ADMIN_KEY, Server, eventually, http,
    wire::{self, END_HEADERS, PREFACE, SETTINGS, connect_from, source},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

use crate::{
    fixture::Fixture,
    port::{frame, read_frames},
    tls::Authority,
};

/// A request, cut at the first `|`. `$sale` stands for the parameters of a sale without its value.
struct Form {
    name: &'static str,
    text: &'static str,
}

const FORMS: [Form; 17] = [
    Form { name: "line", text: "GET /s2s?n=a b&$sale&val=19|99.50 HTTP/1.1\r\nhost: a\r\n\r\n" },
    Form { name: "clean-line", text: "GET /s2s?$sale&val=19|99.50 HTTP/1.1\r\nhost: a\r\n\r\n" },
    Form { name: "line-without-host", text: "GET /s2s?n=<b>&$sale&val=19|99.50 HTTP/1.0\n\n" },
    Form { name: "version", text: "GET /s2s?n=a b&$sale&val=1999.50 HTTP/1.|1\r\nhost: a\r\n\r\n" },
    Form { name: "line-break", text: "GET /s2s?n=a b&$sale&val=1999.50 HTTP/1.1|\r\nhost: a\r\n\r\n" },
    Form { name: "head", text: "GET /s2s?n=a b&$sale&val=1999.50 HTTP/1.1\r\nhost|: a\r\n\r\n" },
    Form { name: "broken-head", text: "GET /s2s?$sale&val=1999.50 HTTP/1.1\r\nno colon\r\na b: c|\r\n\r\n" },
    Form { name: "last-line", text: "GET /s2s?n=a b&$sale&val=1999.50 HTTP/1.1\r\nhost: a\r\n|\r\n" },
    Form {
        name: "length",
        text: "POST /s2s?n=a b HTTP/1.1\r\ncontent-length: $length\r\n\r\n$sale&val=19|99.50",
    },
    Form {
        name: "clean-length",
        text: "POST /s2s HTTP/1.1\r\ncontent-length: $length\r\n\r\n$sale&val=19|99.50",
    },
    Form {
        name: "no-body",
        text: "POST /s2s?n=a b&$sale HTTP/1.1\r\ncontent-length: $length\r\n\r\n|val=1999.50&x=1",
    },
    Form {
        name: "chunks",
        text: "POST /s2s?n=a b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\
               $size\r\n$sale&\r\n6\r\nval=19|\r\n5\r\n99.50\r\n0\r\n\r\n",
    },
    Form {
        name: "last-chunk",
        text: "POST /s2s?n=a b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\
               $size\r\n$sale&\r\nb\r\nval=1999.50\r\n0|\r\n\r\n",
    },
    Form {
        name: "expect",
        text: "POST /s2s?n=a b HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: $length\r\n\r\n\
               $sale&val=19|99.50",
    },
    Form {
        name: "pipelined",
        text: "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\nGET /s2s?n=a b&$sale&val=19|99.50 HTTP/1.1\r\n\r\n",
    },
    Form {
        name: "behind-a-body",
        text: "POST /s2s HTTP/1.1\r\ncontent-length: 3\r\n\r\na=1GET /s2s?n=#1&$sale&val=19|99.50 HTTP/1.1\r\n\r\n",
    },
    // At `$pause`, the sender waits for the answer to the first request.
    Form {
        name: "kept",
        text: "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n$pauseGET /s2s?n=a b&$sale&val=19|99.50 HTTP/1.1\r\n\r\n",
    },
];

/// The sender's action after the part before the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Sends the rest after a pause. The pause is longer than any time limit that earlier
    /// versions of the server had for broken requests.
    Late,
    /// Sends the rest at once, and closes its side.
    WholeAndFin,
    /// Sends nothing more, and keeps the connection open.
    Silence,
    /// Closes its side.
    Fin,
    /// Drops the connection without waiting for an answer.
    Close,
}

const ENDS: [End; 5] = [End::Late, End::WholeAndFin, End::Silence, End::Fin, End::Close];
/// Maximum number of connections at a time.
const AT_ONCE: usize = 30;
const PAUSE: Duration = Duration::from_millis(2_600);
/// Longer than the server waits for a request.
const LIFE_MAX: Duration = Duration::from_secs(30);

impl Form {
    /// The text of this form, filled in.
    fn text(&self, sale: &str) -> String {
        let body = self.text.replace('|', "").replace("$sale", sale);
        let (_, body) = body.split_once("$length\r\n\r\n").unwrap_or_default();
        self.text
            .replace("$length", &body.len().to_string())
            .replace("$size", &format!("{:x}", sale.len() + 1))
            .replace("$sale", sale)
    }

    /// Sends the request over a connection, and returns the answer.
    async fn send(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin, sale: &str, end: End) -> String {
        let text = self.text(sale);
        let (before, after) = text.split_once('|').unwrap();
        let (first, before) = before.split_once("$pause").unwrap_or(("", before));
        let mut answer = Vec::new();
        stream.write_all(first.as_bytes()).await.unwrap();
        while !first.is_empty() && !answer.ends_with(b"}") {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
        }
        stream.write_all(before.as_bytes()).await.unwrap();
        match end {
            End::Late => {
                let read = async { while stream.read_buf(&mut answer).await.unwrap() > 0 {} };
                assert!(timeout(PAUSE, read).await.is_err(), "the connection ended");
                stream.write_all(after.as_bytes()).await.unwrap();
            }
            End::WholeAndFin => {
                stream.write_all(after.as_bytes()).await.unwrap();
                stream.shutdown().await.unwrap();
            }
            End::Silence => {}
            End::Fin => stream.shutdown().await.unwrap(),
            End::Close => return String::new(),
        }
        // In the form `behind-a-body`, the first request also gets a verdict.
        let verdicts = if self.name == "behind-a-body" { 2 } else { 1 };
        let read = async {
            while verdicts_of(&answer).count() < verdicts
                && stream.read_buf(&mut answer).await.unwrap_or(0) > 0
            {}
        };
        timeout(LIFE_MAX, read).await.unwrap();
        String::from_utf8(answer).unwrap()
    }
}

/// The verdicts of all answers on a connection, in order.
fn verdicts_of(answers: &[u8]) -> impl Iterator<Item = &str> {
    let text = std::str::from_utf8(answers).unwrap();
    text.split("s2s-verdict: ").skip(1).filter_map(|rest| rest.split_once("\r\n")).map(|(verdict, _)| verdict)
}

/// Sends all forms with all ends, each as a sale of its own. Checks the answers and the
/// conversions.
async fn check<S: AsyncRead + AsyncWrite + Unpin>(fixture: &Fixture, connect: impl AsyncFn() -> S) {
    let sends = FORMS.iter().flat_map(|form| ENDS.map(|end| (form, end))).map(async |(form, end)| {
        let oid = format!("{}-{end:?}", form.name);
        let sale = fixture.fill(&format!("clickId=$click&id=$code&com=0.5&oid={oid}"));
        (oid, end, form.send(connect().await, &sale, end).await)
    });
    // Many handshakes at once would take a busy machine longer than a server waits for one.
    let mut sends = stream::iter(sends.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
    let mut whole = BTreeMap::new();
    while let Some((oid, end, answer)) = sends.next().await {
        let verdict = verdicts_of(answer.as_bytes()).last().unwrap_or_default();
        match end {
            End::Late | End::WholeAndFin => {
                assert_eq!(verdict, "RECORDED", "{oid}: {answer}");
                whole.insert(oid, 1_999_500_000);
            }
            End::Silence | End::Fin => assert_eq!(verdict, "REFUSED", "{oid}: {answer}"),
            End::Close => {}
        }
    }
    assert_eq!(whole.len(), 2 * FORMS.len());
    let counted: BTreeMap<String, i64> = fixture
        .conversions()
        .await
        .into_iter()
        .map(|conversion| (conversion.transaction_id, conversion.value.unwrap().micros))
        .collect();
    assert_eq!(counted, whole);
}

#[tokio::test]
async fn what_breaks_off_is_refused_and_what_is_whole_counts() {
    let fixture = Fixture::start().await;
    check(&fixture, async || connect_from(&fixture.server, source(1)).await).await;
}

#[tokio::test]
async fn what_breaks_off_behind_a_proxy_header_is_refused() {
    let fixture = Fixture::start().await;
    let flags = ["--trusted-proxies", "127.0.0.5", "--proxy-protocol"];
    let server = Server::start_beside_with(&fixture.server, &flags).await;
    let connect = async || {
        let mut stream = connect_from(&server, source(5)).await;
        stream.write_all(b"PROXY TCP4 198.51.100.9 127.0.0.1 4711 80\r\n").await.unwrap();
        stream
    };
    check(&fixture, connect).await;
}

#[tokio::test]
async fn what_breaks_off_over_tls_is_refused() {
    let fixture = Fixture::start().await;
    let authority = Authority::new();
    let server = authority.start_beside(&fixture.server).await;
    check(&fixture, async || authority.connect(&server, &["http/1.1"]).await).await;
}

#[tokio::test]
async fn a_body_that_is_longer_than_announced_is_refused() {
    let fixture = Fixture::start().await;
    let sale =
        |oid: &str, end: &str| fixture.fill(&format!("clickId=$click&id=$code&com=1&oid={oid}&val={end}"));
    // Head and body have `bytes` bytes, so that a read of the server ends at the announced length.
    let long = |oid: &str, end: &str, bytes: usize| {
        let sale = sale(oid, end);
        let head = format!("POST /s2s HTTP/1.1\r\nhost: a\r\ncontent-length: {bytes}\r\n\r\n");
        format!("x={}&{sale}", "y".repeat(bytes - head.len() - sale.len() - "x=&".len()))
    };
    let mut counted = 0;
    for (oid, announced, sent, is_counted) in [
        ("4k", long("4k", "10", 4_096), format!("{}0", long("4k", "10", 4_096)), false),
        ("8k", long("8k", "10", 8_192), format!("{}0", long("8k", "10", 8_192)), false),
        ("whole", long("whole", "10", 4_096), long("whole", "10", 4_096), true),
        // A sender that counts characters instead of bytes.
        ("M\u{fc}ller-1", sale("M\u{fc}ller-1", "10"), sale("M\u{fc}ller-1", "100"), false),
        ("two", sale("two", "10"), sale("two", "1000"), false),
        ("small", sale("small", "1"), format!("{}a", sale("small", "1")), false),
        ("capital", sale("capital", "1"), format!("{}B", sale("capital", "1")), false),
        ("blank", sale("blank", "1"), format!("{} 7", sale("blank", "1")), false),
        // The bytes that may follow a body: a zero byte, line ends, and the next request.
        ("nul", sale("nul", "1"), format!("{}\0", sale("nul", "1")), true),
        ("ends", sale("ends", "1"), format!("{}\r\n\r\n", sale("ends", "1")), true),
        (
            "next",
            sale("next", "1"),
            format!("{}GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", sale("next", "1")),
            true,
        ),
    ] {
        let head = format!("POST /s2s HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", announced.len());
        let mut stream = connect_from(&fixture.server, source(1)).await;
        stream.write_all(format!("{head}{sent}").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while verdicts_of(&answer).next().is_none() {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "{oid}");
        }
        let expected = if is_counted { "RECORDED" } else { "REFUSED" };
        assert_eq!(
            verdicts_of(&answer).next(),
            Some(expected),
            "{oid}: {}",
            String::from_utf8_lossy(&answer)
        );
        counted += usize::from(is_counted);
    }
    assert_eq!(fixture.conversions().await.len(), counted);
}

/// The code of a reset, from RFC 9113.
const NO_ERROR: u8 = 0;

/// A text of fewer than 127 bytes, as HPACK writes it.
fn text(text: &str) -> Vec<u8> {
    assert!(text.len() < 127, "{text}");
    [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// The frames of a POST whose body breaks off, and of its reset.
fn reset_post(stream: u32, body: &str, length: Option<usize>, code: u8) -> Vec<u8> {
    // POST, http, `:path` and `:authority`, as HPACK writes them.
    let mut block = [&[0x83, 0x86, 0x04], text("/s2s").as_slice(), &[0x01], &text("a")].concat();
    if let Some(length) = length {
        block.extend([&[0x0f, 0x0d], text(&length.to_string()).as_slice()].concat());
    }
    let (begin, rest) = body.as_bytes().split_at(body.len() / 2);
    [
        wire::frame(1, END_HEADERS, stream, &block),
        wire::frame(0, 0, stream, begin),
        wire::frame(0, 0, stream, rest),
        wire::frame(3, 0, stream, &[0, 0, 0, code]),
    ]
    .concat()
}

#[tokio::test]
async fn a_post_over_http_2_that_is_reset_counts_nothing() {
    let mut fixture = Fixture::start().await;
    let mut whole = 0;
    for code in [NO_ERROR, 1, 2, 5, 8] {
        for (form, length) in [None, Some(400), Some(101)].into_iter().enumerate() {
            let sale = fixture.fill(&format!("clickId=$click&id=$code&com=1&oid={code}-{form}&val=1"));
            let mut stream = connect_from(&fixture.server, source(1)).await;
            let preface = [PREFACE, &wire::frame(SETTINGS, 0, 0, &[])].concat();
            let posts: Vec<u8> =
                [1, 3, 5].into_iter().flat_map(|id| reset_post(id, &sale, length, code)).collect();
            stream.write_all(&[preface, posts].concat()).await.unwrap();
            // The connection stays open, and complete requests on it count.
            let path = format!("/s2s?{sale}99.50");
            let block = [&[0x82, 0x86, 0x04], text(&path).as_slice(), &[0x01], &text("a")].concat();
            stream.write_all(&wire::frame(1, END_HEADERS | 1, 7, &block)).await.unwrap();
            whole += 1;
            eventually(async || (fixture.conversions().await.len() >= whole).then_some(())).await;
        }
    }
    fixture.server.terminate().await;
    assert!(fixture.server.ended().await.success());
    fixture.server.restart().await;
    let counted = fixture.conversions().await;
    assert_eq!(counted.len(), whole);
    assert!(counted.iter().all(|sale| sale.value.as_ref().unwrap().micros == 199_500_000), "{counted:?}");
    let held = PostbackFilter { verdict: PostbackVerdict::Held.into(), ..Default::default() };
    assert_eq!(fixture.postbacks(held).await, []);
}

/// Texts that look like the refusals of an HTTP library.
const LIKE_REFUSALS: [&str; 3] = [
    "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n",
    "HTTP/1.1 414 URI Too Long\r\ncontent-length: 0\r\n",
    "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n",
];

/// Calls a method by gRPC-web over HTTP/1.1. Checks that the call succeeds, and returns its
/// message.
async fn call<M: prost::Message + Default>(
    server: &Server,
    method: &str,
    request: &impl prost::Message,
) -> M {
    let response = http()
        .post(format!("{}/s2s.v1.{method}", server.url))
        .header("content-type", "application/grpc-web+proto")
        .header("authorization", format!("Bearer {ADMIN_KEY}"))
        .body(frame(request));
    let body = response.send().await.unwrap().bytes().await.unwrap();
    let (messages, trailers) = read_frames(&body);
    assert!(trailers.contains("grpc-status:0"), "{trailers}");
    M::decode(messages[0]).unwrap()
}

#[tokio::test]
async fn nothing_in_an_answer_changes_how_it_is_sent() {
    let fixture = Fixture::start().await;
    let (server, client) = (&fixture.server, fixture.server.client());
    for text in LIKE_REFUSALS {
        let encoded = text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
        let link = server.link(&[]).await;
        let visit = http().get(format!("{}/{}?sub10={encoded}", server.url, link.slug));
        assert_eq!(visit.send().await.unwrap().status(), 302);
        let clicks = ListClicksRequest { tracking_link_id: link.id, ..Default::default() };
        let listed: ListClicksResponse = call(server, "ClickService/ListClicks", &clicks).await;
        assert_eq!(listed, client.clicks().list_page(clicks).await.unwrap());
        assert_eq!(listed.clicks.len(), 1);
        let oid = &text[9..12];
        let query = format!("clickId=$click&id=$code&val=1&com=1&oid={oid}&extra={encoded}");
        let sent = http().get(format!("{}/s2s?{}", server.url, fixture.fill(&query)));
        assert_eq!(sent.send().await.unwrap().status(), 200);
    }
    for conversion in fixture.conversions().await {
        let get = GetConversionRequest { conversion_id: conversion.id.clone() };
        let got: GetConversionResponse = call(server, "ConversionService/GetConversion", &get).await;
        assert_eq!(got.conversion, Some(conversion));
    }
    let listed: ListPostbacksResponse =
        call(server, "PostbackService/ListPostbacks", &ListPostbacksRequest::default()).await;
    assert_eq!(listed.postbacks, fixture.postbacks(PostbackFilter::default()).await);
    assert_eq!(listed.postbacks.len(), LIKE_REFUSALS.len());
}

#[tokio::test]
async fn a_slow_reader_gets_a_large_answer_to_its_end() {
    let fixture = Fixture::start().await;
    let query = fixture.fill("clickId=$click&id=$code&val=1&com=1&long=");
    for number in 0..1_000 {
        let sent = http().get(format!("{}/s2s?{query}{number}{}", fixture.server.url, "y".repeat(7_900)));
        sent.send().await.unwrap();
    }
    let request = ListPostbacksRequest { page_size: 400, ..Default::default() };
    let body = frame(&request);
    let head = format!(
        "POST /s2s.v1.PostbackService/ListPostbacks HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
         content-type: application/grpc-web+proto\r\nauthorization: Bearer {ADMIN_KEY}\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = connect_from(&fixture.server, source(1)).await;
    stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    // Waits until the server has written as much as the buffers hold.
    let written = Cell::new(0);
    eventually(async || {
        let length = stream.peek(&mut vec![0; 32 << 20]).await.unwrap();
        (written.replace(length) == length).then_some(())
    })
    .await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.len() > written.get(), "the answer fits into the buffers");
    assert!(answer.ends_with(b"0\r\n\r\n"), "{}", answer.len());
}
