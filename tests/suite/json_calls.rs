//! Calls in JSON over POST: they get the same answers and refusals as over gRPC. Only the limit of
//! a request is smaller, and streams are refused.

use std::collections::BTreeMap;

use futures::{StreamExt as _, future::join_all, stream};
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use reqwest::{RequestBuilder, Response};
use s2s_sdk::{
    Code,
    v1::{ApiKeyScope, DESCRIPTOR, ErrorReason},
};
use s2s_tests::{ADMIN_KEY, Answer, Server, bearer, eventually, http, wire::memory_peak_kib};
use serde_json::{Value, json};

use crate::{
    attacks::ONE_AT_A_TIME,
    contract::{call_as, channel, covered::COVERED, path, reason},
    raw::exchange,
};

const RECORD: &str = "ConversionService/RecordConversion";
const LIST: &str = "ConversionService/ListConversions";
const CLICK: &str = "ClickService/RecordClick";
const UPDATE: &str = "ConversionCodeService/UpdateConversionCode";
/// The size of the largest request that is accepted, in bytes.
const REQUEST_BYTES_MAX: usize = 1_024 * 1_024;

fn post(server: &Server, method: &str) -> RequestBuilder {
    let call = http().post(format!("{}{}", server.url, path(method)));
    call.bearer_auth(ADMIN_KEY).header("content-type", "application/json")
}

async fn call(server: &Server, method: &str, request: &str) -> (u16, Value) {
    read(post(server, method).body(request.to_owned()).send().await.unwrap()).await
}

async fn read(response: Response) -> (u16, Value) {
    let content_type = response.headers()["content-type"].clone();
    let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
    assert_eq!(content_type, "application/json", "{text}");
    (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// The machine-readable reason of a failure.
fn reason_of(failure: &Value) -> &str {
    let details = failure["details"].as_array().unwrap();
    let info = details.iter().find(|detail| detail["type"] == "google.rpc.ErrorInfo").unwrap();
    info["debug"]["reason"].as_str().unwrap()
}

/// The HTTP status and the name of a code in the Connect protocol.
fn expected(code: Code) -> (u16, &'static str) {
    match code {
        Code::InvalidArgument => (400, "invalid_argument"),
        Code::NotFound => (404, "not_found"),
        Code::PermissionDenied => (403, "permission_denied"),
        Code::Unimplemented => (501, "unimplemented"),
        Code::FailedPrecondition => (400, "failed_precondition"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_call_answers_as_over_grpc() {
    let server = Server::start().await;
    let channel = channel(&server).await;
    let schema = DescriptorPool::decode(DESCRIPTOR).unwrap();
    let key = bearer(ADMIN_KEY);
    for covered in COVERED {
        let method = covered.method;
        let (status, answer) = call(&server, method, "{}").await;
        let (service, name) = method.split_once('/').unwrap();
        let service = schema.get_service_by_name(&format!("s2s.v1.{service}"));
        let known = service.and_then(|service| service.methods().find(|known| known.name() == name));
        let is_unary =
            |known: &MethodDescriptor| !known.is_client_streaming() && !known.is_server_streaming();
        let Some(known) = known.filter(is_unary) else {
            let refused = [(501, "METHOD_UNKNOWN"), (403, "EDGE_ONLY")];
            assert!(refused.contains(&(status, reason_of(&answer))), "{method}: {answer}");
            continue;
        };
        match call_as(Some(&key), &channel, &path(method), &[]).await {
            Ok(message) => {
                let output = known.output();
                let read = DynamicMessage::deserialize(output.clone(), answer.clone()).unwrap();
                let over_grpc = DynamicMessage::decode(output, message.as_slice()).unwrap();
                assert_eq!(status, 200, "{method}: {answer}");
                // Each rotation makes a new key, with its own times.
                if !name.starts_with("Rotate") {
                    assert_eq!(read, over_grpc, "{method}");
                }
            }
            Err(refusal) => {
                let text = answer["code"].as_str().unwrap();
                assert_eq!((status, text), expected(refusal.code()), "{method}: {answer}");
                assert_eq!(answer["message"], refusal.message(), "{method}");
                let over_grpc = reason(method, &refusal).as_str_name();
                assert_eq!(over_grpc, format!("ERROR_REASON_{}", reason_of(&answer)), "{method}");
            }
        }
    }
}

#[tokio::test]
async fn a_first_conversion_needs_only_json() {
    let server = Server::start().await;
    let code = json!({"conversionCode": {"name": "Sale", "defaultCurrency": "EUR"}});
    let (_, code) = call(&server, "ConversionCodeService/CreateConversionCode", &code.to_string()).await;
    let code = code["conversionCode"]["id"].as_str().unwrap();
    let link = json!({"trackingLink": {
        "destination": "https://shop.example/?s1=[s2sidentifier]",
        "conversion_code_ids": [code],
    }});
    let (_, link) = call(&server, "TrackingLinkService/CreateTrackingLink", &link.to_string()).await;
    let click = json!({"trackingLinkId": link["trackingLink"]["id"]});
    let (_, click) = call(&server, "ClickService/RecordClick", &click.to_string()).await;
    let sale = json!({"conversion": {
        "clickId": click["click"]["id"],
        "conversionCodeId": code,
        "transactionId": "order-1001",
        // More digits than a float holds.
        "value": {"micros": 9_007_199_254_740_993_i64},
        "commissionAmount": {"micros": "2500000"},
        "conversionTime": null,
    }})
    .to_string();
    for verdict in ["CONVERSION_VERDICT_RECORDED", "CONVERSION_VERDICT_DUPLICATE"] {
        let (status, answer) = call(&server, RECORD, &sale).await;
        assert_eq!((status, &answer["verdict"]), (200, &json!(verdict)), "{answer}");
        let conversion = &answer["conversion"];
        assert_eq!(conversion["value"], json!({"currencyCode": "EUR", "micros": "9007199254740993"}));
        assert_eq!(conversion["commission"], json!({"currencyCode": "EUR", "micros": "2500000"}));
    }
    let (_, list) = call(&server, LIST, r#"{"filter":{"transactionId":"order-1001"}}"#).await;
    assert_eq!(list["conversions"].as_array().map(Vec::len), Some(1), "{list}");
}

#[tokio::test]
async fn a_request_that_is_not_understood_says_where() {
    let server = Server::start().await;
    for (method, request, message) in [
        (LIST, "", "no body"),
        (LIST, "[]", "must be a JSON object"),
        (LIST, "{", "not valid JSON: EOF"),
        (LIST, r#"{"pageSize":1} {}"#, "trailing characters"),
        (LIST, r#"{"pageSize":1,"pageSize":2}"#, "`pageSize` twice"),
        (LIST, r#"{"pageSize":1,"page_size":2}"#, "`page_size` and `pageSize`, which are one field"),
        (LIST, r#"{"pagesize":1}"#, "do you mean `pageSize`?"),
        (LIST, r#"{"zzz":1}"#, "it has `pageSize`"),
        (LIST, r#"{"pageSize":"many"}"#, "page_size: must be a whole number from -2147483648"),
        (LIST, r#"{"pageSize":1.5}"#, "page_size: must be a whole number"),
        (LIST, r#"{"pageSize":99999999999}"#, "page_size: must be a whole number"),
        (LIST, r#"{"pageToken":1}"#, "page_token: must be a text in quotes"),
        (LIST, r#"{"filter":{"status":["x"]}}"#, "filter.status: must be one of `CONVERSION_STATUS_"),
        (UPDATE, r#"{"updateMask":"default_status"}"#, "update_mask: must be a text such as `name,"),
        (UPDATE, r#"{"updateMask":{"paths":["name"]}}"#, "update_mask: must be a text such as `name,"),
        (LIST, r#"{"filter":"new"}"#, "filter: must be an object with `"),
        (RECORD, r#"{"conversion":{"value":"19.99"}}"#, "conversion.value: must be an object with `"),
        (RECORD, r#"{"conversion":{"value":{"micros":19.99}}}"#, "conversion.value.micros: must be a whole"),
        (RECORD, r#"{"conversion":{"customParams":"a=1"}}"#, "conversion.custom_params: must be a list"),
        (CLICK, r#"{"subIds":{"sub1":5}}"#, "sub_ids.sub1: must be a text in quotes"),
        (CLICK, r#"{"subIds":["a"]}"#, "sub_ids: must be an object"),
        (RECORD, r#"{"postback":{"target":"***"}}"#, "postback.target: must be a text in base64"),
        (RECORD, r#"{"conversion":{"status":"APPROVED"}}"#, "`CONVERSION_STATUS_APPROVED`"),
        (
            RECORD,
            r#"{"conversion":{"conversionTime":"yesterday"}}"#,
            "conversion.conversion_time: must be a time with",
        ),
        (RECORD, r#"{"conversion":{"customParams":[{"key":"a"},{"kex":"a"}]}}"#, "custom_params[1]: has no"),
        (RECORD, r#"{"conversion":{},"postback":{}}"#, "request: has `conversion` and `postback`, of which"),
        (
            RECORD,
            r#"{"conversion":{"commissionAmount":{},"commission_percent_micros":1}}"#,
            "conversion: has `commissionAmount` and `commissionPercentMicros`, of which only one can be set",
        ),
    ] {
        let (status, answer) = call(&server, method, request).await;
        assert_eq!((status, reason_of(&answer)), (400, "FIELD_INVALID"), "{request}: {answer}");
        let text = answer["message"].as_str().unwrap();
        assert!(text.contains(message), "{request}: {text}");
    }
}

#[tokio::test]
async fn only_whole_plain_requests_of_a_known_size_are_read() {
    let server = Server::start().await;
    let blanks = |bytes: usize| format!("{{{}}}", " ".repeat(bytes - 2));
    let (status, answer) = call(&server, LIST, &blanks(REQUEST_BYTES_MAX)).await;
    assert_eq!((status, answer), (200, json!({})));
    let (status, answer) = call(&server, LIST, &blanks(REQUEST_BYTES_MAX + 1)).await;
    assert_eq!((status, reason_of(&answer)), (400, "REQUEST_TOO_LARGE"));
    // The limit also applies to a body whose length is not announced.
    let pieces = stream::repeat(vec![b' '; 1_024]).take(REQUEST_BYTES_MAX / 1_024 + 1);
    let body = reqwest::Body::wrap_stream(pieces.map(Ok::<_, std::convert::Infallible>));
    let (status, answer) = read(post(&server, LIST).body(body).send().await.unwrap()).await;
    assert_eq!((status, reason_of(&answer)), (400, "REQUEST_TOO_LARGE"));

    let zipped = post(&server, LIST).header("content-encoding", "gzip").body("{}");
    let (status, answer) = read(zipped.send().await.unwrap()).await;
    assert_eq!((status, reason_of(&answer)), (501, "COMPRESSION_UNSUPPORTED"));

    // The request never arrives completely, so only the timeout can end the call.
    let never = stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let late = post(&server, LIST).header("connect-timeout-ms", "50").body(reqwest::Body::wrap_stream(never));
    let (status, answer) = read(late.send().await.unwrap()).await;
    assert_eq!((status, reason_of(&answer)), (504, "DEADLINE_EXCEEDED"));

    for malformed in ["", "1s", "-1", "1.5", "10000000000"] {
        let call = post(&server, LIST).header("connect-timeout-ms", malformed).body("{}");
        let (status, answer) = read(call.send().await.unwrap()).await;
        assert_eq!((status, reason_of(&answer)), (400, "FIELD_INVALID"), "{malformed:?}");
    }

    // A request whose last byte is missing has no effect, even though its JSON is complete.
    let create = r#"{"conversionCode":{"name":"Half","defaultCurrency":"EUR"}}"#;
    let head = format!(
        "POST /s2s.v1.ConversionCodeService/CreateConversionCode HTTP/1.1\r\nhost: a\r\nauthorization: {}\r\n\
         content-type: application/json\r\nconnect-timeout-ms: 500\r\ncontent-length: {}\r\n\r\n",
        bearer(ADMIN_KEY),
        create.len() + 1,
    );
    let answer = exchange(&server, &[head.as_bytes(), create.as_bytes()]).await;
    assert!(!answer.contains(" 200 "), "{answer}");
    let (_, codes) = call(&server, "ConversionCodeService/ListConversionCodes", "{}").await;
    assert_eq!(codes, json!({}));
}

#[tokio::test]
async fn keys_scopes_and_paths_count_as_over_grpc() {
    let server = Server::start().await;
    let (_, reader) = server.api_key("", &[ApiKeyScope::Read]).await;
    let create = "ConversionCodeService/CreateConversionCode";
    let cases = [
        (LIST, None, 401, "API_KEY_MISSING"),
        (LIST, Some("s2s_0"), 401, "API_KEY_INVALID"),
        (create, Some(reader.as_str()), 403, "SCOPE_MISSING"),
        (LIST, Some(&reader), 200, ""),
        ("ConversionService/Nothing", Some(ADMIN_KEY), 501, "METHOD_UNKNOWN"),
        ("NothingService/Get", Some(ADMIN_KEY), 501, "METHOD_UNKNOWN"),
        ("ConversionService/StreamRecordConversions", Some(ADMIN_KEY), 501, "METHOD_UNKNOWN"),
        ("ConversionService/WatchConversions", Some(ADMIN_KEY), 501, "METHOD_UNKNOWN"),
        ("PostbackService/WatchPostbacks", Some(ADMIN_KEY), 501, "METHOD_UNKNOWN"),
        ("EdgeService/ListLinks", Some(ADMIN_KEY), 403, "EDGE_ONLY"),
    ];
    for (method, key, status, reason) in cases {
        let call = http().post(format!("{}{}", server.url, path(method))).body("{}");
        let call = key.into_iter().fold(call, RequestBuilder::bearer_auth);
        let answer = call.header("content-type", "application/json; charset=utf-8").send().await.unwrap();
        let (answered, answer) = read(answer).await;
        assert_eq!(answered, status, "{method} {key:?}: {answer}");
        if !reason.is_empty() {
            assert_eq!(reason_of(&answer), reason, "{method} {key:?}");
        }
        let cure = answer["message"].as_str().unwrap_or_default();
        if method.contains("/Watch") {
            assert!(cure.contains("gRPC-web") && cure.contains("`s2s tail`"), "{method}: {answer}");
        } else if method.contains("/Stream") {
            assert!(cure.contains("BatchRecordConversions"), "{method}: {answer}");
        }
    }
    let health = http().post(format!("{}/grpc.health.v1.Health/Check", server.url)).body("{}");
    let health = health.header("content-type", "application/json").send().await.unwrap();
    assert_eq!(read(health).await.0, 501);
    // A web page of another origin can send some content types without a preflight request. So only
    // JSON with its own content type is read.
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"]
    {
        let call = http().post(format!("{}{}", server.url, path(LIST))).header("content-type", content_type);
        let call = call.bearer_auth(ADMIN_KEY).body("{}");
        let answer = Answer::of(call.send().await.unwrap()).await;
        assert_eq!(answer.status, 415, "{content_type}: {answer:?}");
    }
}

#[tokio::test]
async fn json_of_a_few_bytes_a_value_fills_no_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let server = Server::start().await;
    let before = memory_peak_kib(&server);
    let list = |item: &str| vec![item; REQUEST_BYTES_MAX / (item.len() + 1) - 40].join(",");
    let requests = BTreeMap::from([
        (
            "batch",
            ("ConversionService/BatchRecordConversions", format!(r#"{{"requests":[{}]}}"#, list("{}"))),
        ),
        ("params", (RECORD, format!(r#"{{"conversion":{{"customParams":[{}]}}}}"#, list("{}")))),
        ("numbers", (LIST, format!(r#"{{"pageSize":[{}]}}"#, list("0")))),
        (
            "unknown names",
            (
                LIST,
                format!("{{{}}}", (0..90_000).map(|n| format!(r#""{n}":0"#)).collect::<Vec<_>>().join(",")),
            ),
        ),
    ]);
    for round in 0..3 {
        for (name, (method, request)) in &requests {
            let answers = join_all((0..4).map(|_| call(&server, method, request))).await;
            for (status, answer) in answers {
                assert_eq!((status, reason_of(&answer)), (400, "REQUEST_TOO_LARGE"), "{name}, round {round}");
            }
        }
    }
    let grown = memory_peak_kib(&server).saturating_sub(before);
    assert!(grown < 96 * 1_024, "{grown} KiB");
    assert_eq!(call(&server, LIST, "{}").await, (200, json!({})));
}

#[tokio::test]
async fn a_refusal_for_load_says_when_to_try_again() {
    let server = Server::start_with(&["--rate-per-key", "5"]).await;
    let (_, key) = server.api_key("", &[ApiKeyScope::Read]).await;
    for _ in 0..3 {
        let refused = eventually(async || {
            let call = http().post(format!("{}{}", server.url, path(LIST))).bearer_auth(&key).body("{}");
            let answer = call.header("content-type", "application/json").send().await.unwrap();
            (answer.status() != 200).then_some(answer)
        });
        let refused = refused.await;
        assert_eq!(refused.headers()["retry-after"], "1");
        let (status, answer) = read(refused).await;
        assert_eq!((status, reason_of(&answer)), (429, "RATE_LIMITED"));
    }
}

#[tokio::test]
async fn a_held_postback_says_so_in_its_details() {
    let server = Server::start().await;
    let postback = json!({"postback": {"method": "GET", "target": "L3MycQ=="}});
    let (status, answer) = call(&server, RECORD, &postback.to_string()).await;
    assert_eq!(status, 400, "{answer}");
    let details = answer["details"].as_array().unwrap();
    let types: Vec<&str> = details.iter().map(|detail| detail["type"].as_str().unwrap()).collect();
    assert!(types.contains(&"s2s.v1.PostbackFailure"), "{types:?}");
    for detail in details {
        let value = detail["value"].as_str().unwrap();
        assert!(!value.ends_with('=') && detail["debug"].is_object(), "{detail}");
    }
    assert_eq!(reason_of(&answer), &ErrorReason::ParameterMissing.as_str_name()["ERROR_REASON_".len()..]);
}
