//! Values that every other part of the server is made of: ids, money, times, texts.
//!
//! Pure: nothing here does I/O or imports another part of the server.

pub mod address;
pub mod api_key_text;
pub mod click_id;
pub mod destination;
pub mod id;
pub mod json_text;
pub mod limits;
pub mod money;
pub mod sub_ids;
pub mod text;
pub mod time;
pub mod url_macros;
