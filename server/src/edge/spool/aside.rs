//! Files that are kept for people: `.aside` files, with records that could not be delivered to the
//! core, and damaged files.

use std::{io, sync::atomic::Ordering};

use super::{
    State, acknowledged,
    file::{ASIDE, Appender, DAMAGED, Fault, Name, list},
    folder::Folder,
    record::{Piece, Pieces, RECORD_BYTES_MAX, frame},
    writer::SEGMENT_BYTES_MAX,
};
use crate::values::id::Random;

/// Puts records aside, in a file that this process has made.
pub struct Aside {
    random: Random,
    file: Option<Appender>,
}

impl Aside {
    pub fn new(random: Random) -> Self {
        Self { random, file: None }
    }

    /// Writes a record that can't be delivered to a file for people. `id`: the id of its click or
    /// postback. Returns false if the write failed: then the record stays in the spool.
    pub fn put(&mut self, state: &State, body: &[u8], id: &str, why: &str) -> bool {
        match self.write(&state.folder, body) {
            Ok(file) => {
                state.put_aside.fetch_add(1, Ordering::AcqRel);
                tracing::error!(file, of = id, why, "A RECORD OF THE SPOOL WAS PUT ASIDE");
                true
            }
            Err(error) => {
                tracing::error!(%error, "could not put aside a record of the spool");
                false
            }
        }
    }

    fn write(&mut self, folder: &Folder, body: &[u8]) -> io::Result<String> {
        let mut file = match self.file.take().filter(|file| file.end < SEGMENT_BYTES_MAX) {
            Some(file) => file,
            None => Appender::create(folder, Name::new(0, &self.random), ASIDE)?,
        };
        let mut bytes = Vec::with_capacity(RECORD_BYTES_MAX);
        frame(file.name.key, body, &mut bytes);
        file.append(&bytes).map_err(|fault| match fault {
            Fault::Write(error) | Fault::Sync(error) => error,
        })?;
        let name = file.name.with(ASIDE);
        self.file = Some(file);
        Ok(name)
    }
}

/// Counts what earlier processes have kept for people, and finds files that somebody has removed.
pub fn count_earlier(state: &State) {
    let folder = &state.folder;
    find_removed(folder);
    let files = list(folder, ASIDE).unwrap_or_default();
    let records = files.into_iter().map(|name| count_records(folder, name)).sum::<usize>();
    let damaged = list(folder, DAMAGED).unwrap_or_default().len();
    let kept = u64::try_from(records.saturating_add(damaged)).unwrap_or(u64::MAX);
    let lost = acknowledged::count_lost(folder);
    state.put_aside.fetch_add(kept, Ordering::AcqRel);
    state.lost.fetch_add(lost, Ordering::AcqRel);
    if kept > 0 || lost > 0 {
        tracing::error!(put_aside = kept, lost, "the spool's folder has files that need a person");
    }
}

fn count_records(folder: &Folder, name: Name) -> usize {
    let bytes = folder.read(&name.with(ASIDE), 0, u64::MAX).unwrap_or_default();
    Pieces::new(name.key, &bytes, 0).filter(|(_, piece)| matches!(piece, Piece::Body(_))).count()
}

/// Notes the acknowledged records of each file that somebody has removed. Only the list of such a
/// file is left. A drained file leaves no list, because the drain deletes the list first.
fn find_removed(folder: &Folder) {
    for name in list(folder, acknowledged::ACKNOWLEDGED).unwrap_or_default() {
        let is_there = |name: &str| folder.length(name).is_ok();
        if is_there(&name.text()) || is_there(&name.with(DAMAGED)) {
            continue;
        }
        let drained = super::file::Checkpoint::read(folder, name);
        let lost = acknowledged::between(folder, name, drained, u64::MAX);
        let file = name.text();
        let noted = if lost.is_empty() { Ok(0) } else { acknowledged::note_lost(folder, name, &lost) };
        match noted.and_then(|_| folder.remove(&name.with(acknowledged::ACKNOWLEDGED))) {
            Ok(()) if lost.is_empty() => {}
            Ok(()) => tell_lost(&file, &lost, "A FILE OF THE SPOOL WAS REMOVED"),
            Err(error) => tracing::error!(file, %error, "could not note what is lost of the spool"),
        }
    }
}

/// Maximum number of ids in a log line. The `.lost` file has them all.
const IDS_TOLD_MAX: usize = 20;

pub fn tell_lost(file: &str, lost: &[String], what: &str) {
    let ids: Vec<&str> = lost.iter().take(IDS_TOLD_MAX).map(String::as_str).collect();
    let (lost, of) = (lost.len(), ids.join(" "));
    tracing::error!(file, lost, of, "{what}: acknowledged records are lost; NAME.lost names them all");
}
