//! Rules for source files that no lint of the workspace checks.

use super::{File, code::without_texts, files, rust};

/// The longest source file, in lines.
const LINES_MAX: usize = 500;
/// The files that include a generated module. An attribute of that module names `as_conversions`.
const GENERATED_ENTRIES: [&str; 2] = ["sdk/rust/src/lib.rs", "server/src/api/edge_v1.rs"];
/// Lints without exceptions outside of tests.
const STRICT_LINTS: [&str; 7] =
    ["unwrap_used", "expect_used", "panic", "todo", "unimplemented", "unreachable", "as_conversions"];

#[test]
fn no_source_file_is_longer_than_500_lines() {
    for file in rust("") {
        let lines = file.text.lines().count();
        assert!(file.is_generated() || lines <= LINES_MAX, "{} has {lines} lines", file.path);
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let workspace: toml::Table = toml::from_str(&File::named("Cargo.toml").text).unwrap();
    let lints = &workspace["workspace"]["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for lint in STRICT_LINTS.into_iter().chain(["too_many_lines", "disallowed_methods"]) {
        assert_eq!(lints["clippy"][lint].as_str(), Some("deny"), "{lint}");
    }
    let crates = files("").into_iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    // The fuzzer is left out: its macro exports a function to C, which counts as unsafe code.
    let ours = |file: &File| file.text.contains("[package]") && !file.path.starts_with("server/fuzz/");
    let crates: Vec<File> = crates.filter(ours).collect();
    assert!(crates.len() >= 4);
    for file in crates {
        assert!(file.text.contains("[lints]\nworkspace = true"), "{} lacks the workspace's lints", file.path);
    }
}

#[test]
fn no_code_outside_of_tests_is_excepted_from_the_strict_lints() {
    for file in ["server/src", "sdk/rust/src", "sdk/cli/src"].into_iter().flat_map(rust) {
        if file.is_generated() || file.is_test() {
            continue;
        }
        let code = file.code();
        for lint in STRICT_LINTS {
            let is_entry = GENERATED_ENTRIES.contains(&file.path.as_str());
            let generated = usize::from(lint == "as_conversions" && is_entry);
            let exceptions = code.matches(&format!("clippy::{lint}")).count();
            assert_eq!(exceptions, generated, "{} excepts itself from {lint}", file.path);
        }
    }
}

/// clippy counts the lines; its limit is in `clippy.toml`.
#[test]
fn no_function_is_excepted_from_the_limit_of_70_lines() {
    assert!(File::named("clippy.toml").text.contains("too-many-lines-threshold = 70\n"));
    for file in rust("").into_iter().filter(|file| !file.is_generated()) {
        let excepted = without_texts(&file.text).contains("clippy::too_many_lines");
        assert!(!excepted, "{} has a function of more than 70 lines", file.path);
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
