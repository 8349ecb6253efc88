//! Visits to links: the visitors, addresses that were copied badly, long sub ids, and addresses
//! without a link.

use reqwest::Response;
use s2s_sdk::{
    Client,
    v1::{ArchiveTrackingLinkRequest, Click, ClickFlag, GetClickRequest, ListClicksRequest, TrackingLink},
};
use s2s_tests::{Server, click_id_of, eventually, http};

use crate::{
    raw,
    redirect::{BROWSER, DESTINATION, first_clicks, get, leading_to, location, sub_ids},
};

/// A click, once it is stored.
async fn stored(client: &Client, id: &str) -> Click {
    let request = GetClickRequest { click_id: id.to_owned() };
    eventually(async || client.clicks().get(request.clone()).await.ok()?.click).await
}

/// The flags of clicks that no person made.
const NOT_OF_PEOPLE: [ClickFlag; 3] = [ClickFlag::Bot, ClickFlag::Prefetch, ClickFlag::Preview];

#[tokio::test]
async fn robots_and_prefetches_are_redirected_and_flagged() {
    use ClickFlag as F;
    let server = Server::start().await;
    let client = server.client();
    let chrome = ("user-agent", BROWSER);
    let google = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    for (headers, expected) in [
        (&[chrome][..], &[][..]),
        (&[chrome, ("sec-purpose", "prefetch")], &[F::Prefetch]),
        (&[chrome, ("sec-purpose", "prefetch;prerender")], &[F::Prefetch]),
        (&[chrome, ("purpose", "prefetch")], &[F::Prefetch]),
        (&[chrome, ("purpose", "Preview")], &[F::Prefetch]),
        (&[chrome, ("x-purpose", "preview")], &[F::Prefetch]),
        (&[chrome, ("x-moz", "prefetch")], &[F::Prefetch]),
        (&[("user-agent", google)], &[F::Bot, F::Preview]),
        (&[("user-agent", "facebookexternalhit/1.1")], &[F::Bot, F::Preview]),
        (&[("user-agent", "WhatsApp/2.23.20.0 A")], &[F::Bot, F::Preview]),
        (&[("user-agent", "Slackbot-LinkExpanding 1.0")], &[F::Bot, F::Preview]),
        (&[("user-agent", "curl/8.5.0")], &[F::Bot]),
        (&[], &[F::Bot]),
    ] {
        let link = server.create_link(leading_to(DESTINATION)).await;
        let mut request = http().get(&link.url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 302, "{headers:?}");
        let click = stored(&client, &click_id_of(location(&response))).await;
        assert_eq!(click.flags().collect::<Vec<_>>(), expected, "{headers:?}");

        let of_people = ListClicksRequest {
            tracking_link_id: link.id.clone(),
            without_flags: NOT_OF_PEOPLE.map(i32::from).to_vec(),
            ..Default::default()
        };
        let of_people = client.clicks().list_page(of_people).await.unwrap().clicks;
        assert_eq!(of_people.len(), usize::from(expected.is_empty()), "{headers:?}");
    }
}

#[tokio::test]
async fn a_sale_for_a_prefetched_click_counts_and_the_click_keeps_its_sub_ids() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let visit = http().get(format!("{}?sub1=newsletter", link.url)).header("user-agent", BROWSER);
    let response = visit.header("sec-purpose", "prefetch").send().await.unwrap();
    let click = click_id_of(location(&response));
    let sale = format!("clickId={click}&id={}&val=1&com=0", code.id);
    assert_eq!(server.postback(&sale).await.field("verdict"), "RECORDED");
    let click = stored(&server.client(), &click).await;
    assert_eq!(click.sub_ids, sub_ids("sub1", "newsletter"));
    assert_eq!(click.flags().collect::<Vec<_>>(), [ClickFlag::Prefetch]);
}

#[tokio::test]
async fn a_link_checker_leaves_no_click() {
    let server = Server::start().await;
    let link = server.create_link(leading_to(DESTINATION)).await;
    assert_eq!(http().head(&link.url).send().await.unwrap().status(), 302);
    // The `HEAD` was answered before this visit began. So if it had left a click, the list of
    // clicks would have two.
    let visited = click_id_of(location(&get(&link.url).await));
    let [only] = first_clicks(&server.client(), &link).await.try_into().unwrap();
    assert_eq!(only.id, visited);
}

#[tokio::test]
async fn a_link_is_found_however_its_address_was_copied() {
    let server = Server::start().await;
    let link = TrackingLink { slug: "summer".to_owned(), ..leading_to(DESTINATION) };
    server.create_link(link).await;
    let client = server.client();
    for (target, sub1) in [
        ("/summer.", ""),
        ("/summer,", ""),
        ("/summer)?sub1=a", "a"),
        ("/summer%20", ""),
        ("/summer%C2%A0?sub1=b", "b"),
        ("/%20summer", ""),
        ("/s%75mmer", ""),
        ("/summer&sub1=x", "x"),
        ("/summer;sub1=x", "x"),
        ("/summer%3Fsub1=x", "x"),
        ("/summer%3Fsub1%3Dx%26sub2%3Dy", "x"),
        ("/summer?a=1&amp;sub1=x", "x"),
        ("/summer?a=1;sub1=x", "x"),
        ("/summer?a=1?sub1=x", "x"),
        ("/summer?SUB1=x", "x"),
    ] {
        let answer = raw::exchange(&server, &[&raw::get(target.as_bytes())]).await;
        assert!(answer.starts_with("HTTP/1.1 302"), "{target}: {answer}");
        let to = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
        let click = stored(&client, &click_id_of(to)).await;
        assert_eq!(click.sub_ids.get("sub1").map_or("", String::as_str), sub1, "{target}");
    }
}

#[tokio::test]
async fn a_long_sub_id_is_passed_on_whole() {
    let server = Server::start().await;
    let destination = "https://shop.example/?s1=[s2sidentifier]&gclid=[sub1]";
    let link = server.create_link(leading_to(destination)).await;
    for (length, flags) in [(256, &[][..]), (1_024, &[]), (3_000, &[ClickFlag::SubIdCut])] {
        let text = "g".repeat(length);
        let request = http().get(format!("{}?sub1={text}", link.url)).header("user-agent", BROWSER);
        let response = request.send().await.unwrap();
        assert!(location(&response).ends_with(&format!("gclid={text}")), "{length}");
        let click = stored(&server.client(), &click_id_of(location(&response))).await;
        assert_eq!(click.sub_ids["sub1"].len(), length.min(1_024));
        assert_eq!(click.flags().collect::<Vec<_>>(), flags, "{length}");
    }
}

/// Opens an address as a browser does.
async fn open(server: &Server, path: &str) -> Response {
    let request = http().get(format!("{}{path}", server.url)).header("user-agent", BROWSER);
    request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8").send().await.unwrap()
}

#[tokio::test]
async fn a_person_who_follows_an_address_that_leads_nowhere_gets_a_page() {
    let server = Server::start().await;
    let ended = server.create_link(leading_to(DESTINATION)).await;
    let archive = ArchiveTrackingLinkRequest { tracking_link_id: ended.id.clone(), ..Default::default() };
    server.client().tracking_links().archive(archive).await.unwrap();
    for (path, status, says) in [
        ("/", 404, "leads nowhere"),
        ("/favicon.ico", 404, "leads nowhere"),
        ("/sumer", 404, "leads nowhere"),
        ("/<script>alert(1)</script>", 404, "leads nowhere"),
        (&format!("/{}", ended.slug), 410, "has ended"),
    ] {
        let response = open(&server, path).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8", "{path}");
        let text = response.text().await.unwrap();
        assert!(text.contains(says) && !text.contains("script"), "{path}: {text}");

        let program = http().get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(program.status(), status, "{path}");
        assert_eq!(program.headers()["content-type"], "application/json", "{path}");
    }
    // An existing link redirects a browser in the same way as a program.
    let link = server.create_link(leading_to(DESTINATION)).await;
    assert_eq!(open(&server, &format!("/{}", link.slug)).await.status(), 302);
}

#[tokio::test]
async fn an_installation_has_pages_of_its_own() {
    let (home, not_found) = ("https://shop.example/", "https://shop.example/404?from=link");
    let server = Server::start_with(&["--home-url", home, "--not-found-url", not_found]).await;
    for (path, expected) in [("/", home), ("/sumer", not_found), ("/favicon.ico", not_found)] {
        let response = open(&server, path).await;
        assert_eq!((response.status().as_u16(), location(&response)), (302, expected), "{path}");
        let program = http().get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(program.status(), 404, "{path}");
    }
}
