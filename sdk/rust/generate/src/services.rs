//! Generates the calls of the Rust SDK, grouped by service. `sdk/rust/src/lib.rs` includes them.
//!
//! A service is a member of the client, named by its noun in the plural: `ConversionService` is
//! `conversions()`. A call is a method, named without the service's noun at its end:
//! `RecordConversion` is `record`. All SDKs have these rules.

mod comments;
mod requests;
mod updates;

use std::{error::Error, fmt::Write as _};

use prost_reflect::{
    DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, ServiceDescriptor,
};

use self::comments::Comments;
use crate::schema::{Behaviors, PACKAGE, snake};

const HEAD: &str = "// Written by `make generate` from the schema. Do not edit.

use futures::{FutureExt as _, Stream, StreamExt as _, future::BoxFuture, stream::BoxStream};

use crate::{
    Client, Error,
    call::{Call, PagedCall, add_path},
    retry::{fill, fill_click},
    v1,
    watch::WatchCall,
};
";

/// A service of the schema, as a member of the client.
struct Service {
    descriptor: ServiceDescriptor,
    /// The noun: `ConversionCode`.
    noun: String,
    /// The noun in the plural: `ConversionCodes`.
    name: String,
    calls: Vec<Call>,
}

/// A call of the schema, as a method.
struct Call {
    descriptor: MethodDescriptor,
    method: String,
    shape: Shape,
}

/// The shape of a method.
enum Shape {
    Unary,
    /// An update of the resource in this field of the request.
    Update(FieldDescriptor),
    /// A call that answers in pages, with the items in this field of the response.
    Paged(FieldDescriptor),
    /// A stream in both directions: the one field of the request that holds a message, and that of
    /// the response.
    Stream(FieldDescriptor, FieldDescriptor),
    /// A stream of answers that goes on behind the `resume_token` of the request.
    Watch,
}

impl Service {
    fn read(descriptor: ServiceDescriptor) -> Result<Self, String> {
        let noun = descriptor.name().trim_end_matches("Service").to_owned();
        let calls = descriptor.methods().map(|method| Call::read(&noun, method));
        let calls = calls.collect::<Result<Vec<_>, _>>()?;
        let mut methods: Vec<_> = calls.iter().flat_map(Call::methods).collect();
        methods.sort();
        if methods.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(format!("{}: two methods have the same name", descriptor.name()));
        }
        Ok(Self { name: format!("{noun}s"), descriptor, noun, calls })
    }

    fn member(&self) -> String {
        snake(&self.name)
    }
}

impl Call {
    fn read(noun: &str, descriptor: MethodDescriptor) -> Result<Self, String> {
        let (request, response) = (descriptor.input(), descriptor.output());
        let shape = match (descriptor.is_client_streaming(), descriptor.is_server_streaming()) {
            (true, true) => Shape::Stream(only_message(&request)?, only_message(&response)?),
            (false, false) if request.get_field_by_name("update_mask").is_some() => {
                Shape::Update(only_resource(&request, noun)?)
            }
            (false, false) if response.get_field_by_name("next_page_token").is_some() => {
                Shape::Paged(only_list(&response)?)
            }
            (false, false) => Shape::Unary,
            (false, true) if request.get_field_by_name("resume_token").is_some() => Shape::Watch,
            _ => return Err(format!("{}: streams of this kind have no rule", descriptor.name())),
        };
        Ok(Self { method: method_name(noun, descriptor.name()), descriptor, shape })
    }

    /// The names of the call's methods.
    fn methods(&self) -> Vec<String> {
        let page = matches!(self.shape, Shape::Paged(_)).then(|| format!("{}_page", self.method));
        [Some(self.method.clone()), page].into_iter().flatten().collect()
    }

    fn request(&self) -> String {
        format!("v1::{}", self.descriptor.input().name())
    }

    fn response(&self) -> String {
        format!("v1::{}", self.descriptor.output().name())
    }
}

/// The code for an encoded `FileDescriptorSet` with comments.
pub fn code(descriptor: &[u8]) -> Result<String, Box<dyn Error>> {
    let pool = DescriptorPool::decode(descriptor)?;
    let services = pool.services().filter(|service| service.package_name() == PACKAGE);
    let mut services = services.map(Service::read).collect::<Result<Vec<_>, _>>()?;
    services.sort_by(|one, other| one.name.cmp(&other.name));
    let (comments, behaviors) = (Comments::of(&pool, &services), Behaviors::of(&pool)?);
    let mut code = HEAD.to_owned();
    members(&mut code, &services, &comments)?;
    for service in &services {
        methods(&mut code, service, &comments)?;
        for call in &service.calls {
            if let Shape::Update(resource) = &call.shape {
                updates::write(&mut code, call, resource, &comments, &behaviors)?;
            }
            requests::write(&mut code, service, call, &behaviors)?;
        }
    }
    Ok(code)
}

/// Writes the members of the client.
fn members(code: &mut String, services: &[Service], comments: &Comments) -> Result<(), Box<dyn Error>> {
    writeln!(code, "\nimpl Client {{")?;
    for (at, service) in services.iter().enumerate() {
        if at > 0 {
            writeln!(code)?;
        }
        let name = &service.name;
        code.push_str(&comments.of_service(service, 1));
        writeln!(code, "    #[must_use]")?;
        writeln!(code, "    pub fn {}(&self) -> {name}<'_> {{", service.member())?;
        writeln!(code, "        {name} {{ client: self }}\n    }}")?;
    }
    writeln!(code, "}}")?;
    Ok(())
}

/// Writes the methods of a service.
fn methods(code: &mut String, service: &Service, comments: &Comments) -> Result<(), Box<dyn Error>> {
    let (name, member) = (&service.name, service.member());
    writeln!(code, "\n/// The calls of `{}`: see [`Client::{member}`].", service.descriptor.name())?;
    writeln!(code, "#[derive(Clone, Copy, Debug)]")?;
    writeln!(code, "pub struct {name}<'a> {{\n    client: &'a Client,\n}}")?;
    let has_update = service.calls.iter().any(|call| matches!(call.shape, Shape::Update(_)));
    let (parameter, argument) = if has_update { ("<'a>", "'a") } else { ("", "'_") };
    writeln!(code, "\nimpl{parameter} {name}<{argument}> {{")?;
    for (at, call) in service.calls.iter().enumerate() {
        if at > 0 {
            writeln!(code)?;
        }
        code.push_str(&comments.of_call(call, 1));
        method(code, call)?;
        if let Shape::Paged(_) = &call.shape {
            writeln!(code, "\n    /// Returns one page of [`Self::{}`].", call.method)?;
            unary(code, call, &format!("{}_page", call.method))?;
        }
    }
    writeln!(code, "}}")?;
    Ok(())
}

fn method(code: &mut String, call: &Call) -> Result<(), Box<dyn Error>> {
    let (method, request) = (&call.method, call.request());
    match &call.shape {
        Shape::Unary => unary(code, call, method)?,
        Shape::Update(_) => {
            let update = call.descriptor.name();
            writeln!(code, "    pub fn {method}(self, request: impl Into<{request}>) -> {update}<'a> {{")?;
            writeln!(code, "        {update} {{ client: self.client, request: request.into() }}\n    }}")?;
        }
        Shape::Paged(items) => {
            let item = type_of(&items.kind())?;
            writeln!(code, "    #[must_use]")?;
            writeln!(code, "    pub fn {method}(")?;
            writeln!(code, "        self,\n        request: impl Into<{request}>,")?;
            writeln!(code, "    ) -> BoxStream<'static, Result<{item}, Error>> {{")?;
            writeln!(code, "        self.client.pages(request.into())\n    }}")?;
        }
        Shape::Watch => {
            writeln!(code, "    #[must_use]")?;
            writeln!(code, "    pub fn {method}(")?;
            writeln!(code, "        self,\n        request: impl Into<{request}>,")?;
            writeln!(code, "    ) -> BoxStream<'static, Result<{}, Error>> {{", call.response())?;
            writeln!(code, "        self.client.watch(request.into())\n    }}")?;
        }
        Shape::Stream(item_request, item) => {
            let (sent, received) = (type_of(&item_request.kind())?, type_of(&item.kind())?);
            let (field, answer) = (item_request.name(), item.name());
            writeln!(code, "    pub async fn {method}(")?;
            writeln!(code, "        self,")?;
            writeln!(code, "        requests: impl Stream<Item = impl Into<{sent}>> + Send + 'static,")?;
            writeln!(code, "    ) -> Result<BoxStream<'static, Result<{received}, Error>>, Error> {{")?;
            writeln!(code, "        let requests =")?;
            writeln!(
                code,
                "            requests.map(|request| {request} {{ {field}: Some(request.into()) }});"
            )?;
            writeln!(code, "        let answers = self.client.stream(requests).await?;")?;
            writeln!(
                code,
                "        Ok(answers.map(|answer| answer.map(|answer| answer.{answer}.unwrap_or_default())).boxed())"
            )?;
            writeln!(code, "    }}")?;
        }
    }
    Ok(())
}

fn unary(code: &mut String, call: &Call, method: &str) -> Result<(), Box<dyn Error>> {
    writeln!(code, "    pub async fn {method}(")?;
    writeln!(code, "        self,\n        request: impl Into<{}>,", call.request())?;
    writeln!(code, "    ) -> Result<{}, Error> {{", call.response())?;
    writeln!(code, "        self.client.unary(request.into()).await\n    }}")?;
    Ok(())
}

fn method_name(noun: &str, call: &str) -> String {
    let shortened = [format!("{noun}s"), noun.to_owned()];
    let mut shortened = shortened.iter().filter_map(|ending| call.strip_suffix(ending.as_str()));
    snake(shortened.find(|name| !name.is_empty()).unwrap_or(call))
}

fn is_message(field: &FieldDescriptor) -> bool {
    matches!(field.kind(), Kind::Message(_))
}

/// The one field of `message` that holds a message, and not a list.
fn only_message(message: &MessageDescriptor) -> Result<FieldDescriptor, String> {
    only(message, |field| !field.is_list() && is_message(field))
}

/// The one field of `message` that holds a list of messages.
fn only_list(message: &MessageDescriptor) -> Result<FieldDescriptor, String> {
    only(message, |field| field.is_list() && is_message(field))
}

/// The one field of `message` that holds the resource `noun`.
fn only_resource(message: &MessageDescriptor, noun: &str) -> Result<FieldDescriptor, String> {
    only(message, |field| matches!(field.kind(), Kind::Message(message) if message.name() == noun))
}

fn only(
    message: &MessageDescriptor,
    is_meant: impl Fn(&FieldDescriptor) -> bool,
) -> Result<FieldDescriptor, String> {
    let mut found = message.fields().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(field), None) => Ok(field),
        _ => Err(format!("{}: it is not clear which field is meant", message.name())),
    }
}

/// The Rust type of a kind of field, without its cardinality.
fn type_of(kind: &Kind) -> Result<String, String> {
    Ok(match kind {
        Kind::Bool => "bool".to_owned(),
        Kind::String => "String".to_owned(),
        Kind::Int32 => "i32".to_owned(),
        Kind::Int64 => "i64".to_owned(),
        Kind::Enum(values) => format!("v1::{}", values.name()),
        Kind::Message(message) => match message.full_name().strip_prefix("google.protobuf.") {
            Some(name) => format!("prost_types::{name}"),
            None => format!("v1::{}", message.name()),
        },
        other => return Err(format!("there is no rule for fields of the kind {other:?}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_named_as_in_every_sdk() {
        for (noun, call, method) in [
            ("Conversion", "RecordConversion", "record"),
            ("Conversion", "BatchRecordConversions", "batch_record"),
            ("ConversionCode", "ListConversionCodes", "list"),
            ("ConversionCode", "GetPostbackUrl", "get_postback_url"),
            ("ConversionCode", "TestSetup", "test_setup"),
            ("ApiKey", "RotateApiKey", "rotate"),
            ("Click", "RotateClickIdKey", "rotate_click_id_key"),
            ("Click", "EraseVisitor", "erase_visitor"),
            ("Postback", "WatchPostbacks", "watch"),
            ("Click", "Click", "click"),
        ] {
            assert_eq!(method_name(noun, call), method);
        }
    }

    /// Counts the matches of a text in the generated code.
    fn count(code: &str, text: &str) -> usize {
        code.matches(text).count()
    }

    #[test]
    fn every_call_of_the_schema_has_its_method_and_its_facts() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let descriptor = std::fs::read(root.join("sdk/rust/src/gen/descriptor.bin")).unwrap();
        let pool = DescriptorPool::decode(descriptor.as_slice()).unwrap();
        let services = pool.services().filter(|service| service.package_name() == PACKAGE);
        let calls = services.map(|service| service.methods().len()).sum::<usize>();
        let code = code(&descriptor).unwrap();
        assert_eq!(count(&code, "\nimpl Call for "), calls);
        assert_eq!(count(&code, "\nimpl PagedCall for "), count(&code, "_page("));
        assert!(code.contains("pub fn conversion_codes(&self) -> ConversionCodes<'_> {"));
        // The only call that is not safe to repeat.
        assert_eq!(count(&code, "IS_REPEATABLE: bool = false"), 1);
        assert!(code.contains("fill_click(self)") && code.contains("try_for_each(Call::fill)"));
    }
}
