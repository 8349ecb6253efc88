//! The second and fourth steps: the spool, and the edge.

use std::sync::Arc;

use super::{
    Process,
    core::{self, CoreHandle},
};
use crate::{
    config::Role,
    edge::{CoreTransport, Edge, OpenSpool},
    error::StartError,
};

/// Opens and locks the spool; `None` if this server has none. Called before the core starts: if
/// another server has the spool, this server must not create an API key or a database.
pub fn take_spool(process: &Process) -> Result<Option<OpenSpool>, StartError> {
    let settings = process.config.spool().filter(|_| process.role() != Role::Core);
    if settings.as_ref().is_some_and(|settings| settings.adopts) {
        tracing::warn!("--spool-adopt: the spool's records count even without a proof of origin");
    }
    let open = |settings| OpenSpool::open(&settings, process.watch.clock(), process.random.clone());
    settings.map(open).transpose()
}

/// Opens the edge. `None` if this server has no edge, or if its core has failed and the edge can't
/// or must not run without the core.
///
/// If the core has failed but may start later, an edge with a usable snapshot opens anyway.
pub async fn open(
    process: &Process,
    core: Option<&core::Start>,
    handle: &CoreHandle,
    spool: Option<OpenSpool>,
) -> Result<Option<Arc<Edge>>, StartError> {
    if process.role() == Role::Core || core.is_some_and(core::Start::has_failed_for_good) {
        return Ok(None);
    }
    let transport = match process.role() {
        Role::Edge => CoreTransport::connect(process.config.core()?)?,
        _ => CoreTransport::InProcess(handle.services.clone()),
    };
    let (tasks, stopping, random) = (&process.edge_tasks, &process.stopping, process.random.clone());
    let known_bytes_max = process.config.known_bytes_max();
    let opened =
        Edge::start(transport, spool, known_bytes_max, &process.watch, random, tasks, stopping).await;
    match opened {
        Ok(edge) => Ok(Some(Arc::new(edge.with_pages(process.config.pages())))),
        // The failed core is the cause. `core::Start::or_later` reports it.
        Err(_) if core.is_some_and(core::Start::has_failed) => Ok(None),
        Err(error) => Err(error),
    }
}
