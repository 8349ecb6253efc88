//! Sub ids: the publisher's own labels of a click, `sub1` to `sub10`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    destination::{SUB_IDS, sub_id_index},
    json_text::json_text,
};

/// Longest sub id, in characters.
pub const SUB_ID_CHARS_MAX: usize = 1_024;

/// The values of `sub1` to `sub10`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubIds(pub [String; SUB_IDS]);
json_text!(SubIds);

impl SubIds {
    /// Parses the sub ids of a message, by their names.
    pub fn from_proto(named: BTreeMap<String, String>) -> Result<Self, String> {
        let mut parsed = Self::default();
        for (name, value) in named {
            let slot = sub_id_index(&name).and_then(|index| parsed.0.get_mut(index));
            let slot = slot.ok_or_else(|| "must have keys from `sub1` to `sub10`".to_owned())?;
            if value.chars().count() > SUB_ID_CHARS_MAX {
                return Err(format!("must have values of at most {SUB_ID_CHARS_MAX} characters"));
            }
            *slot = value;
        }
        Ok(parsed)
    }

    /// Cuts each sub id to `SUB_ID_CHARS_MAX`. Returns the sub ids, and true if any was longer.
    pub fn cut(mut self) -> (Self, bool) {
        let mut is_cut = false;
        for text in &mut self.0 {
            if let Some((end, _)) = text.char_indices().nth(SUB_ID_CHARS_MAX) {
                text.truncate(end);
                is_cut = true;
            }
        }
        (self, is_cut)
    }

    /// The sub ids that are not empty, by their names.
    pub fn into_proto(self) -> BTreeMap<String, String> {
        let named = self.0.into_iter().enumerate().filter(|(_, value)| !value.is_empty());
        named.map(|(index, value)| (format!("sub{}", index + 1), value)).collect()
    }
}
