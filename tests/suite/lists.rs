//! Lists in pages, unknown ids, and batches.

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client, Code, Error,
    prost_types::FieldMask,
    v1::{
        ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, BatchRecordConversionsRequest,
        ConversionCode, ConversionFilter, ConversionStatus, ConversionTime, ConversionVerdict, ErrorReason,
        GetClickRequest, GetConversionCodeRequest, GetConversionRequest, GetPostbackRequest,
        GetPostbackUrlRequest, GetTrackingLinkRequest, ListClicksRequest, ListConversionCodesRequest,
        ListConversionsRequest, ListPostbacksRequest, ListTrackingLinksRequest, NewConversion,
        PostbackFilter, PostbackVerdict, RecordClickRequest, RecordConversionRequest, TrackingLink,
        UpdateConversionCodeRequest, UpdateTrackingLinkRequest,
    },
};
use s2s_tests::{Server, request};

use crate::{fields, fixture::Fixture, moved, report};

/// The number of items in each list: two full pages, and one item on a third page.
const ITEMS: usize = 7;
const PAGE_SIZE: i32 = 3;

/// Reads all pages of a list. `list` takes a page token, and returns the ids on that page and the
/// next token. Returns the ids of each page.
async fn pages<F: Future<Output = (Vec<String>, String)>>(list: impl Fn(String) -> F) -> Vec<Vec<String>> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let (ids, next) = list(token).await;
        pages.push(ids);
        token = next;
        if token.is_empty() {
            return pages;
        }
    }
}

/// Checks that there are three pages, and that the SDK's stream has the same ids in the same order.
/// Each id of `all` must be there exactly once.
#[track_caller]
fn check_pages(pages: &[Vec<String>], streamed: &[String], mut all: Vec<String>) {
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(pages.concat(), streamed);
    let mut streamed = streamed.to_vec();
    streamed.sort();
    all.sort();
    assert_eq!(streamed, all);
}

#[tokio::test]
async fn codes_and_links_come_in_pages() {
    let server = Server::start().await;
    let client = server.client();
    let mut codes = Vec::new();
    let mut links = Vec::new();
    for _ in 0..ITEMS {
        codes.push(server.code("Sale").await.id);
        links.push(server.link(&[]).await.id);
    }
    let request =
        |page_token| ListConversionCodesRequest { page_size: PAGE_SIZE, page_token, ..Default::default() };
    let list = async |token| {
        let page = client.conversion_codes().list_page(request(token)).await.unwrap();
        (page.conversion_codes.into_iter().map(|code| code.id).collect(), page.next_page_token)
    };
    let streamed = client.conversion_codes().list(request(String::new())).map_ok(|code| code.id);
    let streamed: Vec<String> = streamed.try_collect().await.unwrap();
    assert!(streamed.iter().eq(codes.iter().rev()), "newest first");
    check_pages(&pages(list).await, &streamed, codes);

    let request =
        |page_token| ListTrackingLinksRequest { page_size: PAGE_SIZE, page_token, ..Default::default() };
    let list = async |token| {
        let page = client.tracking_links().list_page(request(token)).await.unwrap();
        (page.tracking_links.into_iter().map(|link| link.id).collect(), page.next_page_token)
    };
    let streamed = client.tracking_links().list(request(String::new())).map_ok(|link| link.id);
    check_pages(&pages(list).await, &streamed.try_collect::<Vec<_>>().await.unwrap(), links);
}

#[tokio::test]
async fn clicks_conversions_and_postbacks_come_in_pages() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let (mut clicks, mut conversions, mut postbacks) = (Vec::new(), Vec::new(), Vec::new());
    for second in 1..=i64::try_from(ITEMS).unwrap() {
        let click = RecordClickRequest {
            tracking_link_id: link.id.clone(),
            click_time: moved(link.create_time, second - 60),
            ..Default::default()
        };
        clicks.push(client.clicks().record(click).await.unwrap().click.unwrap().id);
        let query = format!("clickId={}&id={}&val=1&com=0", clicks.last().unwrap(), code.id);
        let answer = server.postback(&query).await;
        conversions.push(answer.field("conversion_id"));
        postbacks.push(answer.field("postback_id"));
    }
    let request = |page_token| ListClicksRequest {
        without_flags: Vec::new(),
        tracking_link_id: link.id.clone(),
        page_size: PAGE_SIZE,
        page_token,
    };
    let list = async |token| {
        let page = client.clicks().list_page(request(token)).await.unwrap();
        (page.clicks.into_iter().map(|click| click.id).collect(), page.next_page_token)
    };
    let streamed = client.clicks().list(request(String::new())).map_ok(|click| click.id);
    let streamed: Vec<String> = streamed.try_collect().await.unwrap();
    assert!(streamed.iter().eq(clicks.iter().rev()), "newest first");
    check_pages(&pages(list).await, &streamed, clicks);

    let request =
        |page_token| ListConversionsRequest { page_size: PAGE_SIZE, page_token, ..Default::default() };
    let list = async |token| {
        let page = client.conversions().list_page(request(token)).await.unwrap();
        (page.conversions.into_iter().map(|conversion| conversion.id).collect(), page.next_page_token)
    };
    let streamed = client.conversions().list(request(String::new())).map_ok(|conversion| conversion.id);
    let streamed: Vec<String> = streamed.try_collect().await.unwrap();
    assert!(streamed.iter().eq(conversions.iter().rev()), "newest first");
    check_pages(&pages(list).await, &streamed, conversions);

    let request =
        |page_token| ListPostbacksRequest { page_size: PAGE_SIZE, page_token, ..Default::default() };
    let list = async |token| {
        let page = client.postbacks().list_page(request(token)).await.unwrap();
        (page.postbacks.into_iter().map(|postback| postback.id).collect(), page.next_page_token)
    };
    let streamed = client.postbacks().list(request(String::new())).map_ok(|postback| postback.id);
    check_pages(&pages(list).await, &streamed.try_collect::<Vec<_>>().await.unwrap(), postbacks);
}

#[tokio::test]
async fn all_conditions_of_a_filter_of_conversions_apply_together() {
    let server = Server::start().await;
    let client = server.client();
    let (sale, lead) = (server.code("Sale").await, server.code("Lead").await);
    let (one, two) = (server.link(&[&sale, &lead]).await, server.link(&[&sale]).await);
    let (first, second) = (server.click(&one).await, server.click(&two).await);
    let mut recorded = Vec::new();
    for (code, click) in [(&sale, &first), (&lead, &first), (&sale, &second)] {
        let response = client.conversions().record(request::conversion(report(code, click))).await.unwrap();
        recorded.push(response.conversion.unwrap());
    }
    let all = ConversionFilter::default;
    let middle = recorded[1].create_time;
    let (clicked, converted) = (ConversionTime::Click.into(), ConversionTime::Conversion.into());
    for (filter, expected) in [
        (all(), &[2, 1, 0][..]),
        (ConversionFilter { conversion_code_id: sale.id.clone(), ..all() }, &[2, 0]),
        (ConversionFilter { conversion_code_id: sale.id.to_lowercase(), ..all() }, &[2, 0]),
        (ConversionFilter { tracking_link_id: one.id.clone(), ..all() }, &[1, 0]),
        (ConversionFilter { click_id: second.clone(), ..all() }, &[2]),
        (ConversionFilter { start_time: middle, ..all() }, &[2, 1]),
        (ConversionFilter { end_time: middle, ..all() }, &[0]),
        (ConversionFilter { time: converted, end_time: middle, ..all() }, &[0]),
        (ConversionFilter { time: clicked, end_time: middle, ..all() }, &[2, 1, 0]),
        (ConversionFilter { time: clicked, start_time: middle, ..all() }, &[]),
        (ConversionFilter { time: clicked, start_time: recorded[0].click_time, ..all() }, &[2, 1, 0]),
        (ConversionFilter { time: clicked, end_time: recorded[0].click_time, ..all() }, &[]),
        (ConversionFilter { status: ConversionStatus::Approved.into(), ..all() }, &[2, 1, 0]),
        (ConversionFilter { recorded_status: ConversionStatus::Pending.into(), ..all() }, &[]),
        (ConversionFilter { transaction_id: "order".to_owned(), ..all() }, &[]),
        (ConversionFilter { start_time: middle, end_time: middle, ..all() }, &[]),
        (
            ConversionFilter {
                conversion_code_id: sale.id.clone(),
                tracking_link_id: one.id.clone(),
                click_id: first.clone(),
                end_time: middle,
                ..all()
            },
            &[0],
        ),
        (ConversionFilter { conversion_code_id: lead.id.clone(), click_id: second.clone(), ..all() }, &[]),
    ] {
        let request = request::conversions(filter.clone());
        let found = client.conversions().list_page(request).await.unwrap().conversions;
        let expected: Vec<_> = expected.iter().map(|index| recorded[*index].clone()).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
    let wrong = ConversionFilter {
        conversion_code_id: "x".to_owned(),
        tracking_link_id: "x".to_owned(),
        click_id: "x".to_owned(),
        transaction_id: "\u{200b}'".to_owned(),
        status: 99,
        time: 99,
        ..all()
    };
    let error = client.conversions().list_page(request::conversions(wrong)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::InvalidArgument, ErrorReason::FieldInvalid));
    let expected = ["transaction_id", "conversion_code_id", "tracking_link_id", "click_id", "status", "time"];
    assert_eq!(fields(&error), expected.map(|field| format!("filter.{field}")));
}

#[tokio::test]
async fn all_conditions_of_a_filter_of_postbacks_apply_together() {
    let fixture = Fixture::start().await;
    let mut ids = Vec::new();
    for query in [
        "clickId=$click&id=$code&val=1&com=0",
        "clickId=$click&id=$code&val=1&com=0",
        "clickId=$click&id=$code&val=x&com=0",
        "clickId=$click&id=$unlinked&val=x&com=0",
        "clickId=$click&id=$unlinked&val=1&com=0",
    ] {
        ids.push(fixture.server.postback(&fixture.fill(query)).await.field("postback_id"));
    }
    // The id of a code in lower case names the same code.
    let lower_case = format!("clickId=x&id={}&val=1&com=0", fixture.code.id.to_lowercase());
    ids.push(fixture.server.postback(&lower_case).await.field("postback_id"));
    let all = PostbackFilter::default;
    let (held, malformed) = (PostbackVerdict::Held.into(), ErrorReason::AmountMalformed.into());
    for (filter, expected) in [
        (all(), &[0, 1, 2, 3, 4, 5][..]),
        (PostbackFilter { verdict: PostbackVerdict::Recorded.into(), ..all() }, &[0]),
        (PostbackFilter { verdict: PostbackVerdict::Duplicate.into(), ..all() }, &[1]),
        (PostbackFilter { verdict: held, ..all() }, &[2, 3, 4, 5]),
        (PostbackFilter { reason: malformed, ..all() }, &[2, 3]),
        (PostbackFilter { conversion_code_id: fixture.code.id.clone(), ..all() }, &[0, 1, 2, 5]),
        (PostbackFilter { conversion_code_id: fixture.code.id.to_lowercase(), ..all() }, &[0, 1, 2, 5]),
        (PostbackFilter { reason: malformed, conversion_code_id: fixture.code.id.clone(), ..all() }, &[2]),
        (PostbackFilter { verdict: PostbackVerdict::Recorded.into(), reason: malformed, ..all() }, &[]),
    ] {
        let mut found: Vec<String> =
            fixture.postbacks(filter.clone()).await.into_iter().map(|postback| postback.id).collect();
        found.sort();
        let mut expected: Vec<String> = expected.iter().map(|index| ids[*index].clone()).collect();
        expected.sort();
        assert_eq!(found, expected, "{filter:?}");
    }
    let client = fixture.server.client();
    for (filter, name) in [
        (PostbackFilter { verdict: PostbackVerdict::Test.into(), ..all() }, "filter.verdict"),
        (PostbackFilter { verdict: 99, ..all() }, "filter.verdict"),
        (PostbackFilter { reason: 99, ..all() }, "filter.reason"),
    ] {
        let error = client.postbacks().list_page(request::postbacks(filter)).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::InvalidArgument, ErrorReason::FieldInvalid));
        assert_eq!(fields(&error), [name]);
    }
}

#[tokio::test]
async fn a_page_token_serves_its_own_list_alone() {
    let fixture = Fixture::start().await;
    let client = fixture.server.client();
    for transaction_id in ["1", "2"] {
        let transaction_id = transaction_id.to_owned();
        let conversion = NewConversion { transaction_id, ..report(&fixture.code, &fixture.click) };
        client.conversions().record(request::conversion(conversion)).await.unwrap();
    }
    let first = ListConversionsRequest { page_size: 1, ..Default::default() };
    let page_token = client.conversions().list_page(first).await.unwrap().next_page_token;
    let second = ListConversionsRequest { page_token: page_token.clone(), ..Default::default() };
    assert_eq!(client.conversions().list_page(second).await.unwrap().conversions.len(), 1);

    let codes = ListConversionCodesRequest { page_size: 1, ..Default::default() };
    let code_token = client.conversion_codes().list_page(codes).await.unwrap().next_page_token;
    let of_code =
        ConversionFilter { conversion_code_id: fixture.code.id.clone(), ..ConversionFilter::default() };
    let since = ConversionFilter { start_time: fixture.code.create_time, ..ConversionFilter::default() };
    let filtered =
        |filter| ListConversionsRequest { page_token: page_token.clone(), ..request::conversions(filter) };
    let refused = [
        client.conversions().list_page(filtered(of_code)).await.map(drop),
        client.conversions().list_page(filtered(since)).await.map(drop),
        client
            .postbacks()
            .list_page(ListPostbacksRequest { page_token: page_token.clone(), ..Default::default() })
            .await
            .map(drop),
        client
            .tracking_links()
            .list_page(ListTrackingLinksRequest { page_token: page_token.clone(), ..Default::default() })
            .await
            .map(drop),
        client
            .conversion_codes()
            .list_page(ListConversionCodesRequest {
                page_token: code_token,
                show_archived: true,
                ..Default::default()
            })
            .await
            .map(drop),
        client
            .conversions()
            .list_page(ListConversionsRequest { page_token: "x".to_owned(), ..Default::default() })
            .await
            .map(drop),
    ];
    for (index, result) in refused.into_iter().enumerate() {
        let error = result.unwrap_err();
        let expected = (Code::InvalidArgument, ErrorReason::PageTokenInvalid);
        assert_eq!((error.code(), error.reason()), expected, "{index}");
    }
}

#[tokio::test]
async fn a_page_holds_50_by_default_and_1000_at_most() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let report = |number: usize| {
        let transaction_id = number.to_string();
        request::conversion(NewConversion { transaction_id, ..report(&code, &click) })
    };
    for start in [0, 1_000] {
        let requests = (start..start + 1_000).map(report).collect();
        client.conversions().batch_record(BatchRecordConversionsRequest { requests }).await.unwrap();
    }
    for (page_size, expected) in [(0, 50), (1, 1), (1_000, 1_000), (1_001, 1_000), (i32::MAX, 1_000)] {
        let request = ListConversionsRequest { page_size, ..Default::default() };
        let page = client.conversions().list_page(request).await.unwrap();
        assert_eq!(page.conversions.len(), expected, "{page_size}");
        assert_ne!(page.next_page_token, "");
    }
    let request = ListConversionsRequest { page_size: -1, ..Default::default() };
    let error = client.conversions().list_page(request).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::InvalidArgument, ErrorReason::FieldInvalid));
    assert_eq!(fields(&error), ["page_size"]);
}

/// One id for each kind of resource.
struct Ids {
    code: String,
    link: String,
    click: String,
    conversion: String,
    postback: String,
}

/// Makes calls that take an id, and returns their results.
async fn calls_by_id(client: &Client, ids: &Ids) -> Vec<Result<(), Error>> {
    let Ids { code, link, click, conversion, postback } = ids;
    let mask = |path: &str| Some(FieldMask { paths: vec![path.to_owned()] });
    let update_code = UpdateConversionCodeRequest {
        conversion_code: Some(ConversionCode { id: code.clone(), ..Default::default() }),
        update_mask: mask("reply"),
        ..Default::default()
    };
    let update_link = UpdateTrackingLinkRequest {
        tracking_link: Some(TrackingLink { id: link.clone(), ..Default::default() }),
        update_mask: mask("tags"),
        ..Default::default()
    };
    let archive_code =
        ArchiveConversionCodeRequest { conversion_code_id: code.clone(), ..Default::default() };
    let archive_link = ArchiveTrackingLinkRequest { tracking_link_id: link.clone(), ..Default::default() };
    let url = GetPostbackUrlRequest { conversion_code_id: code.clone(), ..Default::default() };
    let record = RecordClickRequest { tracking_link_id: link.clone(), ..Default::default() };
    let clicks = ListClicksRequest { tracking_link_id: link.clone(), ..Default::default() };
    let replay = request::replay(vec![postback.clone()]);
    vec![
        client
            .conversion_codes()
            .get(GetConversionCodeRequest { conversion_code_id: code.clone() })
            .await
            .map(drop),
        client.conversion_codes().update(update_code).await.map(drop),
        client.conversion_codes().archive(archive_code).await.map(drop),
        client.conversion_codes().get_postback_url(url).await.map(drop),
        client
            .tracking_links()
            .get(GetTrackingLinkRequest { tracking_link_id: link.clone() })
            .await
            .map(drop),
        client.tracking_links().update(update_link).await.map(drop),
        client.tracking_links().archive(archive_link).await.map(drop),
        client.clicks().record(record).await.map(drop),
        client.clicks().list_page(clicks).await.map(drop),
        client.clicks().get(GetClickRequest { click_id: click.clone() }).await.map(drop),
        client.conversions().get(GetConversionRequest { conversion_id: conversion.clone() }).await.map(drop),
        client.postbacks().get(GetPostbackRequest { postback_id: postback.clone() }).await.map(drop),
        client.postbacks().replay_page(replay).await.map(drop),
    ]
}

#[tokio::test]
async fn an_id_that_nothing_has_is_not_found() {
    let server = Server::start().await;
    let client = server.client();
    let link = server.link(&[]).await;
    // A genuine click id whose click is not recorded.
    let dry = RecordClickRequest { tracking_link_id: link.id, validate_only: true, ..Default::default() };
    let unknown = Ids {
        code: format!("{:032X}", 1),
        link: format!("link_{}", "0".repeat(26)),
        click: client.clicks().record(dry).await.unwrap().click.unwrap().id,
        conversion: format!("conv_{}", "0".repeat(39)),
        postback: format!("pb_{}", "0".repeat(26)),
    };
    let ids = |text: &str| {
        let [code, link, click, conversion, postback] = [(); 5].map(|()| text.to_owned());
        Ids { code, link, click, conversion, postback }
    };
    for ids in [unknown, ids("x"), ids(""), ids("\u{0}é")] {
        for (index, result) in calls_by_id(&client, &ids).await.into_iter().enumerate() {
            let error = result.unwrap_err();
            let expected = (Code::NotFound, ErrorReason::ResourceNotFound);
            assert_eq!((error.code(), error.reason()), expected, "{} {index}: {error}", ids.code);
        }
    }
}

#[tokio::test]
async fn one_bad_item_spoils_no_other_of_its_batch() {
    let fixture = Fixture::start().await;
    let client = fixture.server.client();
    let conversion = |transaction_id: &str, click_id: &str| NewConversion {
        transaction_id: transaction_id.to_owned(),
        ..report(&fixture.code, click_id)
    };
    let item =
        |transaction_id: &str, click_id: &str| request::conversion(conversion(transaction_id, click_id));
    let requests = vec![
        item("1", &fixture.click),
        item("2", "garbage"),
        item("3", &fixture.click),
        item("1", &fixture.click),
        request::conversion(NewConversion { value: None, ..conversion("4", &fixture.click) }),
        RecordConversionRequest { validate_only: true, ..item("5", &fixture.click) },
    ];
    let response =
        client.conversions().batch_record(BatchRecordConversionsRequest { requests }).await.unwrap();
    let mut reasons = Vec::new();
    let mut verdicts = Vec::new();
    for (index, result) in response.results.into_iter().enumerate() {
        match result.into_result() {
            Ok(response) => {
                let conversion = response.conversion.clone().unwrap();
                verdicts.push((index, conversion.transaction_id, response.verdict()));
            }
            Err(error) => reasons.push((index, error.code(), error.reason(), fields(&error).join(","))),
        }
    }
    let invalid = Code::InvalidArgument;
    let expected = [
        (1, invalid, ErrorReason::ClickIdInvalid, String::new()),
        (4, invalid, ErrorReason::FieldInvalid, "value".to_owned()),
    ];
    assert_eq!(reasons, expected);
    // Either of the two equal items may be recorded first.
    let mut twins = [verdicts[0].2, verdicts[2].2];
    twins.sort();
    assert_eq!(twins, [ConversionVerdict::Recorded, ConversionVerdict::Duplicate]);
    let found: Vec<_> = verdicts.iter().map(|(index, id, _)| (*index, id.as_str())).collect();
    assert_eq!(found, [(0, "1"), (2, "3"), (3, "1"), (5, "5")]);
    assert_eq!((verdicts[1].2, verdicts[3].2), (ConversionVerdict::Recorded, ConversionVerdict::Test));
    assert_eq!(fixture.conversions().await.len(), 2);

    for size in [0, 1_001] {
        let requests = vec![item("6", &fixture.click); size];
        let request = BatchRecordConversionsRequest { requests };
        let error = client.conversions().batch_record(request).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (invalid, ErrorReason::FieldInvalid), "{size}");
        assert_eq!(fields(&error), ["requests"]);
    }
}
