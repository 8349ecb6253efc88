//! Sales that differ from each other, and the visits before them.

use s2s_sdk::{prost_types::Timestamp, v1::Money};

use crate::{Server, click_id_of, eventually};

/// The value of a sale, in micros. No two sales have the same value.
pub fn value(number: usize) -> i64 {
    i64::try_from(number * 1_000_003 + 7).unwrap()
}

/// The query of the sale's postback. The number is its transaction id. The commission shows that a
/// point separates decimals: without it, a value such as `331.001` could be read in two ways.
pub fn query(code_id: &str, click_id: &str, number: usize) -> String {
    let money = Money { micros: value(number), ..Default::default() };
    format!("clickId={click_id}&id={code_id}&val={money}&com=0.00&oid={number}")
}

/// The id that an edge makes for a postback that arrives at `time`. `number` tells apart the ids of
/// one time.
pub fn postback_id(time: Timestamp, number: u8) -> String {
    let millis =
        u128::try_from(time.seconds).unwrap() * 1_000 + u128::try_from(time.nanos).unwrap() / 1_000_000;
    // Two zero bits fill the last of 26 characters.
    let bits = ((millis << 80) | u128::from(number)) << 2;
    let symbol = |place: usize| {
        let index = usize::try_from((bits >> (5 * place)) & 31).unwrap();
        char::from(b"0123456789abcdefghjkmnpqrstvwxyz"[index])
    };
    format!("pb_{}", (0..26).rev().map(symbol).collect::<String>())
}

/// Follows a tracking link. Returns the click id of the redirect, or the status of any other
/// answer.
pub async fn visit(http: &reqwest::Client, url: &str, slug: &str) -> reqwest::Result<Result<String, u16>> {
    let answer = http.get(format!("{url}/{slug}")).send().await?;
    if answer.status() != 302 {
        return Ok(Err(answer.status().as_u16()));
    }
    Ok(Ok(click_id_of(answer.headers()["location"].to_str().unwrap())))
}

impl Server {
    /// The folder of the server's spool.
    pub fn spool(&self) -> std::path::PathBuf {
        let set = self.variables.iter().rfind(|(name, _)| *name == "S2S_SPOOL");
        self.folder().join(set.map_or("spool", |(_, folder)| folder))
    }

    /// Waits until the server's snapshot contains the link. From then on, the server knows the link
    /// after a restart, even if it can't reach the core.
    pub async fn knows(&self, slug: &str) {
        let (path, slug) = (self.spool().join("known"), slug.as_bytes());
        eventually(async || {
            let bytes = std::fs::read(&path).unwrap_or_default();
            bytes.windows(slug.len()).any(|window| window == slug).then_some(())
        })
        .await;
    }
}
