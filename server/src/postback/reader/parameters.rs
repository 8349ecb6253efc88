//! From bytes to named values: where the parameters stand, what their names mean, and what is dropped
//! around their values.

use s2s_sdk::v1::{ErrorReason, Note, NoteCode};

use super::Raw;
use crate::{
    conversion::note,
    error::{Error, Result},
    text::shown,
};

/// The parameters of DESIGN 5.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    ClickId,
    Id,
    Val,
    Com,
    Comperc,
    Param,
    Oid,
    Cur,
    Status,
    Test,
}

/// Every name that is understood, in lower case. The first of each parameter is its own.
const NAMES: [(&str, Known); 22] = [
    ("clickid", Known::ClickId),
    ("click_id", Known::ClickId),
    ("cid", Known::ClickId),
    ("subid", Known::ClickId),
    ("id", Known::Id),
    ("val", Known::Val),
    ("value", Known::Val),
    ("amount", Known::Val),
    ("com", Known::Com),
    ("commission", Known::Com),
    ("payout", Known::Com),
    ("comperc", Known::Comperc),
    ("param", Known::Param),
    ("oid", Known::Oid),
    ("txid", Known::Oid),
    ("transaction_id", Known::Oid),
    ("order_id", Known::Oid),
    ("orderid", Known::Oid),
    ("cur", Known::Cur),
    ("currency", Known::Cur),
    ("status", Known::Status),
    ("test", Known::Test),
];

impl Known {
    /// The name as it is documented.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClickId => "clickId",
            Self::Id => "id",
            Self::Val => "val",
            Self::Com => "com",
            Self::Comperc => "comperc",
            Self::Param => "param",
            Self::Oid => "oid",
            Self::Cur => "cur",
            Self::Status => "status",
            Self::Test => "test",
        }
    }
}

/// A parameter as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As it came, decoded.
    pub name: String,
    /// Decoded; of a known parameter also trimmed.
    pub value: String,
    pub known: Option<Known>,
    /// The value's encoding was broken, or it holds control characters.
    pub broken: bool,
}

/// All parameters of the query and, for a `POST`, of the body, in their order.
pub fn read(raw: &Raw, notes: &mut Vec<Note>) -> Result<Vec<Parameter>> {
    let mut split = raw.target.splitn(2, |byte| *byte == b'?');
    let query = split.nth(1).unwrap_or_default();
    let query = query.split(|byte| *byte == b'#').next().unwrap_or_default();
    let mut pairs: Vec<Parameter> = pairs(query).collect();
    if raw.method.eq_ignore_ascii_case("POST") {
        if is_json(raw) {
            pairs.extend(json(&raw.body)?);
        } else {
            pairs.extend(self::pairs(&raw.body));
        }
    }
    let own_names: Vec<Known> =
        pairs.iter().filter(|pair| is_own_name(pair)).filter_map(|pair| pair.known).collect();
    for pair in &mut pairs {
        understand(pair, &own_names, notes);
    }
    Ok(pairs)
}

fn is_json(raw: &Raw) -> bool {
    let content_type = raw.content_type.to_ascii_lowercase();
    content_type.contains("json")
        || (content_type.is_empty() && raw.body.trim_ascii_start().starts_with(b"{"))
}

fn pairs(query: &[u8]) -> impl Iterator<Item = Parameter> {
    query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let (name, _) = decode(halves.next().unwrap_or_default());
        let (value, broken) = decode(halves.next().unwrap_or_default());
        parameter(name, value, broken)
    })
}

/// A flat JSON object: strings, numbers and booleans.
fn json(body: &[u8]) -> Result<Vec<Parameter>> {
    let refuse = |why: &str| {
        let message = format!("the body is not a flat JSON object: {why}; send names with texts or numbers");
        Err(Error::new(ErrorReason::ParameterMalformed, message))
    };
    let object: serde_json::Map<String, serde_json::Value> = match serde_json::from_slice(body) {
        Ok(object) => object,
        Err(error) => return refuse(&error.to_string()),
    };
    let mut parameters = Vec::with_capacity(object.len());
    for (name, value) in object {
        let value = match value {
            serde_json::Value::String(text) => text,
            // The digits as they came: with `arbitrary_precision` no number goes through a float.
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Bool(flag) => flag.to_string(),
            serde_json::Value::Null => String::new(),
            _ => return refuse(&format!("`{}` holds a list or an object", shown(&name))),
        };
        let broken = value.contains('\0');
        parameters.push(parameter(name, value, broken));
    }
    Ok(parameters)
}

fn parameter(name: String, value: String, broken: bool) -> Parameter {
    let lower = name.trim().to_ascii_lowercase();
    let known = NAMES.iter().find(|(name, _)| *name == lower).map(|(_, known)| *known);
    Parameter { name, value, known, broken }
}

fn is_own_name(parameter: &Parameter) -> bool {
    parameter.known.is_some_and(|known| parameter.name.trim().eq_ignore_ascii_case(known.name()))
}

/// Settles what a parameter's name means, and trims its value. An alias counts only where the
/// parameter did not come by its own name.
fn understand(parameter: &mut Parameter, own_names: &[Known], notes: &mut Vec<Note>) {
    let shown_name = shown(&parameter.name);
    let own = is_own_name(parameter);
    parameter.known = parameter.known.filter(|known| own || !own_names.contains(known));
    let Some(known) = parameter.known else {
        let message = format!("`{shown_name}` is not one of our parameters; it was kept with the postback");
        notes.push(note(NoteCode::UnknownParameter, &shown_name, message));
        return;
    };
    if !own {
        let message = format!("`{shown_name}` was read as `{}`", known.name());
        notes.push(note(NoteCode::Alias, known.name(), message));
    }
    if known == Known::Param {
        return;
    }
    let trimmed = parameter.value.trim_matches(is_dropped);
    if trimmed.len() != parameter.value.len() {
        let message =
            format!("blanks, quotes or invisible characters around `{}` were dropped", known.name());
        notes.push(note(NoteCode::Trimmed, known.name(), message));
        parameter.value = trimmed.to_owned();
    }
    parameter.broken |= parameter.value.chars().any(char::is_control);
}

/// Blanks, quotes, and characters that nobody sees.
fn is_dropped(character: char) -> bool {
    character.is_whitespace()
        || "\"'`\u{AB}\u{BB}\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}".contains(character)
        || ('\u{2018}'..='\u{201F}').contains(&character)
}

/// Percent-decoding, `+` as a blank. The flag says that something was broken: an escape without two
/// digits, or bytes that are not UTF-8. NUL becomes U+FFFD, since not every database takes it.
fn decode(bytes: &[u8]) -> (String, bool) {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut broken = false;
    let mut rest = bytes;
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        match (first, behind) {
            (b'+', _) => decoded.push(b' '),
            (b'%', [high, low, behind @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(hex(*high) << 4 | hex(*low));
                rest = behind;
            }
            (b'%', _) => {
                broken = true;
                decoded.push(b'%');
            }
            (byte, _) => decoded.push(byte),
        }
    }
    broken |= decoded.contains(&0) || std::str::from_utf8(&decoded).is_err();
    (String::from_utf8_lossy(&decoded).replace('\0', "\u{FFFD}"), broken)
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}
