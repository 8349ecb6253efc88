//! Tests of the client against a real server built on the generated traits, over a real port.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test; the server here builds the statuses that the client reads"
)]

use std::{
    collections::VecDeque,
    error::Error as _,
    future::pending,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::{StreamExt as _, TryStreamExt as _};
use prost::Message as _;
use s2s_sdk::{
    Client, ClientBuilder, Code, Error,
    v1::{
        self, ErrorReason,
        conversion_service_server::{ConversionService, ConversionServiceServer},
        record_conversion_request::Report,
        record_conversion_result::Result as ItemResult,
    },
};
use tokio::net::TcpListener;
use tonic::{
    Request, Response, Status,
    metadata::MetadataMap,
    transport::{Server, server::TcpIncoming},
};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The server's answer to one call.
enum Answer {
    Ok,
    Fail(Status),
    Never,
}
use Answer::{Fail, Never};

/// A server that answers calls by a script, and with success after the script's end. Keeps the
/// requests.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    script: VecDeque<Answer>,
    /// The answer to calls after the script's end, instead of success.
    always: Option<Status>,
    requests: Vec<v1::RecordConversionRequest>,
    metadata: Vec<MetadataMap>,
    page_tokens: Vec<String>,
}

impl Fake {
    fn new(script: impl IntoIterator<Item = Answer>) -> Self {
        let fake = Self::default();
        fake.0.lock().unwrap().script.extend(script);
        fake
    }

    /// Starts the server on a free port and returns a builder for its client.
    async fn start(&self) -> ClientBuilder {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        self.serve(listener);
        Client::builder(endpoint)
    }

    fn serve(&self, listener: TcpListener) {
        let server = Server::builder().add_service(ConversionServiceServer::new(self.clone()));
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    }

    async fn answer(&self) -> Result<(), Status> {
        let next = {
            let mut state = self.0.lock().unwrap();
            let always = state.always.clone();
            state.script.pop_front().unwrap_or_else(|| always.map_or(Answer::Ok, Fail))
        };
        match next {
            Answer::Ok => Ok(()),
            Fail(status) => Err(status),
            Never => pending().await,
        }
    }

    fn request_ids(&self) -> Vec<String> {
        self.0.lock().unwrap().requests.iter().map(|request| request.request_id.clone()).collect()
    }
}

#[tonic::async_trait]
impl ConversionService for Fake {
    async fn record_conversion(
        &self,
        request: Request<v1::RecordConversionRequest>,
    ) -> Result<Response<v1::RecordConversionResponse>, Status> {
        {
            let mut state = self.0.lock().unwrap();
            state.metadata.push(request.metadata().clone());
            state.requests.push(request.into_inner());
        }
        self.answer().await?;
        let verdict = v1::ConversionVerdict::Recorded.into();
        Ok(Response::new(v1::RecordConversionResponse { verdict, ..Default::default() }))
    }

    /// Refuses items without a click id.
    async fn batch_record_conversions(
        &self,
        request: Request<v1::BatchRecordConversionsRequest>,
    ) -> Result<Response<v1::BatchRecordConversionsResponse>, Status> {
        let requests = request.into_inner().requests;
        self.0.lock().unwrap().requests.extend(requests.iter().cloned());
        self.answer().await?;
        let result = |request: v1::RecordConversionRequest| {
            let Some(Report::Conversion(conversion)) = request.report else { panic!("no conversion") };
            let result = if conversion.click_id.is_empty() {
                let details = ErrorDetails::with_error_info("PARAMETER_MISSING", "s2s.v1", []);
                let status = Status::with_error_details(Code::InvalidArgument, "no click id", details);
                ItemResult::Error(tonic_types::Status::decode(status.details()).unwrap())
            } else {
                ItemResult::Response(v1::RecordConversionResponse::default())
            };
            v1::RecordConversionResult { result: Some(result) }
        };
        let results = requests.into_iter().map(result).collect();
        Ok(Response::new(v1::BatchRecordConversionsResponse { results }))
    }

    type StreamRecordConversionsStream =
        futures::stream::Empty<Result<v1::StreamRecordConversionsResponse, Status>>;

    async fn stream_record_conversions(
        &self,
        _: Request<tonic::Streaming<v1::StreamRecordConversionsRequest>>,
    ) -> Result<Response<Self::StreamRecordConversionsStream>, Status> {
        Err(Status::unimplemented("not part of these tests"))
    }

    async fn get_conversion(
        &self,
        _: Request<v1::GetConversionRequest>,
    ) -> Result<Response<v1::GetConversionResponse>, Status> {
        Err(Status::unimplemented("not part of these tests"))
    }

    /// Returns one of three pages: two conversions, none, one.
    async fn list_conversions(
        &self,
        request: Request<v1::ListConversionsRequest>,
    ) -> Result<Response<v1::ListConversionsResponse>, Status> {
        let request = request.into_inner();
        assert_eq!(request.filter, filtered().filter);
        self.0.lock().unwrap().page_tokens.push(request.page_token.clone());
        self.answer().await?;
        let (ids, next_page_token): (&[&str], _) = match request.page_token.as_str() {
            "" => (&["a", "b"], "second"),
            "second" => (&[], "third"),
            "third" => (&["c"], ""),
            other => panic!("{other}"),
        };
        let conversion = |id: &&str| v1::Conversion { id: (*id).to_owned(), ..Default::default() };
        Ok(Response::new(v1::ListConversionsResponse {
            conversions: ids.iter().map(conversion).collect(),
            next_page_token: next_page_token.to_owned(),
        }))
    }
}

/// Returns a request for the conversions of one click.
fn filtered() -> v1::ListConversionsRequest {
    let filter = v1::ConversionFilter { click_id: "filter".to_owned(), ..Default::default() };
    v1::ListConversionsRequest { filter: Some(filter), ..Default::default() }
}

fn unavailable() -> Status {
    Status::unavailable("the server is stopping")
}

fn overloaded(retry_delay: Duration) -> Status {
    let mut details = ErrorDetails::with_retry_info(Some(retry_delay));
    details.set_error_info("OVERLOADED", "s2s.v1", []);
    Status::with_error_details(Code::ResourceExhausted, "too many writes wait", details)
}

async fn record(client: &Client) -> Result<v1::RecordConversionResponse, Error> {
    client.record_conversion(v1::RecordConversionRequest::default()).await
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
    client.record_conversion(request).await.unwrap();
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
    let results = client.batch_record_conversions(request).await.unwrap().results;
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
    let mut conversions = client.conversions(filtered());
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
    let items: Vec<_> = client.conversions(filtered()).collect().await;
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
    check(|client| async move { client.record_click(v1::RecordClickRequest::default()).await });
    check(|client| client.postbacks(v1::ListPostbacksRequest::default()));
}

#[test]
fn the_readme_shows_the_example() {
    assert!(include_str!("../README.md").contains(include_str!("../examples/first_conversion.rs")));
}
