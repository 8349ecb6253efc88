//! The folder of a copy that is being made.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use super::manifest::{DATABASE, Listed, MANIFEST, Manifest};
use crate::{error::StartError, values::time::Time};

/// Mode of a folder, for the owner only: copies hold secrets, and data that visitors and merchants
/// sent.
const FOLDER_MODE: u32 = 0o700;

/// A copy that is being made. If it is dropped before `finish`, its files are removed, so that the
/// same backup can be tried again.
pub struct NewCopy {
    path: PathBuf,
    /// The folder was there before.
    existed: bool,
    folders: Vec<&'static str>,
    files: Vec<Listed>,
    finished: bool,
}

impl NewCopy {
    /// Begins a copy in a folder, which must be missing or empty.
    pub fn begin(path: &Path) -> Result<Self, StartError> {
        let wrong = |cause: &str| {
            let message = format!("can't make a copy in {}: {cause}", path.display());
            StartError::setting("BACKUP_FOLDER_UNUSABLE", message)
        };
        let existed = match fs::DirBuilder::new().mode(FOLDER_MODE).create(path) {
            Ok(()) => false,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(wrong("its parent folder does not exist; mount its disk, or create it"));
            }
            Err(error) => return Err(wrong(&format!("{error}; name another folder with --to"))),
        };
        if existed {
            let mut entries = fs::read_dir(path).map_err(|error| wrong(&error.to_string()))?;
            if entries.next().is_some() {
                return Err(wrong("the folder is not empty; name a new one with --to"));
            }
            let closed = fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE));
            closed.map_err(|error| wrong(&format!("can't close it to other users: {error}")))?;
        }
        Ok(Self { path: path.to_owned(), existed, folders: Vec::new(), files: Vec::new(), finished: false })
    }

    pub fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub fn create_folder(&mut self, name: &'static str) -> Result<(), StartError> {
        let path = self.path_of(name);
        self.folders.push(name);
        let created = fs::DirBuilder::new().mode(FOLDER_MODE).create(&path);
        created.map_err(|error| unwritten(&path, &error))
    }

    /// Writes a file of the copy.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), StartError> {
        let (path, hash) = (self.path_of(name), blake3::hash(bytes).to_hex().to_string());
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.files.push(Listed { path: name.to_owned(), bytes: length, blake3: hash });
        write_durably(&path, bytes).map_err(|error| unwritten(&path, &error))
    }

    /// Adds a file that the caller has written, and makes it durable.
    pub fn keep(&mut self, name: &str) -> Result<(), StartError> {
        let path = self.path_of(name);
        let synced = File::open(&path).and_then(|file| file.sync_all());
        let listed = synced.and_then(|()| Listed::of(&self.path, name));
        self.files.push(listed.map_err(|error| unwritten(&path, &error))?);
        Ok(())
    }

    /// Writes the manifest, once everything else is durable.
    pub fn finish(
        mut self,
        begun: Time,
        ended: Time,
        database: Option<&str>,
        has_spool: bool,
    ) -> Result<Manifest, StartError> {
        let manifest = Manifest::new(begun, ended, database, has_spool, self.files.clone())?;
        let (path, new) = (self.path_of(MANIFEST), self.path_of("manifest.new"));
        let json = manifest.to_json()?;
        let sync = |path: &Path| File::open(path).and_then(|folder| folder.sync_all());
        let written = || {
            self.folders.iter().try_for_each(|name| sync(&self.path.join(name)))?;
            write_durably(&new, &json)?;
            sync(&self.path)?;
            fs::rename(&new, &path)?;
            sync(&self.path)?;
            let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
            sync(parent.unwrap_or(Path::new(".")))
        };
        written().map_err(|error| unwritten(&path, &error))?;
        self.finished = true;
        Ok(manifest)
    }
}

impl Drop for NewCopy {
    /// Removes the written files. A file that can't be removed stays, in a copy without a manifest.
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let _ = fs::remove_file(self.path_of(MANIFEST));
        for name in &self.folders {
            let _ = fs::remove_dir_all(self.path_of(name));
        }
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            // SQLite may have left a journal beside its copy.
            let is_ours = [DATABASE, "manifest"];
            if is_ours.iter().any(|name| entry.file_name().to_string_lossy().starts_with(name)) {
                let _ = fs::remove_file(entry.path());
            }
        }
        if !self.existed {
            let _ = fs::remove_dir(&self.path);
        }
    }
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn unwritten(path: &Path, error: &io::Error) -> StartError {
    let message = format!("can't write the copy {}: {error}; nothing of it was kept", path.display());
    StartError::failure("BACKUP_FAILED", message)
}
