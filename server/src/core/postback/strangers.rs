//! The bound on the bytes that held postbacks of strangers may take up. A stranger's postback is
//! one whose sender has proved nothing and is not known (`Room::Bounded` of `shedding`). A genuine
//! click id or a known code is no proof.
//!
//! Each of these postbacks has a row in the table `stranger_postback`, beside its row in
//! `postback`. If the bound is exceeded, the networks with most bytes lose their oldest postbacks,
//! until these networks have equally many bytes and the bound is kept. So a network that sends
//! little keeps its postbacks.

mod store;

use std::{
    sync::{
        Weak,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use uuid::Uuid;

pub use store::Model as StrangerPostback;

use super::{Postback, store as postbacks};
use crate::{
    core::App,
    error::{Error, Result},
    values::address::Network,
};

/// Interval between two looks at the bytes.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Number of looks after which the bytes are added up again: other servers write and delete, too.
const LOOKS_MAX: u32 = 60;
/// Once the bound is exceeded, one `FREED_PART`-th of it is freed in addition, so that it is not
/// exceeded again at once.
const FREED_PART: i64 = 32;
/// Maximum number of networks whose postbacks are deleted before the busiest networks are looked up
/// again.
const NETWORKS_MAX: u64 = 1_000;
/// Maximum number of postbacks of one deletion.
const DROPPED_MAX: u64 = 500;
/// Size of a postback without its texts, in bytes: the other columns of both rows, and the indexes.
const ROW_BYTES: usize = 512;

/// The bytes that strangers' postbacks take up, and the bound on them.
pub struct Strangers {
    /// The last sum, plus the bytes that this server has written since.
    bytes: AtomicI64,
    bytes_max: i64,
}

impl Strangers {
    pub fn new(bytes_max: i64) -> Self {
        Self { bytes: AtomicI64::new(0), bytes_max }
    }
}

/// Counts a postback that is about to be held. The row in `stranger_postback` is written before the
/// postback. Such a row without a postback does no harm, but a postback without its row would never
/// be deleted to keep the bound.
/// `held_for` is the error whose message will be stored.
pub async fn count(app: &App, postback: &Postback, network: Network, held_for: &Error) -> Result<()> {
    let texts = [&postback.target, &postback.body].map(Vec::len);
    let names = [postback.user_agent.len(), postback.content_type.len(), held_for.message().len()];
    let bytes = texts.iter().chain(&names).sum::<usize>() + postback.notes.bytes() + ROW_BYTES;
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let network = app.store_addresses.network(network);
    app.commit.write(store::Model { postback_id: postback.id, network, bytes }).await?;
    app.strangers.bytes.fetch_add(bytes, Ordering::Relaxed);
    Ok(())
}

/// Deletes postbacks of strangers beyond the bound until `stopping`, or until the app is gone.
pub async fn run(app: Weak<App>, stopping: CancellationToken) {
    // The first look adds up the bytes.
    let (mut looks, mut told) = (LOOKS_MAX, false);
    while stopping.run_until_cancelled(sleep(LOOK_INTERVAL)).await.is_some() {
        let Some(app) = app.upgrade() else { return };
        looks += 1;
        let is_over = app.strangers.bytes.load(Ordering::Relaxed) > app.strangers.bytes_max;
        if looks < LOOKS_MAX && !is_over {
            continue;
        }
        match drop_oldest(&app).await {
            Ok(()) => (looks, told) = (0, false),
            // A series of failures is logged only once.
            Err(error) => {
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!(%error, "could not delete postbacks of strangers beyond the bound");
                }
            }
        }
    }
}

async fn drop_oldest(app: &App) -> Result<()> {
    let (db, bytes_max) = (app.db.scanner(), app.strangers.bytes_max);
    let noted = app.strangers.bytes.load(Ordering::Relaxed);
    let mut bytes = store::bytes(db).await?;
    let least = if bytes > bytes_max { bytes_max - bytes_max / FREED_PART } else { bytes };
    let (mut dropped, mut of_networks) = (0, 0);
    let counts = &app.shedding.counts;
    while bytes > least {
        let networks = store::busiest(db, NETWORKS_MAX).await?;
        let level = level(&networks, bytes - least);
        let before = bytes;
        for (network, taken) in networks.into_iter().filter(|(_, taken)| *taken > level) {
            if bytes <= least {
                break;
            }
            let (rows, freed) = drop_of(app, &network, taken - level).await?;
            counts.note_dropped(rows);
            (dropped, bytes, of_networks) = (dropped + rows, bytes - freed, of_networks + 1);
        }
        if bytes == before {
            break;
        }
    }
    // Keeps the bytes that callers added meanwhile. Some of them may be counted twice until the
    // next sum.
    app.strangers.bytes.fetch_add(bytes - noted, Ordering::Relaxed);
    if dropped > 0 {
        tracing::warn!(dropped, of_networks, "held postbacks of strangers were deleted, to keep their bound");
    }
    Ok(())
}

/// Returns the bytes that each of these networks may keep, so that the networks with more bytes
/// give up `wanted` bytes together. `networks` is sorted by bytes, most first.
fn level(networks: &[(String, i64)], wanted: i64) -> i64 {
    let mut together = 0;
    let next = networks.iter().skip(1).map(|(_, taken)| *taken).chain([0]);
    for ((count, (_, taken)), next) in (1..).zip(networks).zip(next) {
        together += taken;
        let level = (together - wanted).div_euclid(count);
        if level >= next {
            return level;
        }
    }
    0
}

/// Deletes the oldest postbacks of a network until `wanted` bytes are freed, or `DROPPED_MAX`
/// postbacks are deleted. A postback that counts by now stays, and loses only its row in
/// `stranger_postback`. Returns the numbers of deleted postbacks and freed bytes.
async fn drop_of(app: &App, network: &str, wanted: i64) -> Result<(u64, i64)> {
    let oldest = store::oldest_of(app.db.scanner(), network, DROPPED_MAX).await?;
    let (mut ids, mut freed) = (Vec::new(), 0);
    for row in oldest {
        if freed >= wanted {
            break;
        }
        ids.push(row.postback_id);
        freed += row.bytes;
    }
    let txn = app.db.begin().await?;
    let dropped = postbacks::delete_held(&txn, &ids).await?;
    store::delete(&txn, ids).await?;
    txn.commit().await?;
    Ok((dropped, freed))
}

/// Deletes some of the rows in `stranger_postback` whose id is less than `below`, because their
/// postbacks are deleted for their age. Returns whether more rows may be left.
pub async fn forget_some(app: &App, below: Uuid) -> Result<bool> {
    Ok(store::delete_some(&app.db, below).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_networks_give_first_and_down_to_the_same_level() {
        for (taken, wanted, expected) in [
            (&[100, 10, 1][..], 30, 70),
            (&[100, 10, 1], 90, 10),
            (&[100, 10, 1], 95, 7),
            (&[50, 50, 50], 30, 40),
            (&[50, 50, 50], 31, 39),
            (&[50, 40, 5], 90, 1),
            (&[50, 40, 5], 95, 0),
            (&[50, 40, 5], 1_000, 0),
            (&[], 10, 0),
        ] {
            let networks: Vec<_> = taken.iter().map(|taken| (String::new(), *taken)).collect();
            let level = level(&networks, wanted);
            assert_eq!(level, expected, "{taken:?} {wanted}");
            let given: i64 = taken.iter().map(|taken| (taken - level).max(0)).sum();
            assert!(given >= wanted.min(taken.iter().sum()), "{taken:?} {wanted}");
        }
    }
}
