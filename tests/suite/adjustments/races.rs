//! Adjustments that race, are repeated, or are interrupted.

use std::collections::BTreeMap;

use futures::{StreamExt as _, future::join_all, stream};
use s2s_sdk::{
    Client, Error,
    v1::{
        AdjustmentVerdict as Verdict, BatchCreateAdjustmentsRequest, Conversion, ConversionStatus as Status,
        CreateAdjustmentRequest, ErrorReason,
    },
};
use s2s_tests::{
    Server, administrator,
    database::{self, journal, tally},
    eventually,
};

use super::{Shop, at, of, order, refund, reverse};
use crate::totals::check_totals;

const SENDERS: usize = 64;

/// lms-front #498 and #511: a refund was lost, and then subtracted twice.
#[tokio::test]
async fn lms_front_498_and_511_a_refund_that_many_send_counts_once() {
    let one = Shop::open().await;
    let two = Server::start_beside(&one.server).await;
    let clients = [one.client(), two.client()];
    for round in 0..3 {
        let sale = one.sale(&format!("order-{round}"), Status::Approved).await;
        let calls = (0..SENDERS).map(|number| {
            let target = of(&sale, refund(10_000_000), "refund-1");
            let by_order = at(order(&sale.transaction_id), refund(10_000_000), "refund-1");
            let request = if number % 8 == 0 { by_order } else { target };
            clients[number % 2].adjustments().create(request)
        });
        let answers = join_all(calls.collect::<Vec<_>>()).await;
        let mut verdicts = BTreeMap::<i32, usize>::new();
        for answer in answers {
            let answer = answer.unwrap();
            *verdicts.entry(answer.verdict).or_default() += 1;
            assert_eq!(answer.adjustment.unwrap().number, 1);
        }
        let expected = [(Verdict::Recorded.into(), 1), (Verdict::Duplicate.into(), SENDERS - 1)];
        assert_eq!(verdicts, BTreeMap::from(expected));
        assert_eq!(one.check(&sale).await, (Status::Approved, 90_000_000, 9_000_000));
    }
    assert_eq!(check_totals(&one.server).await, (Some(0), String::new()));
}

#[tokio::test]
async fn refunds_that_race_take_no_more_than_there_is() {
    let one = Shop::open().await;
    let two = Server::start_beside(&one.server).await;
    let clients = [one.client(), two.client()];
    let sale = one.sale("order-1", Status::Approved).await;
    // Each takes a hundredth of the value twice over, so half of them come too late.
    let calls = (0..100).map(|number: usize| {
        let request = of(&sale, refund(2_000_000), &number.to_string());
        clients[number % 2].adjustments().create(request)
    });
    let answers: Vec<_> = stream::iter(calls.collect::<Vec<_>>()).buffer_unordered(SENDERS).collect().await;
    let mut numbers = Vec::new();
    for answer in answers {
        match answer {
            Ok(answer) => numbers.push(answer.adjustment.unwrap().number),
            Err(error) => assert_eq!(error.reason(), ErrorReason::RefundTooLarge, "{error}"),
        }
    }
    numbers.sort_unstable();
    assert!(numbers.iter().copied().eq(1..=50), "{numbers:?}");
    assert_eq!(one.check(&sale).await, (Status::Approved, 0, 0));
    assert_eq!(check_totals(&one.server).await, (Some(0), String::new()));
}

/// The verdicts on the items of a batch.
async fn send(client: &Client, requests: &[CreateAdjustmentRequest]) -> Result<Vec<Verdict>, Error> {
    let batch = BatchCreateAdjustmentsRequest { requests: requests.to_vec() };
    let answer = client.adjustments().batch_create(batch).await?;
    Ok(answer.results.into_iter().map(|one| one.into_result().unwrap().verdict()).collect())
}

#[tokio::test]
async fn a_batch_that_is_sent_again_after_a_kill_counts_once() {
    let mut shop = Shop::open().await;
    let mut sales: Vec<Conversion> = Vec::new();
    for number in 0..200 {
        sales.push(shop.sale(&format!("order-{number}"), Status::Approved).await);
    }
    for round in 0..3 {
        let of_round = |micros: i64| {
            let id = format!("refund-{round}-{micros}");
            sales.iter().map(move |sale| of(sale, refund(micros), &id))
        };
        let requests: Vec<_> = of_round(10_000_000).chain(of_round(5_000_000)).collect();
        // Nobody knows how much of it was written.
        let client = administrator(&shop.server.url).retries(0).build().unwrap();
        let written = "SELECT COUNT(*) AS number FROM adjustment";
        let url = shop.server.database_url.clone();
        let before = database::number(&url, written).await;
        let kill = async {
            eventually(async || (database::number(&url, written).await > before).then_some(())).await;
            shop.server.kill().await;
        };
        // The answer may have come before the kill. Then all of it must be there.
        let (told, ()) = futures::join!(send(&client, &requests), kill);
        shop.server.restart().await;
        let verdicts = send(&shop.client(), &requests).await.unwrap();
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Recorded | Verdict::Duplicate)));
        assert!(told.is_err() || verdicts.iter().all(|verdict| *verdict == Verdict::Duplicate));
        let again = send(&shop.client(), &requests).await.unwrap();
        assert_eq!(again, vec![Verdict::Duplicate; 400]);
    }
    shop.server.kill().await;
    shop.server.restart().await;
    for sale in &sales {
        assert_eq!(shop.check(sale).await, (Status::Approved, 55_000_000, 5_500_000));
    }
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
    tally::check(&shop.server.database_url).await.unwrap();
    journal::check(&shop.server.database_url).await.unwrap();
}

#[tokio::test]
async fn every_answer_is_the_same_after_a_restart() {
    let mut shop = Shop::open().await;
    let sale = shop.sale("order-1", Status::Pending).await;
    shop.adjust(of(&sale, refund(1_000_000), "1")).await.unwrap();
    shop.adjust(of(&sale, reverse(), "2")).await.unwrap();
    let before = (shop.get(&sale).await, shop.lines(&sale).await);
    shop.server.terminate().await;
    assert!(shop.server.ended().await.success());
    shop.server.restart().await;
    assert_eq!((shop.get(&sale).await, shop.lines(&sale).await), before);
    assert_eq!(before.1.len(), 2);
}
