//! Requests that never end: the amount of data that a stranger can make the server keep is bounded,
//! and other callers are served meanwhile.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::{
    StreamExt as _, TryStreamExt as _,
    future::{join_all, select},
    stream,
};
use hyper::body::Bytes;
use s2s_sdk::v1::{
    BatchRecordConversionsRequest, CustomParam, ErrorReason, ListConversionsRequest, Money, NewConversion,
    RecordConversionRequest, record_conversion_request::Report,
};
use s2s_tests::{
    ADMIN_KEY, Answer, Server, bearer, eventually,
    wire::{
        END_HEADERS, PREFACE, SETTINGS, big_head, connect_from, frame, memory_kib, memory_peak_kib, source,
    },
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::Status;

use crate::{
    attacks::{ONE_AT_A_TIME, served_during},
    contract::{call_as, channel, path},
};

const STREAMS: usize = 350;
const MESSAGE_BYTES: usize = 4 * 1_024 * 1_024;
/// The largest growth of the server's memory by requests without an API key, in KiB. Ten
/// connections may hold 4 MiB each; the rest is for the HTTP library and the allocator.
const STRANGERS_KIB_MAX: u64 = 128 * 1_024;
/// The largest growth by the requests of one connection with an API key, in KiB. Such a connection
/// may hold 64 MiB.
const KEY_KIB_MAX: u64 = 256 * 1_024;
/// The largest number of conversions in a batch.
const BATCH_MAX: usize = 1_000;
/// The largest number of custom parameters of a conversion.
const PARAMS_MAX: usize = 64;
/// The number of requests with many entries that are sent at once.
const WIDE_REQUESTS: usize = 4;
/// The largest growth of the peak of memory while such requests are answered, in KiB. Each such
/// request has 4 MiB, and its entries would take 50 to 700 MiB.
const WIDE_KIB_MAX: u64 = 96 * 1_024;

/// Opens `STREAMS` calls whose message lacks its last bytes, and never ends them. Counts the calls
/// that are answered, and returns the reasons of those that are refused.
async fn unfinished(
    server: &Server,
    method: &str,
    key: Option<&str>,
    answered: &AtomicUsize,
) -> Vec<ErrorReason> {
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let calls = (0..STREAMS).map(async |_| {
        let length = u32::try_from(MESSAGE_BYTES).unwrap().to_be_bytes();
        let head = [&[0], length.as_slice()].concat();
        let piece = Bytes::from_static(&[0x7a; 16_384]);
        let pieces = std::iter::repeat_n(piece, MESSAGE_BYTES / 16_384 - 1);
        let pieces = stream::iter(std::iter::once(Bytes::from(head)).chain(pieces));
        let body = reqwest::Body::wrap_stream(pieces.map(Ok::<_, Infallible>).chain(stream::pending()));
        let call = client.post(format!("{}{method}", server.url)).header("content-type", "application/grpc");
        let call = key.into_iter().fold(call, reqwest::RequestBuilder::bearer_auth).header("te", "trailers");
        let answer = call.body(body).send().await.unwrap();
        answered.fetch_add(1, Ordering::Relaxed);
        let status = Status::from_header_map(answer.headers())?;
        Some(s2s_sdk::Error::from(status).reason())
    });
    join_all(calls).await.into_iter().flatten().collect()
}

#[tokio::test]
async fn messages_that_never_end_fill_no_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    served_during(&server, async {}).await;
    for method in ["Health/Check", "Health/Watch"] {
        let (before, answered) = (memory_kib(&server), AtomicUsize::new(0));
        let method = format!("/grpc.health.v1.{method}");
        let reasons = served_during(&server, unfinished(&server, &method, None, &answered)).await;
        // Each call is refused once the length of its message is known.
        assert_eq!(reasons, [ErrorReason::RequestTooLarge; STREAMS], "{method}");
        let grown = memory_kib(&server).saturating_sub(before);
        assert!(grown < STRANGERS_KIB_MAX, "{method}: {grown} KiB");
    }
    // A key lets its caller send messages of 4 MiB, but only a limited number at once.
    let (before, answered) = (memory_kib(&server), AtomicUsize::new(0));
    let method = "/s2s.v1.ConversionService/BatchRecordConversions";
    let attack = unfinished(&server, method, Some(ADMIN_KEY), &answered);
    let refused = eventually(async || (answered.load(Ordering::Relaxed) > STREAMS / 2).then_some(()));
    served_during(&server, select(Box::pin(attack), Box::pin(refused))).await;
    let grown = memory_kib(&server).saturating_sub(before);
    assert!(grown < KEY_KIB_MAX, "{grown} KiB");
}

/// A field of a message: its number, and its bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    prost::encoding::encode_varint(u64::try_from(bytes.len()).unwrap(), &mut field);
    [field.as_slice(), bytes].concat()
}

#[tokio::test]
async fn entries_of_a_few_bytes_fill_no_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    served_during(&server, async {}).await;
    let before = memory_kib(&server);
    let entries = |number| field(number, &[]).repeat(MESSAGE_BYTES / 2 - 10);
    let (batch, params, paths) = (entries(1), entries(8), entries(1));
    let wide = [
        ("ConversionService/BatchRecordConversions", batch),
        ("ConversionService/RecordConversion", field(1, &params)),
        ("ConversionService/StreamRecordConversions", field(1, &field(1, &params))),
        ("TrackingLinkService/UpdateTrackingLink", field(2, &paths)),
    ];
    for (method, message) in wide.iter().cycle().take(3 * wide.len()) {
        let (channel, path, key) = (channel(&server).await, path(method), bearer(ADMIN_KEY));
        let wide = (0..WIDE_REQUESTS).map(|_| call_as(Some(&key), &channel, &path, message));
        for answer in served_during(&server, join_all(wide)).await {
            let status = answer.unwrap_err();
            let error = s2s_sdk::Error::from(status);
            assert_eq!(error.reason(), ErrorReason::RequestTooLarge, "{method}: {error}");
        }
        let grown = memory_peak_kib(&server).saturating_sub(before);
        assert!(grown < WIDE_KIB_MAX, "{method}: {grown} KiB");
    }
    largest_batch_counts(server).await;
}

/// Checks that the largest honest batch counts, and still does after a restart.
async fn largest_batch_counts(mut server: Server) {
    let code = server.code("Sale").await;
    let click_id = server.click(&server.link(&[&code]).await).await;
    let param = |number| CustomParam { key: format!("k{number}"), value: "v".to_owned() };
    let request = |number| {
        let conversion = NewConversion {
            conversion_code_id: code.id.clone(),
            click_id: click_id.clone(),
            transaction_id: format!("order-{number}"),
            value: Some(Money { currency_code: String::new(), micros: 1_000_000 }),
            custom_params: (0..PARAMS_MAX).map(param).collect(),
            ..Default::default()
        };
        RecordConversionRequest { report: Some(Report::Conversion(conversion)), ..Default::default() }
    };
    let batch = BatchRecordConversionsRequest { requests: (0..BATCH_MAX).map(request).collect() };
    let results = server.client().conversions().batch_record(batch).await.unwrap().results;
    let counted: BTreeSet<_> =
        results.into_iter().map(|result| result.into_result().unwrap().conversion.unwrap().id).collect();
    assert_eq!(counted.len(), BATCH_MAX);
    server.restart().await;
    let listed =
        server.client().conversions().list(ListConversionsRequest { page_size: 1_000, ..Default::default() });
    let listed: BTreeSet<_> = listed.map_ok(|conversion| conversion.id).try_collect().await.unwrap();
    assert_eq!(listed, counted);
}

#[tokio::test]
async fn unfinished_requests_in_json_get_a_retry_delay() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    served_during(&server, async {}).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let (before, refusals) = (memory_kib(&server), Mutex::new(Vec::new()));
    let calls = (0..STREAMS).map(async |_| {
        let pieces = stream::iter(std::iter::repeat_n(Bytes::from_static(&[b' '; 16_384]), 60));
        let body = reqwest::Body::wrap_stream(pieces.map(Ok::<_, Infallible>).chain(stream::pending()));
        let call = client.post(format!("{}{}", server.url, path("ConversionService/ListConversions")));
        let call = call.bearer_auth(ADMIN_KEY).header("content-type", "application/json").body(body);
        let answer = Answer::of(call.send().await.unwrap()).await;
        let details = answer.json()["details"].as_array().unwrap().clone();
        let reason = details.iter().find_map(|detail| detail["debug"]["reason"].as_str().map(str::to_owned));
        refusals.lock().unwrap().push((answer.status, reason.unwrap()));
    });
    let many = eventually(async || (refusals.lock().unwrap().len() > STREAMS / 2).then_some(()));
    served_during(&server, select(Box::pin(join_all(calls)), Box::pin(many))).await;
    for refusal in refusals.into_inner().unwrap() {
        assert_eq!(refusal, (503, "OVERLOADED".to_owned()));
    }
    let grown = memory_kib(&server).saturating_sub(before);
    assert!(grown < KEY_KIB_MAX, "{grown} KiB");
}

#[tokio::test]
async fn heads_of_requests_that_never_end_fill_no_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    served_during(&server, async {}).await;
    let before = memory_kib(&server);
    let head = big_head();
    let connections = (0..10).map(async |_| {
        let mut stream = connect_from(&server, source(7)).await;
        stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.unwrap();
        let (mut reader, mut writer) = stream.into_split();
        let sends = async {
            for number in 0..1_000 {
                writer.write_all(&frame(1, END_HEADERS, 2 * number + 1, &head)).await.unwrap();
            }
            writer.write_all(&frame(6, 0, 0, &[7; 8])).await.unwrap();
        };
        // Once the ping is answered, everything before it has been read.
        let pong = frame(6, 1, 0, &[7; 8]);
        let reads = async {
            let mut answers = Vec::new();
            while !answers.windows(pong.len()).any(|some| some == pong) {
                answers.drain(..answers.len().saturating_sub(pong.len()));
                assert_ne!(reader.read_buf(&mut answers).await.unwrap(), 0);
            }
        };
        futures::join!(sends, reads);
        (reader, writer)
    });
    let open = served_during(&server, join_all(connections)).await;
    let grown = memory_kib(&server).saturating_sub(before);
    assert!(grown < STRANGERS_KIB_MAX, "{grown} KiB");
    drop(open);
}
