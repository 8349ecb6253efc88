//! Warnings about tracking links: valid set-ups that are probably mistakes.
//!
//! The functions are pure. A set-up with warnings is stored anyway.

use s2s_sdk::{
    url_macros,
    v1::{SetupWarning, SetupWarningCode},
};
use url::Url;

use super::TrackingLink;
use crate::{
    core::{
        conversion_code::{leads_nowhere, warning},
        preset::Preset,
    },
    values::destination::CLICK_ID_MACRO,
    values::destination::Destination,
    values::text::excerpt,
};

const DESTINATION: &str = "tracking_link.destination";

/// Returns the warnings about a link. `presets` are the presets of the link's codes, and of the
/// network that the caller named for its destination.
pub fn warnings(link: &TrackingLink, presets: &[&Preset], public_url: &Url) -> Vec<SetupWarning> {
    // A preset may occur more than once, because several codes can have it.
    let mut presets = presets.to_vec();
    presets.sort_by_key(|preset| preset.id.as_str());
    presets.dedup_by_key(|preset| preset.id.as_str());
    let own = of_destination(&link.destination, !link.conversion_code_ids.0.is_empty(), &presets);
    let (fallback, field) = (&link.fallback_destination, "tracking_link.fallback_destination");
    let of_fallback = foreign_macro(fallback, field).into_iter().chain(html_escaped(fallback, field));
    own.into_iter().chain(of_fallback).chain(leads_nowhere(public_url)).collect()
}

fn of_destination(destination: &Destination, has_code: bool, presets: &[&Preset]) -> Vec<SetupWarning> {
    let mut warnings = Vec::new();
    if !has_code {
        let message = "the link has no conversion code, so none of its clicks can convert; add one";
        let field = "tracking_link.conversion_code_ids";
        warnings.push(warning(SetupWarningCode::NoConversionCode, field, message));
    }
    if !destination.carries_click_id() {
        let message = format!(
            "the destination has no `{CLICK_ID_MACRO}`, so no click id reaches the merchant; add for example \
             `?s1={CLICK_ID_MACRO}`"
        );
        warnings.push(warning(SetupWarningCode::ClickIdNotPassedOn, DESTINATION, message));
    }
    warnings.extend(foreign_macro(destination, DESTINATION));
    warnings.extend(html_escaped(destination, DESTINATION));
    warnings.extend(presets.iter().filter_map(|preset| other_parameter(destination, preset)));
    warnings
}

fn foreign_macro(destination: &Destination, field: &str) -> Option<SetupWarning> {
    let template = destination.to_string();
    // Macros in square brackets are macros of s2s: a destination with any other macro in square
    // brackets is refused.
    let found = url_macros::in_url(&template).find(|text| !text.starts_with('['))?;
    let message = format!(
        "`{}` looks like another system's macro, and is passed on as it is; ours for the click id is \
         `{CLICK_ID_MACRO}`",
        excerpt(found)
    );
    Some(warning(SetupWarningCode::ForeignMacro, field, message))
}

fn html_escaped(destination: &Destination, field: &str) -> Option<SetupWarning> {
    let template = destination.to_string().to_ascii_lowercase();
    let query = template.split_once('?').map_or("", |(_, query)| query);
    if !query.contains("&amp;") {
        return None;
    }
    let message = "the destination has `&amp;`, as if it was copied from a page's source; write `&` for it";
    Some(warning(SetupWarningCode::HtmlEscaped, field, message))
}

fn other_parameter(destination: &Destination, preset: &Preset) -> Option<SetupWarning> {
    let wanted = preset.click_id_parameter.as_ref().filter(|_| destination.carries_click_id())?;
    let mut names = destination.click_id_parameters().peekable();
    let now = names.peek().map_or_else(|| "elsewhere".to_owned(), |name| format!("as `{}`", excerpt(name)));
    if names.any(|name| name == wanted) {
        return None;
    }
    let message = format!(
        "the destination has the click id {now}, and {} takes it as `{wanted}`; write `{wanted}={CLICK_ID_MACRO}`, \
         unless the postback URL has the macro for the other name",
        preset.name
    );
    Some(warning(SetupWarningCode::ParameterNotOfPreset, DESTINATION, message))
}

#[cfg(test)]
mod tests {
    use SetupWarningCode as W;

    use super::*;
    use crate::core::preset::{Preset, PresetId};

    #[test]
    fn settings_that_will_not_work_are_warned_of() {
        let preset = |id: &str| -> &'static Preset { id.parse::<PresetId>().unwrap().preset().unwrap() };
        for (destination, has_code, presets, expected) in [
            ("https://a.example/?s1=[s2sidentifier]", true, vec![], vec![]),
            ("https://a.example/?s1=%5bs2sidentifier%5d", true, vec![], vec![]),
            ("https://a.example/?s1=[s2sidentifier]", false, vec![], vec![W::NoConversionCode]),
            ("https://a.example/", false, vec![], vec![W::NoConversionCode, W::ClickIdNotPassedOn]),
            ("https://a.example/?s1=[s2sidentifier]&x={clickid}", true, vec![], vec![W::ForeignMacro]),
            ("https://a.example/?s1=[s2sidentifier]&x={{x}}", true, vec![], vec![W::ForeignMacro]),
            ("https://a.example/?s1=[s2sidentifier]&x=%x%", true, vec![], vec![W::ForeignMacro]),
            ("https://a.example/?s1=[s2sidentifier]&x=#s2#", true, vec![], vec![W::ForeignMacro]),
            ("https://a.example/${x}/[s2sidentifier]", true, vec![], vec![W::ForeignMacro]),
            ("https://a.example/?s1=[s2sidentifier]&q=100%25&r=(2)#top", true, vec![], vec![]),
            ("https://a.example/?x=1&amp;s1=[s2sidentifier]", true, vec![], vec![W::HtmlEscaped]),
            ("https://a.example/?s1=[s2sidentifier]&AMP;x=1", true, vec![], vec![W::HtmlEscaped]),
            ("https://a.example/?s1=[s2sidentifier]&amp=1", true, vec![], vec![]),
            ("https://a.example/?sub1=[s2sidentifier]", true, vec!["everflow", "affise"], vec![]),
            (
                "https://a.example/?s=1&sub1=[s2sidentifier]&s2=[s2sidentifier]",
                true,
                vec!["everflow", "cake"],
                vec![],
            ),
            ("https://a.example/?s1=[s2sidentifier]", true, vec!["cake"], vec![W::ParameterNotOfPreset]),
            ("https://a.example/[s2sidentifier]", true, vec!["everflow"], vec![W::ParameterNotOfPreset]),
            (
                "https://a.example/?Sub1=[s2sidentifier]",
                true,
                vec!["everflow"],
                vec![W::ParameterNotOfPreset],
            ),
            ("https://a.example/?s1=[s2sidentifier]", true, vec!["monetizer"], vec![]),
            ("https://a.example/", false, vec!["cake"], vec![W::NoConversionCode, W::ClickIdNotPassedOn]),
        ] {
            let presets: Vec<&Preset> = presets.into_iter().map(preset).collect();
            let warnings = of_destination(&destination.parse().unwrap(), has_code, &presets);
            let codes: Vec<W> = warnings.iter().map(SetupWarning::code).collect();
            assert_eq!(codes, expected, "{destination}");
        }
        assert!(foreign_macro(&Destination::default(), "").is_none());
    }
}
