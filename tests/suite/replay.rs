//! Held postbacks: replayed after their cause was mended, and explained without a trace.

use s2s_sdk::{
    Code,
    prost_types::{Duration, FieldMask},
    v1::{
        ConversionCode, ErrorReason, ExplainPostbackRequest, ExplainPostbackResponse, GetPostbackRequest,
        ListConversionsRequest, ListPostbacksRequest, Note, NoteCode, Postback, ReadParameter,
        ReplayPostbacksRequest, TrackingLink, UpdateConversionCodeRequest, UpdateTrackingLinkRequest,
        Verdict,
    },
};
use s2s_tests::Server;

use crate::{fields, verdicts::World};

async fn get(server: &Server, id: &str) -> Postback {
    let request = GetPostbackRequest { id: id.to_owned() };
    server.client().get_postback(request).await.unwrap().postback.unwrap()
}

async fn replay(server: &Server, ids: &[&str], validate_only: bool) -> Vec<Postback> {
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    let request = ReplayPostbacksRequest { ids, validate_only };
    server.client().replay_postbacks(request).await.unwrap().postbacks
}

async fn set_codes(server: &Server, link: &TrackingLink, codes: &[&ConversionCode]) {
    let conversion_code_ids = codes.iter().map(|code| code.id.clone()).collect();
    let request = UpdateTrackingLinkRequest {
        tracking_link: Some(TrackingLink { id: link.id.clone(), conversion_code_ids, ..Default::default() }),
        update_mask: Some(FieldMask { paths: vec!["conversion_code_ids".to_owned()] }),
        ..Default::default()
    };
    server.client().update_tracking_link(request).await.unwrap();
}

/// Sends a postback that is held for `reason`: its id.
async fn hold(server: &Server, query: &str, reason: &str) -> String {
    let answer = server.postback(query).await;
    assert_eq!((answer.field("verdict").as_str(), answer.field("reason").as_str()), ("HELD", reason));
    answer.field("postback_id")
}

#[tokio::test]
async fn a_held_postback_counts_once_after_its_cause_is_mended() {
    let World { server, code, click, .. } = &World::start().await;
    let world_link = server.link(&[]).await;
    let later = server.code("Later").await;
    let late_click = server.click(&world_link).await;
    let query = format!("clickId={late_click}&id={}&val=5&com=1&utm=x", later.id);
    let id = hold(server, &query, "CODE_NOT_ON_LINK").await;
    let held = get(server, &id).await;

    // Nothing is mended yet: it stays held, and says when it was tried.
    let [still] = replay(server, &[&id], false).await.try_into().unwrap();
    assert!(still.replay_time.is_some());
    assert_eq!(Postback { replay_time: None, ..still.clone() }, held);
    assert_eq!(get(server, &id).await, still);

    set_codes(server, &world_link, &[code, &later]).await;
    let [dry] = replay(server, &[&id], true).await.try_into().unwrap();
    assert_eq!((dry.verdict(), dry.reason()), (Verdict::Recorded, ErrorReason::Unspecified));
    assert_eq!(get(server, &id).await, still, "a dry run changes nothing");

    let [replayed] = replay(server, &[&id], false).await.try_into().unwrap();
    let expected = Postback {
        verdict: Verdict::Recorded.into(),
        reason: 0,
        message: String::new(),
        conversion_id: replayed.conversion_id.clone(),
        replay_time: replayed.replay_time,
        ..held.clone()
    };
    assert_eq!(replayed, expected);
    let codes: Vec<NoteCode> = replayed.notes.iter().map(Note::code).collect();
    assert_eq!(codes, [NoteCode::UnknownParameter]);

    // Again, and twice in one call: it is not held any more.
    assert_eq!(replay(server, &[&id, &id], false).await, [replayed.clone(), replayed.clone()]);
    let answer = server.postback(&query).await;
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "DUPLICATE"));
    assert_eq!(answer.field("conversion_id"), replayed.conversion_id);
    let duplicate = get(server, &answer.field("postback_id")).await;
    let [untouched] = replay(server, &[&duplicate.id], false).await.try_into().unwrap();
    assert_eq!(untouched, duplicate);

    let answer = server.postback(&format!("clickId={click}&id={}&val=1&com=0", code.id)).await;
    assert_eq!(answer.status, 200);
    let client = server.client();
    let list = client.list_conversions(ListConversionsRequest::default()).await.unwrap().conversions;
    assert_eq!(list.len(), 2);
    assert_eq!(list[1].id, replayed.conversion_id);
    assert_eq!(list[1].conversion_time, held.raw.unwrap().receive_time, "it happened when it arrived");
    let (created, happened) = (list[1].create_time.unwrap(), list[1].conversion_time.unwrap());
    assert!((created.seconds, created.nanos) > (happened.seconds, happened.nanos));
}

#[tokio::test]
async fn replays_at_the_same_time_count_once() {
    let server = Server::start().await;
    let every = ConversionCode { name: "Every".to_owned(), dedupe_policy: 2, ..Default::default() };
    let code = server.create_code(every).await;
    let link = server.link(&[]).await;
    let click = server.click(&link).await;
    let query = format!("clickId={click}&id={}&val=5&com=1", code.id);
    let id = hold(&server, &query, "CODE_NOT_ON_LINK").await;
    set_codes(&server, &link, &[&code]).await;

    let ids = [id.as_str()];
    let replays = (0..20).map(|_| replay(&server, &ids, false));
    let answers = futures::future::join_all(replays).await;
    let conversions =
        server.client().list_conversions(ListConversionsRequest::default()).await.unwrap().conversions;
    assert_eq!(conversions.len(), 1);
    for postback in answers.into_iter().flatten() {
        assert_eq!(postback.conversion_id, conversions[0].id);
    }
    assert_eq!(get(&server, &id).await.verdict(), Verdict::Recorded, "it is the one that was counted");
}

#[tokio::test]
async fn an_expired_click_counts_once_the_window_is_longer() {
    let world = World::start().await;
    let query = world.fill("clickId=$old_click&id=$brief&val=5&com=1");
    let id = hold(&world.server, &query, "CLICK_EXPIRED").await;
    let code = ConversionCode {
        id: world.fill("$brief"),
        attribution_window: Some(Duration { seconds: 86_400, nanos: 0 }),
        ..Default::default()
    };
    let request = UpdateConversionCodeRequest {
        conversion_code: Some(code),
        update_mask: Some(FieldMask { paths: vec!["attribution_window".to_owned()] }),
        ..Default::default()
    };
    world.server.client().update_conversion_code(request).await.unwrap();
    let [replayed] = replay(&world.server, &[&id], false).await.try_into().unwrap();
    assert_eq!((replayed.verdict(), replayed.reason()), (Verdict::Recorded, ErrorReason::Unspecified));
    assert_eq!(world.conversions().await[0].id, replayed.conversion_id);
}

#[tokio::test]
async fn what_was_cut_is_never_replayed() {
    let world = World::start().await;
    let query = world.fill("clickId=$click&id=$code&val=1&com=0&x=$long");
    let id = hold(&world.server, &query, "REQUEST_TOO_LARGE").await;
    let [replayed] = replay(&world.server, &[&id], false).await.try_into().unwrap();
    assert_eq!((replayed.verdict(), replayed.reason()), (Verdict::Held, ErrorReason::RequestTooLarge));
    assert_eq!(world.conversions().await, []);
}

#[tokio::test]
async fn a_replay_takes_1_to_100_known_postbacks() {
    let world = World::start().await;
    let id = hold(&world.server, "val=1", "MISSING_PARAMETER").await;
    let unknown = format!("pb_{}", "0".repeat(26));
    for (ids, code, reason) in [
        (vec![], Code::InvalidArgument, ErrorReason::FieldInvalid),
        (vec![id.clone(); 101], Code::InvalidArgument, ErrorReason::FieldInvalid),
        (vec![id.clone(), unknown], Code::NotFound, ErrorReason::ResourceNotFound),
        (vec!["nonsense".to_owned()], Code::NotFound, ErrorReason::ResourceNotFound),
    ] {
        let request = ReplayPostbacksRequest { ids, ..Default::default() };
        let error = world.server.client().replay_postbacks(request).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (code, reason));
        let expected: &[&str] = if code == Code::InvalidArgument { &["ids"] } else { &[] };
        assert_eq!(fields(&error), expected);
    }
    assert_eq!(replay(&world.server, &[id.as_str(); 100], false).await.len(), 100);
}

async fn explain(world: &World, target: &str) -> ExplainPostbackResponse {
    let request = ExplainPostbackRequest { target: world.fill(target).into_bytes() };
    world.server.client().explain_postback(request).await.unwrap()
}

#[tokio::test]
async fn an_explanation_says_what_would_become_of_a_url_and_records_nothing() {
    let world = World::start().await;
    let first = world.server.postback(&world.fill("clickId=$click&id=$code&val=1&com=0&oid=first")).await;
    let counts = async || (world.postbacks(ListPostbacksRequest::default()).await, world.conversions().await);
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
        ("/s2s", Verdict::Held, ErrorReason::MissingParameter),
        ("", Verdict::Held, ErrorReason::MissingParameter),
    ] {
        let explained = explain(&world, target).await;
        assert_eq!((explained.verdict(), explained.reason()), (verdict, reason), "{target}");
        assert_eq!(explained.message.is_empty(), verdict != Verdict::Held, "{target}");
        assert_eq!(explained.conversion.is_none(), verdict == Verdict::Held, "{target}");
        if verdict == Verdict::Duplicate {
            assert_eq!(explained.conversion.unwrap().id, first.field("conversion_id"));
        }
    }
    assert_eq!(counts().await, before);

    // A postback is told the same as was explained.
    let query = "clickId=$click&id=$code&val=1&com=0&oid=new";
    assert_eq!(world.server.postback(&world.fill(query)).await.field("verdict"), "RECORDED");
}

#[tokio::test]
async fn an_explanation_shows_how_each_parameter_was_read() {
    let world = World::start().await;
    let explained =
        explain(&world, "/s2s?click_id=%22$click%22&id=$code&val=1&comperc=10&utm=a+b&param=k%3Dv").await;
    let parameter = |name: &str, value: &str, canonical_name: &str| ReadParameter {
        name: name.to_owned(),
        value: value.to_owned(),
        canonical_name: canonical_name.to_owned(),
    };
    let expected = [
        parameter("click_id", &world.click, "clickId"),
        parameter("id", &world.code.id, "id"),
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
