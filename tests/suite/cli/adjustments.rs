//! Adjustments by the command line, one by one and from a file.

use s2s_sdk::v1::ConversionStatus as Status;

use super::Person;
use crate::adjustments::Shop;

/// A sale, and a person who adjusts it.
async fn open() -> (Shop, Person) {
    let shop = Shop::open().await;
    let person = Person::new(&shop.server);
    (shop, person)
}

#[tokio::test]
async fn a_conversion_is_adjusted_by_its_id_or_its_order_id() {
    let (shop, person) = open().await;
    let sale = shop.sale("order-1", Status::Pending).await;
    let shown = person.json(&["approve", &sale.id, "--dry-run"]).await;
    assert_eq!(shown["verdict"], "ADJUSTMENT_VERDICT_TEST");
    assert_eq!(shop.get(&sale).await, sale);
    for (words, expected) in [
        (&["approve", &sale.id][..], (Status::Approved, 100_000_000, 10_000_000)),
        (
            &["refund", "--order", "order-1", "--amount", "19.99", "--external-id", "r1"],
            (Status::Approved, 80_010_000, 8_001_000),
        ),
        (
            &["refund", &sale.id, "--amount", "0.01", "--external-id", "r2", "--keep-commission"],
            (Status::Approved, 80_000_000, 8_001_000),
        ),
        (&["decline", "--order", "order-1", "--code", "Sale"], (Status::Declined, 80_000_000, 0)),
        (
            &["restate", &sale.id, "--commission", "5", "--status", "approved", "--external-id", "r3"],
            (Status::Approved, 80_000_000, 5_000_000),
        ),
        (&["reverse", &sale.id, "--remark", "chargeback"], (Status::Declined, 0, 0)),
    ] {
        let said = person.out(words).await;
        assert!(said.contains("verdict: recorded"), "{said}");
        assert_eq!(shop.check(&sale).await, expected);
        // Sent again, nothing counts twice.
        let again = person.run(words).await;
        assert_eq!(shop.check(&sale).await, expected, "{}{}", again.out, again.err);
    }
    let lines = person.json(&["adjustments", &sale.id]).await;
    assert_eq!(lines.as_array().unwrap().len(), 6);
    assert_eq!(
        (&lines[0]["kind"], &lines[0]["remark"]),
        (&"ADJUSTMENT_KIND_REVERSE".into(), &"chargeback".into())
    );
    let table = person.out(&["adjustments"]).await;
    assert!(table.contains("reverse") && table.contains("-19.99") && table.contains(&sale.id), "{table}");
    for (words, status, told) in [
        (&["approve", &sale.id][..], 1, "STATUS_TRANSITION"),
        (&["approve"], 2, "CONVERSION"),
        (&["approve", &sale.id, "--order", "order-1"], 2, "--order"),
        (&["refund", &sale.id, "--amount", "1"], 2, "--external-id"),
        (&["refund", &sale.id, "--amount", "1.500", "--external-id", "r4"], 2, "two ways"),
        (&["restate", &sale.id, "--external-id", "r4"], 2, "nothing to change"),
        (&["refund", "--order", "nosuch", "--amount", "1", "--external-id", "r4"], 1, "nosuch"),
    ] {
        let said = person.run(words).await;
        assert!(said.status == status && said.err.contains(told), "{words:?}: {} {}", said.status, said.err);
    }
}

#[tokio::test]
async fn a_file_of_adjustments_is_sent_again_without_harm() {
    let (shop, person) = open().await;
    let mut sales = Vec::new();
    for number in 0..4 {
        sales.push(shop.sale(&format!("order-{number}"), Status::Pending).await);
    }
    let file = person.write(
        "adjust.csv",
        format!(
            "Kind;conversion_id;transaction_id;amount;currency;external_id;remark\n\
             approve;{};;;;;\n\
             refund;;order-1;19.99;USD;r1;\"a; remark\"\n\
             refund;;order-2;100.01;USD;r2;\n\
             pay;;order-3;;;;\n\
             reverse;;order-3;;;;\n\
             refund;;order-1;19.99;;r1;\n",
            sales[0].id
        ),
    );
    for sum in [
        "3 recorded, 1 recorded before, 0 without a change, 2 failed",
        "0 recorded, 2 recorded before, 2 without a change, 2 failed",
    ] {
        let said = person.run(&["adjust", &file, "--failed", "failed.csv"]).await;
        assert!(said.status == 5 && said.err.contains(sum), "{}", said.err);
        assert!(said.err.contains("REFUND_TOO_LARGE") && said.err.contains("ROW_INVALID"), "{}", said.err);
        assert_eq!(shop.check(&sales[0]).await.0, Status::Approved);
        assert_eq!(shop.check(&sales[1]).await, (Status::Pending, 80_010_000, 8_001_000));
        assert_eq!(shop.check(&sales[2]).await, (Status::Pending, 100_000_000, 10_000_000));
        assert_eq!(shop.check(&sales[3]).await, (Status::Declined, 0, 0));
    }
    let failed = person.read("failed.csv");
    assert_eq!(failed.lines().count(), 3, "{failed}");
    // The failed rows are corrected, and sent.
    let failed = failed.replace("100.01", "99.99").replace(";pay;", ";approve;");
    let file = person.write("corrected.csv", failed.replace("order-3", "order-2"));
    let said = person.run(&["adjust", &file, "--dry-run"]).await;
    assert!(said.status == 0 && said.err.contains("2 would be recorded"), "{}", said.err);
    assert_eq!(shop.check(&sales[2]).await, (Status::Pending, 100_000_000, 10_000_000));
    let said = person.run(&["adjust", &file]).await;
    assert!(said.status == 0 && said.err.contains("2 recorded"), "{}", said.err);
    assert_eq!(shop.check(&sales[2]).await, (Status::Approved, 10_000, 1_000));
    // A decimal comma without quotes moves the cells after it.
    let file = person.write("moved.csv", "kind,transaction_id,amount,external_id\nrefund,order-0,1,50,r9\n");
    let said = person.run(&["adjust", &file]).await;
    assert!(said.status == 5 && said.err.contains("the row has 5 cells"), "{}", said.err);
    assert_eq!(shop.check(&sales[0]).await, (Status::Approved, 100_000_000, 10_000_000));
    let file = person.write("wrong.csv", "kind,colour\napprove,red\n");
    let said = person.run(&["adjust", &file]).await;
    assert!(said.status == 2 && said.err.contains("colour"), "{}", said.err);
}
