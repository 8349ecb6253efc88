//! Order ids that count once per code: whatever their click, their server and their way in.

use futures::future::join_all;
use s2s_sdk::{
    prost_types::FieldMask,
    v1::{
        Conversion, ConversionCode, ConversionFilter, ErrorReason, NewConversion, PostbackVerdict,
        RecordClickRequest, TrackingLink, TransactionScope, UpdateConversionCodeRequest,
    },
};
use s2s_tests::{Answer, Server, database, eventually, request};

use crate::{moved, report, totals::check_totals};

const ORDERS: &str = "SELECT COUNT(*) AS number FROM order_key";
const DAY: i64 = 86_400;

struct Shop {
    server: Server,
    code: ConversionCode,
    link: TrackingLink,
}

impl Shop {
    async fn open(scope: TransactionScope) -> Self {
        let server = Server::start().await;
        let mut code = ConversionCode { name: "Sale".to_owned(), ..Default::default() };
        code.set_transaction_scope(scope);
        let code = server.create_code(code).await;
        let link = server.link(&[&code]).await;
        Self { server, code, link }
    }

    async fn click(&self) -> String {
        self.server.click(&self.link).await
    }

    fn query(&self, click: &str, order: &str) -> String {
        format!("clickId={click}&id={}&val=10&com=1&oid={order}", self.code.id)
    }

    async fn sale(&self, click: &str, order: &str) -> Answer {
        self.server.postback(&self.query(click, order)).await
    }

    async fn count_by(&self, scope: TransactionScope) {
        let mut code = ConversionCode { id: self.code.id.clone(), ..Default::default() };
        code.set_transaction_scope(scope);
        let update = UpdateConversionCodeRequest {
            conversion_code: Some(code),
            update_mask: Some(FieldMask { paths: vec!["transaction_scope".to_owned()] }),
            ..Default::default()
        };
        let code = self.server.client().conversion_codes().update(update).await.unwrap();
        assert_eq!(code.conversion_code.unwrap().transaction_scope(), scope);
    }

    async fn conversions(&self, order: &str) -> Vec<Conversion> {
        let filter = ConversionFilter { transaction_id: order.to_owned(), ..Default::default() };
        self.server.client().conversions().list_page(request::conversions(filter)).await.unwrap().conversions
    }
}

#[track_caller]
fn check(answer: &Answer, status: u16, verdict: &str) {
    let found = (answer.status, answer.header("s2s-verdict"));
    assert_eq!(found, (status, verdict), "{answer:?}");
    if verdict == "HELD" {
        assert_eq!(answer.header("s2s-reason"), "ORDER_OF_ANOTHER_CLICK");
    }
}

#[tokio::test]
async fn an_order_counts_for_its_first_click_and_says_whose_it_is() {
    let mut shop = Shop::open(TransactionScope::PerCode).await;
    let (first, second) = (shop.click().await, shop.click().await);
    check(&shop.sale(&first, "order-1").await, 200, "RECORDED");
    let sale = shop.conversions("order-1").await.remove(0);
    for round in 0..3 {
        let other = shop.sale(&second, "order-1").await;
        check(&other, 409, "HELD");
        // A conversion's id holds the id of its click, which a stranger must not learn.
        assert!(!other.text.contains(&sale.id), "{other:?}");
        let held = crate::replay::get(&shop.server, &other.field("postback_id")).await;
        assert!(held.message.contains(&sale.id), "{held:?}");
        check(&shop.sale(&first, "order-1").await, 200, "DUPLICATE");
        let test = shop.server.postback(&format!("{}&test=1", shop.query(&second, "order-1"))).await;
        assert_eq!((test.status, test.field("reason").as_str()), (409, "ORDER_OF_ANOTHER_CLICK"));
        assert!(!test.text.contains(&sale.id), "{test:?}");
        let order = format!("of-second-{round}");
        check(&shop.sale(&second, &order).await, 200, "RECORDED");
        shop.server.restart().await;
    }
    let client = shop.server.client();
    let target = format!("/s2s?{}", shop.query(&second, "order-1"));
    let explained = client.postbacks().explain(request::explain(target)).await.unwrap();
    let found = (explained.verdict(), explained.reason());
    assert_eq!(found, (PostbackVerdict::Held, ErrorReason::OrderOfAnotherClick));
    let told = NewConversion { transaction_id: "order-1".to_owned(), ..report(&shop.code, &second) };
    let refused = client.conversions().record(request::conversion(told)).await.unwrap_err();
    assert_eq!(refused.reason(), ErrorReason::OrderOfAnotherClick);
    assert!(refused.message().contains(&sale.id), "{refused:?}");
    // Without an order id, and for another code, nothing is shared.
    let without = format!("clickId={second}&id={}&val=10&com=1", shop.code.id);
    check(&shop.server.postback(&without).await, 200, "RECORDED");
    let other = shop.server.code("Other").await;
    let click = shop.server.click(&shop.server.link(&[&other]).await).await;
    let query = format!("clickId={click}&id={}&val=10&com=1&oid=order-1", other.id);
    check(&shop.server.postback(&query).await, 200, "RECORDED");
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
}

#[tokio::test]
async fn orders_from_before_the_change_count_once_too() {
    let shop = Shop::open(TransactionScope::PerClick).await;
    let clicks = [shop.click().await, shop.click().await, shop.click().await];
    for click in &clicks[..2] {
        check(&shop.sale(click, "order-1").await, 200, "RECORDED");
    }
    shop.count_by(TransactionScope::PerCode).await;
    for click in &clicks[..2] {
        check(&shop.sale(click, "order-1").await, 200, "DUPLICATE");
    }
    let held = shop.sale(&clicks[2], "order-1").await;
    check(&held, 409, "HELD");
    // Once an order counts per click again, the postback can be replayed.
    shop.count_by(TransactionScope::PerClick).await;
    let replay = request::replay(vec![held.field("postback_id")]);
    let replayed = shop.server.client().postbacks().replay_page(replay).await.unwrap();
    assert_eq!(replayed.postbacks[0].verdict(), PostbackVerdict::Recorded);
    assert_eq!(shop.conversions("order-1").await.len(), 3);
}

#[tokio::test]
async fn an_order_that_two_servers_get_with_many_clicks_counts_once() {
    const SENDERS: usize = 32;
    let shop = Shop::open(TransactionScope::PerCode).await;
    let two = Server::start_beside(&shop.server).await;
    for round in 0..3 {
        let order = format!("order-{round}");
        let clicks = join_all((0..SENDERS).map(|_| shop.click())).await;
        let calls = clicks.iter().enumerate().map(|(number, click)| {
            let server = if number % 2 == 0 { &shop.server } else { &two };
            let query = shop.query(click, &order);
            async move { server.postback(&query).await }
        });
        let answers = join_all(calls).await;
        let recorded = answers.iter().filter(|answer| answer.field("verdict") == "RECORDED").count();
        let held = answers.iter().filter(|answer| answer.field("verdict") == "HELD").count();
        assert_eq!((recorded, held), (1, SENDERS - 1), "{answers:?}");
        assert_eq!(shop.conversions(&order).await.len(), 1);
    }
    assert_eq!(check_totals(&shop.server).await, (Some(0), String::new()));
}

#[tokio::test]
async fn old_orders_go_with_their_conversions() {
    let shop = Shop::open(TransactionScope::PerCode).await;
    let client = shop.server.client();
    for (order, days) in [("young", 1), ("old", 600)] {
        let click = RecordClickRequest {
            tracking_link_id: shop.link.id.clone(),
            click_time: moved(shop.link.create_time, -days * DAY),
            ..Default::default()
        };
        let click = client.clicks().record(click).await.unwrap().click.unwrap().id;
        let told = NewConversion {
            transaction_id: order.to_owned(),
            conversion_time: moved(shop.link.create_time, 1 - days * DAY),
            ..report(&shop.code, &click)
        };
        client.conversions().record(request::conversion(told)).await.unwrap();
    }
    let url = &shop.server.database_url;
    assert_eq!(database::number(url, ORDERS).await, 2);
    let limits = ["--retain-conversions-days", "100", "--retain-pause-seconds", "0"];
    let _other = Server::start_beside_with(&shop.server, &limits).await;
    eventually(async || (database::number(url, ORDERS).await == 1).then_some(())).await;
    check(&shop.sale(&shop.click().await, "young").await, 409, "HELD");
    check(&shop.sale(&shop.click().await, "old").await, 200, "RECORDED");
}
