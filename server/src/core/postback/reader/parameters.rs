//! The step from bytes to named values: finds the parameters, repairs damage from their transit,
//! and maps their names.
//!
//! Every step is linear in its input. Splitting and decoding work on bytes; the resulting names and
//! values become text.

pub use s2s_sdk::parameter::KnownParam;
use s2s_sdk::{
    amount::{self, NotDecimal},
    parameter::{is_trimmed, known, rank, without_punctuation},
    url_macros,
    v1::{DecimalSeparator, Note, NoteCode},
};
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::{
    Postback,
    body::{self, Form, Plain},
    counting, too_large,
};
use crate::{
    core::{conversion::note, conversion_code::ConversionCodeId},
    error::{Error, Result},
    values::{
        click_id::UnverifiedClickId,
        money::Currency,
        query::{Pair, Part, Place, Text, decode},
        target::{self, Target},
        text::excerpt,
    },
};

/// The number in a value: without the percent sign, if the parameter is a percentage.
pub fn number_in(known: KnownParam, value: &str) -> &str {
    match known {
        KnownParam::Comperc => amount::without_percent_sign(value),
        _ => value,
    }
}

/// The meaning of a parameter's value. Each value is parsed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    ClickId(UnverifiedClickId),
    Code(ConversionCodeId),
    Number(amount::Read),
    /// A number that can be read in two ways.
    Ambiguous,
    Currency(Currency),
    /// A value that stands for itself, or of a parameter that is not known.
    Text,
    /// The value does not have the form that its parameter requires. A macro never has that form.
    Invalid,
}

impl Meaning {
    pub fn of(known: KnownParam, value: &str) -> Self {
        let found = match known {
            KnownParam::ClickId => UnverifiedClickId::read(value).map(Self::ClickId),
            KnownParam::Id => value.parse().ok().map(Self::Code),
            KnownParam::Val | KnownParam::Com | KnownParam::Comperc => {
                match amount::read(number_in(known, value), DecimalSeparator::Auto) {
                    Ok(read) => Some(Self::Number(read)),
                    Err(NotDecimal::Ambiguous) => Some(Self::Ambiguous),
                    Err(NotDecimal::Malformed | NotDecimal::TooLong) => None,
                }
            }
            KnownParam::Cur => value.parse().ok().map(Self::Currency),
            KnownParam::Status
            | KnownParam::Oid
            | KnownParam::Test
            | KnownParam::Param
            | KnownParam::Sec
            | KnownParam::Ts
            | KnownParam::Sig => (!value.is_empty()).then_some(Self::Text),
        };
        found.filter(|_| !url_macros::is_macro(value)).unwrap_or(Self::Invalid)
    }

    pub fn is_valid(self) -> bool {
        self != Self::Invalid
    }
}

/// A parameter as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name as it came, decoded.
    pub name: String,
    /// The value, decoded. If the parameter is known and is not `param`, the value is also trimmed
    /// and repaired.
    pub value: String,
    pub known: Option<KnownParam>,
    pub meaning: Meaning,
    /// True if the value's encoding was broken, or if the value holds control characters.
    pub broken: bool,
    /// True if the value is a list or an object of JSON.
    pub nested: bool,
    /// The bytes that the value came from.
    pub place: Place,
    /// Offset, in the same part, at which the name begins. In JSON, and if HTML has eaten the name,
    /// the offset at which the value begins.
    pub begins: usize,
}

/// Reads all parameters of the query and, for a `POST`, of the body, in their order. The error says
/// why the body can't be read.
pub fn read(postback: &Postback, notes: &mut Vec<Note>) -> (Vec<Parameter>, Option<Error>) {
    let Pairs { query, body, refusal, .. } = Pairs::of(postback, notes);
    (understood(query.into_iter().chain(body), notes), refusal)
}

/// Returns target and body with only the parameters that a postback is counted by: the known ones
/// except `param`. These parameters keep their order, and read the same as before.
pub fn without_visitor(postback: &Postback) -> (Vec<u8>, Vec<u8>) {
    let Pairs { mut query, mut body, form, .. } = Pairs::of(postback, &mut Vec::new());
    let all = query.iter().chain(&body).cloned();
    let mut counts = understood(all, &mut Vec::new()).into_iter().map(|parameter| parameter.counts());
    query.retain(|_| counts.next() == Some(true));
    body.retain(|_| counts.next() == Some(true));
    let target = if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", encoded(&query)) };
    let body = if form == Form::Json { object(body) } else { encoded(&body) };
    (target.into_bytes(), body.into_bytes())
}

/// The path of postbacks.
const PATH: &str = "/s2s";

/// The pairs of a postback.
#[derive(Default)]
struct Pairs {
    query: Vec<Pair>,
    /// Empty if the body is not read.
    body: Vec<Pair>,
    form: Form,
    /// The error of a body that can't be read.
    refusal: Option<Error>,
}

impl Pairs {
    fn of(postback: &Postback, notes: &mut Vec<Note>) -> Self {
        let mut pairs = Self::default();
        let text = Text { part: Part::Target, whole: &postback.target, is_known };
        text.split(query(&postback.target, notes), &mut pairs.query, notes);
        if !is_post(postback) {
            return pairs;
        }
        let plain = Plain::of(&postback.body);
        for encoding in &plain.encodings {
            let message = format!("the body was encoded ({encoding}) and was decoded");
            notes.push(note(NoteCode::BodyDecoded, "", message));
        }
        let mut repairs = Vec::new();
        let read = body::read(&postback.content_type, &plain.bytes, &mut repairs);
        if plain.is_too_long {
            pairs.refusal = Some(too_large());
        } else if pairs.are_complete_without(&read) {
            let message = "the URL has all that is needed, and the body is something else; it was not read";
            notes.push(note(NoteCode::BodyIgnored, "", message));
            return pairs;
        }
        match read {
            Ok((form, body)) => (pairs.form, pairs.body) = (form, body),
            Err(error) => pairs.refusal = pairs.refusal.or(Some(error)),
        }
        notes.append(&mut repairs);
        pairs
    }

    /// Returns whether the query has all that a conversion needs, while the body is not ours: it
    /// can't be read, contradicts the query, or is JSON with names of others.
    fn are_complete_without(&self, body: &Result<(Form, Vec<Pair>)>) -> bool {
        let understood = |pairs: &[Pair]| understood(pairs.iter().cloned(), &mut Vec::new());
        let query = understood(&self.query);
        let of_query = |known| counting(&query, known).filter(|found| !found.value.is_empty());
        let has = |known| of_query(known).is_some_and(|found| found.meaning.is_valid());
        let is_complete = of_query(KnownParam::ClickId).is_some()
            && has(KnownParam::Id)
            && has(KnownParam::Val)
            && (has(KnownParam::Com) || has(KnownParam::Comperc));
        let is_foreign = |form: Form, pairs: &[Pair]| {
            understood(pairs).iter().any(|parameter| match parameter.known {
                None => form == Form::Json,
                Some(known) => of_query(known).is_some_and(|own| own.value != parameter.value),
            })
        };
        match body {
            Ok((form, pairs)) => is_complete && is_foreign(*form, pairs),
            Err(_) => is_complete,
        }
    }
}

/// Returns the offset of the end of a target's path.
pub fn path_ends(target: &[u8]) -> usize {
    target::mark(target).map_or(target.len(), |mark| mark.start)
}

fn understood(pairs: impl Iterator<Item = Pair>, notes: &mut Vec<Note>) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = pairs.map(Parameter::from_pair).collect();
    // Each parameter is listed once, so that the list stays short.
    let mut own_names = Vec::new();
    let own = parameters.iter().filter(|parameter| parameter.has_own_name() && !parameter.is_blank());
    for known in own.filter_map(|own| own.known) {
        if !own_names.contains(&known) {
            own_names.push(known);
        }
    }
    let filled = parameters.iter().filter(|parameter| !parameter.is_blank());
    let order = filled.filter_map(Parameter::order_rank).min();
    let order = order.or_else(|| parameters.iter().filter_map(Parameter::order_rank).min());
    for parameter in &mut parameters {
        if parameter.order_rank() != order {
            parameter.known = parameter.known.filter(|known| *known != KnownParam::Oid);
        }
        parameter.interpret(&own_names, notes);
    }
    parameters
}

/// Writes pairs as a query. A broken value becomes `%`, which is broken, too.
fn encoded(pairs: &[Pair]) -> String {
    let encode = |bytes| byte_serialize(bytes).collect::<String>();
    let pairs = pairs.iter().map(|pair| {
        let value = if pair.broken { "%".to_owned() } else { encode(&pair.value) };
        format!("{}={value}", encode(&pair.name))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Writes pairs as a flat JSON object. A map would hide a repeated name.
fn object(pairs: Vec<Pair>) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let text = |bytes: Vec<u8>| Value::String(String::from_utf8_lossy(&bytes).into_owned());
    let members = pairs.into_iter().map(|pair| format!("{}:{}", text(pair.name), text(pair.value)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

pub fn is_post(postback: &Postback) -> bool {
    postback.method.eq_ignore_ascii_case("POST")
}

/// Returns the bytes after the path.
fn query<'a>(target: &'a [u8], notes: &mut Vec<Note>) -> &'a [u8] {
    let mark = target::mark(target).unwrap_or_default();
    if target.get(mark.clone()).is_some_and(|mark| !mark.is_empty() && mark != b"?") {
        notes.push(note(NoteCode::SeparatorRepaired, "", "the parameters began without a `?`"));
    }
    Target::split(target).query
}

/// Returns whether a parameter has this name, in any case.
pub fn is_known(name: &str) -> bool {
    known(name).is_some()
}

impl Parameter {
    /// Converts bytes to text. NUL becomes U+FFFD, because not every database accepts NUL.
    fn from_pair(pair: Pair) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\0', "\u{FFFD}");
        let (name, value) = (text(&pair.name), text(&pair.value));
        // Some networks call the click id `tid`.
        let is_click = name.eq_ignore_ascii_case("tid") && UnverifiedClickId::read(&value).is_some();
        // A shop's `order` is often an object, whose text may differ at each sending.
        let is_foreign = |known: KnownParam| {
            pair.nested
                && match known {
                    KnownParam::Param => true,
                    KnownParam::Oid => !name.eq_ignore_ascii_case(known.name()),
                    _ => false,
                }
        };
        let known = known(&name).filter(|known| !is_click && !is_foreign(*known));
        // The `%` behind a percentage is often not encoded.
        let is_percent =
            || known == Some(KnownParam::Comperc) && Meaning::of(KnownParam::Comperc, &value).is_valid();
        let escapes_broken = pair.broken && !is_percent();
        let broken = escapes_broken || pair.value.contains(&0) || std::str::from_utf8(&pair.value).is_err();
        let Pair { nested, place, begins, .. } = pair;
        Self { name, value, known, meaning: Meaning::Text, broken, nested, place, begins }
    }

    /// Returns whether conversions are counted by the parameter. Any other parameter may contain
    /// data of the visitor.
    fn counts(&self) -> bool {
        self.known.is_some_and(|known| known != KnownParam::Param)
    }

    /// The rank of the name among those of the order number; `None` if it is none of them.
    fn order_rank(&self) -> Option<usize> {
        rank(&self.name).filter(|_| self.known == Some(KnownParam::Oid)).map(|(rank, _)| rank)
    }

    /// Returns whether the value says nothing. A template may have names that its sender does not fill.
    fn is_blank(&self) -> bool {
        self.value.trim_matches(is_trimmed).is_empty()
    }

    fn has_own_name(&self) -> bool {
        let name = self.name.trim_matches(is_trimmed);
        self.known.is_some_and(|known| name.eq_ignore_ascii_case(known.name()))
    }

    /// Settles the meaning of the name, and repairs the value. An alias counts only if the
    /// parameter did not also come under its own name.
    fn interpret(&mut self, own_names: &[KnownParam], notes: &mut Vec<Note>) {
        let own = self.has_own_name();
        let passed_over = self.known.filter(|known| !own && own_names.contains(known));
        self.known = self.known.filter(|_| passed_over.is_none());
        let Some(known) = self.known else {
            let shown_name = excerpt(&self.name);
            let message = if self.nested {
                format!(
                    "`{shown_name}` holds a list or an object, which is not read; it was kept with the postback"
                )
            } else if let Some(known) = passed_over {
                let own = known.name();
                format!(
                    "`{shown_name}` was passed over, because `{own}` came as well; it was kept with the postback"
                )
            } else {
                format!("`{shown_name}` is not one of our parameters; it was kept with the postback")
            };
            notes.push(note(NoteCode::UnknownParameter, &shown_name, message));
            return;
        };
        if !own {
            let message = format!("`{}` was read as `{}`", excerpt(&self.name), known.name());
            notes.push(note(NoteCode::Alias, known.name(), message));
        }
        if known == KnownParam::Param {
            return;
        }
        let trimmed = self.value.trim_matches(is_trimmed);
        if trimmed.len() != self.value.len() {
            let message =
                format!("blanks, quotes or invisible characters around `{}` were dropped", known.name());
            notes.push(note(NoteCode::Trimmed, known.name(), message));
            self.value = trimmed.to_owned();
        }
        self.meaning = Meaning::of(known, &self.value);
        if !self.meaning.is_valid() && !url_macros::is_macro(&self.value) {
            self.repair(known, notes);
        }
        self.broken |= self.value.chars().any(char::is_control);
    }

    /// Repairs a value that becomes valid if a second encoding is undone, or if punctuation at its
    /// end is dropped. The punctuation comes from a text in which it followed the URL.
    fn repair(&mut self, known: KnownParam, notes: &mut Vec<Note>) {
        let (decoded, broken) = decode(self.value.as_bytes());
        let decoded = String::from_utf8(decoded).ok().filter(|_| !broken && self.value.contains('%'));
        let decoded = decoded.as_deref().map(|text| text.trim_matches(is_trimmed));
        if decoded.is_some_and(|decoded| self.becomes(known, decoded)) {
            let message = format!("`{}` was percent-encoded twice", known.name());
            notes.push(note(NoteCode::DecodedTwice, known.name(), message));
            return;
        }
        let bare = without_punctuation(&self.value).to_owned();
        if bare.len() != self.value.len() && self.becomes(known, &bare) {
            let message = format!("punctuation after `{}` was dropped", known.name());
            notes.push(note(NoteCode::Trimmed, known.name(), message));
        }
    }

    /// Replaces the value, if the other value is valid. Returns whether it is.
    fn becomes(&mut self, known: KnownParam, value: &str) -> bool {
        let meaning = Meaning::of(known, value);
        if meaning.is_valid() {
            (self.value, self.meaning) = (value.to_owned(), meaning);
        }
        meaning.is_valid()
    }
}
