//! What the journal tells of each kind of row.
//!
//! | entry | bytes |
//! |---|---|
//! | click | click id (16), flags (2), account (16), link (16) |
//! | conversion | click id (16), code (16), serial (8), account (16), link (16), currency (3), value (8), commission (8), status (2), time of conversion (8), time of recording (8) |
//! | verdict on a postback | postback (16), account (16), verdict (2) |
//! | adjustment | click id (16), code (16), serial (8), account (16), link (16), currency (3), value, commission and status before (8, 8, 2) and after (8, 8, 2), time of conversion (8), time of recording (8), number (2) |
//! | line of a partner | click id (16), serial (8), number (2), partner (16), account (16), link (16), currency (3), change of what is pending (8) and of what is approved (8), time of conversion (8), time of recording (8) |
//!
//! The id of a click contains its time. Numbers are in big-endian order, amounts in millionths and times in microseconds. A layout never
//! changes: a new one gets a number of its own.

use uuid::Uuid;

use crate::{db::journal::EntryKind, values::id::AccountId};

/// Length of an id in an entry, in bytes.
const ID_BYTES: usize = 16;

/// A new click.
pub const CLICK: EntryKind = EntryKind(1);
/// A new conversion.
pub const CONVERSION: EntryKind = EntryKind(2);
/// A new verdict on a postback.
pub const POSTBACK: EntryKind = EntryKind(3);
/// A new adjustment of a conversion.
pub const ADJUSTMENT: EntryKind = EntryKind(4);
/// A new line in the ledger of a partner.
pub const LINE: EntryKind = EntryKind(5);

/// The places of the parts of an entry of a conversion, or of its adjustment.
pub const CODE_AT: usize = ID_BYTES;
pub const SERIAL_AT: usize = CODE_AT + ID_BYTES;
const CONVERSION_ACCOUNT_AT: usize = SERIAL_AT + 8;
pub const LINK_AT: usize = CONVERSION_ACCOUNT_AT + ID_BYTES;
const POSTBACK_ACCOUNT_AT: usize = ID_BYTES;
const LINE_ACCOUNT_AT: usize = ID_BYTES + 8 + 2 + ID_BYTES;

/// The account of an entry; `None` if entries of this kind name none.
pub fn account(kind: EntryKind, bytes: &[u8]) -> Option<AccountId> {
    let at = match kind {
        CONVERSION | ADJUSTMENT => CONVERSION_ACCOUNT_AT,
        POSTBACK => POSTBACK_ACCOUNT_AT,
        LINE => LINE_ACCOUNT_AT,
        _ => return None,
    };
    id(bytes, at).map(AccountId)
}

/// Reads the id at a place of an entry.
pub fn id(bytes: &[u8], at: usize) -> Option<Uuid> {
    Some(Uuid::from_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Reads the number at a place of an entry.
pub fn number(bytes: &[u8], at: usize) -> Option<i64> {
    Some(i64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
