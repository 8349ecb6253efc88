//! Reports: they say what brute force finds, at every step, on every server, and in every zone.

mod model;
mod told;
mod world;

use futures::future::join_all;
use s2s_sdk::{
    Error,
    v1::{
        ErrorReason, QueryReportRequest, QueryReportResponse, RecordClickRequest,
        ReportDimension as Dimension, ReportFilter, ReportGrain as Grain, ReportMetric, ReportRow,
        TrackingLink,
    },
};
use s2s_tests::{Server, database::tally, random::number};

use self::world::World;
use crate::{fields, fixture::other_account};

/// A click of a person, now.
pub fn click(link: &TrackingLink) -> RecordClickRequest {
    world::click(link, None, &[])
}

/// A day in the distant past, before all clicks.
const LONG_AGO: &str = "2020-01-01";

async fn ask(server: &Server, question: QueryReportRequest) -> Result<QueryReportResponse, Error> {
    server.client().reports().query(question).await
}

/// A question about all days until now.
fn question(group_by: &[Dimension]) -> QueryReportRequest {
    QueryReportRequest {
        start: LONG_AGO.to_owned(),
        group_by: group_by.iter().map(|one| (*one).into()).collect(),
        ..Default::default()
    }
}

fn clicks(row: Option<&ReportRow>) -> Option<i64> {
    row.unwrap().metrics.as_ref().unwrap().clicks
}

/// The values and the clicks of the rows.
fn rows(report: &QueryReportResponse) -> Vec<(Vec<String>, i64)> {
    let keys = |row: &ReportRow| row.keys.iter().map(|key| key.value.clone()).collect();
    report.rows.iter().map(|row| (keys(row), clicks(Some(row)).unwrap())).collect()
}

#[tokio::test]
async fn a_report_is_what_brute_force_finds_at_every_step() {
    let mut world = World::open().await;
    for history in 0..number("S2S_TESTS_HISTORIES", 100) {
        world.live(history).await;
    }
    world.compare_again().await;
}

#[tokio::test]
async fn an_acknowledged_click_is_in_the_next_report_of_every_server() {
    let server = Server::start().await;
    let beside = Server::start_beside(&server).await;
    let link = server.link(&[]).await;
    let tries = number("S2S_TESTS_FRESH", 1_000);
    for count in 1..=tries {
        let click = click(&link);
        server.client().clicks().record(click).await.unwrap();
        let reader = if count % 2 == 0 { &server } else { &beside };
        let report = ask(reader, question(&[])).await.unwrap();
        assert_eq!(clicks(report.total.as_ref()), i64::try_from(count).ok());
    }
}

#[tokio::test]
async fn reports_go_on_over_kills_and_count_what_was_acknowledged() {
    let mut server = Server::start().await;
    let link = server.link(&[]).await;
    let mut acknowledged = 0;
    for _ in 0..4 {
        let clicks_at_once = (0..200).map(|_| {
            let (client, click) = (server.client(), click(&link));
            async move { client.clicks().record(click).await.is_ok() }
        });
        acknowledged += join_all(clicks_at_once).await.into_iter().filter(|ok| *ok).count();
        server.kill().await;
        server.restart().await;
        let report = ask(&server, question(&[Dimension::Link])).await.unwrap();
        assert_eq!(rows(&report), [(vec![link.id.clone()], i64::try_from(acknowledged).unwrap())]);
    }
    tally::check(&server.database_url).await.unwrap();
}

#[tokio::test]
async fn rows_and_the_others_add_up_to_the_total() {
    let server = Server::start().await;
    for count in 1..=5 {
        let link = server.link(&[]).await;
        for _ in 0..count {
            server.client().clicks().record(click(&link)).await.unwrap();
        }
    }
    let few = QueryReportRequest { limit: 2, ..question(&[Dimension::Link]) };
    let report = ask(&server, few).await.unwrap();
    let [first, second, others] = report.rows.as_slice() else { panic!("{report:?}") };
    assert_eq!([first, second, others].map(|row| clicks(Some(row)).unwrap()), [5, 4, 6]);
    assert_eq!((first.is_others, others.is_others, others.keys.len()), (false, true, 0));
    assert_eq!((report.group_count, clicks(report.total.as_ref())), (5, Some(15)));
}

#[tokio::test]
async fn a_tag_may_have_many_links() {
    let server = Server::start().await;
    let tagged = |tags: &[&str]| TrackingLink {
        destination: "http://shop.example/".to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..Default::default()
    };
    let mut links = Vec::new();
    for number in 0..600 {
        let tags: &[&str] = if number % 3 == 0 { &["all", "third"] } else { &["all"] };
        links.push(server.create_link(tagged(tags)).await);
    }
    for link in &links {
        server.client().clicks().record(click(link)).await.unwrap();
    }
    let report = ask(&server, question(&[Dimension::Tag])).await.unwrap();
    assert_eq!(rows(&report), [(vec!["all".to_owned()], 600), (vec!["third".to_owned()], 200)]);
    assert_eq!(clicks(report.total.as_ref()), Some(600));
    let filter =
        ReportFilter { dimension: Dimension::Tag.into(), values: vec!["third".to_owned()], exclude: true };
    let by_hour = QueryReportRequest {
        start: String::new(),
        filters: vec![filter],
        grain: Grain::Hour.into(),
        ..question(&[])
    };
    let start = report.end_time.unwrap().seconds - 86_400;
    let start = world::local(start, "UTC").strftime("%Y-%m-%d").to_string();
    let report = ask(&server, QueryReportRequest { start, ..by_hour }).await.unwrap();
    assert_eq!(clicks(report.total.as_ref()), Some(400));
    // Every hour has a row, those without clicks as well.
    assert!((24..=49).contains(&report.rows.len()), "{}", report.rows.len());
    let counted: i64 = report.rows.iter().map(|row| clicks(Some(row)).unwrap()).sum();
    assert_eq!(counted, 400);
}

#[tokio::test]
async fn an_account_sees_only_what_is_its_own() {
    let server = Server::start().await;
    let link = server.link(&[]).await;
    server.client().clicks().record(click(&link)).await.unwrap();
    let (stranger, code) = other_account(&server).await;
    let report = stranger.reports().query(question(&[Dimension::Link])).await.unwrap();
    assert_eq!((report.rows.len(), clicks(report.total.as_ref())), (0, Some(0)));
    for (dimension, value) in [
        (Dimension::Link, link.id),
        (Dimension::Code, server.code("Sale").await.id),
        (Dimension::Partner, "partner_00000000000000000000000000".to_owned()),
    ] {
        let filters = vec![ReportFilter { dimension: dimension.into(), values: vec![value], exclude: false }];
        let refused = stranger.reports().query(QueryReportRequest { filters, ..question(&[]) }).await;
        assert_eq!(refused.unwrap_err().reason(), ErrorReason::ResourceNotFound, "{dimension:?}");
    }
    let filters =
        vec![ReportFilter { dimension: Dimension::Code.into(), values: vec![code.id], exclude: false }];
    assert!(stranger.reports().query(QueryReportRequest { filters, ..question(&[]) }).await.is_ok());
}

#[tokio::test]
async fn what_is_no_question_is_refused_by_its_fields() {
    let server = Server::start().await;
    let filter = |dimension: i32, values: &[&str]| ReportFilter {
        dimension,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        exclude: false,
    };
    let good = || question(&[]);
    let (link, status) = (Dimension::Link.into(), Dimension::Status.into());
    for (asked, expected) in [
        (QueryReportRequest { start: String::new(), ..good() }, &["start"][..]),
        (QueryReportRequest { start: "yesterday".to_owned(), ..good() }, &["start"]),
        (QueryReportRequest { start: "2020-01-01T00:05".to_owned(), ..good() }, &["start"]),
        (QueryReportRequest { end: "2019-12-31".to_owned(), ..good() }, &["end"]),
        (QueryReportRequest { end: "2031-01-01".to_owned(), ..good() }, &["end"]),
        (QueryReportRequest { time_zone: "Europe/Nowhere".to_owned(), ..good() }, &["time_zone"]),
        (QueryReportRequest { week_start: 8, ..good() }, &["week_start"]),
        (QueryReportRequest { grain: 77, basis: 77, ..good() }, &["grain", "basis"]),
        (QueryReportRequest { order_by: 77, compare: 77, ..good() }, &["compare", "order_by"]),
        (QueryReportRequest { order_currency: "euro".to_owned(), ..good() }, &["order_currency"]),
        (QueryReportRequest { limit: -1, ..good() }, &["limit"]),
        (QueryReportRequest { group_by: vec![0], ..good() }, &["group_by"]),
        (QueryReportRequest { group_by: vec![link, link], ..good() }, &["group_by"]),
        (QueryReportRequest { group_by: vec![1, 2, 3, 4], ..good() }, &["group_by"]),
        (QueryReportRequest { filters: vec![filter(0, &["x"])], ..good() }, &["filters[0].dimension"]),
        (QueryReportRequest { filters: vec![filter(link, &[])], ..good() }, &["filters[0].values"]),
        (QueryReportRequest { filters: vec![filter(link, &["x"])], ..good() }, &["filters[0].values"]),
        (QueryReportRequest { filters: vec![filter(status, &["PAID"])], ..good() }, &["filters[0].values"]),
        (QueryReportRequest { filters: vec![filter(link, &["x"]); 21], ..good() }, &["filters"]),
        (
            QueryReportRequest {
                compare: 1,
                end: "2026-01-01".to_owned(),
                start: "2016-01-01".to_owned(),
                ..good()
            },
            &[],
        ),
        (
            QueryReportRequest {
                compare: 1,
                start: "1970-01-02".to_owned(),
                end: "1979-01-02".to_owned(),
                ..good()
            },
            &["compare"],
        ),
    ] {
        let refused = ask(&server, asked.clone()).await;
        let found = refused.as_ref().err().map(fields).unwrap_or_default();
        assert_eq!(found, expected, "{asked:?}");
        let reason = refused.err().map(|error| error.reason());
        assert_eq!(reason, (!expected.is_empty()).then_some(ErrorReason::FieldInvalid), "{asked:?}");
    }
    let wide = QueryReportRequest { grain: Grain::QuarterHour.into(), ..good() };
    let error = ask(&server, wide).await.unwrap_err();
    assert_eq!(error.reason(), ErrorReason::ReportTooWide);
    assert!(error.message().contains("more than 10000 rows; ask for"), "{error}");
    // Names in lower case, and other orders, are fine.
    let ordered = QueryReportRequest {
        time_zone: "europe/madrid".to_owned(),
        order_by: ReportMetric::AverageValue.into(),
        order_currency: "EUR".to_owned(),
        ..question(&[Dimension::Link, Dimension::Partner, Dimension::Tag])
    };
    assert_eq!(ask(&server, ordered).await.unwrap().rows.len(), 0);
}
