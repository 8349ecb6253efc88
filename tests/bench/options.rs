//! The options of the command line.

use std::path::PathBuf;

use crate::Result;

/// Each round takes half a second (`ROUND`).
const ROUNDS_PER_SECOND: u64 = 2;
/// The measured time of each workload if `--seconds` is not given.
const SECONDS_DEFAULT: u64 = 8;
const SECONDS_MAX: u64 = 3_600;
const USAGE: &str = "usage: s2s-bench [--seconds 1..3600] [--filled] [--scattered] [--only TEXT,...], where TEXT is a \
                     part of a workload's name, for example `RecordConversion (128` or `GET`; or s2s-bench \
                     --instructions SERVER [--counts FILE] [--bare] [--profiles FOLDER]; or s2s-bench --bytes";

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
        };
        while let Some(name) = arguments.next() {
            match name.as_str() {
                "--filled" => options.filled = true,
                "--scattered" => options.scattered = true,
                "--only" => {
                    let only = arguments.next().ok_or(USAGE)?;
                    options.only = only.split(',').map(str::to_owned).collect();
                }
                "--seconds" => {
                    let seconds = arguments.next().and_then(|number| number.parse().ok());
                    let seconds = seconds.filter(|number| (1..=SECONDS_MAX).contains(number));
                    options.rounds = seconds.ok_or(USAGE)? * ROUNDS_PER_SECOND;
                }
                "--instructions" => options.counted = Some(arguments.next().ok_or(USAGE)?.into()),
                "--counts" => options.counts = Some(arguments.next().ok_or(USAGE)?.into()),
                "--bare" => options.bare = true,
                "--profiles" => options.profiles = Some(arguments.next().ok_or(USAGE)?.into()),
                "--bytes" => options.bytes = true,
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }
}
