//! Streams of events: everything that is committed, once, across failures.

mod ends;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use futures::{StreamExt as _, TryStreamExt as _, future::join_all, stream::BoxStream};
use s2s_sdk::{
    Client, Error,
    prost_types::Timestamp,
    v1::{
        ApiKeyScope, Conversion, ConversionCode, ConversionFilter, ConversionVerdict, ErrorReason,
        ListConversionsRequest, NewConversion, Postback, PostbackFilter, PostbackVerdict, RecordClickRequest,
        RecordConversionRequest, TrackingLink, WatchConversionsRequest, WatchConversionsResponse,
        WatchPostbacksRequest, WatchPostbacksResponse, watch_conversions_response::Event as OfConversion,
        watch_postbacks_response::Event as OfPostback,
    },
};
use s2s_tests::{Server, administrator, database, eventually, proxy::Proxy, request};
use tokio::time::timeout;

use crate::{fields, report};

/// Longest time in which a stream shows what was committed.
const PATIENCE: Duration = Duration::from_secs(30);
/// Time limit of a call with its retries, while servers are killed on a busy machine.
const CALL_LIMIT: Duration = Duration::from_mins(1);

type Conversions = BoxStream<'static, Result<WatchConversionsResponse, Error>>;
type Postbacks = BoxStream<'static, Result<WatchPostbacksResponse, Error>>;

fn from(resume_token: &str) -> WatchConversionsRequest {
    WatchConversionsRequest { resume_token: resume_token.to_owned(), ..Default::default() }
}

async fn next<T>(stream: &mut BoxStream<'static, Result<T, Error>>) -> Result<T, Error> {
    timeout(PATIENCE, stream.next()).await.unwrap().unwrap()
}

/// Opens a stream. Returns it behind its first heartbeat, with the heartbeat's token.
async fn watch(client: &Client, request: WatchConversionsRequest) -> (Conversions, String) {
    let mut stream = client.conversions().watch(request);
    let first = next(&mut stream).await.unwrap();
    assert!(matches!(first.event, Some(OfConversion::Heartbeat(_))), "{first:?}");
    assert_eq!(first.account_id, "");
    (stream, first.resume_token)
}

/// The next conversions, with the token behind each.
async fn conversions(stream: &mut Conversions, number: usize) -> Vec<(Conversion, String)> {
    let mut seen = Vec::new();
    while seen.len() < number {
        let message = next(stream).await.unwrap();
        match message.event {
            Some(OfConversion::Conversion(conversion)) => seen.push((conversion, message.resume_token)),
            Some(OfConversion::Heartbeat(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    seen
}

async fn postbacks(stream: &mut Postbacks, number: usize) -> Vec<Postback> {
    let mut seen = Vec::new();
    while seen.len() < number {
        match next(stream).await.unwrap().event {
            Some(OfPostback::Postback(postback)) => seen.push(postback),
            Some(OfPostback::Heartbeat(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    seen
}

fn ids(seen: &[(Conversion, String)]) -> Vec<&str> {
    let mut ids: Vec<_> = seen.iter().map(|(conversion, _)| conversion.id.as_str()).collect();
    ids.sort_unstable();
    ids
}

fn numbered(code: &ConversionCode, click: &str, number: usize) -> RecordConversionRequest {
    let transaction_id = number.to_string();
    request::conversion(NewConversion { transaction_id, ..report(code, click) })
}

/// Records conversions at the same time. Returns their ids, sorted.
async fn record(
    client: &Client,
    code: &ConversionCode,
    click: &str,
    numbers: std::ops::Range<usize>,
) -> Vec<String> {
    let calls = numbers.map(|number| client.conversions().record(numbered(code, click, number)));
    let answers = join_all(calls).await;
    let mut ids: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().conversion_id).collect();
    ids.sort_unstable();
    ids
}

async fn stored(server: &Server) -> Vec<String> {
    let all = server.client().conversions().list(ListConversionsRequest::default());
    let mut ids: Vec<_> = all.map_ok(|conversion| conversion.id).try_collect().await.unwrap();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_watcher_sees_each_conversion_once_and_can_go_on_behind_any() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    record(&client, &code, &click, 0..3).await;
    let (mut stream, begin) = watch(&client, from("")).await;
    let recorded = record(&client, &code, &click, 3..63).await;
    let seen = conversions(&mut stream, 60).await;
    assert_eq!(ids(&seen), recorded);
    assert!(seen.iter().all(|(conversion, _)| conversion.conversion_code_id == code.id));
    // A repetition is no event.
    let again = client.conversions().record(numbered(&code, &click, 3)).await.unwrap();
    assert_eq!(again.verdict(), ConversionVerdict::Duplicate);
    // Each place is exact, also within a commit.
    for at in [0, 1, 29, 58] {
        let (mut behind, _) = watch(&client, from(&seen[at].1)).await;
        let rest = conversions(&mut behind, 59 - at).await;
        let expected: Vec<_> = seen[at + 1..].iter().map(|(conversion, _)| &conversion.id).collect();
        assert_eq!(rest.iter().map(|(conversion, _)| &conversion.id).collect::<Vec<_>>(), expected);
    }
    let (mut all, _) = watch(&client, from(&begin)).await;
    assert_eq!(ids(&conversions(&mut all, 60).await), recorded);
    let last = record(&client, &code, &click, 63..64).await;
    for stream in [&mut stream, &mut all] {
        assert_eq!(ids(&conversions(stream, 1).await), last);
    }
}

#[tokio::test]
async fn commits_of_many_conversions_are_shown_whole() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let (mut stream, begin) = watch(&client, from("")).await;
    let batch = async |batch: usize| {
        let requests: Vec<_> =
            (0..400).map(|number| numbered(&code, &click, 1_000 * batch + number)).collect();
        client.conversions().batch_record(requests).await.unwrap();
    };
    join_all((0..8).map(batch)).await;
    let stored = stored(&server).await;
    assert_eq!(stored.len(), 3_200);
    assert_eq!(ids(&conversions(&mut stream, 3_200).await), stored);
    let (mut behind, _) = watch(&client, from(&begin)).await;
    assert_eq!(ids(&conversions(&mut behind, 3_200).await), stored);
}

#[tokio::test]
async fn a_stream_shows_what_passes_its_filter_and_is_of_its_accounts() {
    let server = Server::start().await;
    let client = server.client();
    let codes = [server.code("Sale").await, server.code("Lead").await];
    let link = server.link(&[&codes[0], &codes[1]]).await;
    let click = server.click(&link).await;
    let account = server.account("Other").await;
    let scopes = [ApiKeyScope::Read, ApiKeyScope::Write, ApiKeyScope::Record];
    let (_, key) = server.api_key(&account.id, &scopes).await;
    let other = server.client_with(&key);
    let filter = ConversionFilter { conversion_code_id: codes[1].id.clone(), ..Default::default() };
    let (mut of_lead, _) = watch(&client, filter.clone().into()).await;
    let (mut of_other, _) = watch(&other, from("")).await;
    let all = WatchConversionsRequest { all_accounts: true, ..Default::default() };
    let (mut of_all, _) = watch(&client, all.clone()).await;
    let held = PostbackFilter { verdict: PostbackVerdict::Held.into(), ..Default::default() };
    let mut of_held: Postbacks = client.postbacks().watch(held);
    let first = next(&mut of_held).await.unwrap();
    assert!(matches!(first.event, Some(OfPostback::Heartbeat(_))));

    let sales = record(&client, &codes[0], &click, 0..5).await;
    let leads = record(&client, &codes[1], &click, 0..5).await;
    assert_eq!(ids(&conversions(&mut of_lead, 5).await), leads);
    let mut both = [sales, leads].concat();
    both.sort_unstable();
    assert_eq!(ids(&conversions(&mut of_all, 10).await), both);
    // Two postbacks count, one is held, and then counts by a replay: three events pass no filter.
    let mut of_postbacks: Postbacks = client.postbacks().watch(());
    next(&mut of_postbacks).await.unwrap();
    for (order, value) in [("p1", "1"), ("p2", "1"), ("p3", "x")] {
        server.postback(&format!("clickId={click}&id={}&val={value}&com=0&oid={order}", codes[0].id)).await;
    }
    let held = postbacks(&mut of_held, 1).await;
    assert_eq!(held[0].verdict(), PostbackVerdict::Held);
    let mut verdicts = BTreeMap::<_, usize>::new();
    for postback in postbacks(&mut of_postbacks, 3).await {
        *verdicts.entry(postback.verdict()).or_default() += 1;
    }
    assert_eq!(verdicts, [(PostbackVerdict::Recorded, 2), (PostbackVerdict::Held, 1)].into());
    assert_eq!(conversions(&mut of_all, 2).await.len(), 2);

    // The other account has seen nothing of all that, and sees its own.
    let code = ConversionCode { name: "Theirs".to_owned(), ..Default::default() };
    let code = other.conversion_codes().create(code).await.unwrap().conversion_code.unwrap();
    let destination = "http://shop.example/?s1=[s2sidentifier]".to_owned();
    let link = TrackingLink { destination, conversion_code_ids: vec![code.id.clone()], ..Default::default() };
    let link = other.tracking_links().create(link).await.unwrap().tracking_link.unwrap();
    let click = RecordClickRequest { tracking_link_id: link.id, ..Default::default() };
    let click = other.clicks().record(click).await.unwrap().click.unwrap().id;
    let theirs = record(&other, &code, &click, 0..1).await;
    assert_eq!(ids(&conversions(&mut of_other, 1).await), theirs);
    let message = next(&mut of_all).await.unwrap();
    assert_eq!(message.account_id, account.id);
    // Only an administrator watches all accounts.
    let refused = next(&mut other.conversions().watch(all)).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::ScopeMissing);
}

#[tokio::test]
async fn what_a_stream_can_not_begin_with_is_refused() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let (mut stream, begin) = watch(&client, from("")).await;
    // Each in a commit of its own.
    for number in 0..4 {
        record(&client, &code, &click, number..number + 1).await;
    }
    let seen = conversions(&mut stream, 4).await;
    for token in ["x", "!", &begin[1..], &begin[..begin.len() - 2], &format!("{begin}AAAA")] {
        let refused = next(&mut client.conversions().watch(from(token))).await.unwrap_err();
        assert_eq!(
            (refused.reason(), fields(&refused)),
            (ErrorReason::ResumeTokenInvalid, vec!["resume_token"])
        );
        let request = WatchPostbacksRequest { resume_token: token.to_owned(), ..Default::default() };
        let refused = next(&mut client.postbacks().watch(request)).await.unwrap_err();
        assert_eq!(refused.reason(), ErrorReason::ResumeTokenInvalid);
    }
    let time = Some(Timestamp::default());
    let filter = ConversionFilter {
        click_id: click.clone(),
        time: 1,
        start_time: time,
        end_time: time,
        ..Default::default()
    };
    let request = WatchConversionsRequest { filter: Some(filter), all_accounts: true, ..Default::default() };
    let refused = next(&mut client.conversions().watch(request)).await.unwrap_err();
    let expected = ["filter.time", "filter.start_time", "filter.end_time", "filter.click_id"];
    assert_eq!(fields(&refused), expected);
    let filter = PostbackFilter { start_time: time, end_time: time, ..Default::default() };
    let refused = next(&mut client.postbacks().watch(filter)).await.unwrap_err();
    assert_eq!(fields(&refused), ["filter.start_time", "filter.end_time"]);

    // Conversions that are deleted by now are a gap, with their number.
    database::execute(&server.database_url, "DELETE FROM conversion").await;
    let mut with_gap = client.conversions().watch(from(&seen[0].1));
    let mut gone = 0;
    while gone < 3 {
        match next(&mut with_gap).await.unwrap().event {
            Some(OfConversion::Gap(gap)) => gone += gap.events,
            Some(OfConversion::Heartbeat(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(gone, 3);
    // Streams whose events are deleted can't go on, those behind them can.
    let last = seen.last().unwrap().1.clone();
    let others = "DELETE FROM journal WHERE NOT EXISTS (SELECT 1 FROM (SELECT lane, MAX(seq) AS seq FROM journal GROUP \
                  BY lane) AS newest WHERE newest.lane = journal.lane AND newest.seq = journal.seq)";
    database::execute(&server.database_url, others).await;
    let mut old = client.conversions().watch(from(&begin));
    next(&mut old).await.unwrap();
    assert_eq!(next(&mut old).await.unwrap_err().reason(), ErrorReason::ResumeTokenTooOld);
    let (mut behind, _) = watch(&client, from(&last)).await;
    let recorded = record(&client, &code, &click, 4..5).await;
    assert_eq!(ids(&conversions(&mut behind, 1).await), recorded);
}

#[tokio::test]
async fn an_account_has_a_hundred_streams_and_one_that_ends_makes_room() {
    let server = Server::start().await;
    let mut open = Vec::new();
    for _ in 0..5 {
        // A connection has fewer streams than an account.
        let client = server.client();
        for _ in 0..20 {
            let mut stream = client.conversions().watch(());
            next(&mut stream).await.unwrap();
            open.push(stream);
        }
    }
    let patient = administrator(&server.url).retries(0).build().unwrap();
    let refused = next(&mut patient.conversions().watch(())).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::Overloaded);
    open.pop();
    eventually(async || next(&mut patient.conversions().watch(())).await.ok()).await;
}

/// Watchers of two servers, while both servers are killed and their connections are cut.
#[tokio::test]
async fn a_watcher_sees_all_through_kills_and_cuts() {
    let mut one = Server::start().await;
    let mut other = Server::start_beside(&one).await;
    let code = one.code("Sale").await;
    let click = one.click(&one.link(&[&code]).await).await;
    let proxies = [Proxy::start(address(&one)).await, Proxy::start(address(&other)).await];
    let clients = proxies.each_ref().map(|proxy| {
        administrator(&format!("http://{}", proxy.address))
            .retries(1_000)
            .timeout(CALL_LIMIT)
            .build()
            .unwrap()
    });
    let mut streams = Vec::new();
    for client in &clients {
        streams.push(watch(client, from("")).await.0);
    }
    let (recorded, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let load = async |client: &Client, first: usize| {
        let mut number = first;
        while !done.load(Ordering::Relaxed) {
            record(client, &code, &click, number..number + 5).await;
            recorded.fetch_add(5, Ordering::Relaxed);
            number += 5;
        }
    };
    let cut = async {
        for round in 0..60 {
            let before = recorded.load(Ordering::Relaxed);
            match round % 12 {
                3 => {
                    one.kill().await;
                    one.restart_in_place().await;
                }
                9 => {
                    other.kill().await;
                    other.restart_in_place().await;
                }
                _ if round % 2 == 0 => proxies.iter().for_each(Proxy::cut),
                _ => proxies.iter().for_each(Proxy::cut_before_answers),
            }
            // The load goes on between two blows.
            eventually(async || (recorded.load(Ordering::Relaxed) > before).then_some(())).await;
        }
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(load(&clients[0], 0), load(&clients[1], 1_000_000), cut);
    let stored = stored(&one).await;
    assert_eq!(stored.len(), recorded.into_inner());
    for stream in &mut streams {
        assert_eq!(ids(&conversions(stream, stored.len()).await), stored);
    }
    // Nothing comes twice: the next conversion is a new one.
    let last = record(&clients[0], &code, &click, 2_000_000..2_000_001).await;
    for stream in &mut streams {
        assert_eq!(ids(&conversions(stream, 1).await), last);
    }
}

fn address(server: &Server) -> String {
    server.url.strip_prefix("http://").unwrap().to_owned()
}
