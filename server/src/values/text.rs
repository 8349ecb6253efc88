//! Texts from outside, limited to a size that can be stored or repeated.

pub use s2s_sdk::parameter::{is_trimmed, trim};

/// Cuts `text` to at most `bytes_max` bytes, between characters.
pub fn truncate(mut text: String, bytes_max: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes_max));
    text
}

/// Longest display name, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Reads a display name.
pub fn parse_name(text: &str) -> Result<String, String> {
    let fits = (1..=NAME_CHARS_MAX).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) && !text.trim().is_empty() {
        Ok(text.to_owned())
    } else {
        Err(format!("must be 1 to {NAME_CHARS_MAX} characters, without control characters"))
    }
}

/// Longest part of a caller's text that a message repeats, in characters.
const SHOWN_CHARS_MAX: usize = 64;

/// The part of a text that a message repeats, on one line.
pub fn excerpt(text: &str) -> String {
    if text.len() <= SHOWN_CHARS_MAX && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return text.to_owned();
    }
    let printable = text.chars().map(|character| if character.is_control() { '\u{FFFD}' } else { character });
    printable.take(SHOWN_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(truncate("aé".to_owned(), 2), "a");
        assert_eq!(truncate("aé".to_owned(), 3), "aé");
        assert_eq!(excerpt("a\r\nb"), "a\u{FFFD}\u{FFFD}b");
        assert_eq!(excerpt(&"é".repeat(100)), "é".repeat(64));
    }
}
