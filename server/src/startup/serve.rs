//! The fifth step: the ports answer until a signal arrives.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{Arc, OnceLock, Weak},
};

use tonic_health::server::{HealthReporter, health_reporter};

use super::{
    Process,
    bind::{Ports, Signals},
    core::{CoreHandle, Later, UpOrLater},
    system,
};
use crate::{
    api::Routes,
    config::{Config, Role},
    core::{App, api_key},
    edge::Edge,
    error::{self, StartError},
    net::{self, CallAuth, ClientErrors, Health, Router, Tls},
};

/// The parts that the ports serve.
pub struct Served {
    pub handle: CoreHandle,
    pub edge: Option<Arc<Edge>>,
    pub tls: Option<Tls>,
}

/// Serves until a signal arrives and the connections are drained. `core` is `None` if the core is
/// another process.
pub async fn serve(
    process: &Process,
    ports: Ports,
    mut signals: Signals,
    core: Option<UpOrLater>,
    served: Served,
) -> Result<(), StartError> {
    let (reporter, health_service) = health_reporter();
    let health_routes =
        Routes::default().with(health_service.max_decoding_message_size(net::OPEN_MESSAGE_BYTES_MAX));
    let refusals = ClientErrors::default();
    let health = Health::new(
        served.edge.as_deref().map(Edge::health),
        process.watch.clone(),
        refusals.clone(),
        served.tls.clone(),
        process.geo.clone(),
        served.handle.shed.clone(),
        process.stopping.clone(),
    );
    watch_health(process, &health, reporter, &served.handle);
    let url = ports.url(served.tls.is_some());
    if let Some(listener) = ports.health {
        let address = listener.local_addr().map_err(|error| system(&error))?;
        say(&format!("health only: http://{address}"));
        let port = net::health_port(health_routes.clone(), health.clone(), process.config.keep_alive());
        process.edge_tasks.spawn(port.serve(listener, process.stopping.clone(), process.config.drain()));
    }
    let routers = Routers {
        config: process.config.clone(),
        health_routes,
        health,
        edge: served.edge,
        handle: served.handle.clone(),
    };
    let app = served.handle.app.clone();
    let (router, slot) = open_router(process, core, routers)?;
    say(&format!("s2s-server listens on {url}"));
    say_console(&process.config, &app).await;
    let stop = async {
        signals.wait().await;
        process.stopping.cancel();
    };
    let port = net::listener(router, slot, served.tls, &process.config, refusals);
    tokio::join!(port.serve(ports.main, process.stopping.clone(), process.config.drain()), stop);
    Ok(())
}

/// Tells a person at the terminal where the console is, with a link that signs them in once. The link
/// goes to a terminal only: what is printed elsewhere may be kept.
async fn say_console(config: &Config, app: &OnceLock<Weak<App>>) {
    let Some(app) = app.get().and_then(Weak::upgrade).filter(|_| io::stdout().is_terminal()) else { return };
    let console = format!("{}/console/", app.local_url.as_str().trim_end_matches('/'));
    if config.no_auth {
        return say(&format!("the console: {console}"));
    }
    match api_key::sign_in_code(&app).await {
        Ok(Some(code)) => say(&format!(
            "the console: {console}sign-in#{} (signs in once, within ten minutes)",
            code.reveal()
        )),
        Ok(None) => say(&format!("the console: {console}")),
        Err(error) => tracing::warn!(%error, "could not make a link to sign in to the console"),
    }
}

/// Prints a line for the operator. A line that can't be printed is no failure: the server serves
/// just as well without it.
fn say(line: &str) {
    if let Err(error) = writeln!(io::stdout(), "{line}") {
        tracing::warn!(%error, line, "standard output can't be written");
    }
}

fn watch_health(process: &Process, health: &Health, reporter: HealthReporter, handle: &CoreHandle) {
    let has_database = process.role() != Role::Edge;
    let db = handle.db.clone();
    let kept = health.clone().run(move || has_database.then(|| db.get().cloned()), reporter);
    process.core_tasks.spawn(kept);
}

/// The parts of the router, which is built again if the core starts late.
struct Routers {
    config: Config,
    health_routes: Routes,
    health: Health,
    edge: Option<Arc<Edge>>,
    handle: CoreHandle,
}

impl Routers {
    fn build(&self, auth: Option<CallAuth>) -> error::Result<Router> {
        let core = auth.and_then(|auth| Some((self.handle.services.get()?.routes.clone(), auth)));
        net::router(core, &self.health_routes, self.edge.clone(), self.health.clone(), &self.config)
    }
}

/// The first router, and the slot for its replacement after a late start of the core.
fn open_router(
    process: &Process,
    core: Option<UpOrLater>,
    routers: Routers,
) -> Result<(Router, Arc<OnceLock<Router>>), StartError> {
    let slot = Arc::new(OnceLock::new());
    let router = match core {
        None => routers.build(None)?,
        Some(UpOrLater::Up(auth)) => routers.build(Some(auth))?,
        Some(UpOrLater::Later(later)) => {
            let router = routers.build(None)?;
            process.edge_tasks.spawn(replace_router(later, routers, slot.clone(), process.stopping.clone()));
            router
        }
    };
    Ok((router, slot))
}

/// Fills the slot once the core has started.
async fn replace_router(
    later: Later,
    routers: Routers,
    slot: Arc<OnceLock<Router>>,
    stopping: tokio_util::sync::CancellationToken,
) {
    let auth = stopping.run_until_cancelled(later.up()).await.flatten();
    if let Some(router) = auth.and_then(|auth| routers.build(Some(auth)).ok()) {
        // The slot is set only here, so setting it can't fail.
        let _ = slot.set(router);
    }
}
