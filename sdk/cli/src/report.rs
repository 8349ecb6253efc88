//! `s2s report`: clicks, conversions and amounts, added up by what they have in common and by time.

mod rows;

use clap::{Args, ValueEnum};
use s2s_sdk::{
    Client,
    v1::{
        ConversionStatus, DeviceKind, QueryReportRequest, ReportBasis, ReportComparison, ReportDimension,
        ReportFilter, ReportGrain, ReportMetric,
    },
};

use crate::{
    failure::Failure,
    names,
    output::{Format, Output, json, say},
    schema,
    time::{When, Zone},
};

#[derive(Args)]
pub struct Report {
    /// What to add up by, up to three: for example `partner,link` or `country,sub1`.
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',')]
    by: Vec<Dimension>,
    /// First day or time, for example `2026-11-01`, `yesterday` or `2026-11-01 06:15`.
    #[arg(long, value_name = "TIME", default_value = "today")]
    since: When,
    /// End, exclusive. Default: now.
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
    /// A row for each of these spans of time.
    #[arg(long, value_name = "SPAN", value_enum)]
    per: Option<Grain>,
    /// Day on which weeks begin.
    #[arg(long, value_name = "DAY", value_enum, default_value_t = Weekday::Monday)]
    week_start: Weekday,
    /// Time by which conversions are counted: of their click, of the conversion, or of recording.
    #[arg(long, value_name = "TIME", value_enum, default_value_t = Basis::Click)]
    basis: Basis,
    /// Count only what has this value, for example `link=spring` or `status=approved`. Several
    /// values of one kind are alternatives. Nothing after `=`: without a partner or tag, or not known.
    #[arg(long, value_name = "WHAT=VALUE", value_parser = parse_condition)]
    only: Vec<Condition>,
    /// Count only what does not have this value.
    #[arg(long, value_name = "WHAT=VALUE", value_parser = parse_condition)]
    without: Vec<Condition>,
    /// Number by which the rows are ordered, the largest first.
    #[arg(long, value_name = "NUMBER", value_enum)]
    order: Option<Metric>,
    /// Currency of the amounts by which the rows are ordered. Default: the most frequent one.
    #[arg(long, value_name = "CODE")]
    order_currency: Option<String>,
    /// Maximum number of groups; what the others have is in one row.
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(i32).range(1..=1_000))]
    limit: i32,
    /// Period to compare with.
    #[arg(long, value_name = "PERIOD", value_enum)]
    compare: Option<Comparison>,
}

/// Declares an enum of words, each of which stands for a value of the schema.
macro_rules! words {
    ($name:ident as $schema:ident { $($word:ident = $value:ident),+ $(,)? }) => {
        #[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
        enum $name {
            $($word),+
        }

        impl $name {
            fn to_proto(self) -> $schema {
                match self {
                    $(Self::$word => $schema::$value),+
                }
            }
        }
    };
}

words!(Dimension as ReportDimension {
    Link = Link, Partner = Partner, Tag = Tag, Code = Code, Currency = Currency, Status = Status,
    Country = Country, Device = Device, Os = Os, Browser = Browser, ReferrerHost = ReferrerHost,
    Sub1 = Sub1, Sub2 = Sub2, Sub3 = Sub3, Sub4 = Sub4, Sub5 = Sub5,
    Sub6 = Sub6, Sub7 = Sub7, Sub8 = Sub8, Sub9 = Sub9, Sub10 = Sub10,
});
words!(Grain as ReportGrain {
    QuarterHour = QuarterHour, Hour = Hour, Day = Day, Week = Week, Month = Month,
});
words!(Basis as ReportBasis { Click = Click, Conversion = Conversion, Booked = Booked });
words!(Metric as ReportMetric {
    Clicks = Clicks, BotClicks = BotClicks, Prefetches = Prefetches, Previews = Previews,
    Conversions = Conversions, Pending = Pending, Approved = Approved, Declined = Declined,
    ConversionRate = ConversionRate, Value = Value, Commission = Commission,
    CommissionPerClick = CommissionPerClick, AverageValue = AverageValue,
});
words!(Comparison as ReportComparison {
    Previous = PreviousPeriod, Day = DayBefore, Week = WeekBefore, Year = YearBefore,
});

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// The day's number, 1 for Monday.
    fn number(self) -> i32 {
        let before = Self::value_variants().iter().position(|day| *day == self).unwrap_or_default();
        i32::try_from(before).unwrap_or_default() + 1
    }
}

/// A value of a dimension, as it was written.
#[derive(Clone)]
struct Condition {
    of: Dimension,
    value: String,
}

fn parse_condition(text: &str) -> Result<Condition, String> {
    let (of, value) = text.split_once('=').ok_or("write it as link=spring")?;
    let of = Dimension::from_str(of.trim(), true).map_err(|_| {
        let known: Vec<_> =
            Dimension::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
        let known: Vec<&str> = known.iter().map(clap::builder::PossibleValue::get_name).collect();
        format!("`{of}` is none of {}", known.join(", "))
    })?;
    Ok(Condition { of, value: value.trim().to_owned() })
}

pub async fn run(report: Report, client: &Client, output: &Output, zone: &Zone) -> Result<(), Failure> {
    let request = report.request(client, zone).await?;
    let response = client.reports().query(request.clone()).await?;
    match output.format {
        Format::Json => json(&schema::json("QueryReportResponse", &response)?),
        Format::Csv => rows::csv(&request, &response),
        Format::Table => {
            say(&rows::period(&request, &response));
            rows::table(&request, &response)
        }
    }
}

impl Report {
    async fn request(self, client: &Client, zone: &Zone) -> Result<QueryReportRequest, Failure> {
        let mut filters = Vec::new();
        for (conditions, exclude) in [(&self.only, false), (&self.without, true)] {
            filters.extend(filters_of(conditions, exclude, client).await?);
        }
        let end = self.until.filter(|until| *until != When::Now);
        Ok(QueryReportRequest {
            time_zone: zone.iana_name(),
            start: zone.offset_time(self.since).map_err(Failure::Usage)?,
            end: end
                .map(|end| zone.offset_time(end))
                .transpose()
                .map_err(Failure::Usage)?
                .unwrap_or_default(),
            grain: self.per.map(Grain::to_proto).unwrap_or_default().into(),
            week_start: self.week_start.number(),
            basis: self.basis.to_proto().into(),
            group_by: self.by.iter().map(|one| one.to_proto().into()).collect(),
            filters,
            order_by: self.order.map(Metric::to_proto).unwrap_or_default().into(),
            order_currency: self
                .order_currency
                .map(|code| code.trim().to_ascii_uppercase())
                .unwrap_or_default(),
            limit: self.limit,
            compare: self.compare.map(Comparison::to_proto).unwrap_or_default().into(),
        })
    }
}

/// One filter for each dimension: what has one of the values.
async fn filters_of(
    conditions: &[Condition],
    exclude: bool,
    client: &Client,
) -> Result<Vec<ReportFilter>, Failure> {
    let mut filters = Vec::new();
    for dimension in Dimension::value_variants() {
        let mut values = Vec::new();
        for condition in conditions.iter().filter(|condition| condition.of == *dimension) {
            values.push(value_of(*dimension, &condition.value, client).await?);
        }
        if !values.is_empty() {
            filters.push(ReportFilter { dimension: dimension.to_proto().into(), values, exclude });
        }
    }
    Ok(filters)
}

/// The value as the API writes it: names and words become ids and the schema's names.
async fn value_of(dimension: Dimension, given: &str, client: &Client) -> Result<String, Failure> {
    match dimension {
        Dimension::Link => names::link(given, client).await,
        Dimension::Partner | Dimension::Device if given.is_empty() => Ok(String::new()),
        Dimension::Partner => names::partner(given, client).await,
        Dimension::Code => names::code(given, client).await,
        Dimension::Currency | Dimension::Country => Ok(given.to_ascii_uppercase()),
        Dimension::Status => {
            let name = format!("CONVERSION_STATUS_{}", given.to_ascii_uppercase());
            let known = ConversionStatus::from_str_name(&name);
            let known = known.filter(|status| *status != ConversionStatus::Unspecified);
            known.map(|_| name).ok_or_else(|| {
                Failure::Usage(format!("`{given}` is no status: write pending, approved or declined"))
            })
        }
        Dimension::Device => {
            let name = format!("DEVICE_KIND_{}", given.to_ascii_uppercase());
            let known = DeviceKind::from_str_name(&name).filter(|kind| *kind != DeviceKind::Unspecified);
            known.map(|_| name).ok_or_else(|| {
                Failure::Usage(format!("`{given}` is no device: write desktop, phone, tablet or other"))
            })
        }
        _ => Ok(given.to_owned()),
    }
}
