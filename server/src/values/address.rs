//! Network addresses as they are stored: whole, truncated or not at all.

use std::net::IpAddr;

use clap::ValueEnum;

/// How much of an address is stored, with clicks and with postbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StoredAddresses {
    /// All of it.
    Whole,
    /// /24 of IPv4, /48 of IPv6.
    Truncated,
    /// Nothing.
    None,
}

impl StoredAddresses {
    /// The address as it is stored; empty where there is none to store.
    pub fn text(self, address: Option<IpAddr>) -> String {
        let address = address.map(|address| address.to_canonical());
        match (self, address) {
            (Self::Whole, Some(address)) => address.to_string(),
            (Self::Truncated, Some(address)) => truncated(address),
            (Self::None, _) | (_, None) => String::new(),
        }
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
    fn as_much_of_an_address_is_stored_as_is_wanted() {
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
}
