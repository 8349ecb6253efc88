//! `ReportService`: translation between its messages and questions.

use std::{collections::BTreeSet, sync::Arc};

use jiff::tz::TimeZone;
use prost::Message as _;
use s2s_sdk::v1::{
    self, QueryReportRequest, QueryReportResponse, ReportBasis, ReportComparison, ReportDimension,
    ReportFilter, ReportGrain, ReportKey, ReportMetric, ReportRow,
    report_service_server::{ReportService, ReportServiceServer},
};
use tonic::{Request, Response, Status};

use super::{
    Question, Report,
    metrics::{Metric, TooLarge},
    period::{self, Comparison, Fault, Grain, Named, Period, REPORT_ROWS_MAX},
    table::{Dimension, Filter, Order, Pair, Slots, Value, status_text, sum},
    too_wide,
};
use crate::{
    api,
    core::{
        App,
        tally::{Basis, CurrencyCode, Quarter, code_of},
    },
    error::{Error, Result, Violations},
    page::ANSWER_BYTES_MAX,
    values::{conversion_status::ConversionStatus, country::Country, money::Currency, time::Time},
};

/// Maximum number of dimensions, of filters, and of values in one filter.
const DIMENSIONS_MAX: usize = 3;
const FILTERS_MAX: usize = 20;
const FILTER_VALUES_MAX: usize = 100;
/// Number of groups if the caller names none, and the maximum number.
const GROUPS_DEFAULT: usize = 100;
const GROUPS_MAX: usize = 1_000;

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> ReportServiceServer<Service> {
    ReportServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl ReportService for Service {
    async fn query_report(
        &self,
        request: Request<QueryReportRequest>,
    ) -> Result<Response<QueryReportResponse>, Status> {
        let account = api::account(&request);
        let question = parse(request.get_ref(), self.0.now())?;
        let report = super::query(&self.0, account, &question).await?;
        Ok(Response::new(answer(&question, &report)?))
    }
}

fn parse(request: &QueryReportRequest, now: Time) -> Result<Question> {
    let mut violations = Violations::default();
    let times = parse_times(request, &mut violations);
    let basis = violations.check("basis", parse_basis(request.basis));
    let dimensions = violations.check("group_by", parse_dimensions(&request.group_by));
    let filters = parse_filters(&request.filters, &mut violations);
    let order = parse_order(request, &mut violations);
    let limit = violations.check("limit", parse_limit(request.limit));
    match (times, basis, dimensions, order, limit) {
        (Some(times), Some(basis), Some(dimensions), Some(order), Some(limit)) if violations.is_empty() => {
            let (period, compared) = times.periods(now).map_err(refused)?;
            Ok(Question { period, compared, basis, dimensions, filters, order, limit })
        }
        _ => Err(violations.into_error()),
    }
}

/// The times that a request names.
struct Times {
    zone: TimeZone,
    start: Option<Named>,
    end: Option<Named>,
    grain: Grain,
    comparison: Option<Comparison>,
}

impl Times {
    /// The period of the report, and the one to compare with.
    fn periods(self, now: Time) -> Result<(Period, Option<Period>), Fault> {
        let period = Period::new(self.zone, [self.start, self.end], now, self.grain)?;
        let compared = self.comparison.map(|comparison| period.compared(comparison)).transpose()?;
        Ok((period, compared))
    }
}

fn parse_times(request: &QueryReportRequest, violations: &mut Violations) -> Option<Times> {
    let named = |text: &str| (!text.is_empty()).then(|| period::parse_named(text)).transpose();
    let zone = violations.check("time_zone", period::parse_zone(&request.time_zone));
    let start = violations.check("start", named(&request.start));
    let end = violations.check("end", named(&request.end));
    let week_start = violations.check("week_start", parse_week_start(request.week_start));
    let grain = violations.check("grain", parse_grain(request.grain, week_start.unwrap_or_default()));
    let comparison = violations.check("compare", parse_comparison(request.compare));
    Some(Times { zone: zone?, start: start?, end: end?, grain: grain?, comparison: comparison? })
}

fn parse_order(request: &QueryReportRequest, violations: &mut Violations) -> Option<Order> {
    let metric = violations.check("order_by", parse_metric(request.order_by));
    let currency = violations.check("order_currency", parse_currency(&request.order_currency));
    Some(Order { metric: metric?, currency: currency? })
}

fn refused(fault: Fault) -> Error {
    match fault {
        Fault::Field(field, description) => {
            let mut violations = Violations::default();
            violations.add(field, description);
            violations.into_error()
        }
        Fault::TooManySlots => too_wide(&format!("more than {REPORT_ROWS_MAX} rows")),
    }
}

fn parse_grain(number: i32, week_start: i8) -> Result<Grain, String> {
    Ok(match known(ReportGrain::try_from(number), "ReportGrain")? {
        ReportGrain::Unspecified => Grain::Whole,
        ReportGrain::QuarterHour => Grain::QuarterHour,
        ReportGrain::Hour => Grain::Hour,
        ReportGrain::Day => Grain::Day,
        ReportGrain::Week => Grain::Week(week_start),
        ReportGrain::Month => Grain::Month,
    })
}

fn parse_week_start(day: i32) -> Result<i8, String> {
    match day {
        0 => Ok(1),
        day => i8::try_from(day)
            .ok()
            .filter(|day| (1..=7).contains(day))
            .ok_or_else(|| "must be 1 for Monday to 7 for Sunday".to_owned()),
    }
}

fn parse_basis(number: i32) -> Result<Basis, String> {
    Ok(match known(ReportBasis::try_from(number), "ReportBasis")? {
        ReportBasis::Unspecified | ReportBasis::Click => Basis::Click,
        ReportBasis::Conversion => Basis::Conversion,
        ReportBasis::Booked => Basis::Booked,
    })
}

fn parse_dimension(number: i32) -> Result<Dimension, String> {
    Ok(match known(ReportDimension::try_from(number), "ReportDimension")? {
        ReportDimension::Unspecified => return Err("must name a dimension".to_owned()),
        ReportDimension::Link => Dimension::Link,
        ReportDimension::Partner => Dimension::Partner,
        ReportDimension::Tag => Dimension::Tag,
        ReportDimension::Code => Dimension::Code,
        ReportDimension::Currency => Dimension::Currency,
        ReportDimension::Status => Dimension::Status,
        ReportDimension::Country => Dimension::Country,
        ReportDimension::Device => Dimension::Device,
        ReportDimension::Os => Dimension::Os,
        ReportDimension::Browser => Dimension::Browser,
        ReportDimension::ReferrerHost => Dimension::ReferrerHost,
        ReportDimension::Sub1 => Dimension::SubId(0),
        ReportDimension::Sub2 => Dimension::SubId(1),
        ReportDimension::Sub3 => Dimension::SubId(2),
        ReportDimension::Sub4 => Dimension::SubId(3),
        ReportDimension::Sub5 => Dimension::SubId(4),
        ReportDimension::Sub6 => Dimension::SubId(5),
        ReportDimension::Sub7 => Dimension::SubId(6),
        ReportDimension::Sub8 => Dimension::SubId(7),
        ReportDimension::Sub9 => Dimension::SubId(8),
        ReportDimension::Sub10 => Dimension::SubId(9),
    })
}

fn parse_dimensions(numbers: &[i32]) -> Result<Vec<Dimension>, String> {
    if numbers.len() > DIMENSIONS_MAX {
        return Err(format!("must name at most {DIMENSIONS_MAX} dimensions"));
    }
    let mut dimensions = Vec::new();
    for number in numbers {
        let dimension = parse_dimension(*number)?;
        if dimensions.contains(&dimension) {
            return Err("must name each dimension once".to_owned());
        }
        dimensions.push(dimension);
    }
    Ok(dimensions)
}

fn parse_filters(filters: &[ReportFilter], violations: &mut Violations) -> Vec<Filter> {
    if filters.len() > FILTERS_MAX {
        violations.add("filters", format!("must have at most {FILTERS_MAX} entries"));
        return Vec::new();
    }
    let parsed = filters.iter().enumerate().map(|(at, filter)| {
        let path = |field| format!("filters[{at}].{field}");
        let dimension = violations.check(&path("dimension"), parse_dimension(filter.dimension))?;
        let values = violations.check(&path("values"), parse_values(dimension, &filter.values))?;
        Some(Filter { dimension, values, exclude: filter.exclude })
    });
    parsed.flatten().collect()
}

fn parse_values(dimension: Dimension, texts: &[String]) -> Result<BTreeSet<Value>, String> {
    if !(1..=FILTER_VALUES_MAX).contains(&texts.len()) {
        return Err(format!("must have 1 to {FILTER_VALUES_MAX} entries"));
    }
    texts.iter().map(|text| parse_value(dimension, text)).collect()
}

fn parse_value(dimension: Dimension, text: &str) -> Result<Value, String> {
    let given = (!text.is_empty()).then_some(text);
    Ok(match dimension {
        Dimension::Link => Value::Link(text.parse()?),
        Dimension::Partner => Value::Partner(given.map(str::parse).transpose()?),
        Dimension::Tag => Value::Tag(given.map(str::to_owned)),
        Dimension::Code => Value::Code(text.parse().map_err(|_| "must be ids of conversion codes")?),
        Dimension::Currency => {
            let currency = parse_currency(text)?;
            Value::Currency(currency.ok_or("must be codes of currencies, such as `EUR`")?)
        }
        Dimension::Status => {
            let status = v1::ConversionStatus::from_str_name(text).map(i32::from).unwrap_or_default();
            let status = ConversionStatus::parse(status)?;
            Value::status(status.ok_or("must be names of statuses, such as `CONVERSION_STATUS_PENDING`")?)
        }
        Dimension::Country if Country::read(text).is_none() && !text.is_empty() => {
            return Err("must be countries of two letters, such as `DE`".to_owned());
        }
        Dimension::Country => Value::Told(text.to_ascii_uppercase()),
        Dimension::Device => {
            let kind =
                v1::DeviceKind::from_str_name(text).filter(|kind| *kind != v1::DeviceKind::Unspecified);
            if kind.is_none() && !text.is_empty() {
                return Err("must be names of kinds, such as `DEVICE_KIND_PHONE`".to_owned());
            }
            Value::Told(text.to_owned())
        }
        Dimension::ReferrerHost => Value::Told(text.to_ascii_lowercase()),
        Dimension::Os | Dimension::Browser | Dimension::SubId(_) => Value::Told(text.to_owned()),
    })
}

fn parse_metric(number: i32) -> Result<Option<Metric>, String> {
    Ok(Some(match known(ReportMetric::try_from(number), "ReportMetric")? {
        ReportMetric::Unspecified => return Ok(None),
        ReportMetric::Clicks => Metric::Clicks,
        ReportMetric::BotClicks => Metric::BotClicks,
        ReportMetric::Prefetches => Metric::Prefetches,
        ReportMetric::Previews => Metric::Previews,
        ReportMetric::Conversions => Metric::Conversions,
        ReportMetric::Pending => Metric::Pending,
        ReportMetric::Approved => Metric::Approved,
        ReportMetric::Declined => Metric::Declined,
        ReportMetric::ConversionRate => Metric::ConversionRate,
        ReportMetric::Value => Metric::Value,
        ReportMetric::Commission => Metric::Commission,
        ReportMetric::CommissionPerClick => Metric::CommissionPerClick,
        ReportMetric::AverageValue => Metric::AverageValue,
    }))
}

fn parse_comparison(number: i32) -> Result<Option<Comparison>, String> {
    Ok(Some(match known(ReportComparison::try_from(number), "ReportComparison")? {
        ReportComparison::Unspecified => return Ok(None),
        ReportComparison::PreviousPeriod => Comparison::PreviousPeriod,
        ReportComparison::DayBefore => Comparison::DayBefore,
        ReportComparison::WeekBefore => Comparison::WeekBefore,
        ReportComparison::YearBefore => Comparison::YearBefore,
    }))
}

fn known<T, E>(value: Result<T, E>, name: &str) -> Result<T, String> {
    value.map_err(|_| format!("is not a value of {name}"))
}

fn parse_currency(text: &str) -> Result<Option<CurrencyCode>, String> {
    let currency = (!text.is_empty()).then(|| text.parse::<Currency>());
    Ok(currency.transpose().map_err(|error| error.to_string())?.map(code_of))
}

fn parse_limit(limit: i32) -> Result<usize, String> {
    match usize::try_from(limit) {
        Ok(0) => Ok(GROUPS_DEFAULT),
        Ok(limit) => Ok(limit.min(GROUPS_MAX)),
        Err(_) => Err("must be 0 or more".to_owned()),
    }
}

fn answer(question: &Question, report: &Report) -> Result<QueryReportResponse> {
    let writer = Writer { question, report };
    let rows = writer.all_rows()?;
    if rows.len() > REPORT_ROWS_MAX {
        return Err(too_wide(&format!("more than {REPORT_ROWS_MAX} rows")));
    }
    let total = writer.row(0, &sum(&report.groups.total), true)?;
    let time = |quarter: Quarter| Some(quarter.start().to_proto());
    let compared = question.compared.as_ref();
    let answer = QueryReportResponse {
        rows,
        total: Some(ReportRow { slot: String::new(), ..total }),
        group_count: i32::try_from(report.groups.count).unwrap_or(i32::MAX),
        start_time: time(question.period.first()),
        end_time: time(question.period.below()),
        compared_start_time: compared.and_then(|period| time(period.first())),
        compared_end_time: compared.and_then(|period| time(period.below())),
    };
    if answer.encoded_len() > ANSWER_BYTES_MAX {
        return Err(too_wide(&format!("more than {ANSWER_BYTES_MAX} bytes")));
    }
    Ok(answer)
}

/// Writes the rows of a report.
struct Writer<'a> {
    question: &'a Question,
    report: &'a Report,
}

impl Writer<'_> {
    /// The rows of all groups, or of all spans of time if there are no groups.
    fn all_rows(&self) -> Result<Vec<ReportRow>> {
        let Report { groups, has_clicks, .. } = self.report;
        let mut rows = Vec::new();
        if self.question.dimensions.is_empty() {
            let nothing = Pair::default();
            for slot in 0..self.question.period.slots() {
                rows.push(self.row(slot, groups.total.get(&slot).unwrap_or(&nothing), true)?);
            }
        }
        for (values, slots) in &groups.shown {
            let keys: Vec<ReportKey> = values.iter().map(|value| self.key(value)).collect();
            let of_group = self.rows(slots, *has_clicks)?.into_iter();
            rows.extend(of_group.map(|row| ReportRow { keys: keys.clone(), ..row }));
        }
        if let Some(others) = &groups.others {
            let others = self.rows(others, *has_clicks)?.into_iter();
            rows.extend(others.map(|row| ReportRow { is_others: true, ..row }));
        }
        Ok(rows)
    }

    fn rows(&self, slots: &Slots, has_clicks: bool) -> Result<Vec<ReportRow>> {
        slots.iter().map(|(slot, pair)| self.row(*slot, pair, has_clicks)).collect()
    }

    fn row(&self, slot: usize, pair: &Pair, has_clicks: bool) -> Result<ReportRow> {
        let large = |TooLarge(currency)| {
            let code: String = currency.iter().copied().map(char::from).collect();
            Error::sum_too_large("the report", &code)
        };
        let compared =
            self.question.compared.as_ref().map(|_| pair.compared.to_proto(has_clicks)).transpose();
        Ok(ReportRow {
            keys: Vec::new(),
            slot: self.question.period.label(slot),
            is_others: false,
            metrics: Some(pair.own.to_proto(has_clicks).map_err(large)?),
            compared: compared.map_err(large)?,
        })
    }

    fn key(&self, value: &Value) -> ReportKey {
        let text = match value {
            Value::Link(id) => id.to_string(),
            Value::Partner(id) => id.map(|id| id.to_string()).unwrap_or_default(),
            Value::Tag(tag) => tag.clone().unwrap_or_default(),
            Value::Code(id) => id.to_string(),
            Value::Currency(code) => code.iter().copied().map(char::from).collect(),
            Value::Status(number) => status_text(*number),
            Value::Told(text) => text.clone(),
            Value::Gone => String::new(),
        };
        let name = self.report.names.get(value).cloned().unwrap_or_default();
        ReportKey { value: text, name, is_gone: *value == Value::Gone }
    }
}
