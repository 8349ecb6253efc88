//! Counting once under load, through crashes and stops.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use s2s_sdk::{
    Client, Code, Error,
    v1::{
        BatchRecordConversionsRequest, Conversion, ConversionCode, ConversionVerdict as Verdict, CustomParam,
        ListConversionsRequest, ListPostbacksRequest, Money, NewConversion, RawPostback,
        RecordConversionRequest, RecordConversionResponse, new_conversion::Commission,
        record_conversion_result::Result as Outcome,
    },
};
use s2s_tests::{Answer, Server, administrator, click_id_of, http, request};
use tokio::net::TcpStream;

use crate::report;

const CONVERSIONS: usize = 10_000;
const CLICKS: usize = 100;
const IN_FLIGHT: usize = 64;
/// Number of conversions to send in each cycle. A kill interrupts them.
const BURST: usize = 1_500;

/// A code, and clicks on a link with it.
struct Campaign {
    code: ConversionCode,
    clicks: Vec<String>,
}

impl Campaign {
    async fn create(server: &Server, clicks: usize) -> Self {
        let code = server.code("Sale").await;
        let link = server.link(&[&code]).await;
        let clicks = futures::future::join_all((0..clicks).map(|_| server.click(&link))).await;
        Self { code, clicks }
    }

    /// The conversion with this number. Its transaction id and its amounts follow from the number.
    fn report(&self, number: usize) -> NewConversion {
        let money = |micros| Money { micros, ..Default::default() };
        let micros = i64::try_from(number).unwrap() * 1_000_003 + 1;
        NewConversion {
            transaction_id: format!("order-{number}"),
            value: Some(money(micros)),
            commission: Some(Commission::CommissionAmount(money(micros / 7))),
            ..report(&self.code, &self.clicks[number % self.clicks.len()])
        }
    }

    /// Sends the conversions `numbers` with the concurrency of a busy partner.
    fn send<'a>(
        &'a self,
        client: &'a Client,
        numbers: impl Iterator<Item = usize> + 'a,
    ) -> impl stream::Stream<Item = (usize, Result<RecordConversionResponse, Error>)> + 'a {
        let call = async |number| {
            let request = request::conversion(self.report(number));
            (number, client.conversions().record(request).await)
        };
        stream::iter(numbers.map(call)).buffer_unordered(IN_FLIGHT)
    }
}

/// All conversions by their number. Each must be there only once.
async fn stored(server: &Server) -> BTreeMap<usize, Conversion> {
    let request = ListConversionsRequest { page_size: 1_000, ..Default::default() };
    let all: Vec<Conversion> = server.client().conversions().list(request).try_collect().await.unwrap();
    let count = all.len();
    let number = |conversion: &Conversion| {
        conversion.transaction_id.strip_prefix("order-").unwrap().parse::<usize>().unwrap()
    };
    let by_number: BTreeMap<_, _> = all.into_iter().map(|one| (number(&one), one)).collect();
    assert_eq!(by_number.len(), count, "no conversion is counted twice");
    by_number
}

#[tokio::test]
async fn of_200_identical_postbacks_at_once_one_counts() {
    let server = Server::start().await;
    let Campaign { code, clicks } = Campaign::create(&server, 1).await;
    let http = http();
    let url = format!("{}/s2s?clickId={}&id={}&val=19.99&com=2", server.url, clicks[0], code.id);
    let send = async |_| Answer::of(http.get(&url).send().await.unwrap()).await;
    let answers: Vec<Answer> = stream::iter(0..200).map(send).buffer_unordered(200).collect().await;

    let mut verdicts = BTreeMap::<_, usize>::new();
    for answer in &answers {
        *verdicts.entry((answer.status, answer.field("verdict"))).or_default() += 1;
    }
    let expected = [((200, "DUPLICATE".to_owned()), 199), ((200, "RECORDED".to_owned()), 1)];
    assert_eq!(verdicts, BTreeMap::from(expected));
    let list = server.client().conversions().list_page(ListConversionsRequest::default()).await.unwrap();
    assert_eq!(list.conversions.len(), 1);
    assert!(answers.iter().all(|answer| answer.field("conversion_id") == list.conversions[0].id));
    let postbacks = server.client().postbacks().list(ListPostbacksRequest::default());
    assert_eq!(postbacks.try_collect::<Vec<_>>().await.unwrap().len(), 200, "each is kept");
}

#[tokio::test]
async fn ten_thousand_conversions_are_there_once_even_if_sent_twice() {
    let server = Server::start().await;
    let client = server.client();
    let campaign = Campaign::create(&server, CLICKS).await;
    let mut ids = BTreeMap::new();
    for expected in [Verdict::Recorded, Verdict::Duplicate] {
        let mut answers = std::pin::pin!(campaign.send(&client, 0..CONVERSIONS));
        while let Some((number, answer)) = answers.next().await {
            let answer = answer.unwrap();
            assert_eq!(answer.verdict(), expected, "{number}");
            let id = answer.conversion.unwrap().id;
            assert_eq!(*ids.entry(number).or_insert_with(|| id.clone()), id, "{number}");
        }
        assert_eq!(ids.len(), CONVERSIONS);
    }

    let stored = stored(&server).await;
    assert!(stored.keys().copied().eq(0..CONVERSIONS));
    let micros = |money: &Option<Money>| money.as_ref().unwrap().micros;
    let (mut values, mut commissions) = (0, 0);
    for (number, conversion) in &stored {
        assert_eq!(conversion.id, ids[number]);
        assert_eq!(conversion.click_id, campaign.clicks[number % CLICKS]);
        values += micros(&conversion.value);
        commissions += micros(&conversion.commission);
    }
    // The sums of n * 1000003 + 1 for n below 10,000, and of their sevenths.
    let sevenths: i64 = (0..10_000).map(|n| (n * 1_000_003 + 1) / 7).sum();
    assert_eq!((values, commissions), (49_995_000 * 1_000_003 + 10_000, sevenths));
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let mut server = Server::start().await;
    let campaign = Campaign::create(&server, CLICKS).await;
    let mut acknowledged = BTreeSet::new();
    let mut next = 0;
    for cycle in 0..3 {
        // The moment of the kill differs between runs, because the code's id is random.
        let digits = &campaign.code.id[cycle * 4..][..4];
        let moment = 100 + usize::from_str_radix(digits, 16).unwrap() % 800;
        let client = administrator(&server.url).retries(0).build().unwrap();
        let mut answers = std::pin::pin!(campaign.send(&client, next..next + BURST));
        let mut answered = 0;
        while let Some((number, answer)) = answers.next().await {
            next = next.max(number + 1);
            match answer {
                Ok(answer) => {
                    assert_eq!(answer.verdict(), Verdict::Recorded);
                    acknowledged.insert(number);
                    answered += 1;
                    if answered == moment {
                        server.kill().await;
                    }
                }
                Err(error) => {
                    assert_eq!(error.code(), Code::Unavailable, "{error}");
                    assert!(answered >= moment, "nothing fails before the kill: {error}");
                }
            }
        }
        assert!(answered >= moment && answered < BURST, "{answered}");
        server.restart().await;
        let stored: BTreeSet<usize> = stored(&server).await.into_keys().collect();
        let lost: BTreeSet<_> = acknowledged.difference(&stored).collect();
        assert_eq!(lost, BTreeSet::new(), "cycle {cycle}, killed after {moment} answers");

        // Everything is sent again. Stored conversions are duplicates. The rest are recorded now.
        let client = server.client();
        let mut answers = std::pin::pin!(campaign.send(&client, 0..next));
        while let Some((number, answer)) = answers.next().await {
            let expected = if stored.contains(&number) { Verdict::Duplicate } else { Verdict::Recorded };
            assert_eq!(answer.unwrap().verdict(), expected, "{number}");
        }
        acknowledged.extend(0..next);
    }
    assert!(stored(&server).await.into_keys().eq(0..next));
}

#[tokio::test]
async fn a_stop_answers_what_was_accepted() {
    let mut server = Server::start().await;
    let campaign = Campaign::create(&server, CLICKS).await;
    let mut acknowledged = BTreeSet::new();
    let mut refused = 0;
    let stopped = {
        let client = administrator(&server.url).retries(0).build().unwrap();
        let mut answers = std::pin::pin!(campaign.send(&client, 0..5_000));
        while let Some((number, answer)) = answers.next().await {
            match answer {
                Ok(_) => assert!(acknowledged.insert(number)),
                Err(error) => {
                    assert_eq!(error.code(), Code::Unavailable, "{error}");
                    refused += 1;
                }
            }
            if acknowledged.len() + refused == 500 {
                assert_eq!(refused, 0, "nothing fails before the stop");
                server.terminate().await;
            }
        }
        Instant::now()
    };
    assert!(server.ended().await.success());
    assert!(stopped.elapsed() < Duration::from_secs(10), "{:?}", stopped.elapsed());
    assert!(acknowledged.len() >= 500 && refused > 0, "{} and {refused}", acknowledged.len());

    server.restart().await;
    let stored: BTreeSet<usize> = stored(&server).await.into_keys().collect();
    // The stop answered every accepted call, so everything that is stored was acknowledged.
    assert_eq!(stored, acknowledged);
}

#[tokio::test]
async fn postbacks_under_way_are_answered_by_a_stop() {
    let mut server = Server::start().await;
    let Campaign { code, clicks } = Campaign::create(&server, 1).await;
    let url = format!("{}/s2s?clickId={}&id={}&val=1&com=0&oid=", server.url, clicks[0], code.id);
    let http = http();
    let send = async |number: usize| match http.get(format!("{url}{number}")).send().await {
        Ok(response) => Some((number, Answer::of(response).await)),
        Err(_) => None,
    };
    let mut acknowledged = BTreeSet::new();
    let mut refused = 0;
    let mut answers = std::pin::pin!(stream::iter(0..2_000).map(send).buffer_unordered(IN_FLIGHT));
    while let Some(answer) = answers.next().await {
        match answer {
            Some((number, answer)) => {
                assert_eq!(answer.status, 200, "{answer:?}");
                assert!(acknowledged.insert(format!("{number}")));
                if acknowledged.len() == 300 {
                    server.terminate().await;
                }
            }
            None => refused += 1,
        }
    }
    assert!(acknowledged.len() >= 300 && refused > 0, "{} and {refused}", acknowledged.len());
    assert!(server.ended().await.success());
    server.restart().await;
    let stored = server.client().conversions().list(ListConversionsRequest::default());
    let stored: Vec<Conversion> = stored.try_collect().await.unwrap();
    let stored: BTreeSet<String> = stored.into_iter().map(|one| one.transaction_id).collect();
    assert_eq!(stored, acknowledged);
}

#[tokio::test]
async fn connections_on_which_nothing_happens_do_not_hold_up_a_stop() {
    let mut server = Server::start().await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let silent = TcpStream::connect(&address).await.unwrap();
    let (client, http) = (server.client(), http());
    client.conversions().list_page(ListConversionsRequest::default()).await.unwrap();
    http.get(format!("{}/healthz", server.url)).send().await.unwrap().text().await.unwrap();
    let asked = Instant::now();
    server.terminate().await;
    assert!(server.ended().await.success());
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    drop((silent, client, http));
}

#[tokio::test]
async fn two_servers_on_one_database_count_once() {
    let one = Server::start().await;
    let two = Server::start_beside(&one).await;
    let campaign = Campaign::create(&one, CLICKS).await;
    let (first, second) = (one.client(), two.client());
    let (mut verdicts, mut ids) = (BTreeMap::<_, usize>::new(), BTreeMap::<_, BTreeSet<_>>::new());
    let answers = stream::select(campaign.send(&first, 0..1_000), campaign.send(&second, 0..1_000));
    let mut answers = std::pin::pin!(answers);
    while let Some((number, answer)) = answers.next().await {
        let answer = answer.unwrap();
        *verdicts.entry(answer.verdict()).or_default() += 1;
        ids.entry(number).or_default().insert(answer.conversion.unwrap().id);
    }
    assert_eq!(verdicts, BTreeMap::from([(Verdict::Recorded, 1_000), (Verdict::Duplicate, 1_000)]));
    assert!(ids.values().all(|ids| ids.len() == 1), "both name the same conversion");
    assert_eq!(stored(&two).await, stored(&one).await);

    // A visitor of one server converts at the other.
    let link = one.link(&[&campaign.code]).await;
    let visit = http().get(format!("{}/{}", two.url, link.slug)).send().await.unwrap();
    let click_id = click_id_of(visit.headers()["location"].to_str().unwrap());
    let answer = one.postback(&format!("clickId={click_id}&id={}&val=1&com=0", campaign.code.id)).await;
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "RECORDED"));
}

/// Postbacks that take long to read. All of them are tests, so that nothing is stored.
fn heavy_postbacks(count: usize) -> Vec<RecordConversionRequest> {
    let target = format!("/s2s?clickId=x&val=1&com=1&test=1&{}", "a=1&".repeat(1_900));
    let raw = RawPostback {
        method: "POST".to_owned(),
        target: target.into_bytes(),
        body: "a=1&".repeat(2_000).into_bytes(),
        ..Default::default()
    };
    vec![request::postback(raw); count]
}

#[tokio::test]
async fn a_call_with_many_large_items_holds_up_nobody() {
    const ITEMS: usize = 50;
    let server = Server::start_with(&["--threads", "1"]).await;
    let client = server.client();
    let batch = async {
        let request = BatchRecordConversionsRequest { requests: heavy_postbacks(ITEMS) };
        client.conversions().batch_record(request).await.unwrap().results.len()
    };
    let stream = async {
        let items = stream::iter(heavy_postbacks(ITEMS));
        client.conversions().stream_record(items).await.unwrap().try_collect::<Vec<_>>().await.unwrap().len()
    };
    for (what, call) in [("batch", batch.boxed_local()), ("stream", stream.boxed_local())] {
        let answered = Cell::new(0);
        let others = async {
            loop {
                let answer = http().get(format!("{}/healthz", server.url)).send().await.unwrap();
                assert_eq!(answer.status(), 200);
                answered.set(answered.get() + 1);
            }
        };
        let results = tokio::select! {
            results = call => results,
            () = others => unreachable!(),
        };
        assert_eq!(results, ITEMS, "{what}");
        assert!(answered.get() >= 10, "{} were answered during the {what}", answered.get());
    }
}

/// Number of calls at the same time, each with so many conversions of the greatest length: more bytes
/// than a database may take in one statement.
const LONG_CALLS: usize = 9;
const LONG_CONVERSIONS: usize = 24;

#[tokio::test]
async fn very_long_conversions_that_come_together_are_recorded() {
    let mut server = Server::start().await;
    let campaign = Campaign::create(&server, LONG_CONVERSIONS).await;
    let param = |number: usize| CustomParam { key: format!("{number:0255}"), value: "v".repeat(2_048) };
    let custom_params: Vec<CustomParam> = (0..64).map(param).collect();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let calls = (0..LONG_CALLS).map(|call| {
            let first = (round * LONG_CALLS + call) * LONG_CONVERSIONS;
            let long =
                |number| NewConversion { custom_params: custom_params.clone(), ..campaign.report(number) };
            let numbers = first..first + LONG_CONVERSIONS;
            let requests = numbers.map(|number| request::conversion(long(number))).collect();
            let request = BatchRecordConversionsRequest { requests };
            // A busy machine may need long for so many bytes.
            let client = server.client().with_timeout(Duration::from_mins(1));
            async move { client.conversions().batch_record(request).await.unwrap().results }
        });
        for result in futures::future::join_all(calls).await.concat() {
            let Some(Outcome::Response(response)) = result.result else { panic!("{round}: {result:?}") };
            assert_eq!(response.verdict(), Verdict::Recorded, "{round}");
            acknowledged.push(response.conversion.unwrap().id);
        }
    }
    server.restart().await;
    let stored = stored(&server).await;
    assert!(stored.values().map(|stored| &stored.id).eq(&acknowledged), "what was acknowledged is stored");
    assert!(stored.values().all(|stored| stored.custom_params == custom_params));
}
