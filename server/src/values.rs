//! The values that all other parts of the server share: ids, money, times, texts.
//!
//! A leaf: it imports no other part of the server. Its only I/O is the clock and the source of
//! random bytes.

pub mod address;
pub mod api_key_text;
pub mod click_id;
pub mod conversion_status;
pub mod country;
pub mod destination;
pub mod external_id;
pub mod id;
pub mod json_text;
pub mod limits;
pub mod money;
pub mod packed;
pub mod query;
pub mod seal;
pub mod sub_ids;
pub mod target;
pub mod text;
pub mod time;
