//! The documentation of the methods, from the comments of the schema.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind};

use super::{Call, Service, Shape};
use crate::schema::{PACKAGE, camel, paragraphs, snake};

/// Width of a line, with its indentation.
const WIDTH: usize = 100;
const UPDATE: &str = "Takes the id. Set the fields to change on the answer of this method, then await it. \
                      A field that is set can have its default value.";
const PAGED: &str = "Begins at the request's `page_token`. Each page is fetched when it is reached, with its own \
                     timeout and retries. After an error there are no more items.";
const STREAM: &str = "Read the answers, because unread answers hold up the requests. An answer's `Ok` does not mean \
                      that its item succeeded: see [`into_result`](v1::RecordConversionResult::into_result). \
                      Nothing is sent again automatically. After an error or an early end, send the requests \
                      without an answer again. If each has a transaction id, or a request id of your own, \
                      nothing is counted twice.";
const WATCH: &str = "After a failure that may pass, the stream goes on by itself behind the last message. Any other \
                     error ends it. To go on later, or in another process, keep the `resume_token` of the last \
                     message that you have dealt with.";
const RESULTS: &str = "`Ok` does not mean that each item succeeded: every item has its own result, in the order of \
                       the requests; see [`into_result`](v1::RESULT::into_result).";
const FILLED: &str = "A request without a request id gets a random one.";
const FILLED_CLICK: &str = "A request with neither click id nor request id gets a request id and, if it has no click \
                            time, the time of this machine. Keep the clock correct: the server accepts times at \
                            most 5 seconds ahead of its own.";
const SENT_ONCE: &str = "The call is never sent again automatically, because it is not safe to repeat.";

/// The links of the names that comments mention: calls and values of enums.
pub struct Comments {
    links: BTreeMap<String, String>,
}

impl Comments {
    pub fn of(pool: &DescriptorPool, services: &[Service]) -> Self {
        let mut links = BTreeMap::new();
        for service in services {
            for call in &service.calls {
                let link = format!("[`{}::{}`]", service.name, call.method);
                let name = call.descriptor.name();
                links.insert(format!("{}.{name}", service.descriptor.name()), link.clone());
                links.insert(name.to_owned(), link);
            }
        }
        for values in pool.all_enums().filter(|values| values.package_name() == PACKAGE) {
            let prefix = format!("{}_", snake(values.name()).to_ascii_uppercase());
            for value in values.values() {
                let Some(short) = value.name().strip_prefix(&prefix) else { continue };
                let path = format!("{}::{}", values.name(), camel(short));
                let link = format!("[`{path}`](v1::{path})");
                // Comments mention reasons without the name of their enum.
                if values.name() == "ErrorReason" {
                    links.insert(short.to_owned(), link.clone());
                }
                links.insert(value.name().to_owned(), link);
            }
        }
        Self { links }
    }

    pub fn of_service(&self, service: &Service, depth: usize) -> String {
        let descriptor = &service.descriptor;
        let text = paragraphs(descriptor.parent_file().file_descriptor_proto(), descriptor.path());
        self.written(&text, depth)
    }

    pub fn of_call(&self, call: &Call, depth: usize) -> String {
        let descriptor = &call.descriptor;
        let file = descriptor.parent_service().parent_file();
        let mut text = paragraphs(file.file_descriptor_proto(), descriptor.path());
        match call.shape {
            Shape::Update(_) => {
                for paragraph in &mut text {
                    *paragraph = paragraph.replace("that `update_mask` names", "that are set");
                }
                text.push(UPDATE.to_owned());
            }
            Shape::Paged(_) => text.push(PAGED.to_owned()),
            Shape::Watch => text.push(WATCH.to_owned()),
            Shape::Stream(..) => text.push(STREAM.to_owned()),
            Shape::Unary => text.extend(of_unary(call)),
        }
        self.written(&text, depth)
    }

    pub fn of_field(&self, field: &FieldDescriptor, depth: usize) -> String {
        let mut text = paragraphs(field.parent_message().parent_file().file_descriptor_proto(), field.path());
        text.insert(0, format!("Sets `{}`.", field.name()));
        self.written(&text, depth)
    }

    /// Returns the paragraphs as lines of a comment.
    fn written(&self, text: &[String], depth: usize) -> String {
        let margin = format!("{}///", " ".repeat(4 * depth));
        let paragraphs = text.iter().map(|paragraph| {
            let (mut lines, mut line) = (String::new(), margin.clone());
            for word in self.linked(paragraph).split(' ') {
                if line.chars().count() + 1 + word.chars().count() > WIDTH {
                    lines.extend([&line, "\n"]);
                    line.clone_from(&margin);
                }
                line.extend([" ", word]);
            }
            lines + &line + "\n"
        });
        paragraphs.collect::<Vec<_>>().join(&format!("{margin}\n"))
    }

    /// Returns the text with links in place of the names that have one.
    fn linked(&self, text: &str) -> String {
        let parts = text.split('`').enumerate().map(|(at, part)| {
            let is_code = at % 2 == 1;
            match self.links.get(part) {
                Some(link) if is_code => link.clone(),
                _ if is_code => format!("`{part}`"),
                _ => part.to_owned(),
            }
        });
        parts.collect()
    }
}

/// The remark on a call with one request and one answer.
fn of_unary(call: &Call) -> Option<String> {
    if let Some(result) = result_of(call) {
        return Some(RESULTS.replace("RESULT", &result));
    }
    let remark = if call.fills_click() {
        FILLED_CLICK
    } else if call.fills() {
        FILLED
    } else if !call.is_repeatable() {
        SENT_ONCE
    } else {
        return None;
    };
    Some(remark.to_owned())
}

/// The type of the result that the response has for each item.
fn result_of(call: &Call) -> Option<String> {
    call.descriptor.output().fields().find_map(|field| match field.kind() {
        Kind::Message(of) if field.is_list() && of.name().ends_with("Result") => Some(of.name().to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_links_and_lines_are_wrapped() {
        let known = [("GetClick".to_owned(), "[`Clicks::get`]".to_owned())];
        let comments = Comments { links: known.into() };
        let text = [
            format!("See `GetClick`, not GetClick or `GetClicks`. {}", "word ".repeat(12).trim()),
            "B.".to_owned(),
        ];
        let written = comments.written(&text, 1);
        let lines: Vec<_> = written.lines().collect();
        let [first, second, "    ///", "    /// B."] = lines.as_slice() else { panic!("{written}") };
        assert!(first.starts_with("    /// See [`Clicks::get`], not GetClick or `GetClicks`. word"));
        assert!(
            first.len() <= WIDTH && first.len() + " word".len() > WIDTH && second.starts_with("    /// word")
        );
    }
}
