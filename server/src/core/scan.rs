//! The budget of scans: lists and searches that may read many rows.
//!
//! Scans have database connections of their own, apart from the connections for verdicts, links and
//! keys. The number of concurrent scans is limited, both for each account and overall; a scan
//! beyond a limit waits for its turn. So a search keeps no postback waiting, however many searches
//! there are.
//!
//! A call that changes many rows takes turns in the same way. It makes many short transactions, and
//! leaves the database to others after each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use s2s_sdk::v1::ErrorReason;
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout_at},
};

use super::App;
use crate::{
    db::{Connection, Reader, SCAN_TIMEOUT, SCANNERS_MAX},
    error::{Error, Result},
    values::id::AccountId,
};

/// Maximum number of scans of one account at the same time.
const SCANS_OF_ACCOUNT_MAX: usize = 1;
/// Longest time that a scan waits for its turn. Together with `SCAN_TIMEOUT` less than the ten seconds
/// after which the SDKs give up, so that a caller learns why there is no answer.
const SCAN_PATIENCE: Duration = Duration::from_secs(4);

/// Maximum number of rows that one page of a filtered list looks at. If few rows match, the page
/// ends after this number of rows, even if it is not full.
pub const LOOK_ROWS_MAX: u64 = 20_000;

/// The limits of concurrent scans, and of the transactions of calls that change many rows.
pub struct Scans {
    all: Semaphore,
    /// The limit of transactions that are parts of long calls.
    long_writes: Semaphore,
    /// The limits of the accounts that scan or wait.
    accounts: Mutex<HashMap<AccountId, Arc<Semaphore>>>,
}

impl Default for Scans {
    fn default() -> Self {
        let all = usize::try_from(SCANNERS_MAX).unwrap_or(1);
        Self { all: Semaphore::new(all), long_writes: Semaphore::new(1), accounts: Mutex::default() }
    }
}

impl Scans {
    fn of(&self, account: AccountId) -> Arc<Semaphore> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        // Accounts that neither scan nor wait are forgotten.
        accounts.retain(|_, turns| Arc::strong_count(turns) > 1);
        accounts.entry(account).or_insert_with(|| Arc::new(Semaphore::new(SCANS_OF_ACCOUNT_MAX))).clone()
    }
}

/// Runs a query as a scan of an account, once it is the scan's turn.
pub async fn scan<T>(
    app: &App,
    account: AccountId,
    query: impl AsyncFnOnce(&Reader) -> Result<T>,
) -> Result<T> {
    let ends = Instant::now() + SCAN_PATIENCE;
    let own = app.scans.of(account);
    let of_account = timeout_at(ends, own.acquire()).await.map_err(|_| overloaded())?;
    let of_all = timeout_at(ends, app.scans.all.acquire()).await.map_err(|_| overloaded())?;
    let found = timeout_at(Instant::now() + SCAN_TIMEOUT, query(app.db.scanner())).await;
    drop((of_account, of_all));
    found.unwrap_or_else(|_| Err(too_slow()))
}

/// Writes a part of a call that changes many rows, in a transaction of its own. Then pauses for as
/// long as the transaction took, so that others can write, and returns.
pub async fn write_part<T>(
    app: &App,
    account: AccountId,
    write: impl AsyncFnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let ends = Instant::now() + SCAN_PATIENCE;
    let own = app.scans.of(account);
    let of_account = timeout_at(ends, own.acquire()).await.map_err(|_| overloaded())?;
    let of_all = timeout_at(ends, app.scans.long_writes.acquire()).await.map_err(|_| overloaded())?;
    let txn = app.db.begin().await?;
    let begun = Instant::now();
    let written = write(&txn).await?;
    txn.commit().await?;
    sleep(begun.elapsed()).await;
    drop((of_account, of_all));
    Ok(written)
}

fn overloaded() -> Error {
    let message = "other lists and searches are still running; send this one again once they are done";
    Error::new(ErrorReason::Overloaded, message)
}

fn too_slow() -> Error {
    let message = format!(
        "the list would take longer than {} seconds; narrow it by time or click",
        SCAN_TIMEOUT.as_secs()
    );
    Error::new(ErrorReason::Overloaded, message)
}
