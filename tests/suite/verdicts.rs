//! Everything that does not count: each reason that holds a postback or refuses a report.
//!
//! The cases are constants, so that the last tests can compare them with the schema.

mod held;
mod refused;

use std::collections::BTreeSet;

use ErrorReason as E;
use s2s_sdk::{
    Code, PostbackOutcome,
    prost_types::Timestamp,
    v1::{
        CustomParam, ErrorReason, GetPostbackRequest, ListPostbacksRequest, Postback, RawPostback,
        RecordConversionRequest, Verdict, record_conversion_request::Commission,
    },
};
use s2s_tests::{Answer, http};

use self::{
    held::{HELD, HELD_AFTER_TAKEN, HeldCase},
    refused::{REFUSED, RefusedCase},
};
use crate::{fixture::Fixture, report};

/// A reason that no case in this folder has, because another file tests it.
struct CoveredReason {
    reason: ErrorReason,
    /// The text of the file that tests the reason.
    source: &'static str,
}

const COVERED_BY: [CoveredReason; 26] = [
    CoveredReason { reason: E::ResourceNotFound, source: include_str!("lists.rs") },
    CoveredReason { reason: E::SlugTaken, source: include_str!("setup.rs") },
    CoveredReason { reason: E::RequestIdReused, source: include_str!("setup.rs") },
    CoveredReason { reason: E::ClickIdMacroMissing, source: include_str!("setup.rs") },
    CoveredReason { reason: E::PageTokenInvalid, source: include_str!("lists.rs") },
    CoveredReason { reason: E::OriginRefused, source: include_str!("door.rs") },
    CoveredReason { reason: E::ClockWrong, source: include_str!("clocks.rs") },
    CoveredReason { reason: E::EdgeOnly, source: include_str!("port.rs") },
    CoveredReason { reason: E::DeadlineExceeded, source: include_str!("port.rs") },
    CoveredReason { reason: E::Unavailable, source: include_str!("outage.rs") },
    CoveredReason { reason: E::UnknownMethod, source: include_str!("contract.rs") },
    CoveredReason { reason: E::TrackingLinkUnknown, source: include_str!("orphans.rs") },
    CoveredReason { reason: E::BrowserCall, source: include_str!("callers.rs") },
    CoveredReason { reason: E::PreviewCall, source: include_str!("callers.rs") },
    CoveredReason { reason: E::ApiKeyMissing, source: include_str!("access.rs") },
    CoveredReason { reason: E::ApiKeyInvalid, source: include_str!("access.rs") },
    CoveredReason { reason: E::ScopeMissing, source: include_str!("access.rs") },
    CoveredReason { reason: E::ApiKeyEnded, source: include_str!("keys.rs") },
    CoveredReason { reason: E::SecretRefused, source: include_str!("authentication.rs") },
    CoveredReason { reason: E::SignatureRefused, source: include_str!("authentication.rs") },
    CoveredReason { reason: E::TimestampRefused, source: include_str!("authentication.rs") },
    CoveredReason { reason: E::AddressRefused, source: include_str!("authentication.rs") },
    CoveredReason { reason: E::HttpsRequired, source: include_str!("authentication.rs") },
    CoveredReason { reason: E::Overloaded, source: include_str!("limits.rs") },
    CoveredReason { reason: E::RateLimited, source: include_str!("limits.rs") },
    CoveredReason { reason: E::CompressionUnsupported, source: include_str!("limits.rs") },
];
/// Reasons that can't be caused through a port at will; unit tests of the server cover them.
const COVERED_BY_SERVER_TESTS: [ErrorReason; 1] = [E::Internal];
/// Larger than the number of any reason.
const REASONS_END: i32 = 1_000;

/// Reasons that hold postbacks, but are not among the cases. A case would need an edge with a wrong
/// clock, a browser, another server, or a code that checks senders.
const ALSO_HOLD: [ErrorReason; 8] = [
    E::ClockWrong,
    E::BrowserCall,
    E::TrackingLinkUnknown,
    E::SecretRefused,
    E::SignatureRefused,
    E::TimestampRefused,
    E::AddressRefused,
    E::HttpsRequired,
];

#[tokio::test]
async fn what_does_not_count_is_held_as_it_came_with_its_reason() {
    let fixture = Fixture::start().await;
    for case in HELD {
        check_held(&fixture, case).await;
    }
    assert_eq!(fixture.conversions().await, []);

    let first = fixture.server.postback(&fixture.fill("clickId=$click&id=$code&val=1&com=0&oid=taken")).await;
    assert_eq!((first.status, first.field("verdict").as_str()), (200, "RECORDED"));
    for case in HELD_AFTER_TAKEN {
        check_held(&fixture, case).await;
    }
    assert_eq!(fixture.conversions().await.len(), 1);

    for reason in HELD.iter().chain(&HELD_AFTER_TAKEN).map(|case| case.reason) {
        let request = ListPostbacksRequest { reason: reason.into(), ..Default::default() };
        let expected = HELD.iter().chain(&HELD_AFTER_TAKEN).filter(|case| case.reason == reason).count();
        assert_eq!(fixture.postbacks(request).await.len(), expected, "{reason:?}");
    }
    let held = ListPostbacksRequest { verdict: Verdict::Held.into(), ..Default::default() };
    assert_eq!(fixture.postbacks(held).await.len(), HELD.len() + HELD_AFTER_TAKEN.len());
}

async fn check_held(fixture: &Fixture, case: HeldCase) {
    let HeldCase { query, status, reason, names } = case;
    let target = format!("/s2s?{}", fixture.fill(query));
    let request = http().get(format!("{}{target}", fixture.server.url)).header("user-agent", "shop/1");
    let answer = Answer::of(request.send().await.unwrap()).await;
    let reason_text = reason.as_str_name().trim_start_matches("ERROR_REASON_");
    assert_eq!(
        (answer.status, answer.field("reason").as_str()),
        (status, reason_text),
        "{query}: {answer:?}"
    );
    assert_eq!(answer.field("verdict"), "HELD", "{query}");
    assert_eq!(answer.header("s2s-verdict"), "HELD", "{query}");
    assert_eq!(answer.header("content-type"), "application/json", "{query}");
    assert_eq!(answer.header("cache-control"), "no-store", "{query}");
    let json = answer.json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["message", "notes", "postback_id", "reason", "verdict"], "{query}");
    let message = answer.field("message");
    assert!(message.contains(names), "{query}: {message}");

    let id = answer.field("postback_id");
    let request = GetPostbackRequest { id: id.clone() };
    let postback = fixture.server.client().get_postback(request).await.unwrap().postback.unwrap();
    let raw = postback.raw.clone().unwrap();
    let expected = Postback {
        id,
        raw: Some(RawPostback {
            method: "GET".to_owned(),
            target: target.bytes().take(8_192).collect(),
            address: "127.0.0.0".to_owned(),
            user_agent: "shop/1".to_owned(),
            receive_time: raw.receive_time,
            ..Default::default()
        }),
        verdict: Verdict::Held.into(),
        reason: reason.into(),
        message,
        ..postback.clone()
    };
    assert_eq!(postback, expected, "{query}");
    assert_eq!((postback.conversion_id.as_str(), postback.replay_time), ("", None), "{query}");
    assert!(raw.receive_time.unwrap().seconds >= fixture.code.create_time.unwrap().seconds);
}

#[tokio::test]
async fn a_report_that_does_not_count_is_refused_with_its_reason() {
    let fixture = Fixture::start().await;
    let client = fixture.server.client();
    let good = report(&fixture.code, &fixture.click);
    let taken = RecordConversionRequest { transaction_id: "taken".to_owned(), ..good.clone() };
    assert_eq!(client.record_conversion(taken).await.unwrap().verdict(), Verdict::Recorded);

    for (index, RefusedCase { change, code, reason }) in REFUSED.into_iter().enumerate() {
        let mut report = good.clone();
        change(&fixture, &mut report);
        // A dry run gives the same error.
        for validate_only in [false, true] {
            let request = RecordConversionRequest { validate_only, ..report.clone() };
            let error = client.record_conversion(request).await.unwrap_err();
            assert_eq!((error.code(), error.reason()), (code, reason), "row {index}: {error}");
            assert!(!error.message().is_empty());
        }
    }
    assert_eq!(fixture.conversions().await.len(), 1);
}

#[tokio::test]
async fn every_field_of_a_report_that_is_wrong_is_named() {
    let fixture = Fixture::start().await;
    let client = fixture.server.client();
    let wrong = RecordConversionRequest {
        conversion_code_id: "6B1F".to_owned(),
        click_id: String::new(),
        transaction_id: "x".repeat(256),
        value: None,
        commission: Some(Commission::CommissionPercentMicros(100_000_001)),
        status: 4,
        custom_params: vec![CustomParam::default(); 65],
        conversion_time: Some(Timestamp { seconds: -1, nanos: 0 }),
        request_id: "r".repeat(65),
        validate_only: false,
    };
    let error = client.record_conversion(wrong).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::InvalidArgument, E::FieldInvalid));
    let expected = [
        "conversion_code_id",
        "click_id",
        "transaction_id",
        "value",
        "commission_percent_micros",
        "status",
        "custom_params",
        "conversion_time",
        "request_id",
    ];
    assert_eq!(crate::fields(&error), expected);
}

#[test]
fn every_reason_of_the_schema_has_a_test() {
    let mut seen = BTreeSet::new();
    seen.extend(HELD.iter().chain(&HELD_AFTER_TAKEN).map(|case| case.reason.as_str_name()));
    seen.extend(REFUSED.iter().map(|case| case.reason.as_str_name()));
    for CoveredReason { reason, source } in COVERED_BY {
        assert!(source.contains(&format!("ErrorReason::{reason:?}")), "{reason:?} is not tried there");
        assert!(seen.insert(reason.as_str_name()), "{reason:?} is here already");
    }
    seen.extend(COVERED_BY_SERVER_TESTS.map(|reason| reason.as_str_name()));
    let all = (1..REASONS_END).filter_map(|number| ErrorReason::try_from(number).ok());
    assert_eq!(seen, all.map(|reason| reason.as_str_name()).collect());
}

#[test]
fn the_list_says_which_reasons_hold_postbacks() {
    let all = (1..REASONS_END).filter_map(|number| ErrorReason::try_from(number).ok());
    let listed = all.filter(|reason| reason.postback_outcome() == Some(PostbackOutcome::Held));
    let held = HELD.iter().chain(&HELD_AFTER_TAKEN).map(|case| case.reason).chain(ALSO_HOLD);
    let names = |reason: ErrorReason| reason.as_str_name();
    assert_eq!(listed.map(names).collect::<BTreeSet<_>>(), held.map(names).collect());
}
