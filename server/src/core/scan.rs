//! The budget of scans: lists and searches that may read many rows.
//!
//! A scan has connections apart from those of verdicts, links and keys, and takes turns with the
//! other scans of its account and of all accounts. So a search keeps no postback waiting, however
//! many searches there are.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use s2s_sdk::v1::ErrorReason;
use sea_orm::DatabaseConnection;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use super::App;
use crate::{
    db::{SCAN_TIMEOUT, SCANNERS_MAX},
    error::{Error, Result},
    values::id::AccountId,
};

/// Maximum number of scans of one account at the same time.
const SCANS_OF_ACCOUNT_MAX: usize = 1;
/// Longest time that a scan waits for its turn.
const SCAN_PATIENCE: Duration = Duration::from_secs(10);

/// Maximum number of rows that one page of a filtered list looks at. If few rows match, the page
/// ends there, whatever it has found.
pub const LOOK_ROWS_MAX: u64 = 20_000;

/// The turns of scans.
pub struct Scans {
    all: Semaphore,
    /// The turns of accounts that scan or wait.
    accounts: Mutex<HashMap<AccountId, Arc<Semaphore>>>,
}

impl Default for Scans {
    fn default() -> Self {
        let all = usize::try_from(SCANNERS_MAX).unwrap_or(1);
        Self { all: Semaphore::new(all), accounts: Mutex::default() }
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

/// Makes a scan for an account, once it is the scan's turn.
pub async fn scan<T>(
    app: &App,
    account: AccountId,
    query: impl AsyncFnOnce(&DatabaseConnection) -> Result<T>,
) -> Result<T> {
    let ends = Instant::now() + SCAN_PATIENCE;
    let own = app.scans.of(account);
    let of_account = timeout_at(ends, own.acquire()).await.map_err(|_| overloaded())?;
    let of_all = timeout_at(ends, app.scans.all.acquire()).await.map_err(|_| overloaded())?;
    let found = timeout_at(Instant::now() + SCAN_TIMEOUT, query(app.db.scanner())).await;
    drop((of_account, of_all));
    found.unwrap_or_else(|_| Err(too_slow()))
}

fn overloaded() -> Error {
    let message = "other lists and searches are under way; send this one again once they are done";
    Error::new(ErrorReason::Overloaded, message)
}

fn too_slow() -> Error {
    let message = format!(
        "the list would take longer than {} seconds; narrow it by time or click",
        SCAN_TIMEOUT.as_secs()
    );
    Error::new(ErrorReason::Overloaded, message)
}
