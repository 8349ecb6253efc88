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
    /// The id of a refund.
    Rid,
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
/// Trackers and networks have many names for the order number. All of them must be known, because
/// different sales count as duplicates if their order number is overlooked. If several names of the
/// order number occur, the first in this table takes precedence.
const NAMES: [(&str, KnownParam); 39] = [
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
    ("rid", KnownParam::Rid),
    ("refund_id", KnownParam::Rid),
    ("refundid", KnownParam::Rid),
    ("adjustment_id", KnownParam::Rid),
    ("test", KnownParam::Test),
    ("sec", KnownParam::Sec),
    ("ts", KnownParam::Ts),
    ("sig", KnownParam::Sig),
];

impl KnownParam {
    /// Returns whether a postback needs the parameter. True for both commission and percentage,
    /// although a postback needs only one of them.
    #[must_use]
    pub fn is_mandatory(self) -> bool {
        matches!(self, Self::ClickId | Self::Id | Self::Val | Self::Com | Self::Comperc)
    }

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
            Self::Rid => "rid",
            Self::Test => "test",
            Self::Sec => "sec",
            Self::Ts => "ts",
            Self::Sig => "sig",
        }
    }
}

/// Finds the parameter of a name, in upper or lower case.
#[must_use]
pub fn known(name: &str) -> Option<KnownParam> {
    rank(name).map(|(_, known)| known)
}

/// Finds the parameter of a name, in upper or lower case, and the index of the name among all known
/// names. Among the names of the order number, a lower index takes precedence.
#[must_use]
pub fn rank(name: &str) -> Option<(usize, KnownParam)> {
    let name = trim(name);
    let at = NAMES.iter().position(|(own, _)| is_same_name(own, name))?;
    NAMES.get(at).map(|(_, known)| (at, *known))
}

/// Compares names in any case. A hyphen and a blank are read as an underscore.
fn is_same_name(own: &str, name: &str) -> bool {
    let letter = |byte: u8| if matches!(byte, b'-' | b' ') { b'_' } else { byte.to_ascii_lowercase() };
    own.len() == name.len() && own.bytes().zip(name.bytes()).all(|(own, byte)| own == letter(byte))
}

/// Drops the characters around a text that `is_trimmed` names.
#[must_use]
pub fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    // Nearly every text begins and ends with a letter or digit.
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => text,
        _ => text.trim_matches(is_trimmed),
    }
}

/// Returns whether the character is a blank, a quote or invisible. Tools that a text passes through
/// add such characters around it.
#[must_use]
pub fn is_trimmed(character: char) -> bool {
    if character.is_ascii_alphanumeric() {
        return false;
    }
    let is_quote = matches!(character, '"' | '\'' | '`' | '\u{AB}' | '\u{BB}' | '\u{2018}'..='\u{201F}');
    let is_invisible = matches!(
        character,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    );
    character.is_whitespace() || is_quote || is_invisible
}
/// Drops the punctuation after a value. Such punctuation comes from the text from which the value
/// was copied.
#[must_use]
pub fn without_punctuation(value: &str) -> &str {
    value.trim_end_matches(|character| is_trimmed(character) || ".,;)]>".contains(character))
}

/// Texts that programs, databases and spreadsheets write where there is no order number.
const NO_ORDER: [&str; 20] = [
    "None",
    "nil",
    "NaN",
    "NaT",
    "NA",
    "n.a.",
    "n. a.",
    "false",
    "true",
    "FALSCH",
    "WAHR",
    "FAUX",
    "Array",
    "Object",
    "\\N",
    "#N/A",
    "#N/B",
    "#N/D",
    "#NV",
    "#GETTING_DATA",
];
/// Dashes, the ellipsis and the minus sign outside ASCII.
const MARKS: [char; 8] =
    ['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2026}', '\u{2212}'];

/// Words that programs write for a missing value. Programs also write them one after the other.
const MISSING: [&str; 2] = ["undefined", "null"];

/// Returns whether a text stands for a missing order number. If such a text were taken for an order
/// number, every sale after the first sale of a click would be a duplicate.
#[must_use]
pub fn is_no_order(text: &str) -> bool {
    let is_of_number = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    // Most order numbers. No text that stands for a missing one begins with a digit and has no
    // other characters.
    if text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(is_of_number) {
        return false;
    }
    is_macro(text)
        || NO_ORDER.iter().any(|none| none.eq_ignore_ascii_case(text))
        || is_only_marks(text)
        || is_spreadsheet_error(text)
        || is_placeholder(text)
        || is_only_missing(text)
        || is_damaged_macro(text)
        || escapes_undone(text).is_some_and(|plain| is_macro(&plain) || is_damaged_macro(&plain))
}

/// Returns whether a text is a name of the order number itself, such as `ORDER_ID` or
/// `your-order-id`. Examples in documentation have such a name as their value.
fn is_placeholder(text: &str) -> bool {
    let name = text.to_ascii_lowercase().replace(['-', ' '], "_");
    let name = name.strip_prefix("your_").unwrap_or(&name);
    known(name) == Some(KnownParam::Oid)
}

/// Returns whether a text consists of words for a missing value, such as `undefinedundefined`.
fn is_only_missing(text: &str) -> bool {
    let mut rest = text.to_ascii_lowercase();
    for word in MISSING {
        rest = rest.replace(word, "");
    }
    rest.len() < text.len() && rest.trim_matches(['-', '_', ' ']).is_empty()
}

/// Returns whether a text is a damaged or unusual macro: without one of its brackets, such as
/// `{order_id`, with too many, such as `<<<ORDER>>>`, or with a colon in front, such as `:order`. A
/// name with digits does not count, because it may be an order number.
fn is_damaged_macro(text: &str) -> bool {
    let brackets = |pair: [char; 2]| text.trim_matches(pair);
    let mut names = [['{', '}'], ['<', '>'], ['[', ']']].map(brackets).into_iter();
    let is_name = |name: &str| {
        name.len() < text.len()
            && name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
            && name.chars().all(|letter| letter.is_ascii_alphabetic() || "_-. ".contains(letter))
    };
    names.any(is_name) || text.strip_prefix(':').is_some_and(is_name)
}

/// Undoes percent-encoding of ASCII characters. Returns `None` if the text has none of it.
fn escapes_undone(text: &str) -> Option<String> {
    let (first, rest) = text.split_once('%')?;
    let mut plain = first.to_owned();
    for piece in rest.split('%') {
        let escape = piece.split_at_checked(2);
        let escape = escape.filter(|(digits, _)| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let undone = escape.and_then(|(digits, rest)| Some((u8::from_str_radix(digits, 16).ok()?, rest)));
        let undone = undone.filter(|(byte, _)| byte.is_ascii());
        let (letter, rest) = undone.map_or(('%', piece), |(byte, rest)| (char::from(byte), rest));
        plain.push(letter);
        plain.push_str(rest);
    }
    (plain != text).then_some(plain)
}

/// Returns whether a text consists only of punctuation, such as `-`, or `####` from a column that
/// was too narrow.
fn is_only_marks(text: &str) -> bool {
    let is_mark = |letter: char| letter.is_ascii_punctuation() || MARKS.contains(&letter);
    !text.is_empty() && text.chars().all(is_mark)
}

/// Returns whether a text is the error of a formula, in any language: `#REF!`, `#DIV/0!`,
/// `#WERT!`, `#NAME?`, `Err:502`.
fn is_spreadsheet_error(text: &str) -> bool {
    if let Some(("Err", number)) = text.split_once(':') {
        return number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    }
    let name = text.strip_prefix('#').and_then(|rest| rest.strip_suffix(['!', '?']));
    name.is_some_and(|name| {
        let name = name.strip_suffix("/0").unwrap_or(name);
        let is_part = |letter: char| letter.is_alphabetic() || "/_ \u{a1}\u{bf}".contains(letter);
        !name.is_empty() && name.chars().all(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that stand for a missing order number.
    const NO_ORDERS: [&str; 62] = [
        "None",
        "FALSE",
        "-",
        "--",
        "\u{2013}",
        "\u{2014}",
        "\u{2212}\u{2212}",
        "...",
        "?",
        "########",
        "#",
        "#ref!",
        "#VALUE!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#DIV/0!",
        "#NV",
        "#WERT!",
        "#BEZUG!",
        "#ZAHL!",
        "#\u{dc}BERLAUF!",
        "#\u{a1}VALOR!",
        "#\u{bf}NOMBRE?",
        "#N/A",
        "#n/a",
        "#N/D",
        "Err:502",
        "(blank)",
        "{order_id}",
        "null",
        "n/a",
        "N/A",
        "n.a.",
        "NA",
        "NaT",
        "<NA>",
        "\\N",
        "Array",
        "object",
        "true",
        "FALSCH",
        "faux",
        "ORDER_ID",
        "order",
        "TXID",
        "YOUR_ORDER_ID",
        "your-order-id",
        "Your Transaction ID",
        "undefinedundefined",
        "undefined-undefined",
        "nullnull",
        "{order_id",
        "order_id}",
        "{{order.id}",
        "[order",
        "<<<ORDER>>>",
        ":order",
        ":order_id",
        "%23ORDER%23",
        "%7Border_id%7D",
        "%7border_id",
    ];

    /// Order numbers that resemble such a text, and the empty text.
    const ORDERS: [&str; 38] = [
        "",
        "0",
        "1-1",
        "false-1",
        "No",
        "NONE-7",
        "a",
        "#1001",
        "#1001!",
        "#A-1!",
        "#A1?",
        "Err:5021",
        "Err:x12",
        "NA-1",
        "\\N1",
        "-1",
        "(1)",
        "\u{2013}7",
        "Array-1",
        "trueblue",
        "order-1001",
        "order_id_7",
        "your-1",
        "YOURS",
        "undefined1",
        "nullable",
        "{A1",
        "{3F2504E0-4F89",
        "[1001",
        "<1>",
        ":1001",
        "A:order",
        "ORDER%23",
        "50%25",
        "A%20B",
        "%E4",
        "100%",
        "#ABC",
    ];

    #[test]
    fn what_stands_for_a_missing_order_is_known() {
        for text in NO_ORDERS {
            assert!(is_no_order(text), "{text}");
        }
        for text in ORDERS {
            assert!(!is_no_order(text), "{text}");
        }
    }

    #[test]
    fn punctuation_after_a_value_is_dropped() {
        for (text, bare) in [("EUR.", "EUR"), ("10)\",", "10"), ("a.b", "a.b"), ("(1", "(1"), ("...", "")] {
            assert_eq!(without_punctuation(text), bare, "{text}");
        }
    }
}
