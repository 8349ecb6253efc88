//! Callers of `/s2s` that are not a merchant's server: link checkers, previews, prefetching
//! browsers, people.

use s2s_sdk::v1::{ErrorReason, PostbackFilter, PostbackVerdict, ReplyMode, ReplySetting};
use s2s_tests::{Server, request};
use serde_json::Value;

use crate::{fixture::Fixture, raw::exchange};

/// A good postback.
const GOOD: &str = "/s2s?clickId=$click&id=$code&val=1&com=0";
/// A good postback whose target is not valid HTTP.
const ODD: &str = "/s2s?clickId=$click&id=$code&val=1&com=0&param=<a b>";
const CHROME: &str =
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";

/// Sends a request with these header lines. Returns status, verdict and reason.
async fn call(server: &Server, method: &str, target: &str, lines: &[&str]) -> (u16, String, String) {
    let first = format!("{method} {target} HTTP/1.1");
    let lines = [&[first.as_str(), "Host: t.example", "Connection: close"], lines, &["\r\n"]].concat();
    let request = lines.join("\r\n");
    let answer = exchange(server, &[request.as_bytes()]).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let verdict = text("verdict");
    assert_eq!(head.contains(&format!("s2s-verdict: {verdict}")), !verdict.is_empty(), "{answer}");
    assert_eq!(text("message").is_empty(), method == "HEAD", "{answer}");
    (head[9..12].parse().unwrap(), verdict, text("reason"))
}

fn answer(status: u16, verdict: &str, reason: &str) -> (u16, String, String) {
    (status, verdict.to_owned(), reason.to_owned())
}

async fn postbacks(fixture: &Fixture, reason: ErrorReason) -> Vec<String> {
    let filter = PostbackFilter { reason: reason.into(), ..Default::default() };
    fixture.postbacks(filter).await.into_iter().map(|postback| postback.id).collect()
}

#[tokio::test]
async fn what_only_looks_at_a_url_has_no_effect() {
    let fixture = Fixture::start().await;
    let (good, odd) = (fixture.fill(GOOD), fixture.fill(ODD));
    for target in [&good, &odd] {
        let preflight = ["Origin: https://shop.example", "Access-Control-Request-Method: GET"];
        for (method, lines) in [
            ("HEAD", &[][..]),
            ("HEAD", &["User-Agent: linkchecker/1"]),
            ("OPTIONS", &[]),
            ("OPTIONS", &preflight),
            ("PUT", &[]),
            ("DELETE", &[]),
        ] {
            let reason = if method == "HEAD" { "" } else { "METHOD_NOT_ALLOWED" };
            let answered = call(&fixture.server, method, target, lines).await;
            assert_eq!(answered, answer(405, "", reason), "{method} {lines:?}");
        }
        for lines in [
            &["Purpose: prefetch"][..],
            &["Sec-Purpose: prefetch;prerender", CHROME, "Sec-Fetch-Dest: document"],
            &["X-Purpose: preview"],
            &["X-Moz: prefetch"],
            &["Purpose: prerender"],
            &["User-Agent: facebookexternalhit/1.1"],
            &["User-Agent: Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"],
            &["User-Agent: TelegramBot (like TwitterBot)"],
            &["User-Agent: WhatsApp/2.23.20.0 A"],
            &["User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"],
        ] {
            let answered = call(&fixture.server, "GET", target, lines).await;
            assert_eq!(answered, answer(403, "IGNORED", "PREVIEW_CALL"), "{lines:?}");
        }
    }
    assert_eq!(postbacks(&fixture, ErrorReason::Unspecified).await, [""; 0]);
    assert_eq!(fixture.conversions().await, []);
    // The merchant's own postback still counts.
    assert_eq!(call(&fixture.server, "GET", &good, &[]).await, answer(200, "RECORDED", ""));
}

#[tokio::test]
async fn a_preview_is_ignored_whatever_reply_the_code_wants() {
    let server = Server::start().await;
    let reply = Some(ReplySetting { mode: ReplyMode::AlwaysOk.into(), ..Default::default() });
    let code = s2s_sdk::v1::ConversionCode { name: "Sale".to_owned(), reply, ..Default::default() };
    let code = server.create_code(code).await;
    let target = format!("/s2s?clickId=abc&id={}&val=1&com=0", code.id);
    assert_eq!(call(&server, "GET", &target, &[]).await, answer(200, "HELD", "CLICK_ID_INVALID"));
    let preview = call(&server, "GET", &target, &["User-Agent: Discordbot/2.0"]).await;
    let reason = ErrorReason::PreviewCall.as_str_name().trim_start_matches("ERROR_REASON_");
    assert_eq!(preview, answer(403, "IGNORED", reason));
}

#[tokio::test]
async fn a_merchants_http_client_is_no_browser() {
    let fixture = Fixture::start().await;
    for (number, lines) in [
        &[][..],
        &[CHROME],
        &[CHROME, "Accept: text/html"],
        &["User-Agent: node", "Sec-Fetch-Mode: cors", "Accept: */*"],
        &["User-Agent: curl/8.5.0", "Accept: */*"],
        &["User-Agent: Java/17", "Accept: text/html, image/gif, *; q=.2, */*; q=.2"],
        &["User-Agent: python-requests/2.32", "Upgrade-Insecure-Requests: 1", "Accept: */*"],
        &["User-Agent: TelegramBotSdk/3 (orders)"],
    ]
    .into_iter()
    .enumerate()
    {
        let target = fixture.fill(&format!("{GOOD}&oid={number}"));
        assert_eq!(
            call(&fixture.server, "GET", &target, lines).await,
            answer(200, "RECORDED", ""),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn a_persons_browser_is_held_and_counts_once_a_person_has_replayed_it() {
    let fixture = Fixture::start().await;
    let browsers = [
        &["Sec-Fetch-Dest: document"][..],
        &[CHROME, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"],
        &["Sec-Fetch-Site: none"],
        &["Upgrade-Insecure-Requests: 1", "Accept: text/html,application/xhtml+xml,*/*;q=0.8"],
    ];
    for (number, lines) in browsers.into_iter().enumerate() {
        for target in [GOOD, ODD] {
            let target = fixture.fill(&format!("{target}&oid={number}"));
            let answered = call(&fixture.server, "GET", &target, lines).await;
            assert_eq!(answered, answer(422, "HELD", "BROWSER_CALL"), "{lines:?}");
        }
    }
    assert_eq!(fixture.conversions().await, []);
    let held = postbacks(&fixture, ErrorReason::BrowserCall).await;
    assert_eq!(held.len(), 8);
    assert_eq!(postbacks(&fixture, ErrorReason::Unspecified).await, held);

    let replayed =
        fixture.server.client().postbacks().replay_page(request::replay(held)).await.unwrap().postbacks;
    let count = |verdict| replayed.iter().filter(|postback| postback.verdict() == verdict).count();
    assert_eq!((count(PostbackVerdict::Recorded), count(PostbackVerdict::Duplicate)), (4, 4));
    assert_eq!(fixture.conversions().await.len(), 4);
}

#[tokio::test]
async fn a_browsers_call_is_answered_with_any_other_fault_first() {
    let fixture = Fixture::start().await;
    let browser = ["Sec-Fetch-Dest: document"];
    for (query, expected) in [
        ("clickId=$click&id=$code&val=1", answer(400, "HELD", "PARAMETER_MISSING")),
        ("clickId={clickid}&id=$code&val=1&com=0", answer(400, "HELD", "MACRO_NOT_REPLACED")),
        ("clickId=$click&id=00&val=1&com=0", answer(404, "HELD", "CONVERSION_CODE_UNKNOWN")),
        ("clickId=$click&id=$unlinked&val=1&com=0", answer(422, "HELD", "CODE_NOT_ON_LINK")),
        ("clickId=$click&id=$code&val=1&com=0&test=1", answer(200, "TEST", "")),
        ("clickId=test&id=$code&val=1&com=0", answer(200, "TEST", "")),
    ] {
        let target = fixture.fill(&format!("/s2s?{query}"));
        assert_eq!(call(&fixture.server, "GET", &target, &browser).await, expected, "{query}");
    }
    assert_eq!(fixture.conversions().await, []);
    // If the code of a browser's postback is created later, the postback still waits for a replay.
    let unknown = ErrorReason::ConversionCodeUnknown.into();
    let unknown = fixture.postbacks(PostbackFilter { reason: unknown, ..Default::default() }).await;
    assert_eq!(unknown.iter().map(|postback| postback.next_match_time).collect::<Vec<_>>(), [None]);
}
