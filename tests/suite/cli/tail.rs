//! `s2s tail`: what arrives, its account and its place, and what happens to the connection.

use std::process::Stdio;

use s2s_tests::Server;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines},
    process::{Child, ChildStderr, ChildStdout},
};

use super::{Person, programs};
use crate::replay::hold;

/// A tail that runs.
struct Tail {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    err: Lines<BufReader<ChildStderr>>,
}

impl Tail {
    fn start(person: &Person, arguments: &[&str]) -> Self {
        let mut command = person.command(&programs().join("s2s"));
        let command = command.arg("tail").args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        let err = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, out, err }
    }

    async fn json(&mut self) -> Value {
        serde_json::from_str(&next(&mut self.out).await).unwrap()
    }

    async fn end(mut self) {
        assert!(self.out.next_line().await.unwrap().is_none());
        assert!(self.child.wait().await.unwrap().success());
    }
}

async fn next(lines: &mut Lines<BufReader<impl AsyncRead + Unpin>>) -> String {
    lines.next_line().await.unwrap().unwrap()
}

async fn held(server: &Server, number: usize) -> String {
    let code = server.code("Sale").await;
    hold(server, &format!("clickId=x{number}&id={}&val=9&com=1", code.id), "CLICK_ID_INVALID").await
}

#[tokio::test]
async fn the_tail_shows_what_arrives() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let first = held(&server, 1).await;
    let mut tail = Tail::start(&person, &["postbacks", "--from-start", "--count", "2", "-o", "json"]);
    assert_eq!(tail.json().await["id"], first.as_str());
    let second = held(&server, 2).await;
    let shown = tail.json().await;
    assert_eq!(shown["id"], second.as_str());
    assert_eq!(shown["accountId"], "acct_00000000000000000000000004");
    assert_ne!(shown["resumeToken"], "");
    tail.end().await;
}

#[tokio::test]
async fn the_tail_goes_on_behind_a_token_and_shows_what_passes() {
    let server = Server::start().await;
    let person = Person::new(&server);
    held(&server, 1).await;
    let mut tail = Tail::start(&person, &["--from-start", "--count", "2", "-o", "json"]);
    assert_eq!(tail.json().await["resumeToken"], "");
    held(&server, 2).await;
    let token = tail.json().await["resumeToken"].as_str().unwrap().to_owned();
    tail.end().await;
    let (third, fourth) = (held(&server, 3).await, held(&server, 4).await);
    // A token may come from a file, with its line feed.
    let token = format!("{token}\n");
    let on = |rest: &[&str]| {
        let words = ["tail", "--resume-token", &token].map(str::to_owned);
        words.into_iter().chain(rest.iter().map(|word| (*word).to_owned())).collect::<Vec<String>>()
    };
    for (filters, count, shown, hidden) in [
        (&[][..], "2", &[&third, &fourth][..], None),
        (&["--text", "clickId=x4"], "1", &[&fourth], Some(&third)),
        (
            &["--verdict", "held", "--reason", "click_id_invalid", "--text", "x4"],
            "1",
            &[&fourth],
            Some(&third),
        ),
        (&["--all-accounts", "--text", "clickId=x4"], "1", &[&fourth], Some(&third)),
    ] {
        for format in ["table", "csv", "json"] {
            let words = on(&[filters, &["--count", count, "-o", format]].concat());
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let out = person.out(&words).await;
            assert!(shown.iter().all(|id| out.contains(id.as_str())), "{words:?}: {out}");
            assert!(hidden.is_none_or(|id| !out.contains(id.as_str())), "{words:?}: {out}");
            let titles = out.lines().next().unwrap();
            let (has_account, all) = (out.contains("acct_"), filters.contains(&"--all-accounts"));
            match format {
                "table" => {
                    assert!(titles.contains("RECEIVE_TIME") && titles.contains("MESSAGE"), "{out}");
                    assert_eq!((titles.starts_with("ACCOUNT_ID"), has_account), (all, all), "{out}");
                }
                "csv" => assert!(titles.ends_with(",account_id,resume_token") && has_account, "{out}"),
                _ => assert!(has_account && out.contains("resumeToken"), "{out}"),
            }
        }
    }
    for (words, status, named) in [
        (&["tail", "conversions", "--text", "x"][..], 2, "s2s tail postbacks"),
        (&["tail", "postbacks", "--status", "pending"], 2, "s2s tail conversions"),
        (&["tail", "--from-start", "--resume-token", "x"], 2, "--from-start"),
        (&["tail", "--resume-token", "a+b"], 1, "'+' at position 2"),
        (&["tail", "--resume-token", "abc"], 1, "only a part of it"),
        (&["tail", "conversions", "--all-accounts", "--click", "x"], 1, "all_accounts"),
    ] {
        let said = person.run(words).await;
        assert_eq!((said.status, said.out.as_str()), (status, ""), "{words:?}: {}", said.err);
        assert!(said.err.contains(named), "{words:?}: {}", said.err);
    }
}

#[tokio::test]
async fn the_tail_tells_of_each_outage_and_of_its_end() {
    let mut server = Server::start().await;
    let person = Person::new(&server);
    let first = held(&server, 1).await;
    let mut tail = Tail::start(&person, &["--from-start", "--count", "4", "-o", "json"]);
    assert_eq!(tail.json().await["id"], first.as_str());
    for number in 2..=4 {
        server.kill().await;
        let lost = next(&mut tail.err).await;
        assert!(lost.contains("the connection is lost"), "{lost}");
        server.restart_in_place().await;
        let back = next(&mut tail.err).await;
        assert!(back.contains("the connection is back"), "{back}");
        let arrived = held(&server, number).await;
        assert_eq!(tail.json().await["id"], arrived.as_str());
    }
    tail.end().await;
}
