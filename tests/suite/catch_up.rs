//! After the core has hung for a moment, its edge soon passes on the core's answers again, although
//! the traffic continues. The records in the spool are delivered beside live calls, so later
//! postbacks of the same clicks soon no longer wait behind these records.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures::{TryStreamExt as _, future::join_all};
use s2s_sdk::v1::ListConversionsRequest;
use s2s_tests::{Answer, Server, eventually_within, http};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

/// Few clicks, so that postbacks of each click follow each other soon.
const CLICKS: usize = 40;
/// Time between two postbacks. Each postback is sent even if earlier ones are not answered yet.
const EVERY: Duration = Duration::from_millis(25);
/// Number of consecutive answers by the core after which the edge counts as caught up.
const IN_A_ROW: usize = 60;
/// The longest time until the edge has caught up. The backlog takes a second or two.
const PATIENCE: Duration = Duration::from_secs(30);

/// Counts answers.
#[derive(Default)]
struct Seen {
    sent: AtomicUsize,
    queued: AtomicUsize,
    /// Answers by the core since the last `QUEUED`.
    in_a_row: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edge_catches_up_with_a_core_that_was_slow_while_the_traffic_goes_on() {
    let mut core = Server::start().await;
    let edge = Server::start_edge(&core, &[]).await;
    let sale = core.code("Sale").await;
    let link = core.link(&[&sale]).await;
    let clicks = join_all((0..CLICKS).map(|_| core.click(&link))).await;
    let (seen, http) = (std::sync::Arc::new(Seen::default()), http());
    let mut traffic = JoinSet::new();
    let (counts, url) = (seen.clone(), edge.url.clone());
    traffic.spawn(async move {
        let (mut senders, mut due) = (JoinSet::new(), interval(EVERY));
        due.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for number in 0.. {
            due.tick().await;
            let query =
                format!("clickId={}&id={}&val=1.00&com=0.00&oid={number}", clicks[number % CLICKS], sale.id);
            let (http, url, counts) = (http.clone(), format!("{url}/s2s?{query}"), counts.clone());
            counts.sent.fetch_add(1, Ordering::Relaxed);
            senders.spawn(async move {
                let answer = Answer::of(http.get(url).send().await.unwrap()).await;
                match (answer.status, answer.field("verdict").as_str()) {
                    (200, "RECORDED") => {
                        counts.in_a_row.fetch_add(1, Ordering::Relaxed);
                    }
                    (202, "QUEUED") => {
                        counts.in_a_row.store(0, Ordering::Relaxed);
                        counts.queued.fetch_add(1, Ordering::Relaxed);
                    }
                    _ => panic!("{answer:?}"),
                }
            });
            while senders.try_join_next().is_some() {}
        }
    });
    let caught_up = async || {
        seen.in_a_row.store(0, Ordering::Relaxed);
        let begun = Instant::now();
        eventually_within(PATIENCE, async || {
            (seen.in_a_row.load(Ordering::Relaxed) >= IN_A_ROW).then_some(())
        })
        .await;
        begun.elapsed()
    };
    caught_up().await;
    for round in 0..3 {
        let before = seen.queued.load(Ordering::Relaxed);
        core.freeze().await;
        eventually_within(PATIENCE, async || {
            (seen.queued.load(Ordering::Relaxed) > before + 2 * CLICKS).then_some(())
        })
        .await;
        core.thaw().await;
        let took = caught_up().await;
        println!("round {round}: caught up after {took:?}, {:?} queued", seen.queued);
    }
    traffic.shutdown().await;
    edge.drained().await;
    core.kill().await;
    core.restart_in_place().await;
    // Postbacks whose senders were cut off at the end may have been counted.
    let counted =
        core.client().conversions().list(ListConversionsRequest { page_size: 1_000, ..Default::default() });
    let counted = counted.map_ok(|_| 1).try_fold(0, async |sum, one| Ok(sum + one)).await.unwrap();
    let sent = seen.sent.load(Ordering::Relaxed);
    assert!(counted <= sent && counted + IN_A_ROW > sent, "{counted} of {sent}");
}
