//! The third step of the start: the core's database, state and services.
//!
//! The core starts at once, or the start fails. There is one exception: if an edge in this process
//! can work without the core, the server runs, and the core starts once its database answers.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    pin::Pin,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use tokio::time::{sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::exposure;
use crate::{
    api::Services,
    clock::{Reference, SKEW_MAX, Watch},
    config::{Config, SecretUrl, backend},
    core::{
        App, Settings, age, api_key, approval, click_id_key, geo::Geo, postback, rehearsal, retention,
        services, tally,
    },
    db::Db,
    edge::has_run,
    error::{self, StartError},
    net::CallAuth,
    values::id::Random,
};

/// Time for which an edge that can start alone waits for its core.
const CORE_PATIENCE: Duration = Duration::from_secs(1);
/// Delay before the next attempt to start.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

const NOT_YET: &str = "THE CORE CAN'T START YET: clicks and postbacks go to the spool";
const STARTED: &str = "the database is up: the core has started";

/// The parts of the core that are up. Clones share state.
#[derive(Clone, Default)]
pub struct CoreHandle {
    pub db: Arc<OnceLock<Db>>,
    pub services: Arc<OnceLock<Services>>,
    pub app: Arc<OnceLock<Weak<App>>>,
    pub shed: postback::ShedCounts,
}

/// Everything that a core starts with.
pub struct CoreStarter {
    pub config: Config,
    /// The public URL of this server.
    pub public_url: Url,
    /// The URL of this server's own port.
    pub local_url: Url,
    pub watch: Watch,
    pub random: Random,
    pub geo: Geo,
    pub tasks: TaskTracker,
    pub stopping: CancellationToken,
    /// Filled once the core has started.
    pub handle: CoreHandle,
}

/// An attempt to start. It returns the starter for another attempt.
type Attempt = Pin<Box<dyn Future<Output = (CoreStarter, Result<CallAuth, StartError>)> + Send>>;

/// The progress of the first attempt.
pub enum Start {
    Up(CallAuth),
    /// The attempt continues: the database hangs, or is being migrated.
    Starting(Attempt),
    Failed(Box<CoreStarter>, StartError),
}

impl Start {
    pub fn has_failed(&self) -> bool {
        matches!(self, Self::Failed(..))
    }

    /// Returns whether the attempt has failed for a cause that somebody must fix.
    pub fn has_failed_for_good(&self) -> bool {
        matches!(self, Self::Failed(_, error) if !error.may_pass())
    }

    /// Lets the server run before its core is up, if an edge answers meanwhile.
    pub fn or_later(self, has_edge: bool) -> Result<UpOrLater, StartError> {
        match self {
            Self::Up(auth) => Ok(UpOrLater::Up(auth)),
            Self::Failed(_, error) if !has_edge => Err(error),
            Self::Failed(starter, error) => {
                tracing::error!(%error, "{NOT_YET}");
                Ok(UpOrLater::Later(Later::Retry(starter)))
            }
            Self::Starting(attempt) => {
                tracing::error!("{NOT_YET}");
                Ok(UpOrLater::Later(Later::Await(attempt)))
            }
        }
    }
}

/// The core when the ports begin to serve: up, or still starting while the edge already answers.
pub enum UpOrLater {
    Up(CallAuth),
    Later(Later),
}

/// A core that may start later.
pub enum Later {
    Await(Attempt),
    Retry(Box<CoreStarter>),
}

impl Later {
    /// Waits until the core is up; `None` if the server stops first.
    pub async fn up(self) -> Option<CallAuth> {
        let starter = match self {
            Self::Retry(starter) => *starter,
            Self::Await(attempt) => match attempt.await {
                (_, Ok(auth)) => {
                    tracing::warn!("{STARTED}");
                    return Some(auth);
                }
                (starter, Err(error)) => {
                    tracing::error!(%error, "the core can't start yet");
                    starter
                }
            },
        };
        starter.retry_until_up().await
    }
}

/// Refuses a start while the clocks of this machine and of the database differ by more than
/// `SKEW_MAX`. Both clocks decide which conversions count, and nobody can say which clock is wrong.
/// The spool of an edge, if there is one, keeps the calls that arrive meanwhile.
async fn check_clock(db: &Db, watch: &Watch) -> Result<(), StartError> {
    let Some(database) = db.time().await.map_err(error::Error::from)? else { return Ok(()) };
    // First lets this server's clock follow the system's clock, which may have been corrected since
    // the process began.
    watch.look(Some(Reference::Database(database)));
    let ahead = watch.clock().now().ahead_of(database);
    if ahead.size() <= SKEW_MAX {
        return Ok(());
    }
    let message =
        format!("the clock of this machine is {ahead} the database's; correct the one that is wrong");
    Err(StartError::failure("CLOCK_WRONG", message).passing(true))
}

/// Refuses a start on a database that can't take the core's writes. Such a fault does not pass:
/// somebody must change the database.
async fn rehearse(app: &App, url: &SecretUrl) -> Result<(), StartError> {
    rehearsal::run(app).await.map_err(|unfit| {
        let message = format!("can't use the database {url}: {}", url.blotted(&unfit.to_string()));
        StartError::failure("DATABASE_UNFIT", message)
    })
}

/// Refuses a start whose SQLite database can't be written. A server whose spool is there has run
/// before, and may start without its database.
pub fn check_database_file(config: &Config) -> Result<(), StartError> {
    let Some(unusable) = unusable_file(config) else { return Ok(()) };
    if config.spool().is_some_and(|spool| spool.folder.exists()) { Ok(()) } else { Err(unusable) }
}

/// The error of an SQLite file that can't be used; `None` if it can be used. Checked while no
/// connection to the file is open. A missing file is an error if the installation has run before:
/// its disk may not be mounted, and a new, empty database would take its place.
fn unusable_file(config: &Config) -> Option<StartError> {
    let file = config.database_file()?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
    let cause = if let Some(folder) = folder {
        let folder = folder.display();
        format!(
            "the folder {folder} does not exist; mount its disk, create the folder, or correct --database-url"
        )
    } else if file.is_dir() {
        "this is a folder; name a file in it".to_owned()
    } else {
        match OpenOptions::new().write(true).open(&file).err()? {
            error if error.kind() == io::ErrorKind::NotFound => missing_file(config)?,
            error => format!(
                "the server can't write the file: {error}; change its owner or mode, or correct --database-url"
            ),
        }
    };
    let message = format!("can't use the database {}: {cause}", config.database_url);
    Some(StartError::failure("DATABASE_FAILED", message).passing(true))
}

/// The fault of a missing SQLite file. `None` if no spool shows that this installation has run
/// before: then the database is new.
fn missing_file(config: &Config) -> Option<String> {
    let spool = config.spool().filter(|spool| has_run(&spool.folder))?;
    let spool = spool.folder.display();
    Some(format!(
        "the file does not exist, but the spool in {spool} shows that this installation has run before; put the \
         file back, restore a backup, or correct --database-url; to begin anew, move the folder of the spool away"
    ))
}

impl CoreStarter {
    /// Makes the first attempt. `alone` means that an edge can start without the core, so the wait
    /// is short.
    pub async fn begin(self, alone: bool) -> Start {
        let mut attempt: Attempt = Box::pin(self.attempt());
        let ended = if alone {
            timeout(CORE_PATIENCE, &mut attempt).await.ok()
        } else {
            Some(attempt.as_mut().await)
        };
        match ended {
            None => Start::Starting(attempt),
            Some((_, Ok(auth))) => Start::Up(auth),
            Some((starter, Err(error))) => Start::Failed(Box::new(starter), error),
        }
    }

    async fn attempt(mut self) -> (Self, Result<CallAuth, StartError>) {
        let auth = self.start().await;
        (self, auth)
    }

    /// Starts the core. Returns the authentication of callers from the network.
    async fn start(&mut self) -> Result<CallAuth, StartError> {
        let db = self.open_database().await?;
        let config = &self.config;
        let settings = Settings {
            public_url: self.public_url.clone(),
            local_url: self.local_url.clone(),
            retention: config.retention(),
            store_addresses: config.visitors.store_addresses,
            store_country: config.visitors.store_country,
            store_visitor_hash: config.visitors.store_visitor_hash,
            geo: self.geo.clone(),
            batch_max: config.batch_max.into(),
            watch: self.watch.clone(),
            strangers_bytes_max: config.strangers_bytes_max(),
            shed: self.handle.shed.clone(),
        };
        let random = self.random.clone();
        let app = App::start(db.clone(), random, settings, self.stopping.clone(), &self.tasks);
        let app = Arc::new(app.await?);
        age::prepare(&app).await?;
        rehearse(&app, &config.database_url).await?;
        let auth = self.call_auth(&app).await?;
        self.tasks.spawn(click_id_key::run(Arc::downgrade(&app), self.stopping.clone()));
        self.tasks.spawn(postback::run_auto_match(Arc::downgrade(&app), self.stopping.clone()));
        self.tasks.spawn(postback::run_strangers_bound(Arc::downgrade(&app), self.stopping.clone()));
        self.tasks.spawn(tally::run(Arc::downgrade(&app), self.stopping.clone()));
        self.tasks.spawn(retention::run(Arc::downgrade(&app), self.stopping.clone()));
        self.tasks.spawn(approval::run(Arc::downgrade(&app), self.stopping.clone()));
        self.tasks.spawn(db.clone().checkpoint_loop(self.stopping.clone()));
        self.tasks.spawn(db.clone().place_loop(self.stopping.clone()));
        // Set once: `start` succeeds at most once.
        let _ = self.handle.services.set(services::services(&app));
        let _ = self.handle.app.set(Arc::downgrade(&app));
        let _ = self.handle.db.set(db);
        Ok(auth)
    }

    async fn open_database(&self) -> Result<Db, StartError> {
        let config = &self.config;
        if let Some(unusable) = unusable_file(config) {
            return Err(unusable);
        }
        let url = &config.database_url;
        let opened = Db::open(backend(url.reveal()), url.reveal(), &config.allow_lossy, config.batches_max);
        let db = opened.await.map_err(|error| {
            let message = format!("can't use the database {url}: {}", url.blotted(&error.to_string()));
            StartError::failure(error.reason(), message).passing(error.is_outage())
        })?;
        if let Some(file) = config.database_file() {
            exposure::close_beside(&file);
        }
        check_clock(&db, &self.watch).await?;
        for setting in &config.allow_lossy {
            tracing::warn!(setting, "a crash may lose acknowledged writes: a lossy setting is allowed");
        }
        Ok(db)
    }

    /// Chooses the authentication of callers. Prints the administrator's first key if it was just
    /// created.
    async fn call_auth(&mut self, app: &Arc<App>) -> Result<CallAuth, StartError> {
        if self.config.no_auth {
            let address = self.config.listen;
            tracing::warn!(
                "API KEYS ARE TURNED OFF (--no-auth): everybody who reaches {address} is the administrator"
            );
            return Ok(CallAuth::Disabled);
        }
        if let Some(text) = api_key::first(app, self.config.admin_key.clone()).await? {
            let said =
                "The administrator's API key; it is shown only once. Paste the next line into your shell:";
            let written = writeln!(io::stdout(), "{said}\nKEY={}", text.reveal());
            written.map_err(|error| {
                let message = format!(
                    "can't show the administrator's API key: {error}; it is lost, so start with another in \
                     S2S_ADMIN_KEY"
                );
                StartError::failure("SYSTEM_FAILED", message)
            })?;
        }
        Ok(CallAuth::ApiKeys(app.clone()))
    }

    /// Retries the start until it succeeds; `None` if the server stops first.
    async fn retry_until_up(mut self) -> Option<CallAuth> {
        loop {
            self.stopping.run_until_cancelled(sleep(RETRY_INTERVAL)).await?;
            let stopping = self.stopping.clone();
            match stopping.run_until_cancelled(Box::pin(self.start())).await? {
                Ok(auth) => {
                    tracing::warn!("{STARTED}");
                    return Some(auth);
                }
                // A permanent cause, such as a lossy setting, needs a person.
                Err(error) if !error.may_pass() => tracing::error!(%error, "the core can't start"),
                Err(error) => tracing::debug!(%error, "the core can't start yet"),
            }
        }
    }
}
