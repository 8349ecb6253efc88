//! The time zone of times that are written without a zone.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use s2s_sdk::prost_types;

use super::{MICROSECOND, WANTED, When};
use crate::{failure::Failure, output::say};

/// A time zone, and whether times were read in it.
pub struct Zone {
    of: TimeZone,
    name: String,
    is_named: bool,
    /// True once a time without a zone was read.
    is_used: AtomicBool,
    is_said: AtomicBool,
}

impl Zone {
    /// The named zone, or else the zone of this machine.
    pub fn new(named: Option<TimeZone>) -> Self {
        let is_named = named.is_some();
        let zone = named.map_or_else(TimeZone::try_system, Ok);
        let (zone, name) = match zone {
            Ok(zone) => {
                let name = zone.iana_name().unwrap_or("the time zone of this machine").to_owned();
                (zone, name)
            }
            Err(_) => (TimeZone::UTC, "UTC, since this machine has no time zone".to_owned()),
        };
        Self { of: zone, name, is_named, is_used: AtomicBool::new(false), is_said: AtomicBool::new(false) }
    }

    /// The name of the zone; `None` if the caller has named none.
    pub fn named(&self) -> Option<&str> {
        self.is_named.then_some(self.name.as_str())
    }

    /// The name of the zone in the IANA database; `UTC` if this machine's zone has none.
    pub fn iana_name(&self) -> String {
        self.of.iana_name().unwrap_or("UTC").to_owned()
    }

    /// A time as reports name the ends of their periods: a day, or a time with its offset from UTC.
    pub fn offset_time(&self, when: When) -> Result<String, String> {
        if let When::Today | When::Yesterday | When::Day(_) = when {
            return Ok(self.date(when)?.to_string());
        }
        let (moment, _) = self.span(when)?;
        let zoned = moment.to_zoned_datetime(self.of.clone());
        if when != When::Now && (zoned.second(), zoned.subsec_nanosecond()) != (0, 0) {
            return Err("a report begins and ends with a full quarter of an hour, without seconds".to_owned());
        }
        Ok(zoned.strftime("%Y-%m-%dT%H:%M%:z").to_string())
    }

    /// Prints the zone that was used, once, if a time without a zone was read.
    pub fn say(&self) {
        if self.is_used.load(Ordering::Relaxed) && !self.is_said.swap(true, Ordering::Relaxed) {
            say(&format!("times without a time zone were read in {}; --time-zone names another", self.name));
        }
    }

    /// The first moment that the text can mean.
    pub fn start(&self, when: When) -> Result<prost_types::Timestamp, String> {
        self.span(when).map(|(start, _)| to_proto(start))
    }

    /// The first moment that an option means, if it was given.
    pub fn option(&self, when: Option<When>) -> Result<Option<prost_types::Timestamp>, Failure> {
        when.map(|when| self.start(when)).transpose().map_err(Failure::Usage)
    }

    /// The moment closest to `click` that the text can mean.
    pub fn closest(
        &self,
        when: When,
        click: Option<prost_types::Timestamp>,
    ) -> Result<prost_types::Timestamp, String> {
        let (start, end) = self.span(when)?;
        let click = click.and_then(|click| Timestamp::new(click.seconds, click.nanos).ok());
        let Some(click) = click else { return Ok(to_proto(start)) };
        Ok(to_proto(click.clamp(start, end)))
    }

    /// The time as a text that does not depend on the form in which it was written, nor, except for
    /// `today` and `yesterday`, on `--time-zone`. Empty for `now`, because `now` means another time
    /// in the next import.
    pub fn canonical(&self, when: When) -> String {
        match when {
            When::Now => String::new(),
            When::Today | When::Yesterday => {
                self.date(when).map(|date| midnight(date).to_string()).unwrap_or_default()
            }
            When::Day(date) => midnight(date).to_string(),
            When::Local(local, _) => local.to_string(),
            When::Instant(time, _) => time.to_string(),
        }
    }

    /// The first and the last moment that the text can mean.
    pub fn span(&self, when: When) -> Result<(Timestamp, Timestamp), String> {
        let out_of_range = |_| WANTED.to_owned();
        let of = |local: DateTime| {
            self.is_used.store(true, Ordering::Relaxed);
            self.of.to_timestamp(local).map_err(out_of_range)
        };
        let once = |local: DateTime| {
            let fault = match self.of.to_ambiguous_timestamp(local).offset() {
                AmbiguousOffset::Unambiguous { .. } => return of(local),
                AmbiguousOffset::Gap { .. } => "does not exist in its zone: the clocks are put forward",
                AmbiguousOffset::Fold { .. } => "exists twice in its zone: the clocks are put back",
            };
            self.is_used.store(true, Ordering::Relaxed);
            Err(format!("the time {fault}; write it with its zone, as in {local}+01:00 or {local}Z"))
        };
        let (start, length) = match when {
            When::Now => (Timestamp::now(), SignedDuration::ZERO),
            When::Instant(time, extent) => (time, extent.length()),
            When::Local(local, extent) => (once(local)?, extent.length()),
            When::Today | When::Yesterday | When::Day(_) => {
                let date = self.date(when)?;
                let next = date.tomorrow().map_err(out_of_range)?;
                let start = of(midnight(date))?;
                (start, of(midnight(next))?.duration_since(start) - MICROSECOND)
            }
        };
        Ok((start, start.checked_add(length).map_err(out_of_range)?))
    }

    fn date(&self, when: When) -> Result<Date, String> {
        let today = || self.of.to_datetime(Timestamp::now()).date();
        match when {
            When::Day(date) => Ok(date),
            When::Yesterday => today().yesterday().map_err(|_| WANTED.to_owned()),
            _ => Ok(today()),
        }
    }
}

fn midnight(date: Date) -> DateTime {
    date.to_datetime(Time::midnight())
}

fn to_proto(time: Timestamp) -> prost_types::Timestamp {
    let mut time = prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() };
    time.normalize();
    time
}
