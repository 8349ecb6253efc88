//! Functions that read the schema, for the generators of several files.

use prost_reflect::{DescriptorPool, ExtensionDescriptor, FieldDescriptor};
use prost_types::FileDescriptorProto;

/// The package of the public calls: all but those for edges.
pub const PACKAGE: &str = "s2s.v1";

/// The values of `google.api.FieldBehavior` that matter here.
#[derive(Clone, Copy)]
pub enum Behavior {
    Required,
    OutputOnly,
    Identifier,
}

/// The option `google.api.field_behavior`.
pub struct Behaviors(ExtensionDescriptor);

impl Behaviors {
    pub fn of(pool: &DescriptorPool) -> Result<Self, &'static str> {
        let option = pool.get_extension_by_name("google.api.field_behavior");
        option.map(Self).ok_or("the schema lacks field_behavior")
    }

    pub fn has(&self, field: &FieldDescriptor, behavior: Behavior) -> bool {
        let options = field.options();
        let stated = options.get_extension(&self.0);
        let all = stated.as_list().unwrap_or_default();
        all.iter().filter_map(prost_reflect::Value::as_enum_number).any(|number| number == behavior.number())
    }
}

impl Behavior {
    fn number(self) -> i32 {
        match self {
            Self::Required => 2,
            Self::OutputOnly => 3,
            Self::Identifier => 8,
        }
    }
}

/// The paragraphs of the comment at a place of a file, each in one line.
pub fn paragraphs(file: &FileDescriptorProto, path: &[i32]) -> Vec<String> {
    let locations = file.source_code_info.as_ref().map_or(&[][..], |info| &info.location);
    let found = locations.iter().find(|location| location.path == path);
    let mut paragraphs = vec![Vec::new()];
    for line in found.map_or("", |location| location.leading_comments()).lines().map(str::trim) {
        if line.is_empty() {
            paragraphs.push(Vec::new());
        } else if let Some(last) = paragraphs.last_mut() {
            last.extend(line.split_whitespace());
        }
    }
    paragraphs.retain(|words| !words.is_empty());
    paragraphs.into_iter().map(|words| words.join(" ")).collect()
}

/// The comment at a place of a file, as one paragraph.
pub fn comment(file: &FileDescriptorProto, path: &[i32]) -> String {
    paragraphs(file, path).join(" ")
}

/// Converts a name such as `ConversionCode` to `conversion_code`.
pub fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Converts a name such as `conversion_code` or `CONVERSION_CODE` to `ConversionCode`.
pub fn camel(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase())
    });
    words.collect()
}
