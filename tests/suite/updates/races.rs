//! Updates that race, are repeated, wait in spools, or are interrupted.

use std::collections::BTreeMap;

use futures::future::join_all;
use s2s_sdk::v1::{ConversionStatus as Status, UpdatePolicy};
use s2s_tests::{
    Answer, Server,
    database::{journal, tally},
    http,
};

use super::{NO_SALE, PENDING, SALE, Shop};
use crate::totals::check_totals;

const SENDERS: usize = 32;

pub async fn consistent(shop: &Shop) {
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
    tally::check(&shop.server.database_url).await.unwrap();
    journal::check(&shop.server.database_url).await.unwrap();
}

/// The numbers of verdicts.
fn verdicts(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut verdicts = BTreeMap::new();
    for answer in answers {
        *verdicts.entry(answer.field("verdict")).or_default() += 1;
    }
    verdicts
}

#[tokio::test]
async fn an_approval_that_two_servers_get_many_times_is_one_line() {
    let shop = Shop::open(UpdatePolicy::Status).await;
    let two = Server::start_beside(&shop.server).await;
    for round in 0..3 {
        let order = format!("order-{round}");
        shop.send(&order, PENDING).await;
        let calls = (0..SENDERS).map(|number| {
            let server = if number % 2 == 0 { &shop.server } else { &two };
            let query = format!("{}&n={number}", shop.query(&order, SALE));
            async move { server.postback(&query).await }
        });
        let answers = join_all(calls).await;
        let told = BTreeMap::from([("UPDATED".to_owned(), 1), ("DUPLICATE".to_owned(), SENDERS - 1)]);
        assert_eq!(verdicts(&answers), told);
        assert_eq!(shop.lines(&order).await.len(), 1);
        assert_eq!(shop.stands(&order).await, (Status::Approved, 10_000_000, 1_000_000));
    }
    consistent(&shop).await;
}

#[tokio::test]
async fn all_news_of_a_sale_at_once_ends_with_the_last() {
    let shop = Shop::open(UpdatePolicy::Status).await;
    for round in 0..3 {
        let orders: Vec<String> = (0..20).map(|number| format!("order-{round}-{number}")).collect();
        let news: Vec<String> = orders
            .iter()
            .flat_map(|order| [PENDING, SALE, NO_SALE, PENDING].map(|news| shop.query(order, news)))
            .collect();
        let answers = join_all(news.iter().map(|query| shop.server.postback(query))).await;
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 202)), "{answers:?}");
        for order in &orders {
            assert_eq!(shop.stands(order).await.0, Status::Declined, "{order}");
        }
    }
    consistent(&shop).await;
}

#[tokio::test]
async fn updates_wait_in_the_spool_in_their_order() {
    let mut shop = Shop::open(UpdatePolicy::Status).await;
    let edge = Server::start_edge(&shop.server, &[]).await;
    for round in 0..3 {
        let order = format!("order-{round}");
        shop.server.kill().await;
        for news in [PENDING, SALE, PENDING] {
            assert_eq!(edge.postback(&shop.query(&order, news)).await.status, 202);
        }
        shop.server.restart_in_place().await;
        edge.drained().await;
        assert_eq!(shop.stands(&order).await, (Status::Approved, 10_000_000, 1_000_000));
        assert_eq!(shop.lines(&order).await.len(), 1);
    }
    consistent(&shop).await;
}

/// Two edges keep the same approval, and news that is older, in spools of their own. Both deliver at once.
#[tokio::test]
async fn an_approval_from_two_spools_is_one_line() {
    let mut shop = Shop::open(UpdatePolicy::Status).await;
    let edges = [Server::start_edge(&shop.server, &[]).await, Server::start_edge(&shop.server, &[]).await];
    for round in 0..3 {
        let orders: Vec<String> = (0..10).map(|number| format!("order-{round}-{number}")).collect();
        for order in &orders {
            assert_eq!(shop.send(order, PENDING).await.status, 200);
        }
        shop.server.kill().await;
        for order in &orders {
            for (edge, news) in [(0, SALE), (1, PENDING), (1, SALE), (0, SALE), (1, PENDING)] {
                assert_eq!(edges[edge].postback(&shop.query(order, news)).await.status, 202);
            }
        }
        shop.server.restart_in_place().await;
        futures::join!(edges[0].drained(), edges[1].drained());
        for order in &orders {
            assert_eq!(shop.stands(order).await, (Status::Approved, 10_000_000, 1_000_000), "{order}");
            assert_eq!(shop.lines(order).await.len(), 1, "{order}");
        }
    }
    consistent(&shop).await;
}

#[tokio::test]
async fn what_was_told_stands_after_kills() {
    let mut shop = Shop::open(UpdatePolicy::Status).await;
    let mut told = Vec::new();
    for round in 0..3 {
        let orders: Vec<String> = (0..40).map(|number| format!("order-{round}-{number}")).collect();
        for order in &orders {
            assert_eq!(shop.send(order, PENDING).await.status, 200);
        }
        let queries: Vec<String> = orders.iter().map(|order| shop.query(order, SALE)).collect();
        let url = shop.server.url.clone();
        let send = async |query: &String| {
            let answer = http().get(format!("{url}/s2s?{query}")).send().await.ok()?;
            Some(Answer::of(answer).await.field("verdict"))
        };
        // The kill comes once the first answer is there.
        let (first, rest) = queries.split_at(1);
        assert_eq!(send(&first[0]).await.as_deref(), Some("UPDATED"));
        let (answers, ()) =
            futures::join!(join_all(rest.iter().map(&send)), async { shop.server.kill().await });
        told.push(orders[0].clone());
        for (order, answer) in orders[1..].iter().zip(answers) {
            told.extend(answer.filter(|verdict| verdict == "UPDATED").map(|_| order.clone()));
        }
        shop.server.restart().await;
        for order in &told {
            assert_eq!(shop.stands(order).await.0, Status::Approved, "{order}");
            assert_eq!(shop.lines(order).await.len(), 1, "{order}");
        }
        // Whoever got no answer sends the approval again.
        for (order, query) in orders.iter().zip(&queries) {
            let answer = shop.server.postback(query).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(shop.lines(order).await.len(), 1, "{order}");
        }
    }
    consistent(&shop).await;
}
