//! Names and slugs in place of ids, the overrides of a replay, and the commands for tests and
//! erasure.

use std::path::Path;

use s2s_sdk::v1::{ConversionCode, TrackingLink};
use s2s_tests::Server;

use super::{Person, conversions, programs};
use crate::replay::hold;

/// A server with the code `Sale` on the link `summer`, and a click on it.
async fn shop() -> (Server, ConversionCode, TrackingLink, String) {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = TrackingLink {
        slug: "summer".to_owned(),
        destination: "https://shop.example/?s1=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.id.clone()],
        ..Default::default()
    };
    let link = server.create_link(link).await;
    let click = server.click(&link).await;
    (server, code, link, click)
}

#[tokio::test]
async fn a_name_or_slug_stands_for_an_id() {
    let (server, code, link, click) = shop().await;
    let person = Person::new(&server);
    let url = format!("{}/summer", server.url);
    let record = ["conversions", "record", "--code", "sale", "--click", &click, "--value", "9"];
    person.out(&[&record[..], &["--transaction", "order-1"]].concat()).await;
    for (arguments, shown) in [
        (&["codes", "show", "Sale"][..], code.id.as_str()),
        (&["codes", "update", "SALE", "--reply-text", "OK", "--secret-check", "report"], "secret report"),
        (&["codes", "update", "Sale", "--https-check", "report", "--dry-run"], "secret report, https report"),
        (&["codes", "postback-url", "Sale"], &code.id),
        (&["links", "show", "summer"], &link.id),
        (&["links", "show", &url], &link.id),
        (&["links", "update", "Summer", "--expire", "2099-01-01", "--code", "Sale"], "2099-01-01"),
        (
            &["links", "update", "summer", "--no-expire", "--fallback", "https://b.example/"],
            "https://b.example/",
        ),
        (&["clicks", "list", "summer"], &click),
        (&["conversions", "list", "--link", "summer", "--code", "Sale"], "order-1"),
        (&["conversions", "export", "--link", "summer"], "order-1"),
    ] {
        let out = person.out(arguments).await;
        assert!(out.contains(shown), "{arguments:?}: {out}");
    }
    let shown = person.json(&["links", "show", "summer"]).await;
    assert!(shown["expireTime"].is_null() && shown["conversionCodeIds"][0] == code.id.as_str(), "{shown}");

    let other = server.code("Sale").await;
    for (arguments, status, said) in [
        (&["codes", "show", "Sale"][..], 1, vec!["2 conversion codes", code.id.as_str(), &other.id]),
        (
            &["links", "create", "--destination", "https://a.example", "--code", "Lead"],
            1,
            vec!["or name `Lead`"],
        ),
        (&["conversions", "list", "--link", "winter"], 1, vec!["or slug `winter`", "s2s links list"]),
        (&["postbacks", "explain", "nothing"], 2, vec!["`nothing` is no postback", "pb_"]),
        (&["postbacks", "explain", &click], 2, vec!["s2s clicks explain"]),
    ] {
        let answer = person.run(arguments).await;
        assert_eq!(answer.status, status, "{arguments:?}: {}", answer.err);
        assert!(said.iter().all(|words| answer.err.contains(words)), "{arguments:?}: {}", answer.err);
    }
    // `--add-code` keeps the codes that the link has.
    let added = person.json(&["links", "update", "summer", "--add-code", &other.id]).await;
    assert_eq!(added["conversionCodeIds"], serde_json::json!([code.id, other.id]));
    person.out(&["codes", "archive", &other.id]).await;
    assert!(person.out(&["codes", "show", "Sale"]).await.contains(&code.id));
}

#[tokio::test]
async fn a_replay_reads_other_values_in_place_of_those_that_came() {
    let (server, code, _, click) = shop().await;
    let person = Person::new(&server);
    let query = |code: &str, rest: &str| format!("clickId={click}&id={code}&{rest}");
    let missing = hold(&server, &query(&code.id, "com=1&oid=a"), "PARAMETER_MISSING").await;
    let odd = hold(&server, &query(&code.id, "val=1,500&com=1&oid=b"), "AMOUNT_AMBIGUOUS").await;
    let other = server.code("Other").await;
    let strange = hold(&server, &query(&other.id, "val=7&com=1&oid=c"), "CODE_NOT_ON_LINK").await;
    for (arguments, id) in [
        (&["--reason", "PARAMETER_MISSING", "--value-if-missing", "12.50"][..], &missing),
        (&["--code", "Sale", "--decimal-separator", "comma"], &odd),
        (&[strange.as_str(), "--count-for", "Sale", "--trust-sender"], &strange),
    ] {
        let replay = [&["postbacks", "replay"], arguments].concat();
        let dry = person.json(&[&replay[..], &["--dry-run"]].concat()).await;
        assert_eq!(dry[0]["verdict"], "POSTBACK_VERDICT_RECORDED", "{arguments:?}: {dry}");
        let done = person.json(&replay).await;
        assert_eq!((&done[0]["id"], &done[0]["verdict"]), (&id.as_str().into(), &dry[0]["verdict"]));
        assert!(done[0]["notes"].to_string().contains("NOTE_CODE_OVERRIDDEN"), "{done}");
    }
    let values = conversions(&server, &code).await.into_iter().map(|one| one.value.unwrap().micros);
    assert_eq!(values.collect::<Vec<_>>(), [7_000_000, 1_500_000, 12_500_000]);
    let said = person.run(&["postbacks", "replay", "--all", "--value-if-missing", "12,5x"]).await;
    assert!(said.status == 2 && said.err.contains("--value-if-missing"), "{}", said.err);
}

#[tokio::test]
async fn a_set_up_is_tested_and_a_visitor_erased() {
    let (server, code, _, click) = shop().await;
    let person = Person::new(&server);
    let told = person.out(&["codes", "test", "Sale", "--link", "summer"]).await;
    assert!(told.contains("ok   tracking link") && told.contains("\npostback URL: http"), "{told}");
    assert_eq!(person.json(&["codes", "test", "Sale"]).await["passed"], true);
    server.code("Lonely").await;
    let said = person.run(&["codes", "test", "Lonely"]).await;
    assert!(said.status == 1 && said.out.contains("FAIL "), "{}{}", said.out, said.err);
    assert!(said.err.contains("the test failed for "), "{}", said.err);

    let query = format!("clickId={click}&id={}&val=9&com=1&oid=a&mine=secret", code.id);
    assert_eq!(server.postback(&query).await.status, 200);
    let dry = person.json(&["clicks", "erase", &click, "--dry-run"]).await;
    assert_eq!((&dry["conversionCount"], &dry["postbackCount"]), (&"1".into(), &"1".into()), "{dry}");
    assert!(person.out(&["postbacks", "list", "-o", "csv"]).await.contains("mine=secret"));
    assert!(person.out(&["clicks", "erase", &click]).await.contains("postback_count: 1"));
    assert!(!person.out(&["postbacks", "list", "-o", "csv"]).await.contains("mine=secret"));
}

#[tokio::test]
async fn a_wide_terminal_shows_the_link_and_the_click() {
    let (server, code, _, click) = shop().await;
    let person = Person::new(&server);
    let query = format!("clickId={click}&id={}&val=9&com=1&oid=order-1", code.id);
    assert_eq!(server.postback(&query).await.status, 200);
    for (columns, is_wide) in [(200, true), (100, false)] {
        let list = format!("stty rows 50 cols {columns}; {}/s2s conversions list", programs().display());
        let output = person.command(Path::new("script")).args(["-qec", &list, "/dev/null"]).output().await;
        let out = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(out.contains("order-1"), "{out}");
        assert_eq!(out.contains("summer") && out.contains(&click), is_wide, "{out}");
    }
}

#[tokio::test]
async fn a_file_may_name_its_codes() {
    let (server, code, _, click) = shop().await;
    let person = Person::new(&server);
    let titles = "click_id,conversion_code_id,value,transaction_id\n";
    let row = |code: &str, order: u8| format!("{click},{code},{order},o-{order}\n");
    let file =
        format!("{titles}{}{}{}{}", row("Sale", 1), row(&code.id, 2), row(" sale ", 3), row("Lead", 4));
    let file = person.write("sales.csv", file);
    // The rows count once, whichever text names their code.
    for (recorded, before) in [(3, 0), (0, 3)] {
        let said = person.run(&["conversions", "import", &file]).await;
        let sum = format!("s2s: {recorded} recorded, {before} were recorded before, 1 failed");
        assert_eq!((said.status, said.err.lines().last()), (5, Some(&*sum)), "{}", said.err);
        assert!(said.err.contains("row 5: ") && !said.err.contains("row 4: "), "{}", said.err);
    }
    assert_eq!(conversions(&server, &code).await.len(), 3);

    let other = server.code("Sale").await;
    let said = person.run(&["conversions", "import", &file]).await;
    assert!(said.err.contains("row 2: CODE_NAME_AMBIGUOUS: 2 conversion codes"), "{}", said.err);
    assert!(said.err.contains(&other.id), "{}", said.err);
}
