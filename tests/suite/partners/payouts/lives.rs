//! Random lives of conversions that are owed to partners, with entries and payouts in between, compared
//! with books that are kept here, in 128 bits.

use futures::TryStreamExt as _;
use s2s_sdk::v1::{
    Approval, BatchCreateAdjustmentsRequest, BatchRecordConversionsRequest, ConversionStatus as Status,
    CreateAdjustmentRequest, Decline, ListPartnerLinesRequest, NewAdjustment, NewConversion, Partner, Payout,
    PayoutState, Refund, Restatement, Reversal, ShareBasis,
    new_adjustment::{Change, Target},
    new_conversion::Commission,
};
use s2s_tests::{
    random::{Random, number, seed},
    request,
};

use super::{
    super::{Shop, create, dollars, share},
    agree, approved, balance, cancel, enter, entry, paid, pay_out,
};

/// The number of lives, which a variable may change.
const LIVES: usize = 1_000;
const LIVES_VARIABLE: &str = "S2S_LIVES";
const ROUNDS: usize = 5;
/// The number of items in a call.
const BATCH: usize = 1_000;
const CENT: i128 = 10_000;

/// What a partner gets of a conversion, with a percentage in millionths.
#[derive(Clone, Copy, Debug)]
enum Share {
    OfCommission(i128),
    OfValue(i128),
}

/// A conversion by our books.
struct Life {
    id: String,
    partner: usize,
    share: Share,
    status: Status,
    value: i128,
    commission: i128,
}

impl Life {
    fn owed(&self) -> i128 {
        let (whole, percent) = match self.share {
            Share::OfCommission(percent) => (self.commission, percent),
            Share::OfValue(percent) => (self.value, percent),
        };
        if self.status == Status::Declined { 0 } else { (whole * percent + 50_000_000) / 100_000_000 }
    }
}

/// The books of a partner, apart from what its conversions are worth.
#[derive(Default)]
struct Account {
    entries: i128,
    open: Vec<Payout>,
    paid: i128,
}

fn total(payout: &Payout) -> i128 {
    payout.total.as_ref().unwrap().micros.into()
}

/// Pending, approved, in payouts, paid.
fn expected(lives: &[Life], accounts: &[Account], partner: usize) -> [i128; 4] {
    let account = &accounts[partner];
    let of = |status: Status| -> i128 {
        let own = lives.iter().filter(|life| life.partner == partner && life.status == status);
        own.map(Life::owed).sum()
    };
    let in_payout: i128 = account.open.iter().map(total).sum();
    let approved = of(Status::Approved) + account.entries - in_payout - account.paid;
    [of(Status::Pending), approved, in_payout, account.paid]
}

fn change(life: &Life, random: &mut Random) -> Change {
    let value = i64::try_from(life.value).unwrap();
    let mut amount = |most: i64| i64::try_from(random.below(usize::try_from(most).unwrap() + 1)).unwrap();
    let (part, other, commission) = (amount(value), amount(30_000_000), amount(5_000_000));
    match random.below(8) {
        0 | 1 => Change::Approve(Approval {}),
        2 => Change::Decline(Decline {}),
        3 => Change::Reverse(Reversal {}),
        4 => Change::Refund(Refund { amount: Some(dollars(value.max(1))), keep_commission: false }),
        5 => {
            Change::Refund(Refund { amount: Some(dollars(part + 1)), keep_commission: random.below(4) == 0 })
        }
        _ => Change::Restate(Restatement {
            value: Some(dollars(other)),
            commission: Some(dollars(commission)),
            status: random.pick(&[Status::Pending, Status::Approved]).into(),
        }),
    }
}

/// Records conversions of several links.
async fn record(shop: &Shop, partners: &[Partner], lives: usize, random: &mut Random) -> Vec<Life> {
    let shares = [
        (0, Share::OfCommission(100_000_000), None),
        (0, Share::OfCommission(37_000_000), Some(share(ShareBasis::Commission, 37))),
        (1, Share::OfValue(7_000_000), Some(share(ShareBasis::Value, 7))),
    ];
    let mut clicks = Vec::new();
    for (partner, of, share) in shares {
        let link = shop.link(&partners[partner], share).await;
        clicks.push((partner, of, shop.server.click(&link).await));
    }
    let mut recorded = Vec::with_capacity(lives);
    while recorded.len() < lives {
        let some = BATCH.min(lives - recorded.len());
        let mut requests = Vec::with_capacity(some);
        for number in recorded.len()..recorded.len() + some {
            let (partner, share, click) = &clicks[number % clicks.len()];
            let status = random.pick(&[Status::Pending, Status::Approved, Status::Declined]);
            let [value, commission] = [20_000_001, 3_000_001].map(|most| random.below(most));
            recorded.push(Life {
                id: String::new(),
                partner: *partner,
                share: *share,
                status,
                value: i128::try_from(value).unwrap(),
                commission: i128::try_from(commission).unwrap(),
            });
            let [value, commission] =
                [value, commission].map(|micros| dollars(i64::try_from(micros).unwrap()));
            requests.push(request::conversion(NewConversion {
                conversion_code_id: shop.code.id.clone(),
                click_id: click.clone(),
                transaction_id: number.to_string(),
                value: Some(value),
                commission: Some(Commission::CommissionAmount(commission)),
                status: status.into(),
                ..Default::default()
            }));
        }
        let request = BatchRecordConversionsRequest { requests };
        let results = shop.client().conversions().batch_record(request).await.unwrap().results;
        let from = recorded.len() - some;
        for (life, result) in recorded.iter_mut().skip(from).zip(results) {
            life.id = result.into_result().unwrap().conversion.unwrap().id;
        }
    }
    recorded
}

/// Changes each conversion at random. Refused changes leave it as it is.
async fn adjust_all(shop: &Shop, lives: &mut [Life], round: usize, random: &mut Random) -> usize {
    let mut refused = 0;
    for some in lives.chunks_mut(BATCH) {
        let requests = some.iter().map(|life| {
            let adjustment = NewAdjustment {
                target: Some(Target::ConversionId(life.id.clone())),
                change: Some(change(life, random)),
                external_id: round.to_string(),
                ..Default::default()
            };
            CreateAdjustmentRequest { adjustment: Some(adjustment), validate_only: false }
        });
        let request = BatchCreateAdjustmentsRequest { requests: requests.collect() };
        let results = shop.client().adjustments().batch_create(request).await.unwrap().results;
        for (life, result) in some.iter_mut().zip(results) {
            let Ok(response) = result.into_result() else {
                refused += 1;
                continue;
            };
            let after = response.adjustment.unwrap().after.unwrap();
            life.status = after.status();
            life.value = after.value.unwrap().micros.into();
            life.commission = after.commission.unwrap().micros.into();
        }
    }
    refused
}

/// Does something about the money of a partner.
async fn pay(shop: &Shop, partner: &Partner, account: &mut Account, due: i128, random: &mut Random) {
    let client = shop.client();
    match random.below(5) {
        0 => {
            let amount = i64::try_from(random.below(4_000_001)).unwrap() - 2_000_000;
            if amount != 0 {
                enter(&client, entry(partner, amount, "by hand")).await.unwrap();
                account.entries += i128::from(amount);
            }
        }
        1 if !account.open.is_empty() => {
            let payout = account.open.swap_remove(random.below(account.open.len()));
            assert_eq!(cancel(&client, &payout).await.unwrap().state(), PayoutState::Canceled);
        }
        2 if !account.open.is_empty() => {
            let payout = account.open.swap_remove(random.below(account.open.len()));
            account.paid += total(&paid(&client, &payout, "transfer").await.unwrap());
        }
        _ => match pay_out(&client, partner, None).await {
            Err(_) => assert!(due < CENT, "{due} are due"),
            Ok(seen) => {
                assert_eq!(total(&seen), due / CENT * CENT);
                let seen = seen.total.unwrap().micros;
                account.open.push(pay_out(&client, partner, Some(seen)).await.unwrap());
            }
        },
    }
}

#[tokio::test]
async fn random_lives_of_conversions_are_those_of_the_books() {
    let lives = number(LIVES_VARIABLE, LIVES);
    let seed = seed(23);
    println!("{lives} lives with seed {seed}");
    let (shop, mut random) = (Shop::open().await, Random(seed));
    let client = shop.client();
    let bob = create(&client, Partner { name: "Bob".to_owned(), ..Default::default() }).await.unwrap();
    let partners = [shop.partner.clone(), bob];
    let mut accounts = [Account::default(), Account::default()];
    let mut lives = record(&shop, &partners, lives, &mut random).await;
    let mut refused = 0;
    for round in 0..ROUNDS {
        for _ in 0..6 {
            let which = random.below(2);
            let due = expected(&lives, &accounts, which)[1];
            pay(&shop, &partners[which], &mut accounts[which], due, &mut random).await;
            for (which, partner) in partners.iter().enumerate() {
                let found = balance(&client, partner).await.map(i128::from);
                assert_eq!(found, expected(&lives, &accounts, which), "seed {seed}, round {round}");
            }
        }
        refused += adjust_all(&shop, &mut lives, round, &mut random).await;
    }
    assert!(refused > 0 && refused < lives.len() * ROUNDS / 2, "{refused}");
    for (partner, account) in partners.iter().zip(&accounts) {
        for payout in &account.open {
            let of_payout = ListPartnerLinesRequest {
                partner_id: partner.id.clone(),
                payout_id: payout.id.clone(),
                page_size: 1_000,
                ..Default::default()
            };
            let claimed = client.payouts().list_partner_lines(of_payout);
            let claimed: Vec<_> = claimed.try_collect().await.unwrap();
            assert_eq!(i128::from(approved(&claimed)), total(payout));
        }
    }
    agree(&shop.server).await;
}
