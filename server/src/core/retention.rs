//! Retention: deletes old clicks, conversions with their adjustments, postbacks and rows of the
//! journal, and makes the partitions of their tables for new rows.
//!
//! On PostgreSQL, whole partitions are dropped. The first partition, which also accepts rows from
//! long ago, stays until the second one can be dropped, too; old rows in it are deleted a few at a
//! time. On other databases, all old rows are deleted a few at a time. Before conversions are
//! deleted, a limit (`forgotten_before`) is stored in the database. A conversion of a click before
//! this limit is refused permanently, because it may have been counted already.
//!
//! No clock is trusted alone. Rows are compared with the deletion time (`age`). The deletion time
//! is never later than this server's clock or the database's, and at most twelve hours later than
//! the lived time (`db/lived.rs`). The lived time advances at most three times as fast as servers
//! run. So a clock that is ahead causes no early deletion for six hours, and a server that was off
//! for long catches up slowly.
//!
//! Absent on purpose: an exception for held postbacks. An operator who sets a limit wants no row to
//! be older.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    core::{
        App, adjustment,
        age::{CLICKS, CONVERSIONS, POSTBACKS, TABLES, prepare},
        click, conversion, postback, statement,
    },
    db::{Lived, TimedTable, journal::lane::CLOSED_AFTER},
    error::Result,
    values::time::{Span, Time},
};

/// Interval between two passes.
const INTERVAL: Duration = Duration::from_mins(1);
/// Interval after a pass that failed.
const RETRY_INTERVAL: Duration = Duration::from_secs(10);
/// Pause between two deletions while there is more to delete, so that other transactions can write.
const PAUSE: Duration = Duration::from_millis(50);
/// Time for which rows are kept beyond their retention. It is longer than the difference between
/// the clocks of servers, and longer than the time from the judgement of a row until the row is
/// written.
const GRACE: Span = Span::from_days(1);
/// Time for which rows of the journal are kept.
const JOURNAL_KEPT_FOR: Span = Span::from_days(7);
/// Uptime after which a server's clocks are believed if they are behind the lived time.
const BELIEVED_AFTER: Duration = Duration::from_hours(1);

/// Returns the present lived time: the earlier of `reachable` and `clocks`, but not before
/// `stored`. If `believed`, the result is not after `clocks` either, because a wrong clock may have
/// written `stored`.
fn lived_until(stored: Time, reachable: Time, clocks: Time, believed: bool) -> Time {
    let lived = stored.max(reachable.min(clocks));
    if believed { lived.min(clocks) } else { lived }
}

/// Returns, for clicks, conversions and postbacks, the id below which rows are not kept. `None`
/// means that all rows are kept.
fn limits(app: &App) -> [(TimedTable, Option<Uuid>); 3] {
    let before = |kept: Option<Span>| kept.map(|kept| app.age.until().minus(kept));
    let limit = |table: TimedTable, before: Option<Time>| {
        (table, before.map(|before| (table.first_id)(before.minus(GRACE))))
    };
    [
        limit(CLICKS, before(app.retention.clicks)),
        limit(CONVERSIONS, conversion::not_kept_before(app, app.age.until())),
        limit(POSTBACKS, before(app.retention.postbacks)),
    ]
}

/// Makes partitions and deletes old rows until `stopping`, or until the app is gone.
pub async fn run(app: Weak<App>, stopping: CancellationToken) {
    let mut pause = Duration::ZERO;
    while stopping.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        let Some(app) = app.upgrade() else { return };
        pause = match run_once(&app).await {
            Ok(()) => INTERVAL,
            // The next pass does the remaining work.
            Err(error) => {
                tracing::warn!(%error, "could not make partitions, or delete old rows");
                RETRY_INTERVAL
            }
        };
    }
}

async fn run_once(app: &Arc<App>) -> Result<()> {
    // Future partitions first: new rows must not wait for deletions.
    prepare(app).await?;
    advance_lived_time(app).await?;
    let now = app.now();
    // A lane whose last transaction hangs must not keep old rows from being deleted.
    if let Err(error) = app.db.close_idle_lanes(now.minus(CLOSED_AFTER), now).await {
        tracing::warn!(%error, "could not close a lane of the journal");
    }
    if app.age.uptime() < app.retention.pause {
        return Ok(());
    }
    forget(app).await?;
    note_deleted_clicks(app).await?;
    postback::delete_old_senders(app, app.age.until()).await?;
    click::delete_old_visitor_keys(app, app.age.until()).await?;
    let [_, (_, statements), _] = limits(app);
    let [clicks, conversions, postbacks] = app.db.drop_partitions(limits(app)).await?;
    let (mut pause, mut deleted) = (Duration::ZERO, Deleted::default());
    while app.stopping.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        let mut more = app.db.delete_old_journal(app.age.until().minus(JOURNAL_KEPT_FOR)).await?;
        if let Some(below) = clicks {
            more |= deleted.clicks.add(click::delete_some(app, below).await?);
        }
        if let Some(below) = conversions {
            more |= deleted.conversions.add(conversion::delete_some(app, below).await?);
        }
        more |= deleted.statement_rows.add(statement::delete_some(app, statements).await?);
        if !more && let Some(below) = adjustments_below(app).await? {
            more |= deleted.adjustments.add(adjustment::delete_some(app, below).await?);
            more |= conversion::delete_some_orders(&app.db, below).await?.1;
        }
        if let Some(below) = postbacks {
            more |= deleted.postbacks.add(postback::delete_some(app, below).await?);
        }
        if !more {
            break;
        }
        pause = PAUSE;
    }
    Ok(())
}

/// Returns the id of the clicks below which adjustments are deleted: the conversions of these clicks
/// are gone. (On PostgreSQL, a conversion stays until its whole partition goes.)
async fn adjustments_below(app: &App) -> Result<Option<Uuid>> {
    let [_, (_, limit), _] = limits(app);
    let Some(limit) = limit else { return Ok(None) };
    let oldest = app.db.oldest(CONVERSIONS).await?.map(CONVERSIONS.first_id);
    Ok(Some(oldest.map_or(limit, |oldest| oldest.min(limit))))
}

/// Stores the lived time, or only reads it while deletion is paused.
async fn advance_lived_time(app: &App) -> Result<()> {
    let now = app.now();
    let clocks = app.db.time().await?.map_or(now, |database| database.min(now));
    let run = app.age.uptime();
    let lived = if run < app.retention.pause {
        app.db.lived(now, &TABLES).await?
    } else {
        let advanced = app.db.advance_lived(|stored| {
            let until = lived_until(stored.until, app.age.reachable(), clocks, run > BELIEVED_AFTER);
            Lived { until, ..stored }
        });
        advanced.await?
    };
    app.age.enter(lived, clocks);
    app.watch.note_lived(lived.until.max(app.age.passed()));
    Ok(())
}

/// Stores the time before which conversions are forgotten, if any conversion is about to be
/// deleted. Without such a conversion, the stored time stays, whatever the clocks show.
async fn forget(app: &App) -> Result<()> {
    let Some(before) = conversion::not_kept_before(app, app.age.until()) else { return Ok(()) };
    let oldest = app.db.oldest(CONVERSIONS).await?;
    if before <= app.age.forgotten_before() || oldest.is_none_or(|oldest| oldest >= before.minus(GRACE)) {
        return Ok(());
    }
    let written = app
        .db
        .advance_lived(|stored| Lived { forgotten_before: before.max(stored.forgotten_before), ..stored });
    let lived = written.await?;
    app.age.note_forgotten(lived.forgotten_before);
    Ok(())
}

/// Stores the time before which clicks are deleted, if any click is about to be deleted. Totals from
/// this time on can be compared with the clicks.
async fn note_deleted_clicks(app: &App) -> Result<()> {
    let Some(kept) = app.retention.clicks else { return Ok(()) };
    let before = app.age.until().minus(kept).minus(GRACE);
    if app.db.oldest(CLICKS).await?.is_some_and(|oldest| oldest < before) {
        let advance = |stored: Lived| Lived {
            clicks_deleted_before: before.max(stored.clicks_deleted_before),
            ..stored
        };
        app.db.advance_lived(advance).await?;
    }
    Ok(())
}

/// Numbers of the rows that a pass has deleted, apart from dropped partitions. Logged when this
/// value is dropped, so that they are logged even if the pass fails.
#[derive(Default)]
struct Deleted {
    clicks: Count,
    conversions: Count,
    adjustments: Count,
    postbacks: Count,
    statement_rows: Count,
}

#[derive(Default)]
struct Count(u64);

impl Count {
    /// Adds a batch. Returns true if more rows may be left.
    fn add(&mut self, (rows, more): (u64, bool)) -> bool {
        self.0 += rows;
        more
    }
}

impl Drop for Deleted {
    fn drop(&mut self) {
        let (clicks, conversions, postbacks) = (self.clicks.0, self.conversions.0, self.postbacks.0);
        let (adjustments, statement_rows) = (self.adjustments.0, self.statement_rows.0);
        if clicks + conversions + postbacks + adjustments > 0 {
            tracing::warn!(
                clicks,
                conversions,
                postbacks,
                adjustments,
                "deleted rows older than the retention"
            );
        }
        if statement_rows > 0 {
            tracing::info!(statement_rows, "deleted rows of statements that are deleted or too old");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lived_time_is_bounded_by_the_uptime_and_the_clocks() {
        let at = |hours: i64| Time::from_micros((490_000 + hours) * 3_600_000_000);
        for (stored, reachable, clocks, believed, lived) in [
            // An ordinary day.
            (0, 3, 1, true, 1),
            // The clocks are ahead, or all servers were off for a long time.
            (0, 19, 14_400, true, 19),
            // Another server has stored a later time.
            (100, 19, 14_400, true, 100),
            // The clocks were ahead once, or are behind now.
            (14_400, 14_418, 5, false, 14_400),
            (14_400, 14_418, 5, true, 5),
        ] {
            let found = lived_until(at(stored), at(reachable), at(clocks), believed);
            assert_eq!(found, at(lived), "{stored} {reachable} {clocks} {believed}");
        }
    }
}
