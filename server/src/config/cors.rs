//! The origins whose web pages may call the API (`--cors-origins`).

use http::HeaderValue;
use url::Url;

/// One origin, or all origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigin {
    Any,
    /// An origin as browsers write it (RFC 6454, section 6.2).
    One(HeaderValue),
}

pub fn cors_origin(text: &str) -> Result<CorsOrigin, String> {
    const FORM: &str =
        "must be `*`, or a scheme and a host such as `https://console.example` or `http://localhost:3000`";
    let text = text.trim();
    if text == "*" {
        return Ok(CorsOrigin::Any);
    }
    let url = Url::parse(text).map_err(|error| format!("{FORM}: {error}"))?;
    let (_, rest) = text.split_once("://").ok_or(FORM)?;
    if rest.contains(['/', '?', '#', '\\']) {
        return Err(format!("{FORM}, without a path, `?` or `#`, and without a slash at its end"));
    }
    if rest.contains('@') {
        return Err(format!("{FORM}, without a user"));
    }
    if rest.contains('*') {
        return Err("must be `*` alone, which means all origins, or an origin without `*` in it".to_owned());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(FORM)?;
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let origin = HeaderValue::try_from(format!("{}://{host}{port}", url.scheme()));
    origin.map(CorsOrigin::One).map_err(|_| FORM.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        for (text, expected) in [
            ("https://console.example", Some("https://console.example")),
            ("HTTPS://Console.Example:443", Some("https://console.example")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("http://[::1]:80", Some("http://[::1]")),
            ("https://b\u{fc}cher.example", Some("https://xn--bcher-kva.example")),
            ("chrome-extension://abcdef", Some("chrome-extension://abcdef")),
            ("", None),
            ("null", None),
            ("console.example", None),
            ("console.example:443", None),
            ("https://", None),
            ("https://console.example/", None),
            ("https://console.example/app", None),
            ("https://console.example?x", None),
            ("https://user@console.example", None),
            ("https://*.example", None),
            ("https://console.example:99999", None),
            ("file:///tmp", None),
        ] {
            let expected = expected.map(|text| CorsOrigin::One(HeaderValue::from_static(text)));
            assert_eq!(cors_origin(text).ok(), expected, "{text}");
        }
        assert_eq!(cors_origin("*"), Ok(CorsOrigin::Any));
    }
}
