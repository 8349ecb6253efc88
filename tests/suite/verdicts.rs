//! What does not count: every reason that a postback or a reported conversion can be refused for.
//!
//! The tables are constants, so that the last test can compare them with the schema.

use std::collections::BTreeSet;

use ErrorReason as E;
use futures::TryStreamExt as _;
use s2s_sdk::{
    Code, PostbackOutcome,
    prost_types::{Duration, Timestamp},
    v1::{
        ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, Conversion, ConversionCode, CustomParam,
        ErrorReason, GetPostbackRequest, ListConversionsRequest, ListPostbacksRequest, Money, Postback,
        RawPostback, RecordClickRequest, RecordConversionRequest, TrackingLink, Verdict,
        record_conversion_request::Commission,
    },
};
use s2s_tests::{Answer, Server, http};

use crate::{moved, report};

/// A server with one of everything that a postback can go wrong with.
pub struct World {
    pub server: Server,
    pub code: ConversionCode,
    /// Of a window of one second.
    brief: ConversionCode,
    archived: ConversionCode,
    unlinked: ConversionCode,
    pub click: String,
    other_click: String,
    /// An hour old.
    old_click: String,
    /// On a link that was archived since.
    lost_click: String,
}

impl World {
    pub async fn start() -> Self {
        let server = Server::start().await;
        let client = server.client();
        let code = server.code("Sale").await;
        let attribution_window = Some(Duration { seconds: 1, nanos: 0 });
        let brief = ConversionCode { name: "Brief".to_owned(), attribution_window, ..Default::default() };
        let brief = server.create_code(brief).await;
        let (archived, unlinked) = (server.code("Archived").await, server.code("Unlinked").await);
        let link = server.link(&[&code, &brief, &archived]).await;
        let (click, other_click) = (server.click(&link).await, server.click(&link).await);
        let old_click = RecordClickRequest {
            tracking_link_id: link.id.clone(),
            click_time: moved(link.create_time, -3_600),
            ..Default::default()
        };
        let old_click = client.record_click(old_click).await.unwrap().click.unwrap().click_id;
        let lost_link = server.link(&[&code]).await;
        let lost_click = server.click(&lost_link).await;
        archive(&server, &archived, &lost_link).await;
        Self { server, code, brief, archived, unlinked, click, other_click, old_click, lost_click }
    }

    /// `query` with its `$names` filled in.
    pub fn fill(&self, query: &str) -> String {
        let (one, bit_flipped) = (&self.click[..39], if self.click.ends_with('0') { '1' } else { '0' });
        [
            ("$old_click", self.old_click.as_str()),
            ("$lost_click", &self.lost_click),
            ("$other_click", &self.other_click),
            ("$forged_click", &format!("{one}{bit_flipped}")),
            ("$cut_click", one),
            ("$click", &self.click),
            ("$code", &self.code.id),
            ("$brief", &self.brief.id),
            ("$archived", &self.archived.id),
            ("$unlinked", &self.unlinked.id),
            ("$nines", &"9".repeat(400)),
            ("$long", &"x".repeat(8_192)),
            ("$65_parameters", &"a=1&".repeat(65)),
        ]
        .into_iter()
        .fold(query.to_owned(), |query, (name, value)| query.replace(name, value))
    }

    pub async fn conversions(&self) -> Vec<Conversion> {
        let all = self.server.client().conversions(ListConversionsRequest::default());
        all.try_collect().await.unwrap()
    }

    pub async fn postbacks(&self, request: ListPostbacksRequest) -> Vec<Postback> {
        self.server.client().postbacks(request).try_collect().await.unwrap()
    }
}

async fn archive(server: &Server, code: &ConversionCode, link: &TrackingLink) {
    let client = server.client();
    let request = ArchiveConversionCodeRequest { id: code.id.clone(), ..Default::default() };
    client.archive_conversion_code(request).await.unwrap();
    let request = ArchiveTrackingLinkRequest { id: link.id.clone(), ..Default::default() };
    client.archive_tracking_link(request).await.unwrap();
}

/// Postbacks that are held: query, HTTP status, reason, and what the message names.
const HELD: [(&str, u16, ErrorReason, &str); 36] = [
    ("id=$code&val=1&com=0", 400, E::MissingParameter, "`clickId`"),
    ("clickId=$click&val=1&com=0", 400, E::MissingParameter, "`id`"),
    ("clickId=$click&id=$code&com=0", 400, E::MissingParameter, "`val=0`"),
    ("clickId=$click&id=$code&val=1", 400, E::MissingParameter, "`com=0`"),
    ("clickId=%20&id=$code&val=1&com=0", 400, E::MissingParameter, "`clickId`"),
    ("", 400, E::MissingParameter, "`clickId`"),
    ("id=$code&val=1&com=0&clickId=", 400, E::FragmentCutOff, "`clickId="),
    ("clickId=$click&id=$code&val=1&com=", 400, E::FragmentCutOff, "`%23`"),
    ("clickId={clickid}&id=$code&val=1&com=0", 400, E::MacroNotReplaced, "`{clickid}`"),
    ("clickId=$click&id=$code&val=1&com=%23S1%23", 400, E::MacroNotReplaced, "`#S1#`"),
    ("clickId=$click&id=$code&val=1&com=0&oid=[oid]", 400, E::MacroNotReplaced, "`[oid]`"),
    ("clickId=$click&id=$code&val=1&com=0&val=2", 400, E::ParameterRepeated, "`val` came twice"),
    ("clickId=$click&clickId=$other_click&id=$code&val=1&com=0", 400, E::ParameterRepeated, "`clickId`"),
    ("clickId=$click&id=$code&val=1&com=0&oid=%zz", 400, E::ParameterMalformed, "`oid`"),
    ("clickId=%00$click&id=$code&val=1&com=0", 400, E::ParameterMalformed, "`clickId`"),
    ("clickId=$click&id=$code&val=1&com=0&oid=$nines", 400, E::ParameterMalformed, "255 bytes"),
    ("clickId=$click&id=$code&val=1e3&com=0", 400, E::AmountMalformed, "`1e3`"),
    ("clickId=$click&id=$code&val=1&com=NaN", 400, E::AmountMalformed, "`com`"),
    ("clickId=$click&id=$code&val=1,500&com=0", 400, E::AmountAmbiguous, "`1,500`"),
    ("clickId=$click&id=$code&val=-5&com=0", 400, E::AmountOutOfRange, "`-5`"),
    ("clickId=$click&id=$code&val=1&com=1000000000000.000001", 400, E::AmountOutOfRange, "`com`"),
    ("clickId=$click&id=$code&val=$nines&com=0", 400, E::AmountOutOfRange, "`val`"),
    ("clickId=$click&id=$code&val=1&com=0&comperc=100.000001", 400, E::AmountOutOfRange, "0 to 100"),
    ("clickId=$click&id=$code&val=1&com=0&cur=XQX", 400, E::CurrencyInvalid, "`XQX`"),
    ("clickId=$click&id=$code&val=1&com=0&status=maybe", 400, E::StatusUnknown, "`maybe`"),
    ("clickId=$click&id=$code&val=1&com=0&status=confirm", 400, E::StatusUnknown, "preset_id"),
    ("clickId=$click&id=$code&val=1&com=0&x=$long", 414, E::RequestTooLarge, "8192 bytes"),
    ("clickId=$click&id=$code&val=1&com=0&$65_parameters", 414, E::RequestTooLarge, "64 parameters"),
    ("clickId=garbage&id=$code&val=1&com=0", 400, E::ClickIdInvalid, "click id"),
    ("clickId=$forged_click&id=$code&val=1&com=0", 400, E::ClickIdInvalid, "click id"),
    ("clickId=$cut_click&id=$code&val=1&com=0", 400, E::ClickIdInvalid, "click id"),
    ("clickId=$click&id=6B1F&val=1&com=0", 404, E::UnknownConversionCode, "`6B1F`"),
    (
        "clickId=$click&id=00000000000000000000000000000001&val=1&com=0",
        404,
        E::UnknownConversionCode,
        "`00000000000000000000000000000001`",
    ),
    ("clickId=$old_click&id=$brief&val=1&com=0", 422, E::ClickExpired, "attribution window"),
    ("clickId=$click&id=$unlinked&val=1&com=0", 422, E::CodeNotOnLink, "add the code to the link"),
    ("clickId=$click&id=$archived&val=1&com=0", 422, E::ConversionCodeArchived, "archived"),
];
/// The same, where a conversion of transaction id `taken` is recorded already.
const HELD_LATER: [(&str, u16, ErrorReason, &str); 2] = [
    ("clickId=$lost_click&id=$code&val=1&com=0", 422, E::TrackingLinkArchived, "archived"),
    ("clickId=$click&id=$code&val=2&com=0&oid=taken", 409, E::TransactionConflict, "`taken`"),
];

/// Reports over gRPC that are refused: how they differ from a good one, and the status.
type Change = fn(&World, &mut RecordConversionRequest);
const REFUSED: [(Change, Code, ErrorReason); 20] = [
    (|_, report| report.click_id = "garbage".into(), Code::InvalidArgument, E::ClickIdInvalid),
    (|world, report| report.click_id = world.fill("$forged_click"), Code::InvalidArgument, E::ClickIdInvalid),
    (|_, report| report.conversion_code_id = format!("{:032X}", 1), Code::NotFound, E::UnknownConversionCode),
    (
        |world, report| report.conversion_code_id.clone_from(&world.unlinked.id),
        Code::FailedPrecondition,
        E::CodeNotOnLink,
    ),
    (
        |world, report| report.conversion_code_id.clone_from(&world.archived.id),
        Code::FailedPrecondition,
        E::ConversionCodeArchived,
    ),
    (
        |world, report| report.click_id.clone_from(&world.lost_click),
        Code::FailedPrecondition,
        E::TrackingLinkArchived,
    ),
    (
        |world, report| {
            report.conversion_code_id.clone_from(&world.brief.id);
            report.click_id.clone_from(&world.old_click);
        },
        Code::FailedPrecondition,
        E::ClickExpired,
    ),
    (
        |world, report| report.conversion_time = moved(world.code.create_time, -60),
        Code::FailedPrecondition,
        E::ClickLaterThanConversion,
    ),
    (
        |world, report| report.conversion_time = moved(world.code.create_time, 3_600),
        Code::InvalidArgument,
        E::FieldInvalid,
    ),
    (|_, report| report.value = None, Code::InvalidArgument, E::FieldInvalid),
    (|_, report| report.value = Some(micros(-1)), Code::InvalidArgument, E::FieldInvalid),
    (|_, report| report.value = Some(micros(MICROS_MAX + 1)), Code::InvalidArgument, E::FieldInvalid),
    (
        |_, report| report.commission = Some(Commission::CommissionAmount(micros(MICROS_MAX + 1))),
        Code::InvalidArgument,
        E::FieldInvalid,
    ),
    (
        |_, report| report.commission = Some(Commission::CommissionPercentMicros(-1)),
        Code::InvalidArgument,
        E::FieldInvalid,
    ),
    (|_, report| report.transaction_id = "a\u{0}b".into(), Code::InvalidArgument, E::FieldInvalid),
    (
        |_, report| {
            report.custom_params = vec![CustomParam { key: "\u{0}".to_owned(), ..Default::default() }];
        },
        Code::InvalidArgument,
        E::FieldInvalid,
    ),
    (|_, report| report.conversion_code_id = "6B1F".into(), Code::InvalidArgument, E::FieldInvalid),
    (
        |_, report| {
            let money = |currency: &str| Money { currency_code: currency.to_owned(), micros: 1 };
            report.value = Some(money("EUR"));
            report.commission = Some(Commission::CommissionAmount(money("USD")));
        },
        Code::InvalidArgument,
        E::CurrencyInvalid,
    ),
    (
        |_, report| {
            report.transaction_id = "taken".into();
            report.value = Some(micros(2));
        },
        Code::AlreadyExists,
        E::TransactionConflict,
    ),
    (
        |_, report| {
            report.transaction_id = "taken".into();
            report.value = Some(Money { micros: 1_000_000, currency_code: "EUR".to_owned() });
        },
        Code::AlreadyExists,
        E::TransactionConflict,
    ),
];

const MICROS_MAX: i64 = 1_000_000_000_000_000_000;

fn micros(micros: i64) -> Money {
    Money { micros, ..Default::default() }
}

/// Reasons that no postback and no report is refused for, with the file that tries them.
const ELSEWHERE: [(ErrorReason, &str); 26] = [
    (E::ResourceNotFound, include_str!("lists.rs")),
    (E::SlugTaken, include_str!("setup.rs")),
    (E::RequestIdReused, include_str!("setup.rs")),
    (E::ClickIdMacroMissing, include_str!("setup.rs")),
    (E::PageTokenInvalid, include_str!("lists.rs")),
    (E::OriginRefused, include_str!("door.rs")),
    (E::ClockWrong, include_str!("clocks.rs")),
    (E::EdgeOnly, include_str!("port.rs")),
    (E::DeadlineExceeded, include_str!("port.rs")),
    (E::Unavailable, include_str!("outage.rs")),
    (E::UnknownMethod, include_str!("contract.rs")),
    (E::TrackingLinkUnknown, include_str!("orphans.rs")),
    (E::BrowserCall, include_str!("callers.rs")),
    (E::PreviewCall, include_str!("callers.rs")),
    (E::ApiKeyMissing, include_str!("access.rs")),
    (E::ApiKeyInvalid, include_str!("access.rs")),
    (E::ScopeMissing, include_str!("access.rs")),
    (E::ApiKeyEnded, include_str!("keys.rs")),
    (E::SecretRefused, include_str!("authentication.rs")),
    (E::SignatureRefused, include_str!("authentication.rs")),
    (E::TimestampRefused, include_str!("authentication.rs")),
    (E::AddressRefused, include_str!("authentication.rs")),
    (E::HttpsRequired, include_str!("authentication.rs")),
    (E::Overloaded, include_str!("limits.rs")),
    (E::RateLimited, include_str!("limits.rs")),
    (E::CompressionUnsupported, include_str!("limits.rs")),
];
/// Reasons that can't be brought about through a port at will; tests inside the server try them.
const INSIDE: [ErrorReason; 1] = [E::Internal];
/// Beyond the last number of a reason.
const REASONS_END: i32 = 1_000;

/// Reasons that hold postbacks, but take an edge whose clock is wrong, a browser, another server, or a
/// code that checks senders.
const HELD_ELSEWHERE: [ErrorReason; 8] = [
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
    let world = World::start().await;
    for row in HELD {
        check_held(&world, row).await;
    }
    assert_eq!(world.conversions().await, []);

    let first = world.server.postback(&world.fill("clickId=$click&id=$code&val=1&com=0&oid=taken")).await;
    assert_eq!((first.status, first.field("verdict").as_str()), (200, "RECORDED"));
    for row in HELD_LATER {
        check_held(&world, row).await;
    }
    assert_eq!(world.conversions().await.len(), 1);

    for reason in HELD.iter().chain(&HELD_LATER).map(|row| row.2) {
        let request = ListPostbacksRequest { reason: reason.into(), ..Default::default() };
        let expected = HELD.iter().chain(&HELD_LATER).filter(|row| row.2 == reason).count();
        assert_eq!(world.postbacks(request).await.len(), expected, "{reason:?}");
    }
    let held = ListPostbacksRequest { verdict: Verdict::Held.into(), ..Default::default() };
    assert_eq!(world.postbacks(held).await.len(), HELD.len() + HELD_LATER.len());
}

async fn check_held(world: &World, (query, status, reason, named): (&str, u16, ErrorReason, &str)) {
    let target = format!("/s2s?{}", world.fill(query));
    let request = http().get(format!("{}{target}", world.server.url)).header("user-agent", "shop/1");
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
    assert!(message.contains(named), "{query}: {message}");

    let id = answer.field("postback_id");
    let request = GetPostbackRequest { id: id.clone() };
    let postback = world.server.client().get_postback(request).await.unwrap().postback.unwrap();
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
    assert!(raw.receive_time.unwrap().seconds >= world.code.create_time.unwrap().seconds);
}

#[tokio::test]
async fn a_report_that_does_not_count_is_refused_with_its_reason() {
    let world = World::start().await;
    let client = world.server.client();
    let good = report(&world.code, &world.click);
    let taken = RecordConversionRequest { transaction_id: "taken".to_owned(), ..good.clone() };
    assert_eq!(client.record_conversion(taken).await.unwrap().verdict(), Verdict::Recorded);

    for (index, (change, code, reason)) in REFUSED.into_iter().enumerate() {
        let mut report = good.clone();
        change(&world, &mut report);
        // A dry run says the same.
        for validate_only in [false, true] {
            let request = RecordConversionRequest { validate_only, ..report.clone() };
            let error = client.record_conversion(request).await.unwrap_err();
            assert_eq!((error.code(), error.reason()), (code, reason), "row {index}: {error}");
            assert!(!error.message().is_empty());
        }
    }
    assert_eq!(world.conversions().await.len(), 1);
}

#[tokio::test]
async fn every_field_of_a_report_that_is_wrong_is_named() {
    let world = World::start().await;
    let client = world.server.client();
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
    seen.extend(HELD.iter().chain(&HELD_LATER).map(|row| row.2.as_str_name()));
    seen.extend(REFUSED.iter().map(|row| row.2.as_str_name()));
    for (reason, source) in ELSEWHERE {
        assert!(source.contains(&format!("ErrorReason::{reason:?}")), "{reason:?} is not tried there");
        assert!(seen.insert(reason.as_str_name()), "{reason:?} is here already");
    }
    seen.extend(INSIDE.map(|reason| reason.as_str_name()));
    let all = (1..REASONS_END).filter_map(|number| ErrorReason::try_from(number).ok());
    assert_eq!(seen, all.map(|reason| reason.as_str_name()).collect());
}

#[test]
fn the_list_says_which_reasons_hold_postbacks() {
    let all = (1..REASONS_END).filter_map(|number| ErrorReason::try_from(number).ok());
    let listed = all.filter(|reason| reason.postback_outcome() == Some(PostbackOutcome::Held));
    let held = HELD.iter().chain(&HELD_LATER).map(|row| row.2).chain(HELD_ELSEWHERE);
    let names = |reason: ErrorReason| reason.as_str_name();
    assert_eq!(listed.map(names).collect::<BTreeSet<_>>(), held.map(names).collect());
}
