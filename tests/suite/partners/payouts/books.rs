//! The books: balances, lines, payouts and conversions agree, whatever happens, and `check-totals` finds
//! what does not.

use futures::{
    FutureExt as _, TryStreamExt as _,
    future::{Either, join_all, select},
};
use s2s_sdk::{
    Client,
    v1::{
        Approval, Conversion, ConversionStatus as Status, CreatePayoutRequest, ListPayoutsRequest, Partner,
        Payout, PayoutState, Reversal, ShareBasis, TrackingLink, new_adjustment::Change,
    },
};
use s2s_tests::{
    database, eventually,
    random::{Random, seed},
};

use super::{
    super::{Shop, create, ledger::adjust, share},
    agree, approved, balance, cancel, enter, entry, lines, paid, pay_out, pending, refund, request,
};
use crate::totals::check_totals;

/// Sales and refunds at random.
async fn live(
    shop: &Shop,
    links: &[TrackingLink],
    round: usize,
    random: &mut Random,
    sales: &mut Vec<Conversion>,
) {
    for number in 0..12 {
        let status = random.pick(&[Status::Approved, Status::Pending]);
        sales.push(shop.sale(&links[random.below(2)], &format!("{round}-{number}"), status).await);
    }
    for number in 0..20 {
        let id = &sales[random.below(sales.len())].id;
        let change = match random.below(4) {
            0 => Change::Approve(Approval {}),
            1 => Change::Reverse(Reversal {}),
            _ => refund(3_333_333),
        };
        adjust(shop, id, change, &format!("{round}-{number}")).await;
    }
}

/// The payouts that are due, as requests that can be repeated.
async fn look(client: &Client, partners: &[&Partner], round: usize) -> Vec<CreatePayoutRequest> {
    let mut asked = Vec::new();
    for partner in partners {
        if let Ok(seen) = pay_out(client, partner, None).await {
            let request_id = format!("{round}-{}", partner.name);
            let total = seen.total.unwrap().micros;
            asked.push(CreatePayoutRequest { request_id, ..request(partner, Some(total)) });
        }
    }
    asked
}

/// The balance of a partner is the sum of its lines.
async fn stands(client: &Client, partner: &Partner) {
    let stands = balance(client, partner).await;
    let all = lines(client, partner, "", false).await;
    assert_eq!(stands[0], pending(&all));
    assert_eq!(stands[1] + stands[2] + stands[3], approved(&all));
    let unpaid: Vec<_> = all.into_iter().filter(|line| line.payout_id.is_empty()).collect();
    assert_eq!(stands[1], approved(&unpaid));
}

/// Sales, refunds and payouts at random, with kills while payouts are made: nothing is lost or paid twice.
#[tokio::test]
async fn balances_and_payouts_survive_kills_to_the_micro_unit() {
    let mut shop = Shop::open().await;
    let ben = create(&shop.client(), Partner { name: "Ben".to_owned(), ..Default::default() }).await.unwrap();
    let ada = shop.partner.clone();
    let both = [&ada, &ben];
    let mut of_both = Vec::new();
    for (partner, percent) in [(&ada, 33), (&ben, 100)] {
        of_both.push(shop.link(partner, Some(share(ShareBasis::Commission, percent))).await);
    }
    let (mut random, mut sales) = (Random(seed(11)), Vec::new());
    for round in 0..4 {
        live(&shop, &of_both, round, &mut random, &mut sales).await;
        let client = shop.client();
        let asked = look(&client, &both, round).await;
        let creating =
            join_all(asked.iter().map(|request| client.payouts().create(request.clone()))).boxed_local();
        let killing = shop.server.kill().boxed_local();
        if let Either::Left((_, killing)) = select(creating, killing).await {
            killing.await;
        }
        shop.server.restart().await;
        // Who got no answer asks again.
        let client = shop.client();
        for request in &asked {
            let first = client.payouts().create(request.clone()).await.unwrap().payout.unwrap();
            let again = client.payouts().create(request.clone()).await.unwrap().payout.unwrap();
            assert_eq!(first, again);
            if round % 2 == 0 {
                paid(&client, &first, "SEPA").await.unwrap();
            } else if random.one_in(2) {
                cancel(&client, &first).await.unwrap();
            }
        }
        for partner in both {
            stands(&client, partner).await;
        }
        agree(&shop.server).await;
    }
    let payouts: Vec<Payout> =
        shop.client().payouts().list(ListPayoutsRequest::default()).try_collect().await.unwrap();
    assert!(payouts.len() > 3, "{payouts:?}");
    for payout in payouts {
        let partner = if payout.partner_id == ada.id { &ada } else { &ben };
        let lines = lines(&shop.client(), partner, &payout.id, false).await;
        let total = payout.total.as_ref().unwrap().micros;
        assert_eq!(approved(&lines), if payout.state() == PayoutState::Canceled { 0 } else { total });
    }
}

/// `check-totals` compares the ledger, too, and finds what somebody changed by hand.
#[tokio::test]
async fn a_line_that_somebody_changed_is_found() {
    let shop = Shop::open().await;
    let link = shop.link(&shop.partner, None).await;
    let sale = shop.sale(&link, "1", Status::Approved).await;
    enter(&shop.client(), entry(&shop.partner, 10_000_000, "bonus")).await.unwrap();
    agree(&shop.server).await;
    let by = |change: &str| {
        format!("UPDATE partner_line SET approved_delta = approved_delta {change} WHERE number = 0")
    };
    database::execute(&shop.server.database_url, &by("+ 1")).await;
    let (code, message) = check_totals(&shop.server).await;
    assert_eq!(code, Some(1));
    assert!(message.contains(&format!("the conversion {} is owed as", sale.id)), "{message}");
    assert!(message.contains(&format!("lines of {}, USD", shop.partner.id)), "{message}");
    database::execute(&shop.server.database_url, &by("- 1")).await;
    // The sums are folded within a second; then they are wrong if they are changed.
    eventually(async || {
        let query = "SELECT COUNT(*) AS number FROM partner_tally";
        (database::number(&shop.server.database_url, query).await == 1).then_some(())
    })
    .await;
    agree(&shop.server).await;
    let payout = pay_out(&shop.client(), &shop.partner, Some(13_000_000)).await.unwrap();
    for (change, back, told) in [
        (
            "UPDATE partner_tally SET approved_micros = approved_micros + 1",
            "UPDATE partner_tally SET approved_micros = approved_micros - 1",
            format!("lines of {}, USD", shop.partner.id),
        ),
        (
            "UPDATE payout SET total = total + 1",
            "UPDATE payout SET total = total - 1",
            format!("the payout {} of 13.000001 in 2 lines has 2 lines with 13.000000", payout.id),
        ),
        (
            "UPDATE partner_entry SET amount = amount + 1",
            "UPDATE partner_entry SET amount = amount - 1",
            "is not as its line".to_owned(),
        ),
        (
            "UPDATE payout SET canceled_at = 1",
            "UPDATE payout SET canceled_at = NULL",
            format!("the payout {}", payout.id),
        ),
    ] {
        agree(&shop.server).await;
        database::execute(&shop.server.database_url, change).await;
        let (code, message) = check_totals(&shop.server).await;
        assert!(code == Some(1) && message.contains(&told), "{change}: {message}");
        database::execute(&shop.server.database_url, back).await;
    }
    agree(&shop.server).await;
}
