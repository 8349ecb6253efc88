//! The patterns of a journey: JSON that must be contained in the answer.

use regex::Regex;
use serde_json::Value;

/// Panics unless `actual` contains `expected`. Arrays must have equal lengths. A text `~regex~`
/// stands for every text that the regex matches completely.
pub fn check(expected: &Value, actual: &Value) {
    if let Err(difference) = compare(expected, actual) {
        panic!("{difference}, in {actual}");
    }
}

fn compare(expected: &Value, actual: &Value) -> Result<(), String> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().try_for_each(|(name, expected)| {
                compare(expected, actual.get(name).unwrap_or(&Value::Null))
                    .map_err(|difference| format!("{name}: {difference}"))
            })
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            expected.iter().zip(actual).try_for_each(|(expected, actual)| compare(expected, actual))
        }
        (Value::String(expected), Value::String(actual)) if is_met(expected, actual) => Ok(()),
        _ if expected == actual => Ok(()),
        _ => Err(format!("{actual} is not {expected}")),
    }
}

fn is_met(expected: &str, actual: &str) -> bool {
    let regex = expected.strip_prefix('~').and_then(|rest| rest.strip_suffix('~'));
    regex.map_or(expected == actual, |regex| whole(regex).is_match(actual))
}

fn whole(regex: &str) -> Regex {
    Regex::new(&format!("^(?:{regex})$")).unwrap()
}

/// The text to save from a response. `source` is a dotted path, or a path and a regex. A regex
/// saves its first group, as found in the text at the path.
pub fn found(response: &Value, source: &Value) -> String {
    let at = |path: &str| {
        let found = path.split('.').fold(response, |value, name| match name.parse::<usize>() {
            Ok(index) => &value[index],
            Err(_) => &value[name],
        });
        found.as_str().unwrap_or_else(|| panic!("nothing at {path} in {response}")).to_owned()
    };
    match source {
        Value::String(path) => at(path),
        source => {
            let text = at(source["from"].as_str().unwrap());
            let regex = Regex::new(source["regex"].as_str().unwrap()).unwrap();
            regex.captures(&text).unwrap_or_else(|| panic!("{text}"))[1].to_owned()
        }
    }
}

#[test]
fn patterns_are_met_by_what_has_all_of_them() {
    let same = |expected: &str, actual: &str| {
        compare(&serde_json::from_str(expected).unwrap(), &serde_json::from_str(actual).unwrap()).is_ok()
    };
    assert!(same(r#"{"a": {"b": 1}}"#, r#"{"a": {"b": 1, "c": 2}, "d": 3}"#));
    assert!(same(r#"[{"a": 1}, "~[0-9]+~"]"#, r#"[{"a": 1, "b": 2}, "42"]"#));
    assert!(!same(r#"{"a": 1}"#, r#"{"b": 1}"#));
    assert!(!same(r#"["~[0-9]+~"]"#, r#"["42x"]"#));
    assert!(!same(r#"["~a|b~"]"#, r#"["ab"]"#));
    assert!(!same("[1]", "[1, 2]"));
    assert!(!same("[]", "[1]"));
    assert!(!same(r#""1""#, "1"));
    assert!(!same("null", "1"));
}
