//! Writes a message in the JSON mapping of Protocol Buffers.
//!
//! The library's own writer encodes and decodes each timestamp once more. That took a seventh of
//! the instructions of a call that lists rows. So only the other messages of `google.protobuf` are
//! left to that writer.

use std::ops::RangeInclusive;

use base64::{display::Base64Display, engine::general_purpose::STANDARD};
use prost_reflect::{DynamicMessage, Kind, ReflectMessage as _, SerializeOptions, Value};
use prost_types::Timestamp;
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};

/// The seconds that a text can state: those of the years 1 to 9999.
const SECONDS: RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// A message to be written.
pub struct Written<'a>(pub &'a DynamicMessage);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let descriptor = self.0.descriptor();
        let name = descriptor.full_name();
        if !name.starts_with("google.protobuf.") {
            let mut fields = serializer.serialize_map(None)?;
            for (field, value) in self.0.fields() {
                fields.serialize_entry(field.json_name(), &Item { value, kind: &field.kind() })?;
            }
            return fields.end();
        }
        match timestamp(self.0).filter(|_| name == "google.protobuf.Timestamp") {
            Some(timestamp) => serializer.collect_str(&timestamp),
            None => self.0.serialize_with_options(serializer, &SerializeOptions::new()),
        }
    }
}

/// The value of a field, or an item of a list or a map.
struct Item<'a> {
    value: &'a Value,
    kind: &'a Kind,
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.value, self.kind) {
            (Value::Message(message), _) => Written(message).serialize(serializer),
            (Value::List(values), kind) => {
                serializer.collect_seq(values.iter().map(|value| Item { value, kind }))
            }
            (Value::Map(values), Kind::Message(entry)) => {
                let kind = &entry.map_entry_value_field().kind();
                serializer.collect_map(values.iter().map(|(key, value)| (key.as_str(), Item { value, kind })))
            }
            (Value::EnumNumber(number), Kind::Enum(names)) => match names.get_value(*number) {
                Some(value) => serializer.serialize_str(value.name()),
                None => serializer.serialize_i32(*number),
            },
            (Value::String(text), _) => serializer.serialize_str(text),
            (Value::Bytes(bytes), _) => serializer.collect_str(&Base64Display::new(bytes, &STANDARD)),
            (Value::Bool(value), _) => serializer.serialize_bool(*value),
            (Value::I32(number), _) => serializer.serialize_i32(*number),
            (Value::U32(number), _) => serializer.serialize_u32(*number),
            // As a text, because many readers of JSON round large numbers.
            (Value::I64(number), _) => serializer.collect_str(number),
            (Value::U64(number), _) => serializer.collect_str(number),
            (value, _) => Err(S::Error::custom(format_args!("no field of the schema is like {value:?}"))),
        }
    }
}

/// The message as a timestamp. `None`: it has other fields, or no text can state it.
fn timestamp(message: &DynamicMessage) -> Option<Timestamp> {
    let seconds = message.get_field_by_number(1)?.as_i64()?;
    let nanos = message.get_field_by_number(2)?.as_i32()?;
    let is_text = SECONDS.contains(&seconds) && (0..1_000_000_000).contains(&nanos);
    is_text.then_some(Timestamp { seconds, nanos })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use prost_reflect::{FieldDescriptor, MapKey, MessageDescriptor};

    use super::*;
    use crate::net::json::{POOL, written};

    const DEPTH: usize = 4;

    /// A message all of whose fields have values.
    fn filled(descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        if descriptor.full_name() == "google.protobuf.Any" {
            // A detail of an error, without fields.
            let name = "type.googleapis.com/google.rpc.ErrorInfo";
            message.set_field_by_name("type_url", Value::String(name.to_owned()));
            return message;
        }
        for field in
            descriptor.fields().filter(|field| depth > 0 || !matches!(field.kind(), Kind::Message(_)))
        {
            message.set_field(&field, value(&field, depth));
        }
        message
    }

    fn value(field: &FieldDescriptor, depth: usize) -> Value {
        let Kind::Message(entry) = field.kind() else { return one(field, depth) };
        if !field.is_map() {
            return one(field, depth);
        }
        let item = one(&entry.map_entry_value_field(), depth);
        Value::Map(HashMap::from([(MapKey::String("a \"b\"".to_owned()), item)]))
    }

    fn one(field: &FieldDescriptor, depth: usize) -> Value {
        let value = match field.kind() {
            Kind::Message(message) => Value::Message(filled(&message, depth - 1)),
            // Large numbers have no name.
            Kind::Enum(_) => Value::EnumNumber(i32::try_from(7 * depth).unwrap()),
            Kind::String => Value::String("ä\n\"\u{1}".to_owned()),
            Kind::Bytes => Value::Bytes((&b"\xff\0a"[..]).into()),
            Kind::Bool => Value::Bool(true),
            Kind::Int32 => Value::I32(123_000_000),
            Kind::Uint32 => Value::U32(u32::MAX),
            Kind::Int64 => Value::I64(1_795_000_000),
            kind => panic!("{kind:?} is new in the schema"),
        };
        if field.is_list() { Value::List(vec![value.clone(), value]) } else { value }
    }

    fn library(message: &DynamicMessage) -> String {
        let mut json = serde_json::Serializer::new(Vec::new());
        message.serialize_with_options(&mut json, &SerializeOptions::new()).unwrap();
        String::from_utf8(json.into_inner()).unwrap()
    }

    #[test]
    fn every_message_is_written_as_the_library_writes_it() {
        let all = POOL
            .all_messages()
            .filter(|message| message.package_name() == "s2s.v1" && !message.is_map_entry());
        for (count, descriptor) in all.enumerate() {
            for depth in 0..DEPTH {
                let message = filled(&descriptor, depth);
                assert_eq!(
                    written(&message).unwrap(),
                    library(&message),
                    "{count}: {}",
                    descriptor.full_name()
                );
            }
        }
    }
}
