//! Calls take turns on a processor: a call with much work pauses now and then, so that other calls
//! can run.

use std::time::{Duration, Instant};

use tokio::task::yield_now;

/// Longest time for which a call works before it lets other calls of its thread run.
const TURN_MAX: Duration = Duration::from_millis(1);

/// The time since which a call has worked without a pause.
pub struct Turn(Instant);

impl Turn {
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    /// Lets other calls run if this turn has lasted longer than `TURN_MAX`.
    pub async fn share(&mut self) {
        if self.0.elapsed() > TURN_MAX {
            yield_now().await;
            *self = Self::begin();
        }
    }
}
