//! Disks as they are on bad days: one that is full, and one that can't keep what it was given.

use std::{
    fs::{File, Permissions},
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use tempfile::TempDir;

/// Of what is written to fill it.
const FILLING: [u8; 4_096] = [0; 4_096];

/// A disk of one's own that is really full once it is: a file system in memory, mounted where only one process sees it, so
/// that it is gone with that process however the test ends.
pub struct SmallDisk {
    holder: Child,
    /// The holder ends once it is closed, also where this process is killed.
    _stdin: ChildStdin,
    /// What it is mounted on, and nothing to anyone else.
    folder: TempDir,
    /// As others see it.
    path: PathBuf,
}

impl SmallDisk {
    /// Where that is not permitted the test fails: what was not tried is not known to work.
    pub fn mount(kibibytes: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut unshare = Command::new("unshare");
        unshare.arg("--mount");
        // Whoever is not root may mount where they are root to themselves.
        if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
            unshare.arg("--map-root-user");
        }
        unshare.args(["sh", "-c"]);
        unshare.arg("mount -t tmpfs -o size=$1k,mode=0777 small \"$0\" && echo mounted && exec cat");
        unshare.arg(folder.path()).arg(kibibytes.to_string());
        let mut holder = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = holder.stdin.take().unwrap();
        let mut said = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(
            said, "mounted\n",
            "a small disk could not be mounted (see above); it needs root that may mount, or user namespaces"
        );
        let root = Path::new("/proc").join(holder.id().to_string()).join("root");
        let path = root.join(folder.path().strip_prefix("/").unwrap());
        Self { holder, _stdin: stdin, folder, path }
    }

    /// A folder for a server's spool or database, as the server sees it.
    pub fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// The same folder as those see it who run where it is mounted.
    pub fn inside(&self) -> &Path {
        self.folder.path()
    }

    /// Where it is mounted, for those who are to run there.
    pub fn namespace(&self) -> PathBuf {
        Path::new("/proc").join(self.holder.id().to_string()).join("ns/mnt")
    }

    /// Takes all the room that is left, as another program may.
    pub fn fill(&self) {
        let mut file = File::create(self.filling()).unwrap();
        while file.write_all(&FILLING).is_ok() {}
    }

    /// Gives that room back.
    pub fn make_room(&self) {
        std::fs::remove_file(self.filling()).unwrap();
    }

    fn filling(&self) -> PathBuf {
        self.path.join("filling")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// A library of C, built with the compiler that Rust links with, in a folder that every user may read.
pub fn library(name: &str, source: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    let file = folder.path().join(name).with_extension("c");
    std::fs::write(&file, source).unwrap();
    let library = file.with_extension("so");
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&file).arg("-ldl");
    assert!(compile.status().unwrap().success());
    (folder, library)
}

/// A disk that does not keep what it was given: a library that is loaded before the C library, under whose eyes fsync
/// fails as long as there is a certain file.
pub struct FailingDisk {
    library: PathBuf,
    switch: PathBuf,
    once: PathBuf,
    _folder: TempDir,
}

impl FailingDisk {
    /// It fails once it is told to.
    pub fn build() -> Self {
        let (folder, library) = library("fsync", include_str!("disk/fsync.c"));
        let [switch, once] = ["fail", "once"].map(|name| folder.path().join(name));
        Self { library, switch, once, _folder: folder }
    }

    /// What a server is to be started with whose disk it is.
    pub fn variables(&self) -> [(&'static str, &str); 3] {
        [
            ("LD_PRELOAD", self.library.to_str().unwrap()),
            ("FSYNC_FAILS_WHILE", self.switch.to_str().unwrap()),
            ("FSYNC_FAILS_ONCE", self.once.to_str().unwrap()),
        ]
    }

    /// It fails once more, for whoever asks next.
    pub fn fail_once(&self) {
        std::fs::write(&self.once, "").unwrap();
        // Whoever takes it away may be another user.
        std::fs::set_permissions(&self.once, Permissions::from_mode(0o666)).unwrap();
    }

    /// Whether it has failed since it was told to fail once.
    pub fn has_failed(&self) -> bool {
        !self.once.exists()
    }

    /// From now on it fails.
    pub fn fail(&self) {
        std::fs::write(&self.switch, "").unwrap();
    }

    /// From now on it keeps what it is given.
    pub fn mend(&self) {
        std::fs::remove_file(&self.switch).unwrap();
    }
}
