//! Checks the form of click ids, so that a text that can't be a click id is found early.
//!
//! Only the server can tell whether a click id is genuine.

use prost_types::Timestamp;

/// Length of a click id, in characters of one byte each.
const LENGTH: usize = 40;
/// Length of the beginning of a click id that holds the number of its key and its time, in
/// characters.
const TIME_CHARACTERS: usize = 10;
const ALPHABET: &str = "0123456789abcdefghjkmnpqrstvwxyz";
/// Number of bits after the time in these characters.
const REST_BITS: u32 = 2;
const TIME_BITS: u32 = 40;
const TICKS_PER_SECOND: i64 = 100;
const NANOS_PER_TICK: i64 = 10_000_000;

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
    (text.len() == LENGTH && text.chars().all(|letter| ALPHABET.contains(letter))).then_some(text)
}

/// Returns the time at which a click id was minted, to 10 milliseconds. The click id is not
/// verified: it may be forged.
///
/// Returns `None` if the text can't be a click id.
///
/// ```
/// use s2s_sdk::click_id::time;
/// let time = time("04MWVF873P1CB9YKYM1628XSYNA5WMKRPZD560PB").unwrap();
/// assert_eq!(time.seconds, 1_795_453_765);
/// ```
#[must_use]
pub fn time(text: &str) -> Option<Timestamp> {
    let text = normalise(text)?;
    // The first byte, before the time, is the number of the key.
    let bits = text
        .chars()
        .take(TIME_CHARACTERS)
        .try_fold(0_u64, |bits, letter| Some(bits << 5 | u64::try_from(ALPHABET.find(letter)?).ok()?))?;
    let ticks = i64::try_from((bits >> REST_BITS) & ((1 << TIME_BITS) - 1)).ok()?;
    let nanos = i32::try_from(ticks % TICKS_PER_SECOND * NANOS_PER_TICK).ok()?;
    Some(Timestamp { seconds: ticks / TICKS_PER_SECOND, nanos })
}
