//! Steady visits and sales during a long failure: the senders, the allowed answers of each phase,
//! and the measured latencies.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::redirect::Policy;
use s2s_sdk::v1::{ConversionCode, TrackingLink};
use s2s_tests::sale::{query, visit};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    crowd::{Acknowledged, PROMISED_WITHIN, postback},
    ledger::{Ledger, now},
};

/// The interval between visitors. Each visitor buys something, so there are 50 visits and 50 sales
/// a second.
const VISITOR_INTERVAL: Duration = Duration::from_millis(20);
/// The maximum number of visitors in flight, not counting those who wait after a refusal. At the
/// maximum no further visitor comes: otherwise the test would measure the queue of a slow machine.
const VISITORS_MAX: usize = 64;
/// The pause of a caller before a repetition, if no server listens.
const TRY_AGAIN: Duration = Duration::from_millis(100);
/// The time limit that nine of ten redirects must meet while neither core nor spool accepts clicks.
/// It is twenty times the server's own limit of 50 ms, because the machine may stall during some
/// redirects.
const SENT_ON_WITHIN: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Normal,
    Outage,
    /// Neither the core nor the spool accepts anything. Postbacks are refused and sent again;
    /// visitors are redirected.
    Trouble,
    /// From a graceful stop until the server listens again. Its socket stays open, so clients wait
    /// in the socket's queue.
    Restart,
    /// From a kill until the server listens again. Clients whose connection fails try again.
    Killed,
    Drain,
    Over,
}

/// The traffic and its measurements.
pub struct Street {
    url: String,
    pub code: ConversionCode,
    pub link: TrackingLink,
    /// Ids of stored clicks. A visitor whose own click may be lost buys with one of these clicks.
    /// Empty if the click of every visitor must be stored.
    click_ids: Vec<String>,
    pub ledger: Arc<Ledger>,
    phase: Mutex<Phase>,
    /// The latencies of redirects and postbacks, by the phase in which they began.
    took: Mutex<BTreeMap<(&'static str, Phase), Vec<Duration>>>,
    /// The number of refusals after which a merchant sent the postback again.
    refused: AtomicUsize,
    /// The number of refused merchants who have not sent the postback again yet.
    waiting: AtomicUsize,
    faults: Mutex<Vec<String>>,
}

/// An answer that is no success.
enum Refusal {
    /// Refused for now; to be repeated after this time.
    ForNow(Duration),
    Fault(String),
}

impl Street {
    pub fn new(
        url: String,
        code: ConversionCode,
        link: TrackingLink,
        click_ids: Vec<String>,
        ledger: Arc<Ledger>,
    ) -> Self {
        Self {
            url,
            code,
            link,
            click_ids,
            ledger,
            phase: Mutex::new(Phase::Normal),
            took: Mutex::default(),
            refused: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            faults: Mutex::default(),
        }
    }

    pub fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap() = phase;
    }

    fn phase(&self) -> Phase {
        *self.phase.lock().unwrap()
    }

    /// The number of refusals after which a merchant sent the postback again.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Returns the first fault: a wrong answer, a missing answer, or visitors who had to wait.
    pub fn check(&self) -> Result<(), String> {
        let faults = self.faults.lock().unwrap();
        if let Some(fault) = faults.first() {
            return Err(format!("{} faults, the first: {fault}", faults.len()));
        }
        if let Some(took) = self.took.lock().unwrap().get_mut(&("redirect", Phase::Trouble)) {
            took.sort_unstable();
            let most = took[took.len() * 9 / 10];
            if most > SENT_ON_WITHIN {
                return Err(format!("visitors waited for {most:?}"));
            }
        }
        Ok(())
    }

    /// Sends visitors until the phase is `Over`. Returns once the last visit has ended.
    pub async fn send_visitors(self: Arc<Self>) {
        let http = client();
        let mut ticks = interval(VISITOR_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut visitors = JoinSet::new();
        while self.phase() != Phase::Over {
            ticks.tick().await;
            while let Some(gone_home) = visitors.try_join_next() {
                gone_home.unwrap();
            }
            if visitors.len().saturating_sub(self.waiting.load(Ordering::Relaxed)) >= VISITORS_MAX {
                continue;
            }
            let (street, http) = (self.clone(), http.clone());
            visitors.spawn(async move { street.send_visitor(&http).await });
        }
        visitors.join_all().await;
    }

    /// Sends the first visitor of a link, so that the server learns the link.
    pub async fn send_first_visitor(&self) {
        self.send_visitor(&client()).await;
    }

    /// Follows the link and buys.
    async fn send_visitor(&self, http: &reqwest::Client) {
        let number = self.ledger.next_sale();
        let visited = self.ask("redirect", || async move {
            let (visitor, phase) = (self.ledger.next_visit(), self.phase());
            let (begun, clock) = (now(), Instant::now());
            let slug = format!("{}?sub1={visitor}", self.link.slug);
            Ok(match visit(http, &self.url, &slug).await? {
                Ok(click_id) => Ok(self.promises(phase, clock.elapsed()).then(|| {
                    self.ledger.sent_on(visitor, &click_id, begun);
                    click_id
                })),
                Err(status) => Err(Refusal::Fault(format!("visitor {visitor} was answered {status}"))),
            })
        });
        let Some(promised) = visited.await else { return };
        let click_id = promised.unwrap_or_else(|| self.click_ids[number % self.click_ids.len()].clone());
        let (query, begun) = (&query(&self.code.id, &click_id, number), now());
        let sold = self.ask("postback", || async move {
            let answer = postback(http, &self.url, query).await?;
            Ok(answer.map_err(Refusal::ForNow))
        });
        match sold.await {
            Some(Acknowledged::Counted(conversion_id)) => {
                self.ledger.acknowledged(number, &click_id, begun, Some(&conversion_id));
            }
            Some(Acknowledged::Queued) => self.ledger.acknowledged(number, &click_id, begun, None),
            None => {}
        }
    }

    /// True if the click of a visitor who was just redirected must be stored at the end. The visit
    /// began in `phase` and took `took`. Every phase is longer than `PROMISED_WITHIN`, so a short
    /// visit that begins and ends in the same phase has seen no other phase.
    fn promises(&self, phase: Phase, took: Duration) -> bool {
        let durable = took < PROMISED_WITHIN && phase == self.phase() && phase != Phase::Trouble;
        durable || self.click_ids.is_empty()
    }

    /// Sends `request`, and repeats it after each failure that the phase allows. Returns the
    /// answer. After an outcome that the phase does not allow, notes a fault and returns `None`.
    async fn ask<T, F: Future<Output = reqwest::Result<Result<T, Refusal>>>>(
        &self,
        what: &'static str,
        request: impl Fn() -> F,
    ) -> Option<T> {
        loop {
            let (phase, begun) = (self.phase(), Instant::now());
            let answer = request().await;
            let phases = [phase, self.phase()];
            let fault = match answer {
                Ok(Ok(answer)) => {
                    self.took.lock().unwrap().entry((what, phase)).or_default().push(begun.elapsed());
                    return Some(answer);
                }
                Ok(Err(Refusal::ForNow(pause))) if phases.contains(&Phase::Trouble) => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    self.waiting.fetch_add(1, Ordering::Relaxed);
                    sleep(pause).await;
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    continue;
                }
                Err(_) if phases.contains(&Phase::Killed) => {
                    sleep(TRY_AGAIN).await;
                    continue;
                }
                Ok(Err(Refusal::ForNow(_))) => format!("{what} refused"),
                Ok(Err(Refusal::Fault(fault))) => fault,
                Err(error) => format!("{what} without an answer: {error:?}"),
            };
            self.faults.lock().unwrap().push(format!("in phase {phase:?}: {fault}"));
            return None;
        }
    }

    pub fn print(&self) {
        print_latencies(&mut self.took.lock().unwrap());
    }
}

/// Prints latencies by kind of request and by phase.
pub fn print_latencies<P: Debug>(took: &mut BTreeMap<(&'static str, P), Vec<Duration>>) {
    println!("{:24}{:>9}{:>9}{:>9}{:>9}", "milliseconds", "count", "p50", "p99", "most");
    for ((what, phase), took) in took {
        took.sort_unstable();
        let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)].as_millis();
        let name = format!("{what}, {phase:?}").to_lowercase();
        println!("{name:24}{:>9}{:>9}{:>9}{:>9}", took.len(), at(50), at(99), at(100));
    }
}

/// A client with a new connection for each request, like most merchants.
fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build().unwrap()
}
