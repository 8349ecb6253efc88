//! The facts of each reason for the Rust SDK, which `sdk/rust/src/reason.rs` includes.

use std::{error::Error, fmt::Write as _};

use super::{Reason, Reasons};
use crate::schema::camel;

const HEAD: &str = "// Written by `make generate` from proto/reasons.toml. Do not edit.

#[allow(clippy::too_many_lines, reason = \"a table\")]
const fn facts(reason: ErrorReason) -> Facts {
    match reason {
        ErrorReason::Unspecified => UNSPECIFIED,
";

pub fn code(reasons: &Reasons) -> Result<String, Box<dyn Error>> {
    let mut text = HEAD.to_owned();
    for reason @ Reason { name, cause, cure, code, postback, .. } in &reasons.reason {
        let status = reasons.http_status_of(reason)?;
        let postback = postback.map(|outcome| format!("PostbackOutcome::{outcome:?}"));
        let postback = postback.map_or_else(|| "None".to_owned(), |outcome| format!("Some({outcome})"));
        writeln!(text, "        ErrorReason::{} => Facts {{", camel(name))?;
        writeln!(text, "            cause: {cause:?},")?;
        writeln!(text, "            cure: {cure:?},")?;
        writeln!(text, "            code: Code::{},", camel(code))?;
        writeln!(text, "            http_status: {status},")?;
        writeln!(text, "            postback: {postback},")?;
        writeln!(text, "        }},")?;
    }
    text.push_str("    }\n}\n");
    Ok(text)
}
