//! How long clicks, conversions and postbacks are kept, and that their tables have room for what is to come.
//!
//! On PostgreSQL whole partitions go; elsewhere, and where rows came late, few rows at a time. What is deleted is
//! forgotten: a conversion that may have been is refused from then on (`conversion::forgotten_before`).
//!
//! Absent on purpose: an exception for held postbacks. Whoever sets a limit wants nothing to be older.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    app::App,
    click, conversion,
    db::TimedTable,
    error::Result,
    postback,
    time::{Span, Time},
};

/// How often it is looked whether something is to be made or deleted; and how soon again after a failure.
const INTERVAL: Duration = Duration::from_mins(1);
const RETRY_INTERVAL: Duration = Duration::from_secs(10);
/// How long others may write between one deletion and the next, while there is more to delete.
const PAUSE: Duration = Duration::from_millis(50);
/// How much later things are deleted than they might be: more than clocks of servers differ, and than a write takes
/// that was judged before.
const GRACE: Span = Span::from_days(1);

const TABLES: [TimedTable; 3] = [click::TIMED, conversion::TIMED, postback::TIMED];

/// Below which ids clicks, conversions and postbacks are not kept. `None`: all are.
fn limits(app: &App) -> [(TimedTable, Option<Uuid>); 3] {
    let before = |kept: Option<Span>| kept.map(|kept| app.now().minus(kept));
    let limit = |table: TimedTable, before: Option<Time>| {
        (table, before.map(|before| (table.first_id)(before.minus(GRACE))))
    };
    [
        limit(click::TIMED, before(app.retention.clicks)),
        limit(conversion::TIMED, conversion::forgotten_before(app)),
        limit(postback::TIMED, before(app.retention.postbacks)),
    ]
}

/// Makes the partitions of what is to come.
pub async fn prepare(app: &App) -> Result<()> {
    Ok(app.db.make_partitions(app.now(), &TABLES).await?)
}

/// Keeps what is to be kept, and nothing else, until `stopping`, or until the app is gone.
pub async fn keep(app: Weak<App>, stopping: CancellationToken) {
    let mut pause = Duration::ZERO;
    while stopping.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        let Some(app) = app.upgrade() else { return };
        pause = match keep_once(&app).await {
            Ok(()) => INTERVAL,
            // It is carried on where it ended.
            Err(error) => {
                tracing::warn!(%error, "partitions could not be made, or old rows not deleted");
                RETRY_INTERVAL
            }
        };
    }
}

async fn keep_once(app: &Arc<App>) -> Result<()> {
    // What is to come first: it must not wait for what goes.
    prepare(app).await?;
    let [clicks, conversions, postbacks] = app.db.drop_partitions(limits(app)).await?;
    let mut pause = Duration::ZERO;
    while app.stopping.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        let mut more = false;
        if let Some(below) = clicks {
            more |= click::delete_some(app, below).await?;
        }
        if let Some(below) = conversions {
            more |= conversion::delete_some(app, below).await?;
        }
        if let Some(below) = postbacks {
            more |= postback::delete_some(app, below).await?;
        }
        if !more {
            break;
        }
        pause = PAUSE;
    }
    Ok(())
}
