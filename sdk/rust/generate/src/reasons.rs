//! The list of reasons, `proto/reasons.toml`, and the files that are written from it.

mod pages;
mod proto;
mod rust;

use std::{
    collections::{BTreeMap, HashSet},
    error::Error,
    fs,
    path::Path,
};

use serde::Deserialize;

/// The list, relative to the root of the repository.
const LIST: &str = "proto/reasons.toml";

/// All reasons, in the order of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// The HTTP status of each gRPC code, such as `NOT_FOUND`.
    http_status: BTreeMap<String, u16>,
    reason: Vec<Reason>,
    http: Vec<HttpReason>,
    start: Vec<StartReason>,
}

/// A value of the schema's enum.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    number: u32,
    name: String,
    cause: String,
    cure: String,
    /// The gRPC code.
    code: String,
    /// The outcome of a postback; `None` if no postback meets the reason.
    postback: Option<Outcome>,
    /// The HTTP status for visitors who follow a link, if it is not that of the gRPC code.
    visitor_http_status: Option<u16>,
    /// The HTTP status, if it is not that of the gRPC code.
    http_status: Option<u16>,
}

/// The outcome of a postback that is not recorded.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Held,
    Ignored,
    Refused,
}

/// A reason that occurs only in answers over HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpReason {
    name: String,
    status: u16,
    cause: String,
    cure: String,
}

/// A reason why the server does not start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StartReason {
    name: String,
    exit_code: u8,
    /// True if the same start may succeed later, with nothing changed on this machine.
    may_pass: bool,
    cause: String,
    cure: String,
}

impl Reasons {
    /// Reads and checks the list of the repository at `root`.
    pub fn read(root: &Path) -> Result<Self, Box<dyn Error>> {
        Self::parse(&fs::read_to_string(root.join(LIST))?)
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let reasons: Self = toml::from_str(text)?;
        reasons.check().map_err(|fault| format!("{LIST}: {fault}"))?;
        Ok(reasons)
    }

    /// The texts that are written from the list, each with its path from the root.
    pub fn texts(&self) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
        Ok(vec![
            ("proto/s2s/v1/error_reason.proto", proto::schema(self)?),
            ("sdk/rust/src/gen/reasons.rs", rust::code(self)?),
            ("docs/reference/reasons.md", pages::reasons(self)?),
            ("docs/reference/start-reasons.md", pages::start_reasons(self)?),
        ])
    }

    /// Name, cause and cure of every reason.
    fn described(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let reasons = self.reason.iter().map(|one| (&*one.name, &*one.cause, &*one.cure));
        let http = self.http.iter().map(|one| (&*one.name, &*one.cause, &*one.cure));
        let start = self.start.iter().map(|one| (&*one.name, &*one.cause, &*one.cure));
        reasons.chain(http).chain(start)
    }

    /// The HTTP status of a reason.
    fn http_status_of(&self, reason: &Reason) -> Result<u16, String> {
        reason.http_status.map_or_else(|| self.http_status(&reason.code), Ok)
    }

    fn http_status(&self, code: &str) -> Result<u16, String> {
        self.http_status.get(code).copied().ok_or_else(|| format!("{code} has no HTTP status"))
    }

    fn check(&self) -> Result<(), String> {
        let is_name = |text: &str| text.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
        let is_clause = |text: &str| !text.is_empty() && !text.contains(['\n', '|']) && !text.ends_with('.');
        // The reason of a failed start may have the name of another reason: `CLOCK_WRONG` stops a
        // start, and also holds postbacks.
        let mut starts = HashSet::new();
        let mut answers = HashSet::new();
        for (at, (name, cause, cure)) in self.described().enumerate() {
            if !is_name(name) || !is_clause(cause) || !is_clause(cure) {
                return Err(format!(
                    "{name} needs a name in capitals, and a cause and a cure without a full stop"
                ));
            }
            let is_start = at >= self.reason.len() + self.http.len();
            if !(if is_start { &mut starts } else { &mut answers }).insert(name) {
                return Err(format!("{name} is listed twice"));
            }
        }
        let mut last = 0;
        for reason in &self.reason {
            self.http_status(&reason.code)?;
            if reason.number <= last {
                return Err(format!("{} does not follow number {last}", reason.name));
            }
            last = reason.number;
        }
        Ok(())
    }
}

impl Outcome {
    /// The verdict in the answer to the sender of a postback.
    fn verdict(self) -> &'static str {
        match self {
            Self::Held => "HELD",
            Self::Ignored => "IGNORED",
            Self::Refused => "REFUSED",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::schema::camel;

    /// Literals in the sources of the server that look like reasons but are not. The last three are
    /// former names of reasons, which a migration replaces.
    const NO_REASONS: [&str; 4] =
        ["STRICT_ALL_TABLES", "UNKNOWN_CONVERSION_CODE", "MISSING_PARAMETER", "CLICK_EXPIRED"];

    /// Text before the names of environment variables and before those of values in the help, none
    /// of which is a reason.
    const BEFORE_OTHER_NAMES: [&str; 4] = ["env!(\"", "env(\"", "var_os(\"", "value_name = \""];

    const EXAMPLE: &str = r#"
        http_status = { NOT_FOUND = 404 }
        http = [{ name = "B", status = 405, cause = "c", cure = "d" }]
        start = [{ name = "A_C", exit_code = 1, may_pass = true, cause = "c", cure = "d" }]
        [[reason]]
        number = 2
        name = "A_C"
        cause = "a `b`"
        cure = "d"
        code = "NOT_FOUND"
        postback = "held"
    "#;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
    }

    fn sources(folder: &Path) -> Vec<String> {
        let mut texts = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts.extend(sources(&path));
            } else if path.extension().is_some_and(|name| name == "rs") && !path.ends_with("tests.rs") {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
        texts
    }

    /// The names of reasons in the literals of a source: `"A_B"`, `reason: A_B`, `"reason":"A_B"`.
    fn reasons_in(source: &str) -> Vec<&str> {
        let is_of_name = |letter: char| letter.is_ascii_uppercase() || letter == '_';
        let words = source.split(|letter: char| !is_of_name(letter) && !letter.is_ascii_digit());
        let place = |word: &str| word.as_ptr().addr() - source.as_ptr().addr();
        words
            .filter(|word| word.contains('_') && word.starts_with(|letter: char| letter.is_ascii_uppercase()))
            .filter(|word| {
                let (before, rest) = source.split_at(place(word));
                let after = rest.strip_prefix(word).unwrap();
                let is_text = before.ends_with('"') && after.starts_with('"');
                let is_literal = is_text && !BEFORE_OTHER_NAMES.iter().any(|other| before.ends_with(other));
                is_literal || before.ends_with("\\nreason: ") || before.ends_with("\"reason\":\"")
            })
            .filter(|word| !word.starts_with("S2S_") && !word.ends_with('_'))
            .collect()
    }

    #[test]
    fn every_reason_in_the_sources_of_the_server_is_in_the_list() {
        let (reasons, sources) = (Reasons::read(&root()).unwrap(), sources(&root().join("server/src")));
        let listed: HashSet<_> = reasons.described().map(|(name, ..)| name).chain(NO_REASONS).collect();
        let found: HashSet<_> = sources.iter().flat_map(|source| reasons_in(source)).collect();
        let missing: Vec<_> = found.difference(&listed).collect();
        assert!(missing.is_empty(), "{LIST} lacks {missing:?}");
        for (name, ..) in reasons.described().skip(reasons.reason.len()) {
            let is_said = |source: &String| source.contains(name) || source.contains(&camel(name));
            assert!(sources.iter().any(is_said), "{LIST} lists {name}, which the server never gives");
        }
    }

    #[test]
    fn a_reason_is_found_in_each_form_of_a_literal() {
        let source = r#"
            #[arg(value_name = "HOW_MUCH")]
            const S2S_X: &str = "S2S_X";
            const PREFIX: &str = "VERDICT_";
            (env!("CARGO_X"), command.env("SQL_PWD", "x"), env::var_os("NO_X"));
            format!("can't: {error}\nreason: A_B");
            (StatusCode::C_D, r"{"reason":"E_F","x":1}", "G_H", "I", "see J_K")
        "#;
        assert_eq!(reasons_in(source), ["A_B", "E_F", "G_H"]);
    }

    #[test]
    fn a_list_with_a_fault_is_refused() {
        assert!(Reasons::parse(EXAMPLE).is_ok());
        for (right, wrong) in [
            ("number = 2", "number = 0"),
            ("code = \"NOT_FOUND\"", "code = \"NOWHERE\""),
            ("name = \"B\"", "name = \"A_C\""),
            ("cure = \"d\"\n        code", "cure = \"d.\"\n        code"),
            ("postback = \"held\"", "postback = \"lost\""),
            ("postback = \"held\"", "pstback = \"held\""),
        ] {
            assert!(EXAMPLE.contains(right));
            assert!(Reasons::parse(&EXAMPLE.replace(right, wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_text_says_what_the_list_says() {
        let texts = Reasons::parse(EXAMPLE).unwrap().texts().unwrap();
        for (text, part) in [
            (0, "  reserved 1;\n"),
            (
                0,
                "  // Cause: a `b`. Cure: d. NOT_FOUND, HTTP 404. Holds postbacks.\n  ERROR_REASON_A_C = 2;\n",
            ),
            (1, "ErrorReason::AC => Facts {"),
            (2, "| <a id=\"a_c\"></a>`A_C` | `HELD` | 404 | a `b` | d |\n"),
            (2, "| <a id=\"b\"></a>`B` | 405 | c | d |\n"),
            (3, "| <a id=\"a_c\"></a>`A_C` | 1 | yes | c | d |\n"),
        ] {
            assert!(texts[text].1.contains(part), "{}: {part}", texts[text].0);
        }
    }
}
