//! Blows in a pseudo-random order: kills and hangs of the server, kills of another core, of the edges
//! and of the database, and cuts of the wires between server and database, also between a commit and its
//! answer.

use std::{sync::Arc, time::Duration};

use s2s_tests::{Server, database::fresh_on, database::server::DatabaseServer, proxy::Proxy, random::Random};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    books::Books,
    crowd::{Crowd, partners_clicks},
    ledger::Ledger,
};

/// The number of concurrent senders.
const SENDERS: u64 = 16;
/// The shortest and the longest time between two blows, in milliseconds.
const CYCLE_MILLIS: (usize, usize) = (100, 700);
/// The time limit until all spools are empty, even on a slow machine.
const CAUGHT_UP_WITHIN: Duration = Duration::from_mins(10);
/// The interval between checks for empty spools.
const ASK_INTERVAL: Duration = Duration::from_millis(100);
/// The shortest and the longest time for which the core or its database is dead or hangs, in
/// milliseconds. An edge waits for its core for at most 150 ms; then the postback goes to the
/// spool.
const AWAY_MILLIS: (usize, usize) = (0, 800);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blow {
    Kill,
    Hang,
    KillEdge,
    KillDatabase,
    CutWire,
    CutBeforeAnswers,
}

const BLOWS: [Blow; 6] =
    [Blow::Kill, Blow::Hang, Blow::KillEdge, Blow::KillDatabase, Blow::CutWire, Blow::CutBeforeAnswers];
/// The blows if the database is an SQLite file, which has no process and no wire.
const BLOWS_ON_A_FILE: [Blow; 3] = [Blow::Kill, Blow::Hang, Blow::KillEdge];

/// The tortured processes.
struct Victims {
    random: Random,
    database: Option<(DatabaseServer, Proxy)>,
    /// A server with both roles: an edge with a spool of its own, and the core of all edges.
    server: Server,
    /// Another core on the same database. Nobody calls it; both cores fold the journal.
    other: Server,
    edges: Vec<Server>,
}

pub async fn torture(kind: &str, cycles: u64, random: Random) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut victims = Victims::start(kind, folder.path(), random).await;
    let (crowd, books) = victims.crowd(folder.path()).await;
    let (crowd, books) = (Arc::new(crowd), Arc::new(books));
    let mut senders = JoinSet::new();
    senders.spawn(books.clone().keep(crowd.clone()));
    for _ in 0..SENDERS {
        senders.spawn(crowd.clone().send_all());
    }
    for _ in 0..cycles {
        victims.pause(CYCLE_MILLIS).await;
        crowd.ledger.make_durable();
        victims.suffer().await;
    }
    crowd.over.store(true, std::sync::atomic::Ordering::Relaxed);
    senders.join_all().await;
    victims.recover().await;
    let stored = crowd.ledger.check(&victims.server, &crowd.link.id).await?;
    Ok(format!("{stored}; {}", books.check(&victims.server).await?))
}

impl Victims {
    async fn start(kind: &str, folder: &std::path::Path, random: Random) -> Self {
        let flags = ["--spool", "spool"];
        let (database, server) = if kind == "sqlite" {
            (None, Server::start_with(&flags).await)
        } else {
            let database = DatabaseServer::start(kind).await;
            let proxy = Proxy::start(database.address()).await;
            let url = fresh_on(&database.url, folder).await.replace(&database.address(), &proxy.address);
            (Some((database, proxy)), Server::start_at_with(url, &flags).await)
        };
        // With two edges, a sale can arrive at one edge while its click is still in the spool of
        // the other edge.
        let edges = vec![Server::start_edge(&server, &[]).await, Server::start_edge(&server, &[]).await];
        let other = Server::start_beside_with(&server, &flags).await;
        Self { random, database, server, other, edges }
    }

    async fn crowd(&self, folder: &std::path::Path) -> (Crowd, Books) {
        let code = self.server.code("Sale").await;
        let (books, link) = Books::open(&self.server, &code.id).await;
        let ledger = Ledger::in_folder(folder);
        let all = std::iter::once(&self.server).chain(&self.edges);
        for server in all.clone() {
            let slug = format!("{}?sub1={}", link.slug, ledger.next_visit());
            s2s_tests::sale::visit(&s2s_tests::http(), &server.url, &slug).await.unwrap().unwrap();
            server.knows(&link.slug).await;
        }
        let servers = all.map(|server| server.url.clone()).collect();
        let click_ids = partners_clicks(&self.server, &code).await;
        (Crowd::new(servers, code, link, click_ids, Arc::new(ledger)), books)
    }

    async fn suffer(&mut self) {
        let blow = match self.database {
            Some(_) => self.random.pick(&BLOWS),
            None => self.random.pick(&BLOWS_ON_A_FILE),
        };
        // An edge holds the most spooled records while its core is down. So one in three blows
        // that are not `KillEdge` kills an edge as well.
        let edge = self.random.below(self.edges.len());
        let edge_too = blow == Blow::KillEdge || self.random.one_in(3);
        let other_too = self.random.one_in(3);
        match (blow, &mut self.database) {
            (Blow::Kill, _) => self.server.kill().await,
            (Blow::Hang, _) => self.server.freeze().await,
            (Blow::KillDatabase, Some((database, _))) => database.kill(),
            (Blow::CutWire, Some((_, proxy))) => proxy.cut(),
            (Blow::CutBeforeAnswers, Some((_, proxy))) => proxy.cut_before_answers(),
            _ => {}
        }
        if matches!(blow, Blow::Kill | Blow::Hang | Blow::KillDatabase) {
            self.pause(AWAY_MILLIS).await;
        }
        if edge_too {
            self.edges[edge].kill().await;
        }
        if other_too {
            self.other.kill().await;
        }
        match (blow, &mut self.database) {
            (Blow::Hang, _) => self.server.thaw().await,
            (Blow::KillDatabase, Some((database, _))) => database.restart().await,
            _ => {}
        }
        // The edge restarts before a dead core does: an edge must start without its core.
        if edge_too {
            self.edges[edge].restart_in_place().await;
        }
        if blow == Blow::Kill {
            self.server.restart_in_place().await;
        }
        if other_too {
            self.other.restart_in_place().await;
        }
    }

    async fn pause(&mut self, (min, max): (usize, usize)) {
        let millis = min + self.random.below(max - min);
        sleep(Duration::from_millis(u64::try_from(millis).unwrap())).await;
    }

    /// Waits until every server serves and every spool is empty.
    async fn recover(&self) {
        recovered([&self.server, &self.other].into_iter().chain(&self.edges)).await;
    }
}

/// Waits until these servers serve and their spools are empty.
pub async fn recovered(servers: impl Iterator<Item = &Server>) {
    for server in servers {
        let drained = async {
            loop {
                let health = server.health().await;
                if health["status"] == "serving" && health["spool"]["records"] == 0 {
                    return;
                }
                sleep(ASK_INTERVAL).await;
            }
        };
        timeout(CAUGHT_UP_WITHIN, drained).await.unwrap();
    }
}
