//! Runs a command that plays `journey.json` against the real server: `s2s-journey -- COMMAND…`.
//!
//! Environment variables that begin with `S2S_JOURNEY` tell the command where the server is. The
//! program ends with the command's exit status. At the end, it stops everything that it started.

use std::process::{ExitCode, ExitStatus};

use s2s_tests::stage::Stage;
use tokio::{
    process::Command,
    signal::unix::{SignalKind, signal},
};

/// The exit statuses of shells.
const NOT_FOUND: u8 = 127;
const INTERRUPTED: u8 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [dashes, program, rest @ ..] = arguments.as_slice() else { return usage() };
    if dashes != "--" {
        return usage();
    }
    // Handles signals before the server starts, so that an interruption leaves nothing behind.
    let interrupted = interrupted();
    let mut stage = Stage::start().await;
    let mut command = Command::new(program);
    let child = command.args(rest).envs(stage.variables()).kill_on_drop(true).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{}: {error}", program.display());
            return ExitCode::from(NOT_FOUND);
        }
    };
    let play = async {
        tokio::select! {
            status = child.wait() => ExitCode::from(status.map_or(1, code)),
            () = interrupted => ExitCode::from(INTERRUPTED),
        }
    };
    stage.run(play).await
}

fn usage() -> ExitCode {
    eprintln!("usage: s2s-journey -- COMMAND…");
    ExitCode::from(2)
}

/// Waits for Ctrl-C, or for another signal that asks this program to end.
fn interrupted() -> impl Future<Output = ()> {
    let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    async {
        let waits = signals.into_iter().flatten().map(async |mut signal| signal.recv().await);
        let waits = waits.map(Box::pin);
        futures::future::select_all(waits).await;
    }
}

/// The exit status of the command; 1 if a signal ended it.
fn code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
