//! Checks the names in a request in JSON, and the kinds of their values. Refuses unknown names, and
//! two fields that exclude each other, with sentences that name the cure.

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use strsim::normalized_damerau_levenshtein;

use crate::{error::Violations, values::text::excerpt};

/// Minimum likeness at which a known name is suggested, from 0 to 1.
const LIKENESS_MIN: f64 = 0.6;
const MASK_NEEDED: &str = "must be a text such as `name,defaultCurrency`";

/// Checks the names of a tree against the schema.
pub fn check(message: &MessageDescriptor, tree: &Value, path: &str, violations: &mut Violations) {
    if message.full_name() == "google.protobuf.FieldMask" && !is_mask(tree) {
        violations.add(path, MASK_NEEDED);
    }
    // Messages such as `google.protobuf.Timestamp` are texts in JSON.
    if message.full_name().starts_with("google.protobuf.") || tree.is_null() {
        return;
    }
    let Value::Object(object) = tree else {
        violations.add(path, needed(&Kind::Message(message.clone())));
        return;
    };
    for (name, value) in object {
        if violations.is_full() {
            return;
        }
        let Some(field) = field(message, name) else {
            let sentence = match likely(message, name) {
                Some(known) => format!("has no field `{}`; do you mean `{known}`?", excerpt(name)),
                None => format!("has no field `{}`; it has {}", excerpt(name), names(message)),
            };
            violations.add(at(path), sentence);
            continue;
        };
        // A field may have its name in the schema or its name in JSON, but not both.
        if name != field.json_name() && object.contains_key(field.json_name()) {
            violations
                .add(at(path), format!("has `{name}` and `{}`, which are one field", field.json_name()));
        }
        check_value(&field, value, &below(path, field.name()), violations);
    }
    for oneof in message.oneofs() {
        let is_set = |field: &FieldDescriptor| {
            [field.json_name(), field.name()]
                .iter()
                .any(|name| object.get(*name).is_some_and(|is| !is.is_null()))
        };
        let set: Vec<_> =
            oneof.fields().filter(is_set).map(|field| format!("`{}`", field.json_name())).collect();
        if set.len() > 1 {
            violations.add(at(path), format!("has {}, of which only one can be set", set.join(" and ")));
        }
    }
}

/// The field that could not be read, by its names in the schema, and a sentence that says which
/// value it needs.
pub fn misread(message: &MessageDescriptor, path: &Path) -> (String, String) {
    let (mut kind, mut is_list, mut is_map) = (Kind::Message(message.clone()), false, false);
    let mut names = String::new();
    for segment in path {
        match (segment, &kind) {
            (Segment::Map { key }, Kind::Message(entry)) if is_map => {
                names = below(&names, &excerpt(key));
                (kind, is_map) = (entry.map_entry_value_field().kind(), false);
            }
            (Segment::Map { key }, Kind::Message(message)) => {
                let Some(field) = field(message, key) else { break };
                names = below(&names, field.name());
                (kind, is_list, is_map) = (field.kind(), field.is_list(), field.is_map());
            }
            (Segment::Seq { index }, _) => {
                names = format!("{names}[{index}]");
                is_list = false;
            }
            _ => break,
        }
    }
    let names = if names.is_empty() { at("").to_owned() } else { names };
    let sentence = match (is_list, is_map) {
        (true, _) => "must be a list, such as `[]`".to_owned(),
        (_, true) => "must be an object, such as `{}`".to_owned(),
        _ => needed(&kind),
    };
    (names, sentence)
}

/// A sentence that says which values a kind has.
fn needed(kind: &Kind) -> String {
    let text = match kind {
        Kind::Bool => "must be `true` or `false`",
        Kind::String => "must be a text in quotes",
        Kind::Bytes => "must be a text in base64",
        Kind::Double | Kind::Float => "must be a number",
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            return format!("must be a whole number from {} to {}", i32::MIN, i32::MAX);
        }
        Kind::Uint32 | Kind::Fixed32 => return format!("must be a whole number from 0 to {}", u32::MAX),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            return format!("must be a whole number from {} to {}", i64::MIN, i64::MAX);
        }
        Kind::Uint64 | Kind::Fixed64 => return format!("must be a whole number from 0 to {}", u64::MAX),
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => "must be a time with its zone, such as `2026-01-31T12:00:00Z`",
            "google.protobuf.Duration" => "must be a number of seconds with an `s`, such as `2592000s`",
            "google.protobuf.FieldMask" => MASK_NEEDED,
            _ => return format!("must be an object with {}", names(message)),
        },
        Kind::Enum(all) => {
            return format!("must be one of {}", values(all));
        }
    };
    text.to_owned()
}

/// Returns whether a value can be a field mask: names in lowerCamelCase, separated by commas.
fn is_mask(tree: &Value) -> bool {
    tree.is_null() || tree.as_str().is_some_and(|text| !text.contains(['_', ' ']))
}

fn check_value(field: &FieldDescriptor, value: &Value, path: &str, violations: &mut Violations) {
    match value {
        Value::Array(items) if field.is_list() => {
            for (index, item) in items.iter().enumerate() {
                if violations.is_full() {
                    return;
                }
                check_kind(&field.kind(), item, &format!("{path}[{index}]"), violations);
            }
        }
        _ if field.is_list() || field.is_map() => {}
        value => check_kind(&field.kind(), value, path, violations),
    }
}

fn check_kind(kind: &Kind, value: &Value, path: &str, violations: &mut Violations) {
    match (kind, value) {
        (Kind::Message(message), value) => check(message, value, path, violations),
        (Kind::Enum(all), Value::String(name)) if all.get_value_by_name(name).is_none() => {
            violations.add(path, format!("`{}` is none of {}", excerpt(name), values(all)));
        }
        _ => {}
    }
}

fn field(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message.get_field_by_json_name(name).or_else(|| message.get_field_by_name(name))
}

/// The known name that is most like `name`.
fn likely(message: &MessageDescriptor, name: &str) -> Option<String> {
    let likeness = |field: &FieldDescriptor| {
        let known = field.json_name().to_ascii_lowercase();
        normalized_damerau_levenshtein(&known, &name.to_ascii_lowercase().replace('_', ""))
    };
    let best = message.fields().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(&best) >= LIKENESS_MIN).then(|| best.json_name().to_owned())
}

/// The names of an enum's values, except the first, which means that no value was set.
fn values(all: &EnumDescriptor) -> String {
    let known: Vec<_> = all.values().skip(1).map(|known| format!("`{}`", known.name())).collect();
    known.join(", ")
}

fn names(message: &MessageDescriptor) -> String {
    let names: Vec<_> = message.fields().map(|field| format!("`{}`", field.json_name())).collect();
    if names.is_empty() { "no fields".to_owned() } else { names.join(", ") }
}

/// The path of a field of a message.
fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The path of a message, for a sentence about it.
fn at(path: &str) -> &str {
    if path.is_empty() { "request" } else { path }
}
