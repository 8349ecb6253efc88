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
            // `r#name` is an identifier.
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

/// Removes the item after each `#[cfg(test)]`: a module in the file, or the name of another file.
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

/// The modules that the code names, as `crate::name` or in `use crate::{one, two::{…}}`.
pub fn crate_modules(code: &str) -> BTreeSet<String> {
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

#[test]
fn the_readers_of_source_read_right() {
    let code = "let a = 'x'; // \"b\"\nlet s = \"a // \\\" b\"; fn f<'a>(x: &'a u8) {}\n#[cfg(test)]\nmod tests { fn g() { panic!() } }\nlet r = r#\"t\"#;";
    assert_eq!(
        without_tests(&without_texts(code)),
        "let a = ; \nlet s = ; fn f<'a>(x: &'a u8) {}\n\nlet r = ;"
    );
    let code = "use crate::{\n    app::App,\n    click::{self, cut},\n    text,\n};\ncrate::id::base32()";
    let names: Vec<String> = crate_modules(code).into_iter().collect();
    assert_eq!(names, ["app", "click", "id", "text"]);
}
