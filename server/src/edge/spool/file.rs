//! The files of a spool; see docs/internals/spool-format.md.
//!
//! `00000000000000000012-KEY.spool` holds records. The numbers give the order of the files. The
//! key, 32 hexadecimal digits, makes the marks and checksums of the file's records.
//!
//! A damaged file becomes `.damaged` and is kept for people. An `.aside` file holds records that
//! could not be delivered. If somebody renames either file to `.spool`, the next start reads it
//! again.

use std::{
    fs::File,
    io::{self, Write as _},
    os::unix::fs::MetadataExt as _,
};

use super::{
    folder::Folder,
    record::{KEY_BYTES, Key},
};
use crate::values::id::Random;

pub const SEGMENT: &str = "spool";
pub const DAMAGED: &str = "damaged";
pub const ASIDE: &str = "aside";

/// The name of a file of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    pub number: u64,
    pub key: Key,
}

impl Name {
    pub fn new(number: u64, random: &Random) -> Self {
        Self { number, key: Key(random.bytes()) }
    }

    /// Reads the name of a file with this extension.
    pub fn parse(name: &str, extension: &str) -> Option<Self> {
        let (number, key) = name.strip_suffix(extension)?.strip_suffix('.')?.split_once('-')?;
        let key = u128::from_str_radix(key, 16).ok().filter(|_| key.len() == KEY_BYTES * 2)?;
        Some(Self { number: number.parse().ok()?, key: Key(key.to_be_bytes()) })
    }

    pub fn with(self, extension: &str) -> String {
        format!("{:020}-{:032x}.{extension}", self.number, u128::from_be_bytes(self.key.0))
    }

    pub fn text(self) -> String {
        self.with(SEGMENT)
    }
}

/// The files with this extension in a folder, in their order.
pub fn list(folder: &Folder, extension: &str) -> io::Result<Vec<Name>> {
    let names = folder.names(|name| Name::parse(name, extension).is_some())?;
    let mut names: Vec<Name> = names.iter().filter_map(|name| Name::parse(name, extension)).collect();
    names.sort_by_key(|name| name.number);
    Ok(names)
}

/// The numbers of the files that hold records.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// Number of the oldest file; `None` if there is no file. A file for people counts as number
    /// 0, because it may become a segment again.
    pub oldest: Option<u64>,
    /// Number of the newest segment, 0 if there is none; `None` if it is unknown.
    pub newest: Option<u64>,
}

impl Numbers {
    pub fn list(folder: &Folder) -> Self {
        Self::try_list(folder).unwrap_or(Self { oldest: Some(0), newest: None })
    }

    fn try_list(folder: &Folder) -> io::Result<Self> {
        // Lists the segments first, because a segment may become a file for people meanwhile.
        let segments = list(folder, SEGMENT)?;
        let has_for_people = !list(folder, ASIDE)?.is_empty() || !list(folder, DAMAGED)?.is_empty();
        let oldest = segments.first().map(|name| name.number);
        let newest = segments.last().map_or(0, |name| name.number);
        Ok(Self { oldest: if has_for_people { Some(0) } else { oldest }, newest: Some(newest) })
    }
}

/// A file that records are appended to.
pub struct Appender {
    file: File,
    pub name: Name,
    /// Number of durable bytes.
    pub end: u64,
}

/// The cause of a failed append.
#[derive(Debug)]
pub enum Fault {
    /// Not all bytes were written, in most cases because the disk is full. The caller cuts the file
    /// back to its durable end.
    Write(io::Error),
    /// The bytes were written, but the system could not make them durable. Their pages may be gone,
    /// and a second fsync may still report success. So nothing written since the last successful
    /// fsync is ever trusted.
    Sync(io::Error),
}

impl Appender {
    /// Creates an empty file that survives a crash.
    pub fn create(folder: &Folder, name: Name, extension: &str) -> io::Result<Self> {
        Ok(Self { file: folder.create(&name.with(extension))?, name, end: 0 })
    }

    /// Appends bytes and makes them durable. After a fault, the file must not be appended to.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.file.write_all(bytes).map_err(Fault::Write)?;
        self.file.sync_data().map_err(Fault::Sync)?;
        self.end += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Returns whether somebody has removed the file from its folder.
    pub fn is_removed(&self) -> bool {
        self.file.metadata().is_ok_and(|found| found.nlink() == 0)
    }

    /// Cuts off the bytes that are not durable, so that a refused record does not count after a
    /// restart.
    pub fn cut(&self) -> io::Result<()> {
        self.file.set_len(self.end)
    }
}

/// The progress of the drain in the oldest file. The checkpoint is a file of one line: the name of
/// the drained file, and an offset. It is not made durable: if it is lost or old, the core gets
/// some calls again, and counts them once.
pub struct Checkpoint;

impl Checkpoint {
    const FILE: &str = "checkpoint";
    /// Longest checkpoint, in bytes.
    const BYTES_MAX: u64 = 1_024;

    /// The offset in this file, in bytes; 0 if the checkpoint names another file.
    pub fn read(folder: &Folder, name: Name) -> u64 {
        let bytes = folder.read(Self::FILE, 0, Self::BYTES_MAX).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        let (named, offset) = text.trim_end().split_once(' ').unwrap_or_default();
        if named == name.text() { offset.parse().unwrap_or_default() } else { 0 }
    }

    pub fn write(folder: &Folder, name: Name, offset: u64) -> io::Result<()> {
        folder.replace(Self::FILE, format!("{} {offset}\n", name.text()).as_bytes(), false)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let name = Name { number: 12, key: Key([0x0f; KEY_BYTES]) };
        assert_eq!(Name::parse(&name.text(), SEGMENT), Some(name));
        let key = "0f".repeat(KEY_BYTES);
        for (text, ok) in [
            (format!("12-{key}.spool"), true),
            (format!("12-{key}.damaged"), false),
            (format!("12-{key}spool"), false),
            (format!("12-{key}0.spool"), false),
            (format!("-{key}.spool"), false),
            (format!("a-{key}.spool"), false),
            ("checkpoint".to_owned(), false),
        ] {
            assert_eq!(Name::parse(&text, SEGMENT).is_some(), ok, "{text}");
        }
    }

    fn folder(parent: &tempfile::TempDir) -> Folder {
        Folder::open(&parent.path().join("spool")).unwrap()
    }

    #[test]
    fn a_checkpoint_holds_only_for_its_segment() {
        let parent = tempfile::tempdir().unwrap();
        let folder = folder(&parent);
        let [one, other] = [1, 2].map(|number| Name { number, key: Key([1; KEY_BYTES]) });
        assert_eq!(Checkpoint::read(&folder, one), 0);
        Checkpoint::write(&folder, one, 77).unwrap();
        assert_eq!((Checkpoint::read(&folder, one), Checkpoint::read(&folder, other)), (77, 0));
        for broken in ["", " ", "7", "x y", &one.text()] {
            fs::write(folder.path().join("checkpoint"), broken).unwrap();
            assert_eq!(Checkpoint::read(&folder, one), 0, "{broken}");
        }
    }

    #[test]
    fn segments_are_listed_in_their_order_and_nothing_else_is() {
        let parent = tempfile::tempdir().unwrap();
        let folder = folder(&parent);
        let names = [3, 1, 2].map(|number| Name { number, key: Key([9; KEY_BYTES]) });
        for name in names {
            let mut file = Appender::create(&folder, name, SEGMENT).unwrap();
            file.append(b"abc").unwrap();
        }
        folder.rename(&names[2].text(), &names[2].with(DAMAGED)).unwrap();
        fs::create_dir(folder.path().join(Name { number: 4, key: Key([9; KEY_BYTES]) }.text())).unwrap();
        let listed: Vec<_> = list(&folder, SEGMENT).unwrap().iter().map(|name| name.number).collect();
        assert_eq!(listed, [1, 3]);
        assert_eq!(folder.read(&names[0].text(), 1, 2).unwrap(), b"b");
    }
}
