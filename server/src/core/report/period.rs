//! The period of a report, and the spans of time into which it is divided, by the clock of a time zone.
//! Pure: no I/O, no clock.
//!
//! Totals are by quarter hour of UTC. The offset of every zone is a multiple of a quarter hour, so each
//! span is a whole number of quarters. A day on which the clock is changed has 23 or 25 hours by itself.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime, Time as TimeOfDay},
    tz::{AmbiguousOffset, TimeZone},
};

use crate::{
    core::tally::{QUARTER_MICROS, Quarter},
    values::time::Time,
};

/// Maximum length of a period, in days.
pub const REPORT_DAYS_MAX: i64 = 3_660;
/// Maximum number of rows of a report, and so of spans of a period.
pub const REPORT_ROWS_MAX: usize = 10_000;
/// Number of minutes in an hour.
const HOUR_MINUTES: i64 = 60;
/// Forms of a date and of a time, and their lengths in bytes.
const DATE_FORM: (&str, usize) = ("%Y-%m-%d", 10);
const TIME_FORM: (&str, usize) = ("%Y-%m-%dT%H:%M", 16);
/// The form of the start of a span, and of a time with its offset from UTC.
const SLOT_FORM: &str = "%Y-%m-%dT%H:%M%:z";
/// Length of an offset such as `+01:00`.
const OFFSET_BYTES: usize = 6;

/// The length of the spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// One span, the whole period.
    Whole,
    QuarterHour,
    Hour,
    Day,
    /// Weeks that begin on this day: 1 for Monday to 7 for Sunday.
    Week(i8),
    Month,
}

/// The period with which a report is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    PreviousPeriod,
    DayBefore,
    WeekBefore,
    YearBefore,
}

/// A time that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The first moment of a day.
    Day(Date),
    /// A time of the clock.
    Clock(DateTime),
    /// A time with its offset from UTC.
    Instant(Timestamp),
}

/// The fault of a period.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// A field of the request, and what is wrong with it.
    Field(&'static str, String),
    /// It has too many spans.
    TooManySlots,
}

/// A period, by the clock of a time zone.
#[derive(Clone, Debug)]
pub struct Period {
    zone: TimeZone,
    grain: Grain,
    start: DateTime,
    end: DateTime,
    /// The first quarter of each span, and the quarter after the last span.
    limits: Vec<Quarter>,
}

/// Finds a time zone by its name in the IANA database.
pub fn parse_zone(name: &str) -> Result<TimeZone, String> {
    if name.is_empty() {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(name).map_err(|_| "is not the name of a time zone, such as `Europe/Madrid`".to_owned())
}

/// Parses a date, a time of the clock, or a time with its offset: `2026-11-01`, `2026-11-01T06:15` or
/// `2026-11-01T06:15+01:00`.
pub fn parse_named(text: &str) -> Result<Named, String> {
    let parsed = match text.len() {
        length if length == DATE_FORM.1 => Date::strptime(DATE_FORM.0, text).map(Named::Day),
        length if length == TIME_FORM.1 => DateTime::strptime(TIME_FORM.0, text).map(Named::Clock),
        _ => Timestamp::strptime(SLOT_FORM, text.replace('Z', "+00:00")).map(Named::Instant),
    };
    let named = parsed.map_err(|_| form())?;
    // The library also reads other spellings of the same time.
    let is_same = match named {
        Named::Day(day) => day.strftime(DATE_FORM.0).to_string() == text,
        Named::Clock(time) => time.strftime(TIME_FORM.0).to_string() == text,
        Named::Instant(_) => text.split_at_checked(TIME_FORM.1).is_some_and(|(clock, offset)| {
            parse_named(clock).is_ok() && (offset == "Z" || offset.len() == OFFSET_BYTES)
        }),
    };
    if is_same { Ok(named) } else { Err(form()) }
}

fn form() -> String {
    "must be a date or a time, such as `2026-11-01`, `2026-11-01T06:15` or `2026-11-01T06:15+01:00`"
        .to_owned()
}

impl Named {
    /// The moment, and what the clock of the zone shows then.
    fn place(self, zone: &TimeZone, field: &'static str) -> Result<(Quarter, DateTime), Fault> {
        let moment = match self {
            Self::Day(day) => return Ok((quarter(zone, field, day.into())?, day.into())),
            Self::Clock(time) => once(zone, field, time)?,
            Self::Instant(moment) => moment,
        };
        Ok((place(field, moment)?, zone.to_datetime(moment)))
    }
}

/// The moment at which the clock shows a time.
fn once(zone: &TimeZone, field: &'static str, time: DateTime) -> Result<Timestamp, Fault> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    let (is, [one, other]) = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {
            return ambiguous.compatible().map_err(|_| out_of_range(field));
        }
        AmbiguousOffset::Gap { before, after } => ("does not exist", [before, after]),
        AmbiguousOffset::Fold { before, after } => ("exists twice", [before, after]),
    };
    let with = |offset: jiff::tz::Offset| {
        let moment = offset.to_timestamp(time).map(|moment| moment.to_zoned_datetime(offset.to_time_zone()));
        moment.map(|moment| moment.strftime(SLOT_FORM).to_string()).unwrap_or_default()
    };
    let (one, other) = (with(one), with(other));
    let description =
        format!("{is} in this time zone, whose clock is changed then; write `{one}` or `{other}`");
    Err(Fault::Field(field, description))
}

impl Period {
    /// Makes a period. Without an end, it ends with the quarter hour of `now`.
    pub fn new(
        zone: TimeZone,
        [start, end]: [Option<Named>; 2],
        now: Time,
        grain: Grain,
    ) -> Result<Self, Fault> {
        let start = start.ok_or_else(|| Fault::Field("start", "is mandatory".to_owned()))?;
        let present = Timestamp::from_microsecond(Quarter::of(now).plus(1).start().micros());
        let until = end.or(present.ok().map(Named::Instant)).unwrap_or(Named::Clock(DateTime::MAX));
        let ((first, start), (last, until)) = (start.place(&zone, "start")?, until.place(&zone, "end")?);
        if first >= last {
            return Err(match end {
                Some(_) => Fault::Field("end", "must be after `start`".to_owned()),
                None => Fault::Field("start", "must be in the past, since the period ends now".to_owned()),
            });
        }
        let days = i64::try_from(first.until(last)).unwrap_or(i64::MAX) / (24 * 4);
        if days > REPORT_DAYS_MAX {
            return Err(Fault::Field("end", format!("must be at most {REPORT_DAYS_MAX} days after `start`")));
        }
        let mut limits = vec![first];
        let mut next = first;
        while next < last {
            next = after(&zone, grain, next).ok_or_else(uneven)?.min(last);
            limits.push(next);
            if limits.len() > REPORT_ROWS_MAX.saturating_add(1) {
                return Err(Fault::TooManySlots);
            }
        }
        Ok(Self { zone, grain, start, end: until, limits })
    }

    /// The period to compare with. It has as many spans, each of which is the span of the same number moved
    /// back. A span is empty if the earlier month has no such days, and long if it has more.
    pub fn compared(&self, comparison: Comparison) -> Result<Self, Fault> {
        let back = |time: DateTime| match (comparison, whole_months(self.start, self.end)) {
            (Comparison::PreviousPeriod, Some(months)) => time.checked_sub(months.months()),
            (Comparison::PreviousPeriod, None) => time.checked_sub(self.end.duration_since(self.start)),
            (Comparison::DayBefore, _) => time.checked_sub(1.day()),
            (Comparison::WeekBefore, _) => time.checked_sub(1.week()),
            (Comparison::YearBefore, _) => time.checked_sub(1.year()),
        };
        let (start, end) =
            back(self.start).and_then(|start| Ok((start, back(self.end)?))).map_err(|_| too_early())?;
        let at = |time| quarter(&self.zone, "compare", time).map_err(|_| too_early());
        let (first, last) = (at(start)?, at(end)?);
        let by_calendar = match comparison {
            Comparison::PreviousPeriod => whole_months(self.start, self.end).is_some(),
            Comparison::YearBefore => true,
            Comparison::DayBefore | Comparison::WeekBefore => false,
        };
        let mut limits = vec![first];
        for limit in self.limits.iter().skip(1).take(self.slots().saturating_sub(1)) {
            let instant = Timestamp::from_microsecond(limit.start().micros()).map_err(|_| too_early())?;
            let own = self.zone.to_datetime(instant);
            let mut moved = back(own).map_err(|_| too_early())?;
            if by_calendar && moved.day() != own.day() {
                // The earlier month has no such day: the limit is its end.
                moved = moved.date().tomorrow().map_err(|_| too_early())?.to_datetime(TimeOfDay::midnight());
            }
            let moved = at(moved)?;
            // A time that the clock showed twice is one time of the earlier period.
            let before = limits.last().copied().unwrap_or(first);
            limits.push(moved.max(before).min(last));
        }
        limits.push(last);
        Ok(Self { zone: self.zone.clone(), grain: self.grain, start, end, limits })
    }

    pub fn first(&self) -> Quarter {
        self.limits.first().copied().unwrap_or(Quarter::of(Time::from_micros(0)))
    }

    /// The quarter after the period.
    pub fn below(&self) -> Quarter {
        self.limits.last().copied().unwrap_or(self.first())
    }

    /// Number of spans.
    pub fn slots(&self) -> usize {
        self.limits.len().saturating_sub(1)
    }

    /// The spans, in runs of those that have the same length and follow one another: the first quarter of
    /// a run, the quarter after it, and the number of quarters in each of its spans. Empty spans are left
    /// out.
    pub fn runs(&self) -> Vec<(Quarter, Quarter, i32)> {
        let mut runs: Vec<(Quarter, Quarter, i32)> = Vec::new();
        for (start, end) in self.limits.iter().zip(self.limits.iter().skip(1)) {
            let length = i32::try_from(start.until(*end)).unwrap_or(i32::MAX);
            match runs.last_mut() {
                _ if length == 0 => {}
                Some((_, below, same)) if *same == length => *below = *end,
                _ => runs.push((*start, *end, length)),
            }
        }
        runs
    }

    fn is_divided(&self) -> bool {
        self.grain != Grain::Whole
    }

    /// The span that a quarter is in; `None` outside the period.
    pub fn slot(&self, quarter: Quarter) -> Option<usize> {
        let started = self.limits.partition_point(|limit| *limit <= quarter);
        started.checked_sub(1).filter(|slot| *slot < self.slots())
    }

    /// The start of a span by the zone's clock; empty if the period is not divided.
    pub fn label(&self, slot: usize) -> String {
        let start = self.limits.get(slot).filter(|_| self.is_divided());
        let start = start.and_then(|start| Timestamp::from_microsecond(start.start().micros()).ok());
        start
            .map(|start| start.to_zoned_datetime(self.zone.clone()).strftime(SLOT_FORM).to_string())
            .unwrap_or_default()
    }
}

/// The quarter that begins at a time of the clock. Of two times, the first counts. A time that the clock
/// leaves out is as long after the change as it would have been.
fn quarter(zone: &TimeZone, field: &'static str, local: DateTime) -> Result<Quarter, Fault> {
    let moment = zone.to_ambiguous_timestamp(local).compatible().map_err(|_| out_of_range(field))?;
    place(field, moment)
}

/// The quarter that begins at this moment.
fn place(field: &'static str, moment: Timestamp) -> Result<Quarter, Fault> {
    let micros = Some(moment.as_microsecond()).filter(|micros| *micros >= 0);
    let quarter = even(micros.ok_or_else(|| out_of_range(field))?);
    quarter.ok_or_else(|| Fault::Field(field, "must be a full quarter of an hour".to_owned()))
}

fn out_of_range(field: &'static str) -> Fault {
    Fault::Field(field, "must be a time from 1970 to 9999".to_owned())
}

fn even(micros: i64) -> Option<Quarter> {
    (micros.rem_euclid(QUARTER_MICROS) == 0).then(|| Quarter::of(Time::from_micros(micros)))
}

fn too_early() -> Fault {
    Fault::Field("compare", "must be a period after 1970".to_owned())
}

fn uneven() -> Fault {
    let message = "is of a zone whose clock was not set by quarters of an hour in this period";
    Fault::Field("time_zone", message.to_owned())
}

/// The end of the span that a quarter begins. `None` if the end is within a quarter.
fn after(zone: &TimeZone, grain: Grain, from: Quarter) -> Option<Quarter> {
    // No period is that long, nor so late.
    let never = Quarter::of(Time::from_micros(i64::MAX));
    let Ok(instant) = Timestamp::from_microsecond(from.start().micros()) else { return Some(never) };
    let local = zone.to_datetime(instant);
    let date = local.date();
    let day = match grain {
        Grain::Whole => return Some(never),
        Grain::QuarterHour => return Some(from.plus(1)),
        Grain::Hour => return hour(zone, instant, local),
        Grain::Day => date.tomorrow(),
        Grain::Week(begins) => {
            let passed = (date.weekday().to_monday_one_offset() - begins).rem_euclid(7);
            date.checked_add((7 - i64::from(passed)).days())
        }
        Grain::Month => date.first_of_month().checked_add(1.month()),
    };
    let Ok(day) = day else { return Some(never) };
    let midnight = zone.to_ambiguous_timestamp(day.to_datetime(TimeOfDay::midnight())).compatible();
    let Ok(midnight) = midnight else { return Some(never) };
    // A span is never empty, whatever the zone does.
    even(midnight.as_microsecond()).map(|end| end.max(from.plus(1)))
}

/// The end of an hour of the clock: the next full hour, or an earlier change of the clock. Some clocks
/// were changed a minute after midnight; then the end is the next quarter.
fn hour(zone: &TimeZone, instant: Timestamp, local: DateTime) -> Option<Quarter> {
    let minutes = HOUR_MINUTES.saturating_sub(local.minute().into());
    let full = instant.saturating_add(minutes.minutes()).ok()?;
    let offset = zone.to_offset(instant);
    let mut changes = zone.following(instant).take_while(|change| change.timestamp() < full);
    let change = changes.find(|change| change.offset() != offset).map(|change| change.timestamp());
    let change = change.map(|change| Quarter::of(Time::from_micros(change.as_microsecond() - 1)).plus(1));
    match (change, even(full.as_microsecond())) {
        (Some(change), Some(full)) => Some(change.min(full)),
        (change, full) => change.or(full),
    }
}

/// The number of months between two first days of months; `None` if the times are no such days.
fn whole_months(start: DateTime, end: DateTime) -> Option<i64> {
    let is_first = |time: DateTime| time.day() == 1 && time.time() == TimeOfDay::midnight();
    let months = |time: DateTime| i64::from(time.year()) * 12 + i64::from(time.month());
    (is_first(start) && is_first(end)).then(|| months(end) - months(start))
}

#[cfg(test)]
mod tests;
