//! Network addresses as they are stored (whole, truncated or not at all), and the networks by which
//! limits count senders.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

use clap::ValueEnum;
use ipnet::IpNet;
use url::{Host, Url};

/// Prefix length of an IPv6 network, in bits. The limits count all addresses of such a network as
/// one sender.
const IPV6_NETWORK_BITS: u8 = 64;
/// Prefix length of the larger IPv6 network that a provider gives to one customer, in bits.
const IPV6_SITE_BITS: u8 = 48;

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
    /// The stored form of a sender's network; empty if no address is stored.
    pub fn network(self, network: Network) -> String {
        match self {
            Self::None => String::new(),
            // Reveals no more than a truncated address does.
            Self::Truncated => network.site().0.to_string(),
            Self::Whole => network.to_string(),
        }
    }

    /// The stored form of an address; empty if nothing is stored.
    pub fn text(self, address: Option<IpAddr>) -> String {
        let address = address.map(|address| address.to_canonical());
        match (self, address) {
            (Self::Whole, Some(address)) => address_text(address),
            (Self::Truncated, Some(address)) => truncated(address),
            (Self::None, _) | (_, None) => String::new(),
        }
    }
}

/// The text of an address, as `Display` writes it. For IPv4, which is frequent, without the cost of
/// formatting.
pub fn address_text(address: IpAddr) -> String {
    let IpAddr::V4(address) = address else { return address.to_string() };
    let mut text = Vec::with_capacity("255.255.255.255".len());
    for part in address.octets() {
        if !text.is_empty() {
            text.push(b'.');
        }
        let digits = [part / 100, part / 10 % 10, part % 10].map(|digit| b'0' + digit);
        let leading = usize::from(part < 100) + usize::from(part < 10);
        text.extend_from_slice(digits.get(leading..).unwrap_or_default());
    }
    String::from_utf8(text).unwrap_or_default()
}

/// The network of a sender: /24 of IPv4, /64 of IPv6. One owner can use all addresses of a network,
/// so limits count senders by network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpNet);

impl Network {
    /// The network of an address. Senders without a known address share one network.
    pub fn of(address: Option<IpAddr>) -> Self {
        let address = address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.to_canonical());
        Self(network_of(address, IPV6_NETWORK_BITS))
    }

    pub fn site(self) -> Site {
        Site(network_of(self.0.addr(), IPV6_SITE_BITS))
    }
}

/// The network that a provider gives to one customer: /48 of IPv6. For IPv4, the /24 network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Site(IpNet);

/// The /24 network of an IPv4 address, or the network of an IPv6 address with a prefix of
/// `ipv6_bits` bits.
fn network_of(address: IpAddr, ipv6_bits: u8) -> IpNet {
    let bits = if address.is_ipv4() { 24 } else { ipv6_bits };
    IpNet::new(address, bits).map_or_else(|_| address.into(), |network| network.trunc())
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns whether a URL names the address that means "all addresses of this machine". A server can
/// listen on it, but no other machine can call it.
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
            address_text(Ipv4Addr::new(a, b, c, 0).into())
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
    fn addresses_are_written_as_usual() {
        for text in ["0.0.0.0", "1.10.100.255", "9.99.109.200", "203.0.113.7", "2001:db8::1"] {
            assert_eq!(address_text(text.parse().unwrap()), text);
        }
        for part in 0..=u8::MAX {
            let address = Ipv4Addr::new(part, 0, part, 9);
            assert_eq!(address_text(address.into()), address.to_string());
        }
    }

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
    fn senders_of_one_network_count_together() {
        for (address, network, truncated) in [
            ("203.0.113.77", "203.0.113.0/24", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24", "203.0.113.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
            ("nobody's", "0.0.0.0/24", "0.0.0.0/24"),
        ] {
            let found = Network::of(address.parse().ok());
            assert_eq!(found.to_string(), network);
            assert_eq!(StoredAddresses::Whole.network(found), network);
            assert_eq!(StoredAddresses::Truncated.network(found), truncated);
            assert_eq!(StoredAddresses::None.network(found), "");
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
