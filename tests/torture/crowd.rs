//! The senders during the torture: visitors, merchants who call the postback URL, and partners over
//! gRPC. A sender repeats a sale that was not acknowledged: a postback goes to the next server, a
//! call over gRPC to the same server.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream};
use s2s_sdk::v1::{ConversionCode, Money, NewConversion, TrackingLink};
use s2s_tests::{
    Answer, Server, administrator, http,
    random::Random,
    request,
    sale::{query, value, visit},
};
use tokio::time::sleep;

use crate::ledger::{Ledger, now};

/// The maximum number of attempts for one sale. After the last one the sender gives up, as a
/// merchant does.
const SENDINGS_MAX: usize = 4;
/// The number of clicks for sales without a visit.
const PARTNERS_CLICKS: usize = 256;
/// The number of clicks that are recorded at the same time.
const PARTNERS: usize = 16;
/// The pause of a sender after a failure.
const PAUSE: Duration = Duration::from_millis(20);
/// A redirect that arrives within this time promises a durable click. The server waits up to 25 ms
/// for the core and 25 ms for the spool. Then it sends the redirect even if the click is not
/// durable yet, so a kill may lose the click.
pub const PROMISED_WITHIN: Duration = Duration::from_millis(50);

/// The data that all senders share.
pub struct Crowd {
    /// The servers for visits and postbacks. The first server accepts calls over gRPC as well.
    pub servers: Vec<String>,
    pub code: ConversionCode,
    pub link: TrackingLink,
    /// The clicks of partners. There are many of them, because a spool delivers the postbacks of
    /// one click one after the other.
    pub click_ids: Vec<String>,
    pub ledger: Arc<Ledger>,
    /// The number of sales that were acknowledged as counted.
    pub counted: AtomicUsize,
    /// Their conversion ids.
    sold: Mutex<Vec<String>>,
    pub over: AtomicBool,
}

/// The acknowledgement of a sale: either counted (with the conversion id) or queued.
pub enum Acknowledged {
    Counted(String),
    Queued,
}

impl Crowd {
    pub fn new(
        servers: Vec<String>,
        code: ConversionCode,
        link: TrackingLink,
        click_ids: Vec<String>,
        ledger: Arc<Ledger>,
    ) -> Self {
        let (counted, over) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { servers, code, link, click_ids, ledger, counted, sold: Mutex::default(), over }
    }

    /// The conversion id of any sale that was acknowledged as counted.
    pub fn sale(&self, random: &mut Random) -> Option<String> {
        let sold = self.sold.lock().unwrap();
        (!sold.is_empty()).then(|| sold[random.below(sold.len())].clone())
    }

    /// Sends sales as one sender, until `over` is set.
    pub async fn send_all(self: Arc<Self>) {
        let http = http();
        while !self.over.load(Ordering::Relaxed) {
            let number = self.ledger.next_sale();
            let click_id = match number % 4 {
                0 | 1 => Some(self.partners(number).to_owned()),
                _ => self.visit(&http, number).await,
            };
            match click_id {
                Some(click_id) => self.send(&http, number, &click_id).await,
                None => sleep(PAUSE).await,
            }
        }
    }

    async fn send(&self, http: &reqwest::Client, number: usize, click_id: &str) {
        let begun = now();
        for tries in 1..=SENDINGS_MAX {
            let acknowledged = if number.is_multiple_of(4) {
                self.call(number).await.map(Acknowledged::Counted)
            } else {
                let query = query(&self.code.id, click_id, number);
                postback(http, self.server(number + tries), &query).await.ok().and_then(Result::ok)
            };
            if let Some(acknowledged) = acknowledged {
                let conversion_id = match &acknowledged {
                    Acknowledged::Counted(conversion_id) => {
                        self.counted.fetch_add(1, Ordering::Relaxed);
                        self.sold.lock().unwrap().push(conversion_id.clone());
                        Some(conversion_id.as_str())
                    }
                    Acknowledged::Queued => None,
                };
                return self.ledger.acknowledged(number, click_id, begun, conversion_id);
            }
            sleep(PAUSE).await;
        }
    }

    fn partners(&self, number: usize) -> &str {
        &self.click_ids[number / 4 % self.click_ids.len()]
    }

    fn server(&self, number: usize) -> &str {
        &self.servers[number % self.servers.len()]
    }

    async fn visit(&self, http: &reqwest::Client, number: usize) -> Option<String> {
        let (visitor, begun, clock) = (self.ledger.next_visit(), now(), Instant::now());
        let slug = format!("{}?sub1={visitor}", self.link.slug);
        let click_id = visit(http, self.server(number), &slug).await.ok()?.ok()?;
        if clock.elapsed() < PROMISED_WITHIN {
            self.ledger.sent_on(visitor, &click_id, begun);
        }
        Some(click_id)
    }

    async fn call(&self, number: usize) -> Option<String> {
        let client = administrator(&self.servers[0]).retries(0).build().unwrap();
        let conversion = NewConversion {
            conversion_code_id: self.code.id.clone(),
            click_id: self.partners(number).to_owned(),
            transaction_id: number.to_string(),
            value: Some(Money { micros: value(number), ..Default::default() }),
            ..Default::default()
        };
        let answer = client.conversions().record(request::conversion(conversion)).await;
        answer.ok().map(|answer| answer.conversion.unwrap().id)
    }
}

/// Records clicks on a separate link, as partners who redirect visitors do. The ledger does not
/// contain these clicks.
pub async fn partners_clicks(server: &Server, code: &ConversionCode) -> Vec<String> {
    let link = &server.link(&[code]).await;
    let clicks = stream::iter(0..PARTNERS_CLICKS).map(|_| server.click(link));
    clicks.buffer_unordered(PARTNERS).collect().await
}

/// Sends a postback. The inner error is a temporary refusal: the delay after which the postback is
/// to be sent again.
pub async fn postback(
    http: &reqwest::Client,
    url: &str,
    query: &str,
) -> reqwest::Result<Result<Acknowledged, Duration>> {
    let answer = http.get(format!("{url}/s2s?{query}")).send().await?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    // An incomplete answer counts as no answer.
    let answer = Answer { status, headers, text: answer.text().await? };
    Ok(match (status, answer.field("verdict").as_str()) {
        (200, "RECORDED" | "DUPLICATE") => {
            let conversion_id = answer.field("conversion_id");
            assert!(!conversion_id.is_empty(), "every 200 has a conversion id: {answer:?}");
            Ok(Acknowledged::Counted(conversion_id))
        }
        (202, "QUEUED") => Ok(Acknowledged::Queued),
        (503, "REFUSED") => {
            let seconds = answer.header("retry-after").parse();
            Err(Duration::from_secs(seconds.unwrap_or_else(|_| panic!("no valid Retry-After: {answer:?}"))))
        }
        _ => panic!("{answer:?}"),
    })
}
