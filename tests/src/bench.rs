//! `make bench`: how fast one server on this machine is, and that it counted exactly what it said it did.
//!
//! Each workload runs beside one that costs as little as this HTTP stack allows, in alternating rounds:
//! their ratio says what our own work costs, and survives a change of machine. Load generator and
//! server share the machine, so rates are a lower bound. Linux only: CPU and memory are read in `/proc`.
//!
//! Absent on purpose: any assertion about time.

#[path = "bench/database.rs"]
mod database;
#[path = "bench/grpc.rs"]
mod grpc;
#[path = "bench/http.rs"]
mod http;
#[path = "bench/load.rs"]
mod load;
#[path = "bench/orders.rs"]
mod orders;
#[path = "bench/process.rs"]
mod process;
#[path = "bench/report.rs"]
mod report;

use std::{fmt, fs::File, io::Write as _, path::Path, process::ExitCode, sync::Arc, time::Duration};

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{ListClicksRequest, TrackingLink},
};
use s2s_tests::Server;
use tokio::time::{Instant, sleep};
use tonic::transport::{Channel, Endpoint};

use crate::{database::Table, http::Ask, load::Sample, orders::Orders, report::Row};

/// As the server's: what the load costs takes from what is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever goes wrong ends the benchmark.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Every workload runs once in each round.
const ROUNDS: usize = 3;
/// How long a workload runs before it is measured, each time.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long it is then measured, where the command line says nothing else.
const SECONDS_DEFAULT: u64 = 3;
const SECONDS_MAX: u64 = 3_600;
const USAGE: &str = "usage: s2s-bench [--seconds 1..3600] [--filled] [--only TEXT], where TEXT is a part of a workload's name, for \
                     example `RecordConversion, 128` or `GET`";
/// gRPC connections, which all callers share.
const CHANNELS: usize = 2;
/// HTTP/1.1 connections, each with one request in flight.
const HTTP_CONNECTIONS: usize = 64;
/// Batches in flight.
const BATCHES: usize = 2;
/// Streams, each with up to a thousand conversions in flight.
const STREAMS: usize = 4;
/// How long clicks, which a visitor doesn't wait for, may go on being written.
const CLICKS_PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before they are counted again.
const CLICKS_PAUSE: Duration = Duration::from_millis(200);
/// Writes that measure the disk.
const DISK_WRITES: usize = 100;

/// What is measured; the number is how many calls are in flight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Workload {
    /// The database by itself: rows of conversions, one or many in a transaction.
    OneRow(usize),
    ManyRows(usize),
    NoOp(usize),
    RecordConversion(usize),
    BatchRecordConversions,
    StreamRecordConversions,
    Healthz,
    Postback,
    Redirect,
}

use Workload::{
    BatchRecordConversions, Healthz, ManyRows, NoOp, OneRow, Postback, RecordConversion, Redirect,
    StreamRecordConversions,
};

/// In the order in which they run.
const WORKLOADS: [Workload; 17] = [
    OneRow(1),
    NoOp(1),
    RecordConversion(1),
    OneRow(32),
    NoOp(32),
    RecordConversion(32),
    NoOp(128),
    RecordConversion(128),
    NoOp(512),
    RecordConversion(512),
    ManyRows(1),
    ManyRows(2),
    BatchRecordConversions,
    StreamRecordConversions,
    Healthz,
    Postback,
    Redirect,
];

/// SQLite has one writer at a time.
fn makes_sense(workload: Workload, database_url: &str) -> bool {
    let sqlite = database_url.starts_with("sqlite:");
    !matches!((workload, sqlite), (OneRow(2..) | ManyRows(2..), true) | (ManyRows(1), false))
}

/// Each with what it is compared with. `Healthz` is the constant answer of the same HTTP stack.
const COMPARED: [(Workload, Workload); 11] = [
    (RecordConversion(1), NoOp(1)),
    (RecordConversion(32), NoOp(32)),
    (RecordConversion(128), NoOp(128)),
    (RecordConversion(512), NoOp(512)),
    (RecordConversion(128), OneRow(1)),
    (RecordConversion(128), OneRow(32)),
    (BatchRecordConversions, ManyRows(1)),
    (StreamRecordConversions, ManyRows(1)),
    (StreamRecordConversions, ManyRows(2)),
    (Postback, Healthz),
    (Redirect, Healthz),
];

/// For example `GET /s2s, 64 in flight`.
impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} in flight", self.name(), self.in_flight())
    }
}

impl Workload {
    fn name(self) -> &'static str {
        match self {
            OneRow(_) => "database, 1 row a transaction",
            ManyRows(_) => "database, 1,000 rows",
            NoOp(_) => "gRPC no-op (Health/Check)",
            RecordConversion(_) => "gRPC RecordConversion",
            BatchRecordConversions => "gRPC BatchRecordConversions",
            StreamRecordConversions => "gRPC StreamRecordConversions",
            Healthz => "GET /healthz",
            Postback => "GET /s2s",
            Redirect => "GET /{slug}",
        }
    }

    fn in_flight(self) -> usize {
        match self {
            OneRow(in_flight) | ManyRows(in_flight) | NoOp(in_flight) | RecordConversion(in_flight) => {
                in_flight
            }
            BatchRecordConversions => BATCHES,
            StreamRecordConversions => STREAMS,
            Healthz | Postback | Redirect => HTTP_CONNECTIONS,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The benchmark failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let Options { duration, only, filled } = Options::read(std::env::args().skip(1))?;
    let server = Server::start().await;
    report::machine(&server.database_url, disk_write(server.folder())?)?;
    println!(
        "{ROUNDS} rounds of {} s for each line, after {} s unmeasured",
        duration.as_secs(),
        WARM_UP.as_secs()
    );

    if filled {
        println!("the tables are filled first: 10 million clicks, 1 million conversions");
        database::fill(&server.database_url).await?;
    }
    let bench = Bench::prepare(&server).await?;
    let memory_at_rest = process::memory_kib(server.process_id(), "VmRSS")?;
    let asked = |workload: &Workload| only.as_ref().is_none_or(|only| workload.to_string().contains(only));
    let workloads = WORKLOADS.into_iter().filter(|workload| makes_sense(*workload, &server.database_url));
    let mut rows: Vec<Row> = workloads.filter(asked).map(Row::new).collect();
    let (mut recorded, mut visits) = (0, 0);
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        for row in &mut rows {
            let failed = |error| format!("round {round}, {}: {error}", row.workload.name());
            let warm_up = bench.measure(row.workload, WARM_UP).await.map_err(failed)?;
            let sample = bench.measure(row.workload, duration).await.map_err(failed)?;
            match row.workload {
                RecordConversion(_) | BatchRecordConversions | StreamRecordConversions | Postback => {
                    recorded += warm_up.items + sample.items;
                }
                Redirect => visits += warm_up.items + sample.items,
                OneRow(_) | ManyRows(_) | NoOp(_) | Healthz => {}
            }
            row.samples.push(sample);
        }
    }
    println!();
    report::table(&rows);
    report::comparison(&rows, &COMPARED);
    report::lone_call(&rows, RecordConversion(1), [NoOp(1), OneRow(1)]);
    let peak = process::memory_kib(server.process_id(), "VmHWM")?;
    println!(
        "memory of the server: {} MiB before the load, {} MiB at its peak",
        memory_at_rest / 1_024,
        peak / 1_024
    );

    let counted = bench.orders.count(&server.client()).await?;
    println!("conversions: {recorded} acknowledged as recorded, {counted} in ListConversions, none twice");
    let clicks = bench.count_clicks(&server.client(), visits).await?;
    println!("clicks: {visits} visitors sent on, {clicks} clicks in ListClicks");
    if counted == recorded { Ok(()) } else { Err("what is counted is not what was acknowledged".into()) }
}

/// What the command line says.
struct Options {
    /// For which each workload is measured in each round.
    duration: Duration,
    /// Leaves out workloads whose name and number in flight do not contain this.
    only: Option<String>,
    /// The tables are large from the start.
    filled: bool,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self { duration: Duration::from_secs(SECONDS_DEFAULT), only: None, filled: false };
        while let Some(name) = arguments.next() {
            match name.as_str() {
                "--filled" => options.filled = true,
                "--only" => options.only = Some(arguments.next().ok_or(USAGE)?),
                "--seconds" => {
                    let seconds = arguments.next().and_then(|number| number.parse().ok());
                    let seconds = seconds.filter(|number| (1..=SECONDS_MAX).contains(number));
                    options.duration = Duration::from_secs(seconds.ok_or(USAGE)?);
                }
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }
}

/// How long the disk under `folder` takes to make 4 KiB durable, which bounds what one caller sees.
fn disk_write(folder: &Path) -> Result<Duration> {
    let path = folder.join("disk");
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(DISK_WRITES);
    for _ in 0..DISK_WRITES {
        let start = Instant::now();
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    std::fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times.get(DISK_WRITES / 2).copied().unwrap_or_default())
}

/// What the workloads share.
struct Bench {
    process_id: u32,
    /// `127.0.0.1:PORT`.
    address: String,
    channels: Vec<Channel>,
    orders: Arc<Orders>,
    /// Beside the server's own tables.
    table: Table,
    /// Where the visitors click; the clicks of the orders are on another link.
    visited: TrackingLink,
}

impl Bench {
    async fn prepare(server: &Server) -> Result<Self> {
        let code = server.code("Sale").await;
        let visited = server.link(&[&code]).await;
        let orders = Arc::new(Orders::prepare(server, &code).await?);
        let table = Table::create(&server.database_url).await?;
        let mut channels = Vec::with_capacity(CHANNELS);
        for _ in 0..CHANNELS {
            channels.push(Endpoint::from_shared(server.url.clone())?.connect().await?);
        }
        let address = server.url.trim_start_matches("http://").to_owned();
        Ok(Self { process_id: server.process_id(), address, channels, orders, table, visited })
    }

    async fn measure(&self, workload: Workload, duration: Duration) -> Result<Sample> {
        let channels = self.channels.iter().cycle().take(workload.in_flight()).cloned();
        let process = self.process_id;
        match workload {
            OneRow(connections) => {
                let mut callers = Vec::with_capacity(connections);
                for _ in 0..connections {
                    callers.push(self.table.one_row().await?);
                }
                load::drive(callers, duration, process).await
            }
            ManyRows(connections) => {
                let mut callers = Vec::with_capacity(connections);
                for _ in 0..connections {
                    callers.push(self.table.many_rows().await?);
                }
                load::drive(callers, duration, process).await
            }
            NoOp(_) => load::drive(channels.map(grpc::NoOp::new).collect(), duration, process).await,
            RecordConversion(_) => {
                let callers = channels.map(|channel| grpc::Record::new(channel, self.orders.clone()));
                load::drive(callers.collect(), duration, process).await
            }
            BatchRecordConversions => {
                let callers = channels.map(|channel| grpc::Batch::new(channel, self.orders.clone()));
                load::drive(callers.collect(), duration, process).await
            }
            StreamRecordConversions => {
                let mut callers = Vec::with_capacity(STREAMS);
                for channel in channels {
                    callers.push(grpc::Stream::open(channel, self.orders.clone()).await?);
                }
                load::drive(callers, duration, process).await
            }
            Healthz => self.measure_http(&Ask::Healthz, duration).await,
            Postback => self.measure_http(&Ask::Postback(self.orders.clone()), duration).await,
            Redirect => self.measure_http(&Ask::Redirect(self.visited.slug.clone()), duration).await,
        }
    }

    async fn measure_http(&self, ask: &Ask, duration: Duration) -> Result<Sample> {
        let mut callers = Vec::with_capacity(HTTP_CONNECTIONS);
        for _ in 0..HTTP_CONNECTIONS {
            callers.push(http::Connection::open(&self.address, ask.clone()).await?);
        }
        load::drive(callers, duration, self.process_id).await
    }

    /// How many clicks the visited link has, once there are as many as `visits`, or after a while.
    async fn count_clicks(&self, client: &Client, visits: u64) -> Result<u64> {
        let deadline = Instant::now() + CLICKS_PATIENCE;
        let request = ListClicksRequest {
            tracking_link_id: self.visited.id.clone(),
            page_size: orders::PAGE_SIZE,
            ..Default::default()
        };
        loop {
            let all = client.clicks(request.clone());
            let clicks = all.try_fold(0, async |clicks, _| Ok(clicks + 1)).await?;
            if clicks >= visits || Instant::now() >= deadline {
                return Ok(clicks);
            }
            sleep(CLICKS_PAUSE).await;
        }
    }
}
