//! The repository's own rules (ARCHITECTURE.md), held by reading its files.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Longest source file, in lines.
const LINES_MAX: usize = 500;
/// Folders that hold nothing of ours; in a second working tree `.git` is a file.
const FOREIGN: [&str; 11] = [
    ".git",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tools",
    ".venv",
    "build",
    "dist",
    "lib",
    "node_modules",
    "target",
];
/// The slices of the core, each of which may know those before it.
const SLICES: [&str; 8] =
    ["account", "api_key", "preset", "conversion_code", "tracking_link", "click", "conversion", "postback"];

struct File {
    /// From the root of the repository, with `/`.
    path: String,
    text: String,
}

impl File {
    fn named(path: &str) -> Self {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text }
    }

    fn is_generated(&self) -> bool {
        self.path.contains("/gen/")
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/") || self.path.starts_with("tests/")
    }

    /// The code without comments, texts and test modules.
    fn code(&self) -> String {
        without_tests(&without_texts(&self.text))
    }

    fn is_of(&self, module: &str) -> bool {
        let path = self.path.trim_start_matches("server/src/");
        path == format!("{module}.rs") || path.starts_with(&format!("{module}/"))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All text files of the repository below `folder`.
fn files(folder: &str) -> Vec<File> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if FOREIGN.contains(&name.as_str()) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(entry.path()) {
                found.push(File { path, text });
            }
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found
}

fn rust(folder: &str) -> Vec<File> {
    let mut files = files(folder);
    files.retain(|file| Path::new(&file.path).extension().is_some_and(|extension| extension == "rs"));
    assert!(!files.is_empty(), "{folder}");
    files
}

/// Source without comments, and with texts and characters emptied. Lines stay.
fn without_texts(source: &str) -> String {
    let (mut code, mut rest) = (String::with_capacity(source.len()), source);
    let skip = |text: &str, code: &mut String| code.extend(text.chars().filter(|letter| *letter == '\n'));
    while let Some(letter) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            let hashes = rest[1..].chars().take_while(|letter| *letter == '#').count();
            let end = format!("\"{}", "#".repeat(hashes));
            let begins = 2 + hashes;
            // `r#name` is no text.
            if rest[1 + hashes..].starts_with('"') {
                begins + rest[begins..].find(&end).unwrap() + end.len()
            } else {
                0
            }
        } else if letter == '"' {
            let mut escaped = false;
            let ends = |letter: char| {
                let end = letter == '"' && !escaped;
                escaped = letter == '\\' && !escaped;
                end
            };
            rest[1..].find(ends).unwrap() + 2
        } else if letter == '\'' {
            // A character, or the mark of a lifetime.
            let mut letters = rest.char_indices().skip(1);
            let (_, first) = letters.next().unwrap();
            let end = letters.find(|(_, letter)| *letter == '\'').map(|(index, _)| index + 1);
            let plain = rest.chars().nth(2) == Some('\'');
            end.filter(|_| first == '\\' || plain).unwrap_or(0)
        } else {
            0
        };
        if length == 0 {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
        } else {
            skip(&rest[..length], &mut code);
            rest = &rest[length..];
        }
    }
    code
}

/// Code without what is behind `#[cfg(test)]`: a module in the file, or the name of another file.
fn without_tests(code: &str) -> String {
    let (mut kept, mut rest) = (String::new(), code);
    while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
        kept.push_str(before);
        let begins = after.find(['{', ';']).unwrap();
        let mut depth = 0_usize;
        let end = after[begins..].find(|letter| {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        rest = &after[begins + end.unwrap() + 1..];
    }
    kept + rest
}

/// The modules of the crate that the code names: `crate::name`, also in `use crate::{one, two::{…}}`.
fn crate_modules(code: &str) -> BTreeSet<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    let mut names = BTreeSet::new();
    for (index, found) in code.match_indices("crate::") {
        let rest = &code[index + found.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(name(rest));
            continue;
        };
        let (mut depth, mut begins) = (0_usize, 0);
        for (index, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    names.insert(name(&group[begins..index]));
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    names.insert(name(&group[begins..index]));
                    begins = index + 1;
                }
                _ => {}
            }
        }
    }
    names.remove("");
    names
}

/// Casts with `as`; imports and qualified paths use the word otherwise.
fn casts(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_use = false;
    for line in code.lines() {
        let trimmed = line.trim_start();
        in_use |= trimmed.starts_with("use ") || trimmed.starts_with("pub use ");
        let path =
            |before: &str| before.rsplit_once('<').is_some_and(|(_, name)| !name.contains([' ', '(', '=']));
        if !in_use && line.match_indices(" as ").any(|(index, _)| !path(&line[..index])) {
            found.push(line.to_owned());
        }
        in_use &= !line.contains(';');
    }
    found
}

#[test]
fn the_readers_of_this_file_read_right() {
    let code = "let a = 'x'; // \"b\"\nlet s = \"a // \\\" b\"; fn f<'a>(x: &'a u8) {}\n#[cfg(test)]\nmod tests { fn g() { panic!() } }\nlet r = r#\"t\"#;";
    assert_eq!(
        without_tests(&without_texts(code)),
        "let a = ; \nlet s = ; fn f<'a>(x: &'a u8) {}\n\nlet r = ;"
    );
    let code = "use crate::{\n    app::App,\n    click::{self, cut},\n    text,\n};\ncrate::id::base32()";
    let names: Vec<String> = crate_modules(code).into_iter().collect();
    assert_eq!(names, ["app", "click", "id", "text"]);
    let code = "use a::{B as _,\n C as D};\ntype F = <R as S<u8>>::F;\nlet x = y as u8;";
    assert_eq!(casts(code), ["let x = y as u8;"]);
}

#[test]
fn no_source_file_is_longer_than_500_lines() {
    for file in rust("") {
        let lines = file.text.lines().count();
        assert!(file.is_generated() || lines <= LINES_MAX, "{} has {lines} lines", file.path);
    }
}

#[test]
fn nothing_panics_or_casts_outside_of_tests() {
    let folders = ["server/src", "sdk/rust/src", "sdk/cli/src"];
    for file in folders.into_iter().flat_map(rust) {
        if file.is_generated() || file.is_test() {
            continue;
        }
        let code = file.code();
        for word in [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "unreachable!("] {
            assert!(!code.contains(word), "{} says {word}", file.path);
        }
        assert_eq!(casts(&code), Vec::<String>::new(), "{}", file.path);
    }
}

#[test]
fn no_crate_has_unsafe_code() {
    assert!(File::named("Cargo.toml").text.contains("[workspace.lints.rust]\nunsafe_code = \"forbid\""));
    let crates = files("").into_iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    // The fuzzer's macro exports a function to C.
    let ours = |file: &File| file.text.contains("[package]") && !file.path.starts_with("server/fuzz/");
    let crates: Vec<File> = crates.filter(ours).collect();
    assert!(crates.len() >= 4);
    for file in crates {
        assert!(file.text.contains("[lints]\nworkspace = true"), "{} does not forbid it", file.path);
    }
}

#[test]
fn the_server_opens_its_entry_and_nothing_else() {
    let code = File::named("server/src/lib.rs").code();
    let open: Vec<&str> = code.lines().filter(|line| line.trim_start().starts_with("pub ")).collect();
    // Whatever else is open escapes the compiler's search for what nobody uses.
    assert_eq!(open, ["pub use postback::check_reading;", "pub fn main() -> ExitCode {"]);
    assert!(code.contains("#[cfg(fuzzing)]\npub use"), "the fuzzer's door is open to others");
}

#[test]
fn tables_are_touched_in_their_store_alone() {
    for file in rust("server/src") {
        let code = without_texts(&file.text);
        let store = file.path.ends_with("/store.rs");
        let allowed = store || file.is_of("db") || file.is_of("commit") || file.is_of("migration");
        for word in ["EntityTrait", "entity::prelude", "DeriveEntityModel"] {
            assert!(allowed || !code.contains(word), "{} names {word}", file.path);
        }
        assert!(!code.contains("pub mod store"), "{} opens its store", file.path);
    }
}

#[test]
fn the_edge_knows_no_database() {
    let edge: Vec<File> = rust("server/src").into_iter().filter(|file| file.is_of("edge")).collect();
    assert!(edge.len() > 1);
    for file in edge {
        let code = without_texts(&file.text);
        assert!(!code.contains("sea_orm"), "{} names sea_orm", file.path);
        for module in ["db", "app", "commit", "migration"] {
            assert!(!crate_modules(&code).contains(module), "{} names crate::{module}", file.path);
        }
    }
}

#[test]
fn slices_know_those_before_them_alone() {
    let files = rust("server/src");
    for (rank, slice) in SLICES.iter().enumerate() {
        let own: Vec<&File> = files.iter().filter(|file| file.is_of(slice)).collect();
        assert!(own.len() > 1, "{slice}");
        for file in own {
            let known = crate_modules(&without_texts(&file.text));
            for later in SLICES[rank + 1..].iter().chain(&["edge", "serve", "config"]) {
                assert!(!known.contains(*later), "{} names crate::{later}", file.path);
            }
        }
    }
    // What the slices stand on knows none of them, but for the state that holds their caches and keys.
    for module in ["auth", "commit", "db", "error", "id", "macros", "migration", "money", "page", "time"] {
        for file in files.iter().filter(|file| file.is_of(module)) {
            let known = crate_modules(&file.code());
            for slice in SLICES {
                assert!(!known.contains(slice), "{} names crate::{slice}", file.path);
            }
        }
    }
}

#[test]
fn the_layers_of_grpc_are_in_their_order() {
    let code = File::named("server/src/serve.rs").code();
    let (_, grpc) = code.split_once("let grpc = ").unwrap();
    let (grpc, _) = grpc.split_once("let http = ").unwrap();
    let layers = grpc.lines().filter_map(|line| line.trim().strip_prefix(".layer("));
    let layers = layers.map(|layer| layer.trim_start_matches("middleware::from_fn_with_state("));
    let layers: Vec<&str> = layers.map(|layer| layer.split(['(', ')', ':', ',']).next().unwrap()).collect();
    // From outside in; why, is said at the top of that file.
    assert_eq!(layers, ["CatchPanicLayer", "cors", "GrpcWebLayer", "gate"]);
    let (_, gate) = code.split_once("async fn gate_of_grpc").unwrap();
    let (gate, _) = gate.split_once("async fn gate_of_http").unwrap();
    let steps = ["admission.admit(", "time_limit(", "keys::ask(", "with_reason("];
    assert!(steps.map(|step| gate.find(step).expect(step)).is_sorted(), "{gate}");
    let code = File::named("server/src/serve/keys.rs").code();
    let (_, admit) = code.split_once("async fn admit").unwrap();
    let steps = ["needed(", "api_key::authenticate(", "within(", "caller.check("];
    assert!(steps.map(|step| admit.find(step).expect(step)).is_sorted(), "{admit}");
}

#[test]
fn who_sent_a_request_is_decided_in_one_place() {
    for file in rust("server/src").into_iter().filter(|file| !file.path.ends_with("/client_address.rs")) {
        assert!(!file.text.contains("x-forwarded-"), "{} reads it as well", file.path);
    }
}

#[test]
fn statuses_are_built_in_one_place() {
    for file in rust("server/src") {
        let code = file.code();
        for word in ["with_error_details", "Status::new(", "with_details("] {
            assert!(file.is_of("error") || !code.contains(word), "{} says {word}", file.path);
        }
    }
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    // Put together here, so that this file names none itself.
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
            assert!(!file.text.contains(word), "{} says {word}", file.path);
        }
    }
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    let empty = ["util", "utils", "helper", "helpers", "common", "manager", "processor", "dto", "misc"];
    for file in rust("") {
        for part in file.path.trim_end_matches(".rs").split('/') {
            assert!(!empty.contains(&part), "{}", file.path);
        }
        for declared in without_texts(&file.text).split("mod ").skip(1) {
            let name = declared.split([' ', ';', '{']).next().unwrap();
            assert!(!empty.contains(&name), "{}: mod {name}", file.path);
        }
    }
}

#[test]
fn tests_neither_sleep_nor_are_left_out() {
    for file in rust("").into_iter().filter(|file| !file.is_generated()) {
        let code = without_texts(&file.text);
        assert!(!code.contains("#[ignore"), "{} leaves a test out", file.path);
        let asleep = code.contains("sleep(") && file.path.starts_with("tests/suite/");
        assert!(!asleep, "{} sleeps", file.path);
    }
}

#[test]
fn what_a_run_leaves_in_the_checkout_is_ignored() {
    // Keys are in them.
    let left = ["s2s.db", "s2s.db-wal", "s2s.db-shm", "s2s.db.spool/known", "s2s.spool/lock", "spool/known"];
    for path in left {
        let mut git = std::process::Command::new("git");
        let status = git.args(["check-ignore", "--quiet", path]).current_dir(root()).status().unwrap();
        assert!(status.success(), "{path} is not ignored");
    }
}

#[test]
fn what_the_readme_says_to_make_can_be_made() {
    let makefile = File::named("Makefile");
    let targets: BTreeSet<&str> = makefile
        .text
        .lines()
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(':').map(|(target, _)| target))
        .collect();
    let readme = File::named("README.md");
    // As code, or as a line of a code block.
    let commands = ["`make ", "\nmake "].into_iter().flat_map(|before| readme.text.split(before).skip(1));
    let named: BTreeSet<&str> = commands
        .map(|rest| rest.split(|letter: char| !letter.is_ascii_lowercase() && letter != '-').next().unwrap())
        .collect();
    assert!(named.contains("test"), "the README says how to run the tests: {named:?}");
    for name in named {
        assert!(targets.contains(name), "`make {name}` is not in the Makefile");
    }
}
