//! The sender of a request: the peer of its connection, unless the operator trusts that peer as a
//! proxy.
//!
//! `X-Forwarded-For` is read from its end, where the nearest proxy wrote. The last entry counts if
//! the peer is a trusted proxy. Each earlier entry counts only if the entry after it counts and is
//! the address of a trusted proxy. So nothing that a stranger sends is believed.
//!
//! `Forwarded` (RFC 7239) is not read. A proxy that writes one of the two headers passes the other
//! on as the client sent it. If both were read, a client could claim any address.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// Maximum number of entries of `X-Forwarded-For` that are read.
const HOPS_MAX: usize = 16;

/// The address of the sender of a request that arrived from `peer`.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let mut nearest = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let mut hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')).take(HOPS_MAX);
    while is_trusted(nearest, proxies) {
        let Some(before) = hops.next().and_then(hop) else { break };
        nearest = before;
    }
    nearest
}

/// Returns whether the request came over TLS, as far as this server or a trusted proxy can tell.
pub fn over_tls(own_tls: bool, peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> bool {
    let said = || headers.get_all("x-forwarded-proto").iter().next_back();
    own_tls
        || (is_trusted(peer.to_canonical(), proxies)
            && said().is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https")))
}

/// Returns whether the operator trusts this address, or a network that contains it.
pub fn is_trusted(address: IpAddr, proxies: &[IpNet]) -> bool {
    proxies.iter().any(|proxy| proxy.contains(&address))
}

/// Reads the entry of a proxy: an address, possibly with a port.
fn hop(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let address = text.parse::<IpAddr>();
    let address = address.or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address.ok().or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn proxies() -> Vec<IpNet> {
        ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"].map(|text| text.parse().unwrap()).to_vec()
    }

    fn headers(name: &'static str, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let many = "10.0.0.2,".repeat(100_000) + "198.51.100.9";
        let chain = "198.51.100.9".to_owned() + &", 10.0.0.2".repeat(HOPS_MAX);
        for (peer, lines, client) in [
            ("203.0.113.5", &[][..], "203.0.113.5"),
            ("203.0.113.5", &["198.51.100.9"], "203.0.113.5"),
            ("203.0.113.5", &["10.0.0.1, 10.0.0.2"], "203.0.113.5"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.9"], "198.51.100.9"),
            ("::ffff:10.0.0.1", &["198.51.100.9"], "198.51.100.9"),
            // The client's own entry is on the left.
            ("10.0.0.1", &["127.0.0.1, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", &["127.0.0.1", "198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", &["198.51.100.9", "10.0.0.3"], "198.51.100.9"),
            ("10.0.0.1", &["198.51.100.9, 192.0.2.7 ,10.0.0.2"], "198.51.100.9"),
            ("10.0.0.1", &["192.0.2.8, 10.0.0.2"], "192.0.2.8"),
            ("10.0.0.1", &["10.0.0.9, 10.0.0.2"], "10.0.0.9"),
            ("10.0.0.1", &["198.51.100.9:4711"], "198.51.100.9"),
            ("10.0.0.1", &["[2001:470::1]:4711"], "2001:470::1"),
            ("10.0.0.1", &["[2001:470::1]"], "2001:470::1"),
            ("2001:db8::1", &["2001:470::1"], "2001:470::1"),
            ("10.0.0.1", &["::ffff:198.51.100.9"], "198.51.100.9"),
            // An entry that is not an address ends the chain at the proxy that wrote it.
            ("10.0.0.1", &["198.51.100.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.9, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["198.51.100.9,"], "10.0.0.1"),
            ("10.0.0.1", &["_hidden"], "10.0.0.1"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.9\u{e9}"], "10.0.0.1"),
            ("10.0.0.1", &[&many], "198.51.100.9"),
            ("10.0.0.1", &[&chain], "10.0.0.2"),
        ] {
            let headers = headers("x-forwarded-for", lines);
            let found = client_address(peer.parse().unwrap(), &headers, &proxies());
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer}");
            assert_eq!(
                client_address(peer.parse().unwrap(), &headers, &[]),
                peer.parse::<IpAddr>().unwrap().to_canonical(),
                "no proxy is trusted by default"
            );
        }
        let forwarded = headers("forwarded", &["for=198.51.100.9"]);
        let found = client_address("10.0.0.1".parse().unwrap(), &forwarded, &proxies());
        assert_eq!(found.to_string(), "10.0.0.1");
    }

    #[test]
    fn a_scheme_is_believed_like_an_address() {
        for (own_tls, peer, lines, secure) in [
            (false, "203.0.113.5", &["https"][..], false),
            (true, "203.0.113.5", &["http"], true),
            (false, "10.0.0.1", &[], false),
            (false, "10.0.0.1", &["HTTPS"], true),
            (false, "10.0.0.1", &["https", "http"], false),
        ] {
            let headers = headers("x-forwarded-proto", lines);
            assert_eq!(over_tls(own_tls, peer.parse().unwrap(), &headers, &proxies()), secure, "{lines:?}");
        }
    }
}
