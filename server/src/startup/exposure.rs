//! Files of this server that other users of the machine may read or write, reported at the start.
//!
//! New files are for their owner only (`start`). Existing files keep their mode, which somebody may
//! have set on purpose. They are reported, not changed. The exceptions are the files that SQLite
//! creates beside its database (`close_beside`).

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use rustix::{fs::Mode, process::umask};

use crate::config::Config;

/// Maximum number of files of a spool that are checked.
const FILES_TOLD_MAX: usize = 100;

const READ: u32 = 0o044;
const WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A file with secrets, or with data that visitors and merchants sent.
    File,
    /// A folder of the server alone: the spool.
    Own,
    /// A folder that holds a file of this server among other files. The names of its files are not
    /// secret.
    Shared,
}

/// Restricts all files that this process creates to their owner.
pub fn start() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Warns about files that are open to others, and names the cure. Missing files are skipped.
pub fn tell(config: &Config) {
    for (kind, path) in places(config) {
        let Ok(found) = fs::metadata(&path) else { continue };
        if matches!(kind, Kind::File) && !found.is_file() {
            continue;
        }
        let mode = found.permissions().mode();
        if let Some((what, cure)) = judge(kind, mode) {
            let mode = format!("{:04o}", mode & 0o7777);
            let path = path.display();
            tracing::warn!(%path, mode, "OTHER USERS OF THIS MACHINE MAY {what} IT: {cure} '{path}'");
        }
    }
}

/// Restricts the files beside an SQLite database to their owner. SQLite creates these files with
/// the mode of the database file, regardless of the umask.
pub fn close_beside(database: &Path) {
    for end in ["-wal", "-shm"] {
        let path = beside(database, end);
        if path.exists()
            && let Err(error) = fs::set_permissions(&path, Permissions::from_mode(0o600))
        {
            tracing::warn!(path = %path.display(), %error, "other users may access this file; could not change its mode");
        }
    }
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The access of other users, and the command that removes it.
fn judge(kind: Kind, mode: u32) -> Option<(&'static str, &'static str)> {
    // In a sticky folder, such as /tmp, nobody can move the files of others.
    let too_much = match kind {
        Kind::File | Kind::Own => READ | WRITE,
        Kind::Shared if mode & STICKY != 0 => 0,
        Kind::Shared => WRITE,
    };
    let what = match (mode & too_much & READ != 0, mode & too_much & WRITE != 0) {
        (true, true) => "READ AND WRITE",
        (true, false) => "READ",
        (false, true) => "WRITE",
        (false, false) => return None,
    };
    let cure = match kind {
        Kind::File => "chmod 600",
        Kind::Own => "chmod 700",
        Kind::Shared => "chmod go-w",
    };
    Some((what, cure))
}

fn places(config: &Config) -> Vec<(Kind, PathBuf)> {
    let mut places = Vec::new();
    if let Some(path) = config.database_file() {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        places.push((Kind::Shared, folder.map_or_else(|| PathBuf::from("."), PathBuf::from)));
        for end in ["", "-wal", "-shm", "-journal"] {
            places.push((Kind::File, beside(&path, end)));
        }
    }
    if let Some(spool) = config.spool() {
        let files = fs::read_dir(&spool.folder).into_iter().flatten().filter_map(Result::ok);
        let files = files.map(|file| (Kind::File, file.path())).take(FILES_TOLD_MAX);
        places.push((Kind::Own, spool.folder.clone()));
        places.extend(files);
    }
    places.extend(config.private_keys().into_iter().map(|path| (Kind::File, path)));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_that_admit_other_users_are_reported() {
        for (kind, mode, what, cure) in [
            (Kind::File, 0o100_600, None, ""),
            (Kind::File, 0o100_400, None, ""),
            (Kind::File, 0o100_711, None, ""),
            (Kind::File, 0o100_644, Some("READ"), "chmod 600"),
            (Kind::File, 0o100_640, Some("READ"), "chmod 600"),
            (Kind::File, 0o100_604, Some("READ"), "chmod 600"),
            (Kind::File, 0o100_620, Some("WRITE"), "chmod 600"),
            (Kind::File, 0o100_666, Some("READ AND WRITE"), "chmod 600"),
            (Kind::Own, 0o040_700, None, ""),
            (Kind::Own, 0o040_755, Some("READ"), "chmod 700"),
            (Kind::Own, 0o040_770, Some("READ AND WRITE"), "chmod 700"),
            (Kind::Own, 0o040_777, Some("READ AND WRITE"), "chmod 700"),
            (Kind::Own, 0o041_777, Some("READ AND WRITE"), "chmod 700"),
            (Kind::Shared, 0o040_755, None, ""),
            (Kind::Shared, 0o041_777, None, ""),
            (Kind::Shared, 0o040_775, Some("WRITE"), "chmod go-w"),
            (Kind::Shared, 0o040_777, Some("WRITE"), "chmod go-w"),
        ] {
            assert_eq!(judge(kind, mode), what.map(|what| (what, cure)), "{kind:?} {mode:o}");
        }
    }
}
