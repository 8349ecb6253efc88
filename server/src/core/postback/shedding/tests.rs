use std::net::{IpAddr, Ipv4Addr};

use super::*;

/// The network with a number.
fn network(number: u32) -> Network {
    Network::of(Some(IpAddr::V4(Ipv4Addr::from_bits(number << 8))))
}

fn after(begins: Instant, seconds: u64) -> Instant {
    begins + Duration::from_secs(seconds)
}

#[test]
fn a_network_alone_has_little_room_and_what_was_shed_is_told() {
    let begins = Instant::now();
    let mut strangers = Strangers::default();
    let mut admit = |seconds| strangers.admit(network(1), after(begins, seconds));
    assert_eq!(admit(0), Ok(0));
    let held = (0..1_000).filter(|_| admit(59).is_ok()).count();
    assert_eq!(held, 59);
    assert_eq!(admit(45), Err(Duration::from_secs(15)), "the rest of the minute");
    assert_eq!((admit(60), admit(60)), (Ok(942), Ok(0)));
    // Nothing is told twice, and nothing is told late.
    assert_eq!((admit(120), admit(600)), (Ok(0), Ok(0)));
}

#[test]
fn many_networks_share_the_room_evenly_from_the_second_minute_on() {
    let begins = Instant::now();
    let mut strangers = Strangers::default();
    for (minute, networks, attempts, each, all) in [
        // All of this fits.
        (0, 50, 100, 60, 3_000),
        // In the first minute of a flood its first networks take the room of the last ones.
        (1, 600, 100, 0, 6_000),
        (2, 600, 100, 10, 6_000),
        (3, 600, 100, 10, 6_000),
        // More networks than room.
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
    assert_eq!(strangers.networks.len(), NETWORKS_MAX);
}

#[tokio::test]
async fn a_click_has_room_and_then_its_code() {
    let shedding = Shedding::new(ShedCounts::default());
    let begins = Instant::now();
    let (click, code) = (Some(ClickId(uuid::Uuid::nil())), Some(ConversionCodeId(uuid::Uuid::nil())));
    for (click, code, seconds, room) in [
        (click, None, 0, 60),
        (click, None, 59, 0),
        (click, code, 0, 6_000),
        (None, code, 59, 0),
        (None, None, 0, 0),
        (click, code, 60, 6_060),
    ] {
        let mut found = 0;
        for _ in 0..7_000 {
            found += u32::from(shedding.has_room(click, code, after(begins, seconds)).await);
        }
        assert_eq!(found, room, "{click:?} {code:?} {seconds}");
    }
    // Whatever others send, a network that has sent nothing yet has room.
    assert!(shedding.admit_stranger(network(2), begins).is_ok());
    assert_eq!(shedding.counts.shed(), 0);
}
