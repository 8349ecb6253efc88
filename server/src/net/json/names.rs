//! The names in a request in JSON, and the kinds of their values, with sentences that name the cure.
//! Unknown names, and two names of one field, are refused.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::Value;
use strsim::normalized_damerau_levenshtein;

use crate::{error::Violations, values::text::excerpt};

/// The likeness from which a known name is suggested, from 0 to 1.
const LIKENESS_MIN: f64 = 0.6;

/// Checks the names of a tree against the schema.
pub fn check(message: &MessageDescriptor, tree: &Value, path: &str, violations: &mut Violations) {
    if message.full_name() == "google.protobuf.FieldMask" && !is_mask(tree) {
        violations.add(path, "must be a text such as `name,defaultCurrency`");
    }
    // Messages such as `google.protobuf.Timestamp` are texts in JSON.
    if message.full_name().starts_with("google.protobuf.") || tree.is_null() {
        return;
    }
    let Value::Object(object) = tree else {
        violations.add(path, format!("must be an object with {}", names(message)));
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
        // The name in the schema is read as well as that of JSON.
        if name != field.json_name() && object.contains_key(field.json_name()) {
            violations
                .add(at(path), format!("has `{name}` and `{}`, which are one field", field.json_name()));
        }
        let path = if path.is_empty() { field.name().to_owned() } else { format!("{path}.{}", field.name()) };
        check_value(&field, value, &path, violations);
    }
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
            let known: Vec<_> = all.values().skip(1).map(|known| format!("`{}`", known.name())).collect();
            violations.add(path, format!("`{}` is none of {}", excerpt(name), known.join(", ")));
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

fn names(message: &MessageDescriptor) -> String {
    let names: Vec<_> = message.fields().map(|field| format!("`{}`", field.json_name())).collect();
    if names.is_empty() { "no fields".to_owned() } else { names.join(", ") }
}

/// The path of a message, for a sentence about it.
fn at(path: &str) -> &str {
    if path.is_empty() { "request" } else { path }
}
