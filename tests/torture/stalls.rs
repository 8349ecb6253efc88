//! Short stalls: the database is away for less than a second, again and again, while postbacks of the
//! same clicks keep arriving.
//!
//! A postback waits in the spool behind those of its click that wait already. So a drain that is no
//! faster than the arrivals would answer 202 for as long as the load goes on, from one short stall. After
//! each stall, and after a kill, all postbacks must be recorded at once again while the load goes on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use s2s_sdk::v1::ConversionCode;
use s2s_tests::{
    http,
    sale::{query, visit},
};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    crowd::{Acknowledged, postback},
    ledger::{Ledger, now},
    scene::{Away, Promised, Scene},
};

/// The number of stalls. The server is killed in the last one.
const STALLS: usize = 4;
const STALL: Duration = Duration::from_millis(600);
/// The number of clicks for all postbacks. Each click gets ten postbacks a second.
const CLICKS: usize = 200;
/// The postbacks are sent in groups.
const GROUP: usize = 20;
const GROUP_INTERVAL: Duration = Duration::from_millis(10);
/// The maximum number of postbacks in flight. At the maximum no further postback is sent: otherwise the
/// test would measure the queue of a slow machine.
const IN_FLIGHT_MAX: usize = 500;
/// The pause of a merchant before a repetition, if the server did not answer.
const PAUSE: Duration = Duration::from_millis(100);
/// The server is calm again after so long without an answer 202, and so many sales in this time.
const CALM: Duration = Duration::from_secs(1);
const CALM_SALES: usize = 100;
/// The time limit until the server is calm again, even on a slow machine.
const CALM_WITHIN: Duration = Duration::from_mins(2);
/// The interval between two looks.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// The postbacks, and what was answered.
struct Flow {
    url: String,
    code: ConversionCode,
    click_ids: Vec<String>,
    ledger: Arc<Ledger>,
    counted: AtomicUsize,
    queued: AtomicUsize,
    over: AtomicBool,
}

/// Stalls the database again and again, and checks at the end that everything acknowledged is stored.
pub async fn torture(kind: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::start(kind, Away::Database, &[], folder.path()).await;
    let street = scene.street(folder.path(), Promised::All).await;
    let flow = Flow::open(scene.front().url.clone(), street.code.clone(), &street.link.slug, &street.ledger);
    let flow = Arc::new(flow.await);
    let mut sending = JoinSet::new();
    sending.spawn(flow.clone().send_all());
    flow.calm("the start").await?;
    for number in 1..=STALLS {
        let before = flow.queued.load(Relaxed);
        scene.take_away().await;
        if number == STALLS {
            scene.kill_front().await;
        }
        sleep(STALL).await;
        scene.give_back().await;
        let what = format!("stall {number}");
        let took = flow.calm(&what).await?;
        let queued = flow.queued.load(Relaxed) - before;
        println!("{kind}, {what}: {queued} postbacks answered 202, the last one after {took:.1?}");
    }
    flow.over.store(true, Relaxed);
    while let Some(sent) = sending.join_next().await {
        sent.unwrap();
    }
    scene.front().drained().await;
    let summary = street.ledger.check(scene.front(), &street.link.id).await?;
    Ok(format!("{kind}, short stalls: {summary}"))
}

impl Flow {
    async fn open(url: String, code: ConversionCode, slug: &str, ledger: &Arc<Ledger>) -> Self {
        let (http, mut click_ids) = (http(), Vec::new());
        while click_ids.len() < CLICKS {
            let (visitor, begun) = (ledger.next_visit(), now());
            let click_id = visit(&http, &url, &format!("{slug}?sub1={visitor}")).await.unwrap().unwrap();
            ledger.sent_on(visitor, &click_id, begun);
            click_ids.push(click_id);
        }
        let (counted, queued, over) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
        Self { url, code, click_ids, ledger: ledger.clone(), counted, queued, over }
    }

    /// Sends postbacks at a steady rate, until `over` is set. Returns once all of them are acknowledged.
    async fn send_all(self: Arc<Self>) {
        let (http, mut in_flight) = (http(), JoinSet::new());
        let mut ticks = interval(GROUP_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        while !self.over.load(Relaxed) {
            ticks.tick().await;
            while let Some(sent) = in_flight.try_join_next() {
                sent.unwrap();
            }
            for _ in 0..GROUP.min(IN_FLIGHT_MAX.saturating_sub(in_flight.len())) {
                let (flow, http) = (self.clone(), http.clone());
                in_flight.spawn(async move { flow.send(&http).await });
            }
        }
        in_flight.join_all().await;
    }

    /// Sends one postback until it is acknowledged.
    async fn send(&self, http: &reqwest::Client) {
        let (number, begun) = (self.ledger.next_sale(), now());
        let click_id = &self.click_ids[number % self.click_ids.len()];
        let query = query(&self.code.id, click_id, number);
        loop {
            match postback(http, &self.url, &query).await {
                Ok(Ok(Acknowledged::Counted(conversion_id))) => {
                    self.counted.fetch_add(1, Relaxed);
                    return self.ledger.acknowledged(number, click_id, begun, Some(&conversion_id));
                }
                Ok(Ok(Acknowledged::Queued)) => {
                    self.queued.fetch_add(1, Relaxed);
                    return self.ledger.acknowledged(number, click_id, begun, None);
                }
                Ok(Err(pause)) => sleep(pause).await,
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Waits until postbacks are recorded at once again. Returns the time until the last answer 202.
    async fn calm(&self, what: &str) -> Result<Duration, String> {
        let read = || (self.queued.load(Relaxed), self.counted.load(Relaxed));
        let begun = Instant::now();
        let (mut since, (mut queued, mut counted)) = (begun, read());
        while begun.elapsed() < CALM_WITHIN {
            sleep(LOOK_INTERVAL).await;
            let (queued_now, counted_now) = read();
            if queued_now != queued {
                (since, queued, counted) = (Instant::now(), queued_now, counted_now);
            }
            if since.elapsed() >= CALM && counted_now >= counted + CALM_SALES {
                return Ok(since.duration_since(begun));
            }
        }
        Err(format!("{CALM_WITHIN:?} after {what}, postbacks are still answered 202 or not at all"))
    }
}
