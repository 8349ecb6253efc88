//! `s2s init`: sets up a network or a shop in one go, and waits for its first postback.

mod ask;
mod wait;

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use clap::Args;
use s2s_sdk::{
    Client,
    v1::{
        ConversionCode, CreateConversionCodeRequest, CreateTrackingLinkRequest, GetPostbackUrlRequest,
        GetPostbackUrlResponse, SetupWarning, SetupWarningCode, TrackingLink,
    },
};
use serde_json::json;

use crate::{
    args::preset_id,
    cells::plain,
    failure::Failure,
    output::{self, Format, Output, print, say},
    schema,
};

const NAME_DEFAULT: &str = "Sale";
/// Default for the time to wait for a postback that counts, in seconds.
const WAIT_SECONDS: u64 = 900;
const CLICK_ID_MACRO: &str = "[s2sidentifier]";
/// Names in braces of a postback URL, each with the value that replaces it.
const PLACES: [(&str, &str); 6] = [
    ("{val}", "the value of the sale, such as 19.99"),
    ("{com}", "your commission, such as 2.50"),
    ("{oid}", "the order number"),
    ("{sec}", "the secret that `s2s codes rotate-secret` shows"),
    ("{ts}", "the time of signing"),
    ("{sig}", "the signature"),
];

#[derive(Args)]
pub struct Init {
    /// Preset of the network, for example `everflow`; `s2s presets list` has them all. Omit it for
    /// your own shop.
    #[arg(long, value_name = "PRESET", value_parser = preset_id)]
    network: Option<String>,
    /// URL that visitors are sent to; the click id replaces `[s2sidentifier]`. With `--network`,
    /// the parameter for the click id is added if it is known.
    #[arg(long, value_name = "URL")]
    destination: Option<String>,
    /// Path of the tracking link. Default: chosen by the server.
    #[arg(long)]
    slug: Option<String>,
    /// Name of the conversion code, for people. Default: `Sale`.
    #[arg(long)]
    name: Option<String>,
    /// Currency for amounts that come without a currency. Default: `USD`.
    #[arg(long)]
    currency: Option<String>,
    /// End at once, without waiting for the first postback.
    #[arg(long)]
    no_wait: bool,
    /// Maximum time to wait for a postback that counts, in seconds. If none has counted by then,
    /// the exit status is 1.
    #[arg(long, value_name = "SECONDS", default_value_t = WAIT_SECONDS, conflicts_with = "no_wait",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    wait: u64,
}

/// A code and its link, as they were created.
struct Created {
    code: ConversionCode,
    link: TrackingLink,
    url: GetPostbackUrlResponse,
    warnings: Vec<SetupWarning>,
}

pub async fn run(mut init: Init, client: &Client, output: &Output) -> Result<(), Failure> {
    if init.destination.is_none() {
        if !io::stdin().is_terminal() {
            let sentence = "give --destination URL: the page that visitors are sent to, with [s2sidentifier] in place \
                            of the click id";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        ask::missing(&mut init, &mut io::stdin().lock(), &mut io::stderr().lock())?;
    }
    let patience = (!init.no_wait).then(|| Duration::from_secs(init.wait));
    let created = create(init, client).await?;
    show(&created, output)?;
    match patience {
        Some(patience) => wait::first(&created.code.id, patience, client, output).await,
        None => Ok(()),
    }
}

/// Creates the code and the link. Checks the link first, so that a refused link leaves no code
/// behind.
async fn create(init: Init, client: &Client) -> Result<Created, Failure> {
    let preset_id = init.network.unwrap_or_default();
    let mut request = CreateTrackingLinkRequest {
        tracking_link: Some(TrackingLink {
            slug: init.slug.unwrap_or_default(),
            destination: init.destination.unwrap_or_default(),
            ..Default::default()
        }),
        preset_id: preset_id.clone(),
        ..Default::default()
    };
    let check = CreateTrackingLinkRequest { validate_only: true, ..request.clone() };
    let warnings = client.tracking_links().create(check).await?.warnings;
    let no_click_id = |warning: &&SetupWarning| warning.code() == SetupWarningCode::ClickIdNotPassedOn;
    if let Some(warning) = warnings.iter().find(no_click_id) {
        return Err(Failure::Usage(format!("--destination: {}", warning.message)));
    }
    let code = ConversionCode {
        name: init.name.unwrap_or_else(|| NAME_DEFAULT.to_owned()),
        default_currency: init.currency.unwrap_or_default(),
        preset_id,
        ..Default::default()
    };
    let code = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
    let code = client.conversion_codes().create(code).await?.conversion_code.unwrap_or_default();
    if let Some(link) = &mut request.tracking_link {
        link.conversion_code_ids.push(code.id.clone());
    }
    let destination = request.tracking_link.as_ref().map(|link| link.destination.clone()).unwrap_or_default();
    let answer = client.tracking_links().create(request).await;
    let link = answer.inspect_err(|_| say(&without_link(&code, &destination)))?;
    let url = GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    let answer = client.conversion_codes().get_postback_url(url).await;
    let url = answer.inspect_err(|_| say(&without_url(&code, link.tracking_link.as_ref())))?;
    let mut warnings = link.warnings;
    for warning in &url.warnings {
        if !warnings.iter().any(|known| known.code == warning.code) {
            warnings.push(warning.clone());
        }
    }
    Ok(Created { code, link: link.tracking_link.unwrap_or_default(), url, warnings })
}

/// The message that the link could not be created, after the code was.
fn without_link(code: &ConversionCode, destination: &str) -> String {
    let (name, id, destination) = (plain(&code.name), &code.id, plain(destination));
    format!(
        "the conversion code `{name}` exists already, and its tracking link does not. To continue: `s2s links create \
         --destination '{destination}' --code {id}`, then `s2s codes postback-url {id}`. To undo: `s2s codes archive \
         {id}`. The link failed because:"
    )
}

/// The message that the postback URL could not be read, after code and link were created.
fn without_url(code: &ConversionCode, link: Option<&TrackingLink>) -> String {
    let (id, link) = (&code.id, link.map(|link| link.id.as_str()).unwrap_or_default());
    format!(
        "the conversion code and its tracking link exist already. To continue: `s2s codes postback-url {id}`. To undo: \
         `s2s links archive {link}` and `s2s codes archive {id}`. The postback URL failed because:"
    )
}

fn show(created: &Created, output: &Output) -> Result<(), Failure> {
    let Created { code, link, url, warnings } = created;
    let postback_url = url.postback_url.as_str();
    match output.format {
        Format::Json => {
            let warnings: Result<Vec<_>, _> =
                warnings.iter().map(|warning| schema::json("SetupWarning", warning)).collect();
            output::json(&json!({
                "conversionCode": schema::json("ConversionCode", code)?,
                "trackingLink": schema::json("TrackingLink", link)?,
                "postbackUrl": postback_url,
                "warnings": warnings?,
            }))
        }
        Format::Csv => output::csv_rows(
            ["conversion_code_id", "tracking_link_id", "url", "postback_url"].into_iter(),
            [[&code.id, &link.id, &link.url, postback_url].map(str::to_owned)].into_iter(),
        ),
        Format::Table => {
            let (name, id) = (plain(&code.name), &code.id);
            print(&format!("conversion code  {name} ({id})\n\n"))?;
            print(&format!("Publish this tracking link:\n  {}\n\n", plain(&link.url)))?;
            print(&format!("Paste this postback URL:\n  {}\n", plain(postback_url)))?;
            print(&replacements(code, &link.destination, postback_url))?;
            for warning in warnings {
                print(&format!("\nnote: {}\n", plain(&warning.message)))?;
            }
            Ok(())
        }
    }
}

/// The lines that say what to replace in the postback URL.
fn replacements(code: &ConversionCode, destination: &str, postback_url: &str) -> String {
    let places = PLACES.iter().filter(|(place, _)| postback_url.contains(&format!("={place}")));
    if code.preset_id.is_empty() {
        let name = parameter(destination).map_or_else(String::new, |name| format!(", in `{}`", plain(name)));
        let click_id = format!("  {{clickId}}  with the click id, which the visitor brings{name}\n");
        let lines: Vec<String> =
            places.map(|(place, value)| format!("  {place:<9}  with {value}\n")).collect();
        return format!("Replace there:\n{click_id}{}", lines.concat());
    }
    let is_open = postback_url.contains("={oid}");
    let more = if is_open { "Replace {oid} with its macro for the order number.\n" } else { "" };
    format!("{} fills in its macros itself.\n{more}", code.preset_id)
}

/// The name of the parameter that has the click id in a destination.
fn parameter(destination: &str) -> Option<&str> {
    let (before, _) = destination.split_once(&format!("={CLICK_ID_MACRO}"))?;
    before.rsplit(['?', '&']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_the_places_to_fill() {
        let url = "https://t.example/s2s?clickId={clickId}&id=A&val={val}&com={com}&oid={oid}";
        let own =
            replacements(&ConversionCode::default(), "https://a.example/?x=1&s1=[s2sidentifier]#b", url);
        for line in
            ["  {clickId}  with the click id", "in `s1`", "  {val}      with the value", "  {oid}      with"]
        {
            assert!(own.contains(line), "{own}");
        }
        assert!(!own.contains("{sec}"), "{own}");
        let everflow = ConversionCode { preset_id: "everflow".to_owned(), ..Default::default() };
        let url = "https://t.example/s2s?clickId={sub1}&id=A&com={payout_amount}&oid={transaction_id}";
        assert_eq!(replacements(&everflow, "", url), "everflow fills in its macros itself.\n");
        let without = replacements(&everflow, "", "https://t.example/s2s?clickId={sub1}&id=A&oid={oid}");
        assert!(without.contains("Replace {oid} with its macro for the order number"), "{without}");
        assert_eq!(parameter("https://a.example/"), None);
    }

    #[test]
    fn a_step_that_failed_says_what_exists_and_how_to_go_on() {
        let code = ConversionCode { id: "C1".to_owned(), name: "Sale".to_owned(), ..Default::default() };
        let said = without_link(&code, "https://a.example/?s1=[s2sidentifier]");
        for words in ["`Sale` exists already", "?s1=[s2sidentifier]' --code C1`", "s2s codes archive C1"] {
            assert!(said.contains(words), "{said}");
        }
        let link = TrackingLink { id: "link_1".to_owned(), ..Default::default() };
        let said = without_url(&code, Some(&link));
        for words in ["exist already", "s2s codes postback-url C1", "s2s links archive link_1"] {
            assert!(said.contains(words), "{said}");
        }
    }
}
