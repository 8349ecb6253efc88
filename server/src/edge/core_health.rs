//! The core's availability, as far as the edge knows it.
//!
//! While the core is down, clicks and postbacks do not wait for it. They go to the spool at once,
//! and wait for the core only if the spool refuses them. The drain, which delivers the spool, keeps
//! trying. Clicks go to the spool from the first failed call on, because visitors do not notice.
//! Merchants do notice, because their answer changes to `QUEUED`. So later postbacks go to the
//! spool only once the core counts as down, not after a single failed call.
//!
//! Some causes don't pass without a person: a revoked key, a certificate, a core of another
//! version. The server logs such a cause as an error, and logs it again only if it has changed or
//! the core has answered in between. If the core merely does not answer, the drain logs a warning.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use crate::values::time::{Span, Time};

/// Duration for which every call must have failed before the core counts as down. Shorter pauses,
/// such as those of a disk, delay only the calls that meet them.
const AWAY_AFTER: Span = Span::from_millis(100);

/// The cause of a failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// A sentence that everybody may read.
    pub text: String,
    /// Further text for the operator; only the log shows it.
    pub detail: String,
    /// The cause does not pass without a person.
    pub is_lasting: bool,
}

impl Cause {
    /// A cause that may pass without a person.
    pub fn passing(text: &str) -> Self {
        Self { text: text.to_owned(), detail: String::new(), is_lasting: false }
    }
}

#[derive(Default)]
struct Causes {
    /// Cause of the last failed call; `None` if the core has answered since, or if the cause may
    /// pass and the spool has become empty since.
    last: Option<Cause>,
    /// The lasting cause that was logged last; `None` if none was logged since the core answered.
    told: Option<String>,
}

#[derive(Default)]
pub struct CoreHealth {
    /// Start of the current run of failed calls, in microseconds; 0 if there is none. An answer, or
    /// an empty spool, ends the run.
    since: AtomicI64,
    /// `causes` are not empty.
    has_cause: AtomicBool,
    causes: Mutex<Causes>,
}

impl CoreHealth {
    fn causes(&self) -> MutexGuard<'_, Causes> {
        self.causes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn note_success(&self) {
        // Usually there is nothing to reset. An unconditional store would slow all processors down.
        if self.is_suspect() || self.has_cause.load(Ordering::Relaxed) {
            self.since.store(0, Ordering::Relaxed);
            self.has_cause.store(false, Ordering::Relaxed);
            if std::mem::take(&mut *self.causes()).told.is_some() {
                tracing::warn!("the core accepts the calls of this edge again");
            }
        }
    }

    /// Notes that no spooled call waits, so that the next call goes to the core. A lasting cause
    /// stays until the core answers.
    pub fn note_idle(&self) {
        self.since.store(0, Ordering::Relaxed);
        let mut causes = self.causes();
        causes.last = causes.last.take().filter(|cause| cause.is_lasting);
        self.has_cause.store(causes.last.is_some() || causes.told.is_some(), Ordering::Relaxed);
    }

    pub fn note_failure(&self, now: Time, cause: Cause) {
        let _ = self.since.compare_exchange(0, now.micros(), Ordering::Relaxed, Ordering::Relaxed);
        let mut causes = self.causes();
        if cause.is_lasting && causes.told.as_ref() != Some(&cause.text) {
            causes.told = Some(cause.text.clone());
            let Cause { text, detail, .. } = &cause;
            tracing::error!(cause = text, detail, "THE CORE REFUSES THIS EDGE; this does not pass by itself");
        }
        causes.last = Some(cause);
        self.has_cause.store(true, Ordering::Relaxed);
    }

    /// Cause of the last failed call; `None` if the core has answered since, or if the cause may
    /// pass and the spool has become empty since.
    pub fn cause(&self) -> Option<Cause> {
        self.causes().last.clone()
    }

    /// Returns whether the last call failed, and the spool has not become empty since.
    pub fn is_suspect(&self) -> bool {
        self.since.load(Ordering::Relaxed) != 0
    }

    pub fn is_down(&self, now: Time) -> bool {
        let since = self.since.load(Ordering::Relaxed);
        since != 0 && now >= Time::from_micros(since).plus(AWAY_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_is_down_once_every_call_has_failed_for_a_tenth_of_a_second() {
        let begin = Time::from_micros(1_763_900_000_000_000);
        let after = |millis| begin.plus(Span::from_millis(millis));
        let core_health = CoreHealth::default();
        assert!(!core_health.is_down(after(0)) && !core_health.is_suspect());
        let cause = || Cause::passing("no answer");
        core_health.note_failure(after(0), cause());
        assert!(core_health.is_suspect());
        core_health.note_failure(after(90), cause());
        assert!(!core_health.is_down(after(99)) && core_health.is_down(after(100)));
        core_health.note_success();
        assert!(!core_health.is_down(after(101)) && !core_health.is_suspect());
        assert_eq!(core_health.cause(), None);
        core_health.note_failure(after(102), cause());
        assert!(!core_health.is_down(after(150)) && core_health.is_down(after(202)));
        assert_eq!(core_health.cause(), Some(cause()));
    }

    #[test]
    fn a_lasting_cause_stays_until_the_core_answers() {
        let now = Time::from_micros(1_763_900_000_000_000);
        let core_health = CoreHealth::default();
        let lasting = Cause { is_lasting: true, ..Cause::passing("the key is revoked") };
        for (cause, stays) in [(Cause::passing("no answer"), false), (lasting.clone(), true)] {
            core_health.note_failure(now, cause.clone());
            core_health.note_idle();
            assert!(!core_health.is_suspect());
            assert_eq!(core_health.cause(), stays.then_some(cause));
            core_health.note_success();
            assert_eq!(core_health.cause(), None);
        }
        // An empty spool is no answer.
        core_health.note_failure(now, lasting.clone());
        core_health.note_failure(now, Cause::passing("no answer"));
        core_health.note_idle();
        assert_eq!((core_health.cause(), core_health.causes().told.clone()), (None, Some(lasting.text)));
        core_health.note_success();
        assert_eq!(core_health.causes().told, None);
    }
}
