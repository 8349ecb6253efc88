//! `s2s`: the command line of the service, built on the Rust SDK.
//!
//! This crate is a library only so that the fuzzer can link it. Except for the fuzzer, it exports
//! only `main`, so that the compiler still finds unused code.
//!
//! Results go to standard output, messages about them to standard error. The exit statuses are
//! defined in `failure.rs`; the cures of errors come from the schema.

// Printing to a closed pipe with these macros panics; `output::say` and `output::print` do not.
#![deny(clippy::print_stderr, clippy::print_stdout)]

mod accounts;
mod adjustments;
mod args;
mod cells;
mod clicks;
mod codes;
mod conversions;
mod doctor;
mod failure;
mod init;
mod keys;
mod links;
mod money;
mod names;
mod output;
mod partners;
mod payouts;
mod postbacks;
mod presets;
mod profile;
mod report;
mod schema;
mod statements;
mod tail;
mod time;

use std::{process::ExitCode, sync::Arc};

use clap::CommandFactory as _;

use self::{
    adjustments::One,
    args::{Arguments, Command},
    failure::Failure,
    output::Output,
    time::Zone,
};

#[cfg(fuzzing)]
pub use self::conversions::check_file;

/// Runs the program. Returns its exit status.
pub async fn main() -> ExitCode {
    let arguments = Arguments::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    let status = match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    };
    // If messages were lost, the exit status must not be that of success.
    if status == ExitCode::SUCCESS && output::is_unheard() { failure::UNHEARD.into() } else { status }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    if let Command::Completions { shell } = arguments.command {
        let mut command = Arguments::command();
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command, "s2s", &mut script);
        return output::raw(&script);
    }
    let output = &Output { format: arguments.output };
    if let Command::Doctor = arguments.command {
        return doctor::run(&arguments.connection, output).await;
    }
    let client = &arguments.connection.client()?;
    let zone = &Arc::new(Zone::new(arguments.time_zone));
    let done = match arguments.command {
        Command::Codes { action } => codes::run(action, client, output).await,
        Command::Links { action } => links::run(action, client, output, zone).await,
        Command::Partners { action } => partners::run(action, client, output, zone).await,
        Command::Payouts { action } => payouts::run(action, client, output, zone).await,
        Command::Clicks { action } => clicks::run(action, client, output).await,
        Command::Conversions { action } => conversions::run(action, client, output, zone).await,
        Command::Approve(args) => adjustments::run(One::Approve(args), client, output, zone).await,
        Command::Decline(args) => adjustments::run(One::Decline(args), client, output, zone).await,
        Command::Refund(args) => adjustments::run(One::Refund(args), client, output, zone).await,
        Command::Restate(args) => adjustments::run(One::Restate(args), client, output, zone).await,
        Command::Reverse(args) => adjustments::run(One::Reverse(args), client, output, zone).await,
        Command::Adjust(options) => adjustments::run_file(client, options).await,
        Command::Adjustments(listed) => adjustments::list(listed, client, output, zone).await,
        Command::Statements { action } => statements::run(action, client, output, zone).await,
        Command::Report(report) => report::run(report, client, output, zone).await,
        Command::Postbacks { action } => postbacks::run(action, client, output, zone).await,
        Command::Presets { action } => presets::run(action, client, output).await,
        Command::Keys { action } => keys::run(action, client, output, zone).await,
        Command::Accounts { action } => accounts::run(action, client, output).await,
        Command::Init(init) => init::run(init, client, output).await,
        Command::Tail(what) => tail::run(what, client, output).await,
        Command::Completions { .. } | Command::Doctor => Ok(()),
    };
    zone.say();
    done
}
