//! Converts values to the texts of cells: for people, for programs, and safe in spreadsheets.

use s2s_sdk::{prost_types::Timestamp, v1::Money};

/// First characters that make a spreadsheet read a cell as a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Replaces control characters, so that text from strangers can't steer a terminal.
pub fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

pub fn time(time: Option<&Timestamp>) -> String {
    time.map(ToString::to_string).unwrap_or_default()
}

pub fn amount(money: Option<&Money>) -> String {
    money.map(Money::to_decimal).unwrap_or_default()
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

/// Escapes a cell, so that no spreadsheet reads it as a formula; [`from_csv`] reads it back.
/// Numbers are not changed.
pub fn to_csv(cell: &str) -> String {
    if is_formula(cell.trim_start_matches('\'')) && !is_number(cell) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Undoes [`to_csv`].
pub fn from_csv(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
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
            ("\r=x", "'\r=x"),
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
    }

    #[test]
    fn words_and_texts_are_plain() {
        assert_eq!(word("POSTBACK_VERDICT_HELD", "POSTBACK_VERDICT_"), "held");
        assert_eq!(word("ERROR_REASON_UNSPECIFIED", "ERROR_REASON_"), "");
        assert_eq!(plain("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\u{fffd}");
        assert_eq!(decimal(10_500_000), "10.5");
    }
}
