//! The start of the core: its database, its state, its services; at once or, where an edge can do without for a
//! while, once the database is there.

use std::{
    error::Error,
    fmt,
    io::Write as _,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use s2s_sdk::v1::ErrorReason;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    api_key,
    app::{App, Settings},
    clock::{Reference, SKEW_MAX, Watch},
    config::Config,
    db::Db,
    edge::Services,
    error, exposure,
    id::Random,
    postback, retention,
    serve::{self, Door},
};

/// How long it is waited before the database is tried again.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// What is told of a server whose edge begins alone.
pub const NOT_YET: &str = "THE CORE CAN'T START YET: clicks and postbacks go to the spool";
const STARTED: &str = "the database is there: the core has started";

/// What a core is started with.
#[derive(Clone)]
pub struct CoreStart {
    pub config: Config,
    /// The URL under which the world reaches this server.
    pub public_url: Url,
    pub watch: Watch,
    pub random: Random,
    pub tasks: TaskTracker,
    pub stopping: CancellationToken,
    /// Filled once the core has started.
    pub running: Running,
}

/// What of a core is there by now. Clones are of the same.
#[derive(Clone, Default)]
pub struct Running {
    pub db: Arc<OnceLock<Db>>,
    pub services: Arc<OnceLock<Services>>,
    pub app: Arc<OnceLock<Weak<App>>>,
}

/// Why it has not started.
#[derive(Debug)]
pub struct NotStarted {
    message: String,
    /// The database may come back by itself.
    pub may_pass: bool,
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for NotStarted {}

impl From<error::Error> for NotStarted {
    fn from(error: error::Error) -> Self {
        Self { message: error.to_string(), may_pass: error.reason() == ErrorReason::Unavailable }
    }
}

/// A server whose clock and the database's differ does not start: nobody can say which of them is wrong, and both decide
/// what counts. What arrives meanwhile is in the spool, where there is one.
async fn check_clock(db: &Db, watch: &Watch) -> Result<(), NotStarted> {
    let Some(database) = db.time().await.map_err(error::Error::from)? else { return Ok(()) };
    // The system's clock may have been set right since the process began.
    watch.look(Some(Reference::Database(database)));
    let ahead = watch.clock().now().ahead_of(database);
    if ahead.size() <= SKEW_MAX {
        return Ok(());
    }
    let message = format!(
        "the clock of this machine is {ahead} the database's; set right whichever is wrong\nreason: CLOCK_WRONG"
    );
    Err(NotStarted { message, may_pass: true })
}

impl CoreStart {
    /// Starts the core once. Returns who may call it from the network.
    pub async fn start_once(mut self) -> (Self, Result<Door, NotStarted>) {
        let door = self.start().await;
        (self, door)
    }

    async fn start(&mut self) -> Result<Door, NotStarted> {
        let config = &self.config;
        let db = Db::open(config.database_url.reveal(), &config.allow_lossy, config.batches_max)
            .await
            .map_err(|error| {
                let (url, reason) = (&config.database_url, error.reason());
                let error_text = url.blotted(&error.to_string());
                let message = format!("can't use the database {url}: {error_text}\nreason: {reason}");
                NotStarted { message, may_pass: error.is_outage() }
            })?;
        if let Some(file) = config.database_file() {
            exposure::close_beside(&file);
        }
        check_clock(&db, &self.watch).await?;
        for setting in &config.allow_lossy {
            tracing::warn!(setting, "a crash may lose what was acknowledged: a lossy setting is allowed");
        }
        let settings = Settings {
            public_url: self.public_url.clone(),
            retention: config.retention(),
            store_addresses: config.store_addresses,
            batch_max: config.batch_max.into(),
            watch: self.watch.clone(),
        };
        let random = self.random.clone();
        let app = App::start(db.clone(), random, settings, self.stopping.clone(), &self.tasks);
        let app = Arc::new(app.await?);
        retention::prepare(&app).await?;
        let door = self.door(&app).await?;
        self.tasks.spawn(postback::keep_matching(Arc::downgrade(&app), self.stopping.clone()));
        self.tasks.spawn(retention::keep(Arc::downgrade(&app), self.stopping.clone()));
        self.tasks.spawn(db.clone().keep_log_short(self.stopping.clone()));
        // There is but one start.
        let _ = self.running.services.set(serve::core(&app));
        let _ = self.running.app.set(Arc::downgrade(&app));
        let _ = self.running.db.set(db);
        Ok(door)
    }

    async fn door(&mut self, app: &Arc<App>) -> error::Result<Door> {
        if self.config.no_auth {
            let address = self.config.listen;
            tracing::warn!(
                "NO API KEYS ARE ASKED FOR (--no-auth): whoever reaches {address} is the administrator"
            );
            return Ok(Door::Open);
        }
        if let Some(text) = api_key::first(app, self.config.admin_key.take()).await? {
            let said = "The administrator's API key, shown this once; paste the next line into your shell:";
            let written = writeln!(std::io::stdout(), "{said}\nKEY={}", text.reveal());
            written.map_err(|error| error::Error::internal(&error))?;
        }
        Ok(Door::Keys(app.clone()))
    }

    /// Waits for a start that is under way and, where it fails, tries on; `None`: it was stopped before.
    pub async fn end_later(starting: impl Future<Output = (Self, Result<Door, NotStarted>)>) -> Option<Door> {
        tracing::error!("{NOT_YET}");
        let (core, door) = starting.await;
        match door {
            Ok(door) => {
                tracing::warn!("{STARTED}");
                Some(door)
            }
            Err(error) => {
                tracing::error!(%error, "the core can't start yet");
                core.start_later().await
            }
        }
    }

    /// Tries to start until it succeeds; `None`: it was stopped before.
    pub async fn start_later(mut self) -> Option<Door> {
        loop {
            self.stopping.run_until_cancelled(tokio::time::sleep(RETRY_INTERVAL)).await?;
            let stopping = self.stopping.clone();
            match stopping.run_until_cancelled(Box::pin(self.start())).await? {
                Ok(door) => {
                    tracing::warn!("{STARTED}");
                    return Some(door);
                }
                // What does not pass by itself, such as a lossy setting, is for people.
                Err(error) if !error.may_pass => tracing::error!(%error, "the core can't start"),
                Err(error) => tracing::debug!(%error, "the core can't start yet"),
            }
        }
    }
}
