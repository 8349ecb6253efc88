//! What one port bears: every limit on connections and requests, but for those of single messages.
//!
//! docs/reference/limits.md shows them to callers. What operators may change is in `config.rs`.

use std::{net::IpAddr, time::Duration};

use ipnet::Ipv6Net;

/// How long a connection may take for what it begins with: a PROXY header, a TLS handshake, the first frame of
/// HTTP/2. Then each head of HTTP/1, and each frame of HTTP/2 once it has begun, may take as long. So a sender
/// of one byte a second does not last: with what may follow an answer it is gone within 15 seconds, also on a
/// machine that is busy; and a bad line still has the time of a lost packet or two.
pub const PATIENCE: Duration = Duration::from_secs(8);
/// Connections that the system keeps until they are accepted, as far as it allows so many. The library's own
/// 128 would make others wait for seconds behind a burst.
pub const WAITING_CONNECTIONS_MAX: u32 = 4_096;
/// Largest request line and headers over HTTP/1, in bytes.
pub const HTTP1_HEAD_BYTES_MAX: usize = 64 * 1_024;
/// Header lines of a request over HTTP/1.
pub const HTTP1_HEADERS_MAX: usize = 100;
/// Largest header list over HTTP/2, in bytes, decompressed. Each open stream may hold one.
pub const HTTP2_HEADER_BYTES_MAX: u32 = 16 * 1_024;
/// Streams that one connection may have open.
pub const STREAMS_MAX: u32 = 1_024;
/// Streams that we may have to reset before a connection is closed.
pub const OUR_RESETS_MAX: usize = 1_024;
/// Streams that a peer may reset at once, and each second after that (CVE-2023-44487). Twice of what may be
/// open, since all calls of a client may reach their deadline together.
pub const RESETS_MAX: u32 = 2 * STREAMS_MAX;
/// PING, SETTINGS, PRIORITY, CONTINUATION, empty DATA and unknown frames that a peer may send at once, and
/// each second after that. Some gRPC clients ping once a round trip while they receive.
pub const EMPTY_FRAMES_MAX: u32 = 10_000;
/// How often an HTTP/2 connection from which nothing comes is asked whether it is still there.
pub const KEEP_ALIVE: Duration = Duration::from_mins(1);
/// How long an HTTP/2 connection may bring no request until it is told to go away. Streams that are open
/// then go on to their end. HTTP/1 waits for a next request as long as for its head.
pub const IDLE_MAX: Duration = Duration::from_mins(5);
/// How long what we send may stay untaken.
#[cfg(target_os = "linux")]
pub const UNTAKEN_MAX: Duration = Duration::from_secs(30);
/// Longest that a gRPC call may take, its message included; of a stream, until its first answer.
pub const CALL_TIMEOUT_MAX: Duration = Duration::from_mins(1);
/// Connections to the port for health alone.
pub const HEALTH_CONNECTIONS_MAX: usize = 256;
/// File descriptors for all but connections from outside: database, logs, certificates.
const OTHER_FILES_MAX: u64 = 256;

/// One client as far as limits on addresses go: an IPv4 address, or an IPv6 network of 64 bits, of which
/// everyone has at least one.
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

/// Raises what the system lets us open to what `connections` need. Returns how many there may be.
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
