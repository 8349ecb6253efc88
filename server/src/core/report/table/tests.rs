use uuid::Uuid;

use super::*;
use crate::{
    core::tally::{Basis, Quarter},
    core::tracking_link::{Slug, Tags},
    values::time::Time,
};

const EUR: CurrencyCode = *b"EUR";
const USD: CurrencyCode = *b"USD";

fn link(number: u128, partner: Option<u128>, tags: &[&str]) -> Facts {
    Facts {
        id: TrackingLinkId(Uuid::from_u128(number)),
        slug: Slug::from_path("slug").unwrap(),
        partner_id: partner.map(|number| PartnerId(Uuid::from_u128(number))),
        tags: Tags(tags.iter().map(|tag| (*tag).to_owned()).collect()),
    }
}

fn clicks(clicks: i64) -> ClickSum {
    ClickSum { clicks, ..ClickSum::default() }
}

fn kind(code: u128, currency: CurrencyCode, status: ConversionStatus) -> ConversionCell {
    ConversionCell {
        basis: Basis::Click,
        quarter: Quarter::of(Time::from_micros(0)),
        status: status.to_value(),
        currency,
        link: TrackingLinkId(Uuid::nil()),
        code: ConversionCodeId(Uuid::from_u128(code)),
    }
}

fn sales(conversions: i64) -> ConversionSum {
    ConversionSum { conversions, value: i128::from(conversions) * 10, commission: conversions.into() }
}

fn sold(code: u128, currency: CurrencyCode, status: ConversionStatus, count: i64) -> Counted {
    Counted::Conversions(kind(code, currency, status), sales(count))
}

const BY_CLICKS: Order = Order { metric: None, currency: None };
const NOW: (Which, usize) = (Which::Own, 0);

/// The numbers of clicks and conversions of the groups.
fn numbers(groups: &Groups) -> Vec<(String, i128, i128)> {
    let number = |slots: &Slots, metric: Metric| metric.of(&sum(slots).own, None).unwrap();
    let row = |values: &Vec<Value>, slots: &Slots| {
        let text = values.iter().map(|value| match value {
            Value::Link(id) => format!("link {}", id.0.as_u128()),
            Value::Partner(id) => format!("partner {}", id.map_or(0, |id| id.0.as_u128())),
            Value::Tag(tag) => format!("tag {}", tag.as_deref().unwrap_or("-")),
            Value::Code(id) => format!("code {}", id.0.as_u128()),
            Value::Currency(code) => String::from_utf8(code.to_vec()).unwrap(),
            Value::Status(number) => status_text(*number),
            Value::Told(text) => format!("told {text}"),
            Value::Gone => "gone".to_owned(),
        });
        let text = text.collect::<Vec<_>>().join(", ");
        (text, number(slots, Metric::Clicks), number(slots, Metric::Conversions))
    };
    groups.shown.iter().map(|(values, slots)| row(values, slots)).collect()
}

fn row(text: &str, clicks: i128, conversions: i128) -> (String, i128, i128) {
    (text.to_owned(), clicks, conversions)
}

#[test]
fn groups_beyond_the_limit_are_in_one_row_and_all_rows_add_up() {
    let mut table = Table::new(&[Dimension::Link]);
    for number in 1..=10_u8 {
        table
            .count(NOW, (&link(number.into(), None, &[]), &None), Counted::Clicks(clicks(number.into())), &[])
            .unwrap();
    }
    let groups = table.finish(BY_CLICKS, 3);
    assert_eq!(numbers(&groups), [row("link 10", 10, 0), row("link 9", 9, 0), row("link 8", 8, 0)]);
    let others = sum(groups.others.as_ref().unwrap()).own.clicks.clicks;
    assert_eq!((groups.count, others, sum(&groups.total).own.clicks.clicks), (10, 28, 55));
}

#[test]
fn a_link_with_several_tags_counts_for_each_but_in_the_total_once() {
    let mut table = Table::new(&[Dimension::Tag, Dimension::Partner]);
    table.count(NOW, (&link(1, Some(7), &["a", "b"]), &None), Counted::Clicks(clicks(5)), &[]).unwrap();
    table.count(NOW, (&link(2, None, &["b"]), &None), Counted::Clicks(clicks(2)), &[]).unwrap();
    table.count(NOW, (&link(3, None, &[]), &None), Counted::Clicks(clicks(1)), &[]).unwrap();
    let groups = table.finish(BY_CLICKS, 100);
    assert_eq!(
        numbers(&groups),
        [
            row("tag a, partner 7", 5, 0),
            row("tag b, partner 7", 5, 0),
            row("tag b, partner 0", 2, 0),
            row("tag -, partner 0", 1, 0)
        ]
    );
    assert_eq!((sum(&groups.total).own.clicks.clicks, groups.others.is_none()), (8, true));
}

#[test]
fn groups_by_what_conversions_alone_have_are_without_clicks() {
    use ConversionStatus::{Approved, Declined};
    let mut table = Table::new(&[Dimension::Currency, Dimension::Status]);
    let one = link(1, None, &[]);
    table.count(NOW, (&one, &None), Counted::Clicks(clicks(5)), &[]).unwrap();
    for (currency, status, count) in [(EUR, Approved, 2), (USD, Approved, 3), (EUR, Declined, 4)] {
        table.count(NOW, (&one, &None), sold(1, currency, status, count), &[]).unwrap();
    }
    // An adjustment has moved them away.
    for count in [1, -1] {
        table.count(NOW, (&one, &None), sold(1, USD, Declined, count), &[]).unwrap();
    }
    assert!(!table.has_clicks());
    let groups = table.finish(BY_CLICKS, 100);
    assert_eq!(
        numbers(&groups),
        [
            row("USD, CONVERSION_STATUS_APPROVED", 0, 3),
            row("EUR, CONVERSION_STATUS_APPROVED", 0, 2),
            row("EUR, CONVERSION_STATUS_DECLINED", 0, 0)
        ]
    );
    assert_eq!(sum(&groups.total).own.clicks.clicks, 5);
}

#[test]
fn amounts_order_groups_in_one_currency() {
    let approved = |currency, count| sold(1, currency, ConversionStatus::Approved, count);
    let order = |currency| Order { metric: Some(Metric::Value), currency };
    for (currency, first) in [(None, "link 1"), (Some(EUR), "link 1"), (Some(USD), "link 2")] {
        let mut table = Table::new(&[Dimension::Link]);
        table.count(NOW, (&link(1, None, &[]), &None), approved(EUR, 5), &[]).unwrap();
        table.count(NOW, (&link(2, None, &[]), &None), approved(USD, 4), &[]).unwrap();
        assert_eq!(numbers(&table.finish(order(currency), 9)).first().unwrap().0, first, "{currency:?}");
    }
}

#[test]
fn filters_look_at_links_or_at_conversions() {
    let filter = |dimension, value, exclude| Filter { dimension, values: [value].into(), exclude };
    let one = link(1, Some(7), &["a", "b"]);
    let id = |number| TrackingLinkId(Uuid::from_u128(number));
    let partner = |number: u128| Value::Partner(Some(PartnerId(Uuid::from_u128(number))));
    let tag = |tag: &str| Value::Tag(Some(tag.to_owned()));
    for (dimension, value, passes) in [
        (Dimension::Link, Value::Link(id(1)), true),
        (Dimension::Link, Value::Link(id(2)), false),
        (Dimension::Partner, partner(7), true),
        (Dimension::Partner, Value::Partner(None), false),
        (Dimension::Tag, tag("b"), true),
        (Dimension::Tag, tag("c"), false),
        (Dimension::Tag, Value::Tag(None), false),
    ] {
        assert_eq!(filter(dimension, value.clone(), false).passes_link(&one), passes, "{value:?}");
        assert_eq!(filter(dimension, value.clone(), true).passes_link(&one), !passes, "{value:?}");
        let any = kind(1, EUR, ConversionStatus::Pending);
        let any = Subject { link: &one, told: &None, kind: Some(&any) };
        assert!(filter(dimension, value, false).passes_one(any));
    }
    let pending = kind(1, EUR, ConversionStatus::Pending);
    for (dimension, value, passes) in [
        (Dimension::Code, Value::Code(ConversionCodeId(Uuid::from_u128(1))), true),
        (Dimension::Code, Value::Code(ConversionCodeId(Uuid::from_u128(2))), false),
        (Dimension::Currency, Value::Currency(EUR), true),
        (Dimension::Currency, Value::Currency(USD), false),
        (Dimension::Status, Value::status(ConversionStatus::Pending), true),
        (Dimension::Status, Value::status(ConversionStatus::Declined), false),
    ] {
        let sale = Subject { link: &one, told: &None, kind: Some(&pending) };
        let click = Subject { kind: None, ..sale };
        assert_eq!(filter(dimension, value.clone(), false).passes_one(sale), passes, "{value:?}");
        assert_eq!(filter(dimension, value.clone(), true).passes_one(sale), !passes, "{value:?}");
        assert!(filter(dimension, value.clone(), false).passes_one(click));
        assert!(filter(dimension, value, false).passes_link(&one));
    }
}

#[test]
fn what_clicks_tell_groups_them_and_their_conversions() {
    let one = link(1, None, &[]);
    let told = |country: &str| Some(vec![(Dimension::Country, country.to_owned())]);
    let of = |value| Filter { dimension: Dimension::Country, values: [value].into(), exclude: false };
    let told_value = |country: &str| Value::Told(country.to_owned());
    let without = Filter { exclude: true, ..of(told_value("DE")) };
    let approved = sold(1, EUR, ConversionStatus::Approved, 1);
    for (filters, expected) in [
        (vec![], vec![row("told DE", 3, 0), row("gone", 2, 1), row("told ", 1, 0), row("told FR", 0, 1)]),
        (vec![of(told_value("DE"))], vec![row("told DE", 3, 0)]),
        (vec![of(told_value(""))], vec![row("told ", 1, 0)]),
        // Nobody knows what a click that is gone has told, so it has none of the values.
        (vec![without], vec![row("gone", 2, 1), row("told ", 1, 0), row("told FR", 0, 1)]),
    ] {
        let mut table = Table::new(&[Dimension::Country]);
        for (told, counted) in [
            (told("DE"), Counted::Clicks(clicks(3))),
            (told(""), Counted::Clicks(clicks(1))),
            (told("FR"), approved),
            (None, Counted::Clicks(clicks(2))),
            (None, approved),
        ] {
            table.count(NOW, (&one, &told), counted, &filters).unwrap();
        }
        assert_eq!(numbers(&table.finish(BY_CLICKS, 9)), expected);
    }
}

#[test]
fn more_groups_than_an_answer_can_have_are_refused() {
    let mut table = Table::new(&[Dimension::Link]);
    let one = link(1, None, &[]);
    for slot in 0..CELLS_MAX {
        table.count((Which::Own, slot), (&one, &None), Counted::Clicks(clicks(1)), &[]).unwrap();
        table.count((Which::Compared, slot), (&one, &None), Counted::Clicks(clicks(1)), &[]).unwrap();
    }
    assert_eq!(table.count(NOW, (&link(2, None, &[]), &None), Counted::Clicks(clicks(1)), &[]), Err(TooWide));
}
