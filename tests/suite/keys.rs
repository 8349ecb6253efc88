//! Accounts and API keys: creation, rotation, revocation; the first key; a server without keys.

use std::{
    fmt::Write as _,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::{StreamExt as _, future::join_all, stream};
use s2s_sdk::{
    Client, Code, Error,
    prost_types::{Duration, FieldMask},
    v1::{
        Account, ApiKey, ApiKeyScope, ApiKeyState, CreateAccountRequest, CreateApiKeyRequest, ErrorReason,
        GetAccountRequest, GetApiKeyRequest, GetConversionCodeRequest, ListAccountsRequest,
        ListApiKeysRequest, ListConversionCodesRequest, NewConversion, RecordConversionRequest,
        RevokeApiKeyRequest, RotateApiKeyRequest, UpdateAccountRequest,
    },
};
use s2s_tests::{
    ADMIN_KEY, Server, authorized_by, command, database,
    edge_v1::{ResolveSlugRequest, edge_service_client::EdgeServiceClient},
    eventually, http,
    random::{Random, seed},
    request,
};
use sha2::{Digest as _, Sha256};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    task::JoinSet,
};
use tonic::transport::Channel;

use crate::{
    contract::{call_as, channel},
    fields, moved,
};

const READ: ApiKeyScope = ApiKeyScope::Read;
const WRITE: ApiKeyScope = ApiKeyScope::Write;
const RECORD: ApiKeyScope = ApiKeyScope::Record;
const ADMIN: ApiKeyScope = ApiKeyScope::Admin;
const EDGE: ApiKeyScope = ApiKeyScope::Edge;
const OWN_ACCOUNT: &str = "acct_00000000000000000000000004";

async fn works(client: &Client) -> Result<(), Error> {
    client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.map(drop)
}

/// Waits for the client's first error and returns its message. The error must say that the API key
/// is invalid.
async fn ends(client: &Client) -> String {
    let error = eventually(async || works(client).await.err()).await;
    assert_eq!((error.code(), error.reason()), (Code::Unauthenticated, ErrorReason::ApiKeyInvalid));
    error.message().to_owned()
}

#[tokio::test]
async fn accounts_are_created_renamed_and_listed() {
    let server = Server::start().await;
    let client = server.client();
    let own = client.accounts().get(GetAccountRequest::default()).await.unwrap().account.unwrap();
    assert_eq!((own.id.as_str(), own.name.as_str()), (OWN_ACCOUNT, "default"));

    let account = Account { name: "Größe Ltd".to_owned(), ..Default::default() };
    let request =
        CreateAccountRequest { account: Some(account), request_id: "one".to_owned(), validate_only: true };
    client.accounts().create(request.clone()).await.unwrap();
    let request = CreateAccountRequest { validate_only: false, ..request };
    let created = client.accounts().create(request.clone()).await.unwrap().account.unwrap();
    assert_eq!(client.accounts().create(request.clone()).await.unwrap().account, Some(created.clone()));
    let other = CreateAccountRequest { account: Some(Account::default()), ..request };
    let error = client.accounts().create(other.clone()).await.unwrap_err();
    assert_eq!(fields(&error), ["account.name"]);
    let other = Account { name: "Other".to_owned(), ..Default::default() };
    let other =
        CreateAccountRequest { account: Some(other), request_id: "one".to_owned(), ..Default::default() };
    let error = client.accounts().create(other).await.unwrap_err();
    assert_eq!(error.reason(), ErrorReason::RequestIdReused);

    let list = client.accounts().list_page(ListAccountsRequest::default()).await.unwrap().accounts;
    assert_eq!(list, [created.clone(), own.clone()]);
    let page = ListAccountsRequest { page_size: 1, ..Default::default() };
    let first = client.accounts().list_page(page.clone()).await.unwrap();
    let second =
        client.accounts().list_page(ListAccountsRequest { page_token: first.next_page_token, ..page });
    assert_eq!((first.accounts, second.await.unwrap().accounts), (vec![created.clone()], vec![own]));

    let renamed = Account { name: "Small Ltd".to_owned(), ..created.clone() };
    let update_mask = Some(FieldMask { paths: vec!["name".to_owned()] });
    let request = UpdateAccountRequest { account: Some(renamed), update_mask, validate_only: true };
    client.accounts().update(request.clone()).await.unwrap();
    let get = GetAccountRequest { account_id: created.id.clone() };
    assert_eq!(client.accounts().get(get.clone()).await.unwrap().account, Some(created.clone()));
    let request = UpdateAccountRequest { validate_only: false, ..request };
    let updated = client.accounts().update(request.clone()).await.unwrap().account.unwrap();
    assert_eq!((updated.name.as_str(), &updated.create_time), ("Small Ltd", &created.create_time));
    assert_eq!(client.accounts().get(get).await.unwrap().account, Some(updated));
    let bad = FieldMask { paths: vec!["create_time".to_owned()] };
    let error = client.accounts().update(UpdateAccountRequest { update_mask: Some(bad), ..request }).await;
    assert_eq!(fields(&error.unwrap_err()), ["update_mask"]);
}

#[tokio::test]
async fn a_key_is_shown_once_and_never_again() {
    let server = Server::start().await;
    let client = server.client();
    let key =
        ApiKey { name: "shop".to_owned(), scopes: vec![READ.into(), RECORD.into()], ..Default::default() };
    let request =
        CreateApiKeyRequest { api_key: Some(key), request_id: "one".to_owned(), validate_only: true };
    assert_eq!(client.api_keys().create(request.clone()).await.unwrap().key_text, "");
    let request = CreateApiKeyRequest { validate_only: false, ..request };
    let created = client.api_keys().create(request.clone()).await.unwrap();
    let text = created.key_text;
    let created = created.api_key.unwrap();
    assert_eq!((text.len(), &text[..4]), (52, "s2s_"));
    assert_eq!((created.account_id.as_str(), created.state()), (OWN_ACCOUNT, ApiKeyState::Active));
    assert_eq!(created.scopes, [i32::from(READ), i32::from(RECORD)]);

    let again = client.api_keys().create(request).await.unwrap();
    assert_eq!((again.key_text.as_str(), again.api_key.unwrap().id), ("", created.id.clone()));
    works(&server.client_with(&text)).await.unwrap();

    // `last_use_time` is stored a moment after the call, because no call waits for that write.
    let get = GetApiKeyRequest { api_key_id: created.id.clone() };
    let used = eventually(async || {
        let key = client.api_keys().get(get.clone()).await.unwrap().api_key.unwrap();
        key.last_use_time.is_some().then_some(key)
    });
    let used = used.await;
    assert_eq!(ApiKey { last_use_time: None, ..used.clone() }, created);
    let list = client.api_keys().list_page(ListApiKeysRequest::default()).await.unwrap().api_keys;
    assert_eq!(list[0], used);
    assert_eq!((list.len(), list[1].name.as_str()), (2, "S2S_ADMIN_KEY"));
    if database::is_a_file() {
        for entry in std::fs::read_dir(server.folder()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            for secret in [&text, ADMIN_KEY] {
                let secret = &secret.as_bytes()[4..44];
                assert!(!bytes.windows(secret.len()).any(|window| window == secret), "no key is stored");
            }
        }
    }
}

#[tokio::test]
async fn all_faults_of_a_new_key_are_named_at_once() {
    let server = Server::start().await;
    let client = server.client();
    let ask = async |key: ApiKey| {
        let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
        client.api_keys().create(request).await.unwrap_err()
    };
    let past = moved(
        client.accounts().get(GetAccountRequest::default()).await.unwrap().account.unwrap().create_time,
        9,
    );
    let error = ask(ApiKey { expire_time: past, ..Default::default() }).await;
    assert_eq!(fields(&error), ["api_key.name", "api_key.scopes", "api_key.expire_time"]);
    let account = server.account("Shop").await.id;
    for (account_id, scopes) in [
        ("", vec![EDGE, READ]),
        ("", vec![READ, READ]),
        ("", vec![ApiKeyScope::Unspecified]),
        (account.as_str(), vec![ADMIN]),
        (account.as_str(), vec![EDGE]),
    ] {
        let scopes = scopes.into_iter().map(Into::into).collect();
        let key =
            ApiKey { name: "x".to_owned(), account_id: account_id.to_owned(), scopes, ..Default::default() };
        assert_eq!(fields(&ask(key).await), ["api_key.scopes"]);
    }
}

#[tokio::test]
async fn the_former_text_of_a_key_works_for_the_overlap() {
    let server = Server::start().await;
    let admin = server.client();
    let (key, first) = server.api_key("", &[READ]).await;
    let rotate = async |overlap, validate_only| {
        let overlap = Some(Duration { seconds: overlap, nanos: 0 });
        let request = RotateApiKeyRequest { api_key_id: key.id.clone(), overlap, validate_only };
        admin.api_keys().rotate(request).await
    };
    assert_eq!(rotate(60, true).await.unwrap().key_text, "");
    let rotated = rotate(60, false).await.unwrap();
    assert!(rotated.api_key.unwrap().rotate_time.is_some());
    let second = rotated.key_text;
    let third = rotate(60, false).await.unwrap().key_text;
    let clients = [&first, &second, &third].map(|text| server.client_with(text));
    for client in &clients {
        works(client).await.unwrap();
    }
    let fourth = rotate(0, false).await.unwrap().key_text;
    for client in &clients {
        assert!(ends(client).await.contains("rotated"));
    }
    works(&server.client_with(&fourth)).await.unwrap();

    assert_eq!(fields(&rotate(-1, false).await.unwrap_err()), ["overlap"]);
    for _ in 0..9 {
        rotate(60, false).await.unwrap();
    }
    assert_eq!(fields(&rotate(60, false).await.unwrap_err()), ["overlap"], "ten texts of the key are valid");
    rotate(0, false).await.unwrap();

    let request = RevokeApiKeyRequest { api_key_id: key.id.clone(), ..Default::default() };
    admin.api_keys().revoke(request).await.unwrap();
    let error = rotate(0, false).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::FailedPrecondition, ErrorReason::ApiKeyEnded));
}

#[tokio::test]
async fn a_revoked_key_ends_within_a_second_everywhere() {
    let server = Server::start().await;
    let beside = Server::start_beside(&server).await;
    let (key, text) = server.api_key("", &[READ]).await;
    let clients = [server.client_with(&text), beside.client_with(&text)];
    for client in &clients {
        works(client).await.unwrap();
    }
    let request = RevokeApiKeyRequest { api_key_id: key.id.clone(), validate_only: true };
    server.client().api_keys().revoke(request.clone()).await.unwrap();
    let request = RevokeApiKeyRequest { validate_only: false, ..request };
    let revoked = server.client().api_keys().revoke(request.clone()).await.unwrap().api_key.unwrap();
    assert_eq!(revoked.state(), ApiKeyState::Revoked);
    for client in &clients {
        assert!(ends(client).await.contains("revoked"));
    }
    let again = beside.client().api_keys().revoke(request).await.unwrap().api_key.unwrap();
    assert_eq!(again.revoke_time, revoked.revoke_time);
    let listed = async |show_revoked| {
        let request = ListApiKeysRequest { show_revoked, ..Default::default() };
        let keys = server.client().api_keys().list_page(request).await.unwrap().api_keys;
        keys.iter().any(|listed| listed.id == key.id)
    };
    assert!(!listed(false).await && listed(true).await);
}

#[tokio::test]
async fn a_stream_ends_with_its_key() {
    let server = Server::start().await;
    let (key, text) = server.api_key("", &[RECORD]).await;
    let requests = stream::iter([RecordConversionRequest::default()]).chain(stream::pending());
    let mut answers = server.client_with(&text).conversions().stream_record(requests).await.unwrap();
    answers.next().await.unwrap().unwrap();
    let request = RevokeApiKeyRequest { api_key_id: key.id, ..Default::default() };
    server.client().api_keys().revoke(request).await.unwrap();
    let error = answers.next().await.unwrap().unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Unauthenticated, ErrorReason::ApiKeyInvalid));
}

#[tokio::test]
async fn no_key_gives_more_access_than_it_was_granted() {
    let server = Server::start().await;
    let account = server.account("Shop").await.id;
    let (small, small_text) = server.api_key(&account, &[WRITE, READ]).await;
    let (large, _) = server.api_key(&account, &[WRITE, READ, RECORD]).await;
    let client = server.client_with(&small_text);
    let create = async |scopes: &[ApiKeyScope]| {
        let scopes = scopes.iter().map(|scope| (*scope).into()).collect();
        let key = ApiKey { name: "more".to_owned(), scopes, ..Default::default() };
        let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
        client.api_keys().create(request).await
    };
    let made = create(&[READ]).await.unwrap().api_key.unwrap();
    assert_eq!(made.account_id, account);
    for scopes in [vec![RECORD], vec![READ, ADMIN], vec![EDGE]] {
        let error = create(&scopes).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::PermissionDenied, ErrorReason::ScopeMissing));
    }
    let rotate = RotateApiKeyRequest { api_key_id: large.id.clone(), ..Default::default() };
    let revoke = RevokeApiKeyRequest { api_key_id: large.id, ..Default::default() };
    for error in [
        client.api_keys().rotate(rotate.clone()).await.map(drop),
        client.api_keys().revoke(revoke.clone()).await.map(drop),
    ] {
        assert_eq!(error.unwrap_err().reason(), ErrorReason::ScopeMissing);
    }
    client.api_keys().rotate(RotateApiKeyRequest { api_key_id: small.id, ..rotate }).await.unwrap();
    // The administrator manages the keys of all accounts.
    server.client().api_keys().revoke(revoke).await.unwrap();
    let request = ListApiKeysRequest { account_id: account, ..Default::default() };
    assert_eq!(server.client().api_keys().list_page(request).await.unwrap().api_keys.len(), 2);
}

#[tokio::test]
async fn an_edges_key_serves_all_accounts_and_no_other_purpose() {
    let server = Server::start().await;
    let account = server.account("Shop").await.id;
    let (_, text) = server.api_key(&account, &[READ, WRITE]).await;
    let link =
        s2s_sdk::v1::TrackingLink { destination: "http://shop.example/".to_owned(), ..Default::default() };
    let request = s2s_sdk::v1::CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    let link =
        server.client_with(&text).tracking_links().create(request).await.unwrap().tracking_link.unwrap();

    let (_, text) = server.api_key("", &[EDGE]).await;
    let request = authorized_by(&text, ResolveSlugRequest { slug: link.slug });
    let mut edge = EdgeServiceClient::new(channel(&server).await);
    assert_eq!(edge.resolve_slug(request).await.unwrap().into_inner().account_id, account);
    let click = s2s_sdk::v1::RecordClickRequest { tracking_link_id: link.id, ..Default::default() };
    // An edge mints the ids of its clicks itself, so it must send an id. `edge_keys.rs` sends
    // clicks with ids.
    let error = server.client_with(&text).clicks().record(click).await.unwrap_err();
    assert_eq!((error.reason(), fields(&error)), (ErrorReason::FieldInvalid, vec!["click_id"]));
    let error = works(&server.client_with(&text)).await.unwrap_err();
    assert_eq!(error.reason(), ErrorReason::ScopeMissing);
    // An edge passes postbacks on, but reports no conversions.
    let conversion = request::conversion(NewConversion::default());
    let error = server.client_with(&text).conversions().record(conversion).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::PermissionDenied, ErrorReason::ScopeMissing));
}

#[tokio::test]
async fn a_mistyped_key_asks_nothing_of_the_database() {
    let server = Server::start().await;
    let (_, text) = server.api_key("", &[READ]).await;
    database::execute(&server.database_url, "DROP TABLE api_key_text").await;
    let unknown = works(&server.client_with(&text)).await.unwrap_err();
    assert_eq!(unknown.code(), Code::Internal, "a key of the right form is looked up: {unknown}");
    let digit = if text.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{digit}", &text[..51]);
    let error = works(&server.client_with(&mistyped)).await.unwrap_err();
    assert_eq!(error.reason(), ErrorReason::ApiKeyInvalid);
    assert!(error.message().contains("checksum"), "{error}");
}

/// Starts a server without a configured key. Returns the process, its URL, and the key that it
/// prints, if any.
async fn first_key(folder: &std::path::Path, url: &str) -> (tokio::process::Child, String, Option<String>) {
    let mut server = command(folder);
    server.env_remove("S2S_ADMIN_KEY").args(["--listen", "127.0.0.1:0", "--database-url", url]);
    let mut server = server.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut key = None;
    loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some(text) = line.strip_prefix("KEY=") {
            assert_eq!(key.replace(text.to_owned()), None, "it is printed once");
        }
        if let Some((_, url)) = line.split_once(" listens on ") {
            return (server, url.to_owned(), key);
        }
    }
}

#[tokio::test]
async fn the_first_start_prints_an_administrators_key_once() {
    let folder = tempfile::tempdir().unwrap();
    let database_url = database::fresh(folder.path()).await;
    let (mut server, url, key) = first_key(folder.path(), &database_url).await;
    let key = key.expect("a key is printed");
    let client = Client::builder(&url).api_key(&key).build().unwrap();
    let list = client.accounts().list_page(ListAccountsRequest::default()).await.unwrap().accounts;
    assert_eq!(list.len(), 1);
    // A restart makes no new key in place of a revoked one: the key may have been revoked because
    // it was stolen.
    let keys = client.api_keys().list_page(ListApiKeysRequest::default()).await.unwrap().api_keys;
    let request = RevokeApiKeyRequest { api_key_id: keys[0].id.clone(), ..Default::default() };
    client.api_keys().revoke(request).await.unwrap();
    server.kill().await.unwrap();
    let (mut server, url, none) = first_key(folder.path(), &database_url).await;
    assert_eq!(none, None);
    let error = works(&Client::builder(&url).api_key(&key).build().unwrap()).await.unwrap_err();
    assert_eq!(error.reason(), ErrorReason::ApiKeyInvalid);
    server.kill().await.unwrap();

    // The operator gets back in with a key of their own, from `S2S_ADMIN_KEY`. Once revoked, this
    // key also stays revoked after a restart.
    let mut server = Server::start_at(database_url).await;
    let client = server.client();
    let keys = client.api_keys().list_page(ListApiKeysRequest::default()).await.unwrap().api_keys;
    assert_eq!((keys.len(), keys[0].name.as_str()), (1, "S2S_ADMIN_KEY"));
    server.restart().await;
    let client = server.client();
    let request = RevokeApiKeyRequest { api_key_id: keys[0].id.clone(), ..Default::default() };
    client.api_keys().revoke(request).await.unwrap();
    server.restart().await;
    assert_eq!(works(&server.client()).await.unwrap_err().reason(), ErrorReason::ApiKeyInvalid);
}

#[tokio::test]
async fn a_start_that_fails_shows_no_key() {
    let owner = Server::start_with(&["--spool", "spool"]).await;
    let folder = tempfile::tempdir().unwrap();
    let database_url = database::fresh(folder.path()).await;
    let mut second = command(folder.path());
    second.env_remove("S2S_ADMIN_KEY").env("S2S_SPOOL", owner.spool());
    second.args(["--listen", "127.0.0.1:0", "--database-url", &database_url]);
    let ended = second.output().await.unwrap();
    let errors = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success() && errors.contains("SPOOL_TAKEN"), "{errors}");
    assert_eq!(String::from_utf8(ended.stdout).unwrap(), "");
    let (_server, _, key) = first_key(folder.path(), &database_url).await;
    assert!(key.is_some(), "the first start that succeeds shows it");
}

#[tokio::test]
async fn without_keys_everyone_on_this_machine_is_the_administrator() {
    let server = Server::start_with(&["--no-auth"]).await;
    let client = Client::builder(&server.url).build().unwrap();
    let code = server.code("Sale").await;
    let request = GetConversionCodeRequest { conversion_code_id: code.id.clone() };
    assert_eq!(client.conversion_codes().get(request).await.unwrap().conversion_code, Some(code));
    assert_eq!(client.accounts().list_page(ListAccountsRequest::default()).await.unwrap().accounts.len(), 1);
    let keys = client.api_keys().list_page(ListApiKeysRequest::default()).await.unwrap().api_keys;
    assert_eq!(keys, [], "a server without keys makes none");
    let slug = ResolveSlugRequest { slug: "x".to_owned() };
    let mut edge = EdgeServiceClient::new(channel(&server).await);
    let error = Error::from(edge.resolve_slug(slug).await.unwrap_err());
    assert_eq!(error.reason(), ErrorReason::EdgeOnly);
}

#[tokio::test]
async fn merchants_and_visitors_need_no_key() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let visit = http().get(&link.url).send().await.unwrap();
    let click = s2s_tests::click_id_of(visit.headers()["location"].to_str().unwrap());
    let answer = server.postback(&format!("clickId={click}&id={}&val=1&com=0", code.id)).await;
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "RECORDED"));
}

/// A key that nobody has, with a valid checksum.
fn invented(random: &mut Random) -> String {
    let bytes: [u8; 20] = std::array::from_fn(|_| random.byte());
    let mut text = "s2s_".to_owned();
    let push = |text: &mut String, bytes: &[u8]| {
        for byte in bytes {
            write!(text, "{byte:02x}").unwrap();
        }
    };
    push(&mut text, &bytes);
    let sum = Sha256::digest(&text);
    push(&mut text, &sum[..4]);
    text
}

#[tokio::test]
async fn invented_keys_keep_no_new_key_waiting() {
    let server = Server::start().await;
    let ends = Arc::new(AtomicBool::new(false));
    let mut strangers = JoinSet::new();
    for number in 0..6 {
        let (url, ends) = (server.url.clone(), ends.clone());
        strangers.spawn(async move {
            let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
            let mut random = Random(seed(number));
            let mut refused = 0;
            while !ends.load(Ordering::Relaxed) {
                let calls =
                    (0..50).map(|_| {
                        let (channel, key) = (channel.clone(), format!("Bearer {}", invented(&mut random)));
                        async move {
                            call_as(Some(&key), &channel, "/s2s.v1.AccountService/GetAccount", &[]).await
                        }
                    });
                for answer in join_all(calls).await {
                    let code = answer.unwrap_err().code();
                    assert!(matches!(code, Code::Unauthenticated | Code::ResourceExhausted), "{code:?}");
                    refused += usize::from(code == Code::Unauthenticated);
                }
            }
            refused
        });
    }
    for _ in 0..30 {
        let (_, key) = server.api_key(OWN_ACCOUNT, &[READ]).await;
        // Unlike the SDK, the channel does not retry a refused call.
        let channel = Channel::from_shared(server.url.clone()).unwrap().connect().await.unwrap();
        let key = format!("Bearer {key}");
        call_as(Some(&key), &channel, "/s2s.v1.AccountService/GetAccount", &[]).await.unwrap();
    }
    ends.store(true, Ordering::Relaxed);
    let refused: usize = strangers.join_all().await.into_iter().sum();
    assert!(refused > 300, "{refused}");
}
