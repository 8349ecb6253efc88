//! `s2s-bench --watch`: what streams of events take, and what they cost.
//!
//! - The delay of an event, on the server that has recorded it and on another one of the database.
//! - The memory and the CPU time of a server with as many idle watchers as it allows.
//! - The rate of conversions with watchers, compared with the rate without them.
//!
//! A watcher here reads all that the server sends, in this process, so it takes time of the cores
//! from the server, too.

use std::{collections::HashMap, time::Duration};

use s2s_sdk::v1::{
    ApiKeyScope, ConversionFilter, WatchConversionsRequest, WatchConversionsResponse,
    conversion_service_client::ConversionServiceClient, watch_conversions_response::Event,
};
use s2s_tests::{ADMIN_KEY, Server, authorized_by, bearer};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tonic::{
    Streaming,
    metadata::AsciiMetadataValue,
    transport::{Channel, Endpoint},
};

use crate::{
    Called, ROUND, Result, WARM_UP, disk_write, grpc,
    load::{Caller as _, Sample},
    options::Options,
    orders::{Orders, Spread},
    process::{cpu_ms, memory_kib},
    report,
};

/// The number of clicks to which the conversions belong.
const CLICKS: u64 = 1_024;
/// The time between two conversions whose events are timed.
const BETWEEN: Duration = Duration::from_millis(5);
/// The idle watchers: as many as a server allows, with as many of each account as it allows.
const ACCOUNTS: usize = 10;
const OF_ACCOUNT: usize = 100;
/// The time over which the CPU time of idle watchers is measured: four heartbeats of each.
const IDLE: Duration = Duration::from_mins(1);
/// The time before the memory is read.
const SETTLED: Duration = Duration::from_secs(2);
/// The watchers beside a load, and the calls in flight of that load.
const BESIDE: usize = 10;
const IN_FLIGHT: usize = 128;
/// The time limit for what is sent to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

type Watched = Streaming<WatchConversionsResponse>;

/// Measures all of it, and prints it.
pub async fn measure(options: &Options) -> Result<()> {
    let server = Server::start().await;
    report::machine(&server.database_url, disk_write(server.folder())?)?;
    delays(&server, options.duration()).await?;
    drop(server);
    for connections in [ACCOUNTS * OF_ACCOUNT, ACCOUNTS] {
        idle(connections).await?;
    }
    rates(options.rounds).await
}

async fn connect(url: &str) -> Result<Channel> {
    Ok(Endpoint::from_shared(url.to_owned())?.connect().await?)
}

/// Opens a stream, and reads its first heartbeat. It shows whatever is recorded from then on.
pub async fn open(channel: Channel, key: &str, code_id: &str) -> Result<Watched> {
    let filter = ConversionFilter { conversion_code_id: code_id.to_owned(), ..Default::default() };
    let request = WatchConversionsRequest { filter: Some(filter), ..Default::default() };
    let mut client = ConversionServiceClient::new(channel);
    let mut messages = client.watch_conversions(authorized_by(key, request)).await?.into_inner();
    match messages.message().await?.and_then(|message| message.event) {
        Some(Event::Heartbeat(_)) => Ok(messages),
        other => Err(format!("a stream began with {other:?}").into()),
    }
}

/// The transaction id of the next conversion of a stream.
pub async fn next(messages: &mut Watched) -> Result<String> {
    loop {
        match messages.message().await?.and_then(|message| message.event) {
            Some(Event::Conversion(conversion)) => return Ok(conversion.transaction_id),
            Some(Event::Heartbeat(_)) => {}
            other => return Err(format!("a stream went on with {other:?}").into()),
        }
    }
}

/// Times events: one conversion is recorded after the other, and a watcher of each server waits for
/// all of them.
async fn delays(server: &Server, duration: Duration) -> Result<()> {
    let other = Server::start_beside(server).await;
    let code = server.code("Sale").await;
    let orders = Orders::prepare(server, &code, Spread::among(CLICKS, false)).await?;
    let expected = usize::try_from(duration.as_micros() / BETWEEN.as_micros())?;
    let mut watchers = Vec::new();
    for server in [server, &other] {
        let mut messages = open(connect(&server.url).await?, ADMIN_KEY, "").await?;
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut arrived = HashMap::new();
            while arrived.len() < expected {
                arrived.insert(next(&mut messages).await?, Instant::now());
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(arrived)
        });
        watchers.push(task);
    }
    let orders = std::sync::Arc::new(orders);
    let (channel, key) = (connect(&server.url).await?, bearer(ADMIN_KEY).parse::<AsciiMetadataValue>()?);
    let (mut ticks, mut calls) = (interval(BETWEEN), JoinSet::new());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..expected {
        ticks.tick().await;
        let mut call = grpc::Record::new(channel.clone(), key.clone(), orders.clone());
        calls.spawn(async move {
            let sent = Instant::now();
            let transaction_id = call.record().await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((transaction_id, sent, Instant::now()))
        });
    }
    let calls: Result<Vec<_>> = calls.join_all().await.into_iter().collect();
    let calls = calls?;
    println!("\n{} conversions a second for {} s", 1_000 / BETWEEN.as_millis(), duration.as_secs());
    println!("{:<58}{:>10}{:>10}{:>10}", "delay of an event, ms", "p50", "p99", "max");
    for (mut task, place) in watchers.into_iter().zip(["on the same server", "on another server"]) {
        let arrived = timeout(PATIENCE, task.join_next()).await?.ok_or("the watcher is gone")???;
        // An event may arrive before the answer to the call.
        let arrived = &arrived;
        let since = |from: fn(&(String, Instant, Instant)) -> Instant| {
            calls.iter().filter_map(move |call| Some(arrived.get(&call.0)?.duration_since(from(call))))
        };
        report::delays(&format!("{place}, from the answer to its conversion"), since(|call| call.2));
        report::delays(&format!("{place}, from the call"), since(|call| call.1));
    }
    Ok(())
}

/// Measures a server with as many idle watchers as it allows, on so many connections.
async fn idle(connections: usize) -> Result<()> {
    let server = Server::start().await;
    let mut keys = Vec::new();
    for number in 0..ACCOUNTS {
        let account = server.account(&format!("Partner {number}")).await;
        keys.push(server.api_key(&account.id, &[ApiKeyScope::Read]).await.1);
    }
    let mut channels = Vec::new();
    for _ in 0..connections {
        let channel = connect(&server.url).await?;
        grpc::NoOp::new(channel.clone()).call().await?;
        channels.push(channel);
    }
    sleep(SETTLED).await;
    let process = server.process_id();
    let connected = memory_kib(process, "VmRSS")?;
    let mut open_streams = Vec::new();
    for (number, channel) in channels.iter().cycle().take(ACCOUNTS * OF_ACCOUNT).enumerate() {
        let key = keys.get(number % ACCOUNTS).ok_or("no key")?;
        open_streams.push(open(channel.clone(), key, "").await?);
    }
    sleep(SETTLED).await;
    let watched = memory_kib(process, "VmRSS")?;
    let cpu = cpu_ms(process)?;
    let mut readers = JoinSet::new();
    for mut messages in open_streams {
        readers.spawn(async move { next(&mut messages).await });
    }
    sleep(IDLE).await;
    if let Some(ended) = readers.try_join_next() {
        return Err(format!("an idle stream ended: {ended:?}").into());
    }
    let (cpu, later) = (cpu_ms(process)? - cpu, memory_kib(process, "VmRSS")?);
    let per_mille = u128::from(cpu) * 1_000 / IDLE.as_millis();
    println!("\n{} idle watchers on {connections} connections", ACCOUNTS * OF_ACCOUNT);
    println!("  memory of the server: {connected} KiB with the connections alone,");
    println!("  {watched} KiB with the watchers, {later} KiB after {} s", IDLE.as_secs());
    println!("  CPU time of the server: {}.{} % of a core", per_mille / 10, per_mille % 10);
    Ok(())
}

/// The watchers beside a load.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nobody,
    /// Watchers of another conversion code.
    Others,
    /// Watchers of all conversions.
    All,
}

impl Beside {
    fn name(self) -> &'static str {
        match self {
            Self::Nobody => "no watcher",
            Self::Others => "10 watchers of another code",
            Self::All => "10 watchers of everything",
        }
    }
}

/// Compares the rate of conversions with and without watchers, round by round.
async fn rates(rounds: u64) -> Result<()> {
    let server = Server::start().await;
    let (code, other) = (server.code("Sale").await, server.code("Lead").await);
    let orders = Orders::prepare(&server, &code, Spread::among(crate::orders::CLICKS, false)).await?;
    let orders = std::sync::Arc::new(orders);
    let called = Called::connect(server.process_id(), &server.url).await?;
    let key: AsciiMetadataValue = bearer(ADMIN_KEY).parse()?;
    let mut lines = [Beside::Nobody, Beside::Others, Beside::All].map(|beside| (beside, Vec::new()));
    let mut shown = 0;
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for (beside, samples) in &mut lines {
            let mut watchers = JoinSet::new();
            let count = if *beside == Beside::Nobody { 0 } else { BESIDE };
            for _ in 0..count {
                let code_id = if *beside == Beside::Others { other.id.as_str() } else { "" };
                let mut messages = open(connect(&server.url).await?, ADMIN_KEY, code_id).await?;
                watchers.spawn(async move {
                    // Ends with the stream, at the end of the round.
                    let (mut seen, mut ended) = (0_u64, Ok(String::new()));
                    let end = Instant::now() + WARM_UP + ROUND;
                    while Instant::now() < end && ended.is_ok() {
                        let waited = tokio::time::timeout_at(end, next(&mut messages)).await;
                        if let Ok(message) = waited {
                            seen += 1;
                            ended = message;
                        }
                    }
                    ended.map(|_| seen)
                });
            }
            let record = |channel| grpc::Record::new(channel, key.clone(), orders.clone());
            called.drive(IN_FLIGHT, record, WARM_UP).await?;
            let sample: Sample = called.drive(IN_FLIGHT, record, ROUND).await?;
            samples.push(sample);
            for seen in watchers.join_all().await {
                shown += seen?;
            }
        }
    }
    println!("\n{} conversions in flight, {rounds} rounds of {} ms", IN_FLIGHT, ROUND.as_millis());
    report::beside(&lines.each_ref().map(|(beside, samples)| (beside.name(), samples.as_slice())));
    println!("the watchers of everything were shown {shown} events meanwhile");
    Ok(())
}
