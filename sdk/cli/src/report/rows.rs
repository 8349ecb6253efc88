//! The rows of a report, as a table with bars and as CSV.

use s2s_sdk::v1::{
    Money, QueryReportRequest, QueryReportResponse, ReportAmounts, ReportDimension, ReportGrain, ReportKey,
    ReportMetrics, ReportRow,
};

use crate::{
    cells::{amount, time, word},
    failure::Failure,
    output::{csv_rows, table as write_table},
};

/// Length of the longest bar, in eighths of a character.
const BAR_EIGHTHS: i128 = 16 * 8;
/// The blocks by which bars end, from one to eight eighths of a character.
const BLOCKS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
/// Number of millionths in a percent.
const PERCENT_MILLIONTHS: i64 = 10_000;

/// A sentence about the period, for people.
pub fn period(request: &QueryReportRequest, response: &QueryReportResponse) -> String {
    let zone = if request.time_zone.is_empty() { "UTC" } else { &request.time_zone };
    let (start, end) = (time(response.start_time.as_ref()), time(response.end_time.as_ref()));
    let until = if request.end.is_empty() { "now" } else { &request.end };
    let compared = response.compared_start_time.as_ref().map(|compared| {
        let end = time(response.compared_end_time.as_ref());
        format!(", compared with {} to {end}", time(Some(compared)))
    });
    format!("from {} to {until}, {zone} ({start} to {end}){}", request.start, compared.unwrap_or_default())
}

/// Writes a table for people: the rows, then their total. A row with several currencies has a line for
/// each of them.
pub fn table(request: &QueryReportRequest, response: &QueryReportResponse) -> Result<(), Failure> {
    let titles = dimensions(request).map(title).chain(slot_title(request));
    let is_compared = response.compared_start_time.is_some();
    let numbers = ["clicks", "", "conversions", "rate", "pending", "declined"];
    let compared = ["clicks_before", "conversions_before"].into_iter().filter(|_| is_compared);
    let amounts = ["currency", "value", "commission", "per_click"];
    let compared_amounts = ["value_before", "commission_before"].into_iter().filter(|_| is_compared);
    let titles = titles.chain(numbers).chain(compared).chain(amounts).chain(compared_amounts);
    // The only row of a report that is not divided is its total.
    let is_total_alone = request.group_by.is_empty() && slot_title(request).is_none();
    let rows = if is_total_alone { &[] } else { response.rows.as_slice() };
    let all = rows.iter().chain(&response.total);
    let most = rows.iter().map(bar_number).max().unwrap_or_default();
    let last = rows.len();
    let lines = all.enumerate().flat_map(|(at, row)| {
        let is_total = at == last;
        let keys = keys(request, row, is_total);
        let metrics = row.metrics.clone().unwrap_or_default();
        let bar = if is_total { String::new() } else { bar(bar_number(row), most) };
        let numbers = [
            number(metrics.clicks),
            bar,
            standing(&metrics).to_string(),
            metrics.conversion_rate_millionths.map(percent).unwrap_or_default(),
            metrics.pending.to_string(),
            metrics.declined.to_string(),
        ];
        let before = row.compared.as_ref();
        let before = [
            before.and_then(|before| before.clicks).map(|clicks| clicks.to_string()).unwrap_or_default(),
            before.map(|before| standing(before).to_string()).unwrap_or_default(),
        ];
        let before: Vec<String> = before.into_iter().filter(|_| is_compared).collect();
        let first = [keys, numbers.to_vec(), before].concat();
        with_amounts(&first, &currencies(&metrics, row.compared.as_ref()), |one| {
            let [value, commission] = [&one.value, &one.commission].map(|money| amount(money.as_ref()));
            let per_click = amount(one.commission_per_click.as_ref());
            let own = vec![one.currency_code.clone(), value, commission, per_click];
            let before = amounts_before(row.compared.as_ref(), one).into_iter().filter(|_| is_compared);
            own.into_iter().chain(before).collect()
        })
    });
    write_table(titles, lines)
}

/// The lines of a row: its own cells once, and the cells of each currency.
fn with_amounts(
    first: &[String],
    amounts: &[ReportAmounts],
    cells: impl Fn(&ReportAmounts) -> Vec<String>,
) -> Vec<Vec<String>> {
    let amounts: Vec<Vec<String>> = amounts.iter().map(cells).collect();
    let blank = vec![String::new(); first.len()];
    let line = |(at, cells): (usize, &Vec<String>)| {
        let own = if at == 0 { first } else { blank.as_slice() };
        [own, cells.as_slice()].concat()
    };
    amounts.iter().enumerate().map(line).collect()
}

/// Writes CSV: a line for each row and currency. Each line has all cells, so that programs need no
/// other line to read it.
pub fn csv(request: &QueryReportRequest, response: &QueryReportResponse) -> Result<(), Failure> {
    let ids = dimensions(request).map(title);
    let names = dimensions(request).filter_map(name_title);
    let numbers = [
        "row",
        "clicks",
        "bot_clicks",
        "prefetches",
        "previews",
        "pending",
        "approved",
        "declined",
        "conversion_rate_millionths",
    ];
    let amounts = [
        "currency",
        "conversions",
        "value",
        "commission",
        "approved_value",
        "approved_commission",
        "declined_value",
        "declined_commission",
        "commission_per_click",
        "average_value",
    ];
    let compared = ["clicks_before", "conversions_before", "value_before", "commission_before"];
    let is_compared = response.compared_start_time.is_some();
    let compared = compared.into_iter().filter(|_| is_compared);
    let titles = ids.chain(names).chain(slot_title(request)).chain(numbers).chain(amounts).chain(compared);
    let all = response.rows.iter().map(|row| (row, kind(row)));
    let all = all.chain(response.total.iter().map(|total| (total, "total")));
    let lines = all.flat_map(|(row, kind)| {
        let metrics = row.metrics.clone().unwrap_or_default();
        let own = [csv_keys(request, row), csv_numbers(kind, &metrics)].concat();
        let before = row.compared.clone();
        currencies(&metrics, before.as_ref())
            .into_iter()
            .map(|one| {
                let before = if is_compared { csv_before(before.as_ref(), &one) } else { Vec::new() };
                [own.clone(), csv_amounts(&one), before].concat()
            })
            .collect::<Vec<_>>()
    });
    csv_rows(titles, lines)
}

/// The kind of a row, for programs: a key that is gone is as empty as one that is not known.
fn kind(row: &ReportRow) -> &'static str {
    if row.is_others {
        "others"
    } else if row.keys.iter().any(|key| key.is_gone) {
        "gone"
    } else {
        "group"
    }
}

/// The amounts of each currency that a row or its compared period has; without any, those of none.
fn currencies(metrics: &ReportMetrics, before: Option<&ReportMetrics>) -> Vec<ReportAmounts> {
    let mut currencies = metrics.amounts.clone();
    for earlier in before.iter().flat_map(|before| &before.amounts) {
        if currencies.iter().all(|one| one.currency_code != earlier.currency_code) {
            let zero = Some(Money { currency_code: earlier.currency_code.clone(), micros: 0 });
            currencies.push(ReportAmounts {
                currency_code: earlier.currency_code.clone(),
                value: zero.clone(),
                commission: zero.clone(),
                approved_value: zero.clone(),
                approved_commission: zero.clone(),
                declined_value: zero.clone(),
                declined_commission: zero,
                ..Default::default()
            });
        }
    }
    if currencies.is_empty() {
        currencies.push(ReportAmounts::default());
    }
    currencies
}

fn csv_keys(request: &QueryReportRequest, row: &ReportRow) -> Vec<String> {
    let key = |at: usize| row.keys.get(at).cloned().unwrap_or_default();
    let values = dimensions(request).enumerate().map(|(at, of)| written(of, &key(at).value));
    let for_people = dimensions(request).enumerate().filter(|(_, of)| name_title(*of).is_some());
    let names = for_people.map(|(at, _)| key(at).name);
    values.chain(names).chain(slot_title(request).map(|_| row.slot.clone())).collect()
}

fn csv_numbers(kind: &str, metrics: &ReportMetrics) -> Vec<String> {
    vec![
        kind.to_owned(),
        number(metrics.clicks),
        number(metrics.bot_clicks),
        number(metrics.prefetches),
        number(metrics.previews),
        metrics.pending.to_string(),
        metrics.approved.to_string(),
        metrics.declined.to_string(),
        number(metrics.conversion_rate_millionths),
    ]
}

fn csv_amounts(one: &ReportAmounts) -> Vec<String> {
    let is_given = !one.currency_code.is_empty();
    let conversions = if is_given { one.conversions.to_string() } else { String::new() };
    let amounts = [
        &one.value,
        &one.commission,
        &one.approved_value,
        &one.approved_commission,
        &one.declined_value,
        &one.declined_commission,
        &one.commission_per_click,
        &one.average_value,
    ];
    let amounts = amounts.map(|money: &Option<Money>| amount(money.as_ref()));
    [one.currency_code.clone(), conversions].into_iter().chain(amounts).collect()
}

/// What the compared period has; its amounts in the currency of the line.
fn csv_before(before: Option<&ReportMetrics>, one: &ReportAmounts) -> Vec<String> {
    let clicks = before.and_then(|before| before.clicks);
    let conversions = before.map(standing);
    [number(clicks), number(conversions)].into_iter().chain(amounts_before(before, one)).collect()
}

/// Value and commission of the compared period in the currency of a line.
fn amounts_before(before: Option<&ReportMetrics>, one: &ReportAmounts) -> [String; 2] {
    let amounts = before.into_iter().flat_map(|before| &before.amounts);
    let same = amounts.into_iter().find(|other| other.currency_code == one.currency_code);
    [same.and_then(|same| same.value.as_ref()), same.and_then(|same| same.commission.as_ref())].map(amount)
}

fn dimensions(request: &QueryReportRequest) -> impl Iterator<Item = ReportDimension> {
    request.group_by()
}

fn title(dimension: ReportDimension) -> &'static str {
    match dimension {
        ReportDimension::Link => "link",
        ReportDimension::Partner => "partner",
        ReportDimension::Tag => "tag",
        ReportDimension::Code => "code",
        ReportDimension::Currency => "of_currency",
        ReportDimension::Status => "status",
        ReportDimension::Country => "country",
        ReportDimension::Device => "device",
        ReportDimension::Os => "os",
        ReportDimension::Browser => "browser",
        ReportDimension::ReferrerHost => "referrer_host",
        ReportDimension::Sub1 => "sub1",
        ReportDimension::Sub2 => "sub2",
        ReportDimension::Sub3 => "sub3",
        ReportDimension::Sub4 => "sub4",
        ReportDimension::Sub5 => "sub5",
        ReportDimension::Sub6 => "sub6",
        ReportDimension::Sub7 => "sub7",
        ReportDimension::Sub8 => "sub8",
        ReportDimension::Sub9 => "sub9",
        ReportDimension::Sub10 => "sub10",
        ReportDimension::Unspecified => "",
    }
}

/// The title of a dimension's names; `None` if its values are for people as well.
fn name_title(dimension: ReportDimension) -> Option<&'static str> {
    match dimension {
        ReportDimension::Link => Some("link_slug"),
        ReportDimension::Partner => Some("partner_name"),
        ReportDimension::Code => Some("code_name"),
        _ => None,
    }
}

fn slot_title(request: &QueryReportRequest) -> Option<&'static str> {
    (request.grain() != ReportGrain::Unspecified).then_some("since")
}

/// The cells that say what a row is about.
fn keys(request: &QueryReportRequest, row: &ReportRow, is_total: bool) -> Vec<String> {
    let special = if is_total {
        Some("TOTAL")
    } else if row.is_others {
        Some("(others)")
    } else {
        None
    };
    let key = |(at, of): (usize, ReportDimension)| match special {
        Some(special) => {
            if at == 0 {
                special.to_owned()
            } else {
                String::new()
            }
        }
        None => row.keys.get(at).map(|key| shown(of, key)).unwrap_or_default(),
    };
    let mut cells: Vec<String> = dimensions(request).enumerate().map(key).collect();
    if slot_title(request).is_some() {
        let is_first = cells.is_empty();
        cells.push(if is_total && is_first { "TOTAL".to_owned() } else { row.slot.clone() });
    }
    cells
}

/// A key for people: its name, if it has one.
fn shown(dimension: ReportDimension, key: &ReportKey) -> String {
    match (dimension, key.name.is_empty(), key.value.is_empty()) {
        (_, false, _) => key.name.clone(),
        (ReportDimension::Partner, _, true) => "(no partner)".to_owned(),
        (ReportDimension::Tag, _, true) => "(no tag)".to_owned(),
        (_, _, true) if key.is_gone => "(not stored)".to_owned(),
        (_, _, true) => "(not known)".to_owned(),
        _ => written(dimension, &key.value),
    }
}

fn written(dimension: ReportDimension, value: &str) -> String {
    match dimension {
        ReportDimension::Status => word(value, "CONVERSION_STATUS_"),
        ReportDimension::Device if !value.is_empty() => word(value, "DEVICE_KIND_"),
        _ => value.to_owned(),
    }
}

fn number(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn standing(metrics: &ReportMetrics) -> i64 {
    metrics.pending.saturating_add(metrics.approved)
}

/// The number that a row's bar shows: its clicks or, without clicks, its conversions.
fn bar_number(row: &ReportRow) -> i64 {
    let metrics = row.metrics.as_ref();
    metrics.map(|metrics| metrics.clicks.unwrap_or_else(|| standing(metrics))).unwrap_or_default()
}

fn bar(number: i64, most: i64) -> String {
    let length = i128::from(number.max(0)).saturating_mul(BAR_EIGHTHS);
    let eighths = length.checked_div(most.into()).unwrap_or_default().clamp(0, BAR_EIGHTHS);
    let eighths = usize::try_from(eighths).unwrap_or_default();
    let whole = std::iter::repeat_n('█', eighths / 8);
    let rest = (eighths % 8).checked_sub(1).and_then(|rest| BLOCKS.get(rest));
    whole.chain(rest.copied()).collect()
}

fn percent(millionths: i64) -> String {
    let hundredths =
        millionths.saturating_mul(100).saturating_add(PERCENT_MILLIONTHS / 2) / PERCENT_MILLIONTHS;
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion() {
        for (number, most, expected) in [
            (0, 0, ""),
            (0, 10, ""),
            (10, 10, "████████████████"),
            (5, 10, "████████"),
            (1, 128, "▏"),
            (7, 128, "▉"),
            (9, 128, "█▏"),
            (-3, 10, ""),
        ] {
            assert_eq!(bar(number, most), expected, "{number} of {most}");
        }
    }

    #[test]
    fn currencies_that_only_the_compared_period_has_are_there() {
        let metrics = |currencies: &[&str]| ReportMetrics {
            amounts: currencies
                .iter()
                .map(|code| ReportAmounts { currency_code: (*code).to_owned(), ..Default::default() })
                .collect(),
            ..Default::default()
        };
        for (own, before, expected) in [
            (&["EUR"][..], None, &["EUR"][..]),
            (&["EUR", "USD"], Some(&["USD", "GBP"][..]), &["EUR", "USD", "GBP"]),
            (&[], Some(&["GBP"]), &["GBP"]),
            (&[], None, &[""]),
        ] {
            let all = currencies(&metrics(own), before.map(metrics).as_ref());
            let codes: Vec<&str> = all.iter().map(|one| one.currency_code.as_str()).collect();
            assert_eq!(codes, expected);
        }
    }

    #[test]
    fn rates_are_percents_with_two_decimals() {
        for (millionths, expected) in [
            (0, "0.00 %"),
            (25_000, "2.50 %"),
            (333_333, "33.33 %"),
            (66_667, "6.67 %"),
            (1_500_000, "150.00 %"),
        ] {
            assert_eq!(percent(millionths), expected);
        }
    }
}
