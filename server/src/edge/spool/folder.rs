//! The folder of a spool. All access to its files goes through this module.
//!
//! One server owns the folder. The folder itself is locked, so the lock outlives every file in it.
//! Files are opened relative to the locked folder, never through a link, and only regular files are
//! used: a pipe, a folder or a link that somebody puts there can't make the server hang, or write
//! elsewhere.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, renameat, statat, unlinkat},
    io::Errno,
    process::geteuid,
};

use crate::error::StartError;

/// Mode of the files: only the owner may read and write them. Visitors and merchants sent the
/// contents, which may be secret.
const MODE: Mode = Mode::RUSR.union(Mode::WUSR);
const FOLDER_MODE: u32 = 0o700;
/// Write access of the group and of others.
const WRITE_OF_OTHERS: u32 = 0o022;
/// The file of a second lock, for servers of earlier versions, which lock only this file.
pub const LOCK: &str = "lock";

/// A folder that this process has locked, or that it only reads.
pub struct Folder {
    path: PathBuf,
    handle: File,
    /// The file of the second lock, open as long as this value exists. `None` if the folder is only
    /// read.
    _lock: Option<File>,
}

fn taken(path: &Path) -> StartError {
    let path = path.display();
    let message =
        format!("another server uses the spool in {path}; give this server another folder with --spool");
    StartError::failure("SPOOL_TAKEN", message)
}

fn unusable(path: &Path, error: &io::Error) -> StartError {
    let path = path.display();
    let message = format!(
        "can't use the spool in {path}: {error}; fix it, name another folder with --spool, or turn it off \
         (--spool=off)"
    );
    StartError::failure("SPOOL_FAILED", message)
}

/// The error for a folder in which others could place records of their own.
fn open_to_others(path: &Path, cure: &str) -> StartError {
    let path = path.display();
    let message = format!(
        "other users of this machine may write in the folder of the spool, {path}: {cure}; or name a folder that \
         does not exist yet with --spool"
    );
    StartError::failure("SPOOL_FAILED", message)
}

fn check_owner(path: &Path, folder: &File) -> Result<(), StartError> {
    let found = folder.metadata().map_err(|error| unusable(path, &error))?;
    let shown = path.display();
    if found.mode() & WRITE_OF_OTHERS != 0 {
        return Err(open_to_others(path, &format!("chmod 700 '{shown}'")));
    }
    let own = geteuid();
    if found.uid() != own.as_raw() && found.uid() != 0 {
        return Err(open_to_others(path, &format!("chown {} '{shown}'", own.as_raw())));
    }
    Ok(())
}

fn lock(path: &Path, file: &File) -> Result<(), StartError> {
    file.try_lock().map_err(|error| match error {
        fs::TryLockError::WouldBlock => taken(path),
        fs::TryLockError::Error(error) => unusable(path, &error),
    })
}

impl Folder {
    /// Creates the folder if it is missing, and locks it.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        let failed = |error: io::Error| unusable(path, &error);
        fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path).map_err(failed)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = openat(CWD, path, flags, Mode::empty()).map_err(|error| failed(error.into()))?;
        let folder = File::from(folder);
        check_owner(path, &folder)?;
        lock(path, &folder)?;
        let file = open_in(&folder, LOCK, OFlags::WRONLY | OFlags::CREATE);
        let file = file.map_err(|error| {
            let error = io::Error::new(error.kind(), format!("the file `{LOCK}`: {error}"));
            failed(error)
        })?;
        lock(path, &file)?;
        Ok(Self { path: path.to_owned(), handle: folder, _lock: Some(file) })
    }

    /// Opens an existing folder without locking it, to read it while its server runs.
    pub fn open_beside(path: &Path) -> Result<Self, StartError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder =
            openat(CWD, path, flags, Mode::empty()).map_err(|error| unusable(path, &error.into()))?;
        Ok(Self { path: path.to_owned(), handle: File::from(folder), _lock: None })
    }

    /// Returns whether the folder holds anything but these names.
    pub fn holds_more_than(&self, names: &[&str]) -> io::Result<bool> {
        for entry in Dir::read_from(&self.handle)? {
            let name = entry?.file_name().to_owned();
            if !name.to_str().is_ok_and(|name| [".", ".."].contains(&name) || names.contains(&name)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The error for a folder into which a copy was put back only in part.
    pub fn half_restored(&self) -> StartError {
        let path = self.path.display();
        let message = format!(
            "a copy was put back only in part into the spool in {path}: empty that folder and the database, and \
             restore the copy again"
        );
        StartError::failure("SPOOL_FAILED", message)
    }

    /// The error of a start that can't use the folder.
    pub fn unusable(&self, error: &io::Error) -> StartError {
        unusable(&self.path, error)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the folder at the path is still the locked one.
    pub fn is_in_place(&self) -> bool {
        let identity = |found: fs::Metadata| (found.dev(), found.ino());
        let (own, at_path) = (self.handle.metadata(), fs::metadata(&self.path));
        own.map(identity).ok().is_some_and(|own| at_path.map(identity).ok() == Some(own))
    }

    /// The names of the regular files for which `is_ours` holds. Reports anything else that has
    /// such a name.
    pub fn names(&self, is_ours: impl Fn(&str) -> bool) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.handle)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            if !is_ours(name) {
                continue;
            }
            let found = statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW)?;
            if FileType::from_raw_mode(found.st_mode).is_file() {
                names.push(name.to_owned());
            } else {
                tracing::error!(name, "THIS IS NO REGULAR FILE of the spool, and is not read; remove it");
            }
        }
        Ok(names)
    }

    /// The length of a file, in bytes.
    pub fn length(&self, name: &str) -> io::Result<u64> {
        Ok(open_in(&self.handle, name, OFlags::RDONLY)?.metadata()?.len())
    }

    /// Creates an empty file that survives a crash.
    pub fn create(&self, name: &str) -> io::Result<File> {
        let file = open_in(&self.handle, name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)?;
        self.sync()?;
        Ok(file)
    }

    /// Opens a file to append to it.
    pub fn append(&self, name: &str) -> io::Result<File> {
        open_in(&self.handle, name, OFlags::WRONLY | OFlags::APPEND)
    }

    /// Reads the bytes of a file from one offset to another; fewer if the file is shorter.
    pub fn read(&self, name: &str, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let mut file = open_in(&self.handle, name, OFlags::RDONLY)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Replaces a file as a whole: a reader finds either the old or the new contents. `durable`:
    /// the new contents survive a crash of the system.
    pub fn replace(&self, name: &str, bytes: &[u8], durable: bool) -> io::Result<()> {
        self.replace_by(name, durable, |file| file.write_all(bytes))
    }

    /// Like `replace`. `write` writes the new contents.
    pub fn replace_by(
        &self,
        name: &str,
        durable: bool,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        let new = format!("{name}.new");
        // A leftover is never written to, because it may be a link.
        self.remove(&new)?;
        let mut file = open_in(&self.handle, &new, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)?;
        write(&mut file)?;
        if durable {
            file.sync_all()?;
        }
        renameat(&self.handle, new, &self.handle, name)?;
        if durable { self.sync() } else { Ok(()) }
    }

    pub fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        renameat(&self.handle, from, &self.handle, to)?;
        self.sync()
    }

    /// Removes a file, if it exists.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the names of the files durable.
    pub fn sync(&self) -> io::Result<()> {
        self.handle.sync_all()
    }

    /// The free space of the disk, in bytes; `None` if it is unknown.
    pub fn free_bytes(&self) -> Option<u64> {
        let free = rustix::fs::fstatvfs(&self.handle).ok()?;
        Some(free.f_bavail.saturating_mul(free.f_frsize))
    }
}

/// Opens a regular file. Anything else of that name counts as missing.
fn open_in(folder: &File, name: &str, flags: OFlags) -> io::Result<File> {
    let missing = |what: &str| io::Error::new(io::ErrorKind::NotFound, what.to_owned());
    // A pipe would block an open without `NONBLOCK`. Regular files ignore the flag.
    let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match openat(folder, name, flags, MODE) {
        Ok(file) => File::from(file),
        Err(Errno::LOOP) => return Err(missing("it is a symbolic link")),
        Err(Errno::ISDIR | Errno::NXIO) => return Err(missing("it is no regular file")),
        Err(error) => return Err(error.into()),
    };
    if file.metadata()?.is_file() { Ok(file) } else { Err(missing("it is no regular file")) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use rustix::fs::mkfifoat;

    use super::*;

    #[test]
    fn only_regular_files_are_used() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(&parent.path().join("spool")).unwrap();
        let within = |name: &str| folder.path().join(name);
        let elsewhere = parent.path().join("elsewhere");
        fs::write(&elsewhere, "precious").unwrap();
        fs::write(within("file"), "abc").unwrap();
        fs::create_dir(within("folder")).unwrap();
        mkfifoat(&folder.handle, "pipe", MODE).unwrap();
        symlink(&elsewhere, within("link")).unwrap();
        symlink(&elsewhere, within("file.new")).unwrap();
        assert_eq!(folder.read("file", 1, 2).unwrap(), b"b");
        for name in ["folder", "pipe", "link", "absent"] {
            assert_eq!(folder.read(name, 0, 9).unwrap_err().kind(), io::ErrorKind::NotFound, "{name}");
            assert!(folder.length(name).is_err(), "{name}");
        }
        assert_eq!(folder.names(|name| name != LOCK && name != "file.new").unwrap(), ["file"]);
        folder.replace("file", b"new", true).unwrap();
        assert_eq!(fs::read(&elsewhere).unwrap(), b"precious");
        assert_eq!(folder.read("file", 0, 9).unwrap(), b"new");
    }

    #[test]
    fn a_folder_that_others_may_write_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("spool");
        fs::create_dir(&path).unwrap();
        for (mode, ok) in [(0o700, true), (0o755, true), (0o720, false), (0o702, false), (0o1777, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let opened = Folder::open(&path).map(|_| ()).map_err(|error| error.to_string());
            assert_eq!(opened.is_ok(), ok, "{mode:o}: {opened:?}");
            assert!(ok || opened.unwrap_err().contains("chmod 700"), "{mode:o}");
        }
    }

    #[test]
    fn the_folder_itself_is_locked_and_its_place_is_known() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("spool");
        let folder = Folder::open(&path).unwrap();
        folder.remove(LOCK).unwrap();
        let error = Folder::open(&path).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("SPOOL_TAKEN"), "{error}");
        assert!(folder.is_in_place());
        let other = parent.path().join("other");
        fs::rename(&path, &other).unwrap();
        assert!(!folder.is_in_place());
        fs::create_dir(&path).unwrap();
        assert!(!folder.is_in_place());
        fs::remove_dir(&path).unwrap();
        fs::rename(&other, &path).unwrap();
        assert!(folder.is_in_place());
    }
}
