//! One port for gRPC, gRPC-web and HTTP, for good and hostile clients.

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
        ErrorReason, ListClickIdKeysRequest, ListConversionCodesRequest, ListConversionCodesResponse,
        ReceivePostbackRequest, ResolveSlugRequest, click_service_client::ClickServiceClient,
        postback_service_client::PostbackServiceClient,
        tracking_link_service_client::TrackingLinkServiceClient,
    },
};
use s2s_tests::{ADMIN_KEY, Answer, Server, authorized, bearer, command_with, end_of, http, run_to_end};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{
    Status,
    transport::{Channel, Endpoint},
};

const LIST_CODES: &str = "/s2s.v1.ConversionCodeService/ListConversionCodes";
const SERVICES: [&str; 8] = [
    "s2s.v1.AccountService",
    "s2s.v1.ApiKeyService",
    "s2s.v1.ClickService",
    "s2s.v1.ConversionCodeService",
    "s2s.v1.ConversionService",
    "s2s.v1.PostbackService",
    "s2s.v1.PresetService",
    "s2s.v1.TrackingLinkService",
];

async fn channel(server: &Server) -> Channel {
    Endpoint::from_shared(server.url.clone()).unwrap().connect().await.unwrap()
}

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
        assert_eq!((file.name(), file.package()), ("s2s/v1/conversion.proto", "s2s.v1"));
        assert_eq!(file.service[0].method[0].name(), "RecordConversion");
    }};
}

#[tokio::test]
async fn reflection_describes_the_services_in_both_versions() {
    let server = Server::start().await;
    check_reflection!(v1, &server);
    check_reflection!(v1alpha, &server);
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
    assert_eq!(exposed, "grpc-status,grpc-message,grpc-status-details-bin");
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
async fn a_call_whose_deadline_passes_is_told_so() {
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
    let channel = channel(&server).await;
    let resolve = ResolveSlugRequest { slug: link.slug };
    let refused = [
        TrackingLinkServiceClient::new(channel.clone()).resolve_slug(authorized(resolve)).await.map(drop),
        ClickServiceClient::new(channel.clone())
            .list_click_id_keys(authorized(ListClickIdKeysRequest {}))
            .await
            .map(drop),
        PostbackServiceClient::new(channel)
            .receive_postback(authorized(ReceivePostbackRequest::default()))
            .await
            .map(drop),
    ];
    for result in refused {
        let error = Error::from(result.unwrap_err());
        assert_eq!((error.code(), error.reason()), (Code::PermissionDenied, ErrorReason::EdgeOnly));
    }
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
        let list = client.list_conversion_codes(ListConversionCodesRequest::default()).await.unwrap();
        assert_eq!(list.conversion_codes, std::slice::from_ref(&code), "on an old connection");
        let answer = server.postback("").await;
        assert_eq!(answer.field("reason"), "MISSING_PARAMETER", "on a new connection");
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
async fn who_comes_during_a_restart_waits_where_the_socket_is_passed_on() {
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
    // administrator, so it is refused on an address that other machines can reach.
    let socket = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let mut command = command_with(&socket, folder.path());
    command.arg("--no-auth");
    let (status, output) = end_of(command).await;
    assert!(!status.success() && output.contains("reason: NO_AUTH_REACHABLE"), "{output}");
}
