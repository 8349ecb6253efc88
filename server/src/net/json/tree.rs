//! Reads a request in JSON into a tree. Refuses a request that may be understood in two ways, or
//! that would take much memory.

use std::{cell::Cell, fmt};

use s2s_sdk::{codec::ENTRIES_MAX, v1::ErrorReason};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::{Error, Result};

/// The key by which the JSON library hands over a number with all its digits.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// Reads JSON with at most `ENTRIES_MAX` values, in which no object has a name twice.
pub fn read(json: &[u8]) -> Result<Value> {
    if json.is_empty() {
        let message = "the request has no body; send a JSON object, at least `{}`";
        return Err(Error::new(ErrorReason::FieldInvalid, message));
    }
    let left = Cell::new(ENTRIES_MAX);
    let mut reader = serde_json::Deserializer::from_slice(json);
    let tree = Node(&left).deserialize(&mut reader).and_then(|tree| reader.end().map(|()| tree));
    let tree = tree.map_err(|error| {
        if left.get() == 0 {
            let message = format!("a request in JSON has at most {ENTRIES_MAX} values; send less at once");
            return Error::new(ErrorReason::RequestTooLarge, message);
        }
        Error::new(ErrorReason::FieldInvalid, format!("the request is not valid JSON: {error}"))
    })?;
    if !tree.is_object() {
        return Err(Error::new(ErrorReason::FieldInvalid, "the request must be a JSON object"));
    }
    Ok(tree)
}

/// Reads one value. Holds the number of values that may follow.
#[derive(Clone, Copy)]
struct Node<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(left) = self.0.get().checked_sub(1) else {
            return Err(D::Error::custom("too many values"));
        };
        self.0.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = pairs.next_key::<String>()? {
            if name == NUMBER_KEY {
                let digits: String = pairs.next_value()?;
                return digits.parse::<Number>().map(Value::Number).map_err(A::Error::custom);
            }
            let value = pairs.next_value_seed(self)?;
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("an object has `{name}` twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_with_one_meaning_is_read() {
        for json in [
            "{}",
            r#"{"a":[1,-2.5,1e3,"x",null,true,{"b":{}}]}"#,
            r#" {"a" : 123456789012345678901234567890} "#,
        ] {
            let expected: Value = serde_json::from_str(json).unwrap();
            assert_eq!(read(json.as_bytes()).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn other_json_is_refused() {
        let deep = "[".repeat(200);
        let many = format!(r#"{{"a":[{}0]}}"#, "0,".repeat(ENTRIES_MAX));
        for (json, expected) in [
            ("", "no body"),
            ("[]", "must be a JSON object"),
            ("{", "EOF"),
            ("{} {}", "trailing characters"),
            (r#"{"a":1,"a":2}"#, "an object has `a` twice"),
            (r#"{"a":{"b":1,"c":2,"b":1}}"#, "an object has `b` twice"),
            ("{\"a\":\"\u{1}\"}", "control character"),
            (&deep, "recursion"),
            (&many, "at most 70000 values"),
        ] {
            let error = read(json.as_bytes()).unwrap_err();
            assert!(error.message().contains(expected), "{}", error.message());
        }
        assert!(read(b"{\"a\":\"\xff\"}").is_err(), "text that is not UTF-8 is refused");
    }
}
