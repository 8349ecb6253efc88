//! Rows whose conversions were recorded before, and how an import recognises them.

use s2s_sdk::v1::{ApiKeyScope, ConversionCode, ConversionStatus, DedupePolicy};
use s2s_tests::Server;

use super::{Person, conversions};

async fn every(server: &Server, currency: &str, status: ConversionStatus) -> ConversionCode {
    let code = ConversionCode {
        name: "Every".to_owned(),
        default_currency: currency.to_owned(),
        dedupe_policy: DedupePolicy::Every.into(),
        default_status: status.into(),
        ..Default::default()
    };
    server.create_code(code).await
}

#[tokio::test]
async fn an_exported_row_is_known_by_the_id_of_its_conversion() {
    let server = Server::start().await;
    let mut person = Person::new(&server);
    let code = every(&server, "EUR", ConversionStatus::Approved).await;
    let click = server.click(&server.link(&[&code]).await).await;
    for sale in ["one", "two"] {
        let query = format!("clickId={click}&id={}&val=7&com=1&sale={sale}", code.id);
        assert_eq!(server.postback(&query).await.status, 200);
    }
    assert_eq!(person.run(&["conversions", "export", "all.csv"]).await.status, 0);
    let exported = person.read("all.csv");
    let sum = |recorded, before, failed| {
        format!("s2s: {recorded} recorded, {before} were recorded before, {failed} failed")
    };
    for options in [&[][..], &["--each-row-counts"], &["--dry-run"]] {
        let said = person.run(&[&["conversions", "import", "all.csv"], options].concat()).await;
        let sum = sum(0, 2, 0);
        assert_eq!((said.status, said.err.lines().last()), (0, Some(&*sum)), "{options:?}: {}", said.err);
    }
    // A row with another status than the recorded one is reported, and changes nothing.
    person.write("declined.csv", exported.replace(",approved,", ",declined,"));
    let said = person.run(&["conversions", "import", "declined.csv"]).await;
    assert!(said.err.contains("s2s: 2 rows have another status than what is recorded"), "{}", said.err);
    person.write("other.csv", exported.replace(",7.00,1.00,", ",8.00,1.00,"));
    let said = person.run(&["conversions", "import", "other.csv", "--each-row-counts"]).await;
    assert_eq!((said.status, said.err.lines().last()), (5, Some(&*sum(0, 0, 2))), "{}", said.err);
    assert!(said.err.contains("row 2: TRANSACTION_CONFLICT: "), "{}", said.err);
    assert_eq!(conversions(&server, &code).await.len(), 2);

    // A conversion from another installation is new here, so it counts, but only once.
    let ids: Vec<String> = conversions(&server, &code).await.into_iter().map(|one| one.id).collect();
    let foreign = ids.iter().enumerate().fold(exported, |text, (number, id)| {
        let (begin, _) = id.split_at(id.len() - 6);
        text.replace(id, &format!("{begin}{number}00000"))
    });
    person.write("foreign.csv", foreign);
    for (options, recorded, before) in [(&[][..], 2, 0), (&["--each-row-counts"], 0, 2), (&[], 0, 2)] {
        let said = person.run(&[&["conversions", "import", "foreign.csv"], options].concat()).await;
        assert_eq!(said.err.lines().last(), Some(&*sum(recorded, before, 0)), "{}", said.err);
    }
    assert_eq!(conversions(&server, &code).await.len(), 4);

    // A key that may only record can't read what is recorded.
    (_, person.api_key) = server.api_key("", &[ApiKeyScope::Record]).await;
    for options in [&[][..], &["--each-row-counts"]] {
        let said = person.run(&[&["conversions", "import", "all.csv"], options].concat()).await;
        assert_eq!((said.status, said.err.lines().last()), (5, Some(&*sum(0, 0, 2))), "{}", said.err);
        assert!(said.err.contains("SCOPE_MISSING") && said.err.contains("scope `read`"), "{}", said.err);
    }
}

#[tokio::test]
async fn what_a_postback_recorded_can_be_imported_again() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let query = format!("clickId={click}&id={}&val=7&com=1", code.id);
    for order in ["1.23E%2B15", "1001.0", "%20a%20"] {
        assert_eq!(server.postback(&format!("{query}&oid={order}")).await.status, 200, "{order}");
    }
    assert_eq!(person.run(&["conversions", "export", "all.csv"]).await.status, 0);
    let said = person.run(&["conversions", "import", "all.csv"]).await;
    let sum = "s2s: 0 recorded, 3 were recorded before, 0 failed";
    assert_eq!((said.status, said.err.lines().last()), (0, Some(sum)), "{}", said.err);
    // The import checks whether a spreadsheet has damaged the order ids. It omits this check only
    // for rows with the id of a conversion that is recorded here. The first file below has other
    // ids, and the second file has none.
    let exported = person.read("all.csv");
    let all = conversions(&server, &code).await;
    let foreign = all.iter().fold(exported.clone(), |text, one| {
        let (begin, _) = one.id.split_at(one.id.len() - 6);
        text.replace(&one.id, &format!("{begin}000000"))
    });
    let said = person.run(&["conversions", "import", &person.write("foreign.csv", foreign)]).await;
    let sum = "s2s: 0 recorded, 1 were recorded before, 2 failed";
    assert_eq!((said.status, said.err.lines().last()), (5, Some(sum)), "{}", said.err);
    let foreign = all.iter().fold(exported, |text, one| text.replace(&one.id, ""));
    let said = person.run(&["conversions", "import", &person.write("foreign.csv", foreign)]).await;
    assert!(said.status == 5 && said.err.contains("was rounded by a spreadsheet"), "{}", said.err);
    assert!(said.err.contains("write `1001`"), "{}", said.err);
    // An order is found however it is typed.
    let list = person.json(&["conversions", "list", "--transaction", " \"a\" "]).await;
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_row_is_the_same_with_and_without_the_defaults_of_its_code() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = every(&server, "EUR", ConversionStatus::Pending).await;
    let click = server.click(&server.link(&[&code]).await).await;
    for (titles, cells, recorded) in [
        ("id,clickId,val,com", "5,1", 1),
        ("id,clickId,val,com,cur,status", "5,1,EUR,pending", 0),
        ("id,clickId,val,com,cur", "5,1,eur", 0),
        ("id,clickId,val,com,status", "5.00,1,Pending", 0),
        ("id,clickId,val,com", "5 €,1", 0),
        ("id,clickId,val,com,status", "5,1,approved", 1),
        ("id,clickId,val,com,cur", "5,1,USD", 1),
    ] {
        let file = person.write("sales.csv", format!("{titles}\n{},{click},{cells}\n", code.id));
        let said = person.run(&["conversions", "import", &file, "--each-row-counts"]).await;
        let sum = format!("s2s: {recorded} recorded, {} were recorded before, 0 failed\n", 1 - recorded);
        assert_eq!((said.status, said.err), (0, sum), "{titles} {cells}");
    }
}

#[tokio::test]
async fn a_dry_run_knows_what_counts_twice() {
    let server = Server::start().await;
    let mut person = Person::new(&server);
    let once = server.code("Once").await;
    let code = every(&server, "EUR", ConversionStatus::Approved).await;
    let click = server.click(&server.link(&[&code, &once]).await).await;
    let titles = "id,clickId,val,com,oid,status\n";
    let row = |code: &ConversionCode, rest: &str| format!("{},{click},{rest}\n", code.id);
    let first = person.write("first.csv", format!("{titles}{}", row(&code, "5,1,o-1,approved")));
    assert_eq!(person.run(&["conversions", "import", &first]).await.status, 0);
    let rows = ["5,1,o-1,declined", "5,1,o-2,", "5,1,o-2,", "6,1,o-2,", "5,1,,", "5,1,,"];
    let rows: String = rows.iter().map(|rest| row(&code, rest)).collect();
    let file = format!("{titles}{rows}{}{}", row(&once, "5,1,,"), row(&once, "5,1,,"));
    let file = person.write("sales.csv", file);
    let import = ["conversions", "import", &file, "--each-row-counts"];
    let dry = [&import[..], &["--dry-run"]].concat();

    let said = person.run(&dry).await;
    let sum =
        "s2s: 4 would be recorded, 2 repeat an earlier row, 0 recorded, 1 were recorded before, 1 failed";
    assert_eq!((said.status, said.err.lines().last()), (5, Some(sum)), "{}", said.err);
    assert!(said.err.contains("row 5: TRANSACTION_CONFLICT: "), "{}", said.err);
    assert!(said.err.contains("s2s: 1 row has another status than what is recorded"), "{}", said.err);
    // The import does what the dry run has reported.
    let said = person.run(&import).await;
    let sum = "s2s: 4 recorded, 3 were recorded before, 1 failed";
    assert_eq!((said.status, said.err.lines().last()), (5, Some(sum)), "{}", said.err);
    assert!(said.err.contains("s2s: 1 row has another status than what is recorded"), "{}", said.err);
    // A key that may only record can't read whether a row is recorded.
    (_, person.api_key) = server.api_key("", &[ApiKeyScope::Record]).await;
    let said = person.run(&dry).await;
    assert!(said.err.contains(" would be accepted, as new or as recorded before, "), "{}", said.err);
}
