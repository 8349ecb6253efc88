//! The guides for Stripe, PayPal, Shopify and WooCommerce: their sample messages, signed as the
//! vendors sign, become conversions with exact amounts.

use serde_json::{Value, json};

use super::{
    Market,
    shop::{CONFIG, page},
    table,
};

/// The click id in the samples.
const CLICK: &str = "04mx041w1az9vg8nh802s7vyajbwafzyhz9ztmm5";
/// The address of the certificate for PayPal's signatures.
const CERTIFICATE: &str = "https://api.paypal.com/v1/notifications/certs/CERT-1";

/// Signs standard input as Stripe does, with the secret of the guide.
const STRIPE: &str = "require 's2s/stripe.php';
    $time = time() - (int) $argv[1];
    $signature = hash_hmac('sha256', $time . '.' . stream_get_contents(STDIN), STRIPE_SECRET);
    echo \"stripe-signature\\nt=$time,v0=00,v1=00,v1=$signature\";";
/// Signs standard input as Shopify does.
const SHOPIFY: &str = "require 's2s/shopify.php';
    $hash = hash_hmac('sha256', stream_get_contents(STDIN), SHOPIFY_SECRET, true);
    echo \"x-shopify-hmac-sha256\\n\", base64_encode($hash);";
/// Signs standard input as PayPal does, with a new certificate, which is put where the shop keeps
/// its copy. The first argument is the certificate's address.
const PAYPAL: &str = "require 's2s/paypal.php';
    $key = openssl_pkey_new(['private_key_bits' => 2048]);
    $request = openssl_csr_new(['commonName' => 'paypal'], $key);
    openssl_x509_export(openssl_csr_sign($request, null, $key, 1), $certificate);
    file_put_contents('s2s/paypal-' . hash('sha256', $argv[1]) . '.pem', $certificate);
    $crc = crc32(stream_get_contents(STDIN));
    $signed = '69cd13f0|2026-11-28T09:00:00Z|' . PAYPAL_WEBHOOK_ID . '|' . $crc;
    openssl_sign($signed, $signature, $key, OPENSSL_ALGO_SHA256);
    echo \"paypal-transmission-id\\n69cd13f0\\npaypal-transmission-time\\n2026-11-28T09:00:00Z\\n\";
    echo \"paypal-cert-url\\n$argv[1]\\npaypal-transmission-sig\\n\", base64_encode($signature);";

/// The last block of JSON on a page, with `click` in place of the sample click id.
fn sample(guide: &str, click: &str) -> Value {
    let page = page(guide);
    let block = page.split("```json\n").last().unwrap().split("```").next().unwrap();
    assert!(block.contains(CLICK), "{block}");
    serde_json::from_str(&block.replace(CLICK, click)).unwrap()
}

/// A copy of a message with other values, each at a path such as `/data/object/currency`.
fn changed(message: &Value, changes: &[(&str, Value)]) -> Value {
    let mut message = message.clone();
    for (path, value) in changes {
        *message.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value.clone();
    }
    message
}

impl Market {
    /// The headers of a message: lines of names and values, printed by a script that signs.
    async fn headers(&self, script: &str, argument: &str, body: &str) -> Vec<(String, String)> {
        let said = self.shop.run_with(&["-r", script, argument], body).await;
        let lines: Vec<&str> = said.out.lines().collect();
        assert!(lines.len() >= 2, "{said:?}");
        lines.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
    }

    /// Sends a signed message to a page of the shop. Returns the status.
    async fn notify(&self, page: &str, signer: (&str, &str), message: &Value) -> u16 {
        let body = message.to_string();
        let headers = self.headers(signer.0, signer.1, &body).await;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.shop.post(page, &headers, &body).await.status
    }

    /// Sends each message twice, and lets the worker send the postbacks. The shop must accept every
    /// message.
    async fn sell_by(&self, page: &str, signer: (&str, &str), messages: &[Value]) {
        for message in messages.iter().chain(messages) {
            let status = self.notify(page, signer, message).await;
            assert_eq!(status, 200, "{message}: {}", self.shop.read("log"));
        }
        let said = self.shop.run(&["s2s/worker.php"]).await;
        assert_eq!(said.status, 0, "{said:?}");
        assert!(said.err.lines().all(|line| line.contains("\"verdict\":\"TEST\"")), "{said:?}");
    }

    /// Checks that messages without a right signature, and messages that can't be stored, are
    /// refused, and leave nothing.
    async fn refuses(&self, page: &str, signer: (&str, &str), message: &Value) {
        let body = message.to_string();
        let headers = self.headers(signer.0, signer.1, &body).await;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let other = body.replace("1001", "1002");
        for (headers, body) in [(&headers[..0], &body), (&headers, &other)] {
            let status = self.shop.post(page, headers, body).await.status;
            assert!(matches!(status, 400 | 401), "{status}: {headers:?}");
        }
        // Without its database, the shop must not say that the message is stored.
        let former = self.shop.set("'sqlite:' . __DIR__ . '/shop.db'", "'sqlite:/nowhere/shop.db'");
        assert_eq!(self.shop.post(page, &headers, &body).await.status, 500);
        self.shop.write(CONFIG, &former);
        assert!(self.shop.rows().await.is_empty());
    }
}

#[tokio::test]
async fn payments_at_stripe_become_conversions() {
    let market = Market::open().await;
    let paid = sample("stripe.md", &market.click().await);
    let in_currency = |order: &str, currency: &str| {
        let (order, currency) = (json!(order), json!(currency));
        changed(&paid, &[("/data/object/client_reference_id", order), ("/data/object/currency", currency)])
    };
    let unpaid = changed(&in_currency("late", "eur"), &[("/data/object/payment_status", json!("unpaid"))]);
    let mut messages = vec![
        paid.clone(),
        in_currency("yen", "jpy"),
        in_currency("dinar", "kwd"),
        in_currency("ariary", "mga"),
        changed(&in_currency("krona", "isk"), &[("/data/object/amount_total", json!(495_000))]),
        changed(&in_currency("trial", "eur"), &[("/livemode", json!(false))]),
        changed(&in_currency("organic", "eur"), &[("/data/object/metadata", json!({}))]),
        changed(&in_currency("other", "eur"), &[("/type", json!("checkout.session.expired"))]),
        unpaid.clone(),
    ];
    market.refuses("stripe.php", (STRIPE, "0"), &paid).await;
    assert_eq!(market.notify("stripe.php", (STRIPE, "400"), &paid).await, 400, "an old message");
    market.sell_by("stripe.php", (STRIPE, "0"), &messages).await;
    let mut expected = table(&[
        ("1001", "49.50 EUR"),
        ("ariary", "4950.00 MGA"),
        ("dinar", "4.950 KWD"),
        ("krona", "4950 ISK"),
        ("yen", "4950 JPY"),
    ]);
    assert_eq!(market.counted().await, expected);

    let late = json!("checkout.session.async_payment_succeeded");
    messages.push(changed(&unpaid, &[("/type", late), ("/data/object/payment_status", json!("paid"))]));
    market.sell_by("stripe.php", (STRIPE, "0"), &messages).await;
    expected.insert("late".to_owned(), "49.50 EUR".to_owned());
    assert_eq!(market.counted().await, expected);
}

#[tokio::test]
async fn payments_at_paypal_become_conversions() {
    let market = Market::open().await;
    let paid = sample("paypal.md", &market.click().await);
    let worth = |order: &str, value: &str, currency: &str| {
        let amount = json!({"value": value, "currency_code": currency});
        changed(&paid, &[("/resource/invoice_id", json!(order)), ("/resource/amount", amount)])
    };
    let refund = json!("PAYMENT.CAPTURE.REFUNDED");
    let mut without_order = paid.clone();
    without_order["resource"].as_object_mut().unwrap().remove("invoice_id");
    let messages = [
        paid.clone(),
        worth("forint", "4950", "HUF"),
        worth("yen", "4950", "JPY"),
        worth("cent", "0.01", "USD"),
        changed(&worth("refund", "1.00", "EUR"), &[("/event_type", refund)]),
        without_order,
    ];
    let signer = (PAYPAL, CERTIFICATE);
    market.refuses("paypal.php", signer, &paid).await;
    let stranger = (PAYPAL, "https://api.paypal.com.example/v1/notifications/certs/CERT-1");
    assert_eq!(market.notify("paypal.php", stranger, &paid).await, 400);
    market.sell_by("paypal.php", signer, &messages).await;
    let expected = [
        ("1001", "49.50 EUR"),
        ("42311647XV020574X", "49.50 EUR"),
        ("cent", "0.01 USD"),
        ("forint", "4950.00 HUF"),
        ("yen", "4950 JPY"),
    ];
    assert_eq!(market.counted().await, table(&expected));
}

#[tokio::test]
async fn orders_of_shopify_become_conversions() {
    let market = Market::open().await;
    let paid = sample("shopify.md", &market.click().await);
    let other =
        |number: u64, changes: &[(&str, Value)]| changed(&changed(&paid, &[("/id", json!(number))]), changes);
    let messages = [
        paid.clone(),
        other(1, &[("/total_price", json!("4950")), ("/currency", json!("JPY"))]),
        other(2, &[("/total_price", json!("4.950")), ("/currency", json!("TND"))]),
        other(3, &[("/test", json!(true))]),
        other(4, &[("/financial_status", json!("pending"))]),
        other(5, &[("/note_attributes", json!([]))]),
        other(9_007_199_254_740_993, &[("/total_price", json!("0.10"))]),
    ];
    market.refuses("shopify.php", (SHOPIFY, ""), &paid).await;
    market.sell_by("shopify.php", (SHOPIFY, ""), &messages).await;
    let expected = [
        ("1", "4950 JPY"),
        ("2", "4.950 TND"),
        ("6214871548203", "49.50 EUR"),
        ("9007199254740993", "0.10 EUR"),
    ];
    assert_eq!(market.counted().await, table(&expected));
}

#[tokio::test]
async fn orders_of_woocommerce_become_conversions() {
    let market = Market::open().await;
    let click = market.click().await;
    let cookie = market.shop.cookie(&format!("wordpress.php?s1={click}")).await.unwrap();
    assert_eq!(cookie, format!("s2s_click={click}"));
    assert_eq!(market.shop.cookie("wordpress.php").await, None);
    let call = async |cookie: &str, call: Value| {
        let answer = market.shop.post("wordpress.php", &[("cookie", cookie)], &call.to_string()).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{call}");
    };
    let (classic, block) =
        ("woocommerce_checkout_create_order", "woocommerce_store_api_checkout_update_order_meta");
    let (paid, completed) = ("woocommerce_payment_complete", "woocommerce_order_status_completed");
    for (id, checkout, total, currency, hooks) in [
        (1, classic, json!("49.50"), "EUR", &[paid, completed][..]),
        (2, block, json!("0.70"), "EUR", &[completed]),
        // The sum of 0.1 and 0.2.
        (3, block, json!(0.300_000_000_000_000_04), "EUR", &[paid]),
        (4, classic, json!(123_456_789_012.0), "JPY", &[paid, paid]),
        (5, classic, json!("4.95"), "EUR", &[]),
    ] {
        call(&cookie, json!({"hook": checkout, "id": id, "total": total, "currency": currency})).await;
        for hook in hooks {
            // The payment provider calls without the visitor's cookie.
            call("", json!({"hook": hook, "id": id})).await;
        }
    }
    call("", json!({"hook": classic, "id": 6, "total": "1.00", "currency": "EUR"})).await;
    call("", json!({"hook": paid, "id": 6})).await;
    market.shop.run(&["s2s/worker.php"]).await.is_silent();
    let expected = [("1", "49.50 EUR"), ("2", "0.70 EUR"), ("3", "0.30 EUR"), ("4", "123456789012 JPY")];
    assert_eq!(market.counted().await, table(&expected));

    // A fault of the queue is logged and does not reach the customer. The second hook repairs it.
    let former = market.shop.set("'sqlite:' . __DIR__ . '/shop.db'", "'sqlite:/nowhere/shop.db'");
    call("", json!({"hook": paid, "id": 5})).await;
    assert!(market.shop.read("log").contains("s2s, order 5: "), "{}", market.shop.read("log"));
    market.shop.write(CONFIG, &former);
    call("", json!({"hook": completed, "id": 5})).await;
    market.shop.run(&["s2s/worker.php"]).await.is_silent();
    assert_eq!(market.counted().await.len(), 5);
}
