//! The watch over the server's clock: compares it with the system's time and with an independent
//! clock, the database's or the core's.
//!
//! The server's clock (`values::time::Clock`) is backed by a steady clock. It follows the system's
//! time through small corrections. It follows a jump of the system's time only if another clock
//! confirms the jump, or if the jump lasts and no other clock answers. Health counts every
//! jump, and the log reports it.
//!
//! An edge follows the clock of its core. So the server that mints a click id and the server that
//! judges it agree on the time.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::values::time::{Clock, Span, Time};

/// Interval between comparisons with the system's time.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Number of comparisons with the system's time for each question to another clock.
const LOOKS_PER_QUESTION: u32 = 3;
/// Largest distance between the system's time and the server's at which the server follows at once.
const STEP_MAX: Span = Clock::STEP_MAX;
/// Number of consecutive comparisons that must find the system's time apart from the server's
/// before the server follows the system's time, while no other clock answers.
const LOOKS_UNTIL_BELIEVED: u32 = 600;
/// Largest accepted distance between the clocks of an edge and its core. It exceeds the travel time
/// of an answer.
const AGREED_MAX: Span = Span::from_seconds(2);
/// Largest distance between the clocks of two machines whose time is kept right.
pub const SKEW_MAX: Span = Span::from_seconds(60);
/// Longest time without a running server that is believed. A longer time casts doubt on the clock.
const LIVED_AHEAD_MAX: Span = Span::from_days(1);

/// Another clock, or other evidence of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The database's clock. It is no better than the server's clock, but decides between the
    /// server's time and the system's if these two differ.
    Database(Time),
    /// The core's clock, which its edges follow.
    Core(Time),
    /// No clock, only a time that has certainly passed.
    Passed(Time),
}

/// Decides the server's time from its present time (`ours`), the system's time and, if there is
/// one, a reference.
fn settle(ours: Time, system: Time, reference: Option<Reference>) -> Time {
    let near = |one: Time, other: Time, span: Span| one.ahead_of(other).size() <= span;
    let jumped = !near(system, ours, STEP_MAX);
    match reference {
        Some(Reference::Core(core)) if !near(core, ours, AGREED_MAX) => core,
        _ if !jumped => system,
        None | Some(Reference::Core(_)) => ours,
        Some(Reference::Database(database)) => {
            let nearer = system.ahead_of(database).size() < ours.ahead_of(database).size();
            if nearer && near(system, database, SKEW_MAX) { system } else { ours }
        }
        Some(Reference::Passed(passed)) => {
            let possible = |time: Time| time.plus(SKEW_MAX) >= passed;
            let expected = possible(ours) && ours.since(passed) <= LIVED_AHEAD_MAX;
            match (possible(ours), possible(system)) {
                (_, false) => ours,
                _ if expected => ours,
                (false, true) => system,
                // No server has run for a long time, or both clocks are ahead. The earlier time is
                // more likely to be right.
                (true, true) => ours.min(system),
            }
        }
    }
}

/// The differences between the clocks, for health.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// Lead of the system's time over the server's, in seconds.
    system_ahead_seconds: i64,
    /// Lead of the database's or the core's clock over the server's, in seconds.
    other_ahead_seconds: i64,
    /// Lead of the server's time over the lived time (`db/lived`), in seconds.
    lived_ahead_seconds: i64,
    /// Number of comparisons that found a sudden change between the system's time and the server's.
    ///
    /// A jump of the system's time counts when it is seen, and again when the server follows it. If
    /// the server follows at the first comparison, for example at a start, the jump counts once.
    jumps: u64,
    /// A difference is so large that somebody should correct a clock.
    wrong: bool,
}

/// Returns whether the clock is doubtful: more than `SKEW_MAX` earlier than the lived time, or more
/// than `LIVED_AHEAD_MAX` later.
fn is_doubted(lived_ahead_seconds: i64) -> bool {
    !(-SKEW_MAX.seconds()..=LIVED_AHEAD_MAX.seconds()).contains(&lived_ahead_seconds)
}

impl Differences {
    fn judge(&mut self) {
        let apart = |seconds: i64, max: Span| Span::from_seconds(seconds.saturating_abs()) > max;
        self.wrong = apart(self.system_ahead_seconds, STEP_MAX)
            || apart(self.other_ahead_seconds, SKEW_MAX)
            || is_doubted(self.lived_ahead_seconds);
    }
}

/// The watch over the clock. Clones share state.
#[derive(Clone)]
pub struct Watch {
    clock: Clock,
    differences: Arc<Mutex<Differences>>,
    /// Number of consecutive comparisons that found the system's time apart from the server's.
    looks_apart: Arc<AtomicU32>,
}

impl Watch {
    pub fn new(clock: Clock) -> Self {
        Self { clock, differences: Arc::default(), looks_apart: Arc::default() }
    }

    /// The watched clock.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The differences at the last comparison.
    pub fn differences(&self) -> Differences {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Differences> {
        self.differences.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the lived time, `until`.
    ///
    /// Logs an error when the server's clock becomes doubtful: more than `SKEW_MAX` earlier than
    /// the lived time, or more than `LIVED_AHEAD_MAX` later. In this case the clock is wrong, or no
    /// server has run for that long.
    pub fn note_lived(&self, until: Time) {
        let ahead = self.clock.now().ahead_of(until);
        let mut differences = self.lock();
        let before = std::mem::replace(&mut differences.lived_ahead_seconds, ahead.seconds());
        match (is_doubted(before), is_doubted(ahead.seconds())) {
            (false, true) => tracing::error!(
                "THE CLOCK MAY BE WRONG: it is {ahead} the time that this installation has lived through; correct \
                 it, unless no server has run for that long; until the two agree, little is deleted by age"
            ),
            (true, false) => tracing::warn!("the clock is again where it was expected"),
            _ => {}
        }
        differences.judge();
    }

    /// Compares the clocks until `stopping`. `ask` reads another clock, and returns `None` if no
    /// other clock answers now.
    pub async fn run(
        self,
        ask: impl Fn() -> BoxFuture<'static, Option<Reference>>,
        stopping: CancellationToken,
    ) {
        let mut looks_left = 0;
        loop {
            let jumped = self.look(None);
            if jumped || looks_left == 0 {
                looks_left = LOOKS_PER_QUESTION;
                let Some(reference) = stopping.run_until_cancelled(ask()).await else { return };
                if reference.is_some() {
                    self.look(reference);
                }
            }
            looks_left -= 1;
            if stopping.run_until_cancelled(tokio::time::sleep(LOOK_INTERVAL)).await.is_none() {
                return;
            }
        }
    }

    /// Counts comparisons that find the system's time apart from the server's. Returns whether the
    /// two have been apart for so long that the system's time is believed. Another clock that
    /// answers is better evidence, so its answer resets the count.
    fn has_stayed_apart(&self, settled: Time, system: Time, reference: Option<Reference>) -> bool {
        let answers = matches!(reference, Some(Reference::Database(_) | Reference::Core(_)));
        if answers || settled.ahead_of(system).size() <= STEP_MAX {
            self.looks_apart.store(0, Ordering::Relaxed);
            return false;
        }
        let counts = u32::from(reference.is_none());
        self.looks_apart.fetch_add(counts, Ordering::Relaxed) >= LOOKS_UNTIL_BELIEVED
    }

    /// Compares the clocks once, and corrects the server's clock. Returns whether the system's time
    /// has jumped since the last comparison, or the server's clock was corrected by more than
    /// `STEP_MAX`.
    pub fn look(&self, reference: Option<Reference>) -> bool {
        let (ours, system) = (self.clock.steady_now(), Clock::system_now());
        let mut settled = settle(ours, system, reference);
        if self.has_stayed_apart(settled, system, reference) {
            settled = system;
        }
        if settled != ours {
            self.clock.set(settled);
        }
        let corrected = settled.ahead_of(ours);
        if corrected.size() > STEP_MAX {
            tracing::error!("THE CLOCK WAS WRONG: it is now {corrected} what it showed");
        }
        let mut differences = self.lock();
        let before = *differences;
        let ahead = system.ahead_of(settled);
        differences.system_ahead_seconds = ahead.seconds();
        let moved = ahead.seconds().abs_diff(before.system_ahead_seconds);
        let jumped = moved > STEP_MAX.seconds().unsigned_abs() || corrected.size() > STEP_MAX;
        differences.jumps += u64::from(jumped);
        if jumped && ahead.size() > STEP_MAX {
            tracing::error!(
                "THE SYSTEM'S CLOCK JUMPED: it is {ahead} the server's, which has not followed; correct the \
                 system's clock, or restart the server if it is right"
            );
        }
        let other = match reference {
            Some(Reference::Database(other) | Reference::Core(other)) => Some(other.ahead_of(settled)),
            _ => None,
        };
        if let Some(other) = other {
            differences.other_ahead_seconds = other.seconds();
        }
        differences.judge();
        match (before.wrong, differences.wrong, other) {
            (false, true, Some(other)) if other.size() > SKEW_MAX => {
                tracing::error!(
                    "THE CLOCK OF DATABASE OR CORE IS WRONG: it is {other} the server's; correct it"
                );
            }
            (true, false, _) => tracing::warn!("the clocks agree again"),
            _ => {}
        }
        jumped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settled time, in seconds since 1970. `ours` and `system` are offsets from `at(0)`, in
    /// seconds.
    fn settled(ours: i64, system: i64, reference: Option<Reference>) -> i64 {
        settle(at(ours), at(system), reference).seconds()
    }

    fn at(seconds: i64) -> Time {
        Time::from_micros((1_763_900_000 + seconds) * 1_000_000)
    }

    const HOUR: i64 = 3_600;

    #[test]
    fn a_jump_is_followed_if_another_clock_confirms_it() {
        let origin = at(0).seconds();
        let database = |seconds| Some(Reference::Database(at(seconds)));
        let passed = |seconds| Some(Reference::Passed(at(seconds)));
        for (ours, system, reference, expected) in [
            // Small steps are followed, whatever the database or a passed time says.
            (0, 1, None, 1),
            (0, -1, database(HOUR), -1),
            (10, 10, passed(HOUR), 10),
            // No clock confirms the jump of the system's time.
            (0, HOUR, None, 0),
            (0, HOUR, database(0), 0),
            (0, -HOUR, database(30), 0),
            (0, HOUR, database(-200 * 24 * HOUR), 0),
            // The database confirms the jump.
            (0, HOUR, database(HOUR), HOUR),
            (0, -HOUR, database(-HOUR + 50), -HOUR),
            // The system's time is nearer to the database's than the server's time is, but not near
            // enough.
            (0, HOUR, database(2 * HOUR), 0),
            // Without another clock, the server's time is kept if it is near the passed time.
            // Otherwise the earlier time is believed, unless it is before the passed time.
            (0, HOUR, passed(-10), 0),
            (600 * 24 * HOUR, 0, passed(-10), 0),
            (0, -HOUR, passed(-10), 0),
            (-HOUR, 0, passed(-10), 0),
            (0, -30, passed(0), 0),
            (0, 300, passed(-10), 0),
        ] {
            let settled = settled(ours, system, reference) - origin;
            assert_eq!(settled, expected, "{ours} {system} {reference:?}");
        }
    }

    #[test]
    fn the_system_is_believed_in_the_end_unless_a_clock_says_otherwise() {
        let hour_ahead = || Clock::system_now().plus(Span::from_seconds(HOUR));
        let is_ahead = |clock: &Clock| clock.now().ahead_of(Clock::system_now()).size() > STEP_MAX;
        for database_answers in [true, false] {
            let clock = Clock::system();
            clock.set(hour_ahead());
            let watch = Watch::new(clock.clone());
            for look in 0..LOOKS_UNTIL_BELIEVED {
                watch.look(None);
                assert!(is_ahead(&clock), "{look}");
                if database_answers {
                    watch.look(Some(Reference::Database(hour_ahead())));
                }
            }
            watch.look(None);
            assert_eq!(is_ahead(&clock), database_answers);
        }
    }

    #[test]
    fn an_edge_follows_its_core() {
        let origin = at(0).seconds();
        let core = |seconds| Some(Reference::Core(at(seconds)));
        for (ours, system, reference, expected) in [
            (0, 0, core(1), 0),
            (0, 1, core(2), 1),
            (0, 0, core(HOUR), HOUR),
            (0, 0, core(-HOUR), -HOUR),
            (0, HOUR, core(0), 0),
            (0, HOUR, core(HOUR), HOUR),
        ] {
            assert_eq!(settled(ours, system, reference) - origin, expected, "{ours} {system} {reference:?}");
        }
    }
}
