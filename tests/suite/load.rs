//! A load of writes: visits, sales over `/s2s` and gRPC, clicks of partners, and new conversion
//! codes. A ledger records the acknowledgements.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::TryStreamExt as _;
use reqwest::redirect::Policy;
use s2s_sdk::{
    Client,
    v1::{
        ConversionCode, CreateConversionCodeRequest, ListClicksRequest, ListConversionCodesRequest,
        ListConversionsRequest, Money, NewConversion, RecordClickRequest, TrackingLink,
    },
};
use s2s_tests::{
    Answer, Server, administrator, eventually_within, request,
    sale::{query, value, visit},
};
use tokio::task::JoinSet;

use crate::moved;

/// The time limit for a database to serve again, and for a spool to drain, even on a slow machine.
pub const PATIENCE: Duration = Duration::from_mins(5);
/// The number of concurrent senders.
const SENDERS: usize = 8;
/// The number of clicks that are recorded in advance, for sales without a visit.
const CLICKS: usize = 16;

/// The acknowledged writes, and the postbacks that were refused.
#[derive(Clone, Default)]
pub struct Ledger {
    /// The click id of each acknowledged sale, by the sale's number.
    sales: BTreeMap<usize, String>,
    clicks: BTreeSet<String>,
    codes: BTreeSet<String>,
    /// Sales whose postback was refused, to be sent again: number and click id.
    refused: VecDeque<(usize, String)>,
}

pub struct Load {
    /// The URL for visits and postbacks.
    front: String,
    /// The URL for gRPC calls.
    core: String,
    code: ConversionCode,
    link: TrackingLink,
    /// Clicks that were recorded in advance, for sales without a visit.
    click_ids: Vec<String>,
    ledger: Mutex<Ledger>,
    next: AtomicUsize,
    over: AtomicBool,
    pub counted: AtomicUsize,
    pub refused: AtomicUsize,
    /// The number of sales that were held because a clock was wrong. A held sale is not
    /// acknowledged.
    pub held: AtomicUsize,
}

impl Load {
    /// Prepares a load: visits and postbacks go to `front`, gRPC calls go to `core`. A first visit
    /// makes the link known to `front`.
    pub async fn new(core: &Server, front: &Server) -> Arc<Self> {
        let sale = core.code("Sale").await;
        let link = core.link(&[&sale]).await;
        let mut click_ids = Vec::new();
        for _ in 0..CLICKS {
            click_ids.push(core.click(&link).await);
        }
        let clicks = click_ids.iter().cloned().collect();
        let load = Self {
            front: front.url.clone(),
            core: core.url.clone(),
            code: sale,
            link,
            click_ids,
            ledger: Mutex::new(Ledger { clicks, ..Default::default() }),
            next: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            counted: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
        };
        visit(&http(), &load.front, &load.link.slug).await.unwrap().unwrap();
        Arc::new(load)
    }

    pub fn slug(&self) -> &str {
        &self.link.slug
    }

    /// Lets visitors come and buy, one after the other. Returns the number of acknowledged sales.
    pub async fn visitors(&self, visitors: usize) -> usize {
        let (http, before) = (http(), self.counted.load(Ordering::Relaxed));
        for _ in 0..visitors {
            let click_id = visit(&http, &self.front, &self.link.slug).await.unwrap().unwrap();
            self.postback(&http, self.next.fetch_add(1, Ordering::Relaxed), click_id).await;
        }
        self.counted.load(Ordering::Relaxed) - before
    }

    /// Records a click that is 40 days old by the clock of `core`. The tests in `clocks.rs` keep
    /// clicks for a shorter time, so the next pass of the retention deletes this click.
    pub async fn old_click(&self, core: &Server) -> String {
        let link = core.link(&[&self.code]).await;
        let click_time = moved(link.create_time, -40 * 86_400);
        let request = RecordClickRequest { tracking_link_id: link.id, click_time, ..Default::default() };
        core.client().clicks().record(request).await.unwrap().click.unwrap().id
    }

    /// Follows the link. Returns the click id.
    pub async fn visit(&self) -> String {
        visit(&http(), &self.front, &self.link.slug).await.unwrap().unwrap()
    }

    /// Follows the link at another server. Returns the click id.
    pub async fn visit_of(&self, front: &Server) -> String {
        visit(&http(), &front.url, &self.link.slug).await.unwrap().unwrap()
    }

    /// Reports a new sale of the click `click_id`.
    pub async fn sell(&self, front: &Server, click_id: &str) -> Answer {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        front.postback(&query(&self.code.id, click_id, number)).await
    }

    /// Starts the senders; `end` stops them.
    pub fn begin(self: &Arc<Self>) -> JoinSet<()> {
        self.over.store(false, Ordering::Relaxed);
        let mut senders = JoinSet::new();
        for _ in 0..SENDERS {
            senders.spawn(self.clone().send_all());
        }
        senders
    }

    /// Stops the senders. Returns once all requests are answered.
    pub async fn end(&self, mut senders: JoinSet<()>) {
        self.over.store(true, Ordering::Relaxed);
        while let Some(ended) = senders.join_next().await {
            ended.unwrap();
        }
    }

    /// Waits until a counter has grown by `more`.
    pub async fn more(&self, of: &AtomicUsize, more: usize) {
        let goal = of.load(Ordering::Relaxed) + more;
        eventually_within(PATIENCE, async || (of.load(Ordering::Relaxed) >= goal).then_some(())).await;
    }

    async fn send_all(self: Arc<Self>) {
        let http = http();
        // Without retries, each refusal is seen at once.
        let client = administrator(&self.core).retries(0).build().unwrap();
        while !self.over.load(Ordering::Relaxed) {
            let again = self.ledger.lock().unwrap().refused.pop_front();
            if let Some((number, click_id)) = again {
                self.postback(&http, number, click_id).await;
                continue;
            }
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let old = &self.click_ids[number % CLICKS];
            match number % 16 {
                0 => self.set_up(&client, number).await,
                1..4 => self.click(&client).await,
                4..7 => self.call(&client, number, old.clone()).await,
                7..11 => match visit(&http, &self.front, &self.link.slug).await.unwrap() {
                    Ok(click_id) => self.postback(&http, number, click_id).await,
                    Err(status) => panic!("a visitor was answered {status}"),
                },
                _ => self.postback(&http, number, old.clone()).await,
            }
        }
    }

    async fn postback(&self, http: &reqwest::Client, number: usize, click_id: String) {
        let query = query(&self.code.id, &click_id, number);
        let answer = http.get(format!("{}/s2s?{query}", self.front)).send().await.unwrap();
        let answer = Answer::of(answer).await;
        match (answer.status, answer.field("verdict").as_str(), answer.field("reason").as_str()) {
            (200, "RECORDED" | "DUPLICATE", _) | (202, "QUEUED", _) => self.sold(number, click_id),
            (503, "REFUSED", _) => {
                self.ledger.lock().unwrap().refused.push_back((number, click_id));
                self.refused.fetch_add(1, Ordering::Relaxed);
            }
            // A wrong clock makes the click too old.
            (422, "HELD", "ATTRIBUTION_WINDOW_PASSED") => {
                self.held.fetch_add(1, Ordering::Relaxed);
            }
            _ => panic!("{answer:?}"),
        }
    }

    async fn call(&self, client: &Client, number: usize, click_id: String) {
        let conversion = NewConversion {
            conversion_code_id: self.code.id.clone(),
            click_id: click_id.clone(),
            transaction_id: number.to_string(),
            value: Some(Money { micros: value(number), ..Default::default() }),
            ..Default::default()
        };
        match client.conversions().record(request::conversion(conversion)).await {
            Ok(_) => self.sold(number, click_id),
            Err(_) => self.refuse(),
        }
    }

    async fn click(&self, client: &Client) {
        let request = RecordClickRequest { tracking_link_id: self.link.id.clone(), ..Default::default() };
        match client.clicks().record(request).await {
            Ok(answer) => {
                self.ledger.lock().unwrap().clicks.insert(answer.click.unwrap().id);
            }
            Err(_) => self.refuse(),
        }
    }

    async fn set_up(&self, client: &Client, number: usize) {
        let code = ConversionCode { name: format!("code {number}"), ..Default::default() };
        let request = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
        match client.conversion_codes().create(request).await {
            Ok(answer) => {
                self.ledger.lock().unwrap().codes.insert(answer.conversion_code.unwrap().id);
            }
            Err(_) => self.refuse(),
        }
    }

    fn sold(&self, number: usize, click_id: String) {
        self.ledger.lock().unwrap().sales.insert(number, click_id);
        self.counted.fetch_add(1, Ordering::Relaxed);
    }

    fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// The acknowledgements until now.
    pub fn ledger(&self) -> Ledger {
        self.ledger.lock().unwrap().clone()
    }

    /// Checks that every stored conversion was sent, has the value that was sent, and counts once.
    /// Checks that every acknowledged sale, click and code is stored.
    ///
    /// Valid only while nothing is being sent and all spools are empty.
    pub async fn check(&self, core: &Server) {
        self.check_ledger(core, &self.ledger()).await;
    }

    /// Makes the same checks as `check`, but only the acknowledgements in `ledger` must be stored.
    pub async fn check_ledger(&self, core: &Server, ledger: &Ledger) {
        let client = core.client();
        let all =
            client.conversions().list(ListConversionsRequest { page_size: 1_000, ..Default::default() });
        let mut stored = BTreeMap::new();
        for conversion in all.try_collect::<Vec<_>>().await.unwrap() {
            let number: usize = conversion.transaction_id.parse().unwrap();
            assert!(number < self.next.load(Ordering::Relaxed), "sale {number} was never sent");
            assert_eq!(conversion.value.as_ref().unwrap().micros, value(number), "sale {number}");
            let twice = stored.insert(number, conversion.click_id);
            assert_eq!(twice, None, "sale {number} counts twice");
        }
        let clicks = ListClicksRequest {
            tracking_link_id: self.link.id.clone(),
            page_size: 1_000,
            ..Default::default()
        };
        let clicks: Vec<_> = client.clicks().list(clicks).try_collect().await.unwrap();
        let clicks: BTreeSet<String> = clicks.into_iter().map(|click| click.id).collect();
        let codes = ListConversionCodesRequest { page_size: 1_000, ..Default::default() };
        let codes: Vec<_> = client.conversion_codes().list(codes).try_collect().await.unwrap();
        let codes: BTreeSet<String> = codes.into_iter().map(|code| code.id).collect();
        let lost = ledger.sales.iter().filter(|(number, click)| stored.get(number) != Some(click)).count();
        assert_eq!(lost, 0, "lost of {} sales", ledger.sales.len());
        let (lost_clicks, lost_codes) =
            (ledger.clicks.difference(&clicks).count(), ledger.codes.difference(&codes).count());
        assert_eq!(
            (lost_clicks, lost_codes),
            (0, 0),
            "lost of {} clicks and {} codes",
            ledger.clicks.len(),
            ledger.codes.len()
        );
    }

    /// Sends all acknowledged sales again, and checks that each is a duplicate.
    ///
    /// If the core is too busy to answer in time, a repeated sale is `QUEUED`. The sale is then
    /// sent once more after the spool is empty, so that the core itself answers.
    pub async fn send_all_again(&self, front: &Server) {
        let sales = self.ledger.lock().unwrap().sales.clone();
        for (number, click_id) in sales {
            let answer = eventually_within(PATIENCE, async || {
                let answer = front.postback(&query(&self.code.id, &click_id, number)).await;
                if answer.field("verdict") != "QUEUED" {
                    return Some(answer);
                }
                front.drained_within(PATIENCE).await;
                None
            })
            .await;
            assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "DUPLICATE"), "{answer:?}");
        }
    }
}

/// A client that opens a new connection for each request, as most merchants' servers do.
fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build().unwrap()
}
