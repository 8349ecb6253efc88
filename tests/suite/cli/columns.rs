//! Columns, titles and ids that an import could mistake for others.

use s2s_sdk::v1::ConversionCode;
use s2s_tests::Server;

use super::{Person, conversions};

/// Imports a file. Returns the exit status and the messages.
async fn import(person: &Person, text: &str, options: &[&str]) -> (i32, String) {
    let file = person.write("sales.csv", text);
    let said = person.run(&[&["conversions", "import", &file], options].concat()).await;
    (said.status, said.err)
}

/// The order ids of the recorded conversions, sorted.
async fn orders(server: &Server, code: &ConversionCode) -> Vec<String> {
    let all = conversions(server, code).await;
    let mut orders: Vec<String> = all.into_iter().map(|one| one.transaction_id).collect();
    orders.sort();
    orders
}

#[tokio::test]
async fn an_exported_row_is_its_conversion_whatever_its_order_id_became() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    for order in ["00123", "1234567890123456", "1001", ""] {
        let query = format!("clickId={click}&id={}&val=7&com=1&oid={order}", code.id);
        assert_eq!(server.postback(&query).await.status, 200, "{order}");
    }
    assert_eq!(person.run(&["conversions", "export", "all.csv"]).await.status, 0);
    let exported = person.read("all.csv");
    for (order, became, said) in [
        ("00123", "123", "with the transaction_id `00123`, and not `123`"),
        (
            "1234567890123456",
            "1.23457E+15",
            "with the transaction_id `1234567890123456`, and not `1.23457E+15`",
        ),
        ("1001", "1001.0", "with the transaction_id `1001`, and not `1001.0`"),
        ("", "1002", "without a transaction_id, and not `1002`"),
    ] {
        let changed = exported.replace(&format!("Z,{order},7.00,"), &format!("Z,{became},7.00,"));
        assert_ne!(changed, exported, "{order}");
        for options in [&[][..], &["--dry-run"]] {
            let (status, err) = import(&person, &changed, options).await;
            assert!(err.contains("TRANSACTION_CONFLICT: ") && err.contains(said), "{order}: {err}");
            let sum = "s2s: 0 recorded, 3 were recorded before, 1 failed";
            assert_eq!((status, err.lines().last()), (5, Some(sum)), "{order}: {err}");
        }
    }
    assert_eq!(conversions(&server, &code).await.len(), 4);
}

#[tokio::test]
async fn a_second_line_of_titles_ends_the_import() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let row = |order: &str, amounts: &str| format!("{},{click},{order},{amounts}", code.id);
    let titles = "code,click_id,oid,value,commission\n";
    let (first, second) = (row("a", "10,1"), row("b", "1,10"));
    for (recorded, end) in [(1, "\n"), (0, "\r\n")] {
        let other = "code,click_id,oid,commission,value";
        let file = format!("{titles}{first}{end}{other}{end}{second}{end}");
        let (status, err) = import(&person, &file, &[]).await;
        assert_eq!(status, 1, "{err}");
        assert!(err.contains("row 3 names columns again, in another way than the first line"), "{err}");
        let sum =
            format!("s2s: until then: {recorded} recorded, {} were recorded before, 0 failed", 1 - recorded);
        assert!(err.contains(&sum), "{err}");
    }
    // Two files were joined, and the first one lacks its last line feed. So the second line of
    // titles continues a row.
    let joined = format!("{titles}{first}code,click_id,oid,commission,value\n{second}\n");
    let (status, err) = import(&person, &joined, &[]).await;
    assert!(status == 1 && err.contains("row 2 names columns again"), "{err}");
    assert_eq!(orders(&server, &code).await, ["a"]);
    // A line that repeats the first line does no harm.
    let same = format!("{titles}{first}\n{titles}{}\n", row("c", "10,1"));
    let (status, err) = import(&person, &same, &[]).await;
    let sum = "s2s: 1 recorded, 1 were recorded before, 0 failed\n";
    assert_eq!((status, err.as_str()), (0, sum));
}

#[tokio::test]
async fn an_id_that_is_no_id_of_a_conversion_fails_its_row() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let rows = ["1001", "1002"].map(|id| format!("{id},{},{click},7,1\n", code.id)).concat();
    let file = format!("id,conversion_code_id,click_id,value,commission\n{rows}");
    let (status, err) = import(&person, &file, &[]).await;
    let sum = "s2s: 0 recorded, 0 were recorded before, 2 failed";
    assert_eq!((status, err.lines().last()), (5, Some(sum)), "{err}");
    assert!(err.contains("id `1001` is no id of a conversion") && err.contains("`transaction_id`"), "{err}");
    let (status, err) = import(&person, &file.replace("id,conv", "transaction_id,conv"), &[]).await;
    assert_eq!(status, 0, "{err}");
    assert_eq!(orders(&server, &code).await, ["1001", "1002"]);
}

#[tokio::test]
async fn a_column_that_may_be_meant_stops_the_import() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code =
        ConversionCode { name: "Sale".to_owned(), default_currency: "USD".to_owned(), ..Default::default() };
    let code = server.create_code(code).await;
    let click = server.click(&server.link(&[&code]).await).await;
    for title in ["Commission (net)", "Payout ($)", "Order Date", "State", "Coupon Code", "Bestellnummer"] {
        let file = format!("code,click_id,value,{title}\n{},{click},7,5\n", code.id);
        for options in [&[][..], &["--dry-run"], &["--ignore-column", "value"]] {
            let (status, err) = import(&person, &file, options).await;
            assert_eq!(status, 2, "{title}: {err}");
            assert!(options.len() == 2 || err.contains(&format!("--ignore-column '{title}'")), "{err}");
        }
        assert!(conversions(&server, &code).await.is_empty(), "{title}");
    }
    let file = format!("code,click_id,value,oid,Order Date,State\n{},{click},7,o-1,5,6\n", code.id);
    let ignore = ["--ignore-column", "order date", "--ignore-column", "State"];
    assert_eq!(import(&person, &file, &ignore).await.0, 0);
    for (number, (titles, cells, said)) in [
        ("Commission (EUR),Currency", "5,EUR", None),
        ("Commission EUR,Währung", "5,EUR", None),
        ("Payout USD,Curr", "5,", None),
        (
            "Commission (EUR),Currency",
            "5,",
            Some("commission is in EUR by the title of its column, and in USD"),
        ),
        (
            "Commission (EUR),Currency",
            "5,USD",
            Some("commission is in EUR by the title of its column, and in USD"),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let order = format!("n-{number}");
        let file = format!("code,click_id,value,Order No.,{titles}\n{},{click},7,{order},{cells}\n", code.id);
        let (status, err) = import(&person, &file, &[]).await;
        assert_eq!(status, if said.is_some() { 5 } else { 0 }, "{titles} {cells}: {err}");
        assert!(err.contains(said.unwrap_or("1 recorded")), "{titles} {cells}: {err}");
    }
    assert_eq!(orders(&server, &code).await, ["n-0", "n-1", "n-2", "o-1"]);
    let all = conversions(&server, &code).await;
    let commission = |order: &str| {
        let one = all.iter().find(|one| one.transaction_id == order).unwrap();
        one.commission.as_ref().unwrap().to_string()
    };
    assert_eq!(
        [commission("n-0"), commission("n-1"), commission("n-2")],
        ["5.00 EUR", "5.00 EUR", "5.00 USD"]
    );
}

#[tokio::test]
async fn quotes_that_are_not_those_of_csv_fail_their_row() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let rows = [
        format!("{}, {click}, \"19,99\", 5\n", code.id),
        format!("{},{click},5,1,\"A \\\"1\\\"\"\n", code.id),
        format!("{},\u{feff}\u{201c}{click}\u{201d}\u{200b},5,1,ok\n", code.id),
    ];
    let file = format!("code,click_id,value,commission,oid\n{}", rows.concat());
    let (status, err) = import(&person, &file, &["--failed", "failed.csv"]).await;
    let sum = "s2s: 1 recorded, 0 were recorded before, 2 failed";
    assert_eq!((status, err.lines().last()), (5, Some(sum)), "{err}");
    assert!(err.contains("row 2: ROW_UNREADABLE: cell 3 begins with a blank and a quote"), "{err}");
    assert!(err.contains("row 3: ROW_UNREADABLE: the row has `\\\"` in a quoted cell"), "{err}");
    // The rows fail again until they are corrected.
    let said = person.run(&["conversions", "import", "failed.csv"]).await;
    assert_eq!(said.status, 5, "{}", said.err);
    assert_eq!(orders(&server, &code).await, ["ok"]);
}
