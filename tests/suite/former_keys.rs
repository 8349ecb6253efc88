//! An edge seals the records in its spool with a click id key: the seal proves that the edge wrote
//! the record. A core that was restored from a backup lacks the newest key. Every acknowledged
//! postback of the edge counts nevertheless, even if the edge is killed.

use std::{collections::BTreeSet, fs};

use futures::TryStreamExt as _;
use s2s_sdk::v1::{ConversionCode, ListConversionsRequest, RotateClickIdKeyRequest};
use s2s_tests::{Server, database, eventually, sale};

use crate::backup::stall::Stall;

/// The number of restores of each test.
const RESTORES: usize = 3;
/// The number of postbacks in each part of an outage.
const QUEUED: usize = 24;

/// A core, its edge, and the sales that the edge has acknowledged.
struct Stage {
    core: Server,
    edge: Server,
    sale: ConversionCode,
    /// Clicks with ids of the first key, which every backup has.
    clicks: Vec<String>,
    acknowledged: BTreeSet<String>,
    next: usize,
}

impl Stage {
    async fn start(core: Server) -> Self {
        let edge = Server::start_edge(&core, &[]).await;
        let sale = core.code("Sale").await;
        let link = core.link(&[&sale]).await;
        let clicks = vec![core.click(&link).await, core.click(&link).await, core.click(&link).await];
        Self { core, edge, sale, clicks, acknowledged: BTreeSet::new(), next: 0 }
    }

    /// Reports sales to the edge, until this number of them is queued.
    async fn sell_until_queued(&mut self, queued: usize) {
        let mut count = 0;
        while count < queued {
            self.next += 1;
            let click = &self.clicks[self.next % self.clicks.len()];
            let answer = self.edge.postback(&sale::query(&self.sale.id, click, self.next)).await;
            if answer.status < 300 {
                self.acknowledged.insert(self.next.to_string());
            }
            count += usize::from(answer.status == 202);
        }
    }

    /// Makes a new key, and restarts the edge, so that the edge seals its records with that key.
    async fn rotate(&mut self) {
        let rotated =
            self.core.client().clicks().rotate_click_id_key(RotateClickIdKeyRequest::default()).await;
        let number = u8::try_from(rotated.unwrap().click_id_keys[0].number).unwrap();
        // The number, and the beginning of a secret of 32 bytes.
        knows(&self.edge, &[0x08, number, 0x12, 32]).await;
        self.restart_edge().await;
    }

    async fn restart_edge(&mut self) {
        self.edge.kill().await;
        self.edge.restart().await;
    }

    /// Brings the core back without its newest key, as after a restore of a backup.
    async fn restore(&mut self) {
        let newest = "SELECT n FROM (SELECT MAX(key_id) AS n FROM click_id_key) AS newest";
        let delete = format!("DELETE FROM click_id_key WHERE key_id = ({newest})");
        database::execute(&self.core.database_url, &delete).await;
        self.core.restart_in_place().await;
    }

    /// The edge's snapshot.
    fn snapshot(&self) -> Vec<u8> {
        fs::read(self.edge.spool().join("known")).unwrap()
    }

    /// Waits until the edge has replaced the keys in its snapshot. Nothing else changes there.
    async fn has_changed(&self, before: &[u8]) {
        eventually(async || (self.snapshot() != before).then_some(())).await;
    }

    /// Checks that exactly the acknowledged sales have counted, each once.
    async fn check(&self) {
        self.edge.drained().await;
        let health = self.edge.health().await;
        let kept = (&health["spool"]["lost"], &health["spool"]["put_aside"]);
        assert_eq!(kept, (&0.into(), &0.into()), "{health}");
        let counted: Vec<_> = self
            .core
            .client()
            .conversions()
            .list(ListConversionsRequest::default())
            .try_collect()
            .await
            .unwrap();
        assert_eq!(counted.len(), self.acknowledged.len());
        let orders: BTreeSet<String> = counted.into_iter().map(|sale| sale.transaction_id).collect();
        assert_eq!(orders, self.acknowledged);
    }
}

/// Waits until the edge's snapshot contains these bytes.
async fn knows(edge: &Server, bytes: &[u8]) {
    let path = edge.spool().join("known");
    eventually(async || {
        let known = fs::read(&path).unwrap_or_default();
        known.windows(bytes.len()).any(|window| window == bytes).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_edge_that_outlives_a_restore_counts_everything_after_a_later_outage() {
    let core = Server::start_with(&["--role", "core"]).await;
    let mut stage = Stage::start(core).await;
    for round in 0..RESTORES {
        stage.rotate().await;
        stage.core.kill().await;
        stage.sell_until_queued(QUEUED).await;
        let before = stage.snapshot();
        stage.restore().await;
        // The first round does not wait until the edge has learnt the older keys. So the core may
        // be killed before that.
        if round > 0 {
            stage.has_changed(&before).await;
            stage.check().await;
        }
        stage.core.kill().await;
        stage.sell_until_queued(QUEUED).await;
        stage.restart_edge().await;
        stage.sell_until_queued(QUEUED).await;
        stage.core.restart_in_place().await;
        stage.check().await;
    }
}

/// The edge is killed when it has replaced the keys in its snapshot, and before it has delivered
/// anything.
#[tokio::test]
async fn an_edge_that_is_killed_after_it_has_learnt_older_keys_loses_nothing() {
    let core = Server::start_with(&["--role", "core"]).await;
    let mut stage = Stage::start(core).await;
    for _ in 0..RESTORES {
        stage.rotate().await;
        stage.core.kill().await;
        stage.sell_until_queued(QUEUED).await;
        // The core can list its keys, but the stalled database accepts no record.
        stage.edge.freeze().await;
        stage.restore().await;
        let stall = Stall::begin(&stage.core.database_url).await;
        let before = stage.snapshot();
        stage.edge.thaw().await;
        stage.has_changed(&before).await;
        stage.restart_edge().await;
        stage.sell_until_queued(QUEUED).await;
        stage.restart_edge().await;
        stall.end().await;
        stage.check().await;
    }
}
