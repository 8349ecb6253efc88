//! The start and the end of the server, as a sequence of named steps:
//!
//! 1. `bind`: signals, ports, certificates.
//! 2. `edge::take_spool`: the spool's folder.
//! 3. `core`: the database and the services, unless the core is another process.
//! 4. `edge`: the data that an edge needs.
//! 5. `serve`: the ports answer until a signal arrives.
//! 6. `shutdown`: everything accepted is written, then the database is closed.

mod bind;
mod core;
mod edge;
mod exposure;
mod serve;
mod shutdown;
mod totals;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::{Arc, Weak},
};

use futures::future::BoxFuture;
use tokio::runtime::{Builder, Runtime};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use self::{
    bind::{Ports, Signals},
    core::{CoreHandle, CoreStarter},
};
use crate::{
    backup,
    clock::{Reference, Watch},
    config::{Config, NoConfig, Role, Task},
    core::geo::Geo,
    edge::{Edge, OpenSpool},
    error::StartError,
    telemetry,
    values::{address::leads_nowhere, id::Random, time::Clock},
};

/// Runs the program, from its arguments to its exit code.
#[must_use]
pub fn main() -> ExitCode {
    exposure::start();
    let config = match Config::read() {
        Ok(config) => config,
        Err(NoConfig::Asked(text)) => {
            // A closed pipe, as in `--help | head`, is no failure.
            let _ = writeln!(io::stdout(), "{text}");
            return ExitCode::SUCCESS;
        }
        Err(NoConfig::Wrong(error)) => return failed(&error),
    };
    telemetry::start(&config.log);
    for name in &config.unknown_variables {
        tracing::warn!(name, "this variable is not a setting, and is ignored");
    }
    exposure::tell(&config);
    let ended = runtime(config.threads()).and_then(|runtime| {
        let ended = runtime.block_on(begin(config));
        if ended.is_err() {
            // A failed start has begun tasks that never end, so nothing may wait for them. After an
            // orderly stop, however, dropping the runtime waits for the spool's writer, which may
            // still have clicks to write.
            runtime.shutdown_background();
        }
        ended
    });
    ended.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
}

fn failed(error: &StartError) -> ExitCode {
    // If standard error can't be written, the exit code still reports the failure.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::from(error.exit_code())
}

/// Builds the runtime. A single thread needs no work stealing, and is measurably faster without it.
fn runtime(threads: usize) -> Result<Runtime, StartError> {
    let mut builder = match threads {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.worker_threads(threads).enable_all().build().map_err(|error| system(&error))
}

/// The error of a start that the operating system refused.
fn system(error: &io::Error) -> StartError {
    StartError::failure("SYSTEM_FAILED", error.to_string())
}

/// Does the task of the command line, or serves.
async fn begin(config: Config) -> Result<(), StartError> {
    match config.task.clone() {
        Some(Task::Backup { to }) => backup::back_up_to(&config, &to).await,
        Some(Task::Restore { from }) => backup::restore_from(&config, &from).await,
        Some(Task::CheckTotals) => totals::check(&config).await,
        None => run(config).await,
    }
}

/// Starts the server, serves until a signal arrives, and stops.
async fn run(mut config: Config) -> Result<(), StartError> {
    // Catches signals before binding the port: a caller that finds the port open may already send a
    // signal.
    let signals = Signals::catch()?;
    let ports = Ports::bind(&mut config)?;
    let process = Process::new(config);
    let tls = bind::read_certificates(&process)?;
    let public_url = ports.public_url(&process.config, tls.is_some())?;
    if process.role() != Role::Edge && leads_nowhere(&public_url) {
        tracing::warn!(
            %public_url,
            "TRACKING LINKS AND POSTBACK URLS LEAD NOWHERE: set --public-url to the URL at which the world reaches \
             this server"
        );
    }
    let handle = CoreHandle::default();
    let local_url = ports.local_url(tls.is_some())?;
    core::check_database_file(&process.config)?;
    let spool = edge::take_spool(&process)?;
    let alone = process.role() == Role::All && spool.as_ref().is_some_and(OpenSpool::can_begin_alone);
    let core = process.begin_core(public_url, local_url, handle.clone(), alone).await;
    let edge = edge::open(&process, core.as_ref(), &handle, spool).await?;
    let core = core.map(|core| core.or_later(edge.is_some())).transpose()?;
    let watching =
        process.watch.clone().run(other_clock(handle.clone(), edge.clone()), process.stopping.clone());
    process.edge_tasks.spawn(watching);
    let served = serve::Served { handle: handle.clone(), edge: edge.clone(), tls };
    serve::serve(&process, ports, signals, core, served).await?;
    let core_is_down = edge.as_ref().is_some_and(|edge| edge.core_is_down());
    let db = handle.db.get().cloned();
    // The writers end once all their users are dropped.
    drop((edge, handle));
    shutdown::shut_down(process, core_is_down, db).await
}

/// The parts that every step of the start shares.
struct Process {
    config: Config,
    watch: Watch,
    random: Random,
    geo: Geo,
    stopping: CancellationToken,
    /// Tasks of the edge and of the ports.
    edge_tasks: TaskTracker,
    /// Tasks of the core. They hang when the database hangs.
    core_tasks: TaskTracker,
}

impl Process {
    fn new(config: Config) -> Self {
        let (watch, stopping, edge_tasks) =
            (Watch::new(Clock::system()), CancellationToken::new(), TaskTracker::new());
        let file = config.visitors.geo_database.clone().filter(|_| config.edge.role != Role::Edge);
        let (geo, follow) = Geo::read(file, watch.clock(), stopping.clone());
        edge_tasks.spawn(follow);
        Self {
            config,
            watch,
            random: Random::system(),
            geo,
            stopping,
            edge_tasks,
            core_tasks: TaskTracker::new(),
        }
    }

    fn role(&self) -> Role {
        self.config.edge.role
    }

    /// Makes the first attempt to start the core; `None` if the core is another process.
    ///
    /// `alone`: the edge can start without the core. So this function waits only briefly for the
    /// database, which may hang or need a long migration.
    async fn begin_core(
        &self,
        public_url: Url,
        local_url: Url,
        handle: CoreHandle,
        alone: bool,
    ) -> Option<core::Start> {
        if self.role() == Role::Edge {
            return None;
        }
        let starter = CoreStarter {
            config: self.config.clone(),
            public_url,
            local_url,
            watch: self.watch.clone(),
            random: self.random.clone(),
            geo: self.geo.clone(),
            tasks: self.core_tasks.clone(),
            stopping: self.stopping.clone(),
            handle,
        };
        Some(starter.begin(alone).await)
    }
}

/// Reads another clock: a core reads the clock of its database, an edge the clock of its core.
fn other_clock(
    handle: CoreHandle,
    edge: Option<Arc<Edge>>,
) -> impl Fn() -> BoxFuture<'static, Option<Reference>> {
    move || {
        let app = handle.app.get().and_then(Weak::upgrade);
        let edge = edge.clone();
        Box::pin(async move {
            match (app, edge) {
                (Some(app), _) => app.other_clock().await,
                (None, Some(edge)) => edge.core_time().await.map(Reference::Core),
                (None, None) => None,
            }
        })
    }
}
