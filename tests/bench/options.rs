//! The options of the command line.

use std::{path::PathBuf, time::Duration};

use crate::{Result, orders::CLICKS};

/// Each round takes half a second (`ROUND`).
const ROUNDS_PER_SECOND: u64 = 2;
/// The measured time of each workload if `--seconds` is not given.
const SECONDS_DEFAULT: u64 = 8;
const SECONDS_MAX: u64 = 3_600;
const RATE_MAX: u64 = 100_000;
const CLICKS_MAX: u64 = 1 << 20;
/// As many as a server allows for an account.
const WATCHERS_MAX: u64 = 100;
const USAGE: &str = "usage: s2s-bench [--seconds 1..3600] [--filled] [--scattered] [--only TEXT,...], where TEXT is a \
                     part of a workload's name, for example `RecordConversion (128` or `GET`; or s2s-bench \
                     --instructions SERVER [--counts FILE] [--bare] [--watchers NUMBER] [--only NAME,...] [--profiles FOLDER]; or \
                     s2s-bench --bytes; or s2s-bench --payouts; or s2s-bench --statements; or s2s-bench --watch [--seconds 1..3600]; or s2s-bench --open RATE [--clicks NUMBER] [--seconds 1..3600]";

/// The options of the command line.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Options {
    /// The number of rounds.
    pub rounds: u64,
    /// Parts of the names of the workloads to run; empty for all.
    pub only: Vec<String>,
    /// Fills the tables first.
    pub filled: bool,
    /// Scatters the conversions over their table.
    pub scattered: bool,
    /// Counts the instructions of this server binary, and measures no rates.
    pub counted: Option<PathBuf>,
    /// The file with the expected counts.
    pub counts: Option<PathBuf>,
    /// Counts the instructions of the libraries alone as well.
    pub bare: bool,
    /// The folder for callgrind's profile of each workload.
    pub profiles: Option<PathBuf>,
    /// Measures the bytes of each row, and no rates.
    pub bytes: bool,
    /// Measures balances and payouts.
    pub payouts: bool,
    /// Measures the comparison of networks' statements.
    pub statements: bool,
    /// Measures streams of events.
    pub watch: bool,
    /// The number of streams that show all conversions while instructions are counted.
    pub watchers: u64,
    /// Sends so many postbacks a second, whether or not earlier ones are answered.
    pub open: Option<u64>,
    /// The number of clicks of those postbacks, a power of two.
    pub clicks: u64,
}

impl Options {
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            rounds: SECONDS_DEFAULT * ROUNDS_PER_SECOND,
            only: Vec::new(),
            filled: false,
            scattered: false,
            counted: None,
            counts: None,
            bare: false,
            profiles: None,
            bytes: false,
            payouts: false,
            statements: false,
            watch: false,
            watchers: 0,
            open: None,
            clicks: CLICKS,
        };
        while let Some(name) = arguments.next() {
            match name.as_str() {
                "--filled" => options.filled = true,
                "--scattered" => options.scattered = true,
                "--only" => {
                    let only = arguments.next().ok_or(USAGE)?;
                    options.only = only.split(',').map(str::to_owned).collect();
                }
                "--seconds" => options.rounds = number(&mut arguments, SECONDS_MAX)? * ROUNDS_PER_SECOND,
                "--instructions" => options.counted = Some(arguments.next().ok_or(USAGE)?.into()),
                "--counts" => options.counts = Some(arguments.next().ok_or(USAGE)?.into()),
                "--bare" => options.bare = true,
                "--profiles" => options.profiles = Some(arguments.next().ok_or(USAGE)?.into()),
                "--bytes" => options.bytes = true,
                "--payouts" => options.payouts = true,
                "--statements" => options.statements = true,
                "--watch" => options.watch = true,
                "--watchers" => options.watchers = number(&mut arguments, WATCHERS_MAX)?,
                "--open" => options.open = Some(number(&mut arguments, RATE_MAX)?),
                "--clicks" => options.clicks = number(&mut arguments, CLICKS_MAX)?.next_power_of_two(),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }

    /// The measured time of a workload.
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.rounds / ROUNDS_PER_SECOND)
    }
}

/// The next argument, a number from 1 to `max`.
fn number(arguments: &mut impl Iterator<Item = String>, max: u64) -> Result<u64> {
    let number = arguments.next().and_then(|number| number.parse().ok());
    Ok(number.filter(|number| (1..=max).contains(number)).ok_or(USAGE)?)
}
