//! Copies of a spool's files, for backups.
//!
//! The server may run while its spool is read, so files grow and vanish meanwhile. A file that
//! vanishes has been drained: the core has answered its records, and they are in the database. The
//! database is copied afterwards.
//!
//! Absent on purpose: the checkpoint. Without it, everything in the copy is delivered again. The
//! core counts each call once. So the copy is complete even if it is restored with an older
//! database.

use std::{collections::BTreeSet, io, path::Path};

use super::{
    acknowledged::{ACKNOWLEDGED, LOST},
    file::{ASIDE, DAMAGED, Name, SEGMENT},
    folder::{Folder, LOCK},
};
use crate::error::StartError;

/// The edge's snapshot.
const SNAPSHOT: &str = "known";
/// The file that marks a folder into which a copy is being put back.
pub const RESTORING: &str = "restoring";
/// The files that are kept for people.
const FOR_PEOPLE: [&str; 3] = [ASIDE, DAMAGED, LOST];

/// Returns whether a copy may have a file of this name.
pub fn is_copied(name: &str) -> bool {
    let has =
        |extension: &&str| Name::parse(name, extension).is_some_and(|found| found.with(extension) == name);
    name == SNAPSHOT || [SEGMENT, ACKNOWLEDGED].iter().chain(&FOR_PEOPLE).any(has)
}

/// Passes each file of the spool at `path` to `keep`, with its name.
///
/// A record that is put aside moves from its segment (a `.spool` file) to a file for people. So the
/// files for people are listed after the segments have been read: each record is then found in a
/// segment or in a file for people.
pub fn read(
    path: &Path,
    mut keep: impl FnMut(&str, &[u8]) -> Result<(), StartError>,
) -> Result<(), StartError> {
    let folder = Folder::open_beside(path)?;
    let unusable = |error: io::Error| folder.unusable(&error);
    for name in segments(&folder).map_err(unusable)? {
        // Reads the list first, so that the segment holds each record of the list. If there is no
        // segment, reads the list again: a drained file loses its list first, so a list without a
        // segment shows that somebody has removed the segment.
        let list = read_if_there(&folder, &name.with(ACKNOWLEDGED)).map_err(unusable)?;
        let segment = read_if_there(&folder, &name.text()).map_err(unusable)?;
        let list = match &segment {
            Some(_) => list,
            None => read_if_there(&folder, &name.with(ACKNOWLEDGED)).map_err(unusable)?,
        };
        for (name, bytes) in [(name.with(ACKNOWLEDGED), list), (name.text(), segment)] {
            if let Some(bytes) = bytes {
                keep(&name, &bytes)?;
            }
        }
    }
    let is_for_people = |name: &str| FOR_PEOPLE.iter().any(|kind| Name::parse(name, kind).is_some());
    for name in folder.names(|name| name == SNAPSHOT || is_for_people(name)).map_err(unusable)? {
        if let Some(bytes) = read_if_there(&folder, &name).map_err(unusable)? {
            keep(&name, &bytes)?;
        }
    }
    Ok(())
}

/// The segments, and the lists of segments, in their order.
fn segments(folder: &Folder) -> io::Result<Vec<Name>> {
    let parse = |name: &str| Name::parse(name, SEGMENT).or_else(|| Name::parse(name, ACKNOWLEDGED));
    let names = folder.names(|name| parse(name).is_some())?;
    let mut names: Vec<Name> = names.iter().filter_map(|name| parse(name)).collect();
    names.sort_by_key(|name| (name.number, name.key.0));
    names.dedup();
    Ok(names)
}

fn read_if_there(folder: &Folder, name: &str) -> io::Result<Option<Vec<u8>>> {
    match folder.read(name, 0, u64::MAX) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

/// A spool into which a copy is being put back. Its folder is locked, and no server starts on it
/// until `finish`. If it is dropped earlier, the folder is emptied again, except for its lock.
pub struct Restoring {
    folder: Folder,
    names: BTreeSet<String>,
    finished: bool,
}

impl Restoring {
    /// Locks the folder, which is created if it is missing. Returns `None` if it holds something.
    pub fn begin(path: &Path) -> Result<Option<Self>, StartError> {
        let folder = Folder::open(path)?;
        let held = folder.holds_more_than(&[LOCK]).map_err(|error| folder.unusable(&error))?;
        if held {
            return Ok(None);
        }
        let mut restoring = Self { folder, names: BTreeSet::new(), finished: false };
        restoring.put(RESTORING, b"")?;
        Ok(Some(restoring))
    }

    /// Writes a file of the copy, durably.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), StartError> {
        self.names.insert(name.to_owned());
        self.folder.replace(name, bytes, true).map_err(|error| self.folder.unusable(&error))
    }

    /// Removes the mark, so that a server can start on the folder.
    pub fn finish(mut self) -> Result<(), StartError> {
        let removed = self.folder.remove(RESTORING).and_then(|()| self.folder.sync());
        removed.map_err(|error| self.folder.unusable(&error))?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Restoring {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // Removes the mark last, so that a server that starts meanwhile finds it.
        for name in self.names.iter().filter(|name| *name != RESTORING) {
            let _ = self.folder.remove(&format!("{name}.new")).and_then(|()| self.folder.remove(name));
        }
        let _ = self.folder.remove(RESTORING);
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::*;
    use crate::edge::spool::record::{KEY_BYTES, Key};

    fn name(number: u64) -> Name {
        Name { number, key: Key([7; KEY_BYTES]) }
    }

    #[test]
    fn only_files_of_a_spool_are_copied() {
        for (text, ok) in [
            (name(1).text(), true),
            (name(1).with(ACKNOWLEDGED), true),
            (name(0).with(ASIDE), true),
            (name(2).with(DAMAGED), true),
            (name(2).with(LOST), true),
            ("known".to_owned(), true),
            ("known.new".to_owned(), false),
            ("checkpoint".to_owned(), false),
            (LOCK.to_owned(), false),
            (RESTORING.to_owned(), false),
            (name(1).text().trim_start_matches('0').to_owned(), false),
            (format!("../{}", name(1).text()), false),
        ] {
            assert_eq!(is_copied(&text), ok, "{text}");
        }
    }

    #[test]
    fn a_list_is_copied_with_its_segment_or_if_the_segment_was_removed() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("spool");
        let folder = Folder::open(&path).unwrap();
        let removed = name(3).with(ACKNOWLEDGED);
        let kept = [name(1).text(), name(1).with(ACKNOWLEDGED), name(2).text(), removed, name(0).with(ASIDE)];
        for file in kept.iter().map(String::as_str).chain(["known", "checkpoint", "known.new"]) {
            fs::write(path.join(file), file).unwrap();
        }
        let mut found = BTreeMap::new();
        let read = read(&path, |name, bytes| {
            found.insert(name.to_owned(), String::from_utf8(bytes.to_vec()).unwrap());
            Ok(())
        });
        read.unwrap();
        let mut expected: BTreeMap<_, _> = kept.iter().map(|name| (name.clone(), name.clone())).collect();
        expected.insert("known".to_owned(), "known".to_owned());
        assert_eq!(found, expected);
        drop(folder);
    }

    #[test]
    fn an_unfinished_restore_is_undone_and_a_finished_one_stays() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("spool");
        let mut restoring = Restoring::begin(&path).unwrap().unwrap();
        restoring.put("known", b"abc").unwrap();
        drop(restoring);
        assert!(!path.join("known").exists());
        let mut restoring = Restoring::begin(&path).unwrap().unwrap();
        restoring.put("known", b"abc").unwrap();
        restoring.finish().unwrap();
        assert_eq!(fs::read(path.join("known")).unwrap(), b"abc");
        assert!(!path.join(RESTORING).exists());
        assert!(Restoring::begin(&path).unwrap().is_none());
    }
}
