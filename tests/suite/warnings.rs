//! Warnings: settings that are accepted but will probably not work, each with its cure.

use SetupWarningCode as W;
use s2s_sdk::{
    prost_types::FieldMask,
    v1::{
        ConversionCode, CreateConversionCodeRequest, CreateTrackingLinkRequest, GetPostbackUrlRequest,
        ReplyMode, ReplySetting, SetupWarning, SetupWarningCode, TrackingLink, UpdateConversionCodeRequest,
        UpdateTrackingLinkRequest,
    },
};
use s2s_tests::Server;

use crate::fields;

/// The codes and fields of warnings. Checks that each warning has a message.
fn said(warnings: &[SetupWarning]) -> Vec<(SetupWarningCode, &str)> {
    assert!(warnings.iter().all(|warning| warning.message.len() > 20), "{warnings:?}");
    warnings.iter().map(|warning| (warning.code(), warning.field.as_str())).collect()
}

fn mask(path: &str) -> FieldMask {
    FieldMask { paths: vec![path.to_owned()] }
}

/// A tracking link and its warnings.
struct LinkCase<'a> {
    codes: Vec<&'a ConversionCode>,
    destination: &'static str,
    fallback: &'static str,
    expected: Vec<(SetupWarningCode, &'static str)>,
}

fn link_cases<'a>(
    plain: &'a ConversionCode,
    everflow: &'a ConversionCode,
    cake: &'a ConversionCode,
) -> [LinkCase<'a>; 7] {
    const CODES: (SetupWarningCode, &str) = (W::NoConversionCode, "tracking_link.conversion_code_ids");
    const DESTINATION: &str = "tracking_link.destination";
    [
        LinkCase {
            codes: vec![plain],
            destination: "https://a.example/?s1=[s2sidentifier]",
            fallback: "",
            expected: vec![],
        },
        LinkCase {
            codes: vec![plain],
            destination: "https://a.example/?s1=%5Bs2sidentifier%5D",
            fallback: "",
            expected: vec![],
        },
        LinkCase {
            codes: vec![],
            destination: "https://a.example/?s1=[s2sidentifier]",
            fallback: "",
            expected: vec![CODES],
        },
        LinkCase {
            codes: vec![],
            destination: "https://a.example/",
            fallback: "",
            expected: vec![CODES, (W::ClickIdNotPassedOn, DESTINATION)],
        },
        LinkCase {
            codes: vec![plain],
            destination: "https://a.example/?s1=[s2sidentifier]&x={clickid}",
            fallback: "https://b.example/{{x}}",
            expected: vec![
                (W::ForeignMacro, DESTINATION),
                (W::ForeignMacro, "tracking_link.fallback_destination"),
            ],
        },
        LinkCase {
            codes: vec![everflow],
            destination: "https://a.example/?sub1=[s2sidentifier]",
            fallback: "",
            expected: vec![],
        },
        LinkCase {
            codes: vec![everflow, cake, cake],
            destination: "https://a.example/?sub1=[s2sidentifier]",
            fallback: "",
            expected: vec![(W::ParameterNotOfPreset, DESTINATION)],
        },
    ]
}

#[tokio::test]
async fn a_link_is_warned_of_at_creation_and_change() {
    let server = Server::start().await;
    let client = server.client();
    let plain = server.code("Sale").await;
    let of = |preset: &str| ConversionCode {
        name: "Sale".to_owned(),
        preset_id: preset.to_owned(),
        ..Default::default()
    };
    let everflow = server.create_code(of("everflow")).await;
    let cake = server.create_code(of("cake")).await;
    for LinkCase { codes, destination, fallback, expected } in link_cases(&plain, &everflow, &cake) {
        let link = TrackingLink {
            destination: destination.to_owned(),
            fallback_destination: fallback.to_owned(),
            conversion_code_ids: codes.iter().map(|code| code.id.clone()).collect(),
            ..Default::default()
        };
        let mut request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
        request.validate_only = true;
        let dry = client.tracking_links().create(request.clone()).await.unwrap();
        request.validate_only = false;
        let created = client.tracking_links().create(request).await.unwrap();
        assert_eq!(said(&created.warnings), expected, "{destination}");
        assert_eq!(dry.warnings, created.warnings, "{destination}");
        let request = UpdateTrackingLinkRequest {
            tracking_link: created.tracking_link,
            update_mask: Some(mask("destination")),
            ..Default::default()
        };
        let updated = client.tracking_links().update(request).await.unwrap();
        assert_eq!(updated.warnings, created.warnings, "{destination}");
    }
}

#[tokio::test]
async fn the_network_named_at_creation_counts_too() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = TrackingLink {
        destination: "https://a.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id],
        ..Default::default()
    };
    let preset_id = "everflow".to_owned();
    let request = CreateTrackingLinkRequest { tracking_link: Some(link), preset_id, ..Default::default() };
    let warnings = server.client().tracking_links().create(request).await.unwrap().warnings;
    assert_eq!(said(&warnings), [(W::ParameterNotOfPreset, "tracking_link.destination")]);
    let message = &warnings[0].message;
    assert!(message.contains("`s1`") && message.contains("`sub1=[s2sidentifier]`"), "{message}");
}

/// A conversion code, and the warnings at its creation. `asked` is the preset in the request for
/// its postback URL, and `at_url` has the warnings of that request.
struct CodeCase {
    preset: &'static str,
    reply: Option<ReplySetting>,
    asked: &'static str,
    at_creation: Vec<(SetupWarningCode, &'static str)>,
    at_url: Vec<(SetupWarningCode, &'static str)>,
}

#[tokio::test]
async fn a_code_and_its_postback_url_are_warned_of() {
    const NO_LINK: (SetupWarningCode, &str) = (W::NoLink, "");
    const REPLY: (SetupWarningCode, &str) = (W::ReplyNotOfPreset, "conversion_code.reply");
    let server = Server::start().await;
    let client = server.client();
    let by_verdict = ReplySetting { mode: ReplyMode::ByVerdict.into(), text: String::new() };
    for CodeCase { preset, reply, asked, at_creation, at_url } in [
        CodeCase {
            preset: "",
            reply: None,
            asked: "",
            at_creation: vec![NO_LINK],
            at_url: vec![(W::NoTransactionId, "")],
        },
        CodeCase { preset: "terraleads", reply: None, asked: "", at_creation: vec![NO_LINK], at_url: vec![] },
        CodeCase {
            preset: "terraleads",
            reply: Some(by_verdict),
            asked: "",
            at_creation: vec![NO_LINK, REPLY],
            at_url: vec![(W::ReplyNotOfPreset, "")],
        },
        CodeCase {
            preset: "",
            reply: None,
            asked: "leadbit",
            at_creation: vec![NO_LINK],
            at_url: vec![(W::PresetNotOfCode, "preset_id")],
        },
        CodeCase {
            preset: "advidi",
            reply: None,
            asked: "",
            at_creation: vec![NO_LINK],
            at_url: vec![(W::NoAmount, "")],
        },
        CodeCase {
            preset: "advidi",
            reply: None,
            asked: "everflow",
            at_creation: vec![NO_LINK],
            at_url: vec![],
        },
    ] {
        let code = ConversionCode {
            name: "Sale".to_owned(),
            preset_id: preset.to_owned(),
            reply,
            ..Default::default()
        };
        let request = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
        let created = client.conversion_codes().create(request).await.unwrap();
        assert_eq!(said(&created.warnings), at_creation, "{preset}");
        let code = created.conversion_code.unwrap();
        let request = UpdateConversionCodeRequest {
            conversion_code: Some(code.clone()),
            update_mask: Some(mask("name")),
            ..Default::default()
        };
        let updated = client.conversion_codes().update(request).await.unwrap();
        assert_eq!(updated.warnings, created.warnings[1..], "{preset}");
        let request = GetPostbackUrlRequest { conversion_code_id: code.id, preset_id: asked.to_owned() };
        let rendered = client.conversion_codes().get_postback_url(request).await.unwrap();
        assert_eq!(said(&rendered.warnings), at_url, "{preset} {asked}");
    }
    let request =
        GetPostbackUrlRequest { conversion_code_id: server.code("Sale").await.id, preset_id: "x".to_owned() };
    let error = client.conversion_codes().get_postback_url(request).await.unwrap_err();
    assert_eq!(fields(&error), ["preset_id"]);
}

#[tokio::test]
async fn a_server_without_a_public_url_warns_with_every_url() {
    let nowhere = SetupWarningCode::UrlLeadsNowhere;
    for (arguments, expected) in [
        (&["--public-url", "http://0.0.0.0:8080"][..], true),
        (&["--public-url", "http://[::]:8080"], true),
        (&["--public-url", "https://t.example"], false),
        (&[], false),
    ] {
        let server = Server::start_with(arguments).await;
        let client = server.client();
        let code = server.code("Sale").await;
        let request = GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
        let answer = client.conversion_codes().get_postback_url(request).await.unwrap();
        let warned = |warnings: &[SetupWarning]| warnings.iter().any(|one| one.code() == nowhere);
        assert_eq!(warned(&answer.warnings), expected, "{arguments:?}");
        let link = TrackingLink {
            destination: "https://shop.example/?s1=[s2sidentifier]".to_owned(),
            ..Default::default()
        };
        let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
        let answer = client.tracking_links().create(request).await.unwrap();
        assert_eq!(warned(&answer.warnings), expected, "{arguments:?}");
    }
}

#[tokio::test]
async fn a_destination_that_can_not_work_is_refused_with_the_cure() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    for (destination, cure) in [
        ("http:// amazon.com", "behind `http://`; remove it, or write `%20`"),
        ("https://a.example/?s1=[s2sidentifier] ", "behind `https://a.example/?s1=[s2sidentifier]`"),
        ("https://shop.example/#/offer?s1=[s2sidentifier]", "put it before the `#`"),
        ("https://[s2sidentifier].example/", "go into path or query"),
        ("https://shop.example/", "add for example `?s1=[s2sidentifier]`"),
        ("https://shop.example/?s1=%5Bs2sidentifier%5C", "add for example `?s1=[s2sidentifier]`"),
    ] {
        let link = TrackingLink {
            destination: destination.to_owned(),
            conversion_code_ids: vec![code.id.clone()],
            ..Default::default()
        };
        let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
        let error = client.tracking_links().create(request).await.unwrap_err();
        assert_eq!(fields(&error), ["tracking_link.destination"], "{destination}");
        assert!(error.message().contains(cure), "{destination}: {error}");
    }
}
