//! Rows and files that an import refuses, and the files that it writes.

use std::fs;

use s2s_tests::Server;

use super::{Person, conversions};

#[tokio::test]
async fn a_row_that_may_be_shifted_fails() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let titles = "code,click_id,value,commission,order_id";
    for (ends, row, sum) in [
        // The comma of the amount `19,99` ends a cell, because the amount has no quotes. So the
        // empty order id at the end is one cell too many.
        ("", "19,99,2,", "0 recorded, 0 were recorded before, 1 failed"),
        (",", "19,99,2,,", "0 recorded, 0 were recorded before, 1 failed"),
        (",", "19,99,2,o-1", "0 recorded, 0 were recorded before, 1 failed"),
        ("", "\"19,99\",2,o-1", "1 recorded, 0 were recorded before, 0 failed"),
        // A spreadsheet may end all lines with empty cells.
        (",,,", "\"19,99\",2,o-1,,,", "0 recorded, 1 were recorded before, 0 failed"),
    ] {
        let file = format!("{titles}{ends}\n{},{click},{row}\n", code.id);
        let said = person.run(&["conversions", "import", &person.write("sales.csv", file)]).await;
        assert_eq!(said.err.lines().last(), Some(&*format!("s2s: {sum}")), "{row}: {}", said.err);
        assert!(said.status == 0 || said.err.contains("write quotes around a cell"), "{}", said.err);
    }
    let all = conversions(&server, &code).await;
    assert_eq!(all.len(), 1, "{all:?}");
}

#[tokio::test]
async fn a_commission_is_not_missing_by_mistake() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let cases = [
        ("commission", "", false),
        ("commission", "0", true),
        ("payout", "\" \"", false),
        ("Commission %", "", false),
        ("Commission %", "12.5", true),
        ("commission,comperc", ",", false),
        ("commission,comperc", ",5", true),
        ("remark", "", true),
    ];
    for (number, (titles, cells, is_right)) in cases.into_iter().enumerate() {
        let row = format!("{},{click},80,o-{number},{cells}", code.id);
        let file = format!("code,click_id,value,oid,{titles}\n{row}\n");
        let said = person.run(&["conversions", "import", &person.write("sales.csv", file)]).await;
        assert_eq!(said.status, if is_right { 0 } else { 5 }, "{titles} {cells}: {}", said.err);
        let sentence = "row 2: ROW_UNREADABLE: commission is missing; write 0 if there is none";
        assert!(is_right || said.err.contains(sentence), "{}", said.err);
    }
    let all = conversions(&server, &code).await;
    let percent = all.iter().find(|one| one.transaction_id == "o-4").unwrap();
    assert_eq!(percent.commission.as_ref().unwrap().to_string(), "10.00 USD");
}

#[tokio::test]
async fn an_error_of_a_spreadsheet_is_no_order() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let orders = [
        "#NV",
        "#WERT!",
        "#DIV/0!",
        r"\N",
        "n.a.",
        "–",
        "########",
        "1.234568e+17",
        "1e+05",
        "1001.0",
        "FALSCH",
        "Array",
        "ORDER_ID",
        "{order_id",
    ];
    let rows: Vec<String> = orders.iter().map(|order| format!("{},{click},5,{order}\n", code.id)).collect();
    let file = person.write("sales.csv", format!("code,click_id,value,oid\n{}", rows.concat()));
    let said = person.run(&["conversions", "import", &file]).await;
    let sum = format!("s2s: 0 recorded, 0 were recorded before, {} failed", orders.len());
    assert_eq!(said.err.lines().last(), Some(&*sum), "{}", said.err);
    // In a file, the cure is to leave the cell empty. On the command line, the cure is to omit the
    // option.
    let record = ["conversions", "record", "--code", &code.id, "--click", &click, "--value", "1"];
    let said = person.run(&[&record[..], &["--transaction", "null"]].concat()).await;
    assert!(said.status == 2 && said.err.contains("omit --transaction"), "{}", said.err);
    assert!(conversions(&server, &code).await.is_empty());
}

#[tokio::test]
async fn failed_rows_are_written_as_their_file_was() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let text = format!("code;click_id;value;oid\n{0};{click};x;Müller\n{0};{click};5;o-1\n", code.id);
    let windows = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect::<Vec<_>>();
    for (file, separator, is_marked) in [
        (windows, ';', true),
        (text.clone().into_bytes(), ';', false),
        (format!("\u{feff}{text}").into_bytes(), ';', true),
        (text.replace(';', ",").into_bytes(), ',', false),
        (text.replace("ü", "u").replace(';', "\t").into_bytes(), '\t', true),
        (text.replace("ü", "u").replace(';', ",").into_bytes(), ',', false),
    ] {
        let file = person.write("sales.csv", file);
        let said = person.run(&["conversions", "import", &file, "--failed", "failed.csv"]).await;
        assert_eq!(said.status, 5, "{}", said.err);
        let failed = person.read("failed.csv");
        assert_eq!(failed.starts_with('\u{feff}'), is_marked, "{failed:?}");
        let titles = ["row", "reason", "message", "code", "click_id", "value", "oid"];
        let titles = titles.join(&separator.to_string());
        assert!(failed.trim_start_matches('\u{feff}').starts_with(&titles), "{failed:?}");
        assert!(failed.contains("Müller") || failed.contains("Muller"), "{failed:?}");
        // The file can be corrected and imported.
        person.write(
            "mended.csv",
            failed.replace(&format!("{separator}x{separator}"), &format!("{separator}7{separator}")),
        );
        let said = person.run(&["conversions", "import", "mended.csv"]).await;
        assert_eq!(said.status, 0, "{}{}", said.err, person.read("mended.csv"));
    }
    let file = person.write("sales.csv", &text);
    let said = person.run(&["conversions", "import", &file, "--failed", "-"]).await;
    assert!(said.status == 2 && !person.home.path().join("-").exists(), "{}", said.err);
    let said = person.run(&["conversions", "import", &file, "--failed", "/dev/full"]).await;
    assert!(said.status == 1 && said.err.contains("/dev/full: "), "{}", said.err);
    assert!(said.err.contains("s2s: until then: ") && said.err.contains(" 1 failed"), "{}", said.err);
}

#[tokio::test]
async fn an_output_that_would_be_ignored_is_refused() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let file = person.write("sales.csv", "code,click_id,value\n");
    for (arguments, said) in [
        (["conversions", "import", file.as_str(), "--output", "json"], "omit --output"),
        (["conversions", "import", &file, "--output", "csv"], "omit --output"),
        (["conversions", "export", &file, "--output", "json"], "conversions list --limit 0 --output json"),
    ] {
        let answer = person.run(&arguments).await;
        assert!(answer.status == 2 && answer.err.contains(said), "{arguments:?}: {}", answer.err);
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "code,click_id,value\n");
}
