//! Signs postbacks and verifies signatures, for servers that call or receive postback URLs.
//!
//! ```
//! # use std::time::{SystemTime, UNIX_EPOCH};
//! use s2s_sdk::postback;
//!
//! let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
//! let url = "https://t.example/s2s?clickId=abc&id=6B1F0A3C9D5E4F7081A2B3C4D5E6F708&val=1&com=0.5";
//! let signed_url = postback::sign(url, b"", "the secret", now);
//! # assert!(signed_url.starts_with(&format!("{url}&ts={now}&sig=")));
//! assert!(postback::verify(&signed_url, b"", "the secret", now, 300));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::Write as _;

use hmac::{
    Hmac, KeyInit as _, Mac as _,
    digest::{Digest as _, common::Key},
};
use sha2::Sha256;

const MARK: &[u8] = b"&sig=";
/// Length of a signature, in bytes.
const SIGNATURE_BYTES: usize = 32;

/// Returns the URL with the time and its signature appended.
///
/// `url` has all parameters filled in and percent-encoded, and no fragment. `body` is the body of a
/// `POST`, or empty. `secret` is the secret that `RotatePostbackSecret` returned. `unix_seconds` is
/// the present time; the server accepts the signature for 300 seconds.
#[must_use]
pub fn sign(url: &str, body: &[u8], secret: &str, unix_seconds: u64) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}ts={unix_seconds}");
    let signature = signature(query(url.as_bytes()), body, secret);
    format!("{url}&sig={signature}")
}

/// Returns true if the URL has a valid signature that was made at most `tolerance_seconds` before
/// or after `unix_seconds`, the time to judge at.
///
/// `signed_url` is the URL, or only its path and query, byte for byte as it arrived. `body` is the
/// body of a `POST`, or empty. The server itself tolerates 300 seconds.
///
/// If a call is sent again within that time, its signature is still valid. To count a call once,
/// remember its `sig`.
#[must_use]
pub fn verify(
    signed_url: impl AsRef<[u8]>,
    body: &[u8],
    secret: &str,
    unix_seconds: u64,
    tolerance_seconds: u64,
) -> bool {
    let query = query(signed_url.as_ref());
    let Some(at) = query.windows(MARK.len()).rposition(|window| window == MARK) else { return false };
    let (signed, rest) = query.split_at(at);
    let given = rest.get(MARK.len()..).and_then(bytes);
    let is_right = given.is_some_and(|given| mac(signed, body, secret).verify_slice(&given).is_ok());
    is_right && time(signed).is_some_and(|time| time.abs_diff(unix_seconds) <= tolerance_seconds)
}

/// Returns the bytes of a signature in hexadecimal digits, in upper or lower case.
fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    bytes.filter(|bytes| bytes.len() == SIGNATURE_BYTES)
}

/// Returns the time in a query, in seconds since 1970 UTC. `None` if there is none, or if there are
/// several that differ.
fn time(query: &[u8]) -> Option<u64> {
    let mut times = query.split(|byte| *byte == b'&').filter_map(|pair| pair.strip_prefix(b"ts="));
    let first = times.next()?;
    let is_number = first.iter().all(u8::is_ascii_digit) && times.all(|other| other == first);
    is_number.then(|| str::from_utf8(first).ok()?.parse().ok())?
}

fn query(url: &[u8]) -> &[u8] {
    let at = url.iter().position(|byte| *byte == b'?');
    at.and_then(|at| url.get(at + 1..)).unwrap_or_default()
}

/// Returns the signature of a query (the text between `?` and `&sig=`) and of the body of a `POST`:
/// 64 lower-case hexadecimal digits.
#[must_use]
pub fn signature(query: &[u8], body: &[u8], secret: &str) -> String {
    mac(query, body, secret).finalize().into_bytes().iter().fold(
        String::with_capacity(64),
        |mut text, byte| {
            // Writing to a `String` never fails.
            _ = write!(text, "{byte:02x}");
            text
        },
    )
}

/// Makes the HMAC of a query and a body.
fn mac(query: &[u8], body: &[u8], secret: &str) -> Hmac<Sha256> {
    let mut mac = keyed(secret.as_bytes());
    mac.update(query);
    if !body.is_empty() {
        mac.update(b"\n");
        mac.update(body);
    }
    mac
}

/// Makes an HMAC (RFC 2104) for a key of any length, with the constructor that can't fail.
fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    let mut key = Key::<Hmac<Sha256>>::default();
    let digest = Sha256::digest(secret);
    let secret = if secret.len() > key.len() { digest.as_slice() } else { secret };
    key.iter_mut().zip(secret).for_each(|(slot, byte)| *slot = *byte);
    Hmac::new(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://t.example/s2s?val=1";
    const BODY: &[u8] = b"a=b";
    const SECRET: &str = "the secret";
    const NOW: u64 = 1_763_900_000;

    #[test]
    fn only_the_signed_bytes_are_verified() {
        let signed = sign(URL, BODY, SECRET, NOW);
        let is_valid = |url: &str| verify(url, BODY, SECRET, NOW, 0);
        assert!(is_valid(&signed));
        assert!(is_valid(signed.trim_start_matches("https://t.example")));
        let (before, digits) = signed.rsplit_once('=').unwrap();
        assert!(is_valid(&format!("{before}={}", digits.to_ascii_uppercase())));
        for wrong in [
            "",
            URL,
            before,
            &signed.replace("val=1", "val=2"),
            &signed.replace("&sig=", "&sg="),
            &signed.replace("https://t.example/s2s?", ""),
            &format!("{signed}0"),
            &format!("{signed}&x=1"),
            signed.strip_suffix(|_: char| true).unwrap(),
            &format!("{before}={}", "+1".repeat(32)),
        ] {
            assert!(!is_valid(wrong), "{wrong}");
        }
        assert!(!verify(&signed, b"a=c", SECRET, NOW, 0) && !verify(&signed, b"", SECRET, NOW, 0));
        assert!(!verify(&signed, BODY, "another", NOW, 0));
    }

    #[test]
    fn a_signature_is_valid_only_near_its_time() {
        let signed = sign(URL, b"", SECRET, NOW);
        for (now, tolerance_seconds, valid) in [
            (NOW, 0, true),
            (NOW + 300, 300, true),
            (NOW - 300, 300, true),
            (NOW + 301, 300, false),
            (NOW - 301, 300, false),
            (0, u64::MAX, true),
        ] {
            assert_eq!(verify(&signed, b"", SECRET, now, tolerance_seconds), valid, "{now}");
        }
    }

    #[test]
    fn a_signature_needs_one_time() {
        for (query, valid) in [
            (format!("ts={NOW}&val=1"), true),
            (format!("val=1&ts={NOW}&ts={NOW}"), true),
            (format!("val=1&ts={NOW}&ts={}", NOW + 1), false),
            ("val=1".to_owned(), false),
            (format!("val=1&its={NOW}"), false),
            ("val=1&ts=".to_owned(), false),
            ("val=1&ts=now".to_owned(), false),
            (format!("val=1&ts=+{NOW}"), false),
            (format!("val=1&ts={NOW}.0"), false),
            (format!("val=1&ts={}", "9".repeat(5_000)), false),
        ] {
            let url = format!("/s2s?{query}&sig={}", signature(query.as_bytes(), b"", SECRET));
            assert_eq!(verify(&url, b"", SECRET, NOW, 300), valid, "{query}");
        }
    }

    #[test]
    fn the_vectors_of_all_sdks_are_signed_alike() {
        let vectors = include_str!("../../../tests/vectors/postback_signature.json");
        let vectors: Vec<serde_json::Value> = serde_json::from_str(vectors).unwrap();
        assert!(vectors.len() >= 7);
        for vector in vectors {
            let text = |name: &str| vector[name].as_str().unwrap();
            let seconds = vector["unix_seconds"].as_u64().unwrap();
            let signed = sign(text("url"), text("body").as_bytes(), text("secret"), seconds);
            assert_eq!(signed, text("signed_url"), "{}", text("name"));
            assert!(verify(&signed, text("body").as_bytes(), text("secret"), seconds, 0));
        }
    }
}
