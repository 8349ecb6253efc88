//! The first step: signals, ports and certificates.

use std::net::SocketAddr;

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use url::Url;

use super::{Process, system};
use crate::{
    config::Config,
    error::StartError,
    net::{self, Tls},
};

/// The signals that stop the server.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub fn catch() -> Result<Self, StartError> {
        let catch = |kind| signal(kind).map_err(|error| system(&error));
        Ok(Self { terminate: catch(SignalKind::terminate())?, interrupt: catch(SignalKind::interrupt())? })
    }

    /// Waits for the first signal.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The bound ports.
pub struct Ports {
    pub main: TcpListener,
    /// The port for health only, if one is configured.
    pub health: Option<TcpListener>,
    pub address: SocketAddr,
}

impl Ports {
    /// Binds the ports. If a service manager passed on a socket, that socket is the main port.
    pub fn bind(config: &mut Config) -> Result<Self, StartError> {
        let inherited = net::inherited_socket().map_err(|error| {
            StartError::failure("LISTEN_FAILED", format!("can't listen on the socket of LISTEN_FDS: {error}"))
        })?;
        let main = inherited.map_or_else(|| listen(config.listen), Ok)?;
        let address = main.local_addr().map_err(|error| system(&error))?;
        config.listens_at(address)?;
        let health = config.health_listen.map(listen).transpose()?;
        Ok(Self { main, health, address })
    }

    /// The URL of the main port on this machine.
    pub fn url(&self, has_tls: bool) -> String {
        format!("{}://{}", if has_tls { "https" } else { "http" }, self.address)
    }

    /// The public URL of the server: the configured one, or the port's own.
    pub fn public_url(&self, config: &Config, has_tls: bool) -> Result<Url, StartError> {
        if let Some(url) = &config.public_url {
            return Ok(url.clone());
        }
        self.local_url(has_tls)
    }

    /// The URL of the main port on this machine, parsed.
    pub fn local_url(&self, has_tls: bool) -> Result<Url, StartError> {
        let url = self.url(has_tls);
        Url::parse(&url).map_err(|error| StartError::failure("LISTEN_FAILED", format!("{url}: {error}")))
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    net::listen(address)
        .map_err(|error| StartError::failure("LISTEN_FAILED", format!("can't listen on {address}: {error}")))
}

/// Reads the certificates, and spawns the task that reads them again when they change.
pub fn read_certificates(process: &Process) -> Result<Option<Tls>, StartError> {
    let Some(files) = process.config.tls_files() else { return Ok(None) };
    let (tls, reload_loop) = Tls::read(files, process.watch.clock(), process.stopping.clone())?;
    process.edge_tasks.spawn(reload_loop);
    Ok(Some(tls))
}
