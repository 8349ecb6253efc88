//! Parameters that HTML has damaged. In a page or a mail, `&param=` becomes `¶m=`: HTML reads
//! `&para` as `¶`, even without a semicolon. The beginning of such a name is called eaten.
//!
//! All characters whose names need no semicolon are in Latin-1, so each arrives as one byte or, in
//! UTF-8, as at most two.

/// The 106 names of HTML's character references that need no semicolon, with their characters (HTML
/// Living Standard, section 13.5).
#[rustfmt::skip]
const ENTITIES: [(&str, u8); 106] = [
    ("QUOT", 0x22), ("quot", 0x22), ("AMP", 0x26), ("amp", 0x26), ("LT", 0x3C), ("lt", 0x3C), ("GT", 0x3E),
    ("gt", 0x3E), ("nbsp", 0xA0), ("iexcl", 0xA1), ("cent", 0xA2), ("pound", 0xA3), ("curren", 0xA4),
    ("yen", 0xA5), ("brvbar", 0xA6), ("sect", 0xA7), ("uml", 0xA8), ("COPY", 0xA9), ("copy", 0xA9),
    ("ordf", 0xAA), ("laquo", 0xAB), ("not", 0xAC), ("shy", 0xAD), ("REG", 0xAE), ("reg", 0xAE),
    ("macr", 0xAF), ("deg", 0xB0), ("plusmn", 0xB1), ("sup2", 0xB2), ("sup3", 0xB3), ("acute", 0xB4),
    ("micro", 0xB5), ("para", 0xB6), ("middot", 0xB7), ("cedil", 0xB8), ("sup1", 0xB9), ("ordm", 0xBA),
    ("raquo", 0xBB), ("frac14", 0xBC), ("frac12", 0xBD), ("frac34", 0xBE), ("iquest", 0xBF),
    ("Agrave", 0xC0), ("Aacute", 0xC1), ("Acirc", 0xC2), ("Atilde", 0xC3), ("Auml", 0xC4), ("Aring", 0xC5),
    ("AElig", 0xC6), ("Ccedil", 0xC7), ("Egrave", 0xC8), ("Eacute", 0xC9), ("Ecirc", 0xCA), ("Euml", 0xCB),
    ("Igrave", 0xCC), ("Iacute", 0xCD), ("Icirc", 0xCE), ("Iuml", 0xCF), ("ETH", 0xD0), ("Ntilde", 0xD1),
    ("Ograve", 0xD2), ("Oacute", 0xD3), ("Ocirc", 0xD4), ("Otilde", 0xD5), ("Ouml", 0xD6), ("times", 0xD7),
    ("Oslash", 0xD8), ("Ugrave", 0xD9), ("Uacute", 0xDA), ("Ucirc", 0xDB), ("Uuml", 0xDC),
    ("Yacute", 0xDD), ("THORN", 0xDE), ("szlig", 0xDF), ("agrave", 0xE0), ("aacute", 0xE1),
    ("acirc", 0xE2), ("atilde", 0xE3), ("auml", 0xE4), ("aring", 0xE5), ("aelig", 0xE6), ("ccedil", 0xE7),
    ("egrave", 0xE8), ("eacute", 0xE9), ("ecirc", 0xEA), ("euml", 0xEB), ("igrave", 0xEC),
    ("iacute", 0xED), ("icirc", 0xEE), ("iuml", 0xEF), ("eth", 0xF0), ("ntilde", 0xF1), ("ograve", 0xF2),
    ("oacute", 0xF3), ("ocirc", 0xF4), ("otilde", 0xF5), ("ouml", 0xF6), ("divide", 0xF7),
    ("oslash", 0xF8), ("ugrave", 0xF9), ("uacute", 0xFA), ("ucirc", 0xFB), ("uuml", 0xFC),
    ("yacute", 0xFD), ("thorn", 0xFE), ("yuml", 0xFF),
];

/// The first character of Latin-1 that is neither ASCII nor a control character.
const FIRST_LATIN: u8 = 0xA0;

/// The ASCII characters that have an entity.
const HTML_MARKS: &[u8] = b"&<>\"";

/// Other parameter names that senders use, and that begin with the name of an entity.
const OTHER_NAMES: [&str; 16] = [
    "timestamp",
    "timesent",
    "region",
    "registration",
    "section",
    "sector",
    "note",
    "notes",
    "notify",
    "copy",
    "copyright",
    "params",
    "parameter",
    "center",
    "degree",
    "quotation",
];

/// Rejoins a name in which HTML has written the beginning as an entity: `curren;cy`, from
/// `&curren;cy=`, becomes `currency`. Returns `None` if the name does not begin with an entity, or
/// if the result is not a known name.
pub fn rejoined(name: &[u8], is_known: impl Fn(&str) -> bool) -> Option<String> {
    let at = name.iter().position(|byte| *byte == b';')?;
    let entity = std::str::from_utf8(name.get(..at)?).ok()?;
    let ending = std::str::from_utf8(name.get(at + 1..)?).ok()?;
    let is_entity = ENTITIES.iter().any(|(own, _)| *own == entity);
    Some(format!("{entity}{ending}")).filter(|name| is_entity && is_known(name))
}

/// Returns whether a text begins with an escaped character whose `&` was cut off, such as `uuml;`.
pub fn begins(text: &[u8]) -> bool {
    let entity =
        text.iter().position(|byte| *byte == b';').and_then(|at| std::str::from_utf8(text.get(..at)?).ok());
    entity.is_some_and(|entity| ENTITIES.iter().any(|(own, code)| *own == entity && *code >= FIRST_LATIN))
}

/// Returns whether `split` can find something. Nearly every value is plain text in ASCII, so all
/// bytes are tested, without stopping early.
pub fn may_split(value: &[u8]) -> bool {
    let is_plain = |byte: u8| byte.is_ascii() && !HTML_MARKS.contains(&byte);
    !value.iter().fold(true, |plain, byte| plain & is_plain(*byte))
}

/// Finds a parameter with an eaten name in a decoded value. Returns the bytes before the parameter,
/// its whole name, and the bytes after its `=`. `is_known` tells whether a name, in lower case, is
/// one of ours.
pub fn split(value: &[u8], is_known: impl Fn(&str) -> bool) -> Option<(&[u8], String, &[u8])> {
    let mut position = 0;
    while let Some((before, rest)) = value.split_at_checked(position) {
        let (character, length) = first_character(rest)?;
        position += length;
        // A name is searched for only after a character that has an entity. That keeps the search
        // linear.
        let Some(character) = character.filter(|code| *code >= FIRST_LATIN || HTML_MARKS.contains(code))
        else {
            continue;
        };
        let behind = rest.get(length..)?;
        let Some(end) = behind.iter().position(|byte| *byte == b'=' || !is_name_byte(*byte)) else {
            continue;
        };
        let (Some(b'='), Some(ending)) = (behind.get(end), behind.get(..end)) else { continue };
        let Some(ending) = std::str::from_utf8(ending).ok().map(str::to_ascii_lowercase) else { continue };
        let names = ENTITIES.iter().filter(|(_, code)| *code == character);
        let mut names = names.map(|(entity, _)| format!("{}{ending}", entity.to_ascii_lowercase()));
        if let Some(name) = names.find(|name| is_known(name) || OTHER_NAMES.contains(&name.as_str())) {
            return Some((before, name, behind.get(end + 1..)?));
        }
    }
    None
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns the first character, which is in UTF-8 or is a single byte of Latin-1, and its length in
/// bytes. The character is `None` if it is not in Latin-1.
fn first_character(bytes: &[u8]) -> Option<(Option<u8>, usize)> {
    let first = *bytes.first()?;
    if first.is_ascii() {
        return Some((Some(first), 1));
    }
    let in_utf8 = (2..=4).find_map(|length| {
        let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
        Some((u8::try_from(text.chars().next()?).ok(), length))
    });
    Some(in_utf8.unwrap_or((Some(first), 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &[u8]) -> Option<(&[u8], String, &[u8])> {
        split(value, |name| matches!(name, "param" | "currency"))
    }

    #[test]
    fn eaten_names_are_found_however_they_are_encoded() {
        for (value, name) in [
            ("0.5¶m=x".as_bytes(), "param"),
            (b"0.5\xB6m=x", "param"),
            ("0.5¤cy=x".as_bytes(), "currency"),
            (b"0.5\xA4cy=x", "currency"),
            ("0.5×tamp=x".as_bytes(), "timestamp"),
            ("0.5®ion=x".as_bytes(), "region"),
            ("0.5§ion=x".as_bytes(), "section"),
            ("0.5¬e=x".as_bytes(), "note"),
            ("0.5©=x".as_bytes(), "copy"),
        ] {
            assert_eq!(check(value), Some((b"0.5".as_slice(), name.to_owned(), b"x".as_slice())));
        }
    }

    #[test]
    fn every_entity_is_found_before_a_known_ending() {
        for (entity, code) in ENTITIES {
            let known = format!("{}x_", entity.to_ascii_lowercase());
            for character in [vec![code], char::from(code).to_string().into_bytes()] {
                let value = [b"1".as_slice(), &character, b"x_=2"].concat();
                let found = split(&value, |name| name == known);
                assert_eq!(found, Some((b"1".as_slice(), known.clone(), b"2".as_slice())), "{entity}");
            }
        }
    }

    #[test]
    fn other_texts_stay_whole() {
        for value in ["", "0.5", "¶", "¶m", "¶m x=1", "5 µg=1", "a=b", "×", "é=1", "€=1", "ée=1", "😀=1"]
        {
            assert_eq!(check(value.as_bytes()), None, "{value}");
        }
    }
}
