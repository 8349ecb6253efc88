//! The load: a number of callers for a given time, each with one call in flight.

use std::time::Duration;

use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::{
    Result,
    process::{cpu_ms, database_cpu_ms},
};

/// The time limit for the last answers, after the end of the load.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client that sends one request after the other.
pub trait Caller: Send + 'static {
    /// Sends a request, waits for its answer and checks it. Returns the number of its items.
    fn call(&mut self) -> impl Future<Output = Result<u64>> + Send;
}

/// The measurements of one round.
pub struct Sample {
    /// Conversions, visitors or no-ops with a good answer. Any other answer is an error.
    pub items: u64,
    /// The time to the last answer.
    pub elapsed: Duration,
    /// The latency of each call, in microseconds.
    pub latencies_us: Vec<u32>,
    pub server_cpu_ms: u64,
    /// CPU time of the database server's processes; 0 with SQLite, which has no process of its own.
    pub database_cpu_ms: u64,
    /// CPU time of this process, which makes the load.
    pub own_cpu_ms: u64,
}

impl Sample {
    /// Items per second.
    pub fn rate(&self) -> u64 {
        let elapsed_us = self.elapsed.as_micros().max(1);
        u64::try_from(u128::from(self.items) * 1_000_000 / elapsed_us).unwrap_or(u64::MAX)
    }
}

/// Lets all callers call until `duration` has passed. Waits for their last answers and counts
/// these, too.
pub async fn drive<C: Caller>(callers: Vec<C>, duration: Duration, server: u32) -> Result<Sample> {
    let (server_cpu_before, own_cpu_before) = (cpu_ms(server)?, cpu_ms(std::process::id())?);
    let database_cpu_before = database_cpu_ms()?;
    let start = Instant::now();
    let end = start + duration;
    let mut tasks = JoinSet::new();
    for caller in callers {
        tasks.spawn(run(caller, end));
    }
    let (mut items, mut latencies_us) = (0, Vec::new());
    while let Some(ended) = timeout(duration + PATIENCE, tasks.join_next()).await? {
        let (items_of_one, latencies_of_one) = ended??;
        items += items_of_one;
        latencies_us.extend(latencies_of_one);
    }
    Ok(Sample {
        items,
        elapsed: start.elapsed(),
        latencies_us,
        server_cpu_ms: cpu_ms(server)? - server_cpu_before,
        database_cpu_ms: database_cpu_ms()?.saturating_sub(database_cpu_before),
        own_cpu_ms: cpu_ms(std::process::id())? - own_cpu_before,
    })
}

/// Lets the callers make `calls` calls in all, a multiple of their number. Returns the callers.
pub async fn drive_calls<C: Caller>(callers: Vec<C>, calls: usize) -> Result<Vec<C>> {
    let (mut tasks, each) = (JoinSet::new(), calls / callers.len().max(1));
    for mut caller in callers {
        tasks.spawn(async move {
            for _ in 0..each {
                caller.call().await?;
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(caller)
        });
    }
    tasks.join_all().await.into_iter().collect()
}

async fn run(mut caller: impl Caller, end: Instant) -> Result<(u64, Vec<u32>)> {
    let (mut items, mut latencies_us) = (0, Vec::new());
    let mut start = Instant::now();
    while start < end {
        items += caller.call().await?;
        let answered = Instant::now();
        let latency = answered.duration_since(start).as_micros();
        latencies_us.push(u32::try_from(latency).unwrap_or(u32::MAX));
        start = answered;
    }
    Ok((items, latencies_us))
}
