//! The claim that the parameters of a postback make.

use s2s_sdk::{
    parameter::{is_no_order, known},
    url_macros,
    v1::{ErrorReason, Note, NoteCode},
};

use super::{KnownParam, Meaning, Overrides, Parameter, Terms, beside::filled, counting, worth};
use crate::{
    core::{
        conversion::{ConversionClaim, CustomParams, Happened, TransactionId, note},
        conversion_code::ConversionCodeId,
        postback::{
            refund::Refund,
            status::{self, Understood},
        },
    },
    error::{Error, Result},
    values::{external_id::ExternalId, money::Amount, query::Part, text::excerpt},
};

/// The parameters and settings from which a claim is read. `get` returns one value for each known
/// parameter.
pub struct Values<'a> {
    pub parameters: &'a [Parameter],
    pub overrides: &'a Overrides,
    pub terms: Terms,
}

/// Words that programs write in place of a value that they do not have.
const PROGRAM_WORDS: [&str; 3] = ["null", "undefined", "N/A"];

impl<'a> Values<'a> {
    /// Returns a parameter; `None` if it is absent or empty. If several different values came, the
    /// only valid one counts, whatever the order. If none or several of them are valid, the
    /// parameter is refused. Values that mean the same are not different. A list of several items
    /// is refused, even if the items are equal: they may be the prices of two products. A macro
    /// that nobody replaced is refused, too, and so is a broken value.
    pub fn get(&self, known: KnownParam, notes: &mut Vec<Note>) -> Result<Option<&'a Parameter>> {
        let Some(first) = counting(self.parameters, known) else { return Ok(None) };
        let all = || self.parameters.iter().filter(|parameter| parameter.known == Some(known));
        if all().filter(|parameter| parameter.is_item()).count() > 1 {
            return Err(list(known));
        }
        // If one value is valid, invalid values don't matter.
        let rivals = |other: &&Parameter| other.meaning.is_valid() || !first.meaning.is_valid();
        // Nobody knows the value of a broken parameter, so it can't be compared.
        let broken = all().filter(rivals).find(|rival| rival.broken);
        let other = all().filter(rivals).find(|other| !first.says_the_same(other));
        if let Some(other) = other.filter(|_| broken.is_none()) {
            return Err(twice(known, &first.value, &other.value));
        }
        if all().count() > 1 {
            let message =
                format!("`{}` came more than once; `{}` counts", known.name(), excerpt(&first.value));
            notes.push(note(NoteCode::Repeated, known.name(), message));
        }
        if url_macros::is_macro(&first.value) {
            let (name, text) = (known.name(), excerpt(&first.value));
            let is_word = PROGRAM_WORDS.iter().any(|word| first.value.eq_ignore_ascii_case(word));
            let message = if is_word {
                format!(
                    "`{name}` is literally `{text}`: the sender's program had no value; send one, or omit `{name}`"
                )
            } else {
                format!(
                    "`{name}` is literally `{text}`: the sender did not replace its macro; check its spelling and \
                     case in the sender's documentation"
                )
            };
            return Err(refusal(ErrorReason::MacroNotReplaced, known, message).with("macro", &text));
        }
        if let Some(broken) = broken {
            let (name, text) = (known.name(), excerpt(&broken.value));
            // The percent sign after a percentage is often not encoded.
            let message = worth::percentage(known, &broken.value).unwrap_or_else(|| {
                format!(
                    "`{name}` is `{text}`, with broken percent-encoding or control characters, or cut off at an `&` \
                     of its own; percent-encode it as UTF-8"
                )
            });
            return Err(refusal(ErrorReason::ParameterMalformed, known, message));
        }
        Ok((!first.value.is_empty()).then_some(first))
    }

    fn mandatory(&self, known: KnownParam, notes: &mut Vec<Note>) -> Result<&'a Parameter> {
        self.get(known, notes)?.ok_or_else(|| self.missing(known))
    }

    pub fn missing(&self, known: KnownParam) -> Error {
        let name = known.name();
        // Browsers and programs don't send the `#` of a URL or anything after it.
        let cut = self.parameters.last().filter(|last| last.known.is_some() && last.value.is_empty());
        if let Some(last) = cut {
            let message = format!(
                "everything after `{}=` is missing: was there a macro with `#`? A `#` cuts the URL off; it must be \
                 replaced by the sender, or encoded as `%23`",
                last.known.map_or("", KnownParam::name)
            );
            return refusal(ErrorReason::FragmentCutOff, known, message);
        }
        let message = match known {
            KnownParam::Val => {
                "`val` is missing; send the value of the sale, or `val=0` if it has none".to_owned()
            }
            KnownParam::Com => {
                "`com` is missing; send the commission, or `com=0` if there is none".to_owned()
            }
            _ => format!("`{name}` is missing; add it to the postback URL"),
        };
        refusal(ErrorReason::ParameterMissing, known, message)
    }
}

fn twice(known: KnownParam, first: &str, other: &str) -> Error {
    let (name, first, other) = (known.name(), excerpt(first), excerpt(other));
    let message = format!("`{name}` came twice, as `{first}` and as `{other}`; send it once");
    refusal(ErrorReason::ParameterRepeated, known, message)
}

fn list(known: KnownParam) -> Error {
    let name = known.name();
    let message = format!("`{name}` came as a list of several items; send it once, as `{name}`");
    refusal(ErrorReason::ParameterRepeated, known, message)
}

/// Reads the claim that the parameters make, and the refund that they report.
pub fn read(
    parameters: &[Parameter],
    overrides: &Overrides,
    terms: Terms,
    notes: &mut Vec<Note>,
) -> Result<(ConversionClaim, Option<Refund>)> {
    let values = Values { parameters, overrides, terms };
    check_test(&values, notes)?;
    let click_id = values.mandatory(KnownParam::ClickId, notes)?;
    let code = match overrides.code {
        Some(code) => {
            let message = format!("the replay counts the postback for the conversion code `{code}`");
            notes.push(note(NoteCode::Overridden, KnownParam::Id.name(), message));
            code
        }
        None => code(values.mandatory(KnownParam::Id, notes)?)?,
    };
    let mut status_notes = Vec::new();
    let status = status(&values, &mut status_notes);
    let refund_id = refund_id(&values, notes)?;
    let meaning = status.as_ref().ok().and_then(|status| status.meaning);
    let is_reversed = meaning == Some(status::Meaning::Reversed);
    let worth = if is_reversed || refund_id.is_some() {
        worth::read_refund(&values, notes)?
    } else {
        worth::read(&values, notes)?
    };
    let transaction_id = transaction_id(&values, notes)?;
    note_empty_end(parameters, notes);
    notes.append(&mut status_notes);
    let Understood { meaning, word, note } = status?;
    notes.extend(note);
    let status = match meaning {
        Some(status::Meaning::Sale(_)) if refund_id.is_some() => return Err(refund_of_sale(word)),
        Some(status::Meaning::Sale(status)) => Some(status),
        Some(status::Meaning::Reversed) | None => None,
    };
    let refund = match (worth.value, refund_id) {
        (Amount::ZERO, Some(_)) if !is_reversed => return Err(refund_of_nothing(&values)),
        (_, None) if !is_reversed => None,
        (amount, id) => Some(Refund { amount: Some(amount).filter(|amount| *amount != Amount::ZERO), id }),
    };
    let click_id = match click_id.meaning {
        Meaning::ClickId(click_id) => Some(click_id),
        _ => None,
    };
    let claim = ConversionClaim {
        code,
        click_id,
        transaction_id,
        value: worth.value,
        currency: worth.currency,
        commission: worth.commission,
        commission_currency: worth.commission_currency,
        status,
        status_word: word.to_owned(),
        custom_params: custom_params(parameters)?,
        happened: Happened::Now,
        request_id: None,
    };
    Ok((claim, refund))
}

/// Reads the status. If the code is not known, it is not known either what networks mean.
fn status<'a>(values: &Values<'a>, notes: &mut Vec<Note>) -> Result<Understood<'a>> {
    let word = text(values.get(KnownParam::Status, notes)?);
    if values.terms.currency.is_none() {
        return Ok(Understood { meaning: status::own(word), word, note: None });
    }
    status::read(word, values.terms.preset)
}

/// Reads the id of a refund.
fn refund_id(values: &Values<'_>, notes: &mut Vec<Note>) -> Result<Option<ExternalId>> {
    let known = KnownParam::Rid;
    if !values.terms.takes_updates {
        if filled(values.parameters, known).is_some() {
            let message =
                "`rid` was not read: the code's update_policy is NONE, so its postbacks report no refunds";
            notes.push(note(NoteCode::UnknownParameter, known.name(), message));
        }
        return Ok(None);
    }
    let Some(found) = values.get(known, notes)? else { return Ok(None) };
    let malformed = |why: String| refusal(ErrorReason::ParameterMalformed, known, format!("`rid` {why}"));
    if found.nested {
        return Err(malformed("is a list or an object; send the id of the refund as a text".to_owned()));
    }
    if is_no_order(&found.value) {
        return Err(malformed(format!(
            "is `{}`, which is no id; omit it with a sale",
            excerpt(&found.value)
        )));
    }
    ExternalId::parse(&found.value).map_err(|why| malformed(format!("{why}; send only the id of the refund")))
}

fn refund_of_sale(word: &str) -> Error {
    let message = format!(
        "`rid` is the id of a refund, and `status` is `{}`; send `status=reversed` or no status with a refund, and \
         no `rid` with a sale",
        excerpt(word)
    );
    refusal(ErrorReason::ParameterMalformed, KnownParam::Rid, message)
}

/// Notes a URL that ends with an empty parameter. The parameter may have no value, or the URL may
/// have been cut off at a `#`, as in Shopify's order number `#1001`.
fn note_empty_end(parameters: &[Parameter], notes: &mut Vec<Note>) {
    let last = parameters.iter().rfind(|parameter| parameter.place.part == Part::Target);
    let Some(last) = last.filter(|last| last.value.is_empty()) else { return };
    let Some(known) = last.known.filter(|known| *known != KnownParam::Param) else { return };
    let message = format!(
        "the URL ends with an empty `{}`: if its value begins with `#`, the sender must encode that as `%23`",
        known.name()
    );
    notes.push(note(NoteCode::EmptyAtEnd, known.name(), message));
}

/// Returns the name of a parameter within an order number: any name after a `?`, or one of our
/// names after a `;`. An order number that contains `://` is a URL, and may contain parameters.
fn parameter_within(order: &str) -> Option<&str> {
    let behind =
        |mark| order.split(mark).skip(1).filter_map(|rest| rest.split_once('=').map(|(name, _)| name));
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let found = behind('?').find(is_name).or_else(|| behind(';').find(|name| known(name).is_some()));
    found.filter(|_| !order.contains("://"))
}

/// Returns whether the value of `test` asks for a test; `None` if it can't be understood.
pub fn asks_for_test(test: &Parameter) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&test.value));
    if is_one_of(&["1", "true"]) {
        Some(true)
    } else {
        is_one_of(&["0", "false", "no", "off"]).then_some(false)
    }
}

/// Refuses a value of `test` that can't be understood: a test must not count as a sale.
fn check_test(values: &Values<'_>, notes: &mut Vec<Note>) -> Result<()> {
    values.get(KnownParam::Test, notes)?;
    match counting(values.parameters, KnownParam::Test) {
        Some(test) if asks_for_test(test).is_none() => {
            let message = format!(
                "`test` is `{}`; send `test=1` to try the URL, and no `test` with a sale",
                excerpt(&test.value)
            );
            Err(refusal(ErrorReason::ParameterMalformed, KnownParam::Test, message))
        }
        _ => Ok(()),
    }
}

/// The text of a parameter; empty if it is absent.
fn text(parameter: Option<&Parameter>) -> &str {
    parameter.map_or("", |parameter| parameter.value.as_str())
}

fn code(id: &Parameter) -> Result<ConversionCodeId> {
    if let Meaning::Code(code) = id.meaning {
        return Ok(code);
    }
    let text = id.value.as_str();
    text.parse().map_err(|why| {
        let message = format!("no conversion code has the id `{}`; it {why}", excerpt(text));
        refusal(ErrorReason::ConversionCodeUnknown, KnownParam::Id, message)
    })
}

fn transaction_id(values: &Values<'_>, notes: &mut Vec<Note>) -> Result<TransactionId> {
    let malformed = |message| refusal(ErrorReason::ParameterMalformed, KnownParam::Oid, message);
    let order = values.get(KnownParam::Oid, notes)?;
    if order.is_some_and(|order| order.nested) {
        let message = "`oid` is a list or an object; send the order number as a text or a number".to_owned();
        return Err(malformed(message));
    }
    let id = TransactionId::parse(text(order))
        .map_err(|why| malformed(format!("`oid` {why}; send only the order number")))?;
    if let Some(name) = parameter_within(id.as_str()) {
        return Err(malformed(format!(
            "`oid` is `{}`, in which `{name}` looks like another parameter; separate parameters with `&`, or \
             percent-encode the order number",
            excerpt(id.as_str())
        )));
    }
    Ok(id)
}

/// Reads `k=v` pairs, separated by `;`, from every `param`. The content is kept as it is, and not
/// interpreted.
fn custom_params(parameters: &[Parameter]) -> Result<CustomParams> {
    let all = parameters.iter().filter(|parameter| parameter.known == Some(KnownParam::Param));
    let pairs = all.flat_map(|parameter| parameter.value.split(';')).filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| match pair.split_once('=') {
        Some((key, value)) => (key.to_owned(), value.to_owned()),
        None => (String::new(), pair.to_owned()),
    });
    CustomParams::parse(pairs.collect()).map_err(|why| {
        let message = format!("`param` {why}; send less of it");
        refusal(ErrorReason::ParameterMalformed, KnownParam::Param, message)
    })
}

/// The error of a refund without an amount.
fn refund_of_nothing(values: &Values<'_>) -> Error {
    let missing = values.missing(KnownParam::Val);
    if missing.reason() != ErrorReason::ParameterMissing {
        return missing;
    }
    let message = "the refund has no amount; send the refunded amount as `val`, or `status=reversed` if all that is left \
                   of the sale is refunded";
    refusal(ErrorReason::ParameterMissing, KnownParam::Val, message.to_owned())
}

pub fn refusal(reason: ErrorReason, known: KnownParam, message: String) -> Error {
    Error::new(reason, message).with("parameter", known.name())
}

#[cfg(test)]
mod tests;
