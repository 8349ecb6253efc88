//! The `S2S_*` variables of the environment that are not settings.
//!
//! The server does not start with a misspelt setting, because it would ignore that setting. It does
//! start with the variables that Kubernetes sets for every service: for a service called `s2s`,
//! their names have the same prefix. Any other unknown name only causes a warning.

use clap::CommandFactory as _;

use super::{ADMIN_KEY, CORE_KEY, Config, PREFIX};
use crate::error::StartError;

/// Variables of the command line client, which may be in the same environment.
const OF_CLIENTS: [&str; 2] = ["S2S_API_KEY", "S2S_ENDPOINT"];
/// Prefix of the variables of our test programs.
const OF_TESTS: &str = "S2S_TESTS_";
/// Maximum number of slips in a misspelt name: letters that are wrong, missing, too many or
/// swapped.
const SLIPS_MAX: usize = 3;
/// A name may have one slip for each so many letters after its prefix, and at least one.
const LETTERS_PER_SLIP: usize = 4;

/// Checks the names of variables. Returns the unknown names, of which the start warns. Refuses a
/// name that is probably a misspelt setting.
pub fn check(variables: impl Iterator<Item = (String, String)>) -> Result<Vec<String>, StartError> {
    let command = Config::command();
    let mut settings: Vec<&str> = command.get_arguments().filter_map(|arg| arg.get_env()?.to_str()).collect();
    settings.extend([ADMIN_KEY, CORE_KEY]);
    let mut unknown = Vec::new();
    for (name, value) in variables.filter(|(name, _)| name.starts_with(PREFIX)) {
        let is_known = settings.contains(&name.as_str()) || OF_CLIENTS.contains(&name.as_str());
        if is_known || is_service_link(&name, &value) {
            continue;
        }
        if let Some(meant) = meant(&name, &settings) {
            let message = format!(
                "{name} is not a setting; did you mean {meant}? If the variable is not for this server, rename it"
            );
            return Err(StartError::setting("UNKNOWN_SETTING", message));
        }
        unknown.push(name);
    }
    Ok(unknown)
}

/// Returns whether the variable looks like one that Kubernetes sets for a service whose name begins
/// with `s2s`, such as `S2S_SERVICE_HOST`, `S2S_SERVICE_PORT_HTTP` or `S2S_PORT_8080_TCP_ADDR`.
fn is_service_link(name: &str, value: &str) -> bool {
    const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
    let is_url = PROTOCOLS.iter().any(|protocol| {
        value.strip_prefix(protocol.to_ascii_lowercase().as_str()).is_some_and(|rest| rest.starts_with("://"))
    });
    let words: Vec<&str> = name.split('_').collect();
    let is_number = |text: &str| text.parse::<u16>().is_ok();
    match words.as_slice() {
        [_, .., "SERVICE", "HOST" | "PORT"] => true,
        [_, .., "PORT", number, protocol] if PROTOCOLS.contains(protocol) => is_number(number),
        [_, .., "PORT", number, protocol, "PROTO" | "PORT" | "ADDR"] if PROTOCOLS.contains(protocol) => {
            is_number(number)
        }
        [_, .., "PORT"] => is_url,
        _ => name.contains("_SERVICE_PORT_") && is_number(value),
    }
}

/// The setting that a misspelt name probably stands for.
fn meant<'a>(name: &str, settings: &[&'a str]) -> Option<&'a str> {
    if name.starts_with(OF_TESTS) {
        return None;
    }
    // The name of a setting with more text after it, such as `S2S_LOG_LEVEL`, or cut short, such as
    // `S2S_TLS_CERT`.
    let goes_on = |setting: &str| name.strip_prefix(setting).is_some_and(|rest| rest.starts_with('_'));
    let is_cut = |setting: &str| name.len() > PREFIX.len() && setting.starts_with(name);
    if let Some(setting) = settings.iter().copied().find(|setting| goes_on(setting) || is_cut(setting)) {
        return Some(setting);
    }
    let slips = |setting: &&&str| strsim::osa_distance(name, setting);
    let nearest = settings.iter().min_by_key(slips)?;
    let letters = name.len().saturating_sub(PREFIX.len());
    let slips_max = (letters / LETTERS_PER_SLIP).clamp(1, SLIPS_MAX);
    (strsim::osa_distance(name, nearest) <= slips_max).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(name: &str, value: &str) -> Result<Vec<String>, String> {
        check([(name.to_owned(), value.to_owned())].into_iter()).map_err(|error| error.to_string())
    }

    #[test]
    fn variables_that_are_known_or_of_others_are_ignored() {
        for (name, value) in [
            ("S2S_LISTEN", "x"),
            ("S2S_ADMIN_KEY", "x"),
            ("S2S_CORE_KEY", "x"),
            ("S2S_API_KEY", "x"),
            ("HOME", "/root"),
            ("S2S_SERVICE_HOST", "10.0.0.1"),
            ("S2S_SERVICE_PORT", "8080"),
            ("S2S_SERVICE_PORT_HTTP", "8080"),
            ("S2S_SERVICE_PORT_GRPC_WEB", "8080"),
            ("S2S_PORT", "tcp://10.0.0.1:8080"),
            ("S2S_PORT", "udp://10.0.0.1:8080"),
            ("S2S_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
            ("S2S_PORT_8080_TCP_PROTO", "tcp"),
            ("S2S_PORT_8080_TCP_PORT", "8080"),
            ("S2S_PORT_8080_TCP_ADDR", "10.0.0.1"),
            ("S2S_CORE_SERVICE_HOST", "10.0.0.1"),
            ("S2S_CORE_PORT", "tcp://10.0.0.1:443"),
            ("S2S_CORE_PORT_443_TCP_ADDR", "10.0.0.1"),
        ] {
            assert_eq!(checked(name, value), Ok(Vec::new()), "{name}");
        }
    }

    #[test]
    fn a_misspelt_setting_is_refused_with_the_right_one() {
        for (name, meant) in [
            ("S2S_LISTN", "S2S_LISTEN"),
            ("S2S_DATABSE_URL", "S2S_DATABASE_URL"),
            ("S2S_DATABASE_ULR", "S2S_DATABASE_URL"),
            ("S2S_DATABASEURL", "S2S_DATABASE_URL"),
            ("S2S_DATABASE", "S2S_DATABASE_URL"),
            ("S2S_TLS_CERT", "S2S_TLS_CERTIFICATE"),
            ("S2S_LOG_LEVEL", "S2S_LOG"),
            ("S2S_LOGS", "S2S_LOG"),
            ("S2S_CORE_URL", "S2S_CORE"),
            ("S2S_ADMINKEY", "S2S_ADMIN_KEY"),
            ("S2S_TRUSTED_PROXY", "S2S_TRUSTED_PROXIES"),
        ] {
            let refused = checked(name, "x").unwrap_err();
            assert!(refused.contains(&format!("did you mean {meant}")), "{name}: {refused}");
        }
    }

    #[test]
    fn other_variables_are_warned_of() {
        for name in ["S2S_TESTS_DATABASE", "S2S_TESTS_LISTEN", "S2S_HOUSE", "S2S_GREETING", "S2S_PORT"] {
            assert_eq!(checked(name, "8080"), Ok(vec![name.to_owned()]), "{name}");
        }
    }
}
