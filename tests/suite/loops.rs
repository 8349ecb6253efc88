//! Redirects that come back to this server through a server of somebody else.

use std::collections::BTreeSet;

use futures::TryStreamExt as _;
use reqwest::{Response, redirect::Policy};
use s2s_sdk::v1::{ErrorReason, ListClicksRequest, TrackingLink};
use s2s_tests::{Answer, Server, click_id_of, eventually, http};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinSet,
};

use crate::redirect::{BROWSER, leading_to, location};

/// The number of redirects before a loop ends: the first visit, and eight rounds.
const REDIRECTS_MAX: usize = 9;
/// The number of redirects that browsers follow.
const FOLLOWED_MAX: usize = 20;

/// Somebody else's server: it redirects `/slug?query` to the same path and query of `to`. Returns
/// its URL. That server ends when the tasks are dropped.
async fn shortener(to: &str) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.9:0").await.unwrap();
    let (url, to) = (format!("http://{}", listener.local_addr().unwrap()), to.to_owned());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") && stream.read_buf(&mut request).await.unwrap() > 0 {}
            let request = String::from_utf8(request).unwrap();
            let target = request.split(' ').nth(1).unwrap();
            let head = format!("HTTP/1.1 302 Found\r\nlocation: {to}{target}\r\n");
            let answer = format!("{head}content-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, tasks)
}

/// A client that follows redirects as browsers do.
fn browser() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::limited(FOLLOWED_MAX)).user_agent(BROWSER).build().unwrap()
}

async fn open(url: &str) -> Response {
    browser().get(url).header("accept", "text/html,*/*;q=0.8").send().await.unwrap()
}

async fn clicks(server: &Server, link: &TrackingLink) -> BTreeSet<String> {
    let request = ListClicksRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    server.client().clicks().list(request).map_ok(|click| click.id).try_collect().await.unwrap()
}

/// Creates the link `slug`. Its destination is `/next` at the shortener.
async fn link_over(server: &Server, shortener: &str, slug: &str, next: &str, pass_on: bool) -> TrackingLink {
    let destination = format!("{shortener}/{next}?s1=[s2sidentifier]");
    let link =
        TrackingLink { slug: slug.to_owned(), query_pass_through: pass_on, ..leading_to(&destination) };
    server.create_link(link).await
}

#[tokio::test]
async fn a_loop_of_two_links_over_another_server_ends() {
    for pass_on in [false, true] {
        let server = Server::start().await;
        let (other, _tasks) = shortener(&server.url).await;
        let one = link_over(&server, &other, "one", "two", pass_on).await;
        let two = link_over(&server, &other, "two", "one", pass_on).await;

        let page = open(&one.url).await;
        assert_eq!(page.status(), 508);
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.headers()["cache-control"], "no-store");
        let last = page.url().clone();
        assert!(page.text().await.unwrap().contains("leads in circles"));
        // A visit that is answered 508 makes no click.
        let all = eventually(async || {
            let all = [clicks(&server, &one).await, clicks(&server, &two).await].map(|clicks| clicks.len());
            (all.iter().sum::<usize>() >= REDIRECTS_MAX).then_some(all)
        })
        .await;
        assert_eq!(all, [5, 4]);

        // If a program requests the last URL, it gets an answer in JSON instead of a page.
        let answer = Answer::of(http().get(last).send().await.unwrap()).await;
        let reason = ErrorReason::RedirectLoop.as_str_name().trim_start_matches("ERROR_REASON_");
        assert_eq!((answer.status, answer.field("reason").as_str()), (508, reason));
        assert_eq!(answer.header("location"), "");
    }
}

#[tokio::test]
async fn a_link_that_leads_to_itself_over_another_server_ends() {
    let server = Server::start().await;
    let (other, _tasks) = shortener(&server.url).await;
    let link = link_over(&server, &other, "self", "self", false).await;
    assert_eq!(open(&link.url).await.status(), 508);
    eventually(async || (clicks(&server, &link).await.len() == REDIRECTS_MAX).then_some(())).await;
}

#[tokio::test]
async fn a_chain_of_two_links_and_a_shared_url_are_no_loops() {
    let server = Server::start().await;
    let (other, _tasks) = shortener(&server.url).await;
    let one = link_over(&server, &other, "one", "two", true).await;
    let shop = leading_to("https://shop.example/?s1=[s2sidentifier]");
    let two = server.create_link(TrackingLink { slug: "two".to_owned(), ..shop }).await;
    // The publisher of the second link copies a URL that contains a click id.
    let first = http().get(&one.url).send().await.unwrap();
    let shared = location(&http().get(location(&first)).send().await.unwrap()).to_owned();
    for _ in 0..2 * REDIRECTS_MAX {
        let response = http().get(&shared).send().await.unwrap();
        assert_eq!(response.status(), 302);
        assert_ne!(click_id_of(location(&response)), click_id_of(&shared));
    }
    let expected = (1, 2 * REDIRECTS_MAX);
    eventually(async || {
        let counts = (clicks(&server, &one).await.len(), clicks(&server, &two).await.len());
        (counts == expected).then_some(())
    })
    .await;
}
