//! The streams that go on by themselves, over a real port.

use std::time::{Duration, Instant};

use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream::BoxStream};
use s2s_sdk::{
    Client, Code, Error,
    v1::{self, ErrorReason},
};
use tokio::{
    sync::mpsc,
    time::{advance, pause, resume},
};
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{
    fake::{Failed, Fake, NeverOpens, Over, Silent, Turn, overloaded, unavailable},
    services::Log,
};

/// Longest silence of a stream, as `watch` documents it.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// A part of it, and the rest.
const FIRST_PART: Duration = Duration::from_secs(44);
const LAST_PART: Duration = Duration::from_secs(1);

type Messages = BoxStream<'static, Result<v1::WatchConversionsResponse, Error>>;

fn watch(client: &Client) -> Messages {
    client.conversions().watch(v1::WatchConversionsRequest::default()).boxed()
}

/// Reads at most this many messages. Returns their tokens, and the error that ended them.
async fn read(messages: &mut Messages, count: usize) -> (Vec<String>, Option<Error>) {
    let mut tokens = Vec::new();
    while tokens.len() < count {
        match messages.try_next().await {
            Ok(Some(message)) => tokens.push(message.resume_token),
            Ok(None) => break,
            Err(error) => return (tokens, Some(error)),
        }
    }
    (tokens, None)
}

#[tokio::test]
async fn a_watch_goes_on_behind_the_last_message() {
    let details = ErrorDetails::with_error_info("RESUME_TOKEN_TOO_OLD", "s2s.v1", []);
    let too_old = Status::with_error_details(Code::OutOfRange, "too old", details);
    let fake = Fake::watched([
        Turn(&[], Failed(unavailable())),
        Turn(&["a", "b"], Over),
        Turn(&[], Failed(unavailable())),
        Turn(&[], Failed(overloaded(Duration::from_millis(1)))),
        Turn(&["c"], Failed(unavailable())),
        Turn(&["d"], Failed(too_old)),
    ]);
    let client = fake.start().await.retries(1).build().unwrap();
    let filter = v1::ConversionFilter { click_id: "x".to_owned(), ..Default::default() };
    let request = v1::WatchConversionsRequest {
        filter: Some(filter.clone()),
        resume_token: "mine".to_owned(),
        ..Default::default()
    };
    let mut messages = client.conversions().watch(request).boxed();
    drop(client);
    let (tokens, error) = read(&mut messages, 10).await;
    assert_eq!(tokens, ["a", "b", "c", "d"]);
    let error = error.unwrap();
    assert_eq!((error.code(), error.reason()), (Code::OutOfRange, ErrorReason::ResumeTokenTooOld));
    assert!(messages.next().await.is_none(), "the error is the last item");
    assert_eq!(fake.asked(), ["mine", "mine", "b", "b", "b", "c"]);
    assert!(fake.0.lock().unwrap().watched.iter().all(|request| request.filter.as_ref() == Some(&filter)));
}

#[tokio::test]
async fn a_watch_that_does_not_begin_is_tried_as_often_as_a_call() {
    let fake = Fake::watched([Turn(&[], Failed(unavailable()))]);
    let client = fake.start().await.retries(2).build().unwrap();
    let (tokens, error) = read(&mut watch(&client), 1).await;
    assert_eq!((tokens.len(), error.unwrap().reason()), (0, ErrorReason::Unavailable));
    assert_eq!(fake.asked().len(), 3);
}

/// The pauses before the openings, as they were logged, in milliseconds.
fn pauses(log: &str) -> Vec<f64> {
    let lines = log.lines().filter(|line| line.contains("opened again"));
    let text = |line: &str| line.split("pause=").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    lines.map(|line| text(line).strip_suffix("ms").unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn pauses_grow_until_a_stream_has_a_second_message() {
    let log = Log::default();
    let _logged = log.begin();
    let fails = |tokens| Turn(tokens, Failed(unavailable()));
    let fake =
        Fake::watched([fails(&["a"]), fails(&["b"]), fails(&["c"]), fails(&["d", "e"]), Turn(&["f"], Over)]);
    let client = fake.start().await.api_key("s3cret").build().unwrap();
    let (tokens, error) = read(&mut watch(&client), 6).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(tokens, ["a", "b", "c", "d", "e", "f"]);
    let log = log.take();
    let pauses = pauses(&log);
    assert_eq!(pauses.len(), 4, "{log}");
    for (pause, longest) in pauses.iter().zip([100.0, 200.0, 400.0, 100.0]) {
        assert!((longest / 2.0..=longest).contains(pause), "{pause} is not at most {longest}");
    }
    assert!(log.contains("call=\"s2s.v1.ConversionService/WatchConversions\""), "{log}");
    assert!(!log.contains("s3cret"), "{log}");
}

#[tokio::test]
async fn a_watch_that_has_begun_goes_on_after_a_slow_opening() {
    let fake =
        Fake::watched([Turn(&["a"], Failed(unavailable())), Turn(&[], NeverOpens), Turn(&["b"], Over)]);
    let client = fake.start().await.timeout(Duration::from_millis(500)).retries(0).build().unwrap();
    let (tokens, error) = read(&mut watch(&client), 2).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(tokens, ["a", "b"]);
    assert_eq!(fake.asked(), ["", "a", "a"]);
}

#[tokio::test]
async fn only_the_opening_has_the_timeout() {
    let timeout = Duration::from_millis(300);
    let fake = Fake::watched([Turn(&[], NeverOpens), Turn::silent(&["a"])]);
    let client = fake.start().await.timeout(timeout).build().unwrap();
    let begun = Instant::now();
    let (_, error) = read(&mut watch(&client), 1).await;
    let error = error.unwrap();
    assert_eq!((error.code(), error.reason()), (Code::DeadlineExceeded, ErrorReason::DeadlineExceeded));
    assert!(begun.elapsed() >= timeout);
    assert_eq!(fake.asked().len(), 1);

    let mut messages = watch(&client);
    assert_eq!(read(&mut messages, 1).await.0, ["a"]);
    assert!(tokio::time::timeout(3 * timeout, messages.next()).await.is_err(), "the stream is still open");
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn a_silent_stream_is_opened_again() {
    let fake = Fake::watched([Turn::silent(&["a"]), Turn::silent(&["b"])]);
    let client = fake.start().await.build().unwrap();
    let mut messages = watch(&client);
    assert_eq!(read(&mut messages, 1).await.0, ["a"]);
    pause();
    // A slow reader is not a silent server.
    advance(2 * SILENCE_MAX).await;
    let mut next = messages.next();
    assert!((&mut next).now_or_never().is_none());
    advance(FIRST_PART).await;
    assert!((&mut next).now_or_never().is_none());
    assert_eq!(fake.asked(), [""]);
    advance(LAST_PART).await;
    resume();
    assert_eq!(next.await.unwrap().unwrap().resume_token, "b");
    assert_eq!(fake.asked(), ["", "a"]);
}

#[tokio::test]
async fn a_watch_that_is_dropped_ends_its_call() {
    let (open, mut is_open) = mpsc::channel(1);
    let fake = Fake::watched([Turn(&["a"], Silent(open)), Turn(&[], Over)]);
    let client = fake.start().await.build().unwrap();
    let mut messages = watch(&client);
    assert_eq!(read(&mut messages, 1).await.0, ["a"]);
    assert_eq!(is_open.try_recv(), Err(mpsc::error::TryRecvError::Empty));
    drop(messages);
    assert_eq!(is_open.recv().await, None, "the server's stream has ended");
    assert_eq!(fake.asked(), [""], "it is not opened again");
}

#[tokio::test]
async fn a_watch_that_is_dropped_in_a_pause_is_not_opened_again() {
    let fake = Fake::watched([Turn(&["a"], Failed(overloaded(Duration::from_mins(1)))), Turn(&["b"], Over)]);
    let client = fake.start().await.build().unwrap();
    let mut messages = watch(&client);
    assert_eq!(read(&mut messages, 1).await.0, ["a"]);
    let short = tokio::time::timeout(Duration::from_millis(300), messages.next()).await;
    assert!(short.is_err(), "the pause is as long as the server asked for");
    drop(messages);
    assert_eq!(fake.asked(), [""]);
}
