//! Outages that last: the database, or the core of an edge, is away for long under steady clicks and postbacks, and the
//! server that they go to is restarted in the middle. Nobody may be refused and nothing be lost; what callers feel is
//! printed, not judged, since it is the machine's as well.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use reqwest::redirect::Policy;
use s2s_sdk::v1::{ConversionCode, TrackingLink};
use s2s_tests::{
    Server,
    database::breakable::Breakable,
    sale::{query, visit},
};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    crowd::{Acknowledged, postback},
    ledger::{Ledger, now},
};

/// A visitor comes so often, each with a sale: 50 of either a second.
const VISITOR_INTERVAL: Duration = Duration::from_millis(20);
/// While so many are on their way, none comes: a slow machine is not to be measured by its queue.
const VISITORS_MAX: usize = 64;
/// What is normal is measured for so long at least.
const NORMAL_MIN: Duration = Duration::from_secs(3);
/// How long a caller waits who finds the server restarting.
const TRY_AGAIN: Duration = Duration::from_millis(100);
/// How often it is asked whether the backlog is gone: asking costs those who are measured.
const ASK_INTERVAL: Duration = Duration::from_millis(100);
/// How long that may take, whatever the machine.
const CAUGHT_UP_WITHIN: Duration = Duration::from_mins(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Normal,
    Outage,
    /// From SIGTERM until it listens again: who finds nobody comes again.
    Restart,
    Drain,
    Over,
}

/// Where visitors and merchants go.
struct Street {
    url: String,
    code: ConversionCode,
    link: TrackingLink,
    ledger: Ledger,
    phase: Mutex<Phase>,
    /// How long what was begun in which phase took: redirects, and postbacks.
    took: Mutex<BTreeMap<(&'static str, Phase), Vec<Duration>>>,
    faults: Mutex<Vec<String>>,
}

/// What is away in an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Away {
    Database,
    Core,
}

/// The servers of a scene.
struct Scene {
    away: Away,
    database: Breakable,
    core: Server,
    /// Where the core is away.
    edge: Option<Server>,
}

/// Both outages, one after the other.
pub async fn torture(kind: &str, length: Duration) -> Result<String, String> {
    let database = outage(kind, Away::Database, length).await?;
    let core = outage(kind, Away::Core, length).await?;
    Ok(format!("{kind}, database away: {database}\n{kind}, core away: {core}"))
}

async fn outage(kind: &str, away: Away, length: Duration) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::start(kind, away, folder.path()).await;
    let street = Arc::new(scene.street(folder.path()).await);
    let mut visitors = JoinSet::new();
    visitors.spawn(street.clone().send_visitors());

    sleep(NORMAL_MIN.max(length / 3)).await;
    street.enter(Phase::Outage);
    scene.take_away().await;
    sleep(length / 2).await;
    street.enter(Phase::Restart);
    scene.restart_front().await;
    street.enter(Phase::Outage);
    sleep(length / 2).await;
    let backlog = scene.front().health().await["spool"]["records"].clone();
    scene.give_back().await;
    street.enter(Phase::Drain);
    let begun = Instant::now();
    scene.caught_up().await;
    let drained_in = begun.elapsed();
    street.enter(Phase::Normal);
    sleep(NORMAL_MIN).await;
    street.enter(Phase::Over);
    visitors.join_all().await;
    scene.front().drained().await;

    println!("{kind}, {away:?} away: a backlog of {backlog} records, drained in {drained_in:.1?}");
    street.print();
    if let Some(fault) = street.faults.lock().unwrap().first() {
        return Err(format!("{} faults, the first: {fault}", street.faults.lock().unwrap().len()));
    }
    street.ledger.check(&scene.core, &street.link.id).await
}

impl Scene {
    async fn start(kind: &str, away: Away, folder: &Path) -> Self {
        let database = Breakable::start_kind(kind, folder).await;
        let url = database.url.clone();
        let (core, edge) = match away {
            Away::Database => (Server::start_at_with(url, &["--spool", "spool"]).await, None),
            Away::Core => {
                let core = Server::start_at_with(url, &["--role", "core"]).await;
                let edge = Server::start_edge(&core, &[]).await;
                (core, Some(edge))
            }
        };
        Self { away, database, core, edge }
    }

    /// That visitors and merchants go to.
    fn front(&self) -> &Server {
        self.edge.as_ref().unwrap_or(&self.core)
    }

    async fn street(&self, folder: &Path) -> Street {
        let code = self.core.code("Sale").await;
        let link = self.core.link(&[&code]).await;
        let street = Street {
            url: self.front().url.clone(),
            code,
            link,
            ledger: Ledger::in_folder(folder),
            phase: Mutex::new(Phase::Normal),
            took: Mutex::default(),
            faults: Mutex::default(),
        };
        let http = client();
        street.visitor(&http).await;
        self.front().knows(&street.link.slug).await;
        street
    }

    async fn take_away(&mut self) {
        match self.away {
            Away::Database => self.database.take_away().await,
            Away::Core => self.core.kill().await,
        }
    }

    async fn give_back(&mut self) {
        match self.away {
            Away::Database => self.database.give_back().await,
            Away::Core => self.core.restart_in_place().await,
        }
    }

    async fn restart_front(&mut self) {
        let front = self.edge.as_mut().unwrap_or(&mut self.core);
        front.terminate().await;
        assert!(front.ended().await.success(), "what was accepted is answered first");
        front.restart_in_place().await;
    }

    /// Waits until nothing is in the spool for long. Traffic goes on, so that there may always be something.
    async fn caught_up(&self) {
        let caught_up = async {
            while self.front().health().await["status"] != "serving" {
                sleep(ASK_INTERVAL).await;
            }
        };
        timeout(CAUGHT_UP_WITHIN, caught_up).await.unwrap();
    }
}

/// A connection for each request, as most merchants have it.
fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build().unwrap()
}

impl Street {
    fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap() = phase;
    }

    fn phase(&self) -> Phase {
        *self.phase.lock().unwrap()
    }

    /// Until it is over; returns once all have gone home.
    async fn send_visitors(self: Arc<Self>) {
        let http = client();
        let mut ticks = interval(VISITOR_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut visitors = JoinSet::new();
        while self.phase() != Phase::Over {
            ticks.tick().await;
            while visitors.try_join_next().is_some() {}
            if visitors.len() >= VISITORS_MAX {
                continue;
            }
            let (street, http) = (self.clone(), http.clone());
            visitors.spawn(async move { street.visitor(&http).await });
        }
        visitors.join_all().await;
    }

    /// Follows the link and buys.
    async fn visitor(&self, http: &reqwest::Client) {
        let number = self.ledger.next_sale();
        let visited = self.ask("redirect", || async move {
            let (visitor, begun) = (self.ledger.next_visit(), now());
            let slug = format!("{}?sub1={visitor}", self.link.slug);
            let answer = visit(http, &self.url, &slug).await?;
            if let Ok(click_id) = &answer {
                self.ledger.sent_on(visitor, click_id, begun);
            }
            Ok(answer.map_err(|status| format!("visitor {visitor} was answered {status}")))
        });
        let Some(click_id) = visited.await else { return };
        let (query, begun) = (&query(&self.code.id, &click_id, number), now());
        let sold = self.ask("postback", || async move {
            let answer = postback(http, &self.url, query).await?;
            Ok(answer.ok_or(format!("sale {number} was refused")))
        });
        match sold.await {
            Some(Acknowledged::Counted(conversion_id)) => {
                self.ledger.acknowledged(number, &click_id, begun, Some(&conversion_id));
            }
            Some(Acknowledged::Queued) => self.ledger.acknowledged(number, &click_id, begun, None),
            None => {}
        }
    }

    /// What was answered to `request`; `None` where that was not what must be, which is a fault.
    async fn ask<T, F: Future<Output = reqwest::Result<Result<T, String>>>>(
        &self,
        what: &'static str,
        request: impl Fn() -> F,
    ) -> Option<T> {
        loop {
            let (phase, begun) = (self.phase(), Instant::now());
            let answer = request().await;
            let fault = match answer {
                Ok(Ok(answer)) => {
                    self.took.lock().unwrap().entry((what, phase)).or_default().push(begun.elapsed());
                    return Some(answer);
                }
                Ok(Err(refusal)) => refusal,
                Err(_) if [phase, self.phase()].contains(&Phase::Restart) => {
                    sleep(TRY_AGAIN).await;
                    continue;
                }
                Err(error) => format!("{what} without an answer: {error:?}"),
            };
            self.faults.lock().unwrap().push(format!("in phase {phase:?}: {fault}"));
            return None;
        }
    }

    fn print(&self) {
        println!("{:24}{:>9}{:>9}{:>9}{:>9}", "milliseconds", "count", "p50", "p99", "most");
        for ((what, phase), took) in self.took.lock().unwrap().iter_mut() {
            took.sort_unstable();
            let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)].as_millis();
            let name = format!("{what}, {phase:?}").to_lowercase();
            println!("{name:24}{:>9}{:>9}{:>9}{:>9}", took.len(), at(50), at(99), at(100));
        }
    }
}
