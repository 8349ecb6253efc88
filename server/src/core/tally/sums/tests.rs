use super::*;
use crate::values::{click_id::LinkKey, time::Span};

const QUARTER: i64 = 900;
/// The start of a quarter, in seconds.
const START: i64 = 1_963_000_800;

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at(seconds: i64) -> Time {
    Time::from_micros(seconds * 1_000_000)
}

fn click_id(seconds: i64) -> ClickId {
    ClickId::new(at(seconds), LinkKey::from_bits(7), [1; 6])
}

/// An entry of a click, as the store of clicks writes it.
fn click(seconds: i64, flags: u16, account: u128, link: u128) -> Vec<u8> {
    let id = click_id(seconds).0;
    [&id.as_bytes()[..], &flags.to_be_bytes(), uuid(account).as_bytes(), uuid(link).as_bytes()].concat()
}

/// An entry of a conversion: times of click, conversion and recording in seconds; currency, value,
/// commission, status.
fn conversion(times: [i64; 3], currency: &str, amounts: [i64; 2], status: i16) -> Vec<u8> {
    let [clicked, converted, recorded] = times;
    [
        &click_id(clicked).0.as_bytes()[..],
        uuid(5).as_bytes(),
        &9_i64.to_be_bytes(),
        uuid(1).as_bytes(),
        uuid(2).as_bytes(),
        currency.as_bytes(),
        &amounts[0].to_be_bytes(),
        &amounts[1].to_be_bytes(),
        &status.to_be_bytes(),
        &at(converted).micros().to_be_bytes(),
        &at(recorded).micros().to_be_bytes(),
    ]
    .concat()
}

/// The sums of rows of the journal, each with its entries.
fn sums(rows: &[Vec<(EntryKind, Vec<u8>)>]) -> Sums {
    let mut sums = Sums::default();
    for row in rows {
        sums.add_entries(&entries(row)).unwrap();
    }
    sums
}

fn entries(row: &[(EntryKind, Vec<u8>)]) -> Vec<u8> {
    let mut entries = Entries::default();
    for (kind, bytes) in row {
        entries.add(*kind, bytes);
    }
    entries.into_bytes()
}

#[test]
fn a_time_is_in_the_quarter_that_begins_before_it_or_with_it() {
    let first = Quarter::of(at(START));
    for (micros, quarter) in [
        (0, first),
        (1, first),
        (QUARTER * 1_000_000 - 1, first),
        (QUARTER * 1_000_000, first.plus(1)),
        (-1, first.plus(-1)),
    ] {
        assert_eq!(Quarter::of(Time::from_micros(at(START).micros() + micros)), quarter, "{micros}");
    }
    assert_eq!(first.start(), at(START));
    let last_of_9999 = at(253_402_300_799);
    assert_eq!(Quarter::of(last_of_9999).start().plus(Span::from_seconds(QUARTER - 1)), last_of_9999);
}

#[test]
fn clicks_are_counted_by_link_and_quarter_and_kind() {
    let row = |clicks: &[(i64, u16, u128)]| {
        let entry = |(seconds, flags, link): &(i64, u16, u128)| {
            (journal::CLICK, click(START + seconds, *flags, 1, *link))
        };
        clicks.iter().map(entry).collect::<Vec<_>>()
    };
    // The flags: 1 robot, 2 prefetch, 4 preview, 8 cut sub ids.
    let sums = sums(&[
        row(&[(0, 0, 2), (899, 8, 2), (900, 0, 2), (1, 1, 2), (1, 1, 3)]),
        row(&[]),
        row(&[(5, 2, 2), (5, 3, 2), (5, 4, 2), (5, 5, 2), (5, 7, 2), (6, 9, 2)]),
    ]);
    let cell =
        |link, quarter| ClickCell { link: TrackingLinkId(uuid(link)), quarter: Quarter::of(at(quarter)) };
    let expected = [
        (cell(2, START), ClickSum { clicks: 9, bots: 2, prefetches: 2, previews: 3 }),
        (cell(2, START + 900), ClickSum { clicks: 1, ..Default::default() }),
        (cell(3, START), ClickSum { clicks: 1, bots: 1, ..Default::default() }),
    ];
    let expected = expected.map(|(cell, sum)| (cell, (AccountId(uuid(1)), sum)));
    assert_eq!(sums.clicks, BTreeMap::from(expected));
    assert!(sums.conversions.is_empty());
}

#[test]
fn conversions_are_counted_by_three_times_and_currencies_never_meet() {
    let entry = |entry| (journal::CONVERSION, entry);
    let largest = 1_000_000_000_000_000_000;
    let times = [START, START + 900, START + 1_800];
    let mut rows = vec![vec![
        entry(conversion(times, "EUR", [10, 1], 2)),
        entry(conversion(times, "USD", [20, 2], 2)),
        entry(conversion(times, "EUR", [30, 3], 1)),
    ]];
    // Their sum has more than 64 bits.
    rows.extend((0..20).map(|_| vec![entry(conversion([START; 3], "JPY", [largest, largest - 1], 3))]));
    let sums = sums(&rows);
    let cell = |currency: &str, status, basis, seconds| ConversionCell {
        link: TrackingLinkId(uuid(2)),
        code: ConversionCodeId(uuid(5)),
        currency: currency.as_bytes().try_into().unwrap(),
        status,
        basis,
        quarter: Quarter::of(at(seconds)),
    };
    let mut expected = BTreeMap::new();
    for (basis, seconds) in [(Basis::Click, 0), (Basis::Conversion, 900), (Basis::Booked, 1_800)] {
        for (currency, status, value) in [("EUR", 2, 10), ("USD", 2, 20), ("EUR", 1, 30)] {
            let sum = ConversionSum { conversions: 1, value, commission: value / 10 };
            expected.insert(cell(currency, status, basis, START + seconds), (AccountId(uuid(1)), sum));
        }
        let largest = i128::from(largest);
        let sum = ConversionSum { conversions: 20, value: 20 * largest, commission: 20 * (largest - 1) };
        expected.insert(cell("JPY", 3, basis, START), (AccountId(uuid(1)), sum));
    }
    assert_eq!(sums.conversions, expected);
}

/// An entry of an adjustment of a conversion: its times in seconds; value, commission and status
/// before and after.
fn adjustment(times: [i64; 3], currency: &str, standings: [([i64; 2], i16); 2]) -> Vec<u8> {
    let [_, converted, recorded] = times;
    // The beginning of the conversion's own entry.
    let mut bytes = conversion(times, currency, [0, 0], 0)[..75].to_vec();
    for ([value, commission], status) in standings {
        bytes.extend(value.to_be_bytes());
        bytes.extend(commission.to_be_bytes());
        bytes.extend(status.to_be_bytes());
    }
    bytes.extend(at(converted).micros().to_be_bytes());
    bytes.extend(at(recorded).micros().to_be_bytes());
    bytes.extend(1_i16.to_be_bytes());
    bytes
}

#[test]
fn an_adjusted_conversion_is_counted_as_it_stands_in_whatever_order_the_entries_come() {
    let times = [START, START + 900, START + 1_800];
    let recorded = (journal::CONVERSION, conversion(times, "EUR", [100, 10], 1));
    let approved = (journal::ADJUSTMENT, adjustment(times, "EUR", [([100, 10], 1), ([100, 10], 2)]));
    let refunded = (journal::ADJUSTMENT, adjustment(times, "EUR", [([100, 10], 2), ([60, 6], 2)]));
    let stands = sums(&[vec![(journal::CONVERSION, conversion(times, "EUR", [60, 6], 2))]]);
    let without_zeros = |mut sums: Sums| {
        sums.conversions.retain(|_, (_, sum)| *sum != ConversionSum::default());
        sums
    };
    let orders = [[&recorded, &approved, &refunded], [&refunded, &recorded, &approved]];
    for order in orders {
        let rows = order.map(|entry| vec![entry.clone()]);
        assert_eq!(without_zeros(sums(&rows)), stands);
    }
}

#[test]
fn a_row_with_an_entry_that_can_not_be_counted_adds_nothing() {
    let good = (journal::CLICK, click(START, 0, 1, 2));
    let cut = click(START, 0, 1, 2)[..49].to_vec();
    let short = conversion([START; 3], "EUR", [1, 1], 1)[..108].to_vec();
    let brief = adjustment([START; 3], "EUR", [([1, 1], 1); 2])[..126].to_vec();
    for (kind, bytes) in [
        (EntryKind(200), vec![]),
        (journal::CLICK, cut),
        (journal::CONVERSION, short),
        (journal::ADJUSTMENT, brief),
    ] {
        let mut sums = Sums::default();
        let refused = sums.add_entries(&entries(&[good.clone(), (kind, bytes)]));
        assert_eq!((refused, sums.len()), (Err(Uncountable::Entry(kind)), 0));
    }
    let mut row = entries(&[good.clone(), good.clone()]);
    row.pop();
    let mut sums_of_cut = Sums::default();
    assert_eq!((sums_of_cut.add_entries(&row), sums_of_cut.len()), (Err(Uncountable::Row(Damaged)), 0));
    // A verdict on a postback counts nothing.
    let postback = (journal::POSTBACK, vec![0; 34]);
    assert_eq!(sums(&[vec![postback, good.clone()]]), sums(&[vec![good]]));
}
