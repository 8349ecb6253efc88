//! The simulation: two servers on one database, in the order and with the faults that a seed decides.
//!
//! The servers are real: group commit, lanes, fold, retention, streams, and an edge with its spool.
//! All of them run on one thread. Each statement waits at a gate (`db/seam.rs`), and so does each
//! step of a watcher. The simulation lets one of them go on, waits until every task waits again, and
//! goes on with the next. In between, it cuts connections before or after a statement, kills servers,
//! stops them for hours, and moves their clocks apart. Time passes only when it says so. So the same
//! seed gives the same run.
//!
//! Triggers of the database note what is committed (`history.sql`). `history.rs` has what must be
//! true of it at any time, `world.rs` what clients and watchers must have been told in the end.
//!
//! Absent on purpose: faults of the disk, and databases with several writers at once; the torture has
//! them (docs/internals/testing.md).

mod clients;
mod history;
mod server;
mod spool;
mod template;
mod watchers;
mod world;

use std::{
    num::NonZero,
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{runtime::Builder, task::LocalSet};

use self::{
    template::Template,
    world::{Trace, World},
};
use crate::{db::seam::Desk, values::time::simulated};

/// The environment variables of the first seed, and of the number of seeds.
const SEED_VARIABLE: &str = "S2S_SIMULATION_SEED";
const SEEDS_VARIABLE: &str = "S2S_SIMULATION_SEEDS";
/// The number of seeds in `make test`.
const SEEDS: u64 = 500;

#[expect(clippy::disallowed_methods, reason = "variables of the tests")]
fn variable(name: &str, usual: u64) -> u64 {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty());
    text.map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Runs a future on this thread, in a time that passes only if the future says so. An error is a
/// panic.
fn simulate<T>(desk: Arc<Desk>, work: impl Future<Output = T>) -> std::thread::Result<T> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .on_thread_park(move || desk.look())
        .build()
        .unwrap();
    // While a thread is blocked, the time of the runtime stands still by itself.
    let (release, blocked) = std::sync::mpsc::channel::<()>();
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| {
        LocalSet::new().block_on(&runtime, async {
            let still = tokio::task::spawn_blocking(move || blocked.recv());
            let outcome = work.await;
            drop(release);
            let _ = still.await;
            outcome
        })
    }));
    runtime.shutdown_background();
    simulated::set(None);
    outcome
}

/// Runs the simulation of a seed. `doctored`: SQL that falsifies the history before its last check.
fn run(template: &Template, seed: u64, doctored: Option<&str>) -> Result<Trace, String> {
    let desk = Arc::<Desk>::default();
    let outcome = simulate(desk.clone(), async {
        let mut world = World::begin(template, seed, desk).await;
        let outcome = world.run(doctored).await;
        world.end().await;
        outcome
    });
    outcome.unwrap_or_else(|_| Err("the simulation panicked".to_owned()))
}

/// Runs the simulations of many seeds, one on each processor at a time. Returns the first fault that
/// is found, with its seed.
fn run_all(first: u64, seeds: u64) -> Result<(), String> {
    let (template, next) = (Template::make(), AtomicU64::new(first));
    let (end, found) = (first + seeds, OnceLock::new());
    std::thread::scope(|threads| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            threads.spawn(|| {
                while found.get().is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    if let Err(fault) = run(&template, seed, None) {
                        let again = format!("{SEED_VARIABLE}={seed} {SEEDS_VARIABLE}=1");
                        let _ = found.set(format!("{fault}\nTo run this seed again: {again}"));
                    }
                }
            });
        }
    });
    found.into_inner().map_or(Ok(()), Err)
}

#[test]
fn servers_keep_their_promises_under_faults() {
    let (first, seeds) = (variable(SEED_VARIABLE, 1), variable(SEEDS_VARIABLE, SEEDS));
    if let Err(fault) = run_all(first, seeds) {
        panic!("{fault}");
    }
    // `make test-long` looks for this line.
    println!("seeds {first} to {}: no fault", first + seeds - 1);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let template = Template::make();
    for seed in 1..4 {
        assert_eq!(run(&template, seed, None), run(&template, seed, None), "{seed}");
    }
}

#[test]
fn a_doctored_history_is_found() {
    let template = Template::make();
    let newest = "(SELECT MAX(rank) FROM sim_journal WHERE LENGTH(entries) > 0)";
    for (doctored, found) in [
        // A commit that the database forgot, and one that it has twice.
        (format!("DELETE FROM sim_journal WHERE rank = {newest}"), "does not tell of"),
        (
            format!(
                "INSERT INTO sim_journal (lane, seq, kind, entries) SELECT lane, seq, kind, entries FROM sim_journal \
                 WHERE rank = {newest}"
            ),
            "twice",
        ),
        ("DELETE FROM sim_row".to_owned(), "is not stored"),
        ("UPDATE tally SET clicks = clicks + 1".to_owned(), "are folded"),
        ("UPDATE conversion_tally SET value_micros = value_micros + 1".to_owned(), "are folded"),
        (
            "INSERT INTO journal SELECT id, 9999, 1, 0, x'' FROM lane ORDER BY id DESC LIMIT 1".to_owned(),
            "follows a gap",
        ),
        ("UPDATE lane SET folded_seq = folded_seq - 1 WHERE folded_seq > 0".to_owned(), "is folded up to"),
        ("DELETE FROM lane".to_owned(), "but has rows"),
    ] {
        // Without the doctoring, none of these seeds has a fault. Not every seed has such a row.
        let mut faults = (1..10).filter_map(|seed| run(&template, seed, Some(&doctored)).err());
        let fault = faults.next().unwrap_or_else(|| panic!("{doctored}"));
        assert!(fault.contains(found), "{doctored}: {fault}");
    }
}
