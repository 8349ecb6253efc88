//! How much is drained at the same time: as much as the core takes without getting slower. Pure.
//!
//! What is drained takes the way of live calls, so its own calls tell what those feel. What a call takes beside
//! live ones alone is measured again and again, and more are tried as long as calls take hardly longer for it.

use std::time::Duration;

const AT_ONCE_MAX: usize = 128;
/// How many batches are handed over one by one, to measure.
const MEASURED: u32 = 4;
/// How many then follow by that measure.
const FOLLOWING: u32 = 60;
/// How often the places are filled in one batch.
const ROUNDS: usize = 8;

pub struct Pace {
    at_once: usize,
    /// What a call takes beside live ones alone: the mean of the quickest batch.
    alone: Duration,
    /// Since the measuring began.
    batches: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { at_once: 1, alone: Duration::MAX, batches: 0 }
    }
}

impl Pace {
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
        if self.at_once == 1 {
            self.alone = self.alone.min(call);
        }
        self.at_once = if self.batches < MEASURED {
            1
        } else if call > self.bearable() {
            (self.at_once / 2).max(1)
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
        *self = Self::default();
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
