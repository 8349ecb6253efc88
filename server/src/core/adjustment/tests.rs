//! Tests of the judgement of requests, without a database.

use super::*;
use crate::{
    core::conversion::sample,
    values::{conversion_status::ConversionStatus, id::Random},
};

const NOW: Time = Time::from_micros(1_796_000_000_000_000);

fn amount(micros: i64) -> Amount {
    Amount::from_micros(micros).unwrap()
}

fn refund(micros: i64, external_id: &str) -> Request {
    Request {
        change: Change::Refund { amount: amount(micros), keep_commission: false },
        currencies: Vec::new(),
        external_id: ExternalId::parse(external_id).unwrap(),
        remark: String::new(),
        effective_at: None,
    }
}

fn conversion() -> Conversion {
    Conversion { commission: amount(150_000_000), ..sample(&Random::seeded(1), NOW) }
}

#[test]
fn a_line_has_what_was_before_and_what_is_after() {
    let mut conversion = conversion();
    let recorded = conversion.standing();
    let mut number = 0;
    for (micros, commission) in [(500_000_000, 100_000_000), (1_000_000_000, 0)] {
        let adjusted = judge(&refund(micros, &number.to_string()), &conversion, None, NOW).unwrap();
        assert_eq!(adjusted.verdict, AdjustmentVerdict::Recorded);
        let line = adjusted.line;
        number += 1;
        assert_eq!((line.number, line.before()), (number, conversion.standing()));
        assert_eq!(line.after().commission, amount(commission));
        conversion.set_standing(line.after(), line.number);
        assert_eq!((conversion.standing(), conversion.adjustment_count()), (line.after(), number));
    }
    // The conversion itself is as it was recorded.
    let Conversion { status, value, commission, .. } = conversion;
    assert_eq!(Standing { status, value, commission }, recorded);
}

#[test]
fn one_external_id_is_one_change() {
    let (conversion, first) = (conversion(), refund(500_000_000, "refund-1"));
    let line = judge(&first, &conversion, None, NOW).unwrap().line;
    // A remark and a time are no part of the change.
    let later = Request { remark: "again".to_owned(), effective_at: Some(NOW), ..first.clone() };
    for same in [&first, &later] {
        let again = judge(same, &conversion, Some(&line), NOW).unwrap();
        assert_eq!((again.verdict, &again.line), (AdjustmentVerdict::Duplicate, &line));
    }
    let status = Some(ConversionStatus::Pending);
    let keep = Change::Refund { amount: amount(500_000_000), keep_commission: true };
    let restate = |value: Option<i64>, commission: Option<i64>| Change::Restate {
        value: value.map(amount),
        commission: commission.map(amount),
        status,
    };
    for change in [
        Change::Refund { amount: amount(500_000_001), keep_commission: false },
        keep,
        Change::Reverse,
        Change::Approve,
        restate(Some(500_000_000), None),
        restate(None, Some(500_000_000)),
        restate(Some(500_000_000), Some(0)),
    ] {
        let other = Request { change, ..first.clone() };
        let refused = judge(&other, &conversion, Some(&line), NOW).unwrap_err();
        assert_eq!(refused.reason(), ErrorReason::AdjustmentConflict, "{other:?}");
    }
}

#[test]
fn hashes_of_changes_stay_as_they_are_stored() {
    let status = Some(ConversionStatus::Approved);
    for (change, bytes) in [
        (Change::Approve, vec![0, 1]),
        (Change::Decline, vec![0, 2]),
        (
            Change::Refund { amount: amount(258), keep_commission: true },
            vec![0, 3, 1, 0, 0, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 1],
        ),
        (
            Change::Restate { value: None, commission: Some(amount(5)), status },
            [&[0, 4, 0][..], &[0; 8], &[1, 0, 0, 0, 0, 0, 0, 0, 5], &[1, 0, 0, 0, 0, 0, 0, 0, 2]].concat(),
        ),
        (Change::Reverse, vec![0, 5]),
    ] {
        assert_eq!(change.to_bytes(), bytes, "{change:?}");
    }
}

#[test]
fn what_changes_nothing_makes_no_line() {
    let approve = Request { change: Change::Approve, ..refund(1, "id") };
    let adjusted = judge(&approve, &conversion(), None, NOW).unwrap();
    assert_eq!((adjusted.verdict, adjusted.line.number), (AdjustmentVerdict::Unchanged, 0));
    assert_eq!(adjusted.line.before(), adjusted.line.after());
}

#[test]
fn what_is_refused_has_its_reason() {
    let (conversion, usual) = (conversion(), refund(1, "id"));
    let declined = Conversion { status: ConversionStatus::Declined, ..conversion.clone() };
    let full = Conversion { adjustments: Some(ADJUSTMENTS_OF_CONVERSION_MAX), ..conversion.clone() };
    let euros = Request { currencies: vec!["EUR".parse().unwrap()], ..usual.clone() };
    for (request, conversion, reason) in [
        (refund(1_500_000_001, "id"), &conversion, ErrorReason::RefundTooLarge),
        (Request { change: Change::Approve, ..usual.clone() }, &declined, ErrorReason::StatusTransition),
        (euros, &conversion, ErrorReason::CurrencyInvalid),
        (usual, &full, ErrorReason::AdjustmentsUsedUp),
    ] {
        assert_eq!(judge(&request, conversion, None, NOW).unwrap_err().reason(), reason, "{request:?}");
    }
}
