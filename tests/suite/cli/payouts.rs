//! A partner is paid with the command line: the balance, the look, the payout, its statement.

use s2s_sdk::v1::ConversionStatus as Status;

use super::Person;
use crate::partners::Shop;

#[tokio::test]
async fn a_partner_is_paid_what_was_seen_and_gets_a_statement() {
    let shop = Shop::open().await;
    let person = Person::new(&shop.server);
    let link = shop.link(&shop.partner, None).await;
    for order in ["1", "2"] {
        shop.sale(&link, order, Status::Approved).await;
    }
    person
        .out(&[
            "partners",
            "enter",
            "ada",
            "--amount=-0.50",
            "--currency",
            "usd",
            "--note",
            "fee & <b>more</b>",
        ])
        .await;
    let balance = person.json(&["partners", "balance", "Ada"]).await;
    assert_eq!(balance[0]["approved"]["micros"], "5500000");
    let table = person.out(&["partners", "balance", "Ada"]).await;
    assert!(table.contains("5.50") && table.contains("IN_PAYOUT"), "{table}");
    let unpaid = person.out(&["partners", "lines", "Ada", "--unpaid", "-o", "csv"]).await;
    assert_eq!(unpaid.lines().count(), 4, "{unpaid}");

    let look = person.run(&["payouts", "create", "Ada", "--currency", "USD"]).await;
    assert!(look.status == 0 && look.out.contains("5.50"), "{}", look.out);
    assert!(look.err.contains("nothing is written; --expect 5.50 creates the payout"), "{}", look.err);
    assert_eq!(person.json(&["payouts", "list"]).await, serde_json::json!([]));
    for (expected, status, told) in [("5.51", 1, "PAYOUT_DIFFERS"), ("5.500", 2, "two ways")] {
        let words = ["payouts", "create", "Ada", "--currency", "USD", "--expect", expected];
        let said = person.run(&words).await;
        assert!(said.status == status && said.err.contains(told), "{} {}", said.status, said.err);
    }
    let words = ["payouts", "create", "Ada", "--currency", "USD", "--expect", "5.50"];
    let payout = person.json(&words).await;
    let id = payout["id"].as_str().unwrap();
    assert_eq!((&payout["lineCount"], &payout["state"]), (&"3".into(), &"PAYOUT_STATE_OPEN".into()));
    let again = person.run(&words).await;
    assert!(again.status == 1 && again.err.contains("PAYOUT_TOO_SMALL"), "{}", again.err);

    let statement = person.out(&["payouts", "statement", id, "-o", "csv"]).await;
    assert_eq!(statement.lines().count(), 4, "{statement}");
    assert!(statement.contains("fee & <b>more</b>"), "{statement}");
    person.out(&["payouts", "paid", id, "--reference", "SEPA 4711"]).await;
    person.out(&["payouts", "statement", id, "--page", "ada.html"]).await;
    let page = person.read("ada.html");
    for part in [
        "Statement for Ada",
        "fee &amp; &lt;b&gt;more&lt;/b&gt;",
        "5.50 USD",
        "SEPA 4711",
        "Total of 3 lines",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches("<td>").count() % 3, 0);
    let shown = person.out(&["payouts", "show", id]).await;
    assert!(shown.contains("paid") && shown.contains("SEPA 4711"), "{shown}");
    let refused = person.run(&["payouts", "cancel", id]).await;
    assert!(refused.status == 1 && refused.err.contains("PAYOUT_ENDED"), "{}", refused.err);
}
