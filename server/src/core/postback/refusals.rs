//! Limit on held postbacks that failed the checks of their sender. Strangers send such postbacks,
//! and must not fill the disk: a sample is held, and the rest are counted and refused.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    core::conversion_code::ConversionCodeId,
    values::time::{Span, Time},
};

/// Maximum number of such postbacks that this server holds for one code in one window.
const HELD_MAX: u32 = 60;
const WINDOW: Span = Span::from_seconds(60);
/// Maximum number of codes that are counted, and the idle time after which a code's count is
/// dropped.
const CODES_MAX: u64 = 10_000;
const IDLE_MAX: Duration = Duration::from_hours(1);

/// The recent refusals of each code.
pub struct Refusals(moka::future::Cache<ConversionCodeId, Arc<Mutex<Tally>>>);

impl Default for Refusals {
    fn default() -> Self {
        Self(moka::future::Cache::builder().max_capacity(CODES_MAX).time_to_idle(IDLE_MAX).build())
    }
}

impl Refusals {
    /// Decides about one more postback. `None` means that it must not be held. Otherwise returns
    /// the number of postbacks that were not held since the last held one.
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
        // A clock that was set back must not lengthen the window.
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
