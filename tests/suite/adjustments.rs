//! Adjustments of conversions: approvals, declines, refunds, restatements and reversals, through
//! real ports.

mod lists;
mod races;
mod rows;

use s2s_sdk::{
    Client, Error,
    v1::{
        Adjustment, AdjustmentFilter, AdjustmentKind as Kind, AdjustmentVerdict as Verdict, Approval,
        BatchCreateAdjustmentsRequest, Conversion, ConversionCode, ConversionStanding,
        ConversionStatus as Status, CreateAdjustmentRequest, CreateAdjustmentResponse, Decline, ErrorReason,
        GetConversionRequest, ListAdjustmentsRequest, Money, NewAdjustment, NewConversion, OrderTarget,
        Refund, Restatement, Reversal, TrackingLink,
        create_adjustment_result::Result as ItemResult,
        new_adjustment::{Change, Target},
        new_conversion::Commission,
    },
};
use s2s_tests::{Server, request};

use crate::{fields, fixture::other_account, report};

/// A server with a code, and a link to report conversions of.
pub struct Shop {
    pub server: Server,
    pub code: ConversionCode,
    pub link: TrackingLink,
    click: String,
}

pub fn dollars(micros: i64) -> Money {
    Money { micros, currency_code: "USD".to_owned() }
}

/// A refund of these millionths.
pub fn refund(micros: i64) -> Change {
    Change::Refund(Refund { amount: Some(dollars(micros)), keep_commission: false })
}

pub fn approve() -> Change {
    Change::Approve(Approval {})
}

pub fn decline() -> Change {
    Change::Decline(Decline {})
}

pub fn reverse() -> Change {
    Change::Reverse(Reversal {})
}

/// A change of a conversion, under an external id.
pub fn of(conversion: &Conversion, change: Change, external_id: &str) -> CreateAdjustmentRequest {
    at(Target::ConversionId(conversion.id.clone()), change, external_id)
}

pub fn at(target: Target, change: Change, external_id: &str) -> CreateAdjustmentRequest {
    let adjustment = NewAdjustment {
        target: Some(target),
        change: Some(change),
        external_id: external_id.to_owned(),
        ..Default::default()
    };
    CreateAdjustmentRequest { adjustment: Some(adjustment), validate_only: false }
}

pub fn order(transaction_id: &str) -> Target {
    let transaction_id = transaction_id.to_owned();
    Target::Order(OrderTarget { transaction_id, ..Default::default() })
}

/// The status, value and commission of a standing, in millionths.
pub fn worth(standing: Option<&ConversionStanding>) -> (Status, i64, i64) {
    let standing = standing.unwrap();
    let micros = |money: &Option<Money>| money.as_ref().unwrap().micros;
    (standing.status(), micros(&standing.value), micros(&standing.commission))
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_at(Server::start().await).await
    }

    pub async fn open_at(server: Server) -> Self {
        let code = server.code("Sale").await;
        let link = server.link(&[&code]).await;
        let click = server.click(&link).await;
        Self { server, code, link, click }
    }

    pub fn client(&self) -> Client {
        self.server.client()
    }

    /// Records a sale of 100 units with ten percent of commission.
    pub async fn sale(&self, order: &str, status: Status) -> Conversion {
        let commission = Some(Commission::CommissionPercentMicros(10_000_000));
        self.record(NewConversion { commission, ..self.report(order, status) }).await
    }

    fn report(&self, order: &str, status: Status) -> NewConversion {
        NewConversion {
            transaction_id: order.to_owned(),
            status: status.into(),
            value: Some(dollars(100_000_000)),
            ..report(&self.code, &self.click)
        }
    }

    pub async fn record(&self, conversion: NewConversion) -> Conversion {
        let recorded = self.client().conversions().record(request::conversion(conversion)).await.unwrap();
        recorded.conversion.unwrap()
    }

    pub async fn adjust(&self, request: CreateAdjustmentRequest) -> Result<CreateAdjustmentResponse, Error> {
        self.client().adjustments().create(request).await
    }

    pub async fn get(&self, conversion: &Conversion) -> Conversion {
        let get = GetConversionRequest { conversion_id: conversion.id.clone() };
        self.client().conversions().get(get).await.unwrap().conversion.unwrap()
    }

    pub async fn lines(&self, conversion: &Conversion) -> Vec<Adjustment> {
        let filter = AdjustmentFilter { conversion_id: conversion.id.clone(), ..Default::default() };
        let list = ListAdjustmentsRequest { filter: Some(filter), page_size: 1_000, ..Default::default() };
        self.client().adjustments().list_page(list).await.unwrap().adjustments
    }

    /// Checks that the lines of a conversion are what leads from its recording to what stands.
    pub async fn check(&self, conversion: &Conversion) -> (Status, i64, i64) {
        let (now, mut lines) = (self.get(conversion).await, self.lines(conversion).await);
        lines.reverse();
        let mut stands = ConversionStanding {
            status: now.status,
            value: now.value.clone(),
            commission: now.commission.clone(),
        };
        for (line, number) in lines.iter().zip(1..) {
            assert_eq!((line.number, line.before.as_ref()), (number, Some(&stands)));
            let (_, value, commission) = worth(Some(&stands));
            let after = line.after.clone().unwrap();
            let (_, value_after, commission_after) = worth(Some(&after));
            assert_eq!(line.value_delta.as_ref().unwrap().micros, value_after - value);
            assert_eq!(line.commission_delta.as_ref().unwrap().micros, commission_after - commission);
            stands = after;
        }
        assert_eq!(now.current.as_ref(), Some(&stands));
        assert_eq!(usize::try_from(now.adjustment_count).unwrap(), lines.len());
        // The conversion itself is as it was recorded.
        let current = conversion.current.clone();
        let recorded = Conversion { current, adjustment_count: conversion.adjustment_count, ..now };
        assert_eq!(&recorded, conversion);
        worth(Some(&stands))
    }
}

/// A change, its kind, and the worth after it.
type Step = (Change, Kind, (Status, i64, i64));

fn reason(result: Result<CreateAdjustmentResponse, Error>) -> ErrorReason {
    result.unwrap_err().reason()
}

#[tokio::test]
async fn each_kind_of_adjustment_does_what_it_says() {
    let shop = Shop::open().await;
    let restate = |value: Option<i64>, commission: Option<i64>, status: Status| {
        let (value, commission) = (value.map(dollars), commission.map(dollars));
        Change::Restate(Restatement { value, commission, status: status.into() })
    };
    let keep = Change::Refund(Refund { amount: Some(dollars(100_000_000)), keep_commission: true });
    let any = Status::Unspecified;
    let lives: [&[Step]; 5] = [
        &[
            (approve(), Kind::Approve, (Status::Approved, 100_000_000, 10_000_000)),
            (refund(40_000_000), Kind::Refund, (Status::Approved, 60_000_000, 6_000_000)),
            (refund(59_999_995), Kind::Refund, (Status::Approved, 5, 1)),
            (refund(5), Kind::Refund, (Status::Approved, 0, 0)),
        ],
        &[
            (decline(), Kind::Decline, (Status::Declined, 100_000_000, 0)),
            (
                restate(None, Some(3_000_000), Status::Approved),
                Kind::Restate,
                (Status::Approved, 100_000_000, 3_000_000),
            ),
            // A commission that was set by hand shrinks in proportion.
            (refund(50_000_000), Kind::Refund, (Status::Approved, 50_000_000, 1_500_000)),
        ],
        &[
            (restate(Some(50_000_000), None, any), Kind::Restate, (Status::Pending, 50_000_000, 5_000_000)),
            (restate(None, Some(7), any), Kind::Restate, (Status::Pending, 50_000_000, 7)),
        ],
        &[(keep, Kind::Refund, (Status::Pending, 0, 10_000_000))],
        &[
            (refund(1_000_000), Kind::Refund, (Status::Pending, 99_000_000, 9_900_000)),
            (reverse(), Kind::Reverse, (Status::Declined, 0, 0)),
        ],
    ];
    for (life, number) in lives.into_iter().zip(0..) {
        let sale = shop.sale(&format!("order-{number}"), Status::Pending).await;
        assert_eq!(worth(sale.current.as_ref()), (Status::Pending, 100_000_000, 10_000_000));
        for (change, kind, expected) in life {
            let external_id = format!("{kind:?} {expected:?}");
            let adjusted = shop.adjust(of(&sale, change.clone(), &external_id)).await.unwrap();
            let line = adjusted.adjustment.clone().unwrap();
            assert_eq!((adjusted.verdict(), line.kind()), (Verdict::Recorded, *kind));
            assert_eq!((worth(line.after.as_ref()), line.external_id), (*expected, external_id));
            assert_eq!(shop.check(&sale).await, *expected);
        }
    }
}

#[tokio::test]
async fn a_repeated_adjustment_gets_the_first_answer_and_another_one_a_conflict() {
    let mut shop = Shop::open().await;
    let sale = shop.sale("order-1", Status::Approved).await;
    let first = shop.adjust(of(&sale, refund(10_000_000), "refund-1")).await.unwrap();
    for round in 0..2 {
        for change in [refund(10_000_000), refund(10_000_000)] {
            let again = shop.adjust(of(&sale, change, " \"refund-1\" ")).await.unwrap();
            assert_eq!((again.verdict(), &again.adjustment), (Verdict::Duplicate, &first.adjustment));
        }
        for change in [refund(10_000_001), reverse(), approve()] {
            let other = shop.adjust(of(&sale, change, "refund-1")).await;
            assert_eq!(reason(other), ErrorReason::AdjustmentConflict, "{round}");
        }
        shop.server.kill().await;
        shop.server.restart().await;
        assert_eq!(shop.check(&sale).await, (Status::Approved, 90_000_000, 9_000_000));
    }
    // Another conversion has ids of its own.
    let other = shop.sale("order-2", Status::Approved).await;
    let adjusted = shop.adjust(of(&other, refund(5), "refund-1")).await.unwrap();
    assert_eq!(adjusted.verdict(), Verdict::Recorded);
    // Without an id, an adjustment that would change nothing says so.
    for change in [approve(), reverse(), decline()] {
        let once = shop.adjust(of(&other, change.clone(), "")).await.unwrap();
        let twice = shop.adjust(of(&other, change, "")).await.unwrap();
        let line = twice.adjustment.clone().unwrap();
        assert_eq!((twice.verdict(), line.number), (Verdict::Unchanged, 0), "{once:?}");
        assert_eq!(line.before, line.after);
    }
    assert_eq!(shop.check(&other).await, (Status::Declined, 0, 0));
    assert_eq!(shop.lines(&other).await.len(), 2);
}

#[tokio::test]
async fn what_can_not_be_is_refused_with_its_reason() {
    let shop = Shop::open().await;
    let sale = shop.sale("order-1", Status::Approved).await;
    let declined = shop.sale("order-2", Status::Declined).await;
    let euros = Money { micros: 1, currency_code: "EUR".to_owned() };
    let euros = Change::Refund(Refund { amount: Some(euros), keep_commission: false });
    let (foreign, _) = other_account(&shop.server).await;
    for (request, expected) in [
        (of(&sale, refund(100_000_001), "1"), ErrorReason::RefundTooLarge),
        (of(&declined, approve(), ""), ErrorReason::StatusTransition),
        (of(&sale, euros, "1"), ErrorReason::CurrencyInvalid),
        (at(order("nosuch"), approve(), ""), ErrorReason::ResourceNotFound),
    ] {
        assert_eq!(reason(shop.adjust(request.clone()).await), expected, "{request:?}");
        let only_check = CreateAdjustmentRequest { validate_only: true, ..request.clone() };
        assert_eq!(reason(shop.adjust(only_check).await), expected, "{request:?}");
        // Nobody else learns that the conversion is there.
        let refused = foreign.adjustments().create(request).await.unwrap_err().reason();
        assert_eq!(refused, ErrorReason::ResourceNotFound);
    }
    for (change, external_id, field) in [
        (refund(1), "", "adjustment.external_id"),
        (refund(0), "1", "adjustment.refund.amount"),
        (refund(-1), "1", "adjustment.refund.amount"),
        (Change::Refund(Refund::default()), "1", "adjustment.refund.amount"),
        (Change::Restate(Restatement::default()), "1", "adjustment.restate"),
        (approve(), &"x".repeat(65), "adjustment.external_id"),
        (
            Change::Restate(Restatement { status: Status::Declined.into(), ..Default::default() }),
            "1",
            "adjustment.restate.status",
        ),
    ] {
        let refused = shop.adjust(of(&sale, change, external_id)).await.unwrap_err();
        assert_eq!(fields(&refused), [field]);
    }
    let empty = CreateAdjustmentRequest { adjustment: Some(NewAdjustment::default()), validate_only: false };
    let refused = shop.adjust(empty).await.unwrap_err();
    assert_eq!(fields(&refused), ["adjustment.target", "adjustment.change"]);
    for conversion in [&sale, &declined] {
        assert_eq!((shop.get(conversion).await, shop.lines(conversion).await), (conversion.clone(), vec![]));
    }
}

#[tokio::test]
async fn a_check_shows_before_and_after_and_stores_nothing() {
    let shop = Shop::open().await;
    let sale = shop.sale("order-1", Status::Pending).await;
    let check = |change, id| CreateAdjustmentRequest { validate_only: true, ..of(&sale, change, id) };
    let shown = shop.adjust(check(refund(25_000_000), "1")).await.unwrap();
    let line = shown.adjustment.clone().unwrap();
    assert_eq!((shown.verdict(), line.number), (Verdict::Test, 1));
    assert_eq!(worth(line.before.as_ref()), (Status::Pending, 100_000_000, 10_000_000));
    assert_eq!(worth(line.after.as_ref()), (Status::Pending, 75_000_000, 7_500_000));
    assert_eq!((shop.get(&sale).await, shop.lines(&sale).await), (sale.clone(), vec![]));
    let real = shop.adjust(of(&sale, refund(25_000_000), "1")).await.unwrap();
    assert_eq!(real.adjustment.unwrap().after, line.after);
    let known = shop.adjust(check(refund(25_000_000), "1")).await.unwrap();
    assert_eq!(known.verdict(), Verdict::Duplicate);
    let approval = shop.adjust(check(approve(), "")).await.unwrap();
    assert_eq!(approval.verdict(), Verdict::Test);
    assert_eq!(shop.check(&sale).await.1, 75_000_000);
}

#[tokio::test]
async fn an_order_id_names_its_conversion_if_there_is_one() {
    let shop = Shop::open().await;
    let sale = shop.sale("Ö-1", Status::Approved).await;
    let adjusted = shop.adjust(at(order(" Ö-1 "), refund(1_000_000), "1")).await.unwrap();
    assert_eq!(adjusted.adjustment.unwrap().conversion_id, sale.id);
    assert_eq!(reason(shop.adjust(at(order("ö-1"), approve(), "")).await), ErrorReason::ResourceNotFound);
    // The same order of another account is another order.
    let (client, code) = other_account(&shop.server).await;
    assert!(client.adjustments().create(at(order("Ö-1"), approve(), "")).await.is_err());
    // A second conversion of the order, of another code.
    let upsell = shop.server.code("Upsell").await;
    let link = shop.server.link(&[&upsell]).await;
    let click = shop.server.click(&link).await;
    let second = NewConversion { transaction_id: "Ö-1".to_owned(), ..report(&upsell, &click) };
    let second = shop.record(second).await;
    let refused = shop.adjust(at(order("Ö-1"), reverse(), "")).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::OrderAmbiguous);
    assert!(refused.message().contains("2 conversions"), "{refused}");
    let of_code = |code: &ConversionCode| {
        let (transaction_id, conversion_code_id) = ("Ö-1".to_owned(), code.id.clone());
        Target::Order(OrderTarget { transaction_id, conversion_code_id })
    };
    let adjusted = shop.adjust(at(of_code(&upsell), reverse(), "")).await.unwrap();
    assert_eq!(adjusted.adjustment.unwrap().conversion_id, second.id);
    assert_eq!(shop.check(&sale).await.0, Status::Approved);
    assert_eq!(reason(shop.adjust(at(of_code(&code), reverse(), "")).await), ErrorReason::ResourceNotFound);
    // What was recorded while the order had one conversion is still known, and nothing else is.
    let again = shop.adjust(at(order("Ö-1"), refund(1_000_000), "1")).await.unwrap();
    assert_eq!(again.verdict(), Verdict::Duplicate);
    let other = shop.adjust(at(order("Ö-1"), refund(1_000_000), "2")).await;
    assert_eq!(reason(other), ErrorReason::OrderAmbiguous);
}

#[tokio::test]
async fn one_bad_item_of_a_batch_spoils_no_other() {
    let shop = Shop::open().await;
    let (one, two) =
        (shop.sale("order-1", Status::Pending).await, shop.sale("order-2", Status::Pending).await);
    // The items of one conversion are applied in their order.
    let requests = vec![
        of(&one, approve(), ""),
        at(order("order-2"), refund(100_000_000), "1"),
        of(&one, refund(100_000_001), "1"),
        at(order("nosuch"), approve(), ""),
        of(&one, reverse(), "2"),
        of(&two, refund(1), "2"),
        CreateAdjustmentRequest::default(),
        of(&one, reverse(), "2"),
        of(&one, approve(), ""),
    ];
    let batch = BatchCreateAdjustmentsRequest { requests: requests.clone() };
    for expected_first in [Verdict::Recorded, Verdict::Duplicate] {
        let answer = shop.client().adjustments().batch_create(batch.clone()).await.unwrap();
        let results = answer.results.iter().map(|one| match one.result.as_ref().unwrap() {
            ItemResult::Response(response) => Ok(response.verdict()),
            ItemResult::Error(status) => Err(status.message.clone()),
        });
        let results: Vec<_> = results.collect();
        assert_eq!(results.len(), requests.len());
        let is_first = expected_first == Verdict::Recorded;
        let errors: Vec<usize> =
            results.iter().zip(0..).filter(|(one, _)| one.is_err()).map(|(_, at)| at).collect();
        // Sent again, the approval meets a conversion that was reversed meanwhile.
        assert_eq!(errors, if is_first { vec![2, 3, 5, 6, 8] } else { vec![0, 2, 3, 5, 6, 8] });
        assert_eq!((&results[1], &results[4]), (&Ok(expected_first), &Ok(expected_first)));
        assert_eq!(results[7], Ok(Verdict::Duplicate));
        assert_eq!(shop.check(&one).await, (Status::Declined, 0, 0));
        assert_eq!(shop.check(&two).await, (Status::Pending, 0, 0));
    }
    for wrong in [vec![], vec![CreateAdjustmentRequest::default(); 1_001]] {
        let batch = BatchCreateAdjustmentsRequest { requests: wrong };
        let refused = shop.client().adjustments().batch_create(batch).await.unwrap_err();
        assert_eq!(fields(&refused), ["requests"]);
    }
}
