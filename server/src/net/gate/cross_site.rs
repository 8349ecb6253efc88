//! Cross-site protection of a server without API keys, and of the sessions of the console: only pages of
//! the server's own origin may call.
//!
//! Any page that a developer opens can send requests to this machine. `Origin` or `Sec-Fetch-Site`
//! reveals a foreign page. The requested host reveals a page whose own name resolves to this
//! machine (DNS rebinding).

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::extract::Request;
use http::{HeaderMap, HeaderName, header, uri::Authority};
use s2s_sdk::v1::ErrorReason;

use crate::{
    edge::OverTls,
    error::{Error, Result},
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a request that a foreign page may have sent to a server without API keys.
pub fn check(request: &Request) -> Result<()> {
    let secure = request.extensions().get::<OverTls>().is_some();
    let checked = check_parts(request.uri().authority(), request.headers(), secure);
    let checked = checked.and_then(|own| {
        if own.is_loopback() { Ok(()) } else { Err("the call is for a host that is not this machine") }
    });
    checked.map_err(|what| {
        let message = format!(
            "{what}; without API keys (--no-auth), only programs on this machine may call, and pages of this \
             server's own origin, through `localhost` or a loopback address"
        );
        Error::new(ErrorReason::OriginRefused, message)
    })
}

/// The host to which one of its own pages has sent a request.
#[derive(Clone, Copy)]
pub struct Own {
    pub secure: bool,
    pub is_loopback: bool,
    pub port: u16,
}

/// Returns the host of a request; refuses a request that a page of another origin may have sent.
pub fn own_page(request: &Request) -> Result<Own> {
    let secure = request.extensions().get::<OverTls>().is_some();
    match check_parts(request.uri().authority(), request.headers(), secure) {
        Ok(own) => Ok(Own { secure, is_loopback: own.is_loopback(), port: own.port }),
        Err(what) => {
            let message = format!("{what}; only the pages of the console itself may use its session");
            Err(Error::new(ErrorReason::OriginRefused, message))
        }
    }
}

/// Checks the parts of a request, and returns its host. `authority`: from the request target, as in
/// HTTP/2.
///
/// # Errors
///
/// What is wrong.
fn check_parts(
    authority: Option<&Authority>,
    headers: &HeaderMap,
    secure: bool,
) -> Result<HostPort, &'static str> {
    let scheme = if secure { "https" } else { "http" };
    let mut named = headers.get_all(header::HOST).iter().map(|value| value.to_str().ok());
    let hosts = (named.next(), named.next());
    let host = match (authority.map(Authority::as_str), hosts) {
        (Some(host), (None, _)) | (None, (Some(Some(host)), None)) => host,
        // The request target and the header must name the same host.
        (Some(host), (Some(Some(other)), None)) if host.eq_ignore_ascii_case(other) => host,
        _ => return Err("the call names no host, or more than one"),
    };
    let own = HostPort::read(host, scheme).ok_or("the call names a malformed host")?;
    let origin_is_own = |text: &str| {
        let (origin_scheme, origin) = text.split_once("://")?;
        let place = HostPort::read(origin, origin_scheme)?;
        Some(origin_scheme.eq_ignore_ascii_case(scheme) && place == own)
    };
    let origins = headers.get_all(header::ORIGIN);
    if !origins.iter().all(|origin| origin.to_str().ok().and_then(origin_is_own) == Some(true)) {
        return Err("the call comes from a page of another origin");
    }
    let sites = headers.get_all(SEC_FETCH_SITE);
    if sites
        .iter()
        .any(|site| site.as_bytes().to_ascii_lowercase().windows(10).any(|word| word == b"cross-site"))
    {
        return Err("the call comes from a page of another site");
    }
    Ok(own)
}

/// A host and a port.
#[derive(Debug, PartialEq, Eq)]
struct HostPort {
    host: String,
    port: u16,
}

impl HostPort {
    fn read(text: &str, scheme: &str) -> Option<Self> {
        // The colons of an IPv6 address are within brackets.
        let ends = text.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match text.get(ends..)?.split_once(':') {
            Some((rest, port)) => (text.get(..ends + rest.len())?, Some(port)),
            None => (text, None),
        };
        let port = match port {
            Some(port) => {
                port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok()).flatten()?
            }
            None if scheme.eq_ignore_ascii_case("https") => 443,
            None => 80,
        };
        Some(Self { host: host.to_ascii_lowercase(), port })
    }

    /// Returns whether the host is this machine, judged by its name alone. A name that must be
    /// resolved does not count: it may resolve to any address, and to a different one next time.
    fn is_loopback(&self) -> bool {
        let host = self.host.as_str();
        if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
        }
        let label = |label: &str| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            !label.is_empty() && label.bytes().all(letter)
        };
        host == "localhost"
            || host.strip_suffix(".localhost").is_some_and(|name| name.split('.').all(label))
            || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn passes(authority: Option<&str>, headers: &[(&str, &str)], secure: bool) -> bool {
        let authority = authority.map(|text| text.parse::<Authority>().unwrap());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let checked = check_parts(authority.as_ref(), &map, secure);
        checked.is_ok_and(|own| own.is_loopback())
    }

    #[test]
    fn a_host_is_of_this_machine_by_its_name() {
        for (host, expected) in [
            ("localhost", true),
            ("LocalHost:8080", true),
            ("s2s.localhost:1", true),
            ("127.0.0.1:8080", true),
            ("127.255.3.4", true),
            ("[::1]:8080", true),
            ("[0:0:0:0:0:0:0:1]", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("evillocalhost", false),
            (".localhost", false),
            ("localhost.", false),
            ("localtest.me:8080", false),
            ("127.0.0.1.nip.io", false),
            ("127.1", false),
            ("0177.0.0.1", false),
            ("0.0.0.0:8080", false),
            ("192.168.0.1", false),
            ("[::]", false),
            ("[::ffff:127.0.0.1]", false),
            ("::1", false),
            ("user@localhost", false),
            ("localhost:99999", false),
            ("localhost:+80", false),
            ("", false),
        ] {
            assert_eq!(passes(None, &[("host", host)], false), expected, "{host}");
        }
    }

    #[test]
    fn a_host_is_named_once() {
        for (authority, hosts, expected) in [
            (Some("127.0.0.1:80"), &[][..], true),
            (Some("127.0.0.1:80"), &[("host", "127.0.0.1:80")], true),
            (Some("127.0.0.1:80"), &[("host", "localhost:80")], false),
            (Some("evil.example"), &[("host", "localhost")], false),
            (Some("localhost"), &[("host", "evil.example")], false),
            (None, &[], false),
            (None, &[("host", "localhost"), ("host", "localhost")], false),
            (None, &[("host", "localhost"), ("host", "evil.example")], false),
        ] {
            assert_eq!(passes(authority, hosts, false), expected, "{authority:?} {hosts:?}");
        }
    }

    #[test]
    fn a_page_is_of_its_own_origin() {
        for (header, value, secure, expected) in [
            ("origin", "http://localhost:8080", false, true),
            ("origin", "HTTP://LOCALHOST:8080", false, true),
            ("origin", "https://localhost:8080", true, true),
            ("origin", "https://localhost:8080", false, false),
            ("origin", "http://localhost:8080", true, false),
            ("origin", "http://localhost", false, false),
            ("origin", "http://localhost:3000", false, false),
            ("origin", "http://127.0.0.1:8080", false, false),
            ("origin", "https://evil.example", false, false),
            ("origin", "http://localhost:8080.evil.example", false, false),
            ("origin", "null", false, false),
            ("origin", "", false, false),
            ("origin", "\u{fc}", false, false),
            ("sec-fetch-site", "cross-site", false, false),
            ("sec-fetch-site", "Cross-Site", false, false),
            ("sec-fetch-site", "same-site", false, true),
            ("sec-fetch-site", "same-origin", false, true),
            ("sec-fetch-site", "none", false, true),
        ] {
            let headers = [("host", "localhost:8080"), (header, value)];
            assert_eq!(passes(None, &headers, secure), expected, "{header}: {value}");
        }
        let default = [("host", "localhost:80"), ("origin", "http://localhost")];
        assert!(passes(None, &default, false));
        let twice =
            [("host", "localhost"), ("origin", "http://localhost"), ("origin", "https://evil.example")];
        assert!(!passes(None, &twice, false));
    }
}
