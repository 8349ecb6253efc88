//! A server that is stopped (SIGSTOP) under load and woken after its lanes of the journal were closed
//! by another server. It must write nothing under them.
//!
//! Lanes are closed after an hour without a commit. So the clocks of the other server and of the
//! database jump by more than an hour while the server is stopped. Its own clock does not jump: it
//! must be kept out by the numbers of the lanes, and not by its clock.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use s2s_tests::{
    Server,
    clock::WrongClock,
    database::{self, file, fresh_on, server::DatabaseServer},
};
use tokio::{task::JoinSet, time::sleep};

use crate::{
    crowd::{Crowd, partners_clicks},
    kills::recovered,
    ledger::Ledger,
};

/// The number of stops. The first one lasts as long as it is told, the others a tenth of that.
const ROUNDS: i64 = 3;
/// The jump of the other clocks in each round, in seconds. An idle lane is closed after an hour.
const JUMP_SECONDS: i64 = 2 * 3_600;
/// The number of concurrent senders of each server.
const SENDERS: usize = 8;
/// The number of sales between two steps.
const SALES: usize = 50;
/// The time limit of a step, even on a slow machine.
const PATIENCE: Duration = Duration::from_mins(5);
/// The interval between two looks.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);
/// The time after which the other server is restarted again. A transaction of the stopped server may
/// keep it from closing a lane; the database ends such a transaction after ten seconds.
const CLOSED_WITHIN: Duration = Duration::from_secs(15);

/// The two cores, and their senders.
struct Victims {
    /// Declared first, so that the senders end before the servers.
    senders: JoinSet<()>,
    stopped: Server,
    other: Server,
    /// The senders of each server. Each has clicks of its own: clocks differ.
    crowds: [Arc<Crowd>; 2],
    clock: WrongClock,
    _database: Option<DatabaseServer>,
    url: String,
    /// The number of times that the stopped server held the lock of an SQLite file.
    locked: usize,
}

/// Stops a server several times. `unguarded`: removes the rows that close the lanes, so that a fault
/// must be found.
pub async fn torture(kind: &str, length: Duration, unguarded: bool) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut victims = Victims::start(kind, folder.path()).await;
    let mut closed = 0;
    for round in 1..=ROUNDS {
        let length = if round == 1 { length } else { length / 10 };
        victims.sell_on(0).await?;
        let begun = victims.stop().await;
        closed += victims.close_lanes(round, unguarded).await?;
        victims.sell_on(1).await?;
        sleep(length.saturating_sub(begun.elapsed())).await;
        victims.stopped.thaw().await;
        victims.sell_on(0).await?;
    }
    let (checked, locked) = (victims.check().await?, victims.locked);
    Ok(format!(
        "{ROUNDS} stops, in which {closed} lanes were closed; {locked} stops held the lock; {checked}"
    ))
}

impl Victims {
    async fn start(kind: &str, folder: &Path) -> Self {
        let (clock, flags) = (WrongClock::build(), ["--spool", "spool"]);
        let (database, url) = if kind == "sqlite" {
            (None, file(folder))
        } else {
            let database = DatabaseServer::start_in(kind, &clock.variables()).await;
            let url = fresh_on(&database.url, folder).await;
            (Some(database), url)
        };
        let stopped = Server::start_at_with(url.clone(), &flags).await;
        let other = Server::start_at_in(url.clone(), &flags, &clock.variables()).await;
        let code = stopped.code("Sale").await;
        let (link, ledger) = (stopped.link(&[&code]).await, Arc::new(Ledger::in_folder(folder)));
        let mut crowds = Vec::new();
        for server in [&stopped, &other] {
            let slug = format!("{}?sub1={}", link.slug, ledger.next_visit());
            s2s_tests::sale::visit(&s2s_tests::http(), &server.url, &slug).await.unwrap().unwrap();
            server.knows(&link.slug).await;
            let click_ids = partners_clicks(server, &code).await;
            let (servers, code, link) = (vec![server.url.clone()], code.clone(), link.clone());
            crowds.push(Arc::new(Crowd::new(servers, code, link, click_ids, ledger.clone())));
        }
        let mut senders = JoinSet::new();
        for crowd in &crowds {
            (0..SENDERS).for_each(|_| drop(senders.spawn(crowd.clone().send_all())));
        }
        let crowds = crowds.try_into().unwrap_or_else(|_| panic!("there are two servers"));
        Self { senders, stopped, other, crowds, clock, _database: database, url, locked: 0 }
    }

    /// Waits until a server has counted some more sales.
    async fn sell_on(&self, server: usize) -> Result<(), String> {
        let counted = || self.crowds[server].counted.load(Ordering::Relaxed);
        let (enough, begun) = (counted() + SALES, Instant::now());
        while counted() < enough {
            if begun.elapsed() > PATIENCE {
                return Err(format!("server {server} counts no more sales"));
            }
            sleep(LOOK_INTERVAL).await;
        }
        Ok(())
    }

    /// Stops the server with requests in progress. On SQLite, a server that is stopped within a
    /// transaction keeps everyone from writing, so the stop is repeated until it is between two.
    async fn stop(&mut self) -> Instant {
        loop {
            self.stopped.freeze().await;
            if !self.url.starts_with("sqlite:") || database::is_writable(&self.url).await {
                return Instant::now();
            }
            self.locked += 1;
            self.stopped.thaw().await;
            sleep(LOOK_INTERVAL).await;
        }
    }

    /// Moves the clocks, and waits until the other server has closed all lanes of the stopped one.
    /// Returns their number.
    async fn close_lanes(&mut self, round: i64, unguarded: bool) -> Result<u64, String> {
        // Before the jump: a commit after it would keep a lane of the other server open for an hour.
        self.other.kill().await;
        self.crowds[0].ledger.allow_ahead(round * JUMP_SECONDS);
        self.clock.set(round * JUMP_SECONDS);
        let newest = database::number(&self.url, "SELECT MAX(id) AS number FROM lane").await;
        let open = format!("SELECT COUNT(*) AS number FROM lane WHERE closed_seq IS NULL AND id <= {newest}");
        let before = database::number(&self.url, &open).await;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            // A pass of the retention, which closes lanes, comes right after a start.
            self.other.restart_in_place().await;
            let restarted = Instant::now();
            while restarted.elapsed() < CLOSED_WITHIN {
                if database::number(&self.url, &open).await == 0 {
                    if unguarded {
                        database::execute(&self.url, "DELETE FROM journal WHERE kind = 3").await;
                    }
                    return Ok(before);
                }
                sleep(LOOK_INTERVAL).await;
            }
            self.other.kill().await;
        }
        Err("the lanes of the stopped server are not closed".to_owned())
    }

    async fn check(&mut self) -> Result<String, String> {
        self.crowds.iter().for_each(|crowd| crowd.over.store(true, Ordering::Relaxed));
        while let Some(sender) = self.senders.join_next().await {
            sender.unwrap();
        }
        recovered([&self.stopped, &self.other].into_iter()).await;
        let crowd = &self.crowds[0];
        let (summary, _) = crowd.ledger.check_stored(&self.stopped, &crowd.link.id).await?;
        Ok(summary)
    }
}
