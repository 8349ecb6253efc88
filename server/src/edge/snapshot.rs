//! The edge's snapshot: a file with the click id keys and links that the core sent last. With it,
//! an edge that starts while the core is down mints click ids and redirects visitors.
//!
//! The file begins with a key. Records follow, framed with that key as in the spool. Each record
//! has a proof that this server has written it. The proof is made with a secret from the server's
//! settings. The core's secrets would prove nothing, because the file itself holds them.
//!
//! Changes are appended. For each slug, and for the click id keys, the last record counts. The
//! server writes a new file once more than half of the old one no longer counts. It also does so if
//! a write failed, if a part of the file can't be read, if the file has another length than the
//! server has written, or if its links no longer fit in the budget.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    sync::Arc,
    time::Duration,
};

use prost::Message as _;
use tokio_util::sync::CancellationToken;

use super::{
    keys::Keys,
    known_links::{Kept, KnownLinks},
    link_cache::Link,
    record_seals::RecordKeys,
    spool::{
        Content, Folder, KEY_BYTES, Key, Numbers, Piece, Pieces, RECORD_BYTES_MAX, Record, frame, frame_bytes,
    },
};
use crate::{
    api::edge_v1::{ListClickIdKeysResponse, ResolveSlugRequest, ResolveSlugResponse},
    values::{
        id::Random,
        seal::{Seal, Seals},
        time::{Clock, Time},
    },
};

/// Interval between writes of the snapshot.
const WRITE_INTERVAL: Duration = Duration::from_secs(1);
/// The file, in the folder of the spool.
const FILE: &str = "known";
/// Size of a read, and approximate size of a write, in bytes.
const CHUNK_BYTES: usize = 1_024 * 1_024;
/// Size up to which a file is kept although most of it no longer counts, in bytes.
const STALE_BYTES_MIN: u64 = 256 * 1_024;
/// Size of a link's record in the file without its message, in bytes.
const RECORD_FRAME_BYTES: usize = 70;

/// Returns whether an edge has run before with its spool in this folder: such an edge has left its
/// snapshot there.
pub fn has_run(folder: &Path) -> bool {
    folder.join(FILE).exists()
}

/// The contents of the snapshot.
#[derive(Default)]
pub struct Snapshot {
    pub click_id_keys: ListClickIdKeysResponse,
    /// Keys that the core no longer has; see `record_seals`.
    pub former_keys: ListClickIdKeysResponse,
    pub links: Arc<KnownLinks>,
    /// The file that changes can be appended to; `None` if the file must be written anew.
    file: Option<Intact>,
}

/// A file that ends with a whole record.
#[derive(Clone, Copy)]
struct Intact {
    key: Key,
    bytes: u64,
}

impl Snapshot {
    /// Reads all intact records of the file. The snapshot is empty if there is no file.
    ///
    /// `bytes_max`: the budget of the links, in bytes.
    pub fn read(folder: &Folder, seal: &Seal, bytes_max: u64, now: Time) -> Self {
        let links = Arc::new(KnownLinks::new(bytes_max));
        let mut snapshot = Self { links, ..Self::default() };
        let Ok(key) = folder.read(FILE, 0, to_u64(KEY_BYTES)) else { return snapshot };
        let Ok(key) = key.try_into().map(Key) else { return snapshot };
        let seals = Seals::new(seal.clone(), Vec::new(), false);
        let (mut bytes, mut unread) = (to_u64(KEY_BYTES), 0_u64);
        loop {
            let chunk = folder.read(FILE, bytes, bytes + to_u64(CHUNK_BYTES)).unwrap_or_default();
            let is_last = chunk.len() < CHUNK_BYTES;
            let mut end = 0;
            for (piece_end, piece) in Pieces::new(key, &chunk, 0) {
                match piece {
                    Piece::Body(body) if snapshot.take(body, &seals, now) => {}
                    // A record that continues in the next chunk.
                    Piece::Torn | Piece::Damage if !is_last && piece_end == chunk.len() => break,
                    _ => unread += 1,
                }
                end = piece_end;
            }
            if is_last {
                bytes += to_u64(chunk.len());
                break;
            }
            // The damage is longer than any record. Records after it may still be whole.
            if end == 0 {
                end = chunk.len() - frame_bytes(RECORD_BYTES_MAX);
                unread += 1;
            }
            bytes += to_u64(end);
        }
        if unread > 0 {
            tracing::warn!(parts = unread, "parts of the edge's snapshot can't be read");
        } else if !snapshot.links.has_gone() {
            snapshot.file = Some(Intact { key, bytes });
        }
        snapshot
    }

    /// Takes in a record. Returns false if the record is unreadable or not proven, or if it is of a
    /// kind that no snapshot holds.
    fn take(&mut self, body: &[u8], seals: &Seals, now: Time) -> bool {
        let Ok(Record { arrived_at, content }) = Record::read(body, seals) else { return false };
        match content {
            Content::ClickIdKeys(keys) => self.click_id_keys = keys,
            Content::Link(link) => match Link::from_proto(link) {
                Some(link) => self.links.restore(&link, arrived_at, now),
                None => return false,
            },
            Content::NoLink(gone) => self.links.restore_gone(&gone.slug),
            Content::FormerKeys(keys) => self.former_keys = keys,
            Content::Click(_) | Content::Postback(_) => return false,
        }
        true
    }

    /// Returns the writer of the file.
    pub fn writer(
        self,
        folder: Arc<Folder>,
        seal: Seal,
        keys: Arc<Keys>,
        record_keys: RecordKeys,
        random: Random,
    ) -> Writer {
        let has_new_keys = self.click_id_keys != keys.message();
        let Self { links, file, .. } = self;
        Writer { folder, seal, keys, record_keys, links, random, file, has_new_keys }
    }
}

/// Writes the snapshot.
pub struct Writer {
    folder: Arc<Folder>,
    seal: Seal,
    keys: Arc<Keys>,
    record_keys: RecordKeys,
    links: Arc<KnownLinks>,
    random: Random,
    /// `None` if the file is to be written anew.
    file: Option<Intact>,
    /// The click id keys in the file are not the present ones.
    has_new_keys: bool,
}

impl Writer {
    /// Writes the changes once a second, until `stopping`. Then writes the last changes and
    /// returns.
    pub async fn persist(self, clock: Clock, stopping: CancellationToken) {
        let mut writer = self;
        // A series of failures is logged only once, because a write is tried every second.
        let mut told = false;
        loop {
            let now = clock.now();
            let written = tokio::task::spawn_blocking(move || {
                let written = writer.write(now);
                (writer, written)
            });
            let Ok((same, written)) = written.await else { return };
            writer = same;
            match written {
                Ok(()) => told = false,
                Err(error) => {
                    if !told {
                        tracing::warn!(%error, "could not write the edge's snapshot");
                    }
                    told = true;
                }
            }
            if stopping.is_cancelled() {
                return;
            }
            let _ = tokio::time::timeout(WRITE_INTERVAL, stopping.cancelled()).await;
        }
    }

    /// Writes what has changed.
    fn write(&mut self, now: Time) -> io::Result<()> {
        self.has_new_keys |= self.keys.take_changed();
        let (keys, is_settled) = (self.keys.message(), self.record_keys.is_settled());
        let files = Numbers::list(&self.folder);
        self.has_new_keys |= self.record_keys.prepare(&keys, is_settled, files);
        // `self.file` is `None` until the write has succeeded, so that the attempt after a failure
        // writes a new file.
        let file = self.file.take().filter(|file| !self.is_mostly_stale(file.bytes));
        let appended = file.map_or(Ok(None), |file| self.append(file, &keys, now))?;
        let file = appended.map_or_else(|| self.replace(&keys, now), Ok)?;
        if std::mem::take(&mut self.has_new_keys) {
            self.record_keys.note_written(&keys);
        }
        self.file = Some(file);
        Ok(())
    }

    fn is_mostly_stale(&self, bytes: u64) -> bool {
        let (count, message_bytes) = self.links.size();
        let live = to_u64(message_bytes + count * RECORD_FRAME_BYTES);
        bytes > STALE_BYTES_MIN && bytes > live.saturating_mul(2)
    }

    /// Appends the changes. `None` if the file can't be opened, or does not have the length that
    /// this server has written.
    fn append(&self, file: Intact, keys: &ListClickIdKeysResponse, now: Time) -> io::Result<Option<Intact>> {
        let Ok(to) = self.folder.append(FILE) else { return Ok(None) };
        if to.metadata()?.len() != file.bytes {
            return Ok(None);
        }
        let changes = self.links.take_changes();
        let mut records = Frames { to, key: file.key, seal: &self.seal, unwritten: Vec::new(), written: 0 };
        if self.has_new_keys {
            self.add_keys(&mut records, keys, now)?;
        }
        for slug in changes.gone {
            records.add(now, Content::NoLink(ResolveSlugRequest { slug: slug.to_string() }))?;
        }
        records.add_links(changes.links)?;
        let written = records.end()?;
        Ok(Some(Intact { bytes: file.bytes + written, ..file }))
    }

    /// Adds the former keys first: a crash after the first record then loses no key.
    fn add_keys(
        &self,
        records: &mut Frames<'_>,
        keys: &ListClickIdKeysResponse,
        now: Time,
    ) -> io::Result<()> {
        records.add(now, Content::FormerKeys(self.record_keys.former()))?;
        records.add(now, Content::ClickIdKeys(keys.clone()))
    }

    /// Writes a new file.
    fn replace(&self, keys: &ListClickIdKeysResponse, now: Time) -> io::Result<Intact> {
        let key = Key(self.random.bytes());
        let mut bytes = to_u64(KEY_BYTES);
        self.folder.replace_by(FILE, true, |file| {
            file.write_all(&key.0)?;
            let to = file.try_clone()?;
            let mut records = Frames { to, key, seal: &self.seal, unwritten: Vec::new(), written: 0 };
            self.add_keys(&mut records, keys, now)?;
            records.add_links(self.links.take_all())?;
            bytes += records.end()?;
            Ok(())
        })?;
        Ok(Intact { key, bytes })
    }
}

/// Frames on their way to a file.
struct Frames<'a> {
    to: File,
    key: Key,
    seal: &'a Seal,
    unwritten: Vec<u8>,
    written: u64,
}

impl Frames<'_> {
    fn add(&mut self, arrived_at: Time, content: Content) -> io::Result<()> {
        frame(self.key, &Record { arrived_at, content }.body(self.seal), &mut self.unwritten);
        if self.unwritten.len() < CHUNK_BYTES { Ok(()) } else { self.flush() }
    }

    fn add_links(&mut self, links: Vec<Kept>) -> io::Result<()> {
        for Kept { followed_at, message } in links {
            let link = ResolveSlugResponse::decode(&*message).unwrap_or_default();
            self.add(followed_at, Content::Link(link))?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(&self.unwritten)?;
        self.written += to_u64(self.unwritten.len());
        self.unwritten.clear();
        Ok(())
    }

    /// Makes the frames durable. Returns their number of bytes.
    fn end(mut self) -> io::Result<u64> {
        self.flush()?;
        if self.written > 0 {
            self.to.sync_data()?;
        }
        Ok(self.written)
    }
}

fn to_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
