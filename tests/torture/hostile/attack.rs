//! The attackers: their attacks, which all run at the same time, and the outcomes.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, atomic::AtomicUsize},
    time::{Duration, Instant},
};

use reqwest::redirect::Policy;
use s2s_sdk::{
    Client,
    v1::{ConversionCode, ListPostbacksRequest, PostbackFilter, TrackingLink},
};
use s2s_tests::{Server, request};
use tokio::{task::JoinSet, time::sleep};

use super::floods::{NETWORKS_OF_CODE, TWICE_ATTACK};

/// The number of searches that one key has in progress at the same time.
const SEARCHES: usize = 40;
/// The pause of a searcher after a refusal.
const PAUSE: Duration = Duration::from_millis(20);
/// An attacker gives up on an answer after this time.
const PATIENCE: Duration = Duration::from_secs(15);
/// The documented maximum number of strangers' postbacks that the server holds in a minute for one
/// network. A stranger's postback has no known code, no genuine click id and no known sender.
pub const OF_NETWORK_MAX: usize = 60;
/// The documented maximum number of strangers' postbacks that the server holds in a minute for all
/// networks together.
pub const OF_STRANGERS_MAX: usize = 6_000;
/// The documented maximum number of postbacks that the server holds in a minute for one code.
pub const OF_CODE_MAX: usize = 6_000;
const MINUTE: Duration = Duration::from_mins(1);

/// The data that the attackers share.
pub struct Attack {
    pub url: String,
    pub code: ConversionCode,
    /// A link that only attackers follow.
    pub link: TrackingLink,
    pub http: reqwest::Client,
    searcher: Client,
    begun: Instant,
    /// The outcomes of each attack.
    outcomes: Mutex<BTreeMap<(&'static str, String), usize>>,
    /// The number of strangers' postbacks that were answered `HELD`, by network.
    held: Mutex<BTreeMap<IpAddr, usize>>,
    /// The number of postbacks that were held or queued, and of the bytes of their URLs and bodies.
    pub kept: [AtomicUsize; 2],
    /// The number of visits that were redirected.
    pub clicks: AtomicUsize,
}

impl Attack {
    pub async fn new(server: &Server, code: &ConversionCode, read_key: String) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(PATIENCE);
        Self {
            url: server.url.clone(),
            code: code.clone(),
            link: server.link(&[code]).await,
            http: http.build().unwrap(),
            searcher: Client::builder(&server.url).api_key(read_key).retries(0).build().unwrap(),
            begun: Instant::now(),
            outcomes: Mutex::default(),
            held: Mutex::default(),
            kept: Default::default(),
            clicks: AtomicUsize::new(0),
        }
    }

    /// Attacks for `length`. Returns once all attackers have gone, with all of their connections.
    pub async fn run(self: Arc<Self>, length: Duration) {
        let until = Instant::now() + length;
        let mut attackers = JoinSet::new();
        for _ in 0..SEARCHES {
            attackers.spawn(self.clone().search(until));
        }
        self.clone().flood_all(&mut attackers, until);
        self.clone().hold_all(&mut attackers, until);
        attackers.join_all().await;
    }

    pub fn note(&self, attack: &'static str, outcome: impl Into<String>) {
        *self.outcomes.lock().unwrap().entry((attack, outcome.into())).or_default() += 1;
    }

    /// Notes a stranger's postback that was held. Such postbacks are counted by network.
    pub fn note_held(&self, network: IpAddr) {
        *self.held.lock().unwrap().entry(network).or_default() += 1;
    }

    async fn search(self: Arc<Self>, until: Instant) {
        let filter = PostbackFilter { text: "nosuch".to_owned(), ..Default::default() };
        let request = ListPostbacksRequest { page_size: 1, ..request::postbacks(filter) };
        while Instant::now() < until {
            match self.searcher.postbacks().list_page(request.clone()).await {
                Ok(_) => self.note("B1 searches", "answered"),
                Err(error) => {
                    self.note("B1 searches", format!("{:?}", error.reason()));
                    sleep(PAUSE).await;
                }
            }
        }
    }

    pub fn print(&self) {
        println!("{:24}{:44}{:>9}", "attack", "outcome", "count");
        for ((attack, outcome), count) in self.outcomes.lock().unwrap().iter() {
            println!("{attack:24}{outcome:44}{count:>9}");
        }
    }

    /// The largest number of minutes in which one bound can have counted postbacks so far. Each of
    /// these minutes begins with the first postback that the bound counts in it.
    pub fn minutes(&self) -> usize {
        usize::try_from(self.begun.elapsed().as_secs() / MINUTE.as_secs() + 1).unwrap()
    }

    /// The number of an attack's outcomes that contain the word.
    pub fn count(&self, attack: &str, word: &str) -> usize {
        let outcomes = self.outcomes.lock().unwrap();
        let matching =
            outcomes.iter().filter(|((name, outcome), _)| *name == attack && outcome.contains(word));
        matching.map(|(_, count)| count).sum()
    }

    /// Checks that the server observed the bounds on strangers. Queued postbacks have no bound.
    pub fn check(&self) -> Result<(), String> {
        let (minutes, held) = (self.minutes(), self.held.lock().unwrap());
        if let Some((network, held)) = held.iter().find(|(_, held)| **held > OF_NETWORK_MAX * minutes) {
            return Err(format!("{held} postbacks of {network} were held in {minutes} minutes"));
        }
        let all: usize = held.values().sum();
        if all > OF_STRANGERS_MAX * minutes {
            return Err(format!("{all} postbacks of strangers were held in {minutes} minutes"));
        }
        let of_code = self.count(CODE_ATTACK, "HELD") + self.count(TWICE_ATTACK, "HELD");
        if of_code > (OF_CODE_MAX + OF_NETWORK_MAX * NETWORKS_OF_CODE) * minutes {
            return Err(format!("{of_code} postbacks of a known code were held in {minutes} minutes"));
        }
        Ok(())
    }
}

/// The name of the flood whose postbacks name a known code.
pub const CODE_ATTACK: &str = "B6 invalid click ids";
