//! The journey of docs/start.md and `make demo`: code, link, click, postback, conversion.

use s2s_sdk::v1::{
    Click, Conversion, ConversionCode, ConversionStanding, ConversionStatus, CustomParam, DeviceKind,
    GetClickRequest, GetConversionRequest, GetPostbackUrlRequest, ListClicksRequest, ListConversionsRequest,
    Money, TrackingLink,
};
use s2s_tests::{Answer, Server, click_id_of, eventually, http};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The postback URL that the merchant pasted. `send` fills in the values, as the merchant's system
/// does.
struct Postback<'a> {
    template: &'a str,
}

impl Postback<'_> {
    async fn send(&self, click_id: &str, val: &str, com: &str, more: &str) -> Answer {
        let url = self.template.replace("{clickId}", click_id).replace("{val}", val).replace("{com}", com);
        let url = url.replace("{oid}", &format!("order-{val}"));
        assert!(!url.contains('{'), "{url}");
        Answer::of(http().get(url + more).send().await.unwrap()).await
    }
}

async fn visit(link: &TrackingLink, query: &str) -> String {
    let visit = http()
        .get(format!("{}{query}", link.url))
        .header("user-agent", BROWSER)
        .header("referer", "https://blog.example/post");
    let response = visit.send().await.unwrap();
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let location = response.headers()["location"].to_str().unwrap();
    let click_id = click_id_of(location);
    assert_eq!(location, format!("http://shop.example/Web-Marketing?s1={click_id}"));
    assert!(is_click_id(&click_id), "{click_id}");
    click_id
}

fn is_click_id(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_lowercase() && !b"ilou".contains(&byte));
    text.len() == 40 && text.bytes().all(letter)
}

fn usd(micros: i64) -> Money {
    Money { currency_code: "USD".to_owned(), micros }
}

/// The value and commission of a conversion, as one text.
fn summary(conversion: &Conversion) -> String {
    let money = |money: &Option<Money>| money.as_ref().unwrap().to_string();
    format!("value {}, commission {}", money(&conversion.value), money(&conversion.commission))
}

#[tokio::test]
async fn a_visitors_purchase_becomes_a_conversion_once() {
    let server = Server::start().await;
    let client = server.client();

    let code = server.code("Sale").await;
    let upper_hex = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
    assert!(code.id.len() == 32 && code.id.bytes().all(upper_hex), "{}", code.id);
    let link = server.link(&[&code]).await;
    assert_eq!(link.url, format!("{}/{}", server.url, link.slug));

    let request = GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    let postback_url = client.conversion_codes().get_postback_url(request).await.unwrap().postback_url;
    let expected =
        format!("{}/s2s?clickId={{clickId}}&id={}&val={{val}}&com={{com}}&oid={{oid}}", server.url, code.id);
    assert_eq!(postback_url, expected);
    let postback = Postback { template: &postback_url };

    // The first visitor buys, and the shop reports the sale twice.
    let first_click = visit(&link, "?sub1=mail&SUB10=a%20b").await;
    let answer = postback.send(&first_click, "1", "0.5", "&param=myCustomParam%3Dxyz").await;
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "RECORDED"));
    assert_eq!((answer.header("s2s-verdict"), answer.header("cache-control")), ("RECORDED", "no-store"));
    let first_id = answer.field("conversion_id");
    assert!(first_id.starts_with("conv_"), "{answer:?}");
    let again = postback.send(&first_click, "1", "0.5", "&param=myCustomParam%3Dxyz").await;
    assert_eq!((again.status, again.field("verdict").as_str()), (200, "DUPLICATE"));
    assert_eq!(again.field("conversion_id"), first_id);
    assert_ne!(again.field("postback_id"), answer.field("postback_id"));

    // The second visitor's commission is a percentage.
    let second_click = visit(&link, "").await;
    assert_ne!(second_click, first_click);
    let answer = postback.send(&second_click, "1000", "0", "&comperc=10").await;
    assert_eq!((answer.status, answer.field("verdict").as_str()), (200, "RECORDED"));
    let second_id = answer.field("conversion_id");

    let list = client.conversions().list_page(ListConversionsRequest::default()).await.unwrap();
    assert_eq!(list.next_page_token, "");
    let listed: Vec<_> = list.conversions.iter().map(|one| (one.id.as_str(), summary(one))).collect();
    let expected = [
        (second_id.as_str(), "value 1000.00 USD, commission 100.00 USD".to_owned()),
        (first_id.as_str(), "value 1.00 USD, commission 0.50 USD".to_owned()),
    ];
    assert_eq!(listed, expected);
    assert_eq!(list.conversions[0].commission, Some(usd(100_000_000)));
    assert_eq!(list.conversions[0].commission_percent_micros, Some(10_000_000));

    let request = GetConversionRequest { conversion_id: first_id.clone() };
    let conversion = client.conversions().get(request).await.unwrap().conversion.unwrap();
    assert_eq!(conversion, list.conversions[1]);
    check_first(&conversion, &code, &link, &first_click);
    let request = GetClickRequest { click_id: first_click };
    let click = client.clicks().get(request).await.unwrap().click.unwrap();
    assert_eq!(click.click_time, conversion.click_time);
}

/// Checks every field of the first conversion.
fn check_first(conversion: &Conversion, code: &ConversionCode, link: &TrackingLink, click_id: &str) {
    let expected = Conversion {
        id: conversion.id.clone(),
        conversion_code_id: code.id.clone(),
        tracking_link_id: link.id.clone(),
        click_id: click_id.to_owned(),
        transaction_id: "order-1".to_owned(),
        value: Some(usd(1_000_000)),
        commission: Some(usd(500_000)),
        commission_percent_micros: None,
        status: ConversionStatus::Approved.into(),
        custom_params: vec![CustomParam { key: "myCustomParam".to_owned(), value: "xyz".to_owned() }],
        conversion_time: conversion.conversion_time,
        create_time: conversion.create_time,
        click_time: conversion.click_time,
        status_word: String::new(),
        current: Some(ConversionStanding {
            status: ConversionStatus::Approved.into(),
            value: Some(usd(1_000_000)),
            commission: Some(usd(500_000)),
        }),
        adjustment_count: 0,
        partner_id: String::new(),
        owed: None,
        sub_ids: [("sub1", "mail"), ("sub10", "a b")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    };
    assert_eq!(*conversion, expected);
    let seconds = [conversion.click_time, conversion.conversion_time, conversion.create_time]
        .map(|time| time.map(|time| (time.seconds, time.nanos)).unwrap());
    assert!(seconds.is_sorted() && code.create_time.unwrap().seconds <= seconds[0].0, "{seconds:?}");
}

#[tokio::test]
async fn a_click_keeps_what_the_visitor_brought() {
    let server = Server::start().await;
    let client = server.client();
    let link = server.link(&[]).await;
    let other_link = server.link(&[]).await;
    let query = "sub1=mail&SUB2=a%20b&sub10=ten&sub11=x&sub1=late&utm_source=news";
    let click_id = visit(&link, &format!("?{query}")).await;

    // The redirect may come before the click is durable.
    let get =
        || async { client.clicks().get(GetClickRequest { click_id: click_id.clone() }).await.ok()?.click };
    let click = eventually(get).await;
    let expected = Click {
        id: click_id.clone(),
        tracking_link_id: link.id.clone(),
        click_time: click.click_time,
        sub_ids: [("sub1", "mail"), ("sub2", "a b"), ("sub10", "ten")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        query: query.to_owned(),
        referrer: "https://blog.example/post".to_owned(),
        user_agent: BROWSER.to_owned(),
        address: "127.0.0.0".to_owned(),
        flags: Vec::new(),
        country: String::new(),
        device: DeviceKind::Desktop.into(),
        os: "Linux".to_owned(),
        browser: "Firefox".to_owned(),
        referrer_host: "blog.example".to_owned(),
    };
    assert_eq!(click, expected);
    let click_time = click.click_time.unwrap();
    assert!(click_time.seconds >= link.create_time.unwrap().seconds && click_time.nanos % 10_000_000 == 0);

    let clicks = |link: &TrackingLink| {
        let request = ListClicksRequest { tracking_link_id: link.id.clone(), ..Default::default() };
        async { client.clicks().list_page(request).await.unwrap().clicks }
    };
    assert_eq!(clicks(&link).await, [click]);
    assert_eq!(clicks(&other_link).await, []);
}
