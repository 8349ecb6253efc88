//! Macros of other systems, as the networks write them. They occur in postbacks, if a sender did
//! not replace them, and in destinations, if somebody wrote a foreign macro there.

/// The brackets before and after a macro's name.
const BRACKETS: [(&str, &str); 17] = [
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
];

/// The brackets of templates and programs. A value in such brackets is code that was never run.
const CODE_BRACKETS: [(&str, &str); 8] = [
    ("{{", "}}"),
    ("{%", "%}"),
    ("{$", "}"),
    ("${", "}"),
    ("<?", "?>"),
    ("<%", "%>"),
    ("*|", "|*"),
    ("@@", "@@"),
];

/// Placeholder words of templates and broken programs, and the macros of one network, which have no
/// brackets.
const WORDS: [&str; 11] = [
    "REPLACE",
    "OPTIONAL",
    "null",
    "undefined",
    "N/A",
    "CLICK_ID",
    "TRANSACTION_ID",
    "CLICKID",
    "INSERT",
    "xxc1xx",
    "xxpayoutxx",
];

/// Returns whether the whole value is a macro or a placeholder word.
#[must_use]
pub fn is_macro(value: &str) -> bool {
    is_bracketed(value) || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_bracketed(value: &str) -> bool {
    // Fast path: most values begin with a letter or digit, and no bracket does.
    if value.bytes().next().is_none_or(|first| first.is_ascii_alphanumeric()) {
        return false;
    }
    let between = |(before, behind): &(&str, &str)| {
        value.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind)).map(str::trim)
    };
    // PHP and shells write a variable as `$name`.
    let is_variable =
        || value.strip_prefix('$').is_some_and(|name| is_name(name) && !name.contains([' ', '.']));
    BRACKETS.iter().filter_map(between).any(is_name)
        || CODE_BRACKETS
            .iter()
            .filter_map(between)
            .any(|code| code.contains(|byte: char| byte.is_ascii_alphabetic()))
        || is_variable()
}

/// Returns whether a text can be a macro's name. Names begin with a letter or underscore, so that
/// `(1)` or `[2]` can be a transaction id.
fn is_name(name: &str) -> bool {
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:() ".contains(&byte);
    begins && name.bytes().all(goes_on)
}

/// Finds the macros after a URL's host. A macro is a whole path segment, parameter name or
/// parameter value, or the part of one of these that is in braces.
pub fn in_url(url: &str) -> impl Iterator<Item = &str> {
    let (_, behind) = url.split_once("://").unwrap_or_default();
    behind.split(['/', '?', '&', '=']).skip(1).filter_map(|part| {
        let braces = part.find('{').zip(part.rfind('}')).and_then(|(first, last)| part.get(first..=last));
        [Some(part), braces].into_iter().flatten().find(|text| is_bracketed(text))
    })
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
            "(blank)",
            "{{ order.id }}",
            "{{ order | default: 5 }}",
            "{$order}",
            "{% order %}",
            "<?=$order?>",
            "<?php echo $id ?>",
            "<%= order %>",
            "*|ORDER|*",
            "@@order@@",
            "$order_id",
            "{{{x}}}",
        ] {
            assert!(is_macro(text), "{text}");
        }
    }

    #[test]
    fn values_are_not_macros() {
        for text in [
            "", "0", "19.99", "(1)", "(2)", "[2]", "order-1", "{", "{}", "a{b}c", "nullable", "100%", "#12#",
            "__", "xxlxx", "$10", "$", "{{}}", "US$", "$5.00",
        ] {
            assert!(!is_macro(text), "{text}");
        }
    }

    #[test]
    fn macros_are_found_in_a_url() {
        for (url, found) in [
            ("https://a.example/?s1={clickid}", vec!["{clickid}"]),
            ("https://a.example/{x}?s1=a_{{y}}_b&t=[z]", vec!["{x}", "{{y}}", "[z]"]),
            ("https://a.example/?s1=#s2#&t=%x%", vec!["#s2#", "%x%"]),
            ("https://a.example/?s1=${SUBID}&t=__X__&u=<y>", vec!["${SUBID}", "__X__", "<y>"]),
            ("https://a.example/null?xxc1xx=1&q=%20#f", vec![]),
            ("https://a.example/wiki/C_(language)?q=100%&r=}{", vec![]),
            ("https://{host}", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(in_url(url).collect::<Vec<_>>(), found, "{url}");
        }
    }
}
