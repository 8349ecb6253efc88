//! Follows the quotes of a row. The CSV parser does not report quotes that break the rules of CSV,
//! but splits such a row into other cells than its writer meant.

use super::records::CELLS_MAX;

/// The quotes of a row.
#[derive(Debug, Default)]
pub struct Quotes {
    /// For each cell, whether it begins with a quote.
    quoted: Vec<bool>,
    place: Place,
    last: u8,
    /// True if a quote within quotes follows a backslash.
    has_backslash: bool,
    /// True if a cell continues after its closing quote.
    goes_on: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    CellStart,
    Unquoted,
    Quoted,
    /// After a quote within quotes: it closes the cell, or the next byte is a quote as well.
    AfterQuote,
}

impl Quotes {
    /// Follows the next byte of the row.
    pub fn follow(&mut self, byte: u8, separator: u8) {
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => {
                self.has_backslash |= self.last == b'\\';
                Place::AfterQuote
            }
            (Place::Quoted, _) | (Place::AfterQuote, b'"') => Place::Quoted,
            (place, byte) if byte == separator || byte == b'\n' || byte == b'\r' => {
                if place == Place::CellStart && byte == separator {
                    self.begin(false);
                }
                Place::CellStart
            }
            (Place::CellStart, byte) => {
                self.begin(byte == b'"');
                if byte == b'"' { Place::Quoted } else { Place::Unquoted }
            }
            (Place::AfterQuote, _) => {
                self.goes_on = true;
                Place::Unquoted
            }
            (Place::Unquoted, _) => Place::Unquoted,
        };
        self.last = byte;
    }

    /// Notes the beginning of a cell, up to `CELLS_MAX` cells. A row with more cells is refused,
    /// whatever its quotes.
    fn begin(&mut self, is_quoted: bool) {
        if self.quoted.len() < CELLS_MAX {
            self.quoted.push(is_quoted);
        }
    }

    /// Returns whether a quote is not closed at the end of the file.
    pub fn is_open(&self) -> bool {
        self.place == Place::Quoted
    }

    /// Returns whether the row was written with a backslash before each quote within quotes. In
    /// CSV, such a quote is doubled instead, so no cell continues after its closing quote.
    pub fn has_backslashes(&self) -> bool {
        self.has_backslash && self.goes_on
    }

    /// For each cell, whether it begins with a quote.
    pub fn quoted(self) -> Vec<bool> {
        self.quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_followed() {
        for (row, quoted, has_backslashes) in [
            (r#"a,"b",,c"#, &[false, true, false, false][..], false),
            (r#""a,b","c""#, &[true, true], false),
            (r#""a""b",c"#, &[true, false], false),
            (r#" "a",b"#, &[false, false], false),
            (r#""A \"1\"",b"#, &[true, false], true),
            (r#""A \"","5""#, &[true], true),
            // All of these are CSV.
            (r#""C:\","5""#, &[true, true], false),
            (r#""a\""b",5"#, &[true, false], false),
            (r#""{""a"":""x\""y""}""#, &[true], false),
            (r#""a"b,c"#, &[true, false], false),
            (r#"a\"b,c"#, &[false, false], false),
        ] {
            let mut quotes = Quotes::default();
            row.bytes().for_each(|byte| quotes.follow(byte, b','));
            assert_eq!(quotes.has_backslashes(), has_backslashes, "{row}");
            assert_eq!(quotes.quoted(), quoted, "{row}");
        }
    }
}
