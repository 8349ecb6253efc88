//! A report by brute force: each click and each conversion is looked at for itself.

use std::collections::{BTreeMap, BTreeSet};

use s2s_sdk::v1::{
    Click, ClickFlag, Conversion, ConversionStatus as Status, DeviceKind, Money, QueryReportRequest,
    QueryReportResponse, ReportBasis as Basis, ReportDimension as Dimension, ReportFilter,
    ReportGrain as Grain, ReportMetrics, ReportRow, TrackingLink,
};

use super::world::local;

/// A click, as its answer told.
pub struct Clicked {
    pub link: usize,
    pub seconds: i64,
    pub click: Click,
}

impl Clicked {
    /// What it tells for itself in a dimension.
    fn value(&self, dimension: Dimension) -> String {
        let sub_id = |name: &str| self.click.sub_ids.get(name).cloned().unwrap_or_default();
        match dimension {
            Dimension::Country => self.click.country.clone(),
            Dimension::Device if self.click.device() == DeviceKind::Unspecified => String::new(),
            Dimension::Device => self.click.device().as_str_name().to_owned(),
            Dimension::Os => self.click.os.clone(),
            Dimension::Browser => self.click.browser.clone(),
            Dimension::ReferrerHost => self.click.referrer_host.clone(),
            Dimension::Sub1 => sub_id("sub1"),
            Dimension::Sub10 => sub_id("sub10"),
            other => panic!("{other:?} is no dimension of clicks"),
        }
    }
}

/// The counts of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Visits, robots, prefetches and previews.
    clicks: [i64; 4],
    /// Pending, approved and declined.
    conversions: [i64; 3],
    /// Of each currency, the value and the commission by status.
    amounts: BTreeMap<String, [[i64; 2]; 3]>,
}

/// Rows by their keys and their span of time.
pub type Rows = BTreeMap<(Vec<String>, String), Counts>;

/// All that was acknowledged in an account.
#[derive(Default)]
pub struct Facts {
    pub links: Vec<TrackingLink>,
    pub clicks: Vec<Clicked>,
    pub conversions: Vec<Conversion>,
}

impl Facts {
    /// The rows and the total that a question must be answered with, if everything had happened `later`
    /// seconds later.
    pub fn report(&self, question: &QueryReportRequest, end: i64, later: i64) -> (Rows, Counts) {
        let (mut rows, mut total) = (Rows::new(), Counts::default());
        let dimensions: Vec<Dimension> = question.group_by().collect();
        let has_clicks = !dimensions.iter().any(|one| is_of_conversion(*one));
        for click in &self.clicks {
            let link = &self.links[click.link];
            let values = |one| if is_of_link(one) { link_values(one, link) } else { vec![click.value(one)] };
            let passes = |filter: &ReportFilter| {
                is_of_conversion(filter.dimension()) || passes(filter, &values(filter.dimension()))
            };
            let Some(slot) = slot(question, click.seconds + later, end) else { continue };
            if !question.filters.iter().all(passes) {
                continue;
            }
            let kind = [ClickFlag::Preview, ClickFlag::Prefetch, ClickFlag::Bot];
            let flags: Vec<ClickFlag> = click.click.flags().collect();
            let kind = kind.iter().position(|flag| flags.contains(flag)).map_or(0, |at| 3 - at);
            total.clicks[kind] += 1;
            let groups = if has_clicks { groups(&dimensions, values) } else { Vec::new() };
            for group in groups {
                rows.entry((group, slot.clone())).or_default().clicks[kind] += 1;
            }
        }
        for conversion in &self.conversions {
            let link = self.links.iter().find(|link| link.id == conversion.tracking_link_id).unwrap();
            let click = self.clicks.iter().find(|one| one.click.id == conversion.click_id).unwrap();
            let values = |one| match one {
                one if is_of_link(one) => link_values(one, link),
                one if is_of_conversion(one) => values(one, conversion),
                one => vec![click.value(one)],
            };
            let passes = |filter: &ReportFilter| passes(filter, &values(filter.dimension()));
            let time = match question.basis() {
                Basis::Conversion => &conversion.conversion_time,
                Basis::Booked => &conversion.create_time,
                Basis::Click | Basis::Unspecified => &conversion.click_time,
            };
            let Some(slot) = slot(question, time.unwrap().seconds + later, end) else { continue };
            if !question.filters.iter().all(passes) {
                continue;
            }
            total.add(conversion);
            for group in groups(&dimensions, values) {
                rows.entry((group, slot.clone())).or_default().add(conversion);
            }
        }
        (rows, total)
    }
}

impl Counts {
    fn add(&mut self, conversion: &Conversion) {
        let now = conversion.current.as_ref().unwrap();
        let at = match now.status() {
            Status::Pending => 0,
            Status::Approved => 1,
            Status::Declined | Status::Unspecified => 2,
        };
        self.conversions[at] += 1;
        let amounts = [&now.value, &now.commission].map(|money| money.as_ref().unwrap());
        let sums = self.amounts.entry(amounts[0].currency_code.clone()).or_default();
        for (sum, amount) in sums[at].iter_mut().zip(amounts) {
            *sum += amount.micros;
        }
    }

    /// The counts in an answer.
    pub fn of(metrics: &ReportMetrics) -> Self {
        let clicks = [metrics.clicks, metrics.bot_clicks, metrics.prefetches, metrics.previews];
        let micros = |money: &Option<Money>| money.as_ref().unwrap().micros;
        let amounts = metrics.amounts.iter().map(|one| {
            let approved = [&one.approved_value, &one.approved_commission].map(micros);
            let standing = [&one.value, &one.commission].map(micros);
            let pending = [standing[0] - approved[0], standing[1] - approved[1]];
            let declined = [&one.declined_value, &one.declined_commission].map(micros);
            (one.currency_code.clone(), [pending, approved, declined])
        });
        Self {
            clicks: clicks.map(Option::unwrap_or_default),
            conversions: [metrics.pending, metrics.approved, metrics.declined],
            amounts: amounts.collect(),
        }
    }
}

/// The rows of an answer, without those that count nothing. `of` chooses between the numbers of the period
/// and of the compared one.
pub fn answered(
    question: &QueryReportRequest,
    report: &QueryReportResponse,
    of: impl Fn(&ReportRow) -> Option<&ReportMetrics>,
) -> Rows {
    let mut rows = Rows::new();
    for row in &report.rows {
        let keys = row.keys.iter().map(|key| key.value.clone()).collect();
        let counts = Counts::of(of(row).unwrap());
        let slot = if row.slot.is_empty() { String::new() } else { label(question, &row.slot) };
        if counts != Counts::default() {
            assert_eq!(rows.insert((keys, slot), counts), None, "two rows of one group: {row:?}");
        }
    }
    rows
}

fn is_of_link(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Link | Dimension::Partner | Dimension::Tag)
}

fn is_of_conversion(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Code | Dimension::Currency | Dimension::Status)
}

fn link_values(dimension: Dimension, link: &TrackingLink) -> Vec<String> {
    match dimension {
        Dimension::Link => vec![link.id.clone()],
        Dimension::Partner => vec![link.partner_id.clone()],
        Dimension::Tag if link.tags.is_empty() => vec![String::new()],
        Dimension::Tag => link.tags.clone(),
        other => panic!("{other:?} is no dimension of links"),
    }
}

fn values(dimension: Dimension, conversion: &Conversion) -> Vec<String> {
    let now = conversion.current.as_ref().unwrap();
    vec![match dimension {
        Dimension::Code => conversion.conversion_code_id.clone(),
        Dimension::Currency => now.value.as_ref().unwrap().currency_code.clone(),
        Dimension::Status => now.status().as_str_name().to_owned(),
        other => panic!("{other:?} is no dimension of conversions"),
    }]
}

fn passes(filter: &ReportFilter, values: &[String]) -> bool {
    let wanted: BTreeSet<&String> = filter.values.iter().collect();
    values.iter().any(|value| wanted.contains(value)) != filter.exclude
}

/// The groups that something belongs to: with several tags, several. Without dimensions, a row without
/// keys.
fn groups(dimensions: &[Dimension], values: impl Fn(Dimension) -> Vec<String>) -> Vec<Vec<String>> {
    let mut groups = vec![Vec::new()];
    for dimension in dimensions {
        let of_dimension = values(*dimension);
        let longer = |group: &Vec<String>| {
            let with = |value: &String| [group.as_slice(), std::slice::from_ref(value)].concat();
            of_dimension.iter().map(with).collect::<Vec<_>>()
        };
        groups = groups.iter().flat_map(longer).collect();
    }
    groups
}

/// The span of time that a time is in; `None` outside the period.
fn slot(question: &QueryReportRequest, seconds: i64, end: i64) -> Option<String> {
    let local = local(seconds, &question.time_zone);
    let start = format!("{}T00:00:00", question.start);
    if local.strftime("%Y-%m-%dT%H:%M:%S").to_string() < start || seconds >= end {
        return None;
    }
    if question.grain() == Grain::Unspecified {
        return Some(String::new());
    }
    Some(label(question, &local.strftime("%Y-%m-%dT%H:%M%:z").to_string()))
}

/// The same text for all times of one span. `time` is a local time with its offset.
fn label(question: &QueryReportRequest, time: &str) -> String {
    let (day, offset) = (&time[..10], &time[16..]);
    match question.grain() {
        Grain::QuarterHour => {
            format!("{}:{:02}{offset}", &time[..13], time[14..16].parse::<u8>().unwrap() / 15 * 15)
        }
        Grain::Hour => format!("{}{offset}", &time[..13]),
        Grain::Day => day.to_owned(),
        Grain::Week => {
            let day: jiff::civil::Date = day.parse().unwrap();
            let begins = i8::try_from(question.week_start.max(1)).unwrap();
            let passed = (day.weekday().to_monday_one_offset() - begins).rem_euclid(7);
            day.checked_sub(jiff::Span::new().days(passed)).unwrap().to_string()
        }
        Grain::Month => day[..7].to_owned(),
        Grain::Unspecified => String::new(),
    }
}
