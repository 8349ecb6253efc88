//! Reader of JSON objects. Keeps the order of names and values, and repeated names, which a map
//! would hide.

use std::{fmt, ops::Range};

use s2s_sdk::v1::ErrorReason;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use crate::{
    error::{Error, Result},
    values::{query::offset_in, text::truncate},
};

/// Longest part of the JSON library's message in a refusal, in bytes. The message may repeat the
/// body.
const CAUSE_BYTES_MAX: usize = 256;

/// Longest whole number that is written out, in digits: that of an unsigned integer of 64 bits.
const WHOLE_DIGITS_MAX: usize = 20;

/// A name and a value.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    pub value: String,
    /// Position of the value in the body, without its quotes.
    pub bytes: Range<usize>,
    /// True if the value has quotes.
    pub quoted: bool,
    /// True if the value is a list or an object. It is then kept as it was written.
    pub nested: bool,
}

/// Reads the members of an object, or of the only object in a list. Reads null as an empty value.
pub fn read(body: &[u8]) -> Result<Vec<Member>> {
    let broken = |error: serde_json::Error| refusal(&error.to_string());
    let object = match serde_json::from_slice::<Vec<&RawValue>>(body).as_deref() {
        Ok([only]) => only.get().as_bytes(),
        Ok(list) if list.len() > 1 => return Err(refusal("it is a list of several items")),
        Ok(_) | Err(_) => body,
    };
    let Members(members) = serde_json::from_slice(object).map_err(broken)?;
    let members = members.into_iter().map(|(name, raw)| {
        let text = raw.get();
        let start = offset_in(body, text.as_bytes());
        let (bytes, quoted) = (start..start + text.len(), text.starts_with('"'));
        let nested = text.starts_with(['{', '[']);
        let value = match if nested { Value::Null } else { serde_json::from_str(text).map_err(broken)? } {
            _ if nested => text.to_owned(),
            Value::String(text) => text,
            // Keeps the number as it came: no number goes through a float, and an exponent stays as
            // its sender wrote it.
            Value::Number(_) => text.to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        };
        let bytes = if quoted { bytes.start + 1..bytes.end - 1 } else { bytes };
        Ok(Member { name, value, bytes, quoted, nested })
    });
    members.collect()
}

/// Writes out a whole JSON number that is not in its plain form: `1001.0` is `1001`, `1.5e3` is
/// `1500`, and `-0` is `0`. Returns `None` for a number that is plain already, not whole or very
/// long.
pub fn whole(number: &str) -> Option<String> {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [before, after].concat();
    if before.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent: i64 = exponent.parse().ok()?;
    // The number is 0.`digits` times ten to the power of `point`.
    let point = exponent.checked_add(i64::try_from(before.len()).ok()?)?;
    let digits = digits.trim_end_matches('0');
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let significant = digits.get(leading..).filter(|digits| !digits.is_empty());
    let written = match significant {
        None => "0".to_owned(),
        Some(significant) => {
            let point = usize::try_from(point).ok().filter(|point| *point >= digits.len())?;
            let zeros = point - digits.len();
            if significant.len().checked_add(zeros)? > WHOLE_DIGITS_MAX {
                return None;
            }
            format!("{sign}{significant}{}", "0".repeat(zeros))
        }
    };
    (written != number).then_some(written)
}

fn refusal(why: &str) -> Error {
    let why = truncate(why.to_owned(), CAUSE_BYTES_MAX);
    let message = format!("the body is not a JSON object: {why}; send one object, with texts or numbers");
    Error::new(ErrorReason::ParameterMalformed, message)
}

/// The members of an object, in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Members<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(member) = map.next_entry()? {
            self.0.push(member);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_their_digits_and_their_repetitions() {
        let body = br#"{"b":"x","a":1.50,"b":"y","a":12345678901234567890.10,"c":true,"c":null,"b":"x"}"#;
        let expected = [
            ("b", "x"),
            ("a", "1.50"),
            ("b", "y"),
            ("a", "12345678901234567890.10"),
            ("c", "true"),
            ("c", ""),
            ("b", "x"),
        ];
        let members = read(body).unwrap();
        let pairs: Vec<_> = members.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
        assert_eq!(pairs, expected);
        let places: Vec<_> = members.iter().map(|one| (&body[one.bytes.clone()], one.quoted)).collect();
        assert_eq!(places[..2], [(&b"x"[..], true), (b"1.50", false)]);
        assert_eq!(places[5], (&b"null"[..], false));
    }

    #[test]
    fn numbers_keep_their_notation() {
        for text in ["1e2", "1E5", "1.5e-1", "1e+2", "1.5E10", "-0.0", "1e-7", "1e400", "1001.0"] {
            let members = read(format!("{{\"val\": {text} }}").as_bytes()).unwrap();
            assert_eq!(members[0].value, text);
        }
    }

    #[test]
    fn whole_numbers_are_written_out() {
        for (number, expected) in [
            ("1001.0", Some("1001")),
            ("1001.00", Some("1001")),
            ("1.5e10", Some("15000000000")),
            ("1.5E+10", Some("15000000000")),
            ("1E5", Some("100000")),
            ("10.50e1", Some("105")),
            ("100100e-2", Some("1001")),
            ("0.01001e5", Some("1001")),
            ("-5.0", Some("-5")),
            ("-0", Some("0")),
            ("0e5", Some("0")),
            ("0.0", Some("0")),
            ("1e19", Some("10000000000000000000")),
            ("18446744073709551615.0", Some("18446744073709551615")),
            // These numbers are written out already, are not whole, or are too long.
            ("1001", None),
            ("123456789012345678901234567890", None),
            ("1001.5", None),
            ("1e-1", None),
            ("1e20", None),
            ("1e99999999999999999999", None),
            ("1e9223372036854775807", None),
            ("1e-9223372036854775808", None),
            ("true", None),
            ("", None),
            (".0", None),
            ("e", None),
            ("A1.0", None),
            ("[1.0]", None),
        ] {
            assert_eq!(whole(number).as_deref(), expected, "{number}");
        }
    }

    #[test]
    fn what_is_nested_is_kept_as_it_was_written() {
        for (body, expected) in [
            (r#"{"val":[1, 2]}"#, ("val", "[1, 2]", true)),
            (r#"{"val":{"a":"}"} }"#, ("val", r#"{"a":"}"}"#, true)),
            (
                r#"{"val":{"$serde_json::private::Number":"1"}}"#,
                ("val", r#"{"$serde_json::private::Number":"1"}"#, true),
            ),
            (r#" [ {"val":1} ] "#, ("val", "1", false)),
        ] {
            let members = read(body.as_bytes()).unwrap();
            let [one] = members.as_slice() else { panic!("{members:?}") };
            assert_eq!((one.name.as_str(), one.value.as_str(), one.nested), expected);
            assert_eq!(body.as_bytes()[one.bytes.clone()], *one.value.as_bytes());
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_refused_in_a_short_sentence() {
        let text = format!("\"{}\"", "x".repeat(8_000));
        for (body, named) in [
            ("{", "EOF"),
            ("[]", "an object"),
            ("[1]", "an object"),
            (r#"[{"val":1},{"val":2}]"#, "a list of several"),
            ("null", "an object"),
            ("1", "an object"),
            (&text, "string \"xxx"),
            (r#"{"a":1} x"#, "trailing"),
        ] {
            let error = read(body.as_bytes()).unwrap_err();
            assert!(error.message().contains(named) && error.message().len() < 400, "{}", error.message());
        }
    }
}
