//! Connections whose bytes are written by hand, because no library sends the bytes that an attacker
//! sends.

use std::net::Ipv4Addr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::Server;

/// The first bytes that a client sends over HTTP/2.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The kind of the frame `SETTINGS`.
pub const SETTINGS: u8 = 4;
/// The flag of the last frame of a request's headers.
pub const END_HEADERS: u8 = 4;

/// The loopback address 127.0.0.`last`.
pub fn source(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, last)
}

/// Opens a connection from the address `source`.
pub async fn connect_from(server: &Server, source: Ipv4Addr) -> TcpStream {
    connect(&server.url, source).await.unwrap()
}

/// Opens a connection to the server at `url` from the address `source`.
pub async fn connect(url: &str, source: Ipv4Addr) -> std::io::Result<TcpStream> {
    let (_, address) = url.split_once("://").unwrap();
    let socket = TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    socket.connect(address.parse().unwrap()).await
}

/// Asks for health on a connection. Returns `None` if the server has closed the connection.
pub async fn ask(stream: &mut TcpStream) -> Option<String> {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: t.example\r\n\r\n").await.ok()?;
    let mut answer = [0; 1_024];
    let length = stream.read(&mut answer).await.ok().filter(|length| *length > 0)?;
    Some(String::from_utf8_lossy(&answer[..length]).into_owned())
}

/// A frame of HTTP/2.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [length.as_slice(), &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The header block of `GET /s2s`, or of `POST /s2s` if `post`, with the host `a`. The indexes are
/// from the static table of HPACK.
pub fn head(post: bool) -> Vec<u8> {
    [&[if post { 0x83 } else { 0x82 }, 0x86, 0x04, 4], b"/s2s".as_slice(), &[0x01, 1], b"a"].concat()
}

/// The header block of `POST /s2s` with a header of 15,000 bytes, whose length HPACK writes as
/// 127 + 14,873.
pub fn big_head() -> Vec<u8> {
    [head(true).as_slice(), &[0x00, 1, b'x', 0x7f, 0x99, 0x74], &[b'y'; 15_000]].concat()
}

/// The header block of a gRPC call without an API key. The indexes are from the static table of
/// HPACK.
pub fn call_head(path: &str) -> Vec<u8> {
    let literal = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let content_type = [&[0x0f, 0x10], literal("application/grpc").as_slice()].concat();
    let te = [&[0x00], literal("te").as_slice(), &literal("trailers")].concat();
    [&[0x83, 0x86, 0x04], literal(path).as_slice(), &[0x01, 1, b'a'], &content_type, &te].concat()
}

/// The server's memory, in KiB.
pub fn memory_kib(server: &Server) -> u64 {
    status_kib(server, "VmRSS:")
}

/// The peak memory of the server's process, in KiB.
pub fn memory_peak_kib(server: &Server) -> u64 {
    status_kib(server, "VmHWM:")
}

fn status_kib(server: &Server, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
