//! The keys of rows. A key names what a row is about: our conversion or, as long as we have none, what
//! the network calls the sale. The table `statement_key` finds the rows of a statement by their keys.

mod store;

use uuid::Uuid;

use super::row::Theirs;
use crate::{
    core::conversion::{ConversionId, TransactionId},
    values::click_id::{ClickId, UnverifiedClickId},
};

pub use self::store::{Key, delete_some, find, insert, replace};

/// The key of one of our conversions.
pub fn of_conversion(id: ConversionId) -> Key {
    key(b'c', &[id.click.0.as_bytes(), &id.serial.to_be_bytes()])
}

/// The key of an order.
pub fn of_order(order: &TransactionId) -> Key {
    key(b'o', &[order.as_str().as_bytes()])
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
