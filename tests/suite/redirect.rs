//! `GET /{slug}`: the destinations of visitors, and the visits that count as clicks.

use std::collections::BTreeMap;

use reqwest::{Method, Response, Url};
use s2s_sdk::{
    Client, Code,
    v1::{
        ArchiveTrackingLinkRequest, Click, ClickFlag, ErrorReason, GetClickRequest, ListClicksRequest,
        RecordClickRequest, RedirectKind, TrackingLink,
    },
};
use s2s_tests::{Answer, Server, click_id_of, eventually, http};

use crate::{fields, moved};

pub const DESTINATION: &str = "https://shop.example/?s1=[s2sidentifier]";
pub const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

pub fn leading_to(destination: &str) -> TrackingLink {
    TrackingLink { destination: destination.to_owned(), ..Default::default() }
}

/// One sub id, as in the messages of clicks.
pub fn sub_ids(name: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value.to_owned())])
}

pub async fn get(url: &str) -> Response {
    http().get(url).header("user-agent", BROWSER).send().await.unwrap()
}

pub fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

async fn clicks(client: &Client, link: &TrackingLink) -> Vec<Click> {
    let request = ListClicksRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    client.clicks().list_page(request).await.unwrap().clicks
}

/// Waits until the link has clicks, and returns them.
pub async fn first_clicks(client: &Client, link: &TrackingLink) -> Vec<Click> {
    eventually(async || Some(clicks(client, link).await).filter(|clicks| !clicks.is_empty())).await
}

#[tokio::test]
async fn macros_are_filled_from_the_visit() {
    let server = Server::start().await;
    let names: Vec<String> = (1..=10).map(|n| format!("sub{n}")).collect();
    let template: Vec<String> = names.iter().map(|name| format!("{name}=[{name}]")).collect();
    let destination = format!(
        "https://shop.example/[slug]/[sub1]?t=[timestamp]&{}&s1=[s2sidentifier]#top",
        template.join("&")
    );
    let link = server.create_link(TrackingLink { slug: "all".to_owned(), ..leading_to(&destination) }).await;
    let query: Vec<String> = names.iter().map(|name| format!("{name}={name}%20%26%2F%3F%23%C3%A9")).collect();
    let response = get(&format!("{}?{}&s1=mine", link.url, query.join("&"))).await;
    assert_eq!(response.status(), 302);

    let client = server.client();
    let [click] = first_clicks(&client, &link).await.try_into().unwrap();
    let seconds = click.click_time.unwrap().seconds;
    let filled: Vec<String> =
        names.iter().map(|name| format!("{name}={name}%20%26%2F%3F%23%C3%A9")).collect();
    let expected = format!(
        "https://shop.example/all/sub1%20%26%2F%3F%23%C3%A9?t={seconds}&{}&s1={}#top",
        filled.join("&"),
        click.id
    );
    assert_eq!(location(&response), expected);
    assert_eq!(click.sub_ids.len(), 10);
    assert_eq!(click.sub_ids["sub10"], "sub10 &/?#é");

    // A macro becomes empty if the visitor brings no value for it.
    let response = get(&link.url).await;
    assert!(location(&response).contains("&sub9=&sub10=&s1="), "{}", location(&response));
}

#[tokio::test]
async fn the_visitors_query_is_passed_through_if_the_link_says_so() {
    let server = Server::start().await;
    let destination = "https://shop.example/x?a=1&s1=[s2sidentifier]#top";
    for (query_pass_through, more) in [(false, ""), (true, "&b=3&b=%26&c&d=")] {
        let link = server.create_link(TrackingLink { query_pass_through, ..leading_to(destination) }).await;
        let response = get(&format!("{}?a=2&b=3&sub1=q&b=%26&c&s1=forged&d=", link.url)).await;
        let (_, after) = location(&response).split_once("s1=").unwrap();
        let click_id = &after[..40];
        let expected = format!("https://shop.example/x?a=1&s1={click_id}{more}#top");
        assert_eq!(location(&response), expected);
        assert_eq!(clicks_ids(&first_clicks(&server.client(), &link).await), [click_id]);
    }
}

fn clicks_ids(clicks: &[Click]) -> Vec<&str> {
    clicks.iter().map(|click| click.id.as_str()).collect()
}

#[tokio::test]
async fn a_destination_is_kept_to_the_letter_but_for_what_a_url_cannot_hold() {
    let server = Server::start().await;
    for (destination, expected) in [
        (
            "https://shop.example:8443/a%20b/?x=%26&s1=[s2sidentifier]",
            "https://shop.example:8443/a%20b/?x=%26&s1=",
        ),
        ("HTTP://Shop.Example?s1=[s2sidentifier]", "http://shop.example/?s1="),
        ("https://b\u{fc}cher.example/\u{fc}?s1=[s2sidentifier]", "https://xn--bcher-kva.example/%C3%BC?s1="),
        ("http://192.0.2.1/?s1=[s2sidentifier]", "http://192.0.2.1/?s1="),
        ("http://[2001:db8::1]:8080/?s1=[s2sidentifier]", "http://[2001:db8::1]:8080/?s1="),
        ("https://shop.example/?a={b}&c=|&s1=[s2sidentifier]", "https://shop.example/?a={b}&c=|&s1="),
    ] {
        let link = server.create_link(leading_to(destination)).await;
        assert_eq!(link.destination, destination);
        let response = get(&link.url).await;
        let (before, _) = location(&response).split_at(location(&response).len() - 40);
        assert_eq!(before, expected, "{destination}");
    }
}

#[tokio::test]
async fn what_a_visitor_brings_is_cut_to_its_limit() {
    let server = Server::start().await;
    let link = server.create_link(leading_to(DESTINATION)).await;
    let query = format!("sub1={}&x={}", "\u{fc}".repeat(1_025), "y".repeat(1_000));
    let visit = http()
        .get(format!("{}?{query}", link.url))
        .header("user-agent", "a".repeat(600))
        .header("referer", "r".repeat(1_100));
    assert_eq!(visit.send().await.unwrap().status(), 302);
    let [click] = first_clicks(&server.client(), &link).await.try_into().unwrap();
    assert_eq!(click.sub_ids, sub_ids("sub1", &"\u{fc}".repeat(1_024)));
    assert_eq!(click.flags().collect::<Vec<_>>(), [ClickFlag::SubIdCut]);
    assert_eq!((click.user_agent.len(), click.referrer.len(), click.query.len()), (512, 1_024, 2_048));
}

#[tokio::test]
async fn a_redirect_is_of_the_kind_the_link_has_and_never_stored() {
    let server = Server::start().await;
    for (kind, status) in
        [(RedirectKind::Found, 302), (RedirectKind::SeeOther, 303), (RedirectKind::Temporary, 307)]
    {
        let link = TrackingLink { redirect_kind: kind.into(), ..leading_to(DESTINATION) };
        let link = server.create_link(link).await;
        let response = get(&link.url).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(click_id_of(location(&response)).len(), 40);
    }
}

#[tokio::test]
async fn a_slug_is_found_in_any_case_and_others_are_not_found() {
    let server = Server::start().await;
    assert_eq!(get(&format!("{}/summer", server.url)).await.status(), 404, "the link does not exist yet");
    let link =
        server.create_link(TrackingLink { slug: "summer".to_owned(), ..leading_to(DESTINATION) }).await;
    for path in ["/summer", "/SUMMER", "/Summer/", "/summer?a=1"] {
        let response = get(&format!("{}{path}", server.url)).await;
        assert_eq!(response.status(), 302, "{path}");
    }
    for path in
        ["/winter", "/", "/summer/x", "/summer%20x", "/%00", "/summers", &format!("/{}", "a".repeat(5_000))]
    {
        let answer = Answer::of(get(&format!("{}{path}", server.url)).await).await;
        assert_eq!((answer.status, answer.header("location")), (404, ""), "{path}");
        assert_eq!(answer.field("reason"), "RESOURCE_NOT_FOUND");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(!answer.field("message").contains("/s2s"), "{answer:?}");
    }
    for path in ["/s2ss?clickId=a&id=b", "/postback?val=1&ID=b&clickid=a", "/s2s/x?id=&clickId="] {
        let answer = Answer::of(get(&format!("{}{path}", server.url)).await).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.field("message").contains("postbacks go to `/s2s`"), "{answer:?}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let response = http().request(method, &link.url).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()["allow"].to_str().unwrap()),
            (405, "GET, HEAD")
        );
    }
}

#[tokio::test]
async fn a_link_that_has_ended_leads_to_its_fallback_or_is_gone() {
    let server = Server::start().await;
    let client = server.client();
    let past = moved(server.code("Sale").await.create_time, -1);
    let fallback = "https://shop.example/over?s=[slug]";
    for (fallback_destination, archived) in [("", false), ("", true), (fallback, false), (fallback, true)] {
        let link = TrackingLink {
            expire_time: past.filter(|_| !archived),
            fallback_destination: fallback_destination.to_owned(),
            ..leading_to(DESTINATION)
        };
        let link = server.create_link(link).await;
        if archived {
            // After this visit the edge has the link cached, so the edge notices the archiving a
            // moment later.
            assert_eq!(get(&link.url).await.status(), 302);
            let request =
                ArchiveTrackingLinkRequest { tracking_link_id: link.id.clone(), ..Default::default() };
            client.tracking_links().archive(request).await.unwrap();
        }
        let ended = async || {
            let response = get(&link.url).await;
            let at_destination = response
                .headers()
                .get("location")
                .is_some_and(|url| url.as_bytes().starts_with(b"https://shop.example/?"));
            (!at_destination).then_some(response)
        };
        let response = eventually(ended).await;
        assert_eq!(response.headers()["cache-control"], "no-store");
        if fallback_destination.is_empty() {
            assert_eq!(response.status(), 410, "archived: {archived}");
            assert!(!response.headers().contains_key("location"));
        } else {
            assert_eq!(response.status(), 302, "archived: {archived}");
            assert_eq!(location(&response), format!("https://shop.example/over?s={}", link.slug));
        }
    }
    let link = TrackingLink { expire_time: moved(past, 3_600), ..leading_to(DESTINATION) };
    let link = server.create_link(link).await;
    assert_eq!(get(&link.url).await.status(), 302, "not yet expired");
}

#[tokio::test]
async fn nothing_that_a_visitor_brings_leaves_the_stored_host() {
    let server = Server::start().await;
    let mut links = Vec::new();
    for destination in [
        "https://shop.example/[sub1]?s1=[s2sidentifier]",
        "https://shop.example/x/[sub1]/y?s1=[s2sidentifier]",
        "https://shop.example/?q=[sub1]&s1=[s2sidentifier]",
        "https://shop.example?s1=[s2sidentifier]",
    ] {
        let link = TrackingLink { query_pass_through: true, ..leading_to(destination) };
        links.push(server.create_link(link).await);
    }
    for hostile in [
        "//evil.example",
        "%2F%2Fevil.example",
        "@evil.example",
        "%40evil.example",
        ":443@evil.example/",
        "%5C%5Cevil.example",
        "%0D%0ALocation:%20https://evil.example",
        "%0d%0aset-cookie:a=b%0d%0a%0d%0a<script>",
        "%00",
        "%E2%80%AE",
        "..%2F..%2F",
        "javascript:alert(1)",
        "%23%3F%26=[s2sidentifier][sub2]",
    ] {
        for link in &links {
            let response = get(&format!("{}?sub1={hostile}&{hostile}&u={hostile}", link.url)).await;
            assert_eq!(response.status(), 302, "{hostile}");
            assert!(!response.headers().contains_key("set-cookie"), "{hostile}");
            let text = location(&response);
            assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
            let url = Url::parse(text).unwrap();
            assert_eq!(
                (url.scheme(), url.host_str(), url.port()),
                ("https", Some("shop.example"), None),
                "{text}"
            );
            assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None), "{text}");
            let s1: Vec<_> = url.query_pairs().filter(|(name, _)| name == "s1").collect();
            assert!(s1.len() == 1 && s1[0].1.len() == 40, "{text}");
        }
    }
}

#[tokio::test]
async fn a_partner_who_redirects_visitors_gets_the_filled_destination() {
    let server = Server::start().await;
    let client = server.client();
    let destination = "https://shop.example/?s1=[s2sidentifier]&p=[sub2]&t=[timestamp]";
    let link = TrackingLink { query_pass_through: true, ..leading_to(destination) };
    let link = server.create_link(link).await;
    let request = RecordClickRequest {
        tracking_link_id: link.id.clone(),
        sub_ids: sub_ids("sub2", "a b"),
        query: "u=1&sub2=a%20b".to_owned(),
        referrer: "https://blog.example/".to_owned(),
        user_agent: BROWSER.to_owned(),
        address: "2001:db8:1:2:3::4".to_owned(),
        click_time: moved(link.create_time, -60),
        request_id: "visit-1".to_owned(),
        ..Default::default()
    };
    let dry = RecordClickRequest { validate_only: true, ..request.clone() };
    let dry = client.clicks().record(dry).await.unwrap();
    assert_eq!(clicks(&client, &link).await, []);

    let first = client.clicks().record(request.clone()).await.unwrap();
    assert_eq!(first, dry, "a dry run answers as if real");
    let click = first.click.clone().unwrap();
    let time = click.click_time.unwrap();
    assert_eq!(
        first.redirect_url,
        format!("https://shop.example/?s1={}&p=a%20b&t={}&u=1", click.id, time.seconds)
    );
    assert_eq!(time.seconds, moved(link.create_time, -60).unwrap().seconds);
    assert_eq!((click.address.as_str(), click.query.as_str()), ("2001:db8:1::", "u=1&sub2=a%20b"));
    assert_eq!(client.clicks().record(request.clone()).await.unwrap(), first, "the same call again");
    let got = client.clicks().get(GetClickRequest { click_id: click.id.to_uppercase() }).await.unwrap();
    assert_eq!(got.click, Some(click.clone()));
    assert_eq!(clicks(&client, &link).await, std::slice::from_ref(&click));

    let other = RecordClickRequest { request_id: "visit-2".to_owned(), ..request.clone() };
    let other = client.clicks().record(other).await.unwrap().click.unwrap();
    assert_ne!(other.id, click.id);
    assert_eq!(clicks(&client, &link).await.len(), 2);
}

/// A click that is refused, and the fields that the refusal names.
struct RefusedClick {
    request: RecordClickRequest,
    code: Code,
    reason: ErrorReason,
    names: &'static [&'static str],
}

#[tokio::test]
async fn a_partners_click_that_is_wrong_is_refused_with_its_reason() {
    let server = Server::start().await;
    let client = server.client();
    let (link, other) = (server.link(&[]).await, server.link(&[]).await);
    let (foreign, time) = (server.click(&other).await, link.create_time);
    let good = RecordClickRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    let archive = ArchiveTrackingLinkRequest { tracking_link_id: other.id.clone(), ..Default::default() };
    client.tracking_links().archive(archive).await.unwrap();
    let (invalid, field) = (Code::InvalidArgument, ErrorReason::FieldInvalid);
    for RefusedClick { request, code, reason, names } in [
        RefusedClick {
            request: RecordClickRequest { click_time: moved(time, 60), ..good.clone() },
            code: invalid,
            reason: field,
            names: &["click_time"][..],
        },
        RefusedClick {
            request: RecordClickRequest {
                request_id: "r".repeat(65),
                sub_ids: sub_ids("sub3", &"x".repeat(1_025)),
                address: "localhost".to_owned(),
                click_time: time,
                ..good.clone()
            },
            code: invalid,
            reason: field,
            names: &["request_id", "sub_ids", "address"],
        },
        RefusedClick {
            request: RecordClickRequest { sub_ids: sub_ids("sub11", "x"), ..good.clone() },
            code: invalid,
            reason: field,
            names: &["sub_ids"],
        },
        RefusedClick {
            request: RecordClickRequest { request_id: "r".to_owned(), ..good.clone() },
            code: invalid,
            reason: field,
            names: &["request_id"],
        },
        RefusedClick {
            request: RecordClickRequest { click_id: foreign.clone(), click_time: time, ..good.clone() },
            code: invalid,
            reason: field,
            names: &["click_id"],
        },
        RefusedClick {
            request: RecordClickRequest { click_id: foreign, ..good.clone() },
            code: invalid,
            reason: ErrorReason::ClickIdInvalid,
            names: &[],
        },
        RefusedClick {
            request: RecordClickRequest { click_id: "x".to_owned(), ..good },
            code: invalid,
            reason: ErrorReason::ClickIdInvalid,
            names: &[],
        },
        RefusedClick {
            request: RecordClickRequest { tracking_link_id: other.id.clone(), ..Default::default() },
            code: Code::FailedPrecondition,
            reason: ErrorReason::TrackingLinkArchived,
            names: &[],
        },
    ] {
        let error = client.clicks().record(request.clone()).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (code, reason), "{request:?}: {error}");
        assert_eq!(fields(&error), names, "{request:?}");
    }
    assert_eq!(clicks(&client, &link).await, []);
}
