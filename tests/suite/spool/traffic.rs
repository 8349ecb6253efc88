//! Visitors and merchants, with a ledger of the answers that they got.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, UNIX_EPOCH},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::redirect::Policy;
use s2s_sdk::v1::{Conversion, ConversionCode, ConversionFilter, ListClicksRequest, TrackingLink};
use s2s_tests::{
    Answer, Server, request,
    sale::{query, value, visit},
};

/// The number of concurrent senders.
const AT_ONCE: usize = 8;

/// The traffic of one link, and the ledger of acknowledged clicks and conversions.
pub struct Traffic {
    code: ConversionCode,
    link: TrackingLink,
    http: reqwest::Client,
    /// The clicks of redirected visitors.
    clicks: Vec<String>,
    /// The conversions that were answered with 2xx, by transaction id: the click id, and the
    /// answer's time, in Unix seconds.
    counted: BTreeMap<usize, (String, i64)>,
    next: usize,
}

/// The result of a round.
#[derive(Debug, Default)]
pub struct Round {
    pub queued: usize,
    pub refused: usize,
    /// The latency of each redirect.
    pub redirects: Vec<Duration>,
}

impl Round {
    pub fn p99(&mut self) -> Duration {
        self.redirects.sort_unstable();
        self.redirects[self.redirects.len() * 99 / 100]
    }
}

fn now() -> i64 {
    i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

impl Traffic {
    /// Creates a code and a link, and follows the link over `edge`. From then on, `edge` knows the
    /// link.
    pub async fn begin(core: &Server, edge: &Server) -> Self {
        let sale = core.code("Sale").await;
        let link = core.link(&[&sale]).await;
        // Like most merchants, opens a new connection for each request: no connection would survive
        // the restart of an edge.
        let http = reqwest::Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0);
        let (http, clicks, counted) = (http.build().unwrap(), Vec::new(), BTreeMap::new());
        let mut traffic = Self { code: sale, link, http, clicks, counted, next: 0 };
        traffic.round(edge, 1).await;
        traffic.is_known_to(edge).await;
        traffic
    }

    /// Follows the link over `edge`, and waits until that edge's snapshot has the link.
    pub async fn is_known_to(&mut self, edge: &Server) {
        if let Ok(click_id) = visit(&self.http, &edge.url, &self.link.slug).await.unwrap() {
            self.clicks.push(click_id);
        }
        edge.knows(&self.link.slug).await;
    }

    /// Lets visitors follow the link, and reports a sale of each visitor.
    pub async fn round(&mut self, edge: &Server, visitors: usize) -> Round {
        let first = self.next;
        self.next += visitors;
        let (http, link, code) = (&self.http, &self.link, &self.code);
        let sent = stream::iter(first..first + visitors).map(async |number| {
            let begun = Instant::now();
            let click_id = visit(http, &edge.url, &link.slug).await.unwrap();
            let took = begun.elapsed();
            let click_id = click_id.unwrap_or_else(|status| panic!("visitor {number} was answered {status}"));
            let answer = postback(http, edge, &query(&code.id, &click_id, number)).await;
            (number, click_id, took, answer)
        });
        let mut round = Round::default();
        for (number, click_id, took, answer) in sent.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
            round.redirects.push(took);
            self.clicks.push(click_id.clone());
            match (answer.status, answer.field("verdict").as_str()) {
                (200, "RECORDED") => {}
                (202, "QUEUED") => round.queued += 1,
                (503, "REFUSED") => {
                    assert!(answer.headers.contains_key("retry-after"), "{answer:?}");
                    round.refused += 1;
                    continue;
                }
                _ => panic!("{answer:?}"),
            }
            assert!(answer.field("postback_id").starts_with("pb_"), "{answer:?}");
            self.counted.insert(number, (click_id, now()));
        }
        round
    }

    /// Sends visitors until `queued` postbacks have been queued.
    pub async fn until_queued(&mut self, edge: &Server, queued: usize) {
        let mut seen = 0;
        for _ in 0..1_000 {
            seen += self.round(edge, AT_ONCE).await.queued;
            if seen >= queued {
                return;
            }
        }
        panic!("only {seen} were queued");
    }

    /// Sends visitors until a round in which no postback is queued.
    pub async fn until_live(&mut self, edge: &Server) {
        for _ in 0..1_000 {
            if self.round(edge, AT_ONCE).await.queued == 0 {
                return;
            }
        }
        panic!("postbacks were still queued at the end");
    }

    /// Checks that exactly the conversions answered with 2xx are stored, once, with click and time.
    /// Checks that exactly the clicks of all redirected visitors are stored.
    pub async fn check(&self, core: &Server) {
        self.check_conversions(core).await;
        let clicks = ListClicksRequest { tracking_link_id: self.link.id.clone(), ..Default::default() };
        let clicks: Vec<_> = core.client().clicks().list(clicks).try_collect().await.unwrap();
        let mut clicks: Vec<String> = clicks.into_iter().map(|click| click.id).collect();
        let mut sent_on = self.clicks.clone();
        clicks.sort_unstable();
        sent_on.sort_unstable();
        assert!(clicks == sent_on, "{} clicks, {} visitors", clicks.len(), sent_on.len());
    }

    /// Checks the conversions alone. Clicks may be missing after a kill, because a visitor does not
    /// wait until a slow disk has stored the click.
    pub async fn check_conversions(&self, core: &Server) {
        let stored = self.stored(core).await;
        assert_eq!(stored.keys().collect::<Vec<_>>(), self.counted.keys().collect::<Vec<_>>());
        for (number, (click_id, answered)) in &self.counted {
            let conversion = &stored[number];
            assert_eq!(
                (&conversion.click_id, &conversion.tracking_link_id),
                (click_id, &self.link.id),
                "{number}"
            );
            assert_eq!(conversion.value.as_ref().unwrap().micros, value(*number));
            let came = conversion.conversion_time.unwrap().seconds;
            let clicked = conversion.click_time.unwrap().seconds;
            assert!((clicked..=*answered).contains(&came), "{number} came at {came}, answered at {answered}");
        }
    }

    async fn stored(&self, core: &Server) -> BTreeMap<usize, Conversion> {
        let filter = ConversionFilter { conversion_code_id: self.code.id.clone(), ..Default::default() };
        let all = core.client().conversions().list(request::conversions(filter));
        let all: Vec<Conversion> = all.try_collect().await.unwrap();
        let count = all.len();
        let by_number: BTreeMap<usize, Conversion> =
            all.into_iter().map(|one| (one.transaction_id.parse().unwrap(), one)).collect();
        assert_eq!(by_number.len(), count, "no conversion is stored twice");
        by_number
    }

    /// Sends a visitor to `one`, and their postback to `other`.
    pub async fn across(&mut self, one: &Server, other: &Server) -> Answer {
        let click_id = visit(&self.http, &one.url, &self.link.slug).await.unwrap();
        let (click_id, number) = (click_id.unwrap(), self.next);
        self.next += 1;
        let answer = postback(&self.http, other, &query(&self.code.id, &click_id, number)).await;
        self.clicks.push(click_id.clone());
        if answer.status < 300 {
            self.counted.insert(number, (click_id, now()));
        }
        answer
    }

    /// Sends a postback of more than 2,000 bytes.
    pub async fn long_postback(&mut self, edge: &Server) -> Answer {
        let number = self.next;
        self.next += 1;
        let click_id = self.clicks[0].clone();
        let query = format!("{}&param=a%3D{}", query(&self.code.id, &click_id, number), "x".repeat(2_000));
        let answer = postback(&self.http, edge, &query).await;
        if answer.status < 300 {
            self.counted.insert(number, (click_id, now()));
        }
        answer
    }
}

async fn postback(http: &reqwest::Client, edge: &Server, query: &str) -> Answer {
    Answer::of(http.get(format!("{}/s2s?{query}", edge.url)).send().await.unwrap()).await
}
