//! Logs hold no secret, no query string and no full address.

use std::{
    fs::{self, File},
    process::Stdio,
};

use s2s_sdk::{
    Client,
    v1::{
        ApiKey, ConversionCode, CreateApiKeyRequest, CreateConversionCodeRequest, CreateTrackingLinkRequest,
        GetApiKeyRequest, ListConversionCodesRequest, RotateApiKeyRequest, RotatePostbackSecretRequest,
        TrackingLink,
    },
};
use s2s_tests::{ADMIN_KEY, Answer, administrator, bearer, click_id_of, command, http};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};

#[tokio::test]
async fn a_log_tells_nothing_of_visitors_and_sales() {
    for filter in ["info,s2s_server=trace", "trace"] {
        check_log(filter).await;
    }
}

async fn check_log(filter: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = command(folder.path())
        .args(["--listen", "127.0.0.1:0", "--log", filter])
        .stdout(Stdio::piped())
        // A pipe would fill, and hold up the server.
        .stderr(File::create(folder.path().join("log")).unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let said = lines.next_line().await.unwrap().unwrap();
    let url = said.split_whitespace().last().unwrap();
    let client = administrator(url).build().unwrap();

    let code = ConversionCode { name: "Secretname".to_owned(), ..Default::default() };
    let request = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
    let code = client.create_conversion_code(request).await.unwrap().conversion_code.unwrap();
    let link = TrackingLink {
        destination: "http://secretshop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        ..Default::default()
    };
    let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    let link = client.create_tracking_link(request).await.unwrap().tracking_link.unwrap();
    let visit = http().get(format!("{}?sub1=secretsub", link.url)).header("user-agent", "secretagent");
    let visit = visit.send().await.unwrap();
    let click_id = click_id_of(visit.headers()["location"].to_str().unwrap());
    let request = RotatePostbackSecretRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    let own_secret = client.rotate_postback_secret(request).await.unwrap().secret;
    for (query, status) in [
        (format!("clickId={click_id}&id={}&val=1&com=0&oid=3&sec={own_secret}", code.id), 200),
        (format!("clickId={click_id}&id={}&val=1&com=0&oid=secretorder&param=secretparam", code.id), 200),
        (format!("clickId={click_id}&id={}&val=2&com=0&oid=secretorder", code.id), 409),
        (format!("clickId=secretclick&id={}&val=1&com=0", code.id), 400),
    ] {
        let answer = Answer::of(http().get(format!("{url}/s2s?{query}")).send().await.unwrap()).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    // An API key is a secret wherever it is put.
    let (_, good) = ADMIN_KEY.split_at(4);
    let key_id = ask_with_keys(&client, url).await;
    drop(client);
    let id = server.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert!(server.wait().await.unwrap().success());
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("stopped"), "it does log: {log}");
    // The name of a method is no secret.
    let log = log.to_lowercase().replace("rotatepostbacksecret", "");
    for word in ["secret", "clickid=", "127.0.0.1", &click_id, &own_secret, &code.id.to_lowercase()] {
        assert!(!log.contains(word), "the log holds {word}: {log}");
    }
    assert!(!log.contains(good) && !log.contains("canary"), "the log holds a key: {log}");
    assert!(!log.contains(&key_id), "{log}");
}

/// Sends keys, good and bad, in the right place and in wrong ones. Returns a part of one that was made.
async fn ask_with_keys(client: &Client, url: &str) -> String {
    let key = ApiKey { name: "canary".to_owned(), scopes: vec![1], ..Default::default() };
    let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
    let made = client.create_api_key(request).await.unwrap();
    let id = made.api_key.unwrap().id;
    let list = ListConversionCodesRequest::default();
    for key in [made.key_text.as_str(), "s2s_canary", &"canary".repeat(9)] {
        let client = Client::builder(url).api_key(key).build().unwrap();
        let _ = client.list_conversion_codes(list.clone()).await;
        let _ = client.create_conversion_code(CreateConversionCodeRequest::default()).await.unwrap_err();
        let get = GetApiKeyRequest { id: key.to_owned() };
        administrator(url).build().unwrap().get_api_key(get).await.unwrap_err();
        for path in [format!("s2s?key={key}"), format!("{key}?key={key}"), "s2s".to_owned()] {
            let request = http().get(format!("{url}/{path}")).header("authorization", bearer(key));
            request.header("x-api-key", key).send().await.unwrap();
        }
    }
    client.rotate_api_key(RotateApiKeyRequest { id, ..Default::default() }).await.unwrap();
    made.key_text.split_at(4).1.to_owned()
}
