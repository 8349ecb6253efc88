//! Tests of attribution, money and deduplication, without a database.

use uuid::Uuid;

use super::*;
use crate::{
    core::tracking_link::{CodeIds, RedirectKind, Tags},
    values::{
        click_id::{KeyId, LinkKey},
        destination::Destination,
        id::RequestKey,
        money::{Amount, Percent},
        time::Span,
    },
};

const DAY: i64 = 86_400_000_000;
const CLICKED: i64 = 1_763_900_000_000_000;

fn code() -> ConversionCode {
    let (id, request) = (ConversionCodeId(Uuid::from_u128(7)), RequestKey { id: None, digest: Vec::new() });
    let code = ConversionCode::new(id, AccountId::DEFAULT, request, Time::from_micros(0));
    ConversionCode { attribution_window: Span::from_seconds(86_400), ..code }
}

fn link() -> TrackingLink {
    TrackingLink {
        id: TrackingLinkId(Uuid::from_u128(9)),
        account_id: AccountId::DEFAULT,
        slug: "a".parse().unwrap(),
        link_key: LinkKey::from_bits(5),
        destination: "https://shop.example/?s1=[s2sidentifier]".parse().unwrap(),
        conversion_code_ids: CodeIds::new([code().id]),
        tags: Tags::default(),
        redirect_kind: RedirectKind::Found,
        query_pass_through: false,
        expires_at: None,
        fallback_destination: Destination::default(),
        partner_id: None,
        partner_share: None,
        archived: false,
        archived_at: None,
        request_id: None,
        request_digest: Vec::new(),
        created_at: Time::from_micros(0),
        updated_at: Time::from_micros(0),
    }
}

fn claim() -> ConversionClaim {
    ConversionClaim {
        code: code().id,
        click_id: None,
        transaction_id: TransactionId::default(),
        value: Amount::from_micros(1_000_000_000).unwrap(),
        currency: None,
        commission: Commission::Percent(Percent::from_micros(10_000_000).unwrap()),
        commission_currency: None,
        status: Some(ConversionStatus::Approved),
        status_word: String::new(),
        custom_params: CustomParams::default(),
        happened: Happened::Now,
        request_id: None,
    }
}

fn decide_at(
    micros: i64,
    change: impl FnOnce(&mut ConversionClaim, &mut ConversionCode, &mut TrackingLink),
) -> Result<Conversion> {
    let (mut claim, mut code, mut link) = (claim(), code(), link());
    change(&mut claim, &mut code, &mut link);
    let id = ClickId::new(Time::from_micros(CLICKED), link.link_key, [1; 6]);
    let click = SignedClickId { key_id: KeyId::new(1), id };
    let (happened, now) = (claim.happened, Time::from_micros(micros));
    let conversion = build(claim, &code, click, &link, 1, now)?;
    check(happened, &conversion, &code, &link, now).map(|()| conversion)
}

#[test]
fn our_own_clocks_may_disagree_and_a_senders_may_not() {
    let (click, second) = (Time::from_micros(CLICKED), Span::from_seconds(1));
    let (before, later, latest) = (click.minus(second), click.plus(second), click.plus(second).plus(second));
    for (happened, now, time) in [
        (Happened::Now, later, later),
        (Happened::Now, before, click),
        (Happened::Arrived(later), latest, later),
        (Happened::Arrived(latest), later, later),
        (Happened::Arrived(before), later, click),
        (Happened::Arrived(latest), before, click),
        (Happened::At(before), later, before),
        (Happened::At(latest), later, latest),
    ] {
        assert_eq!(happened.time(click, now), time, "{happened:?} {now:?}");
    }
}

#[test]
fn a_click_whose_conversions_may_be_deleted_does_not_count_again() {
    let click = ClickId::new(Time::from_micros(CLICKED), LinkKey::from_bits(5), [1; 6]);
    for (forgotten_before, counts) in [(0, true), (CLICKED, true), (CLICKED + 1, false)] {
        let checked = check_known(click, Time::from_micros(forgotten_before));
        let reason = checked.err().map(|error| error.reason());
        assert_eq!(reason, (!counts).then_some(ErrorReason::ClickTooOld), "{forgotten_before}");
    }
}

#[test]
fn each_rule_of_attribution_has_its_reason() {
    type Change = fn(&mut ConversionClaim, &mut ConversionCode, &mut TrackingLink);
    let table: &[(&str, i64, Change, Option<ErrorReason>)] = &[
        ("at once", CLICKED, |_, _, _| {}, None),
        ("the last moment", CLICKED + DAY, |_, _, _| {}, None),
        ("a moment later", CLICKED + DAY + 1, |_, _, _| {}, Some(ErrorReason::AttributionWindowPassed)),
        (
            "reported late, happened in time",
            CLICKED + 9 * DAY,
            |claim, _, _| claim.happened = Happened::At(Time::from_micros(CLICKED + DAY)),
            None,
        ),
        ("clocks 5 s apart", CLICKED - 5_000_000, |_, _, _| {}, None),
        ("our own clocks, further apart", CLICKED - 3_600_000_000, |_, _, _| {}, None),
        (
            "a sender's, further apart",
            CLICKED,
            |claim, _, _| claim.happened = Happened::At(Time::from_micros(CLICKED - 5_000_001)),
            Some(ErrorReason::ClickLaterThanConversion),
        ),
        (
            "in the future",
            CLICKED,
            |claim, _, _| claim.happened = Happened::At(Time::from_micros(CLICKED + 6_000_000)),
            Some(ErrorReason::FieldInvalid),
        ),
        (
            "code not on the link",
            CLICKED,
            |_, _, link| link.conversion_code_ids = CodeIds::default(),
            Some(ErrorReason::CodeNotOnLink),
        ),
    ];
    for (what, now, change, reason) in table {
        assert_eq!(decide_at(*now, change).err().map(|error| error.reason()), *reason, "{what}");
    }
}

#[test]
fn archived_codes_and_links_count_only_what_came_before() {
    type Change = fn(&mut ConversionClaim, &mut ConversionCode, &mut TrackingLink);
    let table: &[(&str, i64, Change, Option<ErrorReason>)] = &[
        (
            "archived code",
            CLICKED,
            |_, code, _| code.archived = true,
            Some(ErrorReason::ConversionCodeArchived),
        ),
        (
            "a code that was archived after the arrival",
            CLICKED + 2,
            |claim, code, _| {
                claim.happened = Happened::Arrived(Time::from_micros(CLICKED));
                (code.archived, code.archived_at) = (true, Some(Time::from_micros(CLICKED + 1)));
            },
            None,
        ),
        (
            "a code that was archived before the report",
            CLICKED + 2,
            |claim, code, _| {
                claim.happened = Happened::At(Time::from_micros(CLICKED));
                (code.archived, code.archived_at) = (true, Some(Time::from_micros(CLICKED + 1)));
            },
            Some(ErrorReason::ConversionCodeArchived),
        ),
        (
            "archived link",
            CLICKED,
            |_, _, link| link.archived = true,
            Some(ErrorReason::TrackingLinkArchived),
        ),
        (
            "a link that was archived after the click",
            CLICKED,
            |_, _, link| (link.archived, link.archived_at) = (true, Some(Time::from_micros(CLICKED + 1))),
            None,
        ),
    ];
    for (what, now, change, reason) in table {
        assert_eq!(decide_at(*now, change).err().map(|error| error.reason()), *reason, "{what}");
    }
}

#[test]
fn commission_is_an_amount_or_an_exact_percent() {
    let conversion = decide_at(CLICKED, |_, _, _| {}).unwrap();
    assert_eq!(conversion.commission.micros(), 100_000_000);
    let amount = Amount::from_micros(500_000).unwrap();
    let conversion = decide_at(CLICKED, |claim, _, _| claim.commission = Commission::Amount(amount)).unwrap();
    assert_eq!((conversion.commission, conversion.commission_percent), (amount, None));
}

#[test]
fn the_dedupe_key_follows_transaction_id_and_policy() {
    use DedupePolicy::{Every, OnePerClick};
    let key = |transaction: &str, policy, request: Option<&[u8]>, serial| {
        DedupeKey::new(&TransactionId::parse(transaction).unwrap(), policy, request, serial)
    };
    assert_eq!(key("", OnePerClick, None, 1), key("", OnePerClick, Some(b"r"), 2));
    assert_eq!(key("a", OnePerClick, None, 1), key("a", Every, Some(b"r"), 2));
    assert_ne!(key("a", Every, None, 1), key("A", Every, None, 1));
    assert_eq!(key("a", Every, None, 1), key("a ", Every, None, 1));
    assert_ne!(key("", Every, None, 1), key("", Every, None, 2));
    assert_eq!(key("", Every, Some(b"r"), 1), key("", Every, Some(b"r"), 2));
    assert_ne!(key("", Every, Some(b"x"), 1), key("x", Every, None, 1));
    assert_eq!(key("order-1", Every, None, 1).transaction_id(), "order-1");
    assert_eq!(key("", OnePerClick, None, 1).transaction_id(), "");
}

#[test]
fn the_same_key_is_a_duplicate_or_a_conflict() {
    let first = decide_at(CLICKED, |_, _, _| {}).unwrap();
    let again = |change: fn(&mut Conversion)| {
        let mut conversion = Conversion { serial: 2, ..first.clone() };
        change(&mut conversion);
        Recorded::new(conversion, Some(first.clone()), UpdatePolicy::None)
    };
    let new = Recorded::new(first.clone(), None, UpdatePolicy::None).unwrap();
    assert_eq!(new.verdict, Verdict::Recorded);
    let same = again(|_| {}).unwrap();
    assert!(same.verdict == Verdict::Duplicate && same.notes.is_empty() && same.conversion.serial == 1);
    assert_eq!(again(|row| row.status = ConversionStatus::Pending).unwrap().notes.len(), 1);
    let other_amounts: [fn(&mut Conversion); 3] = [
        |row| row.value = Amount::ZERO,
        |row| row.commission = Amount::ZERO,
        |row| row.currency = "EUR".parse().unwrap(),
    ];
    for change in other_amounts {
        assert_eq!(again(change).unwrap_err().reason(), ErrorReason::TransactionConflict);
    }
}

#[test]
fn ids_survive_the_wire() {
    let id = decide_at(CLICKED, |_, _, _| {}).unwrap().id();
    assert_eq!(id.to_string().parse::<ConversionId>().unwrap(), id);
    for text in ["", "conv_", "conv_1", "link_00000000000000000000000004"] {
        assert!(text.parse::<ConversionId>().is_err());
    }
}
