use super::*;

#[path = "../../../../tests/harness/mmdb.rs"]
mod mmdb;

const BUILT: u64 = 1_780_272_000;
const NETWORKS: [(&str, u8, &str); 3] =
    [("203.0.113.0", 25, "DE"), ("203.0.113.128", 25, "FR"), ("198.51.100.0", 24, "JP")];

/// The text of the country of an address.
fn country(database: &Database, address: &str) -> String {
    database.country(address.parse().unwrap()).map(Country::text).unwrap_or_default()
}

#[test]
fn an_address_has_a_country() {
    for flat in [false, true] {
        let database = Database::open(mmdb::database(&NETWORKS, BUILT, flat)).ok().unwrap();
        assert_eq!(database.built.date(), "2026-06-01T00:00:00Z");
        for (address, expected) in [
            ("203.0.113.1", "DE"),
            ("203.0.113.200", "FR"),
            ("198.51.100.255", "JP"),
            ("192.0.2.1", ""),
            ("2001:db8::1", ""),
        ] {
            assert_eq!(country(&database, address), expected, "{address}");
        }
    }
    let database = Database::open(mmdb::database(&[("2001:db8::", 32, "NL")], BUILT, false)).ok().unwrap();
    for (address, expected) in [("2001:db8::1", "NL"), ("2001:db9::1", ""), ("203.0.113.1", "")] {
        assert_eq!(country(&database, address), expected, "{address}");
    }
}

#[test]
fn a_damaged_database_is_no_error_of_a_click() {
    let whole = mmdb::database(&NETWORKS, BUILT, false);
    let mut opened = 0;
    let mut look = |bytes: Vec<u8>| {
        if let Ok(database) = Database::open(bytes) {
            opened += 1;
            for address in ["203.0.113.1", "203.0.113.200", "198.51.100.1", "::", "2001:db8::1"] {
                let found = country(&database, address);
                assert!(found.is_empty() || found.len() == 2, "{found}");
            }
        }
    };
    for end in 0..whole.len() {
        look(whole[..end].to_vec());
    }
    for place in 0..whole.len() {
        for byte in [0, 1, 0x20, 0x40, 0x7f, 0x80, 0xe0, 0xff, whole[place] ^ 1, whole[place] ^ 0x80] {
            let mut damaged = whole.clone();
            damaged[place] = byte;
            look(damaged);
        }
    }
    assert!(opened > 1_000, "{opened}");
}
