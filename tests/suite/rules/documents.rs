//! Comments, documents and commits.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use regex::Regex;

use super::{File, files, pages, root, rust};

/// Words that begin a clause without a noun; a comment begins with a noun or a verb instead.
const CLAUSE_WORDS: [&str; 8] = ["what", "who", "whether", "how", "those", "of", "where", "which"];
/// The share of comment lines that may begin with such a word, in per cent.
const CLAUSES_PERCENT_MAX: usize = 3;
/// The number of such lines that one file may have.
const CLAUSES_PER_FILE_MAX: usize = 2;
/// The longest subject of a commit, in characters.
const SUBJECT_MAX: usize = 72;
/// The option of `git log` that selects the newest commits. Only these are checked, because `main`
/// is never rewritten.
const COMMITS: &str = "-20";

/// The comment lines of a source that begin a sentence, and the number of all its comment lines.
fn sentences(source: &str) -> (Vec<&str>, usize) {
    let (mut found, mut count, mut before) = (Vec::new(), 0, None);
    for line in source.lines().map(str::trim) {
        let Some(comment) = line.strip_prefix("//") else {
            before = None;
            continue;
        };
        let comment = comment.trim_start_matches(['/', '!']).trim();
        let goes_on =
            before.is_some_and(|text: &str| !text.is_empty() && !text.ends_with(['.', ':', ';', '?', '!']));
        if !goes_on {
            found.push(comment);
        }
        count += 1;
        before = Some(comment);
    }
    (found, count)
}

fn begins_with_a_clause(sentence: &str) -> bool {
    let word = sentence.split(|letter: char| !letter.is_alphabetic()).next().unwrap();
    CLAUSE_WORDS.contains(&word.to_lowercase().as_str())
}

#[test]
fn the_reader_of_comments_reads_right() {
    let source =
        "//! What it is\n//! of.\n//! Where?\nlet x = 1; // Who\n/// A row\n/// which is: of\n\n// how";
    let (found, count) = sentences(source);
    assert_eq!((found, count), (vec!["What it is", "Where?", "A row", "how"], 6));
    assert!(begins_with_a_clause("What, if") && begins_with_a_clause("of a row"));
    assert!(!begins_with_a_clause("Whatever") && !begins_with_a_clause("`of`") && !begins_with_a_clause(""));
}

#[test]
fn comments_begin_with_a_noun_or_a_verb() {
    let (mut comments, mut clauses, mut too_many) = (0, 0, Vec::new());
    for file in rust("").into_iter().filter(|file| !file.is_generated()) {
        let (sentences, count) = sentences(&file.text);
        let found = sentences.into_iter().filter(|sentence| begins_with_a_clause(sentence)).count();
        comments += count;
        clauses += found;
        if found > CLAUSES_PER_FILE_MAX {
            too_many.push(format!("{found:>4} of {count:>3} in {}", file.path));
        }
    }
    too_many.sort();
    too_many.reverse();
    assert!(
        too_many.is_empty() && clauses * 100 <= comments * CLAUSES_PERCENT_MAX,
        "{clauses} of {comments} comment lines begin with one of {CLAUSE_WORDS:?}; {CLAUSES_PERCENT_MAX} % may, and \
         {CLAUSES_PER_FILE_MAX} in one file. More are in {} files:\n{}",
        too_many.len(),
        too_many.join("\n")
    );
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let (mut anchors, mut counts) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    for heading in page.lines().filter(|line| line.starts_with('#')) {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept =
            heading.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
        let anchor: String = kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect();
        let count = counts.entry(anchor.clone()).or_default();
        anchors.insert(if *count == 0 { anchor } else { format!("{anchor}-{count}") });
        *count += 1;
    }
    anchors
}

/// A page without its blocks of code.
fn without_blocks(page: &str) -> String {
    Regex::new(r"(?ms)^ *```.*?^ *```").unwrap().replace_all(page, "").into_owned()
}

#[test]
fn every_relative_link_of_a_page_resolves() {
    // `[text](target)`, also over two lines, and `[name]: target`.
    let link = Regex::new(r"\]\(\s*<?([^)>\s]+)|(?m:^\[[^\]]+\]:\s+(\S+))").unwrap();
    let code = Regex::new("`[^`\\n]*`").unwrap();
    for page in pages() {
        let text = without_blocks(&page.text);
        let text = code.replace_all(&text, "code");
        let folder = Path::new(&page.path).parent().unwrap();
        for found in link.captures_iter(&text) {
            let target = found.get(1).or(found.get(2)).unwrap().as_str();
            if target.contains(':') {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let linked =
                if path.is_empty() { root().join(&page.path) } else { root().join(folder).join(path) };
            assert!(linked.exists(), "{} links to {target}, which is not there", page.path);
            if !anchor.is_empty() {
                let headings = anchors(&without_blocks(&std::fs::read_to_string(linked).unwrap()));
                assert!(headings.contains(anchor), "{} links to {target}: {headings:?}", page.path);
            }
        }
    }
}

#[test]
fn subjects_of_commits_are_short() {
    let mut git = Command::new("git");
    let output = git.args(["log", COMMITS, "--format=%s"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for subject in String::from_utf8(output.stdout).unwrap().lines() {
        let length = subject.chars().count();
        assert!(length <= SUBJECT_MAX, "{length} characters, more than {SUBJECT_MAX}: {subject}");
    }
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    // The words are built from parts, so that this file contains none of them.
    let machines = ["root", "home", "work", "Users"].map(|folder| format!("/{folder}/"));
    let registries = [
        ["://", "registry"],
        ["://", "npm"],
        ["arti", "factory"],
        ["index.", "crates.io"],
        ["static.", "crates.io"],
        ["proxy.", "golang.org"],
        ["://", "pypi"],
        ["python", "hosted"],
        ["repo.", "maven"],
        ["repo1.", "maven"],
    ]
    .map(|parts| parts.concat());
    for file in files("") {
        for word in machines.iter().chain(&registries) {
            assert!(
                !file.text.contains(word),
                "{} says {word}: a path or a mirror of one machine is of no use on another",
                file.path
            );
        }
    }
}

#[test]
fn what_a_run_leaves_in_the_checkout_is_ignored() {
    // Most of these files contain keys.
    let left = ["s2s.db", "s2s.db-wal", "s2s.db-shm", "s2s.db.spool/known", "s2s.spool/lock", "spool/known"];
    for path in left {
        let mut git = Command::new("git");
        let status = git.args(["check-ignore", "--quiet", path]).current_dir(root()).status().unwrap();
        assert!(status.success(), "{path} is not ignored");
    }
}

#[test]
fn every_make_target_of_a_page_exists() {
    let makefile = File::named("Makefile");
    let targets: BTreeSet<&str> = makefile
        .text
        .lines()
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(':').map(|(targets, _)| targets))
        .flat_map(str::split_whitespace)
        .collect();
    // A command is inline code, or a line of a block. The SDKs have Makefiles of their own, so
    // their pages are left out.
    let command = Regex::new(r"(?m)(?:`|^)make ([a-z][a-z-]*)").unwrap();
    let mut named = BTreeSet::new();
    for page in pages().into_iter().filter(|page| !page.path.starts_with("sdk/")) {
        for found in command.captures_iter(&page.text) {
            let name = found[1].to_owned();
            assert!(targets.contains(name.as_str()), "{}: `make {name}` is not in the Makefile", page.path);
            named.insert(name);
        }
    }
    assert!(named.contains("test"), "no page says how to run the tests: {named:?}");
}
