//! Requests that no HTTP library sends, but merchants' systems do.

use std::collections::BTreeSet;

use s2s_sdk::v1::{GetPostbackRequest, PostbackFilter};
use s2s_tests::Server;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::fixture::Fixture;

/// Sends the pieces one by one. Returns everything that the server answers until it ends the
/// connection.
pub async fn exchange(server: &Server, pieces: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

pub fn get(target: &[u8]) -> Vec<u8> {
    [b"GET ", target, b" HTTP/1.1\r\nhost: t.example\r\nconnection: close\r\n\r\n"].concat()
}

/// The statuses and verdicts of all answers on a connection.
fn statuses(answers: &str) -> Vec<(&str, &str)> {
    let header = |text: &'static str, answer| {
        let (_, rest): (&str, &str) = str::split_once(answer, text).unwrap_or_default();
        rest.split(['\r', ' ']).next().unwrap()
    };
    let answers = answers.split("HTTP/1.1 ").skip(1);
    answers.map(|answer| (&answer[..3], header("s2s-verdict: ", answer))).collect()
}

#[tokio::test]
async fn raw_bytes_in_a_target_are_read_leniently_and_kept_as_they_came() {
    let fixture = Fixture::start().await;
    let good = "clickId=$click&id=$code&val=1&com=0";
    for (query, status, verdict, named) in [
        (format!("{good}.5\u{1}m=k%3Dv&oid=latin"), "200", "RECORDED", "HTML_REPAIRED"),
        (format!("{good}&oid=blank 1"), "200", "RECORDED", "\"notes\":[]"),
        ("clickId= $click &id=$code&val=1&com=0&oid=blanks".to_owned(), "200", "RECORDED", "TRIMMED"),
        ("clickId=\"$click\"&id=$code&val=1&com=0&oid=quotes".to_owned(), "200", "RECORDED", "TRIMMED"),
        ("clickId=<insert>&id=$code&val=1&com=0".to_owned(), "400", "HELD", "MACRO_NOT_REPLACED"),
        ("clickId={clickid}|^`\\&id=$code&val=1&com=0".to_owned(), "400", "HELD", "CLICK_ID_INVALID"),
        (format!("{good}&oid=a\u{2}b"), "400", "HELD", "PARAMETER_MALFORMED"),
        (format!("{good}&oid=\u{3}"), "400", "HELD", "PARAMETER_MALFORMED"),
    ] {
        // Byte 1 stands for a pilcrow in Latin-1, byte 3 for a byte that no UTF-8 text contains.
        let mut target = format!("/s2s?{}", fixture.fill(&query)).into_bytes();
        for byte in &mut target {
            *byte = match *byte {
                1 => 0xb6,
                3 => 0xff,
                other => other,
            };
        }
        let answer = exchange(&fixture.server, &[&get(&target)]).await;
        assert_eq!(statuses(&answer), [(status, verdict)], "{query}: {answer}");
        assert!(answer.contains(named), "{query}: {answer}");
        assert_eq!(kept_target(&fixture, &answer).await, target, "{query}");
    }
    assert_eq!(fixture.conversions().await.len(), 4);
}

/// The stored target of the postback that an answer names.
async fn kept_target(fixture: &Fixture, answer: &str) -> Vec<u8> {
    let (_, id) = answer.split_once("\"postback_id\":\"").unwrap();
    let request = GetPostbackRequest { postback_id: id.split('"').next().unwrap().to_owned() };
    let postback = fixture.server.client().postbacks().get(request).await.unwrap().postback.unwrap();
    postback.raw.unwrap().target
}

#[tokio::test]
async fn what_follows_a_raw_hash_is_kept() {
    let fixture = Fixture::start().await;
    let target = fixture.fill("/s2s?clickId=#S1#&id=$code&val=1&com=0");
    let answer = exchange(&fixture.server, &[&get(target.as_bytes())]).await;
    assert_eq!(statuses(&answer), [("400", "HELD")], "{answer}");
    assert_eq!(String::from_utf8(kept_target(&fixture, &answer).await).unwrap(), target);
}

#[tokio::test]
async fn requests_in_flight_together_keep_their_own_fragments() {
    let fixture = Fixture::start().await;
    let target = |end: &str| fixture.fill(&format!("/s2s?clickId=$click&id=$code&com=0&val=1&param={end}"));
    let targets = ["#1#&oid=a", "", "#2#&oid=b"].map(target);
    let requests = targets.each_ref().map(|target| format!("GET {target} HTTP/1.1\r\nhost: a\r\n\r\n"));
    let last = get(target("#3#&oid=c").as_bytes());
    let answers = exchange(&fixture.server, &[&[requests.concat().as_bytes(), &last].concat()]).await;
    assert_eq!(statuses(&answers), [("200", "RECORDED"); 4], "{answers}");
    let mut ids: Vec<String> =
        fixture.conversions().await.into_iter().map(|conversion| conversion.transaction_id).collect();
    ids.sort();
    assert_eq!(ids, ["", "a", "b", "c"]);
}

#[tokio::test]
async fn a_refused_request_may_follow_a_body_without_a_line_break() {
    let fixture = Fixture::start().await;
    let query = |oid: &str| fixture.fill(&format!("clickId=$click&id=$code&val=1&com=0&oid={oid}"));
    let post = |body: &str| {
        format!("POST /s2s HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    };
    for (number, odd) in ["<1>", "blank 1", "\"1\"", "#1#"].into_iter().enumerate() {
        let odd = get(format!("/s2s?{}", query(&format!("{number}{odd}"))).as_bytes());
        let both = [post(&query(&format!("{number}"))), odd].concat();
        let answers = exchange(&fixture.server, &[&both]).await;
        assert_eq!(statuses(&answers), [("200", "RECORDED"); 2], "{answers}");
    }
    assert_eq!(fixture.conversions().await.len(), 8);
}

#[tokio::test]
async fn a_chunked_body_is_the_last_of_its_connection() {
    let fixture = Fixture::start().await;
    let body = fixture.fill("clickId=$click&id=$code&val=1&com=0");
    let chunked = format!(
        "POST /s2s HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let answers = exchange(&fixture.server, &[chunked.as_bytes()]).await;
    assert_eq!(statuses(&answers), [("200", "RECORDED")], "{answers}");
    assert!(answers.contains("connection: close\r\n"), "{answers}");
}

#[tokio::test]
async fn a_request_that_is_far_too_long_is_answered_too() {
    let fixture = Fixture::start().await;
    let good = fixture.fill("/s2s?clickId=$click&id=$code&val=1&com=0");
    let endless = [good.as_bytes(), b"&x=", "y".repeat(100_000).as_bytes()].concat();
    let answer = exchange(&fixture.server, &[&get(&endless)]).await;
    assert_eq!(statuses(&answer), [("414", "HELD")], "{answer}");
    assert_eq!(kept_target(&fixture, &answer).await, endless[..8_192]);
    let body = "y".repeat(1_000_000);
    let head = format!("POST {good} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
    let answer = exchange(&fixture.server, &[head.as_bytes(), body.as_bytes()]).await;
    assert_eq!(statuses(&answer), [("414", "HELD")], "{answer}");
    let head = format!("GET {good} HTTP/1.1\r\nhost: a\r\ncookie: {}\r\n\r\n", "c".repeat(100_000));
    let answer = exchange(&fixture.server, &[head.as_bytes()]).await;
    assert_eq!(statuses(&answer), [("200", "RECORDED")], "{answer}");
}

#[tokio::test]
async fn a_refused_request_may_come_in_pieces_and_behind_a_good_one() {
    let fixture = Fixture::start().await;
    let target = |oid: &str| fixture.fill(&format!("/s2s?clickId=$click&id=$code&val=1&com=0&oid={oid}"));
    // An odd request is the last one on its connection.
    let request = |oid: &str| {
        let ends = if oid.starts_with("odd") { "connection: close\r\n" } else { "" };
        format!("GET {} HTTP/1.1\r\nhost: a\r\n{ends}\r\n", target(oid)).into_bytes()
    };
    let answer = exchange(&fixture.server, &[&request("1"), &request("odd <2>")]).await;
    assert_eq!(statuses(&answer), [("200", "RECORDED"); 2], "{answer}");
    let answer =
        exchange(&fixture.server, &[&[request("3"), request("4"), request("odd <5>")].concat()]).await;
    assert_eq!(statuses(&answer), [("200", "RECORDED"); 3], "{answer}");
    let odd = request("odd <6>");
    let pieces: Vec<&[u8]> = odd.chunks(7).collect();
    assert_eq!(statuses(&exchange(&fixture.server, &pieces).await), [("200", "RECORDED")]);
    assert_eq!(fixture.conversions().await.len(), 6);
}

#[tokio::test]
async fn the_text_of_a_body_is_no_request() {
    let fixture = Fixture::start().await;
    let target = |oid: &str| fixture.fill(&format!("/s2s?clickId=$click&id=$code&val=1&com=0&oid={oid}"));
    let body = [b"a=1\r\n".as_slice(), &get(target("<inner>").as_bytes())].concat();
    let head = format!("POST /s2s HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
    let pieces = [head.as_bytes(), &body, &get(target("odd <1>").as_bytes())];
    let answer = exchange(&fixture.server, &pieces).await;
    assert_eq!(statuses(&answer), [("400", "HELD"), ("200", "RECORDED")], "{answer}");
    let postbacks = fixture.postbacks(PostbackFilter::default()).await;
    let targets: BTreeSet<Vec<u8>> =
        postbacks.into_iter().map(|postback| postback.raw.unwrap().target).collect();
    assert_eq!(targets, BTreeSet::from([target("odd <1>").into_bytes(), b"/s2s".to_vec()]));
}

#[tokio::test]
async fn the_body_of_a_refused_request_is_read_to_its_end() {
    let fixture = Fixture::start().await;
    let body = fixture.fill(&format!("x={}&clickId=$click&id=$code&val=1&com=0", "y".repeat(6_000)));
    let head = format!(
        "POST /s2s?oid=a b HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let answer = exchange(&fixture.server, &[head.as_bytes(), body.as_bytes()]).await;
    assert_eq!(statuses(&answer), [("200", "RECORDED")], "{answer}");
}

#[tokio::test]
async fn a_visitor_with_an_odd_url_is_sent_on() {
    let server = Server::start().await;
    let link = server.link(&[]).await;
    for query in ["sub1=<b>", "sub1=a b", "sub1=\"x\"|{}", "\u{fc}"] {
        let answer = exchange(&server, &[&get(format!("/{}?{query}", link.slug).as_bytes())]).await;
        assert!(answer.starts_with("HTTP/1.1 302 "), "{query}: {answer}");
        assert!(answer.contains("location: http://shop.example/Web-Marketing?s1="), "{query}: {answer}");
    }
}
