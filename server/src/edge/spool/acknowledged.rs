//! The lists beside a file of the spool: a list of its acknowledged records, and a list of the
//! acknowledged records that were lost.
//!
//! `NAME.acknowledged` has a line for each durable record of a file: the offset of its end, and the
//! id of its click or postback. A line is written after the fsync of its record, and before the
//! caller is answered. So a line without a record shows a loss.
//!
//! A record without a line may have been acknowledged nevertheless. The list of the file in use is
//! not synced, so a crash of the system may cost lines. If the list can't be written, records are
//! acknowledged without lines.
//!
//! `NAME.lost` names the records that were lost, for people. It stays until somebody removes it.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Write as _},
};

use super::{
    file::{Name, list},
    folder::Folder,
    writer::SEGMENT_BYTES_MAX,
};

pub const ACKNOWLEDGED: &str = "acknowledged";
pub const LOST: &str = "lost";
/// Longest list that is read, in bytes: the maximum length of a spool's file. A whole list fits,
/// because a record is longer than its line.
const LIST_BYTES_MAX: u64 = 4 * 1_024 * 1_024;

/// A durable record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Offset of its end in the file, in bytes.
    pub end: u64,
    pub id: String,
}

/// Writes the list of one file. Without a list, losses are noticed less often, but no record is
/// lost.
pub struct Acknowledged(Option<File>);

impl Acknowledged {
    pub fn create(folder: &Folder, name: Name) -> Self {
        let created = folder.create(&name.with(ACKNOWLEDGED));
        Self(created.inspect_err(|error| tell(name, error)).ok())
    }

    pub fn append(&mut self, name: Name, lines: &[Line]) {
        let mut text = String::new();
        for Line { end, id } in lines {
            let _ = writeln!(text, "{end} {id}");
        }
        let Some(file) = &mut self.0 else { return };
        if let Err(error) = file.write_all(text.as_bytes()) {
            tell(name, &error);
            // A line after half a line would be misread.
            self.0 = None;
        }
    }

    /// Makes the list of a finished file durable.
    pub fn finish(self) {
        // If this sync fails, only a crash of the system can cost lines.
        let _ = self.0.map(|file| file.sync_data());
    }
}

fn tell(name: Name, error: &io::Error) {
    tracing::warn!(file = name.with(ACKNOWLEDGED), %error, "could not note what the spool has acknowledged");
}

/// The durable records of a file, in order; none if there is no list.
pub fn read(folder: &Folder, name: Name) -> Vec<Line> {
    let bytes = folder.read(&name.with(ACKNOWLEDGED), 0, LIST_BYTES_MAX).unwrap_or_default();
    parse(&String::from_utf8_lossy(&bytes))
}

/// Reads a list up to the first malformed line. A crash may have cut the last line.
fn parse(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let whole = text.split_inclusive('\n').map_while(|line| line.strip_suffix('\n'));
    for line in whole {
        let Some((end, id)) = line.split_once(' ') else { break };
        let Some(end) = end.parse().ok().filter(|end| *end <= SEGMENT_BYTES_MAX) else { break };
        if lines.last().is_some_and(|last| last.end >= end) {
            break;
        }
        lines.push(Line { end, id: id.to_owned() });
    }
    lines
}

/// The length up to which a file was durable, in bytes; 0 if it is unknown.
pub fn durable_end(folder: &Folder, name: Name) -> u64 {
    read(folder, name).last().map_or(0, |line| line.end)
}

/// The ids of the acknowledged records between two offsets of a file.
pub fn between(folder: &Folder, name: Name, from: u64, to: u64) -> Vec<String> {
    let lines = read(folder, name).into_iter();
    lines.filter(|line| line.end > from && line.end <= to).map(|line| line.id).collect()
}

/// Notes losses for people. Returns the number of losses that were not noted before.
pub fn note_lost(folder: &Folder, name: Name, lost: &[String]) -> io::Result<usize> {
    let file = name.with(LOST);
    let mut text =
        String::from_utf8(folder.read(&file, 0, LIST_BYTES_MAX).unwrap_or_default()).unwrap_or_default();
    let noted: Vec<String> = text.lines().map(str::to_owned).collect();
    let new: Vec<&String> = lost.iter().filter(|id| !noted.contains(id)).collect();
    for id in &new {
        let _ = writeln!(text, "{id}");
    }
    folder.replace(&file, text.as_bytes(), true)?;
    Ok(new.len())
}

/// Returns whether losses of this file are noted.
pub fn has_lost(folder: &Folder, name: Name) -> bool {
    folder.length(&name.with(LOST)).is_ok()
}

/// The number of all noted losses.
pub fn count_lost(folder: &Folder) -> u64 {
    let files = list(folder, LOST).unwrap_or_default().into_iter();
    let lines = files.map(|name| {
        let bytes = folder.read(&name.with(LOST), 0, LIST_BYTES_MAX).unwrap_or_default();
        String::from_utf8_lossy(&bytes).lines().count()
    });
    u64::try_from(lines.sum::<usize>()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::spool::record::{KEY_BYTES, Key};

    #[test]
    fn a_list_is_read_up_to_its_last_whole_line() {
        for (text, ends) in [
            ("", &[][..]),
            ("100 pb_1\n250 pb_2\n", &[100, 250]),
            ("100 pb_1\n250 pb_2", &[100]),
            ("100 pb_1\n25", &[100]),
            ("100 pb_1\n\n250 pb_2\n", &[100]),
            ("100 pb_1\nx pb_2\n300 pb_3\n", &[100]),
            ("100 pb_1\n50 pb_2\n", &[100]),
            ("99999999999 pb_1\n", &[]),
            ("\0\0\0\0", &[]),
        ] {
            let found: Vec<u64> = parse(text).iter().map(|line| line.end).collect();
            assert_eq!(found, ends, "{text:?}");
        }
    }

    #[test]
    fn losses_are_noted_once() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(&parent.path().join("spool")).unwrap();
        let name = Name { number: 1, key: Key([7; KEY_BYTES]) };
        let mut file = Acknowledged::create(&folder, name);
        let line = |end, id: &str| Line { end, id: id.to_owned() };
        file.append(name, &[line(100, "pb_1"), line(200, "pb_2")]);
        file.append(name, &[line(300, "pb_3")]);
        assert_eq!(durable_end(&folder, name), 300);
        let lost = between(&folder, name, 100, 300);
        assert_eq!(lost, ["pb_2", "pb_3"]);
        assert!(!has_lost(&folder, name));
        assert_eq!(note_lost(&folder, name, &lost[..1]).unwrap(), 1);
        assert_eq!(note_lost(&folder, name, &lost).unwrap(), 1);
        assert!(has_lost(&folder, name));
        assert_eq!(count_lost(&folder), 2);
    }
}
