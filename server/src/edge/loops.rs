//! Redirect loops: the destination of a link leads, through an address of somebody else, back to a
//! link of this server. If nothing ended the loop, each round would make a click.
//!
//! A visitor who comes back brings the click id of the previous round, if the destination contains
//! it and the address in between passes it on. Each click id holds the number of rounds before it.
//! So no edge has to remember the count, and the count continues across edges. Nothing is added to
//! the URLs that merchants see.
//!
//! The MAC of the click id is not checked. It covers the account of the clicked link, and this edge
//! may not know that link. A forgery gains nothing: somebody who can put a forged click id into a
//! visitor's URL could as well send the visitor elsewhere.
//!
//! Absent on purpose: loops in which no click id comes back. A browser ends them after some 20
//! redirects.

use crate::values::{
    click_id::{Rounds, UnverifiedClickId},
    time::{Span, Time},
};

/// Maximum number of times that a visitor may come back to a link. Even if somebody else's server
/// adds a redirect in each round, the visitor gets an answer before the browser gives up.
pub const ROUNDS_MAX: u8 = 8;
/// Maximum age of a click id that counts as the same visitor's: an older click id may stand in a
/// URL that somebody published. A click id from the future counts within the same span, because the
/// clocks of two edges may differ.
const ROUND_SPAN: Span = Span::from_seconds(60);

/// Returns how many rounds the visitor has made, according to the click ids among the values of the
/// visitor's parameters. The highest number counts.
pub fn rounds<'a>(values: impl Iterator<Item = &'a [u8]>, now: Time) -> Rounds {
    let clicks = values.filter_map(|value| UnverifiedClickId::read(std::str::from_utf8(value).ok()?));
    let recent = clicks.map(UnverifiedClickId::click).filter(|click| {
        let time = click.time();
        now.since(time) <= ROUND_SPAN && time.since(now) <= ROUND_SPAN
    });
    recent.map(|click| click.rounds().next()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{
        click_id::{ClickIdKey, ClickIdKeys, KeyId, LinkKey},
        id::AccountId,
    };

    const NOW: Time = Time::from_micros(1_764_000_000_000_000);

    #[test]
    fn only_recent_click_ids_count() {
        let key = ClickIdKey { key_id: KeyId::new(1), secret: [1; 32], ends_at: None };
        let keys = ClickIdKeys::new(key, Vec::new());
        let id = |rounds, seconds| {
            let time = NOW.plus(Span::from_seconds(seconds));
            let signed = keys.mint(time, LinkKey::from_bits(5), Rounds::new(rounds), [0xff; 6]);
            keys.write(signed, AccountId::DEFAULT)
        };
        for (what, values, expected) in [
            ("nothing", vec![], 0),
            ("other values", vec!["1".to_owned(), "a".repeat(40), "\u{e9}".to_owned()], 0),
            ("a first round", vec![id(0, -1)], 1),
            ("a later round", vec![id(7, -1)], 8),
            ("too many", vec![id(8, -1)], 9),
            ("no overflow", vec![id(15, -1)], 15),
            ("in another dress", vec![format!(" \"{}\"", id(3, 0).to_uppercase())], 4),
            ("the largest counts", vec![id(2, -1), "x".to_owned(), id(5, -3), id(1, 0)], 6),
            ("at the end of the span", vec![id(3, -60)], 4),
            ("an id in a URL that somebody shared", vec![id(9, -61)], 0),
            ("of an edge whose clock is ahead", vec![id(3, 60)], 4),
            ("of the future", vec![id(9, 61)], 0),
            ("a part of a value", vec![format!("{}x", id(9, 0))], 0),
        ] {
            let found = rounds(values.iter().map(String::as_bytes), NOW);
            assert_eq!(found, Rounds::new(expected), "{what}");
        }
        assert_eq!(rounds([&[0xff; 40][..]].into_iter(), NOW), Rounds::NONE);
    }
}
