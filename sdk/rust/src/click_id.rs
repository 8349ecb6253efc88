//! The form of click ids, for those who want to know early that a text can't be one.
//!
//! Whether a click id is genuine, the server alone can tell.

/// Its characters, and so its bytes.
const LENGTH: usize = 40;

/// The click id as it was minted, of what came in any case and with blanks and quotes around it, as
/// the server reads it.
///
/// `None`: no click id looks like that. Nothing is guessed: `o` is no `0` here, nor `i` or `l` a
/// `1`.
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
