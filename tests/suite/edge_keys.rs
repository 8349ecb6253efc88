//! A thief with the stolen key of an edge can do only the things that an honest edge may need to
//! do.

use s2s_sdk::{
    Error,
    prost_types::{FieldMask, Timestamp},
    v1::{
        ConversionCode, ConversionVerdict, DedupePolicy, ErrorReason, ListClicksRequest, RawPostback,
        RecordClickRequest, RecordConversionResponse, UpdateConversionCodeRequest,
    },
};
use s2s_tests::{Server, request, sale::postback_id};

use crate::{click_id_keys::thief::Thief, fields, fixture::Fixture, moved};

const DAY: i64 = 86_400;

/// Passes a postback on to the core with the stolen key, as an edge does.
async fn hand_on(
    server: &Server,
    thief: &Thief,
    target: &str,
    time: Timestamp,
    id: String,
) -> Result<RecordConversionResponse, Error> {
    let postback = RawPostback {
        method: "GET".to_owned(),
        target: target.as_bytes().to_vec(),
        receive_time: Some(time),
        postback_id: id,
        ..Default::default()
    };
    thief.client(server).conversions().record(request::postback(postback)).await
}

#[tokio::test]
async fn clicks_of_another_age_and_clicks_without_an_id_are_refused() {
    let server = Server::start().await;
    let link = server.link(&[&server.code("Sale").await]).await;
    let (thief, _) = Thief::at_work(&server, &link).await;
    let now = link.create_time.unwrap().seconds;
    let client = thief.client(&server);
    for (what, seconds, refused) in [
        ("1970", 0, true),
        ("more than three years ago", now - 1_096 * DAY, true),
        ("more than three years ahead", now + 1_096 * DAY, true),
        ("as from a spool", now - 100 * DAY, false),
        ("as by a wrong clock", now + 100 * DAY, false),
        ("now", now, false),
    ] {
        let stored = thief.store(&client, &thief.mint_at(seconds)).await;
        let reason = stored.as_ref().err().map(Error::reason);
        assert_eq!(reason, refused.then_some(ErrorReason::ClockWrong), "{what}: {stored:?}");
    }
    for click_time in [None, moved(link.create_time, -3_600), Some(Timestamp::default())] {
        let request =
            RecordClickRequest { tracking_link_id: link.id.clone(), click_time, ..Default::default() };
        let refused = client.clicks().record(request).await.unwrap_err();
        assert_eq!((refused.reason(), fields(&refused)), (ErrorReason::FieldInvalid, vec!["click_id"]));
    }
    let all = ListClicksRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    assert_eq!(server.client().clicks().list_page(all).await.unwrap().clicks.len(), 3);
}

#[tokio::test]
async fn a_postback_that_is_sent_again_after_a_change_of_the_policy_counts_once() {
    let fixture = Fixture::start().await;
    let server = &fixture.server;
    let link = server.link(&[&fixture.code]).await;
    let (thief, _) = Thief::at_work(server, &link).await;
    let now = fixture.code.create_time.unwrap();
    let mut counted = 0;
    for (round, policy) in
        [DedupePolicy::Every, DedupePolicy::OnePerClick, DedupePolicy::Every].into_iter().enumerate()
    {
        let click = server.click(&link).await;
        let sale = format!("/s2s?clickId={click}&id={}&val=5&com=1", fixture.code.id);
        let id = postback_id(now, u8::try_from(round).unwrap() + 10);
        let first = hand_on(server, &thief, &sale, now, id.clone()).await.unwrap();
        assert_eq!(first.verdict(), ConversionVerdict::Recorded);
        counted += 1;
        let code = ConversionCode { dedupe_policy: policy.into(), ..fixture.code.clone() };
        let update_mask = Some(FieldMask { paths: vec!["dedupe_policy".to_owned()] });
        let update =
            UpdateConversionCodeRequest { conversion_code: Some(code), update_mask, ..Default::default() };
        server.client().conversion_codes().update(update).await.unwrap();
        let again = hand_on(server, &thief, &sale, now, id).await.unwrap();
        assert_eq!(again.conversion_id, first.conversion_id);
        assert_eq!(fixture.conversions().await.len(), counted, "{policy:?}");
    }
}

#[tokio::test]
async fn an_id_fits_its_postback_and_tells_nothing_about_another() {
    let fixture = Fixture::start().await;
    let server = &fixture.server;
    let (thief, _) = Thief::at_work(server, &server.link(&[&fixture.code]).await).await;
    let now = fixture.code.create_time.unwrap();
    let sale = fixture.fill("/s2s?clickId=$click&id=$code&val=5&com=1&oid=1");
    // Ids whose time is not the time of arrival.
    let zeros = format!("pb_{}", "0".repeat(26));
    let late = postback_id(moved(Some(now), 2).unwrap(), 1);
    let early = postback_id(moved(Some(now), -190 * DAY).unwrap(), 1);
    for id in [zeros.clone(), late, early] {
        let refused = hand_on(server, &thief, &sale, now, id).await.unwrap_err();
        assert_eq!(fields(&refused), ["postback.postback_id"], "{refused}");
    }
    let of_1970 = hand_on(server, &thief, &sale, Timestamp::default(), zeros).await.unwrap_err();
    assert_eq!(of_1970.reason(), ErrorReason::ClockWrong);
    assert_eq!(fixture.conversions().await.len(), 0);
    // If the id belongs to a stored postback, another postback with this id is refused. The refusal
    // tells nothing about the stored one.
    let id = postback_id(now, 1);
    let counted = hand_on(server, &thief, &sale, now, id.clone()).await.unwrap();
    assert_eq!(counted.verdict(), ConversionVerdict::Recorded);
    for other in ["/s2s", &sale.replace("oid=1", "oid=2"), &format!("{sale}&x=1")] {
        let refused = hand_on(server, &thief, other, now, id.clone()).await.unwrap_err();
        let found = (refused.reason(), fields(&refused));
        assert_eq!(found, (ErrorReason::RequestIdReused, vec!["postback.postback_id"]), "{other}");
        assert!(!format!("{refused:?}").contains(&counted.conversion_id), "{refused:?}");
    }
    // The same postback is answered as the first time.
    let again = hand_on(server, &thief, &sale, now, id).await.unwrap();
    assert_eq!((again.verdict(), again.conversion_id), (counted.verdict(), counted.conversion_id));
    assert_eq!(fixture.conversions().await.len(), 1);
}
