//! How much is drained at the same time: as much as the core takes without getting slower. Pure.

use std::time::Duration;

/// As many share a commit that it costs live traffic little, however slow the core is by itself.
const AT_ONCE_MIN: usize = 16;
const AT_ONCE_MAX: usize = 128;
/// How many times slower than at its best the core may answer because of us.
const SLOWER_MAX: u32 = 2;

pub struct Pace {
    at_once: usize,
    /// What a call takes at best. It grows a little each time, so that it follows a core that has become slower.
    best: Option<Duration>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { at_once: AT_ONCE_MIN, best: None }
    }
}

impl Pace {
    pub fn at_once(&self) -> usize {
        self.at_once
    }

    /// Learns how long `calls` took, `at_once` of them at the same time.
    pub fn took(&mut self, time: Duration, calls: usize) {
        let rounds = u32::try_from(calls.div_ceil(self.at_once)).unwrap_or(u32::MAX).max(1);
        let call = time / rounds;
        let best = self.best.map_or(call, |best| call.min(best.saturating_add(best / 8)));
        self.best = Some(best);
        // A batch that did not fill its places says nothing of more.
        self.at_once = if call > best.saturating_mul(SLOWER_MAX) {
            (self.at_once / 2).max(AT_ONCE_MIN)
        } else if calls >= self.at_once {
            (self.at_once + self.at_once / 2).min(AT_ONCE_MAX)
        } else {
            self.at_once
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_tried_until_calls_take_twice_as_long() {
        let millis = Duration::from_millis;
        let mut pace = Pace::default();
        // A core far away, which a hundred calls do not make slower.
        for _ in 0..20 {
            let rounds = u32::try_from(256_usize.div_ceil(pace.at_once())).unwrap();
            pace.took(millis(50) * rounds, 256);
        }
        assert_eq!(pace.at_once(), AT_ONCE_MAX);
        pace.took(millis(120) * 2, 256);
        assert_eq!(pace.at_once(), AT_ONCE_MAX / 2);
        (0..20).for_each(|_| pace.took(millis(1_000) * 256, 256));
        assert_eq!(pace.at_once(), AT_ONCE_MIN);
        // Lone records do not make it bolder.
        let mut pace = Pace::default();
        (0..20).for_each(|_| pace.took(millis(1), 1));
        assert_eq!(pace.at_once(), AT_ONCE_MIN);
    }
}
