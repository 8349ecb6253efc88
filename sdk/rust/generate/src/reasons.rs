//! Builds the README's tables of reasons from the comments of the schema.

use std::{error::Error, fmt::Write as _};

use prost_types::FileDescriptorSet;

/// Name of the enum whose values are explained by their comments.
const ENUM: &str = "ErrorReason";
/// Field numbers of a value's path in its file: field 5 of a file holds its enums, field 2 of an
/// enum its values.
const ENUM_FIELD: i32 = 5;
const VALUE_FIELD: i32 = 2;

/// Line after each table in the README.
const END: &str = "<!-- end of the table -->";

/// A reason and its explanation in the schema.
struct Reason {
    name: String,
    cause: String,
    cure: String,
    http: String,
    /// Verdict of a postback with this reason; empty if no postback can have it.
    verdict: &'static str,
}

/// Returns the README with its tables of reasons replaced by those of the schema.
pub fn fill(readme: &str, schema: &FileDescriptorSet) -> Result<String, Box<dyn Error>> {
    let mut reasons = reasons(schema)?;
    // Sorting by verdict puts reasons for holding first; each kind keeps the schema's order.
    reasons.sort_by_key(|reason| reason.verdict);
    let mut postbacks = "| reason | verdict | HTTP | cause | cure |\n|---|---|---|---|---|\n".to_owned();
    let mut others = "| reason | HTTP | cause | cure |\n|---|---|---|---|\n".to_owned();
    for Reason { name, cause, cure, http, verdict } in &reasons {
        if verdict.is_empty() {
            writeln!(others, "| `{name}` | {http} | {cause} | {cure} |")?;
        } else {
            writeln!(postbacks, "| `{name}` | `{verdict}` | {http} | {cause} | {cure} |")?;
        }
    }
    let readme = replace(readme, "<!-- reasons of postbacks, written by `make generate` -->\n", &postbacks)?;
    replace(&readme, "<!-- reasons of other calls, written by `make generate` -->\n", &others)
}

/// Replaces the text between `begin` and the end of the table with `table`.
fn replace(text: &str, begin: &str, table: &str) -> Result<String, Box<dyn Error>> {
    let parts = text.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("the README has no table after {begin}"))?;
    Ok(format!("{before}{begin}\n{table}\n{END}{after}"))
}

/// Returns all reasons in their order, without the unspecified one.
fn reasons(schema: &FileDescriptorSet) -> Result<Vec<Reason>, Box<dyn Error>> {
    let mut reasons = Vec::new();
    for file in &schema.file {
        let mut enums = file.enum_type.iter().enumerate();
        let Some((index, found)) = enums.find(|(_, found)| found.name() == ENUM) else { continue };
        for (at, value) in found.value.iter().enumerate().filter(|(_, value)| value.number() != 0) {
            let path = [ENUM_FIELD, i32::try_from(index)?, VALUE_FIELD, i32::try_from(at)?];
            let mut comments = file.source_code_info.iter().flat_map(|info| &info.location);
            let comment = comments.find(|comment| comment.path == path);
            let name = value.name().trim_start_matches("ERROR_REASON_");
            let reason = comment.and_then(|comment| explained(name, comment.leading_comments()));
            reasons.push(reason.ok_or_else(|| format!("the comment of {name} lacks a cause, cure or code"))?);
        }
    }
    Ok(reasons)
}

/// Parses a comment of the form `Cause: a b. Cure: c d. CODE, HTTP 400. Holds postbacks.`
fn explained(name: &str, comment: &str) -> Option<Reason> {
    let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let (cause, rest) = comment.strip_prefix("Cause: ")?.split_once(". Cure: ")?;
    let (rest, ending) = rest.split_once(", HTTP ")?;
    let (cure, _code) = rest.rsplit_once(". ")?;
    let (http, ending) = ending.split_once('.')?;
    let verdict = match ending {
        " Holds postbacks." => "HELD",
        " Ignores postbacks." => "IGNORED",
        " Refuses postbacks." => "REFUSED",
        "" => "",
        _ => return None,
    };
    let [name, cause, cure, http] = [name, cause, cure, http].map(str::to_owned);
    Some(Reason { name, cause, cure, http, verdict })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_has_all_its_parts_or_is_none() {
        let reason =
            explained("X", " Cause: a `b`. It c.\n Cure: d. E, HTTP 400. Holds postbacks.\n").unwrap();
        assert_eq!((reason.cause.as_str(), reason.cure.as_str()), ("a `b`. It c", "d"));
        assert_eq!((reason.http.as_str(), reason.verdict), ("400", "HELD"));
        assert_eq!(explained("X", "Cause: a. Cure: b. C, HTTP 500.").unwrap().verdict, "");
        for comment in
            ["", "Cause: a. C, HTTP 500.", "Cause: a. Cure: b.", "Cause: a. Cure: b. C, HTTP 4. So."]
        {
            assert!(explained("X", comment).is_none(), "{comment}");
        }
    }
}
