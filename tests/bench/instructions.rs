//! `s2s-bench --instructions`: the instructions that the server executes for each request.
//!
//! Callgrind counts them. Unlike a rate, such a count hardly changes if other programs use the
//! machine, so a small change of the server can be seen. It covers all threads of the server, with
//! SQLite in them, but no system calls. A copy of more than a few kilobytes counts a byte as an
//! instruction, so large copies weigh more than they cost.
//!
//! The counts also contain what the server's periodic tasks do meanwhile.

use std::{collections::BTreeMap, fs, path::Path, process::Command, sync::Arc};

use s2s_tests::{ADMIN_KEY, Server, bearer};
use tempfile::TempDir;

use crate::{
    Called, Result, Workload,
    Workload::{Healthz, NoOp, Postback, RecordConversion, Redirect},
    grpc,
    http::{Ask, Connection},
    load::{Caller, drive_calls},
    orders::{Orders, Spread},
};

/// The counted workloads, with their names in the file of counts.
const COUNTED: [(&str, Workload); 5] = [
    ("healthz", Healthz(64)),
    ("redirect", Redirect(64)),
    ("s2s", Postback(64)),
    ("no_op", NoOp(64)),
    ("record_conversion", RecordConversion(64)),
];
/// The calls before each count, and the counted calls: multiples of all numbers in flight.
const WARM_UP_CALLS: usize = 512;
const CALLS: usize = 4_096;
/// The number of clicks to which the conversions belong.
const CLICKS: u64 = 1_024;
/// A count may exceed the one in the file by this many hundredths.
const GROWTH_MAX_PERCENT: u64 = 5;

/// Counts the instructions of `server`, a binary, and prints them. With `file`, fails if a count is
/// larger than the one in that file by more than `GROWTH_MAX_PERCENT`.
pub async fn count(server: &Path, file: Option<&Path>) -> Result<()> {
    let expected = file.map(read).transpose()?;
    let folder = tempfile::tempdir()?;
    let program = callgrind(&folder);
    // The server runs in a folder of its own.
    let server = fs::canonicalize(server).map_err(|error| format!("{}: {error}", server.display()))?;
    let server = Server::start_under(&program, &server, &["--threads", "1"]).await;
    let counter = Counter { process: server.process_id(), folder };
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let orders = Arc::new(Orders::prepare(&server, &code, Spread::among(CLICKS, false)).await?);
    let called = Called::connect(server.process_id(), &server.url).await?;
    let address = server.url.trim_start_matches("http://");
    let key: tonic::metadata::AsciiMetadataValue = bearer(ADMIN_KEY).parse()?;
    let mut grown = Vec::new();
    println!("{:<20}{:>14}{:>14}", "instructions of a", "counted", "in the file");
    for (name, workload) in COUNTED {
        let in_flight = workload.in_flight();
        let count = match workload {
            NoOp(_) => counter.count(called.callers(in_flight, grpc::NoOp::new)).await?,
            RecordConversion(_) => {
                let record = |channel| grpc::Record::new(channel, key.clone(), orders.clone());
                counter.count(called.callers(in_flight, record)).await?
            }
            _ => {
                let ask = match workload {
                    Postback(_) => Ask::Postback(orders.clone()),
                    Redirect(_) => Ask::Redirect(link.slug.clone()),
                    _ => Ask::Healthz,
                };
                counter.count(Connection::open_all(address, &ask, in_flight).await?).await?
            }
        };
        let most = expected.as_ref().map(|expected| expected.get(name).copied().unwrap_or_default());
        println!("{name:<20}{count:>14}{:>14}", most.map_or_else(String::new, |most| most.to_string()));
        if most.is_some_and(|most| count * 100 > most * (100 + GROWTH_MAX_PERCENT)) {
            grown.push(name);
        }
    }
    if grown.is_empty() {
        return Ok(());
    }
    let (grown, file) = (grown.join(", "), file.unwrap_or(Path::new("")).display());
    Err(format!(
        "more instructions than in {file}: {grown}; find the cause, or change the file and say there why"
    )
    .into())
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

/// Counts the instructions of a process that runs under callgrind.
struct Counter {
    process: u32,
    /// The folder of callgrind's output.
    folder: TempDir,
}

impl Counter {
    /// The instructions of a call, as the mean of many.
    async fn count<C: Caller>(&self, mut callers: Vec<C>) -> Result<u64> {
        callers = drive_calls(callers, WARM_UP_CALLS).await?;
        self.control(&["--instr=on"])?;
        // Dropped only after the count, so that no connection ends while instructions are counted.
        let callers = drive_calls(callers, CALLS).await?;
        self.control(&["--instr=off"])?;
        drop(callers);
        self.control(&["--dump"])?;
        let mut total = 0;
        for entry in fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            total += totals(&fs::read_to_string(&path)?)?;
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
