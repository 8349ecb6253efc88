//! Network addresses in their stored form: whole, truncated or omitted.

use std::net::IpAddr;

use clap::ValueEnum;
use url::{Host, Url};

/// The part of an address that is stored with clicks and postbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StoredAddresses {
    /// The whole address.
    Whole,
    /// The /24 network of IPv4, the /48 network of IPv6.
    Truncated,
    /// No address.
    None,
}

impl StoredAddresses {
    /// The stored form of an address; empty if nothing is stored.
    pub fn text(self, address: Option<IpAddr>) -> String {
        let address = address.map(|address| address.to_canonical());
        match (self, address) {
            (Self::Whole, Some(address)) => address.to_string(),
            (Self::Truncated, Some(address)) => truncated(address),
            (Self::None, _) | (_, None) => String::new(),
        }
    }
}

/// Returns whether a URL names the address that means "all addresses of this machine". A server can
/// listen on it, but nobody can call it.
pub fn leads_nowhere(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_unspecified(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_unspecified(),
        Some(Host::Domain(_)) | None => false,
    }
}

fn truncated(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_stored_whole_truncated_or_not_at_all() {
        use StoredAddresses as S;
        for (address, whole, truncated) in [
            ("203.0.113.77", "203.0.113.77", "203.0.113.0"),
            ("::ffff:203.0.113.77", "203.0.113.77", "203.0.113.0"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2:3::4", "2001:db8:1::"),
            ("nobody's", "", ""),
        ] {
            let address = address.parse().ok();
            let texts = [S::Whole, S::Truncated, S::None].map(|stored| stored.text(address));
            assert_eq!(texts, [whole, truncated, ""]);
        }
    }

    #[test]
    fn the_address_of_all_addresses_leads_nowhere() {
        for (url, nowhere) in [
            ("http://0.0.0.0:8080", true),
            ("https://[::]:8080", true),
            ("http://[::ffff:0.0.0.0]", true),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("http://10.0.0.1", false),
            ("https://t.example", false),
        ] {
            assert_eq!(leads_nowhere(&url.parse().unwrap()), nowhere, "{url}");
        }
    }
}
