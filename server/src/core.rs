//! The running core, `App`, which most operations take as their first argument. It holds the
//! database, committer, clock, ids, keys and caches.

pub mod account;
pub mod adjustment;
pub mod age;
pub mod api_key;
pub mod approval;
pub mod click;
pub mod click_id_key;
pub mod conversion;
pub mod conversion_code;
pub mod geo;
mod journal;
mod ledger;
pub mod partner;
pub mod payout;
pub mod postback;
pub mod preset;
pub mod rehearsal;
pub mod report;
pub mod retention;
pub mod row_cache;
mod scan;
pub mod services;
pub mod statement;
pub mod tally;
pub mod tracking_link;
mod turn;
mod watch;

#[cfg(test)]
pub use self::watch::Positions;

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use self::{
    age::Age,
    api_key::{ApiKeys, SignInLinks},
    geo::Geo,
    row_cache::row_cache,
    scan::Scans,
};
use crate::{
    clock::{Reference, Watch},
    config::Retention,
    db::{Db, group_commit::Committer},
    error::Result,
    values::{
        address::StoredAddresses,
        id::Random,
        time::{Clock, Time},
    },
};

/// Settings of the core, from the configuration.
pub struct Settings {
    /// The URL at which the public reaches this server.
    pub public_url: Url,
    /// The URL of the server's main port on this machine.
    pub local_url: Url,
    pub retention: Retention,
    pub store_addresses: StoredAddresses,
    pub store_country: bool,
    pub store_visitor_hash: bool,
    pub geo: Geo,
    /// Maximum number of writes in one commit.
    pub batch_max: usize,
    pub watch: Watch,
    /// Maximum total size of the held postbacks of strangers, in bytes. `postback/strangers.rs`
    /// explains who counts as a stranger.
    pub strangers_bytes_max: i64,
    pub shed: postback::ShedCounts,
}

/// The running core. All lasting state is in the database. The core itself holds only caches, the
/// click id keys, counts of recently held postbacks, and work in progress.
pub struct App {
    pub db: Db,
    pub commit: Committer,
    pub clock: Clock,
    pub watch: Watch,
    pub random: Random,
    pub click_id_keys: click_id_key::Keys,
    pub public_url: Url,
    pub local_url: Url,
    pub retention: Retention,
    pub age: Age,
    /// Cancelled when the server is to stop. Long-running work ends then.
    pub stopping: CancellationToken,
    pub api_keys: ApiKeys,
    pub sign_in: SignInLinks,
    pub scans: Scans,
    pub codes: conversion_code::Cache,
    pub links: tracking_link::Cache,
    pub shedding: postback::Shedding,
    pub known_senders: postback::KnownSenders,
    pub strangers: postback::Strangers,
    pub store_addresses: StoredAddresses,
    pub feed: watch::Feed,
    pub store_country: bool,
    pub geo: Geo,
    /// `None` if clicks get no hash of their visitor.
    pub visitor_keys: Option<click::VisitorKeys>,
}

impl App {
    /// Starts the core on an open database. `tasks` runs the background tasks of the core. They
    /// end when the core is dropped.
    pub async fn start(
        db: Db,
        random: Random,
        settings: Settings,
        stopping: CancellationToken,
        tasks: &TaskTracker,
    ) -> Result<Self> {
        let Settings { public_url, local_url, retention, store_addresses, store_country, geo, .. } = settings;
        let Settings { batch_max, watch, strangers_bytes_max, shed, .. } = settings;
        let clock = watch.clock();
        let click_id_keys = click_id_key::Keys::load(db.clone(), &random, clock.now()).await?;
        let age = Age::load(&db, clock.now()).await?;
        watch.note_lived(age.passed());
        let (commit, work) = Committer::new(db.clone(), clock.clone(), batch_max);
        tasks.spawn(work);
        let (api_keys, uses) = ApiKeys::new(db.clone(), stopping.clone());
        tasks.spawn(uses);
        let (feed, work) = watch::Feed::new(db.clone(), commit.committed(), stopping.clone());
        tasks.spawn(work);
        let (codes, links) = (row_cache(), row_cache());
        let visitor_keys =
            settings.store_visitor_hash.then(|| click::VisitorKeys::new(db.clone(), random.clone()));
        Ok(Self {
            db,
            commit,
            clock,
            watch,
            random,
            click_id_keys,
            public_url,
            local_url,
            retention,
            age,
            stopping,
            api_keys,
            sign_in: SignInLinks::default(),
            scans: Scans::default(),
            codes,
            links,
            shedding: postback::Shedding::new(shed),
            known_senders: postback::KnownSenders::default(),
            strangers: postback::Strangers::new(strangers_bytes_max),
            store_addresses,
            feed,
            store_country,
            geo,
            visitor_keys,
        })
    }

    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Returns the reference that the system's clock is compared with: the database's clock or, if
    /// the database has no clock of its own, a time that has certainly passed. `None` while the
    /// database does not answer.
    pub async fn other_clock(&self) -> Option<Reference> {
        let time = self.db.time().await.ok()?;
        Some(time.map_or_else(|| Reference::Passed(self.age.passed()), Reference::Database))
    }
}
