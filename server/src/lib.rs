//! `s2s-server`: server-to-server conversion tracking.
//!
//! Reads the configuration, starts telemetry, opens and migrates the database, serves, drains; nothing
//! else.
//!
//! A library only so that a fuzzer can link it. It opens `main` and nothing else, so that the compiler
//! still finds what nobody uses.

#![forbid(unsafe_code)]

mod account;
mod api_key;
mod app;
mod auth;
mod click;
mod clock;
mod commit;
mod config;
mod conversion;
mod conversion_code;
mod core;
mod db;
mod edge;
mod error;
mod exposure;
mod health;
mod id;
mod macros;
mod migration;
mod money;
mod page;
mod postback;
mod preset;
mod retention;
mod serve;
mod telemetry;
mod text;
mod time;
mod tracking_link;

use std::{
    error::Error,
    io::{self, Write as _},
    net::SocketAddr,
    process::ExitCode,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::service::Routes;
use url::Url;

use self::core::{CoreStart, NOT_YET, Running};
use crate::{
    clock::{Reference, Watch},
    config::{Config, Role},
    edge::Edge,
    health::Health,
    id::Random,
    serve::{Door, Tls},
    time::Clock,
};

#[cfg(fuzzing)]
pub use postback::check_reading;

/// How long an edge that can begin alone waits for its core.
const CORE_PATIENCE: Duration = Duration::from_secs(1);
/// How long a stop waits for what a core that does not answer was about to write.
const AWAY_PATIENCE: Duration = Duration::from_secs(1);
/// How long connections to the database may take to be closed; nothing depends on it.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The program, from its arguments to its exit code.
#[must_use]
pub fn main() -> ExitCode {
    exposure::start();
    let config = match Config::read() {
        Ok(config) => config,
        Err(error) => {
            let output = error.to_string();
            if error.exit_code == 0 {
                println!("{output}");
            } else {
                eprintln!("{output}");
            }
            return ExitCode::from(error.exit_code);
        }
    };
    telemetry::start(&config.log);
    exposure::tell(&config);
    match runtime(config.threads()).map_err(Into::into).and_then(|runtime| runtime.block_on(run(config))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let text = error.to_string();
            // Those of settings begin so.
            eprintln!("error: {}", text.strip_prefix("error: ").unwrap_or(&text));
            ExitCode::FAILURE
        }
    }
}

/// A lone thread needs none of what several do to share their work, and is faster by a good part.
fn runtime(threads: usize) -> io::Result<Runtime> {
    let mut builder = match threads {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.worker_threads(threads).enable_all().build()
}

fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    serve::listen(address)
        .map_err(|error| format!("can't listen on {address}: {error}\nreason: LISTEN_FAILED"))
}

/// How to ask another clock: of the core here its database's, of an edge its core's.
fn other_clock(
    running: Running,
    edge: Option<Arc<Edge>>,
) -> impl Fn() -> BoxFuture<'static, Option<Reference>> {
    move || {
        let app = running.app.get().and_then(Weak::upgrade);
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

#[expect(clippy::too_many_lines, reason = "one start and one stop, from top to bottom")]
async fn run(mut config: Config) -> Result<(), Box<dyn Error>> {
    // Before the port is bound, so that whoever sees it open may stop us.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let passed = serve::passed();
    let passed = passed
        .map_err(|error| format!("can't listen as told by LISTEN_FDS: {error}\nreason: LISTEN_FAILED"))?;
    let listener = passed.map_or_else(|| listen(config.listen), Ok)?;
    let address = listener.local_addr()?;
    config.listens_at(address)?;
    let health_listener = config.health_listen.map(listen).transpose()?;
    let stopping = CancellationToken::new();
    // Of the edge and the ports; of the core, which may hang in its database.
    let (tasks, core_tasks) = (TaskTracker::new(), TaskTracker::new());
    let tls = match config.tls_files() {
        Some(files) => {
            let (tls, keep_reading) = Tls::read(files, stopping.clone())?;
            tasks.spawn(keep_reading);
            Some(tls)
        }
        None => None,
    };
    let url = format!("{}://{address}", if tls.is_some() { "https" } else { "http" });
    let public_url = match &config.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&url)?,
    };
    let (watch, random) = (Watch::new(Clock::system()), Random::system());
    let core = CoreStart {
        config: config.clone(),
        public_url,
        watch: watch.clone(),
        random: random.clone(),
        tasks: core_tasks.clone(),
        stopping: stopping.clone(),
        running: Running::default(),
    };
    let running = core.running.clone();
    let role = config.edge.role;
    let mut starting = (role != Role::Edge).then(|| Box::pin(core.start_once()));
    let started = match &mut starting {
        None => None,
        // A database may also hang, or be migrated for long, and nobody need wait for it.
        Some(starting) if role == Role::All && Edge::can_begin_alone(config.spool().as_ref()) => {
            tokio::time::timeout(CORE_PATIENCE, starting).await.ok()
        }
        Some(starting) => Some(starting.await),
    };
    let (core, door) = started.unzip();
    let edge = match (role, &door) {
        (Role::Core, _) => None,
        // An edge that knows enough begins alone, if it is only the database that is away.
        (_, Some(Err(error))) if !error.may_pass => None,
        _ => {
            let way =
                if role == Role::Edge { config.core()? } else { edge::Core::Here(running.services.clone()) };
            let edge = Edge::start(way, config.spool(), &watch, random, &tasks, &stopping);
            Some(edge.await.map(Arc::new))
        }
    };
    let (door, edge) = match (door.transpose(), edge.transpose()) {
        (Ok(door), edge) => (door, edge?),
        (Err(error), Ok(Some(edge))) => {
            tracing::error!(%error, "{NOT_YET}");
            (None, Some(edge))
        }
        (Err(error), _) => return Err(error.into()),
    };
    let health = Health::new(edge.as_deref().map(Edge::health), watch.clone(), stopping.clone());
    tasks.spawn(watch.keep(other_clock(running.clone(), edge.clone()), stopping.clone()));

    let (reporter, health_service) = tonic_health::server::health_reporter();
    let health_routes = Routes::new(health_service);
    let later = Arc::new(OnceLock::new());
    let first = {
        let (running, edge, health, config) = (running.clone(), edge.clone(), health.clone(), config.clone());
        let health_routes = health_routes.clone();
        let router = move |door: Option<Door>| {
            let core = door.and_then(|door| Some((running.services.get()?.routes.clone(), door)));
            serve::router(core, health_routes.clone(), edge.clone(), health.clone(), &config)
        };
        if door.is_none() && role == Role::All {
            let (first, later, stopping) = (router(None)?, later.clone(), stopping.clone());
            tasks.spawn(async move {
                let door = match (core, starting) {
                    (Some(core), _) => core.start_later().await,
                    (None, Some(starting)) => {
                        stopping.run_until_cancelled(CoreStart::end_later(starting)).await.flatten()
                    }
                    (None, None) => None,
                };
                if let Some(router) = door.and_then(|door| router(Some(door)).ok()) {
                    // Nobody else sets it.
                    let _ = later.set(router);
                }
            });
            first
        } else {
            drop((core, starting));
            router(door)?
        }
    };
    let db = running.db.clone();
    let has_database = role != Role::Edge;
    let kept = health.clone().keep(move || has_database.then(|| db.get().cloned()), reporter);
    core_tasks.spawn(kept);
    if let Some(listener) = health_listener {
        let address = listener.local_addr()?;
        writeln!(io::stdout(), "health alone: http://{address}")?;
        let port = serve::health_port(health_routes, health);
        tasks.spawn(port.serve(listener, stopping.clone(), config.drain()));
    }
    writeln!(io::stdout(), "s2s-server listens on {url}")?;
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopping.cancel();
    };
    let port = serve::port(first, later, tls, &config);
    tokio::join!(port.serve(listener, stopping.clone(), config.drain()), stop);
    // Writers end once nobody is left who might write.
    let db = running.db.get().cloned();
    let is_away = edge.as_ref().is_some_and(|edge| edge.core_is_away());
    drop((edge, running));
    tasks.close();
    // The edge first: clicks whose visitors have gone are still on their way to the spool, or to the core.
    if tokio::time::timeout(config.drain(), tasks.wait()).await.is_err() {
        tracing::error!("some writes did not end in time");
    }
    core_tasks.close();
    // Of a core that does not answer nobody waits for anything any more: it is in the spool, or was answered.
    let patience = if is_away { AWAY_PATIENCE.min(config.drain()) } else { config.drain() };
    if tokio::time::timeout(patience, core_tasks.wait()).await.is_err() {
        if is_away {
            tracing::warn!("the database did not answer what was asked before the stop; nobody waits for it");
        } else {
            tracing::error!("some writes did not end in time");
        }
    }
    // One that went away may never be closed.
    if let Some(db) = db {
        if let Ok(closed) = tokio::time::timeout(CLOSE_TIMEOUT, db.close()).await {
            closed?;
        } else {
            tracing::warn!("the database was not closed in time");
        }
    }
    tracing::info!("stopped");
    Ok(())
}
