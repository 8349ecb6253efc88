use super::*;

const TEN_PERCENT: i64 = 10_000_000;

fn amount(micros: i64) -> Amount {
    Amount::from_micros(micros).unwrap()
}

fn standing(status: ConversionStatus, value: i64, commission: i64) -> Standing {
    Standing { status, value: amount(value), commission: amount(commission) }
}

fn refund(micros: i64) -> Change {
    Change::Refund { amount: amount(micros), keep_commission: false }
}

fn keeping(micros: i64) -> Change {
    Change::Refund { amount: amount(micros), keep_commission: true }
}

fn restate(value: Option<i64>, commission: Option<i64>, status: Option<ConversionStatus>) -> Change {
    Change::Restate { value: value.map(amount), commission: commission.map(amount), status }
}

/// A change, the standing before it, the percent of the commission, and the outcome.
type Case = (Change, Standing, Option<i64>, Result<Standing, Refusal>);

/// Checks changes of a conversion that was recorded with a commission of ten percent (`Some`), or
/// with a stated one (`None`).
fn check(cases: &[Case]) {
    for (change, before, percent, expected) in cases {
        let percent = percent.map(|micros| Percent::from_micros(micros).unwrap());
        assert_eq!(decide(change, *before, percent), *expected, "{change:?} of {before:?}, {percent:?}");
    }
}

#[test]
fn a_status_changes_by_its_rules() {
    let all = |status| standing(status, 100, 10);
    let nothing = standing(Declined, 0, 0);
    check(&[
        (Change::Approve, all(Pending), None, Ok(all(Approved))),
        (Change::Approve, all(Approved), None, Ok(all(Approved))),
        (Change::Approve, all(Declined), None, Err(Refusal::Declined)),
        (Change::Approve, nothing, None, Err(Refusal::Declined)),
        (Change::Decline, all(Pending), None, Ok(standing(Declined, 100, 0))),
        (Change::Decline, all(Approved), None, Ok(standing(Declined, 100, 0))),
        // What was reported of a conversion that never counted stays readable.
        (Change::Decline, all(Declined), None, Ok(all(Declined))),
        (Change::Reverse, all(Pending), None, Ok(nothing)),
        (Change::Reverse, all(Approved), Some(TEN_PERCENT), Ok(nothing)),
        (Change::Reverse, all(Declined), None, Ok(nothing)),
        (Change::Reverse, nothing, None, Ok(nothing)),
    ]);
}

#[test]
fn a_refund_takes_its_part_of_the_commission() {
    let percent = Some(TEN_PERCENT);
    check(&[
        (refund(50), standing(Approved, 100, 10), percent, Ok(standing(Approved, 50, 5))),
        (refund(50), standing(Pending, 100, 10), None, Ok(standing(Pending, 50, 5))),
        // A percent of what is left is rounded anew: 10 % of 5 is 0.5.
        (refund(95), standing(Approved, 100, 10), percent, Ok(standing(Approved, 5, 1))),
        (refund(96), standing(Approved, 100, 10), percent, Ok(standing(Approved, 4, 0))),
        (refund(75), standing(Approved, 100, 10), None, Ok(standing(Approved, 25, 3))),
        // A commission that stands beside its percent shrinks in proportion.
        (refund(50), standing(Approved, 100, 30), percent, Ok(standing(Approved, 50, 15))),
        // The refund that takes the rest leaves nothing.
        (refund(100), standing(Approved, 100, 10), percent, Ok(standing(Approved, 0, 0))),
        (refund(1), standing(Approved, 1, 7), None, Ok(standing(Approved, 0, 0))),
        (refund(1), standing(Approved, 1, 7), percent, Ok(standing(Approved, 0, 0))),
        (refund(101), standing(Approved, 100, 10), percent, Err(Refusal::RefundTooLarge)),
        (refund(1), standing(Approved, 0, 10), None, Err(Refusal::RefundTooLarge)),
        (refund(10), standing(Declined, 100, 0), percent, Ok(standing(Declined, 90, 0))),
        (keeping(50), standing(Approved, 100, 10), percent, Ok(standing(Approved, 50, 10))),
        (keeping(100), standing(Approved, 100, 10), percent, Ok(standing(Approved, 0, 10))),
        (keeping(101), standing(Approved, 100, 10), None, Err(Refusal::RefundTooLarge)),
    ]);
}

#[test]
fn a_restatement_sets_what_it_names() {
    let percent = Some(TEN_PERCENT);
    let all = |status| standing(status, 100, 10);
    check(&[
        (restate(Some(200), None, None), all(Approved), None, Ok(standing(Approved, 200, 10))),
        (restate(Some(200), None, None), all(Approved), percent, Ok(standing(Approved, 200, 20))),
        (restate(None, Some(7), None), all(Pending), percent, Ok(standing(Pending, 100, 7))),
        (restate(Some(0), Some(7), None), all(Approved), percent, Ok(standing(Approved, 0, 7))),
        (restate(None, None, Some(Pending)), all(Approved), None, Ok(all(Pending))),
        (restate(None, None, Some(Approved)), all(Pending), percent, Ok(all(Approved))),
        (restate(None, None, Some(Approved)), all(Declined), None, Err(Refusal::Declined)),
        (restate(Some(1), Some(1), None), all(Declined), None, Err(Refusal::Declined)),
        (
            restate(None, Some(10), Some(Approved)),
            standing(Declined, 100, 0),
            percent,
            Ok(standing(Approved, 100, 10)),
        ),
        (
            restate(Some(5), Some(1), Some(Pending)),
            standing(Declined, 0, 0),
            None,
            Ok(standing(Pending, 5, 1)),
        ),
    ]);
}

/// opencart #7703: after a refund, the commission was still owed.
#[test]
fn opencart_7703_no_commission_is_owed_for_a_refunded_sale() {
    let sale = standing(Approved, 250_000_000, 12_500_000);
    for percent in [None, Some(5_000_000)] {
        let percent = percent.map(|micros| Percent::from_micros(micros).unwrap());
        let half = decide(&refund(125_000_000), sale, percent).unwrap();
        assert_eq!(half, standing(Approved, 125_000_000, 6_250_000));
        assert_eq!(decide(&refund(125_000_000), half, percent), Ok(standing(Approved, 0, 0)));
    }
}
