//! The unary calls of the API in JSON over POST, in the form of the Connect protocol.
//!
//! Inside the gate, a request in JSON becomes a gRPC request, and its gRPC answer becomes JSON. So
//! JSON passes the same limits, keys, scopes and handlers. The schema's descriptor and the JSON
//! mapping of Protocol Buffers do the rest: a new call needs no code here.

mod failure;
mod names;
mod tree;
mod writing;

use std::{collections::HashMap, iter::successors, panic::AssertUnwindSafe, sync::LazyLock, time::Duration};

use axum::{body::Body, extract::Request, response::Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, MethodDescriptor,
};
use prost_types::FileDescriptorSet;
use s2s_sdk::v1::{DESCRIPTOR, ErrorReason};
use tonic::Status;

use self::writing::Written;
use super::{answers::grpc_failure, gate::no_room};
use crate::{
    api::{Routes, calls},
    error::{Error, Result, Violations},
};

/// Largest request in JSON, in bytes.
const JSON_BYTES_MAX: usize = 1_024 * 1_024;
/// The bytes before a message of gRPC: a flag, and the length of the message.
const FRAME_HEAD_BYTES: usize = 5;
const MEDIA_TYPE: &str = "application/json";
const TIMEOUT: &str = "connect-timeout-ms";
/// Maximum number of digits of a time limit.
const TIMEOUT_DIGITS_MAX: usize = 10;

/// The schema, and the details of errors.
static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let mut pool = DescriptorPool::decode(DESCRIPTOR).unwrap_or_default();
    let details = FileDescriptorSet::decode(tonic_types::pb::FILE_DESCRIPTOR_SET).unwrap_or_default();
    // The schema has `google.rpc.Status` already, in a file of another name.
    let details = details.file.into_iter().filter(|file| file.name() != "status.proto");
    // Without its descriptor, a detail is sent in binary alone.
    let _ = pool.add_file_descriptor_protos(details);
    pool
});

/// Every method of the schema, by its path.
static METHODS: LazyLock<HashMap<String, MethodDescriptor>> = LazyLock::new(|| {
    let methods = POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    methods
        .map(|method| (format!("/{}/{}", method.parent_service().full_name(), method.name()), method))
        .collect()
});

/// Marks a request that is a call in JSON, with its method; `None` if there is no such method.
#[derive(Clone)]
struct JsonCall(Option<MethodDescriptor>);

/// Marks a request in JSON, so that the layer of gRPC-web passes it on.
pub fn mark<B>(mut request: http::Request<B>) -> http::Request<B> {
    if request.method() == Method::POST && is_json(request.headers()) {
        let call = JsonCall(METHODS.get(request.uri().path()).cloned());
        request.extensions_mut().insert(call);
        // That layer refuses HTTP/1 unless it is gRPC-web.
        *request.version_mut() = Version::HTTP_2;
    }
    request
}

/// Returns whether a request was marked.
pub fn is_marked(request: &Request) -> bool {
    request.extensions().get::<JsonCall>().is_some()
}

/// Returns whether the content type is JSON, in UTF-8.
pub fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (media_type, parameters) = text.split_once(';').unwrap_or((text, ""));
    let parameters = parameters.trim().to_ascii_lowercase();
    media_type.trim().eq_ignore_ascii_case(MEDIA_TYPE)
        && (parameters.is_empty() || parameters.replace('"', "") == "charset=utf-8")
}

/// The time limit of a call in JSON. `None`: there is none, or it is malformed.
pub fn timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(TIMEOUT)?.to_str().ok()?;
    let millis = text.parse().ok().filter(|_| text.len() <= TIMEOUT_DIGITS_MAX)?;
    Some(Duration::from_millis(millis))
}

/// Passes a request on to its service: a request in JSON as gRPC, and its answer back as JSON.
pub async fn run(request: Request, routes: &Routes) -> Response {
    match request.extensions().get::<JsonCall>().cloned() {
        None => serve(request, routes).await,
        // On the heap, so that the future of gRPC calls, which are more frequent, stays small.
        Some(call) => Box::pin(translated(call, request, routes)).await,
    }
}

async fn serve(request: Request, routes: &Routes) -> Response {
    match routes.call(request) {
        Some(answered) => answered.await.unwrap_or_else(|never| match never {}).map(Body::new),
        None => grpc_failure(calls::unknown()),
    }
}

/// Turns a failure of gRPC into JSON.
pub fn failure(response: Response) -> Response {
    let status = Status::from_header_map(response.headers());
    status.map_or(response, |status| failure::answer(&status))
}

async fn translated(call: JsonCall, request: Request, routes: &Routes) -> Response {
    let method = match call.method() {
        Ok(method) => method,
        Err(error) => return grpc_failure(error),
    };
    let request = match to_grpc(&method, request).await {
        Ok(request) => request,
        Err(error) => return grpc_failure(error),
    };
    let response = match AssertUnwindSafe(serve(request, routes)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => return grpc_failure(Error::of_panic(&*panic)),
    };
    // A failure has its status in its headers. It becomes JSON at the end of the gate.
    if Status::from_header_map(response.headers()).is_some() {
        return response;
    }
    to_json(&method, response).await.unwrap_or_else(grpc_failure)
}

impl JsonCall {
    fn method(self) -> Result<MethodDescriptor> {
        let Self(Some(method)) = self else {
            let message = "there is no such method in JSON; the methods are those of `s2s.v1`";
            return Err(Error::new(ErrorReason::MethodUnknown, message));
        };
        if method.is_client_streaming() {
            let message = "a stream can't be called in JSON; call it with gRPC, for example with an SDK, or call \
                           `BatchRecordConversions`";
            return Err(Error::new(ErrorReason::MethodUnknown, message));
        }
        if method.is_server_streaming() {
            let message = "a stream can't be called in JSON; call it with gRPC or gRPC-web: with `watch` of an SDK, \
                           or on the command line with `s2s tail`";
            return Err(Error::new(ErrorReason::MethodUnknown, message));
        }
        Ok(method)
    }
}

/// Reads a request in JSON, and writes it as a request of gRPC.
async fn to_grpc(method: &MethodDescriptor, request: Request) -> Result<Request> {
    let (mut parts, body) = request.into_parts();
    if parts.headers.contains_key(TIMEOUT) && timeout(&parts.headers).is_none() {
        let message = "the header `connect-timeout-ms` must be a number of milliseconds, such as `5000`";
        return Err(Error::new(ErrorReason::FieldInvalid, message));
    }
    if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let message = "compressed requests are not supported; send them uncompressed";
        return Err(Error::new(ErrorReason::CompressionUnsupported, message));
    }
    let body = Limited::new(body, JSON_BYTES_MAX).collect().await.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            let message = "a request in JSON has at most 1 MiB; send less at once, or call with gRPC";
            return Error::new(ErrorReason::RequestTooLarge, message);
        }
        // The gate breaks off a body for which it has no room.
        let mut causes = successors(error.source(), |cause| cause.source());
        if causes.any(<dyn std::error::Error>::is::<Status>) {
            return no_room();
        }
        Error::new(ErrorReason::FieldInvalid, "the request did not arrive whole; send it again")
    })?;
    let message = message(&method.input(), &body.to_bytes())?;
    let length = message.encoded_len();
    let mut frame = BytesMut::with_capacity(FRAME_HEAD_BYTES + length);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(length).map_err(|error| Error::internal(&error))?);
    message.encode(&mut frame).map_err(|error| Error::internal(&error))?;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    parts.headers.insert(header::TE, HeaderValue::from_static("trailers"));
    Ok(Request::from_parts(parts, Body::from(frame.freeze())))
}

/// Reads a message in the JSON mapping of Protocol Buffers.
fn message(descriptor: &MessageDescriptor, json: &[u8]) -> Result<DynamicMessage> {
    let tree = tree::read(json)?;
    let mut violations = Violations::default();
    names::check(descriptor, &tree, "", &mut violations);
    if !violations.is_empty() {
        return Err(violations.into_error());
    }
    let mut track = serde_path_to_error::Track::new();
    let reader = serde_path_to_error::Deserializer::new(tree, &mut track);
    let read =
        DynamicMessage::deserialize_with_options(descriptor.clone(), reader, &DeserializeOptions::new());
    read.map_err(|_| {
        let mut violations = Violations::default();
        let (path, sentence) = names::misread(descriptor, &track.path());
        violations.add(&path, sentence);
        violations.into_error()
    })
}

/// Writes an answer of gRPC in JSON.
async fn to_json(method: &MethodDescriptor, response: Response) -> Result<Response> {
    let body = response.into_body().collect().await.map_err(|error| Error::internal(&error))?;
    let status = body.trailers().and_then(Status::from_header_map);
    if let Some(status) = status.filter(|status| status.code() != tonic::Code::Ok) {
        return Ok(failure::answer(&status));
    }
    let bytes = body.to_bytes();
    let message = bytes.get(FRAME_HEAD_BYTES..).unwrap_or_default();
    let message =
        DynamicMessage::decode(method.output(), message).map_err(|error| Error::internal(&error))?;
    Ok(json(StatusCode::OK, written(&message)?))
}

/// A message in the JSON mapping of Protocol Buffers.
fn written(message: &DynamicMessage) -> Result<Bytes> {
    let json = serde_json::to_vec(&Written(message)).map_err(|error| Error::internal(&error))?;
    Ok(json.into())
}

fn json(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    response
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;
    use crate::api::calls::CALLS;

    #[test]
    fn the_schema_and_the_details_of_errors_are_known() {
        assert_eq!(METHODS.len(), CALLS.iter().filter(|call| call.package() == "/s2s.v1.").count());
        for name in ["google.rpc.ErrorInfo", "google.rpc.RetryInfo", "google.rpc.BadRequest"] {
            assert!(POOL.get_message_by_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn only_json_in_utf_8_is_json() {
        for (text, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=iso-8859-1", false),
            ("application/json5", false),
            ("text/json", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(text))]);
            assert_eq!(is_json(&headers), expected, "{text}");
        }
    }

    #[test]
    fn time_limits_are_in_milliseconds() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1500", Some(1_500)),
            ("9999999999", Some(9_999_999_999)),
            ("10000000000", None),
            ("-1", None),
            ("1s", None),
            ("", None),
        ] {
            let value = HeaderValue::from_static(text);
            let headers = HeaderMap::from_iter([(HeaderName::from_static(TIMEOUT), value)]);
            assert_eq!(timeout(&headers), expected.map(Duration::from_millis), "{text}");
        }
    }
}
