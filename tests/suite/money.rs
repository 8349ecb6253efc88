//! Amounts, currencies, order numbers and tests as senders write them. A sale counts with the
//! meaning that its sender intended. A postback with a text that can mean two things is held until
//! somebody settles the meaning.

use s2s_sdk::{
    prost_types::FieldMask,
    v1::{
        CheckMode, ConversionCode, ConversionVerdict, DecimalSeparator, ErrorReason, ExplainClickRequest,
        Money, NewConversion, Postback, PostbackAuthentication, PostbackFilter, PostbackVerdict,
        RecordClickRequest, UpdateConversionCodeRequest, new_conversion::Commission,
    },
};
use s2s_tests::{Answer, Server, request};

use crate::{authentication::rotate, fixture::Fixture};

/// A server, a code with a default currency, and a link with that code.
struct Shop {
    server: Server,
    code: ConversionCode,
    link: String,
}

impl Shop {
    async fn start(currency: &str) -> Self {
        let server = Server::start().await;
        let code = ConversionCode {
            name: "Sale".to_owned(),
            default_currency: currency.to_owned(),
            ..Default::default()
        };
        let code = server.create_code(code).await;
        let link = server.link(&[&code]).await.id;
        Self { server, code, link }
    }

    async fn click(&self) -> String {
        let request = RecordClickRequest { tracking_link_id: self.link.clone(), ..Default::default() };
        self.server.client().clicks().record(request).await.unwrap().click.unwrap().id
    }

    /// Reports a sale of a new click. Returns the answer, and the click id.
    async fn sell(&self, rest: &str) -> (Answer, String) {
        let click = self.click().await;
        let query = format!("clickId={click}&id={}&{rest}", self.code.id);
        (self.server.postback(&query).await, click)
    }

    /// The worth of all conversions of a click, as the database has it.
    async fn worth(&self, click: &str) -> Vec<(String, String)> {
        let client = self.server.client();
        let request = ExplainClickRequest { click_id: click.to_owned() };
        let conversions = client.clicks().explain(request).await.unwrap().conversions;
        let values = conversions.into_iter().map(|conversion| conversion.value.unwrap());
        values.map(|value| (value.currency_code.clone(), value.to_string())).collect()
    }

    async fn set(&self, separator: DecimalSeparator) {
        let code = ConversionCode { decimal_separator: separator.into(), ..self.code.clone() };
        let request = UpdateConversionCodeRequest {
            conversion_code: Some(code),
            update_mask: Some(FieldMask { paths: vec!["decimal_separator".to_owned()] }),
            ..Default::default()
        };
        self.server.client().conversion_codes().update(request).await.unwrap();
    }

    async fn replay_ambiguous(&self) -> Vec<PostbackVerdict> {
        let reason = ErrorReason::AmountAmbiguous.into();
        let request = request::replay_all(PostbackFilter { reason, ..Default::default() });
        let replayed = self.server.client().postbacks().replay_page(request).await.unwrap().postbacks;
        replayed.iter().map(Postback::verdict).collect()
    }
}

fn outcome(answer: &Answer) -> (String, String) {
    (answer.field("verdict"), answer.field("reason"))
}

fn held(reason: &str) -> (String, String) {
    ("HELD".to_owned(), reason.to_owned())
}

fn recorded() -> (String, String) {
    ("RECORDED".to_owned(), String::new())
}

#[tokio::test]
async fn what_separates_decimals_is_settled_for_good() {
    let shop = Shop::start("IDR").await;
    let mut clicks = Vec::new();
    for amount in ["1.500", "150.000", "1,500"] {
        let (answer, click) = shop.sell(&format!("val={amount}&com=0")).await;
        assert_eq!(outcome(&answer), held("AMOUNT_AMBIGUOUS"), "{amount}");
        assert_eq!(shop.worth(&click).await, []);
        clicks.push(click);
    }
    assert_eq!(shop.replay_ambiguous().await, [PostbackVerdict::Held; 3], "no setting settles it yet");
    shop.set(DecimalSeparator::Comma).await;
    assert_eq!(shop.replay_ambiguous().await, [PostbackVerdict::Recorded; 3]);
    for (click, value) in clicks.iter().zip(["1500", "150000", "1.5"]) {
        let expected = Money::from_decimal(value, "IDR").unwrap().to_string();
        assert_eq!(shop.worth(click).await, [("IDR".to_owned(), expected)]);
    }
    for (separator, amount, value) in [
        (DecimalSeparator::Comma, "1.500", "1500"),
        (DecimalSeparator::Comma, "1,500", "1.5"),
        (DecimalSeparator::Point, "1.500", "1.5"),
        (DecimalSeparator::Point, "1,500", "1500"),
        (DecimalSeparator::Auto, "1.500&x=1", ""),
    ] {
        shop.set(separator).await;
        let (answer, click) = shop.sell(&format!("val={amount}&com=0")).await;
        if value.is_empty() {
            assert_eq!(outcome(&answer), held("AMOUNT_AMBIGUOUS"));
            continue;
        }
        assert_eq!(outcome(&answer), recorded(), "{separator:?} {amount}");
        let expected = Money::from_decimal(value, "IDR").unwrap().to_string();
        assert_eq!(shop.worth(&click).await, [("IDR".to_owned(), expected)], "{separator:?} {amount}");
    }
}

#[tokio::test]
async fn the_decimals_of_a_currency_settle_its_own_mark() {
    for (currency, sales) in [
        ("JPY", [("1,500", "1500"), ("1.500", "1500"), ("%C2%A512,345", "12345")]),
        ("KWD", [("1.500", "1.5"), ("1,500", ""), ("1,500.000", "1500")]),
        ("TND", [("1,500", "1.5"), ("1.500", ""), ("1.500,000", "1500")]),
        (
            "EUR",
            [("1,500", ""), ("1%E2%80%AF234,56%C2%A0EUR", "1234.56"), ("1%E2%80%99234.50+EUR", "1234.5")],
        ),
    ] {
        let shop = Shop::start(currency).await;
        for (amount, value) in sales {
            let (answer, click) = shop.sell(&format!("val={amount}&com=150")).await;
            if value.is_empty() {
                assert_eq!(outcome(&answer), held("AMOUNT_AMBIGUOUS"), "{currency} {amount}");
                continue;
            }
            assert_eq!(outcome(&answer), recorded(), "{currency} {amount}");
            let expected = Money::from_decimal(value, currency).unwrap().to_string();
            assert_eq!(shop.worth(&click).await, [(currency.to_owned(), expected)], "{currency} {amount}");
        }
    }
}

#[tokio::test]
async fn a_code_of_a_network_reads_points() {
    let server = Server::start().await;
    let code =
        ConversionCode { name: "Sale".to_owned(), preset_id: "everflow".to_owned(), ..Default::default() };
    assert_eq!(server.create_code(code.clone()).await.decimal_separator(), DecimalSeparator::Point);
    let chosen = ConversionCode { decimal_separator: DecimalSeparator::Auto.into(), ..code };
    assert_eq!(server.create_code(chosen).await.decimal_separator(), DecimalSeparator::Auto);
}

#[tokio::test]
async fn a_sign_never_makes_money_of_another_currency() {
    for (currency, sales) in [
        ("CAD", [("val=$10&com=1", "CAD"), ("val=$10&com=$1", "CAD"), ("val=US$10&com=1", "USD")]),
        ("MXN", [("val=$250&com=1", "MXN"), ("val=$250&com=1&cur=USD", "USD"), ("val=MX$5&com=$1", "MXN")]),
        ("EUR", [("val=1500&com=$1.50", ""), ("val=1500&com=1.50+USD", ""), ("val=$10&com=1&cur=EUR", "")]),
    ] {
        let shop = Shop::start(currency).await;
        for (rest, expected) in sales {
            let (answer, click) = shop.sell(rest).await;
            let worth = shop.worth(&click).await;
            if expected.is_empty() {
                assert_eq!(outcome(&answer), held("CURRENCY_INVALID"), "{currency} {rest}");
                assert_eq!(worth, [], "{currency} {rest}");
            } else {
                assert_eq!(outcome(&answer), recorded(), "{currency} {rest}");
                assert_eq!(worth.len(), 1);
                assert_eq!(worth[0].0, expected, "{currency} {rest}");
            }
        }
        // The same holds over gRPC: the commission can't change the currency of the value.
        let conversion = NewConversion {
            conversion_code_id: shop.code.id.clone(),
            click_id: shop.click().await,
            value: Some(Money { micros: 1_000_000, ..Default::default() }),
            commission: Some(Commission::CommissionAmount(Money::from_decimal("1", "GBP").unwrap())),
            ..Default::default()
        };
        let error =
            shop.server.client().conversions().record(request::conversion(conversion)).await.unwrap_err();
        assert_eq!(error.reason(), ErrorReason::CurrencyInvalid, "{error:?}");
    }
}

#[tokio::test]
async fn one_order_reported_in_several_ways_counts_once() {
    let fixture = Fixture::start().await;
    let client = fixture.server.client();
    let mut verdicts = Vec::new();
    for dress in ["%20sp2%20", "sp2", "%22sp2%22", "%E2%80%8Bsp2"] {
        let query = format!("clickId=$click&id=$code&val=7&com=1&oid={dress}");
        verdicts.push(fixture.server.postback(&fixture.fill(&query)).await.field("verdict"));
    }
    assert_eq!(verdicts, ["RECORDED", "DUPLICATE", "DUPLICATE", "DUPLICATE"]);
    for dress in [" sp2 ", "\"sp2\"", "sp2\u{feff}", "sp2"] {
        let conversion = NewConversion {
            conversion_code_id: fixture.code.id.clone(),
            click_id: fixture.click.clone(),
            transaction_id: dress.to_owned(),
            value: Some(Money { micros: 7_000_000, ..Default::default() }),
            commission: Some(Commission::CommissionAmount(Money { micros: 1_000_000, ..Default::default() })),
            ..Default::default()
        };
        let response = client.conversions().record(request::conversion(conversion)).await.unwrap();
        assert_eq!(response.verdict(), ConversionVerdict::Duplicate, "{dress:?}");
    }
    let conversions = fixture.conversions().await;
    assert_eq!(conversions.len(), 1);
    assert_eq!(conversions[0].transaction_id, "sp2");
}

#[tokio::test]
async fn what_may_be_a_test_is_no_sale() {
    let fixture = Fixture::start().await;
    for (test, expected) in [
        ("test=yes", held("PARAMETER_MALFORMED")),
        ("test", held("PARAMETER_MALFORMED")),
        ("test=on", held("PARAMETER_MALFORMED")),
        ("test=2", held("PARAMETER_MALFORMED")),
        ("test=1", ("TEST".to_owned(), String::new())),
        ("test=TRUE", ("TEST".to_owned(), String::new())),
    ] {
        let query = fixture.fill(&format!("clickId=$click&id=$code&val=1&com=0&oid=1&{test}"));
        assert_eq!(outcome(&fixture.server.postback(&query).await), expected, "{test}");
    }
    assert_eq!(fixture.conversions().await, []);
    for (number, test) in ["test=0", "test=false", "test=no"].into_iter().enumerate() {
        let query = fixture.fill(&format!("clickId=$click&id=$code&val=1&com=0&oid={number}&{test}"));
        assert_eq!(outcome(&fixture.server.postback(&query).await), recorded(), "{test}");
    }
    assert_eq!(fixture.conversions().await.len(), 3);
}

/// A search for the click id that counts finds the held postback, whatever other click ids the
/// postback names.
#[tokio::test]
async fn a_held_postback_is_found_by_the_click_that_counts() {
    let fixture = Fixture::start().await;
    for beside in [
        "clickId={clickid}&clickId=$click",
        "clickId=$click&clickId=none",
        "clickId=x&subid=y&clickId=$click",
    ] {
        let query = format!("{beside}&id=none&id=$unlinked&val=1&com=0&mail=ann@b.example");
        let answer = fixture.server.postback(&fixture.fill(&query)).await;
        assert_eq!(outcome(&answer), held("CODE_NOT_ON_LINK"), "{beside}");
    }
    let request = ExplainClickRequest { click_id: fixture.click.clone() };
    let held = fixture.server.client().clicks().explain(request).await.unwrap().held_postbacks;
    assert_eq!(held.len(), 3);
    assert!(held.iter().all(|postback| postback.conversion_code_id == fixture.unlinked.id), "{held:?}");
}

/// Anybody may send a test postback, but must not learn the counted amounts from its answer.
#[tokio::test]
async fn a_test_shows_no_amounts_to_a_sender_without_proof() {
    let fixture = Fixture::start().await;
    let server = &fixture.server;
    let sale = fixture.fill("clickId=$click&id=$code&val=1234.56&com=78.90&oid=1");
    assert_eq!(outcome(&server.postback(&sale).await), recorded());
    for other in ["val=1&com=78.90", "val=1234.56&com=1", "val=1&com=1&cur=EUR"] {
        let query = fixture.fill(&format!("clickId=$click&id=$code&{other}&oid=1&test=1"));
        let answer = server.postback(&query).await;
        assert_eq!(outcome(&answer), ("TEST".to_owned(), "TRANSACTION_CONFLICT".to_owned()), "{other}");
        let text = answer.json().to_string();
        assert!(!text.contains("1234") && !text.contains("78.9"), "{text}");
    }
    // A sender who passes an enforced check sees the amounts.
    let secret = rotate(server, &fixture.code, 60).await.secret;
    let checks = PostbackAuthentication { secret_check: CheckMode::Enforce.into(), ..Default::default() };
    let request = UpdateConversionCodeRequest {
        conversion_code: Some(ConversionCode {
            postback_authentication: Some(checks),
            ..fixture.code.clone()
        }),
        update_mask: Some(FieldMask { paths: vec!["postback_authentication".to_owned()] }),
        ..Default::default()
    };
    server.client().conversion_codes().update(request).await.unwrap();
    let query = fixture.fill(&format!("clickId=$click&id=$code&val=1&com=1&oid=1&test=1&sec={secret}"));
    let answer = server.postback(&query).await;
    assert!(answer.field("message").contains("1234.56"), "{answer:?}");
}
