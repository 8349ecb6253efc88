//! The operator's geo database, which tells the country of an address. The file is read again when
//! it changes.
//!
//! A file that is missing or broken makes countries empty, and is never an error of a click.
//!
//! Absent on purpose: data of our own, because every licence of such data binds the operator.
//! Cities and providers, because reports do not need them.

use std::{
    fs::{self, File},
    io::Read as _,
    net::IpAddr,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use maxminddb::{LookupResult, Reader, path};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::values::{
    country::Country,
    time::{Clock, Span, Time},
};

/// Interval between checks of the file.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);
/// Age of the data at which the log begins to warn. Addresses move between countries.
const AGE_MAX: Span = Span::from_days(60);
/// Interval between these warnings.
const WARN_INTERVAL: Duration = Duration::from_hours(24);
/// Largest file that is read, in bytes. It is held in memory.
const FILE_BYTES_MAX: u64 = 512 * 1_024 * 1_024;

/// The geo database in use. Clones share state.
#[derive(Clone)]
pub struct Geo(Option<watch::Receiver<Arc<State>>>);

/// The file as it was last read.
type State = Result<Database, Fault>;

struct Database {
    reader: Reader<Vec<u8>>,
    built: Time,
}

/// The reason why the file can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Missing,
    Unreadable,
    TooLarge,
    Broken,
}

impl Fault {
    /// The fault in words, without the path.
    pub fn text(self) -> &'static str {
        match self {
            Self::Missing => "the file does not exist",
            Self::Unreadable => "the file can't be read",
            Self::TooLarge => "the file is larger than 512 MiB",
            Self::Broken => "the file is no database in MaxMind's format, or is damaged",
        }
    }
}

/// The marks by which a changed file is noticed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds of the last changes: of the contents, and of anything.
    times: [i64; 4],
}

impl Geo {
    /// Reads the file, if there is one. The returned future reads it again when it changes, until
    /// `stopping`.
    pub fn read(
        file: Option<PathBuf>,
        clock: Clock,
        stopping: CancellationToken,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let opened = file.map(|file| {
            let stamp = stamp(&file);
            let state = read(&file, stamp);
            tell(&file, &state);
            let (sender, receiver) = watch::channel(Arc::new(state));
            (Follower { file, known: stamp.ok(), suspect: None, sender, clock }, receiver)
        });
        let (follower, receiver) = opened.unzip();
        let follow = async move {
            if let Some(follower) = follower {
                follower.run(stopping).await;
            }
        };
        (Self(receiver), follow)
    }

    /// The country of an address; `Country::NONE` if it is not known.
    pub fn country(&self, address: Option<IpAddr>) -> Country {
        let (Some(state), Some(address)) = (&self.0, address) else { return Country::NONE };
        let state = state.borrow();
        let Ok(database) = &**state else { return Country::NONE };
        database.country(address.to_canonical()).unwrap_or(Country::NONE)
    }

    /// The build time of the data or the fault of the file; `None` if no file is configured.
    pub fn built(&self) -> Option<Result<Time, Fault>> {
        let state = self.0.as_ref()?.borrow();
        Some(state.as_ref().as_ref().map(|database| database.built).map_err(|fault| *fault))
    }
}

impl Database {
    fn open(bytes: Vec<u8>) -> Result<Self, Fault> {
        let reader = Reader::from_source(bytes).map_err(|_| Fault::Broken)?;
        let seconds = i64::try_from(reader.metadata().build_epoch).map_err(|_| Fault::Broken)?;
        let built = Time::from_micros(0).plus(Span::from_seconds(seconds));
        Ok(Self { reader, built })
    }

    /// The country of an address. A damaged record counts as none.
    fn country(&self, address: IpAddr) -> Option<Country> {
        let found = self.reader.lookup(address).ok().filter(LookupResult::has_data)?;
        let text = |path: &[maxminddb::PathElement<'_>]| found.decode_path::<&str>(path).ok().flatten();
        // MaxMind and DB-IP have the first form; some free data sets have the second.
        let text = text(&path!["country", "iso_code"]).or_else(|| text(&path!["country_code"]))?;
        Country::read(text)
    }
}

fn stamp(file: &Path) -> Result<Stamp, Fault> {
    let found = fs::metadata(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::Missing,
        _ => Fault::Unreadable,
    })?;
    if !found.is_file() {
        return Err(Fault::Unreadable);
    }
    Ok(Stamp {
        device: found.dev(),
        inode: found.ino(),
        size: found.size(),
        times: [found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()],
    })
}

fn read(file: &Path, stamp: Result<Stamp, Fault>) -> State {
    let too_large = |bytes: u64| if bytes > FILE_BYTES_MAX { Err(Fault::TooLarge) } else { Ok(()) };
    too_large(stamp?.size)?;
    let mut bytes = Vec::new();
    let file = File::open(file).map_err(|_| Fault::Unreadable)?;
    let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|_| Fault::Unreadable)?;
    too_large(u64::try_from(read).unwrap_or(u64::MAX))?;
    Database::open(bytes)
}

/// Writes the outcome of a reading into the log.
fn tell(file: &Path, state: &State) {
    let geo_database = file.display();
    match state {
        Ok(database) => tracing::info!(%geo_database, built = database.built.date(), "geo database read"),
        Err(fault) => {
            let fault = fault.text();
            tracing::error!(%geo_database, fault, "can't use the geo database; clicks get no country");
        }
    }
}

/// Follows the changes of the file.
struct Follower {
    file: PathBuf,
    /// The stamp of the file that is in use, or that was found to be broken.
    known: Option<Stamp>,
    /// What was at the path at the last look, if it could not be used. It may be a file that is
    /// still being written, so the database in use stays until the next look.
    suspect: Option<(Option<Stamp>, Fault)>,
    sender: watch::Sender<Arc<State>>,
    clock: Clock,
}

impl Follower {
    async fn run(mut self, stopping: CancellationToken) {
        let mut warned = None;
        loop {
            let is_due = warned.is_none_or(|warned: Instant| warned.elapsed() >= WARN_INTERVAL);
            if is_due && self.warn_of_age() {
                warned = Some(Instant::now());
            }
            if timeout(LOOK_INTERVAL, stopping.cancelled()).await.is_ok() {
                return;
            }
            let (file, known) = (self.file.clone(), self.known);
            let look = move || {
                let stamp = stamp(&file);
                let is_known = stamp.is_ok() && stamp.ok() == known;
                (stamp, (!is_known).then(|| read(&file, stamp)))
            };
            match tokio::task::spawn_blocking(look).await {
                Ok((stamp, Some(state))) => {
                    if self.take(stamp.ok(), state) {
                        warned = None;
                    }
                }
                // The former file is back.
                Ok((_, None)) => self.suspect = None,
                Err(_) => {}
            }
        }
    }

    /// Takes what was read, and returns whether a database came into use. What can't be used
    /// replaces the database only if two looks in a row find the same.
    fn take(&mut self, stamp: Option<Stamp>, state: State) -> bool {
        let fault = state.as_ref().err().copied();
        if let Some(fault) = fault {
            let is_repeated = self.suspect.replace((stamp, fault)) == Some((stamp, fault));
            if !is_repeated || self.sender.borrow().as_ref().as_ref().err() == Some(&fault) {
                return false;
            }
        }
        // A file that can't be read is tried at each look: its disk may recover.
        self.known = stamp.filter(|_| fault != Some(Fault::Unreadable));
        tell(&self.file, &state);
        self.sender.send_replace(Arc::new(state));
        self.suspect = None;
        fault.is_none()
    }

    /// Warns if the data in use are old. Returns whether it warned.
    fn warn_of_age(&self) -> bool {
        let Ok(built) = self.sender.borrow().as_ref().as_ref().map(|database| database.built) else {
            return false;
        };
        let is_old = built.plus(AGE_MAX) <= self.clock.now();
        if is_old {
            let (geo_database, built) = (self.file.display(), built.date());
            tracing::warn!(%geo_database, built, "the geo database is older than 60 days: install a newer one");
        }
        is_old
    }
}

#[cfg(test)]
mod tests;
