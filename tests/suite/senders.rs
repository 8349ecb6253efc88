//! What remains of a sender's proofs once its postback has arrived: a signature still counts only
//! once, a replay uses the results of the checks at arrival, and no secret is stored.

use s2s_sdk::{
    postback::sign,
    v1::{
        CheckMode, ConversionFilter, GetConversionRequest, GetPostbackRequest, ListConversionsRequest,
        ListPostbacksRequest, Postback, PostbackAuthentication, PostbackVerdict, ReplayOverrides,
        ReplayPostbacksRequest, TrackingLink,
    },
};
use s2s_tests::{Answer, Server, http, request};

use crate::{
    authentication::{Sale, link_without_code, rotate},
    replay::{hold, set_codes},
};

const MODES: [CheckMode; 3] = [CheckMode::Off, CheckMode::Report, CheckMode::Enforce];
const FORM: &str = "application/x-www-form-urlencoded";

fn signature(mode: CheckMode) -> PostbackAuthentication {
    PostbackAuthentication { signature_check: mode.into(), ..Default::default() }
}

async fn post(server: &Server, target: &str, content_type: &str, body: String) -> Answer {
    let request = http().post(format!("{}{target}", server.url)).header("content-type", content_type);
    Answer::of(request.body(body).send().await.unwrap()).await
}

async fn conversions(server: &Server, click: &str) -> usize {
    let filter = ConversionFilter { click_id: click.to_owned(), ..Default::default() };
    let request = request::conversions(filter);
    server.client().conversions().list_page(request).await.unwrap().conversions.len()
}

async fn stored(server: &Server, id: &str) -> Postback {
    let request = GetPostbackRequest { postback_id: id.to_owned() };
    server.client().postbacks().get(request).await.unwrap().postback.unwrap()
}

/// Replays a postback for the code `code`, and trusts its sender. If `code` is empty, the
/// postback's own code is used.
async fn replay_for(sale: &Sale, id: &str, code: &str) -> PostbackVerdict {
    let overrides =
        ReplayOverrides { trust_sender: true, conversion_code_id: code.to_owned(), ..Default::default() };
    let overrides = Some(overrides);
    let request = ReplayPostbacksRequest { overrides, ..request::replay(vec![id.to_owned()]) };
    sale.server.client().postbacks().replay_page(request).await.unwrap().postbacks[0].verdict()
}

/// The form of a signed call.
#[derive(Clone, Copy, Debug)]
enum Call {
    Plain,
    UpperCase,
    Stale,
    /// The signed text contains a secret, too.
    WithSecret,
    WithBody,
}

/// A signed call that can be sent repeatedly, unchanged. Its click is on a link that does not have
/// the code yet, so the call is held.
struct Signed {
    link: TrackingLink,
    click: String,
    target: String,
    body: Option<String>,
}

impl Signed {
    async fn new(sale: &Sale, call: Call) -> Self {
        let (link, click) = link_without_code(sale).await;
        let query = sale.query("").replace(&sale.click, &click);
        let get = |query: &str, seconds| sign(&format!("/s2s?{query}"), b"", &sale.secret, seconds);
        let (target, body) = match call {
            Call::Plain => (get(&query, sale.now()), None),
            Call::UpperCase => {
                let target = get(&query, sale.now());
                let (before, digits) = target.split_at(target.len() - 64);
                (format!("{before}{}", digits.to_uppercase()), None)
            }
            Call::Stale => (get(&query, sale.now() - 900), None),
            Call::WithSecret => (get(&format!("{query}&sec={}", sale.secret), sale.now()), None),
            Call::WithBody => (sign("/s2s", query.as_bytes(), &sale.secret, sale.now()), Some(query)),
        };
        Self { link, click, target, body }
    }

    async fn send(&self, sale: &Sale) -> Answer {
        match &self.body {
            Some(body) => post(&sale.server, &self.target, FORM, body.clone()).await,
            None => sale.server.postback(self.target.trim_start_matches("/s2s?")).await,
        }
    }

    async fn hold(&self, sale: &Sale) -> String {
        let answer = self.send(sale).await;
        assert_eq!(answer.field("verdict"), "HELD", "{answer:?}");
        answer.field("postback_id")
    }
}

#[tokio::test]
async fn one_signature_counts_once_in_every_mode_and_order() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    for at_arrival in MODES {
        for (call, at_replay, replay_first) in [
            (Call::Plain, at_arrival, false),
            (Call::Plain, at_arrival, true),
            (Call::Plain, CheckMode::Off, false),
            (Call::Plain, CheckMode::Enforce, true),
            (Call::UpperCase, CheckMode::Report, false),
            (Call::Stale, CheckMode::Off, false),
            (Call::Stale, CheckMode::Report, true),
            (Call::WithSecret, CheckMode::Report, false),
            (Call::WithBody, CheckMode::Off, false),
            (Call::WithBody, CheckMode::Enforce, true),
        ] {
            let case = format!("{at_arrival:?} {call:?} {at_replay:?} {replay_first}");
            sale.check(signature(at_arrival)).await;
            let signed = Signed::new(&sale, call).await;
            let held = [signed.hold(&sale).await, signed.hold(&sale).await];
            sale.check(signature(at_replay)).await;
            set_codes(&sale.server, &signed.link, &[&sale.code]).await;
            if replay_first {
                assert_eq!(replay_for(&sale, &held[0], "").await, PostbackVerdict::Recorded, "{case}");
            }
            signed.send(&sale).await;
            for id in &held {
                replay_for(&sale, id, "").await;
                assert_ne!(stored(&sale.server, id).await.verdict(), PostbackVerdict::Held, "{case}");
            }
            assert_eq!(conversions(&sale.server, &signed.click).await, 1, "{case}");
        }
    }
}

#[tokio::test]
async fn a_former_secret_signs_as_well_and_a_new_one_does_not_undo_it() {
    let mut sale = Sale::start(signature(CheckMode::Report)).await;
    for (overlap, call) in [(3_600, Call::Plain), (3_600, Call::WithBody), (0, Call::WithSecret)] {
        sale.secret = rotate(&sale.server, &sale.code, 3_600).await.secret;
        let signed = Signed::new(&sale, call).await;
        let held = signed.hold(&sale).await;
        rotate(&sale.server, &sale.code, overlap).await;
        set_codes(&sale.server, &signed.link, &[&sale.code]).await;
        if overlap > 0 {
            assert_eq!(signed.send(&sale).await.field("verdict"), "RECORDED", "{call:?}");
            assert_eq!(sale.replay(&held, false).await, PostbackVerdict::Duplicate, "{call:?}");
        } else {
            assert_eq!(sale.replay(&held, false).await, PostbackVerdict::Recorded, "{call:?}");
        }
        assert_eq!(conversions(&sale.server, &signed.click).await, 1, "{call:?}");
    }
}

#[tokio::test]
async fn a_signature_of_a_call_that_named_no_known_code_counts_once() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    for (number, named) in ["", "&id=nonsense", "&id=00000000000000000000000000000001"].iter().enumerate() {
        let click = sale.server.click(&sale.server.link(&[&sale.code]).await).await;
        let query = format!("clickId={click}{named}&val=1&com=0&x={number}");
        let target = sign(&format!("/s2s?{query}"), b"", &sale.secret, sale.now());
        let query = target.trim_start_matches("/s2s?");
        let mut verdicts = Vec::new();
        for _ in 0..2 {
            let id = sale.server.postback(query).await.field("postback_id");
            verdicts.push(replay_for(&sale, &id, &sale.code.id).await);
        }
        assert_eq!(verdicts, [PostbackVerdict::Recorded, PostbackVerdict::Duplicate], "{named}");
        assert_eq!(conversions(&sale.server, &click).await, 1, "{named}");
    }
}

#[tokio::test]
async fn calls_without_a_right_signature_are_not_taken_for_one() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    for mode in [CheckMode::Off, CheckMode::Report] {
        sale.check(signature(mode)).await;
        for digits in ["0".repeat(64), "f".repeat(64), "{sig}".to_owned(), String::new()] {
            let (link, click) = link_without_code(&sale).await;
            let query = format!("{}&sig={digits}", sale.query("").replace(&sale.click, &click));
            let held = hold(&sale.server, &query, "CODE_NOT_ON_LINK").await;
            set_codes(&sale.server, &link, &[&sale.code]).await;
            for _ in 0..2 {
                assert_eq!(sale.server.postback(&query).await.field("verdict"), "RECORDED", "{digits}");
            }
            assert_eq!(sale.replay(&held, false).await, PostbackVerdict::Recorded, "{digits}");
            assert_eq!(conversions(&sale.server, &click).await, 3, "{mode:?} {digits}");
        }
    }
}

#[tokio::test]
async fn a_replay_knows_the_failed_checks_whatever_their_mode_was() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    let elsewhere = || vec!["203.0.113.7".to_owned()];
    let here = || vec!["127.0.0.0/8".to_owned()];
    let all = |mode: CheckMode, addresses| {
        let mode = mode.into();
        PostbackAuthentication {
            secret_check: mode,
            signature_check: mode,
            address_check: mode,
            allowed_addresses: addresses,
            ..Default::default()
        }
    };
    let only = |check: &str, mode: CheckMode, allowed_addresses: Vec<String>| {
        let of = |name: &str| if name == check { mode.into() } else { CheckMode::Off.into() };
        PostbackAuthentication {
            secret_check: of("SECRET_REFUSED"),
            signature_check: of("SIGNATURE_REFUSED"),
            address_check: of("ADDRESS_REFUSED"),
            https_check: of("HTTPS_REQUIRED"),
            allowed_addresses,
            ..Default::default()
        }
    };
    for at_arrival in [CheckMode::Off, CheckMode::Report] {
        for (check, rest) in [
            ("SECRET_REFUSED", "&sec=WRONG"),
            ("SECRET_REFUSED", ""),
            ("SIGNATURE_REFUSED", "&ts=5&sig=00"),
            ("SIGNATURE_REFUSED", ""),
            ("ADDRESS_REFUSED", ""),
            ("HTTPS_REQUIRED", ""),
        ] {
            sale.check(only(check, at_arrival, elsewhere())).await;
            let (link, click) = link_without_code(&sale).await;
            let query = sale.query(rest).replace(&sale.click, &click);
            let held = hold(&sale.server, &query, "CODE_NOT_ON_LINK").await;
            sale.check(only(check, CheckMode::Enforce, elsewhere())).await;
            set_codes(&sale.server, &link, &[&sale.code]).await;
            for _ in 0..2 {
                assert_eq!(sale.replay(&held, false).await, PostbackVerdict::Held, "{at_arrival:?} {check}");
                let reason = format!("ERROR_REASON_{check}");
                assert_eq!(stored(&sale.server, &held).await.reason().as_str_name(), reason);
            }
            assert_eq!(conversions(&sale.server, &click).await, 0);
            assert_eq!(sale.replay(&held, true).await, PostbackVerdict::Recorded, "{at_arrival:?} {check}");
            assert_eq!(conversions(&sale.server, &click).await, 1);
        }
        // A replay knows the checks that were passed at the arrival, though none was enforced then.
        sale.check(all(at_arrival, here())).await;
        let (link, click) = link_without_code(&sale).await;
        let query = sale.signed(&format!("&sec={}", sale.secret), &sale.secret, 0);
        let query = query.replace(&sale.click, &click);
        let (before, _) = query.split_once("&ts=").unwrap();
        let signed = sign(&format!("/s2s?{before}"), b"", &sale.secret, sale.now());
        let held = hold(&sale.server, signed.trim_start_matches("/s2s?"), "CODE_NOT_ON_LINK").await;
        sale.check(all(CheckMode::Enforce, here())).await;
        set_codes(&sale.server, &link, &[&sale.code]).await;
        assert_eq!(sale.replay(&held, false).await, PostbackVerdict::Recorded, "{at_arrival:?}");
    }
}

/// All stored postbacks and conversions, as the server returns them, in one text.
async fn told(server: &Server) -> String {
    let request = ListPostbacksRequest { page_size: 1_000, ..Default::default() };
    let all = server.client().postbacks().list_page(request).await.unwrap().postbacks;
    let request = ListConversionsRequest { page_size: 1_000, ..Default::default() };
    let conversions = server.client().conversions().list_page(request).await.unwrap().conversions;
    let raw = all.iter().map(|one| {
        let raw = one.raw.as_ref().unwrap();
        format!("{}\n{}\n", String::from_utf8_lossy(&raw.target), String::from_utf8_lossy(&raw.body))
    });
    format!("{}{all:?}{conversions:?}", raw.collect::<String>())
}

/// The bytes of `text` in hexadecimal, each preceded by `before`.
fn hex(text: &str, before: &str) -> String {
    text.bytes().map(|byte| format!("{before}{byte:02x}")).collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn no_secret_is_stored_however_it_is_written() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    let (wrong, secret) = ("hunter2-hunter2", &sale.secret);
    send_wrong_secret(&sale, wrong).await;
    send_own_secret(&sale).await;

    let told = told(&sale.server).await;
    for spelling in [
        wrong.to_owned(),
        secret.clone(),
        hex(secret, "%"),
        hex(secret, "%25"),
        hex(secret, "%").to_uppercase(),
        hex(secret, ""),
        hex(secret, "\\u00"),
        hex(secret, "\\\\u00"),
    ] {
        assert!(!told.contains(&spelling), "{spelling}: {told}");
    }
}

/// Sends the secret `wrong`, which is not the code's, in many spellings of the parameter `sec`.
async fn send_wrong_secret(sale: &Sale, wrong: &str) {
    let base = sale.query("");
    for rest in [
        "&sec=$",
        "&s%65c=$",
        "&%20sec=$",
        "&SEC=$",
        "&%22sec%22=$",
        "&%E2%80%8Bsec=$",
        "&amp;sec=$",
        "?sec=$",
        "&sec=$&sec=$",
        "&sec=&sec=$",
        "&+sec+=$&x=1",
    ] {
        let answer = sale.server.postback(&format!("{base}{}", rest.replace('$', wrong))).await;
        assert_eq!(answer.field("verdict"), "RECORDED", "{rest} {answer:?}");
        let form = post(&sale.server, "/s2s", FORM, format!("{base}{}", rest.replace('$', wrong))).await;
        assert_eq!(form.field("verdict"), "RECORDED", "{rest} {form:?}");
    }
    let all = |text: &str| text.replace('&', "%26").replace('=', "%3D");
    for query in [all(&format!("{base}&sec={wrong}")), format!("{base}&sec={wrong}").replace('&', ";")] {
        assert_eq!(sale.server.postback(&query).await.field("verdict"), "RECORDED", "{query}");
    }
    sale.server.postback(&all(&all(&format!("{base}&sec={wrong}")).replace('%', "%25"))).await;
    let (click, code) = (&sale.click, &sale.code.id);
    for (content_type, member) in [
        ("application/json", format!(r#""sec":"{wrong}""#)),
        ("application/json", format!(r#""s\u0065c":"{wrong}","SEC":"{wrong}""#)),
        ("application/json; charset=utf-8", format!(r#"" sec ":"{wrong}\"{wrong}""#)),
        ("text/plain", format!(r#""sec":"{wrong}""#)),
        ("application/json", format!(r#""sec":"{wrong}","list":[1]"#)),
        ("application/json", format!(r#""sec":"{wrong}""x"#)),
    ] {
        let body = format!(r#"{{"clickId":"{click}","id":"{code}",{member},"val":1,"com":0}}"#);
        let answer = post(&sale.server, "/s2s", content_type, body).await;
        assert!(!answer.text.contains(wrong), "{answer:?}");
    }
}

/// Sends the secret of the code in the names and values of other parameters.
async fn send_own_secret(sale: &Sale) {
    let base = sale.query("");
    let (click, code) = (&sale.click, &sale.code.id);
    let secret = &sale.secret;
    for text in [
        secret.clone(),
        hex(secret, "%"),
        hex(secret, "%25"),
        hex(secret, "%").to_uppercase(),
        hex(secret, ""),
    ] {
        for rest in
            ["&token=$", "&param=k%3D$", "&oid=$", "&param=$&x$=1", "&val=$", "&clickId=$", "&status=$"]
        {
            let answer = sale.server.postback(&format!("{base}{}", rest.replace('$', &text))).await;
            assert!(!answer.text.contains(secret.as_str()) && !answer.text.contains(&text), "{answer:?}");
        }
    }
    let body = format!(
        r#"{{"clickId":"{click}","id":"{code}","token":"{}","val":1,"com":0}}"#,
        hex(secret, "\\u00")
    );
    assert_eq!(post(&sale.server, "/s2s", "application/json", body).await.field("verdict"), "RECORDED");
}

#[tokio::test]
async fn a_postback_without_its_removed_secret_is_read_as_it_came() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    let number = |number: usize| format!("oid=order-{number}");
    let all = |text: &str| text.replace('&', "%26").replace('=', "%3D");
    let (code, wrong) = (&sale.code.id, "hunter2");
    let json = |click: &str, sec: &str| {
        format!(r#"{{"clickId":"{click}","id":"{code}",{sec},"val":19.99,"com":2.5,"oid":"o"}}"#)
    };
    for (at, sec) in ["&sec=$", "&s%65c=$", "&%20sec=$", "&sec=$%C2%B6m=a%3Db", ";", "%"].iter().enumerate() {
        let (link, click) = link_without_code(&sale).await;
        let query = format!("clickId={click}&id={code}&sec={wrong}&val=19.99&com=2.5&{}", number(at));
        let query = match *sec {
            ";" => query.replace('&', ";"),
            "%" => all(&query),
            sec => query.replace(&format!("&sec={wrong}"), &sec.replace('$', wrong)),
        };
        counts(&sale, &link, &sale.server.postback(&query).await).await;
    }
    for sec in [r#""sec":"hunter2""#, r#""sec":12345"#, r#""s\u0065c":7,"sec":"a\"hunter2""#] {
        let (link, click) = link_without_code(&sale).await;
        let answer = post(&sale.server, "/s2s", "application/json", json(&click, sec)).await;
        counts(&sale, &link, &answer).await;
    }
}

/// Checks that a held postback was stored without its secret, and that a replay of it counts with
/// the amounts that were sent.
async fn counts(sale: &Sale, link: &TrackingLink, answer: &Answer) {
    assert_eq!(answer.field("reason"), "CODE_NOT_ON_LINK", "{answer:?}");
    let id = answer.field("postback_id");
    set_codes(&sale.server, link, &[&sale.code]).await;
    assert_eq!(sale.replay(&id, false).await, PostbackVerdict::Recorded);
    let found = stored(&sale.server, &id).await;
    let raw = found.raw.clone().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&raw.target), String::from_utf8_lossy(&raw.body));
    assert!(text.contains('*') && !text.contains("hunter2") && !text.contains("12345"), "{text}");
    let request = GetConversionRequest { conversion_id: found.conversion_id };
    let conversion = sale.server.client().conversions().get(request).await.unwrap().conversion.unwrap();
    let micros = (conversion.value.unwrap().micros, conversion.commission.unwrap().micros);
    assert_eq!(micros, (19_990_000, 2_500_000), "{text}");
}

/// The part of a cut postback that is kept says 19, but the sender wrote 1999.50.
#[tokio::test]
async fn a_cut_postback_never_counts_whoever_vouches_for_it() {
    const KEPT_BYTES: usize = 8_192;
    let enforced = PostbackAuthentication { secret_check: CheckMode::Enforce.into(), ..Default::default() };
    let sale = Sale::start(enforced).await;
    let head = format!("/s2s?clickId={}&id={}&com=0&x=", sale.click, sale.code.id);
    let last = "&val=19";
    let filling = "x".repeat(KEPT_BYTES - head.len() - last.len());
    for secret in ["", "&sec=wrong-one", &format!("&sec={}", sale.secret)] {
        let answer = Answer::of(
            http()
                .get(format!("{}{head}{filling}{last}99.50{secret}", sale.server.url))
                .send()
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(answer.field("verdict"), "HELD", "{secret}");
        let id = answer.field("postback_id");
        assert!(stored(&sale.server, &id).await.raw.unwrap().target.ends_with(last.as_bytes()));
        for trust_sender in [false, true] {
            assert_eq!(sale.replay(&id, trust_sender).await, PostbackVerdict::Held, "{secret}");
        }
    }
    assert_eq!(conversions(&sale.server, &sale.click).await, 0);
}
