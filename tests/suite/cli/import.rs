//! `s2s conversions import`: files as spreadsheets write them, and rows that may count only once.

use std::fs;

use s2s_sdk::v1::{ApiKeyScope, ConversionCode, DecimalSeparator, DedupePolicy};
use s2s_tests::Server;

use super::{Person, conversions};

#[tokio::test]
async fn an_import_says_what_became_of_each_row() {
    const ROWS: usize = 5_000;
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    // In every 1,000 rows there are one unreadable amount, one forged click id, one truncated row
    // and one formula.
    let titles = "transaction_id,click_id,conversion_code_id,value,commission,custom_params\n".to_owned();
    let rows = (0..ROWS).map(|row| match row % 1_000 {
        100 => format!("o-{row},{click},{},1.2.3,0,\n", code.id),
        200 => format!("o-{row},forged,{},1,0,\n", code.id),
        300 => format!("o-{row},{click}\n"),
        400 => format!("=o-{row},{click},{},1,0,\n", code.id),
        _ => format!("o-{row},{click},{},{row}.5,0.25,\"a=1;b={row}\"\n", code.id),
    });
    let file: String = std::iter::once(titles).chain(rows).collect();
    let file = person.write("sales.csv", file);
    let said = person.run(&["conversions", "import", &file, "--failed", "failed.csv"]).await;
    let sum = "s2s: 4985 recorded, 0 were recorded before, 15 failed";
    assert_eq!((said.status, said.err.lines().last()), (5, Some(sum)), "{}", said.err);
    assert!(said.err.contains("s2s: 1000 rows, "), "progress: {}", said.err);
    assert!(said.err.contains("s2s: row 102: ROW_UNREADABLE: value `1.2.3`"), "{}", said.err);

    let failed = person.read("failed.csv");
    assert_eq!(failed.lines().count(), 16, "{failed}");
    assert!(failed.starts_with("row,reason,message,transaction_id,click_id,"), "{failed}");
    let starts: Vec<_> = failed.lines().skip(1).take(3).map(|line| line.split(',').take(2)).collect();
    let starts: Vec<Vec<&str>> = starts.into_iter().map(Iterator::collect).collect();
    assert_eq!(starts, [["102", "ROW_UNREADABLE"], ["202", "CLICK_ID_INVALID"], ["302", "ROW_UNREADABLE"]]);

    let all = conversions(&server, &code).await;
    assert_eq!(all.len(), 4_985);
    assert!(all.iter().any(|one| one.transaction_id == "=o-400"));
    let one = all.iter().find(|one| one.transaction_id == "o-7").unwrap();
    let value = one.value.as_ref().unwrap().to_string();
    assert_eq!((value.as_str(), one.custom_params[1].value.as_str()), ("7.50 USD", "7"));

    // A repeated import counts nothing twice. The corrected rows then count.
    let said = person.run(&["conversions", "import", &file]).await;
    assert_eq!(said.err.lines().last(), Some("s2s: 0 recorded, 4985 were recorded before, 15 failed"));
    let mended: Vec<String> = failed
        .lines()
        .filter(|line| !line.contains(" cells, "))
        .map(|line| line.replace("1.2.3", "1").replace(",forged,", &format!(",{click},")))
        .collect();
    let mended = person.write("mended.csv", mended.join("\n"));
    let said = person.run(&["conversions", "import", &mended]).await;
    let sum = "s2s: 10 recorded, 0 were recorded before, 0 failed";
    assert_eq!((said.status, said.err.lines().last()), (0, Some(sum)), "{}", said.err);

    // An export can be imported again: every row, formulas included, was recorded before.
    let said = person.run(&["conversions", "export", "all.csv"]).await;
    assert_eq!((said.status, said.err.as_str()), (0, "s2s: 4995 exported\n"));
    let exported = person.read("all.csv");
    assert!(exported.contains(",'=o-400,") && !exported.contains(",=o-400,"));
    let said = person.run(&["conversions", "import", "all.csv"]).await;
    let sum = "s2s: 0 recorded, 4995 were recorded before, 0 failed";
    assert_eq!((said.status, said.err.lines().last()), (0, Some(sum)), "{}", said.err);
}

#[tokio::test]
async fn rows_without_a_transaction_id_are_counted_once_as_well() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = ConversionCode { name: "Every".to_owned(), ..Default::default() };
    let code = ConversionCode { dedupe_policy: DedupePolicy::Every.into(), ..code };
    let code = server.create_code(code).await;
    let click = server.click(&server.link(&[&code]).await).await;
    let row = format!("{click},{},1\n", code.id);
    let file = person.write("sales.csv", format!("click_id,conversion_code_id,value\n{row}{row}"));

    let each = "--each-row-counts";
    let said = person.run(&["conversions", "import", &file, each, "--dry-run"]).await;
    assert!(said.err.contains("2 would be recorded"), "{}", said.err);
    assert_eq!(conversions(&server, &code).await.len(), 0);
    for (recorded, before) in [(2, 0), (0, 2)] {
        let said = person.run(&["conversions", "import", &file, each]).await;
        let sum = format!("s2s: {recorded} recorded, {before} were recorded before, 0 failed\n");
        assert_eq!((said.status, said.err), (0, sum));
    }
    assert_eq!(conversions(&server, &code).await.len(), 2);

    let text = fs::read_to_string(&file).unwrap();
    for (text, problem) in [
        (text.replace("value", "vlaue"), "`vlaue`"),
        (text.replace("click_id", "clicks"), "`clicks`"),
        (text.replace(',', ":"), "separated by `,`, `;`, `|` or tabs"),
        (String::new(), "conversion_code_id"),
        // Two columns with the same meaning, even under different names, are refused before a row
        // is sent.
        (text.replace('\n', ",1\n").replace("value,1", "value,value"), "`value` and `value`"),
        (text.replace('\n', ",1\n").replace("value,1", "value,Amount"), "`value` and `Amount`"),
        (text.replace('\n', ",1\n").replace("value,1", "value,Sub ID"), "`click_id` and `Sub ID`"),
    ] {
        let file = person.write("wrong.csv", text);
        let said = person.run(&["conversions", "import", &file]).await;
        assert_eq!(said.status, 2, "{}", said.err);
        assert!(said.err.contains(problem), "{}", said.err);
    }
    // The imported file is never overwritten.
    let said = person.run(&["conversions", "import", &file, "--failed", "./sales.csv"]).await;
    assert_eq!((said.status, fs::read_to_string(&file).unwrap()), (2, text));
}

#[tokio::test]
async fn equal_rows_are_told_apart_only_on_demand() {
    let server = Server::start().await;
    let mut person = Person::new(&server);
    let once = server.code("Once").await;
    let code = ConversionCode { name: "Every".to_owned(), ..Default::default() };
    let code = ConversionCode { dedupe_policy: DedupePolicy::Every.into(), ..code };
    let code = server.create_code(code).await;
    let click = server.click(&server.link(&[&code, &once]).await).await;
    let rows = ["7,a=1", "8,a=1", "7,a=1", "7,a=2"].map(|rest| format!("{click},{},{rest}", code.id));
    let titles = "click_id,conversion_code_id,value,custom_params";
    let file = |rows: &[String], end: &str| format!("{titles}{end}{}{end}", rows.join(end));
    let sales = person.write("sales.csv", file(&rows, "\n"));

    // If the code counts every conversion, a row without an order id is refused. The message names
    // the cure.
    let said = person.run(&["conversions", "import", &sales, "--failed", "failed.csv"]).await;
    assert!(
        said.err.contains("row 2: ORDER_ID_MISSING: each conversion of this code counts"),
        "{}",
        said.err
    );
    assert!(said.err.contains("transaction_id") && said.err.contains("--each-row-counts"), "{}", said.err);
    assert_eq!((said.status, conversions(&server, &code).await.len()), (5, 0));
    let single =
        person.write("once.csv", format!("click_id,conversion_code_id,value\n{click},{},7\n", once.id));
    assert_eq!(person.run(&["conversions", "import", &single]).await.status, 0);

    // Equal rows are recognised, wherever they stand and however they are written.
    let mut sorted = rows.clone();
    sorted.sort();
    let upper = |rows: &[String]| {
        rows.iter().map(|row| row.replace(&click, &click.to_uppercase())).collect::<Vec<_>>()
    };
    for (text, recorded) in [
        (file(&rows, "\n"), 4),
        (file(&rows, "\n"), 0),
        (file(&rows, "\r\n"), 0),
        (file(&sorted, "\n"), 0),
        (file(&upper(&sorted), "\n").replace(",7,", ",7.00,"), 0),
        (file(&rows, "\n").replace(',', ";").replace(";7;", ";7,0;"), 0),
        (file(&[&rows[..], &rows[..1]].concat(), "\n"), 1),
    ] {
        let sales = person.write("sales.csv", &text);
        let said = person.run(&["conversions", "import", &sales, "--each-row-counts"]).await;
        let sum = format!("s2s: {recorded} recorded, ");
        assert!(said.status == 0 && said.err.starts_with(&sum), "{text}{}", said.err);
    }
    assert_eq!(conversions(&server, &code).await.len(), 5);
    let said = person.run(&["conversions", "import", "failed.csv", "--each-row-counts"]).await;
    assert!(said.status == 2 && said.err.contains("import all of it again"), "{}", said.err);

    // A key that may only record can't ask how the code counts.
    (_, person.api_key) = server.api_key("", &[ApiKeyScope::Record]).await;
    let said = person.run(&["conversions", "import", &single]).await;
    assert!(said.status == 5 && said.err.contains("this API key can't read"), "{}", said.err);
    let said = person.run(&["conversions", "import", &single, "--each-row-counts"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
}

#[tokio::test]
async fn a_file_is_read_as_spreadsheets_write_it() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let id = &code.id;
    let german = format!(
        "sep=;\r\nConversion Code;Sub ID;Order ID;Amount;Commission;Currency;;Params;Bemerkung\r\n\
         ;;;;;;;;\r\n{id};{click};ORDER-1;1.234,56;0,5;EUR;;Größe=1;gut\r\n\r\n\
         {id};{click};ORDER-2;1 234,5 €;2 €;;;Größe=2;\r\n{id};{click};ORDER-3;1.2.3;0;EUR;;;\r\n"
    );
    let utf_16 =
        |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let windows = german.chars().map(|letter| match letter {
        '€' => 0x80,
        letter => u8::try_from(u32::from(letter)).unwrap(),
    });
    for (number, file) in [
        german.clone().into_bytes(),
        format!("\u{feff}{german}").into_bytes(),
        german.replace("sep=;\r\n", "").into_bytes(),
        windows.collect(),
        utf_16(&format!("\u{feff}{german}"), u16::to_le_bytes),
        utf_16(&german.replace("sep=;\r\n", ""), u16::to_be_bytes),
        german.replace("sep=;\r\n", "").replace(';', "\t").into_bytes(),
        german.replace("sep=;\r\n", "").replace(';', "|").into_bytes(),
        german.replace("\r\n", "\r").into_bytes(),
    ]
    .into_iter()
    .enumerate()
    {
        let sales = person.write("sales.csv", file);
        let said = person.run(&["conversions", "import", &sales, "--failed", "failed.csv"]).await;
        let sum = if number == 0 { "s2s: 2 recorded, 0 " } else { "s2s: 0 recorded, 2 " };
        assert!(said.err.lines().last().unwrap().starts_with(sum), "{number}: {}", said.err);
        assert!(said.err.contains("s2s: columns that are not read: `Bemerkung`"), "{number}: {}", said.err);
        // Titles are row 1, and empty rows count, as in a spreadsheet.
        assert!(said.err.contains("s2s: row 6: ROW_UNREADABLE: value `1.2.3`"), "{number}: {}", said.err);
        let failed = person.read("failed.csv").replace([';', '\t', '|'], ",");
        assert!(failed.contains("\n6,ROW_UNREADABLE,"), "{failed}");
    }
    let mut all = conversions(&server, &code).await;
    all.sort_by(|one, other| one.transaction_id.cmp(&other.transaction_id));
    let text = |one: &s2s_sdk::v1::Conversion| {
        let [value, commission] =
            [&one.value, &one.commission].map(|money| money.as_ref().unwrap().to_string());
        let param = &one.custom_params[0];
        [one.transaction_id.clone(), value, commission, format!("{}={}", param.key, param.value)].join(" ")
    };
    let all: Vec<String> = all.iter().map(text).collect();
    assert_eq!(all, ["ORDER-1 1234.56 EUR 0.50 EUR Größe=1", "ORDER-2 1234.50 EUR 2.00 EUR Größe=2"]);
}

#[tokio::test]
async fn an_amount_with_two_meanings_is_settled_or_refused() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let comma = ConversionCode { name: "Comma".to_owned(), ..Default::default() };
    let comma = ConversionCode { decimal_separator: DecimalSeparator::Comma.into(), ..comma };
    let comma = server.create_code(comma).await;
    let click = server.click(&server.link(&[&code, &comma]).await).await;
    let file = |code: &ConversionCode, order: &str| {
        format!("code,clickId,order id,amount\n{},{click},{order},\"1.500\"\n", code.id)
    };
    for (code, order, options, expected) in [
        (&code, "a", &[][..], None),
        (&code, "b", &["--decimal-separator", "comma"], Some("1500.00 USD")),
        (&code, "c", &["--decimal-separator", "point"], Some("1.50 USD")),
        (&comma, "d", &[], Some("1500.00 USD")),
    ] {
        let sales = person.write("sales.csv", file(code, order));
        let said = person.run(&[&["conversions", "import", &sales], options].concat()).await;
        let all = conversions(&server, code).await;
        let value = all
            .iter()
            .find(|one| one.transaction_id == order)
            .map(|one| one.value.as_ref().unwrap().to_string());
        assert_eq!(value.as_deref(), expected, "{order}: {}", said.err);
        let is_refused = said.err.contains("row 2: ROW_UNREADABLE: value `1.500` can be read in two ways");
        assert_eq!((said.status, is_refused), if expected.is_some() { (0, false) } else { (5, true) });
    }
    let record =
        ["conversions", "record", "--code", &code.id, "--click", &click, "--transaction", "e", "--value"];
    let recorded = person.out(&[&record[..], &["1.234,50 €"]].concat()).await;
    assert!(recorded.contains("1234.5") && recorded.contains("EUR"), "{recorded}");
    let said = person.run(&[&record[..], &["1,500"]].concat()).await;
    assert!(said.status == 2 && said.err.contains("--decimal-separator"), "{}", said.err);
}

#[tokio::test]
async fn a_row_of_any_length_fails_alone() {
    const CELL_BYTES: usize = 10_000_000;
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let row = |order: &str, params: &str| format!("{click},{},{order},1,{params}\n", code.id);
    let long = "x".repeat(CELL_BYTES);
    let file = [
        "click_id,code,order_id,value,params\n".to_owned(),
        row("a", "k=1"),
        row("b", &long),
        row("c", "k=1"),
        row("d", &format!("\"{long}\n{long}\"")),
        row("e", &",".repeat(5_000)),
        row("f", "k=1"),
    ];
    let sales = person.write("sales.csv", file.concat());
    let said = person.run(&["conversions", "import", &sales, "--failed", "failed.csv"]).await;
    let sum = "s2s: 3 recorded, 0 were recorded before, 3 failed";
    assert_eq!((said.status, said.err.lines().last()), (5, Some(sum)), "{}", said.err);
    for number in [3, 5, 6] {
        assert!(said.err.contains(&format!("s2s: row {number}: ROW_TOO_LONG: ")), "{}", said.err);
    }
    assert!(person.read("failed.csv").len() < CELL_BYTES, "the cell is not kept");
    let mut all: Vec<String> =
        conversions(&server, &code).await.into_iter().map(|one| one.transaction_id).collect();
    all.sort();
    assert_eq!(all, ["a", "c", "f"]);
}

#[tokio::test]
async fn an_order_number_that_names_no_order_fails_its_row() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let orders = ["{order_id}", "null", "#N/A", "None", "(blank)", "1,23E+15", "=\"\"00123\"\"", "o-1"];
    let rows = orders.iter().map(|order| format!("{click},{},1,\"{order}\"\n", code.id));
    let file = format!("click_id,code,value,order\n{}", rows.collect::<String>());
    let said = person.run(&["conversions", "import", &person.write("sales.csv", file)]).await;
    let sum = "s2s: 2 recorded, 0 were recorded before, 6 failed";
    assert_eq!((said.status, said.err.lines().last()), (5, Some(sum)), "{}", said.err);
    assert!(said.err.contains("row 3: ROW_UNREADABLE: transaction_id `null`"), "{}", said.err);
    let all = conversions(&server, &code).await;
    let mut orders: Vec<_> = all.iter().map(|one| one.transaction_id.as_str()).collect();
    orders.sort_unstable();
    assert_eq!(orders, ["00123", "o-1"]);
}
