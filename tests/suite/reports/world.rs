//! Two servers on one database, and random histories of accounts on them.

use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};
use s2s_sdk::{
    Client,
    prost_types::Timestamp as ProtoTime,
    v1::{
        ApiKeyScope, Click, ClickFlag, ConversionCode, ConversionStatus as Status,
        CreateConversionCodeRequest, CreatePartnerRequest, CreateTrackingLinkRequest, EraseVisitorRequest,
        GetConversionRequest, Money, NewConversion, Partner, QueryReportRequest, RecordClickRequest,
        ReportBasis as Basis, ReportComparison as Comparison, ReportDimension as Dimension, ReportFilter,
        ReportGrain as Grain, ReportMetric as Metric, TrackingLink,
        new_adjustment::{Change, Target},
        new_conversion::Commission,
    },
};
use s2s_tests::{
    Server,
    database::tally,
    random::{Random, seed},
    request,
};

use super::model::{Clicked, Counts, Facts, answered};
use crate::adjustments::{approve, at, decline, refund};

/// Number of steps in a history.
const STEPS: usize = 24;
/// Distance of the histories of one seed of the tests from those of the next.
const SEED_STEP: u64 = 1_000_003;
/// Number of histories after which a server is killed.
const KILL_EVERY: usize = 10;
/// Time back to which clicks reach, in seconds.
const SECONDS_BACK: usize = 6 * 86_400;
/// The browser of a person.
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
     Version/18.0 Mobile/15E148 Safari/604.1";
const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Madrid",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Los_Angeles",
];
const DIMENSIONS: [Dimension; 13] = [
    Dimension::Link,
    Dimension::Partner,
    Dimension::Tag,
    Dimension::Code,
    Dimension::Currency,
    Dimension::Status,
    Dimension::Country,
    Dimension::Device,
    Dimension::Os,
    Dimension::Browser,
    Dimension::ReferrerHost,
    Dimension::Sub1,
    Dimension::Sub10,
];
const GRAINS: [Grain; 6] =
    [Grain::Unspecified, Grain::QuarterHour, Grain::Hour, Grain::Day, Grain::Week, Grain::Month];

pub struct World {
    servers: [Server; 2],
    lives: Vec<Life>,
}

/// An account that lives a history.
struct Life {
    random: Random,
    keys: [Client; 2],
    codes: Vec<ConversionCode>,
    facts: Facts,
    now: i64,
}

/// A click of a person.
pub fn click(link: &TrackingLink, seconds: Option<i64>, flags: &[ClickFlag]) -> RecordClickRequest {
    RecordClickRequest {
        tracking_link_id: link.id.clone(),
        user_agent: BROWSER.to_owned(),
        click_time: seconds.map(|seconds| ProtoTime { seconds, nanos: 0 }),
        flags: flags.iter().map(|flag| (*flag).into()).collect(),
        ..Default::default()
    }
}

/// A time by the clock of a zone.
pub fn local(seconds: i64, zone: &str) -> ZonedDateTime {
    let zone = if zone.is_empty() { TimeZone::UTC } else { TimeZone::get(zone).unwrap() };
    Timestamp::from_second(seconds).unwrap().to_zoned_datetime(zone)
}

impl World {
    pub async fn open() -> Self {
        let server = Server::start().await;
        let beside = Server::start_beside(&server).await;
        Self { servers: [server, beside], lives: Vec::new() }
    }

    /// Lives a history in an account of its own.
    pub async fn live(&mut self, number: usize) {
        // Neighbouring seeds of the tests have no history in common.
        let random = Random(seed(0).wrapping_mul(SEED_STEP).wrapping_add(u64::try_from(number).unwrap()));
        let mut life = Life::begin(&self.servers, random).await;
        for step in 0..STEPS {
            if number.is_multiple_of(KILL_EVERY) && step == STEPS / 2 {
                let killed = life.random.below(2);
                self.servers[killed].kill().await;
                self.servers[killed].restart_in_place().await;
            }
            life.step().await;
        }
        life.compare().await;
        self.lives.push(life);
    }

    /// Compares all accounts again, after everything is folded into the totals, and once more after both
    /// servers are restarted.
    pub async fn compare_again(&mut self) {
        tally::check(&self.servers[0].database_url).await.unwrap();
        for _ in 0..2 {
            for life in &mut self.lives {
                life.compare().await;
            }
            for server in &mut self.servers {
                server.kill().await;
                server.restart_in_place().await;
            }
        }
    }
}

impl Life {
    async fn begin(servers: &[Server; 2], random: Random) -> Self {
        let account = servers[0].account("Life").await.id;
        let scopes = [ApiKeyScope::Read, ApiKeyScope::Write, ApiKeyScope::Record];
        let key = servers[0].api_key(&account, &scopes).await.1;
        let keys = [servers[0].client_with(&key), servers[1].client_with(&key)];
        let mut codes = Vec::new();
        for name in ["Sale", "Lead"] {
            let code = ConversionCode { name: name.to_owned(), ..Default::default() };
            let create = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
            codes.push(keys[0].conversion_codes().create(create).await.unwrap().conversion_code.unwrap());
        }
        let partner = Partner { name: "Ada".to_owned(), ..Default::default() };
        let create = CreatePartnerRequest { partner: Some(partner), ..Default::default() };
        let partner = keys[0].partners().create(create).await.unwrap().partner.unwrap();
        let mut links = Vec::new();
        for (partner_id, tags) in
            [("", &["a", "b"][..]), (partner.id.as_str(), &["b"]), (partner.id.as_str(), &[])]
        {
            let link = TrackingLink {
                destination: "http://shop.example/?s1=[s2sidentifier]".to_owned(),
                conversion_code_ids: codes.iter().map(|code| code.id.clone()).collect(),
                partner_id: partner_id.to_owned(),
                tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
                ..Default::default()
            };
            let create = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
            links.push(keys[0].tracking_links().create(create).await.unwrap().tracking_link.unwrap());
        }
        let now = links[0].create_time.unwrap().seconds;
        let facts = Facts { links, ..Default::default() };
        Self { random, keys, codes, facts, now }
    }

    /// Any of the servers.
    fn client(&mut self) -> Client {
        self.keys[self.random.below(2)].clone()
    }

    async fn step(&mut self) {
        match self.random.below(20) {
            0..=7 => self.click().await,
            8..=13 => self.convert().await,
            14..=16 => self.adjust().await,
            17 => self.erase().await,
            _ => self.compare().await,
        }
    }

    async fn click(&mut self) {
        let link = self.random.below(self.facts.links.len());
        let seconds = self.now - i64::try_from(self.random.below(SECONDS_BACK)).unwrap();
        let flags: &[&[ClickFlag]] = &[
            &[],
            &[],
            &[ClickFlag::Bot],
            &[ClickFlag::Prefetch],
            &[ClickFlag::Preview],
            &[ClickFlag::Bot, ClickFlag::Preview],
        ];
        let flags = self.random.pick(flags);
        let sub_ids =
            [("sub1", self.random.pick(&["", "mail", "Mail"])), ("sub10", self.random.pick(&["", "ä"]))];
        let sub_ids = sub_ids.into_iter().filter(|(_, value)| !value.is_empty());
        let request = RecordClickRequest {
            user_agent: self.random.pick(&[BROWSER, PHONE, "", "curl/8.0"]).to_owned(),
            referrer: self.random.pick(&["", "https://News.example:8443/a", "nonsense"]).to_owned(),
            sub_ids: sub_ids.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            ..click(&self.facts.links[link], Some(seconds), flags)
        };
        let click = self.client().clicks().record(request).await.unwrap().click.unwrap();
        self.facts.clicks.push(Clicked { link, seconds: click.click_time.unwrap().seconds, click });
    }

    /// Erases a visitor, who then tells nothing more.
    async fn erase(&mut self) {
        if self.facts.clicks.is_empty() {
            return;
        }
        let place = self.random.below(self.facts.clicks.len());
        let click_id = self.facts.clicks[place].click.id.clone();
        let erase = EraseVisitorRequest { click_id: click_id.clone(), validate_only: false };
        self.client().clicks().erase_visitor(erase).await.unwrap();
        let told = &mut self.facts.clicks[place].click;
        *told = Click { id: click_id, flags: told.flags.clone(), ..Default::default() };
    }

    async fn convert(&mut self) {
        if self.facts.clicks.is_empty() {
            return;
        }
        let clicked = self.random.below(self.facts.clicks.len());
        let since = self.facts.clicks[clicked].seconds;
        let later = self.random.below(usize::try_from(self.now - since).unwrap() + 1);
        let currency = self.random.pick(&["USD", "EUR", "JPY"]);
        let mut money = || Money {
            currency_code: currency.to_owned(),
            micros: i64::try_from(self.random.below(1_000_000_000)).unwrap(),
        };
        let (value, commission) = (money(), money());
        let sale = NewConversion {
            conversion_code_id: self.codes[self.random.below(2)].id.clone(),
            click_id: self.facts.clicks[clicked].click.id.clone(),
            transaction_id: format!("order-{}", self.facts.conversions.len()),
            value: Some(value),
            commission: Some(Commission::CommissionAmount(commission)),
            status: self.random.pick(&[Status::Pending, Status::Approved, Status::Declined]).into(),
            conversion_time: Some(ProtoTime { seconds: since + i64::try_from(later).unwrap(), nanos: 0 }),
            ..Default::default()
        };
        let recorded = self.client().conversions().record(request::conversion(sale)).await.unwrap();
        self.facts.conversions.push(recorded.conversion.unwrap());
    }

    /// Adjusts a conversion. Some changes are refused, and change nothing.
    async fn adjust(&mut self) {
        if self.facts.conversions.is_empty() {
            return;
        }
        let at_place = self.random.below(self.facts.conversions.len());
        let conversion_id = self.facts.conversions[at_place].id.clone();
        let change: Change = match self.random.below(3) {
            0 => approve(),
            1 => decline(),
            _ => refund(i64::try_from(1 + self.random.below(1_000_000)).unwrap()),
        };
        let number = self.random.next();
        let change = at(Target::ConversionId(conversion_id.clone()), change, &format!("change-{number}"));
        let _refused = self.client().adjustments().create(change).await;
        let get = GetConversionRequest { conversion_id };
        let now = self.client().conversions().get(get).await.unwrap().conversion.unwrap();
        self.facts.conversions[at_place] = now;
    }

    fn question(&mut self) -> QueryReportRequest {
        let zone = self.random.pick(&ZONES);
        let days = i64::try_from(self.random.below(8)).unwrap();
        let start = local(self.now - days * 86_400, zone).strftime("%Y-%m-%d").to_string();
        let mut group_by = Vec::new();
        for _ in 0..self.random.below(4) {
            let dimension: i32 = self.random.pick(&DIMENSIONS).into();
            if !group_by.contains(&dimension) {
                group_by.push(dimension);
            }
        }
        let filters = (0..self.random.below(3)).map(|_| self.filter()).collect();
        QueryReportRequest {
            time_zone: zone.to_owned(),
            start,
            grain: self.random.pick(&GRAINS).into(),
            week_start: i32::try_from(self.random.below(8)).unwrap(),
            basis: self.random.pick(&[Basis::Click, Basis::Conversion, Basis::Booked]).into(),
            group_by,
            filters,
            order_by: self.random.pick(&[Metric::Unspecified, Metric::Value, Metric::ConversionRate]).into(),
            limit: 1_000,
            ..Default::default()
        }
    }

    fn filter(&mut self) -> ReportFilter {
        let dimension = self.random.pick(&DIMENSIONS);
        let values = match dimension {
            Dimension::Link => vec![self.facts.links[self.random.below(3)].id.clone()],
            Dimension::Partner => vec![self.facts.links[self.random.below(3)].partner_id.clone()],
            Dimension::Tag => vec![self.random.pick(&["a", "b", "c", ""]).to_owned()],
            Dimension::Code => vec![self.codes[self.random.below(2)].id.clone()],
            Dimension::Currency => vec!["USD".to_owned(), "EUR".to_owned()],
            Dimension::Status => {
                vec![self.random.pick(&[Status::Pending, Status::Approved]).as_str_name().to_owned()]
            }
            Dimension::Device => {
                vec![self.random.pick(&["", "DEVICE_KIND_PHONE", "DEVICE_KIND_DESKTOP"]).to_owned()]
            }
            Dimension::Browser => vec![self.random.pick(&["", "Chrome", "Safari"]).to_owned()],
            Dimension::ReferrerHost => vec![self.random.pick(&["", "news.example"]).to_owned()],
            Dimension::Sub1 => vec!["mail".to_owned(), "Mail".to_owned()],
            _ => vec![String::new()],
        };
        ReportFilter { dimension: dimension.into(), values, exclude: self.random.one_in(2) }
    }

    /// Asks a random question, and compares the answer with what brute force finds.
    async fn compare(&mut self) {
        let question = self.question();
        let report = self.client().reports().query(question.clone()).await.unwrap();
        let (rows, total) = self.facts.report(&question, report.end_time.unwrap().seconds, 0);
        assert_eq!(answered(&question, &report, |row| row.metrics.as_ref()), rows, "{question:?}");
        let answered = Counts::of(report.total.as_ref().unwrap().metrics.as_ref().unwrap());
        assert_eq!(answered, total, "{question:?}");
        self.compare_with_before(question).await;
    }

    /// A report says of the compared period what a report of that period says, and each of its rows what
    /// brute force finds.
    async fn compare_with_before(&mut self, question: QueryReportRequest) {
        let comparison = self.random.pick(&[Comparison::PreviousPeriod, Comparison::DayBefore]);
        let compare = QueryReportRequest { compare: comparison.into(), ..question.clone() };
        let report = self.client().reports().query(compare).await.unwrap();
        let text = |time: Option<ProtoTime>| {
            local(time.unwrap().seconds, &question.time_zone).strftime("%Y-%m-%dT%H:%M").to_string()
        };
        let (start, end) = (text(report.compared_start_time), text(report.compared_end_time));
        let (client, period) = (self.client(), QueryReportRequest { start, end, ..question.clone() });
        let before = client.reports().query(period).await.unwrap().total.unwrap();
        let seconds =
            [report.start_time, report.end_time, report.compared_start_time, report.compared_end_time];
        let [own_start, own_end, start, end] = seconds.map(|time| time.unwrap().seconds);
        let offset = |seconds| local(seconds, &question.time_zone).offset();
        // Without a change of the clock, each row is compared with what happened as much earlier.
        if own_start - start == own_end - end && offset(start) == offset(own_end) {
            let (rows, _) = self.facts.report(&question, own_end, own_end - end);
            let compared = answered(&question, &report, |row| row.compared.as_ref());
            assert_eq!(compared, rows, "{question:?}, {comparison:?}");
        }
        assert_eq!(report.total.unwrap().compared, before.metrics, "{question:?}, {comparison:?}");
    }
}
