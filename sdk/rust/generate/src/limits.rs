//! The reference page of limits: sentences from `server/limits.toml`, values from the sources.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// The list, relative to the root of the repository.
const LIST: &str = "server/limits.toml";
const SOURCES: [&str; 2] = ["server/src", "sdk/rust/src"];

const HEAD: &str =
    "<!-- Written by `make generate` from server/limits.toml and the sources of the server. Do not edit. -->

# Limits

These limits are fixed. The limits on connections, requests, rates and the sizes of the spool and of
the known links are not in this list, because an operator sets them: see
[configuration](configuration.md), `--connections-max`, `--connections-per-address`,
`--requests-max`, `--rate-per-address`, `--rate-per-key`, `--spool-mebibytes-max`,
`--strangers-mebibytes-max` and `--links-known-mebibytes`. Beyond the last of these, the account with
the most bytes of links loses some links. The reasons are explained in [the reference of
reasons](reasons.md). An IPv6 network of 64 bits counts as one address.
";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    title: String,
    limits: Vec<Limit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    constant: String,
    /// The end of the path of the constant's file, if several files have a constant of this name.
    file: Option<String>,
    unit: Option<Unit>,
    what: String,
    /// The effect of going beyond the limit; may be empty.
    beyond: String,
}

/// The unit of a constant that is a plain number.
#[derive(Clone, Copy, Deserialize)]
enum Unit {
    #[serde(rename = "seconds")]
    Seconds,
    #[serde(rename = "micros")]
    Micros,
    #[serde(rename = "millionths of a percent")]
    MillionthsOfAPercent,
}

/// A source file of the server or of the Rust SDK: its path from the root of the repository, with
/// `/`, and its text.
struct Source {
    path: String,
    text: String,
}

/// The value of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Number(u64),
    Millis(u64),
}

/// The page for the repository at `root`.
pub fn page(root: &Path) -> Result<String, Box<dyn Error>> {
    let list: List = toml::from_str(&fs::read_to_string(root.join(LIST))?)?;
    let sources = sources(root)?;
    let mut page = HEAD.to_owned();
    for Group { title, limits } in &list.group {
        write!(page, "\n## {title}\n\n| limit | value | beyond it |\n|---|---|---|\n")?;
        for limit in limits {
            let value = shown(limit, &sources).map_err(|fault| format!("{LIST}: {fault}"))?;
            let beyond = if limit.beyond.is_empty() { "" } else { &format!(" {}", limit.beyond) };
            writeln!(page, "| {} | {value} |{beyond} |", limit.what)?;
        }
    }
    Ok(page)
}

fn sources(root: &Path) -> Result<Vec<Source>, Box<dyn Error>> {
    let mut sources = Vec::new();
    let mut folders: Vec<PathBuf> = SOURCES.map(|folder| root.join(folder)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path)?;
                let path = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    Ok(sources)
}

/// The value of a limit, with its unit.
fn shown(limit: &Limit, sources: &[Source]) -> Result<String, String> {
    let Limit { constant, file, unit, .. } = limit;
    let is_here =
        |source: &&Source| file.as_ref().is_none_or(|file| source.path.ends_with(&format!("/{file}")));
    let mut found =
        sources.iter().filter(is_here).filter_map(|source| Some((source, expression(source, constant)?)));
    let (source, expression) =
        found.next().ok_or_else(|| format!("no source has the constant {constant}"))?;
    if let Some((other, _)) = found.next() {
        return Err(format!("{constant} is in {} and {}: name the file", source.path, other.path));
    }
    let value = value(expression, source)
        .ok_or_else(|| format!("the value of {constant} can't be read: {expression}"))?;
    Ok(match (value, unit) {
        (Value::Millis(millis), _) => duration(millis),
        (Value::Number(seconds), Some(Unit::Seconds)) => duration(seconds.saturating_mul(1_000)),
        (Value::Number(micros), Some(Unit::Micros)) => grouped(micros / 1_000_000),
        (Value::Number(millionths), Some(Unit::MillionthsOfAPercent)) => {
            format!("{} %", millionths / 1_000_000)
        }
        (Value::Number(bytes), None) if constant.contains("_BYTES") => size(bytes),
        (Value::Number(characters), None) if constant.contains("_CHARS") => {
            format!("{} characters", grouped(characters))
        }
        (Value::Number(number), None) => grouped(number),
    })
}

/// The expression that a source assigns to a constant.
fn expression<'a>(source: &'a Source, constant: &str) -> Option<&'a str> {
    let (_, rest) = source.text.split_once(&format!("const {constant}: "))?;
    let (_, rest) = rest.split_once(" = ")?;
    Some(rest.split_once(';')?.0)
}

/// The value of an expression: a number, a product, another constant of the same file, or a span of
/// time.
fn value(expression: &str, source: &Source) -> Option<Value> {
    let expression = expression.trim();
    if let Some((constructor, argument)) = expression.strip_suffix(')').and_then(|text| text.split_once('('))
    {
        let millis = match constructor.rsplit_once("::")?.1 {
            "from_millis" => 1,
            "from_secs" | "from_seconds" => 1_000,
            "from_mins" => 60_000,
            "from_hours" => 3_600_000,
            "from_days" => 86_400_000,
            _ => return None,
        };
        return number(argument, source)?.checked_mul(millis).map(Value::Millis);
    }
    number(expression, source).map(Value::Number)
}

fn number(expression: &str, source: &Source) -> Option<u64> {
    expression.split('*').map(str::trim).try_fold(1_u64, |product, factor| {
        let factor = match factor.replace('_', "").parse() {
            Ok(factor) => factor,
            Err(_) => number(self::expression(source, factor)?, source)?,
        };
        product.checked_mul(factor)
    })
}

fn duration(millis: u64) -> String {
    const UNITS: [(u64, &str, &str); 4] = [
        (86_400_000, "day", "days"),
        (3_600_000, "hour", "hours"),
        (60_000, "minute", "minutes"),
        (1_000, "s", "s"),
    ];
    let mut units = UNITS.into_iter();
    match units.find(|(unit, ..)| millis >= *unit && millis.is_multiple_of(*unit)) {
        Some((unit, one, _)) if millis == unit => format!("1 {one}"),
        Some((unit, _, many)) => format!("{} {many}", millis / unit),
        None => format!("{millis} ms"),
    }
}

fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 2] = [(1_048_576, "MiB"), (1_024, "KiB")];
    match UNITS.into_iter().find(|(unit, _)| bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{} bytes", grouped(bytes)),
    }
}

/// A number with commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
        pub const A_BYTES_MAX: usize = 8 * 1_024;
        const B_BUDGET: Duration = Duration::from_millis(150);
        const C_MAX: u32 = 2 * D_MAX;
        const D_MAX: u32 = 1_000;
        const E: Span = Span::from_seconds(7 * 86_400);
        const F_SECONDS: i64 = 300;
        const G_MICROS: i64 = 1_000_000_000_000;
        const H: usize = PREFIX.len();
    ";

    fn limit(constant: &str, unit: Option<Unit>) -> Limit {
        let [what, beyond] = [String::new(), String::new()];
        Limit { constant: constant.to_owned(), file: None, unit, what, beyond }
    }

    #[test]
    fn values_are_read_from_the_sources() {
        let source = Source { path: "server/src/a.rs".to_owned(), text: TEXT.to_owned() };
        for (constant, unit, value) in [
            ("A_BYTES_MAX", None, "8 KiB"),
            ("B_BUDGET", None, "150 ms"),
            ("C_MAX", None, "2,000"),
            ("E", None, "7 days"),
            ("F_SECONDS", Some(Unit::Seconds), "5 minutes"),
            ("G_MICROS", Some(Unit::Micros), "1,000,000"),
        ] {
            assert_eq!(shown(&limit(constant, unit), std::slice::from_ref(&source)).unwrap(), value);
        }
        for unreadable in ["H", "I"] {
            assert!(shown(&limit(unreadable, None), std::slice::from_ref(&source)).is_err(), "{unreadable}");
        }
    }

    #[test]
    fn a_name_in_two_files_needs_one_of_them() {
        let source = |path: &str| Source { path: path.to_owned(), text: TEXT.to_owned() };
        let sources = [source("server/src/a.rs"), source("server/src/b.rs")];
        assert!(shown(&limit("D_MAX", None), &sources).is_err());
        let of_file = Limit { file: Some("b.rs".to_owned()), ..limit("D_MAX", None) };
        assert_eq!(shown(&of_file, &sources).unwrap(), "1,000");
    }
}
