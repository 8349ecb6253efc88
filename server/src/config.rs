//! Configuration: flags, and `S2S_*` variables of the same names.
//!
//! This module is the only place that reads settings from the environment. If a setting is wrong, a
//! flag is unknown, or a variable is probably a misspelt setting, the server does not start: it
//! ends with a sentence and a reason.

mod copying;
mod cors;
mod database;
mod edge;
#[cfg(test)]
pub mod reference;
mod retention;
mod secret_url;
mod server_url;
mod tls;
mod variables;
mod visitors;

use std::{
    ffi::OsStr,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
    time::Duration,
};

use clap::{
    CommandFactory as _, FromArgMatches as _, Parser,
    builder::{BoolishValueParser, RangedI64ValueParser},
    error::ErrorKind,
};
use ipnet::IpNet;
use url::Url;

use crate::{
    error::StartError,
    values::{api_key_text::KeyText, time::Span},
};

pub use copying::Task;
pub use cors::CorsOrigin;
use cors::cors_origin;
pub use database::backend;
use edge::{CORE_KEY, EdgeConfig};
pub use edge::{CoreAddress, Pages, Role, SpoolSettings};
pub use retention::Retention;
pub use secret_url::SecretUrl;
use secret_url::masked;
pub use server_url::ServerUrl;
pub use tls::TlsFiles;
use visitors::VisitorConfig;

const PREFIX: &str = "S2S_";
/// Longest retention that can be set, in days: a century.
const DAYS_MAX: i64 = 36_500;
/// Shortest retention of postbacks, in days. Held postbacks are matched automatically for this
/// long.
const POSTBACK_DAYS_MIN: i64 = 7;
/// Variable of an administrator's API key. It has no flag, because every user of the machine can
/// see the arguments of a program.
const ADMIN_KEY: &str = "S2S_ADMIN_KEY";

const KEYS_HELP: &str = "S2S_ADMIN_KEY in the environment is the text of an administrator's API key; \
                         the start creates this key if it does not exist. S2S_CORE_KEY is the text of an edge's key.";

/// Server-to-server conversion tracking: tracking links, clicks, postbacks, conversions.
#[derive(Parser, Debug, Clone)]
#[command(name = "s2s-server", version, about, max_term_width = 100, after_help = KEYS_HELP,
          subcommand_negates_reqs = true, disable_help_subcommand = true)]
pub struct Config {
    #[command(subcommand)]
    pub task: Option<Task>,

    /// Address and port to serve on; port 0 picks a free port. By default only this machine can
    /// connect.
    #[arg(long, env = "S2S_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,

    /// The database: `sqlite:` and the path of a file, which the first start creates; or an
    /// existing database, `postgres://…` or `mysql://…` (MariaDB).
    #[arg(
        long,
        env = "S2S_DATABASE_URL",
        default_value = "sqlite:s2s.db",
        value_name = "URL",
        allow_hyphen_values = true,
        global = true
    )]
    pub database_url: SecretUrl,

    /// Settings of the database, such as `synchronous_commit`, that are accepted although they may
    /// lose acknowledged data. Separated by commas.
    #[arg(long, env = "S2S_ALLOW_LOSSY", value_name = "SETTING", value_delimiter = ',')]
    pub allow_lossy: Vec<String>,

    /// The URL at which the world reaches this server; tracking links and postback URLs begin with
    /// it. Default: `http://`, or `https://` with TLS, and the listen address.
    #[arg(long, env = "S2S_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<Url>,

    /// Retention of clicks, in days; kept for ever by default. Conversions of deleted clicks still
    /// count.
    #[arg(long, env = "S2S_RETAIN_CLICKS_DAYS", value_name = "DAYS", value_parser = days(1))]
    retain_clicks_days: Option<i64>,

    /// Retention of conversions, in days; kept for ever by default. The days count from 400 days
    /// after the click, when the longest attribution window ends. A deleted conversion no longer
    /// shows what is owed.
    #[arg(long, env = "S2S_RETAIN_CONVERSIONS_DAYS", value_name = "DAYS", value_parser = days(1))]
    retain_conversions_days: Option<i64>,

    /// Retention of postbacks, held ones too, in days; kept for ever by default.
    #[arg(long, env = "S2S_RETAIN_POSTBACKS_DAYS", value_name = "DAYS",
          value_parser = days(POSTBACK_DAYS_MIN))]
    retain_postbacks_days: Option<i64>,

    /// Delay after the start before the server deletes anything, in seconds.
    #[arg(long, env = "S2S_RETAIN_PAUSE_SECONDS", default_value = "300", value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(0..=86_400))]
    retain_pause_seconds: u64,

    #[command(flatten)]
    pub visitors: VisitorConfig,

    /// Maximum size of strangers' held postbacks in the database, in mebibytes. Beyond it, the
    /// oldest postbacks of the networks that sent most are deleted. A stranger's postback is one
    /// whose sender has proved nothing. A genuine click id, or a known code, is no proof.
    #[arg(long, env = "S2S_STRANGERS_MEBIBYTES_MAX", default_value = "256", value_name = "MEBIBYTES",
          value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    strangers_mebibytes_max: u32,

    /// The server's certificate in PEM, with the chain to its authority; the port then speaks only
    /// TLS. A changed file is read again.
    #[arg(long, env = "S2S_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,

    /// The private key of the certificate, in PEM.
    #[arg(long, env = "S2S_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,

    /// Certificates in PEM of authorities; only clients with a certificate by one of them may
    /// connect (mTLS).
    #[arg(long, env = "S2S_TLS_CLIENT_CA", value_name = "FILE", requires = "tls_certificate")]
    pub tls_client_ca: Option<PathBuf>,

    /// Address and port of a second listener, for health only and without TLS. Default: none.
    #[arg(long, env = "S2S_HEALTH_LISTEN", value_name = "ADDRESS:PORT")]
    pub health_listen: Option<SocketAddr>,

    /// Proxies in front of this server whose `X-Forwarded-For` is trusted: addresses or networks,
    /// separated by commas. The limit on connections of one address does not apply to them.
    #[arg(long, env = "S2S_TRUSTED_PROXIES", value_name = "NETWORK", value_delimiter = ',',
          value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// Expects a PROXY header (version 1 or 2) at the start of each connection of a trusted proxy.
    /// The connection counts for the client that the header names.
    #[arg(long, env = "S2S_PROXY_PROTOCOL", requires = "trusted_proxies",
          value_parser = BoolishValueParser::new())]
    pub proxy_protocol: bool,

    /// Maximum number of open connections. A further one replaces the oldest that has sent no
    /// request yet or, if there is none, the longest idle one of the address that holds most.
    #[arg(long, env = "S2S_CONNECTIONS_MAX", default_value = "10000", value_name = "NUMBER",
          value_parser = at_least_one)]
    pub connections_max: usize,

    /// Maximum number of open connections of one IPv4 address or IPv6 network of 64 bits.
    #[arg(long, env = "S2S_CONNECTIONS_PER_ADDRESS", default_value = "1000", value_name = "NUMBER",
          value_parser = at_least_one)]
    pub connections_per_address: usize,

    /// Time that a connection over HTTP/1 waits for another request, in seconds. It must exceed the
    /// time for which a load balancer keeps its connections to this server (often 60 seconds).
    /// Connections over HTTP/2 stay open for five minutes, or for this time if it is longer.
    #[arg(long, env = "S2S_KEEP_ALIVE_SECONDS", default_value = "75", value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=3_600))]
    keep_alive_seconds: u64,

    /// Maximum number of requests in progress. Beyond half of it, lists and set-up are refused;
    /// beyond three quarters, clicks go to the spool; beyond all of it, conversions and postbacks
    /// are refused.
    #[arg(long, env = "S2S_REQUESTS_MAX", default_value = "16384", value_name = "NUMBER",
          value_parser = at_least_one)]
    pub requests_max: usize,

    /// Maximum requests per second from one IPv4 address or IPv6 network of 64 bits. Default: no
    /// limit.
    #[arg(long, env = "S2S_RATE_PER_ADDRESS", value_name = "NUMBER")]
    pub rate_per_address: Option<NonZeroU32>,

    /// Maximum calls per second with one API key; a batch or a stream is one call. Edges' keys have
    /// no limit. Default: no limit.
    #[arg(long, env = "S2S_RATE_PER_KEY", value_name = "NUMBER")]
    pub rate_per_key: Option<NonZeroU32>,

    /// Maximum number of writes that share one commit; with 1, each is committed alone.
    #[arg(long, env = "S2S_BATCH_MAX", default_value = "1000", value_name = "NUMBER",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub batch_max: u16,

    /// Maximum number of batches written at the same time, each on its own connection; SQLite
    /// writes one.
    #[arg(long, env = "S2S_BATCHES_MAX", default_value = "2", value_name = "NUMBER",
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub batches_max: u16,

    /// Number of serving threads. Default: one for every two processor cores, which leaves the
    /// others to a database on the same machine; with a remote database, one per processor core is
    /// better.
    #[arg(long, env = "S2S_THREADS", value_name = "NUMBER", value_parser = at_least_one)]
    pub threads: Option<usize>,

    /// Time that a stop waits for calls in progress, in seconds.
    #[arg(long, env = "S2S_DRAIN_SECONDS", default_value = "30", value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=3_600))]
    drain_seconds: u64,

    /// Turns API keys off: every caller that reaches the port is an administrator. Requires that
    /// `--listen` is an address of this machine alone, such as 127.0.0.1.
    #[arg(long, env = "S2S_NO_AUTH", value_parser = BoolishValueParser::new())]
    pub no_auth: bool,

    /// Origins whose web pages may call with gRPC-web or JSON, such as `https://console.example`,
    /// separated by commas; `*` allows all. Pages need API keys, too. With `--no-auth`, only pages
    /// on the server's own origin may call.
    #[arg(long, env = "S2S_CORS_ORIGINS", default_value = "*", value_name = "ORIGIN", value_delimiter = ',',
          value_parser = cors_origin)]
    pub cors_origins: Vec<CorsOrigin>,

    #[command(flatten)]
    pub edge: EdgeConfig,

    /// The API key in `S2S_ADMIN_KEY`.
    #[arg(skip)]
    pub admin_key: Option<KeyText>,
    /// The API key in `S2S_CORE_KEY`.
    #[arg(skip)]
    core_key: Option<KeyText>,
    /// `S2S_*` variables that are not settings.
    #[arg(skip)]
    pub unknown_variables: Vec<String>,

    /// Log filter: `error`, `warn`, `info`, `debug` or `trace`, also per module
    /// (`info,s2s_server=debug`). Libraries log nothing below `info`.
    #[arg(long, env = "S2S_LOG", default_value = "info", value_name = "FILTER",
          value_parser = log_filter, global = true)]
    pub log: String,
}

/// The reason why reading the settings returned no configuration.
#[derive(Debug)]
pub enum NoConfig {
    /// Help or the version was requested. Holds the text to print.
    Asked(String),
    Wrong(StartError),
}

impl From<StartError> for NoConfig {
    fn from(error: StartError) -> Self {
        Self::Wrong(error)
    }
}

impl Config {
    /// Reads the flags and the environment of this process.
    #[expect(clippy::disallowed_methods, reason = "this module alone reads the environment")]
    pub fn read() -> Result<Self, NoConfig> {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        let variables = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
        let unknown_variables = variables::check(variables)?;
        // Help hides the values of variables, because one of them may be a password.
        let command = Self::command().mut_args(|arg| arg.hide_env_values(true));
        let parsed = command.try_get_matches().and_then(|matches| Self::from_arg_matches(&matches));
        let mut config = parsed.map_err(|error| refused(&error))?;
        let key = |name| std::env::var_os(name).map(|text| key_text(name, &text)).transpose();
        (config.admin_key, config.core_key) = (key(ADMIN_KEY)?, key(CORE_KEY)?);
        config.unknown_variables = unknown_variables;
        config.check()?;
        Ok(config)
    }

    /// Checks everything that the argument parser does not: the secret URLs, and the rules that
    /// span several settings.
    fn check(&self) -> Result<(), StartError> {
        let checked = self.database_url.check_database();
        checked.map_err(|fault| invalid(format!("invalid value for --database-url: {fault}")))?;
        // The checks below do not concern a backup or a restore, which may run in the environment
        // of the server.
        if let Some(task) = &self.task {
            return self.edge.check_for(task);
        }
        self.edge.check()?;
        if self.cors_origins.len() > 1 && self.cors_origins.contains(&CorsOrigin::Any) {
            let message = "--cors-origins has `*` and other origins; `*` includes all of them".to_owned();
            return Err(invalid(message));
        }
        if self.no_auth && self.cors_origins != [CorsOrigin::Any] {
            let message =
                "--cors-origins is for pages with API keys, and --no-auth turns API keys off; omit one \
                           of them"
                    .to_owned();
            return Err(StartError::setting("CORS_WITHOUT_KEYS", message));
        }
        if self.no_auth && self.rate_per_key.is_some() {
            let message = "--rate-per-key counts by API keys, and --no-auth turns API keys off; omit one \
                           of them"
                .to_owned();
            return Err(StartError::setting("RATE_WITHOUT_KEYS", message));
        }
        self.check_reachable()
    }

    /// Sets the address that the server really listens on, and checks it. An inherited socket may
    /// have another address than `--listen`.
    pub fn listens_at(&mut self, address: SocketAddr) -> Result<(), StartError> {
        self.listen = address;
        self.check_reachable()
    }

    fn check_reachable(&self) -> Result<(), StartError> {
        if !self.no_auth || self.listen.ip().is_loopback() {
            return Ok(());
        }
        let message = format!(
            "--no-auth makes every caller that reaches {} an administrator; omit it, or listen on 127.0.0.1",
            self.listen
        );
        Err(StartError::setting("NO_AUTH_REACHABLE", message))
    }

    pub fn retention(&self) -> Retention {
        Retention {
            clicks: self.retain_clicks_days.map(Span::from_days),
            conversions: self.retain_conversions_days.map(Span::from_days),
            postbacks: self.retain_postbacks_days.map(Span::from_days),
            pause: Duration::from_secs(self.retain_pause_seconds),
        }
    }

    /// Maximum number of bytes that strangers' held postbacks take.
    pub fn strangers_bytes_max(&self) -> i64 {
        i64::from(self.strangers_mebibytes_max) * 1_024 * 1_024
    }

    /// The files of the port's certificates; `None` if the port speaks plain HTTP.
    pub fn tls_files(&self) -> Option<TlsFiles> {
        Some(TlsFiles {
            certificate: self.tls_certificate.clone()?,
            key: self.tls_key.clone()?,
            client_ca: self.tls_client_ca.clone(),
        })
    }

    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(|| cores().div_ceil(2))
    }

    pub fn pages(&self) -> Pages {
        self.edge.pages()
    }

    /// The settings of the edge's spool; `None` if the spool is off.
    pub fn spool(&self) -> Option<SpoolSettings> {
        self.edge.spool(&self.database_url, self.core_key.as_ref())
    }

    /// The budget of the links that this server's edge knows, in bytes.
    pub fn known_bytes_max(&self) -> u64 {
        self.edge.known_bytes_max()
    }

    /// The database file; `None` if this server has no database, or one that is not a file.
    pub fn database_file(&self) -> Option<PathBuf> {
        self.database_url.opened_file().filter(|_| self.edge.role != Role::Edge).map(PathBuf::from)
    }

    /// The files with private keys.
    pub fn private_keys(&self) -> Vec<PathBuf> {
        self.tls_key.iter().chain(self.edge.client_key()).cloned().collect()
    }

    /// The address of a remote core, and the credentials of the edge.
    pub fn core(&self) -> Result<CoreAddress, StartError> {
        self.edge.core(self.core_key.as_ref())
    }

    /// Time for which a connection may wait for another request.
    pub fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_seconds)
    }

    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }
}

/// Parses the API key in a variable. The error omits the text: it may be a mistyped secret.
fn key_text(name: &str, text: &OsStr) -> Result<KeyText, StartError> {
    let parsed = text.to_string_lossy().parse::<KeyText>();
    parsed.map_err(|fault| invalid(format!("the API key in {name} {fault}")))
}

/// The parser of a retention of at least `min` days.
fn days(min: i64) -> RangedI64ValueParser<i64> {
    clap::value_parser!(i64).range(min..=DAYS_MAX)
}

/// The error of a wrong setting that has no reason of its own.
fn invalid(message: impl Into<String>) -> StartError {
    StartError::setting("INVALID_SETTING", message)
}

/// Converts an error of clap, which is a refusal or a text to print.
fn refused(error: &clap::Error) -> NoConfig {
    let text = error.to_string();
    if !error.use_stderr() {
        return NoConfig::Asked(text.trim_end().to_owned());
    }
    let reason = match error.kind() {
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => "UNKNOWN_SETTING",
        _ => "INVALID_SETTING",
    };
    let message = without_secrets(&text);
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    NoConfig::Wrong(StartError::setting(reason, message.trim_end()))
}

/// Masks secrets in a message of clap. The messages of clap repeat the input, and a wrong or
/// misplaced URL may hold a password.
#[expect(clippy::disallowed_methods, reason = "this module alone reads the environment")]
fn without_secrets(message: &str) -> String {
    let arguments = std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned());
    let variables = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(PREFIX));
    let variables = variables.map(|(_, value)| value.to_string_lossy().into_owned());
    let mut given: Vec<String> = arguments.chain(variables).collect();
    // A value may also follow a flag's name and `=`. Longer texts are replaced first, because they
    // may contain shorter ones.
    let values = given.iter().filter_map(|text| text.split_once('=')).map(|(_, value)| value.to_owned());
    given.extend(values.collect::<Vec<_>>());
    given.retain(|text| text.contains(['@', '=']) && text.len() > 1);
    given.sort_by_key(|text| std::cmp::Reverse(text.len()));
    given.iter().fold(message.to_owned(), |message, text| message.replace(text.as_str(), &masked(text)))
}

fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(not_a_url)?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.path() == "/";
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || !plain {
        return Err("must be `http://` or `https://` with a host, and no path, query or user".to_owned());
    }
    Ok(url)
}

/// The sentence about a text that is no URL.
pub fn not_a_url(error: url::ParseError) -> String {
    match error {
        url::ParseError::RelativeUrlWithoutBase => "must begin with `https://` or `http://`".to_owned(),
        error => format!("must be a URL: {error}"),
    }
}

/// Reads a network. An address without a prefix length is a network of one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let alone = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(|_| alone())
        .map_err(|_| "must be an address, or a network such as `10.0.0.0/8`".to_owned())
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "must be a number of at least 1".to_owned())
}

fn log_filter(text: &str) -> Result<String, String> {
    const FORMS: &str = "must be `error`, `warn`, `info`, `debug` or `trace`, or `module=level`, several separated \
                         by commas, such as `info,s2s_server=debug`";
    let is_level = |word: &str| {
        ["off", "error", "warn", "info", "debug", "trace"].contains(&word.to_ascii_lowercase().as_str())
    };
    // The filter reads a word that is no level as the name of a module, and then logs no other
    // module.
    let is_part = |part: &str| match part.rsplit_once('=') {
        Some((module, level)) => !module.trim().is_empty() && is_level(level.trim()),
        None => is_level(part.trim()),
    };
    if !text.split(',').all(is_part) {
        return Err(FORMS.to_owned());
    }
    tracing_subscriber::EnvFilter::try_new(text).map_err(|error| format!("{FORMS} ({error})"))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
