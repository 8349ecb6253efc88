//! The page for a person who followed an address that leads nowhere. Programs get JSON.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::config::Pages;

/// Content security policy: the page loads nothing from elsewhere, and runs no script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// Returns whether a browser asks for a page, and not for an image or for data.
pub fn wants(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml")
    })
}

impl Pages {
    /// Replaces an answer for programs by a page, or by a redirect to the operator's page. Other
    /// answers, such as a redirect to a destination, stay.
    pub fn instead_of(&self, answer: Response, is_home: bool) -> Response {
        let (title, text) = match answer.status() {
            StatusCode::NOT_FOUND => {
                ("Nothing here", "This address leads nowhere. Please check it for typing errors.")
            }
            StatusCode::GONE => ("This link has ended", "What it led to is no longer available."),
            StatusCode::LOOP_DETECTED => {
                ("This link leads in circles", "What it leads to leads back to it. Please tell its owner.")
            }
            StatusCode::SERVICE_UNAVAILABLE => ("One moment, please", "Please try again in a few seconds."),
            _ => return answer,
        };
        let leads_to = if is_home { self.home.as_ref() } else { self.not_found.as_ref() };
        let leads_nowhere = matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::GONE);
        if let Some(url) = leads_to.filter(|_| leads_nowhere) {
            let headers = [(header::LOCATION, url.as_str()), (header::CACHE_CONTROL, "no-store")];
            return (StatusCode::FOUND, headers).into_response();
        }
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width\">\n<title>{title}</title>\n<style>body {{ font: 1.1em/1.5 sans-serif; \
             max-width: 30em; margin: 20vh auto; padding: 0 1em; color-scheme: light dark }}</style>\n</head>\n\
             <body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body>\n</html>\n"
        );
        let (mut parts, _) = answer.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        parts.headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        Response::from_parts(parts, page.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_that_open_an_address_want_a_page() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("Text/HTML", true),
            ("application/xhtml+xml;q=0.9", true),
            ("image/avif,image/webp,*/*;q=0.8", false),
            ("application/json", false),
            ("*/*", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(wants(&headers), expected, "{accept}");
        }
    }
}
