//! The third step: the edge.

use std::sync::Arc;

use super::{
    Process,
    core::{self, CoreHandle},
};
use crate::{
    config::Role,
    edge::{CoreTransport, Edge},
    error::StartError,
};

/// Opens the edge. `None` if this server has no edge, or if its core has failed and the edge can't
/// or must not run without the core.
///
/// If the core has failed but may start later, an edge with a usable snapshot opens anyway.
pub async fn open(
    process: &Process,
    core: Option<&core::Start>,
    handle: &CoreHandle,
) -> Result<Option<Arc<Edge>>, StartError> {
    if process.role() == Role::Core || core.is_some_and(core::Start::has_failed_for_good) {
        return Ok(None);
    }
    let transport = match process.role() {
        Role::Edge => CoreTransport::connect(process.config.core()?)?,
        _ => CoreTransport::InProcess(handle.services.clone()),
    };
    let (spool, random) = (process.config.spool(), process.random.clone());
    let (tasks, stopping) = (&process.edge_tasks, &process.stopping);
    let opened = Edge::start(transport, spool, &process.watch, random, tasks, stopping).await;
    match opened {
        Ok(edge) => Ok(Some(Arc::new(edge.with_pages(process.config.pages())))),
        // The failed core is the cause. `core::Start::or_later` reports it.
        Err(_) if core.is_some_and(core::Start::has_failed) => Ok(None),
        Err(error) => Err(error),
    }
}
