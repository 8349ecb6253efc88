//! Finds conversion codes and partners by name and tracking links by slug, wherever a command accepts
//! an id.
//!
//! An id is passed on without a lookup, so that ids can be used with a key that may only record.

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    parameter::is_trimmed,
    v1::{
        ConversionCodeState, ListConversionCodesRequest, ListPartnersRequest, ListTrackingLinksRequest,
        PartnerState, TrackingLinkState,
    },
};

use crate::failure::Failure;

/// Length of a conversion code's id, in hexadecimal digits.
const CODE_ID_DIGITS: usize = 32;
const LINK_ID_PREFIX: &str = "link_";
const PARTNER_ID_PREFIX: &str = "partner_";
/// Maximum number of ids that an error lists.
const LISTED_MAX: usize = 10;

/// The kind of thing, its kind of name, and the command that lists it.
type Words = (&'static str, &'static str, &'static str);

const CODE_WORDS: Words = ("conversion code", "name", "codes");
const LINK_WORDS: Words = ("tracking link", "slug", "links");
const PARTNER_WORDS: Words = ("partner", "name", "partners");

/// A code, link or partner that may be meant.
struct Candidate {
    id: String,
    /// Name or slug, and further texts that stand for it.
    names: Vec<String>,
    is_active: bool,
}

/// Returns whether a text has the form of a conversion code's id.
pub fn is_code_id(text: &str) -> bool {
    text.len() == CODE_ID_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the id of the conversion code with this id or name.
pub async fn code(given: &str, client: &Client) -> Result<String, Failure> {
    let given = given.trim_matches(is_trimmed);
    let found = if is_code_id(given) { Some(given.to_owned()) } else { named_code(given, client).await? };
    found.ok_or_else(|| missing(given, CODE_WORDS))
}

/// Returns the id of the conversion code with this name. Fails if several codes have it.
pub async fn named_code(given: &str, client: &Client) -> Result<Option<String>, Failure> {
    let request = ListConversionCodesRequest { page_size: 1_000, show_archived: true, ..Default::default() };
    let candidates = client.conversion_codes().list(request).map_ok(|code| Candidate {
        is_active: code.state() == ConversionCodeState::Active,
        id: code.id,
        names: vec![code.name],
    });
    choose(given, CODE_WORDS, &candidates.try_collect::<Vec<_>>().await?)
}

/// Returns the ids of conversion codes.
pub async fn codes(given: Vec<String>, client: &Client) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::with_capacity(given.len());
    for given in given {
        ids.push(code(&given, client).await?);
    }
    Ok(ids)
}

/// Returns the id of the conversion code that an option names, if the option was given.
pub async fn code_option(given: Option<String>, client: &Client) -> Result<Option<String>, Failure> {
    match given {
        Some(given) => code(&given, client).await.map(Some),
        None => Ok(None),
    }
}

/// Returns the id of the tracking link with this id, slug or URL.
pub async fn link(given: &str, client: &Client) -> Result<String, Failure> {
    let given = given.trim_matches(is_trimmed);
    if given.to_ascii_lowercase().starts_with(LINK_ID_PREFIX) {
        return Ok(given.to_owned());
    }
    let request = ListTrackingLinksRequest { page_size: 1_000, show_archived: true, ..Default::default() };
    let candidates = client.tracking_links().list(request).map_ok(|link| Candidate {
        is_active: link.state() == TrackingLinkState::Active,
        id: link.id,
        names: vec![link.slug, link.url],
    });
    let found = choose(given, LINK_WORDS, &candidates.try_collect::<Vec<_>>().await?)?;
    found.ok_or_else(|| missing(given, LINK_WORDS))
}

/// Returns the id of the tracking link that an option names, if the option was given.
pub async fn link_option(given: Option<String>, client: &Client) -> Result<Option<String>, Failure> {
    match given {
        Some(given) => link(&given, client).await.map(Some),
        None => Ok(None),
    }
}

/// Returns the id of the partner with this id, name or external id.
pub async fn partner(given: &str, client: &Client) -> Result<String, Failure> {
    let given = given.trim_matches(is_trimmed);
    if given.to_ascii_lowercase().starts_with(PARTNER_ID_PREFIX) {
        return Ok(given.to_owned());
    }
    let request = ListPartnersRequest { page_size: 1_000, show_archived: true, ..Default::default() };
    let candidates = client.partners().list(request).map_ok(|partner| Candidate {
        is_active: partner.state() == PartnerState::Active,
        id: partner.id,
        names: vec![partner.name, partner.external_id],
    });
    let found = choose(given, PARTNER_WORDS, &candidates.try_collect::<Vec<_>>().await?)?;
    found.ok_or_else(|| missing(given, PARTNER_WORDS))
}

/// Returns the id of the partner that an option names, if the option was given.
pub async fn partner_option(given: Option<String>, client: &Client) -> Result<Option<String>, Failure> {
    match given {
        Some(given) => partner(&given, client).await.map(Some),
        None => Ok(None),
    }
}

/// Chooses the one candidate with this name. An exact match is preferred to one in another case,
/// and an active candidate to an archived one.
fn choose(given: &str, words: Words, candidates: &[Candidate]) -> Result<Option<String>, Failure> {
    let (kind, name, _) = words;
    let lower = given.to_lowercase();
    let is_exact = |candidate: &&Candidate| candidate.names.iter().any(|name| name == given);
    let is_like = |candidate: &&Candidate| candidate.names.iter().any(|name| name.to_lowercase() == lower);
    let mut found: Vec<&Candidate> = candidates.iter().filter(is_exact).collect();
    if found.is_empty() {
        found = candidates.iter().filter(is_like).collect();
    }
    if found.iter().any(|candidate| candidate.is_active) {
        found.retain(|candidate| candidate.is_active);
    }
    match found.as_slice() {
        [one] => Ok(Some(one.id.clone())),
        [] => Ok(None),
        many => {
            let ids: Vec<&str> =
                many.iter().take(LISTED_MAX).map(|candidate| candidate.id.as_str()).collect();
            let more = if many.len() > LISTED_MAX { " and others" } else { "" };
            let (number, ids) = (many.len(), ids.join(", "));
            Err(Failure::Found(format!(
                "{number} {kind}s have the {name} `{given}`; give the id of one: {ids}{more}"
            )))
        }
    }
}

fn missing(given: &str, (kind, name, command): Words) -> Failure {
    Failure::Found(format!(
        "no {kind} has the id or {name} `{given}`; `s2s {command} list --limit 0 --archived` lists all"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_one_thing_or_is_an_error() {
        let candidate = |id: &str, name: &str, is_active| Candidate {
            id: id.to_owned(),
            names: vec![name.to_owned(), format!("https://t.example/{name}")],
            is_active,
        };
        let all = [
            candidate("1", "Sale", true),
            candidate("2", "sale", false),
            candidate("3", "Lead", true),
            candidate("4", "Lead", true),
            candidate("5", "Old", false),
            candidate("6", "New", false),
            candidate("7", "New", true),
        ];
        for (given, expected) in [
            ("Sale", Ok(Some("1"))),
            ("sale", Ok(Some("2"))),
            ("SALE", Ok(Some("1"))),
            ("https://t.example/Sale", Ok(Some("1"))),
            ("old", Ok(Some("5"))),
            ("New", Ok(Some("7"))),
            ("Lead", Err("2 conversion codes have the name `Lead`; give the id of one: 3, 4")),
            ("nobody", Ok(None)),
        ] {
            match (choose(given, CODE_WORDS, &all), expected) {
                (Ok(id), Ok(expected)) => assert_eq!(id.as_deref(), expected),
                (Err(failure), Err(words)) => assert!(failure.to_string().contains(words), "{failure}"),
                (found, expected) => panic!("{given}: {found:?}, not {expected:?}"),
            }
        }
    }
}
