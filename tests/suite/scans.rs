//! Lists and searches: even many searches keep no other caller waiting.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use futures::future::join_all;
use s2s_sdk::{
    Code,
    v1::{ApiKeyScope, ErrorReason, ListPostbacksRequest, PostbackFilter},
};
use s2s_tests::{Server, request};
use tokio::task::JoinSet;

/// The number of held postbacks. Each is long, so that a search has much to read.
const HELD: usize = 1_500;
const HELD_BYTES: usize = 7_000;
/// The number of searches in progress at the same time.
const SEARCHES: usize = 40;
const SALES: usize = 100;

fn search() -> ListPostbacksRequest {
    let filter = PostbackFilter { text: "nosuch".to_owned(), ..Default::default() };
    ListPostbacksRequest { page_size: 1, ..request::postbacks(filter) }
}

#[tokio::test]
async fn searches_of_one_key_keep_no_postback_and_no_other_account_waiting() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let filling = "x".repeat(HELD_BYTES);
    for chunk in 0..HELD / 50 {
        let held = (0..50).map(|number| {
            let query = format!("id={}&filling={chunk}-{number}-{filling}", code.id);
            let server = &server;
            async move { server.postback(&query).await }
        });
        for answer in join_all(held).await {
            assert_eq!(answer.field("reason"), "PARAMETER_MISSING");
        }
    }
    let other = server.account("Other").await;
    let (_, other_key) = server.api_key(&other.id, &[ApiKeyScope::Read]).await;
    let other = server.client_with(&other_key);

    let (ends, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut searches = JoinSet::new();
    for _ in 0..SEARCHES {
        let (client, ends, done) = (server.client(), ends.clone(), done.clone());
        searches.spawn(async move {
            while !ends.load(Ordering::Relaxed) {
                match client.postbacks().list_page(search()).await {
                    Ok(page) => assert_eq!(page.postbacks, []),
                    // On a busy machine, a search can take longer than its caller waits.
                    Err(error) => assert!(
                        error.reason() == ErrorReason::Overloaded || error.code() == Code::DeadlineExceeded,
                        "{error:?}"
                    ),
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    for number in 0..SALES {
        // Each sale has a new click, which the server must look up.
        let click = server.click(&link).await;
        let answer =
            server.postback(&format!("clickId={click}&id={}&val=1&com=0&oid={number}", code.id)).await;
        assert_eq!(answer.field("verdict"), "RECORDED", "{number}: {answer:?}");
        if number % 10 == 0 {
            assert_eq!(other.postbacks().list_page(search()).await.unwrap().postbacks, []);
        }
    }
    assert!(done.load(Ordering::Relaxed) > 0, "nothing was searched meanwhile");
    ends.store(true, Ordering::Relaxed);
    searches.join_all().await;
}
