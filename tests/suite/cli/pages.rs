//! The commands on pages of the documentation, run in a real shell: each prints the output that its
//! page shows.

use std::{collections::HashMap, path::Path, process::Stdio, time::Duration};

use regex::{Captures, Regex};
use s2s_tests::{ADMIN_KEY, Server};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout},
    time::timeout,
};

use super::{Person, programs};

const README: &str = include_str!("../../../README.md");
const START: &str = include_str!("../../../docs/start.md");
const WHY: &str = include_str!("../../../docs/guide/why-not-counted.md");
const MONTH: &str = include_str!("../../../docs/guide/a-month.md");
const API: &str = include_str!("../../../docs/reference/api.md");
/// The heading in `START` below the part that uses the command line `s2s`.
const CURL_ALONE: &str = "## With curl alone";
/// The byte that the shell prints after each command.
const END: u8 = 0x1e;
/// Time after which a command counts as hanging, for example because its quotes are not closed.
const COMMAND_PATIENCE: Duration = Duration::from_mins(1);

/// A command of a page, and the output that the page shows.
struct Shown {
    command: String,
    output: String,
}

/// Reads the blocks of a page in which a prompt begins each command. A command continues after a
/// backslash, and until its quotes are closed. A block without a prompt shows the output of the
/// command before it, run again.
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
            let command = &all.last().unwrap().command;
            goes_on = line.ends_with('\\') || !command.matches('\'').count().is_multiple_of(2);
        }
        assert!(!goes_on, "a block ends within a command: {block}");
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

    /// Replaces all that differs from run to run: ids by their numbers, times and versions by `~`.
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

/// A shell that stays open, so that a command can use the variables and functions of former ones.
struct Shell {
    _bash: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    /// Starts a shell in which `curl` calls the server, whatever address the page shows.
    async fn start(person: &Person, server: &Server) -> Self {
        let path = format!("{}:/usr/bin:/bin", programs().display());
        let mut bash = person.command(Path::new("bash"));
        bash.env("PATH", path).env("KEY", ADMIN_KEY).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut bash = bash.spawn().unwrap();
        let (input, output) = (bash.stdin.take().unwrap(), BufReader::new(bash.stdout.take().unwrap()));
        let mut shell = Self { _bash: bash, input, output };
        let address = server.url.replace("http://", "");
        shell.run("exec 2>&1").await;
        shell.run(&format!("curl() {{ command curl -sS --connect-to ::{address} \"$@\"; }}")).await;
        shell
    }

    /// Runs a command, and returns what it prints.
    async fn run(&mut self, command: &str) -> String {
        let script = format!("{{ {command}\n}} </dev/null\nprintf '\\{END:03o}'\n");
        self.input.write_all(script.as_bytes()).await.unwrap();
        let mut printed = Vec::new();
        let read = timeout(COMMAND_PATIENCE, self.output.read_until(END, &mut printed)).await;
        read.unwrap_or_else(|_| panic!("no end: {command}")).unwrap();
        let is_whole = printed.pop() == Some(END);
        let printed = String::from_utf8(printed).unwrap();
        assert!(is_whole, "the shell ended: {command}: {printed}");
        printed
    }
}

/// Runs the commands of some pages in order, and compares what they print with what is shown.
async fn compare(pages: &[&str]) {
    let server = Server::start_with(&["--public-url", "http://127.0.0.1:8080"]).await;
    let person = Person::new(&server);
    let mut shell = Shell::start(&person, &server).await;
    let (mut on_page, mut in_shell) = (Ids::default(), Ids::default());
    for page in pages {
        let commands = shown(page);
        assert!(commands.len() >= 2, "{page}");
        for Shown { command, output } in commands {
            // The key on the page is an example. The shell already has a valid key in `KEY`.
            if command.starts_with("KEY=s2s_") {
                continue;
            }
            on_page.blotted(&command);
            let own = Ids::pattern().replace_all(&command, |found: &Captures<'_>| {
                let number = on_page.numbers[&found[0]];
                assert!(number < in_shell.texts.len(), "{command} has an id that was not printed before");
                in_shell.texts[number].clone()
            });
            let printed = shell.run(&own).await;
            let (page, shell) = (on_page.blotted(&output), in_shell.blotted(&printed));
            assert_eq!(page.trim(), shell.trim(), "{command}");
        }
    }
}

#[tokio::test]
async fn the_pages_of_the_first_conversion_show_what_happens() {
    let (with_s2s, _) = START.split_once(CURL_ALONE).unwrap();
    compare(&[with_s2s, WHY]).await;
}

#[tokio::test]
async fn a_first_conversion_with_curl_alone_is_as_shown() {
    let (_, with_curl) = START.split_once(CURL_ALONE).unwrap();
    compare(&[with_curl]).await;
}

#[tokio::test]
async fn the_start_of_the_readme_and_the_calls_in_json_are_as_shown() {
    compare(&[README, API]).await;
}

#[tokio::test]
async fn the_month_of_a_small_agency_is_as_shown() {
    // The sales of the test are of the day on which it runs.
    let month = MONTH.replace("--month 2026-11", "--since 2020-01-01 --until 2100-01-01");
    assert_ne!(month, MONTH);
    compare(&[&month]).await;
}
