//! The schema's enum of reasons.

use std::fmt::{Error, Write as _};

use super::{Outcome, Reason, Reasons};

/// Longest line of a comment, in characters, with its indentation.
const LINE_CHARS_MAX: usize = 80;

const HEAD: &str = r#"// Written by `make generate` from proto/reasons.toml. Do not edit.

syntax = "proto3";

package s2s.v1;

// Why a call failed or a postback was held: the `reason` of the
// `google.rpc.ErrorInfo` that every failed call carries, and the `reason` of a
// held postback. Answers have the name without its prefix, for example
// `MACRO_NOT_REPLACED`. Each value says its cause, its cure, its gRPC code and
// HTTP status. If postbacks can meet the reason, the value also says what
// happens to them: they are held (kept, so that they can be replayed), refused
// (so that they must be sent again) or ignored.
enum ErrorReason {
"#;

const FIRST: &str = "
  // Not a reason; the call did not fail, or the reason is newer than this
  // client.
  ERROR_REASON_UNSPECIFIED = 0;
";

pub fn schema(reasons: &Reasons) -> Result<String, Box<dyn std::error::Error>> {
    let mut text = HEAD.to_owned();
    let unused = unused(&reasons.reason);
    if !unused.is_empty() {
        writeln!(text, "  reserved {};", unused.join(", "))?;
    }
    text.push_str(if unused.is_empty() { FIRST.trim_start_matches('\n') } else { FIRST });
    for reason in &reasons.reason {
        let Reason { number, name, cause, cure, code, postback, .. } = reason;
        let outcome = match postback {
            Some(Outcome::Held) => " Holds postbacks.",
            Some(Outcome::Ignored) => " Ignores postbacks.",
            Some(Outcome::Refused) => " Refuses postbacks.",
            None => "",
        };
        let status = reasons.http_status_of(reason)?;
        let comment = format!("Cause: {cause}. Cure: {cure}. {code}, HTTP {status}.{outcome}");
        writeln!(text)?;
        write_comment(&mut text, &comment)?;
        writeln!(text, "  ERROR_REASON_{name} = {number};")?;
    }
    text.push_str("}\n");
    Ok(text)
}

/// The unused numbers below the last reason's number. No new reason may ever get one of them.
fn unused(reasons: &[Reason]) -> Vec<String> {
    let numbers: Vec<_> = reasons.iter().map(|reason| reason.number).collect();
    let all = 1..numbers.last().copied().unwrap_or(0);
    all.filter(|number| !numbers.contains(number)).map(|number| number.to_string()).collect()
}

/// Writes a comment, with line breaks between words.
fn write_comment(text: &mut String, comment: &str) -> Result<(), Error> {
    const BEGIN: &str = "  //";
    let mut line = BEGIN.to_owned();
    for word in comment.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > LINE_CHARS_MAX {
            writeln!(text, "{line}")?;
            BEGIN.clone_into(&mut line);
        }
        write!(line, " {word}")?;
    }
    writeln!(text, "{line}")
}
