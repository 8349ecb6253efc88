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
        Ok(list) if list.len() > 1 => return Err(refusal("it is a list of several")),
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
            // Keeps the digits as they came: with `serde_json`'s feature `arbitrary_precision`, no
            // number goes through a float.
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        };
        let bytes = if quoted { bytes.start + 1..bytes.end - 1 } else { bytes };
        Ok(Member { name, value, bytes, quoted, nested })
    });
    members.collect()
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
