//! `make torture`: under load, kills the server, its edges and its database, suspends the server,
//! and cuts its connections to the database. Then checks that everything acknowledged is stored
//! exactly once, with values exact to the micro-unit, and that everything stored was sent.
//!
//! `s2s-torture sqlite|postgres|mariadb CYCLES [SEED]`: these failures in a pseudo-random order.
//! `s2s-torture outage sqlite|postgres|mariadb SECONDS`: makes long outages, and prints how
//! long callers waited.
//! `s2s-torture stalls sqlite|postgres|mariadb`: short outages under a load that goes on.
//! `s2s-torture hostile sqlite|postgres SECONDS`: attackers of all kinds beside honest senders.
//! `s2s-torture stopped sqlite|postgres|mariadb SECONDS [unguarded]`: stops a server until its lanes
//! of the journal are closed. With `unguarded`, the torture must report a fault.
//! `s2s-torture edge SECONDS`: outages with an edge in trouble: a full disk, failing fsync, kills.

// The futures of the tests nest more deeply than the default allows.
#![recursion_limit = "256"]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed step ends the test"
)]

mod books;
mod crowd;
mod edge;
mod hostile;
mod kills;
mod ledger;
mod outage;
mod scene;
mod stalls;
mod stopped;
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
        ["stalls", kind] => {
            println!("{kind}: short stalls under a load that goes on");
            stalls::torture(kind).await
        }
        ["hostile", kind @ ("sqlite" | "postgres"), seconds] => {
            println!("{kind}: attackers beside honest senders for {seconds} s");
            hostile::torture(kind, Duration::from_secs(seconds.parse().unwrap())).await
        }
        ["stopped", kind, seconds, unguarded @ ..] if matches!(unguarded, [] | ["unguarded"]) => {
            println!("{kind}: a server is stopped for {seconds} s, and its lanes are closed");
            stopped::torture(kind, Duration::from_secs(seconds.parse().unwrap()), !unguarded.is_empty()).await
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
                 s2s-torture stalls sqlite|postgres|mariadb\n       \
                 s2s-torture hostile sqlite|postgres SECONDS\n       \
                 s2s-torture stopped sqlite|postgres|mariadb SECONDS [unguarded]\n       \
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
