//! Clocks of a process that are wrong: libraries, loaded before the C library, that move the system
//! time by a given number of seconds, or slow down all clocks.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::disk::library;

/// The clock of one server or database. It is correct until `set` changes it.
pub struct WrongClock {
    library: PathBuf,
    ahead: PathBuf,
    _folder: TempDir,
}

impl WrongClock {
    /// Builds the library with the C compiler that Rust links with.
    pub fn build() -> Self {
        let (folder, library) = library("clock", include_str!("clock/clock.c"));
        let ahead = folder.path().join("ahead");
        let clock = Self { library, ahead, _folder: folder };
        clock.set(0);
        clock
    }

    /// The environment variables of a process with this clock.
    pub fn variables(&self) -> [(&'static str, &str); 2] {
        [("LD_PRELOAD", self.library.to_str().unwrap()), ("CLOCK_AHEAD", self.ahead.to_str().unwrap())]
    }

    /// Sets the clock ahead by `seconds`, or back if negative.
    pub fn set(&self, seconds: i64) {
        let new = self.ahead.with_extension("new");
        std::fs::write(&new, seconds.to_string()).unwrap();
        // Renamed, so that readers never see a file that is half written.
        std::fs::rename(new, &self.ahead).unwrap();
    }
}

/// Clocks that go slower, for a program that is slowed down itself. So what it does each second does
/// not take more of its work than usual.
pub struct SlowClocks {
    library: PathBuf,
    factor: u32,
    _folder: TempDir,
}

impl SlowClocks {
    /// Builds the library with the C compiler that Rust links with.
    pub fn build(factor: u32) -> Self {
        let (folder, library) = library("slow", include_str!("clock/slow.c"));
        Self { library, factor, _folder: folder }
    }

    /// The command line that starts the program behind it with these clocks.
    pub fn command(&self) -> [String; 3] {
        let preload = format!("LD_PRELOAD={}", self.library.display());
        ["env".to_owned(), preload, format!("CLOCK_SLOWED={}", self.factor)]
    }
}
