//! The limits of connections and requests that no setting changes, and that several modules share.
//!
//! `config.rs` has the limits that a setting changes, `values/limits.rs` the limits of a request's
//! parts. `http1/head.rs` and `proxy_protocol.rs` have limits of their own.
//! docs/reference/limits.md lists the limits that callers meet.

use std::{net::IpAddr, time::Duration};

use ipnet::Ipv6Net;

/// Time limit for the start of a connection: a PROXY header, a TLS handshake, the first frame of
/// HTTP/2. It also limits each head of HTTP/1 and each frame of HTTP/2 from its first byte, and the
/// wait for the first head of a connection. `--keep-alive-seconds` limits the wait for each later
/// head.
///
/// A sender of one byte a second is therefore disconnected within 15 seconds, even on a busy
/// machine: after 8 seconds, plus the time for which the server still reads before it closes
/// (`http1::linger`). On a bad network, 8 seconds still leave time for a lost packet or two.
pub const PATIENCE: Duration = Duration::from_secs(8);
/// Connections that the system queues until they are accepted, if it allows that many. With Rust's
/// default of 128, the clients of a larger burst would wait for seconds.
pub const WAITING_CONNECTIONS_MAX: u32 = 4_096;
/// Largest request line and headers over HTTP/1, in bytes.
pub const HTTP1_HEAD_BYTES_MAX: usize = 256 * 1_024;
/// Maximum number of header lines of a request over HTTP/1: the limit that hyper has by default.
pub const HTTP1_HEADERS_MAX: usize = 100;
/// Largest header list over HTTP/2, in bytes, decompressed. Each open stream may hold one.
pub const HTTP2_HEADER_BYTES_MAX: u32 = 16 * 1_024;
/// Maximum number of open streams of a connection.
pub const STREAMS_MAX: u32 = 1_024;
/// Bytes of one stream that a peer may send before they are read.
pub const STREAM_WINDOW_BYTES: u32 = 65_535;
/// Bytes of one connection that a peer may send before they are read.
///
/// For each unread DATA frame of less than 256 bytes, the library charges the connection with the
/// difference to 256 bytes. It ends a connection whose charges exceed half of this window. So this
/// window is twice the charges for a stream's window full of frames of one byte: a sender that
/// keeps to the window of one stream is slowed down, never cut off. Dozens of streams may be full
/// of frames of some 100 bytes.
pub const CONNECTION_WINDOW_BYTES: u32 = 2 * 255 * STREAM_WINDOW_BYTES;
/// Size that an unfinished request is charged with in addition to its headers and its body, in
/// bytes: the state that the server keeps of a stream.
pub const UNFINISHED_REQUEST_BYTES: usize = 16 * 1_024;
/// Maximum size of the unfinished requests of a connection on which no API key was shown, in bytes.
pub const UNFINISHED_CONNECTION_BYTES_MAX: usize = 4 * 1_024 * 1_024;
/// Maximum size of the unfinished requests of a connection on which an API key was shown, or of a
/// trusted proxy's connection, in bytes.
pub const UNFINISHED_WITH_KEY_BYTES_MAX: usize = 64 * 1_024 * 1_024;
/// Maximum size of the unfinished requests of one origin, in bytes. A connection on which an API
/// key was shown may exceed it.
pub const UNFINISHED_ORIGIN_BYTES_MAX: usize = 128 * 1_024 * 1_024;
/// Maximum size of all unfinished requests, in bytes.
pub const UNFINISHED_BYTES_MAX: usize = 512 * 1_024 * 1_024;
/// Largest gRPC message of a request, in bytes: the library's default.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1_024 * 1_024;
/// Largest message to a service that needs no API key, in bytes: health and reflection.
pub const OPEN_MESSAGE_BYTES_MAX: usize = 4 * 1_024;
/// Time limit for a stream of a service that needs no API key.
pub const OPEN_STREAM_MAX: Duration = Duration::from_mins(5);
/// Number of resets by this server after which a connection is closed.
pub const OUR_RESETS_MAX: usize = 1_024;
/// Number of streams that a peer may reset at once, and again each second (CVE-2023-44487). Twice
/// the number of open streams, because all calls of a client may reach their deadline together.
pub const RESETS_MAX: u32 = 2 * STREAMS_MAX;
/// Number of PING, SETTINGS, PRIORITY, CONTINUATION, empty DATA and unknown frames that a peer may
/// send at once, and again each second. Some gRPC clients ping once a round trip while they
/// receive.
pub const EMPTY_FRAMES_MAX: u32 = 10_000;
/// Interval between checks that the peer of a silent HTTP/2 connection still exists.
pub const KEEP_ALIVE: Duration = Duration::from_mins(1);
/// Time limit for the connections made before a change of the file `--tls-client-ca`, once the
/// server has noticed the change. The server reads the file every two seconds.
pub const OUTDATED_MAX: Duration = Duration::from_secs(50);
/// Time without a request after which an HTTP/2 connection gets a GOAWAY; the wait may last twice
/// as long. Open streams continue to their end. `--keep-alive-seconds` counts instead if it is
/// longer.
pub const IDLE_MAX: Duration = Duration::from_mins(5);
/// Time after which a connection ends because its client does not acknowledge outgoing bytes, or,
/// over HTTP/2, opens no window for an answer.
pub const UNTAKEN_MAX: Duration = Duration::from_secs(30);
/// Time limit for a gRPC call, from its head to its answer. For a stream: to its first answer.
pub const CALL_TIMEOUT_MAX: Duration = Duration::from_mins(1);
/// Maximum number of connections to the health port.
pub const HEALTH_CONNECTIONS_MAX: usize = 256;
/// File descriptors that are kept free of connections, for the database, logs and certificates.
const OTHER_FILES_MAX: u64 = 256;

/// One client, as the limits per address count it: an IPv4 address, or an IPv6 network of 64 bits,
/// the smallest that anybody gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin(IpAddr);

impl Origin {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                Self(Ipv6Net::new(address, 64).map_or(address, |net| net.trunc().addr()).into())
            }
            address @ IpAddr::V4(_) => Self(address),
        }
    }
}

/// Raises the limit of open files as far as `connections` need it and the system allows. Returns
/// the number of connections that fit.
pub fn connections_allowed(connections: usize) -> usize {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHER_FILES_MAX);
    let files = rlimit::increase_nofile_limit(wanted).unwrap_or(wanted);
    let allowed = usize::try_from(files.saturating_sub(OTHER_FILES_MAX)).unwrap_or(usize::MAX).max(1);
    if allowed < connections {
        tracing::warn!(connections = allowed, "fewer connections than set: raise the limit on open files");
    }
    connections.min(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_origin() {
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ] {
            let [first, second] = [one, other].map(|text| Origin::of(text.parse().unwrap()));
            assert_eq!(first == second, same, "{one} {other}");
        }
    }
}
