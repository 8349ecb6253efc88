//! Macros that a sender did not replace, as the networks write them.

/// What stands before and behind a macro's name.
const BRACKETS: [(&str, &str); 18] = [
    ("{{", "}}"),
    ("${(", ")!}"),
    ("${", "}"),
    ("#{", "}"),
    ("{", "}"),
    ("[[[", "]]]"),
    ("[[", "]]"),
    ("[", "]"),
    ("!!!", "!!!"),
    ("##", "##"),
    ("#", "#"),
    ("%%", "%%"),
    ("%", "%"),
    ("__", "__"),
    ("$", "$"),
    ("<", ">"),
    ("(", ")"),
    ("xxc", "xx"),
];

/// Words that stand for a value in templates and in broken programs.
const WORDS: [&str; 9] =
    ["REPLACE", "OPTIONAL", "null", "undefined", "N/A", "CLICK_ID", "TRANSACTION_ID", "CLICKID", "INSERT"];

/// Whether the whole value is a macro or a word that stands for one.
pub fn is_macro(value: &str) -> bool {
    let bracketed = BRACKETS.iter().any(|(before, behind)| {
        let name = value.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind));
        name.is_some_and(is_name)
    });
    bracketed || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Names begin with a letter or underscore, so that `(1)` or `[2]` may be an order number; `xxc1xx` is one network's.
fn is_name(name: &str) -> bool {
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:() ".contains(&byte);
    (begins && name.bytes().all(goes_on)) || name == "1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_are_known_by_their_brackets() {
        for text in [
            "{clickid}",
            "{{EXTERNAL_ID}}",
            "[clickid]",
            "[[x]]",
            "[[[subid]]]",
            "#S1#",
            "##CLICK_ID##",
            "%TRACKER%",
            "%%X%%",
            "${SUBID}",
            "${(x)!}",
            "$x$",
            "(x)",
            "<insert>",
            "__X__",
            "!!!awc!!!",
            "#{ICLID}",
            "xxc1xx",
            "{url(sid)}",
            "{a.b}",
            "REPLACE",
            "optional",
            "null",
            "undefined",
            "N/A",
        ] {
            assert!(is_macro(text), "{text}");
        }
    }

    #[test]
    fn values_are_not_macros() {
        for text in
            ["", "0", "19.99", "(2)", "[2]", "order-1", "{", "{}", "a{b}c", "nullable", "100%", "#12#", "__"]
        {
            assert!(!is_macro(text), "{text}");
        }
    }
}
