//! The server keeps a bounded number of postbacks from strangers, and refuses their others with
//! `ErrorReason::Shed`. A stranger is a sender who has no counted sale yet. Honest senders are
//! never refused because of strangers.

use std::collections::BTreeMap;

use s2s_sdk::v1::{
    CheckMode, ErrorReason, ListPostbacksRequest, Postback, PostbackAuthentication, PostbackFilter,
    PostbackVerdict, RawPostback,
};
use s2s_tests::{Answer, Server, eventually, http, request};

use crate::authentication::Sale;

/// The documented number of postbacks of one network that the server holds in a minute. The tests
/// call it the room of the network.
const OF_NETWORK: usize = 60;
/// The documented number of postbacks with one click id that the server holds in a minute. The
/// tests call it the room of the click.
const OF_CLICK: usize = 60;
/// More postbacks than the server holds for one stranger.
const FLOOD: usize = 150;
/// With these flags, the server believes the address in the header `x-forwarded-for` of a test.
const PROXY: [&str; 2] = ["--trusted-proxies", "127.0.0.1"];

/// Sends a postback from that address.
async fn send(server: &Server, address: &str, query: &str) -> Answer {
    let request = http().get(format!("{}/s2s?{query}", server.url)).header("x-forwarded-for", address);
    Answer::of(request.send().await.unwrap()).await
}

/// Sends postbacks from an address. Returns how many had each verdict.
async fn flood(server: &Server, address: &str, query: &str, count: usize) -> BTreeMap<String, usize> {
    let mut verdicts = BTreeMap::new();
    for number in 0..count {
        let answer = send(server, address, &format!("{query}&n={number}")).await;
        if answer.field("reason") == "SHED" {
            assert_eq!((answer.status, answer.field("verdict").as_str()), (429, "REFUSED"), "{answer:?}");
            let wait: u64 = answer.header("retry-after").parse().unwrap();
            assert!((1..=60).contains(&wait), "{answer:?}");
            assert_eq!(answer.field("postback_id"), "", "{answer:?}");
            *verdicts.entry("SHED".to_owned()).or_default() += 1;
        } else {
            assert_ne!(answer.field("postback_id"), "", "{answer:?}");
            *verdicts.entry(answer.field("verdict")).or_default() += 1;
        }
    }
    verdicts
}

fn verdicts<const N: usize>(counts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    counts.map(|(verdict, count)| (verdict.to_owned(), count)).into()
}

/// The held postbacks, newest first.
async fn held(server: &Server) -> Vec<Postback> {
    let filter = PostbackFilter { verdict: PostbackVerdict::Held.into(), ..Default::default() };
    let request = ListPostbacksRequest { page_size: 1_000, ..request::postbacks(filter) };
    let page = server.client().postbacks().list_page(request).await.unwrap();
    assert_eq!(page.next_page_token, "");
    page.postbacks
}

fn checks(secret_check: CheckMode) -> PostbackAuthentication {
    PostbackAuthentication { secret_check: secret_check.into(), ..Default::default() }
}

const UNKNOWN_CODE: &str = "00000000000000000000000000000000";

#[tokio::test]
async fn strangers_have_little_room_whatever_they_name() {
    let sale = Sale::start_with(&PROXY, checks(CheckMode::Enforce)).await;
    let (server, id, click) = (&sale.server, &sale.code.id, &sale.click);
    let (mut kept, mut shed) = (0, 0);
    // Each flood has a network of its own. Its two addresses share the room of the network.
    for (number, query, room) in [
        (1, format!("clickId=x&id={UNKNOWN_CODE}&val=1&com=1"), OF_NETWORK),
        (2, "val=1&com=1".to_owned(), OF_NETWORK),
        (3, format!("clickId=x&id=z&id={id}&val=1&com=1"), OF_NETWORK),
        // Flood 4 fails the check, so it gets no further room for its click and its code.
        (4, format!("clickId={click}&id={id}&val=1&com=1&sec=guess"), OF_NETWORK),
        (5, format!("clickId={click}&id={UNKNOWN_CODE}&val=1&com=1"), OF_NETWORK + OF_CLICK),
        // The flood before has used up the room of the click.
        (6, format!("clickId={click}&id={UNKNOWN_CODE}&val=1&com=1"), OF_NETWORK),
    ] {
        let of_one = FLOOD / 2;
        let mut all = flood(server, &format!("198.51.{number}.7"), &query, of_one).await;
        for (verdict, count) in flood(server, &format!("198.51.{number}.8"), &query, FLOOD - of_one).await {
            *all.entry(verdict).or_default() += count;
        }
        assert_eq!(all, verdicts([("HELD", room), ("SHED", FLOOD - room)]), "{query}");
        (kept, shed) = (kept + room, shed + FLOOD - room);
    }
    assert_eq!(held(server).await.len(), kept, "what was shed is not stored");
    assert_eq!(server.health().await["strangers"]["shed"], shed);
    // Another network has room, and a merchant's sale counts, even if it comes from the network of
    // a flood.
    let query = format!("clickId=x&id={UNKNOWN_CODE}&val=1&com=1");
    assert_eq!(flood(server, "2001:db8:0:1::1", &query, 2).await, verdicts([("HELD", 2)]));
    let right = sale.query(&format!("&sec={}", sale.secret));
    assert_eq!(flood(server, "198.51.4.7", &right, 1).await, verdicts([("RECORDED", 1)]));
}

#[tokio::test]
async fn a_sender_whose_sale_has_counted_is_never_shed() {
    let mut sale = Sale::start_with(&PROXY, checks(CheckMode::Unspecified)).await;
    let counts = verdicts([("RECORDED", 1)]);
    assert_eq!(flood(&sale.server, "203.0.113.1", &sale.query(""), 1).await, counts);
    // The network does not replace its macro any more, and the code now enforces its secret.
    sale.check(checks(CheckMode::Enforce)).await;
    let broken = format!("clickId={{clickid}}&id={}&val=1&com=1", sale.code.id);
    for round in 0..3 {
        let stranger = flood(&sale.server, &format!("198.51.{round}.7"), &broken, FLOOD).await;
        assert_eq!(stranger, verdicts([("HELD", OF_NETWORK), ("SHED", FLOOD - OF_NETWORK)]), "{round}");
        // Another address of the known sender's network: senders have many addresses.
        let known = flood(&sale.server, "203.0.113.200", &broken, FLOOD).await;
        assert_eq!(known, verdicts([("HELD", FLOOD)]), "{round}");
        sale.server.kill().await;
        sale.server.restart().await;
    }
    assert_eq!(held(&sale.server).await.len(), 3 * (OF_NETWORK + FLOOD));
}

#[tokio::test]
async fn a_sale_that_is_repeated_without_end_is_listed_so_often_and_no_more() {
    let sale = Sale::start_with(&PROXY, checks(CheckMode::Unspecified)).await;
    let (server, client) = (&sale.server, sale.server.client());
    let mut listed = 0;
    for round in 0..3 {
        let click = sale.server.click(&sale.server.link(&[&sale.code]).await).await;
        let query = format!("clickId={click}&id={}&val=10&com=1&oid=o-{round}", sale.code.id);
        let first = send(server, "203.0.113.1", &query).await;
        assert_eq!(first.field("verdict"), "RECORDED", "{first:?}");
        for number in 0..FLOOD {
            let again = send(server, "198.51.100.7", &format!("{query}&n={number}")).await;
            assert_eq!((again.status, again.field("verdict").as_str()), (200, "DUPLICATE"), "{again:?}");
            assert_eq!(again.field("conversion_id"), first.field("conversion_id"));
            let is_listed = number < OF_CLICK;
            assert_eq!(!again.field("postback_id").is_empty(), is_listed, "{number}: {again:?}");
            assert_eq!(again.text.contains("REPETITION_NOT_LISTED"), !is_listed, "{number}: {again:?}");
        }
        // A postback with other amounts is no repetition, and is held like other conflicts.
        let other = query.replace("val=10", "val=11");
        assert_eq!(flood(server, "198.51.100.8", &other, 2).await, verdicts([("HELD", 2)]), "{round}");
        listed += 1 + OF_CLICK + 2;
    }
    let request = ListPostbacksRequest { page_size: 1_000, ..Default::default() };
    assert_eq!(client.postbacks().list_page(request).await.unwrap().postbacks.len(), listed);
}

#[tokio::test]
async fn what_was_answered_queued_or_came_with_a_key_is_never_shed() {
    let mut core = Server::start().await;
    let mut edge = Server::start_edge(&core, &[("S2S_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let query = format!("clickId=x&id={UNKNOWN_CODE}&val=1&com=1");
    let mut kept = 0;
    for _ in 0..3 {
        core.kill().await;
        assert_eq!(flood(&edge, "198.51.100.7", &query, FLOOD).await, verdicts([("QUEUED", FLOOD)]));
        edge.kill().await;
        core.restart_in_place().await;
        edge.restart().await;
        edge.drained().await;
        kept += FLOOD;
        assert_eq!(held(&core).await.len(), kept);
    }
    for number in 0..FLOOD {
        let target = format!("/s2s?{query}&n={number}").into_bytes();
        let raw = RawPostback { method: "GET".to_owned(), target, ..Default::default() };
        let error = core.client().conversions().record(request::postback(raw)).await.unwrap_err();
        assert_eq!(error.reason(), ErrorReason::ConversionCodeUnknown);
    }
    assert_eq!(held(&core).await.len(), kept + FLOOD);
}

/// Anybody passes the check of HTTPS, and that of the address if all addresses are allowed.
#[tokio::test]
async fn a_check_that_anybody_passes_makes_nobody_known() {
    let flags = [PROXY.as_slice(), &["--strangers-mebibytes-max", "1"]].concat();
    let mut sale = Sale::start_with(&flags, checks(CheckMode::Unspecified)).await;
    let enforce = CheckMode::Enforce.into();
    let https = PostbackAuthentication { https_check: enforce, ..Default::default() };
    let anywhere = PostbackAuthentication {
        address_check: enforce,
        allowed_addresses: vec!["0.0.0.0/1".to_owned(), "128.0.0.0/1".to_owned()],
        ..Default::default()
    };
    let both = PostbackAuthentication { https_check: enforce, ..anywhere.clone() };
    let junk = format!("clickId=x&id={}&val=1&com=1&long={}", sale.code.id, "x".repeat(7_000));
    let (mut sent, mut dropped) = (0, 0);
    for (round, checks) in [https, anywhere, both].into_iter().enumerate() {
        sale.check(checks).await;
        let order = sale.query(&format!("&oid=o-{round}"));
        let first = send_over_https(&sale.server, "203.0.113.1", &order).await;
        assert_eq!(first.field("verdict"), "RECORDED", "{first:?}");
        let other = order.replace("val=1&com=0", "val=2&com=0");
        for query in [other.clone(), format!("{other}&test=1")] {
            let answer = send_over_https(&sale.server, "198.51.100.7", &query).await;
            assert_eq!(answer.field("reason"), "TRANSACTION_CONFLICT", "{answer:?}");
            assert!(answer.field("message").contains("explain the postback"), "{answer:?}");
        }
        for number in 0..FLOOD {
            let query = format!("{junk}&n={number}");
            let answer = send_over_https(&sale.server, "198.51.100.7", &query).await;
            assert_eq!(answer.field("verdict"), "HELD", "{answer:?}");
        }
        sent += 1 + FLOOD;
        let more = async |number| {
            let query = format!("{junk}&more={number}");
            let answer = send_over_https(&sale.server, "198.51.100.7", &query).await;
            assert_eq!(answer.field("verdict"), "HELD", "{answer:?}");
        };
        dropped += at_rest(&sale.server, &mut sent, dropped, more).await;
        sale.server.kill().await;
        sale.server.restart().await;
    }
    assert!(dropped > 2 * FLOOD, "{dropped}");
}

async fn send_over_https(server: &Server, address: &str, query: &str) -> Answer {
    let request = http().get(format!("{}/s2s?{query}", server.url)).header("x-forwarded-for", address);
    Answer::of(request.header("x-forwarded-proto", "https").send().await.unwrap()).await
}

/// Strangers can make a busy server queue any number of postbacks.
#[tokio::test]
async fn what_was_answered_queued_has_the_bound_of_bytes() {
    let mut core = Server::start_with(&["--strangers-mebibytes-max", "1"]).await;
    let edge = Server::start_edge(&core, &[("S2S_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let query = format!("clickId=x&id={UNKNOWN_CODE}&val=1&com=1");
    let long = format!("{query}&long={}", "x.".repeat(3_500));
    core.kill().await;
    assert_eq!(flood(&edge, "198.51.1.7", &query, 5).await, verdicts([("QUEUED", 5)]));
    for network in ["198.51.2.7", "198.51.3.7"] {
        assert_eq!(flood(&edge, network, &long, FLOOD).await, verdicts([("QUEUED", FLOOD)]));
    }
    core.restart_in_place().await;
    edge.drained().await;
    let stored = eventually(async || {
        let stored = held(&core).await.len();
        (stored < 1_048_576 / 7_000 + 5).then_some(stored)
    });
    assert!(stored.await > 50, "only what exceeds the bound is deleted");
    assert_ne!(core.health().await["strangers"]["dropped"], 0);
    let short =
        held(&core).await.iter().filter(|postback| postback.raw.as_ref().unwrap().target.len() < 200).count();
    assert_eq!(short, 5, "a network that sends little keeps all");
}

fn target(postback: &Postback) -> String {
    String::from_utf8(postback.raw.as_ref().unwrap().target.clone()).unwrap()
}

fn is_marked(postback: &Postback, mark: &str) -> bool {
    target(postback).contains(&format!("mark={mark}&"))
}

/// The bytes that a postback counts for: its texts, and the other columns of its rows.
fn taken(postback: &Postback) -> usize {
    let raw = postback.raw.as_ref().unwrap();
    let notes = postback.notes.iter().map(|note| note.parameter.len() + note.message.len());
    let texts = raw.target.len() + raw.body.len() + raw.user_agent.len() + raw.content_type.len();
    texts + postback.message.len() + notes.sum::<usize>() + 512
}

/// Waits until the server deletes nothing any more and everything that was sent is stored or
/// counted as deleted. Returns the number of postbacks that this process of the server has deleted.
/// `dropped` is the number that earlier processes deleted.
///
/// A server that is killed between a deletion and its count has lost no postback, but this test
/// could not tell. The server deletes until a 32nd of the bound is free. With less free it is
/// either still at work or at rest, so `more` sends a further postback until the bound is exceeded.
async fn at_rest(server: &Server, sent: &mut usize, dropped: usize, more: impl AsyncFn(usize)) -> usize {
    const BOUND: usize = 1_048_576;
    let mut number = 0;
    loop {
        let (now, bytes) = eventually(async || {
            let now = server.health().await["strangers"]["dropped"].as_u64().unwrap();
            let now = usize::try_from(now).unwrap();
            let stored = held(server).await;
            let bytes: usize = stored.iter().map(taken).sum();
            (bytes <= BOUND && stored.len() + dropped + now == *sent).then_some((now, bytes))
        })
        .await;
        if bytes <= BOUND - BOUND / 32 {
            return now;
        }
        more(number).await;
        (number, *sent) = (number + 1, *sent + 1);
    }
}

#[tokio::test]
async fn beyond_the_bound_of_bytes_the_oldest_of_the_busiest_network_goes() {
    let flags = [PROXY.as_slice(), &["--strangers-mebibytes-max", "1"]].concat();
    let mut sale = Sale::start_with(&flags, checks(CheckMode::Unspecified)).await;
    // The known sender's network sends little, so its postbacks are never deleted.
    let known = format!("clickId={{clickid}}&id={}&val=1&com=1&mark=known&", sale.code.id);
    assert_eq!(flood(&sale.server, "203.0.113.1", &known, 5).await, verdicts([("HELD", 5)]));
    let query = format!("clickId=x&id={UNKNOWN_CODE}&val=1&com=1");
    let long = "x".repeat(7_000);
    let (mut sent, mut dropped) = (5, 0);
    for round in 0..3 {
        let quiet =
            flood(&sale.server, &format!("198.51.{round}.7"), &format!("{query}&mark=quiet"), 5).await;
        assert_eq!(quiet, verdicts([("HELD", 5)]));
        for busy in 0..4 {
            let from = format!("203.{round}.{busy}.7");
            let marked = format!("{query}&mark=busy{round}{busy}&long={long}");
            assert_eq!(flood(&sale.server, &from, &marked, 60).await, verdicts([("HELD", 60)]));
        }
        sent += 5 + 4 * 60;
        let more = async |number: usize| {
            let marked = format!("{query}&mark=more&long={long}&more={number}");
            let from = format!("204.{round}.{number}.7");
            assert_eq!(flood(&sale.server, &from, &marked, 1).await, verdicts([("HELD", 1)]));
        };
        dropped += at_rest(&sale.server, &mut sent, dropped, more).await;
        sale.server.kill().await;
        sale.server.restart().await;
    }
    let stored = held(&sale.server).await;
    let marked = |mark: &str| stored.iter().filter(|postback| is_marked(postback, mark)).count();
    assert_eq!((marked("known"), marked("quiet")), (5, 15), "a network that sends little keeps all");
    let kept: Vec<usize> =
        (0..12).map(|number| marked(&format!("busy{}{}", number / 4, number % 4))).collect();
    let (most, least) = (kept.iter().max().unwrap(), kept.iter().min().unwrap());
    assert!(*least > 0 && most - least < 30, "the busy networks keep about as many each: {kept:?}");
    // The newest postbacks of each network are kept.
    for postback in &stored {
        let target = target(postback);
        let number: usize = target.rsplit_once("&n=").unwrap().1.parse().unwrap();
        let is_busy = target.contains("mark=busy");
        assert!(!is_busy || number >= 60 - most, "{number} of {kept:?}");
    }
}
