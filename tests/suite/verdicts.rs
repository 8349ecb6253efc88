//! Everything that does not count: each reason that holds a postback or refuses a report.
//!
//! The cases are constants, so that tests below can compare them with the schema.

mod held;
mod refused;

use std::collections::BTreeSet;

use ErrorReason as E;
use prost::Message as _;
use s2s_sdk::{
    Code, Error, PostbackOutcome,
    prost_types::Timestamp,
    v1::{
        ConversionVerdict, CustomParam, ErrorReason, GetPostbackRequest, NewConversion, Note, Postback,
        PostbackFailure, PostbackFilter, PostbackVerdict, RawPostback, RecordConversionRequest,
        conversion_service_client::ConversionServiceClient, new_conversion::Commission,
    },
};
use s2s_tests::{Answer, Server, authorized, eventually, http, request};
use tonic::Status;

use self::{
    held::{HELD, HELD_AFTER_TAKEN, HeldCase},
    refused::{REFUSED, RefusedCase},
};
use crate::{contract::channel, fixture::Fixture, replay::get, report};

/// Largest total size of the notes that an error shows, in bytes.
const FAILURE_NOTES_BYTES_MAX: usize = 4 * 1_024;

/// A reason that no case in this folder has, because another file tests it.
struct CoveredReason {
    reason: ErrorReason,
    /// The text of the file that tests the reason.
    source: &'static str,
}

const COVERED_BY: [CoveredReason; 52] = [
    CoveredReason { reason: E::ClickIdKeyEnded, source: include_str!("click_id_keys.rs") },
    CoveredReason { reason: E::ClickIdKeysUsedUp, source: include_str!("click_id_keys.rs") },
    CoveredReason { reason: E::RefundTooLarge, source: include_str!("adjustments.rs") },
    CoveredReason { reason: E::StatusTransition, source: include_str!("adjustments.rs") },
    CoveredReason { reason: E::AdjustmentConflict, source: include_str!("adjustments.rs") },
    CoveredReason { reason: E::OrderAmbiguous, source: include_str!("adjustments.rs") },
    CoveredReason { reason: E::AdjustmentsUsedUp, source: include_str!("adjustments/rows.rs") },
    CoveredReason { reason: E::ApprovalAfterDecline, source: include_str!("updates.rs") },
    CoveredReason { reason: E::RefundIdMissing, source: include_str!("updates/refunds.rs") },
    CoveredReason { reason: E::ConversionNotRecorded, source: include_str!("updates/refunds.rs") },
    CoveredReason { reason: E::UpdatesOff, source: include_str!("updates/refunds.rs") },
    CoveredReason { reason: E::OrderOfAnotherClick, source: include_str!("orders/scope.rs") },
    CoveredReason { reason: E::RedirectLoop, source: include_str!("loops.rs") },
    CoveredReason { reason: E::ResourceNotFound, source: include_str!("lists.rs") },
    CoveredReason { reason: E::SlugTaken, source: include_str!("setup.rs") },
    CoveredReason { reason: E::ExternalIdTaken, source: include_str!("partners.rs") },
    CoveredReason { reason: E::PayoutDiffers, source: include_str!("partners/payouts.rs") },
    CoveredReason { reason: E::PayoutTooSmall, source: include_str!("partners/payouts.rs") },
    CoveredReason { reason: E::SumTooLarge, source: include_str!("partners/payouts.rs") },
    CoveredReason { reason: E::PayoutEnded, source: include_str!("partners/payouts.rs") },
    CoveredReason { reason: E::StatementClosed, source: include_str!("statements.rs") },
    CoveredReason { reason: E::StatementIncomplete, source: include_str!("statements/settled.rs") },
    CoveredReason { reason: E::ReportTooWide, source: include_str!("reports.rs") },
    CoveredReason { reason: E::StatementActionUnfit, source: include_str!("statements/settled.rs") },
    CoveredReason { reason: E::RequestIdReused, source: include_str!("setup.rs") },
    CoveredReason { reason: E::ClickIdMacroMissing, source: include_str!("setup.rs") },
    CoveredReason { reason: E::PageTokenInvalid, source: include_str!("lists.rs") },
    CoveredReason { reason: E::ResumeTokenInvalid, source: include_str!("watch.rs") },
    CoveredReason { reason: E::ResumeTokenTooOld, source: include_str!("watch.rs") },
    CoveredReason { reason: E::OriginRefused, source: include_str!("door.rs") },
    CoveredReason { reason: E::ClockWrong, source: include_str!("clocks.rs") },
    CoveredReason { reason: E::ClickTooOld, source: include_str!("retention.rs") },
    CoveredReason { reason: E::EdgeOnly, source: include_str!("port.rs") },
    CoveredReason { reason: E::DeadlineExceeded, source: include_str!("port.rs") },
    CoveredReason { reason: E::Unavailable, source: include_str!("outage.rs") },
    CoveredReason { reason: E::MethodUnknown, source: include_str!("contract.rs") },
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
    CoveredReason { reason: E::Shed, source: include_str!("sheds.rs") },
    CoveredReason { reason: E::CompressionUnsupported, source: include_str!("limits.rs") },
];
/// Reasons that can't be caused through a port at will; unit tests of the server cover them.
const COVERED_BY_SERVER_TESTS: [ErrorReason; 1] = [E::Internal];
/// Larger than the number of any reason.
const REASONS_END: i32 = 1_000;

/// Reasons that hold postbacks, but are not among the cases. A case would need an edge with a wrong
/// clock, a limit of retention, a browser, another server, a rotated key, a code that checks senders,
/// or a conversion with adjustments or refunds.
const ALSO_HOLD: [ErrorReason; 18] = [
    E::OrderOfAnotherClick,
    E::AdjustmentConflict,
    E::RefundTooLarge,
    E::RefundIdMissing,
    E::ConversionNotRecorded,
    E::UpdatesOff,
    E::AdjustmentsUsedUp,
    E::ApprovalAfterDecline,
    E::ClickIdKeyEnded,
    E::ClockWrong,
    E::ClickTooOld,
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
        let filter = PostbackFilter { reason: reason.into(), ..Default::default() };
        let expected = HELD.iter().chain(&HELD_AFTER_TAKEN).filter(|case| case.reason == reason).count();
        assert_eq!(fixture.postbacks(filter).await.len(), expected, "{reason:?}");
    }
    let held = PostbackFilter { verdict: PostbackVerdict::Held.into(), ..Default::default() };
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
    // Anybody may send a sale again, but must not learn the amounts that were counted.
    let is_told = reason != E::TransactionConflict;
    assert_eq!(message.contains(names), is_told, "{query}: {message}");

    let id = answer.field("postback_id");
    let request = GetPostbackRequest { postback_id: id.clone() };
    let postback = fixture.server.client().postbacks().get(request).await.unwrap().postback.unwrap();
    let raw = postback.raw.clone().unwrap();
    let expected = Postback {
        id,
        raw: Some(RawPostback {
            method: "GET".to_owned(),
            target: target.bytes().take(8_192).collect(),
            sender_address: "127.0.0.0".to_owned(),
            user_agent: "shop/1".to_owned(),
            receive_time: raw.receive_time,
            ..Default::default()
        }),
        verdict: PostbackVerdict::Held.into(),
        reason: reason.into(),
        message: if is_told { message } else { postback.message.clone() },
        ..postback.clone()
    };
    assert_eq!(postback, expected, "{query}");
    assert!(postback.message.contains(names), "{query}: {postback:?}");
    assert_eq!((postback.conversion_id.as_str(), postback.replay_time), ("", None), "{query}");
    assert!(raw.receive_time.unwrap().seconds >= fixture.code.create_time.unwrap().seconds);
}

#[tokio::test]
async fn a_postback_over_grpc_is_held_as_one_over_http() {
    let fixture = Fixture::start().await;
    let mut client = ConversionServiceClient::new(channel(&fixture.server).await);
    let codes = [&fixture.code, &fixture.brief, &fixture.archived, &fixture.unlinked];
    for HeldCase { query, reason, names, .. } in HELD {
        let postback = RawPostback {
            method: "GET".to_owned(),
            target: format!("/s2s?{}", fixture.fill(query)).into_bytes(),
            ..Default::default()
        };
        let status = client.record_conversion(authorized(request::postback(postback))).await.unwrap_err();
        let failure = failure_of(&status);
        let error = Error::from(status);
        assert_eq!((error.code(), error.reason()), (reason.grpc_code(), reason), "{query}: {error}");
        assert!(error.message().contains(names), "{query}: {error}");
        assert_eq!(error.metadata()["postback_id"], failure.postback_id, "{query}");

        let stored = get(&fixture.server, &failure.postback_id).await;
        assert_eq!((stored.verdict(), stored.reason()), (PostbackVerdict::Held, reason), "{query}");
        let code = codes.iter().find(|code| code.id == stored.conversion_code_id);
        let (shown, size) = (failure.notes.len(), stored.notes.iter().map(Note::encoded_len).sum::<usize>());
        assert_eq!(shown < stored.notes.len(), size > FAILURE_NOTES_BYTES_MAX, "{query}");
        let expected = PostbackFailure {
            verdict: PostbackVerdict::Held.into(),
            postback_id: stored.id,
            notes: stored.notes[..shown].to_vec(),
            reply: code.and_then(|code| code.reply.clone()),
        };
        assert_eq!(failure, expected, "{query}");
    }
    assert_eq!(fixture.conversions().await, []);
}

/// The last detail of a status. The first one is an `ErrorInfo`.
fn failure_of(status: &Status) -> PostbackFailure {
    let details = tonic_types::Status::decode(status.details()).unwrap().details;
    let (first, last) = (details.first().unwrap(), details.last().unwrap());
    assert_eq!(first.type_url, "type.googleapis.com/google.rpc.ErrorInfo");
    assert_eq!(last.type_url, "type.googleapis.com/s2s.v1.PostbackFailure");
    PostbackFailure::decode(last.value.as_slice()).unwrap()
}

#[tokio::test]
async fn a_report_that_does_not_count_is_refused_with_its_reason() {
    let fixture = Fixture::start().await;
    let client = fixture.server.client();
    let good = report(&fixture.code, &fixture.click);
    let taken = NewConversion { transaction_id: "taken".to_owned(), ..good.clone() };
    let taken = client.conversions().record(request::conversion(taken)).await.unwrap();
    assert_eq!(taken.verdict(), ConversionVerdict::Recorded);

    for (index, RefusedCase { change, code, reason }) in REFUSED.into_iter().enumerate() {
        let mut report = good.clone();
        change(&fixture, &mut report);
        // A dry run gets the same error.
        for validate_only in [false, true] {
            let request = request::conversion(report.clone());
            let request = RecordConversionRequest { validate_only, ..request };
            let error = client.conversions().record(request).await.unwrap_err();
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
    let wrong = NewConversion {
        conversion_code_id: "6B1F".to_owned(),
        click_id: String::new(),
        transaction_id: "x".repeat(256),
        value: None,
        commission: Some(Commission::CommissionPercentMicros(100_000_001)),
        status: 4,
        custom_params: vec![CustomParam::default(); 65],
        conversion_time: Some(Timestamp { seconds: -1, nanos: 0 }),
    };
    let request_id = "r".repeat(65);
    let wrong = RecordConversionRequest { request_id, ..request::conversion(wrong) };
    let error = client.conversions().record(wrong).await.unwrap_err();
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
        assert!(source.contains(&format!("ErrorReason::{reason:?}")), "the file does not test {reason:?}");
        assert!(seen.insert(reason.as_str_name()), "{reason:?} is covered twice");
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

#[tokio::test]
async fn an_edge_elsewhere_answers_a_held_postback_with_many_long_remarks() {
    let fixture = Fixture::start().await;
    let edge = Server::start_edge(&fixture.server, &[]).await;
    let unknown =
        (0..60).fold(String::new(), |query, number| query + &format!("&{}{number}=1", "y".repeat(80)));
    let query = fixture.fill("clickId=$forged_click&id=$code&val=1&com=0") + &unknown;
    // While the core is too busy to answer in time, the edge answers QUEUED. Each attempt is held
    // as a postback of its own.
    let answer = eventually(async || {
        let answer = edge.postback(&query).await;
        (answer.field("verdict") != "QUEUED").then_some(answer)
    });
    let answer = answer.await;
    assert_eq!(answer.headers["s2s-verdict"], "HELD", "{answer:?}");
    let answer = answer.json();
    let shown = answer["notes"].as_array().unwrap().len();
    let held = &fixture.postbacks(PostbackFilter::default()).await[0];
    assert!((1..held.notes.len()).contains(&shown), "{shown} of {}", held.notes.len());
    assert_eq!(held.notes.len(), 60);
}
