//! Test of a code's set-up: plays a conversion from the click to the verdict. Records nothing.

use s2s_sdk::{
    postback::sign,
    url_macros,
    v1::{ErrorReason, Step, StepKind},
};

use super::{explain, steps::step};
use crate::{
    api::Tenant,
    core::{
        App,
        click::{self, ClickFlags, Minting, Visit},
        conversion::Recorded,
        conversion_code::{
            self, ConversionCode, ConversionCodeId, ReplyMode, SECRET_MACRO, SIGNATURE_MACROS,
        },
        tracking_link::{self, TrackingLink, TrackingLinkId},
    },
    error::{Error, Result},
    values::{
        click_id::{CLICK_ID_CHARS, ClickId, UnverifiedClickId},
        id::AccountId,
        sub_ids::SubIds,
        time::Time,
    },
};

/// The merchant's values for the macros of the postback URL.
const VALUE: &str = "100";
const COMMISSION: &str = "10";
const TRANSACTION_ID: &str = "self-test";

/// The outcome of a test of a set-up.
pub struct SetupTest {
    pub steps: Vec<Step>,
    /// `redirect_url` and `postback_url` are empty if the test failed before they were known.
    pub redirect_url: String,
    pub postback_url: String,
    /// The conversion that would be recorded.
    pub outcome: Result<Option<Recorded>>,
}

/// Tests a code by playing the whole path: a click on a link that has the code, the merchant's
/// part, and the call of the postback URL.
pub async fn test_setup(
    app: &App,
    account: AccountId,
    code: ConversionCodeId,
    link: Option<TrackingLinkId>,
) -> Result<SetupTest> {
    let code = conversion_code::get(app, account, code).await?;
    let link = match link {
        Some(id) => Some(tracking_link::get(app, Tenant::Account(account), id).await?),
        None => tracking_link::newest_with_code(app, account, code.id).await?,
    };
    let (redirect_url, postback_url) = (String::new(), String::new());
    let mut test = SetupTest { steps: Vec::new(), redirect_url, postback_url, outcome: Ok(None) };
    let Some(link) = link else {
        let message = "no active tracking link has this conversion code, so no click can lead to it; create one with \
                       the code, or add the code to one";
        return Ok(test.failed(StepKind::TrackingLink, Error::new(ErrorReason::CodeNotOnLink, message)));
    };
    let (redirect_url, click) = match visit(app, account, &link).await {
        Err(error) if error.is_permanent() => return Ok(test.failed(StepKind::Destination, error)),
        visited => visited?,
    };
    test.redirect_url.clone_from(&redirect_url);
    let Some(click_id) = text_of(click, &redirect_url) else {
        let message = "the destination has no `[s2sidentifier]`, so no click id reaches the merchant; add for \
                       example `?s1=[s2sidentifier]`";
        return Ok(test.failed(StepKind::Destination, Error::new(ErrorReason::ClickIdMacroMissing, message)));
    };
    test.passed(StepKind::Destination, format!("a visitor of `{}` is sent on with a click id", link.slug));
    let template =
        conversion_code::postback_url(&app.public_url, &code, code.preset_id.preset(), SECRET_MACRO);
    test.postback_url = fill(&template, click_id, &code);
    test.passed(
        StepKind::PostbackUrl,
        "the merchant's system fills the macros of the postback URL".to_owned(),
    );

    let called = prove(&test.postback_url, &code, app.now());
    let explanation = explain(app, account, called.into_bytes()).await?;
    test.steps.extend(explanation.steps);
    test.passed(StepKind::Reply, reply(&code));
    Ok(SetupTest { outcome: explanation.outcome, ..test })
}

/// Returns the URL that a visitor of the link is redirected to, and the id of the visitor's click,
/// which is minted, but not recorded.
async fn visit(app: &App, account: AccountId, link: &TrackingLink) -> Result<(String, ClickId)> {
    if link.expires_at.is_some_and(|expires_at| app.now() >= expires_at) {
        let message = "the tracking link has expired, so visitors get its fallback destination, or 410 without one; move \
             `expire_time`";
        return Err(Error::new(ErrorReason::TrackingLinkArchived, message));
    }
    let nobody = Visit {
        flags: ClickFlags::default(),
        sub_ids: SubIds::default(),
        query: String::new(),
        referrer: String::new(),
        user_agent: String::new(),
        address: None,
    };
    let minting = Minting::Ours { time: None, request_id: None };
    let recorded = click::record(app, Tenant::Account(account), link.id, minting, nobody, true).await?;
    Ok((recorded.redirect_url.unwrap_or_default(), recorded.click.click_id))
}

/// Finds the text of the click's id in a URL. The destination may have any text around it.
fn text_of(click: ClickId, url: &str) -> Option<&str> {
    let texts = (0..url.len()).filter_map(|at| url.get(at..at + CLICK_ID_CHARS));
    texts.into_iter().find(|text| UnverifiedClickId::read_exactly(text).is_some_and(|id| id.click() == click))
}

/// Fills in the macros of a postback URL, except the macros of `sec`, `ts` and `sig`. Everything
/// else stays.
fn fill(template: &str, click_id: &str, code: &ConversionCode) -> String {
    let Some((path, query)) = template.split_once('?') else { return template.to_owned() };
    let currency = code.default_currency.to_string();
    let status = code.preset_id.preset().and_then(|preset| preset.status_words.approved.first());
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = match name {
                "clickId" => click_id,
                "sec" | "ts" | "sig" => value,
                _ if !url_macros::is_macro(value) => value,
                "val" => VALUE,
                "com" => COMMISSION,
                "oid" => TRANSACTION_ID,
                "cur" => &currency,
                "status" => status.map_or("", String::as_str),
                _ => "",
            };
            format!("{name}={value}")
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

/// Returns the URL with its secret and signature, as the merchant calls it. The result is shown to
/// nobody.
fn prove(url: &str, code: &ConversionCode, now: Time) -> String {
    let secret = code.secret.reveal();
    let url = url.replace(&format!("&sec={SECRET_MACRO}"), &format!("&sec={secret}"));
    match url.strip_suffix(SIGNATURE_MACROS) {
        Some(url) => sign(url, b"", secret, now.seconds().unsigned_abs()),
        None => url,
    }
}

fn reply(code: &ConversionCode) -> String {
    match code.reply_mode {
        ReplyMode::ByVerdict => "the answer depends on the verdict: 200 if the postback counts".to_owned(),
        ReplyMode::AlwaysOk => "the sender is answered 200 whatever the verdict".to_owned(),
        ReplyMode::FixedText => {
            format!("the sender is answered 200 and `{}` whatever the verdict", code.reply_text)
        }
    }
}

impl SetupTest {
    fn passed(&mut self, kind: StepKind, message: String) {
        self.steps.push(step(kind, Some(Ok(message))));
    }

    fn failed(mut self, kind: StepKind, error: Error) -> Self {
        self.steps.push(step(kind, Some(Err(error.message().to_owned()))));
        self.outcome = Err(error);
        self
    }
}
