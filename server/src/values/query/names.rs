//! The names that the splitter looks for: in postbacks, and in the URLs of visitors.

use s2s_sdk::parameter::{KnownParam, known};

use super::entities;
use crate::values::destination::sub_id_index;

/// The names that are looked for, and the rules for the end of a parameter's value. Names may be in
/// upper or lower case.
#[derive(Clone, Copy)]
pub struct Names {
    pub is_known: fn(&str) -> bool,
    /// Takes the names of two parameters. Between the two parameters is a mark that may stand for
    /// `&`, such as a second `?`. Returns whether the first parameter's value ends at that mark. It
    /// does not if the value may be any text, such as a URL with parameters of its own.
    pub may_end: fn(&str, &str) -> bool,
    /// Takes the name of a parameter, and the next piece between two `&`, decoded. The piece had no
    /// `=` before it was decoded. Returns whether the piece is the rest of the parameter's value,
    /// because the sender did not encode an `&` in the value.
    pub is_rest: fn(&str, &str) -> bool,
}

impl Names {
    pub const POSTBACK: Self = Self { is_known, may_end, is_rest };
    /// Only sub ids are looked for. A sub id may end at any damaged separator, because no money
    /// depends on it.
    pub const LINK: Self = Self { is_known: is_sub_id, may_end: |_, _| true, is_rest: |_, _| false };
}

fn is_sub_id(name: &str) -> bool {
    sub_id_index(&name.to_ascii_lowercase()).is_some()
}

fn is_known(name: &str) -> bool {
    known(name).is_some()
}

/// Senders often copy order numbers from the addresses of pages, so a mark such as `?` may belong
/// to the order number. The order number ends at a mark only if a mandatory parameter follows.
/// Before any other name, the mark stays in the order number, and the reader refuses an order
/// number that seems to contain a parameter.
fn may_end(name: &str, next: &str) -> bool {
    match known(without_index(name)) {
        None | Some(KnownParam::Param) => false,
        Some(KnownParam::Oid) => known(next).is_some_and(KnownParam::is_mandatory),
        Some(_) => true,
    }
}

fn is_rest(name: &str, piece: &str) -> bool {
    let has_more_than_digits = || piece.bytes().any(|byte| !byte.is_ascii_digit());
    match known(without_index(name)) {
        None => false,
        Some(KnownParam::Param) => entities::begins(piece.as_bytes()),
        // A piece with an `=` is no rest, but parameters of another system, encoded as a whole.
        Some(KnownParam::Oid) => !piece.contains('='),
        // A number alone may be there only to bypass a cache.
        Some(_) => {
            piece.contains(';')
                || piece.starts_with('#')
                || piece.starts_with(|first: char| first.is_ascii_digit()) && has_more_than_digits()
        }
    }
}

/// Drops the index of a list from a name: `oid[]` and `oid[0]` are `oid`.
pub fn without_index(name: &str) -> &str {
    let of_list = name.strip_suffix(']').and_then(|name| name.rsplit_once('['));
    of_list
        .filter(|(_, index)| index.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_ends_a_value_only_if_it_is_no_part_of_it() {
        for (name, next, ends) in [
            ("val", "test", true),
            ("cur", "oid", true),
            ("clickId", "id", true),
            ("oid", "clickId", true),
            ("order_id", "val", true),
            ("oid", "test", false),
            ("oid[]", "status", false),
            ("param", "clickId", false),
            ("utm_source", "clickId", false),
        ] {
            assert_eq!((Names::POSTBACK.may_end)(name, next), ends, "{name} {next}");
        }
    }

    #[test]
    fn a_text_after_an_ampersand_may_be_the_rest_of_a_value() {
        for (name, piece, is_rest) in [
            ("val", "apos;234.50", true),
            ("val", "#39;234.50", true),
            ("amount", "234,50", true),
            ("val", "euro;", true),
            ("com", "1732759200", false),
            ("com", "debug", false),
            ("oid", "M-1", true),
            ("order_id", "Sons", true),
            ("oid", "/thanks?a=1", false),
            ("utm_source", "M-1", false),
            ("param", "M", false),
            ("param", "uuml;ller", true),
        ] {
            assert_eq!((Names::POSTBACK.is_rest)(name, piece), is_rest, "{name} {piece}");
        }
    }
}
