//! Logging to standard error. Logs hold no secret, no query string, no full address.

use tracing_subscriber::EnvFilter;

/// Starts logging. `filter` was checked when the configuration was read.
pub fn start(filter: &str) {
    let filter = EnvFilter::new(filter);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
