//! Notations of a value: one value may be written in several ways, and JSON has its own way of
//! writing numbers.

use s2s_sdk::{
    amount,
    v1::{DecimalSeparator, Note, NoteCode},
};

use super::{KnownParam, Meaning, Parameter, claim::asks_for_test, json};
use crate::{
    core::conversion::note,
    values::{query::without_index, text::excerpt},
};

impl Parameter {
    /// Returns whether another value of the same parameter means the same, however it is written. A
    /// broken value never means the same as another.
    pub fn says_the_same(&self, other: &Self) -> bool {
        if self.broken || other.broken {
            return false;
        }
        let is_same_text = || self.value == other.value;
        match (self.meaning, other.meaning) {
            (Meaning::Number(one), Meaning::Number(other)) => {
                (one.decimal.micros, one.currency) == (other.decimal.micros, other.currency)
            }
            (Meaning::Text, Meaning::Text) => match self.known {
                Some(KnownParam::Status) => self.value.eq_ignore_ascii_case(&other.value),
                Some(KnownParam::Test) => asks_for_test(self) == asks_for_test(other),
                _ => is_same_text(),
            },
            // An ambiguous text never means the same as a JSON number with the same digits.
            (Meaning::Invalid, Meaning::Invalid) | (Meaning::Ambiguous, Meaning::Ambiguous) => is_same_text(),
            (one, other) => one == other,
        }
    }

    /// Returns whether the parameter is an item of a list, such as `val[]` or `val[0]`.
    pub fn is_item(&self) -> bool {
        without_index(&self.name) != self.name
    }

    /// Settles the meaning of a bare value in JSON. A number there has a point before its decimals.
    /// JSON prescribes that point, so it does not show how the sender writes texts. A whole order
    /// number is written without fraction or exponent, so that it is one order in any notation.
    pub fn settle_in_json(&mut self, known: KnownParam, notes: &mut Vec<Note>) {
        let read = match self.meaning {
            Meaning::Number(read) => Some(read),
            Meaning::Ambiguous => amount::read(&self.value, DecimalSeparator::Point).ok(),
            _ => None,
        };
        if let Some(read) = read {
            self.meaning = Meaning::Number(amount::Read { separator: DecimalSeparator::Auto, ..read });
        }
        let whole = Some(&self.value).filter(|_| known == KnownParam::Oid).and_then(|text| json::whole(text));
        if let Some(whole) = whole {
            let message = format!("`oid` was sent as the number `{}`, which is whole", excerpt(&self.value));
            notes.push(note(NoteCode::NumberRepaired, known.name(), message));
            self.value = whole;
        }
    }
}
