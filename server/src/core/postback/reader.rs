//! The reader: from the postback bytes of a postback to parameters, repairs, and a report to be judged.
//!
//! A pure function that never fails. It repairs a value only if one meaning is left, and notes the
//! repair. Anything else that it can't understand becomes a refusal that says what to mend. Order
//! and repetitions are kept, and nothing goes through a typed deserializer.

mod amounts;
#[cfg(any(test, fuzzing))]
mod check;
mod entities;
mod json;
mod parameters;
mod split;

use s2s_sdk::v1::{ErrorReason, Note, NoteCode};

use super::Postback;
use crate::{
    core::{
        conversion::{Commission, ConversionClaim, CustomParams, Happened, OneCurrency, TransactionId, note},
        conversion_code::ConversionCodeId,
    },
    error::{Error, Result},
    values::limits::{BODY_BYTES_MAX, TARGET_BYTES_MAX},
    values::{
        money::{Amount, Currency, Decimal, NotDecimal, Percent},
        text::excerpt,
        url_macros,
    },
};

pub use amounts::Comma;
#[cfg(fuzzing)]
pub use check::check_reading;
#[cfg(test)]
pub use check::request;
pub use parameters::{
    KnownParam, Meaning, Parameter, is_json, is_post, of_target, path_ends, without_visitor,
};
pub use split::{Part, Place, hex};

/// Maximum number of parameters of one postback.
const PARAMETERS_MAX: usize = 64;
/// Maximum number of notes of one reading. Notes are stored and sent, so the notes on further
/// repairs are dropped.
const NOTES_MAX: usize = 2 * PARAMETERS_MAX;

/// The content of a postback.
#[derive(Debug)]
pub struct ParsedPostback {
    pub parameters: Vec<Parameter>,
    pub notes: Vec<Note>,
    /// Kind of test; `None` for a real postback. Nothing is recorded of a test.
    pub test: Option<Test>,
    /// Conversion code, in upper case, and click id, by which the postback can be found. Each is
    /// cut to an excerpt, and is empty if absent.
    pub code_text: String,
    pub click_text: String,
    /// The claim has no time and no request id, because the reader does not know them. Its status
    /// is approved at first. The real status follows from the status word, whose meaning depends on
    /// the network, so the reader can't settle it.
    pub claim: Result<ConversionClaim>,
}

/// Changes that a replay makes to the reading of a postback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Value and commission to use if `val` or `com` is absent, empty or a macro.
    pub value: Option<Amount>,
    pub commission: Option<Amount>,
    /// Meaning of an ambiguous comma.
    pub comma: Option<Comma>,
    /// Code to count for, instead of the code that the postback names.
    pub code: Option<ConversionCodeId>,
}

/// Kind of test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// `test=1`.
    Asked,
    /// The click id is one that people type to try a URL.
    ClickId,
}

/// Click ids that people type to try a URL, in lower case. Digits that count up from 1 are such a
/// click id, too.
const TEST_CLICK_IDS: [&str; 4] = ["test", "testclick", "testclickid", "test123"];
const DIGITS: &str = "12345678901234567890";
const TEST_DIGITS_MIN: usize = 4;

fn is_test_click_id(click_id: &str) -> bool {
    TEST_CLICK_IDS.iter().any(|test| click_id.eq_ignore_ascii_case(test))
        || (click_id.len() >= TEST_DIGITS_MIN && DIGITS.starts_with(click_id))
}

/// Reads a postback. A live postback is read without overrides.
pub fn read(postback: &Postback, overrides: &Overrides) -> ParsedPostback {
    let mut notes = Vec::new();
    let parameters = parameters::read(postback, &mut notes);
    let parameters = match parameters {
        Ok(parameters) if postback.cut || parameters.len() > PARAMETERS_MAX => {
            let message = format!(
                "a postback may have {TARGET_BYTES_MAX} bytes in its URL, {BODY_BYTES_MAX} in its body and \
                 {PARAMETERS_MAX} parameters; this one has more"
            );
            return ParsedPostback::new(
                parameters,
                notes,
                Err(Error::new(ErrorReason::RequestTooLarge, message)),
            );
        }
        Ok(parameters) => parameters,
        Err(error) => return ParsedPostback::new(Vec::new(), notes, Err(error)),
    };
    let claim = claim(&parameters, overrides, &mut notes);
    ParsedPostback::new(parameters, notes, claim)
}

impl ParsedPostback {
    fn new(parameters: Vec<Parameter>, mut notes: Vec<Note>, claim: Result<ConversionClaim>) -> Self {
        notes.truncate(NOTES_MAX);
        let first = |known| parameters.iter().find(|parameter| parameter.known == Some(known));
        let text_of = |known| first(known).map(|parameter| excerpt(&parameter.value)).unwrap_or_default();
        let code_text = text_of(KnownParam::Id).to_uppercase();
        let click_text = match first(KnownParam::ClickId).map(|parameter| &parameter.meaning) {
            Some(Meaning::ClickId(click_id)) => click_id.to_string(),
            _ => text_of(KnownParam::ClickId),
        };
        let test = if matches!(text_of(KnownParam::Test).as_str(), "1" | "true") {
            Some(Test::Asked)
        } else {
            is_test_click_id(&click_text).then_some(Test::ClickId)
        };
        Self { parameters, notes, test, code_text: excerpt(&code_text), click_text, claim }
    }
}

/// The values of the known parameters, one value for each.
struct Values<'a> {
    parameters: &'a [Parameter],
    overrides: &'a Overrides,
}

impl<'a> Values<'a> {
    /// Returns a parameter; `None` if it is absent or empty. If it came with two different values
    /// and only one is valid, the valid value counts; otherwise the parameter is refused. A macro
    /// that nobody replaced is refused, too, and so is a broken value.
    fn get(&self, known: KnownParam, notes: &mut Vec<Note>) -> Result<Option<&'a Parameter>> {
        let mut all = self.parameters.iter().filter(|parameter| parameter.known == Some(known));
        let Some(mut first) = all.next() else { return Ok(None) };
        let mut repeated = false;
        for other in all {
            repeated = true;
            if other.value != first.value {
                match (first.meaning.is_valid(), other.meaning.is_valid()) {
                    (true, false) => {}
                    (false, true) => first = other,
                    _ => return Err(twice(known, &first.value, &other.value)),
                }
            }
        }
        if repeated {
            let message =
                format!("`{}` came more than once; `{}` counts", known.name(), excerpt(&first.value));
            notes.push(note(NoteCode::Repeated, known.name(), message));
        }
        if url_macros::is_macro(&first.value) {
            let (name, text) = (known.name(), excerpt(&first.value));
            let message = format!(
                "`{name}` is literally `{text}`: the sender did not replace its macro; check its spelling and case \
                 in the sender's documentation"
            );
            return Err(refusal(ErrorReason::MacroNotReplaced, known, message).with("macro", &text));
        }
        if first.broken {
            let (name, text) = (known.name(), excerpt(&first.value));
            let message = format!(
                "`{name}` is `{text}`, with broken percent-encoding or control characters; encode it as UTF-8"
            );
            return Err(refusal(ErrorReason::ParameterMalformed, known, message));
        }
        Ok((!first.value.is_empty()).then_some(first))
    }

    fn mandatory(&self, known: KnownParam, notes: &mut Vec<Note>) -> Result<&'a Parameter> {
        self.get(known, notes)?.ok_or_else(|| self.missing(known))
    }

    /// Returns an amount; if the amount is missing or a macro, returns `instead`. A currency in the
    /// amount's text is written to `currency`, and must not contradict a currency that is there
    /// already.
    fn amount(
        &self,
        known: KnownParam,
        instead: Option<Amount>,
        currency: &mut OneCurrency,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Amount>> {
        let found = match (self.get(known, notes), instead) {
            (Err(error), Some(_)) if error.reason() == ErrorReason::MacroNotReplaced => None,
            (found, _) => found?,
        };
        match (found, instead) {
            (Some(found), _) => amount(known, found, self.overrides.comma, currency, notes).map(Some),
            (None, None) => Ok(None),
            (None, Some(amount)) => {
                let name = known.name();
                let message = format!("`{name}` was missing; the replay supplied the amount");
                notes.push(note(NoteCode::Overridden, name, message));
                Ok(Some(amount))
            }
        }
    }

    fn missing(&self, known: KnownParam) -> Error {
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

fn claim(parameters: &[Parameter], overrides: &Overrides, notes: &mut Vec<Note>) -> Result<ConversionClaim> {
    let values = Values { parameters, overrides };
    let click_id = values.mandatory(KnownParam::ClickId, notes)?;
    let code = match overrides.code {
        Some(code) => {
            let message = format!("the replay counts it for the conversion code `{code}`");
            notes.push(note(NoteCode::Overridden, KnownParam::Id.name(), message));
            code
        }
        None => code(values.mandatory(KnownParam::Id, notes)?)?,
    };
    let mut currency = OneCurrency::default();
    if let Some(named) = values.get(KnownParam::Cur, notes)? {
        currency.agree(KnownParam::Cur.name(), currency_code(named)?)?;
    }
    let value = values.amount(KnownParam::Val, overrides.value, &mut currency, notes)?;
    let value = value.ok_or_else(|| values.missing(KnownParam::Val))?;
    let commission = commission(&values, &mut currency, notes)?;
    let transaction_id = transaction_id(text(values.get(KnownParam::Oid, notes)?))?;
    let status_word = text(values.get(KnownParam::Status, notes)?).to_owned();
    let click_id = match click_id.meaning {
        Meaning::ClickId(click_id) => Some(click_id),
        _ => None,
    };
    Ok(ConversionClaim {
        code,
        click_id,
        transaction_id,
        value,
        currency: currency.agreed(),
        commission,
        status: None,
        status_word,
        custom_params: custom_params(parameters)?,
        happened: Happened::Now,
        request_id: None,
    })
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

/// Reads the commission. `comperc` counts only if `com` is 0 or absent.
fn commission(values: &Values<'_>, currency: &mut OneCurrency, notes: &mut Vec<Note>) -> Result<Commission> {
    let com = values.amount(KnownParam::Com, values.overrides.commission, currency, notes)?;
    let comperc = values.get(KnownParam::Comperc, notes)?;
    let amount = match (com, comperc) {
        (Some(com), _) => com,
        (None, Some(_)) => {
            let message = "`com` was absent and is read as 0, since `comperc` was sent";
            notes.push(note(NoteCode::CommissionAssumedZero, KnownParam::Com.name(), message));
            Amount::ZERO
        }
        (None, None) => return Err(values.missing(KnownParam::Com)),
    };
    match comperc {
        None => Ok(Commission::Amount(amount)),
        Some(comperc) if amount == Amount::ZERO => percent(comperc, notes).map(Commission::Percent),
        Some(_) => {
            let message = "both `com` and `comperc` were sent; `com` counts, since it is not 0";
            notes.push(note(NoteCode::CommissionPercentIgnored, KnownParam::Comperc.name(), message));
            Ok(Commission::Amount(amount))
        }
    }
}

fn amount(
    known: KnownParam,
    parameter: &Parameter,
    comma: Option<Comma>,
    currency: &mut OneCurrency,
    notes: &mut Vec<Note>,
) -> Result<Amount> {
    let (name, text) = (known.name(), &parameter.value);
    let (decimal, own) = decimal(known, parameter, comma, notes)?;
    if let Some(own) = own {
        currency.agree(name, own).map_err(|error| error.with("parameter", name))?;
        let message = format!(
            "`{name}` was sent as `{}`, and is in {own}; better send the currency as `cur`",
            excerpt(text)
        );
        notes.push(note(NoteCode::CurrencyInAmount, name, message));
    }
    let amount = i64::try_from(decimal.micros).ok().and_then(Amount::from_micros);
    amount.ok_or_else(|| out_of_range(known, text, "0 to 1,000,000,000,000"))
}

fn percent(parameter: &Parameter, notes: &mut Vec<Note>) -> Result<Percent> {
    let (known, text) = (KnownParam::Comperc, &parameter.value);
    if text.ends_with('%') {
        notes.push(note(NoteCode::NumberRepaired, known.name(), "the percent sign was dropped"));
    }
    let (decimal, currency) = decimal(known, parameter, None, notes)?;
    if currency.is_some() {
        return Err(malformed(known, text));
    }
    let percent = i64::try_from(decimal.micros).ok().and_then(Percent::from_micros);
    percent.ok_or_else(|| out_of_range(known, text, "0 to 100"))
}

fn decimal(
    known: KnownParam,
    parameter: &Parameter,
    comma: Option<Comma>,
    notes: &mut Vec<Note>,
) -> Result<(Decimal, Option<Currency>)> {
    let name = known.name();
    let text = known.number_in(&parameter.value);
    let read = match parameter.meaning {
        Meaning::Number(read) => Ok(read),
        // The value has no meaning of its own. `comma` may give it one.
        _ => amounts::read(text, comma),
    };
    let read = read.map_err(|why| match why {
        NotDecimal::TooLong => out_of_range(known, text, "a number of ordinary length"),
        NotDecimal::Malformed => malformed(known, text),
        NotDecimal::Ambiguous => {
            let message = format!(
                "`{name}` is `{}`, which can be read in two ways; send a decimal point and no thousands separators",
                excerpt(text)
            );
            refusal(ErrorReason::AmountAmbiguous, known, message)
        }
    })?;
    let mut repaired = |is: bool, code, what: &str| {
        if is {
            notes.push(note(code, name, format!("`{name}` was sent as `{}`: {what}", excerpt(text))));
        }
    };
    repaired(read.comma, NoteCode::DecimalComma, "its comma is the decimal point");
    repaired(read.grouped, NoteCode::NumberRepaired, "its thousands separators were dropped");
    repaired(read.decimal.rounded, NoteCode::Rounded, "more than six fraction digits; it was rounded");
    repaired(read.decimal.unusual, NoteCode::NumberRepaired, "it has one meaning only");
    Ok((read.decimal, read.currency))
}

fn malformed(known: KnownParam, text: &str) -> Error {
    let (name, text) = (known.name(), excerpt(text));
    let message = format!(
        "`{name}` is `{text}`, which is not a decimal number; send digits with at most one point, such as `19.99`"
    );
    refusal(ErrorReason::AmountMalformed, known, message)
}

fn currency_code(cur: &Parameter) -> Result<Currency> {
    if let Meaning::Currency(currency) = cur.meaning {
        return Ok(currency);
    }
    let text = cur.value.as_str();
    text.parse().map_err(|why| {
        let message = format!("`cur` is `{}`; it {why}", excerpt(text));
        refusal(ErrorReason::CurrencyInvalid, KnownParam::Cur, message)
    })
}

fn transaction_id(text: &str) -> Result<TransactionId> {
    TransactionId::parse(text).map_err(|why| {
        let message = format!("`oid` {why}; send only the order number");
        refusal(ErrorReason::ParameterMalformed, KnownParam::Oid, message)
    })
}

/// Reads `k=v` pairs, separated by `;`, from every `param`. Any content is kept, and none is
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

fn out_of_range(known: KnownParam, text: &str, range: &str) -> Error {
    let message = format!("`{}` is `{}`; it must be {range}", known.name(), excerpt(text));
    refusal(ErrorReason::AmountOutOfRange, known, message)
}

fn refusal(reason: ErrorReason, known: KnownParam, message: String) -> Error {
    Error::new(reason, message).with("parameter", known.name())
}

#[cfg(test)]
mod tests;
