//! The step from bytes to named values: finds the parameters, repairs damage from transit, and maps
//! their names.
//!
//! Every step is linear in its input. Splitting and decoding work on bytes; the resulting names and
//! values become text.

pub use s2s_sdk::parameter::KnownParam;
use s2s_sdk::{
    amount::{self, NotDecimal},
    parameter::{known, rank, trim, without_punctuation},
    url_macros,
    v1::{DecimalSeparator, Note, NoteCode},
};
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::{
    Postback, beside,
    body::{self, Form, Plain},
    claim::asks_for_test,
    too_large,
};
use crate::{
    core::{conversion::note, conversion_code::ConversionCodeId, postback::status::is_own as is_own_status},
    error::Error,
    values::{
        click_id::UnverifiedClickId,
        limits::TARGET_BYTES_MAX,
        money::Currency,
        query::{Names, Pair, Part, Place, Text, decode, without_index},
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

/// The meaning of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    ClickId(UnverifiedClickId),
    Code(ConversionCodeId),
    Number(amount::Read),
    /// A number that can be read in two ways.
    Ambiguous,
    Currency(Currency),
    /// A value that is used as it is, or the value of an unknown parameter.
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
            | KnownParam::Rid
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
    /// True if the value's encoding was broken, or if the value was cut off or holds control
    /// characters.
    pub broken: bool,
    /// True if the value is a list or an object of JSON.
    pub nested: bool,
    /// The bytes that the value came from.
    pub place: Place,
    /// Offset, in the same part, at which the name begins. In JSON, and if HTML has read the name's
    /// beginning as a character (`&para` as `¶`), the offset at which the value begins.
    pub begins: usize,
}

/// Reads all parameters of the query and, for a `POST`, of the body, in their order. Returns the
/// form of the body, too, and an error that says why the body can't be read.
pub fn read(postback: &Postback, notes: &mut Vec<Note>) -> (Vec<Parameter>, Form, Option<Error>) {
    let Pairs { query, body, form, refusal } = Pairs::of(postback, notes);
    (understood(query.into_iter().chain(body), notes), form, refusal)
}

/// Returns target and body with only the parameters that decide how a postback counts: all known
/// parameters except `param`. These parameters keep their order, and read the same as before.
pub fn without_visitor(postback: &Postback) -> (Vec<u8>, Vec<u8>) {
    let Pairs { mut query, mut body, form, .. } = Pairs::of(postback, &mut Vec::new());
    let all = query.iter().chain(&body).cloned();
    let mut parameters = understood(all, &mut Vec::new()).into_iter();
    let mut counts = |pair: &mut Pair| {
        let Some(parameter) = parameters.next() else { return false };
        // A broken value is written as `%`. An unencoded `%` after a percentage does not make the
        // value broken. A blank value stays blank: as `%`, it would count beside another name of
        // the same parameter.
        pair.broken = parameter.broken && !parameter.is_blank();
        parameter.counts()
    };
    query.retain_mut(&mut counts);
    body.retain_mut(&mut counts);
    let target = if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", encoded(&query)) };
    let body = if form == Form::Json { object(&body) } else { encoded(&body) };
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
        let text = Text { part: Part::Target, whole: &postback.target, names: Names::POSTBACK };
        text.split(query(&postback.target, notes), &mut pairs.query, notes);
        if !is_post(postback) {
            if !postback.body.is_empty() {
                let message = "only the body of a POST is read";
                notes.push(note(NoteCode::BodyIgnored, "", message));
            }
            return pairs;
        }
        let plain = Plain::of(&postback.body);
        for encoding in &plain.encodings {
            let message = format!("the body was encoded ({encoding}) and was decoded");
            notes.push(note(NoteCode::BodyDecoded, "", message));
        }
        let mut repairs = Vec::new();
        let read = body::read(&postback.content_type, &plain.bytes, &mut repairs);
        // A target within its limit was not cut, so the body was.
        let is_cut = postback.cut && postback.target.len() < TARGET_BYTES_MAX;
        let is_too_large = plain.is_too_long || is_cut;
        let query = understood(pairs.query.iter().cloned(), &mut Vec::new());
        let is_complete = beside::is_complete(&query);
        let read = match read {
            // A body that is too long is ignored beside a complete query with an order number.
            // Without one, the order number may be in the body, so the postback is refused.
            _ if is_too_large && is_complete && beside::filled(&query, KnownParam::Oid).is_some() => None,
            read if is_too_large => Some(read),
            Ok((form, body)) if is_complete => {
                beside::counting_pairs(&query, form, body, &mut repairs).map(|body| Ok((form, body)))
            }
            Err(_) if is_complete => None,
            read => Some(read),
        };
        pairs.refusal = is_too_large.then(too_large);
        match read {
            Some(Ok((form, body))) => (pairs.form, pairs.body) = (form, body),
            Some(Err(error)) => pairs.refusal = pairs.refusal.or(Some(error)),
            None => {
                pairs.refusal = None;
                let message = if beside::filled(&query, KnownParam::Oid).is_some() {
                    "the URL has all that is needed, and the body is something else; it was not read"
                } else {
                    "the URL has all that is needed but an order number, and the body is something else; it was \
                     not read. Send the order number in the URL, or sales of one click may count as one"
                };
                notes.push(note(NoteCode::BodyIgnored, "", message));
                return pairs;
            }
        }
        notes.append(&mut repairs);
        pairs
    }
}

/// Returns the offset of the end of a target's path.
pub fn path_ends(target: &[u8]) -> usize {
    target::mark(target).map_or(target.len(), |mark| mark.start)
}

pub fn understood(pairs: impl Iterator<Item = Pair>, notes: &mut Vec<Note>) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = pairs.map(Parameter::from_pair).collect();
    // Each known parameter is listed once, so that the list stays short.
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
fn object(pairs: &[Pair]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let text = |bytes: &[u8]| Value::String(String::from_utf8_lossy(bytes).into_owned()).to_string();
    // A number stays a number, because a text with the same digits may be read differently.
    let value = |pair: &Pair| match serde_json::from_slice::<serde_json::Number>(&pair.value) {
        Ok(_) if pair.place.part == Part::Bare => String::from_utf8_lossy(&pair.value).into_owned(),
        _ => text(&pair.value),
    };
    let members = pairs.iter().map(|pair| format!("{}:{}", text(&pair.name), value(pair)));
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

/// Words of other systems for an order that is no sale. Such a word holds the postback, unless the
/// code's network has a meaning for it.
const UNDONE: [&str; 8] =
    ["cancelled", "canceled", "refunded", "void", "voided", "failed", "rejected", "chargeback"];

fn is_undone(status: &str) -> bool {
    UNDONE.iter().any(|word| word.eq_ignore_ascii_case(status))
}

/// Converts bytes to text. NUL becomes U+FFFD, because not every database accepts NUL. The flag is
/// true if the text differs from the bytes.
fn text_of(bytes: Vec<u8>) -> (String, bool) {
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => (text, false),
        Ok(text) => (text.replace('\0', "\u{FFFD}"), true),
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).replace('\0', "\u{FFFD}");
            (text, true)
        }
    }
}

impl Parameter {
    fn from_pair(pair: Pair) -> Self {
        let (name, _) = text_of(pair.name);
        let (value, is_changed) = text_of(pair.value);
        // Some networks call the click id `tid`.
        let is_click = name.eq_ignore_ascii_case("tid") && UnverifiedClickId::read(&value).is_some();
        // A shop's `order` is often an object, whose text may differ at each sending.
        let is_foreign = |known: KnownParam| {
            pair.nested
                && match known {
                    KnownParam::Param => true,
                    KnownParam::Oid | KnownParam::Rid => !name.eq_ignore_ascii_case(known.name()),
                    _ => false,
                }
        };
        let known = if is_click { Some(KnownParam::ClickId) } else { known(without_index(&name)) };
        let known = known.filter(|known| !is_foreign(*known));
        // The `%` after a percentage is often not encoded.
        let is_percent =
            || known == Some(KnownParam::Comperc) && Meaning::of(KnownParam::Comperc, &value).is_valid();
        let escapes_broken = pair.broken && !is_percent();
        let broken = escapes_broken || pair.cut_off || is_changed;
        let Pair { nested, place, begins, .. } = pair;
        Self { name, value, known, meaning: Meaning::Text, broken, nested, place, begins }
    }

    /// Returns whether the parameter decides how a conversion counts. Any other parameter may
    /// contain data of the visitor.
    fn counts(&self) -> bool {
        self.known.is_some_and(|known| known != KnownParam::Param)
    }

    /// The rank of the name among the names of the order number; `None` for any other name.
    fn order_rank(&self) -> Option<usize> {
        let known = self.known.filter(|known| *known == KnownParam::Oid);
        known.and_then(|_| rank(without_index(&self.name))).map(|(rank, _)| rank)
    }

    /// Returns whether the parameter counts although it is in another system's message, in which
    /// its name may mean something else. An unknown parameter does no harm.
    pub fn counts_among_others(&self) -> bool {
        match self.known {
            // The complete query has a commission already.
            Some(
                KnownParam::Com
                | KnownParam::Comperc
                | KnownParam::Rid
                | KnownParam::Sec
                | KnownParam::Ts
                | KnownParam::Sig,
            ) => false,
            Some(KnownParam::Oid) => !self.nested,
            Some(KnownParam::Cur) => self.meaning.is_valid(),
            Some(KnownParam::Status) => is_own_status(&self.value) || is_undone(&self.value),
            Some(KnownParam::Test) => asks_for_test(self).is_some(),
            _ => true,
        }
    }

    /// Returns whether the name belongs to a known parameter that counts under another name.
    pub fn is_passed_over(&self) -> bool {
        self.known.is_none() && !self.nested && known(without_index(&self.name)).is_some()
    }

    /// Returns whether the value is empty, apart from blanks and quotes. A template may have
    /// parameters that its sender does not fill.
    pub fn is_blank(&self) -> bool {
        trim(&self.value).is_empty()
    }

    pub fn has_own_name(&self) -> bool {
        let name = trim(&self.name);
        self.known.is_some_and(|known| name.eq_ignore_ascii_case(known.name()))
    }

    /// Settles the meaning of the name, and repairs the value. An alias counts only if the
    /// parameter did not also come under its own name.
    fn interpret(&mut self, own_names: &[KnownParam], notes: &mut Vec<Note>) {
        let own = self.has_own_name();
        self.known = self.known.filter(|known| own || !own_names.contains(known));
        let Some(known) = self.known else {
            let shown_name = excerpt(&self.name);
            let message = if self.nested {
                format!(
                    "`{shown_name}` holds a list or an object, which is not read; it was kept with the postback"
                )
            } else if let Some(known) = known(without_index(&self.name)) {
                let own = known.name();
                format!(
                    "`{shown_name}` was passed over, because another name of `{own}` counts; it was kept with the \
                     postback"
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
        let trimmed = trim(&self.value);
        if trimmed.len() != self.value.len() {
            let message =
                format!("blanks, quotes or invisible characters around `{}` were dropped", known.name());
            notes.push(note(NoteCode::Trimmed, known.name(), message));
            self.value = trimmed.to_owned();
        }
        self.meaning = Meaning::of(known, &self.value);
        if self.place.part == Part::Bare {
            self.settle_in_json(known, notes);
        }
        if !self.meaning.is_valid() && !url_macros::is_macro(&self.value) {
            self.repair(known, notes);
        }
        self.broken |= self.value.chars().any(char::is_control);
        // A value that was cut off may still look whole.
        if self.broken {
            self.meaning = Meaning::Invalid;
        }
    }

    /// Repairs a value that becomes valid if a second encoding is undone, or if punctuation at its
    /// end is dropped. The punctuation comes from a text in which it followed the URL.
    fn repair(&mut self, known: KnownParam, notes: &mut Vec<Note>) {
        let (decoded, broken) = decode(self.value.as_bytes());
        let decoded = String::from_utf8(decoded).ok().filter(|_| !broken && self.value.contains('%'));
        let decoded = decoded.as_deref().map(trim);
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

    /// Replaces the parameter's value by `value`, if `value` is valid. Returns whether it is valid.
    fn becomes(&mut self, known: KnownParam, value: &str) -> bool {
        let meaning = Meaning::of(known, value);
        if meaning.is_valid() {
            (self.value, self.meaning) = (value.to_owned(), meaning);
        }
        meaning.is_valid()
    }
}
