use super::*;

fn period(zone: &str, start: &str, end: &str, grain: Grain) -> Period {
    let [start, end] = [start, end].map(|text| Some(parse_named(text).unwrap()));
    Period::new(parse_zone(zone).unwrap(), [start, end], Time::from_micros(0), grain).unwrap()
}

/// The labels and the lengths, in quarters, of all spans.
fn spans(period: &Period) -> Vec<(String, usize)> {
    let limits = period.limits.windows(2).enumerate();
    let length = |limits: &[Quarter]| limits.first().unwrap().until(*limits.last().unwrap());
    limits.map(|(slot, limits)| (period.label(slot), length(limits))).collect()
}

#[test]
fn days_have_the_length_that_the_clock_gives_them() {
    for (zone, start, end, expected) in [
        (
            "UTC",
            "2026-11-01",
            "2026-11-03",
            &[("2026-11-01T00:00+00:00", 96), ("2026-11-02T00:00+00:00", 96)][..],
        ),
        ("Europe/Madrid", "2026-03-29", "2026-03-30", &[("2026-03-29T00:00+01:00", 92)]),
        ("Europe/Madrid", "2026-10-25", "2026-10-26", &[("2026-10-25T00:00+02:00", 100)]),
        ("Asia/Kolkata", "2026-10-25", "2026-10-26", &[("2026-10-25T00:00+05:30", 96)]),
        ("Asia/Kathmandu", "2026-10-25", "2026-10-26", &[("2026-10-25T00:00+05:45", 96)]),
        // Half an hour is left out.
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-05", &[("2026-10-04T00:00+10:30", 94)]),
        // The clock leaves out midnight: the day begins at one.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-05", &[("2018-11-04T01:00-02:00", 92)]),
        // Midnight comes twice: the day begins with the first one.
        ("America/Havana", "2026-11-01", "2026-11-02", &[("2026-11-01T00:00-04:00", 100)]),
        // The 30th of December 2011 was left out.
        (
            "Pacific/Apia",
            "2011-12-29",
            "2012-01-01",
            &[("2011-12-29T00:00-10:00", 96), ("2011-12-31T00:00+14:00", 96)],
        ),
        // The first and the last are cut.
        (
            "Europe/Berlin",
            "2026-11-01T06:15",
            "2026-11-02T12:30",
            &[("2026-11-01T06:15+01:00", 71), ("2026-11-02T00:00+01:00", 50)],
        ),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(label, length)| ((*label).to_owned(), *length)).collect();
        assert_eq!(spans(&period(zone, start, end, Grain::Day)), expected, "{zone} {start}");
    }
}

#[test]
fn an_hour_that_the_clock_shows_twice_is_two_hours() {
    let autumn = spans(&period("Europe/Madrid", "2026-10-25T01:00", "2026-10-25T04:00", Grain::Hour));
    let labels: Vec<_> = autumn.iter().map(|(label, length)| (label.as_str(), *length)).collect();
    assert_eq!(
        labels,
        [
            ("2026-10-25T01:00+02:00", 4),
            ("2026-10-25T02:00+02:00", 4),
            ("2026-10-25T02:00+01:00", 4),
            ("2026-10-25T03:00+01:00", 4),
        ]
    );
    // The clock is put back by half an hour.
    let half = spans(&period("Australia/Lord_Howe", "2026-04-05T01:00", "2026-04-05T03:00", Grain::Hour));
    let labels: Vec<_> = half.iter().map(|(label, length)| (label.as_str(), *length)).collect();
    assert_eq!(
        labels,
        [("2026-04-05T01:00+11:00", 4), ("2026-04-05T01:30+10:30", 2), ("2026-04-05T02:00+10:30", 4)]
    );
}

#[test]
fn weeks_and_months_begin_by_the_calendar() {
    for (grain, expected) in [
        (Grain::Week(1), &["2026-11-01", "2026-11-02", "2026-11-09"][..]),
        (Grain::Week(7), &["2026-11-01", "2026-11-08"]),
        (Grain::Week(3), &["2026-11-01", "2026-11-04", "2026-11-11"]),
        (Grain::Month, &["2026-11-01"]),
        (Grain::Whole, &[""]),
    ] {
        let spans = spans(&period("Europe/Rome", "2026-11-01", "2026-11-15", grain));
        let days: Vec<&str> = spans.iter().map(|(label, _)| label.get(..10).unwrap_or_default()).collect();
        assert_eq!(days, expected, "{grain:?}");
        assert_eq!(spans.iter().map(|(_, length)| length).sum::<usize>(), 14 * 96);
    }
    let year = spans(&period("Europe/Rome", "2026-01-15", "2027-01-02", Grain::Month));
    assert_eq!((year.len(), year.first().unwrap().1, year.last().unwrap().1), (13, 17 * 96, 96));
}

#[test]
fn every_quarter_is_in_one_span_in_every_zone() {
    let (mut zones, mut changes) = (0, 0);
    for name in jiff::tz::db().available() {
        let name = name.as_str();
        let Ok(zone) = parse_zone(name) else { continue };
        zones += 1;
        let since = Timestamp::from_second(1_262_304_000).unwrap();
        let until = Timestamp::from_second(1_893_456_000).unwrap();
        let is_twice =
            |day: Date| zone.to_ambiguous_timestamp(day.to_datetime(TimeOfDay::midnight())).is_ambiguous();
        // The days of all changes of the clock from 2010 to 2030, and the days beside them.
        for change in zone.following(since).take_while(|change| change.timestamp() < until) {
            changes += 1;
            let day = zone.to_datetime(change.timestamp()).date();
            let [start, end] = [day.checked_sub(1.day()).unwrap(), day.checked_add(2.days()).unwrap()];
            let [start, end] = [start, end].map(|day| day.to_string());
            for grain in [Grain::QuarterHour, Grain::Hour, Grain::Day, Grain::Week(1), Grain::Month] {
                let period = period(name, &start, &end, grain);
                assert!(period.limits.is_sorted_by(|one, next| one < next), "{name} {start} {grain:?}");
                let quarters = period.first().until(period.below());
                for number in 0..quarters {
                    let quarter = period.first().plus(i32::try_from(number).unwrap());
                    let slot = period.slot(quarter).unwrap();
                    let local = |quarter: Quarter| {
                        let time = Timestamp::from_microsecond(quarter.start().micros()).unwrap();
                        time.to_zoned_datetime(zone.clone())
                    };
                    let (begun, now) = (local(*period.limits.get(slot).unwrap()), local(quarter));
                    let is_of = match grain {
                        Grain::QuarterHour => begun == now,
                        // Until 2011, a few clocks were changed within a quarter, a minute after midnight.
                        Grain::Hour if even(change.timestamp().as_microsecond()).is_none() => true,
                        Grain::Hour => {
                            (begun.date(), begun.hour(), begun.offset())
                                == (now.date(), now.hour(), now.offset())
                        }
                        // A midnight that is shown twice begins the day the first time.
                        Grain::Day => begun.date() == now.date() || is_twice(begun.date()),
                        _ => begun.date() <= now.date(),
                    };
                    assert!(is_of, "{name}: {now} is in the span from {begun}, {grain:?}");
                }
                assert_eq!((period.slot(period.first().plus(-1)), period.slot(period.below())), (None, None));
            }
        }
    }
    assert!(zones > 500 && changes > 3_000, "{zones} {changes}");
}

#[test]
fn spans_of_equal_length_are_one_run() {
    for (zone, start, end, grain, lengths) in [
        ("UTC", "2026-10-20", "2026-10-30", Grain::Day, &[(10, 96)][..]),
        ("Europe/Madrid", "2026-10-20", "2026-10-30", Grain::Day, &[(5, 96), (1, 100), (4, 96)]),
        ("Europe/Madrid", "2026-10-20T06:00", "2026-10-22T12:00", Grain::Day, &[(1, 72), (1, 96), (1, 48)]),
        ("UTC", "2026-01-01", "2026-04-01", Grain::Month, &[(1, 31 * 96), (1, 28 * 96), (1, 31 * 96)]),
        ("UTC", "2026-01-01", "2026-04-01", Grain::Whole, &[(1, 90 * 96)]),
        ("UTC", "2026-01-01", "2026-01-02", Grain::QuarterHour, &[(96, 1)]),
    ] {
        let period = period(zone, start, end, grain);
        let runs = period.runs();
        let found: Vec<(usize, i32)> = runs
            .iter()
            .map(|(from, below, span)| (from.until(*below) / usize::try_from(*span).unwrap(), *span))
            .collect();
        assert_eq!(found, lengths, "{zone} {start} {grain:?}");
        assert_eq!((runs.first().unwrap().0, runs.last().unwrap().1), (period.first(), period.below()));
    }
}

#[test]
fn a_comparison_has_the_same_times_of_the_clock() {
    use Comparison::{DayBefore, PreviousPeriod, WeekBefore, YearBefore};
    for (start, end, comparison, from, until) in [
        ("2026-11-01", "2026-12-01", PreviousPeriod, "2026-10-01", "2026-11-01"),
        ("2026-01-01", "2026-04-01", PreviousPeriod, "2025-10-01", "2026-01-01"),
        ("2026-11-08", "2026-11-15", PreviousPeriod, "2026-11-01", "2026-11-08"),
        ("2026-11-08T06:00", "2026-11-08T09:30", PreviousPeriod, "2026-11-08T02:30", "2026-11-08T06:00"),
        ("2026-11-08", "2026-11-08T14:30", DayBefore, "2026-11-07", "2026-11-07T14:30"),
        // The day before has an hour more.
        ("2026-10-26", "2026-10-27", DayBefore, "2026-10-25", "2026-10-26"),
        ("2026-11-08", "2026-11-15", WeekBefore, "2026-11-01", "2026-11-08"),
        ("2028-02-29", "2028-03-01", YearBefore, "2027-02-28", "2027-03-01"),
    ] {
        let compared = period("Europe/Madrid", start, end, Grain::Day).compared(comparison).unwrap();
        let expected = period("Europe/Madrid", from, until, Grain::Day);
        assert_eq!(
            (compared.first(), compared.below()),
            (expected.first(), expected.below()),
            "{start} {comparison:?}"
        );
    }
}

#[test]
fn compared_spans_are_the_own_ones_moved_back() {
    use Comparison::{DayBefore, PreviousPeriod, YearBefore};
    for (zone, start, end, grain, comparison, expected) in [
        // Two months of the earlier period are one span.
        ("UTC", "2026-12-01", "2026-12-03", Grain::Month, DayBefore, &[2 * 96][..]),
        ("UTC", "2026-11-26", "2026-12-03", Grain::Week(3), DayBefore, &[6 * 96, 96]),
        // The year before, the span had other weekdays.
        ("UTC", "2027-11-29", "2027-12-13", Grain::Week(1), YearBefore, &[7 * 96, 7 * 96]),
        // February has three days less.
        (
            "UTC",
            "2026-03-01",
            "2026-04-01",
            Grain::Day,
            PreviousPeriod,
            &[[96; 28].as_slice(), &[0, 0, 0]].concat(),
        ),
        // January has three days more.
        (
            "UTC",
            "2026-02-01",
            "2026-03-01",
            Grain::Day,
            PreviousPeriod,
            &[[96; 27].as_slice(), &[4 * 96]].concat(),
        ),
        // An hour twice in the own period, and in the earlier one.
        ("Europe/Madrid", "2026-10-25T01:00", "2026-10-25T04:00", Grain::Hour, DayBefore, &[4, 0, 4, 4]),
        ("Europe/Madrid", "2026-10-26T01:00", "2026-10-26T04:00", Grain::Hour, DayBefore, &[4, 8, 4]),
    ] {
        let own = period(zone, start, end, grain);
        let compared = own.compared(comparison).unwrap();
        let lengths: Vec<usize> = spans(&compared).iter().map(|(_, length)| *length).collect();
        assert_eq!(lengths, expected, "{start} {grain:?}");
        assert_eq!(compared.slots(), own.slots());
        let counted: usize = compared
            .runs()
            .iter()
            .map(|(from, below, span)| {
                assert!(*span > 0);
                from.until(*below)
            })
            .sum();
        assert_eq!(counted, compared.first().until(compared.below()));
        for number in 0..counted {
            let quarter = compared.first().plus(i32::try_from(number).unwrap());
            let slot = compared.slot(quarter).unwrap();
            assert!(lengths.get(slot).unwrap() > &0, "{start} {number}");
        }
    }
}

#[test]
fn a_period_without_an_end_ends_with_the_present_quarter() {
    let now = Time::from_micros(1_700_000_000_000_000);
    let zone = parse_zone("Asia/Tokyo").unwrap();
    let start = Some(parse_named("2023-11-14").unwrap());
    let period = Period::new(zone, [start, None], now, Grain::Whole).unwrap();
    assert_eq!((period.below(), period.slots()), (Quarter::of(now).plus(1), 1));
    assert_eq!(period.label(0), "");
}

#[test]
fn a_time_with_its_offset_is_one_moment() {
    for (text, zone, quarters_before) in [
        // Both hours that the clock shows as two.
        ("2026-10-25T02:30+02:00", "Europe/Madrid", 10),
        ("2026-10-25T02:30+01:00", "Europe/Madrid", 6),
        ("2026-10-25T01:30Z", "Europe/Madrid", 6),
        ("2026-10-25T07:15+05:45", "Europe/Madrid", 6),
        ("2026-10-25T01:30Z", "UTC", 6),
    ] {
        let span = period(zone, text, "2026-10-25T03:00Z", Grain::Whole);
        assert_eq!(span.first().until(span.below()), quarters_before, "{text} {zone}");
        let of_hours = period(zone, text, "2026-10-25T03:00Z", Grain::Hour);
        assert_eq!(of_hours.first(), span.first());
    }
    let hours = period("Europe/Madrid", "2026-10-25T02:00+01:00", "2026-10-25T03:00", Grain::Hour);
    assert_eq!(spans(&hours), [("2026-10-25T02:00+01:00".to_owned(), 4)]);
    // What a report calls a span is the span's start in the next question.
    for day in ["2026-03-29", "2026-10-25"] {
        let next = Date::strptime(DATE_FORM.0, day).unwrap().tomorrow().unwrap().to_string();
        let hours = period("Europe/Madrid", day, &next, Grain::Hour);
        for (slot, (label, _)) in spans(&hours).iter().enumerate() {
            let from = period("Europe/Madrid", label, &next, Grain::Whole);
            assert_eq!(Some(&from.first()), hours.limits.get(slot), "{label}");
        }
    }
}

#[test]
fn a_time_that_is_not_once_is_refused_with_its_cure() {
    for (text, cure) in [
        (
            "2026-10-25T02:30",
            "exists twice in this time zone, whose clock is changed then; write `2026-10-25T02:30+02:00` or `2026-10-25T02:30+01:00`",
        ),
        (
            "2026-03-29T02:30",
            "does not exist in this time zone, whose clock is changed then; write `2026-03-29T02:30+01:00` or `2026-03-29T02:30+02:00`",
        ),
    ] {
        for (times, field) in
            [([Some(text), Some("2026-12-01")], "start"), ([Some("2026-01-01"), Some(text)], "end")]
        {
            let times = times.map(|text| text.map(|text| parse_named(text).unwrap()));
            let zone = parse_zone("Europe/Madrid").unwrap();
            let made = Period::new(zone, times, Time::from_micros(0), Grain::Whole);
            assert_eq!(made.unwrap_err(), Fault::Field(field, cure.to_owned()));
        }
    }
}

#[test]
fn what_is_no_period_is_refused_by_its_field() {
    for (zone, start, end, field) in [
        ("", "", "2026-11-02", "start"),
        ("", "2026-11-02", "2026-11-02", "end"),
        ("", "2026-11-02", "2026-11-01", "end"),
        ("", "2026-11-02T06:10", "2026-11-03", "start"),
        ("", "2026-11-02", "2026-11-03T06:20", "end"),
        ("", "1969-12-31", "2026-11-03", "start"),
        ("", "2000-01-01", "2026-11-03", "end"),
        // Now is 1970.
        ("", "2026-11-02", "", "start"),
        ("Asia/Tokyo", "1970-01-01", "1970-01-02", "start"),
        // The clock was 44 minutes and 30 seconds behind.
        ("Africa/Monrovia", "1971-01-01", "1971-01-02", "start"),
    ] {
        let times = [start, end].map(|text| (!text.is_empty()).then(|| parse_named(text).unwrap()));
        let made = Period::new(parse_zone(zone).unwrap(), times, Time::from_micros(0), Grain::Day);
        let Err(Fault::Field(at, _)) = made else { panic!("{start} {end}: {made:?}") };
        assert_eq!(at, field, "{zone} {start} {end}");
    }
    let times = ["2020-01-01", "2026-11-03"].map(|text| Some(parse_named(text).unwrap()));
    let made = Period::new(TimeZone::UTC, times, Time::from_micros(0), Grain::QuarterHour);
    assert_eq!(made.unwrap_err(), Fault::TooManySlots);
    for name in ["Europe/Nowhere", "../../etc/passwd", "\0", "+01:00"] {
        assert!(parse_zone(name).is_err(), "{name}");
    }
    for text in [
        "2026-11-1",
        "2026-13-01",
        "2026-02-30",
        "2026-11-01T25:00",
        "2026-11-01 06:15",
        "2026-11-01T06:15ZZ",
        "2026-11-01Z",
        "2026-11-01T06:15+1:00",
        "2026-11-01T06:15+01",
        "2026-11-01T06:15+01:00:30",
        "2026-11-01T06:15[Europe/Madrid]",
        " 026-11-01",
        "today",
    ] {
        assert!(parse_named(text).is_err(), "{text}");
    }
}
