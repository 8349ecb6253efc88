//! Limit of concurrent deliveries: as many as the core handles without slowing down. This module
//! does no I/O.
//!
//! Deliveries use the same calls as live traffic, so their duration shows how long live calls take.
//! The duration at the lowest concurrency is measured again and again. The limit rises while calls
//! take at most one and a half times that duration.
//!
//! The longer the oldest record has waited, the higher the lowest concurrency is, even if calls
//! slow down. Without this rule the backlog could grow: later postbacks of the same clicks join it.

use std::time::Duration;

use crate::values::time::Span;

/// Maximum number of concurrent deliveries.
const AT_ONCE_MAX: usize = 128;
/// Maximum of the lowest concurrency. The lowest concurrency is the age of the oldest record in
/// seconds, rounded down to a power of two.
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

    /// Adapts the lowest concurrency to the age of the oldest record.
    pub fn set_backlog_age(&mut self, age: Span) {
        let seconds = usize::try_from(age.seconds()).unwrap_or_default().clamp(1, AT_ONCE_LATE_MAX);
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
            pace.set_backlog_age(Span::from_seconds(seconds));
            assert!(pace.limit() >= at_least, "{seconds}");
            let taken = take(&mut pace);
            assert!((at_least..=3 * at_least).contains(&taken), "{seconds}: {taken}");
            pace.reset();
            assert_eq!(pace.limit(), at_least, "{seconds}");
        }
        pace.set_backlog_age(Span::from_seconds(1));
        pace.reset();
        assert_eq!(pace.limit(), 1);
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
