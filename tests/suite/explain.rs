//! Explanations of a URL, a stored postback, a click, and the set-up of a code. No explanation
//! leaves a trace.

use s2s_sdk::{
    Code,
    v1::{
        ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, Click, ConversionCode, ErrorReason,
        ExplainClickRequest, ExplainPostbackRequest, ExplainPostbackResponse, ListConversionsRequest,
        ListPostbacksRequest, NoteCode, PostbackFilter, PostbackParameter, PostbackVerdict as Verdict,
        ReplyMode, ReplySetting, Step, StepKind, StepOutcome, TestSetupRequest, TestSetupResponse,
        TrackingLink,
    },
};
use s2s_tests::{Server, request};

use crate::{
    fields,
    fixture::Fixture,
    moved,
    replay::{get, hold, set_codes},
};

async fn explain(fixture: &Fixture, target: &str) -> ExplainPostbackResponse {
    let request = request::explain(fixture.fill(target));
    fixture.server.client().postbacks().explain(request).await.unwrap()
}

#[tokio::test]
async fn an_explanation_says_what_would_become_of_a_url_and_records_nothing() {
    let fixture = Fixture::start().await;
    let first = fixture.server.postback(&fixture.fill("clickId=$click&id=$code&val=1&com=0&oid=first")).await;
    let counts = async || (fixture.postbacks(PostbackFilter::default()).await, fixture.conversions().await);
    let before = counts().await;

    for (target, verdict, reason) in [
        ("/s2s?clickId=$click&id=$code&val=1&com=0&oid=new", Verdict::Recorded, ErrorReason::Unspecified),
        (
            "https://t.example/s2s?clickId=$click&id=$code&val=1&com=0",
            Verdict::Recorded,
            ErrorReason::Unspecified,
        ),
        ("/s2s?clickId=$click&id=$code&val=1&com=0&oid=first", Verdict::Duplicate, ErrorReason::Unspecified),
        (
            "/s2s?clickId=$click&id=$code&val=2&com=0&oid=first",
            Verdict::Held,
            ErrorReason::TransactionConflict,
        ),
        ("/s2s?clickId=$click&id=$code&val=1&com=0&test=1", Verdict::Test, ErrorReason::Unspecified),
        ("/s2s?clickId={clickId}&id=$code&val=1&com=0", Verdict::Held, ErrorReason::MacroNotReplaced),
        ("/s2s?clickId=$click&id=$unlinked&val=1&com=0", Verdict::Held, ErrorReason::CodeNotOnLink),
        ("/s2s?clickId=$click&id=$code&val=1&com=0&x=$long", Verdict::Held, ErrorReason::RequestTooLarge),
        ("/s2s", Verdict::Held, ErrorReason::ParameterMissing),
        ("", Verdict::Held, ErrorReason::ParameterMissing),
    ] {
        let explained = explain(&fixture, target).await;
        assert_eq!((explained.verdict(), explained.reason()), (verdict, reason), "{target}");
        assert_eq!(explained.message.is_empty(), verdict != Verdict::Held, "{target}");
        assert_eq!(explained.conversion.is_none(), verdict == Verdict::Held, "{target}");
        if verdict == Verdict::Duplicate {
            assert_eq!(explained.conversion.unwrap().id, first.field("conversion_id"));
        }
    }
    assert_eq!(counts().await, before);

    // The real postback gets the verdict that the explanation has predicted.
    let query = "clickId=$click&id=$code&val=1&com=0&oid=new";
    assert_eq!(fixture.server.postback(&fixture.fill(query)).await.field("verdict"), "RECORDED");
}

#[tokio::test]
async fn an_explanation_shows_how_each_parameter_was_read() {
    let fixture = Fixture::start().await;
    let explained =
        explain(&fixture, "/s2s?click_id=%22$click%22&id=$code&val=1&comperc=10&utm=a+b&param=k%3Dv").await;
    let parameter = |name: &str, value: &str, canonical_name: &str| PostbackParameter {
        name: name.to_owned(),
        value: value.to_owned(),
        canonical_name: canonical_name.to_owned(),
    };
    let expected = [
        parameter("click_id", &fixture.click, "clickId"),
        parameter("id", &fixture.code.id, "id"),
        parameter("val", "1", "val"),
        parameter("comperc", "10", "comperc"),
        parameter("utm", "a b", ""),
        parameter("param", "k=v", "param"),
    ];
    assert_eq!(explained.parameters, expected);
    let notes: Vec<(NoteCode, &str)> =
        explained.notes.iter().map(|note| (note.code(), note.parameter.as_str())).collect();
    let expected = [
        (NoteCode::Alias, "clickId"),
        (NoteCode::Trimmed, "clickId"),
        (NoteCode::UnknownParameter, "utm"),
        (NoteCode::CommissionAssumedZero, "com"),
    ];
    assert_eq!(notes, expected);
    let conversion = explained.conversion.unwrap();
    assert_eq!(conversion.commission.unwrap().micros, 100_000);
}

async fn explain_stored(server: &Server, id: &str) -> ExplainPostbackResponse {
    server.client().postbacks().explain(request::explain_stored(id)).await.unwrap()
}

/// The failed steps, and the steps that were not reached.
fn failed(steps: &[Step]) -> (Vec<StepKind>, Vec<StepKind>) {
    let of = |outcome| {
        let some = steps.iter().filter(move |step| step.outcome() == outcome);
        some.map(Step::kind).collect::<Vec<_>>()
    };
    for step in steps {
        assert_eq!(step.message.is_empty(), step.outcome() == StepOutcome::NotReached, "{step:?}");
    }
    (of(StepOutcome::Failed), of(StepOutcome::NotReached))
}

fn message(steps: &[Step], kind: StepKind) -> &str {
    &steps.iter().find(|step| step.kind() == kind).unwrap().message
}

#[tokio::test]
async fn an_explanation_goes_step_by_step_and_says_all_that_is_wrong() {
    use StepKind as K;
    let fixture = Fixture::start().await;
    let taken = fixture.fill("clickId=$click&id=$code&val=1&com=0&oid=taken");
    assert_eq!(fixture.server.postback(&taken).await.status, 200);
    let late = [K::Attribution, K::Commission, K::Dedupe];
    for (target, wrong, unreached) in [
        ("clickId=$click&id=$code&val=1&com=0", vec![], vec![]),
        ("id=$code&val=1&com=0", vec![K::Parameters], [&[K::ClickId, K::TrackingLink], &late[..]].concat()),
        ("clickId=$click&id=$code&com=0", vec![K::Parameters], late.to_vec()),
        (
            "clickId=$click&id=6B1F&val=1&com=0",
            vec![K::ConversionCode],
            [&[K::Authentication], &late[..]].concat(),
        ),
        ("clickId=$click&id=$archived&val=1&com=0", vec![K::ConversionCode], late.to_vec()),
        (
            "clickId=$forged_click&id=$code&val=1&com=0",
            vec![K::ClickId],
            [&[K::TrackingLink], &late[..]].concat(),
        ),
        ("clickId=$click&id=$unlinked&val=1&com=0", vec![K::TrackingLink], late.to_vec()),
        ("clickId=$lost_click&id=$code&val=1&com=0", vec![K::TrackingLink], late.to_vec()),
        ("clickId=$old_click&id=$brief&val=1&com=0", vec![K::Attribution], late[1..].to_vec()),
        ("clickId=$click&id=$code&val=2&com=0&oid=taken", vec![K::Dedupe], vec![]),
        // All faults are named, not only the fault that decides the verdict.
        ("clickId=$lost_click&id=$unlinked&val=x", vec![K::Parameters, K::TrackingLink], late.to_vec()),
        ("clickId=test&id=$code&val=1&com=0", vec![], [&[K::TrackingLink], &late[..]].concat()),
    ] {
        let explained = explain(&fixture, &format!("/s2s?{target}")).await;
        let (mut expected, held) = (wrong, explained.verdict() == Verdict::Held);
        assert_eq!(held, !expected.is_empty(), "{target}");
        expected.extend(held.then_some(K::Verdict));
        assert_eq!(failed(&explained.steps), (expected, unreached), "{target}: {:#?}", explained.steps);
        let said: Vec<&str> = explained.steps.iter().map(|step| step.message.as_str()).collect();
        assert!(!held || said.contains(&explained.message.as_str()), "{target}: {said:?}");
    }

    let target = "/s2s?clickId=$old_click&id=$code&val=1000&comperc=10&cur=EUR&oid=o-1";
    let steps = explain(&fixture, target).await.steps;
    assert_eq!(message(&steps, K::Attribution), "1 h after the click, within the window of 30 d");
    assert_eq!(message(&steps, K::Commission), "10 % of 1000.00 EUR is 100.00 EUR");
    assert!(message(&steps, K::Dedupe).contains("`o-1`"));
    let steps = explain(&fixture, &format!("/s2s?{taken}")).await.steps;
    assert!(message(&steps, K::Dedupe).contains("conv_"), "{steps:?}");
}

#[tokio::test]
async fn an_explanation_shows_the_code_the_link_and_the_click() {
    let fixture = Fixture::start().await;
    let explained = explain(&fixture, "/s2s?clickId=$click&id=$code&val=1").await;
    assert_eq!(explained.reason(), ErrorReason::ParameterMissing);
    assert_eq!(explained.conversion_code.unwrap(), fixture.code);
    let (link, click) = (explained.tracking_link.unwrap(), explained.click.unwrap());
    assert!(link.conversion_code_ids.contains(&fixture.code.id));
    assert_eq!((click.id, click.tracking_link_id), (fixture.click.clone(), link.id));

    let explained = explain(&fixture, "/s2s?clickId=$forged_click&id=6B1F").await;
    assert_eq!((explained.conversion_code, explained.tracking_link, explained.click), (None, None, None));
}

#[tokio::test]
async fn a_stored_postback_is_explained() {
    let fixture = &Fixture::start().await;
    let server = &fixture.server;
    let link = server.link(&[]).await;
    let click = server.click(&link).await;
    let query = format!("clickId={click}&id={}&val=5&comperc=50", fixture.code.id);
    let id = hold(server, &query, "CODE_NOT_ON_LINK").await;
    let explained = explain_stored(server, &id).await;
    assert_eq!((explained.verdict(), explained.reason()), (Verdict::Held, ErrorReason::CodeNotOnLink));
    assert_eq!(explained.postback.unwrap(), get(server, &id).await);
    assert_eq!(explained.tracking_link.unwrap().id, link.id);

    // After the link has got the code, the explanation says what a replay would do.
    set_codes(server, &link, &[&fixture.code]).await;
    let explained = explain_stored(server, &id).await;
    assert_eq!((explained.verdict(), explained.message.as_str()), (Verdict::Recorded, ""));
    assert_eq!(get(server, &id).await.verdict(), Verdict::Held);

    // A counted postback stays counted after later changes.
    let answer = server.postback(&query).await;
    assert_eq!(answer.field("verdict"), "RECORDED");
    let request = ArchiveTrackingLinkRequest { tracking_link_id: link.id, ..Default::default() };
    server.client().tracking_links().archive(request).await.unwrap();
    let explained = explain_stored(server, &answer.field("postback_id")).await;
    assert_eq!(explained.verdict(), Verdict::Recorded);
    assert_eq!(explained.conversion.unwrap().id, answer.field("conversion_id"));
    assert_eq!(message(&explained.steps, StepKind::Commission), "50 % of 5.00 USD is 2.50 USD");
    assert_eq!(message(&explained.steps, StepKind::Verdict), "it counts");
    let notes: Vec<NoteCode> = explained.notes.iter().map(s2s_sdk::v1::Note::code).collect();
    assert_eq!(notes, [NoteCode::CommissionAssumedZero]);

    // A postback that was too long is still explained as too long, though only its first part is
    // kept.
    let long =
        hold(server, &fixture.fill("clickId=$click&id=$code&val=1&com=0&x=$long"), "REQUEST_TOO_LARGE").await;
    assert_eq!(explain_stored(server, &long).await.reason(), ErrorReason::RequestTooLarge);

    let client = server.client();
    for (request, code, expected) in [
        (request::explain_stored("pb_nonsense"), Code::NotFound, &[][..]),
        (request::explain_stored("pb_00000000000000000000000000"), Code::NotFound, &[]),
        (ExplainPostbackRequest::default(), Code::InvalidArgument, &["postback"]),
    ] {
        let error = client.postbacks().explain(request).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(fields(&error), expected);
    }
}

#[tokio::test]
async fn what_happened_to_a_click_is_explained() {
    let fixture = &Fixture::start().await;
    let client = fixture.server.client();
    let explain = async |click_id: &str| {
        client.clicks().explain(ExplainClickRequest { click_id: click_id.to_owned() }).await
    };
    let told = explain(&fixture.click).await.unwrap();
    assert_eq!((told.conversions.len(), told.held_postbacks.len()), (0, 0));
    assert!(told.message.contains("has not called"), "{}", told.message);
    let click: Click = told.click.unwrap();
    assert_eq!((click.id.as_str(), click.click_time), (fixture.click.as_str(), told.click_time));
    assert_eq!(told.tracking_link.unwrap().id, click.tracking_link_id);

    let held =
        hold(&fixture.server, &fixture.fill("clickId=$click&id=$unlinked&val=1&com=0"), "CODE_NOT_ON_LINK")
            .await;
    hold(&fixture.server, &fixture.fill("clickId=$other_click&id=$unlinked&val=1&com=0"), "CODE_NOT_ON_LINK")
        .await;
    let counted = fixture.server.postback(&fixture.fill("clickId=$click&id=$code&val=1&com=0")).await;
    let told = explain(&fixture.click.to_uppercase()).await.unwrap();
    assert_eq!(told.held_postbacks, [get(&fixture.server, &held).await]);
    assert_eq!(told.conversions.len(), 1);
    assert_eq!(told.conversions[0].id, counted.field("conversion_id"));
    assert!(told.message.contains(&held) && told.message.contains("CODE_NOT_ON_LINK"), "{}", told.message);

    for click_id in ["", "nonsense", &fixture.fill("$forged_click")] {
        let error = explain(click_id).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::NotFound, ErrorReason::ResourceNotFound));
    }
}

async fn test_setup(server: &Server, code: &ConversionCode, link: &str) -> TestSetupResponse {
    let request = TestSetupRequest { conversion_code_id: code.id.clone(), tracking_link_id: link.to_owned() };
    server.client().conversion_codes().test_setup(request).await.unwrap()
}

#[tokio::test]
async fn a_test_of_a_set_up_plays_a_conversion_and_records_nothing() {
    use StepKind as K;
    let server = &Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let test = test_setup(server, &code, "").await;
    assert!(test.passed, "{test:?}");
    assert_eq!(failed(&test.steps), (vec![], vec![]));
    let kinds: Vec<K> = test.steps.iter().map(Step::kind).collect();
    let expected = [
        K::Destination,
        K::PostbackUrl,
        K::Parameters,
        K::ConversionCode,
        K::Authentication,
        K::ClickId,
        K::TrackingLink,
        K::Attribution,
        K::Commission,
        K::Dedupe,
        K::Verdict,
        K::Reply,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(message(&test.steps, K::Commission), "10.00 USD as sent, for a value of 100.00 USD");
    let conversion = test.conversion.unwrap();
    assert_eq!((&conversion.tracking_link_id, &conversion.conversion_code_id), (&link.id, &code.id));
    assert!(test.redirect_url.ends_with(&format!("s1={}", conversion.click_id)), "{}", test.redirect_url);
    let around = TrackingLink {
        destination: "https://shop.example/?s1=x[s2sidentifier];y".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        ..Default::default()
    };
    let around = server.create_link(around).await;
    let of_around = test_setup(server, &code, &around.id).await;
    assert!(of_around.passed, "{of_around:?}");
    assert_eq!(
        test.postback_url,
        format!(
            "{}/s2s?clickId={}&id={}&val=100&com=10&oid=self-test",
            server.url, conversion.click_id, code.id
        )
    );
    let client = server.client();
    assert_eq!(
        client.conversions().list_page(ListConversionsRequest::default()).await.unwrap().conversions,
        []
    );
    assert_eq!(client.postbacks().list_page(ListPostbacksRequest::default()).await.unwrap().postbacks, []);
}

#[tokio::test]
async fn a_test_of_a_set_up_says_what_is_missing() {
    use StepKind as K;
    let server = &Server::start().await;
    let client = server.client();
    let reply = Some(ReplySetting { mode: ReplyMode::FixedText.into(), text: "OK".to_owned() });
    let code = ConversionCode { name: "Sale".to_owned(), reply, ..Default::default() };
    let code = server.create_code(code).await;

    let test = test_setup(server, &code, "").await;
    assert_eq!((test.passed, test.reason()), (false, ErrorReason::CodeNotOnLink));
    assert_eq!(failed(&test.steps), (vec![K::TrackingLink], vec![]));

    // By default, the newest unexpired link that has the code is tested.
    let good = server.link(&[&code]).await;
    let expired = TrackingLink {
        destination: good.destination.clone(),
        conversion_code_ids: vec![code.id.clone()],
        expire_time: moved(good.create_time, -60),
        ..Default::default()
    };
    let expired = server.create_link(expired).await;
    let test = test_setup(server, &code, "").await;
    assert!(test.passed, "{test:?}");
    assert_eq!(test.conversion.unwrap().tracking_link_id, good.id);
    assert!(message(&test.steps, K::Reply).contains("`OK`"));

    let test = test_setup(server, &code, &expired.id).await;
    assert_eq!((test.passed, test.reason()), (false, ErrorReason::TrackingLinkArchived));
    assert_eq!(failed(&test.steps), (vec![K::Destination], vec![]));
    assert!(test.steps[0].message.contains("expired"), "{test:?}");

    let bare = TrackingLink { destination: "https://shop.example/".to_owned(), ..Default::default() };
    let test = test_setup(server, &code, &server.create_link(bare).await.id).await;
    assert_eq!(test.reason(), ErrorReason::ClickIdMacroMissing);
    assert_eq!((test.redirect_url.as_str(), test.postback_url.as_str()), ("https://shop.example/", ""));

    let without = server.link(&[]).await;
    let test = test_setup(server, &code, &without.id).await;
    assert_eq!((test.passed, test.reason()), (false, ErrorReason::CodeNotOnLink));
    assert_eq!(failed(&test.steps).0, [K::TrackingLink, K::Verdict]);

    let request = ArchiveConversionCodeRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    client.conversion_codes().archive(request).await.unwrap();
    let test = test_setup(server, &code, &good.id).await;
    assert_eq!((test.passed, test.reason()), (false, ErrorReason::ConversionCodeArchived));

    for (code, link) in [("6B1F", ""), (code.id.as_str(), "link_nonsense")] {
        let (conversion_code_id, tracking_link_id) = (code.to_owned(), link.to_owned());
        let request = TestSetupRequest { conversion_code_id, tracking_link_id };
        let error = client.conversion_codes().test_setup(request).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::NotFound, ErrorReason::ResourceNotFound));
    }
}
