//! The servers of a long outage, and the steps that all long outages share: normal traffic before
//! the outage, and at the end a check that every promised click and acknowledged sale is stored.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use s2s_tests::{Server, database::breakable::Breakable};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    crowd::partners_clicks,
    ledger::Ledger,
    street::{Phase, Street},
};

/// The minimum time of normal traffic before and after an outage.
const NORMAL_MIN: Duration = Duration::from_secs(2);
/// The interval between health checks. It is not shorter, because each check takes processor time
/// from the servers that are measured.
const ASK_INTERVAL: Duration = Duration::from_millis(100);
/// The time limit for the drain of the backlog, even on a slow machine.
const CAUGHT_UP_WITHIN: Duration = Duration::from_mins(10);

/// The part that is down during an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    Database,
    Core,
}

/// The clicks that must be stored at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promised {
    /// The clicks of all visitors who are redirected.
    All,
    /// The clicks that were durable when their redirect was sent. For scenes in which a spool fails
    /// or a server is killed.
    Durable,
}

pub struct Scene {
    away: Away,
    database: Breakable,
    core: Server,
    /// The edge, if the outage is one of the core.
    edge: Option<Server>,
}

impl Scene {
    /// Starts the servers; `variables` are for the edge, if there is one.
    pub async fn start(kind: &str, away: Away, variables: &[(&'static str, &str)], folder: &Path) -> Self {
        let database = Breakable::start_kind(kind, folder).await;
        let url = database.url.clone();
        let (core, edge) = match away {
            Away::Database => (Server::start_at_with(url, &["--spool", "spool"]).await, None),
            Away::Core => {
                let core = Server::start_at_with(url, &["--role", "core"]).await;
                let edge = Server::start_edge(&core, variables).await;
                (core, Some(edge))
            }
        };
        Self { away, database, core, edge }
    }

    /// The server that visitors and merchants call.
    pub fn front(&self) -> &Server {
        self.edge.as_ref().unwrap_or(&self.core)
    }

    pub async fn street(&self, folder: &Path, promised: Promised) -> Arc<Street> {
        let code = self.core.code("Sale").await;
        let link = self.core.link(&[&code]).await;
        let click_ids = match promised {
            Promised::All => Vec::new(),
            Promised::Durable => partners_clicks(&self.core, &code).await,
        };
        let (url, ledger) = (self.front().url.clone(), Arc::new(Ledger::in_folder(folder)));
        let street = Street::new(url, code, link, click_ids, ledger);
        street.send_first_visitor().await;
        self.front().knows(&street.link.slug).await;
        Arc::new(street)
    }

    /// Starts the visitors and, after some normal traffic, begins an outage of `length`. Returns
    /// the task of the visitors.
    pub async fn begin(&mut self, street: &Arc<Street>, length: Duration) -> JoinSet<()> {
        let mut visitors = JoinSet::new();
        visitors.spawn(street.clone().send_visitors());
        sleep(NORMAL_MIN.max(length / 3)).await;
        street.enter(Phase::Outage);
        self.take_away().await;
        visitors
    }

    pub async fn take_away(&mut self) {
        match self.away {
            Away::Database => self.database.take_away().await,
            Away::Core => self.core.kill().await,
        }
    }

    pub async fn give_back(&mut self) {
        match self.away {
            Away::Database => self.database.give_back().await,
            Away::Core => self.core.restart_in_place().await,
        }
    }

    /// Ends the outage, waits for the drain and for some normal traffic, and then checks every
    /// promise.
    pub async fn end(
        &mut self,
        what: &str,
        street: &Street,
        mut visitors: JoinSet<()>,
    ) -> Result<String, String> {
        let backlog = self.front().health().await["spool"]["records"].clone();
        self.give_back().await;
        street.enter(Phase::Drain);
        let begun = Instant::now();
        // Waits for the status, not for an empty spool: traffic continues, so new records may come.
        self.until("serving", CAUGHT_UP_WITHIN).await?;
        let drained_in = begun.elapsed();
        street.enter(Phase::Normal);
        sleep(NORMAL_MIN).await;
        street.enter(Phase::Over);
        while let Some(gone_home) = visitors.join_next().await {
            gone_home.unwrap();
        }
        self.front().drained().await;
        println!("{what}: a backlog of {backlog} records, drained in {drained_in:.1?}");
        street.print();
        street.check()?;
        let summary = street.ledger.check(&self.core, &street.link.id).await?;
        Ok(format!("{what}: {summary}"))
    }

    /// Stops the front server gracefully and starts it again.
    pub async fn restart_front(&mut self) {
        let front = self.front_mut();
        front.terminate().await;
        assert!(front.ended().await.success(), "a graceful stop ends with exit status 0");
        front.restart_in_place().await;
    }

    /// Kills the front server and starts it again.
    pub async fn kill_front(&mut self) {
        let front = self.front_mut();
        front.kill().await;
        front.restart_in_place().await;
    }

    pub fn front_mut(&mut self) -> &mut Server {
        self.edge.as_mut().unwrap_or(&mut self.core)
    }

    /// Waits until the front server reports this status.
    pub async fn until(&self, status: &str, within: Duration) -> Result<(), String> {
        let said = async {
            while self.front().health().await["status"] != status {
                sleep(ASK_INTERVAL).await;
            }
        };
        let said = timeout(within, said).await;
        said.map_err(|_| format!("the server did not report the status `{status}` within {within:?}"))
    }
}
