//! The merchant's own ids of things that are kept here.

use sea_orm::DeriveValueType;

use crate::values::text::trim;

/// Longest external id, in bytes.
const EXTERNAL_ID_BYTES_MAX: usize = 64;

/// The merchant's own id of a partner or of a change. Binary in the database, compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveValueType)]
pub struct ExternalId(Vec<u8>);

impl ExternalId {
    /// Trims blanks, quotes and invisible characters. `None` if nothing is left. The error completes
    /// a sentence that begins with the name of the field.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let text = trim(text);
        if text.len() > EXTERNAL_ID_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(format!(
                "must have at most {EXTERNAL_ID_BYTES_MAX} bytes, without control characters"
            ));
        }
        Ok((!text.is_empty()).then(|| Self(text.as_bytes().to_vec())))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_ids_are_trimmed_or_refused() {
        let longest = "x".repeat(EXTERNAL_ID_BYTES_MAX);
        for (text, expected) in [
            ("", Ok(None)),
            (" \"r-1\" ", Ok(Some("r-1"))),
            (longest.as_str(), Ok(Some(longest.as_str()))),
            (&format!("{longest}x"), Err(&())),
            ("a\nb", Err(&())),
        ] {
            let parsed = ExternalId::parse(text).map_err(|_| ());
            assert_eq!(parsed.as_ref().map(|id| id.as_ref().map(ExternalId::as_str)), expected);
        }
    }
}
