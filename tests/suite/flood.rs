//! 120,000 requests over TCP, most of them malformed. The server answers each of them once. It
//! stores exactly the postbacks that it answers with `RECORDED`, `DUPLICATE` or `HELD`. The number
//! of conversions and the sum of their values are exact, too.
//!
//! The requests are generated from one seed, each by a class that is picked at random. Several
//! connections are open at the same time. Each may have several requests in flight.

mod classes;
mod sale;

use std::collections::BTreeMap;

use classes::{CLASSES, Class};
use futures::{TryStreamExt as _, future::join_all};
use s2s_sdk::v1::{
    ArchiveConversionCodeRequest, ConversionCode, DedupePolicy, ErrorReason, ListConversionsRequest,
    ListPostbacksRequest, PostbackFilter, PostbackVerdict,
};
use s2s_tests::{
    Server,
    random::{Random, seed},
    request,
};
use sale::{Expected, Facts, Request};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const SEED: u64 = 0x5325_2026;
const REQUESTS: usize = 120_000;
/// The number of requests in the warm-up. After the warm-up, only SQLite's cache should grow.
const WARM_UP_REQUESTS: usize = 20_000;
/// The number of requests after which SQLite's cache is full.
const CACHE_FULL_REQUESTS: usize = 80_000;
/// The number of requests before a measurement half-way between `CACHE_FULL_REQUESTS` and
/// `REQUESTS`.
const BETWEEN_REQUESTS: usize = 100_000;
/// The number of senders. Each has one open connection at a time.
const CONNECTIONS: usize = 32;
/// The maximum number of requests on one connection.
const ON_CONNECTION_MAX: usize = 100;
/// The maximum number of requests in flight on one connection.
const IN_FLIGHT_MAX: usize = 16;
const CLICKS: usize = 200;
/// The number of sales that `facts` reports, so that the server knows their sender.
const FIRST_SALES: usize = 2;
const PAGE_SIZE: i32 = 1_000;
/// The bound on the growth of the server's memory after the warm-up, without SQLite's cache, in
/// KiB. It leaves room for the slack of the server's allocator. A leak of 210 bytes for each
/// request after the cache is full would exceed the bound.
///
/// On a busy machine, more requests than ever before may be in progress at once. The allocator
/// keeps the memory that they took. Such growth happens once. A leak makes the memory grow in both
/// of the last two rounds of requests. These rounds have the same length. So the smaller growth may
/// be at most half the bound. The sum of both may be at most twice the bound.
const GROWTH_KIB_MAX: u64 = 8 * 1_024;
/// The cache of SQLite's writer, in KiB (`db/sqlite.rs`).
const CACHE_KIB: u64 = 32 * 1_024;

/// The prefix that `Connection::answer` puts before the reason of a shed postback. That reason is
/// the one for which the server would have held the postback.
const SHED: &str = "SHED ";
/// In place of the verdict of a duplicate that is not stored, because its click was repeated too often.
const NOT_LISTED: &str = "DUPLICATE, not listed";

/// An answer: status, verdict and reason.
type Answer = (u16, String, String);

/// The number of times that each answer came, and the sum of the recorded values.
#[derive(Default)]
struct Tally {
    answers: BTreeMap<Answer, usize>,
    /// The sum of the values of recorded conversions, in micros.
    micros: i64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        for (answer, count) in other.answers {
            *self.answers.entry(answer).or_default() += count;
        }
        self.micros += other.micros;
    }

    fn count(&self, is: impl Fn(&Answer) -> bool) -> usize {
        self.answers.iter().filter(|(answer, _)| is(answer)).map(|(_, count)| count).sum()
    }

    fn of_verdict(&self, verdict: &str) -> usize {
        self.count(|(_, answered, _)| answered == verdict)
    }
}

async fn facts(server: &Server) -> Facts {
    let client = server.client();
    let every = DedupePolicy::Every.into();
    let code = ConversionCode { name: "Every".to_owned(), dedupe_policy: every, ..Default::default() };
    let code = server.create_code(code).await;
    let [once, unlinked, archived] = ["Once", "Unlinked", "Archived"].map(|name| server.code(name));
    let (once, unlinked, archived) = futures::join!(once, unlinked, archived);
    let link = server.link(&[&code, &once, &archived]).await;
    let request =
        ArchiveConversionCodeRequest { conversion_code_id: archived.id.clone(), ..Default::default() };
    client.conversion_codes().archive(request).await.unwrap();
    let clicks = join_all((0..CLICKS).map(|_| server.click(&link))).await;
    // Once a sale with a code counts, its sender is known for that code. The server then sheds no
    // postback of this sender that names the code.
    let click = server.click(&link).await;
    for code in [&code, &once] {
        let sale = format!("clickId={click}&id={}&val=1&com=0", code.id);
        assert_eq!(server.postback(&sale).await.field("verdict"), "RECORDED");
    }
    Facts { clicks, code: code.id, once: once.id, unlinked: unlinked.id, archived: archived.id }
}

/// Sends `left` requests, connection after connection.
async fn send(address: &str, facts: &Facts, seed: u64, mut left: usize) -> Tally {
    let mut random = Random(seed);
    let mut tally = Tally::default();
    while left > 0 {
        // Some connections carry one request only.
        let room = if random.one_in(4) { 1 } else { 1 + random.below(ON_CONNECTION_MAX) };
        let mut requests: Vec<(Class, Request)> = Vec::new();
        while requests.len() < room.min(left) && !requests.last().is_some_and(|(_, request)| request.last) {
            let class = random.pick(&CLASSES);
            requests.push((class, class.1(&mut random, facts)));
        }
        left -= requests.len();
        let mut connection = Connection::open(address).await;
        let mut rest = requests.as_slice();
        while !rest.is_empty() {
            let (together, behind) = rest.split_at(rest.len().min(1 + random.below(IN_FLIGHT_MAX)));
            rest = behind;
            let bytes: Vec<&[u8]> = together.iter().map(|(_, request)| request.bytes.as_slice()).collect();
            connection.stream.write_all(&bytes.concat()).await.unwrap();
            for ((class, _), request) in together {
                let answer = connection.answer(request).await;
                let shown = String::from_utf8_lossy(&request.bytes[..request.bytes.len().min(1_000)]);
                let fits = fits(&answer, request.expected);
                assert!(fits, "seed {SEED:#x}, {class}: {answer:?}, not {:?}: {shown}", request.expected);
                // A piece without `=` may be the rest of the code, so the code must be whole.
                let names = |code: &&String| {
                    let next = shown.split_once(&format!("&id={code}&")).map(|(_, behind)| behind);
                    next.and_then(|next| next.split('&').next()).is_some_and(|next| next.contains('='))
                };
                let names_a_code = [&facts.code, &facts.once].iter().any(names);
                let is_shed = answer.2.starts_with(SHED) && names_a_code;
                assert!(!is_shed, "seed {SEED:#x}, {class}: {answer:?}: {shown}");
                if let (Expected::Recorded(micros) | Expected::Perhaps(micros), "RECORDED") =
                    (request.expected, answer.1.as_str())
                {
                    tally.micros += micros;
                }
                *tally.answers.entry(answer).or_default() += 1;
            }
        }
        connection.end().await;
    }
    tally
}

/// True if an answer is the expected one. A postback that would be held may also be shed.
fn fits((status, verdict, reason): &Answer, expected: Expected) -> bool {
    let ok = (*status, reason.as_str()) == (200, "");
    let held = verdict == "HELD" && matches!(status, 400 | 404 | 409 | 414 | 422) && !reason.is_empty();
    let shed = ((*status, verdict.as_str()) == (429, "REFUSED")).then(|| reason.strip_prefix(SHED)).flatten();
    if let Some(reason) = shed {
        return match expected {
            Expected::Held(expected) => reason == expected,
            Expected::HeldSomehow | Expected::Perhaps(_) => true,
            _ => false,
        };
    }
    match expected {
        Expected::Recorded(_) => ok && verdict == "RECORDED",
        Expected::Perhaps(_) => {
            held || (ok && matches!(verdict.as_str(), "RECORDED" | "DUPLICATE" | NOT_LISTED))
        }
        Expected::Held(expected) => held && reason == expected,
        Expected::HeldSomehow => held,
        Expected::Test => verdict == "TEST" && (ok || (*status == 400 && !reason.is_empty())),
        Expected::Ignored => (*status, verdict.as_str(), reason.as_str()) == (403, "IGNORED", "PREVIEW_CALL"),
        Expected::NotAllowed => *status == 405 && verdict.is_empty(),
    }
}

/// A connection, and the received bytes that are not parsed yet.
struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, bytes: Vec::new() }
    }

    /// Reads the next answer, which must be complete. An answer with a body must have a message.
    async fn answer(&mut self, request: &Request) -> Answer {
        let end = loop {
            if let Some(at) = self.bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.read(request).await;
        };
        let head = String::from_utf8(self.bytes.drain(..end).collect()).unwrap();
        let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        if request.bytes.starts_with(b"HEAD ") {
            return (status, String::new(), String::new());
        }
        let length = head.split_once("content-length: ").unwrap().1;
        let length = length.split('\r').next().unwrap().parse().unwrap();
        while self.bytes.len() < length {
            self.read(request).await;
        }
        let body: Vec<u8> = self.bytes.drain(..length).collect();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let message = text("message");
        assert!(!message.is_empty(), "{head}{body}");
        let would_hold = message.split_once("for ").and_then(|(_, cause)| cause.split_once(": "));
        let reason = match (text("reason").as_str(), would_hold) {
            ("SHED", Some((reason, _))) => format!("{SHED}{reason}"),
            (reason, _) => reason.to_owned(),
        };
        let is_listed = body["notes"]
            .as_array()
            .is_none_or(|notes| notes.iter().all(|note| note["code"] != "REPETITION_NOT_LISTED"));
        let verdict = text("verdict");
        let verdict = if verdict == "DUPLICATE" && !is_listed { NOT_LISTED.to_owned() } else { verdict };
        (status, verdict, reason)
    }

    async fn read(&mut self, request: &Request) {
        let length = self.stream.read_buf(&mut self.bytes).await.unwrap_or_default();
        let shown = String::from_utf8_lossy(&request.bytes[..request.bytes.len().min(1_000)]);
        assert!(length > 0, "seed {SEED:#x}: no answer to {shown}");
    }

    /// Ends the connection. No bytes may be left to read.
    async fn end(mut self) {
        // The server may have ended the connection first, so errors are ignored.
        let _ = self.stream.shutdown().await;
        let _ = self.stream.read_to_end(&mut self.bytes).await;
        assert_eq!(String::from_utf8_lossy(&self.bytes), "", "seed {SEED:#x}: one answer too many");
    }
}

/// The server's resident memory, in KiB, or 0 if the system has no `/proc`.
fn memory_kib(server: &Server) -> u64 {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", server.process_id())) else {
        return 0;
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The numbers of stored postbacks with this verdict, by reason.
async fn stored(server: &Server, verdict: PostbackVerdict) -> BTreeMap<ErrorReason, usize> {
    let filter = PostbackFilter { verdict: verdict.into(), ..Default::default() };
    let request = ListPostbacksRequest { page_size: PAGE_SIZE, ..request::postbacks(filter) };
    let client = server.client();
    let count = async |mut counts: BTreeMap<ErrorReason, usize>, postback: s2s_sdk::v1::Postback| {
        assert_eq!(postback.verdict(), verdict);
        *counts.entry(postback.reason()).or_default() += 1;
        Ok(counts)
    };
    client.postbacks().list(request).try_fold(BTreeMap::new(), count).await.unwrap()
}

#[tokio::test]
async fn a_flood_of_malformed_requests_is_answered_and_counted_exactly() {
    let server = Server::start().await;
    let facts = Box::pin(facts(&server)).await;
    let address = server.url.trim_start_matches("http://");
    let mut seeds = Random(seed(SEED));
    let mut tally = Tally { micros: 1_000_000 * i64::try_from(FIRST_SALES).unwrap(), ..Tally::default() };
    tally.answers.insert((200, "RECORDED".to_owned(), String::new()), FIRST_SALES);
    let mut memory = Vec::new();

    let ends = [WARM_UP_REQUESTS, CACHE_FULL_REQUESTS, BETWEEN_REQUESTS, REQUESTS];
    for (start, end) in [0].into_iter().chain(ends).zip(ends) {
        let requests = end - start;
        let each = requests / CONNECTIONS;
        let senders = (0..CONNECTIONS).map(|_| send(address, &facts, seeds.next(), each));
        join_all(senders).await.into_iter().for_each(|one| tally.add(one));
        memory.push(memory_kib(&server));
    }
    assert_eq!(tally.count(|_| true), REQUESTS + FIRST_SALES, "{:#?}", tally.answers);
    println!("memory: {memory:?} KiB");
    let grown = |from: usize, to: usize| memory[to].saturating_sub(memory[from]);
    assert!(grown(0, 3) <= GROWTH_KIB_MAX + CACHE_KIB, "memory grew: {memory:?} KiB");
    assert!(2 * grown(1, 2).min(grown(2, 3)) <= GROWTH_KIB_MAX, "memory grew: {memory:?} KiB");
    assert!(grown(1, 3) <= 2 * GROWTH_KIB_MAX, "memory grew: {memory:?} KiB");

    // The stored postbacks are those that were answered with `RECORDED`, `DUPLICATE` or `HELD`. A fast
    // server also gets repetitions that it does not list.
    for verdict in [PostbackVerdict::Recorded, PostbackVerdict::Duplicate] {
        let count = tally.of_verdict(verdict.as_str_name().trim_start_matches("POSTBACK_VERDICT_"));
        let expected = BTreeMap::from([(ErrorReason::Unspecified, count)]);
        assert!(count > 0, "{verdict:?}");
        assert_eq!(stored(&server, verdict).await, expected, "{verdict:?}");
    }
    let mut held = BTreeMap::new();
    for ((_, verdict, reason), count) in &tally.answers {
        if verdict == "HELD" {
            let reason = ErrorReason::from_str_name(&format!("ERROR_REASON_{reason}")).unwrap();
            *held.entry(reason).or_default() += count;
        }
    }
    assert_eq!(stored(&server, PostbackVerdict::Held).await, held);
    let shed = tally.count(|(_, _, reason)| reason.starts_with(SHED));
    assert!(shed > 0, "{:#?}", tally.answers);
    assert_eq!(server.health().await["strangers"]["shed"], shed);
    assert!(held.len() > 15 && tally.of_verdict("TEST") > 0, "{:#?}", tally.answers);
    assert!(tally.of_verdict("IGNORED") > 0 && tally.count(|answer| answer.0 == 405) > 0);

    let request = ListConversionsRequest { page_size: PAGE_SIZE, ..Default::default() };
    let add = async |(count, micros), conversion: s2s_sdk::v1::Conversion| {
        Ok((count + 1, micros + conversion.value.unwrap_or_default().micros))
    };
    let conversions = server.client().conversions().list(request).try_fold((0, 0), add).await.unwrap();
    assert_eq!(conversions, (tally.of_verdict("RECORDED"), tally.micros));
}
