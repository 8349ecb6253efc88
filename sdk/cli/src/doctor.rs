//! `s2s doctor`: finds faults of a set-up, and says how to cure each.
//!
//! The rules are pure functions from facts to findings, in `server.rs` and `setup.rs`. The facts
//! are read in `facts.rs`.

mod facts;
mod finding;
mod probe;
mod server;
mod setup;

use self::{
    facts::Patient,
    finding::{Finding, State},
};
use crate::{
    cells::plain,
    failure::Failure,
    output::{self, Format, Output},
    profile::Connection,
};

const TITLES: [&str; 5] = ["check", "state", "subject", "message", "cure"];

pub async fn run(connection: &Connection, output: &Output) -> Result<(), Failure> {
    let patient = Patient::new(connection)?;
    let mut findings = Vec::new();
    let examined = patient.examine(&mut findings).await;
    match output.format {
        Format::Table => print(&findings)?,
        Format::Json => output::json(&findings.iter().map(Finding::to_json).collect())?,
        Format::Csv => output::csv_rows(TITLES.into_iter(), findings.iter().map(Finding::cells))?,
    }
    examined?;
    match findings.iter().filter(|finding| finding.state == State::Fault).count() {
        0 => Ok(()),
        1 => Err(Failure::Found("1 fault was found; its cure is below it".to_owned())),
        faults => Err(Failure::Found(format!("{faults} faults were found; each cure is below its fault"))),
    }
}

/// Prints the findings for people: a line for each, and its cure on the next line.
fn print(findings: &[Finding]) -> Result<(), Failure> {
    let longest = |read: fn(&Finding) -> usize| findings.iter().map(read).max().unwrap_or_default();
    let width = longest(|finding| finding.check.len());
    for finding in findings {
        let Finding { check, state, .. } = finding;
        let (subject, message) = (plain(&finding.subject), plain(&finding.message));
        let colon = if subject.is_empty() { "" } else { ": " };
        output::print(&format!("{:<5}  {check:<width$}  {subject}{colon}{message}\n", state.word()))?;
        if !finding.cure.is_empty() {
            output::print(&format!("{:<5}  {:<width$}  → {}\n", "", "", plain(&finding.cure)))?;
        }
    }
    Ok(())
}
