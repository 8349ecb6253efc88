//! The text of an API key, and its hash.
//!
//! The text is `s2s_`, 160 random bits and a checksum, in lower-case hexadecimal. The checksum is
//! the beginning of a SHA-256, so that a shell with `sha256sum` can make keys and a scanner can
//! recognise them. The checksum also lets the server refuse a mistyped key without asking the
//! database.
//!
//! The database stores the SHA-256 of the whole text. A slow hash is for secrets that people choose
//! and others could guess. It would add nothing here, because nobody can guess 160 random bits.
//!
//! The server finds a key by its hash. The duration of that search reveals nothing useful to an
//! attacker, because nobody can choose the hash of a key.

use std::{fmt, str::FromStr};

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use sha2::{Digest as _, Sha256};

use crate::values::id::Random;

const PREFIX: &str = "s2s_";
const RANDOM_BYTES: usize = 20;
/// Length of the checksum, 32 bits, in hexadecimal digits.
const CHECKSUM_CHARS: usize = 8;
const CHARS: usize = PREFIX.len() + 2 * RANDOM_BYTES + CHECKSUM_CHARS;

/// The text of an API key: shown once, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(String);

/// The stored hash of an API key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveValueType)]
pub struct KeyHash(Vec<u8>);

// SeaORM requires this trait of every primary key. The database generates none of our primary keys,
// so the conversion always fails.
impl TryFromU64 for KeyHash {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("KeyHash"))
    }
}

impl KeyHash {
    /// The first half of the hash, in hexadecimal.
    pub fn half(&self) -> String {
        hex(self.0.get(..16).unwrap_or_default())
    }
}

/// A hash by which a server finds the keys that it has in its memory. It takes a third of the
/// instructions of a `KeyHash`, and is stored nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyFingerprint([u8; 32]);

impl KeyFingerprint {
    /// Hashes any text that has the length of a key. `None` for any other length.
    pub fn of(text: &str) -> Option<Self> {
        (text.len() == CHARS).then(|| Self(*blake3::hash(text.as_bytes()).as_bytes()))
    }
}

impl KeyText {
    pub fn random(random: &Random) -> Self {
        let begin = format!("{PREFIX}{}", hex(&random.bytes::<RANDOM_BYTES>()));
        Self(format!("{begin}{}", checksum(&begin)))
    }

    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha256::digest(&self.0).to_vec())
    }

    /// The secret text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(…)")
    }
}

impl FromStr for KeyText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix(PREFIX).filter(|_| text.len() == CHARS);
        let right =
            digits.is_some_and(|digits| digits.bytes().all(|byte| b"0123456789abcdef".contains(&byte)));
        let parts = text.split_at_checked(CHARS - CHECKSUM_CHARS).filter(|_| right);
        match parts {
            None => {
                Err(format!("must be `{PREFIX}` and {} lower-case hexadecimal digits", CHARS - PREFIX.len()))
            }
            Some((begin, sum)) if checksum(begin) == sum => Ok(Self(text.to_owned())),
            Some(_) => Err("has a wrong checksum: it is mistyped".to_owned()),
        }
    }
}

fn checksum(begin: &str) -> String {
    let mut sum = hex(&Sha256::digest(begin));
    sum.truncate(CHECKSUM_CHARS);
    sum
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_mistyped_anywhere_is_refused() {
        let key = KeyText::random(&Random::system());
        let text = key.reveal();
        assert_eq!(text.parse(), Ok(key.clone()));
        for (index, letter) in text.char_indices() {
            for other in "0f_S".chars().filter(|other| *other != letter) {
                let mistyped: String = text
                    .char_indices()
                    .map(|(at, letter)| if at == index { other } else { letter })
                    .collect();
                assert!(mistyped.parse::<KeyText>().is_err(), "{mistyped}");
            }
        }
        let cut = text.strip_prefix('s').unwrap();
        for text in ["", "s2s_", cut, &format!("{text}0"), &text.to_uppercase(), &"é".repeat(CHARS / 2)] {
            assert!(text.parse::<KeyText>().is_err(), "{text}");
        }
        assert_eq!(format!("{key:?}"), "KeyText(…)");
    }

    #[test]
    fn keys_can_be_made_with_a_shell() {
        // s=s2s_$(printf 0%.0s $(seq 40)); echo "$s$(printf %s "$s" | sha256sum | cut -c1-8)"
        let key: KeyText = format!("s2s_{}24b16eba", "0".repeat(40)).parse().unwrap();
        assert_eq!(KeyFingerprint::of(key.reveal()), KeyFingerprint::of(key.reveal()));
        assert_ne!(KeyFingerprint::of(key.reveal()), KeyFingerprint::of(&"0".repeat(CHARS)));
        assert_eq!(KeyFingerprint::of("s2s_0"), None);
    }
}
