//! Postbacks of conversions that are recorded already: approvals, declines and other amounts, sent
//! again under the order id, as networks do.

mod races;
mod refunds;

use s2s_sdk::{
    prost_types::FieldMask,
    v1::{
        Adjustment, AdjustmentFilter, AdjustmentKind as Kind, Conversion, ConversionCode, ConversionFilter,
        ConversionStanding, ConversionStatus as Status, ErrorReason, ListAdjustmentsRequest, NoteCode,
        PostbackFilter, PostbackVerdict, UpdateConversionCodeRequest, UpdatePolicy,
    },
};
use s2s_tests::{Answer, Server, request};

use crate::{adjustments::worth, totals::check_totals};

/// A server with a code of a policy, and a click.
struct Shop {
    server: Server,
    code: ConversionCode,
    click: String,
}

impl Shop {
    async fn open(policy: UpdatePolicy) -> Self {
        Self::open_at(Server::start().await, policy).await
    }

    async fn open_at(server: Server, policy: UpdatePolicy) -> Self {
        let mut code = ConversionCode { name: "Sale".to_owned(), ..Default::default() };
        code.set_update_policy(policy);
        let code = server.create_code(code).await;
        let click = server.click(&server.link(&[&code]).await).await;
        Self { server, code, click }
    }

    /// The query of a postback: `status`, value and commission.
    fn query(&self, order: &str, (status, value, commission): (&str, &str, &str)) -> String {
        let Self { code, click, .. } = self;
        format!("clickId={click}&id={}&val={value}&com={commission}&oid={order}&status={status}", code.id)
    }

    async fn send(&self, order: &str, news: (&str, &str, &str)) -> Answer {
        self.server.postback(&self.query(order, news)).await
    }

    async fn conversion(&self, order: &str) -> Conversion {
        let filter = ConversionFilter { transaction_id: order.to_owned(), ..Default::default() };
        let found = self.server.client().conversions().list_page(request::conversions(filter)).await.unwrap();
        assert_eq!(found.conversions.len(), 1, "{order}");
        found.conversions.into_iter().next().unwrap()
    }

    /// The lines of an order's conversion, oldest first.
    async fn lines(&self, order: &str) -> Vec<Adjustment> {
        let conversion_id = self.conversion(order).await.id;
        let filter = AdjustmentFilter { conversion_id, ..Default::default() };
        let list = ListAdjustmentsRequest { filter: Some(filter), page_size: 1_000, ..Default::default() };
        let mut lines = self.server.client().adjustments().list_page(list).await.unwrap().adjustments;
        lines.reverse();
        lines
    }

    async fn stands(&self, order: &str) -> (Status, i64, i64) {
        worth(self.conversion(order).await.current.as_ref())
    }
}

/// What the answer to a postback says: HTTP status, verdict, reason, and the code of a note.
type Said = (u16, &'static str, ErrorReason, &'static str);

const NONE: ErrorReason = ErrorReason::Unspecified;

const RECORDED: Said = (200, "RECORDED", NONE, "");
const UPDATED: Said = (200, "UPDATED", NONE, "");
const DUPLICATE: Said = (200, "DUPLICATE", NONE, "");
const OLDER: Said = (200, "DUPLICATE", NONE, "OLDER_NEWS");
const LATE: Said = (202, "HELD", ErrorReason::ApprovalAfterDecline, "");
const CONFLICT: Said = (409, "HELD", ErrorReason::TransactionConflict, "");

/// The reason as answers over HTTP have it.
fn text_of(reason: ErrorReason) -> String {
    let name = if reason == NONE { "" } else { reason.as_str_name() };
    name.replace("ERROR_REASON_", "")
}

fn check(answer: &Answer, (status, verdict, reason, note): Said, at: &str) {
    let body = answer.json();
    let found = (answer.status, answer.field("verdict"), answer.field("reason"));
    assert_eq!(found, (status, verdict.to_owned(), text_of(reason)), "{at}: {}", answer.text);
    let notes: Vec<&str> =
        body["notes"].as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap()).collect();
    assert_eq!(notes, if note.is_empty() { Vec::new() } else { vec![note] }, "{at}");
}

/// A postback, the answer, and what stands after it: status, units of value, hundredths of commission.
type Step = ((&'static str, &'static str, &'static str), Said, (Status, i64, i64));

const SALE: (&str, &str, &str) = ("approved", "10", "1.00");
const PENDING: (&str, &str, &str) = ("pending", "10", "1.00");
const NO_SALE: (&str, &str, &str) = ("declined", "10", "1.00");
const PENDS: (Status, i64, i64) = (Status::Pending, 10, 100);
const COUNTS: (Status, i64, i64) = (Status::Approved, 10, 100);
const DECLINED: (Status, i64, i64) = (Status::Declined, 10, 0);

/// Lives the lives of sales, each of an order of its own, and checks every answer and what stands.
async fn check_lives(policy: UpdatePolicy, lives: &[&[Step]]) {
    let mut shop = Shop::open(policy).await;
    for (number, life) in lives.iter().enumerate() {
        let order = format!("order-{number}");
        for (news, said, stands) in *life {
            let at = format!("{policy:?} {number} {news:?}");
            check(&shop.send(&order, *news).await, *said, &at);
            let (status, value, commission) = *stands;
            assert_eq!(shop.stands(&order).await, (status, value * 1_000_000, commission * 10_000), "{at}");
        }
        let made = shop.lines(&order).await;
        let updates = life.iter().filter(|(_, said, _)| *said == UPDATED).count();
        assert_eq!(made.len(), updates, "{policy:?} {number}");
        let recorded = shop.conversion(&order).await;
        let first = ConversionStanding {
            status: recorded.status,
            value: recorded.value,
            commission: recorded.commission,
        };
        assert!(made.first().is_none_or(|line| line.before.as_ref() == Some(&first)));
        assert!(made.windows(2).all(|pair| pair[0].after == pair[1].before));
    }
    shop.server.restart().await;
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
}

#[tokio::test]
async fn news_of_a_sale_updates_it_and_old_news_does_not() {
    const MORE: (&str, &str, &str) = ("approved", "12", "1.20");
    let status: [&[Step]; 6] = [
        &[
            (PENDING, RECORDED, PENDS),
            (PENDING, DUPLICATE, PENDS),
            (SALE, UPDATED, COUNTS),
            (SALE, DUPLICATE, COUNTS),
            (PENDING, OLDER, COUNTS),
            (NO_SALE, UPDATED, DECLINED),
            (NO_SALE, DUPLICATE, DECLINED),
            (PENDING, OLDER, DECLINED),
            (SALE, LATE, DECLINED),
        ],
        // An approval may bring its own amounts; those of the pending sale are old then.
        &[
            (PENDING, RECORDED, PENDS),
            (MORE, UPDATED, (Status::Approved, 12, 120)),
            (PENDING, OLDER, (Status::Approved, 12, 120)),
            (MORE, DUPLICATE, (Status::Approved, 12, 120)),
        ],
        // Other amounts with the status that stands are no status.
        &[(SALE, RECORDED, COUNTS), (MORE, CONFLICT, COUNTS), (SALE, DUPLICATE, COUNTS)],
        &[(PENDING, RECORDED, PENDS), (("pending", "9", "1.00"), CONFLICT, PENDS)],
        // A decline needs no amounts, and no currency.
        &[(PENDING, RECORDED, PENDS), (("declined", "0", "0&cur=EUR"), UPDATED, DECLINED)],
        &[
            (NO_SALE, RECORDED, (Status::Declined, 10, 100)),
            (("declined", "0", "0"), DUPLICATE, (Status::Declined, 10, 100)),
        ],
    ];
    let amounts: [&[Step]; 1] = [&[
        (SALE, RECORDED, COUNTS),
        (MORE, UPDATED, (Status::Approved, 12, 120)),
        (MORE, DUPLICATE, (Status::Approved, 12, 120)),
        // What stood before is old news.
        (SALE, OLDER, (Status::Approved, 12, 120)),
        (("approved", "8", "0.80"), UPDATED, (Status::Approved, 8, 80)),
        (MORE, OLDER, (Status::Approved, 8, 80)),
        (("approved", "8", "0.80&cur=EUR"), CONFLICT, (Status::Approved, 8, 80)),
        (("declined", "8", "0.80"), UPDATED, (Status::Declined, 8, 0)),
    ]];
    let none: [&[Step]; 2] = [
        &[(PENDING, RECORDED, PENDS), (SALE, (200, "DUPLICATE", NONE, "STATUS_NOT_CHANGED"), PENDS)],
        &[(SALE, RECORDED, COUNTS), (MORE, CONFLICT, COUNTS)],
    ];
    let policies: [(UpdatePolicy, &[&[Step]]); 4] = [
        (UpdatePolicy::Unspecified, &status),
        (UpdatePolicy::Status, &status),
        (UpdatePolicy::StatusAndAmounts, &amounts),
        (UpdatePolicy::None, &none),
    ];
    for (policy, lives) in policies {
        check_lives(policy, lives).await;
    }
}

#[tokio::test]
async fn a_sale_that_was_adjusted_by_hand_keeps_its_adjustment() {
    let shop = Shop::open(UpdatePolicy::StatusAndAmounts).await;
    check(&shop.send("order-1", SALE).await, RECORDED, "first");
    let sale = shop.conversion("order-1").await;
    let refund = crate::adjustments::of(&sale, crate::adjustments::refund(4_000_000), "refund-1");
    shop.server.client().adjustments().create(refund).await.unwrap();
    for _ in 0..3 {
        // The shop repeats the sale, as it was before the refund.
        check(&shop.send("order-1", SALE).await, OLDER, "again");
        assert_eq!(shop.stands("order-1").await, (Status::Approved, 6_000_000, 600_000));
    }
}

#[tokio::test]
async fn updates_are_listed_explained_and_rehearsed() {
    let shop = Shop::open(UpdatePolicy::Status).await;
    check(&shop.send("order-1", PENDING).await, RECORDED, "pending");
    let client = shop.server.client();
    let target = format!("/s2s?{}", shop.query("order-1", SALE));
    let explained = client.postbacks().explain(request::explain(target.clone())).await.unwrap();
    assert_eq!(explained.verdict(), PostbackVerdict::Updated);
    let test = shop.server.postback(&format!("{}&test=1", shop.query("order-1", SALE))).await;
    assert_eq!((test.status, test.field("verdict").as_str()), (200, "TEST"));
    assert_eq!(shop.stands("order-1").await.0, Status::Pending, "nothing is written yet");
    let answer = shop.send("order-1", SALE).await;
    check(&answer, UPDATED, "approved");
    let filter = PostbackFilter { verdict: PostbackVerdict::Updated.into(), ..Default::default() };
    let listed = client.postbacks().list_page(request::postbacks(filter)).await.unwrap().postbacks;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].conversion_id, shop.conversion("order-1").await.id);
    let stored = client.postbacks().explain(request::explain_stored(&listed[0].id)).await.unwrap();
    assert_eq!(stored.verdict(), PostbackVerdict::Updated);
    let declined = format!("/s2s?{}", shop.query("order-1", NO_SALE));
    let explained = client.postbacks().explain(request::explain(declined)).await.unwrap();
    assert_eq!(explained.verdict(), PostbackVerdict::Updated);
    let kinds: Vec<_> = shop.lines("order-1").await.iter().map(Adjustment::kind).collect();
    assert_eq!(kinds, [Kind::Approve]);
}

#[tokio::test]
async fn a_held_approval_counts_at_its_replay_only_if_the_policy_takes_it() {
    let shop = Shop::open(UpdatePolicy::None).await;
    let client = shop.server.client();
    check(&shop.send("order-1", SALE).await, RECORDED, "first");
    let answer = shop.send("order-1", ("approved", "12", "1.20")).await;
    check(&answer, CONFLICT, "other amounts");
    let replay = || client.postbacks().replay_page(request::replay(vec![answer.field("postback_id")]));
    let set = async |policy: UpdatePolicy| {
        let mut code = ConversionCode { id: shop.code.id.clone(), ..Default::default() };
        code.set_update_policy(policy);
        let update = UpdateConversionCodeRequest {
            conversion_code: Some(code),
            update_mask: Some(FieldMask { paths: vec!["update_policy".to_owned()] }),
            ..Default::default()
        };
        let code = client.conversion_codes().update(update).await.unwrap().conversion_code.unwrap();
        assert_eq!(code.update_policy(), policy);
    };
    for policy in [UpdatePolicy::None, UpdatePolicy::Status] {
        set(policy).await;
        assert_eq!(replay().await.unwrap().postbacks[0].verdict(), PostbackVerdict::Held);
    }
    set(UpdatePolicy::StatusAndAmounts).await;
    for _ in 0..3 {
        let replayed = replay().await.unwrap().postbacks.remove(0);
        assert_eq!(replayed.verdict(), PostbackVerdict::Updated, "{}", replayed.message);
    }
    assert_eq!(shop.stands("order-1").await, (Status::Approved, 12_000_000, 1_200_000));
    assert_eq!(shop.lines("order-1").await.len(), 1);
    // A retry of the sale is old by now.
    let again = shop.send("order-1", SALE).await;
    assert_eq!((again.status, again.field("verdict").as_str()), (200, "DUPLICATE"));
    assert!(again.text.contains(NoteCode::OlderNews.as_str_name().trim_start_matches("NOTE_CODE_")));
}
