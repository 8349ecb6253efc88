//! `s2s init`: one command sets up a network or a shop, and waits for its first postback that
//! counts.

use std::process::Stdio;

use s2s_tests::Server;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};

use super::{Person, programs};

const DESTINATION: &str = "https://shop.example/?s1=[s2sidentifier]";

/// Reads lines until one has these words. Returns that line.
async fn until(lines: &mut Lines<BufReader<tokio::process::ChildStdout>>, words: &str) -> String {
    let mut read = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.contains(words) {
            return line;
        }
        read.push(line);
    }
    panic!("{words}: {read:#?}");
}

#[tokio::test]
async fn a_shop_is_set_up_and_its_first_sale_is_awaited() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let mut init = person.command(&programs().join("s2s"));
    let options =
        ["init", "--destination", DESTINATION, "--slug", "summer", "--currency", "EUR", "--wait", "60"];
    let mut init = init.args(options).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(init.stdout.take().unwrap()).lines();
    let code = until(&mut lines, "conversion code  Sale (").await;
    let code = code.rsplit('(').next().unwrap().trim_end_matches(')').to_owned();
    let link = until(&mut lines, "/summer").await;
    assert_eq!(link.trim(), format!("{}/summer", server.url));
    let url = until(&mut lines, "/s2s?").await.trim().to_owned();
    assert!(until(&mut lines, "{clickId}").await.contains("in `s1`"));
    until(&mut lines, "{oid}      with the order number").await;
    until(&mut lines, "note: put the order number in place of `{oid}`").await;
    until(&mut lines, "Waiting for the first postback, at most 60 seconds").await;

    let told = person.json(&["links", "list"]).await;
    let click = person.json(&["clicks", "record", told[0]["id"].as_str().unwrap()]).await;
    let click = click["click"]["id"].as_str().unwrap();
    let call = async |value: &str| {
        let query = url.split_once('?').unwrap().1.replace("{clickId}", click).replace("{val}", value);
        server.postback(&query.replace("{com}", "2").replace("{oid}", "order-1")).await
    };
    assert_eq!(call("1,500").await.field("reason"), "AMOUNT_AMBIGUOUS");
    until(&mut lines, "held: AMOUNT_AMBIGUOUS (pb_").await;
    until(&mut lines, "`val` is `1,500`").await;
    assert!(until(&mut lines, "What to do: ").await.contains("decimal_separator"));
    assert_eq!(call("19.99").await.field("verdict"), "RECORDED");
    let recorded = until(&mut lines, "recorded: ").await;
    assert!(recorded.contains("value 19.99 EUR, commission 2.00 EUR (conv_"), "{recorded}");
    assert!(init.wait().await.unwrap().success());
    assert!(person.out(&["codes", "list"]).await.contains(&code));
}

#[tokio::test]
async fn a_network_is_set_up_and_a_wait_has_an_end() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let network = ["init", "--network", "Everflow", "--destination", "https://network.example/offer"];
    let said = person.run(&[&network[..], &["--name", "Lead", "--wait", "1"]].concat()).await;
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("everflow fills in its macros itself."), "{}", said.out);
    assert!(said.err.contains("no postback of this code counted within 1 seconds"), "{}", said.err);
    let made = person.json(&[&network[..], &["--no-wait"]].concat()).await;
    let text = |pointer: &str| made.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    assert!(text("/trackingLink/destination").contains("sub1=[s2sidentifier]"), "{made}");
    assert_eq!(made["trackingLink"]["conversionCodeIds"][0], text("/conversionCode/id"));
    assert!(text("/postbackUrl").contains("{sub1}") && made["warnings"].is_array(), "{made}");
}

#[tokio::test]
async fn nothing_is_asked_or_created_without_a_terminal() {
    let server = Server::start().await;
    let person = Person::new(&server);
    for (options, status, said) in [
        (&[][..], 2, "give --destination URL"),
        (&["--destination", "https://shop.example/"], 2, "no `[s2sidentifier]`"),
        (&["--destination", "ftp://shop.example/"], 1, "destination"),
        (&["--destination", DESTINATION, "--network", "nobody"], 1, "preset"),
        (&["--destination", DESTINATION, "--currency", "EURO"], 1, "currency"),
        (&["--destination", DESTINATION, "--wait", "5", "--no-wait"], 2, "--no-wait"),
    ] {
        let answer = person.run(&[&["init"], options].concat()).await;
        assert_eq!(answer.status, status, "{options:?}: {}", answer.err);
        assert!(answer.err.contains(said) && answer.out.is_empty(), "{options:?}: {}", answer.err);
    }
    for list in ["codes", "links"] {
        assert!(person.json(&[list, "list"]).await.as_array().unwrap().is_empty(), "{list}");
    }
}
