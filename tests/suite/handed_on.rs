//! Postbacks that partners pass on by calling `RecordConversion` with keys of their own.

use s2s_sdk::{
    Client,
    v1::{
        ApiKeyScope, ConversionCode, ConversionVerdict, CreateConversionCodeRequest,
        CreateTrackingLinkRequest, DedupePolicy, EraseVisitorRequest, ErrorReason, GetPostbackRequest,
        ListConversionsRequest, ListPostbacksRequest, Postback, PostbackVerdict, RawPostback,
        RecordClickRequest, RecordConversionRequest, TrackingLink, record_conversion_request::Report,
    },
};
use s2s_tests::{Server, database, eventually, request};

use crate::fields;

const SCOPES: [ApiKeyScope; 3] = [ApiKeyScope::Read, ApiKeyScope::Write, ApiKeyScope::Record];

const FORGET_MIGRATION: &str = "DELETE FROM seaql_migrations WHERE version LIKE '%postbacks_of_edges'";

fn handed_on(click: &str, code: &ConversionCode) -> RecordConversionRequest {
    let target = format!("/s2s?clickId={click}&id={}&val=1&com=0", code.id).into_bytes();
    request::postback(RawPostback { method: "GET".to_owned(), target, ..Default::default() })
}

async fn stored(client: &Client, id: &str) -> Postback {
    let request = GetPostbackRequest { postback_id: id.to_owned() };
    client.postbacks().get(request).await.unwrap().postback.unwrap()
}

#[tokio::test]
async fn a_partner_can_not_count_for_the_code_of_another_account() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let account = server.account("Other").await;
    let (_, key) = server.api_key(&account.id, &SCOPES).await;
    let other = server.client_with(&key);

    let refused = other.conversions().record(handed_on(&click, &code)).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::ConversionCodeUnknown);
    let failure = refused.postback_failure().unwrap();
    assert_eq!(failure.verdict(), PostbackVerdict::Held);
    assert_eq!(failure.postback_id, refused.metadata()["postback_id"]);
    let held = stored(&other, &failure.postback_id).await;
    let replayed = other.postbacks().replay_page(request::replay(vec![held.id.clone()])).await.unwrap();
    assert_eq!(replayed.postbacks[0].verdict(), PostbackVerdict::Held);
    // The server also tries to match the held postback automatically. The attempt fails, so the
    // server sets a later time for the next one.
    let matched = eventually(async || {
        let postback = stored(&other, &held.id).await;
        (postback.next_match_time != replayed.postbacks[0].next_match_time).then_some(postback)
    })
    .await;
    assert_eq!(matched.reason(), ErrorReason::ConversionCodeUnknown);
    for client in [server.client(), other] {
        let listed = client.conversions().list_page(ListConversionsRequest::default()).await.unwrap();
        assert_eq!(listed.conversions, []);
    }
}

/// A key of the installation's own account has no more rights over other accounts than any other
/// key. A postback that an edge passes on is different: if its code is unknown, the installation's
/// own account keeps it, and it may later count for any account.
#[tokio::test]
async fn a_key_of_the_installation_does_not_count_for_another_account() {
    let mut server = Server::start().await;
    let account = server.account("Other").await;
    let (_, key) = server.api_key(&account.id, &SCOPES).await;
    let (code, link) = of_account(&server.client_with(&key)).await;
    let (_, own_key) = server.api_key("", &SCOPES).await;
    for _ in 0..3 {
        let click = click_of(&server.client_with(&key), &link).await;
        let (own, other) = (server.client_with(&own_key), server.client_with(&key));
        let refused = own.conversions().record(handed_on(&click, &code)).await.unwrap_err();
        assert_eq!(refused.reason(), ErrorReason::ConversionCodeUnknown);
        let held = stored(&own, &refused.postback_failure().unwrap().postback_id).await;
        // The visitor's click belongs to the other account. An erasure by that account does not
        // touch the postback.
        let erase = EraseVisitorRequest { click_id: click, validate_only: false };
        assert_eq!(other.clicks().erase_visitor(erase).await.unwrap().postback_count, 0);
        let replayed = own.postbacks().replay_page(request::replay(vec![held.id.clone()])).await.unwrap();
        assert_eq!(replayed.postbacks[0].reason(), ErrorReason::ConversionCodeUnknown);
        let matched = eventually(async || {
            let postback = stored(&own, &held.id).await;
            (postback.next_match_time != replayed.postbacks[0].next_match_time).then_some(postback)
        })
        .await;
        assert_eq!(matched.reason(), ErrorReason::ConversionCodeUnknown);
        let raw = matched.raw.unwrap();
        server.kill().await;
        // As if the server had died after it had added the column `from_edge`, but before it
        // recorded that migration as done.
        database::execute(&server.database_url, FORGET_MIGRATION).await;
        server.restart().await;
        let (own, other) = (server.client_with(&own_key), server.client_with(&key));
        assert_eq!(stored(&own, &held.id).await.raw.unwrap(), raw);
        let listed = other.postbacks().list_page(ListPostbacksRequest::default()).await.unwrap();
        assert_eq!(listed.postbacks, []);
        let listed = other.conversions().list_page(ListConversionsRequest::default()).await.unwrap();
        assert_eq!(listed.conversions, []);
    }
}

/// A postback that an earlier version stored does not show whether an edge passed it on. The server
/// treats it as if an edge had passed it on.
#[tokio::test]
async fn what_came_to_an_earlier_version_is_still_matched() {
    let mut server = Server::start().await;
    let account = server.account("Other").await;
    let (_, key) = server.api_key(&account.id, &SCOPES).await;
    let (code, link) = of_account(&server.client_with(&key)).await;
    let click = click_of(&server.client_with(&key), &link).await;
    let refused = server.client().conversions().record(handed_on(&click, &code)).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::ConversionCodeUnknown);
    server.terminate().await;
    assert!(server.ended().await.success());
    let url = &server.database_url;
    database::execute(url, "ALTER TABLE postback DROP COLUMN from_edge").await;
    database::execute(url, FORGET_MIGRATION).await;
    server.restart().await;
    let other = server.client_with(&key);
    eventually(async || {
        let listed = other.conversions().list_page(ListConversionsRequest::default()).await.unwrap();
        (listed.conversions.len() == 1).then_some(())
    })
    .await;
}

/// Creates a conversion code, and a link that has it.
async fn of_account(client: &Client) -> (ConversionCode, TrackingLink) {
    let code = ConversionCode { name: "Sale".to_owned(), ..Default::default() };
    let create = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
    let code = client.conversion_codes().create(create).await.unwrap().conversion_code.unwrap();
    let link = TrackingLink {
        destination: "https://shop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        ..Default::default()
    };
    let create = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    (code, client.tracking_links().create(create).await.unwrap().tracking_link.unwrap())
}

async fn click_of(client: &Client, link: &TrackingLink) -> String {
    let request = RecordClickRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    client.clicks().record(request).await.unwrap().click.unwrap().id
}

#[tokio::test]
async fn what_is_no_postback_is_refused_and_not_held() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let client = server.client();
    let good = handed_on(&click, &code);
    let change = |change: fn(&mut RawPostback)| {
        let mut request = good.clone();
        match &mut request.report {
            Some(Report::Postback(postback)) => change(postback),
            _ => panic!("the request holds no postback"),
        }
        request
    };
    for (request, field) in [
        (change(|postback| postback.method = String::new()), "postback.method"),
        (change(|postback| postback.method = "HEAD".to_owned()), "postback.method"),
        (change(|postback| postback.method = "get".to_owned()), "postback.method"),
        (change(|postback| postback.target = Vec::new()), "postback.target"),
        (RecordConversionRequest { validate_only: true, ..good.clone() }, "validate_only"),
        (RecordConversionRequest::default(), "report"),
    ] {
        let error = client.conversions().record(request).await.unwrap_err();
        assert_eq!((error.reason(), fields(&error)), (ErrorReason::FieldInvalid, vec![field]));
    }
    let listed = client.postbacks().list_page(ListPostbacksRequest::default()).await.unwrap();
    assert_eq!(listed.postbacks, []);
}

#[tokio::test]
async fn a_postback_that_is_handed_on_again_with_its_request_id_counts_once() {
    let server = Server::start().await;
    let code = ConversionCode {
        name: "Sale".to_owned(),
        dedupe_policy: DedupePolicy::Every.into(),
        ..Default::default()
    };
    let code = server.create_code(code).await;
    let click = server.click(&server.link(&[&code]).await).await;
    let (_, key) = server.api_key("", &SCOPES).await;
    let partner = server.client_with(&key);
    let send = async |request_id: &str| {
        let request =
            RecordConversionRequest { request_id: request_id.to_owned(), ..handed_on(&click, &code) };
        partner.conversions().record(request).await.unwrap()
    };
    let first = send("one").await;
    assert_eq!(first.verdict(), ConversionVerdict::Recorded);
    let again = send("one").await;
    assert_eq!(again.verdict(), ConversionVerdict::Duplicate);
    assert_eq!(again.conversion_id, first.conversion_id);
    // If a call has no request id, the SDK gives it a new one.
    for request_id in ["two", "", ""] {
        assert_eq!(send(request_id).await.verdict(), ConversionVerdict::Recorded, "{request_id}");
    }
}
