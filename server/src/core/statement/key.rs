//! The keys of rows. A key names what a row is about: our conversion or, as long as we have none, what
//! the network calls the sale. The table `statement_key` finds the rows of a statement by their keys.

mod store;

use uuid::Uuid;

use super::row::Theirs;
use crate::{
    core::conversion::{Brief, ConversionId, TransactionId},
    values::{
        click_id::{ClickId, UnverifiedClickId},
        time::Time,
    },
};

pub use self::store::{Key, delete_some, find, insert, replace};

/// A row's place among the keys. Statements and our conversions are both roughly in the order of time, so
/// keys that begin with a time are near each other in the table: a thousand rows change few of its pages.
const PLACE_BYTES: usize = 5;
/// The precision of a place that is a time. Its bytes have room for centuries.
const PLACE_MICROS: i64 = 10_000;
/// The number of digits at the end of an order id that are its place. Order ids often count up.
const PLACE_DIGITS: usize = 12;

/// The key of one of our conversions.
pub fn of_conversion(conversion: &Brief) -> Key {
    of_recorded(conversion.id(), conversion.created_at)
}

/// The key of the conversion with this id, which was recorded at this time.
pub fn of_recorded(id: ConversionId, created_at: Time) -> Key {
    let place = created_at.micros().div_euclid(PLACE_MICROS);
    key(b'c', &[id.click.0.as_bytes(), &id.serial.to_be_bytes()]).at(place)
}

/// The key of an order.
pub fn of_order(order: &TransactionId) -> Key {
    let name = order.as_str().as_bytes();
    let key = key(b'o', &[name]);
    let start = name.iter().rev().take(PLACE_DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
    let digits = name.get(name.len().saturating_sub(start)..).unwrap_or_default();
    match str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()) {
        Some(place) => key.at(place),
        None => key,
    }
}

/// The keys of a click: that of a row that names no order, and that of a row that names one as well.
pub fn of_click(text: &str) -> [Key; 2] {
    let click = click(text);
    let name = click.as_ref().map_or(text.as_bytes(), |click| click.0.as_bytes());
    [b'k', b'b'].map(|kind| key(kind, &[name]))
}

/// The click that a text names, if it has the form of a click id. Whether the click id is genuine does
/// not matter: it is only compared.
pub fn click(text: &str) -> Option<ClickId> {
    UnverifiedClickId::read(text).map(UnverifiedClickId::click)
}

/// The keys of a row without a conversion. The first is that of its name, which no two rows should have.
pub fn of_theirs(theirs: &Theirs) -> Vec<Key> {
    let (order, click) = (&theirs.transaction_id, theirs.click_text.as_str());
    let of_order = (!order.as_str().is_empty()).then(|| of_order(order));
    let of_click = (!click.is_empty()).then(|| of_click(click));
    match (of_order, of_click) {
        (Some(order), Some([_, beside])) => vec![order, beside],
        (Some(order), None) => vec![order],
        (None, Some([alone, _])) => vec![alone],
        (None, None) => Vec::new(),
    }
}

/// All keys that a row may have that a held postback is about.
pub fn of_postback(order: &TransactionId, click_text: &str) -> Vec<Key> {
    let of_order = (!order.as_str().is_empty()).then(|| of_order(order));
    let of_click = (!click_text.is_empty()).then(|| of_click(click_text));
    of_order.into_iter().chain(of_click.into_iter().flatten()).collect()
}

fn key(kind: u8, parts: &[&[u8]]) -> Key {
    let (mut hasher, mut hash) = (blake3::Hasher::new(), [0; 16]);
    hasher.update(&[kind]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize_xof().fill(&mut hash);
    Key(Uuid::from_bytes(hash))
}

impl Key {
    /// The key at this place. What is left of the hash is enough for any number of rows: that two of ten
    /// million have the same 88 bits is less likely than one in a trillion.
    fn at(self, place: i64) -> Self {
        let mut bytes = self.0.into_bytes();
        let last = place.to_be_bytes();
        let place = last.last_chunk::<PLACE_BYTES>().copied().unwrap_or_default();
        bytes.iter_mut().zip(place).for_each(|(byte, placed)| *byte = placed);
        Self(Uuid::from_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_orders_that_count_up_are_near_each_other() {
        let of = |order: &str| of_order(&TransactionId::sought(order)).0;
        let placed = |order: &str| of(order).into_bytes()[..PLACE_BYTES].to_vec();
        for (order, place) in [
            ("order-7", [0, 0, 0, 0, 7]),
            ("1024", [0, 0, 0, 4, 0]),
            ("A000000000000000000256", [0, 0, 0, 1, 0]),
            ("x999999999999", [0xe8, 0xd4, 0xa5, 0x0f, 0xff]),
        ] {
            assert_eq!(placed(order), place, "{order}");
        }
        assert_ne!(of("order-7"), of("sale-7"));
        assert_ne!(placed("a"), placed("b"));
    }

    #[test]
    fn keys_of_conversions_follow_the_time_of_their_recording() {
        let id = |serial| ConversionId { click: ClickId(Uuid::from_u128(9)), serial };
        let at = |seconds: i64, serial| of_recorded(id(serial), Time::from_micros(seconds * 1_000_000)).0;
        assert!(at(1_800_000_000, 1) < at(1_800_000_001, 2) && at(1_800_000_000, 2) < at(1_800_000_001, 1));
        assert_ne!(at(1_800_000_000, 1), at(1_800_000_000, 2));
    }
}
