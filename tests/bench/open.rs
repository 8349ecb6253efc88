//! `s2s-bench --open RATE`: postbacks at a given rate, whether or not earlier ones are answered.
//!
//! Shops do not wait for each other, so this load does not shrink while the server is slow. The
//! latency of a postback counts from the moment at which it was due.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use s2s_tests::Server;
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    Result,
    http::{Ask, Connection},
    options::Options,
    orders::{Orders, Spread},
    report,
};

/// The time between two looks at how many postbacks are due.
const TICK: Duration = Duration::from_millis(1);
/// Open connections at the start. More are opened if all wait for answers.
const CONNECTIONS: usize = 64;
/// In place of a status: the server closed the connection.
const NO_ANSWER: u16 = 0;
/// The time limit for the spool, after the load.
const PATIENCE: Duration = Duration::from_mins(2);

/// An answer.
struct Sent {
    /// The time at which the postback was due, since the start of the load.
    due: Duration,
    latency: Duration,
    status: u16,
}

/// Sends postbacks at `rate`, the number in a second. Prints how each second went.
pub async fn load(rate: u64, options: &Options) -> Result<()> {
    let server = Server::start_with(&["--spool", "spool"]).await;
    let code = server.code("Sale").await;
    let orders = Arc::new(Orders::prepare(&server, &code, Spread::among(options.clicks, false)).await?);
    let address = server.url.trim_start_matches("http://").to_owned();
    let ask = Ask::Postback(orders.clone());
    let idle = Arc::new(Mutex::new(Connection::open_all(&address, &ask, CONNECTIONS).await?));
    let duration = options.duration();
    println!("{rate} postbacks a second for {} s, on {} clicks", duration.as_secs(), options.clicks);
    let sent = send(rate, duration, &idle, &address, &ask).await?;
    report::open(&seconds(&sent, duration));
    server.drained_within(PATIENCE).await;
    let kept = sent.iter().filter(|sent| matches!(sent.status, 200 | 202)).count();
    let counted = orders.count(&server.client()).await?;
    println!("conversions: {kept} postbacks answered 200 or 202, {counted} in ListConversions, none twice");
    if usize::try_from(counted)? < kept { Err("an acknowledged postback is lost".into()) } else { Ok(()) }
}

async fn send(
    rate: u64,
    duration: Duration,
    idle: &Arc<Mutex<Vec<Connection>>>,
    address: &str,
    ask: &Ask,
) -> Result<Vec<Sent>> {
    let (mut ticks, start) = (interval(TICK), Instant::now());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut senders, mut number) = (JoinSet::new(), 0);
    let between = Duration::from_secs(1) / u32::try_from(rate)?;
    while start.elapsed() < duration {
        ticks.tick().await;
        while let due = between * number
            && due <= start.elapsed().min(duration)
        {
            number += 1;
            let (idle, address, ask) = (idle.clone(), address.to_owned(), ask.clone());
            senders.spawn(async move {
                let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
                // The server closes connections that are idle for long.
                let free = free.filter(|free| !free.is_closed());
                let mut connection = match free {
                    Some(free) => free,
                    None => Connection::open(&address, ask).await?,
                };
                // The server closes a connection if its client has too many.
                let status = match connection.ask().await {
                    Ok(answer) => answer.status.parse()?,
                    Err(_) => NO_ANSWER,
                };
                let latency = start.elapsed().saturating_sub(due);
                if status != NO_ANSWER {
                    idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                }
                Ok(Sent { due, latency, status })
            });
        }
    }
    senders.join_all().await.into_iter().collect()
}

/// The answers to the postbacks that were due in a second.
#[derive(Default)]
pub struct Second {
    /// In microseconds, sorted.
    pub latencies_us: Vec<u32>,
    pub judged: usize,
    pub queued: usize,
    pub refused: usize,
}

fn seconds(sent: &[Sent], duration: Duration) -> Vec<Second> {
    let mut seconds: Vec<Second> = (0..duration.as_secs()).map(|_| Second::default()).collect();
    for Sent { due, latency, status } in sent {
        let Some(second) = usize::try_from(due.as_secs()).ok().and_then(|index| seconds.get_mut(index))
        else {
            continue;
        };
        second.latencies_us.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
        match status {
            200 => second.judged += 1,
            202 => second.queued += 1,
            _ => second.refused += 1,
        }
    }
    for second in &mut seconds {
        second.latencies_us.sort_unstable();
    }
    seconds
}
