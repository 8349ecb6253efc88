//! Long outages: the database, or the core of an edge, is down while clicks and postbacks arrive
//! steadily. In the middle of the outage, the server that visitors and merchants call is restarted.
//!
//! Nothing may be refused or lost. The latencies of callers are printed, not judged, because they
//! depend on the machine, too.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    scene::{Away, Promised, Scene},
    street::Phase,
};

/// Runs both outages, one after the other.
pub async fn torture(kind: &str, length: Duration) -> Result<String, String> {
    let database = outage(kind, Away::Database, length).await?;
    let core = outage(kind, Away::Core, length).await?;
    Ok(format!("{database}\n{core}"))
}

async fn outage(kind: &str, away: Away, length: Duration) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::start(kind, away, &[], folder.path()).await;
    scene.front_mut().restart_on_a_socket().await;
    let street = scene.street(folder.path(), Promised::All).await;
    let visitors = scene.begin(&street, length).await;
    sleep(length / 2).await;
    street.enter(Phase::Restart);
    scene.restart_front().await;
    street.enter(Phase::Outage);
    sleep(length / 2).await;
    scene.end(&format!("{kind}, {away:?} away"), &street, visitors).await
}
