//! Checks of the senders of postbacks: secrets, signatures, addresses, HTTPS; and the answers to
//! senders who fail a check.

use s2s_sdk::{
    postback::{sign, signature},
    prost_types::{Duration, FieldMask},
    v1::{
        CheckMode, ConversionCode, DedupePolicy, ErrorReason, GetClickRequest, GetPostbackRequest,
        GetPostbackUrlRequest, ListPostbacksRequest, PostbackAuthentication, PostbackFilter, PostbackVerdict,
        ReplayOverrides, ReplayPostbacksRequest, RotatePostbackSecretRequest, RotatePostbackSecretResponse,
        SetupWarningCode, StepKind, StepOutcome, TestSetupRequest, TrackingLink, UpdateConversionCodeRequest,
    },
};
use s2s_tests::{Answer, Server, eventually, http, request};

use crate::fields;

/// A server, a code with checks and a secret, and a click.
pub struct Sale {
    pub server: Server,
    pub code: ConversionCode,
    pub secret: String,
    pub click: String,
}

impl Sale {
    pub async fn start(checks: PostbackAuthentication) -> Self {
        Self::start_with(&[], checks).await
    }

    /// Starts the server with further flags.
    pub async fn start_with(flags: &[&str], checks: PostbackAuthentication) -> Self {
        let server = Server::start_with(flags).await;
        let code = ConversionCode {
            name: "Sale".to_owned(),
            dedupe_policy: DedupePolicy::Every.into(),
            ..Default::default()
        };
        let code = server.create_code(code).await;
        let link = server.link(&[&code]).await;
        let click = server.click(&link).await;
        let secret = rotate(&server, &code, 86_400).await.secret;
        let sale = Self { server, code, secret, click };
        sale.check(checks).await;
        sale
    }

    /// Sets the checks. The server that answers the call applies them at once.
    pub async fn check(&self, checks: PostbackAuthentication) {
        let code = ConversionCode { postback_authentication: Some(checks), ..self.code.clone() };
        let paths = vec!["postback_authentication".to_owned()];
        let request = UpdateConversionCodeRequest {
            conversion_code: Some(code),
            update_mask: Some(FieldMask { paths }),
            ..Default::default()
        };
        self.server.client().conversion_codes().update(request).await.unwrap();
    }

    /// The server's time when it created the code, in seconds since 1970.
    pub fn now(&self) -> u64 {
        self.code.create_time.unwrap().seconds.unsigned_abs()
    }

    pub fn query(&self, rest: &str) -> String {
        format!("clickId={}&id={}&val=1&com=0{rest}", self.click, self.code.id)
    }

    pub fn signed(&self, rest: &str, secret: &str, seconds_ago: u64) -> String {
        let url = sign(&format!("/s2s?{}", self.query(rest)), b"", secret, self.now() - seconds_ago);
        url.trim_start_matches("/s2s?").to_owned()
    }

    pub async fn replay(&self, id: &str, trust_sender: bool) -> PostbackVerdict {
        let overrides = Some(ReplayOverrides { trust_sender, ..Default::default() });
        let request = ReplayPostbacksRequest { overrides, ..request::replay(vec![id.to_owned()]) };
        self.server.client().postbacks().replay_page(request).await.unwrap().postbacks[0].verdict()
    }
}

pub async fn rotate(server: &Server, code: &ConversionCode, overlap: i64) -> RotatePostbackSecretResponse {
    let request = RotatePostbackSecretRequest {
        conversion_code_id: code.id.clone(),
        overlap: Some(Duration { seconds: overlap, nanos: 0 }),
        ..Default::default()
    };
    server.client().conversion_codes().rotate_postback_secret(request).await.unwrap()
}

fn outcome(answer: &Answer) -> (u16, String, String) {
    (answer.status, answer.field("verdict"), answer.field("reason"))
}

fn held(status: u16, reason: ErrorReason) -> (u16, String, String) {
    let reason = reason.as_str_name().trim_start_matches("ERROR_REASON_").to_owned();
    (status, "HELD".to_owned(), reason)
}

fn recorded() -> (u16, String, String) {
    (200, "RECORDED".to_owned(), String::new())
}

#[tokio::test]
async fn a_postback_without_proof_is_held_and_no_secret_is_shown() {
    let sale = Sale::start(PostbackAuthentication::default()).await;
    let server = &sale.server;
    let here = |address: &str| vec![address.to_owned()];
    let secret = PostbackAuthentication { secret_check: CheckMode::Enforce.into(), ..Default::default() };
    let signature =
        PostbackAuthentication { signature_check: CheckMode::Enforce.into(), ..Default::default() };
    let address = PostbackAuthentication { address_check: CheckMode::Enforce.into(), ..Default::default() };
    let https = PostbackAuthentication { https_check: CheckMode::Enforce.into(), ..Default::default() };
    let from = |address: &str, checks: &PostbackAuthentication| PostbackAuthentication {
        allowed_addresses: here(address),
        ..checks.clone()
    };
    let right = format!("&sec={}", sale.secret);
    let unauthenticated = |reason| held(401, reason);
    for (checks, query, expected) in [
        (&secret, sale.query(&right), recorded()),
        (&secret, sale.query(""), unauthenticated(ErrorReason::SecretRefused)),
        (&secret, sale.query("&sec=wrong-one"), unauthenticated(ErrorReason::SecretRefused)),
        // A stranger is not told of other faults.
        (&secret, "id=$&val=x".replace('$', &sale.code.id), unauthenticated(ErrorReason::SecretRefused)),
        (&signature, sale.signed("", &sale.secret, 0), recorded()),
        (&signature, sale.query(""), unauthenticated(ErrorReason::SignatureRefused)),
        (&signature, sale.signed("", "wrong-one", 0), unauthenticated(ErrorReason::SignatureRefused)),
        (&signature, sale.signed("", &sale.secret, 400), unauthenticated(ErrorReason::TimestampRefused)),
        (&from("127.0.0.0/8", &address), sale.query(""), recorded()),
        (&from("203.0.113.7", &address), sale.query(""), held(403, ErrorReason::AddressRefused)),
        (&https, sale.query(""), held(403, ErrorReason::HttpsRequired)),
    ] {
        sale.check(checks.clone()).await;
        // A test postback gets the same status and reason. With a signature they may differ,
        // because the added `test=1` breaks the signature.
        let test = server.postback(&format!("test=1&{query}")).await;
        let signed = checks.signature_check() == CheckMode::Enforce;
        assert!(
            signed || (test.status, test.field("reason")) == (expected.0, expected.2.clone()),
            "{test:?}"
        );
        assert_eq!(test.field("verdict"), "TEST");
        let answer = server.postback(&query).await;
        assert_eq!(outcome(&answer), expected, "{query}: {answer:?}");
        assert!(!answer.text.contains(&sale.secret) && !answer.text.contains("wrong-one"), "{answer:?}");
        let request = GetPostbackRequest { postback_id: answer.field("postback_id") };
        let stored = server.client().postbacks().get(request).await.unwrap().postback.unwrap();
        let target = stored.raw.clone().unwrap().target;
        let told = format!("{stored:?}{}", String::from_utf8_lossy(&target));
        assert!(!told.contains(&sale.secret) && !told.contains("sec=wrong"), "{told}");
    }
}

/// Another link, without the code, and a click on it.
pub async fn link_without_code(sale: &Sale) -> (TrackingLink, String) {
    let link = sale.server.link(&[]).await;
    let click = sale.server.click(&link).await;
    (link, click)
}

#[tokio::test]
async fn a_signed_post_covers_its_body_and_the_same_call_counts_once() {
    let checks = PostbackAuthentication { signature_check: CheckMode::Enforce.into(), ..Default::default() };
    let sale = Sale::start(checks).await;
    let post = async |target: &str, body: &str| {
        let request = http().post(format!("{}{target}", sale.server.url)).body(body.to_owned());
        Answer::of(request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap())
            .await
    };
    let body = sale.query("");
    let target = sign("/s2s", body.as_bytes(), &sale.secret, sale.now());
    let first = post(&target, &body).await;
    assert_eq!(outcome(&first), recorded());
    let again = post(&target, &body).await;
    assert_eq!((again.status, again.field("verdict").as_str()), (200, "DUPLICATE"), "{again:?}");
    assert_eq!(again.field("conversion_id"), first.field("conversion_id"));
    let other = post(&target, &body.replace("val=1", "val=2")).await;
    assert_eq!(outcome(&other), held(401, ErrorReason::SignatureRefused));
    let behind = format!("{}&com=9", sale.signed("", &sale.secret, 0));
    assert_eq!(outcome(&sale.server.postback(&behind).await), held(401, ErrorReason::SignatureRefused));
    // A text between the path and the signed query makes the check fail, whatever the mark before it.
    let old = sign(&format!("/s2s?{}", sale.query("")), b"", &sale.secret, sale.now() - 7_200);
    for mark in ["&", ";", "%3F", "%26", "%3b"] {
        let fresh = format!("/s2s{mark}clickId={}&ts={}&oid=more&u=http://a?", sale.click, sale.now());
        let url = format!("{}{}", sale.server.url, old.replace("/s2s?", &fresh));
        let answer = Answer::of(http().get(&url).send().await.unwrap()).await;
        assert_eq!(outcome(&answer), held(401, ErrorReason::SignatureRefused), "{url}");
    }
    // A call that is held twice and replayed twice counts once.
    let (link, click) = link_without_code(&sale).await;
    let query = sale.query("").replace(&sale.click, &click);
    let twice = sign(&format!("/s2s?{query}"), b"", &sale.secret, sale.now());
    let twice = twice.trim_start_matches("/s2s?");
    let mut ids = Vec::new();
    for _ in 0..2 {
        let answer = sale.server.postback(twice).await;
        assert_eq!(outcome(&answer), held(422, ErrorReason::CodeNotOnLink));
        ids.push(answer.field("postback_id"));
    }
    crate::replay::set_codes(&sale.server, &link, &[&sale.code]).await;
    assert_eq!(sale.replay(&ids[0], false).await, PostbackVerdict::Recorded);
    assert_eq!(sale.replay(&ids[1], false).await, PostbackVerdict::Duplicate);

    // A signature made by hand, as in docs/guide/proving-the-sender.md.
    let query = sale.query(&format!("&oid=2&ts={}", sale.now()));
    let by_hand = format!("{query}&sig={}", signature(query.as_bytes(), b"", &sale.secret));
    assert_eq!(outcome(&sale.server.postback(&by_hand).await), recorded());
}

#[tokio::test]
async fn a_secret_is_shown_once_and_changed_without_a_gap() {
    let checks = PostbackAuthentication { secret_check: CheckMode::Enforce.into(), ..Default::default() };
    let sale = Sale::start(checks).await;
    let (server, client) = (&sale.server, sale.server.client());
    let answer_to =
        async |secret: &str| outcome(&server.postback(&sale.query(&format!("&sec={secret}"))).await);
    let refused = held(401, ErrorReason::SecretRefused);

    let request = RotatePostbackSecretRequest {
        conversion_code_id: sale.code.id.clone(),
        request_id: "rotation-1".to_owned(),
        ..Default::default()
    };
    let dry = RotatePostbackSecretRequest { validate_only: true, ..request.clone() };
    let dry = client.conversion_codes().rotate_postback_secret(dry).await.unwrap();
    assert!(dry.secret.is_empty() && dry.postback_url.ends_with("&sec={sec}"), "{dry:?}");
    assert_eq!(answer_to(&sale.secret).await, recorded());

    let second = client.conversion_codes().rotate_postback_secret(request.clone()).await.unwrap();
    assert_eq!(
        client.conversion_codes().rotate_postback_secret(request).await.unwrap(),
        second,
        "a repeated call returns the same secret"
    );
    assert_ne!(second.secret, sale.secret);
    assert!(second.postback_url.ends_with(&format!("&sec={}", second.secret)), "{second:?}");
    let told = second.conversion_code.clone().unwrap().postback_authentication.unwrap();
    assert!(told.has_secret && told.former_secret_expire_time.unwrap().seconds > 0);
    for secret in [&second.secret, &sale.secret] {
        assert_eq!(answer_to(secret).await, recorded(), "both secrets are valid");
    }
    let third = rotate(server, &sale.code, 0).await;
    assert_eq!(answer_to(&third.secret).await, recorded());
    for secret in [&second.secret, &sale.secret] {
        assert_eq!(answer_to(secret).await, refused, "the overlap is over");
    }

    // No other call returns a secret.
    let id = sale.code.id.clone();
    let code = client.conversion_codes().get(&id).await.unwrap();
    let request = GetPostbackUrlRequest { conversion_code_id: id.clone(), ..Default::default() };
    let url = client.conversion_codes().get_postback_url(request).await.unwrap();
    assert!(url.postback_url.ends_with("&val={val}&com={com}&oid={oid}&sec={sec}"), "{url:?}");
    let tested = client
        .conversion_codes()
        .test_setup(TestSetupRequest { conversion_code_id: id, ..Default::default() })
        .await
        .unwrap();
    assert!(tested.passed, "{tested:?}");
    let target = format!("/s2s?{}", sale.query(&format!("&sec={}", third.secret)));
    let explained = client.postbacks().explain(request::explain(target)).await.unwrap();
    let all = client.postbacks().list_page(ListPostbacksRequest::default()).await.unwrap();
    let targets = all.postbacks.iter().map(|one| one.raw.as_ref().unwrap().target.clone());
    let targets = String::from_utf8(targets.collect::<Vec<_>>().concat()).unwrap();
    let told = format!("{code:?}{url:?}{tested:?}{explained:?}{all:?}{targets}");
    for secret in [&third.secret, &second.secret, &sale.secret] {
        assert!(!told.contains(secret.as_str()));
    }

    for (overlap, request_id, expected) in
        [(-1, "", &["overlap"][..]), (30 * 86_400 + 1, &"r".repeat(65), &["overlap", "request_id"])]
    {
        let request = RotatePostbackSecretRequest {
            conversion_code_id: sale.code.id.clone(),
            overlap: Some(Duration { seconds: overlap, nanos: 0 }),
            request_id: request_id.to_owned(),
            ..Default::default()
        };
        assert_eq!(
            fields(&client.conversion_codes().rotate_postback_secret(request).await.unwrap_err()),
            expected
        );
    }
}

#[tokio::test]
async fn a_postback_that_fails_a_check_that_only_reports_is_noted_and_counts() {
    let sale = Sale::start(PostbackAuthentication {
        secret_check: CheckMode::Report.into(),
        signature_check: CheckMode::Report.into(),
        address_check: CheckMode::Report.into(),
        https_check: CheckMode::Report.into(),
        allowed_addresses: vec!["203.0.113.0/24".to_owned()],
        ..Default::default()
    })
    .await;
    let answer = sale.server.postback(&sale.query("")).await;
    assert_eq!(outcome(&answer), recorded());
    assert_eq!(answer.notes(), ["CHECK_NOT_PASSED"; 4]);
    let proved = sale.signed(&format!("&sec={}", sale.secret), &sale.secret, 0);
    let answer = sale.server.postback(&proved).await;
    assert_eq!((outcome(&answer), answer.notes().len()), (recorded(), 2), "{answer:?}");
}

#[tokio::test]
async fn a_replay_trusts_a_sender_only_where_it_is_told_to() {
    let checks = PostbackAuthentication { secret_check: CheckMode::Enforce.into(), ..Default::default() };
    let sale = Sale::start(checks).await;
    let client = sale.server.client();
    let first = sale.server.postback(&sale.query("&oid=1")).await.field("postback_id");
    let second = sale.server.postback(&sale.query("&oid=2")).await.field("postback_id");
    assert_eq!(sale.replay(&first, false).await, PostbackVerdict::Held);
    // Replays all held postbacks. None of them counts.
    let request = request::replay_all(PostbackFilter::default());
    let replayed = client.postbacks().replay_page(request).await.unwrap().postbacks;
    let reasons: Vec<_> = replayed.iter().map(|one| (one.verdict(), one.reason())).collect();
    assert_eq!(reasons, [(PostbackVerdict::Held, ErrorReason::SecretRefused); 2]);
    let explain = async |id: &str| client.postbacks().explain(request::explain_stored(id)).await.unwrap();
    let explained = explain(&first).await;
    let step = explained.steps.iter().find(|step| step.kind() == StepKind::Authentication).unwrap();
    assert_eq!((explained.reason(), step.outcome()), (ErrorReason::SecretRefused, StepOutcome::Failed));
    assert!(step.message.contains("trust_sender"), "{step:?}");
    assert_eq!(sale.replay(&first, true).await, PostbackVerdict::Recorded);
    // Once the code has no checks any more, its held postbacks count when they are replayed.
    sale.check(PostbackAuthentication::default()).await;
    assert_eq!(explain(&second).await.verdict(), PostbackVerdict::Recorded);
    assert_eq!(sale.replay(&second, false).await, PostbackVerdict::Recorded);
}

#[tokio::test]
async fn strangers_can_not_fill_the_disk() {
    let checks = PostbackAuthentication { secret_check: CheckMode::Enforce.into(), ..Default::default() };
    let sale = Sale::start(checks).await;
    let mut verdicts = Vec::new();
    for guess in 0..70 {
        let answer = sale.server.postback(&sale.query(&format!("&sec={guess}"))).await;
        verdicts.push((answer.status, answer.field("verdict"), answer.field("reason")));
    }
    let (first, rest) = verdicts.split_at(60);
    assert!(first.iter().all(|verdict| *verdict == held(401, ErrorReason::SecretRefused)), "{verdicts:?}");
    let shed = (429, "REFUSED".to_owned(), "SHED".to_owned());
    assert!(rest.iter().all(|verdict| *verdict == shed), "{verdicts:?}");
    let request = ListPostbacksRequest { page_size: 1_000, ..Default::default() };
    assert_eq!(sale.server.client().postbacks().list_page(request).await.unwrap().postbacks.len(), 60);
    let right = sale.query(&format!("&sec={}", sale.secret));
    assert_eq!(outcome(&sale.server.postback(&right).await), recorded(), "the merchant is not held up");
}

#[tokio::test]
async fn the_configured_part_of_an_address_is_stored_and_the_whole_is_checked() {
    for (how, expected) in [("whole", "127.0.0.1"), ("truncated", "127.0.0.0"), ("none", "")] {
        let server = Server::start_with(&["--store-addresses", how]).await;
        let checks = PostbackAuthentication {
            address_check: CheckMode::Enforce.into(),
            allowed_addresses: vec!["127.0.0.1".to_owned()],
            ..Default::default()
        };
        let code = ConversionCode {
            name: "Sale".to_owned(),
            postback_authentication: Some(checks),
            ..Default::default()
        };
        let code = server.create_code(code).await;
        let link = server.link(&[&code]).await;
        let visit = http().get(&link.url).send().await.unwrap();
        let click = s2s_tests::click_id_of(visit.headers()["location"].to_str().unwrap());
        let answer = server.postback(&format!("clickId={click}&id={}&val=1&com=0", code.id)).await;
        assert_eq!(outcome(&answer), recorded(), "{how}: {answer:?}");
        let request = GetPostbackRequest { postback_id: answer.field("postback_id") };
        let stored = server.client().postbacks().get(request).await.unwrap().postback.unwrap();
        assert_eq!(stored.raw.unwrap().sender_address, expected, "{how}");
        let request = || GetClickRequest { click_id: click.clone() };
        let found = async || server.client().clicks().get(request()).await.ok();
        assert_eq!(eventually(found).await.click.unwrap().address, expected, "{how}");
    }
}

#[tokio::test]
async fn checks_that_can_not_be_passed_are_warned_of_or_refused() {
    let server = Server::start().await;
    let checks = |checks| ConversionCode {
        name: "Sale".to_owned(),
        preset_id: "everflow".to_owned(),
        postback_authentication: Some(checks),
        ..Default::default()
    };
    let enforced = PostbackAuthentication {
        signature_check: CheckMode::Enforce.into(),
        https_check: CheckMode::Enforce.into(),
        ..Default::default()
    };
    let code = server.create_code(checks(enforced)).await;
    let request = GetPostbackUrlRequest { conversion_code_id: code.id, ..Default::default() };
    let url = server.client().conversion_codes().get_postback_url(request).await.unwrap();
    assert!(url.postback_url.ends_with("&ts={ts}&sig={sig}"), "{url:?}");
    let warnings: Vec<_> = url.warnings.iter().map(s2s_sdk::v1::SetupWarning::code).collect();
    let expected =
        [SetupWarningCode::NoSecret, SetupWarningCode::NetworkCannotSign, SetupWarningCode::UrlNotHttps];
    assert_eq!(warnings, expected);
    for wrong in [
        PostbackAuthentication { secret_check: 9, ..Default::default() },
        PostbackAuthentication { address_check: CheckMode::Report.into(), ..Default::default() },
        PostbackAuthentication { allowed_addresses: vec!["shop.example".to_owned()], ..Default::default() },
    ] {
        let request = s2s_sdk::v1::CreateConversionCodeRequest {
            conversion_code: Some(checks(wrong)),
            ..Default::default()
        };
        let error = server.client().conversion_codes().create(request).await.unwrap_err();
        assert_eq!(fields(&error), ["conversion_code.postback_authentication"], "{error}");
    }
}
