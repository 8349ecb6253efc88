//! Endpoint and API key of a call: from flags, then the environment, then a profile in the
//! configuration file.
//!
//! A profile named with `--profile` takes precedence over the environment. A profile's key is sent
//! only to the profile's endpoint, so that no mixture of settings leaks the key.

use std::{
    collections::BTreeMap,
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use http::Uri;
use s2s_sdk::{Client, ClientBuilder};
use serde::Deserialize;

use crate::{cells::plain, failure::Failure, output::say};

const ENDPOINT: &str = "S2S_ENDPOINT";
const API_KEY: &str = "S2S_API_KEY";
const ENDPOINT_DEFAULT: &str = "http://127.0.0.1:8080";
const PROFILE_DEFAULT: &str = "default";
const CONFIG: &str = "s2s/config.toml";

#[derive(Args)]
pub struct Connection {
    /// URL of the server, for example `https://t.example`. Default: `S2S_ENDPOINT`, or the
    /// profile's endpoint, or `http://127.0.0.1:8080`.
    #[arg(long, global = true, value_name = "URL")]
    endpoint: Option<String>,

    /// File that holds the API key. Default: `S2S_API_KEY`, or the profile's key.
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// File with the certificates, in PEM, of the authorities that may sign the server's
    /// certificate. They replace the authorities that this machine trusts.
    #[arg(long, global = true, value_name = "FILE")]
    ca: Option<PathBuf>,

    /// Profile in the configuration file; takes precedence over the environment. Default: the
    /// profile `default`, which does not take precedence.
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,

    /// Configuration file. Default: `s2s/config.toml` in `$XDG_CONFIG_HOME` or `~/.config`.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Send the API key to another machine although the URL begins with `http://`: anyone on the
    /// way can read it.
    #[arg(long, global = true)]
    insecure: bool,

    /// Time limit of a call, in seconds.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(1..=3_600))]
    timeout: u64,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    endpoint: Option<String>,
    key: Option<String>,
    key_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    #[serde(default)]
    insecure: bool,
}

/// The chosen server, before a connection to it is opened.
pub struct Target {
    pub endpoint: String,
    /// The setting that chose the endpoint, for people.
    pub source: &'static str,
    pub builder: ClientBuilder,
}

impl Connection {
    /// Builds the client for the chosen server.
    pub fn client(&self) -> Result<Client, Failure> {
        Ok(self.target()?.builder.build()?)
    }

    /// Time limit of a call.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// Reads the settings of the chosen server.
    pub fn target(&self) -> Result<Target, Failure> {
        let profile = self.profile()?;
        let environment = |name| if self.profile.is_some() { None } else { variable(name) };
        let own = profile.endpoint.as_deref().unwrap_or(ENDPOINT_DEFAULT).to_owned();
        let (endpoint, source) = match (&self.endpoint, environment(ENDPOINT), &profile.endpoint) {
            (Some(endpoint), _, _) => (endpoint.clone(), "the option --endpoint"),
            (None, Some(endpoint), _) => (endpoint, "the variable S2S_ENDPOINT"),
            (None, None, Some(endpoint)) => (endpoint.clone(), "the profile of the configuration file"),
            (None, None, None) => (own.clone(), "the default, since S2S_ENDPOINT is not set"),
        };
        let is_own = endpoint == own;

        let mut builder = Client::builder(&endpoint).timeout(self.timeout());
        let key = match (&self.key_file, environment(API_KEY)) {
            (Some(file), _) => Some(read_key(file)?),
            (None, Some(key)) => Some(key),
            (None, None) if is_own => match (profile.key, &profile.key_file) {
                (Some(key), _) => Some(key),
                (None, Some(file)) => Some(read_key(file)?),
                (None, None) => None,
            },
            (None, None) => None,
        };
        if let Some(key) = key {
            if is_readable_on_the_way(&endpoint) {
                warn_if_readable(&endpoint, self.insecure || (is_own && profile.insecure))?;
            }
            builder = builder.api_key(key);
        }
        if let Some(file) = self.ca.as_ref().or(profile.ca.as_ref().filter(|_| is_own)) {
            builder = builder.ca_certificate(read(file)?);
        }
        Ok(Target { endpoint, source, builder })
    }

    fn profile(&self) -> Result<Profile, Failure> {
        let Some(path) = self.config.clone().or_else(default_path) else { return Ok(Profile::default()) };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            // The file may be missing if the caller named neither the file nor a profile.
            Err(error)
                if error.kind() == io::ErrorKind::NotFound
                    && self.config.is_none()
                    && self.profile.is_none() =>
            {
                return Ok(Profile::default());
            }
            Err(error) => return Err(Failure::file(&path.display(), error)),
        };
        // The library's full message shows the faulty line, which may hold a key.
        let config: Config = toml::from_str(&text).map_err(|error| {
            let message = error.message();
            Failure::Usage(format!("{} is not a valid configuration: {message}", path.display()))
        })?;
        let name = self.profile.as_deref().unwrap_or(PROFILE_DEFAULT);
        let profile = config.profiles.get(name).cloned();
        let profile = match profile {
            None if self.profile.is_some() => {
                let names: Vec<&str> = config.profiles.keys().map(String::as_str).collect();
                let (path, names) = (path.display(), names.join(", "));
                return Err(Failure::Usage(format!("{path} has no profile `{name}`; it has: {names}")));
            }
            profile => profile.unwrap_or_default(),
        };
        if profile.key.is_some() {
            warn_if_open(&path);
        }
        Ok(profile)
    }
}

/// Returns whether others on the network may read the requests: the URL is without TLS and leads to
/// another machine.
fn is_readable_on_the_way(endpoint: &str) -> bool {
    let Ok(uri) = endpoint.parse::<Uri>() else { return false };
    uri.scheme_str() == Some("http") && !is_loopback(&uri)
}

/// Returns whether the URL leads to this machine.
pub fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.trim_end_matches('.') == "localhost",
    }
}

/// Warns that others on the network can read the API key, or returns an error if that is not
/// allowed.
fn warn_if_readable(endpoint: &str, is_allowed: bool) -> Result<(), Failure> {
    let endpoint = plain(endpoint);
    if !is_allowed {
        return Err(Failure::Usage(format!(
            "{endpoint} is another machine, and without https:// anyone on the way can read the API key; use an \
             https:// URL, or give --insecure"
        )));
    }
    say(&format!("warning: anyone on the way to {endpoint} can read the API key; better use https://"));
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::file(&file.display(), error))
}

fn read_key(file: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(&file.display(), error))?;
    warn_if_open(file);
    Ok(text.trim().to_owned())
}

#[cfg(unix)]
fn warn_if_open(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o077;
    if fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & OTHERS != 0) {
        let file = file.display();
        say(&format!("others can read {file}, and so the API key; run `chmod 600 {file}` to prevent that"));
    }
}

#[cfg(not(unix))]
fn warn_if_open(_: &Path) {}

fn default_path() -> Option<PathBuf> {
    let folder = variable("XDG_CONFIG_HOME").map(PathBuf::from);
    Some(folder.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config")))?.join(CONFIG))
}

#[expect(clippy::disallowed_methods, reason = "the one place of this program that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_readable_on_the_way_to_another_machine_without_tls() {
        for (endpoint, expected) in [
            ("http://127.0.0.1:8080", false),
            ("http://127.8.9.1", false),
            ("http://localhost:8080/", false),
            ("http://LOCALHOST.", false),
            ("http://[::1]:8080", false),
            ("http://[::ffff:127.0.0.1]:8080", false),
            ("https://t.example", false),
            ("http://t.example", true),
            ("HTTP://t.example:8080", true),
            ("http://localhost.t.example", true),
            ("http://127.0.0.1.t.example", true),
            ("http://127.0.0.1@t.example", true),
            ("http://10.0.0.1", true),
            ("http://0.0.0.0:8080", true),
            ("http://[2001:db8::1]:8080", true),
        ] {
            assert_eq!(is_readable_on_the_way(endpoint), expected, "{endpoint}");
        }
    }
}
