//! A full disk: nothing is acknowledged unless it is stored, and visitors are still redirected.

use std::collections::BTreeSet;

use futures::TryStreamExt as _;
use s2s_sdk::{
    Code,
    v1::{ErrorReason, ListConversionsRequest, NewConversion},
};
use s2s_tests::{Answer, Server, click_id_of, http, request};

use crate::report;

/// The size of the disk: enough for the schema and a few dozen conversions.
const DISK_KIBIBYTES: u32 = 1_024;
/// More conversions than fit on the disk.
const CONVERSIONS_MAX: usize = 10_000;

#[tokio::test]
async fn a_full_disk_loses_nothing_and_stops_no_visitor() {
    fill_a_disk("&2").await;
}

/// The log is often a file on the disk that is full.
#[tokio::test]
async fn a_log_that_can_not_be_written_harms_no_call() {
    fill_a_disk("/dev/full").await;
}

async fn fill_a_disk(log: &str) {
    let mut server = Server::start_on_a_small_disk(DISK_KIBIBYTES, log).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click = server.click(&link).await;
    let query = |number| format!("clickId={click}&id={}&val=1&com=0&oid={number}", code.id);
    let mut acknowledged = BTreeSet::new();
    let mut numbers = 0..CONVERSIONS_MAX;
    let (refused, answer) = loop {
        let number = numbers.next().unwrap();
        let answer = server.postback(&query(number)).await;
        if answer.status != 200 {
            break (query(number), answer);
        }
        acknowledged.insert(answer.field("conversion_id"));
    };
    check_refused(&answer);

    // gRPC calls get the same error, with a retry delay. The first few may succeed, because a
    // smaller write may still fit.
    let client = s2s_tests::administrator(&server.url).retries(0).build().unwrap();
    let (request, error) = loop {
        let transaction_id = numbers.next().unwrap().to_string();
        let request = request::conversion(NewConversion { transaction_id, ..report(&code, &click) });
        match client.conversions().record(request.clone()).await {
            Ok(response) => assert!(acknowledged.insert(response.conversion.unwrap().id)),
            Err(error) => break (request, error),
        }
    };
    assert_eq!((error.code(), error.reason()), (Code::Unavailable, ErrorReason::Unavailable));
    assert_eq!(error.retry_delay(), Some(std::time::Duration::from_secs(1)));
    let cause = ["sqlite", "disk", "database", "code:"];
    assert!(!cause.iter().any(|word| error.message().to_lowercase().contains(word)), "{error}");

    // Visitors are redirected with valid click ids. Reads still work.
    let visit = http().get(&link.url).send().await.unwrap();
    assert_eq!(visit.status(), 302);
    let visit = click_id_of(visit.headers()["location"].to_str().unwrap());
    assert_eq!(stored(&server).await, acknowledged);

    server.terminate().await;
    assert!(server.ended().await.success());
    server.restart().await;
    assert_eq!(stored(&server).await, acknowledged);
    let answer = server.postback(&refused).await;
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "RECORDED"), "no refusal counted");
    let client = server.client();
    assert!(client.conversions().record(request).await.is_ok());
    client.conversions().record(request::conversion(report(&code, &visit))).await.unwrap();
    assert_eq!(stored(&server).await.len(), acknowledged.len() + 3);
}

fn check_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{answer:?}");
    assert_eq!(
        (answer.field("verdict").as_str(), answer.field("reason").as_str()),
        ("REFUSED", "UNAVAILABLE")
    );
    assert_eq!((answer.field("postback_id"), answer.field("conversion_id")), (String::new(), String::new()));
}

/// The ids of all conversions.
async fn stored(server: &Server) -> BTreeSet<String> {
    let all = server.client().conversions().list(ListConversionsRequest::default());
    all.map_ok(|conversion| conversion.id).try_collect().await.unwrap()
}
