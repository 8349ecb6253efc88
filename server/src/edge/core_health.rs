//! The core's availability, as far as the edge knows it.
//!
//! While the core is down, nothing waits for it: visits and postbacks go to the spool at once, and
//! only the drain keeps asking. Clicks go there from the first failed call on, because visitors do
//! not notice. Postbacks go there only once the core counts as down, because merchants notice:
//! their answer changes to `QUEUED`.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::values::time::{Span, Time};

/// Duration for which every call must have failed before the core counts as down. Shorter pauses,
/// such as those of a disk, delay only the calls that meet them.
const AWAY_AFTER: Span = Span::from_millis(100);

/// Start of the current run of failed calls, in microseconds; 0 if the last call was answered.
#[derive(Default)]
pub struct CoreHealth(AtomicI64);

impl CoreHealth {
    pub fn note_success(&self) {
        // Usually it is 0 already. An unconditional store would slow all processors down.
        if self.0.load(Ordering::Relaxed) != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    pub fn note_failure(&self, now: Time) {
        let _ = self.0.compare_exchange(0, now.micros(), Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Returns whether the last call failed.
    pub fn is_suspect(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    pub fn is_down(&self, now: Time) -> bool {
        let since = self.0.load(Ordering::Relaxed);
        since != 0 && now >= Time::from_micros(since).plus(AWAY_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_is_away_once_it_has_answered_nothing_for_long() {
        let begin = Time::from_micros(1_763_900_000_000_000);
        let after = |millis| begin.plus(Span::from_millis(millis));
        let core_health = CoreHealth::default();
        assert!(!core_health.is_down(after(0)) && !core_health.is_suspect());
        core_health.note_failure(after(0));
        assert!(core_health.is_suspect());
        core_health.note_failure(after(90));
        assert!(!core_health.is_down(after(99)) && core_health.is_down(after(100)));
        core_health.note_success();
        assert!(!core_health.is_down(after(101)) && !core_health.is_suspect());
        core_health.note_failure(after(102));
        assert!(!core_health.is_down(after(150)) && core_health.is_down(after(202)));
    }
}
