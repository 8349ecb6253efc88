//! Replays of held postbacks, by id or by filter, after the cause is mended.

use futures::TryStreamExt as _;
use s2s_sdk::{
    Code,
    prost_types::{Duration, FieldMask, Timestamp},
    v1::{
        ConversionCode, DecimalSeparator, ErrorReason, GetPostbackRequest, ListConversionsRequest, Note,
        NoteCode, Postback, PostbackFilter, PostbackVerdict, ReplayOverrides, ReplayPostbacksRequest,
        TrackingLink, UpdateConversionCodeRequest, UpdateTrackingLinkRequest,
    },
};
use s2s_tests::{Server, request};

use crate::{fields, fixture::Fixture};

pub async fn get(server: &Server, id: &str) -> Postback {
    let request = GetPostbackRequest { postback_id: id.to_owned() };
    server.client().postbacks().get(request).await.unwrap().postback.unwrap()
}

async fn replay(server: &Server, ids: &[&str], validate_only: bool) -> Vec<Postback> {
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    let request = ReplayPostbacksRequest { validate_only, ..request::replay(ids) };
    server.client().postbacks().replay_page(request).await.unwrap().postbacks
}

pub async fn set_codes(server: &Server, link: &TrackingLink, codes: &[&ConversionCode]) {
    let conversion_code_ids = codes.iter().map(|code| code.id.clone()).collect();
    let request = UpdateTrackingLinkRequest {
        tracking_link: Some(TrackingLink { id: link.id.clone(), conversion_code_ids, ..Default::default() }),
        update_mask: Some(FieldMask { paths: vec!["conversion_code_ids".to_owned()] }),
        ..Default::default()
    };
    server.client().tracking_links().update(request).await.unwrap();
}

/// Sends a postback that is held for `reason`. Returns its id.
pub async fn hold(server: &Server, query: &str, reason: &str) -> String {
    let answer = server.postback(query).await;
    assert_eq!((answer.field("verdict").as_str(), answer.field("reason").as_str()), ("HELD", reason));
    answer.field("postback_id")
}

#[tokio::test]
async fn a_held_postback_counts_once_after_its_cause_is_mended() {
    let Fixture { server, code, click, .. } = &Fixture::start().await;
    let link = server.link(&[]).await;
    let later = server.code("Later").await;
    let late_click = server.click(&link).await;
    let query = format!("clickId={late_click}&id={}&val=5&com=1&utm=x", later.id);
    let id = hold(server, &query, "CODE_NOT_ON_LINK").await;
    let held = get(server, &id).await;

    // A replay before the cause is mended leaves the postback held, and stores the replay's time.
    let [still] = replay(server, &[&id], false).await.try_into().unwrap();
    assert!(still.replay_time.is_some());
    assert_eq!(Postback { replay_time: None, ..still.clone() }, held);
    assert_eq!(get(server, &id).await, still);

    set_codes(server, &link, &[code, &later]).await;
    let [dry] = replay(server, &[&id], true).await.try_into().unwrap();
    assert_eq!((dry.verdict(), dry.reason()), (PostbackVerdict::Recorded, ErrorReason::Unspecified));
    assert_eq!(get(server, &id).await, still, "a dry run changes nothing");

    let [replayed] = replay(server, &[&id], false).await.try_into().unwrap();
    let expected = Postback {
        verdict: PostbackVerdict::Recorded.into(),
        reason: 0,
        message: String::new(),
        conversion_id: replayed.conversion_id.clone(),
        replay_time: replayed.replay_time,
        ..held.clone()
    };
    assert_eq!(replayed, expected);
    let codes: Vec<NoteCode> = replayed.notes.iter().map(Note::code).collect();
    assert_eq!(codes, [NoteCode::UnknownParameter]);

    // A repeated replay, even twice in one call, finds that the postback has counted already.
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
    let list = client.conversions().list_page(ListConversionsRequest::default()).await.unwrap().conversions;
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
        server.client().conversions().list_page(ListConversionsRequest::default()).await.unwrap().conversions;
    assert_eq!(conversions.len(), 1);
    for postback in answers.into_iter().flatten() {
        assert_eq!(postback.conversion_id, conversions[0].id);
    }
    assert_eq!(
        get(&server, &id).await.verdict(),
        PostbackVerdict::Recorded,
        "it is the one that was counted"
    );
}

#[tokio::test]
async fn an_expired_click_counts_once_the_window_is_longer() {
    let fixture = Fixture::start().await;
    let query = fixture.fill("clickId=$old_click&id=$brief&val=5&com=1");
    let id = hold(&fixture.server, &query, "ATTRIBUTION_WINDOW_PASSED").await;
    let code = ConversionCode {
        id: fixture.fill("$brief"),
        attribution_window: Some(Duration { seconds: 86_400, nanos: 0 }),
        ..Default::default()
    };
    let request = UpdateConversionCodeRequest {
        conversion_code: Some(code),
        update_mask: Some(FieldMask { paths: vec!["attribution_window".to_owned()] }),
        ..Default::default()
    };
    fixture.server.client().conversion_codes().update(request).await.unwrap();
    let [replayed] = replay(&fixture.server, &[&id], false).await.try_into().unwrap();
    assert_eq!(
        (replayed.verdict(), replayed.reason()),
        (PostbackVerdict::Recorded, ErrorReason::Unspecified)
    );
    assert_eq!(fixture.conversions().await[0].id, replayed.conversion_id);
}

#[tokio::test]
async fn what_was_cut_is_never_replayed() {
    let fixture = Fixture::start().await;
    let query = fixture.fill("clickId=$click&id=$code&val=1&com=0&x=$long");
    let id = hold(&fixture.server, &query, "REQUEST_TOO_LARGE").await;
    let [replayed] = replay(&fixture.server, &[&id], false).await.try_into().unwrap();
    assert_eq!(
        (replayed.verdict(), replayed.reason()),
        (PostbackVerdict::Held, ErrorReason::RequestTooLarge)
    );
    assert_eq!(fixture.conversions().await, []);
}

#[tokio::test]
async fn a_replay_takes_1_to_100_known_postbacks() {
    let fixture = Fixture::start().await;
    let id = hold(&fixture.server, "val=1", "PARAMETER_MISSING").await;
    let unknown = format!("pb_{}", "0".repeat(26));
    for (ids, code, reason) in [
        (vec![], Code::InvalidArgument, ErrorReason::FieldInvalid),
        (vec![id.clone(); 101], Code::InvalidArgument, ErrorReason::FieldInvalid),
        (vec![id.clone(), unknown], Code::NotFound, ErrorReason::ResourceNotFound),
        (vec!["nonsense".to_owned()], Code::NotFound, ErrorReason::ResourceNotFound),
    ] {
        let error = fixture.server.client().postbacks().replay_page(request::replay(ids)).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (code, reason));
        let expected: &[&str] = if code == Code::InvalidArgument { &["ids"] } else { &[] };
        assert_eq!(fields(&error), expected);
    }
    assert_eq!(replay(&fixture.server, &[id.as_str(); 100], false).await.len(), 100);
}

async fn replay_all(server: &Server, filter: PostbackFilter, overrides: ReplayOverrides) -> Vec<Postback> {
    let overrides = Some(overrides);
    let request = ReplayPostbacksRequest { overrides, ..request::replay_all(filter) };
    server.client().postbacks().replay(request).try_collect().await.unwrap()
}

#[tokio::test]
async fn what_passes_a_filter_is_replayed_page_by_page() {
    let Fixture { server, code, .. } = &Fixture::start().await;
    let link = server.link(&[]).await;
    let click = server.click(&link).await;
    for order in 0..250 {
        let query = format!("clickId={click}&id={}&val={order}&com=1&oid=order-{order}", code.id);
        hold(server, &query, "CODE_NOT_ON_LINK").await;
    }
    hold(server, "val=1", "PARAMETER_MISSING").await;
    set_codes(server, &link, &[code]).await;

    let filter = PostbackFilter { reason: ErrorReason::CodeNotOnLink.into(), ..Default::default() };
    let request = request::replay_all(filter.clone());
    let dry = ReplayPostbacksRequest { validate_only: true, ..request.clone() };
    let client = server.client();
    let dry: Vec<Postback> = client.postbacks().replay(dry).try_collect().await.unwrap();
    assert_eq!(dry.len(), 250);
    assert!(dry.iter().all(|postback| postback.verdict() == PostbackVerdict::Recorded));
    assert_eq!(
        client.conversions().list_page(ListConversionsRequest::default()).await.unwrap().conversions,
        []
    );

    let page = client.postbacks().replay_page(request).await.unwrap();
    assert_eq!((page.postbacks.len(), page.next_page_token.is_empty()), (100, false));
    let rest = replay_all(server, filter.clone(), ReplayOverrides::default()).await;
    assert_eq!(rest.len(), 150, "what was replayed is not held any more");
    assert_eq!(replay_all(server, filter, ReplayOverrides::default()).await, []);
    let conversions: Vec<_> =
        client.conversions().list(ListConversionsRequest::default()).try_collect().await.unwrap();
    assert_eq!(conversions.len(), 250);
    let micros: i64 = conversions.iter().map(|conversion| conversion.value.as_ref().unwrap().micros).sum();
    assert_eq!(micros, (0..250).sum::<i64>() * 1_000_000);
}

/// A held postback that counts with overrides.
struct OverrideCase {
    overrides: ReplayOverrides,
    query: &'static str,
    /// The reason that holds the postback before the replay.
    reason: &'static str,
    value_micros: i64,
    commission_micros: i64,
    /// A note that the replay makes.
    note: NoteCode,
}

fn override_cases(code_override: ReplayOverrides) -> [OverrideCase; 6] {
    let value = ReplayOverrides { value_micros_where_missing: Some(0), ..Default::default() };
    let commission = ReplayOverrides { commission_micros_where_missing: Some(500_000), ..Default::default() };
    let point = ReplayOverrides { decimal_separator: DecimalSeparator::Comma.into(), ..Default::default() };
    let thousands =
        ReplayOverrides { decimal_separator: DecimalSeparator::Point.into(), ..Default::default() };
    [
        OverrideCase {
            overrides: value.clone(),
            query: "clickId=$click&id=$code&com=1&oid=1",
            reason: "PARAMETER_MISSING",
            value_micros: 0,
            commission_micros: 1_000_000,
            note: NoteCode::Overridden,
        },
        OverrideCase {
            overrides: value.clone(),
            query: "clickId=$click&id=$code&val={sum}&com=1&oid=2",
            reason: "MACRO_NOT_REPLACED",
            value_micros: 0,
            commission_micros: 1_000_000,
            note: NoteCode::Overridden,
        },
        OverrideCase {
            overrides: commission,
            query: "clickId=$click&id=$code&val=3&oid=3",
            reason: "PARAMETER_MISSING",
            value_micros: 3_000_000,
            commission_micros: 500_000,
            note: NoteCode::Overridden,
        },
        OverrideCase {
            overrides: point,
            query: "clickId=$click&id=$code&val=1,500&com=0&oid=4",
            reason: "AMOUNT_AMBIGUOUS",
            value_micros: 1_500_000,
            commission_micros: 0,
            note: NoteCode::DecimalComma,
        },
        OverrideCase {
            overrides: thousands,
            query: "clickId=$click&id=$code&val=1,500&com=0&oid=5",
            reason: "AMOUNT_AMBIGUOUS",
            value_micros: 1_500_000_000,
            commission_micros: 0,
            note: NoteCode::NumberRepaired,
        },
        OverrideCase {
            overrides: code_override,
            query: "clickId=$click&id=typed-wrong&val=6&com=0&oid=6",
            reason: "CONVERSION_CODE_UNKNOWN",
            value_micros: 6_000_000,
            commission_micros: 0,
            note: NoteCode::Overridden,
        },
    ]
}

/// Sends a postback that is held for `reason`, and replays it with overrides.
async fn replay_with(fixture: &Fixture, query: &str, reason: &str, overrides: ReplayOverrides) -> Postback {
    let id = hold(&fixture.server, &fixture.fill(query), reason).await;
    let overrides = Some(overrides);
    let request = ReplayPostbacksRequest { overrides, ..request::replay(vec![id]) };
    let response = fixture.server.client().postbacks().replay_page(request).await.unwrap();
    let [postback] = response.postbacks.try_into().unwrap();
    postback
}

#[tokio::test]
async fn overrides_mend_what_the_sender_can_not() {
    let fixture = &Fixture::start().await;
    let code = ReplayOverrides { conversion_code_id: fixture.code.id.clone(), ..Default::default() };
    for case in override_cases(code.clone()) {
        let OverrideCase { overrides, query, reason, value_micros, commission_micros, note } = case;
        let postback = replay_with(fixture, query, reason, overrides).await;
        assert_eq!(postback.verdict(), PostbackVerdict::Recorded, "{query}: {postback:?}");
        assert!(postback.notes.iter().any(|noted| noted.code() == note), "{query}: {:?}", postback.notes);
        let conversion = &fixture.conversions().await[0];
        assert_eq!(conversion.id, postback.conversion_id, "{query}");
        let micros = |money: &Option<s2s_sdk::v1::Money>| money.as_ref().unwrap().micros;
        let amounts = (micros(&conversion.value), micros(&conversion.commission));
        assert_eq!(amounts, (value_micros, commission_micros), "{query}");
        assert_eq!(conversion.conversion_code_id, fixture.code.id, "{query}");
    }

    // An override mends only the fault that it is meant for.
    let query = "clickId=$click&id=$code&val=1,500&com=0";
    let postback = replay_with(fixture, query, "AMOUNT_AMBIGUOUS", code).await;
    assert_eq!(
        (postback.verdict(), postback.reason()),
        (PostbackVerdict::Held, ErrorReason::AmountAmbiguous)
    );
}

#[tokio::test]
async fn a_replay_names_every_field_that_is_wrong() {
    let fixture = Fixture::start().await;
    let filter = PostbackFilter {
        verdict: 9,
        reason: 9_999,
        start_time: Some(Timestamp { seconds: -1, nanos: 0 }),
        end_time: Some(Timestamp { seconds: 0, nanos: -1 }),
        text: "x".repeat(201),
        ..Default::default()
    };
    let request = ReplayPostbacksRequest {
        overrides: Some(ReplayOverrides {
            value_micros_where_missing: Some(-1),
            commission_micros_where_missing: Some(i64::MAX),
            decimal_separator: 7,
            conversion_code_id: "6B1F".to_owned(),
            trust_sender: true,
        }),
        ..request::replay_all(filter)
    };
    let client = fixture.server.client();
    let error = client.postbacks().replay_page(request).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::InvalidArgument, ErrorReason::FieldInvalid));
    let expected = [
        "overrides.value_micros_where_missing",
        "overrides.commission_micros_where_missing",
        "overrides.decimal_separator",
        "overrides.conversion_code_id",
        "filter.verdict",
        "filter.reason",
        "filter.start_time",
        "filter.end_time",
        "filter.text",
    ];
    assert_eq!(fields(&error), expected);

    let neither = client.postbacks().replay_page(ReplayPostbacksRequest::default()).await.unwrap_err();
    assert_eq!((neither.reason(), fields(&neither)), (ErrorReason::FieldInvalid, vec!["postbacks"]));
    // A replay accepts only held postbacks.
    for verdict in [PostbackVerdict::Recorded, PostbackVerdict::Duplicate] {
        let counted = PostbackFilter { verdict: verdict.into(), ..Default::default() };
        let error = client.postbacks().replay_page(request::replay_all(counted)).await.unwrap_err();
        assert_eq!((error.reason(), fields(&error)), (ErrorReason::FieldInvalid, vec!["filter.verdict"]));
    }
    let unknown = ReplayPostbacksRequest {
        overrides: Some(ReplayOverrides { conversion_code_id: format!("{:032X}", 1), ..Default::default() }),
        ..request::replay_all(PostbackFilter::default())
    };
    let error = client.postbacks().replay_page(unknown).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::NotFound, ErrorReason::ConversionCodeUnknown));
    let token = ReplayPostbacksRequest {
        page_token: "nonsense".to_owned(),
        ..request::replay_all(PostbackFilter::default())
    };
    assert_eq!(
        client.postbacks().replay_page(token).await.unwrap_err().reason(),
        ErrorReason::PageTokenInvalid
    );
}

#[tokio::test]
async fn postbacks_are_found_by_time_and_text() {
    let fixture = &Fixture::start().await;
    let send = async |query: &str| {
        let id = hold(&fixture.server, query, "PARAMETER_MISSING").await;
        get(&fixture.server, &id).await
    };
    let first = send("val=1&oid=order-1").await;
    let second = send("val=1&oid=order-12").await;
    let third = send("val=1&oid=ORDER-1&x=%C3%A4").await;
    let arrived = |postback: &Postback| postback.raw.as_ref().unwrap().receive_time;
    let list = async |filter: PostbackFilter| -> Vec<String> {
        fixture.postbacks(filter).await.into_iter().map(|postback| postback.id).collect()
    };
    let text = |text: &str| PostbackFilter { text: text.to_owned(), ..Default::default() };
    let ids =
        |postbacks: &[&Postback]| postbacks.iter().map(|postback| postback.id.clone()).collect::<Vec<_>>();
    assert_eq!(list(text("order-1")).await, ids(&[&second, &first]));
    assert_eq!(list(text("order-12")).await, ids(&[&second]));
    assert_eq!(list(text("%C3%A4")).await, ids(&[&third]));
    assert_eq!(list(text("%' OR 1=1 --")).await, ids(&[]));
    let between = |start: &Postback, end: &Postback| PostbackFilter {
        start_time: arrived(start),
        end_time: arrived(end),
        ..Default::default()
    };
    assert_eq!(list(between(&first, &third)).await, ids(&[&second, &first]));
    assert_eq!(list(between(&second, &third)).await, ids(&[&second]));
    assert_eq!(list(between(&third, &first)).await, ids(&[]));
    let since = PostbackFilter { start_time: arrived(&second), ..Default::default() };
    assert_eq!(list(since).await, ids(&[&third, &second]));

    // Bodies are searched as well. The filter of a replay selects the same postbacks as that of a
    // list.
    let body =
        reqwest::Client::new().post(format!("{}/s2s", fixture.server.url)).body("val=1&oid=in-the-body");
    assert_eq!(body.send().await.unwrap().status(), 400);
    assert_eq!(list(text("in-the-body")).await.len(), 1);
    let filter =
        PostbackFilter { text: "order-1".to_owned(), end_time: arrived(&second), ..Default::default() };
    let replayed = replay_all(&fixture.server, filter, ReplayOverrides::default()).await;
    assert_eq!(replayed.into_iter().map(|postback| postback.id).collect::<Vec<_>>(), ids(&[&first]));
}
