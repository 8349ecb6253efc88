//! A clock that is wrong: a library that is loaded before the C library, by which a process sees the system's time off by
//! as much as is told.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::disk::library;

/// The time that one server or database sees. Right until it is told otherwise.
pub struct WrongClock {
    library: PathBuf,
    ahead: PathBuf,
    _folder: TempDir,
}

impl WrongClock {
    /// Built with the C compiler that Rust links with.
    pub fn build() -> Self {
        let (folder, library) = library("clock", include_str!("clock/clock.c"));
        let ahead = folder.path().join("ahead");
        let clock = Self { library, ahead, _folder: folder };
        clock.set(0);
        clock
    }

    /// What a process is to be started with whose clock it is.
    pub fn variables(&self) -> [(&'static str, &str); 2] {
        [("LD_PRELOAD", self.library.to_str().unwrap()), ("CLOCK_AHEAD", self.ahead.to_str().unwrap())]
    }

    /// From now on the clock is ahead by so many seconds, or behind.
    pub fn set(&self, seconds: i64) {
        let new = self.ahead.with_extension("new");
        std::fs::write(&new, seconds.to_string()).unwrap();
        // Whole, for whoever reads it meanwhile.
        std::fs::rename(new, &self.ahead).unwrap();
    }
}
