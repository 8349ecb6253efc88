//! What each click tells for itself, in reports and in lists: busy links, many links, and clicks that are
//! gone.

use std::collections::BTreeMap;

use futures::{StreamExt as _, stream};
use s2s_sdk::v1::{
    BatchRecordConversionsRequest, Click, EraseVisitorRequest, ErrorReason, GetConversionRequest,
    ListConversionsRequest, QueryReportRequest, QueryReportResponse, RecordClickRequest,
    ReportBasis as Basis, ReportDimension as Dimension, TrackingLink, WatchConversionsRequest,
    watch_conversions_response::Event,
};
use s2s_tests::{
    Server,
    database::{self, tally},
    eventually, request,
};

use super::{ask, click, clicks, question};
use crate::{
    moved,
    partners::{Shop, conversions_of, key_of},
    report,
};

const DAY: i64 = 86_400;

/// Records clicks of a link, each with the next of the sub ids `a`, `b` and `c`.
async fn visit(server: &Server, links: impl Iterator<Item = &TrackingLink>) -> Vec<Click> {
    let client = server.client();
    let visits = links.zip(["a", "b", "c"].into_iter().cycle()).map(|(link, sub)| {
        let sub_ids = [("sub1".to_owned(), sub.to_owned())].into();
        let request = RecordClickRequest { sub_ids, ..click(link) };
        let client = client.clone();
        async move { client.clicks().record(request).await.unwrap().click.unwrap() }
    });
    stream::iter(visits).buffered(64).collect().await
}

/// Of each row: its key, or `gone`; its clicks and its approved conversions.
fn rows(report: &QueryReportResponse) -> Vec<(String, i64, i64)> {
    let row = |row: &s2s_sdk::v1::ReportRow| {
        let key = &row.keys[0];
        assert!(!key.is_gone || key.value.is_empty());
        let text = if key.is_gone { "gone" } else { key.value.as_str() };
        (text.to_owned(), clicks(Some(row)).unwrap(), row.metrics.as_ref().unwrap().approved)
    };
    report.rows.iter().map(row).collect()
}

#[tokio::test]
async fn busy_links_and_many_links_are_looked_at_to_the_last_click() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let busy = server.link(&[&code]).await;
    let mut links = Vec::new();
    for _ in 0..620 {
        links.push(server.link(&[&code]).await);
    }
    let of_busy = visit(&server, std::iter::repeat_n(&busy, 2_400)).await;
    visit(&server, links.iter()).await;
    // More conversions than are read at once, all of one click.
    for from in [0, 1_000] {
        let sale = |number: i32| {
            let mut sale = report(&code, &of_busy[0].id);
            sale.transaction_id = format!("order-{number}");
            request::conversion(sale)
        };
        let batch = BatchRecordConversionsRequest { requests: (from..from + 700).map(sale).collect() };
        let answer = server.client().conversions().batch_record(batch).await.unwrap();
        assert_eq!(answer.results.len(), 700);
    }
    for basis in [Basis::Click, Basis::Conversion, Basis::Booked] {
        let asked = QueryReportRequest { basis: basis.into(), ..question(&[Dimension::Sub1]) };
        let found = rows(&ask(&server, asked).await.unwrap());
        let expected = [("a", 1_007, 1_400), ("b", 1_007, 0), ("c", 1_006, 0)];
        assert_eq!(found, expected.map(|(key, clicks, sales)| (key.to_owned(), clicks, sales)), "{basis:?}");
    }
    // The totals say how many clicks there are to look at, before any is read.
    tally::check(&server.database_url).await.unwrap();
    database::execute(&server.database_url, "UPDATE tally SET clicks = clicks + 200000").await;
    let refused = ask(&server, question(&[Dimension::Sub1])).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::ReportTooWide);
    assert!(
        refused.message().contains("more than 200000 clicks, which are looked at one by one"),
        "{refused}"
    );
}

#[tokio::test]
async fn clicks_that_retention_deletes_are_gone_and_rows_add_up_to_the_same() {
    let mut server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    for (days, sub) in [(40, "old"), (40, "old"), (1, "new")] {
        let request = RecordClickRequest {
            sub_ids: [("sub1".to_owned(), sub.to_owned())].into(),
            click_time: moved(link.create_time, -days * DAY),
            ..click(&link)
        };
        let click = server.client().clicks().record(request).await.unwrap().click.unwrap();
        let mut sale = report(&code, &click.id);
        sale.conversion_time = moved(link.create_time, 1 - days * DAY);
        server.client().conversions().record(request::conversion(sale)).await.unwrap();
    }
    let all = |first: &str| [(first.to_owned(), 2, 2), ("new".to_owned(), 1, 1)];
    let by_sub = |basis: Basis| QueryReportRequest { basis: basis.into(), ..question(&[Dimension::Sub1]) };
    assert_eq!(rows(&ask(&server, by_sub(Basis::Click)).await.unwrap()), all("old"));
    let limits = ["--retain-clicks-days", "30", "--retain-pause-seconds", "0"];
    let other = Server::start_beside_with(&server, &limits).await;
    let left = "SELECT COUNT(*) AS number FROM click";
    eventually(async || (database::number(&server.database_url, left).await == 1).then_some(())).await;
    for _ in 0..3 {
        for basis in [Basis::Click, Basis::Conversion, Basis::Booked] {
            for reader in [&server, &other] {
                assert_eq!(rows(&ask(reader, by_sub(basis)).await.unwrap()), all("gone"), "{basis:?}");
            }
        }
        let total = ask(&server, question(&[])).await.unwrap().total;
        assert_eq!((clicks(total.as_ref()), total.unwrap().metrics.unwrap().approved), (Some(3), 3));
        server.kill().await;
        server.restart_in_place().await;
    }
}

#[tokio::test]
async fn conversions_show_the_sub_ids_of_their_click_until_its_visitor_is_erased() {
    let shop = Shop::open().await;
    let link = shop.link(&shop.partner, None).await;
    let (client, key) = (shop.client(), key_of(&shop, &shop.partner).await);
    let request = RecordClickRequest {
        sub_ids: [("sub2", "mail"), ("sub10", "ä")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        ..click(&link)
    };
    let clicked = client.clicks().record(request).await.unwrap().click.unwrap();
    let mut watch = client.conversions().watch(WatchConversionsRequest::default());
    // The first heartbeat says that the stream has begun.
    watch.next().await.unwrap().unwrap();
    let mut sale = report(&shop.code, &clicked.id);
    sale.transaction_id = "order-1".to_owned();
    let sale = client.conversions().record(request::conversion(sale)).await.unwrap().conversion.unwrap();
    let streamed = loop {
        if let Some(Event::Conversion(seen)) = watch.next().await.unwrap().unwrap().event {
            break seen.sub_ids;
        }
    };
    assert_eq!(streamed, clicked.sub_ids);
    for expected in [clicked.sub_ids.clone(), BTreeMap::new()] {
        let listed =
            client.conversions().list_page(ListConversionsRequest::default()).await.unwrap().conversions;
        let get = GetConversionRequest { conversion_id: sale.id.clone() };
        let found = client.conversions().get(get).await.unwrap().conversion.unwrap();
        let of_partner = conversions_of(&key, "").await.unwrap();
        for sub_ids in [&listed[0].sub_ids, &found.sub_ids, &of_partner[0].sub_ids] {
            assert_eq!(*sub_ids, expected);
        }
        let erase = EraseVisitorRequest { click_id: clicked.id.clone(), validate_only: false };
        client.clicks().erase_visitor(erase).await.unwrap();
    }
}
