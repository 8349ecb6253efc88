//! The files of the spool, in simulated time: they hold visitors' data, which must not stay.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::time::Instant;

use super::{
    clients::{Call, SetUp, mint},
    history::{History, Key},
    server::{Plan, Server},
    simulate,
    template::{BEGIN, Template, folder, open, url},
    world::pass_time,
};
use crate::{
    db::seam::{Desk, Verdict},
    values::{
        id::Random,
        time::{Span, simulated},
    },
};

/// Time after which a file gets no more records, as docs/internals/spool-format.md tells it.
const FILE_AGE_MAX: Duration = Duration::from_mins(1);
/// Time after which a drained file is ended although no record comes.
const REST_AFTER: Duration = Duration::from_secs(10);

/// A server without faults, whose spool gets clicks.
struct Alone {
    desk: Arc<Desk>,
    plan: Plan,
    server: Server,
    set_up: SetUp,
    random: Random,
    kept: Vec<Key>,
    folder: TempDir,
}

impl Alone {
    async fn begin(template: &Template, desk: Arc<Desk>) -> Self {
        simulated::set(Some(BEGIN.plus(Span::from_seconds(3_600))));
        let folder = folder();
        template.copy_to(folder.path());
        let plan = Plan {
            number: 0,
            db: open(folder.path()).await,
            spool: folder.path().join("spool"),
            ahead_seconds: 0,
            batch_max: 1_000,
            batches_max: 1,
            postbacks_kept_for: None,
        };
        let random = Random::seeded(1);
        let server = Server::start(&plan, &desk, random.clone()).await;
        let set_up = template.set_up.clone();
        Self { desk, plan, server, set_up, random, kept: Vec::new(), folder }
    }

    /// Puts a click into the spool, although the core is up.
    async fn keep_click(&mut self) {
        let (text, key) = mint(&self.server, &self.set_up, &self.random);
        let Call::Click(click) = Call::click(&self.set_up, text) else { panic!("a click") };
        assert!(self.server.edge.keep(click).await, "the spool takes a click");
        self.kept.push(key);
    }

    /// Lets the server go on until it waits for nothing but the time.
    async fn calm_down(&self) {
        loop {
            self.desk.quiet().await;
            let Some(step) = self.desk.waiting().into_iter().next() else { return };
            self.desk.rule(step.id, Verdict::Pass);
        }
    }

    async fn pass_time(&self, time: Duration) {
        pass_time(time).await;
        self.calm_down().await;
    }

    /// The files with records, and the lists of their records.
    fn files(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.plan.spool).unwrap().map(|entry| entry.unwrap().path());
        let is_of_records = |path: &PathBuf| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            extension.is_some_and(|extension| ["spool", "acknowledged"].contains(&extension))
        };
        files.filter(is_of_records).collect()
    }

    /// Kills the server, and starts it again on its files.
    async fn restart(self) -> Self {
        self.server.kill().await;
        let server = Server::start(&self.plan, &self.desk, Random::seeded(2)).await;
        Self { server, ..self }
    }

    /// Checks that all clicks are stored, and none is left in a file.
    async fn end(self) {
        let left = self.files();
        assert!(left.is_empty(), "{left:?}");
        let mut history = History::open(url(self.folder.path())).await;
        history.check().await.unwrap();
        assert!(self.kept.iter().all(|key| history.has(key)));
        self.server.kill().await;
    }
}

/// Runs a test on a server.
fn alone(work: impl AsyncFnOnce(Alone)) {
    let (template, desk) = (Template::make(), Arc::<Desk>::default());
    let of_server = desk.clone();
    let outcome = simulate(desk, async { work(Alone::begin(&template, of_server).await).await });
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[test]
fn a_file_that_always_gets_a_few_records_is_ended_and_deleted_after_a_minute() {
    // With the last interval, a file is ended before its next record comes.
    for seconds in [1, 9, 25] {
        let interval = Duration::from_secs(seconds);
        alone(async |mut alone| {
            let (begun, mut seen, mut oldest) = (Instant::now(), HashMap::new(), Duration::ZERO);
            while begun.elapsed() < 10 * FILE_AGE_MAX {
                alone.keep_click().await;
                alone.calm_down().await;
                for file in alone.files() {
                    let age = seen.entry(file).or_insert_with(Instant::now).elapsed();
                    assert!(age < FILE_AGE_MAX, "{interval:?}: a file is there for {age:?}");
                    oldest = oldest.max(age);
                }
                alone.pass_time(interval).await;
            }
            let is_steady = interval < REST_AFTER;
            assert_eq!(oldest + 2 * interval >= FILE_AGE_MAX, is_steady, "{interval:?}: {oldest:?}");
            alone.pass_time(REST_AFTER).await;
            alone.end().await;
        });
    }
}

#[test]
fn a_file_that_a_killed_server_has_left_is_delivered_and_deleted() {
    for is_drained in [false, true] {
        alone(async |mut alone| {
            for _ in 0..3 {
                alone.keep_click().await;
            }
            if is_drained {
                // The file is not ended yet, and its records are in the database.
                alone.calm_down().await;
            }
            assert_eq!(alone.server.edge.spool().records, if is_drained { 0 } else { 3 });
            assert_eq!(alone.files().len(), 2);
            let alone = alone.restart().await;
            alone.calm_down().await;
            alone.end().await;
        });
    }
}
