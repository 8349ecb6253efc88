//! The keys that sign click ids. The newest key mints ids, and each key verifies the ids that it
//! signed.
//!
//! Every core reads the keys again each second, and at once if a click id names a key with a higher
//! number than the newest key that the core knows. So every core accepts the ids of a new key at
//! once.
//!
//! A key that was replaced ends after an overlap. After its end, its signature alone proves
//! nothing, because the key may have been stolen: an id that it signed counts only if the click is
//! stored.
//!
//! Absent on purpose: deletion, because the ids of stored clicks are written with the key that
//! minted them.

pub mod grpc;
mod store;

use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use s2s_sdk::v1::ErrorReason;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    core::{App, conversion_code},
    db::{Db, commit_or_rollback},
    error::{Error, Result},
    values::{
        click_id::{ClickIdKey, ClickIdKeys, KeyId, SECRET_BYTES, SignedClickId, UnverifiedClickId},
        id::{AccountId, Random},
        time::{Span, Time},
    },
};

pub use store::Model as StoredKey;

/// Maximum number of keys that have not ended.
pub const CLICK_ID_KEYS_MAX: usize = 10;

/// Interval at which a core reads the keys again.
const READ_INTERVAL: Duration = Duration::from_secs(1);
/// Shortest time between the starts of two readings. Strangers can name any key number in their
/// ids, so many such ids share one reading. The wait for a reading must be much shorter than the
/// time for which an edge waits for its core. Otherwise every forged id that comes over an edge
/// would go through the spool.
const READ_PAUSE: Duration = Duration::from_millis(10);

/// The click id keys of a running core.
pub struct Keys {
    db: Db,
    present: RwLock<Arc<ClickIdKeys>>,
    /// Start of the last reading that succeeded.
    last_read: Mutex<Instant>,
}

impl Keys {
    /// Loads the keys. Creates one on the first start of an installation.
    pub async fn load(db: Db, random: &Random, now: Time) -> Result<Self> {
        let begun = Instant::now();
        let rows = store::all_or_first(&db, StoredKey::new(KeyId::FIRST, random, now)).await?;
        let present = RwLock::new(Arc::new(ring(rows)?));
        Ok(Self { db, present, last_read: Mutex::new(begun) })
    }

    /// The keys as this core knows them.
    pub fn present(&self) -> Arc<ClickIdKeys> {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads and verifies a click id. `None` if no key minted it for this account.
    pub async fn read(&self, text: &str, account: AccountId) -> Result<Option<SignedClickId>> {
        match UnverifiedClickId::read(text) {
            Some(click_id) => self.verify(click_id, account).await,
            None => Ok(None),
        }
    }

    /// Verifies a click id. `None` if no key minted it for this account.
    pub async fn verify(
        &self,
        click_id: UnverifiedClickId,
        account: AccountId,
    ) -> Result<Option<SignedClickId>> {
        self.learn(click_id.key_id()).await?;
        Ok(self.present().verify(click_id, account))
    }

    /// Writes a click id. Returns the empty text if its key is unknown; see [`Self::learn`].
    pub fn write(&self, signed: SignedClickId, account: AccountId) -> String {
        self.present().write(signed, account)
    }

    /// Reads the keys again if this key is newer than all known keys, because another core may have
    /// made it.
    pub async fn learn(&self, key_id: KeyId) -> Result<()> {
        if key_id <= self.present().newest() {
            return Ok(());
        }
        // Boxed, to keep the caller's future small: hardly any call gets here.
        Box::pin(self.read_again()).await
    }

    /// Returns whether the key has ended, so that an id of the key counts only if its click is
    /// stored.
    pub fn has_ended(&self, key_id: KeyId, now: Time) -> bool {
        self.present().has_ended(key_id, now)
    }

    /// Reads the keys. Returns once a reading that began after this call has succeeded.
    async fn read_again(&self) -> Result<()> {
        let asked = Instant::now();
        let mut last_read = self.last_read.lock().await;
        if *last_read > asked {
            return Ok(());
        }
        sleep_until(*last_read + READ_PAUSE).await;
        self.read_rows(&mut last_read).await
    }

    /// Reads the keys without a pause.
    async fn read_at_once(&self) -> Result<()> {
        self.read_rows(&mut *self.last_read.lock().await).await
    }

    async fn read_rows(&self, last_read: &mut Instant) -> Result<()> {
        let begun = Instant::now();
        let read = ring(store::all(self.db.reader()).await?)?;
        let known = self.present();
        if *known != read {
            if known.newest() != read.newest() {
                tracing::info!(number = read.newest().number(), "another key mints click ids from now on");
            }
            *self.present.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
        }
        *last_read = begun;
        Ok(())
    }
}

/// Reads the keys again each second until `stopping`, or until the app is gone.
pub async fn run(app: Weak<App>, stopping: CancellationToken) {
    let mut told = false;
    while stopping.run_until_cancelled(sleep(READ_INTERVAL)).await.is_some() {
        let Some(app) = app.upgrade() else { return };
        let Some(read) = stopping.run_until_cancelled(app.click_id_keys.read_again()).await else { return };
        let failed = read.is_err();
        // A series of failures is logged only once.
        if let Err(error) = read
            && !told
        {
            tracing::warn!(%error, "could not read the click id keys");
        }
        told = failed;
    }
}

fn ring(rows: Vec<StoredKey>) -> Result<ClickIdKeys> {
    let mut keys = rows.into_iter().map(|row| {
        let secret: [u8; SECRET_BYTES] =
            row.secret.try_into().map_err(|_| Error::internal("a click id key has the wrong length"))?;
        Ok(ClickIdKey { key_id: row.key_id, secret, ends_at: row.ends_at })
    });
    let first = keys.next().ok_or_else(|| Error::internal("there is no click id key"))??;
    Ok(ClickIdKeys::new(first, keys.collect::<Result<_>>()?))
}

/// A rotation to be made.
pub struct Rotate {
    /// Time for which the former keys stay valid. `None` for the longest attribution window of any
    /// code.
    pub overlap: Option<Span>,
    pub request_id: Option<Vec<u8>>,
    pub validate_only: bool,
}

/// Makes a new key, and lets the former keys end after the overlap, unless they end sooner anyway.
/// Returns all keys, newest first. A call with `validate_only`, or with the request id of an
/// earlier rotation, changes nothing.
pub async fn rotate(app: &App, rotate: Rotate) -> Result<Vec<StoredKey>> {
    let Rotate { overlap, request_id, validate_only } = rotate;
    let overlap = match overlap {
        Some(overlap) => overlap,
        None => conversion_code::longest_window(app).await?,
    };
    let txn = app.db.begin().await?;
    let former = store::all_to_update(&txn).await?;
    let is_repeated = request_id.is_some() && former.iter().any(|key| key.request_id == request_id);
    let now = app.now();
    let number = if is_repeated { None } else { Some(plan(&former, now, now.plus(overlap))?) };
    let (Some(number), false) = (number, validate_only) else {
        txn.rollback().await?;
        return Ok(former);
    };
    store::end(&txn, now.plus(overlap)).await?;
    let key = StoredKey { request_id, ..StoredKey::new(number, &app.random, now) };
    store::insert(&txn, key).await?;
    let keys = store::all(&txn).await?;
    commit_or_rollback(txn, true).await?;
    tracing::warn!(number = number.number(), %overlap, "the key of click ids was rotated");
    app.click_id_keys.read_at_once().await?;
    Ok(keys)
}

/// Returns the number of the key that follows the `former` keys, or an error if no key may follow.
/// `end` is the latest time at which the former keys end.
fn plan(former: &[StoredKey], now: Time, end: Time) -> Result<KeyId> {
    let lasts = |key: &&StoredKey| key.ends_at.map_or(end, |own| own.min(end)) > now;
    if former.iter().filter(lasts).count() >= CLICK_ID_KEYS_MAX {
        let message = format!(
            "{CLICK_ID_KEYS_MAX} click id keys have not ended yet; wait until one ends, or choose an overlap of 0, \
             which ends them all"
        );
        return Err(Error::new(ErrorReason::FieldInvalid, message).at_field("overlap"));
    }
    let newest = former.iter().map(|key| key.key_id).max();
    newest.map_or(Some(KeyId::FIRST), KeyId::next).ok_or_else(|| {
        let message = "this installation has had 255 click id keys, and a click id has no room for another number; \
                       the present key stays";
        Error::new(ErrorReason::ClickIdKeysUsedUp, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_micros(1_763_900_000_000_000);

    fn after(seconds: i64) -> Time {
        NOW.plus(Span::from_seconds(seconds))
    }

    /// Keys with the numbers from `newest` down to 1. The newest key has no end. The former keys
    /// end `ends` seconds from now.
    fn keys(newest: u8, ends: &[i64]) -> Vec<StoredKey> {
        let ends = std::iter::once(None).chain(ends.iter().map(|end| Some(after(*end))));
        let random = Random::system();
        let key =
            |(number, ends_at)| StoredKey { ends_at, ..StoredKey::new(KeyId::new(number), &random, NOW) };
        (1..=newest).rev().zip(ends).map(key).collect()
    }

    #[test]
    fn a_key_follows_while_few_are_valid_and_a_number_is_left() {
        let many = [100; CLICK_ID_KEYS_MAX - 1];
        for (former, overlap, expected) in [
            (keys(1, &[]), 100, Ok(2)),
            (keys(3, &[-1, -2]), 0, Ok(4)),
            (keys(10, &many), 100, Err(ErrorReason::FieldInvalid)),
            (keys(10, &many), 1, Err(ErrorReason::FieldInvalid)),
            (keys(10, &many), 0, Ok(11)),
            (keys(10, &[&[0], &many[1..]].concat()), 100, Ok(11)),
            (keys(254, &[-1; 253]), 100, Ok(255)),
            (keys(255, &[-1; 254]), 0, Err(ErrorReason::ClickIdKeysUsedUp)),
        ] {
            let planned = plan(&former, NOW, after(overlap));
            let planned = planned.map(KeyId::number).map_err(|error| error.reason());
            assert_eq!(planned, expected, "{} keys, {overlap} s", former.len());
        }
    }
}
