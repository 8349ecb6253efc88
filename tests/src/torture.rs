//! `make torture`: kills the server, kills its database, and cuts their connection between a COMMIT and its answer,
//! under load; then looks whether what was acknowledged is there, once, to the micro-unit, and nothing that was not sent.
//!
//! `s2s-torture sqlite|postgres|mariadb CYCLES [SEED]`. Merchants call the postback URL and partners call over gRPC; each
//! sends again what was not acknowledged, as they may. What was acknowledged is written to a log that is made durable
//! before each kill, so that the evidence does not depend on what is tortured.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "it can't go on")]

#[path = "torture/proxy.rs"]
mod proxy;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::TryStreamExt as _;
use s2s_sdk::v1::{ListConversionsRequest, Money, RecordConversionRequest};
use s2s_tests::{
    Server, administrator,
    database::{fresh_on, server::DatabaseServer},
    eventually, http,
    random::Random,
};
use tokio::{sync::watch, task::JoinSet, time::sleep};

use crate::proxy::Proxy;

/// Who sends at the same time.
const SENDERS: u64 = 16;
/// How often one conversion is sent at the most; then the sender gives up, as a merchant does.
const SENDINGS_MAX: usize = 4;
/// How long a sender waits after a failure.
const PAUSE: Duration = Duration::from_millis(20);
/// A kill comes so long after the one before, in milliseconds.
const CYCLE_MILLIS_MIN: usize = 100;
const CYCLE_MILLIS_MAX: usize = 700;

/// What the senders share.
struct Campaign {
    code: String,
    click: String,
    /// Where the server listens now.
    url: watch::Receiver<String>,
    next: AtomicU64,
    over: AtomicBool,
    log: Mutex<File>,
}

/// The value of a conversion, in micros: tells it from every other.
fn value(number: u64) -> i64 {
    i64::try_from(number * 1_000_003 + 7).unwrap()
}

impl Campaign {
    async fn send_all(self: Arc<Self>) {
        let http = http();
        while !self.over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            for _ in 0..SENDINGS_MAX {
                let acknowledged = if number.is_multiple_of(2) {
                    self.call(number).await
                } else {
                    self.postback(&http, number).await
                };
                if let Some(conversion_id) = acknowledged {
                    writeln!(self.log.lock().unwrap(), "{number} {conversion_id}").unwrap();
                    break;
                }
                sleep(PAUSE).await;
            }
        }
    }

    async fn call(&self, number: u64) -> Option<String> {
        let url = self.url.borrow().clone();
        let client = administrator(&url).retries(0).build().unwrap();
        let request = RecordConversionRequest {
            conversion_code_id: self.code.clone(),
            click_id: self.click.clone(),
            transaction_id: number.to_string(),
            value: Some(Money { micros: value(number), ..Default::default() }),
            ..Default::default()
        };
        client.record_conversion(request).await.ok().map(|answer| answer.conversion.unwrap().id)
    }

    async fn postback(&self, http: &reqwest::Client, number: u64) -> Option<String> {
        let url = self.url.borrow().clone();
        let money = Money { micros: value(number), ..Default::default() };
        let query = format!("clickId={}&id={}&val={money}&com=0&oid={number}", self.click, self.code);
        let response = http.get(format!("{url}/s2s?{query}")).send().await.ok()?;
        if response.status() != 200 {
            return None;
        }
        // An answer that breaks off is none.
        let body: serde_json::Value = serde_json::from_str(&response.text().await.ok()?).ok()?;
        Some(body["conversion_id"].as_str().expect("a conversion id in every 200").to_owned())
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (kind, cycles, seed) = match arguments.as_slice() {
        [kind, cycles] => (kind.as_str(), cycles.parse().unwrap(), 1),
        [kind, cycles, seed] => (kind.as_str(), cycles.parse().unwrap(), seed.parse().unwrap()),
        _ => {
            eprintln!("usage: s2s-torture sqlite|postgres|mariadb CYCLES [SEED]");
            return ExitCode::from(2);
        }
    };
    println!("{kind}: {cycles} cycles, seed {seed}");
    match torture(kind, cycles, Random(seed)).await {
        Ok(summary) => {
            println!("{kind}: {summary}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{kind}: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn torture(kind: &str, cycles: u64, mut random: Random) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let (mut database, proxy, mut server) = if kind == "sqlite" {
        (None, None, Server::start().await)
    } else {
        let database = DatabaseServer::start(kind).await;
        let proxy = Proxy::start(database.address()).await;
        let url = fresh_on(&database.url, folder.path()).await.replace(&database.address(), &proxy.address);
        (Some(database), Some(proxy), Server::start_at(url).await)
    };
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let (url, now_at) = watch::channel(server.url.clone());
    let path = folder.path().join("acknowledged");
    let campaign = Arc::new(Campaign {
        code: code.id,
        click,
        url: now_at,
        next: AtomicU64::new(0),
        over: AtomicBool::new(false),
        log: Mutex::new(File::create(&path).unwrap()),
    });
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        senders.spawn(campaign.clone().send_all());
    }

    for _ in 0..cycles {
        let millis = CYCLE_MILLIS_MIN + random.below(CYCLE_MILLIS_MAX - CYCLE_MILLIS_MIN);
        sleep(Duration::from_millis(u64::try_from(millis).unwrap())).await;
        let victims = if database.is_some() { 3 } else { 1 };
        let victim = random.below(victims);
        campaign.log.lock().unwrap().sync_data().unwrap();
        match (victim, &mut database, &proxy) {
            (1, Some(database), _) => {
                database.kill();
                database.restart().await;
            }
            (2, _, Some(proxy)) => proxy.cut(),
            _ => {
                server.kill().await;
                server.restart().await;
                url.send(server.url.clone()).unwrap();
            }
        }
    }
    // The last victim has to come back before it is asked.
    eventually(async || campaign.call(u64::from(u32::MAX)).await).await;
    campaign.over.store(true, Ordering::Relaxed);
    senders.join_all().await;
    check(&server, &campaign, &path).await
}

/// Acknowledged ⊆ stored, each once; stored ⊆ sent; every value as it was sent.
async fn check(server: &Server, campaign: &Campaign, log: &std::path::Path) -> Result<String, String> {
    let all = server.client().conversions(ListConversionsRequest::default());
    let all: Vec<_> = all.try_collect().await.map_err(|error| error.to_string())?;
    let (stored, sent) = (all.len(), campaign.next.load(Ordering::Relaxed));
    let mut ids = BTreeMap::new();
    for conversion in all {
        let number: u64 = conversion.transaction_id.parse().unwrap();
        if number >= sent && number != u64::from(u32::MAX) {
            return Err(format!("{number} was never sent"));
        }
        if conversion.value.unwrap().micros != value(number) {
            return Err(format!("{number} has another value than was sent"));
        }
        if ids.insert(number, conversion.id).is_some() {
            return Err(format!("{number} counts twice"));
        }
    }
    let mut acknowledged = 0;
    for line in BufReader::new(File::open(log).unwrap()).lines() {
        let line = line.unwrap();
        let (number, id) = line.split_once(' ').unwrap();
        acknowledged += 1;
        match ids.get(&number.parse::<u64>().unwrap()) {
            Some(stored) if stored == id => {}
            Some(other) => return Err(format!("{number} was acknowledged as {id} and is {other}")),
            None => return Err(format!("{number} was acknowledged as {id} and is lost")),
        }
    }
    Ok(format!("{sent} sent, {acknowledged} acknowledged, {stored} stored; none lost, none doubled"))
}
