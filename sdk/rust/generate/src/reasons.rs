//! The README's tables of reasons, from the comments of the schema.

use std::{error::Error, fmt::Write as _};

use prost_types::FileDescriptorSet;

/// The enum that explains itself.
const ENUM: &str = "ErrorReason";
/// Where a value stands in its file: the fifth field of a file is its enums, the second of an enum
/// its values.
const ENUM_FIELD: i32 = 5;
const VALUE_FIELD: i32 = 2;

/// What ends each table in the README.
const END: &str = "<!-- end of the table -->";

/// A reason as the schema explains it.
struct Reason {
    name: String,
    cause: String,
    cure: String,
    http: String,
    /// What a postback's verdict is; empty where no postback meets the reason.
    verdict: &'static str,
}

/// The README, with its tables of reasons as the schema has them.
pub fn fill(readme: &str, schema: &FileDescriptorSet) -> Result<String, Box<dyn Error>> {
    let mut reasons = reasons(schema)?;
    // First those that are held, by the alphabet, each kind in the schema's order.
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

/// `text` with `table` between `begin` and the end of the table.
fn replace(text: &str, begin: &str, table: &str) -> Result<String, Box<dyn Error>> {
    let parts = text.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("the README has no table behind {begin}"))?;
    Ok(format!("{before}{begin}\n{table}\n{END}{after}"))
}

/// All reasons but the one that is none, in their order.
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
            reasons
                .push(reason.ok_or_else(|| format!("{name} does not say its cause, its cure and its code"))?);
        }
    }
    Ok(reasons)
}

/// The parts of `Cause: a b. Cure: c d. CODE, HTTP 400. Holds postbacks.`
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
