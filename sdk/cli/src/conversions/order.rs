//! Reads order numbers, and finds those that a program has changed.

use s2s_sdk::parameter::{is_no_order, is_trimmed};

use super::row::{Source, excerpt};

/// Reads an order number. Refuses a word for "no order number", such as `None`, and a number that a
/// spreadsheet has changed. Several sales of a click may have such a text in common, and would
/// count as one.
pub fn read(cell: &str, source: Source) -> Result<String, String> {
    let text = cell.trim_matches(is_trimmed);
    if is_no_order(text) {
        let cure = match source {
            Source::File => "leave the cell empty",
            Source::Options => "omit --transaction if there is none",
        };
        return Err(format!("transaction_id `{}` is no order number; {cure}", excerpt(text)));
    }
    if let (Some((whole, zeros)), Source::File) = (whole_number(text), source) {
        // `.000` may also be thousands, so the number that was meant is not known.
        let whole =
            if zeros.len() == 3 { "the whole number".to_owned() } else { format!("`{}`", excerpt(whole)) };
        return Err(format!(
            "transaction_id `{}` was written as a decimal number; write {whole}, in a column formatted as text",
            excerpt(text)
        ));
    }
    if is_rounded(text) {
        let place = match source {
            Source::File => ", in a column formatted as text",
            Source::Options => "",
        };
        return Err(format!(
            "transaction_id `{}` was rounded by a spreadsheet; write the whole number{place}",
            excerpt(text)
        ));
    }
    Ok(text.to_owned())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a program has written a long number with an exponent: `1.23E+15`, `1,23E15`,
/// `1e+05`. `1E5` may be an order number.
fn is_rounded(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once(['e', 'E']) else { return false };
    let has_sign = exponent.starts_with('+');
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    match number.split_once(['.', ',']) {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction) && is_digits(exponent),
        None => has_sign && is_digits(number) && is_digits(exponent),
    }
}

/// Splits a whole number that a program has written as a decimal number, as in `1001.0` and
/// `1001,00`, into the number and the zeros.
fn whole_number(text: &str) -> Option<(&str, &str)> {
    let (whole, zeros) = text.split_once(['.', ','])?;
    let is_zeros = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    (is_digits(whole) && is_zeros).then_some((whole, zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_number_is_whole() {
        for (cell, expected) in [
            (" 00123 ", Ok("00123")),
            ("1E5", Ok("1E5")),
            ("A1.2E+3", Ok("A1.2E+3")),
            ("1,23E+15", Err("was rounded by a spreadsheet")),
            ("1E+15", Err("was rounded by a spreadsheet")),
            ("1.234568e+17", Err("was rounded by a spreadsheet")),
            ("1e+05", Err("was rounded by a spreadsheet")),
            ("1.23e15", Err("was rounded by a spreadsheet")),
            ("1,234E15", Err("was rounded by a spreadsheet")),
            ("9.22337E18", Err("was rounded by a spreadsheet")),
            ("1001.0", Err("was written as a decimal number; write `1001`")),
            ("1001,0", Err("was written as a decimal number; write `1001`")),
            ("1001.00", Err("was written as a decimal number; write `1001`")),
            ("1001,00", Err("was written as a decimal number; write `1001`")),
            ("1001.000000", Err("was written as a decimal number; write `1001`")),
            ("1,000", Err("was written as a decimal number; write the whole number")),
            ("1.", Ok("1.")),
            (".0", Ok(".0")),
            ("1,0,0", Ok("1,0,0")),
            ("1e5", Ok("1e5")),
            ("12E-4", Ok("12E-4")),
            ("A1.0", Ok("A1.0")),
            ("1.0.0", Ok("1.0.0")),
            ("1001.01", Ok("1001.01")),
            ("1001-0", Ok("1001-0")),
            ("#1001", Ok("#1001")),
            ("#WERT!", Err("is no order number; leave the cell empty")),
            ("########", Err("is no order number")),
            ("\\N", Err("is no order number")),
            ("\u{2013}", Err("is no order number")),
            ("{order_id}", Err("is no order number")),
            ("#N/A", Err("is no order number")),
            ("(blank)", Err("is no order number")),
            ("None", Err("is no order number")),
        ] {
            match (read(cell, Source::File), expected) {
                (Ok(read), Ok(id)) => assert_eq!(read, id),
                (Err(sentence), Err(said)) => assert!(sentence.contains(said), "{sentence}"),
                (read, _) => panic!("{cell}: {read:?}"),
            }
        }
        assert_eq!(read("1001.0", Source::Options).as_deref(), Ok("1001.0"));
    }
}
