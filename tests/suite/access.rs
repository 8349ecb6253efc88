//! Access: every RPC of the schema with every kind of wrong key, and accounts that can't see each
//! other.

mod calls_with_ids;
mod requests;

use ApiKeyScope as Scope;
use s2s_sdk::{
    Client, Code,
    v1::{self, ApiKeyScope, ErrorReason, ListConversionCodesRequest},
};
use s2s_tests::{ADMIN_KEY, Server, bearer, eventually, request};
use tonic::{Status, transport::Channel};

use self::calls_with_ids::{Ask, CallWithId, WITHOUT_IDS};
use crate::{
    contract::{call_as, channel, methods, path, reason},
    moved,
};

/// A well-formed key that no server has.
const UNKNOWN_KEY: &str = "s2s_fc75bcf271ae57e64187c5870f403db2d702527d1afce6f5";
const ALL: [ApiKeyScope; 5] = [Scope::Read, Scope::Write, Scope::Record, Scope::Admin, Scope::Edge];

/// The scopes that allow a call, by the name of the call. Panics if no rule covers the name: then
/// decide here which scopes allow the call.
fn right_scopes(method: &str) -> Vec<ApiKeyScope> {
    let (service, call) = method.split_once('/').unwrap();
    let begins = |words: &[&str]| words.iter().any(|word| call.starts_with(word));
    let mut scopes = match call {
        "GetAccount" => return ALL.to_vec(),
        // These show what is a partner's own.
        "GetPartner"
        | "ListPartnerConversions"
        | "GetPartnerBalance"
        | "ListPartnerLines"
        | "GetPayout"
        | "ListPayouts" => vec![Scope::Read, Scope::Partner],
        "MarkPayoutPaid" | "CancelPayout" => vec![Scope::Write],
        "AddStatementRows" | "CompareStatement" | "ResolveStatementRows" | "DeleteStatement" => {
            vec![Scope::Write]
        }
        "ResolveSlug" | "ListClickIdKeys" | "ListLinks" => vec![Scope::Edge],
        "RotateClickIdKey" => vec![Scope::Admin],
        // An edge passes postbacks on to the core by calling `RecordConversion`.
        "RecordClick" | "RecordConversion" => vec![Scope::Record, Scope::Edge],
        "CreateAdjustment" | "BatchCreateAdjustments" => vec![Scope::Record, Scope::Write],
        _ if service == "AccountService" => vec![Scope::Admin],
        _ if begins(&["Get", "List", "Query", "Explain", "TestSetup", "Watch"]) => vec![Scope::Read],
        _ if begins(&["Create", "Update", "Archive", "Unarchive", "Replay", "Rotate", "Revoke", "Erase"]) => {
            vec![Scope::Write]
        }
        _ if begins(&["BatchRecord", "StreamRecord"]) => vec![Scope::Record],
        _ => panic!("which scope does {method} need?"),
    };
    if service == "ApiKeyService" {
        scopes.push(Scope::Admin);
    }
    scopes
}

async fn try_all(channel: &Channel, authorization: Option<&str>, expected: ErrorReason) {
    for method in methods() {
        let answer = call_as(authorization, channel, &path(&method), &[]).await;
        let status = answer.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{method} with {authorization:?}: {status:?}");
        assert_eq!(reason(&method, &status), expected, "{method} with {authorization:?}");
        assert!(!status.message().contains("s2s_"), "the message quotes the key: {status:?}");
    }
}

#[tokio::test]
async fn no_call_is_open_without_a_good_key() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    try_all(&channel, None, ErrorReason::ApiKeyMissing).await;

    let mistyped = ADMIN_KEY.replace("54d0", "54d1");
    let cut = &ADMIN_KEY[..ADMIN_KEY.len() - 1];
    let (revoked, revoked_text) = server.api_key("", &ALL[..4]).await;
    let request = v1::RevokeApiKeyRequest { api_key_id: revoked.id, ..Default::default() };
    server.client().api_keys().revoke(request).await.unwrap();

    let key = v1::ApiKey {
        name: "brief".to_owned(),
        scopes: vec![Scope::Read.into()],
        expire_time: moved(revoked.create_time, 3),
        ..Default::default()
    };
    let request = v1::CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
    let expired_text = server.client().api_keys().create(request).await.unwrap().key_text;
    let brief = server.client_with(&expired_text);
    brief.conversion_codes().list_page(ListConversionCodesRequest::default()).await.unwrap();
    eventually(async || {
        brief.conversion_codes().list_page(ListConversionCodesRequest::default()).await.err()
    })
    .await;

    for authorization in [
        bearer(&mistyped),
        bearer(cut),
        bearer(UNKNOWN_KEY),
        bearer(&revoked_text),
        bearer(&expired_text),
        bearer(""),
        bearer(&"x".repeat(10_000)),
        format!("Basic {ADMIN_KEY}"),
        ADMIN_KEY.to_owned(),
        String::new(),
    ] {
        try_all(&channel, Some(&authorization), ErrorReason::ApiKeyInvalid).await;
    }
}

#[tokio::test]
async fn every_call_needs_its_scope() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    let mut single = Vec::new();
    for scope in ALL {
        single.push((scope, server.api_key("", &[scope]).await.1));
    }
    single.push((Scope::Partner, partner_key(&server).await));
    let refused = async |method: &str, key: &str| {
        let answer = call_as(Some(&bearer(key)), &channel, &path(method), &[]).await;
        let status = answer.err().filter(|status| status.code() == Code::PermissionDenied)?;
        Some((reason(method, &status), status))
    };
    for method in methods() {
        let right = right_scopes(&method);
        for (scope, key) in &single {
            let refused = refused(&method, key).await;
            assert_eq!(refused.is_none(), right.contains(scope), "{method} with {scope:?}: {refused:?}");
        }
        let others: Vec<_> = ALL[..4].iter().copied().filter(|scope| !right.contains(scope)).collect();
        if others.is_empty() {
            continue;
        }
        let (_, key) = server.api_key("", &others).await;
        let (reason, status) = refused(&method, &key).await.expect("no other scope allows the call");
        if right == [Scope::Edge] {
            assert_eq!(reason, ErrorReason::EdgeOnly, "{method}");
        } else {
            assert_eq!(reason, ErrorReason::ScopeMissing, "{method}");
            let name = right[0].as_str_name().trim_start_matches("API_KEY_SCOPE_").to_lowercase();
            assert!(status.message().contains(&format!("`{name}`")), "{method}: {status:?}");
        }
    }
}

/// A new key with the scope `partner`, of a new partner.
async fn partner_key(server: &Server) -> String {
    let partner = v1::Partner { name: "Ada".to_owned(), ..Default::default() };
    let request = v1::CreatePartnerRequest { partner: Some(partner), ..Default::default() };
    let partner = server.client().partners().create(request).await.unwrap().partner.unwrap();
    let key = v1::ApiKey {
        name: "portal".to_owned(),
        scopes: vec![Scope::Partner.into()],
        partner_id: partner.id,
        ..Default::default()
    };
    let request = v1::CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
    server.client().api_keys().create(request).await.unwrap().key_text
}

/// One id of each kind of resource of an account, or well-formed ids that don't exist.
struct Ids {
    account: String,
    code: String,
    link: String,
    click: String,
    conversion: String,
    postback: String,
    key: String,
    partner: String,
    payout: String,
    statement: String,
}

impl Ids {
    /// Creates one resource of each kind in the account, among them one conversion and one held
    /// postback.
    async fn create(server: &Server, account: &str, key: &str) -> Self {
        let client = server.client_with(key);
        let code = v1::ConversionCode { name: "Sale".to_owned(), ..Default::default() };
        let request = v1::CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
        let code = client.conversion_codes().create(request).await.unwrap().conversion_code.unwrap().id;
        let partner = v1::Partner { name: "Ada".to_owned(), ..Default::default() };
        let request = v1::CreatePartnerRequest { partner: Some(partner), ..Default::default() };
        let partner = client.partners().create(request).await.unwrap().partner.unwrap();
        let link = v1::TrackingLink {
            destination: "http://shop.example/?s1=[s2sidentifier]".to_owned(),
            conversion_code_ids: vec![code.clone()],
            partner_id: partner.id.clone(),
            ..Default::default()
        };
        let request = v1::CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
        let link = client.tracking_links().create(request).await.unwrap().tracking_link.unwrap().id;
        let request = v1::RecordClickRequest { tracking_link_id: link.clone(), ..Default::default() };
        let click = client.clicks().record(request).await.unwrap().click.unwrap().id;
        let conversion = client.conversions().record(report(&code, &click)).await.unwrap();
        let payout = Self::payout(&client, &partner.id).await;
        let request = requests::statement(&code);
        let statement = client.statements().create(request).await.unwrap().statement.unwrap().id;
        let held = server.postback(&format!("clickId={click}&id={code}&val=1,500&com=0")).await;
        Self {
            account: account.to_owned(),
            code,
            link,
            click,
            conversion: conversion.conversion.unwrap().id,
            postback: held.field("postback_id"),
            key: server.api_key(account, &[Scope::Read]).await.0.id,
            partner: partner.id,
            payout,
            statement,
        }
    }

    async fn payout(client: &Client, partner: &str) -> String {
        let total = v1::Money { currency_code: "USD".to_owned(), micros: 1_000_000 };
        let entry = v1::PartnerEntry {
            partner_id: partner.to_owned(),
            amount: Some(total.clone()),
            note: "bonus".to_owned(),
            ..Default::default()
        };
        let request = v1::CreatePartnerEntryRequest { entry: Some(entry), ..Default::default() };
        client.payouts().create_partner_entry(request).await.unwrap();
        let request = v1::CreatePayoutRequest {
            partner_id: partner.to_owned(),
            expected_total: Some(total),
            ..Default::default()
        };
        client.payouts().create(request).await.unwrap().payout.unwrap().id
    }

    fn all(&self) -> [&str; 10] {
        let Self { account, code, link, click, conversion, postback, key, partner, payout, statement } = self;
        [account, code, link, click, conversion, postback, key, partner, payout, statement]
    }

    /// Well-formed ids that don't exist.
    fn never(&self) -> Self {
        let [account, code, link, click, conversion, postback, key, partner, payout, statement] =
            self.all().map(|id| {
                let (begin, end) = id.split_at(id.len() - 9);
                let other = if end.starts_with('0') { '1' } else { '0' };
                format!("{begin}{other}{}", &end[1..])
            });
        Self { account, code, link, click, conversion, postback, key, partner, payout, statement }
    }
}

fn report(code: &str, click: &str) -> v1::RecordConversionRequest {
    request::conversion(v1::NewConversion {
        conversion_code_id: code.to_owned(),
        click_id: click.to_owned(),
        value: Some(v1::Money { micros: 1_000_000, ..Default::default() }),
        ..Default::default()
    })
}

/// The bytes of an answer, with the sent ids masked.
fn masked(answer: Result<Vec<u8>, Status>, ids: &Ids) -> (Code, Vec<u8>) {
    let (code, mut bytes) = match answer {
        Ok(bytes) => (Code::Ok, bytes),
        Err(status) => (status.code(), [status.message().as_bytes(), status.details()].concat()),
    };
    for id in ids.all().map(str::as_bytes) {
        while let Some(at) = bytes.windows(id.len()).position(|window| window == id) {
            bytes[at..at + id.len()].fill(b'?');
        }
    }
    (code, bytes)
}

#[tokio::test]
async fn ids_of_another_account_are_answered_like_unknown_ids() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    let scopes = [Scope::Read, Scope::Write, Scope::Record];
    let (account, other) = (server.account("One").await.id, server.account("Other").await.id);
    let (key, other_key) =
        (server.api_key(&account, &scopes).await.1, server.api_key(&other, &scopes).await.1);
    let own = Ids::create(&server, &account, &key).await;
    let other = Ids::create(&server, &other, &other_key).await;
    let never = other.never();
    let ask = async |method: &str, ask: Ask, of: &Ids| {
        masked(call_as(Some(&bearer(&key)), &channel, &path(method), &ask(&own, of)).await, of)
    };
    for method in methods() {
        let rows = calls_with_ids::all().filter(|call| call.method == method).count();
        assert_eq!(rows == 0, WITHOUT_IDS.contains(&method.as_str()), "{method}: which ids does it take?");
    }
    for &CallWithId { method, refusal, request } in calls_with_ids::all() {
        let found = ask(method, request, &other).await;
        let text = String::from_utf8_lossy(&found.1).into_owned();
        assert_eq!(found.0, refusal.unwrap_or(Code::Ok), "{method}: {text}");
        assert_eq!(found, ask(method, request, &never).await, "{method}: {text}");
        // The caller's own ids get another answer, so the answer does depend on the ids.
        assert_ne!(found, ask(method, request, &own).await, "{method}: {text}");
    }
    // None of the calls changed anything of the other account.
    let whole = server.client_with(&other_key);
    let request = v1::GetConversionCodeRequest { conversion_code_id: other.code.clone() };
    let code = whole.conversion_codes().get(request).await.unwrap().conversion_code.unwrap();
    assert_eq!((code.state(), code.name.as_str()), (v1::ConversionCodeState::Active, "Sale"));
    let list = whole.conversions().list_page(v1::ListConversionsRequest::default()).await.unwrap();
    assert_eq!(list.conversions.len(), 1);
}
