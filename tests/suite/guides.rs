//! The guides for shops: their PHP, as it is on the pages, against the real server.

mod outages;
mod shop;
mod vendors;

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use s2s_sdk::{
    postback::sign,
    v1::{
        CheckMode, ConversionCode, ConversionFilter, DecimalSeparator, PostbackAuthentication, TrackingLink,
    },
};
use s2s_tests::{Server, eventually, http, request, sale::visit};
use serde_json::{Value, json};

use self::shop::{Shop, cut, page, pages};
use crate::authentication::rotate;

/// Marks as paid the order that the first argument names, as a payment provider's module does.
const PAY: &str = "require 's2s/shop.php'; shop_paid(shop_database(), $argv[1]);";
/// The vectors of signatures that all SDKs share.
const SIGNATURES: &str = include_str!("../vectors/postback_signature.json");

/// A server with a conversion code that enforces signatures, a link, and a shop that runs the PHP
/// of the guides.
struct Market {
    server: Server,
    code: ConversionCode,
    link: TrackingLink,
    secret: String,
    shop: Shop,
}

impl Market {
    async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// Starts the server with further flags.
    async fn open_with(flags: &[&str]) -> Self {
        let server = Server::start_with(flags).await;
        let checks =
            PostbackAuthentication { signature_check: CheckMode::Enforce.into(), ..Default::default() };
        let code = ConversionCode {
            name: "Sale".to_owned(),
            default_currency: "EUR".to_owned(),
            decimal_separator: DecimalSeparator::Point.into(),
            postback_authentication: Some(checks),
            ..Default::default()
        };
        let code = server.create_code(code).await;
        let link = server.link(&[&code]).await;
        let secret = rotate(&server, &code, 86_400).await.secret;
        let shop = Shop::open(&server.url, &code.id, &secret).await;
        Self { server, code, link, secret, shop }
    }

    /// A visitor follows the link. A server with a rate limit may first refuse the visit.
    async fn click(&self) -> String {
        eventually(async || visit(&http(), &self.server.url, &self.link.slug).await.unwrap().ok()).await
    }

    /// A visitor follows the link, lands in the shop, and gets a cookie.
    async fn cookie(&self) -> String {
        let click = self.click().await;
        let cookie = self.shop.cookie(&format!("landing.php?s1={click}")).await.unwrap();
        assert_eq!(cookie, format!("s2s_click={click}"));
        cookie
    }

    /// A visitor with that cookie orders, and the payment is reported twice. Returns the order's
    /// number.
    async fn sell(&self, product: &str, cookie: &str) -> String {
        let order = self.shop.post("order.php", &[("cookie", cookie)], &format!("product={product}")).await;
        assert_eq!(order.status, 200, "{order:?}");
        for _ in 0..2 {
            self.shop.run(&["-r", PAY, &order.text]).await.is_silent();
        }
        order.text
    }

    /// The value of each conversion, by its transaction id. Each transaction id must occur once.
    async fn counted(&self) -> BTreeMap<String, String> {
        let filter = ConversionFilter { conversion_code_id: self.code.id.clone(), ..Default::default() };
        let conversions = self.server.client().conversions().list(request::conversions(filter));
        let mut counted = BTreeMap::new();
        for conversion in conversions.try_collect::<Vec<_>>().await.unwrap() {
            let value = conversion.value.unwrap();
            let commission = conversion.commission.unwrap();
            assert_eq!(
                (commission.micros, &commission.currency_code),
                (value.micros / 10, &value.currency_code)
            );
            let twice = counted.insert(conversion.transaction_id, value.to_string());
            assert_eq!(twice, None);
        }
        counted
    }
}

fn table(rows: &[(&str, &str)]) -> BTreeMap<String, String> {
    rows.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_block_of_php_is_a_file_of_its_own() {
    let pages = pages();
    let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    assert_eq!(names, ["paypal.md", "php.md", "shopify.md", "stripe.md", "woocommerce.md"]);
    let files: Vec<String> = pages.iter().flat_map(|page| cut(&page.text)).map(|(path, _)| path).collect();
    let mut once = files.clone();
    once.sort();
    once.dedup();
    assert_eq!((files.len(), once.len()), (15, 15), "{files:?}");
}

#[tokio::test]
async fn a_shop_in_php_reports_each_paid_order_once() {
    let market = Market::open().await;
    let cookie = market.cookie().await;
    let later = market.cookie().await;
    assert_ne!(cookie, later, "the last click wins");
    for address in ["landing.php", "landing.php?s1=short", "landing.php?s1[]=x"] {
        assert_eq!(market.shop.cookie(address).await, None, "{address} keeps the cookie as it is");
    }
    assert_eq!(market.sell("cup", &later).await, "1");
    assert_eq!(market.sell("pot", &later).await, "2");
    assert_eq!(market.sell("cup", "").await, "3", "an order that no link led to");
    assert_eq!(market.sell("spoon", &later).await, "4");
    let unpaid = market.shop.post("order.php", &[("cookie", &later)], "product=pot").await;
    assert_eq!(unpaid.text, "5");

    market.shop.run(&["s2s/worker.php"]).await.is_silent();
    let expected = table(&[("1", "19.99 EUR"), ("2", "49.50 EUR"), ("4", "0.07 EUR")]);
    assert_eq!(market.counted().await, expected);
    let click = later.split_once('=').unwrap().1;
    let filter = ConversionFilter { click_id: click.to_owned(), ..Default::default() };
    let conversions = market.server.client().conversions().list(request::conversions(filter));
    assert_eq!(conversions.try_collect::<Vec<_>>().await.unwrap().len(), 3);

    market.shop.run(&["s2s/worker.php", "--now"]).await.is_silent();
    assert_eq!(market.counted().await, expected);
    let states: Vec<Value> =
        market.shop.rows().await.iter().map(|row| json!([row["oid"], row["state"], row["tries"]])).collect();
    assert_eq!(states, [json!(["1", "sent", 1]), json!(["2", "sent", 1]), json!(["4", "sent", 1])]);
}

#[tokio::test]
async fn an_order_is_paid_with_its_postback_or_not_at_all() {
    let market = Market::open().await;
    let cookie = market.cookie().await;
    let order = market.shop.post("order.php", &[("cookie", &cookie)], "product=cup").await.text;
    let sql = async |sql: &str| {
        let script = "require 's2s/shop.php';
            echo json_encode(shop_database()->query($argv[1])->fetchAll(PDO::FETCH_NUM));";
        market.shop.run(&["-r", script, sql]).await.out
    };
    sql("CREATE TRIGGER full BEFORE INSERT ON s2s_postback BEGIN SELECT RAISE(ABORT, 'full'); END").await;
    let said = market.shop.run(&["-r", PAY, &order]).await;
    assert_ne!(said.status, 0, "{said:?}");
    let paid = "SELECT (SELECT is_paid FROM shop_order), (SELECT COUNT(*) FROM s2s_postback)";
    assert_eq!(sql(paid).await, "[[0,0]]");
    sql("DROP TRIGGER full").await;
    market.shop.run(&["-r", PAY, &order]).await.is_silent();
    assert_eq!(sql(paid).await, "[[1,1]]");
}

#[tokio::test]
async fn one_worker_runs_at_a_time() {
    let market = Market::open().await;
    let cookie = market.cookie().await;
    market.sell("cup", &cookie).await;
    let beside_another =
        "$lock = fopen('s2s/worker.lock', 'c'); flock($lock, LOCK_SH); passthru('php s2s/worker.php');";
    market.shop.run(&["-r", beside_another]).await.is_silent();
    assert_eq!(market.shop.rows().await[0]["state"], "waiting");
    market.shop.run(&["s2s/worker.php"]).await.is_silent();
    assert_eq!(market.shop.rows().await[0]["state"], "sent");
}

#[tokio::test]
async fn the_trial_of_the_guide_is_a_test() {
    let market = Market::open().await;
    let click = market.click().await;
    let said = market.shop.run(&["s2s/try.php", &click]).await;
    let answer: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    assert_eq!(answer["verdict"], "TEST", "{answer}");
    assert!(page("php.md").contains(said.out.trim()), "the page shows another answer: {}", said.out);
    assert!(market.counted().await.is_empty());
    // The signature is enforced: the same postback without it is refused, even as a test.
    let query = format!("clickId={click}&id={}&val=19.99&cur=EUR&com=0&comperc=10&test=1", market.code.id);
    assert_eq!(market.server.postback(&query).await.field("reason"), "SIGNATURE_REFUSED");
}

#[tokio::test]
async fn php_signs_as_the_sdks_do() {
    let market = Market::open().await;
    let script = "require 's2s/s2s.php';
        foreach (json_decode(stream_get_contents(STDIN), true) as $vector) {
            $query = explode('?', $vector['url'], 2)[1];
            echo s2s_sign($query, $vector['secret'], $vector['unix_seconds']), \"\\n\";
        }";
    let vectors: Vec<Value> = serde_json::from_str(SIGNATURES).unwrap();
    let queries: Vec<Value> = vectors.into_iter().filter(|vector| vector["body"] == "").collect();
    assert!(queries.len() >= 5);
    let said = market.shop.run_with(&["-r", script], &json!(queries).to_string()).await;
    let signed: Vec<&str> = said.out.lines().collect();
    let expected: Vec<&str> = queries
        .iter()
        .map(|vector| vector["signed_url"].as_str().unwrap().split_once('?').unwrap().1)
        .collect();
    assert_eq!(signed, expected, "{}", said.err);
    let own = sign("/s2s?oid=1", b"", &market.secret, 7);
    let script = "require 's2s/s2s.php'; echo '/s2s?', s2s_sign('oid=1', s2s_config()['secret'], 7);";
    assert_eq!(market.shop.run(&["-r", script]).await.out, own);
}

#[tokio::test]
async fn amounts_in_php_have_the_decimals_of_their_currency() {
    let market = Market::open().await;
    let script = "require 's2s/s2s.php';
        foreach (json_decode(stream_get_contents(STDIN)) as [$amount, $currency]) {
            try {
                $text = is_int($amount) ? s2s_from_minor($amount, s2s_decimals($currency)) : $amount;
                echo s2s_amount($text, $currency), \"\\n\";
            } catch (InvalidArgumentException) {
                echo \"refused\\n\";
            }
        }";
    let cases = [
        (json!(1999), "EUR", "19.99"),
        (json!(7), "EUR", "0.07"),
        (json!(0), "EUR", "0.00"),
        (json!(1500), "JPY", "1500"),
        (json!(1500), "KWD", "1.500"),
        (json!(5), "KWD", "0.005"),
        (json!(900_719_925_474_099_301_i64), "EUR", "9007199254740993.01"),
        (json!("19.99"), "EUR", "19.99"),
        (json!("19.9"), "EUR", "19.90"),
        (json!("20"), "EUR", "20.00"),
        (json!("20.000"), "EUR", "20.00"),
        (json!("500"), "HUF", "500.00"),
        (json!("1500.00"), "JPY", "1500"),
        (json!("1.5"), "TND", "1.500"),
        (json!("1500.50"), "JPY", "refused"),
        (json!("19.999"), "EUR", "refused"),
        (json!("1,500"), "EUR", "refused"),
        (json!("1.0E+15"), "EUR", "refused"),
        (json!("-1.00"), "EUR", "refused"),
        (json!(-5), "EUR", "refused"),
        (json!(".5"), "EUR", "refused"),
        (json!("5\n"), "EUR", "refused"),
        (json!(""), "EUR", "refused"),
    ];
    let input: Vec<Value> = cases.iter().map(|(amount, currency, _)| json!([amount, currency])).collect();
    let said = market.shop.run_with(&["-r", script], &json!(input).to_string()).await;
    let read: Vec<&str> = said.out.lines().collect();
    let expected: Vec<&str> = cases.iter().map(|(.., text)| *text).collect();
    assert_eq!(read, expected, "{}", said.err);
}
