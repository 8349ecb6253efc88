//! The code for each request: the facts of its call, and the values that it can be made from.

use std::{error::Error, fmt::Write as _};

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use prost_types::method_options::IdempotencyLevel;

use super::{Call, Service, Shape, only_list, type_of};
use crate::schema::{Behavior, Behaviors, camel, snake};

/// The forms in which callers have ids, each with the conversion to the text of a field.
const IDS: [(&str, &str); 3] = [("&str", "id.to_owned()"), ("&String", "id.clone()"), ("String", "id")];

impl Call {
    fn has_field(&self, name: &str) -> bool {
        self.descriptor.input().get_field_by_name(name).is_some()
    }

    /// Returns whether a missing request id is filled in.
    pub fn fills(&self) -> bool {
        self.has_field("request_id")
    }

    /// Returns whether a missing request id is filled in together with the time of a click.
    pub fn fills_click(&self) -> bool {
        self.fills() && self.has_field("click_id") && self.has_field("click_time")
    }

    /// Returns whether the call may be sent again if the outcome of an attempt is unknown.
    pub fn is_repeatable(&self) -> bool {
        let options = self.descriptor.method_descriptor_proto().options.clone().unwrap_or_default();
        self.fills() || options.idempotency_level() != IdempotencyLevel::IdempotencyUnknown
    }

    /// The code that fills in what makes the request safe to repeat. `None` if nothing is missing.
    fn filling(&self) -> Option<String> {
        if self.fills_click() {
            return Some("fill_click(self)".to_owned());
        }
        if self.fills() {
            return Some("fill(&mut self.request_id)".to_owned());
        }
        let items = only_list(&self.descriptor.input()).ok()?;
        let Kind::Message(item) = items.kind() else { return None };
        item.get_field_by_name("request_id")?;
        Some(format!("self.{}.iter_mut().try_for_each(Call::fill)", items.name()))
    }
}

/// Writes the code for the request of a call.
pub fn write(
    code: &mut String,
    service: &Service,
    call: &Call,
    behaviors: &Behaviors,
) -> Result<(), Box<dyn Error>> {
    facts(code, call)?;
    if let Shape::Paged(items) = &call.shape {
        pages(code, call, items)?;
    }
    if let Shape::Watch = &call.shape {
        watches(code, call)?;
    }
    sources(code, service, call, behaviors)
}

fn facts(code: &mut String, call: &Call) -> Result<(), Box<dyn Error>> {
    let (service, name) = (call.descriptor.parent_service(), call.descriptor.name());
    writeln!(code, "\nimpl Call for {} {{", call.request())?;
    writeln!(code, "    type Response = {};", call.response())?;
    writeln!(code, "    const PATH: &'static str = \"/{}/{name}\";", service.full_name())?;
    if !call.is_repeatable() {
        writeln!(code, "    const IS_REPEATABLE: bool = false;")?;
    }
    if let Some(filling) = call.filling() {
        writeln!(code, "\n    fn fill(&mut self) -> Result<(), Error> {{\n        {filling}\n    }}")?;
    }
    writeln!(code, "}}")?;
    Ok(())
}

fn pages(code: &mut String, call: &Call, items: &FieldDescriptor) -> Result<(), Box<dyn Error>> {
    writeln!(code, "\nimpl PagedCall for {} {{", call.request())?;
    writeln!(code, "    type Item = {};\n", type_of(&items.kind())?)?;
    writeln!(code, "    fn set_page_token(&mut self, page_token: String) {{")?;
    writeln!(code, "        self.page_token = page_token;\n    }}\n")?;
    writeln!(code, "    fn page(response: Self::Response) -> (Vec<Self::Item>, String) {{")?;
    writeln!(code, "        (response.{}, response.next_page_token)\n    }}\n}}", items.name())?;
    Ok(())
}

fn watches(code: &mut String, call: &Call) -> Result<(), Box<dyn Error>> {
    writeln!(code, "\nimpl WatchCall for {} {{", call.request())?;
    writeln!(code, "    fn set_resume_token(&mut self, resume_token: String) {{")?;
    writeln!(code, "        self.resume_token = resume_token;\n    }}\n")?;
    writeln!(code, "    fn resume_token(response: &Self::Response) -> &str {{")?;
    writeln!(code, "        &response.resume_token\n    }}\n}}")?;
    Ok(())
}

/// Writes conversions to the request from the values that say enough.
fn sources(
    code: &mut String,
    service: &Service,
    call: &Call,
    behaviors: &Behaviors,
) -> Result<(), Box<dyn Error>> {
    let message = call.descriptor.input();
    let required: Vec<_> =
        message.fields().filter(|field| behaviors.has(field, Behavior::Required)).collect();
    if let Shape::Update(resource) = &call.shape {
        let Kind::Message(inner) = resource.kind() else { return Ok(()) };
        let id = inner.fields().find(|field| behaviors.has(field, Behavior::Identifier));
        let id = id.ok_or_else(|| format!("{} has no identifier", inner.name()))?;
        let value = format!("v1::{} {{ {}: ID, ..Default::default() }}", inner.name(), id.name());
        return ids(code, &message, &format!("{}: Some({value})", resource.name()));
    }
    if let Shape::Stream(..) = call.shape {
        return Ok(());
    }
    for field in message.fields().filter(|field| says_enough(field, service, call)) {
        let (source, value) = (type_of(&field.kind())?, value_of(&message, &field));
        from(code, &message, &source, field.name(), &value)?;
    }
    match required.as_slice() {
        [id] if is_text(id) => ids(code, &message, &format!("{}: ID", id.name()))?,
        [list] if list.is_list() => lists(code, &message, list)?,
        [] => {
            let mut fields = message.fields();
            if let (Some(id), None) = (fields.next().filter(is_text), fields.next()) {
                ids(code, &message, &format!("{}: ID", id.name()))?;
            }
            if message.oneofs().all(|oneof| oneof.is_synthetic()) {
                writeln!(code, "\n/// Makes the request in which no field is set.")?;
                writeln!(code, "impl From<()> for v1::{} {{", message.name())?;
                writeln!(code, "    fn from((): ()) -> Self {{\n        Self::default()\n    }}\n}}")?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn is_text(field: &FieldDescriptor) -> bool {
    matches!(field.kind(), Kind::String) && !field.is_list()
}

/// Returns whether a request can be made from this field alone: a resource to create, a filter, or
/// one of the messages of which exactly one must be set.
fn says_enough(field: &FieldDescriptor, service: &Service, call: &Call) -> bool {
    let Kind::Message(message) = field.kind() else { return false };
    let is_created = message.name() == service.noun && call.descriptor.name().starts_with("Create");
    let is_choice = field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic());
    !field.is_list() && (is_created || is_choice || message.name().ends_with("Filter"))
}

/// The field of the request that holds the source, with its value.
fn value_of(message: &MessageDescriptor, field: &FieldDescriptor) -> String {
    let name = field.name();
    match field.containing_oneof() {
        Some(oneof) => {
            let choice = format!("v1::{}::{}", snake(message.name()), camel(oneof.name()));
            format!("{}: Some({choice}::{}({name}))", oneof.name(), camel(name))
        }
        None => format!("{name}: Some({name})"),
    }
}

fn from(
    code: &mut String,
    message: &MessageDescriptor,
    source: &str,
    name: &str,
    value: &str,
) -> Result<(), Box<dyn Error>> {
    writeln!(code, "\n/// Makes the request with this field; the others have their default values.")?;
    writeln!(code, "impl From<{source}> for v1::{} {{", message.name())?;
    writeln!(code, "    fn from({name}: {source}) -> Self {{")?;
    // Clippy objects to a struct update if no further fields exist.
    let rest = if message.fields().len() > 1 { ", ..Default::default()" } else { "" };
    writeln!(code, "        Self {{ {value}{rest} }}\n    }}\n}}")?;
    Ok(())
}

/// Writes a conversion from each form of an id. `value` sets the field, with `ID` for the id.
fn ids(code: &mut String, message: &MessageDescriptor, value: &str) -> Result<(), Box<dyn Error>> {
    IDS.into_iter().try_for_each(|(source, id)| {
        let value = value.replace("ID", id).replace("{ id: id,", "{ id,");
        from(code, message, source, "id", &value)
    })
}

fn lists(
    code: &mut String,
    message: &MessageDescriptor,
    list: &FieldDescriptor,
) -> Result<(), Box<dyn Error>> {
    let item = type_of(&list.kind())?;
    let (request, field) = (message.name(), list.name());
    for (parameters, source) in [("", "Vec<T>"), (", const N: usize", "[T; N]")] {
        writeln!(code, "\n/// Makes the request with these items.")?;
        writeln!(code, "impl<T: Into<{item}>{parameters}> From<{source}> for v1::{request} {{")?;
        writeln!(code, "    fn from(items: {source}) -> Self {{")?;
        writeln!(
            code,
            "        Self {{ {field}: items.into_iter().map(Into::into).collect() }}\n    }}\n}}"
        )?;
    }
    Ok(())
}
