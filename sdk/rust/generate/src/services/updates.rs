//! The updates: a method for each field that can be changed. The method sets the field, and names
//! it in the update mask.

use std::{error::Error, fmt::Write as _};

use prost_reflect::{FieldDescriptor, Kind};

use super::{Call, comments::Comments, type_of};
use crate::schema::{Behavior, Behaviors};

/// The value of a parameter: its type, and the expression for the field.
struct Value {
    parameter: String,
    expression: String,
}

pub fn write(
    code: &mut String,
    call: &Call,
    resource: &FieldDescriptor,
    comments: &Comments,
    behaviors: &Behaviors,
) -> Result<(), Box<dyn Error>> {
    let (update, request, response) = (call.descriptor.name(), call.request(), call.response());
    let Kind::Message(message) = resource.kind() else { return Ok(()) };
    writeln!(code, "\n/// An update that is not sent yet. Awaiting it sends it.")?;
    writeln!(code, "#[derive(Clone, Debug)]")?;
    writeln!(code, "#[must_use = \"an update is sent when it is awaited\"]")?;
    writeln!(code, "pub struct {update}<'a> {{\n    client: &'a Client,\n    request: {request},\n}}")?;
    writeln!(code, "\nimpl {update}<'_> {{")?;
    let is_fixed = |field: &FieldDescriptor| {
        [Behavior::OutputOnly, Behavior::Identifier].iter().any(|kind| behaviors.has(field, *kind))
    };
    for field in message.fields().filter(|field| !is_fixed(field)) {
        let name = field.name();
        let Value { parameter, expression } = value(&field)?;
        code.push_str(&comments.of_field(&field, 1));
        writeln!(code, "    pub fn {name}(mut self, {name}: {parameter}) -> Self {{")?;
        writeln!(
            code,
            "        self.request.{}.get_or_insert_default().{name} = {expression};",
            resource.name()
        )?;
        writeln!(code, "        add_path(&mut self.request.update_mask, \"{name}\");")?;
        writeln!(code, "        self\n    }}\n")?;
    }
    for field in call.descriptor.input().fields() {
        if field.name() == "update_mask" || field.name() == resource.name() {
            continue;
        }
        let Value { parameter, expression } = value(&field)?;
        code.push_str(&comments.of_field(&field, 1));
        writeln!(code, "    pub fn {0}(mut self, {0}: {parameter}) -> Self {{", field.name())?;
        writeln!(code, "        self.request.{} = {expression};\n        self\n    }}", field.name())?;
    }
    writeln!(code, "}}\n\nimpl<'a> IntoFuture for {update}<'a> {{")?;
    writeln!(code, "    type Output = Result<{response}, Error>;")?;
    writeln!(code, "    type IntoFuture = BoxFuture<'a, Self::Output>;\n")?;
    writeln!(code, "    fn into_future(self) -> Self::IntoFuture {{")?;
    writeln!(code, "        self.client.unary(self.request).boxed()\n    }}\n}}")?;
    Ok(())
}

fn value(field: &FieldDescriptor) -> Result<Value, String> {
    let (name, kind) = (field.name(), field.kind());
    if field.is_map() || field.containing_oneof().is_some() {
        return Err(format!("{name}: there is no rule for the update of such a field"));
    }
    let of = |parameter: String, expression: String| Value { parameter, expression };
    Ok(match (&kind, field.is_list()) {
        (Kind::String, true) => of(
            "impl IntoIterator<Item = impl Into<String>>".to_owned(),
            format!("{name}.into_iter().map(Into::into).collect()"),
        ),
        (_, true) => return Err(format!("{name}: there is no rule for the update of such a list")),
        (Kind::String, false) => of("impl Into<String>".to_owned(), format!("{name}.into()")),
        (Kind::Message(_), false) => {
            of(format!("impl Into<Option<{}>>", type_of(&kind)?), format!("{name}.into()"))
        }
        (Kind::Enum(_), false) => of(type_of(&kind)?, format!("{name}.into()")),
        (_, false) => of(type_of(&kind)?, name.to_owned()),
    })
}
