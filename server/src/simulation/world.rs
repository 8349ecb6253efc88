//! The world of a simulation: what happens next, and what must be true in the end.

use std::{sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::time::{Instant, advance};

use super::{
    clients::{Call, LostAnswers, Promises, Way, make, mint, sale},
    history::{EventKind, History, Key},
    server::{Plan, Server},
    template::{BEGIN, Template, folder, open, url},
    watchers::Watcher,
};
use crate::{
    db::seam::{Desk, Kind, Verdict, Waiting},
    values::{
        id::Random,
        time::{Clock, Span, simulated},
    },
};

/// Number of steps before everything is allowed to settle.
const STEPS: usize = 220;
/// Maximum number of steps until everything has settled.
const SETTLING_STEPS_MAX: usize = 6_000;
/// Time after which each server has begun another pass of its retention.
const RETENTION_PASSES: Duration = Duration::from_secs(61);
/// The beginning of the statement with which a fold begins.
const FOLD: &str = "SELECT id, folded_seq FROM lane ";
/// Number of steps that a failure shows.
const SHOWN: usize = 80;

/// The digest of all that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace(String);

pub struct World {
    random: Random,
    desk: Arc<Desk>,
    plans: Vec<Plan>,
    servers: Vec<Option<Server>>,
    asleep: [bool; 2],
    history: History,
    watchers: Vec<Watcher>,
    promises: Promises,
    template: super::clients::SetUp,
    clicks: Vec<(String, Key)>,
    orders: u64,
    lost: LostAnswers,
    /// The fold of no server goes on.
    fold_stands: bool,
    /// Chance of a fault, in per mille.
    faults: u64,
    /// The step before which days pass, and how many.
    days: Option<(usize, u64)>,
    log: Vec<String>,
    trace: blake3::Hasher,
    folder: TempDir,
}

impl World {
    pub async fn begin(template: &Template, seed: u64, desk: Arc<Desk>) -> Self {
        simulated::set(Some(BEGIN.plus(Span::from_seconds(3_600))));
        let folder = folder();
        template.copy_to(folder.path());
        let random = Random::seeded(seed);
        let mut world = Self {
            desk,
            plans: Vec::new(),
            servers: vec![None, None],
            asleep: [false; 2],
            history: History::open(url(folder.path())).await,
            watchers: Vec::new(),
            promises: Promises::default(),
            template: template.set_up.clone(),
            clicks: Vec::new(),
            orders: 0,
            lost: LostAnswers::default(),
            fold_stands: false,
            faults: 0,
            days: None,
            log: Vec::new(),
            trace: blake3::Hasher::new(),
            random,
            folder,
        };
        world.faults = [0, 20, 50, 150][world.below_index(4)];
        if world.one_in(3) {
            world.days = Some((100 + world.below_index(100), [3, 8][world.below_index(2)]));
        }
        for number in 0..2 {
            let ahead = [0, 0, 40, 1_500, 3_500, 10_800][world.below_index(6)];
            let ahead_seconds = if world.one_in(2) { ahead } else { -ahead };
            let plan = Plan {
                number,
                db: open(world.folder.path()).await,
                spool: world.folder.path().join(format!("spool-{number}")),
                ahead_seconds,
                batch_max: [1, 3, 1_000][world.below_index(3)],
                batches_max: [1, 2][world.below_index(2)],
                postbacks_kept_for: world.one_in(2).then_some(Span::from_days(1)),
            };
            world.plans.push(plan);
            world.start(number).await;
        }
        for kind in [EventKind::Conversion, EventKind::Postback, EventKind::Conversion] {
            let name = format!("watcher {}", world.watchers.len());
            let pace = [5, 30, 100][world.below_index(3)];
            let patience = [1, 2, usize::MAX][world.below_index(3)];
            world.watchers.push(Watcher::new(name, kind, pace, patience));
        }
        world
    }

    fn below(&self, end: u64) -> u64 {
        u64::from_be_bytes(self.random.bytes()) % end
    }

    fn below_index(&self, end: usize) -> usize {
        usize::try_from(self.below(u64::try_from(end).unwrap())).unwrap()
    }

    fn one_in(&self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn note(&mut self, what: String) {
        self.trace.update(what.as_bytes());
        self.log.push(what);
    }

    /// Runs the simulation. Returns the fault and the last steps before it, if there is one.
    pub async fn run(&mut self, doctored: Option<&str>) -> Result<Trace, String> {
        match self.work(doctored).await {
            Ok(()) => Ok(Trace(self.trace.finalize().to_string())),
            Err(fault) => {
                let shown = self.log.len().saturating_sub(SHOWN);
                Err(format!("{}\n{fault}", self.log[shown..].join("\n")))
            }
        }
    }

    pub async fn end(&mut self) {
        for server in &mut self.servers {
            if let Some(server) = server.take() {
                server.kill().await;
            }
        }
    }

    async fn work(&mut self, doctored: Option<&str>) -> Result<(), String> {
        for step in 0..STEPS {
            self.look().await?;
            if let Some((_, days)) = self.days.filter(|(at, _)| *at == step) {
                self.let_days_pass(days).await?;
            }
            self.step().await?;
        }
        self.settle().await?;
        if let Some(sql) = doctored {
            self.history.doctor(sql).await;
            self.history = History::open(self.history.url().to_owned()).await;
            self.check(true).await?;
        }
        Ok(())
    }

    /// Waits until every task waits, and takes note of what has happened.
    async fn look(&mut self) -> Result<(), String> {
        self.desk.quiet().await;
        self.history.check_faults().await?;
        for server in self.servers.iter_mut().flatten() {
            while let Some(ended) = server.tasks.try_join_next() {
                if let Err(error) = ended
                    && error.is_panic()
                {
                    return Err(format!("a task panicked: {error}"));
                }
            }
        }
        for watcher in &mut self.watchers {
            let (is_fresh, is_too_old, token) = {
                let mut seen = watcher.seen();
                (std::mem::take(&mut seen.is_fresh), seen.is_too_old, seen.token.clone())
            };
            if is_fresh {
                watcher.from = Some(self.history.last_rank().await);
            }
            if is_too_old {
                self.history.check_too_old(&token).await?;
                watcher.begin_anew();
            }
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<(), String> {
        if self.desk.has_limbo() && self.one_in(5) {
            self.end_limbo().await;
        }
        match self.below(100) {
            0..=65 => self.go_on(self.faults).await,
            66..=77 => self.call(),
            78..=85 => self.pass_time(Duration::from_millis(1 + self.below(300))).await,
            86..=87 => self.pass_time(Duration::from_millis(1_000 + self.below(4_000))).await,
            88 => self.pass_time(RETENTION_PASSES).await,
            89..=90 => self.stop_or_wake(),
            91..=92 => self.kill_or_start().await,
            93..=96 => self.move_watcher(),
            97..=98 => self.check(false).await?,
            _ => self.history.check_totals().await?,
        }
        Ok(())
    }

    async fn pass_time(&mut self, time: Duration) {
        self.note(format!("{} ms pass", time.as_millis()));
        pass_time(time).await;
    }

    /// Returns whether a waiting step may go on.
    fn is_free(&self, step: &Waiting) -> bool {
        !(self.asleep[step.server] || self.fold_stands && step.what.starts_with(FOLD))
    }

    /// Lets one of the waiting steps go on. Returns false if none can.
    async fn let_one_go_on(&mut self, faults: u64) -> bool {
        let mut waiting = self.desk.waiting();
        waiting.retain(|step| self.is_free(step));
        while !waiting.is_empty() {
            let step = waiting.swap_remove(self.below_index(waiting.len()));
            if step.kind == Kind::Other && self.is_slow(&step) {
                continue;
            }
            // A statement that needs the lock waits for it, but not for ever.
            let is_patient = faults == 0 || !self.one_in(10);
            if step.kind == Kind::Locking && is_patient && !self.history.is_free().await {
                continue;
            }
            // Commits, and the rows that decide about commits without an answer.
            let is_decisive = step.kind == Kind::Commit
                || step.kind == Kind::Locking && step.what.starts_with("INSERT INTO \"journal\"");
            let verdict = self.verdict(step.kind, if is_decisive { 4 * faults } else { faults });
            if step.kind == Kind::Commit && verdict != Verdict::Pass && verdict != Verdict::Hold {
                self.lost.cuts.push((step.server, Instant::now()));
            }
            self.note(format!("{} {:?} {:?} {}", step.server, verdict, step.kind, step.what));
            if step.kind == Kind::Commit && verdict == Verdict::LoseAnswer {
                let (before, lost_at) = (self.history.last_rank().await, Instant::now());
                self.desk.rule(step.id, verdict);
                self.desk.quiet().await;
                self.note_unanswered(before, lost_at).await;
            } else {
                self.desk.rule(step.id, verdict);
            }
            return true;
        }
        false
    }

    async fn go_on(&mut self, faults: u64) {
        if !self.let_one_go_on(faults).await {
            self.pass_time(Duration::from_millis(1 + self.below(50))).await;
        }
    }

    fn is_slow(&self, step: &Waiting) -> bool {
        let watcher = self.watchers.iter().find(|watcher| watcher.name == step.what);
        watcher.is_some_and(|watcher| self.below(100) >= watcher.pace)
    }

    fn verdict(&self, kind: Kind, faults: u64) -> Verdict {
        if self.below(1_000) >= faults {
            return Verdict::Pass;
        }
        let all: &[Verdict] = match kind {
            Kind::Commit => &[Verdict::Hold, Verdict::LoseAnswer, Verdict::Refuse, Verdict::Limbo],
            Kind::Locking | Kind::Within => &[Verdict::Hold, Verdict::LoseAnswer, Verdict::Refuse],
            Kind::Read | Kind::Rollback => &[Verdict::Hold, Verdict::Refuse],
            Kind::Answer | Kind::Other => &[Verdict::Pass],
        };
        all[self.below_index(all.len())]
    }

    async fn end_limbo(&mut self) {
        let commits = self.one_in(2);
        self.note(format!("a lost transaction ends; committed: {commits}"));
        let before = self.history.last_rank().await;
        let lost_at = self.desk.end_limbo(commits).await;
        self.note_unanswered(before, lost_at).await;
    }

    /// Notes what was committed after a rank. `lost_at`: when its answer was lost.
    async fn note_unanswered(&mut self, before: i64, lost_at: Instant) {
        self.lost.commits.push((before + 1..=self.history.last_rank().await, lost_at));
    }

    /// A client calls a server.
    fn call(&mut self) {
        let number = self.below_index(2);
        if self.asleep[number] {
            return;
        }
        let Some(mut server) = self.servers[number].take() else { return };
        let way = if self.one_in(2) { Way::Direct } else { Way::Edge };
        let (call, key) = if self.clicks.is_empty() || self.one_in(3) {
            let (text, key) = mint(&server, &self.template, &self.random);
            self.clicks.push((text.clone(), key.clone()));
            (Call::click(&self.template, text), key)
        } else {
            let click = self.clicks[self.below_index(self.clicks.len())].0.clone();
            // Some orders are reported again.
            let order = if self.one_in(4) { self.below(self.orders + 1) } else { self.orders };
            self.orders = self.orders.max(order + 1);
            let (raw, key) = sale(&server, &self.template, &click, order, &self.random);
            (Call::Sale(raw), key)
        };
        self.note(format!("{number} {way:?} call for {key:?}"));
        make(&mut server, number, call, key, way, &self.promises);
        self.servers[number] = Some(server);
    }

    /// Stops a server for minutes or hours, or wakes it.
    fn stop_or_wake(&mut self) {
        let number = self.below_index(2);
        self.asleep[number] = !self.asleep[number];
        self.note(format!("{number} is stopped: {}", self.asleep[number]));
        if self.asleep[number] {
            let seconds = [0, 120, 1_900, 7_200][self.below_index(4)];
            simulated::set(Some(Clock::system_now().plus(Span::from_seconds(seconds))));
            self.note(format!("the clocks move on by {seconds} s"));
        }
    }

    async fn kill_or_start(&mut self) {
        let number = self.below_index(2);
        match self.servers[number].take() {
            Some(server) => {
                self.note(format!("{number} is killed"));
                server.kill().await;
            }
            // A start may write.
            None if self.history.is_free().await => self.start(number).await,
            None => {}
        }
    }

    async fn start(&mut self, number: usize) {
        self.note(format!("{number} starts"));
        self.asleep[number] = false;
        let random = Random::seeded(self.below(u64::MAX));
        self.servers[number] = Some(Server::start(&self.plans[number], &self.desk, random).await);
    }

    /// Starts the servers that are dead.
    async fn start_all(&mut self) -> Result<(), String> {
        while let Some(number) = self.servers.iter().position(Option::is_none) {
            self.look().await?;
            if self.history.is_free().await {
                self.start(number).await;
            } else if self.desk.has_limbo() {
                self.end_limbo().await;
            } else if !self.let_one_go_on(0).await {
                return Err("nobody ends a transaction".to_owned());
            }
        }
        Ok(())
    }

    /// A watcher opens its stream, or leaves it.
    fn move_watcher(&mut self) {
        let at = self.below_index(self.watchers.len());
        let number = self.below_index(2);
        let (note, watcher) = (format!("watcher {at} goes to {number}"), &mut self.watchers[at]);
        if watcher.is_running() {
            watcher.leave();
        }
        if let Some(server) = &mut self.servers[number] {
            watcher.open(server);
        }
        self.note(note);
    }

    /// Days pass, perhaps twice, in which the servers only do what they do of themselves.
    async fn let_days_pass(&mut self, days: u64) -> Result<(), String> {
        self.asleep = [false; 2];
        while self.desk.has_limbo() {
            self.end_limbo().await;
        }
        // A postback that is delivered again after its row was deleted would be a new one.
        self.start_all().await?;
        self.calm_down().await?;
        while self.servers.iter().flatten().any(|server| server.edge.spool().records > 0) {
            self.pass_time(Duration::from_millis(500)).await;
            self.calm_down().await?;
        }
        self.fold_stands = self.one_in(2);
        for _ in 0..=self.below(2) {
            self.pass_time(Duration::from_secs(days * 86_400)).await;
            for _ in 0..self.below(3) {
                self.calm_down().await?;
                self.pass_time(RETENTION_PASSES).await;
            }
            self.calm_down().await?;
        }
        self.fold_stands = false;
        Ok(())
    }

    /// Lets the servers go on until no statement waits that may go on.
    async fn calm_down(&mut self) -> Result<(), String> {
        for _ in 0..SETTLING_STEPS_MAX {
            self.look().await?;
            if self.desk.waiting().iter().all(|step| step.kind == Kind::Other || !self.is_free(step)) {
                return Ok(());
            }
            self.let_one_go_on(0).await;
        }
        Err("the servers never rest".to_owned())
    }

    /// Without further faults, lets everything come to its end.
    async fn settle(&mut self) -> Result<(), String> {
        // The last connection that was cut may be in the middle of its COMMIT.
        self.look().await?;
        self.note("the faults end".to_owned());
        self.asleep = [false; 2];
        while self.desk.has_limbo() {
            self.end_limbo().await;
        }
        self.watchers.iter_mut().for_each(|watcher| watcher.pace = 100);
        self.start_all().await?;
        let (mut idle, mut fault) = (0, "nothing settles".to_owned());
        for _ in 0..SETTLING_STEPS_MAX {
            self.look().await?;
            for at in 0..self.watchers.len() {
                if !self.watchers[at].is_running() {
                    let number = self.below_index(2);
                    self.watchers[at].open(self.servers[number].as_mut().unwrap());
                }
            }
            if self.let_one_go_on(0).await {
                continue;
            }
            idle += 1;
            self.history.check().await?;
            if idle > 4 {
                match self.is_settled().await {
                    Ok(()) => return self.check(true).await,
                    Err(open) if idle > 200 => return Err(open),
                    Err(open) => fault = open,
                }
            }
            self.pass_time(Duration::from_millis(100 + self.below(400))).await;
        }
        Err(fault)
    }

    async fn is_settled(&mut self) -> Result<(), String> {
        for server in self.servers.iter().flatten() {
            let spool = server.edge.spool();
            if spool.records > 0 || !spool.counted {
                return Err(format!("the spool is not drained: {spool:?}"));
            }
            if spool.put_aside > 0 || spool.lost > 0 {
                return Err(format!("the spool has lost records: {spool:?}"));
            }
        }
        if !self.history.is_folded().await {
            return Err("the journal is not folded".to_owned());
        }
        for watcher in &self.watchers {
            if watcher.from.is_none() {
                return Err("a stream has not begun".to_owned());
            }
            self.history.check_watcher(watcher, true)?;
        }
        Ok(())
    }

    /// Checks all that must be true. `is_over`: everything has settled.
    async fn check(&mut self, is_over: bool) -> Result<(), String> {
        self.history.check().await?;
        for watcher in &self.watchers {
            self.history.check_watcher(watcher, is_over)?;
        }
        for told in self.promises.lock().unwrap().iter() {
            told.check(&self.history, &self.lost, is_over)?;
        }
        self.history.check_totals().await
    }
}

/// Lets time pass for all clocks.
pub async fn pass_time(time: Duration) {
    let span = Span::from_millis(i64::try_from(time.as_millis()).unwrap());
    simulated::set(Some(Clock::system_now().plus(span)));
    advance(time).await;
}
