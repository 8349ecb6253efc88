//! Limit of concurrent deliveries: as many as the core handles without slowing down. This module
//! does no I/O.
//!
//! Deliveries use the same calls as live traffic, so their duration shows how long live calls take.
//! The duration at the lowest concurrency is measured again and again. The limit rises while calls
//! take at most one and a half times that duration.
//!
//! The longer the oldest record has waited, the higher the lowest concurrency is, even if calls
//! slow down. Without this rule the backlog could grow: later postbacks of the same clicks join it.
//! The time since anything began to wait counts twice. Without that, deliveries could become just as
//! fast as later postbacks join, with an age that stays the same, and the backlog would never end.

use std::time::Duration;

use crate::values::time::Span;

/// Maximum number of concurrent deliveries.
const AT_ONCE_MAX: usize = 128;
/// Maximum of the lowest concurrency. The lowest concurrency is the age of the oldest record in
/// seconds or, if that is more, twice the time since anything began to wait, rounded down to a power
/// of two.
const AT_ONCE_LATE_MAX: usize = 64;
/// Number of batches in a measurement. They are delivered at the lowest concurrency.
const MEASURED: u32 = 4;
/// Number of batches between two measurements.
const FOLLOWING: u32 = 60;
/// Size of a batch, as a multiple of the concurrency.
const ROUNDS: usize = 8;

pub struct ConcurrencyLimit {
    at_once: usize,
    /// The lowest concurrency: 1, unless a record has waited for two seconds.
    at_least: usize,
    /// Mean duration of a call in the fastest batch at the lowest concurrency. Live calls may run
    /// meanwhile.
    alone: Duration,
    /// Number of batches since the measurement began.
    batches: u32,
}

impl Default for ConcurrencyLimit {
    fn default() -> Self {
        Self::measuring(1)
    }
}

impl ConcurrencyLimit {
    fn measuring(at_least: usize) -> Self {
        Self { at_once: at_least, at_least, alone: Duration::MAX, batches: 0 }
    }

    /// Adapts the lowest concurrency to the age of the oldest record, and to the time since anything
    /// began to wait.
    pub fn set_backlog_age(&mut self, age: Span, waiting_for: Duration) {
        let age = usize::try_from(age.seconds()).unwrap_or_default();
        let twice = usize::try_from(waiting_for.saturating_mul(2).as_secs()).unwrap_or(AT_ONCE_LATE_MAX);
        let seconds = age.max(twice).clamp(1, AT_ONCE_LATE_MAX);
        self.at_least = (seconds + 1).next_power_of_two() / 2;
        self.at_once = self.at_once.max(self.at_least);
    }

    /// The number of concurrent calls.
    pub fn limit(&self) -> usize {
        self.at_once
    }

    /// The number of calls in a batch. The limit is adjusted after each batch.
    pub fn batch(&self) -> usize {
        self.at_once * ROUNDS
    }

    /// Takes the result of the last batch: the mean duration of a call, and whether the concurrency
    /// was used in full.
    pub fn record(&mut self, call: Duration, filled: bool) {
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
            self.reset();
        }
    }

    /// Starts a new measurement. Also used after an outage: the caches of the core may be cold, and
    /// all other callers return at the same time.
    pub fn reset(&mut self) {
        *self = Self::measuring(self.at_least);
    }

    /// Longest acceptable duration of a call: one and a half times `alone`.
    fn bearable(&self) -> Duration {
        self.alone.saturating_add(self.alone / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(batches: u32, call: impl Fn(usize) -> u64) -> usize {
        let mut pace = ConcurrencyLimit::default();
        (0..batches).for_each(|_| pace.record(Duration::from_micros(call(pace.limit())), true));
        pace.limit()
    }

    #[test]
    fn more_is_tried_as_long_as_calls_take_hardly_longer() {
        // A distant core, which a hundred calls do not slow down.
        assert_eq!(after(20, |_| 50_000), AT_ONCE_MAX);
        // A core that works on one call at a time.
        assert!(after(20, |at_once| 1_000 * u64::try_from(at_once).unwrap()) <= 2);
        // A core that shares one commit among all calls.
        let shared = after(20, |at_once| 2_000 + 100 * u64::try_from(at_once).unwrap());
        assert!((5..=18).contains(&shared), "{shared}");
    }

    #[test]
    fn the_longer_records_wait_the_more_are_delivered_although_calls_slow_down() {
        let mut pace = ConcurrencyLimit::default();
        let take = |pace: &mut ConcurrencyLimit| {
            (0..20)
                .for_each(|_| pace.record(Duration::from_millis(u64::try_from(pace.limit()).unwrap()), true));
            pace.limit()
        };
        assert!(take(&mut pace) <= 2);
        for (seconds, at_least) in
            [(0, 1), (1, 1), (2, 2), (3, 2), (4, 4), (15, 8), (16, 16), (64, 64), (3_600, 64)]
        {
            pace.set_backlog_age(Span::from_seconds(seconds), Duration::ZERO);
            assert!(pace.limit() >= at_least, "{seconds}");
            let taken = take(&mut pace);
            assert!((at_least..=3 * at_least).contains(&taken), "{seconds}: {taken}");
            pace.reset();
            assert_eq!(pace.limit(), at_least, "{seconds}");
        }
        pace.set_backlog_age(Span::from_seconds(1), Duration::from_millis(999));
        pace.reset();
        assert_eq!(pace.limit(), 1);
        pace.set_backlog_age(Span::from_seconds(1), Duration::from_secs(8));
        pace.reset();
        assert_eq!(pace.limit(), 16);
    }

    /// The time in which a backlog ends that all further postbacks join. As many join as are delivered
    /// at a concurrency of four to eight. One batch of five is four times as fast, so that any
    /// concurrency above the lowest seems to slow calls down.
    fn ends_after(counts_since_beginning: bool) -> Option<Duration> {
        const JOIN_EACH_SECOND: u64 = 2_000;
        let call = |number: u32, at_once: usize| {
            let usual = Duration::from_micros(1_400 + 250 * u64::try_from(at_once).unwrap());
            if number.is_multiple_of(5) { usual / 4 } else { usual }
        };
        let (mut pace, mut waiting, mut past) = (ConcurrencyLimit::default(), 1_200_u64, Duration::ZERO);
        for number in 0_u32.. {
            let age = Span::from_seconds(i64::try_from(waiting / JOIN_EACH_SECOND).unwrap());
            pace.set_backlog_age(age, if counts_since_beginning { past } else { Duration::ZERO });
            let (at_once, delivered) = (pace.limit(), u64::try_from(pace.batch()).unwrap());
            if delivered >= waiting {
                return Some(past);
            }
            if past > Duration::from_mins(5) {
                break;
            }
            let call = call(number, at_once);
            let took = call * u32::try_from(ROUNDS).unwrap();
            pace.record(call, true);
            past += took;
            let joined = took.as_micros() * u128::from(JOIN_EACH_SECOND) / 1_000_000;
            waiting = waiting - delivered + u64::try_from(joined).unwrap();
        }
        None
    }

    #[test]
    fn a_backlog_that_later_postbacks_join_ends() {
        assert_eq!(ends_after(false), None);
        let end = ends_after(true).unwrap();
        assert!(end < Duration::from_secs(30), "{end:?}");
    }

    #[test]
    fn the_measurement_is_repeated() {
        for begun_anew in [0, MEASURED - 1, MEASURED + FOLLOWING] {
            assert_eq!(after(begun_anew, |_| 1_000), 1);
        }
        assert_eq!(after(MEASURED + FOLLOWING - 1, |_| 1_000), AT_ONCE_MAX);
        // Single records do not raise the limit.
        let mut pace = ConcurrencyLimit::default();
        (0..20).for_each(|_| pace.record(Duration::from_millis(1), false));
        assert_eq!(pace.limit(), 1);
    }
}
