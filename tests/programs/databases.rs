//! Runs a command with a new database server: `s2s-databases postgres|mariadb COMMAND…`.

#![expect(clippy::panic, reason = "it can't go on")]

use std::process::{Command, ExitCode};

use s2s_tests::database::{VARIABLE, server::DatabaseServer};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, program, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: s2s-databases postgres|mariadb COMMAND…");
        return ExitCode::from(2);
    };
    let server = DatabaseServer::start(kind).await;
    match Command::new(program).args(rest).env(VARIABLE, &server.url).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => panic!("{program}: {error}"),
    }
}
