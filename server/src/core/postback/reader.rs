//! The reader: turns the raw bytes of a postback into parameters, notes on repairs, and a claim to
//! be judged.
//!
//! The functions are pure, and have a result for every input. They repair a value only if it can
//! mean only one thing, and note the repair. Anything else that they can't understand becomes a
//! refusal that says what to mend. The order and the repetitions of parameters are kept. A typed
//! deserializer would lose them, so none is used.
//!
//! Reading has two steps, because the conversion code that a postback names decides the meaning of
//! some amounts: `Named::read` finds the parameters and the code; `Named::claim` reads the rest.

mod beside;
mod body;
#[cfg(any(test, fuzzing))]
mod check;
mod claim;
mod json;
mod multipart;
mod notation;
mod parameters;
mod worth;

use s2s_sdk::v1::{DecimalSeparator, ErrorReason, Note};

use super::{Postback, refund::Refund};
use crate::{
    core::{
        conversion::ConversionClaim,
        conversion_code::{ConversionCode, ConversionCodeId, UpdatePolicy},
        preset::Preset,
    },
    error::{Error, Result},
    values::limits::{BODY_BYTES_MAX, TARGET_BYTES_MAX},
    values::{
        money::{Amount, Currency},
        text::excerpt,
    },
};

#[cfg(fuzzing)]
pub use body::check_body;
pub use body::{Form, Plain, is_json};
#[cfg(fuzzing)]
pub use check::{check_reading, worth_of};
#[cfg(test)]
pub use check::{read, request};
pub use parameters::{KnownParam, Meaning, Parameter, is_post, path_ends, without_visitor};

/// Maximum number of parameters of one postback.
const PARAMETERS_MAX: usize = 64;
/// Maximum number of notes of one reading. Notes are stored and sent, so the notes on further
/// repairs are dropped.
const NOTES_MAX: usize = 2 * PARAMETERS_MAX;

/// The content of a postback.
#[derive(Debug)]
pub struct ParsedPostback {
    pub parameters: Vec<Parameter>,
    /// The form of the body; `Pairs` if the body was not read.
    pub form: Form,
    pub notes: Vec<Note>,
    /// Kind of test; `None` for a real postback. Nothing of a test is recorded.
    pub test: Option<Test>,
    /// The code that the postback names or, in a replay, the code that the replay names instead.
    /// `None` if no well-formed code is named.
    pub code: Option<ConversionCodeId>,
    /// The texts by which a search finds the postback: the code in upper case, and the click id. If
    /// a parameter is repeated, `counting` picks one. A long text is cut. A missing text is empty.
    pub code_text: String,
    pub click_text: String,
    /// The claim has no time and no request id, because the reader does not know them. If the
    /// postback reports a refund, the claim is that of the sale, with the refunded amount as its value.
    pub claim: Result<ConversionClaim>,
    /// The refund that the postback reports; `None` if it reports a sale, or can't be read.
    pub refund: Option<Refund>,
}

/// Changes that a replay makes to the reading of a postback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Value and commission to use if `val` or `com` is absent, empty or a macro.
    pub value: Option<Amount>,
    pub commission: Option<Amount>,
    /// Replaces the code's separator of decimals, for amounts that can be read in two ways.
    pub separator: Option<DecimalSeparator>,
    /// Code for which the postback counts, instead of the code that it names.
    pub code: Option<ConversionCodeId>,
}

/// The settings of a conversion code by which its postbacks are read.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    separator: DecimalSeparator,
    /// The currency of amounts that name no currency. `None` if the code is not known.
    currency: Option<Currency>,
    /// The network whose status words count. If the code is not known, no status word is refused.
    preset: Option<&'static Preset>,
    /// False if the id of a refund means nothing.
    takes_updates: bool,
}

impl Terms {
    pub fn of(code: Option<&ConversionCode>) -> Self {
        Self {
            separator: code.map_or(DecimalSeparator::Auto, |code| code.decimal_separator.to_proto()),
            currency: code.map(|code| code.default_currency),
            preset: code.and_then(|code| code.preset_id.preset()),
            takes_updates: code.is_none_or(|code| code.update_policy != UpdatePolicy::None),
        }
    }
}

/// Kind of test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// `test=1`.
    Asked,
    /// The click id is one that people type to try a URL.
    ClickId,
}

/// Click ids that people type to try a URL, in lower case. Digits that count up from 1, such as
/// `1234`, are test click ids, too.
const TEST_CLICK_IDS: [&str; 4] = ["test", "testclick", "testclickid", "test123"];
const DIGITS: &str = "12345678901234567890";
const TEST_DIGITS_MIN: usize = 4;

fn is_test_click_id(click_id: &str) -> bool {
    TEST_CLICK_IDS.iter().any(|test| click_id.eq_ignore_ascii_case(test))
        || (click_id.len() >= TEST_DIGITS_MIN && DIGITS.starts_with(click_id))
}

/// The parameters of a postback. Only the conversion code has been read from them so far.
pub struct Named {
    parameters: Vec<Parameter>,
    form: Form,
    notes: Vec<Note>,
    code: Option<ConversionCodeId>,
    /// The error of a postback that can't be read any further.
    refusal: Option<Error>,
}

impl Named {
    pub fn read(postback: &Postback) -> Self {
        let mut notes = Vec::new();
        let (parameters, form, refusal) = parameters::read(postback, &mut notes);
        let is_too_large = postback.cut && postback.target.len() >= TARGET_BYTES_MAX;
        let is_too_large = is_too_large || parameters.len() > PARAMETERS_MAX;
        let refusal = if is_too_large { Some(too_large()) } else { refusal };
        let is_empty_post = parameters.is_empty() && postback.method == "POST";
        let refusal = refusal.or_else(|| is_empty_post.then(nothing_sent));
        let code = counting(&parameters, KnownParam::Id).and_then(|id| match id.meaning {
            Meaning::Code(code) => Some(code),
            _ => None,
        });
        Self { parameters, form, notes, code, refusal }
    }

    /// The code that the postback names, if it names a well-formed one.
    pub fn code(&self) -> Option<ConversionCodeId> {
        self.code
    }

    /// The order id that the postback names; empty if it names none.
    pub fn order(&self) -> &str {
        let order = counting(&self.parameters, KnownParam::Oid).filter(|order| order.meaning.is_valid());
        order.map_or("", |order| order.value.as_str())
    }

    /// Reads the claim. A live postback is read without overrides.
    pub fn claim(self, overrides: &Overrides, terms: Terms) -> ParsedPostback {
        let Self { parameters, form, mut notes, code, refusal } = self;
        let claim = match refusal {
            Some(error) => Err(error),
            None => claim::read(&parameters, overrides, terms, &mut notes),
        };
        let (claim, refund) = match claim {
            Ok((claim, refund)) => (Ok(claim), refund),
            Err(error) => (Err(error), None),
        };
        notes.truncate(NOTES_MAX);
        let text_of = |known| {
            let found = counting(&parameters, known);
            found.map(|parameter| excerpt(&parameter.value)).unwrap_or_default()
        };
        let code_text = excerpt(&text_of(KnownParam::Id).to_uppercase());
        let click_text = match counting(&parameters, KnownParam::ClickId).map(|click_id| click_id.meaning) {
            Some(Meaning::ClickId(click_id)) => click_id.to_string(),
            _ => text_of(KnownParam::ClickId),
        };
        let tests = parameters.iter().filter(|parameter| parameter.known == Some(KnownParam::Test));
        let asked: Vec<_> = tests.map(claim::asks_for_test).collect();
        let test = if !asked.is_empty() && asked.iter().all(|asked| *asked == Some(true)) {
            Some(Test::Asked)
        } else {
            is_test_click_id(&click_text).then_some(Test::ClickId)
        };
        let code = overrides.code.or(code);
        ParsedPostback { parameters, form, notes, test, code, code_text, click_text, claim, refund }
    }
}

fn too_large() -> Error {
    let message = format!(
        "a postback may have {TARGET_BYTES_MAX} bytes in its URL, {BODY_BYTES_MAX} in its body and {PARAMETERS_MAX} \
         parameters; this one has more"
    );
    Error::new(ErrorReason::RequestTooLarge, message)
}

/// A sender that announces no length seems to have sent no body.
fn nothing_sent() -> Error {
    let message = "the POST has no parameters, neither in its URL nor in a body; if it has a body, send \
                   `Content-Length` or `Transfer-Encoding: chunked` with it";
    claim::refusal(ErrorReason::ParameterMissing, KnownParam::ClickId, message.to_owned())
}

/// Several parameters can have names that mean the same. Returns the first of them that has a valid
/// value. If none has, returns the first one.
fn counting(parameters: &[Parameter], known: KnownParam) -> Option<&Parameter> {
    let all = || parameters.iter().filter(|parameter| parameter.known == Some(known));
    all().find(|parameter| parameter.meaning.is_valid()).or_else(|| all().next())
}

#[cfg(test)]
mod tests;
