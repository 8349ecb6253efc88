//! Payouts that race, on two servers, with what changes their lines.

use futures::future::join_all;
use s2s_sdk::{
    Client,
    v1::{
        Approval, ConversionStatus as Status, CreatePayoutRequest, ErrorReason, Payout,
        new_adjustment::Change,
    },
};
use s2s_tests::Server;

use super::{
    super::{Shop, dollars, ledger::adjust},
    agree, approved, balance, lines, pay_out, refund, request,
};

/// The number of callers that create the same payout at once.
const CALLERS: usize = 8;

/// Creates the same payout many times at once, on both servers in turn. Returns those that were created.
/// The others must have been told that another total is due.
async fn create_at_once(clients: &[Client; 2], payout: &CreatePayoutRequest) -> Vec<Payout> {
    let creating = (0..CALLERS).map(|number| clients[number % 2].payouts().create(payout.clone()));
    let mut made = Vec::new();
    for result in join_all(creating).await {
        match result {
            Ok(response) => made.extend(response.payout),
            Err(error) => assert_eq!(error.reason(), ErrorReason::PayoutDiffers, "{error}"),
        }
    }
    made
}

/// Two servers, eight who create the same payout at once, refunds meanwhile: each line is paid once, and
/// nobody pays a total that nobody has seen.
#[tokio::test]
async fn payouts_at_once_and_refunds_meanwhile_pay_each_line_once() {
    let shop = Shop::open().await;
    let other = Server::start_beside(&shop.server).await;
    let (client, ada) = (shop.client(), &shop.partner);
    let clients = [client.clone(), other.client()];
    let link = shop.link(ada, None).await;
    let mut total = 0;
    for round in 0..4 {
        let sales = join_all(
            (0..10)
                .map(async |number| shop.sale(&link, &format!("{round}-{number}"), Status::Approved).await),
        )
        .await;
        // What earlier rounds left over is due as well.
        let seen = pay_out(&client, ada, None).await.unwrap().total.unwrap().micros;
        let payout = request(ada, Some(seen));
        let refunding = async {
            // In two of the rounds, refunds come between the look and the payout.
            if round % 2 == 1 {
                join_all(sales.iter().map(|sale| adjust(&shop, &sale.id, refund(10_000_000), "r"))).await;
            }
        };
        let (made, ()) = futures::join!(create_at_once(&clients, &payout), refunding);
        assert!(made.len() <= 1 && (round % 2 == 1 || made.len() == 1), "{made:?}");
        for payout in made {
            assert_eq!(payout.total, Some(dollars(seen)));
            assert_eq!(approved(&lines(&client, ada, &payout.id, false).await), seen);
            total += seen;
        }
        let [pending, approved_now, in_payout, paid] = balance(&clients[1], ada).await;
        assert_eq!((pending, in_payout, paid), (0, total, 0));
        assert_eq!(approved(&lines(&client, ada, "", true).await), approved_now);
    }
    // 40 sales of 3 dollars, half of which are refunded by half.
    assert_eq!(balance(&client, ada).await[1] + total, 40 * 3_000_000 - 20 * 1_500_000);
    agree(&shop.server).await;
}

/// Approvals that come while a payout is confirmed are not in it, because they were not in the total that
/// was seen. They are due in the next one.
#[tokio::test]
async fn approvals_while_a_payout_is_confirmed_wait_for_the_next_one() {
    let mut shop = Shop::open().await;
    let mut other = Server::start_beside(&shop.server).await;
    let (client, ada) = (shop.client(), shop.partner.clone());
    let link = shop.link(&ada, None).await;
    let (mut due, mut total) = (0, 0);
    for round in 0..4 {
        let clients = [client.clone(), other.client()];
        let sales = async |kind: &str, status| {
            let sales = (0..10).map(|number| format!("{kind}-{round}-{number}"));
            join_all(sales.map(async |order| shop.sale(&link, &order, status).await)).await
        };
        sales("approved", Status::Approved).await;
        let waiting = sales("pending", Status::Pending).await;
        due += 10 * 3_000_000;
        let seen = pay_out(&client, &ada, None).await.unwrap();
        assert_eq!(seen.total, Some(dollars(due)), "round {round}");
        let payout = CreatePayoutRequest { cutoff_time: seen.cutoff_time, ..request(&ada, Some(due)) };
        let approving = join_all(waiting.iter().enumerate().map(async |(number, sale)| {
            let id = format!("approval-{number}");
            adjust(&shop, &sale.id, Change::Approve(Approval {}), &id).await.unwrap();
        }));
        let (made, _) = futures::join!(create_at_once(&clients, &payout), approving);
        assert_eq!(made.len(), 1, "round {round}: {made:?}");
        assert_eq!(approved(&lines(&client, &ada, &made[0].id, false).await), due);
        total += due;
        due = 10 * 3_000_000;
        assert_eq!(balance(&clients[1], &ada).await, [0, due, total, 0]);
        other.restart().await;
    }
    shop.server.restart().await;
    assert_eq!(balance(&shop.client(), &ada).await, [0, due, total, 0]);
    agree(&shop.server).await;
}
