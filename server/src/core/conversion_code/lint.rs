//! Warnings about conversion codes: valid set-ups that are probably mistakes.
//!
//! The functions are pure. A set-up with warnings is stored anyway.

use s2s_sdk::v1::{SetupWarning, SetupWarningCode};

use url::Url;

use super::{CheckMode, ConversionCode, DedupePolicy, ReplyMode};
use crate::{
    core::preset::{Preset, Reply},
    values::address,
};

/// Builds a warning about a conversion code or a tracking link.
pub fn warning(code: SetupWarningCode, field: &str, message: impl Into<String>) -> SetupWarning {
    SetupWarning { code: code.into(), field: field.to_owned(), message: message.into() }
}

pub fn created(code: &ConversionCode) -> Vec<SetupWarning> {
    let message = "the conversion code is on no tracking link yet, so no click can convert; put its id into \
                   conversion_code_ids of a link";
    let without_link = warning(SetupWarningCode::NoLink, "", message);
    [without_link].into_iter().chain(updated(code)).collect()
}

pub fn updated(code: &ConversionCode) -> Vec<SetupWarning> {
    let preset = code.preset_id.preset();
    let reply = preset.and_then(|preset| reply(code, preset, "conversion_code.reply"));
    [reply, secret(code), signature(code, preset)].into_iter().flatten().collect()
}

/// Returns the warnings about a code's postback URL. `preset` is the preset for which the URL was
/// made; the code's own preset may be another one.
pub fn postback_url(code: &ConversionCode, preset: Option<&Preset>, public_url: &Url) -> Vec<SetupWarning> {
    let of_network = |preset| [reply(code, preset, ""), words(code, preset), amount(preset)];
    let of_network = preset.map(of_network).into_iter().flatten().flatten();
    let of_server = [https(code, public_url), leads_nowhere(public_url)];
    let of_code = [order(code, preset), secret(code), signature(code, preset)];
    of_network.chain(of_code.into_iter().chain(of_server).flatten()).collect()
}

/// Returns a warning if the person who pastes the URL must put the order number into it. If no
/// macro of a network for the order number is known, the URL has no `oid`: the network would not
/// replace a guessed macro, and then every postback would be held.
fn order(code: &ConversionCode, preset: Option<&Preset>) -> Option<SetupWarning> {
    let cure = match preset {
        Some(preset) if preset.transaction_id_macro.is_some() => return None,
        Some(preset) => format!(
            "no macro of {} for the order number is known; if it has one, put it into the URL as `oid`",
            preset.name
        ),
        None => {
            "put the order number in place of `{oid}`, or drop `&oid={oid}` if there are no orders".to_owned()
        }
    };
    let without = match code.dedupe_policy {
        DedupePolicy::OnePerClick => "a second order of the same visitor counts as the first",
        DedupePolicy::Every => "a call that is repeated counts twice",
    };
    let message = format!("{cure}; without an order number, {without}");
    Some(warning(SetupWarningCode::NoTransactionId, "", message))
}

fn secret(code: &ConversionCode) -> Option<SetupWarning> {
    (code.needs_secret() && code.secret.is_none()).then(|| {
        let message = "the code checks secrets or signatures and has no secret yet, so no postback passes; call \
                       RotatePostbackSecret";
        warning(SetupWarningCode::NoSecret, "", message)
    })
}

fn signature(code: &ConversionCode, preset: Option<&Preset>) -> Option<SetupWarning> {
    let preset = preset.filter(|_| code.signature_check == CheckMode::Enforce)?;
    let message = format!(
        "{} fills macros and can't sign, so none of its postbacks counts; enforce secret_check instead of \
         signature_check",
        preset.name
    );
    Some(warning(SetupWarningCode::NetworkCannotSign, "", message))
}

/// Returns a warning if nobody can call the public URL, because its host is the address that means
/// "all addresses of this machine".
pub fn leads_nowhere(public_url: &Url) -> Option<SetupWarning> {
    address::leads_nowhere(public_url).then(|| {
        let message = format!(
            "nobody reaches `{public_url}`; set the server's --public-url to the URL at which the world reaches it"
        );
        warning(SetupWarningCode::UrlLeadsNowhere, "", message)
    })
}

fn https(code: &ConversionCode, public_url: &Url) -> Option<SetupWarning> {
    (code.https_check == CheckMode::Enforce && public_url.scheme() == "http").then(|| {
        let message = "the code accepts postbacks over HTTPS only, and this URL begins with `http://`; set the \
                       server's --public-url to its `https://` URL";
        warning(SetupWarningCode::UrlNotHttps, "", message)
    })
}

fn reply(code: &ConversionCode, preset: &Preset, field: &str) -> Option<SetupWarning> {
    let wanted = match preset.reply.as_ref()? {
        Reply::AlwaysOk if code.reply_mode == ReplyMode::ByVerdict => {
            "HTTP 200, whatever the verdict".to_owned()
        }
        Reply::FixedText(text) if code.reply_mode != ReplyMode::FixedText || code.reply_text != *text => {
            format!("HTTP 200 and the text `{text}`")
        }
        Reply::AlwaysOk | Reply::FixedText(_) => return None,
    };
    let message =
        format!("{} wants {wanted}, and this code answers otherwise; set its reply to that", preset.name);
    Some(warning(SetupWarningCode::ReplyNotOfPreset, field, message))
}

fn words(code: &ConversionCode, preset: &Preset) -> Option<SetupWarning> {
    let word = preset.status_words.all().next()?;
    let own = code.preset_id.preset();
    if own.is_some_and(|own| own.id == preset.id) {
        return None;
    }
    let (name, id) = (&preset.name, &preset.id);
    let message = format!(
        "the status words of {name}, such as `{word}`, are not understood until the code's preset_id is `{id}`; \
         set it"
    );
    Some(warning(SetupWarningCode::PresetNotOfCode, "preset_id", message))
}

fn amount(preset: &Preset) -> Option<SetupWarning> {
    if preset.value_macro.is_some() || preset.commission_macro.is_some() {
        return None;
    }
    let message = format!(
        "no macro of {} for an amount is known, so conversions have value and commission 0; if it has one, put it \
         into the URL as `val` or `com`",
        preset.name
    );
    Some(warning(SetupWarningCode::NoAmount, "", message))
}

#[cfg(test)]
mod tests {
    use SetupWarningCode as W;

    use super::*;
    use crate::{
        core::{
            conversion_code::{ConversionCodeId, Secret},
            preset::PresetId,
        },
        values::{
            id::{AccountId, Random, RequestKey},
            time::Time,
        },
    };

    fn code(preset: &str, reply_mode: ReplyMode, reply_text: &str) -> ConversionCode {
        let (id, request) =
            (ConversionCodeId(uuid::Uuid::nil()), RequestKey { id: None, digest: Vec::new() });
        let code = ConversionCode::new(id, AccountId::DEFAULT, request, Time::from_micros(0));
        let (preset_id, reply_text) = (preset.parse().unwrap(), reply_text.to_owned());
        ConversionCode { reply_mode, reply_text, preset_id, ..code }
    }

    #[test]
    fn settings_that_will_not_work_are_warned_of() {
        let by_verdict = (ReplyMode::ByVerdict, "");
        for (preset, (reply_mode, reply_text), asked, at_update, at_url) in [
            ("", by_verdict, "", vec![], vec![W::NoTransactionId]),
            ("everflow", by_verdict, "everflow", vec![], vec![]),
            ("terraleads", (ReplyMode::FixedText, "OK"), "terraleads", vec![], vec![]),
            ("terraleads", by_verdict, "terraleads", vec![W::ReplyNotOfPreset], vec![W::ReplyNotOfPreset]),
            ("terraleads", (ReplyMode::FixedText, "ok"), "everflow", vec![W::ReplyNotOfPreset], vec![]),
            ("terraleads", (ReplyMode::AlwaysOk, ""), "everflow", vec![W::ReplyNotOfPreset], vec![]),
            ("kuala", by_verdict, "kuala", vec![W::ReplyNotOfPreset], vec![W::ReplyNotOfPreset]),
            ("kuala", (ReplyMode::FixedText, "x"), "kuala", vec![], vec![]),
            ("kuala", (ReplyMode::AlwaysOk, ""), "kuala", vec![], vec![]),
            ("", by_verdict, "leadbit", vec![], vec![W::PresetNotOfCode]),
            ("leadbit", by_verdict, "dr-cash", vec![], vec![W::PresetNotOfCode, W::NoTransactionId]),
            ("leadbit", by_verdict, "advidi", vec![], vec![W::NoAmount]),
            ("leadbit", by_verdict, "maxbounty", vec![], vec![W::NoTransactionId]),
            ("", by_verdict, "terraleads", vec![], vec![W::ReplyNotOfPreset, W::PresetNotOfCode]),
        ] {
            let code = code(preset, reply_mode, reply_text);
            let codes = |warnings: Vec<SetupWarning>| -> Vec<W> {
                assert!(warnings.iter().all(|warning| !warning.message.is_empty()));
                warnings.iter().map(SetupWarning::code).collect()
            };
            assert_eq!(codes(updated(&code)), at_update, "{preset}");
            assert_eq!(codes(created(&code)), [vec![W::NoLink], at_update].concat(), "{preset}");
            let asked_id: PresetId = asked.parse().unwrap();
            let url = Url::parse("http://t.example").unwrap();
            assert_eq!(codes(postback_url(&code, asked_id.preset(), &url)), at_url, "{preset} {asked}");
        }
    }

    #[test]
    fn checks_that_nobody_passes_are_warned_of() {
        let (off, claim, enforce) = (CheckMode::Off, CheckMode::Report, CheckMode::Enforce);
        let (none, some) = (Secret::default(), Secret::new(&Random::system()));
        for (checks, secret, preset, url, expected) in [
            ((enforce, off, off), &none, "", "http", vec![W::NoTransactionId, W::NoSecret]),
            ((off, claim, off), &none, "everflow", "http", vec![W::NoSecret]),
            ((enforce, off, off), &some, "everflow", "http", vec![]),
            ((off, enforce, off), &some, "", "http", vec![W::NoTransactionId]),
            ((off, enforce, off), &some, "everflow", "http", vec![W::NetworkCannotSign]),
            ((off, off, enforce), &none, "", "http", vec![W::NoTransactionId, W::UrlNotHttps]),
            ((off, off, claim), &none, "", "http", vec![W::NoTransactionId]),
            ((off, off, enforce), &none, "", "https", vec![W::NoTransactionId]),
        ] {
            let code = code(preset, ReplyMode::ByVerdict, "");
            let (secret_check, signature_check, https_check) = checks;
            let code =
                ConversionCode { secret_check, signature_check, https_check, secret: secret.clone(), ..code };
            let url = Url::parse(&format!("{url}://t.example")).unwrap();
            let warnings = postback_url(&code, code.preset_id.preset(), &url);
            let codes: Vec<W> = warnings.iter().map(SetupWarning::code).collect();
            assert_eq!(codes, expected, "{checks:?} {preset} {url}");
        }
    }
}
