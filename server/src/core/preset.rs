//! Presets: the vocabulary of each network. A preset names the parameter that takes the click id in
//! the network's links, the network's macros for a postback URL, its words for a status, and the
//! reply that it wants.
//!
//! Presets come with the server, in `preset/presets.toml`, and are the same for every account. So
//! there is no table of presets, and no call that changes one.
//!
//! Absent on purpose: traffic sources, because they don't send postbacks but receive them, and this
//! server sends none; and networks whose macro for the click id is not known.

pub mod grpc;

use std::{fmt, str::FromStr, sync::LazyLock};

use sea_orm::DeriveValueType;
use serde::Deserialize;

use crate::{
    error::{Error, Result},
    page::{Page, PageRequest},
};

/// Longest id, in bytes; also the length of the list's sort key.
pub const ID_BYTES_MAX: usize = 32;

// A file that can't be parsed yields an empty list. A test ensures that the file can be parsed.
static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    let file: Result<File, _> = toml::from_str(include_str!("preset/presets.toml"));
    file.map(|file| file.preset).unwrap_or_default()
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    preset: Vec<Preset>,
}

/// The vocabulary of a network. The fields have the same names as in the message `Preset`, except
/// `currency`, which is called `currency_code` there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    pub id: String,
    pub name: String,
    pub source: Source,
    pub click_id_parameter: Option<String>,
    pub click_id_macro: String,
    pub value_macro: Option<String>,
    pub commission_macro: Option<String>,
    pub transaction_id_macro: Option<String>,
    pub currency_macro: Option<String>,
    pub currency: Option<String>,
    pub status_macro: Option<String>,
    #[serde(default)]
    pub status_words: StatusWords,
    #[serde(default)]
    pub statement: StatementForm,
    pub reply: Option<Reply>,
    #[serde(default)]
    pub remark: String,
}

/// Origin of a preset.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    VendorDocumentation,
    Community,
}

/// A network's words for a status, by their meaning. Their case does not matter.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatusWords {
    pub pending: Vec<String>,
    pub approved: Vec<String>,
    pub declined: Vec<String>,
    /// Words for a refund of the whole sale.
    pub reversed: Vec<String>,
}

impl StatusWords {
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let of_sales = self.pending.iter().chain(&self.approved).chain(&self.declined);
        of_sales.chain(&self.reversed).map(String::as_str)
    }
}

/// The form of a network's statements: the titles of their columns, empty if they are not known, and the
/// words for a status that only statements have.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatementForm {
    pub transaction_id: String,
    pub click_id: String,
    pub value: String,
    pub commission: String,
    pub currency: String,
    pub status: String,
    pub time: String,
    pub status_words: StatusWords,
}

/// The reply that a network requires for its postbacks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    AlwaysOk,
    FixedText(String),
}

/// The id of a preset; empty if no preset is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveValueType)]
pub struct PresetId(String);

impl PresetId {
    /// The preset with this id. `None` if the id is empty, or if only a later version of the server
    /// has the preset.
    pub fn preset(&self) -> Option<&'static Preset> {
        find(&self.0)
    }
}

impl fmt::Display for PresetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PresetId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() || find(text).is_some() {
            Ok(Self(text.to_owned()))
        } else {
            Err("is not the id of a preset; `ListPresets` has them all".to_owned())
        }
    }
}

fn find(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.id == id)
}

pub fn get(id: &str) -> Result<&'static Preset> {
    find(id).ok_or_else(|| Error::not_found("preset", id))
}

/// Lists presets, sorted by id.
pub fn list(page: &PageRequest<ID_BYTES_MAX>) -> Page<&'static Preset, ID_BYTES_MAX> {
    let rows = usize::try_from(page.rows_to_read()).unwrap_or(usize::MAX);
    let behind = PRESETS.iter().filter(|preset| page.after.is_none_or(|after| preset.key() > after));
    page.cut(behind.take(rows).collect(), None, |preset| preset.key())
}

impl Preset {
    /// Returns whether the network reports a sale as pending, and later as approved or declined.
    pub fn reports_pending_first(&self) -> bool {
        let StatusWords { pending, approved, declined, .. } = &self.status_words;
        !(pending.is_empty() || approved.is_empty() && declined.is_empty())
    }

    /// The id, padded with zeros, so that keys sort like ids.
    fn key(&self) -> [u8; ID_BYTES_MAX] {
        let mut key = [0; ID_BYTES_MAX];
        key.iter_mut().zip(self.id.bytes()).for_each(|(slot, byte)| *slot = byte);
        key
    }
}

/// All presets, for the tests of other modules.
#[cfg(test)]
pub fn all() -> &'static [Preset] {
    &PRESETS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::values::money::Currency;

    /// Longest status word in the database and in the schema, in bytes.
    const STATUS_WORD_BYTES_MAX: usize = 64;

    #[test]
    fn the_file_is_complete() {
        let file: File = toml::from_str(include_str!("preset/presets.toml")).unwrap();
        assert_eq!(file.preset.len(), all().len());
        assert!(all().len() >= 40);
        assert!(all().is_sorted_by(|one, next| one.id < next.id), "sorted, and none twice");
        for preset in all() {
            let id = &preset.id;
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!((1..=ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(plain), "{id}");
            assert!((1..=64).contains(&preset.name.len()), "{id}");
            assert!(!preset.click_id_macro.is_empty(), "{id}");
            let said = preset.click_id_parameter.is_some() || preset.remark.contains("not known");
            assert!(said, "{id}: the remark must say that the parameter is not known");
            let amount = preset.value_macro.is_some() || preset.commission_macro.is_some();
            assert!(amount || preset.remark.contains("No macro for an amount"), "{id}");
            assert!(preset.currency.is_none() || preset.currency_macro.is_none(), "{id}");
            assert!(preset.currency.as_ref().is_none_or(|code| code.parse::<Currency>().is_ok()), "{id}");
        }
    }

    #[test]
    fn a_status_word_has_one_meaning_and_our_words_keep_theirs() {
        for preset in all() {
            let words = &preset.status_words;
            let lower: BTreeSet<String> = words.all().map(str::to_lowercase).collect();
            assert_eq!(lower.len(), words.all().count(), "{}", preset.id);
            assert!(words.all().all(|word| (1..=STATUS_WORD_BYTES_MAX).contains(&word.len())));
            for (own, theirs) in [
                ("pending", &words.pending),
                ("approved", &words.approved),
                ("declined", &words.declined),
                ("reversed", &words.reversed),
            ] {
                let elsewhere = words.all().any(|word| word.eq_ignore_ascii_case(own))
                    && !theirs.iter().any(|word| word.eq_ignore_ascii_case(own));
                assert!(!elsewhere, "{}: {own}", preset.id);
            }
        }
    }

    #[test]
    fn names_and_macros_fit_into_a_url() {
        for preset in all() {
            let name = preset.click_id_parameter.iter();
            assert!(
                name.flat_map(|name| name.bytes()).all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            );
            let others = [&preset.value_macro, &preset.commission_macro, &preset.transaction_id_macro];
            let more = [&preset.currency_macro, &preset.status_macro];
            let macros = others.into_iter().chain(more).flatten().chain([&preset.click_id_macro]);
            for text in macros {
                let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"&=?;".contains(&byte));
                assert!(plain && s2s_sdk::url_macros::is_macro(text), "{}: {text}", preset.id);
            }
        }
    }

    #[test]
    fn an_id_names_a_preset_or_none() {
        let id: PresetId = "everflow".parse().unwrap();
        assert_eq!(id.preset().unwrap().click_id_macro, "{sub1}");
        assert!("".parse::<PresetId>().unwrap().preset().is_none());
        for text in ["Everflow", "everflow ", "nothing"] {
            assert!(text.parse::<PresetId>().is_err(), "{text}");
        }
        assert!(PresetId("of-a-later-version".to_owned()).preset().is_none());
    }
}
