//! The commands on the pages, in a real shell: each prints what its page shows.

use std::{collections::HashMap, path::Path};

use regex::{Captures, Regex};
use s2s_tests::{ADMIN_KEY, Server};

use super::{Person, programs};

/// A command of a page, and the output that the page shows.
struct Shown {
    command: String,
    output: String,
}

/// Reads the blocks of a page in which a prompt begins each command. A block without a prompt
/// shows the output of the command before it, run again.
fn shown(page: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for block in page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        let mut goes_on = false;
        if !block.starts_with("$ ") {
            let command = all.last().unwrap().command.clone();
            all.push(Shown { command, output: String::new() });
        }
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                all.push(Shown { command: command.to_owned(), output: String::new() });
            } else if goes_on {
                all.last_mut().unwrap().command.extend(["\n", line]);
            } else {
                all.last_mut().unwrap().output.extend([line, "\n"]);
            }
            goes_on = line.ends_with('\\');
        }
    }
    all
}

/// The ids of one side, page or shell, in the order of their first appearance.
#[derive(Default)]
struct Ids {
    numbers: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Ids {
    fn pattern() -> Regex {
        Regex::new(r"\b([a-z]+_[0-9a-z]{26,}|[0-9a-z]{40}|[0-9A-F]{32})\b").unwrap()
    }

    /// Replaces all that differs from run to run: ids by their numbers, and times.
    fn blotted(&mut self, text: &str) -> String {
        let numbered = Self::pattern().replace_all(text, |found: &Captures<'_>| {
            let id = found[0].to_owned();
            let next = self.texts.len();
            let number = *self.numbers.entry(id.clone()).or_insert(next);
            if number == next {
                self.texts.push(id);
            }
            format!("#{number}")
        });
        let time = Regex::new(r"\d{4}-\d\d-\d\dT[0-9:.]+Z|\d+ s after|curl/[0-9.]+").unwrap();
        let blotted = time.replace_all(&numbered, "~");
        // Times have several lengths, so the columns of tables have several widths.
        blotted.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
    }
}

#[tokio::test]
async fn the_pages_of_the_first_conversion_show_what_happens() {
    let server = Server::start_with(&["--public-url", "http://127.0.0.1:8080"]).await;
    let person = Person::new(&server);
    let (start, why) =
        (include_str!("../../../docs/start.md"), include_str!("../../../docs/guide/why-not-counted.md"));
    let path = format!("{}:/usr/bin:/bin", programs().display());
    let (mut on_page, mut in_shell) = (Ids::default(), Ids::default());
    let mut assigned = String::new();
    let commands: Vec<_> = [start, why].into_iter().flat_map(shown).collect();
    assert!(commands.len() >= 8);
    for Shown { command, output } in commands {
        on_page.blotted(&command);
        let own = Ids::pattern().replace_all(&command, |found: &Captures<'_>| {
            in_shell.texts.get(on_page.numbers[&found[0]]).expect("an id that was printed before").clone()
        });
        if own.starts_with("CODE=") {
            assigned = format!("{own}\n");
            continue;
        }
        // The server is at another address than that of the page.
        let called =
            own.replace("curl", &format!("curl -sS --connect-to ::{}", server.url.replace("http://", "")));
        let script = format!("{assigned}{called}");
        let mut shell = person.command(Path::new("bash"));
        let ran =
            shell.args(["-c", &script]).env("PATH", &path).env("KEY", ADMIN_KEY).output().await.unwrap();
        let printed = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
        let (page, shell) = (on_page.blotted(&output), in_shell.blotted(&printed));
        assert_eq!(page.trim(), shell.trim(), "{command}");
    }
}
