//! Every preset, tried with a simulated network over real HTTP: its link, macros and status words.

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client, Code,
    prost_types::FieldMask,
    v1::{
        Conversion, ConversionCode, ConversionFilter, ConversionStatus, CreateTrackingLinkRequest,
        ErrorReason, GetConversionRequest, GetPostbackRequest, GetPostbackUrlRequest, GetPresetRequest,
        ListConversionsRequest, ListPresetsRequest, Note, NoteCode, PostbackVerdict, Preset, PresetSource,
        ReplyMode, ReplySetting, StatusWord, TestSetupRequest, TrackingLink, UpdateConversionCodeRequest,
    },
};
use s2s_tests::{Answer, Server, http, request};
use url::{Url, form_urlencoded::byte_serialize};

use crate::{fields, raw};

/// The values that the network reports for each sale.
const VALUE: &str = "1234.56";
const COMMISSION: &str = "12.345678";
const CURRENCY: &str = "NOK";
const TRANSACTION_ID: &str = "Ordre 7/é&+%";

async fn presets(client: &Client) -> Vec<Preset> {
    client.presets().list(ListPresetsRequest::default()).try_collect().await.unwrap()
}

/// A simulated network: its preset, and the code and link that were set up for it.
struct Network<'a> {
    server: &'a Server,
    preset: &'a Preset,
    code: ConversionCode,
    link: TrackingLink,
    postback_url: String,
}

impl<'a> Network<'a> {
    async fn set_up(server: &'a Server, preset: &'a Preset) -> Self {
        let client = server.client();
        let (name, preset_id) = (preset.name.clone(), preset.id.clone());
        let code = server.create_code(ConversionCode { name, preset_id, ..Default::default() }).await;
        let known = !preset.click_id_parameter.is_empty();
        let link = TrackingLink {
            destination: if known {
                "https://network.example/offer?a=1#top".to_owned()
            } else {
                "https://network.example/offer?click=[s2sidentifier]".to_owned()
            },
            conversion_code_ids: vec![code.id.clone()],
            ..Default::default()
        };
        let request = CreateTrackingLinkRequest {
            tracking_link: Some(link),
            preset_id: preset.id.clone(),
            ..Default::default()
        };
        let created = client.tracking_links().create(request).await.unwrap();
        assert_eq!(created.warnings, [], "{}", preset.id);
        let request = GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
        let postback_url = client.conversion_codes().get_postback_url(request).await.unwrap().postback_url;
        Self { server, preset, code, link: created.tracking_link.unwrap(), postback_url }
    }

    /// Follows the link as a visitor. Returns the click id from the network's parameter.
    async fn visit(&self) -> String {
        let response = http().get(&self.link.url).send().await.unwrap();
        let location = response.headers()["location"].to_str().unwrap();
        let name = match self.preset.click_id_parameter.as_str() {
            "" => "click",
            name => name,
        };
        let location = Url::parse(location).unwrap();
        let found: Vec<_> = location.query_pairs().filter(|(own, _)| own == name).collect();
        let [(_, click_id)] = found.as_slice() else { panic!("{}: {location}", self.preset.id) };
        assert_eq!(click_id.len(), 40, "{}: {location}", self.preset.id);
        click_id.to_string()
    }

    /// The postback URL after the network has replaced its macros by values.
    fn filled(&self, click_id: &str, word: &str) -> String {
        let preset = self.preset;
        let values = [
            (&preset.click_id_macro, click_id),
            (&preset.value_macro, VALUE),
            (&preset.commission_macro, COMMISSION),
            (&preset.transaction_id_macro, TRANSACTION_ID),
            (&preset.currency_macro, CURRENCY),
            (&preset.status_macro, word),
        ];
        let given = values.into_iter().filter(|(name, _)| !name.is_empty());
        let url = given.fold(self.postback_url.clone(), |url, (name, value)| {
            assert_eq!(url.matches(name).count(), 1, "{}: {name} in {url}", preset.id);
            url.replace(name, &byte_serialize(value.as_bytes()).collect::<String>())
        });
        // A network without a macro for the status has one postback URL per status, with the status
        // word as a constant.
        if preset.status_macro.is_empty() && !word.is_empty() { format!("{url}&status={word}") } else { url }
    }

    /// Reports a sale with that status word. Returns the conversion.
    async fn sale(&self, word: &str) -> Conversion {
        self.sale_of(self.visit().await, word).await
    }

    async fn sale_of(&self, click_id: String, word: &str) -> Conversion {
        let answer = Answer::of(http().get(self.filled(&click_id, word)).send().await.unwrap()).await;
        assert_eq!((answer.status, answer.header("s2s-verdict")), (200, "RECORDED"), "{answer:?}");
        if let Some(reply) = self.preset.reply.as_ref().filter(|reply| !reply.text.is_empty()) {
            assert_eq!(answer.text, reply.text);
        }
        let request = request::conversions(ConversionFilter { click_id, ..Default::default() });
        let found = self.server.client().conversions().list_page(request).await.unwrap().conversions;
        <[Conversion; 1]>::try_from(found).unwrap()[0].clone()
    }
}

/// The amount `text` in millionths. 0 if `name`, the network's macro for this amount, is empty.
fn micros(name: &str, text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap();
    let micros = format!("{whole}{fraction:0<6}").parse().unwrap();
    if name.is_empty() { 0 } else { micros }
}

#[tokio::test]
async fn every_network_reports_its_sales_exactly() {
    let server = Server::start().await;
    let all = presets(&server.client()).await;
    assert!(all.len() >= 40);
    for preset in &all {
        let network = Network::set_up(&server, preset).await;
        let request = TestSetupRequest { conversion_code_id: network.code.id.clone(), ..Default::default() };
        let tried = server.client().conversion_codes().test_setup(request).await.unwrap();
        assert!(tried.passed, "{tried:?}");
        let approved = preset.status_words.iter().find(|word| word.status() == ConversionStatus::Approved);
        let word = approved.filter(|_| !preset.status_macro.is_empty()).map_or("", |word| &word.word);
        assert_eq!(tried.conversion.unwrap().status_word, word, "{}", preset.id);
        let words = preset.status_words.iter().filter(|word| !word.reverses);
        let words = words.map(|word| (word.word.clone(), word.status()));
        let own = ["pending", "Approved", "DECLINED"].map(str::to_owned).into_iter().zip([
            ConversionStatus::Pending,
            ConversionStatus::Approved,
            ConversionStatus::Declined,
        ]);
        for (word, status) in own.chain(words) {
            let sale = network.sale(&word).await;
            let currency = match (preset.currency_macro.is_empty(), preset.currency_code.as_str()) {
                (false, _) => CURRENCY,
                (true, "") => "USD",
                (true, fixed) => fixed,
            };
            let (value, commission) = (sale.value.clone().unwrap(), sale.commission.clone().unwrap());
            assert_eq!(value.micros, micros(&preset.value_macro, VALUE), "{}", preset.id);
            assert_eq!(commission.micros, micros(&preset.commission_macro, COMMISSION), "{}", preset.id);
            assert_eq!(
                (value.currency_code.as_str(), commission.currency_code.as_str()),
                (currency, currency)
            );
            let transaction_id = if preset.transaction_id_macro.is_empty() { "" } else { TRANSACTION_ID };
            assert_eq!(sale.transaction_id, transaction_id, "{}", preset.id);
            assert_eq!((sale.status(), sale.status_word.as_str()), (status, word.as_str()), "{}", preset.id);
            assert_eq!(sale.conversion_code_id, network.code.id);
        }
        for StatusWord { word, .. } in preset.status_words.iter().filter(|word| word.reverses) {
            let click_id = network.visit().await;
            let sale = network.sale_of(click_id.clone(), "approved").await;
            let refund = Answer::of(http().get(network.filled(&click_id, word)).send().await.unwrap()).await;
            assert_eq!((refund.status, refund.header("s2s-verdict")), (200, "UPDATED"), "{refund:?}");
            let get = GetConversionRequest { conversion_id: sale.id };
            let reversed = server.client().conversions().get(get).await.unwrap().conversion.unwrap();
            let current = reversed.current.unwrap();
            assert_eq!(
                (current.status(), current.commission.unwrap().micros),
                (ConversionStatus::Declined, 0)
            );
        }
        let said = |status| preset.status_words.iter().any(|word| word.status() == status && !word.reverses);
        let reports_later = said(ConversionStatus::Approved) || said(ConversionStatus::Declined);
        let is_pending_first = said(ConversionStatus::Pending) && reports_later;
        assert_eq!(preset.reports_pending_first, is_pending_first, "{}", preset.id);
    }
}

#[tokio::test]
async fn a_network_that_replaces_nothing_gets_the_reason() {
    let server = Server::start().await;
    for preset in presets(&server.client()).await {
        let network = Network::set_up(&server, &preset).await;
        let target = network.postback_url.strip_prefix(&server.url).unwrap();
        let answer = raw::exchange(&server, &[&raw::get(target.as_bytes())]).await;
        for header in ["s2s-verdict: HELD\r\n", "s2s-reason: MACRO_NOT_REPLACED\r\n"] {
            assert!(answer.contains(header), "{}: {answer}", preset.id);
        }

        // An HTTP library sends the same URL, but drops everything after `#`.
        let answer = Answer::of(http().get(&network.postback_url).send().await.unwrap()).await;
        let cut = preset.click_id_macro.contains('#');
        let reason = if cut { "FRAGMENT_CUT_OFF" } else { "MACRO_NOT_REPLACED" };
        assert_eq!(answer.header("s2s-verdict"), "HELD", "{}: {answer:?}", preset.id);
        assert_eq!(answer.header("s2s-reason"), reason, "{}: {answer:?}", preset.id);
    }
    let all = server.client().conversions().list_page(ListConversionsRequest::default()).await.unwrap();
    assert_eq!(all.conversions, []);
}

#[tokio::test]
async fn presets_come_in_pages_sorted_by_id() {
    let server = Server::start().await;
    let client = server.client();
    let all = presets(&client).await;
    assert!(all.is_sorted_by(|one, next| one.id < next.id));
    for page_size in [1, 7, 48, 1_000] {
        let request = ListPresetsRequest { page_size, ..Default::default() };
        let paged: Vec<Preset> = client.presets().list(request.clone()).try_collect().await.unwrap();
        assert_eq!(paged, all, "in pages of {page_size}");
        let first = client.presets().list_page(request).await.unwrap();
        assert_eq!(first.presets.len(), all.len().min(usize::try_from(page_size).unwrap()));
    }
    for preset in &all {
        let request = GetPresetRequest { preset_id: preset.id.clone() };
        assert_eq!(client.presets().get(request).await.unwrap().preset.as_ref(), Some(preset));
        assert_ne!(preset.source(), PresetSource::Unspecified, "{}", preset.id);
    }
    let request = GetPresetRequest { preset_id: "nothing".to_owned() };
    let unknown = client.presets().get(request).await.unwrap_err();
    assert_eq!((unknown.code(), unknown.reason()), (Code::NotFound, ErrorReason::ResourceNotFound));
}

#[tokio::test]
async fn a_code_gets_the_reply_of_its_network_unless_it_has_its_own() {
    let server = Server::start().await;
    let setting = |mode: ReplyMode, text: &str| ReplySetting { mode: mode.into(), text: text.to_owned() };
    let chosen = setting(ReplyMode::ByVerdict, "");
    for (preset, reply, expected) in [
        ("", None, chosen.clone()),
        ("everflow", None, chosen.clone()),
        ("kuala", None, setting(ReplyMode::AlwaysOk, "")),
        ("terraleads", None, setting(ReplyMode::FixedText, "OK")),
        ("terraleads", Some(chosen.clone()), chosen.clone()),
    ] {
        let code =
            ConversionCode { name: "Sale".into(), preset_id: preset.into(), reply, ..Default::default() };
        assert_eq!(server.create_code(code).await.reply, Some(expected), "{preset}");
    }
}

#[tokio::test]
async fn a_word_is_understood_once_the_code_has_its_network() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let query = format!("clickId={click}&id={}&val=1&com=0&status=Confirm", code.id);
    let held = server.postback(&query).await;
    assert_eq!((held.status, held.field("reason").as_str()), (400, "STATUS_UNKNOWN"));
    let explain = async || {
        let request = request::explain(format!("/s2s?{query}"));
        client.postbacks().explain(request).await.unwrap()
    };
    assert_eq!(explain().await.reason(), ErrorReason::StatusUnknown);

    let change = ConversionCode { id: code.id.clone(), preset_id: "leadbit".into(), ..Default::default() };
    let request = UpdateConversionCodeRequest {
        conversion_code: Some(change),
        update_mask: Some(FieldMask { paths: vec!["preset_id".to_owned()] }),
        ..Default::default()
    };
    let updated = client.conversion_codes().update(request).await.unwrap().conversion_code.unwrap();
    let expected = ConversionCode { preset_id: "leadbit".into(), update_time: updated.update_time, ..code };
    assert_eq!(updated, expected);

    let explained = explain().await;
    let codes: Vec<NoteCode> = explained.notes.iter().map(Note::code).collect();
    assert_eq!((explained.verdict(), codes), (PostbackVerdict::Recorded, vec![NoteCode::StatusMapped]));
    let would_be = explained.conversion.unwrap();
    assert_eq!((would_be.status(), would_be.status_word.as_str()), (ConversionStatus::Approved, "Confirm"));

    let request = request::replay(vec![held.field("postback_id")]);
    let replayed = client.postbacks().replay_page(request).await.unwrap().postbacks[0].clone();
    assert_eq!(
        (replayed.verdict(), replayed.notes[0].code()),
        (PostbackVerdict::Recorded, NoteCode::StatusMapped)
    );
    let request = GetPostbackRequest { postback_id: replayed.id.clone() };
    let stored = client.postbacks().get(request).await.unwrap();
    assert_eq!(stored.postback, Some(replayed));
    let all = client.conversions().list_page(ListConversionsRequest::default()).await.unwrap().conversions;
    assert_eq!((all[0].status(), all[0].status_word.as_str()), (ConversionStatus::Approved, "Confirm"));
}

/// A destination that the preset's click id parameter can't be added to.
struct RefusedDestination {
    preset: &'static str,
    destination: &'static str,
    field: &'static str,
    said: &'static str,
}

#[tokio::test]
async fn the_click_id_is_put_where_the_network_takes_it() {
    let server = Server::start().await;
    let client = server.client();
    let create = async |preset: &str, destination: &str| {
        let link = TrackingLink { destination: destination.to_owned(), ..Default::default() };
        let preset_id = preset.to_owned();
        let request =
            CreateTrackingLinkRequest { tracking_link: Some(link), preset_id, ..Default::default() };
        client.tracking_links().create(request).await
    };
    for (preset, destination, expected) in [
        ("everflow", "https://a.example", "https://a.example?sub1=[s2sidentifier]"),
        ("everflow", "https://a.example/x?b=1#c", "https://a.example/x?b=1&sub1=[s2sidentifier]#c"),
        ("everflow", "https://a.example/?s1=[s2sidentifier]", "https://a.example/?s1=[s2sidentifier]"),
        ("monetizer", "https://a.example/?s1=[s2sidentifier]", "https://a.example/?s1=[s2sidentifier]"),
        ("", "https://a.example/", "https://a.example/"),
    ] {
        let link = create(preset, destination).await.unwrap().tracking_link.unwrap();
        assert_eq!(link.destination, expected, "{preset}");
    }
    for RefusedDestination { preset, destination, field, said } in [
        RefusedDestination {
            preset: "nothing",
            destination: "https://a.example/",
            field: "preset_id",
            said: "ListPresets",
        },
        RefusedDestination {
            preset: "monetizer",
            destination: "https://a.example/",
            field: "preset_id",
            said: "write `name=[s2sidentifier]`",
        },
        RefusedDestination {
            preset: "everflow",
            destination: "https://a.example/?sub1=x",
            field: "tracking_link.destination",
            said: "write `sub1=[s2sidentifier]`",
        },
        RefusedDestination {
            preset: "everflow",
            destination: "a.example",
            field: "tracking_link.destination",
            said: "absolute URL",
        },
    ] {
        let error = create(preset, destination).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::InvalidArgument, ErrorReason::FieldInvalid));
        assert_eq!(fields(&error), [field], "{error}");
        assert!(error.message().contains(said), "{error}");
    }
}
