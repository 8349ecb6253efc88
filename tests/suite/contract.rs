//! The schema as a contract: every RPC exists, is tested, fails as promised and is documented.

pub mod covered;

use std::collections::BTreeSet;

use ErrorReason as E;
use hyper::body::Body as _;
use prost::{
    Message as _,
    bytes::{Buf as _, BufMut as _},
};
use reqwest::Method;
use s2s_sdk::{
    Code,
    prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet, MessageOptions},
    v1::{ApiKeyScope, DESCRIPTOR, ErrorReason},
};
use s2s_tests::{ADMIN_KEY, Answer, Server, bearer, http};
use tonic::{
    Request, Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

use self::covered::{COVERED, CoveredCall};

/// The schema of the RPCs for edges only. The descriptor, which anybody may read, omits it.
const EDGE_SCHEMA: &str = include_str!("../../proto/s2s/edge/v1/edge_service.proto");
const EDGE_SERVICE: &str = "EdgeService/";

/// The files of the package `s2s.v1`.
fn files() -> Vec<FileDescriptorProto> {
    let mut set = FileDescriptorSet::decode(DESCRIPTOR).unwrap();
    set.file.retain(|file| file.package() == "s2s.v1");
    assert!(!set.file.is_empty());
    set.file
}

/// `Service/Method` of every RPC, including the RPCs for edges only.
pub fn methods() -> Vec<String> {
    let mut names = Vec::new();
    for service in files().iter().flat_map(|file| &file.service) {
        names.extend(service.method.iter().map(|method| format!("{}/{}", service.name(), method.name())));
    }
    let own = names.len();
    let for_edges = EDGE_SCHEMA.lines().filter_map(|line| line.trim().strip_prefix("rpc "));
    names.extend(for_edges.map(|rpc| format!("{EDGE_SERVICE}{}", rpc.split('(').next().unwrap())));
    assert!(names.len() > own, "there are RPCs for edges");
    names
}

/// The path of the RPC `Service/Method`.
pub fn path(method: &str) -> String {
    let package = if method.starts_with(EDGE_SERVICE) { "s2s.edge.v1" } else { "s2s.v1" };
    format!("/{package}.{method}")
}

/// A codec of raw bytes, so that any RPC can be called with anything.
#[derive(Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

pub async fn channel(server: &Server) -> Channel {
    Endpoint::from_shared(server.url.clone()).unwrap().connect().await.unwrap()
}

async fn call(channel: &Channel, path: &str, message: &[u8]) -> Result<Vec<u8>, Status> {
    call_as(Some(&bearer(ADMIN_KEY)), channel, path, message).await
}

/// Calls an RPC, and returns the first message of its answer. Reads the answer to its end, unless
/// the call is a stream of events, which has none. `authorization` is the value of the header of
/// that name.
pub async fn call_as(
    authorization: Option<&str>,
    channel: &Channel,
    path: &str,
    message: &[u8],
) -> Result<Vec<u8>, Status> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let mut request = Request::new(message.to_vec());
    if let Some(authorization) = authorization {
        request.metadata_mut().insert("authorization", authorization.parse().unwrap());
    }
    let answer = client.server_streaming(request, path.parse().unwrap(), Bytes).await;
    let mut messages = answer?.into_inner();
    let first = messages.message().await?.unwrap();
    while !path.contains("/Watch") && messages.message().await?.is_some() {}
    Ok(first)
}

/// The reason of a status. Its domain must be `s2s.v1`, and the schema must list the reason.
#[track_caller]
pub fn reason(method: &str, status: &Status) -> ErrorReason {
    let info =
        status.get_details_error_info().unwrap_or_else(|| panic!("{method}: no ErrorInfo in {status:?}"));
    assert_eq!(info.domain, "s2s.v1", "{method}");
    let reason = ErrorReason::from_str_name(&format!("ERROR_REASON_{}", info.reason));
    reason.unwrap_or_else(|| panic!("{method}: {} is not in the schema", info.reason))
}

#[test]
fn every_rpc_has_a_test() {
    let covered: BTreeSet<&str> = COVERED.iter().map(|call| call.method).collect();
    let methods = methods();
    assert_eq!(covered, methods.iter().map(String::as_str).collect());
    assert_eq!(covered.len(), COVERED.len());
    for CoveredCall { method, source, test, .. } in COVERED {
        let (_, function) = source.split_once(&format!("fn {test}(")).expect(test);
        let (function, _) = function.split_once("\n}\n").unwrap();
        assert!(calls(function, method), "{test} does not call {method}");
    }
}

/// Returns whether a function calls an RPC: with the SDK, or with the generated client.
fn calls(function: &str, method: &str) -> bool {
    let (service, name) = method.split_once('/').unwrap();
    let noun = service.trim_end_matches("Service");
    let short = name.strip_suffix(&format!("{noun}s")).or_else(|| name.strip_suffix(noun)).unwrap_or(name);
    let [noun, name, short] = [noun, name, short].map(snake_case);
    let has = |text: String| function.contains(&text);
    let by_sdk = has(format!(".{noun}s()")) && (has(format!(".{short}(")) || has(format!(".{short}_page(")));
    by_sdk || has(format!(".{name}("))
}

/// Converts a name such as `ListClicks` to `list_clicks`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[tokio::test]
async fn every_rpc_answers_an_empty_request_as_promised() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    for CoveredCall { method, empty_request: expected, .. } in COVERED {
        match call(&channel, &path(method), &[]).await {
            Ok(_) => assert_eq!(expected, E::Unspecified, "{method}"),
            Err(status) => {
                let wrong = [Code::Unimplemented, Code::Unknown, Code::Internal];
                assert!(!wrong.contains(&status.code()), "{method}: {status:?}");
                assert_eq!(reason(method, &status), expected, "{method}");
                assert!(!status.message().is_empty(), "{method}");
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_is_no_message_is_refused_with_a_reason() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    let (_, edge_key) = server.api_key("", &[ApiKeyScope::Edge]).await;
    for CoveredCall { method, empty_request: expected, .. } in COVERED {
        let key = if expected == E::EdgeOnly { &edge_key } else { ADMIN_KEY };
        let answer = call_as(Some(&bearer(key)), &channel, &path(method), &[0xff; 16]).await;
        let status = answer.unwrap_err();
        assert!(matches!(status.code(), Code::InvalidArgument | Code::Internal), "{method}: {status:?}");
        reason(method, &status);
    }
    call(&channel, "/s2s.v1.ConversionService/ListConversions", &[]).await.unwrap();
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_with_a_reason() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    // Field 1 is a text of 5 MiB. The server accepts messages of at most 4 MiB.
    let message = [b"\x0a\x80\x80\xc0\x02".as_slice(), &vec![b'x'; 5 * 1_024 * 1_024]].concat();
    let method = "ConversionService/RecordConversion";
    let status = call(&channel, &path(method), &message).await.unwrap_err();
    assert!(matches!(status.code(), Code::OutOfRange | Code::ResourceExhausted), "{status:?}");
    assert_eq!(reason(method, &status), E::RequestTooLarge);
}

#[tokio::test]
async fn an_rpc_that_is_not_there_is_unimplemented() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    for path in [
        "/s2s.v1.ConversionService/Nothing",
        "/s2s.v1.NothingService/Get",
        "/s2s.v1.EdgeService/ResolveSlug",
        "/s2s.edge.v1.EdgeService/Nothing",
        "/nothing.v1.Nothing/Get",
    ] {
        let status = call(&channel, path, &[]).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented, "{path}: {status:?}");
        assert_eq!(reason(path, &status), ErrorReason::MethodUnknown, "{path}");
    }
}

#[tokio::test]
async fn a_request_that_is_no_grpc_call_gets_an_answer_that_says_so() {
    let server = Server::start().await;
    for (method, content_type) in [
        (Method::POST, "application/x-www-form-urlencoded"),
        (Method::POST, ""),
        (Method::GET, ""),
        (Method::PUT, "text/plain"),
    ] {
        for path in ["ConversionService/RecordConversion", "ClickService/GetClick"] {
            let url = format!("{}/s2s.v1.{path}", server.url);
            let asked = http().request(method.clone(), &url).header("content-type", content_type).body("{}");
            let answer = Answer::of(asked.send().await.unwrap()).await;
            assert_eq!((answer.status, answer.field("reason").as_str()), (415, "PARAMETER_MALFORMED"));
            assert!(answer.field("message").contains("application/grpc"), "{answer:?}");
        }
    }
}

/// The things that must be documented: the name of each, and its path in the file, in the form that
/// descriptor.proto defines.
type Places = Vec<(String, Vec<i32>)>;

fn index(position: usize) -> i32 {
    i32::try_from(position).unwrap()
}

fn add_message(message: &DescriptorProto, path: &[i32], places: &mut Places) {
    let at = |more: [i32; 2]| [path, &more].concat();
    let own = message.name();
    places.push((own.to_owned(), path.to_vec()));
    for (position, field) in message.field.iter().enumerate() {
        places.push((format!("{own}.{}", field.name()), at([2, index(position)])));
    }
    // Each `optional` field has a synthetic oneof, which nobody wrote.
    let written = message.oneof_decl.iter().filter(|oneof| !oneof.name().starts_with('_'));
    for (position, oneof) in written.enumerate() {
        places.push((format!("{own}.{}", oneof.name()), at([8, index(position)])));
    }
    for (position, nested) in message.nested_type.iter().enumerate() {
        // The compiler makes the message of a map's entries.
        if !nested.options.as_ref().is_some_and(MessageOptions::map_entry) {
            add_message(nested, &at([3, index(position)]), places);
        }
    }
}

#[test]
fn everything_in_the_schema_is_explained() {
    for file in files() {
        let mut places = Places::new();
        for (position, message) in file.message_type.iter().enumerate() {
            add_message(message, &[4, index(position)], &mut places);
        }
        for (position, all) in file.enum_type.iter().enumerate() {
            places.push((all.name().to_owned(), vec![5, index(position)]));
            for (value_position, value) in all.value.iter().enumerate() {
                places.push((value.name().to_owned(), vec![5, index(position), 2, index(value_position)]));
            }
        }
        for (position, service) in file.service.iter().enumerate() {
            places.push((service.name().to_owned(), vec![6, index(position)]));
            for (method_position, method) in service.method.iter().enumerate() {
                places.push((method.name().to_owned(), vec![6, index(position), 2, index(method_position)]));
            }
        }
        let locations = file.source_code_info.as_ref().unwrap();
        let explained: BTreeSet<&[i32]> = locations
            .location
            .iter()
            .filter(|location| !location.leading_comments().trim().is_empty())
            .map(|location| location.path.as_slice())
            .collect();
        for (name, path) in places {
            assert!(explained.contains(path.as_slice()), "{}: {name} has no comment", file.name());
        }
    }
}

#[test]
fn everything_in_the_schema_for_edges_is_explained() {
    let mut before = "";
    for line in EDGE_SCHEMA.lines().map(str::trim) {
        let is_field = line.contains(" = ") && !line.starts_with("option ") && !line.starts_with("syntax ");
        let is_named = ["service ", "rpc ", "message ", "enum "].iter().any(|word| line.starts_with(word));
        assert!(!(is_field || is_named) || before.starts_with("//"), "{line} has no comment");
        before = line;
    }
}

/// Some clients consider an answer broken if its headers contain the status but the answer does not
/// end with these headers.
#[tokio::test]
async fn an_error_without_a_message_ends_with_its_headers() {
    let server = Server::start().await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let mut refused = 0;
    for method in methods() {
        let request = client
            .post(format!("{}{}", server.url, path(&method)))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", format!("Bearer {ADMIN_KEY}"))
            // An empty message.
            .body(vec![0; 5]);
        let response = request.send().await.unwrap();
        if response.headers().contains_key("grpc-status") {
            refused += 1;
            assert!(reqwest::Body::from(response).is_end_stream(), "{method}");
        }
    }
    assert!(refused > 20, "{refused}");
}
