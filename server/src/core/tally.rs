//! Totals by link and quarter hour, which need not read the rows: of clicks in `tally`, of
//! conversions in `conversion_tally`. And the sums of the lines of each partner, in `partner_tally`.
//!
//! A task of each server folds the journal into them: it adds up the next rows of each lane, and
//! writes the sums in one transaction, with the number of the last row of each lane. So each row is
//! counted once, however often servers die, or fold the same lane at the same time
//! (`db/journal/fold.rs`). Nothing waits for this task. Totals that must be of the present are those
//! of the tables, and of the rows that are not folded yet.
//!
//! Retention and erasure change no totals.

pub mod check;
mod store;
mod sums;

use std::{collections::HashMap, sync::Weak, time::Duration};

use sea_orm::ConnectionTrait;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use self::sums::PartnerCell;
pub use self::{
    store::{Between, clicks_between, conversions_between},
    sums::{
        Basis, ClickSum, ConversionCell, ConversionSum, CurrencyCode, PartnerSum, QUARTER_MICROS, Quarter,
        Sums, code_of,
    },
};
use crate::{
    core::{App, turn::Turn},
    db::{
        Db,
        group_commit::rehearsal::Rehearsal,
        is_contention,
        journal::fold::{Behind, lanes_behind},
    },
    error::{Error, Result},
    values::{id::PartnerId, money::Currency},
};

/// Interval between two looks at the journal, once everything is folded.
const INTERVAL: Duration = Duration::from_secs(1);
/// Pause after a fold that failed.
const RETRY_INTERVAL: Duration = Duration::from_secs(2);
/// Time for which a server leaves a lane to the server that has folded it at the same time. So two
/// servers seldom read the same rows.
const LEFT_FOR: Duration = Duration::from_secs(10);
/// Number of sums from which a fold ends, so that no writer waits long for its transaction. Few in
/// unit tests, because the simulation writes few rows.
const SUMS_MAX: usize = if cfg!(test) { 4 } else { 4_000 };
/// Maximum number of attempts at a transaction that conflicts with that of another server.
const FOLD_TRIES_MAX: usize = 5;
/// Maximum number of rows of a lane that one fold reads.
const ROWS_MAX: u64 = if cfg!(test) { 3 } else { 100 };

/// Number of rows of the journal in one query for the sums of the present.
const UNFOLDED_ROWS: u64 = 100;
/// Maximum number of rows of the journal that are added to a sum of the present.
const UNFOLDED_MAX: usize = 1_000;

/// The sums of all lines of a partner that are committed now, by currency. Costs the same however many
/// lines there are: one statement reads the folded sums, and the rows of the journal that are not folded
/// yet.
///
/// # Errors
///
/// `UNAVAILABLE` if the fold is far behind.
pub async fn of_partner(db: &Db, partner: PartnerId) -> Result<Vec<(Currency, PartnerSum)>> {
    let present = store::present(db.reader(), partner, UNFOLDED_MAX).await?;
    let sums = present.ok_or_else(|| Error::unavailable("the journal is not added up yet"))?;
    let own = sums.partners.into_iter().filter(|(cell, _)| cell.partner == partner);
    own.map(|(PartnerCell { currency, .. }, (_, sum))| {
        let currency = String::from_utf8_lossy(&currency).parse();
        Ok((currency.map_err(|error| Error::internal(&error))?, sum))
    })
    .collect()
}

/// The sums of the rows of the journal that are not in the totals yet, of all accounts. Exact beside
/// totals that the same transaction reads.
pub async fn unfolded(txn: &impl ConnectionTrait) -> Result<Sums> {
    let mut sums = Sums::default();
    for mut behind in lanes_behind(txn).await? {
        loop {
            let rows = behind.next_rows(txn, UNFOLDED_ROWS).await?;
            for row in &rows {
                let added = sums.add_entries(&row.entries);
                added
                    .map_err(|error| Error::internal(&format!("row {} of {behind:?}: {error:?}", row.seq)))?;
            }
            let Some(last) = rows.last() else { break };
            behind = Behind { folded_seq: last.seq, ..behind };
        }
    }
    Ok(sums)
}

/// The end of a fold.
struct Fold {
    /// Time until the next fold.
    pause: Duration,
    /// A lane to leave to others for a while.
    leave: Option<i64>,
}

/// Folds the journal until `stopping`, or until the app is gone.
pub async fn run(app: Weak<App>, stopping: CancellationToken) {
    let mut left: HashMap<i64, Instant> = HashMap::new();
    let mut pause = Duration::ZERO;
    while stopping.run_until_cancelled(sleep(pause)).await.is_some() {
        let Some(app) = app.upgrade() else { return };
        let now = Instant::now();
        left.retain(|_, since| now.duration_since(*since) < LEFT_FOR);
        pause = match fold(&app.db, |lane| left.contains_key(&lane)).await {
            Ok(Fold { pause, leave }) => {
                left.extend(leave.map(|lane| (lane, now)));
                pause
            }
            Err(error) => {
                tracing::warn!(%error, "could not add up the journal");
                RETRY_INTERVAL
            }
        };
    }
}

/// Adds up the next rows of all lanes except those that are left to others.
async fn fold(db: &Db, is_left: impl Fn(i64) -> bool) -> Result<Fold> {
    let (mut sums, mut folded, mut turn) = (Sums::default(), Vec::new(), Turn::begin());
    let (mut more, mut leave) = (false, None);
    for behind in lanes_behind(db.reader()).await?.into_iter().filter(|behind| !is_left(behind.lane)) {
        let next = add_next(db, behind, &mut sums, &mut turn).await?;
        folded.extend(next.last.map(|last| (behind, last)));
        more |= next.more;
        leave = leave.or(next.is_stuck.then_some(behind.lane));
    }
    if folded.is_empty() {
        return Ok(Fold { pause: INTERVAL, leave });
    }
    let begun = Instant::now();
    if let Some(lost) = write(db, &folded, &sums).await? {
        return Ok(Fold { pause: Duration::ZERO, leave: Some(lost) });
    }
    // Lets others write for as long as this has taken.
    Ok(Fold { pause: if more { begun.elapsed() } else { INTERVAL }, leave })
}

/// The rows of a lane that were added.
#[derive(Default)]
struct Next {
    /// The number of the last one.
    last: Option<i64>,
    /// More may be left.
    more: bool,
    /// The row after the last one can't be added.
    is_stuck: bool,
}

/// Adds the next rows of a lane, as long as there is room in `sums`.
async fn add_next(db: &Db, behind: Behind, sums: &mut Sums, turn: &mut Turn) -> Result<Next> {
    let mut next = Next { more: sums.len() >= SUMS_MAX, ..Default::default() };
    if next.more {
        return Ok(next);
    }
    let rows = behind.next_rows(db.reader(), ROWS_MAX).await?;
    next.more = u64::try_from(rows.len()).is_ok_and(|rows| rows == ROWS_MAX);
    for row in &rows {
        if sums.len() >= SUMS_MAX {
            next.more = true;
            break;
        }
        if let Err(error) = sums.add_entries(&row.entries) {
            // Totals would be wrong for ever if the row were passed.
            tracing::error!(
                ?error,
                lane = row.lane,
                seq = row.seq,
                "A ROW OF THE JOURNAL CAN'T BE ADDED UP, so totals stand still: has a newer server written it?"
            );
            return Ok(Next { more: false, is_stuck: true, ..next });
        }
        next.last = Some(row.seq);
        turn.share().await;
    }
    Ok(next)
}

/// Writes the sums of the rows up to those numbers. Returns a lane that somebody else has folded
/// meanwhile: then nothing is written.
async fn write(db: &Db, folded: &[(Behind, i64)], sums: &Sums) -> Result<Option<i64>> {
    let mut tries = 1;
    loop {
        match write_once(db, folded, sums).await {
            Err(error) if is_contention(&error) && tries < FOLD_TRIES_MAX => tries += 1,
            result => return Ok(result?),
        }
    }
}

async fn write_once(db: &Db, folded: &[(Behind, i64)], sums: &Sums) -> Result<Option<i64>, sea_orm::DbErr> {
    let txn = db.begin_aside().await?;
    for (behind, last) in folded {
        if !behind.advance(&txn, *last).await? {
            txn.rollback().await?;
            return Ok(Some(behind.lane));
        }
    }
    store::add(&txn, sums).await?;
    txn.commit().await?;
    Ok(None)
}

/// Folds the rows of the journal that a rehearsal has written: as new totals, then into totals that
/// are there.
pub async fn rehearse(rehearsal: &Rehearsal) -> Result<(), sea_orm::DbErr> {
    let mut sums = Sums::default();
    for row in rehearsal.told() {
        let added = sums.add_entries(&row.entries);
        added.map_err(|error| sea_orm::DbErr::Custom(format!("{error:?}")))?;
    }
    let txn = rehearsal.transaction();
    for _ in 0..2 {
        store::add(txn, &sums).await?;
    }
    if let (Some(behind), Some(last)) = (rehearsal.behind(), rehearsal.told().last())
        && !behind.advance(txn, last.seq).await?
    {
        return Err(sea_orm::DbErr::RecordNotUpdated);
    }
    Ok(())
}
