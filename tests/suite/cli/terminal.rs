//! Texts from strangers never steer a terminal or a spreadsheet, and never deceive a reader.

use s2s_tests::Server;

use super::{Person, conversions};
use crate::replay::hold;

#[tokio::test]
async fn a_stranger_steers_neither_spreadsheet_nor_terminal() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let query = format!("clickId={click}&id={}&val=19.99&com=0&oid=%3DHYPERLINK(1)&cur=EUR", code.id);
    assert_eq!(server.postback(&query).await.status, 200);
    hold(&server, &format!("clickId=%1B%5B2J&id={}&val=1&com=0", code.id), "PARAMETER_MALFORMED").await;

    let csv = person.out(&["conversions", "list", "--output", "csv"]).await;
    assert!(csv.contains(",'=HYPERLINK(1),19.99,0.00,EUR,approved,"), "{csv}");
    let table = person.out(&["conversions", "list"]).await;
    assert!(table.contains("=HYPERLINK(1) "), "{table}");
    let json = person.json(&["conversions", "list"]).await;
    assert_eq!(json[0]["transactionId"], "=HYPERLINK(1)");
    assert_eq!(json[0]["value"]["micros"], "19990000");
    for format in ["table", "json"] {
        let list = person.out(&["postbacks", "list", "--verdict", "held", "--output", format]).await;
        assert!(list.contains("pb_") && !list.contains('\u{1b}'), "{list}");
    }
}

/// Texts that steer terminals or deceive their readers.
const RAW: [&str; 6] = [
    "\u{1b}[2J",
    "\u{7}",
    "\u{9b}31m\u{7f}",
    "gpj.\u{202e}exe",
    "order\u{200b}\u{2060}",
    "a\u{2028}b\u{e0041}",
];

#[tokio::test]
async fn nothing_raw_reaches_the_terminal_and_nothing_is_lost() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    for (number, raw) in RAW.into_iter().enumerate() {
        let shown: String = raw.chars().filter(|letter| !letter.is_control()).collect();
        let query = format!("clickId={click}&id={}&val=1&com=0&oid={number}x{shown}x", code.id);
        let encode = |text: &str| text.bytes().fold(String::new(), |out, byte| format!("{out}%{byte:02X}"));
        let query = query.replace(&shown, &encode(&shown));
        let query = format!("{query}&param={}", encode(&format!("k={raw}")));
        assert_eq!(server.postback(&query).await.status, 200, "{query}");
        let malformed = format!("clickId={}&id={}&val=1&com=0", encode(&format!("{raw}{number}")), code.id);
        let has_control = raw.chars().any(char::is_control);
        let reason = if has_control { "PARAMETER_MALFORMED" } else { "CLICK_ID_INVALID" };
        hold(&server, &malformed, reason).await;
    }
    let is_raw = |letter: char| RAW.concat().contains(letter) && !letter.is_ascii_graphic();
    for format in ["table", "json", "csv"] {
        for what in ["conversions", "postbacks"] {
            let list = person.out(&[what, "list", "--output", format]).await;
            assert!(list.lines().count() >= RAW.len() && !list.contains(is_raw), "{list:?}");
        }
    }
    let all = conversions(&server, &code).await;
    assert_eq!(all.len(), RAW.len());
    for one in &all {
        let shown = person.out(&["conversions", "show", &one.id]).await;
        assert!(shown.contains("\\u{") && !shown.contains(is_raw), "{shown:?}");
        let json = person.json(&["conversions", "show", &one.id]).await;
        assert_eq!(json["transactionId"], one.transaction_id.as_str());
        assert_eq!(json["customParams"][0]["value"], one.custom_params[0].value.as_str());
    }
    // An export has the same texts, escaped, and an import reads them back.
    let exported = person.out(&["conversions", "export"]).await;
    assert!(!exported.contains(is_raw), "{exported:?}");
    let file = person.write("all.csv", &exported);
    let said = person.run(&["conversions", "import", &file]).await;
    let sum = format!("s2s: 0 recorded, {} were recorded before, 0 failed", RAW.len());
    assert_eq!(said.err.lines().last(), Some(sum.as_str()), "{}", said.err);
    let said = person.run(&["codes", "show", "\u{1b}[2J\u{202e}"]).await;
    assert!(said.status == 1 && !said.err.contains(is_raw), "{:?}", said.err);
}
