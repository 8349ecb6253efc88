//! An edge of the simulation (`crate::simulation`). Its spool runs as two futures, and not on
//! threads of its own, so that the simulation decides when they go on.

use std::{path::PathBuf, sync::Arc};

use s2s_sdk::v1::{RawPostback, RecordClickRequest};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{
    CoreClient, CoreHealth, Delivery, Drain, Edge, Keys, KnownLinks, Links, RecordKeys, SpoolStatus, Writer,
    postback::deliver, redirect::CLICK_BUDGET, spool,
};
use crate::{
    api::edge_v1::{ListClickIdKeysResponse, edge_service_client::EdgeServiceClient},
    config::{Pages, SpoolSettings},
    edge::{
        CoreTransport,
        spool::{Content, Record},
    },
    values::{id::Random, seal::Seal, time::Clock},
};

/// Maximum size of the spool, in bytes.
const SPOOL_BYTES_MAX: u64 = 16 * 1_024 * 1_024;

/// An edge with a spool, and a core in the same process.
#[derive(Clone)]
pub struct SimulatedEdge(Arc<Edge>);

impl SimulatedEdge {
    /// Opens the spool in a folder. The caller runs the writer and the drain.
    pub fn start(
        core: CoreTransport,
        folder: PathBuf,
        keys: ListClickIdKeysResponse,
        clock: Clock,
        random: Random,
    ) -> (Self, Writer, Drain) {
        let seal = Seal::derive("s2s-server simulation", b"");
        let settings =
            SpoolSettings { folder, bytes_max: SPOOL_BYTES_MAX, known_bytes_max: 0, seal, adopts: false };
        let (spool, writer) = spool::open(&settings, clock.clone(), random.clone()).unwrap();
        let none = ListClickIdKeysResponse::default();
        let spool = spool.seal(RecordKeys::new(&keys, &none, &none, false).seals());
        let (calls, core_health) = (CoreClient::new(core.clone()), Arc::new(CoreHealth::default()));
        let drain = Drain::new(&spool, calls.clone(), core_health.clone(), random.clone());
        let links = Links::new(EdgeServiceClient::new(core), Arc::new(KnownLinks::new(0)));
        let edge = Edge {
            calls,
            core_health,
            spool: Some(spool),
            links,
            click_id_keys: Arc::new(Keys::new(keys).unwrap()),
            clock,
            random,
            tasks: TaskTracker::new(),
            clicks_under_way: Semaphore::new(1),
            pages: Pages::default(),
            far_core: None,
        };
        (Self(Arc::new(edge)), writer, drain)
    }

    /// Takes a postback. Returns whether its sender is told that it is kept.
    pub async fn postback(&self, raw: RawPostback) -> bool {
        let now = self.0.clock.now();
        !matches!(deliver(self.0.clone(), raw, now).await, Delivery::Rejected(_))
    }

    /// Takes a click. Returns whether it is kept.
    pub async fn click(&self, click: RecordClickRequest) -> bool {
        let to_spool = self.0.core_is_suspect();
        !matches!(self.deliver(click, to_spool).await, Delivery::Rejected(_))
    }

    /// Takes a click that skips the core, as under overload. Returns whether it is in the spool.
    pub async fn keep(&self, click: RecordClickRequest) -> bool {
        matches!(self.deliver(click, true).await, Delivery::Spooled)
    }

    async fn deliver(&self, click: RecordClickRequest, to_spool: bool) -> Delivery<()> {
        let record = Record { arrived_at: self.0.clock.now(), content: Content::Click(click.clone()) };
        let call = Box::pin(self.0.calls.click(click));
        self.0.call_or_spool(CLICK_BUDGET, call, Some(record), None, to_spool).await
    }

    pub fn spool(&self) -> SpoolStatus {
        self.0.health().spool().unwrap()
    }
}
