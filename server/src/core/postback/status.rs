//! The meaning of a status word. The word is one of the four words of s2s, or a word of the
//! network that calls the postback URL.
//!
//! `core/preset/presets.toml` holds the words of networks (`status_words`); new words are added
//! there.

use s2s_sdk::{
    parameter::without_punctuation,
    v1::{ErrorReason, Note, NoteCode},
};

use crate::{
    core::{
        conversion::note,
        preset::{Preset, StatusWords},
    },
    error::{Error, Result},
    values::{conversion_status::ConversionStatus, text::excerpt},
};

const PARAMETER: &str = "status";

/// The meaning of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A sale with this status.
    Sale(ConversionStatus),
    /// A refund of a sale.
    Reversed,
}

/// The words of s2s, which are understood whatever network sends them.
const OWN: [(&str, Meaning); 4] = [
    ("pending", Meaning::Sale(ConversionStatus::Pending)),
    ("approved", Meaning::Sale(ConversionStatus::Approved)),
    ("declined", Meaning::Sale(ConversionStatus::Declined)),
    ("reversed", Meaning::Reversed),
];

/// A word, as it is understood.
pub struct Understood<'a> {
    /// `None` if the word is empty, or its network is not known.
    pub meaning: Option<Meaning>,
    /// The word without punctuation that was dropped.
    pub word: &'a str,
    /// Says that the word was mapped or trimmed.
    pub note: Option<Note>,
}

/// Reads a word. Upper and lower case are the same. `preset` is the preset of the conversion code.
pub fn read<'a>(word: &'a str, preset: Option<&Preset>) -> Result<Understood<'a>> {
    if word.is_empty() {
        return Ok(Understood { meaning: None, word, note: None });
    }
    if let Some(meaning) = own(word) {
        return Ok(Understood { meaning: Some(meaning), word, note: None });
    }
    if let Some((meaning, note)) = preset.and_then(|preset| of_network(word, preset)) {
        return Ok(Understood { meaning: Some(meaning), word, note: Some(note) });
    }
    let bare = without_punctuation(word);
    if bare == word || bare.is_empty() {
        return Err(unknown(word, preset));
    }
    let understood = read(bare, preset)?;
    let trimmed = || note(NoteCode::Trimmed, PARAMETER, "punctuation after `status` was dropped");
    Ok(Understood { note: understood.note.or_else(|| Some(trimmed())), ..understood })
}

/// The status of a sale after a word in a statement of the network: one that is refunded is declined. `None` if the word is empty.
pub fn status_after(word: &str, preset: Option<&Preset>) -> Result<Option<ConversionStatus>> {
    let of_statement = preset.and_then(|preset| meaning_of(word, &preset.statement.status_words));
    let meaning = match of_statement {
        Some((_, meaning)) => Some(meaning),
        None => read(word, preset)?.meaning,
    };
    Ok(meaning.map(|meaning| match meaning {
        Meaning::Sale(status) => status,
        Meaning::Reversed => ConversionStatus::Declined,
    }))
}

/// The meaning of a word of s2s.
pub fn own(word: &str) -> Option<Meaning> {
    OWN.iter().find(|(own, _)| own.eq_ignore_ascii_case(word)).map(|(_, meaning)| *meaning)
}

/// Returns whether a word is one of the words of s2s, in upper or lower case.
pub fn is_own(word: &str) -> bool {
    own(word).is_some()
}

fn of_network(word: &str, preset: &Preset) -> Option<(Meaning, Note)> {
    let (own, meaning) = meaning_of(word, &preset.status_words)?;
    let message = format!("`status` was sent as `{word}`, which is {own} at {}", preset.name);
    Some((meaning, note(NoteCode::StatusMapped, PARAMETER, message)))
}

/// The meaning of a network's word, and our word for it.
fn meaning_of(word: &str, words: &StatusWords) -> Option<(&'static str, Meaning)> {
    let theirs = [&words.pending, &words.approved, &words.declined, &words.reversed];
    let mut both = OWN.into_iter().zip(theirs);
    let known = |theirs: &[String]| theirs.iter().any(|known| known.eq_ignore_ascii_case(word));
    both.find(|(_, theirs)| known(theirs)).map(|(own, _)| own)
}

fn unknown(word: &str, preset: Option<&Preset>) -> Error {
    let own = "`pending`, `approved`, `declined` and `reversed`";
    let word = excerpt(word);
    let message = match preset {
        None => format!(
            "`status` is `{word}`; this conversion code understands {own}; send one of them, or, if that is a \
             network's word, set the code's preset_id to that network and replay"
        ),
        Some(preset) => {
            let theirs: Vec<String> = preset.status_words.all().map(|word| format!("`{word}`")).collect();
            let theirs = if theirs.is_empty() { "no others".to_owned() } else { theirs.join(", ") };
            format!(
                "`status` is `{word}`; this conversion code understands {own} and, of {}, {theirs}; send one of them, \
                 or omit `status`: the code's default_status then applies",
                preset.name
            )
        }
    };
    Error::new(ErrorReason::StatusUnknown, message).with("parameter", PARAMETER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::preset::{self, PresetId};

    #[test]
    fn words_are_ours_or_the_networks() {
        const PENDING: Meaning = Meaning::Sale(ConversionStatus::Pending);
        const APPROVED: Meaning = Meaning::Sale(ConversionStatus::Approved);
        const DECLINED: Meaning = Meaning::Sale(ConversionStatus::Declined);
        for (preset, word, expected) in [
            ("", "", Some((None, false))),
            ("", "Pending", Some((Some(PENDING), false))),
            ("", "confirm", None),
            ("leadbit", "", Some((None, false))),
            ("leadbit", "new", Some((Some(PENDING), true))),
            ("leadbit", "CONFIRM", Some((Some(APPROVED), true))),
            ("leadbit", "trash", Some((Some(DECLINED), true))),
            ("leadbit", "declined", Some((Some(DECLINED), false))),
            ("leadbit", "refunded", None),
            ("affise", "5", Some((Some(PENDING), true))),
            ("affise", "55", None),
            ("", "reversed", Some((Some(Meaning::Reversed), false))),
            ("impact", "REVERSED", Some((Some(Meaning::Reversed), false))),
            ("clickbank", "chargeback", Some((Some(Meaning::Reversed), true))),
            ("everflow", "confirm", None),
        ] {
            let id: PresetId = preset.parse().unwrap();
            let found = read(word, id.preset()).ok().map(|found| (found.meaning, found.note.is_some()));
            assert_eq!(found, expected, "{preset}: {word}");
        }
    }

    #[test]
    fn punctuation_after_a_word_is_dropped() {
        for (preset, word, bare) in [("", "approved.", "approved"), ("leadbit", "CONFIRM);", "CONFIRM")] {
            for word in [word.to_owned(), format!("{word}{}", ".,;)]>".repeat(99))] {
                let id: PresetId = preset.parse().unwrap();
                let understood = read(&word, id.preset()).unwrap();
                assert_eq!((understood.word, understood.note.is_some()), (bare, true), "{word}");
            }
        }
    }

    #[test]
    fn a_refusal_of_a_word_names_the_known_ones() {
        let message = |preset: Option<&Preset>| read("odd", preset).err().unwrap().message().to_owned();
        assert!(message(None).contains("`odd`") && message(None).contains("preset_id"));
        for preset in preset::all() {
            let message = message(Some(preset));
            for word in ["odd", "pending", "approved", "declined", "reversed"]
                .into_iter()
                .chain(preset.status_words.all())
            {
                assert!(message.contains(&format!("`{word}`")), "{}: {message}", preset.id);
            }
        }
    }
}
