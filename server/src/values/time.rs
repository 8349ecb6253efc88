//! Points in time, and the only place that reads the clock.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, SecondsFormat};
use prost_types::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use sea_orm::DeriveValueType;

const MICROS_PER_SECOND: i64 = 1_000_000;
/// The last second of the year 9999, which is the last that Protocol Buffers and JSON can hold.
const SECONDS_MAX: i64 = 253_402_300_799;
const NANOS_PER_MICRO: i32 = 1_000;

/// A point in time, in microseconds since 1970-01-01 UTC. Every database stores this integer,
/// because timestamp columns sort and round differently in each database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Time(i64);

impl Time {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// The time in RFC 3339, to the second, such as `2026-12-24T10:00:01Z`.
    pub fn date(self) -> String {
        let time = DateTime::from_timestamp(self.seconds(), 0).unwrap_or_default();
        time.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// The time `span` later; the latest possible time on overflow.
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The time `span` earlier; the earliest possible time on overflow.
    pub fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// The span since `earlier`; zero if `earlier` is in fact later.
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0))
    }

    /// The lead of this time over `other`; negative if this time is the earlier one.
    pub fn ahead_of(self, other: Self) -> Offset {
        Offset(self.0.saturating_sub(other.0))
    }

    pub fn to_proto(self) -> Timestamp {
        let micros = i32::try_from(self.0.rem_euclid(MICROS_PER_SECOND)).unwrap_or_default();
        Timestamp { seconds: self.seconds(), nanos: micros.saturating_mul(NANOS_PER_MICRO) }
    }

    /// Converts a timestamp and cuts off fractions of a microsecond. `Err` describes the fault.
    pub fn from_proto(timestamp: &Timestamp) -> Result<Self, String> {
        if !(0..=999_999_999).contains(&timestamp.nanos) {
            return Err("nanos must be 0 to 999,999,999".to_owned());
        }
        timestamp
            .seconds
            .checked_mul(MICROS_PER_SECOND)
            .and_then(|micros| micros.checked_add(i64::from(timestamp.nanos / NANOS_PER_MICRO)))
            .filter(|_| (0..=SECONDS_MAX).contains(&timestamp.seconds))
            .map(Self)
            .ok_or_else(|| "must be a time between 1970 and 9999".to_owned())
    }
}

/// A length of time, in microseconds. `Span::from_micros`, `Time::since` and `Offset::size` never
/// return a negative length. The other constructors don't check the sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveValueType)]
pub struct Span(i64);

impl Span {
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    pub const fn from_micros(micros: i64) -> Self {
        Self(if micros < 0 { 0 } else { micros })
    }

    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    pub const fn from_days(days: i64) -> Self {
        Self::from_seconds(days.saturating_mul(86_400))
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    pub const fn half(self) -> Self {
        Self(self.0 / 2)
    }

    pub fn to_proto(self) -> prost_types::Duration {
        prost_types::Duration { seconds: self.seconds(), nanos: 0 }
    }
}

/// Writes the two largest units, for people: `12 d 3 h`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.seconds();
        let units = [
            ("d", seconds / 86_400),
            ("h", seconds / 3_600 % 24),
            ("min", seconds / 60 % 60),
            ("s", seconds % 60),
        ];
        let mut parts =
            units.iter().skip_while(|(_, number)| *number == 0).take(2).filter(|(_, number)| *number > 0);
        let Some((unit, number)) = parts.next() else { return f.write_str("0 s") };
        write!(f, "{number} {unit}")?;
        parts.try_for_each(|(unit, number)| write!(f, " {number} {unit}"))
    }
}

/// The lead of one clock over another, in microseconds; negative if the first clock is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offset(i64);

impl Offset {
    pub const fn seconds(self) -> i64 {
        self.0 / MICROS_PER_SECOND
    }

    /// The distance between the clocks, without its direction.
    pub fn size(self) -> Span {
        Span(self.0.saturating_abs())
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.size(), if self.0 < 0 { "behind" } else { "ahead of" })
    }
}

/// The server's own clock.
///
/// It shows the system's time while that time agrees with the steady time. The steady time is the
/// time that was last passed to `set`, advanced by a clock of the system that nobody can set
/// (`STEADY`). If the two times differ, the server's clock shows the steady time. So a jump of the
/// system's time alone changes nothing: the module `clock` decides whether the server follows it.
///
/// Clones share one clock. The field is the steady time at which `STEADY` was zero, in
/// microseconds.
#[derive(Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// The clock shows the system's time while that time differs from the steady time by at most
    /// this span. The span covers the small steps that keep the system's time right.
    pub const STEP_MAX: Span = Span::from_seconds(1);

    pub fn system() -> Self {
        let clock = Self(Arc::default());
        clock.set(Self::system_now());
        clock
    }

    /// The system's time now, right or wrong.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn system_now() -> Time {
        #[cfg(test)]
        if let Some(now) = simulated::now() {
            return now;
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    pub fn now(&self) -> Time {
        let (system, steady) = (Self::system_now(), self.steady_now());
        if system.ahead_of(steady).size() <= Self::STEP_MAX { system } else { steady }
    }

    /// The steady time: the time that was last set, advanced by `STEADY`.
    pub fn steady_now(&self) -> Time {
        Time(steady_micros().saturating_add(self.0.load(Ordering::Relaxed)))
    }

    /// Sets the steady time. The system's time is not changed.
    pub fn set(&self, now: Time) {
        self.0.store(now.0.saturating_sub(steady_micros()), Ordering::Relaxed);
    }
}

/// The system's clock that nobody can set. On Linux it also runs while the machine sleeps.
#[cfg(target_os = "linux")]
const STEADY: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const STEADY: ClockId = ClockId::Monotonic;

fn steady_micros() -> i64 {
    #[cfg(test)]
    if let Some(now) = simulated::now() {
        return now.0;
    }
    let now = clock_gettime(STEADY);
    now.tv_sec.saturating_mul(MICROS_PER_SECOND).saturating_add(now.tv_nsec / i64::from(NANOS_PER_MICRO))
}

/// The time of the simulation, which stands for the clocks of the system on the thread that sets it.
#[cfg(test)]
pub mod simulated {
    use std::cell::Cell;

    use super::Time;

    thread_local! {
        static NOW: Cell<Option<Time>> = const { Cell::new(None) };
    }

    pub fn now() -> Option<Time> {
        NOW.get()
    }

    /// Sets the time; `None` ends the simulation.
    pub fn set(now: Option<Time>) {
        NOW.set(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_survive_the_wire() {
        for micros in [0, 1, 999_999, 1_000_000, 1_700_000_000_123_456, SECONDS_MAX * 1_000_000 + 999_999] {
            let time = Time::from_micros(micros);
            assert_eq!(Time::from_proto(&time.to_proto()), Ok(time));
        }
    }

    #[test]
    fn spans_are_shown_by_their_two_largest_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_661, "1 h 1 min"),
            (86_400, "1 d"),
            (1_047_600, "12 d 3 h"),
        ] {
            assert_eq!(Span::from_seconds(seconds).to_string(), text);
        }
        let time = Time::from_micros(1_000_000);
        assert_eq!(time.plus(Span::from_seconds(5)).since(time), Span::from_seconds(5));
        assert_eq!(time.plus(Span::from_days(5)).minus(Span::from_seconds(5 * 86_400)), time);
        assert_eq!(time.since(time.plus(Span::from_seconds(5))), Span::from_seconds(0));
    }

    #[test]
    fn offsets_show_their_direction() {
        let time = Time::from_micros(5_000_000_000);
        let later = time.plus(Span::from_seconds(3_600));
        assert_eq!(later.ahead_of(time).to_string(), "1 h ahead of");
        assert_eq!(time.ahead_of(later).to_string(), "1 h behind");
        assert_eq!((time.ahead_of(later).seconds(), time.ahead_of(later).size().seconds()), (-3_600, 3_600));
    }

    #[test]
    fn a_clock_continues_from_the_time_set() {
        let clock = Clock::system();
        assert!(clock.now().ahead_of(Clock::system_now()).size() < Span::from_seconds(1));
        let set = Time::from_micros(1_000_000);
        clock.clone().set(set);
        assert!(clock.now() >= set && clock.now().since(set) < Span::from_seconds(60));
    }

    #[test]
    fn impossible_timestamps_are_refused() {
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (-1, 0), (SECONDS_MAX + 1, 0)] {
            assert!(Time::from_proto(&Timestamp { seconds, nanos }).is_err(), "{seconds} {nanos}");
        }
    }
}
