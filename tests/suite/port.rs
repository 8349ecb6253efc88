//! One port for gRPC, gRPC-web and HTTP, for good and hostile clients.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use prost::Message as _;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName},
};
use s2s_sdk::{
    Code, Error,
    prost_types::FileDescriptorProto,
    v1::{
        ApiKeyScope, CheckMode, ConversionCode, ConversionVerdict, ErrorReason, ListConversionCodesRequest,
        ListConversionCodesResponse, PostbackAuthentication, RawPostback,
    },
};
use s2s_tests::{
    ADMIN_KEY, Answer, Server, authorized_by, bearer, command_with,
    edge_v1::{
        ListClickIdKeysRequest, ListLinksRequest, ResolveSlugRequest, edge_service_client::EdgeServiceClient,
    },
    end_of, http, request, run_to_end,
    sale::postback_id,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tonic::Status;

use crate::{contract::channel, moved, replay::get};

const LIST_CODES: &str = "/s2s.v1.ConversionCodeService/ListConversionCodes";
const SERVICES: [&str; 13] = [
    "s2s.v1.AccountService",
    "s2s.v1.AdjustmentService",
    "s2s.v1.ApiKeyService",
    "s2s.v1.ClickService",
    "s2s.v1.ConversionCodeService",
    "s2s.v1.ConversionService",
    "s2s.v1.PartnerService",
    "s2s.v1.PayoutService",
    "s2s.v1.PostbackService",
    "s2s.v1.PresetService",
    "s2s.v1.ReportService",
    "s2s.v1.StatementService",
    "s2s.v1.TrackingLinkService",
];

#[tokio::test]
async fn health_is_serving() {
    use tonic_health::pb::{
        HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
    };
    let server = Server::start().await;
    let mut client = HealthClient::new(channel(&server).await);
    let response = client.check(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(response.status(), ServingStatus::Serving);
    let request = HealthCheckRequest { service: "nothing.v1.Nothing".to_owned() };
    assert_eq!(client.check(request).await.unwrap_err().code(), Code::NotFound);

    let response = http().get(format!("{}/healthz", server.url)).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, reqwest::Version::HTTP_11));
    assert_eq!(Answer::of(response).await.field("status"), "serving");
}

/// A watcher of the health gets a message when the status changes, and not each second.
#[tokio::test]
async fn health_that_does_not_change_is_sent_once() {
    use tonic_health::pb::{
        HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
    };
    let server = Server::start().await;
    let mut client = HealthClient::new(channel(&server).await);
    let mut watch = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    let mut next = async || watch.next().await.unwrap().map(|response| response.status());
    let mut last = next().await.unwrap();
    // The server looks at its health each second. On a busy machine, the status may change.
    let repeated = async {
        loop {
            let status = next().await.unwrap();
            if std::mem::replace(&mut last, status) == status {
                return status;
            }
        }
    };
    assert!(timeout(Duration::from_secs(4), repeated).await.is_err(), "a status came twice");
    server.terminate().await;
    // When the server ends, the watcher gets another status, or the stream ends.
    let end = async { while next().await.is_ok_and(|status| status == ServingStatus::Serving) {} };
    timeout(Duration::from_secs(30), end).await.unwrap();
}

/// Lists the services by reflection, and fetches the schema file of one service.
macro_rules! check_reflection {
    ($version:ident, $server:expr) => {{
        use tonic_reflection::pb::$version::{
            ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
            server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
        };
        let requests = [
            MessageRequest::ListServices(String::new()),
            MessageRequest::FileContainingSymbol("s2s.v1.ConversionService.RecordConversion".to_owned()),
        ];
        let requests = requests
            .map(|request| ServerReflectionRequest { message_request: Some(request), ..Default::default() });
        let mut client = ServerReflectionClient::new(channel($server).await);
        let responses = client.server_reflection_info(stream::iter(requests)).await.unwrap().into_inner();
        let responses: Vec<_> = responses.map(|response| response.unwrap().message_response).collect().await;

        let Some(MessageResponse::ListServicesResponse(list)) = &responses[0] else {
            panic!("{responses:?}")
        };
        let mut names: Vec<&str> = list.service.iter().map(|service| service.name.as_str()).collect();
        names.retain(|name| name.starts_with("s2s."));
        names.sort();
        assert_eq!(names, SERVICES);
        let Some(MessageResponse::FileDescriptorResponse(file)) = &responses[1] else {
            panic!("{responses:?}")
        };
        let file = FileDescriptorProto::decode(file.file_descriptor_proto[0].as_slice()).unwrap();
        assert_eq!((file.name(), file.package()), ("s2s/v1/conversion_service.proto", "s2s.v1"));
        assert_eq!(file.service[0].method[0].name(), "RecordConversion");
    }};
}

#[tokio::test]
async fn reflection_describes_the_services_in_both_versions() {
    let server = Server::start().await;
    check_reflection!(v1, &server);
    check_reflection!(v1alpha, &server);
}

/// The names by which reflection could show the calls for edges.
const EDGE_SYMBOLS: [&str; 6] = [
    "s2s.edge.v1.EdgeService",
    "s2s.edge.v1.EdgeService.ResolveSlug",
    "s2s.edge.v1.EdgeService.ListClickIdKeys",
    "s2s.edge.v1.EdgeService.ListLinks",
    "s2s.edge.v1.ResolveSlugResponse",
    "s2s.edge.v1.ClickIdKey",
];
const EDGE_FILE: &str = "s2s/edge/v1/edge_service.proto";

/// Asks reflection, without a key, for everything of `s2s.edge.v1`. Checks that nothing is found.
macro_rules! check_edges_are_hidden {
    ($version:ident, $server:expr) => {{
        use tonic_reflection::pb::$version::{
            ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
            server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
        };
        let client = ServerReflectionClient::new(channel($server).await);
        let ask = async |request: MessageRequest| {
            let request = ServerReflectionRequest { message_request: Some(request), ..Default::default() };
            let answers = client.clone().server_reflection_info(stream::iter([request])).await?;
            let answer = answers.into_inner().message().await?;
            Ok::<_, Status>(answer.unwrap().message_response)
        };
        let symbols = EDGE_SYMBOLS.map(|name| MessageRequest::FileContainingSymbol(name.to_owned()));
        let file = MessageRequest::FileByFilename(EDGE_FILE.to_owned());
        for request in symbols.into_iter().chain([file]) {
            let hidden = ask(request.clone()).await.unwrap_err();
            assert_eq!(hidden.code(), Code::NotFound, "{request:?}: {hidden}");
        }
        let list = ask(MessageRequest::ListServices(String::new())).await.unwrap();
        let Some(MessageResponse::ListServicesResponse(list)) = list else { panic!("{list:?}") };
        let names = list.service.iter().map(|service| service.name.as_str());
        let shown: Vec<&str> = names.filter(|name| name.starts_with("s2s.edge")).collect();
        assert_eq!(shown, Vec::<&str>::new());
    }};
}

#[tokio::test]
async fn reflection_shows_nothing_of_the_calls_for_edges() {
    // If the schema did not contain these names, the checks below would prove nothing.
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/s2s/edge/v1/edge_service.proto");
    let schema = std::fs::read_to_string(schema).unwrap();
    for name in EDGE_SYMBOLS.map(|name| name.rsplit('.').next().unwrap()) {
        assert!(schema.contains(name), "{name}");
    }
    let server = Server::start().await;
    check_edges_are_hidden!(v1, &server);
    check_edges_are_hidden!(v1alpha, &server);
}

/// Splits a gRPC-web body into its messages and its trailers.
pub fn read_frames(mut body: &[u8]) -> (Vec<&[u8]>, String) {
    let (mut messages, mut trailers) = (Vec::new(), String::new());
    while let Some((&[flag, a, b, c, d], rest)) = body.split_first_chunk() {
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap();
        let (frame, rest) = rest.split_at(length);
        body = rest;
        match flag {
            0 => messages.push(frame),
            0x80 => trailers.push_str(std::str::from_utf8(frame).unwrap()),
            other => panic!("a frame of kind {other}"),
        }
    }
    assert!(body.is_empty());
    (messages, trailers)
}

/// A message as gRPC frames it.
pub fn frame(message: &impl prost::Message) -> Vec<u8> {
    let bytes = message.encode_to_vec();
    let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[0], length.as_slice(), &bytes].concat()
}

#[tokio::test]
async fn a_web_page_of_any_origin_may_call() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let url = format!("{}{LIST_CODES}", server.url);
    // The answer must list the headers by name: in browsers, `*` does not cover `authorization`.
    let asked = "authorization,content-type,grpc-timeout,x-grpc-web,x-user-agent";
    let preflight = http()
        .request(Method::OPTIONS, &url)
        .header("origin", "https://console.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", asked);
    let response = preflight.send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    let header =
        |headers: &HeaderMap, name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    for (name, expected) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", asked),
        ("access-control-max-age", "3600"),
        ("access-control-allow-credentials", ""),
    ] {
        assert_eq!(header(response.headers(), name).unwrap_or_default(), expected, "{name}");
    }

    let call = |request: &ListConversionCodesRequest| {
        let call = http().post(&url).header("origin", "https://console.example").header("x-grpc-web", "1");
        let call = call.header("authorization", bearer(ADMIN_KEY));
        call.header("content-type", "application/grpc-web+proto").body(frame(request)).send()
    };
    let response = call(&ListConversionCodesRequest::default()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(response.headers(), "content-type").unwrap(), "application/grpc-web+proto");
    assert_eq!(header(response.headers(), "access-control-allow-origin").unwrap(), "*");
    let exposed = header(response.headers(), "access-control-expose-headers").unwrap();
    assert_eq!(exposed, "grpc-status,grpc-message,grpc-status-details-bin,retry-after");
    let body = response.bytes().await.unwrap();
    let (messages, trailers) = read_frames(&body);
    let list = ListConversionCodesResponse::decode(messages[0]).unwrap();
    assert_eq!((messages.len(), list.conversion_codes), (1, vec![code]));
    assert_eq!(trailers.trim(), "grpc-status:0");

    // An error comes as trailers in the body or as headers; a page can read both.
    let bad = ListConversionCodesRequest { page_token: "x".to_owned(), ..Default::default() };
    let response = call(&bad).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut headers = response.headers().clone();
    let body = response.bytes().await.unwrap();
    for line in read_frames(&body).1.lines() {
        let (name, value) = line.split_once(':').unwrap();
        headers.insert(name.parse::<HeaderName>().unwrap(), value.trim().parse().unwrap());
    }
    let error = Error::from(Status::from_header_map(&headers).unwrap());
    assert_eq!((error.code(), error.reason()), (Code::InvalidArgument, ErrorReason::PageTokenInvalid));
}

#[tokio::test]
async fn postbacks_and_redirects_are_served_over_http_1_and_2() {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let two = reqwest::Client::builder().http2_prior_knowledge();
    let two = two.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (client, version) in [(http(), reqwest::Version::HTTP_11), (two, reqwest::Version::HTTP_2)] {
        let response = client.get(&link.url).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (302, version));
        let click_id = s2s_tests::click_id_of(response.headers()["location"].to_str().unwrap());
        let url = format!("{}/s2s?clickId={click_id}&id={}&val=1&com=0", server.url, code.id);
        let response = client.get(url).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (200, version));
        assert_eq!(response.headers()["s2s-verdict"], "RECORDED");
    }
}

#[tokio::test]
async fn a_call_whose_deadline_passes_gets_deadline_exceeded() {
    let server = Server::start().await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    // The request's message never arrives, so only the timeout can answer the call.
    let never = stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let call = client
        .post(format!("{}{LIST_CODES}", server.url))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("grpc-timeout", "50m")
        .header("authorization", bearer(ADMIN_KEY))
        .body(reqwest::Body::wrap_stream(never));
    let response = call.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let status = Status::from_header_map(response.headers()).unwrap();
    let error = Error::from(status);
    assert_eq!((error.code(), error.reason()), (Code::DeadlineExceeded, ErrorReason::DeadlineExceeded));
    assert_eq!(error.reason_text(), "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn calls_for_edges_are_closed_to_the_network() {
    let server = Server::start().await;
    let link = server.link(&[]).await;
    let mut edge = EdgeServiceClient::new(channel(&server).await);
    let resolve = ResolveSlugRequest { slug: link.slug.clone() };
    let mut keys = vec![ADMIN_KEY.to_owned()];
    for scope in [ApiKeyScope::Read, ApiKeyScope::Write, ApiKeyScope::Record, ApiKeyScope::Admin] {
        keys.push(server.api_key("", &[scope]).await.1);
    }
    for key in keys {
        let refused = [
            edge.resolve_slug(authorized_by(&key, resolve.clone())).await.map(drop),
            edge.list_click_id_keys(authorized_by(&key, ListClickIdKeysRequest {})).await.map(drop),
            edge.list_links(authorized_by(&key, ListLinksRequest::default())).await.map(drop),
        ];
        for result in refused {
            let error = Error::from(result.unwrap_err());
            assert_eq!((error.code(), error.reason()), (Code::PermissionDenied, ErrorReason::EdgeOnly));
        }
    }
    let keyless = [
        edge.resolve_slug(resolve.clone()).await.map(drop),
        edge.list_click_id_keys(ListClickIdKeysRequest {}).await.map(drop),
        edge.list_links(ListLinksRequest::default()).await.map(drop),
    ];
    for result in keyless {
        let error = Error::from(result.unwrap_err());
        assert_eq!((error.code(), error.reason()), (Code::Unauthenticated, ErrorReason::ApiKeyMissing));
    }
    // A caller with an edge's key gets the answers.
    let (_, key) = server.api_key("", &[ApiKeyScope::Edge]).await;
    let resolved = edge.resolve_slug(authorized_by(&key, resolve)).await.unwrap().into_inner();
    assert_eq!(resolved.tracking_link.unwrap().id, link.id);
    let keys = edge.list_click_id_keys(authorized_by(&key, ListClickIdKeysRequest {})).await.unwrap();
    assert_eq!(keys.into_inner().click_id_keys[0].secret.len(), 32);
}

#[tokio::test]
async fn an_edge_alone_is_believed_about_the_way_of_a_postback() {
    let server = Server::start().await;
    let checks = PostbackAuthentication {
        address_check: CheckMode::Enforce.into(),
        https_check: CheckMode::Enforce.into(),
        allowed_addresses: vec!["203.0.113.7".to_owned()],
        ..Default::default()
    };
    let code = ConversionCode {
        name: "Sale".to_owned(),
        postback_authentication: Some(checks),
        ..Default::default()
    };
    let code = server.create_code(code).await;
    let click = server.click(&server.link(&[&code]).await).await;
    let sent = RawPostback {
        method: "GET".to_owned(),
        target: format!("/s2s?clickId={click}&id={}&val=1&com=0", code.id).into_bytes(),
        sender_address: "203.0.113.7".to_owned(),
        receive_time: moved(code.create_time, -3_600),
        over_https: true,
        postback_id: postback_id(moved(code.create_time, -3_600).unwrap(), 1),
        ..Default::default()
    };
    let hand_on = async |scope: ApiKeyScope| {
        let (_, key) = server.api_key("", &[scope]).await;
        server.client_with(&key).conversions().record(request::postback(sent.clone())).await
    };

    let refused = hand_on(ApiKeyScope::Record).await.unwrap_err();
    assert_eq!((refused.code(), refused.reason()), (Code::PermissionDenied, ErrorReason::AddressRefused));
    let held = get(&server, &refused.metadata()["postback_id"]).await;
    assert_ne!(held.id, sent.postback_id);
    let raw = held.raw.unwrap();
    assert_eq!((raw.target, raw.sender_address.as_str()), (sent.target.clone(), ""));
    assert!(raw.receive_time.unwrap().seconds >= code.create_time.unwrap().seconds);

    let counted = hand_on(ApiKeyScope::Edge).await.unwrap();
    assert_eq!((counted.verdict(), &counted.postback_id), (ConversionVerdict::Recorded, &sent.postback_id));
    let raw = get(&server, &sent.postback_id).await.raw.unwrap();
    assert_eq!((raw.sender_address.as_str(), raw.receive_time), ("203.0.113.0", sent.receive_time));
    assert_eq!(hand_on(ApiKeyScope::Edge).await.unwrap(), counted, "the same postback again");
}

#[tokio::test]
async fn garbage_on_one_connection_disturbs_no_other() {
    let server = Server::start().await;
    let client = server.client();
    let code = server.code("Sale").await;
    let address = server.url.trim_start_matches("http://");
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let long_header = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    let mut open = Vec::new();
    for garbage in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
        b"\0\0\0\0",
        b"GET /s2s HTTP/9.9\r\n\r\n",
        b"GET /s2s?clickId=<insert> HTTP/1.1\r\n\r\n",
        b"POST /s2s HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999\r\n\r\n",
        b"POST /s2s HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        &[preface, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff".as_slice()].concat(),
        &[preface, [0xff; 1_000].as_slice()].concat(),
        long_header.as_bytes(),
        b"GET /s2s HTTP/1.1\r\nhost: a",
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The server may close the connection before everything is written.
        let _ = stream.write_all(garbage).await;
        open.push(stream);
        let list = client.conversion_codes().list_page(ListConversionCodesRequest::default()).await.unwrap();
        assert_eq!(list.conversion_codes, std::slice::from_ref(&code), "on an old connection");
        let answer = server.postback("").await;
        assert_eq!(answer.field("reason"), "PARAMETER_MISSING", "on a new connection");
    }
    // The last request is incomplete, so its connection is still open. All others are refused or
    // cut off.
    open.pop();
    for mut stream in open {
        let mut answer = [0; 10];
        // The server may also reset the connection without an answer.
        let length = stream.read(&mut answer).await.unwrap_or_default();
        assert!(!answer[..length].starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    }
}

#[tokio::test]
async fn clients_wait_during_a_restart_if_the_socket_is_passed_on() {
    let mut server = Server::start().await;
    let address = server.restart_on_a_socket().await.trim_start_matches("http://").to_owned();
    server.terminate().await;
    assert!(server.ended().await.success());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: s2s\r\nConnection: close\r\n\r\n").await.unwrap();
    server.restart_in_place().await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn passed_sockets_that_are_of_no_use_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (count, expected) in [("1", "fd 3 is not a socket"), ("2", "2 sockets were passed, not one")] {
        let (status, output) = run_to_end(folder.path(), &[], &[("LISTEN_FDS", count)]).await;
        assert!(!status.success() && output.contains(expected), "{output}");
        assert!(output.contains("reason: LISTEN_FAILED"), "{output}");
    }
    // Whoever passes the socket chooses its address. But `--no-auth` makes every caller an
    // administrator, so the server refuses this flag on an address that other machines can reach.
    let socket = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let mut command = command_with(&socket, folder.path());
    command.arg("--no-auth");
    let (status, output) = end_of(command).await;
    assert!(!status.success() && output.contains("reason: NO_AUTH_REACHABLE"), "{output}");
}
