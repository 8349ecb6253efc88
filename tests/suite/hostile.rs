//! Attempts of strangers: forged click ids, and redirects to hosts that strangers choose.

use std::{
    fmt::Write as _,
    os::unix::fs::MetadataExt as _,
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream};
use reqwest::Url;
use s2s_sdk::{
    Code,
    v1::{ErrorReason, GetClickRequest, TrackingLink},
};
use s2s_tests::{
    Server, eventually, http,
    random::{Random, seed},
    request,
};
use sea_orm::{ConnectionTrait as _, Database};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{fields, report};

const ALPHABET: &str = "0123456789abcdefghjkmnpqrstvwxyz";

#[tokio::test]
async fn a_forged_click_id_is_refused_without_a_query() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let db = Database::connect(&server.database_url).await.unwrap();
    // Any query of these tables now fails.
    for table in ["click", "tracking_link", "conversion"] {
        db.execute_unprepared(&format!("ALTER TABLE {table} RENAME TO {table}_gone")).await.unwrap();
    }
    let client = server.client();
    let get =
        async |id: &str| client.clicks().get(GetClickRequest { click_id: id.to_owned() }).await.unwrap_err();
    let record = async |id: &str| {
        let request = request::conversion(report(&code, id));
        client.conversions().record(request).await.unwrap_err()
    };
    assert_eq!((get(&click).await.code(), record(&click).await.code()), (Code::Internal, Code::Internal));
    for (place, own) in click.char_indices() {
        // Flips one of the five bits of a digit.
        for bit in 0..5 {
            let value = ALPHABET.find(own).unwrap() ^ (1 << bit);
            let forged = format!("{}{}{}", &click[..place], &ALPHABET[value..=value], &click[place + 1..]);
            assert_eq!(get(&forged).await.reason(), ErrorReason::ResourceNotFound, "{forged}");
            assert_eq!(record(&forged).await.reason(), ErrorReason::ClickIdInvalid, "{forged}");
        }
    }
}

#[tokio::test]
async fn a_link_does_not_lead_to_this_server() {
    let server = Server::start_with(&["--public-url", "https://t.example"]).await;
    let client = server.client();
    let port = server.url.rsplit(':').next().unwrap();
    for (destination, fallback_destination, expected) in [
        ("https://t.example/summer", "", "tracking_link.destination"),
        ("http://T.EXAMPLE./?s1=[s2sidentifier]", "", "tracking_link.destination"),
        ("https://shop.example/", "https://t.example/winter", "tracking_link.fallback_destination"),
        ("https://www.t.example/summer", "", "tracking_link.destination"),
        (&format!("http://127.0.0.1:{port}/x"), "", "tracking_link.destination"),
        (&format!("http://localhost:{port}/x"), "", "tracking_link.destination"),
        (&format!("http://2130706433:{port}/x"), "", "tracking_link.destination"),
        (&format!("http://[::1]:{port}/x"), "", "tracking_link.destination"),
    ] {
        let link = TrackingLink {
            destination: destination.to_owned(),
            fallback_destination: fallback_destination.to_owned(),
            ..Default::default()
        };
        let request =
            s2s_sdk::v1::CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
        let error = client.tracking_links().create(request).await.unwrap_err();
        assert_eq!((fields(&error), error.reason()), (vec![expected], ErrorReason::FieldInvalid));
    }
}

const REQUESTS: usize = 100_000;
const REQUESTS_OF_A_CONNECTION: usize = 250;
const CONNECTIONS: usize = 8;
/// Hostile pieces of a target. Random pieces are inserted, plain or percent-encoded once more.
const HOSTILE: [&str; 32] = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "@evil.example",
    ":443@evil.example/",
    "https://evil.example",
    "%0D%0ALocation:%20https://evil.example",
    "%0d%0aset-cookie:a=b%0d%0a%0d%0a",
    "%E5%98%8A%E5%98%8Dset-cookie:a=b",
    "%00",
    "%E2%80%AE",
    "%C0%AE%C0%AE/",
    "..%2F..%2F",
    "/../",
    "/./",
    "javascript:alert(1)",
    "data:text/html,x",
    "[s2sidentifier]",
    "[sub1]",
    "[[sub1]]",
    "%5Bsub2%5D",
    "[slug]",
    "{clickid}",
    "%23",
    "%3F%26%3D",
    "?",
    "&s1=mine",
    "&sub1=",
    ";",
    "%",
    "%zz",
    "\\",
];
const TEMPLATES: [&str; 4] = [
    "https://$.example/[sub1]?s1=[s2sidentifier]",
    "https://$.example/x/[sub1]/y?s1=[s2sidentifier]&z=[sub2]",
    "https://$.example/?q=[sub1][sub2]&s1=[s2sidentifier]&l=[slug]",
    "https://$.example?s1=[s2sidentifier]",
];

fn hostile(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(6) {
        let piece = random.pick(&HOSTILE);
        match random.below(8) {
            0 => text.push_str(&piece.replace('%', "%25")),
            1 => text.extend(piece.bytes().map(|byte| format!("%{byte:02x}"))),
            2 => write!(text, "%{:02X}", random.byte()).unwrap(),
            3 => text.push_str(&random.digits(2)),
            _ => text.push_str(piece),
        }
    }
    if random.one_in(500) {
        text = text.repeat(200);
        text.truncate(4_000);
    }
    text
}

/// The link that a target may lead to.
#[derive(Clone, Copy)]
struct Named {
    link: usize,
    /// True if the path is the slug, so that the target must lead to the link.
    exactly: bool,
}

/// A target, and the link that its path names.
fn target(random: &mut Random) -> (String, Named) {
    let link = random.below(TEMPLATES.len());
    let slug = if random.one_in(2) { format!("shop{link}") } else { format!("SHOP{link}") };
    let path = match random.below(10) {
        0 => format!("/{}{slug}", hostile(random)),
        1 => format!("/{slug}{}", hostile(random)),
        2 => format!("/{}", hostile(random)),
        3 => format!("//{slug}/"),
        _ => format!("/{slug}"),
    };
    let values = [hostile(random), hostile(random), hostile(random)];
    let target = format!("{path}?sub1={}&{}&sub2={}", values[0], values[1], values[2]);
    let path = target.split(['?', '#']).next().unwrap().trim_matches('/').to_ascii_lowercase();
    let exactly = path == format!("shop{link}");
    (target, Named { link, exactly })
}

/// The heads of the answers to these targets on one connection, in order.
async fn heads(address: &str, method: &str, targets: &[String]) -> Vec<String> {
    let mut requests = String::new();
    for (index, target) in targets.iter().enumerate() {
        let close = if index + 1 == targets.len() { "connection: close\r\n" } else { "" };
        write!(requests, "{method} {target} HTTP/1.1\r\nhost: t.example\r\n{close}\r\n").unwrap();
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let mut answers = Vec::new();
    let (written, read) =
        tokio::join!(writing.write_all(requests.as_bytes()), reading.read_to_end(&mut answers));
    written.unwrap();
    read.unwrap();
    // Redirects and answers to HEAD have no body.
    String::from_utf8(answers).unwrap().split_terminator("\r\n\r\n").map(str::to_owned).collect()
}

fn check(target: &str, Named { link, exactly }: Named, head: &str) {
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap();
    let mut location = None;
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("{target}: {head}"));
        let known = [
            "location",
            "cache-control",
            "content-type",
            "content-length",
            "date",
            "connection",
            "x-content-type-options",
        ];
        assert!(known.contains(&name), "{target} made a header: {head}");
        if name == "location" {
            assert!(location.replace(value).is_none(), "{target}: {head}");
        }
    }
    if !exactly && location.is_none() {
        assert!(status.starts_with("HTTP/1.1 4"), "{target}: {head}");
        return;
    }
    assert!(status.starts_with("HTTP/1.1 302"), "{target}: {head}");
    let text = location.unwrap();
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{target}: {text}");
    let url = Url::parse(text).unwrap();
    let host = format!("shop{link}.example");
    assert!(text.starts_with(&format!("https://{host}/")), "{target}: {text}");
    assert_eq!((url.scheme(), url.host_str(), url.port()), ("https", Some(host.as_str()), None), "{text}");
    assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None), "{text}");
    let s1: Vec<_> = url.query_pairs().filter(|(name, _)| name == "s1").collect();
    assert!(s1.len() == 1 && s1[0].1.len() == 40, "{target}: {text}");
}

#[tokio::test]
async fn a_hundred_thousand_hostile_visits_lead_to_no_other_host() {
    let server = Server::start().await;
    for (index, template) in TEMPLATES.iter().enumerate() {
        let slug = format!("shop{index}");
        let destination = template.replace('$', &slug);
        let link = TrackingLink { slug, destination, query_pass_through: true, ..Default::default() };
        server.create_link(link).await;
    }
    let address = server.url.trim_start_matches("http://");
    let batches = stream::iter(0..REQUESTS / REQUESTS_OF_A_CONNECTION).map(|batch| async move {
        let mut random = Random(seed(u64::try_from(batch).unwrap()));
        let (targets, links): (Vec<String>, Vec<Named>) =
            (0..REQUESTS_OF_A_CONNECTION).map(|_| target(&mut random)).unzip();
        // HEAD is redirected like GET, and leaves no click to wait for.
        let heads = heads(address, "HEAD", &targets).await;
        assert_eq!(heads.len(), targets.len(), "{:?} was the last", heads.last());
        for ((target, link), head) in targets.iter().zip(&links).zip(&heads) {
            check(target, *link, head);
        }
        links.iter().filter(|link| link.exactly).count()
    });
    let redirected: usize =
        batches.buffer_unordered(CONNECTIONS).fold(0, |sum, one| async move { sum + one }).await;
    assert!(redirected > REQUESTS / 2, "{redirected}");
    // Visits with GET, which count as clicks, are redirected in the same way.
    let mut random = Random(seed(1));
    for _ in 0..200 {
        let (target, link) = target(&mut random);
        if link.exactly {
            let heads = heads(address, "GET", std::slice::from_ref(&target)).await;
            assert_eq!(heads.len(), 1, "{target}");
            check(&target, link, &heads[0]);
        }
    }
}

/// The server writes its snapshot of known links if a link changes or is followed, but not if
/// visitors try unknown slugs.
#[tokio::test]
async fn unknown_slugs_cause_no_writing() {
    let server = Server::start_with(&["--spool", "spool"]).await;
    let code = server.code("Sale").await;
    let links = [server.link(&[&code]).await, server.link(&[&code]).await];
    let http = http();
    let visit = async |slug: &str| http.get(format!("{}/{slug}", server.url)).send().await.unwrap().status();
    let path = server.spool().join("known");
    let file = || {
        let found = std::fs::metadata(&path).unwrap();
        (found.ino(), found.modified().unwrap(), std::fs::read(&path).unwrap())
    };
    for link in &links {
        server.knows(&link.slug).await;
    }
    let unseen = file();
    assert_eq!(visit(&links[0].slug).await, 302);
    eventually(async || (file() != unseen).then_some(())).await;
    let before = file();
    // The edge would write a changed snapshot within a second or two.
    let begun = Instant::now();
    let mut number = 0;
    while begun.elapsed() < Duration::from_secs(4) {
        assert_eq!(visit(&format!("unknown-{number}")).await, 404);
        number += 1;
    }
    assert!(file() == before, "after {number} visits");
    assert_eq!(visit(&links[1].slug).await, 302);
    eventually(async || (file() != before).then_some(())).await;
    let third = server.link(&[&code]).await;
    server.knows(&third.slug).await;
}
