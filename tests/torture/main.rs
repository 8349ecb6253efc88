//! `make torture`: the server, its edges and its database are killed, hang, and are cut off between a COMMIT and its
//! answer, under load; then it is looked whether what was acknowledged is there, once, to the micro-unit, and nothing that
//! was not sent.
//!
//! `s2s-torture sqlite|postgres|mariadb CYCLES [SEED]` for blows in an order that looks random;
//! `s2s-torture outage sqlite|postgres|mariadb SECONDS` for outages that last, with figures of what callers feel;
//! `s2s-torture edge SECONDS` for outages in which the edge has troubles of its own: a full disk, failures of fsync, kills.

// Of futures in futures, with all that the tests add to the HTTP client.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "it can't go on")]

mod crowd;
mod edge;
mod kills;
mod ledger;
mod outage;
mod proxy;
mod scene;
mod street;

use std::{process::ExitCode, time::Duration};

use s2s_tests::random::Random;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["outage", kind, seconds] => {
            println!("{kind}: outages of {seconds} s");
            outage::torture(kind, Duration::from_secs(seconds.parse().unwrap())).await
        }
        ["edge", seconds] => {
            println!("an edge in trouble, in outages of {seconds} s");
            edge::torture(Duration::from_secs(seconds.parse().unwrap())).await
        }
        [kind, cycles, seed @ ..] if seed.len() < 2 => {
            let seed = seed.first().map_or(1, |seed| seed.parse().unwrap());
            println!("{kind}: {cycles} cycles, seed {seed}");
            kills::torture(kind, cycles.parse().unwrap(), Random(seed)).await
        }
        _ => {
            eprintln!(
                "usage: s2s-torture sqlite|postgres|mariadb CYCLES [SEED]\n       \
                 s2s-torture outage sqlite|postgres|mariadb SECONDS\n       \
                 s2s-torture edge SECONDS"
            );
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("FAULT: {fault}");
            ExitCode::FAILURE
        }
    }
}
