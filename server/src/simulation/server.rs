//! The servers of the simulation: a core and an edge with a spool, behind a gate.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::task::JoinSet;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    api::Services,
    clock::Watch,
    config::Retention,
    core::{App, Settings, age, click_id_key, geo::Geo, postback::ShedCounts, retention, services, tally},
    db::{
        Db,
        seam::{Desk, Gate},
    },
    edge::{CoreTransport, simulated::SimulatedEdge},
    values::{
        address::StoredAddresses,
        id::Random,
        time::{Clock, Span},
    },
};

/// What a server starts with.
#[derive(Clone)]
pub struct Plan {
    pub number: usize,
    /// The database, without a gate.
    pub db: Db,
    pub spool: PathBuf,
    /// Lead of its clock, in seconds.
    pub ahead_seconds: i64,
    pub batch_max: usize,
    pub batches_max: u16,
    /// Time for which postbacks are kept.
    pub postbacks_kept_for: Option<Span>,
}

/// A running server.
pub struct Server {
    pub app: Arc<App>,
    pub edge: SimulatedEdge,
    pub core: Arc<OnceLock<Services>>,
    pub gate: Gate,
    /// Its tasks, and the calls of its clients, which end with it.
    pub tasks: JoinSet<()>,
    stopping: CancellationToken,
}

/// The services of a server's core, for calls.
pub fn transport(core: &Arc<OnceLock<Services>>) -> CoreTransport {
    CoreTransport::InProcess(core.clone())
}

/// Starts a core on a database.
pub async fn start_core(
    db: Db,
    plan: &Plan,
    random: Random,
    stopping: CancellationToken,
) -> (Arc<App>, Arc<OnceLock<Services>>) {
    let clock = Clock::system();
    clock.set(Clock::system_now().plus(Span::from_seconds(plan.ahead_seconds)));
    let url = "http://127.0.0.1:8080".parse::<url::Url>().unwrap();
    let settings = Settings {
        public_url: url.clone(),
        local_url: url,
        retention: Retention {
            clicks: None,
            conversions: None,
            postbacks: plan.postbacks_kept_for,
            pause: Duration::ZERO,
        },
        store_addresses: StoredAddresses::None,
        store_visitor_hash: true,
        store_country: false,
        geo: Geo::read(None, clock.clone(), stopping.clone()).0,
        batch_max: plan.batch_max,
        watch: Watch::new(clock),
        strangers_bytes_max: i64::MAX,
        shed: ShedCounts::default(),
    };
    let app = App::start(db, random, settings, stopping, &TaskTracker::new()).await.unwrap();
    let (app, core) = (Arc::new(app), Arc::new(OnceLock::new()));
    age::prepare(&app).await.unwrap();
    let _ = core.set(services::services(&app));
    (app, core)
}

impl Server {
    /// Starts a server as `startup` does, without the tasks that have nothing to do here.
    pub async fn start(plan: &Plan, desk: &Arc<Desk>, random: Random) -> Self {
        let gate = desk.gate(plan.number);
        let db = plan.db.behind(&gate, plan.batches_max);
        let stopping = CancellationToken::new();
        let (app, core) = start_core(db, plan, random.clone(), stopping.clone()).await;
        let keys = click_id_key::grpc::list_click_id_keys(&app);
        let spool = plan.spool.clone();
        let (edge, writer, drain) =
            SimulatedEdge::start(transport(&core), spool, keys, app.clock.clone(), random);
        let mut tasks = JoinSet::new();
        tasks.spawn(writer.work());
        let until = stopping.clone();
        tasks.spawn_local(async move { drain.work(&until).await });
        tasks.spawn(tally::run(Arc::downgrade(&app), stopping.clone()));
        tasks.spawn(retention::run(Arc::downgrade(&app), stopping.clone()));
        gate.shut();
        Self { app, edge, core, gate, tasks, stopping }
    }

    /// Kills the server. Its files stay.
    pub async fn kill(mut self) {
        self.gate.kill();
        self.tasks.shutdown().await;
        self.stopping.cancel();
    }
}
