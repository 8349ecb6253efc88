//! The stored address is the peer's, unless the operator trusts the peer as a proxy.

use futures::TryStreamExt as _;
use s2s_sdk::v1::{ListClicksRequest, PostbackFilter};
use s2s_tests::{
    Server, eventually, request,
    wire::{ask, connect_from, source},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Sends a visit and a postback with these header lines, each on a connection that begins with
/// `begin`. Returns the two stored addresses, which lack their last part.
async fn kept(server: &Server, begin: &[u8], headers: &str) -> [String; 2] {
    let link = server.link(&[]).await;
    let paths = [format!("/{}", link.slug), format!("/s2s?oid={}", link.slug)];
    for path in &paths {
        let mut stream = connect_from(server, source(5)).await;
        stream.write_all(begin).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: t.example\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    }
    let client = server.client();
    let clicks = ListClicksRequest { tracking_link_id: link.id, ..Default::default() };
    let clicks: Vec<_> = client.clicks().list(clicks).try_collect().await.unwrap();
    let postbacks = request::postbacks(PostbackFilter { text: link.slug, ..Default::default() });
    let postbacks: Vec<_> = client.postbacks().list(postbacks).try_collect().await.unwrap();
    [clicks[0].address.clone(), postbacks[0].raw.clone().unwrap().sender_address]
}

#[tokio::test]
async fn a_stranger_is_not_believed() {
    let server = Server::start_with(&["--trusted-proxies", "10.0.0.0/8,127.0.0.9"]).await;
    let named = "x-forwarded-for: 198.51.100.9\r\nforwarded: for=198.51.100.9\r\nx-real-ip: 198.51.100.9\r\n";
    assert_eq!(kept(&server, b"", named).await, ["127.0.0.0", "127.0.0.0"]);
    assert_eq!(kept(&server, b"", "").await, ["127.0.0.0", "127.0.0.0"]);
}

#[tokio::test]
async fn a_trusted_proxy_says_for_whom_it_asks() {
    let server = Server::start_with(&["--trusted-proxies", "10.0.0.0/8,127.0.0.5"]).await;
    let named = "x-forwarded-for: 203.0.113.7, 198.51.100.9, 10.1.2.3\r\n";
    assert_eq!(kept(&server, b"", named).await, ["198.51.100.0", "198.51.100.0"]);
    // An IPv6 address is stored without its last 80 bits.
    assert_eq!(kept(&server, b"", "x-forwarded-for: 2001:db8:1:2::3\r\n").await[0], "2001:db8:1::");
}

#[tokio::test]
async fn a_proxy_header_comes_from_trusted_proxies_alone() {
    let flags = ["--trusted-proxies", "127.0.0.5", "--proxy-protocol"];
    let server = Server::start_with(&flags).await;
    let v1 = b"PROXY TCP4 198.51.100.9 127.0.0.1 4711 80\r\n";
    assert_eq!(kept(&server, v1, "").await, ["198.51.100.0", "198.51.100.0"]);
    let v2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\x7f\0\0\x01\x12\x67\0\x50";
    assert_eq!(kept(&server, v2, "").await, ["192.0.2.0", "192.0.2.0"]);
    // The client that the proxy header names is not trusted, so its `X-Forwarded-For` is ignored.
    let spoofed = "x-forwarded-for: 203.0.113.7\r\n";
    assert_eq!(kept(&server, v1, spoofed).await, ["198.51.100.0", "198.51.100.0"]);

    // A trusted proxy must send the proxy header. From a stranger, the header is invalid HTTP.
    for (from, bytes, answered) in
        [(5, b"GET /healthz HTTP/1.1\r\n\r\n".as_slice(), ""), (6, v1, "HTTP/1.1 4")]
    {
        let mut stream = connect_from(&server, source(from)).await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // The server may also end the connection by a reset.
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(&answer[..answered.len().max(answer.len().min(10))], answered, "{from}");
    }
}

/// A proxy connects for many clients. The proxy header tells the server which client a connection
/// is for.
#[tokio::test]
async fn connections_count_by_the_client_that_the_proxy_header_names() {
    let flags = ["--trusted-proxies", "127.0.0.5", "--proxy-protocol", "--connections-per-address", "3"];
    let server = Server::start_with(&flags).await;
    let v1 = |client: &str| format!("PROXY TCP4 {client} 127.0.0.1 4711 80\r\n").into_bytes();
    let v1_six = |client: &str| format!("PROXY TCP6 {client} ::1 4711 80\r\n").into_bytes();
    // The address 198.51.100.9.
    let v2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x09\x7f\0\0\x01\x12\x67\0\x50";
    let open = async |header: &[u8]| {
        let mut stream = connect_from(&server, source(5)).await;
        stream.write_all(header).await.unwrap();
        ask(&mut stream).await.map(|_| stream)
    };
    let mut held = Vec::new();
    for (header, has_room) in [
        (v1("198.51.100.9"), true),
        (v2.to_vec(), true),
        (v1("198.51.100.9"), true),
        (v1("198.51.100.9"), false),
        (v2.to_vec(), false),
        (v1("198.51.100.10"), true),
        // An IPv6 network of 64 bits counts as one address.
        (v1_six("2001:db8::1"), true),
        (v1_six("2001:db8::2"), true),
        (v1_six("2001:db8::3"), true),
        (v1_six("2001:db8::4"), false),
        (v1_six("2001:db8:0:1::1"), true),
    ] {
        let stream = open(&header).await;
        assert_eq!(stream.is_some(), has_room, "{}", String::from_utf8_lossy(&header));
        held.push(stream);
    }
    // The proxy's own connections, for example for health checks, have no limit.
    for _ in 0..10 {
        held.push(Some(open(b"PROXY UNKNOWN\r\n").await.expect("a proxy has no limit")));
    }
    held.remove(0);
    eventually(async || open(&v1("198.51.100.9")).await).await;
}
