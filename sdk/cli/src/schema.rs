//! Converts messages to JSON by the schema of the API.

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use s2s_sdk::v1::DESCRIPTOR;
use serde_json::Value;

use crate::failure::Failure;

static SCHEMA: LazyLock<Option<DescriptorPool>> = LazyLock::new(|| DescriptorPool::decode(DESCRIPTOR).ok());

/// Converts a message to protobuf's JSON, including the fields that have their default value.
pub fn json(name: &str, message: &impl Message) -> Result<Value, Failure> {
    let fault = || Failure::Usage(format!("the schema in this program has no message {name}"));
    let pool = SCHEMA.as_ref().ok_or_else(fault)?;
    let descriptor = pool.get_message_by_name(&format!("s2s.v1.{name}")).ok_or_else(fault)?;
    let message =
        DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).map_err(|_| fault())?;
    let options = SerializeOptions::new().skip_default_fields(false);
    message.serialize_with_options(serde_json::value::Serializer, &options).map_err(|_| fault())
}
