//! The reports over gRPC that are refused.

use ErrorReason as E;
use s2s_sdk::{
    Code,
    v1::{CustomParam, ErrorReason, Money, NewConversion, new_conversion::Commission},
};

use crate::{fixture::Fixture, moved};

/// A report over gRPC that is refused.
pub struct RefusedCase {
    /// Makes a good report wrong.
    pub change: fn(&Fixture, &mut NewConversion),
    pub code: Code,
    pub reason: ErrorReason,
}

/// Reports that are refused. They are sent after a conversion of 1 unit with the transaction id
/// `taken` is recorded.
pub const REFUSED: [RefusedCase; 20] = [
    RefusedCase {
        change: |_, report| report.click_id = "garbage".into(),
        code: Code::InvalidArgument,
        reason: E::ClickIdInvalid,
    },
    RefusedCase {
        change: |fixture, report| report.click_id = fixture.fill("$forged_click"),
        code: Code::InvalidArgument,
        reason: E::ClickIdInvalid,
    },
    RefusedCase {
        change: |_, report| report.conversion_code_id = format!("{:032X}", 1),
        code: Code::NotFound,
        reason: E::ConversionCodeUnknown,
    },
    RefusedCase {
        change: |fixture, report| report.conversion_code_id.clone_from(&fixture.unlinked.id),
        code: Code::FailedPrecondition,
        reason: E::CodeNotOnLink,
    },
    RefusedCase {
        change: |fixture, report| report.conversion_code_id.clone_from(&fixture.archived.id),
        code: Code::FailedPrecondition,
        reason: E::ConversionCodeArchived,
    },
    RefusedCase {
        change: |fixture, report| report.click_id.clone_from(&fixture.lost_click),
        code: Code::FailedPrecondition,
        reason: E::TrackingLinkArchived,
    },
    RefusedCase {
        change: |fixture, report| {
            report.conversion_code_id.clone_from(&fixture.brief.id);
            report.click_id.clone_from(&fixture.old_click);
        },
        code: Code::FailedPrecondition,
        reason: E::AttributionWindowPassed,
    },
    RefusedCase {
        change: |fixture, report| report.conversion_time = moved(fixture.code.create_time, -60),
        code: Code::FailedPrecondition,
        reason: E::ClickLaterThanConversion,
    },
    RefusedCase {
        change: |fixture, report| report.conversion_time = moved(fixture.code.create_time, 3_600),
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| report.value = None,
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| report.value = Some(micros(-1)),
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| report.value = Some(micros(MICROS_MAX + 1)),
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| report.commission = Some(Commission::CommissionAmount(micros(MICROS_MAX + 1))),
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| report.commission = Some(Commission::CommissionPercentMicros(-1)),
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| report.transaction_id = "a\u{0}b".into(),
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| {
            report.custom_params = vec![CustomParam { key: "\u{0}".to_owned(), ..Default::default() }];
        },
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| report.conversion_code_id = "6B1F".into(),
        code: Code::InvalidArgument,
        reason: E::FieldInvalid,
    },
    RefusedCase {
        change: |_, report| {
            let money = |currency: &str| Money { currency_code: currency.to_owned(), micros: 1 };
            report.value = Some(money("EUR"));
            report.commission = Some(Commission::CommissionAmount(money("USD")));
        },
        code: Code::InvalidArgument,
        reason: E::CurrencyInvalid,
    },
    RefusedCase {
        change: |_, report| {
            report.transaction_id = "taken".into();
            report.value = Some(micros(2));
        },
        code: Code::AlreadyExists,
        reason: E::TransactionConflict,
    },
    RefusedCase {
        change: |_, report| {
            report.transaction_id = "taken".into();
            report.value = Some(Money { micros: 1_000_000, currency_code: "EUR".to_owned() });
        },
        code: Code::AlreadyExists,
        reason: E::TransactionConflict,
    },
];

const MICROS_MAX: i64 = 1_000_000_000_000_000_000;

fn micros(micros: i64) -> Money {
    Money { micros, ..Default::default() }
}
