//! How many postbacks are held that did not pass the checks of their sender. Strangers send them, and must
//! not fill the disk: what is more than a sample is counted, and refused.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    core::conversion_code::ConversionCodeId,
    values::time::{Span, Time},
};

/// Postbacks of one code that are held in one window, by this server.
const HELD_MAX: u32 = 60;
const WINDOW: Span = Span::from_seconds(60);
/// Codes that are counted, and how long one is after its last refusal.
const CODES_MAX: u64 = 10_000;
const IDLE_MAX: Duration = Duration::from_hours(1);

/// The refusals of each code lately.
pub struct Refusals(moka::future::Cache<ConversionCodeId, Arc<Mutex<Tally>>>);

impl Default for Refusals {
    fn default() -> Self {
        Self(moka::future::Cache::builder().max_capacity(CODES_MAX).time_to_idle(IDLE_MAX).build())
    }
}

impl Refusals {
    /// Whether one more is to be held: then how many before it were not. `None`: it is not.
    pub async fn admit(&self, code: ConversionCodeId, now: Time) -> Option<u64> {
        let new = async { Arc::new(Mutex::new(Tally { begins: now, held: 0, not_held: 0 })) };
        let tally = self.0.get_with(code, new).await;
        tally.lock().unwrap_or_else(PoisonError::into_inner).admit(now)
    }
}

struct Tally {
    begins: Time,
    held: u32,
    not_held: u64,
}

impl Tally {
    fn admit(&mut self, now: Time) -> Option<u64> {
        // A clock that was set back must not make the window long.
        if now < self.begins || now.since(self.begins) >= WINDOW {
            (self.begins, self.held) = (now, 0);
        }
        if self.held < HELD_MAX {
            self.held += 1;
            Some(std::mem::take(&mut self.not_held))
        } else {
            self.not_held += 1;
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_of_each_minute_is_held_and_the_rest_counted() {
        let begins = Time::from_micros(1_763_900_000_000_000);
        let after = |seconds| begins.plus(Span::from_seconds(seconds));
        let mut tally = Tally { begins, held: 0, not_held: 0 };
        let held = (0..1_000).filter(|_| tally.admit(after(59)).is_some()).count();
        assert_eq!(held, 60);
        assert_eq!((tally.admit(after(60)), tally.admit(after(60))), (Some(940), Some(0)));
        let before = begins.minus(Span::from_days(1));
        assert_eq!((0..61).filter(|_| tally.admit(before).is_some()).count(), 60);
    }
}
