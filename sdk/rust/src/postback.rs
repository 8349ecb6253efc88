//! Signs postbacks, for merchants who call a postback URL from their own server.
//!
//! ```
//! # use std::time::{SystemTime, UNIX_EPOCH};
//! let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
//! let url = "https://t.example/s2s?clickId=abc&id=6B1F0A3C9D5E4F7081A2B3C4D5E6F708&val=1&com=0.5";
//! let signed = s2s_sdk::postback::sign(url, b"", "the secret", now);
//! # assert!(signed.starts_with(&format!("{url}&ts={now}&sig=")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::Write as _;

use hmac::{
    Hmac, KeyInit as _, Mac as _,
    digest::{Digest as _, common::Key},
};
use sha2::Sha256;

/// Returns the URL with the time and its signature appended.
///
/// `url` has all parameters filled in and percent-encoded, and no fragment. `body` is the body of a
/// `POST`, or empty. `secret` is the secret that `RotatePostbackSecret` returned. `unix_seconds` is
/// the present time; the server accepts the signature for 300 seconds.
#[must_use]
pub fn sign(url: &str, body: &[u8], secret: &str, unix_seconds: u64) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}ts={unix_seconds}");
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let signature = signature(query.as_bytes(), body, secret);
    format!("{url}&sig={signature}")
}

/// Returns the signature of a query (the text between `?` and `&sig=`) and of the body of a `POST`:
/// 64 lower-case hexadecimal digits.
#[must_use]
pub fn signature(query: &[u8], body: &[u8], secret: &str) -> String {
    let mut mac = keyed(secret.as_bytes());
    mac.update(query);
    if !body.is_empty() {
        mac.update(b"\n");
        mac.update(body);
    }
    mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a `String` never fails.
        _ = write!(text, "{byte:02x}");
        text
    })
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
        }
    }
}
