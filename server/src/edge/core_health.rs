//! The core's availability, as far as the edge knows it.
//!
//! While the core is down, nothing waits for it: visits and postbacks go to the spool at once, and
//! only the drain keeps asking. Visits do so from the first failed call on, because visitors do not
//! notice. Merchants would notice: their answer changes to `QUEUED`.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::values::time::{Span, Time};

/// Duration for which every call must have failed before the core counts as down. Shorter pauses,
/// such as those of a disk, delay only the calls that meet them.
const AWAY_AFTER: Span = Span::from_millis(100);

/// Start of the current run of failed calls, in microseconds; 0 if the last call was answered.
#[derive(Default)]
pub struct Reach(AtomicI64);

impl Reach {
    pub fn answered(&self) {
        // Usually it is 0 already. An unconditional store would slow all processors down.
        if self.0.load(Ordering::Relaxed) != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    pub fn failed(&self, now: Time) {
        let _ = self.0.compare_exchange(0, now.micros(), Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Returns whether the last call failed.
    pub fn is_in_doubt(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    pub fn is_away(&self, now: Time) -> bool {
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
        let reach = Reach::default();
        assert!(!reach.is_away(after(0)) && !reach.is_in_doubt());
        reach.failed(after(0));
        assert!(reach.is_in_doubt());
        reach.failed(after(90));
        assert!(!reach.is_away(after(99)) && reach.is_away(after(100)));
        reach.answered();
        assert!(!reach.is_away(after(101)) && !reach.is_in_doubt());
        reach.failed(after(102));
        assert!(!reach.is_away(after(150)) && reach.is_away(after(202)));
    }
}
