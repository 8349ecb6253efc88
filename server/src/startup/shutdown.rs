//! The last step: everything accepted is written, then the database is closed.

use std::time::Duration;

use tokio::time::timeout;

use super::Process;
use crate::{db::Db, error::StartError};

/// Time that an unresponsive core has to finish its writes.
const CORE_DOWN_PATIENCE: Duration = Duration::from_secs(1);
/// Time limit for closing the database. A connection that stays open loses no data.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Waits for the writes in progress, and closes the database.
pub async fn shut_down(process: Process, core_is_down: bool, db: Option<Db>) -> Result<(), StartError> {
    let drain = process.config.drain();
    process.edge_tasks.close();
    // Waits for the edge first: clicks of redirected visitors are still on their way to the spool
    // or the core.
    if timeout(drain, process.edge_tasks.wait()).await.is_err() {
        tracing::error!("some calls of the edge did not finish in time");
    }
    process.core_tasks.close();
    // If the core is down, waits only briefly: everything accepted is spooled or answered.
    let patience = if core_is_down { CORE_DOWN_PATIENCE.min(drain) } else { drain };
    if timeout(patience, process.core_tasks.wait()).await.is_err() {
        if core_is_down {
            tracing::warn!("the database did not answer the last calls; the stop does not wait longer");
        } else {
            tracing::error!("some writes did not finish in time");
        }
    }
    // Closing a lost connection can hang.
    if let Some(db) = db {
        if let Ok(closed) = timeout(CLOSE_TIMEOUT, db.close()).await {
            closed.map_err(crate::error::Error::from)?;
        } else {
            tracing::warn!("could not close the database in time");
        }
    }
    tracing::info!("stopped");
    Ok(())
}
