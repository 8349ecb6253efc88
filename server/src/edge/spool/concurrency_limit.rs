//! How much is drained at the same time: as much as the core takes without getting slower. Pure.
//!
//! What is drained takes the way of live calls, so its own calls tell what those feel. What a call takes beside
//! live ones alone is measured again and again, and more are tried as long as calls take hardly longer for it. What has
//! waited for long is not put off for that any more.

use std::time::Duration;

use crate::values::time::Span;

const AT_ONCE_MAX: usize = 128;
/// Records that are older are handed over so many at once at least.
const PUT_OFF_MAX: Span = Span::from_seconds(60);
const AT_ONCE_LATE: usize = 16;
/// How many batches are handed over with as few as that, to measure.
const MEASURED: u32 = 4;
/// How many then follow by that measure.
const FOLLOWING: u32 = 60;
/// How often the places are filled in one batch.
const ROUNDS: usize = 8;

pub struct Pace {
    at_once: usize,
    /// The fewest at once: one, where nothing is late.
    at_least: usize,
    /// What a call takes beside live ones, and the fewest of ours: the mean of the quickest batch.
    alone: Duration,
    /// Since the measuring began.
    batches: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self::measuring(1)
    }
}

impl Pace {
    fn measuring(at_least: usize) -> Self {
        Self { at_once: at_least, at_least, alone: Duration::MAX, batches: 0 }
    }

    /// Learns how old the oldest record is.
    pub fn suit(&mut self, age: Span) {
        let at_least = if age > PUT_OFF_MAX { AT_ONCE_LATE } else { 1 };
        if at_least != self.at_least {
            *self = Self::measuring(at_least);
        }
    }

    /// How many calls are made at the same time.
    pub fn at_once(&self) -> usize {
        self.at_once
    }

    /// How many are handed over before it is judged.
    pub fn batch(&self) -> usize {
        self.at_once * ROUNDS
    }

    /// Learns what a call of the last batch took, on average, and whether all places were filled.
    pub fn took(&mut self, call: Duration, filled: bool) {
        self.batches += 1;
        if self.at_once == self.at_least {
            self.alone = self.alone.min(call);
        }
        self.at_once = if self.batches < MEASURED {
            self.at_least
        } else if call > self.bearable() {
            (self.at_once / 2).max(self.at_least)
        } else if filled {
            (self.at_once + self.at_once.div_ceil(2)).min(AT_ONCE_MAX)
        } else {
            self.at_once
        };
        if self.batches == MEASURED + FOLLOWING {
            self.begin_anew();
        }
    }

    /// Also after the core was away: it may be cold when it is back, and all others come back with us.
    pub fn begin_anew(&mut self) {
        *self = Self::measuring(self.at_least);
    }

    /// The longest that a call may take because of us: half as much again.
    fn bearable(&self) -> Duration {
        self.alone.saturating_add(self.alone / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(batches: u32, call: impl Fn(usize) -> u64) -> usize {
        let mut pace = Pace::default();
        (0..batches).for_each(|_| pace.took(Duration::from_micros(call(pace.at_once())), true));
        pace.at_once()
    }

    #[test]
    fn more_is_tried_as_long_as_calls_take_hardly_longer() {
        // A core far away, which a hundred calls do not make slower.
        assert_eq!(after(20, |_| 50_000), AT_ONCE_MAX);
        // One that is busy with each call.
        assert!(after(20, |at_once| 1_000 * u64::try_from(at_once).unwrap()) <= 2);
        // One that shares a commit among all calls.
        let shared = after(20, |at_once| 2_000 + 100 * u64::try_from(at_once).unwrap());
        assert!((5..=18).contains(&shared), "{shared}");
    }

    #[test]
    fn what_has_waited_for_long_is_handed_over_whatever_calls_take() {
        let mut pace = Pace::default();
        let take = |pace: &mut Pace| {
            (0..20)
                .for_each(|_| pace.took(Duration::from_millis(u64::try_from(pace.at_once()).unwrap()), true));
            pace.at_once()
        };
        assert!(take(&mut pace) <= 2);
        pace.suit(Span::from_seconds(61));
        assert!(take(&mut pace) >= AT_ONCE_LATE);
        pace.begin_anew();
        assert_eq!(pace.at_once(), AT_ONCE_LATE);
        pace.suit(Span::from_seconds(2));
        assert_eq!(pace.at_once(), 1);
    }

    #[test]
    fn it_is_measured_again_and_again() {
        for begun_anew in [0, MEASURED - 1, MEASURED + FOLLOWING] {
            assert_eq!(after(begun_anew, |_| 1_000), 1);
        }
        assert_eq!(after(MEASURED + FOLLOWING - 1, |_| 1_000), AT_ONCE_MAX);
        // Lone records do not make it bolder.
        let mut pace = Pace::default();
        (0..20).for_each(|_| pace.took(Duration::from_millis(1), false));
        assert_eq!(pace.at_once(), 1);
    }
}
