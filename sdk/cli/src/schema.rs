//! Reads the schema's own description: messages as JSON, and the cures of its reasons.

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use s2s_sdk::v1::{DESCRIPTOR, ErrorReason};
use serde_json::Value;

use crate::failure::Failure;

static SCHEMA: LazyLock<Option<DescriptorPool>> = LazyLock::new(|| DescriptorPool::decode(DESCRIPTOR).ok());

const REASONS: &str = "s2s.v1.ErrorReason";
/// Field numbers in a source-info path: `enum_type` of a file, and `value` of an enum.
const ENUM_FIELD: i32 = 5;
const VALUE_FIELD: i32 = 2;

/// Converts a message to protobuf's JSON, including fields at their default.
pub fn json(name: &str, message: &impl Message) -> Result<Value, Failure> {
    let fault = || Failure::Usage(format!("the schema in this program has no message {name}"));
    let pool = SCHEMA.as_ref().ok_or_else(fault)?;
    let descriptor = pool.get_message_by_name(&format!("s2s.v1.{name}")).ok_or_else(fault)?;
    let message =
        DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).map_err(|_| fault())?;
    let options = SerializeOptions::new().skip_default_fields(false);
    message.serialize_with_options(serde_json::value::Serializer, &options).map_err(|_| fault())
}

/// Returns the cure of a reason, from the comment of its value in the schema: `… Cure: …. CODE, …`.
pub fn cure(reason: ErrorReason) -> Option<String> {
    let found = SCHEMA.as_ref()?.get_enum_by_name(REASONS)?;
    let file = found.parent_file();
    let file = file.file_descriptor_proto();
    let of_enum = file.enum_type.iter().position(|one| one.name() == "ErrorReason")?;
    let values = &file.enum_type.get(of_enum)?.value;
    let of_value = values.iter().position(|value| value.name() == reason.as_str_name())?;
    let path = [ENUM_FIELD, i32::try_from(of_enum).ok()?, VALUE_FIELD, i32::try_from(of_value).ok()?];
    let mut places = file.source_code_info.iter().flat_map(|info| &info.location);
    let comment = places.find(|place| place.path == path)?.leading_comments();
    let comment: Vec<&str> = comment.split_whitespace().collect();
    let comment = comment.join(" ");
    let (_, cure) = comment.split_once("Cure: ")?;
    // The last sentences are the gRPC code and the handling of postbacks.
    let is_code = |word: &str| {
        word.len() > 3 && word.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
    };
    let sentences =
        cure.split(". ").take_while(|sentence| !sentence.split([',', '.']).next().is_some_and(is_code));
    let cure: Vec<&str> = sentences.collect();
    Some(cure.join(". "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_cure() {
        let reasons: Vec<ErrorReason> =
            (1..=200).filter_map(|number| ErrorReason::try_from(number).ok()).collect();
        assert!(reasons.len() > 40);
        for reason in reasons {
            let cure = cure(reason).unwrap_or_default();
            assert!(
                !cure.is_empty() && !cure.contains("HTTP 4") && !cure.contains("HTTP 5"),
                "{reason:?}: {cure}"
            );
        }
        assert_eq!(cure(ErrorReason::MissingParameter).as_deref(), Some("add it"));
    }
}
