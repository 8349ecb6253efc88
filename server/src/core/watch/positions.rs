//! Places in the journal, and the resume tokens that tell them.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use prost::Message;

use super::{foreign, invalid};
use crate::{
    db::journal::{Ends, Opening},
    error::Result,
    values::time::Time,
};

/// Length of the checksum at the end of a token, in bytes.
const CHECK_BYTES: usize = 8;

/// A place in a lane: the next row, and the next entry of that row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub seq: i64,
    pub entry: u32,
}

impl Place {
    /// Behind the last row of a closed lane.
    pub const END: Self = Self { seq: i64::MAX, entry: 0 };

    pub fn row(seq: i64) -> Self {
        Self { seq, entry: 0 }
    }
}

/// A place in the whole journal. A lane that is not named is complete if its number is at most that
/// of `newest`; otherwise all of it is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positions {
    pub newest: Opening,
    pub lanes: BTreeMap<i64, Place>,
}

impl Default for Positions {
    /// The beginning.
    fn default() -> Self {
        Self { newest: Opening::NONE, lanes: BTreeMap::new() }
    }
}

/// A token before its encoding.
#[derive(Clone, PartialEq, Eq, Message)]
struct Token {
    #[prost(int64, tag = "1")]
    newest: i64,
    #[prost(int64, repeated, tag = "2")]
    lanes: Vec<i64>,
    #[prost(int64, repeated, tag = "3")]
    seqs: Vec<i64>,
    #[prost(uint32, repeated, tag = "4")]
    entries: Vec<u32>,
    #[prost(int64, tag = "5")]
    newest_opened_at: i64,
}

impl From<Ends> for Positions {
    fn from(ends: Ends) -> Self {
        let lanes = ends.open.into_iter().map(|(lane, next)| (lane, Place::row(next))).collect();
        Self { newest: ends.newest, lanes }
    }
}

impl Positions {
    /// The place in a lane; `None` if the lane is complete.
    pub fn of(&self, lane: i64) -> Option<Place> {
        let new = (lane > self.newest.id).then_some(Place::row(1));
        self.lanes.get(&lane).copied().or(new).filter(|place| *place != Place::END)
    }

    /// Moves on to a later place, for which another place stands that has seen all events until
    /// then.
    pub fn move_to(&mut self, later: &Self) {
        let known = |lane: i64, positions: &Self| positions.lanes.contains_key(&lane);
        let is_open = |lane: i64| known(lane, later) || lane > later.newest.id;
        self.lanes.retain(|lane, _| is_open(*lane));
        for (lane, place) in &later.lanes {
            // If this place is later in that the lane is complete, it stays so.
            if let Some(own) = self.of(*lane) {
                self.lanes.insert(*lane, own.max(*place));
            }
        }
        self.newest = self.newest.max(later.newest);
    }

    /// Learns that lanes were opened up to `newest`. The place stays the same.
    pub fn learn(&mut self, newest: Opening) {
        for lane in self.newest.id.saturating_add(1)..=newest.id {
            self.lanes.entry(lane).or_insert(Place::row(1));
        }
        self.newest = self.newest.max(newest);
    }

    /// The token of this place. It names each lane by its number, and the newest also by the time of
    /// its opening: that shows that the older numbers stand for the same lanes, too, because lanes
    /// get their numbers in order. So `newest` has to be the newest of all lanes with a place.
    pub fn token(&self) -> String {
        let Opening { id: newest, opened_at } = self.newest;
        let mut token = Token { newest, newest_opened_at: opened_at.micros(), ..Default::default() };
        for (lane, place) in &self.lanes {
            token.lanes.push(*lane);
            token.seqs.push(place.seq);
            token.entries.push(place.entry);
        }
        let mut bytes = token.encode_to_vec();
        let check = check(&bytes);
        bytes.extend(check);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token.
    ///
    /// # Errors
    ///
    /// `RESUME_TOKEN_INVALID`.
    pub fn read(token: &str) -> Result<Self> {
        let is_own = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if let Some((at, letter)) = token.chars().enumerate().find(|(_, letter)| !is_own(*letter)) {
            return Err(foreign(at, letter));
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid())?;
        let (bytes, sum) = bytes.split_last_chunk::<CHECK_BYTES>().ok_or_else(invalid)?;
        if check(bytes) != *sum {
            return Err(invalid());
        }
        let token = Token::decode(bytes).map_err(|_| invalid())?;
        let Token { newest, lanes, seqs, entries, newest_opened_at } = token;
        let places = lanes.iter().zip(seqs.iter().zip(&entries));
        let lanes: BTreeMap<i64, Place> =
            places.map(|(lane, (seq, entry))| (*lane, Place { seq: *seq, entry: *entry })).collect();
        let is_whole = lanes.len() == seqs.len() && lanes.len() == entries.len();
        // The newest lane is looked for, so there are no more places than lanes.
        let is_sound = lanes.iter().all(|(lane, place)| (1..=newest).contains(lane) && place.seq > 0);
        if !is_whole || !is_sound || newest < 0 {
            return Err(invalid());
        }
        Ok(Self { newest: Opening { id: newest, opened_at: Time::from_micros(newest_opened_at) }, lanes })
    }
}

/// Shows that a token came as it was made. Proves nothing: a token opens nothing that its caller may
/// not see.
fn check(bytes: &[u8]) -> [u8; CHECK_BYTES] {
    blake3::hash(bytes).as_bytes().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(newest: i64, lanes: &[(i64, i64, u32)]) -> Positions {
        let place = |(lane, seq, entry): &(i64, i64, u32)| (*lane, Place { seq: *seq, entry: *entry });
        Positions { newest: opening(newest), lanes: lanes.iter().map(place).collect() }
    }

    fn opening(id: i64) -> Opening {
        Opening { id, opened_at: Time::from_micros(id * 1_000) }
    }

    #[test]
    fn a_token_comes_back_as_it_went_out_and_in_no_other_form() {
        for positions in [
            positions(0, &[]),
            positions(9, &[(3, 1, 0), (9, 5_000_000_000, 7)]),
            positions(4, &[(1, i64::MAX, 0), (4, 1, u32::MAX)]),
            // A token is as long as there are open lanes.
            positions(5_000, &(1..5_000).map(|lane| (lane, lane, 1)).collect::<Vec<_>>()),
        ] {
            let token = positions.token();
            assert_eq!(Positions::read(&token).unwrap(), positions);
            for end in (0..token.len()).take(100) {
                assert!(Positions::read(token.get(..end).unwrap()).is_err(), "{end}");
            }
            let other = if token.starts_with('A') { "B" } else { "A" };
            assert!(Positions::read(&format!("{other}{}", token.get(1..).unwrap())).is_err());
        }
        let token = positions(4, &[(4, 1, 0)]).token();
        let chars = token.len();
        for (token, named) in [
            (format!("{token}\n"), format!(r"'\n' at position {}", chars + 1)),
            (format!(" {token}"), "' ' at position 1".to_owned()),
            (format!("{token}="), format!("'=' at position {}", chars + 1)),
            (format!("{token}\u{202e}"), r"'\u{202e}'".to_owned()),
            (token.get(1..).unwrap().to_owned(), "only a part of it".to_owned()),
        ] {
            let error = Positions::read(&token).unwrap_err();
            assert!(error.message().contains(&named), "{named}: {}", error.message());
        }
        assert!(Positions::read(&positions(1, &[(0, 1, 0)]).token()).is_err());
        assert!(Positions::read(&positions(1, &[(1, 0, 0)]).token()).is_err());
        assert!(Positions::read(&positions(1, &[(2, 1, 0)]).token()).is_err());
        assert!(Positions::read(&positions(-1, &[]).token()).is_err());
        // Sixteen lanes fit into a kilobyte many times over.
        let many: Vec<_> = (1_000..1_016).map(|lane| (lane, 1_000_000_000, 100)).collect();
        assert!(positions(1_016, &many).token().len() < 300);
    }

    #[test]
    fn a_place_knows_what_is_to_come() {
        let place = positions(5, &[(3, 7, 2), (4, i64::MAX, 0), (8, 2, 0)]);
        for (lane, next) in [
            (1, None),
            (3, Some(Place { seq: 7, entry: 2 })),
            (4, None),
            (5, None),
            (6, Some(Place::row(1))),
            (8, Some(Place::row(2))),
        ] {
            assert_eq!(place.of(lane), next, "{lane}");
        }
    }

    #[test]
    fn a_place_that_learns_of_lanes_is_still_the_same() {
        let place = positions(5, &[(3, 7, 2), (7, 2, 0)]);
        let mut learned = place.clone();
        learned.learn(opening(8));
        assert_eq!(learned, positions(8, &[(3, 7, 2), (6, 1, 0), (7, 2, 0), (8, 1, 0)]));
        for lane in 1..=10 {
            assert_eq!(learned.of(lane), place.of(lane), "{lane}");
        }
        let before = learned.clone();
        learned.learn(opening(6));
        assert_eq!(learned, before);
    }

    #[test]
    fn a_place_moves_on_and_never_back() {
        for (own, later, expected) in [
            // The lanes move on, one is closed, and two are new.
            (
                positions(3, &[(2, 5, 1), (3, 9, 0)]),
                positions(5, &[(3, 12, 0), (4, 3, 0), (5, 1, 0)]),
                positions(5, &[(3, 12, 0), (4, 3, 0), (5, 1, 0)]),
            ),
            // A token of a server that has read more: nothing goes back, and nothing opens again.
            (
                positions(7, &[(6, 9, 0), (7, 4, 3)]),
                positions(6, &[(5, 2, 0), (6, 8, 0)]),
                positions(7, &[(6, 9, 0), (7, 4, 3)]),
            ),
            // A lane that was told before it was known.
            (positions(3, &[(5, 4, 0)]), positions(4, &[(4, 1, 0)]), positions(4, &[(4, 1, 0), (5, 4, 0)])),
        ] {
            let mut moved = own.clone();
            moved.move_to(&later);
            assert_eq!(moved, expected, "{own:?} {later:?}");
            // The same place again changes nothing.
            moved.move_to(&later);
            assert_eq!(moved, expected);
        }
    }
}
