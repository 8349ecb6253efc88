//! Times as people write them: in options and in files.
//!
//! A time is as exact as it is written: a date alone is some time of that day, and `14:05` some
//! time of that minute. A time without a zone is in the zone that `--time-zone` names, or else in
//! the machine's zone.
//!
//! Absent on purpose: guesses. `01/02/2026` can be read in two ways, and is refused.

mod zone;

use std::str::FromStr;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};
use s2s_sdk::{parameter::is_trimmed, prost_types};

pub use self::zone::Zone;

const WANTED: &str = "write a time as 2026-11-24, 2026-11-24 14:05 or 2026-11-24T14:05:00Z";
/// Number of digits of a Unix time in seconds.
const UNIX_SECONDS_DIGITS: usize = 10;
/// Number of digits of a Unix time in milliseconds.
const UNIX_MILLIS_DIGITS: usize = 13;
/// Number of digits of a date without marks.
const COMPACT_DATE_DIGITS: usize = 8;
const MONTHS_PER_YEAR: i8 = 12;
const HOURS_OF_HALF_DAY: i8 = 12;
/// The unit of the server's times.
const MICROSECOND: SignedDuration = SignedDuration::from_micros(1);

const SECONDS_PER_HOUR: u32 = 3_600;

/// Converts a number of hours to a duration, as calls accept it.
pub fn hours(hours: u32) -> prost_types::Duration {
    prost_types::Duration { seconds: i64::from(hours) * i64::from(SECONDS_PER_HOUR), nanos: 0 }
}

/// A time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    Today,
    Yesterday,
    Day(Date),
    /// A time without a zone.
    Local(DateTime, Extent),
    Instant(Timestamp, Extent),
}

/// The precision with which a time of day was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Minute,
    Exact,
}

impl Extent {
    /// The distance from the first to the last moment that the text can mean.
    fn length(self) -> SignedDuration {
        match self {
            Self::Minute => SignedDuration::from_mins(1) - MICROSECOND,
            Self::Exact => SignedDuration::ZERO,
        }
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim_matches(is_trimmed);
        match text.to_ascii_lowercase().as_str() {
            "now" => return Ok(Self::Now),
            "today" => return Ok(Self::Today),
            "yesterday" => return Ok(Self::Yesterday),
            _ => (),
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let time = unix(text).map(|time| Self::Instant(time, Extent::Exact));
            return time.ok_or_else(|| match compact_date(text) {
                Some(date) => format!("a date needs its marks; write {date}"),
                None => WANTED.to_owned(),
            });
        }
        let (day, rest) = match text.split_once(['T', 't', ' ']) {
            None => (text, None),
            Some((day, rest)) => (day, Some(rest)),
        };
        let day = date(day)?;
        let Some(rest) = rest else { return Ok(Self::Day(day)) };
        time_of_day(day, rest.trim()).ok_or_else(|| WANTED.to_owned())
    }
}

fn unix(digits: &str) -> Option<Timestamp> {
    let number = digits.parse().ok()?;
    match digits.len() {
        UNIX_SECONDS_DIGITS => Timestamp::from_second(number).ok(),
        UNIX_MILLIS_DIGITS => Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

/// Reads a date with the year first, or with points and the day first. With other marks, the day
/// may come first or second, so the numbers must tell day and month apart.
fn date(text: &str) -> Result<Date, String> {
    let wanted = || WANTED.to_owned();
    let mark = text.chars().find(|letter| "-/.".contains(*letter)).ok_or_else(wanted)?;
    let parts: Vec<&str> = text.split(mark).collect();
    let is_number =
        |part: &&str| matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|byte| byte.is_ascii_digit());
    let [first, second, third] = parts.as_slice() else { return Err(wanted()) };
    if !parts.iter().all(is_number) {
        return Err(wanted());
    }
    let small = |part: &str| part.parse::<i8>().map_err(|_| wanted());
    let (year, month, day) = match (first.len(), third.len()) {
        (4, 1 | 2) => (first, small(second)?, small(third)?),
        (1 | 2, 4) => {
            let (first, second) = (small(first)?, small(second)?);
            match (first, second) {
                _ if mark == '.' => (third, second, first),
                _ if first == second || first > MONTHS_PER_YEAR => (third, second, first),
                _ if second > MONTHS_PER_YEAR => (third, first, second),
                _ => {
                    return Err(format!(
                        "day and month can be read in two ways; write {third}-{second:02}-{first:02} or \
                         {third}-{first:02}-{second:02}"
                    ));
                }
            }
        }
        _ => return Err(wanted()),
    };
    let year = year.parse().map_err(|_| wanted())?;
    Date::new(year, month, day).map_err(|_| format!("there is no such day; {WANTED}"))
}

/// Reads the text after a date: `14:05`, `2:05 PM`, `14:05:30.5`, each with or without a zone.
fn time_of_day(day: Date, text: &str) -> Option<When> {
    let (text, offset) = split_offset(text)?;
    let upper = text.trim_end().to_ascii_uppercase();
    let (clock, is_afternoon) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock.trim_end(), Some(false)),
        (_, Some(clock)) => (clock.trim_end(), Some(true)),
        _ => (upper.as_str(), None),
    };
    let mut parts = clock.split(':');
    let digits = |part: &str, lengths: &[usize]| {
        (lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<i8>().ok())
            .flatten()
    };
    let hour = digits(parts.next()?, &[1, 2])?;
    let minute = digits(parts.next()?, &[2])?;
    let second = parts.next();
    if parts.next().is_some() {
        return None;
    }
    let hour = match is_afternoon {
        None => hour,
        Some(afternoon) if (1..=HOURS_OF_HALF_DAY).contains(&hour) => {
            hour % HOURS_OF_HALF_DAY + if afternoon { HOURS_OF_HALF_DAY } else { 0 }
        }
        Some(_) => return None,
    };
    let (second, nanos, extent) = match second {
        None => (0, 0, Extent::Minute),
        Some(second) => {
            let (whole, fraction) = second.split_once(['.', ',']).unwrap_or((second, "0"));
            let is_fraction =
                matches!(fraction.len(), 1..=9) && fraction.bytes().all(|byte| byte.is_ascii_digit());
            let nanos = is_fraction.then(|| format!("{fraction:0<9}").parse::<i32>().ok()).flatten()?;
            (digits(whole, &[2])?, nanos, Extent::Exact)
        }
    };
    let local = day.to_datetime(Time::new(hour, minute, second, nanos).ok()?);
    match offset {
        None => Some(When::Local(local, extent)),
        Some(offset) => Some(When::Instant(offset.to_timestamp(local).ok()?, extent)),
    }
}

/// Splits a zone off a time of day: `Z`, `UTC`, `GMT`, `+01:00`, `+0100` or `+01`. `None` if it is
/// malformed.
fn split_offset(text: &str) -> Option<(&str, Option<Offset>)> {
    for name in ["Z", "UTC", "GMT"] {
        let split = text.len().checked_sub(name.len()).and_then(|at| text.split_at_checked(at));
        if let Some((time, end)) = split
            && end.eq_ignore_ascii_case(name)
        {
            return Some((time, Some(Offset::UTC)));
        }
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let (time, offset) = text.split_at_checked(at)?;
    let (sign, digits) = offset.split_at_checked(1)?;
    let (hours, minutes) = match (digits.len(), digits.split_once(':')) {
        (5, Some(halves)) => halves,
        (4, None) => digits.split_at_checked(2)?,
        (2, None) => (digits, "00"),
        _ => return None,
    };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i32>().ok())?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = (hours * 60 + minutes) * 60;
    let is_real = (0..24).contains(&hours) && (0..60).contains(&minutes);
    let offset =
        is_real.then(|| Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok())??;
    Some((time, Some(offset)))
}

/// Reads the name of a time zone, for example `Europe/Berlin`.
pub fn parse_zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| "name a time zone as Europe/Berlin or UTC".to_owned())
}

/// Reads a date without marks, such as `20261124`.
fn compact_date(digits: &str) -> Option<Date> {
    let (year, rest) = digits.split_at_checked(4).filter(|_| digits.len() == COMPACT_DATE_DIGITS)?;
    let (month, day) = rest.split_at_checked(2)?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, zone: &str) -> Result<String, String> {
        let zone = Zone::new(Some(parse_zone(zone).unwrap()));
        zone.start(text.parse()?).map(|time| time.to_string())
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, zone, expected) in [
            ("2026-11-26", "UTC", "2026-11-26T00:00:00Z"),
            ("2026-11-26", "Europe/Berlin", "2026-11-25T23:00:00Z"),
            ("2026-07-01", "europe/berlin", "2026-06-30T22:00:00Z"),
            ("2026/11/6", "UTC", "2026-11-06T00:00:00Z"),
            ("26.11.2026", "UTC", "2026-11-26T00:00:00Z"),
            ("1.2.2026", "UTC", "2026-02-01T00:00:00Z"),
            ("26/11/2026", "UTC", "2026-11-26T00:00:00Z"),
            ("11/26/2026", "UTC", "2026-11-26T00:00:00Z"),
            ("11/11/2026", "UTC", "2026-11-11T00:00:00Z"),
            ("2026-11-26T00:00", "UTC", "2026-11-26T00:00:00Z"),
            ("2026-11-26 14:05", "Asia/Kolkata", "2026-11-26T08:35:00Z"),
            ("26.11.2026 9:05:07", "UTC", "2026-11-26T09:05:07Z"),
            ("11/26/2026 2:05 PM", "UTC", "2026-11-26T14:05:00Z"),
            ("2026-11-26 12:00am", "UTC", "2026-11-26T00:00:00Z"),
            ("2026-11-26T14:05:00Z", "Europe/Berlin", "2026-11-26T14:05:00Z"),
            ("2026-11-26t14:05z", "Europe/Berlin", "2026-11-26T14:05:00Z"),
            ("2026-11-26 14:05:00.250 UTC", "Europe/Berlin", "2026-11-26T14:05:00.250Z"),
            ("2026-11-26T14:05:00+01:00", "UTC", "2026-11-26T13:05:00Z"),
            ("2026-11-26 14:05 -0130", "UTC", "2026-11-26T15:35:00Z"),
            (" \"2026-11-26\" ", "UTC", "2026-11-26T00:00:00Z"),
            ("1795701900", "Europe/Berlin", "2026-11-26T14:05:00Z"),
            ("1795701900500", "Europe/Berlin", "2026-11-26T14:05:00.500Z"),
            ("1969-12-31T23:59:59.5Z", "UTC", "1969-12-31T23:59:59.500Z"),
        ] {
            assert_eq!(read(text, zone).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_or_has_two_meanings_is_refused() {
        for (text, said) in [
            ("01/02/2026", "2026-02-01 or 2026-01-02"),
            ("3-4-2026 14:05", "2026-04-03 or 2026-03-04"),
            ("26.11.26", "write a time as 2026-11-24"),
            ("2026-02-30", "no such day"),
            ("11.26.2026", "no such day"),
            ("2026-11", "write a time"),
            ("20261126", "a date needs its marks; write 2026-11-26"),
            ("20261326", "write a time"),
            ("2026112", "write a time"),
            ("tomorrow", "write a time"),
            ("2026-11-26T", "write a time"),
            ("2026-11-26 25:00", "write a time"),
            ("2026-11-26 14", "write a time"),
            ("2026-11-26 14:5", "write a time"),
            ("2026-11-26 13:05 PM", "write a time"),
            ("2026-11-26 14:05 Europe", "write a time"),
            ("2026-11-26 14:05+99:00", "write a time"),
            ("2026-11-26Z", "write a time"),
            ("", "write a time"),
        ] {
            let refused = read(text, "UTC").unwrap_err();
            assert!(refused.contains(said), "{text}: {refused}");
        }
        assert!(parse_zone("Middle-earth/Shire").is_err());
    }

    #[test]
    fn a_time_that_the_clocks_skip_or_repeat_needs_a_zone() {
        for (text, said) in [
            ("2026-03-29 02:30", "does not exist in its zone"),
            ("2026-03-29 02:00:00", "does not exist in its zone"),
            ("2026-10-25 02:30", "exists twice in its zone"),
            ("25.10.2026 2:00", "exists twice in its zone"),
        ] {
            let refused = read(text, "Europe/Berlin").unwrap_err();
            assert!(refused.contains(said) && refused.contains("with its zone, as in 2026-"), "{refused}");
        }
        for (text, expected) in [
            ("2026-03-29 03:00", "2026-03-29T01:00:00Z"),
            ("2026-10-25 02:30+02:00", "2026-10-25T00:30:00Z"),
            ("2026-10-25T01:30Z", "2026-10-25T01:30:00Z"),
            ("2026-03-29", "2026-03-28T23:00:00Z"),
            ("2026-10-25 03:00", "2026-10-25T02:00:00Z"),
        ] {
            assert_eq!(read(text, "Europe/Berlin").as_deref(), Ok(expected), "{text}");
        }
        // A day can be read even if its midnight is skipped or repeated.
        assert!(read("2026-03-08", "America/Havana").is_ok() && read("2026-11-01", "America/Havana").is_ok());
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let zone = Zone::new(Some(TimeZone::UTC));
        let span = |word: &str| zone.span(word.parse().unwrap()).unwrap();
        let (now, today, yesterday) = (span("now"), span("Today"), span("yesterday"));
        assert!(yesterday.1 < today.0 && yesterday.1 + MICROSECOND == today.0);
        assert!(now.0 == now.1 && now.0 <= Timestamp::now());
        let day = |text: &str| zone.canonical(text.parse().unwrap());
        assert_eq!(day("26.11.2026"), day("2026-11-26 00:00"));
        assert_eq!(day("now"), "");
    }

    #[test]
    fn a_time_is_as_exact_as_it_is_written() {
        let zone = Zone::new(Some(parse_zone("Europe/Berlin").unwrap()));
        let at = |text: &str| text.parse::<prost_types::Timestamp>().unwrap();
        for (written, click, expected) in [
            ("2026-11-26", "2026-11-26T13:00:00.25Z", "2026-11-26T13:00:00.25Z"),
            ("2026-11-26", "2026-11-25T23:00:00Z", "2026-11-25T23:00:00Z"),
            ("2026-11-26", "2026-11-20T13:00:00Z", "2026-11-25T23:00:00Z"),
            ("2026-11-26", "2026-11-27T13:00:00Z", "2026-11-26T22:59:59.999999Z"),
            // The day on which the clocks are put back has 25 hours.
            ("2026-10-25", "2026-10-25T22:59:59Z", "2026-10-25T22:59:59Z"),
            ("2026-10-25 01:59", "2026-10-24T23:59:30Z", "2026-10-24T23:59:30Z"),
            ("2026-10-25 03:00", "2026-10-25T01:10:00Z", "2026-10-25T02:00:00Z"),
            ("2026-11-26 14:05", "2026-11-26T13:05:30Z", "2026-11-26T13:05:30Z"),
            ("2026-11-26 14:05", "2026-11-26T13:06:30Z", "2026-11-26T13:05:59.999999Z"),
            ("2026-11-26 14:05:00", "2026-11-26T13:05:30Z", "2026-11-26T13:05:00Z"),
            ("2026-11-26T14:05Z", "2026-11-26T14:05:30Z", "2026-11-26T14:05:30Z"),
        ] {
            assert_eq!(
                zone.closest(written.parse().unwrap(), Some(at(click))),
                Ok(at(expected)),
                "{written}"
            );
        }
        assert_eq!(
            zone.closest(When::Day(Date::constant(2026, 11, 26)), None),
            Ok(at("2026-11-25T23:00:00Z"))
        );
    }
}
