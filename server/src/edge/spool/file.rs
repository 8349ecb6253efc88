//! The files of a spool; see docs/internals/spool-format.md.
//!
//! `00000000000000000012-KEY.spool` holds records. The files are in the order of their numbers. The
//! key, 32 hexadecimal digits, makes the marks and checksums of the file's records.
//!
//! A damaged file becomes `.damaged` and is kept for people. An `.aside` file holds records that
//! the core could not take. If somebody renames either file to `.spool`, the next start reads it
//! again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::record::{KEY_BYTES, Key};
use crate::values::id::Random;

const SEGMENT: &str = "spool";
pub const DAMAGED: &str = "damaged";
pub const ASIDE: &str = "aside";
/// For the owner only: visitors and merchants sent the contents, which may be secret.
const MODE: u32 = 0o600;

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

    fn parse(name: &str) -> Option<Self> {
        let (number, key) = name.strip_suffix(SEGMENT)?.strip_suffix('.')?.split_once('-')?;
        let key = u128::from_str_radix(key, 16).ok().filter(|_| key.len() == KEY_BYTES * 2)?;
        Some(Self { number: number.parse().ok()?, key: Key(key.to_be_bytes()) })
    }

    fn with(self, extension: &str) -> String {
        format!("{:020}-{:032x}.{extension}", self.number, u128::from_be_bytes(self.key.0))
    }

    pub fn text(self) -> String {
        self.with(SEGMENT)
    }

    pub fn path(self, folder: &Path) -> PathBuf {
        folder.join(self.text())
    }

    /// Changes the extension of a file, so that it is no longer drained.
    pub fn rename(self, folder: &Path, extension: &str) -> io::Result<()> {
        fs::rename(self.path(folder), folder.join(self.with(extension)))?;
        sync_folder(folder)
    }
}

/// The `.spool` files of a folder, oldest first, with their lengths in bytes.
pub fn list(folder: &Path) -> io::Result<Vec<(Name, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let Some(name) = entry.file_name().to_str().and_then(Name::parse) {
            found.push((name, entry.metadata()?.len()));
        }
    }
    found.sort_by_key(|(name, _)| name.number);
    Ok(found)
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
    pub fn create(folder: &Path, name: Name, extension: Option<&str>) -> io::Result<Self> {
        let path = folder.join(name.with(extension.unwrap_or(SEGMENT)));
        let file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)?;
        sync_folder(folder)?;
        Ok(Self { file, name, end: 0 })
    }

    /// Appends bytes and makes them durable. After a fault, the file must not be appended to.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.file.write_all(bytes).map_err(Fault::Write)?;
        self.file.sync_data().map_err(Fault::Sync)?;
        self.end += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Cuts off the bytes that are not durable, so that a refused record does not count after a
    /// restart.
    pub fn cut(&self) -> io::Result<()> {
        self.file.set_len(self.end)
    }
}

/// Reads the bytes of a file from one offset to another; fewer if the file is shorter.
pub fn read(path: &Path, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces a file as a whole: a reader finds either the old or the new contents. `durable`: the
/// new contents survive a crash of the system.
pub fn replace(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(&new)?;
    file.write_all(bytes)?;
    if durable {
        file.sync_all()?;
    }
    fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) if durable => sync_folder(folder),
        _ => Ok(()),
    }
}

/// Makes the file names of a folder durable.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The progress of the drain in the oldest file. The checkpoint is a file of one line: the name of
/// the drained file, and an offset. It is not made durable: if it is lost or old, the core gets
/// some calls again, and counts them once.
pub struct Checkpoint(PathBuf);

impl Checkpoint {
    pub fn of(folder: &Path) -> Self {
        Self(folder.join("checkpoint"))
    }

    /// The offset in this file, in bytes; 0 if the checkpoint names another file.
    pub fn read(&self, name: Name) -> u64 {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        let (named, offset) = text.trim_end().split_once(' ').unwrap_or_default();
        if named == name.text() { offset.parse().unwrap_or_default() } else { 0 }
    }

    pub fn write(&self, name: Name, offset: u64) -> io::Result<()> {
        replace(&self.0, format!("{} {offset}\n", name.text()).as_bytes(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let name = Name { number: 12, key: Key([0x0f; KEY_BYTES]) };
        assert_eq!(Name::parse(&name.text()), Some(name));
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
            assert_eq!(Name::parse(&text).is_some(), ok, "{text}");
        }
    }

    #[test]
    fn a_checkpoint_is_of_one_segment() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::of(folder.path());
        let [one, other] = [1, 2].map(|number| Name { number, key: Key([1; KEY_BYTES]) });
        assert_eq!(checkpoint.read(one), 0);
        checkpoint.write(one, 77).unwrap();
        assert_eq!((checkpoint.read(one), checkpoint.read(other)), (77, 0));
        for broken in ["", " ", "7", "x y", &one.text()] {
            fs::write(&checkpoint.0, broken).unwrap();
            assert_eq!(checkpoint.read(one), 0, "{broken}");
        }
    }

    #[test]
    fn segments_are_listed_in_their_order_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let names = [3, 1, 2].map(|number| Name { number, key: Key([9; KEY_BYTES]) });
        for name in names {
            let mut file = Appender::create(folder.path(), name, None).unwrap();
            file.append(b"abc").unwrap();
        }
        names[2].rename(folder.path(), DAMAGED).unwrap();
        fs::write(folder.path().join("lock"), "").unwrap();
        let listed: Vec<_> =
            list(folder.path()).unwrap().iter().map(|(name, end)| (name.number, *end)).collect();
        assert_eq!(listed, [(1, 3), (3, 3)]);
        assert_eq!(read(&names[0].path(folder.path()), 1, 2).unwrap(), b"b");
    }
}
