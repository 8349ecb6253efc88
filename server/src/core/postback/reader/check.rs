//! Properties of every reading, for the tests and for the fuzzer in `server/fuzz`.

use url::form_urlencoded::Serializer;
use uuid::Uuid;

use s2s_sdk::v1::NoteCode;
#[cfg(fuzzing)]
use s2s_sdk::v1::{DecimalSeparator, Money, new_conversion::Commission as StatedCommission};

use super::{
    Amount, ConversionClaim, Error, ErrorReason, KnownParam, NOTES_MAX, Named, Note, Overrides,
    PARAMETERS_MAX, ParsedPostback, Plain, Postback, Terms,
    body::{self, Form},
    without_visitor,
};
use crate::{
    core::{
        conversion::{
            CUSTOM_PARAM_KEY_BYTES_MAX, CUSTOM_PARAM_VALUE_BYTES_MAX, CUSTOM_PARAMS_MAX, Commission,
            CustomParams, TRANSACTION_ID_BYTES_MAX,
        },
        postback::{redaction::redact, refund::Refund},
    },
    values::{
        external_id::ExternalId,
        id::{AccountId, PostbackId},
        money::{AMOUNT_MICROS_MAX, Currency, PERCENT_MICROS_MAX},
        query::Part,
        time::Time,
    },
};

/// Longest sentence of a note or a refusal, in bytes.
const MESSAGE_BYTES_MAX: usize = 1_024;
/// Longest text that is kept for finding a postback, in characters.
const TEXT_CHARS_MAX: usize = 64;
/// A well-formed conversion code.
#[cfg(fuzzing)]
const CODE: &str = "6B1F0A3C9D5E4F7081A2B3C4D5E6F708";
/// A text that is no click id.
const NO_CLICK_ID: &str = "none";
/// Longest text that one byte may become, in bytes: U+FFFD in UTF-8. No repair makes a text longer.
const BYTES_PER_BYTE_MAX: usize = 3;

/// Reads a request made of these bytes, and asserts the properties of the reading.
///
/// The first byte selects the kind: `F` is a form, `J` is JSON and `P` has no content type, all
/// three by `POST`; any other byte is a `GET`. The target follows, up to the first line feed,
/// because no request line can contain a line feed. The rest is the body.
pub fn check_reading(bytes: &[u8]) {
    let (first, rest) = bytes.split_first().unwrap_or((&b'G', &[]));
    let (method, content_type) = match first {
        b'F' => ("POST", "application/x-www-form-urlencoded"),
        b'J' => ("POST", "application/json"),
        b'P' => ("POST", ""),
        _ => ("GET", ""),
    };
    let mut lines = rest.splitn(2, |byte| *byte == b'\n');
    let mut next = || lines.next().unwrap_or_default().to_vec();
    let postback = request(method, next(), content_type, next());
    let reading = read(&postback, &Overrides::default());
    check_texts(&reading, postback.target.len() + Plain::of(&postback.body).bytes.len());
    check_without_visitor(&postback, &reading);
    check_redacted(&postback, &reading);
    match &reading.claim {
        Ok(claim) => {
            assert!(reading.parameters.len() <= PARAMETERS_MAX);
            check_claim(claim);
            let refund = reading.refund.as_ref();
            check_again(claim, refund, &json(claim, refund));
            // JSON and multipart may contain text that a query can't, because the reader would take
            // it for damage by HTML.
            if method == "GET" || is_form(&postback) {
                check_again(claim, refund, &query(claim, refund));
            }
        }
        Err(error) => check_refusal(error),
    }
}

fn is_form(postback: &Postback) -> bool {
    let plain = Plain::of(&postback.body);
    let form = body::read(&postback.content_type, &plain.bytes, &mut Vec::new());
    form.is_ok_and(|(form, _)| form == Form::Pairs)
}

/// Reads a postback that names no known code.
pub fn read(postback: &Postback, overrides: &Overrides) -> ParsedPostback {
    Named::read(postback).claim(overrides, Terms::of(None))
}

/// Returns the value and the commission that a postback states with these texts of `val`, `com`,
/// `comperc` and `cur`, if its code has this separator and this currency. Omits an empty text.
#[cfg(fuzzing)]
pub fn worth_of(
    texts: [&str; 4],
    separator: DecimalSeparator,
    currency: &str,
) -> Result<(Money, StatedCommission), String> {
    let names = ["val", "com", "comperc", "cur"];
    let stated = names.into_iter().zip(texts).filter(|(_, text)| !text.is_empty());
    let stated = stated.map(|(name, text)| (name, text.to_owned()));
    let pairs = [("clickId", NO_CLICK_ID.to_owned()), ("id", CODE.to_owned())].into_iter().chain(stated);
    let terms = Terms { separator, currency: currency.parse().ok(), ..Terms::of(None) };
    let claim = Named::read(&object(pairs)).claim(&Overrides::default(), terms).claim;
    let claim = claim.map_err(|error| error.message().to_owned())?;
    let currency_code = claim.currency.map(|currency| currency.to_string()).unwrap_or_default();
    let money = |amount: Amount| Money { micros: amount.micros(), currency_code: currency_code.clone() };
    let commission = match claim.commission {
        Commission::Amount(amount) => StatedCommission::CommissionAmount(money(amount)),
        Commission::Percent(percent) => StatedCommission::CommissionPercentMicros(percent.micros()),
    };
    Ok((money(claim.value), commission))
}

/// Returns a postback without the data that the reader ignores.
pub fn request(method: &str, target: Vec<u8>, content_type: &str, body: Vec<u8>) -> Postback {
    Postback {
        method: method.to_owned(),
        target,
        content_type: content_type.to_owned(),
        body,
        ..Postback::arrived(PostbackId(Uuid::nil()), AccountId::DEFAULT, Time::from_micros(0))
    }
}

fn check_texts(reading: &ParsedPostback, bytes: usize) {
    for text in [&reading.code_text, &reading.click_text] {
        assert!(text.chars().count() <= TEXT_CHARS_MAX && is_one_line(text), "{text:?}");
    }
    let mut texts = 0;
    for parameter in &reading.parameters {
        assert!(!parameter.name.contains('\0') && !parameter.value.contains('\0'), "{parameter:?}");
        texts += parameter.name.len() + parameter.value.len();
    }
    assert!(texts <= BYTES_PER_BYTE_MAX * bytes, "{bytes} bytes became {texts}");
    assert!(reading.notes.len() <= NOTES_MAX);
    for note in &reading.notes {
        assert!(note.code() != NoteCode::Unspecified);
        assert!(note.parameter.chars().count() <= TEXT_CHARS_MAX && is_one_line(&note.parameter));
        check_message(&note.message);
    }
}

fn check_message(message: &str) {
    assert!(!message.is_empty() && message.len() <= MESSAGE_BYTES_MAX && is_one_line(message), "{message:?}");
}

/// Maximum growth of the time if the input grows 16-fold. A quadratic algorithm takes 256 times as
/// long.
#[cfg(test)]
const GROWTH_MAX: u32 = 64;

/// Returns whether the time of a reading grows in proportion to the length of its input, in bytes.
/// Counts only the time for which this thread runs, so other work on the machine matters little.
#[cfg(test)]
pub fn grows_in_proportion(read: impl Fn(usize)) -> bool {
    let now = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        std::time::Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
    };
    let time = |bytes: usize| {
        let begun = now();
        read(bytes);
        now().saturating_sub(begun)
    };
    (0..5).any(|_| time(16 * 16_384) < time(16_384) * GROWTH_MAX)
}

fn is_one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

pub fn check_refusal(error: &Error) {
    use tonic::Code::{InvalidArgument, NotFound, OutOfRange};
    assert!(matches!(error.code(), InvalidArgument | NotFound | OutOfRange), "{error:?}");
    assert!(error.reason() != ErrorReason::Unspecified);
    check_message(error.message());
}

fn check_claim(claim: &ConversionClaim) {
    assert!(claim.transaction_id.as_str().len() <= TRANSACTION_ID_BYTES_MAX, "{claim:?}");
    assert!(is_one_line(claim.transaction_id.as_str()), "{claim:?}");
    assert!((0..=AMOUNT_MICROS_MAX).contains(&claim.value.micros()), "{claim:?}");
    assert!(match claim.commission {
        Commission::Amount(amount) => (0..=AMOUNT_MICROS_MAX).contains(&amount.micros()),
        Commission::Percent(percent) => (0..=PERCENT_MICROS_MAX).contains(&percent.micros()),
    });
    assert!(claim.custom_params.pairs().len() <= CUSTOM_PARAMS_MAX);
    for (key, value) in claim.custom_params.pairs() {
        assert!(key.len() <= CUSTOM_PARAM_KEY_BYTES_MAX && !key.contains('\0'), "{key:?}");
        assert!(value.len() <= CUSTOM_PARAM_VALUE_BYTES_MAX && !value.contains('\0'), "{value:?}");
    }
}

/// Asserts that a postback that was written properly from a claim gives the same claim, without a
/// repair.
fn check_again(claim: &ConversionClaim, refund: Option<&Refund>, postback: &Postback) {
    let reading = read(postback, &Overrides::default());
    assert!(reading.claim.as_ref().is_ok_and(|again| again == claim), "{claim:?} became {reading:?}");
    assert_eq!(reading.refund.as_ref(), refund, "{reading:?}");
    let is_asked_for = |note: &Note| note.code() == NoteCode::CurrencyInAmount;
    assert!(reading.notes.iter().all(is_asked_for), "{claim:?} became {reading:?}");
}

/// Asserts that a postback gives the same claim after the erasure of its visitor, and keeps only
/// the parameters that counting needs.
fn check_without_visitor(postback: &Postback, reading: &ParsedPostback) {
    let erase = |postback: &Postback| {
        let (target, body) = without_visitor(postback);
        Postback { target, body, ..postback.clone() }
    };
    let erased = erase(postback);
    let again = read(&erased, &Overrides::default());
    let known = again.parameters.iter().map(|parameter| parameter.known);
    assert!(
        known.into_iter().all(|known| known.is_some_and(|known| known != KnownParam::Param)),
        "{again:?}"
    );
    let refund = again.refund.clone();
    match (&reading.claim, &again.claim) {
        (Ok(claim), again) => {
            let claim = ConversionClaim { custom_params: CustomParams::default(), ..claim.clone() };
            assert!(again.as_ref().is_ok_and(|again| *again == claim), "{reading:?} became {again:?}");
            assert_eq!(reading.refund, refund, "{reading:?}");
        }
        (Err(error), Ok(_)) => {
            let of_what_is_gone =
                error.reason() == ErrorReason::RequestTooLarge || error.message().starts_with("`param`");
            assert!(of_what_is_gone, "only faults of erased data may be gone, not {error:?}");
        }
        (Err(_), Err(_)) => {}
    }
    let twice = erase(&erased);
    assert_eq!(twice.target, erased.target);
    // The rest of a body may be ignored beside a complete URL. The second erasure then removes it.
    assert!(twice.body == erased.body || twice.body.is_empty(), "{erased:?} became {twice:?}");
}

/// Asserts that a postback keeps its length if its secrets are removed, and reads the same if it
/// counts or has secrets only where they belong.
fn check_redacted(postback: &Postback, reading: &ParsedPostback) {
    let mut redacted = postback.clone();
    let others = redact(&mut redacted, reading, None);
    let body =
        if postback.method == "POST" { Plain::of(&postback.body).bytes.len() } else { postback.body.len() };
    assert_eq!((redacted.target.len(), redacted.body.len()), (postback.target.len(), body));
    // A body that can't be read may become another body that can't be read.
    if reading.claim.as_ref().is_err_and(|error| error.message().starts_with("the body is")) {
        return;
    }
    let again = read(&redacted, &Overrides::default());
    // If a secret was elsewhere, `judgement::redacted` reads the redacted postback again, and
    // refuses it if it would count now, but did not before. An example is a value that was cut off
    // at an `&`: its rest may be redacted, and the value then looks complete.
    if others && (reading.claim.is_err() || reading.parameters.iter().any(|was| was.broken)) {
        return;
    }
    // A body from which nothing counts is blotted out as a whole if it has a secret. It then reads
    // as names that nobody knows.
    let is_ignored = reading.notes.iter().any(|note| note.code() == NoteCode::BodyIgnored);
    let of_body = |reading: &ParsedPostback| {
        let all = reading.parameters.iter().filter(|one| one.place.part != Part::Target);
        all.map(|one| one.known).collect::<Vec<_>>()
    };
    if is_ignored || of_body(reading).is_empty() && reading.claim.is_ok() {
        assert!(of_body(&again).iter().all(Option::is_none), "{again:?}");
        assert_eq!(told(reading), told(&again));
        return;
    }
    assert_eq!(again.parameters.len(), reading.parameters.len(), "{reading:?} became {again:?}");
    for (was, is) in reading.parameters.iter().zip(&again.parameters) {
        assert_eq!(was.known, is.known, "{was:?} became {is:?}");
        match was.known {
            Some(KnownParam::Sec) => {
                assert_eq!(was.value.is_empty(), is.value.is_empty(), "{was:?} became {is:?}");
                // A redaction keeps line ends.
                let is_blot =
                    |value: &str| value.trim_matches(['*', '\r', '\n']).is_empty() || value.len() < 3;
                assert!(is_blot(&is.value), "{was:?} became {is:?}");
            }
            Some(_) => assert_eq!(was, is),
            None => {}
        }
    }
    let notes = |reading: &ParsedPostback| {
        // Blanks around a secret are redacted, too, and an encoded body is stored decoded. So the
        // notes on the blanks and on the encoding are gone.
        let stays =
            |note: &&Note| note.parameter != KnownParam::Sec.name() && note.code() != NoteCode::BodyDecoded;
        reading.notes.iter().filter(stays).map(Note::code).collect::<Vec<_>>()
    };
    let (mut was, mut is) = (notes(reading), notes(&again));
    // If the list of notes is full, a note that is gone makes room for a later one.
    if reading.notes.len() == NOTES_MAX {
        let kept = was.len().min(is.len());
        was.truncate(kept);
        is.truncate(kept);
    }
    assert_eq!(was, is);
    let texts =
        |reading: &ParsedPostback| (reading.test, reading.code_text.clone(), reading.click_text.clone());
    assert_eq!(texts(reading), texts(&again));
    assert_eq!(told(reading), told(&again));
}

/// The claim or the refusal, as a text.
fn told(reading: &ParsedPostback) -> String {
    let error = reading.claim.as_ref().err();
    format!("{:?} {:?}", reading.claim.as_ref().ok(), error.map(|error| (error.reason(), error.message())))
}

fn query(claim: &ConversionClaim, refund: Option<&Refund>) -> Postback {
    let pairs = pairs(claim, refund);
    let query = Serializer::new("/s2s?".to_owned()).extend_pairs(pairs).finish();
    request("GET", query.into_bytes(), "", Vec::new())
}

fn json(claim: &ConversionClaim, refund: Option<&Refund>) -> Postback {
    object(pairs(claim, refund).into_iter())
}

/// Returns a postback whose body is an object of these pairs.
fn object(pairs: impl Iterator<Item = (&'static str, String)>) -> Postback {
    let text = |text: String| serde_json::Value::String(text);
    let pairs = pairs.map(|(name, value)| format!("\"{name}\":{}", text(value)));
    let body = format!("{{{}}}", pairs.collect::<Vec<_>>().join(","));
    request("POST", b"/s2s".to_vec(), "application/json", body.into_bytes())
}

/// Returns the parameters that express a claim and a refund.
fn pairs(claim: &ConversionClaim, refund: Option<&Refund>) -> Vec<(&'static str, String)> {
    let decimal = |micros: i64| format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    let (amount, percent) = match claim.commission {
        Commission::Amount(amount) => (amount, None),
        Commission::Percent(percent) => (Amount::ZERO, Some(percent)),
    };
    let currency_text = |named: Option<Currency>| named.map_or(String::new(), |named| format!(" {named}"));
    let params = claim.custom_params.pairs().iter().map(|(key, value)| format!("{key}={value}"));
    let mut pairs = vec![
        ("clickId", claim.click_id.map_or_else(|| NO_CLICK_ID.to_owned(), |id| id.to_string())),
        ("id", claim.code.to_string()),
        ("val", decimal(claim.value.micros())),
        ("oid", claim.transaction_id.as_str().to_owned()),
        ("status", claim.status_word.clone()),
        ("param", params.collect::<Vec<_>>().join(";")),
    ];
    pairs.push(match refund {
        Some(refund) => ("rid", refund.id.as_ref().map_or("", ExternalId::as_str).to_owned()),
        None => ("com", format!("{}{}", decimal(amount.micros()), currency_text(claim.commission_currency))),
    });
    pairs.extend(percent.map(|percent| ("comperc", decimal(percent.micros()))));
    pairs.extend(claim.currency.map(|currency| ("cur", currency.to_string())));
    pairs
}
