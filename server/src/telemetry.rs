//! Logging to standard error. Logs hold no secret, no query string, no full address.

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, filter::filter_fn, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// What the names of our own modules begin with.
const OWN: &str = "s2s_server";

/// Starts logging. `filter` was checked when the configuration was read.
pub fn start(filter: &str) {
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter)).with_writer(std::io::stderr);
    log.finish().with(filter_fn(may_be_logged)).init();
}

/// Whatever is asked for: below `info`, libraries print what they read, such as a path with its query where it is
/// malformed (h2), or a notice of the database. What we print ourselves we can answer for.
fn may_be_logged(what: &Metadata<'_>) -> bool {
    // Parameters of the database's URL that the library does not know: a misspelt one may hold a password.
    if what.target().starts_with("sqlx_") && what.target().contains("::options") {
        return false;
    }
    *what.level() <= Level::INFO || what.target().starts_with(OWN)
}
