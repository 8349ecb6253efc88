//! Logging to standard error. Logs contain no secret, no query string and no full address of a
//! visitor or sender.

use std::{
    env,
    io::{IsTerminal as _, stderr},
};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, filter::filter_fn, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// Prefix of the names of our own modules.
const OWN: &str = "s2s_server";

/// Starts logging. `filter` is valid, because the configuration was checked.
pub fn start(filter: &str) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(stderr)
        // A log in a file has no colours. NO_COLOR also turns them off (https://no-color.org).
        .with_ansi(stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|text| text.is_empty()))
        // By default, the library panics if a line can't be written, for example to a full disk.
        .log_internal_errors(false);
    log.finish().with(filter_fn(may_be_logged)).init();
}

/// Hides all log lines of libraries below `info`, whatever the filter allows. Also hides, at every
/// level, the lines of sqlx about the options of a connection, because they may quote its URL. Of
/// the lines about migrations it shows warnings and errors alone.
///
/// Below `info`, libraries print their input, such as a malformed path with its query (h2) or a
/// notice of the database. Our own log lines are safe at every level.
fn may_be_logged(what: &Metadata<'_>) -> bool {
    // sqlx logs URL parameters that it doesn't know, and a misspelt one may hold a password.
    if what.target().starts_with("sqlx_") && what.target().contains("::options") {
        return false;
    }
    let lowest = if what.target().starts_with("sea_orm_migration") { Level::WARN } else { Level::INFO };
    *what.level() <= lowest || what.target().starts_with(OWN)
}
