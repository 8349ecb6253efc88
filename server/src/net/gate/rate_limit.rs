//! Rate limit: a number of requests a second, and a burst of the same size.
//!
//! The key identifies the caller: an API key, or an address as `net::limits::Origin` counts it (an
//! IPv6 network of 64 bits counts as one address). The origin of a web page is something else;
//! `cross_site` checks it.

use std::{hash::Hash, num::NonZeroU32, sync::Arc, time::Duration};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::future::Cache;

/// Maximum number of remembered keys, so that a flood from any number of addresses takes bounded
/// memory. Beyond this number, rarely seen keys are forgotten, and get their full burst again.
const KEYS_MAX: u64 = 100_000;

/// The requests that each key may make.
pub struct Rate<K> {
    quota: Quota,
    spent: Cache<K, Arc<DefaultDirectRateLimiter>>,
}

impl<K: Hash + Eq + Send + Sync + 'static> Rate<K> {
    pub fn per_second(requests: NonZeroU32) -> Self {
        // After a second without requests, a key has its full burst again, so nothing need be
        // remembered.
        let spent = Cache::builder().max_capacity(KEYS_MAX).time_to_idle(Duration::from_secs(2)).build();
        Self { quota: Quota::per_second(requests), spent }
    }

    /// Counts a request. Returns whether the key may make it. A key that was refused, and then
    /// waits for a second, may make a request again, whatever the rate.
    pub async fn allows(&self, key: K) -> bool {
        let fresh = async { Arc::new(RateLimiter::direct(self.quota)) };
        self.spent.get_with(key, fresh).await.check().is_ok()
    }

    #[cfg(test)]
    async fn keys(&self) -> u64 {
        self.spent.run_pending_tasks().await;
        self.spent.entry_count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_key_has_its_own_burst() {
        let rate = Rate::per_second(NonZeroU32::new(3).unwrap());
        for key in ["one", "other"] {
            for _ in 0..3 {
                assert!(rate.allows(key).await, "{key}");
            }
            assert!(!rate.allows(key).await, "{key}");
        }
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let rate = Rate::per_second(NonZeroU32::MIN);
        for key in 0..3 * KEYS_MAX {
            rate.allows(key).await;
        }
        assert!(rate.keys().await <= KEYS_MAX);
    }
}
