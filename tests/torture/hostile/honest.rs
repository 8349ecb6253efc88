//! The honest senders: sales at a steady pace. Each sale is sent when it is due, even if earlier
//! sales are not answered yet. Some sales have a macro that the network did not replace.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream};
use reqwest::redirect::Policy;
use s2s_sdk::v1::{ConversionCode, Postback, TrackingLink};
use s2s_tests::{
    Answer, Server,
    sale::{query, visit},
};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    crowd::PROMISED_WITHIN,
    ledger::{Ledger, now},
    street::print_latencies,
};

/// The interval between sales: 200 a second.
const SALE_INTERVAL: Duration = Duration::from_millis(5);
/// One of this many sales has a macro instead of its click id.
const MACRO_EVERY: usize = 20;
/// There is one visit for this many sales.
const VISITOR_EVERY: usize = 10;
const MACRO: &str = "{clickid}";
/// The addresses of the senders, each in a network of its own.
const SENDERS: [&str; 4] = ["203.0.113.5", "198.18.7.9", "192.0.2.33", "2001:db8:77::1"];
/// The number of concurrent visits before the attack.
const VISITS_AT_ONCE: usize = 16;
/// The time limit of an answer: the server's own limit of 10 s, and a margin for a busy machine.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// The pause of a sender before a repetition, in the phase `Killed`.
const TRY_AGAIN: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    Before,
    Attack,
    After,
    /// From the kill until the server reports `serving`, with its backlog delivered. A sender
    /// that gets no answer tries again.
    Killed,
    Again,
}

/// The traffic and its measurements.
pub struct Honest {
    url: String,
    code: ConversionCode,
    link: TrackingLink,
    /// The clicks that the sales name, in turn. Nobody knows beforehand how long the restart takes,
    /// so the last sales may name the first clicks again.
    click_ids: Vec<String>,
    pub ledger: Ledger,
    http: reqwest::Client,
    when: Mutex<When>,
    is_over: AtomicBool,
    took: Mutex<BTreeMap<(&'static str, When), Vec<Duration>>>,
    /// The sales whose postback had a macro and was acknowledged: the number of the sale, by
    /// postback id.
    held: Mutex<BTreeMap<String, usize>>,
    /// The number of attempts to send a postback with a macro.
    macros: Mutex<usize>,
    faults: Mutex<Vec<String>>,
}

impl Honest {
    pub fn new(server: &Server, code: ConversionCode, link: TrackingLink, ledger: Ledger) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(ANSWERED_WITHIN);
        Self {
            url: server.url.clone(),
            code,
            link,
            click_ids: Vec::new(),
            ledger,
            http: http.build().unwrap(),
            when: Mutex::new(When::Before),
            is_over: AtomicBool::new(false),
            took: Mutex::default(),
            held: Mutex::default(),
            macros: Mutex::default(),
            faults: Mutex::default(),
        }
    }

    pub fn link_id(&self) -> &str {
        &self.link.id
    }

    pub fn enter(&self, when: When) {
        *self.when.lock().unwrap() = when;
    }

    fn when(&self) -> When {
        *self.when.lock().unwrap()
    }

    pub fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Makes one visit for each sale that is due within `time`.
    pub async fn visit_first(&mut self, time: Duration) -> Result<(), String> {
        let count = time.as_millis() / SALE_INTERVAL.as_millis();
        let visits = stream::iter(0..count).map(|_| self.visit(Instant::now()));
        let click_ids: Vec<Option<String>> = visits.buffer_unordered(VISITS_AT_ONCE).collect().await;
        self.click_ids = click_ids.into_iter().flatten().collect();
        self.check()
    }

    /// Sends one sale from each sender's network. Once a sale has counted, the server knows its
    /// sender.
    pub async fn become_known(&self) -> Result<(), String> {
        for sender in SENDERS {
            let number = self.ledger.next_sale();
            self.sell(number, sender, Instant::now(), self.click_ids[number].clone()).await;
        }
        self.check()
    }

    /// Sends sales and visitors until `end` is called. Returns once the last request is answered.
    pub async fn send_all(self: Arc<Self>) {
        let mut ticks = interval(SALE_INTERVAL);
        // Makes up for missed sales as soon as possible. Otherwise a pause of this process would be
        // a pause of the load.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut tasks = JoinSet::new();
        while !self.is_over.load(Ordering::Relaxed) {
            let due = ticks.tick().await.into_std();
            while let Some(ended) = tasks.try_join_next() {
                ended.unwrap();
            }
            let number = self.ledger.next_sale();
            if number.is_multiple_of(VISITOR_EVERY) {
                let honest = self.clone();
                tasks.spawn(async move {
                    honest.visit(due).await;
                });
            }
            let honest = self.clone();
            tasks.spawn(async move {
                let click_id = honest.click_ids[number % honest.click_ids.len()].clone();
                let is_macro = number % MACRO_EVERY == MACRO_EVERY / 2;
                let click_id = if is_macro { MACRO.to_owned() } else { click_id };
                honest.sell(number, SENDERS[number % SENDERS.len()], due, click_id).await;
            });
        }
        tasks.join_all().await;
    }

    /// Follows the link.
    async fn visit(&self, due: Instant) -> Option<String> {
        let asked = self.ask("visit", due, || async move {
            let (visitor, when) = (self.ledger.next_visit(), self.when());
            let (begun, clock) = (now(), Instant::now());
            let slug = format!("{}?sub1={visitor}", self.link.slug);
            Ok(match visit(&self.http, &self.url, &slug).await? {
                Ok(click_id) => {
                    if clock.elapsed() < PROMISED_WITHIN && when == self.when() {
                        self.ledger.sent_on(visitor, &click_id, begun);
                    }
                    Ok(click_id)
                }
                Err(status) => Err(format!("visitor {visitor} was answered {status}")),
            })
        });
        asked.await
    }

    /// Sends a sale, and notes its acknowledgement.
    async fn sell(&self, number: usize, sender: &str, due: Instant, click_id: String) {
        let (query, begun) = (&query(&self.code.id, &click_id, number), now());
        let url = &format!("{}/s2s?{query}", self.url);
        let is_macro = click_id == MACRO;
        let answer = self.ask(if is_macro { "macro" } else { "sale" }, due, || async move {
            *self.macros.lock().unwrap() += usize::from(is_macro);
            let answer = self.http.get(url).header("x-forwarded-for", sender).send().await?;
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            let answer = Answer { status, headers, text: answer.text().await? };
            let is_good = match (status, answer.field("verdict").as_str()) {
                (200, "RECORDED" | "DUPLICATE") => !is_macro,
                (202, "QUEUED") => true,
                (400, "HELD") => is_macro && answer.field("reason") == "MACRO_NOT_REPLACED",
                _ => false,
            };
            let fault = || format!("sale {number} of {sender} was answered {answer:?}");
            Ok(if is_good { Ok(answer) } else { Err(fault()) })
        });
        let Some(answer) = answer.await else { return };
        if is_macro {
            self.held.lock().unwrap().insert(answer.field("postback_id"), number);
            return;
        }
        let conversion_id = answer.field("conversion_id");
        let conversion_id = (answer.status == 200).then_some(conversion_id.as_str());
        self.ledger.acknowledged(number, &click_id, begun, conversion_id);
    }

    /// Sends `request`. If there is no answer in the phase `Killed`, sends it again. After any other
    /// outcome that is not allowed, notes a fault and returns `None`.
    async fn ask<T, F: Future<Output = reqwest::Result<Result<T, String>>>>(
        &self,
        what: &'static str,
        due: Instant,
        request: impl Fn() -> F,
    ) -> Option<T> {
        loop {
            let when = self.when();
            let fault = match request().await {
                Ok(Ok(answer)) => {
                    self.took.lock().unwrap().entry((what, when)).or_default().push(due.elapsed());
                    return Some(answer);
                }
                Err(_) if [when, self.when()].contains(&When::Killed) => {
                    sleep(TRY_AGAIN).await;
                    continue;
                }
                Ok(Err(fault)) => fault,
                Err(error) => format!("{what} without an answer: {error:?}"),
            };
            self.faults.lock().unwrap().push(format!("{when:?}: {fault}"));
            return None;
        }
    }

    pub fn print(&self) {
        print_latencies(&mut self.took.lock().unwrap());
    }

    /// Returns the first fault.
    pub fn check(&self) -> Result<(), String> {
        let faults = self.faults.lock().unwrap();
        let first = faults.first().map(|fault| format!("{} faults, the first: {fault}", faults.len()));
        first.map_or(Ok(()), Err)
    }

    /// The number of sales and visits that are answered.
    pub fn answered(&self) -> usize {
        self.took.lock().unwrap().values().map(Vec::len).sum()
    }

    /// Checks that each acknowledged postback with a macro is held unchanged, and that no more
    /// postbacks with a macro are held than were sent.
    pub fn check_held(&self, stored: &[Postback]) -> Result<String, String> {
        let by_id: BTreeMap<&str, &Postback> =
            stored.iter().map(|postback| (postback.id.as_str(), postback)).collect();
        let (held, sent) = (self.held.lock().unwrap(), *self.macros.lock().unwrap());
        for (id, number) in held.iter() {
            let postback = by_id.get(id.as_str()).ok_or(format!("lost: {id} of sale {number}"))?;
            let target = String::from_utf8_lossy(&postback.raw.as_ref().unwrap().target).into_owned();
            let expected = query(&self.code.id, MACRO, *number);
            if target != format!("/s2s?{expected}") {
                return Err(format!("{id} of sale {number} was {expected}, and is {target}"));
            }
        }
        if held.is_empty() || stored.len() > sent {
            return Err(format!("{} with a macro sent, {} stored", sent, stored.len()));
        }
        Ok(format!(
            "{} postbacks with a macro acknowledged, {} held as MACRO_NOT_REPLACED",
            held.len(),
            stored.len()
        ))
    }
}
