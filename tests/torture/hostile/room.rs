//! The memory and the disk space that the server may use.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use s2s_tests::{Server, database, wire::memory_peak_kib};

use super::{attack::Attack, honest::Honest};

const MEMORY_MIB_MAX: u64 = 200;
/// The documented maximum sizes of a click's stored query, referrer and user agent, in bytes.
const CLICK_BYTES_MAX: u64 = 2 * 1_024 + 1_024 + 512;
/// The size of a row without its texts, in bytes.
const ROW_BYTES: u64 = 512;
/// The bytes that an honest visit or sale takes: a click, or a postback and a conversion.
const HONEST_BYTES: u64 = 2 * 1_024;
/// The factor for the database's indexes and for pages that are not full: together they are as
/// large as the rows.
const WITH_INDEXES: u64 = 2;
/// The bytes of SQLite's log, of the spool's segments and of the space that PostgreSQL frees late.
const OWN_BYTES: u64 = 64 * 1_024 * 1_024;
/// The default of `--strangers-mebibytes-max`.
const STRANGERS_BYTES_MAX: u64 = 256 * 1_024 * 1_024;
const MIB: u64 = 1_024 * 1_024;

/// The bytes on disk before the attack, and the numbers of the requests that caused them.
pub struct Room {
    database_url: String,
    bytes: u64,
    kept: Kept,
}

/// Requests that make the server keep something.
struct Kept {
    honest: u64,
    clicks: u64,
    postbacks: u64,
    /// The bytes of the postbacks' URLs and bodies.
    texts: u64,
}

impl Kept {
    fn count(attack: &Attack, honest: &Honest) -> Self {
        let read = |count: &AtomicUsize| u64::try_from(count.load(Ordering::Relaxed)).unwrap();
        let [postbacks, texts] = attack.kept.each_ref().map(read);
        let honest = u64::try_from(honest.answered()).unwrap();
        Self { honest, clicks: read(&attack.clicks), postbacks, texts }
    }

    /// The bytes that the documents allow for these requests.
    fn bytes_max(&self) -> u64 {
        // The server deletes strangers' postbacks beyond this bound.
        let postbacks = (self.texts + self.postbacks * ROW_BYTES).min(STRANGERS_BYTES_MAX);
        let clicks = self.clicks * (CLICK_BYTES_MAX + ROW_BYTES);
        (postbacks + clicks + self.honest * HONEST_BYTES) * WITH_INDEXES + OWN_BYTES
    }
}

impl Room {
    pub async fn measure(database_url: &str, server: &Server, attack: &Attack, honest: &Honest) -> Self {
        let (database_url, bytes) = (database_url.to_owned(), on_disk(database_url, server).await);
        Self { database_url, bytes, kept: Kept::count(attack, honest) }
    }

    /// Checks the bytes that were added since `measure`.
    pub async fn check(&self, server: &Server, attack: &Attack, honest: &Honest) -> Result<String, String> {
        let (bytes, now) = (on_disk(&self.database_url, server).await, Kept::count(attack, honest));
        let since = Kept {
            honest: now.honest - self.kept.honest,
            clicks: now.clicks - self.kept.clicks,
            postbacks: now.postbacks - self.kept.postbacks,
            texts: now.texts - self.kept.texts,
        };
        let (grown, allowed) = (bytes.saturating_sub(self.bytes) / MIB, since.bytes_max() / MIB);
        let said = format!(
            "disk: {grown} MiB more, of {allowed} MiB that {} attackers' postbacks, {} attackers' clicks and {} honest \
             requests may take",
            since.postbacks, since.clicks, since.honest
        );
        if grown > allowed { Err(said) } else { Ok(said) }
    }
}

/// The bytes of the database and the spool.
async fn on_disk(database_url: &str, server: &Server) -> u64 {
    database::bytes(database_url).await + folder_bytes(&server.folder().join("spool"))
}

fn folder_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    // The server may have removed a segment meanwhile.
    entries.map(|entry| entry.metadata().map_or(0, |metadata| metadata.len())).sum()
}

/// Checks the peak memory of the server's process.
pub fn check_memory(server: &Server) -> Result<String, String> {
    let peak = memory_peak_kib(server) / 1_024;
    let said = format!("memory: {peak} MiB at most, of {MEMORY_MIB_MAX} MiB");
    if peak >= MEMORY_MIB_MAX { Err(said) } else { Ok(said) }
}
