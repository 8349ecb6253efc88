//! Answers that a client does not take. Over HTTP/2, such a client opens no flow-control window for
//! one answer, but keeps its connection alive.

use std::time::Duration;

use s2s_sdk::v1::{ListPostbacksRequest, PostbackFilter};
use s2s_tests::{ADMIN_KEY, Server, http, request};
use tokio::time::timeout;

use crate::{fixture::Fixture, port::frame};

/// Longer than the server waits for a client that takes nothing.
const LIFE_MAX: Duration = Duration::from_secs(90);

/// Calls a method of gRPC. Returns once the answer has begun.
async fn call(
    client: &reqwest::Client,
    server: &Server,
    method: &str,
    message: Vec<u8>,
) -> reqwest::Response {
    let call = client.post(format!("{}/{method}", server.url)).header("content-type", "application/grpc");
    let call = call.header("te", "trailers").header("authorization", format!("Bearer {ADMIN_KEY}"));
    call.body(message).send().await.unwrap()
}

#[tokio::test]
async fn an_answer_over_http_2_that_nobody_takes_ends_its_connection() {
    let fixture = Fixture::start().await;
    let server = &fixture.server;
    for number in 0..60 {
        let query =
            fixture.fill(&format!("clickId=$click&id=$code&val=1&com=1&n={number}{}", "y".repeat(7_000)));
        http().get(format!("{}/s2s?{query}", server.url)).send().await.unwrap();
    }
    let client = || {
        let builder = reqwest::Client::builder().http2_initial_stream_window_size(65_535);
        builder.http2_prior_knowledge().build().unwrap()
    };
    let (quiet, other) = (client(), client());
    // Both clients may wait for news of the server's health as long as they like.
    let watch = frame(&());
    let mut of_quiet = call(&quiet, server, "grpc.health.v1.Health/Watch", watch.clone()).await;
    let mut of_other = call(&other, server, "grpc.health.v1.Health/Watch", watch).await;
    for answer in [&mut of_quiet, &mut of_other] {
        assert!(answer.chunk().await.unwrap().is_some());
    }
    // The answer is larger than the window that the client opens before somebody reads.
    let list = ListPostbacksRequest { page_size: 60, ..request::postbacks(PostbackFilter::default()) };
    let untaken = call(&other, server, "s2s.v1.PostbackService/ListPostbacks", frame(&list)).await;
    timeout(LIFE_MAX, async { while let Ok(Some(_)) = of_other.chunk().await {} }).await.unwrap();
    assert!(untaken.bytes().await.is_err());
    let mut news = Box::pin(of_quiet.chunk());
    assert!(futures::poll!(&mut news).is_pending(), "who has nothing to take stays");
}
