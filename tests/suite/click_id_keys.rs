//! Rotations of the click id keys: genuine clicks count before, during and after them. Once a
//! stolen key has ended, click ids that are forged with it don't count.

pub mod thief;

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client, Error,
    prost_types::Duration,
    v1::{
        ApiKeyScope, ClickIdKey, ConversionCode, ErrorReason, GetClickRequest, ListClicksRequest,
        ListConversionsRequest, ListPostbacksRequest, RotateClickIdKeyRequest, TrackingLink,
    },
};
use s2s_tests::{Server, eventually, http, request, sale};

use self::thief::{Thief, number_of};
use crate::{fields, report};

const ENDED: &str = "CLICK_ID_KEY_ENDED";
const DAY: i64 = 86_400;

async fn rotate(client: &Client, seconds: i64) -> Result<Vec<ClickIdKey>, Error> {
    let overlap = Some(Duration { seconds, nanos: 0 });
    let request = RotateClickIdKeyRequest { overlap, ..Default::default() };
    client.clicks().rotate_click_id_key(request).await.map(|response| response.click_id_keys)
}

fn numbers(keys: &[ClickIdKey]) -> Vec<u32> {
    keys.iter().map(|key| key.number).collect()
}

/// Visits the link until a click id has this key's number. Returns that click id.
async fn visit_with_key(url: &str, link: &TrackingLink, number: u8) -> String {
    eventually(async || {
        let click = sale::visit(&http(), url, &link.slug).await.unwrap().unwrap();
        (number_of(&click) == number).then_some(click)
    })
    .await
}

/// Sends a postback. Returns its verdict, or the reason for which it is held.
async fn sell(server: &Server, code: &ConversionCode, click: &str, order: &str) -> String {
    let answer = server.postback(&format!("clickId={click}&id={}&val=1&com=0&oid={order}", code.id)).await;
    let reason = answer.field("reason");
    if reason.is_empty() { answer.field("verdict") } else { reason }
}

/// The number of conversions of each click, as stored.
async fn counted(server: &Server) -> BTreeMap<String, usize> {
    let mut clicks = BTreeMap::new();
    let all: Vec<_> =
        server.client().conversions().list(ListConversionsRequest::default()).try_collect().await.unwrap();
    for conversion in all {
        *clicks.entry(conversion.click_id).or_default() += 1;
    }
    clicks
}

async fn stored(server: &Server, link: &TrackingLink) -> Vec<String> {
    let request = ListClicksRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    let mut all: Vec<String> =
        server.client().clicks().list(request).map_ok(|click| click.id).try_collect().await.unwrap();
    all.sort();
    all
}

/// Waits until the edge's snapshot contains the key, for a restart without the core.
async fn knows_key(edge: &Server, number: u8) {
    // The number, and the beginning of a secret of 32 bytes.
    let (path, key) = (edge.spool().join("known"), [0x08, number, 0x12, 32]);
    eventually(async || {
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(key.len()).any(|window| window == key).then_some(())
    })
    .await;
}

#[tokio::test]
async fn ids_of_every_key_count_before_between_and_after_rotations() {
    let server = Server::start().await;
    let edge = Server::start_edge(&server, &[]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let mut clicks = Vec::new();
    for number in 1..=4 {
        if number > 1 {
            let keys = server
                .client()
                .clicks()
                .rotate_click_id_key(RotateClickIdKeyRequest::default())
                .await
                .unwrap();
            let keys = keys.click_id_keys;
            assert_eq!(numbers(&keys), (1..=u32::from(number)).rev().collect::<Vec<_>>());
            assert_eq!(keys[0].expire_time, None);
            // The window of the only code is the default of 30 days.
            let (made, ends) = (keys[0].create_time.unwrap(), keys[1].expire_time.unwrap());
            assert_eq!((ends.seconds - made.seconds, ends.nanos), (30 * DAY, made.nanos));
        }
        // The core mints with the new key at once. The edge in the core's process and the separate
        // edge follow without a restart.
        let recorded = server.click(&link).await;
        assert_eq!(number_of(&recorded), number);
        clicks.push(recorded);
        for url in [&server.url, &edge.url] {
            clicks.push(visit_with_key(url, &link, number).await);
        }
        for click in &clicks {
            assert_eq!(sell(&server, &code, click, &number.to_string()).await, "RECORDED", "{click}");
        }
    }
    edge.drained().await;
    let counts = counted(&server).await;
    // Clicks of key 1 sold four times, those of key 4 once.
    let expected = clicks.iter().map(|click| (click.clone(), usize::from(5 - number_of(click)))).collect();
    assert_eq!(counts, expected);
    let known = stored(&server, &link).await;
    for click in clicks {
        assert!(known.contains(&click), "{click}");
        server.client().clicks().get(GetClickRequest { click_id: click }).await.unwrap();
    }
}

#[tokio::test]
async fn a_stolen_key_counts_nothing_but_stored_clicks() {
    let server = Server::start().await;
    let edge = Server::start_edge(&server, &[]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let genuine = [server.click(&link).await, visit_with_key(&edge.url, &link, 1).await];
    edge.drained().await;
    assert_eq!(sell(&server, &code, &genuine[0], "before").await, "RECORDED");
    let thief = Thief::break_in(&server, &link).await;
    let sold = thief.mint();
    assert_eq!(sell(&server, &code, &sold, "fraud").await, "RECORDED", "a forged id still counts");

    rotate(&server.client(), 0).await.unwrap();
    for (place, number) in [(&server, 0), (&edge, 1), (&server, 2)] {
        assert_eq!(sell(place, &code, &thief.mint(), &number.to_string()).await, ENDED, "{number}");
    }
    let client = server.client();
    let recorded = client.conversions().record(request::conversion(report(&code, &thief.mint()))).await;
    assert_eq!(recorded.unwrap_err().reason(), ErrorReason::ClickIdKeyEnded);
    // No caller can store the click of a forged id, and an erasure does not store it either.
    let forged = thief.mint();
    let (_, record) = server.api_key("", &[ApiKeyScope::Record]).await;
    for key in [record, s2s_tests::ADMIN_KEY.to_owned()] {
        let stored = thief.store(&server.client_with(&key), &forged).await;
        assert_eq!(stored.unwrap_err().reason(), ErrorReason::ClickIdKeyEnded);
    }
    thief.erase(&client, &forged).await.unwrap();
    assert_eq!(sell(&server, &code, &forged, "erased").await, ENDED);
    // The API key of the thief's edge is revoked, so that key stores nothing either.
    assert_eq!(thief.store_as_edge(&server, &forged).await.unwrap_err().reason(), ErrorReason::ApiKeyInvalid);
    // A recorded sale stays recorded, and a repetition of it is a duplicate.
    assert_eq!(sell(&server, &code, &sold, "fraud").await, "DUPLICATE");
    assert_eq!(sell(&server, &code, &sold, "more fraud").await, ENDED);
    for click in &genuine {
        for place in [&server, &edge] {
            assert_eq!(sell(place, &code, click, &place.url[17..]).await, "RECORDED", "{click}");
        }
    }
    let explained = thief.explain(&client, &code, &forged).await;
    assert!(explained.contains("may be forged"), "{explained}");
    let counts = counted(&server).await;
    let expected = [(genuine[0].clone(), 3), (genuine[1].clone(), 2), (sold, 1)].into();
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn an_overlap_ends_is_shortened_and_never_prolonged() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let first = (server.click(&link).await, Thief::break_in(&server, &link).await);
    let keys = rotate(&client, 3_600).await.unwrap();
    let second = (server.click(&link).await, Thief::break_in(&server, &link).await);
    for (number, (_, thief)) in [&first, &second].into_iter().enumerate() {
        assert_eq!(sell(&server, &code, &thief.mint(), &number.to_string()).await, "RECORDED");
    }
    // A longer overlap does not prolong the life of earlier keys. A shorter overlap shortens it.
    let longer = rotate(&client, DAY).await.unwrap();
    assert_eq!(longer[2].expire_time, keys[1].expire_time);
    let shorter = rotate(&client, 2).await.unwrap();
    assert_eq!((longer.len(), shorter.len()), (3, 4));
    assert!(shorter[1..].iter().all(|key| key.expire_time == shorter[1].expire_time), "{shorter:?}");
    for (click, thief) in [&first, &second] {
        eventually(async || (sell(&server, &code, &thief.mint(), "late").await == ENDED).then_some(())).await;
        assert_eq!(sell(&server, &code, click, "late").await, "RECORDED");
        assert_eq!(sell(&server, &code, &thief.mint(), "later").await, ENDED);
    }
}

#[tokio::test]
async fn a_new_key_is_good_at_every_core_at_once() {
    let one = Server::start().await;
    let other = Server::start_beside(&one).await;
    let code = one.code("Sale").await;
    let link = one.link(&[&code]).await;
    let mut clicks = Vec::new();
    for number in 2..=5_u8 {
        let [here, there] = if number % 2 == 0 { [&one, &other] } else { [&other, &one] };
        rotate(&here.client(), DAY).await.unwrap();
        let click = here.click(&link).await;
        assert_eq!(number_of(&click), number);
        // The other core may not have read the key yet.
        assert_eq!(sell(there, &code, &click, &number.to_string()).await, "RECORDED", "{click}");
        assert!(stored(there, &link).await.contains(&click));
        clicks.push(click);
        visit_with_key(&there.url, &link, number).await;
    }
    assert_eq!(counted(&one).await, clicks.into_iter().map(|click| (click, 1)).collect());
    // Rotations at both cores at the same time make two keys.
    let (here, there) = (one.client(), other.client());
    let both = tokio::join!(rotate(&here, DAY), rotate(&there, DAY));
    assert_eq!(both.0.unwrap().len() + both.1.unwrap().len(), 6 + 7);
    // The end of a key reaches the other core within a second.
    let thief = Thief::break_in(&one, &link).await;
    rotate(&here, 0).await.unwrap();
    let orders = std::cell::Cell::new(0);
    eventually(async || {
        orders.set(orders.get() + 1);
        (sell(&other, &code, &thief.mint(), &orders.get().to_string()).await == ENDED).then_some(())
    })
    .await;
}

/// Rotations while an edge has no core. After each rotation the core returns, and the test compares
/// everything that the edge has acknowledged with the stored rows.
#[tokio::test]
async fn an_edge_that_is_cut_off_loses_no_click_by_a_rotation() {
    let mut server = Server::start().await;
    let beside = Server::start_beside(&server).await;
    let mut edge = Server::start_edge(&server, &[]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let mut clicks = Vec::new();
    let mut expected = BTreeMap::new();
    for round in 1..=3_u8 {
        clicks.push(visit_with_key(&edge.url, &link, round).await);
        edge.knows(&link.slug).await;
        edge.drained().await;
        server.kill().await;
        let rotated = rotate(&beside.client(), 0).await.unwrap();
        assert_eq!(numbers(&rotated), (1..=u32::from(round) + 1).rev().collect::<Vec<_>>());
        let mut early = None;
        for order in 0..20 {
            let click = visit_with_key(&edge.url, &link, round).await;
            let query = format!("clickId={click}&id={}&val=1&com=0&oid={order}", code.id);
            assert_eq!(edge.postback(&query).await.field("verdict"), "QUEUED");
            expected.insert(click.clone(), 1);
            clicks.push(click.clone());
            early.get_or_insert(click);
        }
        // If a click still waits in the spool, its sale is held. The sale counts when the click has
        // arrived.
        let early = early.unwrap();
        assert_eq!(sell(&beside, &code, &early, "early").await, ENDED);
        expected.insert(early, 2);
        server.restart_in_place().await;
        edge.drained().await;
        eventually(async || (counted(&server).await == expected).then_some(())).await;
        // Without its core, a restarted edge mints with the key that it learned.
        clicks.push(visit_with_key(&edge.url, &link, round + 1).await);
        knows_key(&edge, round + 1).await;
        edge.drained().await;
        server.kill().await;
        edge.kill().await;
        edge.restart().await;
        let last = sale::visit(&http(), &edge.url, &link.slug).await.unwrap().unwrap();
        assert_eq!(number_of(&last), round + 1);
        clicks.push(last);
        server.restart_in_place().await;
        edge.drained().await;
        let health = edge.health().await;
        let spool = &health["spool"];
        assert_eq!((&spool["lost"], &spool["put_aside"]), (&0.into(), &0.into()), "{health}");
        let known = stored(&server, &link).await;
        assert!(clicks.iter().all(|click| known.contains(click)), "{round}");
        assert_eq!(counted(&server).await, expected, "{round}");
    }
}

/// If the core does not know the number of a key, it reads its keys again. The core's answer must
/// still reach an edge in time: otherwise strangers could make each of their postbacks go through
/// the spool.
///
/// On a busy machine, any postback may go through the spool. So a postback with a key that the core
/// knows follows each one with an invented key, and the test compares their numbers.
#[tokio::test]
async fn an_invented_number_of_a_key_keeps_no_answer_waiting() {
    const SENT: usize = 40;
    /// These ids begin with the numbers of the keys 255, 128 and 4.
    const INVENTED: [&str; 3] = ["zz", "g0", "0g"];
    /// The number of the key 1.
    const KNOWN: &str = "04";
    let server = Server::start().await;
    let edge = Server::start_edge(&server, &[]).await;
    let code = server.code("Sale").await;
    let queued =
        async |first: &str, number: usize| match sell(&edge, &code, &format!("{first}{number:038}"), "1001")
            .await
            .as_str()
        {
            "CLICK_ID_INVALID" => 0,
            "QUEUED" => 1,
            other => panic!("{other}"),
        };
    let (mut invented, mut known, mut kept) = (0, 0, 0);
    for (round, first) in INVENTED.into_iter().enumerate() {
        for number in round * SENT..(round + 1) * SENT {
            invented += queued(first, number).await;
            known += queued(KNOWN, number).await;
        }
        edge.drained().await;
        kept += 2 * SENT;
        let postbacks: Vec<_> =
            server.client().postbacks().list(ListPostbacksRequest::default()).try_collect().await.unwrap();
        assert_eq!(postbacks.len(), kept);
        assert!(postbacks.iter().all(|one| one.reason() == ErrorReason::ClickIdInvalid));
    }
    let sent = INVENTED.len() * SENT;
    assert!(invented < known + sent / 4, "{invented} and {known} of {sent} went through the spool");
}

#[tokio::test]
async fn a_rotation_has_limits_and_is_safe_to_repeat() {
    let mut server = Server::start().await;
    let client = server.client();
    let ask = async |overlap: Option<Duration>, request_id: &str, validate_only| {
        let request_id = request_id.to_owned();
        let request = RotateClickIdKeyRequest { overlap, request_id, validate_only };
        client.clicks().rotate_click_id_key(request).await.map(|response| numbers(&response.click_id_keys))
    };
    for (seconds, nanos) in [(-1, 0), (400 * DAY + 1, 0), (1, 1)] {
        let error = ask(Some(Duration { seconds, nanos }), "", false).await.unwrap_err();
        assert_eq!(fields(&error), ["overlap"]);
    }
    let error = ask(None, &"x".repeat(65), false).await.unwrap_err();
    assert_eq!(fields(&error), ["request_id"]);
    let longest = Some(Duration { seconds: 400 * DAY, nanos: 0 });
    assert_eq!(ask(longest, "", true).await.unwrap(), [1]);
    for _ in 0..3 {
        assert_eq!(ask(longest, "once", false).await.unwrap(), [2, 1]);
    }
    server.kill().await;
    server.restart_in_place().await;
    assert_eq!(ask(longest, "once", false).await.unwrap(), [2, 1]);
    for number in 3..=10 {
        assert_eq!(ask(longest, "", false).await.unwrap()[0], number);
    }
    // A request that is repeated late, after other rotations, makes no key either.
    assert_eq!(ask(longest, "once", false).await.unwrap()[0], 10);
    assert_eq!(fields(&ask(longest, "", false).await.unwrap_err()), ["overlap"]);
    assert_eq!(ask(None, "", true).await.unwrap_err().reason(), ErrorReason::FieldInvalid);
    for number in 11..=255 {
        assert_eq!(rotate(&client, 0).await.unwrap()[0].number, number);
    }
    let error = rotate(&client, 0).await.unwrap_err();
    assert_eq!(error.reason(), ErrorReason::ClickIdKeysUsedUp);
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    assert_eq!(number_of(&server.click(&link).await), 255);
}
