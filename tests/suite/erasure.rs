//! Erasure: a visitor's data vanishes for good from the click, the conversions and the postbacks.
//! The conversions still count.

use std::collections::BTreeMap;

use s2s_sdk::v1::{
    ApiKeyScope, Click, Conversion, ConversionVerdict, CreateTrackingLinkRequest, DecimalSeparator,
    EraseVisitorRequest, EraseVisitorResponse, ErrorReason, GetClickRequest, ListClicksRequest,
    ListConversionsRequest, ListPostbacksRequest, NoteCode, Postback, PostbackFilter, PostbackVerdict,
    RawPostback, RecordClickRequest, ReplayOverrides, ReplayPostbacksRequest, TrackingLink,
};
use s2s_tests::{Answer, Server, click_id_of, eventually, http, request};

use crate::replay::{get, hold, set_codes};

async fn erase(server: &Server, click_id: &str, validate_only: bool) -> EraseVisitorResponse {
    let request = EraseVisitorRequest { click_id: click_id.to_owned(), validate_only };
    server.client().clicks().erase_visitor(request).await.unwrap()
}

/// A click, and all conversions and postbacks of the server.
async fn everything(server: &Server, click_id: &str) -> (Click, Vec<Conversion>, Vec<Postback>) {
    let client = server.client();
    let click = client.clicks().get(GetClickRequest { click_id: click_id.to_owned() }).await.unwrap();
    let conversions = client.conversions().list_page(ListConversionsRequest::default()).await.unwrap();
    let mut postbacks =
        client.postbacks().list_page(ListPostbacksRequest::default()).await.unwrap().postbacks;
    // The next match time is ignored, because it changes without any call.
    for postback in &mut postbacks {
        postback.next_match_time = None;
    }
    (click.click.unwrap(), conversions.conversions, postbacks)
}

/// True if a word is in the data. Debug output shows bytes as numbers, so raw bytes are searched as
/// text.
fn tells(all: &(Click, Vec<Conversion>, Vec<Postback>), word: &str) -> bool {
    let raw = all.2.iter().filter_map(|postback| postback.raw.as_ref());
    let bytes = raw.flat_map(|raw| [&raw.target, &raw.body]);
    let mut texts = bytes.map(|bytes| String::from_utf8_lossy(bytes).to_lowercase());
    format!("{all:?}").to_lowercase().contains(word) || texts.any(|text| text.contains(word))
}

/// A visitor named mallory with a click, a sale and held postbacks, and another visitor.
struct Mallory {
    server: Server,
    click: String,
    /// The query of the sale, which is recorded.
    sale: String,
    /// The id of a held postback.
    held: String,
}

impl Mallory {
    async fn visit_and_buy() -> Self {
        let server = Server::start_with(&["--store-addresses", "whole"]).await;
        let code = server.code("Sale").await;
        let link = server.link(&[&code]).await;
        let visit = http().get(format!("{}/{}?sub1=mallory&mail=mallory", server.url, link.slug));
        let visit = visit.header("user-agent", "mallory").header("referer", "http://mallory.example/");
        let click = click_id_of(visit.send().await.unwrap().headers()["location"].to_str().unwrap());
        let query = format!("clickId={click}&id={}&com=0", code.id);
        let sale = format!("{query}&val=5&oid=order-1&param=mail%3Dmallory&name=mallory&mallory@x.example");
        for verdict in ["RECORDED", "DUPLICATE"] {
            let call = http().get(format!("{}/s2s?{sale}", server.url)).header("user-agent", "mallory");
            assert_eq!(Answer::of(call.send().await.unwrap()).await.field("verdict"), verdict);
        }
        // Three held postbacks name the click: in capitals, in JSON, and with an unknown code. The
        // postback with the unknown code belongs to no account.
        let capitals = query.replace(&click, &click.to_uppercase());
        let held =
            hold(&server, &format!("{capitals}&val=1,500&oid=2&name=mallory"), "AMOUNT_AMBIGUOUS").await;
        let body =
            format!(r#"{{"clickId":"{click}","id":"{}","val":"1,500","com":0,"name":"mallory"}}"#, code.id);
        let call =
            http().post(format!("{}/s2s?x=mallory", server.url)).header("content-type", "application/json");
        let answer = Answer::of(call.body(body).send().await.unwrap()).await;
        assert_eq!(answer.field("reason"), "AMOUNT_AMBIGUOUS");
        let stray = format!("clickId={click}&id={:032X}&val=1&com=0&name=mallory", 1);
        hold(&server, &stray, "CONVERSION_CODE_UNKNOWN").await;
        // The sale of another visitor.
        let other = server.click(&link).await;
        let other_sale = format!("clickId={other}&id={}&com=0&val=1&param=k%3Dother&name=other", code.id);
        assert_eq!(server.postback(&other_sale).await.field("verdict"), "RECORDED");
        Self { server, click, sale, held }
    }
}

#[tokio::test]
async fn an_erased_visitor_is_gone_for_good_and_the_sale_stays() {
    let Mallory { mut server, click, sale, held } = Mallory::visit_and_buy().await;
    let before = everything(&server, &click).await;
    assert!(tells(&before, "mallory") && tells(&before, "127.0.0.1"));
    let rehearsed = erase(&server, &click, true).await;
    assert_eq!(everything(&server, &click).await, before, "validate_only writes nothing");
    let erased = erase(&server, &format!(" {} ", click.to_uppercase()), false).await;
    assert_eq!(erased, rehearsed);
    assert_eq!((erased.conversion_count, erased.postback_count), (1, 5));

    // The erasure is durable once answered, and repeatable.
    server.kill().await;
    server.restart().await;
    let after = everything(&server, &click).await;
    assert!(!tells(&after, "mallory"), "{after:?}");
    assert!(tells(&after, "other") && tells(&after, "order-1"));
    assert_eq!(erase(&server, &click, false).await, erased);
    assert_eq!(everything(&server, &click).await, after);
    let blank = Click {
        sub_ids: [].into(),
        query: String::new(),
        referrer: String::new(),
        user_agent: String::new(),
        address: String::new(),
        referrer_host: String::new(),
        ..before.0
    };
    assert_eq!((&after.0, erased.click.as_ref()), (&blank, Some(&blank)));
    for (one, was) in after.1.iter().zip(&before.1) {
        let custom_params = if one.click_id == click { Vec::new() } else { was.custom_params.clone() };
        let sub_ids = if one.click_id == click { BTreeMap::new() } else { was.sub_ids.clone() };
        assert_eq!(*one, Conversion { custom_params, sub_ids, ..was.clone() });
    }
    for postback in &after.2 {
        let noted = postback.notes.iter().any(|note| note.code() == NoteCode::VisitorErased);
        assert_eq!(noted, postback.click_id == click, "{postback:?}");
    }

    // The sale still counts only once. Held postbacks count as they would have without the erasure.
    check_counts(&server, &click, &sale, &held).await;
}

/// Checks that the sale is a duplicate when it is sent again after the erasure, and that the held
/// postbacks of its click can be replayed.
async fn check_counts(server: &Server, click: &str, sale: &str, held: &str) {
    assert_eq!(server.postback(sale).await.field("verdict"), "DUPLICATE");
    let overrides =
        ReplayOverrides { decimal_separator: DecimalSeparator::Comma.into(), ..Default::default() };
    let filter = PostbackFilter { reason: ErrorReason::AmountAmbiguous.into(), ..Default::default() };
    let request = ReplayPostbacksRequest { overrides: Some(overrides), ..request::replay_all(filter) };
    let replayed = server.client().postbacks().replay_page(request).await.unwrap().postbacks;
    assert_eq!(replayed.len(), 2);
    assert!(replayed.iter().all(|postback| postback.verdict() == PostbackVerdict::Recorded), "{replayed:?}");
    let noted = get(server, held).await.notes;
    assert!(noted.iter().any(|note| note.code() == NoteCode::VisitorErased), "{noted:?}");
    let worth = everything(server, click)
        .await
        .1
        .iter()
        .filter(|one| one.value.as_ref().is_some_and(|value| value.micros == 1_500_000))
        .count();
    assert_eq!(worth, 2);
}

#[tokio::test]
async fn a_click_that_comes_after_its_visitor_was_erased_adds_nothing() {
    let server = Server::start().await;
    let (client, link) = (server.client(), server.link(&[]).await);
    let request = RecordClickRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    let minted = RecordClickRequest { validate_only: true, ..request.clone() };
    let click_id = client.clicks().record(minted).await.unwrap().click.unwrap().id;
    client.clicks().get(GetClickRequest { click_id: click_id.clone() }).await.unwrap_err();

    let erased = erase(&server, &click_id, false).await;
    assert_eq!((erased.conversion_count, erased.postback_count), (0, 0));
    let late = RecordClickRequest {
        click_id: click_id.clone(),
        sub_ids: [("sub1".to_owned(), "mallory".to_owned())].into(),
        query: "mallory".to_owned(),
        referrer: "mallory".to_owned(),
        user_agent: "mallory".to_owned(),
        address: "203.0.113.7".to_owned(),
        ..request
    };
    assert_eq!(client.clicks().record(late).await.unwrap().click, erased.click);
    let list = ListClicksRequest { tracking_link_id: link.id, ..Default::default() };
    let clicks = client.clicks().list_page(list).await.unwrap().clicks;
    assert_eq!(clicks, [erased.click.unwrap()]);
    assert!(!format!("{clicks:?}").contains("mallory"));
}

#[tokio::test]
async fn a_replay_under_way_does_not_bring_an_erased_visitor_back() {
    let server = Server::start().await;
    let (code, later) = (server.code("Sale").await, server.code("Later").await);
    let link = server.link(&[&code]).await;
    let overrides =
        ReplayOverrides { decimal_separator: DecimalSeparator::Comma.into(), ..Default::default() };
    // In some rounds, the visitor's data is only in the user agent. In the others, it is also in a
    // parameter that a conversion keeps.
    for custom in ["", "&param=mail%3Dmallory"].into_iter().cycle().take(20) {
        let click = server.click(&link).await;
        let mut ids = Vec::new();
        // Some of these postbacks count when they are replayed, and the others stay held.
        for (code, value) in [(&code, "1,500"), (&later, "1"), (&code, "2,500"), (&later, "2")] {
            let query = format!("clickId={click}&id={}&val={value}&com=0&oid={value}{custom}", code.id);
            let call = http().get(format!("{}/s2s?{query}", server.url)).header("user-agent", "mallory");
            let answer = Answer::of(call.send().await.unwrap()).await;
            assert_eq!(answer.field("verdict"), "HELD");
            ids.push(answer.field("postback_id"));
        }
        let client = server.client();
        let replay = async || {
            for _ in 0..5 {
                let (ids, overrides) = (ids.clone(), Some(overrides.clone()));
                let request = ReplayPostbacksRequest { overrides, ..request::replay(ids) };
                client.postbacks().replay_page(request).await.unwrap();
            }
        };
        let ((), (), erased) = tokio::join!(replay(), replay(), erase(&server, &click, false));
        assert_eq!(erased.postback_count, 4);
        let all = everything(&server, &click).await;
        let told = all.1.iter().filter(|conversion| !conversion.custom_params.is_empty());
        assert_eq!(told.count(), 0, "{:?}", all.1);
        for postback in all.2.iter().filter(|postback| postback.click_id == click) {
            assert!(postback.notes.iter().any(|note| note.code() == NoteCode::VisitorErased), "{postback:?}");
        }
        assert!(!tells(&all, "mallory"), "{all:?}");
    }
}

#[tokio::test]
async fn an_edge_that_sends_a_postback_again_does_not_bring_an_erased_visitor_back() {
    let server = Server::start().await;
    let (code, link) = (server.code("Sale").await, server.link(&[]).await);
    let click = server.click(&link).await;
    let query = format!("clickId={click}&id={}&val=1&com=0&name=mallory", code.id);
    let postback_id = hold(&server, &query, "CODE_NOT_ON_LINK").await;
    let raw = get(&server, &postback_id).await.raw.unwrap();
    erase(&server, &click, false).await;
    set_codes(&server, &link, &[&code]).await;

    // The edge has not received the answer to its first call, so it sends the postback again. By
    // now the code is on the link, so the postback counts.
    let (_, key) = server.api_key("", &[ApiKeyScope::Edge]).await;
    let edge = server.client_with(&key);
    let again = request::postback(RawPostback { postback_id, ..raw });
    eventually(async || match edge.conversions().record(again.clone()).await {
        Ok(answer) => (answer.verdict() == ConversionVerdict::Recorded).then_some(()),
        Err(error) => {
            assert_eq!(error.reason(), ErrorReason::CodeNotOnLink, "{error}");
            None
        }
    })
    .await;
    let all = everything(&server, &click).await;
    assert_eq!(all.1.len(), 1);
    assert!(!tells(&all, "mallory"), "{all:?}");
}

#[tokio::test]
async fn an_account_erases_nothing_of_another() {
    let server = Server::start().await;
    let account = server.account("Other").await.id;
    let (_, key) = server.api_key(&account, &[ApiKeyScope::Write, ApiKeyScope::Read]).await;
    let other = server.client_with(&key);
    let destination = "https://shop.example/?s1=[s2sidentifier]".to_owned();
    let link = TrackingLink { destination, ..Default::default() };
    let create = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    let link = other.tracking_links().create(create).await.unwrap().tracking_link.unwrap();
    let visit = http().get(format!("{}/{}", server.url, link.slug)).send().await.unwrap();
    let click = click_id_of(visit.headers()["location"].to_str().unwrap());
    // Both postbacks name the click. One names a code of the installation's own account, the other
    // an unknown code.
    let code = server.code("Sale").await;
    let mut ids = Vec::new();
    for code in [code.id.as_str(), "00000000000000000000000000000000"] {
        let query = format!("clickId={click}&id={code}&val=1&com=1&mail=mallory");
        ids.push(server.postback(&query).await.field("postback_id"));
    }
    for validate_only in [true, false, false] {
        let request = EraseVisitorRequest { click_id: click.clone(), validate_only };
        assert_eq!(other.clicks().erase_visitor(request).await.unwrap().postback_count, 1);
    }
    let mut told = Vec::new();
    for id in ids {
        let postback = get(&server, &id).await;
        told.push(String::from_utf8(postback.raw.unwrap().target).unwrap().contains("mallory"));
    }
    assert_eq!(told, [true, false]);
}
