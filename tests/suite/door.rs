//! The openings that a stranger could use: paths of calls, web pages of other origins, files that
//! other users of the machine could read, passwords in output, page tokens of other accounts.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use reqwest::{Method, header::HeaderMap};
use s2s_sdk::{
    Client, Error,
    v1::{
        ConversionCode, CreateConversionCodeRequest, CreateTrackingLinkRequest, ErrorReason,
        ListConversionCodesRequest, RecordClickRequest, TrackingLink,
        conversion_code_service_client::ConversionCodeServiceClient,
    },
};
use s2s_tests::{ADMIN_KEY, Server, bearer, command, end_of, eventually, http, request, run_to_end};
use tokio::net::TcpListener;
use tonic::{Status, transport::Endpoint};

use crate::raw::{exchange, get};

const LIST_CODES: &str = "/s2s.v1.ConversionCodeService/ListConversionCodes";
const NOSNIFF: &str = "x-content-type-options: nosniff";

#[tokio::test]
async fn a_request_is_read_by_its_path_whatever_it_says_of_its_content() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let two = reqwest::Client::builder().http2_prior_knowledge();
    let two = two.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for client in [http(), two] {
        for content_type in [
            "application/grpc",
            "Application/GRPC",
            "application/grpc+proto; charset=utf-8",
            "application/grpc-web-text",
            "APPLICATION/GRPC-WEB+PROTO",
        ] {
            let ask = |method: Method, path: &str| {
                let request = client.request(method, format!("{}{path}", server.url));
                request.header("content-type", content_type).send()
            };
            let response = ask(Method::GET, &format!("/{}", link.slug)).await.unwrap();
            assert_eq!(response.status(), 302, "{content_type}");
            let click = s2s_tests::click_id_of(response.headers()["location"].to_str().unwrap());
            let query = format!("/s2s?clickId={click}&id={}&val=1&com=0", code.id);
            for (method, verdict) in [(Method::GET, "RECORDED"), (Method::POST, "DUPLICATE")] {
                let response = ask(method.clone(), &query).await.unwrap();
                assert_eq!(response.status(), 200, "{content_type}");
                assert_eq!(response.headers()["s2s-verdict"], verdict, "{method} {content_type}");
            }
            let response = ask(Method::GET, "/healthz").await.unwrap();
            assert_eq!((response.status().as_u16(), response.headers().get("grpc-status")), (200, None));
            let response = ask(Method::POST, "/s2s.v1.NothingService/Get").await.unwrap();
            assert_eq!(response.headers()["grpc-status"], "12", "{content_type}");
        }
    }
}

/// Calls `LIST_CODES` with gRPC-web over HTTP/1. Returns the reason if the call is refused, and the
/// headers of the answer.
async fn call(server: &Server, headers: &[(&str, &str)]) -> (Option<ErrorReason>, HeaderMap) {
    let call = http().post(format!("{}{LIST_CODES}", server.url)).header("x-grpc-web", "1");
    let call =
        call.header("content-type", "application/grpc-web+proto").header("authorization", bearer(ADMIN_KEY));
    let call = headers.iter().fold(call, |call, (name, value)| call.header(*name, *value));
    let response = call.body(vec![0; 5]).send().await.unwrap();
    let headers = response.headers().clone();
    let mut all = headers.clone();
    for line in crate::port::read_frames(&response.bytes().await.unwrap()).1.lines() {
        let (name, value) = line.split_once(':').unwrap();
        all.insert(name.parse::<reqwest::header::HeaderName>().unwrap(), value.trim().parse().unwrap());
    }
    let status = Status::from_header_map(&all).unwrap();
    let reason = (status.code() != tonic::Code::Ok).then(|| Error::from(status).reason());
    (reason, headers)
}

async fn preflight(server: &Server, origin: &str) -> HeaderMap {
    let asked = http()
        .request(Method::OPTIONS, format!("{}{LIST_CODES}", server.url))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    asked.send().await.unwrap().headers().clone()
}

fn cors(headers: &HeaderMap) -> Vec<&str> {
    headers
        .keys()
        .map(reqwest::header::HeaderName::as_str)
        .filter(|name| name.starts_with("access-control-"))
        .collect()
}

#[tokio::test]
async fn without_keys_a_page_of_another_origin_may_not_call() {
    let server = Server::start_with(&["--no-auth"]).await;
    let (_, port) = server.url.rsplit_once(':').unwrap();
    let (own, local) = (server.url.as_str(), format!("localhost:{port}"));
    let local_origin = format!("http://{local}");
    let other_port = "http://127.0.0.1:1";
    let rebound = format!("evil.example:{port}");
    for (headers, passes) in [
        (&[][..], true),
        (&[("origin", own)], true),
        (&[("origin", own), ("sec-fetch-site", "same-origin")], true),
        (&[("host", &local)], true),
        (&[("host", &local), ("origin", &local_origin)], true),
        (&[("origin", &local_origin)], false),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("origin", other_port), ("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("host", &rebound)], false),
        (&[("host", &rebound), ("origin", &format!("http://{rebound}"))], false),
    ] {
        let (reason, answered) = call(&server, headers).await;
        assert_eq!(reason, (!passes).then_some(ErrorReason::OriginRefused), "{headers:?}");
        assert!(cors(&answered).is_empty(), "{answered:?}");
    }
    for origin in [own, "https://evil.example", "null"] {
        let answered = preflight(&server, origin).await;
        assert!(cors(&answered).is_empty(), "{answered:?}");
    }
    let endpoint = Endpoint::from_shared(server.url.clone()).unwrap();
    for (authority, passes) in [(own, true), (&local_origin, true), ("http://evil.example", false)] {
        let channel = endpoint.clone().origin(authority.parse().unwrap()).connect().await.unwrap();
        let list = ListConversionCodesRequest::default();
        let listed = ConversionCodeServiceClient::new(channel).list_conversion_codes(list).await;
        let reason = listed.err().map(|status| Error::from(status).reason());
        assert_eq!(reason, (!passes).then_some(ErrorReason::OriginRefused), "{authority}");
    }
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    for (path, status) in [(link.slug.as_str(), 302), ("healthz", 200), ("s2s?test=1", 400)] {
        let request = http().get(format!("{}/{path}", server.url)).header("origin", "https://evil.example");
        assert_eq!(request.header("host", &rebound).send().await.unwrap().status(), status, "{path}");
    }
}

#[tokio::test]
async fn with_keys_pages_of_listed_origins_may_call() {
    let listed = "https://console.example,http://localhost:3000";
    let server = Server::start_with(&["--cors-origins", listed]).await;
    for (origin, allowed) in [
        ("https://console.example", true),
        ("http://localhost:3000", true),
        ("http://localhost:3001", false),
        ("https://evil.example", false),
        ("null", false),
    ] {
        let answered = preflight(&server, origin).await;
        let (reason, called) = call(&server, &[("origin", origin)]).await;
        assert_eq!(reason, None, "the key decides, not the origin");
        for headers in [answered, called] {
            let named = headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap());
            assert_eq!(named, allowed.then_some(origin));
            assert_eq!(cors(&headers).is_empty(), !allowed, "{headers:?}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for wrong in ["https://console.example/", "console.example", "*,https://a.example"] {
        let (status, output) = run_to_end(folder.path(), &["--cors-origins", wrong], &[]).await;
        assert!(!status.success() && output.contains("--cors-origins"), "{output}");
        assert!(output.contains("reason: INVALID_SETTING"), "{output}");
    }
}

/// The mode of a file or folder, and of everything in the folder.
fn modes(path: &Path) -> Vec<(PathBuf, u32)> {
    let found = fs::metadata(path).unwrap();
    let mut all = vec![(path.to_owned(), found.permissions().mode() & 0o777)];
    if found.is_dir() {
        all.extend(fs::read_dir(path).unwrap().flat_map(|entry| modes(&entry.unwrap().path())));
    }
    all
}

#[tokio::test]
async fn what_the_server_makes_is_for_its_owner_alone() {
    let far = Server::start_unmasked(Vec::new(), Vec::new()).await;
    let code = far.code("Sale").await;
    let link = far.link(&[&code]).await;
    let (_, key) = far.api_key("", &[s2s_sdk::v1::ApiKeyScope::Edge]).await;
    let arguments = ["--role", "edge", "--core", &far.url].map(str::to_owned).to_vec();
    let variables = vec![("S2S_CORE_KEY", key), ("S2S_SPOOL", "deep/spool".to_owned())];
    let edge = Server::start_unmasked(arguments, variables).await;
    let click = far.click(&link).await;
    far.freeze().await;
    let answer = edge.postback(&format!("clickId={click}&id={}&val=1&com=0", code.id)).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let spool = edge.folder().join("deep/spool");
    let is_made =
        |end: &'static str| modes(&spool).into_iter().any(|(path, _)| path.to_string_lossy().ends_with(end));
    assert!(is_made(".spool") && is_made("lock"), "{:?}", modes(&spool));
    let look = || {
        let made = [modes(&edge.folder().join("deep")), modes(&far.folder().join("s2s.db"))].concat();
        let beside = ["-wal", "-shm"].map(|end| far.folder().join(format!("s2s.db{end}")));
        for (path, mode) in made.into_iter().chain(beside.iter().flat_map(|path| modes(path))) {
            assert_eq!(mode & 0o077, 0, "{} has {mode:o}", path.display());
        }
    };
    look();
    far.thaw().await;
    edge.drained().await;
    eventually(async || is_made("known").then_some(())).await;
    look();
}

#[tokio::test]
async fn files_that_others_may_read_or_write_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("spool")).unwrap();
    for name in ["s2s.db", "s2s.db-wal", "key.pem", "spool/00.damaged", "spool/known"] {
        fs::write(path(name), "").unwrap();
    }
    let told = async |modes: &[(&str, u32)]| {
        for (name, mode) in modes {
            fs::set_permissions(path(name), fs::Permissions::from_mode(*mode)).unwrap();
        }
        let mut command = command(folder.path());
        command.args(["--listen", &address, "--spool", "spool"]);
        command.args(["--tls-certificate", "key.pem", "--tls-key", "key.pem"]);
        let (status, output) = end_of(command).await;
        assert!(!status.success() && output.contains("LISTEN_FAILED"), "{output}");
        output.lines().filter(|line| line.contains("chmod")).map(str::to_owned).collect::<Vec<_>>()
    };
    let good = [
        (".", 0o755),
        ("s2s.db", 0o600),
        ("s2s.db-wal", 0o600),
        ("key.pem", 0o400),
        ("spool", 0o700),
        ("spool/00.damaged", 0o600),
        ("spool/known", 0o600),
    ];
    assert_eq!(told(&good).await, Vec::<String>::new());
    for (name, mode, cure) in [
        ("s2s.db", 0o644, "chmod 600 's2s.db'"),
        ("s2s.db-wal", 0o620, "chmod 600 's2s.db-wal'"),
        ("key.pem", 0o440, "chmod 600 'key.pem'"),
        ("spool", 0o777, "chmod 700 'spool'"),
        ("spool/00.damaged", 0o666, "chmod 600 'spool/00.damaged'"),
        (".", 0o777, "chmod go-w '.'"),
    ] {
        told(&good).await;
        let lines = told(&[(name, mode)]).await;
        assert!(
            matches!(lines.as_slice(), [line] if line.contains(cure) && line.contains("WARN")),
            "{name}: {lines:?}"
        );
        assert!(lines[0].contains(&format!("{mode:04o}")), "{lines:?}");
    }
    // In a folder with the sticky bit, such as /tmp, nobody can move another user's files.
    told(&good).await;
    assert_eq!(told(&[(".", 0o1777)]).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_password_is_in_no_output() {
    let folder = tempfile::tempdir().unwrap();
    for (url, named) in [
        ("postgres://s2s:TOP/geheim@db/s2s", "`%2F`"),
        ("pg://u:12/geheim@db/s2s", "must begin"),
        ("postgres://u:12/geheim@db/s2s", "`%2F`"),
        ("mysql://s2s:TOP#geheim@db/s2s", "`%23`"),
        ("postgres://s2s:1?geheim@db/s2s", "`%3F`"),
        ("postgres://s2s:100%geheim@db/s2s", "`%25`"),
        ("postgres://s2s:[geheim/s2s", "--database-url"),
        ("mysql://s2s:ge heim geheim", "--database-url"),
        ("postgres://127.0.0.1:1/s2s?password=geheim", "password=***"),
        ("postgres://s2s:a@geheim@127.0.0.1:1/s2s", "s2s:***@127.0.0.1:1"),
        ("postgres://127.0.0.1:1/s2s?pasword=geheim", "DATABASE_FAILED"),
    ] {
        let listen = ["--listen", "127.0.0.1:0"];
        let flag = format!("--database-url={url}");
        let flags = [&listen[..], &[&flag]].concat();
        for (arguments, variables) in [(&flags[..], &[][..]), (&listen, &[("S2S_DATABASE_URL", url)])] {
            let (status, output) = run_to_end(folder.path(), arguments, variables).await;
            assert!(!status.success() && output.contains(named), "{url}: {output}");
            assert!(!output.contains("geheim"), "{output}");
        }
        let mut help = command(folder.path());
        help.arg("--help").envs(["S2S_DATABASE_URL", "S2S_CORE", "S2S_PUBLIC_URL"].map(|name| (name, url)));
        let help = help.stdout(Stdio::piped()).stderr(Stdio::piped()).output().await.unwrap();
        let help = String::from_utf8([help.stdout, help.stderr].concat()).unwrap();
        assert!(!help.contains("geheim"), "{help}");
    }
    for arguments in [
        &["--public-url", "https://s2s:ge/geheim@t.example"][..],
        &["--public-url", "https://geheim@t.example"],
        &["--role", "edge", "--core", "https://s2s:geheim@core.example"],
        &["--databse-url=postgres://s2s:geheim@db/s2s"],
        &["postgres://s2s:geheim@db/s2s"],
        &["--listen", "postgres://s2s:geheim@db/s2s"],
    ] {
        let (status, output) = run_to_end(folder.path(), arguments, &[]).await;
        assert!(!status.success() && !output.contains("geheim"), "{arguments:?}: {output}");
    }
}

#[tokio::test]
async fn no_browser_guesses_what_an_answer_is() {
    let server = Server::start_with(&["--health-listen", "127.0.0.1:0"]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let long = format!("GET /s2s?{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", "y".repeat(100_000));
    for request in [
        get(format!("/{}", link.slug).as_bytes()),
        get(b"/nothing-is-here"),
        get(b"/s2s"),
        get(b"/s2s?clickId=<insert>"),
        get(b"/healthz"),
        get(b"/"),
        get(LIST_CODES.as_bytes()),
        b"PATCH /s2s HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_vec(),
        b"nonsense\r\n\r\n".to_vec(),
        b"GET /s2s HTTP/9.9\r\n\r\n".to_vec(),
        long.into_bytes(),
    ] {
        let answer = exchange(&server, &[&request]).await;
        assert!(
            answer.contains(NOSNIFF),
            "{}: {answer}",
            String::from_utf8_lossy(&request[..request.len().min(80)])
        );
        let is_refused = answer.starts_with("HTTP/1.1 405");
        assert!(!is_refused || answer.contains("cache-control: no-store"), "{answer}");
    }
    let (_, called) = call(&server, &[]).await;
    let (_, refused) = call(&server, &[("authorization", "Bearer x")]).await;
    let asked = preflight(&server, "https://console.example").await;
    let two = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let over_two =
        |path: &str| two.post(format!("{}{path}", server.url)).header("content-type", "application/grpc");
    let mut answers = vec![called, refused, asked];
    for path in [LIST_CODES, "/s2s.v1.NothingService/Get", "/grpc.health.v1.Health/Check", "/s2s", "/x"] {
        answers.push(over_two(path).send().await.unwrap().headers().clone());
    }
    for headers in answers {
        assert_eq!(headers["x-content-type-options"], "nosniff", "{headers:?}");
    }
}

/// The next page token of a list with one row on each page.
type Listed = Result<String, Error>;

/// Calls the lists that need no id, with a page token. Returns the name of each list, and its
/// result.
async fn lists(client: &Client, token: &str) -> Vec<(&'static str, Listed)> {
    macro_rules! list {
        ($calls:ident, $request:ident) => {{
            let mut request = s2s_sdk::v1::$request::default();
            (request.page_size, request.page_token) = (1, token.to_owned());
            let page = client.$calls().list_page(request).await;
            (stringify!($calls), page.map(|page| page.next_page_token))
        }};
    }
    vec![
        list!(presets, ListPresetsRequest),
        list!(api_keys, ListApiKeysRequest),
        list!(conversion_codes, ListConversionCodesRequest),
        list!(tracking_links, ListTrackingLinksRequest),
        list!(conversions, ListConversionsRequest),
        list!(postbacks, ListPostbacksRequest),
    ]
}

/// Creates two codes, links, conversions and postbacks in the client's account.
async fn two_of_each(server: &Server, client: &Client) {
    for name in ["Sale", "Lead"] {
        let code = ConversionCode { name: name.to_owned(), ..Default::default() };
        let request = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
        let code = client.conversion_codes().create(request).await.unwrap().conversion_code.unwrap();
        let link = TrackingLink {
            destination: "http://shop.example/?s1=[s2sidentifier]".to_owned(),
            conversion_code_ids: vec![code.id.clone()],
            ..Default::default()
        };
        let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
        let link = client.tracking_links().create(request).await.unwrap().tracking_link.unwrap();
        let request = RecordClickRequest { tracking_link_id: link.id, ..Default::default() };
        let click = client.clicks().record(request).await.unwrap().click.unwrap().id;
        let answer = server.postback(&format!("clickId={click}&id={}&val=1&com=0", code.id)).await;
        assert_eq!(answer.field("verdict"), "RECORDED");
    }
}

#[tokio::test]
async fn a_page_token_is_of_one_account_and_one_call() {
    use s2s_sdk::v1::ApiKeyScope::{Read, Record, Write};
    let server = Server::start().await;
    let mut clients = Vec::new();
    for name in ["one", "other"] {
        let account = server.account(name).await;
        server.api_key(&account.id, &[Read]).await;
        let (_, key) = server.api_key(&account.id, &[Read, Write, Record]).await;
        let client = server.client_with(&key);
        two_of_each(&server, &client).await;
        clients.push(client);
    }
    let refused =
        |result: &Listed| result.as_ref().err().map(Error::reason) == Some(ErrorReason::PageTokenInvalid);
    for (own, (name, token)) in lists(&clients[1], "").await.into_iter().enumerate() {
        let token = token.unwrap();
        assert_ne!(token, "", "{name} has a second page");
        for (index, (called, result)) in lists(&clients[1], &token).await.iter().enumerate() {
            assert_eq!(refused(result), index != own, "{called} with a token of {name}: {result:?}");
        }
        for (called, result) in lists(&clients[0], &token).await {
            assert!(refused(&result), "{called} with another account's token of {name}: {result:?}");
        }
        let replay = s2s_sdk::v1::ReplayPostbacksRequest {
            page_token: token,
            validate_only: true,
            ..request::replay_all(s2s_sdk::v1::PostbackFilter::default())
        };
        let replayed = clients[1].postbacks().replay_page(replay).await.map(|_| String::new());
        assert!(refused(&replayed), "{name}: {replayed:?}");
    }
}
