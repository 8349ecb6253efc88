//! Converts values to the texts of cells. People and programs can read the texts, and spreadsheets
//! don't read them as formulas.

use std::{borrow::Cow, fmt::Write as _};

use s2s_sdk::{prost_types::Timestamp, v1::Money};
use serde_json::Value;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// Beginning of an escaped character in CSV, as in `\u{1b}`.
const ESCAPE: &str = "\\u{";
const HEXADECIMAL: u32 = 16;
/// Number of digits after a separator of thousands.
const THOUSANDS_DIGITS: usize = 3;

/// First characters that make a spreadsheet read a cell as a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Escapes characters that could steer a terminal or deceive its reader, as in `\u{1b}` or `\n`.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => out.extend(letter.escape_default()),
            _ if is_raw(letter) => out.extend(letter.escape_unicode()),
            _ => out.push(letter),
        }
    }
    out
}

/// Writes JSON, on request with indentation. Characters that could steer a terminal are escaped, as
/// JSON escapes them.
pub fn to_json(value: &Value, indented: bool) -> String {
    let text = if indented { format!("{value:#}") } else { value.to_string() };
    let mut out = String::with_capacity(text.len());
    // Characters to escape occur only in strings, except for the line feeds between the lines.
    for letter in text.chars() {
        if letter != '\n' && is_raw(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                // Writing to a `String` never fails.
                _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(letter);
        }
    }
    out
}

/// Returns whether a character must be escaped: a control character, a character that changes the
/// direction of a text, a line separator, or an invisible character.
fn is_raw(letter: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
    // Invisible characters outside the categories below: fillers, vowel signs, variation selectors.
    let is_invisible = matches!(
        letter,
        '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2065}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    is_invisible || matches!(letter.general_category(), Control | Format | LineSeparator | ParagraphSeparator)
}

pub fn time(time: Option<&Timestamp>) -> String {
    time.map(ToString::to_string).unwrap_or_default()
}

/// Writes an amount without its currency, with at least as many decimals as the currency has. Three
/// decimals get another zero, so that the text has one meaning, whichever character separates
/// decimals: the point of `12.345` could separate thousands, and the point of `12.3450` could not.
pub fn amount(money: Option<&Money>) -> String {
    let mut text = money.map(Money::to_padded_decimal).unwrap_or_default();
    if text.split_once('.').is_some_and(|(_, fraction)| fraction.len() == THOUSANDS_DIGITS) {
        text.push('0');
    }
    text
}

pub fn currency(money: Option<&Money>) -> String {
    money.map(|money| money.currency_code.clone()).unwrap_or_default()
}

/// Writes millionths as a decimal number.
pub fn decimal(micros: i64) -> String {
    Money { micros, ..Default::default() }.to_decimal()
}

/// Converts the name of an enum value to a word: `POSTBACK_VERDICT_HELD` without
/// `POSTBACK_VERDICT_` is `held`.
pub fn word(name: &str, prefix: &str) -> String {
    let word = name.strip_prefix(prefix).unwrap_or(name).to_lowercase();
    if word == "unspecified" { String::new() } else { word }
}

/// Escapes a cell, so that no spreadsheet reads it as a formula, and no terminal is steered by it;
/// [`from_csv`] reads it back. Numbers are not changed.
pub fn to_csv(cell: &str) -> String {
    // A text that looks like an escape is escaped itself, so that reading back is exact.
    let cell = cell.replace(ESCAPE, "\\u{5c}u{");
    let mut out = String::with_capacity(cell.len());
    for letter in cell.chars() {
        match letter {
            '\n' | '\t' => out.push(letter),
            _ if is_raw(letter) => out.extend(letter.escape_unicode()),
            _ => out.push(letter),
        }
    }
    if is_formula(out.trim_start_matches('\'')) && !is_number(&out) { format!("'{out}") } else { out }
}

/// Undoes [`to_csv`]. Also reads the formula `="007"` as the text `007`: other programs write such
/// formulas, so that a spreadsheet keeps the zeros.
pub fn from_csv(cell: &str) -> Cow<'_, str> {
    let cell = match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => {
            let text = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
            text.filter(|text| !text.contains('"')).unwrap_or(cell)
        }
    };
    unescaped(cell)
}

/// Escapes some characters as in `\u{3b}`; [`unescaped`] reads them back.
pub fn escaped(text: &str, characters: &[char]) -> String {
    // A text that looks like an escape is escaped itself, so that reading back is exact.
    let text = text.replace(ESCAPE, "\\u{5c}u{");
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if characters.contains(&letter) {
            out.extend(letter.escape_unicode());
        } else {
            out.push(letter);
        }
    }
    out
}

/// Undoes [`escaped`].
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains(ESCAPE) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(ESCAPE);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let letter = part.split_once('}').and_then(|(digits, rest)| {
            Some((u32::from_str_radix(digits, HEXADECIMAL).ok().and_then(char::from_u32)?, rest))
        });
        if let Some((letter, rest)) = letter {
            out.push(letter);
            out.push_str(rest);
        } else {
            out.push_str(ESCAPE);
            out.push_str(part);
        }
    }
    Cow::Owned(out)
}

fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA_STARTS)
}

fn is_number(text: &str) -> bool {
    Money::from_decimal(text, "").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_all_are_read_back() {
        for (cell, expected) in [
            ("order-1", "order-1"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("+SUM(A1)", "'+SUM(A1)"),
            ("-cmd|'/c calc'!A1", "'-cmd|'/c calc'!A1"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("\r=x", "\\u{d}=x"),
            ("=\u{1b}[2J", "'=\\u{1b}[2J"),
            ("\u{7}\u{9b}\u{7f}", "\\u{7}\\u{9b}\\u{7f}"),
            ("evil\u{202e}gpj", "evil\\u{202e}gpj"),
            ("o\u{200b}1\u{e0041}", "o\\u{200b}1\\u{e0041}"),
            ("two\nlines", "two\nlines"),
            ("\\u{1b}", "\\u{5c}u{1b}"),
            ("\\u{zz}", "\\u{5c}u{zz}"),
            ("C:\\users", "C:\\users"),
            ("Größe ✓ 日本 🙂", "Größe ✓ 日本 🙂"),
            ("'=1", "''=1"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("-19.99", "-19.99"),
            ("+5", "+5"),
            ("-", "'-"),
            ("-1-1", "'-1-1"),
        ] {
            assert_eq!(to_csv(cell), expected);
            assert_eq!(from_csv(expected), cell);
        }
        for (foreign, text) in
            [("=\"007\"", "007"), ("=\"\"", ""), ("=\"", "=\""), ("=\"a\"&\"b\"", "=\"a\"&\"b\"")]
        {
            assert_eq!(from_csv(foreign), text);
        }
    }

    #[test]
    fn an_amount_has_its_currencys_decimals_and_one_meaning() {
        for (text, currency, expected) in [
            ("12", "EUR", "12.00"),
            ("12.3", "EUR", "12.30"),
            ("12.34", "EUR", "12.34"),
            ("12.345", "EUR", "12.3450"),
            ("0.125", "EUR", "0.1250"),
            ("-1.500", "EUR", "-1.50"),
            ("-1.501", "EUR", "-1.5010"),
            ("12.3456", "EUR", "12.3456"),
            ("12.345678", "EUR", "12.345678"),
            ("1234.567", "EUR", "1234.5670"),
            ("1234", "JPY", "1234"),
            ("1.5", "KWD", "1.5000"),
            ("1.5", "", "1.50"),
        ] {
            let money = Money::from_decimal(text, currency).unwrap();
            assert_eq!(amount(Some(&money)), expected);
        }
        assert_eq!(amount(None), "");
    }

    #[test]
    fn words_and_texts_are_plain() {
        assert_eq!(word("POSTBACK_VERDICT_HELD", "POSTBACK_VERDICT_"), "held");
        assert_eq!(word("ERROR_REASON_UNSPECIFIED", "ERROR_REASON_"), "");
        assert_eq!(decimal(10_500_000), "10.5");
    }

    #[test]
    fn nothing_raw_is_shown() {
        for (text, shown, json) in [
            ("a\u{1b}[31mb\n", r"a\u{1b}[31mb\n", r#""a\u001b[31mb\n""#),
            ("\u{7}\u{7f}\u{9b}", r"\u{7}\u{7f}\u{9b}", r#""\u0007\u007f\u009b""#),
            ("\u{202e}\u{2066}\u{061c}", r"\u{202e}\u{2066}\u{61c}", r#""\u202e\u2066\u061c""#),
            ("\u{200b}\u{feff}\u{ad}", r"\u{200b}\u{feff}\u{ad}", r#""\u200b\ufeff\u00ad""#),
            ("\u{2028}\u{2029}\u{3164}", r"\u{2028}\u{2029}\u{3164}", r#""\u2028\u2029\u3164""#),
            ("\u{e0041}", r"\u{e0041}", r#""\udb40\udc41""#),
            ("Größe ✓ 日本 🙂", "Größe ✓ 日本 🙂", "\"Größe ✓ 日本 🙂\""),
        ] {
            assert_eq!(plain(text), shown);
            let value = Value::from(text);
            assert_eq!(to_json(&value, false), json);
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
        }
    }
}
