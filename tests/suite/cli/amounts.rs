//! An amount means the same in a file as in a postback, although a file and a postback have
//! different readers.

use std::collections::BTreeMap;

use s2s_sdk::v1::{ConversionCode, DecimalSeparator};
use s2s_tests::Server;
use url::form_urlencoded::Serializer;

use super::{Person, conversions};

/// Value, commission, percentage and currency, as people write them. If one reader refuses an
/// amount, so must the other.
const WRITTEN: &[[&str; 4]] = &[
    ["19.99", "0.5", "", ""],
    ["19,99", "0,5", "", "EUR"],
    ["1.234,56", "1,5", "", ""],
    ["1,234.56", "1.5", "", "usd"],
    ["1 234,56 €", "2", "", ""],
    ["12'345.50", "1", "", "CHF"],
    ["1,23,456.70", "1", "", "INR"],
    ["1.500", "0,5", "", ""],
    ["0.5", "1.500", "", ""],
    ["1.500", "1", "", ""],
    ["1,500", "1", "", "KWD"],
    ["1.500 KWD", "1", "", ""],
    ["1,500 TND", "1", "", ""],
    ["1.500", "1", "", "TND"],
    ["1,500", "1.000", "", "JPY"],
    ["¥1.500", "1", "", ""],
    ["10.000₫", "1", "", ""],
    ["1\u{a0}234,56 EUR", "1", "", ""],
    ["12\u{202f}345,60\u{202f}EUR", "1", "", ""],
    ["1\u{2019}234.50\u{2009}CHF", "1", "", ""],
    ["EUR\u{a0}10", "1", "", ""],
    ["10", "10%", "", ""],
    ["$10", "1", "", ""],
    ["$10", "1", "", "CAD"],
    ["10", "$1", "", "EUR"],
    ["CA$10", "C$1", "", ""],
    ["10 EUR", "1 USD", "", ""],
    ["10 EUR", "1", "", "USD"],
    ["10", "1", "", "EUR."],
    ["10", "1", "", "(EUR)"],
    ["10", "1", "", "EURO"],
    ["10.", "1)", "", ""],
    ["10;", "1", "", "\"EUR\""],
    ["\u{a0}10\u{200b}", "'1'", "", " eur "],
    [".5", "5.", "", ""],
    ["+5", "-0", "", ""],
    ["-5", "0", "", ""],
    ["1e3", "0", "", ""],
    ["0.0000005", "0.0000004", "", ""],
    ["1000000000000", "0", "", ""],
    ["1000000000000.000001", "0", "", ""],
    ["99999999999999999999", "0", "", ""],
    ["007", "00.10", "", ""],
    ["", "1", "", ""],
    ["1", "{payout}", "", ""],
    ["1.2.3", "1", "", ""],
    ["١٢", "1", "", ""],
    ["10", "", "12,5 %", ""],
    ["10", "", "12.5%.", ""],
    ["10", "", "1,500", ""],
    ["10", "", "100", "JPY"],
    ["10", "", "100.000001", ""],
    ["10", "", "-1", ""],
    ["10", "0", "5", ""],
    ["10", "2", "5", ""],
    ["10", "x", "5", ""],
    ["1.500", "5.", "", ""],
    ["10", "", "5 EUR", ""],
];

#[tokio::test]
async fn an_amount_in_a_file_is_that_of_a_postback() {
    let server = Server::start().await;
    let person = Person::new(&server);
    for (separator, currency) in [
        (DecimalSeparator::Auto, "EUR"),
        (DecimalSeparator::Comma, "USD"),
        (DecimalSeparator::Auto, "KWD"),
        (DecimalSeparator::Auto, "JPY"),
    ] {
        let code = ConversionCode {
            name: format!("{currency} {separator:?}"),
            default_currency: currency.to_owned(),
            decimal_separator: separator.into(),
            ..Default::default()
        };
        let code = server.create_code(code).await;
        let click = server.click(&server.link(&[&code]).await).await;
        let mut file = "code,click,order,val,com,comperc,cur\n".to_owned();
        for (number, written) in WRITTEN.iter().enumerate() {
            let order = format!("file-{number}");
            let cells = [&[&*code.id, &*click, &*order], written.as_slice()].concat();
            let cells = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
            file.extend([cells.collect::<Vec<_>>().join(","), "\n".to_owned()]);
            let order = format!("wire-{number}");
            let ids = [("id", &*code.id), ("clickId", &*click), ("oid", &*order)];
            let texts = ["val", "com", "comperc", "cur"].into_iter().zip(*written);
            let texts = texts.filter(|(_, text)| !text.is_empty());
            server
                .postback(&Serializer::new(String::new()).extend_pairs(ids).extend_pairs(texts).finish())
                .await;
        }
        let file = person.write("sales.csv", file);
        person.run(&["conversions", "import", &file]).await;

        let mut read: BTreeMap<(String, String), String> = BTreeMap::new();
        for one in conversions(&server, &code).await {
            let (way, number) = one.transaction_id.split_once('-').unwrap();
            let worth = format!("{:?} {:?} {:?}", one.value, one.commission, one.commission_percent_micros);
            read.insert((way.to_owned(), number.to_owned()), worth);
        }
        for (number, written) in WRITTEN.iter().enumerate() {
            let [file, wire] = ["file", "wire"].map(|way| read.get(&(way.to_owned(), number.to_string())));
            assert_eq!(file, wire, "{written:?} for {}", code.name);
        }
        assert!(read.len() > WRITTEN.len(), "{read:?}");
    }
}
