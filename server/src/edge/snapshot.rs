//! The edge's snapshot: a file with the click id keys and links that the core sent last. With it,
//! an edge that starts while the core is down mints click ids and redirects visitors.
//!
//! The file begins with a key. Records framed with that key follow, as in the spool. Their proof is
//! made with a secret of this server's settings, because the core's secrets are in the file.

use std::{io, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{
    keys::Keys,
    link_cache::Links,
    spool::{Content, Folder, Key, Piece, Pieces, Record, frame},
};
use crate::{
    api::edge_v1::{ListClickIdKeysResponse, ResolveSlugResponse},
    values::{
        id::Random,
        seal::{Seal, Seals},
        time::Clock,
    },
};

/// Interval between writes of the snapshot.
const WRITE_INTERVAL: Duration = Duration::from_secs(1);
/// The file, in the folder of the spool.
const FILE: &str = "known";

/// The contents of the snapshot.
#[derive(Default)]
pub struct Snapshot {
    pub click_id_keys: ListClickIdKeysResponse,
    pub links: Vec<ResolveSlugResponse>,
}

/// Reads all intact records of the file. Returns an empty snapshot if there is no file.
pub fn read(folder: &Folder, seal: &Seal) -> Snapshot {
    let bytes = folder.read(FILE, 0, u64::MAX).unwrap_or_default();
    let (mut known, seals) = (Snapshot::default(), Seals::new(seal.clone(), Vec::new(), false));
    let Some((key, frames)) = bytes.split_first_chunk() else { return known };
    for (_, piece) in Pieces::new(Key(*key), frames, 0) {
        let record = if let Piece::Body(body) = piece { Record::read(body, &seals).ok() } else { None };
        match record.map(|record| record.content) {
            Some(Content::ClickIdKeys(keys)) => known.click_id_keys = keys,
            Some(Content::Link(link)) => known.links.push(link),
            _ => tracing::warn!("a part of the edge's snapshot can't be read"),
        }
    }
    known
}

fn write(folder: &Folder, seal: &Seal, key: Key, records: impl Iterator<Item = Record>) -> io::Result<()> {
    let mut bytes = key.0.to_vec();
    records.for_each(|record| frame(key, &record.body(seal), &mut bytes));
    folder.replace(FILE, &bytes, true)
}

/// Writes the snapshot after each change, until `stopping`. Then writes the last changes and
/// returns.
pub async fn persist(
    folder: Arc<Folder>,
    seal: Seal,
    click_id_keys: Arc<Keys>,
    links: Arc<Links>,
    clock: Clock,
    random: Random,
    stopping: CancellationToken,
) {
    // Due at the start, and again after a failed write. A series of failures is logged only once,
    // because a write is tried every second.
    let (mut due, mut told) = (true, false);
    loop {
        due |= links.take_changed() | click_id_keys.take_changed();
        if due {
            let (folder, seal) = (folder.clone(), seal.clone());
            let (links, keys) = (links.clone(), click_id_keys.message());
            let (arrived_at, key) = (clock.now(), Key(random.bytes()));
            let written = tokio::task::spawn_blocking(move || {
                let links = links.all().map(Content::Link);
                let contents = std::iter::once(Content::ClickIdKeys(keys)).chain(links);
                write(&folder, &seal, key, contents.map(|content| Record { arrived_at, content }))
            });
            match written.await {
                Ok(Ok(())) => (due, told) = (false, false),
                Ok(Err(error)) => {
                    if !told {
                        tracing::warn!(%error, "could not write the edge's snapshot");
                    }
                    (due, told) = (true, true);
                }
                Err(_) => return,
            }
        }
        if stopping.is_cancelled() {
            return;
        }
        let _ = tokio::time::timeout(WRITE_INTERVAL, stopping.cancelled()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::time::Time;

    #[test]
    fn whole_records_are_read_again() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(&parent.path().join("spool")).unwrap();
        let (path, seal) = (folder.path().join(FILE), Seal::derive("test", b"secret"));
        assert!(read(&folder, &seal).links.is_empty());
        let links: Vec<_> =
            (0..3).map(|link_key| ResolveSlugResponse { link_key, ..Default::default() }).collect();
        let contents = links.iter().cloned().map(Content::Link);
        let records = contents.map(|content| Record { arrived_at: Time::from_micros(1), content });
        write(&folder, &seal, Key([5; 16]), records).unwrap();
        assert_eq!(read(&folder, &seal).links, links);
        // A file of somebody who has another secret.
        assert!(read(&folder, &Seal::derive("test", b"other")).links.is_empty());
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(read(&folder, &seal).links, [links[0].clone(), links[2].clone()]);
    }
}
