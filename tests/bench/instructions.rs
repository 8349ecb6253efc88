//! `s2s-bench --instructions`: the instructions that the server executes for each request.
//!
//! Callgrind counts them. Unlike a rate, such a count hardly changes if other programs use the
//! machine, so a small change of the server can be seen. It covers all threads of the server, with
//! SQLite in them, but no system calls. A copy of more than a few kilobytes counts a byte as an
//! instruction, so large copies weigh more than they cost.
//!
//! Callgrind slows the server down, so the server's clocks are slowed down as well. Otherwise the
//! counts would mostly show what its periodic tasks do, and how busy the machine is.

use std::{collections::BTreeMap, fs, path::Path, process::Command, sync::Arc};

use s2s_sdk::v1::TrackingLink;
use s2s_tests::{ADMIN_KEY, Server, bearer, clock::SlowClocks};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinSet};
use tonic::metadata::AsciiMetadataValue;

use crate::{
    Called, Result, Workload,
    Workload::{Healthz, NoOp, PendingThenApproved, Postback, RecordConversion, Redirect},
    bare::Bare,
    grpc,
    http::{Ask, Connection},
    load::{Caller, drive_calls},
    options::Options,
    orders::{Orders, Spread},
};

/// The counted workloads, with their names in the file of counts.
const COUNTED: [(&str, Workload); 6] = [
    ("healthz", Healthz(64)),
    ("redirect", Redirect(64)),
    ("s2s", Postback(64)),
    ("pending_then_approved", PendingThenApproved(64)),
    ("no_op", NoOp(64)),
    ("record_conversion", RecordConversion(64)),
];
/// The calls before each count, and the counted calls: multiples of all numbers in flight.
const WARM_UP_CALLS: usize = 512;
const CALLS: usize = 2_048;
/// Number of counts of each workload.
const ROUNDS: usize = 3;
/// The number of clicks to which the conversions belong.
const CLICKS: u64 = 1_024;
/// About the factor by which callgrind slows the server down.
const SLOWED: u32 = 40;
/// A count may exceed the one in the file by this many hundredths.
const GROWTH_MAX_PERCENT: u64 = 5;

/// Counts the instructions of `server`, a binary, and prints them. With a file of counts, fails if a
/// count is larger than the one in that file by more than `GROWTH_MAX_PERCENT`.
pub async fn count(server: &Path, options: &Options) -> Result<()> {
    let expected = options.counts.as_deref().map(read).transpose()?;
    let asked = asked(&options.only)?;
    let folder = tempfile::tempdir()?;
    let clocks = SlowClocks::build(SLOWED);
    let program = [&clocks.command()[..], &callgrind(&folder)].concat();
    // The server runs in a folder of its own.
    let server = fs::canonicalize(server).map_err(|error| format!("{}: {error}", server.display()))?;
    let server = Server::start_under(&program, &server, &["--threads", "1"]).await;
    let code = server.code("Sale").await;
    let calls = Calls {
        link: server.link(&[&code]).await,
        orders: Arc::new(Orders::prepare(&server, &code, Spread::among(CLICKS, false)).await?),
        key: bearer(ADMIN_KEY).parse()?,
    };
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut ours = Counted::connect(server.process_id(), folder, &server.url, address).await?;
    for _ in 0..options.watchers {
        ours.watch().await?;
    }
    let libraries = if options.bare { Some(libraries().await?) } else { None };
    let mut grown = Vec::new();
    println!("{:<20}{:>14}{:>14}{:>16}", "instructions of a", "counted", "in the file", "libraries alone");
    for (name, workload) in asked {
        let count = ours.count(workload, &calls, options.profiles.as_deref().map(|to| (to, name))).await?;
        let alone = match &libraries {
            Some((_bare, libraries)) => libraries.count(workload, &calls, None).await?.to_string(),
            None => String::new(),
        };
        let most = expected.as_ref().map(|expected| expected.get(name).copied().unwrap_or_default());
        let in_file = most.map_or_else(String::new, |most| most.to_string());
        println!("{name:<20}{count:>14}{in_file:>14}{alone:>16}");
        if most.is_some_and(|most| count * 100 > most * (100 + GROWTH_MAX_PERCENT)) {
            grown.push(name);
        }
    }
    if grown.is_empty() {
        return Ok(());
    }
    let file = options.counts.as_deref().unwrap_or(Path::new("")).display();
    Err(format!(
        "more instructions than in {file}: {}; find the cause, or change the file and say there why",
        grown.join(", ")
    )
    .into())
}

/// The counted workloads whose names contain one of the texts; all of them if there is no text.
fn asked(only: &[String]) -> Result<Vec<(&'static str, Workload)>> {
    let is_asked = |name: &str| only.is_empty() || only.iter().any(|only| name.contains(only.as_str()));
    let asked: Vec<_> = COUNTED.into_iter().filter(|(name, _)| is_asked(name)).collect();
    if asked.is_empty() {
        let names = COUNTED.map(|(name, _)| name).join(", ");
        return Err(
            format!("no counted request has the name {}; their names: {names}", only.join(", ")).into()
        );
    }
    Ok(asked)
}

/// Starts the services that are the libraries alone.
async fn libraries() -> Result<(Bare, Counted)> {
    let folder = tempfile::tempdir()?;
    let bare = Bare::start(&callgrind(&folder)).await?;
    let counted = Counted::connect(bare.process_id()?, folder, &bare.url, bare.http_address.clone()).await?;
    Ok((bare, counted))
}

/// The parts of the calls that are the same in each.
struct Calls {
    link: TrackingLink,
    orders: Arc<Orders>,
    key: AsciiMetadataValue,
}

/// The counts in a file, by the names of the workloads.
fn read(file: &Path) -> Result<BTreeMap<String, u64>> {
    Ok(toml::from_str(&fs::read_to_string(file)?)?)
}

/// The command line of callgrind, up to the program that it runs.
fn callgrind(folder: &TempDir) -> Vec<String> {
    let out = format!("--callgrind-out-file={}", folder.path().join("counts").display());
    ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no", &out].map(str::to_owned).to_vec()
}

/// A process that runs under callgrind, with connections to it.
struct Counted {
    process: u32,
    /// The folder of callgrind's output.
    folder: TempDir,
    called: Called,
    /// The address of its plain HTTP.
    address: String,
    watchers: Vec<Watcher>,
}

/// A stream that reads all it is sent.
struct Watcher {
    /// The number of conversions that it was shown.
    seen: watch::Receiver<usize>,
    /// Reads as long as this value exists.
    _reader: JoinSet<Result<()>>,
}

impl Counted {
    async fn connect(process: u32, folder: TempDir, url: &str, address: String) -> Result<Self> {
        let called = Called::connect(process, url).await?;
        Ok(Self { process, folder, called, address, watchers: Vec::new() })
    }

    /// Opens a stream that shows all conversions.
    async fn watch(&mut self) -> Result<()> {
        let channel = self.called.channels.first().ok_or("no connection")?.clone();
        let mut messages = crate::watch::open(channel, ADMIN_KEY, "").await?;
        let (sender, seen) = watch::channel(0);
        let mut reader = JoinSet::new();
        reader.spawn(async move {
            loop {
                crate::watch::next(&mut messages).await?;
                sender.send_modify(|seen| *seen += 1);
            }
        });
        self.watchers.push(Watcher { seen, _reader: reader });
        Ok(())
    }

    /// Lets the callers make so many calls, and waits until each watcher has seen the conversions.
    async fn drive<C: Caller>(&self, callers: Vec<C>, calls: usize, is_shown: bool) -> Result<Vec<C>> {
        let before: Vec<usize> = self.watchers.iter().map(|watcher| *watcher.seen.borrow()).collect();
        let callers = drive_calls(callers, calls).await?;
        for (watcher, before) in self.watchers.iter().zip(before).filter(|_| is_shown) {
            watcher.seen.clone().wait_for(|seen| *seen >= before + calls).await?;
        }
        Ok(callers)
    }

    /// The instructions of a call of a workload. `profile`: the folder and the name of the file to
    /// which callgrind's profile goes.
    async fn count(&self, workload: Workload, calls: &Calls, profile: Option<(&Path, &str)>) -> Result<u64> {
        let in_flight = workload.in_flight();
        let ask = match workload {
            NoOp(_) => {
                return self.count_all(self.called.callers(in_flight, grpc::NoOp::new), false, profile).await;
            }
            RecordConversion(_) => {
                let record = |channel| grpc::Record::new(channel, calls.key.clone(), calls.orders.clone());
                return self.count_all(self.called.callers(in_flight, record), true, profile).await;
            }
            Postback(_) => Ask::Postback(calls.orders.clone()),
            PendingThenApproved(_) => Ask::PendingThenApproved(calls.orders.clone()),
            Redirect(_) => Ask::Redirect(calls.link.slug.clone()),
            _ => Ask::Healthz,
        };
        let connections = Connection::open_all(&self.address, &ask, in_flight).await?;
        self.count_all(connections, matches!(workload, Postback(_) | PendingThenApproved(_)), profile).await
    }

    /// The instructions of a call, as the mean of many: the lowest of several rounds. Periodic tasks
    /// and checkpoints of the database add to some rounds, and more on a slow machine.
    async fn count_all<C: Caller>(
        &self,
        mut callers: Vec<C>,
        is_shown: bool,
        profile: Option<(&Path, &str)>,
    ) -> Result<u64> {
        callers = self.drive(callers, WARM_UP_CALLS, is_shown).await?;
        let mut lowest = u64::MAX;
        for _ in 0..ROUNDS {
            self.control(&["--instr=on"])?;
            // Dropped only after the counts, so that no connection ends while instructions are counted.
            callers = self.drive(callers, CALLS, is_shown).await?;
            self.control(&["--instr=off"])?;
            lowest = lowest.min(self.counted(profile)?);
        }
        Ok(lowest)
    }

    /// The instructions of a call since the last count.
    fn counted(&self, profile: Option<(&Path, &str)>) -> Result<u64> {
        self.control(&["--dump"])?;
        let mut total = 0;
        for entry in fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            let counted = totals(&fs::read_to_string(&path)?)?;
            if let Some((folder, name)) = profile
                && counted > 0
            {
                fs::create_dir_all(folder)?;
                fs::copy(&path, folder.join(format!("{name}.callgrind")))?;
            }
            total += counted;
            fs::write(path, "")?;
        }
        if total == 0 {
            return Err("callgrind counted nothing".into());
        }
        Ok(total / u64::try_from(CALLS)?)
    }

    fn control(&self, arguments: &[&str]) -> Result<()> {
        let output =
            Command::new("callgrind_control").args(arguments).arg(self.process.to_string()).output()?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
    }
}

/// The instructions of one file of callgrind; 0 for a file that it has only opened.
fn totals(text: &str) -> Result<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(line.map(|line| line.trim().parse()).transpose()?.unwrap_or_default())
}
