//! The place of an SQLite database: the file at its path must be the one that this server has
//! opened. Otherwise writes would succeed, and the next start would not find them.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{DbErr, RuntimeErr};

pub const DISPLACED: &str = "the file of the database was moved, removed or replaced";

/// The place of a database's file; empty for a database without a file. Clones share state.
#[derive(Clone, Default)]
pub struct Place(Option<Arc<OpenedFile>>);

struct OpenedFile {
    path: PathBuf,
    /// Device and inode number of the file; empty until it is open.
    identity: OnceLock<(u64, u64)>,
    /// The file at the path is not the one that is open.
    displaced: AtomicBool,
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(path).map(|found| (found.dev(), found.ino()))
}

impl Place {
    /// The place of a file that is about to be opened. Creates an empty file if there is none. The
    /// connections create none, because they are also opened later, when the file may have gone.
    pub fn prepare(path: PathBuf) -> io::Result<Self> {
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let (identity, displaced) = (OnceLock::new(), AtomicBool::new(false));
        Ok(Self(Some(Arc::new(OpenedFile { path, identity, displaced }))))
    }

    /// Notes that a connection has opened the file. No other file gets its inode number while it is
    /// open.
    pub fn note_open(&self) -> io::Result<()> {
        let Some(file) = &self.0 else { return Ok(()) };
        // Set once: the database is opened once.
        let _ = file.identity.set(identity(&file.path)?);
        Ok(())
    }

    /// Returns whether the database has a file.
    pub fn is_of_file(&self) -> bool {
        self.0.is_some()
    }

    /// Returns whether the file at the path is the one that is open. Logs a change.
    pub fn look(&self) -> bool {
        let Some(file) = &self.0 else { return true };
        let Some(own) = file.identity.get() else { return true };
        let is_in_place = identity(&file.path).ok() == Some(*own);
        if file.displaced.swap(!is_in_place, Ordering::AcqRel) == is_in_place {
            let file = file.path.display();
            if is_in_place {
                tracing::warn!(%file, "the file of the database is back in its place");
            } else {
                tracing::error!(
                    %file,
                    "THE FILE OF THE DATABASE WAS MOVED, REMOVED OR REPLACED, so nothing is written to it: move it \
                     back with its -wal file, or restart the server"
                );
            }
        }
        is_in_place
    }

    /// Fails like an outage if the file is not in its place.
    pub fn check(&self) -> Result<(), DbErr> {
        if self.look() { Ok(()) } else { Err(DbErr::Conn(RuntimeErr::Internal(DISPLACED.to_owned()))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::is_outage;

    #[test]
    fn only_the_opened_file_is_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let [path, away] = ["s2s.db", "away"].map(|name| folder.path().join(name));
        let place = Place::prepare(path.clone()).unwrap();
        assert!(path.is_file() && place.look(), "nothing is open yet");
        place.note_open().unwrap();
        for replacement in [None, Some("another")] {
            assert!(place.look() && place.check().is_ok());
            fs::rename(&path, &away).unwrap();
            if let Some(text) = replacement {
                fs::write(&path, text).unwrap();
            }
            assert!(!place.look() && is_outage(&place.check().unwrap_err()));
            fs::rename(&away, &path).unwrap();
        }
        assert!(place.look());
        fs::remove_dir_all(folder.path()).unwrap();
        assert!(!place.look());
        assert!(Place::prepare(path).is_err(), "no folder is created");
    }

    #[test]
    fn an_existing_file_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s2s.db");
        fs::write(&path, "precious").unwrap();
        Place::prepare(path.clone()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        assert!(Place::default().look() && !Place::default().is_of_file());
    }
}
