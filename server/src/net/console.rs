//! The console: the files that a browser loads, and the sessions of those who use it.
//!
//! The console calls the same services as everybody else, by gRPC-web. Its calls have no API key but the
//! cookie of a session, together with a header that no foreign page can send (`session.rs`).

mod files;
mod session;

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use s2s_sdk::v1::ErrorReason;

use self::files::File;
pub use self::session::text;
use super::{answers::grpc_failure, gate::CallAuth, json};
use crate::error::Error;

const PATH: &str = "/console";
const SESSION: &str = "/console/session";
const INDEX: &str = "index.html";
/// The folder of files whose names change with their bytes.
const ASSETS: &str = "assets/";
/// Nothing from elsewhere, nothing inline. Svelte makes its templates through a policy of its own.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; \
                                base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; \
                                trusted-types svelte-trusted-html";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Returns whether a path belongs to the console.
pub fn has(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request for a path of the console.
pub async fn answer(auth: &CallAuth, request: Request) -> Response {
    match (request.uri().path(), auth) {
        (_, CallAuth::NoCore) => failure(Error::unavailable("this server has no core, so it has no console")),
        (PATH, _) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, "/console/")]).into_response(),
        // On the heap: this future is large, and rarely needed.
        (SESSION, _) => Box::pin(session::answer(auth, request)).await.unwrap_or_else(failure),
        (path, _) if matches!(*request.method(), Method::GET | Method::HEAD) => {
            file(path.strip_prefix("/console/").unwrap_or_default(), request.headers())
        }
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET,HEAD")]).into_response(),
    }
}

/// A failure in the form of a call in JSON.
pub fn failure(error: Error) -> Response {
    json::failure(grpc_failure(error))
}

/// The file with this name or, for the address of a screen, the page that shows all screens.
fn file(name: &str, asked: &HeaderMap) -> Response {
    let found = files::find(name).or_else(|| files::find(INDEX).filter(|_| !name.contains('.')));
    let Some(File { name, etag, gzip }) = found else {
        let message = if files::find(INDEX).is_none() {
            "this server was built without the console"
        } else {
            "the console has no such file"
        };
        return failure(Error::new(ErrorReason::ResourceNotFound, message));
    };
    let kept = asked.get(header::IF_NONE_MATCH).is_some_and(|kept| kept.as_bytes() == etag.as_bytes());
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    let set = |headers: &mut HeaderMap, name, value| headers.insert(name, HeaderValue::from_static(value));
    set(headers, header::CACHE_CONTROL, if name.starts_with(ASSETS) { FOR_EVER } else { "no-cache" });
    set(headers, header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY);
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, header::VARY, "accept-encoding");
    headers.extend(HeaderValue::from_str(etag).ok().map(|etag| (header::ETAG, etag)));
    if kept {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    set(headers, header::CONTENT_TYPE, content_type(name));
    if accepts_gzip(asked) {
        set(headers, header::CONTENT_ENCODING, "gzip");
        *response.body_mut() = Body::from(*gzip);
    } else {
        *response.body_mut() = Body::from(files::unpacked(gzip));
    }
    response
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let listed = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = listed.flat_map(|value| value.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight: String = weight.chars().filter(|char| !char.is_whitespace()).collect();
        name.trim().eq_ignore_ascii_case("gzip")
            && !matches!(weight.as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_has_its_own_paths() {
        for (path, expected) in [
            ("/console", true),
            ("/console/", true),
            ("/console/links/new", true),
            ("/console/session", true),
            ("/consoles", false),
            ("/Console/", false),
            ("/", false),
            ("/s2s", false),
        ] {
            assert_eq!(has(path), expected, "{path}");
        }
    }

    #[test]
    fn files_are_compressed_for_those_who_accept_it() {
        for (value, expected) in [
            ("gzip, deflate, br", true),
            ("br, GZIP;q=0.5", true),
            ("gzip; q=0", false),
            ("gzipped", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(accepts_gzip(&headers), expected, "{value}");
        }
    }
}
