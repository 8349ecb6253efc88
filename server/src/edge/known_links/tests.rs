use super::*;
use crate::values::id::AccountId;
use s2s_sdk::v1::{TrackingLink, TrackingLinkState};

const NOW: Time = Time::from_micros(1_764_000_000_000_000);

fn later(seconds: i64) -> Time {
    NOW.plus(Span::from_seconds(seconds))
}

/// A link that was changed `age` seconds ago.
fn link(key: u64, slug: &str, age: i64) -> Link {
    link_of(AccountId::DEFAULT, key, slug, age)
}

fn link_of(account: AccountId, key: u64, slug: &str, age: i64) -> Link {
    let tracking_link = TrackingLink {
        id: format!("link_{key:04}"),
        slug: slug.to_owned(),
        destination: format!("https://shop.example/{key:04}?s1=[s2sidentifier]"),
        update_time: Some(later(-age).to_proto()),
        ..Default::default()
    };
    let account_id = account.to_string();
    let link = ResolveSlugResponse { tracking_link: Some(tracking_link), account_id, link_key: key };
    Link::from_proto(link).unwrap()
}

fn archived(key: u64, slug: &str) -> Link {
    let mut message = link(key, slug, 0).to_proto();
    message.tracking_link.as_mut().unwrap().set_state(TrackingLinkState::Archived);
    Link::from_proto(message).unwrap()
}

/// An empty set of known links, with a budget for `count` links with slugs of four letters.
fn room_for(count: usize) -> KnownLinks {
    let one = bytes("aaaa", &link(1, "aaaa", 1).to_proto().encode_to_vec());
    KnownLinks::new(u64::try_from(one * count).unwrap())
}

fn slugs(known: &KnownLinks) -> Vec<String> {
    let mut slugs: Vec<String> = known.known().by_slug.keys().map(ToString::to_string).collect();
    slugs.sort();
    slugs
}

/// Checks that all fields of `Known` agree.
fn check(known: &KnownLinks) {
    let known = known.known();
    let sizes = known.by_slug.iter().map(|(slug, entry)| bytes(slug, &entry.message));
    assert_eq!(known.bytes, sizes.sum::<usize>());
    assert_eq!(known.message_bytes, known.by_slug.values().map(|entry| entry.message.len()).sum::<usize>());
    assert!(known.bytes <= known.bytes_max);
    assert_eq!(known.order.len(), known.by_slug.len());
    assert_eq!(known.slugs.len(), known.by_slug.len());
    let has = |(account, rank): &(AccountId, Rank), slug: &str| {
        (known.by_slug[slug].account, known.by_slug[slug].rank) == (*account, *rank)
    };
    assert!(known.order.iter().all(|(place, slug)| has(place, slug)));
    let mut sizes: HashMap<AccountId, usize> = HashMap::new();
    for (slug, entry) in &known.by_slug {
        *sizes.entry(entry.account).or_default() += bytes(slug, &entry.message);
    }
    assert_eq!(known.sizes, sizes);
    assert_eq!(known.by_size, sizes.into_iter().map(|(account, size)| (size, account)).collect());
    assert!(known.slugs.iter().all(|(key, slug)| known.by_slug[slug].key == *key));
    assert!(known.changed.iter().all(|slug| known.by_slug.contains_key(slug)));
    assert!(known.gone.iter().all(|slug| !known.by_slug.contains_key(slug)));
}

#[test]
fn the_budget_drops_links_that_nobody_followed_before_others_and_old_ones_first() {
    let known = room_for(4);
    // Never followed: `new1` was changed last.
    for (key, slug, age) in [(1, "old1", 900), (2, "mid1", 500), (3, "new1", 100), (4, "foll", 9_000)] {
        known.learn(&link(key, slug, age), NEVER, NOW);
    }
    assert!(known.follow("foll", NOW).is_some());
    assert!(!known.known().has_dropped);
    let mut dropped = Vec::new();
    for (key, slug) in [(5, "a--a"), (6, "b--b"), (7, "c--c"), (8, "d--d")] {
        let before = slugs(&known);
        let at = later(i64::try_from(key).unwrap() * 1_000);
        known.learn(&link(key, slug, 5_000), at, at);
        check(&known);
        dropped.extend(before.into_iter().filter(|slug| !slugs(&known).contains(slug)));
    }
    assert!(known.known().has_dropped);
    assert_eq!(dropped, ["old1", "mid1", "new1", "foll"]);
    // A link that would be dropped at once is not even written.
    known.take_changes();
    known.learn(&link(9, "late", 1), NEVER, NOW);
    let changes = known.take_changes();
    assert_eq!((changes.links.len(), changes.gone.len()), (0, 0));
    assert_eq!(slugs(&known), ["a--a", "b--b", "c--c", "d--d"]);
}

#[test]
fn an_account_with_many_links_pushes_out_its_own_only() {
    let [one, two, three] = [1, 2, 3].map(|number| AccountId(uuid::Uuid::from_u128(number)));
    let known = room_for(6);
    // Links that nobody has followed, and links that were followed long ago.
    for (account, key, slug) in [(one, 1, "one1"), (one, 2, "one2"), (two, 3, "two1")] {
        known.learn(&link_of(account, key, slug, 9_000), NEVER, NOW);
    }
    known.follow("one1", NOW);
    // The third account makes many links, and follows each of them later.
    for key in 10..40_u32 {
        let at = later(1_000 + i64::from(key));
        known.learn(&link_of(three, u64::from(key), &format!("tr{key}"), 1), at, at);
        check(&known);
    }
    assert_eq!(slugs(&known), ["one1", "one2", "tr37", "tr38", "tr39", "two1"]);
    // The account that uses the most bytes loses a link that nobody has followed, before one that
    // somebody has followed. A small account's new link is taken in.
    known.learn(&link_of(two, 50, "two2", 9_000), NEVER, NOW);
    known.learn(&link_of(one, 51, "one3", 9_000), NEVER, NOW);
    check(&known);
    assert_eq!(slugs(&known), ["one1", "one3", "tr38", "tr39", "two1", "two2"]);
    // A link that changes its account counts for the new account.
    known.learn(&link_of(one, 50, "two2", 1), NEVER, NOW);
    check(&known);
}

#[test]
fn a_link_that_has_ended_gives_way_first_and_is_not_taken_in() {
    let known = room_for(3);
    known.learn(&archived(1, "arch"), NEVER, NOW);
    assert_eq!(known.count(), 0, "nobody followed it");
    known.learn(&link(1, "arch", 9), NOW, NOW);
    known.learn(&archived(1, "arch"), NEVER, NOW);
    assert!(known.follow("arch", later(9_999)).unwrap().leads_to(NOW).is_none());
    for (key, slug) in [(2, "aaaa"), (3, "bbbb"), (4, "cccc")] {
        known.learn(&link(key, slug, 9_999), NEVER, NOW);
        check(&known);
    }
    assert_eq!(slugs(&known), ["aaaa", "bbbb", "cccc"]);
}

#[test]
fn a_slug_belongs_to_one_link_and_a_link_has_one_slug() {
    let known = room_for(9);
    known.learn(&link(1, "aaaa", 9), NOW, NOW);
    known.learn(&link(2, "bbbb", 9), NOW, NOW);
    // The first link is renamed, and the second one takes its slug.
    for (step, expected) in [
        (link(1, "cccc", 8), &["bbbb", "cccc"][..]),
        (link(2, "aaaa", 7), &["aaaa", "cccc"]),
        // A third link takes a slug before the edge learns that the first link has lost the slug.
        (link(3, "cccc", 6), &["aaaa", "cccc"]),
        (link(1, "", 6), &["aaaa", "cccc"]),
        (link(3, "", 5), &["aaaa"]),
    ] {
        known.learn(&step, NEVER, NOW);
        check(&known);
        assert_eq!(slugs(&known), expected);
    }
    assert_eq!(known.follow("aaaa", NOW).unwrap().key, LinkKey::from_bits(2));
}

#[test]
fn only_changes_are_written() {
    let known = room_for(9);
    let count = |known: &KnownLinks| {
        let changes = known.take_changes();
        (changes.links.len(), changes.gone.len())
    };
    known.learn(&link(1, "aaaa", 9), NEVER, NOW);
    known.learn(&link(2, "bbbb", 9), NEVER, NOW);
    assert_eq!(count(&known), (2, 0));
    known.learn(&link(1, "aaaa", 9), NEVER, NOW);
    assert!(!known.forget("unknown") && known.follow("unknown", NOW).is_none());
    assert_eq!(count(&known), (0, 0), "the same again, and unknown slugs");
    known.follow("aaaa", NOW);
    assert_eq!(count(&known), (1, 0), "followed");
    for seconds in [1, 599] {
        known.follow("aaaa", later(seconds));
        known.learn(&link(1, "aaaa", 9), later(seconds), later(seconds));
    }
    assert_eq!(count(&known), (0, 0), "followed just before");
    known.follow("aaaa", later(601));
    assert_eq!(count(&known), (1, 0), "followed again");
    known.learn(&link(1, "aaaa", 1), NEVER, later(602));
    assert_eq!(count(&known), (1, 0), "changed");
    assert_eq!(known.known().by_slug["aaaa"].followed_at, later(601));
    known.forget("bbbb");
    known.learn(&link(3, "cccc", 9), NEVER, NOW);
    known.forget("cccc");
    assert_eq!(count(&known), (0, 1), "a link that was never written is not taken back");
}

#[test]
fn a_pass_forgets_the_links_that_the_core_has_lost() {
    let known = room_for(9);
    known.restore(&link(1, "aaaa", 9), NOW, NOW);
    known.restore(&link(2, "bbbb", 9), NOW, NOW);
    known.restore(&link(3, "cccc", 9), NOW, NOW);
    known.begin_pass();
    known.learn(&link(1, "aaaa", 9), NEVER, NOW);
    known.learn(&link(3, "cccc", 9), NOW, NOW);
    known.learn(&link(4, "dddd", 9), NEVER, NOW);
    known.end_pass();
    check(&known);
    assert_eq!(slugs(&known), ["aaaa", "cccc", "dddd"]);
    assert_eq!(known.take_changes().gone.iter().map(|slug| &**slug).collect::<Vec<_>>(), ["bbbb"]);
}
