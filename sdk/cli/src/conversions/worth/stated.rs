//! Amounts of a network's statement, each of which may be absent or negative.

use s2s_sdk::{
    parameter::trim,
    v1::{DecimalSeparator, Money},
};

use super::{AMOUNT_MICROS_MAX, Known, check_currency, currency, money};
use crate::{
    cells::decimal,
    conversions::{codes::Code, row::Row},
};

/// Reads value and commission of a row of a network's statement. Each may be empty, or negative.
pub fn stated(
    row: &Row,
    separator: DecimalSeparator,
    find: &mut dyn FnMut(&str) -> Code,
) -> Result<[Option<Money>; 2], String> {
    let [value, commission] = [&row.value, &row.commission].map(|cell| trim(cell));
    let given = currency(trim(&row.currency))?;
    let mut known = Known { given, separator, code: trim(&row.conversion_code_id), find, found: None };
    let amounts = [
        ("value", value, commission, row.units.value),
        ("commission", commission, value, row.units.commission),
    ];
    let mut read = [None, None];
    for (slot, (name, text, other, unit)) in read.iter_mut().zip(amounts) {
        if text.is_empty() {
            continue;
        }
        let stated = known.amount(name, text, other)?;
        known.given = stated.currency.or(known.given).or(unit);
        if let (Some(unit), Some(given)) = (unit, known.given) {
            check_currency(name, Some(unit), Some(given))?;
        }
        let shown = || {
            format!(
                "{name} is {}; it must be -1,000,000,000,000 to 1,000,000,000,000",
                decimal(stated.micros)
            )
        };
        if !(-AMOUNT_MICROS_MAX..=AMOUNT_MICROS_MAX).contains(&stated.micros) {
            return Err(shown());
        }
        *slot = Some(stated.micros);
    }
    Ok(read.map(|micros| micros.map(|micros| money(micros, known.given))))
}
