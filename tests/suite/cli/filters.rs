//! Options that narrow a command to some items.

use s2s_tests::Server;

use super::Person;
use crate::replay::hold;

#[tokio::test]
async fn an_empty_filter_is_refused_and_never_means_everything() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    hold(&server, &format!("clickId=x&id={}&val=9&com=1", code.id), "CLICK_ID_INVALID").await;
    let commands: [(&[&str], &[&str]); 6] = [
        (&["postbacks", "replay"], &["--code", "--text", "--reason", "--since", "--until"]),
        (&["postbacks", "list"], &["--code", "--text", "--reason", "--since", "--until", "--verdict"]),
        (&["conversions", "list"], &["--code", "--link", "--click", "--transaction", "--status", "--since"]),
        (
            &["conversions", "export"],
            &["--code", "--link", "--click", "--transaction", "--status", "--until"],
        ),
        (&["keys", "list"], &["--account"]),
        (&["tail"], &["--count", "--code", "--text", "--reason", "--verdict", "--status", "--resume-token"]),
    ];
    for (command, options) in commands {
        for option in options {
            for empty in ["", " "] {
                let said = person.run(&[command, &[option, empty][..]].concat()).await;
                assert_eq!((said.status, said.out.as_str()), (2, ""), "{command:?} {option}: {}", said.err);
                assert!(said.err.contains(option), "{command:?} {option}: {}", said.err);
            }
        }
    }
    let said = person.run(&["postbacks", "replay", "--code", "", "--text", "order"]).await;
    assert!(said.status == 2 && said.err.contains("the value is empty"), "{}", said.err);
    for empty in [&["postbacks", "replay", ""][..], &["postbacks", "replay"], &["accounts", "show", ""]] {
        let said = person.run(empty).await;
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{}", said.err);
    }
    let held = person.json(&["postbacks", "list"]).await;
    assert!(held[0]["replayTime"].is_null(), "nothing was replayed: {held}");
}

#[tokio::test]
async fn a_list_that_was_cut_says_so() {
    let server = Server::start().await;
    let person = Person::new(&server);
    for name in ["a", "b", "c"] {
        server.code(name).await;
    }
    for format in ["table", "csv", "json"] {
        for (limit, is_cut) in [("1", true), ("2", true), ("3", false), ("4", false), ("0", false)] {
            let said = person.run(&["codes", "list", "--limit", limit, "--output", format]).await;
            let sentence = format!("s2s: there are more than the {limit} shown; --limit 0 shows all\n");
            assert_eq!((said.status, said.err), (0, if is_cut { sentence } else { String::new() }));
        }
    }
}
