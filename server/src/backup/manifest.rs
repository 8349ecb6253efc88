//! The list of a copy's files, which is written last: a copy without it is unfinished.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

use crate::{edge::spool_copy, error::StartError, values::time::Time};

/// The manifest's file.
pub const MANIFEST: &str = "manifest.json";
/// The copy of the database.
pub const DATABASE: &str = "database";
/// The folder with the files of the spool.
pub const SPOOL: &str = "spool";
/// Number of the format in which this server makes and reads copies.
const FORMAT: u32 = 1;
/// Bytes of a file that are hashed at once.
const CHUNK_BYTES: usize = 256 * 1_024;

/// The list of a copy's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    /// The version of the server that made the copy.
    pub version: String,
    /// Everything that was acknowledged before this time is in the copy.
    pub begin_time: String,
    pub end_time: String,
    /// The kind of the database; `None` in the copy of an edge.
    pub database: Option<String>,
    /// The server had a spool.
    pub has_spool: bool,
    pub files: Vec<Listed>,
    /// The BLAKE3 hash of the manifest, computed while this field is empty.
    blake3: String,
}

/// A file of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Path relative to the folder of the copy.
    pub path: String,
    pub bytes: u64,
    pub blake3: String,
}

impl Manifest {
    pub fn new(
        begun: Time,
        ended: Time,
        database: Option<&str>,
        has_spool: bool,
        files: Vec<Listed>,
    ) -> Result<Self, StartError> {
        let mut manifest = Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            begin_time: text(begun),
            end_time: text(ended),
            database: database.map(str::to_owned),
            has_spool,
            files,
            blake3: String::new(),
        };
        manifest.blake3 = manifest.hash().map_err(|error| failed(&error))?;
        Ok(manifest)
    }

    /// The number of bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The names of the files of the spool.
    pub fn spool_files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter_map(|file| spool_file(&file.path))
    }

    pub fn to_json(&self) -> Result<Vec<u8>, StartError> {
        serde_json::to_vec_pretty(self).map_err(|error| failed(&error))
    }

    fn hash(&self) -> serde_json::Result<String> {
        let unsigned = Self { blake3: String::new(), ..self.clone() };
        Ok(blake3::hash(&serde_json::to_vec(&unsigned)?).to_hex().to_string())
    }

    /// Reads the manifest of a copy, and checks the manifest. Reads none of the listed files.
    pub fn read(folder: &Path) -> Result<Self, StartError> {
        let path = folder.join(MANIFEST);
        let shown = path.display();
        let bytes = std::fs::read(&path).map_err(|error| {
            let message = format!(
                "{} is no whole copy: can't read {MANIFEST}, which a backup writes last: {error}; restore another \
                 copy",
                folder.display()
            );
            StartError::setting("COPY_UNFINISHED", message)
        })?;
        let manifest: Self =
            serde_json::from_slice(&bytes).map_err(|error| damaged(&format!("{shown}: {error}")))?;
        if manifest.format != FORMAT {
            let message = format!(
                "{shown} has format {}, and this server reads format {FORMAT}; restore it with version {} of the \
                 server",
                manifest.format, manifest.version
            );
            return Err(StartError::setting("COPY_UNSUITABLE", message));
        }
        if !manifest.hash().is_ok_and(|hash| hash == manifest.blake3) {
            return Err(damaged(&format!("{shown} was changed after the backup")));
        }
        let is_known = |file: &Listed| file.path == DATABASE || spool_file(&file.path).is_some();
        if let Some(file) = manifest.files.iter().find(|file| !is_known(file)) {
            return Err(damaged(&format!("{shown} names `{}`, which no copy has", file.path.escape_debug())));
        }
        Ok(manifest)
    }

    /// Checks every file of a copy.
    pub fn check_files(&self, folder: &Path) -> Result<(), StartError> {
        for file in &self.files {
            let path = folder.join(&file.path);
            let shown = path.display();
            let found =
                Listed::of(folder, &file.path).map_err(|error| damaged(&format!("{shown}: {error}")))?;
            if found != *file {
                let (found, listed) = (found.bytes, file.bytes);
                let how = if found == listed {
                    "its contents were changed".to_owned()
                } else {
                    format!("it has {found} bytes, not {listed}")
                };
                return Err(damaged(&format!("{shown} is not as the backup wrote it: {how}")));
            }
        }
        Ok(())
    }
}

impl Listed {
    /// Describes a file of a copy.
    pub fn of(folder: &Path, path: &str) -> io::Result<Self> {
        let (mut file, mut hasher) = (File::open(folder.join(path))?, blake3::Hasher::new());
        let (mut bytes, mut chunk) = (0, vec![0; CHUNK_BYTES]);
        loop {
            let length = file.read(&mut chunk)?;
            let Some(some) = chunk.get(..length).filter(|some| !some.is_empty()) else { break };
            hasher.update(some);
            bytes += u64::try_from(length).unwrap_or_default();
        }
        Ok(Self { path: path.to_owned(), bytes, blake3: hasher.finalize().to_hex().to_string() })
    }
}

/// The name of a file of the spool.
fn spool_file(path: &str) -> Option<&str> {
    path.strip_prefix(SPOOL)?.strip_prefix('/').filter(|name| spool_copy::is_copied(name))
}

fn text(time: Time) -> String {
    let time = DateTime::from_timestamp_micros(time.micros()).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn failed(error: &serde_json::Error) -> StartError {
    StartError::failure("BACKUP_FAILED", format!("can't write {MANIFEST}: {error}"))
}

fn damaged(message: &str) -> StartError {
    StartError::failure("COPY_DAMAGED", format!("{message}; restore another copy"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn written(folder: &Path, path: &str) -> Vec<u8> {
        fs::write(folder.join(DATABASE), b"rows").unwrap();
        let mut listed = Listed::of(folder, DATABASE).unwrap();
        listed.path = path.to_owned();
        let time = Time::from_micros(1_000_000);
        let json = Manifest::new(time, time, Some("sqlite"), false, vec![listed]).unwrap().to_json().unwrap();
        fs::write(folder.join(MANIFEST), &json).unwrap();
        json
    }

    fn reason(folder: &Path) -> String {
        let read = Manifest::read(folder).and_then(|manifest| manifest.check_files(folder));
        read.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn no_changed_letter_of_a_manifest_goes_unseen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(MANIFEST);
        let json = written(folder.path(), DATABASE);
        assert_eq!(reason(folder.path()), "");
        let manifest = Manifest::read(folder.path()).unwrap();
        assert_eq!(manifest.begin_time, "1970-01-01T00:00:01.000000Z");
        for index in 0..json.len() {
            let mut changed = json.clone();
            changed[index] ^= 1;
            fs::write(&path, &changed).unwrap();
            let read = Manifest::read(folder.path());
            assert!(read.is_err() || read.is_ok_and(|read| read == manifest), "{index}");
        }
    }

    #[test]
    fn a_file_that_no_copy_has_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["../database", "/etc/passwd", "spool/../database", "spool/lock", "other"] {
            written(folder.path(), path);
            let refused = reason(folder.path());
            assert!(
                refused.contains("COPY_DAMAGED") && refused.contains("which no copy has"),
                "{path}: {refused}"
            );
        }
    }

    #[test]
    fn a_copy_is_checked_file_by_file() {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), DATABASE);
        for (contents, says) in [("Rows", "contents"), ("row", "3 bytes, not 4")] {
            fs::write(folder.path().join(DATABASE), contents).unwrap();
            let refused = reason(folder.path());
            assert!(refused.contains("COPY_DAMAGED") && refused.contains(says), "{refused}");
        }
        fs::remove_file(folder.path().join(DATABASE)).unwrap();
        assert!(reason(folder.path()).contains("COPY_DAMAGED"));
        fs::remove_file(folder.path().join(MANIFEST)).unwrap();
        assert!(reason(folder.path()).contains("COPY_UNFINISHED"));
    }
}
