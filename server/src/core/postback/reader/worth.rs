//! Value, commission and their currency, as the parameters of a postback state them.

use s2s_sdk::{
    amount::{self, NamedCurrency, NotDecimal, Read},
    v1::{DecimalSeparator, ErrorReason, Note, NoteCode},
};

use super::{
    KnownParam, Meaning, Parameter,
    beside::filled,
    claim::{Values, refusal},
    counting,
    parameters::number_in,
};
use crate::{
    core::conversion::{Commission, note},
    error::{Error, Result},
    values::{
        money::{Amount, Currency, Percent},
        text::excerpt,
    },
};

/// The worth of a conversion.
pub struct Worth {
    pub value: Amount,
    /// The currency that `val` or `cur` names; `None` for the code's default currency.
    pub currency: Option<Currency>,
    pub commission: Commission,
    /// The currency that the text of the commission names. `None` if it names none.
    pub commission_currency: Option<Currency>,
}

pub fn read(values: &Values<'_>, notes: &mut Vec<Note>) -> Result<Worth> {
    let cur = values.get(KnownParam::Cur, notes)?.map(currency_code).transpose()?;
    let value = Stated::read(values, KnownParam::Val, values.overrides.value, cur, notes)?;
    let value = value.ok_or_else(|| values.missing(KnownParam::Val))?;
    check_currency(KnownParam::Val, value.named, cur)?;
    let currency = value.named.or(cur);
    let (commission, commission_currency) = commission(values, currency, notes)?;
    check_currency(KnownParam::Com, commission_currency, currency.or(values.terms.currency))?;
    Ok(Worth { value: value.amount, currency, commission, commission_currency })
}

/// Reads the amount of a refund as the value, which is 0 if there is none. An amount may have a minus
/// sign. The commission is not read: it shrinks with the value of the sale.
pub fn read_refund(values: &Values<'_>, notes: &mut Vec<Note>) -> Result<Worth> {
    let known = KnownParam::Val;
    let cur = values.get(KnownParam::Cur, notes)?.map(currency_code).transpose()?;
    let negative = filled(values.parameters, known).filter(|val| val.value.starts_with(MINUS));
    let stated = match negative {
        Some(_) => values.get(known, notes)?.map(|val| without_minus(val, notes)),
        None => None,
    };
    let stated = match stated {
        Some(positive) => Some(Stated::of(values, known, &positive, cur, notes)?),
        None => Stated::read(values, known, values.overrides.value, cur, notes)?,
    };
    for ignored in [KnownParam::Com, KnownParam::Comperc] {
        if filled(values.parameters, ignored).is_some() {
            let message =
                "a refund takes the commission back in proportion to the value; what came was not read";
            notes.push(note(NoteCode::CommissionNotRead, ignored.name(), message));
        }
    }
    let (value, named) = stated.map_or((Amount::ZERO, None), |stated| (stated.amount, stated.named));
    check_currency(known, named, cur)?;
    let commission = Commission::Amount(Amount::ZERO);
    Ok(Worth { value, currency: named.or(cur), commission, commission_currency: None })
}

/// Drops the minus sign of an amount.
fn without_minus(val: &Parameter, notes: &mut Vec<Note>) -> Parameter {
    let known = KnownParam::Val;
    let message = "the minus sign was dropped: the amount of a refund is positive";
    notes.push(note(NoteCode::NumberRepaired, known.name(), message));
    let value = val.value.strip_prefix(MINUS).unwrap_or(&val.value).trim_start().to_owned();
    Parameter { meaning: Meaning::of(known, &value), value, ..val.clone() }
}

/// The hyphen, and the minus sign outside ASCII.
const MINUS: [char; 2] = ['-', '\u{2212}'];

/// An amount, and the currency that its own text names.
struct Stated {
    amount: Amount,
    named: Option<Currency>,
}

impl Stated {
    /// Reads an amount. `instead`, if given, replaces an amount that is missing or a macro.
    /// `currency` is the currency that is known already.
    fn read(
        values: &Values<'_>,
        known: KnownParam,
        instead: Option<Amount>,
        currency: Option<Currency>,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Self>> {
        let found = match (values.get(known, notes), instead) {
            (Err(error), Some(_)) if error.reason() == ErrorReason::MacroNotReplaced => None,
            (found, _) => found?,
        };
        let Some(parameter) = found else {
            let name = known.name();
            let supplied = instead.map(|amount| {
                let message = format!("`{name}` was missing; the replay supplied the amount");
                notes.push(note(NoteCode::Overridden, name, message));
                Self { amount, named: None }
            });
            return Ok(supplied);
        };
        Self::of(values, known, parameter, currency, notes).map(Some)
    }

    /// Reads the amount in a parameter.
    fn of(
        values: &Values<'_>,
        known: KnownParam,
        parameter: &Parameter,
        currency: Option<Currency>,
        notes: &mut Vec<Note>,
    ) -> Result<Self> {
        let name = known.name();
        let expected = currency.or(values.terms.currency);
        let text = parameter.value.as_str();
        let read = number(values, known, parameter, expected, notes)?;
        let named = read.currency.and_then(|named| meant(named, expected));
        if let Some(named) = named {
            let message = format!(
                "`{name}` was sent as `{}`, and is in {named}; better send the currency as `cur`",
                excerpt(text)
            );
            notes.push(note(NoteCode::CurrencyInAmount, name, message));
        }
        let amount = i64::try_from(read.decimal.micros).ok().and_then(Amount::from_micros);
        let amount = amount.ok_or_else(|| out_of_range(known, text, "0 to 1,000,000,000,000"))?;
        Ok(Self { amount, named })
    }
}

/// Returns the currency that the text of an amount means by `named`, which may be a sign such as
/// `$`. `expected` is the currency that is known already.
fn meant(named: NamedCurrency, expected: Option<Currency>) -> Option<Currency> {
    named.meant(expected.map(Currency::into)).map(Currency::from)
}

/// Reads the commission, and the currency that its own text names. `comperc` counts only if `com`
/// is 0 or absent. `currency` is the currency of the value, if `val` or `cur` names one.
fn commission(
    values: &Values<'_>,
    currency: Option<Currency>,
    notes: &mut Vec<Note>,
) -> Result<(Commission, Option<Currency>)> {
    let com = Stated::read(values, KnownParam::Com, values.overrides.commission, currency, notes)?;
    let comperc = values.get(KnownParam::Comperc, notes)?;
    let com = match (com, comperc) {
        (Some(com), _) => com,
        (None, Some(_)) => {
            let message = "`com` was absent and is read as 0, since `comperc` was sent";
            notes.push(note(NoteCode::CommissionAssumedZero, KnownParam::Com.name(), message));
            Stated { amount: Amount::ZERO, named: None }
        }
        (None, None) => return Err(values.missing(KnownParam::Com)),
    };
    match comperc {
        None => Ok((Commission::Amount(com.amount), com.named)),
        Some(comperc) if com.amount == Amount::ZERO => {
            Ok((Commission::Percent(percent(comperc, notes)?), com.named))
        }
        Some(_) => {
            let message = "both `com` and `comperc` were sent; `com` counts, since it is not 0";
            notes.push(note(NoteCode::CommissionPercentIgnored, KnownParam::Comperc.name(), message));
            Ok((Commission::Amount(com.amount), com.named))
        }
    }
}

/// Reads the number of `val` or `com`. A number that can be read in two ways is settled by the
/// replay, by the code, by the other amount, or by its currency.
fn number(
    values: &Values<'_>,
    known: KnownParam,
    parameter: &Parameter,
    expected: Option<Currency>,
    notes: &mut Vec<Note>,
) -> Result<Read> {
    let (name, text) = (known.name(), parameter.value.as_str());
    let mut settled = |separator: DecimalSeparator, code, message: String| {
        notes.push(note(code, name, message));
        amount::read(text, separator)
    };
    let read = match (parameter.meaning, values.overrides.separator, values.terms.separator) {
        (Meaning::Number(read), _, _) => Ok(read),
        (Meaning::Ambiguous, Some(separator @ (DecimalSeparator::Point | DecimalSeparator::Comma)), _) => {
            let message =
                format!("`{name}` was sent as `{}`; the replay settles how it is read", excerpt(text));
            settled(separator, NoteCode::Overridden, message)
        }
        (Meaning::Ambiguous, _, separator @ (DecimalSeparator::Point | DecimalSeparator::Comma)) => {
            match shown_by_other(values, known) {
                Some(shown) if shown != separator => return Err(contradictory(known, text)),
                _ => amount::read(text, separator),
            }
        }
        (Meaning::Ambiguous, _, DecimalSeparator::Auto) => match shown_by_other(values, known) {
            Some(separator) => {
                let message =
                    format!("`{name}` was sent as `{}`, and is read like the other amount", excerpt(text));
                settled(separator, NoteCode::NumberRepaired, message)
            }
            None => amount::read(text, amount::by_currency(text, expected.map(Currency::into))),
        },
        _ => amount::read(text, DecimalSeparator::Auto),
    };
    let read = read.map_err(|why| refused(known, text, why))?;
    repairs(known, text, &read, notes);
    Ok(read)
}

/// The separator of decimals that the other amount of the same postback shows, if it shows one.
fn shown_by_other(values: &Values<'_>, known: KnownParam) -> Option<DecimalSeparator> {
    let other = if known == KnownParam::Val { KnownParam::Com } else { KnownParam::Val };
    match counting(values.parameters, other)?.meaning {
        Meaning::Number(read) => Some(read.separator).filter(|shown| *shown != DecimalSeparator::Auto),
        _ => None,
    }
}

fn percent(parameter: &Parameter, notes: &mut Vec<Note>) -> Result<Percent> {
    let (known, text) = (KnownParam::Comperc, parameter.value.as_str());
    if text.ends_with('%') {
        notes.push(note(NoteCode::NumberRepaired, known.name(), "the percent sign was dropped"));
    }
    let number = number_in(known, text);
    let read = amount::read_percent(text).map_err(|why| refused(known, number, why))?;
    repairs(known, number, &read, notes);
    if read.currency.is_some() {
        return Err(malformed(known, text));
    }
    let percent = i64::try_from(read.decimal.micros).ok().and_then(Percent::from_micros);
    percent.ok_or_else(|| out_of_range(known, text, "0 to 100"))
}

/// Notes the repairs of a number.
fn repairs(known: KnownParam, text: &str, read: &Read, notes: &mut Vec<Note>) {
    let name = known.name();
    let mut repaired = |is: bool, code, what: &str| {
        if is {
            notes.push(note(code, name, format!("`{name}` was sent as `{}`: {what}", excerpt(text))));
        }
    };
    repaired(read.comma, NoteCode::DecimalComma, "its comma is the decimal point");
    repaired(read.grouped, NoteCode::NumberRepaired, "its thousands separators were dropped");
    repaired(read.decimal.rounded, NoteCode::Rounded, "more than six fraction digits; it was rounded");
    repaired(
        read.decimal.unusual,
        NoteCode::NumberRepaired,
        "its form is unusual, but it has only one meaning",
    );
}

fn refused(known: KnownParam, text: &str, why: NotDecimal) -> Error {
    match why {
        NotDecimal::TooLong => out_of_range(known, text, "a number of ordinary length"),
        NotDecimal::Malformed => malformed(known, text),
        NotDecimal::Ambiguous => {
            let message = format!(
                "`{}` is `{}`, which can be read in two ways; send two decimals and no thousands separators, such as \
                 `1500.00`, or set the code's decimal_separator and replay",
                known.name(),
                excerpt(text)
            );
            refusal(ErrorReason::AmountAmbiguous, known, message)
        }
    }
}

/// The error of an ambiguous amount for which the code's separator and the other amount's separator
/// differ.
fn contradictory(known: KnownParam, text: &str) -> Error {
    let message = format!(
        "`{}` is `{}`, which can be read in two ways, and the code's decimal_separator is not that of the other \
         amount; send two decimals and no thousands separators, or replay with a decimal_separator",
        known.name(),
        excerpt(text)
    );
    refusal(ErrorReason::AmountAmbiguous, known, message)
}

fn malformed(known: KnownParam, text: &str) -> Error {
    let message = percentage(known, text).unwrap_or_else(|| {
        let (name, text) = (known.name(), excerpt(text));
        format!(
            "`{name}` is `{text}`, which is not a decimal number; send digits with at most one point, such as `19.99`"
        )
    });
    refusal(ErrorReason::AmountMalformed, known, message)
}

/// The sentence about a percentage in the place of an amount. `None` if there is no percentage.
pub fn percentage(known: KnownParam, text: &str) -> Option<String> {
    let cure = match known {
        KnownParam::Com => "send it as `comperc`",
        KnownParam::Val => "send the price of the sale",
        _ => return None,
    };
    let (name, shown) = (known.name(), excerpt(text));
    amount::is_percentage(text).then(|| format!("`{name}` is `{shown}`, a percentage: {cure}"))
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

/// Refuses an amount whose own text names another currency than the expected one.
fn check_currency(known: KnownParam, named: Option<Currency>, expected: Option<Currency>) -> Result<()> {
    match (named, expected) {
        (Some(named), Some(expected)) if named != expected => {
            let message =
                format!("`{}` is in {named}, and the rest is in {expected}; send one currency", known.name());
            Err(refusal(ErrorReason::CurrencyInvalid, known, message))
        }
        _ => Ok(()),
    }
}

fn out_of_range(known: KnownParam, text: &str, range: &str) -> Error {
    let cure = if known == KnownParam::Val && text.starts_with(MINUS) {
        "; to refund a sale, send the id of the refund as `rid`, and `status=reversed`"
    } else {
        ""
    };
    let message = format!("`{}` is `{}`; it must be {range}{cure}", known.name(), excerpt(text));
    refusal(ErrorReason::AmountOutOfRange, known, message)
}
