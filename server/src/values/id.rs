//! Ids, their wire form, and the only place that draws random bytes.
//!
//! An id has 128 bits. It begins with its creation time, so that new rows are next to each other in
//! an index. It is written as a prefix and 26 characters of lower-case Crockford base32.

use std::{
    cell::RefCell,
    fmt,
    sync::{Arc, LazyLock},
};

use uuid::Uuid;

use crate::values::time::Time;

const ALPHABET: [u8; 32] = *b"0123456789abcdefghjkmnpqrstvwxyz";
const BITS_PER_CHAR: usize = 5;
/// A group of characters, and the bytes that it stands for: the smallest whole number of both.
const GROUP_CHARS: usize = 8;
const GROUP_BYTES: usize = 5;
/// Maximum length of an id with its prefix, in characters.
const ID_CHARS_MAX: usize = 64;
/// Mark of a byte that is no character of the alphabet; larger than every position.
const NO_VALUE: u8 = 0xff;
/// Position of each character, in upper or lower case, in the alphabet.
static VALUES: LazyLock<[u8; 256]> = LazyLock::new(|| {
    std::array::from_fn(|code| {
        let character = u8::try_from(code).unwrap_or_default().to_ascii_lowercase();
        let position = ALPHABET.iter().position(|symbol| *symbol == character);
        position.and_then(|position| u8::try_from(position).ok()).unwrap_or(NO_VALUE)
    })
});

/// Encodes bytes as lower-case Crockford base32: most significant bit first, zero bits as padding.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(GROUP_BYTES).saturating_mul(GROUP_CHARS));
    for group in bytes.chunks(GROUP_BYTES) {
        text.push_str(std::str::from_utf8(&group_in_base32(group)).unwrap_or_default());
    }
    text.truncate(base32_chars(bytes));
    text
}

/// The characters of a group. Those behind the group's end are zeros.
fn group_in_base32(group: &[u8]) -> [u8; GROUP_CHARS] {
    let mut padded = [0; size_of::<u64>()];
    padded.iter_mut().zip(group).for_each(|(place, byte)| *place = *byte);
    let mut bits = u64::from_be_bytes(padded) >> (8 * (size_of::<u64>() - GROUP_BYTES));
    let mut characters = [b'0'; GROUP_CHARS];
    for character in characters.iter_mut().rev() {
        let [lowest, ..] = bits.to_le_bytes();
        *character = ALPHABET.get(usize::from(lowest & 31)).copied().unwrap_or_default();
        bits >>= BITS_PER_CHAR;
    }
    characters
}

/// Number of characters of bytes in base32.
const fn base32_chars(bytes: &[u8]) -> usize {
    (bytes.len() * 8).div_ceil(BITS_PER_CHAR)
}

/// Writes an id, which is a prefix and base32, with a single call: `to_string` then allocates once.
pub fn write_id(f: &mut fmt::Formatter<'_>, prefix: &str, bytes: &[u8]) -> fmt::Result {
    let mut text = [0; ID_CHARS_MAX];
    let (start, rest) = text.split_at_mut_checked(prefix.len()).ok_or(fmt::Error)?;
    start.copy_from_slice(prefix.as_bytes());
    for (place, group) in rest.as_chunks_mut().0.iter_mut().zip(bytes.chunks(GROUP_BYTES)) {
        *place = group_in_base32(group);
    }
    let text = text.get(..prefix.len() + base32_chars(bytes)).ok_or(fmt::Error)?;
    f.write_str(std::str::from_utf8(text).map_err(|_| fmt::Error)?)
}

/// Decodes exactly `N` bytes of base32, in upper or lower case.
///
/// Returns `None` for any other length, for any other character, and for padding that is not zero.
/// So each value has only one spelling, apart from the case.
pub fn from_base32<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N.saturating_mul(8).div_ceil(5) {
        return None;
    }
    let mut bytes = [0_u8; N];
    let mut slots = bytes.iter_mut();
    let values: &[u8; 256] = &VALUES;
    let (mut all_values, mut padding) = (0, 0);
    for group in text.as_bytes().chunks(GROUP_CHARS) {
        let mut bits = 0_u64;
        for character in group {
            let value = values.get(usize::from(*character)).copied().unwrap_or(NO_VALUE);
            all_values |= value;
            bits = (bits << BITS_PER_CHAR) | u64::from(value & 31);
        }
        let [_, _, _, group_bytes @ ..] =
            (bits << (BITS_PER_CHAR * (GROUP_CHARS - group.len()))).to_be_bytes();
        for byte in group_bytes {
            match slots.next() {
                Some(slot) => *slot = byte,
                None => padding |= byte,
            }
        }
    }
    (all_values < 32 && padding == 0).then_some(bytes)
}

/// Declares the newtype of a prefixed id.
macro_rules! prefixed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::values::id::write_id(f, $prefix, self.0.as_bytes())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                text.strip_prefix($prefix)
                    .and_then($crate::values::id::from_base32)
                    .map(|bytes| Self(uuid::Uuid::from_bytes(bytes)))
                    .ok_or_else(|| format!("must be `{}` and 26 characters, as the server returned it", $prefix))
            }
        }

        // SeaORM requires this trait of every primary key. The database generates none of our
        // primary keys, so the conversion always fails.
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    };
}
pub(crate) use prefixed_id;

prefixed_id!(
    /// The id of an account. The accounts are the parties that share an installation.
    AccountId,
    "acct_"
);

impl AccountId {
    /// The account of the installation itself.
    pub const DEFAULT: Self = Self(Uuid::from_u128(1));
    /// The id of no account. No row belongs to it.
    pub const NOBODY: Self = Self(Uuid::nil());
}

/// Longest request id, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 64;
/// Length of a request's digest, in bytes.
const DIGEST_BYTES: usize = 16;

/// The key that makes a write safe to repeat: the caller's request id and a digest of the request.
/// The digest reveals that a request id was reused for another request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    pub id: Option<Vec<u8>>,
    pub digest: Vec<u8>,
}

impl RequestKey {
    /// Makes the key of `request`, which is the request as the caller sent it, apart from
    /// `validate_only`.
    pub fn parse(request_id: &str, request: &impl prost::Message) -> Result<Self, String> {
        let mut digest = vec![0; DIGEST_BYTES];
        let mut hasher = blake3::Hasher::new();
        hasher.update(&request.encode_to_vec()).finalize_xof().fill(&mut digest);
        Ok(Self { id: request_id_bytes(request_id)?, digest })
    }
}

/// Reads an optional request id. The empty text means that there is none.
pub fn request_id_bytes(request_id: &str) -> Result<Option<Vec<u8>>, String> {
    if request_id.len() > REQUEST_ID_BYTES_MAX {
        return Err(format!("must have at most {REQUEST_ID_BYTES_MAX} bytes"));
    }
    Ok((!request_id.is_empty()).then(|| request_id.as_bytes().to_vec()))
}

/// The source of random bytes.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Random {
    /// The source of the operating system.
    pub fn system() -> Self {
        Self(Arc::new(|bytes| POOL.with_borrow_mut(|pool| pool.draw(bytes))))
    }

    /// A source for tests, which draws the same bytes in each run with the same seed.
    #[cfg(test)]
    pub fn seeded(seed: u64) -> Self {
        let drawn = std::sync::atomic::AtomicU64::new(0);
        Self(Arc::new(move |bytes| {
            let number = drawn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let seed = [seed.to_be_bytes(), number.to_be_bytes()].concat();
            blake3::Hasher::new().update(&seed).finalize_xof().fill(bytes);
        }))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }

    /// A new id: 48 bits of milliseconds, then 80 random bits.
    pub fn id(&self, now: Time) -> Uuid {
        let random = u128::from_be_bytes(self.bytes());
        Uuid::from_u128(first_id(now).as_u128() | (random >> 48))
    }
}

/// Size of the pool, in bytes. Without a pool, each id would cost a system call, which is
/// measurable.
const POOL_BYTES: usize = 1_024;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; POOL_BYTES], left: 0 }) };
}

/// Random bytes of the system. The pool hands each of them out once.
struct Pool {
    bytes: [u8; POOL_BYTES],
    left: usize,
}

impl Pool {
    fn draw(&mut self, out: &mut [u8]) {
        if out.len() > POOL_BYTES {
            return from_system(out);
        }
        if out.len() > self.left {
            from_system(&mut self.bytes);
            self.left = POOL_BYTES;
        }
        let rest = self.left - out.len();
        if let Some(drawn) = self.bytes.get_mut(rest..self.left) {
            out.copy_from_slice(drawn);
            // The caller may use the drawn bytes as a key, so the pool must not keep them.
            drawn.fill(0);
        }
        self.left = rest;
    }
}

/// Fills `bytes` from the system. Aborts the process if the system has no random bytes: there is no
/// safe way to continue.
#[expect(clippy::disallowed_methods, reason = "the one place that draws random bytes")]
fn from_system(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        std::process::abort();
    }
}

/// The lowest id of the millisecond in which `time` lies.
pub fn first_id(time: Time) -> Uuid {
    let millis = u128::try_from(time.micros().div_euclid(1_000)).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

/// Creation time of an id, to the millisecond.
pub fn id_time(id: Uuid) -> Time {
    let millis = i64::try_from(id.as_u128() >> 80).unwrap_or_default();
    Time::from_micros(millis.saturating_mul(1_000))
}

prefixed_id!(
    /// The id of a postback. It is minted by the edge that receives the postback or, if a caller
    /// reports the postback with an API key of its account, by the core.
    PostbackId,
    "pb_"
);

prefixed_id!(
    /// The id of a partner, who is owed a share of conversions.
    PartnerId,
    "partner_"
);

prefixed_id!(
    /// The id of a payout to a partner.
    PayoutId,
    "payout_"
);

prefixed_id!(
    /// The id of a network's statement.
    StatementId,
    "statement_"
);

prefixed_id!(
    /// The id of an entry by hand in a partner's ledger.
    EntryId,
    "entry_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_are_handed_out_once() {
        let mut pool = Pool { bytes: [0; POOL_BYTES], left: 0 };
        let mut seen = std::collections::HashSet::new();
        for size in [8, 32, POOL_BYTES, POOL_BYTES + 1, 16].into_iter().cycle().take(1_000) {
            let mut bytes = vec![0; size];
            pool.draw(&mut bytes);
            assert!(seen.insert(bytes.first_chunk::<8>().copied().unwrap()), "{size}");
            assert!(bytes.last_chunk::<8>().unwrap().iter().any(|byte| *byte != 0), "{size}");
            let given_away = pool.bytes.get(pool.left..).unwrap();
            assert!(given_away.iter().all(|byte| *byte == 0), "{size}");
        }
    }

    #[test]
    fn base32_has_one_spelling_for_each_value() {
        for bytes in [[0; 16], [0xff; 16], *b"0123456789abcdef"] {
            let text = base32(&bytes);
            assert_eq!(text.len(), 26);
            assert_eq!(from_base32(&text), Some(bytes));
            assert_eq!(from_base32(&text.to_uppercase()), Some(bytes));
        }
        assert_eq!(base32(&[0x08, 0x42, 0x10, 0x84, 0x21]), "11111111");
        for (symbol, expected) in ALPHABET.into_iter().zip(0..) {
            assert_eq!(VALUES[usize::from(symbol)], expected);
        }
    }

    #[test]
    fn malformed_base32_is_refused() {
        for text in [
            "",
            "0",
            "0000000000000000000000000u",
            "00000000000000000000000001",
            "é0000000000000000000000000",
        ] {
            assert_eq!(from_base32::<16>(text), None, "{text}");
        }
    }

    #[test]
    fn ids_carry_the_prefix_of_their_kind() {
        assert_eq!(AccountId::DEFAULT.to_string(), "acct_00000000000000000000000004");
        assert_eq!("acct_00000000000000000000000004".parse(), Ok(AccountId::DEFAULT));
        assert!("link_00000000000000000000000004".parse::<AccountId>().is_err());
    }

    #[test]
    fn ids_sort_by_time() {
        let random = Random::system();
        let earlier = random.id(Time::from_micros(1_000_000));
        let later = random.id(Time::from_micros(1_002_000));
        assert!(earlier < later);
        let between = first_id(Time::from_micros(1_002_000));
        assert!(earlier < between && between <= later);
        assert_eq!([earlier, later].map(|id| id_time(id).micros()), [1_000_000, 1_002_000]);
    }
}
