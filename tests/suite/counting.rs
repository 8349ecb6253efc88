//! Postbacks and conversions that count: how often each counts, and how it is answered.

mod repaired;

use std::collections::BTreeSet;

use s2s_sdk::{
    prost_types::{Duration, Timestamp},
    v1::{
        Conversion, ConversionCode, ConversionStatus, ConversionVerdict, DedupePolicy, ErrorReason, Money,
        NewConversion, NoteCode, PostbackFilter, RecordClickRequest, RecordConversionRequest, ReplyMode,
        ReplySetting,
    },
};
use s2s_tests::{Answer, Server, http, request};

use repaired::{REPAIRED, RepairedCase};

use crate::{fixture::Fixture, moved, report};

fn note_texts(notes: &[NoteCode]) -> Vec<&str> {
    notes.iter().map(|note| note.as_str_name().trim_start_matches("NOTE_CODE_")).collect()
}

fn amounts(conversion: &Conversion) -> (i64, i64) {
    let micros = |money: &Option<Money>| money.as_ref().unwrap().micros;
    (micros(&conversion.value), micros(&conversion.commission))
}

fn verdict_of(answer: &Answer) -> (u16, String) {
    (answer.status, answer.field("verdict"))
}

fn recorded() -> (u16, String) {
    (200, "RECORDED".to_owned())
}

fn duplicate() -> (u16, String) {
    (200, "DUPLICATE".to_owned())
}

async fn post(server: &Server, path: &str, content_type: &str, body: String) -> Answer {
    let request = http().post(format!("{}{path}", server.url)).header("content-type", content_type);
    Answer::of(request.body(body).send().await.unwrap()).await
}

#[tokio::test]
async fn what_has_one_meaning_counts_to_the_digit_and_is_noted() {
    let fixture = Fixture::start().await;
    for RepairedCase { query, value_micros, commission_micros, notes } in REPAIRED {
        let answer = fixture.server.postback(&fixture.fill(query)).await;
        assert_eq!(verdict_of(&answer), recorded(), "{query}: {answer:?}");
        assert_eq!(answer.notes(), note_texts(notes), "{query}");
        let conversions = fixture.conversions().await;
        assert_eq!(conversions[0].id, answer.field("conversion_id"), "{query}");
        assert_eq!(amounts(&conversions[0]), (value_micros, commission_micros), "{query}");
        assert!(query.ends_with(&conversions[0].transaction_id) || query.contains("trimmed"), "{query}");
        let json = answer.json();
        let names: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(names, ["conversion_id", "message", "notes", "postback_id", "verdict"], "{query}");
    }
    assert_eq!(fixture.conversions().await.len(), REPAIRED.len());

    let answer = fixture.server.postback(&fixture.fill(&format!("{}&test=1", REPAIRED[0].query))).await;
    assert_eq!(answer.notes(), ["TEST"]);

    let mut seen: BTreeSet<&str> = REPAIRED.iter().flat_map(|case| note_texts(case.notes)).collect();
    // `replay.rs` covers overrides, and `presets.rs` covers the words of networks.
    assert!(include_str!("replay.rs").contains("NoteCode::Overridden"));
    // `authentication.rs` covers failed checks. A unit test of the server covers OTHERS_NOT_KEPT,
    // because this note comes only after a minute.
    assert!(include_str!("authentication.rs").contains("CHECK_NOT_PASSED"));
    assert!(include_str!("presets.rs").contains("NoteCode::StatusMapped"));
    // `updates.rs` covers later news of a sale.
    assert!(include_str!("updates.rs").contains("STATUS_NOT_CHANGED"));
    assert!(include_str!("updates.rs").contains("OLDER_NEWS"));
    assert!(include_str!("updates/refunds.rs").contains("COMMISSION_NOT_READ"));
    seen.extend([
        "STATUS_NOT_CHANGED",
        "OLDER_NEWS",
        "COMMISSION_NOT_READ",
        "TEST",
        "OVERRIDDEN",
        "STATUS_MAPPED",
    ]);
    // `erasure.rs` covers erased visitors.
    assert!(include_str!("erasure.rs").contains("NoteCode::VisitorErased"));
    // `bodies.rs` covers odd bodies. `clocks.rs` covers clocks that disagree.
    assert!(include_str!("clocks.rs").contains("NoteCode::TimeCorrected"));
    seen.extend(["CHECK_NOT_PASSED", "OTHERS_NOT_KEPT", "VISITOR_ERASED", "TIME_CORRECTED"]);
    assert!(include_str!("bodies.rs").contains("BODY_IGNORED"));
    assert!(include_str!("bodies.rs").contains("BODY_DECODED"));
    assert!(include_str!("duplicates.rs").contains("PARAMETER_DIFFERS"));
    assert!(include_str!("answer_sizes.rs").contains("NoteCode::Shortened"));
    assert!(include_str!("sheds.rs").contains("REPETITION_NOT_LISTED"));
    assert!(include_str!("bodies.rs").contains("EMPTY_AT_END"));
    seen.extend(["BODY_DECODED", "BODY_IGNORED", "EMPTY_AT_END", "PARAMETER_DIFFERS", "SHORTENED"]);
    seen.extend(["REPETITION_NOT_LISTED"]);
    let all = (1..).map_while(|number| NoteCode::try_from(number).ok()).collect::<Vec<_>>();
    assert_eq!(seen, note_texts(&all).into_iter().collect(), "every note of the schema has a test");
}

#[tokio::test]
async fn status_currency_and_parameters_are_kept() {
    let fixture = Fixture::start().await;
    let queries = [
        ("status=Pending&cur=eur&oid=1", ConversionStatus::Pending, "EUR"),
        ("status=declined&oid=2", ConversionStatus::Declined, "USD"),
        ("status=APPROVED&cur=JPY&oid=3", ConversionStatus::Approved, "JPY"),
    ];
    for (query, status, currency) in queries {
        let params = "param=a%3D1;b&param=%3Cb%3E%3D%27%3B--&param=";
        let query = format!("clickId=$click&id=$code&val=1&com=0&{query}&{params}");
        let answer = fixture.server.postback(&fixture.fill(&query)).await;
        assert_eq!(verdict_of(&answer), recorded(), "{query}: {answer:?}");
        let conversion = &fixture.conversions().await[0];
        assert_eq!(conversion.status(), status, "{query}");
        assert_eq!(conversion.value.as_ref().unwrap().currency_code, currency, "{query}");
        assert_eq!(conversion.commission.as_ref().unwrap().currency_code, currency, "{query}");
        let params: Vec<(&str, &str)> =
            conversion.custom_params.iter().map(|param| (&*param.key, &*param.value)).collect();
        assert_eq!(params, [("a", "1"), ("", "b"), ("<b>", "'"), ("", "--")], "{query}");
    }
}

#[tokio::test]
async fn forms_and_json_count_like_a_query() {
    let fixture = Fixture::start().await;
    let (form, json) = ("application/x-www-form-urlencoded", "application/json; charset=utf-8");
    let rows = [
        ("/s2s", form, "clickId=$click&id=$code&val=1.5&com=0.5&oid=form"),
        ("/s2s", json, r#"{"clickId":"$click","id":"$code","val":1.5,"com":"0.5","oid":"json","cur":null}"#),
        ("/s2s?clickId=$click&id=$code", form, "val=1.5&com=0.5&oid=mixed"),
        ("/s2s?clickId=$click&id=$code&val=1.5&com=0.5&oid=target", form, ""),
    ];
    for (path, content_type, body) in rows {
        let answer = post(&fixture.server, &fixture.fill(path), content_type, fixture.fill(body)).await;
        assert_eq!(verdict_of(&answer), recorded(), "{body}: {answer:?}");
        assert_eq!(amounts(&fixture.conversions().await[0]), (1_500_000, 500_000), "{body}");
    }
    let raw = fixture.postbacks(PostbackFilter::default()).await.remove(2).raw.unwrap();
    assert_eq!((raw.method.as_str(), raw.content_type.as_str()), ("POST", json));
    assert_eq!((raw.target, raw.body), (b"/s2s".to_vec(), fixture.fill(rows[1].2).into_bytes()));

    for (content_type, body, expected) in [
        (form, "x".repeat(8_193), (414, "REQUEST_TOO_LARGE")),
        (json, "[1]".to_owned(), (400, "PARAMETER_MALFORMED")),
        (json, "<sale/>".to_owned(), (400, "PARAMETER_MALFORMED")),
        (
            json,
            fixture.fill(r#"{"clickId":"$click","id":"$code","val":1,"com":0,"val":2}"#),
            (400, "PARAMETER_REPEATED"),
        ),
        ("multipart/form-data", String::new(), (400, "PARAMETER_MISSING")),
    ] {
        let answer = post(&fixture.server, "/s2s", content_type, body).await;
        assert_eq!((answer.status, answer.field("reason").as_str()), expected, "{answer:?}");
    }
    assert_eq!(fixture.conversions().await.len(), rows.len());
}

#[tokio::test]
async fn other_methods_record_nothing() {
    let fixture = Fixture::start().await;
    let url = format!("{}/s2s?{}", fixture.server.url, fixture.fill("clickId=$click&id=$code&val=1&com=0"));
    for method in ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let response = http().request(method.parse().unwrap(), &url).send().await.unwrap();
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(response.headers()["allow"], "GET, POST", "{method}");
    }
    for method in ["get", "Post", "pOST"] {
        let response = http().request(method.parse().unwrap(), &url).send().await.unwrap();
        assert_eq!(response.status(), 405, "{method}");
        assert!(response.text().await.unwrap().contains("GET, POST in capital letters"), "{method}");
    }
    assert_eq!(fixture.postbacks(PostbackFilter::default()).await, []);
    assert_eq!(fixture.conversions().await, []);
}

#[tokio::test]
async fn a_test_is_answered_as_if_real_and_records_nothing() {
    let fixture = Fixture::start().await;
    for (query, status, reason) in [
        ("clickId=$click&id=$code&val=1&com=0&test=1", 200, ""),
        ("clickId=$click&id=$code&val=1&com=0&TEST=true", 200, ""),
        ("clickId=$click&id=$code&val=1e3&com=0&test=1", 400, "AMOUNT_MALFORMED"),
        ("clickId=$click&id=$unlinked&val=1&com=0&test=1", 422, "CODE_NOT_ON_LINK"),
        ("test=1", 400, "PARAMETER_MISSING"),
    ] {
        let answer = fixture.server.postback(&fixture.fill(query)).await;
        assert_eq!(verdict_of(&answer), (status, "TEST".to_owned()), "{query}: {answer:?}");
        assert_eq!(answer.header("s2s-verdict"), "TEST", "{query}");
        assert_eq!((answer.field("reason").as_str(), answer.field("postback_id").as_str()), (reason, ""));
        assert!(answer.notes().contains(&"TEST".to_owned()), "{query}");
    }
    let dry = request::conversion(report(&fixture.code, &fixture.click));
    let dry = RecordConversionRequest { validate_only: true, ..dry };
    let response = fixture.server.client().conversions().record(dry).await.unwrap();
    assert_eq!(response.verdict(), ConversionVerdict::Test);
    assert_eq!(amounts(&response.conversion.unwrap()), (1_000_000, 0));
    assert_eq!(fixture.postbacks(PostbackFilter::default()).await, []);
    assert_eq!(fixture.conversions().await, []);
}

#[tokio::test]
async fn the_reply_is_what_the_codes_owner_asked_for() {
    let server = Server::start().await;
    let reply = |mode: ReplyMode, text: &str| {
        let reply = Some(ReplySetting { mode: mode.into(), text: text.to_owned() });
        server.create_code(ConversionCode { name: "Sale".to_owned(), reply, ..Default::default() })
    };
    let always = reply(ReplyMode::AlwaysOk, "").await;
    let fixed = reply(ReplyMode::FixedText, "1 OK").await;
    let link = server.link(&[&always, &fixed]).await;
    let click = server.click(&link).await;

    for (val, verdict, reason) in
        [("1", "RECORDED", ""), ("1", "DUPLICATE", ""), ("2", "HELD", "TRANSACTION_CONFLICT")]
    {
        let answer = server.postback(&format!("clickId={click}&id={}&val={val}&com=0", always.id)).await;
        assert_eq!(verdict_of(&answer), (200, verdict.to_owned()), "{answer:?}");
        assert_eq!((answer.header("s2s-verdict"), answer.header("s2s-reason")), (verdict, reason));
        assert_eq!(answer.field("reason"), reason);

        let answer = server.postback(&format!("clickId={click}&id={}&val={val}&com=0", fixed.id)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "1 OK"));
        assert_eq!((answer.header("s2s-verdict"), answer.header("s2s-reason")), (verdict, reason));
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    }
    // A postback without a known code has no owner who could have chosen a reply.
    assert_eq!(server.postback("clickId=x&val=1&com=0").await.status, 400);
}

/// A postback, with or without a transaction id.
struct DedupeCase<'a> {
    code: &'a ConversionCode,
    click: &'a str,
    /// The rest of the query.
    more: &'a str,
    expected: (u16, String),
}

#[tokio::test]
async fn without_a_transaction_id_the_codes_policy_decides() {
    let server = Server::start().await;
    let client = server.client();
    let one = server.code("One per click").await;
    let every = ConversionCode {
        name: "Every".to_owned(),
        dedupe_policy: DedupePolicy::Every.into(),
        ..Default::default()
    };
    let every = server.create_code(every).await;
    let link = server.link(&[&one, &every]).await;
    let (click, other) = (server.click(&link).await, server.click(&link).await);
    for DedupeCase { code, click, more, expected } in [
        DedupeCase { code: &one, click: &click, more: "val=1", expected: recorded() },
        DedupeCase { code: &one, click: &click, more: "val=1", expected: duplicate() },
        DedupeCase { code: &one, click: &click, more: "val=2", expected: (409, "HELD".to_owned()) },
        DedupeCase { code: &one, click: &click, more: "val=2&oid=", expected: (409, "HELD".to_owned()) },
        DedupeCase { code: &one, click: &click, more: "val=2&oid=a", expected: recorded() },
        DedupeCase { code: &one, click: &other, more: "val=1", expected: recorded() },
        DedupeCase { code: &every, click: &click, more: "val=1", expected: recorded() },
        DedupeCase { code: &every, click: &click, more: "val=1", expected: recorded() },
        DedupeCase { code: &every, click: &click, more: "val=1&oid=a", expected: recorded() },
        DedupeCase { code: &every, click: &click, more: "val=1&oid=a", expected: duplicate() },
    ] {
        let answer = server.postback(&format!("clickId={click}&id={}&com=0&{more}", code.id)).await;
        assert_eq!(verdict_of(&answer), expected, "{} {more}: {answer:?}", code.name);
    }

    for (request_id, micros, expected) in [
        ("a", 1_000_000, Ok(ConversionVerdict::Recorded)),
        ("a", 1_000_000, Ok(ConversionVerdict::Duplicate)),
        ("b", 1_000_000, Ok(ConversionVerdict::Recorded)),
        ("a", 2_000_000, Err(ErrorReason::TransactionConflict)),
    ] {
        let value = Some(Money { micros, ..Default::default() });
        let request = request::conversion(NewConversion { value, ..report(&every, &click) });
        let request = RecordConversionRequest { request_id: request_id.to_owned(), ..request };
        let verdict = client.conversions().record(request).await;
        let verdict = verdict.map(|response| response.verdict()).map_err(|error| error.reason());
        assert_eq!(verdict, expected, "{request_id} {micros}");
    }
}

#[tokio::test]
async fn transaction_ids_are_compared_byte_by_byte() {
    let fixture = Fixture::start().await;
    let client = fixture.server.client();
    // Letters that collations treat as equal, and characters that they drop.
    let ids = [
        "order-1",
        "Order-1",
        "ORDER-1",
        "order\u{ad}-1",
        "order- 1",
        "ordér-1",
        "orde\u{301}r-1",
        "ｏrder-1",
    ];
    for expected in [ConversionVerdict::Recorded, ConversionVerdict::Duplicate] {
        for id in ids {
            let transaction_id = id.to_owned();
            let conversion = NewConversion { transaction_id, ..report(&fixture.code, &fixture.click) };
            let response = client.conversions().record(request::conversion(conversion)).await.unwrap();
            assert_eq!(response.verdict(), expected, "{id:?}");
            assert_eq!(response.conversion.unwrap().transaction_id, id);
        }
    }
    assert_eq!(fixture.conversions().await.len(), ids.len());
    // `money.rs` has ids with blanks and quotes around them.
    for (oid, expected) in [("order-1%20", duplicate()), ("oRDER-1", recorded()), ("order%201", recorded())] {
        let query = format!("clickId=$click&id=$code&val=1&com=0&oid={oid}");
        assert_eq!(verdict_of(&fixture.server.postback(&fixture.fill(&query)).await), expected, "{oid}");
    }
}

#[tokio::test]
async fn a_click_id_is_recognised_in_any_spelling() {
    let fixture = Fixture::start().await;
    let client = fixture.server.client();
    let mut expected = ConversionVerdict::Recorded;
    for click_id in [
        fixture.click.clone(),
        fixture.click.to_uppercase(),
        format!(" {}\n", fixture.click),
        format!("\"{}\"", fixture.click),
        format!("'{}'", fixture.click),
    ] {
        let request = request::conversion(report(&fixture.code, &click_id));
        let response = client.conversions().record(request).await.unwrap();
        assert_eq!(response.verdict(), expected, "{click_id:?}");
        assert_eq!(response.conversion.unwrap().click_id, fixture.click, "{click_id:?}");
        expected = ConversionVerdict::Duplicate;
    }
    for (click_id, id) in [("$CLICK", "$code"), ("%20$click%0D%0A", "$CODE"), ("%22$click%22", "%20$code")] {
        let query = format!("clickId={click_id}&id={id}&val=1&com=0");
        let query = query.replace("$CLICK", &fixture.click.to_uppercase());
        let query = query.replace("$CODE", &fixture.code.id.to_lowercase());
        let answer = fixture.server.postback(&fixture.fill(&query)).await;
        assert_eq!(verdict_of(&answer), duplicate(), "{query}: {answer:?}");
    }
    assert_eq!(fixture.conversions().await.len(), 1);
}

#[tokio::test]
async fn the_attribution_window_is_measured_to_the_microsecond() {
    let server = Server::start().await;
    let client = server.client();
    let attribution_window = Some(Duration { seconds: 60, nanos: 0 });
    let code = ConversionCode { name: "Minute".to_owned(), attribution_window, ..Default::default() };
    let code = server.create_code(code).await;
    let link = server.link(&[&code]).await;
    let click_time = moved(link.create_time, -3_600).map(|time| Timestamp { nanos: 120_000_000, ..time });
    let click = RecordClickRequest { tracking_link_id: link.id, click_time, ..Default::default() };
    let click = client.clicks().record(click).await.unwrap().click.unwrap();
    assert_eq!(click.click_time, click_time);
    for (seconds, nanos, expected) in [
        (-6, 120_000_000, Err(ErrorReason::ClickLaterThanConversion)),
        // Clocks of other machines may be 5 s off.
        (-5, 119_999_999, Err(ErrorReason::ClickLaterThanConversion)),
        (-5, 120_000_000, Ok(())),
        (0, 0, Ok(())),
        (60, 120_000_000, Ok(())),
        (60, 120_000_999, Ok(())),
        (60, 120_001_000, Err(ErrorReason::AttributionWindowPassed)),
        (3_599, 0, Err(ErrorReason::AttributionWindowPassed)),
    ] {
        let conversion_time = moved(click_time, seconds).map(|time| Timestamp { nanos, ..time });
        let conversion = NewConversion {
            transaction_id: format!("{seconds} {nanos}"),
            conversion_time,
            ..report(&code, &click.id)
        };
        let recorded = client.conversions().record(request::conversion(conversion)).await;
        let recorded = recorded.map(drop).map_err(|error| error.reason());
        assert_eq!(recorded, expected, "{seconds} {nanos}");
    }
}
