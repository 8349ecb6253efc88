//! Readers of Rust source, as far as the rules need them.

use std::collections::BTreeSet;

/// Removes comments, string literals and character literals; keeps line breaks.
pub fn without_texts(source: &str) -> String {
    let (mut code, mut rest) = (String::with_capacity(source.len()), source);
    let skip = |text: &str, code: &mut String| code.extend(text.chars().filter(|letter| *letter == '\n'));
    while let Some(letter) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            let hashes = rest[1..].chars().take_while(|letter| *letter == '#').count();
            let end = format!("\"{}", "#".repeat(hashes));
            let begins = 2 + hashes;
            // `r#name` is an identifier, not a literal.
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
            // A character literal or a lifetime.
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

/// Removes the item after each `#[cfg(test)]`: a module in this file, or the declaration of a
/// module in another file.
pub fn without_tests(code: &str) -> String {
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

/// The paths that the code names after `crate::`, such as `core::click::Click`. Imports in braces
/// are written out.
pub fn crate_paths(code: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (index, found) in code.match_indices("crate::") {
        write_out("", &code[index + found.len()..], &mut paths);
    }
    paths
}

/// Writes out one tree of an import: a path, or a path and a list in braces.
fn write_out(prefix: &str, tree: &str, paths: &mut BTreeSet<String>) {
    let tree = tree.trim_start();
    if let Some(list) = tree.strip_prefix('{') {
        let mut begin = 0;
        let mut depth = 0_usize;
        for (index, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    write_out(prefix, &list[begin..index], paths);
                    begin = index + 1;
                    if letter == '}' {
                        return;
                    }
                }
                _ => {}
            }
        }
        return;
    }
    let name: String = tree.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    if name.is_empty() || name == "self" {
        return;
    }
    let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}::{name}") };
    if let Some(rest) = tree[name.len()..].strip_prefix("::") {
        write_out(&path, rest, paths);
    }
    paths.insert(path);
}

#[test]
fn the_readers_of_source_read_right() {
    let code = "let a = 'x'; // \"b\"\nlet s = \"a // \\\" b\"; fn f<'a>(x: &'a u8) {}\n#[cfg(test)]\nmod tests { fn g() { panic!() } }\nlet r = r#\"t\"#;";
    assert_eq!(
        without_tests(&without_texts(code)),
        "let a = ; \nlet s = ; fn f<'a>(x: &'a u8) {}\n\nlet r = ;"
    );
    let code = "use crate::{
    core::{App, click::{self, cut}},
    text,
};
crate::id::base32()";
    let paths: Vec<String> = crate_paths(code).into_iter().collect();
    let expected = ["core", "core::App", "core::click", "core::click::cut", "id", "id::base32", "text"];
    assert_eq!(paths, expected);
}
