//! Faulty disks: a full one, and one whose fsync fails.

use std::{
    fs::{File, Permissions},
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use tempfile::TempDir;

/// The block that fills a disk.
const FILLING: [u8; 4_096] = [0; 4_096];

/// A private disk that can really be full: a file system in memory, mounted in the namespace of one
/// process. It vanishes with that process, however the test ends.
pub struct SmallDisk {
    holder: Child,
    /// Keeps the holder of the namespace alive: the holder ends when this pipe is closed. The pipe
    /// is closed even if this process is killed.
    _stdin: ChildStdin,
    /// The mount point. Outside of the namespace it is an empty folder.
    folder: TempDir,
    /// The mounted folder, as processes outside of the namespace see it.
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts a disk that only this user can write to. Panics if mounting is not permitted: a test
    /// must not pass without its disk.
    pub fn mount(kibibytes: u32) -> Self {
        Self::mount_with_mode(kibibytes, "0700")
    }

    /// Mounts a disk that every user can write to, because a database server may run as another
    /// user.
    pub fn mount_for_database(kibibytes: u32) -> Self {
        Self::mount_with_mode(kibibytes, "0777")
    }

    fn mount_with_mode(kibibytes: u32, mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut unshare = Command::new("unshare");
        unshare.arg("--mount");
        // Users other than root may mount in a user namespace of their own.
        if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
            unshare.arg("--map-root-user");
        }
        unshare.args(["sh", "-c"]);
        unshare.arg("mount -t tmpfs -o size=$1k,mode=$2 small \"$0\" && echo mounted && exec cat");
        unshare.arg(folder.path()).args([kibibytes.to_string().as_str(), mode]);
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

    /// The mounted folder, as processes outside of the namespace see it.
    pub fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// The mounted folder, as processes in the namespace see it.
    pub fn inside(&self) -> &Path {
        self.folder.path()
    }

    /// The mount namespace, for `nsenter`.
    pub fn namespace(&self) -> PathBuf {
        Path::new("/proc").join(self.holder.id().to_string()).join("ns/mnt")
    }

    /// Fills the disk, as another program could.
    pub fn fill(&self) {
        let mut file = File::create(self.filling()).unwrap();
        while file.write_all(&FILLING).is_ok() {}
    }

    /// Frees the space that `fill` took.
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

/// Builds a C library with the compiler that Rust links with, in a folder that every user may read.
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

/// A disk that fails to write: a library, loaded before the C library, makes fsync fail as long as
/// a certain file exists, or once.
pub struct FailingDisk {
    library: PathBuf,
    switch: PathBuf,
    once: PathBuf,
    _folder: TempDir,
}

impl FailingDisk {
    /// Builds the library. No fsync fails until `fail` or `fail_once`.
    pub fn build() -> Self {
        let (folder, library) = library("fsync", include_str!("disk/fsync.c"));
        let [switch, once] = ["fail", "once"].map(|name| folder.path().join(name));
        Self { library, switch, once, _folder: folder }
    }

    /// The environment variables of a server with this disk.
    pub fn variables(&self) -> [(&'static str, &str); 3] {
        [
            ("LD_PRELOAD", self.library.to_str().unwrap()),
            ("FSYNC_FAILS_WHILE", self.switch.to_str().unwrap()),
            ("FSYNC_FAILS_ONCE", self.once.to_str().unwrap()),
        ]
    }

    /// Makes the next fsync fail, once, in whichever process calls it first.
    pub fn fail_once(&self) {
        // The process that removes the file may run as another user. It may remove the file at once, so
        // the file gets its name last.
        let new = self.once.with_extension("new");
        std::fs::write(&new, "").unwrap();
        std::fs::set_permissions(&new, Permissions::from_mode(0o666)).unwrap();
        std::fs::rename(&new, &self.once).unwrap();
    }

    /// True once the fsync after `fail_once` has failed.
    pub fn has_failed(&self) -> bool {
        !self.once.exists()
    }

    /// Makes every fsync fail until `mend`.
    pub fn fail(&self) {
        std::fs::write(&self.switch, "").unwrap();
    }

    /// Lets every fsync succeed again.
    pub fn mend(&self) {
        std::fs::remove_file(&self.switch).unwrap();
    }
}

/// A disk whose fsync hangs: the library of `FailingDisk` makes each fsync wait as long as a
/// certain file exists.
pub struct WaitingDisk {
    library: PathBuf,
    switch: PathBuf,
    _folder: TempDir,
}

impl WaitingDisk {
    /// Builds the library. Every fsync waits until `go_on`.
    pub fn build() -> Self {
        let (folder, library) = library("fsync", include_str!("disk/fsync.c"));
        let switch = folder.path().join("wait");
        std::fs::write(&switch, "").unwrap();
        Self { library, switch, _folder: folder }
    }

    /// The environment variables of a program with this disk.
    pub fn variables(&self) -> [(&'static str, &str); 2] {
        [("LD_PRELOAD", self.library.to_str().unwrap()), ("FSYNC_WAITS_WHILE", self.switch.to_str().unwrap())]
    }

    /// True once an fsync waits.
    pub fn is_waited_for(&self) -> bool {
        self.switch.with_extension("waits").exists()
    }

    /// Lets every fsync continue.
    pub fn go_on(&self) {
        std::fs::remove_file(&self.switch).unwrap();
    }
}
