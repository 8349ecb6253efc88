use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::*;

/// The network with a number.
fn network(number: u32) -> Network {
    Network::of(Some(IpAddr::V4(Ipv4Addr::from_bits(number << 8))))
}

fn after(begins: Instant, seconds: u64) -> Instant {
    begins + Duration::from_secs(seconds)
}

#[test]
fn a_single_network_has_little_room_and_its_shed_postbacks_are_reported() {
    let begins = Instant::now();
    let mut strangers = Strangers::default();
    let mut admit = |seconds| strangers.admit(network(1), after(begins, seconds));
    assert_eq!(admit(0), Ok(0));
    let held = (0..1_000).filter(|_| admit(59).is_ok()).count();
    assert_eq!(held, 59);
    assert_eq!(admit(45), Err(Duration::from_secs(15)), "the rest of the minute");
    assert_eq!((admit(60), admit(60)), (Ok(942), Ok(0)));
    // The 942 shed postbacks are reported only once.
    assert_eq!((admit(120), admit(600)), (Ok(0), Ok(0)));
}

#[test]
fn many_networks_share_the_room_evenly_from_the_second_minute_on() {
    let begins = Instant::now();
    let mut strangers = Strangers::default();
    for (minute, networks, attempts, each, all) in [
        // Each network has as much room as if it were alone.
        (0, 50, 100, 60, 3_000),
        // In the first minute of a flood, the first networks take the room of later networks.
        (1, 600, 100, 0, 6_000),
        (2, 600, 100, 10, 6_000),
        (3, 600, 100, 10, 6_000),
        // More networks than postbacks that may be held.
        (4, 9_000, 2, 0, 6_000),
        (5, 9_000, 2, 0, 6_000),
    ] {
        let now = after(begins, minute * 60);
        let held: Vec<usize> = (0..networks)
            .map(|number| (0..attempts).filter(|_| strangers.admit(network(number), now).is_ok()).count())
            .collect();
        assert_eq!(held.iter().sum::<usize>(), all, "minute {minute}");
        assert!(held.iter().all(|held| *held >= each), "minute {minute}: {held:?}");
    }
}

#[test]
fn the_counted_networks_are_bounded() {
    let begins = Instant::now();
    let mut strangers = Strangers::default();
    for number in 0..100_000 {
        let _ = strangers.admit(network(number), begins);
    }
    assert_eq!(strangers.present.networks.len(), NETWORKS_MAX);
}

#[test]
fn a_customer_with_many_networks_shuts_out_nobody() {
    let begins = Instant::now();
    let mut strangers = Strangers::default();
    let of_customer = |number: u32| {
        let address = Ipv6Addr::new(0x2001, 0xdb8, 9, u16::try_from(number).unwrap(), 0, 0, 0, 1);
        Network::of(Some(address.into()))
    };
    for minute in 0..4 {
        let now = after(begins, minute * 60);
        let held = (0..32_000).filter(|number| strangers.admit(of_customer(*number), now).is_ok()).count();
        assert_eq!(held, 600, "minute {minute}");
        let others =
            [1, 2].map(|number| (0..100).filter(|_| strangers.admit(network(number), now).is_ok()).count());
        assert_eq!(others, [60, 60], "minute {minute}");
    }
}
