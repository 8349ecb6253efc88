//! The OpenAPI file of the calls in JSON, from the schema and its comments.

use std::{collections::BTreeMap, error::Error};

use prost_reflect::{
    Cardinality, DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};
use serde_json::{Map, Value, json};

use crate::schema::{Behavior, Behaviors, PACKAGE, comment};

/// Name of the file.
pub const FILE: &str = "openapi.json";
const DESCRIPTION: &str = "Server-to-server conversion tracking. Every unary call of the schema `s2s.v1` in JSON over \
                           POST, in the form of the Connect protocol. 64-bit integers are written as texts, and read \
                           as texts or numbers. Fields with default values are left out of answers.";

/// The file for an encoded `FileDescriptorSet` with comments.
pub fn page(descriptor: &[u8]) -> Result<String, Box<dyn Error>> {
    let pool = DescriptorPool::decode(descriptor)?;
    let mut file = Writer { behaviors: Behaviors::of(&pool)?, schemas: Map::new() };
    let mut paths = Map::new();
    for service in pool.services().filter(|service| service.package_name() == PACKAGE) {
        for method in service.methods() {
            if !method.is_client_streaming() && !method.is_server_streaming() {
                paths.insert(format!("/{}/{}", service.full_name(), method.name()), file.call(&method));
            }
        }
    }
    file.schemas.insert("Failure".to_owned(), failure());
    let page = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "s2s",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8080", "description": "a server on this machine"}],
        "security": [{"apiKey": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer", "description": "An API key."}},
            "schemas": file.schemas,
        },
    });
    Ok(serde_json::to_string_pretty(&page)? + "\n")
}

/// The answer of a call that fails.
fn failure() -> Value {
    let detail = json!({
        "type": "object",
        "properties": {
            "type": {"type": "string", "description": "Name of the message, such as `google.rpc.ErrorInfo`."},
            "value": {
                "type": "string",
                "contentEncoding": "base64",
                "description": "The message in binary, in base64 without padding.",
            },
            "debug": {"type": "object", "description": "The message in JSON."},
        },
    });
    json!({
        "type": "object",
        "description": "The failure of a call.",
        "properties": {
            "code": {"type": "string", "description": "The gRPC code, such as `invalid_argument`."},
            "message": {"type": "string", "description": "A sentence for people."},
            "details": {
                "type": "array",
                "items": detail,
                "description": "`google.rpc.ErrorInfo` has the reason for programs.",
            },
        },
        "required": ["code", "message"],
    })
}

struct Writer {
    behaviors: Behaviors,
    /// Every message and enum that the calls reach, by its short name.
    schemas: Map<String, Value>,
}

impl Writer {
    fn call(&mut self, method: &MethodDescriptor) -> Value {
        let service = method.parent_service();
        let text = comment(service.parent_file().file_descriptor_proto(), method.path());
        let summary = text.split_once(". ").map_or(text.trim_end_matches('.'), |(first, _)| first).to_owned();
        let content = |schema: Value| json!({"application/json": {"schema": schema}});
        json!({"post": {
            "operationId": format!("{}_{}", service.name(), method.name()),
            "tags": [service.name()],
            "summary": summary,
            "description": text,
            "requestBody": {"required": true, "content": content(self.message(&method.input()))},
            "responses": {
                "200": {"description": "OK", "content": content(self.message(&method.output()))},
                "default": {
                    "description": "A failure",
                    "content": content(json!({"$ref": "#/components/schemas/Failure"})),
                },
            },
        }})
    }

    /// The schema of a message in the JSON mapping of Protocol Buffers.
    fn message(&mut self, message: &MessageDescriptor) -> Value {
        match message.full_name() {
            "google.protobuf.Timestamp" => json!({"type": "string", "format": "date-time"}),
            "google.protobuf.Duration" => json!({"type": "string", "examples": ["2592000s"]}),
            "google.protobuf.FieldMask" => json!({"type": "string", "examples": ["name,defaultCurrency"]}),
            "google.protobuf.Any" => json!({"type": "object", "properties": {"@type": {"type": "string"}}}),
            _ => {
                let name = short(message.full_name());
                if !self.schemas.contains_key(&name) {
                    // Entered first, because messages may contain themselves.
                    self.schemas.insert(name.clone(), Value::Null);
                    let schema = self.object(message);
                    self.schemas.insert(name.clone(), schema);
                }
                reference(&name)
            }
        }
    }

    fn object(&mut self, message: &MessageDescriptor) -> Value {
        let file = message.parent_file();
        let mut text = comment(file.file_descriptor_proto(), message.path());
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let names: Vec<_> = oneof.fields().map(|field| format!("`{}`", field.json_name())).collect();
            text = format!("{text} At most one of {} is set.", names.join(", "));
        }
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in message.fields() {
            let mut schema = self.field(&field);
            let described = comment(file.file_descriptor_proto(), field.path());
            if let Value::Object(schema) = &mut schema {
                schema.insert("description".to_owned(), described.into());
                if self.behaviors.has(&field, Behavior::OutputOnly) {
                    schema.insert("readOnly".to_owned(), true.into());
                }
            }
            if self.behaviors.has(&field, Behavior::Required) {
                required.push(Value::from(field.json_name()));
            }
            properties.insert(field.json_name().to_owned(), schema);
        }
        let mut schema = Map::from_iter([
            ("type".to_owned(), "object".into()),
            ("description".to_owned(), text.trim().into()),
            ("properties".to_owned(), properties.into()),
        ]);
        if !required.is_empty() {
            schema.insert("required".to_owned(), required.into());
        }
        if message.name().ends_with("Request") {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        schema.into()
    }

    fn field(&mut self, field: &FieldDescriptor) -> Value {
        if let Kind::Message(entry) = field.kind()
            && field.is_map()
        {
            let values = self.kind(&entry.map_entry_value_field().kind());
            return json!({"type": "object", "additionalProperties": values});
        }
        let one = self.kind(&field.kind());
        if field.cardinality() == Cardinality::Repeated {
            json!({"type": "array", "items": one})
        } else {
            one
        }
    }

    fn kind(&mut self, kind: &Kind) -> Value {
        match kind {
            Kind::Bool => json!({"type": "boolean"}),
            Kind::String => json!({"type": "string"}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
            Kind::Double | Kind::Float => json!({"type": "number"}),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Uint32 | Kind::Fixed32 => {
                json!({"type": "integer", "format": "int32"})
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64 => {
                json!({"type": ["string", "integer"], "format": "int64"})
            }
            Kind::Message(message) => self.message(message),
            Kind::Enum(values) => self.values(values),
        }
    }

    fn values(&mut self, values: &EnumDescriptor) -> Value {
        let name = short(values.full_name());
        let file = values.parent_file();
        let text = comment(file.file_descriptor_proto(), values.path());
        let all: BTreeMap<_, _> = values.values().map(|value| (value.number(), value)).collect();
        let meanings = all.values().map(|value| {
            format!("`{}`: {}", value.name(), comment(file.file_descriptor_proto(), value.path()))
        });
        let description = format!("{text}\n\n{}", meanings.collect::<Vec<_>>().join("\n\n"));
        let names: Vec<_> = all.values().map(prost_reflect::EnumValueDescriptor::name).collect();
        let schema = json!({"type": "string", "enum": names, "description": description});
        self.schemas.insert(name.clone(), schema);
        reference(&name)
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The name of a message or enum without its package.
fn short(name: &str) -> String {
    name.strip_prefix("s2s.v1.").unwrap_or(name).to_owned()
}
