//! Conversion codes and tracking links: created, read, changed, archived and listed.

use s2s_sdk::{
    Code, Error,
    prost_types::{Duration, FieldMask, Timestamp},
    v1::{
        ArchiveConversionCodeRequest, ArchiveTrackingLinkRequest, CheckMode, ConversionCode,
        ConversionCodeState, ConversionStatus, CreateConversionCodeRequest, CreateTrackingLinkRequest,
        DecimalSeparator, DedupePolicy, ErrorReason, GetConversionCodeRequest, GetTrackingLinkRequest,
        ListConversionCodesRequest, ListTrackingLinksRequest, PostbackAuthentication, RedirectKind,
        ReplyMode, ReplySetting, TrackingLink, TrackingLinkState, TransactionScope,
        UpdateConversionCodeRequest, UpdatePolicy, UpdateTrackingLinkRequest,
    },
};
use s2s_tests::Server;

use crate::{fields, moved};

const DESTINATION: &str = "https://shop.example/?s1=[s2sidentifier]";

fn mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
}

fn named(name: &str) -> ConversionCode {
    ConversionCode { name: name.to_owned(), ..Default::default() }
}

fn leading_to(destination: &str) -> TrackingLink {
    TrackingLink { destination: destination.to_owned(), ..Default::default() }
}

async fn get_code(server: &Server, id: &str) -> ConversionCode {
    let request = GetConversionCodeRequest { conversion_code_id: id.to_owned() };
    server.client().conversion_codes().get(request).await.unwrap().conversion_code.unwrap()
}

async fn get_link(server: &Server, id: &str) -> TrackingLink {
    let request = GetTrackingLinkRequest { tracking_link_id: id.to_owned() };
    server.client().tracking_links().get(request).await.unwrap().tracking_link.unwrap()
}

#[track_caller]
fn check_error<T: std::fmt::Debug>(
    result: Result<T, Error>,
    code: Code,
    reason: ErrorReason,
    names: &[&str],
) {
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.reason()), (code, reason), "{error}");
    assert_eq!(fields(&error), names, "{error}");
}

#[track_caller]
fn check_invalid<T: std::fmt::Debug>(result: Result<T, Error>, names: &[&str]) {
    check_error(result, Code::InvalidArgument, ErrorReason::FieldInvalid, names);
}

#[tokio::test]
async fn a_conversion_code_has_defaults_and_keeps_what_was_chosen() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let expected = ConversionCode {
        id: code.id.clone(),
        name: "Sale".to_owned(),
        default_currency: "USD".to_owned(),
        attribution_window: Some(Duration { seconds: 30 * 86_400, nanos: 0 }),
        dedupe_policy: DedupePolicy::OnePerClick.into(),
        reply: Some(ReplySetting { mode: ReplyMode::ByVerdict.into(), text: String::new() }),
        preset_id: String::new(),
        default_status: ConversionStatus::Approved.into(),
        update_policy: UpdatePolicy::Status.into(),
        transaction_scope: TransactionScope::PerClick.into(),
        decimal_separator: DecimalSeparator::Auto.into(),
        state: ConversionCodeState::Active.into(),
        create_time: code.create_time,
        update_time: code.create_time,
        archive_time: None,
        postback_authentication: Some(PostbackAuthentication {
            secret_check: CheckMode::Off.into(),
            signature_check: CheckMode::Off.into(),
            address_check: CheckMode::Off.into(),
            https_check: CheckMode::Off.into(),
            ..Default::default()
        }),
    };
    assert_eq!(code, expected);
    assert!(code.create_time.is_some());
    assert_eq!(get_code(&server, &code.id).await, code);
    assert_eq!(get_code(&server, &code.id.to_lowercase()).await, code);

    let chosen = ConversionCode {
        name: "é".repeat(100),
        default_currency: "EUR".to_owned(),
        attribution_window: Some(Duration { seconds: 400 * 86_400, nanos: 0 }),
        dedupe_policy: DedupePolicy::Every.into(),
        reply: Some(ReplySetting { mode: ReplyMode::FixedText.into(), text: "~".repeat(200) }),
        preset_id: "everflow".to_owned(),
        default_status: ConversionStatus::Pending.into(),
        update_policy: UpdatePolicy::StatusAndAmounts.into(),
        transaction_scope: TransactionScope::PerCode.into(),
        decimal_separator: DecimalSeparator::Comma.into(),
        postback_authentication: Some(PostbackAuthentication {
            secret_check: CheckMode::Enforce.into(),
            signature_check: CheckMode::Report.into(),
            address_check: CheckMode::Enforce.into(),
            https_check: CheckMode::Report.into(),
            allowed_addresses: vec!["203.0.113.7".to_owned(), "2001:db8::/48".to_owned()],
            ..Default::default()
        }),
        ..Default::default()
    };
    // Output-only fields are ignored.
    let sent = ConversionCode { id: "x".to_owned(), state: 2, ..chosen.clone() };
    let stored = server.create_code(sent).await;
    let (id, state) = (stored.id.clone(), ConversionCodeState::Active.into());
    let (create_time, update_time) = (stored.create_time, stored.update_time);
    assert_eq!(stored, ConversionCode { id, state, create_time, update_time, ..chosen });
}

#[tokio::test]
async fn a_tracking_link_has_defaults_and_keeps_what_was_chosen() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.create_link(leading_to("https://shop.example/")).await;
    let expected = TrackingLink {
        id: link.id.clone(),
        slug: link.slug.clone(),
        redirect_kind: RedirectKind::Found.into(),
        state: TrackingLinkState::Active.into(),
        url: format!("{}/{}", server.url, link.slug),
        create_time: link.create_time,
        update_time: link.create_time,
        ..leading_to("https://shop.example/")
    };
    assert_eq!(link, expected);
    assert!(link.id.starts_with("link_") && link.slug.len() == 8, "{link:?}");
    assert_eq!(get_link(&server, &link.id).await, link);

    let chosen = TrackingLink {
        slug: "summer-sale_2".to_owned(),
        conversion_code_ids: vec![code.id],
        tags: vec!["newsletter".to_owned(), "ä".repeat(50)],
        redirect_kind: RedirectKind::Temporary.into(),
        query_pass_through: true,
        expire_time: moved(link.create_time, 60),
        fallback_destination: "https://shop.example/over?s=[slug]".to_owned(),
        ..leading_to(DESTINATION)
    };
    let stored = server.create_link(TrackingLink { url: "x".to_owned(), state: 2, ..chosen.clone() }).await;
    let output_only = TrackingLink {
        id: stored.id.clone(),
        state: TrackingLinkState::Active.into(),
        url: format!("{}/summer-sale_2", server.url),
        create_time: stored.create_time,
        update_time: stored.update_time,
        ..chosen
    };
    assert_eq!(stored, output_only);
}

/// The violations for a mask that names three fields that can't be changed.
const UNCHANGEABLE: [&str; 3] = ["update_mask"; 3];

#[tokio::test]
async fn everything_that_is_wrong_with_a_code_is_said_at_once() {
    let server = Server::start().await;
    let client = server.client();
    let wrong_code = ConversionCode {
        name: " ".to_owned(),
        default_currency: "XQX".to_owned(),
        attribution_window: Some(Duration { seconds: 400 * 86_400 + 1, nanos: 0 }),
        dedupe_policy: 9,
        reply: Some(ReplySetting { mode: ReplyMode::FixedText.into(), text: String::new() }),
        preset_id: "Everflow".to_owned(),
        default_status: 4,
        decimal_separator: 4,
        ..Default::default()
    };
    let request = CreateConversionCodeRequest {
        conversion_code: Some(wrong_code.clone()),
        request_id: "r".repeat(65),
        ..Default::default()
    };
    let own = [
        "name",
        "default_currency",
        "attribution_window",
        "dedupe_policy",
        "reply",
        "preset_id",
        "default_status",
        "decimal_separator",
    ];
    let paths = own.map(|name| format!("conversion_code.{name}"));
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    check_invalid(client.conversion_codes().create(request).await, &[&["request_id"], &*paths].concat());
    let code = server.code("Sale").await;
    let request = UpdateConversionCodeRequest {
        conversion_code: Some(ConversionCode { id: code.id.clone(), ..wrong_code }),
        update_mask: Some(mask(&[own.as_slice(), &["state", "id", "*"]].concat())),
        ..Default::default()
    };
    check_invalid(client.conversion_codes().update(request).await, &[&UNCHANGEABLE, &*paths].concat());

    let request = UpdateConversionCodeRequest { conversion_code: Some(code.clone()), ..Default::default() };
    check_invalid(client.conversion_codes().update(request).await, &["update_mask"]);
    assert_eq!(get_code(&server, &code.id).await, code);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_link_is_said_at_once() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let wrong_link = TrackingLink {
        slug: "S2S".to_owned(),
        destination: "ftp://shop.example".to_owned(),
        conversion_code_ids: vec!["6B1F".to_owned()],
        tags: vec![String::new()],
        redirect_kind: 301,
        expire_time: Some(Timestamp { seconds: 0, nanos: -1 }),
        fallback_destination: "https://[s2sidentifier].example/".to_owned(),
        ..Default::default()
    };
    let request = CreateTrackingLinkRequest {
        tracking_link: Some(wrong_link.clone()),
        request_id: "r".repeat(65),
        preset_id: "nothing".to_owned(),
        ..Default::default()
    };
    let own = [
        "slug",
        "destination",
        "conversion_code_ids",
        "tags",
        "redirect_kind",
        "expire_time",
        "fallback_destination",
    ];
    let paths = own.map(|name| format!("tracking_link.{name}"));
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let first = ["request_id", "preset_id"];
    check_invalid(client.tracking_links().create(request).await, &[&first, &*paths].concat());
    let link = server.link(&[&code]).await;
    let request = UpdateTrackingLinkRequest {
        tracking_link: Some(TrackingLink { id: link.id.clone(), ..wrong_link }),
        update_mask: Some(mask(&[own.as_slice(), &["id", "state", "url"]].concat())),
        ..Default::default()
    };
    check_invalid(client.tracking_links().update(request).await, &[&UNCHANGEABLE, &*paths].concat());

    let request = UpdateTrackingLinkRequest { tracking_link: Some(link.clone()), ..Default::default() };
    check_invalid(client.tracking_links().update(request).await, &["update_mask"]);
    assert_eq!(get_link(&server, &link.id).await, link);
}

#[tokio::test]
async fn a_link_with_a_code_must_pass_the_click_id_on() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let without = TrackingLink {
        conversion_code_ids: vec![code.id.clone()],
        ..leading_to("https://shop.example/?s1=s2sidentifier")
    };
    let request = CreateTrackingLinkRequest { tracking_link: Some(without), ..Default::default() };
    let missing = |result| {
        let (code, reason) = (Code::InvalidArgument, ErrorReason::ClickIdMacroMissing);
        check_error(result, code, reason, &["tracking_link.destination"]);
    };
    missing(client.tracking_links().create(request).await.map(drop));
    for destination in [DESTINATION, "https://shop.example/[s2sidentifier]/x"] {
        let conversion_code_ids = vec![code.id.clone()];
        server.create_link(TrackingLink { conversion_code_ids, ..leading_to(destination) }).await;
    }
    // An update must not remove the click id macro, or add a code to a link without that macro.
    for (link, change, path) in [
        (server.link(&[&code]).await, leading_to("https://shop.example/"), "destination"),
        (
            server.create_link(leading_to("https://shop.example/")).await,
            TrackingLink { conversion_code_ids: vec![code.id.clone()], ..Default::default() },
            "conversion_code_ids",
        ),
    ] {
        let request = UpdateTrackingLinkRequest {
            tracking_link: Some(TrackingLink { id: link.id.clone(), ..change }),
            update_mask: Some(mask(&[path])),
            ..Default::default()
        };
        missing(client.tracking_links().update(request).await.map(drop));
        assert_eq!(get_link(&server, &link.id).await, link);
    }
}

#[tokio::test]
async fn a_link_takes_codes_that_are_there() {
    let server = Server::start().await;
    let client = server.client();
    let link = server.create_link(leading_to(DESTINATION)).await;
    let unknown =
        TrackingLink { conversion_code_ids: vec![format!("{:032X}", 1)], ..leading_to(DESTINATION) };
    let request = CreateTrackingLinkRequest { tracking_link: Some(unknown.clone()), ..Default::default() };
    let created = client.tracking_links().create(request).await.unwrap_err();
    let request = UpdateTrackingLinkRequest {
        tracking_link: Some(TrackingLink { id: link.id.clone(), ..unknown }),
        update_mask: Some(mask(&["conversion_code_ids"])),
        ..Default::default()
    };
    let updated = client.tracking_links().update(request).await.unwrap_err();
    for error in [created, updated] {
        assert_eq!((error.code(), error.reason()), (Code::NotFound, ErrorReason::ConversionCodeUnknown));
    }
    assert_eq!(get_link(&server, &link.id).await, link);
}

#[tokio::test]
async fn a_repeated_request_returns_the_first_answer() {
    let server = Server::start().await;
    let client = server.client();
    let request = CreateConversionCodeRequest {
        conversion_code: Some(named("Sale")),
        request_id: "1".to_owned(),
        ..Default::default()
    };
    let first = client.conversion_codes().create(request.clone()).await.unwrap();
    assert_eq!(client.conversion_codes().create(request.clone()).await.unwrap(), first);
    let other = CreateConversionCodeRequest { conversion_code: Some(named("Lead")), ..request };
    let reused = (Code::AlreadyExists, ErrorReason::RequestIdReused);
    check_error(client.conversion_codes().create(other).await, reused.0, reused.1, &[]);
    let codes = client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.unwrap();
    assert_eq!(codes.conversion_codes, [first.conversion_code.unwrap()]);

    let request = CreateTrackingLinkRequest {
        tracking_link: Some(TrackingLink { slug: "a".to_owned(), ..leading_to(DESTINATION) }),
        request_id: "1".to_owned(),
        ..Default::default()
    };
    let first = client.tracking_links().create(request.clone()).await.unwrap();
    assert_eq!(client.tracking_links().create(request.clone()).await.unwrap(), first);
    for slug in ["a", "b"] {
        let link = TrackingLink { slug: slug.to_owned(), ..leading_to("https://other.example/") };
        let other = CreateTrackingLinkRequest { tracking_link: Some(link), ..request.clone() };
        check_error(client.tracking_links().create(other).await, reused.0, reused.1, &[]);
    }
    // The same holds for concurrent requests.
    let request = CreateTrackingLinkRequest { tracking_link: Some(leading_to(DESTINATION)), ..request };
    let request = CreateTrackingLinkRequest { request_id: "2".to_owned(), ..request };
    let answers = (0..20).map(|_| client.tracking_links().create(request.clone()));
    let answers = futures::future::try_join_all(answers).await.unwrap();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let links = client.tracking_links().list_page(ListTrackingLinksRequest::default()).await.unwrap();
    assert_eq!(links.tracking_links.len(), 2);
}

#[tokio::test]
async fn a_slug_leads_to_one_link() {
    let server = Server::start().await;
    let client = server.client();
    let link = TrackingLink { slug: "sale".to_owned(), ..leading_to(DESTINATION) };
    let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    client.tracking_links().create(request.clone()).await.unwrap();
    let taken = client.tracking_links().create(request.clone()).await;
    check_error(taken, Code::AlreadyExists, ErrorReason::SlugTaken, &["tracking_link.slug"]);
    // Exactly one of many concurrent requests gets the slug.
    let create = async |number: usize| {
        let link = TrackingLink { slug: "wanted".to_owned(), ..leading_to(DESTINATION) };
        let request_id = number.to_string();
        let request =
            CreateTrackingLinkRequest { tracking_link: Some(link), request_id, ..Default::default() };
        client.tracking_links().create(request).await.map(drop).map_err(|error| error.reason())
    };
    let answers = futures::future::join_all((0..20).map(create)).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let taken = |answer: &&Result<_, _>| **answer == Err(ErrorReason::SlugTaken);
    assert_eq!(answers.iter().filter(taken).count(), 19);
    // A dry run gets the same answer as a real call.
    let dry = CreateTrackingLinkRequest { validate_only: true, ..request };
    let taken = client.tracking_links().create(dry).await;
    check_error(taken, Code::AlreadyExists, ErrorReason::SlugTaken, &["tracking_link.slug"]);
}

#[tokio::test]
async fn an_update_changes_what_the_mask_names_alone() {
    let server = Server::start().await;
    let client = server.client();
    let (code, other) = (server.code("Sale").await, server.code("Lead").await);
    let change = ConversionCode {
        id: code.id.clone(),
        name: "Order".to_owned(),
        default_currency: "EUR".to_owned(),
        ..Default::default()
    };
    let mut request = UpdateConversionCodeRequest {
        conversion_code: Some(change),
        update_mask: Some(mask(&["name"])),
        validate_only: true,
    };
    let expected = ConversionCode { name: "Order".to_owned(), ..code.clone() };
    let dry = client.conversion_codes().update(request.clone()).await.unwrap().conversion_code.unwrap();
    assert_eq!(ConversionCode { update_time: code.update_time, ..dry }, expected);
    assert_eq!(get_code(&server, &code.id).await, code, "a dry run changes nothing");
    request.validate_only = false;
    let updated = client.conversion_codes().update(request).await.unwrap().conversion_code.unwrap();
    assert_eq!(ConversionCode { update_time: code.update_time, ..updated.clone() }, expected);
    assert_ne!(updated.update_time, code.update_time);
    assert_eq!(get_code(&server, &code.id).await, updated);
    assert_eq!(get_code(&server, &other.id).await, other);

    let link = TrackingLink {
        expire_time: moved(code.create_time, 60),
        tags: vec!["a".to_owned()],
        ..leading_to(DESTINATION)
    };
    let link = server.create_link(link).await;
    let change = TrackingLink { id: link.id.clone(), redirect_kind: 2, ..leading_to("https://x.example/") };
    let mut request = UpdateTrackingLinkRequest {
        tracking_link: Some(change),
        update_mask: Some(mask(&["expire_time", "redirect_kind", "tags"])),
        validate_only: true,
    };
    let expected = TrackingLink { expire_time: None, redirect_kind: 2, tags: Vec::new(), ..link.clone() };
    let dry = client.tracking_links().update(request.clone()).await.unwrap().tracking_link.unwrap();
    assert_eq!(TrackingLink { update_time: link.update_time, ..dry }, expected);
    assert_eq!(get_link(&server, &link.id).await, link, "a dry run changes nothing");
    request.validate_only = false;
    let updated = client.tracking_links().update(request).await.unwrap().tracking_link.unwrap();
    assert_eq!(TrackingLink { update_time: link.update_time, ..updated.clone() }, expected);
    assert_eq!(get_link(&server, &link.id).await, updated);
}

#[tokio::test]
async fn archiving_hides_and_changes_nothing_the_second_time() {
    let server = Server::start().await;
    let client = server.client();
    let (code, link) = (server.code("Sale").await, server.link(&[]).await);
    let archive = |validate_only| {
        let code = ArchiveConversionCodeRequest { conversion_code_id: code.id.clone(), validate_only };
        let link = ArchiveTrackingLinkRequest { tracking_link_id: link.id.clone(), validate_only };
        async {
            let code = client.conversion_codes().archive(code).await.unwrap().conversion_code.unwrap();
            (code, client.tracking_links().archive(link).await.unwrap().tracking_link.unwrap())
        }
    };
    let stored = async || (get_code(&server, &code.id).await, get_link(&server, &link.id).await);
    let archived = (ConversionCodeState::Archived, TrackingLinkState::Archived);
    let dry = archive(true).await;
    assert_eq!((dry.0.state(), dry.1.state()), archived);
    assert_eq!(stored().await, (code.clone(), link.clone()), "a dry run changes nothing");

    let first = archive(false).await;
    assert_eq!((first.0.state(), first.1.state()), archived);
    assert_eq!(stored().await, first);
    assert_eq!(archive(false).await, first, "archiving an archived one changes nothing");
    assert_eq!(stored().await, first);

    for (show_archived, expected) in [(false, 0), (true, 1)] {
        let request = ListConversionCodesRequest { show_archived, ..Default::default() };
        let codes = client.conversion_codes().list_page(request).await.unwrap().conversion_codes;
        let request = ListTrackingLinksRequest { show_archived, ..Default::default() };
        let links = client.tracking_links().list_page(request).await.unwrap().tracking_links;
        assert_eq!((codes.len(), links.len()), (expected, expected));
    }
}

#[tokio::test]
async fn a_dry_run_creates_nothing() {
    let server = Server::start().await;
    let client = server.client();
    let mut request = CreateConversionCodeRequest {
        conversion_code: Some(named("Sale")),
        request_id: "1".to_owned(),
        validate_only: true,
    };
    let code = client.conversion_codes().create(request.clone()).await.unwrap().conversion_code.unwrap();
    assert_eq!(code.name, "Sale");
    let link = Some(TrackingLink { slug: "a".to_owned(), ..leading_to(DESTINATION) });
    let mut link =
        CreateTrackingLinkRequest { tracking_link: link, request_id: "1".to_owned(), ..Default::default() };
    link.validate_only = true;
    let dry = client.tracking_links().create(link.clone()).await.unwrap().tracking_link.unwrap();
    assert_eq!(dry.slug, "a");
    let codes = client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.unwrap();
    let links = client.tracking_links().list_page(ListTrackingLinksRequest::default()).await.unwrap();
    assert_eq!((codes.conversion_codes.len(), links.tracking_links.len()), (0, 0));
    // The request ids are still free.
    (request.validate_only, link.validate_only) = (false, false);
    client.conversion_codes().create(request).await.unwrap();
    client.tracking_links().create(link).await.unwrap();
}
