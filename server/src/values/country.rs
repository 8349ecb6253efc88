//! The country of an address, as it is stored with a click.

/// Number of letters.
const LETTERS: u16 = 26;

/// A country by its two letters (ISO 3166-1 alpha-2), or no country.
///
/// It holds 0 for no country, and otherwise the number of the two letters plus one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Country(u16);

impl Country {
    /// Not known, or not stored.
    pub const NONE: Self = Self(0);

    /// Reads two letters in either case. Returns `None` for any other text.
    pub fn read(text: &str) -> Option<Self> {
        let place = |letter: u8| {
            let letter = letter.to_ascii_uppercase();
            letter.is_ascii_uppercase().then(|| u16::from(letter - b'A'))
        };
        let [first, second] = *text.as_bytes() else { return None };
        Some(Self(place(first)? * LETTERS + place(second)? + 1))
    }

    /// The number that is stored.
    pub fn number(self) -> u64 {
        self.0.into()
    }

    /// The country of a stored number. A number that means nothing means no country.
    pub fn of_number(number: u64) -> Self {
        let number = u16::try_from(number).ok().filter(|number| *number <= LETTERS * LETTERS);
        Self(number.unwrap_or_default())
    }

    /// The two letters, in capitals; empty for no country.
    pub fn text(self) -> String {
        let Some(number) = self.0.checked_sub(1) else { return String::new() };
        let letter = |place: u16| char::from(b'A' + u8::try_from(place).unwrap_or_default());
        [letter(number / LETTERS), letter(number % LETTERS)].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_letters() {
        for (text, expected) in [("DE", "DE"), ("de", "DE"), ("AA", "AA"), ("ZZ", "ZZ"), ("GB", "GB")] {
            let country = Country::read(text).unwrap();
            assert_eq!((country.text().as_str(), Country::of_number(country.number())), (expected, country));
        }
        for text in ["", "D", "DEU", "D1", "é", "--"] {
            assert_eq!(Country::read(text), None, "{text}");
        }
        assert_eq!(Country::NONE.text(), "");
        assert_eq!(Country::of_number(676).text(), "ZZ");
        for number in [0, 677, u64::MAX] {
            assert_eq!(Country::of_number(number), Country::NONE);
        }
    }
}
