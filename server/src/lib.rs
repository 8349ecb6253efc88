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
mod commit;
mod config;
mod conversion;
mod conversion_code;
mod db;
mod edge;
mod error;
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
    sync::Arc,
};

use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::service::Routes;
use url::Url;

use crate::{
    app::{App, Settings},
    config::Config,
    db::Db,
    edge::Edge,
    id::Random,
    serve::{Door, Tls},
    time::Clock,
};

#[cfg(fuzzing)]
pub use postback::check_reading;

/// The program, from its arguments to its exit code.
#[must_use]
pub fn main() -> ExitCode {
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
    match runtime(config.threads()).map_err(Into::into).and_then(|runtime| runtime.block_on(run(config))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
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

async fn run(mut config: Config) -> Result<(), Box<dyn Error>> {
    // Before the port is bound, so that whoever sees it open may stop us.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let listener = listen(config.listen)?;
    let address = listener.local_addr()?;
    let health_listener = config.health_listen.map(listen).transpose()?;
    let stopping = CancellationToken::new();
    let tasks = TaskTracker::new();
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
    let db = Db::open(&config.database_url, &config.allow_lossy).await.map_err(|error| {
        let url = db::without_password(&config.database_url);
        format!("can't use the database {url}: {error}\nreason: {}", error.reason())
    })?;
    for setting in &config.allow_lossy {
        tracing::warn!(setting, "a crash may lose what was acknowledged: a lossy setting is allowed");
    }

    let (clock, random) = (Clock::system(), Random::system());
    let settings =
        Settings { public_url, retention: config.retention(), store_addresses: config.store_addresses };
    let app = App::start(db.clone(), clock.clone(), random.clone(), settings, stopping.clone(), &tasks);
    let app = Arc::new(app.await?);
    retention::prepare(&app).await?;
    let door = if config.no_auth {
        tracing::warn!(
            "NO API KEYS ARE ASKED FOR (--no-auth): whoever reaches {address} is the administrator"
        );
        Door::Open
    } else {
        if let Some(text) = api_key::first(&app, config.admin_key.take()).await? {
            let mut output = io::stdout();
            writeln!(
                output,
                "The administrator's API key, shown this once; paste the next line into your shell:"
            )?;
            writeln!(output, "KEY={}", text.reveal())?;
        }
        Door::Keys(app.clone())
    };
    let core = serve::core(&app);
    let edge = Edge::start(edge::Core::new(core.clone()), clock, random, tasks.clone());
    let edge = edge.await?;
    let (health, health_service) = tonic_health::server::health_reporter();
    let router = serve::router(core, door, Routes::new(health_service.clone()), edge, &config)?;
    tasks.spawn(postback::keep_matching(Arc::downgrade(&app), stopping.clone()));
    tasks.spawn(retention::keep(Arc::downgrade(&app), stopping.clone()));
    drop(app);

    health.set_service_status("", tonic_health::ServingStatus::Serving).await;
    if let Some(listener) = health_listener {
        let address = listener.local_addr()?;
        writeln!(io::stdout(), "health alone: http://{address}")?;
        let port = serve::health_port(Routes::new(health_service));
        tasks.spawn(port.serve(listener, stopping.clone(), config.drain()));
    }
    writeln!(io::stdout(), "s2s-server listens on {url}")?;
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        health.set_service_status("", tonic_health::ServingStatus::NotServing).await;
        stopping.cancel();
    };
    let port = serve::port(router, tls, &config);
    tokio::join!(port.serve(listener, stopping.clone(), config.drain()), stop);
    tasks.close();
    if tokio::time::timeout(config.drain(), tasks.wait()).await.is_err() {
        tracing::error!("some writes did not end in time");
    }
    db.close().await?;
    tracing::info!("stopped");
    Ok(())
}
