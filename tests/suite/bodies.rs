//! Bodies of postbacks, and the addresses to which postbacks are sent, as real HTTP clients write
//! them.

use std::io::Write as _;

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use s2s_sdk::v1::{
    ConversionCode, ConversionStatus, DecimalSeparator, GetConversionRequest, GetPostbackRequest, Postback,
    PostbackFilter, PostbackVerdict,
};
use s2s_tests::{Answer, Server, http};

use crate::{fixture::Fixture, raw};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// A complete query.
const COMPLETE: &str = "/s2s?clickId=$click&id=$code&val=1.5&com=0.5&oid=$oid";

async fn post(server: &Server, target: &str, content_type: &str, body: Vec<u8>) -> Answer {
    let request = http().post(format!("{}{target}", server.url)).header("content-type", content_type);
    Answer::of(request.body(body).send().await.unwrap()).await
}

/// Asserts that a postback was recorded with the amounts of `COMPLETE`, and that `count`
/// conversions are stored.
async fn assert_recorded(fixture: &Fixture, answer: &Answer, count: usize, what: &str) {
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "RECORDED"), "{what}: {answer:?}");
    let conversions = fixture.conversions().await;
    assert_eq!(conversions.len(), count, "{what}");
    let micros = |amount: &Option<s2s_sdk::v1::Money>| amount.as_ref().map(|amount| amount.micros);
    let amounts = (micros(&conversions[0].value), micros(&conversions[0].commission));
    assert_eq!(amounts, (Some(1_500_000), Some(500_000)), "{what}");
}

fn codes(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let notes = json["notes"].as_array().unwrap();
    notes.iter().map(|note| note["code"].as_str().unwrap().to_owned()).collect()
}

fn multipart(pairs: &[(&str, &str)]) -> String {
    let field = |(name, value): &(&str, &str)| {
        format!("--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    format!("{}--XyZ--\r\n", pairs.iter().map(field).collect::<String>())
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zlib(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn deflate(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn utf_16(text: &str) -> Vec<u8> {
    format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn a_body_counts_whatever_its_sender_calls_it() {
    let fixture = Fixture::start().await;
    let fields = |oid: &str| {
        let (click, code) = (fixture.fill("$click"), fixture.fill("$code"));
        multipart(&[("clickId", &click), ("id", &code), ("val", "1.5"), ("com", "0.5"), ("oid", oid)])
    };
    let form = |oid: &str| fixture.fill(&format!("clickId=$click&id=$code&val=1.5&com=0.5&oid={oid}"));
    let json = |oid: &str| {
        fixture.fill(&format!(
            r#"{{"clickId":"$click","id":"$code","val":"1.5","com":0.5,"oid":"{oid}","items":[{{"id":1}}]}}"#
        ))
    };
    let bodies: [(&str, &str, Vec<u8>); 14] = [
        ("multipart", "multipart/form-data; boundary=XyZ", fields("1").into()),
        ("multipart without its boundary", "multipart/form-data", fields("2").into()),
        ("multipart as form", FORM, fields("3").into()),
        ("JSON as form", FORM, json("4").into()),
        ("JSON as text", "text/plain", json("5").into()),
        ("form as bytes", "application/octet-stream", form("6").into()),
        ("form as JSON", JSON, form("7").into()),
        ("JSON after a BOM", JSON, format!("\u{FEFF}{}", json("8")).into()),
        ("JSON in UTF-16", JSON, utf_16(&json("9"))),
        ("JSON with gzip", JSON, gzip(&json("10"))),
        ("form with gzip", FORM, gzip(&form("11"))),
        ("form with deflate", FORM, zlib(&form("12"))),
        ("form with deflate and no header", FORM, deflate(&form("13"))),
        ("lines", "text/plain", form("14").replace('&', "\r\n").into()),
    ];
    for (count, (what, content_type, body)) in bodies.into_iter().enumerate() {
        let answer = post(&fixture.server, "/s2s", content_type, body).await;
        assert_recorded(&fixture, &answer, count + 1, what).await;
    }
}

#[tokio::test]
async fn a_complete_query_counts_beside_any_body() {
    let fixture = Fixture::start().await;
    let long = &format!(r#"{{"event":"{}"}}"#, "x".repeat(20_000));
    for (count, (content_type, body, ignored)) in [
        (JSON, "", false),
        (JSON, "null", false),
        (JSON, "{}", false),
        (JSON, "{", true),
        (JSON, r#"{"event":"order.paid","id":17,"amount":"9.99"}"#, true),
        (JSON, r#"{"data":{"object":{"id":"x","val":7}}}"#, true),
        ("application/xml", "<order><id>7</id></order>", false),
        ("application/octet-stream", "\u{1}\u{2}", true),
        (FORM, "id=other&val=9", true),
        (JSON, long, true),
    ]
    .into_iter()
    .enumerate()
    {
        let target = fixture.fill(&COMPLETE.replace("$oid", &count.to_string()));
        let answer = post(&fixture.server, &target, content_type, body.into()).await;
        assert_recorded(&fixture, &answer, count + 1, body).await;
        assert_eq!(codes(&answer).contains(&"BODY_IGNORED".to_owned()), ignored, "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn the_message_of_a_shop_beside_a_complete_query_tells_orders_apart() {
    let fixture = Fixture::start().await;
    let target = fixture.fill("/s2s?clickId=$click&id=$code&val=10&com=1");
    for (count, (content_type, body, currency)) in [
        (JSON, r#"{"oid":"1","ok":true}"#, "USD"),
        (JSON, r#"{"order_id":2,"currency":"EUR","items":[1]}"#, "EUR"),
        (JSON, r#"{"order_id":3,"status":"paid","currency":{"code":"EUR"},"items":[1]}"#, "USD"),
        (JSON, r#"{"val":"10.00","oid":"4","ok":true}"#, "USD"),
        (FORM, "val=10.00&oid=5&cur=EUR&email=a@b.example", "EUR"),
        // In these messages, `id`, `amount` and `value` are fields of the shop, not parameters.
        (JSON, r#"{"id":8209123,"order_number":6,"currency":"EUR","total":"9.99"}"#, "EUR"),
        (JSON, r#"{"id":"","amount":null,"order_id":"7","currency":"EUR","value":3}"#, "EUR"),
        (FORM, "id=77&order_id=8&currency=EUR&cid=shop", "EUR"),
        (FORM, "oid=9&val=&com=none", "USD"),
    ]
    .into_iter()
    .enumerate()
    {
        for verdict in ["RECORDED", "DUPLICATE"] {
            let answer = post(&fixture.server, &target, content_type, body.into()).await;
            assert_eq!(answer.field("verdict"), verdict, "{body}: {answer:?}");
        }
        let all = fixture.conversions().await;
        assert_eq!((all.len(), all[0].transaction_id.as_str()), (count + 1, &*(count + 1).to_string()));
        assert_eq!(all[0].value.as_ref().unwrap().currency_code, currency, "{body}");
    }
    // If the body contradicts the URL, the postback is held. If the server ignored the body
    // instead, the order number would be lost.
    for body in [r#"{"val":11,"oid":"A"}"#, r#"{"com":"2","order_id":"B","id":5}"#] {
        let answer = post(&fixture.server, &target, JSON, body.into()).await;
        assert_eq!(answer.field("reason"), "PARAMETER_REPEATED", "{body}: {answer:?}");
    }
    // A message about a sale that was undone must not count as a sale.
    for status in ["cancelled", "Refunded", "voided"] {
        let body = format!(r#"{{"order_number":"C","status":"{status}","id":5}}"#);
        let answer = post(&fixture.server, &target, JSON, body.clone().into()).await;
        assert_eq!(answer.field("reason"), "STATUS_UNKNOWN", "{body}: {answer:?}");
    }
    // The body names no order, so only its status is read.
    let declined = r#"{"status":"declined","lines":[1]}"#;
    let answer = post(&fixture.server, &format!("{target}&oid=60"), JSON, declined.into()).await;
    assert_eq!(answer.field("verdict"), "RECORDED");
    assert_eq!(fixture.conversions().await[0].status(), ConversionStatus::Declined);
}

#[tokio::test]
async fn a_number_of_json_has_a_decimal_point() {
    let fixture = Fixture::start().await;
    let code = ConversionCode {
        name: "Comma".to_owned(),
        decimal_separator: DecimalSeparator::Comma.into(),
        ..Default::default()
    };
    let code = fixture.server.create_code(code).await;
    let click = fixture.server.click(&fixture.server.link(&[&code]).await).await;
    for (number, (amounts, outcome)) in [
        (r#""val":100,"com":12.345"#, Ok((100_000_000, 12_345_000))),
        (r#""val":19.999,"com":0"#, Ok((19_999_000, 0))),
        (r#""val":1.500,"com":"0,50""#, Ok((1_500_000, 500_000))),
        // A text is read with the code's decimal comma, so this text means 1500. If the other
        // amount shows a decimal point, the text is ambiguous.
        (r#""val":"1.500","com":"0""#, Ok((1_500_000_000, 0))),
        (r#""val":"12.35","com":"1.235""#, Err("AMOUNT_AMBIGUOUS")),
        // The decimal point of a JSON number is JSON's syntax, so it does not show how the shop
        // writes amounts in texts.
        (r#""val":19.99,"com":"1,500""#, Ok((19_990_000, 1_500_000))),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!(r#"{{"clickId":"{click}","id":"{}","oid":"{number}",{amounts}}}"#, code.id);
        let answer = post(&fixture.server, "/s2s", JSON, body.into()).await;
        match outcome {
            Ok(expected) => {
                assert_eq!(answer.field("verdict"), "RECORDED", "{amounts}: {answer:?}");
                let get = GetConversionRequest { conversion_id: answer.field("conversion_id") };
                let found = fixture.server.client().conversions().get(get).await.unwrap().conversion.unwrap();
                let micros = (found.value.unwrap().micros, found.commission.unwrap().micros);
                assert_eq!(micros, expected, "{amounts}");
            }
            Err(reason) => assert_eq!(answer.field("reason"), reason, "{amounts}: {answer:?}"),
        }
    }
}

#[tokio::test]
async fn a_number_of_json_is_one_number_in_any_notation() {
    let fixture = Fixture::start().await;
    let (server, ids) = (&fixture.server, r#""clickId":"$click","id":"$code""#);
    let send = async |members: &str| {
        let answer = post(server, "/s2s", JSON, fixture.fill(&format!("{{{ids},{members}}}")).into()).await;
        (answer.field("verdict") + &answer.field("reason"), answer.field("message"))
    };
    for (members, expected) in [
        (r#""val":19.99,"com":"1,500""#, "HELDAMOUNT_AMBIGUOUS"),
        (r#""val":10,"val":10.00,"com":1,"oid":1001.0"#, "RECORDED"),
        (r#""val":10,"com":1,"oid":1001"#, "DUPLICATE"),
        (r#""val":10,"com":1,"oid":"1001""#, "DUPLICATE"),
        (r#""val":10,"com":1,"oid":1.5e10"#, "RECORDED"),
        (r#""val":10,"com":1,"oid":15000000000"#, "DUPLICATE"),
        (r#""val[]":10,"val[]":10,"com":1,"oid":2"#, "HELDPARAMETER_REPEATED"),
    ] {
        assert_eq!(send(members).await.0, expected, "{members}");
    }
    let (_, message) = send(r#""val":1e2,"com":1"#).await;
    assert!(message.contains("`1e2`"), "{message}");
    assert_eq!(fixture.conversions().await.len(), 2);
}

#[tokio::test]
async fn an_encoded_body_is_kept_decoded_and_without_its_secret() {
    let fixture = Fixture::start().await;
    let body = fixture
        .fill(r#"{"clickId":"$click","id":"$code","val":"1.5","com":"0.5","sec":"hush","m":{"sec":"hush"}}"#);
    for encoded in [gzip(&body), zlib(&body), utf_16(&body)] {
        let answer = post(&fixture.server, "/s2s", JSON, encoded).await;
        assert!(codes(&answer).contains(&"BODY_DECODED".to_owned()), "{answer:?}");
        let request = GetPostbackRequest { postback_id: answer.field("postback_id") };
        let stored: Postback =
            fixture.server.client().postbacks().get(request).await.unwrap().postback.unwrap();
        let kept = String::from_utf8(stored.raw.unwrap().body).unwrap();
        assert_eq!(kept, body.replace("hush", "****"));
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_held_with_its_cure_for_the_code_it_names() {
    let fixture = Fixture::start().await;
    let zeros = gzip(&"0".repeat(1_000_000));
    for (content_type, body, reason, cure) in [
        (JSON, b"{\"val\":1".to_vec(), "PARAMETER_MALFORMED", "not a JSON object"),
        (FORM, b"\x28\xB5\x2F\xFD\x04\x00\x01".to_vec(), "PARAMETER_MALFORMED", "gzip or deflate"),
        (FORM, zeros, "REQUEST_TOO_LARGE", "8192 in its body"),
    ] {
        let target = fixture.fill("/s2s?clickId=$click&id=$code");
        let answer = post(&fixture.server, &target, content_type, body).await;
        assert_eq!(answer.field("reason"), reason, "{answer:?}");
        assert!(answer.field("message").contains(cure), "{answer:?}");
        let held = PostbackFilter { verdict: PostbackVerdict::Held.into(), ..Default::default() };
        let stored = fixture.postbacks(held).await.remove(0);
        assert_eq!(stored.id, answer.field("postback_id"));
        assert_eq!(stored.conversion_code_id, fixture.code.id);
    }
    assert_eq!(fixture.conversions().await, []);
}

#[tokio::test]
async fn a_postback_is_found_however_its_address_was_copied() {
    let fixture = Fixture::start().await;
    for (count, target) in [
        "/s2s%3FclickId=$click&id=$code&val=1.5&com=0.5&oid=$oid",
        "/s2s%20?clickId=$click&id=$code&val=1.5&com=0.5&oid=$oid",
        "/s2s%26clickId=$click&id=$code&val=1.5&com=0.5&oid=$oid",
        "/s2s%3FclickId%3D$click%26id%3D$code%26val%3D1.5%26com%3D0.5%26oid%3D$oid",
        "/?clickId=$click&id=$code&val=1.5&com=0.5&oid=$oid",
        "//S2S/?clickId=$click&id=$code&val=1.5&com=0.5&oid=$oid",
        "/s2s&clickId=$click?id=$code&val=1.5&com=0.5&oid=$oid",
        "/s2s.?clickId=$click;id=$code;val=1.5;com=0.5;oid=$oid",
    ]
    .into_iter()
    .enumerate()
    {
        let target = fixture.fill(&target.replace("$oid", &count.to_string()));
        let answer = raw::exchange(&fixture.server, &[&raw::get(target.as_bytes())]).await;
        assert!(answer.contains("s2s-verdict: RECORDED"), "{target}: {answer}");
        let recorded = fixture.conversions().await;
        assert_eq!((recorded.len(), recorded[0].transaction_id.as_str()), (count + 1, &*count.to_string()));
    }
}

/// In HTTP, a request that announces no length has no body. The server reads the bytes of the
/// intended body as a second request, which is malformed.
#[tokio::test]
async fn a_post_without_a_length_says_that_it_came_without_a_body() {
    let fixture = Fixture::start().await;
    for version in ["1.0", "1.1"] {
        for kind in [FORM, JSON, "text/plain"] {
            let body = fixture.fill("clickId=$click&id=$code&val=1&com=0");
            let request =
                format!("POST /s2s HTTP/{version}\r\nHost: t\r\nContent-Type: {kind}\r\n\r\n{body}");
            let answer = raw::exchange(&fixture.server, &[request.as_bytes()]).await;
            assert!(answer.contains("PARAMETER_MISSING") && answer.contains("`Content-Length`"), "{answer}");
        }
    }
    // A URL that says everything needs no body.
    let target = fixture.fill("/s2s?clickId=$click&id=$code&val=1&com=0");
    let request = format!("POST {target} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    let answer = raw::exchange(&fixture.server, &[request.as_bytes()]).await;
    assert!(answer.contains("s2s-verdict: RECORDED"), "{answer}");
    assert_eq!(fixture.conversions().await.len(), 1);
}

/// A repair must not find a parameter in the text of another one.
#[tokio::test]
async fn the_text_of_a_parameter_is_never_read_as_another_parameter() {
    let fixture = Fixture::start().await;
    let target = fixture.fill("/s2s?clickId=$click&id=$code&val=10&com=1");
    for (count, body) in [
        "param=color=red;status=declined",
        "param=a=1;cur=EUR",
        "param=a=1;test=1",
        "comment=great;test=1",
        "comment=line one\nstatus=declined",
    ]
    .into_iter()
    .enumerate()
    {
        let answer = post(&fixture.server, &format!("{target}&oid={count}"), FORM, body.into()).await;
        assert_eq!(answer.field("verdict"), "RECORDED", "{body}: {answer:?}");
        let found = fixture.conversions().await.remove(0);
        let currency = found.value.as_ref().unwrap().currency_code.as_str();
        assert_eq!((found.status(), currency), (ConversionStatus::Approved, "USD"), "{body}");
    }
    let counted = fixture.conversions().await.len();
    for query in [
        "oid=/orders/1001?test=1",
        "oid=1001?status=declined",
        "oid=1001?utm_source=x",
        "oid=5;cur=EUR",
        "oid=5;jsessionid=1;test=1",
        "oid=H&M-1",
        "oid=A&amp;B",
        "oid=1&test=1&test=0",
        "oid=2&test=0&test=1",
    ] {
        let answer = fixture.server.postback(&format!("{target}&{query}")["/s2s?".len()..]).await;
        assert_eq!(answer.field("verdict"), "HELD", "{query}: {answer:?}");
    }
    for query in [
        "val=1&apos;234.50",
        "val=1&rsquo;234.50",
        "val=1&#39;234.50",
        "val=1&thinsp;234,50",
        "val=1&#8239;234,50",
        "val=1&234,50",
        "val=10&euro;",
        "val=10&#8364;",
    ] {
        let target = format!("{}&{query}&com=1", fixture.fill("/s2s?clickId=$click&id=$code"));
        let answer = raw::exchange(&fixture.server, &[&raw::get(target.as_bytes())]).await;
        assert!(answer.contains("s2s-reason: PARAMETER_MALFORMED"), "{query}: {answer}");
    }
    assert_eq!(fixture.conversions().await.len(), counted);
    // Parameters of another site, encoded together, are not read as parameters of the postback.
    for (count, piece) in ["%2Fthanks%3Ftest%3D1", "utm%3Dx%26status%3Ddeclined"].into_iter().enumerate() {
        let answer =
            fixture.server.postback(&format!("{target}&oid=x{count}&{piece}")["/s2s?".len()..]).await;
        assert_eq!(answer.field("verdict"), "RECORDED", "{piece}: {answer:?}");
        assert_eq!(fixture.conversions().await[0].status(), ConversionStatus::Approved);
    }
}

#[tokio::test]
async fn a_body_that_is_not_read_and_an_empty_end_are_noted() {
    let fixture = Fixture::start().await;
    let target = fixture.fill("/s2s?clickId=$click&id=$code&val=10&com=1");
    for (count, body) in ["oid=G1&cur=EUR", r#"{"oid":"G2"}"#, "<sale/>"].into_iter().enumerate() {
        let request = format!(
            "GET {target}&oid={count} HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let answer = raw::exchange(&fixture.server, &[request.as_bytes()]).await;
        assert!(answer.contains("RECORDED") && answer.contains("BODY_IGNORED"), "{answer}");
    }
    for end in ["oid=", "cur=", "status="] {
        let answer = fixture.server.postback(&format!("{target}&{end}")["/s2s?".len()..]).await;
        assert!(codes(&answer).contains(&"EMPTY_AT_END".to_owned()), "{end}: {answer:?}");
    }
}
