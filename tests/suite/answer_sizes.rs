//! Answers for clients that accept at most 4 MiB, the default of gRPC: pages end before that size,
//! and answers that have no pages leave out long texts.

use std::collections::BTreeSet;

use futures::future::join_all;
use prost::Message;
use s2s_sdk::v1::{
    BatchRecordConversionsRequest, BatchRecordConversionsResponse, ClickFlag, ConversionFilter, CustomParam,
    ErrorReason, ExplainClickRequest, ListClicksRequest, ListConversionsRequest, ListPostbacksRequest,
    ListTrackingLinksRequest, Money, NewConversion, Note, NoteCode, Postback, PostbackFilter,
    PostbackVerdict, RawPostback, RecordClickRequest, RecordConversionRequest, TrackingLink,
    click_service_client::ClickServiceClient, conversion_service_client::ConversionServiceClient,
    postback_service_client::PostbackServiceClient, tracking_link_service_client::TrackingLinkServiceClient,
};
use s2s_tests::{Server, authorized, request};
use tonic::transport::Channel;

use crate::{contract::channel, fixture::Fixture, replay::get, report};

/// The server's bound for a list (3 MiB), plus room for the rest of the answer.
const BYTES_MAX: usize = 3 * 1_024 * 1_024 + 256 * 1_024;
/// The largest page that can be asked for.
const PAGE_SIZE: i32 = 1_000;

/// A postback that is held because of its amount, and is almost as long as a postback may be. Its
/// notes are longer than the postback: they repeat its 60 unknown parameters.
fn long_postback(fixture: &Fixture, click: &str, number: usize) -> RawPostback {
    let unknown = |names: std::ops::Range<u32>| -> String {
        let name = |which| format!("{}{}", "\u{1F6D2}".repeat(61), 100 + which);
        names.map(|which| format!("&{}=1", name(which))).collect::<Vec<_>>().concat()
    };
    let code = &fixture.code.id;
    let target = format!("/s2s?clickId={click}&id={code}&val=x&com={number}{}", unknown(0..30));
    RawPostback {
        method: "POST".to_owned(),
        target: target.into_bytes(),
        content_type: "application/x-www-form-urlencoded".to_owned(),
        body: unknown(30..60).split_off(1).into_bytes(),
        ..Default::default()
    }
}

/// A conversion with as many custom parameters as it may have.
fn long_conversion(fixture: &Fixture, click: &str, number: usize) -> NewConversion {
    let param = |which: usize| CustomParam { key: format!("{which:0255}"), value: "v".repeat(2_048) };
    NewConversion {
        transaction_id: format!("order-{number}"),
        custom_params: (0..64).map(param).collect(),
        ..report(&fixture.code, click)
    }
}

async fn batch(server: &Server, requests: Vec<RecordConversionRequest>) -> BatchRecordConversionsResponse {
    let mut client = ConversionServiceClient::new(channel(server).await);
    let request = authorized(BatchRecordConversionsRequest { requests });
    let answer = client.batch_record_conversions(request).await.unwrap().into_inner();
    assert!(answer.encoded_len() <= BYTES_MAX, "{}", answer.encoded_len());
    answer
}

/// Holds long postbacks of a click. Returns their ids.
async fn hold(fixture: &Fixture, click: &str, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let numbers: Vec<usize> = (0..count).collect();
    for some in numbers.chunks(100) {
        let held = some.iter().map(|number| request::postback(long_postback(fixture, click, *number)));
        for result in batch(&fixture.server, held.collect()).await.results {
            let error = result.into_result().unwrap_err();
            assert_eq!(error.reason(), ErrorReason::AmountMalformed, "{error}");
            ids.push(error.postback_failure().unwrap().postback_id.clone());
        }
    }
    ids
}

/// Records long conversions of a click. Returns their ids.
async fn record(fixture: &Fixture, click: &str, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let numbers: Vec<usize> = (0..count).collect();
    for some in numbers.chunks(20) {
        let new = some.iter().map(|number| request::conversion(long_conversion(fixture, click, *number)));
        for result in batch(&fixture.server, new.collect()).await.results {
            ids.push(result.into_result().unwrap().conversion_id);
        }
    }
    ids
}

fn is_shortened(notes: &[Note]) -> bool {
    notes.iter().any(|note| note.code() == NoteCode::Shortened)
}

/// Reads all pages of a list. `list` takes a page token, and returns the ids of that page, its size
/// and the next token. Checks that there are several pages, and that they have all ids, each once.
async fn check_pages<F: Future<Output = (Vec<String>, usize, String)>>(
    list: impl Fn(Channel, String) -> F,
    server: &Server,
    all: Vec<String>,
) {
    let channel = channel(server).await;
    let (mut found, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let (ids, bytes, next) = list(channel.clone(), token).await;
        assert!(bytes <= BYTES_MAX && !ids.is_empty(), "{bytes} bytes, {} ids", ids.len());
        (token, pages) = (next, pages + 1);
        found.extend(ids);
        if token.is_empty() {
            break;
        }
    }
    assert!(pages > 1, "the list fitted on one page");
    assert_eq!(found.len(), all.len());
    assert_eq!(BTreeSet::from_iter(found), BTreeSet::from_iter(all));
}

#[tokio::test]
async fn pages_of_postbacks_and_conversions_end_before_they_are_too_long() {
    let fixture = Fixture::start().await;
    let held = hold(&fixture, &fixture.click, 100).await;
    let list = async |channel, page_token| {
        let request = ListPostbacksRequest { page_size: PAGE_SIZE, page_token, ..Default::default() };
        let page = PostbackServiceClient::new(channel).list_postbacks(authorized(request)).await;
        let page = page.unwrap().into_inner();
        let bytes = page.encoded_len();
        (page.postbacks.into_iter().map(|one| one.id).collect(), bytes, page.next_page_token)
    };
    check_pages(list, &fixture.server, held).await;

    let recorded = record(&fixture, &fixture.click, 40).await;
    let of_click = ConversionFilter { click_id: fixture.click.clone(), ..Default::default() };
    for filter in [ConversionFilter::default(), of_click] {
        let list = async |channel, page_token| {
            let request = request::conversions(filter.clone());
            let request = ListConversionsRequest { page_size: PAGE_SIZE, page_token, ..request };
            let page = ConversionServiceClient::new(channel).list_conversions(authorized(request)).await;
            let page = page.unwrap().into_inner();
            let bytes = page.encoded_len();
            (page.conversions.into_iter().map(|one| one.id).collect(), bytes, page.next_page_token)
        };
        check_pages(list, &fixture.server, recorded.clone()).await;
    }
}

#[tokio::test]
async fn pages_of_clicks_and_links_end_before_they_are_too_long() {
    let server = Server::start().await;
    let client = server.client();
    let link = server.link(&[]).await;
    let wide = |chars: usize| "\u{1F6D2}".repeat(chars);
    let click = |_| RecordClickRequest {
        tracking_link_id: link.id.clone(),
        sub_ids: (1..=10).map(|number| (format!("sub{number}"), wide(1_024))).collect(),
        query: "q".repeat(2_048),
        referrer: "r".repeat(1_024),
        user_agent: "u".repeat(512),
        ..Default::default()
    };
    let clicks = join_all((0..100).map(|number| client.clicks().record(click(number)))).await;
    let clicks = clicks.into_iter().map(|click| click.unwrap().click.unwrap().id).collect();
    let list = async |channel, page_token| {
        let request = ListClicksRequest {
            tracking_link_id: link.id.clone(),
            page_size: PAGE_SIZE,
            page_token,
            without_flags: vec![ClickFlag::Prefetch.into()],
        };
        let page = ClickServiceClient::new(channel).list_clicks(authorized(request)).await;
        let page = page.unwrap().into_inner();
        let bytes = page.encoded_len();
        (page.clicks.into_iter().map(|one| one.id).collect(), bytes, page.next_page_token)
    };
    check_pages(list, &server, clicks).await;

    let destination = format!("https://shop.example/?c=[s2sidentifier]&x={}", "x".repeat(2_000));
    let tracking_link = |number: usize| TrackingLink {
        destination: format!("{destination}{number}"),
        tags: (10..30).map(|tag| format!("{}{tag}", wide(48))).collect(),
        ..Default::default()
    };
    let mut links = vec![link.id.clone()];
    for ten in 0..60 {
        let some = (0..10).map(|one| server.create_link(tracking_link(10 * ten + one)));
        links.extend(join_all(some).await.into_iter().map(|link| link.id));
    }
    let list = async |channel, page_token| {
        let request = ListTrackingLinksRequest { page_size: PAGE_SIZE, page_token, ..Default::default() };
        let page = TrackingLinkServiceClient::new(channel).list_tracking_links(authorized(request)).await;
        let page = page.unwrap().into_inner();
        let bytes = page.encoded_len();
        (page.tracking_links.into_iter().map(|one| one.id).collect(), bytes, page.next_page_token)
    };
    check_pages(list, &server, links).await;
}

#[tokio::test]
async fn the_answer_to_a_batch_leaves_out_texts_and_no_result() {
    let fixture = Fixture::start().await;
    let recorded = record(&fixture, &fixture.click, 40).await;
    let again = (0..40).map(|number| NewConversion {
        custom_params: Vec::new(),
        ..long_conversion(&fixture, &fixture.click, number)
    });
    let results = batch(&fixture.server, again.map(request::conversion).collect()).await.results;
    let answers = results.into_iter().map(|result| result.into_result().unwrap());
    let mut whole = Vec::new();
    for (index, answer) in answers.enumerate() {
        assert_eq!(answer.conversion_id, recorded[index]);
        let conversion = answer.conversion.unwrap();
        assert_eq!((conversion.id.as_str(), answer.verdict), (recorded[index].as_str(), 2), "{index}");
        assert_eq!(conversion.custom_params.len(), if is_shortened(&answer.notes) { 0 } else { 64 });
        whole.push(!is_shortened(&answer.notes));
    }
    // 20 of these conversions take 2.8 MiB.
    assert!(whole[..20].iter().all(|whole| *whole) && !whole[39], "the last ones are shortened: {whole:?}");

    // Errors name the faults, and each error may have 4 KiB of notes.
    let mut requests: Vec<_> = (0..800)
        .map(|number| {
            let names =
                (0..50).map(|name| format!("&unknown-parameter-{name}=1")).collect::<Vec<_>>().concat();
            let (code, click) = (&fixture.code.id, &fixture.click);
            let target = format!("/s2s?clickId={click}&id={code}&val=x&com={number}{names}").into_bytes();
            request::postback(RawPostback { method: "GET".to_owned(), target, ..Default::default() })
        })
        .collect();
    let wrong = NewConversion {
        conversion_code_id: "x".repeat(1_000),
        transaction_id: "x".repeat(300),
        value: Some(Money { micros: -1, ..Default::default() }),
        status: 99,
        custom_params: vec![CustomParam { key: "k".repeat(300), value: String::new() }],
        ..report(&fixture.code, "")
    };
    requests.extend(vec![request::conversion(wrong); 200]);
    let results = batch(&fixture.server, requests).await.results;
    let errors: Vec<_> = results.into_iter().map(|result| result.into_result().unwrap_err()).collect();
    for (index, error) in errors.iter().enumerate() {
        let Some(failure) = error.postback_failure() else {
            assert!(index >= 800, "{index}: {error}");
            assert_eq!(error.reason(), ErrorReason::FieldInvalid, "{index}");
            assert_eq!(crate::fields(error), crate::fields(&errors[999]), "{index}");
            continue;
        };
        assert_eq!(error.reason(), ErrorReason::AmountMalformed, "{index}");
        assert_eq!(failure.verdict(), PostbackVerdict::Held, "{index}");
        assert!(failure.notes.len() > 10 || is_shortened(&failure.notes), "{index}");
        let stored = get(&fixture.server, &failure.postback_id);
        if index % 100 == 99 {
            assert_eq!(stored.await.notes.len(), 50);
        }
    }
    assert!(errors[0].postback_failure().unwrap().notes.len() > 10, "the first ones are whole");
    assert!(is_shortened(&errors[799].postback_failure().unwrap().notes));
    assert_eq!(errors[999].metadata().get("shortened").map(String::as_str), Some("true"));
}

/// Checks the postbacks of an answer without pages: the first ones are complete, and the last ones
/// are shortened.
fn check_shortened(postbacks: &[Postback]) {
    let whole: Vec<bool> = postbacks.iter().map(|postback| !is_shortened(&postback.notes)).collect();
    assert!(whole[0] && !whole[whole.len() - 1] && whole.is_sorted_by(|a, b| a >= b), "{whole:?}");
    for postback in postbacks {
        let raw = postback.raw.as_ref().unwrap();
        let is_whole = !is_shortened(&postback.notes);
        assert_eq!(
            (postback.verdict(), postback.reason()),
            (PostbackVerdict::Held, ErrorReason::AmountMalformed)
        );
        assert_eq!((postback.notes.len() > 50, !raw.body.is_empty()), (is_whole, is_whole));
        assert!(raw.target.starts_with(b"/s2s?clickId="), "the beginning stays");
    }
}

#[tokio::test]
async fn a_replay_leaves_out_texts_and_no_postback() {
    let fixture = Fixture::start().await;
    let ids = hold(&fixture, &fixture.click, 100).await;
    for request in [request::replay(ids.clone()), request::replay_all(PostbackFilter::default())] {
        let mut client = PostbackServiceClient::new(channel(&fixture.server).await);
        let answer = client.replay_postbacks(authorized(request)).await.unwrap().into_inner();
        assert!(answer.encoded_len() <= BYTES_MAX, "{}", answer.encoded_len());
        let found: BTreeSet<_> = answer.postbacks.iter().map(|postback| &postback.id).collect();
        assert_eq!(found, ids.iter().collect());
        check_shortened(&answer.postbacks);
    }
    let whole = get(&fixture.server, &ids[99]).await;
    assert!(!is_shortened(&whole.notes) && whole.notes.len() > 50, "only the answer is shortened");
}

#[tokio::test]
async fn the_explanation_of_a_click_leaves_out_texts_and_nothing_that_happened() {
    let fixture = Fixture::start().await;
    let mut held = hold(&fixture, &fixture.click, 60).await;
    let recorded = record(&fixture, &fixture.click, 60).await;
    let mut client = ClickServiceClient::new(channel(&fixture.server).await);
    let request = ExplainClickRequest { click_id: fixture.click.clone() };
    let answer = client.explain_click(authorized(request)).await.unwrap().into_inner();
    assert!(answer.encoded_len() <= BYTES_MAX, "{}", answer.encoded_len());
    check_shortened(&answer.held_postbacks);
    // The ids of postbacks sort by their time.
    held.sort();
    let ids = answer.held_postbacks.iter().map(|postback| &postback.id);
    assert!(ids.eq(held.iter().rev().take(50)), "the newest 50");
    let ids: BTreeSet<_> = answer.conversions.iter().map(|conversion| &conversion.id).collect();
    assert!(ids.len() == 50 && ids.iter().all(|id| recorded.contains(id)));
    let params: Vec<_> = answer.conversions.iter().map(|one| one.custom_params.len()).collect();
    assert!(params[0] == 64 && params[49] == 0, "the last ones are shortened: {params:?}");
    let shortened = params.iter().filter(|params| **params == 0).count();
    assert!(
        is_shortened(&answer.notes) && answer.notes[0].message.contains(&format!("the last {shortened} "))
    );
}
