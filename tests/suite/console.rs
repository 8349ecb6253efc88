//! The console: its files, and its sessions.

use std::process::Stdio;

use s2s_sdk::{
    prost_types::Duration,
    v1::{ApiKey, ApiKeyScope, CreateApiKeyRequest, RevokeApiKeyRequest, RotateApiKeyRequest},
};
use s2s_tests::{
    ADMIN_KEY, Answer, Server, binary, clock::WrongClock, database::file, eventually, http, prepare,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::Command,
};

use crate::tls::Authority;

const SESSION: &str = "/console/session";
const MARK: (&str, &str) = ("x-s2s-console", "1");
const DAY: i64 = 86_400;

/// A browser with the console of a server.
struct Browser {
    url: String,
    cookie: String,
}

impl Browser {
    fn of(server: &Server) -> Self {
        Self { url: server.url.clone(), cookie: String::new() }
    }

    async fn ask(&self, method: &str, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let request = http().request(method.parse().unwrap(), format!("{}{path}", self.url));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.header("cookie", &self.cookie);
        let request = if body.is_null() { request } else { request.json(&body) };
        Answer::of(request.send().await.unwrap()).await
    }

    /// Signs in, and keeps the cookie.
    async fn sign_in(&mut self, body: Value) -> Answer {
        let answer = self.ask("POST", SESSION, body, &[MARK]).await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        if !cookie.is_empty() {
            self.cookie = cookie;
        }
        answer
    }

    async fn session(&self) -> Answer {
        self.ask("GET", SESSION, Value::Null, &[MARK]).await
    }

    /// A call of the API, as the console makes it.
    async fn list(&self, headers: &[(&str, &str)]) -> Answer {
        self.ask("POST", "/s2s.v1.ConversionCodeService/ListConversionCodes", json!({}), headers).await
    }

    /// Waits until the session is refused. Servers remember a key for a second.
    async fn is_refused(&self) {
        eventually(async || {
            let refused = [self.session().await.status, self.list(&[MARK]).await.status];
            (refused == [401, 401]).then_some(())
        })
        .await;
    }
}

fn reason(answer: &Answer) -> String {
    answer.json()["details"][0]["debug"]["reason"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_files_are_served_under_a_strict_content_security() {
    let server = Server::start().await;
    let browser = Browser::of(&server);
    let get =
        async |path: &str, headers: &[(&str, &str)]| browser.ask("GET", path, Value::Null, headers).await;
    let page = get("/console/", &[]).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(
        (page.header("cache-control"), page.header("x-content-type-options")),
        ("no-cache", "nosniff")
    );
    let security = page.header("content-security-policy");
    assert!(security.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{security}");
    assert!(!security.contains("unsafe") && !security.contains("http"), "{security}");
    // The address of each screen is that of the same page.
    assert_eq!(get("/console/links/new?of=1", &[]).await.text, page.text);
    let kept = get("/console/", &[("if-none-match", page.header("etag"))]).await;
    assert_eq!((kept.status, kept.text.as_str()), (304, ""));

    let assets: Vec<&str> =
        page.text.split('"').filter(|text| text.starts_with("/console/assets/")).collect();
    assert!(!assets.is_empty(), "{}", page.text);
    for asset in assets {
        let (plain, packed) = (get(asset, &[]).await, get(asset, &[("accept-encoding", "gzip")]).await);
        assert_eq!((plain.status, packed.status), (200, 200), "{asset}");
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
        assert!(!plain.text.is_empty() && plain.header("content-type") != "application/octet-stream");
    }
    for (method, path, status) in [
        ("GET", "/console", 308),
        ("HEAD", "/console/", 200),
        ("GET", "/console/assets/none.js", 404),
        ("GET", "/console/../healthz", 200),
        ("POST", "/console/", 405),
        ("PUT", SESSION, 405),
    ] {
        assert_eq!(browser.ask(method, path, Value::Null, &[MARK]).await.status, status, "{method} {path}");
    }
    let edge = Server::start_edge(&server, &[]).await;
    assert_eq!(Browser::of(&edge).session().await.status, 503);
}

#[tokio::test]
async fn a_person_signs_in_with_a_key_and_out_again() {
    let mut server = Server::start().await;
    let mut browser = Browser::of(&server);
    for _ in 0..3 {
        assert_eq!((browser.session().await.status, browser.list(&[MARK]).await.status), (401, 401));
        let answer = browser.sign_in(json!({"key": format!(" {ADMIN_KEY}\n")})).await;
        assert_eq!((answer.status, answer.field("key_name").as_str()), (200, "S2S_ADMIN_KEY"));
        assert_eq!(answer.json()["scopes"], json!(["read", "write", "record", "admin"]));
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("; HttpOnly; SameSite=Strict") && !cookie.contains(ADMIN_KEY), "{cookie}");
        let again = browser.session().await;
        assert_eq!((again.json(), again.header("set-cookie")), (answer.json(), cookie));
        assert_eq!(browser.list(&[MARK]).await.status, 200);
        // Only with the header of the console, and only from its own page.
        assert_eq!(reason(&browser.list(&[]).await), "API_KEY_MISSING");
        let own = browser.url.clone();
        assert_eq!(browser.list(&[MARK, ("origin", &own)]).await.status, 200);
        for foreign in
            [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            for answer in [
                browser.list(&[MARK, foreign]).await,
                browser.ask("DELETE", SESSION, Value::Null, &[MARK, foreign]).await,
                browser.ask("POST", SESSION, json!({"key": ADMIN_KEY}), &[MARK, foreign]).await,
            ] {
                assert_eq!((answer.status, reason(&answer).as_str()), (403, "ORIGIN_REFUSED"), "{foreign:?}");
            }
        }
        assert_eq!(browser.ask("GET", SESSION, Value::Null, &[]).await.status, 403);
        // A session outlives the server.
        server.kill().await;
        server.restart_in_place().await;
        assert_eq!(browser.list(&[MARK]).await.status, 200);
        let out = browser.ask("DELETE", SESSION, Value::Null, &[MARK]).await;
        assert!(out.status == 204 && out.header("set-cookie").contains("=; Path=/; Max-Age=0"), "{out:?}");
        browser.is_refused().await;
    }
    for (body, status, expected) in [
        (json!({"key": "s2s_wrong"}), 401, "API_KEY_INVALID"),
        (json!({"link": "s2s_wrong"}), 401, "API_KEY_INVALID"),
        (json!({"link": ADMIN_KEY}), 401, "API_KEY_INVALID"),
        (json!({"password": ADMIN_KEY}), 400, "FIELD_INVALID"),
        (json!({"key": "x".repeat(5_000)}), 400, "FIELD_INVALID"),
    ] {
        let answer = browser.sign_in(body).await;
        assert_eq!((answer.status, reason(&answer).as_str()), (status, expected), "{answer:?}");
        assert!(answer.header("set-cookie").is_empty() && !answer.text.contains(ADMIN_KEY), "{answer:?}");
    }
}

#[tokio::test]
async fn a_session_ends_with_its_key_or_its_rotation() {
    let server = Server::start().await;
    let client = server.client();
    for round in 0..3 {
        let key = ApiKey {
            name: format!("Ada {round}"),
            scopes: vec![ApiKeyScope::Read.into()],
            ..Default::default()
        };
        let created =
            client.api_keys().create(CreateApiKeyRequest { api_key: Some(key), ..Default::default() });
        let created = created.await.unwrap();
        let (mut browser, mut other) = (Browser::of(&server), Browser::of(&server));
        for browser in [&mut browser, &mut other] {
            assert_eq!(browser.sign_in(json!({"key": created.key_text})).await.status, 200);
            let create = browser.ask(
                "POST",
                "/s2s.v1.ConversionCodeService/CreateConversionCode",
                json!({"conversionCode": {"name": "x"}}),
                &[MARK],
            );
            assert_eq!((browser.list(&[MARK]).await.status, create.await.status), (200, 403));
        }
        // More sessions than a key may have texts.
        for _ in 0..12 {
            assert_eq!(other.sign_in(json!({"key": created.key_text})).await.status, 200);
        }
        let id = created.api_key.unwrap().id;
        if round % 2 == 0 {
            let request = RevokeApiKeyRequest { api_key_id: id, ..Default::default() };
            client.api_keys().revoke(request).await.unwrap();
        } else {
            let rotate = async |seconds| {
                let overlap = Some(Duration { seconds, nanos: 0 });
                let request = RotateApiKeyRequest { api_key_id: id.clone(), overlap, ..Default::default() };
                client.api_keys().rotate(request).await.unwrap()
            };
            // Its use after the rotation does not extend a session beyond the overlap.
            let before = browser.session().await.field("expire_time");
            rotate(3_600).await;
            let end = browser.session().await.field("expire_time");
            assert!(end < before, "{end} {before}");
            for _ in 0..3 {
                assert_eq!(browser.session().await.field("expire_time"), end);
            }
            let new = rotate(0).await.key_text;
            assert_eq!(browser.sign_in(json!({"key": new})).await.status, 200);
            let later = browser.session().await.field("expire_time");
            assert!(later > end, "{end} {later}");
            let request = RevokeApiKeyRequest { api_key_id: id.clone(), ..Default::default() };
            other.is_refused().await;
            client.api_keys().revoke(request).await.unwrap();
        }
        browser.is_refused().await;
        other.is_refused().await;
    }
}

#[tokio::test]
async fn a_session_ends_a_month_after_its_last_use() {
    let (clock, folder) = (WrongClock::build(), tempfile::tempdir().unwrap());
    let mut server = Server::start_at_in(file(folder.path()), &[], &clock.variables()).await;
    let mut browser = Browser::of(&server);
    browser.sign_in(json!({"key": ADMIN_KEY})).await;
    // A server that runs does not follow a clock that jumps so far.
    for (day, status) in [(2, 200), (30, 200), (58, 200), (89, 401)] {
        server.kill().await;
        clock.set(day * DAY);
        server.restart_in_place().await;
        assert_eq!(browser.session().await.status, status, "day {day}");
    }
}

#[tokio::test]
async fn without_tls_there_are_sessions_on_this_machine_only() {
    let server = Server::start().await;
    let mut browser = Browser::of(&server);
    let port = browser.url.rsplit(':').next().unwrap().to_owned();
    assert!(
        browser
            .sign_in(json!({"key": ADMIN_KEY}))
            .await
            .header("set-cookie")
            .starts_with(&format!("s2s_{port}="))
    );
    let host = format!("tracking.example:{port}");
    let answer = browser.ask("POST", SESSION, json!({"key": ADMIN_KEY}), &[MARK, ("host", &host)]).await;
    assert_eq!((answer.status, reason(&answer).as_str()), (403, "HTTPS_REQUIRED"), "{answer:?}");
    assert!(answer.text.contains("--tls-certificate"), "{answer:?}");

    let authority = Authority::new();
    let server = authority.start(&[]).await;
    let mut stream = authority.connect(&server, &["http/1.1"]).await;
    let body = json!({"key": ADMIN_KEY}).to_string();
    let request = format!(
        "POST {SESSION} HTTP/1.1\r\nhost: tracking.example\r\nx-s2s-console: 1\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let cookie = answer.split("set-cookie: ").nth(1).unwrap().lines().next().unwrap();
    assert!(cookie.starts_with("__Host-s2s=") && cookie.ends_with("; Secure"), "{cookie}");
}

#[tokio::test]
async fn a_server_without_keys_needs_no_session() {
    let server = Server::start_with(&["--no-auth"]).await;
    let browser = Browser::of(&server);
    let answer = browser.session().await;
    assert_eq!((answer.status, answer.json()["key_id"].as_str()), (200, Some("")));
    assert_eq!(browser.list(&[MARK]).await.status, 200);
}

/// The link on the terminal signs in once. Without a terminal, none is printed.
#[tokio::test]
async fn the_terminal_shows_a_link_that_signs_in_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = format!("{} --listen 127.0.0.1:0", binary().display());
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--flush", "--return", "--command", &server, "/dev/null"]);
    let mut terminal = prepare(terminal, folder.path());
    let mut child = terminal.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let link = async {
        loop {
            let line = lines.next_line().await.unwrap().expect("the server runs");
            if let Some((_, link)) = line.split_once("the console: ") {
                return link.split(' ').next().unwrap().to_owned();
            }
        }
    };
    let link = link.await;
    let (url, code) = link.split_once("/console/sign-in#").unwrap();
    let mut browser = Browser { url: url.to_owned(), cookie: String::new() };
    assert_eq!(browser.sign_in(json!({"link": code})).await.status, 200);
    assert_eq!(browser.list(&[MARK]).await.status, 200);
    let again = Browser { url: url.to_owned(), cookie: String::new() }.sign_in(json!({"link": code})).await;
    assert_eq!((again.status, reason(&again).as_str()), (401, "API_KEY_INVALID"));
}
