//! Answers that a client does not read. Over HTTP/2, such a client opens no flow-control window for
//! one answer, but keeps its connection alive.

use std::time::Duration;

use futures::future::join_all;
use prost::Message as _;
use s2s_sdk::v1::{ListPostbacksRequest, ListPostbacksResponse, PostbackFilter};
use s2s_tests::{ADMIN_KEY, Server, http, request};
use tokio::time::timeout;

use crate::{fixture::Fixture, port::frame};

/// Longer than the server waits for a client that reads nothing.
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
async fn an_answer_over_http_2_that_nobody_reads_ends_its_connection() {
    let mut fixture = Fixture::start().await;
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
    // A client may wait for news of the server's health without a time limit.
    let watch = async || {
        let client = client();
        let mut news = call(&client, server, "grpc.health.v1.Health/Watch", frame(&())).await;
        assert!(news.chunk().await.unwrap().is_some());
        (client, news)
    };
    let (_quiet, mut of_quiet) = watch().await;
    // The answer is larger than the window that the client opens before the test reads it.
    let list = ListPostbacksRequest { page_size: 60, ..request::postbacks(PostbackFilter::default()) };
    let ends = async || {
        let (client, mut news) = watch().await;
        let untaken = call(&client, server, "s2s.v1.PostbackService/ListPostbacks", frame(&list)).await;
        timeout(LIFE_MAX, async { while let Ok(Some(_)) = news.chunk().await {} }).await.unwrap();
        assert!(untaken.bytes().await.is_err());
    };
    join_all((0..4).map(|_| ends())).await;
    let mut news = Box::pin(of_quiet.chunk());
    assert!(futures::poll!(&mut news).is_pending(), "a client with nothing to read stays connected");

    drop(news);
    drop(of_quiet);
    // A client that reads its answer gets all that was acknowledged, also after a restart.
    for _ in 0..2 {
        let server = &fixture.server;
        let answer = call(&client(), server, "s2s.v1.PostbackService/ListPostbacks", frame(&list)).await;
        let bytes = answer.bytes().await.unwrap();
        let all = ListPostbacksResponse::decode(&bytes[frame(&()).len()..]).unwrap();
        assert_eq!(all.postbacks.len(), 60);
        fixture.server.restart().await;
    }
}
