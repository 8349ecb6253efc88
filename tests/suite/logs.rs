//! Logs contain no secret, query string or full address, and have no colours in a file.

use std::{
    fs::{self, File},
    process::Stdio,
};

use s2s_sdk::{
    Client,
    v1::{
        ApiKey, ConversionCode, CreateApiKeyRequest, CreateConversionCodeRequest, CreateTrackingLinkRequest,
        EraseVisitorRequest, GetApiKeyRequest, ListConversionCodesRequest, RotateApiKeyRequest,
        RotatePostbackSecretRequest, TrackingLink,
    },
};
use s2s_tests::{
    ADMIN_KEY, Answer, Server, administrator, bearer, click_id_of, command, database, http,
    wire::{END_HEADERS, PREFACE, SETTINGS, frame},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    process::Command,
};

#[tokio::test]
async fn a_log_tells_nothing_of_visitors_and_sales() {
    for filter in ["info,s2s_server=trace", "trace", "trace,h2=trace,hyper=trace,sqlx=trace"] {
        check_log(filter).await;
    }
}

async fn check_log(filter: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = command(folder.path())
        .args(["--listen", "127.0.0.1:0", "--log", filter, "--trusted-proxies", "127.0.0.1"])
        .args(["--database-url", &database::fresh(folder.path()).await])
        .stdout(Stdio::piped())
        // A full pipe would block the server.
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
    let code = client.conversion_codes().create(request).await.unwrap().conversion_code.unwrap();
    let link = TrackingLink {
        destination: "http://secretshop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        ..Default::default()
    };
    let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    let link = client.tracking_links().create(request).await.unwrap().tracking_link.unwrap();
    let visit = http().get(format!("{}?sub1=secretsub", link.url)).header("user-agent", "secretagent");
    let visit =
        visit.header("x-forwarded-for", "2001:db8:1:2::77, 203.0.113.77").header("cookie", "secretcookie");
    let visit = visit.send().await.unwrap();
    let click_id = click_id_of(visit.headers()["location"].to_str().unwrap());
    let request = RotatePostbackSecretRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    let own_secret = client.conversion_codes().rotate_postback_secret(request).await.unwrap().secret;
    for (query, status) in [
        (format!("clickId={click_id}&id={}&val=1&com=0&oid=3&sec={own_secret}", code.id), 200),
        (format!("clickId={click_id}&id={}&val=1&com=0&oid=secretorder&param=secretparam", code.id), 200),
        (format!("clickId={click_id}&id={}&val=2&com=0&oid=secretorder", code.id), 409),
        (format!("clickId={click_id}&id={}&val=2&com=0&oid=4&ts=1&sig=secretsig", code.id), 200),
        (format!("clickId=secretclick&id={}&val=1&com=0", code.id), 400),
    ] {
        let answer = Answer::of(http().get(format!("{url}/s2s?{query}")).send().await.unwrap()).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    let post = http().post(format!("{url}/s2s?x=secret")).body(format!("id={}&val=secret", code.id));
    assert_eq!(post.send().await.unwrap().status(), 400);
    ask_what_is_malformed(url).await;
    let request = EraseVisitorRequest { click_id: click_id.clone(), ..Default::default() };
    client.clicks().erase_visitor(request).await.unwrap();
    // An API key must not be logged, even if a caller sends it in a wrong place.
    let (_, good) = ADMIN_KEY.split_at(4);
    let key_id = ask_with_keys(&client, url).await;
    drop(client);
    let id = server.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert!(server.wait().await.unwrap().success());
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("stopped"), "the log has the stop: {log}");
    // The name of a method is no secret, not even that of `RotatePostbackSecret`.
    let log = log.to_lowercase().replace("rotatepostbacksecret", "");
    let addresses = ["127.0.0.1", "203.0.113.77", "2001:db8:1:2"];
    for word in
        ["secret", "clickid=", &click_id, &own_secret, &code.id.to_lowercase()].into_iter().chain(addresses)
    {
        assert!(!log.contains(word), "the log holds {word}: {log}");
    }
    assert!(!log.contains(good) && !log.contains("canary"), "the log holds a key: {log}");
    assert!(!log.contains(&key_id), "{log}");
}

/// Sends two HTTP/2 requests that the HTTP library refuses: one has an invalid path, the other an
/// invalid host.
async fn ask_what_is_malformed(url: &str) {
    for headers in [
        [&[0x82, 0x86, 0x01, 1], b"a".as_slice(), &[0x04, 15], b"/s2s?x=secret<>"].concat(),
        [&[0x82, 0x86, 0x84, 0x01, 9], b"secret<>x".as_slice()].concat(),
    ] {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
        let ask = frame(1, END_HEADERS | 1, 1, &headers);
        stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[]), &ask].concat()).await.unwrap();
        // Reads until the stream is reset: a frame of length 4 and type 3.
        let mut answer = Vec::new();
        while !answer.windows(5).any(|begin| begin == [4, 3, 0, 0, 0]) {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
        }
    }
}

/// Sends good and bad keys, in the right and in wrong places. Creates the good key, and returns its
/// text without the prefix.
async fn ask_with_keys(client: &Client, url: &str) -> String {
    let key = ApiKey { name: "canary".to_owned(), scopes: vec![1], ..Default::default() };
    let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
    let made = client.api_keys().create(request).await.unwrap();
    let id = made.api_key.unwrap().id;
    let list = ListConversionCodesRequest::default();
    for key in [made.key_text.as_str(), "s2s_canary", &"canary".repeat(9)] {
        let client = Client::builder(url).api_key(key).build().unwrap();
        let _ = client.conversion_codes().list_page(list.clone()).await;
        let _ = client.conversion_codes().create(CreateConversionCodeRequest::default()).await.unwrap_err();
        let get = GetApiKeyRequest { api_key_id: key.to_owned() };
        administrator(url).build().unwrap().api_keys().get(get).await.unwrap_err();
        for path in [format!("s2s?key={key}"), format!("{key}?key={key}"), "s2s".to_owned()] {
            let request = http().get(format!("{url}/{path}")).header("authorization", bearer(key));
            request.header("x-api-key", key).send().await.unwrap();
        }
    }
    client.api_keys().rotate(RotateApiKeyRequest { api_key_id: id, ..Default::default() }).await.unwrap();
    made.key_text.split_at(4).1.to_owned()
}

#[tokio::test]
async fn a_log_in_a_file_has_no_colours_and_one_line_for_all_migrations() {
    let server = Server::start_logged(&[], vec![("S2S_LOG", "info".to_owned())]).await;
    let log = server.log();
    assert!(!log.contains('\u{1b}'), "{log}");
    assert_eq!(log.lines().filter(|line| line.contains("igration")).count(), 1, "{log}");
}
