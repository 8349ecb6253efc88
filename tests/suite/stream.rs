//! Streams of conversions: each item is answered in order, exactly once. A client that doesn't read
//! the answers is held up. A stop of the server ends a stream.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use s2s_sdk::{
    Code,
    v1::{
        ConversionCode, ConversionVerdict, CustomParam, ErrorReason, ListConversionsRequest, NewConversion,
        RecordConversionRequest, StreamRecordConversionsRequest,
    },
};
use s2s_tests::{ADMIN_KEY, Server, eventually, request};

use crate::{
    port::{frame, read_frames},
    report,
};

fn numbered(code: &ConversionCode, click: &str, number: usize) -> NewConversion {
    NewConversion { transaction_id: number.to_string(), ..report(code, click) }
}

async fn stored(server: &Server) -> Vec<String> {
    let all = server.client().conversions().list(ListConversionsRequest::default());
    all.map_ok(|conversion| conversion.id).try_collect().await.unwrap()
}

#[tokio::test]
async fn a_stream_answers_each_conversion_in_order() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    // Every tenth item is empty, so it is refused. Of the rest, an item whose number is divisible
    // by 3 has the number of the item before it as its transaction id.
    let item = move |number: usize| match number {
        number if number % 10 == 0 => RecordConversionRequest::default(),
        number if number % 3 == 0 => request::conversion(numbered(&code, &click, number - 1)),
        number => request::conversion(numbered(&code, &click, number)),
    };
    let requests = stream::iter((1..=5_000).map(item));
    let answers = server.client().conversions().stream_record(requests).await.unwrap();
    let answers: Vec<_> = answers.try_collect().await.unwrap();
    assert_eq!(answers.len(), 5_000);
    // Two equal items are processed concurrently, so either of them may be recorded first.
    let mut verdicts = BTreeMap::<_, Vec<ConversionVerdict>>::new();
    for (number, answer) in (1..).zip(answers) {
        match answer.into_result() {
            Ok(answer) => {
                let verdict = answer.verdict();
                let conversion = answer.conversion.unwrap();
                let sent = if number % 3 == 0 { number - 1 } else { number };
                assert_eq!(conversion.transaction_id, sent.to_string());
                verdicts.entry(conversion.id).or_default().push(verdict);
            }
            Err(error) => {
                assert_eq!(
                    (number % 10, error.reason()),
                    (0, ErrorReason::FieldInvalid),
                    "{number}: {error}"
                );
            }
        }
    }
    for (id, mut all) in verdicts.clone() {
        all.sort_unstable();
        assert!(
            matches!(
                all[..],
                [ConversionVerdict::Recorded] | [ConversionVerdict::Recorded, ConversionVerdict::Duplicate]
            ),
            "{id}: {all:?}"
        );
    }
    assert!(verdicts.values().any(|all| all.len() == 2), "some conversions were sent twice");
    assert_eq!(stored(&server).await.into_iter().collect::<BTreeSet<_>>(), verdicts.into_keys().collect());
}

/// Sends `messages` in DATA frames of at most `piece` bytes, on a stream of its own. A frame never
/// holds bytes of two messages. Returns the number of answers.
async fn answers_to_frames(
    client: &reqwest::Client,
    server: &Server,
    messages: &[Vec<u8>],
    piece: usize,
) -> usize {
    let pieces = messages.iter().flat_map(|message| message.chunks(piece));
    let frames: Vec<_> = pieces.map(|piece| Ok::<_, Infallible>(piece.to_vec())).collect();
    let call = client
        .post(format!("{}/s2s.v1.ConversionService/StreamRecordConversions", server.url))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .bearer_auth(ADMIN_KEY)
        .body(reqwest::Body::wrap_stream(stream::iter(frames)));
    let answer = call.send().await.unwrap().bytes().await.unwrap();
    read_frames(&answer).0.len()
}

fn item(request: RecordConversionRequest) -> StreamRecordConversionsRequest {
    StreamRecordConversionsRequest { request: Some(request) }
}

/// HTTP/2 allows small frames. Some client libraries send each message in a frame of its own, as
/// soon as the window allows.
#[tokio::test]
async fn a_fast_sender_of_small_frames_is_slowed_down_and_never_cut_off() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let sales = |first: usize, count: usize| -> Vec<Vec<u8>> {
        let sale = |number| frame(&item(request::conversion(numbered(&code, &click, number))));
        (first..first + count).map(sale).collect()
    };
    let empty = |count: usize| vec![frame(&item(RecordConversionRequest::default())); count];
    for (name, streams, piece) in [
        ("a record in each frame", vec![sales(0, 8_000)], usize::MAX),
        ("several streams", (1..=4).map(|part| sales(10_000 * part, 2_000)).collect(), usize::MAX),
        ("the smallest records", vec![empty(8_000)], usize::MAX),
        ("a byte in each frame", vec![sales(90_000, 800)], 1),
    ] {
        let sends = streams.iter().map(|messages| answers_to_frames(&client, &server, messages, piece));
        let answered = futures::future::join_all(sends).await;
        assert_eq!(answered, streams.iter().map(Vec::len).collect::<Vec<_>>(), "{name}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_the_answers_is_held_up() {
    /// The buffers on the way hold some 6 MiB, about 1,500 items of 4 KiB. This limit is four times
    /// as large.
    const HELD_UP_BELOW: usize = 6_000;
    /// The number of checks in a row that must find no progress.
    const LOOKS: usize = 50;
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    let requests = stream::iter(0..HELD_UP_BELOW * 2).map(move |number| {
        count.fetch_add(1, Ordering::Relaxed);
        let large = CustomParam { key: "large".to_owned(), value: "x".repeat(2_048) };
        let custom_params = vec![large; 2];
        request::conversion(NewConversion { custom_params, ..numbered(&code, &click, number) })
    });
    let mut answers = server.client().conversions().stream_record(requests).await.unwrap();
    let (before, looks) = (AtomicUsize::new(0), AtomicUsize::new(0));
    eventually(async || {
        let now = sent.load(Ordering::Relaxed);
        let still = now > 0 && now == before.swap(now, Ordering::Relaxed);
        let looks =
            if still { looks.fetch_add(1, Ordering::Relaxed) } else { looks.swap(0, Ordering::Relaxed) };
        (still && looks >= LOOKS).then_some(())
    })
    .await;
    let held_up = sent.load(Ordering::Relaxed);
    assert!(held_up < HELD_UP_BELOW, "{held_up}");
    let mut read = 0;
    while read <= held_up {
        answers.next().await.unwrap().unwrap().into_result().unwrap();
        read += 1;
    }
    assert!(sent.load(Ordering::Relaxed) > held_up, "the sender continues once answers are read");
}

#[tokio::test]
async fn a_stop_answers_what_a_stream_has_taken() {
    let mut server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    // The client never ends the stream.
    let requests = stream::iter(0..).map(move |number| request::conversion(numbered(&code, &click, number)));
    let mut answers = server.client().conversions().stream_record(requests).await.unwrap();
    let mut recorded = BTreeSet::new();
    let error = loop {
        match answers.next().await.unwrap() {
            Ok(answer) => {
                recorded.insert(answer.into_result().unwrap().conversion.unwrap().id);
            }
            Err(error) => break error,
        }
        if recorded.len() == 100 {
            server.terminate().await;
        }
    };
    assert_eq!((error.code(), error.reason()), (Code::Unavailable, ErrorReason::Unavailable), "{error}");
    assert!(server.ended().await.success());
    server.restart().await;
    assert_eq!(stored(&server).await.into_iter().collect::<BTreeSet<_>>(), recorded);
}
