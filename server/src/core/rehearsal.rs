//! The rehearsal at the start: each kind of write is made once and rolled back, and so is a fold of
//! the journal. So a database that can't take the statements stops the start with a reason, instead
//! of failing each write.
//!
//! A test of the suite (`rules::architecture`) checks that no kind of write is missing here.

use std::fmt;

use sea_orm::DbErr;
use tokio::time::Instant;

use super::{App, adjustment, click, conversion, postback, tally};
use crate::db::{group_commit::rehearsal::Rehearsal, is_contention, is_outage, is_without_partition};

/// Maximum number of attempts, if other servers write at the same time.
const TRIES_MAX: u32 = 5;

/// A write that the database can't take, with the database's error.
#[derive(Debug)]
pub struct Unfit {
    write: &'static str,
    error: DbErr,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it can't take the writes of {}: {}", self.write, self.error)
    }
}

impl Unfit {
    /// Returns whether the error says nothing about the statements: the database can't serve now, or
    /// other servers are in the way.
    fn may_pass(&self) -> bool {
        is_outage(&self.error) || is_without_partition(&self.error) || is_contention(&self.error)
    }
}

/// Rehearses all kinds of writes.
///
/// A database that can't serve now is no error: the writes that follow meet the same outage, and end
/// it.
///
/// # Errors
///
/// The first write that the database can't take.
pub async fn run(app: &App) -> Result<(), Unfit> {
    let (mut tries, begun) = (1, Instant::now());
    while let Err(unfit) = rehearse(app).await {
        if tries < TRIES_MAX && is_contention(&unfit.error) {
            tries += 1;
        } else if unfit.may_pass() {
            tracing::warn!(error = %unfit.error, "could not rehearse the writes of {}", unfit.write);
            return Ok(());
        } else {
            return Err(unfit);
        }
    }
    tracing::debug!(took = ?begun.elapsed(), "rehearsed the writes");
    Ok(())
}

async fn rehearse(app: &App) -> Result<(), Unfit> {
    let of = |write| move |error| Unfit { write, error };
    let journal = "the journal";
    let begun = Rehearsal::begin(&app.db, app.random.clone(), app.now()).await;
    let mut rehearsal = begun.map_err(of(journal))?;
    rehearsal.write::<click::Insert>().await.map_err(of("clicks"))?;
    rehearsal.write::<conversion::Insert>().await.map_err(of("conversions"))?;
    rehearsal.write::<adjustment::Adjust>().await.map_err(of("adjustments"))?;
    rehearsal.write::<postback::PostbackWrite>().await.map_err(of("postbacks"))?;
    rehearsal.write::<postback::StrangerPostback>().await.map_err(of("the sizes of held postbacks"))?;
    tally::rehearse(&rehearsal).await.map_err(of("totals"))?;
    rehearsal.end(&app.db).await.map_err(of(journal))
}
