//! Caches of rows, of bounded size and age.

use std::{hash::Hash, sync::Arc, time::Duration};

use futures::FutureExt as _;
use sea_orm::DbErr;

use crate::error::{Error, Result};

/// Maximum age of a cached row: the longest delay until one core sees a change by another.
const CACHE_AGE_MAX: Duration = Duration::from_secs(1);
/// The same in unit tests. The cache has a clock of its own, which the simulation can't stop, and in
/// the simulation no cached row changes.
const SIMULATED_AGE_MAX: Duration = Duration::from_hours(1);
/// Maximum number of rows in each cache.
const CACHE_ROWS_MAX: u64 = 100_000;

/// Creates an empty cache of rows by their keys. A cached `None` means that the key has no row.
pub fn row_cache<K, V>() -> RowCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    let age_max = if cfg!(test) { SIMULATED_AGE_MAX } else { CACHE_AGE_MAX };
    moka::future::Cache::builder().max_capacity(CACHE_ROWS_MAX).time_to_live(age_max).build()
}

pub type RowCache<K, V> = moka::future::Cache<K, Option<Arc<V>>>;

/// Returns the row of `key`, from the cache or else by `load`. Concurrent callers share one `load`.
pub async fn cached<K, V, F>(
    cache: &RowCache<K, V>,
    key: K,
    load: impl FnOnce() -> F,
) -> Result<Option<Arc<V>>>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
    F: Future<Output = Result<Option<V>, DbErr>> + Send,
{
    // Fast path of nearly all calls. It avoids growing the caller's future, which is copied several
    // times on its way through the layers.
    if let Some(Some(found)) = cache.get(&key).now_or_never() {
        return Ok(found);
    }
    // Boxed for the same reason: most calls never get here.
    let load = Box::pin(async { load().await.map(|found| found.map(Arc::new)) });
    let found = Box::pin(cache.try_get_with(key, load)).await;
    found.map_err(|error| Error::from((*error).clone()))
}
