//! Tests of the client against a real server built on the generated traits, over a real port.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test; the server here builds the statuses that the client reads"
)]

mod fake;
mod services;
mod watch;

use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use futures::{StreamExt as _, TryStreamExt as _};
use s2s_sdk::{
    Client, Code, Error,
    v1::{self, ErrorReason},
};
use tokio::net::TcpListener;
use tonic::{Status, metadata::MetadataMap};
use tonic_types::{ErrorDetails, StatusExt as _};

use self::fake::{Answer, Fail, Fake, Never, filtered, overloaded, unavailable};

async fn record(client: &Client) -> Result<v1::RecordConversionResponse, Error> {
    client.conversions().record(v1::RecordConversionRequest::default()).await
}

#[tokio::test]
async fn passing_failures_are_retried_with_the_same_request_id() {
    let fake = Fake::new([Fail(unavailable()), Fail(unavailable())]);
    let client = fake.start().await.build().unwrap();
    assert_eq!(record(&client).await.unwrap().verdict(), v1::ConversionVerdict::Recorded);
    let ids = fake.request_ids();
    assert_eq!(ids.len(), 3);
    assert_eq!(ids[0].len(), 32);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");

    record(&client).await.unwrap();
    assert_ne!(fake.request_ids()[3], ids[0], "another call is another request");
}

#[tokio::test]
async fn the_callers_request_id_is_kept() {
    let fake = Fake::new([]);
    let client = fake.start().await.build().unwrap();
    let request = v1::RecordConversionRequest { request_id: "mine".to_owned(), ..Default::default() };
    client.conversions().record(request).await.unwrap();
    assert_eq!(fake.request_ids(), ["mine"]);
}

#[tokio::test]
async fn key_and_timeout_travel_with_each_attempt() {
    let fake = Fake::new([Fail(unavailable())]);
    let client = fake.start().await.api_key("s3cret").build().unwrap();
    record(&client).await.unwrap();
    let metadata = fake.0.lock().unwrap().metadata.clone();
    assert_eq!(metadata.len(), 2);
    let micros = |metadata: &MetadataMap| -> u64 {
        assert_eq!(metadata.get("authorization").unwrap(), "Bearer s3cret");
        metadata.get("grpc-timeout").unwrap().to_str().unwrap().strip_suffix('u').unwrap().parse().unwrap()
    };
    let (first, second) = (micros(&metadata[0]), micros(&metadata[1]));
    assert!(first <= 10_000_000 && second <= first - 50_000, "{first} {second}: the time that is left");
}

#[tokio::test]
async fn other_failures_are_not_retried_and_arrive_whole() {
    let mut details = ErrorDetails::with_error_info(
        "FIELD_INVALID",
        "s2s.v1",
        [("field".to_owned(), "transaction_id".to_owned())],
    );
    details.add_bad_request_violation("transaction_id", "at most 255 bytes");
    let status = Status::with_error_details(Code::InvalidArgument, "transaction_id is too long", details);
    let fake = Fake::new([Fail(status)]);
    let client = fake.start().await.build().unwrap();

    let error = record(&client).await.unwrap_err();
    assert_eq!(fake.request_ids().len(), 1);
    assert_eq!(error.code(), Code::InvalidArgument);
    assert_eq!(error.reason(), ErrorReason::FieldInvalid);
    assert_eq!(error.reason_text(), "FIELD_INVALID");
    assert_eq!(error.message(), "transaction_id is too long");
    assert_eq!(error.metadata()["field"], "transaction_id");
    let [violation] = error.field_violations() else { panic!("{error:?}") };
    assert_eq!((&*violation.field, &*violation.description), ("transaction_id", "at most 255 bytes"));
    assert_eq!(error.to_string(), "transaction_id is too long [FIELD_INVALID]");
}

#[tokio::test]
async fn retries_are_limited() {
    let fake = Fake::new([]);
    fake.0.lock().unwrap().always = Some(unavailable());
    let builder = fake.start().await;
    for (retries, attempts) in [(0, 1), (2, 3)] {
        fake.0.lock().unwrap().requests.clear();
        let error = record(&builder.clone().retries(retries).build().unwrap()).await.unwrap_err();
        assert_eq!(fake.request_ids().len(), attempts);
        assert_eq!((error.code(), error.reason()), (Code::Unavailable, ErrorReason::Unavailable));
        assert_eq!(error.message(), "the server is stopping");
    }
}

#[tokio::test]
async fn the_pause_that_the_server_asks_for_is_kept() {
    let asked = Duration::from_millis(300);
    let fake = Fake::new([Fail(overloaded(asked))]);
    let client = fake.start().await.build().unwrap();
    let start = Instant::now();
    record(&client).await.unwrap();
    assert!(start.elapsed() >= asked);
    assert_eq!(fake.request_ids().len(), 2);
}

#[tokio::test]
async fn a_pause_beyond_the_deadline_is_not_begun() {
    let fake = Fake::new([Fail(overloaded(Duration::from_secs(40)))]);
    let client = fake.start().await.timeout(Duration::from_secs(30)).build().unwrap();
    let start = Instant::now();
    let error = record(&client).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(fake.request_ids().len(), 1);
    assert_eq!((error.code(), error.reason()), (Code::ResourceExhausted, ErrorReason::Overloaded));
    assert_eq!(error.retry_delay(), Some(Duration::from_secs(40)));
}

#[tokio::test]
async fn the_deadline_is_over_all_attempts() {
    let fake = Fake::new([Fail(unavailable()), Never]);
    let timeout = Duration::from_secs(1);
    let client = fake.start().await.timeout(timeout).build().unwrap();
    let start = Instant::now();
    let error = record(&client).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(10), "with room for a slow machine");
    assert_eq!((error.code(), error.reason()), (Code::DeadlineExceeded, ErrorReason::DeadlineExceeded));
    assert_eq!(error.reason_text(), "DEADLINE_EXCEEDED");
    assert_eq!(fake.request_ids().len(), 2);
}

#[tokio::test]
async fn endless_retries_end_with_the_deadline() {
    let fake = Fake::new([]);
    fake.0.lock().unwrap().always = Some(unavailable());
    let client = fake.start().await.timeout(Duration::from_secs(1)).retries(u32::MAX).build().unwrap();
    record(&client).await.unwrap_err();
    // The pauses are at least 50, 100, 200 and 400 ms. The fifth pause would end after the
    // deadline.
    let attempts = fake.request_ids().len();
    assert!((2..=5).contains(&attempts), "{attempts}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = record(&Client::builder(endpoint).retries(0).build().unwrap()).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Unavailable, ErrorReason::Unavailable));
    assert!(error.message().contains("refused"), "{error}");
    assert!(error.source().is_some());
}

#[tokio::test]
async fn broken_connections_are_opened_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder(format!("http://{}", listener.local_addr().unwrap())).build().unwrap();
    let fake = Fake::new([]);
    let serve = async {
        for _ in 0..2 {
            drop(listener.accept().await.unwrap());
        }
        fake.serve(listener);
    };
    let (answer, ()) = tokio::join!(record(&client), serve);
    answer.unwrap();
    assert_eq!(fake.request_ids().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_grpc_is_unavailable() {
    use tokio::io::AsyncWriteExt as _;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client =
        Client::builder(format!("http://{}", listener.local_addr().unwrap())).retries(0).build().unwrap();
    let serve = async {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    };
    let (answer, ()) = tokio::join!(record(&client), serve);
    let error = answer.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Unavailable, ErrorReason::Unavailable), "{error}");
}

#[tokio::test]
async fn batches_give_each_item_an_id_and_a_result() {
    let fake = Fake::new([Fail(unavailable())]);
    let client = fake.start().await.build().unwrap();
    let item = |click_id: &str| -> v1::RecordConversionRequest {
        v1::NewConversion { click_id: click_id.to_owned(), ..Default::default() }.into()
    };
    let request = v1::BatchRecordConversionsRequest { requests: vec![item("x"), item("")] };
    let results = client.conversions().batch_record(request).await.unwrap().results;
    let results: Vec<_> = results.into_iter().map(v1::RecordConversionResult::into_result).collect();

    let [Ok(_), Err(error)] = &results[..] else { panic!("{results:?}") };
    assert_eq!((error.code(), error.reason()), (Code::InvalidArgument, ErrorReason::ParameterMissing));
    assert_eq!(error.to_string(), "no click id [PARAMETER_MISSING]");
    let ids = fake.request_ids();
    assert_eq!(ids[..2], ids[2..], "the second attempt repeats the first");
    assert!(ids[0].len() == 32 && ids[0] != ids[1]);
}

#[tokio::test]
async fn streams_walk_all_pages_and_only_when_asked() {
    let fake = Fake::new([Answer::Ok, Fail(unavailable())]);
    let client = fake.start().await.build().unwrap();
    let mut conversions = client.conversions().list(filtered());
    drop(client);
    let page_tokens = || fake.0.lock().unwrap().page_tokens.clone();
    assert_eq!(page_tokens(), [""; 0]);
    for id in ["a", "b"] {
        assert_eq!(conversions.try_next().await.unwrap().unwrap().id, id);
        assert_eq!(page_tokens(), [""]);
    }
    assert_eq!(conversions.try_next().await.unwrap().unwrap().id, "c");
    assert_eq!(page_tokens(), ["", "second", "second", "third"]);
    assert_eq!(conversions.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn streams_end_with_an_error() {
    let invalid = Status::with_error_details(
        Code::InvalidArgument,
        "",
        ErrorDetails::with_error_info("PAGE_TOKEN_INVALID", "s2s.v1", []),
    );
    let fake = Fake::new([Answer::Ok, Fail(invalid)]);
    let client = fake.start().await.build().unwrap();
    let items: Vec<_> = client.conversions().list(filtered()).collect().await;
    let [Ok(_), Ok(_), Err(error)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(error.reason(), ErrorReason::PageTokenInvalid);
}

#[test]
fn reasons_are_read_from_what_the_server_says() {
    let with = |code, reason: &str, domain: &str| {
        Status::with_error_details(code, "m", ErrorDetails::with_error_info(reason, domain, []))
    };
    for (status, code, reason, display) in [
        (
            with(Code::FailedPrecondition, "ATTRIBUTION_WINDOW_PASSED", "s2s.v1"),
            Code::FailedPrecondition,
            ErrorReason::AttributionWindowPassed,
            "m [ATTRIBUTION_WINDOW_PASSED]",
        ),
        (
            with(Code::Unavailable, "INTERNAL", "s2s.v1"),
            Code::Unavailable,
            ErrorReason::Internal,
            "m [INTERNAL]",
        ),
        (with(Code::Aborted, "NEWER", "s2s.v1"), Code::Aborted, ErrorReason::Unspecified, "m [NEWER]"),
        (
            with(Code::Aborted, "ATTRIBUTION_WINDOW_PASSED", "proxy.example"),
            Code::Aborted,
            ErrorReason::Unspecified,
            "m [Aborted]",
        ),
        (Status::not_found("m"), Code::NotFound, ErrorReason::Unspecified, "m [NotFound]"),
        (Status::unavailable("m"), Code::Unavailable, ErrorReason::Unavailable, "m [UNAVAILABLE]"),
        (
            Status::deadline_exceeded("m"),
            Code::DeadlineExceeded,
            ErrorReason::DeadlineExceeded,
            "m [DEADLINE_EXCEEDED]",
        ),
        (
            Status::cancelled("Timeout expired"),
            Code::DeadlineExceeded,
            ErrorReason::DeadlineExceeded,
            "no answer within the timeout [DEADLINE_EXCEEDED]",
        ),
        (
            Status::unknown("no trailers"),
            Code::Unavailable,
            ErrorReason::Unavailable,
            "the server could not be reached: no trailers [UNAVAILABLE]",
        ),
        (
            Status::with_details(Code::NotFound, "m", b"not details".as_slice().into()),
            Code::NotFound,
            ErrorReason::Unspecified,
            "m [NotFound]",
        ),
    ] {
        let error = Error::from(status);
        assert_eq!((error.code(), error.reason(), &*error.to_string()), (code, reason, display));
    }
}

#[test]
fn every_reason_is_known_by_its_text() {
    for number in 1.. {
        let Ok(reason) = ErrorReason::try_from(number) else { break };
        let text = reason.as_str_name().strip_prefix("ERROR_REASON_").unwrap();
        let details = ErrorDetails::with_error_info(text, "s2s.v1", []);
        assert_eq!(Error::from(Status::with_error_details(Code::Aborted, "", details)).reason(), reason);
    }
}

/// Asserts the traits that let a client be used from any task.
#[test]
fn clients_calls_and_errors_can_be_sent() {
    fn check<T: Send + 'static>(_: impl FnOnce(Client) -> T) {}
    fn shared<T: Send + Sync + Clone>() {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    shared::<Client>();
    error::<Error>();
    check(|client| async move { record(&client).await });
    check(|client| async move { client.clicks().record(v1::RecordClickRequest::default()).await });
    check(|client| client.postbacks().list(v1::ListPostbacksRequest::default()));
}

#[test]
fn the_readme_shows_the_example() {
    assert!(include_str!("../../README.md").contains(include_str!("../../examples/first_conversion.rs")));
}
