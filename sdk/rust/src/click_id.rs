//! The form of click ids, to find out early that a text can't be one.
//!
//! Only the server can tell whether a click id is genuine.

/// Length of a click id, in characters of one byte each.
const LENGTH: usize = 40;

/// Normalises a click id to the form in which it was minted. Like the server, ignores case, and
/// blanks and quotes around the click id.
///
/// Returns `None` if the text can't be a click id. Nothing is guessed: `o` is not read as `0`, and
/// `i` and `l` are not read as `1`.
///
/// ```
/// use s2s_sdk::click_id::normalise;
/// let click_id = normalise(" '04MWVF873P1CB9YKYM1628XSYNA5WMKRPZD560PB'\n");
/// assert_eq!(click_id.as_deref(), Some("04mwvf873p1cb9ykym1628xsyna5wmkrpzd560pb"));
/// assert_eq!(normalise("{clickId}"), None);
/// ```
#[must_use]
pub fn normalise(text: &str) -> Option<String> {
    let text = text.trim_matches(|character: char| character.is_whitespace() || "\"'".contains(character));
    let text = text.to_ascii_lowercase();
    let is_of_alphabet =
        |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_lowercase() && !b"ilou".contains(&byte));
    (text.len() == LENGTH && text.bytes().all(is_of_alphabet)).then_some(text)
}
