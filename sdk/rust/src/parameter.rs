//! The names of a conversion's fields: in postbacks, and as titles of a file's columns.

use crate::url_macros::is_macro;

/// The parameters of a postback (docs/reference/http.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownParam {
    /// The click id.
    ClickId,
    /// The conversion code.
    Id,
    /// The value of the sale.
    Val,
    /// The commission.
    Com,
    /// The commission as a percentage.
    Comperc,
    /// Custom parameters.
    Param,
    /// The merchant's order id.
    Oid,
    /// The currency.
    Cur,
    /// The status.
    Status,
    /// Marks a test.
    Test,
    /// The secret of the postback URL.
    Sec,
    /// The time of a signature.
    Ts,
    /// A signature.
    Sig,
}

/// All known names, in lower case. The first name of each parameter is its own name, and the others
/// are aliases.
///
/// Trackers and networks have many names for the order. If several come, the first in this table
/// counts: an order number that is overlooked makes duplicates of different sales.
const NAMES: [(&str, KnownParam); 35] = [
    ("clickid", KnownParam::ClickId),
    ("click_id", KnownParam::ClickId),
    ("cid", KnownParam::ClickId),
    ("subid", KnownParam::ClickId),
    ("id", KnownParam::Id),
    ("val", KnownParam::Val),
    ("value", KnownParam::Val),
    ("amount", KnownParam::Val),
    ("com", KnownParam::Com),
    ("commission", KnownParam::Com),
    ("payout", KnownParam::Com),
    ("comperc", KnownParam::Comperc),
    ("param", KnownParam::Param),
    ("oid", KnownParam::Oid),
    ("txid", KnownParam::Oid),
    ("transaction_id", KnownParam::Oid),
    ("order_id", KnownParam::Oid),
    ("orderid", KnownParam::Oid),
    ("transactionid", KnownParam::Oid),
    ("order_number", KnownParam::Oid),
    ("ordernumber", KnownParam::Oid),
    ("trans_id", KnownParam::Oid),
    ("transid", KnownParam::Oid),
    ("txn_id", KnownParam::Oid),
    ("txnid", KnownParam::Oid),
    ("t202txid", KnownParam::Oid),
    ("order", KnownParam::Oid),
    ("tid", KnownParam::Oid),
    ("cur", KnownParam::Cur),
    ("currency", KnownParam::Cur),
    ("status", KnownParam::Status),
    ("test", KnownParam::Test),
    ("sec", KnownParam::Sec),
    ("ts", KnownParam::Ts),
    ("sig", KnownParam::Sig),
];

impl KnownParam {
    /// The documented name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClickId => "clickId",
            Self::Id => "id",
            Self::Val => "val",
            Self::Com => "com",
            Self::Comperc => "comperc",
            Self::Param => "param",
            Self::Oid => "oid",
            Self::Cur => "cur",
            Self::Status => "status",
            Self::Test => "test",
            Self::Sec => "sec",
            Self::Ts => "ts",
            Self::Sig => "sig",
        }
    }
}

/// Finds the parameter of a name, in any case.
#[must_use]
pub fn known(name: &str) -> Option<KnownParam> {
    rank(name).map(|(_, known)| known)
}

/// Finds the parameter of a name, in any case, and the place of the name among all known names. A
/// lower place takes precedence.
#[must_use]
pub fn rank(name: &str) -> Option<(usize, KnownParam)> {
    let name = name.trim_matches(is_trimmed);
    let at = NAMES.iter().position(|(own, _)| own.eq_ignore_ascii_case(name))?;
    NAMES.get(at).map(|(_, known)| (at, *known))
}

/// Returns whether the character is a blank, a quote or invisible. Such characters around a text
/// come from the tools that it has passed through.
#[must_use]
pub fn is_trimmed(character: char) -> bool {
    character.is_whitespace()
        || "\"'`\u{AB}\u{BB}\u{AD}\u{61C}\u{180E}\u{FEFF}".contains(character)
        || [
            '\u{200B}'..='\u{200F}',
            '\u{2018}'..='\u{201F}',
            '\u{202A}'..='\u{202E}',
            '\u{2060}'..='\u{2069}',
        ]
        .iter()
        .any(|invisible| invisible.contains(&character))
}
/// Drops the punctuation behind a value. It comes from a text in which it followed the value.
#[must_use]
pub fn without_punctuation(value: &str) -> &str {
    value.trim_end_matches(|character| is_trimmed(character) || ".,;)]>".contains(character))
}

/// Texts that programs and spreadsheets write where there is no order number.
const NO_ORDER: [&str; 10] = ["None", "nil", "NaN", "#N/A", "false", "-", "--", "#REF!", "#VALUE!", "#NAME?"];

/// Returns whether a text stands for an order number that is missing. If it were taken for one, all
/// sales of a sender but the first would be duplicates.
#[must_use]
pub fn is_no_order(text: &str) -> bool {
    is_macro(text) || NO_ORDER.iter().any(|none| none.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_missing_order_is_known() {
        for text in ["None", "FALSE", "-", "#ref!", "(blank)", "{order_id}", "null", "#N/A"] {
            assert!(is_no_order(text), "{text}");
        }
        for text in ["0", "1-1", "false-1", "No", "NONE-7", "a"] {
            assert!(!is_no_order(text), "{text}");
        }
    }

    #[test]
    fn punctuation_behind_a_value_is_dropped() {
        for (text, bare) in [("EUR.", "EUR"), ("10)\",", "10"), ("a.b", "a.b"), ("(1", "(1"), ("...", "")] {
            assert_eq!(without_punctuation(text), bare, "{text}");
        }
    }
}
