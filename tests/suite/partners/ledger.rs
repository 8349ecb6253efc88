//! The ledger of partners: its lines add up to what stands, whatever becomes of the conversions.

use futures::{TryStreamExt as _, future::join_all};
use s2s_sdk::v1::{
    AdjustmentFilter, AdjustmentVerdict, Approval, ConversionFilter, ConversionStatus as Status,
    CreateAdjustmentRequest, Decline, ListAdjustmentsRequest, NewAdjustment, Partner, Refund, Restatement,
    Reversal, ShareBasis, TrackingLink,
    new_adjustment::{Change, Target},
};
use s2s_tests::{
    Server, database, eventually,
    random::{Random, seed},
    request,
};

use super::{Shop, create, dollars, owed, share, update};
use crate::totals::check_totals;

const DAY_MICROS: i64 = 86_400_000_000;
const LINES: &str = "SELECT COUNT(*) AS number FROM partner_line";

/// Is added to sums, so that they can be read as numbers without a sign.
const OFFSET: i64 = 1_000_000_000_000_000;

/// The sum of a column of the lines of a partner.
async fn sum(server: &Server, column: &str, partner: &Partner) -> i64 {
    let integer = if database::kind() == "mariadb" { "SIGNED" } else { "BIGINT" };
    let query = format!(
        "SELECT CAST(COALESCE(SUM({column}), 0) + {OFFSET} AS {integer}) AS number FROM partner_line \
         WHERE partner_id = (SELECT id FROM partner WHERE name = '{}')",
        partner.name
    );
    i64::try_from(database::number(&server.database_url, &query).await).unwrap() - OFFSET
}

/// What the conversions of a partner say that is owed: pending and approved.
async fn stands(shop: &Shop, partner: &Partner) -> [i64; 2] {
    let filter = ConversionFilter { partner_id: partner.id.clone(), ..Default::default() };
    let all = shop.client().conversions().list(request::conversions(filter));
    let all: Vec<_> = all.try_collect().await.unwrap();
    [Status::Pending, Status::Approved].map(|status| {
        all.iter().filter(|one| one.current.as_ref().unwrap().status() == status).map(owed).sum()
    })
}

async fn agrees(shop: &Shop, partner: &Partner) -> [i64; 2] {
    let lines = [
        sum(&shop.server, "pending_delta", partner).await,
        sum(&shop.server, "approved_delta", partner).await,
    ];
    assert_eq!(lines, stands(shop, partner).await);
    // The journal tells of each line, so the sums have it.
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
    lines
}

pub async fn adjust(shop: &Shop, id: &str, change: Change, external_id: &str) -> Option<AdjustmentVerdict> {
    let adjustment = NewAdjustment {
        target: Some(Target::ConversionId(id.to_owned())),
        change: Some(change),
        external_id: external_id.to_owned(),
        ..Default::default()
    };
    let request = CreateAdjustmentRequest { adjustment: Some(adjustment), ..Default::default() };
    shop.client().adjustments().create(request).await.ok().map(|response| response.verdict())
}

#[tokio::test]
async fn lines_follow_a_conversion_through_its_life() {
    let shop = Shop::open().await;
    let link = shop.link(&shop.partner, Some(share(ShareBasis::Commission, 80))).await;
    let sale = shop.sale(&link, "1", Status::Pending).await;
    assert_eq!(agrees(&shop, &shop.partner).await, [2_400_000, 0]);
    let refund = |micros| Change::Refund(Refund { amount: Some(dollars(micros)), ..Default::default() });
    for (change, external_id, expected) in [
        (Change::Approve(Approval {}), "", [0, 2_400_000]),
        (Change::Approve(Approval {}), "", [0, 2_400_000]),
        // A third of the value, and so of the commission: 1 of 3.
        (refund(6_666_667), "r-1", [0, 1_600_000]),
        (refund(6_666_667), "r-1", [0, 1_600_000]),
        (Change::Decline(Decline {}), "", [0, 0]),
        (
            Change::Restate(Restatement {
                commission: Some(dollars(5_000_000)),
                status: Status::Pending.into(),
                ..Default::default()
            }),
            "s-1",
            [4_000_000, 0],
        ),
        (Change::Reverse(Reversal {}), "", [0, 0]),
    ] {
        adjust(&shop, &sale.id, change, external_id).await.unwrap();
        assert_eq!(agrees(&shop, &shop.partner).await, expected, "{external_id}");
    }
    assert_eq!(database::number(&shop.server.database_url, LINES).await, 6);
}

/// lms-front #511: 1,000 sold, 100 refunded, 80 % are the partner's.
#[tokio::test]
async fn lms_front_511_a_refund_takes_its_part_of_the_share_once() {
    let shop = Shop::open().await;
    let link = shop.link(&shop.partner, Some(share(ShareBasis::Value, 80))).await;
    let click = shop.server.click(&link).await;
    let sale = format!("clickId={click}&id={}&val=1000&com=1000&oid=1", shop.code.id);
    assert_eq!(shop.server.postback(&sale).await.field("verdict"), "RECORDED");
    assert_eq!(agrees(&shop, &shop.partner).await, [0, 800_000_000]);
    for verdict in ["UPDATED", "DUPLICATE"] {
        let refund = format!("clickId={click}&id={}&val=100&oid=1&status=reversed&rid=7", shop.code.id);
        assert_eq!(shop.server.postback(&refund).await.field("verdict"), verdict);
        assert_eq!(agrees(&shop, &shop.partner).await, [0, 720_000_000]);
    }
}

/// Postbacks, batches and duplicates of two partners and of nobody, with kills.
#[tokio::test]
async fn lines_agree_with_conversions_after_random_lives_and_kills() {
    let mut shop = Shop::open().await;
    let other =
        create(&shop.client(), Partner { name: "Ben".to_owned(), ..Default::default() }).await.unwrap();
    let mut links = vec![shop.server.create_link(shop.bare_link("")).await];
    for (partner, basis, percent) in [
        (&shop.partner, ShareBasis::Commission, 33),
        (&shop.partner, ShareBasis::Value, 7),
        (&other, ShareBasis::Commission, 100),
    ] {
        links.push(shop.link(partner, Some(share(basis, percent))).await);
    }
    let mut random = Random(seed(7));
    for round in 0..3 {
        let mut sales = Vec::new();
        for number in 0..30 {
            let link: &TrackingLink = &links[random.below(4)];
            let click = shop.server.click(link).await;
            let status = random.pick(&["pending", "approved", "declined"]);
            let value = random.below(9_999);
            let sale = format!(
                "clickId={click}&id={}&val={value}.{number:02}&comperc=12.5&oid={number}&status={status}",
                shop.code.id
            );
            // Each report comes twice.
            let answers = join_all([shop.server.postback(&sale), shop.server.postback(&sale)]).await;
            let mut verdicts: Vec<_> = answers.iter().map(|answer| answer.field("verdict")).collect();
            verdicts.sort();
            assert_eq!(verdicts, ["DUPLICATE", "RECORDED"]);
            sales.push(answers[0].field("conversion_id"));
        }
        for number in 0..120 {
            let id = &sales[random.below(30)];
            let external_id = random.below(40).to_string();
            let change = match random.below(6) {
                0 => Change::Approve(Approval {}),
                1 => Change::Decline(Decline {}),
                2 => Change::Reverse(Reversal {}),
                3 => Change::Restate(Restatement {
                    commission: Some(dollars(i64::from(number) * 10_007)),
                    status: Status::Approved.into(),
                    ..Default::default()
                }),
                _ => Change::Refund(Refund { amount: Some(dollars(3_333_333)), ..Default::default() }),
            };
            adjust(&shop, id, change, &external_id).await;
        }
        for partner in [&shop.partner, &other] {
            agrees(&shop, partner).await;
        }
        shop.server.kill().await;
        shop.server.restart().await;
        for partner in [&shop.partner, &other] {
            agrees(&shop, partner).await;
        }
        assert!(database::number(&shop.server.database_url, LINES).await > 15, "{round}");
    }
}

#[tokio::test]
async fn pending_conversions_are_approved_by_themselves_once() {
    let mut shop = Shop::open().await;
    let other =
        create(&shop.client(), Partner { name: "Ben".to_owned(), ..Default::default() }).await.unwrap();
    let (link, of_other) = (shop.link(&shop.partner, None).await, shop.link(&other, None).await);
    let waiting = Partner { id: shop.partner.id.clone(), approve_after_days: 2, ..Default::default() };
    update(&shop.client(), waiting, &["approve_after_days"]).await.unwrap();
    let mut before = Vec::new();
    for round in 1..=3 {
        let order = |name: &str| format!("{name}-{round}");
        let due = shop.sale(&link, &order("due"), Status::Pending).await;
        let declined = shop.sale(&link, &order("declined"), Status::Pending).await;
        adjust(&shop, &declined.id, Change::Decline(Decline {}), "").await.unwrap();
        let others = shop.sale(&of_other, &order("other"), Status::Pending).await;
        // All of these were recorded three days ago, by the ledger; the last one just now.
        let back = format!("UPDATE partner_line SET waiting_since = waiting_since - {}", 3 * DAY_MICROS);
        database::execute(&shop.server.database_url, &back).await;
        let young = shop.sale(&link, &order("young"), Status::Pending).await;
        shop.server.kill().await;
        shop.server.restart().await;
        let approved = eventually(async || {
            let now = shop.get(&due).await;
            (now.current.as_ref().unwrap().status() == Status::Approved).then_some(now)
        })
        .await;
        assert_eq!((approved.adjustment_count, owed(&approved)), (1, 3_000_000));
        let filter = AdjustmentFilter { conversion_id: due.id.clone(), ..Default::default() };
        let request = ListAdjustmentsRequest { filter: Some(filter), ..Default::default() };
        let lines = shop.client().adjustments().list_page(request).await.unwrap().adjustments;
        assert_eq!(lines[0].remark, "approved by itself after 2 days");
        for (sale, status) in
            [(&declined, Status::Declined), (&others, Status::Pending), (&young, Status::Pending)]
        {
            assert_eq!(shop.get(sale).await.current.unwrap().status(), status);
        }
        for earlier in &before {
            assert_eq!(&shop.get(earlier).await, earlier);
        }
        before.push(approved);
        // What is young now must not be old in the next round.
        adjust(&shop, &young.id, Change::Decline(Decline {}), "").await.unwrap();
        for partner in [&shop.partner, &other] {
            agrees(&shop, partner).await;
        }
    }
}
