//! Rules about the set-up: the public URL, links, codes, and the postbacks that were held.
//!
//! Pure functions.

use std::collections::{BTreeMap, BTreeSet};

use http::Uri;
use s2s_sdk::v1::{
    ConversionCode, ErrorReason, NoteCode, Postback, SetupWarning, SetupWarningCode, TrackingLink,
};

use super::finding::{Finding, State};
use crate::{
    cells::{time, word},
    profile::is_loopback,
};

/// Number of days whose held postbacks are counted.
pub const HELD_DAYS: i64 = 7;

/// Reasons of postbacks that may be attacks; see docs/operate/monitoring.md.
const ATTACKS: [ErrorReason; 4] = [
    ErrorReason::SecretRefused,
    ErrorReason::SignatureRefused,
    ErrorReason::ClickIdInvalid,
    ErrorReason::ClickIdKeyEnded,
];

/// A code or link, with the warnings of the API about it.
pub struct Warned<T> {
    pub item: T,
    pub warnings: Vec<SetupWarning>,
}

/// The finding about the URL at which the world reaches the server. `url`: any URL that the server
/// rendered.
pub fn public_url(url: &str, warnings: &[SetupWarning]) -> Finding {
    let cure = "set the server's --public-url to the https:// URL at which the world reaches it";
    let uri: Uri = url.parse().unwrap_or_default();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let base = format!("{}://{authority}", uri.scheme_str().unwrap_or_default());
    let leads_nowhere = |warning: &SetupWarning| warning.code() == SetupWarningCode::UrlLeadsNowhere;
    if warnings.iter().any(leads_nowhere) {
        Finding::fault(
            "url",
            &base,
            "the public URL leads nowhere, so nobody reaches links and postbacks",
            cure,
        )
    } else if is_loopback(&uri) {
        Finding::hint("url", &base, "the public URL can be reached only from the server's own machine", cure)
    } else if uri.scheme_str() == Some("http") {
        Finding::hint("url", &base, "the public URL is not https, so others on the way read it", cure)
    } else {
        Finding::ok("url", &base, "the public URL is https")
    }
}

/// The findings about active links. `now` is in seconds since 1970.
pub fn links(links: &[Warned<TrackingLink>], now: i64) -> Vec<Finding> {
    let mut findings: Vec<Finding> = links.iter().flat_map(|link| of_link(link, now)).collect();
    if findings.is_empty() && !links.is_empty() {
        findings.push(Finding::ok("link", "", format!("{} tracking links have no fault", links.len())));
    }
    findings
}

fn of_link(link: &Warned<TrackingLink>, now: i64) -> Vec<Finding> {
    let Warned { item, warnings } = link;
    let warnings = warnings.iter().filter(|warning| warning.code() != SetupWarningCode::UrlLeadsNowhere);
    let mut findings: Vec<Finding> = warnings
        .map(|warning| {
            let command = link_command(warning.code(), &item.id);
            warned("link", &item.slug, warning, command)
        })
        .collect();
    if item.conversion_code_ids.is_empty() && findings.is_empty() {
        // A key that may not write gets no warnings.
        let cure = format!("add one: `s2s links update {} --add-code CODE`", item.id);
        let message = "the link has no conversion code, so none of its clicks can convert";
        findings.push(Finding::fault("link", &item.slug, message, cure));
    }
    if let Some(end) = item.expire_time.filter(|end| end.seconds <= now) {
        let cure =
            format!("set a later end: `s2s links update {} --expire TIME`, or archive the link", item.id);
        let end = time(Some(&end));
        findings.push(if item.fallback_destination.is_empty() {
            let message = format!("the link has expired at {end}, and visitors get HTTP 410");
            Finding::fault("link", &item.slug, message, cure)
        } else {
            let message = format!("the link has expired at {end}, and visitors get its fallback destination");
            Finding::hint("link", &item.slug, message, cure)
        });
    }
    findings
}

fn link_command(code: SetupWarningCode, id: &str) -> Option<String> {
    match code {
        SetupWarningCode::NoConversionCode => Some(format!("s2s links update {id} --add-code CODE")),
        SetupWarningCode::ClickIdNotPassedOn
        | SetupWarningCode::ForeignMacro
        | SetupWarningCode::HtmlEscaped
        | SetupWarningCode::ParameterNotOfPreset => {
            Some(format!("s2s links update {id} --destination 'https://…?s1=[s2sidentifier]'"))
        }
        _ => None,
    }
}

/// The findings about active codes. `on_links`: ids of all codes that are on an active link; `None`
/// if not all links were read.
pub fn codes(codes: &[Warned<ConversionCode>], on_links: Option<&BTreeSet<String>>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = codes.iter().flat_map(|code| of_code(code, on_links)).collect();
    if codes.is_empty() {
        let cure = "run `s2s init`";
        findings.push(Finding::hint("code", "", "there is no active conversion code yet", cure));
    } else if findings.is_empty() {
        findings.push(Finding::ok("code", "", format!("{} conversion codes have no fault", codes.len())));
    }
    findings
}

fn of_code(code: &Warned<ConversionCode>, on_links: Option<&BTreeSet<String>>) -> Vec<Finding> {
    let Warned { item, warnings } = code;
    let mut findings = Vec::new();
    if on_links.is_some_and(|on_links| !on_links.contains(&item.id)) {
        let cure = format!(
            "put it on a link: `s2s links create --destination URL --code {0}` or `s2s links update LINK --add-code {0}`",
            item.id
        );
        let message = "the code is on no active tracking link, so no click can convert";
        findings.push(Finding::fault("code", &item.name, message, cure));
    }
    // The public URL has a finding of its own, and only a person knows whether the order number's
    // place was filled in.
    let elsewhere = [SetupWarningCode::UrlLeadsNowhere, SetupWarningCode::NoTransactionId];
    let warnings = warnings.iter().filter(|warning| !elsewhere.contains(&warning.code()));
    findings.extend(warnings.map(|warning| {
        let command = code_command(warning.code(), item);
        warned("code", &item.name, warning, command)
    }));
    findings
}

fn code_command(code: SetupWarningCode, item: &ConversionCode) -> Option<String> {
    let id = &item.id;
    match code {
        SetupWarningCode::NoSecret => Some(format!("s2s codes rotate-secret {id}")),
        SetupWarningCode::ReplyNotOfPreset => {
            Some(format!("s2s codes update {id} --reply always-ok` or `--reply-text TEXT"))
        }
        SetupWarningCode::NetworkCannotSign => {
            Some(format!("s2s codes update {id} --signature-check off --secret-check enforce"))
        }
        _ => None,
    }
}

/// The finding about a warning of the API. The warning's message has the cause and then the cure.
fn warned(check: &'static str, subject: &str, warning: &SetupWarning, command: Option<String>) -> Finding {
    let (message, cure) = warning.message.rsplit_once("; ").unwrap_or((&warning.message, ""));
    let cure = match command {
        Some(command) => format!("{cure}: `{command}`"),
        None => cure.to_owned(),
    };
    let state = match warning.code() {
        SetupWarningCode::ForeignMacro
        | SetupWarningCode::ParameterNotOfPreset
        | SetupWarningCode::NoAmount
        | SetupWarningCode::Unspecified => State::Hint,
        _ => State::Fault,
    };
    Finding::new(state, check, subject, message, cure)
}

/// The findings about held postbacks, one for each reason. `postbacks` has the newest first.
pub fn held(postbacks: &[Postback]) -> Vec<Finding> {
    let mut reasons: BTreeMap<&str, Vec<&Postback>> = BTreeMap::new();
    for postback in postbacks {
        reasons.entry(postback.reason().as_str_name()).or_default().push(postback);
    }
    let mut findings: Vec<Finding> = reasons.values().filter_map(|held| of_reason(held)).collect();
    if findings.is_empty() {
        let message = format!("no postback of the last {HELD_DAYS} days is held");
        findings.push(Finding::ok("postbacks", "", message));
    }
    findings.extend(not_kept(postbacks));
    findings
}

fn of_reason(held: &[&Postback]) -> Option<Finding> {
    let newest = held.first()?;
    let reason = newest.reason();
    let name = word(reason.as_str_name(), "ERROR_REASON_").to_uppercase();
    let number = match held.len() {
        1 => "1 postback is held".to_owned(),
        many => format!("{many} postbacks are held"),
    };
    let example = newest.message.split("; ").next().unwrap_or_default();
    let message = format!("{number}, for example {}: {example}", newest.id);
    let replay = format!("`s2s postbacks replay --reason {name}`");
    let is_matched = held.iter().all(|postback| postback.next_match_time.is_some());
    let (state, cure) = if is_matched {
        let cure = format!("wait: they are matched automatically for 7 days; or replay now: {replay}");
        (State::Hint, cure)
    } else {
        let state = if ATTACKS.contains(&reason) { State::Hint } else { State::Fault };
        (state, format!("{}; once that is done, replay: {replay}", reason.cure()))
    };
    Some(Finding::new(state, "postbacks", &name, message, cure))
}

/// The finding about postbacks that were refused because too many came.
fn not_kept(postbacks: &[Postback]) -> Option<Finding> {
    let is_noted =
        |postback: &&Postback| postback.notes.iter().any(|note| note.code() == NoteCode::OthersNotKept);
    let noted = postbacks.iter().find(is_noted)?;
    let note = noted.notes.iter().find(|note| note.code() == NoteCode::OthersNotKept)?;
    let cure =
        "correct what these postbacks are held for; their sender must send those that were not kept again";
    Some(Finding::fault("postbacks", "shed", format!("{}: {}", noted.id, note.message), cure))
}

#[cfg(test)]
mod tests {
    use s2s_sdk::{
        prost_types::Timestamp,
        v1::{Note, PostbackVerdict},
    };

    use super::*;

    fn warning(code: SetupWarningCode, message: &str) -> SetupWarning {
        SetupWarning { code: code.into(), message: message.to_owned(), ..Default::default() }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp { seconds, nanos: 0 }
    }

    #[test]
    fn the_public_url_is_judged() {
        let nowhere = [warning(SetupWarningCode::UrlLeadsNowhere, "nobody; set it")];
        for (url, warnings, expected) in [
            ("https://t.example/s2s?clickId={clickId}", &[][..], State::Ok),
            ("http://t.example/s2s", &[], State::Hint),
            ("http://127.0.0.1:8080/s2s", &[], State::Hint),
            ("https://localhost/summer", &[], State::Hint),
            ("http://0.0.0.0:8080/s2s", &nowhere, State::Fault),
        ] {
            let found = public_url(url, warnings);
            assert_eq!(found.state, expected, "{url}");
            assert_eq!(found.cure.contains("--public-url"), expected != State::Ok, "{url}");
        }
    }

    #[test]
    fn links_are_judged_by_warnings_and_by_their_end() {
        use SetupWarningCode::{ClickIdNotPassedOn, ForeignMacro, NoConversionCode, UrlLeadsNowhere};
        let link = |codes: &[&str], expire_time, fallback: &str| TrackingLink {
            id: "link_1".to_owned(),
            slug: "summer".to_owned(),
            conversion_code_ids: codes.iter().map(|code| (*code).to_owned()).collect(),
            expire_time,
            fallback_destination: fallback.to_owned(),
            ..Default::default()
        };
        let (fault, hint) = (State::Fault, State::Hint);
        for (item, warnings, expected) in [
            (link(&["C"], None, ""), vec![], vec![]),
            (link(&["C"], Some(at(101)), ""), vec![], vec![]),
            (link(&["C"], None, ""), vec![warning(UrlLeadsNowhere, "nobody; set")], vec![]),
            (
                link(&[], None, ""),
                vec![],
                vec![(fault, "no conversion code", "update link_1 --add-code CODE")],
            ),
            (
                link(&[], None, ""),
                vec![
                    warning(NoConversionCode, "no code; add one"),
                    warning(ClickIdNotPassedOn, "no macro; add it"),
                ],
                vec![(fault, "no code", "add one: `s2s"), (fault, "no macro", "--destination")],
            ),
            (
                link(&["C"], None, ""),
                vec![warning(ForeignMacro, "`{x}` looks; ours is")],
                vec![(hint, "`{x}` looks", "ours is")],
            ),
            (link(&["C"], Some(at(100)), ""), vec![], vec![(fault, "HTTP 410", "--expire TIME")]),
            (link(&["C"], Some(at(99)), "https://b"), vec![], vec![(hint, "fallback", "--expire TIME")]),
        ] {
            let found = links(&[Warned { item, warnings }], 100);
            let found: Vec<&Finding> = found.iter().filter(|found| found.state != State::Ok).collect();
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (found, (state, message, cure)) in found.iter().zip(expected) {
                assert_eq!((found.state, found.subject.as_str()), (state, "summer"));
                assert!(found.message.contains(message) && found.cure.contains(cure), "{found:?}");
            }
        }
        assert_eq!(links(&[], 100), []);
    }

    #[test]
    fn codes_are_judged_by_warnings_and_links() {
        use SetupWarningCode::{NetworkCannotSign, NoSecret, NoTransactionId, ReplyNotOfPreset};
        let on_links = BTreeSet::from(["A".to_owned()]);
        for (id, warnings, expected) in [
            ("A", vec![], vec![]),
            ("A", vec![warning(NoTransactionId, "put it in")], vec![]),
            ("B", vec![], vec![("on no active tracking link", "--code B")]),
            (
                "A",
                vec![warning(NoSecret, "no secret; call it")],
                vec![("no secret", "codes rotate-secret A")],
            ),
            ("A", vec![warning(ReplyNotOfPreset, "wants 200; set it")], vec![("wants 200", "--reply")]),
            ("A", vec![warning(NetworkCannotSign, "can't; do")], vec![("can't", "--secret-check enforce")]),
        ] {
            let item = ConversionCode { id: id.to_owned(), name: "Sale".to_owned(), ..Default::default() };
            let found = codes(&[Warned { item, warnings }], Some(&on_links));
            let found: Vec<&Finding> = found.iter().filter(|found| found.state != State::Ok).collect();
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (found, (message, cure)) in found.iter().zip(expected) {
                assert_eq!((found.state, found.subject.as_str()), (State::Fault, "Sale"));
                assert!(found.message.contains(message) && found.cure.contains(cure), "{found:?}");
            }
        }
        let item = ConversionCode::default();
        let found = codes(&[Warned { item, warnings: vec![] }], None);
        assert!(found.iter().all(|found| found.state == State::Ok), "not all links were read");
    }

    #[test]
    fn held_postbacks_are_counted_by_reason() {
        let postback = |id: &str, reason: ErrorReason, next| Postback {
            id: id.to_owned(),
            verdict: PostbackVerdict::Held.into(),
            reason: reason.into(),
            message: "`val` is odd; send it".to_owned(),
            next_match_time: next,
            ..Default::default()
        };
        assert_eq!(held(&[]).first().map(|found| found.state), Some(State::Ok));
        let mut shed = postback("pb_2", ErrorReason::SecretRefused, None);
        shed.notes.push(Note {
            code: NoteCode::OthersNotKept.into(),
            message: "9 others were not kept".to_owned(),
            ..Default::default()
        });
        let all = [
            postback("pb_4", ErrorReason::AmountAmbiguous, None),
            postback("pb_3", ErrorReason::AmountAmbiguous, Some(at(1))),
            shed,
            postback("pb_1", ErrorReason::TrackingLinkUnknown, Some(at(1))),
        ];
        let found = held(&all);
        for (found, (subject, state, message, cure)) in found.iter().zip([
            ("AMOUNT_AMBIGUOUS", State::Fault, "2 postbacks are held, for example pb_4", "decimal_separator"),
            ("SECRET_REFUSED", State::Hint, "1 postback is held", "--reason SECRET_REFUSED"),
            ("TRACKING_LINK_UNKNOWN", State::Hint, "pb_1: `val` is odd", "wait: "),
            ("shed", State::Fault, "9 others were not kept", "send"),
        ]) {
            assert_eq!((found.subject.as_str(), found.state), (subject, state), "{found:?}");
            assert!(found.message.contains(message) && found.cure.contains(cure), "{found:?}");
        }
        assert_eq!(found.len(), 4);
    }
}
