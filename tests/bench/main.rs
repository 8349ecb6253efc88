//! `make bench`: the speed of one server on this machine, and a proof that it counted exactly what
//! it acknowledged.
//!
//! Each round measures all workloads in turn. Each kind of call is compared with one or more
//! baselines, most of which cost as little as the HTTP stack or the database allows. The ratio of
//! two rates shows the cost of the server's own work. It depends less on the machine than the rates do.
//! The load generator and the server share the machine, so rates are a lower bound. Linux only: CPU
//! time and memory come from `/proc`.
//!
//! Deliberately absent: any assertion about time.

mod bare;
mod bytes;
mod database;
mod grpc;
mod http;
mod instructions;
mod load;
mod open;
mod options;
mod orders;
mod payouts;
mod process;
mod refunds;
mod report;
mod statements;
mod watch;

use std::{fmt, fs::File, io::Write as _, path::Path, process::ExitCode, sync::Arc, time::Duration};

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{ListClicksRequest, TrackingLink},
};
use s2s_tests::{ADMIN_KEY, Server, bearer};
use tokio::time::{Instant, sleep};
use tonic::{
    metadata::AsciiMetadataValue,
    transport::{Channel, Endpoint},
};

use crate::{
    bare::Bare,
    database::Table,
    http::Ask,
    load::{Caller, Sample},
    options::Options,
    orders::{Orders, Spread},
    refunds::Refunds,
    report::Row,
};

/// The same allocator as the server's: a slow load generator takes time from the measured program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The result of a step; any error ends the benchmark.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The length of a measurement; each workload has one in each round. Measurements are short,
/// because the speed of the machine changes within seconds, and compared workloads should meet the
/// same speed.
const ROUND: Duration = Duration::from_millis(500);
/// The unmeasured time before each measurement.
const WARM_UP: Duration = Duration::from_millis(250);
/// The gRPC connections to each server, shared by its callers.
const CHANNELS: usize = 2;
/// The commits that run at once (`--batches-max`) in servers that commit each call alone: the
/// default, and a number with which such a server is fast.
const CONNECTIONS: [usize; 2] = [2, 32];
/// The number of batches in flight.
const BATCHES: usize = 2;
/// The number of streams, each with up to 1,000 conversions in flight.
const STREAMS: usize = 4;
/// The time limit for the writing of clicks. A visitor waits at most 50 ms for the writing, so clicks
/// can be written after the last answer.
const CLICKS_PATIENCE: Duration = Duration::from_secs(10);
/// The pause before clicks are counted again.
const CLICKS_PAUSE: Duration = Duration::from_millis(200);
/// The number of writes that measure the disk.
const DISK_WRITES: usize = 100;

/// A workload, with the number of calls in flight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Workload {
    /// The database alone: rows of conversions, one or many in a transaction.
    OneRow(usize),
    ManyRows(usize),
    NoOp(usize),
    /// tonic alone, with the messages of `RecordConversion`.
    SameMessages(usize),
    RecordConversion(usize),
    /// `RecordConversion` on a server that commits each call alone. The second number is the number
    /// of commits that run at once.
    ByItself(usize, usize),
    BatchRecordConversions,
    StreamRecordConversions,
    /// Refunds, one by one and in batches.
    CreateAdjustment(usize),
    BatchCreateAdjustments,
    Healthz(usize),
    Postback(usize),
    /// Postbacks of each order, in turn: it is pending, then approved.
    PendingThenApproved(usize),
    Redirect(usize),
}

use Workload::{
    BatchCreateAdjustments, BatchRecordConversions, ByItself, CreateAdjustment, Healthz, ManyRows, NoOp,
    OneRow, PendingThenApproved, Postback, RecordConversion, Redirect, SameMessages, StreamRecordConversions,
};

/// The workloads in the order of each round.
const WORKLOADS: [Workload; 27] = [
    OneRow(1),
    NoOp(1),
    RecordConversion(1),
    OneRow(32),
    NoOp(32),
    RecordConversion(32),
    NoOp(128),
    SameMessages(128),
    RecordConversion(128),
    ByItself(128, 2),
    ByItself(128, 32),
    NoOp(512),
    SameMessages(512),
    RecordConversion(512),
    ManyRows(1),
    ManyRows(2),
    BatchRecordConversions,
    StreamRecordConversions,
    CreateAdjustment(128),
    BatchCreateAdjustments,
    Healthz(64),
    Postback(64),
    PendingThenApproved(64),
    Redirect(64),
    Healthz(256),
    Postback(256),
    Redirect(256),
];

/// False for a workload that shows nothing new on this kind of database. SQLite has one writer
/// at a time, so a larger number of commits at once changes nothing there.
fn makes_sense(workload: Workload, database_url: &str) -> bool {
    let sqlite = database_url.starts_with("sqlite:");
    !matches!(
        (workload, sqlite),
        (OneRow(2..) | ManyRows(2..) | ByItself(_, 3..), true) | (ManyRows(1), false)
    )
}

/// Workloads, each with the one that it is compared with. `Healthz` is a constant answer of the
/// server's HTTP stack.
const COMPARED: [(Workload, Workload); 20] = [
    (RecordConversion(1), NoOp(1)),
    (RecordConversion(32), NoOp(32)),
    (RecordConversion(128), NoOp(128)),
    (RecordConversion(512), NoOp(512)),
    (RecordConversion(128), SameMessages(128)),
    (RecordConversion(512), SameMessages(512)),
    (RecordConversion(128), ByItself(128, 2)),
    (RecordConversion(128), ByItself(128, 32)),
    (RecordConversion(128), OneRow(1)),
    (RecordConversion(128), OneRow(32)),
    (BatchRecordConversions, ManyRows(1)),
    (StreamRecordConversions, ManyRows(1)),
    (StreamRecordConversions, ManyRows(2)),
    (CreateAdjustment(128), RecordConversion(128)),
    (BatchCreateAdjustments, BatchRecordConversions),
    (Postback(64), Healthz(64)),
    (PendingThenApproved(64), Postback(64)),
    (Redirect(64), Healthz(64)),
    (Postback(256), Healthz(256)),
    (Redirect(256), Healthz(256)),
];

/// The call and the number in flight, for example `GET /s2s (64)`.
impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.in_flight())
    }
}

impl Workload {
    fn name(self) -> &'static str {
        match self {
            OneRow(_) => "database, 1 row a transaction",
            ManyRows(_) => "database, 1,000 rows",
            NoOp(_) => "gRPC no-op (Health/Check)",
            SameMessages(_) => "gRPC the same messages, no work",
            RecordConversion(_) => "gRPC RecordConversion",
            ByItself(_, 32) => "gRPC each alone, 32 at a time",
            ByItself(..) => "gRPC each committed alone",
            BatchRecordConversions => "gRPC BatchRecordConversions",
            StreamRecordConversions => "gRPC StreamRecordConversions",
            CreateAdjustment(_) => "gRPC CreateAdjustment",
            BatchCreateAdjustments => "gRPC BatchCreateAdjustments",
            Healthz(_) => "GET /healthz",
            Postback(_) => "GET /s2s",
            PendingThenApproved(_) => "GET /s2s, pending then approved",
            Redirect(_) => "GET /{slug}",
        }
    }

    fn in_flight(self) -> usize {
        match self {
            OneRow(in_flight)
            | ManyRows(in_flight)
            | NoOp(in_flight)
            | SameMessages(in_flight)
            | RecordConversion(in_flight)
            | ByItself(in_flight, _)
            | CreateAdjustment(in_flight)
            | Healthz(in_flight)
            | Postback(in_flight)
            | PendingThenApproved(in_flight)
            | Redirect(in_flight) => in_flight,
            BatchRecordConversions | BatchCreateAdjustments => BATCHES,
            StreamRecordConversions => STREAMS,
        }
    }
}

fn main() -> ExitCode {
    let is_bare = std::env::args().nth(1).is_some_and(|argument| argument == bare::ARGUMENT);
    match if is_bare { bare::serve() } else { run() } {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The benchmark failed: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run() -> Result<()> {
    let options = Options::read(std::env::args().skip(1))?;
    match &options.counted {
        Some(server) => instructions::count(server, &options).await,
        None if options.bytes => bytes::measure().await,
        None if options.payouts => payouts::measure().await,
        None if options.statements => statements::measure().await,
        None if options.watch => watch::measure(&options).await,
        None if let Some(rate) = options.open => open::load(rate, &options).await,
        None => bench(options).await,
    }
}

async fn bench(options: Options) -> Result<()> {
    let Options { rounds, only, filled, scattered, .. } = options;
    let server = Server::start().await;
    report::machine(&server.database_url, disk_write(server.folder())?)?;
    println!(
        "each line of the table: {rounds} rounds of {} ms, each round after {} ms that are not measured",
        ROUND.as_millis(),
        WARM_UP.as_millis()
    );

    if filled {
        println!("the tables are filled first: 10 million clicks, 1 million conversions");
        database::fill(&server.database_url).await?;
    }
    let memory_at_rest = process::memory_kib(server.process_id(), "VmRSS")?;
    let bench = Bench::prepare(&server, Spread::among(orders::CLICKS, scattered)).await?;
    let asked = |workload: &Workload| {
        let text = workload.to_string();
        only.is_empty() || only.iter().any(|only| text.contains(only))
    };
    let workloads = WORKLOADS.into_iter().filter(|workload| makes_sense(*workload, &server.database_url));
    let mut rows: Vec<Row> = workloads.filter(asked).map(Row::new).collect();
    let (mut recorded, mut visits) = (bench.refunds.conversions(), 0);
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for row in &mut rows {
            let failed = |error| format!("round {round}, {}: {error}", row.workload.name());
            let warm_up = bench.measure(row.workload, WARM_UP).await.map_err(failed)?;
            let sample = bench.measure(row.workload, ROUND).await.map_err(failed)?;
            match row.workload {
                RecordConversion(_)
                | ByItself(..)
                | BatchRecordConversions
                | StreamRecordConversions
                | Postback(_) => {
                    recorded += warm_up.items + sample.items;
                }
                PendingThenApproved(_) => recorded += warm_up.items / 2 + sample.items / 2,
                Redirect(_) => visits += warm_up.items + sample.items,
                OneRow(_)
                | ManyRows(_)
                | NoOp(_)
                | SameMessages(_)
                | CreateAdjustment(_)
                | BatchCreateAdjustments
                | Healthz(_) => {}
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

/// The median time to make 4 KiB durable on the disk of `folder`. A lone caller waits at least this
/// long for an answer.
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

/// A server with connections to it.
struct Called {
    process_id: u32,
    channels: Vec<Channel>,
}

impl Called {
    async fn connect(process_id: u32, url: &str) -> Result<Self> {
        let mut channels = Vec::with_capacity(CHANNELS);
        for _ in 0..CHANNELS {
            channels.push(Endpoint::from_shared(url.to_owned())?.connect().await?);
        }
        Ok(Self { process_id, channels })
    }

    async fn drive<C: Caller>(
        &self,
        in_flight: usize,
        caller: impl Fn(Channel) -> C,
        duration: Duration,
    ) -> Result<Sample> {
        load::drive(self.callers(in_flight, caller), duration, self.process_id).await
    }

    /// Callers that share the connections.
    fn callers<C>(&self, count: usize, caller: impl Fn(Channel) -> C) -> Vec<C> {
        self.channels.iter().cycle().take(count).cloned().map(caller).collect()
    }
}

/// The servers and data that the workloads share.
struct Bench {
    server: Called,
    /// One server for each of `CONNECTIONS`. They run as long as this value exists.
    by_itself: Vec<(Server, Called)>,
    bare: (Bare, Called),
    /// `127.0.0.1:PORT`.
    address: String,
    orders: Arc<Orders>,
    refunds: Arc<Refunds>,
    /// The table of the workloads `OneRow` and `ManyRows`, in the server's database.
    table: Table,
    /// The link of the visitors; the clicks of the orders are on another link.
    visited: TrackingLink,
}

impl Bench {
    async fn prepare(server: &Server, spread: Spread) -> Result<Self> {
        let code = server.code("Sale").await;
        let visited = server.link(&[&code]).await;
        let orders = Arc::new(Orders::prepare(server, &code, spread).await?);
        let table = Table::create(&server.database_url, spread).await?;
        let mut by_itself = Vec::with_capacity(CONNECTIONS.len());
        for connections in CONNECTIONS {
            let flags = ["--batch-max", "1", "--batches-max", &connections.to_string()];
            let server = Server::start_beside_with(server, &flags).await;
            let called = Called::connect(server.process_id(), &server.url).await?;
            by_itself.push((server, called));
        }
        let bare = Bare::start(&[]).await?;
        let called = Called::connect(server.process_id(), &server.url).await?;
        let channel = called.channels.first().ok_or("no connection")?.clone();
        let refunds = Arc::new(Refunds::prepare(channel, orders.clone()).await?);
        Ok(Self {
            server: called,
            address: server.url.trim_start_matches("http://").to_owned(),
            by_itself,
            bare: {
                let called = Called::connect(bare.process_id()?, &bare.url).await?;
                (bare, called)
            },
            orders,
            refunds,
            table,
            visited,
        })
    }

    async fn measure(&self, workload: Workload, duration: Duration) -> Result<Sample> {
        let key: AsciiMetadataValue = bearer(ADMIN_KEY).parse()?;
        let record = |channel| grpc::Record::new(channel, key.clone(), self.orders.clone());
        let batch = |channel| grpc::Batch::new(channel, self.orders.clone());
        let process = self.server.process_id;
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
            NoOp(in_flight) => self.server.drive(in_flight, grpc::NoOp::new, duration).await,
            SameMessages(in_flight) => self.bare.1.drive(in_flight, record, duration).await,
            RecordConversion(in_flight) => self.server.drive(in_flight, record, duration).await,
            ByItself(in_flight, connections) => {
                let server = CONNECTIONS.into_iter().zip(&self.by_itself).find(|(on, _)| *on == connections);
                let (_, (_, called)) = server.ok_or("no server has so many connections")?;
                called.drive(in_flight, record, duration).await
            }
            BatchRecordConversions => self.server.drive(BATCHES, batch, duration).await,
            StreamRecordConversions => {
                let mut callers = Vec::with_capacity(STREAMS);
                for channel in self.server.channels.iter().cycle().take(STREAMS).cloned() {
                    callers.push(grpc::Stream::open(channel, self.orders.clone()).await?);
                }
                load::drive(callers, duration, process).await
            }
            CreateAdjustment(in_flight) => {
                let refund = |channel| refunds::Single::new(channel, key.clone(), self.refunds.clone());
                self.server.drive(in_flight, refund, duration).await
            }
            BatchCreateAdjustments => {
                let refund = |channel| refunds::Batch::new(channel, self.refunds.clone());
                self.server.drive(BATCHES, refund, duration).await
            }
            Healthz(connections) => self.measure_http(&Ask::Healthz, connections, duration).await,
            Postback(connections) => {
                self.measure_http(&Ask::Postback(self.orders.clone()), connections, duration).await
            }
            PendingThenApproved(connections) => {
                let ask = Ask::PendingThenApproved(self.orders.clone());
                self.measure_http(&ask, connections, duration).await
            }
            Redirect(connections) => {
                self.measure_http(&Ask::Redirect(self.visited.slug.clone()), connections, duration).await
            }
        }
    }

    /// Measures requests over HTTP/1.1, one in flight on each connection.
    async fn measure_http(&self, ask: &Ask, connections: usize, duration: Duration) -> Result<Sample> {
        let callers = http::Connection::open_all(&self.address, ask, connections).await?;
        load::drive(callers, duration, self.server.process_id).await
    }

    /// Counts the clicks of the visited link, again and again until there are `visits` or the time
    /// is up.
    async fn count_clicks(&self, client: &Client, visits: u64) -> Result<u64> {
        let deadline = Instant::now() + CLICKS_PATIENCE;
        let request = ListClicksRequest {
            tracking_link_id: self.visited.id.clone(),
            page_size: orders::PAGE_SIZE,
            ..Default::default()
        };
        loop {
            let all = client.clicks().list(request.clone());
            let clicks = all.try_fold(0, async |clicks, _| Ok(clicks + 1)).await?;
            if clicks >= visits || Instant::now() >= deadline {
                return Ok(clicks);
            }
            sleep(CLICKS_PAUSE).await;
        }
    }
}
