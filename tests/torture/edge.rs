//! An edge in trouble while its core is down and clicks and postbacks arrive steadily: the edge's
//! disk is full, its fsync fails, or the edge is killed every second.
//!
//! The edge may then refuse postbacks, and merchants send them again. Acknowledged sales must be
//! stored exactly once. Every visitor is redirected.

use std::time::{Duration, Instant};

use s2s_tests::disk::{FailingDisk, SmallDisk};
use tokio::time::{interval, sleep};

use crate::{
    scene::{Away, Promised, Scene},
    street::{Phase, Street},
};

/// The minimum length of a round. In the first half of a round the disk fails; in the second half
/// it works.
const ROUND_MIN: Duration = Duration::from_secs(2);
/// The time limit for the spool to notice that its disk fails or works again, even on a slow
/// machine. If the spool does not notice, the test has tested nothing and fails.
const FELT_WITHIN: Duration = Duration::from_secs(30);
/// The space that a spool leaves free on its disk.
const LEFT_FREE_KIBIBYTES: u32 = 64 * 1_024;
/// Disk space for the backlog of one second, with a margin.
const SECOND_KIBIBYTES: u32 = 256;
/// The interval between kills of an edge.
const KILL_INTERVAL: Duration = Duration::from_secs(1);

/// The disk of the spool.
enum Disk {
    Small(SmallDisk),
    Failing(FailingDisk),
}

impl Disk {
    /// The environment variables of an edge with this disk.
    fn variables(&self) -> Vec<(&'static str, &str)> {
        let mut variables = match self {
            Self::Small(disk) => vec![("S2S_SPOOL", disk.path())],
            Self::Failing(disk) => disk.variables().to_vec(),
        };
        // Turns off the log line for each click that is not kept, because these lines would hide
        // all others.
        variables.push(("S2S_LOG", "warn,s2s_server::edge::redirect=off"));
        variables
    }

    fn fail(&self) {
        match self {
            Self::Small(disk) => disk.fill(),
            Self::Failing(disk) => disk.fail(),
        }
    }

    fn mend(&self) {
        match self {
            Self::Small(disk) => disk.make_room(),
            Self::Failing(disk) => disk.mend(),
        }
    }
}

/// Runs all three kinds of trouble, one after the other. An edge has no database, so the kind of
/// the core's database makes no difference.
pub async fn torture(length: Duration) -> Result<String, String> {
    let seconds = u32::try_from(length.as_secs()).unwrap();
    let small = SmallDisk::mount(LEFT_FREE_KIBIBYTES + (seconds + 1) * SECOND_KIBIBYTES);
    let full = on_a_bad_disk("a full disk", &Disk::Small(small), length).await?;
    let failing = on_a_bad_disk("fsync fails", &Disk::Failing(FailingDisk::build()), length).await?;
    let killed = killed_every_second(length).await?;
    Ok(format!("{full}\n{failing}\n{killed}"))
}

async fn on_a_bad_disk(what: &str, disk: &Disk, length: Duration) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::start("sqlite", Away::Core, &disk.variables(), folder.path()).await;
    let street = scene.street(folder.path(), Promised::Durable).await;
    let visitors = scene.begin(&street, length).await;
    sleep(length / 4).await;
    let rounds = u32::try_from((length / 2).as_secs() / ROUND_MIN.as_secs()).unwrap().max(1);
    for _ in 0..rounds {
        let round = trouble(&scene, &street, disk, length / 2 / rounds).await;
        round.map_err(|fault| format!("{what}: {fault}"))?;
    }
    let health = scene.front().health().await;
    // The kill proves that kept records are on the disk, not only in the memory of the edge.
    street.enter(Phase::Killed);
    scene.kill_front().await;
    street.enter(Phase::Outage);
    sleep(length / 4).await;
    let summary = scene.end(what, &street, visitors).await?;
    let (refused, failures) = (street.refused(), health["spool"]["fsync_failures"].as_u64().unwrap());
    if refused == 0 {
        return Err(format!("{what}: no merchant was refused"));
    }
    if matches!(disk, Disk::Failing(_)) && failures == 0 {
        return Err(format!("{what}: no fsync has failed: {health}"));
    }
    Ok(format!(
        "{summary}; in trouble {rounds} times, merchants refused {refused} times, {failures} failures of fsync"
    ))
}

/// Lets the disk fail and then work, for half of `length` each.
async fn trouble(scene: &Scene, street: &Street, disk: &Disk, length: Duration) -> Result<(), String> {
    street.enter(Phase::Trouble);
    disk.fail();
    scene.until("not serving", FELT_WITHIN).await?;
    sleep(length / 2).await;
    disk.mend();
    // Before the server reports this status, the spool may still refuse a record.
    scene.until("degraded: spooling", FELT_WITHIN).await?;
    street.enter(Phase::Outage);
    sleep(length / 2).await;
    Ok(())
}

async fn killed_every_second(length: Duration) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::start("sqlite", Away::Core, &[], folder.path()).await;
    let street = scene.street(folder.path(), Promised::Durable).await;
    let visitors = scene.begin(&street, length).await;
    street.enter(Phase::Killed);
    let (begun, mut ticks, mut kills) = (Instant::now(), interval(KILL_INTERVAL), 0);
    while begun.elapsed() < length {
        ticks.tick().await;
        scene.kill_front().await;
        kills += 1;
    }
    let summary = scene.end("killed every second", &street, visitors).await?;
    if kills + 1 < length.as_secs() {
        return Err(format!("only {kills} kills"));
    }
    Ok(format!("{summary}; {kills} kills"))
}
