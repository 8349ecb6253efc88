//! Refunds by postback: of parts and of whole sales, before their sales, and repeated.

use futures::future::join_all;
use s2s_sdk::v1::{
    Adjustment, AdjustmentKind as Kind, ConversionStatus as Status, ErrorReason, PostbackFilter,
    PostbackVerdict, UpdatePolicy,
};
use s2s_tests::{Server, eventually, request};

use super::{
    CONFLICT, COUNTS, DUPLICATE, LATE, NONE, OLDER, PENDING, RECORDED, SALE, Said, Shop, UPDATED, check,
    races::consistent, text_of,
};
use crate::adjustments::{of, refund};

const NOT_RECORDED: Said = (202, "HELD", ErrorReason::ConversionNotRecorded, "");
const UPDATES_OFF: Said = (422, "HELD", ErrorReason::UpdatesOff, "");
const ID_MISSING: Said = (400, "HELD", ErrorReason::RefundIdMissing, "");
const TOO_LARGE: Said = (422, "HELD", ErrorReason::RefundTooLarge, "");
const CONFLICT_OF_IDS: Said = (409, "HELD", ErrorReason::AdjustmentConflict, "");
const MALFORMED: Said = (400, "HELD", ErrorReason::ParameterMalformed, "");
const NEGATIVE: Said = (400, "HELD", ErrorReason::AmountOutOfRange, "NUMBER_REPAIRED");
const GONE: (Status, i64, i64) = (Status::Declined, 0, 0);

impl Shop {
    /// A postback without value and commission, apart from what `rest` says.
    async fn say(&self, order: &str, rest: &str) -> s2s_tests::Answer {
        let Self { code, click, server } = self;
        server.postback(&format!("clickId={click}&id={}&oid={order}{rest}", code.id)).await
    }

    async fn check_standing(&self, order: &str, (status, value, cents): (Status, i64, i64), at: &str) {
        assert_eq!(self.stands(order).await, (status, value * 1_000_000, cents * 10_000), "{at}");
    }
}

/// What comes after the sale, the answer, and what stands then.
type Step = (&'static str, Said, (Status, i64, i64));

#[tokio::test]
async fn a_refund_counts_once_and_says_what_is_missing() {
    const SIX: (Status, i64, i64) = (Status::Approved, 6, 60);
    const FOUR: (Status, i64, i64) = (Status::Approved, 4, 40);
    const REPAIRED: Said = (200, "UPDATED", NONE, "NUMBER_REPAIRED");
    const NOT_READ: Said = (200, "UPDATED", NONE, "COMMISSION_NOT_READ");
    let lives: [&[Step]; 8] = [
        &[
            ("&status=reversed&rid=r1&val=4", UPDATED, SIX),
            ("&status=reversed&rid=r1&val=4", DUPLICATE, SIX),
            ("&rid=r1&val=4", DUPLICATE, SIX),
            ("&rid=r1&val=5", CONFLICT_OF_IDS, SIX),
            ("&refund_id=r2&val=-2", (200, "UPDATED", NONE, "ALIAS"), FOUR),
            ("&rid=r3&val=5", TOO_LARGE, FOUR),
            ("&status=reversed&val=3", ID_MISSING, FOUR),
            // The shop repeats the sale, and all that came before.
            ("&val=10&com=1.00&status=approved", OLDER, FOUR),
            ("&rid=r1&val=4", DUPLICATE, FOUR),
            ("&status=reversed&val=4", UPDATED, GONE),
            ("&status=reversed&val=4", DUPLICATE, GONE),
            ("&val=10&com=1.00&status=pending", OLDER, GONE),
            ("&val=10&com=1.00&status=approved", LATE, GONE),
            ("&rid=r1&val=4", DUPLICATE, GONE),
        ],
        &[("&status=reversed", UPDATED, GONE), ("&val=0&com=&status=REVERSED", DUPLICATE, GONE)],
        &[("&status=reversed&val=10", UPDATED, GONE), ("&status=reversed&val=10", DUPLICATE, GONE)],
        &[("&status=reversed&val=-10", REPAIRED, GONE), ("&status=declined&val=10&com=0", DUPLICATE, GONE)],
        &[
            ("&status=reversed&rid=r1", UPDATED, GONE),
            ("&status=reversed&rid=r1", DUPLICATE, GONE),
            ("&status=reversed&rid=r1&val=1", CONFLICT_OF_IDS, GONE),
        ],
        &[("&rid=r1&val=10&com=1.00", NOT_READ, (Status::Approved, 0, 0))],
        &[
            ("&status=approved&rid=r1&val=4", MALFORMED, COUNTS),
            ("&rid=%7Brefund_id%7D&val=4", (400, "HELD", ErrorReason::MacroNotReplaced, ""), COUNTS),
            ("&rid=r1", (400, "HELD", ErrorReason::ParameterMissing, ""), COUNTS),
            ("&rid=r1&val=0", (400, "HELD", ErrorReason::ParameterMissing, ""), COUNTS),
            ("&rid=r1&val=much", (400, "HELD", ErrorReason::AmountMalformed, ""), COUNTS),
            ("&rid=r1&val=4&cur=EUR", (400, "HELD", ErrorReason::CurrencyInvalid, ""), COUNTS),
            ("&val=-4&com=0", NEGATIVE, COUNTS),
        ],
        // An empty id is that of a template which also reports sales.
        &[("&rid=&val=10&com=1.00&status=approved", DUPLICATE, COUNTS)],
    ];
    let mut shop = Shop::open(UpdatePolicy::Status).await;
    for (number, life) in lives.iter().enumerate() {
        let order = format!("order-{number}");
        check(&shop.send(&order, SALE).await, RECORDED, "the sale");
        for (rest, said, stands) in *life {
            let answer = shop.say(&order, rest).await;
            let at = format!("{number} {rest}");
            // The aliases and the minus sign have a note each; the table names the first one.
            let body = answer.json();
            let first = body["notes"][0]["code"].as_str().unwrap_or_default();
            let found = (answer.status, answer.field("verdict"), answer.field("reason"), first.to_owned());
            let (status, verdict, reason, note) = *said;
            assert_eq!(
                found,
                (status, verdict.to_owned(), text_of(reason), note.to_owned()),
                "{at}: {}",
                answer.text
            );
            shop.check_standing(&order, *stands, &at).await;
        }
        let updates = life.iter().filter(|(_, said, _)| said.1 == "UPDATED").count();
        assert_eq!(shop.lines(&order).await.len(), updates, "{number}");
    }
    shop.server.restart().await;
    consistent(&shop).await;
}

#[tokio::test]
async fn an_approval_of_the_whole_sale_does_not_undo_a_refund() {
    for policy in [UpdatePolicy::Status, UpdatePolicy::StatusAndAmounts] {
        let shop = Shop::open(policy).await;
        check(&shop.send("order-1", PENDING).await, RECORDED, "pending");
        check(&shop.say("order-1", "&rid=r1&val=4").await, UPDATED, "a refund");
        check(&shop.send("order-1", ("approved", "12", "1.20")).await, CONFLICT, "other amounts");
        for (news, said) in [(SALE, UPDATED), (SALE, OLDER), (PENDING, OLDER), (SALE, OLDER)] {
            check(&shop.send("order-1", news).await, said, "the sale as it was before the refund");
            shop.check_standing("order-1", (Status::Approved, 6, 60), "approved").await;
        }
        check(&shop.send("order-1", ("approved", "6", "0.60")).await, DUPLICATE, "what is left");
        check(&shop.send("order-1", ("approved", "12", "1.20")).await, CONFLICT, "other amounts");
        consistent(&shop).await;
    }
}

#[tokio::test]
async fn a_refund_before_its_sale_waits_for_it() {
    let shop = Shop::open(UpdatePolicy::Status).await;
    for round in 0..3 {
        let order = format!("order-{round}");
        let early = shop.say(&order, "&status=reversed&rid=r1&val=4").await;
        check(&early, NOT_RECORDED, "early");
        check(&shop.send(&order, PENDING).await, RECORDED, "the sale");
        eventually(async || (shop.stands(&order).await.1 == 6_000_000).then_some(())).await;
        check(&shop.say(&order, "&rid=r1&val=4").await, DUPLICATE, "again");
        assert_eq!(shop.lines(&order).await.len(), 1);
    }
    let filter = PostbackFilter { verdict: PostbackVerdict::Held.into(), ..Default::default() };
    let held = shop.server.client().postbacks().list_page(request::postbacks(filter)).await.unwrap();
    assert_eq!(held.postbacks, []);
    consistent(&shop).await;
}

#[tokio::test]
async fn without_updates_a_refund_is_held_and_its_id_means_nothing() {
    let shop = Shop::open(UpdatePolicy::None).await;
    let sale = shop.say("order-1", "&val=10&com=1.00&rid=7").await;
    check(&sale, (200, "RECORDED", NONE, "UNKNOWN_PARAMETER"), "a sale with a parameter of the sender's own");
    check(&shop.say("order-1", "&status=reversed").await, UPDATES_OFF, "a refund");
    shop.check_standing("order-1", COUNTS, "stands").await;
}

#[tokio::test]
async fn a_refund_is_explained_and_rehearsed() {
    let shop = Shop::open(UpdatePolicy::Status).await;
    check(&shop.send("order-1", SALE).await, RECORDED, "the sale");
    let client = shop.server.client();
    let (code, click) = (&shop.code.id, &shop.click);
    for (rest, verdict) in [
        ("&rid=r1&val=4", PostbackVerdict::Updated),
        ("&status=reversed&val=3", PostbackVerdict::Held),
        ("&oid=other&status=reversed", PostbackVerdict::Held),
    ] {
        let order = if rest.contains("oid=") { "" } else { "&oid=order-1" };
        let target = format!("/s2s?clickId={click}&id={code}{order}{rest}");
        let explained = client.postbacks().explain(request::explain(target)).await.unwrap();
        assert_eq!(explained.verdict(), verdict, "{rest}: {explained:?}");
        let test = shop.say("order-1", "&rid=r1&val=4&test=1").await;
        assert_eq!((test.status, test.field("verdict").as_str()), (200, "TEST"));
    }
    shop.check_standing("order-1", COUNTS, "nothing is written").await;
    // Anybody may send a refund that is too large, and must not learn what is left.
    let test = shop.say("order-1", "&rid=r1&val=400&test=1").await;
    assert_eq!(test.field("reason"), text_of(ErrorReason::RefundTooLarge));
    assert!(!test.text.contains("10"), "{}", test.text);
}

#[tokio::test]
async fn a_refund_that_two_servers_get_many_times_is_one_line() {
    const SENDERS: usize = 64;
    let shop = Shop::open(UpdatePolicy::Status).await;
    let two = Server::start_beside(&shop.server).await;
    for round in 0..3 {
        let order = format!("order-{round}");
        check(&shop.send(&order, SALE).await, RECORDED, "the sale");
        let sale = shop.conversion(&order).await;
        let by_postback = (0..SENDERS).map(|number| {
            let server = if number % 2 == 0 { &shop.server } else { &two };
            let rest = format!("&rid=refund-1&val=4&n={number}");
            let query = format!("clickId={}&id={}&oid={order}{rest}", shop.click, shop.code.id);
            async move { server.postback(&query).await }
        });
        let client = two.client();
        let by_call = (0..3).map(|_| client.adjustments().create(of(&sale, refund(4_000_000), "refund-1")));
        let (answers, calls) = futures::join!(join_all(by_postback), join_all(by_call));
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        assert!(calls.iter().all(Result::is_ok), "{calls:?}");
        shop.check_standing(&order, (Status::Approved, 6, 60), "one refund").await;
        let kinds: Vec<_> = shop.lines(&order).await.iter().map(Adjustment::kind).collect();
        assert_eq!(kinds, [Kind::Refund]);
    }
    consistent(&shop).await;
}

#[tokio::test]
async fn refunds_wait_in_the_spool_behind_their_sales() {
    let mut shop = Shop::open(UpdatePolicy::Status).await;
    let edge = Server::start_edge(&shop.server, &[]).await;
    for round in 0..3 {
        let order = format!("order-{round}");
        shop.server.kill().await;
        let (click, code) = (&shop.click, &shop.code.id);
        for rest in [
            "&val=10&com=1.00&status=pending",
            "&rid=r1&val=4",
            "&val=10&com=1.00&status=approved",
            "&rid=r1&val=4",
            "&rid=r2&val=1",
        ] {
            let query = format!("clickId={click}&id={code}&oid={order}{rest}");
            assert_eq!(edge.postback(&query).await.status, 202);
        }
        shop.server.restart_in_place().await;
        edge.drained().await;
        let lines = shop.lines(&order).await;
        let kinds: Vec<_> = lines.iter().map(Adjustment::kind).collect();
        assert_eq!(kinds, [Kind::Refund, Kind::Approve, Kind::Refund], "{lines:?}");
        shop.check_standing(&order, (Status::Approved, 5, 50), "after the outage").await;
    }
    consistent(&shop).await;
}
