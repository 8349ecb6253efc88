//! The promises of the server and its programs, tested through real ports, and the repository's
//! rules.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that can't go on has failed"
)]

mod access;
mod adjustments;
mod answer_sizes;
mod attacks;
mod authentication;
mod backup;
mod bad_input;
mod bodies;
mod callers;
mod catch_up;
mod cli;
mod click_id_keys;
mod clocks;
mod commits;
mod concurrency;
mod config;
mod console;
mod contract;
mod counting;
mod dependencies;
mod displaced;
mod door;
mod duplicates;
mod edge_keys;
mod erasing;
mod erasure;
mod explain;
mod facts;
mod fixture;
mod flood;
mod former_keys;
mod gone;
mod guides;
mod handed_on;
mod hostile;
mod journey;
mod json_calls;
mod keys;
mod known_links;
mod limits;
mod lists;
mod load;
mod logs;
mod look;
mod loops;
mod money;
mod older_rows;
mod older_servers;
mod orders;
mod orphans;
mod outage;
mod partners;
mod places;
mod poison;
mod port;
mod presets;
mod proxies;
mod raw;
mod redirect;
mod rehearsal;
mod replay;
mod reports;
mod retention;
mod rules;
mod scans;
mod scripts;
mod sdk;
mod sdk_journey;
mod senders;
mod set_up_changes;
mod setup;
mod sheds;
mod spool;
mod statements;
mod statuses;
mod stops;
mod stream;
mod tls;
mod totals;
mod unchecked;
mod unfinished;
mod untaken;
mod updates;
mod verdicts;
mod visitors;
mod visits;
mod warnings;
mod watch;
mod whole;
mod withdrawn;

use s2s_sdk::{
    Error,
    prost_types::Timestamp,
    v1::{ConversionCode, Money, NewConversion},
};

/// A report of a conversion worth 1 unit, without a transaction id.
fn report(code: &ConversionCode, click_id: &str) -> NewConversion {
    NewConversion {
        conversion_code_id: code.id.clone(),
        click_id: click_id.to_owned(),
        value: Some(Money { micros: 1_000_000, ..Default::default() }),
        ..Default::default()
    }
}

/// The fields that an error names, in the server's order.
fn fields(error: &Error) -> Vec<&str> {
    error.field_violations().iter().map(|violation| violation.field.as_str()).collect()
}

/// `time`, moved by `seconds`.
fn moved(time: Option<Timestamp>, seconds: i64) -> Option<Timestamp> {
    time.map(|time| Timestamp { seconds: time.seconds + seconds, ..time })
}
