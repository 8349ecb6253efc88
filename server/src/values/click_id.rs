//! Click ids: minting, signing and checking them without the database.
//!
//! A click id has 128 bits: the time (40 bits, in units of 10 ms since 1970), the link key (40), a
//! count of rounds (4) and random bits (44). The time comes first, so that new rows are next to
//! each other in an index. The count of rounds says how often the visitor has come back to this
//! server from a destination (see `edge/loops.rs`).
//!
//! On the wire, a key id (8 bits) precedes the click id and a MAC (64 bits) follows it. The MAC
//! covers key id, click id and account. The wire form has 25 bytes. It is written in base32, as 40
//! characters that survive a change of case and need no encoding in a URL.

use std::fmt;

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::{
    id::{AccountId, Random, base32, from_base32, write_id},
    time::Time,
};

/// Length of a key's secret, in bytes.
pub const SECRET_BYTES: usize = 32;

const WIRE_BYTES: usize = 25;
/// Length of a click id, in characters.
pub const CLICK_ID_CHARS: usize = WIRE_BYTES * 8 / 5;
const MAC_BYTES: usize = 8;
/// Length of the parts of a click id that are not stored with its click, in bytes.
const SIGNATURE_BYTES: usize = 1 + MAC_BYTES;
const RANDOM_BYTES: usize = 6;
const RANDOM_BITS: u32 = 48;
/// Number of bits that count the rounds. `mint` puts them in place of the first 4 of the 48 random
/// bits.
const ROUNDS_BITS: u32 = 4;
const TICK_MICROS: i64 = 10_000;
const TIME_BITS: u32 = 40;

/// The key that stands for a tracking link in click ids: 40 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, DeriveValueType)]
pub struct LinkKey(i64);

impl LinkKey {
    pub const BITS: u32 = 40;

    /// A link key from the lowest 40 bits of `bits`.
    pub fn from_bits(bits: u64) -> Self {
        Self(i64::try_from(bits & ((1 << Self::BITS) - 1)).unwrap_or_default())
    }

    pub fn bits(self) -> u64 {
        self.0.unsigned_abs()
    }

    pub fn random(random: &Random) -> Self {
        Self::from_bits(u64::from_be_bytes(random.bytes()))
    }
}

/// A click id as stored in the database: without key id and MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct ClickId(pub Uuid);

impl ClickId {
    pub fn new(time: Time, link: LinkKey, random: [u8; RANDOM_BYTES]) -> Self {
        let ticks = u128::try_from(time.micros().div_euclid(TICK_MICROS)).unwrap_or_default();
        let ticks = ticks & ((1 << TIME_BITS) - 1);
        let random = random.iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        let link = u128::from(link.bits());
        Self(Uuid::from_u128((ticks << (LinkKey::BITS + RANDOM_BITS)) | (link << RANDOM_BITS) | random))
    }

    /// The lowest click id whose time is `time` or later.
    pub fn first(time: Time) -> Uuid {
        let next_tick = Time::from_micros(time.micros().saturating_add(TICK_MICROS - 1));
        Self::new(next_tick, LinkKey::from_bits(0), [0; RANDOM_BYTES]).0
    }

    /// The next higher click id.
    pub fn next(self) -> Self {
        Self(Uuid::from_u128(self.0.as_u128().saturating_add(1)))
    }

    /// The time of the click, to 10 milliseconds.
    pub fn time(self) -> Time {
        let ticks = i64::try_from(self.0.as_u128() >> (LinkKey::BITS + RANDOM_BITS)).unwrap_or_default();
        Time::from_micros(ticks.saturating_mul(TICK_MICROS))
    }

    /// The time of a click id that was read from a table.
    pub fn time_of(id: Uuid) -> Time {
        Self(id).time()
    }

    /// The number of rounds that the visitor had made before the click.
    pub fn rounds(self) -> Rounds {
        Rounds((self.0.as_u128() >> (RANDOM_BITS - ROUNDS_BITS)).to_le_bytes()[0] & Rounds::MAX.0)
    }

    /// The key of the clicked link.
    pub fn link_key(self) -> LinkKey {
        LinkKey::from_bits(
            u64::try_from((self.0.as_u128() >> RANDOM_BITS) & u128::from(u64::MAX)).unwrap_or_default(),
        )
    }
}

/// The number of times that a visitor has come back to this server from the destination of a click,
/// up to the maximum that a click id can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rounds(u8);

impl Rounds {
    pub const NONE: Self = Self(0);
    const MAX: Self = Self((1 << ROUNDS_BITS) - 1);

    pub const fn new(number: u8) -> Self {
        Self(if number < Self::MAX.0 { number } else { Self::MAX.0 })
    }

    /// One round more.
    pub const fn next(self) -> Self {
        Self::new(self.0 + 1)
    }
}

impl TryFromU64 for ClickId {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("ClickId"))
    }
}

/// A click id with the id of the key that signs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedClickId {
    pub key_id: KeyId,
    pub id: ClickId,
}

/// The number of a click id key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveValueType)]
pub struct KeyId(i16);

impl KeyId {
    /// The number of an installation's first key.
    pub const FIRST: Self = Self(1);

    /// The next number; `None` if that number does not fit in a click id.
    pub fn next(self) -> Option<Self> {
        self.number().checked_add(1).map(Self::new)
    }

    pub fn new(number: u8) -> Self {
        Self(i16::from(number))
    }

    pub fn number(self) -> u8 {
        u8::try_from(self.0).unwrap_or_default()
    }
}

/// A key that signs click ids.
#[derive(Clone, PartialEq, Eq)]
pub struct ClickIdKey {
    pub key_id: KeyId,
    pub secret: [u8; SECRET_BYTES],
    /// Time at which the key ends. After it, the MAC alone does not prove that a click id is
    /// genuine, because the key may have been stolen: the click must be stored, too. `None` for
    /// the key that mints. Also `None` at an edge, because only the core checks the end.
    pub ends_at: Option<Time>,
}

impl fmt::Debug for ClickIdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClickIdKey({:?})", self.key_id)
    }
}

/// All keys, newest first. The first key mints click ids. The other keys verify the click ids that
/// they minted earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickIdKeys {
    first: ClickIdKey,
    others: Vec<ClickIdKey>,
}

impl ClickIdKeys {
    pub fn new(first: ClickIdKey, others: Vec<ClickIdKey>) -> Self {
        Self { first, others }
    }

    pub fn iter(&self) -> impl Iterator<Item = &ClickIdKey> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The key that mints. Numbers of keys only grow, so this key has the highest.
    pub fn newest(&self) -> KeyId {
        self.first.key_id
    }

    /// Returns whether the key has ended. If so, a click id that the key signed counts only if its
    /// click is stored.
    pub fn has_ended(&self, key_id: KeyId, now: Time) -> bool {
        let key = self.iter().find(|key| key.key_id == key_id);
        key.and_then(|key| key.ends_at).is_some_and(|end| end <= now)
    }

    /// Mints a click id. `random` distinguishes clicks on the same link within 10 ms.
    pub fn mint(
        &self,
        time: Time,
        link: LinkKey,
        rounds: Rounds,
        random: [u8; RANDOM_BYTES],
    ) -> SignedClickId {
        let [first, ..] = random;
        let mut random = random;
        random[0] = (rounds.0 << (8 - ROUNDS_BITS)) | (first >> ROUNDS_BITS);
        SignedClickId { key_id: self.first.key_id, id: ClickId::new(time, link, random) }
    }

    /// Writes a click id in its wire form. Returns the empty text if these keys do not include the
    /// key that signs the click id. No key is ever deleted, but a restored database may lack one.
    pub fn write(&self, signed: SignedClickId, account: AccountId) -> String {
        let Some(key) = self.iter().find(|key| key.key_id == signed.key_id) else { return String::new() };
        let mac = mac(key, signed.id, account);
        base32(&wire(key.key_id.number(), signed.id, mac))
    }

    /// Verifies a click id. `None` if none of these keys minted it for this account.
    pub fn verify(&self, click_id: UnverifiedClickId, account: AccountId) -> Option<SignedClickId> {
        let key = self.iter().find(|key| key.key_id.number() == click_id.key_number)?;
        let genuine = bool::from(mac(key, click_id.id, account).ct_eq(&click_id.mac));
        genuine.then_some(SignedClickId { key_id: key.key_id, id: click_id.id })
    }
}

/// A well-formed click id whose MAC was not verified. Anyone may have made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnverifiedClickId {
    key_number: u8,
    id: ClickId,
    mac: [u8; MAC_BYTES],
}

impl UnverifiedClickId {
    /// Reads a click id in upper or lower case. Ignores blanks and quotes around it. `None` if the
    /// text is malformed.
    pub fn read(text: &str) -> Option<Self> {
        let is_around = |character: char| character.is_whitespace() || "\"'".contains(character);
        Self::from_bytes(from_base32(text).or_else(|| from_base32(text.trim_matches(is_around)))?)
    }

    /// Reads a click id as `Display` writes it: in lower case, with nothing around it.
    pub fn read_exactly(text: &str) -> Option<Self> {
        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        from_base32(text).filter(|_| is_lower).and_then(Self::from_bytes)
    }

    fn from_bytes(bytes: [u8; WIRE_BYTES]) -> Option<Self> {
        let (key_number, rest) = bytes.split_first()?;
        let (id, mac) = rest.split_last_chunk()?;
        Some(Self { key_number: *key_number, id: ClickId(Uuid::from_slice(id).ok()?), mac: *mac })
    }

    /// Puts a click id together again from its click and its `signature`.
    pub fn of_parts(id: ClickId, signature: [u8; SIGNATURE_BYTES]) -> Self {
        let [key_number, mac @ ..] = signature;
        Self { key_number, id, mac }
    }

    /// The key's number and the MAC, which are not verified.
    pub fn signature(self) -> [u8; SIGNATURE_BYTES] {
        let mut signature = [self.key_number; SIGNATURE_BYTES];
        signature.iter_mut().skip(1).zip(self.mac).for_each(|(byte, mac)| *byte = mac);
        signature
    }

    /// The key of the clicked link, as the click id claims.
    pub fn link_key(self) -> LinkKey {
        self.id.link_key()
    }

    /// The key that signed the click id, as the click id claims.
    pub fn key_id(self) -> KeyId {
        KeyId::new(self.key_number)
    }

    /// The click, as the click id claims.
    pub fn click(self) -> ClickId {
        self.id
    }
}

/// Writes the wire form, in lower case.
impl fmt::Display for UnverifiedClickId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_id(f, "", &wire(self.key_number, self.id, self.mac))
    }
}

fn wire(key_number: u8, id: ClickId, mac: [u8; MAC_BYTES]) -> [u8; WIRE_BYTES] {
    let mut bytes = [0; WIRE_BYTES];
    let parts = std::iter::once(key_number).chain(id.0.into_bytes()).chain(mac);
    bytes.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
    bytes
}

fn mac(key: &ClickIdKey, id: ClickId, account: AccountId) -> [u8; MAC_BYTES] {
    let mut signed = [0; 33];
    let parts = std::iter::once(key.key_id.number()).chain(id.0.into_bytes()).chain(account.0.into_bytes());
    signed.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
    let hash = blake3::keyed_hash(&key.secret, &signed);
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(numbers: &[u8]) -> ClickIdKeys {
        let key = |n: &u8| ClickIdKey { key_id: KeyId::new(*n), secret: [*n; SECRET_BYTES], ends_at: None };
        let mut keys = numbers.iter().map(key);
        ClickIdKeys::new(keys.next().unwrap(), keys.collect())
    }

    fn read(keys: &ClickIdKeys, text: &str, account: AccountId) -> Option<SignedClickId> {
        keys.verify(UnverifiedClickId::read(text)?, account)
    }

    const TIME: Time = Time::from_micros(1_763_900_000_120_000);

    #[test]
    fn ids_carry_their_time_and_link() {
        let link = LinkKey::from_bits(0xAB_CDEF_0123);
        let id = ClickId::new(TIME, link, [0xff; 6]);
        assert_eq!(id.time(), TIME);
        assert_eq!(id.link_key(), link);
    }

    #[test]
    fn the_first_id_divides_the_clicks_before_a_time_from_the_others() {
        for (micros, is_before) in [(-1, false), (0, false), (1, true), (9_999, true), (10_000, true)] {
            let first = ClickId::first(Time::from_micros(TIME.micros() + micros));
            let ids =
                [[0; 6], [0xff; 6]].map(|random| ClickId::new(TIME, LinkKey::from_bits(u64::MAX), random));
            assert_eq!(ids.map(|id| id.0 < first), [is_before; 2], "{micros}");
        }
    }

    #[test]
    fn ids_carry_the_rounds_of_their_visitor() {
        let mut rounds = Rounds::NONE;
        for number in 0..20 {
            assert_eq!(rounds, Rounds::new(number));
            let signed = keys(&[7]).mint(TIME, LinkKey::from_bits(u64::MAX), rounds, [0xff; 6]);
            assert_eq!(signed.id.rounds(), rounds);
            assert_eq!((signed.id.time(), signed.id.link_key().bits()), (TIME, (1 << 40) - 1));
            rounds = rounds.next();
        }
        assert_eq!(rounds, Rounds::new(15));
    }

    #[test]
    fn genuine_ids_are_read_in_any_case_and_quoted() {
        let keys = keys(&[7]);
        let signed = keys.mint(TIME, LinkKey::from_bits(5), Rounds::NONE, [1; 6]);
        let text = keys.write(signed, AccountId::DEFAULT);
        assert_eq!(text.len(), 40);
        for dress in [text.clone(), text.to_uppercase(), format!(" \"{text}\"\n"), format!("'{text}'")] {
            assert_eq!(read(&keys, &dress, AccountId::DEFAULT), Some(signed), "{dress}");
            assert_eq!(UnverifiedClickId::read(&dress).unwrap().to_string(), text, "{dress}");
        }
    }

    /// The `number`th of many genuine ids, each with its own time, link and random bits.
    fn genuine(keys: &ClickIdKeys, number: u32) -> String {
        let noise: [u8; 32] = blake3::hash(&number.to_be_bytes()).into();
        let link = LinkKey::from_bits(u64::from_be_bytes(noise[..8].try_into().unwrap()));
        let time = Time::from_micros(TIME.micros() + i64::from(number) * 1_234_567);
        keys.write(keys.mint(time, link, Rounds::NONE, noise[8..14].try_into().unwrap()), AccountId::DEFAULT)
    }

    #[test]
    fn no_flipped_bit_of_10_000_ids_passes() {
        let keys = keys(&[7, 6]);
        for number in 0..10_000 {
            let text = genuine(&keys, number);
            let bytes: [u8; WIRE_BYTES] = from_base32(&text).unwrap();
            let reads = |bytes| {
                UnverifiedClickId::from_bytes(bytes).and_then(|id| keys.verify(id, AccountId::DEFAULT))
            };
            assert!(reads(bytes).is_some(), "{text}");
            for bit in 0..WIRE_BYTES * 8 {
                let mut forged = bytes;
                forged[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(reads(forged), None, "{text}, bit {bit}");
            }
        }
    }

    #[test]
    fn no_changed_character_passes() {
        let keys = keys(&[7, 6]);
        // A character holds 5 bits, so 31 others are possible in each of the 40 places. `O`, `I`
        // and `L` are outside the alphabet: they are not read as `0` and `1`.
        for number in 0..200 {
            let text = genuine(&keys, number);
            for (place, own) in text.char_indices() {
                let (before, behind) = (text.split_at(place).0, text.split_at(place + 1).1);
                for other in "0123456789abcdefghijklmnopqrstuvwxyzILOU-_ \u{e9}".chars() {
                    let forged = format!("{before}{other}{behind}");
                    let came = read(&keys, &forged, AccountId::DEFAULT);
                    assert_eq!(came.is_some(), other == own, "{forged}");
                }
            }
        }
    }

    #[test]
    fn no_foreign_or_cut_id_passes() {
        let keys = keys(&[7, 6]);
        let text = genuine(&keys, 0);
        assert_eq!(read(&keys, &text, AccountId(Uuid::from_u128(2))), None, "another account");
        assert_eq!(read(&keys, text.split_at(39).0, AccountId::DEFAULT), None, "cut");
    }

    #[test]
    fn old_keys_verify_and_the_first_mints() {
        let old = keys(&[1]);
        let signed = old.mint(TIME, LinkKey::from_bits(5), Rounds::NONE, [1; 6]);
        let text = old.write(signed, AccountId::DEFAULT);
        let rotated = keys(&[2, 1]);
        assert_eq!(read(&rotated, &text, AccountId::DEFAULT), Some(signed));
        assert_eq!(rotated.write(signed, AccountId::DEFAULT), text);
        assert_eq!(rotated.mint(TIME, LinkKey::from_bits(5), Rounds::NONE, [1; 6]).key_id, KeyId::new(2));
        assert_eq!(read(&keys(&[2]), &text, AccountId::DEFAULT), None);
    }

    #[test]
    fn a_key_ends_at_its_time() {
        let before = Time::from_micros(TIME.micros() - 1);
        let mut keys = keys(&[3, 2, 1]);
        for (key, ends_at) in keys.others.iter_mut().zip([Some(TIME), None]) {
            key.ends_at = ends_at;
        }
        for (number, now, has_ended) in
            [(3, TIME, false), (2, before, false), (2, TIME, true), (1, TIME, false), (9, TIME, false)]
        {
            assert_eq!(keys.has_ended(KeyId::new(number), now), has_ended, "{number}");
        }
        assert_eq!(keys.newest(), KeyId::new(3));
    }
}
