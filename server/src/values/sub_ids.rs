//! Sub ids: the publisher's own labels of a click, `sub1` to `sub10`.

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

use super::{destination::SUB_IDS, json_text::json_text};

/// Longest sub id, in characters.
pub const SUB_ID_CHARS_MAX: usize = 255;

/// The values of `sub1` to `sub10`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct SubIds(pub [String; SUB_IDS]);
json_text!(SubIds);
