//! Erasures of visitors with very many postbacks: they do not block the sales of another account.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use s2s_sdk::{
    Client, Code,
    v1::{
        BatchRecordConversionsRequest, CreateTrackingLinkRequest, EraseVisitorRequest, ErrorReason,
        ListConversionsRequest, ListPostbacksRequest, NoteCode, Postback, PostbackFilter, RawPostback,
        ReplayPostbacksRequest, TrackingLink,
    },
};
use s2s_tests::{Server, click_id_of, http, request};
use tokio::task::JoinSet;

use crate::fixture::other_account;

/// Held postbacks of each click. Each has a parameter of `HELD_BYTES` bytes.
const HELD: usize = 400;
const HELD_BYTES: usize = 6_000;
/// Postbacks of one call.
const BATCH: usize = 200;
/// Clicks whose visitors are erased.
const CLICKS: usize = 3;
/// Calls that are in progress at the same time.
const CALLS: usize = 4;
/// Sales that are sent during each kind of call.
const SALES: usize = 100;
/// The number of these sales that may wait in the spool, because a busy machine delays some.
const QUEUED_MAX: usize = 50;

/// How long the calls may take after the sales until one of them is answered.
const PATIENCE: Duration = Duration::from_mins(2);

/// An account with clicks, each named by very many held postbacks.
struct Crowd {
    client: Client,
    clicks: Vec<String>,
}

impl Crowd {
    async fn gather(server: &Server) -> Self {
        let (client, code) = other_account(server).await;
        let destination = "https://shop.example/?s1=[s2sidentifier]".to_owned();
        let link = TrackingLink { destination, ..Default::default() };
        let create = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
        let link = client.tracking_links().create(create).await.unwrap().tracking_link.unwrap();
        let mut clicks = Vec::new();
        for _ in 0..CLICKS {
            let visit = http().get(format!("{}/{}", server.url, link.slug)).send().await.unwrap();
            clicks.push(click_id_of(visit.headers()["location"].to_str().unwrap()));
        }
        let crowd = Self { client, clicks };
        for click in &crowd.clicks {
            crowd.hold(click, &code.id).await;
        }
        crowd
    }

    async fn hold(&self, click: &str, code: &str) {
        let filling = "x".repeat(HELD_BYTES);
        for batch in 0..HELD / BATCH {
            let one = |number: usize| {
                let target =
                    format!("/s2s?clickId={click}&id={code}&val=1&com=0&n={batch}-{number}&z={filling}");
                let raw = RawPostback {
                    method: "GET".to_owned(),
                    target: target.into_bytes(),
                    ..Default::default()
                };
                request::postback(raw)
            };
            let requests = (0..BATCH).map(one).collect();
            let request = BatchRecordConversionsRequest { requests };
            assert_eq!(self.client.conversions().batch_record(request).await.unwrap().results.len(), BATCH);
        }
    }

    async fn held(&self) -> Vec<Postback> {
        let (mut all, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListPostbacksRequest { page_size: 1_000, page_token, ..Default::default() };
            let page = self.client.postbacks().list_page(request).await.unwrap();
            all.extend(page.postbacks);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    }
}

/// A call that one account repeats while the sales are sent.
#[derive(Clone, Copy, Debug)]
enum Call {
    Rehearse,
    Erase,
    Replay,
}

/// Goes on after the sales end until a call is answered: on a busy machine an erasure can take longer
/// than its caller waits, and a repeated one has less left to do.
async fn repeat(client: Client, call: Call, click: String, ends: Arc<AtomicBool>, done: Arc<AtomicUsize>) {
    while !ends.load(Ordering::Relaxed) || done.load(Ordering::Relaxed) == 0 {
        let outcome = match call {
            Call::Rehearse | Call::Erase => {
                let validate_only = matches!(call, Call::Rehearse);
                let request = EraseVisitorRequest { click_id: click.clone(), validate_only };
                client.clicks().erase_visitor(request).await.map(|erased| {
                    assert_eq!(erased.postback_count, i64::try_from(HELD).unwrap());
                })
            }
            Call::Replay => {
                let all = request::replay_all(PostbackFilter::default());
                let request = ReplayPostbacksRequest { validate_only: true, ..all };
                client.postbacks().replay_page(request).await.map(|_| ())
            }
        };
        match outcome {
            Ok(()) => {
                done.fetch_add(1, Ordering::Relaxed);
            }
            // The calls wait for each other. A caller that gives up repeats its call.
            Err(error) => assert!(
                error.reason() == ErrorReason::Overloaded || error.code() == Code::DeadlineExceeded,
                "{call:?}: {error:?}"
            ),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasures_of_one_account_keep_no_other_account_waiting() {
    let server = Server::start_with(&["--spool", "spool"]).await;
    let crowd = Crowd::gather(&server).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    for (round, call) in [Call::Rehearse, Call::Erase, Call::Replay].into_iter().enumerate() {
        let (ends, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut calls = JoinSet::new();
        for number in 0..CALLS {
            let click = crowd.clicks[number % CLICKS].clone();
            calls.spawn(repeat(crowd.client.clone(), call, click, ends.clone(), done.clone()));
        }
        let mut queued = 0;
        for number in 0..SALES {
            let click = server.click(&link).await;
            let query = format!("clickId={click}&id={}&val=1&com=0&oid={round}-{number}", code.id);
            let verdict = server.postback(&query).await.field("verdict");
            assert!(["RECORDED", "QUEUED"].contains(&verdict.as_str()), "{call:?}: {verdict}");
            queued += usize::from(verdict == "QUEUED");
            // Checked after each sale, not only at the end: if the calls keep the server busy,
            // every sale is slow.
            assert!(queued <= QUEUED_MAX, "{call:?}: {queued} of {number} sales had to wait");
        }
        ends.store(true, Ordering::Relaxed);
        let answered = tokio::time::timeout(PATIENCE, calls.join_all()).await;
        assert!(answered.is_ok(), "{call:?}: no call was answered");
        server.drained().await;
        let request = ListConversionsRequest { page_size: 1_000, ..Default::default() };
        let counted = server.client().conversions().list_page(request).await.unwrap().conversions.len();
        assert_eq!(counted, (round + 1) * SALES, "{call:?}");
    }
    for click_id in crowd.clicks.clone() {
        let request = EraseVisitorRequest { click_id, ..Default::default() };
        crowd.client.clicks().erase_visitor(request).await.unwrap();
    }
    let held = crowd.held().await;
    assert_eq!(held.len(), CLICKS * HELD);
    let is_erased = |held: &Postback| held.notes.iter().any(|note| note.code() == NoteCode::VisitorErased);
    assert!(held.iter().all(is_erased));
}
