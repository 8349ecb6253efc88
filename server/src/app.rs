//! What every operation works with: database, committer, clock, ids, keys and caches.

use std::{hash::Hash, sync::Arc, time::Duration};

use futures::FutureExt as _;
use sea_orm::DbErr;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    api_key::ApiKeys,
    click::{self, ClickIdKeys, StoredAddresses},
    clock::{Reference, Watch},
    commit::Committer,
    conversion_code,
    db::Db,
    error::{Error, Result},
    id::Random,
    postback,
    retention::Age,
    time::{Clock, Span, Time},
    tracking_link,
};

/// Oldest that a cached row may be: how late one core sees what another has changed.
const CACHE_AGE_MAX: Duration = Duration::from_secs(1);
/// Rows in each cache.
const CACHE_ROWS_MAX: u64 = 100_000;

/// An empty cache of rows by their key; `None` is a key that has no row.
pub fn row_cache<K, V>() -> RowCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    moka::future::Cache::builder().max_capacity(CACHE_ROWS_MAX).time_to_live(CACHE_AGE_MAX).build()
}

pub type RowCache<K, V> = moka::future::Cache<K, Option<Arc<V>>>;

/// The row of `key`, from the cache or else by `load`, which runs once for all who ask meanwhile.
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
    // A look that has not to wait, as nearly all of them, takes no room in the caller's future: each call's is
    // copied several times on its way through the layers.
    if let Some(Some(found)) = cache.get(&key).now_or_never() {
        return Ok(found);
    }
    // The same for what most callers never need.
    let load = Box::pin(async { load().await.map(|found| found.map(Arc::new)) });
    let found = Box::pin(cache.try_get_with(key, load)).await;
    found.map_err(|error| Error::from((*error).clone()))
}

/// How long rows are kept. `None`: for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    pub clicks: Option<Span>,
    pub conversions: Option<Span>,
    pub postbacks: Option<Span>,
    /// How long after its start a server deletes nothing.
    pub pause: Duration,
}

/// What the configuration says of the core.
pub struct Settings {
    /// The URL under which the world reaches this server.
    pub public_url: Url,
    pub retention: Retention,
    pub store_addresses: StoredAddresses,
    /// Writes that share one commit at the most.
    pub batch_max: usize,
    pub watch: Watch,
}

/// The running core. It keeps no state of its own beside caches of bounded age.
pub struct App {
    pub db: Db,
    pub commit: Committer,
    pub clock: Clock,
    pub watch: Watch,
    pub random: Random,
    pub click_id_keys: ClickIdKeys,
    pub public_url: Url,
    pub retention: Retention,
    pub age: Age,
    /// Cancelled once the server is to stop: what goes on for long ends then.
    pub stopping: CancellationToken,
    pub api_keys: ApiKeys,
    pub codes: conversion_code::Cache,
    pub links: tracking_link::Cache,
    pub refusals: postback::Refusals,
    pub store_addresses: StoredAddresses,
}

impl App {
    /// Starts the core on an open database. `tasks` runs what it writes until the app is gone.
    pub async fn start(
        db: Db,
        random: Random,
        settings: Settings,
        stopping: CancellationToken,
        tasks: &TaskTracker,
    ) -> Result<Self> {
        let Settings { public_url, retention, store_addresses, batch_max, watch } = settings;
        let clock = watch.clock();
        let click_id_keys = click::load_keys(&db, &clock, &random).await?;
        let age = Age::load(&db, clock.now()).await?;
        watch.note_lived(age.passed());
        let (commit, work) = Committer::new(db.clone(), batch_max);
        tasks.spawn(work);
        let (api_keys, uses) = ApiKeys::new(db.clone(), stopping.clone());
        tasks.spawn(uses);
        let (codes, links) = (row_cache(), row_cache());
        let refusals = postback::Refusals::default();
        Ok(Self {
            db,
            commit,
            clock,
            watch,
            random,
            click_id_keys,
            public_url,
            retention,
            age,
            stopping,
            api_keys,
            codes,
            links,
            refusals,
            store_addresses,
        })
    }

    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Another clock than ours; `None` while the database does not answer.
    pub async fn other_clock(&self) -> Option<Reference> {
        let time = self.db.time().await.ok()?;
        Some(time.map_or_else(|| Reference::Passed(self.age.passed()), Reference::Database))
    }
}
