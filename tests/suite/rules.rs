//! The repository's own rules, checked by reading its files.

mod architecture;
mod code;
mod documents;
mod sources;

use std::{
    fs,
    path::{Path, PathBuf},
};

use self::code::{without_tests, without_texts};

/// Names of files and folders that contain nothing of ours. `.git` is a file in a second working
/// tree.
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
struct File {
    /// The path from the root of the repository, with `/`.
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

    /// The code without comments, literals and test modules.
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

/// The text files below a folder of the repository.
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

/// The Rust sources below a folder.
fn rust(folder: &str) -> Vec<File> {
    with_extension(folder, "rs")
}

/// The pages of the repository, in Markdown.
fn pages() -> Vec<File> {
    with_extension("", "md")
}

fn with_extension(folder: &str, wanted: &str) -> Vec<File> {
    let mut files = files(folder);
    files.retain(|file| Path::new(&file.path).extension().is_some_and(|extension| extension == wanted));
    assert!(!files.is_empty(), "no {wanted} in {folder}");
    files
}
