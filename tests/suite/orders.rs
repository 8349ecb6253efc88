//! Conversions are found by their order id (`transaction_id`), however many there are.

mod scope;

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{
        Conversion, ConversionCode, ConversionFilter, ConversionStatus, ConversionTime,
        CreateTrackingLinkRequest, DedupePolicy, ListConversionsRequest, NewConversion, RecordClickRequest,
        TrackingLink,
    },
};
use s2s_tests::{Server, database, request};

use crate::{
    fixture::{Fixture, other_account},
    look::{ROWS, fill},
    replay::{hold, set_codes},
    report,
};

/// The columns that `fill` copies. It makes the others.
const COPIED: &str = "code_id, click_key, account_id, link_id, currency, value, commission, commission_percent, status, \
                      status_word, custom_params, converted_at";
/// The condition of the newest conversion.
const NEWEST: &str =
    "created_at = (SELECT newest FROM (SELECT MAX(created_at) AS newest FROM conversion) AS one)";

fn of_order(id: &str) -> ConversionFilter {
    ConversionFilter { transaction_id: id.to_owned(), ..Default::default() }
}

/// Records a conversion with an order id.
async fn record(client: &Client, conversion: NewConversion, order: &str) -> Conversion {
    let conversion = NewConversion { transaction_id: order.to_owned(), ..conversion };
    client.conversions().record(request::conversion(conversion)).await.unwrap().conversion.unwrap()
}

/// Reads all pages of a list.
async fn pages(client: &Client, filter: &ConversionFilter, page_size: i32) -> Vec<Vec<Conversion>> {
    let (mut pages, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            ListConversionsRequest { page_size, page_token, ..request::conversions(filter.clone()) };
        let page = client.conversions().list_page(request).await.unwrap();
        pages.push(page.conversions);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return pages;
        }
    }
}

async fn record_in_another_account(server: &Server, order: &str) -> Conversion {
    let (client, code) = other_account(server).await;
    let link = TrackingLink {
        destination: "https://shop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        ..Default::default()
    };
    let create = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    let link = client.tracking_links().create(create).await.unwrap().tracking_link.unwrap();
    let click = RecordClickRequest { tracking_link_id: link.id, ..Default::default() };
    let click = client.clicks().record(click).await.unwrap().click.unwrap();
    let conversion = record(&client, report(&code, &click.id), order).await;
    assert_eq!(pages(&client, &of_order(order), 0).await, [[conversion.clone()]]);
    conversion
}

#[tokio::test]
async fn an_order_id_is_combined_with_every_other_condition() {
    let server = Server::start().await;
    let client = server.client();
    let every = ConversionCode {
        name: "Every".to_owned(),
        dedupe_policy: DedupePolicy::Every.into(),
        ..Default::default()
    };
    let (single, every) = (server.code("One per click").await, server.create_code(every).await);
    let (one, two) = (server.link(&[&single, &every]).await, server.link(&[&single]).await);
    let (first, second) = (server.click(&one).await, server.click(&two).await);
    let mut found = Vec::new();
    for (code, click, status) in [
        (&single, &first, ConversionStatus::Approved),
        (&every, &first, ConversionStatus::Pending),
        (&single, &second, ConversionStatus::Approved),
    ] {
        let conversion = NewConversion { status: status.into(), ..report(code, click) };
        found.push(record(&client, conversion.clone(), "Ö-1").await);
        // The same order comes again, then another one, and one without an id.
        for order in ["Ö-1", "ö-1", ""] {
            record(&client, conversion.clone(), order).await;
        }
    }
    let foreign = record_in_another_account(&server, "Ö-1").await;
    assert!(!found.contains(&foreign));
    let middle = found[1].create_time;
    let all = || of_order("Ö-1");
    for (filter, expected) in [
        (all(), &[2, 1, 0][..]),
        (of_order(" \"Ö-1\" "), &[2, 1, 0]),
        (of_order("Ö"), &[]),
        (of_order("Ö-11"), &[]),
        (ConversionFilter { conversion_code_id: single.id.clone(), ..all() }, &[2, 0]),
        (ConversionFilter { conversion_code_id: every.id.clone(), ..all() }, &[1]),
        (ConversionFilter { tracking_link_id: one.id.clone(), ..all() }, &[1, 0]),
        (ConversionFilter { click_id: second.clone(), ..all() }, &[2]),
        (ConversionFilter { status: ConversionStatus::Approved.into(), ..all() }, &[2, 0]),
        (ConversionFilter { recorded_status: ConversionStatus::Pending.into(), ..all() }, &[1]),
        (ConversionFilter { start_time: middle, ..all() }, &[2, 1]),
        (ConversionFilter { end_time: middle, ..all() }, &[0]),
        (ConversionFilter { time: ConversionTime::Click.into(), start_time: middle, ..all() }, &[]),
        (ConversionFilter { time: ConversionTime::Click.into(), end_time: middle, ..all() }, &[2, 1, 0]),
        (ConversionFilter { time: ConversionTime::Conversion.into(), end_time: middle, ..all() }, &[0]),
    ] {
        let expected: Vec<_> = expected.iter().map(|index| found[*index].clone()).collect();
        assert_eq!(pages(&client, &filter, 0).await, std::slice::from_ref(&expected), "{filter:?}");
        let one_by_one = pages(&client, &filter, 1).await;
        assert_eq!(one_by_one.concat(), expected, "{filter:?}");
        assert_eq!(one_by_one.len(), expected.len().max(1), "{filter:?}");
    }
}

/// Records a conversion with each of two order ids, and fills the table with older copies of them.
/// Returns the code of the second one, which is the code of the oldest copy, too.
async fn very_many(
    server: &Server,
    orders: [&str; 2],
    copied: &str,
    made: &[(&str, &str)],
) -> ConversionCode {
    let (other, code) = (server.code("Other").await, server.code("Sale").await);
    let link = server.link(&[&other, &code]).await;
    for (code, order) in [&other, &code].into_iter().zip(orders) {
        let click = server.click(&link).await;
        record(&server.client(), report(code, &click), order).await;
    }
    let made = [&[("click_id", "$id"), ("serial", "n"), ("created_at", "n")], made].concat();
    fill(server, "conversion", copied, &made, NEWEST).await;
    code
}

#[tokio::test]
async fn an_order_is_found_in_one_page_of_very_many() {
    let server = Server::start().await;
    let client = server.client();
    let code = very_many(&server, ["first", "last"], COPIED, &[("dedupe_key", "$key")]).await;
    let of_code = |order| ConversionFilter { conversion_code_id: code.id.clone(), ..of_order(order) };
    for (filter, expected) in [
        (of_order("last"), 1),
        (of_order("1"), 1),
        (of_code("1"), 1),
        (of_order("30000"), 1),
        (of_code("30000"), 0),
        (of_order("nosuch"), 0),
    ] {
        let pages = pages(&client, &filter, 0).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [expected], "{filter:?}");
        let ids = pages.concat().into_iter().map(|conversion| conversion.transaction_id);
        assert!(ids.into_iter().all(|id| id == filter.transaction_id), "{filter:?}");
    }
}

/// So many conversions are read like those of a filter that has no index.
#[tokio::test]
async fn an_order_id_of_very_many_conversions_finds_each_once() {
    let server = Server::start().await;
    let client = server.client();
    let copied = format!("{COPIED}, dedupe_key");
    let code = very_many(&server, ["same", "same"], &copied, &[]).await;
    let all = pages(&client, &of_order("same"), 1_000).await.concat();
    let mut ids: Vec<&str> = all.iter().map(|conversion| conversion.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), usize::try_from(ROWS).unwrap() + 2);
    assert_eq!(all.len(), ids.len());
    let times = all.iter().map(|conversion| conversion.create_time.map(|time| (time.seconds, time.nanos)));
    assert!(times.rev().is_sorted(), "newest first");
    let of_code = ConversionFilter { conversion_code_id: code.id, ..of_order("same") };
    let pages = pages(&client, &of_code, 0).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0, 1]);
}

#[tokio::test]
async fn an_order_of_a_replayed_postback_is_found() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let link = server.link(&[]).await;
    let click = server.click(&link).await;
    let query = format!("clickId={click}&id={}&val=1&com=0&oid=order-1", code.id);
    let held = hold(&server, &query, "CODE_NOT_ON_LINK").await;
    assert_eq!(pages(&client, &of_order("order-1"), 0).await, [vec![]]);
    set_codes(&server, &link, &[&code]).await;
    let replayed: Vec<_> =
        client.postbacks().replay(request::replay(vec![held])).try_collect().await.unwrap();
    let found = pages(&client, &of_order("order-1"), 0).await.concat();
    let found: Vec<&str> = found.iter().map(|conversion| conversion.id.as_str()).collect();
    assert_eq!(found, [replayed[0].conversion_id.as_str()]);
}

#[tokio::test]
async fn orders_from_before_the_index_are_found() {
    let mut fixture = Fixture::start().await;
    let client = fixture.server.client();
    let conversion = record(&client, report(&fixture.code, &fixture.click), "order-1").await;
    let url = fixture.server.database_url.clone();
    let drop_index = match database::kind() {
        "mariadb" => "DROP INDEX ix_conversion_transaction ON conversion",
        _ => "DROP INDEX ix_conversion_transaction",
    };
    let migrate_again = "DELETE FROM seaql_migrations WHERE version = 'm0020_order_index'";
    // The second migration finds the index there already, as after a crash on MariaDB.
    for undo in [&[drop_index, migrate_again][..], &[migrate_again]] {
        fixture.server.terminate().await;
        assert!(fixture.server.ended().await.success());
        for statement in undo {
            database::execute(&url, statement).await;
        }
        fixture.server.restart().await;
        let client = fixture.server.client();
        assert_eq!(pages(&client, &of_order("order-1"), 0).await, [[conversion.clone()]]);
    }
}
